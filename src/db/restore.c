/* restore.c - puts the copy that db_backup made in the place of the database, or leaves everything as it is.
 *
 * The bytes are copied beside the database and checked there; only a copy that is whole takes the place, by
 * one rename, and what was there before is kept beside it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/text.h"
#include "db/db.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 262144

struct restoring {
    const char *source;
    const char *target;
    const char *copy;   /* beside the target, until it is checked */
    const char *before; /* what was there */
};

static const char *beside(struct ctx *ctx, const char *path, const char *end)
{
    return arena_format(ctx->arena, "%s%s", path, end);
}

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static err fail_file(struct ctx *ctx, const char *path)
{
    return fail_with(ctx, ERR_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
}

/* ---- one database, looked at from outside ---- */

/* The first column of the first row of a question, or NULL; the code says how it ended. */
static const char *ask(struct ctx *ctx, sqlite3 *handle, const char *sql, int *code)
{
    sqlite3_stmt *statement = NULL;
    const char *answer = NULL;
    *code = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
    if (*code == SQLITE_OK)
        *code = sqlite3_step(statement);
    if (*code == SQLITE_ROW && sqlite3_column_text(statement, 0))
        answer = arena_copy_text(ctx->arena, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return answer;
}

/* Leaving the journal mode needs the database for oneself, and empties the journal into it. */
static int take_alone(struct ctx *ctx, sqlite3 *handle)
{
    int code;
    ask(ctx, handle, "PRAGMA journal_mode = DELETE", &code);
    return code;
}

static err check_opened(struct ctx *ctx, sqlite3 *handle, const char *path)
{
    int code = take_alone(ctx, handle);
    const char *found = code == SQLITE_ROW ? ask(ctx, handle, "PRAGMA integrity_check(1)", &code) : NULL;
    if (!found || !text_is(found, "ok"))
        return fail_with(ctx, ERR_CONFLICT, "%s is damaged, or no database: %s", path,
                         found ? found : sqlite3_errmsg(handle));
    const char *applied = ask(ctx, handle, "SELECT COUNT(*) FROM migrations", &code);
    if (!applied || text_is(applied, "0"))
        return fail_with(ctx, ERR_CONFLICT, "%s is a database of something else", path);
    ask(ctx, handle, "PRAGMA foreign_key_check", &code);
    return code == SQLITE_DONE ? NULL
                               : fail_with(ctx, ERR_CONFLICT, "%s: rows point to rows that are lost", path);
}

static err check_database(struct ctx *ctx, const char *path, const char *shown)
{
    sqlite3 *handle = NULL;
    int code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL);
    err failure = code == SQLITE_OK ? check_opened(ctx, handle, shown)
                                    : fail_with(ctx, ERR_CONFLICT, "%s: %s", shown, sqlite3_errstr(code));
    sqlite3_close(handle);
    return failure;
}

/* Somebody who has it open would go on writing into a file that is no longer there. A database too damaged to
 * answer may be replaced. */
static err check_idle(struct ctx *ctx, const char *path)
{
    sqlite3 *handle = NULL;
    if (!exists(path))
        return NULL;
    int code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = take_alone(ctx, handle);
    sqlite3_close(handle);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return fail_with(ctx, ERR_CONFLICT, "%s is in use: stop the program that serves it first", path);
    return NULL;
}

/* ---- files ---- */

static err copy_bytes(struct ctx *ctx, int from, int to, const struct restoring *restoring)
{
    char *piece = arena_alloc(ctx->arena, PIECE);
    for (;;) {
        ssize_t length = read(from, piece, PIECE);
        if (length < 0)
            return fail_file(ctx, restoring->source);
        if (length == 0)
            return fsync(to) == 0 ? NULL : fail_file(ctx, restoring->copy);
        for (ssize_t done = 0; done < length;) {
            ssize_t written = write(to, piece + done, (size_t)(length - done));
            if (written < 0)
                return fail_file(ctx, restoring->copy);
            done += written;
        }
    }
}

static err copy_file(struct ctx *ctx, const struct restoring *restoring)
{
    int from = open(restoring->source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail_file(ctx, restoring->source);
    int to = open(restoring->copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    err failure = to < 0 ? fail_file(ctx, restoring->copy) : copy_bytes(ctx, from, to, restoring);
    close(from);
    if (to >= 0)
        close(to);
    return failure;
}

static err sync_directory(struct ctx *ctx, const char *directory)
{
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return fail_file(ctx, directory);
    int failed = fsync(file);
    close(file);
    return failed ? fail_file(ctx, directory) : NULL;
}

/* A journal that was left behind would be played into the new database. */
static err keep_before(struct ctx *ctx, const struct restoring *restoring)
{
    const char *journal = beside(ctx, restoring->target, "-wal");
    unlink(restoring->before);
    unlink(beside(ctx, restoring->before, "-wal"));
    if (exists(restoring->target) && link(restoring->target, restoring->before) != 0)
        return fail_file(ctx, restoring->before);
    if (exists(journal) && rename(journal, beside(ctx, restoring->before, "-wal")) != 0)
        return fail_file(ctx, journal);
    unlink(beside(ctx, restoring->target, "-shm"));
    unlink(beside(ctx, restoring->target, "-journal"));
    return NULL;
}

static err check_source(struct ctx *ctx, const struct restoring *restoring)
{
    struct stat source, target, journal;
    if (stat(restoring->source, &source) != 0)
        return fail_file(ctx, restoring->source);
    if (!S_ISREG(source.st_mode))
        return fail_with(ctx, ERR_BAD_REQUEST, "%s is no file", restoring->source);
    if (stat(restoring->target, &target) == 0 && target.st_dev == source.st_dev &&
        target.st_ino == source.st_ino)
        return fail_with(ctx, ERR_BAD_REQUEST, "%s is the database itself", restoring->source);
    if (stat(beside(ctx, restoring->source, "-wal"), &journal) == 0 && journal.st_size > 0)
        return fail_with(ctx, ERR_BAD_REQUEST,
                         "%s has a journal beside it, so it is not whole: take a copy of yundian backup",
                         restoring->source);
    return NULL;
}

err db_restore(struct ctx *ctx, const struct config *config, const char *path, bool is_forced)
{
    if (!text_is_blank(config->database_url))
        return fail_with(ctx, ERR_BAD_REQUEST, "PostgreSQL is restored by its own tools (pg_restore)");
    struct restoring restoring = {.source = path,
                                  .target = arena_format(ctx->arena, "%s/yundian.db", config->data)};
    restoring.copy = beside(ctx, restoring.target, ".restoring");
    restoring.before = beside(ctx, restoring.target, ".before");
    bool is_there = exists(restoring.target) || exists(beside(ctx, restoring.target, "-wal"));
    TRY(check_source(ctx, &restoring));
    if (is_there && !is_forced)
        return fail_with(ctx, ERR_CONFLICT,
                         "%s is there already; --force replaces it and keeps it as yundian.db.before",
                         restoring.target);
    err failure = copy_file(ctx, &restoring);
    if (!failure)
        failure = check_database(ctx, restoring.copy, path);
    if (!failure)
        failure = check_idle(ctx, restoring.target);
    if (!failure)
        failure = keep_before(ctx, &restoring);
    if (!failure && rename(restoring.copy, restoring.target) != 0)
        failure = fail_file(ctx, restoring.target);
    if (failure) {
        unlink(restoring.copy);
        return failure;
    }
    return sync_directory(ctx, config->data);
}
