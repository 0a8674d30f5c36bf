/* payment_read.h - look-ups that the files of this module share. Private to payment. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/payment/payment.h"

/* NULL when there is none. */
CHECKED err payment_attempt_find(struct ctx *ctx, const char *number, struct payment_attempt **attempt);
CHECKED err payment_attempt_find_by_id(struct ctx *ctx, int64_t attempt_id, struct payment_attempt **attempt);
CHECKED err refund_find(struct ctx *ctx, int64_t refund_id, const struct refund **refund);
/* In a transaction: promises `amount` of one attempt back. */
CHECKED err refund_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t amount,
                           const char *reason, int64_t *refund_id);
/* In a transaction: deals the codes of every digital line and hands them out of stock. `before`, unless NULL,
 * is what happens to the order in the same moment, such as its payment. */
CHECKED err payment_deliver(struct ctx *ctx, struct order *order, const struct order_change *before);
/* In a transaction: a paid order whose codes are not there waits for them, and staff are told. */
CHECKED err payment_owe(struct ctx *ctx, const struct order *order);
