/* postings.c - which documents of a segment have a unit, two neighbours, or a sound.
 *
 * Every fact is one number: the hash of what it is about above the place of the document. Sorting those by
 * radix groups them; as documents come in order, the sort needs the hash only. Two things with one hash of 44
 * bits would find each other's documents; among a million of them that happens once in forty segments, and
 * whoever reads more than two characters looks at the text again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/segment.h"

#define PLACE_BITS 16
#define HASH_BITS 44
#define DIGIT_BITS 11
#define DIGITS (1U << DIGIT_BITS)

static uint64_t key_of(enum family family, uint32_t a, uint32_t b)
{
    uint64_t hash = ((uint64_t)a << 32 | b) * 0x9E3779B97F4A7C15U;
    hash = (hash ^ hash >> 29) + (uint64_t)family * 0xBF58476D1CE4E5B9U;
    hash *= 0x94D049BB133111EBU;
    return hash >> (64 - HASH_BITS);
}

struct facts {
    uint64_t *list;
    size_t count, capacity;
};

static void add_fact(struct facts *facts, enum family family, uint32_t a, uint32_t b, uint32_t place)
{
    facts->list = room_for(facts->list, facts->count, 1, &facts->capacity, sizeof *facts->list);
    facts->list[facts->count++] = key_of(family, a, b) << PLACE_BITS | place;
}

/* Up to two groups of readings of a unit; returns how many. */
static size_t groups_of(const struct letters *letters, uint32_t unit, uint32_t groups[2])
{
    groups[0] = 0;
    uint16_t first = letter_sound(letters, unit & UNIT_VALUE),
             second = letter_second(letters, unit & UNIT_VALUE);
    size_t count = 0;
    if (unit_is_token(unit))
        return 0;
    if (first)
        groups[count++] = letters->syllables[first].fuzzy;
    if (second && letters->syllables[second].fuzzy != groups[0])
        groups[count++] = letters->syllables[second].fuzzy;
    return count;
}

static void add_sounds(struct facts *facts, const struct segment *segment, const struct letters *letters,
                       uint32_t unit, uint32_t next, uint32_t place)
{
    uint32_t groups[2], others[2];
    size_t count = groups_of(letters, unit, groups), other_count = groups_of(letters, next, others);
    for (size_t i = 0; i < count; i++) {
        add_fact(facts, SOUND_ANYWHERE, groups[i], 0, place);
        for (size_t j = 0; j < other_count; j++)
            add_fact(facts, SOUND_PAIR, groups[i], others[j], place);
    }
    char a = first_letter(letters, segment, unit), b = first_letter(letters, segment, next);
    if (a && b)
        add_fact(facts, FIRST_LETTERS, (uint32_t)a, (uint32_t)b, place);
}

static void add_document(struct facts *facts, const struct segment *segment, const struct letters *letters,
                         uint32_t place)
{
    uint32_t count;
    const uint32_t *units = units_of(segment, place, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool is_title = i < segment->facts[place].title_count;
        bool has_next =
            i + 1 < count && i + 1 != segment->facts[place].title_count && units[i + 1] != UNIT_WALL;
        uint32_t unit = units[i] & UNIT_VALUE, next = has_next ? units[i + 1] & UNIT_VALUE : UNIT_WALL;
        if (unit == UNIT_WALL)
            continue;
        add_fact(facts, is_title ? UNIT_IN_TITLE : UNIT_ELSEWHERE, unit, 0, place);
        if (has_next)
            add_fact(facts, is_title ? PAIR_IN_TITLE : PAIR_ELSEWHERE, unit, next, place);
        add_sounds(facts, segment, letters, unit, next, place);
    }
}

static void sort_facts(struct facts *facts)
{
    uint64_t *from = facts->list, *into = must_have(facts->count, sizeof *into);
    for (unsigned shift = PLACE_BITS; shift < PLACE_BITS + HASH_BITS; shift += DIGIT_BITS) {
        size_t starts[DIGITS] = {0}, total = 0;
        for (size_t i = 0; i < facts->count; i++)
            starts[from[i] >> shift & (DIGITS - 1)]++;
        for (size_t i = 0; i < DIGITS; i++) {
            size_t count = starts[i];
            starts[i] = total;
            total += count;
        }
        for (size_t i = 0; i < facts->count; i++)
            into[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint64_t *other = from;
        from = into;
        into = other;
    }
    free(into);
    facts->list = from;
}

/* Lays out sorted facts; the same fact twice (a title that says a word twice) counts once. */
static void lay_out(struct segment *segment, const struct facts *facts)
{
    size_t keys = 0, places = 0;
    for (size_t i = 0; i < facts->count; i++) {
        bool is_same_key = i > 0 && facts->list[i] >> PLACE_BITS == facts->list[i - 1] >> PLACE_BITS;
        keys += !is_same_key;
        places += i == 0 || facts->list[i] != facts->list[i - 1];
    }
    segment->keys = must_have(keys, sizeof *segment->keys);
    segment->key_starts = must_have(keys + 1, sizeof *segment->key_starts);
    segment->postings = must_have(places, sizeof *segment->postings);
    uint32_t key = 0, place = 0;
    for (size_t i = 0; i < facts->count; i++) {
        if (i > 0 && facts->list[i] == facts->list[i - 1])
            continue;
        if (i == 0 || facts->list[i] >> PLACE_BITS != facts->list[i - 1] >> PLACE_BITS) {
            segment->keys[key] = facts->list[i] >> PLACE_BITS;
            segment->key_starts[key++] = place;
        }
        segment->postings[place++] = (uint16_t)facts->list[i];
    }
    segment->key_starts[key] = place;
    segment->key_count = key;
    segment->bytes +=
        keys * (sizeof *segment->keys + sizeof *segment->key_starts) + places * sizeof *segment->postings;
}

void postings_build(struct segment *segment, const struct letters *letters)
{
    struct facts facts = {0};
    for (uint32_t i = 0; i < segment->count; i++)
        add_document(&facts, segment, letters, i);
    if (facts.count > 0) {
        sort_facts(&facts);
        lay_out(segment, &facts);
    }
    free(facts.list);
}

struct posting posting_find(const struct segment *segment, enum family family, uint32_t a, uint32_t b)
{
    uint64_t key = key_of(family, a & UNIT_VALUE, b & UNIT_VALUE);
    uint32_t low = 0, high = segment->key_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (segment->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == segment->key_count || segment->keys[low] != key)
        return (struct posting){0};
    return (struct posting){segment->postings + segment->key_starts[low],
                            segment->key_starts[low + 1] - segment->key_starts[low]};
}
