/* answer.h - between what was found and what is shown. Private to search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/ask.h"

struct hit {
    uint64_t key; /* less is better */
    int64_t id;
    uint32_t part, place;
};

struct lookup {
    struct quest quest;
    struct asked asked; /* as it was answered */
    struct found found;
};

struct hit hit_at(const struct lookup *lookup, size_t part, uint32_t place, enum search_sort sort);
/* Counts values and prices of what was found, and gathers what is left under all choices. */
size_t gather(const struct lookup *lookup, const struct search_query *query, struct search_answer *answer,
              struct hit **hits);
