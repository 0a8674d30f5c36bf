/* words.c - reads texts as units. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/words.h"

#include "base/error.h"
#include <inttypes.h>

#define FNV_BASIS 2166136261U
#define FNV_PRIME 16777619U
#define TOKEN_HASH 0x1FFFFFFFU

void *room_for(void *list, size_t count, size_t more, size_t *capacity, size_t size)
{
    if (count + more <= *capacity)
        return list;
    size_t wanted = *capacity ? *capacity * 2 : 16;
    while (wanted < count + more)
        wanted *= 2;
    void *grown = realloc(list, wanted * size);
    if (!grown)
        bug("out of memory for %zu elements of %zu bytes", wanted, size);
    *capacity = wanted;
    return grown;
}

void words_close(struct words *words)
{
    free(words->items);
    free(words->chars);
    *words = (struct words){0};
}

uint32_t token_unit(const char *text, size_t length, bool is_number)
{
    uint32_t hash = FNV_BASIS;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * FNV_PRIME;
    hash ^= hash >> 29;
    return UNIT_TOKEN | (is_number ? UNIT_NUMBER : 0) | (hash & TOKEN_HASH);
}

static size_t put_point(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(heads[more] | point >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (point >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

/* What is being read: the token that is open, and whether something separates. */
struct reader {
    struct words *words;
    size_t limit;
    enum letter_kind open; /* LETTER_WORD or LETTER_DIGIT while a token is open, else LETTER_GAP */
    bool is_gap, is_glued;
};

static void close_token(struct reader *reader)
{
    struct words *words = reader->words;
    if (reader->open == LETTER_GAP)
        return;
    struct word *word = &words->items[words->count - 1];
    const char *text = words->chars + word->text;
    word->unit |= token_unit(text, word->length, reader->open == LETTER_DIGIT);
    words->char_count++;
    reader->open = LETTER_GAP;
}

static struct word *open_word(struct reader *reader, uint32_t from)
{
    struct words *words = reader->words;
    words->items = room_for(words->items, words->count, 1, &words->capacity, sizeof *words->items);
    words->chars = room_for(words->chars, words->char_count, TOKEN_BYTES + 8, &words->char_capacity, 1);
    struct word *word = &words->items[words->count++];
    *word = (struct word){.unit = reader->is_gap ? UNIT_GAP : 0,
                          .from = from,
                          .to = from,
                          .text = (uint32_t)words->char_count,
                          .is_glued = reader->is_glued};
    reader->is_gap = false;
    reader->is_glued = true;
    return word;
}

static void add_char(struct reader *reader, struct word *word, uint32_t plain, uint32_t to)
{
    struct words *words = reader->words;
    size_t bytes = put_point(words->chars + words->char_count, plain);
    words->char_count += bytes;
    word->length += (uint32_t)bytes;
    word->to = to;
    words->chars[words->char_count] = 0;
}

static void read_plain(struct reader *reader, uint32_t plain, uint32_t from, uint32_t to)
{
    struct words *words = reader->words;
    enum letter_kind kind = letter_kind(plain);
    bool goes_on =
        kind == reader->open && kind != LETTER_GAP && words->items[words->count - 1].length < TOKEN_BYTES - 4;
    if (!goes_on)
        close_token(reader);
    if (kind == LETTER_GAP) {
        reader->is_gap = true;
        reader->is_glued = reader->is_glued && plain < 0x80 && plain != 0 && strchr("-_./+", (int)plain);
        return;
    }
    if (!goes_on && words->count == reader->limit)
        return;
    struct word *word = goes_on ? &words->items[words->count - 1] : open_word(reader, from);
    add_char(reader, word, plain, to);
    if (kind != LETTER_ALONE) {
        reader->open = kind;
        return;
    }
    word->unit |= plain;
    words->char_count++;
}

