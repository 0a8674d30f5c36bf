/* order_baskets.c - the goods of the newest paid orders, in one question. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_baskets.h"

#include "db/db.h"
#include "shop/freight/freight.h"
#include "shop/order/order_write.h"

static struct basket_line read_line(const struct db_rows *rows)
{
    return (struct basket_line){.variant_id = db_get_int(rows, 3),
                                .product_id = db_get_int(rows, 4),
                                .unit_price = db_get_int(rows, 5),
                                .quantity = db_get_int(rows, 6)};
}

err basket_list(struct ctx *ctx, int limit, struct basket **baskets, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT o.id, o.number, o.placed_at, l.variant_id, l.product_id, l.unit_price, l.quantity,"
                 " o.freight"
                 " FROM (SELECT w.id, w.number, w.placed_at, w.freight FROM (SELECT id, number, placed_at,"
                 " payment_status, freight"
                 " FROM orders WHERE shop_id = $1 ORDER BY id DESC LIMIT $2) w"
                 " WHERE w.payment_status IN ($3, $4) ORDER BY w.id DESC LIMIT $5) o"
                 " JOIN order_lines l ON l.shop_id = $1 AND l.order_id = o.id AND l.role <> 1"
                 " ORDER BY o.id DESC, l.line_no LIMIT $6",
                 db_int(ctx->shop->id), db_int(BASKET_WINDOW), db_int(PAYMENT_PAID),
                 db_int(PAYMENT_PARTIALLY_REFUNDED), db_int(limit), db_int(BASKET_LINES_MOST)));
    size_t line_count = db_row_count(rows), at = 0;
    struct basket_line *lines = arena_alloc_many(ctx->arena, line_count + 1, sizeof *lines);
    *baskets = arena_alloc_many(ctx->arena, (size_t)limit + 1, sizeof **baskets);
    *count = 0;
    for (; db_next(rows); at++) {
        bool is_new = *count == 0 || (*baskets)[*count - 1].order_id != db_get_int(rows, 0);
        if (is_new)
            (*baskets)[(*count)++] = (struct basket){.order_id = db_get_int(rows, 0),
                                                     .number = db_get_text(rows, 1),
                                                     .placed_at = db_get_int(rows, 2),
                                                     .freight = db_get_int(rows, 7),
                                                     .lines = lines + at};
        lines[at] = read_line(rows);
        (*baskets)[*count - 1].count++;
    }
    return NULL;
}

static err open_regions(struct ctx *ctx, struct db_rows *rows, struct basket *baskets, size_t count)
{
    while (db_next(rows)) {
        struct order order;
        TRY(order_open_contact(ctx, rows, 1, &order));
        for (size_t i = 0; i < count; i++)
            if (baskets[i].order_id == db_get_int(rows, 0))
                baskets[i].region = freight_region_of(order.address.region);
    }
    return NULL;
}

err basket_load_regions(struct ctx *ctx, struct basket *baskets, size_t count)
{
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        size_t part = count - start < DB_IDS_LIMIT ? count - start : DB_IDS_LIMIT;
        int64_t ids[DB_IDS_LIMIT];
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        for (size_t i = 0; i < part; i++)
            ids[i] = baskets[start + i].order_id;
        (void)db_bind_ids(ctx, ids, part, values);
        TRY(db_query_values(ctx, &rows, "SELECT id, contact FROM orders WHERE shop_id = $1 AND id IN " DB_IDS,
                            values, DB_IDS_VALUES));
        TRY(open_regions(ctx, rows, baskets + start, part));
    }
    return NULL;
}
