/* payment_deliver.c - what money sets free at once: codes, and orders that cost nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/payment/payment_read.h"

/* Deals the codes of every digital line and hands the pieces out of stock. */
err payment_deliver(struct ctx *ctx, struct order *order)
{
    struct demand *demands;
    size_t count = order_demands(ctx, order, PRODUCT_DIGITAL, &demands);
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == PRODUCT_DIGITAL)
            TRY(code_deal(ctx, order->id, order->lines[i].line_no, order->lines[i].variant_id,
                          order->lines[i].quantity));
    TRY(stock_sell(ctx, order->id, demands, count));
    TRY(order_fulfil_lines(ctx, order, PRODUCT_DIGITAL));
    struct order_change change = {.event = "delivered"};
    if (order_has_kind(order, PRODUCT_PHYSICAL))
        change.event = order_has_left(order, PRODUCT_PHYSICAL) ? "partly_delivered" : "rest_delivered";
    return order_apply(ctx, order, &change);
}

static err settle_in_transaction(struct ctx *ctx, void *arg)
{
    struct order order = *(const struct order *)arg;
    struct order_change change = {.event = "paid"};
    bool waits;
    TRY(payment_waits_for_hand(ctx, &order, &waits));
    TRY(order_apply(ctx, &order, &change));
    return waits ? payment_owe(ctx, &order) : payment_deliver(ctx, &order);
}

err payment_settle_free(struct ctx *ctx, const struct order *order)
{
    struct order copy = *order;
    return db_transact(ctx, settle_in_transaction, &copy);
}
