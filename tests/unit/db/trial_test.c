/* trial_test.c - what must hold when things go wrong: kill -9, a full disk, a server that dies, deadlocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "base/text.h"
#include "db/engine.h"
#include "fixture.h"
#include "unit.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 8
/* Milliseconds to wait for the first acknowledgement of a round. */
#define ACK_PATIENCE 30000
#define KILL_ROUNDS 5
#define CRASH_ROUNDS 3

static struct fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&fixture);
    fixture_run(&fixture,
                "CREATE TABLE acks (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, note TEXT NOT NULL,"
                " PRIMARY KEY (shop_id, id))");
    fixture_run(&fixture,
                "CREATE TABLE counters (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, amount BIGINT NOT NULL,"
                " PRIMARY KEY (shop_id, id))");
    fixture_run(&fixture, "INSERT INTO counters (shop_id, id, amount) VALUES (1, 1, 0), (1, 2, 0)");
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

/* An ack and a counter, in one transaction: both or none. */
static err acknowledge(struct ctx *ctx, void *arg)
{
    const int64_t *id = arg;
    TRY(db_execute(ctx, "INSERT INTO acks (shop_id, id, note) VALUES ($1, $2, $3)", db_int(1), db_int(*id),
                   db_text("a text of some length, so that pages fill and more than one is written")));
    return db_expect(ctx, 1, ERR_CONFLICT, "no counter",
                     "UPDATE counters SET amount = amount + 1 WHERE shop_id = $1 AND id = $2", db_int(1),
                     db_int(1));
}

struct writer {
    struct fixture *fixture;
    pthread_t thread;
    int64_t first;
    int pipe;  /* where acknowledged ids go; 0 for none */
    int limit; /* of transactions; 0 for none */
    int acknowledged;
    int failed;
};

static atomic_bool is_over;

static void *write_acks(void *arg)
{
    struct writer *writer = arg;
    struct ctx ctx = fixture_fork(writer->fixture);
    int64_t id = writer->first;
    for (int i = 0; (writer->limit == 0 || i < writer->limit) && !atomic_load(&is_over); i++, id++) {
        arena_reset(ctx.arena);
        if (db_transact(&ctx, acknowledge, &id)) {
            writer->failed++;
            continue;
        }
        writer->acknowledged++;
        if (writer->pipe && write(writer->pipe, &id, sizeof id) != sizeof id)
            abort();
    }
    fixture_join(&ctx);
    return NULL;
}

static void start_writers(struct writer *writers, int64_t first, int pipe, int limit)
{
    atomic_store(&is_over, false);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){
            .fixture = &fixture, .first = first + i * INT64_C(1000000), .pipe = pipe, .limit = limit};
        pthread_create(&writers[i].thread, NULL, write_acks, &writers[i]);
    }
}

static void join_writers(struct writer *writers)
{
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
}

static err find_ack(struct ctx *ctx, int64_t id, bool *is_there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM acks WHERE shop_id = $1 AND id = $2", db_int(1), db_int(id)));
    *is_there = db_next(rows);
    return NULL;
}

/* Counts what comes through a pipe and is there; everything must be. */
static int check_acks(int from)
{
    int64_t id;
    int count = 0;
    while (read(from, &id, sizeof id) == sizeof id) {
        bool is_there;
        assert_ok(find_ack(&fixture.ctx, id, &is_there));
        if (!is_there)
            fail_msg("acknowledged and lost: %lld", (long long)id);
        count++;
    }
    return count;
}

static void assert_whole(void)
{
    /* In one snapshot: a server may still be committing for a client that is gone. */
    assert_int_equal(
        fixture_ask(&fixture, "SELECT amount - (SELECT count(*) FROM acks) FROM counters WHERE id = 1"), 0);
}

