/* cart_points.c - points of who is logged in, as a part of what a cart costs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

#include "shop/customer/customer.h"

/* The account may use them here, as far as goods and balance reach: no group, no gift cards, and nothing that
 * is paid with a deposit, which is a part of the sum. */
static bool has_deposit(const struct cart *cart)
{
    for (size_t i = 0; cart->priced.presale && i < cart->count; i++)
        if (cart->priced.presale[i].presale_id && cart->priced.presale[i].kind == PRESALE_DEPOSIT)
            return true;
    return false;
}

static bool is_offered(const struct ctx *ctx, const struct cart *cart)
{
    return points_pay(ctx) && customer_here(ctx) && cart->group_buy_id == 0 && cart->count > 0 &&
           !cart_sells_cards(cart);
}

err cart_use_points(struct ctx *ctx, struct cart *cart, struct quote_line *quoted)
{
    int64_t balance;
    if (cart->points == 0 || !is_offered(ctx, cart) || has_deposit(cart))
        return NULL;
    TRY(points_balance(ctx, customer_here(ctx), &balance));
    const struct quote_points_terms terms =
        points_pay_terms(ctx, cart->points < balance ? cart->points : balance);
    quote_points(ctx->arena, quoted, cart->count, &terms, &cart->priced.quote);
    return NULL;
}

/* ---- how many ---- */

struct usable {
    int64_t balance;
    int64_t most;        /* that may be used */
    const char *problem; /* why none can, NULL = some can */
};

static const char *problem_of(const struct ctx *ctx, const struct cart *cart, const struct usable *usable)
{
    if (has_deposit(cart))
        return "presale";
    if (usable->balance == 0)
        return "no-points";
    if (usable->balance < ctx->shop->points.pay_least)
        return "below-least";
    return usable->most == 0 ? "too-little" : NULL;
}

static err look(struct ctx *ctx, const struct cart *cart, struct usable *usable)
{
    const struct quote_points_terms terms = points_pay_terms(ctx, 0);
    struct quote goods = cart->priced.quote; /* before this step and the next */
    goods.discount -= goods.points.off + goods.rounding;
    TRY(points_balance(ctx, customer_here(ctx), &usable->balance));
    usable->most = has_deposit(cart) ? 0 : quote_points_most(&terms, &goods, usable->balance);
    usable->problem = problem_of(ctx, cart, usable);
    return NULL;
}

/* ---- the wish ---- */

const char *const cart_points_choices[] = {
    [CART_POINTS_TYPED] = "typed", [CART_POINTS_MOST] = "all", [CART_POINTS_NONE] = "none", NULL};

int64_t cart_points_wish(int choice, int64_t typed)
{
    if (choice == CART_POINTS_MOST)
        return CART_POINTS_ALL;
    return choice == CART_POINTS_NONE ? 0 : typed;
}

struct points_wish {
    const char *token;
    int64_t points;
    struct cart *cart; /* as it is afterwards */
};

static err refuse(struct ctx *ctx, const char *code, const char *message, int64_t most)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    struct value *max = value_object(ctx->arena);
    *problem = (struct field_problem){.field = "points",
                                      .code = code,
                                      .message = message,
                                      .max = value_set(ctx->arena, max, "max", value_int(most))};
    return fail_fields(ctx, problem);
}

static err check_wish(struct ctx *ctx, const struct cart *cart, int64_t *points)
{
    struct usable usable;
    if (*points == 0)
        return NULL;
    if (!is_offered(ctx, cart))
        return refuse(ctx, "not-offered", "points pay nothing here", 0);
    TRY(look(ctx, cart, &usable));
    *points = *points == CART_POINTS_ALL ? usable.most : *points;
    if (usable.problem)
        return refuse(ctx, usable.problem, "no points can be used here", 0);
    if (*points < ctx->shop->points.pay_least)
        return refuse(ctx, "below-least", "an order uses more than that, or none", usable.most);
    return *points > usable.most ? refuse(ctx, "above-most", "not so many can be used", usable.most) : NULL;
}

static err set_in_transaction(struct ctx *ctx, void *arg)
{
    const struct points_wish *wish = arg;
    struct cart *cart = wish->cart;
    int64_t points = wish->points;
    TRY(cart_load_open(ctx, wish->token, cart));
    cart->points = 0;
    TRY(cart_price(ctx, cart, NULL));
    TRY(check_wish(ctx, cart, &points));
    cart->points = points;
    if (points > 0)
        TRY(cart_price(ctx, cart, NULL));
    TRY(cart_touch(ctx, cart->id));
    return db_execute(ctx, "UPDATE carts SET points = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(points));
}

err cart_set_points(struct ctx *ctx, const char *token, int64_t points, const struct cart **cart)
{
    struct points_wish wish = {token ? token : "", points, arena_alloc(ctx->arena, sizeof **cart)};
    *cart = wish.cart;
    return db_transact(ctx, set_in_transaction, &wish);
}

/* ---- view ---- */

err cart_points_view(struct ctx *ctx, const struct cart *cart, struct value *view)
{
    const struct quote_points *used = &cart->priced.quote.points;
    const struct quote_points_terms terms = points_pay_terms(ctx, 0);
    struct usable usable;
    value_set(ctx->arena, view, "points", value_null());
    if (!is_offered(ctx, cart))
        return NULL;
    TRY(look(ctx, cart, &usable));
    struct value *points = value_set_object(ctx->arena, view, "points");
    value_set_int(ctx->arena, points, "balance", usable.balance);
    value_set_int(ctx->arena, points, "most", usable.most);
    value_set_money(ctx->arena, points, "most_off",
                    money_of(quote_points_worth(&terms, usable.most), ctx->shop->currency));
    value_set_text(ctx->arena, points, "problem", usable.problem);
    value_set_int(ctx->arena, points, "wanted", cart->points);
    value_set_int(ctx->arena, points, "used", used->used);
    value_set_money(ctx->arena, points, "off", money_of(used->off, ctx->shop->currency));
    value_set_int(ctx->arena, points, "rate", terms.rate);
    value_set_int(ctx->arena, points, "percent", terms.percent);
    value_set_int(ctx->arena, points, "least", terms.least);
    return NULL;
}
