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

/* Tokens that have a text at one of the places; those that are the text are left out. The texts stand one
 * behind the other, and are searched as one. */
static void reach_tokens(const struct quest *quest, const struct segment *segment, const char *text,
                         unsigned places, struct reach *reach)
{
    const struct names *tokens = &segment->tokens;
    const char *at = tokens->chars, *end = at + tokens->char_count;
    size_t length = strlen(text);
    reach->others = arena_alloc_many(quest->arena, REACH_LIMIT, sizeof *reach->others);
    for (uint32_t i = 0; reach->other_count < REACH_LIMIT; i++) {
        at = length > 0 && at < end ? memmem(at, (size_t)(end - at), text, length) : NULL;
        if (!at)
            break;
        while (i + 1 < tokens->count && name_at(tokens, i + 1) <= at)
            i++;
        const char *token = name_at(tokens, i);
        size_t all = strlen(token);
        bool begins = at == token, is_same = begins && all == length;
        bool ends = all > length && memcmp(token + all - length, text, length) == 0;
        bool is_reached = (begins && (places & AT_START)) || (places & INSIDE) || (ends && (places & AT_END));
        if (is_reached && !is_same)
            reach->others[reach->other_count++] = (uint32_t)tokens->numbers[i];
        at = token + all + 1;
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

/* Where each document is looked at anyway, so many of a segment are not narrowed down any further. */
#define FEW 128

struct sets {
    const struct seen *seen;
    size_t words;
    uint64_t *scratch;
};

static uint64_t *set_new(const struct sets *sets, int filled_with)
{
    uint64_t *set = arena_alloc_many(sets->seen->quest->arena, sets->words, sizeof *set);
    if (filled_with)
        memset(set, filled_with, sets->words * sizeof *set);
    return set;
}

static void set_one(uint64_t *set, uint16_t place)
{
    set[place / 64] |= UINT64_C(1) << place % 64;
}

/* From four sides at once: neighbours often share a word, and would wait for each other. */
static void set_add(uint64_t *set, const struct posting *posting)
{
    const uint16_t *places = posting->places;
    uint32_t quarter = posting->count / 4;
    for (uint32_t i = 0; i < quarter; i++) {
        set_one(set, places[i]);
        set_one(set, places[i + quarter]);
        set_one(set, places[i + 2 * quarter]);
        set_one(set, places[i + 3 * quarter]);
    }
    for (uint32_t i = 4 * quarter; i < posting->count; i++)
        set_one(set, places[i]);
}

/* Returns how many words have something left. */
static size_t set_and(const struct sets *sets, uint64_t *into, const uint64_t *other)
{
    size_t left = 0;
    for (size_t i = 0; i < sets->words; i++) {
        into[i] &= other[i];
        left += into[i] != 0;
    }
    return left;
}

/* One thing that a document must have: a unit or what it reaches, or two characters beside each other (what
 * has both apart is not meant). */
struct need {
    struct posting title, elsewhere;
    const struct reach *reach; /* NULL = two characters */
};

struct needs {
    struct need list[SEARCH_UNIT_LIMIT];
    size_t count;
};

/* Of the needs so far: what certainly has them in the title as typed; what has their units in the title; what
 * may have them at all. */
struct progress {
    uint64_t *phrase, *title, *any;
    bool needs_look; /* `any` holds more than what has them, and `title` says nothing */
};

static bool is_pair(const struct seen *seen, const struct run *run)
{
    const struct reach *reaches = seen->reaches + run->first;
    return run->count == 2 && !unit_is_token(reaches[0].unit) && !unit_is_token(reaches[1].unit);
}

static uint32_t need_size(const struct need *need)
{
    bool is_wide = need->reach && need->reach->other_count > 0;
    return is_wide ? SEGMENT_LIMIT : need->title.count + need->elsewhere.count;
}

/* The rarest first. */
static void need_add(struct needs *needs, const struct need *need)
{
    size_t at = needs->count++;
    for (; at > 0 && need_size(&needs->list[at - 1]) > need_size(need); at--)
        needs->list[at] = needs->list[at - 1];
    needs->list[at] = *need;
}

static void add_unit(const struct seen *seen, size_t at, struct needs *needs)
{
    const struct reach *reach = &seen->reaches[at];
    need_add(needs, &(struct need){.title = posting_find(seen->segment, UNIT_IN_TITLE, reach->unit, 0),
                                   .elsewhere = posting_find(seen->segment, UNIT_ELSEWHERE, reach->unit, 0),
                                   .reach = reach});
}

static void add_pair(const struct seen *seen, size_t at, bool is_title, struct needs *needs)
{
    uint32_t a = seen->reaches[at].unit, b = seen->reaches[at + 1].unit;
    struct posting none = {0};
    need_add(needs, &(struct need){.title = posting_find(seen->segment, PAIR_IN_TITLE, a, b),
                                   .elsewhere =
                                       is_title ? none : posting_find(seen->segment, PAIR_ELSEWHERE, a, b)});
}

/* What a document must have in any order; what it must have in its title to have it as typed. */
static void read_needs(const struct seen *seen, struct needs *any, struct needs *phrase)
{
    for (size_t i = 0; i < seen->asked->run_count; i++) {
        const struct run *run = &seen->asked->runs[i];
        bool is_two = is_pair(seen, run);
        if (run->is_excluded)
            continue;
        if (is_two)
            add_pair(seen, run->first, false, any);
        for (size_t at = run->first; at < run->first + run->count; at++) {
            if (!is_two)
                add_unit(seen, at, any);
            if (run->count == 1)
                add_unit(seen, at, phrase);
            else if (at + 1 < run->first + run->count)
                add_pair(seen, at, true, phrase);
        }
    }
}

/* Returns how many words of `any` have something left. */
static size_t narrow(const struct sets *sets, const struct need *need, struct progress *progress)
{
    const struct segment *segment = sets->seen->segment;
    uint64_t *own = sets->scratch;
    memset(own, 0, sets->words * sizeof *own);
    set_add(own, &need->title);
    if (!progress->needs_look)
        set_and(sets, progress->phrase, own);
    for (size_t i = 0; need->reach && i < need->reach->other_count; i++) {
        struct posting other = posting_find(segment, UNIT_IN_TITLE, need->reach->others[i], 0);
        set_add(own, &other);
    }
    if (!progress->needs_look)
        set_and(sets, progress->title, own);
    set_add(own, &need->elsewhere);
    for (size_t i = 0; need->reach && i < need->reach->other_count; i++) {
        struct posting other = posting_find(segment, UNIT_ELSEWHERE, need->reach->others[i], 0);
        set_add(own, &other);
    }
    return set_and(sets, progress->any, own);
}

/* What has all pairs in its title as they were typed. Returns whether there is something. */
static bool find_phrase(const struct sets *sets, const struct needs *needs, struct progress *progress)
{
    size_t left = sets->words;
    memset(progress->phrase, 0xFF, sets->words * sizeof *progress->phrase);
    for (size_t i = 0; i < needs->count && left > 0; i++) {
        memset(sets->scratch, 0, sets->words * sizeof *sets->scratch);
        set_add(sets->scratch, &needs->list[i].title);
        left = set_and(sets, progress->phrase, sets->scratch);
    }
    return left > 0;
}

static bool needs_look(const struct seen *seen)
{
    bool needs = false;
    for (size_t i = 0; i < seen->asked->run_count; i++) {
        const struct run *run = &seen->asked->runs[i];
        needs = needs || run->is_excluded || (run->count > 1 && !is_pair(seen, run));
    }
    return needs;
}

static bool is_few(const struct sets *sets, const struct progress *progress, size_t words_left)
{
    return words_left <= FEW && set_count(progress->any, sets->words) <= FEW;
}

static struct progress find_sets(struct sets *sets)
{
    const struct seen *seen = sets->seen;
    struct progress progress = {set_new(sets, 0xFF), set_new(sets, 0xFF), set_new(sets, 0xFF),
                                needs_look(seen)};
    struct needs any = {.count = 0}, phrase = {.count = 0};
    sets->scratch = set_new(sets, 0);
    read_needs(seen, &any, &phrase);
    /* Of several runs each document is looked at, as long as they are not too many. */
    bool looks_at_all =
        progress.needs_look && (seen->asked->run_count > 1 || !find_phrase(sets, &phrase, &progress));
    size_t left = sets->words;
    for (size_t i = 0; i < any.count && !(looks_at_all && is_few(sets, &progress, left)); i++)
        left = narrow(sets, &any.list[i], &progress);
    if (looks_at_all && seen->asked->run_count > 1 && left * 64 > CHECK_LIMIT)
        find_phrase(sets, &phrase, &progress);
    else if (looks_at_all)
        memset(progress.phrase, 0, sets->words * sizeof *progress.phrase);
    return progress;
}

/* Where sets say enough: a title that has the units of a sole run, otherwise or elsewhere. */
static enum fit fit_of_sets(const struct progress *progress, size_t word, uint64_t bit)
{
    if (progress->phrase[word] & bit)
        return FIT_PHRASE;
    return progress->title[word] & bit ? FIT_TITLE : FIT_ELSEWHERE;
}

/* Where no text need be looked at. */
static void raise_all(const struct sets *sets, const struct progress *progress, uint8_t base, size_t part,
                      struct found *found)
{
    uint8_t *levels = found->levels[part];
    for (size_t word = 0; word < sets->words; word++) {
        found->bits[part][word] |= progress->any[word];
        for (uint64_t left = progress->any[word]; left; left &= left - 1) {
            size_t place = word * 64 + (size_t)__builtin_ctzll(left);
            uint8_t level = (uint8_t)(base + fit_of_sets(progress, word, left & -left));
            levels[place] = level > levels[place] ? level : levels[place];
        }
    }
}

static void match_sets(const struct seen *seen, uint8_t base, size_t part, struct found *found)
{
    struct sets sets = {.seen = seen, .words = (seen->segment->count + 63) / 64};
    struct progress progress = find_sets(&sets);
    if (!progress.needs_look) {
        raise_all(&sets, &progress, base, part, found);
        return;
    }
    uint32_t count = seen->segment->count;
    size_t looks = 0;
    for (uint32_t place = set_next(progress.any, count, 0); place < count;
         place = set_next(progress.any, count, place + 1)) {
        enum fit fit = fit_of_sets(&progress, place / 64, UINT64_C(1) << place % 64);
        if (fit != FIT_PHRASE || seen->asked->run_count > 1)
            fit = looks++ < CHECK_LIMIT ? fit_document(seen, place)
                  : fit == FIT_PHRASE   ? FIT_PHRASE
                                        : FIT_NONE;
        if (fit != FIT_NONE)
            found_raise(found, part, place, base + fit);
    }
}

/* ---- the whole view ---- */

struct found found_open(const struct quest *quest)
{
    size_t parts = quest->view->count;
    struct found found = {quest->view, arena_alloc_many(quest->arena, parts + 1, sizeof *found.levels),
                          arena_alloc_many(quest->arena, parts + 1, sizeof *found.bits)};
    for (size_t i = 0; i < parts; i++) {
        uint32_t count = quest->view->parts[i].segment->count;
        found.levels[i] = arena_alloc(quest->arena, count);
        found.bits[i] = arena_alloc_many(quest->arena, (count + 63) / 64, sizeof *found.bits[i]);
    }
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

static void match_texts(const struct seen *seen, uint8_t base, size_t part, struct found *found)
{
    for (uint32_t place = 0; place < seen->segment->count; place++) {
        enum fit fit = fit_document(seen, place);
        if (fit != FIT_NONE)
            found_raise(found, part, place, base + fit);
    }
}

/* Whether a part has a document above a level that is not gone. */
static bool has_above(const struct found *found, size_t at, uint8_t base)
{
    const struct part *part = &found->view->parts[at];
    uint32_t count = part->segment->count;
    for (uint32_t place = 0; (place = set_next(found->bits[at], count, place)) < count; place++)
        if (found->levels[at][place] > base && part_has(part, place))
            return true;
    return false;
}

bool match_exactly(const struct quest *quest, const struct asked *asked, uint8_t base, struct found *found)
{
    struct seen *seen = arena_alloc(quest->arena, sizeof *seen);
    bool has_some = false;
    *seen = (struct seen){.quest = quest, .asked = asked};
    for (size_t i = 0; i < quest->view->count && has_wanted(asked); i++) {
        seen->segment = quest->view->parts[i].segment;
        if (!reach_all(seen))
            continue;
        if (seen->segment->key_count > 0)
            match_sets(seen, base, i, found);
        else
            match_texts(seen, base, i, found);
        has_some = has_some || has_above(found, i, base);
    }
    return has_some;
}
