/* presale_use.c - what orders take of presale stock: guarded counters, and what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/payer_count.h"
#include "shop/pricing/presale_parts.h"

#include "base/clock.h"
#include "base/crypto.h"
#include <inttypes.h>
#include <stdlib.h>

#define REPORT_LIMIT 100

/* By sale and variant, so that two orders never wait for each other. */
static int by_entry(const void *a, const void *b)
{
    const struct presale_place *left = ((const struct presale_want *)a)->place,
                               *right = ((const struct presale_want *)b)->place;
    if (left->presale_id != right->presale_id)
        return left->presale_id < right->presale_id ? -1 : 1;
    return (left->entry.variant_id > right->entry.variant_id) -
           (left->entry.variant_id < right->entry.variant_id);
}

size_t presale_wants(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines,
                     size_t count, struct presale_want **wants)
{
    size_t found = 0;
    *wants = NULL;
    for (size_t i = 0; priced->presale && i < count; i++) {
        size_t at = 0;
        if (priced->presale[i].presale_id == 0)
            continue;
        if (!*wants)
            *wants = arena_alloc_many(ctx->arena, count, sizeof **wants);
        while (at < found && (*wants)[at].place->entry.variant_id != lines[i].variant_id)
            at++;
        if (at == found)
            (*wants)[found++].place = &priced->presale[i];
        (*wants)[at].quantity += lines[i].quantity;
    }
    if (found > 1)
        qsort(*wants, found, sizeof **wants, by_entry);
    return found;
}

/* ---- one person ---- */

static struct db_value key_value(const struct promotion_buyer *buyer, size_t place)
{
    return db_bytes(buyer->keys[place < buyer->count ? place : 0], CRYPTO_INDEX_BYTES);
}

static void lower(const struct db_rows *rows, struct presale_want *wants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct presale_entry *entry = &wants[i].place->entry;
        if (wants[i].place->presale_id != db_get_int(rows, 0) || entry->variant_id != db_get_int(rows, 1) ||
            entry->person_most == 0)
            continue;
        int64_t left = entry->person_most - db_get_int(rows, 2);
        wants[i].left = left > 0 ? left : 0;
    }
}

err presale_person_left(struct ctx *ctx, const struct promotion_buyer *buyer, struct presale_want *wants,
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
                 "SELECT presale_id, variant_id, MAX(quantity) FROM presale_buyers WHERE shop_id = $1"
                 " AND buyer IN ($2, $3, $4, $5) AND quantity > 0 GROUP BY presale_id, variant_id",
                 db_int(ctx->shop->id), key_value(buyer, 0), key_value(buyer, 1), key_value(buyer, 2),
                 key_value(buyer, 3)));
    while (db_next(rows))
        lower(rows, wants, count);
    return NULL;
}

static err count_person(struct ctx *ctx, enum error_code code, int64_t presale_id,
                        const struct presale_entry *entry, int64_t quantity, const unsigned char *key)
{
    if (entry->person_most > 0 && quantity > entry->person_most)
        return fail_with(ctx, code, "more pieces than one buyer may have");
    return db_expect(ctx, 1, code, "this buyer has all pieces of a presale that one may have",
                     "INSERT INTO presale_buyers (shop_id, buyer, presale_id, variant_id, quantity)"
                     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, presale_id, variant_id)"
                     " DO UPDATE SET quantity = presale_buyers.quantity + excluded.quantity"
                     " WHERE CAST($6 AS BIGINT) = 0 OR presale_buyers.quantity + excluded.quantity <= $6",
                     db_int(ctx->shop->id), db_bytes(key, CRYPTO_INDEX_BYTES), db_int(presale_id),
                     db_int(entry->variant_id), db_int(quantity), db_int(entry->person_most));
}

static err write_persons(struct ctx *ctx, int64_t order_id, const struct presale_want *want,
                         const struct promotion_buyer *buyer)
{
    for (size_t i = 0; want->place->entry.person_most > 0 && i < buyer->count; i++) {
        TRY(count_person(ctx, ERR_DUPLICATE, want->place->presale_id, &want->place->entry, want->quantity,
                         buyer->keys[i]));
        TRY(db_execute(ctx,
                       "INSERT INTO presale_use_buyers (shop_id, order_id, presale_id, variant_id, buyer)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(want->place->presale_id),
                       db_int(want->place->entry.variant_id), db_bytes(buyer->keys[i], CRYPTO_INDEX_BYTES)));
    }
    return NULL;
}

