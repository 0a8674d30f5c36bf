/* inventory.c - stock rows and their movements. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory.h"

#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory_parts.h"
#include <inttypes.h>
#include <stdlib.h>

int64_t stock_available(const struct stock *stock)
{
    return stock->on_hand - stock->reserved - stock->aside;
}

int64_t stock_orderable(const struct stock *stock)
{
    return stock_available(stock) + stock->backorder;
}

#define STOCK_COLUMNS                                                                                        \
    "SELECT variant_id, on_hand, reserved, damaged + qc + safety, backorder, made_of FROM stock "

static struct stock read_stock(const struct db_rows *rows)
{
    return (struct stock){.variant_id = db_get_int(rows, 0),
                          .on_hand = db_get_int(rows, 1),
                          .reserved = db_get_int(rows, 2),
                          .aside = db_get_int(rows, 3),
                          .backorder = db_get_int(rows, 4),
                          .made_of = db_get_int(rows, 5)};
}

/* A variant has a row for each location. */
static void add_stock(struct stock *sum, const struct stock *more)
{
    sum->on_hand += more->on_hand;
    sum->reserved += more->reserved;
    sum->aside += more->aside;
    sum->backorder += more->backorder;
    sum->made_of += more->made_of;
}

static err ask_chunk(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    if (count == 1)
        return db_ask(ctx, rows, STOCK_COLUMNS "WHERE shop_id = $1 AND variant_id = $2",
                      db_int(ctx->shop->id), db_int(ids[0]));
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    return db_ask_values(ctx, rows, STOCK_COLUMNS "WHERE shop_id = $1 AND variant_id IN " DB_IDS, values,
                         DB_IDS_VALUES);
}

static size_t chunk_length(size_t count, size_t start)
{
    return count - start < DB_IDS_LIMIT ? count - start : DB_IDS_LIMIT;
}

err stock_ask_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct stock_question *question)
{
    *question = (struct stock_question){
        variant_ids, count, arena_alloc_many(ctx->arena, count / DB_IDS_LIMIT + 1, sizeof *question->rows)};
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(ask_chunk(ctx, variant_ids + start, chunk_length(count, start),
                      &question->rows[start / DB_IDS_LIMIT]));
    return NULL;
}

static void take_chunk(struct db_rows *rows, struct stock *stocks, size_t count)
{
    while (db_next(rows)) {
        struct stock stock = read_stock(rows);
        for (size_t i = 0; i < count; i++)
            if (stocks[i].variant_id == stock.variant_id)
                add_stock(&stocks[i], &stock);
    }
}

void stock_take_many(const struct stock_question *question, struct stock *stocks)
{
    for (size_t i = 0; i < question->count; i++)
        stocks[i] = (struct stock){.variant_id = question->variant_ids[i]};
    for (size_t start = 0; start < question->count; start += DB_IDS_LIMIT)
        take_chunk(question->rows[start / DB_IDS_LIMIT], stocks + start,
                   chunk_length(question->count, start));
}

err stock_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct stock *stocks)
{
    struct stock_question question;
    TRY(stock_ask_many(ctx, variant_ids, count, &question));
    if (count > 0)
        TRY(db_answer(ctx));
    stock_take_many(&question, stocks);
    return NULL;
}

#define STOCK_OF_PRODUCTS STOCK_COLUMNS "WHERE shop_id = $1 AND product_id"

err stock_ask_products(struct ctx *ctx, const int64_t *product_ids, size_t count, bool is_range,
                       struct stock_question *question)
{
    struct db_value values[DB_IDS_VALUES];
    size_t parts = is_range && count > 0 ? 1 : (count + DB_IDS_LIMIT - 1) / DB_IDS_LIMIT;
    *question = (struct stock_question){
        .count = parts, .rows = arena_alloc_many(ctx->arena, parts + 1, sizeof *question->rows)};
    if (is_range && parts > 0) {
        int64_t first = product_ids[0], last = product_ids[0];
        for (size_t i = 1; i < count; i++) {
            first = product_ids[i] < first ? product_ids[i] : first;
            last = product_ids[i] > last ? product_ids[i] : last;
        }
        return db_ask(ctx, &question->rows[0], STOCK_OF_PRODUCTS " BETWEEN $2 AND $3", db_int(ctx->shop->id),
                      db_int(first), db_int(last));
    }
    for (size_t i = 0; i < parts; i++) {
        db_bind_ids(ctx, product_ids + i * DB_IDS_LIMIT, count - i * DB_IDS_LIMIT, values);
        TRY(db_ask_values(ctx, &question->rows[i], STOCK_OF_PRODUCTS " IN " DB_IDS, values, DB_IDS_VALUES));
    }
    return NULL;
}

