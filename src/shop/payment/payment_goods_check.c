/* payment_goods_check.c - lines of refunds, re-added: against the lines of orders, the money, and the goods.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_goods.h"

#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define REPORT_LIMIT 1000

static void report_order(struct ctx *ctx, const char *number, const char *what,
                         void (*report)(void *arg, const char *problem), void *arg)
{
    report(arg, arena_format(ctx->arena, "order %s: %s", number, what));
}

/* The lines of an order say what its refunds say, and the money is that of so many pieces. Only orders that
 * have such refunds are looked at; a line that counts pieces without one is found below. */
static err check_lines(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number, l.total, l.quantity, l.refunded, l.withdrawn, l.returned,"
        " CAST(SUM(r.quantity) AS BIGINT), CAST(SUM(r.withdrawn) AS BIGINT), CAST(SUM(r.returned) AS BIGINT),"
        " CAST(SUM(r.amount) AS BIGINT) FROM refund_lines r JOIN order_lines l ON l.shop_id = r.shop_id"
        " AND l.order_id = r.order_id AND l.line_no = r.line_no JOIN orders o ON o.shop_id = l.shop_id"
        " AND o.id = l.order_id WHERE r.shop_id = $1 GROUP BY o.number, l.line_no, l.total, l.quantity,"
        " l.refunded, l.withdrawn, l.returned ORDER BY o.number, l.line_no",
        db_int(ctx->shop->id)));
    while (db_next(rows)) {
        bool is_counted = db_get_int(rows, 3) == db_get_int(rows, 6) &&
                          db_get_int(rows, 4) == db_get_int(rows, 7) &&
                          db_get_int(rows, 5) == db_get_int(rows, 8);
        int64_t worth = refund_share(db_get_int(rows, 1), db_get_int(rows, 2), 0, db_get_int(rows, 6));
        if (!is_counted)
            report_order(ctx, db_get_text(rows, 0), "a line counts other pieces back than its refunds",
                         report, arg);
        if (worth != db_get_int(rows, 9))
            report_order(ctx, db_get_text(rows, 0), "pieces of a line got another sum back than was paid",
                         report, arg);
    }
    return NULL;
}

static err report_numbers(struct ctx *ctx, const char *sql, const char *what,
                          void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    const struct db_value values[] = {db_int(ctx->shop->id), db_int(REPORT_LIMIT)};
    TRY(db_query_values(ctx, &rows, sql, values, 2));
    while (db_next(rows))
        report_order(ctx, db_get_text(rows, 0), what, report, arg);
    return NULL;
}

err payment_check_goods(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_lines(ctx, report, arg));
    TRY(report_numbers(ctx,
                       "SELECT o.number FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id"
                       " AND o.id = l.order_id WHERE l.shop_id = $1 AND l.refunded > 0 AND NOT EXISTS"
                       " (SELECT 1 FROM refund_lines r WHERE r.shop_id = $1 AND r.order_id = l.order_id"
                       " AND r.line_no = l.line_no) LIMIT $2",
                       "a line counts pieces back without a refund", report, arg));
    TRY(report_numbers(ctx,
                       "SELECT r.number FROM refunds r JOIN (SELECT refund_id, CAST(SUM(amount) AS BIGINT)"
                       " AS amount FROM refund_lines WHERE shop_id = $1 GROUP BY refund_id) l"
                       " ON l.refund_id = r.id WHERE r.shop_id = $1 AND l.amount > r.amount + "
                       "COALESCE((SELECT CAST(SUM(b.amount) AS BIGINT)"
                       " FROM refunds b WHERE b.shop_id = $1 AND b.order_id = r.order_id"
                       " AND b.beside_id = r.id), 0) LIMIT $2",
                       "(refund) its lines are more than it is", report, arg));
    return report_numbers(ctx,
                          "SELECT o.number FROM orders o JOIN (SELECT order_id, SUM(returned) AS lines,"
                          " SUM(moved) AS moved FROM (SELECT order_id, returned, 0 AS moved FROM refund_lines"
                          " WHERE shop_id = $1 UNION ALL SELECT order_id, 0, on_hand FROM stock_movements"
                          " WHERE shop_id = $1 AND kind = 9 AND order_id IS NOT NULL) u GROUP BY order_id"
                          " HAVING SUM(returned) <> SUM(moved)) d ON d.order_id = o.id"
                          " WHERE o.shop_id = $1 LIMIT $2",
                          "another number of goods came back than its refunds say", report, arg);
}
