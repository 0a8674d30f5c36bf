/* match.c - the exact lane: which documents have all that was asked for.
 *
 * A run is found in a document when its pieces cover it: 耳机蓝牙 is 耳机 and 蓝牙 of one title, in any
 * order. A piece has two neighbouring units at least; a token, and a character that says something by itself
 * (女, 红) beside longer pieces, may stand alone. Segments with postings answer with sets and look at texts
 * only where sets do not say enough; small ones are read through. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/ask.h"

/* Tokens that one unit of a query reaches. */
#define REACH_LIMIT 1024
/* Documents of a segment whose text is looked at for one query. */
#define CHECK_LIMIT 16384

/* Size, sex, colour, season, number: what people put behind a word. */
static const char alone[] =
    "男女童红橙黄绿青蓝紫黑白灰粉棕金银大中小新旧厚薄长短高低宽窄软硬冷热春夏秋冬款装色单双";

bool stands_alone(uint32_t unit)
{
    const char *end = alone + sizeof alone - 1;
    if (unit_is_token(unit))
        return true;
    for (const char *at = alone; at < end;)
        if (letter_next(&at, end) == (unit & UNIT_VALUE))
            return true;
    return false;
}

/* ---- what units reach ---- */

static int compare_units(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool has_token(const struct segment *segment, uint32_t unit)
{
    int64_t number = unit;
    uint32_t low = 0, high = segment->tokens.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (segment->tokens.numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < segment->tokens.count && segment->tokens.numbers[low] == number;
}

enum part_of_word { AT_START = 1, AT_END = 2, INSIDE = 4 };

/* Tokens that have a text at one of the places; those that are the text are left out. */
static void reach_tokens(const struct quest *quest, const struct segment *segment, const char *text,
                         unsigned places, struct reach *reach)
{
    size_t length = strlen(text);
    reach->others = arena_alloc_many(quest->arena, REACH_LIMIT, sizeof *reach->others);
    for (uint32_t i = 0; i < segment->tokens.count && reach->other_count < REACH_LIMIT; i++) {
        const char *token = name_at(&segment->tokens, i);
        bool begins = strncmp(token, text, length) == 0;
        if (begins && token[length] == 0)
            continue;
        bool is_reached = begins && (places & AT_START);
        if (!is_reached && (places & INSIDE))
            is_reached = strstr(token, text) != NULL;
        if (!is_reached && (places & AT_END)) {
            size_t all = strlen(token);
            is_reached = all > length && strcmp(token + all - length, text) == 0;
        }
        if (is_reached)
            reach->others[reach->other_count++] = (uint32_t)segment->tokens.numbers[i];
    }
    qsort(reach->others, reach->other_count, sizeof *reach->others, compare_units);
}

/* The first unit of a run may be the end of a token, the last one its beginning, a sole one both and more. */
void reach_find(const struct quest *quest, const struct segment *segment, const struct asked *asked,
                size_t run, size_t at, struct reach *reach)
{
    const struct run *of = &asked->runs[run];
    const char *text = asked->texts[at];
    bool is_first = at == of->first, is_last = at + 1 == of->first + of->count;
    *reach = (struct reach){.unit = asked->units[at], .is_there = true};
    if (!unit_is_token(reach->unit) || !text)
        return;
    reach->is_there = has_token(segment, reach->unit);
    bool is_short = strlen(text) <= 2;
    unsigned places = is_last ? AT_START : 0;
    if (is_first && !is_last && (is_short || !reach->is_there))
        places |= AT_END;
    if (places)
        reach_tokens(quest, segment, text, places, reach);
    bool has_some = reach->is_there || reach->other_count > 0;
    if (is_first && is_last && strlen(text) > 1 && (is_short || !has_some)) {
        reach->other_count = 0;
        reach_tokens(quest, segment, text, AT_START | INSIDE, reach);
    }
}

/* ---- reading texts ---- */

struct seen {
    const struct quest *quest;
    const struct segment *segment;
    const struct asked *asked;
    struct reach reaches[SEARCH_UNIT_LIMIT];
};

static inline bool is_same(uint32_t a, uint32_t b)
{
    return ((a ^ b) & UNIT_VALUE) == 0;
}

static inline bool fits(const struct reach *reach, uint32_t unit)
{
    return is_same(reach->unit, unit) ||
           (reach->other_count > 0 && reach_has_other(reach, unit & UNIT_VALUE));
}

/* A piece of a run in a document. */
struct piece {
    size_t length;
    bool is_title, is_whole; /* tokens are those asked for, not longer ones */
};

/* The longest piece that begins with a unit of the query and has at most `limit` of them; pieces in the title
 * first. */
static struct piece longest_piece(const struct seen *seen, size_t at, size_t limit, const uint32_t *units,
                                  uint32_t count, uint32_t title)
{
    struct piece best = {0};
    for (uint32_t i = 0; i < count; i++) {
        struct piece piece = {.is_title = i < title, .is_whole = true};
        if (!fits(&seen->reaches[at], units[i]))
            continue;
        uint32_t end = piece.is_title ? title : count;
        while (piece.length < limit && i + piece.length < end &&
               fits(&seen->reaches[at + piece.length], units[i + piece.length])) {
            piece.is_whole =
                piece.is_whole && is_same(seen->reaches[at + piece.length].unit, units[i + piece.length]);
            piece.length++;
        }
        if (piece.length > best.length || (piece.length == best.length && piece.is_whole && !best.is_whole))
            best = piece;
    }
    return best;
}

/* A character between tokens or ends of its run is a word: LED灯. */
static bool is_word(const struct asked *asked, const struct run *run, size_t at)
{
    bool begins = at == run->first || unit_is_token(asked->units[at - 1]);
    bool ends = at + 1 == run->first + run->count || unit_is_token(asked->units[at + 1]);
    return begins && ends;
}

/* How well a document has one run. */
static enum fit fit_run(const struct seen *seen, const struct run *run, uint32_t place)
{
    uint32_t count, title = seen->segment->facts[place].title_count;
    const uint32_t *units = units_of(seen->segment, place, &count);
    size_t pieces = 0, end = run->first + run->count, longest = 0, lonely = 0;
    bool is_title = true, is_whole = true;
    for (size_t at = run->first; at < end;) {
        struct piece piece = longest_piece(seen, at, end - at, units, count, title);
        if (piece.length == 0 || (run->is_phrase && piece.length < run->count))
            return FIT_NONE;
        bool is_lonely =
            piece.length == 1 && !is_word(seen->asked, run, at) && !unit_is_token(seen->asked->units[at]);
        if (is_lonely && !stands_alone(seen->asked->units[at]))
            return FIT_NONE;
        lonely += is_lonely;
        longest = piece.length > longest ? piece.length : longest;
        is_title = is_title && piece.is_title;
        is_whole = is_whole && piece.is_whole;
        at += piece.length;
        pieces++;
    }
    if (lonely > 0 && longest < 2)
        return FIT_NONE;
    if (!is_whole)
        return is_title && pieces == 1 ? FIT_TITLE : FIT_INSIDE;
    return !is_title ? FIT_ELSEWHERE : pieces > 1 ? FIT_TITLE : FIT_PHRASE;
}

static enum fit fit_document(const struct seen *seen, uint32_t place)
{
    enum fit worst = FIT_PHRASE;
    for (size_t i = 0; i < seen->asked->run_count; i++) {
        const struct run *run = &seen->asked->runs[i];
        enum fit fit = fit_run(seen, run, place);
        if (run->is_excluded ? fit != FIT_NONE : fit == FIT_NONE)
            return FIT_NONE;
        if (!run->is_excluded && fit < worst)
            worst = fit;
    }
    return worst;
}

/* ---- sets ---- */

struct set {
    uint64_t *words;
};

struct sets {
    const struct seen *seen;
    size_t words;
};

static struct set set_new(const struct sets *sets)
{
    return (struct set){arena_alloc_many(sets->seen->quest->arena, sets->words, sizeof(uint64_t))};
}

static void set_add(const struct sets *sets, struct set set, enum family family, uint32_t a, uint32_t b)
{
    uint32_t count;
    const uint16_t *places = posting_find(sets->seen->segment, family, a, b, &count);
    for (uint32_t i = 0; i < count; i++)
        set.words[places[i] / 64] |= UINT64_C(1) << places[i] % 64;
}

static void set_and(const struct sets *sets, struct set into, struct set other)
{
    for (size_t i = 0; i < sets->words; i++)
        into.words[i] &= other.words[i];
}

static void set_or(const struct sets *sets, struct set into, struct set other)
{
    for (size_t i = 0; i < sets->words; i++)
        into.words[i] |= other.words[i];
}

static void set_fill(const struct sets *sets, struct set set)
{
    memset(set.words, 0xFF, sets->words * sizeof *set.words);
}

/* Of the runs so far: what certainly has them in the title as typed; what has their units in the title; what
 * may have them at all. */
struct progress {
    struct set phrase, title, any;
    bool needs_look; /* `any` holds more than what has them */
};

/* Everything with a unit. */
static void unit_sets(const struct sets *sets, size_t at, struct set whole, struct set title, struct set any)
{
    const struct reach *reach = &sets->seen->reaches[at];
    set_add(sets, whole, UNIT_IN_TITLE, reach->unit, 0);
    set_or(sets, title, whole);
    set_add(sets, any, UNIT_ELSEWHERE, reach->unit, 0);
    for (size_t i = 0; i < reach->other_count; i++) {
        set_add(sets, title, UNIT_IN_TITLE, reach->others[i], 0);
        set_add(sets, any, UNIT_ELSEWHERE, reach->others[i], 0);
    }
    set_or(sets, any, title);
}

/* Two characters are a piece: what has both apart is not meant. */
static bool is_pair(const struct sets *sets, const struct run *run)
{
    const struct reach *reaches = sets->seen->reaches + run->first;
    return run->count == 2 && !unit_is_token(reaches[0].unit) && !unit_is_token(reaches[1].unit);
}

static void add_run(const struct sets *sets, const struct run *run, struct progress *progress)
{
    const struct reach *reaches = sets->seen->reaches;
    size_t end = run->first + run->count;
    if (is_pair(sets, run)) {
        struct set title = set_new(sets), any = set_new(sets);
        set_add(sets, title, PAIR_IN_TITLE, reaches[run->first].unit, reaches[run->first + 1].unit);
        set_add(sets, any, PAIR_ELSEWHERE, reaches[run->first].unit, reaches[run->first + 1].unit);
        set_or(sets, any, title);
        set_and(sets, progress->phrase, title);
        set_and(sets, progress->title, title);
        set_and(sets, progress->any, any);
        return;
    }
    for (size_t at = run->first; at < end; at++) {
        struct set whole = set_new(sets), title = set_new(sets), any = set_new(sets), pair = set_new(sets);
        unit_sets(sets, at, whole, title, any);
        set_and(sets, progress->title, title);
        set_and(sets, progress->any, any);
        if (run->count == 1)
            set_and(sets, progress->phrase, whole);
        if (at + 1 == end)
            continue;
        set_add(sets, pair, PAIR_IN_TITLE, reaches[at].unit, reaches[at + 1].unit);
        set_and(sets, progress->phrase, pair);
    }
    progress->needs_look = progress->needs_look || run->count > 1;
}

/* Where sets say enough: a title that has the units of a sole run, otherwise or elsewhere. */
static enum fit fit_of_sets(const struct progress *progress, size_t word, uint64_t bit)
{
    if (progress->phrase.words[word] & bit)
        return FIT_PHRASE;
    return progress->title.words[word] & bit ? FIT_TITLE : FIT_ELSEWHERE;
}

static void match_sets(const struct seen *seen, uint8_t base, uint8_t *levels)
{
    struct sets sets = {seen, (seen->segment->count + 63) / 64};
    struct progress progress = {set_new(&sets), set_new(&sets), set_new(&sets), false};
    size_t looks = 0;
    set_fill(&sets, progress.phrase);
    set_fill(&sets, progress.title);
    set_fill(&sets, progress.any);
    for (size_t i = 0; i < seen->asked->run_count; i++) {
        const struct run *run = &seen->asked->runs[i];
        progress.needs_look = progress.needs_look || run->is_excluded;
        if (!run->is_excluded)
            add_run(&sets, run, &progress);
    }
    for (uint32_t place = 0; place < seen->segment->count; place++) {
        uint64_t left = progress.any.words[place / 64] >> place % 64;
        if (left == 0) {
            place |= 63;
            continue;
        }
        place += (uint32_t)__builtin_ctzll(left);
        if (place >= seen->segment->count)
            break;
        enum fit fit = fit_of_sets(&progress, place / 64, UINT64_C(1) << place % 64);
        if (progress.needs_look && (fit != FIT_PHRASE || seen->asked->run_count > 1))
            fit = looks++ < CHECK_LIMIT ? fit_document(seen, place)
                  : fit == FIT_PHRASE   ? FIT_PHRASE
                                        : FIT_NONE;
        if (fit != FIT_NONE && base + fit > levels[place])
            levels[place] = (uint8_t)(base + fit);
    }
}

/* ---- the whole view ---- */

struct found found_open(const struct quest *quest)
{
    struct found found = {quest->view,
                          arena_alloc_many(quest->arena, quest->view->count + 1, sizeof *found.levels)};
    for (size_t i = 0; i < quest->view->count; i++)
        found.levels[i] = arena_alloc(quest->arena, quest->view->parts[i].segment->count);
    return found;
}

static bool reach_all(struct seen *seen)
{
    for (size_t i = 0; i < seen->asked->run_count; i++) {
        const struct run *run = &seen->asked->runs[i];
        for (size_t at = run->first; at < run->first + run->count; at++) {
            reach_find(seen->quest, seen->segment, seen->asked, i, at, &seen->reaches[at]);
            const struct reach *reach = &seen->reaches[at];
            if (!run->is_excluded && !reach->is_there && reach->other_count == 0)
                return false;
        }
    }
    return true;
}

static bool has_wanted(const struct asked *asked)
{
    for (size_t i = 0; i < asked->run_count; i++)
        if (!asked->runs[i].is_excluded)
            return true;
    return false;
}

bool match_exactly(const struct quest *quest, const struct asked *asked, uint8_t base, struct found *found)
{
    struct seen *seen = arena_alloc(quest->arena, sizeof *seen);
    bool has_some = false;
    *seen = (struct seen){.quest = quest, .asked = asked};
    for (size_t i = 0; i < quest->view->count && has_wanted(asked); i++) {
        const struct part *part = &quest->view->parts[i];
        uint8_t *levels = found->levels[i];
        seen->segment = part->segment;
        if (!reach_all(seen))
            continue;
        if (part->segment->key_count > 0)
            match_sets(seen, base, levels);
        for (uint32_t place = 0; part->segment->key_count == 0 && place < part->segment->count; place++) {
            enum fit fit = fit_document(seen, place);
            if (fit != FIT_NONE && base + fit > levels[place])
                levels[place] = (uint8_t)(base + fit);
        }
        for (uint32_t place = 0;
             !has_some && (place = next_found(levels, part->segment->count, place)) < part->segment->count;
             place++)
            has_some = levels[place] > base && part_has(part, place);
    }
    return has_some;
}
