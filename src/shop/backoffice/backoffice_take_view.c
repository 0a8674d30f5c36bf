/* backoffice_take_view.c - takes, their lines, and what is counted next. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_take_view.h"

#include "base/text.h"
#include "shop/staff/staff.h"

struct value *take_view(struct ctx *ctx, const struct stock_take *take,
                        const struct stock_location *locations, size_t count)
{
    struct value *view = value_object(ctx->arena);
    value_set_id(ctx->arena, view, "id", take->id);
    value_set_text(ctx->arena, view, "name", take->name);
    value_set_text(ctx->arena, view, "status", take_status_names[take->status]);
    value_set_time(ctx->arena, view, "changed_at", take->changed_at);
    value_set_int(ctx->arena, view, "counted", take->lines);
    value_set_int(ctx->arena, view, "differing", take->differing);
    value_set_int(ctx->arena, view, "booked", take->booked);
    value_set_int(ctx->arena, view, "stuck", take->stuck);
    value_set_int(ctx->arena, view, "more", take->more);
    value_set_int(ctx->arena, view, "fewer", take->fewer);
    value_set_money(ctx->arena, view, "worth_more", money_of(take->worth_more, ctx->shop->currency));
    value_set_money(ctx->arena, view, "worth_fewer", money_of(-take->worth_fewer, ctx->shop->currency));
    value_set_money(ctx->arena, view, "worth",
                    money_of(take->worth_more - take->worth_fewer, ctx->shop->currency));
    value_set_int(ctx->arena, view, "worthless", take->worthless);
    for (size_t i = 0; i < count; i++)
        if (locations[i].id == take->location_id)
            value_set_text(ctx->arena, view, "location", count > 1 ? locations[i].name : "");
    return view;
}

err take_category_view(struct ctx *ctx, struct value *view, const struct stock_take *take)
{
    struct category *categories;
    size_t count;
    const char *path = "";
    TRY(category_list(ctx, &categories, &count));
    if (take->category_id)
        path = category_path(ctx, categories, count, take->category_id);
    value_set_text(ctx->arena, view, "category", path);
    return NULL;
}

err take_categories_view(struct ctx *ctx, struct value *view)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *list = value_set_list(ctx->arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", categories[i].id);
        value_set_text(ctx->arena, row, "path", category_path(ctx, categories, count, categories[i].id));
    }
    return NULL;
}

static void set_worth(struct ctx *ctx, struct value *row, const struct take_line *line)
{
    int64_t worth;
    if (take_line_worth(line, &worth))
        value_set_money(ctx->arena, row, "worth", money_of(worth, ctx->shop->currency));
    else
        value_set(ctx->arena, row, "worth", value_null());
}

static void add_line(struct ctx *ctx, struct value *list, const struct take_line *line,
                     const struct variant *variant, const char *who)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "variant_id", line->variant_id);
    value_set_id(ctx->arena, row, "product_id", line->product_id);
    value_set_text(ctx->arena, row, "product_title", variant->product_title);
    value_set_text(ctx->arena, row, "title", variant->title);
    value_set_text(ctx->arena, row, "sku", variant->sku);
    value_set_int(ctx->arena, row, "counted", line->counted);
    value_set_int(ctx->arena, row, "book", line->book);
    value_set_int(ctx->arena, row, "difference", line->counted - line->book);
    set_worth(ctx, row, line);
    value_set_text(ctx->arena, row, "state", take_line_state_names[line->state]);
    value_set_bool(ctx->arena, row, "was_counted", line->counted_at > 0);
    value_set_time(ctx->arena, row, "counted_at", line->counted_at);
    value_set_text(ctx->arena, row, "by", who);
}

/* Codes are not counted by hand, and what was removed since has no name any more. */
err take_lines_view(struct ctx *ctx, struct value *view, const struct take_line *lines, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    int64_t *people = arena_alloc_many(ctx->arena, count + 1, sizeof *people);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    for (size_t i = 0; i < count; i++) {
        ids[i] = lines[i].variant_id;
        people[i] = lines[i].counted_by;
    }
    TRY(variant_load_many(ctx, ids, count, variants));
    TRY(staff_name_many(ctx, people, count, names));
    struct value *list = value_set_list(ctx->arena, view, "lines");
    for (size_t i = 0; i < count; i++)
        if (variants[i] && variants[i]->kind != PRODUCT_DIGITAL)
            add_line(ctx, list, &lines[i], variants[i], names[i]);
    return NULL;
}

/* ---- what is counted next ---- */

static err find_variant(struct ctx *ctx, const char *find, int64_t *variant_id)
{
    const struct product *product;
    struct variant *variants;
    size_t count;
    *variant_id = 0;
    TRY(product_find_by_barcode(ctx, find, &product));
    if (!product)
        TRY(product_find_by_sku(ctx, find, &product));
    if (!product)
        return NULL;
    TRY(variant_list(ctx, product->id, &variants, &count));
    for (size_t i = 0; i < count && !*variant_id; i++)
        if (text_is(variants[i].barcode, find) || text_is(variants[i].sku, find))
            *variant_id = variants[i].id;
    return NULL;
}

static err fill_subject(struct ctx *ctx, struct value *view, const struct stock_take *take,
                        const struct variant *variant)
{
    struct take_line *line;
    bool holds = true;
    TRY(stock_take_find_line(ctx, take->id, variant->id, &line));
    if (take->category_id)
        TRY(category_holds(ctx, take->category_id, variant->product_id, &holds));
    struct value *tree = value_set_object(ctx->arena, view, "subject");
    value_set_id(ctx->arena, tree, "variant_id", variant->id);
    value_set_text(ctx->arena, tree, "product_title", variant->product_title);
    value_set_text(ctx->arena, tree, "title", variant->title);
    value_set_text(ctx->arena, tree, "sku", variant->sku);
    value_set_bool(ctx->arena, tree, "is_digital", variant->kind == PRODUCT_DIGITAL);
    value_set_bool(ctx->arena, tree, "is_elsewhere", !holds);
    value_set(ctx->arena, tree, "counted", line ? value_int(line->counted) : value_null());
    return NULL;
}

err take_subject_view(struct ctx *ctx, struct value *view, const struct stock_take *take, const char *find,
                      int64_t variant_id)
{
    const struct variant *variant = NULL;
    const char *word = text_trim(ctx->arena, find ? find : "");
    value_set(ctx->arena, view, "subject", value_null());
    if (word[0])
        TRY(find_variant(ctx, word, &variant_id));
    value_set_bool(ctx->arena, view, "is_unknown", word[0] && !variant_id);
    if (variant_id)
        TRY(variant_load_many(ctx, &variant_id, 1, &variant));
    return variant ? fill_subject(ctx, view, take, variant) : NULL;
}
