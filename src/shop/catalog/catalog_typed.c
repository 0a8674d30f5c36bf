/* catalog_typed.c - variants by SKU or by the handle of their product. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_typed.h"

#include "db/db.h"

err variant_find_words(struct ctx *ctx, const char *const *words, size_t count,
                       struct word_variant **variants, size_t *found)
{
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    *found = 0;
    *variants = NULL;
    if (count == 0)
        return NULL;
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < DB_IDS_LIMIT; i++)
        values[i + 1] = db_text(words[i < count ? i : count - 1]);
    values[DB_IDS_VALUES] = db_int(WORD_VARIANTS_MOST);
    TRY(db_query_values(ctx, &rows,
                        "SELECT v.id, v.product_id, v.sku, p.handle FROM variants v JOIN products p"
                        " ON p.shop_id = v.shop_id AND p.id = v.product_id WHERE v.shop_id = $1"
                        " AND v.is_active = 1 AND (v.sku IN " DB_IDS " OR v.product_id IN (SELECT q.id"
                        " FROM products q WHERE q.shop_id = $1 AND q.handle IN " DB_IDS "))"
                        " ORDER BY v.product_id, v.position, v.id LIMIT $34",
                        values, DB_IDS_VALUES + 1));
    *variants = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **variants);
    while (db_next(rows))
        (*variants)[(*found)++] = (struct word_variant){.variant_id = db_get_int(rows, 0),
                                                        .product_id = db_get_int(rows, 1),
                                                        .sku = db_get_text(rows, 2),
                                                        .handle = db_get_text(rows, 3)};
    return NULL;
}
