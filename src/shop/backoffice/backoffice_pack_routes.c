/* backoffice_pack_routes.c - packing: one order after the other on a phone, or several at a desk with a
 * printer.
 *
 * Each order of several is shipped or cancelled for itself: what failed is told beside its order, and the
 * rest is done. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/checkout/checkout.h"
#include "shop/order/order.h"
#include "shop/shipping/shipping.h"

/* Orders looked at to find the next one that can be packed: others at that stage wait for codes. */
#define LOOKED_AT 30

struct parcel {
    const char *number;
    const char *tracking_number;
};

struct many_form {
    const char *carrier;
    struct field_rows orders;
};

static const struct field parcel_fields[] = {
    {.name = "number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct parcel, number),
     .maximum = 20,
     .help = "Order number"},
    {.name = "tracking_number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct parcel, tracking_number),
     .maximum = 60,
     .help = "Number of the parcel; an order without one is left as it is"},
    {0},
};

#define ORDERS_FIELD                                                                                         \
    {                                                                                                        \
        .name = "orders", .kind = FIELD_ROWS, .offset = offsetof(struct many_form, orders),                  \
        .maximum = (int64_t)ORDER_MANY_LIMIT * 2, .rows = parcel_fields, .row_size = sizeof(struct parcel),  \
        .help = "The orders; at most 30 at a time are done"                                                  \
    }

static const struct field orders_fields[] = {ORDERS_FIELD, {0}};
static const struct field ship_fields[] = {
    {.name = "carrier",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct many_form, carrier),
     .is_required = true,
     .maximum = 20,
     .help = "Id of a carrier"},
    ORDERS_FIELD,
    {0},
};

/* ---- several orders ---- */

struct batch {
    struct order *orders;
    size_t count;
    const struct parcel **parcels; /* what was sent of each order */
    err *failures;
    bool *is_done;
};

static err load_batch(struct req *req, struct batch *batch)
{
    const struct many_form *form = req->form;
    const struct parcel *rows = form->orders.items;
    struct arena *arena = req->ctx.arena;
    const char *numbers[ORDER_MANY_LIMIT];
    size_t count = 0;
    for (size_t i = 0; i < form->orders.count; i++) {
        if (!rows[i].number[0])
            continue;
        if (count == ORDER_MANY_LIMIT)
            return fail_with(&req->ctx, ERR_LIMIT, "at most %d orders at once", ORDER_MANY_LIMIT);
        numbers[count++] = rows[i].number;
    }
    if (count == 0)
        return fail_field(&req->ctx, "orders", "required", "choose orders first");
    *batch = (struct batch){0};
    TRY(order_load_many(&req->ctx, numbers, count, &batch->orders, &batch->count));
    batch->parcels = arena_alloc_many(arena, batch->count + 1, sizeof *batch->parcels);
    batch->failures = arena_alloc_many(arena, batch->count + 1, sizeof *batch->failures);
    batch->is_done = arena_alloc_many(arena, batch->count + 1, sizeof *batch->is_done);
    for (size_t i = 0; i < batch->count; i++)
        for (size_t j = 0; j < form->orders.count; j++)
            if (text_is(rows[j].number, batch->orders[i].number))
                batch->parcels[i] = &rows[j];
    return NULL;
}

/* The orders as they are after the act. */
static err load_again(struct ctx *ctx, struct batch *batch)
{
    const char *numbers[ORDER_MANY_LIMIT];
    size_t count;
    for (size_t i = 0; i < batch->count; i++)
        numbers[i] = batch->orders[i].number;
    return order_load_many(ctx, numbers, batch->count, &batch->orders, &count);
}

static void add_carriers(struct ctx *ctx, struct value *view)
{
    struct value *list = value_set_list(ctx->arena, view, "carriers");
    for (const struct carrier *carrier = carriers; carrier->id; carrier++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "id", carrier->id);
        value_set_text(ctx->arena, entry, "name", carrier->name);
    }
}

static bool can_ship(const struct order *order)
{
    return order_may(order->state, "shipped") && !order->waits_for_group &&
           order_has_left(order, PRODUCT_PHYSICAL);
}

