/* db.h - the one door to SQL: SQLite and PostgreSQL 15 behind it, one text for both.
 *
 * Rules of the text: `$1 … $n`, bound by name; BIGINT, TEXT and BYTEA only; program-made ids; flags as 0/1;
 * `shop_id` first in every key and every WHERE; nothing concatenated. Every statement is a constant: the
 * statement cache of a connection goes by the address of the text.
 *
 * Reading outside a transaction borrows one of few connections (docs/decisions/0009). Writing always goes
 * through db_transact, whose body reads first and then writes (docs/decisions/0002); it returns only after
 * the commit. On SQLite the bodies of all threads queue to one writer thread, each in a savepoint, and share
 * one commit and one fsync (synchronous=FULL). On PostgreSQL what a body reads before its first write is
 * asked on a borrowed connection, and its writes are a list that one writer sends with those of others in one
 * transaction. A body that asks again after its first write has a transaction of its own, in pipeline mode.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_session;
struct db_rows;

enum db_engine { DB_SQLITE, DB_POSTGRES };

/* More rows than this in one answer is ERR_LIMIT: page by key instead. */
#define DB_ROWS_LIMIT 20000
/* Times that a transaction body is run again after a conflict on PostgreSQL. */
#define DB_RETRY_LIMIT 10

/* Opens the database of a configuration: `database_url`, or the file yundian.db in the data directory
 * (":memory:" as data directory gives a private in-memory database for tests). Starts the writer thread on
 * SQLite. Connections are made when first used. */
CHECKED err db_open(struct ctx *ctx, const struct config *config, struct db **db);
/* Finishes what is queued, checkpoints and closes. All sessions must be closed. */
void db_close(struct db *db);
enum db_engine db_engine_of(const struct db *db);
const char *db_engine_name(const struct db *db);
/* Runs SELECT 1 on the session's connection: for /readyz. */
CHECKED err db_ping(struct ctx *ctx);

/* One thread's door. ctx.db points to it. */
struct db_session *db_session_open(struct db *db);
void db_session_close(struct db_session *session);
struct db *db_session_db(struct db_session *session);

/* Called after each commit (from the writer thread on SQLite) in which a body called db_wake: it only signals
 * and never uses the database. NULL unsets it; a call is over when this returns. */
void db_on_wake(struct db *db, void (*wake)(void *arg), void *arg);
/* In a transaction: asks for the wake call after the commit. It stays in this process: a NOTIFY in every
 * transaction would make PostgreSQL take its commits one by one. Other nodes find the work by polling. */
CHECKED err db_wake(struct ctx *ctx);

/* A bound parameter. Texts and bytes are not copied: they must live until the transaction ends. */
enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };
struct db_value {
    enum db_kind kind;
    int64_t integer;
    const void *ptr;
    size_t len;
};
struct db_value db_null(void); /* best where the type is plain: "x = $1" */
struct db_value db_int(int64_t integer);
struct db_value db_text(const char *text);                  /* NULL binds SQL NULL */
struct db_value db_bytes(const void *bytes, size_t length); /* NULL binds SQL NULL */
struct db_value db_id(int64_t id);                          /* 0 binds SQL NULL */

#define DB_VALUES(...)                                                                                       \
    (const struct db_value[]){__VA_ARGS__},                                                                  \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* Reads. The whole answer is in ctx's arena when it returns; no statement stays open. Outside a transaction
 * each call sees its own snapshot. */
#define db_query(ctx, rows, sql, ...) db_query_values(ctx, rows, sql, DB_VALUES(__VA_ARGS__))
CHECKED err db_query_values(struct ctx *ctx, struct db_rows **rows, const char *sql,
                            const struct db_value *values, size_t count);
/* As db_query, but the answer is there only when the next db_query returned, or db_answer: until then *rows
 * must not be touched. Questions that do not wait for each other's answers travel to PostgreSQL together, and
 * see one snapshot on SQLite. */
#define db_ask(ctx, rows, sql, ...) db_ask_values(ctx, rows, sql, DB_VALUES(__VA_ARGS__))
CHECKED err db_ask_values(struct ctx *ctx, struct db_rows **rows, const char *sql,
                          const struct db_value *values, size_t count);
CHECKED err db_answer(struct ctx *ctx);
/* Runs `body`, whose questions outside a transaction share one borrowed connection, and one snapshot on
 * SQLite: for the many questions of a page. It may not write, and waits for nothing else than the database.
 * In a transaction, or in another db_read, it is part of that. */
