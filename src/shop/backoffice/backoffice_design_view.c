/* backoffice_design_view.c - sections, blocks and the forms of their settings, made from the theme's schemas.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_design_view.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include <inttypes.h>
#include <string.h>

const char *design_said(const struct ctx *ctx, const struct value *text)
{
    if (text && text->kind == VALUE_TEXT)
        return text->text;
    const char *own = value_find_text(text, ctx->locale ? ctx->locale : "zh-CN");
    const char *words = own && own[0] ? own : value_find_text(text, "zh-CN");
    return words ? words : "";
}

bool design_can_pick(const char *type)
{
    static const char *const types[] = {"image_picker", "collection", "category", "product", "url"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_is(type, types[i]))
            return true;
    return false;
}

static bool is_on(const struct value *flag)
{
    return flag && flag->kind == VALUE_BOOL && flag->boolean;
}

struct forming {
    struct ctx *ctx;
    int64_t next; /* of rows in the form */
    bool has_pictures;
};

static void add_options(struct forming *forming, struct value *row, const struct value *setting,
                        const char *chosen)
{
    struct arena *arena = forming->ctx->arena;
    const struct value *options = value_find(setting, "options");
    struct value *list = value_set_list(arena, row, "options");
    for (size_t i = 0; i < value_count(options); i++) {
        struct value *option = value_add(arena, list, *value_object(arena));
        const char *value = value_find_text(value_at(options, i), "value");
        value_set_text(arena, option, "value", value);
        value_set_text(arena, option, "label",
                       design_said(forming->ctx, value_find(value_at(options, i), "label")));
        value_set_bool(arena, option, "is_chosen", text_is(value, chosen));
    }
}

/* As it is typed: texts in both languages, numbers as digits. */
static void add_value(struct forming *forming, struct value *row, const char *type, const struct value *value)
{
    struct arena *arena = forming->ctx->arena;
    const char *own = value && value->kind == VALUE_TEXT ? value->text : value_find_text(value, "zh-CN");
    const char *en = value_find_text(value, "en");
    if (value && value->kind == VALUE_INT)
        own = arena_format(arena, "%" PRId64, value->integer);
    value_set_text(arena, row, "value", own ? own : "");
    value_set_text(arena, row, "en", en ? en : "");
    value_set_bool(arena, row, "is_on", is_on(value));
    value_set_bool(arena, row, "is_both",
                   text_is(type, "text") || text_is(type, "textarea") || text_is(type, "richtext"));
}

static void add_row(struct forming *forming, struct value *rows, const struct value *setting,
                    const struct value *given, const char *block, const char *prefix)
{
    struct arena *arena = forming->ctx->arena;
    const char *id = value_find_text(setting, "id"), *type = value_find_text(setting, "type");
    if (!id || !type)
        return;
    struct value *row = value_add(arena, rows, *value_object(arena));
    const struct value *value = value_find(given, id);
    value = value ? value : value_find(setting, "default");
    value_set_text(arena, row, "id", id);
    value_set_text(arena, row, "type", type);
    value_set_text(arena, row, "block", block);
    value_set_text(arena, row, "field", arena_format(arena, "%s.%s", prefix, id));
    value_set_text(arena, row, "label", design_said(forming->ctx, value_find(setting, "label")));
    value_set_bool(arena, row, "can_pick", design_can_pick(type));
    value_set_text(arena, row, "info", design_said(forming->ctx, value_find(setting, "info")));
    if (text_is(type, "header"))
        return;
    value_set_int(arena, row, "at", forming->next++);
    add_value(forming, row, type, value);
    add_options(forming, row, setting, value && value->kind == VALUE_TEXT ? value->text : NULL);
    if (value_find(setting, "min"))
        value_set(arena, row, "min", *value_find(setting, "min"));
    if (value_find(setting, "max"))
        value_set(arena, row, "max", *value_find(setting, "max"));
    forming->has_pictures = forming->has_pictures || text_is(type, "image_picker");
}

