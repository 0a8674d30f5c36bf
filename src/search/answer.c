/* answer.c - one question from its text to a page: lanes, facets, order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/answer.h"

/* With fewer exact answers to letters, what they are the pinyin of is shown below. */
#define ENOUGH 8
/* So many of the best are compared closely. */
#define CLOSE_ORDER 256

/* ---- lanes ---- */

/* Counts as far as it matters. */
static int64_t count_found(const struct found *found, int64_t most)
{
    int64_t count = 0;
    for (size_t i = 0; i < found->view->count; i++) {
        uint32_t all = found->view->parts[i].segment->count;
        for (uint32_t place = set_next(found->bits[i], all, 0); place < all && count < most;
             place = set_next(found->bits[i], all, place + 1))
            count += part_has(&found->view->parts[i], place);
    }
    return count;
}

static void find_everything(const struct quest *quest, struct found *found)
{
    for (size_t i = 0; i < quest->view->count; i++) {
        uint32_t count = quest->view->parts[i].segment->count;
        memset(found->levels[i], LEVEL_EXACT, count);
        memset(found->bits[i], 0xFF, count / 64 * sizeof *found->bits[i]);
        if (count % 64)
            found->bits[i][count / 64] = (UINT64_C(1) << count % 64) - 1;
    }
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
                        segment->offers[hit->place].sales, closeness(lookup, hit));
}

static size_t close_order(const struct search_query *query, const struct search_answer *answer)
{
    return query->sort == SEARCH_RELEVANCE && answer->lane != LANE_EVERYTHING ? CLOSE_ORDER : 0;
}

/* Hits up to the end of the page, if there are so many. */
static size_t page_end(const struct search_query *query)
{
    size_t limit = query->limit < SEARCH_PAGE_LIMIT ? query->limit : SEARCH_PAGE_LIMIT;
    return query->offset < SIZE_MAX - limit ? query->offset + limit : SIZE_MAX;
}

static void make_page(const struct lookup *lookup, const struct search_query *query, struct best *best,
                      struct search_answer *answer)
{
    size_t count = (size_t)answer->total, end = page_end(query), to = end < count ? end : count;
    size_t from = query->offset < to ? query->offset : to;
    struct search_hit *page = arena_alloc_many(lookup->quest.arena, to - from + 1, sizeof *page);
    if (to > from)
        best_order(lookup, best, close_order(query, answer), to);
    for (size_t i = from; i < to; i++) {
        const struct hit *found = &best->list[i];
        struct search_hit *hit = &page[answer->hit_count++];
        hit->id = found->fact->id;
        hit->lane = lane_of(lookup->found.levels[found->part][found->place], answer->lane);
        hit->why = query->explains ? why(lookup, found, hit->lane) : NULL;
    }
    answer->hits = page;
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
    struct best best;
    lookup->quest = (struct quest){scratch, letters_get(), view, query->try_group, query->try_stop};
    lookup->found = found_open(&lookup->quest);
    find(lookup, query, answer);
    size_t close = close_order(query, answer), end = page_end(query);
    gather(lookup, query, query->limit == 0 ? 0 : end > close ? end : close, answer, &best);
    make_page(lookup, query, &best, answer);
    move_answer(arena, answer);
    scratch_give(index, scratch);
    view_release(view);
}
