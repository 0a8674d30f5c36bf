/* engine.h - what an engine answers to db.c; private to src/db (and the tests of it).
 *
 * db.c checks the rules that both engines share (writes only in a transaction, a failed transaction does
 * nothing more) and counts; an engine only speaks to its library. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "db/db.h"
#include <pthread.h>
#include <stdatomic.h>

/* Placeholders that one statement may have. */
#define DB_PARAMETERS_LIMIT 128

struct db_statement {
    const char *sql;
    const struct db_value *values;
    size_t count;
};

struct engine {
    enum db_engine kind;
    const char *name;
    err (*open)(struct ctx *ctx, const struct config *config, struct db *db);
    void (*close)(struct db *db);
    void (*session_close)(struct db_session *session);
    err (*query)(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows);
    /* The rows may be filled only by `answer`, or by the next query. */
    err (*ask)(struct ctx *ctx, const struct db_statement *statement, struct db_rows **rows);
    err (*answer)(struct ctx *ctx);
    err (*go_on)(struct ctx *ctx); /* NULL where answers are there at once */
    err (*change)(struct ctx *ctx, const struct db_statement *statement, int64_t *changed);
    err (*execute)(struct ctx *ctx, const struct db_statement *statement);
    err (*expect)(struct ctx *ctx, const struct db_statement *statement, int64_t expected,
                  enum error_code code, const char *detail);
    err (*transact)(struct ctx *ctx, db_body body, void *arg);
    /* In a transaction: one statement without values that need not be a constant. */
    err (*script)(struct ctx *ctx, const char *sql);
    /* In a transaction: waits until no other node migrates. */
    err (*lock_schema)(struct ctx *ctx);
    err (*backup)(struct ctx *ctx, const char *path);
};

extern const struct engine sqlite_engine;
extern const struct engine postgres_engine;

struct db {
    const struct engine *engine;
    void *state;               /* the engine's own */
    pthread_mutex_t wake_lock; /* of the next two; held during the call, so that it is over when unset */
    void (*wake)(void *arg);
    void *wake_arg;
    atomic_int sessions;
    atomic_llong transactions;
    atomic_llong commits;
    atomic_llong retries;
    atomic_llong queries;
    atomic_llong queued;
};

struct db_session {
    struct db *db;
    void *connection; /* the engine's own; NULL until first used */
    bool in_transaction;
    bool in_read; /* what was borrowed is kept until db_read ends */
    bool wants_wake;
    err failure; /* the first failure of a db_ call in this transaction */
};

/* Runs a body as the present transaction of ctx's session; the engine commits or rolls back by the answer. */
CHECKED err db_run_body(struct ctx *ctx, db_body body, void *arg);
/* Counts a commit and calls the wake function when one of its bodies asked for it. */
void db_committed(struct db *db, bool wants_wake);
/* A breach of the contract by the caller: a bug that aborts, except in release builds, where it fails. */
#define db_misuse(ctx, ...) error_is_made(db_misuse_at(ctx, __FILE__, __LINE__, __VA_ARGS__))
CHECKED err db_misuse_at(struct ctx *ctx, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5), returns_nonnull));
/* Zeroed memory that is freed by the owner; never NULL. */
void *db_allocate(size_t size);

/* Runs one statement of a script in a transaction of its own, or in the present one. */
CHECKED err db_script(struct ctx *ctx, const char *sql);

/* Answers being built: whole rows of `columns` cells. */
struct db_cell {
    uint32_t kind; /* enum db_kind */
    uint32_t length;
    union {
        int64_t integer;
        const char *ptr;
    };
};
struct db_rows *rows_open(struct arena *arena, int columns);
/* Says how many columns there are of an answer that was opened before it came; it has no rows yet. */
void rows_begin(struct db_rows *rows, int columns);
/* The cells of one more row, to be filled. */
struct db_cell *rows_add(struct arena *arena, struct db_rows *rows);
struct db_cell rows_int(int64_t integer);
/* A text or bytes, copied. */
struct db_cell rows_copy(struct arena *arena, enum db_kind kind, const void *ptr, size_t length);
