/* fixture.h - an empty database for a test: SQLite in a fresh directory, or the PostgreSQL of
 * YUNDIAN_TEST_DATABASE_URL emptied, so that the same tests run on both. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "db/db.h"
#include <stdbool.h>

struct fixture {
    struct ctx ctx; /* of the main thread, with a session */
    struct db *db;
    struct config config;
    char directory[64];
};

/* Ends the test with the words of a failure; NULL is none. */
void assert_ok(err failure);
bool fixture_is_postgres(void);
void fixture_open(struct fixture *fixture);
/* The same in memory on SQLite. */
void fixture_open_memory(struct fixture *fixture);
/* Closes the database and opens it again as it is. */
void fixture_pause(struct fixture *fixture);
void fixture_resume(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* A ctx of another thread, with its own arena and session. */
struct ctx fixture_fork(struct fixture *fixture);
void fixture_join(struct ctx *ctx);
/* Runs one statement in a transaction of its own; the test fails when it does. */
void fixture_run(struct fixture *fixture, const char *sql);
/* The integer that a query gives. */
int64_t fixture_ask(struct fixture *fixture, const char *sql);
/* Writes a file into the fixture's directory (sub may be made by it) and returns the directory's path. */
const char *fixture_write(struct fixture *fixture, const char *sub, const char *name, const char *text);
