/* inventory.c - stock rows and their movements. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory.h"

#include "shop/catalog/catalog.h"
#include <inttypes.h>

int64_t stock_available(const struct stock *stock)
{
    return stock->on_hand - stock->reserved;
}

static err ask_chunk(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    if (count == 1)
        return db_ask(
            ctx, rows,
            "SELECT variant_id, on_hand, reserved FROM stock WHERE shop_id = $1 AND variant_id = $2",
            db_int(ctx->shop->id), db_int(ids[0]));
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    return db_ask_values(
        ctx, rows,
        "SELECT variant_id, on_hand, reserved FROM stock WHERE shop_id = $1 AND variant_id IN"
        " " DB_IDS,
        values, DB_IDS_VALUES);
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
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (stocks[i].variant_id == db_get_int(rows, 0)) {
                stocks[i].on_hand = db_get_int(rows, 1);
                stocks[i].reserved = db_get_int(rows, 2);
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

static err sum_chunk(struct ctx *ctx, const int64_t *ids, size_t count, int64_t *available)
{
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    struct db_rows *rows;
    TRY(db_query_values(
        ctx, &rows,
        "SELECT product_id, CAST(SUM(on_hand - reserved) AS BIGINT) FROM stock WHERE shop_id = $1"
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

static err note_low(struct ctx *ctx, int64_t variant_id, int64_t available_after)
{
    if (available_after > STOCK_NEWS_LEVEL)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO low_stock (shop_id, variant_id) VALUES ($1, $2)"
                      " ON CONFLICT (shop_id, variant_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(variant_id));
}

/* Pages show a number, or "sold out", only near the end of a stock. */
static err tell_pages(struct ctx *ctx, const struct demand *demand, int64_t available_after)
{
    if (available_after > STOCK_NEWS_LEVEL && demand->available > STOCK_NEWS_LEVEL)
        return NULL;
    TRY(note_low(ctx, demand->variant_id, available_after));
    return product_emit_changed(ctx, demand->product_id);
}

static err change_reserved(struct ctx *ctx, const struct demand *demand, int64_t by)
{
    return db_expect(ctx, 1, ERR_OUT_OF_STOCK,
                     arena_format(ctx->arena, "variant %" PRId64 " has too few", demand->variant_id),
                     "UPDATE stock SET reserved = reserved + $3 WHERE shop_id = $1 AND variant_id = $2"
                     " AND on_hand - reserved >= $3 AND reserved + $3 >= 0",
                     db_int(ctx->shop->id), db_int(demand->variant_id), db_int(by));
}

err stock_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(change_reserved(ctx, &demands[i], demands[i].quantity));
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(write_movement(ctx, MOVEMENT_RESERVE, demand->variant_id, 0, demand->quantity, order_id, ""));
        TRY(tell_pages(ctx, demand, demand->available - demand->quantity));
    }
    return NULL;
}

err stock_release(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(change_reserved(ctx, demand, -demand->quantity));
        TRY(write_movement(ctx, MOVEMENT_RELEASE, demand->variant_id, 0, -demand->quantity, order_id, ""));
        TRY(tell_pages(ctx, demand, demand->available + demand->quantity));
    }
    return NULL;
}

err stock_sell(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct demand *demand = &demands[i];
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "less is reserved than should leave",
                      "UPDATE stock SET on_hand = on_hand - $3, reserved = reserved - $3"
                      " WHERE shop_id = $1 AND variant_id = $2 AND reserved >= $3 AND on_hand >= $3",
                      db_int(ctx->shop->id), db_int(demand->variant_id), db_int(demand->quantity)));
        TRY(write_movement(ctx, MOVEMENT_SALE, demand->variant_id, -demand->quantity, -demand->quantity,
                           order_id, ""));
    }
    return NULL;
}

err stock_create(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t on_hand)
{
    TRY(db_execute(
        ctx,
        "INSERT INTO stock (shop_id, variant_id, product_id, on_hand, reserved) VALUES ($1, $2, $3, $4, 0)",
        db_int(ctx->shop->id), db_int(variant_id), db_int(product_id), db_int(on_hand)));
    TRY(note_low(ctx, variant_id, on_hand));
    if (on_hand == 0)
        return NULL;
    return write_movement(ctx, MOVEMENT_RECEIPT, variant_id, on_hand, 0, 0, "initial");
}

