/* storefront_home.h - the home page that a shop has designed. Private to storefront and web. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/design/design.h"

/* docs/views.md: `sections` of home, each with what its kind shows, and `flash`. Every product is asked for
 * once, however many sections show it. `seconds` is how long the page may be kept, and becomes less when a
 * flash sale is in it. */
CHECKED err storefront_home_view(struct ctx *ctx, const struct design *design, int64_t *seconds,
                                 struct value *view);
/* docs/views.md: `around`, the sections above and below the own content of a page; nothing when the document
 * says nothing of the page. */
CHECKED err storefront_around_view(struct ctx *ctx, const struct design *design, const char *page,
                                   int64_t *seconds, struct value *view);
/* docs/views.md: `design`, what every page of the shop sees; `asked` is the draft or theme that staff look
 * at, else NULL. */
void storefront_design_view(struct ctx *ctx, const struct design *design, const char *asked,
                            struct value *view);
