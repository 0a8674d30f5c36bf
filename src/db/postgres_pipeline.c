/* postgres_pipeline.c - statements that travel together.
 *
 * What a transaction writes is queued in libpq and sent with the next question that needs an answer. Behind
 * an operation that failed the server skips everything up to the sync, so the first failure is the
 * transaction's. A COMMIT travels alone: only after every row count was seen to be as expected.
 *
 * The connection blocks. That cannot end in each side waiting for the other to read: the answers of
 * PIPELINE_LIMIT writes fit into the socket's buffer, and a question with a long answer is always the last.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "db/postgres.h"
#include <endian.h>
#include <inttypes.h>

/* Types by their fixed numbers in PostgreSQL's catalogue. */
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_TEXT 25

struct parameters {
    const char *values[PG_PARAMETERS_LIMIT];
    int lengths[PG_PARAMETERS_LIMIT];
    int formats[PG_PARAMETERS_LIMIT];
    int64_t integers[PG_PARAMETERS_LIMIT];
    size_t count;
};

static Oid type_of(const struct db_value *value)
{
    static const Oid types[] = {
        [DB_NULL] = 0, [DB_INT] = OID_INT8, [DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA};
    return types[value->kind == DB_NULL ? (enum db_kind)value->integer : value->kind];
}

/* COMMIT is always the last. The server may have carried it out even when no answer comes. */
static bool ends_in_commit(const struct pg_connection *connection)
{
    return connection->queued > 0 && connection->queue[connection->queued - 1].step == PG_COMMIT;
}

static err lost(struct ctx *ctx, struct pg_connection *connection)
{
    bool commit_sent = ends_in_commit(connection);
    err failure =
        fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", commit_sent ? "outcome unknown" : "connection lost",
                  PQerrorMessage(connection->conn));
    postgres_drop(connection);
    connection->outcome = commit_sent ? PG_UNKNOWN : PG_LOST;
    return failure;
}

static void push(struct pg_connection *connection, struct pg_operation operation)
{
    connection->queue[connection->queued++] = operation;
}

/* One that finds no place is prepared anew each time, unnamed. */
struct pg_statement *pipeline_statement(struct ctx *ctx, struct pg_connection *connection,
                                        const struct db_statement *wanted)
{
    struct statement_cache *cache = &connection->statements;
    struct pg_statement *statement = statements_find(cache, wanted->sql);
    if (statement) {
        if (strcmp(statement->text, wanted->sql) != 0)
            bug("a statement's text is not a constant: %s", wanted->sql);
        return statement;
    }
    bool is_kept = !statements_is_full(cache, wanted->sql);
    size_t size = sizeof *statement + wanted->count * sizeof(Oid);
    statement = is_kept ? db_allocate(size) : arena_alloc(ctx->arena, size);
    statement->count = wanted->count;
    for (size_t i = 0; i < wanted->count; i++)
        statement->types[i] = type_of(&wanted->values[i]);
    if (is_kept) {
        statement->text = strdup(wanted->sql);
        snprintf(statement->name, sizeof statement->name, "s%" PRId64, ++connection->names);
        statements_add(cache, wanted->sql, statement);
    }
    return statement;
}

static err prepare(struct ctx *ctx, struct pg_connection *connection, const char *sql,
                   struct pg_statement *statement)
{
    if (statement->state != PG_NEW)
        return NULL;
    if (!PQsendPrepare(connection->conn, statement->name, sql, (int)statement->count, statement->types))
        return lost(ctx, connection);
    push(connection, (struct pg_operation){.step = PG_PREPARE, .sql = sql, .statement = statement});
    statement->state = PG_SENT;
    return NULL;
}

static void set_parameter(struct ctx *ctx, struct parameters *parameters, size_t i,
                          const struct db_value *value, Oid type)
{
    parameters->formats[i] = 1;
    switch (value->kind) {
    case DB_INT:
        if (type == 0) { /* the server chose the type: let it read the number too */
            parameters->formats[i] = 0;
            parameters->values[i] = arena_format(ctx->arena, "%" PRId64, value->integer);
            return;
        }
        parameters->integers[i] = (int64_t)htobe64((uint64_t)value->integer);
        parameters->values[i] = (const char *)&parameters->integers[i];
        parameters->lengths[i] = sizeof(int64_t);
        return;
    case DB_TEXT:
    case DB_BYTES:
        parameters->values[i] = value->len ? value->ptr : "";
        parameters->lengths[i] = (int)value->len;
        return;
    case DB_NULL:
        break;
    }
    parameters->values[i] = NULL;
    parameters->lengths[i] = 0;
}