static int by_variant(const void *left, const void *right)
{
    const struct stock *a = left, *b = right;
    return (a->variant_id > b->variant_id) - (a->variant_id < b->variant_id);
}

void stock_take_products(struct ctx *ctx, const struct stock_question *question, struct stock **stocks,
                         size_t *count)
{
    size_t all = 0;
    for (size_t i = 0; i < question->count; i++)
        all += db_row_count(question->rows[i]);
    *stocks = arena_alloc_many(ctx->arena, all + 1, sizeof **stocks);
    *count = 0;
    for (size_t i = 0; i < question->count; i++)
        for (struct db_rows *rows = question->rows[i]; db_next(rows); (*count)++)
            (*stocks)[*count] = read_stock(rows);
    qsort(*stocks, *count, sizeof **stocks, by_variant);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (kept > 0 && (*stocks)[kept - 1].variant_id == (*stocks)[i].variant_id)
            add_stock(&(*stocks)[kept - 1], &(*stocks)[i]);
        else
            (*stocks)[kept++] = (*stocks)[i];
    *count = kept;
}

struct stock stock_among(const struct stock *stocks, size_t count, int64_t variant_id)
{
    struct stock key = {.variant_id = variant_id};
    const struct stock *found = count > 0 ? bsearch(&key, stocks, count, sizeof *stocks, by_variant) : NULL;
    return found ? *found : key;
}

static err sum_chunk(struct ctx *ctx, const int64_t *ids, size_t count, int64_t *available)
{
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows,
                        "SELECT product_id, CAST(SUM(" STOCK_SHOWN
                        ") AS BIGINT) FROM stock WHERE shop_id = $1"
                        " AND product_id IN " DB_IDS " GROUP BY product_id",
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0))
                available[i] = db_get_int(rows, 1);
    return NULL;
}

err stock_sum_products(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *available)
{
    memset(available, 0, count * sizeof *available);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(sum_chunk(ctx, product_ids + start, chunk_length(count, start), available + start));
    return NULL;
}

size_t demand_gather(struct demand *demands, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct demand next = demands[i];
        size_t at = kept;
        while (at > 0 && demands[at - 1].variant_id > next.variant_id)
            at--;
        if (at > 0 && demands[at - 1].variant_id == next.variant_id) {
            demands[at - 1].quantity += next.quantity;
            continue;
        }
        memmove(demands + at + 1, demands + at, (kept - at) * sizeof next);
        demands[at] = next;
        kept++;
    }
    return kept;
}

/* The usual one, of the location that every shop has, as short as it can be. */
static err write_movement(struct ctx *ctx, enum movement_kind kind, int64_t variant_id, int64_t on_hand,
                          int64_t reserved, int64_t order_id, const char *reason)
{
    return db_execute(
        ctx,
        "INSERT INTO stock_movements (shop_id, id, variant_id, kind, on_hand, reserved, order_id, reason,"
        " actor, actor_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(variant_id), db_int(kind), db_int(on_hand),
        db_int(reserved), db_id(order_id), db_text(reason), db_int(ctx->actor), db_int(ctx->actor_id),
        db_int(ctx->now));
}

err stock_note_low(struct ctx *ctx, int64_t variant_id, int64_t available_after)
{
    if (available_after > STOCK_NEWS_LEVEL)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO low_stock (shop_id, variant_id) VALUES ($1, $2)"
                      " ON CONFLICT (shop_id, variant_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(variant_id));
}

err stock_tell_pages(struct ctx *ctx, const struct demand *demand, int64_t available_after)
{
    int64_t others = STOCK_RUSH * demand->quantity, level = STOCK_NEWS_LEVEL + others;
    if (available_after > level && demand->available > level)
        return NULL;
    TRY(stock_note_low(ctx, demand->variant_id, available_after - others));
    return product_emit_changed(ctx, demand->product_id);
}

static err change_reserved(struct ctx *ctx, const struct demand *demand, int64_t by)
{
    return db_expect(ctx, 1, ERR_OUT_OF_STOCK,
                     arena_format(ctx->arena, "variant %" PRId64 " has too few", demand->variant_id),
                     "UPDATE stock SET reserved = reserved + $3 WHERE shop_id = $1 AND variant_id = $2"
                     " AND location_id = 1 AND " STOCK_FREE " + backorder >= $3 AND reserved + $3 >= 0"
                     " AND made_of = 0",
                     db_int(ctx->shop->id), db_int(demand->variant_id), db_int(by));
}

