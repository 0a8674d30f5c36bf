/* storefront.h - the pages that only show: home, lists of products, one product. Same for every stranger, so
 * they are cached whole; tags tell what they show. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/catalog/catalog.h"

/* {categories: [{handle, name, url}]}: what every page's header shows. */
CHECKED err storefront_nav(struct ctx *ctx, struct value **nav);

/* `crumbs`: [{name, url}] from the top to this category; empty for 0. */
void storefront_crumbs(struct ctx *ctx, struct value *view, const struct category *categories, size_t count,
                       int64_t category_id);
/* docs/views.md: one of `categories`. */
void storefront_category_view(struct ctx *ctx, struct value *view, const struct category *category);
/* docs/views.md: cards of some products, with their stock. */
CHECKED err product_card_views(struct ctx *ctx, struct value *list, const struct product *products,
                               size_t count);
/* docs/views.md: the view of one product page; `sku` chooses the variant ("" = the first that can be bought).
 * `seconds` is how long the page may be kept, and becomes less when a flash sale is in it. */
CHECKED err product_page_view(struct ctx *ctx, const struct product *product, const char *sku,
                              int64_t *seconds, struct value **view);
/* docs/views.md: gone. What is left of a product that was archived: its title, and cards of its category. */
CHECKED err product_gone_view(struct ctx *ctx, const struct product *product, struct value *view);
/* docs/views.md: `flash` of home, nil without a sale that runs or comes. `seconds` as above. */
CHECKED err storefront_flash_view(struct ctx *ctx, int64_t *seconds, struct value *view);
