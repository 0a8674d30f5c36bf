/* db_test.c - what the door to SQL promises, on whichever engine the environment names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "db/engine.h"
#include "fixture.h"
#include "unit.h"
#include <pthread.h>

#define THREADS 64
#define ROUNDS 25

static struct fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&fixture);
    fixture_run(&fixture, "CREATE TABLE things (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT,"
                          " picture BYTEA, amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),"
                          " PRIMARY KEY (shop_id, id))");
    fixture_run(&fixture, "CREATE UNIQUE INDEX things_by_name ON things (shop_id, name)");
    fixture_run(&fixture,
                "CREATE TABLE parts (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, thing_id BIGINT NOT NULL,"
                " PRIMARY KEY (shop_id, id),"
                " FOREIGN KEY (shop_id, thing_id) REFERENCES things (shop_id, id))");
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
    if (failure->code != code)
        fail_msg("%s instead of %s: %s", error_kind(failure->code)->slug, error_kind(code)->slug,
                 failure->detail);
}

/* A thing that a test body inserts. */
struct thing {
    int64_t id;
    const char *name;
    int64_t amount;
};

static err insert_thing(struct ctx *ctx, void *arg)
{
    const struct thing *thing = arg;
    return db_execute(ctx, "INSERT INTO things (shop_id, id, name, amount) VALUES ($1, $2, $3, $4)",
                      db_int(1), db_int(thing->id), db_text(thing->name), db_int(thing->amount));
}

static void add_thing(int64_t id, const char *name, int64_t amount)
{
    assert_ok(db_transact(&fixture.ctx, insert_thing, &(struct thing){id, name, amount}));
}

static void what_is_committed_can_be_read(void **state)
{
    (void)state;
    struct db_rows *rows;
    add_thing(1, "tea", 5);
    assert_ok(db_query(&fixture.ctx, &rows, "SELECT name, amount FROM things WHERE shop_id = $1 AND id = $2",
                       db_int(1), db_int(1)));
    assert_int_equal(db_row_count(rows), 1);
    assert_true(db_next(rows));
    assert_string_equal(db_get_text(rows, 0), "tea");
    assert_int_equal(db_get_int(rows, 1), 5);
    assert_false(db_next(rows));
    assert_false(db_next(rows));
}

static void placeholders_out_of_order_bind_by_number(void **state)
{
    (void)state;
    struct db_rows *rows;
    assert_ok(db_query(&fixture.ctx, &rows,
                       "SELECT CAST($3 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($1 AS BIGINT)",
                       db_int(10), db_int(20), db_text("thirty")));
    assert_true(db_next(rows));
    assert_string_equal(db_get_text(rows, 0), "thirty");
    assert_int_equal(db_get_int(rows, 1), 10);
    assert_int_equal(db_get_int(rows, 2), 20);
    assert_int_equal(db_get_int(rows, 3), 10);
}

struct odd_values {
    const char *name;
    const void *picture;
    size_t length;
};

static err insert_odd_values(struct ctx *ctx, void *arg)
{
    const struct odd_values *odd = arg;
    return db_execute(ctx, "INSERT INTO things (shop_id, id, name, picture) VALUES ($1, $2, $3, $4)",
                      db_int(1), db_int(INT64_MAX), db_text(odd->name), db_bytes(odd->picture, odd->length));
}

static void nulls_and_bytes_come_back_as_they_went(void **state)
{
    (void)state;
    struct db_rows *rows;
    size_t length;
    static const unsigned char picture[] = {0, 1, 255, 0, 39};
    assert_ok(
        db_transact(&fixture.ctx, insert_odd_values, &(struct odd_values){NULL, picture, sizeof picture}));
    assert_ok(
        db_query(&fixture.ctx, &rows, "SELECT id, name, picture FROM things WHERE shop_id = $1", db_int(1)));
    assert_true(db_next(rows));
    assert_true(db_get_int(rows, 0) == INT64_MAX);
    assert_true(db_is_null(rows, 1));
    assert_null(db_get_text(rows, 1));
    const unsigned char *bytes = db_get_bytes(rows, 2, &length);
    assert_int_equal(length, sizeof picture);
    assert_memory_equal(bytes, picture, length);
}

static void empty_texts_and_bytes_are_not_null(void **state)
{
    (void)state;
    struct db_rows *rows;
    size_t length = 9;
    assert_ok(db_transact(&fixture.ctx, insert_odd_values, &(struct odd_values){"", "", 0}));
    assert_ok(
        db_query(&fixture.ctx, &rows, "SELECT name, picture FROM things WHERE shop_id = $1", db_int(1)));
    assert_true(db_next(rows));
    assert_false(db_is_null(rows, 0));
    assert_string_equal(db_get_text(rows, 0), "");
    assert_false(db_is_null(rows, 1));
    assert_non_null(db_get_bytes(rows, 1, &length));
    assert_int_equal(length, 0);
}

