/* inventory_watch.h - variants that somebody watches: an alarm when little is left.
 *
 * A variant has a number of its own, or goes by that of the shop (if there is one, the variant is offered and
 * its product is physical), or is not watched whatever the shop says. Variants that go by the shop have a row
 * only while it keeps something: an alarm, or that nothing is left.
 *
 * Emits stock.low and stock.enough (aggregate: the variant; product_id, available, low_at), once each time
 * the number is crossed; it is enough again at half as much more. Likewise stock.back_in_stock, when nothing
 * was left and more than half of low_at is there again, and stock.oversold, when orders ahead go below
 * nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/error.h"
#include "job/job.h"

/* As far as pages are told of every change. */
#define WATCH_MOST 20
/* Variants of one product. */
#define WATCH_LIMIT 2048

enum watch_source {
    WATCH_OWN = 1,
    WATCH_SHOP = 2, /* as the shop says */
    WATCH_NEVER = 3,
};

struct stock_watch {
    enum watch_source source;
    int64_t low_at; /* of WATCH_OWN; else 0 */
};

/* WATCH_OWN with 0 is WATCH_SHOP. */
CHECKED err stock_watch(struct ctx *ctx, int64_t variant_id, int64_t product_id, struct stock_watch watch);
CHECKED err stock_watch_load(struct ctx *ctx, int64_t variant_id, int64_t product_id,
                             struct stock_watch *watch);
/* Of all variants that have none of their own, 0 to WATCH_MOST; what is low already is found within seconds,
 * some hundred variants a question. */
CHECKED err stock_watch_default(struct ctx *ctx, int64_t low_at);

extern const struct listener inventory_listeners[];
extern const struct job_kind inventory_job_kinds[];
