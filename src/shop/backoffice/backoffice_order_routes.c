/* backoffice_order_routes.c - one order: packing and cancelling. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_order_view.h"
#include "shop/checkout/checkout.h"
#include "shop/payment/payment.h"
#include "shop/shipping/shipping.h"
#include <inttypes.h>

struct act_form {
    const char *number;
    const char *carrier;
    const char *tracking_number;
    int cancel_reason;
    const char *note;
    const char *notice;
};

#define NUMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "number", .kind = FIELD_TEXT, .offset = offsetof(struct act_form, number),                   \
        .is_required = true, .maximum = 20, .help = "Order number"                                           \
    }

static const struct field show_fields[] = {
    NUMBER_FIELD,
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field ship_fields[] = {
    NUMBER_FIELD,
    {.name = "carrier",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, carrier),
     .is_required = true,
     .maximum = 20,
     .help = "Id of a carrier"},
    {.name = "tracking_number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, tracking_number),
     .is_required = true,
     .maximum = 60,
     .help = "Number of the parcel"},
    {0},
};

static const struct field deliver_fields[] = {NUMBER_FIELD, {0}};

static const struct field cancel_fields[] = {
    NUMBER_FIELD,
    {.name = "reason",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct act_form, cancel_reason),
     .choices = order_cancel_reasons,
     .help = "Why; a paid order needs one"},
    {.name = "note",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, note),
     .maximum = 200,
     .help = "More about it, for the buyer and for the record; required for other"},
    {0},
};

static err load(struct req *req, struct order **order)
{
    const struct act_form *form = req->form;
    return order_load_by_number(&req->ctx, form->number, order);
}

static err show(struct req *req)
{
    const struct act_form *form = req->form;
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_admin_view(&req->ctx, order, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/order", view);
}

/* For forms of other files that stand on this page and begin with the order's number. */
err order_show_again(struct req *req)
{
    const char *const *number = req->form;
    struct order *order;
    struct value *view;
    TRY(order_load_by_number(&req->ctx, *number, &order));
    TRY(order_admin_view(&req->ctx, order, &view));
    return reply_view(req, "admin/order", view);
}

/* What was done, seen on the order as it is now. */
static err done(struct req *req, const struct order *order, const char *notice)
{
    struct order *fresh;
    struct value *view;
    TRY(order_load(&req->ctx, order->id, &fresh));
    TRY(order_admin_view(&req->ctx, fresh, &view));
    return reply_done(req, 200, view, "/admin/orders/%s?notice=%s", order->number, notice);
}

static err ship(struct req *req)
{
    const struct act_form *form = req->form;
    struct order *order;
    TRY(load(req, &order));
    TRY(order_ship(&req->ctx, order, form->carrier, form->tracking_number));
    return done(req, order, "shipped");
}

static err deliver(struct req *req)
{
    struct order *order;
    TRY(load(req, &order));
    TRY(payment_deliver_owed(&req->ctx, order->id));
    return done(req, order, "delivered");
}

static err cancel(struct req *req)
{
    const struct act_form *form = req->form;
    struct order *order;
    TRY(load(req, &order));
    TRY(order_cancel(&req->ctx, order, (enum order_cancel_reason)form->cancel_reason, form->note));
    return done(req, order, "cancelled");
}

static err mark_signed(struct req *req)
{
    struct order *order;
    TRY(load(req, &order));
    TRY(order_mark_signed(&req->ctx, order));
    return done(req, order, "signed");
}

const struct route backoffice_order_routes[] = {
    {.method = GET,
     .path = "/admin/orders/:number",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = show_fields,
     .form_size = sizeof(struct act_form),
     .summary = "An order with everything about it",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/ship",
     .handler = ship,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = ship_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "Everything physical left with this parcel",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/deliver",
     .handler = deliver,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = deliver_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "Deliver the codes that a paid order waits for",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/signed",
     .handler = mark_signed,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = deliver_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "The parcel was signed for: the time until it counts as received is shorter from here",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/cancel",
     .handler = cancel,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = cancel_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "Cancel an order; what was paid goes back",
     .answer = "order"},
    {0},
};
