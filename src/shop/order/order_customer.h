/* order_customer.h - the orders of an account: which, how much, and into which group that leads. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "job/job.h"

struct contact;
struct order;

/* Orders that were placed with an account, or whose contact has its e-mail (lower case, "" = none), newest
 * first, behind an order's id (0 = from the newest). */
CHECKED err order_list_of_customer(struct ctx *ctx, int64_t customer_id, const char *email, int64_t before_id,
                                   int limit, struct order **orders, size_t *count);
/* What these orders brought since a time (0 = ever): paid less refunded, and how many were paid. */
CHECKED err order_spent_of_customer(struct ctx *ctx, int64_t customer_id, const char *email, int64_t since,
                                    int64_t *spent, int64_t *count);

/* Whoever pays, or gets money back, comes into the group that the rules say: by a job for the order. Shops
 * without such rules ask and write nothing. */
extern const struct listener order_customer_listeners[];
#define ORDER_GROUP_JOB "order.group"
CHECKED err order_run_group(struct ctx *ctx, const struct job *job, void *owner);

/* ---- new buyers ---- */

/* Whether who orders is known, by phone, e-mail or account, and has no paid order, nor one at the price of
 * new buyers that may still be paid. Shops without price lists are asked nothing. */
CHECKED err order_is_new_buyer(struct ctx *ctx, const struct contact *contact, bool *is_new);
/* In the transaction of an order at such a price: ERR_PROMOTION_OVER when this buyer has another one. */
CHECKED err order_claim_new_buyer(struct ctx *ctx, int64_t order_id, const struct contact *contact);
