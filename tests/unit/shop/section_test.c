/* section_test.c - documents of a design against the schemas of its sections. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "fixture.h"
#include "shop/storefront/storefront_section.h"
#include "unit.h"

static struct value *json(const char *text)
{
    struct value *tree;
    assert_ok(json_read(work, text, strlen(text), &tree));
    return tree;
}

static const char schemas[] =
    "{\"hero\":{\"name\":{\"zh-CN\":\"首屏\",\"en\":\"Hero\"},\"settings\":["
    "{\"type\":\"text\",\"id\":\"heading\",\"default\":{\"zh-CN\":\"你好\",\"en\":\"Hello\"}},"
    "{\"type\":\"richtext\",\"id\":\"text\",\"default\":\"\"},"
    "{\"type\":\"range\",\"id\":\"limit\",\"default\":4,\"min\":2,\"max\":12},"
    "{\"type\":\"checkbox\",\"id\":\"is_on\",\"default\":true},"
    "{\"type\":\"select\",\"id\":\"side\",\"default\":\"left\",\"options\":[{\"value\":\"left\"},{\"value\":"
    "\"right\"}]},"
    "{\"type\":\"url\",\"id\":\"url\"},{\"type\":\"color\",\"id\":\"color\"},"
    "{\"type\":\"image_picker\",\"id\":\"picture\"},{\"type\":\"header\",\"id\":\"about\"}],"
    "\"blocks\":[{\"type\":\"button\",\"settings\":[{\"type\":\"text\",\"id\":\"text\",\"default\":\"去\"}]}]"
    "}"
    "}";

static struct section_page *page_of(const char *document)
{
    struct section_page *page = arena_alloc(work->arena, sizeof *page);
    assert_ok(section_page_read(work, json(schemas), NULL, json(document), "home", page));
    return page;
}

#define ONE(settings)                                                                                        \
    "{\"templates\":{\"home\":{\"sections\":{\"a\":{\"type\":\"hero\"," settings "}},\"order\":[\"a\"]}}}"

static const char *text_setting(const char *document, const char *name)
{
    const struct section_page *page = page_of(document);
    assert_int_equal(page->count, 1);
    return value_find_text(page->sections[0].settings, name);
}

static void what_is_missing_is_the_default(void **state)
{
    (void)state;
    const struct section_page *page = page_of(ONE("\"x\":0"));
    const struct value *settings = page->sections[0].settings;
    assert_string_equal(value_find_text(settings, "heading"), "你好");
    assert_string_equal(value_find_text(settings, "side"), "left");
    assert_int_equal(value_find_int(settings, "limit", 0), 4);
    assert_true(value_find(settings, "is_on")->boolean);
    assert_int_equal(value_find(settings, "picture")->kind, VALUE_NULL);
    assert_null(value_find(settings, "about"));
    assert_string_equal(value_find_text(page->sections[0].view, "name"), "首屏");
}

static void texts_are_in_the_language_of_the_reader(void **state)
{
    (void)state;
    const char *both = ONE("\"settings\":{\"heading\":{\"zh-CN\":\"早\",\"en\":\"Morning\"}}");
    const char *one = ONE("\"settings\":{\"heading\":{\"zh-CN\":\"早\"}}");
    assert_string_equal(text_setting(both, "heading"), "早");
    work->locale = "en";
    assert_string_equal(text_setting(both, "heading"), "Morning");
    assert_string_equal(text_setting(one, "heading"), "早");
    assert_string_equal(text_setting(ONE("\"settings\":{\"heading\":\"plain\"}"), "heading"), "plain");
    work->locale = "zh-CN";
}

static void nothing_that_could_run_gets_through(void **state)
{
    (void)state;
    static const char *const bad[] = {"javascript:alert(1)", "//evil.example", "data:text/html,x", " /x",
                                      "/\\\\evil.example"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(
            text_setting(arena_format(work->arena, ONE("\"settings\":{\"url\":\"%s\"}"), bad[i]), "url"), "");
    assert_string_equal(text_setting(ONE("\"settings\":{\"url\":\"/products\"}"), "url"), "/products");
    assert_string_equal(text_setting(ONE("\"settings\":{\"url\":\"#a\"}"), "url"), "#a");
    assert_string_equal(text_setting(ONE("\"settings\":{\"color\":\"red;}\"}"), "color"), "");
    assert_string_equal(text_setting(ONE("\"settings\":{\"color\":\"#12aBcd\"}"), "color"), "#12aBcd");
    const char *rich = text_setting(
        ONE("\"settings\":{\"text\":\"<p onclick=\\\"x()\\\">a</p><script>b</script>\"}"), "text");
    assert_null(strstr(rich, "script"));
    assert_null(strstr(rich, "onclick"));
}

static void numbers_and_choices_stay_within_their_bounds(void **state)
{
    (void)state;
    const char *wild = ONE("\"settings\":{\"limit\":999,\"side\":\"middle\",\"is_on\":\"no\",\"heading\":7}");
    const struct value *settings = page_of(wild)->sections[0].settings;
    assert_int_equal(value_find_int(settings, "limit", 0), 12);
    assert_string_equal(value_find_text(settings, "side"), "left");
    assert_true(value_find(settings, "is_on")->boolean);
    assert_int_equal(
        value_find_int(page_of(ONE("\"settings\":{\"limit\":-5}"))->sections[0].settings, "limit", 0), 2);
}

static void unknown_and_switched_off_sections_are_left_out(void **state)
{
    (void)state;
    const struct section_page *page = page_of(
        "{\"templates\":{\"home\":{\"sections\":{\"a\":{\"type\":\"gone\"},\"b\":{\"type\":\"hero\","
        "\"disabled\":true},\"c\":{\"type\":\"hero\",\"blocks\":{\"1\":{\"type\":\"button\"},\"2\":{\"type\":"
        "\"gone\"},\"3\":{\"type\":\"button\",\"disabled\":true}},\"block_order\":[\"2\",\"1\",\"3\",\"9\",4]"
        "}}"
        ",\"order\":[\"a\",\"b\",\"c\",\"d\",5,null]}}}");
    assert_int_equal(page->count, 1);
    assert_string_equal(page->sections[0].id, "c");
    const struct value *blocks = value_find(page->sections[0].view, "blocks");
    assert_int_equal(value_count(blocks), 1);
    assert_string_equal(value_find_text(value_find(value_at(blocks, 0), "settings"), "text"), "去");
}

static void a_document_without_shape_is_an_empty_page(void **state)
{
    (void)state;
    static const char *const odd[] = {"{}", "[]", "{\"templates\":1}",
                                      "{\"templates\":{\"home\":{\"order\":\"a\"}}}",
                                      "{\"templates\":{\"home\":{\"order\":[\"a\"],\"sections\":[1]}}}"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        assert_int_equal(page_of(odd[i])->count, 0);
}

static void more_sections_than_allowed_are_left_out(void **state)
{
    (void)state;
    struct text_buf text;
    text_open(&text, work->arena, 4096);
    text_add(&text, "{\"templates\":{\"home\":{\"sections\":{\"a\":{\"type\":\"hero\"}},\"order\":[\"a\"");
    for (int i = 0; i < 40; i++)
        text_add(&text, ",\"a\"");
    text_add(&text, "]}}}");
    assert_int_equal(page_of(text_of(&text))->count, SECTION_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_is_missing_is_the_default),
        SENTENCE(texts_are_in_the_language_of_the_reader),
        SENTENCE(nothing_that_could_run_gets_through),
        SENTENCE(numbers_and_choices_stay_within_their_bounds),
        SENTENCE(unknown_and_switched_off_sections_are_left_out),
        SENTENCE(a_document_without_shape_is_an_empty_page),
        SENTENCE(more_sections_than_allowed_are_left_out),
    };
    return RUN_SENTENCES(tests);
}
