/* import_store.c - imports as they are kept: their choices and counts as JSON, what a batch found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_jobs.h"
#include "shop/transfer/import_parts.h"

#include "base/config.h"
#include "base/json.h"
#include <inttypes.h>

#define CHOICES_LIMIT 65536
#define COUNTS_LIMIT 4096
#define CHANGES_LIMIT 262144

const char *import_path(struct ctx *ctx, int64_t import_id)
{
    return arena_format(ctx->arena, "%s/imports/%" PRId64, ctx->config->data, import_id);
}

const char *import_zip_path(struct ctx *ctx, int64_t import_id)
{
    return arena_format(ctx->arena, "%s.zip", import_path(ctx, import_id));
}

/* ---- choices ---- */

const char *const import_match_names[] = {[IMPORT_BY_SKU - 1] = "sku",
                                          [IMPORT_BY_BARCODE - 1] = "barcode",
                                          [IMPORT_BY_HANDLE - 1] = "handle",
                                          [IMPORT_BY_EXTERNAL_ID - 1] = "external_id",
                                          [IMPORT_BY_EXTERNAL_ID] = NULL};

err import_choices_json(struct ctx *ctx, const struct import_choices *choices, const char **json)
{
    struct value *tree = value_object(ctx->arena);
    struct value *columns = value_set_list(ctx->arena, tree, "columns");
    for (size_t i = 0; i < choices->column_count; i++)
        value_add(ctx->arena, columns, value_text(choices->columns[i]));
    value_set_int(ctx->arena, tree, "match", choices->match);
    value_set_bool(ctx->arena, tree, "is_whole", choices->is_whole);
    value_set_int(ctx->arena, tree, "status", choices->status);
    value_set_int(ctx->arena, tree, "category_id", choices->category_id);
    value_set_int(ctx->arena, tree, "default_stock", choices->default_stock);
    return json_text(ctx, tree, CHOICES_LIMIT, json);
}

err import_choices_read(struct ctx *ctx, const char *json, struct import_choices *choices)
{
    struct value *tree;
    TRY(json_read(ctx, json, strlen(json), &tree));
    const struct value *columns = value_find(tree, "columns"), *is_whole = value_find(tree, "is_whole");
    *choices = (struct import_choices){
        .columns = arena_alloc_many(ctx->arena, value_count(columns) + 1, sizeof *choices->columns),
        .column_count = value_count(columns),
        .match = (enum import_match)value_find_int(tree, "match", IMPORT_BY_SKU),
        .is_whole = is_whole && is_whole->boolean,
        .status = value_find_int(tree, "status", PRODUCT_DRAFT),
        .category_id = value_find_int(tree, "category_id", 0),
        .default_stock = value_find_int(tree, "default_stock", 0)};
    for (size_t i = 0; i < choices->column_count; i++)
        choices->columns[i] = value_at(columns, i)->text;
    return NULL;
}

/* ---- counts ---- */

err import_counts_json(struct ctx *ctx, const struct import_report *report, const char **json)
{
    struct value *tree = value_object(ctx->arena);
    value_set_int(ctx->arena, tree, "rows", report->rows);
    value_set_int(ctx->arena, tree, "refused_rows", report->refused);
    value_set_int(ctx->arena, tree, "new", report->products[IMPORT_NEW]);
    value_set_int(ctx->arena, tree, "changed", report->products[IMPORT_CHANGED]);
    value_set_int(ctx->arena, tree, "unchanged", report->products[IMPORT_UNCHANGED]);
    value_set_int(ctx->arena, tree, "refused", report->products[IMPORT_REFUSED]);
    value_set_int(ctx->arena, tree, "categories", report->categories);
    value_set_int(ctx->arena, tree, "stock_changes", report->stock_changes);
    value_set_int(ctx->arena, tree, "problems", report->problem_total - report->warnings);
    value_set_int(ctx->arena, tree, "warnings", report->warnings);
    value_set_int(ctx->arena, tree, "items", report->items);
    value_set_bool(ctx->arena, tree, "is_cut", report->is_cut);
    value_set_int(ctx->arena, tree, "undone", report->undone);
    value_set_int(ctx->arena, tree, "left", report->left);
    return json_text(ctx, tree, COUNTS_LIMIT, json);
}

void import_counts_read(const struct value *counts, struct import_report *report)
{
    const struct value *is_cut = value_find(counts, "is_cut");
    *report = (struct import_report){.rows = value_find_int(counts, "rows", 0),
                                     .refused = value_find_int(counts, "refused_rows", 0),
                                     .categories = value_find_int(counts, "categories", 0),
                                     .stock_changes = value_find_int(counts, "stock_changes", 0),
                                     .problem_total = value_find_int(counts, "problems", 0) +
                                                      value_find_int(counts, "warnings", 0),
                                     .warnings = value_find_int(counts, "warnings", 0),
                                     .items = value_find_int(counts, "items", 0),
                                     .is_cut = is_cut && is_cut->boolean,
                                     .undone = value_find_int(counts, "undone", 0),
                                     .left = value_find_int(counts, "left", 0)};
    report->products[IMPORT_NEW] = value_find_int(counts, "new", 0);
    report->products[IMPORT_CHANGED] = value_find_int(counts, "changed", 0);
    report->products[IMPORT_UNCHANGED] = value_find_int(counts, "unchanged", 0);
    report->products[IMPORT_REFUSED] = value_find_int(counts, "refused", 0);
}

/* ---- a batch ---- */

