/* transfer.h - what comes into a shop from a file.
 *
 * A product file is a table whose first line names its columns, in any order; docs/imports.md lists them.
 * Each row is a variant; rows of one product stand together. A row is known again by its SKU, its barcode or
 * the product's handle. For every column the same holds: an empty cell leaves what is there, "<clear>" takes
 * it away. Reading the same file again therefore changes nothing, but for stock_delta, which adds.
 *
 * In the back office a file goes through states (enum import_state): uploaded, its columns understood,
 * checked against the shop (nothing is changed), applied as one act, and perhaps undone, weeks later.
 * Checking, applying and undoing are jobs; how far they came is written with what they wrote, so that they go
 * on after any end exactly where they were. A bad row never stops the others unless all or nothing was asked
 * for.
 *
 * A file may be a ZIP that holds the table and pictures. Those that cells name are taken into the library and
 * put on their products by a job when the import was applied; undoing takes away what it added. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "db/db.h"

/* Pieces of a new product whose row tells none, on the command line. Digital goods begin with none: their
 * stock are their codes. */
#define IMPORT_DEFAULT_STOCK 100
/* Rows of one file; the setting import_limit bounds its bytes. */
#define IMPORT_ROW_LIMIT 1000000
/* Rows that share a transaction, about. */
#define IMPORT_BATCH_ROWS 160
/* Problems and shown changes that are kept; further ones are counted. */
#define IMPORT_PROBLEM_LIMIT 1000
#define IMPORT_KEPT_PROBLEM_LIMIT 20000
#define IMPORT_ITEM_LIMIT 20000
/* Imports in a page of the list. */
#define IMPORT_LIST_LIMIT 50

struct import_problem {
    int64_t line;
    const char *column;  /* its name in the file, or "" */
    const char *code;    /* slug */
    const char *value;   /* what stands there, shortened */
    const char *fix;     /* what to put there, or "" */
    const char *message; /* what to do */
    bool is_warning;     /* it keeps nothing out */
};

enum import_outcome { IMPORT_NEW = 1, IMPORT_CHANGED = 2, IMPORT_UNCHANGED = 3, IMPORT_REFUSED = 4 };

struct import_report {
    int64_t rows;  /* the sum of the four below */
    int64_t taken; /* rows, as all of these */
    int64_t updated;
    int64_t unchanged;
    int64_t refused;
    int64_t products[5]; /* by enum import_outcome */
    bool is_cut;         /* the file broke off: nothing after the last problem was read */
    int64_t categories;  /* created */
    int64_t stock_changes;
    const char **ignored; /* columns */
    size_t ignored_count;
    struct import_problem *problems; /* by line */
    size_t problem_count;
    int64_t problems_left_out;
    /* Of imports that are kept. */
    int64_t problem_total; /* warnings too */
    int64_t warnings;
    int64_t items;  /* kept */
    int64_t undone; /* products */
    int64_t left;   /* products that somebody changed since */
};

enum import_match {
    IMPORT_BY_SKU = 1,
    IMPORT_BY_BARCODE = 2,
    IMPORT_BY_HANDLE = 3,
    IMPORT_BY_EXTERNAL_ID = 4
};
extern const char
    *const import_match_names[]; /* "sku", "barcode", "handle", "external_id", NULL: match - 1 */

/* Takes the products of a file into ctx->shop, or only looks (`is_dry`). Fails when the file cannot be read
 * or its first line makes no sense (then nothing was taken), or the database fails (then the batches before
 * were); everything about single rows is in the report. */
CHECKED err transfer_import_file(struct ctx *ctx, const char *path, enum import_match match, bool is_dry,
                                 struct import_report *report);
/* The report as text for people. */
void import_report_write(struct text_buf *out, const struct import_report *report);

/* ---- imports of the back office ---- */

enum import_state {
    IMPORT_UPLOADED = 1,
    IMPORT_CHECKING = 2,
    IMPORT_CHECKED = 3,
    IMPORT_APPLYING = 4,
    IMPORT_APPLIED = 5,
    IMPORT_UNDOING = 6,
    IMPORT_UNDONE = 7,
    IMPORT_FAILED = 8, /* the file cannot be used */
};

/* How a file is to be read. */
struct import_choices {
    const char **columns; /* the key of each column's meaning, in the order of the file; "" = ignore */
    size_t column_count;
    enum import_match match;
    bool is_whole;         /* all or nothing */
    int64_t status;        /* enum product_status of new products that tell none */
    int64_t category_id;   /* for new products that tell none; 0 = refuse them */
    int64_t default_stock; /* of new physical products that tell none */
};

