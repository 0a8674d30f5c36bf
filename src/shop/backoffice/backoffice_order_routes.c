/* backoffice_order_routes.c - orders: finding, packing, cancelling, refunding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_order_view.h"
#include "shop/checkout/checkout.h"
#include "shop/payment/payment.h"
#include "shop/shipping/shipping.h"
#include <inttypes.h>

#define ROWS 50
#define FOUND 50
#define COUNTED_STAGE 1000

static const char *const stages[] = {
    "all",       "pending_payment", "to_ship",   "partially_shipped", "shipped",
    "completed", "closed",          "refunding", "refunded",          NULL};

struct list_form {
    int stage;
    const char *q;
    int64_t cursor;
};

static const struct field list_fields[] = {
    {.name = "stage",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, stage),
     .choices = stages,
     .help = "Only orders of this stage"},
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = 120,
     .help = "Order number, phone number or e-mail address"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "next_cursor of the page before"},
    {0},
};

static bool is_order_number(const char *text)
{
    return strlen(text) == 20 && strspn(text, "0123456789") == 20;
}

static err find_orders(struct ctx *ctx, const char *q, struct order **orders, size_t *count)
{
    *count = 0;
    if (!is_order_number(q))
        return order_list_by_contact(ctx, q, FOUND, orders, count);
    err failure = order_load_by_number(ctx, q, orders);
    if (failure)
        return failure->code == ERR_NOT_FOUND ? NULL : failure;
    *count = 1;
    return NULL;
}

static err add_counts(struct ctx *ctx, struct value *view)
{
    static const enum order_stage counted[] = {STAGE_PENDING_PAYMENT, STAGE_TO_SHIP, STAGE_SHIPPED};
    struct value *counts = value_set_object(ctx->arena, view, "counts");
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        int64_t count;
        TRY(order_count_stage(ctx, counted[i], COUNTED_STAGE, &count));
        value_set_int(ctx->arena, counts, order_stage_name(counted[i]), count);
    }
    return NULL;
}

static void add_rows(struct ctx *ctx, struct value *view, const struct order *orders, size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "orders");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *order_row_view(ctx, &orders[i]));
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct order *orders;
    size_t count;
    const char *stage = stages[form->stage];
    value_set_text(ctx->arena, view, "stage", stage);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_text(ctx->arena, view, "next_url", NULL);
    value_set_text(ctx->arena, view, "first_url", NULL);
    TRY(add_counts(ctx, view));
    if (form->q[0]) {
        TRY(find_orders(ctx, form->q, &orders, &count));
        add_rows(ctx, view, orders, count);
        return reply_view(req, "admin/orders", view);
    }
    struct order_query query = {
        .stage = (enum order_stage)form->stage, .before_id = form->cursor, .limit = ROWS + 1};
    TRY(order_list(ctx, &query, &orders, &count));
    bool is_more = count > ROWS;
    count = is_more ? ROWS : count;
    add_rows(ctx, view, orders, count);
    if (is_more)
        value_set_text(
            ctx->arena, view, "next_url",
            arena_format(ctx->arena, "/admin/orders?stage=%s&cursor=%" PRId64, stage, orders[count - 1].id));
    if (form->cursor)
        value_set_text(ctx->arena, view, "first_url",
                       arena_format(ctx->arena, "/admin/orders?stage=%s", stage));
    return reply_view(req, "admin/orders", view);
}

struct act_form {
    const char *number;
    const char *carrier;
    const char *tracking_number;
    const char *reason;
    int64_t amount;
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
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, reason),
     .is_required = true,
     .maximum = 200,
     .help = "Why, for the buyer and for the record"},
    {0},
};

static const struct field refund_fields[] = {
    NUMBER_FIELD,
    {.name = "amount",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct act_form, amount),
     .is_required = true,
     .minimum = 1,
     .maximum = MONEY_MAX,
     .help = "How much goes back"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, reason),
     .is_required = true,
     .maximum = 200,
     .help = "Why, for the buyer and for the record"},
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
    TRY(order_cancel(&req->ctx, order, form->reason));
    return done(req, order, "cancelled");
}

struct refunding {
    const struct order *order;
    int64_t amount;
    const char *reason;
    int64_t refund_id;
};

static err refund_in_transaction(struct ctx *ctx, void *arg)
{
    struct refunding *refunding = arg;
    return payment_refund(ctx, refunding->order, refunding->amount, refunding->reason, &refunding->refund_id);
}

static err refund(struct req *req)
{
    const struct act_form *form = req->form;
    struct order *order;
    TRY(load(req, &order));
    struct refunding refunding = {order, form->amount, form->reason, 0};
    TRY(db_transact(&req->ctx, refund_in_transaction, &refunding));
    TRY(payment_send_refund(&req->ctx, refunding.refund_id));
    return done(req, order, "refunded");
}

const struct route backoffice_order_routes[] = {
    {.method = GET,
     .path = "/admin/orders",
     .handler = list,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Orders, newest first",
     .answer = "orders"},
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
     .path = "/admin/orders/:number/cancel",
     .handler = cancel,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = cancel_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "Cancel an order; what was paid goes back",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/refund",
     .handler = refund,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = refund_fields,
     .form_size = sizeof(struct act_form),
     .again = show,
     .summary = "Send money back",
     .answer = "order"},
    {0},
};
