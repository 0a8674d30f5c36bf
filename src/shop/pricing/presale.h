/* presale.h - presales (预售): goods that are sold before they are there, with a promised day.
 *
 * Two kinds. One is paid whole at once and changes no price (全款预售). The other (定金预售) has a price of
 * its own and is paid in two parts: a deposit, which may be a fifth of the price at most (Civil Code, article
 * 586: what is above has no effect as a deposit), and the balance in a window of its own. A deposit may count
 * more than it is (定金膨胀): what it counts more comes off the price as an offer of its own.
 *
 * While a presale runs, each piece of its variants is sold out of its stock, a guarded counter beside the
 * real one: an order needs both. Goods of a presale are ordered alone, so an order has one promise. What
 * follows for an order is written into it when it is placed, and later changes of the presale do not touch it
 * (docs/decisions/0067). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/pricing/promotion.h"

#define PRESALE_ENTRY_MOST 50
#define PRESALE_STOCK_MOST 1000000
#define PRESALE_PERSON_MOST 999
#define PRESALE_AHEAD_USUAL 3 /* days */
#define PRESALE_AHEAD_MOST 60
/* Presales that run or are to come at the same time. */
#define PRESALE_ACTIVE_LIMIT 20
/* A presale is announced on pages this long before it starts. */
#define PRESALE_SHOWN_MS (7 * DAY_MS)
/* No moment of a presale is further ahead. */
#define PRESALE_HORIZON_MS (400 * DAY_MS)
/* Of what is to be paid, one part in so many may be a deposit: 民法典 第五百八十六条. */
#define PRESALE_DEPOSIT_PART 5

enum presale_kind { PRESALE_DEPOSIT = 1, PRESALE_WHOLE = 2 };
/* "", "deposit", "whole", NULL */
extern const char *const presale_kind_names[];

struct presale_entry {
    int64_t variant_id;
    int64_t product_id;
    int64_t price;       /* minor units for one piece; 0 = that of the list (PRESALE_WHOLE) */
    int64_t deposit;     /* of one piece */
    int64_t worth;       /* what that counts; 0 = what it is */
    int64_t stock;       /* pieces */
    int64_t person_most; /* pieces of one buyer, known by phone, e-mail and address; 0 = no bound */
    int64_t sold;
};

struct presale {
    int64_t id;
    int64_t swell_id; /* as which proofs name what deposits count more */
    int64_t version;
    enum promotion_status status;
    enum presale_kind kind;
    const char *name; /* 1..PROMOTION_NAME_MOST characters, for the buyer */
    int64_t starts_at;
    int64_t ends_at;
    int64_t balance_from; /* these two of PRESALE_DEPOSIT */
    int64_t balance_until;
    int64_t ships_by;
    int64_t ahead_days; /* so long before orders are among those to be packed */
    struct presale_entry *entries;
    size_t count;
    int64_t created_at;
    int64_t updated_at;
};

/* PHASE_USED_UP when all its pieces are sold. */
enum promotion_phase presale_phase_of(const struct presale *presale, int64_t now);
/* What a deposit of one piece counts more than it is. */
int64_t presale_swell(const struct presale_entry *entry);

/* ---- staff ---- */

/* Everything that is wrong with it, by field ("name", "ends_at", "entries.0.deposit" …): ERR_INVALID. A price
 * above the list price, a deposit of more than a fifth, windows that do not follow one another, goods that
 * are not shipped, and a variant that another presale or a flash sale has at the same time are refused. How
 * many pieces are there is not known here: whoever stands right of the stock asks that. */
CHECKED err presale_examine(struct ctx *ctx, const struct presale *presale);
/* Writes a new presale (id 0, a draft) or the next version of one, as promotion_save does. What was sold
 * stays: ERR_INVALID when less pieces are offered than were sold, or a variant is left out that has sold
 * some.
 */
CHECKED err presale_save(struct ctx *ctx, struct presale *presale);
/* As promotion_change_status. ERR_INVALID when it cannot begin as it is, with its fields. */
CHECKED err presale_change_status(struct ctx *ctx, int64_t presale_id, enum promotion_status status);
/* By its id, or by its swell_id. */
CHECKED err presale_load(struct ctx *ctx, int64_t presale_id, struct presale **presale);
/* Newest first, with their entries; before_id 0 = from the newest. */
CHECKED err presale_list(struct ctx *ctx, int64_t before_id, int limit, struct presale **presales,
                         size_t *count);

