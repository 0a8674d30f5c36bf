/* division.h - provinces, cities and counties of China, found in what people type. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"

/* Where a text names a division. Whole names, and short ones of provinces (浙江) and cities (杭州), count; of
 * a county that has a city before it the short name too (西湖), unless a road goes on with it (西湖大道).
 * What was left out above a part is filled in. */
struct division {
    const char *name; /* "浙江省 杭州市 西湖区", "北京市 朝阳区"; NULL = none found */
    size_t start;     /* bytes in the text */
    size_t end;
    int levels; /* named in the text, 1 to 3 */
};

/* The divisions, ready for asking; lives in the arena. */
struct divisions;
struct divisions *divisions_open(struct arena *arena);
/* The place in a text (UTF-8) that names the most levels, and of equal ones the first. Between two levels
 * blanks, line ends, commas, slashes, hyphens and control characters may stand. */
struct division division_find(struct arena *arena, const struct divisions *divisions, const char *text);
/* The same, but only at this place of the text. */
struct division division_at(struct arena *arena, const struct divisions *divisions, const char *text,
                            size_t start);
