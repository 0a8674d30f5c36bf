/* sqlite_writer.c - group commit: many bodies, one fsync.
 *
 * The writer begins, runs each body in a savepoint, goes on with what was queued meanwhile up to a number and
 * a time, and commits. A body that fails loses its own savepoint; a commit that fails is everybody's failure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "db/group.h"
#include "db/sqlite.h"
#include <pthread.h>

/* Bodies that share one commit, and the microseconds after which no further one is taken in. */
#define BATCH_LIMIT 256
#define BATCH_TIME 20000

struct sqlite_writer {
    struct db *db;
    struct sqlite_connection *connection;
    struct db_session session; /* what ctx.db is while a body runs */
    struct group *group;       /* NULL for a private database, as is */
    struct sqlite_checkpoint *checkpoint;
    pthread_mutex_t lock; /* of the connection of a private database */
};

/* Runs one body in its savepoint. False when the whole transaction is gone with it. */
static bool run_request(struct sqlite_writer *writer, struct group_request *request, bool *wants_wake)
{
    struct sqlite_connection *connection = writer->connection;
    struct db_session *own = request->ctx->db;
    int code = sqlite_command(connection, "SAVEPOINT body");
    if (code != SQLITE_OK) {
        request->failure = sqlite_failure(request->ctx, connection, code, "SAVEPOINT");
        return sqlite3_get_autocommit(connection->handle) == 0;
    }
    request->ctx->db = &writer->session;
    request->failure = db_run_body(request->ctx, request->body, request->arg);
    request->ctx->db = own;
    /* A full disk or a failing one ends the transaction by itself. */
    if (sqlite3_get_autocommit(connection->handle))
        return false;
    int broken = 0;
    int unused = 0;
    if (request->failure == NULL &&
        sqlite3_db_status(connection->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &unused, 0) ==
            SQLITE_OK &&
        broken != 0)
        request->failure = fail_with(request->ctx, ERR_CONFLICT, "FOREIGN KEY constraint failed");
    if (request->failure)
        code = sqlite_command(connection, "ROLLBACK TO body");
    else
        *wants_wake |= writer->session.wants_wake;
    if (code == SQLITE_OK)
        code = sqlite_command(connection, "RELEASE body");
    if (code != SQLITE_OK && request->failure == NULL)
        request->failure = sqlite_failure(request->ctx, connection, code, "RELEASE");
    return code == SQLITE_OK;
}

static int run_bodies(struct sqlite_writer *writer, struct group_request *request, struct group_batch *batch,
                      bool *wants_wake)
{
    int64_t started = clock_steady();
    int code = sqlite_command(writer->connection, "BEGIN IMMEDIATE");
    group_append(batch, request);
    if (code != SQLITE_OK)
        return code;
    for (;;) {
        if (!run_request(writer, request, wants_wake))
            return SQLITE_IOERR;
        if (writer->group == NULL || batch->count >= BATCH_LIMIT || clock_steady() - started >= BATCH_TIME)
            break;
        request = group_take(writer->group);
        if (request == NULL)
            break;
        group_append(batch, request);
    }
    return sqlite_command(writer->connection, "COMMIT");
}

/* Tells everybody whose body had succeeded that it was in vain. */
static void fail_batch(struct sqlite_writer *writer, struct group_batch *batch, int code)
{
    struct sqlite_connection *connection = writer->connection;
    log_error(NULL, "commit failed", "code=%d bodies=%d", code, batch->count);
    for (struct group_request *request = batch->first; request; request = request->next)
        if (request->failure == NULL)
            request->failure = sqlite_failure(request->ctx, connection, code, "COMMIT");
    if (!sqlite3_get_autocommit(connection->handle))
        sqlite_command(connection, "ROLLBACK");
}

static void run_batch(struct sqlite_writer *writer, struct group_request *first, struct group_batch *batch)
{
    bool wants_wake = false;
    int code = run_bodies(writer, first, batch, &wants_wake);
    if (code != SQLITE_OK)
        fail_batch(writer, batch, code);
    else
        db_committed(writer->db, wants_wake);
}

static void run_group(void *arg, struct group_request *first)
{
    struct sqlite_writer *writer = arg;
    struct group_batch batch = {0};
    run_batch(writer, first, &batch);
    group_wake(&batch);
    sqlite_checkpoint_go_on(writer->checkpoint);
}

struct sqlite_writer *writer_open(struct db *db, struct sqlite_connection *connection,
                                  struct sqlite_checkpoint *checkpoint)
{
    struct sqlite_writer *writer = db_allocate(sizeof *writer);
    writer->db = db;
    writer->connection = connection;
    writer->session.db = db;
    writer->session.connection = connection;
    pthread_mutex_init(&writer->lock, NULL);
    writer->checkpoint = checkpoint;
    if (checkpoint)
        writer->group = group_open(db, run_group, writer);
    return writer;
}

void writer_close(struct sqlite_writer *writer)
{
    if (writer->group) {
        group_close(writer->group);
        sqlite_checkpoint_close(writer->checkpoint);
        sqlite3_wal_checkpoint_v2(writer->connection->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    sqlite_disconnect(writer->connection);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

err writer_transact(struct sqlite_writer *writer, struct ctx *ctx, db_body body, void *arg)
{
    struct group_request request = {.ctx = ctx, .body = body, .arg = arg};
    if (writer->group)
        return group_submit(writer->group, &request);
    struct group_batch batch = {0};
    pthread_mutex_lock(&writer->lock);
    run_batch(writer, &request, &batch);
    pthread_mutex_unlock(&writer->lock);
    return request.failure;
}

struct sqlite_connection *writer_lock(struct sqlite_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    return writer->connection;
}

void writer_unlock(struct sqlite_writer *writer)
{
    pthread_mutex_unlock(&writer->lock);
}
