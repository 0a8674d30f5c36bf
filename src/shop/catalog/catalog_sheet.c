/* catalog_sheet.c - a product whole, as one tree: for its history, to compare two states, and to restore one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_parts.h"

#include "base/clock.h"
#include "base/text.h"

/* What a change shows of a long text. */
#define SHOWN_LIMIT 200
#define JOINED_LIMIT 65536

/* ---- from the tables ---- */

void product_buying_sheet(struct arena *arena, struct value *sheet, const struct buying_terms *terms)
{
    value_set_int(arena, sheet, "min_quantity", terms->min_quantity);
    value_set_int(arena, sheet, "max_quantity", terms->max_quantity);
    value_set_int(arena, sheet, "person_quantity", terms->person_quantity);
    value_set_int(arena, sheet, "person_days", terms->person_days);
    value_set_text(arena, sheet, "price_tiers", terms->tiers);
    value_set_text(arena, sheet, "questions", terms->questions);
}

void product_schedule_sheet(struct arena *arena, struct value *sheet, const struct product_schedule *schedule)
{
    value_set_int(arena, sheet, "publish_at", schedule->publish_at);
    value_set_int(arena, sheet, "unpublish_at", schedule->unpublish_at);
}

static void add_words(struct ctx *ctx, struct value *sheet, const struct product *product)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, sheet, "title", product->title);
    value_set_text(arena, sheet, "subtitle", product->subtitle);
    value_set_text(arena, sheet, "description", product->description);
    value_set_text(arena, sheet, "brand", product->brand);
    value_set_text(arena, sheet, "handle", product->handle);
    value_set_int(arena, sheet, "kind", product->kind);
    value_set_int(arena, sheet, "status", product->status);
    value_set_int(arena, sheet, "category_id", product->category_id);
}

void product_details_sheet(struct ctx *ctx, struct value *sheet, const struct product_details *details)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, sheet, "model", details->model);
    value_set_text(arena, sheet, "origin", details->origin);
    value_set_text(arena, sheet, "tax_code", details->tax_code);
    value_set_text(arena, sheet, "unit", details->unit);
    value_set_text(arena, sheet, "base_unit", details->base_unit ? details->base_unit : "");
    value_set_int(arena, sheet, "base_count", details->base_count);
    value_set_int(arena, sheet, "shelf_life_days", details->shelf_life_days);
    value_set_text(arena, sheet, "seo_title", details->seo_title);
    value_set_text(arena, sheet, "seo_description", details->seo_description);
    value_set(arena, sheet, "specs", *details->specs);
    product_after_sale_sheet(ctx, sheet, &details->after_sale);
}

static const char *name_of(const struct attribute *attributes, size_t count, int64_t attribute_id)
{
    for (size_t i = 0; i < count; i++)
        if (attributes[i].id == attribute_id)
            return attributes[i].name;
    return "";
}

static void add_attributes(struct ctx *ctx, struct value *sheet, const struct product_state *whole,
                           const struct attribute *attributes, size_t count)
{
    struct value *list = value_set_list(ctx->arena, sheet, "attributes");
    for (size_t i = 0; i < whole->attribute_count; i++) {
        const struct attribute_value *value = &whole->attributes[i];
        struct value *answer = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, answer, "id", value->attribute_id);
        value_set_text(ctx->arena, answer, "name", name_of(attributes, count, value->attribute_id));
        value_set_text(ctx->arena, answer, "value", value->value);
    }
}

void variant_terms_sheet(struct arena *arena, struct value *row, const struct variant_terms *terms)
{
    value_set_int(arena, row, "compare_price", terms->compare_price);
    value_set_int(arena, row, "compare_kind", terms->compare_kind);
    value_set_text(arena, row, "compare_note", terms->compare_note);
    value_set_int(arena, row, "content_amount", terms->content_amount);
    value_set_text(arena, row, "content_unit", content_unit_names[terms->content_unit]);
    value_set_text(arena, row, "content_base", content_base_names[terms->content_base]);
}

