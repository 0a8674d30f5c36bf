/* payment_fact.c - the one door for facts: what a gateway says, and what follows from it.
 *
 * One transaction reads attempt and order, decides, and writes what follows; its statements carry the guards
 * (fact not known yet, attempt still open, order at the version that was read). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"

#include "base/crypto.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/payment/payment_ledger.h"
#include "shop/payment/payment_read.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define RAW_LIMIT 8192
#define PAYER_ALARM "payer-limit"

enum verdict {
    VERDICT_APPLIED,         /* pays the order in time */
    VERDICT_REOPENED,        /* too late, but the goods are still there */
    VERDICT_LATE,            /* too late: goes back */
    VERDICT_PAID_TWICE,      /* the order was paid by another attempt: goes back */
    VERDICT_BALANCE_LATE,    /* the balance, when its time was over: goes back, the deposit does not */
    VERDICT_AMOUNT_MISMATCH, /* kept, not delivered, a person looks */
    VERDICT_UNKNOWN_ATTEMPT, /* kept, a person looks */
    VERDICT_SETTLED_BEFORE,  /* the attempt was paid already under another number: kept, a person looks */
};

static const char *const verdict_names[] = {"applied",         "reopened",      "late",
                                            "paid-twice",      "balance-late",  "amount-mismatch",
                                            "unknown-attempt", "settled-before"};

struct decision {
    const struct payment_fact *fact;
    struct payment_attempt *attempt; /* NULL when unknown */
    struct order *order;             /* NULL when unknown */
    enum verdict verdict;
    int64_t fact_id;  /* of the row that keeps the fact, and of its entry in the ledger */
    bool is_short;    /* the deck has too few codes: the money is taken, a person delivers */
    bool is_too_late; /* the goods of a closed order are gone: it is not reopened */
};

/* Of orders that are paid in two parts, which are not reopened: what comes too late goes back. */
static enum verdict decide_part(const struct decision *decision)
{
    const struct order *order = decision->order;
    bool is_deposit = decision->attempt->part == PART_DEPOSIT;
    if (order_may(order->state, is_deposit ? "deposit_paid" : "paid"))
        return VERDICT_APPLIED;
    if (is_deposit)
        return order_may(order->state, "paid_late") ? VERDICT_LATE : VERDICT_PAID_TWICE;
    return order->state.order == ORDER_CLOSED ? VERDICT_BALANCE_LATE : VERDICT_PAID_TWICE;
}

static enum verdict decide(const struct decision *decision)
{
    const struct payment_fact *fact = decision->fact;
    if (!decision->attempt)
        return VERDICT_UNKNOWN_ATTEMPT;
    if (fact->amount != decision->attempt->amount || !text_is(fact->currency, decision->attempt->currency) ||
        !text_is(fact->gateway, decision->attempt->gateway))
        return VERDICT_AMOUNT_MISMATCH;
    if (decision->attempt->status == ATTEMPT_PAID || decision->attempt->status == ATTEMPT_SURPLUS)
        return VERDICT_SETTLED_BEFORE;
    if (decision->attempt->part != PART_WHOLE)
        return decide_part(decision);
    if (order_may(decision->order->state, "paid"))
        return VERDICT_APPLIED;
    if (!order_may(decision->order->state, "reopened"))
        return VERDICT_PAID_TWICE;
    return decision->is_too_late ? VERDICT_LATE : VERDICT_REOPENED;
}

static err write_fact(struct ctx *ctx, struct decision *decision)
{
    const struct payment_fact *fact = decision->fact;
    decision->fact_id = id_new(ctx);
    size_t length = strlen(fact->raw);
    return db_expect(
        ctx, 1, ERR_DUPLICATE, "the fact is known",
        "INSERT INTO payment_facts (shop_id, id, gateway, provider_number, kind, attempt_number, currency,"
        " amount, at, received_at, verdict, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        db_int(ctx->shop->id), db_int(decision->fact_id), db_text(fact->gateway),
        db_text(fact->provider_number), db_int(fact->kind), db_text(fact->attempt_number),
        db_text(fact->currency), db_int(fact->amount), db_int(fact->at), db_int(ctx->now),
        db_text(verdict_names[decision->verdict]),
        db_text(arena_copy(ctx->arena, fact->raw, utf8_prefix(fact->raw, length, RAW_LIMIT))));
}