/* The same statement is run with a null first and with values after, and the other way round. */
static err nulls_first(struct ctx *ctx, void *arg)
{
    static const char sql[] =
        "INSERT INTO things (shop_id, id, name, picture, amount) VALUES ($1, $2, $3, $4, $5)";
    (void)arg;
    TRY(db_execute(ctx, sql, db_int(1), db_int(1), db_null(), db_null(), db_int(1)));
    TRY(db_execute(ctx, sql, db_int(1), db_int(2), db_text("b"), db_bytes("\0x", 2), db_int(2)));
    return db_execute(ctx, sql, db_int(1), db_int(3), db_text(NULL), db_bytes(NULL, 0), db_int(3));
}

static void a_statement_takes_nulls_and_values_by_turns(void **state)
{
    (void)state;
    assert_ok(db_transact(&fixture.ctx, nulls_first, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name IS NULL"), 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name = 'b'"), 1);
}

static void a_duplicate_key_is_told_apart(void **state)
{
    (void)state;
    add_thing(1, "tea", 0);
    assert_fails(db_transact(&fixture.ctx, insert_thing, &(struct thing){1, "cup", 0}), ERR_DUPLICATE);
    err failure = db_transact(&fixture.ctx, insert_thing, &(struct thing){2, "tea", 0});
    assert_fails(failure, ERR_DUPLICATE);
    assert_string_equal(failure->detail, "things");
}

static void a_failed_check_is_a_conflict(void **state)
{
    (void)state;
    assert_fails(db_transact(&fixture.ctx, insert_thing, &(struct thing){1, "tea", -1}), ERR_CONFLICT);
}

static err insert_orphan(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx, "INSERT INTO parts (shop_id, id, thing_id) VALUES ($1, $2, $3)", db_int(1),
                      db_int(1), db_int(99));
}

static void a_missing_parent_is_a_conflict(void **state)
{
    (void)state;
    assert_fails(db_transact(&fixture.ctx, insert_orphan, NULL), ERR_CONFLICT);
}

static err take_amount(struct ctx *ctx, void *arg)
{
    const int64_t *wanted = arg;
    TRY(db_execute(ctx, "UPDATE things SET name = $3 WHERE shop_id = $1 AND id = $2", db_int(1), db_int(1),
                   db_text("taken")));
    TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "too few",
                  "UPDATE things SET amount = amount - $3 WHERE shop_id = $1 AND id = $2 AND amount >= $3",
                  db_int(1), db_int(1), db_int(*wanted)));
    return db_execute(ctx, "INSERT INTO things (shop_id, id, name) VALUES ($1, $2, $3)", db_int(1),
                      db_int(100 + *wanted), db_text("receipt"));
}

static void a_missed_expectation_undoes_the_transaction(void **state)
{
    (void)state;
    int64_t wanted = 6;
    add_thing(1, "tea", 5);
    err failure = db_transact(&fixture.ctx, take_amount, &wanted);
    assert_fails(failure, ERR_OUT_OF_STOCK);
    assert_string_equal(failure->detail, "too few");
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things WHERE name = 'tea' AND amount = 5"),
                     1);
    wanted = 4;
    assert_ok(db_transact(&fixture.ctx, take_amount, &wanted));
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM things WHERE id = 1"), 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 2);
}

static err expect_several(struct ctx *ctx, void *arg)
{
    const int64_t *count = arg;
    TRY(db_expect(ctx, *count, ERR_CONFLICT, "count", "DELETE FROM things WHERE shop_id = $1", db_int(1)));
    return db_expect(ctx, 0, ERR_CONFLICT, "nothing is left",
                     "UPDATE things SET amount = 1 WHERE shop_id = $1", db_int(1));
}

static void any_number_can_be_expected(void **state)
{
    (void)state;
    int64_t count = 2;
    add_thing(1, "tea", 0);
    add_thing(2, "cup", 0);
    add_thing(3, "pot", 0);
    err failure = db_transact(&fixture.ctx, expect_several, &count);
    assert_fails(failure, ERR_CONFLICT);
    assert_string_equal(failure->detail, "count");
    count = 3;
    assert_ok(db_transact(&fixture.ctx, expect_several, &count));
}

