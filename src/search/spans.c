/* spans.c - parts of texts that sound or look like a window of a query. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#include <limits.h>

#define SLOTS 8192
#define SAME_SOUND 20
#define MIXED_SOUND 35
#define ALIKE 35
#define WRONG 100
#define MISSING 60 /* people leave out more than they add */
#define TOO_MANY 80
#define SWAPPED 60
#define FAR (INT_MAX / 4)
#define POINTS 256
#define MEMO_BITS 8
#define MEMO (1U << MEMO_BITS)

/* ---- the table ---- */

void spans_open(struct arena *arena, struct spans *spans)
{
    *spans = (struct spans){arena_alloc_many(arena, SPAN_LIMIT, sizeof *spans->list), 0,
                            arena_alloc_many(arena, SLOTS, sizeof *spans->slots)};
}

void spans_add(struct spans *spans, const struct segment *segment, const uint32_t *units, size_t count,
               int cost)
{
    uint32_t plain[SPAN_UNITS], hash = 2166136261U;
    if (count == 0 || count > SPAN_UNITS)
        return;
    for (size_t i = 0; i < count; i++) {
        plain[i] = units[i] & UNIT_VALUE;
        hash = (hash ^ plain[i]) * 16777619U;
        hash ^= hash >> 15;
    }
    for (size_t at = hash % SLOTS;; at = (at + 1) % SLOTS) {
        struct span *span = spans->slots[at] ? &spans->list[spans->slots[at] - 1] : NULL;
        if (span && (span->count != count || memcmp(span->units, plain, count * sizeof *plain) != 0))
            continue;
        if (!span && spans->count == SPAN_LIMIT)
            return;
        if (!span) {
            span = &spans->list[spans->count++];
            *span = (struct span){.count = (uint32_t)count, .cost = cost, .segment = segment};
            memcpy(span->units, plain, count * sizeof *plain);
            spans->slots[at] = (uint16_t)spans->count;
        }
        span->documents++;
        span->cost = cost < span->cost ? cost : span->cost;
        return;
    }
}

int span_score(const struct span *span)
{
    int bits = 31 - __builtin_clz(span->documents);
    return span->cost - 6 * bits;
}

/* ---- who is worth a look ---- */

void add_points(const struct segment *segment, enum family family, uint32_t a, uint32_t b, unsigned more,
                uint8_t *points)
{
    struct posting posting = posting_find(segment, family, a, b);
    for (uint32_t i = 0; i < posting.count; i++) {
        uint8_t *of = &points[posting.places[i]];
        *of = (uint8_t)(*of + more < POINTS ? *of + more : POINTS - 1);
    }
}

uint32_t *best_places(const struct quest *quest, const struct part *part, const uint8_t *points,
                      unsigned least, uint32_t *count)
{
    uint32_t all = part->segment->count, having[POINTS] = {0}, sum = 0;
    uint64_t eight;
    uint32_t *places = arena_alloc_many(quest->arena, CLOSE_LIMIT, sizeof *places);
    unsigned from = POINTS;
    *count = 0;
    for (uint32_t i = 0; points && i < all; i++) {
        while (i + 8 <= all && (memcpy(&eight, points + i, 8), eight == 0)) /* nothing needs those without */
            i += 8;
        if (i < all)
            having[points[i]]++;
    }
    while (points && from > least && sum + having[from - 1] <= CLOSE_LIMIT)
        sum += having[--from];
    for (uint32_t i = 0; i < all && *count < CLOSE_LIMIT; i++)
        if ((!points || points[i] >= from) && part_has(part, i))
            places[(*count)++] = i;
    /* Of the next ones some are better than none. */
    for (uint32_t i = 0; points && from > least && i < all && *count < CLOSE_LIMIT; i++)
        if (points[i] == from - 1 && part_has(part, i))
            places[(*count)++] = i;
    return places;
}

/* ---- alike ---- */

/* What the units of a window cost against one unit of a text. */
struct differences {
    uint32_t unit; /* with UNIT_GAP, so that none is 0 */
    uint8_t costs[WINDOW_UNITS + 1];
};