static void add_variants(struct ctx *ctx, struct value *sheet, const struct product_state *whole)
{
    struct arena *arena = ctx->arena;
    struct value *list = value_set_list(arena, sheet, "variants");
    for (size_t i = 0; i < whole->variant_count; i++) {
        const struct variant *variant = &whole->variants[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_int(arena, row, "id", variant->id);
        value_set_text(arena, row, "title", variant->title);
        value_set(arena, row, "options", *variant->options);
        value_set_text(arena, row, "sku", variant->sku);
        value_set_int(arena, row, "price", variant->price);
        value_set_int(arena, row, "cost", variant->cost);
        value_set_text(arena, row, "barcode", variant->barcode);
        value_set_int(arena, row, "weight", variant->weight);
        value_set_int(arena, row, "volume", variant->volume);
        value_set_text(arena, row, "external_id", variant->external_id);
        value_set_text(arena, row, "price_tiers", variant->own_tiers);
        variant_terms_sheet(arena, row, &variant->terms);
        value_set_bool(arena, row, "is_active", variant->is_active);
    }
}

struct value *product_sheet_of(struct ctx *ctx, const struct product_state *whole,
                               const struct attribute *attributes, size_t count)
{
    struct value *sheet = value_object(ctx->arena);
    add_words(ctx, sheet, whole->product);
    product_details_sheet(ctx, sheet, &whole->details);
    struct value *tags = value_set_list(ctx->arena, sheet, "tags");
    for (size_t i = 0; i < whole->tag_count; i++)
        value_add(ctx->arena, tags, value_text(whole->tags[i]));
    add_attributes(ctx, sheet, whole, attributes, count);
    value_set(ctx->arena, sheet, "options", *whole->product->options);
    product_buying_sheet(ctx->arena, sheet, &whole->buying);
    product_schedule_sheet(ctx->arena, sheet, &whole->schedule);
    add_variants(ctx, sheet, whole);
    return sheet;
}

err product_sheet_load(struct ctx *ctx, const struct product *product, struct value **sheet)
{
    struct product_state whole;
    struct attribute *attributes = NULL;
    size_t count = 0;
    TRY(product_state_load_many(ctx, &product->id, 1, &whole));
    if (!whole.product)
        return fail_with(ctx, ERR_NOT_FOUND, "no such product");
    if (whole.attribute_count > 0)
        TRY(attribute_list(ctx, &attributes, &count));
    *sheet = product_sheet_of(ctx, &whole, attributes, count);
    return NULL;
}

/* ---- to a draft ---- */

static const char **texts_of(struct ctx *ctx, const struct value *list)
{
    const char **texts = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof *texts);
    for (size_t i = 0; i < value_count(list); i++)
        texts[i] = value_at(list, i)->text;
    return texts;
}

static const struct product_details *details_of(struct ctx *ctx, const struct value *sheet)
{
    const char *base_unit = value_find_text(sheet, "base_unit");
    struct product_details *details = arena_alloc(ctx->arena, sizeof *details);
    *details = (struct product_details){.model = value_find_text(sheet, "model"),
                                        .origin = value_find_text(sheet, "origin"),
                                        .tax_code = value_find_text(sheet, "tax_code"),
                                        .unit = value_find_text(sheet, "unit"),
                                        .base_unit = base_unit ? base_unit : "",
                                        .base_count = value_find_int(sheet, "base_count", 0),
                                        .shelf_life_days = value_find_int(sheet, "shelf_life_days", 0),
                                        .seo_title = value_find_text(sheet, "seo_title"),
                                        .seo_description = value_find_text(sheet, "seo_description"),
                                        .specs = value_find(sheet, "specs")};
    /* Sheets from before there were promises have none of these. */
    details->after_sale =
        (struct after_sale){.return_rule = (enum return_rule)value_find_int(sheet, "return_rule", 0),
                            .return_days = value_find_int(sheet, "return_days", 0),
                            .exchange_days = value_find_int(sheet, "exchange_days", 0),
                            .warranty_months = value_find_int(sheet, "warranty_months", 0),
                            .fake_multiple = value_find_int(sheet, "fake_multiple", 0)};
    return details;
}