/* ---- taking ---- */

/* The guard of both engines: only while something is left, and while the sale is the one that was priced. */
static err count_pieces(struct ctx *ctx, const struct presale_want *want)
{
    return db_expect(ctx, 1, ERR_PRESALE_SOLD_OUT, "the last piece of a presale went a moment ago",
                     "UPDATE presale_entries SET sold = sold + $4 WHERE shop_id = $1"
                     " AND presale_id = $2 AND variant_id = $3 AND sold + $4 <= stock"
                     " AND EXISTS (SELECT 1 FROM presales s WHERE s.shop_id = $1 AND s.id = $2"
                     " AND s.status = 2 AND s.version = $5)",
                     db_int(ctx->shop->id), db_int(want->place->presale_id),
                     db_int(want->place->entry.variant_id), db_int(want->quantity),
                     db_int(want->place->version));
}

err presale_take(struct ctx *ctx, int64_t order_id, const struct presale_want *wants, size_t count,
                 const struct promotion_buyer *buyer)
{
    for (size_t i = 0; i < count; i++)
        TRY(count_pieces(ctx, &wants[i]));
    for (size_t i = 0; i < count; i++) {
        TRY(write_persons(ctx, order_id, &wants[i], buyer));
        TRY(db_execute(ctx,
                       "INSERT INTO presale_uses (shop_id, order_id, presale_id, variant_id, quantity)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(wants[i].place->presale_id),
                       db_int(wants[i].place->entry.variant_id), db_int(wants[i].quantity)));
    }
    return NULL;
}

/* ---- back, and again ---- */

static err ask_uses(struct ctx *ctx, int64_t order_id, bool is_live, struct db_rows **rows)
{
    return db_query(ctx, rows,
                    "SELECT presale_id, variant_id, quantity FROM presale_uses WHERE shop_id = $1"
                    " AND order_id = $2 AND is_live = $3 ORDER BY presale_id, variant_id",
                    db_int(ctx->shop->id), db_int(order_id), db_int(is_live));
}

/* Whoever turns the use is the one who moves the counters: twice is once. */
static err turn_use(struct ctx *ctx, int64_t order_id, const struct db_rows *rows, bool is_live)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
                     "UPDATE presale_uses SET is_live = $5 WHERE shop_id = $1 AND order_id = $2"
                     " AND presale_id = $3 AND variant_id = $4 AND is_live = 1 - $5",
                     db_int(ctx->shop->id), db_int(order_id), db_int(db_get_int(rows, 0)),
                     db_int(db_get_int(rows, 1)), db_int(is_live));
}

err presale_give_back(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(ask_uses(ctx, order_id, true, &rows));
    while (db_next(rows)) {
        TRY(turn_use(ctx, order_id, rows, false));
        TRY(db_execute(ctx,
                       "UPDATE presale_entries SET sold = sold - $4 WHERE shop_id = $1 AND presale_id = $2"
                       " AND variant_id = $3",
                       db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1)),
                       db_int(db_get_int(rows, 2))));
        TRY(db_execute(ctx,
                       "UPDATE presale_buyers SET quantity = quantity - $5 WHERE shop_id = $1"
                       " AND presale_id = $3 AND variant_id = $4 AND buyer IN (SELECT b.buyer"
                       " FROM presale_use_buyers b WHERE b.shop_id = $1 AND b.order_id = $2"
                       " AND b.presale_id = $3 AND b.variant_id = $4)",
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
    struct presale_entry entry = {.variant_id = db_get_int(use, 1)};
    TRY(db_query(ctx, &rows,
                 "SELECT b.buyer, e.person_most FROM presale_use_buyers b JOIN presale_entries e"
                 " ON e.shop_id = b.shop_id AND e.presale_id = b.presale_id AND e.variant_id = b.variant_id"
                 " WHERE b.shop_id = $1 AND b.order_id = $2 AND b.presale_id = $3 AND b.variant_id = $4"
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

err presale_take_again(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(ask_uses(ctx, order_id, false, &rows));
    while (db_next(rows)) {
        TRY(turn_use(ctx, order_id, rows, true));
        TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the pieces of a presale went to others",
                      "UPDATE presale_entries SET sold = sold + $4 WHERE shop_id = $1 AND presale_id = $2"
                      " AND variant_id = $3 AND sold + $4 <= stock",
                      db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1)),
                      db_int(db_get_int(rows, 2))));
        TRY(persons_again(ctx, order_id, rows));
    }
    return NULL;
}

