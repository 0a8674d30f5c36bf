/* job_test.c - events and jobs, on whichever engine the environment names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "fixture.h"
#include "job/job.h"
#include "unit.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY -1

static struct fixture fixture;

/* What listeners and jobs of these tests did, and how they are to behave. */
static struct {
    atomic_int heard;          /* also for what was rolled back later */
    int64_t failing_aggregate; /* the listener fails for it; NOBODY for none */
    atomic_int runs;
    atomic_int last_attempt;
    atomic_int place; /* the priority of the thread that ran a job */
    bool job_fails;
    bool job_schedules_again;
    atomic_int sweeps;
    atomic_int waiting; /* events in the table while each slow one was told, added up */
} seen;

static err load_shop(struct ctx *ctx, int64_t shop_id)
{
    if (shop_id > 10)
        return fail_with(ctx, ERR_NOT_FOUND, "no such shop");
    struct shop *shop = arena_alloc(ctx->arena, sizeof *shop);
    *shop = (struct shop){.id = shop_id, .handle = "test", .currency = "CNY", .locale = "zh-CN"};
    ctx->shop = shop;
    return NULL;
}

/* Writes what it heard, so that the tests see that this happens exactly once. */
static err hear(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    int place = atomic_fetch_add(&seen.heard, 1);
    TRY(db_execute(ctx,
                   "INSERT INTO heard (shop_id, id, aggregate_id, number, place) VALUES ($1, $2, $3, $4, $5)",
                   db_int(ctx->shop->id), db_int(event->id), db_int(event->aggregate_id),
                   db_int(value_find_int(event->payload, "number", -1)), db_int(place)));
    if (event->aggregate_id == seen.failing_aggregate)
        return fail_with(ctx, ERR_GATEWAY, "on purpose");
    return NULL;
}

static err schedule_again(struct ctx *ctx, void *arg)
{
    const struct job *job = arg;
    return job_schedule(ctx, job->kind, job->subject_id, ctx->now + HOUR_MS, NULL);
}

static err run(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    atomic_fetch_add(&seen.runs, 1);
    atomic_store(&seen.place, getpriority(PRIO_PROCESS, 0));
    seen.last_attempt = job->attempt;
    if (seen.job_schedules_again)
        TRY(db_transact(ctx, schedule_again, (void *)(uintptr_t)job));
    return seen.job_fails ? fail_with(ctx, ERR_GATEWAY, "on purpose") : NULL;
}

static err run_slowly(struct ctx *ctx, const struct job *job, void *owner)
{
    usleep(1000);
    return run(ctx, job, owner);
}

static err sweep(struct ctx *ctx, void *owner)
{
    (void)ctx;
    (void)owner;
    seen.sweeps++;
    return NULL;
}

