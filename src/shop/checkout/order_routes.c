/* order_routes.c - cashier, order page, live news, cancelling and finding an order; and the gateways' door.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout_routes.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/checkout_card_routes.h"
#include "shop/customer/customer.h"
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/services.h"
#include <inttypes.h>

/* Different orders that one address may look for, each as often as one order may be. */
#define FIND_ORDERS_AT_ONCE 3

struct order_form {
    const char *number;
    const char *token;
    const char *method;
    const char *contact;
    const char *code;
    int64_t card_id;
};

#define NUMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "number", .kind = FIELD_TEXT, .offset = offsetof(struct order_form, number),                 \
        .is_required = true, .maximum = 20, .help = "Order number"                                           \
    }
#define TOKEN_FIELD                                                                                          \
    {                                                                                                        \
        .name = "token", .kind = FIELD_TEXT, .offset = offsetof(struct order_form, token),                   \
        .is_required = true, .maximum = 64, .help = "Token of the order"                                     \
    }

static const struct field order_fields[] = {NUMBER_FIELD, TOKEN_FIELD, {0}};

static const struct field pay_fields[] = {
    NUMBER_FIELD,
    TOKEN_FIELD,
    {.name = "method",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct order_form, method),
     .is_required = true,
     .maximum = 40,
     .help = "A way to pay: sandbox"},
    {0},
};

static const struct field card_fields[] = {
    NUMBER_FIELD,
    TOKEN_FIELD,
    {.name = "code",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct order_form, code),
     .maximum = GIFT_CARD_TYPED_LIMIT,
     .help = "Code of a gift card; spaces and dashes do not matter"},
    {.name = "card_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct order_form, card_id),
     .help = "In place of a code: a card that the account keeps"},
    {0},
};

static const struct field find_fields[] = {
    NUMBER_FIELD,
    {.name = "contact",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct order_form, contact),
     .is_required = true,
     .maximum = 120,
     .help = "Phone number, e-mail address or passcode of the order"},
    {0},
};

static err load(struct req *req, struct order **order)
{
    const struct order_form *form = req->form;
    return order_load_for_buyer(&req->ctx, form->number, form->token, order);
}

/* Who opens what was delivered is noted. The page does not depend on it. */
static void note_view(struct req *req, const struct order *order, const struct value *tree)
{
    if (value_count(value_find(tree, "deliveries")) == 0)
        return;
    err failure = code_note_view(&req->ctx, order->id, 0, "", req_network(req));
    if (failure)
        log_failure(&req->ctx, LOG_WARNING, "a view of codes was not noted", failure);
}

static err full_view(struct req *req, const struct order *order, struct value **view)
{
    struct value *order_tree;
    TRY(order_full_view(&req->ctx, order, true, &order_tree));
    note_view(req, order, order_tree);
    *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, *view, "order", *order_tree);
    return NULL;
}

/* Points that the order brought, or will. */
static err add_points(struct req *req, const struct order *order, struct value *view)
{
    int64_t earned = 0, expected = 0;
    if (req->ctx.shop->points.state != POINTS_NEVER)
        TRY(order_points_of(&req->ctx, order, &earned, &expected));
    value_set_int(req->ctx.arena, view, "points_earned", earned);
    value_set_int(req->ctx.arena, view, "points_expected", expected);
    return NULL;
}

static err show(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(full_view(req, order, &view));
    TRY(add_points(req, order, view));
    return reply_view(req, "order", view);
}

static void add_methods(struct req *req, struct value *view)
{
    struct arena *arena = req->ctx.arena;
    struct value *methods = value_set_list(arena, view, "methods");
    for (const struct gateway *const *gateway = req->ctx.services->gateways; *gateway; gateway++) {
        if (!gateway_find(&req->ctx, (*gateway)->id))
            continue;
        struct value *method = value_add(arena, methods, *value_object(arena));
        value_set_text(arena, method, "id", (*gateway)->id);
        value_set_text(arena, method, "name", (*gateway)->name);
        value_set_bool(arena, method, "is_sandbox", (*gateway)->is_sandbox);
    }
}

static err show_cashier(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(full_view(req, order, &view));
    if (order->state.order != ORDER_PENDING_PAYMENT && req->face == FACE_HTML)
        return reply_redirect(
            req, 303, arena_format(req->ctx.arena, "/orders/%s?token=%s", order->number, order->token));
    add_methods(req, view);
    TRY(card_own_views(req, view));
    int64_t left = (order->closes_at - req->ctx.now) / SECOND_MS;
    value_set_int(req->ctx.arena, view, "seconds_left", left > 0 ? left : 0);
    return reply_view(req, "pay", view);
}

static err pay(struct req *req)
{
    const struct order_form *form = req->form;
    struct order *order;
    const struct payment_attempt *attempt;
    TRY(load(req, &order));
    TRY(payment_start(&req->ctx, order, form->method, req->origin, &attempt));
    struct value *view = value_object(req->ctx.arena);
    struct value *payment = value_set_object(req->ctx.arena, view, "payment");
    value_set_text(req->ctx.arena, payment, "attempt", attempt->number);
    value_set_text(req->ctx.arena, payment, "url", attempt->url);
    return reply_done(req, 200, view, "%s", attempt->url);
}

