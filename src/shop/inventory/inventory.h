/* inventory.h - how many of each variant we hold, and how many are promised.
 *
 * on hand   = what the shop has (for digital goods: codes not dealt yet)
 * reserved  = promised to an order, paid or not, and not yet shipped or delivered (docs/decisions/0047)
 * aside     = on hand, but not for sale: damaged, being checked, kept back (inventory_level.h)
 * available = on hand - reserved - aside; below 0 only where a variant may be ordered ahead
 * Only this module changes these numbers; every change is one guarded statement and one movement row, and the
 * movements of a variant add up to its row.
 *
 * A shop that keeps goods in several locations has a row of each variant for each of them; the functions here
 * speak of all together, and promise from the location that comes first. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"

/* Below this many available, pages are told of every change ("仅剩 3 件"); above it they show no number. */
#define STOCK_NEWS_LEVEL 20
/* Orders of one size that may stand between reading a stock and taking from it. Pages are told so much
 * earlier: of many who read 60 pieces at once nobody would see the last one go. */
#define STOCK_RUSH 32
/* At or below this, staff see the variant as low. */
#define STOCK_LOW_LEVEL 5

enum movement_kind {
    MOVEMENT_RESERVE = 1, /* an order was placed */
    MOVEMENT_RELEASE = 2, /* the order closed */
    MOVEMENT_SALE = 3,    /* shipped or delivered */
    MOVEMENT_RECEIPT = 4, /* goods or codes came in */
    MOVEMENT_COUNT = 5,   /* counted by hand */
    MOVEMENT_TRANSFER_OUT = 6,
    MOVEMENT_TRANSFER_IN = 7,
    MOVEMENT_DAMAGE = 8, /* found damaged, mended or thrown away */
    MOVEMENT_RETURN = 9, /* a buyer sent it back */
    MOVEMENT_QC = 10,    /* put aside to be checked, or checked */
    MOVEMENT_SAFETY = 11,
    MOVEMENT_INCOMING = 12, /* ordered from a supplier, or no longer */
};

struct stock {
    int64_t variant_id;
    int64_t on_hand;
    int64_t reserved;
    int64_t aside;
    int64_t backorder; /* how far below 0 orders may take what is available */
    int64_t made_of;   /* parts (inventory_assembly.h); 0 = goods of its own */
};

/* What one piece of a variant takes of another (inventory_assembly.h). */
struct stock_part {
    int64_t variant_id;
    int64_t product_id;
    int64_t pieces;
    int64_t available; /* of the part, as it was read before */
    const char *title; /* of product and variant, "" = it is gone */
    const char *sku;
};

/* What an order wants of one variant. */
struct demand {
    int64_t variant_id;
    int64_t product_id;
    int64_t quantity;
    int64_t available;              /* as it was read before; decides only whether pages are told */
    const struct stock_part *parts; /* what is taken in its place; NULL = the variant itself */
    size_t part_count;
};

int64_t stock_available(const struct stock *stock);
/* What buyers can order now: what is available, and what may be ordered ahead. */
int64_t stock_orderable(const struct stock *stock);
/* Zeros for a variant that has no row. `stocks[i]` belongs to `variant_ids[i]`. */
CHECKED err stock_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct stock *stocks);
/* The same in two steps (db_ask): what is asked travels with the caller's next question, and is taken after
 * that. `variant_ids` must live until then. */
struct stock_question {
    const int64_t *variant_ids;
    size_t count;
    struct db_rows **rows;
};
CHECKED err stock_ask_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                           struct stock_question *question);
void stock_take_many(const struct stock_question *question, struct stock *stocks);
/* Of all variants of up to CATALOG_MANY_LIMIT products, likewise, taken by variant. `is_range`: of all that
 * the shop has between the least and the greatest of those ids. */
CHECKED err stock_ask_products(struct ctx *ctx, const int64_t *product_ids, size_t count, bool is_range,
                               struct stock_question *question);
void stock_take_products(struct ctx *ctx, const struct stock_question *question, struct stock **stocks,
                         size_t *count);
/* Of those taken; zeros for a variant that has no row. */
struct stock stock_among(const struct stock *stocks, size_t count, int64_t variant_id);

/* What is available of all active and inactive variants of each product; `available[i]` belongs to
 * `product_ids[i]`. A variant of which nothing is there but that may be ordered ahead counts as one piece. */
CHECKED err stock_sum_products(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *available);

/* Sums the demand of equal variants and sorts it by variant, so that all orders lock rows in one order.
 * Returns the new count. */
size_t demand_gather(struct demand *demands, size_t count);

/* In a transaction, for gathered demands: promise, give back, hand out. stock_reserve fails as a whole with
 * ERR_OUT_OF_STOCK. With several locations it takes everything from the first that has it all; else each
 * variant from the first that has enough of it; else from several. Of demand that is made of parts, these:
 * they are summed with all other demand for them first. */
CHECKED err stock_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
CHECKED err stock_release(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
CHECKED err stock_sell(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);

/* In a transaction: a new variant's first row. */
CHECKED err stock_create(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand);
struct stock_beginning {
    int64_t variant_id;
    int64_t product_id;
    int64_t on_hand;
};
CHECKED err stock_create_many(struct ctx *ctx, const struct stock_beginning *beginnings, size_t count);
/* In a transaction: locks the row of a variant and reads it. ERR_NOT_FOUND when there is none. */
CHECKED err stock_lock(struct ctx *ctx, int64_t variant_id, struct stock *stock);
/* In a transaction, after stock_lock: what is on hand became another number by something that happened
 * elsewhere. Never below what is promised. These two know only the location that every shop has: for codes.
 */
CHECKED err stock_correct(struct ctx *ctx, const struct stock *locked, int64_t product_id, int64_t on_hand,
                          const char *reason);
/* Sets what was counted by hand, over all locations; the difference is one of the location that every shop
 * has. `expected` is what the person saw; ERR_CONFLICT when it is not so any more, or when more is promised
 * or aside than counted. */
CHECKED err stock_count(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand,
                        int64_t expected, const char *reason);

/* In a transaction: so many pieces more, or fewer, in the location that every shop has, whatever there are.
 * ERR_CONFLICT when fewer than are promised or aside would stay. */
CHECKED err stock_shift(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t difference,
                        const char *reason);

/* What is available of all variants of a product together: something, 1 to STOCK_LOW_LEVEL, nothing. */
enum stock_level { STOCK_ANY, STOCK_IN, STOCK_LOW, STOCK_OUT };
/* Products at a level (not STOCK_ANY), the newest first, behind before_id (0 = from the first). What is short
 * is found through the list of variants that came near their end. */
CHECKED err stock_list_products(struct ctx *ctx, enum stock_level level, int64_t before_id, int limit,
                                int64_t **product_ids, size_t *count);
/* Variants at or below STOCK_LOW_LEVEL, newest first. */
CHECKED err stock_list_low(struct ctx *ctx, int limit, struct stock **stocks, size_t *count);

/* Re-adds the movements of the shop; calls `report` for each variant that differs. */
CHECKED err stock_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* The same once a night (the shop's): an alarm for each variant that differs, once while it stands; its
 * subject is the SKU. For a job that runs every few minutes. */
#define STOCK_MISMATCH_ALARM "stock-mismatch"
CHECKED err stock_watch_books(struct ctx *ctx);

#include "shop/inventory/inventory_assembly.h"
#include "shop/inventory/inventory_level.h"
#include "shop/inventory/inventory_take.h"
#include "shop/inventory/inventory_watch.h"