/* Takes as long as a part may. */
static err hear_slowly(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    struct db_rows *rows;
    (void)event;
    (void)owner;
    TRY(db_query(ctx, &rows, "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    if (db_next(rows))
        atomic_fetch_add(&seen.waiting, (int)db_get_int(rows, 0));
    clock_pause(JOB_PART_TIME);
    return NULL;
}

static const struct listener listeners[] = {{"thing.", hear}, {"slow.", hear_slowly}, {NULL, NULL}};
static const struct listener *const listener_tables[] = {listeners, NULL};
static const struct job_kind kinds[] = {
    {"test.run", run, 3, 1000},
    {"test.slow", run_slowly, 3, 1000},
    {NULL, NULL, 0, 0},
};
static const struct job_kind *const kind_tables[] = {kinds, NULL};
static const struct job_recurring recurring[] = {{"sweep", MINUTE_MS, sweep}, {NULL, 0, NULL}};
static const struct job_recurring *const recurring_tables[] = {recurring, NULL};

static struct job_runner_options options(void)
{
    return (struct job_runner_options){
        .db = fixture.db,
        .model = &fixture.ctx,
        .listeners = listener_tables,
        .kinds = kind_tables,
        .recurring = recurring_tables,
        .load_shop = load_shop,
        .threads = 3,
    };
}

static int open_fixture(void **state)
{
    (void)state;
    const char *migrations = getenv("YUNDIAN_TEST_MIGRATIONS");
    fixture_open(&fixture);
    assert_ok(db_migrate(&fixture.ctx, migrations ? migrations : "migrations", NULL));
    fixture_run(&fixture, "CREATE TABLE heard (shop_id BIGINT NOT NULL, id BIGINT NOT NULL,"
                          " aggregate_id BIGINT NOT NULL, number BIGINT NOT NULL, place BIGINT NOT NULL,"
                          " PRIMARY KEY (shop_id, id))");
    atomic_store(&seen.heard, 0);
    seen.failing_aggregate = NOBODY;
    atomic_store(&seen.runs, 0);
    seen.job_fails = false;
    seen.job_schedules_again = false;
    seen.sweeps = 0;
    atomic_store(&seen.waiting, 0);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static void drain(void)
{
    const struct job_runner_options all = options();
    assert_ok(job_runner_drain(&fixture.ctx, &all));
}

struct emission {
    int64_t aggregate_id;
    int count;
    int first;
};

static err emit_in_transaction(struct ctx *ctx, void *arg)
{
    const struct emission *emission = arg;
    for (int i = 0; i < emission->count; i++) {
        struct value *payload = value_object(ctx->arena);
        value_set_int(ctx->arena, payload, "number", emission->first + i);
        TRY(outbox_emit(ctx, "thing.changed", emission->aggregate_id, payload));
    }
    return NULL;
}

static void emit(int64_t aggregate_id, int count)
{
    assert_ok(db_transact(&fixture.ctx, emit_in_transaction, &(struct emission){aggregate_id, count, 0}));
}

struct schedule {
    const char *kind;
    int64_t subject_id;
    int64_t due_at;
    bool is_cancel;
};

static err schedule_in_transaction(struct ctx *ctx, void *arg)
{
    const struct schedule *schedule = arg;
    if (schedule->is_cancel)
        return job_cancel(ctx, schedule->kind, schedule->subject_id);
    return job_schedule(ctx, schedule->kind, schedule->subject_id, schedule->due_at, NULL);
}

static void schedule(const char *kind, int64_t subject_id, int64_t due_at)
{
    assert_ok(db_transact(&fixture.ctx, schedule_in_transaction,
                          &(struct schedule){kind, subject_id, due_at, false}));
}

static int64_t backlog_of_events(void)
{
    int64_t events;
    int64_t jobs;
    assert_ok(job_backlog(&fixture.ctx, &events, &jobs));
    return events;
}

static int64_t backlog_of_jobs(void)
{
    int64_t events;
    int64_t jobs;
    assert_ok(job_backlog(&fixture.ctx, &events, &jobs));
    return jobs;
}

/* Every one of them once, and those of an aggregate in order. */
static void assert_heard(int64_t count)
{
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM heard"), count);
    assert_int_equal(fixture_ask(&fixture,
                                 "SELECT count(*) FROM heard a JOIN heard b"
                                 " ON b.aggregate_id = a.aggregate_id AND b.id > a.id AND b.place < a.place"),
                     0);
}

static void every_event_is_heard_once_and_in_order(void **state)
{
    (void)state;
    emit(7, 450);
    assert_int_equal(backlog_of_events(), 450);
    drain();
    assert_int_equal(backlog_of_events(), 0);
    assert_int_equal(atomic_load(&seen.heard), 450);
    assert_heard(450);
    assert_int_equal(fixture_ask(&fixture, "SELECT CAST(sum(number) AS BIGINT) FROM heard"), 450 * 449 / 2);
}

static err emit_slow(struct ctx *ctx, void *arg)
{
    (void)arg;
    for (int i = 0; i < 4; i++)
        TRY(outbox_emit(ctx, "slow.changed", i, NULL));
    return NULL;
}

/* The writer of SQLite is free for others between them; on PostgreSQL they travel together. */
static void events_that_take_long_are_told_in_parts(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, emit_slow, NULL));
    drain();
    assert_int_equal(backlog_of_events(), 0);
    assert_int_equal(atomic_load(&seen.waiting),
                     db_engine_of(fixture.db) == DB_SQLITE ? 4 + 3 + 2 + 1 : 4 * 4);
}

static err emit_and_fail(struct ctx *ctx, void *arg)
{
    TRY(emit_in_transaction(ctx, arg));
    return fail_with(ctx, ERR_CONFLICT, "on purpose");
}

static void what_was_rolled_back_did_not_happen(void **state)
{
    (void)state;
    assert_non_null(db_transact(&fixture.ctx, emit_and_fail, &(struct emission){1, 3, 0}));
    assert_int_equal(backlog_of_events(), 0);
}

static err emit_other_topic(struct ctx *ctx, void *arg)
{
    (void)arg;
    return outbox_emit(ctx, "thingy.changed", 1, NULL);
}

static err emit_for_lost_shop(struct ctx *ctx, void *arg)
{
    static const struct shop shop = {.id = 99};
    (void)arg;
    ctx->shop = &shop;
    return outbox_emit(ctx, "thing.changed", 1, NULL);
}

static void events_for_nobody_are_dropped(void **state)
{
    (void)state;
    const struct shop *shop = fixture.ctx.shop;
    assert_ok(db_transact(&fixture.ctx, emit_other_topic, NULL));
    assert_ok(db_transact(&fixture.ctx, emit_for_lost_shop, NULL));
    fixture.ctx.shop = shop;
    drain();
    assert_heard(0);
    assert_int_equal(backlog_of_events(), 0);
}

static void a_failing_event_holds_back_its_aggregate_and_nobody_else(void **state)
{
    (void)state;
    seen.failing_aggregate = 2;
    emit(1, 2);
    emit(2, 3);
    emit(3, 2);
    drain();
    assert_int_equal(backlog_of_events(), 3);
    assert_heard(4);
    emit(2, 1);
    emit(1, 1);
    drain();
    assert_heard(5);
    assert_int_equal(backlog_of_events(), 4);
    seen.failing_aggregate = NOBODY;
    fixture.ctx.now += 2 * SECOND_MS;
    drain();
    assert_int_equal(backlog_of_events(), 0);
    assert_heard(9);
}

static void an_event_that_never_succeeds_becomes_a_dead_letter_and_can_be_sent_again(void **state)
{
    (void)state;
    struct dead_letter *letters;
    size_t count;
    seen.failing_aggregate = 2;
    emit(2, 2);
    for (int i = 0; i < 8; i++) {
        drain();
        fixture.ctx.now += HOUR_MS;
    }
    /* The first is dead, the second has its turn and fails too. */
    assert_ok(job_list_dead(&fixture.ctx, 10, &letters, &count));
    assert_int_equal(count, 1);
    assert_string_equal(letters[0].kind, "outbox");
    assert_int_equal(letters[0].attempts, 8);
    assert_string_equal(letters[0].error, "gateway: on purpose");
    assert_int_equal(backlog_of_events(), 1);
    seen.failing_aggregate = NOBODY;
    fixture.ctx.now += 2 * HOUR_MS;
    assert_ok(job_retry_dead(&fixture.ctx, "outbox", letters[0].subject_id));
    drain();
    assert_int_equal(backlog_of_events(), 0);
    assert_int_equal(fixture_ask(&fixture, "SELECT CAST(sum(number) AS BIGINT) FROM heard"), 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM jobs WHERE kind = 'outbox'"), 0);
}

static void a_job_runs_when_it_is_due_and_not_before(void **state)
{
    (void)state;
    schedule("test.run", 1, fixture.ctx.now + MINUTE_MS);
    drain();
    assert_int_equal(atomic_load(&seen.runs), 0);
    fixture.ctx.now += MINUTE_MS;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    assert_int_equal(seen.last_attempt, 1);
    assert_int_equal(backlog_of_jobs(), 0);
}

static void scheduling_again_moves_the_one_job(void **state)
{
    (void)state;
    schedule("test.run", 1, fixture.ctx.now);
    schedule("test.run", 1, fixture.ctx.now + HOUR_MS);
    schedule("test.run", 2, fixture.ctx.now);
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    assert_int_equal(backlog_of_jobs(), 1);
    assert_ok(db_transact(&fixture.ctx, schedule_in_transaction, &(struct schedule){"test.run", 1, 0, true}));
    assert_ok(db_transact(&fixture.ctx, schedule_in_transaction, &(struct schedule){"test.run", 1, 0, true}));
    assert_int_equal(backlog_of_jobs(), 0);
}

static void a_failing_job_is_tried_again_and_then_is_a_dead_letter(void **state)
{
    (void)state;
    struct dead_letter *letters;
    size_t count;
    seen.job_fails = true;
    schedule("test.run", 5, fixture.ctx.now);
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    fixture.ctx.now += 800;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    fixture.ctx.now += 400;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 2);
    fixture.ctx.now += HOUR_MS;
    drain();
    assert_int_equal(seen.last_attempt, 3);
    fixture.ctx.now += HOUR_MS;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 3);
    assert_ok(job_list_dead(&fixture.ctx, 10, &letters, &count));
    assert_int_equal(count, 1);
    assert_string_equal(letters[0].kind, "test.run");
    assert_int_equal(letters[0].subject_id, 5);
    assert_string_equal(letters[0].error, "gateway: on purpose");
    assert_int_equal(backlog_of_jobs(), 0);
    seen.job_fails = false;
    assert_ok(job_retry_dead(&fixture.ctx, "test.run", 5));
    assert_int_equal(job_retry_dead(&fixture.ctx, "test.run", 5)->code, ERR_NOT_FOUND);
    drain();
    assert_int_equal(atomic_load(&seen.runs), 4);
    assert_int_equal(seen.last_attempt, 1);
    assert_int_equal(job_remove_dead(&fixture.ctx, "test.run", 5)->code, ERR_NOT_FOUND);
}

