/* sqlite.c - SQLite: connections, statements, errors.
 *
 * A session reads on a connection that it borrows (WAL: readers never wait for the writer); everything that
 * writes goes to the writer (sqlite_writer.c). The texts are PostgreSQL's: `$n` is a named parameter here,
 * numbered by first appearance, so every statement carries the map from SQLite's number to n. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlite.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* Prepared statements that a connection keeps. */
#define KEPT_STATEMENTS 1024
/* Readers for each processor: with one, pages wait for each other's questions; with sixteen, caches are cold.
 */
#define READERS_PER_PROCESSOR 4
/* Milliseconds to wait for a lock of another process (a command line tool, a copy being made). */
#define BUSY_TIMEOUT 5000

struct sqlite_state {
    char *path;
    bool is_private;
    struct lender readers;
    struct sqlite_writer *writer;
};

struct prepared {
    sqlite3_stmt *statement;
    size_t count;                               /* of its placeholders */
    unsigned char numbers[DB_PARAMETERS_LIMIT]; /* n of `$n` for SQLite's parameter i + 1 */
};

static const char common_settings[] = "PRAGMA foreign_keys = 1;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA case_sensitive_like = 1;";
static const char writer_settings[] =
    "PRAGMA page_size = 4096;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;" /* sqlite_checkpoint.c says when */
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA secure_delete = FAST;" /* Debian's default rewrites more pages; what is personal is sealed */
    "PRAGMA cache_size = -16384;";
static const char reader_settings[] = "PRAGMA query_only = 1;"
                                      "PRAGMA cache_size = -2048;";

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

static err query_on(struct ctx *ctx, struct sqlite_connection *connection,
                    const struct db_statement *statement, struct db_rows **rows)
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

static err lend_reader(struct ctx *ctx, struct sqlite_state *state, struct sqlite_connection **connection)
{
    *connection = (struct sqlite_connection *)(void *)lender_take(&state->readers);
    return *connection ? NULL : sqlite_connect(ctx, state->path, SQLITE_READER, connection);
}

static err borrow_reader(struct ctx *ctx)
{
    struct sqlite_state *state = ctx->db->db->state;
    struct sqlite_connection *connection;
    if (ctx->db->connection)
        return NULL;
    sem_t *permit = lender_wait(&state->readers);
    if (permit == NULL)
        return fail_with(ctx, ERR_UNAVAILABLE, "all connections to the database are busy");
    err failure = lend_reader(ctx, state, &connection);
    if (failure) {
        sem_post(permit);
        return failure;
    }
    connection->lent.permit = permit;
    ctx->db->connection = connection;
    return NULL;
}

static bool is_shared(const struct db_session *session)
{
    const struct sqlite_state *state = session->db->state;
    return session->connection == NULL && state->is_private;
}

static err query_shared(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    const struct sqlite_state *state = ctx->db->db->state;
    err failure = query_on(ctx, writer_lock(state->writer), statement, rows);
    writer_unlock(state->writer);
    return failure;
}

static err end_snapshot(struct ctx *ctx, struct sqlite_connection *connection)
{
    if (!connection->is_asked)
        return NULL;
    connection->is_asked = false;
    int code = sqlite_command(connection, "COMMIT");
    return code == SQLITE_OK ? NULL : sqlite_failure(ctx, connection, code, "COMMIT");
}

/* Ends the snapshot that questions asked together share, and gives a reader back. */
static err sqlite_answer(struct ctx *ctx)
{
    struct sqlite_state *state = ctx->db->db->state;
    struct sqlite_connection *connection = ctx->db->connection;
    if (connection == NULL || ctx->db->in_transaction)
        return NULL;
    err failure = end_snapshot(ctx, connection);
    ctx->db->connection = NULL;
    lender_give_back(&state->readers, &connection->lent);
    return failure;
}

