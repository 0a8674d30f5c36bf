/* payment_card.h - gift cards that pay for orders (decision 0070).
 *
 * While an order waits for money, cards hold amounts for it; the rest of its total is what other ways to pay
 * are asked for. The fact that completes the total, of a gateway or of the last card, makes a paid attempt of
 * each held amount in the same transaction: payment_apply_fact stays the one door. What of the held amounts was
 * not needed, because an older payment of more arrived, is free again at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/gift/gift_card.h"
#include "shop/payment/payment.h"

/* Lets a card pay the order, or as much of it as the card has. When nothing is left to pay, the order is paid.
 * ERR_INVALID at "code" (gift_card_is_good, "card-used" when the order has it already, "too-many-cards",
 * "not-for-deposits" of orders that are paid in two parts); ERR_INVALID_TRANSITION when the order does not wait
 * for money. */
CHECKED err payment_use_card(struct ctx *ctx, int64_t order_id, const struct gift_card *card);
/* Whether cards hold all of it, and its fact. */
bool payment_card_fact(const struct ctx *ctx, const struct payment_attempt *attempt, const struct order *order,
                       struct payment_fact *fact);

/* ---- in a transaction ---- */

/* Cards pay `spent` of the order, and the rest of what they hold is free; the attempt of the completing fact
 * may be one of theirs. `freight` of it is for carrying. */
CHECKED err payment_spend_cards(struct ctx *ctx, const struct order *order, int64_t spent, int64_t freight,
                                int64_t completing_id);
/* The order ended unpaid: what cards held for it is free again. */
CHECKED err payment_release_cards(struct ctx *ctx, const struct order *order);
/* Money for the rest of an order came after it had closed: cards hold `amount` again, or ERR_OUT_OF_STOCK. */
CHECKED err payment_hold_cards_again(struct ctx *ctx, const struct order *order, int64_t amount);
/* Adds "cards" to the view of an order: what each card holds or paid. */
CHECKED err payment_card_views(struct ctx *ctx, struct value *view, const struct order *order);