err payment_fact_keep(struct ctx *ctx, const struct payment_fact *fact, int64_t *fact_id)
{
    struct decision decision = {.fact = fact, .verdict = VERDICT_APPLIED};
    TRY(write_fact(ctx, &decision));
    *fact_id = decision.fact_id;
    return NULL;
}

static err settle_attempt(struct ctx *ctx, const struct decision *decision, enum attempt_status status)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the attempt changed meanwhile",
                  "UPDATE payment_attempts SET status = $3, paid_at = $4, fact_id = $5 WHERE shop_id = $1"
                  " AND id = $2 AND status IN (1, 3, 4)",
                  db_int(ctx->shop->id), db_int(decision->attempt->id), db_int(status), db_int(ctx->now),
                  db_int(decision->fact_id)));
    return job_cancel(ctx, PAYMENT_QUERY_JOB, decision->attempt->id);
}

/* What the gateway said, in no language. */
static const char *fact_text(struct ctx *ctx, const struct payment_fact *fact)
{
    bool is_money = money_currency_is_known(fact->currency) && fact->amount <= MONEY_MAX;
    const char *amount = is_money ? money_display(ctx->arena, money_of(fact->amount, fact->currency))
                                  : arena_format(ctx->arena, "%" PRId64 " %s", fact->amount, fact->currency);
    return arena_format(ctx->arena, "%s · %s · %s", fact->gateway, fact->attempt_number, amount);
}

static err give_back(struct ctx *ctx, const struct decision *decision, enum money_origin origin,
                     const char *kind)
{
    int64_t refund_id;
    TRY(refund_promise(ctx, decision->attempt, decision->fact->amount, 0, origin, kind, &refund_id));
    return alarm_raise(ctx, kind, decision->order->number, fact_text(ctx, decision->fact));
}

static err take_late(struct ctx *ctx, const struct decision *decision)
{
    struct order_change change = {.event = "paid_late", .paid = decision->fact->amount};
    TRY(settle_attempt(ctx, decision, ATTEMPT_PAID));
    TRY(order_apply(ctx, decision->order, &change));
    return give_back(ctx, decision, MONEY_LATE, "late-payment");
}

/* What of a total gift cards pay with this fact: what the fact itself does not. */
static int64_t card_part(const struct decision *decision)
{
    const struct order *order = decision->order;
    return order->card_held > 0 ? order->total - decision->fact->amount : 0;
}

static err spend_cards(struct ctx *ctx, const struct decision *decision)
{
    const struct order *order = decision->order;
    int64_t freight = order->freight - order->freight_discount;
    int64_t borne = payment_freight_of(decision->fact->amount, freight);
    return payment_spend_cards(ctx, order, card_part(decision), freight - borne, decision->attempt->id);
}

/* Whose payments are known is counted; one too often is for a person to judge, the money stays. */
static err count_payer(struct ctx *ctx, const struct decision *decision)
{
    const struct payment_fact *fact = decision->fact;
    unsigned char key[CRYPTO_INDEX_BYTES];
    const struct order *order = decision->order;
    bool has_offers = order_has_offers(order) && decision->attempt->part != PART_DEPOSIT;
    const char *over = NULL;
    if (!fact->payer || !fact->payer[0] || (!has_offers && !order->is_rationed))
        return NULL;
    crypto_blind_index(ctx, "payment.payer", arena_format(ctx->arena, "%s\n%s", fact->gateway, fact->payer),
                       key);
    if (order->is_rationed) {
        TRY(flash_count_payer(ctx, order->id, key, &over));
        TRY(presale_count_payer(ctx, order->id, key, &over));
    }
    if (has_offers)
        TRY(promotion_count_payer(ctx, order->id, key, &over));
    return over ? alarm_raise(ctx, PAYER_ALARM, order->number, over) : NULL;
}

