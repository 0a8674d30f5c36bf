/* sheet_parts.h - what the files of the reader share. Private to sheet. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sheet/csv.h"
#include "sheet/sheet.h"

/* ---- text and its encoding ---- */

enum charset { CHARSET_UTF8, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_GB18030 };

/* Finds the encoding of a file by reading it from where it stands to its end. ERR_INVALID when it is none. */
CHECKED err charset_find(struct ctx *ctx, int file, enum charset *charset);
/* As iconv calls it. */
const char *charset_name(enum charset charset);

struct text_source;
/* `file` stays open while the source is read; `arena` must outlive it. *made is set, and to be closed,
 * whatever comes back. */
CHECKED err text_source_open(struct ctx *ctx, struct arena *arena, int file, struct text_source **made);
CHECKED err text_source_next(struct ctx *ctx, struct text_source *source, struct sheet_row *row,
                             struct sheet_problem *problem, enum sheet_outcome *outcome);
int64_t text_source_done(const struct text_source *source);
enum charset text_source_charset(const struct text_source *source);
char text_source_delimiter(const struct text_source *source);
void text_source_close(struct text_source *source);

/* ---- XLSX ---- */

struct xlsx_source;
/* `arena` must outlive it. *made is set, and to be closed, whatever comes back. */
CHECKED err xlsx_source_open(struct ctx *ctx, struct arena *arena, const char *path,
                             struct xlsx_source **made);
CHECKED err xlsx_source_next(struct ctx *ctx, struct xlsx_source *source, struct sheet_row *row,
                             struct sheet_problem *problem, enum sheet_outcome *outcome);
void xlsx_source_progress(const struct xlsx_source *source, int64_t *done, int64_t *total);
void xlsx_source_close(struct xlsx_source *source);

/* ---- formulas ---- */

/* True when a spreadsheet program would take the text for more than text, apostrophes before it not counted.
 */
bool formula_is_like(const char *text, size_t length);
/* Takes one apostrophe away from each cell where it stands before what looks like a formula. */
void cells_take_marks_away(struct sheet_cell *cells, size_t count);

/* ---- writing ---- */

struct book; /* XLSX */
CHECKED err book_open(struct ctx *ctx, struct arena *arena, const char *title, struct book **book);
void book_put_text(struct book *book, const char *text, bool is_marked);
void book_put_int(struct book *book, int64_t number);
void book_put_decimal(struct book *book, int64_t minor, int digits);
void book_put_time(struct book *book, int64_t at, struct zone zone);
void book_end_row(struct book *book);
CHECKED err book_rest(struct ctx *ctx, struct book *book, struct text_buf *out, bool *more);
void book_close(struct book *book);
