/* backoffice_product_view.c - a product as its editor shows it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_plan_view.h"
#include "shop/backoffice/backoffice_product_form.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_digital_view.h"
#include "shop/backoffice/backoffice_fetch_view.h"
#include "shop/customer/customer.h"
#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"
#include <inttypes.h>

static err add_codes(struct ctx *ctx, struct value *view, int64_t variant_id)
{
    struct code_deck deck;
    TRY(code_deck_load(ctx, variant_id, &deck));
    struct value *codes = value_set_object(ctx->arena, view, "codes");
    value_set_text(ctx->arena, codes, "mode", deck_mode_names[deck.mode]);
    value_set_int(ctx->arena, codes, "loaded", deck.loaded);
    value_set_int(ctx->arena, codes, "dealt", deck.dealt);
    value_set_int(ctx->arena, codes, "left", deck.loaded - deck.dealt);
    return NULL;
}

static err add_variant(struct ctx *ctx, struct value *list, const struct variant *variant,
                       const struct stock *stock)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    value_set_id(arena, view, "id", variant->id);
    value_set_text(arena, view, "sku", variant->sku);
    value_set_text(arena, view, "title", variant->title);
    value_set(arena, view, "options", *variant->options);
    value_set_money(arena, view, "price", money_of(variant->price, ctx->shop->currency));
    value_set_int(arena, view, "on_hand", stock->on_hand);
    value_set_int(arena, view, "reserved", stock->reserved);
    value_set_int(arena, view, "available", stock_available(stock));
    value_set_int(arena, view, "weight", variant->weight);
    value_set_text(arena, view, "barcode", variant->barcode);
    value_set_text(arena, view, "external_id", variant->external_id);
    value_set_int(arena, view, "volume", variant->volume);
    if (variant->cost == COST_UNKNOWN)
        value_set(arena, view, "cost", value_null());
    else
        value_set_money(arena, view, "cost", money_of(variant->cost, ctx->shop->currency));
    value_set_bool(arena, view, "is_active", variant->is_active);
    if (variant->kind == PRODUCT_DIGITAL)
        return add_codes(ctx, view, variant->id);
    value_set(arena, view, "codes", value_null());
    return NULL;
}

/* How many wait for each of them (到货通知). */
static err add_waiting(struct ctx *ctx, struct value *list, int64_t product_id,
                       const struct variant *variants, size_t count)
{
    struct customer_wait_count *waits;
    size_t wait_count;
    TRY(customer_wait_of_product(ctx, product_id, &waits, &wait_count));
    for (size_t i = 0; i < count; i++)
        value_set_int(ctx->arena, &list->list->items[i], "waiting",
                      customer_wait_among(waits, wait_count, variants[i].id));
    return NULL;
}

/* Only a page of them is read and shown when there is one. */
static void cut_page(struct ctx *ctx, struct value *view, int64_t page, struct variant **variants,
                     size_t *count)
{
    size_t pages = (*count + VARIANT_PAGE - 1) / VARIANT_PAGE;
    value_set_int(ctx->arena, view, "variant_total", (int64_t)*count);
    if (page == 0)
        return;
    size_t number = page > (int64_t)pages ? (pages > 0 ? pages : 1) : (size_t)page;
    size_t first = (number - 1) * VARIANT_PAGE, left = *count - first;
    struct value *shown = value_set_object(ctx->arena, view, "variant_page");
    value_set_int(ctx->arena, shown, "number", (int64_t)number);
    value_set_int(ctx->arena, shown, "pages", (int64_t)pages);
    value_set_int(ctx->arena, shown, "first", (int64_t)first + 1);
    *variants += first;
    *count = left < VARIANT_PAGE ? left : VARIANT_PAGE;
    value_set_int(ctx->arena, shown, "last", (int64_t)(first + *count));
}

static err add_variants(struct ctx *ctx, struct value *view, const struct product *product,
                        struct variant *variants, size_t count, int64_t page)
{
    cut_page(ctx, view, page, &variants, &count);
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    for (size_t i = 0; i < count; i++)
        ids[i] = variants[i].id;
    TRY(stock_load_many(ctx, ids, count, stocks));
    struct value *list = value_set_list(ctx->arena, view, "variants");
    for (size_t i = 0; i < count; i++)
        TRY(add_variant(ctx, list, &variants[i], &stocks[i]));
    TRY(add_waiting(ctx, list, product->id, variants, count));
    return variant_terms_views(ctx, list, product->id, variants, count);
}

