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
    bool is_paid_now = after->paid > before->paid && after->state.payment != PAYMENT_PARTIALLY_PAID;
    bool is_closed_now = after->state.order == ORDER_CLOSED && before->state.order != ORDER_CLOSED;
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
        "UPDATE orders SET stage = $4, order_status = $5, payment_status = $6, fulfillment_status = $7,"
        " version = $12, paid = paid + $8, refunded = refunded + $9, aftersale_status = $13, review_status = "
        "$14,"
        " waits_for_group = $15, paid_at = COALESCE($10, paid_at), closed_at = COALESCE($11, closed_at)"
        " WHERE shop_id = $1 AND id = $2 AND version = $3",
        db_int(ctx->shop->id), db_int(before->id), db_int(before->version),
        db_int(order_stage_shown(after->state, after->waits_for_group)), db_int(after->state.order),
        db_int(after->state.payment), db_int(after->state.fulfillment), db_int(after->paid - before->paid),
        db_int(after->refunded - before->refunded), db_id(is_paid_now ? ctx->now : 0),
        db_id(is_closed_now ? ctx->now : 0), db_int(after->version), db_int(after->state.aftersale),
        db_int(after->state.review), db_int(after->waits_for_group));
}

/* What staff did to an order, for the audit list; the events of the order say the rest. */
static const char *audit_kind(const char *event)
{
    if (text_is(event, "shipped") || text_is(event, "partly_shipped"))
        return "order.shipped";
    if (text_is(event, "cancelled") || text_is(event, "cancelled_paid") ||
        text_is(event, "deposit_cancelled"))
        return "order.cancelled";
    return strstr(event, "refund") ? "order.refunded" : NULL;
}

static err note_act(struct ctx *ctx, const struct order *order, const struct order_change *change)
{
    const char *kind = ctx->actor == ACTOR_STAFF ? audit_kind(change->event) : NULL;
    const char *note = change->note;
    if (change->reason)
        note = arena_format(ctx->arena, "%s %s", change->reason, note ? note : "");
    if (!kind)
        return NULL;
    return audit_note(ctx,
                      &(struct audit_entry){.kind = kind,
                                            .subject = arena_format(ctx->arena, "orders/%s", order->number),
                                            .title = order->number,
                                            .after = note});
}

err order_write_event(struct ctx *ctx, const struct order_state *before, const struct order *order,
                      const struct order_change *change)
{
    TRY(note_act(ctx, order, change));
    TRY(db_execute(
        ctx,
        "INSERT INTO order_events (shop_id, order_id, event_no, kind, order_status, payment_status,"
        " fulfillment_status, actor, actor_id, note, at, aftersale_status, review_status, states_before,"
        " reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        db_int(ctx->shop->id), db_int(order->id), db_int(order->version), db_text(change->event),
        db_int(order->state.order), db_int(order->state.payment), db_int(order->state.fulfillment),
        db_int(ctx->actor), db_int(ctx->actor_id), db_text(change->note ? change->note : ""),
        db_int(ctx->now), db_int(order->state.aftersale), db_int(order->state.review),
        db_int(before ? order_state_digits(*before) : 0), db_text(change->reason ? change->reason : "")));
    struct value *news = value_object(ctx->arena);
    value_set_text(ctx->arena, news, "number", order->number);
    value_set_text(ctx->arena, news, "order_status", order_status_name(order->state.order));
    value_set_text(ctx->arena, news, "payment_status", payment_status_name(order->state.payment));
    value_set_text(ctx->arena, news, "fulfillment_status", fulfillment_status_name(order->state.fulfillment));
    if (order->contact.email && order->contact.email[0])
        value_set_bool(ctx->arena, news, "has_email", true);
    return outbox_emit(ctx, arena_format(ctx->arena, "order.%s", change->event), order->id, news);
}

/* Nothing leaves while the order waits for its group, whoever sends it. */
static bool is_held(const struct order *order, struct order_state to)
{
    return order->waits_for_group && to.fulfillment != order->state.fulfillment;
}

static bool ends_waiting(const char *event)
{
    return text_is(event, "group_filled") || text_is(event, "group_failed") || text_is(event, "group_left");
}

static err take_step(struct ctx *ctx, struct order *order, const struct order_change *change)
{
    struct order_state to;
    if (!order_may(order->state, change->event) || !order_next_state(order->state, change->event, &to) ||
        is_held(order, to))
        return order_refuse(ctx, order, change->event);
    if (ends_waiting(change->event))
        order->waits_for_group = false;
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
    if (was_pending && order_state_digits(after.state) != order_state_digits(order->state))
        TRY(job_cancel(ctx, ORDER_CLOSE_JOB, order->id));
    for (size_t i = 0; i < count; i++) {
        struct order_state before = order->state;
        TRY(take_step(ctx, order, &changes[i]));
        TRY(order_write_event(ctx, &before, order, &changes[i]));
    }
    return NULL;
}

err order_apply(struct ctx *ctx, struct order *order, const struct order_change *change)
{
    return order_apply_all(ctx, order, change, 1);
}
