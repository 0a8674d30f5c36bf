/* cart.h - what a buyer means to order. A cart needs no account: its token opens it, and it is ordered once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/catalog/catalog.h"

#define CART_LINE_LIMIT 100
#define CART_QUANTITY_LIMIT 999
#define CART_COOKIE "yd_cart"
/* Carts untouched this long are swept away. */
#define CART_AGE_MS (30 * DAY_MS)
#define CART_COOKIE_SECONDS (CART_AGE_MS / SECOND_MS)

/* Bounds of a product count all its lines together. */
enum line_problem {
    LINE_FINE,
    LINE_OUT_OF_STOCK,
    LINE_TOO_FEW,
    LINE_OFF_SHELF,
    LINE_BELOW_LEAST,
    LINE_ABOVE_MOST,
    LINE_UNANSWERED, /* the questions of the product are others than those that were answered */
};

/* In characters of its kept form. */
#define CART_ANSWERS_KEY_LIMIT 40

struct cart_line {
    const struct variant *variant;
    int64_t quantity;
    const char *answers_key; /* "" without answers: lines of one variant differ by it */
    const char *answers;     /* JSON for answers_read, NULL = none */
    int64_t unit_price;      /* what one costs in this cart, minor units */
    int64_t total;           /* minor units */
    int64_t seen_price;      /* what one cost when the buyer last touched the line; 0 = not known */
    int64_t available;       /* pieces of the variant, 0 when sold out */
    int64_t bound;           /* of LINE_BELOW_LEAST and LINE_ABOVE_MOST */
    enum line_problem problem;
};

struct cart {
    int64_t id; /* 0 while nothing was put in */
    const char *token;
    int64_t version;
    int64_t order_id; /* 0 unless it was ordered */
    struct cart_line *lines;
    size_t count;
    int64_t item_count; /* pieces */
    int64_t total;      /* minor units */
    bool has_problems;
    bool needs_address; /* something physical is in it */
};

/* Loads a cart by its token with prices and stock as they are now. A token that fits no cart gives
 * ERR_NOT_FOUND. */
CHECKED err cart_load(struct ctx *ctx, const char *token, const struct cart **cart);
/* As cart_load; without a token, or with one that fits nothing, an empty cart. */
CHECKED err cart_find(struct ctx *ctx, const char *token, const struct cart **cart);
/* What is put in: with the answers to the questions of the product, if it asks any. */
struct cart_wish {
    int64_t variant_id;
    int64_t quantity;
    const struct given_answer *answers;
    size_t answer_count;
};

/* Adds pieces of a variant; makes a cart when token is NULL or "". ERR_NOT_FOUND for an unknown or off-shelf
 * variant, ERR_CART_CHECKED_OUT, ERR_LIMIT for too many lines or pieces, ERR_INVALID as answers_check. Pieces
 * with the same answers are one line. `cart` is as it is afterwards. */
CHECKED err cart_add_line(struct ctx *ctx, const char *token, const struct cart_wish *wish,
                          const struct cart **cart);
/* The same for the cart that a browser remembers: one that was ordered or is gone does not stand in the way,
 * a new one begins. */
CHECKED err cart_add_line_anew(struct ctx *ctx, const char *token, const struct cart_wish *wish,
                               const struct cart **cart);
/* Sets the pieces of a line; 0 removes it (harmless when it is not there). `cart` is as it is afterwards. */
CHECKED err cart_change_line(struct ctx *ctx, const char *token, int64_t variant_id, const char *answers_key,
                             int64_t quantity, const struct cart **cart);
/* In a transaction: binds the cart to its order, once. ERR_CART_CHECKED_OUT when it was ordered, or was
 * changed since it was loaded (the caller loads it again and sees which). */
CHECKED err cart_check_out(struct ctx *ctx, const struct cart *cart, int64_t order_id);
/* Removes carts that nobody touched for CART_AGE_MS, some hundred at a time. */
CHECKED err cart_sweep(struct ctx *ctx);

/* docs/views.md: cart and line. */
struct value *cart_view(struct ctx *ctx, const struct cart *cart);
