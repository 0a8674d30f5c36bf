/* catalog_state.c - many products with everything that people edit, in a handful of questions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"
#include <stdlib.h>

/* Products of one question. */
#define MANY 32
/* Variants that one question may answer with; products with more are asked for alone. */
#define VARIANTS_AT_ONCE 4000

#define ID_LIST                                                                                              \
    "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23," \
    " $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"

/* A question about up to MANY products: padded with the last. */
struct many {
    struct db_value values[MANY + 1];
    struct product_state *wholes;
    size_t count;
};

static err read_json(struct ctx *ctx, const char *json, const struct value **list)
{
    struct value *read;
    if (text_is(json, "[]")) {
        *list = value_list(ctx->arena);
        return NULL;
    }
    TRY(json_read(ctx, json, strlen(json), &read));
    *list = read;
    return NULL;
}

/* Answers come in the order of product ids, and so do the products: `at` only moves on. */
static struct product_state *whole_at(const struct many *many, size_t *at, int64_t product_id)
{
    for (size_t i = 0; i < many->count; i++) {
        size_t place = (*at + i) % many->count;
        if (many->wholes[place].product_id == product_id) {
            *at = place;
            return &many->wholes[place];
        }
    }
    return NULL;
}

static err read_product(struct ctx *ctx, struct db_rows *rows, struct product_state *whole)
{
    struct product *product = arena_alloc(ctx->arena, sizeof *product);
    *product = (struct product){.id = db_get_int(rows, 0),
                                .handle = db_get_text(rows, 1),
                                .title = db_get_text(rows, 2),
                                .subtitle = db_get_text(rows, 3),
                                .description = db_get_text(rows, 4),
                                .brand = db_get_text(rows, 5),
                                .kind = (enum product_kind)db_get_int(rows, 6),
                                .status = (enum product_status)db_get_int(rows, 7),
                                .category_id = db_get_int(rows, 8),
                                .variant_count = db_get_int(rows, 10),
                                .version = db_get_int(rows, 11),
                                .created_at = db_get_int(rows, 12),
                                .updated_at = db_get_int(rows, 13)};
    whole->product = product;
    whole->has_history = db_get_int(rows, 14) == 1;
    whole->details =
        (struct product_details){.model = db_is_null(rows, 15) ? "" : db_get_text(rows, 15),
                                 .origin = db_is_null(rows, 16) ? "" : db_get_text(rows, 16),
                                 .tax_code = db_is_null(rows, 17) ? "" : db_get_text(rows, 17),
                                 .unit = db_is_null(rows, 18) ? "" : db_get_text(rows, 18),
                                 .shelf_life_days = db_get_int(rows, 19),
                                 .seo_title = db_is_null(rows, 20) ? "" : db_get_text(rows, 20),
                                 .seo_description = db_is_null(rows, 21) ? "" : db_get_text(rows, 21)};
    TRY(read_json(ctx, db_get_text(rows, 9), &product->options));
    return read_json(ctx, db_is_null(rows, 22) ? "[]" : db_get_text(rows, 22), &whole->details.specs);
}

static err read_products(struct ctx *ctx, const struct many *many)
{
    struct db_rows *rows;
    size_t at = 0;
    TRY(db_query_values(
        ctx, &rows,
        "SELECT p.id, p.handle, p.title, p.subtitle, p.description, p.brand, p.kind, p.status, p.category_id,"
        " p.options, p.variant_count, p.version, p.created_at, p.updated_at,"
        " CAST(CASE WHEN EXISTS (SELECT 1 FROM product_versions v WHERE v.shop_id = p.shop_id AND "
        "v.product_id ="
        " p.id AND v.is_whole = 1) THEN 1 ELSE 0 END AS BIGINT),"
        " d.model, d.origin, d.tax_code, d.unit, d.shelf_life_days, d.seo_title, d.seo_description, d.specs"
        " FROM products p LEFT JOIN product_details d ON d.shop_id = p.shop_id AND d.product_id = p.id"
        " WHERE p.shop_id = $1 AND p.id IN " ID_LIST " ORDER BY p.id",
        many->values, MANY + 1));
    while (db_next(rows)) {
        struct product_state *whole = whole_at(many, &at, db_get_int(rows, 0));
        if (whole)
            TRY(read_product(ctx, rows, whole));
    }
    return NULL;
}

