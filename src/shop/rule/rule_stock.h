/* rule_stock.h - what happens to products without stock. Private to rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/rule/rule.h"

struct stock_book {
    struct stock_rule *rules;
    struct rule *parsed;
    size_t count;
    bool has_absent; /* somebody was taken off */
};

CHECKED err stock_book_open(struct ctx *ctx, struct stock_book *book);
/* In a transaction that holds the products: off the shelf and back. */
CHECKED err stock_book_apply(struct ctx *ctx, const struct stock_book *book, const struct rule_facts *facts,
                             size_t count);
