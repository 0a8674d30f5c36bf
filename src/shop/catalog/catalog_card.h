/* catalog_card.h - of catalog.h: variants that are gift cards (gift/gift.h, decision 0104). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* In a transaction: what a variant's gift cards hold, in minor units (0 = it is none), and for how many years
 * they are good (0 = for ever). The law is asked before (gift_card_check_law). */
CHECKED err variant_set_card(struct ctx *ctx, int64_t variant_id, int64_t value, int64_t years);
/* Which of the products sell gift cards; asks nothing in a shop that never had any. `found` has room for
 * `count`. */
CHECKED err product_cards_among(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *found,
                                size_t *found_count);
