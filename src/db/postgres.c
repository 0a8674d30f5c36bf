/* postgres.c - PostgreSQL: connections, transactions, answers.
 *
 * A session has one connection, made when first used and again after it was lost. It stays in pipeline mode
 * for good and reads only, except between the BEGIN and COMMIT of db_transact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/postgres.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include <endian.h>
#include <poll.h>
#include <time.h>

/* Prepared statements that a connection keeps, of each kind. */
#define KEPT_STATEMENTS 2048
/* Tries to connect before giving up, the first pause in ms (it doubles), and for how many ms after that
 * others try only once. */
#define CONNECT_TRIES 6
#define CONNECT_PAUSE 50
#define CONNECT_DOWN SECOND_MS
/* The longest pause in ms between two runs of a body; the first is 2 ms. */
#define RETRY_PAUSE_LIMIT 64
/* Any number: the advisory lock of nodes that migrate. */
#define SCHEMA_LOCK "7310579837"

struct pg_state {
    char *url;
    atomic_llong down_at; /* steady µs of the last vain attempt to connect */
};

static const char settings[] = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;"
                               "SET client_min_messages = error;"
                               "SET client_encoding = 'UTF8';"
                               "SET standard_conforming_strings = on;"
                               "SET idle_in_transaction_session_timeout = '60s';"
                               "SET lock_timeout = '20s';"
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
    statements_clear(&connection->plain, statement_release);
    statements_clear(&connection->expecting, statement_release);
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
    struct pollfd poll_fd = {.fd = PQsocket(connection->conn), .events = POLLIN};
    if (poll(&poll_fd, 1, 0) == 0)
        return false;
    return !PQconsumeInput(connection->conn) || PQstatus(connection->conn) != CONNECTION_OK;
}

/* The session's connection, alive as far as one can know. */
static err ready(struct ctx *ctx, struct pg_connection **result)
{
    struct pg_connection *connection = ctx->db->connection;
    if (connection == NULL) {
        connection = ctx->db->connection = db_allocate(sizeof *connection);
        statements_open(&connection->plain, KEPT_STATEMENTS);
        statements_open(&connection->expecting, KEPT_STATEMENTS);
    }
    if (connection->conn && !ctx->db->in_transaction && is_stale(connection))
        postgres_drop(connection);
    *result = connection;
    return connection->conn ? NULL : connect_patiently(ctx, connection);
}

static err read_cell(struct ctx *ctx, const PGresult *result, int row, int column, struct db_cell *cell)
{
    const char *bytes = PQgetvalue(result, row, column);
    if (PQgetisnull(result, row, column))
        return NULL;
    switch (PQftype(result, column)) {
    case 20: { /* int8 */
        uint64_t integer;
        memcpy(&integer, bytes, sizeof integer);
        *cell = rows_int((int64_t)be64toh(integer));
        return NULL;
    }
    case 23: { /* int4: a bare number in a SELECT */
        uint32_t integer;
        memcpy(&integer, bytes, sizeof integer);
        *cell = rows_int((int32_t)be32toh(integer));
        return NULL;
    }
    case 16: /* bool: EXISTS and comparisons, 0 or 1 on SQLite */
        *cell = rows_int(bytes[0] != 0);
        return NULL;
    case 17: /* bytea */
        *cell = rows_copy(ctx->arena, DB_BYTES, bytes, (size_t)PQgetlength(result, row, column));
        return NULL;
    case 19:   /* name */
    case 25:   /* text */
    case 1043: /* varchar */
        *cell = rows_copy(ctx->arena, DB_TEXT, bytes, (size_t)PQgetlength(result, row, column));
        return NULL;
    default:
        return fail_with(ctx, ERR_DATABASE, "column %d wants a CAST to BIGINT or TEXT", column);
    }
}

static err read_rows(struct ctx *ctx, const PGresult *result, struct db_rows *rows)
{
    int columns = PQnfields(result);
    int count = PQntuples(result);
    if (count > DB_ROWS_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "more than %d rows", DB_ROWS_LIMIT);
    for (int row = 0; row < count; row++) {
        struct db_cell *cells = rows_add(ctx->arena, rows);
        for (int column = 0; column < columns; column++)
            TRY(read_cell(ctx, result, row, column, &cells[column]));
    }
    return NULL;
}

