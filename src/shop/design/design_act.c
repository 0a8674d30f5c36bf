/* design_act.c - one step of an editor: add, move, hide, duplicate and remove sections and blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/services.h"

const char *const design_act_names[] = {"add",  "up",        "down",   "move",  "hide",
                                        "show", "duplicate", "remove", "theme", NULL};

err design_copy(struct ctx *ctx, const struct value *document, struct value **copy)
{
    const char *text;
    TRY(json_text(ctx, document, DESIGN_BYTES, &text));
    return json_read(ctx, text, strlen(text), copy);
}

static struct value *place_of(struct value *object, const char *name)
{
    for (size_t i = 0; object && object->kind == VALUE_OBJECT && i < object->object->count; i++)
        if (text_is(object->object->members[i].name, name))
            return &object->object->members[i].value;
    return NULL;
}

/* The member, made when it is not there. */
static struct value *own(struct ctx *ctx, struct value *object, const char *name, bool is_list)
{
    struct value *found = place_of(object, name);
    if (found && found->kind == (is_list ? VALUE_LIST : VALUE_OBJECT))
        return found;
    return is_list ? value_set_list(ctx->arena, object, name) : value_set_object(ctx->arena, object, name);
}

/* A row of things with an order: the sections of home, or the blocks of a section. */
struct row {
    struct value *items;
    struct value *owner;
    const char *order_name;
    struct value *order;
    size_t at; /* where the thing that is meant stands */
    size_t limit;
};

static err open_row(struct ctx *ctx, struct value *document, const char *section, bool is_blocks,
                    struct row *row)
{
    struct value *home = own(ctx, own(ctx, document, "templates", false), "home", false);
    struct value *sections = own(ctx, home, "sections", false);
    struct value *owner = is_blocks ? place_of(sections, section) : home;
    if (!owner || owner->kind != VALUE_OBJECT)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such section");
    const char *order_name = is_blocks ? "block_order" : "order";
    *row = (struct row){.owner = owner,
                        .order_name = order_name,
                        .limit = is_blocks ? DESIGN_BLOCKS : DESIGN_SECTIONS};
    own(ctx, owner, order_name, true);
    row->items = own(ctx, owner, is_blocks ? "blocks" : "sections", false);
    row->order = own(ctx, owner, order_name, true);
    return NULL;
}

static bool find_in(struct row *row, const char *id)
{
    for (size_t i = 0; i < value_count(row->order); i++)
        if (text_is(value_at(row->order, i)->text, id)) {
            row->at = i;
            return true;
        }
    return false;
}

/* The order anew, with the id at a place and nowhere else; `place` behind the end = gone. */
static void reorder(struct ctx *ctx, struct row *row, const char *id, size_t place, bool is_kept)
{
    struct value *order = value_list(ctx->arena);
    for (size_t i = 0; i < value_count(row->order); i++) {
        if (is_kept && value_count(order) == place)
            value_add(ctx->arena, order, value_text(id));
        if (!text_is(value_at(row->order, i)->text, id))
            value_add(ctx->arena, order, *value_at(row->order, i));
    }
    if (is_kept && value_count(order) <= place)
        value_add(ctx->arena, order, value_text(id));
    value_set(ctx->arena, row->owner, row->order_name, *order);
}

static const char *free_id(struct ctx *ctx, const struct row *row, const char *type)
{
    const char *id = "";
    for (size_t n = 1; n <= row->items->object->count + 1; n++) {
        id = arena_format(ctx->arena, "%.40s-%zu", type, n);
        if (!value_find(row->items, id))
            break;
    }
    return id;
}

static err check_room(struct ctx *ctx, const struct row *row)
{
    if (value_count(row->order) >= row->limit)
        return fail_with(ctx, ERR_LIMIT, "at most %zu can stand here", row->limit);
    return NULL;
}

/* ---- adding ---- */

/* A preset's blocks, numbered. */
static err add_preset_blocks(struct ctx *ctx, const struct value *preset, struct value *section)
{
    const struct value *given = value_find(preset, "blocks");
    struct value *blocks = value_set_object(ctx->arena, section, "blocks");
    struct value *order = value_set_list(ctx->arena, section, "block_order");
    for (size_t i = 0; i < value_count(given); i++) {
        const char *id = arena_format(ctx->arena, "b%zu", i + 1);
        struct value *copy;
        TRY(design_copy(ctx, value_at(given, i), &copy));
        value_set(ctx->arena, blocks, id, *copy);
        value_add(ctx->arena, order, value_text(id));
    }
    return NULL;
}

