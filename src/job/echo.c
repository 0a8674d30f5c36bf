/* echo.c - events that every node hears, for what it keeps in memory: pages, shops, open streams.
 *
 * The dispatcher tells them on its own node with all others. When other nodes are alive it also writes them
 * down, numbered, in the transaction that removes them from the outbox; the others read on from the last
 * number they know. A node that could not read for long has missed some: it forgets what it has. On SQLite
 * there is one node, and nothing of this happens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "job/internal.h"

/* How often a node says that it lives, and how long it is believed. */
#define BEAT_MS (5 * SECOND_MS)
#define ALIVE_MS (30 * SECOND_MS)
/* Echoes are kept so long; a node that did not read for half of it begins anew. */
#define KEPT_MS MINUTE_MS
/* Echoes read at once. */
#define READ_LIMIT 200

static bool is_alone(const struct job_work *work)
{
    return db_engine_of(work->options->db) == DB_SQLITE;
}

static bool hears(const struct listener *listener, const char *topic)
{
    size_t length = strlen(listener->topic);
    if (length > 0 && listener->topic[length - 1] != '.')
        return text_is(listener->topic, topic);
    return text_starts(topic, listener->topic);
}

bool job_is_heard(const struct listener *const *tables, const char *topic)
{
    for (int i = 0; tables && tables[i]; i++)
        for (const struct listener *listener = tables[i]; listener->hear; listener++)
            if (hears(listener, topic))
                return true;
    return false;
}

err job_hear(struct ctx *ctx, const struct listener *const *tables, const struct outbox_event *event,
             void *owner)
{
    for (int i = 0; tables && tables[i]; i++)
        for (const struct listener *listener = tables[i]; listener->hear; listener++)
            if (hears(listener, event->topic))
                TRY(listener->hear(ctx, event, owner));
    return NULL;
}

/* ---- being there ---- */

static err beat_in_transaction(struct ctx *ctx, void *arg)
{
    const struct node *node = arg;
    return db_execute(ctx,
                      "INSERT INTO job_nodes (id, seen_at) VALUES ($1, $2)"
                      " ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
                      db_int(node->id), db_int(ctx->now));
}

err node_beat(struct job_work *work, struct node *node)
{
    if (is_alone(work))
        return NULL;
    work_begin(work);
    if (node->id && work->ctx.now - node->beat_at < BEAT_MS)
        return NULL;
    if (node->id == 0)
        node->id = id_new(&work->ctx);
    TRY(db_transact(&work->ctx, beat_in_transaction, node));
    node->beat_at = work->ctx.now;
    return NULL;
}

static err leave_in_transaction(struct ctx *ctx, void *arg)
{
    const struct node *node = arg;
    return db_execute(ctx, "DELETE FROM job_nodes WHERE id = $1", db_int(node->id));
}

void node_leave(struct job_work *work, const struct node *node)
{
    if (node->id == 0)
        return;
    work_begin(work);
    err failure = db_transact(&work->ctx, leave_in_transaction, (void *)(uintptr_t)node);
    if (failure)
        log_failure(&work->ctx, LOG_WARNING, "the node counts as alive for a while", failure);
}

err node_ask_others(struct ctx *ctx, const struct node *node, struct db_rows **rows)
{
    *rows = NULL;
    if (node->id == 0)
        return NULL;
    return db_ask(ctx, rows, "SELECT 1 FROM job_nodes WHERE id <> $1 AND seen_at > $2 LIMIT 1",
                  db_int(node->id), db_int(ctx->now - ALIVE_MS));
}

/* ---- telling ---- */

err echo_last(struct job_work *work, int64_t *seq)
{
    struct db_rows *rows;
    TRY(db_query(&work->ctx, &rows, "SELECT COALESCE(MAX(seq), $1) FROM event_echoes", db_int(0)));
    *seq = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err echo_write(struct ctx *ctx, int64_t seq, int64_t shop_id, const struct outbox_event *event,
               const char *payload)
{
    return db_execute(
        ctx,
        "INSERT INTO event_echoes (seq, shop_id, event_id, topic, aggregate_id, payload, at, told_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        db_int(seq), db_int(shop_id), db_int(event->id), db_text(event->topic), db_int(event->aggregate_id),
        db_text(payload), db_int(event->at), db_int(ctx->now));
}

static err forget_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute(ctx, "DELETE FROM event_echoes WHERE told_at < $1", db_int(ctx->now - KEPT_MS)));
    return db_execute(ctx, "DELETE FROM job_nodes WHERE seen_at < $1", db_int(ctx->now - 2 * ALIVE_MS));
}

err job_forget_echoes(struct ctx *ctx, void *owner)
{
    (void)owner;
    return db_transact(ctx, forget_in_transaction, NULL);
}

/* ---- hearing ---- */

struct heard {
    int64_t seq;
    int64_t shop_id;
    struct outbox_event event;
    const char *payload;
};

static struct heard read_echo(const struct db_rows *rows)
{
    return (struct heard){.seq = db_get_int(rows, 0),
                          .shop_id = db_get_int(rows, 1),
                          .event.id = db_get_int(rows, 2),
                          .event.topic = db_get_text(rows, 3),
                          .event.aggregate_id = db_get_int(rows, 4),
                          .payload = db_get_text(rows, 5),
                          .event.at = db_get_int(rows, 6)};
}

static err hear_one(struct job_work *work, struct heard *heard)
{
    struct ctx *ctx = &work->ctx;
    struct value *payload;
    if (!ctx->shop || ctx->shop->id != heard->shop_id)
        TRY(work->options->load_shop(ctx, heard->shop_id));
    TRY(json_read(ctx, heard->payload, strlen(heard->payload), &payload));
    heard->event.payload = payload;
    return job_hear(ctx, work->options->everywhere, &heard->event, work->options->owner);
}

/* Nothing that one echo brings about may keep the next from being heard. */
static void hear_rows(struct job_work *work, struct db_rows *rows, struct node *node)
{
    while (db_next(rows)) {
        struct heard heard = read_echo(rows);
        err failure = hear_one(work, &heard);
        if (failure)
            log_failure(&work->ctx, LOG_WARNING, "an event of another node was not understood", failure);
        node->heard = heard.seq;
    }
    work->ctx.shop = NULL;
}

/* Its first look, or one after a long silence: what it does not know by number, it must not trust. */
static err begin(struct job_work *work, struct node *node)
{
    TRY(echo_last(work, &node->heard));
    if (node->heard_at && work->options->missed)
        work->options->missed(work->options->owner);
    return NULL;
}

err echo_follow(struct job_work *work, struct node *node)
{
    struct db_rows *rows;
    if (is_alone(work))
        return NULL;
    do {
        work_begin(work);
        int64_t now = clock_steady() / 1000;
        if (node->heard_at == 0 || now - node->heard_at > KEPT_MS / 2)
            TRY(begin(work, node));
        TRY(db_query(&work->ctx, &rows,
                     "SELECT seq, shop_id, event_id, topic, aggregate_id, payload, at FROM event_echoes"
                     " WHERE seq > $1 ORDER BY seq LIMIT $2",
                     db_int(node->heard), db_int(READ_LIMIT)));
        hear_rows(work, rows, node);
        node->heard_at = now;
    } while (db_row_count(rows) == READ_LIMIT);
    return NULL;
}