CHECKED err db_read(struct ctx *ctx, err (*body)(struct ctx *ctx, void *arg), void *arg);
/* Lets PostgreSQL work on what was asked while the caller does something else before it waits. */
CHECKED err db_go_on(struct ctx *ctx);
/* For statements over many ids: `id IN " DB_IDS "` stands for $2 to $33, and $1 is the shop. */
#define DB_IDS_LIMIT 32
#define DB_IDS                                                                                               \
    "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23," \
    " $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"
#define DB_IDS_VALUES (DB_IDS_LIMIT + 1)
/* Binds the shop and as many of `count` ids (one at least) as a statement takes, the last one again for what
 * is left. Returns how many. */
size_t db_bind_ids(const struct ctx *ctx, const int64_t *ids, size_t count,
                   struct db_value values[DB_IDS_VALUES]);
/* Moves to the next row; false after the last. */
bool db_next(struct db_rows *rows);
size_t db_row_count(const struct db_rows *rows);
/* Columns of the present row, counted from 0. A column of the wrong kind is a bug and aborts. */
bool db_is_null(const struct db_rows *rows, int column);
int64_t db_get_int(const struct db_rows *rows, int column);      /* NULL gives 0 */
const char *db_get_text(const struct db_rows *rows, int column); /* NULL gives NULL; lives in the arena */
const unsigned char *db_get_bytes(const struct db_rows *rows, int column, size_t *length);

/* Writes, only inside db_transact. db_change tells how many rows it changed at once (a round trip on
 * PostgreSQL). db_execute is queued and its count does not matter. db_expect is queued and must change
 * exactly `expected` rows, else the transaction fails with `code` and `detail`, which may show only at a
 * later call or at the commit: never act on the success of an expectation inside the body. */
#define db_change(ctx, changed, sql, ...) db_change_values(ctx, changed, sql, DB_VALUES(__VA_ARGS__))
CHECKED err db_change_values(struct ctx *ctx, int64_t *changed, const char *sql,
                             const struct db_value *values, size_t count);
#define db_execute(ctx, sql, ...) db_execute_values(ctx, sql, DB_VALUES(__VA_ARGS__))
CHECKED err db_execute_values(struct ctx *ctx, const char *sql, const struct db_value *values, size_t count);
#define db_expect(ctx, expected, code, detail, sql, ...)                                                     \
    db_expect_values(ctx, expected, code, detail, sql, DB_VALUES(__VA_ARGS__))
CHECKED err db_expect_values(struct ctx *ctx, int64_t expected, enum error_code code, const char *detail,
                             const char *sql, const struct db_value *values, size_t count);

/* Runs `body` in a transaction and commits; a failure of the body rolls everything back and is handed on. The
 * body touches only the database and may run again (on PostgreSQL after a conflict), so it sets its results
 * afresh each time. A nested call joins the outer transaction. A unique key that is hit is ERR_DUPLICATE. */
typedef err (*db_body)(struct ctx *ctx, void *arg);
CHECKED err db_transact(struct ctx *ctx, db_body body, void *arg);
bool db_in_transaction(const struct ctx *ctx);

/* Applies the numbered files NNNN_name.sql of a directory that were not applied yet, each in one
 * transaction; `applied` (may be NULL) gets their number. A changed old file is ERR_CONFLICT. On SQLite every
 * table with a table-level PRIMARY KEY is made WITHOUT ROWID. */
CHECKED err db_migrate(struct ctx *ctx, const char *directory, int *applied);

/* Figures for /metrics: transactions, commits, conflicts, queue length. */
struct db_figures {
    int64_t transactions;
    int64_t commits;
    int64_t retries;
    int64_t queries;
    int64_t queued;
};
struct db_figures db_figures(struct db *db);

/* After much was written at once: lets PostgreSQL's planner see how much there is now, which its own daemon
 * would notice a minute later. Nothing on SQLite (docs/decisions/0006). */
CHECKED err db_analyze(struct ctx *ctx);

/* A consistent copy of a SQLite database into a file (VACUUM INTO). ERR_BAD_REQUEST on PostgreSQL, whose own
 * tools do it. */
CHECKED err db_backup(struct ctx *ctx, const char *path);

/* Puts such a copy in the place of the database of a configuration, before it is opened: the copy is checked
 * first (whole, ours), a database that is there or in use is ERR_CONFLICT. `is_forced` replaces the one that
 * is there, if nobody has it open, and keeps it as yundian.db.before. */
CHECKED err db_restore(struct ctx *ctx, const struct config *config, const char *path, bool is_forced);
