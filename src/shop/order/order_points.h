/* order_points.h - what an order brings its member in points (pricing/points.h), and what points paid of it.
 *
 * It comes once, when the time for after-sales is over, by what was paid for goods and did not go back. Until
 * then it is on its way (待入账), which is computed and not kept. Money that goes back later takes its part
 * of the points, at most what is there; the rest is a debt, which what the member earns next settles first
 * (decision 0106). Each is a job of its own behind an event, so that no sale and no
 * refund waits for points.
 *
 * What points pay goes and comes back in the transaction of the order or the refund itself (decision 0078).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "job/job.h"

struct order;
struct order_line;

#define ORDER_POINTS_JOB "order.points"
#define ORDER_POINTS_BACK_JOB "order.points-back"
/* Orders of one account that are looked at for what is on its way. */
#define ORDER_POINTS_PENDING_LIMIT 200

extern const struct listener order_points_listeners[];
extern const struct job_kind order_points_job_kinds[];

/* What is on its way to an account. */
CHECKED err order_points_pending(struct ctx *ctx, int64_t customer_id, int64_t *points);
/* What an order of a member brought and still counts, and what it will bring as things stand; both are 0 of a
 * guest's. A shop that never had points is asked nothing. */
CHECKED err order_points_of(struct ctx *ctx, const struct order *order, int64_t *earned, int64_t *expected);

/* ---- paying (order_points_paid.c) ---- */

/* In the transaction of a new order, behind its stock: what it uses goes off the account of who is logged in.
 * ERR_POINTS_GONE when another order was quicker. Nothing for an order without points. */
CHECKED err order_points_spend(struct ctx *ctx, const struct order *order);
/* Points that come back with so many further pieces of a line, by refund_share. */
int64_t order_points_share(const struct order_line *line, int64_t pieces);
/* In a transaction, last of all that it locks: so many come back, or all that did not yet; ERR_CONFLICT when
 * others came back since the order was loaded. Nothing for an order without points. */
CHECKED err order_points_give_back(struct ctx *ctx, struct order *order, int64_t points);
CHECKED err order_points_give_rest(struct ctx *ctx, struct order *order);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when its member used them otherwise. */
CHECKED err order_points_take_again(struct ctx *ctx, struct order *order);
/* Re-adds what orders used and what came back of it. */
CHECKED err order_points_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
