/* points_view.c - points as pages show them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points.h"

#include "base/value.h"

static void add_lots(struct ctx *ctx, struct value *view, const struct point_lot *lots, size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "lots");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_time(ctx->arena, row, "expires_at", lots[i].expires_at);
        value_set_time(ctx->arena, row, "last_at", lots[i].expires_at - 1); /* on its last day */
        value_set_int(ctx->arena, row, "points", lots[i].points);
    }
}

static void add_movement(struct ctx *ctx, struct value *list, const struct point_movement *movement)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "id", movement->id);
    value_set_text(ctx->arena, row, "kind", point_kind_names[movement->kind]);
    value_set_int(ctx->arena, row, "points", movement->points);
    value_set_text(ctx->arena, row, "order", movement->order_number);
    value_set_text(ctx->arena, row, "reason", movement->reason);
    value_set_time(ctx->arena, row, "at", movement->at);
    value_set(ctx->arena, row, "expires_at", value_null());
    if (movement->expires_at > 0)
        value_set_time(ctx->arena, row, "expires_at", movement->expires_at);
}

/* nil where points pay nothing. */
static void add_pay(struct ctx *ctx, struct value *view)
{
    const struct quote_points_terms terms = points_pay_terms(ctx, 0);
    value_set(ctx->arena, view, "pay", value_null());
    if (!points_pay(ctx))
        return;
    struct value *pay = value_set_object(ctx->arena, view, "pay");
    value_set_int(ctx->arena, pay, "rate", terms.rate);
    value_set_int(ctx->arena, pay, "percent", terms.percent);
    value_set_int(ctx->arena, pay, "least", terms.least);
}

err points_account_view(struct ctx *ctx, struct value *view, int64_t customer_id, int64_t before_id)
{
    struct point_movement *movements;
    struct point_lot *lots;
    size_t count, lot_count;
    int64_t balance, debt;
    TRY(points_account(ctx, customer_id, &balance, &debt));
    TRY(points_lots(ctx, customer_id, &lots, &lot_count));
    TRY(points_list(ctx, customer_id, before_id, POINTS_LIST_LIMIT + 1, &movements, &count));
    value_set_int(ctx->arena, view, "balance", balance);
    value_set_int(ctx->arena, view, "debt", debt);
    value_set_bool(ctx->arena, view, "is_on", ctx->shop->points.state == POINTS_ON);
    value_set_int(ctx->arena, view, "earned_rate", ctx->shop->points.earned);
    value_set_int(ctx->arena, view, "months", ctx->shop->points.months);
    add_lots(ctx, view, lots, lot_count);
    add_pay(ctx, view);
    struct value *list = value_set_list(ctx->arena, view, "movements");
    for (size_t i = 0; i < count && i < POINTS_LIST_LIMIT; i++)
        add_movement(ctx, list, &movements[i]);
    value_set_id(ctx->arena, view, "next_before",
                 count > POINTS_LIST_LIMIT ? movements[POINTS_LIST_LIMIT - 1].id : 0);
    return NULL;
}
