/* pricing.c - line totals and their sum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/pricing.h"

err price_lines(struct ctx *ctx, struct priced_line *lines, size_t count, int64_t *total)
{
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        struct priced_line *line = &lines[i];
        bool overflows = __builtin_mul_overflow(line->list_price, line->quantity, &line->total) ||
                         __builtin_add_overflow(*total, line->total, total);
        if (overflows || *total > MONEY_MAX)
            return fail_with(ctx, ERR_LIMIT, "the sum is out of range");
    }
    return NULL;
}
