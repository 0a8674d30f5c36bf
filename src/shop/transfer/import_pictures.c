/* import_pictures.c - pictures out of the ZIP of a product file: ordered with the products, taken into the
 * library and put on their products by a job, and taken back when the import is undone.
 *
 * The rows are the work, so it goes on after any end where it was. A product gets its pictures in one act, in
 * the order of its cells, when all of the ZIP is in the library. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "shop/services.h"
#include "shop/transfer/import_jobs.h"
#include "shop/work/work.h"
#include <stdlib.h>
#include <unistd.h>

/* What keeps the cells of two rows of a product apart in its order. */
#define LINE_STEP 100
/* Rows of one product that are placed, or taken back, at once. */
#define PLACED_AT_ONCE 100

/* ---- ordering ---- */

static err order_group(struct ctx *ctx, const struct import_run *run, const struct import_group *group)
{
    for (size_t i = 0; i < group->file_count; i++) {
        const struct import_picture *picture = &group->files[i];
        TRY(db_execute(ctx,
                       "INSERT INTO import_pictures (shop_id, import_id, product_id, seq, name, bytes, line,"
                       " state, alt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                       " ON CONFLICT (shop_id, import_id, product_id, seq) DO NOTHING",
                       db_int(ctx->shop->id), db_int(run->import_id), db_int(group->draft.id),
                       db_int(group->lines[0]->number * LINE_STEP + (int64_t)i), db_text(picture->file->name),
                       db_int(picture->file->bytes), db_int(picture->line), db_int(IMPORT_PICTURE_WANTED),
                       db_text(picture->alt)));
    }
    return NULL;
}

err import_order_files(struct ctx *ctx, const struct import_run *run)
{
    for (size_t i = 0; i < run->group_count; i++)
        if (import_is_written(run->groups[i]))
            TRY(order_group(ctx, run, run->groups[i]));
    return NULL;
}

/* ---- what was given before ---- */

static bool is_file(const struct package_file *file, const char *name, int64_t bytes)
{
    return file && file->bytes == bytes && text_is(file->name, name);
}

static void add_wording(struct import_group *group, const struct import_picture *file, const char *picture_id)
{
    if (file->alt && picture_id && group->wording_count < PRODUCT_PICTURE_LIMIT)
        group->wordings[group->wording_count++] =
            (struct import_wording){.line = file->line, .picture_id = picture_id, .alt = file->alt};
}

/* Its words may be new, and variants get it at once. */
static void forget_file(struct import_group *group, const char *name, int64_t bytes, const char *picture_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->look_count; i++)
        if (is_file(group->looks[i].file, name, bytes))
            group->looks[i].picture_id = picture_id;
    for (size_t i = 0; i < group->file_count; i++)
        if (is_file(group->files[i].file, name, bytes))
            add_wording(group, &group->files[i], picture_id);
        else
            group->files[kept++] = group->files[i];
    group->file_count = kept;
}

static err forget_known(struct import_run *run, struct import_group *const *groups, const int64_t *ids,
                        size_t count)
{
    struct ctx *ctx = &run->work;
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t chunk = db_bind_ids(ctx, ids, count, values);
    TRY(db_query_values(
        ctx, &rows,
        "SELECT DISTINCT product_id, name, bytes, picture_id FROM import_pictures WHERE shop_id = $1"
        " AND state <> 4 AND product_id IN " DB_IDS,
        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < chunk; i++)
            if (ids[i] == db_get_int(rows, 0))
                forget_file(groups[i], db_get_text(rows, 1), db_get_int(rows, 2), db_get_text(rows, 3));
    return NULL;
}

err import_forget_known_files(struct import_run *run)
{
    int64_t *ids = arena_alloc_many(run->work.arena, run->group_count + 1, sizeof *ids);
    struct import_group **groups =
        arena_alloc_many(run->work.arena, run->group_count + 1, sizeof(struct import_group *));
    size_t count = 0;
    for (size_t i = 0; i < run->group_count; i++)
        if (run->groups[i]->whole && run->groups[i]->file_count > 0) {
            groups[count] = run->groups[i];
            ids[count++] = run->groups[i]->product_id;
        }
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(forget_known(run, groups + start, ids + start, count - start));
    return NULL;
}

err import_pictures_count(struct ctx *ctx, int64_t import_id, struct import_picture_counts *counts)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT state, COUNT(*) FROM import_pictures WHERE shop_id = $1 AND import_id = $2"
                 " GROUP BY state ORDER BY state",
                 db_int(ctx->shop->id), db_int(import_id)));
    *counts = (struct import_picture_counts){0};
    while (db_next(rows)) {
        int64_t state = db_get_int(rows, 0), count = db_get_int(rows, 1);
        if (state == IMPORT_PICTURE_PLACED)
            counts->placed = count;
        else if (state == IMPORT_PICTURE_REFUSED)
            counts->refused = count;
        else
            counts->waiting += count;
    }
    return NULL;
}

