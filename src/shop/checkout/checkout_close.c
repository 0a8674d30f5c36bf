/* checkout_close.c - orders that end before anything left: nobody paid, or staff cancelled. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/payment/payment.h"

#define CLOSE_ATTEMPTS 20

struct closing {
    const struct order *order;
    const char *event;
    const char *note;
    bool is_paid;
    int64_t refund;
    int64_t refund_id;
};

static err close_in_transaction(struct ctx *ctx, void *arg)
{
    struct closing *closing = arg;
    struct order order = *closing->order;
    struct demand *demands;
    size_t count = order_demands(ctx, &order, 0, &demands);
    struct order_change change = {.event = closing->event, .note = closing->note};
    TRY(order_apply(ctx, &order, &change));
    TRY(stock_release(ctx, order.id, demands, count));
    struct order_change nothing_to_refund = {.event = "refunded"};
    if (closing->refund == 0)
        return closing->is_paid ? order_apply(ctx, &order, &nothing_to_refund) : NULL;
    return payment_refund(ctx, &order, closing->refund, closing->note, &closing->refund_id);
}

err order_close_unpaid(struct ctx *ctx, int64_t order_id, const char *event, const char *note)
{
    TRY(payment_query_order(ctx, order_id));
    struct order *order;
    TRY(order_load(ctx, order_id, &order));
    struct closing closing = {.order = order, .event = event, .note = note};
    return db_transact(ctx, close_in_transaction, &closing);
}

static err cancel_paid(struct ctx *ctx, struct order *order, const char *reason)
{
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    struct closing closing = {.order = order,
                              .event = "cancelled_paid",
                              .note = reason,
                              .is_paid = true,
                              .refund = payment_refundable(attempts, count)};
    TRY(db_transact(ctx, close_in_transaction, &closing));
    return closing.refund_id ? payment_send_refund(ctx, closing.refund_id) : NULL;
}

err order_cancel(struct ctx *ctx, struct order *order, const char *reason)
{
    if (order_may(order->state, "cancelled"))
        return order_close_unpaid(ctx, order->id, "cancelled", reason);
    return cancel_paid(ctx, order, reason);
}

/* Runs when an order's time is over. An order that was paid or closed meanwhile needs nothing. */
static err run_close(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    struct order *order;
    TRY(order_load(ctx, job->subject_id, &order));
    if (!order_may(order->state, "expired"))
        return NULL;
    err failure = order_close_unpaid(ctx, order->id, "expired", "");
    return failure && failure->code == ERR_INVALID_TRANSITION ? NULL : failure;
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx, "DELETE FROM checkout_keys WHERE shop_id = $1 AND created_at < $2",
                      db_int(ctx->shop->id), db_int(ctx->now - CHECKOUT_KEY_AGE_MS));
}

err checkout_sweep_keys(struct ctx *ctx)
{
    return db_transact(ctx, sweep_in_transaction, NULL);
}

const struct job_kind checkout_job_kinds[] = {
    {ORDER_CLOSE_JOB, run_close, CLOSE_ATTEMPTS, 2 * SECOND_MS},
    {0},
};