/* Sheets say nothing of what was not in them at their time: it stays as it is. */
static const struct buying_terms *buying_of(struct ctx *ctx, const struct value *sheet)
{
    if (!value_find(sheet, "min_quantity"))
        return NULL;
    struct buying_terms *terms = arena_alloc(ctx->arena, sizeof *terms);
    *terms = (struct buying_terms){.min_quantity = value_find_int(sheet, "min_quantity", 1),
                                   .max_quantity = value_find_int(sheet, "max_quantity", 0),
                                   .person_quantity = value_find_int(sheet, "person_quantity", 0),
                                   .person_days = value_find_int(sheet, "person_days", 0),
                                   .tiers = value_find_text(sheet, "price_tiers"),
                                   .questions = value_find_text(sheet, "questions")};
    return terms;
}

static const struct product_schedule *schedule_of(struct ctx *ctx, const struct value *sheet)
{
    if (!value_find(sheet, "publish_at"))
        return NULL;
    struct product_schedule *schedule = arena_alloc(ctx->arena, sizeof *schedule);
    *schedule = (struct product_schedule){value_find_int(sheet, "publish_at", 0),
                                          value_find_int(sheet, "unpublish_at", 0)};
    return schedule;
}

static void draft_attributes(struct ctx *ctx, const struct value *list, struct product_draft *draft)
{
    struct attribute_value *values = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof *values);
    for (size_t i = 0; i < value_count(list); i++)
        values[i] = (struct attribute_value){value_find_int(value_at(list, i), "id", 0),
                                             value_find_text(value_at(list, i), "value")};
    draft->attributes = values;
    draft->attribute_count = value_count(list);
}

static void draft_options(struct ctx *ctx, const struct value *list, struct product_draft *draft)
{
    struct option_draft *options = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof *options);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *values = value_find(value_at(list, i), "values");
        options[i] = (struct option_draft){.name = value_find_text(value_at(list, i), "name"),
                                           .values = texts_of(ctx, values),
                                           .value_count = value_count(values)};
    }
    draft->options = options;
    draft->option_count = value_count(list);
}

/* A variant that no longer fitted the options of then was off at that time already: it stays out. */
static bool fits(const struct value *choice, const struct product_draft *draft)
{
    bool is_fit = value_count(choice) == draft->option_count;
    for (size_t i = 0; is_fit && i < draft->option_count; i++)
        is_fit = option_draft_has(&draft->options[i], value_at(choice, i)->text);
    return is_fit;
}

static int name_index(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (text_is(names[i], name))
            return i;
    return 0;
}

/* A sheet of the time before there were any says nothing of them. */
static const struct variant_terms *terms_of(struct ctx *ctx, const struct value *row)
{
    if (!value_find(row, "compare_price"))
        return NULL;
    struct variant_terms *terms = arena_alloc(ctx->arena, sizeof *terms);
    *terms = (struct variant_terms){
        .compare_price = value_find_int(row, "compare_price", 0),
        .compare_kind = (enum compare_kind)value_find_int(row, "compare_kind", COMPARE_OWN),
        .compare_note = value_find_text(row, "compare_note"),
        .content_amount = value_find_int(row, "content_amount", 0),
        .content_unit =
            (enum content_unit)name_index(content_unit_names, value_find_text(row, "content_unit")),
        .content_base =
            (enum content_base)name_index(content_base_names, value_find_text(row, "content_base"))};
    return terms;
}

