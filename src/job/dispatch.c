/* dispatch.c - hands events to their listeners: in order for each aggregate, and what a listener writes once.
 *
 * One dispatcher works for the whole platform. It holds a lease whose fence every one of its transactions
 * checks, so one that was thought dead and is not can do no harm. A batch of events is one transaction: all
 * their listeners, and the events' removal. When it fails, its events are tried one by one; one that fails
 * alone waits, holding back the later ones of its aggregate, and in the end becomes a dead letter. On SQLite
 * a transaction ends early when it has kept the writer long enough (JOB_PART_TIME). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "job/internal.h"

/* Ids of one DELETE. */
#define DELETE_WIDTH 16
/* Attempts to tell an event before it is a dead letter; the first pause in ms. */
#define EVENT_ATTEMPTS 8
#define EVENT_PAUSE SECOND_MS
/* How long a silent dispatcher keeps its place. */
#define DISPATCHER_LEASE_MS (10 * SECOND_MS)

struct entry {
    struct outbox_event event;
    int64_t shop_id;
    const struct shop *shop; /* NULL when there is no such shop: the event is dropped */
    const char *payload;
    int64_t attempt; /* that failed */
};

struct batch {
    const struct job_runner_options *options;
    struct dispatcher *dispatcher;
    int64_t lease_until;
    bool has_others; /* nodes that want to hear it too */
    struct entry entries[JOB_BATCH_LIMIT];
    int count;
    int told;        /* of them, from the first, in this transaction */
    bool was_failed; /* events that failed before: tried alone at once */
};

static bool is_heard(const struct job_runner_options *options, const char *topic)
{
    return job_is_heard(options->listeners, topic) || job_is_heard(options->everywhere, topic);
}

static err tell(struct ctx *ctx, const struct batch *batch, const struct entry *entry)
{
    const struct job_runner_options *options = batch->options;
    struct ctx event_ctx = *ctx;
    event_ctx.shop = entry->shop;
    if (entry->shop == NULL || entry->event.payload == NULL)
        return NULL;
    TRY(job_hear(&event_ctx, options->everywhere, &entry->event, options->owner));
    TRY(job_hear(&event_ctx, options->listeners, &entry->event, options->owner));
    if (!batch->has_others || !job_is_heard(options->everywhere, entry->event.topic))
        return NULL;
    return echo_write(ctx, ++batch->dispatcher->echo, entry->shop_id, &entry->event, entry->payload);
}

static void read_entry(const struct db_rows *rows, struct entry *entry)
{
    *entry = (struct entry){
        .shop_id = db_get_int(rows, 0),
        .event.id = db_get_int(rows, 1),
        .event.topic = db_get_text(rows, 2),
        .event.aggregate_id = db_get_int(rows, 3),
        .payload = db_get_text(rows, 4),
        .event.at = db_get_int(rows, 5),
        .attempt = db_get_int(rows, 6),
    };
}

/* Fresh events that no failed one of their aggregate holds back; when there are none, failed ones due again.
 */
static err find(struct ctx *ctx, struct batch *batch)
{
    struct db_rows *rows, *others;
    TRY(node_ask_others(ctx, &batch->dispatcher->node, &others));
    TRY(db_query(ctx, &rows,
                 "SELECT o.shop_id, o.id, o.topic, o.aggregate_id, o.payload, o.at, o.attempt FROM outbox o"
                 " WHERE o.attempt = 0 AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.attempt > 0"
                 " AND f.shop_id = o.shop_id AND f.aggregate_id = o.aggregate_id AND f.id < o.id)"
                 " ORDER BY o.id LIMIT $1",
                 db_int(JOB_BATCH_LIMIT)));
    batch->has_others = others && db_row_count(others) > 0;
    batch->was_failed = db_row_count(rows) == 0;
    if (batch->was_failed)
        TRY(db_query(
            ctx, &rows,
            "SELECT o.shop_id, o.id, o.topic, o.aggregate_id, o.payload, o.at, o.attempt FROM outbox o"
            " WHERE o.attempt > 0 AND o.due_at <= $1 AND NOT EXISTS (SELECT 1 FROM outbox f"
            " WHERE f.attempt > 0 AND f.shop_id = o.shop_id AND f.aggregate_id = o.aggregate_id"
            " AND f.id < o.id) ORDER BY o.id LIMIT $2",
            db_int(ctx->now), db_int(JOB_BATCH_LIMIT)));
    while (db_next(rows))
        read_entry(rows, &batch->entries[batch->count++]);
    return NULL;
}

