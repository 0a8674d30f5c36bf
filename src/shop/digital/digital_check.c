/* digital_check.c - the check that re-adds decks, codes, deliveries and stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "shop/catalog/catalog.h"
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

err code_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT k.variant_id, k.loaded, k.dealt, COALESCE(c.count, 0), COALESCE(d.count, 0)"
        " FROM code_decks k"
        " LEFT JOIN (SELECT variant_id, COUNT(*) AS count FROM codes WHERE shop_id = $1 GROUP BY variant_id) "
        "c"
        " ON c.variant_id = k.variant_id"
        " LEFT JOIN (SELECT variant_id, CAST(SUM(quantity) AS BIGINT) AS count FROM deliveries"
        " WHERE shop_id = $1 GROUP BY variant_id) d ON d.variant_id = k.variant_id"
        " WHERE k.shop_id = $1 AND (k.loaded <> COALESCE(c.count, 0) OR k.dealt <> COALESCE(d.count, 0))"
        " LIMIT 1000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "deck of variant %" PRId64 ": loaded %" PRId64 ", dealt %" PRId64
                                 ", but %" PRId64 " codes and %" PRId64 " delivered",
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2),
                                 db_get_int(rows, 3), db_get_int(rows, 4)));
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