/* ---- what goes wrong ---- */

struct refusal {
    int64_t import_id;
    const char *name; /* of a file, for all products that want it; NULL = of all files that still wait */
    const char *code;
};

/* Into the report of the import, whose counts nobody else changes once it is applied. */
static err add_warning(struct ctx *ctx, const struct refusal *refusal, const char *name, int64_t line)
{
    struct import import;
    struct import_report report;
    const char *counts;
    TRY(import_load(ctx, refusal->import_id, &import));
    import_counts_read(import.counts, &report);
    report.problem_total++;
    report.warnings++;
    TRY(import_counts_json(ctx, &report, &counts));
    TRY(db_execute(ctx, "UPDATE imports SET counts = $3 WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(refusal->import_id), db_text(counts)));
    if (report.problem_total > IMPORT_KEPT_PROBLEM_LIMIT)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO import_problems (shop_id, import_id, problem_no, line, column_name, code,"
                      " value, fix, message, is_warning) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, 1)",
                      db_int(ctx->shop->id), db_int(refusal->import_id), db_int(report.problem_total),
                      db_int(line), db_text(import_meaning_key(MEANING_PICTURES)), db_text(refusal->code),
                      db_text(name), db_text("the picture could not be taken"));
}

static err refuse_in_transaction(struct ctx *ctx, void *arg)
{
    const struct refusal *refusal = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT name, MIN(line) FROM import_pictures WHERE shop_id = $1 AND import_id = $2"
                 " AND state = 1 AND (CAST($3 AS TEXT) IS NULL OR name = $3) GROUP BY name ORDER BY 2, 1",
                 db_int(ctx->shop->id), db_int(refusal->import_id), db_text(refusal->name)));
    while (db_next(rows))
        TRY(add_warning(ctx, refusal, db_get_text(rows, 0), db_get_int(rows, 1)));
    int64_t refused;
    TRY(db_change(ctx, &refused,
                  "UPDATE import_pictures SET state = 4 WHERE shop_id = $1 AND import_id = $2"
                  " AND state = 1 AND (CAST($3 AS TEXT) IS NULL OR name = $3)",
                  db_int(ctx->shop->id), db_int(refusal->import_id), db_text(refusal->name)));
    return work_add(ctx, IMPORT_PICTURES_JOB, refusal->import_id,
                    &(struct work){.done = refused, .failed = refused});
}

/* ---- into the library ---- */

struct storing {
    struct ctx work; /* its arena is emptied behind each file */
    int64_t import_id;
    const char **names; /* wanted, sorted */
    size_t count;
};

struct stored {
    int64_t import_id;
    const char *name;
    const char *picture_id;
};

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_wanted(void *arg, const char *name)
{
    const struct storing *storing = arg;
    return bsearch(&name, storing->names, storing->count, sizeof *storing->names, by_text) != NULL;
}

static err mark_stored(struct ctx *ctx, void *arg)
{
    const struct stored *stored = arg;
    return db_execute(ctx,
                      "UPDATE import_pictures SET state = 2, picture_id = $4 WHERE shop_id = $1"
                      " AND import_id = $2 AND state = 1 AND name = $3",
                      db_int(ctx->shop->id), db_int(stored->import_id), db_text(stored->name),
                      db_text(stored->picture_id));
}

static err store_file(struct ctx *work, int64_t import_id, const struct zip_entry *entry)
{
    const struct picture *picture;
    const char *slash = strrchr(entry->name, '/');
    struct media_source source = {.path = entry->path, .file_name = slash ? slash + 1 : entry->name};
    struct refusal refusal = {import_id, entry->name, "file-too-big"};
    if (!entry->path)
        return db_transact(work, refuse_in_transaction, &refusal);
    err failure = picture_store(work, &source, &picture);
    if (failure && failure->code == ERR_INVALID && failure->problems) {
        refusal.code = failure->problems->code;
        return db_transact(work, refuse_in_transaction, &refusal);
    }
    TRY(failure);
    return db_transact(work, mark_stored, &(struct stored){import_id, entry->name, picture->id});
}

static err take_file(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct storing *storing = arg;
    err failure = store_file(&storing->work, storing->import_id, entry);
    if (failure)
        failure = error_make(ctx->arena, ERR_INTERNAL, failure->file, failure->line, "%s", failure->detail);
    arena_reset(storing->work.arena);
    return failure;
}