static void add_failure(struct ctx *ctx, struct value *entry, err failure)
{
    struct value *view = value_set_object(ctx->arena, entry, "failure");
    bool is_field = failure->problems != NULL;
    value_set_text(ctx->arena, view, "slug", error_kind(failure->code)->slug);
    value_set_text(ctx->arena, view, "code", is_field ? failure->problems->code : NULL);
    value_set_text(ctx->arena, view, "detail",
                   error_kind(failure->code)->status < 500 ? failure->detail : NULL);
}

static err reply_batch(struct req *req, const struct batch *batch, const char *act)
{
    const struct many_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "orders");
    int64_t done = 0, failed = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct value *entry = order_view(ctx, &batch->orders[i], false);
        value_add(ctx->arena, list, *entry);
        value_set_text(ctx->arena, entry, "admin_url",
                       arena_format(ctx->arena, "/admin/orders/%s", batch->orders[i].number));
        value_set_bool(ctx->arena, entry, "can_ship", can_ship(&batch->orders[i]) && !batch->is_done[i]);
        value_set_bool(ctx->arena, entry, "is_done", batch->is_done[i]);
        value_set_text(ctx->arena, entry, "tracking_number",
                       batch->parcels[i] ? batch->parcels[i]->tracking_number : NULL);
        if (batch->failures[i])
            add_failure(ctx, entry, batch->failures[i]);
        done += batch->is_done[i];
        failed += batch->failures[i] != NULL;
    }
    value_set_text(ctx->arena, view, "act", act);
    value_set_int(ctx->arena, view, "done", done);
    value_set_int(ctx->arena, view, "failed", failed);
    value_set_text(ctx->arena, view, "carrier", form->carrier);
    add_carriers(ctx, view);
    return reply_view(req, "admin/orders_packing", view);
}

static err show_many(struct req *req)
{
    struct batch batch;
    TRY(load_batch(req, &batch));
    return reply_batch(req, &batch, NULL);
}

static err ship_many(struct req *req)
{
    const struct many_form *form = req->form;
    struct batch batch;
    TRY(load_batch(req, &batch));
    for (size_t i = 0; i < batch.count; i++) {
        const char *tracking_number = batch.parcels[i]->tracking_number;
        if (!tracking_number[0])
            continue;
        batch.failures[i] = order_ship(&req->ctx, &batch.orders[i], form->carrier, tracking_number);
        batch.is_done[i] = !batch.failures[i];
    }
    TRY(load_again(&req->ctx, &batch));
    return reply_batch(req, &batch, "shipped");
}

/* Money that came meanwhile is not sent back by this. */
static err cancel_many(struct req *req)
{
    struct batch batch;
    TRY(load_batch(req, &batch));
    for (size_t i = 0; i < batch.count; i++) {
        bool is_unpaid = order_may(batch.orders[i].state, "cancelled");
        batch.failures[i] = is_unpaid ? order_cancel(&req->ctx, &batch.orders[i], 0, "")
                                      : fail_with(&req->ctx, ERR_INVALID_TRANSITION,
                                                  "only an unpaid order is cancelled here");
    }
    TRY(load_again(&req->ctx, &batch));
    for (size_t i = 0; i < batch.count; i++) {
        batch.is_done[i] = !batch.failures[i] && batch.orders[i].state.order == ORDER_CLOSED;
        if (!batch.is_done[i] && !batch.failures[i])
            batch.failures[i] = fail_with(&req->ctx, ERR_CONFLICT, "it was paid meanwhile");
    }
    return reply_batch(req, &batch, "cancelled");
}

/* ---- one order after the other ---- */

struct pack_form {
    const char *number;
    const char *carrier;
    const char *tracking_number;
    const char *packed;
};

#define NUMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "number", .kind = FIELD_TEXT, .offset = offsetof(struct pack_form, number),                  \
        .is_required = true, .maximum = 20, .help = "Order number"                                           \
    }

static const struct field pack_fields[] = {
    NUMBER_FIELD,
    {.name = "packed",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct pack_form, packed),
     .maximum = 20,
     .help = "For pages: the order that was packed before"},
    {0},
};
static const struct field packed_fields[] = {
    NUMBER_FIELD,
    {.name = "carrier",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct pack_form, carrier),
     .is_required = true,
     .maximum = 20,
     .help = "Id of a carrier"},
    {.name = "tracking_number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct pack_form, tracking_number),
     .is_required = true,
     .maximum = 60,
     .help = "Number of the parcel"},
    {0},
};

