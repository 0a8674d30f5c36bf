/* backoffice_price_routes.c - how the prices of a product went. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_view.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include <inttypes.h>

static const char *const ranges[] = {"7", "30", "90", "365", NULL};
static const int64_t range_days[] = {7, 30, 90, 365};
#define RANGE_USUAL 1

struct price_form {
    int64_t product_id;
    int64_t variant_id;
    int days; /* index in ranges */
};

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