static err list_wanted(struct ctx *ctx, int64_t import_id, struct storing *storing)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT DISTINCT name FROM import_pictures WHERE shop_id = $1 AND import_id = $2"
                 " AND state = 1 ORDER BY name LIMIT $3",
                 db_int(ctx->shop->id), db_int(import_id), db_int(PACKAGE_FILE_LIMIT)));
    storing->names = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *storing->names);
    while (db_next(rows))
        storing->names[storing->count++] = db_get_text(rows, 0);
    qsort(storing->names, storing->count, sizeof *storing->names, by_text);
    return NULL;
}

static err store_wanted(struct ctx *ctx, int64_t import_id)
{
    struct storing storing = {.work = *ctx, .import_id = import_id};
    const char *scratch = arena_format(ctx->arena, "%s.part", import_path(ctx, import_id));
    struct zip_walk walk = {.scratch = scratch,
                            .file_bytes = PICTURE_BYTES_LIMIT,
                            .wants = is_wanted,
                            .take = take_file,
                            .arg = &storing};
    TRY(list_wanted(ctx, import_id, &storing));
    if (storing.count == 0)
        return NULL;
    storing.work.arena = arena_open(ARENA_LIMIT);
    err failure = ctx->services->zips->walk(ctx, import_zip_path(ctx, import_id), &walk);
    arena_close(storing.work.arena);
    unlink(scratch);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    struct refusal rest = {import_id, NULL, failure ? failure->problems->code : "picture-missing"};
    return db_transact(ctx, refuse_in_transaction, &rest);
}

/* ---- on the products ---- */

struct placing {
    int64_t import_id;
    bool is_finished;
};

struct placed_row {
    int64_t seq;
    int64_t line;
    const char *name;
    const char *picture_id;
    const char *alt; /* NULL = not said */
};

/* The rows of the next product; *count 0 when there is none. */
static err next_rows(struct ctx *ctx, int64_t import_id, int64_t *product_id, struct placed_row *placed,
                     size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, seq, line, name, picture_id, alt FROM import_pictures WHERE shop_id = $1"
                 " AND import_id = $2 AND state = 2 ORDER BY product_id, seq LIMIT $3",
                 db_int(ctx->shop->id), db_int(import_id), db_int(PLACED_AT_ONCE)));
    *count = 0;
    while (db_next(rows)) {
        if (*count > 0 && db_get_int(rows, 0) != *product_id)
            break;
        *product_id = db_get_int(rows, 0);
        placed[(*count)++] =
            (struct placed_row){db_get_int(rows, 1), db_get_int(rows, 2), db_get_text(rows, 3),
                                db_get_text(rows, 4), db_get_text(rows, 5)};
    }
    return NULL;
}

static bool is_among(const struct product_picture *pictures, size_t count, const char *picture_id)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(pictures[i].picture_id, picture_id))
            return true;
    return false;
}

static err mark_placed(struct ctx *ctx, const struct placing *placing, int64_t product_id, int64_t seq,
                       enum import_picture_state state, bool is_added)
{
    return db_execute(ctx,
                      "UPDATE import_pictures SET state = $5, is_added = $6 WHERE shop_id = $1"
                      " AND import_id = $2 AND product_id = $3 AND seq = $4",
                      db_int(ctx->shop->id), db_int(placing->import_id), db_int(product_id), db_int(seq),
                      db_int(state), db_int(is_added));
}

static err place_rows(struct ctx *ctx, const struct placing *placing, const struct product *product,
                      const struct placed_row *rows, size_t count)
{
    struct product_picture *wanted = arena_alloc_many(ctx->arena, count, sizeof *wanted), *had;
    size_t had_count, shown;
    TRY(product_picture_list(ctx, product->id, &had, &had_count));
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct product_picture){.picture_id = rows[i].picture_id,
                                             .alt = rows[i].alt ? rows[i].alt : product->title,
                                             .focus_x = 50,
                                             .focus_y = 50};
    TRY(product_picture_append_many(ctx, product->id, wanted, count, &shown));
    for (size_t i = 0; i < count; i++) {
        struct refusal refusal = {placing->import_id, NULL, "too-many-pictures"};
        bool is_added =
            !is_among(had, had_count, rows[i].picture_id) && !is_among(wanted, i, rows[i].picture_id);
        if (i >= shown)
            TRY(add_warning(ctx, &refusal, rows[i].name, rows[i].line));
        TRY(mark_placed(ctx, placing, product->id, rows[i].seq,
                        i < shown ? IMPORT_PICTURE_PLACED : IMPORT_PICTURE_REFUSED, i < shown && is_added));
        TRY(import_looks_placed(ctx, placing->import_id, product->id, rows[i].name, rows[i].picture_id));
    }
    size_t placed = shown < count ? shown : count;
    return work_add(ctx, IMPORT_PICTURES_JOB, placing->import_id,
                    &(struct work){.done = (int64_t)count,
                                   .changed = (int64_t)placed,
                                   .failed = (int64_t)(count - placed)});
}

