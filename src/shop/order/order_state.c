/* order_state.c - the table of transitions, and the words for states. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"

#define IS(state) (1u << (state))
#define HAS_MONEY (IS(PAYMENT_PAID) | IS(PAYMENT_PARTIALLY_REFUNDED))
#define NOT_ALL_LEFT (IS(FULFILLMENT_NONE) | IS(FULFILLMENT_PARTIAL))
#define ALL_LEFT (IS(FULFILLMENT_SHIPPED) | IS(FULFILLMENT_DELIVERED))

const struct order_transition order_transitions[] = {
    {.event = "deposit_paid",
     .what = "The deposit of a presale arrived in time; the balance is still to be paid.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.payment = PAYMENT_PARTIALLY_PAID}},
    {.event = "card_held",
     .what = "A gift card holds a part of the total, or all of it; the rest is still to be paid.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE)},
    {.event = "paid",
     .what = "Money arrived in time: all of it, or the balance after the deposit.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_UNPAID) | IS(PAYMENT_PARTIALLY_PAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_OPEN, .payment = PAYMENT_PAID}},
    {.event = "reopened",
     .what = "Money arrived after the order closed, and there was stock to promise again.",
     .order_mask = IS(ORDER_CLOSED),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_OPEN, .payment = PAYMENT_PAID}},
    {.event = "paid_late",
     .what = "Money arrived after the order closed, and goes back.",
     .order_mask = IS(ORDER_CLOSED),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.payment = PAYMENT_PAID}},
    {.event = "expired",
     .what = "Nobody paid in time.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "balance_expired",
     .what = "Nobody paid the balance in time: the deposit stays with the shop.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_PARTIALLY_PAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "deposit_cancelled",
     .what = "Staff cancelled an order whose deposit was paid, for a reason; the deposit goes back.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_PARTIALLY_PAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED, .payment = PAYMENT_PAID}},
    {.event = "cancelled",
     .what = "Buyer or staff cancelled before it was paid.",
     .order_mask = IS(ORDER_PENDING_PAYMENT),
     .payment_mask = IS(PAYMENT_UNPAID),
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "cancelled_paid",
     .what = "Staff cancelled a paid order before anything left, for a reason; the refund follows.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "group_filled",
     .what = "The group of the order is full: what was held goes on its way.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE)},
    {.event = "group_failed",
     .what = "The group of the order was not full in time: the order ends, and all its money goes back.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "group_left",
     .what = "The buyer left a group that was not full: the order ends, and all its money goes back.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_CLOSED}},
    {.event = "delivered",
     .what = "Codes were delivered, and they were all that was bought or missing.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = NOT_ALL_LEFT,
     .to = {.order = ORDER_COMPLETED, .fulfillment = FULFILLMENT_DELIVERED}},
    {.event = "partly_delivered",
     .what = "Codes were delivered, the parcel is still to leave.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.fulfillment = FULFILLMENT_PARTIAL}},
    {.event = "partly_shipped",
     .what = "The parcel left while codes were still missing.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.fulfillment = FULFILLMENT_PARTIAL}},
    {.event = "rest_delivered",
     .what = "The missing codes came after the parcel left.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_PARTIAL) | IS(FULFILLMENT_SHIPPED),
     .to = {.fulfillment = FULFILLMENT_SHIPPED}},
    {.event = "shipped",
     .what = "The parcel left, and nothing is missing.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = NOT_ALL_LEFT,
     .to = {.fulfillment = FULFILLMENT_SHIPPED}},
    {.event = "signed",
     .what = "The parcel was signed for; from here the time until it counts as received is shorter.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_SHIPPED),
     .to = {.fulfillment = FULFILLMENT_DELIVERED}},
    {.event = "received",
     .what = "The buyer said that the parcel arrived.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = ALL_LEFT,
     .to = {ORDER_COMPLETED, 0, FULFILLMENT_DELIVERED, AFTERSALE_ACTIVE, REVIEWS_OPEN}},
    {.event = "auto_received",
     .what = "The buyer said nothing for so long that the parcel counts as received.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = ALL_LEFT,
     .to = {ORDER_COMPLETED, 0, FULFILLMENT_DELIVERED, AFTERSALE_ACTIVE, REVIEWS_OPEN}},
    {.event = "aftersale_ended",
     .what = "The time in which the buyer may complain is over.",
     .order_mask = IS(ORDER_COMPLETED),
     .aftersale_mask = IS(AFTERSALE_ACTIVE),
     .to = {.aftersale = AFTERSALE_DONE}},
    {.event = "reviewed",
     .what = "Each line of the order has its review.",
     .order_mask = IS(ORDER_COMPLETED),
     .review_mask = IS(REVIEWS_OPEN),
     .to = {.review = REVIEWS_DONE}},
    {.event = "partly_refunded",
     .what = "A part of the money went back.",
     .order_mask = IS(ORDER_OPEN) | IS(ORDER_COMPLETED) | IS(ORDER_CLOSED),
     .payment_mask = HAS_MONEY,
     .to = {.payment = PAYMENT_PARTIALLY_REFUNDED}},
    {.event = "refunded",
     .what = "All money went back.",
     .order_mask = IS(ORDER_OPEN) | IS(ORDER_COMPLETED) | IS(ORDER_CLOSED),
     .payment_mask = HAS_MONEY,
     .to = {.payment = PAYMENT_REFUNDED}},
    {.event = "refunded_unshipped",
     .what = "All money went back before everything left: the order ends and gives back what it held.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = NOT_ALL_LEFT,
     .to = {.order = ORDER_CLOSED, .payment = PAYMENT_REFUNDED}},
    {.event = "withdrawn",
     .what = "Pieces that had not left will not leave; their money goes back.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = NOT_ALL_LEFT},
    {.event = "all_withdrawn",
     .what = "Nothing of it will leave any more, and not all of its money goes back.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_NONE),
     .to = {.order = ORDER_COMPLETED}},
    {.event = "parcel_was_all",
     .what = "The parcel left, and what was still missing was withdrawn.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_PARTIAL),
     .to = {.fulfillment = FULFILLMENT_SHIPPED}},
    {.event = "codes_were_all",
     .what = "Codes were delivered, and the parcel that was still to leave was withdrawn.",
     .order_mask = IS(ORDER_OPEN),
     .payment_mask = HAS_MONEY,
     .fulfillment_mask = IS(FULFILLMENT_PARTIAL),
     .to = {.order = ORDER_COMPLETED, .fulfillment = FULFILLMENT_DELIVERED}},
    {0},
};

static bool has(unsigned mask, unsigned state)
{
    return mask == 0 || (mask & IS(state));
}

static bool fits(const struct order_transition *row, struct order_state state)
{
    return has(row->order_mask, state.order) && has(row->payment_mask, state.payment) &&
           has(row->fulfillment_mask, state.fulfillment) && has(row->aftersale_mask, state.aftersale) &&
           has(row->review_mask, state.review);
}

static const struct order_transition *find_row(const char *event)
{
    for (const struct order_transition *row = order_transitions; row->event; row++)
        if (text_is(row->event, event))
            return row;
    return NULL;
}

bool order_next_state(struct order_state from, const char *event, struct order_state *to)
{
    const struct order_transition *row = find_row(event);
    if (!row || !fits(row, from))
        return false;
    to->order = row->to.order ? row->to.order : from.order;
    to->payment = row->to.payment ? row->to.payment : from.payment;
    to->fulfillment = row->to.fulfillment ? row->to.fulfillment : from.fulfillment;
    to->aftersale = row->to.aftersale ? row->to.aftersale : from.aftersale;
    to->review = row->to.review ? row->to.review : from.review;
    return true;
}

bool order_may(struct order_state state, const char *event)
{
    const struct order_transition *row = find_row(event);
    if (!row)
        bug("no order event %s", event);
    return fits(row, state);
}

int64_t order_state_digits(struct order_state state)
{
    return (int64_t)state.order * 10000 + (int64_t)state.payment * 1000 + (int64_t)state.fulfillment * 100 +
           (int64_t)state.aftersale * 10 + (int64_t)state.review;
}

/* ---- what people see ---- */

