/* postgres.h - the parts of the PostgreSQL engine; private to src/db. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/engine.h"
#include "db/group.h"
#include "db/lender.h"
#include "db/statements.h"
#include <libpq-fe.h>

/* Operations that may be under way before the answers are read: their answers must fit the socket's buffer.
 */
#define PIPELINE_LIMIT 256
/* Values of one statement that is sent: as many as rows have that travel together (postgres_merge.c). */
#define PG_PARAMETERS_LIMIT 512
/* Sizes in which rows travel together. */
#define PG_MERGE_WIDTHS 5

/* A statement prepared on one connection, or being prepared. */
struct pg_statement {
    char *text; /* as the caller gave it */
    char name[24];
    enum { PG_NEW, PG_SENT, PG_READY } state;
    char *merged[PG_MERGE_WIDTHS]; /* the same for many rows, or NULL */
    size_t count;
    Oid types[]; /* 0 where only an untyped null was seen */
};

enum pg_step { PG_PREPARE, PG_BEGIN, PG_EXECUTE, PG_EXPECT, PG_READ, PG_COMMIT, PG_ROLLBACK };

struct pg_operation {
    enum pg_step step;
    const char *sql;
    struct pg_statement *statement; /* PG_PREPARE */
    struct db_rows *rows;           /* PG_READ: to be filled */
    int64_t expected;               /* PG_EXPECT */
    enum error_code code;
    const char *detail;
};

/* How the present transaction came to an end, when it failed. */
enum pg_outcome { PG_FINAL, PG_CONFLICT, PG_LOST, PG_UNKNOWN };

/* A write that waits for the end of its body. */
#define PG_ANY_COUNT INT64_C(-1)
struct pg_write {
    struct db_statement statement;
    int64_t expected; /* rows, or PG_ANY_COUNT */
    enum error_code code;
    const char *detail;
    struct pg_write *next;
};

struct pg_connection {
    struct lent lent;
    PGconn *conn;                      /* NULL while there is none */
    struct statement_cache statements; /* text → struct pg_statement */
    int64_t names;
    struct pg_operation queue[PIPELINE_LIMIT + 8];
    int queued;
    struct pg_write *first_write; /* of the present body, not sent yet */
    struct pg_write *last_write;
    int writes;
    bool is_open;        /* in a transaction of this connection: BEGIN goes before the next statement */
    bool is_begun;       /* it did */
    int64_t answered_at; /* steady µs of the last answer */
    enum pg_outcome outcome;
};

void postgres_pause(int64_t milliseconds);
/* Starts the record of a transaction afresh. */
void postgres_start(struct pg_connection *connection, bool is_open);
CHECKED err postgres_commit(struct ctx *ctx, struct pg_connection *connection);
/* Ends a transaction that failed with `failure`; the first reason, which may be another one. */
CHECKED err postgres_roll_back(struct ctx *ctx, struct pg_connection *connection, err failure);

/* postgres_pool.c */
struct pg_pool;
struct pg_pool *pool_open(const struct config *config);
/* All connections must be back. */
void pool_close(struct pg_pool *pool);
/* A connection that is alive as far as one can know; waits while all are lent. */
CHECKED err pool_borrow(struct ctx *ctx, struct pg_pool *pool, struct pg_connection **connection);
/* With nothing queued and no transaction begun. */
void pool_give_back(struct pg_pool *pool, struct pg_connection *connection);
/* A connection that is never lent: made, connected when it is needed, and freed by its owner. */
struct pg_connection *pool_make(void);
CHECKED err pool_connect(struct ctx *ctx, struct pg_pool *pool, struct pg_connection *connection);
void pool_unmake(struct pg_connection *connection);
/* Closes the connection and forgets what was prepared on it. */
void postgres_drop(struct pg_connection *connection);

/* postgres_writer.c: one connection that commits the recorded writes of all threads, many to one commit. */
struct pg_writer;
struct pg_writer *pg_writer_open(struct db *db, struct pg_pool *pool);
void pg_writer_close(struct pg_writer *writer);
/* Commits `writes`; *outcome says how it failed. */
CHECKED err pg_writer_commit(struct pg_writer *writer, struct ctx *ctx, const struct pg_write *writes,
                             enum pg_outcome *outcome);

/* postgres_pipeline.c */

/* Queues one statement; BEGIN goes before the first of an open transaction. */
CHECKED err pipeline_add(struct ctx *ctx, struct pg_connection *connection, enum pg_step step,
                         const struct db_statement *statement);
CHECKED err pipeline_write(struct ctx *ctx, struct pg_connection *connection, const struct pg_write *write);
/* The statement as this connection knows it; its text is NULL when it found no place to be kept. */
struct pg_statement *pipeline_statement(struct ctx *ctx, struct pg_connection *connection,
                                        const struct db_statement *wanted);
/* Queues a question whose rows are filled by the flush. */
CHECKED err pipeline_ask(struct ctx *ctx, struct pg_connection *connection,
                         const struct db_statement *statement, struct db_rows *rows);
/* Queues a text that is not kept and has no values. */
CHECKED err pipeline_add_once(struct ctx *ctx, struct pg_connection *connection, const char *sql);
/* Sends what is queued and reads all answers. `result` (may be NULL) gets the last one, to be cleared. The
 * failure is that of the first operation that failed. */
CHECKED err pipeline_flush(struct ctx *ctx, struct pg_connection *connection, PGresult **result);
/* Sends what is queued without waiting for anything: the server works on it meanwhile. */
CHECKED err pipeline_send(struct ctx *ctx, struct pg_connection *connection);

/* postgres_merge.c: queues all writes of a list, rows of one table together. */
CHECKED err merge_writes(struct ctx *ctx, struct pg_connection *connection, const struct pg_write *first);
