/* backoffice_order_list_routes.c - the list of orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/order/order.h"
#include <inttypes.h>

#define ROWS 50
#define FOUND 50
#define COUNTED_STAGE 1000

static const char *const stages[] = {
    "all",       "pending_payment", "to_ship",   "partially_shipped", "shipped",
    "completed", "closed",          "refunding", "refunded",          NULL};
static const char *const sorts[] = {"newest", "waiting", "total", NULL};

struct list_form {
    int stage;
    const char *from;
    const char *to;
    const char *q;
    int sort;
    const char *cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "stage",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, stage),
     .choices = stages,
     .help = "Only orders of this stage"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, from),
     .maximum = 10,
     .help = "Placed on this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, to),
     .maximum = 10,
     .help = "Placed on this day or earlier"},
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = 120,
     .help = "Order number or its last four to ten digits, phone number or e-mail address"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = sorts,
     .help = "newest, who waits longest, or (without stage and days) the highest total"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = 60,
     .help = "next_cursor of the page before"},
    {.name = "removed",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, removed_id),
     .help = "For pages: the saved view that was just removed"},
    {0},
};

static bool is_order_number(const char *text)
{
    return strlen(text) == 20 && strspn(text, "0123456789") == 20;
}

/* A number, the end of one, a phone number or an e-mail address. */
static err find_orders(struct ctx *ctx, const char *q, struct order **orders, size_t *count)
{
    *count = 0;
    size_t length = strlen(q);
    if (length <= ORDER_TAIL_LIMIT && strspn(q, "0123456789") == length)
        return order_list_by_tail(ctx, q, FOUND, orders, count);
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

static struct list_place place_of(const struct list_form *form)
{
    struct list_place place = {.list = &order_list_pages, .sort = sorts[form->sort], .cursor = form->cursor};
    place.values[0] = form->stage ? stages[form->stage] : "";
    place.values[1] = form->from;
    place.values[2] = form->to;
    place.values[3] = form->q;
    list_settle(&place);
    return place;
}

static err read_day(struct ctx *ctx, const char *field, const char *day, int64_t *at)
{
    if (day[0] && !clock_parse_day(day, ctx->shop->utc_offset, at))
        return fail_field(ctx, field, "not-a-date", "a day is written as 2026-05-01");
    return NULL;
}

static err query_of(struct ctx *ctx, const struct list_form *form, const char *sort,
                    struct order_query *query)
{
    *query = (struct order_query){
        .stage = (enum order_stage)form->stage, .cursor = form->cursor, .limit = ROWS + 1};
    query->sort = text_is(sort, "waiting") ? ORDER_WAITING
                  : text_is(sort, "total") ? ORDER_DEAREST
                                           : ORDER_NEWEST;
    TRY(read_day(ctx, "from", form->from, &query->since));
    TRY(read_day(ctx, "to", form->to, &query->until));
    if (query->until)
        query->until += DAY_MS;
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct list_place place = place_of(form);
    const char *next = NULL;
    struct order *orders;
    size_t count;
    value_set_text(ctx->arena, view, "stage", stages[form->stage]);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(add_counts(ctx, view));
    if (form->q[0]) {
        TRY(find_orders(ctx, form->q, &orders, &count));
    } else {
        struct order_query query;
        TRY(query_of(ctx, form, place.sort, &query));
        TRY(order_list(ctx, &query, &orders, &count));
        if (count > ROWS)
            next = order_cursor(ctx, &orders[ROWS - 1]);
        count = next ? ROWS : count;
    }
    add_rows(ctx, view, orders, count);
    TRY(list_view(ctx, &place, next, view));
    return reply_view(req, "admin/orders", view);
}

const struct route backoffice_order_list_routes[] = {
    {.method = GET,
     .path = "/admin/orders",
     .handler = list,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Orders",
     .answer = "orders"},
    {0},
};
