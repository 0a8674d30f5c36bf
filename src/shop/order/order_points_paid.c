/* order_points_paid.c - points that paid a part of an order: drawn with it, back with its money, and
 * re-added. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_points.h"

#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"

#define REPORT_LIMIT 1000

static err find_member(struct ctx *ctx, const struct order *order, int64_t *customer_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT customer_id FROM orders WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(order->id)));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err order_points_spend(struct ctx *ctx, const struct order *order)
{
    return order->points > 0
               ? points_spend(ctx, customer_here(ctx), order->id, order->points, ERR_POINTS_GONE)
               : NULL;
}

int64_t order_points_share(const struct order_line *line, int64_t pieces)
{
    return refund_share(line->points, line->quantity, line->refunded, pieces);
}

/* ---- back, and again ---- */

static err count_back(struct ctx *ctx, struct order *order, int64_t points_back)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "points of the order came back meanwhile",
                  "UPDATE orders SET points_back = $3 WHERE shop_id = $1 AND id = $2 AND points_back = $4"
                  " AND points >= $3",
                  db_int(ctx->shop->id), db_int(order->id), db_int(points_back), db_int(order->points_back)));
    order->points_back = points_back;
    return NULL;
}

err order_points_give_back(struct ctx *ctx, struct order *order, int64_t points)
{
    int64_t customer_id;
    if (points == 0)
        return NULL;
    TRY(find_member(ctx, order, &customer_id));
    TRY(count_back(ctx, order, order->points_back + points));
    return points_give_back(ctx, customer_id, order->id, points);
}

err order_points_give_rest(struct ctx *ctx, struct order *order)
{
    return order_points_give_back(ctx, order, order->points - order->points_back);
}

err order_points_take_again(struct ctx *ctx, struct order *order)
{
    int64_t customer_id, points = order->points_back;
    if (points == 0)
        return NULL;
    TRY(find_member(ctx, order, &customer_id));
    TRY(count_back(ctx, order, 0));
    return points_spend(ctx, customer_id, order->id, points, ERR_OUT_OF_STOCK);
}

/* ---- check ---- */

_Static_assert(POINTS_SPENT == 5 && POINTS_RENEWED == 7 && ORDER_CLOSED == 4 && PAYMENT_REFUNDED == 6,
               "the statements say kinds and states by their numbers");

static const struct order_points_finding {
    const char *text;
    const char *statement;
} findings[] = {
    {"its points are not what its member gave and got back",
     "SELECT o.number FROM (SELECT order_id, SUM(used) AS used FROM (SELECT id AS order_id,"
     " points - points_back AS used FROM orders WHERE shop_id = $1 AND points > 0 UNION ALL"
     " SELECT order_id, points FROM point_movements WHERE shop_id = $1 AND kind IN (5, 6, 7)) u"
     " GROUP BY order_id HAVING SUM(used) <> 0) d JOIN orders o ON o.shop_id = $1 AND o.id = d.order_id"
     " LIMIT $2"},
    /* What refund_share gives for the pieces whose money went back, or everything. */
    {"another number of its points came back than of its goods",
     "SELECT o.number FROM orders o LEFT JOIN (SELECT order_id, CAST(SUM(points) AS BIGINT) AS points,"
     " CAST(SUM(points * refunded / quantity) AS BIGINT) AS back FROM order_lines WHERE shop_id = $1"
     " AND points > 0 GROUP BY order_id) l ON l.order_id = o.id WHERE o.shop_id = $1 AND o.points > 0"
     " AND (COALESCE(l.points, 0) <> o.points OR o.points_back <> CASE WHEN o.order_status = 4"
     " OR o.payment_status = 6 THEN o.points ELSE l.back END) LIMIT $2"},
};

err order_points_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    if (ctx->shop->points.state == POINTS_NEVER)
        return NULL;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct db_rows *rows;
        TRY(db_query(ctx, &rows, findings[i].statement, db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
        while (db_next(rows))
            report(arg, arena_format(ctx->arena, "order %s: %s", db_get_text(rows, 0), findings[i].text));
    }
    return NULL;
}
