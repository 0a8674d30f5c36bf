/* backoffice_use_view.c - who used it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_use_view.h"

#include "shop/order/order.h"
#include <inttypes.h>

static const struct order *order_of(const struct order *orders, size_t count, int64_t order_id)
{
    for (size_t i = 0; i < count; i++)
        if (orders[i].id == order_id)
            return &orders[i];
    return NULL;
}

static void add_row(struct ctx *ctx, struct value *list, const struct order *order, const struct use_row *use)
{
    struct value *row = value_add(ctx->arena, list, *order_row_view(ctx, order));
    if (use->pieces)
        value_set_int(ctx->arena, row, "pieces", use->pieces);
    if (use->version) {
        value_set_money(ctx->arena, row, "amount", money_of(use->amount, order->currency));
        value_set_int(ctx->arena, row, "version", use->version);
    }
    value_set_bool(ctx->arena, row, "is_live", use->is_live);
}

err uses_set_view(struct ctx *ctx, struct value *view, const struct use_page *page)
{
    struct order *orders;
    int64_t ids[USE_ROWS];
    size_t have, count = page->count > USE_ROWS ? USE_ROWS : page->count;
    for (size_t i = 0; i < count; i++)
        ids[i] = page->rows[i].order_id;
    TRY(order_list_many(ctx, ids, count, &orders, &have));
    struct value *list = value_set_list(ctx->arena, view, "uses");
    for (size_t i = 0; i < count; i++) {
        const struct order *order = order_of(orders, have, ids[i]);
        if (order)
            add_row(ctx, list, order, &page->rows[i]);
    }
    bool has_more = page->count > USE_ROWS;
    value_set_text(
        ctx->arena, view, "next_url",
        has_more ? arena_format(ctx->arena, "%s?cursor=%" PRId64 "#orders", page->at, ids[count - 1]) : NULL);
    value_set_text(ctx->arena, view, "first_url", page->before_id ? page->at : NULL);
    return NULL;
}
