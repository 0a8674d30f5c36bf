/* quote_points.h - the step of the price behind all offers and freight, before small coins: points pay a part
 * of the goods. Pure, as quote.h. Freight is left as it is, and whether goods are carried for nothing does
 * not depend on points: nobody pays more for using them.
 *
 * What they pay is a discount of the lines, spread by the largest remainder; so are the points themselves, so
 * that what goes back for pieces of a line is counted by refund_share, in points as in money, and any split
 * gives back exactly what was used. No point is taken that pays nothing: of points that are worth less than
 * the smallest coin only whole coins' worth goes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/quote.h"

#define QUOTE_POINTS_PERCENT_MOST 100

/* The points that a buyer with `balance` may use for these goods at most: 0 when that is less than
 * terms->least, or when points pay nothing here. terms->wanted is not looked at. Behind quote_make, of a
 * quote without points and small coins. */
int64_t quote_points_most(const struct quote_points_terms *terms, const struct quote *quote, int64_t balance);
/* What so many pay, in minor units, rounded down. */
int64_t quote_points_worth(const struct quote_points_terms *terms, int64_t points);
/* Takes off what terms->wanted points pay, as far as they may be used; fewer than terms->least count for
 * nothing. Behind quote_make and quote_freight, before quote_round. A quote has this step once at most. */
void quote_points(struct arena *arena, struct quote_line *lines, size_t count,
                  const struct quote_points_terms *terms, struct quote *quote);
