/* job.c - scheduling, and what staff do with jobs that gave up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "job/internal.h"

/* Microseconds of the longest rest: a slow disk is no reason to wait even longer. */
#define REST_LIMIT 20000

void job_rest(const struct ctx *ctx, int64_t began)
{
    int64_t took = clock_steady() - began;
    if (ctx->gives_way && db_engine_of(db_session_db(ctx->db)) == DB_SQLITE)
        clock_pause(took / 2 < REST_LIMIT ? took / 2 : REST_LIMIT);
}

err job_payload_text(struct ctx *ctx, const struct value *payload, const char **text)
{
    if (payload == NULL) {
        *text = "{}";
        return NULL;
    }
    return json_text(ctx, payload, JOB_PAYLOAD_LIMIT, text);
}

int64_t job_pause(int64_t first_pause, int64_t attempt)
{
    int64_t pause = first_pause;
    for (int64_t i = 1; i < attempt && pause < JOB_PAUSE_LIMIT; i++)
        pause *= 2;
    if (pause > JOB_PAUSE_LIMIT)
        pause = JOB_PAUSE_LIMIT;
    return pause + pause * ((int64_t)random_below(2001) - 1000) / 10000;
}

const char *job_error_text(struct ctx *ctx, err failure)
{
    const char *text = arena_format(ctx->arena, "%s: %s", error_kind(failure->code)->slug, failure->detail);
    size_t length = strlen(text);
    if (!utf8_is_valid(text, length))
        return error_kind(failure->code)->slug;
    size_t points = utf8_length(text, length);
    return arena_copy(ctx->arena, text,
                      utf8_prefix(text, length, points < JOB_ERROR_LIMIT ? points : JOB_ERROR_LIMIT));
}

err job_schedule(struct ctx *ctx, const char *kind, int64_t subject_id, int64_t due_at,
                 const struct value *payload)
{
    const char *text;
    TRY(job_payload_text(ctx, payload, &text));
    /* A lease stays: the job does not run twice at once, and its holder sees the new revision at the end. */
    TRY(db_execute(ctx,
                   "INSERT INTO jobs (shop_id, kind, subject_id, due_at, payload) VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (shop_id, kind, subject_id) DO UPDATE SET due_at = excluded.due_at,"
                   " payload = excluded.payload, revision = jobs.revision + 1, attempt = 0, dead_at = NULL,"
                   " error = NULL",
                   db_int(ctx->shop->id), db_text(kind), db_int(subject_id), db_int(due_at), db_text(text)));
    return db_wake(ctx);
}

err job_cancel(struct ctx *ctx, const char *kind, int64_t subject_id)
{
    return db_execute(ctx, "DELETE FROM jobs WHERE shop_id = $1 AND kind = $2 AND subject_id = $3",
                      db_int(ctx->shop->id), db_text(kind), db_int(subject_id));
}

err job_find_due(struct ctx *ctx, const char *kind, int64_t subject_id, int64_t *due_at)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = $2 AND subject_id = $3"
                 " AND dead_at IS NULL",
                 db_int(ctx->shop->id), db_text(kind), db_int(subject_id)));
    *due_at = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err job_list_dead(struct ctx *ctx, int limit, struct dead_letter **letters, size_t *count)
{
    return job_list_dead_behind(ctx, &(struct dead_letter){.dead_at = INT64_MAX, .kind = ""}, limit, letters,
                                count);
}

err job_list_dead_behind(struct ctx *ctx, const struct dead_letter *last, int limit,
                         struct dead_letter **letters, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT kind, subject_id, dead_at, attempt, error FROM jobs WHERE shop_id = $1"
                 " AND dead_at IS NOT NULL AND (dead_at, kind, subject_id) < ($2, $3, $4)"
                 " ORDER BY dead_at DESC, kind DESC, subject_id DESC LIMIT $5",
                 db_int(ctx->shop->id), db_int(last->dead_at), db_text(last->kind), db_int(last->subject_id),
                 db_int(limit)));
    *count = 0;
    *letters = arena_alloc_many(ctx->arena, db_row_count(rows), sizeof **letters);
    while (db_next(rows))
        (*letters)[(*count)++] = (struct dead_letter){
            .kind = db_get_text(rows, 0),
            .subject_id = db_get_int(rows, 1),
            .dead_at = db_get_int(rows, 2),
            .attempts = (int)db_get_int(rows, 3),
            .error = db_get_text(rows, 4),
        };
    return NULL;
}