/* The shop of an entry; neighbours mostly share it. */
static err load_shop(struct ctx *ctx, struct batch *batch, int place)
{
    struct entry *entry = &batch->entries[place];
    for (int i = place - 1; i >= 0; i--) {
        if (batch->entries[i].shop_id == entry->shop_id) {
            entry->shop = batch->entries[i].shop;
            return NULL;
        }
    }
    ctx->shop = NULL;
    err failure = batch->options->load_shop(ctx, entry->shop_id);
    entry->shop = failure ? NULL : ctx->shop;
    ctx->shop = NULL;
    if (failure && failure->code == ERR_NOT_FOUND) {
        log_warning(ctx, "events of an unknown shop dropped", "shop=%lld", (long long)entry->shop_id);
        return NULL;
    }
    return failure;
}

static err load(struct ctx *ctx, struct batch *batch)
{
    TRY(find(ctx, batch));
    for (int i = 0; i < batch->count; i++) {
        struct entry *entry = &batch->entries[i];
        struct value *payload;
        TRY(load_shop(ctx, batch, i));
        if (entry->shop == NULL || !is_heard(batch->options, entry->event.topic))
            continue;
        err failure = json_read(ctx, entry->payload, strlen(entry->payload), &payload);
        if (failure)
            log_failure(ctx, LOG_ERROR, "event with a damaged payload dropped", failure);
        else
            entry->event.payload = payload;
    }
    return NULL;
}

/* Only the holder of the lease may go on; the row is locked until the commit. */
static err hold_lease(struct ctx *ctx, const struct batch *batch)
{
    return db_expect(ctx, 1, ERR_UNAVAILABLE, "another dispatcher took over",
                     "UPDATE job_recurring SET lease_until = $2 WHERE name = 'outbox' AND fence = $1",
                     db_int(batch->dispatcher->fence), db_int(batch->lease_until));
}

static err delete_some(struct ctx *ctx, int64_t shop_id, const int64_t ids[DELETE_WIDTH], int count)
{
    struct db_value values[DELETE_WIDTH + 1] = {db_int(shop_id)};
    for (int i = 0; i < DELETE_WIDTH; i++)
        values[i + 1] = db_int(ids[i < count ? i : count - 1]);
    return db_execute_values(
        ctx,
        "DELETE FROM outbox WHERE shop_id = $1 AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10,"
        " $11, $12, $13, $14, $15, $16, $17)",
        values, DELETE_WIDTH + 1);
}

/* Removes what was told, many to a statement. By id: an event with a smaller id may be committed later. */
static err delete_told(struct ctx *ctx, const struct batch *batch)
{
    bool is_done[JOB_BATCH_LIMIT] = {false};
    for (int first = 0; first < batch->told; first++) {
        int64_t ids[DELETE_WIDTH];
        int count = 0;
        int64_t shop_id = batch->entries[first].shop_id;
        if (is_done[first])
            continue;
        for (int i = first; i < batch->told && count < DELETE_WIDTH; i++) {
            if (is_done[i] || batch->entries[i].shop_id != shop_id)
                continue;
            ids[count++] = batch->entries[i].event.id;
            is_done[i] = true;
        }
        TRY(delete_some(ctx, shop_id, ids, count));
    }
    return NULL;
}

/* As many as the time of a part is enough for, at least one. */
static err tell_some(struct ctx *ctx, void *arg)
{
    struct batch *batch = arg;
    int64_t began = clock_steady();
    bool is_bounded = db_engine_of(db_session_db(ctx->db)) == DB_SQLITE;
    TRY(hold_lease(ctx, batch));
    batch->told = 0; /* the body may run again */
    do
        TRY(tell(ctx, batch, &batch->entries[batch->told++]));
    while (batch->told < batch->count && !(is_bounded && clock_steady() - began >= JOB_PART_TIME));
    return delete_told(ctx, batch);
}

