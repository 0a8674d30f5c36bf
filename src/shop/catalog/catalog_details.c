/* catalog_details.c - details of a product. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

#define TAX_CODE_LENGTH 19
#define SHELF_LIFE_LIMIT 36500
#define SPECS_JSON_LIMIT 65536

err product_exempt_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_exempt)
{
    struct db_value values[DB_IDS_VALUES];
    for (size_t start = 0, bound; start < count; start += bound) {
        struct db_rows *rows;
        bound = db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id FROM product_details WHERE shop_id = $1 AND product_id"
                            " IN " DB_IDS " AND return_rule > 1",
                            values, DB_IDS_VALUES));
        while (db_next(rows))
            for (size_t i = 0; i < count; i++)
                is_exempt[i] = is_exempt[i] || product_ids[i] == db_get_int(rows, 0);
    }
    return NULL;
}

err product_details_load(struct ctx *ctx, int64_t product_id, struct product_details *details)
{
    struct db_rows *rows;
    struct value *specs;
    TRY(db_query(ctx, &rows,
                 "SELECT model, origin, tax_code, unit, shelf_life_days, seo_title, seo_description, specs,"
                 " return_rule, return_days, exchange_days, warranty_months, fake_multiple, base_unit,"
                 " base_count"
                 " FROM product_details WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    if (!db_next(rows)) {
        *details = (struct product_details){.model = "",
                                            .origin = "",
                                            .tax_code = "",
                                            .unit = "",
                                            .base_unit = "",
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
                                        .base_unit = db_get_text(rows, 13),
                                        .base_count = db_get_int(rows, 14),
                                        .shelf_life_days = db_get_int(rows, 4),
                                        .seo_title = db_get_text(rows, 5),
                                        .seo_description = db_get_text(rows, 6),
                                        .specs = specs,
                                        .after_sale = {.return_rule = (enum return_rule)db_get_int(rows, 8),
                                                       .return_days = db_get_int(rows, 9),
                                                       .exchange_days = db_get_int(rows, 10),
                                                       .warranty_months = db_get_int(rows, 11),
                                                       .fake_multiple = db_get_int(rows, 12)}};
    return NULL;
}

#define DETAILS_INSERT                                                                                       \
    "INSERT INTO product_details (shop_id, product_id, model, origin, tax_code, unit, shelf_life_days,"      \
    " seo_title, seo_description, specs, return_rule, return_days, exchange_days, warranty_months,"          \
    " fake_multiple, base_unit, base_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"      \
    " $13, $14, $15, $16, $17)"

err product_details_write(struct ctx *ctx, int64_t product_id, const struct product_details *details,
                          bool is_new)
{
    static const char replacing[] = DETAILS_INSERT
        " ON CONFLICT (shop_id, product_id) DO UPDATE SET model = excluded.model, origin = excluded.origin,"
        " tax_code = excluded.tax_code, unit = excluded.unit, shelf_life_days = excluded.shelf_life_days,"
        " seo_title = excluded.seo_title, seo_description = excluded.seo_description, specs = excluded.specs,"
        " return_rule = excluded.return_rule, return_days = excluded.return_days,"
        " exchange_days = excluded.exchange_days, warranty_months = excluded.warranty_months,"
        " fake_multiple = excluded.fake_multiple, base_unit = excluded.base_unit,"
        " base_count = excluded.base_count";
    static const char inserting[] = DETAILS_INSERT;
    const char *specs;
    const struct after_sale *promise = &details->after_sale;
    TRY(json_text(ctx, details->specs, SPECS_JSON_LIMIT, &specs));
    return db_execute(ctx, is_new ? inserting : replacing, db_int(ctx->shop->id), db_int(product_id),
                      db_text(details->model), db_text(details->origin), db_text(details->tax_code),
                      db_text(details->unit), db_int(details->shelf_life_days), db_text(details->seo_title),
                      db_text(details->seo_description), db_text(specs), db_int(promise->return_rule),
                      db_int(promise->return_days), db_int(promise->exchange_days),
                      db_int(promise->warranty_months), db_int(promise->fake_multiple),
                      db_text(details->base_unit ? details->base_unit : ""), db_int(details->base_count));
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

/* "1 箱 = 12 瓶" is said whole or not at all. */
static err check_base(struct ctx *ctx, const struct product_details *details)
{
    bool has_unit = details->base_unit && !text_is_blank(details->base_unit);
    if (details->base_count == 0 && !has_unit)
        return NULL;
    if (details->base_count < 2 || details->base_count > BASE_COUNT_LIMIT)
        return fail_field(ctx, "base_count", "base-count", "2 to 1000000 pieces, or nothing");
    if (!has_unit)
        return fail_field(ctx, "base_unit", "base-unit-required", "say what is in one: 瓶");
    return text_is_blank(details->unit)
               ? fail_field(ctx, "unit", "base-needs-unit", "say what one piece is called: 箱")
               : NULL;
}

err product_details_check(struct ctx *ctx, const struct product_details *details)
{
    size_t length = strlen(details->tax_code);
    if (length > 0 && (length != TAX_CODE_LENGTH || strspn(details->tax_code, "0123456789") != length))
        return fail_field(ctx, "tax_code", "bad-tax-code", "a tax code has 19 digits");
    if (details->shelf_life_days < 0 || details->shelf_life_days > SHELF_LIFE_LIMIT)
        return fail_field(ctx, "shelf_life_days", "out-of-range", "0 to 36500 days");
    TRY(check_base(ctx, details));
    TRY(product_after_sale_check(ctx, &details->after_sale));
    return check_specs(ctx, details->specs);
}
