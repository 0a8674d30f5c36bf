/* fuzz_liquid.c - any bytes as a template and two snippets: they render or fail within small limits.
 *
 * The first byte chooses escaping and strictness; the rest is the template and the snippets `a` and `b`, with
 * a NUL between them. The variables are always the same few of every kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "liquid/liquid.h"

static const char data[] = "{\"t\": \"a <b> \xe4\xba\x91\", \"n\": 3, \"r\": 2.5, \"y\": true, \"z\": null, "
                           "\"s\": \"12\", \"d\": \"2024-02-29 13:05\","
                           "\"l\": [3, 1, 2, null, \"x\", [4, 5]], \"o\": {\"k\": 1, \"size\": 2},"
                           "\"p\": [{\"k\": \"b\", \"v\": 1}, {\"k\": \"a\", \"v\": 2.5}, {\"v\": \"3\"}]}";

struct sources {
    const char *a;
    const char *b;
};

static const char *load(void *owner, const char *name)
{
    const struct sources *sources = owner;
    if (strcmp(name, "a") == 0)
        return sources->a;
    return strcmp(name, "b") == 0 ? sources->b : NULL;
}

static void run(struct ctx *ctx, uint8_t flags, char *text, size_t size)
{
    size_t first = strlen(text);
    struct sources sources = {.a = text + (first < size ? first + 1 : first)};
    size_t second = strlen(sources.a);
    sources.b = sources.a + second < text + size ? sources.a + second + 1 : "";
    struct liquid_env_options options = {
        .escape = flags & 1,
        .strict_filters = flags & 2,
        .loader = load,
        .owner = &sources,
        .limits = {.output_bytes = 1 << 16, .loop_rounds = 2000, .nesting = 40, .time_ms = 500},
    };
    struct liquid_env *env = liquid_env_open(ctx->arena, &options);
    const struct liquid_template *template;
    struct value *globals;
    struct text_buf out;
    if (json_read(ctx, data, sizeof data - 1, &globals))
        abort();
    if (liquid_compile(ctx, env, "fuzz", text, &template))
        return;
    for (int i = 0; i < 2; i++) {
        text_open(&out, ctx->arena, 1 << 20);
        if (liquid_render(ctx, template, globals, NULL, &out))
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT), .now = INT64_C(1795419448000)};
    char *text = arena_copy(ctx.arena, (const char *)bytes + 1, size - 1);
    run(&ctx, bytes[0], text, size - 1);
    arena_close(ctx.arena);
    return 0;
}
