/* answer.h - between what was found and what is shown. Private to search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/ask.h"

struct hit {
    uint64_t key; /* less is better */
    const struct fact *fact;
    uint32_t part, place;
};

struct lookup {
    struct quest quest;
    struct asked asked; /* as it was answered */
    struct found found;
};

/* The best of what is left under all choices. */
struct best {
    struct hit *list;
    size_t wanted, count, capacity;
    uint64_t worst; /* what has a larger key is not among the wanted */
};

/* Less is better; the lane comes before everything. */
uint64_t order_key(const struct segment *segment, uint32_t place, uint8_t level, enum search_sort sort);
/* For the best `wanted` of at most `most`. */
void best_open(struct arena *arena, struct best *best, size_t wanted, size_t most);
void best_add(struct best *best, const struct hit *hit);
/* Puts the first `shown` in order: by their keys, and the best `close` of all once more by how well their
 * texts fit, within their lanes. */
void best_order(const struct lookup *lookup, struct best *best, size_t close, size_t shown);
double closeness(const struct lookup *lookup, const struct hit *hit);

/* Counts values and prices of what was found, and keeps the best `wanted` of what is left under all choices.
 */
void gather(const struct lookup *lookup, const struct search_query *query, size_t wanted,
            struct search_answer *answer, struct best *best);
