/* fixture.h - templates shown in one line: `shows(state, "result", "template", "json data")`. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/json.h"
#include "liquid/liquid.h"
#include "unit.h"
#include <string.h>

struct bench {
    struct ctx ctx;
    struct liquid_env_options options;
};

/* Snippets that every test may use, by name. */
struct snippet {
    const char *name;
    const char *source;
};

static inline const char *snippet_of(void *owner, const char *name)
{
    const struct snippet *snippet = owner;
    while (snippet && snippet->name && strcmp(snippet->name, name) != 0)
        snippet++;
    return snippet ? snippet->source : NULL;
}

/* Every test gets a struct bench of its own as *state: standard Liquid, 2026-11-23T07:37:28Z. */
static inline int bench_open(void **state)
{
    static struct bench bench;
    bench = (struct bench){.ctx = {.arena = arena_open(ARENA_LIMIT), .now = INT64_C(1795419448000)}};
    bench.options.loader = snippet_of;
    *state = &bench;
    return 0;
}

static inline int bench_close(void **state)
{
    struct bench *bench = *state;
    arena_close(bench->ctx.arena);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

/* The rendered text, or the detail of the failure. */
static inline const char *render(struct bench *bench, const char *source, const char *json)
{
    struct ctx *ctx = &bench->ctx;
    struct value *data = value_object(ctx->arena);
    struct liquid_env *env = liquid_env_open(ctx->arena, &bench->options);
    const struct liquid_template *template;
    struct text_buf out;
    text_open(&out, ctx->arena, (size_t)64 << 20);
    err failure = json ? json_read(ctx, json, strlen(json), &data) : NULL;
    if (!failure)
        failure = liquid_compile(ctx, env, "page", source, &template);
    if (!failure)
        failure = liquid_render(ctx, template, data, NULL, &out);
    return failure ? failure->detail : text_of(&out);
}

#define shows(state, wanted, source, json) assert_string_equal(render(*(state), source, json), wanted)
