/* lend_test.c - questions that travel together, and the few connections that all sessions share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "db/engine.h"
#include "fixture.h"
#include "unit.h"
#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#define THREADS 32
#define ROUNDS 50
/* Steady and spare connections for each processor, and those that belong to the writer. */
#define LENT_PER_PROCESSOR (fixture_is_postgres() ? 4 : 16)
#define OWN_CONNECTIONS 2

static struct fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&fixture);
    fixture_run(&fixture, "CREATE TABLE things (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT,"
                          " PRIMARY KEY (shop_id, id))");
    fixture_run(&fixture, "INSERT INTO things (shop_id, id, name) VALUES (1, 1, 'one'), (1, 2, 'two')");
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static err ask_name(struct ctx *ctx, int64_t id, struct db_rows **rows)
{
    return db_ask(ctx, rows, "SELECT name FROM things WHERE shop_id = 1 AND id = $1", db_int(id));
}

static void assert_name(struct db_rows *rows, const char *name)
{
    assert_true(db_next(rows));
    assert_string_equal(db_get_text(rows, 0), name);
    assert_false(db_next(rows));
}

static err ask_both(struct ctx *ctx, void *arg)
{
    struct db_rows **rows = arg;
    TRY(ask_name(ctx, 1, &rows[0]));
    TRY(ask_name(ctx, 2, &rows[1]));
    return db_answer(ctx);
}

static void questions_are_answered_together(void **state)
{
    struct db_rows *rows[2];
    (void)state;
    assert_ok(ask_both(&fixture.ctx, rows));
    assert_name(rows[0], "one");
    assert_name(rows[1], "two");
}

static void questions_of_a_body_are_answered_together(void **state)
{
    struct db_rows *rows[2];
    (void)state;
    assert_ok(db_transact(&fixture.ctx, ask_both, rows));
    assert_name(rows[0], "one");
    assert_name(rows[1], "two");
}

static void an_answer_to_no_question_is_nothing(void **state)
{
    (void)state;
    assert_ok(db_answer(&fixture.ctx));
}

/* Whether SQLite notices at once or PostgreSQL only at the answer. */
static err ask_nonsense(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(ask_name(ctx, 1, &rows));
    TRY(db_ask(ctx, &rows, "SELECT nonsense FROM things WHERE id = $1", db_int(1)));
    return db_answer(ctx);
}

static void a_question_that_fails_keeps_no_connection(void **state)
{
    struct ctx ctxs[THREADS];
    struct db_rows *rows[2];
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        ctxs[i] = fixture_fork(&fixture);
        err failure = ask_nonsense(&ctxs[i]);
        assert_non_null(failure);
        assert_int_equal(failure->code, ERR_DATABASE);
    }
    assert_ok(ask_both(&ctxs[0], rows));
    assert_name(rows[1], "two");
    for (int i = 0; i < THREADS; i++)
        fixture_join(&ctxs[i]);
}

/* A body of db_read that asks, asks again in another one, and fails at last when it is told to. */
struct reading {
    struct db_rows *rows[2];
    bool fails;
    bool kept; /* the session had the same connection after each question */
};

static err read_both(struct ctx *ctx, void *arg)
{
    struct reading *reading = arg;
    TRY(db_query(ctx, &reading->rows[0], "SELECT name FROM things WHERE shop_id = 1 AND id = $1", db_int(1)));
    const void *connection = ctx->db->connection;
    TRY(db_read(ctx, ask_both, reading->rows));
    reading->kept = connection && ctx->db->connection == connection;
    return reading->fails ? ask_nonsense(ctx) : NULL;
}

static void a_reading_keeps_its_connection_until_it_ends(void **state)
{
    struct reading reading = {0};
    (void)state;
    assert_ok(db_read(&fixture.ctx, read_both, &reading));
    assert_true(reading.kept);
    assert_null(fixture.ctx.db->connection);
    assert_name(reading.rows[0], "one");
    assert_name(reading.rows[1], "two");
}

static void a_reading_in_a_transaction_is_part_of_it(void **state)
{
    struct reading reading = {0};
    (void)state;
    assert_ok(db_transact(&fixture.ctx, read_both, &reading));
    assert_true(reading.kept);
    assert_name(reading.rows[1], "two");
}

