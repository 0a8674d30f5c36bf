/* payment_refund.c - money on its way back: promised in a transaction, sent outside of it, finished by a
 * fact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/payment/payment_jobs.h"
#include "shop/payment/payment_read.h"
#include "shop/staff/staff.h"

#define REFUND_ATTEMPTS 12

static const char *refund_number(struct ctx *ctx)
{
    return arena_format(ctx->arena, "R%s%s",
                        clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S"),
                        random_digits(ctx->arena, 10));
}

err refund_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t amount, int64_t freight,
                   enum money_origin origin, const char *reason, int64_t *refund_id)
{
    *refund_id = id_new(ctx);
    TRY(db_expect(ctx, 1, ERR_LIMIT, "more than was paid cannot go back",
                  "UPDATE payment_attempts SET refunded = refunded + $3 WHERE shop_id = $1 AND id = $2"
                  " AND status IN (2, 5) AND refunded + $3 <= amount",
                  db_int(ctx->shop->id), db_int(attempt->id), db_int(amount)));
    TRY(db_execute(
        ctx,
        "INSERT INTO refunds (shop_id, id, number, attempt_id, order_id, currency, amount, status, reason,"
        " actor, actor_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(*refund_id), db_text(refund_number(ctx)), db_int(attempt->id),
        db_int(attempt->order_id), db_text(attempt->currency), db_int(amount), db_text(reason),
        db_int(ctx->actor), db_int(ctx->actor_id), db_int(ctx->now)));
    TRY(payment_post_promise(ctx, attempt, *refund_id, amount, freight, origin));
    return job_schedule(ctx, PAYMENT_REFUND_JOB, *refund_id, ctx->now, value_object(ctx->arena));
}

err refund_note_nothing(struct ctx *ctx, const struct order *order, const char *reason, int64_t *refund_id)
{
    *refund_id = id_new(ctx);
    return db_execute(
        ctx,
        "INSERT INTO refunds (shop_id, id, number, attempt_id, order_id, currency, amount, status, reason,"
        " actor, actor_id, created_at, done_at) VALUES ($1, $2, $3, 0, $4, $5, 0, 2, $6, $7, $8, $9, $9)",
        db_int(ctx->shop->id), db_int(*refund_id), db_text(refund_number(ctx)), db_int(order->id),
        db_text(order->currency), db_text(reason), db_int(ctx->actor), db_int(ctx->actor_id),
        db_int(ctx->now));
}

int64_t payment_refundable(const struct payment_attempt *attempts, size_t count)
{
    int64_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (attempts[i].status == ATTEMPT_PAID)
            left += attempts[i].amount - attempts[i].refunded;
    return left;
}

static int64_t freight_above(int64_t goods, int64_t refunded)
{
    return refunded > goods ? refunded - goods : 0;
}

/* Those that paid last first, and gift cards after all others. */
static size_t gather_bearers(const struct payment_attempt *attempts, size_t count,
                             const struct payment_attempt *bearers[REFUND_PIECES])
{
    size_t found = 0;
    for (int of_cards = 0; of_cards <= 1; of_cards++)
        for (size_t i = count; i-- > 0 && found < REFUND_PIECES;)
            if (attempts[i].status == ATTEMPT_PAID &&
                text_is(attempts[i].gateway, GIFT_CARD_GATEWAY) == (of_cards == 1))
                bearers[found++] = &attempts[i];
    return found;
}

size_t refund_divide(const struct order *order, const struct payment_attempt *attempts, size_t count,
                     int64_t amount, struct refund_piece pieces[REFUND_PIECES])
{
    int64_t goods = order_goods_total(order), before = 0;
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        before += attempts[i].status == ATTEMPT_PAID ? attempts[i].refunded : 0;
    const struct payment_attempt *bearers[REFUND_PIECES];
    size_t bearer_count = gather_bearers(attempts, count, bearers);
    for (size_t i = 0; i < bearer_count; i++) {
        int64_t left = bearers[i]->amount - bearers[i]->refunded;
        bool is_last = i + 1 == bearer_count;
        int64_t part = is_last || amount < left ? amount : left;
        if (part == 0 && (found > 0 || !is_last))
            continue;
        pieces[found++] = (struct refund_piece){
            bearers[i], part, freight_above(goods, before + part) - freight_above(goods, before)};
        before += part;
        amount -= part;
    }
    return found;
}

