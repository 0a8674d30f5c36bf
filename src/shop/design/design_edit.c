/* design_edit.c - what staff do with a document: sections and blocks come, go and move, settings are set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/text.h"
#include "shop/services.h"
#include <inttypes.h>
#include <string.h>

#define ID_TRIES 1000

const char *const design_page_names[] = {DESIGN_HOME, "products", "category", "collection",
                                         "product",   "search",   "cart",     NULL};
const char *const design_act_names[] = {"up", "down", "toggle", "copy", "remove", "place", NULL};

/* Where sections, or the blocks of one, stand: an object and its order. */
struct shelf {
    struct value *of;
    const char *members;
    const char *order;
};

struct value *design_page(const struct value *document, const char *page)
{
    const struct value *of = value_find(value_find(document, "templates"), page);
    return of && of->kind == VALUE_OBJECT ? (struct value *)(uintptr_t)of : NULL;
}

const char *design_address(struct ctx *ctx, const char *page, const char *id)
{
    return text_is(page, DESIGN_HOME) ? id : arena_format(ctx->arena, "%s:%s", page, id);
}

const char *design_page_of(struct ctx *ctx, const char *address, const char **id)
{
    const char *colon = address ? strchr(address, ':') : NULL;
    *id = colon ? colon + 1 : address;
    return colon ? arena_copy(ctx->arena, address, (size_t)(colon - address)) : DESIGN_HOME;
}

const struct value *design_section_schema(const struct ctx *ctx, const char *page, const char *type)
{
    const struct design_schema *schema = ctx->services->design;
    if (text_is(type, DESIGN_MAIN) && !text_is(page, DESIGN_HOME))
        return schema->pages ? value_find(schema->pages, page) : NULL;
    return type ? value_find(schema->sections, type) : NULL;
}

static struct value *member_of(const struct value *object, const char *name)
{
    const struct value *found = object && name ? value_find(object, name) : NULL;
    return found && found->kind == VALUE_OBJECT ? (struct value *)(uintptr_t)found : NULL;
}

static err find_page(struct ctx *ctx, const struct value *document, const char *page, struct shelf *shelf)
{
    *shelf = (struct shelf){design_page(document, page), "sections", "order"};
    return shelf->of ? NULL : fail_with(ctx, ERR_NOT_FOUND, "the document says nothing of that page");
}

static err find_section(struct ctx *ctx, const struct value *document, const char *address,
                        struct value **found)
{
    const char *id, *page = design_page_of(ctx, address, &id);
    *found = member_of(value_find(design_page(document, page), "sections"), id);
    return *found ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no section of that name");
}

/* The block, or without one the section itself, and the schema of the blocks in it. */
static err find_holder(struct ctx *ctx, const struct value *document, const char *address, const char *path,
                       struct value **of, const struct value **schema)
{
    const char *id, *page = design_page_of(ctx, address, &id), *end;
    TRY(find_section(ctx, document, address, of));
    *schema = design_section_schema(ctx, page, value_find_text(*of, "type"));
    for (const char *at = path ? path : ""; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "/");
        const char *name = arena_copy(ctx->arena, at, (size_t)(end - at));
        *of = member_of(value_find(*of, "blocks"), name);
        const struct value *kind =
            design_is_static(*of) ? NULL : design_block_schema(*schema, value_find_text(*of, "type"));
        *schema = design_nest_schema(ctx, kind);
        if (!*of)
            return fail_with(ctx, ERR_NOT_FOUND, "no block of that name");
    }
    return NULL;
}

/* The path of the block that holds this one (NULL = the section), and its name there. */
static const char *holder_of(struct ctx *ctx, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    return slash ? arena_copy(ctx->arena, path, (size_t)(slash - path)) : NULL;
}

/* Where a section, or the block of one, stands; *id is its name there. */
static err find_shelf(struct ctx *ctx, const struct value *document, const char *address, const char *block,
                      struct shelf *shelf, const char **id)
{
    const struct value *ignored;
    const char *page = design_page_of(ctx, address, id);
    if (!block)
        return find_page(ctx, document, page, shelf);
    *shelf = (struct shelf){NULL, "blocks", "block_order"};
    return find_holder(ctx, document, address, holder_of(ctx, block, id), &shelf->of, &ignored);
}