static void nothing_acknowledged_is_lost_by_kill_nine(void **state)
{
    (void)state;
    int all = 0;
    for (int round = 0; round < KILL_ROUNDS; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        fixture_pause(&fixture);
        pid_t child = fork();
        if (child == 0) {
            struct writer writers[WRITERS];
            fixture_resume(&fixture);
            start_writers(writers, (round + 1) * INT64_C(1000000000), ends[1], 0);
            pause();
        }
        close(ends[1]);
        struct pollfd first_ack = {.fd = ends[0], .events = POLLIN};
        assert_int_equal(poll(&first_ack, 1, ACK_PATIENCE), 1);
        usleep(random_below(100000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fixture_resume(&fixture);
        all += check_acks(ends[0]);
        close(ends[0]);
        assert_whole();
    }
    print_message("%d acknowledged, 0 lost\n", all);
    assert_true(all > 0);
}

static void nothing_acknowledged_is_lost_when_the_server_dies(void **state)
{
    (void)state;
    const char *tool = getenv("YUNDIAN_TEST_POSTGRES_TOOL");
    const char *directory = getenv("YUNDIAN_TEST_POSTGRES_DIR");
    if (!fixture_is_postgres() || tool == NULL || directory == NULL)
        skip();
    for (int round = 0; round < CRASH_ROUNDS; round++) {
        struct writer writers[WRITERS];
        int64_t before = fixture_ask(&fixture, "SELECT count(*) FROM acks");
        start_writers(writers, (round + 1) * INT64_C(1000000000), 0, 0);
        usleep(300000);
        assert_int_equal(system(arena_format(fixture.ctx.arena, "%s crash %s", tool, directory)), 0);
        usleep(300000);
        atomic_store(&is_over, true);
        join_writers(writers);
        int acknowledged = 0;
        int failed = 0;
        for (int i = 0; i < WRITERS; i++) {
            acknowledged += writers[i].acknowledged;
            failed += writers[i].failed;
        }
        int64_t there = fixture_ask(&fixture, "SELECT count(*) FROM acks") - before;
        print_message("%d acknowledged, %d failed, %lld there\n", acknowledged, failed, (long long)there);
        assert_true(acknowledged > 0);
        assert_true(there >= acknowledged);
        assert_true(there <= acknowledged + failed);
        assert_whole();
    }
}

static void a_full_disk_fails_the_writers_and_nobody_dies(void **state)
{
    (void)state;
    struct writer writers[WRITERS];
    if (fixture_is_postgres())
        skip();
    int64_t pages = fixture_ask(&fixture, "SELECT page_count FROM pragma_page_count()");
    fixture_run(&fixture, arena_format(fixture.ctx.arena, "PRAGMA max_page_count = %d", (int)pages + 10));
    start_writers(writers, 1, 0, 200);
    join_writers(writers);
    int acknowledged = 0;
    int failed = 0;
    for (int i = 0; i < WRITERS; i++) {
        acknowledged += writers[i].acknowledged;
        failed += writers[i].failed;
    }
    assert_true(failed > 0);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), acknowledged);
    assert_whole();
    fixture_run(&fixture, "PRAGMA max_page_count = 1000000");
    assert_ok(db_transact(&fixture.ctx, acknowledge, &(int64_t){INT64_C(999999999)}));
    assert_whole();
}

/* Writes of this process end at a size, as on a disk that is full: what fails is the write of the commit. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void a_commit_that_cannot_be_written_fails_all_its_bodies(void **state)
{
    (void)state;
    struct writer writers[WRITERS];
    struct stat wal;
    if (fixture_is_postgres())
        skip();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(stat(arena_format(fixture.ctx.arena, "%s/yundian.db-wal", fixture.directory), &wal), 0);
    limit_files((rlim_t)wal.st_size + 20000);
    start_writers(writers, 1, 0, 20);
    join_writers(writers);
    limit_files(RLIM_INFINITY);
    int acknowledged = 0;
    int failed = 0;
    for (int i = 0; i < WRITERS; i++) {
        acknowledged += writers[i].acknowledged;
        failed += writers[i].failed;
    }
    assert_true(failed > 0);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), acknowledged);
    assert_whole();
    assert_ok(db_transact(&fixture.ctx, acknowledge, &(int64_t){INT64_C(999999999)}));
    fixture_pause(&fixture);
    fixture_resume(&fixture);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), acknowledged + 1);
    assert_whole();
}

struct crossing {
    int64_t first;
    int64_t second;
    pthread_barrier_t *barrier;
    int runs;
};

static err cross(struct ctx *ctx, void *arg)
{
    struct crossing *crossing = arg;
    int64_t changed;
    crossing->runs++;
    TRY(db_change(ctx, &changed, "UPDATE counters SET amount = amount + 1 WHERE shop_id = $1 AND id = $2",
                  db_int(1), db_int(crossing->first)));
    if (crossing->runs == 1 && fixture_is_postgres())
        pthread_barrier_wait(crossing->barrier); /* both hold one row and want the other's */
    return db_change(ctx, &changed, "UPDATE counters SET amount = amount + 1 WHERE shop_id = $1 AND id = $2",
                     db_int(1), db_int(crossing->second));
}

static void *cross_in_thread(void *arg)
{
    struct ctx ctx = fixture_fork(&fixture);
    if (db_transact(&ctx, cross, arg))
        abort();
    fixture_join(&ctx);
    return NULL;
}

static void a_deadlock_is_tried_again(void **state)
{
    (void)state;
    pthread_t threads[2];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    struct crossing crossings[2] = {{1, 2, &barrier, 0}, {2, 1, &barrier, 0}};
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, cross_in_thread, &crossings[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM counters WHERE id = 1"), 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM counters WHERE id = 2"), 2);
    assert_int_equal(crossings[0].runs + crossings[1].runs, fixture_is_postgres() ? 3 : 2);
    assert_int_equal(db_figures(fixture.db).retries, fixture_is_postgres() ? 1 : 0);
    pthread_barrier_destroy(&barrier);
}

