/* backoffice_order_view.c - an order as staff see it: with its payments, what may be done, and what it waits
 * for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_order_view.h"

#include "shop/backoffice/backoffice_digital_view.h"
#include "shop/backoffice/backoffice_notify_view.h"
#include "shop/checkout/checkout.h"
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define VIEW_ROWS 20 /* of those who looked at codes */

static void add_carriers(struct ctx *ctx, struct value *view)
{
    struct value *list_of = value_set_list(ctx->arena, view, "carriers");
    for (const struct carrier *carrier = carriers; carrier->id; carrier++) {
        struct value *entry = value_add(ctx->arena, list_of, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "id", carrier->id);
        value_set_text(ctx->arena, entry, "name", carrier->name);
    }
}

static void add_permissions(struct ctx *ctx, const struct order *order, int64_t refundable,
                            struct value *tree)
{
    bool can_ship = order_may(order->state, "shipped") && !order->waits_for_group &&
                    order_has_left(order, PRODUCT_PHYSICAL);
    bool has_money = refundable > 0 || order->total == 0;
    bool by_hand = value_find(tree, "waits_for_hand")->boolean;
    bool can_deliver = payment_owes_codes(order) && has_money;
    value_set_bool(ctx->arena, tree, "can_ship", can_ship);
    value_set_bool(ctx->arena, tree, "can_cancel",
                   order_may(order->state, "cancelled") || order_may(order->state, "cancelled_paid") ||
                       order_may(order->state, "deposit_cancelled"));
    value_set_bool(ctx->arena, tree, "can_sign", order_may(order->state, "signed"));
    value_set_bool(ctx->arena, tree, "can_deliver", can_deliver && !by_hand);
    value_set_bool(ctx->arena, tree, "can_type", can_deliver && by_hand);
    value_set_bool(ctx->arena, tree, "can_refund", refund_is_possible(order, refundable));
    value_set_money(ctx->arena, tree, "refundable", money_of(refundable, order->currency));
}

static void add_owed_line(struct ctx *ctx, struct value *list, const struct order_line *line,
                          const struct code_deck *deck)
{
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_int(ctx->arena, entry, "line_no", line->line_no);
    value_set_text(ctx->arena, entry, "product_title", line->product_title);
    value_set_text(ctx->arena, entry, "variant_title", line->variant_title);
    value_set_text(ctx->arena, entry, "sku", line->sku);
    value_set_int(ctx->arena, entry, "quantity", order_line_left(line));
    value_set_int(ctx->arena, entry, "left", deck->loaded - deck->dealt);
    if (answers_set_view(ctx, entry, line->answers))
        value_set_list(ctx->arena, entry, "answers");
    value_set_bool(ctx->arena, entry, "by_hand", deck->mode == DECK_BY_HAND);
    value_set_bool(ctx->arena, entry, "has_hook", deck->has_hook);
    value_set_text(ctx->arena, entry, "url",
                   arena_format(ctx->arena, "/admin/codes/%" PRId64, line->variant_id));
}

/* What the order waits for, and what its decks hold. */
static err add_owed(struct ctx *ctx, const struct order *order, struct value *tree)
{
    struct value *list = value_set_list(ctx->arena, tree, "owed");
    if (!payment_owes_codes(order))
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *ids);
    struct code_deck *decks = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *decks);
    for (size_t i = 0; i < order->line_count; i++)
        ids[i] = order->lines[i].variant_id;
    TRY(code_deck_load_many(ctx, ids, order->line_count, decks));
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        if (line->kind == PRODUCT_DIGITAL && order_line_left(line) > 0)
            add_owed_line(ctx, list, line, &decks[i]);
    }
    return NULL;
}

static err add_views(struct ctx *ctx, const struct order *order, struct value *tree)
{
    struct code_view *views;
    size_t count = 0;
    struct value *list = value_set_list(ctx->arena, tree, "views");
    if (value_count(value_find(tree, "deliveries")) == 0)
        return NULL;
    TRY(code_view_list(ctx, order->id, VIEW_ROWS, &views, &count));
    code_view_views(ctx, list, views, count);
    return NULL;
}

/* What took off how much. An order that no offer changed is asked nothing. */
static err add_offers(struct ctx *ctx, const struct order *order, struct value *tree)
{
    struct order_offer *offers;
    size_t count;
    struct value *list = value_set_list(ctx->arena, tree, "offers");
    if (order->discount == 0 && order->freight_discount == 0)
        return NULL;
    TRY(order_offer_list(ctx, order->id, &offers, &count));
    for (size_t i = 0; i < count; i++) {
        if (offers[i].is_gift) /* its line says so */
            continue;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, entry, "id", offers[i].promotion_id);
        value_set_text(ctx->arena, entry, "name", offers[i].name);
        value_set_text(ctx->arena, entry, "code", offers[i].code[0] ? offers[i].code : NULL);
        value_set_int(ctx->arena, entry, "version", offers[i].version);
        value_set_money(ctx->arena, entry, "amount", money_of(offers[i].amount, order->currency));
        value_set_text(ctx->arena, entry, "url",
                       arena_format(ctx->arena, "/admin/promotions/%" PRId64, offers[i].promotion_id));
    }
    return NULL;
}

static err add_alarms(struct ctx *ctx, const struct order *order, struct value *tree)
{
    struct alarm *alarms;
    size_t count;
    TRY(alarm_list_about(ctx, order->number, &alarms, &count));
    alarm_views(ctx, value_set_list(ctx->arena, tree, "alarms"), alarms, count);
    return NULL;
}

err order_admin_view(struct ctx *ctx, const struct order *order, struct value **view)
{
    struct value *tree;
    struct payment_attempt *attempts;
    size_t count;
    TRY(order_full_view(ctx, order, false, &tree));
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    payment_attempt_views(ctx, value_set_list(ctx->arena, tree, "payments"), attempts, count);
    bool is_deposit = order->state.payment == PAYMENT_PARTIALLY_PAID;
    add_permissions(ctx, order, is_deposit ? 0 : payment_refundable(attempts, count), tree);
    TRY(add_owed(ctx, order, tree));
    TRY(add_offers(ctx, order, tree));
    TRY(add_views(ctx, order, tree));
    TRY(add_alarms(ctx, order, tree));
    TRY(order_messages_view(ctx, order, tree));
    *view = value_object(ctx->arena);
    value_set(ctx->arena, *view, "order", *tree);
    add_carriers(ctx, *view);
    return NULL;
}
