/* config_test.c - the strongest place wins, and a bad value says where it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/text.h"
#include "fixture.h"
#include <stdio.h>

/* A data directory of its own for each test, and an environment without settings. */
struct place {
    char directory[64];
    char file[80];
};

static struct place place;

static int place_open(void **state)
{
    place = (struct place){.directory = "/tmp/yundian-config-XXXXXX"};
    if (!mkdtemp(place.directory))
        return -1;
    snprintf(place.file, sizeof place.file, "%s/config", place.directory);
    unsetenv("DATABASE_URL");
    unsetenv("YUNDIAN_DATABASE_URL");
    unsetenv("YUNDIAN_LISTEN");
    unsetenv("YUNDIAN_WORKERS");
    unsetenv("YUNDIAN_SANDBOX");
    setenv("YUNDIAN_DATA", place.directory, 1);
    return work_open(state);
}

static int place_close(void **state)
{
    unlink(place.file);
    rmdir(place.directory);
    return work_close(state);
}

static void write_file(const char *text)
{
    FILE *file = fopen(place.file, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Loads with these arguments after the program's name; NULL ends them. */
static err load(void **state, struct config *config, const char *const *arguments, int *argc, char **argv)
{
    int count = 0;
    argv[count++] = arena_copy_text(arena_of(state), "yundian");
    for (; arguments && *arguments; arguments++)
        argv[count++] = arena_copy_text(arena_of(state), *arguments);
    argv[count] = NULL;
    *argc = count;
    return config_load(*state, config, argc, argv);
}

static err load_with(void **state, struct config *config, const char *const *arguments)
{
    int argc;
    char *argv[16];
    return load(state, config, arguments, &argc, argv);
}

static void expect_refusal(void **state, const char *const *arguments, const char *setting,
                           const char *source)
{
    struct config config;
    err failure = load_with(state, &config, arguments);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_INVALID);
    if (!strstr(failure->detail, setting) || !strstr(failure->detail, source))
        fail_msg("\"%s\" names not %s and %s", failure->detail, setting, source);
}

static void without_anything_the_defaults_hold(void **state)
{
    struct config config;
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_string_equal(config.database_url, "");
    assert_int_equal(config.queue_limit, 4096);
    assert_true(config.sandbox);
    assert_string_equal(config.data, place.directory);
    unsetenv("YUNDIAN_DATA");
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.data, "var");
}

static void each_place_is_stronger_than_the_one_before(void **state)
{
    struct config config;
    write_file("listen = file:1\nworkers = 11\n");
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.listen, "file:1");
    setenv("YUNDIAN_LISTEN", "environment:2", 1);
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.listen, "environment:2");
    assert_null(load_with(state, &config, (const char *const[]){"--listen", "argument:3", NULL}));
    assert_string_equal(config.listen, "argument:3");
    assert_int_equal(config.workers, 11);
}

static void the_data_directory_of_the_arguments_has_the_file(void **state)
{
    struct config config;
    write_file("workers = 5\n");
    setenv("YUNDIAN_DATA", "/nowhere/at/all", 1);
    assert_null(load_with(state, &config, NULL));
    assert_int_equal(config.workers, 64);
    assert_null(load_with(state, &config, (const char *const[]){"--data", place.directory, NULL}));
    assert_int_equal(config.workers, 5);
}

static void arguments_that_are_no_settings_stay_in_order(void **state)
{
    struct config config;
    int argc;
    char *argv[16];
    static const char *const arguments[] = {
        "serve", "--workers=4", "--verbose", "--login-limit", "3", "x", "--", "--workers", "9", NULL};
    assert_null(load(state, &config, arguments, &argc, argv));
    static const char *const rest[] = {"yundian", "serve", "--verbose", "x", "--", "--workers", "9"};
    assert_int_equal(argc, 7);
    for (int i = 0; i < 7; i++)
        assert_string_equal(argv[i], rest[i]);
    assert_null(argv[7]);
    assert_int_equal(config.workers, 4);
    assert_int_equal(config.login_limit, 3);
}

static void names_take_dashes_and_underscores_and_nothing_else(void **state)
{
    struct config config;
    int argc;
    char *argv[16];
    static const char *const arguments[] = {
        "--queue-limit=100", "--body_limit=2048", "--queue=1", "--queue-limits=1", "-listen=1", "--=1", NULL};
    assert_null(load(state, &config, arguments, &argc, argv));
    assert_int_equal(config.queue_limit, 100);
    assert_int_equal(config.body_limit, 2048);
    assert_int_equal(argc, 5);
}

static void the_file_has_comments_blanks_and_trimmed_values(void **state)
{
    struct config config;
    write_file("# comment\n\n  listen =  0.0.0.0:80 \n\tpage-cache-mb=7\r\nshare =\n"
               "public_url = https://a.example/?a=b#c");
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.listen, "0.0.0.0:80");
    assert_int_equal(config.page_cache_mb, 7);
    assert_string_equal(config.share, "");
    assert_string_equal(config.public_url, "https://a.example/?a=b#c");
}

