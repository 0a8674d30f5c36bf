/* division.c - the list of divisions as a flat table, and what a text names of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/division.h"

#include <stdbool.h>
#include <string.h>

#define DIVISION_LIMIT 4096
/* Bytes of the shortest name that may stand for a city or a county: two characters. */
#define SHORT_LEAST 6

static const char list[] =
#include "shop/checkout/regions.inc"
    ;

struct part {
    const char *name;
    size_t length;
    size_t alias; /* bytes of its short name; 0 = none */
    int level;    /* 1 province, 2 city, 3 county */
    size_t above; /* index; of a county in a province without cities, the city "-" */
};

struct divisions {
    struct part parts[DIVISION_LIMIT];
    size_t count;
};

/* ---- the table ---- */

static bool starts(const char *text, const char *prefix, size_t length)
{
    return strncmp(text, prefix, length) == 0;
}

/* What a name ends with besides its short form: cut at the first of these, whichever is found. */
static const char *const province_tails[] = {"维吾尔自治区", "壮族自治区", "回族自治区", "自治区",
                                             "特别行政区",   "省",         "市",         NULL};
static const char *const city_tails[] = {"土家族", "苗族",   "侗族",     "布依族", "藏族",   "羌族",
                                         "彝族",   "白族",   "傣族",     "景颇族", "傈僳族", "哈尼族",
                                         "壮族",   "回族",   "蒙古自治", "蒙古族", "哈萨克", "柯尔克孜自治",
                                         "朝鲜族", "自治州", "地区",     "盟",     "市",     NULL};
static const char *const county_tails[] = {"新区", "区", "县", "市", NULL};

static size_t alias_of(const char *name, size_t length, const char *const *tails, size_t least)
{
    for (size_t i = 0; tails[i]; i++) {
        size_t tail = strlen(tails[i]);
        for (size_t at = least; at + tail <= length; at++)
            if (starts(name + at, tails[i], tail))
                return at;
    }
    return 0;
}

static void add(struct divisions *divisions, const char *name, size_t length, int level, size_t above)
{
    static const char *const *const tails[] = {NULL, province_tails, city_tails, county_tails};
    if (divisions->count == DIVISION_LIMIT)
        return;
    divisions->parts[divisions->count++] =
        (struct part){.name = name,
                      .length = length,
                      .alias = alias_of(name, length, tails[level], SHORT_LEAST),
                      .level = level,
                      .above = above};
}

struct divisions *divisions_open(struct arena *arena)
{
    struct divisions *divisions = arena_alloc(arena, sizeof *divisions);
    size_t province = 0, city = 0;
    for (const char *line = list; *line; line = strchr(line, '\n') + 1) {
        size_t blanks = strspn(line, " ");
        const char *word = line + blanks;
        size_t above = blanks == 1 ? province : city;
        if (blanks == 0)
            province = divisions->count;
        if (blanks == 1)
            city = divisions->count;
        while (*word != '\n') {
            size_t length = strcspn(word, " \n");
            add(divisions, word, length, (int)blanks + 1, above);
            word += length + (word[length] == ' ');
        }
    }
    return divisions;
}

/* ---- one place of a text ---- */

static size_t skip_gap(const char *text, size_t at)
{
    while (text[at] && (strchr(" \n\t,/-", text[at]) || (unsigned char)text[at] < 32))
        at++;
    return at;
}

/* "西湖大道" is a road, not the county. */
static bool is_road(const char *text)
{
    static const char *const roads[] = {"大道", "路",   "街",   "巷",   "村", "镇",
                                        "小区", "大厦", "广场", "花园", NULL};
    for (size_t i = 0; roads[i]; i++)
        if (starts(text, roads[i], strlen(roads[i])))
            return true;
    return false;
}

/* How many bytes of the text name this part; 0 = none. */
static size_t named(const struct part *part, const char *text, bool takes_alias)
{
    if (part->name[0] == '-')
        return 0;
    if (starts(text, part->name, part->length))
        return part->length;
    if (!takes_alias || part->alias == 0 || !starts(text, part->name, part->alias))
        return 0;
    return is_road(text + part->alias) ? 0 : part->alias;
}

static bool is_below(const struct divisions *divisions, const struct part *part, size_t above)
{
    return part->above == above || (part->level == 3 && divisions->parts[part->above].above == above);
}

