/* spans.h - parts of texts that are like what was typed: found by sound, shape, pinyin and initials.
 *
 * No list of words is needed: a part that many documents have in common is a word of this space. Each finder
 * adds the best part of each document it looks at; the same part of many documents counts for more. Costs are
 * hundredths of a wrong character. Private to search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/ask.h"

/* Units of a part, and of what is looked for. */
#define SPAN_UNITS 10
#define WINDOW_UNITS 7
#define SPAN_LIMIT 4096 /* different ones of one question */
/* Documents of a segment that are looked at closely. */
#define CLOSE_LIMIT 600
/* Letters of pinyin: as many as a machine word has bits. */
#define PINYIN_LETTERS 60

struct span {
    uint32_t units[SPAN_UNITS];
    uint32_t count;
    uint32_t documents;
    int cost;
    const struct segment *segment; /* one that has it */
};

struct spans {
    struct span *list;
    size_t count;
    uint16_t *slots;
};

void spans_open(struct arena *arena, struct spans *spans);
void spans_add(struct spans *spans, const struct segment *segment, const uint32_t *units, size_t count,
               int cost);
/* What stands first: less cost, more documents. */
int span_score(const struct span *span);

/* Parts like a window of units, at most WINDOW_UNITS. */
void spans_alike(const struct quest *quest, const uint32_t *units, size_t count, struct spans *spans);
/* Parts that are read as these letters, with up to two wrong ones when there are enough. */
void spans_read_as(const struct quest *quest, const char *letters, struct spans *spans);
/* Parts whose characters begin with these letters, each given by its first letter or its whole reading. */
void spans_shortened(const struct quest *quest, const char *letters, struct spans *spans);
/* Tokens within a distance of what was typed. */
void spans_tokens(const struct quest *quest, const char *text, uint32_t unit, struct spans *spans);

/* Places of a segment worth a closer look by their counters, at most CLOSE_LIMIT; those with more points
 * first. Of a small segment all. */
uint32_t *best_places(const struct quest *quest, const struct part *part, const uint8_t *points,
                      unsigned least, uint32_t *count);
void add_points(const struct segment *segment, enum family family, uint32_t a, uint32_t b, unsigned more,
                uint8_t *points);
/* Letters that differ, two swapped ones being one; `limit` + 1 for more. */
unsigned letters_apart(const char *a, size_t a_length, const char *b, size_t b_length, unsigned limit);
/* The readings of a character for letters; NULL for none. */
const struct syllable *reading_of(const struct letters *letters, uint32_t unit, bool is_second);
/* A unit as people write it; NULL for a measure. */
const char *unit_text(const struct quest *quest, const struct segment *segment, uint32_t unit);
