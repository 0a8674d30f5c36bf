/* catalog_details.c - details and tags of a product. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

#define TAX_CODE_LENGTH 19
#define SHELF_LIFE_LIMIT 36500
#define SPECS_JSON_LIMIT 65536
#define TAG_LENGTH_LIMIT 40

err product_details_load(struct ctx *ctx, int64_t product_id, struct product_details *details)
{
    struct db_rows *rows;
    struct value *specs;
    TRY(db_query(ctx, &rows,
                 "SELECT model, origin, tax_code, unit, shelf_life_days, seo_title, seo_description, specs"
                 " FROM product_details WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    if (!db_next(rows)) {
        *details = (struct product_details){.model = "",
                                            .origin = "",
                                            .tax_code = "",
                                            .unit = "",
                                            .seo_title = "",
                                            .seo_description = "",
                                            .specs = value_list(ctx->arena)};
        return NULL;
    }
    const char *json = db_get_text(rows, 7);
    TRY(json_read(ctx, json, strlen(json), &specs));
    *details = (struct product_details){.model = db_get_text(rows, 0),
                                        .origin = db_get_text(rows, 1),
                                        .tax_code = db_get_text(rows, 2),
                                        .unit = db_get_text(rows, 3),
                                        .shelf_life_days = db_get_int(rows, 4),
                                        .seo_title = db_get_text(rows, 5),
                                        .seo_description = db_get_text(rows, 6),
                                        .specs = specs};
    return NULL;
}

err product_details_write(struct ctx *ctx, int64_t product_id, const struct product_details *details)
{
    const char *specs;
    TRY(json_text(ctx, details->specs, SPECS_JSON_LIMIT, &specs));
    return db_execute(
        ctx,
        "INSERT INTO product_details (shop_id, product_id, model, origin, tax_code, unit, shelf_life_days,"
        " seo_title, seo_description, specs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (shop_id, product_id) DO UPDATE SET model = excluded.model, origin = excluded.origin,"
        " tax_code = excluded.tax_code, unit = excluded.unit, shelf_life_days = excluded.shelf_life_days,"
        " seo_title = excluded.seo_title, seo_description = excluded.seo_description, specs = excluded.specs",
        db_int(ctx->shop->id), db_int(product_id), db_text(details->model), db_text(details->origin),
        db_text(details->tax_code), db_text(details->unit), db_int(details->shelf_life_days),
        db_text(details->seo_title), db_text(details->seo_description), db_text(specs));
}

static err check_specs(struct ctx *ctx, const struct value *specs)
{
    if (value_count(specs) > PRODUCT_SPEC_LIMIT)
        return fail_field(ctx, "specs", "too-many", "at most 60 lines");
    for (size_t i = 0; i < value_count(specs); i++) {
        const struct value *spec = value_at(specs, i);
        if (text_is_blank(value_find_text(spec, "name")) || text_is_blank(value_find_text(spec, "value")))
            return fail_field(ctx, arena_format(ctx->arena, "specs.%zu.name", i), "required",
                              "a line has a name and a value");
    }
    return NULL;
}

err product_details_check(struct ctx *ctx, const struct product_details *details)
{
    size_t length = strlen(details->tax_code);
    if (length > 0 && (length != TAX_CODE_LENGTH || strspn(details->tax_code, "0123456789") != length))
        return fail_field(ctx, "tax_code", "bad-tax-code", "a tax code has 19 digits");
    if (details->shelf_life_days < 0 || details->shelf_life_days > SHELF_LIFE_LIMIT)
        return fail_field(ctx, "shelf_life_days", "out-of-range", "0 to 36500 days");
    return check_specs(ctx, details->specs);
}

/* ---- tags ---- */

err product_tag_list(struct ctx *ctx, int64_t product_id, const char ***tags, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT t.name FROM product_tags p JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                 " WHERE p.shop_id = $1 AND p.product_id = $2 ORDER BY t.name",
                 db_int(ctx->shop->id), db_int(product_id)));
    *tags = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **tags);
    *count = 0;
    while (db_next(rows))
        (*tags)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

err product_tags_check(struct ctx *ctx, const char *const *tags, size_t count, const char ***kept,
                       size_t *kept_count)
{
    *kept = arena_alloc_many(ctx->arena, count + 1, sizeof **kept);
    *kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *tag = text_trim(ctx->arena, tags[i]);
        bool is_new = tag[0] != 0;
        for (size_t j = 0; j < *kept_count; j++)
            is_new = is_new && !text_is((*kept)[j], tag);
        if (!is_new)
            continue;
        if (utf8_length(tag, strlen(tag)) > TAG_LENGTH_LIMIT)
            return fail_field(ctx, "tags", "too-long", "a tag has at most 40 characters");
        (*kept)[(*kept_count)++] = tag;
    }
    return *kept_count > PRODUCT_TAG_LIMIT ? fail_field(ctx, "tags", "too-many", "at most 250 tags") : NULL;
}

static err write_tag(struct ctx *ctx, int64_t product_id, const char *tag)
{
    TRY(db_execute(ctx,
                   "INSERT INTO tags (shop_id, id, name, created_at) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT (shop_id, name) DO NOTHING",
                   db_int(ctx->shop->id), db_int(id_new(ctx)), db_text(tag), db_int(ctx->now)));
    return db_execute(ctx,
                      "INSERT INTO product_tags (shop_id, product_id, tag_id)"
                      " SELECT t.shop_id, $2, t.id FROM tags t WHERE t.shop_id = $1 AND t.name = $3",
                      db_int(ctx->shop->id), db_int(product_id), db_text(tag));
}

err product_tags_write(struct ctx *ctx, int64_t product_id, const char *const *tags, size_t count)
{
    TRY(db_execute(ctx, "DELETE FROM product_tags WHERE shop_id = $1 AND product_id = $2",
                   db_int(ctx->shop->id), db_int(product_id)));
    for (size_t i = 0; i < count; i++)
        TRY(write_tag(ctx, product_id, tags[i]));
    return NULL;
}