static err pay_by_card(struct req *req)
{
    const struct order_form *form = req->form;
    struct order *order;
    struct gift_card card;
    struct value *view;
    TRY(load(req, &order));
    TRY(card_find_chosen(req, &(struct card_choice){form->code, form->card_id}, &card));
    TRY(payment_use_card(&req->ctx, order->id, &card));
    TRY(order_load(&req->ctx, order->id, &order));
    TRY(full_view(req, order, &view));
    bool waits = order->state.order == ORDER_PENDING_PAYMENT;
    return reply_done(req, 200, view, "/orders/%s%s?token=%s", order->number, waits ? "/pay" : "",
                      order->token);
}

static err cancel(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_close_unpaid(&req->ctx, order->id, "cancelled", ""));
    TRY(order_load(&req->ctx, order->id, &order));
    TRY(full_view(req, order, &view));
    return reply_done(req, 200, view, "/orders/%s?token=%s", order->number, order->token);
}

static err leave_group(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_leave_group(&req->ctx, order->id));
    TRY(order_load(&req->ctx, order->id, &order));
    TRY(full_view(req, order, &view));
    return reply_done(req, 200, view, "/orders/%s?token=%s", order->number, order->token);
}

static err receive(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_receive(&req->ctx, order));
    TRY(order_load(&req->ctx, order->id, &order));
    TRY(full_view(req, order, &view));
    return reply_done(req, 200, view, "/orders/%s?token=%s", order->number, order->token);
}

static err listen_to(struct req *req)
{
    struct order *order;
    TRY(load(req, &order));
    return reply_stream(req, arena_format(req->ctx.arena, "order:%" PRId64, order->id));
}

static err show_find(struct req *req)
{
    return reply_view(req, "order_find", value_object(req->ctx.arena));
}

/* Guessing is slow: for one order, from one place, and both wrong answers look alike. */
static err take_turn(struct req *req, const char *number)
{
    int64_t per_minute = req->ctx.config->login_limit;
    struct arena *arena = req->ctx.arena;
    const char *of_order = arena_format(arena, "find:%" PRId64 ":%s", req->ctx.shop->id, number);
    const char *of_address = arena_format(arena, "find from %s", req->address);
    if (!req_rate_take(req, of_order, per_minute) ||
        !req_rate_take(req, of_address, per_minute * FIND_ORDERS_AT_ONCE))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many attempts to find an order");
    return NULL;
}

static err find(struct req *req)
{
    const struct order_form *form = req->form;
    struct order *order;
    TRY(take_turn(req, form->number));
    TRY(order_load_by_contact(&req->ctx, form->number, form->contact, &order));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "order", *order_view(&req->ctx, order, true));
    return reply_done(req, 200, view, "/orders/%s?token=%s", order->number, order->token);
}

struct notify_form {
    const char *gateway;
};

static const struct field notify_fields[] = {
    {.name = "gateway",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct notify_form, gateway),
     .is_required = true,
     .maximum = 40,
     .help = "Which gateway speaks"},
    {0},
};

static err notify(struct req *req)
{
    const struct notify_form *form = req->form;
    struct notification notification = {.body = req_body(req),
                                        .signature = req_header(req, "X-Gateway-Signature"),
                                        .timestamp = req_header(req, "X-Gateway-Timestamp")};
    TRY(payment_notify(&req->ctx, form->gateway, &notification));
    return reply_bytes(req, 200, "text/plain; charset=utf-8", "success", strlen("success"));
}

const struct route order_routes[] = {
    {.method = GET,
     .path = "/orders",
     .handler = show_find,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The form that finds an order"},
    {.method = POST,
     .path = "/orders",
     .handler = find,
     .guard = ANYONE,
     .fields = find_fields,
     .form_size = sizeof(struct order_form),
     .again = show_find,
     .summary = "Find an order by its number and a contact or its passcode",
     .answer = "order"},
    {.method = GET,
     .path = "/orders/:number",
     .handler = show,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .summary = "An order with its state, deliveries and parcels",
     .answer = "order"},
    {.method = GET,
     .path = "/orders/:number/pay",
     .handler = show_cashier,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .summary = "The ways to pay an order",
     .answer = "methods"},
    {.method = POST,
     .path = "/orders/:number/pay",
     .handler = pay,
     .guard = ANYONE,
     .fields = pay_fields,
     .form_size = sizeof(struct order_form),
     .again = show_cashier,
     .summary = "Start a payment",
     .answer = "payment"},
    {.method = POST,
     .path = "/orders/:number/card",
     .handler = pay_by_card,
     .guard = ANYONE,
     .fields = card_fields,
     .form_size = sizeof(struct order_form),
     .again = show_cashier,
     .summary = "Pay an order, or a part of it, with a gift card",
     .answer = "order"},
    {.method = POST,
     .path = "/orders/:number/cancel",
     .handler = cancel,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .again = show,
     .summary = "Cancel an unpaid order",
     .answer = "order"},
    {.method = POST,
     .path = "/orders/:number/leave",
     .handler = leave_group,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .again = show,
     .summary = "Cancel a paid order whose group is not full: all money goes back",
     .answer = "order"},
    {.method = POST,
     .path = "/orders/:number/receive",
     .handler = receive,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .again = show,
     .summary = "Say that the parcel arrived",
     .answer = "order"},
    {.method = GET,
     .path = "/orders/:number/events",
     .handler = listen_to,
     .guard = ANYONE,
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .summary = "Event stream: tells when the order changes"},
    {.method = POST,
     .path = "/payments/:gateway/notify",
     .handler = notify,
     .guard = ANYONE,
     .fields = notify_fields,
     .form_size = sizeof(struct notify_form),
     .summary = "A gateway's signed notification",
     .no_origin_check = true},
    {0},
};
