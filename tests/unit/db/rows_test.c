/* rows_test.c - rows written one behind the other: each arrives once, as if it had travelled alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

#define MANY 77 /* no sum of few powers of two, and less than what a body records */
#define MORE 300

static struct fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&fixture);
    fixture_run(&fixture, "CREATE TABLE things (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT,"
                          " place BIGINT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (shop_id, id))");
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static void assert_fails(err failure, enum error_code code)
{
    assert_non_null(failure);
    assert_int_equal(failure->code, code);
}

static err insert(struct ctx *ctx, int64_t id, const char *name)
{
    return db_execute(ctx,
                      "INSERT INTO things (shop_id, id, name, place, note) VALUES ($1, $2, $3, $2, '($9')",
                      db_int(1), db_int(id), db_text(name));
}

/* Every other name is null; some are texts that look like a statement. */
static err insert_many(struct ctx *ctx, void *arg)
{
    const int *count = arg;
    for (int i = 0; i < *count; i++)
        TRY(insert(ctx, i, i % 2 ? NULL : i % 4 ? "), ($1" : "tea"));
    return NULL;
}

static void assert_all_are_there(int count)
{
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE place = id"), count);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE note = '($9'"), count);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name IS NULL"), count / 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name = 'tea' AND id % 4 = 0"),
                     (count + 3) / 4);
    assert_int_equal(
        fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name = '), ($1' AND id % 4 = 2"),
        (count + 1) / 4);
}

static void rows_arrive_once_each(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, insert_many, &(int){MANY}));
    assert_all_are_there(MANY);
}

static void so_do_more_than_a_body_records(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, insert_many, &(int){MORE}));
    assert_all_are_there(MORE);
}

/* A question in between sees what was written before it, and what follows travels behind it. */
static err ask_in_between(struct ctx *ctx, void *arg)
{
    struct db_rows *rows;
    int *seen = arg;
    TRY(insert_many(ctx, &(int){MANY}));
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM things WHERE shop_id = $1", db_int(1)));
    *seen = db_next(rows) ? (int)db_get_int(rows, 0) : 0;
    for (int i = MANY; i < MORE; i++)
        TRY(insert(ctx, i, i % 2 ? NULL : i % 4 ? "), ($1" : "tea"));
    return NULL;
}

static void a_question_sees_the_rows_before_it(void **state)
{
    (void)state;
    int seen = 0;
    assert_ok(db_transact(&fixture.ctx, ask_in_between, &seen));
    assert_int_equal(seen, MANY);
    assert_all_are_there(MORE);
}

static err insert_twice(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(insert_many(ctx, &(int){MANY}));
    return insert(ctx, MANY / 2, "again");
}

static void one_that_fails_takes_all_with_it(void **state)
{
    (void)state;
    assert_fails(db_transact(&fixture.ctx, insert_twice, NULL), ERR_DUPLICATE);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 0);
    assert_ok(db_transact(&fixture.ctx, insert_many, &(int){MANY}));
    assert_all_are_there(MANY);
}

/* Each row three times, in one run. */
static err insert_or_not(struct ctx *ctx, void *arg)
{
    (void)arg;
    for (int i = 0; i < MANY; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO things (shop_id, id, name, place, note) VALUES ($1, $2, $3, $2, $4)"
                       " ON CONFLICT (shop_id, id) DO NOTHING",
                       db_int(1), db_int(i / 3), db_text(i % 3 == 0 ? "first" : "later"), db_text("")));
    return NULL;
}

static void the_first_of_equal_rows_stays(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, insert_or_not, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name = 'first'"),
                     (MANY + 2) / 3);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), (MANY + 2) / 3);
}

static err expect_rows(struct ctx *ctx, void *arg)
{
    const int *first = arg;
    for (int i = *first; i < *first + MANY; i++)
        TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "no row",
                      "INSERT INTO things (shop_id, id, name, place, note) VALUES ($1, $2, $3, $4, 'b')",
                      db_int(1), db_int(i), db_null(), db_int(i)));
    return NULL;
}

static void rows_that_must_be_written_are(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, expect_rows, &(int){0}));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), MANY);
    assert_fails(db_transact(&fixture.ctx, expect_rows, &(int){MANY - 1}), ERR_DUPLICATE);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), MANY);
}

/* What looks at other rows sees the ones before it. */
static err count_up(struct ctx *ctx, void *arg)
{
    (void)arg;
    for (int i = 0; i < MANY; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO things (shop_id, id, name, place, note) VALUES ($1, (SELECT count(*)"
                       " FROM things WHERE shop_id = $1), NULL, $2, '')",
                       db_int(1), db_int(i)));
    return NULL;
}

static void statements_that_look_at_others_travel_alone(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, count_up, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE id = place"), MANY);
}

static void what_is_asked_ahead_is_there_later(void **state)
{
    (void)state;
    struct db_rows *first, *second;
    assert_ok(db_transact(&fixture.ctx, insert_many, &(int){MANY}));
    assert_ok(db_ask(&fixture.ctx, &first, "SELECT id FROM things WHERE shop_id = $1", db_int(1)));
    assert_ok(db_go_on(&fixture.ctx));
    assert_ok(db_query(&fixture.ctx, &second, "SELECT id FROM things WHERE shop_id = $1 AND id < $2",
                       db_int(1), db_int(5)));
    assert_int_equal(db_row_count(first), MANY);
    assert_int_equal(db_row_count(second), 5);
    assert_ok(db_go_on(&fixture.ctx)); /* nothing was asked */
    assert_ok(db_answer(&fixture.ctx));
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(rows_arrive_once_each),
        SENTENCE(so_do_more_than_a_body_records),
        SENTENCE(a_question_sees_the_rows_before_it),
        SENTENCE(one_that_fails_takes_all_with_it),
        SENTENCE(the_first_of_equal_rows_stays),
        SENTENCE(rows_that_must_be_written_are),
        SENTENCE(statements_that_look_at_others_travel_alone),
        SENTENCE(what_is_asked_ahead_is_there_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
