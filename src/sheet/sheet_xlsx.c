/* sheet_xlsx.c - the rows of a workbook's first visible sheet. The parser of XML stops behind each row and
 * goes on with the next one, so that one row is in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_package.h"
#include "sheet/sheet_parts.h"

#include "base/clock.h"
#include "base/text.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536
/* Days from 1899-12-30 to 1970-01-01, and from there to 1904-01-01. */
#define DAYS_TO_1970 25569
#define DAYS_OF_1904 1462
#define DAY_SECONDS 86400
/* 9999-12-31. */
#define DAY_LIMIT 2958466
/* From here on a double does not hold every whole number of 15 digits. */
#define WHOLE_LIMIT 1e15

struct xlsx_source {
    struct package package;
    XML_Parser parser;
    bool is_open; /* the part of the sheet */
    bool is_over;
    int64_t done;
    int64_t total;
    size_t width; /* of the first row, 0 before it */
    /* The row being read. */
    struct arena *arena;
    int64_t row;
    struct sheet_cell *cells;
    size_t count;
    struct sheet_problem problem; /* the first; no code = none */
    bool is_row_done;
    /* The cell being read. */
    int64_t column; /* from 0 */
    char type;      /* first letter of t, 'i' for inlineStr, 'f' for str; 'n' for a number */
    bool is_date;
    bool is_in_text;
    bool is_in_phonetic;
    struct text_buf text;
    char place[24];
};

/* ---- what a cell says ---- */

static void note(struct xlsx_source *source, const char *code, const char *message)
{
    if (source->problem.code)
        return;
    char letters[4] = "";
    int64_t left = source->column + 1;
    for (size_t i = 0; left > 0 && i < 3; i++, left = (left - 1) / 26) {
        memmove(letters + 1, letters, i);
        letters[0] = (char)('A' + (left - 1) % 26);
    }
    snprintf(source->place, sizeof source->place, "cell %s%" PRId64, letters, source->row);
    source->problem = (struct sheet_problem){code, message, source->row, source->place, false};
}

static const char *date_text(const struct xlsx_source *source, double days)
{
    int64_t seconds = llround(days * DAY_SECONDS);
    int64_t start = source->package.is_1904 ? DAYS_TO_1970 - DAYS_OF_1904 : DAYS_TO_1970;
    const char *format = seconds < DAY_SECONDS        ? "%H:%M:%S"
                         : seconds % DAY_SECONDS == 0 ? "%Y-%m-%d"
                                                      : "%Y-%m-%d %H:%M:%S";
    return clock_format(source->arena, (seconds - start * DAY_SECONDS) * 1000, zone_fixed(0), format);
}

/* As Excel shows it: 15 digits, and no exponent where it can be helped (a barcode is a number there). */
static const char *number_text(const struct xlsx_source *source, const char *text)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number))
        return text;
    if (source->is_date && number >= 0 && number < DAY_LIMIT)
        return date_text(source, number);
    if (number == floor(number) && fabs(number) < WHOLE_LIMIT)
        return arena_format(source->arena, "%" PRId64, (int64_t)number);
    if (strspn(text, "-0123456789.") == strlen(text) && strlen(text) <= 15)
        return text;
    return arena_format(source->arena, "%.15g", number);
}

static int hex_digits(const char *text)
{
    int number = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = text[i] ? strchr(digits, text[i] | 0x20) : NULL;
        if (!digit)
            return -1;
        number = 16 * number + (int)(digit - digits);
    }
    return number;
}

/* Takes _x000D_ and the like for the characters they stand for, in place (ECMA-376, 22.9.2.19). */
static void undo_escapes(struct xlsx_source *source, char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        int code = from[0] == '_' && from[1] == 'x' ? hex_digits(from + 2) : -1;
        if (code < 0 || code >= 0x80 || from[6] != '_') {
            *to++ = *from++;
            continue;
        }
        if (code == 0)
            note(source, "nul", "a NUL stands in the text; take it out");
        *to++ = (char)code;
        from += 7;
    }
    *to = 0;
}

static const char *shared_text(struct xlsx_source *source)
{
    const struct shared_strings *strings = &source->package.strings;
    int64_t index;
    if (!text_to_int(text_of(&source->text), &index) || index < 0 || index >= strings->count) {
        note(source, "bad-cell", "the cell names a text that the workbook does not have; save it again");
        return "";
    }
    int64_t length = strings->offsets[index + 1] - strings->offsets[index] - 1;
    return arena_copy(source->arena, strings->texts + strings->offsets[index], (size_t)length);
}

