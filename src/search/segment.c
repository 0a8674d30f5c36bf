/* segment.c - batches are gathered, segments are laid out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/segment.h"

#include "base/error.h"

#define CACHE_LINE 64
#define VALUE_LIMIT 65535

/* ---- batches ---- */

static void add_unit(struct batch *batch, uint32_t unit)
{
    batch->units = room_for(batch->units, batch->unit_count, 1, &batch->unit_capacity, sizeof *batch->units);
    batch->units[batch->unit_count++] = unit;
}

/* The units of a text, and behind them the measures that stand in it. */
static void add_text(struct batch *batch, const struct letters *letters, const char *text, size_t limit,
                     uint32_t measures[8], size_t *measure_count)
{
    struct words *words = &batch->words;
    size_t used;
    words_read(words, letters, text, strlen(text), limit);
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->items[i];
        add_unit(batch, word->unit);
        if (!unit_is_token(word->unit))
            continue;
        name_add(&batch->tokens, word->unit & UNIT_VALUE, word_text(words, word));
        uint32_t measure = *measure_count < 8 ? measure_read(words, text, i, &used) : 0;
        if (measure)
            measures[(*measure_count)++] = measure;
    }
}

static void add_marks(struct batch *batch, const struct search_document *document)
{
    size_t count = document->mark_count < SEARCH_MARK_LIMIT ? document->mark_count : SEARCH_MARK_LIMIT;
    batch->marks =
        room_for(batch->marks, batch->mark_count, count, &batch->mark_capacity, sizeof *batch->marks);
    for (size_t i = 0; i < count && batch->values.names.count < VALUE_LIMIT; i++)
        batch->marks[batch->mark_count++] =
            name_add(&batch->values, document->marks[i].facet_id, document->marks[i].value);
}

static struct draft *open_draft(struct batch *batch)
{
    batch->drafts = room_for(batch->drafts, batch->count, 1, &batch->capacity, sizeof *batch->drafts);
    struct draft *draft = &batch->drafts[batch->count];
    *draft = (struct draft){.place = (uint32_t)batch->count++,
                            .unit_start = (uint32_t)batch->unit_count,
                            .mark_start = (uint32_t)batch->mark_count};
    return draft;
}

static uint32_t clamped(int64_t number, int64_t most)
{
    return (uint32_t)(number < 0 ? 0 : number > most ? most : number);
}

void batch_add(struct batch *batch, const struct letters *letters, const struct search_document *document)
{
    struct draft *draft = open_draft(batch);
    uint32_t measures[8];
    size_t measure_count = 0;
    draft->id = document->id;
    draft->price = document->price;
    draft->created_at = document->created_at;
    draft->sales = clamped(document->sales, UINT32_MAX);
    draft->rating = (uint16_t)clamped(document->rating, UINT16_MAX);
    add_text(batch, letters, document->title, TITLE_UNITS, measures, &measure_count);
    draft->title_count = (uint16_t)(batch->unit_count - draft->unit_start);
    for (size_t i = 0; i < document->text_count && i < SEARCH_TEXT_LIMIT; i++) {
        size_t have = batch->unit_count - draft->unit_start - draft->title_count;
        if (have + 1 >= OTHER_UNITS)
            break;
        add_unit(batch, UNIT_WALL);
        add_text(batch, letters, document->texts[i], OTHER_UNITS - have - 1, measures, &measure_count);
    }
    for (size_t i = 0; i < measure_count; i++) {
        add_unit(batch, UNIT_WALL);
        add_unit(batch, measures[i]);
    }
    draft->unit_count = (uint32_t)(batch->unit_count - draft->unit_start);
    add_marks(batch, document);
    draft->mark_count = (uint32_t)(batch->mark_count - draft->mark_start);
}

/* The text of a token; NULL for a measure, which has none. */
static const char *token_text(const struct segment *segment, uint32_t unit)
{
    int64_t number = unit & UNIT_VALUE;
    uint32_t low = 0, high = segment->tokens.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (segment->tokens.numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < segment->tokens.count && segment->tokens.numbers[low] == number
               ? name_at(&segment->tokens, low)
               : NULL;
}

void batch_copy(struct batch *batch, const struct segment *from, uint32_t place)
{
    struct draft *draft = open_draft(batch);
    uint32_t count;
    const uint32_t *units = units_of(from, place, &count);
    draft->id = from->facts[place].id;
    draft->price = from->offers[place].price;
    draft->created_at = from->facts[place].created_at;
    draft->sales = from->offers[place].sales;
    draft->rating = from->facts[place].rating;
    draft->title_count = from->facts[place].title_count;
    draft->unit_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const char *text = unit_is_token(units[i]) ? token_text(from, units[i]) : NULL;
        add_unit(batch, units[i]);
        if (text)
            name_add(&batch->tokens, units[i] & UNIT_VALUE, text);
    }
    const struct offer *offer = &from->offers[place];
    draft->mark_count = offer->mark_count;
    batch->marks = room_for(batch->marks, batch->mark_count, draft->mark_count, &batch->mark_capacity,
                            sizeof *batch->marks);
    for (uint32_t i = 0; i < draft->mark_count; i++) {
        uint16_t value = mark_at(from, offer, i);
        batch->marks[batch->mark_count++] =
            name_add(&batch->values, from->values.numbers[value], name_at(&from->values, value));
    }
}

void batch_clear(struct batch *batch)
{
    batch->count = batch->unit_count = batch->mark_count = 0;
    name_table_close(&batch->values);
    name_table_close(&batch->tokens);
}

