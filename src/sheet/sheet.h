/* sheet.h - tables of cells in files: reading any of the usual kinds a row at a time, and writing them.
 *
 * Knows rows and cells and no shop. The reader finds out by itself what a file is, by its bytes and never by
 * its name: an XLSX workbook, or text whose cells are parted by commas, tabs or semicolons (RFC 4180), in
 * UTF-8 with or without BOM, in UTF-16 with BOM (what Excel calls "Unicode text" and Taobao's 数据包 is), or
 * in GBK / GB18030 (what a Chinese Excel calls CSV). UTF-8 wins where the bytes are valid in both; what is
 * none of them is an error that names the line. Memory does not grow with the file.
 *
 * A text cell that a spreadsheet program would take for a formula (it begins with = + - @, their full-width
 * forms, tab, CR or LF) is written with an apostrophe before it, and so is one that begins with apostrophes
 * and then one of these; the reader takes exactly one such apostrophe away. So what was written is what is
 * read. Source: OWASP, CSV Injection. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of a row. */
#define SHEET_COLUMN_LIMIT 200
/* Bytes of a cell as it stands in the file; of a cell of XLSX, in UTF-8. (Excel: 32,767 characters.) */
#define SHEET_CELL_LIMIT 65536
/* Bytes of a row of text. */
#define SHEET_ROW_BYTES_LIMIT 1048576
/* The number of a row; Excel has no more (specification limits: 1,048,576 rows). Text has no such limit. */
#define SHEET_XLSX_ROW_LIMIT 1048576

/* ---- reading ---- */

struct sheet_cell {
    const char *text; /* NUL-terminated valid UTF-8 without NUL, "" for an empty cell; never NULL */
    size_t length;
};

struct sheet_row {
    /* As people count: the line where it begins in text (a cell may hold line breaks), the row in XLSX; from
     * 1. Rises from row to row, and not always by one: empty lines and rows are passed over. */
    int64_t number;
    const struct sheet_cell *cells;
    /* In text, the cells that stand there. In XLSX, where trailing empty cells are left out of the file,
     * never fewer than the first row has, and none that is empty behind those. */
    size_t count;
};

/* What is wrong with a row. */
struct sheet_problem {
    const char *code;    /* slug: unclosed-quote, text-after-quote, nul, not-text, too-many-columns, too-long,
                            bad-cell, broken-file */
    const char *message; /* English, says what to do */
    int64_t number;      /* line or row, from 1 */
    const char *place;   /* where in it: "character 7", "cell C5", or "" */
    bool is_end;         /* nothing after it can be read */
};

enum sheet_outcome {
    SHEET_ROW,     /* `row` is filled */
    SHEET_PROBLEM, /* sheet_problem() tells; this row is left out, and the next call reads on */
    SHEET_END,
};

enum sheet_format { SHEET_CSV = 1, SHEET_XLSX = 2 };

struct sheet_reader;

/* Opens a file and finds out what it is. ERR_NOT_FOUND when it cannot be opened; ERR_INVALID when it is no
 * table (a picture, an old .xls, a ZIP of something else, bytes in no known encoding: the detail says which,
 * in which line, and what to do); ERR_LIMIT when a workbook unpacks to more than the limits. Reads the file
 * once through when it is text, for its encoding. The reader has memory and files of its own until
 * sheet_close, whatever becomes of ctx. */
CHECKED err sheet_open(struct ctx *ctx, const char *path, struct sheet_reader **reader);
/* The next row, into ctx->arena (which may be another at each call). Fails only when the file cannot be read.
 */
CHECKED err sheet_next(struct ctx *ctx, struct sheet_reader *reader, struct sheet_row *row,
                       enum sheet_outcome *outcome);
/* The problem of the last outcome SHEET_PROBLEM, valid until the next call. */
const struct sheet_problem *sheet_problem(const struct sheet_reader *reader);
/* Bytes of the file (of XLSX: of the unpacked sheet) that are done with, and all there are; for a bar of
 * progress. */
void sheet_progress(const struct sheet_reader *reader, int64_t *done, int64_t *total);
enum sheet_format sheet_format_of(const struct sheet_reader *reader);
/* What was found, for people: "UTF-8", "UTF-16", "GB18030" or "XLSX". */
const char *sheet_encoding_of(const struct sheet_reader *reader);
/* ',', '\t' or ';'; 0 for XLSX. */
char sheet_delimiter_of(const struct sheet_reader *reader);
/* Harmless with NULL. */
void sheet_close(struct sheet_reader *reader);

/* ---- writing ---- */

struct sheet_writer;

/* A table that is made a piece at a time: rows are put cell by cell, and the file comes out in pieces. CSV is
 * UTF-8 with BOM (so that Excel reads it) and CRLF. XLSX is built in a file without a name and comes out at
 * the end. `title` names the sheet of XLSX (at most 31 characters, none of []:*?/\). The writer has memory
 * and files of its own until sheet_writer_close. */
CHECKED err sheet_writer_open(struct ctx *ctx, enum sheet_format format, const char *title,
                              struct sheet_writer **writer);
/* Where rows of CSV go from now on; XLSX leaves it as it is. */
void sheet_writer_to(struct sheet_writer *writer, struct text_buf *out);
/* Cells, from left to right. NULL is an empty text. */
void sheet_put_text(struct sheet_writer *writer, const char *text);
void sheet_put_int(struct sheet_writer *writer, int64_t number);
/* 1299 with 2 digits is 12.99. */
void sheet_put_decimal(struct sheet_writer *writer, int64_t minor, int digits);
/* "2026-11-25 22:33:29" on the clocks of the zone; 0 is an empty cell. */
void sheet_put_time(struct sheet_writer *writer, int64_t at, struct zone zone);
void sheet_end_row(struct sheet_writer *writer);
/* After the last row, again and again until *more is false: adds the next piece of what did not come out yet.
 * ERR_LIMIT when the table does not fit into XLSX: more than 1,048,576 rows, or a cell of more than 32,767
 * characters. */
CHECKED err sheet_writer_rest(struct ctx *ctx, struct sheet_writer *writer, struct text_buf *out, bool *more);
/* Harmless with NULL. */
void sheet_writer_close(struct sheet_writer *writer);