static err reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    if (ctx->shop->has_locations)
        return stock_spread_reserve(ctx, order_id, demands, count);
    for (size_t i = 0; i < count; i++)
        TRY(change_reserved(ctx, &demands[i], demands[i].quantity));
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(write_movement(ctx, MOVEMENT_RESERVE, demand->variant_id, 0, demand->quantity, order_id, ""));
        TRY(stock_tell_pages(ctx, demand, demand->available - demand->quantity));
    }
    return NULL;
}

err stock_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    count = stock_take_apart(ctx, demands, count, &demands);
    TRY(reserve(ctx, order_id, demands, count));
    return stock_make_again(ctx, demands, count);
}

static err release(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    if (ctx->shop->has_locations)
        return stock_spread_settle(ctx, order_id, demands, count, MOVEMENT_RELEASE);
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(change_reserved(ctx, demand, -demand->quantity));
        TRY(write_movement(ctx, MOVEMENT_RELEASE, demand->variant_id, 0, -demand->quantity, order_id, ""));
        TRY(stock_tell_pages(ctx, demand, demand->available + demand->quantity));
    }
    return NULL;
}

err stock_release(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    count = stock_take_apart(ctx, demands, count, &demands);
    TRY(release(ctx, order_id, demands, count));
    return stock_make_again(ctx, demands, count);
}

/* What is available stays as it is. */
err stock_sell(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    count = stock_take_apart(ctx, demands, count, &demands);
    if (ctx->shop->has_locations)
        return stock_spread_settle(ctx, order_id, demands, count, MOVEMENT_SALE);
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "less is reserved than should leave",
                      "UPDATE stock SET on_hand = on_hand - $3, reserved = reserved - $3"
                      " WHERE shop_id = $1 AND variant_id = $2 AND location_id = 1 AND reserved >= $3"
                      " AND on_hand >= $3",
                      db_int(ctx->shop->id), db_int(demand->variant_id), db_int(demand->quantity)));
        TRY(write_movement(ctx, MOVEMENT_SALE, demand->variant_id, -demand->quantity, -demand->quantity,
                           order_id, ""));
    }
    return NULL;
}

err stock_create_many(struct ctx *ctx, const struct stock_beginning *beginnings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO stock (shop_id, variant_id, product_id, on_hand, reserved)"
                       " VALUES ($1, $2, $3, $4, 0)",
                       db_int(ctx->shop->id), db_int(beginnings[i].variant_id),
                       db_int(beginnings[i].product_id), db_int(beginnings[i].on_hand)));
    for (size_t i = 0; i < count; i++)
        TRY(stock_note_low(ctx, beginnings[i].variant_id, beginnings[i].on_hand));
    for (size_t i = 0; i < count; i++)
        if (beginnings[i].on_hand != 0)
            TRY(write_movement(ctx, MOVEMENT_RECEIPT, beginnings[i].variant_id, beginnings[i].on_hand, 0, 0,
                               "initial"));
    return NULL;
}

err stock_create(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand)
{
    return stock_create_many(ctx, &(struct stock_beginning){variant_id, product_id, on_hand}, 1);
}

err stock_lock(struct ctx *ctx, int64_t variant_id, struct stock *stock)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "UPDATE stock SET on_hand = on_hand WHERE shop_id = $1 AND variant_id = $2"
                 " AND location_id = 1 RETURNING on_hand, reserved",
                 db_int(ctx->shop->id), db_int(variant_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "the variant has no stock row");
    *stock = (struct stock){
        .variant_id = variant_id, .on_hand = db_get_int(rows, 0), .reserved = db_get_int(rows, 1)};
    return NULL;
}

err stock_correct(struct ctx *ctx, const struct stock *locked, int64_t product_id, int64_t on_hand,
                  const char *reason)
{
    int64_t difference = on_hand - locked->on_hand;
    if (difference == 0)
        return NULL;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "more is promised than is there",
                  "UPDATE stock SET on_hand = $3 WHERE shop_id = $1 AND variant_id = $2 AND location_id = 1"
                  " AND on_hand = $4 AND reserved <= $3",
                  db_int(ctx->shop->id), db_int(locked->variant_id), db_int(on_hand),
                  db_int(locked->on_hand)));
    TRY(stock_note_low(ctx, locked->variant_id, on_hand - locked->reserved));
    TRY(write_movement(ctx, difference > 0 ? MOVEMENT_RECEIPT : MOVEMENT_COUNT, locked->variant_id,
                       difference, 0, 0, reason));
    return product_emit_changed(ctx, product_id);
}

struct counting {
    int64_t variant_id;
    int64_t product_id;
    int64_t on_hand;
    int64_t expected;
    const char *reason;
};

