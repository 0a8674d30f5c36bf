/* checkout_group.c - orders in groups: their seat, and what becomes of them when the group is full or failed.
 *
 * The last payment, and the end of a group's time, schedule one job for each order: an order goes on or ends
 * for itself, at least once, whatever dies between two of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "base/clock.h"
#include "shop/checkout/checkout_member.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define ORDER_ATTEMPTS 60

/* ---- the seat ---- */

static struct group_buyer buyer_of(struct ctx *ctx, const struct contact *contact)
{
    struct group_buyer buyer = {.count = 0};
    buyer.count = order_buyer_keys(ctx, contact, buyer.keys);
    const unsigned char *account = checkout_account_key(ctx);
    if (account)
        buyer.keys[buyer.count++] = account;
    return buyer;
}

static struct group_want want_of(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    const char *name = cart->needs_address ? checkout->address.name : "";
    return (struct group_want){.place = cart->group,
                               .quantity = cart->item_count,
                               .mask =
                                   group_mask(ctx, name, checkout->contact.phone, checkout->contact.email),
                               .buyer = buyer_of(ctx, &checkout->contact)};
}

err checkout_group_problem(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                           const char **code, const char **message)
{
    bool is_in;
    int64_t left;
    *code = *message = NULL;
    if (!cart->group)
        return NULL;
    struct group_want want = want_of(ctx, cart, checkout);
    TRY(group_person_left(ctx, &want, &is_in, &left));
    if (is_in) {
        *code = "group-person";
        *message = "this person sits in the group already";
    } else if (want.quantity > left) {
        *code = "group-most";
        *message =
            arena_format(ctx->arena, "one person may have %" PRId64 " pieces, you can have %" PRId64 " more",
                         want.place->entry.person_most, left);
    }
    return NULL;
}

/* The seat is held as long as the order may be paid, and no longer than the group waits. */
err checkout_group_take(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                        struct order *order)
{
    if (!cart->group)
        return NULL;
    struct group_want want = want_of(ctx, cart, checkout);
    order->is_rationed = true;
    order->waits_for_group = true;
    if (cart->group->group)
        order->unpaid_ms = cart->group->group->ends_at - ctx->now;
    return group_seat_take(ctx, order->id, &want);
}

/* ---- what becomes of it ---- */

static bool is_over(err failure)
{
    return failure && failure->code == ERR_INVALID_TRANSITION;
}

static err end_order(struct ctx *ctx, struct order *order)
{
    if (order_may(order->state, "expired")) {
        err failure = order_close_unpaid(ctx, order->id, "expired", "");
        if (failure && !is_over(failure))
            return failure;
        TRY(order_load(ctx, order->id, &order));
    }
    if (!order->waits_for_group || !order_may(order->state, "group_failed"))
        return NULL;
    err failure = order_close_failed_group(ctx, order);
    return is_over(failure) ? NULL : failure;
}

static err run_order(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order *order;
    struct group_seat *seat;
    struct buy_group *group;
    (void)owner;
    TRY(order_load(ctx, job->subject_id, &order));
    TRY(group_seat_find(ctx, order->id, &seat, &group));
    if (!seat || !order->waits_for_group)
        return NULL;
    if (group->state == BUY_GROUP_FULL)
        return payment_release(ctx, order->id);
    return group->state == BUY_GROUP_FAILED || group->state == BUY_GROUP_VOID ? end_order(ctx, order) : NULL;
}

const struct job_kind checkout_group_job_kinds[] = {{GROUP_ORDER_JOB, run_order, ORDER_ATTEMPTS, SECOND_MS},
                                                    {0}};

/* ---- view ---- */

err checkout_group_view(struct ctx *ctx, const struct order *order, struct value *view)
{
    struct group_seat *seat;
    struct buy_group *group;
    value_set(ctx->arena, view, "group", value_null());
    if (!order->is_rationed)
        return NULL;
    TRY(group_seat_find(ctx, order->id, &seat, &group));
    if (!seat || (seat->state == SEAT_FREE && group->state == BUY_GROUP_OPEN))
        return NULL;
    struct value *tree = buy_group_view(ctx, group);
    bool waits = order->waits_for_group && order->state.order == ORDER_OPEN;
    value_set_bool(ctx->arena, tree, "waits", waits);
    value_set_bool(ctx->arena, tree, "can_leave",
                   waits && group->state == BUY_GROUP_OPEN && order_may(order->state, "group_left"));
    if (group->state == BUY_GROUP_NEW || group->state == BUY_GROUP_VOID)
        value_set_text(ctx->arena, tree, "url", NULL);
    value_set(ctx->arena, view, "group", *tree);
    return NULL;
}
