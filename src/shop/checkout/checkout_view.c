/* checkout_view.c - an order with everything that other modules know of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/shipping/shipping.h"

static const struct order_line *find_line(const struct order *order, int64_t line_no)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].line_no == line_no)
            return &order->lines[i];
    bug("order %s has no line of a delivery", order->number);
}

static err set_deliveries(struct ctx *ctx, const struct order *order, bool is_buyer, struct value *view)
{
    struct arena *arena = ctx->arena;
    struct delivered_code *codes;
    size_t count = 0;
    struct value *list = value_set_list(arena, view, "deliveries");
    if (order->state.fulfillment == FULFILLMENT_NONE)
        return NULL;
    TRY(code_list_delivered(ctx, order->id, &codes, &count));
    for (size_t i = 0; i < count; i++) {
        const struct order_line *line = find_line(order, codes[i].line_no);
        struct value *delivery = value_add(arena, list, *value_object(arena));
        /* Staff see that a code was delivered, not the code. */
        value_set_text(arena, delivery, "code", is_buyer ? codes[i].code : code_mask(ctx, codes[i].code));
        value_set_text(arena, delivery, "kind",
                       codes[i].mode == DECK_CODES        ? "code"
                       : codes[i].mode == DECK_GIFT_CARDS ? "gift-card"
                                                          : "text");
        value_set_bool(arena, delivery, "is_taken_back", codes[i].is_taken_back);
        value_set_int(arena, delivery, "quantity", codes[i].quantity);
        value_set_id(arena, delivery, "variant_id", codes[i].variant_id);
        value_set_text(arena, delivery, "product_title", line->product_title);
        value_set_text(arena, delivery, "variant_title", line->variant_title);
        value_set_text(arena, delivery, "sku", line->sku);
        value_set_time(arena, delivery, "delivered_at", codes[i].delivered_at);
    }
    return NULL;
}

static err set_shipments(struct ctx *ctx, const struct order *order, struct value *view)
{
    struct shipment *shipments;
    size_t count = 0;
    struct value *list = value_set_list(ctx->arena, view, "shipments");
    if (order->state.fulfillment == FULFILLMENT_NONE)
        return NULL;
    TRY(shipment_list(ctx, order->id, &shipments, &count));
    shipment_views(ctx, list, shipments, count);
    return NULL;
}

static err set_money(struct ctx *ctx, const struct order *order, struct value *view)
{
    struct payment_attempt *attempts;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "refunds");
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    bool is_sandbox = false;
    for (size_t i = 0; i < count; i++) {
        const struct gateway *gateway = gateway_find(ctx, attempts[i].gateway);
        is_sandbox = is_sandbox || (gateway && gateway->is_sandbox);
    }
    value_set_bool(ctx->arena, view, "is_sandbox", is_sandbox);
    TRY(payment_card_views(ctx, view, order));
    if (order->paid == 0)
        return NULL;
    return refund_views(ctx, list, order);
}

static err set_waiting(struct ctx *ctx, const struct order *order, struct value *view)
{
    bool waits = payment_owes_codes(order), by_hand = false;
    if (waits)
        TRY(payment_waits_for_hand(ctx, order, &by_hand));
    value_set_bool(ctx->arena, view, "waits_for_codes", waits);
    value_set_bool(ctx->arena, view, "waits_for_hand", by_hand);
    return NULL;
}

/* What each offer took off, as it was named when the order was placed. */
static err set_discounts(struct ctx *ctx, const struct order *order, struct value *view)
{
    struct value *list = value_set_list(ctx->arena, view, "discounts");
    struct order_offer *offers;
    size_t count;
    if (order->discount == 0 && order->freight_discount == 0)
        return NULL;
    TRY(order_offer_list(ctx, order->id, &offers, &count));
    for (size_t i = 0; i < count; i++) {
        if (offers[i].is_gift)
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "name", offers[i].name);
        value_set_text(ctx->arena, row, "code", offers[i].code[0] ? offers[i].code : NULL);
        value_set_money(ctx->arena, row, "amount", money_of(offers[i].amount, order->currency));
    }
    return NULL;
}

err order_full_view(struct ctx *ctx, const struct order *order, bool is_masked, struct value **view)
{
    struct order_event *events;
    size_t count;
    int64_t receives_at;
    *view = order_view(ctx, order, is_masked);
    TRY(order_receives_at(ctx, order, &receives_at));
    value_set_time(ctx->arena, *view, "receives_at", receives_at);
    TRY(set_waiting(ctx, order, *view));
    TRY(checkout_group_view(ctx, order, *view));
    TRY(set_deliveries(ctx, order, is_masked, *view));
    TRY(set_shipments(ctx, order, *view));
    TRY(set_money(ctx, order, *view));
    TRY(set_discounts(ctx, order, *view));
    TRY(order_event_list(ctx, order->id, &events, &count));
    order_event_views(ctx, value_set_list(ctx->arena, *view, "events"), events, count);
    return NULL;
}