static err count_in_transaction(struct ctx *ctx, void *arg)
{
    const struct counting *counting = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the stock changed meanwhile, or more is promised than counted",
                  "UPDATE stock SET on_hand = on_hand + $3 - $4 WHERE shop_id = $1 AND variant_id = $2"
                  " AND location_id = 1 AND made_of = 0 AND on_hand + $3 - $4 >= 0"
                  " AND (" STOCK_FREE " + $3 - $4 >= 0 OR allows_backorder = 1)"
                  " AND $4 = (SELECT CAST(SUM(a.on_hand) AS BIGINT) FROM stock a WHERE a.shop_id = $1"
                  " AND a.variant_id = $2)",
                  db_int(ctx->shop->id), db_int(counting->variant_id), db_int(counting->on_hand),
                  db_int(counting->expected)));
    TRY(stock_note_low(ctx, counting->variant_id, counting->on_hand));
    TRY(stock_make_again_of(ctx, counting->variant_id));
    TRY(write_movement(ctx, MOVEMENT_COUNT, counting->variant_id, counting->on_hand - counting->expected, 0,
                       0, counting->reason));
    return product_emit_changed(ctx, counting->product_id);
}

err stock_count(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand, int64_t expected,
                const char *reason)
{
    struct counting counting = {variant_id, product_id, on_hand, expected, reason ? reason : ""};
    return db_transact(ctx, count_in_transaction, &counting);
}

err stock_shift(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t difference,
                const char *reason)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "more is promised than would stay",
                  "UPDATE stock SET on_hand = on_hand + $3 WHERE shop_id = $1 AND variant_id = $2"
                  " AND location_id = 1 AND made_of = 0 AND on_hand + $3 >= 0"
                  " AND (" STOCK_FREE " + $3 >= 0 OR allows_backorder = 1)",
                  db_int(ctx->shop->id), db_int(variant_id), db_int(difference)));
    TRY(stock_make_again_of(ctx, variant_id));
    if (difference < 0)
        TRY(stock_note_low(ctx, variant_id, 0)); /* the list of low stock looks at what there is */
    TRY(write_movement(ctx, difference > 0 ? MOVEMENT_RECEIPT : MOVEMENT_COUNT, variant_id, difference, 0, 0,
                       reason));
    return product_emit_changed(ctx, product_id);
}

err stock_list_low(struct ctx *ctx, int limit, struct stock **stocks, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT l.variant_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT),"
                 " CAST(SUM(damaged + qc + safety) AS BIGINT), CAST(SUM(backorder) AS BIGINT),"
                 " CAST(SUM(made_of) AS BIGINT) FROM low_stock l"
                 " JOIN stock s ON s.shop_id = l.shop_id AND s.variant_id = l.variant_id WHERE l.shop_id = $1"
                 " GROUP BY l.variant_id HAVING SUM(" STOCK_SHOWN
                 ") <= $2 ORDER BY l.variant_id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(STOCK_LOW_LEVEL), db_int(limit)));
    *stocks = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **stocks);
    *count = 0;
    while (db_next(rows))
        (*stocks)[(*count)++] = read_stock(rows);
    return NULL;
}

err stock_list_products(struct ctx *ctx, enum stock_level level, int64_t before_id, int limit,
                        int64_t **product_ids, size_t *count)
{
    struct db_rows *rows;
    struct db_value shop = db_int(ctx->shop->id), before = db_int(before_id ? before_id : INT64_MAX);
    if (level == STOCK_IN)
        TRY(db_query(ctx, &rows,
                     "SELECT product_id FROM stock WHERE shop_id = $1 AND product_id < $2 GROUP BY product_id"
                     " HAVING SUM(" STOCK_SHOWN ") > 0 ORDER BY product_id DESC LIMIT $3",
                     shop, before, db_int(limit)));
    else
        TRY(db_query(ctx, &rows,
                     "SELECT s.product_id FROM stock s WHERE s.shop_id = $1 AND s.product_id < $2"
                     " AND s.product_id IN (SELECT n.product_id FROM low_stock l JOIN stock n"
                     " ON n.shop_id = l.shop_id AND n.variant_id = l.variant_id WHERE l.shop_id = $1)"
                     " GROUP BY s.product_id HAVING SUM(" STOCK_SHOWN ") >= $4"
                     " AND SUM(" STOCK_SHOWN ") <= $5 ORDER BY s.product_id DESC LIMIT $3",
                     shop, before, db_int(limit), db_int(level == STOCK_LOW ? 1 : 0),
                     db_int(level == STOCK_LOW ? STOCK_LOW_LEVEL : 0)));
    *product_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **product_ids);
    *count = 0;
    while (db_next(rows))
        (*product_ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}
