/* order_write.h - shared by the files that write orders. Private to order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/order/order.h"

/* In a transaction: the event of the state that the order has now, numbered by its version, and its news. */
CHECKED err order_write_event(struct ctx *ctx, const struct order *order, const char *kind, const char *note);
