/* form_test.c - forms, queries, cookies and the header fields that we read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "http/parse.h"
#include "unit.h"

static err parse(struct ctx *ctx, const char *text, struct pairs *pairs)
{
    *pairs = (struct pairs){0};
    return form_parse(ctx, (struct slice){text, strlen(text)}, pairs);
}

static void a_form_is_decoded(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    struct pairs pairs;
    assert_null(parse(&ctx, "name=%E5%BC%A0+%E4%B8%89&&empty=&bare&a%20b=c%2Bd&x=1=2", &pairs));
    assert_int_equal(pairs.count, 5);
    assert_string_equal(pairs_find(&pairs, "name"), "张 三");
    assert_string_equal(pairs_find(&pairs, "empty"), "");
    assert_string_equal(pairs_find(&pairs, "bare"), "");
    assert_string_equal(pairs_find(&pairs, "a b"), "c+d");
    assert_string_equal(pairs_find(&pairs, "x"), "1=2");
    assert_null(pairs_find(&pairs, "nobody"));
    arena_close(ctx.arena);
}

static void the_last_of_a_name_counts(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    struct pairs pairs;
    struct text_buf text;
    text_open(&text, ctx.arena, 65536);
    for (int i = 0; i < 200; i++)
        text_add_format(&text, "f%d=%d&f%d=last%d&", i, i, i, i);
    assert_null(parse(&ctx, text_of(&text), &pairs));
    assert_string_equal(pairs_find(&pairs, "f7"), "last7");
    pairs_index(ctx.arena, &pairs);
    for (int i = 0; i < 200; i++)
        assert_string_equal(pairs_find(&pairs, arena_format(ctx.arena, "f%d", i)),
                            arena_format(ctx.arena, "last%d", i));
    assert_null(pairs_find(&pairs, "f200"));
    arena_close(ctx.arena);
}

static void broken_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"a=%",   "a=%4",  "a=%zz",    "%=1",
                                      "a=%00", "a=%ff", "a=%c3%28", "%ed%a0%80=1"};
    struct ctx ctx = test_ctx();
    struct pairs pairs;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(code_of(parse(&ctx, bad[i], &pairs)), ERR_BAD_REQUEST);
    struct text_buf text;
    text_open(&text, ctx.arena, 4 * HTTP_FIELD_COUNT_LIMIT);
    for (int i = 0; i <= HTTP_FIELD_COUNT_LIMIT; i++)
        text_add(&text, "a&");
    assert_int_equal(code_of(parse(&ctx, text_of(&text), &pairs)), ERR_BAD_REQUEST);
    arena_close(ctx.arena);
}

static void cookies_are_found(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const char *header = "a=1; session=abc.def;b=2 ; empty=; bad=\xff";
    assert_string_equal(cookie_find(ctx.arena, header, "session"), "abc.def");
    assert_string_equal(cookie_find(ctx.arena, header, "b"), "2");
    assert_string_equal(cookie_find(ctx.arena, header, "empty"), "");
    assert_null(cookie_find(ctx.arena, header, "ession"));
    assert_null(cookie_find(ctx.arena, header, "bad"));
    assert_null(cookie_find(ctx.arena, NULL, "a"));
    assert_true(cookie_is_present(header, "session"));
    assert_false(cookie_is_present(header, NULL));
    arena_close(ctx.arena);
}

static void cookies_are_written_for_browsers(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    assert_string_equal(cookie_format(ctx.arena, "s", "v", 0, true),
                        "s=v; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(cookie_format(ctx.arena, "s", "v", 60, false),
                        "s=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
    assert_string_equal(cookie_format(ctx.arena, "s", "v", -1, false),
                        "s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    arena_close(ctx.arena);
}

static void the_accept_header_chooses_the_face(void **state)
{
    (void)state;
    assert_true(accept_prefers_json("application/json"));
    assert_true(accept_prefers_json("application/json, text/plain, */*"));
    assert_true(accept_prefers_json("text/html;q=0.5, application/json"));
    assert_true(accept_prefers_json("application/problem+json"));
    assert_false(accept_prefers_json("text/html,application/xhtml+xml,*/*;q=0.8"));
    assert_false(accept_prefers_json("application/json;q=0"));
    assert_false(accept_prefers_json("application/json;q=0.4,text/html"));
    assert_false(accept_prefers_json("*/*"));
    assert_false(accept_prefers_json(NULL));
    assert_int_equal(header_quality("gzip;q=0.25, br", "gzip", 0), 250);
    assert_int_equal(header_quality("gzip;q=junk, br", "gzip", 0), 0);
    assert_int_equal(header_quality("gzip, br", "zstd", 7), 7);
}

static void the_reader_gets_a_language(void **state)
{
    (void)state;
    static const char *const locales[] = {"zh-CN", "en", NULL};
    assert_string_equal(accept_locale(NULL, locales), "zh-CN");
    assert_string_equal(accept_locale("en-GB,en;q=0.9", locales), "en");
    assert_string_equal(accept_locale("de,en;q=0.5", locales), "en");
    assert_string_equal(accept_locale("de", locales), "zh-CN");
    assert_string_equal(accept_locale("zh-TW,en;q=0.5", locales), "zh-CN");
    assert_string_equal(accept_locale("en;q=0", locales), "zh-CN");
    assert_string_equal(accept_locale(",;,q=,,", locales), "zh-CN");
}

static void hosts_and_media_types(void **state)
{
    (void)state;
    assert_true(host_is_valid("shop.example:8080"));
    assert_true(host_is_valid("[::1]:80"));
    assert_false(host_is_valid("shop.example/evil"));
    assert_false(host_is_valid("a b"));
    assert_false(host_is_valid("a\"b"));
    assert_true(media_type_is("application/JSON; charset=utf-8", "application/json"));
    assert_false(media_type_is("application/jsonp", "application/json"));
    assert_false(media_type_is(NULL, "application/json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_decoded),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(broken_forms_are_refused),
        cmocka_unit_test(cookies_are_found),
        cmocka_unit_test(cookies_are_written_for_browsers),
        cmocka_unit_test(the_accept_header_chooses_the_face),
        cmocka_unit_test(the_reader_gets_a_language),
        cmocka_unit_test(hosts_and_media_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
