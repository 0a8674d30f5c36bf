/* work_run.c - a work goes on, part by part, until it is done or its turn is over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/work/work.h"

#include "base/json.h"
#include "base/text.h"

#define TURN_MS (2 * SECOND_MS)
#define STEP_ARENA_LIMIT ((size_t)64 << 20)

struct turn {
    const struct work_doer *doer;
    const struct work *work;
    struct work_part part;
    int64_t part_no; /* 0 = without parts */
    bool is_last;
};

/* The next of its parts; a work that has none left, or never had any, gets an empty one. */
static err take_part(struct ctx *ctx, struct turn *turn)
{
    struct db_rows *rows;
    turn->part = (struct work_part){0};
    turn->part_no = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT part_no, ids FROM work_parts WHERE shop_id = $1 AND work_id = $2"
                 " ORDER BY part_no LIMIT 2",
                 db_int(ctx->shop->id), db_int(turn->work->id)));
    turn->is_last = db_row_count(rows) == 1;
    if (!db_next(rows))
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, WORK_PART_LIMIT, sizeof *ids);
    turn->part_no = db_get_int(rows, 0);
    turn->part.ids = ids;
    for (const char *at = db_get_text(rows, 1); at && turn->part.count < WORK_PART_LIMIT;) {
        const char *comma = strchr(at, ',');
        const char *one = comma ? arena_copy(ctx->arena, at, (size_t)(comma - at)) : at;
        if (!text_to_int(one, &ids[turn->part.count]))
            return fail_with(ctx, ERR_INTERNAL, "a part of a work cannot be read");
        turn->part.count++;
        at = comma ? comma + 1 : NULL;
    }
    turn->part.done = (int64_t)turn->part.count;
    return NULL;
}

static err note_result(struct ctx *ctx, const struct turn *turn)
{
    const char *result;
    if (!turn->part.result)
        return NULL;
    TRY(json_text(ctx, turn->part.result, WORK_RESULT_LIMIT, &result));
    return db_execute(ctx, "UPDATE works SET result = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(turn->work->id), db_text(result));
}

/* The part goes, and what it did is added: both only once, and only while the work runs. */
static err note_part(struct ctx *ctx, struct turn *turn)
{
    const struct work_part *part = &turn->part;
    if (turn->part_no)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "another run of this work goes on",
                      "DELETE FROM work_parts WHERE shop_id = $1 AND work_id = $2 AND part_no = $3",
                      db_int(ctx->shop->id), db_int(turn->work->id), db_int(turn->part_no)));
    else
        turn->is_last = part->is_last;
    TRY(note_result(ctx, turn));
    if (turn->is_last && turn->doer->finish)
        TRY(turn->doer->finish(ctx, turn->work));
    return db_expect(ctx, 1, ERR_CONFLICT, "it was stopped",
                     "UPDATE works SET done = done + $3, changed = changed + $4, failed = failed + $5,"
                     " state = $6, finished_at = $7 WHERE shop_id = $1 AND id = $2 AND state = 1",
                     db_int(ctx->shop->id), db_int(turn->work->id), db_int(part->done), db_int(part->changed),
                     db_int(part->failed), db_int(turn->is_last ? WORK_DONE : WORK_RUNNING),
                     db_id(turn->is_last ? ctx->now : 0));
}

static err do_inside(struct ctx *ctx, void *arg)
{
    struct turn *turn = arg;
    TRY(take_part(ctx, turn));
    TRY(turn->doer->step(ctx, turn->work, &turn->part));
    return note_part(ctx, turn);
}

static err note_inside(struct ctx *ctx, void *arg)
{
    return note_part(ctx, arg);
}

static err do_step(struct ctx *ctx, struct turn *turn)
{
    if (!turn->doer->is_outside)
        return db_transact(ctx, do_inside, turn);
    TRY(take_part(ctx, turn));
    TRY(turn->doer->step(ctx, turn->work, &turn->part));
    return db_transact(ctx, note_inside, turn);
}

/* ---- a turn of the job ---- */

static err again_in_transaction(struct ctx *ctx, void *arg)
{
    const struct work *work = arg;
    return job_schedule(ctx, work->kind, work->id, ctx->now, NULL);
}

struct giving_up {
    int64_t work_id;
    const char *slug;
};

static err give_up(struct ctx *ctx, void *arg)
{
    const struct giving_up *giving_up = arg;
    return db_execute(ctx,
                      "UPDATE works SET state = 3, failure = $3, finished_at = $4 WHERE shop_id = $1"
                      " AND id = $2 AND state = 1",
                      db_int(ctx->shop->id), db_int(giving_up->work_id), db_text(giving_up->slug),
                      db_int(ctx->now));
}

/* Steps have their own memory, given back after each: a work may have thousands. */
static err do_turn(struct ctx *ctx, struct turn *turn)
{
    struct ctx own = *ctx;
    err failure = NULL;
    int64_t until = clock_steady() + TURN_MS * 1000;
    own.arena = arena_open(STEP_ARENA_LIMIT);
    do {
        own.now = clock_now();
        failure = do_step(&own, turn);
        if (failure)
            failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s",
                                 failure->problems ? failure->problems->code : failure->detail);
        arena_reset(own.arena);
    } while (!failure && !turn->is_last && clock_steady() < until);
    arena_close(own.arena);
    return failure;
}

err work_go_on(struct ctx *ctx, const struct job *job, const struct work_doer *doer)
{
    struct work work;
    err failure = work_load(ctx, job->subject_id, &work);
    if (failure)
        return failure->code == ERR_NOT_FOUND ? NULL : failure;
    if (work.state != WORK_RUNNING)
        return NULL;
    ctx->actor = work.actor;
    ctx->actor_id = work.actor_id;
    struct turn turn = {.doer = doer, .work = &work};
    failure = do_turn(ctx, &turn);
    if (!failure)
        return turn.is_last ? NULL : db_transact(ctx, again_in_transaction, &work);
    bool may_pass = failure->code == ERR_CONFLICT || error_kind(failure->code)->status >= 500;
    if (may_pass && job->attempt < WORK_ATTEMPTS)
        return failure;
    return db_transact(ctx, give_up,
                       &(struct giving_up){work.id, failure->code == ERR_INVALID
                                                        ? failure->detail
                                                        : error_kind(failure->code)->slug});
}

struct telling {
    int64_t work_id;
    int64_t done;
    int64_t total;
};

static err tell_in_transaction(struct ctx *ctx, void *arg)
{
    const struct telling *telling = arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "it was stopped",
                     "UPDATE works SET done = $3, total = $4 WHERE shop_id = $1 AND id = $2 AND state = 1",
                     db_int(ctx->shop->id), db_int(telling->work_id), db_int(telling->done),
                     db_int(telling->total));
}

err work_tell(struct ctx *ctx, int64_t work_id, int64_t done, int64_t total)
{
    struct telling telling = {work_id, done, total};
    return db_transact(ctx, tell_in_transaction, &telling);
}
