/* work_test.c - long work in parts: each part once, also after a fall; stopped, tried again, forgotten. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "fixture.h"
#include "shop/work/work.h"
#include "unit.h"

#define KIND "work.test"
#define IDS 10

static struct {
    int64_t sum;
    int steps;
    int finished;
    int fails_at; /* the step that fails; 0 = none */
    enum error_code fails_with;
} seen;

static err step(struct ctx *ctx, const struct work *one, struct work_part *part)
{
    (void)one;
    seen.steps++;
    if (seen.steps == seen.fails_at)
        return fail_with(ctx, seen.fails_with, "as told");
    for (size_t i = 0; i < part->count; i++)
        seen.sum += part->ids[i];
    part->changed = (int64_t)part->count;
    part->is_last = part->count == 0;
    return NULL;
}

static err finish(struct ctx *ctx, const struct work *one)
{
    (void)ctx;
    (void)one;
    seen.finished++;
    return NULL;
}

static const struct work_doer doer = {.step = step, .finish = finish};

static err open_in_transaction(struct ctx *ctx, void *arg)
{
    int64_t ids[IDS];
    for (int i = 0; i < IDS; i++)
        ids[i] = i + 1;
    return work_open(ctx, arg, ids, IDS, 3);
}

static struct work open_work(void)
{
    struct work one = {.kind = KIND, .subject_id = 7, .title = "十件"};
    memset(&seen, 0, sizeof seen);
    assert_ok(db_transact(work, open_in_transaction, &one));
    return one;
}

static struct work load(int64_t work_id)
{
    struct work one;
    assert_ok(work_load(work, work_id, &one));
    return one;
}

static err run(int64_t work_id, int attempt)
{
    return work_go_on(work, &(struct job){.kind = KIND, .subject_id = work_id, .attempt = attempt}, &doer);
}

static void parts_are_done_once_and_in_their_order(void **state)
{
    (void)state;
    struct work one = open_work();
    assert_int_equal(one.total, IDS);
    assert_ok(run(one.id, 1));
    struct work done = load(one.id);
    assert_int_equal(done.state, WORK_DONE);
    assert_int_equal(done.done, IDS);
    assert_int_equal(done.changed, IDS);
    assert_int_equal(seen.sum, 55);
    assert_int_equal(seen.steps, 4);
    assert_int_equal(seen.finished, 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM work_parts WHERE shop_id = $1"), 0);
    assert_ok(run(one.id, 1));
    assert_int_equal(seen.steps, 4);
}

static void after_a_fall_it_goes_on_where_it_was(void **state)
{
    (void)state;
    struct work one = open_work();
    seen.fails_at = 3;
    seen.fails_with = ERR_UNAVAILABLE;
    assert_fails(run(one.id, 1), ERR_UNAVAILABLE);
    assert_int_equal(load(one.id).done, 6);
    assert_int_equal(load(one.id).state, WORK_RUNNING);
    assert_ok(run(one.id, 2));
    assert_int_equal(load(one.id).state, WORK_DONE);
    assert_int_equal(seen.sum, 55);
}

static void what_cannot_pass_fails_at_once_and_can_be_tried_again(void **state)
{
    (void)state;
    struct work one = open_work();
    seen.fails_at = 2;
    seen.fails_with = ERR_LIMIT;
    assert_ok(run(one.id, 1));
    struct work failed = load(one.id);
    assert_int_equal(failed.state, WORK_FAILED);
    assert_string_equal(failed.failure, "limit");
    assert_int_equal(failed.done, 3);
    assert_ok(work_retry(work, one.id));
    assert_fails(work_retry(work, one.id), ERR_CONFLICT);
    assert_ok(run(one.id, 1));
    assert_int_equal(load(one.id).state, WORK_DONE);
    assert_int_equal(seen.sum, 55);
}

static void the_last_try_gives_up(void **state)
{
    (void)state;
    struct work one = open_work();
    seen.fails_at = 1;
    seen.fails_with = ERR_DATABASE;
    assert_ok(run(one.id, WORK_ATTEMPTS));
    assert_string_equal(load(one.id).failure, "database");
}

static void a_stopped_work_leaves_the_rest(void **state)
{
    (void)state;
    struct work one = open_work();
    assert_ok(work_stop(work, one.id));
    assert_ok(run(one.id, 1));
    assert_int_equal(seen.steps, 0);
    assert_int_equal(load(one.id).state, WORK_STOPPED);
    assert_int_equal(ask("SELECT COUNT(*) FROM jobs WHERE shop_id = $1 AND kind = 'work.test'"), 0);
    assert_fails(work_stop(work, one.id), ERR_CONFLICT);
}

static void one_at_a_time_about_one_thing(void **state)
{
    (void)state;
    struct work one = open_work(), other = {.kind = KIND, .subject_id = 7};
    bool is;
    assert_fails(db_transact(work, open_in_transaction, &other), ERR_CONFLICT);
    assert_ok(work_is_running(work, "work.other", KIND, 7, &is));
    assert_true(is);
    assert_ok(run(one.id, 1));
    assert_ok(work_is_running(work, "work.other", KIND, 7, &is));
    assert_false(is);
}

static void results_are_kept_for_two_weeks(void **state)
{
    (void)state;
    int64_t made_at = clock_now(); /* ids tell when they were made */
    struct work one = open_work();
    struct ctx later = *work;
    assert_ok(run(one.id, 1));
    later.now = made_at + WORK_KEPT_MS - HOUR_MS;
    assert_ok(work_sweep(&later));
    assert_int_equal(load(one.id).state, WORK_DONE);
    later.now = made_at + WORK_KEPT_MS + HOUR_MS;
    assert_ok(work_sweep(&later));
    struct work gone;
    assert_fails(work_load(work, one.id, &gone), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(parts_are_done_once_and_in_their_order),
        SENTENCE(after_a_fall_it_goes_on_where_it_was),
        SENTENCE(what_cannot_pass_fails_at_once_and_can_be_tried_again),
        SENTENCE(the_last_try_gives_up),
        SENTENCE(a_stopped_work_leaves_the_rest),
        SENTENCE(one_at_a_time_about_one_thing),
        SENTENCE(results_are_kept_for_two_weeks),
    };
    return RUN_SENTENCES(tests);
}
