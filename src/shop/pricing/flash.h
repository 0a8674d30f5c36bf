/* flash.h - flash sales (限时秒杀): some pieces of some variants, for a short time, at a price of their own.
 *
 * While a sale runs, each piece of a variant that is in it is sold out of its flash stock, a guarded counter
 * of its own beside the real stock: an order needs both. When the counter is at its end the variant is
 * refused until a piece comes back or the sale ends: nobody pays the full price by mistake, and nothing is
 * sold twice. Where the price comes from is quote.h: a sale with a price for each line.
 *
 * The counter in the database is the only truth. A gate in memory (flash_gate.h) refuses attempts that
 * cannot win before they cost anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/pricing/promotion.h"

#define FLASH_ENTRY_MOST 50
#define FLASH_STOCK_MOST 1000000
#define FLASH_PERSON_MOST 999
#define FLASH_MINUTES_USUAL 5
#define FLASH_MINUTES_MOST 60
/* Sales that run or are to come at the same time. */
#define FLASH_ACTIVE_LIMIT 20
#define FLASH_LIST_LIMIT 100
/* A sale is announced on pages this long before it starts. */
#define FLASH_AHEAD_MS (7 * DAY_MS)

struct flash_entry {
    int64_t variant_id;
    int64_t product_id;
    int64_t price;       /* minor units for one piece */
    int64_t stock;       /* pieces */
    int64_t person_most; /* pieces of one buyer, known by phone, e-mail and address; 0 = no bound */
    int64_t sold;
    int64_t sold_out_at; /* the first time, 0 = never */
    int64_t refused;     /* attempts that came too late */
};

struct flash_sale {
    int64_t id;
    int64_t version;
    enum promotion_status status;
    const char *name; /* 1..PROMOTION_NAME_MOST characters, for the buyer */
    int64_t starts_at;
    int64_t ends_at;
    int64_t unpaid_minutes; /* until an unpaid order closes and its pieces are free again */
    bool is_beside;         /* other offers may meet it on a piece, when they allow it too */
    struct flash_entry *entries;
    size_t count;
    int64_t created_at;
    int64_t updated_at;
};

/* PHASE_USED_UP when all its pieces are sold. */
enum promotion_phase flash_phase_of(const struct flash_sale *sale, int64_t now);

/* ---- staff ---- */

/* Everything that is wrong with it, by field ("name", "ends_at", "entries.0.price" …): ERR_INVALID. A price
 * that is not below the list price, a time that ends before it starts, and a variant that another sale has at
 * the same time are refused. How many pieces are there is not known here: whoever stands right of the stock
 * asks that. */
CHECKED err flash_examine(struct ctx *ctx, const struct flash_sale *sale);
/* Writes a new sale (id 0, a draft) or the next version of one, as promotion_save does. What was sold stays:
 * ERR_INVALID when less pieces are offered than were sold, or a variant is left out that has sold some. */
CHECKED err flash_save(struct ctx *ctx, struct flash_sale *sale);
/* As promotion_change_status. ERR_INVALID when it cannot begin as it is, with its fields. */
CHECKED err flash_change_status(struct ctx *ctx, int64_t flash_id, enum promotion_status status);
CHECKED err flash_load(struct ctx *ctx, int64_t flash_id, struct flash_sale **sale);
/* Newest first, with their entries; before_id 0 = from the newest. */
CHECKED err flash_list(struct ctx *ctx, int64_t before_id, int limit, struct flash_sale **sales,
                       size_t *count);

struct flash_use {
    int64_t order_id;
    int64_t quantity; /* pieces */
    bool is_live;
};
/* Orders that took pieces, newest first. */
CHECKED err flash_use_list(struct ctx *ctx, int64_t flash_id, int64_t before_order_id, int limit,
                           struct flash_use **uses, size_t *count);

/* ---- pricing ---- */

/* What a variant has of a sale. */
struct flash_place {
    int64_t flash_id; /* 0 = it is in none */
    int64_t version;
    const char *name;
    int64_t starts_at;
    int64_t ends_at;
    int64_t unpaid_minutes;
    bool is_beside;
    struct flash_entry entry;
};
int64_t flash_left(const struct flash_place *place);
bool flash_is_running(const struct flash_place *place, int64_t now);

