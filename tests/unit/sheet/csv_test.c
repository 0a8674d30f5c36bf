/* csv_test.c - what the reader takes, what it refuses, and that windows make no difference. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "sheet/csv.h"
#include "unit.h"
#include <inttypes.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(ARENA_LIMIT);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static void add_outcome(struct text_buf *out, enum csv_outcome outcome, const struct csv_reader *reader,
                        const struct csv_record *record)
{
    if (outcome == CSV_PROBLEM) {
        const struct csv_problem *problem = &reader->problem;
        text_add_format(out, "!%s %" PRId64 ":%" PRId64 "%s\n", problem->code, problem->line, problem->column,
                        problem->is_end ? " end" : "");
        return;
    }
    text_add_format(out, "%" PRId64, record->line);
    for (size_t i = 0; i < record->count; i++) {
        assert_int_equal(strlen(record->fields[i].text), record->fields[i].length);
        text_add_format(out, "[%s]", record->fields[i].text);
    }
    text_add(out, "\n");
}

/* All outcomes as text, fed `step` bytes more each time the reader asks. */
static const char *read_in_steps(const char *bytes, size_t length, size_t step)
{
    struct csv_reader reader;
    struct csv_record record;
    struct text_buf out;
    size_t done = 0;
    size_t fed = 0;
    csv_open(&reader, ',');
    text_open(&out, arena, 1 << 20);
    for (;;) {
        enum csv_outcome outcome = csv_next(&reader, arena, &record);
        if (outcome == CSV_END)
            return text_of(&out);
        if (outcome != CSV_MORE) {
            add_outcome(&out, outcome, &reader, &record);
            continue;
        }
        done += reader.at;
        fed = length - fed < step ? length : fed + step;
        /* A copy of exactly these bytes, so that reading past them is seen. */
        csv_feed(&reader, arena_copy(arena, bytes + done, fed - done), fed - done, fed == length);
    }
}

static void assert_reads(const char *bytes, size_t length, const char *expected)
{
    assert_string_equal(read_in_steps(bytes, length, length + 1), expected);
    assert_string_equal(read_in_steps(bytes, length, 1), expected);
    assert_string_equal(read_in_steps(bytes, length, 3), expected);
}

#define READS(bytes, expected) assert_reads(bytes, sizeof(bytes) - 1, expected)

static void every_line_break_ends_a_record(void **state)
{
    (void)state;
    READS("a,b\r\nc\nd\re", "1[a][b]\n2[c]\n3[d]\n4[e]\n");
    READS("a\n", "1[a]\n");
    READS("", "");
}

static void a_bom_is_no_text(void **state)
{
    (void)state;
    READS("\xEF\xBB\xBF\"name\",price", "1[name][price]\n");
    READS("\xEF\xBB\xBF", "");
}

static void empty_lines_are_skipped_and_counted(void **state)
{
    (void)state;
    READS("\n\r\na\n\n\nb\n\n", "3[a]\n6[b]\n");
}

static void empty_cells_are_cells(void **state)
{
    (void)state;
    READS(",\n\"\",x,\n", "1[][]\n2[][x][]\n");
}

static void quotes_hold_commas_quotes_and_line_breaks(void **state)
{
    (void)state;
    READS("\"a,\"\"b\"\"\r\nc\",d\ne", "1[a,\"b\"\r\nc][d]\n3[e]\n");
    READS("\"\"\"\"", "1[\"]\n");
}

static void a_quote_inside_a_plain_field_is_a_character(void **state)
{
    (void)state;
    READS("5\" nail,6 \"x\"\n", "1[5\" nail][6 \"x\"]\n");
}

static void text_after_a_closing_quote_is_told_and_skipped(void **state)
{
    (void)state;
    READS("\"a\"b,c\nd\n", "!text-after-quote 1:4\n2[d]\n");
}

static void a_quote_that_never_closes_is_told_where_it_opens(void **state)
{
    (void)state;
    READS("a,b\nc,\"d\ne,f\n", "1[a][b]\n!unclosed-quote 2:3 end\n");
    READS("\"\"\"", "!unclosed-quote 1:1 end\n");
}

static void bytes_that_are_no_text_are_told_with_their_place(void **state)
{
    (void)state;
    READS("\xE4\xBA\x91,\0x\nb\n", "!nul 1:3\n2[b]\n");
    READS("\xE4\xBA\x91\xE4\xBA\nb\n", "!not-text 1:2\n2[b]\n");
    READS("\"a\nb\xFF\"\nc", "!not-text 2:2\n3[c]\n");
    READS("\xFF\xFE"
          "a\0",
          "!not-text 1:1 end\n");
}

static void too_many_columns_are_refused(void **state)
{
    (void)state;
    char line[2 * CSV_COLUMN_LIMIT + 8];
    memset(line, ',', sizeof line);
    memcpy(line + CSV_COLUMN_LIMIT - 1, "\na", 2);
    assert_reads(line, CSV_COLUMN_LIMIT + 1,
                 arena_format(arena, "1%s\n2[a]\n",
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"
                              "[][][][][][][][][][][][][][][][][][][][]"));
    memset(line, ',', sizeof line);
    memcpy(line + CSV_COLUMN_LIMIT, "\na", 2);
    assert_reads(line, CSV_COLUMN_LIMIT + 2, "!too-many-columns 1:201\n2[a]\n");
}

static void a_field_over_the_limit_is_refused(void **state)
{
    (void)state;
    char *text = arena_alloc(arena, CSV_FIELD_LIMIT + 8);
    memset(text, 'x', CSV_FIELD_LIMIT + 8);
    memcpy(text, "a,", 2);
    memcpy(text + CSV_FIELD_LIMIT + 3, "\nb", 2);
    assert_string_equal(read_in_steps(text, CSV_FIELD_LIMIT + 5, 60000), "!too-long 1:3\n2[b]\n");
    memcpy(text + CSV_FIELD_LIMIT + 2, "\nbb", 3);
    const char *read = read_in_steps(text, CSV_FIELD_LIMIT + 5, 60000);
    assert_true(text_ends(read, "x]\n2[bb]\n"));
}

static void a_record_without_end_is_refused(void **state)
{
    (void)state;
    size_t length = CSV_RECORD_LIMIT + 10;
    char *text = arena_alloc(arena, length);
    memset(text, '\n', length);
    memcpy(text, "a\n\"", 3);
    assert_string_equal(read_in_steps(text, length, length / 2), "1[a]\n!unclosed-quote 2:1 end\n");
    memset(text, ',', length);
    assert_string_equal(read_in_steps(text, length, length - 1), "!too-long 1:1 end\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_break_ends_a_record),
        cmocka_unit_test(a_bom_is_no_text),
        cmocka_unit_test(empty_lines_are_skipped_and_counted),
        cmocka_unit_test(empty_cells_are_cells),
        cmocka_unit_test(quotes_hold_commas_quotes_and_line_breaks),
        cmocka_unit_test(a_quote_inside_a_plain_field_is_a_character),
        cmocka_unit_test(text_after_a_closing_quote_is_told_and_skipped),
        cmocka_unit_test(a_quote_that_never_closes_is_told_where_it_opens),
        cmocka_unit_test(bytes_that_are_no_text_are_told_with_their_place),
        cmocka_unit_test(too_many_columns_are_refused),
        cmocka_unit_test(a_field_over_the_limit_is_refused),
        cmocka_unit_test(a_record_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
