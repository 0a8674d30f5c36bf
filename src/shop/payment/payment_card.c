/* payment_card.c - gift cards that pay for orders: held while the order waits, spent with its last payment.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"

#include "base/text.h"
#include "shop/payment/payment_read.h"

/* A card says by itself that it paid. */
static struct payment_fact fact_of(const struct ctx *ctx, const struct payment_attempt *attempt)
{
    return (struct payment_fact){.gateway = GIFT_CARD_GATEWAY,
                                 .provider_number = attempt->number,
                                 .kind = FACT_PAYMENT,
                                 .attempt_number = attempt->number,
                                 .currency = attempt->currency,
                                 .amount = attempt->amount,
                                 .at = ctx->now,
                                 .raw = ""};
}

/* ---- holding ---- */

struct using_card {
    const struct order *order;
    const struct gift_card *card;
    int64_t amount;
    struct payment_attempt attempt; /* opened when nothing else is left to pay */
};

static err hold_in_transaction(struct ctx *ctx, void *arg)
{
    const struct using_card *use = arg;
    struct order order = *use->order;
    struct order_change change = {
        .event = "card_held",
        .note = arena_format(ctx->arena, "…%s %s", use->card->last4,
                             money_display(ctx->arena, money_of(use->amount, order.currency)))};
    TRY(order_apply(ctx, &order, &change));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
                  "UPDATE orders SET card_held = card_held + $3 WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(order.id), db_int(use->amount)));
    TRY(gift_card_hold(ctx, use->card, order.id, use->attempt.id, use->amount));
    return order.card_held + use->amount == order.total ? payment_attempt_insert(ctx, &use->attempt) : NULL;
}

static err check_use(struct ctx *ctx, const struct order *order, const struct gift_card *card)
{
    struct gift_card_hold *holds;
    size_t count;
    const char *why;
    if (!order_may(order->state, "card_held") || !order_is_payable(order, ctx->now) ||
        order->card_held >= order->total)
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s does not wait for a payment", order->number);
    if (order_sells_cards(order))
        return fail_field(ctx, "code", "not-for-cards", "gift cards do not pay for gift cards");
    if (order->deposit > 0)
        return fail_field(ctx, "code", "not-for-deposits", "an order with a deposit takes no gift cards");
    if (!text_is(card->currency, order->currency))
        return fail_field(ctx, "code", "card-currency", "the card is of another currency");
    TRY(gift_card_holds(ctx, order->id, &holds, &count));
    for (size_t i = 0; i < count; i++)
        if (holds[i].card_id == card->id)
            return fail_field(ctx, "code", "card-used", "the order has this card already");
    if (count >= GIFT_CARDS_OF_ORDER)
        return fail_field(ctx, "code", "too-many-cards", "that many cards are enough");
    return gift_card_is_good(ctx, card, &why) ? NULL : fail_field(ctx, "code", why, "the card cannot pay");
}

/* The transaction that held the amount is over: a fall here is made good by the job that asks for attempts.
 */
static err complete(struct ctx *ctx, const struct using_card *use)
{
    struct payment_fact fact;
    struct order *order;
    TRY(order_load(ctx, use->order->id, &order));
    if (!payment_card_fact(ctx, &use->attempt, order, &fact))
        return NULL;
    err failure = payment_apply_fact(ctx, &fact);
    return failure && failure->code == ERR_GATEWAY ? NULL : failure; /* another payment was quicker */
}

static err use_once(struct ctx *ctx, int64_t order_id, int64_t card_id)
{
    struct order *order;
    struct gift_card card;
    TRY(order_load(ctx, order_id, &order));
    TRY(gift_card_load(ctx, card_id, &card));
    TRY(check_use(ctx, order, &card));
    int64_t due = order->total - order->card_held;
    struct using_card use = {order, &card, card.balance < due ? card.balance : due, {0}};
    payment_attempt_of_card(ctx, order, use.amount, &use.attempt);
    TRY(db_transact(ctx, hold_in_transaction, &use));
    return use.amount == due ? complete(ctx, &use) : NULL;
}