static err ask(struct ctx *ctx, const struct db_statement *statement, PGresult **result)
{
    struct pg_connection *connection;
    TRY(ready(ctx, &connection));
    connection->outcome = PG_FINAL;
    TRY(pipeline_add(ctx, connection, PG_READ, statement));
    return pipeline_flush(ctx, connection, result);
}

static err postgres_query(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    PGresult *result = NULL;
    err failure = ask(ctx, statement, &result);
    const struct pg_connection *connection = ctx->db->connection;
    if (failure && !ctx->db->in_transaction && connection && connection->outcome == PG_LOST)
        failure = ask(ctx, statement, &result); /* reading again is harmless */
    if (failure)
        return failure;
    *rows = rows_open(ctx->arena, PQnfields(result));
    failure = read_rows(ctx, result, *rows);
    PQclear(result);
    return failure;
}

static err postgres_change(struct ctx *ctx, const struct db_statement *statement, int64_t *changed)
{
    PGresult *result;
    TRY(ask(ctx, statement, &result));
    *changed = 0;
    bool is_count = text_to_int(PQcmdTuples(result), changed);
    PQclear(result);
    return is_count ? NULL : db_misuse(ctx, "db_change of something else than a write: %s", statement->sql);
}

static err postgres_execute(struct ctx *ctx, const struct db_statement *statement)
{
    return pipeline_add(ctx, ctx->db->connection, PG_EXECUTE, statement);
}

static err postgres_expect(struct ctx *ctx, const struct db_statement *statement, int64_t expected,
                           enum error_code code, const char *detail)
{
    return pipeline_expect(ctx, ctx->db->connection, statement, expected, code, detail);
}

static err roll_back_once(struct ctx *ctx, struct pg_connection *connection)
{
    TRY(pipeline_add(ctx, connection, PG_ROLLBACK, &(struct db_statement){"ROLLBACK", NULL, 0}));
    return pipeline_flush(ctx, connection, NULL);
}

/* Ends a transaction that failed with `failure`. What was queued before may have failed earlier: then that is
 * the reason, as it would be on SQLite. */
static err roll_back(struct ctx *ctx, struct pg_connection *connection, err failure)
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

static err commit(struct ctx *ctx, struct pg_connection *connection)
{
    PGresult *result;
    if (!connection->is_begun)
        return NULL;
    TRY(pipeline_add(ctx, connection, PG_COMMIT, &(struct db_statement){"COMMIT", NULL, 0}));
    TRY(pipeline_flush(ctx, connection, &result));
    bool is_committed = text_is(PQcmdStatus(result), "COMMIT");
    PQclear(result);
    return is_committed ? NULL : fail_with(ctx, ERR_DATABASE, "the server rolled the transaction back");
}

static err run_once(struct ctx *ctx, struct pg_connection *connection, db_body body, void *arg)
{
    connection->outcome = PG_FINAL;
    connection->is_begun = false;
    err failure = db_run_body(ctx, body, arg);
    if (failure == NULL) {
        failure = commit(ctx, connection);
        if (failure && connection->conn && PQtransactionStatus(connection->conn) == PQTRANS_IDLE)
            return failure;
    }
    if (failure)
        failure = roll_back(ctx, connection, failure);
    return failure;
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
        TRY(ready(ctx, &connection));
        err failure = run_once(ctx, connection, body, arg);
        if (failure == NULL) {
            db_committed(db, ctx->db->wants_wake);
            return NULL;
        }
        bool may_retry = connection->outcome == PG_CONFLICT || connection->outcome == PG_LOST;
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
    return NULL;
}

static void postgres_close(struct db *db)
{
    struct pg_state *state = db->state;
    free(state->url);
    free(state);
}

static void postgres_session_close(struct db_session *session)
{
    struct pg_connection *connection = session->connection;
    if (connection == NULL)
        return;
    postgres_drop(connection);
    statements_close(&connection->plain, statement_release);
    statements_close(&connection->expecting, statement_release);
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
    .change = postgres_change,
    .execute = postgres_execute,
    .expect = postgres_expect,
    .transact = postgres_transact,
    .script = postgres_script,
    .lock_schema = postgres_lock_schema,
    .backup = postgres_backup,
};
