/* transfer_row.h - one row of a product file as it is understood, and what is found wrong. Private to
 * transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sheet/sheet.h"
#include "shop/catalog/catalog.h"
#include "shop/transfer/transfer.h"

enum import_column {
    COLUMN_IGNORED,
    COLUMN_TITLE,
    COLUMN_CATEGORY,
    COLUMN_BRAND,
    COLUMN_PRICE,
    COLUMN_SUBTITLE,
    COLUMN_DESCRIPTION,
    COLUMN_SKU,
    COLUMN_STOCK,
    COLUMN_HANDLE,
    COLUMN_KIND,
    COLUMN_COUNT,
};

/* What the columns of the file mean. */
struct import_header {
    enum import_column meanings[SHEET_COLUMN_LIMIT];
    size_t count;
    const char *names[COLUMN_COUNT]; /* as the file calls them, NULL for one that is not there */
};

enum import_outcome { ROW_OPEN, ROW_TAKEN, ROW_UPDATED, ROW_UNCHANGED, ROW_REFUSED };

/* Texts are NULL where the cell is empty or the column is not there. */
struct import_row {
    int64_t line;
    const char *title;
    const char *category;
    const char *brand;
    const char *subtitle;
    const char *description; /* safe HTML */
    const char *sku;         /* never NULL; derived when the row tells none */
    const char *handle;
    int64_t price;
    int64_t stock;          /* -1 = not told */
    enum product_kind kind; /* 0 = not told */
    int64_t category_id;    /* 0 = not told */
    /* What became of it. */
    enum import_outcome outcome;
    struct import_problem problem; /* of ROW_REFUSED */
};

/* The report while it grows; what it keeps lives in its arena. */
struct import_notes {
    struct arena *arena;
    struct import_report *report;
    size_t capacity;
};
void import_note(struct import_notes *notes, int64_t line, const char *column, const char *code,
                 const char *message);
/* By line. */
void import_notes_sort(struct import_report *report);

/* Understands the first line. ERR_INVALID when name, category or price is missing, or a column stands twice.
 * Columns that are ignored are listed in the report. */
CHECKED err import_header_read(struct ctx *ctx, const struct sheet_row *record, struct import_header *header,
                               struct import_notes *notes);
/* Understands a row into ctx's arena; false when something is wrong with it, all of which is noted then. */
bool import_row_read(struct ctx *ctx, const struct import_header *header, const struct sheet_row *record,
                     struct import_row *row, struct import_notes *notes);
bool import_row_is_blank(const struct sheet_row *record);
/* In a transaction: makes of a row what it should become and sets its outcome. Changes nothing for a refused
 * one. */
CHECKED err import_row_apply(struct ctx *ctx, struct import_row *row);