/* The longest name of a level below `above` (any, when it is not bound) at this place. */
static const struct part *find_part(const struct divisions *divisions, const char *text, int level,
                                    const size_t *above, bool takes_alias, size_t *length)
{
    const struct part *found = NULL;
    *length = 0;
    for (size_t i = 0; i < divisions->count; i++) {
        const struct part *part = &divisions->parts[i];
        if (part->level != level || (above && !is_below(divisions, part, *above)))
            continue;
        size_t bytes = named(part, text, takes_alias);
        if (bytes > *length) {
            found = part;
            *length = bytes;
        }
    }
    return found;
}

struct walk {
    const struct divisions *divisions;
    const char *text;
    size_t at; /* behind what was named */
    int levels;
    const struct part *lowest;
};

static bool step(struct walk *walk, int level, bool is_first, bool takes_alias)
{
    size_t length, above = walk->lowest ? (size_t)(walk->lowest - walk->divisions->parts) : 0;
    size_t at = is_first ? walk->at : skip_gap(walk->text, walk->at);
    const struct part *part = find_part(walk->divisions, walk->text + at, level, walk->lowest ? &above : NULL,
                                        takes_alias, &length);
    if (!part)
        return false;
    walk->at = at + length;
    walk->levels++;
    walk->lowest = part;
    return true;
}

/* 北京市北京市朝阳区, 北京市市辖区朝阳区, 重庆市县丰都县: what stands where a city would. */
static void skip_doubled(struct walk *walk)
{
    static const char *const fillers[] = {"市辖区", "省直辖县级行政区划", "县", NULL};
    size_t at = skip_gap(walk->text, walk->at), length = named(walk->lowest, walk->text + at, false);
    for (size_t i = 0; fillers[i] && length == 0; i++)
        if (starts(walk->text + at, fillers[i], strlen(fillers[i])))
            length = strlen(fillers[i]);
    struct walk ahead = *walk;
    ahead.at = at + length;
    if (length > 0 && step(&ahead, 3, false, true))
        *walk = ahead;
}

static void walk_down(struct walk *walk)
{
    if (step(walk, 1, true, true)) {
        if (step(walk, 2, false, true))
            step(walk, 3, false, true);
        else if (!step(walk, 3, false, true))
            skip_doubled(walk);
        return;
    }
    if (step(walk, 2, true, true)) {
        step(walk, 3, false, true);
        return;
    }
    step(walk, 3, true, false);
}

static const char *whole_name(struct arena *arena, const struct divisions *divisions, const struct part *part)
{
    char *name = arena_format(arena, "%.*s", (int)part->length, part->name);
    while (part->level > 1) {
        part = &divisions->parts[part->above];
        if (part->name[0] != '-')
            name = arena_format(arena, "%.*s %s", (int)part->length, part->name, name);
    }
    return name;
}

static void walk_at(struct walk *walk, size_t start)
{
    struct walk city = *walk;
    walk->at = city.at = start;
    walk_down(walk);
    /* 吉林市昌邑区: a city whose name begins as a province does. */
    city.levels = 0;
    city.lowest = NULL;
    if (walk->levels == 1 && step(&city, 2, true, false)) {
        step(&city, 3, false, true);
        if (city.levels > walk->levels)
            *walk = city;
    }
}

struct division division_at(struct arena *arena, const struct divisions *divisions, const char *text,
                            size_t start)
{
    struct walk walk = {.divisions = divisions, .text = text};
    walk_at(&walk, start);
    if (walk.levels == 0)
        return (struct division){0};
    return (struct division){whole_name(arena, divisions, walk.lowest), start, walk.at, walk.levels};
}

struct division division_find(struct arena *arena, const struct divisions *divisions, const char *text)
{
    struct walk best = {0};
    size_t best_start = 0;
    for (size_t at = 0; text[at]; at++) {
        struct walk walk = {.divisions = divisions, .text = text};
        if (((unsigned char)text[at] & 0xC0) != 0xC0)
            continue;
        walk_at(&walk, at);
        if (walk.levels > best.levels) {
            best = walk;
            best_start = at;
        }
    }
    if (best.levels == 0)
        return (struct division){0};
    return (struct division){whole_name(arena, divisions, best.lowest), best_start, best.at, best.levels};
}