static void a_dead_letter_can_be_removed(void **state)
{
    (void)state;
    schedule("test.run", 5, fixture.ctx.now);
    fixture_run(&fixture, "UPDATE jobs SET dead_at = 1");
    drain();
    assert_int_equal(atomic_load(&seen.runs), 0);
    assert_ok(job_remove_dead(&fixture.ctx, "test.run", 5));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM jobs"), 0);
}

static void a_job_scheduled_again_while_it_runs_runs_again(void **state)
{
    (void)state;
    seen.job_schedules_again = true;
    schedule("test.run", 5, fixture.ctx.now);
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    assert_int_equal(backlog_of_jobs(), 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT lease_until FROM jobs"), 0);
    seen.job_schedules_again = false;
    fixture.ctx.now += HOUR_MS;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 2);
    assert_int_equal(backlog_of_jobs(), 0);
}

static void the_job_of_a_dead_worker_runs_when_its_lease_ends(void **state)
{
    (void)state;
    schedule("test.run", 5, fixture.ctx.now);
    fixture_run(&fixture,
                arena_format(fixture.ctx.arena, "UPDATE jobs SET fence = 77, attempt = 1, lease_until = %lld",
                             (long long)(fixture.ctx.now + MINUTE_MS)));
    drain();
    assert_int_equal(atomic_load(&seen.runs), 0);
    fixture.ctx.now += MINUTE_MS;
    drain();
    assert_int_equal(atomic_load(&seen.runs), 1);
    assert_int_equal(seen.last_attempt, 2);
}