void words_read(struct words *words, const struct letters *letters, const char *text, size_t length,
                size_t limit)
{
    struct reader reader = {.words = words, .limit = limit, .open = LETTER_GAP};
    uint32_t forms[LETTER_FORMS];
    words->count = words->char_count = 0;
    for (const char *at = text, *end = text + length; at < end;) {
        uint32_t from = (uint32_t)(at - text);
        uint32_t point = letter_next(&at, end);
        size_t count = letter_forms(letters, point, forms);
        for (size_t i = 0; i < count; i++)
            read_plain(&reader, forms[i], from, (uint32_t)(at - text));
        if (count == 0)
            read_plain(&reader, ' ', from, (uint32_t)(at - text));
        if (words->count == limit && reader.open == LETTER_GAP)
            break;
    }
    close_token(&reader);
}

/* ---- measures ---- */

struct measure {
    const char *name;
    const char *kind;
    uint64_t factor; /* of the kind's smallest unit */
};

static const struct measure measures[] = {
    {"kg", "mass", 1000000},  {"公斤", "mass", 1000000},  {"千克", "mass", 1000000}, {"斤", "mass", 500000},
    {"两", "mass", 50000},    {"g", "mass", 1000},        {"克", "mass", 1000},      {"mg", "mass", 1},
    {"毫克", "mass", 1},      {"吨", "mass", 1000000000}, {"l", "volume", 1000},     {"升", "volume", 1000},
    {"公升", "volume", 1000}, {"ml", "volume", 1},        {"毫升", "volume", 1},     {"m", "length", 1000},
    {"米", "length", 1000},   {"cm", "length", 10},       {"厘米", "length", 10},    {"公分", "length", 10},
    {"mm", "length", 1},      {"毫米", "length", 1},      {"英寸", "inch", 1},       {"寸", "inch", 1},
    {"inch", "inch", 1},      {"w", "power", 1},          {"瓦", "power", 1},        {"kw", "power", 1000},
    {"千瓦", "power", 1000},  {"mah", "charge", 1},       {"毫安", "charge", 1},     {"毫安时", "charge", 1},
};

/* The longest measure whose name begins at a word; *used counts its words. */
static const struct measure *measure_at(const struct words *words, size_t at, size_t *used)
{
    char name[TOKEN_BYTES * 3] = "";
    size_t length = 0;
    const struct measure *found = NULL;
    for (size_t more = 0; more < 3 && at + more < words->count; more++) {
        const struct word *word = &words->items[at + more];
        if (more > 0 && (word->unit & UNIT_GAP))
            break;
        memcpy(name + length, word_text(words, word), word->length + 1);
        length += word->length;
        for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
            if (strcmp(measures[i].name, name) == 0) {
                found = &measures[i];
                *used = more + 1;
            }
    }
    return found;
}

#define NUMBER_DIGITS 7

/* Up to seven digits; false for more and for digits that are not Arabic. */
static bool read_number(const char *text, uint32_t length, uint64_t *number)
{
    *number = 0;
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || length > NUMBER_DIGITS)
            return false;
        *number = *number * 10 + (uint64_t)(text[i] - '0');
    }
    return length > 0;
}

uint32_t measure_read(const struct words *words, const char *text, size_t at, size_t *used)
{
    const struct word *first = &words->items[at];
    uint64_t number, decimals = 0;
    size_t name_words = 0, number_words = 1;
    if (!(first->unit & UNIT_NUMBER) || !read_number(word_text(words, first), first->length, &number))
        return 0;
    number *= 1000;
    if (at + 1 < words->count && text[first->to] == '.' && words->items[at + 1].from == first->to + 1) {
        const struct word *behind = first + 1;
        if (!(behind->unit & UNIT_NUMBER) || behind->length > 3 ||
            !read_number(word_text(words, behind), behind->length, &decimals))
            return 0;
        for (uint32_t i = behind->length; i < 3; i++)
            decimals *= 10;
        number_words = 2;
    }
    if (at > 0 && text[first->from > 0 ? first->from - 1 : 0] == '.')
        return 0;
    const struct measure *measure = measure_at(words, at + number_words, &name_words);
    if (!measure)
        return 0;
    char name[64];
    int length =
        snprintf(name, sizeof name, "#%s:%" PRIu64, measure->kind, (number + decimals) * measure->factor);
    *used = number_words + name_words;
    return token_unit(name, (size_t)length, false);
}
