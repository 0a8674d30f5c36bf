/* payment_ledger.c - one entry for each thing that happens to money, written with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_ledger.h"

#include "base/money.h"

static bool is_money(const struct payment_fact *fact)
{
    return fact->amount > 0 && fact->amount <= MONEY_MAX && money_currency_is_known(fact->currency);
}

/* A transfer in up to two parts, of which none may be nothing. */
static size_t add_transfer(struct ledger_transfer *transfers, size_t count, enum ledger_account debit,
                           enum ledger_account credit, int64_t amount)
{
    if (amount <= 0)
        return count;
    transfers[count] = (struct ledger_transfer){.debit = debit, .credit = credit, .amount = amount};
    return count + 1;
}

err payment_post_fact(struct ctx *ctx, const struct payment_fact *fact, int64_t fact_id,
                      const struct payment_attempt *attempt, const struct order *order, enum ledger_kind kind)
{
    struct ledger_transfer transfers[2];
    bool is_sale = kind == LEDGER_SALE;
    int64_t freight = is_sale && order ? order->freight - order->freight_discount : 0;
    if (!is_money(fact))
        return NULL;
    size_t count = add_transfer(transfers, 0, LEDGER_CLEARING, is_sale ? LEDGER_SALES : LEDGER_HELD,
                                fact->amount - freight);
    count = add_transfer(transfers, count, LEDGER_CLEARING, LEDGER_FREIGHT, freight);
    return ledger_post(ctx, &(struct ledger_entry){.id = fact_id,
                                                   .kind = kind,
                                                   .currency = fact->currency,
                                                   .gateway = fact->gateway,
                                                   .reference_id = attempt ? attempt->id : 0,
                                                   .order_id = attempt ? attempt->order_id : 0,
                                                   .transfers = transfers,
                                                   .count = count});
}

err payment_post_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t refund_id,
                         int64_t amount, int64_t freight, enum money_origin origin)
{
    struct ledger_transfer transfers[2];
    size_t count = add_transfer(transfers, 0, origin == MONEY_OF_SALE ? LEDGER_REFUNDS : LEDGER_HELD,
                                LEDGER_REFUNDS_PAYABLE, amount - freight);
    count = add_transfer(transfers, count, LEDGER_FREIGHT, LEDGER_REFUNDS_PAYABLE, freight);
    return ledger_post(
        ctx, &(struct ledger_entry){.id = refund_id,
                                    .kind = origin == MONEY_SURPLUS ? LEDGER_SURPLUS_REFUND : LEDGER_REFUND,
                                    .currency = attempt->currency,
                                    .gateway = attempt->gateway,
                                    .reference_id = refund_id,
                                    .order_id = attempt->order_id,
                                    .transfers = transfers,
                                    .count = count});
}

err payment_post_refunded(struct ctx *ctx, const struct payment_attempt *attempt, const struct refund *refund,
                          int64_t fact_id)
{
    bool is_surplus = attempt->status == ATTEMPT_SURPLUS;
    struct ledger_transfer transfer = {
        .debit = LEDGER_REFUNDS_PAYABLE, .credit = LEDGER_CLEARING, .amount = refund->amount};
    return ledger_post(ctx,
                       &(struct ledger_entry){.id = fact_id,
                                              .kind = is_surplus ? LEDGER_SURPLUS_REFUNDED : LEDGER_REFUNDED,
                                              .currency = refund->currency,
                                              .gateway = attempt->gateway,
                                              .reference_id = refund->id,
                                              .order_id = refund->order_id,
                                              .transfers = &transfer,
                                              .count = 1});
}
