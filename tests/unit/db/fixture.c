/* fixture.c - an empty database for a test. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "base/text.h"
#include "db/engine.h"
#include "unit.h"
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

bool fixture_is_postgres(void)
{
    return !text_is_blank(getenv("YUNDIAN_TEST_DATABASE_URL"));
}

void assert_ok(err failure)
{
    if (failure)
        fail_msg("%s: %s (%s:%d)", error_kind(failure->code)->slug, failure->detail, failure->file,
                 failure->line);
}

static void open_database(struct fixture *fixture)
{
    assert_ok(db_open(&fixture->ctx, &fixture->config, &fixture->db));
    fixture->ctx.db = db_session_open(fixture->db);
}

static void open_in(struct fixture *fixture, const char *data)
{
    static const struct shop shop = {.id = 1, .handle = "test", .currency = "CNY", .locale = "zh-CN"};
    fixture->config = (struct config){
        .data = data,
        .database_url = fixture_is_postgres() ? getenv("YUNDIAN_TEST_DATABASE_URL") : "",
    };
    fixture->ctx = (struct ctx){
        .arena = arena_open(ARENA_LIMIT),
        .now = INT64_C(1790000000000),
        .shop = &shop,
        .ids = id_source_open(1),
        .config = &fixture->config,
    };
    open_database(fixture);
    if (fixture_is_postgres()) {
        fixture_run(fixture, "DROP SCHEMA public CASCADE");
        fixture_run(fixture, "CREATE SCHEMA public");
    }
}

void fixture_open(struct fixture *fixture)
{
    snprintf(fixture->directory, sizeof fixture->directory, "/tmp/yundian-unit-XXXXXX");
    if (mkdtemp(fixture->directory) == NULL)
        fail_msg("no temporary directory");
    open_in(fixture, fixture->directory);
}

void fixture_open_memory(struct fixture *fixture)
{
    fixture->directory[0] = 0;
    open_in(fixture, ":memory:");
}

void fixture_pause(struct fixture *fixture)
{
    db_session_close(fixture->ctx.db);
    db_close(fixture->db);
}

void fixture_resume(struct fixture *fixture)
{
    open_database(fixture);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void fixture_close(struct fixture *fixture)
{
    fixture_pause(fixture);
    id_source_close(fixture->ctx.ids);
    arena_close(fixture->ctx.arena);
    if (fixture->directory[0])
        nftw(fixture->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

struct ctx fixture_fork(struct fixture *fixture)
{
    struct ctx ctx = fixture->ctx;
    ctx.arena = arena_open(ARENA_LIMIT);
    ctx.db = db_session_open(fixture->db);
    return ctx;
}

void fixture_join(struct ctx *ctx)
{
    db_session_close(ctx->db);
    arena_close(ctx->arena);
}

void fixture_run(struct fixture *fixture, const char *sql)
{
    assert_ok(db_script(&fixture->ctx, sql));
}

int64_t fixture_ask(struct fixture *fixture, const char *sql)
{
    struct db_rows *rows;
    assert_ok(db_query_values(&fixture->ctx, &rows, sql, NULL, 0));
    assert_true(db_next(rows));
    return db_get_int(rows, 0);
}

const char *fixture_write(struct fixture *fixture, const char *sub, const char *name, const char *text)
{
    const char *directory = arena_format(fixture->ctx.arena, "%s/%s", fixture->directory, sub);
    mkdir(directory, 0700);
    FILE *file = fopen(arena_format(fixture->ctx.arena, "%s/%s", directory, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return directory;
}
