/* import_jobs.c - checking, applying and undoing in the background. Each goes on where it was: how far it
 * came stands in the row of the import, written with what it wrote. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_jobs.h"
#include "shop/transfer/import_parts.h"

#include "base/clock.h"
#include "shop/tenant/tenant.h"
#include "shop/work/work.h"
#include <unistd.h>

#define ATTEMPTS 20
/* Changes of stock that are taken back in one transaction. */
#define STOCK_CHUNK 64

static err begin(struct ctx *ctx, int64_t import_id, enum import_state state, struct import *import,
                 bool *is_due)
{
    TRY(import_load(ctx, import_id, import));
    *is_due = import->state == state;
    /* Whoever started it is who changes the products. */
    ctx->actor = import->actor;
    ctx->actor_id = import->actor_id;
    return NULL;
}

/* ---- an end ---- */

struct ending {
    int64_t import_id;
    enum import_state from;
    enum import_state to;
    const char *failure;
    const char *counts; /* NULL = as they are */
    const char *next;   /* job that follows, or NULL */
    const char *title;  /* of that */
};

static const char *const end_names[] = {[IMPORT_CHECKED] = "checked",
                                        [IMPORT_APPLIED] = "applied",
                                        [IMPORT_UNDONE] = "undone",
                                        [IMPORT_FAILED] = "failed"};

/* Only for shops in which somebody wants to hear of it. */
static err tell_end(struct ctx *ctx, const struct ending *ending)
{
    if (ending->next || !shop_has_occasion(ctx->shop, OCCASION_IMPORTED))
        return NULL;
    struct value *news = value_object(ctx->arena);
    value_set_text(ctx->arena, news, "state", end_names[ending->to]);
    return outbox_emit(ctx, "import.ended", ending->import_id, news);
}

/* The work that goes on ends, and what follows begins. */
static err end_work(struct ctx *ctx, const struct ending *ending)
{
    static const char *const kinds[] = {[IMPORT_CHECKING] = IMPORT_CHECK_JOB,
                                        [IMPORT_APPLYING] = IMPORT_APPLY_JOB,
                                        [IMPORT_UNDOING] = IMPORT_UNDO_JOB};
    bool is_failed = ending->to == IMPORT_FAILED || ending->to == IMPORT_UNDOING;
    struct import_picture_counts pictures = {0};
    TRY(work_conclude(ctx, kinds[ending->from], ending->import_id, is_failed ? WORK_FAILED : WORK_DONE,
                      ending->to == IMPORT_FAILED    ? "bad-file"
                      : ending->to == IMPORT_UNDOING ? "all-or-nothing"
                                                     : ""));
    if (!ending->next)
        return NULL;
    if (text_is(ending->next, IMPORT_PICTURES_JOB))
        TRY(import_pictures_count(ctx, ending->import_id, &pictures));
    return import_work_begin(ctx, ending->next, ending->import_id, ending->title, pictures.waiting);
}

static err end_in_transaction(struct ctx *ctx, void *arg)
{
    const struct ending *ending = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the import is in another state by now",
                  "UPDATE imports SET state = $3, failure = $4, finished_at = $5, progress = 100,"
                  " position = CASE WHEN $3 = 6 THEN 0 ELSE position END, counts = COALESCE($7, counts)"
                  " WHERE shop_id = $1 AND id = $2 AND state = $6",
                  db_int(ctx->shop->id), db_int(ending->import_id), db_int(ending->to),
                  db_text(ending->failure), db_int(ctx->now), db_int(ending->from), db_text(ending->counts)));
    TRY(tell_end(ctx, ending));
    TRY(end_work(ctx, ending));
    return ending->next ? job_schedule(ctx, ending->next, ending->import_id, ctx->now, NULL) : NULL;
}

static err end(struct ctx *ctx, struct ending ending)
{
    return db_transact(ctx, end_in_transaction, &ending);
}

/* ---- checking and applying ---- */

static err run_file(struct ctx *ctx, const struct import *import, bool is_dry, bool *is_stopped)
{
    struct import_report report;
    struct import_run *run = arena_alloc(ctx->arena, sizeof *run);
    import_counts_read(import->counts, &report);
    *run = (struct import_run){.ctx = ctx,
                               .name = import->file_name,
                               .import_id = import->id,
                               .act_id = import->act_id ? import->act_id : id_new(ctx),
                               .is_act_open = import->act_id != 0,
                               .is_dry = is_dry,
                               .choices = &import->choices,
                               .report = &report,
                               .position = import->position};
    if (import->table_name[0]) {
        struct package_index *files = arena_alloc(ctx->arena, sizeof *files);
        TRY(import_package_index(ctx, import_zip_path(ctx, import->id), files));
        run->files = files;
    }
    err failure = import_run_file(run, import_path(ctx, import->id));
    *is_stopped = run->is_stopped;
    return failure;
}

