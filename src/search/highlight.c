/* highlight.c - what of a text was found, and how a text is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#include "base/text.h"

#define PINYIN_LIMIT 4000

/* How many words from `at` on are what the query has from a unit on. */
static size_t same_words(const struct words *words, size_t at, const struct asked *asked,
                         const struct run *run, size_t unit)
{
    size_t count = 0, end = run->first + run->count;
    for (; at + count < words->count && unit + count < end; count++) {
        const struct word *word = &words->items[at + count];
        const char *text = asked->texts[unit + count];
        bool is_same = ((word->unit ^ asked->units[unit + count]) & UNIT_VALUE) == 0;
        bool begins = unit_is_token(word->unit) && text && unit + count + 1 == end && strlen(text) > 1 &&
                      strncmp(word_text(words, word), text, strlen(text)) == 0;
        if (!is_same && !begins)
            break;
    }
    bool is_sole = count == 1 && run->count > 1 && !stands_alone(asked->units[unit]);
    return is_sole ? 0 : count;
}

static size_t longest(const struct words *words, size_t at, const struct asked *asked)
{
    size_t best = 0;
    for (size_t i = 0; i < asked->run_count; i++) {
        const struct run *run = &asked->runs[i];
        for (size_t unit = run->first; unit < run->first + run->count && !run->is_excluded; unit++) {
            size_t count = same_words(words, at, asked, run, unit);
            best = count > best ? count : best;
        }
    }
    return best;
}

size_t search_highlight(struct arena *arena, const char *query, const char *text, struct search_span *spans,
                        size_t limit)
{
    const struct letters *letters = letters_get();
    struct asked *asked = arena_alloc(arena, sizeof *asked);
    struct words words = {0};
    size_t count = 0;
    asked_read(arena, letters, query, asked);
    words_read(&words, letters, text, strlen(text), TITLE_UNITS);
    for (size_t at = 0; at < words.count;) {
        size_t length = longest(&words, at, asked);
        if (length == 0) {
            at++;
            continue;
        }
        size_t from = words.items[at].from, to = words.items[at + length - 1].to;
        if (count > 0 && spans[count - 1].to >= from)
            spans[count - 1].to = to;
        else if (count < limit)
            spans[count++] = (struct search_span){from, to};
        at += length;
    }
    words_close(&words);
    return count;
}

const char *search_pinyin(struct arena *arena, const char *text, bool is_first_letters)
{
    const struct letters *letters = letters_get();
    struct words words = {0};
    struct text_buf pinyin;
    text_open(&pinyin, arena, PINYIN_LIMIT);
    words_read(&words, letters, text, strlen(text), TITLE_UNITS);
    for (size_t i = 0; i < words.count; i++) {
        const struct syllable *syllable = reading_of(letters, words.items[i].unit, false);
        const char *part = syllable ? syllable->name : word_text(&words, &words.items[i]);
        text_add_bytes(&pinyin, part, syllable && is_first_letters ? 1 : strlen(part));
    }
    words_close(&words);
    return text_of(&pinyin);
}
