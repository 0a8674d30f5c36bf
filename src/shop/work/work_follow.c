/* work_follow.c - work that goes by a job of its own: its row follows what that job does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/work/work.h"

#include "shop/work/work_parts.h"

#define RUNNING " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND state = 1"

err work_announce(struct ctx *ctx, struct work *work)
{
    TRY(work_conclude(ctx, work->kind, work->subject_id, WORK_STOPPED, ""));
    return work_write(ctx, work);
}

err work_follow(struct ctx *ctx, const char *kind, int64_t subject_id, const struct work *now)
{
    return db_execute(ctx, "UPDATE works SET done = $4, total = $5, changed = $6, failed = $7" RUNNING,
                      db_int(ctx->shop->id), db_text(kind), db_int(subject_id), db_int(now->done),
                      db_int(now->total), db_int(now->changed), db_int(now->failed));
}

err work_add(struct ctx *ctx, const char *kind, int64_t subject_id, const struct work *more)
{
    return db_execute(
        ctx, "UPDATE works SET done = done + $4, changed = changed + $5, failed = failed + $6" RUNNING,
        db_int(ctx->shop->id), db_text(kind), db_int(subject_id), db_int(more->done), db_int(more->changed),
        db_int(more->failed));
}

/* How much there was to do was perhaps only guessed until it was done. */
err work_conclude(struct ctx *ctx, const char *kind, int64_t subject_id, enum work_state state,
                  const char *failure)
{
    return db_execute(ctx,
                      "UPDATE works SET state = $4, failure = $5, finished_at = $6,"
                      " total = CASE WHEN CAST($4 AS BIGINT) = 2 THEN done ELSE total END" RUNNING,
                      db_int(ctx->shop->id), db_text(kind), db_int(subject_id), db_int(state),
                      db_text(failure), db_int(ctx->now));
}

err work_find_running(struct ctx *ctx, const char *kind, int64_t subject_id, struct work *work)
{
    struct db_rows *rows;
    *work = (struct work){0};
    TRY(db_query(ctx, &rows, WORK_COLUMNS " FROM works" RUNNING " LIMIT 1", db_int(ctx->shop->id),
                 db_text(kind), db_int(subject_id)));
    if (db_next(rows))
        *work = work_read(rows);
    return NULL;
}
