/* csv.h - reading text whose cells are parted by a delimiter (RFC 4180), a record at a time, under limits.
 * For files use sheet.h; this is for texts that are in memory as a whole, and for sheet itself.
 *
 * UTF-8 with or without BOM; records end with CRLF, LF or CR; a field in quotes may hold delimiters, line
 * breaks and doubled quotes. Lines without any byte are skipped. The reader works on a window of the text:
 * when the window ends within a record it asks for more, so a file of any size is read in little memory. A
 * record that is wrong is told with line, column and reason, and the next record is read all the same, unless
 * the end of the wrong one cannot be known. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "sheet/sheet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_COLUMN_LIMIT SHEET_COLUMN_LIMIT
/* Bytes of a field and of a record, as they stand in the text. */
#define CSV_FIELD_LIMIT SHEET_CELL_LIMIT
#define CSV_RECORD_LIMIT SHEET_ROW_BYTES_LIMIT

struct csv_record {
    int64_t line;              /* where it begins, counted from 1 */
    struct sheet_cell *fields; /* unquoted */
    size_t count;
};

/* What is wrong with a record. */
struct csv_problem {
    const char *code; /* slug: unclosed-quote, text-after-quote, nul, not-text, too-many-columns, too-long */
    const char *message;
    int64_t line;
    int64_t column; /* characters, counted from 1 */
    bool is_end;    /* nothing after it can be read */
};

enum csv_outcome {
    CSV_RECORD,  /* `record` is filled */
    CSV_PROBLEM, /* reader->problem is filled, the record is skipped */
    CSV_MORE,    /* feed the bytes from reader->at on, and more behind them */
    CSV_END,
};

struct csv_reader {
    const char *bytes; /* the window */
    size_t length;
    size_t at; /* bytes of the window that are done with */
    bool is_last;
    char delimiter;
    bool is_begun;
    bool is_over;
    int64_t line; /* of the byte at `at` */
    struct csv_problem problem;
};

void csv_open(struct csv_reader *reader, char delimiter);
/* Gives the reader a new window: what the former one left, and what follows. `is_last` when the text ends
 * with it. A window that is not the last must hold more than CSV_RECORD_LIMIT bytes, or a long record is
 * refused too early. */
void csv_feed(struct csv_reader *reader, const char *bytes, size_t length, bool is_last);
/* Reads the next record into `arena`. */
enum csv_outcome csv_next(struct csv_reader *reader, struct arena *arena, struct csv_record *record);
