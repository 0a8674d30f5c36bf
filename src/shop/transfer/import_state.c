/* import_state.c - an import from its upload to being undone: what people start, and what may follow what. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "base/json.h"
#include "job/job.h"
#include "shop/transfer/import_jobs.h"
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAMPLES 3
#define SAMPLE_CHARACTERS 60
#define FILE_NAME_LIMIT 200
/* How long a file is kept. What was applied can be undone without it. */
#define FILE_KEPT_MS (30 * DAY_MS)

#define IMPORT_COLUMNS                                                                                       \
    "SELECT id, created_at, actor, actor_id, file_name, bytes, state, choices, position, progress, counts,"  \
    " act_id, finished_at, failure, table_name, picture_count FROM imports "

static err read_import(struct ctx *ctx, const struct db_rows *rows, struct import *import)
{
    struct value *counts;
    const char *json = db_get_text(rows, 10);
    TRY(json_read(ctx, json, strlen(json), &counts));
    *import = (struct import){.id = db_get_int(rows, 0),
                              .created_at = db_get_int(rows, 1),
                              .actor = (enum actor_kind)db_get_int(rows, 2),
                              .actor_id = db_get_int(rows, 3),
                              .file_name = db_get_text(rows, 4),
                              .bytes = db_get_int(rows, 5),
                              .state = (enum import_state)db_get_int(rows, 6),
                              .position = db_get_int(rows, 8),
                              .progress = db_get_int(rows, 9),
                              .counts = counts,
                              .act_id = db_get_int(rows, 11),
                              .finished_at = db_get_int(rows, 12),
                              .failure = db_get_text(rows, 13),
                              .table_name = db_get_text(rows, 14),
                              .picture_count = db_get_int(rows, 15)};
    return import_choices_read(ctx, db_get_text(rows, 7), &import->choices);
}

err import_load(struct ctx *ctx, int64_t import_id, struct import *import)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, IMPORT_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(import_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such import");
    return read_import(ctx, rows, import);
}

/* $1 shop, $2 and $3 the range of ids, $4 how many, $5 the state. */
#define RANGE IMPORT_COLUMNS "WHERE shop_id = $1 AND id >= $2 AND id < $3"

err import_list(struct ctx *ctx, const struct import_query *query, struct import **imports, size_t *count)
{
    static const char *const statements[2][2] = {
        {RANGE " ORDER BY id DESC LIMIT $4", RANGE " ORDER BY id LIMIT $4"},
        {RANGE " AND state = $5 ORDER BY id DESC LIMIT $4", RANGE " AND state = $5 ORDER BY id LIMIT $4"}};
    struct db_rows *rows;
    int64_t from = query->since ? id_floor(query->since) : 0;
    int64_t to = query->until ? id_floor(query->until) : INT64_MAX;
    int limit = query->limit > IMPORT_LIST_LIMIT + 1 ? IMPORT_LIST_LIMIT + 1 : query->limit;
    if (query->behind_id && query->is_up && query->behind_id >= from)
        from = query->behind_id + 1;
    if (query->behind_id && !query->is_up && query->behind_id < to)
        to = query->behind_id;
    struct db_value values[] = {db_int(ctx->shop->id), db_int(from), db_int(to), db_int(limit),
                                db_int(query->state)};
    TRY(db_query_values(ctx, &rows, statements[query->state != 0][query->is_up], values,
                        query->state ? 5 : 4));
    *imports = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **imports);
    *count = 0;
    while (db_next(rows))
        TRY(read_import(ctx, rows, &(*imports)[(*count)++]));
    return NULL;
}

/* ---- a new one ---- */

struct creation {
    struct import *import;
    const char *choices;
};

static err insert(struct ctx *ctx, void *arg)
{
    const struct creation *creation = arg;
    const struct import *import = creation->import;
    TRY(db_execute(
        ctx,
        "INSERT INTO imports (shop_id, id, created_at, actor, actor_id, file_name, bytes, state, choices,"
        " table_name, picture_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(import->id), db_int(import->created_at), db_int(import->actor),
        db_int(import->actor_id), db_text(import->file_name), db_int(import->bytes), db_int(import->state),
        db_text(creation->choices), db_text(import->table_name), db_int(import->picture_count)));
    return job_schedule(ctx, IMPORT_FORGET_JOB, import->id, ctx->now + FILE_KEPT_MS, NULL);
}

