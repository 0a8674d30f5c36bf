/* quote_round.c - small coins are left off. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_round.h"

#include "base/money.h"

const char *const rounding_names[] = {[ROUNDING_NONE] = "none",
                                      [ROUNDING_TENTH] = "tenth",
                                      [ROUNDING_WHOLE] = "whole",
                                      [ROUNDING_WHOLE + 1] = NULL};

int64_t rounding_unit(enum rounding rounding, const char *currency)
{
    int digits = money_exponent(currency) - (rounding == ROUNDING_TENTH ? 1 : 0);
    int64_t unit = 1;
    if (rounding == ROUNDING_NONE)
        return 1;
    for (int i = 0; i < digits; i++)
        unit *= 10;
    return unit;
}

void quote_round(struct arena *arena, struct quote_line *lines, size_t count, int64_t unit,
                 struct quote *quote)
{
    int64_t goods = quote->full - quote->discount, off = unit > 1 ? quote->total % unit : 0;
    quote->rounding = 0;
    if (off == 0 || quote->total < unit || off > goods)
        return;
    int64_t *weights = arena_alloc_many(arena, count + 1, sizeof *weights);
    int64_t *parts = arena_alloc_many(arena, count + 1, sizeof *parts);
    for (size_t i = 0; i < count; i++)
        weights[i] = lines[i].full - lines[i].discount;
    spread(arena, off, weights, count, parts);
    for (size_t i = 0; i < count; i++)
        lines[i].discount += parts[i];
    quote->rounding = off;
    quote->discount += off;
    quote->total -= off;
}
