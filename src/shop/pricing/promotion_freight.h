/* promotion_freight.h - the freight of a cart that price_cart priced, and the proof of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/promotion.h"

/* How one line of a cart is carried. */
struct carried {
    int64_t product_id;
    int64_t weight; /* grams of one piece */
    bool is_digital;
};
/* Adds freight and what offers take off it to a cart that price_cart priced from the same lines. Shops
 * without freight templates are asked nothing, and there a coupon on freight says that there is none.
 * `region` is the code of a province, 0 while it is not known. ERR_LIMIT when the sum leaves the range of
 * money. */
CHECKED err price_freight(struct ctx *ctx, const struct quote_line *lines, const struct carried *carried,
                          size_t count, int64_t region, struct priced *priced);
/* In the proof of a price: "freight" with the templates as they were, what was carried and where to. */
void freight_proof_write(struct ctx *ctx, struct value *tree, const struct priced *priced, size_t count);
/* Makes the freight of a proof again, behind the quote of its goods. False when it is no proof; `is_same`
 * becomes false when the amounts are others than it says. Proofs without freight stay as they are. */
bool freight_proof_replay(struct ctx *ctx, const struct value *tree, const struct quote_line *lines,
                          size_t count, const struct discount_rule *rules, size_t rule_count,
                          struct quote *quote, bool *is_same);
/* docs/views.md: `freight` of a cart, into `view`. */
void freight_set_view(struct ctx *ctx, struct value *view, const struct priced *priced);
