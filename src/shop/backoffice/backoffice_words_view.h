/* backoffice_words_view.h - what people search, and one word of it, as pages show it. Private to backoffice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/search/search.h"

#define WORD_PRODUCTS 6    /* products shown of an answer */
#define WORD_CANDIDATES 24 /* products offered for a tag */
#define WORD_HINTS 12      /* lines that get a proposal */
#define WORD_EXAMPLES 5    /* searches by which a stop word is tried */

/* docs/views.md: `lines`. */
CHECKED err search_lines_view(struct ctx *ctx, struct value *view, enum search_report report, int days);
/* `lines` of the week's to-do, each with what may be done about it, `done` and `passes` of the week. */
CHECKED err search_todo_view(struct ctx *ctx, struct value *view);
/* `total` of the days. */
CHECKED err search_total_view(struct ctx *ctx, struct value *view, int days);
/* `words`: what the merchant said, of one word or (NULL) of all. */
CHECKED err search_words_view(struct ctx *ctx, struct value *view, const char *word);
/* One word: its figures, what it finds, what was opened, what it may mean. */
CHECKED err search_word_view(struct ctx *ctx, struct value *view, const char *word);
/* `candidates`: products found by other words, for a tag. */
CHECKED err search_candidates_view(struct ctx *ctx, struct value *view, const char *text);
/* `trial`: what a change would do. */
CHECKED err search_trial_view(struct ctx *ctx, struct value *view, const struct search_word *word);
