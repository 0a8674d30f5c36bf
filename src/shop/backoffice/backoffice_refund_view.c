/* backoffice_refund_view.c - the page where staff choose what goes back, and the lines of refunds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_refund_view.h"

#include "base/random.h"
#include "shop/media/media.h"
#include "shop/pricing/pricing.h"

static const struct refund_pick *pick_of(const struct refund_wish *wish, int64_t line_no)
{
    for (size_t i = 0; i < wish->count; i++)
        if (wish->picks[i].line_no == line_no)
            return &wish->picks[i];
    return NULL;
}

static const struct refund_part *part_of(const struct refund_quote *quote, int64_t line_no)
{
    for (size_t i = 0; quote && i < quote->count; i++)
        if (quote->parts[i].line_no == line_no)
            return &quote->parts[i];
    return NULL;
}

static void add_line(struct ctx *ctx, struct value *list, const struct order *order,
                     const struct order_line *line, const struct refund_wish *wish,
                     const struct refund_quote *quote)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    const struct refund_pick *pick = pick_of(wish, line->line_no);
    const struct refund_part *part = part_of(quote, line->line_no);
    int64_t left = line->quantity - line->refunded;
    value_set_int(arena, view, "line_no", line->line_no);
    value_set_text(arena, view, "product_title", line->product_title);
    value_set_text(arena, view, "variant_title", line->variant_title);
    value_set_text(arena, view, "sku", line->sku);
    picture_set_view(ctx, view, "picture", line->picture_id, "");
    value_set_int(arena, view, "quantity", line->quantity);
    value_set_int(arena, view, "refunded", line->refunded);
    value_set_int(arena, view, "left", left);
    value_set_int(arena, view, "unsent", order_line_left(line));
    value_set_bool(arena, view, "can_return", line->kind == PRODUCT_PHYSICAL && left > order_line_left(line));
    value_set_money(
        arena, view, "worth",
        money_of(refund_share(line->total, line->quantity, line->refunded, left), order->currency));
    value_set_int(arena, view, "chosen", pick ? pick->quantity : 0);
    value_set_text(arena, view, "back", goods_back_names[pick ? pick->back : BACK_NOT]);
    if (!part)
        return;
    value_set_money(arena, view, "amount", money_of(part->amount, order->currency));
    value_set_int(arena, view, "withdrawn", part->withdrawn);
    value_set_int(arena, view, "returned", part->returned);
}

static err add_locations(struct ctx *ctx, struct value *view, int64_t chosen)
{
    struct stock_location *locations;
    size_t count;
    TRY(location_list(ctx, &locations, &count));
    struct value *list = value_set_list(ctx->arena, view, "locations");
    for (size_t i = 0; i < count; i++) {
        if (!locations[i].is_active)
            continue;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, entry, "id", locations[i].id);
        value_set_text(ctx->arena, entry, "name", locations[i].name);
        value_set_bool(ctx->arena, entry, "is_chosen", locations[i].id == chosen);
    }
    value_set_bool(ctx->arena, view, "has_locations", count > 1);
    return NULL;
}

static void add_quote(struct ctx *ctx, struct value *view, const struct order *order,
                      const struct refund_quote *quote)
{
    struct arena *arena = ctx->arena;
    if (!quote) {
        value_set(arena, view, "quote", value_null());
        return;
    }
    struct value *sums = value_set_object(arena, view, "quote");
    value_set_money(arena, sums, "goods", money_of(quote->goods, order->currency));
    value_set_money(arena, sums, "amount", money_of(quote->amount, order->currency));
    value_set_money(arena, sums, "total", money_of(quote->total, order->currency));
    value_set_int(arena, sums, "withdrawn", quote->withdrawn);
    value_set_int(arena, sums, "returned", quote->returned);
    bool is_all = quote->total > 0 && quote->total == quote->left;
    value_set_bool(arena, sums, "is_all", is_all);
    value_set_int(arena, sums, "points", is_all ? order->points - order->points_back : quote->points);
}

err refund_page_view(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                     const struct refund_quote *quote, struct value **view)
{
    struct arena *arena = ctx->arena;
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    int64_t left = payment_refundable(attempts, count);
    *view = value_object(arena);
    value_set_text(arena, *view, "number", order->number);
    value_set_money(arena, *view, "refundable", money_of(left, order->currency));
    value_set_money(arena, *view, "goods", money_of(order_goods_total(order), order->currency));
    value_set_money(arena, *view, "freight",
                    money_of(order->freight - order->freight_discount, order->currency));
    value_set_int(arena, *view, "seen", left);
    value_set_text(arena, *view, "request",
                   wish->request && wish->request[0] ? wish->request : random_token(arena));
    struct value *lines = value_set_list(arena, *view, "lines");
    for (size_t i = 0; i < order->line_count; i++)
        add_line(ctx, lines, order, &order->lines[i], wish, quote);
    value_set_money(arena, *view, "amount", money_of(wish->amount, order->currency));
    value_set_text(arena, *view, "reason", wish->reason ? wish->reason : "");
    add_quote(ctx, *view, order, quote);
    return add_locations(ctx, *view, wish->location_id);
}
