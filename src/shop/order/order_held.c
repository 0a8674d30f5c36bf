/* order_held.c - what paid orders still hold of a variant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_held.h"

#include "db/db.h"
#include "shop/order/order.h"

#define ON_THEIR_WAY                                                                                         \
    "SELECT id FROM orders WHERE shop_id = $1 AND stage IN (2, 3, 7, 10) AND order_status IN (1, 2) LIMIT "  \
    "$2"

err order_held_paid(struct ctx *ctx, int64_t variant_id, struct order_holding **holdings, size_t *count,
                    bool *is_known)
{
    struct db_rows *rows;
    struct db_value shop = db_int(ctx->shop->id), most = db_int(ORDER_HELD_LIMIT + 1);
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM (" ON_THEIR_WAY ") o", shop, most));
    db_next(rows);
    *holdings = NULL;
    *count = 0;
    *is_known = db_get_int(rows, 0) <= ORDER_HELD_LIMIT;
    if (!*is_known)
        return NULL;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.id, CAST(SUM((l.quantity - l.fulfilled - l.withdrawn) * COALESCE(p.pieces, 1)) AS BIGINT)"
        " FROM (" ON_THEIR_WAY ") o JOIN order_lines l ON l.shop_id = $1 AND l.order_id = o.id"
        " LEFT JOIN order_line_parts p ON p.shop_id = $1 AND p.order_id = l.order_id"
        " AND p.line_no = l.line_no AND p.variant_id = $3"
        " WHERE (l.made_of = 0 AND l.variant_id = $3) OR p.variant_id IS NOT NULL GROUP BY o.id ORDER BY "
        "o.id",
        shop, most, db_int(variant_id)));
    *holdings = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **holdings);
    for (; db_next(rows); (*count)++)
        (*holdings)[*count] = (struct order_holding){db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

static err number_chunk(struct ctx *ctx, const int64_t *ids, size_t left, const char **numbers)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t count = db_bind_ids(ctx, ids, left, values);
    TRY(db_query_values(ctx, &rows, "SELECT id, number FROM orders WHERE shop_id = $1 AND id IN " DB_IDS,
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0))
                numbers[i] = db_get_text(rows, 1);
    return NULL;
}

err order_number_many(struct ctx *ctx, const int64_t *order_ids, size_t count, const char **numbers)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = NULL;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(number_chunk(ctx, order_ids + start, count - start, numbers + start));
    return NULL;
}
