/* statements_test.c - the table of prepared statements: found by address, bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/statements.h"
#include "unit.h"

#define TEXTS 1000

static char texts[TEXTS][2];
static int released;

static void count_release(void *item)
{
    (void)item;
    released++;
}

static void what_was_added_is_found_and_the_number_is_bounded(void **state)
{
    (void)state;
    struct statement_cache cache;
    int gone = 0;
    released = 0;
    statements_open(&cache, 128);
    for (int i = 0; i < TEXTS; i++) {
        assert_null(statements_find(&cache, texts[i]));
        bool is_full = statements_is_full(&cache, texts[i]);
        void *former = statements_add(&cache, texts[i], &texts[i]);
        assert_int_equal(former != NULL, is_full);
        gone += former != NULL;
        assert_ptr_equal(statements_find(&cache, texts[i]), &texts[i]);
    }
    statements_close(&cache, count_release);
    assert_int_equal(gone + released, TEXTS);
    assert_true(released <= 128);
    assert_true(released > 64);
}

static void the_one_used_longest_ago_gives_way(void **state)
{
    (void)state;
    struct statement_cache cache;
    statements_open(&cache, DB_STATEMENT_WAYS);
    for (int i = 0; i < DB_STATEMENT_WAYS; i++)
        assert_null(statements_add(&cache, texts[i], &texts[i]));
    assert_ptr_equal(statements_find(&cache, texts[0]), &texts[0]);
    assert_ptr_equal(statements_add(&cache, texts[500], &texts[500]), &texts[1]);
    assert_ptr_equal(statements_find(&cache, texts[0]), &texts[0]);
    released = 0;
    statements_clear(&cache, count_release);
    assert_int_equal(released, DB_STATEMENT_WAYS);
    assert_null(statements_find(&cache, texts[0]));
    statements_close(&cache, count_release);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_and_the_number_is_bounded),
        cmocka_unit_test(the_one_used_longest_ago_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