static void add_rows(struct forming *forming, struct value *view, const struct value *schema,
                     const struct value *of, const char *block, const char *prefix)
{
    struct value *rows = value_set_list(forming->ctx->arena, view, "rows");
    const struct value *settings = value_find(schema, "settings");
    for (size_t i = 0; i < value_count(settings); i++)
        add_row(forming, rows, value_at(settings, i), value_find(of, "settings"), block, prefix);
}

static err add_pictures(struct ctx *ctx, struct value *view)
{
    struct picture_page page;
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    TRY(picture_list(ctx, &(struct picture_query){.filter = PICTURES_ALL, .limit = DESIGN_PICTURES}, &page));
    for (size_t i = 0; i < page.count; i++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        picture_set_view(ctx, entry, "picture", page.items[i].id, page.items[i].alt);
        value_set_text(ctx->arena, entry, "id", page.items[i].id);
        value_set_text(ctx->arena, entry, "name",
                       page.items[i].alt && page.items[i].alt[0] ? page.items[i].alt
                                                                 : page.items[i].file_name);
    }
    return NULL;
}

/* ---- sections ---- */

static void describe(struct ctx *ctx, struct value *entry, const char *id, const struct value *of,
                     const struct value *schema)
{
    const char *type = value_find_text(of, "type");
    const char *name = design_said(ctx, value_find(schema, "name"));
    value_set_text(ctx->arena, entry, "id", id);
    value_set_text(ctx->arena, entry, "type", type);
    value_set_text(ctx->arena, entry, "name", name[0] ? name : type);
    value_set_bool(ctx->arena, entry, "is_hidden", is_on(value_find(of, "disabled")));
    value_set_bool(ctx->arena, entry, "is_main", text_is(type, DESIGN_MAIN));
    value_set_bool(ctx->arena, entry, "stays", value_find_bool(schema, "stays"));
    value_set_bool(ctx->arena, entry, "is_once", value_find_int(schema, "limit", 0) == 1);
}

static void add_kinds(struct ctx *ctx, struct value *view, const struct value *kinds)
{
    struct value *list = value_set_list(ctx->arena, view, "kinds");
    bool is_object = kinds && kinds->kind == VALUE_OBJECT;
    for (size_t i = 0; i < value_count(kinds); i++) {
        const struct value *schema = is_object ? &kinds->object->members[i].value : value_at(kinds, i);
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "type",
                       is_object ? kinds->object->members[i].name : value_find_text(schema, "type"));
        value_set_text(ctx->arena, entry, "name", design_said(ctx, value_find(schema, "name")));
    }
}

static const char *name_at(const struct value *order, size_t at)
{
    const struct value *name = value_at(order, at);
    return name && name->kind == VALUE_TEXT ? name->text : NULL;
}

/* Blocks that stand in the section's text: they have settings, and no place to be moved to. */
static void add_fixed(struct forming *forming, struct value *list, const struct value *schema,
                      const struct value *blocks, const char *section)
{
    struct arena *arena = forming->ctx->arena;
    const struct value *kinds = value_find(schema, "static_blocks");
    for (size_t i = 0; i < value_count(kinds); i++) {
        const struct value *kind = value_at(kinds, i);
        const char *id = value_find_text(kind, "id");
        const struct value *block = value_find(blocks, id);
        struct value *entry = value_add(arena, list, *value_object(arena));
        describe(forming->ctx, entry, id, block, kind);
        value_set_bool(arena, entry, "is_fixed", true);
        add_rows(forming, entry, kind, block, id, arena_format(arena, "%s.%s", section, id));
    }
}

static const char *path_of(struct forming *forming, const char *above, const char *id)
{
    return above ? arena_format(forming->ctx->arena, "%s/%s", above, id) : id;
}

