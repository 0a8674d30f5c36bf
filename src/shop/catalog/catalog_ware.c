/* catalog_ware.c - variants by their SKUs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_ware.h"

#include "base/text.h"
#include "db/db.h"

_Static_assert(WARE_MANY_LIMIT <= DB_IDS_LIMIT, "one question asks for all of them");

err variant_find_by_sku_many(struct ctx *ctx, const char *const *skus, size_t count, int64_t *variant_ids)
{
    struct db_value values[DB_IDS_VALUES] = {db_int(ctx->shop->id)};
    struct db_rows *rows;
    for (size_t i = 0; i < count; i++)
        variant_ids[i] = 0;
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < DB_IDS_LIMIT; i++)
        values[i + 1] = db_text(skus[i < count ? i : count - 1]);
    TRY(db_query_values(ctx, &rows, "SELECT sku, id FROM variants WHERE shop_id = $1 AND sku IN " DB_IDS,
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (text_is(skus[i], db_get_text(rows, 0)))
                variant_ids[i] = db_get_int(rows, 1);
    return NULL;
}

err ware_list(struct ctx *ctx, struct ware_choice **wares, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT v.sku, p.title, v.title, v.price FROM (SELECT id, title FROM products"
                 " WHERE shop_id = $1 ORDER BY id DESC LIMIT $2) p"
                 " JOIN variants v ON v.shop_id = $1 AND v.product_id = p.id WHERE v.sku <> ''"
                 " ORDER BY p.id DESC, v.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(WARE_LIST_LIMIT)));
    *count = 0;
    *wares = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **wares);
    while (db_next(rows))
        (*wares)[(*count)++] = (struct ware_choice){db_get_text(rows, 0), db_get_text(rows, 1),
                                                    db_get_text(rows, 2), db_get_int(rows, 3)};
    return NULL;
}
