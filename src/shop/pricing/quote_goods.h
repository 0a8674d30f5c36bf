/* quote_goods.h - what rules that name goods do: bundles, gifts, add-ons and vouchers. Pure, as quote.h.
 * Private to the quote. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/quote.h"

/* Whether it puts a special price on goods of its own. */
bool rule_adds(const struct discount_rule *rule);
/* Whether a line brings the buyer nearer to its steps. What is added does not earn itself. */
bool rule_counts(const struct discount_rule *rule, const struct quote_line *lines, size_t line);
/* Whether a line takes part in it in any way. */
bool rule_touches(const struct discount_rule *rule, const struct quote_line *lines, size_t line);
/* Pieces that a gift has at a step. */
int64_t gift_pieces(const struct discount_rule *rule, const struct discount_step *step, int64_t reached);
/* What comes off the bundles that the lines hold, as many as there are; `portions`: what each line has to do
 * with it, at least as much in all. */
int64_t bundle_off(const struct discount_rule *rule, const struct quote_line *lines, size_t count,
                   const int64_t *payable, int64_t *portions);
/* What the special prices take off each line. */
void addons_take(const struct discount_rule *rule, const struct quote_line *lines, size_t count,
                 const int64_t *payable, int64_t *by_line);
