/* cart.h - what a buyer means to order. A cart needs no account: its token opens it, and it is ordered once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/catalog/catalog.h"
#include "shop/pricing/pricing.h"

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
    LINE_ABOVE_PERSON,  /* more than one person may have over all orders */
    LINE_UNANSWERED,    /* the questions of the product are others than those that were answered */
    LINE_FLASH_OUT,     /* its flash sale runs and has no piece left */
    LINE_PRESALE_OUT,   /* the same of its presale */
    LINE_PRESALE_ALONE, /* a presale's, beside goods that are not: they cannot be ordered together */
    LINE_CARD_ALONE,    /* a gift card, beside goods that are none: they cannot be ordered together */
    LINE_GROUP_OVER,    /* its group is full, or its time is over */
};

/* In characters of its kept form. */
#define CART_ANSWERS_KEY_LIMIT 40

struct cart_line {
    const struct variant *variant;
    int64_t quantity;
    const char *answers_key;     /* "" without answers: lines of one variant differ by it */
    const char *answers;         /* JSON for answers_read, NULL = none */
    const struct variant *shelf; /* as it stands on the shelf; NULL where no price list was asked */
    struct list_source source;   /* of the variant's price, when a price list made it */
    int64_t unit_price;          /* what one costs in this cart, minor units */
    int64_t discount;            /* what offers take off */
    int64_t total;               /* minor units: unit_price * quantity - discount */
    int64_t seen_price;          /* what one cost when the buyer last touched the line; 0 = not known */
    int64_t available;           /* pieces of the variant that can be ordered, 0 when sold out */
    int64_t made_of;             /* inventory_assembly.h: parts; 0 = goods of its own */
    int64_t in_stock;    /* of these, what is there now; less than wanted: the rest is ordered ahead */
    const char *restock; /* of what is ordered ahead: when it comes; "" or NULL = not said */
    const struct flash_place *flash;     /* pricing/flash.h: of the sale that runs; NULL = none */
    const struct presale_place *presale; /* pricing/presale.h: of the presale that runs; NULL = none */
    int64_t promotion_id;          /* it was put in at the special price of this offer; 0 = as any other */
    const struct promotion *addon; /* which gives pieces of it a special price; NULL = none */
    int64_t bound;                 /* of LINE_BELOW_LEAST, LINE_ABOVE_MOST and LINE_ABOVE_PERSON */
    enum line_problem problem;
};

/* A gift that the cart has earned. It is no line: it costs nothing and is there as long as it is earned. */
struct cart_gift {
    const struct promotion *promotion;
    size_t rule;                          /* in cart->priced */
    const struct variant *const *choices; /* its goods that exist */
    const int64_t *left;                  /* pieces of each that nothing else of the cart takes */
    size_t choice_count;
    const struct variant *variant; /* the one that is given; NULL when all are gone */
    int64_t earned;
    int64_t quantity; /* pieces that are given: fewer than earned when there are no more */
    int64_t in_stock;
    int64_t made_of; /* as of a line */
};

/* Goods that may be had at a special price now. */
struct cart_addon {
    const struct promotion *promotion;
    const struct discount_good *good;
    const struct variant *variant;
    int64_t available;
    int64_t taken; /* pieces in the cart */
};

struct cart {
    int64_t id; /* 0 while nothing was put in */
    const char *token;
    int64_t version;
    int64_t order_id; /* 0 unless it was ordered */
    struct cart_line *lines;
    size_t count;
    int64_t item_count; /* pieces */
    int64_t total;      /* minor units, to be paid */
    const char *coupon; /* the code that the buyer typed, "" = none */
    int64_t points;     /* that the buyer wishes to use, 0 = none (cart_points.c) */
    int64_t region;     /* where it goes as far as the buyer said (freight.h), 0 = not yet */
    struct priced priced;
    const char *choices; /* which of several gifts was chosen: "OFFER:VARIANT,…" */
    struct cart_gift *gifts;
    size_t gift_count;
    struct cart_addon *addons;
    size_t addon_count;
    const struct presale_place *presale; /* whose promise an order of it has; NULL = none, or mixed */
    int64_t deposit;                     /* of the total, paid first; 0 = it is paid whole */
    int64_t group_buy_id;            /* it is of one group: one line, and not changed; 0 = an ordinary cart */
    int64_t group_id;                /* which it joins, 0 = it begins one */
    const struct group_place *group; /* pricing/group_buy.h; NULL = an ordinary cart */
    const struct quote_line *quoted; /* parallel to lines: from what the total was made */
    int64_t customer_id;             /* of whose account it is, 0 = a guest's */
    const char *news; /* JSON of what joining two carts did (cart_account.h), "" or NULL = nothing */
    bool has_problems;
    bool needs_address; /* something physical is in it */
};

/* Loads a cart by its token with prices and stock as they are now. A token that fits no cart gives
 * ERR_NOT_FOUND. */
