/* order_change.c - applying an event: the row, its event, its news, in one transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/order/order_write.h"
#include "shop/staff/staff.h"

/* The guard of all changes that are made at once: the row goes from the state that was read to the last one.
 */
static err update_row(struct ctx *ctx, const struct order *before, const struct order *after)
{
    bool is_paid_now = after->paid > before->paid;
    bool is_closed_now = after->state.order == ORDER_CLOSED && before->state.order != ORDER_CLOSED;
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
        "UPDATE orders SET stage = $4, order_status = $5, payment_status = $6, fulfillment_status = $7,"
        " version = $12, paid = paid + $8, refunded = refunded + $9,"
        " paid_at = COALESCE($10, paid_at), closed_at = COALESCE($11, closed_at)"
        " WHERE shop_id = $1 AND id = $2 AND version = $3",
        db_int(ctx->shop->id), db_int(before->id), db_int(before->version),
        db_int(order_stage_of(after->state)), db_int(after->state.order), db_int(after->state.payment),
        db_int(after->state.fulfillment), db_int(after->paid - before->paid),
        db_int(after->refunded - before->refunded), db_id(is_paid_now ? ctx->now : 0),
        db_id(is_closed_now ? ctx->now : 0), db_int(after->version));
}

/* What staff did to an order, for the audit list; the events of the order say the rest. */
static const char *audit_kind(const char *event)
{
    if (text_is(event, "shipped") || text_is(event, "partly_shipped"))
        return "order.shipped";
    if (text_is(event, "cancelled") || text_is(event, "cancelled_paid"))
        return "order.cancelled";
    return strstr(event, "refund") ? "order.refunded" : NULL;
}

static err note_act(struct ctx *ctx, const struct order *order, const char *event, const char *note)
{
    const char *kind = ctx->actor == ACTOR_STAFF ? audit_kind(event) : NULL;
    if (!kind)
        return NULL;
    return audit_note(ctx,
                      &(struct audit_entry){.kind = kind,
                                            .subject = arena_format(ctx->arena, "orders/%s", order->number),
                                            .title = order->number,
                                            .after = note});
}

err order_write_event(struct ctx *ctx, const struct order *order, const char *kind, const char *note)
{
    TRY(note_act(ctx, order, kind, note));
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
    if (order->contact.email && order->contact.email[0])
        value_set_bool(ctx->arena, news, "has_email", true);
    return outbox_emit(ctx, arena_format(ctx->arena, "order.%s", kind), order->id, news);
}

static err take_step(struct ctx *ctx, struct order *order, const struct order_change *change)
{
    struct order_state to;
    if (!order_may(order->state, change->event) || !order_next_state(order->state, change->event, &to))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s is %s, so it cannot become %s", order->number,
                         order_stage_name(order_stage_of(order->state)), change->event);
    order->state = to;
    order->version++;
    order->paid += change->paid;
    order->refunded += change->refunded;
    return NULL;
}

/* The row first: whoever changed it meanwhile fails there, and not at the number of an event. */
err order_apply_all(struct ctx *ctx, struct order *order, const struct order_change *changes, size_t count)
{
    bool was_pending = order->state.order == ORDER_PENDING_PAYMENT;
    struct order after = *order;
    for (size_t i = 0; i < count; i++)
        TRY(take_step(ctx, &after, &changes[i]));
    TRY(update_row(ctx, order, &after));
    if (was_pending)
        TRY(job_cancel(ctx, ORDER_CLOSE_JOB, order->id));
    for (size_t i = 0; i < count; i++) {
        TRY(take_step(ctx, order, &changes[i]));
        TRY(order_write_event(ctx, order, changes[i].event, changes[i].note));
    }
    return NULL;
}

err order_apply(struct ctx *ctx, struct order *order, const struct order_change *change)
{
    return order_apply_all(ctx, order, change, 1);
}
