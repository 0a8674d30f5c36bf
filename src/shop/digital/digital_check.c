/* digital_check.c - the check that re-adds decks, codes, deliveries and stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "shop/catalog/catalog.h"
#include "shop/digital/digital_deck.h"
#include <inttypes.h>

/* A code stands in at most one delivery: sorted by number, no delivery of a variant may begin before the one
 * before it ended. */
static err check_overlaps(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id, first_seq FROM (SELECT variant_id, first_seq, LAG(first_seq + quantity)"
                 " OVER (PARTITION BY variant_id ORDER BY first_seq) AS free_from FROM deliveries"
                 " WHERE shop_id = $1) d WHERE first_seq < free_from LIMIT 1000",
                 db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "variant %" PRId64 ": code %" PRId64 " was delivered twice",
                                 db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

/* What the numbers of a deck stand for: codes that are in it (below the line of those put aside), texts that
 * were delivered, and, unless it deals codes, the quantity that is left. */
static err check_numbers(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT k.variant_id, k.loaded, k.dealt, COALESCE(c.count, 0), COALESCE(d.count, 0)"
        " FROM code_decks k"
        " LEFT JOIN (SELECT variant_id, COUNT(*) AS count, MAX(seq) AS last FROM codes WHERE shop_id = $1"
        " AND seq <= $2 GROUP BY variant_id) c ON c.variant_id = k.variant_id"
        " LEFT JOIN (SELECT variant_id, CAST(SUM(quantity) AS BIGINT) AS count,"
        " CAST(SUM(CASE WHEN mode = 1 THEN 0 ELSE quantity END) AS BIGINT) AS texts FROM deliveries"
        " WHERE shop_id = $1 GROUP BY variant_id) d ON d.variant_id = k.variant_id"
        " WHERE k.shop_id = $1 AND (k.loaded <> COALESCE(c.count, 0) + COALESCE(d.texts, 0)"
        " + CASE WHEN k.mode = 1 THEN 0 ELSE k.loaded - k.dealt END OR k.dealt <> COALESCE(d.count, 0)"
        " OR COALESCE(c.last, 0) > k.loaded) LIMIT 1000",
        db_int(ctx->shop->id), db_int(CODE_ASIDE_BASE)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "deck of variant %" PRId64 ": loaded %" PRId64 ", dealt %" PRId64
                                 ", but %" PRId64 " codes and %" PRId64 " delivered",
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2),
                                 db_get_int(rows, 3), db_get_int(rows, 4)));
    return NULL;
}

/* Codes that are left belong to batches that are in use, and codes put aside to batches that are not; a batch
 * has as many codes as it says. */
static err check_batches(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT b.variant_id, b.batch_no FROM code_batches b"
                 " JOIN code_decks k ON k.shop_id = b.shop_id AND k.variant_id = b.variant_id"
                 " LEFT JOIN (SELECT c.variant_id, c.batch_no, COUNT(*) AS count,"
                 " SUM(CASE WHEN c.seq > $2 THEN 1 ELSE 0 END) AS aside,"
                 " SUM(CASE WHEN c.seq > d.dealt AND c.seq <= $2 THEN 1 ELSE 0 END) AS rest FROM codes c"
                 " JOIN code_decks d ON d.shop_id = c.shop_id AND d.variant_id = c.variant_id"
                 " WHERE c.shop_id = $1 GROUP BY c.variant_id, c.batch_no) n"
                 " ON n.variant_id = b.variant_id AND n.batch_no = b.batch_no"
                 " WHERE b.shop_id = $1 AND (b.added <> COALESCE(n.count, 0)"
                 " OR (b.withdrawn_at IS NULL AND b.expired_at IS NULL AND COALESCE(n.aside, 0) > 0)"
                 " OR ((b.withdrawn_at IS NOT NULL OR b.expired_at IS NOT NULL) AND COALESCE(n.rest, 0) > 0))"
                 " LIMIT 1000",
                 db_int(ctx->shop->id), db_int(CODE_ASIDE_BASE)));
    while (db_next(rows))
        report(arg,
               arena_format(ctx->arena, "batch %" PRId64 " of variant %" PRId64 " does not fit its codes",
                            db_get_int(rows, 1), db_get_int(rows, 0)));
    return NULL;
}

/* A delivery that is a text has its text. */
static err check_texts(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT d.order_id, d.line_no FROM deliveries d"
        " LEFT JOIN code_texts t ON d.mode = 2 AND t.shop_id = d.shop_id AND t.variant_id = d.variant_id"
        " AND t.text_no = d.text_no"
        " LEFT JOIN hand_texts h ON d.mode = 3 AND h.shop_id = d.shop_id AND h.order_id = d.order_id"
        " AND h.line_no = d.line_no"
        " WHERE d.shop_id = $1 AND d.mode IN (2, 3) AND COALESCE(t.text_no, h.line_no) IS NULL LIMIT 1000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %" PRId64 " line %" PRId64 ": its text is lost",
                                 db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

err code_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_numbers(ctx, report, arg));
    TRY(check_batches(ctx, report, arg));
    TRY(check_texts(ctx, report, arg));
    return check_overlaps(ctx, report, arg);
}

static err check_fit(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT k.variant_id, k.loaded - k.dealt, k.owed, COALESCE(s.on_hand, 0) FROM code_decks k"
                 " LEFT JOIN stock s ON s.shop_id = k.shop_id AND s.variant_id = k.variant_id"
                 " WHERE k.shop_id = $1 AND k.loaded - k.dealt + k.owed <> COALESCE(s.on_hand, 0) LIMIT 1000",
                 db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "deck of variant %" PRId64 ": holds %" PRId64 " and owes %" PRId64
                                 ", but its stock says %" PRId64,
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2),
                                 db_get_int(rows, 3)));
    return NULL;
}

/* A variant gets its deck with its first codes; whoever has stock, codes or deliveries had one. */
static err check_lost(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT t.variant_id FROM (SELECT s.variant_id FROM stock s"
                 " JOIN products p ON p.shop_id = s.shop_id AND p.id = s.product_id"
                 " WHERE s.shop_id = $1 AND p.kind = $2 AND (s.on_hand > 0 OR s.reserved > 0)"
                 " UNION SELECT variant_id FROM codes WHERE shop_id = $1"
                 " UNION SELECT variant_id FROM deliveries WHERE shop_id = $1) t"
                 " LEFT JOIN code_decks k ON k.shop_id = $1 AND k.variant_id = t.variant_id"
                 " WHERE k.variant_id IS NULL LIMIT 1000",
                 db_int(ctx->shop->id), db_int(PRODUCT_DIGITAL)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "variant %" PRId64 ": has codes or sells them, but no deck",
                                 db_get_int(rows, 0)));
    return NULL;
}

err code_check_stock(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_fit(ctx, report, arg));
    return check_lost(ctx, report, arg);
}
