/* promotion_cache.h - the offers of shops that were priced lately, so that a cart does not read them all.
 *
 * What an offer says is text in the database; fifty of them cost more to read than the rest of a checkout.
 * A node keeps the set of a shop under its number (promotion_sets), which every change of an offer makes
 * anew. The number is read with each pricing, in its transaction: a cart never meets terms that do not hold.
 * Counters are read with it, of the offers that have a bound. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/promotion.h"

struct promotion_cache;

/* The offers without a code that count now or will, in the order in which they take off. */
struct promotion_set {
    const struct promotion *promotions; /* without counters; see promotion_counts */
    size_t count;
    bool has_shelves; /* the scope of one names shelves */
    const struct promotion_count *counts;
    size_t counted;
    struct promotion_held *held; /* private */
};

/* How far an offer with a bound is used. */
struct promotion_count {
    int64_t promotion_id;
    int64_t uses;
    int64_t money;
};

/* May be used by many threads. */
struct promotion_cache *promotion_cache_open(struct arena *arena);
void promotion_cache_close(struct promotion_cache *cache);
/* The set of the shop as this transaction sees it; what it points to is good until it is given back. */
CHECKED err promotion_set_borrow(struct ctx *ctx, struct promotion_set *set);
void promotion_set_return(struct ctx *ctx, const struct promotion_set *set);
/* A copy with its counters; its texts and ids live in the arena. */
void promotion_copy(struct arena *arena, const struct promotion_set *set, size_t place,
                    struct promotion *copy);
/* In a transaction: the set is another one from now on. */
CHECKED err promotion_set_renew(struct ctx *ctx);
