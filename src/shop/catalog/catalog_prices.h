/* catalog_prices.h - of catalog.h: the prices of some variants change and nothing else of their product. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/catalog/catalog_terms.h"
#include <stddef.h>

struct variant_price {
    int64_t variant_id;
    int64_t price;         /* minor units */
    int64_t compare_price; /* 0 = none */
    enum compare_kind compare_kind;
    const char *compare_note;
};

/* In a transaction that called product_lock_many first: a new version of the product with these prices, with
 * history, price history, shelves and event as a save has them. Nothing else of the product is looked at, so
 * nothing else can refuse it; whether a struck price is lawful is decided where it is shown. ERR_NOT_FOUND
 * when a variant is not of the product. `cause` stands in the history. */
CHECKED err variant_prices_change(struct ctx *ctx, int64_t product_id, const struct variant_price *prices,
                                  size_t count, const char *cause);
