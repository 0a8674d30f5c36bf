/* environment.c - opening an environment, compiling into it, starting a render, saying where it failed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "liquid/parser.h"
#include "liquid/values.h"

#define OUTPUT_BYTES ((size_t)4 << 20)
#define LOOP_ROUNDS 100000
#define NESTING 100
#define TIME_MS 1000
/* Memory that a render may use for values, per byte of output that it may write. */
#define MEMORY_PER_OUTPUT 16
#define SOURCE_BYTES ((size_t)2 << 20)

static void take_filters(struct liquid_env *env, const struct liquid_filter_entry *filters)
{
    size_t count = 0;
    while (filters && filters[count].name)
        count++;
    if (count == 0)
        return;
    struct filter_entry *own = arena_alloc_many(env->arena, count + 1, sizeof *own);
    for (size_t i = 0; i < count; i++) {
        own[i].name = arena_copy_text(env->arena, filters[i].name);
        own[i].filter = filters[i].filter;
        own[i].most = FILTER_ARGUMENTS_MAX;
        own[i].takes_named = true;
        own[i].is_html = filters[i].is_html;
    }
    env->own_filters = own;
    env->own_filter_count = count;
}

struct liquid_env *liquid_env_open(struct arena *arena, const struct liquid_env_options *options)
{
    struct liquid_env *env = arena_alloc(arena, sizeof *env);
    struct liquid_limits *limits = &env->options.limits;
    env->arena = arena;
    env->options = *options;
    limits->output_bytes = limits->output_bytes ? limits->output_bytes : OUTPUT_BYTES;
    limits->loop_rounds = limits->loop_rounds ? limits->loop_rounds : LOOP_ROUNDS;
    limits->nesting = limits->nesting ? limits->nesting : NESTING;
    limits->time_ms = limits->time_ms ? limits->time_ms : TIME_MS;
    take_filters(env, options->filters);
    if (pthread_mutex_init(&env->lock, NULL) != 0)
        bug("no mutex for a template environment");
    env->forloop = name_intern(env, "forloop", strlen("forloop"));
    env->tablerowloop = name_intern(env, "tablerowloop", strlen("tablerowloop"));
    env->content_name = name_intern(env, "content_for_layout", strlen("content_for_layout"));
    return env;
}

err fail_at(struct ctx *ctx, const struct liquid_template *template, size_t offset, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_format_list(ctx->arena, format, list);
    va_end(list);
    unsigned line = 1;
    const char *start = template->source;
    offset = offset < template->length ? offset : template->length;
    for (size_t i = 0; i < offset; i++) {
        if (template->source[i] != '\n')
            continue;
        line++;
        start = template->source + i + 1;
    }
    size_t column = utf8_length(start, offset - (size_t)(start - template->source)) + 1;
    return fail_with(ctx, ERR_TEMPLATE, "%s:%u:%zu: %s", template->name, line, column, message);
}

err liquid_fail(struct liquid_call *call, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_format_list(call->ctx->arena, format, list);
    va_end(list);
    return fail_at(call->ctx, call->template, call->offset, "%s", message);
}

/* The lock of the environment is held. */
static err compile(struct ctx *ctx, struct liquid_env *env, struct slice name, const char *source,
                   struct liquid_template **result)
{
    struct liquid_template *template = arena_alloc(env->arena, sizeof *template);
    *result = template;
    template->env = env;
    template->name = arena_copy(env->arena, name.ptr, name.len);
    const char *slash = memrchr(name.ptr, '/', name.len);
    size_t skipped = slash ? (size_t)(slash + 1 - name.ptr) : 0;
    template->alias = name_intern(env, name.ptr + skipped, name.len - skipped);
    template->length = strlen(source);
    template->source = source;
    if (template->length > SOURCE_BYTES)
        return fail_at(ctx, template, 0, "larger than %zu bytes", SOURCE_BYTES);
    template->source = arena_copy(env->arena, source, template->length);
    struct parser parser = {.ctx = ctx, .env = env, .template = template, .scratch = arena_open(ARENA_LIMIT)};
    struct piece end;
    parser.scanner = (struct scanner){.at = template->source, .end = template->source + template->length};
    err failure = parse_block(&parser, NULL, &end, &template->block);
    arena_close(parser.scratch);
    return failure;
}

err liquid_compile(struct ctx *ctx, struct liquid_env *env, const char *name, const char *source,
                   const struct liquid_template **result)
{
    struct liquid_template *template = NULL;
    struct slice given = {name, strlen(name)};
    pthread_mutex_lock(&env->lock);
    err failure = compile(ctx, env, given, source, &template);
    pthread_mutex_unlock(&env->lock);
    *result = failure ? NULL : template;
    return failure;
}

