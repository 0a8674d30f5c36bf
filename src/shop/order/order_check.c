/* order_check.c - the check that replays the events of orders and re-adds their sums. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"
#include <inttypes.h>

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

static bool is_state(int64_t order, int64_t payment, int64_t fulfillment)
{
    return order >= ORDER_PENDING_PAYMENT && order <= ORDER_CLOSED && payment >= PAYMENT_UNPAID &&
           payment <= PAYMENT_REFUNDED && fulfillment >= FULFILLMENT_NONE &&
           fulfillment <= FULFILLMENT_DELIVERED;
}

static struct order_state read_state(const struct db_rows *rows, int column)
{
    return (struct order_state){(enum order_status)db_get_int(rows, column),
                                (enum payment_status)db_get_int(rows, column + 1),
                                (enum fulfillment_status)db_get_int(rows, column + 2)};
}

/* The row: kind, the states before (NULL for the first event), the states after. */
static bool is_lawful(const struct db_rows *rows)
{
    const char *kind = db_get_text(rows, 0);
    struct order_state to, expected = {ORDER_PENDING_PAYMENT, PAYMENT_UNPAID, FULFILLMENT_NONE};
    if (!is_state(db_get_int(rows, 4), db_get_int(rows, 5), db_get_int(rows, 6)))
        return false;
    if (db_is_null(rows, 1) && !text_is(kind, "placed"))
        return false;
    if (!db_is_null(rows, 1) && (!is_state(db_get_int(rows, 1), db_get_int(rows, 2), db_get_int(rows, 3)) ||
                                 !order_next_state(read_state(rows, 1), kind, &expected)))
        return false;
    to = read_state(rows, 4);
    return to.order == expected.order && to.payment == expected.payment &&
           to.fulfillment == expected.fulfillment;
}

/* Each event must be one that the table allows from the states before it, and lead where the table says. Of
 * many orders few different steps remain, so the table is asked once for each of them. */
static err check_steps(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT e.kind, e.order_before, e.payment_before, e.fulfillment_before, e.order_status,"
        " e.payment_status, e.fulfillment_status, COUNT(*), MIN(o.number) FROM (SELECT order_id, kind,"
        " order_status, payment_status, fulfillment_status,"
        " LAG(order_status) OVER (PARTITION BY order_id ORDER BY event_no) AS order_before,"
        " LAG(payment_status) OVER (PARTITION BY order_id ORDER BY event_no) AS payment_before,"
        " LAG(fulfillment_status) OVER (PARTITION BY order_id ORDER BY event_no) AS fulfillment_before"
        " FROM order_events WHERE shop_id = $1) e"
        " JOIN orders o ON o.shop_id = $1 AND o.id = e.order_id"
        " GROUP BY e.kind, e.order_before, e.payment_before, e.fulfillment_before, e.order_status,"
        " e.payment_status, e.fulfillment_status LIMIT 10000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        if (!is_lawful(rows))
            report(arg, arena_format(ctx->arena,
                                     "order %s: its event %s does not follow from the states before it, or "
                                     "leads elsewhere (%" PRId64 " like it)",
                                     db_get_text(rows, 8), db_get_text(rows, 0), db_get_int(rows, 7)));
    return NULL;
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
        "SELECT u.variant_id FROM (SELECT x.variant_id, x.quantity - x.fulfilled AS held,"
        " CAST(0 AS BIGINT) AS reserved FROM order_lines x JOIN orders o ON o.shop_id = x.shop_id"
        " AND o.id = x.order_id WHERE x.shop_id = $1 AND o.order_status IN (1, 2)"
        " UNION ALL SELECT m.variant_id, 0, m.reserved FROM stock_movements m WHERE m.shop_id = $1) u"
        " GROUP BY u.variant_id HAVING SUM(u.held) <> SUM(u.reserved) LIMIT 1000",
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
    TRY(check_steps(ctx, report, arg));
    TRY(check_totals(ctx, report, arg));
    return check_reserved(ctx, report, arg);
}
