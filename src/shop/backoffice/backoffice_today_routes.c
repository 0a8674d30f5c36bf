/* backoffice_today_routes.c - the dashboard: today, the last seven days, what wants attention. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "job/job.h"
#include "shop/inventory/inventory.h"
#include "shop/order/order.h"
#include "shop/search/search.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define DAYS 7
#define HOURS 24
/* Above this the figures say "at least": a dashboard never walks a table without end. */
#define COUNTED_ORDERS 20000
#define COUNTED_STAGE 1000
#define LATEST 8
#define LOW 10
#define TOP 5
#define ALARMS 5

struct figures {
    int64_t orders;
    int64_t paid_orders;
    int64_t revenue;
};

static void count_in(struct figures *figures, const struct order_total *order)
{
    figures->orders++;
    figures->paid_orders += order->paid > 0;
    figures->revenue += order->paid;
}

static void set_figures(struct ctx *ctx, struct value *view, const struct figures *figures)
{
    value_set_int(ctx->arena, view, "orders", figures->orders);
    value_set_int(ctx->arena, view, "paid_orders", figures->paid_orders);
    value_set_money(ctx->arena, view, "revenue", money_of(figures->revenue, ctx->shop->currency));
}

static void add_hours(struct ctx *ctx, struct value *view, const struct figures *hours)
{
    struct value *list = value_set_list(ctx->arena, view, "hours");
    for (int i = 0; i < HOURS; i++) {
        struct value *hour = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, hour, "hour", i);
        set_figures(ctx, hour, &hours[i]);
    }
}

static void add_days(struct ctx *ctx, struct value *view, const struct figures *days, int64_t first_day)
{
    struct value *list = value_set_list(ctx->arena, view, "days");
    for (int i = 0; i < DAYS; i++) {
        struct value *day = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, day, "date",
                       clock_format(ctx->arena, clock_day_shift(first_day, i, ctx->shop->zone),
                                    ctx->shop->zone, "%m-%d"));
        set_figures(ctx, day, &days[i]);
    }
}

static err add_sales(struct ctx *ctx, struct value *view, struct value *today)
{
    struct figures hours[HOURS] = {0}, days[DAYS] = {0};
    struct zone zone = ctx->shop->zone;
    int64_t day_start = clock_day_start(ctx->now, zone);
    int64_t first_day = clock_day_shift(ctx->now, 1 - DAYS, zone),
            first_number = clock_day_number(first_day, zone);
    struct order_total *totals;
    size_t count;
    TRY(order_list_totals(ctx, first_day, COUNTED_ORDERS, &totals, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t day = clock_day_number(totals[i].placed_at, zone) - first_number;
        if (totals[i].placed_at >= first_day && day < DAYS)
            count_in(&days[day], &totals[i]);
        if (totals[i].placed_at >= day_start && day < DAYS)
            count_in(&hours[clock_hour(totals[i].placed_at, zone)], &totals[i]);
    }
    const struct figures *now = &days[DAYS - 1];
    set_figures(ctx, today, now);
    int64_t average = now->paid_orders ? now->revenue / now->paid_orders : 0;
    value_set_money(ctx->arena, today, "average", money_of(average, ctx->shop->currency));
    add_hours(ctx, view, hours);
    add_days(ctx, view, days, first_day);
    return NULL;
}

static err add_stage_counts(struct ctx *ctx, struct value *today)
{
    static const struct {
        const char *name;
        enum order_stage stage;
    } counted[] = {
        {"to_ship", STAGE_TO_SHIP}, {"unpaid", STAGE_PENDING_PAYMENT}, {"refunding", STAGE_REFUNDING}};
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        int64_t count;
        TRY(order_count_stage(ctx, counted[i].stage, COUNTED_STAGE, &count));
        value_set_int(ctx->arena, today, counted[i].name, count);
    }
    return NULL;
}

