/* letters.h - what a character is to the search: its plain form, its sounds, what it is mistaken for.
 *
 * Built once from ICU (NFKC_Casefold, accents dropped, Traditional to Simplified, Han to Latin) and read-only
 * afterwards: about 1 MB and 0.2 s, at the first use. ICU reads whole words wrongly (羽绒服 "yurong fu"), so
 * each character is asked alone; characters with two usual readings stand in a table. Private to search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LETTER_TABLE 65536
/* Plain characters that one character may become ("㎏" kg, "①" 1, "㍿" 株式会社). */
#define LETTER_FORMS 8
#define SYLLABLE_LIMIT 640
#define SYLLABLE_BYTES 8

enum letter_kind { LETTER_GAP, LETTER_WORD, LETTER_DIGIT, LETTER_ALONE };

struct syllable {
    char name[SYLLABLE_BYTES]; /* "lv" for 绿 */
    uint16_t fuzzy; /* the same number for what people mix up: zh z, ch c, sh s, ang an, n l r, h f */
    uint8_t length;
};

struct letters {
    uint32_t plain[LETTER_TABLE];              /* one plain character, or 0 = see many */
    uint16_t sound[LETTER_TABLE];              /* index of a syllable, 0 = none */
    uint16_t second[LETTER_TABLE];             /* the other usual reading, 0 = none */
    uint16_t looks[LETTER_TABLE];              /* the same number for what looks alike, 0 = none */
    struct syllable syllables[SYLLABLE_LIMIT]; /* sorted by nothing; 0 is none */
    size_t syllable_count;
};

/* Never NULL. The first call builds the tables; any thread. */
const struct letters *letters_get(void);
/* The plain forms of a code point; their number, at most LETTER_FORMS. */
size_t letter_forms(const struct letters *letters, uint32_t point, uint32_t forms[LETTER_FORMS]);
enum letter_kind letter_kind(uint32_t plain);
/* The syllable with this name, 0 when there is none. */
uint16_t syllable_find(const struct letters *letters, const char *name, size_t length);
/* 0 = the same reading, 1 = one that people mix up, 2 = another. Points that are no Han have none. */
int letter_distance(const struct letters *letters, uint32_t a, uint32_t b);
bool letters_look_alike(const struct letters *letters, uint32_t a, uint32_t b);
static inline uint16_t letter_sound(const struct letters *letters, uint32_t point)
{
    return point < LETTER_TABLE ? letters->sound[point] : 0;
}
static inline uint16_t letter_second(const struct letters *letters, uint32_t point)
{
    return point < LETTER_TABLE ? letters->second[point] : 0;
}
/* Reads one code point and moves on; a broken byte counts as U+FFFD and one byte. */
uint32_t letter_next(const char **at, const char *end);
