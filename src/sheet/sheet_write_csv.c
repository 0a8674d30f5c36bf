/* sheet_write_csv.c - writing tables: CSV here, XLSX behind it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include <string.h>
#include <time.h>

#define WRITER_BYTES ((size_t)16 << 20)
#define DIGITS_LIMIT 18

struct sheet_writer {
    struct arena *arena;
    struct book *book; /* NULL for CSV */
    struct text_buf *out;
    bool is_begun;
    bool is_in_row;
};

err sheet_writer_open(struct ctx *ctx, enum sheet_format format, const char *title,
                      struct sheet_writer **made)
{
    struct arena *arena = arena_open(WRITER_BYTES);
    struct sheet_writer *writer = arena_alloc(arena, sizeof *writer);
    *made = NULL;
    writer->arena = arena;
    if (format == SHEET_XLSX) {
        err failure = book_open(ctx, arena, title, &writer->book);
        if (failure) {
            arena_close(arena);
            return failure;
        }
    }
    *made = writer;
    return NULL;
}

void sheet_writer_to(struct sheet_writer *writer, struct text_buf *out)
{
    writer->out = out;
    if (!writer->is_begun && !writer->book)
        text_add(out, "\xEF\xBB\xBF");
    writer->is_begun = true;
}

static void begin_cell(struct sheet_writer *writer)
{
    if (writer->is_in_row)
        text_add_char(writer->out, ',');
    writer->is_in_row = true;
}

static void add_quoted(struct text_buf *out, const char *text, bool is_marked)
{
    text_add_char(out, '"');
    if (is_marked)
        text_add_char(out, '\'');
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        text_add_bytes(out, text, (size_t)(quote - text) + 1);
        text_add_char(out, '"');
    }
    text_add(out, text);
    text_add_char(out, '"');
}

void sheet_put_text(struct sheet_writer *writer, const char *text)
{
    text = text ? text : "";
    size_t length = strlen(text);
    bool is_marked = length > 0 && formula_is_like(text, length);
    if (writer->book) {
        book_put_text(writer->book, text, is_marked);
        return;
    }
    begin_cell(writer);
    if (strcspn(text, ",;\t\"\r\n") < length) {
        add_quoted(writer->out, text, is_marked);
        return;
    }
    if (is_marked)
        text_add_char(writer->out, '\'');
    text_add_bytes(writer->out, text, length);
}

void sheet_put_int(struct sheet_writer *writer, int64_t number)
{
    if (writer->book) {
        book_put_int(writer->book, number);
        return;
    }
    char text[TEXT_INT_BYTES];
    begin_cell(writer);
    text_add_bytes(writer->out, text, text_write_int(number, text));
}

void sheet_put_decimal(struct sheet_writer *writer, int64_t minor, int digits)
{
    if (writer->book) {
        book_put_decimal(writer->book, minor, digits);
        return;
    }
    char text[TEXT_INT_BYTES];
    char zeros[DIGITS_LIMIT + 1];
    begin_cell(writer);
    if (minor < 0)
        text_add_char(writer->out, '-');
    size_t length = text_write_int(minor < 0 ? -minor : minor, text);
    size_t behind = digits < 0 ? 0 : digits > DIGITS_LIMIT ? DIGITS_LIMIT : (size_t)digits;
    size_t missing = length > behind ? 0 : behind + 1 - length;
    memset(zeros, '0', sizeof zeros);
    if (missing > 0) {
        text_add_char(writer->out, '0');
        if (behind > 0)
            text_add_char(writer->out, '.');
        text_add_bytes(writer->out, zeros, missing - 1);
        text_add_bytes(writer->out, text, length);
        return;
    }
    text_add_bytes(writer->out, text, length - behind);
    if (behind > 0) {
        text_add_char(writer->out, '.');
        text_add_bytes(writer->out, text + length - behind, behind);
    }
}

void sheet_put_time(struct sheet_writer *writer, int64_t at, struct zone zone)
{
    if (writer->book) {
        book_put_time(writer->book, at, zone);
        return;
    }
    begin_cell(writer);
    if (at == 0)
        return;
    char text[40];
    struct tm parts;
    time_t seconds = (time_t)(at / 1000 + zone_offset(zone, at));
    if (gmtime_r(&seconds, &parts))
        text_add_bytes(writer->out, text, strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts));
}

void sheet_end_row(struct sheet_writer *writer)
{
    if (writer->book) {
        book_end_row(writer->book);
        return;
    }
    text_add_bytes(writer->out, "\r\n", 2);
    writer->is_in_row = false;
}

err sheet_writer_rest(struct ctx *ctx, struct sheet_writer *writer, struct text_buf *out, bool *more)
{
    *more = false;
    return writer->book ? book_rest(ctx, writer->book, out, more) : NULL;
}

void sheet_writer_close(struct sheet_writer *writer)
{
    if (!writer)
        return;
    if (writer->book)
        book_close(writer->book);
    struct arena *arena = writer->arena;
    arena_close(arena);
}