/* A buyer is asked for a review while the after-sales time runs, and no longer. */
enum order_stage order_stage_of(struct order_state state)
{
    if (state.payment == PAYMENT_REFUNDED || state.payment == PAYMENT_CHARGED_BACK)
        return STAGE_REFUNDED;
    if (state.order == ORDER_CLOSED)
        return state.payment == PAYMENT_UNPAID || state.payment == PAYMENT_PARTIALLY_PAID ? STAGE_CLOSED
                                                                                          : STAGE_REFUNDING;
    if (state.order == ORDER_PENDING_PAYMENT)
        return state.payment == PAYMENT_PARTIALLY_PAID ? STAGE_PENDING_BALANCE : STAGE_PENDING_PAYMENT;
    if (state.order == ORDER_COMPLETED)
        return state.review == REVIEWS_OPEN && state.aftersale == AFTERSALE_ACTIVE ? STAGE_TO_REVIEW
                                                                                   : STAGE_COMPLETED;
    if (state.fulfillment == FULFILLMENT_NONE)
        return STAGE_TO_SHIP;
    return state.fulfillment == FULFILLMENT_PARTIAL ? STAGE_PARTIALLY_SHIPPED : STAGE_SHIPPED;
}

enum order_stage order_stage_shown(struct order_state state, bool waits_for_group)
{
    enum order_stage stage = order_stage_of(state);
    return waits_for_group && stage == STAGE_TO_SHIP ? STAGE_GROUPING : stage;
}

