/* order_write.h - shared by the files that write orders. Private to order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "shop/order/order.h"

/* In a transaction: the event of the state that the order has now, numbered by its version, and its news. */
CHECKED err order_write_event(struct ctx *ctx, const struct order *order, const char *kind, const char *note);

#define ORDER_ANSWERS_PURPOSE "order.answers"
/* A passcode is short, so what is kept of it depends on a key that is not in the database, and on the number
 * of the order: equal passcodes look different. A slow hash would cost every checkout 50 ms and 64 MiB, and
 * guessing through the door is limited there. */
void order_passcode_index(struct ctx *ctx, const char *number, const char *passcode,
                          unsigned char index[CRYPTO_INDEX_BYTES]);