static err store_problems(struct ctx *ctx, const struct import_run *run)
{
    int64_t number = run->report->problem_total;
    for (size_t i = 0; i < run->fresh_count && number < IMPORT_KEPT_PROBLEM_LIMIT; i++, number++) {
        const struct import_problem *problem = &run->fresh[i];
        TRY(db_execute(
            ctx,
            "INSERT INTO import_problems (shop_id, import_id, problem_no, line, column_name, code, value,"
            " fix, message, is_warning) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            db_int(ctx->shop->id), db_int(run->import_id), db_int(number + 1), db_int(problem->line),
            db_text(problem->column), db_text(problem->code), db_text(problem->value), db_text(problem->fix),
            db_text(problem->message), db_int(problem->is_warning)));
    }
    return NULL;
}

static err store_item(struct ctx *ctx, const struct import_run *run, const struct import_group *group)
{
    const char *changes = "[]";
    if (group->changes)
        TRY(json_text(ctx, group->changes, CHANGES_LIMIT, &changes));
    return db_execute(
        ctx,
        "INSERT INTO import_items (shop_id, import_id, outcome, line, product_id, title, changes)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        db_int(ctx->shop->id), db_int(run->import_id), db_int(group->outcome),
        db_int(group->lines[0]->number), db_id(group->product_id), db_text(group->draft.title),
        db_text(changes));
}

static err store_items(struct ctx *ctx, struct import_run *run, struct import_report *report)
{
    for (size_t i = 0; i < run->group_count && report->items < IMPORT_ITEM_LIMIT; i++) {
        const struct import_group *group = run->groups[i];
        if (group->outcome != IMPORT_NEW && group->outcome != IMPORT_CHANGED)
            continue;
        TRY(store_item(ctx, run, group));
        report->items++;
    }
    return NULL;
}

err import_store_batch(struct ctx *ctx, struct import_run *run, int64_t position,
                       struct import_report *report)
{
    const char *counts;
    report->problem_total = run->report->problem_total + (int64_t)run->fresh_count;
    report->items = run->report->items;
    report->warnings = run->report->warnings;
    for (size_t i = 0; i < run->fresh_count; i++)
        report->warnings += run->fresh[i].is_warning;
    if (run->is_dry)
        TRY(store_items(ctx, run, report));
    TRY(import_counts_json(ctx, report, &counts));
    TRY(store_problems(ctx, run));
    TRY(import_work_follow(ctx, run->is_dry ? IMPORT_CHECK_JOB : IMPORT_APPLY_JOB, run->import_id, report,
                           run->progress));
    return db_expect(ctx, 1, ERR_CONFLICT, "another run of this import goes on",
                     "UPDATE imports SET position = $3, progress = $4, counts = $5,"
                     " act_id = CASE WHEN $6 = 1 THEN $7 ELSE act_id END"
                     " WHERE shop_id = $1 AND id = $2 AND position = $8 AND state = $9",
                     db_int(ctx->shop->id), db_int(run->import_id), db_int(position), db_int(run->progress),
                     db_text(counts), db_int(!run->is_dry && (run->is_act_open || run->opens_act)),
                     db_int(run->act_id), db_int(run->position),
                     db_int(run->is_dry ? IMPORT_CHECKING : IMPORT_APPLYING));
}

/* ---- what was found ---- */

err import_problem_list(struct ctx *ctx, int64_t import_id, const char *code, int64_t after, int limit,
                        struct import_problem **problems, size_t *count, int64_t *last)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT problem_no, line, column_name, code, value, fix, message, is_warning FROM import_problems"
        " WHERE shop_id = $1 AND import_id = $2 AND problem_no > $3 AND (CAST($4 AS TEXT) = '' OR code = $4)"
        " ORDER BY problem_no LIMIT $5",
        db_int(ctx->shop->id), db_int(import_id), db_int(after), db_text(code ? code : ""), db_int(limit)));
    *problems = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **problems);
    *count = 0;
    *last = after;
    while (db_next(rows)) {
        *last = db_get_int(rows, 0);
        (*problems)[(*count)++] = (struct import_problem){.line = db_get_int(rows, 1),
                                                          .column = db_get_text(rows, 2),
                                                          .code = db_get_text(rows, 3),
                                                          .value = db_get_text(rows, 4),
                                                          .fix = db_get_text(rows, 5),
                                                          .message = db_get_text(rows, 6),
                                                          .is_warning = db_get_int(rows, 7) != 0};
    }
    return NULL;
}

err import_problem_codes(struct ctx *ctx, int64_t import_id, struct value **codes)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT code, count(*) FROM import_problems WHERE shop_id = $1 AND import_id = $2"
                 " GROUP BY code ORDER BY 2 DESC, code",
                 db_int(ctx->shop->id), db_int(import_id)));
    *codes = value_list(ctx->arena);
    while (db_next(rows)) {
        struct value *code = value_add(ctx->arena, *codes, *value_object(ctx->arena));
        value_set_text(ctx->arena, code, "code", db_get_text(rows, 0));
        value_set_int(ctx->arena, code, "count", db_get_int(rows, 1));
    }
    return NULL;
}

err import_item_list(struct ctx *ctx, int64_t import_id, enum import_outcome outcome, int64_t after,
                     int limit, struct import_item **items, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT line, product_id, title, changes FROM import_items WHERE shop_id = $1 AND import_id = $2"
        " AND outcome = $3 AND line > $4 ORDER BY line LIMIT $5",
        db_int(ctx->shop->id), db_int(import_id), db_int(outcome), db_int(after), db_int(limit)));
    *items = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **items);
    *count = 0;
    while (db_next(rows)) {
        const char *json = db_get_text(rows, 3);
        struct value *changes;
        TRY(json_read(ctx, json, strlen(json), &changes));
        (*items)[(*count)++] = (struct import_item){.line = db_get_int(rows, 0),
                                                    .product_id = db_get_int(rows, 1),
                                                    .title = db_get_text(rows, 2),
                                                    .changes = changes};
    }
    return NULL;
}
