/* pricing.c - what one piece costs, line totals and their sum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/pricing.h"

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