static err set_parameters(struct ctx *ctx, struct parameters *parameters, const struct db_statement *wanted,
                          const struct pg_statement *statement)
{
    if (statement->count != wanted->count)
        return db_misuse(ctx, "%zu values where there were %zu: %s", wanted->count, statement->count,
                         wanted->sql);
    for (size_t i = 0; i < wanted->count; i++) {
        Oid type = statement->types[i];
        if (type != 0 && wanted->values[i].kind != DB_NULL && type_of(&wanted->values[i]) != type)
            return db_misuse(ctx, "$%zu changes its kind: %s", i + 1, wanted->sql);
        set_parameter(ctx, parameters, i, &wanted->values[i], type);
    }
    parameters->count = wanted->count;
    return NULL;
}

static err send_prepared(struct ctx *ctx, struct pg_connection *connection,
                         const struct pg_statement *statement, const struct parameters *parameters,
                         struct pg_operation operation)
{
    push(connection, operation); /* first: a COMMIT that could not be sent whole may have been sent */
    if (!PQsendQueryPrepared(connection->conn, statement->name, (int)parameters->count, parameters->values,
                             parameters->lengths, parameters->formats, 1))
        return lost(ctx, connection);
    return NULL;
}

/* A text of ours without values: BEGIN, COMMIT, ROLLBACK. */
static err send_command(struct ctx *ctx, struct pg_connection *connection, enum pg_step step, const char *sql)
{
    static const struct parameters none;
    struct pg_statement *statement =
        pipeline_statement(ctx, connection, &(struct db_statement){sql, NULL, 0});
    TRY(prepare(ctx, connection, sql, statement));
    return send_prepared(ctx, connection, statement, &none, (struct pg_operation){.step = step, .sql = sql});
}

/* What goes before a statement: BEGIN at the first of a transaction, and the answers of a full pipeline. */
static err make_way(struct ctx *ctx, struct pg_connection *connection)
{
    if (connection->queued >= PIPELINE_LIMIT)
        TRY(pipeline_flush(ctx, connection, NULL));
    if (connection->is_open && !connection->is_begun) {
        TRY(send_command(ctx, connection, PG_BEGIN, "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"));
        connection->is_begun = true;
    }
    return NULL;
}

static err add(struct ctx *ctx, struct pg_connection *connection, const struct db_statement *wanted,
               struct pg_operation operation)
{
    struct parameters parameters;
    TRY(make_way(ctx, connection));
    struct pg_statement *statement = pipeline_statement(ctx, connection, wanted);
    TRY(prepare(ctx, connection, wanted->sql, statement));
    TRY(set_parameters(ctx, &parameters, wanted, statement));
    operation.sql = wanted->sql;
    return send_prepared(ctx, connection, statement, &parameters, operation);
}

err pipeline_add(struct ctx *ctx, struct pg_connection *connection, enum pg_step step,
                 const struct db_statement *wanted)
{
    if (step == PG_COMMIT || step == PG_ROLLBACK)
        return send_command(ctx, connection, step, wanted->sql);
    return add(ctx, connection, wanted, (struct pg_operation){.step = step});
}

err pipeline_ask(struct ctx *ctx, struct pg_connection *connection, const struct db_statement *wanted,
                 struct db_rows *rows)
{
    return add(ctx, connection, wanted, (struct pg_operation){.step = PG_READ, .rows = rows});
}

err pipeline_write(struct ctx *ctx, struct pg_connection *connection, const struct pg_write *write)
{
    if (write->expected == PG_ANY_COUNT)
        return pipeline_add(ctx, connection, PG_EXECUTE, &write->statement);
    return add(
        ctx, connection, &write->statement,
        (struct pg_operation){
            .step = PG_EXPECT, .expected = write->expected, .code = write->code, .detail = write->detail});
}

err pipeline_add_once(struct ctx *ctx, struct pg_connection *connection, const char *sql)
{
    TRY(make_way(ctx, connection));
    if (!PQsendQueryParams(connection->conn, sql, 0, NULL, NULL, NULL, NULL, 1))
        return lost(ctx, connection);
    push(connection, (struct pg_operation){.step = PG_EXECUTE, .sql = sql});
    return NULL;
}

