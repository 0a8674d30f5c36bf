/* sheet_reader.c - what a file is, and rows of it whatever it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a reader may hold in memory; rows are the caller's. */
#define READER_BYTES ((size_t)16 << 20)

struct sheet_reader {
    struct arena *arena;
    int file;
    int64_t size;
    struct text_source *text; /* one of these two */
    struct xlsx_source *xlsx;
    struct sheet_problem problem;
};

/* What begins like something that is no table, in words; NULL when it may be one. */
static const char *told_by_magic(const unsigned char *bytes, size_t length)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *words;
    } known[] = {
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8,
         "this is an old Excel file (.xls); save it as .xlsx or as \"CSV UTF-8\""},
        {"PK\x05\x06", 4, "this is an empty ZIP file"},
        {"\x89PNG", 4, "this is a picture, not a table"},
        {"\xFF\xD8\xFF", 3, "this is a picture, not a table"},
        {"GIF8", 4, "this is a picture, not a table"},
        {"%PDF-", 5, "this is a PDF, not a table; save the table as .xlsx or as \"CSV UTF-8\""},
        {"\x1F\x8B", 2, "this is a packed file (gzip); unpack it first"},
        {"Rar!", 4, "this is a RAR file; take the table out of it"},
        {"7z\xBC\xAF", 4, "this is a 7z file; take the table out of it"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (length >= known[i].length && memcmp(bytes, known[i].magic, known[i].length) == 0)
            return known[i].words;
    return NULL;
}

static err look_inside(struct ctx *ctx, struct sheet_reader *reader, const char *path)
{
    unsigned char magic[8];
    ssize_t got = pread(reader->file, magic, sizeof magic, 0);
    if (got < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "the file cannot be read (errno %d)", errno);
    const char *words = told_by_magic(magic, (size_t)got);
    if (words)
        return fail_with(ctx, ERR_INVALID, "%s", words);
    if (got >= 4 && memcmp(magic, "PK\x03\x04", 4) == 0)
        return xlsx_source_open(ctx, reader->arena, path, &reader->xlsx);
    return text_source_open(ctx, reader->arena, reader->file, &reader->text);
}

err sheet_open(struct ctx *ctx, const char *path, struct sheet_reader **made)
{
    struct stat facts;
    *made = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_with(ctx, ERR_NOT_FOUND, "%s cannot be opened (errno %d)", path, errno);
    struct arena *arena = arena_open(READER_BYTES);
    struct sheet_reader *reader = arena_alloc(arena, sizeof *reader);
    reader->arena = arena;
    reader->file = file;
    err failure = NULL;
    if (fstat(file, &facts) != 0 || S_ISDIR(facts.st_mode))
        failure = fail_with(ctx, ERR_NOT_FOUND, "%s is no file", path);
    else
        reader->size = facts.st_size;
    if (!failure)
        failure = look_inside(ctx, reader, path);
    if (failure) {
        sheet_close(reader);
        return failure;
    }
    *made = reader;
    return NULL;
}

err sheet_next(struct ctx *ctx, struct sheet_reader *reader, struct sheet_row *row,
               enum sheet_outcome *outcome)
{
    if (reader->xlsx)
        return xlsx_source_next(ctx, reader->xlsx, row, &reader->problem, outcome);
    return text_source_next(ctx, reader->text, row, &reader->problem, outcome);
}

const struct sheet_problem *sheet_problem(const struct sheet_reader *reader)
{
    return &reader->problem;
}

void sheet_progress(const struct sheet_reader *reader, int64_t *done, int64_t *total)
{
    if (reader->xlsx) {
        xlsx_source_progress(reader->xlsx, done, total);
        return;
    }
    *done = text_source_done(reader->text);
    *total = reader->size;
}

enum sheet_format sheet_format_of(const struct sheet_reader *reader)
{
    return reader->xlsx ? SHEET_XLSX : SHEET_CSV;
}

const char *sheet_encoding_of(const struct sheet_reader *reader)
{
    if (reader->xlsx)
        return "XLSX";
    switch (text_source_charset(reader->text)) {
    case CHARSET_UTF16LE:
    case CHARSET_UTF16BE:
        return "UTF-16";
    case CHARSET_GB18030:
        return "GB18030";
    case CHARSET_UTF8:
        break;
    }
    return "UTF-8";
}

char sheet_delimiter_of(const struct sheet_reader *reader)
{
    if (reader->xlsx)
        return '\0';
    return text_source_delimiter(reader->text);
}

void sheet_close(struct sheet_reader *reader)
{
    if (!reader)
        return;
    if (reader->text)
        text_source_close(reader->text);
    if (reader->xlsx)
        xlsx_source_close(reader->xlsx);
    close(reader->file);
    struct arena *arena = reader->arena;
    arena_close(arena);
}
