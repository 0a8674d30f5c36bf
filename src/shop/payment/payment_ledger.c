/* payment_ledger.c - one entry for each thing that happens to money, written with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_ledger.h"

#include "base/money.h"
#include "base/text.h"
#include "shop/payment/payment_read.h"

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

/* Where money of a way to pay stands: gift cards settle what the shop owes to who has them. */
static enum ledger_account account_of(const char *gateway)
{
    return text_is(gateway, GIFT_CARD_GATEWAY) ? LEDGER_GIFT_CARDS : LEDGER_CLEARING;
}

/* A sale is what the order costs, freight by itself. With the balance its deposit, which came before and was
 * nobody's income yet, becomes a part of it: goods first, as with refunds. */
static size_t sale_transfers(const struct payment_fact *fact, const struct payment_attempt *attempt,
                             const struct order *order, struct ledger_transfer *transfers)
{
    int64_t freight = order ? order->freight - order->freight_discount : 0;
    int64_t deposit = order && attempt && attempt->part == PART_BALANCE ? order->deposit : 0;
    freight = payment_freight_of(fact->amount + deposit, freight); /* gift cards bear the rest */
    int64_t goods = fact->amount + deposit - freight;
    int64_t first = deposit < goods ? deposit : goods;
    size_t count = add_transfer(transfers, 0, account_of(fact->gateway), LEDGER_SALES, goods - first);
    count = add_transfer(transfers, count, account_of(fact->gateway), LEDGER_FREIGHT,
                         freight - (deposit - first));
    count = add_transfer(transfers, count, LEDGER_DEPOSITS, LEDGER_SALES, first);
    return add_transfer(transfers, count, LEDGER_DEPOSITS, LEDGER_FREIGHT, deposit - first);
}

err payment_post_fact(struct ctx *ctx, const struct payment_fact *fact, int64_t fact_id,
                      const struct payment_attempt *attempt, const struct order *order, enum ledger_kind kind)
{
    struct ledger_transfer transfers[4];
    if (!is_money(fact))
        return NULL;
    size_t count = kind == LEDGER_SALE
                       ? sale_transfers(fact, attempt, order, transfers)
                       : add_transfer(transfers, 0, account_of(fact->gateway),
                                      kind == LEDGER_DEPOSIT ? LEDGER_DEPOSITS : LEDGER_HELD, fact->amount);
    return ledger_post(ctx, &(struct ledger_entry){.id = fact_id,
                                                   .kind = kind,
                                                   .currency = fact->currency,
                                                   .gateway = fact->gateway,
                                                   .reference_id = attempt ? attempt->id : 0,
                                                   .order_id = attempt ? attempt->order_id : 0,
                                                   .transfers = transfers,
                                                   .count = count});
}

err payment_post_card(struct ctx *ctx, const struct payment_attempt *attempt, int64_t fact_id,
                      int64_t freight)
{
    struct ledger_transfer transfers[2];
    size_t count = add_transfer(transfers, 0, LEDGER_GIFT_CARDS, LEDGER_SALES, attempt->amount - freight);
    count = add_transfer(transfers, count, LEDGER_GIFT_CARDS, LEDGER_FREIGHT, freight);
    return ledger_post(ctx, &(struct ledger_entry){.id = fact_id,
                                                   .kind = LEDGER_SALE,
                                                   .currency = attempt->currency,
                                                   .gateway = attempt->gateway,
                                                   .reference_id = attempt->id,
                                                   .order_id = attempt->order_id,
                                                   .transfers = transfers,
                                                   .count = count});
}

err payment_post_kept(struct ctx *ctx, const struct order *order, const char *gateway, int64_t *entry_id)
{
    struct ledger_transfer transfer = {
        .debit = LEDGER_DEPOSITS, .credit = LEDGER_KEPT_DEPOSITS, .amount = order->deposit};
    *entry_id = id_new(ctx);
    return ledger_post(ctx, &(struct ledger_entry){.id = *entry_id,
                                                   .kind = LEDGER_KEPT,
                                                   .currency = order->currency,
                                                   .gateway = gateway,
                                                   .reference_id = order->id,
                                                   .order_id = order->id,
                                                   .transfers = &transfer,
                                                   .count = 1});
}

err payment_post_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t refund_id,
                         int64_t amount, int64_t freight, enum money_origin origin)
{
    struct ledger_transfer transfers[2];
    enum ledger_account from = origin == MONEY_OF_SALE      ? LEDGER_REFUNDS
                               : origin == MONEY_OF_DEPOSIT ? LEDGER_DEPOSITS
                                                            : LEDGER_HELD;
    size_t count = add_transfer(transfers, 0, from, LEDGER_REFUNDS_PAYABLE, amount - freight);
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
        .debit = LEDGER_REFUNDS_PAYABLE, .credit = account_of(attempt->gateway), .amount = refund->amount};
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
