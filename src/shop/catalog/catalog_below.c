/* catalog_below.c - what is asked below a category. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_below.h"

#include "db/db.h"

err attribute_below_list(struct ctx *ctx, int64_t category_id, int64_t *ids, size_t limit, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT t.id FROM attributes t WHERE t.shop_id = $1 AND t.is_facet = 1 AND EXISTS"
                 " (SELECT 1 FROM category_attributes c JOIN category_ancestors b ON b.shop_id = c.shop_id"
                 " AND b.category_id = c.category_id AND b.ancestor_id = $2 WHERE c.shop_id = $1"
                 " AND c.attribute_id = t.id) AND NOT EXISTS (SELECT 1 FROM category_attributes c"
                 " JOIN category_ancestors a ON a.shop_id = c.shop_id AND a.ancestor_id = c.category_id"
                 " AND a.category_id = $2 WHERE c.shop_id = $1 AND c.attribute_id = t.id)"
                 " ORDER BY t.position, t.id LIMIT $3",
                 db_int(ctx->shop->id), db_int(category_id), db_int((int64_t)limit)));
    for (*count = 0; *count < limit && db_next(rows); (*count)++)
        ids[*count] = db_get_int(rows, 0);
    return NULL;
}
