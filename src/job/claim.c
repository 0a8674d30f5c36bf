/* claim.c - leases: which of the due jobs this thread may run, and until when.
 *
 * Finding work looks over all shops; taking it is a guarded update of one row of one shop. Two nodes may find
 * the same job, one of them gets it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/text.h"
#include "job/internal.h"

/* Vain claims of a job that no node can run, after which it is a dead letter. */
#define UNKNOWN_ATTEMPTS 20

struct candidate {
    int64_t shop_id;
    const char *kind;
    int64_t subject_id;
    int64_t fence;
    int64_t attempt;
};

struct claiming {
    const struct job_runner_options *options;
    struct candidate candidates[JOB_CLAIM_LIMIT];
    int candidate_count;
    struct job_claim *claims;
    int count;
};

static const struct job_kind *kind_of(const struct job_runner_options *options, const char *kind)
{
    for (int i = 0; options->kinds && options->kinds[i]; i++)
        for (const struct job_kind *entry = options->kinds[i]; entry->run; entry++)
            if (text_is(entry->kind, kind))
                return entry;
    return NULL;
}

static err find_due(struct ctx *ctx, int limit, struct claiming *claiming)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT shop_id, kind, subject_id, fence, attempt FROM jobs"
                 " WHERE dead_at IS NULL AND due_at <= $1 AND lease_until <= $1 ORDER BY due_at LIMIT $2",
                 db_int(ctx->now), db_int(limit)));
    while (db_next(rows))
        claiming->candidates[claiming->candidate_count++] = (struct candidate){
            .shop_id = db_get_int(rows, 0),
            .kind = db_get_text(rows, 1),
            .subject_id = db_get_int(rows, 2),
            .fence = db_get_int(rows, 3),
            .attempt = db_get_int(rows, 4),
        };
    return NULL;
}

/* Puts a job off that cannot be run: of an unknown kind (perhaps another node knows it), or one that took its
 * process down at every attempt. */
static err put_off(struct ctx *ctx, const struct candidate *candidate, const char *reason, bool is_over)
{
    log_error(ctx, "job cannot be run", "kind=%s subject=%lld reason=\"%s\"",
              log_quote(ctx->arena, candidate->kind), (long long)candidate->subject_id, reason);
    return db_execute(ctx,
                      "UPDATE jobs SET attempt = attempt + 1, due_at = $5, dead_at = $6, error = $7"
                      " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4",
                      db_int(candidate->shop_id), db_text(candidate->kind), db_int(candidate->subject_id),
                      db_int(candidate->fence),
                      db_int(ctx->now + job_pause(MINUTE_MS, candidate->attempt + 1)),
                      db_id(is_over ? ctx->now : 0), db_text(reason));
}

static err claim_one(struct ctx *ctx, struct claiming *claiming, const struct candidate *candidate)
{
    const struct job_kind *kind = kind_of(claiming->options, candidate->kind);
    if (kind == NULL)
        return put_off(ctx, candidate, "unknown kind", candidate->attempt >= UNKNOWN_ATTEMPTS);
    if (candidate->attempt >= kind->attempts)
        return put_off(ctx, candidate, "every attempt ended without an answer", true);
    int64_t changed;
    int64_t fence = id_new(ctx);
    TRY(db_change(ctx, &changed,
                  "UPDATE jobs SET lease_until = $5, fence = $6, attempt = attempt + 1"
                  " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4 AND lease_until <= $7"
                  " AND due_at <= $7 AND dead_at IS NULL",
                  db_int(candidate->shop_id), db_text(candidate->kind), db_int(candidate->subject_id),
                  db_int(candidate->fence), db_int(ctx->now + JOB_LEASE_MS), db_int(fence),
                  db_int(ctx->now)));
    if (changed == 1)
        claiming->claims[claiming->count++] = (struct job_claim){
            .kind = kind,
            .shop_id = candidate->shop_id,
            .subject_id = candidate->subject_id,
            .fence = fence,
        };
    return NULL;
}

static err claim_in_transaction(struct ctx *ctx, void *arg)
{
    struct claiming *claiming = arg;
    claiming->count = 0;
    for (int i = 0; i < claiming->candidate_count; i++)
        TRY(claim_one(ctx, claiming, &claiming->candidates[i]));
    return NULL;
}

err claim_jobs(struct job_work *work, struct job_claim *claims, int limit, int *count)
{
    struct claiming claiming = {.options = work->options, .claims = claims};
    *count = 0;
    work_begin(work);
    TRY(find_due(&work->ctx, limit < JOB_CLAIM_LIMIT ? limit : JOB_CLAIM_LIMIT, &claiming));
    if (claiming.candidate_count == 0)
        return NULL;
    TRY(db_transact(&work->ctx, claim_in_transaction, &claiming));
    *count = claiming.count;
    return NULL;
}

struct leases {
    const struct job_claim *claims;
    int count;
    int64_t until;
};

static err renew_in_transaction(struct ctx *ctx, void *arg)
{
    const struct leases *leases = arg;
    for (int i = 0; i < leases->count; i++) {
        const struct job_claim *claim = &leases->claims[i];
        if (claim->recurring)
            TRY(db_execute(ctx, "UPDATE job_recurring SET lease_until = $3 WHERE name = $1 AND fence = $2",
                           db_text(claim->recurring->name), db_int(claim->fence), db_int(leases->until)));
        else
            TRY(db_execute(ctx,
                           "UPDATE jobs SET lease_until = $5"
                           " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4",
                           db_int(claim->shop_id), db_text(claim->kind->kind), db_int(claim->subject_id),
                           db_int(claim->fence), db_int(leases->until)));
    }
    return NULL;
}

err claim_renew(struct job_work *work, const struct job_claim *claims, int count)
{
    if (count == 0)
        return NULL;
    work_begin(work);
    return db_transact(&work->ctx, renew_in_transaction,
                       &(struct leases){claims, count, work->ctx.now + JOB_LEASE_MS});
}

static err give_back_in_transaction(struct ctx *ctx, void *arg)
{
    const struct leases *leases = arg;
    TRY(renew_in_transaction(ctx, arg));
    for (int i = 0; i < leases->count; i++) {
        const struct job_claim *claim = &leases->claims[i];
        if (claim->recurring == NULL)
            TRY(db_execute(
                ctx,
                "UPDATE jobs SET attempt = attempt - 1"
                " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND fence = $4 AND attempt > 0",
                db_int(claim->shop_id), db_text(claim->kind->kind), db_int(claim->subject_id),
                db_int(claim->fence)));
    }
    return NULL;
}

err claim_give_back(struct job_work *work, const struct job_claim *claims, int count)
{
    if (count == 0)
        return NULL;
    work_begin(work);
    return db_transact(&work->ctx, give_back_in_transaction, &(struct leases){claims, count, 0});
}

static err forget_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute_values(ctx, "UPDATE jobs SET lease_until = 0 WHERE lease_until > 0 AND dead_at IS NULL",
                          NULL, 0));
    return db_execute_values(ctx, "UPDATE job_recurring SET lease_until = 0 WHERE lease_until > 0", NULL, 0);
}

err claim_forget_all(struct job_work *work)
{
    work_begin(work);
    return db_transact(&work->ctx, forget_in_transaction, NULL);
}
