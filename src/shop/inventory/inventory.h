/* inventory.h - how many of each variant we hold, and how many are promised.
 *
 * on hand   = what the shop has (for digital goods: codes not dealt yet)
 * reserved  = promised to an order, not yet shipped or delivered
 * available = on hand - reserved
 * Only this module changes these numbers; every change is one guarded statement and one movement row, and the
 * movements of a variant add up to its row. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"

/* Below this many available, pages are told of every change ("仅剩 3 件"); above it they show no number. */
#define STOCK_NEWS_LEVEL 20
/* At or below this, staff see the variant as low. */
#define STOCK_LOW_LEVEL 5

enum movement_kind {
    MOVEMENT_RESERVE = 1, /* an order was placed */
    MOVEMENT_RELEASE = 2, /* the order closed */
    MOVEMENT_SALE = 3,    /* shipped or delivered */
    MOVEMENT_RECEIPT = 4, /* goods or codes came in */
    MOVEMENT_COUNT = 5,   /* counted by hand */
};

struct stock {
    int64_t variant_id;
    int64_t on_hand;
    int64_t reserved;
};

/* What an order wants of one variant. */
struct demand {
    int64_t variant_id;
    int64_t product_id;
    int64_t quantity;
    int64_t available; /* as it was read before; decides only whether pages are told */
};

int64_t stock_available(const struct stock *stock);
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

/* What is available of all active and inactive variants of each product; `available[i]` belongs to
 * `product_ids[i]`. */
CHECKED err stock_sum_products(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *available);

/* Sums the demand of equal variants and sorts it by variant, so that all orders lock rows in one order.
 * Returns the new count. */
size_t demand_gather(struct demand *demands, size_t count);

/* In a transaction, for gathered demands: promise, give back, hand out. stock_reserve fails as a whole with
 * ERR_OUT_OF_STOCK. */
CHECKED err stock_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
CHECKED err stock_release(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
CHECKED err stock_sell(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);

/* In a transaction: a new variant's first row. */
CHECKED err stock_create(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand);
/* In a transaction: locks the row of a variant and reads it. ERR_NOT_FOUND when there is none. */
CHECKED err stock_lock(struct ctx *ctx, int64_t variant_id, struct stock *stock);
/* In a transaction, after stock_lock: what is on hand became another number by something that happened
 * elsewhere. Never below what is promised. */
CHECKED err stock_correct(struct ctx *ctx, const struct stock *locked, int64_t product_id, int64_t on_hand,
                          const char *reason);
/* Sets what was counted by hand. `expected` is what the person saw; ERR_CONFLICT when it is not so any more,
 * or when more is promised than counted. */
CHECKED err stock_count(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand,
                        int64_t expected, const char *reason);

/* In a transaction: so many pieces more, or fewer, whatever there are. ERR_CONFLICT when fewer than are
 * promised would stay. */
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
