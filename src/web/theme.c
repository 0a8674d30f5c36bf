/* theme.c - loading and rendering a theme. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme.h"

#include "base/json.h"
#include "liquid/liquid.h"
#include "shop/design/design.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include "web/theme_filters.h"
#include "web/theme_sections.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT ((size_t)256 << 10)
#define FILE_COUNT_LIMIT 500
#define LOCALE_COUNT 2

struct source {
    const char *name; /* without .liquid */
    const char *text;
    const struct liquid_template *template; /* templates only */
};

struct sources {
    struct source *items;
    size_t count;
};

struct theme {
    struct liquid_env *env;
    struct sources templates;
    const struct liquid_template *layout;
    struct theme_sections sections;
    struct design_schema schema;
    const struct value *texts[LOCALE_COUNT];
    struct theme_links links;
};

static const char *const locales[LOCALE_COUNT] = {"zh-CN", "en"};
static const char *const design_names[] = {"general", "fashion", "digital", NULL};

static err read_open_file(struct ctx *ctx, FILE *file, const char *path, const char **text, size_t *length)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || (size_t)info.st_size > FILE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "%s is larger than 256 KiB", path);
    char *bytes = arena_alloc(ctx->arena, (size_t)info.st_size + 1);
    *length = fread(bytes, 1, (size_t)info.st_size, file);
    *text = bytes;
    return NULL;
}

static err read_file(struct ctx *ctx, const char *path, const char **text, size_t *length)
{
    FILE *file = fopen(path, "rb");
    *text = "";
    *length = 0;
    if (!file)
        return fail_with(ctx, ERR_INTERNAL, "cannot read %s", path);
    err failure = read_open_file(ctx, file, path, text, length);
    fclose(file);
    return failure;
}

static err add_source(struct ctx *ctx, struct sources *sources, const char *folder, const char *file)
{
    size_t length;
    struct source *source = &sources->items[sources->count];
    if (sources->count >= FILE_COUNT_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "more than 500 files in %s", folder);
    TRY(read_file(ctx, arena_format(ctx->arena, "%s/%s", folder, file), &source->text, &length));
    source->name = arena_copy(ctx->arena, file, strlen(file) - strlen(".liquid"));
    sources->count++;
    return NULL;
}

static err read_folder(struct ctx *ctx, const char *folder, struct sources *sources)
{
    sources->items = arena_alloc_many(ctx->arena, FILE_COUNT_LIMIT, sizeof *sources->items);
    DIR *directory = opendir(folder);
    if (!directory)
        return fail_with(ctx, ERR_INTERNAL, "there is no folder %s", folder);
    err failure = NULL;
    const struct dirent *entry;
    while (!failure && (entry = readdir(directory)) != NULL)
        if (text_ends(entry->d_name, ".liquid"))
            failure = add_source(ctx, sources, folder, entry->d_name);
    closedir(directory);
    return failure;
}

static struct source *find_source(const struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++)
        if (text_is(sources->items[i].name, name))
            return &sources->items[i];
    return NULL;
}

/* ---- loading: what is kept lives in `arena`, what only the loading needs in that of ctx ---- */

static struct ctx keeping_in(const struct ctx *ctx, struct arena *arena)
{
    struct ctx keeping = *ctx;
    keeping.arena = arena;
    return keeping;
}

static err load_templates(struct ctx *ctx, struct theme *theme, const char *folder, struct arena *arena)
{
    struct sources read = {0};
    TRY(read_folder(ctx, arena_format(ctx->arena, "%s/templates", folder), &read));
    theme->templates.items = arena_alloc_many(arena, read.count, sizeof *read.items);
    for (size_t i = 0; i < read.count; i++) {
        struct source *source = &theme->templates.items[theme->templates.count++];
        source->name = arena_copy_text(arena, read.items[i].name);
        TRY(liquid_compile(ctx, theme->env, source->name, read.items[i].text, &source->template));
    }
    return NULL;
}

static err load_snippets(struct ctx *ctx, struct theme *theme, const char *folder)
{
    struct sources read = {0};
    TRY(read_folder(ctx, arena_format(ctx->arena, "%s/snippets", folder), &read));
    for (size_t i = 0; i < read.count; i++)
        TRY(liquid_compile_snippet(ctx, theme->env, read.items[i].name, read.items[i].text));
    return NULL;
}

static err load_layout(struct ctx *ctx, struct theme *theme, const char *folder, const char *layout)
{
    const char *text;
    size_t length;
    TRY(read_file(ctx, arena_format(ctx->arena, "%s/layout/%s.liquid", folder, layout), &text, &length));
    return liquid_compile(ctx, theme->env, layout, text, &theme->layout);
}

static err load_texts(struct ctx *ctx, struct theme *theme, const char *folder, struct arena *arena)
{
    for (size_t i = 0; i < LOCALE_COUNT; i++) {
        const char *text;
        size_t length;
        struct value *tree;
        struct ctx keeping = keeping_in(ctx, arena);
        TRY(read_file(ctx, arena_format(ctx->arena, "%s/locales/%s.json", folder, locales[i]), &text,
                      &length));
        TRY(json_read(&keeping, text, length, &tree));
        theme->texts[i] = tree;
    }
    return NULL;
}

