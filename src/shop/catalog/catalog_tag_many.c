/* catalog_tag_many.c - many tags at once, by id and by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_tag_many.h"

#include "base/text.h"
#include "db/db.h"

err tag_name_list(struct ctx *ctx, const int64_t *tag_ids, size_t count, struct tag_name **names,
                  size_t *have)
{
    *names = arena_alloc_many(ctx->arena, count + 1, sizeof **names);
    *have = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, tag_ids + start, count - start, values);
        TRY(db_query_values(
            ctx, &rows, "SELECT id, name FROM tags WHERE shop_id = $1 AND id IN " DB_IDS " ORDER BY name, id",
            values, DB_IDS_VALUES));
        while (db_next(rows) && *have < count)
            (*names)[(*have)++] = (struct tag_name){db_get_int(rows, 0), db_get_text(rows, 1)};
    }
    return NULL;
}

err tag_find_many(struct ctx *ctx, const char *const *names, size_t count, int64_t *tag_ids)
{
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES] = {db_int(ctx->shop->id)};
        struct db_rows *rows;
        size_t end = count - start < DB_IDS_LIMIT ? count : start + DB_IDS_LIMIT;
        for (size_t i = 0; i < DB_IDS_LIMIT; i++)
            values[i + 1] = db_text(names[start + i < end ? start + i : end - 1]);
        TRY(db_query_values(ctx, &rows, "SELECT name, id FROM tags WHERE shop_id = $1 AND name IN " DB_IDS,
                            values, DB_IDS_VALUES));
        for (size_t i = start; i < end; i++)
            tag_ids[i] = 0;
        while (db_next(rows))
            for (size_t i = start; i < end; i++)
                if (text_is(names[i], db_get_text(rows, 0)))
                    tag_ids[i] = db_get_int(rows, 1);
    }
    return NULL;
}