static err place_next(struct ctx *ctx, void *arg)
{
    struct placing *placing = arg;
    struct placed_row *rows = arena_alloc_many(ctx->arena, PLACED_AT_ONCE, sizeof *rows);
    const struct product *product;
    int64_t product_id, changed;
    size_t count;
    /* Undoing waits for this transaction, or this one for it. */
    TRY(db_change(ctx, &changed,
                  "UPDATE imports SET position = position WHERE shop_id = $1 AND id = $2 AND state = $3",
                  db_int(ctx->shop->id), db_int(placing->import_id), db_int(IMPORT_APPLIED)));
    placing->is_finished = changed == 0;
    if (changed == 0)
        return NULL;
    TRY(next_rows(ctx, placing->import_id, &product_id, rows, &count));
    placing->is_finished = count == 0;
    if (count == 0)
        return work_conclude(ctx, IMPORT_PICTURES_JOB, placing->import_id, WORK_DONE, "");
    err failure = product_load(ctx, product_id, &product);
    if (!failure)
        return place_rows(ctx, placing, product, rows, count);
    if (failure->code != ERR_NOT_FOUND)
        return failure;
    for (size_t i = 0; i < count; i++)
        TRY(mark_placed(ctx, placing, product_id, rows[i].seq, IMPORT_PICTURE_REFUSED, false));
    return work_add(ctx, IMPORT_PICTURES_JOB, placing->import_id,
                    &(struct work){.done = (int64_t)count, .failed = (int64_t)count});
}

static err repeat(struct ctx *ctx, err (*body)(struct ctx *ctx, void *arg), struct placing *placing)
{
    struct ctx work = *ctx;
    err failure = NULL;
    work.arena = arena_open(ARENA_LIMIT);
    while (!failure && !placing->is_finished) {
        failure = db_transact(&work, body, placing);
        if (failure)
            failure =
                error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
        arena_reset(work.arena);
    }
    arena_close(work.arena);
    return failure;
}

err import_run_pictures(struct ctx *ctx, const struct job *job, void *owner)
{
    struct import import;
    (void)owner;
    TRY(import_load(ctx, job->subject_id, &import));
    if (import.state != IMPORT_APPLIED || !import.table_name[0])
        return NULL;
    ctx->actor = import.actor;
    ctx->actor_id = import.actor_id;
    TRY(store_wanted(ctx, import.id));
    return repeat(ctx, place_next, &(struct placing){.import_id = import.id});
}

/* ---- undoing ---- */

err import_pictures_stop(struct ctx *ctx, int64_t import_id)
{
    TRY(work_conclude(ctx, IMPORT_PICTURES_JOB, import_id, WORK_STOPPED, ""));
    return db_execute(ctx,
                      "DELETE FROM import_pictures WHERE shop_id = $1 AND import_id = $2 AND state IN (1, 2)",
                      db_int(ctx->shop->id), db_int(import_id));
}

static err take_back_next(struct ctx *ctx, void *arg)
{
    struct placing *placing = arg;
    const char *pictures[PLACED_AT_ONCE];
    struct db_rows *rows;
    int64_t product_id = 0;
    size_t count = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, picture_id FROM import_pictures WHERE shop_id = $1 AND import_id = $2"
                 " AND state = 3 AND is_added = 1 ORDER BY product_id, seq LIMIT $3",
                 db_int(ctx->shop->id), db_int(placing->import_id), db_int(PLACED_AT_ONCE)));
    while (db_next(rows)) {
        if (count > 0 && db_get_int(rows, 0) != product_id)
            break;
        product_id = db_get_int(rows, 0);
        pictures[count++] = db_get_text(rows, 1);
    }
    placing->is_finished = count == 0;
    if (count == 0)
        return db_execute(ctx, "DELETE FROM import_pictures WHERE shop_id = $1 AND import_id = $2",
                          db_int(ctx->shop->id), db_int(placing->import_id));
    err failure = product_picture_remove_many(ctx, product_id, pictures, count);
    if (failure && failure->code != ERR_NOT_FOUND)
        return failure;
    return db_execute(ctx,
                      "UPDATE import_pictures SET is_added = 0 WHERE shop_id = $1 AND import_id = $2"
                      " AND product_id = $3",
                      db_int(ctx->shop->id), db_int(placing->import_id), db_int(product_id));
}

err import_pictures_undo(struct ctx *ctx, int64_t import_id)
{
    return repeat(ctx, take_back_next, &(struct placing){.import_id = import_id});
}
