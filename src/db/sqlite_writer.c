/* sqlite_writer.c - group commit: many bodies, one fsync.
 *
 * Bodies queue in order. The writer begins, runs each body in a savepoint, goes on with what was queued
 * meanwhile up to a number and a time, commits, and only then wakes everybody of the batch. A body that fails
 * loses its own savepoint; a commit that fails is everybody's failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "db/sqlite.h"
#include <pthread.h>
#include <semaphore.h>

/* Bodies that may wait; one more is ERR_UNAVAILABLE. */
#define QUEUE_LIMIT 1024
/* Bodies that share one commit, and the microseconds after which no further one is taken in. */
#define BATCH_LIMIT 256
#define BATCH_TIME 20000

/* Lives on the stack of the thread that waits for it. */
struct request {
    struct ctx *ctx;
    db_body body;
    void *arg;
    err failure;
    struct request *next;
    sem_t done;
};

struct sqlite_writer {
    struct db *db;
    struct sqlite_connection *connection;
    struct db_session session; /* what ctx.db is while a body runs */
    bool is_private;
    pthread_t thread;
    pthread_mutex_t lock; /* of the queue; in a private database, of the connection */
    pthread_cond_t filled;
    bool is_idle;
    bool is_stopping;
    struct request *first;
    struct request *last;
    int queued;
};

struct batch {
    struct request *first;
    struct request *last;
    int count;
    bool wants_wake;
};

/* Runs one body in its savepoint. False when the whole transaction is gone with it. */
static bool run_request(struct sqlite_writer *writer, struct request *request, struct batch *batch)
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
        batch->wants_wake |= writer->session.wants_wake;
    if (code == SQLITE_OK)
        code = sqlite_command(connection, "RELEASE body");
    if (code != SQLITE_OK && request->failure == NULL)
        request->failure = sqlite_failure(request->ctx, connection, code, "RELEASE");
    return code == SQLITE_OK;
}

/* The next body in the queue, or NULL. */
static struct request *take(struct sqlite_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    struct request *request = writer->first;
    if (request) {
        writer->first = request->next;
        request->next = NULL;
        writer->queued--;
        atomic_fetch_sub_explicit(&writer->db->queued, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&writer->lock);
    return request;
}

static void append(struct batch *batch, struct request *request)
{
    if (batch->first)
        batch->last->next = request;
    else
        batch->first = request;
    batch->last = request;
    batch->count++;
}

static int run_bodies(struct sqlite_writer *writer, struct request *request, struct batch *batch)
{
    int64_t started = clock_steady();
    int code = sqlite_command(writer->connection, "BEGIN IMMEDIATE");
    append(batch, request);
    if (code != SQLITE_OK)
        return code;
    for (;;) {
        if (!run_request(writer, request, batch))
            return SQLITE_IOERR;
        if (writer->is_private || batch->count >= BATCH_LIMIT || clock_steady() - started >= BATCH_TIME)
            break;
        request = take(writer);
        if (request == NULL)
            break;
        append(batch, request);
    }
    return sqlite_command(writer->connection, "COMMIT");
}

/* Tells everybody whose body had succeeded that it was in vain. */
static void fail_batch(struct sqlite_writer *writer, struct batch *batch, int code)
{
    struct sqlite_connection *connection = writer->connection;
    log_error(NULL, "commit failed", "code=%d bodies=%d", code, batch->count);
    for (struct request *request = batch->first; request; request = request->next)
        if (request->failure == NULL)
            request->failure = sqlite_failure(request->ctx, connection, code, "COMMIT");
    if (!sqlite3_get_autocommit(connection->handle))
        sqlite_command(connection, "ROLLBACK");
}

static void wake_batch(struct batch *batch)
{
    struct request *next;
    for (struct request *request = batch->first; request; request = next) {
        next = request->next; /* the request is gone once its thread goes on */
        sem_post(&request->done);
    }
}

static void run_batch(struct sqlite_writer *writer, struct request *first)
{
    struct batch batch = {0};
    int code = run_bodies(writer, first, &batch);
    if (code != SQLITE_OK)
        fail_batch(writer, &batch, code);
    else
        db_committed(writer->db, batch.wants_wake);
    wake_batch(&batch);
}

/* Waits for the next body; NULL when the writer is to stop and nothing is left. */
static struct request *wait_for_request(struct sqlite_writer *writer)
{
    for (;;) {
        struct request *request = take(writer);
        if (request)
            return request;
        pthread_mutex_lock(&writer->lock);
        while (writer->first == NULL && !writer->is_stopping) {
            writer->is_idle = true;
            pthread_cond_wait(&writer->filled, &writer->lock);
        }
        writer->is_idle = false;
        bool is_over = writer->first == NULL;
        pthread_mutex_unlock(&writer->lock);
        if (is_over)
            return NULL;
    }
}

static void *writer_main(void *arg)
{
    struct sqlite_writer *writer = arg;
    struct request *request;
    while ((request = wait_for_request(writer)))
        run_batch(writer, request);
    return NULL;
}

struct sqlite_writer *writer_open(struct db *db, struct sqlite_connection *connection, bool is_private)
{
    struct sqlite_writer *writer = db_allocate(sizeof *writer);
    writer->db = db;
    writer->connection = connection;
    writer->session.db = db;
    writer->session.connection = connection;
    writer->is_private = is_private;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->filled, NULL);
    if (!is_private && pthread_create(&writer->thread, NULL, writer_main, writer) != 0)
        bug("no thread for the writer");
    return writer;
}

void writer_close(struct sqlite_writer *writer)
{
    if (!writer->is_private) {
        pthread_mutex_lock(&writer->lock);
        writer->is_stopping = true;
        pthread_cond_signal(&writer->filled);
        pthread_mutex_unlock(&writer->lock);
        pthread_join(writer->thread, NULL);
        sqlite3_wal_checkpoint_v2(writer->connection->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    sqlite_disconnect(writer->connection);
    pthread_cond_destroy(&writer->filled);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

/* False when the queue is full. */
static bool enqueue(struct sqlite_writer *writer, struct request *request)
{
    pthread_mutex_lock(&writer->lock);
    bool has_room = writer->queued < QUEUE_LIMIT;
    if (has_room) {
        if (writer->first)
            writer->last->next = request;
        else
            writer->first = request;
        writer->last = request;
        writer->queued++;
        atomic_fetch_add_explicit(&writer->db->queued, 1, memory_order_relaxed);
        if (writer->is_idle) {
            writer->is_idle = false;
            pthread_cond_signal(&writer->filled);
        }
    }
    pthread_mutex_unlock(&writer->lock);
    return has_room;
}

err writer_transact(struct sqlite_writer *writer, struct ctx *ctx, db_body body, void *arg)
{
    struct request request = {.ctx = ctx, .body = body, .arg = arg};
    sem_init(&request.done, 0, 0);
    if (writer->is_private) {
        pthread_mutex_lock(&writer->lock);
        run_batch(writer, &request);
        pthread_mutex_unlock(&writer->lock);
    } else if (!enqueue(writer, &request)) {
        request.failure = fail_with(ctx, ERR_UNAVAILABLE, "%d transactions are waiting", QUEUE_LIMIT);
    } else {
        while (sem_wait(&request.done) != 0)
            continue; /* a signal */
    }
    sem_destroy(&request.done);
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