static const char *words_of(err failure)
{
    return failure->problems ? failure->problems->message : failure->detail;
}

static err run_check(struct ctx *ctx, const struct job *job, void *owner)
{
    struct import import;
    bool is_due, is_stopped;
    (void)owner;
    TRY(begin(ctx, job->subject_id, IMPORT_CHECKING, &import, &is_due));
    if (!is_due)
        return NULL;
    err failure = run_file(ctx, &import, true, &is_stopped);
    if (failure && error_kind(failure->code)->status < 500 && failure->code != ERR_CONFLICT)
        return end(ctx, (struct ending){import.id, IMPORT_CHECKING, IMPORT_FAILED, words_of(failure), NULL,
                                        NULL, NULL});
    TRY(failure);
    return end(ctx, (struct ending){import.id, IMPORT_CHECKING, IMPORT_CHECKED, "", NULL, NULL, NULL});
}

static err run_apply(struct ctx *ctx, const struct job *job, void *owner)
{
    struct import import;
    bool is_due, is_stopped;
    (void)owner;
    TRY(begin(ctx, job->subject_id, IMPORT_APPLYING, &import, &is_due));
    if (!is_due)
        return NULL;
    TRY(run_file(ctx, &import, false, &is_stopped));
    if (is_stopped)
        return end(ctx, (struct ending){import.id, IMPORT_APPLYING, IMPORT_UNDOING, "all-or-nothing", NULL,
                                        IMPORT_UNDO_JOB, import.file_name});
    const char *next = import.table_name[0] ? IMPORT_PICTURES_JOB : NULL;
    return end(ctx,
               (struct ending){import.id, IMPORT_APPLYING, IMPORT_APPLIED, "", NULL, next, import.file_name});
}

/* ---- undoing ---- */

struct undo {
    int64_t import_id;
    int64_t position;
    struct act_undoing part;
    struct import_report report; /* before this part */
    bool is_finished;
};

struct stock_back {
    int64_t variant_id;
    int64_t product_id;
    int64_t difference;
};

static err give_back(struct ctx *ctx, const struct undo *undo, const struct stock_back *back,
                     const struct stock *stock)
{
    if (stock->on_hand - back->difference >= stock->reserved)
        TRY(stock_shift(ctx, back->variant_id, back->product_id, -back->difference, "import undone"));
    return db_execute(
        ctx, "DELETE FROM import_stock_changes WHERE shop_id = $1 AND import_id = $2 AND variant_id = $3",
        db_int(ctx->shop->id), db_int(undo->import_id), db_int(back->variant_id));
}

