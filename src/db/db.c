/* db.c - the rules that both engines share, and the door itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/text.h"
#include "db/engine.h"

/* Set while this thread runs a body: on SQLite that is the writer, for the session of somebody else. */
static _Thread_local bool runs_body;

void *db_allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        bug("out of memory");
    return memory;
}

err db_misuse_at(struct ctx *ctx, const char *file, int line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *detail = arena_format_list(ctx->arena, format, list);
    va_end(list);
#ifdef DB_STRICT
    error_bug(file, line, "%s", detail);
#else
    return error_make(ctx->arena, ERR_INTERNAL, file, line, "%s", detail);
#endif
}

err db_open(struct ctx *ctx, const struct config *config, struct db **result)
{
    struct db *db = db_allocate(sizeof *db);
    db->engine = text_is_blank(config->database_url) ? &sqlite_engine : &postgres_engine;
    pthread_mutex_init(&db->wake_lock, NULL);
    err failure = db->engine->open(ctx, config, db);
    if (failure) {
        pthread_mutex_destroy(&db->wake_lock);
        free(db);
        return failure;
    }
    *result = db;
    return NULL;
}

void db_close(struct db *db)
{
    if (atomic_load(&db->sessions) != 0)
        bug("the database is closed while %d sessions are open", atomic_load(&db->sessions));
    db->engine->close(db);
    pthread_mutex_destroy(&db->wake_lock);
    free(db);
}

enum db_engine db_engine_of(const struct db *db)
{
    return db->engine->kind;
}

const char *db_engine_name(const struct db *db)
{
    return db->engine->name;
}

struct db_session *db_session_open(struct db *db)
{
    struct db_session *session = db_allocate(sizeof *session);
    session->db = db;
    atomic_fetch_add(&db->sessions, 1);
    return session;
}

void db_session_close(struct db_session *session)
{
    if (session->in_transaction)
        bug("a session is closed in its transaction");
    session->db->engine->session_close(session);
    atomic_fetch_sub(&session->db->sessions, 1);
    free(session);
}

struct db *db_session_db(struct db_session *session)
{
    return session->db;
}

void db_on_wake(struct db *db, void (*wake)(void *arg), void *arg)
{
    pthread_mutex_lock(&db->wake_lock);
    db->wake = wake;
    db->wake_arg = arg;
    pthread_mutex_unlock(&db->wake_lock);
}

/* Keeps the first failure of a transaction: nothing can be done in it any more. */
static err noted(struct ctx *ctx, err failure)
{
    if (failure && ctx->db->in_transaction && ctx->db->failure == NULL)
        ctx->db->failure = failure;
    return failure;
}

/* What forbids to use the session now: a transaction that failed already, or a body that uses another session
 * than its own and would wait for itself. */
static err usable(struct ctx *ctx)
{
    if (ctx->db->in_transaction)
        return ctx->db->failure;
    if (runs_body)
        return db_misuse(ctx, "a transaction body uses another session than its own");
    return NULL;
}

static err writable(struct ctx *ctx, const char *sql)
{
    if (!ctx->db->in_transaction)
        return db_misuse(ctx, "written outside db_transact: %s", sql);
    return ctx->db->failure;
}

err db_query_values(struct ctx *ctx, struct db_rows **rows, const char *sql, const struct db_value *values,
                    size_t count)
{
    const struct db_statement statement = {sql, values, count};
    TRY(usable(ctx));
    atomic_fetch_add_explicit(&ctx->db->db->queries, 1, memory_order_relaxed);
    return noted(ctx, ctx->db->db->engine->query(ctx, &statement, rows));
}

err db_ask_values(struct ctx *ctx, struct db_rows **rows, const char *sql, const struct db_value *values,
                  size_t count)
{
    const struct db_statement statement = {sql, values, count};
    TRY(usable(ctx));
    atomic_fetch_add_explicit(&ctx->db->db->queries, 1, memory_order_relaxed);
    return noted(ctx, ctx->db->db->engine->ask(ctx, &statement, rows));
}

err db_answer(struct ctx *ctx)
{
    TRY(usable(ctx));
    return noted(ctx, ctx->db->db->engine->answer(ctx));
}

err db_read(struct ctx *ctx, err (*body)(struct ctx *ctx, void *arg), void *arg)
{
    struct db_session *session = ctx->db;
    TRY(usable(ctx));
    if (session->in_transaction || session->in_read)
        return body(ctx, arg);
    session->in_read = true;
    err failure = body(ctx, arg);
    session->in_read = false;
    err end = session->db->engine->answer(ctx);
    return failure ? failure : end;
}

err db_go_on(struct ctx *ctx)
{
    const struct engine *engine = ctx->db->db->engine;
    TRY(usable(ctx));
    return engine->go_on ? noted(ctx, engine->go_on(ctx)) : NULL;
}

