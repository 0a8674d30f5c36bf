/* search_todo.h - of search.h: the weekly to-do of words: what was searched most within seven days and found
 * nothing, or was found and not opened, and was not dealt with.
 *
 * A word is done with what search_words.h knows, or passed: it needs nothing, and stays away until it is
 * searched SEARCH_GROWTH times as often within seven days as it was then. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/search/search_log.h"

#define SEARCH_TODO_DAYS 7
#define SEARCH_TODO_LEAST 3  /* times within these days, before a word is worth a look */
#define SEARCH_TODO_LIMIT 10 /* words at once */
#define SEARCH_GROWTH 2
#define SEARCH_PASSES_LIMIT 500

/* The most searched first; at most SEARCH_TODO_LIMIT. */
CHECKED err search_todo_list(struct ctx *ctx, struct search_line **lines, size_t *count);
/* Of a line: it mostly finds nothing; else what it finds is not opened. */
bool search_line_finds_nothing(const struct search_line *line);

struct search_pass {
    const char *word;
    int64_t passed_at;
    int64_t then, now; /* searches within seven days */
};
/* Passed since a time, newest first; at most SEARCH_TODO_LIMIT. */
CHECKED err search_pass_list(struct ctx *ctx, int64_t since, struct search_pass **passes, size_t *count);
/* Again is harmless: it counts from now. ERR_INVALID for a word that is none, ERR_LIMIT above
 * SEARCH_PASSES_LIMIT. */
CHECKED err search_pass_word(struct ctx *ctx, const char *word);
/* ERR_NOT_FOUND. */
CHECKED err search_pass_undo(struct ctx *ctx, const char *word);
