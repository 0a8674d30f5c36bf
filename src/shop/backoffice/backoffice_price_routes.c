/* backoffice_price_routes.c - how the prices of a product went. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_view.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include <inttypes.h>

static const char *const ranges[] = {"7", "30", "90", "365", NULL};
static const int64_t range_days[] = {7, 30, 90, 365};
#define RANGE_USUAL 1

struct price_form {
    int64_t product_id;
    int64_t variant_id;
    int days; /* index in ranges */
    int sort;
    int64_t cursor;
};

#define ROWS 30
static const char *const sorts[] = {"newest", "oldest", NULL};

static const struct field price_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct price_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "variant",
     .kind = FIELD_ID,
     .offset = offsetof(struct price_form, variant_id),
     .help = "One of its variants; without it the first"},
    {.name = "days",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct price_form, days),
     .choices = ranges,
     .otherwise = RANGE_USUAL,
     .help = "How far back"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct price_form, sort),
     .choices = sorts,
     .help = "The list of changes: newest or oldest first"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct price_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

static const char *page_url(struct ctx *ctx, int64_t product_id, int64_t variant_id, int days)
{
    return arena_format(ctx->arena, "/admin/products/%" PRId64 "/prices?variant=%" PRId64 "&days=%s",
                        product_id, variant_id, ranges[days]);
}

static void add_ranges(struct ctx *ctx, struct value *view, const struct variant *chosen, int days)
{
    struct value *list = value_set_list(ctx->arena, view, "ranges");
    for (int i = 0; ranges[i]; i++) {
        struct value *range = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, range, "days", range_days[i]);
        value_set_text(ctx->arena, range, "url", page_url(ctx, chosen->product_id, chosen->id, i));
        value_set_bool(ctx->arena, range, "is_chosen", i == days);
    }
}

static err add_variants(struct ctx *ctx, struct value *view, const struct variant *variants, size_t count,
                        const struct variant *chosen, int days)
{
    struct value *list = value_set_list(ctx->arena, view, "variants");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", variants[i].id);
        value_set_text(ctx->arena, row, "sku", variants[i].sku);
        value_set_text(ctx->arena, row, "title", variants[i].title);
        value_set_money(ctx->arena, row, "price", money_of(variants[i].price, ctx->shop->currency));
        value_set_text(ctx->arena, row, "url", page_url(ctx, chosen->product_id, variants[i].id, days));
        value_set_bool(ctx->arena, row, "is_chosen", variants[i].id == chosen->id);
    }
    TRY(variant_terms_views(ctx, list, chosen->product_id, variants, count));
    for (size_t i = 0; i < count; i++)
        if (variants[i].id == chosen->id)
            value_set(ctx->arena, view, "selected", *value_at(list, i));
    return NULL;
}

/* The changes as a list of the back office. */
static err add_changes(struct ctx *ctx, struct value *view, const struct price_form *form,
                       const struct variant *chosen, bool is_only)
{
    struct list_place place = {
        .list = &price_list_pages,
        .path = arena_format(ctx->arena, "/admin/products/%" PRId64 "/prices", chosen->product_id),
        .sort = sorts[form->sort],
        .cursor = form->cursor ? "later" : ""};
    struct price_change *changes;
    size_t count;
    place.values[PRICES_VARIANT] =
        form->variant_id && !is_only ? arena_format(ctx->arena, "%" PRId64, chosen->id) : "";
    place.labels[PRICES_VARIANT] = chosen->title[0] ? chosen->title : chosen->sku;
    place.values[PRICES_DAYS] = form->days != RANGE_USUAL ? ranges[form->days] : "";
    list_settle(&place);
    struct price_change_query query = {.product_id = chosen->product_id,
                                       .variant_id = chosen->id,
                                       .since = ctx->now - range_days[form->days] * DAY_MS,
                                       .is_up = text_is(place.sort, "oldest"),
                                       .behind_version = form->cursor,
                                       .limit = ROWS + 1};
    TRY(price_change_page(ctx, &query, &changes, &count));
    bool has_more = count > ROWS;
    TRY(price_changes_view(ctx, view, changes, has_more ? ROWS : count));
    return list_view(ctx, &place,
                     has_more ? arena_format(ctx->arena, "%" PRId64, changes[ROWS - 1].version) : NULL, view);
}

static err show(struct req *req)
{
    const struct price_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct product *product;
    struct variant *variants;
    size_t count, chosen = 0;
    TRY(product_load(ctx, form->product_id, &product));
    TRY(variant_list(ctx, product->id, &variants, &count));
    while (form->variant_id && chosen < count && variants[chosen].id != form->variant_id)
        chosen++;
    if (chosen >= count)
        return fail_with(ctx, ERR_NOT_FOUND, "no such variant");
    struct value *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, view, "product");
    value_set_id(ctx->arena, tree, "id", product->id);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_int(ctx->arena, view, "days", range_days[form->days]);
    TRY(add_variants(ctx, view, variants, count, &variants[chosen], form->days));
    add_ranges(ctx, view, &variants[chosen], form->days);
    TRY(price_chart_view(ctx, view, &variants[chosen], range_days[form->days]));
    TRY(add_changes(ctx, view, form, &variants[chosen], count == 1));
    return reply_view(req, "admin/product_prices", view);
}

const struct route backoffice_price_routes[] = {
    {.method = GET,
     .path = "/admin/products/:id/prices",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = price_fields,
     .form_size = sizeof(struct price_form),
     .summary =
         "What a variant cost from when on, its lowest deal of each day, and what it may be compared with",
     .answer = "changes"},
    {0},
};
