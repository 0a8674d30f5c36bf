/* catalog_price_list.h - of catalog.h: how the price of a variant changed, in pages. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct price_change;

#define PRICE_ROWS_LIMIT 101
struct price_change_query {
    int64_t product_id;
    int64_t variant_id;
    int64_t since;          /* those since then, and the one that held then */
    bool is_up;             /* oldest first */
    int64_t behind_version; /* of the last of the page before; 0 = from the first */
    int limit;              /* up to PRICE_ROWS_LIMIT */
};
CHECKED err price_change_page(struct ctx *ctx, const struct price_change_query *query,
                              struct price_change **changes, size_t *count);