/* The number of the order that waits longest behind this one (or, behind the last, of the first), NULL when
 * nothing else can be packed. */
static err find_next(struct ctx *ctx, const struct order *from, const char **number)
{
    struct order *listed, *orders;
    const char *numbers[LOOKED_AT];
    size_t count;
    struct order_query query = {.stage = STAGE_TO_SHIP,
                                .sort = ORDER_WAITING,
                                .cursor = from ? order_cursor(ctx, from) : NULL,
                                .limit = LOOKED_AT};
    *number = NULL;
    TRY(order_list(ctx, &query, &listed, &count));
    for (size_t i = 0; i < count; i++)
        numbers[i] = listed[i].number;
    TRY(order_load_many(ctx, numbers, count, &orders, &count));
    for (size_t i = 0; i < count && !*number; i++)
        if (can_ship(&orders[i]))
            *number = orders[i].number;
    return NULL;
}

static err find_other(struct ctx *ctx, const struct order *from, const char **number)
{
    TRY(find_next(ctx, from, number));
    if (!*number)
        TRY(find_next(ctx, NULL, number));
    if (text_is(*number, from->number))
        *number = NULL;
    return NULL;
}

static err show_pack(struct req *req)
{
    const struct pack_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct order *order;
    const char *next;
    int64_t waiting;
    TRY(order_load_by_number(ctx, form->number, &order));
    TRY(find_other(ctx, order, &next));
    TRY(order_count_stage(ctx, STAGE_TO_SHIP, 1000, &waiting));
    struct value *view = value_object(ctx->arena);
    struct value *tree = order_view(ctx, order, false);
    value_set_bool(ctx->arena, tree, "can_ship", can_ship(order));
    value_set(ctx->arena, view, "order", *tree);
    value_set_text(ctx->arena, view, "next_number", next);
    value_set_int(ctx->arena, view, "waiting", waiting);
    value_set_text(ctx->arena, view, "packed", req->route->method == GET ? form->packed : "");
    add_carriers(ctx, view);
    reply_camera(req);
    return reply_view(req, "admin/order_pack", view);
}

static err pack(struct req *req)
{
    const struct pack_form *form = req->form;
    struct order *order;
    const char *next;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    TRY(order_ship(&req->ctx, order, form->carrier, form->tracking_number));
    TRY(find_other(&req->ctx, order, &next));
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "next_number", next);
    if (next)
        return reply_done(req, 200, view, "/admin/orders/%s/pack?packed=%s", next, order->number);
    return reply_done(req, 200, view, "/admin/orders?stage=to_ship&notice=all-packed");
}

#define ORDERS_WRITE .guard = STAFF, .scope = "orders.write"

const struct route backoffice_pack_routes[] = {
    {.method = POST,
     .path = "/admin/orders/packing",
     .handler = show_many,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = orders_fields,
     .form_size = sizeof(struct many_form),
     .summary = "Several orders to print and pack",
     .answer = "orders"},
    {.method = POST,
     .path = "/admin/orders/ship",
     .handler = ship_many,
     ORDERS_WRITE,
     .fields = ship_fields,
     .form_size = sizeof(struct many_form),
     .summary = "Several orders left, each with its parcel; each succeeds or fails for itself",
     .answer = "orders"},
    {.method = POST,
     .path = "/admin/orders/cancel-unpaid",
     .handler = cancel_many,
     ORDERS_WRITE,
     .fields = orders_fields,
     .form_size = sizeof(struct many_form),
     .summary = "Cancel those of several orders that nobody paid",
     .answer = "orders"},
    {.method = GET,
     .path = "/admin/orders/:number/pack",
     .handler = show_pack,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = pack_fields,
     .form_size = sizeof(struct pack_form),
     .summary = "An order as somebody packs it",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/pack",
     .handler = pack,
     ORDERS_WRITE,
     .fields = packed_fields,
     .form_size = sizeof(struct pack_form),
     .again = show_pack,
     .summary = "Everything physical left with this parcel; tells which order is next",
     .answer = "next_number"},
    {0},
};
