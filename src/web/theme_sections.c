/* theme_sections.c - schemas out of section files, and pages put together from sections. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_sections.h"

#include "base/json.h"
#include "base/log.h"
#include "web/theme_own.h"

#define PAGE_LIMIT ((size_t)4 << 20)
#define SCHEMA_CLOSE "{% endschema %}"

/* ---- schemas ---- */

/* As many empty lines as stand before the schema, so that a complaint about it names the line of the file. */
static char *with_its_lines(struct ctx *ctx, const char *text, const char *from, const char *to,
                            size_t *length)
{
    size_t lines = 0;
    for (const char *c = text; c < from; c++)
        lines += *c == '\n';
    *length = lines + (size_t)(to - from);
    char *json = arena_alloc(ctx->arena, *length + 1);
    memset(json, '\n', lines);
    memcpy(json + lines, from, (size_t)(to - from));
    return json;
}

err theme_section_schema(struct ctx *ctx, const char *file, const char *text, struct value **schema)
{
    const char *open = strstr(text, SCHEMA_OPEN);
    const char *close = open ? strstr(open, SCHEMA_CLOSE) : NULL;
    if (!close)
        return fail_with(ctx, ERR_TEMPLATE, "%s:1:1: there is no schema", file);
    size_t length;
    const char *json = with_its_lines(ctx, text, open + strlen(SCHEMA_OPEN), close, &length);
    err failure = json_read(ctx, json, length, schema);
    if (failure)
        return fail_with(ctx, ERR_TEMPLATE, "%s: the schema: %s", file, failure->detail);
    if ((*schema)->kind != VALUE_OBJECT)
        return fail_with(ctx, ERR_TEMPLATE, "%s: the schema is no object", file);
    return NULL;
}

/* ---- custom Liquid ---- */

static err compile_custom(struct ctx *ctx, const char *source, const struct liquid_template **template)
{
    const struct liquid_env_options options = {.escape = true,
                                               .strict_filters = true,
                                               .filters = theme_filters,
                                               .limits = {.output_bytes = CUSTOM_LIQUID_OUTPUT,
                                                          .loop_rounds = CUSTOM_LIQUID_ROUNDS,
                                                          .nesting = 20,
                                                          .time_ms = CUSTOM_LIQUID_MS}};
    return liquid_compile(ctx, liquid_env_open(ctx->arena, &options), "custom-liquid", source, template);
}

err theme_check_liquid(struct ctx *ctx, const char *source)
{
    const struct liquid_template *ignored;
    return compile_custom(ctx, source, &ignored);
}

/* It sees what every page sees, and itself. */
static err render_custom(struct ctx *ctx, const char *source, const struct value *globals,
                         struct theme_call *call, const char **html)
{
    static const char *const seen[] = {"shop", "request", "nav", "section", NULL};
    const struct liquid_template *template;
    struct text_buf out;
    struct value *own = value_object(ctx->arena);
    for (size_t i = 0; seen[i]; i++)
        if (value_find(globals, seen[i]))
            value_set(ctx->arena, own, seen[i], *value_find(globals, seen[i]));
    text_open(&out, ctx->arena, CUSTOM_LIQUID_OUTPUT);
    TRY(compile_custom(ctx, source, &template));
    TRY(liquid_render(ctx, template, own, call, &out));
    *html = text_of(&out);
    return NULL;
}

/* ---- a page of sections ---- */

static const struct liquid_template *template_of(const struct theme_sections *kinds, const char *type)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (text_is(kinds->items[i].type, type))
            return kinds->items[i].template;
    return NULL;
}

static err render_section(struct ctx *ctx, const struct liquid_template *template, struct value *globals,
                          const struct value *section, struct theme_call *call, struct text_buf *out)
{
    const char *source = value_find_text(value_find(section, "settings"), "liquid");
    struct value *place = value_set(ctx->arena, globals, "section", *section);
    if (source) {
        const char *html;
        TRY(render_custom(ctx, source, globals, call, &html));
        value_set_text(ctx->arena, place, "html", html);
    }
    return liquid_render(ctx, template, globals, call, out);
}