static err change_and_read(struct ctx *ctx, void *arg)
{
    struct db_rows *rows;
    int64_t changed;
    int64_t *seen = arg;
    TRY(db_execute(ctx, "UPDATE things SET amount = amount + 1 WHERE shop_id = $1", db_int(1)));
    TRY(db_change(ctx, &changed, "UPDATE things SET amount = amount + 1 WHERE shop_id = $1 AND id < $2",
                  db_int(1), db_int(3)));
    assert_int_equal(changed, 2);
    TRY(db_query(
        ctx, &rows,
        "UPDATE things SET amount = amount + 1 WHERE shop_id = $1 AND id = $2 RETURNING amount, name",
        db_int(1), db_int(1)));
    assert_true(db_next(rows));
    seen[0] = db_get_int(rows, 0);
    TRY(db_query(ctx, &rows, "SELECT CAST(sum(amount) AS BIGINT) FROM things WHERE shop_id = $1", db_int(1)));
    assert_true(db_next(rows));
    seen[1] = db_get_int(rows, 0);
    return NULL;
}

static void a_transaction_sees_what_it_wrote(void **state)
{
    (void)state;
    int64_t seen[2];
    add_thing(1, "tea", 10);
    add_thing(2, "cup", 20);
    add_thing(3, "pot", 30);
    assert_ok(db_transact(&fixture.ctx, change_and_read, seen));
    assert_int_equal(seen[0], 13);
    assert_int_equal(seen[1], 13 + 22 + 31);
}

static err upsert_and_join(struct ctx *ctx, void *arg)
{
    struct db_rows *rows;
    int64_t *seen = arg;
    for (int i = 0; i < 2; i++) {
        TRY(db_query(ctx, &rows,
                     "INSERT INTO things (shop_id, id, name, amount) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (shop_id, id) DO UPDATE SET amount = things.amount + excluded.amount"
                     " RETURNING amount",
                     db_int(1), db_int(7), db_text("upserted"), db_int(5)));
        assert_true(db_next(rows));
        seen[i] = db_get_int(rows, 0);
    }
    TRY(db_execute(ctx, "INSERT INTO parts (shop_id, id, thing_id) VALUES ($1, $2, $3)", db_int(1), db_int(1),
                   db_int(7)));
    return db_change(ctx, &seen[2],
                     "UPDATE things SET amount = parts.id FROM parts WHERE parts.shop_id = things.shop_id"
                     " AND parts.thing_id = things.id AND things.shop_id = $1",
                     db_int(1));
}

static void upsert_returning_and_update_from_work(void **state)
{
    (void)state;
    int64_t seen[3];
    assert_ok(db_transact(&fixture.ctx, upsert_and_join, seen));
    assert_int_equal(seen[0], 5);
    assert_int_equal(seen[1], 10);
    assert_int_equal(seen[2], 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM things WHERE id = 7"), 1);
}

static err fail_after_insert(struct ctx *ctx, void *arg)
{
    TRY(insert_thing(ctx, arg));
    return fail_with(ctx, ERR_CART_EMPTY, "on purpose");
}

static err outer_body(struct ctx *ctx, void *arg)
{
    TRY(insert_thing(ctx, &(struct thing){50, "outer", 0}));
    assert_true(db_in_transaction(ctx));
    return db_transact(ctx, arg ? fail_after_insert : insert_thing, &(struct thing){51, "inner", 0});
}

static void a_nested_transaction_joins_the_outer_one(void **state)
{
    (void)state;
    assert_false(db_in_transaction(&fixture.ctx));
    assert_ok(db_transact(&fixture.ctx, outer_body, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 2);
    fixture_run(&fixture, "DELETE FROM things");
    assert_fails(db_transact(&fixture.ctx, outer_body, &fixture), ERR_CART_EMPTY);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 0);
}

static void a_failing_body_leaves_nothing_and_the_next_one_works(void **state)
{
    (void)state;
    assert_fails(db_transact(&fixture.ctx, fail_after_insert, &(struct thing){1, "tea", 0}), ERR_CART_EMPTY);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 0);
    add_thing(1, "tea", 0);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 1);
}

static void broken_sql_is_a_database_failure_and_does_no_harm(void **state)
{
    (void)state;
    struct db_rows *rows;
    for (int i = 0; i < 2; i++)
        assert_fails(db_query(&fixture.ctx, &rows, "SELECT nothing FROM nowhere WHERE a = $1", db_int(1)),
                     ERR_DATABASE);
    assert_ok(db_ping(&fixture.ctx));
    add_thing(1, "tea", 0);
}

static void too_many_rows_are_a_limit(void **state)
{
    (void)state;
    struct db_rows *rows;
    static const char sql[] =
        "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n"
        " WHERE i < $1) SELECT i FROM n ORDER BY i";
    assert_ok(db_query(&fixture.ctx, &rows, sql, db_int(DB_ROWS_LIMIT)));
    assert_int_equal(db_row_count(rows), DB_ROWS_LIMIT);
    int64_t sum = 0;
    while (db_next(rows))
        sum += db_get_int(rows, 0);
    assert_int_equal(sum, (int64_t)DB_ROWS_LIMIT * (DB_ROWS_LIMIT + 1) / 2);
    assert_fails(db_query(&fixture.ctx, &rows, sql, db_int(DB_ROWS_LIMIT + 1)), ERR_LIMIT);
    assert_ok(db_ping(&fixture.ctx));
}

