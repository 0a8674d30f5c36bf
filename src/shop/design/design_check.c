/* design_check.c - a document against the schemas of its theme: everything that is wrong, at its field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/html.h"
#include "base/json.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include <string.h>

#define PICTURES_PLACE "/media/"
#define COLOUR_LENGTH 7 /* #rrggbb */
#define URL_LIMIT 2000

struct checking {
    struct ctx *ctx;
    const struct design_schema *schema;
    struct field_problem *first;
    struct field_problem *last;
    size_t count;
};

static void complain(struct checking *checking, const char *field, const char *code, const char *message)
{
    if (checking->count++ >= DESIGN_PROBLEM_LIMIT)
        return;
    struct field_problem *problem = arena_alloc(checking->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    if (checking->last)
        checking->last->next = problem;
    else
        checking->first = problem;
    checking->last = problem;
}

bool design_is_colour(const char *text)
{
    return text[0] == '#' && strlen(text) == COLOUR_LENGTH &&
           strspn(text + 1, "0123456789abcdefABCDEF") == COLOUR_LENGTH - 1;
}

bool design_is_url(const char *url)
{
    static const char *const starts[] = {"https://", "http://", "tel:", "mailto:"};
    if (strlen(url) > URL_LIMIT || text_has_control(url, strlen(url)))
        return false;
    if (url[0] == '#' || (url[0] == '/' && url[1] != '/' && url[1] != '\\'))
        return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(url, starts[i]))
            return true;
    return false;
}

const struct value *design_setting(const struct value *settings, const char *id)
{
    for (size_t i = 0; i < value_count(settings); i++)
        if (text_is(value_find_text(value_at(settings, i), "id"), id))
            return value_at(settings, i);
    return NULL;
}

const struct value *design_theme_setting(const struct ctx *ctx, const char *id)
{
    const struct value *groups = ctx->services->design->settings, *found = NULL;
    for (size_t i = 0; !found && i < value_count(groups); i++)
        found = design_setting(value_find(value_at(groups, i), "settings"), id);
    return found;
}

const struct value *design_block_schema(const struct value *schema, const char *type)
{
    const struct value *kinds = value_find(schema, "blocks");
    for (size_t i = 0; type && i < value_count(kinds); i++)
        if (text_is(value_find_text(value_at(kinds, i), "type"), type))
            return value_at(kinds, i);
    return NULL;
}

const struct value *design_nest_schema(const struct ctx *ctx, const struct value *kind)
{
    const struct design_schema *design = ctx->services ? ctx->services->design : NULL;
    const char *type = value_find(kind, "is_theme") ? value_find_text(kind, "type") : NULL;
    const struct value *schema = type && design && design->blocks ? value_find(design->blocks, type) : NULL;
    return value_count(value_find(schema, "blocks")) > 0 ? schema : NULL;
}

const struct value *design_static_schema(const struct value *section_schema, const char *id)
{
    const struct value *blocks = value_find(section_schema, "static_blocks");
    return design_setting(blocks, id);
}

bool design_is_static(const struct value *block)
{
    return value_find_bool(block, "static");
}

/* ---- one setting ---- */

static void check_choice(struct checking *checking, const char *field, const struct value *setting,
                         const char *text)
{
    const struct value *options = value_find(setting, "options");
    for (size_t i = 0; i < value_count(options); i++)
        if (text_is(value_find_text(value_at(options, i), "value"), text))
            return;
    complain(checking, field, "unknown-choice", "not one of the choices");
}

static void check_number(struct checking *checking, const char *field, const struct value *setting,
                         const struct value *given)
{
    if (given->kind != VALUE_INT)
        complain(checking, field, "not-a-number", "a whole number is asked for");
    else if (given->integer < value_find_int(setting, "min", INT64_MIN) ||
             given->integer > value_find_int(setting, "max", INT64_MAX))
        complain(checking, field, "out-of-range", "too small or too large");
}

