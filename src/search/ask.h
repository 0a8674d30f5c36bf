/* ask.h - a query as the index reads it, and what each document of a view makes of it. Private to search.
 *
 * A query is runs (what white space separates) of units. Whoever looks for it writes one level for each
 * document of each part; 0 = not found. Levels of lanes lie apart, so that lanes are never mixed: whatever is
 * sorted, the band of the lane comes first. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/store.h"
#include <string.h>

/* Queries that mean the same: other units of measure, synonyms. */
#define VARIANT_LIMIT 8

enum level {
    LEVEL_NONE = 0,
    LEVEL_RELATED = 1, /* up to 99: how much of it */
    LEVEL_CORRECTED = 100,
    LEVEL_EXACT = 200,
};
/* Within a lane, from the least. */
enum fit {
    FIT_NONE,
    FIT_INSIDE,    /* somewhere inside a longer word */
    FIT_ELSEWHERE, /* not all of it in the title */
    FIT_TITLE,     /* in the title, in pieces or as the beginning of a word */
    FIT_PHRASE,    /* in the title as it was typed */
};

struct run {
    size_t first, count; /* units */
    bool is_phrase, is_excluded;
};

struct asked {
    uint32_t units[SEARCH_UNIT_LIMIT];
    const char *texts[SEARCH_UNIT_LIMIT]; /* plain; a measure has none */
    size_t count;
    struct run runs[SEARCH_RUN_LIMIT];
    size_t run_count;
    bool is_cut;
};

struct found {
    const struct view *view;
    uint8_t **levels; /* of each part, a level for each document */
    uint64_t **bits;  /* the same as a set: those that have one */
};

/* One question while it is answered. */
struct quest {
    struct arena *arena;
    const struct letters *letters;
    const struct view *view;
    const char *try_group, *try_stop; /* of the query; NULL = none */
};

void asked_read(struct arena *arena, const struct letters *letters, const char *text, struct asked *asked);
/* The query and those that mean the same, without the stop words of the space. Returns how many. */
size_t asked_variants(const struct quest *quest, const char *text, const struct asked *asked,
                      struct asked variants[VARIANT_LIMIT]);
/* With `count` units from `at` on replaced; they stay in their run. False when it would be too long. */
bool asked_replace(struct asked *asked, size_t at, size_t count, const uint32_t *units,
                   const char *const *texts, size_t fresh);
void asked_drop_run(struct asked *asked, size_t run);
/* One run alone. */
void asked_only(const struct asked *asked, size_t run, struct asked *only);
/* As people would type it. */
const char *asked_text(struct arena *arena, const struct asked *asked);

/* Sets are bits in words, one for each document of a segment. */
static inline size_t set_count(const uint64_t *bits, size_t words)
{
    size_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += bits[i] ? (size_t)__builtin_popcountll(bits[i]) : 0;
    return count;
}
/* The next place from one on in a set, `count` when there is none. */
static inline uint32_t set_next(const uint64_t *bits, uint32_t count, uint32_t from)
{
    uint64_t left = from < count ? bits[from / 64] >> from % 64 : 0;
    if (left)
        return from + (uint32_t)__builtin_ctzll(left);
    for (uint32_t word = from / 64 + 1; word < (count + 63) / 64; word++)
        if (bits[word])
            return word * 64 + (uint32_t)__builtin_ctzll(bits[word]);
    return count;
}

static inline void found_raise(struct found *found, size_t part, uint32_t place, unsigned level)
{
    if (level > found->levels[part][place])
        found->levels[part][place] = (uint8_t)level;
    found->bits[part][place / 64] |= UINT64_C(1) << place % 64;
}

struct found found_open(const struct quest *quest);
/* The exact lane: raises the levels of what has all of it to base + its fit. Returns whether something was
 * found that is not gone. */
bool match_exactly(const struct quest *quest, const struct asked *asked, uint8_t base, struct found *found);

/* What a unit of a query reaches in a segment. */
struct reach {
    uint32_t unit;
    uint32_t *others; /* ascending: tokens that begin with it, end with it or have it inside */
    size_t other_count;
    bool is_there; /* the unit itself is a token of the segment, or no token */
};
void reach_find(const struct quest *quest, const struct segment *segment, const struct asked *asked,
                size_t run, size_t at, struct reach *reach);
static inline bool reach_has_other(const struct reach *reach, uint32_t unit)
{
    size_t low = 0, high = reach->other_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (reach->others[middle] < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low < reach->other_count && reach->others[low] == unit;
}

/* What was probably meant: a query that finds something, or false. *meant gets another one, or NULL; runs
 * without a sense are left out and named in dropped. */
struct correction {
    struct asked asked;
    const char *shown_for;
    const char *meant;
    const char *dropped[SEARCH_RUN_LIMIT];
    size_t dropped_count;
};
bool correct(const struct quest *quest, const struct asked *asked, struct correction *correction);
/* A query of one run of letters that are also the whole pinyin of something; false when they are not. */
bool read_as_pinyin(const struct quest *quest, const struct asked *asked, struct asked *read);
/* What has a part of it. */
bool match_partly(const struct quest *quest, const struct asked *asked, struct found *found,
                  const char **dropped, size_t *dropped_count);
/* A sole character that says something by itself beside a longer word: 女, 红, 大. */
bool stands_alone(uint32_t unit);
