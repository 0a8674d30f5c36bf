/* order_receive.h - from shipping to the end: signed for, received, and the time in which the buyer may
 * complain.
 *
 * Each wait is a job with a due time, scheduled in the transaction of what it follows, by the days that the
 * shop has at that moment (ctx->shop->timers): changing them later moves no order that waits already. Part of
 * order.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct job_kind;
struct order;

/* Counts a shipped order as received; ends its after-sales time. */
#define ORDER_CONFIRM_JOB "order.confirm"
#define ORDER_AFTERSALE_JOB "order.aftersale"

/* How long a new order waits for its money, in ms: as the shop says, or else the platform. */
int64_t order_unpaid_ms(const struct ctx *ctx);
/* In the transaction that ships: it counts as received some days from now, if the buyer says nothing. */
CHECKED err order_schedule_confirm(struct ctx *ctx, int64_t order_id);
/* Whether everything left and the buyer can say that it arrived. */
bool order_may_receive(const struct order *order);
/* When it will count as received by itself; 0 = nothing is on its way. */
CHECKED err order_receives_at(struct ctx *ctx, const struct order *order, int64_t *at);
/* The buyer says that the parcel arrived. ERR_INVALID_TRANSITION when nothing is on its way. */
CHECKED err order_receive(struct ctx *ctx, const struct order *order);
/* The carrier handed it over: the wait is shorter from here. ERR_INVALID_TRANSITION likewise. */
CHECKED err order_mark_signed(struct ctx *ctx, const struct order *order);

extern const struct job_kind order_job_kinds[];
