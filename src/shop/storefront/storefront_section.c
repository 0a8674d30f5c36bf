/* storefront_section.c - documents, schemas and defaults become what templates read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_section.h"

#include "base/html.h"
#include "base/text.h"
#include "shop/design/design.h"
#include "shop/media/media.h"

#define PICTURES_PLACE "/media/"
#define SETTING_LIMIT 60

/* A setting that waits for its picture. */
struct wish {
    struct value *settings;
    const char *name;
    const char *picture_id;
};

struct reading {
    struct ctx *ctx;
    struct wish wishes[SECTION_PICTURE_LIMIT];
    size_t wish_count;
};

const char *section_text(const struct ctx *ctx, const struct value *text)
{
    if (!text)
        return "";
    if (text->kind == VALUE_TEXT)
        return text->text;
    const char *own = value_find_text(text, ctx->locale ? ctx->locale : "zh-CN");
    const char *said = own && own[0] ? own : value_find_text(text, "zh-CN");
    return said ? said : "";
}

/* ---- one setting ---- */

static const char *choice_of(const struct value *setting, const struct value *given)
{
    const struct value *options = value_find(setting, "options");
    const char *usual = value_find_text(setting, "default");
    for (size_t i = 0; given && given->kind == VALUE_TEXT && i < value_count(options); i++)
        if (text_is(value_find_text(value_at(options, i), "value"), given->text))
            return given->text;
    return usual ? usual : "";
}

static int64_t number_of(const struct value *setting, const struct value *given)
{
    int64_t number =
        given && given->kind == VALUE_INT ? given->integer : value_find_int(setting, "default", 0);
    int64_t least = value_find_int(setting, "min", 0), most = value_find_int(setting, "max", INT64_MAX);
    return number < least ? least : number > most ? most : number;
}

static void wish_picture(struct reading *reading, struct value *settings, const char *name, const char *id)
{
    value_set(reading->ctx->arena, settings, name, value_null());
    if (is_media_id(id) && reading->wish_count < SECTION_PICTURE_LIMIT)
        reading->wishes[reading->wish_count++] = (struct wish){settings, name, id};
}

static struct value text_setting(struct reading *reading, const char *type, const char *text)
{
    if (text_is(type, "richtext"))
        return value_text(text[0] ? html_safe(reading->ctx->arena, text, PICTURES_PLACE) : "");
    if (text_is(type, "url"))
        return value_text(design_is_url(text) ? text : "");
    if (text_is(type, "color"))
        return value_text(design_is_colour(text) ? text : "");
    return value_text(text);
}

static void read_setting(struct reading *reading, struct value *settings, const struct value *setting,
                         const struct value *given)
{
    struct arena *arena = reading->ctx->arena;
    const char *id = value_find_text(setting, "id"), *type = value_find_text(setting, "type");
    const struct value *usual = value_find(setting, "default");
    if (!id || !type || text_is(type, "header"))
        return;
    if (text_is(type, "checkbox")) {
        const struct value *flag = given && given->kind == VALUE_BOOL ? given : usual;
        value_set_bool(arena, settings, id, flag && flag->kind == VALUE_BOOL && flag->boolean);
    } else if (text_is(type, "range") || text_is(type, "number")) {
        value_set_int(arena, settings, id, number_of(setting, given));
    } else if (text_is(type, "select") || text_is(type, "radio")) {
        value_set_text(arena, settings, id, choice_of(setting, given));
    } else if (text_is(type, "image_picker")) {
        wish_picture(reading, settings, id, section_text(reading->ctx, given));
    } else {
        value_set(arena, settings, id,
                  text_setting(reading, type, section_text(reading->ctx, given ? given : usual)));
    }
}

static struct value *read_settings(struct reading *reading, const struct value *schema,
                                   const struct value *of)
{
    struct value *settings = value_object(reading->ctx->arena);
    const struct value *declared = value_find(schema, "settings"), *given = value_find(of, "settings");
    for (size_t i = 0; i < value_count(declared) && i < SETTING_LIMIT; i++) {
        const struct value *setting = value_at(declared, i);
        const char *id = value_find_text(setting, "id");
        read_setting(reading, settings, setting, id ? value_find(given, id) : NULL);
    }
    return settings;
}

/* ---- blocks ---- */

static bool is_disabled(const struct value *of)
{
    return value_find_bool(of, "disabled");
}

static const struct value *in_order(const struct value *order, size_t at, const struct value *members,
                                    const char **id)
{
    const struct value *name = value_at(order, at);
    *id = name && name->kind == VALUE_TEXT ? name->text : NULL;
    return *id ? value_find(members, *id) : NULL;
}

struct block_at {
    const char *id;
    const struct value *kind;
    const struct value *block;
};

/* A block of a document that is shown; false for one that is hidden or that the theme does not have. */
static bool shown_block(const struct value *of, size_t at, const struct value *schema, struct block_at *found)
{
    const struct value *blocks = value_find(of, "blocks"), *order = value_find(of, "block_order");
    found->block = in_order(order, at, blocks, &found->id);
    found->kind = design_block_schema(schema, value_find_text(found->block, "type"));
    return found->kind && !is_disabled(found->block);
}

