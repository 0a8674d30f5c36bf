/* cart_region.c - where a cart goes, and what carrying it costs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

err cart_carry(struct ctx *ctx, struct cart *cart, const struct quote_line *quoted,
               const struct promotion_buyer *buyer)
{
    struct carried *carried = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *carried);
    int64_t region = buyer && buyer->region ? buyer->region : cart->region;
    for (size_t i = 0; i < cart->count; i++) {
        const struct variant *variant = cart->lines[i].variant;
        carried[i] = (struct carried){variant->product_id, variant->weight, variant->kind == PRODUCT_DIGITAL};
    }
    return price_freight(ctx, quoted, carried, cart->count, region, &cart->priced);
}

struct region_change {
    const char *token;
    int64_t region;
    struct cart *cart; /* as it is afterwards */
};

static err set_region_in_transaction(struct ctx *ctx, void *arg)
{
    const struct region_change *change = arg;
    struct cart *cart = change->cart;
    TRY(cart_load_open(ctx, change->token, cart));
    cart->region = change->region;
    TRY(cart_price(ctx, cart, NULL));
    TRY(cart_touch(ctx, cart->id));
    return db_execute(ctx, "UPDATE carts SET region = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(change->region));
}

err cart_set_region(struct ctx *ctx, const char *token, int64_t region, const struct cart **cart)
{
    struct region_change change = {
        .token = token ? token : "", .region = region, .cart = arena_alloc(ctx->arena, sizeof **cart)};
    if (region != 0 && freight_region_place(region) < 0)
        return fail_field(ctx, "region", "unknown-region", "this is no province");
    *cart = change.cart;
    return db_transact(ctx, set_region_in_transaction, &change);
}
