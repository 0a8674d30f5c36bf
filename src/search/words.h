/* words.h - a text as units: what is compared, counted and indexed.
 *
 * A character of Chinese (and of other scripts without spaces, and an emoji) is a unit by itself, its plain
 * code point. A run of letters is one unit and a run of digits another one, named by a hash: "iPhone15 Pro"
 * is iphone, 15, pro. Everything else only separates: the unit behind it carries UNIT_GAP. Private to
 * search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/letters.h"

#define UNIT_TOKEN 0x80000000U
#define UNIT_GAP 0x40000000U
#define UNIT_NUMBER 0x20000000U
#define UNIT_VALUE (~UNIT_GAP)
/* Between fields; equal to nothing that is asked for. */
#define UNIT_WALL 0x1FFFFFFFU
/* Bytes of one run of letters or digits; a longer one is several. */
#define TOKEN_BYTES 48

struct word {
    uint32_t unit;
    uint32_t from, to; /* bytes of the text it was read from */
    uint32_t text;     /* its plain form: an offset in chars, with a NUL behind it */
    uint32_t length;   /* of the plain form, bytes */
    bool is_glued;     /* nothing but - _ . / + stands between it and the unit before, or nothing at all */
};

/* Grows as it is filled and may be filled again; closed by words_close. */
struct words {
    struct word *items;
    size_t count, capacity;
    char *chars;
    size_t char_count, char_capacity;
};

/* Reads at most `limit` units of a text of any bytes. */
void words_read(struct words *words, const struct letters *letters, const char *text, size_t length,
                size_t limit);
void words_close(struct words *words);
static inline const char *word_text(const struct words *words, const struct word *word)
{
    return words->chars + word->text;
}
static inline bool unit_is_token(uint32_t unit)
{
    return (unit & UNIT_TOKEN) != 0;
}
/* The unit of a plain token. */
uint32_t token_unit(const char *text, size_t length, bool is_number);
/* A weight, a volume, a length, a power or a charge that begins at a word, as one unit: 5kg, 5公斤 and 10斤
 * are the same. 0 when there is none; *used gets how many words it takes. */
uint32_t measure_read(const struct words *words, const char *text, size_t at, size_t *used);
/* Room for `more` elements behind the first `count`. */
void *room_for(void *list, size_t count, size_t more, size_t *capacity, size_t size);
