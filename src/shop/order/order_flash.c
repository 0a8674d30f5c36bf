/* order_flash.c - the check that orders hold the pieces of flash sales that are counted for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "shop/pricing/pricing.h"
#include <inttypes.h>

/* Orders whose pieces are compared by one statement. */
#define ORDERS_AT_ONCE DB_IDS_LIMIT

struct holds {
    const struct flash_hold *items;
    size_t count;
    int64_t *found; /* pieces on the lines of the order, of each */
};

static size_t order_ids_of(const struct holds *holds, int64_t ids[ORDERS_AT_ONCE])
{
    size_t count = 0;
    for (size_t i = 0; i < holds->count; i++)
        if (i == 0 || holds->items[i].order_id != holds->items[i - 1].order_id)
            ids[count++] = holds->items[i].order_id;
    return count;
}

static err load_pieces(struct ctx *ctx, struct holds *holds, const int64_t *ids, size_t count)
{
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    (void)db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(ORDER_CLOSED);
    TRY(db_query_values(ctx, &rows,
                        "SELECT o.id, l.variant_id, CAST(SUM(l.quantity) AS BIGINT) FROM orders o"
                        " JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id"
                        " WHERE o.shop_id = $1 AND o.id IN " DB_IDS " AND o.order_status <> $34"
                        " GROUP BY o.id, l.variant_id",
                        values, DB_IDS_VALUES + 1));
    while (db_next(rows))
        for (size_t i = 0; i < holds->count; i++)
            if (holds->items[i].order_id == db_get_int(rows, 0) &&
                holds->items[i].variant_id == db_get_int(rows, 1))
                holds->found[i] = db_get_int(rows, 2);
    return NULL;
}

err order_check_flash(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    int64_t after = 0, ids[ORDERS_AT_ONCE];
    for (;;) {
        struct flash_hold *items;
        struct holds holds;
        size_t count;
        TRY(flash_hold_list(ctx, after, ORDERS_AT_ONCE, &items, &count));
        if (count == 0)
            return NULL;
        holds = (struct holds){items, count, arena_alloc_many(ctx->arena, count, sizeof(int64_t))};
        size_t orders = order_ids_of(&holds, ids);
        TRY(load_pieces(ctx, &holds, ids, orders));
        for (size_t i = 0; i < count; i++)
            if (holds.found[i] != items[i].quantity)
                report(arg, arena_format(ctx->arena,
                                         "order id %" PRId64 ": holds %" PRId64
                                         " pieces of flash stock, its lines say %" PRId64,
                                         items[i].order_id, items[i].quantity, holds.found[i]));
        after = ids[orders - 1];
    }
}