static void draft_variants(struct ctx *ctx, const struct value *list, struct product_draft *draft)
{
    size_t count = value_count(list);
    struct variant_trade *trades = arena_alloc_many(ctx->arena, count + 1, sizeof *trades);
    draft->variants = arena_alloc_many(ctx->arena, count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < count; i++) {
        const struct value *row = value_at(list, i);
        trades[i] = (struct variant_trade){.barcode = value_find_text(row, "barcode"),
                                           .cost = value_find_int(row, "cost", COST_UNKNOWN),
                                           .volume = value_find_int(row, "volume", 0),
                                           .external_id = value_find_text(row, "external_id")};
        if (!fits(value_find(row, "options"), draft))
            continue;
        draft->variants[draft->variant_count++] =
            (struct variant_draft){.id = value_find_int(row, "id", 0),
                                   .sku = value_find_text(row, "sku"),
                                   .options = texts_of(ctx, value_find(row, "options")),
                                   .price = value_find_int(row, "price", 0),
                                   .weight = value_find_int(row, "weight", 0),
                                   .is_active = value_find(row, "is_active")->boolean,
                                   .trade = &trades[i],
                                   .terms = terms_of(ctx, row),
                                   .tiers = value_find_text(row, "price_tiers")};
    }
}

err product_sheet_draft(struct ctx *ctx, const struct value *sheet, struct product_draft *draft)
{
    *draft = (struct product_draft){.handle = value_find_text(sheet, "handle"),
                                    .title = value_find_text(sheet, "title"),
                                    .subtitle = value_find_text(sheet, "subtitle"),
                                    .description = value_find_text(sheet, "description"),
                                    .brand = value_find_text(sheet, "brand"),
                                    .kind = (enum product_kind)value_find_int(sheet, "kind", 0),
                                    .status = (enum product_status)value_find_int(sheet, "status", 0),
                                    .category_id = value_find_int(sheet, "category_id", 0),
                                    .details = details_of(ctx, sheet),
                                    .tags = texts_of(ctx, value_find(sheet, "tags")),
                                    .tag_count = value_count(value_find(sheet, "tags"))};
    draft->buying = buying_of(ctx, sheet);
    draft->schedule = schedule_of(ctx, sheet);
    draft_attributes(ctx, value_find(sheet, "attributes"), draft);
    draft_options(ctx, value_find(sheet, "options"), draft);
    draft_variants(ctx, value_find(sheet, "variants"), draft);
    return draft->title && draft->handle ? NULL : fail_with(ctx, ERR_INTERNAL, "a sheet without a title");
}

/* ---- comparing ---- */

static void add_leaf(struct leaves *leaves, const char *field, const char *of, int64_t of_id,
                     const char *text)
{
    if (leaves->count == leaves->capacity) {
        size_t capacity = leaves->capacity * 2 + 64;
        leaves->items = arena_grow(leaves->ctx->arena, leaves->items, leaves->capacity * sizeof(struct leaf),
                                   capacity * sizeof(struct leaf));
        leaves->capacity = capacity;
    }
    leaves->items[leaves->count] =
        (struct leaf){.key = arena_format(leaves->ctx->arena, "%s/%lld", field, (long long)of_id),
                      .field = field,
                      .of = of,
                      .of_id = of_id,
                      .text = text ? text : "",
                      .place = leaves->count};
    leaves->count++;
}

static const char *scalar_text(struct ctx *ctx, const struct value *value)
{
    if (!value || value->kind == VALUE_NULL)
        return "";
    if (value->kind == VALUE_TEXT)
        return value->text;
    if (value->kind == VALUE_BOOL)
        return value->boolean ? "1" : "0";
    return arena_format(ctx->arena, "%lld", (long long)value->integer);
}

static const char *number_text(struct ctx *ctx, int64_t number)
{
    return number == 0 ? "" : arena_format(ctx->arena, "%lld", (long long)number);
}

static const char *joined_text(struct ctx *ctx, const struct value *list, const char *name, const char *other)
{
    struct text_buf text;
    text_open(&text, ctx->arena, JOINED_LIMIT);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_at(list, i);
        text_add(&text, i > 0 ? "; " : "");
        text_add(&text, name ? value_find_text(item, name) : item->text);
        if (other && value_find(item, other)->kind == VALUE_LIST)
            text_add_format(&text, ": %s", joined_text(ctx, value_find(item, other), NULL, NULL));
        else if (other)
            text_add_format(&text, ": %s", value_find_text(item, other));
    }
    return text_of(&text);
}

