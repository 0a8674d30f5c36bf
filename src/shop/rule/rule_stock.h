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

/* Asks for the rules together with whatever is asked next; the answers are there after the next db_query. */
struct stock_book_question {
    struct db_rows *rules;
    struct db_rows *absent;
};
CHECKED err stock_book_ask(struct ctx *ctx, struct stock_book_question *question);
CHECKED err stock_book_take(struct ctx *ctx, const struct stock_book_question *question,
                            struct stock_book *book);
/* In a transaction that holds the products: off the shelf and back. */
CHECKED err stock_book_apply(struct ctx *ctx, const struct stock_book *book, const struct rule_facts *facts,
                             size_t count);
