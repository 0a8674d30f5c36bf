/* catalog_map.c - all products on the shelf, by parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_map.h"

#include "shop/tenant/tenant.h"

err product_map_parts(struct ctx *ctx, int64_t first_ids[PRODUCT_MAP_PARTS], size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM products"
                 " WHERE shop_id = $1 AND status = 2) n WHERE (place - 1) % $2 = 0 ORDER BY id LIMIT $3",
                 db_int(ctx->shop->id), db_int(PRODUCT_MAP_PART), db_int(PRODUCT_MAP_PARTS)));
    for (*count = 0; db_next(rows); (*count)++)
        first_ids[*count] = db_get_int(rows, 0);
    return NULL;
}

err product_map_part(struct ctx *ctx, int64_t first_id, struct product_place **places, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT handle, updated_at, picture_id FROM products WHERE shop_id = $1 AND status = 2"
                 " AND id >= $2 ORDER BY id LIMIT $3",
                 db_int(ctx->shop->id), db_int(first_id), db_int(PRODUCT_MAP_PART)));
    *places = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **places);
    for (*count = 0; db_next(rows); (*count)++)
        (*places)[*count] = (struct product_place){db_get_text(rows, 0), db_get_int(rows, 1),
                                                   db_is_null(rows, 2) ? NULL : db_get_text(rows, 2)};
    return NULL;
}