static void a_job_that_takes_its_process_down_every_time_is_given_up(void **state)
{
    (void)state;
    schedule("test.run", 5, fixture.ctx.now);
    fixture_run(&fixture, "UPDATE jobs SET fence = 77, attempt = 3, lease_until = 1");
    drain();
    assert_int_equal(atomic_load(&seen.runs), 0);
    assert_int_equal(backlog_of_jobs(), 0);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL"), 1);
}

static void a_job_of_unknown_kind_waits(void **state)
{
    (void)state;
    schedule("test.unknown", 5, fixture.ctx.now);
    drain();
    assert_int_equal(backlog_of_jobs(), 1);
    assert_true(fixture_ask(&fixture, "SELECT due_at FROM jobs") > fixture.ctx.now + 50 * SECOND_MS);
}

static void recurring_work_comes_round(void **state)
{
    (void)state;
    drain();
    assert_int_equal(seen.sweeps, 1);
    drain();
    assert_int_equal(seen.sweeps, 1);
    fixture.ctx.now += MINUTE_MS;
    drain();
    assert_int_equal(seen.sweeps, 2);
}

static void wait_until_empty(void)
{
    for (int i = 0; i < 2000 && (backlog_of_events() > 0 || backlog_of_jobs() > 0); i++)
        usleep(5000);
    assert_int_equal(backlog_of_events(), 0);
    assert_int_equal(backlog_of_jobs(), 0);
}

