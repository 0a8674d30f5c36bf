/* search.h - the index of each shop's products, kept current.
 *
 * Nothing is stored: a shop's products are read at its first question, and those that changed at the next one
 * (events name them, on every node). What is off the shelf is not in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "search/index.h"

struct listener;

struct finder {
    struct search_index *index;
    struct search_news *news;
};

/* For the life of the program. */
struct finder *finder_open(struct arena *arena);
/* When nobody asks any more. */
void finder_close(struct finder *finder);
/* Asks in the shop of ctx. The facets of columns are those of shop/facet: attributes, tags (with the value
 * ""), FACET_BRAND and FACET_STOCK. */
CHECKED err finder_ask(struct ctx *ctx, const struct search_query *query, struct search_answer *answer);
/* What a text that is being typed may become in the shop of ctx; `out` has room for SEARCH_SUGGESTION_LIMIT.
 */
CHECKED err finder_suggest(struct ctx *ctx, const char *typed, struct search_suggestion *out, size_t *count);

/* On every node; to be called with the event before its pages are dropped from the cache. */
CHECKED err finder_hear(struct ctx *ctx, struct finder *finder, const char *topic, int64_t aggregate_id);
/* This node may have missed events. */
void finder_missed(struct finder *finder);
