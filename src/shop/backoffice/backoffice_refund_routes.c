/* backoffice_refund_routes.c - money back: staff choose pieces and an amount, see what that comes to, and say
 * yes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_order_view.h"
#include "shop/backoffice/backoffice_refund_view.h"
#include "shop/payment/payment.h"

#define QUANTITY_MOST 1000000

static const char *const steps[] = {"do", "preview", NULL};
enum { STEP_DO, STEP_PREVIEW };

struct pick_row {
    int64_t line_no;
    int64_t quantity;
    int back;
};

struct refund_form {
    const char *number;
    struct field_rows lines;
    int64_t amount;
    const char *reason;
    int64_t location_id;
    const char *request;
    int64_t seen;
    int step;
};

#define NUMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "number", .kind = FIELD_TEXT, .offset = offsetof(struct refund_form, number),                \
        .is_required = true, .maximum = 20, .help = "Order number"                                           \
    }

static const struct field show_fields[] = {NUMBER_FIELD, {0}};

static const struct field pick_fields[] = {
    {.name = "line_no",
     .kind = FIELD_INT,
     .offset = offsetof(struct pick_row, line_no),
     .is_required = true,
     .minimum = 1,
     .maximum = REFUND_PICK_LIMIT,
     .help = "Which line of the order"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct pick_row, quantity),
     .minimum = 0,
     .maximum = QUANTITY_MOST,
     .help = "How many pieces; what they are worth follows from what was paid for the line"},
    {.name = "back",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct pick_row, back),
     .choices = goods_back_names,
     .help = "Whether pieces that had left come back into stock, and in which state"},
    {0},
};

static const struct field refund_fields[] = {
    NUMBER_FIELD,
    {.name = "lines",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct refund_form, lines),
     .maximum = REFUND_PICK_LIMIT,
     .rows = pick_fields,
     .row_size = sizeof(struct pick_row),
     .help = "Pieces that go back"},
    {.name = "amount",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct refund_form, amount),
     .minimum = 0,
     .maximum = MONEY_MAX,
     .help = "A free amount beside the pieces: goodwill, or what sending cost"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct refund_form, reason),
     .is_required = true,
     .maximum = 200,
     .help = "Why, for the buyer and for the record"},
    {.name = "location",
     .kind = FIELD_ID,
     .offset = offsetof(struct refund_form, location_id),
     .help = "Where goods come back to; absent = the place that every shop has"},
    {.name = "request",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct refund_form, request),
     .maximum = REFUND_REQUEST_LIMIT,
     .help = "A word of the asker's: the same one again is the same refund"},
    {.name = "seen",
     .kind = FIELD_INT,
     .offset = offsetof(struct refund_form, seen),
     .minimum = -1,
     .maximum = MONEY_MAX,
     .otherwise = -1,
     .help =
         "What could be refunded when the asker looked, in minor units: refused when it is another sum now"},
    {.name = "step",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct refund_form, step),
     .choices = steps,
     .help = "preview: says what it comes to, and does nothing"},
    {0},
};

static struct refund_wish wish_of(struct ctx *ctx, const struct refund_form *form)
{
    const struct pick_row *rows = form->lines.items;
    struct refund_pick *picks = arena_alloc_many(ctx->arena, form->lines.count + 1, sizeof *picks);
    for (size_t i = 0; i < form->lines.count; i++)
        picks[i] = (struct refund_pick){rows[i].line_no, rows[i].quantity, (enum goods_back)rows[i].back};
    return (struct refund_wish){.picks = picks,
                                .count = form->lines.count,
                                .amount = form->amount,
                                .location_id = form->location_id ? form->location_id : LOCATION_HOME,
                                .reason = form->reason,
                                .request = form->request,
                                .seen_left = form->seen >= 0 ? &form->seen : NULL};
}

static err reply_page(struct req *req, const struct order *order, const struct refund_wish *wish,
                      const struct refund_quote *quote)
{
    struct value *view;
    struct value *page = value_object(req->ctx.arena);
    TRY(refund_page_view(&req->ctx, order, wish, quote, &view));
    value_set(req->ctx.arena, page, "refund", *view);
    return reply_view(req, "admin/order_refund", page);
}

static err show(struct req *req)
{
    const struct refund_form *form = req->form;
    struct order *order;
    struct refund_wish nothing = {.location_id = LOCATION_HOME};
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    return reply_page(req, order, &nothing, NULL);
}

/* What was chosen stays chosen; a new request, because the old word may stand for what was done meanwhile. */
static err show_again(struct req *req)
{
    const struct refund_form *form = req->form;
    struct order *order;
    struct refund_wish wish = wish_of(&req->ctx, form);
    wish.request = NULL;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    return reply_page(req, order, &wish, NULL);
}

static err refund(struct req *req)
{
    const struct refund_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct order *order;
    struct refund_quote quote;
    struct refund_wish wish = wish_of(ctx, form);
    struct value *view;
    int64_t refund_id;
    TRY(order_load_by_number(ctx, form->number, &order));
    if (form->step == STEP_PREVIEW) {
        TRY(refund_quote_make(ctx, order, &wish, &quote));
        return reply_page(req, order, &wish, &quote);
    }
    TRY(payment_refund_wish(ctx, order, &wish, &refund_id));
    TRY(payment_send_refund(ctx, refund_id));
    TRY(order_load(ctx, order->id, &order));
    TRY(order_admin_view(ctx, order, &view));
    return reply_done(req, 200, view, "/admin/orders/%s?notice=refunded", order->number);
}

const struct route backoffice_refund_routes[] = {
    {.method = GET,
     .path = "/admin/orders/:number/refund",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = show_fields,
     .form_size = sizeof(struct refund_form),
     .summary = "What of an order can go back, line by line",
     .answer = "refund"},
    {.method = POST,
     .path = "/admin/orders/:number/refund",
     .handler = refund,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = refund_fields,
     .form_size = sizeof(struct refund_form),
     .again = show_again,
     .summary = "Send money back, for pieces of lines or freely",
     .answer = "order"},
    {0},
};
