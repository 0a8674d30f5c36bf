/* quote_round.h - the last step of a price: small coins are left off (抹零), always for the buyer.
 *
 * What is above a whole 角 or 元 of the sum to be paid, freight and all, comes off the goods: spread over the
 * lines by the largest remainder, so that refunds by lines add up. Nothing becomes free by it: a sum below
 * one unit stays as it is, and never more comes off than the goods cost. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/quote.h"

/* As ctx.h has it for a shop. */
extern const char *const rounding_names[]; /* "none", "tenth", "whole", NULL */
/* In minor units, for a currency: 10 and 100 of CNY. 1 = nothing comes off, as of a currency without such
 * coins. */
int64_t rounding_unit(enum rounding rounding, const char *currency);
/* Behind quote_make and quote_freight. */
void quote_round(struct arena *arena, struct quote_line *lines, size_t count, int64_t unit,
                 struct quote *quote);