static err add_snippet(struct ctx *ctx, struct liquid_env *env, struct slice name, const char *source,
                       const struct liquid_template **result)
{
    struct liquid_template *template = NULL;
    TRY(compile(ctx, env, name, source, &template));
    template->next = env->snippets;
    env->snippets = template;
    *result = template;
    return NULL;
}

err liquid_compile_snippet(struct ctx *ctx, struct liquid_env *env, const char *name, const char *source)
{
    struct slice given = {name, strlen(name)};
    const struct liquid_template *ignored;
    pthread_mutex_lock(&env->lock);
    err failure = add_snippet(ctx, env, given, source, &ignored);
    pthread_mutex_unlock(&env->lock);
    return failure;
}

static bool is_named(const struct liquid_template *template, struct slice name)
{
    return strlen(template->name) == name.len && memcmp(template->name, name.ptr, name.len) == 0;
}

/* A snippet that was compiled before, or is now. The lock of the environment is held. */
static err find_snippet(struct liquid_call *call, struct slice name, const struct liquid_template **result)
{
    struct liquid_env *env = call->env;
    for (const struct liquid_template *known = env->snippets; known; known = known->next) {
        if (is_named(known, name)) {
            *result = known;
            return NULL;
        }
    }
    const char *text = arena_copy(call->ctx->arena, name.ptr, name.len);
    const char *source = env->options.loader ? env->options.loader(env->options.owner, text) : NULL;
    if (!source)
        return liquid_fail(call, "there is no template '%.100s'", text);
    return add_snippet(call->ctx, env, name, source, result);
}

err snippet_load(struct liquid_call *call, struct partial *partial, struct slice name,
                 const struct liquid_template **result)
{
    *result = atomic_load_explicit(&partial->known, memory_order_acquire);
    if (*result && is_named(*result, name))
        return NULL;
    TRY(charge(call, name.len + 1));
    pthread_mutex_lock(&call->env->lock);
    err failure = find_snippet(call, name, result);
    pthread_mutex_unlock(&call->env->lock);
    if (!failure)
        atomic_store_explicit(&partial->known, *result, memory_order_release);
    return failure;
}

static void open_call(struct liquid_call *call, struct ctx *ctx, const struct liquid_template *template,
                      const struct value *globals, struct frame *frame)
{
    struct liquid_env *env = template->env;
    const struct liquid_limits *limits = &env->options.limits;
    *call = (struct liquid_call){
        .ctx = ctx, .env = env, .template = template, .frame = frame, .globals = globals};
    call->found_count = atomic_load_explicit(&env->name_count, memory_order_acquire);
    call->found = arena_alloc_many(ctx->arena, call->found_count, sizeof(const struct value *));
    call->rounds_left = limits->loop_rounds;
    call->deadline = clock_steady() + limits->time_ms * 1000;
    call->memory_left = limits->output_bytes * MEMORY_PER_OUTPUT;
}

/* Renders one template of a call under the ceiling of its environment. */
static err render_whole(struct liquid_call *call, const struct liquid_template *template,
                        struct text_buf *out)
{
    size_t most = call->env->options.limits.output_bytes;
    size_t ceiling = out->limit;
    call->template = template;
    call->flow = FLOW_ON;
    if (out->limit - out->len > most)
        out->limit = out->len + most;
    err failure = render_block(call, &template->block, out);
    if (!failure && out->is_full)
        failure = liquid_fail(call, "more than %zu bytes of output", most);
    out->limit = ceiling;
    return failure;
}

err liquid_render(struct ctx *ctx, const struct liquid_template *template, const struct value *globals,
                  void *call_data, struct text_buf *out)
{
    struct frame frame = {0};
    struct liquid_call call;
    open_call(&call, ctx, template, globals, &frame);
    call.data = call_data;
    return render_whole(&call, template, out);
}

err liquid_render_page(struct ctx *ctx, const struct liquid_template *template,
                       const struct liquid_template *layout, const struct liquid_around *around,
                       const struct value *globals, void *call_data, struct text_buf *out)
{
    struct frame frame = {0};
    struct liquid_call call;
    struct text_buf content;
    open_call(&call, ctx, template, globals, &frame);
    call.data = call_data;
    text_open(&content, ctx->arena, template->env->options.limits.output_bytes);
    text_add_bytes(&content, around->above.ptr, around->above.len);
    TRY(render_whole(&call, template, &content));
    text_add_bytes(&content, around->below.ptr, around->below.len);
    if (content.is_full)
        return fail_at(ctx, template, 0, "the page is too large");
    struct value shown = value_text_bytes(text_of(&content), content.len);
    shown.kind = KIND_HTML;
    bindings_set(&call, &frame.assigned, template->env->content_name, shown);
    return render_whole(&call, layout, out);
}
