/* backoffice_design_view.h - documents of a design as the editor shows them. Private to backoffice. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/design/design.h"

#define DESIGN_PICTURES 48 /* the newest ones are offered */

/* The reader's words out of {"zh-CN", "en"}; "" when there are none. */
const char *design_said(const struct ctx *ctx, const struct value *text);
/* Whether values of a setting of this type can be chosen from a list. */
bool design_can_pick(const char *type);
/* docs/views.md: `editor`, with the section of that address chosen, whose page goes before `page`; of a name
 * that is not there, the first. */
CHECKED err design_editor_view(struct ctx *ctx, const struct draft *draft, const char *page,
                               const char *section, struct value *view);
/* docs/views.md: `editor` of the page of theme settings. */
CHECKED err design_look_view(struct ctx *ctx, const struct draft *draft, struct value *view);
