/* order_points.h - what an order brings its member in points (pricing/points.h).
 *
 * It comes once, when the time for after-sales is over, by what was paid for goods and did not go back. Until
 * then it is on its way (待入账), which is computed and not kept. Money that goes back later takes its part
 * of the points, at most what is there. Each is a job of its own behind an event, so that no sale and no
 * refund waits for points. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "job/job.h"

struct order;

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
