/* flash_use.c - what orders take of flash stock: guarded counters, and what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash_parts.h"
#include "shop/pricing/payer_count.h"

#include "base/clock.h"
#include "base/crypto.h"
#include <inttypes.h>
#include <stdlib.h>

#define REPORT_LIMIT 100

/* By sale and variant, so that two orders never wait for each other. */
static int by_entry(const void *a, const void *b)
{
    const struct flash_place *left = ((const struct flash_want *)a)->place,
                             *right = ((const struct flash_want *)b)->place;
    if (left->flash_id != right->flash_id)
        return left->flash_id < right->flash_id ? -1 : 1;
    return (left->entry.variant_id > right->entry.variant_id) -
           (left->entry.variant_id < right->entry.variant_id);
}

size_t flash_wants(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines, size_t count,
                   struct flash_want **wants)
{
    size_t found = 0;
    *wants = NULL;
    for (size_t i = 0; priced->flash && i < count; i++) {
        size_t at = 0;
        if (priced->flash[i].flash_id == 0)
            continue;
        if (!*wants)
            *wants = arena_alloc_many(ctx->arena, count, sizeof **wants);
        while (at < found && (*wants)[at].place->entry.variant_id != lines[i].variant_id)
            at++;
        if (at == found)
            (*wants)[found++].place = &priced->flash[i];
        (*wants)[at].quantity += lines[i].quantity;
    }
    if (found > 1)
        qsort(*wants, found, sizeof **wants, by_entry);
    return found;
}

int64_t flash_unpaid_ms(const struct flash_want *wants, size_t count)
{
    int64_t minutes = FLASH_MINUTES_MOST;
    for (size_t i = 0; i < count; i++)
        minutes = wants[i].place->unpaid_minutes < minutes ? wants[i].place->unpaid_minutes : minutes;
    return minutes * MINUTE_MS;
}

/* ---- one person ---- */

static struct db_value key_value(const struct promotion_buyer *buyer, size_t place)
{
    return db_bytes(buyer->keys[place < buyer->count ? place : 0], CRYPTO_INDEX_BYTES);
}

static void lower(const struct db_rows *rows, struct flash_want *wants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct flash_entry *entry = &wants[i].place->entry;
        if (wants[i].place->flash_id != db_get_int(rows, 0) || entry->variant_id != db_get_int(rows, 1) ||
            entry->person_most == 0)
            continue;
        int64_t left = entry->person_most - db_get_int(rows, 2);
        wants[i].left = left > 0 ? left : 0;
    }
}

err flash_person_left(struct ctx *ctx, const struct promotion_buyer *buyer, struct flash_want *wants,
                      size_t count)
{
    struct db_rows *rows;
    bool has_bound = false;
    for (size_t i = 0; i < count; i++) {
        int64_t most = wants[i].place->entry.person_most;
        wants[i].left = most > 0 ? most : INT64_MAX;
        has_bound = has_bound || most > 0;
    }
    if (!has_bound || buyer->count == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT flash_id, variant_id, MAX(quantity) FROM flash_buyers WHERE shop_id = $1"
                 " AND buyer IN ($2, $3, $4, $5) AND quantity > 0 GROUP BY flash_id, variant_id",
                 db_int(ctx->shop->id), key_value(buyer, 0), key_value(buyer, 1), key_value(buyer, 2),
                 key_value(buyer, 3)));
    while (db_next(rows))
        lower(rows, wants, count);
    return NULL;
}

static err count_person(struct ctx *ctx, enum error_code code, int64_t flash_id,
                        const struct flash_entry *entry, int64_t quantity, const unsigned char *key)
{
    if (entry->person_most > 0 && quantity > entry->person_most)
        return fail_with(ctx, code, "more pieces than one buyer may have");
    return db_expect(ctx, 1, code, "this buyer has all pieces of a flash sale that one may have",
                     "INSERT INTO flash_buyers (shop_id, buyer, flash_id, variant_id, quantity)"
                     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, flash_id, variant_id)"
                     " DO UPDATE SET quantity = flash_buyers.quantity + excluded.quantity"
                     " WHERE CAST($6 AS BIGINT) = 0 OR flash_buyers.quantity + excluded.quantity <= $6",
                     db_int(ctx->shop->id), db_bytes(key, CRYPTO_INDEX_BYTES), db_int(flash_id),
                     db_int(entry->variant_id), db_int(quantity), db_int(entry->person_most));
}

static err write_persons(struct ctx *ctx, int64_t order_id, const struct flash_want *want,
                         const struct promotion_buyer *buyer)
{
    for (size_t i = 0; want->place->entry.person_most > 0 && i < buyer->count; i++) {
        TRY(count_person(ctx, ERR_DUPLICATE, want->place->flash_id, &want->place->entry, want->quantity,
                         buyer->keys[i]));
        TRY(db_execute(ctx,
                       "INSERT INTO flash_use_buyers (shop_id, order_id, flash_id, variant_id, buyer)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(want->place->flash_id),
                       db_int(want->place->entry.variant_id), db_bytes(buyer->keys[i], CRYPTO_INDEX_BYTES)));
    }
    return NULL;
}

