/* sqlite.h - the parts of the SQLite engine; private to src/db. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/engine.h"
#include "db/lender.h"
#include "db/statements.h"
#include <sqlite3.h>

struct sqlite_connection {
    struct lent lent;
    sqlite3 *handle;
    struct statement_cache statements;
    bool is_asked; /* a reader's snapshot is open until the next answer */
};

enum sqlite_role { SQLITE_READER, SQLITE_WRITER };

CHECKED err sqlite_connect(struct ctx *ctx, const char *path, enum sqlite_role role,
                           struct sqlite_connection **connection);
void sqlite_disconnect(struct sqlite_connection *connection);
/* sqlite_statement.c: the statements that a connection has prepared. */
void sqlite_keep_statements(struct sqlite_connection *connection);
void sqlite_forget_statements(struct sqlite_connection *connection);
/* Reads all rows of a statement into the arena; one that writes is refused outside a transaction. */
CHECKED err sqlite_read(struct ctx *ctx, struct sqlite_connection *connection,
                        const struct db_statement *statement, struct db_rows **rows);
/* Runs a statement to its end. */
CHECKED err sqlite_run(struct ctx *ctx, struct sqlite_connection *connection,
                       const struct db_statement *statement, int64_t *changed);
/* Runs a constant text without values or rows (BEGIN, SAVEPOINT …); a SQLite result code. */
int sqlite_command(struct sqlite_connection *connection, const char *sql);
/* The failure that belongs to a SQLite result code other than OK, ROW and DONE. */
CHECKED err sqlite_failure(struct ctx *ctx, struct sqlite_connection *connection, int code, const char *sql)
    __attribute__((returns_nonnull));

/* sqlite_wal.c: the VFS of all connections, to be registered before the first. */
#define SQLITE_WAL_VFS "yundian"
void sqlite_register_wal(void);

/* sqlite_checkpoint.c: moves the writer's log into the file. */
struct sqlite_checkpoint;
CHECKED err sqlite_checkpoint_open(struct ctx *ctx, const char *path, struct sqlite_connection *writer,
                                   struct sqlite_checkpoint **checkpoint);
/* For the writer, between two transactions: does its part when there is something to do. */
void sqlite_checkpoint_go_on(struct sqlite_checkpoint *checkpoint);
void sqlite_checkpoint_close(struct sqlite_checkpoint *checkpoint);

/* The writer: one connection that runs the bodies of all threads, many to one commit. */
struct sqlite_writer;
/* A private database (in memory) has no checkpoint and no thread: its bodies run on the caller's, one at a
 * time, and its one connection also serves the readers, between writer_lock and writer_unlock. */
struct sqlite_writer *writer_open(struct db *db, struct sqlite_connection *connection,
                                  struct sqlite_checkpoint *checkpoint);
void writer_close(struct sqlite_writer *writer);
CHECKED err writer_transact(struct sqlite_writer *writer, struct ctx *ctx, db_body body, void *arg);
struct sqlite_connection *writer_lock(struct sqlite_writer *writer);
void writer_unlock(struct sqlite_writer *writer);
