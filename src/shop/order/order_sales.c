/* order_sales.c - what was sold of one product. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#define MONTH_MS (INT64_C(30) * 24 * 3600 * 1000)

/* Ids are made in time order, so the newest lines are the last of the index. */
err order_load_record(struct ctx *ctx, int64_t product_id, struct sales_record *record)
{
    struct db_rows *rows;
    *record = (struct sales_record){0};
    TRY(db_query(
        ctx, &rows,
        "SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT), CAST(COALESCE(SUM(l.total), 0) AS BIGINT),"
        " CAST(COALESCE(SUM(l.quantity) FILTER (WHERE o.id >= $4), 0) AS BIGINT),"
        " CAST(COALESCE(SUM(l.total) FILTER (WHERE o.id >= $4), 0) AS BIGINT),"
        " COUNT(DISTINCT o.id) FILTER (WHERE o.refunded > 0), COALESCE(MAX(o.paid_at), 0), MAX(l.seen)"
        " FROM (SELECT order_id, quantity, total, COUNT(*) OVER () AS seen FROM (SELECT order_id, quantity, "
        "total"
        " FROM order_lines WHERE shop_id = $1 AND product_id = $2 ORDER BY order_id DESC LIMIT $3) n) l"
        " JOIN orders o ON o.shop_id = $1 AND o.id = l.order_id WHERE o.paid > 0",
        db_int(ctx->shop->id), db_int(product_id), db_int(SALES_LINE_LIMIT),
        db_int(id_floor(ctx->now - MONTH_MS))));
    if (!db_next(rows))
        return NULL;
    *record = (struct sales_record){.sold = db_get_int(rows, 0),
                                    .revenue = db_get_int(rows, 1),
                                    .month_sold = db_get_int(rows, 2),
                                    .month_revenue = db_get_int(rows, 3),
                                    .refunds = db_get_int(rows, 4),
                                    .last_at = db_get_int(rows, 5),
                                    .is_part = db_get_int(rows, 6) >= SALES_LINE_LIMIT};
    return NULL;
}