/* Writes the order anew with `id` at `place`; not at all when place is beyond the end. */
static void put(struct ctx *ctx, const struct shelf *shelf, const char *id, size_t place)
{
    struct value *fresh = value_list(ctx->arena);
    const struct value *order = value_find(shelf->of, shelf->order);
    for (size_t i = 0; i < value_count(order); i++) {
        const struct value *name = value_at(order, i);
        if (value_count(fresh) == place)
            value_add(ctx->arena, fresh, value_text(id));
        if (name->kind == VALUE_TEXT && !text_is(name->text, id))
            value_add(ctx->arena, fresh, *name);
    }
    if (value_count(fresh) == place)
        value_add(ctx->arena, fresh, value_text(id));
    value_set(ctx->arena, shelf->of, shelf->order, *fresh);
}

static size_t place_of(const struct shelf *shelf, const char *id)
{
    const struct value *order = value_find(shelf->of, shelf->order);
    for (size_t i = 0; i < value_count(order); i++)
        if (value_at(order, i)->kind == VALUE_TEXT && text_is(value_at(order, i)->text, id))
            return i;
    return value_count(order);
}

static void take_out(struct ctx *ctx, const struct shelf *shelf, const char *id)
{
    const struct value *members = value_find(shelf->of, shelf->members);
    struct value *fresh = value_object(ctx->arena);
    for (size_t i = 0; i < members->object->count; i++)
        if (!text_is(members->object->members[i].name, id))
            value_set(ctx->arena, fresh, members->object->members[i].name, members->object->members[i].value);
    put(ctx, shelf, id, SIZE_MAX);
    value_set(ctx->arena, shelf->of, shelf->members, *fresh);
}

static const char *free_name(struct ctx *ctx, const struct shelf *shelf, const char *type)
{
    const struct value *members = value_find(shelf->of, shelf->members);
    for (int i = 1; i < ID_TRIES; i++) {
        const char *name = arena_format(ctx->arena, "%.30s-%d", type, i);
        if (!members || !value_find(members, name))
            return name;
    }
    return arena_format(ctx->arena, "%.10s-%" PRId64, type, id_new(ctx));
}

static void add(struct ctx *ctx, const struct shelf *shelf, const char *id, struct value member, size_t place)
{
    const struct value *members = value_find(shelf->of, shelf->members);
    struct value *into = members && members->kind == VALUE_OBJECT
                             ? (struct value *)(uintptr_t)members
                             : value_set_object(ctx->arena, shelf->of, shelf->members);
    value_set(ctx->arena, into, id, member);
    put(ctx, shelf, id, place);
}

static void toggle(struct ctx *ctx, struct value *of)
{
    value_set_bool(ctx->arena, of, "disabled", !value_find_bool(of, "disabled"));
}

static err copy_member(struct ctx *ctx, const struct shelf *shelf, const char *id, const struct value *member)
{
    struct value *copy;
    const char *type = value_find_text(member, "type");
    TRY(design_copy(ctx, member, &copy));
    add(ctx, shelf, free_name(ctx, shelf, type ? type : id), *copy, place_of(shelf, id) + 1);
    return NULL;
}

static err fill_preset(struct ctx *ctx, const struct value *schema, struct value *section)
{
    struct arena *arena = ctx->arena;
    const struct value *preset = value_at(value_find(schema, "presets"), 0);
    const struct value *given = value_find(preset, "settings"), *blocks = value_find(preset, "blocks");
    const struct shelf shelf = {section, "blocks", "block_order"};
    struct value *copy;
    if (given) {
        TRY(design_copy(ctx, given, &copy));
        value_set(arena, section, "settings", *copy);
    }
    for (size_t i = 0; i < value_count(blocks); i++) {
        const char *type = value_find_text(value_at(blocks, i), "type");
        TRY(design_copy(ctx, value_at(blocks, i), &copy));
        if (type)
            add(ctx, &shelf, free_name(ctx, &shelf, type), *copy, i);
    }
    return NULL;
}