/* Appends to a list whose room grows by doubling: the count says how much room there is. */
static void *room_for(struct ctx *ctx, void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    return arena_grow(ctx->arena, items, count * size, (count ? 2 * count : 1) * size);
}

static err read_tags(struct ctx *ctx, const struct many *many)
{
    struct db_rows *rows;
    size_t at = 0;
    TRY(db_query_values(ctx, &rows,
                        "SELECT p.product_id, t.name FROM product_tags p"
                        " JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                        " WHERE p.shop_id = $1 AND p.product_id IN " ID_LIST " ORDER BY p.product_id, t.name",
                        many->values, MANY + 1));
    while (db_next(rows)) {
        struct product_state *whole = whole_at(many, &at, db_get_int(rows, 0));
        if (!whole)
            continue;
        whole->tags = room_for(ctx, whole->tags, whole->tag_count, sizeof *whole->tags);
        whole->tags[whole->tag_count++] = db_get_text(rows, 1);
    }
    return NULL;
}

static err read_attributes(struct ctx *ctx, const struct many *many)
{
    struct db_rows *rows;
    size_t at = 0;
    TRY(db_query_values(ctx, &rows,
                        "SELECT product_id, attribute_id, value FROM product_attributes"
                        " WHERE shop_id = $1 AND product_id IN " ID_LIST
                        " ORDER BY product_id, attribute_id, value",
                        many->values, MANY + 1));
    while (db_next(rows)) {
        struct product_state *whole = whole_at(many, &at, db_get_int(rows, 0));
        if (!whole)
            continue;
        whole->attributes =
            room_for(ctx, whole->attributes, whole->attribute_count, sizeof *whole->attributes);
        whole->attributes[whole->attribute_count++] =
            (struct attribute_value){db_get_int(rows, 1), db_get_text(rows, 2)};
    }
    return NULL;
}

static err read_variant(struct ctx *ctx, struct db_rows *rows, struct product_state *whole)
{
    whole->variants = room_for(ctx, whole->variants, whole->variant_count, sizeof *whole->variants);
    struct variant *variant = &whole->variants[whole->variant_count++];
    *variant = (struct variant){.id = db_get_int(rows, 1),
                                .product_id = db_get_int(rows, 0),
                                .position = db_get_int(rows, 2),
                                .sku = db_get_text(rows, 3),
                                .title = db_get_text(rows, 4),
                                .price = db_get_int(rows, 6),
                                .weight = db_get_int(rows, 7),
                                .picture_id = db_get_text(rows, 8),
                                .is_active = db_get_int(rows, 9) == 1,
                                .barcode = db_get_text(rows, 10),
                                .cost = db_is_null(rows, 11) ? COST_UNKNOWN : db_get_int(rows, 11),
                                .volume = db_get_int(rows, 12)};
    return read_json(ctx, db_get_text(rows, 5), &variant->options);
}

static err read_variants(struct ctx *ctx, const struct many *many)
{
    struct db_rows *rows;
    size_t at = 0;
    TRY(db_query_values(ctx, &rows,
                        "SELECT product_id, id, position, sku, title, options, price, weight, picture_id,"
                        " is_active, barcode, cost, volume FROM variants"
                        " WHERE shop_id = $1 AND product_id IN " ID_LIST " ORDER BY product_id, position",
                        many->values, MANY + 1));
    while (db_next(rows)) {
        struct product_state *whole = whole_at(many, &at, db_get_int(rows, 0));
        if (whole)
            TRY(read_variant(ctx, rows, whole));
    }
    return NULL;
}