static err take_and_deliver(struct ctx *ctx, const struct decision *decision, const char *event)
{
    struct order_change change = {.event = event, .paid = decision->fact->amount + card_part(decision)};
    TRY(settle_attempt(ctx, decision, ATTEMPT_PAID));
    TRY(count_payer(ctx, decision));
    if (decision->order->card_held > 0)
        TRY(spend_cards(ctx, decision));
    if (decision->order->waits_for_group) {
        TRY(order_apply(ctx, decision->order, &change));
        return group_seat_pay(ctx, decision->order->id);
    }
    if (!decision->is_short)
        return payment_deliver(ctx, decision->order, &change);
    TRY(order_apply(ctx, decision->order, &change));
    return payment_owe(ctx, decision->order);
}

static err take_deposit(struct ctx *ctx, const struct decision *decision)
{
    struct order_change change = {.event = "deposit_paid", .paid = decision->fact->amount};
    TRY(settle_attempt(ctx, decision, ATTEMPT_PAID));
    TRY(count_payer(ctx, decision));
    TRY(order_apply(ctx, decision->order, &change));
    return order_await_balance(ctx, decision->order);
}

static err take_in_time(struct ctx *ctx, const struct decision *decision)
{
    return decision->attempt->part == PART_DEPOSIT ? take_deposit(ctx, decision)
                                                   : take_and_deliver(ctx, decision, "paid");
}

static err take_surplus(struct ctx *ctx, const struct decision *decision)
{
    TRY(settle_attempt(ctx, decision, ATTEMPT_SURPLUS));
    return give_back(ctx, decision, MONEY_SURPLUS, verdict_names[decision->verdict]);
}

static err reopen(struct ctx *ctx, const struct decision *decision)
{
    struct demand *demands;
    size_t count = order_demands(ctx, decision->order, 0, &demands);
    TRY(stock_reserve(ctx, decision->order->id, demands, count));
    if (card_part(decision) > 0)
        TRY(payment_hold_cards_again(ctx, decision->order, card_part(decision)));
    if (decision->order->is_rationed) {
        TRY(order_rations_take_again(ctx, decision->order));
        TRY(flash_take_again(ctx, decision->order->id));
        TRY(presale_take_again(ctx, decision->order->id));
        TRY(group_seat_take_again(ctx, decision->order->id));
    }
    if (order_has_offers(decision->order))
        TRY(promotion_take_again(ctx, decision->order->id));
    TRY(order_points_take_again(ctx, decision->order));
    return take_and_deliver(ctx, decision, "reopened");
}

static const char *alarm_kind(enum verdict verdict)
{
    if (verdict == VERDICT_AMOUNT_MISMATCH)
        return "payment-amount-mismatch";
    return verdict == VERDICT_SETTLED_BEFORE ? "settled-before" : "unknown-attempt";
}

static err raise_mismatch(struct ctx *ctx, const struct decision *decision)
{
    const struct payment_fact *fact = decision->fact;
    const char *subject = decision->order ? decision->order->number : fact->attempt_number;
    return alarm_raise(ctx, alarm_kind(decision->verdict), subject, fact_text(ctx, fact));
}

