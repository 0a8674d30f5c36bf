/* catalog_state.c - many products with everything that people edit, before a save and after it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"
#include <stdlib.h>

/* Products of one question, so that their variants are no more than an answer may have rows. */
#define PART 8

static err read_history(struct ctx *ctx, const int64_t *ids, struct product_state *states, size_t count)
{
    struct db_rows *rows;
    TRY(catalog_query_many(ctx, &rows,
                           "SELECT p.id FROM products p WHERE p.shop_id = $1 AND p.id IN " WHOLE_IDS
                           " AND EXISTS (SELECT 1 FROM product_versions v WHERE v.shop_id = p.shop_id"
                           " AND v.product_id = p.id AND v.is_whole = 1)",
                           ids, count));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            states[i].has_history = states[i].has_history || ids[i] == db_get_int(rows, 0);
    return NULL;
}

static err read_tags(struct ctx *ctx, const int64_t *ids, struct product_state *states, size_t count)
{
    struct db_rows *rows;
    TRY(catalog_query_many(ctx, &rows,
                           "SELECT p.product_id, t.name FROM product_tags p"
                           " JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                           " WHERE p.shop_id = $1 AND p.product_id IN " WHOLE_IDS
                           " ORDER BY p.product_id, t.name",
                           ids, count));
    const char **names = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *names);
    for (; db_next(rows); names++) {
        *names = db_get_text(rows, 1);
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0) && states[i].tag_count++ == 0)
                states[i].tags = names;
    }
    return NULL;
}

static const struct buying_terms no_buying = {.min_quantity = 1, .tiers = "", .questions = ""};

/* Each variant comes with what it knows of its product. */
static struct buying_terms buying_of(const struct product_whole *whole)
{
    const struct variant *variant = whole->variants;
    if (whole->variant_count == 0)
        return no_buying;
    return (struct buying_terms){.min_quantity = variant->min_quantity,
                                 .max_quantity = variant->max_quantity,
                                 .person_quantity = variant->person_quantity,
                                 .person_days = variant->person_days,
                                 .tiers = variant->common_tiers,
                                 .questions = variant->questions};
}

static err read_part(struct ctx *ctx, const int64_t *ids, struct product_state *states, size_t count)
{
    struct product_whole *wholes = arena_alloc_many(ctx->arena, count, sizeof *wholes);
    TRY(product_load_whole_many(ctx, ids, count, wholes));
    for (size_t i = 0; i < count; i++)
        states[i] = (struct product_state){.product_id = ids[i],
                                           .product = wholes[i].product.id ? &wholes[i].product : NULL,
                                           .details = wholes[i].details,
                                           .attributes = wholes[i].attributes,
                                           .attribute_count = wholes[i].attribute_count,
                                           .variants = wholes[i].variants,
                                           .variant_count = wholes[i].variant_count,
                                           .schedule = wholes[i].schedule,
                                           .buying = buying_of(&wholes[i])};
    TRY(read_tags(ctx, ids, states, count));
    return read_history(ctx, ids, states, count);
}

err product_state_load_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                            struct product_state *states)
{
    for (size_t start = 0; start < count; start += PART)
        TRY(read_part(ctx, product_ids + start, states + start, count - start < PART ? count - start : PART));
    return NULL;
}

/* ---- by what people know them by ---- */

static const char *const key_questions[] = {
    [PRODUCT_BY_SKU] = "SELECT sku, product_id FROM variants WHERE shop_id = $1 AND sku IN " DB_IDS,
    [PRODUCT_BY_BARCODE] = "SELECT barcode, product_id FROM variants WHERE shop_id = $1 AND barcode <> '' "
                           "AND barcode IN " DB_IDS,
    [PRODUCT_BY_EXTERNAL_ID] = "SELECT external_id, product_id FROM variants WHERE shop_id = $1"
                               " AND external_id <> '' AND external_id IN " DB_IDS,
    [PRODUCT_BY_HANDLE] = "SELECT handle, id FROM products WHERE shop_id = $1 AND handle IN " DB_IDS,
};

static err ask_keys(struct ctx *ctx, enum product_key key, const char *const *keys, size_t count,
                    struct db_rows **rows)
{
    struct db_value values[DB_IDS_VALUES] = {db_int(ctx->shop->id)};
    for (size_t i = 0; i < DB_IDS_LIMIT; i++)
        values[i + 1] = db_text(keys[i < count ? i : count - 1]);
    return db_ask_values(ctx, rows, key_questions[key], values, DB_IDS_VALUES);
}

err product_find_many(struct ctx *ctx, enum product_key key, const char *const *keys, size_t count,
                      int64_t *product_ids)
{
    struct db_rows **rows = arena_alloc_many(ctx->arena, count / DB_IDS_LIMIT + 1, sizeof *rows);
    memset(product_ids, 0, count * sizeof *product_ids);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(ask_keys(ctx, key, keys + start, count - start, &rows[start / DB_IDS_LIMIT]));
    if (count > 0)
        TRY(db_answer(ctx));
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        while (db_next(rows[start / DB_IDS_LIMIT]))
            for (size_t i = start; i < count && i < start + DB_IDS_LIMIT; i++)
                if (text_is(keys[i], db_get_text(rows[start / DB_IDS_LIMIT], 0)))
                    product_ids[i] = db_get_int(rows[start / DB_IDS_LIMIT], 1);
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
    return (struct variant){
        .id = variant->id,
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
        .terms = variant->terms ? *variant->terms
                 : before       ? before->terms
                                : (struct variant_terms){.compare_kind = COMPARE_OWN, .compare_note = ""},
        .volume = trade    ? trade->volume
                  : before ? before->volume
                           : 0,
        .external_id = trade && trade->external_id ? trade->external_id
                       : before                    ? before->external_id
                                                   : "",
        .own_tiers = variant->tiers ? variant->tiers
                     : before       ? before->own_tiers
                                    : ""};
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
                                    : (struct product_details){.model = "",
                                                               .origin = "",
                                                               .tax_code = "",
                                                               .unit = "",
                                                               .base_unit = "",
                                                               .seo_title = "",
                                                               .seo_description = "",
                                                               .specs = value_list(ctx->arena)};
    after->schedule = draft->schedule ? *draft->schedule
                      : before        ? before->schedule
                                      : (struct product_schedule){0, 0};
    after->buying = draft->buying ? *draft->buying : before ? before->buying : no_buying;
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