/* The blocks of a section or, with its path, of a block: `id` is the path of each. */
static void add_blocks(struct forming *forming, struct value *view, const struct value *schema,
                       const struct value *of, const char *section, const char *above, size_t level)
{
    struct arena *arena = forming->ctx->arena;
    const struct value *order = value_find(of, "block_order"), *blocks = value_find(of, "blocks");
    struct value *list = value_set_list(arena, view, "blocks");
    for (size_t i = 0; i < value_count(order); i++) {
        const char *id = name_at(order, i);
        const struct value *block = id ? value_find(blocks, id) : NULL;
        const struct value *kind = design_block_schema(schema, value_find_text(block, "type"));
        struct value *entry = block ? value_add(arena, list, *value_object(arena)) : NULL;
        if (!entry)
            continue;
        const char *path = path_of(forming, above, id);
        const struct value *inner = level < DESIGN_NEST_LIMIT ? design_nest_schema(forming->ctx, kind) : NULL;
        describe(forming->ctx, entry, path, block, kind);
        add_rows(forming, entry, kind, block, path, arena_format(arena, "%s.%s", section, path));
        if (inner)
            add_blocks(forming, entry, inner, block, section, path, level + 1);
    }
    if (!above)
        add_fixed(forming, list, schema, blocks, section);
    add_kinds(forming->ctx, view, value_find(schema, "blocks"));
}

static void add_state(struct ctx *ctx, const struct draft *draft, struct value *editor)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, editor, "edit", arena_format(arena, "%" PRId64, draft->edit));
    value_set_bool(arena, editor, "is_draft", draft->is_there);
    value_set_bool(arena, editor, "can_undo", draft->has_former);
    value_set_int(arena, editor, "version", ctx->shop->design_version);
    value_set_text(arena, editor, "theme", draft->design.theme);
    value_set_bool(arena, editor, "is_mended", design_is_mended(ctx, &draft->design));
}

/* ---- pages ---- */

static err find_category(struct ctx *ctx, const char **address)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    if (count > 0)
        *address = arena_format(ctx->arena, "/categories/%s", categories[0].handle);
    return NULL;
}

static err find_collection(struct ctx *ctx, const char **address)
{
    struct collection *collections;
    size_t count;
    TRY(collection_list(ctx, &collections, &count));
    for (size_t i = 0; i < count && !*address; i++)
        if (collections[i].is_shown)
            *address = arena_format(ctx->arena, "/collections/%s", collections[i].handle);
    return NULL;
}

static err find_product(struct ctx *ctx, const char **address)
{
    struct product_page page;
    TRY(product_list(ctx, &(struct product_query){.status = PRODUCT_ACTIVE, .limit = 1}, &page));
    if (page.count > 0)
        *address = arena_format(ctx->arena, "/products/%s", page.items[0].handle);
    return NULL;
}

/* A page of this kind to look at; *address stays NULL when there is none yet. */
static err find_example(struct ctx *ctx, const char *page, const char **address)
{
    *address = NULL;
    if (text_is(page, "category"))
        return find_category(ctx, address);
    if (text_is(page, "collection"))
        return find_collection(ctx, address);
    if (text_is(page, "product"))
        return find_product(ctx, address);
    *address = text_is(page, DESIGN_HOME) ? "/" : arena_format(ctx->arena, "/%s", page);
    return NULL;
}

static err add_pages(struct ctx *ctx, const struct value *document, const char *page, struct value *editor)
{
    struct value *list = value_set_list(ctx->arena, editor, "pages");
    const char *example;
    for (size_t i = 0; design_page_names[i]; i++) {
        const char *name = design_page_names[i];
        size_t count = value_count(value_find(design_page(document, name), "order"));
        size_t own = text_is(name, DESIGN_HOME) || count == 0 ? 0 : 1;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "name", name);
        value_set_bool(ctx->arena, entry, "is_current", text_is(name, page));
        value_set_int(ctx->arena, entry, "sections", (int64_t)(count - own));
    }
    TRY(find_example(ctx, page, &example));
    value_set_text(ctx->arena, editor, "page", page);
    value_set_text(ctx->arena, editor, "example", example);
    return NULL;
}

