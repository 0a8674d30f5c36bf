/* backoffice_order_list_routes.c - the list of orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/money.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/order/order.h"
#include "shop/payment/payment.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
#define COUNTED_STAGE 1000
#define AMOUNT_LIMIT INT64_C(9000000000000)

/* In the order of these, "all" before them. */
static const char *const payments[] = {"all",      "unpaid", "partially_paid", "paid", "partially_refunded",
                                       "refunded", NULL};
static const enum payment_status payment_of[] = {
    0, PAYMENT_UNPAID, PAYMENT_PARTIALLY_PAID, PAYMENT_PAID, PAYMENT_PARTIALLY_REFUNDED, PAYMENT_REFUNDED};
static const char *const kinds[] = {"all", "physical", "digital", NULL};
static const enum product_kind kind_of[] = {0, PRODUCT_PHYSICAL, PRODUCT_DIGITAL};
static const char *const sorts[] = {"newest", "waiting", "total", NULL};

struct list_form {
    int stage;
    int payment;
    int kind;
    int64_t total_min;
    int64_t total_max;
    const char *from;
    const char *to;
    const char *q;
    const char *gateway;
    int sort;
    const char *cursor;
    int64_t removed_id;
};

#define NARROWING_FIELDS                                                                                     \
    {.name = "stage",                                                                                        \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct list_form, stage),                                                            \
     .choices = order_stage_choices,                                                                         \
     .help = "Only orders of this stage"},                                                                   \
        {.name = "payment",                                                                                  \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct list_form, payment),                                                      \
         .choices = payments,                                                                                \
         .help = "Only orders whose payment is so"},                                                         \
        {.name = "kind",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct list_form, kind),                                                         \
         .choices = kinds,                                                                                   \
         .help = "Only orders that hold goods of this kind"},                                                \
        {.name = "min",                                                                                      \
         .kind = FIELD_MONEY,                                                                                \
         .offset = offsetof(struct list_form, total_min),                                                    \
         .maximum = AMOUNT_LIMIT,                                                                            \
         .help = "Of this amount or more"},                                                                  \
        {.name = "max",                                                                                      \
         .kind = FIELD_MONEY,                                                                                \
         .offset = offsetof(struct list_form, total_max),                                                    \
         .maximum = AMOUNT_LIMIT,                                                                            \
         .help = "Of this amount or less"},                                                                  \
        {.name = "from",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct list_form, from),                                                         \
         .maximum = 10,                                                                                      \
         .help = "Placed on this day or later, as 2026-05-01"},                                              \
        {.name = "to",                                                                                       \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct list_form, to),                                                           \
         .maximum = 10,                                                                                      \
         .help = "Placed on this day or earlier"},                                                           \
        {.name = "gateway",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct list_form, gateway),                                                      \
         .maximum = 40,                                                                                      \
         .help = "Only orders that were paid through this gateway"},                                         \
    {                                                                                                        \
        .name = "q", .kind = FIELD_TEXT, .offset = offsetof(struct list_form, q), .maximum = 120,            \
        .help = "Order number or its last four to ten digits, a name or a part of it, phone, e-mail, parcel" \
    }

