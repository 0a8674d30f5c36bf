/* answer.c - one question from its text to a page: lanes, facets, order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/answer.h"

#include "base/error.h"
#include <math.h>

/* With fewer exact answers to letters, what they are the pinyin of is shown below. */
#define ENOUGH 8
/* So many of the best are compared closely. */
#define CLOSE_ORDER 256
/* Pages that end below this keep a heap; deeper ones sort everything. */
#define HEAP_LIMIT 4096
#define BAND_SHIFT 62
#define KEY_MAX ((UINT64_C(1) << BAND_SHIFT) - 1)

/* ---- lanes ---- */

/* Counts as far as it matters. */
static int64_t count_found(const struct found *found, int64_t most)
{
    int64_t count = 0;
    for (size_t i = 0; i < found->view->count; i++) {
        uint32_t all = found->view->parts[i].segment->count;
        for (uint32_t place = next_found(found->levels[i], all, 0); place < all && count < most;
             place = next_found(found->levels[i], all, place + 1))
            count += part_has(&found->view->parts[i], place);
    }
    return count;
}

static void find_everything(const struct quest *quest, struct found *found)
{
    for (size_t i = 0; i < quest->view->count; i++)
        memset(found->levels[i], LEVEL_EXACT, quest->view->parts[i].segment->count);
}

static bool find_exactly(struct lookup *lookup, const struct search_query *query)
{
    const struct quest *quest = &lookup->quest;
    struct asked *variants = arena_alloc_many(quest->arena, VARIANT_LIMIT, sizeof *variants), read;
    size_t count = asked_variants(quest, query->text, &lookup->asked, variants);
    bool has_some = false;
    for (size_t i = 0; i < count; i++)
        has_some |= match_exactly(quest, &variants[i], LEVEL_EXACT, &lookup->found);
    lookup->asked = variants[0];
    if (has_some && !query->is_literal && count_found(&lookup->found, ENOUGH) < ENOUGH &&
        read_as_pinyin(quest, &lookup->asked, &read))
        match_exactly(quest, &read, LEVEL_CORRECTED, &lookup->found);
    return has_some;
}

static void find_otherwise(struct lookup *lookup, struct search_answer *answer)
{
    const struct quest *quest = &lookup->quest;
    struct correction *correction = arena_alloc(quest->arena, sizeof *correction);
    const char **dropped = arena_alloc_many(quest->arena, SEARCH_RUN_LIMIT, sizeof *dropped);
    if (correct(quest, &lookup->asked, correction)) {
        match_exactly(quest, &correction->asked, LEVEL_CORRECTED, &lookup->found);
        lookup->asked = correction->asked;
        answer->lane = correction->dropped_count > 0 ? LANE_RELATED : LANE_CORRECTED;
        answer->shown_for = correction->shown_for;
        answer->meant = correction->meant;
        answer->dropped = correction->dropped;
        answer->dropped_count = correction->dropped_count;
        return;
    }
    answer->dropped = dropped;
    answer->lane = match_partly(quest, &lookup->asked, &lookup->found, dropped, &answer->dropped_count)
                       ? LANE_RELATED
                       : LANE_NOTHING;
}

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == 0;
}

static void find(struct lookup *lookup, const struct search_query *query, struct search_answer *answer)
{
    if (is_blank(query->text)) {
        find_everything(&lookup->quest, &lookup->found);
        answer->lane = LANE_EVERYTHING;
        return;
    }
    asked_read(lookup->quest.arena, lookup->quest.letters, query->text, &lookup->asked);
    answer->is_cut = lookup->asked.is_cut;
    answer->lane = LANE_NOTHING;
    if (lookup->asked.run_count == 0)
        return;
    if (find_exactly(lookup, query))
        answer->lane = LANE_EXACT;
    else if (!query->is_literal)
        find_otherwise(lookup, answer);
}

/* ---- order ---- */

static uint64_t clamp_key(int64_t number)
{
    return number < 0 ? 0 : (uint64_t)number > KEY_MAX ? KEY_MAX : (uint64_t)number;
}

