/* theme_schema.c - schemas and documents of a merchant's theme, and the snippets that it names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_schema.h"

#include "base/text.h"
#include "shop/services.h"
#include "web/theme_blocks.h"
#include "web/theme_sections.h"
#include <string.h>

#define CODE "theme-schema"

struct schema_check {
    struct ctx *ctx;
    struct own_problems *problems;
    const char *path;
    size_t line; /* where its schema begins */
};

static void complain(const struct schema_check *check, const char *words, const char *name)
{
    own_problem_add(check->ctx, check->problems, check->path, CODE,
                    arena_format(check->ctx->arena, "%zu:1: %s%s%s", check->line, words, name ? " " : "",
                                 name ? name : ""));
}

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (const char *c = text; c < at; c++)
        line += *c == '\n';
    return line;
}

static bool is_type(const char *type)
{
    static const char *const types[] = {"text",   "textarea", "richtext",   "checkbox", "range",
                                        "number", "select",   "radio",      "color",    "image_picker",
                                        "url",    "liquid",   "collection", "category", "product",
                                        "header", NULL};
    for (size_t i = 0; types[i]; i++)
        if (text_is(type, types[i]))
            return true;
    return false;
}

static void check_setting(const struct schema_check *check, const struct value *settings, size_t at)
{
    const struct value *setting = value_at(settings, at);
    const char *type = value_find_text(setting, "type"), *id = value_find_text(setting, "id");
    if (!type || !is_type(type)) {
        complain(check, "a setting has a type that there is not:", type ? type : "(none)");
        return;
    }
    if (text_is(type, "header"))
        return;
    if (!id || !id[0] || strlen(id) > DESIGN_NAME_LIMIT) {
        complain(check, "a setting has no id; its type is", type);
        return;
    }
    for (size_t i = 0; i < at; i++)
        if (text_is(value_find_text(value_at(settings, i), "id"), id))
            complain(check, "two settings have the id", id);
    bool is_choice = text_is(type, "select") || text_is(type, "radio");
    if (is_choice && value_count(value_find(setting, "options")) == 0)
        complain(check, "there are no options in", id);
}

static void check_settings(const struct schema_check *check, const struct value *settings)
{
    if (settings && settings->kind != VALUE_LIST) {
        complain(check, "\"settings\" must be a list", NULL);
        return;
    }
    for (size_t i = 0; i < value_count(settings); i++)
        check_setting(check, settings, i);
}

/* Those of a section or, without `may_own`, of a block, which holds theme blocks only. */
static void check_kinds(const struct schema_check *check, const struct value *blocks, bool may_own)
{
    size_t of_theme = 0;
    for (size_t i = 0; i < value_count(blocks); i++) {
        const struct value *block = value_at(blocks, i);
        const char *type = value_find_text(block, "type");
        of_theme += value_find(block, "is_theme") != NULL;
        if (!type)
            complain(check, "a block has no type", NULL);
        else if (!value_find(block, "name"))
            complain(check, "a block has neither a name nor a file in blocks/:", type);
        if (!value_find(block, "is_theme"))
            check_settings(check, value_find(block, "settings"));
    }
    if (of_theme < value_count(blocks) && (of_theme > 0 || !may_own))
        complain(check,
                 may_own ? "blocks of its own and theme blocks do not stand in one section"
                         : "a block holds theme blocks only",
                 NULL);
}

static void check_offer(const struct schema_check *check, const struct value *schema, const char *nameless,
                        bool may_own)
{
    const struct value *blocks = value_find(schema, "blocks");
    if (!value_find(schema, "name"))
        complain(check, nameless, NULL);
    check_settings(check, value_find(schema, "settings"));
    if (blocks && blocks->kind != VALUE_LIST)
        complain(check, "\"blocks\" must be a list", NULL);
    else
        check_kinds(check, blocks, may_own);
}

static void check_section(const struct schema_check *check, const struct value *schema)
{
    check_offer(check, schema, "\"name\" is missing: what the editor calls the section", true);
}

static void check_block(const struct schema_check *check, const struct value *schema)
{
    check_offer(check, schema, "\"name\" is missing: what the editor calls the block", false);
}

/* ---- content_for ---- */

static bool is_known_before(struct arena *arena, const char *text, const struct content_tag *tag)
{
    struct content_tag before = {.at = text};
    while (content_tag_next(arena, before.at == text ? text : before.at + 1, &before) && before.at < tag->at)
        if (text_is(before.what, tag->what) && (text_is(tag->what, "blocks") || text_is(before.id, tag->id)))
            return true;
    return false;
}

static void check_content(struct schema_check *check, const char *text, const struct content_tag *tag,
                          const struct design_schema *schema)
{
    bool is_section = text_starts(check->path, "sections/"), is_block = text_starts(check->path, "blocks/");
    check->line = line_of(text, tag->at);
    if (!is_section && !is_block)
        complain(check, "content_for stands in sections and blocks only", NULL);
    else if (is_block && text_is(tag->what, "block"))
        complain(check, "content_for 'block' stands in sections only; a block shows its own 'blocks'", NULL);
    else if (is_known_before(check->ctx->arena, text, tag))
        complain(check,
                 text_is(tag->what, "blocks") ? "content_for 'blocks' stands in a file once"
                                              : "two blocks in this section have the id",
                 tag->id);
    else if (text_is(tag->what, "block") && (!tag->type || !tag->id))
        complain(check, "content_for 'block' needs type and id in quotes", NULL);
    else if (text_is(tag->what, "block") && !value_find(schema->blocks, tag->type))
        complain(check, "there is no file of this block in blocks/:", tag->type);
    else if (!text_is(tag->what, "block") && !text_is(tag->what, "blocks"))
        complain(check, "content_for shows 'blocks' or a 'block', not", tag->what);
}

