/* asked.c - reads a query: runs, phrases in quotes, words to leave out, and queries that mean the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/ask.h"

#include "base/text.h"

static bool is_space_before(const char *text, size_t at)
{
    return at == 0 || (unsigned char)text[at - 1] <= ' ' ||
           (at >= 3 && memcmp(text + at - 3, "\xE3\x80\x80", 3) == 0);
}

/* "招商 -公司": a minus that begins a word. */
static bool is_minus(const char *text, const struct word *word)
{
    return word->from > 1 && text[word->from - 1] == '-' && is_space_before(text, word->from - 1);
}

/* Where the phrase ends that begins with a word, 0 = it begins none. */
static size_t phrase_end(const char *text, const struct word *word)
{
    static const char *const marks[][2] = {{"\"", "\""}, {"“", "”"}, {"「", "」"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i][0]);
        const char *end = word->from >= length && memcmp(text + word->from - length, marks[i][0], length) == 0
                              ? strstr(text + word->from, marks[i][1])
                              : NULL;
        if (end)
            return (size_t)(end - text);
    }
    return 0;
}

/* Words that belong to the run that begins at `first`. */
static size_t run_length(const struct words *words, const char *text, size_t first, bool *is_phrase)
{
    size_t end = phrase_end(text, &words->items[first]), count = 1, used = 0;
    *is_phrase = end > 0;
    if (measure_read(words, text, first, &used))
        count = used;
    while (first + count < words->count) {
        const struct word *next = &words->items[first + count];
        if (end ? next->from >= end : !next->is_glued || phrase_end(text, next) > 0)
            break;
        count++;
    }
    return count;
}

void asked_read(struct arena *arena, const struct letters *letters, const char *text, struct asked *asked)
{
    struct words words = {0};
    *asked = (struct asked){0};
    words_read(&words, letters, text, strlen(text), SEARCH_UNIT_LIMIT + 1);
    asked->is_cut = words.count > SEARCH_UNIT_LIMIT;
    words.count = asked->is_cut ? SEARCH_UNIT_LIMIT : words.count;
    for (size_t i = 0; i < words.count; i++) {
        asked->units[i] = words.items[i].unit & UNIT_VALUE;
        asked->texts[i] = arena_copy(arena, word_text(&words, &words.items[i]), words.items[i].length);
    }
    for (size_t at = 0; at < words.count && asked->run_count < SEARCH_RUN_LIMIT;) {
        struct run *run = &asked->runs[asked->run_count++];
        run->first = at;
        run->is_excluded = is_minus(text, &words.items[at]);
        run->count = run_length(&words, text, at, &run->is_phrase);
        at += run->count;
        asked->count = at;
    }
    asked->is_cut |= asked->count < words.count;
    words_close(&words);
}

bool asked_replace(struct asked *asked, size_t at, size_t count, const uint32_t *units,
                   const char *const *texts, size_t fresh)
{
    size_t behind = asked->count - at - count;
    if (asked->count - count + fresh > SEARCH_UNIT_LIMIT)
        return false;
    memmove(asked->units + at + fresh, asked->units + at + count, behind * sizeof *asked->units);
    memmove(asked->texts + at + fresh, asked->texts + at + count, behind * sizeof *asked->texts);
    for (size_t i = 0; i < fresh; i++) {
        asked->units[at + i] = units[i];
        asked->texts[at + i] = texts[i];
    }
    asked->count = asked->count - count + fresh;
    for (size_t i = 0; i < asked->run_count; i++) {
        struct run *run = &asked->runs[i];
        if (run->first > at)
            run->first = run->first - count + fresh;
        else if (at < run->first + run->count)
            run->count = run->count - count + fresh;
    }
    return true;
}

void asked_drop_run(struct asked *asked, size_t run)
{
    memmove(asked->runs + run, asked->runs + run + 1, (asked->run_count - run - 1) * sizeof *asked->runs);
    asked->run_count--;
}

void asked_only(const struct asked *asked, size_t run, struct asked *only)
{
    *only = *asked;
    only->runs[0] = asked->runs[run];
    only->runs[0].is_excluded = false;
    only->run_count = 1;
}

static bool is_latin(uint32_t unit)
{
    return unit_is_token(unit) && !(unit & UNIT_NUMBER);
}