static const char *cell_text(struct xlsx_source *source)
{
    const char *text = text_of(&source->text);
    switch (source->type) {
    case 's':
        return source->text.len == 0 ? "" : shared_text(source);
    case 'b':
        return text_is(text, "1") ? "TRUE" : "FALSE";
    case 'e':
        note(source, "bad-cell", "the cell holds an error of a formula; correct it or clear the cell");
        return "";
    case 'n':
        return source->text.len == 0 ? "" : number_text(source, text);
    default:
        return text;
    }
}

static void end_cell(struct xlsx_source *source)
{
    const char *text = cell_text(source);
    size_t length = strlen(text);
    if (length == 0)
        return;
    if (source->text.is_full || length > SHEET_CELL_LIMIT) {
        note(source, "too-long", "the cell has more than 65536 bytes");
        return;
    }
    if (source->column >= SHEET_COLUMN_LIMIT) {
        note(source, "too-many-columns", "a row has at most 200 columns");
        return;
    }
    if (strstr(text, "_x")) {
        char *plain = arena_copy(source->arena, text, length);
        undo_escapes(source, plain);
        text = plain;
        length = strlen(plain);
    }
    source->cells[source->column] = (struct sheet_cell){text, length};
    if (source->count < (size_t)source->column + 1)
        source->count = (size_t)source->column + 1;
}

/* ---- elements ---- */

/* The column of "AB12", from 0; -1 when it is none. */
static int64_t column_of(const char *reference)
{
    int64_t column = 0;
    const char *c = reference;
    for (; *c >= 'A' && *c <= 'Z' && column < 100000; c++)
        column = 26 * column + (*c - 'A' + 1);
    return c == reference || *c < '0' || *c > '9' ? -1 : column - 1;
}

static void break_off(XML_Parser parser, struct xlsx_source *source, const char *code, const char *message)
{
    source->problem = (struct sheet_problem){code, message, source->row > 0 ? source->row : 1, "", true};
    XML_StopParser(parser, XML_FALSE);
}

static void start_row(XML_Parser parser, struct xlsx_source *source, const XML_Char **attributes)
{
    const char *text = xml_attribute(attributes, "r");
    int64_t number = source->row + 1;
    if (text && (!text_to_int(text, &number) || number <= source->row)) {
        break_off(parser, source, "broken-file", "the rows of the sheet are not in their order");
        return;
    }
    if (number > SHEET_XLSX_ROW_LIMIT) {
        break_off(parser, source, "too-many-rows", "a sheet has at most 1048576 rows");
        return;
    }
    source->row = number;
    source->column = -1;
    source->count = 0;
    source->cells = arena_alloc_many(source->arena, SHEET_COLUMN_LIMIT, sizeof *source->cells);
}

/* What a cell's type says in one letter: "str" is what a formula gave, "inlineStr" text in its place. */
static char type_of(const char *type)
{
    if (!type)
        return 'n';
    if (text_is(type, "str"))
        return 'f';
    if (text_is(type, "inlineStr"))
        return 'i';
    return type[0];
}

static void start_cell(struct xlsx_source *source, const XML_Char **attributes)
{
    const char *reference = xml_attribute(attributes, "r");
    const char *type = xml_attribute(attributes, "t");
    const char *style = xml_attribute(attributes, "s");
    int64_t number;
    int64_t column = reference ? column_of(reference) : -1;
    source->column = column >= 0 ? column : source->column + 1;
    source->type = type_of(type);
    source->is_date = style && text_to_int(style, &number) && number >= 0 &&
                      (size_t)number < source->package.style_count && source->package.date_styles[number];
    text_open(&source->text, source->arena, SHEET_CELL_LIMIT + 1);
}

static void XMLCALL on_start(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct xlsx_source *source = XML_GetUserData(parser);
    const char *local = xml_local(name);
    if (text_is(local, "row"))
        start_row(parser, source, attributes);
    else if (!source->cells)
        return;
    else if (text_is(local, "c"))
        start_cell(source, attributes);
    else if (text_is(local, "rPh"))
        source->is_in_phonetic = true;
    else
        source->is_in_text =
            source->type == 'i' ? text_is(local, "t") && !source->is_in_phonetic : text_is(local, "v");
}

static void end_row(XML_Parser parser, struct xlsx_source *source)
{
    if (source->width == 0)
        source->width = source->count;
    size_t count = source->count;
    if (count == 0 && !source->problem.code) {
        source->cells = NULL;
        return;
    }
    if (count < source->width)
        source->count = source->width;
    for (size_t i = 0; i < source->count; i++)
        if (!source->cells[i].text)
            source->cells[i].text = "";
    source->is_row_done = true;
    XML_StopParser(parser, XML_TRUE);
}

