/* log_test.c - an event is one line, whatever it is made of; secrets are only hinted at. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/text.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>

/* Standard error goes to a file while a test looks at it. */
struct capture {
    int before;
    FILE *file;
};

static struct capture capture_begin(void)
{
    struct capture capture = {.before = dup(STDERR_FILENO), .file = tmpfile()};
    assert_non_null(capture.file);
    dup2(fileno(capture.file), STDERR_FILENO);
    return capture;
}

static char *capture_end(struct arena *arena, struct capture capture)
{
    dup2(capture.before, STDERR_FILENO);
    close(capture.before);
    fseek(capture.file, 0, SEEK_END);
    size_t size = (size_t)ftell(capture.file);
    rewind(capture.file);
    char *text = arena_alloc(arena, size + 1);
    size_t got = fread(text, 1, size, capture.file);
    fclose(capture.file);
    assert_int_equal(got, size);
    return text;
}

static int set_info(void **state)
{
    log_set_level(LOG_INFO);
    return work_open(state);
}

static void a_line_has_time_level_event_request_and_pairs(void **state)
{
    struct ctx *ctx = *state;
    ctx->request_id = "r42";
    struct capture capture = capture_begin();
    log_info(ctx, "order placed", "number=%s total=%d", "N1", 7);
    log_warning(NULL, "slow", "");
    char *text = capture_end(ctx->arena, capture);
    assert_memory_equal(text, "time=20", 7);
    char *second = strchr(text, '\n') + 1;
    second[-1] = '\0';
    assert_string_equal(strchr(text, ' '),
                        " level=info event=\"order placed\" request=r42 number=N1 total=7");
    assert_string_equal(strchr(second, ' '), " level=warning event=\"slow\"\n");
}

static void lines_below_the_level_are_not_written(void **state)
{
    struct capture capture = capture_begin();
    log_debug(NULL, "quiet", "");
    log_set_level(LOG_ERROR);
    log_warning(NULL, "quiet", "");
    log_error(NULL, "loud", "");
    log_set_level(LOG_DEBUG);
    log_debug(NULL, "chatty", "");
    char *text = capture_end(arena_of(state), capture);
    assert_null(strstr(text, "quiet"));
    assert_non_null(strstr(text, "level=error event=\"loud\""));
    assert_non_null(strstr(text, "level=debug event=\"chatty\""));
}

static void levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR;
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse("warning", &level));
    assert_int_equal(level, LOG_WARNING);
    assert_false(log_level_parse("WARNING", &level));
    assert_false(log_level_parse("", &level));
    assert_false(log_level_parse(NULL, &level));
    assert_int_equal(level, LOG_WARNING);
}

static void nothing_makes_an_event_two_lines(void **state)
{
    struct ctx *ctx = *state;
    ctx->request_id = "a\nb";
    struct capture capture = capture_begin();
    log_info(ctx, "x\ny", "text=%s", "1\r\n2\x1b[31m");
    char *text = capture_end(ctx->arena, capture);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_null(strchr(text, '\r'));
    assert_null(strchr(text, 0x1b));
}

static void a_huge_event_is_cut_and_still_ends_its_line(void **state)
{
    struct ctx *ctx = *state;
    char *huge = arena_alloc(ctx->arena, 10001);
    memset(huge, 'x', 10000);
    struct capture capture = capture_begin();
    log_info(ctx, "huge", "text=%s", huge);
    ctx->request_id = huge;
    log_info(ctx, "huge", "text=%s", huge);
    char *text = capture_end(ctx->arena, capture);
    assert_int_equal(strlen(text), 2 * 4096);
    assert_int_equal(text[4095], '\n');
    assert_int_equal(text[8191], '\n');
    assert_int_equal(text[4094], 'x');
}

static void *write_lines(void *argument)
{
    for (int i = 0; i < 500; i++)
        log_info(NULL, "thread", "mark=%s", (const char *)argument);
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    struct capture capture = capture_begin();
    pthread_t threads[4];
    static char marks[4][65];
    for (int i = 0; i < 4; i++) {
        memset(marks[i], 'a' + i, 64);
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, marks[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    char *text = capture_end(arena_of(state), capture);
    int lines = 0;
    for (char *line = text; *line; lines++) {
        char *end = strchr(line, '\n');
        const char *mark = strstr(line, "mark=") + 5;
        assert_int_equal(end - mark, 64);
        assert_int_equal(strspn(mark, (char[]){*mark, '\0'}), 64);
        line = end + 1;
    }
    assert_int_equal(lines, 2000);
}

static void a_failure_is_logged_with_its_place(void **state)
{
    struct ctx *ctx = *state;
    struct capture capture = capture_begin();
    log_failure(ctx, LOG_ERROR, "request failed", fail_with(ctx, ERR_DATABASE, "no \"table\""));
    char *text = capture_end(ctx->arena, capture);
    assert_non_null(strstr(text, "error=database place="));
    assert_non_null(strstr(text, "log_test.c:"));
    assert_non_null(strstr(text, "detail=\"no \\\"table\\\"\"\n"));
}

static void quoting_makes_a_value_safe(void **state)
{
    struct arena *arena = arena_of(state);
    assert_string_equal(log_quote(arena, "plain 茶"), "\"plain 茶\"");
    assert_string_equal(log_quote(arena, "a\"b\\c\n"), "\"a\\\"b\\\\c\\x0a\"");
    assert_string_equal(log_quote(arena, ""), "\"\"");
    assert_string_equal(log_quote(arena, NULL), "\"\"");
    char *tea = arena_alloc(arena, 601);
    for (int i = 0; i < 600; i += 3)
        memcpy(tea + i, "茶", 3);
    const char *quoted = log_quote(arena, tea);
    assert_int_equal(strlen(quoted), 1 + 198 + 3 + 1);
    assert_true(utf8_is_valid(quoted, strlen(quoted)));
    assert_true(text_ends(quoted, "…\""));
    tea[198] = '\0';
    assert_int_equal(strlen(log_quote(arena, tea)), 200);
    char *bells = arena_alloc(arena, 301);
    memset(bells, 7, 300);
    assert_int_equal(strlen(log_quote(arena, bells)), 1 + 4 * 200 + 3 + 1);
}

static void hiding_leaves_enough_to_recognise(void **state)
{
    struct arena *arena = arena_of(state);
    assert_string_equal(log_hide(arena, "13812345678"), "138****5678");
    assert_string_equal(log_hide(arena, "zhang@example.com"), "z***@example.com");
    assert_string_equal(log_hide(arena, "张三@例子.cn"), "张***@例子.cn");
    assert_string_equal(log_hide(arena, "@x"), "***@x");
    assert_string_equal(log_hide(arena, "secret"), "***");
    assert_string_equal(log_hide(arena, "王小明"), "***");
    assert_string_equal(log_hide(arena, "浙江省杭州市西湖区文三路"), "浙江省****区文三路");
    assert_string_equal(log_hide(arena, ""), "");
    assert_string_equal(log_hide(arena, NULL), "");
}

#define log_test_of(name) cmocka_unit_test_setup_teardown(name, set_info, work_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        log_test_of(a_line_has_time_level_event_request_and_pairs),
        log_test_of(lines_below_the_level_are_not_written),
        log_test_of(levels_have_names),
        log_test_of(nothing_makes_an_event_two_lines),
        log_test_of(a_huge_event_is_cut_and_still_ends_its_line),
        log_test_of(lines_of_threads_do_not_mix),
        log_test_of(a_failure_is_logged_with_its_place),
        log_test_of(quoting_makes_a_value_safe),
        log_test_of(hiding_leaves_enough_to_recognise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
