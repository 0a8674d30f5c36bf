/* fuzz_csv.c - any bytes as comma-separated text: the reader ends, keeps its promises, and reads the same in
 * one window and in many small ones.
 *
 * The first byte is the size of the windows' steps; the rest is the text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/text.h"
#include "sheet/csv.h"

struct feed {
    const char *bytes;
    size_t length;
    size_t done; /* bytes that the reader has finished with */
    size_t fed;
    size_t step;
};

/* A window of memory of its own size, so that reading past it is seen. */
static void feed_more(struct feed *feed, struct csv_reader *reader, struct arena *arena)
{
    feed->done += reader->at;
    feed->fed = feed->length - feed->fed < feed->step ? feed->length : feed->fed + feed->step;
    size_t size = feed->fed - feed->done;
    char *window = arena_alloc(arena, size);
    if (size > 0)
        memcpy(window, feed->bytes + feed->done, size);
    csv_feed(reader, window, size, feed->fed == feed->length);
}

static enum csv_outcome next(struct feed *feed, struct csv_reader *reader, struct arena *arena,
                             struct csv_record *record)
{
    enum csv_outcome outcome;
    while ((outcome = csv_next(reader, arena, record)) == CSV_MORE) {
        if (reader->is_last)
            bug("more is asked for behind the end");
        feed_more(feed, reader, arena);
    }
    return outcome;
}

static void check_record(const struct csv_record *record)
{
    if (record->count == 0 || record->count > CSV_COLUMN_LIMIT || record->line < 1)
        bug("a record of %zu columns", record->count);
    for (size_t i = 0; i < record->count; i++)
        if (strlen(record->fields[i].text) != record->fields[i].length ||
            record->fields[i].length > CSV_FIELD_LIMIT ||
            !utf8_is_valid(record->fields[i].text, record->fields[i].length))
            bug("a field that is no text");
}

static void compare_records(const struct csv_record *a, const struct csv_record *b)
{
    if (a->line != b->line || a->count != b->count)
        bug("windows make another record");
    for (size_t i = 0; i < a->count; i++)
        if (!text_is(a->fields[i].text, b->fields[i].text))
            bug("windows make another field");
}

static void compare_problems(const struct csv_problem *a, const struct csv_problem *b)
{
    if (a->line < 1 || a->column < 1 || text_is_blank(a->message))
        bug("a problem without a place");
    if (!text_is(a->code, b->code) || a->line != b->line || a->column != b->column || a->is_end != b->is_end)
        bug("windows make another problem");
}

static void run(struct arena *arena, const char *bytes, size_t length, size_t step)
{
    struct feed whole = {.bytes = bytes, .length = length, .step = length + 1};
    struct feed parts = {.bytes = bytes, .length = length, .step = step};
    struct csv_reader one, other;
    struct csv_record record, same;
    csv_open(&one, ',');
    csv_open(&other, ',');
    for (;;) {
        enum csv_outcome outcome = next(&whole, &one, arena, &record);
        if (next(&parts, &other, arena, &same) != outcome)
            bug("windows make another outcome");
        if (outcome == CSV_END)
            return;
        if (outcome == CSV_PROBLEM) {
            compare_problems(&one.problem, &other.problem);
            continue;
        }
        check_record(&record);
        compare_records(&record, &same);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    struct arena *arena = arena_open(ARENA_LIMIT);
    run(arena, (const char *)bytes + 1, size - 1, (size_t)1 + bytes[0] % 64);
    arena_close(arena);
    return 0;
}
