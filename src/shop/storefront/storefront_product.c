/* storefront_product.c - one product: its variants, the choice among its options, its pictures. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include "shop/notify/notify.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"
#include "shop/storefront/storefront_bundle.h"

#define RELATED 4
#define SHOWN_STOCK 99
#define GROUP_PAGE_SECONDS 2

struct page {
    int64_t now;
    const struct product *product;
    struct variant *variants; /* the active ones */
    struct stock *stocks;
    struct struck_price *struck;
    struct product_offers offers;
    struct flash_places flash;
    struct presale_places presales;
    struct group_places groups;
    struct price_board board;
    int64_t *shelf_prices; /* of the variants, before any price list */
    size_t count;
    size_t chosen;
    const char **restocks; /* NULL: nothing is ordered ahead */
};

/* Nothing is there, but it may be ordered. */
static bool is_ahead(const struct stock *stock)
{
    return stock_available(stock) <= 0 && stock_orderable(stock) > 0;
}

static err load_restocks(struct ctx *ctx, struct page *page, const int64_t *ids)
{
    bool is_any = false;
    for (size_t i = 0; i < page->count; i++)
        is_any = is_any || is_ahead(&page->stocks[i]);
    if (!is_any)
        return NULL;
    page->restocks = arena_alloc_many(ctx->arena, page->count + 1, sizeof *page->restocks);
    return restock_load_many(ctx, ids, page->count, page->restocks);
}

static err put_list_prices(struct ctx *ctx, struct page *page)
{
    const struct price_list *by;
    page->shelf_prices = arena_alloc_many(ctx->arena, page->count + 1, sizeof *page->shelf_prices);
    TRY(price_board_load(ctx, false, &page->product->id, 1, &page->board));
    for (size_t i = 0; i < page->count; i++) {
        page->shelf_prices[i] = page->variants[i].price;
        page->variants[i].price = price_on_board(&page->board, page->product->id, page->shelf_prices[i], &by);
    }
    return NULL;
}

static err load_variants(struct ctx *ctx, struct page *page)
{
    struct variant *all;
    size_t total;
    TRY(variant_list(ctx, page->product->id, &all, &total));
    page->variants = arena_alloc_many(ctx->arena, total + 1, sizeof *page->variants);
    for (size_t i = 0; i < total; i++)
        if (all[i].is_active)
            page->variants[page->count++] = all[i];
    int64_t *ids = arena_alloc_many(ctx->arena, page->count + 1, sizeof *ids);
    for (size_t i = 0; i < page->count; i++)
        ids[i] = page->variants[i].id;
    page->stocks = arena_alloc_many(ctx->arena, page->count + 1, sizeof *page->stocks);
    TRY(stock_load_many(ctx, ids, page->count, page->stocks));
    TRY(load_restocks(ctx, page, ids));
    const struct variant **asked = arena_alloc_many(ctx->arena, page->count + 1, sizeof *asked);
    for (size_t i = 0; i < page->count; i++)
        asked[i] = &page->variants[i];
    TRY(put_list_prices(ctx, page));
    page->struck = arena_alloc_many(ctx->arena, page->count + 1, sizeof *page->struck);
    TRY(product_offers_load(ctx, &page->product->id, 1, &page->offers));
    TRY(flash_product_many(ctx, &page->product->id, 1, &page->flash));
    TRY(presale_product_many(ctx, &page->product->id, 1, &page->presales));
    TRY(group_product_places(ctx, page->product->id, &page->groups));
    return struck_prices(ctx, asked, page->count, page->struck);
}

/* The place of a variant in a sale that runs, NULL = none. */
static const struct flash_place *running(const struct page *page, size_t index)
{
    const struct flash_place *place = flash_of_variant(&page->flash, page->variants[index].id);
    return place && flash_is_running(place, page->now) ? place : NULL;
}

/* While a flash sale or a presale runs there are as many as it has. */
static int64_t shown_stock(const struct page *page, size_t index)
{
    int64_t available = stock_orderable(&page->stocks[index]);
    const struct flash_place *flash = running(page, index);
    if (flash && flash_left(flash) < available)
        available = flash_left(flash);
    const struct presale_place *presale = presale_of_variant(&page->presales, page->variants[index].id);
    if (presale && presale_is_running(presale, page->now) && presale_left(presale) < available)
        available = presale_left(presale);
    return available < SHOWN_STOCK ? available : SHOWN_STOCK;
}

