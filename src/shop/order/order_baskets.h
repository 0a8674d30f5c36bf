/* order_baskets.h - what people bought lately, as baskets of goods and prices: for asking what an offer would
 * have done. Of the buyers nothing is opened but the province that their goods went to, when it is asked for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* Orders that are looked through for paid ones, and lines of all baskets together. */
#define BASKET_WINDOW 2000
#define BASKET_LINES_MOST 8000

struct basket_line {
    int64_t variant_id;
    int64_t product_id;
    int64_t unit_price; /* minor units, as it was, before any offer */
    int64_t quantity;
};

struct basket {
    int64_t order_id;
    const char *number;
    int64_t placed_at;
    int64_t freight; /* minor units, before any offer */
    int64_t region;  /* code of a province (freight.h), filled by basket_load_regions; 0 = not known */
    struct basket_line *lines;
    size_t count;
};

/* The newest orders whose money came and is not all gone back, newest first, at most `limit`: one question.
 */
CHECKED err basket_list(struct ctx *ctx, int limit, struct basket **baskets, size_t *count);
/* Where each of them went: the address is opened, and the province alone is kept of it. */
CHECKED err basket_load_regions(struct ctx *ctx, struct basket *baskets, size_t count);
