/* gather.c - facets: each group is counted under what is chosen in the others.
 *
 * Documents that were found are gone through in blocks: what is read of each is asked for first for all of
 * them, so that the waiting for memory is done once for a block and not once for each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/answer.h"

#define PRICE_BIT (UINT64_C(1) << SEARCH_COLUMN_LIMIT)
#define NO_GROUP 255
/* Prices that are looked at to find bands. */
#define SAMPLE 256
/* Documents of one block, in words of a set. */
#define BLOCK_WORDS 16

/* The values of one segment as the query sees them. */
struct tally {
    const struct segment *segment;
    uint8_t *groups; /* of each value, NO_GROUP = no column */
    bool *are_chosen;
    uint32_t *counts, *wholes;
};

/* Documents of one segment beside each other that were found. */
struct block {
    uint32_t places[BLOCK_WORDS * 64];
    size_t count;
};

struct gathering {
    const struct lookup *lookup;
    const struct search_query *query;
    uint64_t wanted; /* a bit for each group something is chosen in */
    struct best *best;
    int64_t total;
    int64_t *prices; /* of what is left under all choices but those of prices */
    size_t price_count;
    int64_t sample[SAMPLE]; /* of all that was found */
    size_t seen;
};

/* "6.1" as 6100; false for what is no number. */
static bool read_thousandths(const char *text, int64_t *number)
{
    bool is_negative = *text == '-';
    int digits = 0, decimals = -1;
    *number = 0;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 3 || ++digits > 15)
            return false;
        *number = *number * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
        *number *= 10;
    *number = is_negative ? -*number : *number;
    return digits > 0;
}

static bool is_in_range(const struct search_query *query, int64_t facet_id, const char *value)
{
    int64_t number;
    for (size_t i = 0; i < query->range_count; i++)
        if (query->ranges[i].facet_id == facet_id && read_thousandths(value, &number) &&
            number >= query->ranges[i].low && number < query->ranges[i].high)
            return true;
    return false;
}

static bool is_chosen(const struct search_query *query, int64_t facet_id, const char *value)
{
    for (size_t i = 0; i < query->choice_count; i++)
        if (query->choices[i].facet_id == facet_id && strcmp(query->choices[i].value, value) == 0)
            return true;
    return is_in_range(query, facet_id, value);
}

static uint8_t group_of(const struct search_query *query, int64_t facet_id)
{
    for (size_t i = 0; i < query->column_count; i++)
        if (query->columns[i].facet_id == facet_id)
            return query->columns[i].group < SEARCH_COLUMN_LIMIT ? (uint8_t)query->columns[i].group
                                                                 : NO_GROUP;
    return NO_GROUP;
}

static uint64_t wanted_groups(const struct search_query *query)
{
    uint64_t wanted = query->band_count > 0 ? PRICE_BIT : 0;
    for (size_t i = 0; i < query->choice_count + query->range_count; i++) {
        int64_t facet_id = i < query->choice_count ? query->choices[i].facet_id
                                                   : query->ranges[i - query->choice_count].facet_id;
        uint8_t group = group_of(query, facet_id);
        wanted |= group == NO_GROUP ? 0 : UINT64_C(1) << group;
    }
    return wanted;
}

static struct tally tally_open(struct arena *arena, const struct search_query *query,
                               const struct segment *segment)
{
    size_t count = segment->values.count;
    struct tally tally = {segment, arena_alloc(arena, count), arena_alloc_many(arena, count, sizeof(bool)),
                          arena_alloc_many(arena, count, sizeof(uint32_t)),
                          arena_alloc_many(arena, count, sizeof(uint32_t))};
    int64_t last = 0;
    uint8_t group = NO_GROUP;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || segment->values.numbers[i] != last)
            group = group_of(query, segment->values.numbers[i]);
        last = segment->values.numbers[i];
        tally.groups[i] = group;
        tally.are_chosen[i] = group != NO_GROUP && is_chosen(query, last, name_at(&segment->values, i));
    }
    return tally;
}

static bool is_in_bands(const struct search_query *query, int64_t price)
{
    for (size_t i = 0; i < query->band_count; i++)
        if (price >= query->bands[i].low && price < query->bands[i].high)
            return true;
    return false;
}

/* A sample that is the same at every call: each document replaces one, ever more seldom. */
static void sample_prices(struct gathering *gathering, const struct tally *tally, const struct block *block)
{
    for (size_t i = 0; i < block->count; i++, gathering->seen++) {
        uint64_t mixed = (uint32_t)(gathering->seen * 2654435761U);
        size_t at =
            gathering->seen < SAMPLE ? gathering->seen : (size_t)(mixed * (gathering->seen + 1) >> 32);
        if (at < SAMPLE)
            gathering->sample[at] = tally->segment->offers[block->places[i]].price;
    }
}