/* The variant of that SKU; else the first that can be bought; else the first. */
static size_t choose(const struct page *page, const char *sku)
{
    size_t best = page->count;
    for (size_t i = 0; i < page->count; i++) {
        if (sku[0] && text_is(page->variants[i].sku, sku))
            return i;
        if (best == page->count && stock_orderable(&page->stocks[i]) > 0)
            best = i;
    }
    return best < page->count ? best : 0;
}

static const char *variant_url(struct ctx *ctx, const struct page *page, const struct variant *variant)
{
    if (page->count == 1)
        return arena_format(ctx->arena, "/products/%s", page->product->handle);
    struct text_buf url;
    text_open(&url, ctx->arena, 1024);
    text_add_format(&url, "/products/%s?sku=", page->product->handle);
    text_add_url(&url, variant->sku, strlen(variant->sku));
    return text_of(&url);
}

static void fill_variant(struct ctx *ctx, struct value *view, const struct page *page, size_t index)
{
    struct arena *arena = ctx->arena;
    const struct variant *variant = &page->variants[index];
    value_set_id(arena, view, "id", variant->id);
    value_set_text(arena, view, "sku", variant->sku);
    value_set_text(arena, view, "title", variant->title);
    value_set(arena, view, "options", *variant->options);
    value_set_money(arena, view, "price", money_of(variant->price, ctx->shop->currency));
    price_terms_view(ctx, view, variant, &page->struck[index]);
    price_tiers_view(ctx, view, variant);
    sale_view(ctx, view, &page->offers, variant->price);
    flash_view(ctx, view, flash_of_variant(&page->flash, variant->id), variant->price);
    presale_view(ctx, view, presale_of_variant(&page->presales, variant->id), variant->price);
    group_place_view(ctx, view, group_of_variant(&page->groups, variant->id), page->shelf_prices[index]);
    price_list_view(ctx, view, &page->board, page->product->id, page->shelf_prices[index]);
    value_set_int(arena, view, "available", shown_stock(page, index));
    value_set_bool(arena, view, "is_ahead", is_ahead(&page->stocks[index]));
    value_set_text(arena, view, "restock", page->restocks ? page->restocks[index] : "");
    const struct product *product = page->product;
    bool is_own = variant->picture_id != NULL;
    picture_set_view(ctx, view, "picture", is_own ? variant->picture_id : product->picture_id,
                     is_own || !product->picture_alt[0] ? product->title : product->picture_alt);
    if (!is_own)
        picture_set_focus(ctx, view, "picture", product->picture_focus_x, product->picture_focus_y);
    value_set_text(arena, view, "url", variant_url(ctx, page, variant));
}

static const char *choice(const struct variant *variant, size_t option)
{
    const struct value_list *list = variant->options->list;
    return option < list->count ? list->items[option].text : "";
}

/* The variant that one gets by changing one option of the chosen one: all others equal if there is such a
 * variant, else the first that has the value at all. page->count when none has. */
static size_t variant_with(const struct page *page, size_t option, const char *value, bool *is_exact)
{
    const struct variant *chosen = &page->variants[page->chosen];
    size_t options = chosen->options->list->count, fallback = page->count;
    *is_exact = false;
    for (size_t i = 0; i < page->count; i++) {
        if (!text_is(choice(&page->variants[i], option), value))
            continue;
        fallback = fallback == page->count ? i : fallback;
        bool fits = true;
        for (size_t other = 0; other < options; other++)
            fits = fits &&
                   (other == option || text_is(choice(&page->variants[i], other), choice(chosen, other)));
        if (fits) {
            *is_exact = true;
            return i;
        }
    }
    return fallback;
}

static void add_option_value(struct ctx *ctx, struct value *values, const struct page *page, size_t option,
                             const char *value)
{
    struct arena *arena = ctx->arena;
    bool is_exact;
    size_t target = variant_with(page, option, value, &is_exact);
    struct value *view = value_add(arena, values, *value_object(arena));
    value_set_text(arena, view, "value", value);
    value_set_bool(arena, view, "is_selected", text_is(choice(&page->variants[page->chosen], option), value));
    value_set_bool(arena, view, "exists", is_exact);
    value_set_int(arena, view, "available", target < page->count ? shown_stock(page, target) : 0);
    value_set_text(arena, view, "url",
                   target < page->count ? variant_url(ctx, page, &page->variants[target]) : NULL);
}

