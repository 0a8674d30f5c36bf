/* sqlite.c - SQLite: connections and who uses them.
 *
 * A session reads on a connection that it borrows (WAL: readers never wait for the writer); everything that
 * writes goes to the writer (sqlite_writer.c). Statements are in sqlite_statement.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlite.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

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
    err failure = sqlite_read(ctx, writer_lock(state->writer), statement, rows);
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
    if (connection == NULL || ctx->db->in_transaction || ctx->db->in_read)
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
    err failure = sqlite_read(ctx, connection, statement, rows);
    return failure ? sqlite_answer(ctx) ?: failure : NULL;
}

static err sqlite_query(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows)
{
    if (ctx->db->in_read)
        return sqlite_ask(ctx, statement, rows);
    if (is_shared(ctx->db))
        return query_shared(ctx, statement, rows);
    TRY(borrow_reader(ctx));
    err failure = sqlite_read(ctx, ctx->db->connection, statement, rows);
    err end = sqlite_answer(ctx);
    return failure ? failure : end;
}

/* Only in a transaction: the session is the writer's. */
static err sqlite_change(struct ctx *ctx, const struct db_statement *statement, int64_t *changed)
{
    return sqlite_run(ctx, ctx->db->connection, statement, changed);
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
    sqlite_keep_statements(connection);
    *result = connection;
    return NULL;
}

void sqlite_disconnect(struct sqlite_connection *connection)
{
    sqlite_forget_statements(connection);
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
    const struct db_value value = db_text(path);
    int64_t changed;
    return sqlite_run(ctx, connection, &(struct db_statement){"VACUUM INTO $1", &value, 1}, &changed);
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
