/* pricing.c - what one piece costs, line totals and their sum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/pricing.h"

int64_t price_at(int64_t list_price, const struct price_tier *tiers, size_t tier_count, int64_t quantity)
{
    int64_t price = list_price;
    for (size_t i = 0; i < tier_count; i++)
        if (quantity >= tiers[i].from && tiers[i].price < price)
            price = tiers[i].price;
    return price;
}

/* Pieces of a variant count together, however many lines they are on. */
static int64_t pieces_of(const struct priced_line *lines, size_t count, int64_t variant_id)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i].variant_id == variant_id)
            pieces += lines[i].quantity;
    return pieces;
}

err price_lines(struct ctx *ctx, struct priced_line *lines, size_t count, int64_t *total)
{
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        struct priced_line *line = &lines[i];
        line->unit_price = line->tier_count == 0 ? line->list_price
                                                 : price_at(line->list_price, line->tiers, line->tier_count,
                                                            pieces_of(lines, count, line->variant_id));
        bool overflows = __builtin_mul_overflow(line->unit_price, line->quantity, &line->total) ||
                         __builtin_add_overflow(*total, line->total, total);
        if (overflows || *total > MONEY_MAX)
            return fail_with(ctx, ERR_LIMIT, "the sum is out of range");
    }
    return NULL;
}

void price_tiers_view(struct ctx *ctx, struct value *view, const struct variant *variant)
{
    struct value *list = value_set_list(ctx->arena, view, "tiers");
    for (size_t i = 0; i < variant->tier_count; i++) {
        if (variant->tiers[i].price >= variant->price)
            continue;
        struct value *tier = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, tier, "from", variant->tiers[i].from);
        value_set_money(ctx->arena, tier, "price", money_of(variant->tiers[i].price, ctx->shop->currency));
    }
}