/* ---- taking ---- */

/* The guard of both engines: only while something is left, and while the sale is the one that was priced. */
static err count_pieces(struct ctx *ctx, const struct flash_want *want)
{
    return db_expect(ctx, 1, ERR_FLASH_SOLD_OUT, "the last piece of a flash sale went a moment ago",
                     "UPDATE flash_entries SET sold = sold + $4, sold_out_at = CASE WHEN sold + $4 = stock"
                     " THEN COALESCE(sold_out_at, $5) ELSE sold_out_at END WHERE shop_id = $1"
                     " AND flash_id = $2 AND variant_id = $3 AND sold + $4 <= stock"
                     " AND EXISTS (SELECT 1 FROM flash_sales s WHERE s.shop_id = $1 AND s.id = $2"
                     " AND s.status = 2 AND s.version = $6)",
                     db_int(ctx->shop->id), db_int(want->place->flash_id),
                     db_int(want->place->entry.variant_id), db_int(want->quantity), db_int(ctx->now),
                     db_int(want->place->version));
}

err flash_take(struct ctx *ctx, int64_t order_id, const struct flash_want *wants, size_t count,
               const struct promotion_buyer *buyer)
{
    for (size_t i = 0; i < count; i++)
        TRY(count_pieces(ctx, &wants[i]));
    for (size_t i = 0; i < count; i++) {
        TRY(write_persons(ctx, order_id, &wants[i], buyer));
        TRY(db_execute(ctx,
                       "INSERT INTO flash_uses (shop_id, order_id, flash_id, variant_id, quantity)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(wants[i].place->flash_id),
                       db_int(wants[i].place->entry.variant_id), db_int(wants[i].quantity)));
    }
    return NULL;
}

/* ---- back, and again ---- */

static err ask_uses(struct ctx *ctx, int64_t order_id, bool is_live, struct db_rows **rows)
{
    return db_query(ctx, rows,
                    "SELECT flash_id, variant_id, quantity FROM flash_uses WHERE shop_id = $1"
                    " AND order_id = $2 AND is_live = $3 ORDER BY flash_id, variant_id",
                    db_int(ctx->shop->id), db_int(order_id), db_int(is_live));
}

/* Whoever turns the use is the one who moves the counters: twice is once. */
static err turn_use(struct ctx *ctx, int64_t order_id, const struct db_rows *rows, bool is_live)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
                     "UPDATE flash_uses SET is_live = $5 WHERE shop_id = $1 AND order_id = $2"
                     " AND flash_id = $3 AND variant_id = $4 AND is_live = 1 - $5",
                     db_int(ctx->shop->id), db_int(order_id), db_int(db_get_int(rows, 0)),
                     db_int(db_get_int(rows, 1)), db_int(is_live));
}

err flash_give_back(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(ask_uses(ctx, order_id, true, &rows));
    while (db_next(rows)) {
        TRY(turn_use(ctx, order_id, rows, false));
        TRY(db_execute(ctx,
                       "UPDATE flash_entries SET sold = sold - $4 WHERE shop_id = $1 AND flash_id = $2"
                       " AND variant_id = $3",
                       db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1)),
                       db_int(db_get_int(rows, 2))));
        TRY(db_execute(ctx,
                       "UPDATE flash_buyers SET quantity = quantity - $5 WHERE shop_id = $1"
                       " AND flash_id = $3 AND variant_id = $4 AND buyer IN (SELECT b.buyer"
                       " FROM flash_use_buyers b WHERE b.shop_id = $1 AND b.order_id = $2"
                       " AND b.flash_id = $3 AND b.variant_id = $4)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(db_get_int(rows, 0)),
                       db_int(db_get_int(rows, 1)), db_int(db_get_int(rows, 2))));
    }
    return NULL;
}

/* All buyers' keys of an order's use are added to, or none. */
static err persons_again(struct ctx *ctx, int64_t order_id, const struct db_rows *use)
{
    struct db_rows *rows;
    size_t length;
    struct flash_entry entry = {.variant_id = db_get_int(use, 1)};
    TRY(db_query(ctx, &rows,
                 "SELECT b.buyer, e.person_most FROM flash_use_buyers b JOIN flash_entries e"
                 " ON e.shop_id = b.shop_id AND e.flash_id = b.flash_id AND e.variant_id = b.variant_id"
                 " WHERE b.shop_id = $1 AND b.order_id = $2 AND b.flash_id = $3 AND b.variant_id = $4"
                 " ORDER BY b.buyer",
                 db_int(ctx->shop->id), db_int(order_id), db_int(db_get_int(use, 0)),
                 db_int(entry.variant_id)));
    while (db_next(rows)) {
        entry.person_most = db_get_int(rows, 1);
        TRY(count_person(ctx, ERR_OUT_OF_STOCK, db_get_int(use, 0), &entry, db_get_int(use, 2),
                         db_get_bytes(rows, 0, &length)));
    }
    return NULL;
}

