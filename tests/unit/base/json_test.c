/* json_test.c - what is written reads back equal; what is not JSON is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "fixture.h"
#include <math.h>

static struct value *read_text(void **state, const char *text)
{
    struct value *value;
    err failure = json_read(*state, text, strlen(text), &value);
    if (failure)
        fail_msg("%s: %s", text, failure->detail);
    return value;
}

static const char *written(void **state, const struct value *value)
{
    const char *text;
    assert_null(json_text(*state, value, 1 << 20, &text));
    return text;
}

static void compact_json_comes_back_as_it_was(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1.5",
        "-0.1",
        "1e+300",
        "\"\"",
        "\"茶😀\"",
        "[]",
        "{}",
        "[1,[2,[3,{}]],\"x\"]",
        "{\"b\":1,\"a\":{\"c\":[null]},\"\":2}",
        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\"",
        "\"/\"",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(written(state, read_text(state, texts[i])), texts[i]);
}

static void white_space_and_escapes_are_understood(void **state)
{
    const struct value *value = read_text(state, " \t\r\n{ \"a\\u00e9\" : [ \"\\ud83d\\ude00\\/\" ] } \n");
    assert_string_equal(written(state, value), "{\"aé\":[\"😀/\"]}");
}

static void text_may_stand_inside_html(void **state)
{
    struct value value = value_text("</script><!-- a&b");
    assert_string_equal(written(state, &value), "\"\\u003c/script\\u003e\\u003c!-- a\\u0026b\"");
    const struct value *back = read_text(state, written(state, &value));
    assert_string_equal(back->text, "</script><!-- a&b");
}

static void member_names_are_escaped_too(void **state)
{
    struct value *object = value_object(arena_of(state));
    value_set_int(arena_of(state), object, "a\"<\n", 1);
    assert_string_equal(written(state, object), "{\"a\\\"\\u003c\\n\":1}");
}

static void text_with_a_length_is_written_by_its_length(void **state)
{
    struct value value = value_text_bytes("abcdef", 3);
    assert_string_equal(written(state, &value), "\"abc\"");
}

static void reals_read_back_equal(void **state)
{
    static const double reals[] = {
        0.1,  1.0 / 3, 2.0, -0.0, 1e21, 5e-324, 1.7976931348623157e308, 123456789.123456, 0.30000000000000004,
        1e15, 1e16,    1e17};
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        struct value value = value_real(reals[i]);
        const struct value *back = read_text(state, written(state, &value));
        assert_int_equal(back->kind, VALUE_REAL);
        assert_memory_equal(&back->real, &reals[i], sizeof(double));
    }
    struct value tenth = value_real(0.1);
    assert_string_equal(written(state, &tenth), "0.1");
}

static void what_json_cannot_say_is_null(void **state)
{
    struct value values[] = {value_real(INFINITY), value_real(-INFINITY), value_real(NAN)};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(written(state, &values[i]), "null");
}

static void what_is_no_json_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "nul",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "NaN",
        "[1] x",
        "{}{}",
        "\"a",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "{\"a\":1,\"a\":2}",
        "{\"x\":{\"\\u0061\":1,\"a\":2}}",
        "\"\\u0000\"",
        "{\"\\u0000\":1}",
        "9223372036854775808",
        "1e999",
        "/* */ 1",
        "\xef\xbb\xbf{}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct value *value;
        err failure = json_read(*state, texts[i], strlen(texts[i]), &value);
        if (!failure)
            fail_msg("%s was read", texts[i]);
        assert_int_equal(failure->code, ERR_BAD_JSON);
        assert_true(strlen(failure->detail) > 0);
    }
    struct value *value;
    err failure = json_read(*state, "1\0", 2, &value);
    assert_non_null(failure);
}

/* `depth` lists or objects around a number. */
static const char *nested(void **state, size_t depth, bool is_list)
{
    struct text_buf buf;
    text_open(&buf, arena_of(state), 1 << 20);
    for (size_t i = 0; i < depth; i++)
        text_add(&buf, is_list ? "[" : "{\"a\":");
    text_add(&buf, "1");
    for (size_t i = 0; i < depth; i++)
        text_add(&buf, is_list ? "]" : "}");
    return text_of(&buf);
}

static void nesting_is_read_up_to_the_limit(void **state)
{
    for (int is_list = 0; is_list < 2; is_list++) {
        const char *deepest = nested(state, JSON_DEPTH_LIMIT, is_list);
        assert_string_equal(written(state, read_text(state, deepest)), deepest);
        static const size_t too_deep[] = {JSON_DEPTH_LIMIT + 1, 1000, 2047, 2048, 2049, 50000};
        for (size_t i = 0; i < sizeof too_deep / sizeof *too_deep; i++) {
            const char *text = nested(state, too_deep[i], is_list);
            struct value *value;
            err failure = json_read(*state, text, strlen(text), &value);
            assert_non_null(failure);
            assert_int_equal(failure->code, ERR_BAD_JSON);
        }
    }
}

static void the_length_decides_where_the_document_ends(void **state)
{
    struct value *value;
    assert_null(json_read(*state, "[1]garbage", 3, &value));
    assert_int_equal(value_count(value), 1);
}

static void json_over_the_limit_is_an_error(void **state)
{
    struct value value = value_text("12345678");
    const char *text = NULL;
    assert_null(json_text(*state, &value, 10, &text));
    assert_string_equal(text, "\"12345678\"");
    err failure = json_text(*state, &value, 9, &text);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_LIMIT);
}

static void write_a_value_that_holds_itself(struct arena *arena)
{
    struct value *list = value_list(arena);
    value_add(arena, list, *list);
    struct text_buf buf;
    text_open(&buf, arena, 100);
    json_write(&buf, list);
}

static void a_value_that_holds_itself_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_a_bug(write_a_value_that_holds_itself));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(compact_json_comes_back_as_it_was),
        test_of(white_space_and_escapes_are_understood),
        test_of(text_may_stand_inside_html),
        test_of(member_names_are_escaped_too),
        test_of(text_with_a_length_is_written_by_its_length),
        test_of(reals_read_back_equal),
        test_of(what_json_cannot_say_is_null),
        test_of(what_is_no_json_is_refused),
        test_of(nesting_is_read_up_to_the_limit),
        test_of(the_length_decides_where_the_document_ends),
        test_of(json_over_the_limit_is_an_error),
        test_of(a_value_that_holds_itself_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