static const struct field list_fields[] = {
    NARROWING_FIELDS,
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

/* What the search of the whole back office finds of orders, but for the goods in them. */
static err find_orders(struct req *req, const char *q, struct order_search *search)
{
    *search = (struct order_search){.q = q, .sees_accounts = staff_may(req->visitor, "customers.read")};
    return order_search(&req->ctx, search);
}

static err add_counts(struct ctx *ctx, struct value *view)
{
    static const enum order_stage counted[] = {STAGE_PENDING_PAYMENT, STAGE_PENDING_BALANCE, STAGE_TO_SHIP,
                                               STAGE_SHIPPED};
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

/* Those that are offered now. */
static void add_gateways(struct ctx *ctx, struct value *view)
{
    struct value *list = value_set_list(ctx->arena, view, "gateways");
    for (const struct gateway *const *gateway = ctx->services->gateways; *gateway; gateway++)
        if (gateway_find(ctx, (*gateway)->id))
            value_add(ctx->arena, list, value_text((*gateway)->id));
}

static const char *amount_of(struct ctx *ctx, int64_t amount)
{
    return amount ? money_decimal(ctx->arena, money_of(amount, ctx->shop->currency)) : "";
}

/* A word is looked for in all orders. */
static struct list_place place_of(struct ctx *ctx, const struct list_form *form)
{
    struct list_place place = {.list = &order_list_pages, .sort = sorts[form->sort], .cursor = form->cursor};
    place.values[ORDERS_Q] = form->q;
    if (!form->q[0]) {
        place.values[ORDERS_STAGE] = form->stage ? order_stage_choices[form->stage] : "";
        place.values[ORDERS_PAYMENT] = form->payment ? payments[form->payment] : "";
        place.values[ORDERS_KIND] = form->kind ? kinds[form->kind] : "";
        place.values[ORDERS_MIN] = amount_of(ctx, form->total_min);
        place.values[ORDERS_MAX] = amount_of(ctx, form->total_max);
        place.values[ORDERS_FROM] = form->from;
        place.values[ORDERS_TO] = form->to;
        place.values[ORDERS_GATEWAY] = form->gateway;
    }
    list_settle(&place);
    return place;
}

static err query_of(struct ctx *ctx, const struct list_form *form, const char *sort,
                    struct order_query *query)
{
    *query = (struct order_query){.stage = (enum order_stage)form->stage,
                                  .payment = payment_of[form->payment],
                                  .kind = kind_of[form->kind],
                                  .total_min = form->total_min,
                                  .total_max = form->total_max,
                                  .cursor = form->cursor,
                                  .limit = ROWS};
    query->sort = text_is(sort, "waiting") ? ORDER_WAITING
                  : text_is(sort, "total") ? ORDER_DEAREST
                                           : ORDER_NEWEST;
    return list_read_days(ctx, form->from, form->to, &query->since, &query->until);
}

static err list_orders(struct req *req, const struct list_form *form, struct value **made)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct list_place place = place_of(ctx, form);
    struct order_page page = {0};
    *made = view;
    value_set_text(ctx->arena, view, "stage", order_stage_choices[form->stage]);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(add_counts(ctx, view));
    int64_t early = 0;
    if (form->stage == STAGE_TO_SHIP)
        TRY(order_count_early(ctx, COUNTED_STAGE, &early));
    value_set_int(ctx->arena, view, "early", early);
    if (form->q[0]) {
        struct order_search search;
        TRY(find_orders(req, form->q, &search));
        page.orders = search.orders;
        page.count = search.count;
        value_set_bool(ctx->arena, view, "is_behind", search.is_behind);
    } else {
        struct order_query query;
        TRY(query_of(ctx, form, place.sort, &query));
        if (form->gateway[0])
            TRY(payment_order_page(ctx, form->gateway, &query, &page));
        else
            TRY(order_list_page(ctx, &query, &page));
    }
    add_gateways(ctx, view);
    add_rows(ctx, view, page.orders, page.count);
    value_set_bool(ctx->arena, view, "is_cut", page.is_cut);
    return list_view(ctx, &place, page.next_cursor, view);
}

static err list(struct req *req)
{
    struct value *view;
    TRY(list_orders(req, req->form, &view));
    return reply_view(req, "admin/orders", view);
}

/* The list again, for an act that was refused. */
static err show_again(struct req *req)
{
    const struct list_form *typed = req->form;
    struct list_form form = *typed;
    struct value *view;
    form.cursor = "";
    TRY(list_orders(req, &form, &view));
    return reply_view(req, "admin/orders", view);
}

/* ---- all that the list finds ---- */

static const struct field cancel_fields[] = {NARROWING_FIELDS, {0}};

/* Those of the filter that nobody paid: an index leads to them, however many others there are. */
static err unpaid_ids(struct req *req, const struct list_form *form, int64_t **ids, size_t *count)
{
    struct ctx *ctx = &req->ctx;
    struct order_query query;
    struct order_search search;
    *count = 0;
    if (!form->q[0]) {
        if (form->gateway[0]) /* what was paid through it is not unpaid */
            return NULL;
        TRY(query_of(ctx, form, "newest", &query));
        if (query.stage && query.stage != STAGE_PENDING_PAYMENT)
            return NULL;
        query.stage = STAGE_PENDING_PAYMENT;
        return order_list_ids(ctx, &query, ids, count);
    }
    TRY(find_orders(req, form->q, &search));
    *ids = arena_alloc_many(ctx->arena, search.count + 1, sizeof **ids);
    for (size_t i = 0; i < search.count; i++)
        if (order_may(search.orders[i].state, "cancelled"))
            (*ids)[(*count)++] = search.orders[i].id;
    return NULL;
}

static err cancel_found(struct req *req)
{
    int64_t *ids;
    size_t count;
    struct work work;
    TRY(unpaid_ids(req, req->form, &ids, &count));
    if (count == 0)
        return fail_field(&req->ctx, "all", "no-unpaid", "none of these orders waits for its payment");
    if (count > ORDER_BULK_LIMIT)
        return fail_with(&req->ctx, ERR_LIMIT, "at most %d orders at once", ORDER_BULK_LIMIT);
    TRY(orders_cancel_open(&req->ctx, ids, count, &work));
    return reply_work(req, &work);
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
    {.method = POST,
     .path = "/admin/orders/cancel-found",
     .handler = cancel_found,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = cancel_fields,
     .form_size = sizeof(struct list_form),
     .again = show_again,
     .summary = "Have all unpaid orders cancelled that the list finds, at most 10,000",
     .answer = "work"},
    {0},
};
