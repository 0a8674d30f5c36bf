/* text_test.c - buffers stop at their ceiling; UTF-8 is exactly RFC 3629. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fixture.h"

static struct text_buf buffer(void **state, size_t limit)
{
    struct text_buf buf;
    text_open(&buf, arena_of(state), limit);
    return buf;
}

static void an_empty_buffer_is_an_empty_text(void **state)
{
    struct text_buf buf = buffer(state, 10);
    assert_string_equal(text_of(&buf), "");
    text_add(&buf, "");
    assert_string_equal(text_of(&buf), "");
    assert_false(buf.is_full);
}

static void a_buffer_takes_exactly_its_limit(void **state)
{
    for (size_t limit = 0; limit < 600; limit += 7) {
        struct text_buf buf = buffer(state, limit);
        for (size_t i = 0; i < limit; i++)
            text_add_char(&buf, (char)('a' + i % 26));
        assert_false(buf.is_full);
        assert_int_equal(buf.len, limit);
        text_add_char(&buf, '!');
        assert_true(buf.is_full);
        assert_int_equal(buf.len, limit);
        assert_int_equal(strlen(text_of(&buf)), limit);
    }
}

static void a_full_buffer_holds_the_first_bytes_and_takes_no_more(void **state)
{
    struct text_buf buf = buffer(state, 5);
    text_add(&buf, "abc");
    text_add(&buf, "defgh");
    assert_true(buf.is_full);
    assert_string_equal(text_of(&buf), "abcde");
    text_add(&buf, "");
    text_add_int(&buf, 1);
    text_add_html(&buf, "<", 1);
    assert_string_equal(text_of(&buf), "abcde");
}

static void a_buffer_survives_other_allocations_while_it_grows(void **state)
{
    struct text_buf buf = buffer(state, 100000);
    for (int i = 0; i < 10000; i++) {
        text_add_format(&buf, "%d,", i % 10);
        memset(arena_alloc(arena_of(state), 24), 'x', 24);
    }
    assert_int_equal(buf.len, 20000);
    for (int i = 0; i < 20000; i += 2) {
        assert_int_equal(buf.ptr[i], '0' + i / 2 % 10);
        assert_int_equal(buf.ptr[i + 1], ',');
    }
}

static void an_unlimited_buffer_does_not_overflow(void **state)
{
    struct text_buf buf = buffer(state, SIZE_MAX);
    text_add(&buf, "ok");
    assert_string_equal(text_of(&buf), "ok");
    assert_false(buf.is_full);
}

static void numbers_are_written_whole(void **state)
{
    static const struct {
        int64_t number;
        const char *text;
    } table[] = {
        {0, "0"},
        {7, "7"},
        {-7, "-7"},
        {1234567890, "1234567890"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct text_buf buf = buffer(state, 100);
        text_add_int(&buf, table[i].number);
        assert_string_equal(text_of(&buf), table[i].text);
    }
}

static void html_is_escaped_for_text_and_attributes(void **state)
{
    struct text_buf buf = buffer(state, 1000);
    static const char text[] = "<a href=\"x\">Tom & 'Jerry' 猫</a>";
    text_add_html(&buf, text, strlen(text));
    assert_string_equal(text_of(&buf), "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39; 猫&lt;/a&gt;");
}

static void what_xml_cannot_hold_is_left_out(void **state)
{
    struct text_buf buf = buffer(state, 1000);
    static const char text[] = "\x01"
                               "茶\x1F<\xEF\xBF\xBF"
                               "\t杯\xEF\xBF\xBD\xEF\xBF\xBE";
    text_add_xml(&buf, text, strlen(text));
    assert_string_equal(text_of(&buf), "茶&lt;\t杯\xEF\xBF\xBD");
}

static void addresses_are_percent_encoded(void **state)
{
    struct text_buf buf = buffer(state, 1000);
    static const char text[] = "a-Z_0.~/ ?&杯";
    text_add_url(&buf, text, strlen(text));
    assert_string_equal(text_of(&buf), "a-Z_0.~%2F%20%3F%26%E6%9D%AF");
}

static void texts_are_compared(void **state)
{
    (void)state;
    assert_true(text_is("a", "a"));
    assert_false(text_is("a", "b"));
    assert_false(text_is("a", "ab"));
    assert_true(text_is(NULL, NULL));
    assert_false(text_is(NULL, ""));
    assert_false(text_is("", NULL));
    assert_true(text_starts("product-card", "product"));
    assert_true(text_starts("a", ""));
    assert_false(text_starts("prod", "product"));
    assert_true(text_ends("logo.png", ".png"));
    assert_false(text_ends("png", ".png"));
    assert_true(text_ends("a", ""));
    assert_true(slice_is((struct slice){"abcd", 3}, "abc"));
    assert_false(slice_is((struct slice){"abcd", 4}, "abc"));
    assert_true(slice_is((struct slice){NULL, 0}, ""));
}

static void white_space_is_ascii_and_the_wide_blank(void **state)
{
    struct arena *arena = arena_of(state);
    assert_string_equal(text_trim(arena, " \t\r\n茶 壶\v\f "), "茶 壶");
    assert_string_equal(text_trim(arena, "\u3000\u3000杯\u3000 子 \u3000"), "杯\u3000 子");
    assert_string_equal(text_trim(arena, " \u3000 "), "");
    assert_string_equal(text_trim(arena, ""), "");
    assert_string_equal(text_trim(arena, "\u3001"), "\u3001");
    assert_true(text_is_blank(NULL));
    assert_true(text_is_blank(""));
    assert_true(text_is_blank(" \n\u3000"));
    assert_false(text_is_blank(" x"));
    assert_false(text_is_blank("\xe3\x80"));
}

static void control_characters_are_found(void **state)
{
    (void)state;
    assert_false(text_has_control("a\tb\nc\rd 茶", 11));
    assert_true(text_has_control("a\0b", 3));
    assert_true(text_has_control("\x1b[0m", 4));
    assert_true(text_has_control("\x7f", 1));
    assert_true(text_has_control("\xc2\x85", 2));
    assert_false(text_has_control("\xc2\xa0", 2));
    assert_false(text_has_control("é", 2));
    assert_false(text_has_control("", 0));
}

static void whole_numbers_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"-12", -12},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t number = 1;
        assert_true(text_to_int(good[i].text, &number));
        assert_int_equal(number, good[i].number);
    }
    static const char *const bad[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x10",
        "--1",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "\uff11",
        "1e3",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t number = 42;
        assert_false(text_to_int(bad[i], &number));
        assert_int_equal(number, 42);
    }
}

/* A code point written by the definition of RFC 3629, also where it forbids to. */
static size_t encode(uint32_t point, unsigned char out[4])
{
    if (point < 0x80) {
        out[0] = (unsigned char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (unsigned char)(leads[length] | point);
    return length;
}

static void every_code_point_but_surrogates_is_valid(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x120000; point++) {
        unsigned char bytes[4];
        size_t length = encode(point, bytes);
        bool is_allowed = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        if (utf8_is_valid((const char *)bytes, length) != is_allowed)
            fail_msg("U+%04X", point);
        if (length > 1 && utf8_is_valid((const char *)bytes, length - 1))
            fail_msg("U+%04X cut short", point);
    }
}

static void all_two_byte_pairs_follow_the_table(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            char bytes[2] = {(char)a, (char)b};
            bool is_allowed = (a < 0x80 && b < 0x80) || (a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf);
            if (utf8_is_valid(bytes, 2) != is_allowed)
                fail_msg("%02x %02x", a, b);
        }
    }
}