static err add_many(struct ctx *ctx, void *arg)
{
    const int64_t *count = arg;
    for (int64_t i = 0; i < *count; i++)
        TRY(insert_thing(ctx, &(struct thing){i, arena_format(ctx->arena, "thing %d", (int)i), i}));
    return NULL;
}

static void a_long_transaction_is_one_transaction(void **state)
{
    (void)state;
    int64_t count = 5000;
    assert_ok(db_transact(&fixture.ctx, add_many, &count));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), count);
}

static err increment(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "no row",
                     "UPDATE things SET amount = amount + 1 WHERE shop_id = $1"
                     " AND id = $2",
                     db_int(1), db_int(1));
}

static void *increment_many(void *arg)
{
    struct ctx ctx = fixture_fork(arg);
    for (int i = 0; i < ROUNDS; i++) {
        bool is_to_fail = i % 5 == 4;
        err failure =
            db_transact(&ctx, is_to_fail ? fail_after_insert : increment, &(struct thing){900, "x", 0});
        if ((failure != NULL) != is_to_fail)
            abort();
    }
    fixture_join(&ctx);
    return NULL;
}

static void increments_of_many_threads_add_up_and_failures_hurt_nobody(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    add_thing(1, "counter", 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, increment_many, &fixture), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM things WHERE id = 1"),
                     THREADS * ROUNDS / 5 * 4);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM things"), 1);
}

static atomic_int wakes;

static void count_wake(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

static err ask_for_wake(struct ctx *ctx, void *arg)
{
    TRY(db_wake(ctx));
    return arg ? fail_with(ctx, ERR_CONFLICT, "on purpose") : insert_thing(ctx, &(struct thing){1, "tea", 0});
}

static void the_wake_call_follows_a_commit_only(void **state)
{
    (void)state;
    atomic_store(&wakes, 0);
    db_on_wake(fixture.db, count_wake, &wakes);
    assert_fails(db_transact(&fixture.ctx, ask_for_wake, &fixture), ERR_CONFLICT);
    assert_int_equal(atomic_load(&wakes), 0);
    assert_ok(db_transact(&fixture.ctx, ask_for_wake, NULL));
    assert_int_equal(atomic_load(&wakes), 1);
    db_on_wake(fixture.db, NULL, NULL);
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
    (void)state;
    add_thing(1, "tea", 3);
    fixture_pause(&fixture);
    fixture_resume(&fixture);
    assert_int_equal(fixture_ask(&fixture, "SELECT amount FROM things WHERE id = 1"), 3);
}

static void a_backup_is_a_whole_database(void **state)
{
    (void)state;
    const char *path = arena_format(fixture.ctx.arena, "%s/copy", fixture.directory);
    add_thing(1, "tea", 3);
    err failure = db_backup(&fixture.ctx, path);
    if (fixture_is_postgres()) {
        assert_fails(failure, ERR_BAD_REQUEST);
        return;
    }
    assert_ok(failure);
    assert_fails(db_backup(&fixture.ctx, path), ERR_DATABASE);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_is_committed_can_be_read),
        SENTENCE(placeholders_out_of_order_bind_by_number),
        SENTENCE(nulls_and_bytes_come_back_as_they_went),
        SENTENCE(empty_texts_and_bytes_are_not_null),
        SENTENCE(a_statement_takes_nulls_and_values_by_turns),
        SENTENCE(a_duplicate_key_is_told_apart),
        SENTENCE(a_failed_check_is_a_conflict),
        SENTENCE(a_missing_parent_is_a_conflict),
        SENTENCE(a_missed_expectation_undoes_the_transaction),
        SENTENCE(any_number_can_be_expected),
        SENTENCE(a_transaction_sees_what_it_wrote),
        SENTENCE(upsert_returning_and_update_from_work),
        SENTENCE(a_nested_transaction_joins_the_outer_one),
        SENTENCE(a_failing_body_leaves_nothing_and_the_next_one_works),
        SENTENCE(broken_sql_is_a_database_failure_and_does_no_harm),
        SENTENCE(too_many_rows_are_a_limit),
        SENTENCE(a_long_transaction_is_one_transaction),
        SENTENCE(increments_of_many_threads_add_up_and_failures_hurt_nobody),
        SENTENCE(the_wake_call_follows_a_commit_only),
        SENTENCE(what_was_committed_is_there_after_opening_again),
        SENTENCE(a_backup_is_a_whole_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
