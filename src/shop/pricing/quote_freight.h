/* quote_freight.h - the step of the price behind all discounts on goods: what carrying them costs
 * (freight.h), and what offers take off that. Pure, as quote.h.
 *
 * An order has one offer on its freight, the one that takes off most, and of equal ones the first; it takes
 * off the freight of the goods in its scope, and never more. The sum from which it counts is what the buyer
 * pays for these goods. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/freight/freight.h"
#include "shop/pricing/quote.h"

/* What is carried, by which templates, and where to. */
struct quote_cargo {
    const struct freight_template *templates;
    size_t template_count;
    struct freight_line *lines; /* of each line of the quote; `paid` is filled in */
    int64_t region;             /* code, 0 = not known */
};

/* Adds freight, the effect of an offer on it, and hints to a quote that was made from the same lines and
 * rules. False when a sum leaves the range of money. */
bool quote_freight(struct arena *arena, const struct quote_line *lines, size_t count,
                   const struct quote_cargo *cargo, const struct discount_rule *rules, size_t rule_count,
                   struct freight *freight, struct quote *quote);
/* What a rule of DISCOUNT_SHIPPING takes off a freight for goods of a sum. */
int64_t freight_off(const struct discount_rule *rule, int64_t paid, int64_t freight);