static void the_runner_does_what_was_left_and_what_comes(void **state)
{
    (void)state;
    struct job_runner *runner;
    const struct job_runner_options all = options();
    schedule("test.slow", 1000, clock_now());
    emit(1, 10);
    assert_ok(job_runner_start(&fixture.ctx, &all, &runner));
    for (int i = 0; i < 20; i++) {
        emit(i % 3, 5);
        schedule("test.slow", i, clock_now());
    }
    wait_until_empty();
    job_runner_stop(runner);
    assert_heard(110);
    assert_int_equal(atomic_load(&seen.runs), 21);
    assert_int_equal(seen.sweeps, 1);
}

/* One thread, so that the second job would run in the place of the first if it were the same thread. */
static void what_takes_minutes_gives_way_and_nothing_after_it(void **state)
{
    (void)state;
    static const char *const gentle[] = {"test.slow", NULL};
    struct job_runner *runner;
    struct job_runner_options one = options();
    int usual = getpriority(PRIO_PROCESS, 0);
    one.threads = 1;
    one.gentle = gentle;
    assert_ok(job_runner_start(&fixture.ctx, &one, &runner));
    schedule("test.slow", 1, clock_now());
    wait_until_empty();
    assert_true(atomic_load(&seen.place) > usual);
    schedule("test.run", 2, clock_now());
    wait_until_empty();
    assert_int_equal(atomic_load(&seen.place), usual);
    job_runner_stop(runner);
}

static void a_commit_wakes_the_dispatcher_at_once(void **state)
{
    (void)state;
    struct job_runner *runner;
    const struct job_runner_options all = options();
    assert_ok(job_runner_start(&fixture.ctx, &all, &runner));
    usleep(300000);
    int64_t started = clock_steady();
    emit(1, 1);
    while (backlog_of_events() > 0)
        usleep(200);
    int64_t took = clock_steady() - started;
    job_runner_stop(runner);
    assert_true(took < 150000);
}

static void two_nodes_hear_every_event_once(void **state)
{
    (void)state;
    struct job_runner *runners[2];
    const struct job_runner_options all = options();
    assert_ok(job_runner_start(&fixture.ctx, &all, &runners[0]));
    assert_ok(job_runner_start(&fixture.ctx, &all, &runners[1]));
    for (int i = 0; i < 30; i++) {
        emit(i % 3, 10);
        schedule("test.slow", i, clock_now());
    }
    wait_until_empty();
    job_runner_stop(runners[1]);
    job_runner_stop(runners[0]);
    assert_heard(300);
    assert_int_equal(atomic_load(&seen.runs), 30);
}

/* What one of several nodes has in memory. */
struct memory {
    atomic_int echoes;
    atomic_int order; /* number of the last event of aggregate 1; -1 when one came out of order */
    atomic_int misses;
};

static err remember(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    struct memory *memory = owner;
    int number = (int)value_find_int(event->payload, "number", -1);
    assert_int_equal(ctx->shop->id, fixture.ctx.shop->id);
    if (atomic_load(&memory->order) != -1)
        atomic_store(&memory->order, number == atomic_load(&memory->order) + 1 ? number : -1);
    atomic_fetch_add(&memory->echoes, 1);
    return NULL;
}

static void miss(void *owner)
{
    struct memory *memory = owner;
    atomic_fetch_add(&memory->misses, 1);
}

static const struct listener remembering[] = {{"thing.", remember}, {NULL, NULL}};
static const struct listener *const remembering_tables[] = {remembering, NULL};