/* A page of which the document said nothing has its own content and nothing else. */
static err begin_page(struct ctx *ctx, struct value *document, const char *page)
{
    struct arena *arena = ctx->arena;
    struct value *templates = member_of(document, "templates");
    if (!design_is_page(page) || !templates)
        return fail_with(ctx, ERR_NOT_FOUND, "no such page");
    if (design_page(document, page))
        return NULL;
    struct value *of = value_set_object(arena, templates, page);
    value_set_text(arena, value_set_object(arena, value_set_object(arena, of, "sections"), DESIGN_MAIN),
                   "type", DESIGN_MAIN);
    value_add(arena, value_set_list(arena, of, "order"), value_text(DESIGN_MAIN));
    return NULL;
}

err design_main_begin(struct ctx *ctx, struct value *document, const char *page)
{
    const struct value *schema = design_section_schema(ctx, page, DESIGN_MAIN);
    if (!schema || text_is(page, DESIGN_HOME))
        return NULL;
    TRY(begin_page(ctx, document, page));
    const struct value *sections = value_find(design_page(document, page), "sections");
    for (size_t i = 0; i < value_count(sections); i++) {
        struct value *section = &sections->object->members[i].value;
        if (text_is(value_find_text(section, "type"), DESIGN_MAIN) && !value_find(section, "blocks"))
            return fill_preset(ctx, schema, section);
    }
    return NULL;
}

/* The same for the page of a section's address. */
static err begin_main(struct ctx *ctx, struct value *document, const char *address)
{
    const char *id;
    return address ? design_main_begin(ctx, document, design_page_of(ctx, address, &id)) : NULL;
}

/* A page's own content, or a part (of `content`) that it is nothing without. */
static bool stays(struct ctx *ctx, const char *address, const struct value *content,
                  const struct value *member)
{
    const char *id, *page = design_page_of(ctx, address, &id), *type = value_find_text(member, "type");
    if (!content)
        return text_is(type, DESIGN_MAIN);
    const struct value *schema = design_section_schema(ctx, page, value_find_text(content, "type"));
    return value_find_bool(design_block_schema(schema, type), "stays");
}

err design_do(struct ctx *ctx, struct value *document, const char *section, const char *block,
              enum design_act act, int64_t place)
{
    struct shelf shelf;
    const char *id;
    TRY(begin_main(ctx, document, section));
    TRY(find_shelf(ctx, document, section, block, &shelf, &id));
    struct value *member = member_of(value_find(shelf.of, shelf.members), id);
    if (!member)
        return fail_with(ctx, ERR_NOT_FOUND, "no section or block of that name");
    bool is_move = act == DESIGN_UP || act == DESIGN_DOWN || act == DESIGN_PLACE;
    if (!is_move && stays(ctx, section, block ? shelf.of : NULL, member))
        return fail_field(ctx, "act", "main-stays", "the page's own content stays, once");
    size_t at = place_of(&shelf, id), last = value_count(value_find(shelf.of, shelf.order));
    last = last > 0 ? last - 1 : 0;
    if (act == DESIGN_UP)
        put(ctx, &shelf, id, at > 0 ? at - 1 : 0);
    else if (act == DESIGN_DOWN)
        put(ctx, &shelf, id, at < last ? at + 1 : last);
    else if (act == DESIGN_PLACE)
        put(ctx, &shelf, id, place < (int64_t)last ? (size_t)place : last);
    else if (act == DESIGN_TOGGLE)
        toggle(ctx, member);
    else if (act == DESIGN_REMOVE)
        take_out(ctx, &shelf, id);
    else
        return copy_member(ctx, &shelf, id, member);
    return NULL;
}

/* ---- new ones ---- */

static const char *add_fresh(struct ctx *ctx, const struct shelf *shelf, struct value *fresh,
                             const char *type)
{
    const char *id = free_name(ctx, shelf, type);
    add(ctx, shelf, id, *fresh, value_count(value_find(shelf->of, shelf->order)));
    return id;
}

static struct value *fresh_of(struct ctx *ctx, const char *type)
{
    struct value *fresh = value_object(ctx->arena);
    value_set_text(ctx->arena, fresh, "type", type);
    value_set_object(ctx->arena, fresh, "settings");
    return fresh;
}