/* The failure that belongs to an answer, by its SQLSTATE; says in the connection what may follow. */
static err failure_of(struct ctx *ctx, struct pg_connection *connection, const struct pg_operation *operation,
                      const PGresult *result)
{
    const char *field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *state = field ? field : "";
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    connection->outcome = PG_FINAL;
    if (text_is(state, "23505"))
        return fail_with(ctx, ERR_DUPLICATE, "%s", table ? table : "");
    if (text_is(state, "23503") || text_is(state, "23514"))
        return fail_with(ctx, ERR_CONFLICT, "%s", message);
    if (text_is(state, "25006") && !ctx->db->in_transaction && operation->step == PG_READ)
        return db_misuse(ctx, "written outside db_transact: %s", operation->sql);
    if (text_is(state, "40001") || text_is(state, "40P01"))
        connection->outcome = PG_CONFLICT;
    else if (field == NULL) /* libpq's own: nothing came from the server */
        connection->outcome = ends_in_commit(connection) ? PG_UNKNOWN : PG_LOST;
    else if (text_starts(state, "57P") || text_starts(state, "08") || operation->step == PG_BEGIN)
        connection->outcome = operation->step == PG_COMMIT ? PG_UNKNOWN : PG_LOST;
    bool is_passing = connection->outcome != PG_FINAL || text_starts(state, "53") ||
                      text_is(state, "55P03") || text_is(state, "57014") || text_is(state, "25P03");
    return fail_with(ctx, is_passing ? ERR_UNAVAILABLE : ERR_DATABASE, "%s (%s): %s",
                     message ? message : PQresultErrorMessage(result), state, operation->sql);
}

/* Reads the answer to one operation; the caller clears it. NULL when the connection is gone. */
static PGresult *read_answer(struct pg_connection *connection)
{
    PGresult *result = PQgetResult(connection->conn);
    PGresult *more;
    while (result && (more = PQgetResult(connection->conn)))
        PQclear(more);
    return result;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
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
    rows_begin(rows, columns);
    if (count > DB_ROWS_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "more than %d rows", DB_ROWS_LIMIT);
    for (int row = 0; row < count; row++) {
        struct db_cell *cells = rows_add(ctx->arena, rows);
        for (int column = 0; column < columns; column++)
            TRY(read_cell(ctx, result, row, column, &cells[column]));
    }
    return NULL;
}

static err check_expectation(struct ctx *ctx, const struct pg_operation *operation, PGresult *result)
{
    int64_t changed;
    if (!text_to_int(PQcmdTuples(result), &changed))
        return db_misuse(ctx, "an expectation of something else than a write: %s", operation->sql);
    if (changed == operation->expected)
        return NULL;
    return fail_with(ctx, operation->code, "%s", operation->detail ? operation->detail : "");
}

/* What an answer means; NULL also for one that was skipped behind a failure. */
static err read_result(struct ctx *ctx, struct pg_connection *connection,
                       const struct pg_operation *operation, PGresult *result)
{
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return failure_of(ctx, connection, operation, result);
    if (!is_good(result))
        return NULL;
    if (operation->step == PG_EXPECT)
        return check_expectation(ctx, operation, result);
    return operation->rows ? read_rows(ctx, result, operation->rows) : NULL;
}

static err read_answers(struct ctx *ctx, struct pg_connection *connection, PGresult **last)
{
    err failure = NULL;
    for (int i = 0; i < connection->queued; i++) {
        const struct pg_operation *operation = &connection->queue[i];
        PGresult *result = read_answer(connection);
        if (operation->statement)
            operation->statement->state = result && is_good(result) ? PG_READY : PG_NEW;
        if (result && failure == NULL)
            failure = read_result(ctx, connection, operation, result);
        if (last && i == connection->queued - 1 && failure == NULL) {
            *last = result;
            return NULL;
        }
        bool is_gone = result == NULL;
        PQclear(result);
        if (is_gone || PQstatus(connection->conn) == CONNECTION_BAD)
            break;
    }
    return failure;
}

err pipeline_send(struct ctx *ctx, struct pg_connection *connection)
{
    return PQflush(connection->conn) < 0 ? lost(ctx, connection) : NULL;
}

err pipeline_flush(struct ctx *ctx, struct pg_connection *connection, PGresult **last)
{
    if (last)
        *last = NULL;
    if (!PQpipelineSync(connection->conn))
        return lost(ctx, connection);
    err failure = read_answers(ctx, connection, last);
    PGresult *sync = PQstatus(connection->conn) == CONNECTION_OK ? PQgetResult(connection->conn) : NULL;
    bool is_synced = sync && PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    bool is_known_lost = failure && connection->outcome == PG_LOST;
    bool is_committed = failure == NULL && ends_in_commit(connection) && last && *last;
    if (is_known_lost || (is_committed && !is_synced)) {
        postgres_drop(connection);
    } else if (!is_synced) {
        err gone = lost(ctx, connection);
        failure = failure && connection->outcome != PG_UNKNOWN ? failure : gone;
    }
    connection->queued = 0;
    connection->answered_at = clock_steady();
    if (failure && last) {
        PQclear(*last);
        *last = NULL;
    }
    return failure;
}