static struct value *add_block(struct reading *reading, struct value *list, const struct block_at *found)
{
    struct arena *arena = reading->ctx->arena;
    struct value *entry = value_add(arena, list, *value_object(arena));
    value_set_text(arena, entry, "id", found->id);
    value_set_text(arena, entry, "type", value_find_text(found->kind, "type"));
    value_set_bool(arena, entry, "is_theme", value_find(found->kind, "is_theme") != NULL);
    value_set(arena, entry, "settings", *read_settings(reading, found->kind, found->block));
    return entry;
}

/* The blocks of a section or, with a `level` above 1, of a block. */
static void read_blocks(struct reading *reading, struct value *view, const struct value *schema,
                        const struct value *of, size_t level)
{
    struct value *list = value_set_list(reading->ctx->arena, view, "blocks");
    size_t count = value_count(value_find(of, "block_order"));
    for (size_t i = 0; i < count && i < SECTION_BLOCK_LIMIT && level <= DESIGN_NEST_LIMIT; i++) {
        struct block_at found;
        if (!shown_block(of, i, schema, &found))
            continue;
        struct value *entry = add_block(reading, list, &found);
        const struct value *inner = design_nest_schema(reading->ctx, found.kind);
        if (inner)
            read_blocks(reading, entry, inner, found.block, level + 1);
    }
}

/* Those that stand in the section's text, whether the document says something of them or not. */
static void read_static_blocks(struct reading *reading, struct value *view, const struct value *schema,
                               const struct value *of)
{
    const struct value *kinds = value_find(schema, "static_blocks"), *blocks = value_find(of, "blocks");
    struct value *list = value_set_list(reading->ctx->arena, view, "static_blocks");
    for (size_t i = 0; i < value_count(kinds) && i < SECTION_BLOCK_LIMIT; i++) {
        const struct value *kind = value_at(kinds, i);
        const char *id = value_find_text(kind, "id");
        const struct value *block = id ? value_find(blocks, id) : NULL;
        if (!is_disabled(block))
            add_block(reading, list, &(struct block_at){id, kind, block});
    }
}

/* ---- pictures ---- */

static void show_picture(struct ctx *ctx, const struct wish *wish, const struct picture *picture)
{
    picture_set_view(ctx, wish->settings, wish->name, picture->id, picture->alt);
    struct value view = *value_find(wish->settings, wish->name);
    if (picture->width > 0 && picture->height > 0) {
        value_set_int(ctx->arena, &view, "width", picture->width);
        value_set_int(ctx->arena, &view, "height", picture->height);
    }
}

static err grant_wishes(struct reading *reading)
{
    const char *ids[SECTION_PICTURE_LIMIT];
    const struct picture *found[SECTION_PICTURE_LIMIT];
    if (reading->wish_count == 0)
        return NULL;
    for (size_t i = 0; i < reading->wish_count; i++)
        ids[i] = reading->wishes[i].picture_id;
    TRY(picture_load_many(reading->ctx, ids, reading->wish_count, found));
    for (size_t i = 0; i < reading->wish_count; i++)
        if (found[i])
            show_picture(reading->ctx, &reading->wishes[i], found[i]);
    return NULL;
}

/* ---- the page ---- */

static void read_section(struct reading *reading, struct section *section, const struct value *schema,
                         const struct value *of)
{
    struct arena *arena = reading->ctx->arena;
    section->view = value_object(arena);
    section->settings = read_settings(reading, schema, of);
    value_set_text(arena, section->view, "id", section->id);
    value_set_text(arena, section->view, "type", section->type);
    value_set_text(arena, section->view, "name", section_text(reading->ctx, value_find(schema, "name")));
    value_set(arena, section->view, "settings", *section->settings);
    read_blocks(reading, section->view, schema, of, 1);
    read_static_blocks(reading, section->view, schema, of);
}

/* Without a word of its parts a page is shown as its template has it. */
static void read_main(struct reading *reading, struct section_page *page, const struct value *schema,
                      const struct value *of)
{
    struct section main = {.id = DESIGN_MAIN, .type = DESIGN_MAIN};
    page->main_at = page->count;
    if (!schema || !value_find(of, "blocks"))
        return;
    read_section(reading, &main, schema, of);
    page->main = main.view;
}

err section_page_read(struct ctx *ctx, const struct value *schemas, const struct value *main,
                      const struct value *document, const char *template, struct section_page *page)
{
    struct reading reading = {.ctx = ctx};
    const struct value *of = value_find(value_find(document, "templates"), template);
    const struct value *sections = value_find(of, "sections"), *order = value_find(of, "order");
    page->count = page->main_at = 0;
    page->main = NULL;
    for (size_t i = 0; i < value_count(order) && page->count < SECTION_LIMIT; i++) {
        struct section *section = &page->sections[page->count];
        const struct value *one = in_order(order, i, sections, &section->id);
        section->type = value_find_text(one, "type");
        const struct value *schema = section->type ? value_find(schemas, section->type) : NULL;
        bool is_main = text_is(section->type, DESIGN_MAIN);
        if (is_main)
            read_main(&reading, page, main, one);
        if (is_main || !schema || is_disabled(one))
            continue;
        read_section(&reading, section, schema, one);
        page->count++;
    }
    return grant_wishes(&reading);
}
