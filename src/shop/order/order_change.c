/* order_change.c - applying an event: the row, its event, its news, in one transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "job/job.h"
#include "shop/order/order_write.h"

static err update_row(struct ctx *ctx, const struct order *order, struct order_state to,
                      const struct order_change *change)
{
    bool is_paid_now = change->paid > 0;
    bool is_closed_now = to.order == ORDER_CLOSED && order->state.order != ORDER_CLOSED;
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
        "UPDATE orders SET stage = $4, order_status = $5, payment_status = $6, fulfillment_status = $7,"
        " version = version + 1, paid = paid + $8, refunded = refunded + $9,"
        " paid_at = COALESCE($10, paid_at), closed_at = COALESCE($11, closed_at)"
        " WHERE shop_id = $1 AND id = $2 AND version = $3",
        db_int(ctx->shop->id), db_int(order->id), db_int(order->version), db_int(order_stage_of(to)),
        db_int(to.order), db_int(to.payment), db_int(to.fulfillment), db_int(change->paid),
        db_int(change->refunded), db_id(is_paid_now ? ctx->now : 0), db_id(is_closed_now ? ctx->now : 0));
}

err order_write_event(struct ctx *ctx, const struct order *order, const char *kind, const char *note)
{
    TRY(db_execute(
        ctx,
        "INSERT INTO order_events (shop_id, order_id, event_no, kind, order_status, payment_status,"
        " fulfillment_status, actor, actor_id, note, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(order->id), db_int(order->version), db_text(kind),
        db_int(order->state.order), db_int(order->state.payment), db_int(order->state.fulfillment),
        db_int(ctx->actor), db_int(ctx->actor_id), db_text(note ? note : ""), db_int(ctx->now)));
    struct value *news = value_object(ctx->arena);
    value_set_text(ctx->arena, news, "number", order->number);
    value_set_text(ctx->arena, news, "order_status", order_status_name(order->state.order));
    value_set_text(ctx->arena, news, "payment_status", payment_status_name(order->state.payment));
    value_set_text(ctx->arena, news, "fulfillment_status", fulfillment_status_name(order->state.fulfillment));
    return outbox_emit(ctx, arena_format(ctx->arena, "order.%s", kind), order->id, news);
}

err order_apply(struct ctx *ctx, struct order *order, const struct order_change *change)
{
    struct order_state to;
    if (!order_may(order->state, change->event) || !order_next_state(order->state, change->event, &to))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s is %s, so it cannot become %s", order->number,
                         order_stage_name(order_stage_of(order->state)), change->event);
    TRY(update_row(ctx, order, to, change));
    if (order->state.order == ORDER_PENDING_PAYMENT)
        TRY(job_cancel(ctx, ORDER_CLOSE_JOB, order->id));
    order->state = to;
    order->version++;
    order->paid += change->paid;
    order->refunded += change->refunded;
    return order_write_event(ctx, order, change->event, change->note);
}