static void a_reading_that_fails_gives_its_connection_back(void **state)
{
    struct ctx ctxs[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        struct reading reading = {.fails = true};
        ctxs[i] = fixture_fork(&fixture);
        err failure = db_read(&ctxs[i], read_both, &reading);
        assert_non_null(failure);
        assert_int_equal(failure->code, ERR_DATABASE);
        assert_null(ctxs[i].db->connection);
        reading.fails = false;
        assert_ok(db_read(&ctxs[i], read_both, &reading));
        assert_name(reading.rows[1], "two");
    }
    for (int i = 0; i < THREADS; i++)
        fixture_join(&ctxs[i]);
}

/* SQLite only: PostgreSQL answers each question from what is committed then. */
static err read_around_a_write(struct ctx *ctx, void *arg)
{
    struct db_rows *before, *after;
    (void)arg;
    TRY(db_query(ctx, &before, "SELECT COUNT(*) FROM things WHERE shop_id = $1", db_int(1)));
    fixture_run(&fixture, "INSERT INTO things (shop_id, id, name) VALUES (1, 3, 'three')");
    TRY(db_query(ctx, &after, "SELECT COUNT(*) FROM things WHERE shop_id = $1", db_int(1)));
    assert_true(db_next(before) && db_next(after));
    assert_int_equal(db_get_int(after, 0), db_get_int(before, 0) + (fixture_is_postgres() ? 1 : 0));
    return NULL;
}

static void a_reading_sees_one_snapshot_on_sqlite(void **state)
{
    struct ctx reader = fixture_fork(&fixture);
    (void)state;
    assert_ok(db_read(&reader, read_around_a_write, NULL));
    fixture_join(&reader);
}

static int64_t lent_limit(void)
{
    return LENT_PER_PROCESSOR * sysconf(_SC_NPROCESSORS_ONLN);
}

static void all_steady_ones_may_be_busy(void **state)
{
    int64_t count = lent_limit();
    struct ctx *ctxs = arena_alloc_many(fixture.ctx.arena, (size_t)count, sizeof *ctxs);
    struct db_rows **rows = arena_alloc_many(fixture.ctx.arena, (size_t)count, sizeof(struct db_rows *));
    (void)state;
    for (int64_t i = 0; i < count; i++) {
        ctxs[i] = fixture_fork(&fixture);
        assert_ok(ask_name(&ctxs[i], 1, &rows[i]));
    }
    for (int64_t i = 0; i < count; i++) {
        assert_ok(db_answer(&ctxs[i]));
        assert_name(rows[i], "one");
        fixture_join(&ctxs[i]);
    }
}

static int64_t open_connections(void)
{
    if (fixture_is_postgres())
        return fixture_ask(&fixture,
                           "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_stat_activity"
                           " WHERE datname = current_database() AND backend_type = 'client backend'");
    int64_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char target[256] = "";
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
        count += length > 0 && text_ends(target, "/yundian.db");
    }
    closedir(directory);
    return count;
}

static void *ask_often(void *arg)
{
    struct fixture *shared = arg;
    struct ctx ctx = fixture_fork(shared);
    struct db_rows *rows[2];
    for (int round = 0; round < ROUNDS; round++) {
        assert_ok(ask_both(&ctx, rows));
        assert_name(rows[0], "one");
        assert_ok(db_transact(&ctx, ask_both, rows));
        assert_name(rows[1], "two");
    }
    fixture_join(&ctx);
    return NULL;
}

static void many_threads_share_few_connections(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &fixture), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_in_range(open_connections(), 1, lent_limit() + OWN_CONNECTIONS);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(questions_are_answered_together),
        SENTENCE(questions_of_a_body_are_answered_together),
        SENTENCE(an_answer_to_no_question_is_nothing),
        SENTENCE(a_question_that_fails_keeps_no_connection),
        SENTENCE(all_steady_ones_may_be_busy),
        SENTENCE(many_threads_share_few_connections),
        SENTENCE(a_reading_keeps_its_connection_until_it_ends),
        SENTENCE(a_reading_in_a_transaction_is_part_of_it),
        SENTENCE(a_reading_that_fails_gives_its_connection_back),
        SENTENCE(a_reading_sees_one_snapshot_on_sqlite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
