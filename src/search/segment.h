/* segment.h - documents that do not change any more, laid out for reading. Private to search.
 *
 * A batch gathers documents; segment_build lays them out by ascending id in plain arrays. Up to SCAN_LIMIT
 * documents are cheaper to read through than to index (and an index of so few would be larger than they are);
 * above that postings say which documents have a unit or two neighbouring ones. At most SEGMENT_LIMIT
 * documents, so that a place is 16 bits. A segment is shared by counted references. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/index.h"
#include "search/words.h"
#include <stdatomic.h>

#define SCAN_LIMIT 512
#define SEGMENT_LIMIT 65536
/* Units of a document: title, and everything else. */
#define TITLE_UNITS 200
#define OTHER_UNITS 200

/* Names with a number each, sorted by both: facet values (number = facet), tokens (number = unit). Their
 * texts stand one behind the other in the same order, each with its NUL. */
struct names {
    uint32_t count;
    int64_t *numbers;
    uint32_t *offsets;
    char *chars;
    size_t char_count;
};

/* Names while they are gathered: each gets an id in the order in which it came. */
struct name_table {
    struct names names;
    size_t number_capacity, offset_capacity, char_capacity;
    uint32_t *slots; /* id + 1 */
    size_t slot_count;
};

struct draft {
    int64_t id, price, created_at;
    uint32_t sales;
    uint16_t rating;
    uint16_t title_count;
    uint32_t unit_start, unit_count, mark_start, mark_count;
    uint32_t place; /* in the batch: of two with one id the later one counts */
};

struct batch {
    struct draft *drafts;
    size_t count, capacity;
    uint32_t *units;
    size_t unit_count, unit_capacity;
    uint32_t *marks;
    size_t mark_count, mark_capacity;
    struct name_table values, tokens;
    struct words words; /* for reading; kept for the next one */
};

/* Marks that stand in the row of an offer itself; the rest stand apart. */
#define NEAR_MARKS 7
/* What is read of every document that was found. Each lies elsewhere in memory, so that a row has to come
 * with one wait: it is half a cache line, and begins at one or in its middle. */
struct offer {
    int64_t price;
    uint32_t sales;
    uint32_t far_start; /* of the other marks */
    uint16_t mark_count;
    uint16_t near[NEAR_MARKS];
};
/* What is read of those that may come onto a page, or whose text is looked at. */
struct fact {
    int64_t id, created_at;
    uint32_t unit_start;
    uint32_t first_unit; /* texts lie far from here */
    uint16_t rating, title_count;
};

struct segment {
    atomic_int holders;
    uint32_t count;
    struct offer *offers;
    struct fact *facts; /* count + 1, the last one only for its start */
    uint32_t *units;
    uint16_t *far_marks; /* places in values, as those of offers are */
    struct names values, tokens;
    uint64_t *keys; /* of postings, ascending; none up to SCAN_LIMIT documents */
    uint32_t *key_starts;
    uint16_t *postings;
    uint32_t key_count;
    size_t bytes;
};

/* What a posting is about. */
enum family {
    UNIT_IN_TITLE = 1,  /* a unit */
    PAIR_IN_TITLE = 2,  /* two neighbours */
    UNIT_ELSEWHERE = 3, /* the same in other texts */
    PAIR_ELSEWHERE = 4,
    SOUND_ANYWHERE = 5, /* a group of readings that are mixed up */
    SOUND_PAIR = 6,     /* two neighbouring ones */
    FIRST_LETTERS = 7,  /* of two neighbouring characters */
};

void batch_add(struct batch *batch, const struct letters *letters, const struct search_document *document);
/* The same document as it stands in a segment. */
void batch_copy(struct batch *batch, const struct segment *from, uint32_t place);
void batch_clear(struct batch *batch); /* keeps its memory */
void batch_close(struct batch *batch);

/* Ascending by id; of several with one id the last that came stays. */
void batch_sort(struct batch *batch);
/* `count` documents, at most SEGMENT_LIMIT, of a sorted batch. The caller holds it. */
struct segment *segment_build(const struct batch *batch, size_t first, size_t count,
                              const struct letters *letters);
void segment_hold(struct segment *segment);
void segment_release(struct segment *segment);
/* The place of a document, or UINT32_MAX. */
uint32_t segment_find(const struct segment *segment, int64_t id);

/* Ascending places. */
struct posting {
    const uint16_t *places;
    uint32_t count;
};
/* Of a family and one or two units. */
struct posting posting_find(const struct segment *segment, enum family family, uint32_t a, uint32_t b);
void postings_build(struct segment *segment, const struct letters *letters);

/* The id of a name, which is added when it is new. */
uint32_t name_add(struct name_table *table, int64_t number, const char *text);
void name_table_close(struct name_table *table);
/* Sorted by number, then text; *order gets the new place of each id, to be freed. */
struct names names_sort(const struct name_table *table, uint32_t **order);
void names_close(struct names *names);
static inline const char *name_at(const struct names *names, uint32_t place)
{
    return names->chars + names->offsets[place];
}
/* The place of a document's mark in values. */
static inline uint16_t mark_at(const struct segment *segment, const struct offer *offer, uint32_t mark)
{
    return mark < NEAR_MARKS ? offer->near[mark] : segment->far_marks[offer->far_start + mark - NEAR_MARKS];
}
static inline const uint32_t *units_of(const struct segment *segment, uint32_t place, uint32_t *count)
{
    const struct fact *fact = &segment->facts[place];
    *count = fact[1].unit_start - fact->unit_start;
    return segment->units + fact->unit_start;
}
/* Letters of the readings that begin: 'l' for 蓝, the first letter of a token; 0 for none. */
char first_letter(const struct letters *letters, const struct segment *segment, uint32_t unit);
/* malloc or the end: never NULL. */
void *must_have(size_t count, size_t size);