static void malformed_utf8_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xe4\xb8",
        "\xf0\x9f\x98",
        "\xc3(",
        "\xe4\xb8(",
        "\xf0\x9f\x98(",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t before = 0; before < 20; before++) {
            char text[64];
            memset(text, 'a', sizeof text);
            memcpy(text + before, bad[i], strlen(bad[i]));
            assert_false(utf8_is_valid(text, sizeof text));
            assert_false(utf8_is_valid(text, before + strlen(bad[i])));
        }
    }
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("a\0b", 3));
}

static void code_points_are_counted_and_cut(void **state)
{
    (void)state;
    static const char text[] = "a茶é😀z";
    size_t length = strlen(text);
    assert_int_equal(utf8_length(text, length), 5);
    assert_int_equal(utf8_length("", 0), 0);
    static const size_t cuts[] = {0, 1, 4, 6, 10, 11, 11};
    for (size_t points = 0; points < 7; points++)
        assert_int_equal(utf8_prefix(text, length, points), cuts[points]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(an_empty_buffer_is_an_empty_text),
        test_of(a_buffer_takes_exactly_its_limit),
        test_of(a_full_buffer_holds_the_first_bytes_and_takes_no_more),
        test_of(a_buffer_survives_other_allocations_while_it_grows),
        test_of(an_unlimited_buffer_does_not_overflow),
        test_of(numbers_are_written_whole),
        test_of(html_is_escaped_for_text_and_attributes),
        test_of(what_xml_cannot_hold_is_left_out),
        test_of(addresses_are_percent_encoded),
        test_of(texts_are_compared),
        test_of(white_space_is_ascii_and_the_wide_blank),
        test_of(control_characters_are_found),
        test_of(whole_numbers_are_read_or_refused),
        test_of(every_code_point_but_surrogates_is_valid),
        test_of(all_two_byte_pairs_follow_the_table),
        test_of(malformed_utf8_is_refused_wherever_it_stands),
        test_of(code_points_are_counted_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
