/* payment_deliver.c - what money sets free at once: codes, and orders that cost nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"
#include "shop/digital/digital.h"
#include "shop/gift/gift.h"
#include "shop/payment/payment.h"
#include "shop/payment/payment_read.h"

/* How long the cards of a line are good follows from the variant as it is now. */
static err make_cards(struct ctx *ctx, const struct order *order, const struct order_line *line,
                      int64_t count)
{
    const struct variant *variant;
    TRY(variant_load(ctx, line->variant_id, &variant));
    return gift_card_sell(ctx, &(struct gift_card_batch){.value = line->card_value,
                                                         .count = count,
                                                         .years = variant->card_years,
                                                         .note = order->number,
                                                         .order_id = order->id,
                                                         .line_no = line->line_no});
}

static err deal_codes(struct ctx *ctx, const struct order *order)
{
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        int64_t left = order_line_left(line);
        if (line->kind != PRODUCT_DIGITAL || left == 0)
            continue;
        TRY(code_deal(ctx, order->id, line->line_no, line->variant_id, left, line->card_value > 0));
        if (line->card_value > 0)
            TRY(make_cards(ctx, order, line, left));
    }
    return NULL;
}

static const char *delivery_event(const struct order *order)
{
    if (order_has_left(order, PRODUCT_PHYSICAL))
        return "partly_delivered";
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == PRODUCT_PHYSICAL && order->lines[i].fulfilled > 0)
            return "rest_delivered";
    return "delivered";
}

err payment_deliver(struct ctx *ctx, struct order *order, const struct order_change *before)
{
    struct order_change changes[2];
    struct demand *demands;
    size_t count = order_demands_left(ctx, order, PRODUCT_DIGITAL, &demands);
    size_t change_count = 0;
    if (before)
        changes[change_count++] = *before;
    if (count > 0)
        changes[change_count++] = (struct order_change){.event = delivery_event(order)};
    TRY(order_apply_all(ctx, order, changes, change_count));
    if (count == 0)
        return NULL;
    TRY(deal_codes(ctx, order));
    TRY(stock_sell(ctx, order->id, demands, count));
    return order_fulfil_lines(ctx, order, PRODUCT_DIGITAL);
}

static err settle_in_transaction(struct ctx *ctx, void *arg)
{
    struct order order = *(const struct order *)arg;
    struct order_change change = {.event = "paid"};
    bool waits;
    TRY(payment_waits_for_hand(ctx, &order, &waits));
    if (!waits)
        return payment_deliver(ctx, &order, &change);
    TRY(order_apply(ctx, &order, &change));
    return payment_owe(ctx, &order);
}

err payment_settle_free(struct ctx *ctx, const struct order *order)
{
    struct order copy = *order;
    return db_transact(ctx, settle_in_transaction, &copy);
}
