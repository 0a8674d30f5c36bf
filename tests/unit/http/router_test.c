/* router_test.c - which row a path finds, and which paths are refused before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "http/router.h"
#include "unit.h"

static err handler(struct req *req)
{
    (void)req;
    return NULL;
}

static const struct route table[] = {
    {GET, "/", handler, ANYONE},
    {GET, "/products/:handle", handler, ANYONE},
    {GET, "/products/new", handler, STAFF},
    {POST, "/products/:id", handler, STAFF},
    {POST, "/orders/:number/lines/:line", handler, ANYONE},
    {GET, "/orders/open/history", handler, ANYONE},
    {GET, "/media/*rest", handler, ANYONE},
    {GET, "/media/cover", handler, ANYONE},
    {GET, "/page", handler, ANYONE, .faces = FACE_HTML},
    {GET, "/data", handler, ANYONE, .faces = FACE_JSON},
    {0},
};
static const struct route *const tables[] = {table, NULL};

static struct match find(struct ctx *ctx, enum http_method method, enum face face, const char *path,
                         bool *found)
{
    struct router *router;
    struct match match;
    assert_null(router_build(ctx, tables, &router));
    *found = router_find(router, method, face, path, &match);
    return match;
}

static const char *found_path(enum http_method method, const char *path)
{
    struct ctx ctx = test_ctx();
    bool found;
    struct match match = find(&ctx, method, FACE_HTML, path, &found);
    arena_close(ctx.arena);
    return match.route ? match.route->path : "";
}

static void a_path_finds_its_row(void **state)
{
    (void)state;
    assert_string_equal(found_path(GET, "/"), "/");
    assert_string_equal(found_path(GET, "/products/mug"), "/products/:handle");
    assert_string_equal(found_path(POST, "/products/mug"), "/products/:id");
    assert_string_equal(found_path(GET, "/media/a/b/c.png"), "/media/*rest");
    assert_string_equal(found_path(GET, "/products"), "");
    assert_string_equal(found_path(GET, "/products/"), "");
    assert_string_equal(found_path(GET, "/products/mug/more"), "");
    assert_string_equal(found_path(GET, "/media"), "");
    assert_string_equal(found_path(GET, "products/mug"), "");
}

static void a_literal_wins_but_does_not_hide(void **state)
{
    (void)state;
    assert_string_equal(found_path(GET, "/products/new"), "/products/new");
    assert_string_equal(found_path(GET, "/media/cover"), "/media/cover");
    assert_string_equal(found_path(GET, "/media/cover/small"), "/media/*rest");
    assert_string_equal(found_path(POST, "/products/new"), "/products/:id");
    assert_string_equal(found_path(POST, "/orders/open/lines/3"), "/orders/:number/lines/:line");
}

static void parameters_have_the_names_of_their_row(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    struct pairs pairs = {0};
    bool found;
    const char *path = "/orders/R-17/lines/3";
    struct match match = find(&ctx, POST, FACE_JSON, path, &found);
    assert_true(found);
    router_parameters(ctx.arena, &match, &pairs);
    assert_string_equal(pairs_find(&pairs, "number"), "R-17");
    assert_string_equal(pairs_find(&pairs, "line"), "3");
    match = find(&ctx, GET, FACE_JSON, "/media/a/b.png", &found);
    pairs = (struct pairs){0};
    router_parameters(ctx.arena, &match, &pairs);
    assert_string_equal(pairs_find(&pairs, "rest"), "a/b.png");
    arena_close(ctx.arena);
}

static void a_wrong_method_names_the_right_ones(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    bool found;
    struct match match = find(&ctx, DELETE, FACE_HTML, "/products/mug", &found);
    assert_true(found);
    assert_null(match.route);
    assert_string_equal(method_list(ctx.arena, match.methods), "GET, HEAD, POST, OPTIONS");
    arena_close(ctx.arena);
}

static void a_row_has_the_faces_it_says(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    bool found;
    struct match match = find(&ctx, GET, FACE_JSON, "/page", &found);
    assert_null(match.route);
    assert_true(match.is_other_face);
    match = find(&ctx, GET, FACE_HTML, "/page", &found);
    assert_non_null(match.route);
    arena_close(ctx.arena);
}

static void contradicting_tables_are_refused(void **state)
{
    (void)state;
    static const struct route twice[] = {
        {GET, "/a/:b", handler, ANYONE}, {GET, "/a/:c", handler, ANYONE}, {0}};
    static const struct route split[] = {{GET, "/a", handler, ANYONE, .faces = FACE_HTML},
                                         {GET, "/a", handler, ANYONE, .faces = FACE_JSON},
                                         {0}};
    static const struct route slash[] = {{GET, "/a/", handler, ANYONE}, {0}};
    static const struct route early[] = {{GET, "/*rest/b", handler, ANYONE}, {0}};
    static const struct route bare[] = {{GET, "/a", NULL, ANYONE}, {0}};
    const struct route *const *const bad[] = {
        (const struct route *const[]){twice, NULL}, (const struct route *const[]){slash, NULL},
        (const struct route *const[]){early, NULL}, (const struct route *const[]){bare, NULL}};
    struct ctx ctx = test_ctx();
    struct router *router;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(code_of(router_build(&ctx, bad[i], &router)), ERR_INVALID);
    assert_null(router_build(&ctx, (const struct route *const[]){split, NULL}, &router));
    arena_close(ctx.arena);
}

static const char *const locales[] = {"zh-CN", "en", "zh-TW", NULL};

static void a_target_is_taken_apart(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    struct target target;
    assert_null(target_parse(&ctx, "/en/products/caf%C3%A9?q=1&r", locales, &target));
    assert_string_equal(target.path, "/products/café");
    assert_string_equal(target.prefix, "/en");
    assert_string_equal(target.locale, "en");
    assert_true(slice_is(target.query, "q=1&r"));
    assert_null(target_parse(&ctx, "/en", locales, &target));
    assert_string_equal(target.path, "/");
    assert_null(target_parse(&ctx, "/england", locales, &target));
    assert_string_equal(target.path, "/england");
    assert_string_equal(target.locale, "zh-CN");
    assert_string_equal(target.prefix, "");
    assert_null(target_parse(&ctx, "/zh-CN/x", locales, &target));
    assert_string_equal(target.path, "/zh-CN/x"); /* the default has no prefix */
    assert_null(target_parse(&ctx, "/api/v1/orders/5", locales, &target));
    assert_string_equal(target.path, "/orders/5");
    assert_true(target.is_api);
    arena_close(ctx.arena);
}

static void tricks_with_paths_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "/../etc/passwd", "/a/%2e%2e/b", "/a/./b", "/a//b", "/a%2fb", "/a%2Fb", "/a\\b",
        "/a%5cb",         "/a%00b",      "/a%0ab", "/a%zz", "/a%2",   "/%ff",   "/%c0%af",
        "/%ed%a0%80",     "a/b",         "",       "/a/..", "/a%7fb", "*",      "/en/%2e%2e/%2e%2e/x"};
    struct ctx ctx = test_ctx();
    struct target target;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(code_of(target_parse(&ctx, bad[i], locales, &target)), ERR_BAD_REQUEST);
    assert_null(target_parse(&ctx, "/a..b/...", locales, &target));
    arena_close(ctx.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_row),
        cmocka_unit_test(a_literal_wins_but_does_not_hide),
        cmocka_unit_test(parameters_have_the_names_of_their_row),
        cmocka_unit_test(a_wrong_method_names_the_right_ones),
        cmocka_unit_test(a_row_has_the_faces_it_says),
        cmocka_unit_test(contradicting_tables_are_refused),
        cmocka_unit_test(a_target_is_taken_apart),
        cmocka_unit_test(tricks_with_paths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
