/* seed_demo.h - shared by the files that make the demo. Private to seed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/seed/seed.h"

/* Code points of a code's groups: no letter that looks like a digit. */
const char *seed_code(struct ctx *ctx);

/* In a transaction, with ctx->shop: a past of orders for what is on the shelf. `orders` gets their number. */
CHECKED err seed_history(struct ctx *ctx, int64_t staff_id, int64_t *orders);

struct order;
/* In a transaction: the buyer reviews every line of an order that went out, the shop answers some of it, and
 * sometimes the buyer adds something; `count` goes through what they say. */
CHECKED err seed_reviews(struct ctx *buyer, struct ctx *staff, struct ctx *later, const struct order *order,
                         int64_t *count);
