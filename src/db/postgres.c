/* postgres.c - PostgreSQL: questions and transactions.
 *
 * A session borrows a connection (postgres_pool.c) that is in pipeline mode for good and reads only, except
 * between a BEGIN and its COMMIT.
 *
 * What a body writes is recorded, and what it reads before its first write is read at once. A body that ends
 * so has its writes committed by the writer, together with those of others (postgres_writer.c). One that asks
 * a question after its first write needs a transaction of its own: the record is sent on the borrowed
 * connection, and so is what is recorded after that. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/postgres.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include <time.h>

/* The longest pause in ms between two runs of a body; the first is 2 ms. */
#define RETRY_PAUSE_LIMIT 64
/* Writes that a body may record before they are sent; one that goes on gets a transaction of its own. */
#define WRITES_LIMIT 128
/* Any number: the advisory lock of nodes that migrate. */
#define SCHEMA_LOCK "7310579837"

struct pg_state {
    struct pg_pool *pool;
    struct pg_writer *writer;
};

void postgres_pause(int64_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

void postgres_start(struct pg_connection *connection, bool is_open)
{
    connection->outcome = PG_FINAL;
    connection->first_write = connection->last_write = NULL;
    connection->writes = 0;
    connection->is_open = is_open;
    connection->is_begun = false;
}

/* The connection of the session, which borrows one when it has none. */
static err ready(struct ctx *ctx, struct pg_connection **result)
{
    const struct pg_state *state = ctx->db->db->state;
    struct pg_connection *connection = ctx->db->connection;
    if (connection == NULL)
        TRY(pool_borrow(ctx, state->pool, &connection));
    *result = ctx->db->connection = connection;
    return NULL;
}

/* Questions that nobody waits for any more, because something failed, are answered into memory that is still
 * there. */
static err return_connection(struct ctx *ctx)
{
    const struct pg_state *state = ctx->db->db->state;
    struct pg_connection *connection = ctx->db->connection;
    err failure = connection->queued > 0 ? pipeline_flush(ctx, connection, NULL) : NULL;
    ctx->db->connection = NULL;
    pool_give_back(state->pool, connection);
    return failure;
}

/* Outside a body and db_read nobody needs the connection between two questions. */
static err give_back(struct ctx *ctx)
{
    const struct db_session *session = ctx->db;
    bool is_kept = session->connection == NULL || session->in_transaction || session->in_read;
    return is_kept ? NULL : return_connection(ctx);
}

static err check_count(struct ctx *ctx, const struct db_statement *statement)
{
    return statement->count > DB_PARAMETERS_LIMIT
               ? db_misuse(ctx, "more than %d values: %s", DB_PARAMETERS_LIMIT, statement->sql)
               : NULL;
}

/* Sends the record, in a transaction of this session's own. */
static err open_transaction(struct ctx *ctx, struct pg_connection *connection)
{
    const struct pg_write *writes = connection->first_write;
    connection->is_open = true;
    connection->first_write = connection->last_write = NULL;
    connection->writes = 0;
    return merge_writes(ctx, connection, writes);
}

/* Before its first write a body may read without a transaction. */
static bool needs_transaction(const struct ctx *ctx, const struct pg_connection *connection,
                              const struct db_statement *statement)
{
    return ctx->db->in_transaction &&
           (connection->is_open || connection->first_write || !text_starts(statement->sql, "SELECT"));
}

static err ask(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    struct pg_connection *connection;
    TRY(check_count(ctx, statement));
    TRY(ready(ctx, &connection));
    if (needs_transaction(ctx, connection, statement))
        TRY(open_transaction(ctx, connection));
    connection->outcome = PG_FINAL;
    *rows = rows_open(ctx->arena, 0);
    return pipeline_ask(ctx, connection, statement, *rows);
}

static err postgres_ask(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    err failure = ask(ctx, statement, rows);
    err earlier = failure ? give_back(ctx) : NULL;
    return earlier ? earlier : failure;
}

static err postgres_answer(struct ctx *ctx)
{
    struct pg_connection *connection = ctx->db->connection;
    err failure = connection ? pipeline_flush(ctx, connection, NULL) : NULL;
    err end = give_back(ctx);
    return failure ? failure : end;
}

static err postgres_go_on(struct ctx *ctx)
{
    struct pg_connection *connection = ctx->db->connection;
    return connection && connection->queued > 0 ? pipeline_send(ctx, connection) : NULL;
}

static err query_once(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    TRY(ask(ctx, statement, rows));
    return pipeline_flush(ctx, ctx->db->connection, NULL);
}

static err postgres_query(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    const struct pg_connection *connection = ctx->db->connection;
    bool is_alone = connection == NULL || connection->queued == 0;
    err failure = query_once(ctx, statement, rows);
    connection = ctx->db->connection;
    if (failure && is_alone && connection && !connection->is_open && connection->outcome == PG_LOST) {
        if (!ctx->db->in_transaction)
            TRY(return_connection(ctx));
        failure = query_once(ctx, statement, rows); /* reading again is harmless */
    }
    err end = give_back(ctx);
    return failure ? failure : end;
}

static err postgres_change(struct ctx *ctx, const struct db_statement *statement, int64_t *changed)
{
    PGresult *result;
    struct pg_connection *connection = ctx->db->connection;
    TRY(check_count(ctx, statement));
    TRY(open_transaction(ctx, connection));
    connection->outcome = PG_FINAL;
    TRY(pipeline_add(ctx, connection, PG_READ, statement));
    TRY(pipeline_flush(ctx, connection, &result));
    *changed = 0;
    bool is_count = text_to_int(PQcmdTuples(result), changed);
    PQclear(result);
    return is_count ? NULL : db_misuse(ctx, "db_change of something else than a write: %s", statement->sql);
}

static const struct db_value *copy_values(struct ctx *ctx, const struct db_statement *statement)
{
    struct db_value *values = arena_alloc_many(ctx->arena, statement->count, sizeof *values);
    for (size_t i = 0; i < statement->count; i++) {
        values[i] = statement->values[i];
        if (values[i].len)
            values[i].ptr = arena_copy(ctx->arena, values[i].ptr, values[i].len);
    }
    return values;
}

static err write_later(struct ctx *ctx, const struct pg_write *write)
{
    struct pg_connection *connection = ctx->db->connection;
    TRY(check_count(ctx, &write->statement));
    if (connection->writes == WRITES_LIMIT)
        TRY(open_transaction(ctx, connection));
    struct pg_write *kept = arena_alloc(ctx->arena, sizeof *kept);
    *kept = *write;
    kept->statement.values = copy_values(ctx, &write->statement);
    if (connection->last_write)
        connection->last_write->next = kept;
    else
        connection->first_write = kept;
    connection->last_write = kept;
    connection->writes++;
    return NULL;
}

static err postgres_execute(struct ctx *ctx, const struct db_statement *statement)
{
    return write_later(ctx, &(struct pg_write){.statement = *statement, .expected = PG_ANY_COUNT});
}

static err postgres_expect(struct ctx *ctx, const struct db_statement *statement, int64_t expected,
                           enum error_code code, const char *detail)
{
    return write_later(
        ctx,
        &(struct pg_write){.statement = *statement, .expected = expected, .code = code, .detail = detail});
}

static err roll_back_once(struct ctx *ctx, struct pg_connection *connection)
{
    TRY(pipeline_add(ctx, connection, PG_ROLLBACK, &(struct db_statement){"ROLLBACK", NULL, 0}));
    return pipeline_flush(ctx, connection, NULL);
}

/* What was queued before may have failed earlier: then that is the reason, as it would be on SQLite. */
err postgres_roll_back(struct ctx *ctx, struct pg_connection *connection, err failure)
{
    if (connection->conn == NULL || !connection->is_begun)
        return failure;
    bool is_pending = connection->queued > 0;
    enum pg_outcome outcome = connection->outcome;
    err earlier = roll_back_once(ctx, connection);
    if (connection->conn && PQtransactionStatus(connection->conn) != PQTRANS_IDLE) {
        enum pg_outcome reason = connection->outcome;
        if (roll_back_once(ctx, connection) || PQtransactionStatus(connection->conn) != PQTRANS_IDLE)
            postgres_drop(connection);
        connection->outcome = reason;
    }
    if (earlier && is_pending)
        return earlier;
    connection->outcome = outcome;
    return failure;
}

err postgres_commit(struct ctx *ctx, struct pg_connection *connection)
{
    PGresult *result;
    if (!connection->is_begun)
        return NULL;
    if (connection->queued > 0)
        TRY(pipeline_flush(ctx, connection, NULL));
    TRY(pipeline_add(ctx, connection, PG_COMMIT, &(struct db_statement){"COMMIT", NULL, 0}));
    TRY(pipeline_flush(ctx, connection, &result));
    bool is_committed = text_is(PQcmdStatus(result), "COMMIT");
    PQclear(result);
    return is_committed ? NULL : fail_with(ctx, ERR_DATABASE, "the server rolled the transaction back");
}

/* Ends a transaction of the body's own. */
static err end_own(struct ctx *ctx, struct pg_connection *connection, err failure)
{
    if (failure == NULL) {
        failure = open_transaction(ctx, connection);
        if (failure == NULL)
            failure = postgres_commit(ctx, connection);
        if (failure == NULL)
            db_committed(ctx->db->db, ctx->db->wants_wake);
        if (failure == NULL || (connection->conn && PQtransactionStatus(connection->conn) == PQTRANS_IDLE))
            return failure;
    }
    return postgres_roll_back(ctx, connection, failure);
}

/* A body whose writes are a mere record gives its connection back before it waits for the writer. */
static err run_once(struct ctx *ctx, db_body body, void *arg, enum pg_outcome *outcome)
{
    const struct pg_state *state = ctx->db->db->state;
    struct pg_connection *connection;
    *outcome = PG_FINAL;
    TRY(ready(ctx, &connection));
    postgres_start(connection, false);
    err failure = db_run_body(ctx, body, arg);
    const struct pg_write *writes = connection->is_open ? NULL : connection->first_write;
    if (connection->is_open)
        failure = end_own(ctx, connection, failure);
    *outcome = connection->outcome;
    postgres_start(connection, false);
    err end = give_back(ctx);
    if (failure || end || writes == NULL)
        return failure ? failure : end;
    return pg_writer_commit(state->writer, ctx, writes, outcome);
}

static void pause_before_retry(int attempt)
{
    uint32_t limit = attempt < 6 ? 2u << attempt : RETRY_PAUSE_LIMIT;
    postgres_pause(1 + random_below(limit));
}

static err postgres_transact(struct ctx *ctx, db_body body, void *arg)
{
    struct db *db = ctx->db->db;
    for (int attempt = 0;; attempt++) {
        enum pg_outcome outcome;
        err failure = run_once(ctx, body, arg, &outcome);
        if (failure == NULL)
            return NULL;
        bool may_retry = outcome == PG_CONFLICT || outcome == PG_LOST;
        if (!may_retry || attempt == DB_RETRY_LIMIT)
            return failure;
        atomic_fetch_add_explicit(&db->retries, 1, memory_order_relaxed);
        log_debug(ctx, "transaction run again", "attempt=%d reason=%s", attempt + 1,
                  log_quote(ctx->arena, failure->detail));
        pause_before_retry(attempt);
    }
}

static err postgres_script(struct ctx *ctx, const char *sql)
{
    TRY(open_transaction(ctx, ctx->db->connection));
    TRY(pipeline_add_once(ctx, ctx->db->connection, sql));
    return pipeline_flush(ctx, ctx->db->connection, NULL);
}

static err postgres_lock_schema(struct ctx *ctx)
{
    TRY(postgres_script(ctx, "SET LOCAL lock_timeout = 0"));
    return postgres_script(ctx, "SELECT pg_advisory_xact_lock(" SCHEMA_LOCK ")");
}

static err postgres_open(struct ctx *ctx, const struct config *config, struct db *db)
{
    if (!PQisthreadsafe())
        return fail_with(ctx, ERR_INTERNAL, "this libpq was built without threads");
    struct pg_state *state = db_allocate(sizeof *state);
    state->pool = pool_open(config);
    db->state = state;
    state->writer = pg_writer_open(db, state->pool);
    return NULL;
}

static void postgres_close(struct db *db)
{
    struct pg_state *state = db->state;
    pg_writer_close(state->writer);
    pool_close(state->pool);
    free(state);
}

/* Only a session that failed between a question and its answer still has a connection. */
static void postgres_session_close(struct db_session *session)
{
    const struct pg_state *state = session->db->state;
    struct pg_connection *connection = session->connection;
    if (connection == NULL)
        return;
    postgres_drop(connection);
    pool_give_back(state->pool, connection);
}

static err postgres_backup(struct ctx *ctx, const char *path)
{
    return fail_with(ctx, ERR_BAD_REQUEST, "%s: PostgreSQL is backed up with its own tools (pg_dump)", path);
}

const struct engine postgres_engine = {
    .kind = DB_POSTGRES,
    .name = "postgres",
    .open = postgres_open,
    .close = postgres_close,
    .session_close = postgres_session_close,
    .query = postgres_query,
    .ask = postgres_ask,
    .answer = postgres_answer,
    .go_on = postgres_go_on,
    .change = postgres_change,
    .execute = postgres_execute,
    .expect = postgres_expect,
    .transact = postgres_transact,
    .script = postgres_script,
    .lock_schema = postgres_lock_schema,
    .backup = postgres_backup,
};