/* Less is better; the lane comes before everything. */
static uint64_t key_of(const struct segment *segment, uint32_t place, uint8_t level, enum search_sort sort)
{
    uint64_t band = level >= LEVEL_EXACT ? 0 : level >= LEVEL_CORRECTED ? 1 : 2, key = 0;
    uint64_t sales = UINT32_MAX - (uint64_t)segment->facts[place].sales;
    switch (sort) {
    case SEARCH_RELEVANCE:
        key = (uint64_t)(UINT8_MAX - level) << 32 | sales;
        break;
    case SEARCH_SALES:
        key = sales;
        break;
    case SEARCH_PRICE_UP:
        key = clamp_key(segment->facts[place].price);
        break;
    case SEARCH_PRICE_DOWN:
        key = KEY_MAX - clamp_key(segment->facts[place].price);
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

static bool is_before(const struct hit *a, const struct hit *b)
{
    return a->key != b->key ? a->key < b->key : a->id > b->id;
}

static int compare_hits(const void *a, const void *b)
{
    return is_before(a, b) ? -1 : is_before(b, a);
}

static void sink(struct hit *heap, size_t count, size_t at)
{
    for (;;) {
        size_t worst = at;
        for (size_t child = 2 * at + 1; child < count && child <= 2 * at + 2; child++)
            if (is_before(&heap[worst], &heap[child]))
                worst = child;
        if (worst == at)
            return;
        struct hit other = heap[at];
        heap[at] = heap[worst];
        heap[worst] = other;
        at = worst;
    }
}

/* The first `wanted` of all hits stand at the beginning, in order. */
static void select_hits(struct hit *hits, size_t count, size_t wanted)
{
    if (wanted >= count || wanted > HEAP_LIMIT) {
        qsort(hits, count, sizeof *hits, compare_hits);
        return;
    }
    for (size_t at = wanted / 2; at-- > 0;)
        sink(hits, wanted, at);
    for (size_t i = wanted; i < count; i++)
        if (is_before(&hits[i], &hits[0])) {
            struct hit other = hits[0];
            hits[0] = hits[i];
            hits[i] = other;
            sink(hits, wanted, 0);
        }
    qsort(hits, wanted, sizeof *hits, compare_hits);
}

/* What a document's text says about how well it fits: more is better. */
static double closeness(const struct lookup *lookup, const struct hit *hit)
{
    const struct segment *segment = lookup->quest.view->parts[hit->part].segment;
    uint8_t level = lookup->found.levels[hit->part][hit->place];
    uint32_t count, title = segment->facts[hit->place].title_count, first = title;
    const uint32_t *units = units_of(segment, hit->place, &count);
    for (uint32_t i = 0; i < title && first == title; i++)
        for (size_t j = 0; j < lookup->asked.count && first == title; j++)
            if (((units[i] ^ lookup->asked.units[j]) & UNIT_VALUE) == 0)
                first = i;
    double fit = level >= LEVEL_EXACT       ? level - LEVEL_EXACT
                 : level >= LEVEL_CORRECTED ? level - LEVEL_CORRECTED
                                            : level * 0.12;
    return 2 * fit + (first == 0 ? 0.5 : 0) + 0.12 * log2(1.0 + segment->facts[hit->place].sales) -
           0.012 * title;
}

/* The best ones are put in a closer order, within their lanes. */
static void order_closely(const struct lookup *lookup, struct hit *hits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double score = 1000 - closeness(lookup, &hits[i]);
        hits[i].key = (hits[i].key >> BAND_SHIFT << BAND_SHIFT) | (uint64_t)(score * 1e9);
    }
    qsort(hits, count, sizeof *hits, compare_hits);
}

/* ---- the page ---- */

static const char *const lane_names[] = {[LANE_EVERYTHING] = "everything",
                                         [LANE_EXACT] = "exact",
                                         [LANE_CORRECTED] = "corrected",
                                         [LANE_RELATED] = "related",
                                         [LANE_NOTHING] = "nothing"};
static const char *const fit_names[] = {"part", "inside a word", "other texts", "title", "title as typed"};

static enum search_lane lane_of(uint8_t level, enum search_lane answer)
{
    if (answer == LANE_EVERYTHING || answer == LANE_RELATED)
        return answer;
    return level >= LEVEL_EXACT ? LANE_EXACT : level >= LEVEL_CORRECTED ? LANE_CORRECTED : LANE_RELATED;
}

static const char *why(const struct lookup *lookup, const struct hit *hit, enum search_lane lane)
{
    const struct segment *segment = lookup->quest.view->parts[hit->part].segment;
    uint8_t level = lookup->found.levels[hit->part][hit->place];
    unsigned fit = level < LEVEL_CORRECTED ? 0 : level % 100;
    return arena_format(lookup->quest.arena, "lane=%s; found in=%s; level=%u; sold=%u; closeness=%.3f",
                        lane_names[lane],
                        lane == LANE_EVERYTHING ? "anything" : fit_names[fit <= FIT_PHRASE ? fit : 0], level,
                        segment->facts[hit->place].sales, closeness(lookup, hit));
}

static void make_page(const struct lookup *lookup, const struct search_query *query, struct hit *hits,
                      size_t count, struct search_answer *answer)
{
    size_t limit = query->limit < SEARCH_PAGE_LIMIT ? query->limit : SEARCH_PAGE_LIMIT;
    size_t from = query->offset < count ? query->offset : count;
    size_t to = limit < count - from ? from + limit : count;
    bool is_close = query->sort == SEARCH_RELEVANCE && answer->lane != LANE_EVERYTHING;
    size_t close = is_close ? count < CLOSE_ORDER ? count : CLOSE_ORDER : 0;
    struct search_hit *page = arena_alloc_many(lookup->quest.arena, to - from + 1, sizeof *page);
    if (to > from)
        select_hits(hits, count, to > close ? to : close);
    if (to > from)
        order_closely(lookup, hits, close);
    for (size_t i = from; i < to; i++) {
        struct search_hit *hit = &page[answer->hit_count++];
        hit->id = hits[i].id;
        hit->lane = lane_of(lookup->found.levels[hits[i].part][hits[i].place], answer->lane);
        hit->why = query->explains ? why(lookup, &hits[i], hit->lane) : NULL;
    }
    answer->hits = page;
}

struct hit hit_at(const struct lookup *lookup, size_t part, uint32_t place, enum search_sort sort)
{
    const struct segment *segment = lookup->quest.view->parts[part].segment;
    return (struct hit){.key = key_of(segment, place, lookup->found.levels[part][place], sort),
                        .id = segment->facts[place].id,
                        .part = (uint32_t)part,
                        .place = place};
}

/* Into the caller's arena what stands in that of the question. */
static void move_answer(struct arena *arena, struct search_answer *answer)
{
    struct search_hit *hits = arena_alloc_many(arena, answer->hit_count + 1, sizeof *hits);
    struct search_value *values = arena_alloc_many(arena, answer->value_count + 1, sizeof *values);
    const char **dropped = arena_alloc_many(arena, answer->dropped_count + 1, sizeof *dropped);
    for (size_t i = 0; i < answer->hit_count; i++) {
        hits[i] = answer->hits[i];
        hits[i].why = arena_copy_text(arena, hits[i].why);
    }
    for (size_t i = 0; i < answer->value_count; i++) {
        values[i] = answer->values[i];
        values[i].value = arena_copy_text(arena, values[i].value);
    }
    for (size_t i = 0; i < answer->dropped_count; i++)
        dropped[i] = arena_copy_text(arena, answer->dropped[i]);
    answer->hits = hits;
    answer->values = values;
    answer->dropped = dropped;
    answer->shown_for = arena_copy_text(arena, answer->shown_for);
    answer->meant = arena_copy_text(arena, answer->meant);
}

void search_ask(struct search_index *index, struct arena *arena, const struct search_query *query,
                struct search_answer *answer)
{
    struct view *view = view_take(index, query->space_id);
    *answer = (struct search_answer){.lane = is_blank(query->text) ? LANE_EVERYTHING : LANE_NOTHING};
    if (!view)
        return;
    struct arena *scratch = scratch_take(index);
    struct lookup *lookup = arena_alloc(scratch, sizeof *lookup);
    struct hit *hits;
    lookup->quest = (struct quest){scratch, letters_get(), view, query->try_group, query->try_stop};
    lookup->found = found_open(&lookup->quest);
    find(lookup, query, answer);
    size_t count = gather(lookup, query, answer, &hits);
    make_page(lookup, query, hits, count, answer);
    move_answer(arena, answer);
    scratch_give(index, scratch);
    view_release(view);
}
