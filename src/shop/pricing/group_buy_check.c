/* group_buy_check.c - the check that re-adds pieces, seats and persons of group buys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy_parts.h"

#include <inttypes.h>

#define REPORT_LIMIT 100

static err check_pieces(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT e.group_buy_id, e.sold, CAST(COALESCE(s.pieces, 0) AS BIGINT)"
                 " FROM group_buy_entries e LEFT JOIN (SELECT group_buy_id, variant_id,"
                 " SUM(quantity) AS pieces FROM group_seats WHERE shop_id = $1 AND state IN (1, 2)"
                 " GROUP BY group_buy_id, variant_id) s"
                 " ON s.group_buy_id = e.group_buy_id AND s.variant_id = e.variant_id"
                 " WHERE e.shop_id = $1 AND (e.sold <> COALESCE(s.pieces, 0) OR e.sold > e.stock) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "group buy %" PRId64 ": %" PRId64 " sold by its counter, %" PRId64
                                 " by its seats",
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

/* A group that failed keeps the numbers of its end. */
static err check_seats(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT g.id, g.taken, CAST(COALESCE(s.taken, 0) AS BIGINT), g.paid,"
                 " CAST(COALESCE(s.paid, 0) AS BIGINT), g.size FROM buy_groups g LEFT JOIN (SELECT group_id,"
                 " COUNT(*) AS taken, SUM(CASE WHEN state = 1 THEN 0 ELSE 1 END) AS paid FROM group_seats"
                 " WHERE shop_id = $1 AND state <> 3 GROUP BY group_id) s ON s.group_id = g.id"
                 " WHERE g.shop_id = $1 AND (COALESCE(s.taken, 0) > g.size OR (g.state <> 4"
                 " AND (g.taken <> COALESCE(s.taken, 0) OR g.paid <> COALESCE(s.paid, 0)))"
                 " OR (g.state = 3 AND g.paid <> g.size) OR (g.state = 2 AND g.paid >= g.size)) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "group %" PRId64 " of %" PRId64 ": %" PRId64 " taken and %" PRId64
                                 " paid by its counters, %" PRId64 " and %" PRId64 " by its seats",
                                 db_get_int(rows, 0), db_get_int(rows, 5), db_get_int(rows, 1),
                                 db_get_int(rows, 3), db_get_int(rows, 2), db_get_int(rows, 4)));
    return NULL;
}

static err check_persons(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT x.group_buy_id FROM (SELECT group_buy_id, variant_id, buyer, quantity"
                 " FROM group_buyers WHERE shop_id = $1 UNION ALL SELECT s.group_buy_id, s.variant_id,"
                 " p.buyer, -s.quantity FROM group_persons p JOIN group_seats s ON s.shop_id = p.shop_id"
                 " AND s.order_id = p.order_id WHERE p.shop_id = $1 AND p.is_live = 1) x"
                 " GROUP BY x.group_buy_id, x.variant_id, x.buyer HAVING SUM(x.quantity) <> 0 LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "group buy %" PRId64 ": a person has another number of pieces",
                                 db_get_int(rows, 0)));
    TRY(db_query(ctx, &rows,
                 "SELECT p.order_id FROM group_persons p JOIN group_seats s ON s.shop_id = p.shop_id"
                 " AND s.order_id = p.order_id WHERE p.shop_id = $1"
                 " AND p.is_live <> CASE WHEN s.state IN (1, 2) THEN 1 ELSE 0 END LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order id %" PRId64 ": its person and its seat differ",
                                 db_get_int(rows, 0)));
    return NULL;
}

err group_buy_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_pieces(ctx, report, arg));
    TRY(check_seats(ctx, report, arg));
    return check_persons(ctx, report, arg);
}

err group_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct group_hold **holds,
                    size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT s.order_id, s.variant_id, s.quantity, s.state, g.state FROM group_seats s"
                 " JOIN buy_groups g ON g.shop_id = s.shop_id AND g.id = s.group_id WHERE s.shop_id = $1"
                 " AND s.order_id > $2 ORDER BY s.order_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(after_order_id), db_int(limit)));
    *count = 0;
    *holds = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **holds);
    while (db_next(rows))
        (*holds)[(*count)++] = (struct group_hold){db_get_int(rows, 0), db_get_int(rows, 1),
                                                   db_get_int(rows, 2), (enum seat_state)db_get_int(rows, 3),
                                                   (enum buy_group_state)db_get_int(rows, 4)};
    return NULL;
}
