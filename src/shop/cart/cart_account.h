/* cart_account.h - one cart for an account: what a guest put in joins it when the guest logs in.
 *
 * Of goods that both carts hold, the larger number counts when the device held the account's cart before (it
 * is the same wish, told twice), and the sum when it did not. No more than stock and limits allow is taken
 * over; what was lost is kept with the cart as news until the buyer has read it. The log of ops of the
 * guest's cart (cart_sync.h) goes along, so that a device that tells an op again changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct cart;

/* The cart that a browser held when its buyer logged out: the id alone, which opens nothing. */
#define CART_LAST_COOKIE "yd_cart_last"

/* The open cart of an account: its token, "" when there is none or for a guest (0), which asks nothing. */
CHECKED err cart_account_token(struct ctx *ctx, int64_t customer_id, const char **token);
/* As cart_find, and in place of a cart that is gone or ordered the account's, when somebody is logged in. */
CHECKED err cart_find_own(struct ctx *ctx, const char *token, const struct cart **cart);
/* Joins a guest's cart with that of the account that logs in; a cart of another account, of a group, ordered
 * or gone is left out. `last_cart_id` is what CART_LAST_COOKIE says, 0 = nothing. `token` is what the browser
 * holds from now on, "" = no cart. */
CHECKED err cart_join(struct ctx *ctx, int64_t customer_id, const char *guest_token, int64_t last_cart_id,
                      const char **token);
/* Of a token whose cart is an account's: the id of the cart, 0 of a guest's. */
CHECKED err cart_account_id(struct ctx *ctx, const char *token, int64_t *cart_id);
/* The buyer has read what joining did; harmless when there is nothing. ERR_NOT_FOUND, ERR_CART_CHECKED_OUT.
 */
CHECKED err cart_drop_news(struct ctx *ctx, const char *token, const struct cart **cart);
