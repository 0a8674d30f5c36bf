/* payment_read.h - look-ups that the files of this module share. Private to payment. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/payment/payment_ledger.h"

/* NULL when there is none. */
CHECKED err payment_attempt_find(struct ctx *ctx, const char *number, struct payment_attempt **attempt);
CHECKED err payment_attempt_find_by_id(struct ctx *ctx, int64_t attempt_id, struct payment_attempt **attempt);
CHECKED err refund_find(struct ctx *ctx, int64_t refund_id, const struct refund **refund);
/* How much of an amount that is promised next of an attempt is freight: goods go back first, so what is above
 * their sum, however it is divided. */
int64_t refund_freight(const struct order *order, const struct payment_attempt *attempt, int64_t amount);
/* In a transaction: promises `amount` of one attempt back, `freight` of it for carrying. */
CHECKED err refund_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t amount,
                           int64_t freight, enum money_origin origin, const char *reason, int64_t *refund_id);
/* How much of the next `amount` of an attempt is for carrying. Goods go back first: what is promised above
 * their sum is freight, however it is divided. */
int64_t refund_freight(const struct order *order, const struct payment_attempt *attempt, int64_t amount);
/* In a transaction: deals the codes of every digital line and hands them out of stock. `before`, unless NULL,
 * is what happens to the order in the same moment, such as its payment. */
CHECKED err payment_deliver(struct ctx *ctx, struct order *order, const struct order_change *before);
/* In a transaction: codes of pieces that were withdrawn are owed no longer. */
CHECKED err payment_forget_withdrawn(struct ctx *ctx, const struct order *order);
/* In a transaction: a paid order whose codes are not there waits for them, and staff are told. */
CHECKED err payment_owe(struct ctx *ctx, const struct order *order);