static err add_pictures(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct product_picture *pictures;
    size_t count;
    TRY(product_picture_list(ctx, product->id, &pictures, &count));
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < count; i++) {
        struct value *holder = value_object(ctx->arena);
        picture_set_view(ctx, holder, "picture", pictures[i].picture_id, pictures[i].alt);
        picture_set_focus(ctx, holder, "picture", pictures[i].focus_x, pictures[i].focus_y);
        struct value *picture = value_add(ctx->arena, list, *value_find(holder, "picture"));
        value_set_int(ctx->arena, picture, "position", pictures[i].position);
    }
    TRY(picture_addresses_view(ctx, view, product->id));
    return video_set_view(ctx, view, "video", product->video_id);
}

static void add_words(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct arena *arena = ctx->arena;
    value_set_id(arena, view, "id", product->id);
    value_set_text(arena, view, "handle", product->handle);
    value_set_text(arena, view, "title", product->title);
    value_set_text(arena, view, "subtitle", product->subtitle);
    value_set_text(arena, view, "description", product->description);
    value_set_text(arena, view, "brand", product->brand);
    value_set_text(arena, view, "kind", product_kind_name(product->kind));
    value_set_text(arena, view, "status", product_status_name(product->status));
    value_set_id(arena, view, "category_id", product->category_id);
    value_set_int(arena, view, "version", product->version);
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", product->handle));
    value_set(arena, view, "options", *product->options);
}

static err add_categories(struct ctx *ctx, struct value *view)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *list = value_set_list(ctx->arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", categories[i].id);
        value_set_text(ctx->arena, row, "handle", categories[i].handle);
        value_set_text(ctx->arena, row, "name", categories[i].name);
        value_set_text(ctx->arena, row, "path", category_path(ctx, categories, count, categories[i].id));
    }
    return NULL;
}

static err add_sales(struct ctx *ctx, struct value *view, int64_t product_id, const struct variant *variants,
                     size_t count)
{
    struct sales_record record;
    struct arena *arena = ctx->arena;
    int64_t *ids = arena_alloc_many(arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = variants[i].id;
    TRY(sales_record_load(ctx, product_id, ids, count, &record));
    struct value *sales = value_set_object(arena, view, "sales");
    value_set_int(arena, sales, "sold", record.sold);
    value_set_money(arena, sales, "revenue", money_of(record.revenue, ctx->shop->currency));
    value_set_int(arena, sales, "month_sold", record.month_sold);
    value_set_money(arena, sales, "month_revenue", money_of(record.month_revenue, ctx->shop->currency));
    value_set_int(arena, sales, "refunds", record.refunds);
    value_set_time(arena, sales, "last_at", record.last_at);
    value_set_bool(arena, sales, "is_part", record.is_part);
    return NULL;
}

static err add_reviews(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct review_figures figures;
    TRY(review_figures_many(ctx, &product_id, 1, &figures));
    struct value *reviews = review_figures_view(ctx, view, "reviews", &figures);
    value_set_text(ctx->arena, reviews, "url",
                   arena_format(ctx->arena, "/admin/reviews?product=%" PRId64, product_id));
    return NULL;
}

err product_edit_view(struct ctx *ctx, const struct product *product, int64_t page, struct value **view)
{
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "product");
    if (product) {
        add_words(ctx, tree, product);
        TRY(add_pictures(ctx, tree, product));
        struct variant *variants;
        size_t count;
        TRY(variant_list(ctx, product->id, &variants, &count));
        TRY(add_sales(ctx, tree, product->id, variants, count));
        TRY(add_variants(ctx, tree, product, variants, count, page));
        TRY(add_reviews(ctx, tree, product->id));
        TRY(price_plan_open_view(ctx, tree, product->id, variants, count));
        TRY(product_gate_view(ctx, tree, product->id, product->category_id));
        TRY(product_details_view(ctx, tree, product));
    }
    TRY(attribute_views(ctx, *view));
    return add_categories(ctx, *view);
}
