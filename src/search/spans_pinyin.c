/* spans_pinyin.c - parts of texts that were typed as letters: whole readings, with mistakes, or shortened. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#define READING_LIMIT 1400 /* letters of a text */
#define WRONG_LETTER 55
#define SHORTENED 30
#define LONGEST_READING 6
#define MEMO_BITS 9
#define MEMO (1U << MEMO_BITS)

const struct syllable *reading_of(const struct letters *letters, uint32_t unit, bool is_second)
{
    uint16_t sound = unit_is_token(unit) ? 0
                     : is_second         ? letter_second(letters, unit & UNIT_VALUE)
                                         : letter_sound(letters, unit & UNIT_VALUE);
    return sound ? &letters->syllables[sound] : NULL;
}

/* ---- a text as letters ---- */

struct reading {
    char letters[READING_LIMIT + SYLLABLE_BYTES];
    size_t count;
    uint16_t starts[TITLE_UNITS + OTHER_UNITS +
                    1]; /* of each unit; the same as the next one's for what has no reading */
    /* Of each unit: letters that are wrong at least in what ends before it (up to twice as many when two are
     * swapped). */
    uint8_t wrong[TITLE_UNITS + OTHER_UNITS + 1];
};

/* How a unit is read. */
struct memo {
    uint32_t unit; /* with UNIT_GAP, so that none is 0 */
    const struct syllable *syllable;
};

struct wanted {
    const struct quest *quest;
    const char *text;
    size_t length;
    unsigned limit; /* wrong letters */
    uint64_t masks[128];
    struct memo memo[MEMO]; /* texts of a shop have the same few hundred characters */
};

/* The usual reading, or the other one when the letters have only that. */
static const struct syllable *reading_for(const struct wanted *wanted, uint32_t unit)
{
    const struct syllable *first = reading_of(wanted->quest->letters, unit, false);
    const struct syllable *second = reading_of(wanted->quest->letters, unit, true);
    bool is_other =
        second && !strstr(wanted->text, first ? first->name : "?") && strstr(wanted->text, second->name);
    return is_other ? second : first;
}

static const struct syllable *recall(struct wanted *wanted, uint32_t unit)
{
    struct memo *memo = &wanted->memo[unit * 2654435761U >> (32 - MEMO_BITS)];
    if (memo->unit != (unit | UNIT_GAP))
        *memo = (struct memo){unit | UNIT_GAP, reading_for(wanted, unit)};
    return memo->syllable;
}

static void read_units(struct wanted *wanted, const uint32_t *units, uint32_t count, struct reading *reading)
{
    reading->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct syllable *syllable = recall(wanted, units[i] & UNIT_VALUE);
        reading->starts[i] = (uint16_t)reading->count;
        if (!syllable && reading->count < READING_LIMIT)
            reading->letters[reading->count++] = ' '; /* nobody types it, so nothing is read across it */
        if (syllable && reading->count < READING_LIMIT) {
            memcpy(reading->letters + reading->count, syllable->name, SYLLABLE_BYTES);
            reading->count += syllable->length;
        }
    }
    reading->starts[count] = (uint16_t)reading->count;
}

/* The least number of wrong letters anywhere in a text (Myers 1999), and whether it is within the limit. */
static bool is_read_near(const struct wanted *wanted, uint32_t count, struct reading *reading)
{
    uint64_t up = ~UINT64_C(0), down = 0, last = UINT64_C(1) << (wanted->length - 1);
    size_t wrong = wanted->length;
    uint32_t unit = 0;
    bool is_near = false;
    for (size_t i = 0; i < reading->count; i++) {
        while (reading->starts[unit] == i)
            reading->wrong[unit++] = (uint8_t)wrong;
        uint64_t same = wanted->masks[(unsigned char)reading->letters[i] & 127];
        uint64_t vertical = same | down;
        uint64_t diagonal = (((same & up) + up) ^ up) | same;
        uint64_t plus = down | ~(diagonal | up), minus = up & diagonal;
        wrong += (plus & last) != 0;
        wrong -= (minus & last) != 0;
        plus <<= 1;
        minus <<= 1;
        up = minus | ~(vertical | plus);
        down = plus & vertical;
        is_near = is_near || wrong <= wanted->limit;
    }
    while (unit <= count)
        reading->wrong[unit++] = (uint8_t)wrong;
    return is_near;
}

