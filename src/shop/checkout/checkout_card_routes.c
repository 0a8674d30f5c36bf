/* checkout_card_routes.c - gift cards that are named in forms. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout_card_routes.h"

#include "shop/checkout/checkout.h"
#include "shop/customer/customer.h"
#include "shop/payment/payment.h"

#define CHOICE_FIELD "gift_card"

bool card_is_chosen(const struct card_choice *choice)
{
    return choice->code[0] || choice->card_id;
}

/* Codes that one address may try in a minute, as often as a password: 100 bits are not found by trying. */
static err take_turn(struct req *req)
{
    const char *who = arena_format(req->ctx.arena, "gift card from %s", req->address);
    return req_rate_take(req, who, req->ctx.config->login_limit * GIFT_CARD_CODES_AT_ONCE)
               ? NULL
               : fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many codes at once");
}

/* Of another account there is no such card. */
err card_find_chosen(struct req *req, const struct card_choice *choice, struct gift_card *card)
{
    if (choice->code[0] || !choice->card_id) {
        TRY(take_turn(req));
        return gift_card_find(&req->ctx, choice->code, card);
    }
    TRY(gift_card_load(&req->ctx, choice->card_id, card));
    bool is_own = customer_here(&req->ctx) && card->customer_id == customer_here(&req->ctx);
    return is_own ? NULL : fail_with(&req->ctx, ERR_NOT_FOUND, "no such gift card");
}

err card_own_views(struct req *req, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card *cards;
    size_t count;
    value_set_bool(ctx->arena, view, "has_gift_cards", ctx->shop->has_gift_cards);
    struct value *list = value_set_list(ctx->arena, view, "own_cards");
    if (!ctx->shop->has_gift_cards)
        return NULL;
    TRY(gift_card_list_of(ctx, customer_here(ctx), &cards, &count));
    for (size_t i = 0; i < count; i++) {
        const char *why;
        if (gift_card_is_good(ctx, &cards[i], &why))
            gift_card_views(ctx, list, &cards[i], 1);
    }
    return NULL;
}

/* ---- at the checkout ---- */

bool cart_takes_cards(const struct ctx *ctx, const struct cart *cart)
{
    return ctx->shop->has_gift_cards && cart->total > 0 && cart->deposit == 0 && !cart_sells_cards(cart);
}

/* The form of the checkout has codes of coupons, too: its field has another name. */
static err at_field(struct ctx *ctx, err failure)
{
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    return fail_field(ctx, CHOICE_FIELD, failure->problems->code, failure->problems->message);
}

err card_find_for_cart(struct req *req, const struct cart *cart, const struct card_choice *choice,
                       struct gift_card *card)
{
    struct ctx *ctx = &req->ctx;
    const char *why;
    if (cart_sells_cards(cart))
        return fail_field(ctx, CHOICE_FIELD, "not-for-cards", "gift cards do not pay for gift cards");
    if (cart->deposit > 0)
        return fail_field(ctx, CHOICE_FIELD, "not-for-deposits",
                          "an order with a deposit takes no gift cards");
    TRY(at_field(ctx, card_find_chosen(req, choice, card)));
    if (!text_is(card->currency, ctx->shop->currency))
        return fail_field(ctx, CHOICE_FIELD, "card-currency", "the card is of another currency");
    return gift_card_is_good(ctx, card, &why) ? NULL
                                              : fail_field(ctx, CHOICE_FIELD, why, "the card cannot pay");
}

err card_review_view(struct req *req, const struct cart *cart, const struct card_choice *choice,
                     struct value *view)
{
    struct arena *arena = req->ctx.arena;
    struct gift_card card;
    value_set(arena, view, CHOICE_FIELD, value_null());
    if (!card_is_chosen(choice))
        return NULL;
    TRY(card_find_for_cart(req, cart, choice, &card));
    int64_t amount = card.balance < cart->total ? card.balance : cart->total;
    struct value *tree = value_set_object(arena, view, CHOICE_FIELD);
    value_set_text(arena, tree, "last4", card.last4);
    value_set_text(arena, tree, "code", choice->code);
    value_set_id(arena, tree, "card_id", choice->card_id);
    value_set_money(arena, tree, "amount", money_of(amount, card.currency));
    value_set_money(arena, tree, "rest", money_of(cart->total - amount, card.currency));
    return NULL;
}

err card_check_choice(struct req *req, const char *cart_token, const struct card_choice *choice)
{
    const struct cart *cart;
    struct gift_card card;
    if (!card_is_chosen(choice))
        return NULL;
    TRY(cart_find(&req->ctx, cart_token, &cart));
    return cart->order_id || cart->count == 0 ? NULL : card_find_for_cart(req, cart, choice, &card);
}

/* The order stands, and its page says what is due. */
static bool is_left_to_cashier(err failure)
{
    switch (failure->code) {
    case ERR_INVALID:
    case ERR_INVALID_TRANSITION:
    case ERR_NOT_FOUND:
    case ERR_TOO_MANY_REQUESTS:
    case ERR_GATEWAY:
    case ERR_UNAVAILABLE:
        return true;
    default:
        return false;
    }
}

err card_pay_chosen(struct req *req, const struct card_choice *choice, struct order **order)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card card;
    if (!card_is_chosen(choice) || !order_may((*order)->state, "card_held") || (*order)->card_held > 0)
        return NULL;
    err failure = card_find_chosen(req, choice, &card);
    if (!failure)
        failure = payment_use_card(ctx, (*order)->id, &card);
    if (failure && !is_left_to_cashier(failure))
        return failure;
    return order_load(ctx, (*order)->id, order);
}