void batch_close(struct batch *batch)
{
    free(batch->drafts);
    free(batch->units);
    free(batch->marks);
    name_table_close(&batch->values);
    name_table_close(&batch->tokens);
    words_close(&batch->words);
    *batch = (struct batch){0};
}

static int compare_drafts(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

void batch_sort(struct batch *batch)
{
    size_t kept = 0;
    if (batch->count > 0)
        qsort(batch->drafts, batch->count, sizeof *batch->drafts, compare_drafts);
    for (size_t i = 0; i < batch->count; i++)
        if (i + 1 == batch->count || batch->drafts[i + 1].id != batch->drafts[i].id)
            batch->drafts[kept++] = batch->drafts[i];
    batch->count = kept;
}

/* ---- segments ---- */

static uint32_t far_count(const struct draft *draft)
{
    return draft->mark_count > NEAR_MARKS ? draft->mark_count - NEAR_MARKS : 0;
}

static struct offer *offers_new(size_t count)
{
    struct offer *offers = aligned_alloc(CACHE_LINE, (count * sizeof *offers / CACHE_LINE + 1) * CACHE_LINE);
    if (!offers)
        abort();
    return offers;
}

/* `values` are the places of the batch's values among those of the segment. */
static void fill_offer(struct segment *segment, uint32_t place, uint32_t far_start, const struct batch *batch,
                       const struct draft *draft, const uint32_t *values)
{
    struct offer *offer = &segment->offers[place];
    *offer = (struct offer){.price = draft->price,
                            .sales = draft->sales,
                            .far_start = far_start,
                            .mark_count = (uint16_t)draft->mark_count};
    for (uint32_t i = 0; i < draft->mark_count; i++) {
        uint16_t value = (uint16_t)values[batch->marks[draft->mark_start + i]];
        if (i < NEAR_MARKS)
            offer->near[i] = value;
        else
            segment->far_marks[far_start + i - NEAR_MARKS] = value;
    }
}

static void fill_columns(struct segment *segment, const struct batch *batch, size_t first,
                         const uint32_t *values)
{
    uint32_t unit_at = 0, far_at = 0;
    for (uint32_t i = 0; i < segment->count; i++) {
        const struct draft *draft = &batch->drafts[first + i];
        fill_offer(segment, i, far_at, batch, draft, values);
        segment->facts[i] =
            (struct fact){.id = draft->id,
                          .created_at = draft->created_at,
                          .unit_start = unit_at,
                          .first_unit = draft->unit_count ? batch->units[draft->unit_start] : 0,
                          .rating = draft->rating,
                          .title_count = draft->title_count};
        if (draft->unit_count)
            memcpy(segment->units + unit_at, batch->units + draft->unit_start,
                   draft->unit_count * sizeof *batch->units);
        unit_at += draft->unit_count;
        far_at += far_count(draft);
    }
    segment->facts[segment->count].unit_start = unit_at;
}

static size_t names_bytes(const struct names *names)
{
    return names->count * (sizeof *names->numbers + sizeof *names->offsets) + names->char_count;
}

struct segment *segment_build(const struct batch *batch, size_t first, size_t count,
                              const struct letters *letters)
{
    size_t units = 0, far_marks = 0;
    struct segment *segment = must_have(1, sizeof *segment);
    for (size_t i = 0; i < count; i++) {
        units += batch->drafts[first + i].unit_count;
        far_marks += far_count(&batch->drafts[first + i]);
    }
    uint32_t *values, *tokens;
    atomic_init(&segment->holders, 1);
    segment->count = (uint32_t)count;
    segment->offers = offers_new(count);
    segment->facts = must_have(count + 1, sizeof *segment->facts);
    segment->units = must_have(units, sizeof *segment->units);
    segment->far_marks = must_have(far_marks, sizeof *segment->far_marks);
    segment->values = names_sort(&batch->values, &values);
    segment->tokens = names_sort(&batch->tokens, &tokens);
    fill_columns(segment, batch, first, values);
    free(values);
    free(tokens);
    segment->bytes = sizeof *segment + count * (sizeof *segment->offers + sizeof *segment->facts) +
                     units * 4 + far_marks * 2 + names_bytes(&segment->values) +
                     names_bytes(&segment->tokens);
    if (count > SCAN_LIMIT)
        postings_build(segment, letters);
    return segment;
}

void segment_hold(struct segment *segment)
{
    atomic_fetch_add(&segment->holders, 1);
}

void segment_release(struct segment *segment)
{
    if (atomic_fetch_sub(&segment->holders, 1) != 1)
        return;
    void *parts[] = {segment->offers, segment->facts,      segment->units,   segment->far_marks,
                     segment->keys,   segment->key_starts, segment->postings};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        free(parts[i]);
    names_close(&segment->values);
    names_close(&segment->tokens);
    free(segment);
}

uint32_t segment_find(const struct segment *segment, int64_t id)
{
    uint32_t low = 0, high = segment->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (segment->facts[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < segment->count && segment->facts[low].id == id ? low : UINT32_MAX;
}

char first_letter(const struct letters *letters, const struct segment *segment, uint32_t unit)
{
    uint16_t sound = letter_sound(letters, unit & UNIT_VALUE);
    if (!unit_is_token(unit))
        return letters->syllables[sound].name[0]; /* the first syllable is none, and has no letters */
    const char *text = token_text(segment, unit);
    if (!text || (unsigned char)text[0] >= 0x80)
        return 0;
    return text[0];
}
