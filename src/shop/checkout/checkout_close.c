/* checkout_close.c - orders that end before anything left: nobody paid, staff cancelled, or a
 * group of buyers came to nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"

#define CLOSE_ATTEMPTS 20
/* Tries of a buyer who leaves a group while the order changes. */
#define LEAVE_ATTEMPTS 8
#define BALANCE_EXPIRED "balance_expired"

struct closing {
    const struct order *order;
    const char *event;
    const char *note;
    enum order_cancel_reason reason; /* of a paid order */
    bool leaves_group;               /* nothing is closed when the group is not open any more */
    int64_t refund;
    int64_t refund_id;
};

static err give_back_counted(struct ctx *ctx, const struct closing *closing, const struct demand *demands,
                             size_t count)
{
    int64_t order_id = closing->order->id;
    TRY(order_rations_give_back(ctx, order_id, demands, count));
    TRY(flash_give_back(ctx, order_id));
    TRY(presale_give_back(ctx, order_id));
    return closing->leaves_group ? group_seat_leave(ctx, order_id) : group_seat_give_back(ctx, order_id);
}

static err close_in_transaction(struct ctx *ctx, void *arg)
{
    struct closing *closing = arg;
    struct order order = *closing->order;
    struct demand *demands;
    size_t count = order_demands_left(ctx, &order, 0, &demands);
    struct order_change change = {.event = closing->event,
                                  .note = closing->note,
                                  .reason = closing->reason ? order_cancel_reasons[closing->reason] : NULL};
    TRY(order_apply(ctx, &order, &change));
    if (text_is(closing->event, BALANCE_EXPIRED))
        TRY(payment_keep_deposit(ctx, &order));
    if (closing->reason)
        TRY(order_count_cancelled(ctx, closing->reason));
    TRY(stock_release(ctx, order.id, demands, count));
    if (order.card_held > 0 && order.paid == 0)
        TRY(payment_release_cards(ctx, &order));
    if (order.is_rationed)
        TRY(give_back_counted(ctx, closing, demands, count));
    if (order_has_offers(&order))
        TRY(promotion_give_back(ctx, order.id));
    TRY(order_points_give_rest(ctx, &order));
    /* What is promised back already is refunded when it went. */
    struct order_change nothing_to_refund = {.event = "refunded"};
    if (closing->refund == 0)
        return closing->reason && order.paid == order.refunded ? order_apply(ctx, &order, &nothing_to_refund)
                                                               : NULL;
    const char *why = closing->note[0] ? closing->note : change.reason;
    return payment_refund(ctx, &order, closing->refund, why, &closing->refund_id);
}

err order_close_unpaid(struct ctx *ctx, int64_t order_id, const char *event, const char *note)
{
    TRY(payment_query_order(ctx, order_id));
    struct order *order;
    TRY(order_load(ctx, order_id, &order));
    struct closing closing = {.order = order, .event = event, .note = note};
    return db_transact(ctx, close_in_transaction, &closing);
}

static err cancel_paid(struct ctx *ctx, struct order *order, enum order_cancel_reason reason,
                       const char *note)
{
    const char *event = order_may(order->state, "deposit_cancelled") ? "deposit_cancelled" : "cancelled_paid";
    if (!order_may(order->state, event))
        return order_refuse(ctx, order, "cancelled_paid");
    if (!reason)
        return fail_field(ctx, "reason", "required", "say why a paid order is cancelled");
    if (reason == CANCEL_OTHER && !note[0])
        return fail_field(ctx, "note", "required", "another reason needs words");
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    struct closing closing = {.order = order,
                              .event = event,
                              .note = note,
                              .reason = reason,
                              .refund = payment_refundable(attempts, count)};
    TRY(db_transact(ctx, close_in_transaction, &closing));
    return closing.refund_id ? payment_send_refund(ctx, closing.refund_id) : NULL;
}

err order_cancel(struct ctx *ctx, struct order *order, enum order_cancel_reason reason, const char *note)
{
    if (order_may(order->state, "cancelled"))
        return order_close_unpaid(ctx, order->id, "cancelled", note);
    return cancel_paid(ctx, order, reason, note);
}

static err close_grouping(struct ctx *ctx, struct closing *closing)
{
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, closing->order->id, &attempts, &count));
    closing->refund = payment_refundable(attempts, count);
    TRY(db_transact(ctx, close_in_transaction, closing));
    err failure = closing->refund_id ? payment_send_refund(ctx, closing->refund_id) : NULL;
    if (failure) /* its job sends it again */
        log_failure(ctx, LOG_WARNING, "the refund of an order in a group was not sent yet", failure);
    return NULL;
}

err order_close_failed_group(struct ctx *ctx, struct order *order)
{
    struct closing closing = {.order = order, .event = "group_failed", .note = "group-failed"};
    return close_grouping(ctx, &closing);
}

err order_leave_group(struct ctx *ctx, int64_t order_id)
{
    for (int tries = 0; tries < LEAVE_ATTEMPTS; tries++) {
        struct order *order;
        TRY(order_load(ctx, order_id, &order));
        if (!order->waits_for_group)
            return order_refuse(ctx, order, "group_left");
        struct closing closing = {
            .order = order, .event = "group_left", .note = "group-left", .leaves_group = true};
        err failure = close_grouping(ctx, &closing);
        if (!failure || failure->code != ERR_CONFLICT)
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "the order changes all the time");
}

/* Runs when an order's time is over. An order that was paid or closed meanwhile needs nothing. */
static err run_close(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    struct order *order;
    TRY(order_load(ctx, job->subject_id, &order));
    const char *event = order_may(order->state, BALANCE_EXPIRED) ? BALANCE_EXPIRED : "expired";
    if (!order_may(order->state, event) || order->closes_at > ctx->now)
        return NULL;
    err failure = order_close_unpaid(ctx, order->id, event, "");
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
