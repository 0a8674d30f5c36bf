/* pricing.h - from what is in a cart to what it costs. The list price is the only rule yet; promotions,
 * freight and rounding become further adjustments of the same function, which is the only place where a price
 * is made. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/money.h"

/* One kind of goods to be priced. */
struct priced_line {
    int64_t list_price; /* minor units for one */
    int64_t quantity;   /* 1..999 */
    int64_t total;      /* out: what the line costs */
};

/* Prices all lines and gives their sum. ERR_LIMIT when the sum leaves the range of money. */
CHECKED err price_lines(struct ctx *ctx, struct priced_line *lines, size_t count, int64_t *total);
