/* theme_blocks.c - finding theme blocks, spelling them out in schemas, showing them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_blocks.h"

#include "shop/design/design.h"
#include <string.h>

#define TAG "content_for"
#define EVERY "@theme"
#define OF_APPS "@app" /* there are none here */

/* ---- tags in a text ---- */

/* Behind {% or {%-, or the first word of a line within {% liquid %}. */
static bool begins_tag(const char *text, const char *at)
{
    while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    if (at > text && at[-1] == '-')
        at--;
    return at > text && (at[-1] == '%' || at[-1] == '\n');
}

/* What stands in quotes there; NULL when it is none. *behind gets where it ends. */
static const char *quoted(struct arena *arena, const char *at, const char *end, const char **behind)
{
    at += strspn(at, " \t\r\n");
    if (at >= end || (*at != '\'' && *at != '"'))
        return NULL;
    const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
    if (!close)
        return NULL;
    *behind = close + 1;
    return arena_copy(arena, at + 1, (size_t)(close - at - 1));
}

static const char *argument(struct arena *arena, const char *at, const char *end, const char *name)
{
    size_t length = strlen(name);
    const char *behind;
    for (; at + length < end; at++)
        if (memcmp(at, name, length) == 0 && strchr(" ,\t\r\n", at[-1])) {
            const char *colon = at + length + strspn(at + length, " ");
            return *colon == ':' ? quoted(arena, colon + 1, end, &behind) : NULL;
        }
    return NULL;
}

bool content_tag_next(struct arena *arena, const char *from, struct content_tag *tag)
{
    for (const char *at = strstr(from, TAG); at; at = strstr(at + 1, TAG)) {
        const char *end = strstr(at, "%}"), *behind = at + strlen(TAG);
        if (!begins_tag(from, at) || !end)
            continue;
        *tag = (struct content_tag){.at = at, .what = quoted(arena, behind, end, &behind)};
        if (!tag->what)
            continue;
        tag->type = argument(arena, behind, end, "type");
        tag->id = argument(arena, behind, end, "id");
        return true;
    }
    return false;
}

void theme_blocks_find(struct arena *arena, const char *text, struct value *schema)
{
    struct content_tag tag = {.at = text};
    struct value *list = value_list(arena);
    while (content_tag_next(arena, tag.at == text ? text : tag.at + 1, &tag)) {
        if (strcmp(tag.what, "block") != 0 || !tag.type || !tag.id)
            continue;
        struct value *entry = value_add(arena, list, *value_object(arena));
        value_set_text(arena, entry, "id", tag.id);
        value_set_text(arena, entry, "type", tag.type);
    }
    value_set(arena, schema, "static_blocks", *list);
}

/* ---- schemas ---- */

static void describe(struct arena *arena, struct value *entry, const char *type, const struct value *schema)
{
    const struct value *name = value_find(schema, "name"), *settings = value_find(schema, "settings");
    value_set_text(arena, entry, "type", type);
    value_set(arena, entry, "name", name ? *name : value_text(type));
    value_set(arena, entry, "settings", settings ? *settings : *value_list(arena));
    value_set_bool(arena, entry, "is_theme", true);
}

static void take(struct arena *arena, struct value *list, const char *type, const struct value *schema,
                 const struct value *as)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (text_is(value_find_text(value_at(list, i), "type"), type))
            return;
    struct value *entry = value_add(arena, list, *value_object(arena));
    const struct value *limit = value_find(as, "limit");
    describe(arena, entry, type, schema);
    if (limit)
        value_set(arena, entry, "limit", *limit);
}

static void take_all(struct arena *arena, struct value *list, const struct value *block_schemas)
{
    for (uint32_t i = 0; i < block_schemas->object->count; i++) {
        const struct member *member = &block_schemas->object->members[i];
        if (member->name[0] != '_')
            take(arena, list, member->name, &member->value, NULL);
    }
}

static void settle_blocks(struct arena *arena, struct value *schema, const struct value *block_schemas)
{
    const struct value *blocks = value_find(schema, "blocks");
    struct value *list = value_list(arena);
    if (!blocks || blocks->kind != VALUE_LIST)
        return;
    for (size_t i = 0; i < value_count(blocks); i++) {
        const struct value *block = value_at(blocks, i);
        const char *type = value_find_text(block, "type");
        const struct value *file =
            type && !value_find(block, "name") ? value_find(block_schemas, type) : NULL;
        if (text_is(type, EVERY))
            take_all(arena, list, block_schemas);
        else if (file)
            take(arena, list, type, file, block);
        else if (!text_is(type, OF_APPS))
            value_add(arena, list, *block);
    }
    value_set(arena, schema, "blocks", *list);
}

static void settle_static(struct arena *arena, struct value *schema, const struct value *block_schemas)
{
    const struct value *found = value_find(schema, "static_blocks");
    struct value *list = value_list(arena);
    for (size_t i = 0; i < value_count(found); i++) {
        const char *type = value_find_text(value_at(found, i), "type");
        const struct value *file = value_find(block_schemas, type);
        if (!file)
            continue;
        struct value *entry = value_add(arena, list, *value_object(arena));
        value_set_text(arena, entry, "id", value_find_text(value_at(found, i), "id"));
        describe(arena, entry, type, file);
    }
    value_set(arena, schema, "static_blocks", *list);
}

void theme_blocks_settle(struct arena *arena, struct value *section_schemas, struct value *block_schemas)
{
    for (uint32_t i = 0; i < section_schemas->object->count; i++) {
        struct value *schema = &section_schemas->object->members[i].value;
        settle_blocks(arena, schema, block_schemas);
        settle_static(arena, schema, block_schemas);
    }
    for (uint32_t i = 0; i < block_schemas->object->count; i++)
        settle_blocks(arena, &block_schemas->object->members[i].value, block_schemas);
}

/* ---- showing ---- */

static void show(struct arena *arena, struct value *items, const struct value *block)
{
    struct value *item = value_add(arena, items, *value_object(arena));
    value_set_text(arena, item, "template",
                   arena_format(arena, "blocks/%s.liquid", value_find_text(block, "type")));
    value_set(arena, item, "value", *block);
}

err theme_blocks_content(struct liquid_call *call, const char *name, const struct value *named,
                         struct value *items)
{
    struct arena *arena = liquid_call_ctx(call)->arena;
    const struct value *section = liquid_call_variable(call, "section");
    const struct value *holder = liquid_call_variable(call, "block"); /* within the file of a block */
    bool is_one = text_is(name, "block");
    const struct value *inner = is_one ? NULL : value_find(holder, "blocks");
    const struct value *blocks = inner ? inner : value_find(section, is_one ? "static_blocks" : "blocks");
    const char *id = value_find_text(named, "id");
    if (!is_one && !text_is(name, "blocks"))
        return liquid_fail(call, "content_for shows 'blocks' or a 'block'");
    *items = *value_list(arena);
    for (size_t i = 0; i < value_count(blocks); i++) {
        const struct value *block = value_at(blocks, i);
        if (value_find_bool(block, "is_theme") && (!is_one || text_is(value_find_text(block, "id"), id)))
            show(arena, items, block);
    }
    return NULL;
}
