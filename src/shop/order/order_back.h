/* order_back.h - pieces of an order's lines whose money goes back: those that had not left are withdrawn,
 * those that had may come back. payment decides, and says so here. Part of order.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct order;

/* Of one line, as it was read and as it becomes. */
struct line_back {
    const struct order_line *line;
    int64_t quantity;
    int64_t withdrawn;
    int64_t returned;
};
/* In a transaction: keeps it with the lines; ERR_CONFLICT when one of them changed since it was read. When
 * pieces are withdrawn, the order is updated as order_apply does it, and what they held of the stock and of
 * the buyer's ration is free again. */
CHECKED err order_take_back(struct ctx *ctx, struct order *order, const struct line_back *backs, size_t count,
                            const char *note);
/* In a transaction, behind order_take_back: an order of which nothing is to leave any more goes on, or ends.
 */
CHECKED err order_end_withdrawn(struct ctx *ctx, struct order *order);
