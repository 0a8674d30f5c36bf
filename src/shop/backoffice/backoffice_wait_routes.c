/* backoffice_wait_routes.c - for which sold-out variants buyers wait, most wanted first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/catalog/catalog.h"
#include "shop/customer/customer.h"
#include "shop/inventory/inventory.h"
#include "shop/notify/notify.h"

/* The list is for deciding what to buy: who looks further than this looks at the product. */
#define ROWS 100

static void add_row(struct ctx *ctx, struct value *list, const struct customer_wait_count *wait,
                    const struct variant *variant, const struct stock *stock)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "variant_id", wait->variant_id);
    value_set_id(ctx->arena, row, "product_id", wait->product_id);
    value_set_int(ctx->arena, row, "count", wait->count);
    value_set_time(ctx->arena, row, "since", wait->since);
    value_set_int(ctx->arena, row, "available", stock_available(stock));
    value_set_text(ctx->arena, row, "product_title", variant ? variant->product_title : NULL);
    value_set_text(ctx->arena, row, "title", variant ? variant->title : "");
    value_set_text(ctx->arena, row, "sku", variant ? variant->sku : "");
    value_set_bool(ctx->arena, row, "is_on_shelf", variant && variant->is_on_shelf);
    value_set_bool(ctx->arena, row, "is_digital", variant && variant->kind == PRODUCT_DIGITAL);
}

static err list(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct customer_wait_count *waits;
    size_t count;
    TRY(customer_wait_top(ctx, ROWS + 1, &waits, &count));
    size_t shown = count > ROWS ? ROWS : count;
    int64_t *ids = arena_alloc_many(ctx->arena, shown + 1, sizeof *ids);
    struct stock *stocks = arena_alloc_many(ctx->arena, shown + 1, sizeof *stocks);
    const struct variant **variants = arena_alloc_many(ctx->arena, shown + 1, sizeof *variants);
    for (size_t i = 0; i < shown; i++)
        ids[i] = waits[i].variant_id;
    TRY(variant_load_many(ctx, ids, shown, variants));
    TRY(stock_load_many(ctx, ids, shown, stocks));
    struct value *view = value_object(ctx->arena);
    struct value *rows = value_set_list(ctx->arena, view, "waits");
    for (size_t i = 0; i < shown; i++)
        add_row(ctx, rows, &waits[i], variants[i], &stocks[i]);
    value_set_bool(ctx->arena, view, "has_more", count > ROWS);
    value_set_int(ctx->arena, view, "most", ROWS);
    value_set_bool(ctx->arena, view, "is_told", notify_tells_waits(ctx));
    return reply_view(req, "admin/stock_alerts", view);
}

const struct route backoffice_wait_routes[] = {
    {.method = GET,
     .path = "/admin/stock-alerts",
     .handler = list,
     .guard = STAFF,
     .scope = "products.read",
     .is_reading = true,
     .summary = "For which sold-out variants buyers wait",
     .answer = "waits"},
    {0},
};
