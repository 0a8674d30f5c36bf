/* catalog_codes.c - subtitles, models, SKUs and barcodes of many products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_codes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"

/* Bytes of SKUs and barcodes of one product: those of the first hundred variants or so. */
#define CODES_LIMIT 4096

static size_t place_of(const int64_t *ids, size_t count, int64_t id)
{
    size_t at = 0;
    while (at < count && ids[at] != id)
        at++;
    return at;
}

static err load_some(struct ctx *ctx, const int64_t *ids, size_t count, struct product_codes *codes)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *products, *variants;
    struct text_buf texts[DB_IDS_LIMIT];
    db_bind_ids(ctx, ids, count, values);
    TRY(db_query_values(
        ctx, &products,
        "SELECT p.id, p.subtitle, COALESCE(d.model, '') FROM products p LEFT JOIN product_details d"
        " ON d.shop_id = p.shop_id AND d.product_id = p.id WHERE p.shop_id = $1 AND p.id IN " DB_IDS,
        values, DB_IDS_VALUES));
    TRY(db_query_values(ctx, &variants,
                        "SELECT product_id, sku, barcode FROM variants WHERE shop_id = $1 AND is_active = 1"
                        " AND product_id IN " DB_IDS " ORDER BY product_id, position",
                        values, DB_IDS_VALUES));
    for (size_t i = 0; i < count; i++)
        text_open(&texts[i], ctx->arena, CODES_LIMIT);
    while (db_next(products)) {
        size_t at = place_of(ids, count, db_get_int(products, 0));
        if (at < count) {
            codes[at].subtitle = db_get_text(products, 1);
            codes[at].model = db_get_text(products, 2);
        }
    }
    while (db_next(variants)) {
        size_t at = place_of(ids, count, db_get_int(variants, 0));
        if (at < count)
            text_add_format(&texts[at], "%s %s ", db_get_text(variants, 1), db_get_text(variants, 2));
    }
    for (size_t i = 0; i < count; i++)
        codes[i].variants = text_of(&texts[i]);
    return NULL;
}

err product_codes_load(struct ctx *ctx, const int64_t *product_ids, size_t count, struct product_codes *codes)
{
    for (size_t i = 0; i < count; i++)
        codes[i] = (struct product_codes){"", "", ""};
    for (size_t from = 0; from < count; from += DB_IDS_LIMIT)
        TRY(load_some(ctx, product_ids + from, count - from < DB_IDS_LIMIT ? count - from : DB_IDS_LIMIT,
                      codes + from));
    return NULL;
}
