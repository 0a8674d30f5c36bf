/* theme.c - compiling and rendering a theme. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme.h"

#include "base/json.h"
#include "liquid/liquid.h"
#include "shop/design/design.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include "web/theme_blocks.h"
#include "web/theme_files.h"
#include "web/theme_filters.h"
#include "web/theme_schema.h"
#include "web/theme_sections.h"
#include <string.h>

#define LOCALE_COUNT 2

struct page {
    const char *name; /* without .liquid */
    const struct liquid_template *template;
};

struct theme {
    struct liquid_env *env;
    const char *folder;
    struct page *pages;
    size_t page_count;
    const char *layout_name;
    const struct liquid_template *layout;
    struct theme_section *section_items;
    struct theme_sections sections;
    struct value *section_schemas;
    struct value *block_schemas;
    struct value *page_schemas;
    struct value *documents; /* object: name → document */
    struct design_schema schema;
    const struct value *texts[LOCALE_COUNT];
    struct theme_links links;
};

static const char *const locales[LOCALE_COUNT] = {"zh-CN", "en"};
static const char *const design_names[] = {"general", "fashion", "digital", NULL};

/* Compiling one theme: what is kept lives in the arena of `keeping`, what only compiling needs in that of
 * `work`. */
struct loading {
    struct ctx *work;
    struct ctx keeping;
    struct theme *theme;
    struct own_files files;    /* texts only; nothing of them is kept */
    const struct theme *under; /* NULL of the program's */
};

/* The name between folder and ending. */
static const char *name_of(struct arena *arena, const char *path)
{
    const char *base = strchr(path, '/') + 1, *dot = strrchr(base, '.');
    return arena_copy(arena, base, dot ? (size_t)(dot - base) : strlen(base));
}

/* "line 3, column 5: words" of the reader of JSON as "FILE:3:5: words". */
static err json_failure(struct ctx *ctx, const char *path, err failure)
{
    int line, column, read = 0;
    if (sscanf(failure->detail, "line %d, column %d: %n", &line, &column, &read) == 2 && read > 0)
        return fail_with(ctx, ERR_TEMPLATE, "%s:%d:%d: %s", path, line, column, failure->detail + read);
    return fail_with(ctx, ERR_TEMPLATE, "%s: %s", path, failure->detail);
}

static err read_tree(struct loading *loading, const struct own_file *file, enum value_kind kind,
                     struct value **tree)
{
    err failure = json_read(&loading->keeping, file->bytes, file->length, tree);
    if (failure)
        return json_failure(loading->work, file->path, failure);
    if ((*tree)->kind != kind)
        return fail_with(loading->work, ERR_TEMPLATE, "%s:1:1: it must be %s", file->path,
                         kind == VALUE_OBJECT ? "an object" : "a list");
    return NULL;
}

/* ---- one file after the other, by its folder ---- */

static err load_layout(struct loading *loading, const struct own_file *file)
{
    struct theme *theme = loading->theme;
    if (!text_is(name_of(loading->work->arena, file->path), theme->layout_name))
        return loading->under ? fail_with(loading->work, ERR_TEMPLATE,
                                          "%s:1:1: the only layout is layout/theme.liquid", file->path)
                              : NULL;
    return liquid_compile(loading->work, theme->env, file->path, file->bytes, &theme->layout);
}

static const struct page *find_page(const struct theme *theme, const char *name)
{
    for (size_t i = 0; i < theme->page_count; i++)
        if (text_is(theme->pages[i].name, name))
            return &theme->pages[i];
    return NULL;
}

/* templates/PAGE.json: the sections with which a page begins. Files come by path, so config was read before.
 */
static err load_sections(struct loading *loading, const struct own_file *file, const char *name)
{
    struct value *sections;
    if (!design_is_page(name))
        return fail_with(
            loading->work, ERR_TEMPLATE,
            "%s:1:1: pages of sections are home, products, category, collection, product, search and cart",
            file->path);
    TRY(read_tree(loading, file, VALUE_OBJECT, &sections));
    if (!value_find(sections, "sections") || !value_find(sections, "order"))
        return fail_with(loading->work, ERR_TEMPLATE, "%s:1:1: it needs \"sections\" and \"order\"",
                         file->path);
    struct arena *arena = loading->keeping.arena;
    struct value *document = value_object(arena), *pages = value_object(arena);
    const struct value *usual = value_find(loading->theme->documents, design_names[0]);
    const struct value *before = value_find(usual, "templates");
    value_set_text(arena, document, "theme", design_names[0]);
    if (value_find(usual, "settings"))
        value_set(arena, document, "settings", *value_find(usual, "settings"));
    for (uint32_t i = 0; before && i < before->object->count; i++)
        value_set(arena, pages, before->object->members[i].name, before->object->members[i].value);
    value_set(arena, pages, name, *sections);
    value_set(arena, document, "templates", *pages);
    value_set(arena, loading->theme->documents, design_names[0], *document);
    return NULL;
}