err db_change_values(struct ctx *ctx, int64_t *changed, const char *sql, const struct db_value *values,
                     size_t count)
{
    const struct db_statement statement = {sql, values, count};
    TRY(writable(ctx, sql));
    atomic_fetch_add_explicit(&ctx->db->db->queries, 1, memory_order_relaxed);
    return noted(ctx, ctx->db->db->engine->change(ctx, &statement, changed));
}

err db_execute_values(struct ctx *ctx, const char *sql, const struct db_value *values, size_t count)
{
    const struct db_statement statement = {sql, values, count};
    TRY(writable(ctx, sql));
    atomic_fetch_add_explicit(&ctx->db->db->queries, 1, memory_order_relaxed);
    return noted(ctx, ctx->db->db->engine->execute(ctx, &statement));
}

err db_expect_values(struct ctx *ctx, int64_t expected, enum error_code code, const char *detail,
                     const char *sql, const struct db_value *values, size_t count)
{
    const struct db_statement statement = {sql, values, count};
    TRY(writable(ctx, sql));
    atomic_fetch_add_explicit(&ctx->db->db->queries, 1, memory_order_relaxed);
    return noted(ctx, ctx->db->db->engine->expect(ctx, &statement, expected, code, detail));
}

err db_ping(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(usable(ctx));
    const struct db_statement statement = {"SELECT 1", NULL, 0};
    return noted(ctx, ctx->db->db->engine->query(ctx, &statement, &rows));
}

bool db_in_transaction(const struct ctx *ctx)
{
    return ctx->db->in_transaction;
}

err db_wake(struct ctx *ctx)
{
    TRY(writable(ctx, "db_wake"));
    ctx->db->wants_wake = true;
    return NULL;
}

err db_run_body(struct ctx *ctx, db_body body, void *arg)
{
    struct db_session *session = ctx->db;
    session->failure = NULL;
    session->wants_wake = false;
    session->in_transaction = true;
    runs_body = true;
    err failure = body(ctx, arg);
    runs_body = false;
    session->in_transaction = false;
    if (failure == NULL && session->failure) {
        /* SQLite would commit the rest and PostgreSQL would not: the first failure decides on both. */
        failure = session->failure;
        return db_misuse(ctx, "a transaction body hides a failure: %s", failure->detail) ?: failure;
    }
    return failure;
}

void db_committed(struct db *db, bool wants_wake)
{
    atomic_fetch_add_explicit(&db->commits, 1, memory_order_relaxed);
    if (!wants_wake)
        return;
    pthread_mutex_lock(&db->wake_lock);
    if (db->wake)
        db->wake(db->wake_arg);
    pthread_mutex_unlock(&db->wake_lock);
}

err db_transact(struct ctx *ctx, db_body body, void *arg)
{
    TRY(usable(ctx));
    if (ctx->db->in_transaction)
        return noted(ctx, body(ctx, arg));
    if (ctx->db->in_read)
        return db_misuse(ctx, "a transaction begins in db_read");
    atomic_fetch_add_explicit(&ctx->db->db->transactions, 1, memory_order_relaxed);
    return ctx->db->db->engine->transact(ctx, body, arg);
}

static err script_body(struct ctx *ctx, void *arg)
{
    return noted(ctx, ctx->db->db->engine->script(ctx, arg));
}

err db_script(struct ctx *ctx, const char *sql)
{
    return db_transact(ctx, script_body, (void *)(uintptr_t)sql);
}

/* A table that is known to be empty makes all its indexes equal to PostgreSQL, which then takes any and keeps
 * to it while the table fills. One of which nothing is known gets the right index. */
static const char analyze_filled[] =
    "DO $$ DECLARE one regclass; is_filled boolean; BEGIN"
    " FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = "
    "current_schema()::regnamespace"
    " LOOP EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', one) INTO is_filled;"
    " IF is_filled THEN EXECUTE format('ANALYZE %s', one); END IF; END LOOP; END $$";

err db_analyze(struct ctx *ctx)
{
    return db_engine_of(ctx->db->db) == DB_POSTGRES ? db_script(ctx, analyze_filled) : NULL;
}

struct db_figures db_figures(struct db *db)
{
    return (struct db_figures){
        .transactions = atomic_load_explicit(&db->transactions, memory_order_relaxed),
        .commits = atomic_load_explicit(&db->commits, memory_order_relaxed),
        .retries = atomic_load_explicit(&db->retries, memory_order_relaxed),
        .queries = atomic_load_explicit(&db->queries, memory_order_relaxed),
        .queued = atomic_load_explicit(&db->queued, memory_order_relaxed),
    };
}

err db_backup(struct ctx *ctx, const char *path)
{
    if (ctx->db->in_transaction)
        return db_misuse(ctx, "db_backup in a transaction");
    return ctx->db->db->engine->backup(ctx, path);
}
