/* checkout_card_routes.h - gift cards as buyers name them in forms: by a code, or as one that the account
 * keeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/cart/cart.h"
#include "shop/gift/gift.h"
#include "shop/order/order.h"

struct card_choice {
    const char *code; /* as typed; "" = none */
    int64_t card_id;  /* in its place: one of the account; 0 = none */
};
bool card_is_chosen(const struct card_choice *choice);
/* ERR_INVALID at "code" when nothing has it, ERR_NOT_FOUND for a card of somebody else,
 * ERR_TOO_MANY_REQUESTS for who guesses. */
CHECKED err card_find_chosen(struct req *req, const struct card_choice *choice, struct gift_card *card);
/* has_gift_cards, and own_cards: what the account keeps and can pay. A shop without cards is asked nothing.
 */
CHECKED err card_own_views(struct req *req, struct value *view);

/* ---- at the checkout ---- */

/* Whether the order of this cart could take a card: something is to be paid, at once, and it buys none. */
bool cart_takes_cards(const struct ctx *ctx, const struct cart *cart);
/* The card that the buyer chose for the order of this cart; ERR_INVALID at "gift_card" when it cannot pay. */
CHECKED err card_find_for_cart(struct req *req, const struct cart *cart, const struct card_choice *choice,
                               struct gift_card *card);
/* What the review says: gift_card {last4, amount, rest}, nil without a choice. */
CHECKED err card_review_view(struct req *req, const struct cart *cart, const struct card_choice *choice,
                             struct value *view);
/* Before the order: as card_find_for_cart, unless the cart was ordered already. */
CHECKED err card_check_choice(struct req *req, const char *cart_token, const struct card_choice *choice);
/* Behind it: the card pays what it can, once. Whatever became of the card meanwhile, the order stands, and
 * the rest is asked for at the cashier. */
CHECKED err card_pay_chosen(struct req *req, const struct card_choice *choice, struct order **order);
