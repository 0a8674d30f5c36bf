/* postgres_writer.c - group commit on PostgreSQL: the recorded writes of many bodies in one transaction.
 *
 * A batch is sent whole and committed once. When anything in it fails (an expectation was missed, a key is
 * there already), the server rolled all of it back: then each request of the batch is committed by itself,
 * and gets its own failure. So nobody suffers from a neighbour, and a hot row is never held by two
 * transactions of one node. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/postgres.h"

/* Requests that share one commit: a failure runs as many by themselves. */
#define BATCH_LIMIT 64

struct pg_writer {
    struct db *db;
    struct pg_pool *pool;
    struct pg_connection *connection;
    struct db_session session; /* of the writer's connection */
    struct group *group;
};

/* What a request is sent with: its memory, the writer's session. */
static struct ctx writer_ctx(struct pg_writer *writer, const struct group_request *request)
{
    struct ctx ctx = *request->ctx;
    ctx.db = &writer->session;
    return ctx;
}

/* One transaction of the requests from `first` up to `last`. */
static err commit_together(struct pg_writer *writer, const struct group_request *first,
                           const struct group_request *last, enum pg_outcome *outcome)
{
    struct ctx ctx = writer_ctx(writer, last);
    struct pg_connection *connection = writer->connection;
    *outcome = PG_FINAL;
    TRY(pool_connect(&ctx, writer->pool, connection));
    postgres_start(connection, true);
    err failure = NULL;
    bool wants_wake = false;
    for (const struct group_request *request = first; failure == NULL && request;
         request = request == last ? NULL : request->next) {
        struct ctx own = writer_ctx(writer, request);
        failure = merge_writes(&own, connection, request->writes);
        wants_wake |= request->wants_wake;
    }
    if (failure == NULL)
        failure = postgres_commit(&ctx, connection);
    if (failure && connection->conn && PQtransactionStatus(connection->conn) != PQTRANS_IDLE)
        failure = postgres_roll_back(&ctx, connection, failure);
    *outcome = connection->outcome;
    postgres_start(connection, false);
    if (failure == NULL)
        db_committed(writer->db, wants_wake);
    return failure;
}

static void fail_all(struct group_batch *batch, err failure, enum pg_outcome outcome)
{
    for (struct group_request *request = batch->first; request; request = request->next) {
        request->failure = fail_with(request->ctx, failure->code, "%s", failure->detail);
        request->outcome = outcome;
    }
}

static void commit_each(struct pg_writer *writer, struct group_batch *batch)
{
    for (struct group_request *request = batch->first; request; request = request->next) {
        enum pg_outcome outcome;
        request->failure = commit_together(writer, request, request, &outcome);
        request->outcome = outcome;
    }
}

static void run_group(void *arg, struct group_request *first)
{
    struct pg_writer *writer = arg;
    struct group_batch batch = {0};
    enum pg_outcome outcome;
    struct group_request *request = first;
    do {
        group_append(&batch, request);
        request = batch.count < BATCH_LIMIT ? group_take(writer->group) : NULL;
    } while (request);
    err failure = commit_together(writer, batch.first, batch.last, &outcome);
    if (failure && (batch.count == 1 || outcome == PG_UNKNOWN))
        fail_all(&batch, failure, outcome);
    else if (failure)
        commit_each(writer, &batch);
    group_wake(&batch);
}

struct pg_writer *pg_writer_open(struct db *db, struct pg_pool *pool)
{
    struct pg_writer *writer = db_allocate(sizeof *writer);
    writer->db = db;
    writer->pool = pool;
    writer->connection = writer->session.connection = pool_make();
    writer->session.db = db;
    writer->session.in_transaction = true;
    writer->group = group_open(db, run_group, writer);
    return writer;
}

void pg_writer_close(struct pg_writer *writer)
{
    group_close(writer->group);
    pool_unmake(writer->connection);
    free(writer);
}

err pg_writer_commit(struct pg_writer *writer, struct ctx *ctx, const struct pg_write *writes,
                     enum pg_outcome *outcome)
{
    struct group_request request = {.ctx = ctx, .writes = writes, .wants_wake = ctx->db->wants_wake};
    err failure = group_submit(writer->group, &request);
    *outcome = (enum pg_outcome)request.outcome;
    return failure;
}
