/* cart_group.c - a cart of its own for one group: one line at the group's price. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

/* Neither price lists nor tiers: a group has one price. */
err cart_price_group(struct ctx *ctx, struct cart *cart, struct quote_line *quoted,
                     const int64_t *product_ids, const struct promotion_buyer *buyer)
{
    struct group_place *place = arena_alloc(ctx->arena, sizeof *place);
    int64_t variant_id = cart->count > 0 ? quoted[0].variant_id : 0;
    TRY(group_place_load(ctx, cart->group_buy_id, variant_id, cart->group_id, place));
    for (size_t i = 0; i < cart->count; i++)
        quoted[i].tier_count = 0;
    TRY(price_group(ctx, quoted, product_ids, cart->count, place, buyer, &cart->priced));
    cart->group = cart->count > 0 ? place : NULL;
    return NULL;
}

struct opening {
    const char *group_token;
    struct cart_wish wish;
    struct cart *cart; /* as it is afterwards */
};

static err find_place(struct ctx *ctx, const struct opening *opening, struct group_place *place)
{
    struct buy_group *group;
    if (!opening->group_token[0])
        return group_place_find(ctx, opening->wish.variant_id, place);
    TRY(buy_group_load_by_token(ctx, opening->group_token, &group));
    return group_place_load(ctx, group->group_buy_id, group->variant_id, group->id, place);
}

static err check_line(struct ctx *ctx, const struct cart *cart, const struct cart_line *line)
{
    if (line->problem == LINE_GROUP_OVER)
        return fail_with(ctx, ERR_GROUP_OVER, "this group takes nobody any more");
    if (line->problem == LINE_ABOVE_PERSON)
        return fail_field(
            ctx, "quantity", "group-most",
            arena_format(ctx->arena, "at most %lld pieces for each person", (long long)line->bound));
    return cart->has_problems && (line->problem == LINE_TOO_FEW || line->problem == LINE_OUT_OF_STOCK)
               ? fail_with(ctx, ERR_OUT_OF_STOCK, "%s: there are not so many", line->variant->product_title)
               : NULL;
}

static err open_in_transaction(struct ctx *ctx, void *arg)
{
    const struct opening *opening = arg;
    struct cart *cart = opening->cart;
    struct group_place place;
    struct cart_line *line;
    TRY(find_place(ctx, opening, &place));
    if (place.group_buy_id == 0)
        return fail_with(ctx, ERR_GROUP_OVER, "these goods are in no group buy now");
    struct cart_wish wish = opening->wish;
    wish.variant_id = place.entry.variant_id;
    *cart = (struct cart){.lines = arena_alloc(ctx->arena, sizeof *cart->lines)};
    TRY(cart_line_for(ctx, cart, &wish, &line));
    cart->group_buy_id = place.group_buy_id;
    TRY(cart_insert(ctx, cart));
    cart->group_id = place.group ? place.group->id : 0;
    line->quantity = wish.quantity;
    TRY(cart_price(ctx, cart, NULL));
    TRY(check_line(ctx, cart, line));
    line->seen_price = line->unit_price;
    TRY(cart_write_addition(ctx, cart, line, wish.quantity));
    return db_execute(ctx, "UPDATE carts SET group_buy_id = $3, group_id = $4 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(cart->group_buy_id),
                      db_int(cart->group_id));
}

err cart_open_group(struct ctx *ctx, const char *group_token, const struct cart_wish *wish,
                    const struct cart **cart)
{
    if (wish->quantity < 1 || wish->quantity > CART_QUANTITY_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "1 to 999 pieces");
    struct opening opening = {.group_token = group_token ? group_token : "",
                              .wish = *wish,
                              .cart = arena_alloc(ctx->arena, sizeof **cart)};
    *cart = opening.cart;
    return db_transact(ctx, open_in_transaction, &opening);
}
