/* sqlite_statement.c - statements of SQLite: prepared once for each connection, bound, run, read.
 *
 * The texts are PostgreSQL's: `$n` is a named parameter here, numbered by first appearance, so every
 * statement carries the map from SQLite's number to n. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "db/sqlite.h"

/* Prepared statements that a connection keeps. */
#define KEPT_STATEMENTS 1024

struct prepared {
    sqlite3_stmt *statement;
    size_t count;                               /* of its placeholders */
    unsigned char numbers[DB_PARAMETERS_LIMIT]; /* n of `$n` for SQLite's parameter i + 1 */
};

static void prepared_release(void *item)
{
    struct prepared *prepared = item;
    if (prepared) {
        sqlite3_finalize(prepared->statement);
        free(prepared);
    }
}

/* The text is a constant by contract; one that changed would silently run another statement. */
static void check_text(const struct prepared *prepared, const char *sql)
{
    const char *known = sqlite3_sql(prepared->statement);
    if (strcmp(known, sql) != 0)
        bug("a statement's text is not a constant: %s", sql);
}

static err number_parameters(struct ctx *ctx, struct prepared *prepared, const char *sql)
{
    int count = sqlite3_bind_parameter_count(prepared->statement);
    if (count > DB_PARAMETERS_LIMIT)
        return db_misuse(ctx, "more than %d placeholders: %s", DB_PARAMETERS_LIMIT, sql);
    prepared->count = (size_t)count;
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(prepared->statement, i + 1);
        int64_t number;
        if (name == NULL || name[0] != '$' || !text_to_int(name + 1, &number) || number < 1 || number > count)
            return db_misuse(ctx, "placeholders are not $1 to $%d: %s", count, sql);
        prepared->numbers[i] = (unsigned char)number;
    }
    return NULL;
}

static err prepare_new(struct ctx *ctx, struct sqlite_connection *connection, const char *sql,
                       struct prepared **result)
{
    const char *rest = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK)
        return error_is_made(sqlite_failure(ctx, connection, code, sql));
    struct prepared *prepared = db_allocate(sizeof *prepared);
    prepared->statement = statement;
    err failure = number_parameters(ctx, prepared, sql);
    if (failure == NULL && !text_is_blank(rest))
        failure = db_misuse(ctx, "more than one statement: %s", sql);
    if (failure) {
        prepared_release(prepared);
        return failure;
    }
    prepared_release(statements_add(&connection->statements, sql, prepared));
    *result = prepared;
    return NULL;
}

