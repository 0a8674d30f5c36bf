/* sheet_test.c - what the reader makes of files of every kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "sheet/sheet.h"
#include "unit.h"
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static struct ctx ctx;
static char path[] = "/tmp/yundian-sheet-XXXXXX";

static int open_arena(void **state)
{
    (void)state;
    ctx.arena = arena_open(ARENA_LIMIT);
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    unlink(path);
    arena_close(ctx.arena);
    return 0;
}

static void write_file(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static struct sheet_reader *opened(void)
{
    struct sheet_reader *reader;
    err failure = sheet_open(&ctx, path, &reader);
    if (failure)
        fail_msg("%s", failure->detail);
    return reader;
}

/* The rows that are left, as text. */
static const char *rest_of(struct sheet_reader *reader)
{
    struct text_buf out;
    struct sheet_row row;
    enum sheet_outcome outcome;
    text_open(&out, ctx.arena, 1 << 24);
    for (;;) {
        assert_null(sheet_next(&ctx, reader, &row, &outcome));
        if (outcome == SHEET_END)
            return text_of(&out);
        if (outcome == SHEET_PROBLEM) {
            const struct sheet_problem *problem = sheet_problem(reader);
            text_add_format(&out, "!%s %" PRId64 " %s\n", problem->code, problem->number, problem->place);
            continue;
        }
        text_add_int(&out, row.number);
        for (size_t i = 0; i < row.count; i++) {
            assert_int_equal(strlen(row.cells[i].text), row.cells[i].length);
            text_add_format(&out, "[%s]", row.cells[i].text);
        }
        text_add(&out, "\n");
    }
}

static void assert_reads(const char *bytes, size_t length, const char *encoding, char delimiter,
                         const char *expected)
{
    write_file(bytes, length);
    struct sheet_reader *reader = opened();
    int64_t done, total;
    assert_string_equal(sheet_encoding_of(reader), encoding);
    assert_int_equal(sheet_delimiter_of(reader), delimiter);
    assert_string_equal(rest_of(reader), expected);
    sheet_progress(reader, &done, &total);
    assert_int_equal(done, total);
    assert_int_equal(total, length);
    sheet_close(reader);
}

#define READS(bytes, encoding, delimiter, expected)                                                          \
    assert_reads(bytes, sizeof(bytes) - 1, encoding, delimiter, expected)

static void assert_refuses(const char *bytes, size_t length, const char *words)
{
    struct sheet_reader *reader;
    write_file(bytes, length);
    err failure = sheet_open(&ctx, path, &reader);
    assert_non_null(failure);
    assert_null(reader);
    assert_int_equal(failure->code, ERR_INVALID);
    if (!strstr(failure->detail, words))
        fail_msg("%s", failure->detail);
}

#define REFUSES(bytes, words) assert_refuses(bytes, sizeof(bytes) - 1, words)

static void the_encoding_is_found_by_the_bytes(void **state)
{
    (void)state;
    READS("名,b\r\n茶,1", "UTF-8", ',', "1[名][b]\n2[茶][1]\n");
    READS("\xEF\xBB\xBF名,b\n", "UTF-8", ',', "1[名][b]\n");
    READS("\xC3\xFB\xB3\xC6,b\r\n\xB2\xE8,1\r\n", "GB18030", ',', "1[名称][b]\n2[茶][1]\n");
    READS("\xFF\xFE\x0D\x54\t\0b\0\r\0\n\0\x36\x83\t\0\x31\0", "UTF-16", '\t', "1[名][b]\n2[茶][1]\n");
    READS("\xFE\xFF\x54\x0D\0\t\0b\0\n\x83\x36\0\t\0\x31", "UTF-16", '\t', "1[名][b]\n2[茶][1]\n");
    READS("", "UTF-8", ',', "");
    /* Four bytes of GB18030: U+20000. */
    READS("\x95\x32\x82\x36,\xB2\xE8\n", "GB18030", ',', "1[\xF0\xA0\x80\x80][茶]\n");
}

static void a_bad_byte_in_much_good_text_spoils_one_row(void **state)
{
    (void)state;
    READS("名称与很长的一行文字,b\n茶\xFF,1\n杯,2\n", "UTF-8", ',',
          "1[名称与很长的一行文字][b]\n!not-text 2 character 2\n3[杯][2]\n");
}

