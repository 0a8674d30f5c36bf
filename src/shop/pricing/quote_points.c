/* quote_points.c - points pay a part of the goods. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_points.h"

static bool can_pay(const struct quote_points_terms *terms)
{
    return terms->rate > 0 && terms->unit > 0 && terms->percent > 0 &&
           terms->percent <= QUOTE_POINTS_PERCENT_MOST;
}

int64_t quote_points_worth(const struct quote_points_terms *terms, int64_t points)
{
    return (int64_t)((__int128)points * terms->unit / terms->rate);
}

/* Rounded up: no amount is paid by fewer. */
static int64_t points_of(const struct quote_points_terms *terms, int64_t amount)
{
    return (int64_t)(((__int128)amount * terms->rate + terms->unit - 1) / terms->unit);
}

int64_t quote_points_most(const struct quote_points_terms *terms, const struct quote *quote, int64_t balance)
{
    if (!can_pay(terms) || balance <= 0)
        return 0;
    int64_t payable =
        (int64_t)((__int128)(quote->full - quote->discount) * terms->percent / QUOTE_POINTS_PERCENT_MOST);
    __int128 within = (__int128)payable * terms->rate / terms->unit;
    int64_t usable = within < balance ? (int64_t)within : balance;
    int64_t points = points_of(terms, quote_points_worth(terms, usable));
    return points > 0 && usable >= terms->least ? points : 0;
}

void quote_points(struct arena *arena, struct quote_line *lines, size_t count,
                  const struct quote_points_terms *terms, struct quote *quote)
{
    int64_t used = quote_points_most(terms, quote, terms->wanted);
    quote->points = (struct quote_points){.terms = *terms};
    if (used == 0)
        return;
    int64_t off = quote_points_worth(terms, used);
    int64_t *weights = arena_alloc_many(arena, count + 1, sizeof *weights);
    int64_t *parts = arena_alloc_many(arena, count + 1, sizeof *parts);
    int64_t *by_line = arena_alloc_many(arena, count + 1, sizeof *by_line);
    for (size_t i = 0; i < count; i++)
        weights[i] = lines[i].full - lines[i].discount;
    spread(arena, off, weights, count, parts);
    spread(arena, used, parts, count, by_line);
    for (size_t i = 0; i < count; i++)
        lines[i].discount += parts[i];
    quote->points = (struct quote_points){*terms, used, off, by_line};
    quote->discount += off;
    quote->total -= off;
}
