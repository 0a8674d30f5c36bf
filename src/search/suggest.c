/* suggest.c - what is being typed may become: the most common words of the space that begin so.
 *
 * Parts of titles that begin with what was typed, in characters, pinyin or initials, are continued as long as
 * most of the titles go on alike: 蓝牙 becomes 蓝牙耳机 and 蓝牙音箱. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#include "base/text.h"

/* Units that a suggestion is longer than what was typed. */
#define MORE_UNITS 5
#define LOOK_LIMIT 2000
#define TYPED_UNITS 8

struct typing {
    struct quest quest;
    struct asked asked;
    const char *letters; /* when only letters were typed, else NULL */
    struct spans spans;
};

/* Adds the part and each of its continuations up to a gap. */
static void add_continuations(struct typing *typing, const struct segment *segment, const uint32_t *units,
                              uint32_t length, uint32_t left)
{
    for (uint32_t more = 0; more <= MORE_UNITS && length + more <= left && length + more <= SPAN_UNITS;
         more++) {
        const uint32_t last = units[length + more - 1];
        if (more > 0 && (last == UNIT_WALL || (last & (UNIT_GAP | UNIT_NUMBER))))
            return;
        spans_add(&typing->spans, segment, units, length + more, 0);
    }
}

/* Units from here on that begin with what was typed, 0 = they do not. The last typed token may go on. */
static uint32_t typed_length(const struct typing *typing, const struct reach *last, const uint32_t *units,
                             uint32_t left)
{
    const struct asked *asked = &typing->asked;
    if (asked->count > left)
        return 0;
    for (size_t i = 0; i < asked->count; i++) {
        bool is_last = i + 1 == asked->count;
        bool fits = ((units[i] ^ asked->units[i]) & UNIT_VALUE) == 0 ||
                    (is_last && reach_has_other(last, units[i] & UNIT_VALUE));
        if (!fits)
            return 0;
    }
    return (uint32_t)asked->count;
}

/* Units whose readings begin with the letters: whole ones, the last may be a part of one; or first letters.
 */
static uint32_t read_length(const struct typing *typing, const uint32_t *units, uint32_t left)
{
    const char *at = typing->letters;
    uint32_t whole = 0, initials = 0;
    for (; *at && whole < left && whole < SPAN_UNITS; whole++) {
        const struct syllable *syllable = reading_of(typing->quest.letters, units[whole], false);
        size_t rest = strlen(at);
        size_t length = syllable && rest > syllable->length ? syllable->length : rest;
        if (!syllable || strncmp(at, syllable->name, length) != 0)
            break;
        at += length;
    }
    if (!*at)
        return whole;
    for (at = typing->letters; *at && initials < left && initials < SPAN_UNITS; at++, initials++) {
        const struct syllable *syllable = reading_of(typing->quest.letters, units[initials], false);
        if (!syllable || syllable->name[0] != *at)
            return 0;
    }
    return *at || initials < 2 ? 0 : initials;
}

static void look(struct typing *typing, const struct segment *segment, const struct reach *last,
                 uint32_t place)
{
    uint32_t count, title = segment->facts[place].title_count;
    const uint32_t *units = units_of(segment, place, &count);
    for (uint32_t i = 0; i < title; i++) {
        uint32_t length = typed_length(typing, last, units + i, title - i);
        if (length == 0 && typing->letters)
            length = read_length(typing, units + i, title - i);
        if (length == 0)
            continue;
        add_continuations(typing, segment, units + i, length, title - i);
        return;
    }
}

/* Places of a large segment by what was typed first. */
static uint8_t *points_of(const struct typing *typing, const struct segment *segment,
                          const struct reach *last)
{
    uint8_t *points = arena_alloc(typing->quest.arena, segment->count);
    const struct asked *asked = &typing->asked;
    if (asked->count == 1 || unit_is_token(asked->units[0]))
        add_points(segment, UNIT_IN_TITLE, asked->units[0], 0, 2, points);
    for (size_t i = 0; i + 1 < asked->count; i++)
        add_points(segment, PAIR_IN_TITLE, asked->units[i], asked->units[i + 1], 2, points);
    for (size_t i = 0; i < last->other_count; i++)
        add_points(segment, UNIT_IN_TITLE, last->others[i], 0, 2, points);
    if (!typing->letters)
        return points;
    size_t length = strlen(typing->letters);
    for (size_t n = 2; n <= length && n < SYLLABLE_BYTES; n++) {
        uint16_t sound = syllable_find(typing->quest.letters, typing->letters, n);
        if (sound)
            add_points(segment, SOUND_ANYWHERE, typing->quest.letters->syllables[sound].fuzzy, 0, 1, points);
    }
    for (size_t i = 0; i + 1 < length && i < 3; i++)
        add_points(segment, FIRST_LETTERS, (uint32_t)typing->letters[i], (uint32_t)typing->letters[i + 1], 1,
                   points);
    return points;
}