/* What was added to stocks goes; what was promised meanwhile stays. */
static err undo_stock(struct ctx *ctx, void *arg)
{
    struct undo *undo = arg;
    struct stock_back backs[STOCK_CHUNK];
    struct stock stocks[STOCK_CHUNK];
    int64_t ids[STOCK_CHUNK];
    struct db_rows *rows;
    size_t count = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id, product_id, difference FROM import_stock_changes WHERE shop_id = $1"
                 " AND import_id = $2 ORDER BY variant_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(undo->import_id), db_int(STOCK_CHUNK)));
    while (db_next(rows)) {
        ids[count] = db_get_int(rows, 0);
        backs[count++] = (struct stock_back){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    }
    TRY(stock_load_many(ctx, ids, count, stocks));
    for (size_t i = 0; i < count; i++)
        TRY(give_back(ctx, undo, &backs[i], &stocks[i]));
    undo->is_finished = count < STOCK_CHUNK;
    return NULL;
}

static err undo_collections(struct ctx *ctx, void *arg)
{
    struct undo *undo = arg;
    return import_collections_undo(ctx, undo->import_id, &undo->is_finished);
}

static err undo_freights(struct ctx *ctx, void *arg)
{
    struct undo *undo = arg;
    return import_freights_undo(ctx, undo->import_id, &undo->is_finished);
}

static err undo_looks(struct ctx *ctx, void *arg)
{
    struct undo *undo = arg;
    return import_looks_undo(ctx, undo->import_id, &undo->is_finished);
}

static err undo_products(struct ctx *ctx, void *arg)
{
    struct undo *undo = arg;
    struct import_report report = undo->report;
    const char *counts;
    undo->part.after = undo->position; /* the body may run again */
    TRY(product_act_undo_part(ctx, &undo->part));
    report.undone += undo->part.undone;
    report.left += undo->part.left;
    TRY(import_counts_json(ctx, &report, &counts));
    TRY(import_work_follow_undo(ctx, undo->import_id, &report));
    return db_expect(ctx, 1, ERR_CONFLICT, "another run of this import goes on",
                     "UPDATE imports SET position = $3, counts = $4, progress = $7"
                     " WHERE shop_id = $1 AND id = $2 AND position = $5 AND state = $6",
                     db_int(ctx->shop->id), db_int(undo->import_id), db_int(undo->part.after),
                     db_text(counts), db_int(undo->position), db_int(IMPORT_UNDOING),
                     db_int((report.undone + report.left) * 99 /
                            (report.products[IMPORT_NEW] + report.products[IMPORT_CHANGED] + 1)));
}

static err close_act(struct ctx *ctx, void *arg)
{
    const struct import *import = arg;
    struct product_act act;
    TRY(product_act_load(ctx, import->act_id, &act));
    return act.undone_at ? NULL : product_act_mark_undone(ctx, import->act_id);
}

static err undo_all(struct ctx *ctx, struct import *import, struct undo *undo)
{
    struct ctx work = *ctx;
    err failure = NULL;
    work.arena = arena_open(ARENA_LIMIT);
    while (!failure && !undo->is_finished) {
        failure = db_transact(&work, undo_stock, undo);
        arena_reset(work.arena);
    }
    for (undo->is_finished = false; !failure && !undo->is_finished; arena_reset(work.arena))
        failure = db_transact(&work, undo_collections, undo);
    for (undo->is_finished = false; !failure && !undo->is_finished; arena_reset(work.arena))
        failure = db_transact(&work, undo_freights, undo);
    for (undo->is_finished = false; !failure && !undo->is_finished; arena_reset(work.arena))
        failure = db_transact(&work, undo_looks, undo);
    while (!failure && import->act_id && !undo->part.is_finished) {
        failure = db_transact(&work, undo_products, undo);
        if (failure)
            break;
        undo->position = undo->part.after;
        undo->report.undone += undo->part.undone;
        undo->report.left += undo->part.left;
        arena_reset(work.arena);
    }
    if (!failure && import->act_id)
        failure = db_transact(&work, close_act, import);
    if (failure)
        failure =
            error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", words_of(failure));
    arena_close(work.arena);
    return failure;
}

static err run_undo(struct ctx *ctx, const struct job *job, void *owner)
{
    struct import import;
    bool is_due;
    (void)owner;
    TRY(begin(ctx, job->subject_id, IMPORT_UNDOING, &import, &is_due));
    if (!is_due)
        return NULL;
    struct undo *undo = arena_alloc(ctx->arena, sizeof *undo);
    *undo =
        (struct undo){.import_id = import.id, .position = import.position, .part = {.act_id = import.act_id}};
    import_counts_read(import.counts, &undo->report);
    if (import.table_name[0])
        TRY(import_pictures_undo(ctx, import.id));
    TRY(undo_all(ctx, &import, undo));
    return end(ctx,
               (struct ending){import.id, IMPORT_UNDOING, IMPORT_UNDONE, import.failure, NULL, NULL, NULL});
}

/* ---- forgetting ---- */

static err run_forget(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    unlink(import_path(ctx, job->subject_id)); /* harmless when it is gone */
    unlink(import_zip_path(ctx, job->subject_id));
    return NULL;
}

const struct job_kind import_job_kinds[] = {
    {IMPORT_CHECK_JOB, run_check, ATTEMPTS, SECOND_MS},
    {IMPORT_APPLY_JOB, run_apply, ATTEMPTS, SECOND_MS},
    {IMPORT_UNDO_JOB, run_undo, ATTEMPTS, SECOND_MS},
    {IMPORT_PICTURES_JOB, import_run_pictures, ATTEMPTS, SECOND_MS},
    {IMPORT_FORGET_JOB, run_forget, ATTEMPTS, SECOND_MS},
    {0},
};
