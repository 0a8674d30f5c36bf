/* search.h - the index of each shop's products, kept current.
 *
 * Nothing of it is stored: shops are read behind the start of the program, or at their first question if that
 * comes sooner, and products that changed at the next one (events name them, on every node). What is off the
 * shelf is not in it. Words of the merchant (search_words.h) count in it, and what was asked is written down
 * (search_log.h). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "search/index.h"
#include "shop/search/search_words.h"

struct db;
struct finder;

/* Bytes of the index above which no further shop is read ahead of its first question. */
#define FINDER_MEMORY_LIMIT ((size_t)1 << 30)

/* For the life of the program. */
struct finder *finder_open(struct arena *arena);
/* Starts the thread that reads shops ahead and writes down what was asked; `model` outlives it. */
CHECKED err finder_start(const struct ctx *model, struct finder *finder, struct db *db);
/* Ends the thread; before the database is closed. Harmless without finder_start, and twice. */
void finder_stop(struct finder *finder);
/* When nobody asks any more. */
void finder_close(struct finder *finder);

/* What a shop may be narrowed by that only the search knows; beside enum facet_own. */
#define FACET_FREIGHT 3

/* Asks in the shop of ctx. The facets of columns are those of shop/facet: attributes, tags (with the value
 * ""), FACET_BRAND and FACET_STOCK; and FACET_FREIGHT, "1" where one piece is carried for nothing. */
CHECKED err finder_ask(struct ctx *ctx, const struct search_query *query, struct search_answer *answer);
/* What a text that is being typed may become in the shop of ctx; `out` has room for SEARCH_SUGGESTION_LIMIT.
 */
CHECKED err finder_suggest(struct ctx *ctx, const char *typed, struct search_suggestion *out, size_t *count);

/* On every node; to be called with the event before its pages are dropped from the cache. */
CHECKED err finder_hear(struct ctx *ctx, struct finder *finder, const char *topic, int64_t aggregate_id);
/* This node may have missed events. */
void finder_missed(struct finder *finder);
struct search_figures finder_figures(struct finder *finder);