err design_add(struct ctx *ctx, struct value *document, const char *page, const char *type,
               const char **address)
{
    struct shelf shelf;
    const struct value *schema = value_find(ctx->services->design->sections, type);
    if (!schema)
        return fail_with(ctx, ERR_NOT_FOUND, "no such kind of section");
    TRY(begin_page(ctx, document, page));
    TRY(find_page(ctx, document, page, &shelf));
    struct value *fresh = fresh_of(ctx, type);
    TRY(fill_preset(ctx, schema, fresh));
    *address = design_address(ctx, page, add_fresh(ctx, &shelf, fresh, type));
    return NULL;
}

err design_add_block(struct ctx *ctx, struct value *document, const char *section, const char *block,
                     const char *type, const char **id)
{
    struct shelf shelf = {NULL, "blocks", "block_order"};
    const struct value *schema;
    TRY(begin_main(ctx, document, section));
    TRY(find_holder(ctx, document, section, block, &shelf.of, &schema));
    if (!design_block_schema(schema, type))
        return fail_with(ctx, ERR_NOT_FOUND, "no such kind of block");
    *id = add_fresh(ctx, &shelf, fresh_of(ctx, type), type);
    return NULL;
}

/* ---- settings ---- */

static struct value read_typed(struct ctx *ctx, const char *type, const char *typed, const char *en)
{
    int64_t number;
    if (text_is(type, "checkbox"))
        return value_bool(typed[0] != 0);
    if (text_is(type, "range") || text_is(type, "number"))
        return text_to_int(typed, &number) ? value_int(number) : value_text(typed);
    if (!text_is(type, "text") && !text_is(type, "textarea") && !text_is(type, "richtext"))
        return value_text(typed);
    struct value *both = value_object(ctx->arena);
    value_set_text(ctx->arena, both, "zh-CN", typed);
    value_set_text(ctx->arena, both, "en", en);
    return *both;
}

/* A block of a section and its schema; one that stands in the section's text is made when the document says
 * nothing of it yet. */
static struct value *find_block(struct ctx *ctx, struct value *section, const char *id,
                                const struct value **schema)
{
    const struct value *fixed = design_static_schema(*schema, id);
    struct value *blocks = member_of(section, "blocks"), *found = member_of(blocks, id);
    if (!found && fixed) {
        blocks = blocks ? blocks : value_set_object(ctx->arena, section, "blocks");
        found = value_set_object(ctx->arena, blocks, id);
        value_set_text(ctx->arena, found, "type", value_find_text(fixed, "type"));
        value_set_bool(ctx->arena, found, "static", true);
    }
    *schema = design_is_static(found) ? fixed : design_block_schema(*schema, value_find_text(found, "type"));
    return found;
}

static err find_settings(struct ctx *ctx, struct value *document, const char *section, const char *block,
                         const char *id, struct value **of, const struct value **setting)
{
    const struct value *schema = NULL;
    *of = document;
    if (section) {
        const char *name, *page = design_page_of(ctx, section, &name);
        TRY(begin_main(ctx, document, section));
        TRY(find_section(ctx, document, section, of));
        schema = design_section_schema(ctx, page, value_find_text(*of, "type"));
    }
    if (section && block) {
        TRY(find_holder(ctx, document, section, holder_of(ctx, block, &block), of, &schema));
        *of = find_block(ctx, *of, block, &schema);
    }
    *setting = section ? design_setting(value_find(schema, "settings"), id) : design_theme_setting(ctx, id);
    return *of && *setting ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no setting of that name");
}

err design_find(struct ctx *ctx, struct value *document, const char *section, const char *block,
                const char *id, const struct value **setting, const struct value **value)
{
    struct value *of;
    TRY(find_settings(ctx, document, section, block, id, &of, setting));
    *value = value_find(value_find(of, "settings"), value_find_text(*setting, "id"));
    return NULL;
}

err design_set(struct ctx *ctx, struct value *document, const char *section, const char *block,
               const char *id, const char *typed, const char *en)
{
    struct value *of;
    const struct value *setting;
    TRY(find_settings(ctx, document, section, block, id, &of, &setting));
    const char *type = value_find_text(setting, "type");
    const struct value *settings = value_find(of, "settings");
    struct value *into = settings && settings->kind == VALUE_OBJECT
                             ? (struct value *)(uintptr_t)settings
                             : value_set_object(ctx->arena, of, "settings");
    value_set(ctx->arena, into, value_find_text(setting, "id"),
              read_typed(ctx, type ? type : "text", typed, en));
    return NULL;
}