/* A reader that sees one snapshot looks at what changed, and takes its lock, once. */
static err sqlite_ask(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    if (is_shared(ctx->db))
        return query_shared(ctx, statement, rows);
    TRY(borrow_reader(ctx));
    struct sqlite_connection *connection = ctx->db->connection;
    if (!ctx->db->in_transaction && !connection->is_asked) {
        int code = sqlite_command(connection, "BEGIN");
        if (code != SQLITE_OK)
            return sqlite_answer(ctx) ?: sqlite_failure(ctx, connection, code, "BEGIN");
        connection->is_asked = true;
    }
    err failure = query_on(ctx, connection, statement, rows);
    return failure ? sqlite_answer(ctx) ?: failure : NULL;
}

static err sqlite_query(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    if (is_shared(ctx->db))
        return query_shared(ctx, statement, rows);
    TRY(borrow_reader(ctx));
    err failure = query_on(ctx, ctx->db->connection, statement, rows);
    err end = sqlite_answer(ctx);
    return failure ? failure : end;
}

/* Only in a transaction: the session is the writer's. */
static err sqlite_change(struct ctx *ctx, const struct db_statement *statement, int64_t *changed)
{
    struct sqlite_connection *connection = ctx->db->connection;
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

static err sqlite_execute(struct ctx *ctx, const struct db_statement *statement)
{
    int64_t changed;
    return sqlite_change(ctx, statement, &changed);
}

static err sqlite_expect(struct ctx *ctx, const struct db_statement *statement, int64_t expected,
                         enum error_code code, const char *detail)
{
    int64_t changed;
    TRY(sqlite_change(ctx, statement, &changed));
    return changed == expected ? NULL : fail_with(ctx, code, "%s", detail ? detail : "");
}

static err sqlite_script(struct ctx *ctx, const char *sql)
{
    struct sqlite_connection *connection = ctx->db->connection;
    int code = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? NULL : sqlite_failure(ctx, connection, code, sql);
}

/* A transaction is alone on SQLite. What it drops and makes anew may break foreign keys in between. */
static err sqlite_lock_schema(struct ctx *ctx)
{
    return sqlite_script(ctx, "PRAGMA defer_foreign_keys = 1");
}

static err sqlite_transact(struct ctx *ctx, db_body body, void *arg)
{
    struct sqlite_state *state = ctx->db->db->state;
    return writer_transact(state->writer, ctx, body, arg);
}

static err set_up(struct ctx *ctx, struct sqlite_connection *connection, enum sqlite_role role)
{
    const char *settings[] = {role == SQLITE_WRITER ? writer_settings : reader_settings, common_settings};
    sqlite3_extended_result_codes(connection->handle, 1);
    sqlite3_busy_timeout(connection->handle, BUSY_TIMEOUT);
    for (int i = 0; i < 2; i++) {
        int code = sqlite3_exec(connection->handle, settings[i], NULL, NULL, NULL);
        if (code != SQLITE_OK)
            return sqlite_failure(ctx, connection, code, settings[i]);
    }
    return NULL;
}

err sqlite_connect(struct ctx *ctx, const char *path, enum sqlite_role role,
                   struct sqlite_connection **result)
{
    struct sqlite_connection *connection = db_allocate(sizeof *connection);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, &connection->handle,
                               role == SQLITE_WRITER ? flags | SQLITE_OPEN_CREATE : flags, SQLITE_WAL_VFS);
    err failure = code == SQLITE_OK ? set_up(ctx, connection, role)
                                    : fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", path, sqlite3_errstr(code));
    if (failure) {
        sqlite3_close(connection->handle);
        free(connection);
        return failure;
    }
    statements_open(&connection->statements, KEPT_STATEMENTS);
    *result = connection;
    return NULL;
}

void sqlite_disconnect(struct sqlite_connection *connection)
{
    statements_close(&connection->statements, prepared_release);
    int code = sqlite3_close(connection->handle);
    if (code != SQLITE_OK)
        bug("a connection is closed while in use: %s", sqlite3_errstr(code));
    free(connection);
}

