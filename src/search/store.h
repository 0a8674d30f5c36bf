/* store.h - spaces, and what readers see of them. Private to search.
 *
 * Readers hold a view: the segments of a space, and which of their documents are gone. A view never changes;
 * whoever publishes another one leaves it to those who still read it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/segment.h"

/* Documents of a segment that are gone. */
struct gone {
    atomic_int holders;
    uint32_t count;
    uint64_t bits[];
};

/* Synonyms and stop words of a space, each as plain words ("5 kg" is two). */
struct lexicon {
    atomic_int holders;
    char **groups;
    size_t group_count;
    char **stops;
    size_t stop_count;
};

struct part {
    struct segment *segment;
    struct gone *gone; /* NULL = none */
};

struct view {
    atomic_int holders;
    struct lexicon *lexicon; /* or NULL */
    size_t count;
    struct part parts[];
};

/* What a space shows now, or NULL when there is no such space. Given back with view_release. */
struct view *view_take(struct search_index *index, int64_t space_id);
void view_release(struct view *view);
static inline bool part_has(const struct part *part, uint32_t place)
{
    return !part->gone || !(part->gone->bits[place / 64] >> place % 64 & 1);
}
static inline uint32_t part_count(const struct part *part)
{
    return part->segment->count - (part->gone ? part->gone->count : 0);
}

/* Memory of one question. It is kept for the next one: a question that asked the system for its megabytes
 * would wait for other readers, who do the same, in the kernel. */
struct arena *scratch_take(struct search_index *index);
void scratch_give(struct search_index *index, struct arena *scratch);
