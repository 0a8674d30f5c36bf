/* coupon_parts.h - what prices and orders ask of claimed coupons. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/coupon.h"
#include "shop/pricing/promotion_parts.h"

#define COUPON_OFFER_COLUMNS                                                                                 \
    "SELECT promotion_id, is_offered, audience, group_id, issue_most, holder_most, days, issued, used"       \
    " FROM coupon_offers "
struct coupon_offer coupon_offer_take(const struct db_rows *rows);
/* The promotions of these ids, in no order; up to COUPON_LIST_LIMIT. */
CHECKED err coupon_promotions_load(struct ctx *ctx, const int64_t *ids, size_t count,
                                   struct promotion **promotions, size_t *have);

/* What a cart wishes: a code that was typed, or one of the coupons that were claimed. */
struct coupon_wish {
    const char *code;     /* "" = none */
    bool is_none;         /* no claimed coupon */
    int64_t promotion_id; /* this claimed one and no other; 0 = the best */
};
struct coupon_wish coupon_wish_of(const char *text);
/* Adds what the buyer who is logged in holds to the offers that may count, and to priced->claimed: without
 * their codes, for they count by themselves. A guest is asked nothing. */
CHECKED err coupons_join(struct ctx *ctx, const struct coupon_wish *wish, struct promotion **promotions,
                         size_t *count, struct priced *priced);
/* Why each of them cannot take anything off, when it cannot. */
void coupons_note(struct priced *priced, const struct promotion *promotion, enum coupon_problem problem);
void coupons_judge(struct priced *priced, const struct quote_line *lines, size_t count);

/* In the transaction of an order. ERR_PROMOTION_OVER when another order was faster. */
CHECKED err coupon_spend(struct ctx *ctx, int64_t order_id, const struct promotion *promotion);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when another order has it. */
CHECKED err coupon_take_again(struct ctx *ctx, int64_t order_id);

/* docs/views.md: `claimed` and `claimed_choice` of a cart, into `view`. */
void coupons_view(struct ctx *ctx, struct value *view, const struct priced *priced);
