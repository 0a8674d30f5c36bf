/* checkout.h - from a cart to an order, and what happens to an order that nobody paid.
 *
 * A cart is ordered once: the second of two clicks, tabs or retries gets the same order. An Idempotency-Key
 * does the same across carts and is remembered for a day with a hash of what was asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "job/job.h"
#include "shop/cart/cart.h"
#include "shop/order/order.h"

#define CHECKOUT_KEY_AGE_MS DAY_MS
#define CHECKOUT_KEY_LIMIT 200
/* In characters. */
#define PASSCODE_SHORTEST 6
#define PASSCODE_LONGEST 32

struct checkout {
    const char *cart_token;
    const char *idempotency_key; /* "" = none */
    struct contact contact;
    struct address address;
    const char *note;
    const char *passcode;       /* "" = none; left out when the shop does not offer it */
    const int64_t *shown_total; /* what the buyer agreed to; NULL = nobody said */
    const char *shown_gifts;    /* cart_gifts_text as the buyer saw it; NULL or "" = not said */
    bool accepts_deposit;       /* knows that a deposit does not come back to who does not pay the balance */
    bool accepts_no_return; /* knows which goods are not taken back without a reason; the order keeps it */
};

/* The cart, priced for who buys as far as the contact and the address tell. As cart_load. */
CHECKED err checkout_load_cart(struct ctx *ctx, const struct checkout *checkout, const struct cart **cart);
/* Checks contact and address against what the cart needs: every field problem at once. */
CHECKED err checkout_check(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout);
/* The products of the cart of which a person may have only so many, and how many of each this one may still
 * have; no question is asked when there are none. */
CHECKED err checkout_rations(struct ctx *ctx, const struct cart *cart, const struct contact *contact,
                             struct ration **rations, size_t *count);
/* Prices, reserves and writes the order in one transaction; or gives the order that this cart or key made
 * already. ERR_CART_EMPTY, ERR_OUT_OF_STOCK (nothing is left over), ERR_IDEMPOTENCY_MISMATCH, ERR_INVALID,
 * ERR_PRICE_CHANGED when it costs another sum than was shown, ERR_GIFT_CHANGED when other gifts go with it
 * than were shown, or one is gone and nobody was shown, ERR_PROMOTION_OVER when somebody used up an
 * offer in this moment (the next try prices without it), ERR_POINTS_GONE when another order used the points
 * (likewise),
 * ERR_SHOP_CLOSED after the announced end of business. */
CHECKED err checkout_place(struct ctx *ctx, const struct checkout *checkout, struct order **order);
/* Closes an unpaid order and gives its stock back, after asking the gateways whether it was paid after all:
 * then it is not closed but paid. `event` is "expired", "cancelled" or, of an order whose balance nobody
 * paid, "balance_expired": its deposit stays with the shop. ERR_INVALID_TRANSITION when it is not unpaid. */
CHECKED err order_close_unpaid(struct ctx *ctx, int64_t order_id, const char *event, const char *note);
/* A paid order whose group failed: it ends, and all its money goes back. ERR_INVALID_TRANSITION when
 * something of it left, or it ended already. */
CHECKED err order_close_failed_group(struct ctx *ctx, struct order *order);
/* The buyer of a paid order that waits for its group leaves it: the order ends, its seat is free, all its
 * money goes back. ERR_GROUP_OVER when the group was full or over before, ERR_INVALID_TRANSITION when the
 * order does not wait for one; then nothing changes. */
CHECKED err order_leave_group(struct ctx *ctx, int64_t order_id);
/* Staff cancels: an unpaid order as above, a paid one that has not left, or one whose deposit was paid, with
 * its whole refund; the latter
 * needs a reason (ERR_INVALID at "reason"), and another reason than those listed a note. */
CHECKED err order_cancel(struct ctx *ctx, struct order *order, enum order_cancel_reason reason,
                         const char *note);
/* Adds deliveries, shipments, refunds and events to an order's view. */
CHECKED err order_full_view(struct ctx *ctx, const struct order *order, bool is_masked, struct value **view);

/* Forgets Idempotency-Keys older than CHECKOUT_KEY_AGE_MS. */
CHECKED err checkout_sweep_keys(struct ctx *ctx);

/* ---- groups (checkout_group.c) ---- */

/* Why this buyer cannot sit in the group of the cart: a code for the field of the contact, and words for
 * programs; *code is NULL when nothing is in the way or the cart is of no group. */
CHECKED err checkout_group_problem(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                                   const char **code, const char **message);
/* In the transaction of an order: seat and pieces, as group_seat_take. Nothing for an ordinary cart. */
CHECKED err checkout_group_take(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                                struct order *order);
/* docs/views.md: `group` of an order, nil without one. */
CHECKED err checkout_group_view(struct ctx *ctx, const struct order *order, struct value *view);

extern const struct job_kind checkout_job_kinds[];
extern const struct job_kind checkout_group_job_kinds[];
