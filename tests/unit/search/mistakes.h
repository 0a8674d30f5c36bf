/* mistakes.h - how people get a word wrong, for tests of the search. Included once by a test. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "goods.h"
#include "search/letters.h"
#include <stdio.h>
#include <string.h>

#define QUERY_BYTES 200

/* ---- mistakes; each returns false when the word cannot have it ---- */

struct word_points {
    uint32_t list[16];
    size_t count;
};

static struct word_points points_of(const char *text)
{
    struct word_points points = {.count = 0};
    for (const char *at = text, *end = text + strlen(text); at < end && points.count < 16;)
        points.list[points.count++] = letter_next(&at, end);
    return points;
}

static void write_points(const struct word_points *points, char *out)
{
    for (size_t i = 0; i < points->count; i++) {
        uint32_t point = points->list[i];
        if (point < 0x80)
            *out++ = (char)point;
        else {
            *out++ = (char)(0xE0 | point >> 12);
            *out++ = (char)(0x80 | (point >> 6 & 0x3F));
            *out++ = (char)(0x80 | (point & 0x3F));
        }
    }
    *out = 0;
}

/* A usual character (GB 2312's are nearly those of the first thousand names) with a wanted distance of sound.
 */
static uint32_t other_point(uint32_t point, int distance, uint64_t seed)
{
    const struct letters *letters = letters_get();
    for (uint32_t i = 0; i < 0x5200; i++) {
        uint32_t other = 0x4E00 + (uint32_t)((good_mix(seed) + i * 37) % 0x5200);
        bool is_sole =
            letters->second[other] == 0 && letters->sound[other] != 0 && letters->plain[other] == other;
        if (other != point && is_sole && letter_distance(letters, point, other) == distance)
            return other;
    }
    return 0;
}

typedef bool (*mistake)(const struct good *good, uint64_t seed, char *query);

static bool with_sound(const struct good *good, uint64_t seed, char *query, int distance)
{
    struct word_points points = points_of(good->noun);
    size_t at = seed % points.count;
    uint32_t other = other_point(points.list[at], distance, seed);
    if (!other || (distance == 2 && points.count < 3))
        return false;
    points.list[at] = other;
    write_points(&points, query);
    return true;
}

static bool no_mistake(const struct good *good, uint64_t seed, char *query)
{
    (void)seed;
    memcpy(query, good->noun, strlen(good->noun) + 1);
    return true;
}

static bool homophone(const struct good *good, uint64_t seed, char *query)
{
    return with_sound(good, seed, query, 0);
}

static bool mixed_sound(const struct good *good, uint64_t seed, char *query)
{
    return with_sound(good, seed, query, 1);
}

static bool wrong_character(const struct good *good, uint64_t seed, char *query)
{
    return with_sound(good, seed, query, 2);
}

static bool missing_character(const struct good *good, uint64_t seed, char *query)
{
    struct word_points points = points_of(good->noun);
    if (points.count < 3)
        return false;
    size_t at = seed % points.count;
    memmove(points.list + at, points.list + at + 1, (points.count - at - 1) * sizeof *points.list);
    points.count--;
    write_points(&points, query);
    return true;
}

static bool swapped_characters(const struct good *good, uint64_t seed, char *query)
{
    struct word_points points = points_of(good->noun);
    if (points.count < 3)
        return false;
    size_t at = seed % (points.count - 1);
    uint32_t first = points.list[at];
    points.list[at] = points.list[at + 1];
    points.list[at + 1] = first;
    write_points(&points, query);
    return true;
}

static bool pinyin(const struct good *good, uint64_t seed, char *query)
{
    (void)seed;
    memcpy(query, good->pinyin, strlen(good->pinyin) + 1);
    return true;
}

static bool pinyin_typo(const struct good *good, uint64_t seed, char *query)
{
    size_t length = strlen(good->pinyin), at = 1 + seed % (length - 2);
    memcpy(query, good->pinyin, length + 1);
    if (length < 7)
        return false;
    if (seed / 7 % 3 == 0)
        memmove(query + at, query + at + 1, length - at);
    else if (seed / 7 % 3 == 1)
        query[at] = (char)('a' + good_mix(seed) % 26);
    else {
        query[at] = good->pinyin[at - 1];
        query[at - 1] = good->pinyin[at];
    }
    return true;
}

static bool initials(const struct good *good, uint64_t seed, char *query)
{
    (void)seed;
    memcpy(query, good->initials, strlen(good->initials) + 1);
    return strlen(query) >= 3;
}

static bool half_pinyin(const struct good *good, uint64_t seed, char *query)
{
    struct word_points points = points_of(good->noun);
    const struct letters *letters = letters_get();
    char rest[64];
    (void)seed;
    const char *name = letters->syllables[letters->sound[points.list[0]]].name;
    if (strncmp(good->pinyin, name, strlen(name)) != 0)
        return false;
    memmove(points.list, points.list + 1, (points.count - 1) * sizeof *points.list);
    points.count--;
    write_points(&points, rest);
    snprintf(query, QUERY_BYTES, "%s%s", name, rest);
    return true;
}
