/* cart_view.c - a cart as pages and programs see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

#include "shop/media/media.h"
#include "shop/pricing/pricing.h"

static const char *problem_name(enum line_problem problem)
{
    switch (problem) {
    case LINE_FINE:
        return NULL;
    case LINE_OUT_OF_STOCK:
        return "out-of-stock";
    case LINE_TOO_FEW:
        return "too-few";
    case LINE_OFF_SHELF:
        return "off-shelf";
    case LINE_BELOW_LEAST:
        return "below-least";
    case LINE_ABOVE_MOST:
        return "above-most";
    case LINE_ABOVE_PERSON:
        return "above-person";
    case LINE_UNANSWERED:
        return "unanswered";
    case LINE_FLASH_OUT:
        return "flash-out";
    case LINE_PRESALE_OUT:
        return "presale-out";
    case LINE_PRESALE_ALONE:
        return "presale-alone";
    case LINE_CARD_ALONE:
        return "card-alone";
    case LINE_GROUP_OVER:
        return "group-over";
    }
    bug("line problem %d", (int)problem);
}

static bool has_moved(const struct cart_line *line)
{
    return line->seen_price > 0 && line->seen_price != line->unit_price;
}

static void set_prices(struct ctx *ctx, struct value *view, const struct cart_line *line)
{
    const char *currency = ctx->shop->currency;
    struct variant paid = *line->variant;
    paid.price = line->unit_price;
    value_set_money(ctx->arena, view, "unit_price", money_of(line->unit_price, currency));
    value_set(ctx->arena, view, "was_price", value_null());
    if (has_moved(line))
        value_set_money(ctx->arena, view, "was_price", money_of(line->seen_price, currency));
    value_set(ctx->arena, view, "single_price", value_null());
    if (line->unit_price < line->variant->price)
        value_set_money(ctx->arena, view, "single_price", money_of(line->variant->price, currency));
    unit_price_view(ctx, view, "measure_price", &paid);
}

static void add_line(struct ctx *ctx, struct value *lines, const struct cart_line *line)
{
    struct arena *arena = ctx->arena;
    const struct variant *variant = line->variant;
    const char *currency = ctx->shop->currency;
    struct value *view = value_add(arena, lines, *value_object(arena));
    value_set_id(arena, view, "variant_id", variant->id);
    value_set_text(arena, view, "answers_key", line->answers_key);
    value_set_text(arena, view, "product_title", variant->product_title);
    value_set_text(arena, view, "variant_title", variant->title);
    value_set_text(arena, view, "sku", variant->sku);
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", variant->product_handle));
    picture_set_view(ctx, view, "picture",
                     variant->picture_id ? variant->picture_id : variant->product_picture_id,
                     variant->product_title);
    value_set_text(arena, view, "kind", product_kind_name(variant->kind));
    set_prices(ctx, view, line);
    value_set_int(arena, view, "quantity", line->quantity);
    value_set_money(arena, view, "total", money_of(line->total, currency));
    value_set_money(arena, view, "full", money_of(line->total + line->discount, currency));
    value_set_bool(arena, view, "is_discounted", line->discount > 0);
    value_set_int(arena, view, "available", line->available);
    bool is_ahead = line->available >= line->quantity && line->in_stock < line->quantity;
    value_set_bool(arena, view, "is_ahead", is_ahead);
    value_set_text(arena, view, "restock", is_ahead && line->restock ? line->restock : "");
    cart_line_goods_view(ctx, view, line);
    value_set_text(arena, view, "problem", problem_name(line->problem));
    value_set_int(arena, view, "bound", line->bound);
    flash_view(ctx, view, line->flash, line->unit_price);
    presale_view(ctx, view, line->presale, line->unit_price);
    if (answers_set_view(ctx, view, line->answers))
        value_set_list(arena, view, "answers");
}

/* What an order of this cart is asked and promised. */
static void set_presale(struct ctx *ctx, struct value *view, const struct cart *cart)
{
    struct arena *arena = ctx->arena;
    value_set(arena, view, "presale", value_null());
    if (!cart->presale)
        return;
    struct value *presale = value_set_object(arena, view, "presale");
    bool has_deposit = cart->deposit > 0;
    value_set_text(arena, presale, "kind", presale_kind_names[has_deposit ? PRESALE_DEPOSIT : PRESALE_WHOLE]);
    value_set_text(arena, presale, "name", cart->presale->name);
    value_set_money(arena, presale, "deposit", money_of(cart->deposit, ctx->shop->currency));
    value_set_money(arena, presale, "balance", money_of(cart->total - cart->deposit, ctx->shop->currency));
    value_set_time(arena, presale, "ends_at", cart->presale->ends_at);
    value_set_time(arena, presale, "balance_from", has_deposit ? cart->presale->balance_from : 0);
    value_set_time(arena, presale, "balance_until", has_deposit ? cart->presale->balance_until : 0);
    value_set_time(arena, presale, "ships_by", cart->presale->ships_by);
}

static bool has_new_prices(const struct cart *cart)
{
    for (size_t i = 0; i < cart->count; i++)
        if (has_moved(&cart->lines[i]))
            return true;
    return false;
}

struct value *cart_view(struct ctx *ctx, const struct cart *cart)
{
    struct value *view = value_object(ctx->arena);
    value_set_text(ctx->arena, view, "token", cart->token);
    struct value *lines = value_set_list(ctx->arena, view, "lines");
    for (size_t i = 0; i < cart->count; i++)
        add_line(ctx, lines, &cart->lines[i]);
    value_set_int(ctx->arena, view, "count", cart->item_count);
    value_set_money(ctx->arena, view, "total", money_of(cart->total, ctx->shop->currency));
    priced_view(ctx, view, &cart->priced);
    freight_set_view(ctx, view, &cart->priced);
    value_set(ctx->arena, view, "points", value_null());
    cart_goods_view(ctx, view, cart);
    set_presale(ctx, view, cart);
    cart_news_view(ctx, view, cart);
    value_set_bool(ctx->arena, view, "takes_coupons",
                   !cart->group && (ctx->shop->has_promotions || (cart->coupon && cart->coupon[0])));
    group_place_view(ctx, view, cart->group, cart->group ? cart->lines[0].unit_price : 0);
    value_set_bool(ctx->arena, view, "has_problems", cart->has_problems);
    value_set_bool(ctx->arena, view, "has_new_prices", has_new_prices(cart));
    value_set_bool(ctx->arena, view, "needs_address", cart->needs_address);
    return view;
}
