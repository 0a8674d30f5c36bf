/* migrate_test.c - migrations: applied once, in order, whole or not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "db/engine.h"
#include "db/script.h"
#include "fixture.h"
#include "unit.h"
#include <pthread.h>

#define NODES 6

static struct fixture fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static const char first_file[] = "-- A comment; with a semicolon, and a quote ' in it.\n"
                                 "CREATE TABLE cups (\n"
                                 "    shop_id BIGINT NOT NULL, -- one; two\n"
                                 "    id BIGINT NOT NULL,\n"
                                 "    name TEXT NOT NULL DEFAULT 'a;b''c' CHECK (length(name) < 100),\n"
                                 "    PRIMARY KEY (shop_id, id)\n"
                                 ");\n"
                                 "/* another; one */\n"
                                 "CREATE INDEX cups_by_name ON cups (shop_id, name);;\n"
                                 "INSERT INTO cups (shop_id, id) VALUES (1, 1)\n";

static void files_are_applied_once_and_in_order(void **state)
{
    (void)state;
    int applied = -1;
    fixture_write(&fixture, "m", "0002_more.sql",
                  "INSERT INTO cups (shop_id, id, name) VALUES (1, 2, 'x');\n");
    fixture_write(&fixture, "m", "README", "not a migration");
    const char *directory = fixture_write(&fixture, "m", "0001_cups.sql", first_file);
    assert_ok(db_migrate(&fixture.ctx, directory, &applied));
    assert_int_equal(applied, 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM cups"), 2);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM cups WHERE name = 'a;b''c'"), 1);
    assert_ok(db_migrate(&fixture.ctx, directory, &applied));
    assert_int_equal(applied, 0);
    fixture_write(&fixture, "m", "0003_last.sql", "DELETE FROM cups WHERE id = 1;");
    assert_ok(db_migrate(&fixture.ctx, directory, &applied));
    assert_int_equal(applied, 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM cups"), 1);
}

static void a_file_of_one_engine_leaves_the_other_alone(void **state)
{
    (void)state;
    int applied = 0;
    bool is_sqlite = !fixture_is_postgres();
    fixture_write(&fixture, "m", "0001_cups.sql", first_file);
    fixture_write(&fixture, "m", "0002_p.postgres.sql",
                  "ALTER TABLE cups DROP CONSTRAINT cups_name_check, ADD CHECK (id < 50);\n"
                  "INSERT INTO cups (shop_id, id, name) VALUES (2, 2, 'postgres');");
    const char *directory = fixture_write(&fixture, "m", "0003_s.sqlite.sql",
                                          "INSERT INTO cups (shop_id, id, name) VALUES (2, 3, 'sqlite');");
    assert_ok(db_migrate(&fixture.ctx, directory, &applied));
    assert_int_equal(applied, 3);
    assert_int_equal(fixture_ask(&fixture, "SELECT id FROM cups WHERE shop_id = 2"), is_sqlite ? 3 : 2);
    assert_ok(db_migrate(&fixture.ctx, directory, &applied));
    assert_int_equal(applied, 0);
}

static void a_changed_file_is_refused(void **state)
{
    (void)state;
    const char *directory = fixture_write(&fixture, "m", "0001_cups.sql", first_file);
    assert_ok(db_migrate(&fixture.ctx, directory, NULL));
    fixture_write(&fixture, "m", "0001_cups.sql", "CREATE TABLE saucers (id BIGINT);");
    err failure = db_migrate(&fixture.ctx, directory, NULL);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_CONFLICT);
}

static void two_files_of_one_number_are_refused(void **state)
{
    (void)state;
    fixture_write(&fixture, "m", "0001_a.sql", "");
    err failure = db_migrate(&fixture.ctx, fixture_write(&fixture, "m", "0001_b.sql", ""), NULL);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_CONFLICT);
}