struct single {
    const struct batch *batch;
    const struct entry *entry;
    err failure;
};

static err tell_one(struct ctx *ctx, void *arg)
{
    const struct single *single = arg;
    const struct entry *entry = single->entry;
    TRY(hold_lease(ctx, single->batch));
    TRY(tell(ctx, single->batch, entry));
    return db_execute(ctx, "DELETE FROM outbox WHERE shop_id = $1 AND id = $2", db_int(entry->shop_id),
                      db_int(entry->event.id));
}

/* Gives an event up: staff see it among the dead jobs and may send it on its way again. */
static err bury(struct ctx *ctx, const struct single *single)
{
    const struct entry *entry = single->entry;
    const char *text;
    struct value *letter = value_object(ctx->arena);
    value_set_text(ctx->arena, letter, "topic", entry->event.topic);
    value_set_int(ctx->arena, letter, "aggregate_id", entry->event.aggregate_id);
    value_set_int(ctx->arena, letter, "at", entry->event.at);
    value_set(ctx->arena, letter, "payload", *entry->event.payload);
    TRY(job_payload_text(ctx, letter, &text));
    TRY(db_execute(
        ctx,
        "INSERT INTO jobs (shop_id, kind, subject_id, due_at, attempt, dead_at, error, payload)"
        " VALUES ($1, 'outbox', $2, $3, $4, $3, $5, $6) ON CONFLICT (shop_id, kind, subject_id) DO NOTHING",
        db_int(entry->shop_id), db_int(entry->event.id), db_int(ctx->now), db_int(entry->attempt + 1),
        db_text(job_error_text(ctx, single->failure)), db_text(text)));
    return db_execute(ctx, "DELETE FROM outbox WHERE shop_id = $1 AND id = $2", db_int(entry->shop_id),
                      db_int(entry->event.id));
}

static err put_back(struct ctx *ctx, void *arg)
{
    const struct single *single = arg;
    const struct entry *entry = single->entry;
    TRY(hold_lease(ctx, single->batch));
    if (entry->attempt + 1 >= EVENT_ATTEMPTS)
        return bury(ctx, single);
    return db_execute(ctx,
                      "UPDATE outbox SET attempt = attempt + 1, due_at = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(entry->shop_id), db_int(entry->event.id),
                      db_int(ctx->now + job_pause(EVENT_PAUSE, entry->attempt + 1)));
}

static bool is_held_back(const struct batch *batch, const bool *has_failed, int place)
{
    const struct entry *entry = &batch->entries[place];
    for (int i = 0; i < place; i++)
        if (has_failed[i] && batch->entries[i].shop_id == entry->shop_id &&
            batch->entries[i].event.aggregate_id == entry->event.aggregate_id)
            return true;
    return false;
}

/* A failure of everything (no database, no lease) makes put_back fail too, and no event is blamed for it. */
static err tell_each(struct ctx *ctx, struct batch *batch)
{
    bool has_failed[JOB_BATCH_LIMIT] = {false};
    batch->told = batch->count;
    for (int i = 0; i < batch->count; i++) {
        struct single single = {.batch = batch, .entry = &batch->entries[i]};
        if (is_held_back(batch, has_failed, i))
            continue;
        single.failure = db_transact(ctx, tell_one, &single);
        if (single.failure == NULL)
            continue;
        has_failed[i] = true;
        TRY(db_transact(ctx, put_back, &single));
        log_warning(ctx, "event failed", "topic=%s id=%lld attempt=%d reason=%s", single.entry->event.topic,
                    (long long)single.entry->event.id, (int)single.entry->attempt + 1,
                    log_quote(ctx->arena, job_error_text(ctx, single.failure)));
    }
    return NULL;
}