static void flags_have_four_spellings(void **state)
{
    static const char *const on[] = {"on", "yes", "true", "1"};
    static const char *const off[] = {"off", "no", "false", "0"};
    struct config config;
    for (int i = 0; i < 4; i++) {
        assert_null(load_with(state, &config, (const char *const[]){"--sandbox", off[i], NULL}));
        assert_false(config.sandbox);
        assert_null(load_with(state, &config, (const char *const[]){"--sandbox", on[i], NULL}));
        assert_true(config.sandbox);
    }
}

static void database_url_has_a_second_name(void **state)
{
    struct config config;
    write_file("database_url = postgresql://file\n");
    setenv("DATABASE_URL", "postgresql://plain", 1);
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.database_url, "postgresql://plain");
    setenv("YUNDIAN_DATABASE_URL", "postgresql://own", 1);
    assert_null(load_with(state, &config, NULL));
    assert_string_equal(config.database_url, "postgresql://own");
}

static void a_bad_value_names_the_setting_and_its_source(void **state)
{
    expect_refusal(state, (const char *const[]){"--workers", "many", NULL}, "workers", "argument");
    expect_refusal(state, (const char *const[]){"--workers", "257", NULL}, "workers", "argument");
    expect_refusal(state, (const char *const[]){"--workers", "-1", NULL}, "workers", "argument");
    expect_refusal(state, (const char *const[]){"--workers=", NULL}, "workers", "argument");
    expect_refusal(state, (const char *const[]){"--workers", NULL}, "workers", "argument");
    expect_refusal(state, (const char *const[]){"--sandbox", "maybe", NULL}, "sandbox", "argument");
    expect_refusal(state, (const char *const[]){"--log-level", "loud", NULL}, "log_level", "argument");
    setenv("YUNDIAN_SANDBOX", "perhaps", 1);
    expect_refusal(state, NULL, "sandbox", "environment YUNDIAN_SANDBOX");
    unsetenv("YUNDIAN_SANDBOX");
    write_file("# first\nqueue_limit = 15\n");
    expect_refusal(state, NULL, "queue_limit", "/config:2");
    write_file("worker = 3\n");
    expect_refusal(state, NULL, "worker", "/config:1");
    write_file("workers 3\n");
    expect_refusal(state, NULL, "name = value", "/config:1");
    write_file("data = /elsewhere\n");
    expect_refusal(state, NULL, "data", "/config:1");
    char *line = arena_alloc(arena_of(state), 6001);
    memset(line, 'x', 6000);
    write_file(line);
    expect_refusal(state, NULL, "too long", "/config:1");
}

static void a_bad_value_in_a_weaker_place_does_no_harm(void **state)
{
    struct config config;
    write_file("workers = many\n");
    assert_null(load_with(state, &config, (const char *const[]){"--workers", "2", NULL}));
    assert_int_equal(config.workers, 2);
}

/* What config_print writes on standard output. */
static const char *printed(void **state, const struct config *config)
{
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    FILE *file = tmpfile();
    assert_non_null(file);
    dup2(fileno(file), STDOUT_FILENO);
    config_print(config);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    rewind(file);
    char *text = arena_alloc(arena_of(state), 20000);
    size_t got = fread(text, 1, 19999, file);
    fclose(file);
    assert_true(got > 0);
    return text;
}

static void printing_shows_every_setting_and_no_password(void **state)
{
    struct config config;
    static const char *const arguments[] = {"--database-url=postgresql://shop:s3cret@db:5432/shop",
                                            "--node=9", NULL};
    assert_null(load_with(state, &config, arguments));
    const char *text = printed(state, &config);
#define X(type, name, otherwise, minimum, maximum, help)                                                     \
    assert_non_null(strstr(text, #name));                                                                    \
    assert_non_null(strstr(text, help));
    CONFIG_SETTINGS(X)
#undef X
    assert_null(strstr(text, "s3cret"));
    assert_non_null(strstr(text, "postgresql://shop:***@db:5432/shop"));
    assert_non_null(strstr(text, "YUNDIAN_QUEUE_LIMIT"));
}

#define config_test_of(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        config_test_of(without_anything_the_defaults_hold),
        config_test_of(each_place_is_stronger_than_the_one_before),
        config_test_of(the_data_directory_of_the_arguments_has_the_file),
        config_test_of(arguments_that_are_no_settings_stay_in_order),
        config_test_of(names_take_dashes_and_underscores_and_nothing_else),
        config_test_of(the_file_has_comments_blanks_and_trimmed_values),
        config_test_of(flags_have_four_spellings),
        config_test_of(database_url_has_a_second_name),
        config_test_of(a_bad_value_names_the_setting_and_its_source),
        config_test_of(a_bad_value_in_a_weaker_place_does_no_harm),
        config_test_of(printing_shows_every_setting_and_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
