/* order_cancel.h - why a shop cancels what was paid, and how often.
 *
 * Submitting an order makes the contract, and a shop that has taken the money may not walk away from it by
 * its own terms (E-Commerce Law of the PRC, article 49): each such cancelling has a reason from a list, the
 * buyer is told, the money goes back, and the rate is on show. Part of order.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define ORDER_CANCEL_DAYS 30
/* Paid orders of these days that are counted at most. */
#define ORDER_CANCEL_COUNTED 20000

enum order_cancel_reason {
    CANCEL_OUT_OF_STOCK = 1,
    CANCEL_PRICE_MISTAKE = 2,
    CANCEL_BUYER_ASKED = 3,
    CANCEL_SUSPECTED_FRAUD = 4,
    CANCEL_CANNOT_DELIVER = 5,
    CANCEL_OTHER = 6, /* with a note */
};
/* "", then "out_of_stock" … by reason: the choices of a field. Ends with NULL. */
extern const char *const order_cancel_reasons[];

/* In a transaction: counts a paid order that is cancelled now. */
CHECKED err order_count_cancelled(struct ctx *ctx, enum order_cancel_reason reason);

struct order_cancel_figures {
    int64_t cancelled;      /* paid orders that were cancelled in ORDER_CANCEL_DAYS days */
    int64_t at_fault;       /* of them those for a reason that is not the buyer's */
    int64_t paid;           /* orders placed in these days and paid; not counted (0) while at_fault is 0 */
    int64_t rate_per_10000; /* at_fault / paid, rounded half up, at most 10000 */
    bool is_at_most;        /* ORDER_CANCEL_COUNTED were counted, there are more: the rate is lower */
};
CHECKED err order_cancel_figures(struct ctx *ctx, struct order_cancel_figures *figures);
/* For tests of the arithmetic: fills the rate. */
void order_cancel_rate(struct order_cancel_figures *figures);
