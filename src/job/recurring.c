/* recurring.c - work of the whole platform that comes round: one node at a time runs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "job/internal.h"

struct recurring_claiming {
    const struct job_recurring *recurring;
    int64_t fence;
    int64_t changed;
};

static err prepare_in_transaction(struct ctx *ctx, void *arg)
{
    const struct job_runner_options *options = arg;
    for (int i = 0; options->recurring && options->recurring[i]; i++)
        for (const struct job_recurring *entry = options->recurring[i]; entry->run; entry++)
            TRY(db_execute(
                ctx, "INSERT INTO job_recurring (name, due_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                db_text(entry->name), db_int(ctx->now)));
    return NULL;
}

err recurring_prepare(struct job_work *work)
{
    work_begin(work);
    return db_transact(&work->ctx, prepare_in_transaction, (void *)(uintptr_t)work->options);
}

static err claim_in_transaction(struct ctx *ctx, void *arg)
{
    struct recurring_claiming *claiming = arg;
    claiming->fence = id_new(ctx);
    return db_change(ctx, &claiming->changed,
                     "UPDATE job_recurring SET lease_until = $2, fence = $3"
                     " WHERE name = $1 AND due_at <= $4 AND lease_until <= $4",
                     db_text(claiming->recurring->name), db_int(ctx->now + JOB_LEASE_MS),
                     db_int(claiming->fence), db_int(ctx->now));
}

/* When to look again: another node has it, or had it. */
static err next_time(struct ctx *ctx, const struct job_recurring *recurring, int64_t *next_at)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT due_at, lease_until FROM job_recurring WHERE name = $1",
                 db_text(recurring->name)));
    *next_at = ctx->now + SECOND_MS;
    for (int column = 0; column < 2 && (column > 0 || db_next(rows)); column++)
        if (db_get_int(rows, column) > *next_at)
            *next_at = db_get_int(rows, column);
    return NULL;
}

static err claim_one(struct ctx *ctx, const struct job_recurring *recurring, int64_t *next_at,
                     struct job_claim *claims, int *count)
{
    struct recurring_claiming claiming = {.recurring = recurring};
    TRY(db_transact(ctx, claim_in_transaction, &claiming));
    if (claiming.changed == 0)
        return next_time(ctx, recurring, next_at);
    claims[(*count)++] = (struct job_claim){.recurring = recurring, .fence = claiming.fence};
    *next_at = ctx->now + (recurring->period > 0 ? recurring->period : SECOND_MS);
    return NULL;
}

err claim_recurring(struct job_work *work, struct recurring_times *times, struct job_claim *claims, int limit,
                    int *count)
{
    const struct job_runner_options *options = work->options;
    int number = 0;
    *count = 0;
    work_begin(work);
    for (int i = 0; options->recurring && options->recurring[i]; i++)
        for (const struct job_recurring *entry = options->recurring[i]; entry->run; entry++, number++) {
            if (number == JOB_RECURRING_LIMIT)
                bug("more than %d recurring works", JOB_RECURRING_LIMIT);
            if (*count < limit && times->next_at[number] <= work->ctx.now)
                TRY(claim_one(&work->ctx, entry, &times->next_at[number], claims, count));
        }
    return NULL;
}

static err finish(struct ctx *ctx, void *arg)
{
    const struct job_claim *claim = arg;
    return db_execute(
        ctx, "UPDATE job_recurring SET due_at = $3, lease_until = 0 WHERE name = $1 AND fence = $2",
        db_text(claim->recurring->name), db_int(claim->fence), db_int(ctx->now + claim->recurring->period));
}

void run_recurring(struct job_work *work, const struct job_claim *claim)
{
    struct ctx *ctx = &work->ctx;
    err failure = claim->recurring->run(ctx, work->options->owner);
    if (failure)
        log_failure(ctx, LOG_ERROR,
                    arena_format(ctx->arena, "recurring work failed: %s", claim->recurring->name), failure);
    ctx->shop = NULL;
    failure = db_transact(ctx, finish, (void *)(uintptr_t)claim);
    if (failure)
        log_failure(ctx, LOG_ERROR, "recurring work could not be recorded", failure);
}