static void XMLCALL on_end(void *parser, const XML_Char *name)
{
    struct xlsx_source *source = XML_GetUserData(parser);
    const char *local = xml_local(name);
    source->is_in_text = false;
    if (!source->cells)
        return;
    if (text_is(local, "row"))
        end_row(parser, source);
    else if (text_is(local, "c"))
        end_cell(source);
    else if (text_is(local, "rPh"))
        source->is_in_phonetic = false;
}

static void XMLCALL on_text(void *parser, const XML_Char *text, int length)
{
    struct xlsx_source *source = XML_GetUserData(parser);
    if (source->is_in_text && source->text.arena)
        text_add_bytes(&source->text, text, (size_t)length);
}

/* ---- the source ---- */

err xlsx_source_open(struct ctx *ctx, struct arena *arena, const char *path, struct xlsx_source **made)
{
    struct xlsx_source *source = arena_alloc(arena, sizeof *source);
    unz_file_info64 facts;
    *made = source;
    TRY(package_open(ctx, arena, path, &source->package));
    unzFile zip = source->package.zip;
    if (unzLocateFile(zip, source->package.sheet_name, 2) != UNZ_OK ||
        unzGetCurrentFileInfo64(zip, &facts, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK ||
        unzOpenCurrentFile(zip) != UNZ_OK)
        return fail_with(ctx, ERR_INVALID, "the workbook is damaged: its first sheet is missing");
    source->is_open = true;
    source->total = (int64_t)facts.uncompressed_size;
    if (source->total > SHEET_UNPACKED_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "the sheet unpacks to more than 1 GiB; split it");
    source->parser = xml_parser(source);
    XML_SetElementHandler(source->parser, on_start, on_end);
    XML_SetCharacterDataHandler(source->parser, on_text);
    return NULL;
}

/* Reads on; false at the end of the part, or of what can be read of it. */
static bool parse_on(struct xlsx_source *source)
{
    XML_ParsingStatus status;
    enum XML_Status result;
    XML_GetParsingStatus(source->parser, &status);
    if (status.parsing == XML_SUSPENDED) {
        result = XML_ResumeParser(source->parser);
    } else {
        void *block = XML_GetBuffer(source->parser, BLOCK_BYTES);
        int got = block ? unzReadCurrentFile(source->package.zip, block, BLOCK_BYTES) : -1;
        if (got < 0)
            return false;
        source->done += got;
        if (source->done > SHEET_UNPACKED_LIMIT)
            return false;
        result = XML_ParseBuffer(source->parser, got, got == 0);
    }
    if (result == XML_STATUS_ERROR)
        return false;
    XML_GetParsingStatus(source->parser, &status);
    source->is_over = status.parsing == XML_FINISHED;
    return !source->is_over;
}

err xlsx_source_next(struct ctx *ctx, struct xlsx_source *source, struct sheet_row *row,
                     struct sheet_problem *problem, enum sheet_outcome *outcome)
{
    *outcome = SHEET_END;
    if (!source->is_open)
        return NULL;
    source->arena = ctx->arena;
    source->cells = NULL;
    source->text = (struct text_buf){0};
    source->is_row_done = false;
    source->problem = (struct sheet_problem){0};
    while (!source->is_row_done && !source->is_over && parse_on(source))
        ;
    if (!source->is_row_done) {
        int closed = unzCloseCurrentFile(source->package.zip);
        source->is_open = false;
        if (source->is_over && closed == UNZ_OK)
            return NULL;
        if (!source->problem.is_end)
            source->problem = (struct sheet_problem){
                "broken-file", "the workbook is damaged from here on; save it again in Excel or WPS",
                source->row + 1, "", true};
    }
    *outcome = source->problem.code ? SHEET_PROBLEM : SHEET_ROW;
    *problem = source->problem;
    cells_take_marks_away(source->cells, *outcome == SHEET_ROW ? source->count : 0);
    *row = (struct sheet_row){source->row, source->cells, source->count};
    return NULL;
}

void xlsx_source_progress(const struct xlsx_source *source, int64_t *done, int64_t *total)
{
    *total = source->total > source->done ? source->total : source->done;
    *done = source->is_open ? source->done : *total;
}

void xlsx_source_close(struct xlsx_source *source)
{
    if (source->parser)
        XML_ParserFree(source->parser);
    if (source->is_open)
        unzCloseCurrentFile(source->package.zip);
    package_close(&source->package);
}