struct window {
    const struct quest *quest;
    const uint32_t *units;
    size_t count;
    int limit;
    uint8_t marks[SYLLABLE_LIMIT]; /* of a group of readings: bits of the units that have it */
    struct differences memo[MEMO]; /* texts of a shop have the same few hundred characters */
};

static int difference(const struct window *window, uint32_t a, uint32_t b)
{
    const struct letters *letters = window->quest->letters;
    if (((a ^ b) & UNIT_VALUE) == 0)
        return 0;
    if (unit_is_token(a) || unit_is_token(b))
        return WRONG;
    int sounds = letter_distance(letters, a & UNIT_VALUE, b & UNIT_VALUE);
    if (sounds < 2)
        return sounds == 0 ? SAME_SOUND : MIXED_SOUND;
    return letters_look_alike(letters, a & UNIT_VALUE, b & UNIT_VALUE) ? ALIKE : WRONG;
}

static void read_differences(struct window *window, uint32_t unit, struct differences *out)
{
    struct differences *memo = &window->memo[unit * 2654435761U >> (32 - MEMO_BITS)];
    if (memo->unit != (unit | UNIT_GAP)) {
        memo->unit = unit | UNIT_GAP;
        for (size_t i = 0; i < window->count; i++)
            memo->costs[i] = (uint8_t)difference(window, window->units[i], unit);
    }
    *out = *memo;
}

static bool sounds_in(const struct window *window, uint32_t unit, unsigned *bits)
{
    const struct letters *letters = window->quest->letters;
    uint16_t first = letter_sound(letters, unit & UNIT_VALUE),
             second = letter_second(letters, unit & UNIT_VALUE);
    *bits |= window->marks[letters->syllables[first].fuzzy] | window->marks[letters->syllables[second].fuzzy];
    return first != 0;
}

/* Whether all units of the window but one sound in the text, or stand in it. */
static bool is_near(const struct window *window, const uint32_t *units, uint32_t count)
{
    unsigned bits = 0;
    for (uint32_t i = 0; i < count; i++)
        if (unit_is_token(units[i]) || !sounds_in(window, units[i], &bits))
            for (size_t j = 0; j < window->count; j++)
                bits |= ((units[i] ^ window->units[j]) & UNIT_VALUE) == 0 ? 1U << j : 0;
    return (size_t)__builtin_popcount(bits) + 1 >= window->count;
}

struct cell {
    int cost;
    uint32_t start;
};

static void keep(struct cell *cell, const struct cell *from, int more)
{
    if (from->cost + more < cell->cost)
        *cell = (struct cell){from->cost + more, from->start};
}

/* One more unit of the text: columns are what the window's first i units cost up to here; what they cost
 * against this unit, and against the last one. */
static void next_column(const struct window *window, uint32_t at, const struct differences costs[2],
                        struct cell *const columns[3])
{
    struct cell *now = columns[0];
    const struct cell *last = columns[1], *before = columns[2];
    now[0] = (struct cell){0, at + 1};
    for (size_t i = 1; i <= window->count; i++) {
        now[i] = (struct cell){FAR, 0};
        keep(&now[i], &last[i - 1], costs[0].costs[i - 1]);
        keep(&now[i], &now[i - 1], TOO_MANY);
        if (i < window->count)
            keep(&now[i], &last[i], MISSING);
        if (i > 1 && at > 0 && costs[1].costs[i - 1] == 0 && costs[0].costs[i - 2] == 0)
            keep(&now[i], &before[i - 2], SWAPPED);
    }
}

static void align(struct window *window, const struct segment *segment, uint32_t place, struct spans *spans)
{
    uint32_t count, end = 0;
    const uint32_t *units = units_of(segment, place, &count);
    struct cell cells[3][WINDOW_UNITS + 1], best = {window->limit + 1, 0};
    struct differences costs[2] = {{0}, {0}};
    if (!is_near(window, units, count))
        return;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j <= window->count; j++)
            cells[i][j] = (struct cell){j == 0 ? 0 : FAR, 0};
    for (uint32_t at = 0; at < count; at++) {
        struct cell *columns[3] = {cells[at % 3], cells[(at + 2) % 3], cells[(at + 1) % 3]};
        costs[1] = costs[0];
        read_differences(window, units[at] & UNIT_VALUE, &costs[0]);
        next_column(window, at, costs, columns);
        const struct cell *last = &columns[0][window->count];
        if (last->cost < best.cost && at + 1 - last->start > 1) {
            best = *last;
            end = at + 1;
        }
    }
    for (uint32_t i = best.start; i < end; i++)
        if (units[i] == UNIT_WALL)
            return;
    if (end > best.start)
        spans_add(spans, segment, units + best.start, end - best.start, best.cost);
}

