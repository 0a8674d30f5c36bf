/* work.c - long work: asked for, listed, stopped, forgotten. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/work/work.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/work/work_parts.h"
#include <inttypes.h>

#define LIST_LIMIT 100
#define IDS_TEXT_LIMIT ((size_t)WORK_PART_LIMIT * 21)
#define PAYLOAD_LIMIT 4096
#define SWEPT_AT_ONCE 200

const char *const work_state_names[] = {[0] = "all",
                                        [WORK_RUNNING] = "running",
                                        [WORK_DONE] = "done",
                                        [WORK_FAILED] = "failed",
                                        [WORK_STOPPED] = "stopped",
                                        [WORK_STOPPED + 1] = NULL};

/* ---- asking for it ---- */

static err check_room(struct ctx *ctx, const struct work *work)
{
    bool is_busy;
    int64_t running;
    TRY(work_is_running(ctx, work->kind, NULL, work->subject_id, &is_busy));
    if (is_busy && work->subject_id)
        return fail_with(ctx, ERR_CONFLICT, "this is under way already");
    TRY(work_count_running(ctx, &running));
    return running < WORK_RUNNING_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "at most %d works at the same time", WORK_RUNNING_LIMIT);
}

static err write_part(struct ctx *ctx, int64_t work_id, int64_t part_no, const int64_t *ids, size_t count)
{
    struct text_buf text;
    text_open(&text, ctx->arena, IDS_TEXT_LIMIT);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%" PRId64, i > 0 ? "," : "", ids[i]);
    return db_execute(ctx, "INSERT INTO work_parts (shop_id, work_id, part_no, ids) VALUES ($1, $2, $3, $4)",
                      db_int(ctx->shop->id), db_int(work_id), db_int(part_no), db_text(text_of(&text)));
}

err work_write(struct ctx *ctx, struct work *work)
{
    const char *payload = "{}";
    if (work->payload)
        TRY(json_text(ctx, work->payload, PAYLOAD_LIMIT, &payload));
    work->id = work->id ? work->id : id_new(ctx);
    work->state = WORK_RUNNING;
    work->actor = ctx->actor;
    work->actor_id = ctx->actor_id;
    work->created_at = ctx->now;
    return db_execute(
        ctx,
        "INSERT INTO works (shop_id, id, kind, subject_id, title, state, total, payload, url, actor,"
        " actor_id, created_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(work->id), db_text(work->kind), db_int(work->subject_id),
        db_text(work->title ? work->title : ""), db_int(work->total), db_text(payload),
        db_text(work->url ? work->url : ""), db_int(ctx->actor), db_int(ctx->actor_id), db_int(ctx->now));
}

err work_open(struct ctx *ctx, struct work *work, const int64_t *ids, size_t count, size_t part_size)
{
    TRY(check_room(ctx, work));
    work->total = count > 0 ? (int64_t)count : work->total;
    TRY(work_write(ctx, work));
    int64_t part_no = 1;
    for (size_t start = 0; start < count; start += part_size)
        TRY(write_part(ctx, work->id, part_no++, ids + start,
                       count - start < part_size ? count - start : part_size));
    return job_schedule(ctx, work->kind, work->id, ctx->now, NULL);
}

/* ---- reading ---- */

struct work work_read(const struct db_rows *rows)
{
    return (struct work){.id = db_get_int(rows, 0),
                         .kind = db_get_text(rows, 1),
                         .subject_id = db_get_int(rows, 2),
                         .title = db_get_text(rows, 3),
                         .state = (enum work_state)db_get_int(rows, 4),
                         .done = db_get_int(rows, 5),
                         .total = db_get_int(rows, 6),
                         .changed = db_get_int(rows, 7),
                         .failed = db_get_int(rows, 8),
                         .url = db_get_text(rows, 9),
                         .failure = db_get_text(rows, 10),
                         .actor = (enum actor_kind)db_get_int(rows, 11),
                         .actor_id = db_get_int(rows, 12),
                         .created_at = db_get_int(rows, 13),
                         .finished_at = db_get_int(rows, 14)};
}

static err read_json(struct ctx *ctx, const char *text, const struct value **value)
{
    struct value *tree;
    TRY(json_read(ctx, text, strlen(text), &tree));
    *value = tree;
    return NULL;
}

err work_load(struct ctx *ctx, int64_t work_id, struct work *work)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, WORK_COLUMNS ", payload, result FROM works WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(work_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such work");
    *work = work_read(rows);
    const char *payload = db_get_text(rows, 15), *result = db_get_text(rows, 16);
    TRY(read_json(ctx, payload, &work->payload));
    return read_json(ctx, result, &work->result);
}

