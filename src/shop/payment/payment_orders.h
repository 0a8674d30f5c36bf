/* payment_orders.h - of payment.h: the orders that were paid through one gateway, in pages.
 *
 * No index leads from a gateway to its orders in time: keeping one would cost every payment. Two ways that
 * cost none lead there. Of a gateway that told us little, the facts that it told are read, whose key begins
 * with it: the page is made of all of them. Of another, attempts are read in the order of their orders, by an
 * index that is there; it has many, so the page is full soon, and no page looks through more than
 * PAYMENT_WINDOW attempts: what it did not reach is on the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/order/order.h"

/* Facts of a gateway up to which all are read. */
#define PAYMENT_FEW 1000
#define PAYMENT_WINDOW 10000
/* Orders of one page that are looked at for what else a query narrows. */
#define PAYMENT_LOOKED_AT 640

/* As order_list_page, newest or longest waiting first, of orders for which money came through the gateway. */
CHECKED err payment_order_page(struct ctx *ctx, const char *gateway, const struct order_query *query,
                               struct order_page *page);