/* Where nothing is chosen everything is left, and what is counted is the whole. */
static void tally_whole(struct gathering *gathering, struct tally *tally, const struct block *block)
{
    const struct segment *segment = tally->segment;
    const struct offer *offers = segment->offers;
    uint32_t *wholes = tally->wholes;
    int64_t *prices = gathering->prices + gathering->price_count;
    for (size_t i = 0; i < block->count; i++) {
        const struct offer *offer = &offers[block->places[i]];
        uint32_t count = offer->mark_count, near = count < NEAR_MARKS ? count : NEAR_MARKS;
        prices[i] = offer->price;
        for (uint32_t mark = 0; mark < near; mark++)
            wholes[offer->near[mark]]++;
        for (uint32_t mark = NEAR_MARKS; mark < count; mark++)
            wholes[mark_at(segment, offer, mark)]++;
    }
    gathering->price_count += block->count;
}

/* Counts one document; true when it is left under all choices. */
static bool tally_document(struct gathering *gathering, struct tally *tally, uint32_t place)
{
    const struct offer *offer = &tally->segment->offers[place];
    uint32_t count = offer->mark_count;
    uint64_t has =
        gathering->wanted & PRICE_BIT && is_in_bands(gathering->query, offer->price) ? PRICE_BIT : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t mark = mark_at(tally->segment, offer, i);
        has |= tally->are_chosen[mark] ? UINT64_C(1) << tally->groups[mark] : 0;
    }
    uint64_t missing = gathering->wanted & ~has;
    bool is_sole = missing && (missing & (missing - 1)) == 0;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t mark = mark_at(tally->segment, offer, i);
        uint8_t group = tally->groups[mark];
        tally->wholes[mark]++;
        if (missing == 0 || (is_sole && group != NO_GROUP && missing == UINT64_C(1) << group))
            tally->counts[mark]++;
    }
    if ((missing & ~PRICE_BIT) == 0)
        gathering->prices[gathering->price_count++] = offer->price;
    return missing == 0;
}

/* Leaves in the block what is left under all choices. */
static void tally_chosen(struct gathering *gathering, struct tally *tally, struct block *block)
{
    size_t left = 0;
    for (size_t i = 0; i < block->count; i++)
        if (tally_document(gathering, tally, block->places[i]))
            block->places[left++] = block->places[i];
    block->count = left;
}

static int compare_prices(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* 12,345 becomes 10,000 and 78,900 becomes 50,000. */
static int64_t rounded(int64_t number)
{
    int64_t step = 1;
    while (number / step >= 10)
        step *= 10;
    int64_t head = number / step;
    return number <= 0 ? 0 : (head >= 5 ? 5 : head >= 2 ? 2 : 1) * step;
}

static int64_t count_from(const struct gathering *gathering, int64_t low)
{
    int64_t count = 0;
    for (size_t i = 0; i < gathering->price_count; i++)
        count += gathering->prices[i] >= low;
    return count;
}

static void find_bands(struct gathering *gathering, struct search_answer *answer)
{
    size_t count = gathering->seen < SAMPLE ? gathering->seen : SAMPLE;
    int64_t low = 0;
    if (count < 2)
        return;
    qsort(gathering->sample, count, sizeof *gathering->sample, compare_prices);
    for (size_t i = 1; i < SEARCH_BAND_LIMIT; i++) {
        int64_t high = rounded(gathering->sample[count * i / SEARCH_BAND_LIMIT]);
        if (high <= low || high <= gathering->sample[0])
            continue;
        answer->bands[answer->band_count++] = (struct search_band){low, high, 0};
        low = high;
    }
    if (answer->band_count == 0)
        return;
    answer->bands[answer->band_count++] = (struct search_band){low, INT64_MAX, 0};
    int64_t above = 0;
    for (size_t i = answer->band_count; i-- > 0;) {
        int64_t from = count_from(gathering, answer->bands[i].low);
        answer->bands[i].count = from - above;
        above = from;
    }
}

/* ---- values of all segments together ---- */

static int compare_values(const struct search_value *value, int64_t facet_id, const char *text)
{
    if (value->facet_id != facet_id)
        return value->facet_id < facet_id ? -1 : 1;
    return strcmp(value->value, text);
}

/* Merges the values of a segment, which are sorted as those of the answer are. */
static void merge_values(struct arena *arena, const struct tally *tally, struct search_answer *answer)
{
    const struct names *names = &tally->segment->values;
    struct search_value *merged =
        arena_alloc_many(arena, answer->value_count + names->count + 1, sizeof *merged);
    size_t from = 0, count = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        if (tally->groups[i] == NO_GROUP || tally->wholes[i] == 0)
            continue;
        while (from < answer->value_count &&
               compare_values(&answer->values[from], names->numbers[i], name_at(names, i)) < 0)
            merged[count++] = answer->values[from++];
        bool is_same = from < answer->value_count &&
                       compare_values(&answer->values[from], names->numbers[i], name_at(names, i)) == 0;
        merged[count] = is_same ? answer->values[from++]
                                : (struct search_value){.facet_id = names->numbers[i],
                                                        .value = arena_copy_text(arena, name_at(names, i)),
                                                        .group = tally->groups[i]};
        merged[count].count += tally->counts[i];
        merged[count++].whole += tally->wholes[i];
    }
    while (from < answer->value_count)
        merged[count++] = answer->values[from++];
    answer->values = merged;
    answer->value_count = count;
}

