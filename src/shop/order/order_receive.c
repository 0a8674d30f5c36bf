/* order_receive.c - from shipping to the end, by the buyer's word or by time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/clock.h"
#include "base/config.h"
#include "job/job.h"
#include "shop/order/order_find.h"

#define TIMER_ATTEMPTS 20
#define TIMER_PAUSE (2 * SECOND_MS)

int64_t order_unpaid_ms(const struct ctx *ctx)
{
    int64_t minutes = ctx->shop->timers.unpaid_minutes;
    return minutes ? minutes * MINUTE_MS : ctx->config->unpaid_seconds * SECOND_MS;
}

err order_schedule_confirm(struct ctx *ctx, int64_t order_id)
{
    return job_schedule(ctx, ORDER_CONFIRM_JOB, order_id, ctx->now + ctx->shop->timers.confirm_days * DAY_MS,
                        value_object(ctx->arena));
}

/* Old orders may have left with codes still missing. */
static bool is_all_out(const struct order *order)
{
    return !order_has_left(order, PRODUCT_PHYSICAL) && !order_has_left(order, PRODUCT_DIGITAL);
}

bool order_may_receive(const struct order *order)
{
    return order_may(order->state, "received") && is_all_out(order);
}

err order_receives_at(struct ctx *ctx, const struct order *order, int64_t *at)
{
    *at = 0;
    return order_may_receive(order) ? job_find_due(ctx, ORDER_CONFIRM_JOB, order->id, at) : NULL;
}

struct receipt {
    const struct order *order;
    const char *event;
};

static err receive_in_transaction(struct ctx *ctx, void *arg)
{
    const struct receipt *receipt = arg;
    struct order order = *receipt->order;
    struct order_change change = {.event = receipt->event};
    TRY(order_apply(ctx, &order, &change));
    TRY(job_cancel(ctx, ORDER_CONFIRM_JOB, order.id));
    return job_schedule(ctx, ORDER_AFTERSALE_JOB, order.id,
                        ctx->now + ctx->shop->timers.aftersale_days * DAY_MS, value_object(ctx->arena));
}

err order_receive(struct ctx *ctx, const struct order *order)
{
    if (!order_may_receive(order))
        return order_refuse(ctx, order, "received");
    return db_transact(ctx, receive_in_transaction, &(struct receipt){order, "received"});
}

static err sign_in_transaction(struct ctx *ctx, void *arg)
{
    struct order order = *(const struct order *)arg;
    struct order_change change = {.event = "signed"};
    TRY(order_apply(ctx, &order, &change));
    return job_schedule(ctx, ORDER_CONFIRM_JOB, order.id, ctx->now + ctx->shop->timers.signed_days * DAY_MS,
                        value_object(ctx->arena));
}

err order_mark_signed(struct ctx *ctx, const struct order *order)
{
    struct order copy = *order;
    if (!order_may(order->state, "signed") || !is_all_out(order))
        return order_refuse(ctx, order, "signed");
    return db_transact(ctx, sign_in_transaction, &copy);
}

/* ---- jobs: at most once, for the table of transitions refuses the second time ---- */

static err look_again(struct ctx *ctx, void *arg)
{
    const struct job *job = arg;
    return job_schedule(ctx, job->kind, job->subject_id, ctx->now + DAY_MS, value_object(ctx->arena));
}

/* Something else was done with the order meanwhile. */
static err unless_late(err failure)
{
    return failure && failure->code == ERR_INVALID_TRANSITION ? NULL : failure;
}

/* Codes may be missing while the parcel is there: the order is looked at again until they came. */
static err run_confirm(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order *order;
    struct job again = *job;
    (void)owner;
    TRY(order_load(ctx, job->subject_id, &order));
    bool has_money =
        order->state.payment == PAYMENT_PAID || order->state.payment == PAYMENT_PARTIALLY_REFUNDED;
    if (order->state.order != ORDER_OPEN || !has_money)
        return NULL;
    if (!order_may_receive(order))
        return db_transact(ctx, look_again, &again);
    return unless_late(db_transact(ctx, receive_in_transaction, &(struct receipt){order, "auto_received"}));
}

static err end_in_transaction(struct ctx *ctx, void *arg)
{
    struct order order = *(const struct order *)arg;
    struct order_change change = {.event = "aftersale_ended"};
    return order_apply(ctx, &order, &change);
}

static err run_aftersale(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order *order;
    (void)owner;
    TRY(order_load(ctx, job->subject_id, &order));
    if (!order_may(order->state, "aftersale_ended"))
        return NULL;
    return unless_late(db_transact(ctx, end_in_transaction, order));
}

const struct job_kind order_job_kinds[] = {
    {ORDER_CONFIRM_JOB, run_confirm, TIMER_ATTEMPTS, TIMER_PAUSE},
    {ORDER_AFTERSALE_JOB, run_aftersale, TIMER_ATTEMPTS, TIMER_PAUSE},
    {ORDER_GROUP_JOB, order_run_group, TIMER_ATTEMPTS, TIMER_PAUSE},
    {ORDER_KEYS_JOB, order_run_keys, TIMER_ATTEMPTS, TIMER_PAUSE},
    {0},
};
