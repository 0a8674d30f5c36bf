/* order_figures.c - counts and sums over orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

err order_count_stage(struct ctx *ctx, enum order_stage stage, int64_t most, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE shop_id = $1 AND stage = $2"
                 " AND packs_from <= $4 LIMIT $3) o",
                 db_int(ctx->shop->id), db_int(stage), db_int(most),
                 db_int(stage == STAGE_TO_SHIP ? ctx->now : INT64_MAX)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err order_count_early(struct ctx *ctx, int64_t most, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE shop_id = $1 AND stage = $2"
                 " AND packs_from > $3 LIMIT $4) o",
                 db_int(ctx->shop->id), db_int(STAGE_TO_SHIP), db_int(ctx->now), db_int(most)));
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
        " AND payment_status <> 3 ORDER BY id DESC LIMIT 10000) o"
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
