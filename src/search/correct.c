/* correct.c - what was probably meant by a query that finds nothing.
 *
 * Each run that finds nothing by itself is replaced by the part of a text that is most like it. What was
 * typed as letters may be a token, pinyin or initials; characters are compared by sound and shape, in windows
 * around those that no text has beside each other. Whatever comes out is asked for in the exact lane again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#include "base/text.h"

/* Replacements of one run that are tried. */
#define OPTION_LIMIT 12
/* Of one window or token. */
#define BEST_LIMIT 4
/* Windows of one run. */
#define WINDOW_LIMIT 8
/* How far a window reaches beyond what nobody has. */
#define REACH 3
/* Costs from which on other windows are tried. */
#define SOUNDS_ALIKE 50
#define CLOSE_ENOUGH 100

struct option {
    size_t at, count;
    struct span span;
    int score;
};

struct options {
    struct option list[OPTION_LIMIT];
    size_t count;
};

static void option_add(struct options *options, const struct option *option)
{
    size_t at = options->count;
    while (at > 0 && options->list[at - 1].score > option->score)
        at--;
    if (at == OPTION_LIMIT)
        return;
    size_t last = options->count < OPTION_LIMIT ? options->count : OPTION_LIMIT - 1;
    memmove(options->list + at + 1, options->list + at, (last - at) * sizeof *options->list);
    options->list[at] = *option;
    options->count = last + 1;
}

/* The best spans as replacements of a window. */
static void add_best(struct options *options, const struct spans *spans, size_t at, size_t count)
{
    struct options best = {.count = 0};
    for (size_t i = 0; i < spans->count; i++)
        option_add(&best, &(struct option){at, count, spans->list[i], span_score(&spans->list[i])});
    for (size_t i = 0; i < best.count && i < BEST_LIMIT; i++)
        option_add(options, &best.list[i]);
}

static bool is_letters(const char *text)
{
    return text && strspn(text, "abcdefghijklmnopqrstuvwxyz") == strlen(text);
}

/* The run as the letters that were typed or that its characters are read as; NULL when it has others, or no
 * letters at all. */
static const char *letters_of(const struct quest *quest, const struct asked *asked, const struct run *run)
{
    struct text_buf text;
    bool has_letters = false;
    text_open(&text, quest->arena, PINYIN_LETTERS);
    for (size_t at = run->first; at < run->first + run->count; at++) {
        const struct syllable *syllable = reading_of(quest->letters, asked->units[at], false);
        bool is_typed = unit_is_token(asked->units[at]) && is_letters(asked->texts[at]);
        if (!syllable && !is_typed)
            return NULL;
        has_letters = has_letters || is_typed;
        text_add(&text, is_typed ? asked->texts[at] : syllable->name);
    }
    return has_letters && !text.is_full ? text_of(&text) : NULL;
}

/* A character that was typed as such stands in what was meant. */
static void keep_typed(const struct asked *asked, const struct run *run, struct spans *spans)
{
    for (size_t i = 0; i < spans->count; i++)
        for (size_t at = run->first; at < run->first + run->count; at++) {
            bool is_there = unit_is_token(asked->units[at]);
            for (size_t j = 0; j < spans->list[i].count; j++)
                is_there = is_there || spans->list[i].units[j] == asked->units[at];
            spans->list[i].cost += is_there ? 0 : 60;
        }
}

static void try_letters(const struct quest *quest, const struct asked *asked, const struct run *run,
                        struct options *options)
{
    const char *letters = letters_of(quest, asked, run);
    struct spans read, shortened;
    if (!letters)
        return;
    spans_open(quest->arena, &read);
    spans_read_as(quest, letters, &read);
    keep_typed(asked, run, &read);
    add_best(options, &read, run->first, run->count);
    if (run->count > 1 || (options->count > 0 && options->list[0].span.cost == 0))
        return;
    spans_open(quest->arena, &shortened);
    spans_shortened(quest, letters, &shortened);
    add_best(options, &shortened, run->first, run->count);
}

static bool finds(const struct quest *quest, const struct asked *asked)
{
    struct found found = found_open(quest);
    return match_exactly(quest, asked, LEVEL_EXACT, &found);
}

/* Whether a text has two units beside each other, or the sole one when b is 0. */
static bool has_units(const struct quest *quest, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct segment *segment = quest->view->parts[i].segment;
        uint32_t count = segment->key_count > 0 ? 0 : segment->facts[segment->count].unit_start;
        if (segment->key_count > 0 &&
            (posting_find(segment, b ? PAIR_IN_TITLE : UNIT_IN_TITLE, a, b).count > 0 ||
             posting_find(segment, b ? PAIR_ELSEWHERE : UNIT_ELSEWHERE, a, b).count > 0))
            return true;
        for (uint32_t j = 0; j + (b != 0) < count; j++)
            if (((segment->units[j] ^ a) & UNIT_VALUE) == 0 &&
                (b == 0 || ((segment->units[j + 1] ^ b) & UNIT_VALUE) == 0))
                return true;
    }
    return false;
}