static void check_contents(struct schema_check *check, const char *text, const struct design_schema *schema)
{
    struct content_tag tag = {.at = text};
    while (content_tag_next(check->ctx->arena, tag.at == text ? text : tag.at + 1, &tag))
        check_content(check, text, &tag, schema);
}

static const char *between(struct arena *arena, const char *path, const char *from, const char *ending)
{
    size_t length = strlen(path);
    if (!text_starts(path, from) || !text_ends(path, ending))
        return NULL;
    return arena_copy(arena, path + strlen(from), length - strlen(from) - strlen(ending));
}

/* Said in the file that it came from (`page` is that of templates/PAGE.json); the fields of a document are
 * said before the words. */
static void check_document(struct schema_check *check, const struct design_schema *schema, const char *name,
                           const char *page)
{
    struct ctx own = *check->ctx;
    struct services services = *check->ctx->services;
    struct value *document;
    services.design = schema;
    own.services = &services;
    err failure = design_begin(&own, name, &document);
    failure = failure ? failure : design_check(&own, document);
    if (failure && !failure->problems)
        complain(check, failure->detail, NULL);
    for (const struct field_problem *at = failure ? failure->problems : NULL; at; at = at->next) {
        const char *id, *of = design_page_of(&own, at->field, &id);
        if (!page || text_is(of, page))
            complain(check, arena_format(own.arena, "%s:", at->field), at->message);
    }
}

static size_t schema_line(const char *text)
{
    const char *open = strstr(text, SCHEMA_OPEN);
    return open ? line_of(text, open) : 1;
}

static void check_file(struct schema_check *check, const struct own_file *file,
                       const struct design_schema *schema)
{
    struct arena *arena = check->ctx->arena;
    const char *section = between(arena, file->path, "sections/", ".liquid");
    const char *document = between(arena, file->path, "config/theme-", ".json");
    const struct value *of_section = section ? value_find(schema->sections, section) : NULL;
    const char *page = between(arena, file->path, "templates/", ".json");
    const char *block = between(arena, file->path, "blocks/", ".liquid");
    const struct value *of_block = block ? value_find(schema->blocks, block) : NULL;
    const char *parts = between(arena, file->path, "templates/", ".liquid");
    of_section = parts ? value_find(schema->pages, parts) : of_section;
    if (page)
        document = "general";
    if (of_block) {
        check->line = schema_line(file->bytes);
        check_block(check, of_block);
    }
    if (of_section) {
        check->line = schema_line(file->bytes);
        check_section(check, of_section);
    }
    if (text_ends(file->path, ".liquid"))
        check_contents(check, file->bytes, schema);
    if (text_is(file->path, "config/settings_schema.json"))
        for (size_t i = 0; i < value_count(schema->settings); i++)
            check_settings(check, value_find(value_at(schema->settings, i), "settings"));
    if (document && value_find(schema->themes, document))
        check_document(check, schema, document, page);
}

void theme_schema_check(struct ctx *ctx, const struct own_files *files, const struct design_schema *schema,
                        struct own_problems *problems)
{
    for (size_t i = 0; i < files->count; i++) {
        struct schema_check check = {
            .ctx = ctx, .problems = problems, .path = files->items[i].path, .line = 1};
        check_file(&check, &files->items[i], schema);
    }
}

/* ---- snippets ---- */

/* The name in quotes behind `{% render`; NULL when it is none. */
static const char *named(struct arena *arena, const char *at)
{
    at += strspn(at, " \t\r\n");
    if (*at != '\'' && *at != '"')
        return NULL;
    const char *end = strchr(at + 1, *at);
    return end ? arena_copy(arena, at + 1, (size_t)(end - at - 1)) : NULL;
}

static void check_renders(struct ctx *ctx, const struct own_file *file, const struct own_files *all,
                          struct own_problems *problems)
{
    for (const char *at = strstr(file->bytes, "render "); at; at = strstr(at + 1, "render ")) {
        const char *tag = at;
        while (tag > file->bytes && (tag[-1] == ' ' || tag[-1] == '-'))
            tag--;
        bool is_tag = tag > file->bytes && tag[-1] == '%';
        const char *name = is_tag ? named(ctx->arena, at + strlen("render ")) : NULL;
        if (name && !own_file_find(all, arena_format(ctx->arena, "snippets/%s.liquid", name)))
            own_problem_add(
                ctx, problems, file->path, "theme-file",
                arena_format(ctx->arena, "%zu:1: there is no snippet %.60s", line_of(file->bytes, at), name));
    }
}

void theme_snippets_check(struct ctx *ctx, const struct own_files *files, const struct own_files *all,
                          struct own_problems *problems)
{
    for (size_t i = 0; i < files->count; i++)
        if (text_ends(files->items[i].path, ".liquid"))
            check_renders(ctx, &files->items[i], all, problems);
}
