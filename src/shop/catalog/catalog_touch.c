/* catalog_touch.c - which products changed since others saw to them.
 *
 * Written with the change, so that nothing is forgotten; the stamp tells a change that came while somebody
 * was seeing to the one before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_shelf.h"

#define TOUCH_OF                                                                                             \
    "INSERT INTO touched_products (shop_id, product_id, stamp)"                                              \
    " SELECT p.shop_id, p.id, 1 FROM products p WHERE p.shop_id = $1 AND p.id"
#define TOUCH_AGAIN " ON CONFLICT (shop_id, product_id) DO UPDATE SET stamp = touched_products.stamp + 1"

err product_touch_many(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    struct db_value values[DB_IDS_VALUES];
    if (count == 1)
        return db_execute(ctx, TOUCH_OF " = $2" TOUCH_AGAIN, db_int(ctx->shop->id), db_int(product_ids[0]));
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_execute_values(ctx, TOUCH_OF " IN " DB_IDS TOUCH_AGAIN, values, DB_IDS_VALUES));
    }
    return NULL;
}

err product_touch_shelf(struct ctx *ctx, int64_t shelf_id)
{
    return db_execute(ctx,
                      "INSERT INTO touched_products (shop_id, product_id, stamp)"
                      " SELECT s.shop_id, s.product_id, 1 FROM shelf_products s"
                      " WHERE s.shop_id = $1 AND s.shelf_id = $2"
                      " ON CONFLICT (shop_id, product_id) DO UPDATE SET stamp = touched_products.stamp + 1",
                      db_int(ctx->shop->id), db_int(shelf_id));
}

err product_touch_list(struct ctx *ctx, struct product_touch *touches, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, stamp FROM touched_products WHERE shop_id = $1 ORDER BY product_id"
                 " LIMIT $2",
                 db_int(ctx->shop->id), db_int(PRODUCT_CHUNK)));
    *count = 0;
    while (db_next(rows))
        touches[(*count)++] = (struct product_touch){db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

err product_touch_forget(struct ctx *ctx, const struct product_touch *touches, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "DELETE FROM touched_products WHERE shop_id = $1 AND product_id = $2 AND stamp = $3",
                       db_int(ctx->shop->id), db_int(touches[i].product_id), db_int(touches[i].stamp)));
    return NULL;
}

err product_touch_find(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_touched)
{
    memset(is_touched, 0, count * sizeof *is_touched);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(
            ctx, &rows,
            "SELECT product_id FROM touched_products WHERE shop_id = $1 AND product_id IN " DB_IDS, values,
            DB_IDS_VALUES));
        while (db_next(rows))
            for (size_t i = start; i < count; i++)
                is_touched[i] = is_touched[i] || product_ids[i] == db_get_int(rows, 0);
    }
    return NULL;
}

err shelf_places_load(struct ctx *ctx, const int64_t *product_ids, size_t count, struct shelf_place **places,
                      size_t *have)
{
    size_t capacity = 0;
    *places = NULL;
    *have = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id, shelf_id FROM shelf_products WHERE shop_id = $1"
                            " AND product_id IN " DB_IDS " ORDER BY product_id, shelf_id",
                            values, DB_IDS_VALUES));
        size_t room = *have + db_row_count(rows);
        *places = arena_grow(ctx->arena, *places, capacity * sizeof **places, (room + 1) * sizeof **places);
        capacity = room + 1;
        while (db_next(rows))
            (*places)[(*have)++] = (struct shelf_place){db_get_int(rows, 0), db_get_int(rows, 1)};
    }
    return NULL;
}