/* Numbers are corrected where they belong to a name (ABX-2043), not where they count something (10 斤). */
static bool is_model(const struct asked *asked, const struct run *run)
{
    bool has_letters = false;
    for (size_t at = run->first; at < run->first + run->count; at++) {
        if (!unit_is_token(asked->units[at]) || !asked->texts[at])
            return false;
        has_letters = has_letters || !(asked->units[at] & UNIT_NUMBER);
    }
    return has_letters;
}

static void try_tokens(const struct quest *quest, const struct asked *asked, const struct run *run,
                       struct options *options)
{
    for (size_t at = run->first; at < run->first + run->count; at++) {
        struct spans spans;
        bool is_typed = unit_is_token(asked->units[at]) && asked->texts[at];
        if (!is_typed || ((asked->units[at] & UNIT_NUMBER) && !is_model(asked, run)))
            continue;
        spans_open(quest->arena, &spans);
        spans_tokens(quest, asked->texts[at], asked->units[at], &spans);
        add_best(options, &spans, at, 1);
    }
}

/* What little of a run says less: 机人 is also the end of a brand. */
#define SHORT_WINDOW 15

static void try_window(const struct quest *quest, const struct asked *asked, size_t at, size_t count,
                       struct options *options)
{
    struct spans spans;
    spans_open(quest->arena, &spans);
    spans_alike(quest, asked->units + at, count, &spans);
    for (size_t i = 0; i < spans.count && count < 4; i++)
        spans.list[i].cost += count == 2 ? 3 * SHORT_WINDOW : SHORT_WINDOW;
    add_best(options, &spans, at, count);
}

/* A part that is like the whole run, or that sounds like some of it: nothing else needs a look. */
static bool is_convincing(const struct options *options, const struct run *run)
{
    const struct option *best = &options->list[0];
    return options->count > 0 && best->span.cost <= (best->count == run->count ? CLOSE_ENOUGH : SOUNDS_ALIKE);
}

/* Windows around the first unit to the last that stand in no pair that a text has. */
static void try_windows(const struct quest *quest, const struct asked *asked, const struct run *run,
                        struct options *options)
{
    size_t end = run->first + run->count, from = end, to = run->first, tried = 0;
    bool is_known[SEARCH_UNIT_LIMIT + 1] = {false};
    for (size_t at = run->first; at + 1 < end; at++)
        if (has_units(quest, asked->units[at], asked->units[at + 1]))
            is_known[at] = is_known[at + 1] = true;
    for (size_t at = run->first; at < end; at++) {
        bool is_fine =
            is_known[at] || (unit_is_token(asked->units[at]) && has_units(quest, asked->units[at], 0));
        from = !is_fine && at < from ? at : from;
        to = !is_fine ? at + 1 : to;
    }
    if (from >= to && run->count <= WINDOW_UNITS) {
        from = run->first;
        to = end;
    }
    for (size_t more = 2 * REACH + 1; more-- > 0;)
        for (size_t left = 0; left <= more && left <= REACH && from < to && tried < WINDOW_LIMIT; left++) {
            size_t right = more - left;
            bool fits = right <= REACH && from >= run->first + left && to + right <= end &&
                        to + right - from + left <= WINDOW_UNITS;
            if (!fits || to + right - from + left < 2)
                continue;
            tried++;
            try_window(quest, asked, from - left, to + right - from + left, options);
            if (is_convincing(options, run))
                return;
        }
}

const char *unit_text(const struct quest *quest, const struct segment *segment, uint32_t unit)
{
    struct text_buf text;
    for (uint32_t i = 0; unit_is_token(unit) && i < segment->tokens.count; i++)
        if (segment->tokens.numbers[i] == unit)
            return arena_copy_text(quest->arena, name_at(&segment->tokens, i));
    if (unit_is_token(unit))
        return NULL;
    text_open(&text, quest->arena, 8);
    unsigned more = unit < 0x80 ? 0 : unit < 0x800 ? 1 : unit < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    text_add_char(&text, (char)(heads[more] | unit >> (6 * more)));
    for (unsigned i = more; i-- > 0;)
        text_add_char(&text, (char)(0x80 | (unit >> (6 * i) & 0x3F)));
    return text_of(&text);
}