const char *asked_text(struct arena *arena, const struct asked *asked)
{
    struct text_buf text;
    text_open(&text, arena, (size_t)SEARCH_UNIT_LIMIT * (TOKEN_BYTES + 2));
    for (size_t i = 0; i < asked->run_count; i++) {
        const struct run *run = &asked->runs[i];
        text_add(&text, i > 0 ? run->is_excluded ? " -" : " " : "");
        for (size_t j = run->first; j < run->first + run->count; j++) {
            bool is_apart = j > run->first && is_latin(asked->units[j]) && is_latin(asked->units[j - 1]);
            text_add(&text, is_apart ? " " : "");
            text_add(&text, asked->texts[j] ? asked->texts[j] : "");
        }
    }
    return text_of(&text);
}

/* ---- what means the same ---- */

/* A query as words, for measures, is read again from its text: units alone do not say where a point stood. */
static void add_measures(const struct quest *quest, const char *text, const struct asked *asked,
                         struct asked *variants, size_t *count)
{
    struct words words = {0};
    struct asked other = *asked;
    size_t shift = 0, used, found = 0;
    words_read(&words, quest->letters, text, strlen(text), SEARCH_UNIT_LIMIT);
    for (size_t i = 0; i < words.count && i < asked->count; i++) {
        uint32_t measure = measure_read(&words, text, i, &used);
        if (!measure || i + used > asked->count)
            continue;
        const char *none = NULL;
        asked_replace(&other, i - shift, used, &measure, &none, 1);
        shift += used - 1;
        i += used - 1;
        found++;
    }
    words_close(&words);
    if (found > 0 && *count < VARIANT_LIMIT)
        variants[(*count)++] = other;
}

static bool has_at(const struct asked *asked, size_t at, const struct asked *words, const struct run *word)
{
    return memcmp(asked->units + at, words->units + word->first, word->count * sizeof *asked->units) == 0;
}

/* Where a word stands in the runs of a query, or SIZE_MAX. */
static size_t place_of(const struct asked *asked, const struct asked *words, const struct run *word)
{
    for (size_t i = 0; i < asked->run_count; i++) {
        const struct run *run = &asked->runs[i];
        for (size_t at = run->first; at + word->count <= run->first + run->count; at++)
            if (has_at(asked, at, words, word))
                return at;
    }
    return SIZE_MAX;
}

/* The variants with one word of a group, with each of the others instead. */
static void add_group(const struct quest *quest, const char *group, struct asked *variants, size_t *count)
{
    struct asked words;
    size_t have = *count;
    asked_read(quest->arena, quest->letters, group, &words);
    for (size_t i = 0; i < have * words.run_count; i++) {
        const struct run *word = &words.runs[i % words.run_count];
        size_t at = place_of(&variants[i / words.run_count], &words, word);
        for (size_t j = 0; at != SIZE_MAX && j < words.run_count && *count < VARIANT_LIMIT; j++) {
            const struct run *other = &words.runs[j];
            variants[*count] = variants[i / words.run_count];
            if (other != word && asked_replace(&variants[*count], at, word->count, words.units + other->first,
                                               words.texts + other->first, other->count))
                (*count)++;
        }
    }
}

static bool is_stop(const struct quest *quest, const struct asked *asked, const struct run *run)
{
    const struct lexicon *lexicon = quest->view->lexicon;
    size_t count = lexicon ? lexicon->stop_count : 0;
    struct asked stop;
    for (size_t i = 0; i < count + (quest->try_stop != NULL); i++) {
        asked_read(quest->arena, quest->letters, i < count ? lexicon->stops[i] : quest->try_stop, &stop);
        if (stop.run_count == 1 && stop.count == run->count &&
            has_at(asked, run->first, &stop, &stop.runs[0]))
            return true;
    }
    return false;
}

size_t asked_variants(const struct quest *quest, const char *text, const struct asked *asked,
                      struct asked variants[VARIANT_LIMIT])
{
    const struct lexicon *lexicon = quest->view->lexicon;
    size_t count = 1;
    variants[0] = *asked;
    add_measures(quest, text, asked, variants, &count);
    for (size_t i = 0; lexicon && i < lexicon->group_count; i++)
        add_group(quest, lexicon->groups[i], variants, &count);
    if (quest->try_group)
        add_group(quest, quest->try_group, variants, &count);
    for (size_t v = 0; (lexicon || quest->try_stop) && v < count; v++)
        for (size_t r = variants[v].run_count; r-- > 0 && variants[v].run_count > 1;)
            if (is_stop(quest, &variants[v], &variants[v].runs[r]))
                asked_drop_run(&variants[v], r);
    return count;
}

const char *search_plain(struct arena *arena, const char *text)
{
    struct asked *asked = arena_alloc(arena, sizeof *asked);
    asked_read(arena, letters_get(), text, asked);
    return asked_text(arena, asked);
}
