/* media_jobs.c - what is done with files after the commit: sizes made, files of removed rows taken away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_jobs.h"

#include "base/text.h"
#include "shop/media/media_file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DERIVE_JOB "media.derive"
#define FORGET_JOB "media.forget"
#define ATTEMPTS 5
#define FIRST_PAUSE_MS 10000
#define BUSY_PAUSE_MS 3000

/* Jobs go by number: the first 60 bits of the id. Two ids that agree in them never met. */
static int64_t subject_of(struct ctx *ctx, const char *id)
{
    return (int64_t)strtoull(arena_copy(ctx->arena, id, 15), NULL, 16);
}

static err schedule(struct ctx *ctx, const char *kind, const char *id, const char *format, int64_t due_at)
{
    struct value *payload = value_object(ctx->arena);
    value_set_text(ctx->arena, payload, "id", id);
    value_set_text(ctx->arena, payload, "format", format);
    return job_schedule(ctx, kind, subject_of(ctx, id), due_at, payload);
}

err media_derive_later(struct ctx *ctx, const char *id)
{
    return schedule(ctx, DERIVE_JOB, id, "", ctx->now);
}

err media_forget_later(struct ctx *ctx, const char *id, const char *format)
{
    return schedule(ctx, FORGET_JOB, id, format, ctx->now);
}

err media_forget_at(struct ctx *ctx, const char *id, const char *format, int64_t at)
{
    return schedule(ctx, FORGET_JOB, id, format, at);
}

static err derive_after_others(struct ctx *ctx, void *arg)
{
    return schedule(ctx, DERIVE_JOB, arg, "", ctx->now + BUSY_PAUSE_MS);
}

/* Never waits: the few threads that run jobs are also wanted by orders and payments. */
static err run_derive(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    bool is_busy;
    char *id = arena_copy_text(ctx->arena, value_find_text(job->payload, "id"));
    err failure = picture_derive_all(ctx, id, &is_busy);
    if (failure)
        return failure->code == ERR_NOT_FOUND ? NULL : failure; /* removed meanwhile */
    return is_busy ? db_transact(ctx, derive_after_others, id) : NULL;
}

/* Whether any shop has a row for these bytes: the one question that names no shop, because files are shared.
 */
static err is_wanted(struct ctx *ctx, const char *id, bool *is)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM pictures WHERE id = $1 UNION ALL SELECT 1 FROM videos WHERE id = $1 LIMIT 1",
                 db_text(id)));
    *is = db_row_count(rows) > 0;
    return NULL;
}

/* Somebody may take the same bytes at this moment: the file is first put aside, and back when there is a row
 * by then. Whoever commits the row later looks for the file after that, and keeps it again (picture_store).
 */
static err run_forget(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    bool is;
    const char *path, *aside;
    const char *id = value_find_text(job->payload, "id");
    TRY(is_wanted(ctx, id, &is));
    if (is)
        return NULL;
    TRY(media_original_path(ctx, id, value_find_text(job->payload, "format"), &path));
    aside = arena_format(ctx->arena, "%s.gone", path);
    if (rename(path, aside) != 0 && errno != ENOENT)
        return fail_with(ctx, ERR_INTERNAL, "cannot put %s aside (errno %d)", path, errno);
    TRY(is_wanted(ctx, id, &is));
    if (is && access(path, F_OK) != 0)
        return rename(aside, path) == 0 || errno == ENOENT
                   ? NULL
                   : fail_with(ctx, ERR_INTERNAL, "cannot put %s back (errno %d)", path, errno);
    if (!is)
        media_forget_derived(ctx, id);
    unlink(aside);
    return NULL;
}

const struct job_kind media_job_kinds[] = {
    {DERIVE_JOB, run_derive, ATTEMPTS, FIRST_PAUSE_MS},
    {FORGET_JOB, run_forget, ATTEMPTS, FIRST_PAUSE_MS},
    {0},
};
