/* payment_card.h - gift cards that pay for orders (decision 0070).
 *
 * While an order waits for money, cards hold amounts for it; the rest of its total is what other ways to pay
 * are asked for. The fact that completes the total, of a gateway or of the last card, makes a paid attempt of
 * each held amount in the same transaction: payment_apply_fact stays the one door. What of the held amounts
 * was not needed, because an older payment of more arrived, is free again at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/gift/gift.h"
#include "shop/order/order.h"

/* Lets a card pay the order, or as much of it as the card has. When nothing is left to pay, the order is
 * paid. ERR_INVALID at "code" (gift_card_is_good, "card-used" when the order has it already,
 * "too-many-cards", "not-for-cards" of orders that buy some, "not-for-deposits" of orders that are paid in
 * two parts); ERR_INVALID_TRANSITION when the order does not wait for money. */
CHECKED err payment_use_card(struct ctx *ctx, int64_t order_id, const struct gift_card *card);
/* In a transaction: the order ended unpaid: what cards held for it is free again. */
CHECKED err payment_release_cards(struct ctx *ctx, const struct order *order);
/* Adds "cards" to the view of an order: what each card holds or paid. */
CHECKED err payment_card_views(struct ctx *ctx, struct value *view, const struct order *order);