const char *const order_stage_choices[] = {[0] = "all",
                                           [STAGE_PENDING_PAYMENT] = "pending_payment",
                                           [STAGE_TO_SHIP] = "to_ship",
                                           [STAGE_PARTIALLY_SHIPPED] = "partially_shipped",
                                           [STAGE_SHIPPED] = "shipped",
                                           [STAGE_COMPLETED] = "completed",
                                           [STAGE_CLOSED] = "closed",
                                           [STAGE_REFUNDING] = "refunding",
                                           [STAGE_REFUNDED] = "refunded",
                                           [STAGE_TO_REVIEW] = "to_review",
                                           [STAGE_PENDING_BALANCE] = "pending_balance",
                                           [STAGE_GROUPING] = "grouping",
                                           NULL};

const char *order_stage_name(enum order_stage stage)
{
    return order_stage_choices[stage];
}

const char *order_stage_label(enum order_stage stage)
{
    static const char *const labels[] = {
        [STAGE_PENDING_PAYMENT] = "待付款",
        [STAGE_TO_SHIP] = "待发货",
        [STAGE_PARTIALLY_SHIPPED] = "部分发货",
        [STAGE_SHIPPED] = "待收货",
        [STAGE_COMPLETED] = "已完成",
        [STAGE_CLOSED] = "已关闭",
        [STAGE_REFUNDING] = "退款中",
        [STAGE_REFUNDED] = "已退款",
        [STAGE_TO_REVIEW] = "待评价",
        [STAGE_PENDING_BALANCE] = "待付尾款",
        [STAGE_GROUPING] = "待成团",
    };
    return labels[stage];
}

const char *order_label(const struct order *order)
{
    enum order_stage stage = order_stage_of(order->state);
    return stage == STAGE_PENDING_PAYMENT && order->deposit > 0 ? "待付定金" : order_stage_label(stage);
}

bool order_stage_parse(const char *name, enum order_stage *stage)
{
    for (int i = STAGE_PENDING_PAYMENT; i <= STAGE_LAST; i++)
        if (text_is(order_stage_choices[i], name)) {
            *stage = (enum order_stage)i;
            return true;
        }
    return false;
}

const char *order_status_name(enum order_status status)
{
    static const char *const names[] = {[ORDER_PENDING_PAYMENT] = "pending_payment",
                                        [ORDER_OPEN] = "open",
                                        [ORDER_COMPLETED] = "completed",
                                        [ORDER_CLOSED] = "closed"};
    return names[status];
}

const char *payment_status_name(enum payment_status status)
{
    static const char *const names[] = {[PAYMENT_UNPAID] = "unpaid",
                                        [PAYMENT_AUTHORIZED] = "authorized",
                                        [PAYMENT_PARTIALLY_PAID] = "partially_paid",
                                        [PAYMENT_PAID] = "paid",
                                        [PAYMENT_PARTIALLY_REFUNDED] = "partially_refunded",
                                        [PAYMENT_REFUNDED] = "refunded",
                                        [PAYMENT_CHARGED_BACK] = "charged_back"};
    return names[status];
}

const char *fulfillment_status_name(enum fulfillment_status status)
{
    static const char *const names[] = {[FULFILLMENT_NONE] = "none",
                                        [FULFILLMENT_PARTIAL] = "partial",
                                        [FULFILLMENT_SHIPPED] = "shipped",
                                        [FULFILLMENT_DELIVERED] = "delivered"};
    return names[status];
}

const char *aftersale_status_name(enum aftersale_status status)
{
    static const char *const names[] = {
        [AFTERSALE_NONE] = "none", [AFTERSALE_ACTIVE] = "active", [AFTERSALE_DONE] = "done"};
    return names[status];
}

const char *review_status_name(enum review_status status)
{
    static const char *const names[] = {
        [REVIEWS_NONE] = "none", [REVIEWS_OPEN] = "open", [REVIEWS_DONE] = "done"};
    return names[status];
}