static void add_options(struct ctx *ctx, struct value *view, const struct page *page)
{
    struct value *options = value_set_list(ctx->arena, view, "options");
    const struct value_list *list = page->product->options->list;
    for (uint32_t i = 0; i < list->count; i++) {
        struct value *option = value_add(ctx->arena, options, *value_object(ctx->arena));
        value_set_text(ctx->arena, option, "name", value_find_text(&list->items[i], "name"));
        struct value *values = value_set_list(ctx->arena, option, "values");
        const struct value_list *texts = value_find(&list->items[i], "values")->list;
        for (uint32_t j = 0; j < texts->count; j++)
            add_option_value(ctx, values, page, i, texts->items[j].text);
    }
}

static err add_pictures(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct product_picture *pictures;
    size_t count;
    TRY(product_picture_list(ctx, product->id, &pictures, &count));
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < count; i++) {
        struct value holder = *value_object(ctx->arena);
        const char *alt = pictures[i].alt[0] ? pictures[i].alt : product->title;
        picture_set_view(ctx, &holder, "picture", pictures[i].picture_id, alt);
        picture_set_focus(ctx, &holder, "picture", pictures[i].focus_x, pictures[i].focus_y);
        value_add(ctx->arena, list, *value_find(&holder, "picture"));
    }
    return video_set_view(ctx, view, "video", product->video_id);
}

static err add_category(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct category *categories;
    size_t count;
    TRY(category_list_above(ctx, product->category_id, &categories, &count));
    const struct category *category = category_in(categories, count, product->category_id);
    if (!category)
        return fail_with(ctx, ERR_NOT_FOUND, "no such category");
    storefront_crumbs(ctx, view, categories, count, category->id);
    struct value *tree = value_set_object(ctx->arena, view, "category");
    value_set_text(ctx->arena, tree, "handle", category->handle);
    value_set_text(ctx->arena, tree, "name", category_name(ctx, category));
    value_set_text(ctx->arena, tree, "url", arena_format(ctx->arena, "/categories/%s", category->handle));
    return NULL;
}

static void add_variants(struct ctx *ctx, struct value *view, const struct page *page)
{
    int64_t available = 0;
    struct value *variants = value_set_list(ctx->arena, view, "variants");
    for (size_t i = 0; i < page->count; i++) {
        fill_variant(ctx, value_add(ctx->arena, variants, *value_object(ctx->arena)), page, i);
        available += shown_stock(page, i);
    }
    value_set_int(ctx->arena, view, "available", available);
}

static err add_related(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct product_query query = {
        .status = PRODUCT_ACTIVE, .category_id = product->category_id, .limit = RELATED + 1};
    struct product_page page;
    TRY(product_list(ctx, &query, &page));
    struct product *others = arena_alloc_many(ctx->arena, page.count + 1, sizeof *others);
    size_t count = 0;
    for (size_t i = 0; i < page.count && count < RELATED; i++)
        if (page.items[i].id != product->id)
            others[count++] = page.items[i];
    return product_card_views(ctx, value_set_list(ctx->arena, view, "related"), others, count);
}

err product_gone_view(struct ctx *ctx, const struct product *product, struct value *view)
{
    value_set_text(ctx->arena, value_set_object(ctx->arena, view, "product"), "title", product->title);
    return add_related(ctx, view, product);
}

/* Groups of strangers that may be joined, of all variants. */
static err add_groups(struct ctx *ctx, struct value *view, const struct page *page)
{
    struct buy_group *groups;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "groups");
    if (page->groups.count == 0)
        return NULL;
    TRY(buy_group_list_open(ctx, page->product->id, GROUP_SHOWN, &groups, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *buy_group_view(ctx, &groups[i]));
        value_set_text(ctx->arena, row, "variant_title", "");
        for (size_t j = 0; j < page->count; j++)
            if (page->variants[j].id == groups[i].variant_id)
                value_set_text(ctx->arena, row, "variant_title", page->variants[j].title);
    }
    return NULL;
}

/* Its groups fill up while people look. */
static int64_t group_seconds(const struct page *page, int64_t most)
{
    return page->groups.count > 0 && most > GROUP_PAGE_SECONDS ? GROUP_PAGE_SECONDS : most;
}