static void look_at_part(struct typing *typing, const struct part *part)
{
    struct reach last;
    uint32_t count;
    reach_find(&typing->quest, part->segment, &typing->asked, typing->asked.run_count - 1,
               typing->asked.count - 1, &last);
    const uint8_t *points = part->segment->key_count > 0 ? points_of(typing, part->segment, &last) : NULL;
    const uint32_t *places = best_places(&typing->quest, part, points, 1, &count);
    for (uint32_t i = 0; i < count; i++)
        look(typing, part->segment, &last, places[i]);
}

/* What is longer stands for what is shorter when most of its titles go on so; what few have is left out. */
static bool is_worth(const struct spans *spans, const struct span *span, size_t typed)
{
    if (span->count < typed || (span->count == 1 && !unit_is_token(span->units[0])))
        return false;
    for (size_t i = 0; i < spans->count; i++) {
        const struct span *other = &spans->list[i];
        if (other->count == span->count + 1 &&
            memcmp(other->units, span->units, span->count * sizeof *span->units) == 0 &&
            other->documents * 10 >= span->documents * 7)
            return false;
        bool is_shorter = other->count < span->count &&
                          memcmp(other->units, span->units, other->count * sizeof *span->units) == 0;
        if (is_shorter && span->documents * 8 < other->documents)
            return false;
    }
    return true;
}

static const char *span_text(struct typing *typing, const struct span *span)
{
    struct asked asked = {.count = span->count, .run_count = 1, .runs = {{0, span->count, false, false}}};
    for (uint32_t i = 0; i < span->count; i++) {
        asked.units[i] = span->units[i];
        asked.texts[i] = unit_text(&typing->quest, span->segment, span->units[i]);
    }
    return asked_text(typing->quest.arena, &asked);
}

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->documents != y->documents)
        return x->documents > y->documents ? -1 : 1;
    return x->count != y->count ? (x->count > y->count) - (x->count < y->count)
                                : memcmp(x->units, y->units, x->count * sizeof *x->units);
}

static size_t take(struct typing *typing, struct search_suggestion *out, size_t limit)
{
    struct spans *spans = &typing->spans;
    struct span *best = arena_alloc_many(typing->quest.arena, LOOK_LIMIT, sizeof *best);
    size_t count = 0, taken = 0;
    qsort(spans->list, spans->count, sizeof *spans->list, compare_spans);
    /* The rarest of many thousands are no words of the space. */
    spans->count = spans->count < 600 ? spans->count : 600;
    for (size_t i = 0; i < spans->count && count < LOOK_LIMIT; i++)
        if (is_worth(spans, &spans->list[i], typing->letters ? 1 : typing->asked.count))
            best[count++] = spans->list[i];
    for (size_t i = 0; i < count && taken < limit; i++)
        out[taken++] = (struct search_suggestion){span_text(typing, &best[i]), best[i].documents};
    return taken;
}

size_t search_suggest(struct search_index *index, struct arena *arena, int64_t space_id, const char *typed,
                      struct search_suggestion *out, size_t limit)
{
    struct view *view = view_take(index, space_id);
    size_t taken = 0;
    if (!view)
        return 0;
    struct arena *scratch = scratch_take(index);
    struct typing *typing = arena_alloc(scratch, sizeof *typing);
    typing->quest = (struct quest){.arena = scratch, .letters = letters_get(), .view = view};
    asked_read(scratch, typing->quest.letters, typed, &typing->asked);
    if (typing->asked.run_count > 0 && typing->asked.count <= TYPED_UNITS && limit > 0) {
        const char *text = typing->asked.texts[0];
        bool is_letters =
            typing->asked.count == 1 && strspn(text, "abcdefghijklmnopqrstuvwxyz") == strlen(text);
        typing->letters = is_letters ? text : NULL;
        spans_open(scratch, &typing->spans);
        for (size_t i = 0; i < view->count; i++)
            look_at_part(typing, &view->parts[i]);
        taken = take(typing, out, limit < SEARCH_SUGGESTION_LIMIT ? limit : SEARCH_SUGGESTION_LIMIT);
    }
    for (size_t i = 0; i < taken; i++)
        out[i].text = arena_copy_text(arena, out[i].text);
    scratch_give(index, scratch);
    view_release(view);
    return taken;
}
