/* money.h - amounts as whole minor units with their currency. No float comes near them.
 *
 * Mixing currencies or leaving the range ±MONEY_MAX is a bug of the caller and aborts; input is bounded
 * before it becomes money. Exponents follow ISO 4217 (CNY 2, JPY 0, KWD 3). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* The largest amount in minor units that any sum may reach. */
#define MONEY_MAX INT64_C(9000000000000000)

typedef struct {
    int64_t minor;
    char currency[4];
} money;

money money_of(int64_t minor, const char *currency);
money money_add(money a, money b);
money money_subtract(money a, money b);
money money_times(money a, int64_t quantity);
int money_compare(money a, money b); /* -1, 0, 1 */
/* amount × rate / 1,000,000, rounded half away from zero. */
money money_rate(money amount, int64_t parts_per_million);
/* Splits by weights with running totals: the parts always add up to the whole. Weights ≥ 0, sum > 0. */
void money_split(money whole, const int64_t *weights, size_t count, money *parts);

/* The number of decimals of a currency (2 when it is not in the table). */
int money_exponent(const char *currency);
bool money_currency_is_known(const char *currency);
/* "1234.50" with the currency's decimals: no sign of the currency, no grouping. */
char *money_decimal(struct arena *arena, money amount);
/* What people read: "¥1,234.50", "$19.99", "JP¥1,200"; CNY drops nothing. */
char *money_display(struct arena *arena, money amount);
/* Reads "1234.5", "1,234.50", "¥12" or "12元": at most the currency's decimals, not negative, in range.
 * False on anything else. */
bool money_parse(const char *text, const char *currency, money *amount);
