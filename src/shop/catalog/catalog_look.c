/* catalog_look.c - the words of pictures, and the pictures of variants. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"

/* ---- words ---- */

static err list_some(struct ctx *ctx, const int64_t *product_ids, size_t count, struct picture_words *words,
                     size_t room, size_t *taken)
{
    struct db_rows *rows;
    TRY(catalog_query_many(ctx, &rows,
                           "SELECT product_id, picture_id, alt FROM product_pictures WHERE shop_id = $1"
                           " AND product_id IN " WHOLE_IDS " ORDER BY product_id, position",
                           product_ids, count));
    for (*taken = 0; *taken < room && db_next(rows); (*taken)++)
        words[*taken] =
            (struct picture_words){db_get_int(rows, 0), db_get_text(rows, 1), db_get_text(rows, 2)};
    return NULL;
}

err picture_words_list(struct ctx *ctx, const int64_t *product_ids, size_t count,
                       struct picture_words **words, size_t *word_count)
{
    size_t room = count * PRODUCT_PICTURE_LIMIT, taken;
    *words = arena_alloc_many(ctx->arena, room + 1, sizeof **words);
    *word_count = 0;
    for (size_t start = 0; start < count; start += PRODUCT_WHOLE_LIMIT) {
        size_t some = count - start < PRODUCT_WHOLE_LIMIT ? count - start : PRODUCT_WHOLE_LIMIT;
        TRY(list_some(ctx, product_ids + start, some, *words + *word_count, room - *word_count, &taken));
        *word_count += taken;
    }
    return NULL;
}

err picture_words_put(struct ctx *ctx, const struct picture_words *words, const char *expected)
{
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "UPDATE product_pictures SET alt = $4 WHERE shop_id = $1 AND product_id = $2"
                  " AND picture_id = $3 AND (CAST($5 AS TEXT) IS NULL OR alt = $5)",
                  db_int(ctx->shop->id), db_int(words->product_id), db_text(words->picture_id),
                  db_text(words->alt), db_text(expected)));
    if (changed == 0)
        return NULL;
    TRY(db_execute(ctx,
                   "UPDATE products SET updated_at = $5,"
                   " picture_alt = CASE WHEN picture_id = $3 THEN $4 ELSE picture_alt END"
                   " WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(words->product_id), db_text(words->picture_id),
                   db_text(words->alt), db_int(ctx->now)));
    return product_emit_changed(ctx, words->product_id);
}

/* ---- pictures of variants ---- */

err variant_look_put(struct ctx *ctx, const struct variant_look *look, const char *expected)
{
    const char *picture_id = look->picture_id[0] ? look->picture_id : NULL;
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "UPDATE variants SET picture_id = $4 WHERE shop_id = $1 AND id = $2 AND product_id = $3"
                  " AND (CAST($5 AS TEXT) IS NULL OR COALESCE(picture_id, '') = $5)",
                  db_int(ctx->shop->id), db_int(look->variant_id), db_int(look->product_id),
                  db_text(picture_id), db_text(expected)));
    if (changed == 0)
        return NULL;
    TRY(db_execute(ctx,
                   "DELETE FROM variant_picture_addresses WHERE shop_id = $1 AND product_id = $2"
                   " AND variant_id = $3",
                   db_int(ctx->shop->id), db_int(look->product_id), db_int(look->variant_id)));
    TRY(picture_uses_set(ctx, PICTURE_OF_VARIANT, look->variant_id, &picture_id, picture_id ? 1 : 0));
    return product_emit_changed(ctx, look->product_id);
}

/* Variants that waited for the picture of this address. */
static err list_waiting(struct ctx *ctx, int64_t product_id, const char *key, struct db_rows **rows)
{
    return db_query(ctx, rows,
                    "SELECT variant_id FROM variant_picture_addresses WHERE shop_id = $1 AND product_id = $2"
                    " AND address_key = $3 ORDER BY variant_id",
                    db_int(ctx->shop->id), db_int(product_id), db_text(key));
}

err variant_looks_fetched(struct ctx *ctx, int64_t product_id, const char *key, const char *picture_id)
{
    struct db_rows *rows;
    TRY(list_waiting(ctx, product_id, key, &rows));
    while (db_next(rows))
        TRY(variant_look_put(ctx, &(struct variant_look){product_id, db_get_int(rows, 0), picture_id}, NULL));
    return NULL;
}

err variant_look_fetch(struct ctx *ctx, int64_t product_id, int64_t variant_id, const char *address)
{
    struct db_rows *rows;
    const char *key = picture_address_key(ctx, address);
    TRY(db_execute(ctx,
                   "INSERT INTO variant_picture_addresses (shop_id, product_id, variant_id, address_key)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, product_id, variant_id)"
                   " DO UPDATE SET address_key = excluded.address_key",
                   db_int(ctx->shop->id), db_int(product_id), db_int(variant_id), db_text(key)));
    TRY(db_query(ctx, &rows,
                 "SELECT picture_id FROM picture_addresses WHERE shop_id = $1 AND product_id = $2"
                 " AND address_key = $3 AND state = 2 AND picture_id IS NOT NULL",
                 db_int(ctx->shop->id), db_int(product_id), db_text(key)));
    return db_next(rows) ? variant_looks_fetched(ctx, product_id, key, db_get_text(rows, 0)) : NULL;
}
