/* limits_test.c - hostile templates end with an error, not with the program; many threads share one template.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include <pthread.h>

static void fails_with(void **state, const char *part, const char *source)
{
    const char *answer = render(*state, source, NULL);
    if (!strstr(answer, part))
        fail_msg("wanted an error with \"%s\", got \"%.200s\"", part, answer);
}

static void loops_end_after_their_rounds(void **state)
{
    fails_with(state, "more than 100000 loop rounds", "{% for i in (1..1000000000000) %}{% endfor %}");
    fails_with(state, "more than 100000 loop rounds",
               "{% for i in (1..400) %}{% for j in (1..400) %}{% endfor %}{% endfor %}");
    fails_with(state, "more than 100000 loop rounds", "{% tablerow i in (1..9999999) %}{% endtablerow %}");
    fails_with(state, "more than 100000 loop rounds",
               "{% for i in (-9223372036854775808..9223372036854775807) %}{% endfor %}");
}

static void output_ends_at_its_limit(void **state)
{
    struct bench *bench = *state;
    bench->options.limits.output_bytes = 1000;
    fails_with(state, "page:1:25: more than 1000 bytes of output",
               "{% for i in (1..1000) %}0123456789{% endfor %}");
    fails_with(state, "more than 1000 bytes of output",
               "{% capture x %}{% for i in (1..1000) %}0123456789{% endfor %}{% endcapture %}");
}

static void values_end_at_their_memory(void **state)
{
    fails_with(
        state, "too much memory",
        "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..100) %}{% assign s = s | append: s %}{% endfor %}");
    fails_with(state, "too much memory", "{{ (1..1000000000000) | join: '' }}");
    fails_with(state, "too much memory", "{{ (1..1000000000000) | sort | reverse }}");
    fails_with(state, "",
               "{{ 'x' | slice: 9223372036854775807, 9223372036854775807 }}{{ 'x' | truncate: "
               "-9223372036854775808 }}");
    fails_with(state, "", "{{ 'now' | date: '%99999999999d%999999999N%1024c' | size }}");
    fails_with(
        state, "",
        "{{ 99999999999999999999999999999999999999999 | times: 99999999999999999999999999999999999999 }}");
    fails_with(state, "",
               "{{ -9223372036854775808 | divided_by: -1 }}{{ -9223372036854775808 | abs }}{{ 'a' | slice: "
               "-9223372036854775808 }}");
}

static void nesting_ends(void **state)
{
    static const struct snippet snippets[] = {
        {"me", "{% include 'me' %}"}, {"it", "{% if true %}{% render 'it' %}{% endif %}"}, {0}};
    struct bench *bench = *state;
    bench->options.owner = (void *)snippets;
    fails_with(state, "nested more than 100 deep", "{% include 'me' %}");
    fails_with(state, "nested more than 100 deep", "{% render 'it' %}");
    struct text_buf deep;
    text_open(&deep, bench->ctx.arena, 1 << 20);
    for (int i = 0; i < 5000; i++)
        text_add(&deep, "{% if true %}");
    fails_with(state, "nested too deeply", text_of(&deep));
    text_open(&deep, bench->ctx.arena, 1 << 20);
    text_add(&deep, "{{ a");
    for (int i = 0; i < 5000; i++)
        text_add(&deep, "[a");
    fails_with(state, "nested too deeply", arena_format(bench->ctx.arena, "%s }}", text_of(&deep)));
}

static void time_ends(void **state)
{
    struct bench *bench = *state;
    bench->options.limits.time_ms = 20;
    bench->options.limits.loop_rounds = INT64_C(1) << 40;
    fails_with(state, "more than 20 ms of time", "{% for i in (1..1000000000000) %}{% endfor %}");
}

static void sources_end_at_their_size(void **state)
{
    struct bench *bench = *state;
    char *source = arena_alloc(bench->ctx.arena, (size_t)3 << 20);
    memset(source, 'x', ((size_t)3 << 20) - 1);
    fails_with(state, "page:1:1: larger than", source);
}

/* ---- threads ---- */

struct shared {
    struct liquid_env *env;
    const struct liquid_template *template;
    const char *failure;
};

static void *work(void *argument)
{
    struct shared *shared = argument;
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT)};
    struct value *data = value_object(ctx.arena);
    value_set_text(ctx.arena, data, "x", "X");
    for (int i = 0; i < 50; i++) {
        struct text_buf out;
        const struct liquid_template *own;
        text_open(&out, ctx.arena, 1 << 16);
        err failure = liquid_render(&ctx, shared->template, data, NULL, &out);
        if (!failure)
            failure = liquid_compile(&ctx, shared->env, "own", "{{ x }}{{ fresh }}{% render 'b' %}", &own);
        if (!failure)
            failure = liquid_render(&ctx, own, data, NULL, &out);
        if (failure || strcmp(text_of(&out), "aXbXaXbXaXbXXbX") != 0)
            shared->failure = failure ? "it failed" : "it shows something else";
    }
    arena_close(ctx.arena);
    return NULL;
}

static void many_threads_render_one_template(void **state)
{
    static const struct snippet snippets[] = {{"a", "a{{ x }}{% include 'b' %}"}, {"b", "b{{ x }}"}, {0}};
    struct bench *bench = *state;
    bench->options.owner = (void *)snippets;
    struct liquid_env *env = liquid_env_open(bench->ctx.arena, &bench->options);
    struct shared shared[4] = {{.env = env}, {.env = env}, {.env = env}, {.env = env}};
    const struct liquid_template *template;
    pthread_t threads[4];
    assert_null(liquid_compile(&bench->ctx, env, "page",
                               "{% assign n = 'a' %}{% for i in (1..3) %}{% include n %}{% endfor %}",
                               &template));
    for (int i = 0; i < 4; i++) {
        shared[i].template = template;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &shared[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_null(shared[i].failure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(loops_end_after_their_rounds),
        test_of(output_ends_at_its_limit),
        test_of(values_end_at_their_memory),
        test_of(nesting_ends),
        test_of(time_ends),
        test_of(sources_end_at_their_size),
        test_of(many_threads_render_one_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