static int bind_value(sqlite3_stmt *statement, int place, const struct db_value *value)
{
    switch (value->kind) {
    case DB_INT:
        return sqlite3_bind_int64(statement, place, value->integer);
    case DB_TEXT:
        return sqlite3_bind_text64(statement, place, value->ptr, value->len, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(statement, place, value->len ? value->ptr : "", value->len, SQLITE_STATIC);
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(statement, place);
}

/* A statement with its values, ready to step. Whoever steps it resets it before returning. */
static err prepare(struct ctx *ctx, struct sqlite_connection *connection,
                   const struct db_statement *statement, sqlite3_stmt **result)
{
    struct prepared *prepared = statements_find(&connection->statements, statement->sql);
    if (prepared)
        check_text(prepared, statement->sql);
    else
        TRY(prepare_new(ctx, connection, statement->sql, &prepared));
    if (prepared->count != statement->count)
        return db_misuse(ctx, "%zu values for %zu placeholders: %s", statement->count, prepared->count,
                         statement->sql);
    for (size_t i = 0; i < prepared->count; i++) {
        int code = bind_value(prepared->statement, (int)i + 1, &statement->values[prepared->numbers[i] - 1]);
        if (code != SQLITE_OK)
            return error_is_made(sqlite_failure(ctx, connection, code, statement->sql));
    }
    *result = prepared->statement;
    return NULL;
}

int sqlite_command(struct sqlite_connection *connection, const char *sql)
{
    struct prepared *prepared = statements_find(&connection->statements, sql);
    if (prepared == NULL) {
        prepared = db_allocate(sizeof *prepared);
        int code = sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &prepared->statement, NULL);
        if (code != SQLITE_OK) {
            prepared_release(prepared);
            return code;
        }
        prepared_release(statements_add(&connection->statements, sql, prepared));
    }
    int code = sqlite3_step(prepared->statement);
    sqlite3_reset(prepared->statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

/* "UNIQUE constraint failed: orders.shop_id, orders.number" names the table that PostgreSQL also names. */
static err duplicate(struct ctx *ctx, const char *message)
{
    const char *colon = strstr(message, ": ");
    const char *table = colon ? colon + 2 : message;
    return fail_with(ctx, ERR_DUPLICATE, "%.*s", (int)strcspn(table, ".,"), table);
}

err sqlite_failure(struct ctx *ctx, struct sqlite_connection *connection, int code, const char *sql)
{
    const char *message = sqlite3_errmsg(connection->handle);
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return duplicate(ctx, message);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_CHECK:
        return fail_with(ctx, ERR_CONFLICT, "%s", message);
    default:
        break;
    }
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return fail_with(ctx, ERR_UNAVAILABLE, "%s (%d): %s", message, code, sql);
    default:
        return fail_with(ctx, ERR_DATABASE, "%s (%d): %s", message, code, sql);
    }
}

static err read_cell(struct ctx *ctx, sqlite3_stmt *statement, int column, struct db_cell *cell)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        *cell = rows_int(sqlite3_column_int64(statement, column));
        return NULL;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(statement, column);
        *cell = rows_copy(ctx->arena, DB_TEXT, text, (size_t)sqlite3_column_bytes(statement, column));
        return NULL;
    }
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_column_blob(statement, column);
        *cell = rows_copy(ctx->arena, DB_BYTES, bytes, (size_t)sqlite3_column_bytes(statement, column));
        return NULL;
    }
    case SQLITE_FLOAT:
        return fail_with(ctx, ERR_DATABASE, "column %d is a real number: %s", column, sqlite3_sql(statement));
    default:
        return NULL;
    }
}

static err read_rows(struct ctx *ctx, struct sqlite_connection *connection, sqlite3_stmt *statement,
                     struct db_rows *rows)
{
    int columns = sqlite3_column_count(statement);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (db_row_count(rows) == DB_ROWS_LIMIT)
            return fail_with(ctx, ERR_LIMIT, "more than %d rows: %s", DB_ROWS_LIMIT, sqlite3_sql(statement));
        struct db_cell *cells = rows_add(ctx->arena, rows);
        for (int column = 0; column < columns; column++)
            TRY(read_cell(ctx, statement, column, &cells[column]));
    }
    return code == SQLITE_DONE ? NULL : sqlite_failure(ctx, connection, code, sqlite3_sql(statement));
}

err sqlite_read(struct ctx *ctx, struct sqlite_connection *connection, const struct db_statement *statement,
                struct db_rows **rows)
{
    sqlite3_stmt *prepared;
    TRY(prepare(ctx, connection, statement, &prepared));
    if (!sqlite3_stmt_readonly(prepared) && !ctx->db->in_transaction)
        return db_misuse(ctx, "written outside db_transact: %s", statement->sql);
    *rows = rows_open(ctx->arena, sqlite3_column_count(prepared));
    err failure = read_rows(ctx, connection, prepared, *rows);
    sqlite3_reset(prepared);
    return failure;
}

void sqlite_keep_statements(struct sqlite_connection *connection)
{
    statements_open(&connection->statements, KEPT_STATEMENTS);
}

void sqlite_forget_statements(struct sqlite_connection *connection)
{
    statements_close(&connection->statements, prepared_release);
}

err sqlite_run(struct ctx *ctx, struct sqlite_connection *connection, const struct db_statement *statement,
               int64_t *changed)
{
    sqlite3_stmt *prepared;
    TRY(prepare(ctx, connection, statement, &prepared));
    int code;
    do
        code = sqlite3_step(prepared);
    while (code == SQLITE_ROW);
    *changed = sqlite3_stmt_readonly(prepared) ? 0 : sqlite3_changes64(connection->handle);
    /* The failure is made before the reset, while its message is current. */
    err failure = code == SQLITE_DONE ? NULL : sqlite_failure(ctx, connection, code, statement->sql);
    sqlite3_reset(prepared);
    return failure;
}