static enum ledger_kind posting_of(const struct decision *decision)
{
    static const enum ledger_kind kinds[] = {[VERDICT_APPLIED] = LEDGER_SALE,
                                             [VERDICT_REOPENED] = LEDGER_SALE,
                                             [VERDICT_LATE] = LEDGER_LATE,
                                             [VERDICT_PAID_TWICE] = LEDGER_SURPLUS,
                                             [VERDICT_BALANCE_LATE] = LEDGER_SURPLUS,
                                             [VERDICT_AMOUNT_MISMATCH] = LEDGER_UNMATCHED,
                                             [VERDICT_UNKNOWN_ATTEMPT] = LEDGER_UNMATCHED,
                                             [VERDICT_SETTLED_BEFORE] = LEDGER_UNMATCHED};
    bool is_deposit = decision->verdict == VERDICT_APPLIED && decision->attempt->part == PART_DEPOSIT;
    return is_deposit ? LEDGER_DEPOSIT : kinds[decision->verdict];
}

static err carry_out(struct ctx *ctx, const struct decision *decision)
{
    switch (decision->verdict) {
    case VERDICT_APPLIED:
        return take_in_time(ctx, decision);
    case VERDICT_REOPENED:
        return reopen(ctx, decision);
    case VERDICT_LATE:
        return take_late(ctx, decision);
    case VERDICT_PAID_TWICE:
    case VERDICT_BALANCE_LATE:
        return take_surplus(ctx, decision);
    case VERDICT_AMOUNT_MISMATCH:
    case VERDICT_UNKNOWN_ATTEMPT:
    case VERDICT_SETTLED_BEFORE:
        return raise_mismatch(ctx, decision);
    }
    bug("verdict %d", (int)decision->verdict);
}

static err apply_in_transaction(struct ctx *ctx, void *arg)
{
    struct decision *decision = arg;
    decision->order = NULL;
    TRY(payment_attempt_find(ctx, decision->fact->attempt_number, &decision->attempt));
    if (decision->attempt)
        TRY(order_load(ctx, decision->attempt->order_id, &decision->order));
    decision->verdict = decide(decision);
    if (text_is(decision->fact->gateway, GIFT_CARD_GATEWAY) && decision->verdict != VERDICT_APPLIED)
        return fail_with(ctx, ERR_GATEWAY, "the order does not wait for its cards any more: they are free");
    TRY(write_fact(ctx, decision));
    TRY(payment_post_fact(ctx, decision->fact, decision->fact_id, decision->attempt, decision->order,
                          posting_of(decision)));
    return carry_out(ctx, decision);
}

static err is_known(struct ctx *ctx, const struct payment_fact *fact, bool *known)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM payment_facts WHERE shop_id = $1 AND gateway = $2 AND provider_number = $3"
                 " AND kind = $4",
                 db_int(ctx->shop->id), db_text(fact->gateway), db_text(fact->provider_number),
                 db_int(fact->kind)));
    *known = db_next(rows);
    return NULL;
}

/* Whether another try may decide otherwise, or better. */
static bool may_decide_again(struct decision *decision, err failure)
{
    if (failure->code == ERR_OUT_OF_STOCK && decision->verdict == VERDICT_REOPENED)
        return decision->is_too_late = true;
    if (failure->code == ERR_OUT_OF_STOCK && decision->verdict == VERDICT_APPLIED && !decision->is_short)
        return decision->is_short = true;
    return failure->code == ERR_CONFLICT || failure->code == ERR_INVALID_TRANSITION;
}

static err apply_payment(struct ctx *ctx, const struct payment_fact *fact)
{
    struct decision decision = {.fact = fact};
    for (int tries = 0; tries < DECISION_LIMIT; tries++) {
        err failure = db_transact(ctx, apply_in_transaction, &decision);
        if (!failure)
            return NULL;
        if (failure->code == ERR_DUPLICATE) {
            bool known;
            TRY(is_known(ctx, fact, &known));
            return known ? NULL : failure;
        }
        if (!may_decide_again(&decision, failure))
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "fact %s of %s could not be applied", fact->provider_number,
                     fact->gateway);
}

struct refund_news {
    const struct payment_fact *fact;
    const struct refund *refund;
    const struct payment_attempt *attempt;
    struct order *order;
};

