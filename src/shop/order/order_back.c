/* order_back.c - pieces whose money goes back, as the lines keep them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "shop/pricing/pricing.h"

static err keep(struct ctx *ctx, const struct order *order, const struct line_back *back)
{
    const struct order_line *line = back->line;
    return db_expect(ctx, 1, ERR_CONFLICT, "the line changed meanwhile",
                     "UPDATE order_lines SET refunded = refunded + $4, withdrawn = withdrawn + $5,"
                     " returned = returned + $6 WHERE shop_id = $1 AND order_id = $2 AND line_no = $3"
                     " AND refunded = $7 AND fulfilled = $8 AND withdrawn = $9",
                     db_int(ctx->shop->id), db_int(order->id), db_int(line->line_no), db_int(back->quantity),
                     db_int(back->withdrawn), db_int(back->returned), db_int(line->refunded),
                     db_int(line->fulfilled), db_int(line->withdrawn));
}

static size_t withdrawn_of(struct ctx *ctx, const struct line_back *backs, size_t count,
                           struct demand **demands)
{
    size_t demand_count = 0;
    *demands = arena_alloc_many(ctx->arena, count + 1, sizeof **demands);
    for (size_t i = 0; i < count; i++)
        if (backs[i].withdrawn > 0)
            (*demands)[demand_count++] = (struct demand){.variant_id = backs[i].line->variant_id,
                                                         .product_id = backs[i].line->product_id,
                                                         .quantity = backs[i].withdrawn,
                                                         .parts = backs[i].line->parts,
                                                         .part_count = backs[i].line->part_count};
    return demand_gather(*demands, demand_count);
}

/* In a copy: the body of a transaction may run again. */
static void change_lines(struct ctx *ctx, struct order *order, const struct line_back *backs, size_t count)
{
    struct order_line *lines = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *lines);
    for (size_t i = 0; i < order->line_count; i++) {
        lines[i] = order->lines[i];
        for (size_t j = 0; j < count; j++)
            if (backs[j].line->line_no == lines[i].line_no) {
                lines[i].refunded += backs[j].quantity;
                lines[i].withdrawn += backs[j].withdrawn;
                lines[i].returned += backs[j].returned;
            }
    }
    order->lines = lines;
}

/* The event moves the version of the order: whoever is about to send these pieces decides anew. */
err order_take_back(struct ctx *ctx, struct order *order, const struct line_back *backs, size_t count,
                    const char *note)
{
    struct demand *demands;
    size_t demand_count = withdrawn_of(ctx, backs, count, &demands);
    struct order_change change = {.event = "withdrawn", .note = note};
    if (demand_count > 0)
        TRY(order_apply(ctx, order, &change));
    for (size_t i = 0; i < count; i++)
        TRY(keep(ctx, order, &backs[i]));
    change_lines(ctx, order, backs, count);
    if (demand_count == 0)
        return NULL;
    if (order->is_rationed)
        TRY(order_rations_give_back(ctx, order->id, demands, demand_count));
    return stock_release(ctx, order->id, demands, demand_count);
}

static bool has_sent(const struct order *order, enum product_kind kind)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == kind && order->lines[i].fulfilled > 0)
            return true;
    return false;
}

err order_end_withdrawn(struct ctx *ctx, struct order *order)
{
    struct order_change change = {.event = "all_withdrawn"};
    if (order_has_left(order, PRODUCT_PHYSICAL) || order_has_left(order, PRODUCT_DIGITAL))
        return NULL;
    if (order->state.fulfillment == FULFILLMENT_PARTIAL)
        change.event = has_sent(order, PRODUCT_PHYSICAL) ? "parcel_was_all" : "codes_were_all";
    TRY(order_apply(ctx, order, &change));
    bool is_nothing_sent = !has_sent(order, PRODUCT_PHYSICAL) && !has_sent(order, PRODUCT_DIGITAL);
    return is_nothing_sent && order_has_offers(order) ? promotion_give_back(ctx, order->id) : NULL;
}