static size_t groups_of(const struct letters *letters, uint32_t unit, uint32_t groups[2])
{
    size_t count = 0;
    uint16_t first = letter_sound(letters, unit), second = letter_second(letters, unit);
    if (first)
        groups[count++] = letters->syllables[first].fuzzy;
    if (second)
        groups[count++] = letters->syllables[second].fuzzy;
    return count;
}

static uint8_t *points_of(const struct window *window, const struct segment *segment)
{
    const struct letters *letters = window->quest->letters;
    uint8_t *points = arena_alloc(window->quest->arena, segment->count);
    uint32_t groups[2], next[2];
    for (size_t i = 0; i < window->count; i++) {
        size_t count = groups_of(letters, window->units[i], groups);
        size_t next_count = i + 1 < window->count ? groups_of(letters, window->units[i + 1], next) : 0;
        if (count == 0)
            add_points(segment, UNIT_IN_TITLE, window->units[i], 0, 1, points);
        for (size_t j = 0; j < count; j++) {
            add_points(segment, SOUND_ANYWHERE, groups[j], 0, 1, points);
            for (size_t k = 0; k < next_count; k++)
                add_points(segment, SOUND_PAIR, groups[j], next[k], 2, points);
        }
    }
    return points;
}

void spans_alike(const struct quest *quest, const uint32_t *units, size_t count, struct spans *spans)
{
    struct window window = {.quest = quest,
                            .units = units,
                            .count = count,
                            .limit = count == 2  ? SWAPPED
                                     : count < 6 ? WRONG
                                                 : WRONG + SAME_SOUND};
    uint32_t groups[2], place_count;
    if (count < 2 || count > WINDOW_UNITS)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = groups_of(quest->letters, units[i], groups); j-- > 0;)
            window.marks[groups[j]] |= (uint8_t)(1U << i);
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct part *part = &quest->view->parts[i];
        const uint8_t *points = part->segment->key_count > 0 ? points_of(&window, part->segment) : NULL;
        const uint32_t *places =
            best_places(quest, part, points, (unsigned)(count > 2 ? count - 1 : 1), &place_count);
        for (uint32_t j = 0; j < place_count; j++)
            align(&window, part->segment, places[j], spans);
    }
}

/* ---- tokens ---- */

unsigned letters_apart(const char *a, size_t a_length, const char *b, size_t b_length, unsigned limit)
{
    unsigned rows[3][PINYIN_LETTERS + 1];
    if (a_length > PINYIN_LETTERS || b_length > PINYIN_LETTERS || a_length > b_length + limit ||
        b_length > a_length + limit)
        return limit + 1;
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3],
                 least = (unsigned)i;
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
            least = best < least ? best : least;
        }
        if (least > limit)
            return limit + 1;
    }
    return rows[a_length % 3][b_length];
}

void spans_tokens(const struct quest *quest, const char *text, uint32_t unit, struct spans *spans)
{
    size_t length = strlen(text);
    bool is_number = (unit & UNIT_NUMBER) != 0;
    unsigned limit = length < (is_number ? 2 : 3) ? 0 : length < 7 || is_number ? 1 : 2;
    if (limit == 0)
        return;
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct segment *segment = quest->view->parts[i].segment;
        for (uint32_t j = 0; j < segment->tokens.count; j++) {
            const char *token = name_at(&segment->tokens, j);
            uint32_t other = (uint32_t)segment->tokens.numbers[j];
            if (((other & UNIT_NUMBER) != 0) != is_number)
                continue;
            unsigned apart = letters_apart(text, length, token, strlen(token), limit);
            /* People hit the first letter. */
            int cost = (int)apart * 40 + (token[0] != text[0] ? 15 : 0);
            if (apart > 0 && apart <= limit)
                spans_add(spans, segment, &other, 1, cost);
        }
    }
}
