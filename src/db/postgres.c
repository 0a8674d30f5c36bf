/* postgres.c - PostgreSQL: connections, transactions, answers.
 *
 * A session has one connection, made when first used and again after it was lost. It stays in pipeline mode
 * for good and reads only, except between a BEGIN and its COMMIT.
 *
 * What a body writes is recorded, and what it reads before its first write is read at once. A body that ends
 * so has its writes committed by the writer, together with those of others (postgres_writer.c). One that asks
 * a question after its first write needs a transaction of its own: the record is sent on the session's
 * connection, and the rest follows there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/postgres.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include <poll.h>
#include <time.h>

/* Prepared statements that a connection keeps. */
#define KEPT_STATEMENTS 2048
/* Tries to connect before giving up, the first pause in ms (it doubles), and for how many ms after that
 * others try only once. */
#define CONNECT_TRIES 6
#define CONNECT_PAUSE 50
#define CONNECT_DOWN SECOND_MS
/* The longest pause in ms between two runs of a body; the first is 2 ms. */
#define RETRY_PAUSE_LIMIT 64
/* Writes that a body may record; one that goes on gets a transaction of its own. */
#define WRITES_LIMIT 128
/* Microseconds after an answer for which a connection is taken to be alive. */
#define FRESH_TIME 20000
/* Any number: the advisory lock of nodes that migrate. */
#define SCHEMA_LOCK "7310579837"

struct pg_state {
    char *url;
    struct pg_writer *writer;
    atomic_llong down_at; /* steady µs of the last vain attempt to connect */
};

static const char settings[] = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;"
                               "SET client_min_messages = error;"
                               "SET client_encoding = 'UTF8';"
                               "SET standard_conforming_strings = on;"
                               "SET idle_in_transaction_session_timeout = '60s';"
                               "SET lock_timeout = '20s';"
                               "SET enable_seqscan = off;"
                               "SET plan_cache_mode = force_generic_plan;"
                               "SET jit = off";