static void check_liquid(struct checking *checking, const char *field, const char *text)
{
    err (*check)(struct ctx *, const char *) = checking->schema->check_liquid;
    err failure = check && text[0] ? check(checking->ctx, text) : NULL;
    if (failure)
        complain(checking, field, "bad-liquid", failure->detail);
}

static void check_line(struct checking *checking, const char *field, const char *type, const char *text)
{
    size_t most =
        text_is(type, "richtext") || text_is(type, "liquid") ? DESIGN_RICH_LIMIT : DESIGN_TEXT_LIMIT;
    if (utf8_length(text, strlen(text)) > most)
        complain(checking, field, "too-long", "the text is too long");
    else if (text_has_control(text, strlen(text)))
        complain(checking, field, "control-character", "the text holds a control character");
    else if (text_is(type, "url") && text[0] && !design_is_url(text))
        complain(checking, field, "bad-url", "use /page, https://…, tel: or mailto:");
    else if (text_is(type, "color") && text[0] && !design_is_colour(text))
        complain(checking, field, "bad-colour", "use #rrggbb");
    else if (text_is(type, "image_picker") && text[0] && !is_media_id(text))
        complain(checking, field, "unknown-picture", "not a picture of the library");
    else if (text_is(type, "liquid"))
        check_liquid(checking, field, text);
}

/* Plain, or by language; rich texts are made safe where they stand. */
static void check_text(struct checking *checking, const char *field, const char *type, struct value *given)
{
    static const char *const languages[] = {"zh-CN", "en"};
    struct arena *arena = checking->ctx->arena;
    bool is_rich = text_is(type, "richtext");
    if (given->kind == VALUE_TEXT) {
        check_line(checking, field, type, given->text);
        if (is_rich && given->text[0])
            *given = value_text(html_safe(arena, given->text, PICTURES_PLACE));
        return;
    }
    if (given->kind != VALUE_OBJECT) {
        complain(checking, field, "not-a-text", "a text is asked for");
        return;
    }
    size_t known = 0;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        const char *text = value_find_text(given, languages[i]);
        if (!text)
            continue;
        known++;
        check_line(checking, field, type, text);
        if (is_rich && text[0])
            value_set_text(arena, given, languages[i], html_safe(arena, text, PICTURES_PLACE));
    }
    if (known != value_count(given))
        complain(checking, field, "unknown-language", "texts are in zh-CN and en");
}

static void check_setting(struct checking *checking, const char *field, const struct value *setting,
                          struct value *given)
{
    const char *type = value_find_text(setting, "type");
    if (given->kind == VALUE_NULL || !type)
        return;
    if (text_is(type, "checkbox")) {
        if (given->kind != VALUE_BOOL)
            complain(checking, field, "not-a-flag", "true or false is asked for");
    } else if (text_is(type, "range") || text_is(type, "number")) {
        check_number(checking, field, setting, given);
    } else if (text_is(type, "select") || text_is(type, "radio")) {
        check_choice(checking, field, setting, given->kind == VALUE_TEXT ? given->text : "");
    } else {
        check_text(checking, field, type, given);
    }
}

/* The members of an object, for changing them in place; none of anything else. */
static size_t members_of(const struct value *object, struct member **members)
{
    bool is_object = object && object->kind == VALUE_OBJECT;
    *members = is_object ? object->object->members : NULL;
    return is_object ? object->object->count : 0;
}

static void check_settings(struct checking *checking, const char *prefix, const struct value *schema,
                           const struct value *of)
{
    struct member *members;
    const struct value *given = value_find(of, "settings");
    if (given && given->kind != VALUE_OBJECT)
        complain(checking, prefix, "not-an-object", "settings are an object");
    size_t count = members_of(given, &members);
    for (size_t i = 0; i < count; i++) {
        const char *field = arena_format(checking->ctx->arena, "%s.%s", prefix, members[i].name);
        const struct value *setting = schema ? design_setting(value_find(schema, "settings"), members[i].name)
                                             : design_theme_setting(checking->ctx, members[i].name);
        if (setting)
            check_setting(checking, field, setting, &members[i].value);
        else
            complain(checking, field, "unknown-setting", "there is no such setting");
    }
}