static bool apply(const struct quest *quest, const struct option *option, struct asked *asked)
{
    const char *texts[SPAN_UNITS];
    for (uint32_t i = 0; i < option->span.count; i++)
        texts[i] = unit_text(quest, option->span.segment, option->span.units[i]);
    return asked_replace(asked, option->at, option->count, option->span.units, texts, option->span.count);
}

/* Replaces a run by what finds something; *other gets the next best, run_count 0 = none. */
static bool correct_run(const struct quest *quest, struct asked *asked, size_t at, struct asked *other)
{
    struct options options = {.count = 0};
    const struct run *run = &asked->runs[at];
    struct asked typed = *asked;
    bool is_corrected = false;
    other->run_count = 0;
    if (run->is_phrase)
        return false;
    try_letters(quest, asked, run, &options);
    bool is_read = options.count > 0 && options.list[0].span.cost == 0;
    if (!is_read)
        try_tokens(quest, asked, run, &options);
    if (!is_read && !letters_of(quest, asked, run))
        try_windows(quest, asked, run, &options);
    for (size_t i = 0; i < options.count; i++) {
        struct asked fresh = typed, only;
        if (!apply(quest, &options.list[i], &fresh))
            continue;
        asked_only(&fresh, at, &only);
        if (!finds(quest, &only))
            continue;
        bool is_same =
            is_corrected && text_is(asked_text(quest->arena, &fresh), asked_text(quest->arena, asked));
        if (is_same)
            continue;
        /* What one title alone has is no word that people look for. */
        if (is_corrected && options.list[i].span.documents < 2)
            continue;
        if (is_corrected) {
            *other = fresh;
            return true;
        }
        *asked = fresh;
        is_corrected = true;
    }
    return is_corrected;
}

/* 杯子 is 杯, and 盒儿 is 盒: an ending that says nothing is left out where nothing else is found. */
static bool drop_ending(const struct quest *quest, struct asked *asked, size_t at)
{
    static const uint32_t endings[] = {0x5B50, 0x513F}; /* 子 儿 */
    const struct run *run = &asked->runs[at];
    uint32_t last = run->count > 1 ? asked->units[run->first + run->count - 1] : 0;
    struct asked shorter = *asked, only;
    if (run->is_phrase || run->count > 4 || (last != endings[0] && last != endings[1]) ||
        !asked_replace(&shorter, run->first + run->count - 1, 1, NULL, NULL, 0))
        return false;
    asked_only(&shorter, at, &only);
    if (!finds(quest, &only))
        return false;
    *asked = shorter;
    return true;
}

static size_t wanted_runs(const struct asked *asked)
{
    size_t count = 0;
    for (size_t i = 0; i < asked->run_count; i++)
        count += !asked->runs[i].is_excluded;
    return count;
}

bool correct(const struct quest *quest, const struct asked *asked, struct correction *correction)
{
    struct asked other;
    *correction = (struct correction){.asked = *asked};
    bool is_changed = false;
    for (size_t i = 0; i < correction->asked.run_count;) {
        struct asked only;
        struct asked *now = &correction->asked;
        asked_only(now, i, &only);
        if (now->runs[i].is_excluded || finds(quest, &only)) {
            i++;
            continue;
        }
        is_changed = true;
        if (drop_ending(quest, now, i)) {
            i++;
            continue;
        }
        if (correct_run(quest, now, i, &other)) {
            if (other.run_count > 0 && !correction->meant && finds(quest, &other))
                correction->meant = asked_text(quest->arena, &other);
            i++;
            continue;
        }
        correction->dropped[correction->dropped_count++] = asked_text(quest->arena, &only);
        asked_drop_run(now, i);
    }
    if (!is_changed || wanted_runs(&correction->asked) == 0 || !finds(quest, &correction->asked))
        return false;
    correction->shown_for = asked_text(quest->arena, &correction->asked);
    return true;
}

bool read_as_pinyin(const struct quest *quest, const struct asked *asked, struct asked *read)
{
    struct spans spans;
    struct options options = {.count = 0};
    const char *letters = asked->run_count == 1 ? letters_of(quest, asked, &asked->runs[0]) : NULL;
    if (!letters)
        return false;
    spans_open(quest->arena, &spans);
    spans_read_as(quest, letters, &spans);
    for (size_t i = 0; i < spans.count; i++)
        if (spans.list[i].cost == 0)
            option_add(&options, &(struct option){asked->runs[0].first, asked->runs[0].count, spans.list[i],
                                                  span_score(&spans.list[i])});
    *read = *asked;
    return options.count > 0 && apply(quest, &options.list[0], read);
}
