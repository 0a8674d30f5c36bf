/* order.c - which of what was found comes first.
 *
 * Of many only the best are kept: they gather in a list of twice as many, and whenever it is full the worse
 * half is dropped. What is worse than all that were kept is not even written down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/answer.h"

#include <math.h>

/* Pages that end below this keep only the best; deeper ones sort everything. */
#define KEPT_LIMIT 4096
#define BAND_SHIFT 62
#define KEY_MAX ((UINT64_C(1) << BAND_SHIFT) - 1)

static uint64_t clamp_key(int64_t number)
{
    return number < 0 ? 0 : (uint64_t)number > KEY_MAX ? KEY_MAX : (uint64_t)number;
}

uint64_t order_key(const struct segment *segment, uint32_t place, uint8_t level, enum search_sort sort)
{
    uint64_t band = level >= LEVEL_EXACT ? 0 : level >= LEVEL_CORRECTED ? 1 : 2, key = 0;
    uint64_t sales = UINT32_MAX - (uint64_t)segment->offers[place].sales;
    switch (sort) {
    case SEARCH_RELEVANCE:
        key = (uint64_t)(UINT8_MAX - level) << 32 | sales;
        break;
    case SEARCH_SALES:
        key = sales;
        break;
    case SEARCH_PRICE_UP:
        key = clamp_key(segment->offers[place].price);
        break;
    case SEARCH_PRICE_DOWN:
        key = KEY_MAX - clamp_key(segment->offers[place].price);
        break;
    case SEARCH_NEWEST:
        key = KEY_MAX - clamp_key(segment->facts[place].created_at);
        break;
    case SEARCH_RATING:
        key = (uint64_t)(UINT16_MAX - segment->facts[place].rating) << 32 | sales;
        break;
    }
    return band << BAND_SHIFT | key;
}

/* Of two that are as good the newer one; within a segment ids ascend. */
static bool is_before(const struct hit *a, const struct hit *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return a->part == b->part ? a->place > b->place : a->fact->id > b->fact->id;
}

static int compare_hits(const void *a, const void *b)
{
    return is_before(a, b) ? -1 : is_before(b, a);
}

static void sort_hits(struct hit *hits, size_t count)
{
    if (count > 1)
        qsort(hits, count, sizeof *hits, compare_hits);
}

static void swap_hits(struct hit *a, struct hit *b)
{
    struct hit other = *a;
    *a = *b;
    *b = other;
}

/* Parts hits by one in the middle: how many stand in front, each before the others or the same one. */
static size_t part_hits(struct hit *hits, size_t count)
{
    struct hit pivot = hits[(count - 1) / 2];
    size_t left = 0, right = count - 1;
    for (;; left++, right--) {
        while (is_before(&hits[left], &pivot))
            left++;
        while (is_before(&pivot, &hits[right]))
            right--;
        if (left >= right)
            return right + 1;
        swap_hits(&hits[left], &hits[right]);
    }
}

/* The best ones stand in front, in no order. */
static void select_hits(struct hit *hits, size_t count, size_t wanted)
{
    while (wanted > 0 && wanted < count) {
        size_t front = part_hits(hits, count);
        if (wanted <= front) {
            count = front;
            continue;
        }
        hits += front;
        count -= front;
        wanted -= front;
    }
}

void best_open(struct arena *arena, struct best *best, size_t wanted, size_t most)
{
    bool keeps_all = wanted > KEPT_LIMIT || 2 * wanted >= most;
    *best = (struct best){.wanted = wanted < most ? wanted : most, .worst = wanted > 0 ? UINT64_MAX : 0};
    best->capacity = keeps_all ? most : 2 * wanted;
    best->list = arena_alloc_many(arena, best->capacity + 1, sizeof *best->list);
}

void best_add(struct best *best, const struct hit *hit)
{
    if (best->wanted == 0 || hit->key > best->worst)
        return;
    if (best->count == best->capacity) {
        select_hits(best->list, best->count, best->wanted);
        best->count = best->wanted;
        best->worst = 0;
        for (size_t i = 0; i < best->count; i++)
            best->worst = best->list[i].key > best->worst ? best->list[i].key : best->worst;
    }
    best->list[best->count++] = *hit;
}

/* What a document's text says about how well it fits: more is better. */
double closeness(const struct lookup *lookup, const struct hit *hit)
{
    const struct segment *segment = lookup->quest.view->parts[hit->part].segment;
    uint8_t level = lookup->found.levels[hit->part][hit->place];
    uint32_t title = hit->fact->title_count;
    bool begins = title == 0;
    for (size_t i = 0; i < lookup->asked.count && !begins; i++)
        begins = ((hit->fact->first_unit ^ lookup->asked.units[i]) & UNIT_VALUE) == 0;
    double fit = level >= LEVEL_EXACT       ? level - LEVEL_EXACT
                 : level >= LEVEL_CORRECTED ? level - LEVEL_CORRECTED
                                            : level * 0.12;
    return 2 * fit + (begins ? 0.5 : 0) + 0.12 * log2(1.0 + segment->offers[hit->place].sales) -
           0.012 * title;
}

/* Asks for the memory that closeness reads: each place is far from the last one, and all are waited for at
 * once. */
static void fetch(const struct hit *hits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(hits[i].fact);
}

void best_order(const struct lookup *lookup, struct best *best, size_t close, size_t shown)
{
    struct hit *hits = best->list;
    size_t kept = best->wanted < best->count ? best->wanted : best->count;
    close = close < kept ? close : kept;
    size_t first = shown < close ? shown : close;
    select_hits(hits, best->count, kept);
    if (shown > close)
        sort_hits(hits, kept);
    fetch(hits, close);
    for (size_t i = 0; i < close; i++) {
        double score = 1000 - closeness(lookup, &hits[i]);
        hits[i].key = (hits[i].key >> BAND_SHIFT << BAND_SHIFT) | (uint64_t)(score * 1e9);
    }
    select_hits(hits, close, first);
    sort_hits(hits, first);
}
