/* catalog_whole.c - many products with all their parts, in a handful of statements: what a table of products
 * needs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

#define LIST_LIMIT ((size_t)65536)

err catalog_query_many(struct ctx *ctx, struct db_rows **rows, const char *sql, const int64_t *ids,
                       size_t count)
{
    struct db_value values[PRODUCT_WHOLE_LIMIT + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < PRODUCT_WHOLE_LIMIT; i++)
        values[i + 1] = db_int(ids[i < count ? i : count - 1]);
    return db_query_values(ctx, rows, sql, values, PRODUCT_WHOLE_LIMIT + 1);
}

/* The one of that id, or NULL. Rows come by product: `last` is mostly it. */
static struct product_whole *whole_of(struct product_whole *found, size_t count, struct product_whole *last,
                                      int64_t product_id)
{
    if (last && last->product.id == product_id)
        return last;
    for (size_t i = 0; i < count; i++)
        if (found[i].product.id == product_id)
            return &found[i];
    return NULL;
}

static err read_details(struct ctx *ctx, const int64_t *ids, size_t count, struct product_whole *found)
{
    struct db_rows *rows;
    TRY(catalog_query_many(
        ctx, &rows,
        "SELECT product_id, model, origin, tax_code, unit, shelf_life_days, seo_title,"
        " seo_description, specs, return_rule, return_days, exchange_days, warranty_months,"
        " fake_multiple FROM product_details WHERE shop_id = $1 AND product_id IN " WHOLE_IDS,
        ids, count));
    while (db_next(rows)) {
        struct product_whole *whole = whole_of(found, count, NULL, db_get_int(rows, 0));
        const char *json = db_get_text(rows, 8);
        struct value *specs = NULL;
        if (!whole)
            continue;
        if (!text_is(json, "[]"))
            TRY(json_read(ctx, json, strlen(json), &specs));
        whole->details = (struct product_details){.model = db_get_text(rows, 1),
                                                  .origin = db_get_text(rows, 2),
                                                  .tax_code = db_get_text(rows, 3),
                                                  .unit = db_get_text(rows, 4),
                                                  .shelf_life_days = db_get_int(rows, 5),
                                                  .seo_title = db_get_text(rows, 6),
                                                  .seo_description = db_get_text(rows, 7),
                                                  .specs = specs ? specs : value_list(ctx->arena)};
        whole->details.after_sale = (struct after_sale){.return_rule = (enum return_rule)db_get_int(rows, 9),
                                                        .return_days = db_get_int(rows, 10),
                                                        .exchange_days = db_get_int(rows, 11),
                                                        .warranty_months = db_get_int(rows, 12),
                                                        .fake_multiple = db_get_int(rows, 13)};
    }
    return NULL;
}

/* Rows of product and text, by product: what belongs together becomes one text with `gap` between. */
static void join_texts(struct ctx *ctx, struct db_rows *rows, struct product_whole *found, size_t count,
                       const char *gap, size_t offset)
{
    struct product_whole *whole = NULL;
    struct text_buf text = {0};
    while (db_next(rows)) {
        struct product_whole *next = whole_of(found, count, whole, db_get_int(rows, 0));
        if (!next)
            continue;
        if (next != whole)
            text_open(&text, ctx->arena, LIST_LIMIT);
        else
            text_add(&text, gap);
        whole = next;
        text_add(&text, db_get_text(rows, 1));
        *(const char **)((char *)whole + offset) = text_of(&text);
    }
}

static err read_lists(struct ctx *ctx, const int64_t *ids, size_t count, struct product_whole *found)
{
    struct db_rows *rows;
    TRY(catalog_query_many(
        ctx, &rows,
        "SELECT p.product_id, t.name FROM product_tags p JOIN tags t ON t.shop_id = p.shop_id"
        " AND t.id = p.tag_id WHERE p.shop_id = $1 AND p.product_id IN " WHOLE_IDS
        " ORDER BY p.product_id, t.name",
        ids, count));
    join_texts(ctx, rows, found, count, ",", offsetof(struct product_whole, tags));
    TRY(catalog_query_many(
        ctx, &rows,
        "SELECT product_id, picture_id FROM product_pictures WHERE shop_id = $1 AND product_id"
        " IN " WHOLE_IDS " ORDER BY product_id, position",
        ids, count));
    join_texts(ctx, rows, found, count, " ", offsetof(struct product_whole, pictures));
    return NULL;
}

static err read_attributes(struct ctx *ctx, const int64_t *ids, size_t count, struct product_whole *found)
{
    struct db_rows *rows;
    TRY(catalog_query_many(ctx, &rows,
                           "SELECT product_id, attribute_id, value FROM product_attributes WHERE shop_id = $1"
                           " AND product_id IN " WHOLE_IDS " ORDER BY product_id, attribute_id, value",
                           ids, count));
    struct attribute_value *values = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *values);
    struct product_whole *whole = NULL;
    for (; db_next(rows); values++) {
        whole = whole_of(found, count, whole, db_get_int(rows, 0));
        if (!whole)
            continue;
        *values = (struct attribute_value){db_get_int(rows, 1), db_get_text(rows, 2)};
        if (whole->attribute_count++ == 0)
            whole->attributes = values;
    }
    return NULL;
}

err product_load_whole_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                            struct product_whole *found)
{
    if (count > PRODUCT_WHOLE_LIMIT)
        bug("%zu products at once", count);
    for (size_t i = 0; i < count; i++)
        found[i] = (struct product_whole){.tags = "",
                                          .pictures = "",
                                          .details = {.model = "",
                                                      .origin = "",
                                                      .tax_code = "",
                                                      .unit = "",
                                                      .seo_title = "",
                                                      .seo_description = "",
                                                      .specs = value_list(ctx->arena)}};
    if (count == 0)
        return NULL;
    TRY(product_load_many(ctx, product_ids, count, found));
    TRY(read_details(ctx, product_ids, count, found));
    TRY(read_lists(ctx, product_ids, count, found));
    return read_attributes(ctx, product_ids, count, found);
}
