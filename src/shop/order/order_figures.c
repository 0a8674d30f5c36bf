/* order_figures.c - counts and sums over orders, and the check that re-adds them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include <inttypes.h>

err order_count_stage(struct ctx *ctx, enum order_stage stage, int64_t most, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE shop_id = $1 AND stage = $2 LIMIT $3) o",
                 db_int(ctx->shop->id), db_int(stage), db_int(most)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* Ids are made in time order: a range of time is a range of the key. */
err order_list_totals(struct ctx *ctx, int64_t since, int64_t most, struct order_total **totals,
                      size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT placed_at, total, paid, stage FROM orders WHERE shop_id = $1 AND id >= $2"
                 " ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(id_floor(since)), db_int(most)));
    *totals = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **totals);
    *count = 0;
    while (db_next(rows))
        (*totals)[(*count)++] = (struct order_total){.placed_at = db_get_int(rows, 0),
                                                     .total = db_get_int(rows, 1),
                                                     .paid = db_get_int(rows, 2),
                                                     .stage = (enum order_stage)db_get_int(rows, 3)};
    return NULL;
}

err order_list_best(struct ctx *ctx, int64_t since, int limit, struct product_sales **sales, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT l.product_title, l.handle, CAST(SUM(l.quantity) AS BIGINT), CAST(SUM(l.total) AS BIGINT)"
        " FROM (SELECT shop_id, id FROM orders WHERE shop_id = $1 AND id >= $2 AND paid > 0"
        " ORDER BY id DESC LIMIT 10000) o"
        " JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id"
        " GROUP BY l.product_title, l.handle ORDER BY 4 DESC, 1 LIMIT $3",
        db_int(ctx->shop->id), db_int(id_floor(since)), db_int(limit)));
    *sales = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **sales);
    *count = 0;
    while (db_next(rows))
        (*sales)[(*count)++] = (struct product_sales){.title = db_get_text(rows, 0),
                                                      .handle = db_get_text(rows, 1),
                                                      .quantity = db_get_int(rows, 2),
                                                      .revenue = db_get_int(rows, 3)};
    return NULL;
}

static err report_rows(struct ctx *ctx, struct db_rows *rows, const char *what,
                       void (*report)(void *arg, const char *problem), void *arg)
{
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: %s", db_get_text(rows, 0), what));
    return NULL;
}

static err check_states(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT o.number FROM orders o LEFT JOIN order_events e ON e.shop_id = o.shop_id AND "
                 "e.order_id = o.id"
                 " AND e.event_no = o.version WHERE o.shop_id = $1 AND (e.event_no IS NULL"
                 " OR e.order_status <> o.order_status OR e.payment_status <> o.payment_status"
                 " OR e.fulfillment_status <> o.fulfillment_status) LIMIT 1000",
                 db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its states are not those of its last event", report, arg);
}

/* The stage is derived: each combination of states that occurs must have the one that order_stage_of gives.
 */
static err check_stages(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_status, payment_status, fulfillment_status, stage, MIN(number) FROM orders"
                 " WHERE shop_id = $1 GROUP BY order_status, payment_status, fulfillment_status, stage",
                 db_int(ctx->shop->id)));
    while (db_next(rows)) {
        struct order_state state = {(enum order_status)db_get_int(rows, 0),
                                    (enum payment_status)db_get_int(rows, 1),
                                    (enum fulfillment_status)db_get_int(rows, 2)};
        if ((int64_t)order_stage_of(state) != db_get_int(rows, 3))
            report(arg, arena_format(ctx->arena, "order %s: its stage does not follow from its states",
                                     db_get_text(rows, 4)));
    }
    return NULL;
}

static err check_event_numbers(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o JOIN (SELECT order_id, COUNT(*) AS events, MAX(event_no) AS last,"
        " MIN(event_no) AS first FROM order_events WHERE shop_id = $1 GROUP BY order_id) e ON e.order_id = "
        "o.id"
        " WHERE o.shop_id = $1 AND (e.events <> o.version OR e.last <> o.version OR e.first <> 1) LIMIT 1000",
        db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its events are not numbered without a gap", report, arg);
}

static err check_totals(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o LEFT JOIN (SELECT order_id, CAST(SUM(total) AS BIGINT) AS total,"
        " CAST(SUM(quantity) AS BIGINT) AS pieces, CAST(SUM(unit_price * quantity) AS BIGINT) AS priced"
        " FROM order_lines WHERE shop_id = $1 GROUP BY order_id) l"
        " ON l.order_id = o.id WHERE o.shop_id = $1 AND (l.total IS NULL OR l.total <> o.total"
        " OR l.priced <> o.total OR l.pieces <> o.item_count) LIMIT 1000",
        db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its total is not the sum of its lines", report, arg);
}

/* What live orders still hold is what stock says is reserved, in sum over the shop. */
static err check_reserved(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT COALESCE(l.variant_id, m.variant_id) FROM (SELECT variant_id,"
        " CAST(SUM(quantity - fulfilled) AS BIGINT) AS held FROM order_lines x JOIN orders o"
        " ON o.shop_id = x.shop_id AND o.id = x.order_id WHERE x.shop_id = $1 AND o.order_status IN (1, 2)"
        " GROUP BY variant_id) l"
        " FULL JOIN (SELECT variant_id, CAST(SUM(reserved) AS BIGINT) AS reserved FROM stock_movements"
        " WHERE shop_id = $1 GROUP BY variant_id) m ON m.variant_id = l.variant_id"
        " WHERE COALESCE(l.held, 0) <> COALESCE(m.reserved, 0) LIMIT 1000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "variant %" PRId64 ": open orders hold another number than is reserved",
                                 db_get_int(rows, 0)));
    return NULL;
}

err order_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_states(ctx, report, arg));
    TRY(check_stages(ctx, report, arg));
    TRY(check_event_numbers(ctx, report, arg));
    TRY(check_totals(ctx, report, arg));
    return check_reserved(ctx, report, arg);
}
