/* order_view.c - an order as pages and programs see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/log.h"
#include "base/text.h"
#include "shop/media/media.h"

static void add_line(struct ctx *ctx, struct value *lines, const struct order *order,
                     const struct order_line *line)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, lines, *value_object(arena));
    value_set_int(arena, view, "line_no", line->line_no);
    value_set_id(arena, view, "variant_id", line->variant_id);
    value_set_text(arena, view, "product_title", line->product_title);
    value_set_text(arena, view, "variant_title", line->variant_title);
    value_set_text(arena, view, "sku", line->sku);
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", line->handle));
    picture_set_view(ctx, view, "picture", line->picture_id, line->product_title);
    value_set_text(arena, view, "kind", product_kind_name(line->kind));
    value_set_money(arena, view, "unit_price", money_of(line->unit_price, order->currency));
    value_set_int(arena, view, "quantity", line->quantity);
    value_set_money(arena, view, "total", money_of(line->total, order->currency));
    value_set_money(arena, view, "full", money_of(line->total + line->discount, order->currency));
    value_set_bool(arena, view, "is_discounted", line->discount > 0);
    struct value *parts = value_set_list(arena, view, "parts");
    for (size_t i = 0; i < line->part_count; i++) {
        struct value *part = value_add(arena, parts, *value_object(arena));
        value_set_text(arena, part, "title", line->parts[i].title);
        value_set_text(arena, part, "sku", line->parts[i].sku);
        value_set_int(arena, part, "pieces", line->parts[i].pieces);
        value_set_int(arena, part, "quantity", line->parts[i].pieces * line->quantity);
    }
    value_set_int(arena, view, "fulfilled", line->fulfilled);
    value_set_int(arena, view, "refunded", line->refunded);
    value_set_int(arena, view, "withdrawn", line->withdrawn);
    value_set_int(arena, view, "returned", line->returned);
    value_set_text(arena, view, "role",
                   line->role == LINE_GIFT    ? "gift"
                   : line->role == LINE_ADDON ? "addon"
                                              : NULL);
    value_set(arena, view, "list_price", value_null());
    if (line->role == LINE_GIFT)
        value_set_money(arena, view, "list_price", money_of(line->list_price, order->currency));
    if (answers_set_view(ctx, view, line->answers))
        value_set_list(arena, view, "answers");
}

static const char *shown(struct ctx *ctx, const char *text, bool is_masked)
{
    if (!text || !text[0])
        return NULL;
    return is_masked ? log_hide(ctx->arena, text) : text;
}

static void set_contact(struct ctx *ctx, struct value *view, const struct order *order, bool is_masked)
{
    struct arena *arena = ctx->arena;
    struct value *contact = value_set_object(arena, view, "contact");
    value_set_text(arena, contact, "phone", shown(ctx, order->contact.phone, is_masked));
    value_set_text(arena, contact, "email", shown(ctx, order->contact.email, is_masked));
    if (!order->address.name || !order->address.name[0]) {
        value_set(arena, view, "address", value_null());
        return;
    }
    struct value *address = value_set_object(arena, view, "address");
    value_set_text(arena, address, "name", order->address.name);
    value_set_text(arena, address, "phone", shown(ctx, order->address.phone, is_masked));
    value_set_text(arena, address, "region", order->address.region);
    value_set_text(arena, address, "line", order->address.line);
}

static void set_states(struct arena *arena, struct value *view, const struct order *order)
{
    value_set_text(arena, view, "stage",
                   order_stage_name(order_stage_shown(order->state, order->waits_for_group)));
    value_set_text(arena, view, "order_status", order_status_name(order->state.order));
    value_set_text(arena, view, "payment_status", payment_status_name(order->state.payment));
    value_set_text(arena, view, "fulfillment_status", fulfillment_status_name(order->state.fulfillment));
    value_set_text(arena, view, "aftersale_status", aftersale_status_name(order->state.aftersale));
    value_set_text(arena, view, "review_status", review_status_name(order->state.review));
}

/* nil when none paid for it. */
static void set_points(struct arena *arena, struct value *view, const struct order *order)
{
    value_set(arena, view, "points", value_null());
    if (order->points == 0)
        return;
    struct value *points = value_set_object(arena, view, "points");
    value_set_int(arena, points, "used", order->points);
    value_set_money(arena, points, "off", money_of(order->points_off, order->currency));
    value_set_int(arena, points, "back", order->points_back);
}