/* A page whose template ends with a schema has parts that can be moved and hidden. */
static err load_parts(struct loading *loading, const struct own_file *file, const char *name)
{
    struct value *schema;
    if (!design_is_page(name) || !strstr(file->bytes, SCHEMA_OPEN))
        return NULL;
    TRY(theme_section_schema(&loading->keeping, file->path, file->bytes, &schema));
    value_set(loading->keeping.arena, loading->theme->page_schemas, name, *schema);
    return NULL;
}

static err load_template(struct loading *loading, const struct own_file *file)
{
    struct theme *theme = loading->theme;
    struct page page = {.name = name_of(loading->keeping.arena, file->path)};
    if (text_ends(file->path, ".json") && loading->under)
        return load_sections(loading, file, page.name);
    if (loading->under && !find_page(loading->under, page.name))
        return fail_with(
            loading->work, ERR_TEMPLATE,
            "%s:1:1: no page of the shop is called %s; home, product, category and cart are some", file->path,
            page.name);
    TRY(liquid_compile(loading->work, theme->env, file->path, file->bytes, &page.template));
    theme->pages[theme->page_count++] = page;
    return load_parts(loading, file, page.name);
}

/* A snippet is called by its name, without its folder. */
static err load_snippet(struct loading *loading, const struct own_file *file)
{
    const char *name = name_of(loading->work->arena, file->path);
    err failure = liquid_compile_snippet(loading->work, loading->theme->env, name, file->bytes);
    if (!failure)
        return NULL;
    const char *where = text_starts(failure->detail, name) ? failure->detail + strlen(name) : failure->detail;
    return fail_with(loading->work, ERR_TEMPLATE, "%s%s", file->path, where);
}

static err load_section(struct loading *loading, const struct own_file *file)
{
    struct theme *theme = loading->theme;
    struct theme_section *section = &theme->section_items[theme->sections.count];
    struct value *schema;
    section->type = name_of(loading->keeping.arena, file->path);
    TRY(liquid_compile(loading->work, theme->env, file->path, file->bytes, &section->template));
    TRY(theme_section_schema(&loading->keeping, file->path, file->bytes, &schema));
    theme_blocks_find(loading->keeping.arena, file->bytes, schema);
    value_set(loading->keeping.arena, theme->section_schemas, section->type, *schema);
    theme->sections.count++;
    return NULL;
}

/* A block is called by its path. */
static err load_block(struct loading *loading, const struct own_file *file)
{
    struct theme *theme = loading->theme;
    struct value *schema;
    TRY(liquid_compile_snippet(loading->work, theme->env, file->path, file->bytes));
    TRY(theme_section_schema(&loading->keeping, file->path, file->bytes, &schema));
    value_set(loading->keeping.arena, theme->block_schemas, name_of(loading->keeping.arena, file->path),
              *schema);
    return NULL;
}

static err load_words(struct loading *loading, const struct own_file *file)
{
    struct value *tree;
    TRY(read_tree(loading, file, VALUE_OBJECT, &tree));
    for (size_t i = 0; i < LOCALE_COUNT; i++) {
        if (!text_is(name_of(loading->work->arena, file->path), locales[i]))
            continue;
        loading->theme->texts[i] =
            loading->under ? theme_words_merge(&loading->keeping, loading->under->texts[i], tree) : tree;
        return NULL;
    }
    return loading->under ? fail_with(loading->work, ERR_TEMPLATE,
                                      "%s:1:1: languages are zh-CN.json and en.json", file->path)
                          : NULL;
}