struct presale_use {
    int64_t order_id;
    int64_t quantity; /* pieces */
    bool is_live;
};
/* Orders that took pieces, newest first. */
CHECKED err presale_use_list(struct ctx *ctx, int64_t presale_id, int64_t before_order_id, int limit,
                             struct presale_use **uses, size_t *count);

/* ---- pricing ---- */

/* What a variant has of a presale. */
struct presale_place {
    int64_t presale_id; /* 0 = it is in none */
    int64_t swell_id;
    int64_t version;
    enum presale_kind kind;
    const char *name;
    int64_t starts_at;
    int64_t ends_at;
    int64_t balance_from;
    int64_t balance_until;
    int64_t ships_by;
    int64_t ahead_days;
    struct presale_entry entry;
};
int64_t presale_left(const struct presale_place *place);
bool presale_is_running(const struct presale_place *place, int64_t now);
/* From when on an order of it is among those to be packed. */
int64_t presale_packs_from(const struct ctx *ctx, const struct presale_place *place);

/* Of each variant the presale that runs now. Shops without presales are asked nothing. */
CHECKED err presale_running_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                                 struct presale_place *places);
/* Of each product all places of presales that run or are announced, those that run first, then by their
 * start.
 */
struct presale_places {
    const struct presale_place *items;
    size_t count;
};
CHECKED err presale_product_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                 struct presale_places *places);
/* The place of a variant among those of its product, NULL = none. */
const struct presale_place *presale_of_variant(const struct presale_places *places, int64_t variant_id);
/* How long a page that shows these may be kept, in seconds: `most`, less while one runs or is about to. */
int64_t presale_keep_seconds(const struct presale_places *places, int64_t now, int64_t most);

/* The offers that count beside others: a price and what deposits count more, of each presale in whose places
 * a line is. `promotions` is copied. `places` of the lines are kept in priced->presale, NULL without any. */
CHECKED err presale_join(struct ctx *ctx, const struct quote_line *lines, size_t count,
                         struct promotion **promotions, size_t *promotion_count, struct priced *priced);
/* What of a total is paid first: the deposits of all pieces, and never more than a fifth of it. 0 = it is
 * paid whole. */
int64_t presale_deposit_of(const struct priced *priced, const struct quote_line *lines, size_t count,
                           int64_t total);

/* ---- orders ---- */

/* What an order takes of a presale: one for each variant. */
struct presale_want {
    const struct presale_place *place;
    int64_t quantity;
    int64_t left; /* out of presale_person_left: pieces that this buyer may still have */
};
size_t presale_wants(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines,
                     size_t count, struct presale_want **wants);
/* No question without a bound for each. */
CHECKED err presale_person_left(struct ctx *ctx, const struct promotion_buyer *buyer,
                                struct presale_want *wants, size_t count);
/* In the transaction of an order. ERR_PRESALE_SOLD_OUT when the last piece is gone, or the presale is another
 * by now; ERR_DUPLICATE when this buyer has his pieces: ask presale_person_left again. */
CHECKED err presale_take(struct ctx *ctx, int64_t order_id, const struct presale_want *wants, size_t count,
                         const struct promotion_buyer *buyer);
/* In the transaction in which money of an order comes: who paid (a keyed hash, CRYPTO_INDEX_BYTES) is one
 * more key of the person who has its pieces, where there is a bound for each; the same payer twice is once.
 * *over is the name of the sale of which this payer has more than one may now, and else stays as it is. */
CHECKED err presale_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer,
                                const char **over);
/* In a transaction: the order came to nothing. Twice is once. */
CHECKED err presale_give_back(struct ctx *ctx, int64_t order_id);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when its pieces are gone. */
CHECKED err presale_take_again(struct ctx *ctx, int64_t order_id);
/* What orders hold, the next ones behind an order's id: of up to `limit` orders. */
struct presale_hold {
    int64_t order_id;
    int64_t variant_id;
    int64_t quantity;
};
CHECKED err presale_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct presale_hold **holds,
                              size_t *count);
/* Re-adds the counters of every entry and of every buyer from what orders took. */
CHECKED err presale_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- words ---- */

/* docs/views.md: a presale for staff. */
struct value *presale_staff_view(struct ctx *ctx, const struct presale *presale);
/* docs/views.md: `presale` of a variant or a cart line, nil without one; its price takes the place of `sale`
 * when it is cheaper. `price` is the list price. */
void presale_view(struct ctx *ctx, struct value *view, const struct presale_place *place, int64_t price);