/* The sum of the goods, and what carrying them costs. */
static void set_freight(struct arena *arena, struct value *view, const struct order *order)
{
    value_set_money(arena, view, "goods", money_of(order_goods_total(order), order->currency));
    struct value *freight = value_set_object(arena, view, "freight");
    bool is_none = order->freight == 0;
    value_set_text(arena, freight, "state", is_none ? "none" : "known");
    value_set_money(arena, freight, "amount", money_of(order->freight, order->currency));
    value_set_money(arena, freight, "discount", money_of(order->freight_discount, order->currency));
    value_set_money(arena, freight, "total",
                    money_of(order->freight - order->freight_discount, order->currency));
}

struct value *order_view(struct ctx *ctx, const struct order *order, bool is_masked)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    value_set_text(arena, view, "number", order->number);
    if (is_masked)
        value_set_text(arena, view, "token", order->token);
    set_states(arena, view, order);
    value_set_time(arena, view, "placed_at", order->placed_at);
    value_set_time(arena, view, "closes_at", order->closes_at);
    value_set_time(arena, view, "paid_at", order->paid_at);
    value_set_time(arena, view, "closed_at", order->closed_at);
    value_set_money(arena, view, "total", money_of(order->total, order->currency));
    value_set_money(arena, view, "discount", money_of(order->discount, order->currency));
    value_set_money(arena, view, "full",
                    money_of(order_goods_total(order) + order->discount, order->currency));
    value_set_bool(arena, view, "is_discounted", order->discount > 0);
    value_set_money(arena, view, "rounding", money_of(order->rounding, order->currency));
    set_points(arena, view, order);
    set_freight(arena, view, order);
    value_set_money(arena, view, "paid", money_of(order->paid, order->currency));
    value_set_money(arena, view, "refunded", money_of(order->refunded, order->currency));
    struct value *lines = value_set_list(arena, view, "lines");
    for (size_t i = 0; i < order->line_count; i++)
        add_line(ctx, lines, order, &order->lines[i]);
    value_set_int(arena, view, "count", order->item_count);
    set_contact(ctx, view, order, is_masked);
    value_set_text(arena, view, "note", order->note);
    order_presale_view(ctx, view, order);
    value_set_text(arena, view, "label", order_label(order));
    value_set_bool(arena, view, "can_pay", order_is_payable(order, ctx->now));
    value_set_bool(arena, view, "can_cancel", order_may(order->state, "cancelled"));
    value_set_bool(arena, view, "can_receive", order_may_receive(order));
    return view;
}

struct value *order_row_view(struct ctx *ctx, const struct order *order)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    value_set_text(arena, view, "number", order->number);
    set_states(arena, view, order);
    value_set_time(arena, view, "placed_at", order->placed_at);
    value_set_money(arena, view, "total", money_of(order->total, order->currency));
    value_set_int(arena, view, "count", order->item_count);
    value_set_text(arena, view, "first_title", order->line_count ? order->lines[0].product_title : "");
    picture_set_view(ctx, view, "picture", order->line_count ? order->lines[0].picture_id : NULL, "");
    const char *contact = order->contact.phone[0] ? order->contact.phone : order->contact.email;
    value_set_text(arena, view, "contact", shown(ctx, contact, true));
    value_set_text(arena, view, "url", arena_format(arena, "/admin/orders/%s", order->number));
    order_presale_view(ctx, view, order);
    return view;
}

void order_event_views(struct ctx *ctx, struct value *list, const struct order_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, view, "kind", events[i].kind);
        value_set_time(ctx->arena, view, "at", events[i].at);
        value_set_text(ctx->arena, view, "actor", actor_name(events[i].actor));
        value_set_text(ctx->arena, view, "note", events[i].note);
        value_set_text(ctx->arena, view, "reason", events[i].reason);
    }
}