err dispatch_batch(struct job_work *work, struct dispatcher *dispatcher, int *count, bool *more)
{
    struct ctx *ctx = &work->ctx;
    *count = 0;
    *more = false;
    work_begin(work);
    struct batch *batch = arena_alloc(ctx->arena, sizeof *batch);
    batch->options = work->options;
    batch->dispatcher = dispatcher;
    dispatcher->node.heard = dispatcher->echo;
    dispatcher->node.heard_at = clock_steady() / 1000;
    batch->lease_until = ctx->now + DISPATCHER_LEASE_MS;
    TRY(load(ctx, batch));
    if (batch->count == 0)
        return NULL;
    err failure = batch->was_failed ? tell_each(ctx, batch) : db_transact(ctx, tell_some, batch);
    if (failure && !batch->was_failed)
        failure = tell_each(ctx, batch);
    if (failure)
        return failure;
    *count = batch->told;
    *more = batch->told < batch->count || batch->count == JOB_BATCH_LIMIT;
    dispatcher->lease_until = batch->lease_until;
    return NULL;
}

struct taking {
    int64_t fence;
    int64_t former_fence;
    bool by_force;
    int64_t changed;
};

static err take_in_transaction(struct ctx *ctx, void *arg)
{
    struct taking *taking = arg;
    TRY(db_execute(
        ctx, "INSERT INTO job_recurring (name, due_at) VALUES ('outbox', $1) ON CONFLICT (name) DO NOTHING",
        db_int(ctx->now)));
    return db_change(ctx, &taking->changed,
                     "UPDATE job_recurring SET fence = $1, lease_until = $2"
                     " WHERE name = 'outbox' AND (lease_until <= $3 OR fence = $4 OR $5 = 1)",
                     db_int(taking->fence), db_int(ctx->now + DISPATCHER_LEASE_MS), db_int(ctx->now),
                     db_int(taking->former_fence), db_int(taking->by_force));
}

err dispatcher_take(struct job_work *work, struct dispatcher *dispatcher, bool by_force)
{
    work_begin(work);
    struct taking taking = {
        .fence = id_new(&work->ctx),
        .former_fence = dispatcher->former_fence ? dispatcher->former_fence : -1,
        .by_force = by_force,
    };
    TRY(db_transact(&work->ctx, take_in_transaction, &taking));
    dispatcher->lease_until = work->ctx.now + DISPATCHER_LEASE_MS;
    dispatcher->fence = 0;
    if (taking.changed != 1)
        return NULL;
    /* Nobody else writes echoes from here on: what was written is heard first. */
    dispatcher->former_fence = taking.fence;
    TRY(echo_follow(work, &dispatcher->node));
    work_begin(work);
    TRY(echo_last(work, &dispatcher->echo));
    dispatcher->fence = taking.fence;
    return NULL;
}

static err renew_in_transaction(struct ctx *ctx, void *arg)
{
    return hold_lease(ctx, arg);
}

err dispatcher_renew(struct job_work *work, struct dispatcher *dispatcher)
{
    work_begin(work);
    if (dispatcher->lease_until - work->ctx.now > DISPATCHER_LEASE_MS / 2)
        return NULL;
    struct batch *batch = arena_alloc(work->ctx.arena, sizeof *batch);
    batch->dispatcher = dispatcher;
    batch->lease_until = work->ctx.now + DISPATCHER_LEASE_MS;
    TRY(db_transact(&work->ctx, renew_in_transaction, batch));
    dispatcher->lease_until = batch->lease_until;
    return NULL;
}

void dispatcher_leave(struct job_work *work, struct dispatcher *dispatcher)
{
    if (dispatcher->fence == 0)
        return;
    work_begin(work);
    struct batch *batch = arena_alloc(work->ctx.arena, sizeof *batch);
    batch->dispatcher = dispatcher;
    err failure = db_transact(&work->ctx, renew_in_transaction, batch); /* until 0: ends at once */
    if (failure)
        log_failure(&work->ctx, LOG_WARNING, "the dispatcher's lease stays until it ends", failure);
    dispatcher->fence = 0;
}
