/* storefront_bundle.c - the bundles that a product is part of: what is in them, and what they save. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_bundle.h"

#include "shop/inventory/inventory.h"
#include "shop/media/media.h"

/* Bundles of one product that its page shows. */
#define BUNDLES_SHOWN 5

struct parts {
    int64_t ids[BUNDLES_SHOWN * DISCOUNT_GOODS_MOST];
    const struct variant *variants[BUNDLES_SHOWN * DISCOUNT_GOODS_MOST];
    struct stock stocks[BUNDLES_SHOWN * DISCOUNT_GOODS_MOST];
    size_t count;
};

static err load_parts(struct ctx *ctx, struct parts *parts)
{
    struct stock_question question;
    TRY(stock_ask_many(ctx, parts->ids, parts->count, &question));
    TRY(variant_load_many(ctx, parts->ids, parts->count, parts->variants));
    stock_take_many(&question, parts->stocks);
    return NULL;
}

/* Whether everything of it can be put into a cart with one press. */
static bool can_be_had(const struct discount_rule *rule, const struct parts *parts, size_t first)
{
    for (size_t i = 0; i < rule->good_count; i++) {
        const struct variant *variant = parts->variants[first + i];
        if (!variant || !variant->is_on_shelf || (variant->questions && variant->questions[0]) ||
            stock_orderable(&parts->stocks[first + i]) < rule->goods[i].pieces)
            return false;
    }
    return true;
}

/* By the function that prices carts, for a cart with one bundle in it. */
static bool quote_one(struct ctx *ctx, const struct promotion *promotion, const struct parts *parts,
                      size_t first, struct quote *quote)
{
    struct discount_rule rule = promotion->rule;
    struct quote_line lines[DISCOUNT_GOODS_MOST];
    bool takes[DISCOUNT_GOODS_MOST];
    for (size_t i = 0; i < rule.good_count; i++) {
        const struct variant *variant = parts->variants[first + i];
        takes[i] = true;
        lines[i] = (struct quote_line){.variant_id = variant->id,
                                       .list_price = variant->price,
                                       .tiers = variant->tiers,
                                       .tier_count = variant->tier_count,
                                       .quantity = rule.goods[i].pieces};
    }
    rule.takes = takes;
    return quote_make(ctx->arena, lines, rule.good_count, &rule, 1, quote) && quote->discount > 0;
}

static void add_part(struct ctx *ctx, struct value *list, const struct variant *variant, int64_t pieces)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    value_set_id(arena, view, "product_id", variant->product_id);
    value_set_text(arena, view, "product_title", variant->product_title);
    value_set_text(arena, view, "variant_title", variant->title);
    value_set_text(arena, view, "url",
                   arena_format(arena, "/products/%s?sku=%s", variant->product_handle, variant->sku));
    picture_set_view(ctx, view, "picture",
                     variant->picture_id ? variant->picture_id : variant->product_picture_id,
                     variant->product_title);
    value_set_money(arena, view, "price", money_of(variant->price, ctx->shop->currency));
    value_set_int(arena, view, "pieces", pieces);
}

static void add_bundle(struct ctx *ctx, struct value *list, const struct promotion *promotion,
                       const struct parts *parts, size_t first)
{
    const char *currency = ctx->shop->currency;
    struct quote quote;
    if (!can_be_had(&promotion->rule, parts, first) || !quote_one(ctx, promotion, parts, first, &quote))
        return;
    struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, view, "id", promotion->id);
    value_set_text(ctx->arena, view, "name", promotion->name);
    value_set_text(ctx->arena, view, "text", promotion_text(ctx, promotion));
    value_set_time(ctx->arena, view, "ends_at", promotion->ends_at);
    value_set_money(ctx->arena, view, "full", money_of(quote.full, currency));
    value_set_money(ctx->arena, view, "price", money_of(quote.total, currency));
    value_set_money(ctx->arena, view, "saving", money_of(quote.discount, currency));
    struct value *goods = value_set_list(ctx->arena, view, "goods");
    for (size_t i = 0; i < promotion->rule.good_count; i++)
        add_part(ctx, goods, parts->variants[first + i], promotion->rule.goods[i].pieces);
}

err storefront_bundles_view(struct ctx *ctx, struct value *view, const struct product_offers *offers)
{
    struct value *list = value_set_list(ctx->arena, view, "bundles");
    const struct promotion *bundles[BUNDLES_SHOWN];
    struct parts parts = {.count = 0};
    size_t count = 0, first = 0;
    for (size_t i = 0; i < offers->count && count < BUNDLES_SHOWN; i++) {
        const struct discount_rule *rule = &offers->promotions[i]->rule;
        if (rule->kind != DISCOUNT_BUNDLE)
            continue;
        bundles[count++] = offers->promotions[i];
        for (size_t j = 0; j < rule->good_count; j++)
            parts.ids[parts.count++] = rule->goods[j].variant_id;
    }
    if (count == 0)
        return NULL;
    TRY(load_parts(ctx, &parts));
    for (size_t i = 0; i < count; first += bundles[i]->rule.good_count, i++)
        add_bundle(ctx, list, bundles[i], &parts, first);
    return NULL;
}