/* ---- what a theme offers to who designs with it ---- */

static bool has_folder(struct ctx *ctx, const char *folder, const char *name)
{
    return access(arena_format(ctx->arena, "%s/%s", folder, name), R_OK) == 0;
}

static err load_sections(struct ctx *ctx, struct theme *theme, const char *folder, struct arena *arena)
{
    struct sources read = {0};
    struct ctx keeping = keeping_in(ctx, arena);
    struct value *schemas = value_object(arena);
    theme->schema.sections = schemas;
    if (!has_folder(ctx, folder, "sections"))
        return NULL;
    TRY(read_folder(ctx, arena_format(ctx->arena, "%s/sections", folder), &read));
    struct theme_section *items = arena_alloc_many(arena, read.count, sizeof *items);
    for (size_t i = 0; i < read.count; i++) {
        const char *file = arena_format(arena, "sections/%s.liquid", read.items[i].name);
        struct value *schema;
        items[i].type = arena_copy_text(arena, read.items[i].name);
        TRY(liquid_compile(ctx, theme->env, file, read.items[i].text, &items[i].template));
        TRY(theme_section_schema(&keeping, file, read.items[i].text, &schema));
        value_set(arena, schemas, items[i].type, *schema);
    }
    theme->sections = (struct theme_sections){items, read.count};
    return NULL;
}

static err read_json(struct ctx *ctx, const char *folder, const char *name, struct arena *arena,
                     struct value **tree)
{
    const char *text;
    size_t length;
    struct ctx keeping = keeping_in(ctx, arena);
    TRY(read_file(ctx, arena_format(ctx->arena, "%s/%s", folder, name), &text, &length));
    err failure = json_read(&keeping, text, length, tree);
    return failure ? fail_with(ctx, ERR_TEMPLATE, "%s: %s", name, failure->detail) : NULL;
}

static err load_config(struct ctx *ctx, struct theme *theme, const char *folder, struct arena *arena)
{
    struct value *settings = value_list(arena), *themes = value_object(arena), *document;
    if (has_folder(ctx, folder, "config"))
        TRY(read_json(ctx, folder, "config/settings_schema.json", arena, &settings));
    for (size_t i = 0; has_folder(ctx, folder, "config") && design_names[i]; i++) {
        const char *name = arena_format(ctx->arena, "config/theme-%s.json", design_names[i]);
        TRY(read_json(ctx, folder, name, arena, &document));
        value_set(arena, themes, design_names[i], *document);
    }
    theme->schema.settings = settings;
    theme->schema.check_liquid = theme_check_liquid;
    theme->schema.themes = themes;
    return NULL;
}

const struct design_schema *theme_schema(const struct theme *theme)
{
    return &theme->schema;
}

static err load_folder(struct ctx *ctx, struct theme *theme, const char *folder, const char *layout,
                       struct arena *arena)
{
    struct liquid_env_options options = {.escape = true, .strict_filters = true, .filters = theme_filters};
    theme->env = liquid_env_open(arena, &options);
    TRY(load_texts(ctx, theme, folder, arena));
    TRY(load_layout(ctx, theme, folder, layout));
    TRY(load_templates(ctx, theme, folder, arena));
    TRY(load_snippets(ctx, theme, folder));
    TRY(load_sections(ctx, theme, folder, arena));
    return load_config(ctx, theme, folder, arena);
}

err theme_load(struct ctx *ctx, const char *folder, const char *layout, const struct http_static *statics,
               const char *assets, struct theme **result)
{
    struct theme *theme = arena_alloc(ctx->arena, sizeof *theme);
    struct ctx loading = *ctx;
    theme->links = (struct theme_links){.statics = statics, .assets = assets};
    loading.arena = arena_open(ARENA_LIMIT);
    err failure = load_folder(&loading, theme, folder, layout, ctx->arena);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    arena_close(loading.arena);
    *result = theme;
    return failure;
}

static const struct value *texts_of(const struct theme *theme, const char *locale)
{
    return theme->texts[text_is(locale, locales[1]) ? 1 : 0];
}

err theme_render(struct req *req, struct theme *theme, const char *template, struct value *globals,
                 struct text_buf *out)
{
    const struct source *source = find_source(&theme->templates, template);
    if (!source)
        return fail_with(&req->ctx, ERR_TEMPLATE, "there is no template %s", template);
    struct theme_call call = {.links = &theme->links,
                              .texts = texts_of(theme, req->ctx.locale),
                              .is_english = text_is(req->ctx.locale, "en"),
                              .shown = shop_find_shown(req->ctx.shop, req_cookie(req, CURRENCY_COOKIE))};
    if (theme->sections.count > 0 && value_find(globals, "sections"))
        TRY(theme_sections_render(&req->ctx, &theme->sections, globals, &call));
    return liquid_render_page(&req->ctx, source->template, theme->layout, globals, &call, out);
}

const char *theme_text(const struct theme *theme, const char *locale, const char *key)
{
    return text_find(texts_of(theme, locale), key, strlen(key));
}
