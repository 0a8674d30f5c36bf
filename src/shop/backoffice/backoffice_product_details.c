/* backoffice_product_details.c - details, tags and attributes in the product editor: from its form, and to
 * its view.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_product_form.h"

#include "base/clock.h"
#include "base/text.h"

#define COST_LIMIT INT64_C(9000000000000)

const struct field spec_row_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct spec_row, name),
     .maximum = 40,
     .help = "Name of the fact"},
    {.name = "value",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct spec_row, value),
     .maximum = 200,
     .help = "The fact"},
    {0},
};

const struct field attribute_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct attribute_row, attribute_id),
     .help = "The attribute"},
    {.name = "value",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct attribute_row, value),
     .maximum = 200,
     .help = "A choice, a number, 1 for yes, a date as YYYY-MM-DD, or a text"},
    {0},
};

/* Lines that nobody filled in are left out. */
static const struct value *specs_of(struct ctx *ctx, const struct field_rows *rows)
{
    const struct spec_row *specs = rows->items;
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < rows->count; i++) {
        if (text_is_blank(specs[i].name) && text_is_blank(specs[i].value))
            continue;
        struct value *line = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, line, "name", specs[i].name);
        value_set_text(ctx->arena, line, "value", specs[i].value);
    }
    return list;
}

static void take_attributes(struct ctx *ctx, const struct field_rows *rows, struct product_draft *draft)
{
    const struct attribute_row *answers = rows->items;
    struct attribute_value *values = arena_alloc_many(ctx->arena, rows->count + 1, sizeof *values);
    for (size_t i = 0; i < rows->count; i++)
        if (answers[i].attribute_id != 0 && answers[i].value[0])
            values[draft->attribute_count++] =
                (struct attribute_value){answers[i].attribute_id, answers[i].value};
    draft->attributes = values;
}

/* A local time as browsers write it: 2026-05-01T10:00. Of one that clocks show twice the first is meant. */
static err read_time(struct ctx *ctx, const char *text, const char *field, int64_t *at)
{
    struct zone zone = ctx->shop->zone;
    *at = 0;
    if (text[0] == 0)
        return NULL;
    enum clock_reading reading = clock_parse_local(text, zone, at);
    if (reading == CLOCK_NO_TIME)
        return fail_field(ctx, field, "not-a-time", "give a time such as 2026-05-01T10:00");
    if (reading == CLOCK_SKIPPED)
        return fail_field(
            ctx, field, "clock-skipped",
            arena_format(ctx->arena, "clocks are put forward over this time: there is none between %s and %s",
                         clock_format(ctx->arena, *at - 1, zone, "%H:%M:%S"),
                         clock_format(ctx->arena, *at, zone, "%H:%M")));
    return NULL;
}

static err take_schedule(struct ctx *ctx, const struct detail_form *form, struct product_draft *draft)
{
    struct product_schedule *schedule = arena_alloc(ctx->arena, sizeof *schedule);
    TRY(read_time(ctx, form->publish_at, "publish_at", &schedule->publish_at));
    TRY(read_time(ctx, form->unpublish_at, "unpublish_at", &schedule->unpublish_at));
    draft->schedule = schedule;
    return NULL;
}

err product_form_details(struct ctx *ctx, const struct detail_form *form, struct product_draft *draft)
{
    struct product_details *details = arena_alloc(ctx->arena, sizeof *details);
    *details = (struct product_details){.model = form->model,
                                        .origin = form->origin,
                                        .tax_code = form->tax_code,
                                        .unit = form->unit,
                                        .base_unit = form->base_unit,
                                        .base_count = form->base_count,
                                        .shelf_life_days = form->shelf_life_days,
                                        .seo_title = form->seo_title,
                                        .seo_description = form->seo_description,
                                        .specs = specs_of(ctx, &form->specs),
                                        .after_sale = {.return_rule = (enum return_rule)form->return_rule,
                                                       .return_days = form->return_days,
                                                       .exchange_days = form->exchange_days,
                                                       .warranty_months = form->warranty_months,
                                                       .fake_multiple = form->fake_multiple}};
    draft->details = details;
    const char **tags = arena_alloc_many(ctx->arena, PRODUCT_TAG_LIMIT + 1, sizeof *tags);
    draft->tag_count = form_split_values(ctx, form->tags, tags, PRODUCT_TAG_LIMIT + 1);
    draft->tags = tags;
    take_attributes(ctx, &form->attributes, draft);
    return take_schedule(ctx, form, draft);
}