static err load_config(struct loading *loading, const struct own_file *file)
{
    struct value *tree;
    struct theme *theme = loading->theme;
    const char *name = name_of(loading->keeping.arena, file->path);
    bool is_settings = text_is(name, "settings_schema");
    if (!is_settings && !text_starts(name, "theme-"))
        return loading->under
                   ? fail_with(loading->work, ERR_TEMPLATE,
                               "%s:1:1: config holds settings_schema.json and theme-general.json", file->path)
                   : NULL;
    TRY(read_tree(loading, file, is_settings ? VALUE_LIST : VALUE_OBJECT, &tree));
    if (is_settings)
        theme->schema.settings = tree;
    for (size_t i = 0; !is_settings && design_names[i]; i++)
        if (text_is(name + strlen("theme-"), design_names[i]))
            value_set(loading->keeping.arena, theme->documents, design_names[i], *tree);
    return NULL;
}

static err load_file(struct loading *loading, const struct own_file *file)
{
    static const struct {
        const char *folder;
        err (*load)(struct loading *loading, const struct own_file *file);
    } kinds[] = {{"layout/", load_layout},    {"templates/", load_template}, {"snippets/", load_snippet},
                 {"sections/", load_section}, {"blocks/", load_block},       {"locales/", load_words},
                 {"config/", load_config}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_starts(file->path, kinds[i].folder))
            return kinds[i].load(loading, file);
    return NULL;
}

/* ---- a whole theme ---- */

/* "FILE:LINE:COLUMN: words" without its file. */
static void tell(struct ctx *ctx, struct own_problems *problems, const char *path, err failure)
{
    const char *where = failure->detail;
    if (text_starts(where, path))
        where += strlen(path) + strspn(where + strlen(path), ": ");
    own_problem_add(ctx, problems, path, "theme-file", where);
}

static err load_files(struct loading *loading, struct own_problems *problems, struct ctx *caller)
{
    const struct own_files *files = &loading->files;
    for (size_t i = 0; i < files->count; i++) {
        err failure = load_file(loading, &files->items[i]);
        if (failure && (!problems || failure->code != ERR_TEMPLATE))
            return failure;
        if (failure)
            tell(caller, problems, files->items[i].path, failure);
    }
    theme_blocks_settle(loading->keeping.arena, loading->theme->section_schemas,
                        loading->theme->block_schemas);
    return NULL;
}

static void prepare(struct loading *loading, const struct liquid_env_options *options)
{
    struct theme *theme = loading->theme;
    struct arena *arena = loading->keeping.arena;
    theme->env = liquid_env_open(arena, options);
    theme->pages = arena_alloc_many(arena, loading->files.count + 1, sizeof *theme->pages);
    theme->section_items = arena_alloc_many(arena, loading->files.count + 1, sizeof *theme->section_items);
    theme->sections.items = theme->section_items;
    theme->section_schemas = value_object(arena);
    theme->block_schemas = value_object(arena);
    theme->page_schemas = value_object(arena);
    theme->documents = value_object(arena);
    theme->schema = (struct design_schema){.settings = value_list(arena),
                                           .sections = theme->section_schemas,
                                           .blocks = theme->block_schemas,
                                           .pages = theme->page_schemas,
                                           .themes = theme->documents,
                                           .check_liquid = theme_check_liquid};
}

static err load_whole(struct loading *loading, const struct liquid_env_options *options, const char *folder)
{
    TRY(theme_files_read(loading->work, folder, false, &loading->files));
    prepare(loading, options);
    return load_files(loading, NULL, &loading->keeping);
}

err theme_load(struct ctx *ctx, const char *folder, const char *layout, const struct http_static *statics,
               const char *assets, struct theme **result)
{
    const struct liquid_env_options options = {
        .escape = true, .strict_filters = true, .content = theme_blocks_content, .filters = theme_filters};
    struct theme *theme = arena_alloc(ctx->arena, sizeof *theme);
    struct ctx work = *ctx;
    struct loading loading = {.work = &work, .keeping = *ctx, .theme = theme};
    *result = theme;
    *theme = (struct theme){.layout_name = layout,
                            .folder = arena_copy_text(ctx->arena, folder),
                            .links = {.statics = statics, .assets = assets}};
    work.arena = arena_open(ARENA_LIMIT);
    err failure = load_whole(&loading, &options, folder);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    arena_close(work.arena);
    if (!failure && (!theme->layout || !theme->texts[0] || !theme->texts[1]))
        return fail_with(ctx, ERR_INTERNAL, "%s lacks its layout or its words", folder);
    return failure;
}