err flash_take_again(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(ask_uses(ctx, order_id, false, &rows));
    while (db_next(rows)) {
        TRY(turn_use(ctx, order_id, rows, true));
        TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the pieces of a flash sale went to others",
                      "UPDATE flash_entries SET sold = sold + $4 WHERE shop_id = $1 AND flash_id = $2"
                      " AND variant_id = $3 AND sold + $4 <= stock",
                      db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1)),
                      db_int(db_get_int(rows, 2))));
        TRY(persons_again(ctx, order_id, rows));
    }
    return NULL;
}

/* ---- who paid ---- */

static const struct payer_statements payer_statements = {
    .uses = "SELECT u.flash_id, u.variant_id, u.quantity FROM flash_uses u JOIN flash_entries e"
            " ON e.shop_id = u.shop_id AND e.flash_id = u.flash_id AND e.variant_id = u.variant_id"
            " WHERE u.shop_id = $1 AND u.order_id = $2 AND u.is_live = 1 AND e.person_most > 0"
            " ORDER BY u.flash_id, u.variant_id",
    .keep = "INSERT INTO flash_use_buyers (shop_id, order_id, flash_id, variant_id, buyer)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    .count = "INSERT INTO flash_buyers (shop_id, buyer, flash_id, variant_id, quantity)"
             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, flash_id, variant_id)"
             " DO UPDATE SET quantity = flash_buyers.quantity + excluded.quantity",
    .over = "SELECT s.name FROM flash_uses u JOIN flash_buyers b ON b.shop_id = u.shop_id"
            " AND b.flash_id = u.flash_id AND b.variant_id = u.variant_id AND b.buyer = $2"
            " JOIN flash_entries e ON e.shop_id = u.shop_id AND e.flash_id = u.flash_id"
            " AND e.variant_id = u.variant_id JOIN flash_sales s ON s.shop_id = u.shop_id"
            " AND s.id = u.flash_id WHERE u.shop_id = $1 AND u.order_id = $3 AND u.is_live = 1"
            " AND e.person_most > 0 AND b.quantity > e.person_most ORDER BY u.flash_id LIMIT 1",
};

err flash_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer, const char **over)
{
    return payer_count(ctx, &payer_statements, order_id, payer, over);
}

/* ---- check ---- */

err flash_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct flash_hold **holds,
                    size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, variant_id, quantity FROM flash_uses WHERE shop_id = $1 AND is_live = 1"
                 " AND order_id IN (SELECT DISTINCT u.order_id FROM flash_uses u WHERE u.shop_id = $1"
                 " AND u.order_id > $2 AND u.is_live = 1 ORDER BY u.order_id LIMIT $3)"
                 " ORDER BY order_id, variant_id",
                 db_int(ctx->shop->id), db_int(after_order_id), db_int(limit)));
    *count = 0;
    *holds = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **holds);
    while (db_next(rows))
        (*holds)[(*count)++] =
            (struct flash_hold){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}

static err check_counters(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT e.flash_id, e.sold, CAST(COALESCE(u.pieces, 0) AS BIGINT) FROM flash_entries e"
                 " LEFT JOIN (SELECT flash_id, variant_id, SUM(quantity) AS pieces FROM flash_uses"
                 " WHERE shop_id = $1 AND is_live = 1 GROUP BY flash_id, variant_id) u"
                 " ON u.flash_id = e.flash_id AND u.variant_id = e.variant_id"
                 " WHERE e.shop_id = $1 AND (e.sold <> COALESCE(u.pieces, 0) OR e.sold > e.stock) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "flash sale %" PRId64 ": %" PRId64 " sold by its counter, %" PRId64
                                 " by its orders",
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

static err check_persons(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT x.flash_id FROM (SELECT flash_id, variant_id, buyer, quantity FROM flash_buyers"
        " WHERE shop_id = $1 UNION ALL SELECT b.flash_id, b.variant_id, b.buyer, -u.quantity"
        " FROM flash_use_buyers b JOIN flash_uses u ON u.shop_id = b.shop_id AND u.order_id = b.order_id"
        " AND u.flash_id = b.flash_id AND u.variant_id = b.variant_id WHERE b.shop_id = $1 AND u.is_live = 1)"
        " x GROUP BY x.flash_id, x.variant_id, x.buyer HAVING SUM(x.quantity) <> 0 LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "flash sale %" PRId64 ": a buyer has another number of pieces",
                                 db_get_int(rows, 0)));
    return NULL;
}

err flash_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_counters(ctx, report, arg));
    return check_persons(ctx, report, arg);
}
