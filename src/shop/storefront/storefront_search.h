/* storefront_search.h - a question to the search and its answer as a page shows it. Private to storefront. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/search/search.h"
#include "shop/storefront/storefront_filter.h"

struct search_asking {
    const char *text;
    const char *base; /* address of the search, with its question */
    enum search_sort sort;
    const char *sort_word; /* "" = the usual one */
    const char *filter;
    int64_t page; /* from 1 */
    size_t limit;
    bool explains;
    bool is_noted;     /* a new search: it is counted */
    const char *buyer; /* see search_note */
};

/* docs/views.md: `search`, `filter` and `products` of a page of the answer. *total gets how many there are.
 */
CHECKED err search_page_view(struct ctx *ctx, struct value *view, const struct search_asking *asking,
                             int64_t *total);
/* docs/views.md: `popular`, words that many typed; those that begin with `typed`. */
CHECKED err search_popular_view(struct ctx *ctx, struct value *view, const char *typed);
/* docs/views.md: `suggestions`, and `products` that are likely to be meant. */
CHECKED err search_suggest_view(struct ctx *ctx, struct value *view, const char *text);
/* "/search?q=…", encoded. */
const char *search_address(struct ctx *ctx, const char *text);
