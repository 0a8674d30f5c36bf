/* payment_ledger.h - what payments and refunds post to the ledger (decision 0046). Private to payment. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/ledger/ledger.h"
#include "shop/payment/payment.h"

/* Whose money it is that goes back. */
enum money_origin {
    MONEY_OF_SALE = 1,
    MONEY_LATE,       /* the order was closed: it never was a sale */
    MONEY_SURPLUS,    /* another attempt had paid the order */
    MONEY_OF_DEPOSIT, /* of an order that is not paid whole, and will not be */
};

/* In a transaction: money came. `kind` is LEDGER_SALE, DEPOSIT, LATE, SURPLUS or UNMATCHED; with the balance
 * of an order its deposit becomes a part of the sale; `attempt` and `order` may be NULL; of a sale the
 * freight goes to an account of its own. What is no amount of money in any currency is not posted. */
CHECKED err payment_post_fact(struct ctx *ctx, const struct payment_fact *fact, int64_t fact_id,
                              const struct payment_attempt *attempt, const struct order *order,
                              enum ledger_kind kind);
/* In a transaction: a gift card pays for an order, `freight` of it for carrying. */
CHECKED err payment_post_card(struct ctx *ctx, const struct payment_attempt *attempt, int64_t fact_id,
                              int64_t freight);
/* In a transaction: money is promised back, `freight` of it for carrying. */
CHECKED err payment_post_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t refund_id,
                                 int64_t amount, int64_t freight, enum money_origin origin);
/* In a transaction: nobody paid the balance of an order, and its deposit is the shop's own. */
CHECKED err payment_post_kept(struct ctx *ctx, const struct order *order, const char *gateway,
                              int64_t *entry_id);
/* In a transaction: the gateway sent it. */
CHECKED err payment_post_refunded(struct ctx *ctx, const struct payment_attempt *attempt,
                                  const struct refund *refund, int64_t fact_id);
