/* id_test.c - ids ascend, never repeat, and know their time and node. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/id.h"
#include "fixture.h"
#include <pthread.h>

#define THREADS 4
#define IDS_PER_THREAD 50000

static void ids_ascend_and_are_positive(void **state)
{
    (void)state;
    struct id_source *source = id_source_open(7);
    int64_t last = 0;
    for (int i = 0; i < 100000; i++) {
        int64_t id = id_next(source);
        assert_true(id > last);
        assert_int_equal(id >> 14 & 255, 7);
        last = id;
    }
    id_source_close(source);
}

static void a_source_that_is_turned_gives_ids_of_that_time(void **state)
{
    (void)state;
    struct id_source *source = id_source_open(3);
    int64_t then = clock_now() - 5 * DAY_MS;
    id_source_turn(source, then);
    int64_t first = id_next(source), second = id_next(source);
    assert_int_equal(id_time(first), then);
    assert_true(second > first);
    id_source_turn(source, then - DAY_MS);
    assert_int_equal(id_time(id_next(source)), then - DAY_MS);
    id_source_turn(source, then);
    assert_true(id_next(source) > second);
    id_source_close(source);
}

struct worker {
    pthread_t thread;
    struct id_source *source;
    int64_t ids[IDS_PER_THREAD];
};

static void *draw(void *argument)
{
    struct worker *worker = argument;
    for (int i = 0; i < IDS_PER_THREAD; i++)
        worker->ids[i] = id_next(worker->source);
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void four_threads_never_get_the_same_id(void **state)
{
    struct worker *workers = arena_alloc_many(arena_of(state), THREADS, sizeof *workers);
    int64_t *all = arena_alloc_many(arena_of(state), (size_t)THREADS * IDS_PER_THREAD, sizeof *all);
    struct id_source *source = id_source_open(0);
    for (int i = 0; i < THREADS; i++) {
        workers[i].source = source;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, draw, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        for (int at = 1; at < IDS_PER_THREAD; at++)
            assert_true(workers[i].ids[at] > workers[i].ids[at - 1]);
        memcpy(all + (size_t)i * IDS_PER_THREAD, workers[i].ids, sizeof workers[i].ids);
    }
    id_source_close(source);
    qsort(all, (size_t)THREADS * IDS_PER_THREAD, sizeof *all, compare_ids);
    for (int i = 1; i < THREADS * IDS_PER_THREAD; i++)
        assert_true(all[i] > all[i - 1]);
}

static void an_id_knows_when_it_was_made(void **state)
{
    (void)state;
    struct id_source *source = id_source_open(255);
    int64_t before = clock_now();
    int64_t id = id_next(source);
    int64_t after = clock_now();
    assert_true(id_time(id) >= before && id_time(id) <= after);
    assert_true(id_floor(before) <= id);
    assert_true(id_floor(after + 1) > id);
    id_source_close(source);
}

static void the_floor_of_a_time_is_its_smallest_id(void **state)
{
    (void)state;
    int64_t at = INT64_C(1790000000123);
    assert_int_equal(id_time(id_floor(at)), at);
    assert_int_equal(id_time(id_floor(at) - 1), at - 1);
    assert_int_equal(id_floor(0), 0);
    assert_int_equal(id_floor(-5), 0);
    assert_true(id_floor(INT64_MAX) > 0);
}

static void the_work_draws_from_its_source(void **state)
{
    struct ctx *ctx = *state;
    ctx->ids = id_source_open(3);
    int64_t id = id_new(ctx);
    assert_int_equal(id >> 14 & 255, 3);
    assert_true(id_new(ctx) > id);
    id_source_close(ctx->ids);
}

static void open_an_impossible_node(struct arena *arena)
{
    (void)arena;
    id_source_open(256);
}

static void a_node_beyond_eight_bits_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_a_bug(open_an_impossible_node));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(ids_ascend_and_are_positive),
        test_of(four_threads_never_get_the_same_id),
        test_of(an_id_knows_when_it_was_made),
        test_of(the_floor_of_a_time_is_its_smallest_id),
        test_of(the_work_draws_from_its_source),
        test_of(a_node_beyond_eight_bits_is_a_bug),
        test_of(a_source_that_is_turned_gives_ids_of_that_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