static err make_section(struct ctx *ctx, const struct value *schema, const char *type,
                        struct value **section)
{
    const struct value *preset = value_at(value_find(schema, "presets"), 0);
    const struct value *settings = value_find(preset, "settings");
    *section = value_object(ctx->arena);
    value_set_text(ctx->arena, *section, "type", type);
    if (settings) {
        struct value *copy;
        TRY(design_copy(ctx, settings, &copy));
        value_set(ctx->arena, *section, "settings", *copy);
    }
    return preset && value_find(preset, "blocks") ? add_preset_blocks(ctx, preset, *section) : NULL;
}

static err add(struct ctx *ctx, struct value *document, const struct design_act *act, const char **id)
{
    struct row row;
    struct value *item = value_object(ctx->arena);
    TRY(open_row(ctx, document, act->section, act->is_block, &row));
    const char *type = act->is_block ? value_find_text(row.owner, "type") : act->name;
    const struct value *schema = design_section_schema(ctx, type);
    if (!schema || (act->is_block && !design_block_schema(schema, act->name)))
        return fail_field(ctx, "name", "unknown-choice", "the theme has no such section or block");
    TRY(check_room(ctx, &row));
    if (act->is_block)
        value_set_text(ctx->arena, item, "type", act->name);
    else
        TRY(make_section(ctx, schema, act->name, &item));
    *id = free_id(ctx, &row, act->name);
    value_set(ctx->arena, row.items, *id, *item);
    bool is_behind = !act->is_block && find_in(&row, act->section);
    reorder(ctx, &row, *id, is_behind ? row.at + 1 : value_count(row.order), true);
    return NULL;
}

/* ---- the others ---- */

static err duplicate(struct ctx *ctx, struct row *row, const char *from, const char **id)
{
    struct value *copy;
    TRY(check_room(ctx, row));
    TRY(design_copy(ctx, value_find(row->items, from), &copy));
    *id = free_id(ctx, row, value_find_text(copy, "type"));
    value_set(ctx->arena, row->items, *id, *copy);
    reorder(ctx, row, *id, row->at + 1, true);
    return NULL;
}

static err change_one(struct ctx *ctx, struct value *document, const struct design_act *act, const char **id)
{
    struct row row;
    const char *meant = act->block[0] ? act->block : act->section;
    TRY(open_row(ctx, document, act->section, act->block[0] != 0, &row));
    struct value *item = place_of(row.items, meant);
    if (!item || item->kind != VALUE_OBJECT || !find_in(&row, meant))
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such section or block");
    *id = meant;
    if (act->kind == DESIGN_UP || act->kind == DESIGN_DOWN)
        reorder(ctx, &row, meant, act->kind == DESIGN_DOWN ? row.at + 1 : row.at > 0 ? row.at - 1 : 0, true);
    else if (act->kind == DESIGN_MOVE)
        reorder(ctx, &row, meant, (size_t)act->place, true);
    else if (act->kind == DESIGN_DUPLICATE)
        return duplicate(ctx, &row, meant, id);
    else if (act->kind == DESIGN_REMOVE) {
        reorder(ctx, &row, meant, 0, false);
        *id = "";
    } else
        value_set_bool(ctx->arena, item, "disabled", act->kind == DESIGN_HIDE);
    return NULL;
}

err design_apply(struct ctx *ctx, struct value **document, const struct design_act *act, const char **id)
{
    const struct design_schema *schema = ctx->services->design;
    *id = "";
    if (act->kind == DESIGN_ADD)
        return add(ctx, *document, act, id);
    if (act->kind != DESIGN_THEME)
        return change_one(ctx, *document, act, id);
    const struct value *theme = schema ? value_find(schema->themes, act->name) : NULL;
    if (!theme)
        return fail_field(ctx, "name", "unknown-choice", "there is no such theme");
    return design_copy(ctx, theme, document);
}

struct value *design_settings(struct ctx *ctx, struct value *document, const char *section,
                              const char *block, const struct value **schema)
{
    const struct design_schema *offered = ctx->services->design;
    *schema = offered ? offered->settings : NULL;
    if (!section[0])
        return own(ctx, document, "settings", false);
    struct value *item = place_of(place_of(place_of(place_of(document, "templates"), "home"), "sections"),
                                  section);
    const struct value *found = item ? design_section_schema(ctx, value_find_text(item, "type")) : NULL;
    if (block[0]) {
        item = place_of(place_of(item, "blocks"), block);
        found = item && found ? design_block_schema(found, value_find_text(item, "type")) : NULL;
    }
    if (!item || !found)
        return NULL;
    *schema = value_find(found, "settings");
    return own(ctx, item, "settings", false);
}
