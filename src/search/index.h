/* index.h - an index of documents in memory that understands what people type.
 *
 * A document has a title, other texts, numbers to sort by and marks (values of facets). Documents stand in
 * spaces that see nothing of each other. Nothing is on disk: whoever owns the documents fills the index when
 * the program starts and tells it of every change.
 *
 * Writing: search_put and search_remove gather, search_commit makes all of it visible at once. Readers work
 * on what was published when they began and never wait for a writer: documents stand in segments that do not
 * change, a commit adds a small one and marks what it replaces, and small ones are merged in the background.
 *
 * Reading has two lanes that are never mixed. Exact: every document that has what was typed, wherever it
 * stands (two neighbouring characters of a title always find it). Only when there is none: what was probably
 * meant (same sound, mixed-up sound, look-alike, one character too many, too few, wrong or swapped, pinyin,
 * initials, Latin typo), and then what has at least a part of it. The answer says which.
 *
 * Every text may be of any bytes. Limits are named below: what is longer is cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters or tokens of a query. */
#define SEARCH_UNIT_LIMIT 64
/* Words of a query: what white space separates. */
#define SEARCH_RUN_LIMIT 12
#define SEARCH_MARK_LIMIT 120 /* of a document */
#define SEARCH_TEXT_LIMIT 64  /* other texts of a document */
#define SEARCH_PAGE_LIMIT 200 /* documents of one answer */
#define SEARCH_COLUMN_LIMIT 63
#define SEARCH_BAND_LIMIT 5
#define SEARCH_SYNONYM_LIMIT 500 /* of a space */
#define SEARCH_SUGGESTION_LIMIT 12

struct search_index;

struct search_mark {
    int64_t facet_id;
    const char *value;
};

struct search_document {
    int64_t id; /* above 0 */
    const char *title;
    const char *const
        *texts; /* brand, categories, codes, tags …: found, but below what stands in the title */
    size_t text_count;
    int64_t price; /* the caller's unit */
    int64_t sales;
    int64_t created_at;
    int rating; /* hundredths */
    const struct search_mark *marks;
    size_t mark_count;
};

struct search_index *search_open(void);
/* No reader and no writer may be inside. */
void search_close(struct search_index *index);
/* Any thread. Visible at the next commit of the space. */
void search_put(struct search_index *index, int64_t space_id, const struct search_document *document);
void search_remove(struct search_index *index, int64_t space_id, int64_t document_id);
void search_commit(struct search_index *index, int64_t space_id);
/* Documents of the space other than those put since the last search_begin_again vanish with the next commit:
 * for filling a space anew while it is read. */
void search_begin_again(struct search_index *index, int64_t space_id);
/* Waits until nothing is left to merge: for tests and figures. */
void search_settle(struct search_index *index);

/* Words of a space: synonyms are groups of words that mean the same ("充电宝 移动电源"), stops are left out
 * of a query as long as something else is in it. Copied; they count at once. */
void search_set_words(struct search_index *index, int64_t space_id, const char *const *synonyms,
                      size_t synonym_count, const char *const *stops, size_t stop_count);

struct search_figures {
    size_t bytes;     /* of segments and what waits */
    size_t documents; /* visible */
    size_t spaces, segments, merges;
};
struct search_figures search_figures(struct search_index *index);

enum search_sort {
    SEARCH_RELEVANCE,
    SEARCH_SALES,
    SEARCH_PRICE_UP,
    SEARCH_PRICE_DOWN,
    SEARCH_NEWEST,
    SEARCH_RATING,
};

/* Columns of one group widen each other, those of different groups narrow. */
struct search_column {
    int64_t facet_id;
    size_t group; /* below SEARCH_COLUMN_LIMIT */
};
struct search_choice {
    int64_t facet_id; /* of a column */
    const char *value;
};
/* Values that are numbers, as thousandths: low is in it, high is not. */
struct search_range {
    int64_t facet_id; /* of a column */
    int64_t low, high;
};
struct search_band {
    int64_t low, high; /* price; low is in it, high is not */
    int64_t count;     /* out */
};

struct search_query {
    int64_t space_id;
    const char *text; /* NULL or without a letter = every document */
    enum search_sort sort;
    size_t offset;
    size_t limit;          /* at most SEARCH_PAGE_LIMIT; 0 = only counts */
    bool explains;         /* hits say why */
    bool is_literal;       /* only the exact lane */
    const char *try_group; /* a group of synonyms besides those of the space; NULL = none */
    const char *try_stop;  /* a stop word besides those of the space; NULL = none */
    const struct search_column *columns;
    size_t column_count;
    const struct search_choice *choices;
    size_t choice_count;
    const struct search_range *ranges;
    size_t range_count;
    const struct search_band *bands; /* chosen prices */
    size_t band_count;
};

enum search_lane {
    LANE_EVERYTHING, /* nothing was asked for */
    LANE_EXACT,
    LANE_CORRECTED, /* what was probably meant: see shown_for */
    LANE_RELATED,   /* a part of it */
    LANE_NOTHING,
};

struct search_hit {
    int64_t id;
    enum search_lane lane;
    const char *why; /* when explains, else NULL */
};
/* `count`: documents under what is chosen in the other groups. `whole`: whatever is chosen. */
struct search_value {
    int64_t facet_id;
    const char *value;
    size_t group;
    int64_t count, whole;
};

struct search_answer {
    enum search_lane lane;      /* of the best hit */
    const char *shown_for;      /* the query that was answered, when it is not the one typed; else NULL */
    const char *meant;          /* another one that may be meant, or NULL */
    const char *const *dropped; /* words that no shown document has */
    size_t dropped_count;
    bool is_cut; /* the query was longer than the limits */
    int64_t total;
    const struct search_hit *hits;
    size_t hit_count;
    struct search_value *values; /* of columns, in the order facet, value */
    size_t value_count;
    struct search_band bands[SEARCH_BAND_LIMIT]; /* of everything found, whatever is chosen */
    size_t band_count;
};

/* Everything in the answer lives in the arena. Takes no lock for longer than a pointer's copy. */
void search_ask(struct search_index *index, struct arena *arena, const struct search_query *query,
                struct search_answer *answer);

/* What a text that is still being typed may become: words that documents of the space have, most common
 * first, each typed in characters, pinyin or initials. Returns how many. */
struct search_suggestion {
    const char *text;
    int64_t documents;
};
size_t search_suggest(struct search_index *index, struct arena *arena, int64_t space_id, const char *typed,
                      struct search_suggestion *out, size_t limit);

/* Parts of a text that the query found, as bytes from, to; ascending and apart. Returns how many. */
struct search_span {
    size_t from, to;
};
size_t search_highlight(struct arena *arena, const char *query, const char *text, struct search_span *spans,
                        size_t limit);

/* A query as it is compared: one writing of each character, one blank between words, no marks. */
const char *search_plain(struct arena *arena, const char *text);
/* The pinyin of a text without tones ("lanyaerji"), or the first letters only ("lyej"). */
const char *search_pinyin(struct arena *arena, const char *text, bool is_first_letters);