/* ---- sections and blocks ---- */

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= DESIGN_NAME_LIMIT &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == length;
}

/* Every member stands in the order once, and nothing else does. */
static void check_order(struct checking *checking, const char *field, const struct value *members,
                        const struct value *order)
{
    size_t count = value_count(order);
    bool is_right = count == value_count(members) && (count == 0 || order->kind == VALUE_LIST);
    for (size_t i = 0; is_right && i < count; i++) {
        const struct value *name = value_at(order, i);
        is_right = name->kind == VALUE_TEXT && value_find(members, name->text);
        for (size_t k = 0; is_right && k < i; k++)
            is_right = !text_is(value_at(order, k)->text, name->text);
    }
    if (!is_right)
        complain(checking, field, "bad-order", "the order names each once");
}

static size_t count_type(const struct value *members, const char *type)
{
    struct member *all;
    size_t count = members_of(members, &all), found = 0;
    for (size_t i = 0; i < count; i++)
        found += text_is(value_find_text(&all[i].value, "type"), type);
    return found;
}

static void check_limit(struct checking *checking, const char *field, const struct value *schema,
                        const struct value *members, const char *type)
{
    int64_t most = value_find_int(schema, "limit", INT64_MAX);
    if ((int64_t)count_type(members, type) > most)
        complain(checking, field, "too-many", "there are too many of this kind");
}

/* Those that have a place in the order. */
static struct value *movable(struct checking *checking, const struct member *members, size_t count)
{
    struct value *found = value_object(checking->ctx->arena);
    for (size_t i = 0; i < count; i++)
        if (!design_is_static(&members[i].value))
            value_set(checking->ctx->arena, found, members[i].name, members[i].value);
    return found;
}

static const struct value *kind_of(const struct value *schema, const struct member *member)
{
    const char *type = value_find_text(&member->value, "type");
    const struct value *kind = design_is_static(&member->value) ? design_static_schema(schema, member->name)
                                                                : design_block_schema(schema, type);
    return kind && text_is(value_find_text(kind, "type"), type) ? kind : NULL;
}

static bool has_too_many(const struct value *schema, size_t count, const struct value *movable)
{
    return count > (size_t)2 * DESIGN_BLOCK_LIMIT || value_count(movable) > DESIGN_BLOCK_LIMIT ||
           (int64_t)value_count(movable) > value_find_int(schema, "max_blocks", DESIGN_BLOCK_LIMIT);
}

/* The blocks of a section or, with a `level` above 1, of a block; `place` is how its fields begin. */
static void check_blocks(struct checking *checking, const char *place, const struct value *schema,
                         const struct value *of, size_t level)
{
    struct member *members;
    size_t count = members_of(value_find(of, "blocks"), &members);
    const struct value *blocks = movable(checking, members, count);
    if (count > 0 && level > DESIGN_NEST_LIMIT) {
        complain(checking, place, "too-deep", "blocks are nested too deeply");
        return;
    }
    if (has_too_many(schema, count, blocks)) {
        complain(checking, place, "too-many-blocks", "there are too many blocks in this section");
        return;
    }
    check_order(checking, place, blocks, value_find(of, "block_order"));
    for (size_t i = 0; i < count; i++) {
        const char *field =
            arena_format(checking->ctx->arena, level > 1 ? "%s/%s" : "%s.%s", place, members[i].name);
        const struct value *kind = kind_of(schema, &members[i]);
        if (!is_name(members[i].name) || !kind) {
            complain(checking, field, "unknown-block", "this section has no such block");
            continue;
        }
        check_limit(checking, field, kind, blocks, value_find_text(kind, "type"));
        check_settings(checking, field, kind, &members[i].value);
        check_blocks(checking, field, design_nest_schema(checking->ctx, kind), &members[i].value, level + 1);
    }
}

/* A page's own content has no schema when it has no parts; home has no such section. */
static bool is_main(const char *page, const char *type)
{
    return text_is(type, DESIGN_MAIN) && !text_is(page, DESIGN_HOME);
}