/* ---- who paid ---- */

static const struct payer_statements payer_statements = {
    .uses = "SELECT u.presale_id, u.variant_id, u.quantity FROM presale_uses u JOIN presale_entries e"
            " ON e.shop_id = u.shop_id AND e.presale_id = u.presale_id AND e.variant_id = u.variant_id"
            " WHERE u.shop_id = $1 AND u.order_id = $2 AND u.is_live = 1 AND e.person_most > 0"
            " ORDER BY u.presale_id, u.variant_id",
    .keep = "INSERT INTO presale_use_buyers (shop_id, order_id, presale_id, variant_id, buyer)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    .count = "INSERT INTO presale_buyers (shop_id, buyer, presale_id, variant_id, quantity)"
             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, presale_id, variant_id)"
             " DO UPDATE SET quantity = presale_buyers.quantity + excluded.quantity",
    .over = "SELECT s.name FROM presale_uses u JOIN presale_buyers b ON b.shop_id = u.shop_id"
            " AND b.presale_id = u.presale_id AND b.variant_id = u.variant_id AND b.buyer = $2"
            " JOIN presale_entries e ON e.shop_id = u.shop_id AND e.presale_id = u.presale_id"
            " AND e.variant_id = u.variant_id JOIN presales s ON s.shop_id = u.shop_id"
            " AND s.id = u.presale_id WHERE u.shop_id = $1 AND u.order_id = $3 AND u.is_live = 1"
            " AND e.person_most > 0 AND b.quantity > e.person_most ORDER BY u.presale_id LIMIT 1",
};

err presale_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer, const char **over)
{
    return payer_count(ctx, &payer_statements, order_id, payer, over);
}

/* ---- check ---- */

err presale_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct presale_hold **holds,
                      size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, variant_id, quantity FROM presale_uses WHERE shop_id = $1 AND is_live = 1"
                 " AND order_id IN (SELECT DISTINCT u.order_id FROM presale_uses u WHERE u.shop_id = $1"
                 " AND u.order_id > $2 AND u.is_live = 1 ORDER BY u.order_id LIMIT $3)"
                 " ORDER BY order_id, variant_id",
                 db_int(ctx->shop->id), db_int(after_order_id), db_int(limit)));
    *count = 0;
    *holds = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **holds);
    while (db_next(rows))
        (*holds)[(*count)++] =
            (struct presale_hold){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}

static err check_counters(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT e.presale_id, e.sold, CAST(COALESCE(u.pieces, 0) AS BIGINT) FROM presale_entries e"
                 " LEFT JOIN (SELECT presale_id, variant_id, SUM(quantity) AS pieces FROM presale_uses"
                 " WHERE shop_id = $1 AND is_live = 1 GROUP BY presale_id, variant_id) u"
                 " ON u.presale_id = e.presale_id AND u.variant_id = e.variant_id"
                 " WHERE e.shop_id = $1 AND (e.sold <> COALESCE(u.pieces, 0) OR e.sold > e.stock) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg,
               arena_format(ctx->arena,
                            "presale %" PRId64 ": %" PRId64 " sold by its counter, %" PRId64 " by its orders",
                            db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

static err check_persons(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT x.presale_id FROM (SELECT presale_id, variant_id, buyer, quantity FROM presale_buyers"
        " WHERE shop_id = $1 UNION ALL SELECT b.presale_id, b.variant_id, b.buyer, -u.quantity"
        " FROM presale_use_buyers b JOIN presale_uses u ON u.shop_id = b.shop_id AND u.order_id = b.order_id"
        " AND u.presale_id = b.presale_id AND u.variant_id = b.variant_id WHERE b.shop_id = $1 AND u.is_live "
        "= 1)"
        " x GROUP BY x.presale_id, x.variant_id, x.buyer HAVING SUM(x.quantity) <> 0 LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "presale %" PRId64 ": a buyer has another number of pieces",
                                 db_get_int(rows, 0)));
    return NULL;
}

err presale_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_counters(ctx, report, arg));
    return check_persons(ctx, report, arg);
}