static void pause_for(int64_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void statement_release(void *item)
{
    struct pg_statement *statement = item;
    free(statement->text);
    free(statement);
}

void postgres_drop(struct pg_connection *connection)
{
    PQfinish(connection->conn);
    connection->conn = NULL;
    connection->queued = 0;
    connection->is_begun = false;
    statements_clear(&connection->statements, statement_release);
}

static void drop_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* One attempt; NULL with the reason in `why` when it fails. */
static PGconn *connect_once(struct ctx *ctx, const char *url, const char **why)
{
    const char *const names[] = {"fallback_application_name",
                                 "connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "tcp_user_timeout",
                                 "dbname",
                                 NULL};
    const char *const values[] = {"yundian", "5", "30", "10", "30000", url, NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);
    PQsetNoticeReceiver(conn, drop_notice, NULL);
    PGresult *result = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, settings) : NULL;
    if (result && PQresultStatus(result) == PGRES_COMMAND_OK && PQenterPipelineMode(conn)) {
        PQclear(result);
        return conn;
    }
    *why = arena_copy_text(ctx->arena, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return NULL;
}

/* Connects, waiting a little for a server that restarts; not when others just waited in vain. */
static err connect_patiently(struct ctx *ctx, struct pg_connection *connection)
{
    struct pg_state *state = ctx->db->db->state;
    const char *why = "";
    int64_t pause = CONNECT_PAUSE;
    for (int i = 0; i < CONNECT_TRIES; i++) {
        connection->conn = connect_once(ctx, state->url, &why);
        if (connection->conn) {
            atomic_store(&state->down_at, 0);
            return NULL;
        }
        int64_t down_at = atomic_load(&state->down_at);
        if (down_at != 0 && clock_steady() - down_at < CONNECT_DOWN * 1000)
            break;
        if (i < CONNECT_TRIES - 1)
            pause_for(pause);
        pause *= 2;
    }
    atomic_store(&state->down_at, clock_steady());
    return fail_with(ctx, ERR_UNAVAILABLE, "no connection: %s", why);
}

/* A server that went away while nobody talked to it is noticed here, before anything is sent. */
static bool is_stale(struct pg_connection *connection)
{
    if (clock_steady() - connection->answered_at < FRESH_TIME)
        return false;
    struct pollfd poll_fd = {.fd = PQsocket(connection->conn), .events = POLLIN};
    if (poll(&poll_fd, 1, 0) == 0)
        return false;
    return !PQconsumeInput(connection->conn) || PQstatus(connection->conn) != CONNECTION_OK;
}

err postgres_ready(struct ctx *ctx, struct pg_connection **result)
{
    struct pg_connection *connection = ctx->db->connection;
    if (connection == NULL) {
        connection = ctx->db->connection = db_allocate(sizeof *connection);
        statements_open(&connection->statements, KEPT_STATEMENTS);
    }
    if (connection->conn && !connection->is_begun && connection->queued == 0 && is_stale(connection))
        postgres_drop(connection);
    *result = connection;
    return connection->conn ? NULL : connect_patiently(ctx, connection);
}

void postgres_start(struct pg_connection *connection, bool is_open)
{
    connection->outcome = PG_FINAL;
    connection->first_write = connection->last_write = NULL;
    connection->writes = 0;
    connection->is_open = is_open;
    connection->is_begun = false;
}

/* Leaves the record: what it holds is sent in a transaction of this session's own. */
static err open_transaction(struct ctx *ctx, struct pg_connection *connection)
{
    if (connection->is_open)
        return NULL;
    connection->is_open = true;
    for (const struct pg_write *write = connection->first_write; write; write = write->next)
        TRY(pipeline_write(ctx, connection, write));
    return NULL;
}

/* Before its first write a body may read without a transaction. */
static bool needs_transaction(const struct ctx *ctx, const struct pg_connection *connection,
                              const struct db_statement *statement)
{
    return ctx->db->in_transaction && (connection->first_write || !text_starts(statement->sql, "SELECT"));
}

static err postgres_ask(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    struct pg_connection *connection;
    TRY(postgres_ready(ctx, &connection));
    if (needs_transaction(ctx, connection, statement))
        TRY(open_transaction(ctx, connection));
    connection->outcome = PG_FINAL;
    *rows = rows_open(ctx->arena, 0);
    return pipeline_ask(ctx, connection, statement, *rows);
}

static err postgres_answer(struct ctx *ctx)
{
    return pipeline_flush(ctx, ctx->db->connection, NULL);
}

static err query_once(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    TRY(postgres_ask(ctx, statement, rows));
    return postgres_answer(ctx);
}

static err postgres_query(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    const struct pg_connection *connection = ctx->db->connection;
    bool is_alone = connection == NULL || connection->queued == 0;
    err failure = query_once(ctx, statement, rows);
    connection = ctx->db->connection;
    if (failure && is_alone && connection && !connection->is_open && connection->outcome == PG_LOST)
        failure = query_once(ctx, statement, rows); /* reading again is harmless */
    return failure;
}

static err postgres_change(struct ctx *ctx, const struct db_statement *statement, int64_t *changed)
{
    PGresult *result;
    struct pg_connection *connection = ctx->db->connection;
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
    if (connection->writes == WRITES_LIMIT)
        TRY(open_transaction(ctx, connection));
    if (connection->is_open)
        return pipeline_write(ctx, connection, write);
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

/* Commits what a body wrote: by the writer when it is a mere record, else on the session's own connection. */
static err end_body(struct ctx *ctx, struct pg_connection *connection)
{
    const struct pg_state *state = ctx->db->db->state;
    if (connection->is_open) {
        TRY(postgres_commit(ctx, connection));
        db_committed(ctx->db->db, ctx->db->wants_wake);
        return NULL;
    }
    if (connection->first_write == NULL)
        return NULL;
    return pg_writer_commit(state->writer, ctx, connection->first_write, &connection->outcome);
}

static err run_once(struct ctx *ctx, struct pg_connection *connection, db_body body, void *arg)
{
    postgres_start(connection, false);
    err failure = db_run_body(ctx, body, arg);
    if (failure == NULL) {
        failure = end_body(ctx, connection);
        if (failure && connection->conn && PQtransactionStatus(connection->conn) == PQTRANS_IDLE)
            return failure;
    }
    return failure && connection->is_open ? postgres_roll_back(ctx, connection, failure) : failure;
}

static void pause_before_retry(int attempt)
{
    uint32_t limit = attempt < 6 ? 2u << attempt : RETRY_PAUSE_LIMIT;
    pause_for(1 + random_below(limit));
}

static err postgres_transact(struct ctx *ctx, db_body body, void *arg)
{
    struct db *db = ctx->db->db;
    struct pg_connection *connection;
    for (int attempt = 0;; attempt++) {
        TRY(postgres_ready(ctx, &connection));
        err failure = run_once(ctx, connection, body, arg);
        enum pg_outcome outcome = connection->outcome;
        postgres_start(connection, false);
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
    state->url = strdup(config->database_url);
    db->state = state;
    state->writer = pg_writer_open(db);
    return NULL;
}

static void postgres_close(struct db *db)
{
    struct pg_state *state = db->state;
    pg_writer_close(state->writer);
    free(state->url);
    free(state);
}

void postgres_session_close(struct db_session *session)
{
    struct pg_connection *connection = session->connection;
    if (connection == NULL)
        return;
    postgres_drop(connection);
    statements_close(&connection->statements, statement_release);
    free(connection);
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
    .change = postgres_change,
    .execute = postgres_execute,
    .expect = postgres_expect,
    .transact = postgres_transact,
    .script = postgres_script,
    .lock_schema = postgres_lock_schema,
    .backup = postgres_backup,
};