err stock_lock(struct ctx *ctx, int64_t variant_id, struct stock *stock)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "UPDATE stock SET on_hand = on_hand WHERE shop_id = $1 AND variant_id = $2"
                 " RETURNING on_hand, reserved",
                 db_int(ctx->shop->id), db_int(variant_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "the variant has no stock row");
    *stock = (struct stock){variant_id, db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

err stock_correct(struct ctx *ctx, const struct stock *locked, int64_t product_id, int64_t on_hand,
                  const char *reason)
{
    int64_t difference = on_hand - locked->on_hand;
    if (difference == 0)
        return NULL;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "more is promised than is there",
                  "UPDATE stock SET on_hand = $3 WHERE shop_id = $1 AND variant_id = $2 AND on_hand = $4"
                  " AND reserved <= $3",
                  db_int(ctx->shop->id), db_int(locked->variant_id), db_int(on_hand),
                  db_int(locked->on_hand)));
    TRY(note_low(ctx, locked->variant_id, on_hand - locked->reserved));
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
                  "UPDATE stock SET on_hand = $3 WHERE shop_id = $1 AND variant_id = $2 AND on_hand = $4"
                  " AND reserved <= $3",
                  db_int(ctx->shop->id), db_int(counting->variant_id), db_int(counting->on_hand),
                  db_int(counting->expected)));
    TRY(note_low(ctx, counting->variant_id, counting->on_hand));
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
                  " AND on_hand + $3 >= reserved",
                  db_int(ctx->shop->id), db_int(variant_id), db_int(difference)));
    if (difference < 0)
        TRY(note_low(ctx, variant_id, 0)); /* the list of low stock looks at what there is */
    TRY(write_movement(ctx, difference > 0 ? MOVEMENT_RECEIPT : MOVEMENT_COUNT, variant_id, difference, 0, 0,
                       reason));
    return product_emit_changed(ctx, product_id);
}

static struct stock read_stock(const struct db_rows *rows)
{
    return (struct stock){
        .variant_id = db_get_int(rows, 0), .on_hand = db_get_int(rows, 1), .reserved = db_get_int(rows, 2)};
}

err stock_list_low(struct ctx *ctx, int limit, struct stock **stocks, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT s.variant_id, s.on_hand, s.reserved FROM low_stock l"
                 " JOIN stock s ON s.shop_id = l.shop_id AND s.variant_id = l.variant_id"
                 " WHERE l.shop_id = $1 AND s.on_hand - s.reserved <= $2 ORDER BY l.variant_id DESC LIMIT $3",
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
                     " HAVING SUM(on_hand - reserved) > 0 ORDER BY product_id DESC LIMIT $3",
                     shop, before, db_int(limit)));
    else
        TRY(db_query(ctx, &rows,
                     "SELECT s.product_id FROM stock s WHERE s.shop_id = $1 AND s.product_id < $2"
                     " AND s.product_id IN (SELECT n.product_id FROM low_stock l JOIN stock n"
                     " ON n.shop_id = l.shop_id AND n.variant_id = l.variant_id WHERE l.shop_id = $1)"
                     " GROUP BY s.product_id HAVING SUM(s.on_hand - s.reserved) >= $4"
                     " AND SUM(s.on_hand - s.reserved) <= $5 ORDER BY s.product_id DESC LIMIT $3",
                     shop, before, db_int(limit), db_int(level == STOCK_LOW ? 1 : 0),
                     db_int(level == STOCK_LOW ? STOCK_LOW_LEVEL : 0)));
    *product_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **product_ids);
    *count = 0;
    while (db_next(rows))
        (*product_ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

err stock_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.variant_id, CAST(SUM(u.on_hand) AS BIGINT), CAST(SUM(u.reserved) AS BIGINT),"
        " CAST(SUM(u.moved) AS BIGINT), CAST(SUM(u.held) AS BIGINT) FROM (SELECT s.variant_id, s.on_hand,"
        " s.reserved, CAST(0 AS BIGINT) AS moved, CAST(0 AS BIGINT) AS held FROM stock s"
        " WHERE s.shop_id = $1 UNION ALL SELECT m.variant_id, 0, 0, m.on_hand, m.reserved"
        " FROM stock_movements m WHERE m.shop_id = $1) u GROUP BY u.variant_id"
        " HAVING SUM(u.on_hand) <> SUM(u.moved) OR SUM(u.reserved) <> SUM(u.held) LIMIT 1000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "stock of variant %" PRId64 ": row says %" PRId64 "/%" PRId64
                                 ", movements say %" PRId64 "/%" PRId64,
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2),
                                 db_get_int(rows, 3), db_get_int(rows, 4)));
    return NULL;
}