struct import {
    int64_t id;
    int64_t created_at;
    enum actor_kind actor;
    int64_t actor_id;
    const char *file_name;
    int64_t bytes;
    enum import_state state;
    const char *table_name; /* of the table in a ZIP; "" = the file is the table */
    int64_t picture_count;  /* other files of the ZIP */
    struct import_choices choices;
    int64_t position;
    int64_t progress; /* percent */
    const struct value *counts;
    int64_t act_id;
    int64_t finished_at;
    const char *failure;
};

/* Takes over the file (it is moved; out of a ZIP the table is taken), reads its first line and guesses:
 * IMPORT_UPLOADED. ERR_INVALID with the field `file` when it is no table, or a ZIP without exactly one. */
CHECKED err import_create(struct ctx *ctx, const char *path, const char *file_name, struct import *import);
CHECKED err import_load(struct ctx *ctx, int64_t import_id, struct import *import);
/* "uploaded" …: import_state_names[state]; that of 0 is "all"; ends with NULL. */
extern const char *const import_state_names[];
struct import_query {
    enum import_state state; /* 0 = any */
    int64_t since;           /* uploaded then or later, and before `until`; 0 = any */
    int64_t until;
    bool is_up;        /* oldest first */
    int64_t behind_id; /* the last of the page before; 0 = from the first */
    int limit;         /* up to IMPORT_LIST_LIMIT + 1 */
};
CHECKED err import_list(struct ctx *ctx, const struct import_query *query, struct import **imports,
                        size_t *count);
/* docs/views.md. `name` is of the person who uploaded it, or NULL. */
struct value *import_view(struct ctx *ctx, const struct import *import, const char *name);
/* What the mapping page shows: into a view `columns`, a list of {header, key, samples: [text]}, and how the
 * file was read: `encoding` ("UTF-8", "UTF-16", "GB18030", "XLSX") and `delimiter` ("comma", "tab",
 * "semicolon", or nil). */
CHECKED err import_preview(struct ctx *ctx, const struct import *import, struct value *view);
/* Remembers the choices, for files with the same header too, and starts the check. ERR_INVALID with the
 * field, ERR_CONFLICT when it was applied already. */
CHECKED err import_check(struct ctx *ctx, int64_t import_id, const struct import_choices *choices);
/* Back to the columns. */
CHECKED err import_reopen(struct ctx *ctx, int64_t import_id);
/* ERR_CONFLICT when it is not checked, or has errors and is all or nothing. */
CHECKED err import_apply(struct ctx *ctx, int64_t import_id);
/* ERR_CONFLICT when it is not applied. */
CHECKED err import_undo(struct ctx *ctx, int64_t import_id);

/* Of the check and, when it was applied, of that; behind `after`, of one code or of all (NULL). */
CHECKED err import_problem_list(struct ctx *ctx, int64_t import_id, const char *code, int64_t after,
                                int limit, struct import_problem **problems, size_t *count, int64_t *last);
/* Where words for people come from: by a key of the locale files, NULL when there are none. */
struct import_words {
    const char *(*find)(const void *owner, const char *key);
    const void *owner;
};
/* As lines of CSV, with their header when `is_first`: reasons and what to do in the reader's words; cells
 * that a spreadsheet would take for formulas are escaped. */
CHECKED err import_problems_csv(struct ctx *ctx, const struct import_words *words,
                                const struct import_problem *problems, size_t count, bool is_first,
                                struct text_buf *out);
/* How many there are of each code: a list of {code, count}. */
CHECKED err import_problem_codes(struct ctx *ctx, int64_t import_id, struct value **codes);

/* What became of the pictures of a ZIP. */
struct import_picture_counts {
    int64_t waiting;
    int64_t placed;
    int64_t refused;
};
CHECKED err import_pictures_count(struct ctx *ctx, int64_t import_id, struct import_picture_counts *counts);

struct import_item {
    int64_t line;
    int64_t product_id; /* 0 = it will be new */
    const char *title;
    const struct value *changes; /* list of {field, of, before, after} */
};
CHECKED err import_item_list(struct ctx *ctx, int64_t import_id, enum import_outcome outcome, int64_t after,
                             int limit, struct import_item **items, size_t *count);