static err load_over(struct loading *loading, struct own_problems *problems, struct ctx *caller)
{
    struct own_files built_in;
    struct theme *theme = loading->theme;
    const struct own_files *own = theme->links.own_files;
    const struct liquid_env_options options = {
        .escape = true,
        .strict_filters = true,
        .content = theme_blocks_content,
        .filters = theme_filters,
        .limits = {.loop_rounds = OWN_THEME_ROUNDS, .nesting = OWN_THEME_NESTING, .time_ms = OWN_THEME_MS}};
    TRY(theme_files_read(loading->work, loading->under->folder, false, &built_in));
    loading->files = theme_files_merge(loading->work, &built_in, own);
    prepare(loading, &options);
    for (size_t i = 0; i < LOCALE_COUNT; i++)
        theme->texts[i] = loading->under->texts[i];
    TRY(load_files(loading, problems, caller));
    if (problems)
        theme_schema_check(caller, own, &theme->schema, problems);
    if (problems)
        theme_snippets_check(caller, own, &loading->files, problems);
    return NULL;
}

err theme_load_over(struct ctx *ctx, const struct theme *under, const struct own_files *files,
                    int64_t version, struct own_problems *problems, struct theme **result)
{
    struct theme *theme = arena_alloc(ctx->arena, sizeof *theme);
    struct ctx work = *ctx;
    struct loading loading = {.work = &work, .keeping = *ctx, .theme = theme, .under = under};
    *theme = (struct theme){.layout_name = under->layout_name, .links = under->links};
    theme->links.own_files = files;
    theme->links.own_version = version;
    *result = theme;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = load_over(&loading, problems, ctx);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}

const struct design_schema *theme_schema(const struct theme *theme)
{
    return &theme->schema;
}

const char *theme_folder(const struct theme *theme)
{
    return theme->folder;
}

static const struct value *texts_of(const struct theme *theme, const char *locale)
{
    return theme->texts[text_is(locale, locales[1]) ? 1 : 0];
}

/* A list of `globals`, which grows meanwhile. */
static err render_list(struct ctx *ctx, const struct theme *theme, struct value *globals,
                       const struct value *sections, struct theme_call *call, struct slice *html)
{
    *html = (struct slice){"", 0};
    if (!sections || value_count(sections) == 0)
        return NULL;
    const struct value list = *sections;
    return theme_sections_render(ctx, &theme->sections, globals, &list, call, html);
}

/* A page that is nothing but sections. */
static err render_index(struct ctx *ctx, const struct theme *theme, struct value *globals,
                        struct theme_call *call)
{
    struct slice html;
    const struct value *sections = value_find(globals, "sections");
    if (!sections)
        return NULL;
    TRY(render_list(ctx, theme, globals, sections, call, &html));
    value_set(ctx->arena, globals, "content_for_index", value_text_bytes(html.ptr, html.len));
    return NULL;
}

err theme_render(struct req *req, const struct theme *theme, const char *template, struct value *globals,
                 struct theme_use *use, struct text_buf *out)
{
    const struct page *page = find_page(theme, template);
    if (!page)
        return fail_with(&req->ctx, ERR_TEMPLATE, "there is no template %s", template);
    struct theme_call call = {.links = &theme->links,
                              .use = use,
                              .texts = texts_of(theme, req->ctx.locale),
                              .is_english = text_is(req->ctx.locale, "en"),
                              .shown = shop_find_shown(req->ctx.shop, req_cookie(req, CURRENCY_COOKIE))};
    struct liquid_around around;
    if (theme->sections.count > 0)
        TRY(render_index(&req->ctx, theme, globals, &call));
    TRY(render_list(&req->ctx, theme, globals, value_find(value_find(globals, "around"), "above"), &call,
                    &around.above));
    TRY(render_list(&req->ctx, theme, globals, value_find(value_find(globals, "around"), "below"), &call,
                    &around.below));
    return liquid_render_page(&req->ctx, page->template, theme->layout, &around, globals, &call, out);
}

const char *theme_text(const struct theme *theme, const char *locale, const char *key)
{
    return text_find(texts_of(theme, locale), key, strlen(key));
}

const struct theme_links *theme_own_links(const struct theme *theme)
{
    return &theme->links;
}

const struct theme_sections *theme_kinds(const struct theme *theme)
{
    return &theme->sections;
}