static void check_section(struct checking *checking, const char *page, const struct value *sections,
                          struct member *member)
{
    const char *field = design_address(checking->ctx, page, member->name);
    const char *type = value_find_text(&member->value, "type");
    const struct value *schema = design_section_schema(checking->ctx, page, type);
    if (!is_name(member->name) || (!schema && !is_main(page, type))) {
        complain(checking, field, "unknown-section", "the theme has no such section");
        return;
    }
    if (!schema)
        return;
    check_limit(checking, field, schema, sections, type);
    check_settings(checking, field, schema, &member->value);
    check_blocks(checking, field, schema, &member->value, 1);
}

static void check_sections(struct checking *checking, const char *page, const struct value *template)
{
    struct ctx *ctx = checking->ctx;
    struct member *members;
    const struct value *sections = value_find(template, "sections");
    size_t count = members_of(sections, &members);
    if (count > DESIGN_SECTION_LIMIT) {
        complain(checking, design_address(ctx, page, "sections"), "too-many-sections",
                 "a page has at most 25 sections");
        return;
    }
    check_order(checking, design_address(ctx, page, "order"), sections, value_find(template, "order"));
    for (size_t i = 0; i < count; i++)
        check_section(checking, page, sections, &members[i]);
    if (!text_is(page, DESIGN_HOME) && count_type(sections, DESIGN_MAIN) != 1)
        complain(checking, design_address(ctx, page, DESIGN_MAIN), "main-once",
                 "every page but home has its own content once");
}

bool design_is_page(const char *name)
{
    for (size_t i = 0; design_page_names[i]; i++)
        if (text_is(name, design_page_names[i]))
            return true;
    return false;
}

static void check_pages(struct checking *checking, const struct value *document)
{
    struct member *members;
    size_t count = members_of(value_find(document, "templates"), &members);
    if (!design_page(document, DESIGN_HOME))
        complain(checking, "templates", "required", "the template home is missing");
    for (size_t i = 0; i < count; i++)
        if (design_is_page(members[i].name))
            check_sections(checking, members[i].name, &members[i].value);
        else
            complain(checking, "templates", "unknown-page", "there is no such page of sections");
}

/* ---- the whole ---- */

static size_t depth_of(const struct value *value)
{
    struct member *members;
    size_t deepest = 0, count = members_of(value, &members);
    for (size_t i = 0; i < count; i++) {
        size_t depth = depth_of(&members[i].value);
        deepest = depth > deepest ? depth : deepest;
    }
    for (size_t i = 0; value->kind == VALUE_LIST && i < value_count(value); i++) {
        size_t depth = depth_of(value_at(value, i));
        deepest = depth > deepest ? depth : deepest;
    }
    return value->kind == VALUE_LIST || value->kind == VALUE_OBJECT ? deepest + 1 : 0;
}

err design_check(struct ctx *ctx, struct value *document)
{
    struct checking checking = {.ctx = ctx, .schema = ctx->services->design};
    const char *theme = value_find_text(document, "theme");
    if (depth_of(document) > DESIGN_DEPTH_LIMIT)
        return fail_field(ctx, "document", "too-deep", "the document is nested too deeply");
    if (!theme || !value_find(checking.schema->themes, theme))
        complain(&checking, "theme", "unknown-choice", "there is no such theme");
    check_settings(&checking, "settings", NULL, document);
    check_pages(&checking, document);
    return checking.first ? fail_fields(ctx, checking.first) : NULL;
}

err design_read(struct ctx *ctx, const char *text, struct value **document)
{
    if (strlen(text) > DESIGN_BYTES_LIMIT)
        return fail_field(ctx, "document", "too-long", "a document has at most 200 KB");
    err failure = json_read(ctx, text, strlen(text), document);
    if (failure && failure->code == ERR_BAD_JSON)
        return fail_field(ctx, "document", "bad-json", failure->detail);
    TRY(failure);
    if ((*document)->kind != VALUE_OBJECT)
        return fail_field(ctx, "document", "bad-json", "a document is an object");
    return design_check(ctx, *document);
}
