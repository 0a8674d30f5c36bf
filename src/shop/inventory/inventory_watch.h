/* inventory_watch.h - variants that somebody watches: an alarm when little is left.
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

/* 0 = not watched any more. */
CHECKED err stock_watch(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t low_at);
CHECKED err stock_watch_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t *low_at);

extern const struct listener inventory_listeners[];