struct dead_subject {
    const char *kind;
    int64_t subject_id;
};

/* A dead event goes back to where it came from. */
static err revive_event(struct ctx *ctx, int64_t event_id)
{
    struct db_rows *rows;
    struct value *event;
    const char *payload;
    TRY(db_query(ctx, &rows,
                 "DELETE FROM jobs WHERE shop_id = $1 AND kind = 'outbox' AND subject_id = $2"
                 " AND dead_at IS NOT NULL RETURNING payload",
                 db_int(ctx->shop->id), db_int(event_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no dead event %lld", (long long)event_id);
    const char *text = db_get_text(rows, 0);
    TRY(json_read(ctx, text, strlen(text), &event));
    TRY(job_payload_text(ctx, value_find(event, "payload"), &payload));
    TRY(db_execute(ctx,
                   "INSERT INTO outbox (shop_id, id, topic, aggregate_id, payload, at)"
                   " VALUES ($1, $2, $3, $4, $5, $6)",
                   db_int(ctx->shop->id), db_int(event_id), db_text(value_find_text(event, "topic")),
                   db_int(value_find_int(event, "aggregate_id", 0)), db_text(payload),
                   db_int(value_find_int(event, "at", ctx->now))));
    return db_wake(ctx);
}

static err retry_in_transaction(struct ctx *ctx, void *arg)
{
    const struct dead_subject *dead = arg;
    int64_t changed;
    if (text_is(dead->kind, "outbox"))
        return revive_event(ctx, dead->subject_id);
    TRY(db_change(ctx, &changed,
                  "UPDATE jobs SET dead_at = NULL, error = NULL, attempt = 0, due_at = $4, lease_until = 0,"
                  " revision = revision + 1"
                  " WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND dead_at IS NOT NULL",
                  db_int(ctx->shop->id), db_text(dead->kind), db_int(dead->subject_id), db_int(ctx->now)));
    if (changed == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no dead job %s", dead->kind);
    return db_wake(ctx);
}

err job_retry_dead(struct ctx *ctx, const char *kind, int64_t subject_id)
{
    return db_transact(ctx, retry_in_transaction, &(struct dead_subject){kind, subject_id});
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct dead_subject *dead = arg;
    return db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such dead job",
        "DELETE FROM jobs WHERE shop_id = $1 AND kind = $2 AND subject_id = $3 AND dead_at IS NOT NULL",
        db_int(ctx->shop->id), db_text(dead->kind), db_int(dead->subject_id));
}

err job_remove_dead(struct ctx *ctx, const char *kind, int64_t subject_id)
{
    return db_transact(ctx, remove_in_transaction, &(struct dead_subject){kind, subject_id});
}

static err do_many(struct ctx *ctx, err (*act)(struct ctx *ctx, const char *kind, int64_t subject_id),
                   const struct dead_letter *letters, size_t count, int64_t *done)
{
    *done = 0;
    for (size_t i = 0; i < count; i++) {
        err failure = act(ctx, letters[i].kind, letters[i].subject_id);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
        *done += failure == NULL;
    }
    return NULL;
}

err job_retry_dead_many(struct ctx *ctx, const struct dead_letter *letters, size_t count, int64_t *done)
{
    return do_many(ctx, job_retry_dead, letters, count, done);
}

err job_remove_dead_many(struct ctx *ctx, const struct dead_letter *letters, size_t count, int64_t *done)
{
    return do_many(ctx, job_remove_dead, letters, count, done);
}

err job_backlog(struct ctx *ctx, int64_t *events, int64_t *jobs)
{
    struct db_rows *rows;
    static const char sql[] = "SELECT (SELECT count(*) FROM outbox),"
                              " (SELECT count(*) FROM jobs WHERE dead_at IS NULL)";
    TRY(db_query_values(ctx, &rows, sql, NULL, 0));
    db_next(rows);
    *events = db_get_int(rows, 0);
    *jobs = db_get_int(rows, 1);
    return NULL;
}