static void a_broken_file_leaves_nothing_behind(void **state)
{
    (void)state;
    fixture_write(&fixture, "m", "0001_cups.sql", first_file);
    const char *directory =
        fixture_write(&fixture, "m", "0002_broken.sql", "CREATE TABLE pots (id BIGINT); CREATE TABEL x;");
    err failure = db_migrate(&fixture.ctx, directory, NULL);
    assert_non_null(failure);
    assert_non_null(strstr(failure->detail, "0002_broken.sql"));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM cups"), 1);
    fixture_write(&fixture, "m", "0002_broken.sql", "CREATE TABLE pots (id BIGINT);");
    assert_ok(db_migrate(&fixture.ctx, directory, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM pots"), 0);
}

static void a_missing_directory_is_said(void **state)
{
    (void)state;
    err failure = db_migrate(&fixture.ctx, "/nowhere/at/all", NULL);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_NOT_FOUND);
}

static void a_parent_table_can_be_made_anew(void **state)
{
    (void)state;
    fixture_write(&fixture, "m", "0001_a.sql",
                  "CREATE TABLE a (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (shop_id, id));\n"
                  "CREATE TABLE b (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, note TEXT, PRIMARY KEY "
                  "(shop_id, id));\n"
                  "INSERT INTO b (shop_id, id, note) VALUES (1, 2, 'kept');");
    const char *directory =
        fixture_write(&fixture, "m", "0002_b.sql",
                      "CREATE TABLE b_new (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, note TEXT NOT NULL,"
                      " PRIMARY KEY (shop_id, id));\n"
                      "INSERT INTO b_new (shop_id, id, note) SELECT shop_id, id, note FROM b;\n"
                      "DROP TABLE b;\nALTER TABLE b_new RENAME TO b;");
    assert_ok(db_migrate(&fixture.ctx, directory, NULL));
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM b WHERE note = 'kept'"), 1);
}

struct node {
    struct ctx ctx;
    const char *directory;
    int applied;
};

static void *start_node(void *arg)
{
    struct node *node = arg;
    if (db_migrate(&node->ctx, node->directory, &node->applied))
        abort();
    return NULL;
}

static void nodes_that_start_at_once_apply_a_file_once(void **state)
{
    (void)state;
    struct node nodes[NODES];
    pthread_t threads[NODES];
    int applied = 0;
    const char *directory = fixture_write(&fixture, "m", "0001_cups.sql", first_file);
    for (int i = 0; i < NODES; i++) {
        nodes[i] = (struct node){fixture_fork(&fixture), directory, 0};
        pthread_create(&threads[i], NULL, start_node, &nodes[i]);
    }
    for (int i = 0; i < NODES; i++) {
        pthread_join(threads[i], NULL);
        applied += nodes[i].applied;
        fixture_join(&nodes[i].ctx);
    }
    assert_int_equal(applied, 1);
    assert_int_equal(fixture_ask(&fixture, "SELECT count(*) FROM cups"), 1);
}

static void a_start_with_nothing_to_do_is_quick(void **state)
{
    (void)state;
    const char *directory = NULL;
    for (int i = 1; i <= 40; i++)
        directory = fixture_write(&fixture, "m", arena_format(fixture.ctx.arena, "%04d_t.sql", i),
                                  arena_format(fixture.ctx.arena, "CREATE TABLE t%d (id BIGINT);", i));
    assert_ok(db_migrate(&fixture.ctx, directory, NULL));
    int64_t best = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t started = clock_steady();
        assert_ok(db_migrate(&fixture.ctx, directory, NULL));
        int64_t took = clock_steady() - started;
        best = took < best ? took : best;
    }
    print_message("%d us\n", (int)best);
#ifndef YUNDIAN_SANITIZED
    assert_true(best < 5000);
#endif
}

static bool has_table_key(const char *text)
{
    return script_has_table_key((struct slice){text, strlen(text)});
}

static void a_table_key_is_told_from_a_column_key(void **state)
{
    (void)state;
    assert_true(has_table_key("CREATE TABLE a (x BIGINT, PRIMARY KEY (x))"));
    assert_true(has_table_key("create table a (x TEXT CHECK (x IN ('a,', 'PRIMARY KEY')), primary key (x))"));
    assert_true(has_table_key("CREATE TABLE a (x BIGINT, -- here\n CONSTRAINT pk PRIMARY KEY (x))"));
    assert_false(has_table_key("CREATE TABLE a (x BIGINT PRIMARY KEY, y TEXT)"));
    assert_false(has_table_key("CREATE TABLE a (x BIGINT, y TEXT DEFAULT ', PRIMARY KEY')"));
    assert_false(has_table_key("CREATE TABLE a (x BIGINT /* , PRIMARY KEY (x) */)"));
    assert_false(has_table_key("CREATE INDEX a ON b (x, PRIMARY)"));
}

static void a_script_ends_quietly(void **state)
{
    (void)state;
    const char *script = " ; ;-- nothing\n/* at all */ ;";
    struct slice statement;
    assert_false(script_next(&script, &statement));
    script = "SELECT 'unfinished; ";
    assert_true(script_next(&script, &statement));
    assert_true(slice_is(statement, "SELECT 'unfinished; "));
    assert_false(script_next(&script, &statement));
    script = "a /* unfinished ;";
    assert_true(script_next(&script, &statement));
    assert_true(slice_is(statement, "a"));
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(files_are_applied_once_and_in_order),
        SENTENCE(a_file_of_one_engine_leaves_the_other_alone),
        SENTENCE(a_changed_file_is_refused),
        SENTENCE(two_files_of_one_number_are_refused),
        SENTENCE(a_broken_file_leaves_nothing_behind),
        SENTENCE(a_missing_directory_is_said),
        SENTENCE(a_parent_table_can_be_made_anew),
        SENTENCE(nodes_that_start_at_once_apply_a_file_once),
        SENTENCE(a_start_with_nothing_to_do_is_quick),
        cmocka_unit_test(a_table_key_is_told_from_a_column_key),
        cmocka_unit_test(a_script_ends_quietly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
