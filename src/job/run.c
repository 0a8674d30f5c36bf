/* run.c - runs a claimed job outside any transaction and records how it went, if the lease is still held. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "job/internal.h"

struct running {
    struct job_work *work;
    const struct job_claim *claim;
    int64_t revision;
    struct job job;
    err failure;
};

void work_begin(struct job_work *work)
{
    struct ctx *ctx = &work->ctx;
    arena_reset(ctx->arena);
    ctx->shop = NULL;
    ctx->request_id = NULL;
    ctx->actor = ACTOR_SYSTEM;
    ctx->actor_id = 0;
    if (!work->is_draining)
        ctx->now = clock_now();
}

/* The job as it is now; false when it was cancelled or somebody else has it. */
static err load(struct ctx *ctx, struct running *running, bool *is_ours)
{
    const struct job_claim *claim = running->claim;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT due_at, attempt, revision, payload FROM jobs"
                 " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4",
                 db_int(claim->shop_id), db_text(claim->kind->kind), db_int(claim->subject_id),
                 db_int(claim->fence)));
    *is_ours = db_next(rows);
    if (!*is_ours)
        return NULL;
    running->revision = db_get_int(rows, 2);
    running->job = (struct job){
        .kind = claim->kind->kind,
        .subject_id = claim->subject_id,
        .due_at = db_get_int(rows, 0),
        .attempt = (int)db_get_int(rows, 1),
    };
    struct value *payload;
    const char *text = db_get_text(rows, 3);
    TRY(json_read(ctx, text, strlen(text), &payload));
    running->job.payload = payload;
    return NULL;
}

/* It was scheduled again while it ran: what is in the row now is the next run. */
static err release(struct ctx *ctx, const struct job_claim *claim)
{
    TRY(db_execute(ctx,
                   "UPDATE jobs SET lease_until = 0"
                   " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4",
                   db_int(claim->shop_id), db_text(claim->kind->kind), db_int(claim->subject_id),
                   db_int(claim->fence)));
    return db_wake(ctx);
}

static err finish(struct ctx *ctx, void *arg)
{
    const struct running *running = arg;
    const struct job_claim *claim = running->claim;
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "DELETE FROM jobs WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4"
                  " AND revision = $5",
                  db_int(claim->shop_id), db_text(claim->kind->kind), db_int(claim->subject_id),
                  db_int(claim->fence), db_int(running->revision)));
    return changed == 1 ? NULL : release(ctx, claim);
}

static err put_back(struct ctx *ctx, void *arg)
{
    const struct running *running = arg;
    const struct job_claim *claim = running->claim;
    const struct job_kind *kind = claim->kind;
    bool is_over = running->job.attempt >= kind->attempts;
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "UPDATE jobs SET lease_until = 0, due_at = $6, dead_at = $7, error = $8"
                  " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4 AND revision = $5",
                  db_int(claim->shop_id), db_text(kind->kind), db_int(claim->subject_id),
                  db_int(claim->fence), db_int(running->revision),
                  db_int(ctx->now + job_pause(kind->first_pause, running->job.attempt)),
                  db_id(is_over ? ctx->now : 0), db_text(job_error_text(ctx, running->failure))));
    return changed == 1 ? NULL : release(ctx, claim);
}

static err run(struct ctx *ctx, struct running *running)
{
    const struct job_runner_options *options = running->work->options;
    err failure = options->load_shop(ctx, running->claim->shop_id);
    if (failure && failure->code == ERR_NOT_FOUND) {
        log_warning(ctx, "job of an unknown shop dropped", "kind=%s shop=%lld", running->job.kind,
                    (long long)running->claim->shop_id);
        return NULL;
    }
    return failure ? failure : running->claim->kind->run(ctx, &running->job, options->owner);
}

static void run_job(struct job_work *work, const struct job_claim *claim)
{
    struct running running = {.work = work, .claim = claim, .job.attempt = 1};
    struct ctx *ctx = &work->ctx;
    bool is_ours = true;
    err failure = load(ctx, &running, &is_ours);
    if (!is_ours)
        return;
    if (failure == NULL)
        failure = run(ctx, &running);
    running.failure = failure;
    if (!work->is_draining)
        ctx->now = clock_now();
    if (failure)
        log_warning(ctx, "job failed", "kind=%s subject=%lld attempt=%d reason=%s", claim->kind->kind,
                    (long long)claim->subject_id, running.job.attempt,
                    log_quote(ctx->arena, job_error_text(ctx, failure)));
    failure = db_transact(ctx, failure ? put_back : finish, &running);
    if (failure) /* the lease ends by itself, and the job runs again */
        log_failure(ctx, LOG_ERROR, "job could not be recorded", failure);
}

void run_claim(struct job_work *work, const struct job_claim *claim)
{
    work_begin(work);
    if (claim->recurring)
        run_recurring(work, claim);
    else
        run_job(work, claim);
}