static void add_words(struct ctx *ctx, struct value *view, const struct product *product,
                      const struct price_board *board)
{
    struct arena *arena = ctx->arena;
    const struct price_list *by;
    int64_t price_min = price_on_board(board, product->id, product->price_min, &by);
    int64_t price_max = price_on_board(board, product->id, product->price_max, &by);
    value_set_id(arena, view, "id", product->id);
    value_set_text(arena, view, "handle", product->handle);
    value_set_text(arena, view, "title", product->title);
    value_set_text(arena, view, "subtitle", product->subtitle);
    value_set_text(arena, view, "description", product->description);
    value_set_text(arena, view, "brand", product->brand);
    value_set_text(arena, view, "kind", product_kind_name(product->kind));
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", product->handle));
    value_set_money(arena, view, "price_min", money_of(price_min, ctx->shop->currency));
    value_set_money(arena, view, "price_max", money_of(price_max, ctx->shop->currency));
}

static const struct attribute *find_attribute(const struct attribute *attributes, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (attributes[i].id == id)
            return &attributes[i];
    return NULL;
}

static const char *answer_text(struct ctx *ctx, const struct attribute *attribute, const char *value)
{
    if (attribute->kind == ATTRIBUTE_FLAG)
        return text_is(ctx->locale, "en") ? "Yes" : "是";
    return attribute->unit[0] ? arena_format(ctx->arena, "%s %s", value, attribute->unit) : value;
}

static bool is_chosen(const struct attribute_value *values, size_t count, const char *choice)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(values[i].value, choice))
            return true;
    return false;
}

/* Several choices in the order in which the attribute offers them. */
static const char *choices_text(struct ctx *ctx, const struct attribute *attribute,
                                const struct attribute_value *values, size_t count)
{
    const char *text = NULL;
    for (size_t i = 0; i < value_count(attribute->choices); i++) {
        const char *choice = value_at(attribute->choices, i)->text;
        if (is_chosen(values, count, choice))
            text = text ? arena_format(ctx->arena, "%s、%s", text, choice) : choice;
    }
    return text;
}

/* The answers to one attribute stand together, and become one line. */
static void add_answers(struct ctx *ctx, struct value *list, const struct attribute_value *values,
                        size_t count, const struct attribute *attributes, size_t attribute_count)
{
    for (size_t i = 0, next; i < count; i = next) {
        const struct attribute *attribute =
            find_attribute(attributes, attribute_count, values[i].attribute_id);
        for (next = i + 1; next < count && values[next].attribute_id == values[i].attribute_id;)
            next++;
        if (!attribute)
            continue;
        const char *text = attribute->kind == ATTRIBUTE_CHOICES
                               ? choices_text(ctx, attribute, &values[i], next - i)
                               : answer_text(ctx, attribute, values[i].value);
        if (!text)
            continue;
        struct value *line = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, line, "name", attribute_name(ctx, attribute));
        value_set_text(ctx->arena, line, "value", text);
    }
}

static err add_details(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct product_details details;
    struct attribute_value *values;
    struct attribute *attributes;
    size_t count, attribute_count;
    struct arena *arena = ctx->arena;
    TRY(product_details_load(ctx, product->id, &details));
    TRY(product_attribute_list(ctx, product->id, &values, &count));
    value_set_text(arena, view, "model", details.model);
    value_set_text(arena, view, "origin", details.origin);
    value_set_text(arena, view, "unit", details.unit);
    value_set_text(arena, view, "base_unit", details.base_unit);
    value_set_int(arena, view, "base_count", details.base_count);
    value_set_int(arena, view, "shelf_life_days", details.shelf_life_days);
    after_sale_set_view(ctx, view, &details.after_sale);
    value_set_text(arena, view, "seo_title", details.seo_title);
    value_set_text(arena, view, "seo_description", details.seo_description);
    struct value *specs = value_set_list(arena, view, "specs");
    if (count > 0) {
        TRY(attribute_list(ctx, &attributes, &attribute_count));
        add_answers(ctx, specs, values, count, attributes, attribute_count);
    }
    for (size_t i = 0; i < value_count(details.specs); i++)
        value_add(arena, specs, *value_at(details.specs, i));
    return NULL;
}