/* How the same header was understood last time; else what the names say. */
static err begin_choices(struct ctx *ctx, const struct import_columns *columns,
                         struct import_choices *choices)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT choices FROM import_mappings WHERE shop_id = $1 AND fingerprint = $2",
                 db_int(ctx->shop->id), db_text(import_fingerprint(ctx, columns))));
    if (db_next(rows))
        return import_choices_read(ctx, db_get_text(rows, 0), choices);
    bool has[MEANING_ATTRIBUTE + 1] = {false};
    *choices = (struct import_choices){
        .columns = arena_alloc_many(ctx->arena, columns->count + 1, sizeof *choices->columns),
        .column_count = columns->count,
        .match = IMPORT_BY_SKU,
        .status = PRODUCT_DRAFT};
    for (size_t i = 0; i < columns->count; i++) {
        struct import_column column = columns->items[i];
        if (column.meaning < MEANING_CELLS && has[column.meaning])
            column.meaning = MEANING_NONE;
        has[column.meaning] = true;
        choices->columns[i] = import_column_key(ctx, &column);
    }
    if (has[MEANING_HANDLE] && !has[MEANING_SKU])
        choices->match = IMPORT_BY_HANDLE;
    return NULL;
}

static err refuse_file(struct ctx *ctx, err failure)
{
    if (error_kind(failure->code)->status >= 500)
        return failure;
    return fail_field(ctx, "file", "bad-file",
                      failure->problems ? failure->problems->message : failure->detail);
}

/* Where uploads are kept, and parts of them until it is clear that they can be used. */
static err make_directory(struct ctx *ctx, const char **directory)
{
    *directory = arena_format(ctx->arena, "%s/imports", ctx->config->data);
    if (mkdir(*directory, 0750) != 0 && errno != EEXIST)
        return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", *directory, errno);
    return NULL;
}

static err move_file(struct ctx *ctx, const char *from, const char *to)
{
    return rename(from, to) == 0
               ? NULL
               : fail_with(ctx, ERR_INTERNAL, "cannot move the file to %s (errno %d)", to, errno);
}

/* A ZIP stays beside its table. */
static err take_files(struct ctx *ctx, const char *path, const char *table_path, const struct import *import)
{
    if (!import->table_name[0])
        return move_file(ctx, path, import_path(ctx, import->id));
    TRY(move_file(ctx, path, import_zip_path(ctx, import->id)));
    return move_file(ctx, table_path, import_path(ctx, import->id));
}

/* Fills the import from its file; `table` is where the table stands. */
static err begin_import(struct ctx *ctx, const char *path, const char *table, const char *file_name,
                        struct import *import)
{
    struct sheet_reader *reader;
    struct import_columns *columns = arena_alloc(ctx->arena, sizeof *columns);
    struct attribute *attributes;
    size_t count;
    struct stat facts;
    TRY(attribute_list(ctx, &attributes, &count));
    err failure = import_file_open(ctx, table, attributes, count, &reader, columns);
    sheet_close(reader);
    if (failure)
        return refuse_file(ctx, failure);
    import->created_at = ctx->now;
    import->actor = ctx->actor;
    import->actor_id = ctx->actor_id;
    import->file_name =
        arena_copy(ctx->arena, file_name, utf8_prefix(file_name, strlen(file_name), FILE_NAME_LIMIT));
    import->bytes = stat(path, &facts) == 0 ? facts.st_size : 0;
    import->state = IMPORT_UPLOADED;
    import->counts = value_object(ctx->arena);
    import->failure = "";
    return begin_choices(ctx, columns, &import->choices);
}

err import_create(struct ctx *ctx, const char *path, const char *file_name, struct import *import)
{
    struct import_package package;
    struct creation creation = {.import = import};
    const char *directory;
    TRY(make_directory(ctx, &directory));
    *import = (struct import){.id = id_new(ctx), .table_name = ""};
    const char *table = arena_format(ctx->arena, "%s.part", import_path(ctx, import->id));
    err failure = import_package_open(ctx, path, table, &package);
    if (package.is_zip && !failure) {
        import->table_name = package.table_name;
        import->picture_count = package.picture_count;
    }
    if (!failure)
        failure = begin_import(ctx, path, package.is_zip ? table : path, file_name, import);
    if (!failure)
        failure = import_choices_json(ctx, &import->choices, &creation.choices);
    if (!failure)
        failure = take_files(ctx, path, table, import);
    if (failure) {
        unlink(table);
        return failure;
    }
    return db_transact(ctx, insert, &creation);
}

/* ---- columns ---- */