/* ---- the editor of a page ---- */

struct editing {
    struct forming forming;
    const char *page;
    const char *chosen; /* id, NULL = none */
    struct value *editor;
    struct value *list;
};

static void add_chosen(struct editing *editing, const char *address, const struct value *of,
                       const struct value *schema)
{
    struct ctx *ctx = editing->forming.ctx;
    struct value *form = value_set_object(ctx->arena, editing->editor, "chosen");
    describe(ctx, form, address, of, schema);
    value_set_text(ctx->arena, form, "anchor", editing->chosen);
    add_rows(&editing->forming, form, schema, of, NULL, address);
    add_blocks(&editing->forming, form, schema, of, address, NULL, 1);
}

static void add_section(struct editing *editing, const char *id, const struct value *of)
{
    struct ctx *ctx = editing->forming.ctx;
    const char *type = value_find_text(of, "type");
    const struct value *schema = design_section_schema(ctx, editing->page, type);
    struct value *entry = value_add(ctx->arena, editing->list, *value_object(ctx->arena));
    const char *address = design_address(ctx, editing->page, id);
    describe(ctx, entry, address, of, schema);
    value_set_bool(ctx->arena, entry, "is_chosen", text_is(id, editing->chosen));
    if (text_is(id, editing->chosen))
        add_chosen(editing, address, of, schema);
}

err design_editor_view(struct ctx *ctx, const struct draft *draft, const char *page, const char *section,
                       struct value *view)
{
    const char *wanted, *named = design_page_of(ctx, section, &wanted);
    bool has_section = section && section[0];
    struct editing editing = {.forming = {.ctx = ctx},
                              .page = has_section && design_is_page(named) ? named : page};
    struct value *document = (struct value *)(uintptr_t)draft->design.document;
    TRY(design_main_begin(ctx, document, editing.page));
    const struct value *of = design_page(document, editing.page);
    const struct value *order = value_find(of, "order"), *sections = value_find(of, "sections");
    bool is_there = has_section && value_find(sections, wanted);
    editing.chosen = is_there ? wanted : name_at(order, 0);
    editing.editor = value_set_object(ctx->arena, view, "editor");
    editing.list = value_set_list(ctx->arena, editing.editor, "sections");
    add_state(ctx, draft, editing.editor);
    TRY(add_pages(ctx, document, editing.page, editing.editor));
    add_kinds(ctx, editing.editor, ctx->services->design->sections);
    for (size_t i = 0; i < value_count(order); i++) {
        const char *id = name_at(order, i);
        const struct value *one = id ? value_find(sections, id) : NULL;
        if (one)
            add_section(&editing, id, one);
    }
    return editing.forming.has_pictures ? add_pictures(ctx, editing.editor) : NULL;
}

err design_look_view(struct ctx *ctx, const struct draft *draft, struct value *view)
{
    static const char *const themes[] = {"general", "fashion", "digital"};
    struct arena *arena = ctx->arena;
    struct forming forming = {.ctx = ctx};
    struct value *editor = value_set_object(arena, view, "editor");
    struct value *groups = value_set_list(arena, editor, "groups"),
                 *names = value_set_list(arena, editor, "themes");
    const struct value *schema = ctx->services->design->settings;
    add_state(ctx, draft, editor);
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
        if (value_find(ctx->services->design->themes, themes[i]))
            value_add(arena, names, value_text(themes[i]));
    for (size_t i = 0; i < value_count(schema); i++) {
        struct value *group = value_add(arena, groups, *value_object(arena));
        value_set_text(arena, group, "name", design_said(ctx, value_find(value_at(schema, i), "name")));
        add_rows(&forming, group, value_at(schema, i), draft->design.document, NULL, "settings");
    }
    return forming.has_pictures ? add_pictures(ctx, editor) : NULL;
}