/* The first whole characters that are read exactly so: nothing comes nearer, so nothing need be compared. */
static bool is_read_so(const struct wanted *wanted, const struct reading *reading, uint32_t count,
                       uint32_t *start, uint32_t *end)
{
    for (*start = 0; *start < count; ++*start) {
        size_t at = reading->starts[*start], stop = at + wanted->length;
        if (reading->letters[at] != wanted->text[0] || stop > reading->count ||
            memcmp(reading->letters + at, wanted->text, wanted->length) != 0)
            continue;
        for (*end = *start + 1; *end < count && reading->starts[*end] < stop;)
            ++*end;
        if (reading->starts[*end] == stop && *end - *start <= SPAN_UNITS)
            return true;
    }
    return false;
}

/* Adds the whole characters that are read most like it. */
static void add_read(struct wanted *wanted, const struct segment *segment, uint32_t place,
                     struct spans *spans)
{
    struct reading reading;
    uint32_t count, best_start = 0, best_end = 0;
    const uint32_t *units = units_of(segment, place, &count);
    unsigned best = wanted->limit + 1;
    read_units(wanted, units, count, &reading);
    if (is_read_so(wanted, &reading, count, &best_start, &best_end)) {
        spans_add(spans, segment, units + best_start, best_end - best_start, 0);
        return;
    }
    best_end = 0;
    if (!is_read_near(wanted, count, &reading))
        return;
    for (uint32_t start = 0; start < count && best > 0; start++)
        for (uint32_t end = start + 1; end <= count && end - start <= SPAN_UNITS; end++) {
            size_t length = (size_t)(reading.starts[end] - reading.starts[start]);
            if (length > wanted->length + wanted->limit)
                break;
            if (length + wanted->limit < wanted->length || reading.wrong[end] > 2 * (best - 1))
                continue;
            unsigned wrong = letters_apart(wanted->text, wanted->length,
                                           reading.letters + reading.starts[start], length, best - 1);
            if (wrong < best) {
                best = wrong;
                best_start = start;
                best_end = end;
            }
        }
    if (best_end > 0)
        spans_add(spans, segment, units + best_start, best_end - best_start, (int)best * WRONG_LETTER);
}

/* Points for each reading that begins or ends where readings from the beginning, or to the end, have led. */
static uint8_t *points_of(const struct wanted *wanted, const struct segment *segment)
{
    const struct letters *letters = wanted->quest->letters;
    uint8_t *points = arena_alloc(wanted->quest->arena, segment->count);
    bool from_start[PINYIN_LETTERS + 1] = {true}, to_end[PINYIN_LETTERS + 1] = {false},
                                     is_counted[SYLLABLE_LIMIT] = {false};
    to_end[wanted->length] = true;
    for (size_t i = 0; i < wanted->length; i++)
        for (size_t n = 1; from_start[i] && n <= LONGEST_READING && i + n <= wanted->length; n++)
            from_start[i + n] |= syllable_find(letters, wanted->text + i, n) != 0;
    for (size_t i = wanted->length; i-- > 0;)
        for (size_t n = 1; n <= LONGEST_READING && i + n <= wanted->length; n++)
            to_end[i] |= to_end[i + n] && syllable_find(letters, wanted->text + i, n) != 0;
    for (size_t i = 0; i < wanted->length; i++)
        for (size_t n = 1; n <= LONGEST_READING && i + n <= wanted->length; n++) {
            bool is_open = to_end[0] ? from_start[i] && to_end[i + n] : from_start[i] || to_end[i + n];
            uint16_t sound = is_open ? syllable_find(letters, wanted->text + i, n) : 0;
            uint16_t group = letters->syllables[sound].fuzzy;
            if (!sound || is_counted[group])
                continue;
            is_counted[group] = true;
            add_points(segment, SOUND_ANYWHERE, group, 0, (unsigned)n, points);
        }
    return points;
}