err work_list(struct ctx *ctx, enum work_state state, int64_t before_id, int limit, struct work **works,
              size_t *count)
{
    struct db_rows *rows;
    int most = limit < 1 ? 1 : limit > LIST_LIMIT ? LIST_LIMIT : limit;
    struct db_value shop = db_int(ctx->shop->id), before = db_int(before_id ? before_id : INT64_MAX);
    if (state)
        TRY(db_query(ctx, &rows,
                     WORK_COLUMNS
                     " FROM works WHERE shop_id = $1 AND state = $4 AND id < $2 ORDER BY id DESC LIMIT $3",
                     shop, before, db_int(most), db_int(state)));
    else
        TRY(db_query(ctx, &rows,
                     WORK_COLUMNS " FROM works WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                     shop, before, db_int(most)));
    *works = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **works);
    *count = 0;
    while (db_next(rows))
        (*works)[(*count)++] = work_read(rows);
    return NULL;
}

err work_count_running(struct ctx *ctx, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM works WHERE shop_id = $1 AND state = 1",
                 db_int(ctx->shop->id)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err work_is_running(struct ctx *ctx, const char *kind, const char *other_kind, int64_t subject_id, bool *is)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM works WHERE shop_id = $1 AND state = 1 AND kind IN ($2, $3)"
                 " AND subject_id = $4 LIMIT 1",
                 db_int(ctx->shop->id), db_text(kind), db_text(other_kind ? other_kind : kind),
                 db_int(subject_id)));
    *is = db_row_count(rows) > 0;
    return NULL;
}

/* ---- stopping and going on ---- */

static err stop_in_transaction(struct ctx *ctx, void *arg)
{
    const struct work *work = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "it does not run any more",
                  "UPDATE works SET state = 4, finished_at = $3 WHERE shop_id = $1 AND id = $2 AND state = 1",
                  db_int(ctx->shop->id), db_int(work->id), db_int(ctx->now)));
    TRY(db_execute(ctx, "DELETE FROM work_parts WHERE shop_id = $1 AND work_id = $2", db_int(ctx->shop->id),
                   db_int(work->id)));
    return job_cancel(ctx, work->kind, work->id);
}

err work_stop(struct ctx *ctx, int64_t work_id)
{
    struct work work;
    TRY(work_load(ctx, work_id, &work));
    return db_transact(ctx, stop_in_transaction, &work);
}

static err retry_in_transaction(struct ctx *ctx, void *arg)
{
    const struct work *work = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "it did not fail",
                  "UPDATE works SET state = 1, failure = '', finished_at = NULL WHERE shop_id = $1"
                  " AND id = $2 AND state = 3",
                  db_int(ctx->shop->id), db_int(work->id)));
    return job_schedule(ctx, work->kind, work->id, ctx->now, NULL);
}

err work_retry(struct ctx *ctx, int64_t work_id)
{
    struct work work;
    TRY(work_load(ctx, work_id, &work));
    return db_transact(ctx, retry_in_transaction, &work);
}

/* ---- forgetting ---- */

#define OLD_WORKS                                                                                            \
    " IN (SELECT w.id FROM works w WHERE w.shop_id = $1 AND w.id < $2 AND w.state <> 1 ORDER BY w.id LIMIT " \
    "$3)"

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    struct db_value shop = db_int(ctx->shop->id), before = db_int(id_floor(ctx->now - WORK_KEPT_MS));
    (void)arg;
    TRY(db_execute(ctx, "DELETE FROM work_parts WHERE shop_id = $1 AND work_id" OLD_WORKS, shop, before,
                   db_int(SWEPT_AT_ONCE)));
    return db_execute(ctx, "DELETE FROM works WHERE shop_id = $1 AND id" OLD_WORKS, shop, before,
                      db_int(SWEPT_AT_ONCE));
}

err work_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM works WHERE shop_id = $1 AND id < $2 AND state <> 1 LIMIT 1",
                 db_int(ctx->shop->id), db_int(id_floor(ctx->now - WORK_KEPT_MS))));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}

/* ---- showing ---- */

static int64_t percent_of(const struct work *work)
{
    if (work->state == WORK_DONE)
        return 100;
    int64_t percent = work->total > 0 ? work->done * 100 / work->total : 0;
    return percent > 99 ? 99 : percent;
}

void work_set_view(struct ctx *ctx, struct value *view, const struct work *work)
{
    struct arena *arena = ctx->arena;
    value_set_id(arena, view, "id", work->id);
    value_set_text(arena, view, "kind", work->kind);
    value_set_text(arena, view, "title", work->title);
    value_set_text(arena, view, "state", work_state_names[work->state]);
    value_set_int(arena, view, "done", work->done);
    value_set_int(arena, view, "total", work->total);
    value_set_int(arena, view, "percent", percent_of(work));
    value_set_int(arena, view, "changed", work->changed);
    value_set_int(arena, view, "failed", work->failed);
    value_set_text(arena, view, "failure", work->failure && work->failure[0] ? work->failure : NULL);
    value_set_text(arena, view, "actor", actor_name(work->actor));
    value_set_time(arena, view, "created_at", work->created_at);
    value_set_time(arena, view, "finished_at", work->finished_at);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/works/%" PRId64, work->id));
    value_set_text(arena, view, "result_url",
                   work->url && work->url[0] ? arena_format(arena, "/admin/%s", work->url) : NULL);
}