err payment_use_card(struct ctx *ctx, int64_t order_id, const struct gift_card *card)
{
    for (int tries = 0; tries < DECISION_LIMIT; tries++) {
        err failure = use_once(ctx, order_id, card->id);
        if (!failure || (failure->code != ERR_CONFLICT && failure->code != ERR_DUPLICATE))
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "the card is used by many at once");
}

bool payment_card_fact(const struct ctx *ctx, const struct payment_attempt *attempt,
                       const struct order *order, struct payment_fact *fact)
{
    if (!text_is(attempt->gateway, GIFT_CARD_GATEWAY) || !order_may(order->state, "paid") ||
        order->card_held != order->total)
        return false;
    *fact = fact_of(ctx, attempt);
    return true;
}

/* ---- spending ---- */

static err pay_by_hold(struct ctx *ctx, const struct order *order, const struct gift_card_hold *hold,
                       int64_t amount, int64_t freight)
{
    struct payment_attempt attempt;
    payment_attempt_of_card(ctx, order, amount, &attempt);
    attempt.id = hold->attempt_id;
    struct payment_fact fact = fact_of(ctx, &attempt);
    int64_t fact_id;
    TRY(payment_fact_keep(ctx, &fact, &fact_id));
    TRY(payment_attempt_insert_paid(ctx, &attempt, fact_id));
    return payment_post_card(ctx, &attempt, fact_id, freight);
}

err payment_spend_cards(struct ctx *ctx, const struct order *order, int64_t spent, int64_t freight,
                        int64_t completing_id)
{
    struct gift_card_hold *holds;
    size_t count;
    TRY(gift_card_holds(ctx, order->id, &holds, &count));
    for (size_t i = 0; i < count; i++) {
        if (holds[i].status != CARD_HOLD_LIVE)
            continue;
        bool completes = holds[i].attempt_id == completing_id;
        int64_t part = completes || holds[i].amount < spent ? holds[i].amount : spent;
        int64_t carrying = completes ? 0 : part < freight ? part : freight;
        TRY(gift_card_spend(ctx, order->id, &holds[i], part));
        if (part > 0 && !completes)
            TRY(pay_by_hold(ctx, order, &holds[i], part, carrying));
        spent -= completes ? 0 : part;
        freight -= carrying;
    }
    return spent == 0 ? NULL : fail_with(ctx, ERR_CONFLICT, "cards hold less than the order says");
}

err payment_release_cards(struct ctx *ctx, const struct order *order)
{
    struct gift_card_hold *holds;
    size_t count;
    TRY(gift_card_holds(ctx, order->id, &holds, &count));
    for (size_t i = 0; i < count; i++)
        if (holds[i].status == CARD_HOLD_LIVE)
            TRY(gift_card_release(ctx, order->id, &holds[i]));
    return NULL;
}

err payment_hold_cards_again(struct ctx *ctx, const struct order *order, int64_t amount)
{
    struct gift_card_hold *holds;
    size_t count;
    TRY(gift_card_holds(ctx, order->id, &holds, &count));
    for (size_t i = 0; i < count && amount > 0; i++)
        if (holds[i].status == CARD_HOLD_FREE) {
            TRY(gift_card_hold_again(ctx, order->id, &holds[i]));
            amount -= holds[i].amount;
        }
    return amount <= 0 ? NULL : fail_with(ctx, ERR_OUT_OF_STOCK, "cards held less than is missing");
}

/* ---- views ---- */

err payment_card_views(struct ctx *ctx, struct value *view, const struct order *order)
{
    struct arena *arena = ctx->arena;
    struct gift_card_hold *holds;
    size_t count;
    struct value *list = value_set_list(arena, view, "cards");
    if (order->card_held == 0)
        return NULL;
    TRY(gift_card_holds(ctx, order->id, &holds, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t amount = holds[i].status == CARD_HOLD_LIVE ? holds[i].amount : holds[i].spent;
        if (amount == 0)
            continue;
        struct value *card = value_add(arena, list, *value_object(arena));
        value_set_text(arena, card, "last4", holds[i].last4);
        value_set_money(arena, card, "amount", money_of(amount, order->currency));
        value_set_bool(arena, card, "is_spent", holds[i].status == CARD_HOLD_SPENT);
    }
    return NULL;
}