static void what_is_no_text_is_told_with_its_line(void **state)
{
    (void)state;
    REFUSES("a,b\n\xC3\xFB\xFF\xFF,1\n", "line 2 is neither UTF-8 nor GB18030");
    REFUSES("\xFF\xFE"
            "a\0\n\0\0\xD8"
            "b\0",
            "line 2 is no valid UTF-16");
    REFUSES("\xFF\xFE"
            "a\0\n",
            "UTF-16");
    REFUSES("\x89PNG\r\n\x1A\n", "picture");
    REFUSES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xls");
}

static void the_delimiter_is_found(void **state)
{
    (void)state;
    READS("a;b\n1,5;2\n", "UTF-8", ';', "1[a][b]\n2[1,5][2]\n");
    READS("a\tb, c\n1\t\"2\t3\"\n", "UTF-8", '\t', "1[a][b, c]\n2[1][2\t3]\n");
    READS("\"a;b;c\",d\n1,2\n", "UTF-8", ',', "1[a;b;c][d]\n2[1][2]\n");
    READS("version 1.00\r\ntitle\tcid\r\n茶, 红\t5\r\n", "UTF-8", '\t',
          "1[version 1.00]\n2[title][cid]\n3[茶, 红][5]\n");
    READS("name\na; b\n", "UTF-8", ',', "1[name]\n2[a; b]\n");
}

static void a_mark_before_a_formula_is_taken_away(void **state)
{
    (void)state;
    READS("'=1,'-2,''+3,'x,=4,'\n", "UTF-8", ',', "1[=1][-2]['+3]['x][=4][']\n");
    READS("\"'\t5\",'@6,'\xEF\xBC\x9D", "UTF-8", ',', "1[\t5][@6][\xEF\xBC\x9D]\n");
}

/* Longer than every window and block, with a character across each of their edges. */
static void a_long_file_is_read_whole(void **state)
{
    (void)state;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 400000; i++)
        assert_true(fprintf(file, "\xB2\xE8%d,\xC3\xFB\xB3\xC6\n", i) > 0);
    assert_int_equal(fclose(file), 0);
    struct sheet_reader *reader = opened();
    struct ctx work = ctx;
    work.arena = arena_open((size_t)1 << 20);
    for (int i = 0; i < 400000; i++) {
        struct sheet_row row;
        enum sheet_outcome outcome;
        arena_reset(work.arena);
        assert_null(sheet_next(&work, reader, &row, &outcome));
        assert_int_equal(outcome, SHEET_ROW);
        assert_int_equal(row.number, i + 1);
        assert_string_equal(row.cells[0].text, arena_format(work.arena, "茶%d", i));
        assert_string_equal(row.cells[1].text, "名称");
    }
    arena_close(work.arena);
    assert_string_equal(rest_of(reader), "");
    sheet_close(reader);
}

/* ---- XLSX ---- */

/* What another program says of the file, or does to it. */
static const char *third_party(const char *verb)
{
    char *text = arena_alloc(ctx.arena, 65536);
    const char *script = getenv("YUNDIAN_TEST_THIRD_PARTY");
    assert_non_null(script);
    FILE *output = popen(arena_format(ctx.arena, "/usr/bin/python3 %s %s %s", script, verb, path), "r");
    assert_non_null(output);
    size_t length = fread(text, 1, 65535, output);
    assert_int_equal(pclose(output), 0);
    text[length] = 0;
    return text;
}

static void a_workbook_of_another_program_is_read(void **state)
{
    (void)state;
    third_party("make");
    struct sheet_reader *reader = opened();
    assert_int_equal(sheet_format_of(reader), SHEET_XLSX);
    assert_string_equal(sheet_encoding_of(reader), "XLSX");
    assert_string_equal(
        rest_of(reader),
        "1[名称][条码][价格][日期][时刻][真假][文字]\n"
        "2[茶 & <杯>][6901234567892][12.5][2026-03-01][2026-03-01 08:30:15][TRUE][第一行\n第二行]\n"
        "4[只有一格][][][][][][]\n"
        "6[=1+1][][-0.1][1234567.89][][][]\n");
    int64_t done, total;
    sheet_progress(reader, &done, &total);
    assert_int_equal(done, total);
    sheet_close(reader);
}

