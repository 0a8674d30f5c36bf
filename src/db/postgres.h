/* postgres.h - the parts of the PostgreSQL engine; private to src/db. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/engine.h"
#include "db/statements.h"
#include <libpq-fe.h>

/* Operations that may be under way before the answers are read: their answers must fit the socket's buffer.
 */
#define PIPELINE_LIMIT 256

/* A statement prepared on one connection, or being prepared. */
struct pg_statement {
    char *text; /* as the caller gave it */
    char name[24];
    enum { PG_NEW, PG_SENT, PG_READY } state;
    size_t count;
    Oid types[]; /* 0 where only an untyped null was seen */
};

enum pg_step { PG_PREPARE, PG_BEGIN, PG_EXECUTE, PG_EXPECT, PG_READ, PG_COMMIT, PG_ROLLBACK };

struct pg_operation {
    enum pg_step step;
    const char *sql;
    struct pg_statement *statement; /* PG_PREPARE */
    enum error_code code;           /* PG_EXPECT */
    const char *detail;
};

/* How the present transaction came to an end, when it failed. */
enum pg_outcome { PG_FINAL, PG_CONFLICT, PG_LOST, PG_UNKNOWN };

struct pg_connection {
    PGconn *conn;                     /* NULL while there is none */
    struct statement_cache plain;     /* text → struct pg_statement */
    struct statement_cache expecting; /* the same texts as expectations */
    int64_t names;
    struct pg_operation queue[PIPELINE_LIMIT + 8];
    int queued;
    bool is_begun;
    enum pg_outcome outcome;
};

/* Closes the connection and forgets what was prepared on it. */
void postgres_drop(struct pg_connection *connection);

/* postgres_pipeline.c */

/* Queues one statement; BEGIN goes before the first of a transaction. */
CHECKED err pipeline_add(struct ctx *ctx, struct pg_connection *connection, enum pg_step step,
                         const struct db_statement *statement);
CHECKED err pipeline_expect(struct ctx *ctx, struct pg_connection *connection,
                            const struct db_statement *statement, int64_t expected, enum error_code code,
                            const char *detail);
/* Queues a text that is not kept and has no values. */
CHECKED err pipeline_add_once(struct ctx *ctx, struct pg_connection *connection, const char *sql);
/* Sends what is queued and reads all answers. `result` (may be NULL) gets the last one, to be cleared. The
 * failure is that of the first operation that failed. */
CHECKED err pipeline_flush(struct ctx *ctx, struct pg_connection *connection, PGresult **result);
