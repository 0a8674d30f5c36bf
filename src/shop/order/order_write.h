/* order_write.h - shared by the files that write orders. Private to order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "shop/order/order.h"

/* In a transaction: the event that led from a state (NULL = there was no order) to the one that the order has
 * now, numbered by its version, and its news. */
CHECKED err order_write_event(struct ctx *ctx, const struct order_state *before, const struct order *order,
                              const struct order_change *change);

/* Contact and address out of a column `contact`. */
CHECKED err order_open_contact(struct ctx *ctx, const struct db_rows *rows, int column, struct order *order);

#define ORDER_ANSWERS_PURPOSE "order.answers"
/* A passcode is short, so what is kept of it depends on a key that is not in the database, and on the number
 * of the order: equal passcodes look different. A slow hash would cost every checkout 50 ms and 64 MiB, and
 * guessing through the door is limited there. */
void order_passcode_index(struct ctx *ctx, const char *number, const char *passcode,
                          unsigned char index[CRYPTO_INDEX_BYTES]);

/* An e-mail address as it is looked up: in lower case. */
const char *order_plain_email(struct ctx *ctx, const char *email);
/* A phone number without signs and the country code of China. */
const char *order_plain_phone(struct ctx *ctx, const char *phone);