static void a_broken_workbook_is_told_and_harms_nothing(void **state)
{
    (void)state;
    third_party("make");
    FILE *file = fopen(path, "rb");
    char *bytes = arena_alloc(ctx.arena, 1 << 16);
    size_t length = fread(bytes, 1, 1 << 16, file);
    assert_int_equal(fclose(file), 0);
    assert_refuses(bytes, length / 2, "damaged");
    for (size_t at = 0; at < length; at += 7) {
        struct sheet_reader *reader;
        char *spoilt = arena_copy(ctx.arena, bytes, length);
        spoilt[at] ^= 0x55;
        write_file(spoilt, length);
        if (!sheet_open(&ctx, path, &reader))
            rest_of(reader);
        sheet_close(reader);
    }
}

static void write_table(enum sheet_format format)
{
    static const char *const texts[] = {"=1+1",   "'=1",        "''x",           "+86 1", "-", "@a",
                                        "\tb",    "a,\"b\"\nc", "\xEF\xBC\x9Dx", "plain", "",  "_x0041_",
                                        "a\r\nb", " x "};
    struct sheet_writer *writer;
    struct text_buf out;
    bool more = true;
    assert_null(sheet_writer_open(&ctx, format, "表", &writer));
    text_open(&out, ctx.arena, 1 << 24);
    sheet_writer_to(writer, &out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        sheet_put_text(writer, texts[i]);
    sheet_end_row(writer);
    sheet_put_int(writer, -42);
    sheet_put_decimal(writer, 1299, 2);
    sheet_put_decimal(writer, 5, 2);
    sheet_put_decimal(writer, -50, 3);
    sheet_put_decimal(writer, 7, 0);
    sheet_put_time(writer, 1772323815000, zone_fixed(480));
    sheet_put_time(writer, 0, zone_fixed(480));
    sheet_put_text(writer, NULL);
    sheet_end_row(writer);
    while (more)
        assert_null(sheet_writer_rest(&ctx, writer, &out, &more));
    sheet_writer_close(writer);
    write_file(text_of(&out), out.len);
}

#define TEXTS                                                                                                \
    "1[=1+1]['=1][''x][+86 1][-][@a][\tb][a,\"b\"\nc][\xEF\xBC\x9Dx][plain][][_x0041_][a\r\nb][ x ]\n"

static void what_is_written_is_what_is_read(void **state)
{
    (void)state;
    write_table(SHEET_CSV);
    struct sheet_reader *reader = opened();
    assert_string_equal(rest_of(reader), TEXTS "4[-42][12.99][0.05][-0.050][7][2026-03-01 08:10:15][][]\n");
    sheet_close(reader);
    write_table(SHEET_XLSX);
    reader = opened();
    assert_string_equal(rest_of(reader),
                        TEXTS "2[-42][12.99][0.05][-0.05][7][2026-03-01 08:10:15][][][][][][][][]\n");
    sheet_close(reader);
}

static void another_program_sees_no_formula(void **state)
{
    (void)state;
    write_table(SHEET_XLSX);
    const char *seen = third_party("print");
    assert_true(text_starts(seen, "s:'=1+1|s:''=1|s:''x|s:'+86 1|s:'-|s:'@a|"));
    assert_non_null(strstr(seen, "\nn:-42|n:12.99|n:0.05|n:-0.05|n:7|d:2026-03-01 08:10:15|"));
    assert_null(strstr(seen, "f:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_encoding_is_found_by_the_bytes),
        cmocka_unit_test(a_bad_byte_in_much_good_text_spoils_one_row),
        cmocka_unit_test(what_is_no_text_is_told_with_its_line),
        cmocka_unit_test(the_delimiter_is_found),
        cmocka_unit_test(a_mark_before_a_formula_is_taken_away),
        cmocka_unit_test(a_long_file_is_read_whole),
        cmocka_unit_test(a_workbook_of_another_program_is_read),
        cmocka_unit_test(a_broken_workbook_is_told_and_harms_nothing),
        cmocka_unit_test(what_is_written_is_what_is_read),
        cmocka_unit_test(another_program_sees_no_formula),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