static void add_problem(struct ctx *ctx, struct value *problems, const struct value *section, err failure)
{
    struct value *problem = value_add(ctx->arena, problems, *value_object(ctx->arena));
    value_set_text(ctx->arena, problem, "id", value_find_text(section, "id"));
    value_set_text(ctx->arena, problem, "name", value_find_text(section, "name"));
    value_set_text(ctx->arena, problem, "detail", failure->detail);
}

/* In the draft each section can be pointed at: the editor shows which one is edited. */
static void add_anchor(struct text_buf *page, const struct value *section)
{
    const char *id = value_find_text(section, "id");
    if (id && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == strlen(id))
        text_add_format(page, "<span class=\"design-anchor\" id=\"section-%s\"></span>", id);
}

static bool is_draft(const struct value *globals)
{
    return value_find_bool(value_find(globals, "design"), "is_draft");
}

static err render_kind(struct ctx *ctx, const struct theme_sections *kinds, struct value *globals,
                       const struct value *section, struct theme_call *call, struct text_buf *out)
{
    const struct liquid_template *template = template_of(kinds, value_find_text(section, "type"));
    return template ? render_section(ctx, template, globals, section, call, out) : NULL;
}

/* A section of a merchant's theme that fails, or failed a moment ago, is shown as the program has it. What
 * fails in custom Liquid is no file. */
static err render_own(struct ctx *ctx, const struct theme_sections *kinds, struct value *globals,
                      const struct value *section, struct theme_call *call, struct text_buf *out)
{
    struct theme_use *use = call->use;
    struct theme_call below = *call;
    const char *path = arena_format(ctx->arena, "sections/%s.liquid", value_find_text(section, "type"));
    if (value_find_text(value_find(section, "settings"), "liquid"))
        return render_kind(ctx, kinds, globals, section, call, out);
    if (!own_theme_rests(use, path, ctx->now)) {
        err failure = render_kind(ctx, kinds, globals, section, call, out);
        if (!failure || failure->code != ERR_TEMPLATE)
            return failure;
        log_failure(ctx, LOG_WARNING, "a section of a shop's theme failed", failure);
        own_theme_failed(ctx, use, path, failure->detail);
    }
    use->has_stand_in = true;
    below.use = NULL;
    below.links = theme_own_links(use->built_in);
    text_open(out, ctx->arena, PAGE_LIMIT);
    return render_kind(ctx, theme_kinds(use->built_in), globals, section, &below, out);
}

/* Several lists of a page tell of their problems in one place. */
static struct value *problems_of(struct ctx *ctx, struct value *globals)
{
    const struct value *problems = value_find(globals, "section_problems");
    return problems ? (struct value *)(uintptr_t)problems
                    : value_set_list(ctx->arena, globals, "section_problems");
}

err theme_sections_render(struct ctx *ctx, const struct theme_sections *kinds, struct value *globals,
                          const struct value *sections, struct theme_call *call, struct slice *html)
{
    struct text_buf page;
    text_open(&page, ctx->arena, PAGE_LIMIT);
    for (size_t i = 0; i < value_count(sections); i++) {
        const struct value *section = value_at(sections, i);
        struct text_buf one;
        text_open(&one, ctx->arena, PAGE_LIMIT);
        err failure = call->use ? render_own(ctx, kinds, globals, section, call, &one)
                                : render_kind(ctx, kinds, globals, section, call, &one);
        if (failure && failure->code != ERR_TEMPLATE)
            return failure;
        if (failure)
            log_failure(ctx, LOG_WARNING, "a section was left out", failure);
        if (failure)
            add_problem(ctx, problems_of(ctx, globals), section, failure);
        if (!failure && is_draft(globals))
            add_anchor(&page, section);
        if (!failure)
            text_add_bytes(&page, text_of(&one), one.len);
    }
    *html = (struct slice){text_of(&page), page.len};
    return NULL;
}
