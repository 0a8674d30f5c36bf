/* backoffice_digital_order_routes.c - what an order gets from a person: the list of those who wait, typing
 * it, and looking at what was delivered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_order_view.h"
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30
#define LINES_LIMIT 100

/* ---- who waits ---- */

struct list_form {
    int64_t cursor;
};

static const struct field list_fields[] = {
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Cursor of the page before"},
    {0},
};

/* The oldest first: whoever waits longest is served first. */
static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    int64_t *ids, waiting;
    size_t id_count, count;
    struct order *orders;
    struct value *view = value_object(ctx->arena);
    TRY(payment_list_by_hand(ctx, form->cursor, ROWS + 1, &ids, &id_count));
    bool is_more = id_count > ROWS;
    id_count = is_more ? ROWS : id_count;
    TRY(order_list_many(ctx, ids, id_count, &orders, &count));
    struct value *rows = value_set_list(ctx->arena, view, "orders");
    for (size_t i = count; i > 0; i--)
        value_add(ctx->arena, rows, *order_row_view(ctx, &orders[i - 1]));
    TRY(payment_count_by_hand(ctx, &waiting));
    value_set_int(ctx->arena, view, "waiting", waiting);
    value_set_text(ctx->arena, view, "next_url",
                   is_more ? arena_format(ctx->arena, "/admin/codes/by-hand?cursor=%" PRId64, ids[ROWS - 1])
                           : NULL);
    value_set_text(ctx->arena, view, "first_url", form->cursor ? "/admin/codes/by-hand" : NULL);
    return reply_view(req, "admin/digital_hand", view);
}

/* ---- typing ---- */

struct text_row {
    int64_t line_no;
    const char *text;
};

struct order_form {
    const char *number;
    struct field_rows texts;
};

#define NUMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "number", .kind = FIELD_TEXT, .offset = 0, .is_required = true, .maximum = 20,               \
        .help = "Order number"                                                                               \
    }

static const struct field text_fields[] = {
    {.name = "line_no",
     .kind = FIELD_INT,
     .offset = offsetof(struct text_row, line_no),
     .is_required = true,
     .minimum = 1,
     .maximum = LINES_LIMIT,
     .help = "Which line of the order"},
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct text_row, text),
     .is_required = true,
     .maximum = CODE_LENGTH_LIMIT,
     .help = "What the buyer gets"},
    {0},
};

static const struct field type_fields[] = {
    NUMBER_FIELD,
    {.name = "texts",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct order_form, texts),
     .maximum = LINES_LIMIT,
     .rows = text_fields,
     .row_size = sizeof(struct text_row),
     .help = "A text for each line that waits for one"},
    {0},
};
static const struct field number_fields[] = {NUMBER_FIELD, {0}};

static const char *staff_name(const struct req *req)
{
    const struct staff *staff = req->visitor;
    return staff ? staff->name : "";
}

static err type(struct req *req)
{
    const struct order_form *form = req->form;
    const struct text_row *rows = form->texts.items;
    struct order *order;
    struct value *view;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    struct typed_delivery *typed = arena_alloc_many(req->ctx.arena, form->texts.count + 1, sizeof *typed);
    for (size_t i = 0; i < form->texts.count; i++) {
        const struct order_line *line = order_find_line(order, rows[i].line_no);
        if (!line)
            return fail_field(&req->ctx, "texts", "unknown-choice", "the order has no such line");
        typed[i] = (struct typed_delivery){line->line_no, line->variant_id, rows[i].text};
    }
    TRY(payment_deliver_typed(&req->ctx, order->id, typed, form->texts.count, staff_name(req)));
    TRY(order_load(&req->ctx, order->id, &order));
    TRY(order_admin_view(&req->ctx, order, &view));
    return reply_done(req, 200, view, "/admin/orders/%s?notice=typed", order->number);
}

/* ---- looking ---- */

/* The page itself, with the codes whole. */
static err reveal(struct req *req)
{
    const struct order_form *form = req->form;
    struct order *order;
    struct delivered_code *codes;
    size_t count;
    struct value *view;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    TRY(code_list_delivered(&req->ctx, order->id, &codes, &count));
    if (count == 0)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "nothing was delivered");
    TRY(code_note_view(&req->ctx, order->id, 0, staff_name(req), req_network(req)));
    const char *subject = arena_format(req->ctx.arena, "orders/%s", order->number);
    TRY(audit_note_alone(
        &req->ctx, &(struct audit_entry){.kind = "order.codes", .subject = subject, .title = order->number}));
    TRY(order_admin_view(&req->ctx, order, &view));
    struct value *tree = value_set(req->ctx.arena, view, "order", *value_find(view, "order"));
    struct value_list *list_of = value_find(tree, "deliveries")->list;
    for (size_t i = 0; i < count && i < list_of->count; i++)
        value_set_text(req->ctx.arena, &list_of->items[i], "code", codes[i].code);
    value_set_bool(req->ctx.arena, tree, "is_revealed", true);
    return reply_view(req, "admin/order", view);
}

const struct route backoffice_digital_order_routes[] = {
    {.method = GET,
     .path = "/admin/codes/by-hand",
     .handler = list,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Paid orders that wait for a person to deliver them, the oldest first",
     .answer = "orders"},
    {.method = POST,
     .path = "/admin/orders/:number/type",
     .handler = type,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = type_fields,
     .form_size = sizeof(struct order_form),
     .again = order_show_again,
     .summary = "Deliver by hand what a paid order waits for",
     .answer = "order"},
    {.method = POST,
     .path = "/admin/orders/:number/codes",
     .handler = reveal,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = number_fields,
     .form_size = sizeof(struct order_form),
     .again = order_show_again,
     .summary = "Show what was delivered, whole; it is noted who looked",
     .answer = "order"},
    {0},
};