/* All money went back before everything left: the order ends, and what it still held is free again. */
static err refund_unshipped(struct ctx *ctx, struct order *order, const struct refund *refund)
{
    struct demand *demands;
    size_t count = order_demands_left(ctx, order, 0, &demands);
    struct order_change change = {
        .event = "refunded_unshipped", .refunded = refund->amount, .note = refund->reason};
    TRY(order_apply(ctx, order, &change));
    if (order->is_rationed) {
        TRY(order_rations_give_back(ctx, order->id, demands, count));
        TRY(flash_give_back(ctx, order->id));
        TRY(presale_give_back(ctx, order->id));
        TRY(group_seat_give_back(ctx, order->id));
    }
    if (order_has_offers(order))
        TRY(promotion_give_back(ctx, order->id));
    TRY(stock_release(ctx, order->id, demands, count));
    return order_points_give_rest(ctx, order);
}

static err finish_refund(struct ctx *ctx, void *arg)
{
    const struct refund_news *news = arg;
    struct decision as_fact = {.fact = news->fact, .verdict = VERDICT_APPLIED};
    TRY(write_fact(ctx, &as_fact));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the refund changed meanwhile",
                  "UPDATE refunds SET status = 2, done_at = $3, fact_id = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = 1",
                  db_int(ctx->shop->id), db_int(news->refund->id), db_int(ctx->now),
                  db_int(as_fact.fact_id)));
    TRY(payment_post_refunded(ctx, news->attempt, news->refund, as_fact.fact_id));
    TRY(job_cancel(ctx, PAYMENT_REFUND_JOB, news->refund->id));
    if (text_is(news->attempt->gateway, GIFT_CARD_GATEWAY))
        TRY(gift_card_give_back(ctx, news->order->id, news->attempt->id, news->refund->amount,
                                as_fact.fact_id));
    if (news->attempt->status == ATTEMPT_SURPLUS)
        return NULL;
    struct order order = *news->order;
    bool is_all = order.refunded + news->refund->amount == order.paid;
    if (is_all && order_may(order.state, "refunded_unshipped"))
        return refund_unshipped(ctx, &order, news->refund);
    if (is_all && order_has_offers(&order))
        TRY(coupon_give_back(ctx, order.id));
    struct order_change change = {.event = is_all ? "refunded" : "partly_refunded",
                                  .refunded = news->refund->amount,
                                  .note = news->refund->reason};
    TRY(order_apply(ctx, &order, &change));
    return is_all ? order_points_give_rest(ctx, &order) : NULL;
}

static err load_refund_news(struct ctx *ctx, struct refund_news *news)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM refunds WHERE shop_id = $1 AND number = $2",
                 db_int(ctx->shop->id), db_text(news->fact->refund_number)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no refund %s", news->fact->refund_number);
    TRY(refund_find(ctx, db_get_int(rows, 0), &news->refund));
    struct payment_attempt *attempt;
    TRY(payment_attempt_find_by_id(ctx, news->refund->attempt_id, &attempt));
    news->attempt = attempt;
    return order_load(ctx, news->refund->order_id, &news->order);
}

static err apply_refund(struct ctx *ctx, const struct payment_fact *fact)
{
    for (int tries = 0; tries < DECISION_LIMIT; tries++) {
        struct refund_news news = {.fact = fact};
        TRY(load_refund_news(ctx, &news));
        if (news.refund->status == REFUND_DONE)
            return NULL;
        if (news.refund->amount != fact->amount)
            return fail_with(ctx, ERR_CONFLICT, "refund %s is another amount", fact->refund_number);
        err failure = db_transact(ctx, finish_refund, &news);
        if (!failure || (failure->code != ERR_CONFLICT && failure->code != ERR_INVALID_TRANSITION &&
                         failure->code != ERR_DUPLICATE))
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "refund %s could not be applied", fact->refund_number);
}

err payment_apply_fact(struct ctx *ctx, const struct payment_fact *fact)
{
    return fact->kind == FACT_REFUND ? apply_refund(ctx, fact) : apply_payment(ctx, fact);
}
