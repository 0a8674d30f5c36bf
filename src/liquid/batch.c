/* batch.c - `yundian liquid --batch`: JSON lines in, JSON lines out, in standard Liquid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "liquid/liquid.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define LINE_BYTES ((size_t)32 << 20)
#define OUTPUT_BYTES ((size_t)16 << 20)

static const char *load_snippet(void *owner, const char *name)
{
    const struct value *templates = owner;
    return templates ? value_find_text(templates, name) : NULL;
}

static err render_line(struct ctx *ctx, const struct value *line, struct text_buf *out)
{
    const struct value *templates = value_find(line, "templates");
    const struct value *data = value_find(line, "data");
    const char *source = value_find_text(line, "template");
    const struct liquid_template *template;
    if (!source)
        return fail_with(ctx, ERR_BAD_JSON, "a line needs a text \"template\"");
    struct liquid_env_options options = {
        .loader = load_snippet,
        .owner = (void *)templates,
        .limits = {.output_bytes = OUTPUT_BYTES, .loop_rounds = 1000000, .time_ms = 10000}};
    struct liquid_env *env = liquid_env_open(ctx->arena, &options);
    TRY(liquid_compile(ctx, env, "template", source, &template));
    text_open(out, ctx->arena, OUTPUT_BYTES);
    return liquid_render(ctx, template, data ? data : value_object(ctx->arena), NULL, out);
}

static err answer(struct ctx *ctx, const char *bytes, size_t length, struct value *result)
{
    struct value *line;
    struct text_buf out = {0};
    TRY(json_read(ctx, bytes, length, &line));
    TRY(render_line(ctx, line, &out));
    if (!utf8_is_valid(text_of(&out), out.len))
        return fail_with(ctx, ERR_TEMPLATE, "the result is not valid UTF-8");
    value_set(ctx->arena, result, "result", value_text_bytes(text_of(&out), out.len));
    return NULL;
}

static void answer_line(struct ctx *ctx, const char *bytes, size_t length, FILE *out)
{
    struct value *result = value_object(ctx->arena);
    struct text_buf text;
    ctx->now = clock_now();
    err failure = answer(ctx, bytes, length, result);
    if (failure)
        value_set_text(ctx->arena, result, "error", failure->detail);
    text_open(&text, ctx->arena, 8 * OUTPUT_BYTES);
    json_write(&text, result);
    (void)fwrite(text_of(&text), 1, text.len, out);
    (void)fputc('\n', out);
    (void)fflush(out);
}

/* The next line without its end; false when there is none. */
static bool read_line(struct ctx *ctx, FILE *in, struct text_buf *line)
{
    char chunk[4096];
    text_open(line, ctx->arena, LINE_BYTES);
    while (fgets(chunk, sizeof chunk, in)) {
        size_t length = strlen(chunk);
        bool is_end = length > 0 && chunk[length - 1] == '\n';
        text_add_bytes(line, chunk, length - is_end);
        if (is_end)
            return true;
    }
    return line->len > 0;
}

int liquid_batch(FILE *in, FILE *out)
{
    struct ctx ctx = {.arena = arena_open(ARENA_BYTES)};
    struct text_buf line;
    while (read_line(&ctx, in, &line)) {
        if (line.len > 0)
            answer_line(&ctx, text_of(&line), line.len, out);
        arena_reset(ctx.arena);
    }
    arena_close(ctx.arena);
    return ferror(in) || ferror(out) ? 1 : 0;
}