static void bind(const struct ctx *ctx, struct many *many, struct product_state *wholes, size_t count)
{
    many->wholes = wholes;
    many->count = count;
    many->values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < MANY; i++)
        many->values[i + 1] = db_int(wholes[i < count ? i : count - 1].product_id);
}

static err read_parts(struct ctx *ctx, const struct many *many)
{
    struct many one;
    int64_t variants = 0;
    TRY(read_tags(ctx, many));
    TRY(read_attributes(ctx, many));
    for (size_t i = 0; i < many->count; i++)
        variants += many->wholes[i].product ? many->wholes[i].product->variant_count : 0;
    if (variants <= VARIANTS_AT_ONCE)
        return read_variants(ctx, many);
    for (size_t i = 0; i < many->count; i++) {
        bind(ctx, &one, &many->wholes[i], 1);
        TRY(read_variants(ctx, &one));
    }
    return NULL;
}

err product_state_load_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                            struct product_state *wholes)
{
    struct many many;
    for (size_t i = 0; i < count; i++)
        wholes[i] = (struct product_state){.product_id = product_ids[i]};
    for (size_t start = 0; start < count; start += MANY) {
        bind(ctx, &many, wholes + start, count - start < MANY ? count - start : MANY);
        TRY(read_products(ctx, &many));
        TRY(read_parts(ctx, &many));
    }
    return NULL;
}

/* ---- by what people know them by ---- */

static const char *const key_questions[] = {
    [PRODUCT_BY_SKU] = "SELECT sku, product_id FROM variants WHERE shop_id = $1 AND sku IN " ID_LIST,
    [PRODUCT_BY_BARCODE] = "SELECT barcode, product_id FROM variants WHERE shop_id = $1 AND barcode <> '' "
                           "AND barcode IN " ID_LIST,
    [PRODUCT_BY_HANDLE] = "SELECT handle, id FROM products WHERE shop_id = $1 AND handle IN " ID_LIST,
};

err product_find_many(struct ctx *ctx, enum product_key key, const char *const *keys, size_t count,
                      int64_t *product_ids)
{
    memset(product_ids, 0, count * sizeof *product_ids);
    for (size_t start = 0; start < count; start += MANY) {
        struct db_value values[MANY + 1] = {db_int(ctx->shop->id)};
        struct db_rows *rows;
        size_t chunk = count - start < MANY ? count - start : MANY;
        for (size_t i = 0; i < MANY; i++)
            values[i + 1] = db_text(keys[start + (i < chunk ? i : chunk - 1)]);
        TRY(db_query_values(ctx, &rows, key_questions[key], values, MANY + 1));
        while (db_next(rows))
            for (size_t i = start; i < start + chunk; i++)
                if (text_is(keys[i], db_get_text(rows, 0)))
                    product_ids[i] = db_get_int(rows, 1);
    }
    return NULL;
}

/* ---- after a save ---- */

static const char *either(const char *text)
{
    return text ? text : "";
}

static const struct value *options_after(struct ctx *ctx, const struct product_draft *draft)
{
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < draft->option_count; i++) {
        struct value *option = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, option, "name", draft->options[i].name);
        struct value *values = value_set_list(ctx->arena, option, "values");
        for (size_t j = 0; j < draft->options[i].value_count; j++)
            value_add(ctx->arena, values, value_text(draft->options[i].values[j]));
    }
    return list;
}

static const struct variant *variant_of(const struct product_state *whole, int64_t variant_id)
{
    for (size_t i = 0; whole && i < whole->variant_count; i++)
        if (whole->variants[i].id == variant_id)
            return &whole->variants[i];
    return NULL;
}

