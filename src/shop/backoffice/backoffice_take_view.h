/* backoffice_take_view.h - what the pages of a stock take show. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/backoffice/backoffice_stock_view.h"

/* docs/views.md: `take`. */
struct value *take_view(struct ctx *ctx, const struct stock_take *take,
                        const struct stock_location *locations, size_t count);
/* `category`: the path of the one that is counted, "" for everything. */
CHECKED err take_category_view(struct ctx *ctx, struct value *view, const struct stock_take *take);
/* `categories` to choose from: [{id, path}]. */
CHECKED err take_categories_view(struct ctx *ctx, struct value *view);
/* `lines`, with names of goods and people. */
CHECKED err take_lines_view(struct ctx *ctx, struct value *view, const struct take_line *lines, size_t count);
/* `subject`: what is counted next, found by barcode, then SKU, or by its id; null when nothing was asked, or
 * nothing found (`is_unknown`); `is_elsewhere` when the take is of another category. */
CHECKED err take_subject_view(struct ctx *ctx, struct value *view, const struct stock_take *take,
                              const char *find, int64_t variant_id);
