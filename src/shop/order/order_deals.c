/* order_deals.c - tells pricing what was really paid, and pages when a struck price stops or begins to be
 * lawful. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "shop/pricing/pricing.h"
#include <inttypes.h>

/* Different goods of one order; a cart holds fewer. */
#define GOODS_LIMIT CATALOG_MANY_LIMIT
#define REPORT_LIMIT 100

struct goods {
    struct deal *deals;
    int64_t *variant_ids;
    size_t count;
};

/* One deal for each variant of a paid order. */
static err load_goods(struct ctx *ctx, int64_t order_id, struct goods *goods)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT l.variant_id, MIN(l.product_id), MIN(l.total / l.quantity), CAST(SUM(l.quantity) AS BIGINT),"
        " CAST(SUM(l.total) AS BIGINT), o.paid_at FROM order_lines l JOIN orders o"
        " ON o.shop_id = l.shop_id AND o.id = l.order_id WHERE l.shop_id = $1 AND l.order_id = $2"
        " AND l.role <> 1 AND o.paid_at IS NOT NULL GROUP BY l.variant_id, o.paid_at ORDER BY l.variant_id "
        "LIMIT $3",
        db_int(ctx->shop->id), db_int(order_id), db_int(GOODS_LIMIT)));
    goods->deals = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *goods->deals);
    goods->variant_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *goods->variant_ids);
    while (db_next(rows)) {
        goods->variant_ids[goods->count] = db_get_int(rows, 0);
        goods->deals[goods->count++] = (struct deal){.variant_id = db_get_int(rows, 0),
                                                     .product_id = db_get_int(rows, 1),
                                                     .at = db_get_int(rows, 5),
                                                     .order_id = order_id,
                                                     .price = db_get_int(rows, 2),
                                                     .quantity = db_get_int(rows, 3),
                                                     .revenue = db_get_int(rows, 4)};
    }
    return NULL;
}

static err write_deals(struct ctx *ctx, const struct goods *goods, bool is_deal)
{
    for (size_t i = 0; i < goods->count; i++)
        TRY(is_deal ? deal_add(ctx, &goods->deals[i]) : deal_remove(ctx, &goods->deals[i]));
    return NULL;
}

/* Most orders hold nothing that is compared with a price of its own: for them this is one look and the
 * writing. */
static err follow(struct ctx *ctx, int64_t order_id, bool is_deal)
{
    struct goods goods = {0};
    TRY(load_goods(ctx, order_id, &goods));
    if (goods.count == 0)
        return NULL;
    const struct variant **compared = arena_alloc_many(ctx->arena, goods.count, sizeof *compared);
    size_t count;
    TRY(variant_find_compared_many(ctx, goods.variant_ids, goods.count, compared, &count));
    if (count == 0)
        return write_deals(ctx, &goods, is_deal);
    struct struck_price *before = arena_alloc_many(ctx->arena, count, sizeof *before);
    struct struck_price *after = arena_alloc_many(ctx->arena, count, sizeof *after);
    TRY(struck_prices(ctx, compared, count, before));
    TRY(write_deals(ctx, &goods, is_deal));
    TRY(struck_prices(ctx, compared, count, after));
    for (size_t i = 0; i < count; i++)
        if (before[i].state != after[i].state)
            TRY(product_emit_changed(ctx, compared[i]->product_id));
    return NULL;
}

static err hear_deal(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return follow(ctx, event->aggregate_id, true);
}

static err hear_undone(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return follow(ctx, event->aggregate_id, false);
}

const struct listener order_listeners[] = {
    {"order.paid", hear_deal},
    {"order.reopened", hear_deal},
    {"order.refunded", hear_undone},
    {"order.refunded_unshipped", hear_undone},
    {"order.cancelled_paid", hear_undone},
    {"order.group_failed", hear_undone},
    {"order.group_left", hear_undone},
    {0},
};

/* ---- check ---- */

static err query_differences(struct ctx *ctx, struct db_rows **rows)
{
    return db_query(
        ctx, rows,
        "SELECT u.order_id, u.variant_id FROM"
        " (SELECT l.order_id, l.variant_id, o.paid_at / 86400000 AS day, o.paid_at AS at,"
        " MIN(l.total / l.quantity) AS price, CAST(SUM(l.quantity) AS BIGINT) AS quantity,"
        " CAST(SUM(l.total) AS BIGINT) AS revenue FROM orders o"
        " JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id WHERE o.shop_id = $1"
        " AND o.payment_status IN (4, 5) AND o.order_status IN (2, 3) AND o.paid_at IS NOT NULL AND l.role "
        "<> 1"
        " GROUP BY l.order_id, l.variant_id, o.paid_at UNION ALL SELECT d.order_id, d.variant_id, d.day,"
        " d.at, d.price, d.quantity, d.revenue FROM deals d WHERE d.shop_id = $1) u"
        " GROUP BY u.order_id, u.variant_id, u.at HAVING COUNT(*) <> 2 OR MIN(u.price) <> MAX(u.price)"
        " OR MIN(u.quantity) <> MAX(u.quantity) OR MIN(u.revenue) <> MAX(u.revenue)"
        " OR MIN(u.day) <> MAX(u.day) LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT));
}

/* An order whose news are on the way is right as soon as they are told; they may have been told between two
 * looks, so only what is wrong in both is reported. */
err order_check_deals(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    int64_t suspects[REPORT_LIMIT];
    size_t count = 0;
    TRY(query_differences(ctx, &rows));
    while (db_next(rows)) {
        bool waits;
        TRY(outbox_waits(ctx, db_get_int(rows, 0), &waits));
        if (!waits)
            suspects[count++] = db_get_int(rows, 0);
    }
    if (count == 0)
        return NULL;
    TRY(query_differences(ctx, &rows));
    while (db_next(rows))
        if (id_in(suspects, count, db_get_int(rows, 0)))
            report(arg, arena_format(ctx->arena,
                                     "variant %" PRId64 ": its deals are not what order %" PRId64 " says",
                                     db_get_int(rows, 1), db_get_int(rows, 0)));
    return NULL;
}
