/* transfer.h - what comes into a shop from a file.
 *
 * The first line of a product file names its columns, in any order: name (or title, 商品名称), category
 * (分类), brand (品牌), price (价格, in the shop's currency: "1,299.00"), spec (or subtitle, 规格, 卖点),
 * description (描述), sku (货号), stock (库存), handle, kind (physical or digital). The first, category and
 * price must be there; what is unknown is ignored and told.
 *
 * A row is known again by its SKU; without one, by a SKU made of name and brand. A known row changes its
 * product, an empty cell leaves there what it was; a new one opens a product on the shelf. Reading the same
 * file again therefore changes nothing. A bad row never stops the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"

/* Pieces of a new product whose row tells none. Digital goods begin with none: their stock are their codes.
 */
#define IMPORT_DEFAULT_STOCK 100
/* Rows that share a transaction. */
#define IMPORT_BATCH_ROWS 200
/* Rows of one file. */
#define IMPORT_ROW_LIMIT 1000000
/* Problems that the report keeps; further ones are counted. */
#define IMPORT_PROBLEM_LIMIT 1000

struct import_problem {
    int64_t line;
    const char *column;  /* its name in the file, or "" */
    const char *code;    /* slug */
    const char *message; /* what to do */
};

struct import_report {
    int64_t rows; /* the sum of the four below */
    int64_t taken;
    int64_t updated;
    int64_t unchanged;
    int64_t refused;
    bool is_cut;          /* the file broke off: nothing after the last problem was read */
    int64_t categories;   /* created */
    const char **ignored; /* columns */
    size_t ignored_count;
    struct import_problem *problems; /* by line */
    size_t problem_count;
    int64_t problems_left_out;
};

/* Takes the products of a CSV file into ctx->shop. Fails when the file cannot be read or its first line makes
 * no sense (then nothing was taken), or the database fails (then the batches before were); everything about
 * single rows is in the report. In batches, each in a transaction: safe to run again after any end. */
CHECKED err transfer_import_csv(struct ctx *ctx, const char *path, struct import_report *report);
/* The report as text for people. */
void import_report_write(struct text_buf *out, const struct import_report *report);