/* Coupons that can be claimed for it. */
static err add_tickets(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct coupon_ticket *tickets = NULL;
    size_t count;
    int64_t customer_id = customer_here(ctx);
    TRY(coupon_ticket_list(ctx, &product->id, 1, customer_id, &tickets, &count));
    coupon_tickets_view(ctx, view, tickets, count);
    return NULL;
}

/* Of "1 箱 = 12 瓶" the price of one 瓶, rounded half up, where a content says nothing finer. */
static void add_base_price(struct ctx *ctx, struct value *selected, const struct value *product,
                           const struct variant *variant)
{
    int64_t count = value_find_int(product, "base_count", 0);
    const struct value *known = value_find(selected, "unit_price");
    if (count < 2 || (known && known->kind == VALUE_OBJECT))
        return;
    int64_t price = variant->price / count + (variant->price % count * 2 >= count ? 1 : 0);
    if (price == 0)
        return;
    struct value *unit = value_set_object(ctx->arena, selected, "unit_price");
    value_set_money(ctx->arena, unit, "price", money_of(price, ctx->shop->currency));
    value_set_text(ctx->arena, unit, "per", "");
    value_set_text(ctx->arena, unit, "per_text", value_find_text(product, "base_unit"));
}

/* 到货通知: offered when nothing of it is there. Strangers' pages are all alike; a member sees whether it was
 * asked. */
static err add_wait(struct ctx *ctx, struct value *selected, const struct variant *variant,
                    const struct stock *stock)
{
    struct customer *customer;
    bool is_asked = false, is_member = customer_here(ctx) != 0;
    value_set(ctx->arena, selected, "wait", value_null());
    if (stock_orderable(stock) > 0 || !notify_tells_waits(ctx))
        return NULL;
    if (is_member && ctx->shop->has_stock_waits) {
        TRY(customer_load(ctx, ctx->actor_id, &customer));
        TRY(customer_wait_find(ctx, variant->id, customer->email, &is_asked));
    }
    struct value *wait = value_set_object(ctx->arena, selected, "wait");
    value_set_bool(ctx->arena, wait, "is_asked", is_asked);
    value_set_bool(ctx->arena, wait, "is_member", is_member);
    value_set_int(ctx->arena, wait, "days", CUSTOMER_WAIT_MS / DAY_MS);
    return NULL;
}

err product_page_view(struct ctx *ctx, const struct product *product, const char *sku, int64_t *seconds,
                      struct value **view)
{
    struct page page = {.now = ctx->now, .product = product};
    TRY(load_variants(ctx, &page));
    if (page.count == 0)
        return fail_with(ctx, ERR_GONE, "no variant of this product is offered");
    page.chosen = choose(&page, sku);
    *seconds = flash_keep_seconds(page.flash.items, page.flash.count, ctx->now, *seconds);
    *seconds = presale_keep_seconds(&page.presales, ctx->now, *seconds);
    *seconds = group_seconds(&page, *seconds);
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "product");
    add_words(ctx, tree, product, &page.board);
    value_set_int(ctx->arena, tree, "min_quantity", page.variants[0].min_quantity);
    value_set_int(ctx->arena, tree, "max_quantity", page.variants[0].max_quantity);
    value_set_int(ctx->arena, tree, "person_quantity", page.variants[0].person_quantity);
    value_set_int(ctx->arena, tree, "person_days", page.variants[0].person_days);
    TRY(questions_set_view(ctx, tree, page.variants[0].questions));
    TRY(add_details(ctx, tree, product));
    TRY(add_category(ctx, tree, product));
    TRY(add_pictures(ctx, tree, product));
    add_options(ctx, tree, &page);
    product_offers_view(ctx, tree, &page.offers);
    TRY(add_tickets(ctx, tree, product));
    TRY(storefront_bundles_view(ctx, tree, &page.offers));
    TRY(add_groups(ctx, tree, &page));
    add_variants(ctx, tree, &page);
    struct value *selected = value_set_object(ctx->arena, *view, "selected");
    fill_variant(ctx, selected, &page, page.chosen);
    TRY(add_wait(ctx, selected, &page.variants[page.chosen], &page.stocks[page.chosen]));
    add_base_price(ctx, selected, value_find(*view, "product"), &page.variants[page.chosen]);
    TRY(review_product_view(ctx, product, *view));
    return add_related(ctx, *view, product);
}