static err add_cancelled(struct ctx *ctx, struct value *view)
{
    struct order_cancel_figures figures;
    TRY(order_cancel_figures(ctx, &figures));
    struct value *shown = value_set_object(ctx->arena, view, "merchant_cancel");
    value_set_int(ctx->arena, shown, "days", ORDER_CANCEL_DAYS);
    value_set_int(ctx->arena, shown, "cancelled", figures.cancelled);
    value_set_int(ctx->arena, shown, "at_fault", figures.at_fault);
    value_set_int(ctx->arena, shown, "paid", figures.paid);
    value_set_int(ctx->arena, shown, "rate_per_10000", figures.rate_per_10000);
    value_set_text(ctx->arena, shown, "rate",
                   arena_format(ctx->arena, "%" PRId64 ".%02" PRId64 "%%", figures.rate_per_10000 / 100,
                                figures.rate_per_10000 % 100));
    value_set_bool(ctx->arena, shown, "is_at_most", figures.is_at_most);
    return NULL;
}

static err add_best(struct ctx *ctx, struct value *view)
{
    struct product_sales *sales;
    size_t count;
    TRY(order_list_best(ctx, clock_day_start(ctx->now, ctx->shop->zone), TOP, &sales, &count));
    struct value *list = value_set_list(ctx->arena, view, "top_products");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "title", sales[i].title);
        value_set_int(ctx->arena, row, "quantity", sales[i].quantity);
        value_set_money(ctx->arena, row, "revenue", money_of(sales[i].revenue, ctx->shop->currency));
        value_set_text(ctx->arena, row, "url", arena_format(ctx->arena, "/products/%s", sales[i].handle));
    }
    return NULL;
}

static err add_low_stock(struct ctx *ctx, struct value *view)
{
    struct stock *stocks;
    size_t count;
    TRY(stock_list_low(ctx, LOW, &stocks, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    for (size_t i = 0; i < count; i++)
        ids[i] = stocks[i].variant_id;
    TRY(variant_load_many(ctx, ids, count, variants));
    struct value *list = value_set_list(ctx->arena, view, "low_stock");
    for (size_t i = 0; i < count; i++) {
        if (!variants[i] || !variants[i]->is_on_shelf)
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "product_title", variants[i]->product_title);
        value_set_text(ctx->arena, row, "variant_title", variants[i]->title);
        value_set_text(ctx->arena, row, "sku", variants[i]->sku);
        value_set_int(ctx->arena, row, "available", stock_available(&stocks[i]));
        value_set_text(ctx->arena, row, "url",
                       arena_format(ctx->arena, "/admin/products/%" PRId64, variants[i]->product_id));
    }
    return NULL;
}

static err add_latest(struct ctx *ctx, struct value *view)
{
    struct order_query query = {.limit = LATEST};
    struct order *orders;
    size_t count;
    TRY(order_list(ctx, &query, &orders, &count));
    struct value *list = value_set_list(ctx->arena, view, "latest");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *order_row_view(ctx, &orders[i]));
    return NULL;
}

static err add_attention(struct ctx *ctx, struct value *view)
{
    struct alarm *alarms;
    struct dead_letter *dead;
    size_t count;
    int64_t total;
    TRY(alarm_list_open(ctx, ALARMS, &alarms, &count, &total));
    alarm_views(ctx, value_set_list(ctx->arena, view, "alarms"), alarms, count);
    value_set_int(ctx->arena, view, "alarm_count", total);
    TRY(job_list_dead(ctx, ALARMS, &dead, &count));
    value_set_int(ctx->arena, view, "dead_count", (int64_t)count);
    return NULL;
}

static err add_searches(struct req *req, struct value *view)
{
    struct search_line *lines;
    size_t count = 0;
    if (staff_may(req->visitor, "products.read"))
        TRY(search_todo_list(&req->ctx, &lines, &count));
    value_set_int(req->ctx.arena, view, "search_todo", (int64_t)count);
    return NULL;
}

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct value *today = value_set_object(ctx->arena, view, "today");
    TRY(add_sales(ctx, view, today));
    TRY(add_stage_counts(ctx, today));
    TRY(add_cancelled(ctx, view));
    TRY(add_best(ctx, view));
    TRY(add_low_stock(ctx, view));
    TRY(add_latest(ctx, view));
    TRY(add_attention(ctx, view));
    TRY(add_searches(req, view));
    return reply_view(req, "admin/dashboard", view);
}

const struct route backoffice_today_routes[] = {
    {.method = GET,
     .path = "/admin",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.read",
     .summary = "Figures of today and what wants attention",
     .answer = "today"},
    {0},
};