CHECKED err cart_load(struct ctx *ctx, const char *token, const struct cart **cart);
/* The same, priced for a buyer who is known: what one person may use only so often is looked up. */
CHECKED err cart_load_for(struct ctx *ctx, const char *token, const struct promotion_buyer *buyer,
                          const struct cart **cart);
/* As cart_load; without a token, or with one that fits nothing, an empty cart. */
CHECKED err cart_find(struct ctx *ctx, const char *token, const struct cart **cart);
/* What is put in: with the answers to the questions of the product, if it asks any. */
struct cart_wish {
    int64_t variant_id;
    int64_t quantity;
    const struct given_answer *answers;
    size_t answer_count;
    int64_t promotion_id; /* the offer at whose special price it is put in; 0 = none */
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
/* A cart of its own for one group: goods at its price, nothing else, and not to be changed. `group_token` ""
 * begins a new group. ERR_NOT_FOUND for a group that is not there, ERR_GROUP_OVER when no seat or piece is
 * left or its time is over, ERR_LIMIT, ERR_INVALID as cart_add_line. */
CHECKED err cart_open_group(struct ctx *ctx, const char *group_token, const struct cart_wish *wish,
                            const struct cart **cart);
/* Sets the pieces of a line; 0 removes it (harmless when it is not there). `cart` is as it is afterwards. */
CHECKED err cart_change_line(struct ctx *ctx, const char *token, int64_t variant_id, const char *answers_key,
                             int64_t quantity, const struct cart **cart);
/* Keeps the code of a coupon with the cart, or which claimed coupon it shall be (coupon_wish_text), in place
 * of another one; "" takes it away: the best of the claimed ones counts then. ERR_INVALID at the
 * field "code", with the name of the problem as its code, when it can take nothing off whatever is in the
 * cart; a coupon that only wants other goods, or more of them, is kept and says so in the cart's view. */
CHECKED err cart_set_coupon(struct ctx *ctx, const char *token, const char *code, const struct cart **cart);
/* Keeps how many points who is logged in wishes to use; 0 = none, CART_POINTS_ALL = as many as may be used
 * now. ERR_INVALID at "points" with a code of cart_points_view, or "above-most" with the bound. Of what is
 * kept the cart uses as many as may be used whenever it is priced. */
#define CART_POINTS_ALL (-1)
enum cart_points_do { CART_POINTS_TYPED, CART_POINTS_MOST, CART_POINTS_NONE };
extern const char *const cart_points_choices[]; /* "typed", "all", "none", NULL */
/* What a form says with one of them, and with the number that was typed. */
int64_t cart_points_wish(int choice, int64_t typed);
CHECKED err cart_set_points(struct ctx *ctx, const char *token, int64_t points, const struct cart **cart);
/* Keeps where the cart will go, the code of a province, for what carrying it costs; 0 forgets it. ERR_INVALID
 * at "region" for what is no province. */
CHECKED err cart_set_region(struct ctx *ctx, const char *token, int64_t region, const struct cart **cart);
/* Which of several gifts of an offer it shall be. ERR_NOT_FOUND when the cart has not earned it. */
CHECKED err cart_choose_gift(struct ctx *ctx, const char *token, int64_t promotion_id, int64_t variant_id,
                             const struct cart **cart);
/* Puts everything of a bundle in; a cart is made as for cart_add_line_anew. ERR_NOT_FOUND when the offer does
 * not run, ERR_OUT_OF_STOCK when something of it cannot be bought now. */
CHECKED err cart_add_bundle(struct ctx *ctx, const char *token, int64_t promotion_id,
                            const struct cart **cart);
/* What is given, in a form that two looks at the same gifts share: "OFFER:VARIANTxPIECES,…". */
const char *cart_gifts_text(struct ctx *ctx, const struct cart *cart);
/* Whether something is earned that cannot be given. */
bool cart_lacks_gifts(const struct cart *cart);
/* Whether a line of it buys gift cards (decision 0104). */
bool cart_sells_cards(const struct cart *cart);
/* In a transaction: binds the cart to its order, once. ERR_CART_CHECKED_OUT when it was ordered, or was
 * changed since it was loaded (the caller loads it again and sees which). */
CHECKED err cart_check_out(struct ctx *ctx, const struct cart *cart, int64_t order_id);
/* The variants of a cart that is not ordered yet, without prices and stock, and without a word when the token
 * fits none: for who wants to know them before anything costs something. At most CART_LINE_LIMIT. */
CHECKED err cart_peek(struct ctx *ctx, const char *token, int64_t *variant_ids, size_t *count);
/* Removes carts that nobody touched for CART_AGE_MS, some hundred at a time. */
CHECKED err cart_sweep(struct ctx *ctx);

/* docs/views.md: cart and line. */
struct value *cart_view(struct ctx *ctx, const struct cart *cart);
/* docs/views.md: `points` of a cart, into its view: nil for guests, for groups, and where points pay nothing.
 * Only there the account is asked. */
CHECKED err cart_points_view(struct ctx *ctx, const struct cart *cart, struct value *view);

#include "shop/cart/cart_account.h"
