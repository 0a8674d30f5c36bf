/* cart_goods_view.c - gifts and add-ons of a cart as pages and programs see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

#include "shop/media/media.h"
#include "shop/pricing/pricing.h"

static struct value *add_variant(struct ctx *ctx, struct value *list, const struct variant *variant)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    value_set_id(arena, view, "variant_id", variant->id);
    value_set_text(arena, view, "product_title", variant->product_title);
    value_set_text(arena, view, "variant_title", variant->title);
    value_set_text(arena, view, "url",
                   variant->is_on_shelf ? arena_format(arena, "/products/%s", variant->product_handle)
                                        : NULL);
    picture_set_view(ctx, view, "picture",
                     variant->picture_id ? variant->picture_id : variant->product_picture_id,
                     variant->product_title);
    value_set_money(arena, view, "list_price", money_of(variant->price, ctx->shop->currency));
    return view;
}

static void add_gift(struct ctx *ctx, struct value *list, const struct cart_gift *gift)
{
    struct arena *arena = ctx->arena;
    struct value *view =
        gift->variant ? add_variant(ctx, list, gift->variant) : value_add(arena, list, *value_object(arena));
    value_set_id(arena, view, "promotion_id", gift->promotion->id);
    value_set_text(arena, view, "name", gift->promotion->name);
    value_set_int(arena, view, "earned", gift->earned);
    value_set_int(arena, view, "quantity", gift->quantity);
    value_set_text(arena, view, "problem",
                   gift->quantity == 0             ? "gone"
                   : gift->quantity < gift->earned ? "too-few"
                                                   : NULL);
    struct value *choices = value_set_list(arena, view, "choices");
    for (size_t i = 0; i < gift->choice_count; i++) {
        struct value *choice = add_variant(ctx, choices, gift->choices[i]);
        value_set_bool(arena, choice, "is_chosen", gift->choices[i] == gift->variant);
        value_set_bool(arena, choice, "is_gone", gift->left[i] <= 0);
    }
}

void cart_goods_view(struct ctx *ctx, struct value *view, const struct cart *cart)
{
    struct value *list = value_set_list(ctx->arena, view, "gifts");
    for (size_t i = 0; i < cart->gift_count; i++)
        add_gift(ctx, list, &cart->gifts[i]);
    value_set_text(ctx->arena, view, "gifts_seen", cart_gifts_text(ctx, cart));
    list = value_set_list(ctx->arena, view, "addons");
    for (size_t i = 0; i < cart->addon_count; i++) {
        const struct cart_addon *addon = &cart->addons[i];
        struct value *row = add_variant(ctx, list, addon->variant);
        value_set_id(ctx->arena, row, "promotion_id", addon->promotion->id);
        value_set_text(ctx->arena, row, "name", addon->promotion->name);
        value_set_money(ctx->arena, row, "price", money_of(addon->good->price, ctx->shop->currency));
        value_set_int(ctx->arena, row, "most", addon->good->pieces);
        value_set_int(ctx->arena, row, "taken", addon->taken);
        value_set_int(ctx->arena, row, "available", addon->available);
    }
}

void cart_line_goods_view(struct ctx *ctx, struct value *view, const struct cart_line *line)
{
    value_set_text(ctx->arena, view, "addon", line->addon ? line->addon->name : NULL);
    value_set_bool(ctx->arena, view, "is_addon_over", line->promotion_id != 0 && !line->addon);
}