void spans_read_as(const struct quest *quest, const char *letters, struct spans *spans)
{
    struct wanted wanted = {.quest = quest, .text = letters, .length = strlen(letters)};
    uint32_t place_count;
    if (wanted.length < 2 || wanted.length > PINYIN_LETTERS)
        return;
    wanted.limit = wanted.length < 5 ? 0 : wanted.length < 7 ? 1 : 2;
    for (size_t i = 0; i < wanted.length; i++)
        wanted.masks[(unsigned char)letters[i] & 127] |= UINT64_C(1) << i;
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct part *part = &quest->view->parts[i];
        const uint8_t *points = part->segment->key_count > 0 ? points_of(&wanted, part->segment) : NULL;
        const uint32_t *places = best_places(quest, part, points, 2, &place_count);
        for (uint32_t j = 0; j < place_count; j++)
            add_read(&wanted, part->segment, places[j], spans);
    }
}

/* ---- shortened ---- */

/* How many units from `at` on are given by the letters, 0 = they are not. *whole counts those given whole. */
static uint32_t shortened_length(const struct quest *quest, const uint32_t *units, uint32_t left,
                                 const char *letters, uint32_t depth, unsigned *whole)
{
    if (!*letters)
        return depth;
    if (left == 0 || depth == SPAN_UNITS)
        return 0;
    for (int i = 0; i < 2; i++) {
        const struct syllable *syllable = reading_of(quest->letters, *units, i == 1);
        if (!syllable || syllable->name[0] != letters[0])
            continue;
        unsigned below = 0;
        uint32_t count = 0;
        bool is_whole = syllable->length > 1 && strncmp(letters, syllable->name, syllable->length) == 0;
        if (is_whole)
            count =
                shortened_length(quest, units + 1, left - 1, letters + syllable->length, depth + 1, &below);
        if (count == 0) {
            is_whole = false;
            below = 0;
            count = shortened_length(quest, units + 1, left - 1, letters + 1, depth + 1, &below);
        }
        if (count > 0) {
            *whole = below + is_whole;
            return count;
        }
    }
    return 0;
}

static void add_shortened(const struct quest *quest, const struct segment *segment, uint32_t place,
                          const char *letters, struct spans *spans)
{
    uint32_t count;
    const uint32_t *units = units_of(segment, place, &count);
    for (uint32_t i = 0; i < count; i++) {
        unsigned whole = 0;
        uint32_t length = shortened_length(quest, units + i, count - i, letters, 0, &whole);
        if (length < 2)
            continue;
        spans_add(spans, segment, units + i, length, SHORTENED);
        return;
    }
}

void spans_shortened(const struct quest *quest, const char *letters, struct spans *spans)
{
    size_t length = strlen(letters);
    uint32_t place_count;
    if (length < 2 || length > PINYIN_LETTERS)
        return;
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct part *part = &quest->view->parts[i];
        uint8_t *points =
            part->segment->key_count > 0 ? arena_alloc(quest->arena, part->segment->count) : NULL;
        for (size_t j = 0; points && j + 1 < length; j++)
            add_points(part->segment, FIRST_LETTERS, (uint32_t)letters[j], (uint32_t)letters[j + 1], 1,
                       points);
        unsigned least = length > 4 ? (unsigned)length / 2 : (unsigned)length - 1;
        const uint32_t *places = best_places(quest, part, points, least, &place_count);
        for (uint32_t j = 0; j < place_count; j++)
            add_shortened(quest, part->segment, places[j], letters, spans);
    }
}