/* ---- all that was found ---- */

/* What was found and is not gone, from one word of the set on. */
static void read_block(const struct part *part, const uint64_t *bits, uint32_t word, struct block *block)
{
    uint32_t words = (part->segment->count + 63) / 64;
    uint32_t end = word + BLOCK_WORDS < words ? word + BLOCK_WORDS : words;
    block->count = 0;
    for (; word < end; word++)
        for (uint64_t left = bits[word] & ~(part->gone ? part->gone->bits[word] : 0); left; left &= left - 1)
            block->places[block->count++] = word * 64 + (uint32_t)__builtin_ctzll(left);
}

static void fetch(const struct segment *segment, const struct block *block)
{
    for (size_t i = 0; i < block->count; i++)
        __builtin_prefetch(&segment->offers[block->places[i]]);
}

static void keep_best(struct gathering *gathering, size_t part, const struct block *block)
{
    const struct segment *segment = gathering->lookup->quest.view->parts[part].segment;
    const uint8_t *levels = gathering->lookup->found.levels[part];
    for (size_t i = 0; i < block->count; i++) {
        uint32_t place = block->places[i];
        uint64_t key = order_key(segment, place, levels[place], gathering->query->sort);
        if (key <= gathering->best->worst)
            best_add(gathering->best, &(struct hit){key, &segment->facts[place], (uint32_t)part, place});
    }
    gathering->total += (int64_t)block->count;
}

static void gather_block(struct gathering *gathering, size_t at, struct tally *tally, struct block *block)
{
    sample_prices(gathering, tally, block);
    if (gathering->wanted)
        tally_chosen(gathering, tally, block);
    else
        tally_whole(gathering, tally, block);
    keep_best(gathering, at, block);
}

/* While one block is counted, the memory of the next one is on its way. */
static void gather_part(struct gathering *gathering, size_t at, struct tally *tally)
{
    const struct part *part = &gathering->lookup->quest.view->parts[at];
    uint32_t words = (part->segment->count + 63) / 64;
    struct block blocks[2] = {{.count = 0}, {.count = 0}};
    size_t now = 0;
    for (uint32_t word = 0; word < words + BLOCK_WORDS; word += BLOCK_WORDS, now = !now) {
        read_block(part, gathering->lookup->found.bits[at], word, &blocks[now]);
        fetch(part->segment, &blocks[now]);
        gather_block(gathering, at, tally, &blocks[!now]);
    }
    if (!gathering->wanted)
        tally->counts = tally->wholes;
}

void gather(const struct lookup *lookup, const struct search_query *query, size_t wanted,
            struct search_answer *answer, struct best *best)
{
    struct arena *arena = lookup->quest.arena;
    const struct view *view = lookup->quest.view;
    struct gathering *gathering = arena_alloc(arena, sizeof *gathering);
    size_t most = 0;
    for (size_t i = 0; i < view->count; i++)
        most += set_count(lookup->found.bits[i], (view->parts[i].segment->count + 63) / 64);
    *gathering =
        (struct gathering){.lookup = lookup, .query = query, .wanted = wanted_groups(query), .best = best};
    gathering->prices = arena_alloc_many(arena, most + 1, sizeof *gathering->prices);
    best_open(arena, best, wanted, most);
    for (size_t i = 0; i < view->count && most > 0; i++) {
        struct tally tally = tally_open(arena, query, view->parts[i].segment);
        gather_part(gathering, i, &tally);
        merge_values(arena, &tally, answer);
    }
    find_bands(gathering, answer);
    answer->total = gathering->total;
}