static const char *money_text(struct ctx *ctx, const struct value *row, const char *name)
{
    int64_t amount = value_find_int(row, name, COST_UNKNOWN);
    return amount < 0 ? "" : money_decimal(ctx->arena, money_of(amount, ctx->shop->currency));
}

static void variant_leaves(struct leaves *leaves, const struct value *row)
{
    static const char *const fields[] = {"sku",       "barcode",      "external_id",  "weight",      "volume",
                                         "is_active", "compare_note", "content_unit", "content_base"};
    const char *of =
        value_find_text(row, "title")[0] ? value_find_text(row, "title") : value_find_text(row, "sku");
    int64_t id = value_find_int(row, "id", 0);
    add_leaf(leaves, "variant", of, id, of);
    add_leaf(leaves, "price", of, id, money_text(leaves->ctx, row, "price"));
    add_leaf(leaves, "cost", of, id, money_text(leaves->ctx, row, "cost"));
    bool is_compared = value_find_int(row, "compare_price", 0) > 0;
    bool is_measured = value_find_int(row, "content_amount", 0) > 0;
    add_leaf(leaves, "compare_price", of, id,
             is_compared ? money_text(leaves->ctx, row, "compare_price") : "");
    add_leaf(leaves, "content_amount", of, id,
             is_measured ? scalar_text(leaves->ctx, value_find(row, "content_amount")) : "");
    add_leaf(leaves, "price_tiers", of, id,
             price_tiers_words(leaves->ctx, value_find_text(row, "price_tiers")));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        add_leaf(leaves, fields[i], of, id, scalar_text(leaves->ctx, value_find(row, fields[i])));
}

/* The values of one attribute stand together in a sheet. */
static void attribute_leaves(struct leaves *leaves, const struct value *list)
{
    struct ctx *ctx = leaves->ctx;
    for (size_t i = 0; i < value_count(list);) {
        const struct value *first = value_at(list, i);
        int64_t id = value_find_int(first, "id", 0);
        struct text_buf text;
        text_open(&text, ctx->arena, JOINED_LIMIT);
        for (; i < value_count(list) && value_find_int(value_at(list, i), "id", 0) == id; i++) {
            text_add(&text, text.len > 0 ? "; " : "");
            text_add(&text, value_find_text(value_at(list, i), "value"));
        }
        add_leaf(leaves, "attribute", value_find_text(first, "name"), id, text_of(&text));
    }
}

static const char *questions_text(struct ctx *ctx, const char *json)
{
    const char *words = "";
    return json && json[0] && !questions_words(ctx, json, false, &words) ? words : "";
}

static const char *time_text(struct ctx *ctx, int64_t at)
{
    return at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%d %H:%M") : "";
}

static void buying_leaves(struct leaves *leaves, const struct value *sheet)
{
    struct ctx *ctx = leaves->ctx;
    static const char *const numbers[] = {"max_quantity", "person_quantity", "person_days"};
    int64_t least = value_find_int(sheet, "min_quantity", 1);
    add_leaf(leaves, "min_quantity", "", 0, number_text(ctx, least > 1 ? least : 0));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_leaf(leaves, numbers[i], "", 0, number_text(ctx, value_find_int(sheet, numbers[i], 0)));
    add_leaf(leaves, "price_tiers", "", 0, price_tiers_words(ctx, value_find_text(sheet, "price_tiers")));
    add_leaf(leaves, "questions", "", 0, questions_text(ctx, value_find_text(sheet, "questions")));
    add_leaf(leaves, "publish_at", "", 0, time_text(ctx, value_find_int(sheet, "publish_at", 0)));
    add_leaf(leaves, "unpublish_at", "", 0, time_text(ctx, value_find_int(sheet, "unpublish_at", 0)));
}

