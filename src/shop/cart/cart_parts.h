/* cart_parts.h - what the files of this module share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/cart/cart.h"

/* In a transaction: a cart with its lines, not priced yet. ERR_CART_CHECKED_OUT when it was ordered. */
CHECKED err cart_load_open(struct ctx *ctx, const char *token, struct cart *cart);
/* In a transaction, before anything of the cart is read: keeps others from changing it meanwhile. The secret
 * of the token is not looked at. ERR_NOT_FOUND for what is no token, ERR_CART_CHECKED_OUT when it was ordered
 * or is gone. */
CHECKED err cart_lock(struct ctx *ctx, const char *token);
/* In a transaction: a new cart without lines; fills id, version and token. It is the account's of who is
 * logged in, unless cart->group_buy_id says that it is of a group. */
CHECKED err cart_insert(struct ctx *ctx, struct cart *cart);
/* In a transaction: a cart is the account's from now on, unless that has an open one: then nothing changes,
 * or with `must_be_own` ERR_CONFLICT. */
CHECKED err cart_claim(struct ctx *ctx, int64_t customer_id, int64_t cart_id, bool must_be_own);
/* Whether a code with this problem is worth keeping: it may count once the cart is another. */
bool cart_coupon_can_count(enum coupon_problem problem);
/* In a transaction: the next version of a cart that is not ordered yet. */
CHECKED err cart_touch(struct ctx *ctx, int64_t cart_id);
/* Sums and problems as they are now. */
CHECKED err cart_price(struct ctx *ctx, struct cart *cart, const struct promotion_buyer *buyer);
/* Fills in what `count` lines behind cart->lines sell, with its stock; lines whose variant is gone are left
 * out. cart->count must be 0 before. */
CHECKED err cart_load_goods(struct ctx *ctx, struct cart *cart, const int64_t *ids, size_t count);
/* ERR_LIMIT when CART_LINE_LIMIT are in it. The lines have room. */
CHECKED err cart_append_line(struct ctx *ctx, struct cart *cart, const struct cart_line *line);
/* Adds what it costs to carry: to the address, or while there is none to where the buyer said. */
CHECKED err cart_carry(struct ctx *ctx, struct cart *cart, const struct quote_line *quoted,
                       const struct promotion_buyer *buyer);
/* Takes off what points pay: asks the account when the cart wishes to use some and may. */
CHECKED err cart_use_points(struct ctx *ctx, struct cart *cart, struct quote_line *quoted);
/* `answers_key` NULL = any line of the variant; NULL when there is none. */
struct cart_line *cart_find_line(const struct cart *cart, int64_t variant_id, const char *answers_key);
/* In a transaction: so many pieces more of a line, or a new one. */
CHECKED err cart_write_addition(struct ctx *ctx, const struct cart *cart, const struct cart_line *line,
                                int64_t quantity);
/* Where the pieces of a wish go: a line that is there, or a new one at the end of the cart, not counted yet.
 * The lines have room for one more. */
CHECKED err cart_line_for(struct ctx *ctx, struct cart *cart, const struct cart_wish *wish,
                          struct cart_line **line);
/* Prices a cart of one group, and fills cart->group. */
CHECKED err cart_price_group(struct ctx *ctx, struct cart *cart, struct quote_line *quoted,
                             const int64_t *product_ids, const struct promotion_buyer *buyer);
/* What it has earned and may add, after its lines were priced; asks nothing when that is nothing. */
CHECKED err cart_load_gifts(struct ctx *ctx, struct cart *cart);
/* docs/views.md: gifts, addons and gifts_seen of a cart, into `view`; what a line is by an add-on. */
void cart_goods_view(struct ctx *ctx, struct value *view, const struct cart *cart);
void cart_line_goods_view(struct ctx *ctx, struct value *view, const struct cart_line *line);
/* docs/views.md: news of a cart. */
void cart_news_view(struct ctx *ctx, struct value *view, const struct cart *cart);