static struct job_runner *start_node(struct memory *memory)
{
    struct job_runner *runner;
    struct job_runner_options own = options();
    own.everywhere = remembering_tables;
    own.missed = miss;
    own.owner = memory;
    assert_ok(job_runner_start(&fixture.ctx, &own, &runner));
    return runner;
}

static int64_t alive_nodes(void)
{
    return fixture_ask(&fixture, "SELECT CAST(COUNT(*) AS BIGINT) FROM job_nodes");
}

/* Of a millisecond each; a machine may be busy with something else for half a minute. */
#define LOOKS 60000

static void wait_for_echoes(struct memory *memory, int count)
{
    for (int i = 0; i < LOOKS && atomic_load(&memory->echoes) < count; i++)
        usleep(1000);
    assert_int_equal(atomic_load(&memory->echoes), count);
}

/* On SQLite one process has the database: nothing is written down for others. */
static void every_node_hears_what_it_keeps_in_memory(void **state)
{
    struct memory memories[2] = {{0}, {0}};
    (void)state;
    if (!fixture_is_postgres())
        skip();
    struct job_runner *first = start_node(&memories[0]), *second = start_node(&memories[1]);
    for (int i = 0; i < LOOKS && alive_nodes() < 2; i++)
        usleep(1000);
    assert_int_equal(alive_nodes(), 2);
    assert_ok(db_transact(&fixture.ctx, emit_in_transaction, &(struct emission){1, 250, 1}));
    wait_for_echoes(&memories[0], 250);
    wait_for_echoes(&memories[1], 250);
    assert_heard(250);
    job_runner_stop(first);
    assert_int_equal(alive_nodes(), 1);
    assert_ok(db_transact(&fixture.ctx, emit_in_transaction, &(struct emission){1, 10, 251}));
    wait_for_echoes(&memories[1], 260);
    job_runner_stop(second);
    assert_int_equal(alive_nodes(), 0);
    assert_int_equal(atomic_load(&memories[0].order), 250);
    assert_int_equal(atomic_load(&memories[1].order), 260);
    assert_int_equal(atomic_load(&memories[1].misses), 0);
}

static void a_node_alone_writes_no_echoes(void **state)
{
    struct memory memory = {0};
    (void)state;
    struct job_runner *runner = start_node(&memory);
    assert_ok(db_transact(&fixture.ctx, emit_in_transaction, &(struct emission){1, 5, 1}));
    wait_for_echoes(&memory, 5);
    job_runner_stop(runner);
    assert_int_equal(fixture_ask(&fixture, "SELECT CAST(COUNT(*) AS BIGINT) FROM event_echoes"), 0);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(every_event_is_heard_once_and_in_order),
        SENTENCE(events_that_take_long_are_told_in_parts),
        SENTENCE(what_was_rolled_back_did_not_happen),
        SENTENCE(events_for_nobody_are_dropped),
        SENTENCE(a_failing_event_holds_back_its_aggregate_and_nobody_else),
        SENTENCE(an_event_that_never_succeeds_becomes_a_dead_letter_and_can_be_sent_again),
        SENTENCE(a_job_runs_when_it_is_due_and_not_before),
        SENTENCE(scheduling_again_moves_the_one_job),
        SENTENCE(a_failing_job_is_tried_again_and_then_is_a_dead_letter),
        SENTENCE(a_dead_letter_can_be_removed),
        SENTENCE(a_job_scheduled_again_while_it_runs_runs_again),
        SENTENCE(the_job_of_a_dead_worker_runs_when_its_lease_ends),
        SENTENCE(a_job_that_takes_its_process_down_every_time_is_given_up),
        SENTENCE(a_job_of_unknown_kind_waits),
        SENTENCE(recurring_work_comes_round),
        SENTENCE(the_runner_does_what_was_left_and_what_comes),
        SENTENCE(what_takes_minutes_gives_way_and_nothing_after_it),
        SENTENCE(a_commit_wakes_the_dispatcher_at_once),
        SENTENCE(two_nodes_hear_every_event_once),
        SENTENCE(every_node_hears_what_it_keeps_in_memory),
        SENTENCE(a_node_alone_writes_no_echoes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