static void configure_library(void)
{
    /* Counting memory takes a lock for every allocation. Fails harmlessly when SQLite is in use already. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_threadsafe() == 0)
        bug("this SQLite was built without threads");
}

static err sqlite_open(struct ctx *ctx, const struct config *config, struct db *db)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
    sqlite_register_wal();
    bool is_private = text_is(config->data, ":memory:");
    if (!is_private && mkdir(config->data, 0750) != 0 && errno != EEXIST)
        return fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", config->data, strerrordesc_np(errno));
    const char *path = is_private ? ":memory:" : arena_format(ctx->arena, "%s/yundian.db", config->data);
    struct sqlite_connection *connection;
    struct sqlite_checkpoint *checkpoint = NULL;
    TRY(sqlite_connect(ctx, path, SQLITE_WRITER, &connection));
    err failure = is_private ? NULL : sqlite_checkpoint_open(ctx, path, connection, &checkpoint);
    if (failure) {
        sqlite_disconnect(connection);
        return failure;
    }
    struct sqlite_state *state = db_allocate(sizeof *state);
    state->path = strdup(path);
    state->is_private = is_private;
    lender_open(&state->readers, 0, READERS_PER_PROCESSOR);
    db->state = state;
    state->writer = writer_open(db, connection, checkpoint);
    return NULL;
}

static void sqlite_close(struct db *db)
{
    struct sqlite_state *state = db->state;
    struct lent *lent;
    while ((lent = lender_take(&state->readers)))
        sqlite_disconnect((struct sqlite_connection *)(void *)lent);
    lender_close(&state->readers);
    writer_close(state->writer);
    free(state->path);
    free(state);
}

/* Only a session that failed between a question and its answer still has a reader. */
static void sqlite_session_close(struct db_session *session)
{
    struct sqlite_connection *connection = session->connection;
    if (connection == NULL)
        return;
    sem_post(connection->lent.permit);
    sqlite_disconnect(connection);
}

/* SQLite does not sync what VACUUM INTO wrote. */
static err sync_file(struct ctx *ctx, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    int failed = fsync(file);
    close(file);
    return failed ? fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno)) : NULL;
}

/* VACUUM has no place in a body, and a reader's connection may not run it. */
static err copy_into(struct ctx *ctx, struct sqlite_connection *connection, const char *path)
{
    sqlite3_stmt *statement;
    static const char sql[] = "VACUUM INTO $1";
    const struct db_value value = db_text(path);
    TRY(prepare(ctx, connection, &(struct db_statement){sql, &value, 1}, &statement));
    int code = sqlite3_step(statement);
    err failure = code == SQLITE_DONE ? NULL : sqlite_failure(ctx, connection, code, sql);
    sqlite3_reset(statement);
    return failure;
}

static err sqlite_backup(struct ctx *ctx, const char *path)
{
    struct sqlite_state *state = ctx->db->db->state;
    struct sqlite_connection *connection;
    err failure;
    if (state->is_private) {
        failure = copy_into(ctx, writer_lock(state->writer), path);
        writer_unlock(state->writer);
    } else {
        TRY(sqlite_connect(ctx, state->path, SQLITE_WRITER, &connection));
        failure = copy_into(ctx, connection, path);
        sqlite_disconnect(connection);
    }
    return failure ? failure : sync_file(ctx, path);
}

const struct engine sqlite_engine = {
    .kind = DB_SQLITE,
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .session_close = sqlite_session_close,
    .query = sqlite_query,
    .ask = sqlite_ask,
    .answer = sqlite_answer,
    .change = sqlite_change,
    .execute = sqlite_execute,
    .expect = sqlite_expect,
    .transact = sqlite_transact,
    .script = sqlite_script,
    .lock_schema = sqlite_lock_schema,
    .backup = sqlite_backup,
};
