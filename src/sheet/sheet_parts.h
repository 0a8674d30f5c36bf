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

/* ---- formulas ---- */

/* True when a spreadsheet program would take the text for more than text, apostrophes before it not counted.
 */
bool formula_is_like(const char *text, size_t length);