static err stand_beside(struct ctx *ctx, int64_t refund_id, int64_t first_id)
{
    return db_execute(ctx, "UPDATE refunds SET beside_id = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(refund_id), db_int(first_id));
}

err refund_promise_pieces(struct ctx *ctx, const struct order *order, const struct refund_piece *pieces,
                          size_t count, const char *reason, int64_t *refund_id)
{
    enum money_origin origin = order_holds_deposit(order) ? MONEY_OF_DEPOSIT : MONEY_OF_SALE;
    for (size_t i = 0; i < count; i++) {
        bool is_deposit = origin == MONEY_OF_DEPOSIT; /* nothing of it was for carrying */
        int64_t id;
        TRY(refund_promise(ctx, pieces[i].attempt, pieces[i].amount, is_deposit ? 0 : pieces[i].freight,
                           origin, reason, &id));
        if (i > 0)
            TRY(stand_beside(ctx, id, *refund_id));
        else
            *refund_id = id;
    }
    return NULL;
}

err refund_check_deposit(struct ctx *ctx, const struct order *order)
{
    return order->state.payment == PAYMENT_PARTIALLY_PAID
               ? fail_with(ctx, ERR_INVALID_TRANSITION, "a deposit is all that was paid of order %s",
                           order->number)
               : NULL;
}

err payment_refund(struct ctx *ctx, const struct order *order, int64_t amount, const char *reason,
                   int64_t *refund_id)
{
    struct payment_attempt *attempts;
    struct refund_piece pieces[REFUND_PIECES];
    size_t count;
    if (amount <= 0)
        return fail_field(ctx, "amount", "too-small", "the amount must be more than nothing");
    TRY(refund_check_deposit(ctx, order));
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    count = refund_divide(order, attempts, count, amount, pieces);
    return count > 0 ? refund_promise_pieces(ctx, order, pieces, count, reason, refund_id)
                     : fail_with(ctx, ERR_INVALID_TRANSITION, "order %s was not paid", order->number);
}

err payment_keep_deposit(struct ctx *ctx, const struct order *order)
{
    struct payment_attempt *attempts;
    size_t count, at = 0;
    int64_t entry_id;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    while (at < count && attempts[at].status != ATTEMPT_PAID)
        at++;
    if (at == count)
        return fail_with(ctx, ERR_INTERNAL, "order %s has no deposit", order->number);
    TRY(payment_post_kept(ctx, order, attempts[at].gateway, &entry_id));
    return order_keep_deposit(ctx, order, entry_id);
}

/* Nobody needs to be asked: the card gets it in the transaction of its fact. */
static err put_back_on_card(struct ctx *ctx, const struct payment_attempt *attempt,
                            const struct refund *refund)
{
    return payment_apply_fact(ctx, &(struct payment_fact){.gateway = attempt->gateway,
                                                          .provider_number = refund->number,
                                                          .kind = FACT_REFUND,
                                                          .attempt_number = attempt->number,
                                                          .refund_number = refund->number,
                                                          .currency = refund->currency,
                                                          .amount = refund->amount,
                                                          .at = ctx->now,
                                                          .raw = ""});
}

err payment_send_refund(struct ctx *ctx, int64_t refund_id)
{
    const struct refund *refund;
    TRY(refund_find(ctx, refund_id, &refund));
    if (!refund || refund->status != REFUND_PENDING)
        return NULL;
    struct payment_attempt *attempt;
    TRY(payment_attempt_find_by_id(ctx, refund->attempt_id, &attempt));
    if (attempt && text_is(attempt->gateway, GIFT_CARD_GATEWAY))
        return put_back_on_card(ctx, attempt, refund);
    const struct gateway *gateway = attempt ? gateway_find(ctx, attempt->gateway) : NULL;
    if (!gateway)
        return fail_with(ctx, ERR_GATEWAY, "the gateway of refund %s is not configured", refund->number);
    struct payment_fact fact;
    TRY(gateway->refund(ctx, attempt->number, refund->number, refund->amount, &fact));
    return payment_apply_fact(ctx, &fact);
}

static err run_refund(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    return payment_send_refund(ctx, job->subject_id);
}

static err ask_cards(struct ctx *ctx, const struct payment_attempt *attempt, bool *is_paid)
{
    struct order *order;
    struct payment_fact fact;
    TRY(order_load(ctx, attempt->order_id, &order));
    *is_paid = payment_card_fact(ctx, attempt, order, &fact);
    return *is_paid ? payment_apply_fact(ctx, &fact) : NULL;
}

static err ask_gateway(struct ctx *ctx, const struct payment_attempt *attempt, bool *is_paid)
{
    *is_paid = false;
    if (text_is(attempt->gateway, GIFT_CARD_GATEWAY))
        return ask_cards(ctx, attempt, is_paid);
    const struct gateway *gateway = gateway_find(ctx, attempt->gateway);
    if (!gateway)
        return NULL;
    struct payment_fact fact;
    TRY(gateway->query(ctx, attempt->number, &fact, is_paid));
    return *is_paid ? payment_apply_fact(ctx, &fact) : NULL;
}

struct next_query {
    int64_t attempt_id;
    int64_t due_at;
};

static err schedule_query(struct ctx *ctx, void *arg)
{
    const struct next_query *next = arg;
    return job_schedule(ctx, PAYMENT_QUERY_JOB, next->attempt_id, next->due_at, value_object(ctx->arena));
}

/* The pauses grow with the age of the attempt: after 3 s of life the next question comes after 3 s, and so
 * on. */
static err run_query(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    struct payment_attempt *attempt;
    TRY(payment_attempt_find_by_id(ctx, job->subject_id, &attempt));
    if (!attempt || attempt->status != ATTEMPT_CREATED)
        return NULL;
    bool is_paid;
    TRY(ask_gateway(ctx, attempt, &is_paid));
    int64_t age = ctx->now - attempt->created_at;
    if (is_paid || ctx->now > attempt->expires_at)
        return NULL;
    struct next_query next = {attempt->id, ctx->now + (age > QUERY_FIRST_MS ? age : QUERY_FIRST_MS)};
    return db_transact(ctx, schedule_query, &next);
}

err payment_query_order(struct ctx *ctx, int64_t order_id)
{
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order_id, &attempts, &count));
    for (size_t i = 0; i < count; i++) {
        bool is_paid;
        if (attempts[i].status == ATTEMPT_CREATED)
            TRY(ask_gateway(ctx, &attempts[i], &is_paid));
    }
    return NULL;
}

err payment_notify(struct ctx *ctx, const char *gateway_id, const struct notification *notification)
{
    const struct gateway *gateway = gateway_find(ctx, gateway_id);
    if (!gateway)
        return fail_with(ctx, ERR_NOT_FOUND, "no such gateway");
    struct payment_fact fact;
    TRY(gateway->read(ctx, notification, &fact));
    ctx->actor = ACTOR_GATEWAY;
    return payment_apply_fact(ctx, &fact);
}

const struct job_kind payment_job_kinds[] = {
    {PAYMENT_QUERY_JOB, run_query, QUERY_LIMIT, 5 * SECOND_MS},
    {PAYMENT_REFUND_JOB, run_refund, REFUND_ATTEMPTS, 10 * SECOND_MS},
    {0},
};
