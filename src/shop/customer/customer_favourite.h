/* customer_favourite.h - products that a member keeps (收藏), with the price that the card said then.
 *
 * Guests keep theirs in the browser; they come here when somebody logs in. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* Of one account, and of one browser; requests of the same moment may go a little beyond. */
#define CUSTOMER_FAVOURITE_LIMIT 200
#define CUSTOMER_FAVOURITE_PRICE_MOST INT64_C(1000000000000)

struct customer_favourite {
    int64_t product_id;
    int64_t price; /* minor units, when it was kept */
    int64_t kept_at;
};

/* The latest first, at most CUSTOMER_FAVOURITE_LIMIT. */
CHECKED err customer_favourite_list(struct ctx *ctx, int64_t customer_id, struct customer_favourite **kept,
                                    size_t *count);
/* Keeps those of up to CUSTOMER_FAVOURITE_LIMIT that are not kept yet, while there is room; what is kept
 * stays with its price. `left_out` is how many found no room. */
CHECKED err customer_favourite_add(struct ctx *ctx, int64_t customer_id,
                                   const struct customer_favourite *items, size_t count, size_t *left_out);
/* Harmless when it is not kept. */
CHECKED err customer_favourite_remove(struct ctx *ctx, int64_t customer_id, int64_t product_id);
