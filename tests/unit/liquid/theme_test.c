/* theme_test.c - escaping, filters of the owner, and errors that say where. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static err shout(struct liquid_call *call, const struct value *input, const struct value *arguments,
                 size_t count, const struct value *named, struct value *output)
{
    const char *end = count > 0 ? liquid_to_text(call, &arguments[0]) : "";
    const char *from = named ? value_find_text(named, "from") : NULL;
    if (value_count(input) > 3)
        return liquid_fail(call, "too many to shout");
    *output = value_text(arena_format(liquid_call_ctx(call)->arena, "<b>%s%s%s</b>",
                                      liquid_to_text(call, input), end, from ? from : ""));
    return NULL;
}

static err peek(struct liquid_call *call, const struct value *input, const struct value *arguments,
                size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    const struct value *found = liquid_call_variable(call, liquid_to_text(call, input));
    *output = found ? *found : value_text("nothing");
    return NULL;
}

static const struct liquid_filter_entry filters[] = {{"shout", shout, true}, {"peek", peek, false}, {0}};

static void make_theme(void **state)
{
    struct bench *bench = *state;
    bench->options.escape = true;
    bench->options.strict_filters = true;
    bench->options.filters = filters;
}

static void output_is_escaped_unless_it_is_raw(void **state)
{
    make_theme(state);
    const char *data = "{\"x\": \"<i>\", \"l\": [\"<\", \">\"], \"o\": {\"k\": \"<\"}}";
    shows(state, "&lt;i&gt; <i> &lt;&gt; &lt;I&gt;", "{{ x }} {{ x | raw }} {{ l }} {{ x | raw | upcase }}",
          data);
    shows(state, "&lt;b&gt; <b>", "{{ '<b>' }} {{ '<b>' | raw }}", data);
    shows(state, "{&quot;k&quot;=&gt;&quot;&lt;&quot;}", "{{ o }}", data);
    shows(state, "&lt;i&gt;&lt;", "{% cycle x %}{% echo '<' %}", data);
}

static void captured_content_is_not_escaped_twice(void **state)
{
    make_theme(state);
    const char *data = "{\"x\": \"<i>\"}";
    shows(state, "<p>&lt;i&gt;</p>", "{% capture c %}<p>{{ x }}</p>{% endcapture %}{{ c }}", data);
    shows(state, "<p>&lt;i&gt;</p>", "{% capture c %} <p>{{ x }}</p> {% endcapture %}{{ c | strip }}", data);
    shows(state, "&lt;p&gt;!", "{% capture c %}<p>{% endcapture %}{{ c | append: '!' }}", data);
    shows(state, "<p><p>", "{% capture c %}<p>{% endcapture %}{{ c | append: c }}", data);
}

static void escape_and_newline_to_br_give_html(void **state)
{
    make_theme(state);
    shows(state, "&lt;i&gt; &lt;i&gt;<br />\nb", "{{ x | escape }} {{ y | newline_to_br }}",
          "{\"x\": \"<i>\", \"y\": \"<i>\\nb\"}");
}

static void snippets_escape_for_themselves(void **state)
{
    static const struct snippet snippets[] = {{"card", "<p>{{ t }}</p>"}, {0}};
    struct bench *bench = *state;
    make_theme(state);
    bench->options.owner = (void *)snippets;
    shows(state, "<p>&lt;i&gt;</p>", "{% render 'card', t: x %}", "{\"x\": \"<i>\"}");
    shows(state, "<p>&lt;i&gt;</p>",
          "{% capture c %}<i>{% endcapture %}{% assign r = x %}{% render 'card', t: r %}",
          "{\"x\": \"<i>\"}");
}

static void filters_of_the_owner_may_give_html(void **state)
{
    make_theme(state);
    shows(state, "<b>a!</b> <b>ab</b>", "{{ 'a' | shout: '!' }} {{ 'a' | shout: from: 'b' }}", NULL);
    shows(state, "<b>12</b>", "{{ (1..2) | shout }}", NULL);
    shows(state, "5 nothing", "{% assign v = 5 %}{{ 'v' | peek }} {{ 'w' | peek }}", NULL);
    shows(state, "page:2:8: too many to shout", "\n{{ l | shout }}", "{\"l\": [1, 2, 3, 4]}");
}

static void errors_name_template_line_and_column(void **state)
{
    static const struct snippet snippets[] = {
        {"bad", "ok\n云店{{ 1 | divided_by: 0 }}"}, {"broken", "{% if %}"}, {0}};
    struct bench *bench = *state;
    make_theme(state);
    bench->options.owner = (void *)snippets;
    shows(state, "page:2:3: endif is missing", "a\n  {% if true %}\n", NULL);
    shows(state, "page:1:1: unknown tag 'nope'", "{% nope %}", NULL);
    shows(state, "page:1:8: unknown filter nope", "{{ 1 | nope }}", NULL);
    shows(state, "page:1:8: wrong number of arguments for filter plus", "{{ 1 | plus }}", NULL);
    shows(state, "page:3:4: {{ is never closed", "a\n\n云店 {{ x", NULL);
    shows(state, "page:1:8: unexpected 3", "{{ x.y 3 }}", NULL);
    shows(state, "bad:2:10: divided by 0", "\n\n{% render 'bad' %}", NULL);
    shows(state, "broken:1:7: something is missing at the end", "{% render 'broken' %}", NULL);
    shows(state, "page:1:5: comparison of String with Integer failed", "    {% if '2' > 1 %}{% endif %}",
          NULL);
}

static void a_page_stands_in_its_layout(void **state)
{
    struct bench *bench = *state;
    const struct liquid_template *page;
    const struct liquid_template *layout;
    struct text_buf out;
    make_theme(state);
    struct ctx *ctx = &bench->ctx;
    struct liquid_env *env = liquid_env_open(ctx->arena, &bench->options);
    text_open(&out, ctx->arena, 1000);
    assert_null(
        liquid_compile(ctx, env, "page", "{% assign title = '<T>' %}<p>{{ '<' }}</p>{% break %}", &page));
    assert_null(liquid_compile(ctx, env, "layout", "<h1>{{ title }}</h1>{{ content_for_layout }}", &layout));
    const struct liquid_around around = {{"<i>", 3}, {"</i>", 4}};
    assert_null(liquid_render_page(ctx, page, layout, &around, value_object(ctx->arena), NULL, &out));
    assert_string_equal(text_of(&out), "<h1>&lt;T&gt;</h1><i><p>&lt;</p></i>");
}

static void unknown_filters_pass_in_standard_liquid(void **state)
{
    shows(state, "1", "{{ 1 | nope }}", NULL);
    shows(state, "", "{% if false %}{{ 1 | plus }}{% endif %}", NULL);
    shows(state, "page:1:8: wrong number of arguments for filter plus", "{{ 1 | plus }}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(output_is_escaped_unless_it_is_raw), test_of(captured_content_is_not_escaped_twice),
        test_of(escape_and_newline_to_br_give_html), test_of(snippets_escape_for_themselves),
        test_of(filters_of_the_owner_may_give_html), test_of(errors_name_template_line_and_column),
        test_of(a_page_stands_in_its_layout),        test_of(unknown_filters_pass_in_standard_liquid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