/* Of each variant the sale that runs now. Shops without sales are asked nothing. */
CHECKED err flash_running_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                               struct flash_place *places);
/* Of each product all places of sales that run or are announced, those that run first, then by their start.
 */
struct flash_places {
    const struct flash_place *items;
    size_t count;
};
CHECKED err flash_product_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                               struct flash_places *places);
/* The place of a variant among those of its product, NULL = none. */
const struct flash_place *flash_of_variant(const struct flash_places *places, int64_t variant_id);
/* The one that a card of the product shows: one that runs and has pieces left goes first, then the cheapest.
 */
const struct flash_place *flash_of_card(const struct flash_places *places, int64_t now);
/* What home shows: the sale that runs and ends first, else the announced one that starts first; NULL = none.
 */
CHECKED err flash_find_shown(struct ctx *ctx, struct flash_sale **sale);
/* How long a page that shows these may be kept, in seconds: `most`, less while one runs or is about to. */
int64_t flash_keep_seconds(const struct flash_place *places, size_t count, int64_t now, int64_t most);

/* The offers that count beside others: one for each sale in whose places a line is. They stand in front of
 * `promotions`, which is copied. `places` of the lines are kept in priced->flash, NULL without any. */
CHECKED err flash_join(struct ctx *ctx, const struct quote_line *lines, size_t count,
                       struct promotion **promotions, size_t *promotion_count, struct priced *priced);

/* ---- orders ---- */

/* What an order takes of its sales: one for each variant. */
struct flash_want {
    const struct flash_place *place;
    int64_t quantity;
    int64_t left; /* out of flash_person_left: pieces that this buyer may still have */
};
size_t flash_wants(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines, size_t count,
                   struct flash_want **wants);
/* The shortest time in which one of them wants to be paid, in milliseconds. */
int64_t flash_unpaid_ms(const struct flash_want *wants, size_t count);
/* No question without a bound for each. */
CHECKED err flash_person_left(struct ctx *ctx, const struct promotion_buyer *buyer, struct flash_want *wants,
                              size_t count);
/* In the transaction of an order. ERR_FLASH_SOLD_OUT when the last piece is gone, or the sale is another by
 * now; ERR_DUPLICATE when this buyer has his pieces: ask flash_person_left again. */
CHECKED err flash_take(struct ctx *ctx, int64_t order_id, const struct flash_want *wants, size_t count,
                       const struct promotion_buyer *buyer);
/* In the transaction in which money of an order comes: who paid (a keyed hash, CRYPTO_INDEX_BYTES) is one
 * more key of the person who has its pieces, where there is a bound for each; the same payer twice is once.
 * *over is the name of the sale of which this payer has more than one may now, and else stays as it is. */
CHECKED err flash_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer,
                              const char **over);
/* In a transaction: the order came to nothing. Twice is once. */
CHECKED err flash_give_back(struct ctx *ctx, int64_t order_id);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when its pieces are gone. */
CHECKED err flash_take_again(struct ctx *ctx, int64_t order_id);
/* What orders hold, the next ones behind an order's id: of up to `limit` orders. */
struct flash_hold {
    int64_t order_id;
    int64_t variant_id;
    int64_t quantity;
};
CHECKED err flash_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct flash_hold **holds,
                            size_t *count);
/* Re-adds the counters of every entry and of every buyer from what orders took. */
CHECKED err flash_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- words ---- */

/* docs/views.md: a sale for staff. */
struct value *flash_sale_view(struct ctx *ctx, const struct flash_sale *sale);
/* Of a moment for people: "today", "tomorrow", or "" for a day that wants a date. */
const char *flash_day(struct ctx *ctx, int64_t at);
/* docs/views.md: `flash` of a variant or a card, nil without one; one that runs takes the place of `sale`
 * when it is cheaper. `price` is the list price. */
void flash_view(struct ctx *ctx, struct value *view, const struct flash_place *place, int64_t price);
