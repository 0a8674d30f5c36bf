/* order_state.c - the table of transitions, and the words for states. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"

#define IS(state) (1u << (state))
#define ANY_FULFILLMENT                                                                                      \
    (IS(FULFILLMENT_NONE) | IS(FULFILLMENT_PARTIAL) | IS(FULFILLMENT_SHIPPED) | IS(FULFILLMENT_DELIVERED))
#define ANY_LIVE (IS(ORDER_OPEN) | IS(ORDER_COMPLETED))
#define HAS_MONEY (IS(PAYMENT_PAID) | IS(PAYMENT_PARTIALLY_REFUNDED))

const struct order_transition order_transitions[] = {
    /* Money arrived in time. */
    {"paid",
     IS(ORDER_PENDING_PAYMENT),
     IS(PAYMENT_UNPAID),
     IS(FULFILLMENT_NONE),
     {ORDER_OPEN, PAYMENT_PAID, 0}},
    /* Money arrived after the order closed, and there was stock to promise again. */
    {"reopened", IS(ORDER_CLOSED), IS(PAYMENT_UNPAID), IS(FULFILLMENT_NONE), {ORDER_OPEN, PAYMENT_PAID, 0}},
    /* Money arrived after the order closed, and goes back. */
    {"paid_late", IS(ORDER_CLOSED), IS(PAYMENT_UNPAID), IS(FULFILLMENT_NONE), {0, PAYMENT_PAID, 0}},
    /* Nobody paid in time. */
    {"expired", IS(ORDER_PENDING_PAYMENT), IS(PAYMENT_UNPAID), IS(FULFILLMENT_NONE), {ORDER_CLOSED, 0, 0}},
    {"cancelled", IS(ORDER_PENDING_PAYMENT), IS(PAYMENT_UNPAID), IS(FULFILLMENT_NONE), {ORDER_CLOSED, 0, 0}},
    /* Staff cancelled a paid order before anything left; the refund follows. */
    {"cancelled_paid", IS(ORDER_OPEN), HAS_MONEY, IS(FULFILLMENT_NONE), {ORDER_CLOSED, 0, 0}},
    /* Codes were delivered: all that was bought, or a part. */
    {"delivered",
     IS(ORDER_OPEN),
     HAS_MONEY,
     IS(FULFILLMENT_NONE) | IS(FULFILLMENT_PARTIAL),
     {ORDER_COMPLETED, 0, FULFILLMENT_DELIVERED}},
    {"partly_delivered", IS(ORDER_OPEN), HAS_MONEY, IS(FULFILLMENT_NONE), {0, 0, FULFILLMENT_PARTIAL}},
    /* The parcel left while codes were still missing; the codes came after it. */
    {"partly_shipped", IS(ORDER_OPEN), HAS_MONEY, IS(FULFILLMENT_NONE), {0, 0, FULFILLMENT_PARTIAL}},
    {"rest_delivered",
     IS(ORDER_OPEN),
     HAS_MONEY,
     IS(FULFILLMENT_PARTIAL) | IS(FULFILLMENT_SHIPPED),
     {0, 0, FULFILLMENT_SHIPPED}},
    {"shipped",
     IS(ORDER_OPEN),
     HAS_MONEY,
     IS(FULFILLMENT_NONE) | IS(FULFILLMENT_PARTIAL),
     {0, 0, FULFILLMENT_SHIPPED}},
    {"partly_refunded",
     ANY_LIVE | IS(ORDER_CLOSED),
     HAS_MONEY,
     ANY_FULFILLMENT,
     {0, PAYMENT_PARTIALLY_REFUNDED, 0}},
    {"refunded", ANY_LIVE | IS(ORDER_CLOSED), HAS_MONEY, ANY_FULFILLMENT, {0, PAYMENT_REFUNDED, 0}},
    /* All money went back before everything left: the order ends and gives back what it held. */
    {"refunded_unshipped",
     IS(ORDER_OPEN),
     HAS_MONEY,
     IS(FULFILLMENT_NONE) | IS(FULFILLMENT_PARTIAL),
     {ORDER_CLOSED, PAYMENT_REFUNDED, 0}},
    {0},
};

static bool fits(const struct order_transition *row, struct order_state state)
{
    return (row->order_mask & IS(state.order)) && (row->payment_mask & IS(state.payment)) &&
           (row->fulfillment_mask & IS(state.fulfillment));
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
    return true;
}

bool order_may(struct order_state state, const char *event)
{
    const struct order_transition *row = find_row(event);
    if (!row)
        bug("no order event %s", event);
    return fits(row, state);
}

enum order_stage order_stage_of(struct order_state state)
{
    if (state.payment == PAYMENT_REFUNDED)
        return STAGE_REFUNDED;
    if (state.order == ORDER_CLOSED)
        return state.payment == PAYMENT_UNPAID ? STAGE_CLOSED : STAGE_REFUNDING;
    if (state.order == ORDER_PENDING_PAYMENT)
        return STAGE_PENDING_PAYMENT;
    if (state.order == ORDER_COMPLETED)
        return STAGE_COMPLETED;
    if (state.fulfillment == FULFILLMENT_NONE)
        return STAGE_TO_SHIP;
    return state.fulfillment == FULFILLMENT_PARTIAL ? STAGE_PARTIALLY_SHIPPED : STAGE_SHIPPED;
}

static const char *const stage_names[] = {NULL,      "pending_payment", "to_ship", "partially_shipped",
                                          "shipped", "completed",       "closed",  "refunding",
                                          "refunded"};

const char *order_stage_name(enum order_stage stage)
{
    return stage_names[stage];
}

bool order_stage_parse(const char *name, enum order_stage *stage)
{
    for (int i = STAGE_PENDING_PAYMENT; i <= STAGE_REFUNDED; i++)
        if (text_is(stage_names[i], name)) {
            *stage = (enum order_stage)i;
            return true;
        }
    return false;
}

const char *order_status_name(enum order_status status)
{
    static const char *const names[] = {NULL, "pending_payment", "open", "completed", "closed"};
    return names[status];
}

const char *payment_status_name(enum payment_status status)
{
    static const char *const names[] = {
        NULL, "unpaid", "authorized", "partially_paid", "paid", "partially_refunded", "refunded"};
    return names[status];
}

const char *fulfillment_status_name(enum fulfillment_status status)
{
    static const char *const names[] = {NULL, "none", "partial", "shipped", "delivered"};
    return names[status];
}
