/* sheet_text.c - text of any known encoding as rows: bytes are converted into a window of UTF-8, from which
 * csv.c reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include "base/text.h"
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES ((size_t)2 * SHEET_ROW_BYTES_LIMIT)
#define RAW_BYTES 65536
/* Lines at the beginning of which one may tell the delimiter: 数据包 begin with a line that says their
 * version. */
#define TELLING_LINES 3

struct text_source {
    int file;
    enum charset charset;
    iconv_t converter; /* not for UTF-8 */
    int64_t read;      /* bytes of the file */
    bool is_read;      /* all of it */
    char *raw;         /* not yet converted */
    size_t raw_length;
    char *window;
    struct csv_reader csv;
    char place[40];
};

static err read_bytes(struct ctx *ctx, struct text_source *source, char *bytes, size_t room, size_t *got)
{
    ssize_t count;
    do
        count = read(source->file, bytes, room);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "the file cannot be read (errno %d)", errno);
    source->is_read = count == 0;
    source->read += count;
    *got = (size_t)count;
    return NULL;
}

/* Adds text behind the first `length` bytes of the window. */
static err add_converted(struct ctx *ctx, struct text_source *source, size_t *length)
{
    size_t got = 0;
    TRY(read_bytes(ctx, source, source->raw + source->raw_length, RAW_BYTES - source->raw_length, &got));
    char *in = source->raw;
    size_t left = source->raw_length + got;
    char *out = source->window + *length;
    size_t room = WINDOW_BYTES - *length;
    if (iconv(source->converter, &in, &left, &out, &room) == (size_t)-1 && errno == EILSEQ)
        return fail_with(ctx, ERR_INVALID, "the file changed while it was read");
    *length = (size_t)(out - source->window);
    memmove(source->raw, in, left);
    source->raw_length = left;
    return NULL;
}

static err add_text(struct ctx *ctx, struct text_source *source, size_t *length)
{
    size_t got;
    if (source->charset != CHARSET_UTF8)
        return add_converted(ctx, source, length);
    TRY(read_bytes(ctx, source, source->window + *length, WINDOW_BYTES - *length, &got));
    *length += got;
    return NULL;
}

/* Moves what the reader left to the front of the window and fills it up. */
static err fill_window(struct ctx *ctx, struct text_source *source)
{
    struct csv_reader *csv = &source->csv;
    size_t length = csv->length - csv->at;
    /* No piece of RAW_BYTES grows to more than its double: two bytes become three at most. */
    size_t full = source->charset == CHARSET_UTF8 ? WINDOW_BYTES : WINDOW_BYTES - (size_t)2 * RAW_BYTES;
    memmove(source->window, csv->bytes + csv->at, length);
    while (length < full && !source->is_read)
        TRY(add_text(ctx, source, &length));
    csv_feed(csv, source->window, length, source->is_read);
    return NULL;
}

/* The one of , tab ; that stands most often in the first line that has any, outside of quotes. Behind the
 * first line only the tab counts: a table of one column may hold any sentence. */
static char find_delimiter(const char *text, size_t length)
{
    size_t commas = 0, tabs = 0, semicolons = 0;
    bool is_quoted = false;
    int line = 0;
    for (size_t i = 0; i < length && line < TELLING_LINES; i++) {
        char c = text[i];
        is_quoted ^= c == '"';
        if (is_quoted)
            continue;
        commas += c == ',' && line == 0;
        semicolons += c == ';' && line == 0;
        tabs += c == '\t';
        if (c != '\n' && c != '\r')
            continue;
        if (commas + tabs + semicolons > 0)
            break;
        line += c == '\n' || i + 1 == length || text[i + 1] != '\n';
    }
    if (tabs > 0 && tabs >= commas && tabs >= semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}

err text_source_open(struct ctx *ctx, struct arena *arena, int file, struct text_source **made)
{
    struct text_source *source = arena_alloc(arena, sizeof *source);
    source->file = file;
    source->converter = (iconv_t)-1;
    *made = source;
    TRY(charset_find(ctx, file, &source->charset));
    bool is_utf16 = source->charset == CHARSET_UTF16LE || source->charset == CHARSET_UTF16BE;
    source->read = is_utf16 ? 2 : 0;
    if (lseek(file, source->read, SEEK_SET) < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "the file cannot be read twice (errno %d)", errno);
    if (source->charset != CHARSET_UTF8) {
        source->raw = arena_alloc(arena, RAW_BYTES);
        source->converter = iconv_open("UTF-8", charset_name(source->charset));
        if (source->converter == (iconv_t)-1)
            return fail_with(ctx, ERR_INTERNAL, "iconv knows no %s", charset_name(source->charset));
    }
    source->window = arena_alloc(arena, WINDOW_BYTES);
    csv_open(&source->csv, ',');
    TRY(fill_window(ctx, source));
    source->csv.delimiter = find_delimiter(source->window, source->csv.length);
    return NULL;
}

err text_source_next(struct ctx *ctx, struct text_source *source, struct sheet_row *row,
                     struct sheet_problem *problem, enum sheet_outcome *outcome)
{
    struct csv_record record;
    enum csv_outcome found;
    while ((found = csv_next(&source->csv, ctx->arena, &record)) == CSV_MORE)
        TRY(fill_window(ctx, source));
    *outcome = found == CSV_RECORD ? SHEET_ROW : found == CSV_PROBLEM ? SHEET_PROBLEM : SHEET_END;
    if (found == CSV_RECORD) {
        cells_take_marks_away(record.fields, record.count);
        *row = (struct sheet_row){record.line, record.fields, record.count};
    }
    if (found == CSV_PROBLEM) {
        const struct csv_problem *told = &source->csv.problem;
        snprintf(source->place, sizeof source->place, "character %" PRId64, told->column);
        *problem = (struct sheet_problem){told->code, told->message, told->line, source->place, told->is_end};
    }
    return NULL;
}

int64_t text_source_done(const struct text_source *source)
{
    size_t left = source->csv.length - source->csv.at;
    if (source->charset == CHARSET_UTF8 || source->csv.length == 0)
        return source->read - (int64_t)left;
    /* Two bytes for a character there, three here: near enough for a bar. */
    int64_t waiting = (int64_t)left * 2 / 3;
    return waiting > source->read ? 0 : source->read - (source->is_read && left == 0 ? 0 : waiting);
}

enum charset text_source_charset(const struct text_source *source)
{
    return source->charset;
}

char text_source_delimiter(const struct text_source *source)
{
    return source->csv.delimiter;
}

void text_source_close(struct text_source *source)
{
    if (source->converter != (iconv_t)-1)
        iconv_close(source->converter);
}