static err add_samples(struct ctx *ctx, struct sheet_reader *reader, const struct import_columns *columns,
                       struct value *list)
{
    struct sheet_row row;
    enum sheet_outcome outcome = SHEET_ROW;
    for (int i = 0; i < SAMPLES; i++) {
        TRY(import_file_next(ctx, reader, columns, &row, &outcome));
        if (outcome == SHEET_END)
            return NULL;
        for (size_t j = 0; outcome == SHEET_ROW && j < columns->count && j < row.count; j++) {
            const char *text = text_trim(ctx->arena, row.cells[j].text);
            size_t length = strlen(text), kept = utf8_prefix(text, length, SAMPLE_CHARACTERS);
            if (length > 0)
                value_add(
                    ctx->arena, (struct value *)value_find(value_at(list, j), "samples"),
                    value_text(kept == length ? text : arena_format(ctx->arena, "%.*s…", (int)kept, text)));
        }
    }
    return NULL;
}

static void add_format(struct ctx *ctx, const struct sheet_reader *reader, struct value *view)
{
    char delimiter = sheet_delimiter_of(reader);
    value_set_text(ctx->arena, view, "encoding", sheet_encoding_of(reader));
    value_set_text(ctx->arena, view, "delimiter",
                   delimiter == ','    ? "comma"
                   : delimiter == '\t' ? "tab"
                   : delimiter == ';'  ? "semicolon"
                                       : NULL);
}

err import_preview(struct ctx *ctx, const struct import *import, struct value *view)
{
    struct sheet_reader *reader;
    struct import_columns *columns = arena_alloc(ctx->arena, sizeof *columns);
    struct value *list = value_set_list(ctx->arena, view, "columns");
    err failure = import_file_open(ctx, import_path(ctx, import->id), NULL, 0, &reader, columns);
    if (!failure)
        add_format(ctx, reader, view);
    for (size_t i = 0; !failure && i < columns->count; i++) {
        struct value *column = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, column, "header", columns->items[i].header);
        value_set_text(ctx->arena, column, "key",
                       i < import->choices.column_count ? import->choices.columns[i] : "");
        value_set_list(ctx->arena, column, "samples");
    }
    if (!failure)
        failure = add_samples(ctx, reader, columns, list);
    sheet_close(reader);
    return failure;
}

/* ---- starting ---- */

struct start {
    int64_t import_id;
    const char *title;
    const struct import_choices *choices;
    const char *json;
    const char *fingerprint;
};

static err forget_found(struct ctx *ctx, int64_t import_id)
{
    return db_execute(ctx, "DELETE FROM import_problems WHERE shop_id = $1 AND import_id = $2",
                      db_int(ctx->shop->id), db_int(import_id));
}

static err start_check(struct ctx *ctx, void *arg)
{
    const struct start *start = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the import runs, or was applied already",
                  "UPDATE imports SET state = $3, choices = $4, position = 0, progress = 0, counts = '{}',"
                  " failure = '' WHERE shop_id = $1 AND id = $2 AND state IN (1, 3, 8)",
                  db_int(ctx->shop->id), db_int(start->import_id), db_int(IMPORT_CHECKING),
                  db_text(start->json)));
    TRY(forget_found(ctx, start->import_id));
    TRY(db_execute(ctx, "DELETE FROM import_items WHERE shop_id = $1 AND import_id = $2",
                   db_int(ctx->shop->id), db_int(start->import_id)));
    TRY(db_execute(
        ctx,
        "INSERT INTO import_mappings (shop_id, fingerprint, choices, used_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (shop_id, fingerprint) DO UPDATE SET choices = excluded.choices,"
        " used_at = excluded.used_at",
        db_int(ctx->shop->id), db_text(start->fingerprint), db_text(start->json), db_int(ctx->now)));
    TRY(import_work_begin(ctx, IMPORT_CHECK_JOB, start->import_id, start->title, 0));
    return job_schedule(ctx, IMPORT_CHECK_JOB, start->import_id, ctx->now, NULL);
}

static err need_column(struct ctx *ctx, const struct import_columns *columns, enum import_meaning meaning)
{
    return columns->of[meaning] ? NULL
                                : fail_field(ctx, "match", "column-needed",
                                             "no column of the file is what products are known again by");
}

/* The columns as they will be read: every key is one, none stands twice, and what products are known by is
 * there. */