static struct variant variant_after(struct ctx *ctx, const struct product_draft *draft,
                                    const struct variant_draft *variant, const struct variant *before)
{
    struct value *choice = value_list(ctx->arena);
    for (size_t i = 0; i < draft->option_count; i++)
        value_add(ctx->arena, choice, value_text(variant->options[i]));
    const struct variant_trade *trade = variant->trade;
    return (struct variant){.id = variant->id,
                            .sku = variant->sku,
                            .title = variant_draft_title(ctx, draft, variant),
                            .options = choice,
                            .price = variant->price,
                            .weight = variant->weight,
                            .is_active = variant->is_active,
                            .barcode = trade    ? trade->barcode
                                       : before ? before->barcode
                                                : "",
                            .cost = trade    ? trade->cost
                                    : before ? before->cost
                                             : COST_UNKNOWN,
                            .volume = trade    ? trade->volume
                                      : before ? before->volume
                                               : 0};
}

static bool is_drafted(const struct product_draft *draft, int64_t variant_id)
{
    for (size_t i = 0; i < draft->variant_count; i++)
        if (draft->variants[i].id == variant_id)
            return true;
    return false;
}

/* Those of the draft in its order, and behind them those it leaves out, which are off. */
static void variants_after(struct ctx *ctx, const struct product_draft *draft,
                           const struct product_state *before, struct product_state *after)
{
    size_t most = draft->variant_count + (before ? before->variant_count : 0);
    after->variants = arena_alloc_many(ctx->arena, most + 1, sizeof *after->variants);
    for (size_t i = 0; i < draft->variant_count; i++)
        after->variants[after->variant_count++] =
            variant_after(ctx, draft, &draft->variants[i], variant_of(before, draft->variants[i].id));
    for (size_t i = 0; before && i < before->variant_count; i++) {
        if (is_drafted(draft, before->variants[i].id))
            continue;
        after->variants[after->variant_count] = before->variants[i];
        after->variants[after->variant_count++].is_active = false;
    }
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int by_attribute(const void *left, const void *right)
{
    const struct attribute_value *a = left, *b = right;
    if (a->attribute_id != b->attribute_id)
        return a->attribute_id < b->attribute_id ? -1 : 1;
    return strcmp(a->value, b->value);
}

static void parts_after(struct ctx *ctx, const struct product_draft *draft,
                        const struct product_state *before, struct product_state *after)
{
    after->details = draft->details ? *draft->details
                     : before       ? before->details
                              : (struct product_details){"", "", "", "", 0, "", "", value_list(ctx->arena)};
    after->tag_count = draft->tags ? draft->tag_count : before ? before->tag_count : 0;
    after->tags = arena_alloc_many(ctx->arena, after->tag_count + 1, sizeof *after->tags);
    for (size_t i = 0; i < after->tag_count; i++)
        after->tags[i] = draft->tags ? draft->tags[i] : before->tags[i];
    qsort(after->tags, after->tag_count, sizeof *after->tags, by_text);
    after->attribute_count = draft->attributes ? draft->attribute_count
                             : before          ? before->attribute_count
                                               : 0;
    after->attributes = arena_alloc_many(ctx->arena, after->attribute_count + 1, sizeof *after->attributes);
    for (size_t i = 0; i < after->attribute_count; i++)
        after->attributes[i] = draft->attributes ? draft->attributes[i] : before->attributes[i];
    qsort(after->attributes, after->attribute_count, sizeof *after->attributes, by_attribute);
}

void product_state_after(struct ctx *ctx, const struct product_draft *draft,
                         const struct product_state *before, struct product_state *after)
{
    struct product *product = arena_alloc(ctx->arena, sizeof *product);
    *product = (struct product){.id = draft->id,
                                .handle = draft->handle,
                                .title = draft->title,
                                .subtitle = either(draft->subtitle),
                                .description = either(draft->description),
                                .brand = either(draft->brand),
                                .kind = draft->kind,
                                .status = draft->status,
                                .category_id = draft->category_id,
                                .options = options_after(ctx, draft)};
    *after = (struct product_state){.product_id = draft->id, .product = product};
    parts_after(ctx, draft, before, after);
    variants_after(ctx, draft, before, after);
}