/* Ends every other connection, as an administrator or a failover does. */
static err end_others(struct ctx *ctx)
{
    struct db_rows *rows;
    return db_query_values(ctx, &rows,
                           "SELECT CAST(count(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity"
                           " WHERE pid <> pg_backend_pid() AND datname = current_database()",
                           NULL, 0);
}

static void a_connection_that_was_ended_is_made_anew(void **state)
{
    (void)state;
    if (!fixture_is_postgres())
        skip();
    int64_t id = 1;
    struct ctx other = fixture_fork(&fixture);
    assert_ok(db_transact(&fixture.ctx, acknowledge, &id));
    assert_ok(end_others(&other));
    usleep(100000);
    id = 2;
    assert_ok(db_transact(&fixture.ctx, acknowledge, &id));
    assert_ok(end_others(&other));
    assert_ok(db_ping(&fixture.ctx));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), 2);
    assert_whole();
    fixture_join(&other);
}

struct interruption {
    struct ctx *other;
    int64_t id;
    int runs;
};

static void *end_from_outside(void *arg)
{
    assert_null(end_others(arg));
    return NULL;
}

static err acknowledge_interrupted(struct ctx *ctx, void *arg)
{
    struct interruption *interruption = arg;
    struct db_rows *rows;
    pthread_t thread;
    TRY(acknowledge(ctx, &interruption->id));
    TRY(db_query_values(ctx, &rows, "SELECT count(*) FROM acks", NULL, 0));
    if (++interruption->runs == 1) {
        pthread_create(&thread, NULL, end_from_outside,
                       interruption->other); /* no body runs on that thread */
        pthread_join(thread, NULL);
    }
    return db_query_values(ctx, &rows, "SELECT count(*) FROM acks", NULL, 0);
}

static void a_connection_lost_in_a_transaction_runs_the_body_again(void **state)
{
    (void)state;
    if (!fixture_is_postgres())
        skip();
    struct ctx other = fixture_fork(&fixture);
    struct interruption interruption = {&other, 5, 0};
    assert_ok(db_transact(&fixture.ctx, acknowledge_interrupted, &interruption));
    assert_int_equal(interruption.runs, 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), 1);
    assert_whole();
    fixture_join(&other);
}

static err hide_a_failure(struct ctx *ctx, void *arg)
{
    int64_t id = 1;
    (void)arg;
    TRY(acknowledge(ctx, &id));
    struct db_rows *rows;
    err failure = acknowledge(ctx, &id);
    if (failure == NULL) /* PostgreSQL says it later */
        failure = db_query_values(ctx, &rows, "SELECT 1", NULL, 0);
    return failure ? NULL : fail_with(ctx, ERR_INTERNAL, "no failure to hide");
}

static void hide(struct ctx *ctx)
{
    err failure = db_transact(ctx, hide_a_failure, NULL);
    _exit(failure && failure->code == ERR_DUPLICATE ? 0 : 1);
}

static void write_outside(struct ctx *ctx)
{
    struct db_rows *rows;
    err failure = db_query_values(ctx, &rows, "DELETE FROM acks RETURNING id", NULL, 0);
    _exit(failure && failure->code == ERR_INTERNAL ? 0 : 1);
}

static void execute_outside(struct ctx *ctx)
{
    err failure = db_execute_values(ctx, "DELETE FROM acks", NULL, 0);
    _exit(failure && failure->code == ERR_INTERNAL ? 0 : 1);
}

/* In a child: debug builds abort, release builds refuse. */
static void assert_refused(void (*misuse)(struct ctx *ctx))
{
    int status;
    fflush(NULL);
    fixture_pause(&fixture);
    pid_t child = fork();
    if (child == 0) {
        fixture_resume(&fixture);
        misuse(&fixture.ctx);
    }
    waitpid(child, &status, 0);
    fixture_resume(&fixture);
#ifdef DB_STRICT
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#else
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#endif
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM acks"), 0);
}

static void a_body_cannot_hide_a_failure(void **state)
{
    (void)state;
    assert_refused(hide);
}

static void nothing_is_written_outside_a_transaction(void **state)
{
    (void)state;
    assert_refused(write_outside);
    assert_refused(execute_outside);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(nothing_acknowledged_is_lost_by_kill_nine),
        SENTENCE(nothing_acknowledged_is_lost_when_the_server_dies),
        SENTENCE(a_full_disk_fails_the_writers_and_nobody_dies),
        SENTENCE(a_commit_that_cannot_be_written_fails_all_its_bodies),
        SENTENCE(a_deadlock_is_tried_again),
        SENTENCE(a_connection_that_was_ended_is_made_anew),
        SENTENCE(a_connection_lost_in_a_transaction_runs_the_body_again),
        SENTENCE(a_body_cannot_hide_a_failure),
        SENTENCE(nothing_is_written_outside_a_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