err product_form_trade(struct ctx *ctx, const struct variant_row *row, size_t index,
                       const struct variant_trade **trade)
{
    struct variant_trade *read = arena_alloc(ctx->arena, sizeof *read);
    *read = (struct variant_trade){.barcode = row->barcode,
                                   .cost = COST_UNKNOWN,
                                   .volume = row->volume,
                                   .external_id = row->external_id};
    *trade = read;
    if (row->cost[0] == 0)
        return NULL;
    money cost;
    if (!money_parse(row->cost, ctx->shop->currency, &cost) || cost.minor < 0 || cost.minor > COST_LIMIT)
        return fail_field(ctx, arena_format(ctx->arena, "variants.%zu.cost", index), "not-money",
                          "an amount such as 59.00");
    read->cost = cost.minor;
    return NULL;
}

/* ---- the view ---- */

static err add_tags(struct ctx *ctx, struct value *view, int64_t product_id)
{
    const char **tags;
    size_t count;
    TRY(product_tag_list(ctx, product_id, &tags, &count));
    struct value *list = value_set_list(ctx->arena, view, "tags");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(tags[i]));
    return NULL;
}

static err add_values(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct attribute_value *values;
    size_t count;
    TRY(product_attribute_list(ctx, product_id, &values, &count));
    struct value *list = value_set_list(ctx->arena, view, "attributes");
    for (size_t i = 0; i < count; i++) {
        struct value *answer = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, answer, "id", values[i].attribute_id);
        value_set_text(ctx->arena, answer, "value", values[i].value);
    }
    return NULL;
}

static void add_time(struct ctx *ctx, struct value *view, const char *name, int64_t at)
{
    const char *local = clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%dT%H:%M");
    int64_t first;
    bool is_twice = at && clock_parse_local(local, ctx->shop->zone, &first) == CLOCK_TWICE;
    value_set_text(ctx->arena, view, name, at ? local : "");
    value_set_text(ctx->arena, view, arena_format(ctx->arena, "%s_twice", name),
                   is_twice ? clock_format(ctx->arena, at, ctx->shop->zone, "UTC%z") : "");
}

static err add_schedule(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct product_schedule schedule;
    TRY(product_schedule_load(ctx, product_id, &schedule));
    add_time(ctx, view, "publish_at", schedule.publish_at);
    add_time(ctx, view, "unpublish_at", schedule.unpublish_at);
    return NULL;
}

err product_details_view(struct ctx *ctx, struct value *view, const struct product *product)
{
    int64_t product_id = product->id;
    struct product_details details;
    struct arena *arena = ctx->arena;
    TRY(product_details_load(ctx, product_id, &details));
    value_set_text(arena, view, "model", details.model);
    value_set_text(arena, view, "origin", details.origin);
    value_set_text(arena, view, "tax_code", details.tax_code);
    value_set_text(arena, view, "unit", details.unit);
    value_set_text(arena, view, "base_unit", details.base_unit);
    value_set_int(arena, view, "base_count", details.base_count);
    value_set_int(arena, view, "shelf_life_days", details.shelf_life_days);
    after_sale_set_view(ctx, view, &details.after_sale);
    value_set_text(arena, view, "seo_title", details.seo_title);
    value_set_text(arena, view, "seo_description", details.seo_description);
    value_set(arena, view, "specs", *details.specs);
    value_set(arena, view, "warnings", *product_lint(ctx, product, &details));
    TRY(add_schedule(ctx, view, product_id));
    TRY(add_tags(ctx, view, product_id));
    return add_values(ctx, view, product_id);
}

err attribute_views(struct ctx *ctx, struct value *view)
{
    static const char *const kinds[] = {"", "text", "number", "choice", "choices", "flag", "date"};
    struct arena *arena = ctx->arena;
    struct attribute *attributes;
    size_t count;
    TRY(attribute_list(ctx, &attributes, &count));
    struct value *list = value_set_list(arena, view, "attributes");
    for (size_t i = 0; i < count; i++) {
        const struct attribute *attribute = &attributes[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", attribute->id);
        value_set_text(arena, row, "name", attribute->name);
        value_set_text(arena, row, "name_en", attribute->name_en);
        value_set_text(arena, row, "label", attribute_name(ctx, attribute));
        value_set_text(arena, row, "kind", kinds[attribute->kind]);
        value_set_text(arena, row, "unit", attribute->unit);
        value_set(arena, row, "choices", *attribute->choices);
        value_set_bool(arena, row, "is_required", attribute->is_required);
        value_set_bool(arena, row, "is_facet", attribute->is_facet);
        value_set_int(arena, row, "position", attribute->position);
        struct value *ids = value_set_list(arena, row, "category_ids");
        for (size_t j = 0; j < attribute->category_count; j++)
            value_add(arena, ids,
                      value_text(arena_format(arena, "%lld", (long long)attribute->category_ids[j])));
        struct value *reach = value_set_list(arena, row, "reach_ids");
        for (size_t j = 0; j < attribute->reach_count; j++)
            value_add(arena, reach,
                      value_text(arena_format(arena, "%lld", (long long)attribute->reach_ids[j])));
    }
    return NULL;
}
