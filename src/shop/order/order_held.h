/* order_held.h - what those who look at stock want to know of orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Orders on their way that are looked at; with more of them nobody adds up what they hold. */
#define ORDER_HELD_LIMIT 20000

/* What one paid order still holds of a variant. */
struct order_holding {
    int64_t order_id;
    int64_t pieces;
};
/* Pieces of a variant that are paid and have not left, by order: what R-1C-1 calls committed. It is read from
 * the orders when somebody looks, and costs a sale nothing (docs/decisions/0047). *is_known false when there
 * are too many orders. */
CHECKED err order_held_paid(struct ctx *ctx, int64_t variant_id, struct order_holding **holdings,
                            size_t *count, bool *is_known);
/* The numbers of orders, in the order of the ids; NULL for one that is not there. */
CHECKED err order_number_many(struct ctx *ctx, const int64_t *order_ids, size_t count, const char **numbers);