struct leaves product_sheet_leaves(struct ctx *ctx, const struct value *sheet)
{
    static const char *const fields[] = {"title",  "subtitle",        "description", "brand",
                                         "handle", "model",           "origin",      "tax_code",
                                         "unit",   "shelf_life_days", "seo_title",   "seo_description"};
    static const char *const promises[] = {"base_count", "return_days", "exchange_days", "warranty_months",
                                           "fake_multiple"};
    const struct value *base_unit = value_find(sheet, "base_unit");
    struct leaves leaves = {.ctx = ctx};
    add_leaf(&leaves, "status", "", 0,
             product_status_name((enum product_status)value_find_int(sheet, "status", 1)));
    add_leaf(&leaves, "category_id", "", 0, scalar_text(ctx, value_find(sheet, "category_id")));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        add_leaf(&leaves, fields[i], "", 0, scalar_text(ctx, value_find(sheet, fields[i])));
    add_leaf(&leaves, "base_unit", "", 0, base_unit ? scalar_text(ctx, base_unit) : "");
    add_leaf(&leaves, "return_rule", "", 0, return_rule_names[value_find_int(sheet, "return_rule", 0)]);
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        add_leaf(&leaves, promises[i], "", 0, number_text(ctx, value_find_int(sheet, promises[i], 0)));
    add_leaf(&leaves, "specs", "", 0, joined_text(ctx, value_find(sheet, "specs"), "name", "value"));
    add_leaf(&leaves, "tags", "", 0, joined_text(ctx, value_find(sheet, "tags"), NULL, NULL));
    attribute_leaves(&leaves, value_find(sheet, "attributes"));
    add_leaf(&leaves, "options", "", 0, joined_text(ctx, value_find(sheet, "options"), "name", "values"));
    buying_leaves(&leaves, sheet);
    for (size_t i = 0; i < value_count(value_find(sheet, "variants")); i++)
        variant_leaves(&leaves, value_at(value_find(sheet, "variants"), i));
    return leaves;
}

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct leaf *)left)->key, ((const struct leaf *)right)->key);
}

struct change {
    const struct leaf *shown; /* names the field */
    const char *before;
    const char *after;
};

static int by_place(const void *left, const void *right)
{
    const struct change *a = left, *b = right;
    return (a->shown->place > b->shown->place) - (a->shown->place < b->shown->place);
}

/* Goes through both lists, sorted by key, at once. */
static size_t find_changes(const struct leaves *before, const struct leaves *after, struct change *changes)
{
    size_t count = 0, i = 0, j = 0;
    while (i < before->count || j < after->count) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : by_key(&before->items[i], &after->items[j]);
        const struct leaf *old = order <= 0 ? &before->items[i++] : NULL;
        const struct leaf *new = order >= 0 ? &after->items[j++] : NULL;
        const char *was = old ? old->text : "", *is = new ? new->text : "";
        if (!text_is(was, is))
            changes[count++] = (struct change){new ? new : old, was, is};
    }
    return count;
}

static const char *shown(struct ctx *ctx, const char *text)
{
    size_t length = strlen(text), kept = utf8_prefix(text, length, SHOWN_LIMIT);
    return kept == length ? text : arena_format(ctx->arena, "%s…", arena_copy(ctx->arena, text, kept));
}

struct value *product_sheet_changes(struct ctx *ctx, const struct value *before, const struct value *after)
{
    struct value *list = value_list(ctx->arena);
    if (!before)
        return list;
    struct leaves old = product_sheet_leaves(ctx, before), new = product_sheet_leaves(ctx, after);
    struct change *changes = arena_alloc_many(ctx->arena, old.count + new.count + 1, sizeof *changes);
    qsort(old.items, old.count, sizeof *old.items, by_key);
    qsort(new.items, new.count, sizeof *new.items, by_key);
    size_t count = find_changes(&old, &new, changes);
    qsort(changes, count, sizeof *changes, by_place);
    for (size_t i = 0; i < count && i < CHANGE_LIMIT; i++) {
        struct value *change = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, change, "field", changes[i].shown->field);
        value_set_text(ctx->arena, change, "of", changes[i].shown->of);
        value_set_text(ctx->arena, change, "before", shown(ctx, changes[i].before));
        value_set_text(ctx->arena, change, "after", shown(ctx, changes[i].after));
    }
    return list;
}