static err check_choices(struct ctx *ctx, const struct import *import, const struct import_choices *choices,
                         struct import_columns *columns)
{
    struct sheet_reader *reader;
    err failure = import_file_open(ctx, import_path(ctx, import->id), NULL, 0, &reader, columns);
    sheet_close(reader);
    TRY(failure);
    for (size_t i = 0; i < columns->count; i++) {
        const char *key = i < choices->column_count ? choices->columns[i] : "";
        if (!import_column_of_key(key, &columns->items[i]))
            return fail_field(ctx, arena_format(ctx->arena, "columns.%zu.key", i), "unknown-choice",
                              "no column can mean this");
    }
    for (size_t i = 0; i < columns->count; i++)
        for (size_t j = 0; j < i; j++)
            if (columns->items[i].meaning != MEANING_NONE && columns->items[i].meaning != MEANING_OPTION &&
                columns->items[i].meaning == columns->items[j].meaning &&
                columns->items[i].attribute_id == columns->items[j].attribute_id)
                return fail_field(ctx, arena_format(ctx->arena, "columns.%zu.key", i), "column-twice",
                                  "another column means the same; keep one");
    TRY(import_columns_settle(ctx, columns));
    if (choices->match == IMPORT_BY_HANDLE)
        return need_column(ctx, columns, MEANING_HANDLE);
    if (choices->match == IMPORT_BY_BARCODE)
        return need_column(ctx, columns, MEANING_BARCODE);
    if (choices->match == IMPORT_BY_EXTERNAL_ID)
        return need_column(ctx, columns, MEANING_EXTERNAL_ID);
    return columns->of[MEANING_TITLE] ? NULL : need_column(ctx, columns, MEANING_SKU);
}

err import_check(struct ctx *ctx, int64_t import_id, const struct import_choices *choices)
{
    struct import import;
    struct import_columns *columns = arena_alloc(ctx->arena, sizeof *columns);
    struct start start = {.import_id = import_id, .choices = choices};
    TRY(import_load(ctx, import_id, &import));
    start.title = import.file_name;
    TRY(check_choices(ctx, &import, choices, columns));
    start.fingerprint = import_fingerprint(ctx, columns);
    TRY(import_choices_json(ctx, choices, &start.json));
    return db_transact(ctx, start_check, &start);
}

static err reopen(struct ctx *ctx, void *arg)
{
    const int64_t *import_id = arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "the import runs, or was applied already",
                     "UPDATE imports SET state = $3, failure = '' WHERE shop_id = $1 AND id = $2"
                     " AND state IN (1, 3, 8)",
                     db_int(ctx->shop->id), db_int(*import_id), db_int(IMPORT_UPLOADED));
}

err import_reopen(struct ctx *ctx, int64_t import_id)
{
    return db_transact(ctx, reopen, &import_id);
}

static err start_apply(struct ctx *ctx, void *arg)
{
    const struct start *start = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the import is not checked, or runs already",
                  "UPDATE imports SET state = $3, position = 0, progress = 0, counts = '{}', failure = ''"
                  " WHERE shop_id = $1 AND id = $2 AND state = $4",
                  db_int(ctx->shop->id), db_int(start->import_id), db_int(IMPORT_APPLYING),
                  db_int(IMPORT_CHECKED)));
    TRY(forget_found(ctx, start->import_id));
    TRY(import_work_begin(ctx, IMPORT_APPLY_JOB, start->import_id, start->title, 0));
    return job_schedule(ctx, IMPORT_APPLY_JOB, start->import_id, ctx->now, NULL);
}

err import_apply(struct ctx *ctx, int64_t import_id)
{
    struct import import;
    TRY(import_load(ctx, import_id, &import));
    if (import.choices.is_whole && value_find_int(import.counts, "problems", 0) > 0)
        return fail_with(ctx, ERR_CONFLICT, "all or nothing: the file has errors, put them right first");
    return db_transact(ctx, start_apply, &(struct start){.import_id = import_id, .title = import.file_name});
}

static err start_undo(struct ctx *ctx, void *arg)
{
    const struct start *start = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the import is not applied, or was undone already",
                  "UPDATE imports SET state = $3, position = 0, progress = 0"
                  " WHERE shop_id = $1 AND id = $2 AND state = $4",
                  db_int(ctx->shop->id), db_int(start->import_id), db_int(IMPORT_UNDOING),
                  db_int(IMPORT_APPLIED)));
    TRY(import_pictures_stop(ctx, start->import_id));
    TRY(import_work_begin(ctx, IMPORT_UNDO_JOB, start->import_id, start->title, 0));
    return job_schedule(ctx, IMPORT_UNDO_JOB, start->import_id, ctx->now, NULL);
}

err import_undo(struct ctx *ctx, int64_t import_id)
{
    struct import import;
    TRY(import_load(ctx, import_id, &import));
    return db_transact(ctx, start_undo, &(struct start){.import_id = import_id, .title = import.file_name});
}
