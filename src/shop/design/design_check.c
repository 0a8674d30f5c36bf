/* design_check.c - from a document that somebody sent to one that the theme knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/html.h"
#include "base/json.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/services.h"

#define HANDLE_LENGTH 120
#define COLOUR_LENGTH 7 /* #rrggbb */

struct checking {
    struct ctx *ctx;
    struct field_problem *first, *last;
    size_t problem_count;
    struct value *dropped;
};

/* One setting on its way: what the schema says, what was sent, where it stands. */
struct given {
    const struct value *schema;
    const struct value *sent;
    const char *place;
};

static void complain(struct checking *checking, const char *place, const char *code, const char *message)
{
    if (checking->problem_count++ >= DESIGN_PROBLEMS)
        return;
    struct field_problem *problem = arena_alloc(checking->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = place, .code = code, .message = message};
    if (checking->last)
        checking->last->next = problem;
    else
        checking->first = problem;
    checking->last = problem;
}

static void drop(struct checking *checking, const char *place)
{
    if (checking->dropped && value_count(checking->dropped) < DESIGN_DROPPED)
        value_add(checking->ctx->arena, checking->dropped, value_text(place));
}

static const char *below(struct checking *checking, const char *place, const char *name)
{
    if (strlen(name) > DESIGN_ID_LENGTH)
        name = arena_format(checking->ctx->arena, "%.*s", DESIGN_ID_LENGTH, name);
    return place[0] ? arena_format(checking->ctx->arena, "%s.%s", place, name) : name;
}

bool design_is_id(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= DESIGN_ID_LENGTH &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* ---- settings ---- */

typedef bool take_setting(struct checking *checking, const struct given *given, struct value *taken);

static const char *sent_text(const struct given *given)
{
    return given->sent->kind == VALUE_TEXT ? given->sent->text : NULL;
}

static bool refuse(struct checking *checking, const struct given *given, const char *code, const char *message)
{
    complain(checking, given->place, code, message);
    return false;
}

static bool take_words(struct checking *checking, const struct given *given, size_t most, bool is_rich,
                       struct value *taken)
{
    const char *text = sent_text(given);
    if (!text)
        return refuse(checking, given, "invalid", "text, or {\"zh-CN\", \"en\"} is expected");
    if (text_has_control(text, strlen(text)))
        return refuse(checking, given, "control-characters", "control characters cannot stand here");
    if (utf8_length(text, strlen(text)) > most)
        return refuse(checking, given, "too-long", "this text is too long");
    *taken = value_text(is_rich && text[0] ? html_safe(checking->ctx->arena, text, "/media/") : text);
    return true;
}

/* One text, or one for each language. */
static bool take_both(struct checking *checking, const struct given *given, size_t most, bool is_rich,
                      struct value *taken)
{
    static const char *const languages[] = {"zh-CN", "en"};
    bool is_fine = true;
    if (given->sent->kind != VALUE_OBJECT)
        return take_words(checking, given, most, is_rich, taken);
    *taken = *value_object(checking->ctx->arena);
    for (size_t i = 0; i < 2; i++) {
        struct given one = *given;
        struct value words;
        one.sent = value_find(given->sent, languages[i]);
        if (one.sent && take_words(checking, &one, most, is_rich, &words))
            value_set(checking->ctx->arena, taken, languages[i], words);
        else
            is_fine = is_fine && !one.sent;
    }
    return is_fine;
}

static bool take_text(struct checking *checking, const struct given *given, struct value *taken)
{
    return take_both(checking, given, DESIGN_LINE_LENGTH, false, taken);
}

static bool take_textarea(struct checking *checking, const struct given *given, struct value *taken)
{
    return take_both(checking, given, DESIGN_TEXT_LENGTH, false, taken);
}

static bool take_rich(struct checking *checking, const struct given *given, struct value *taken)
{
    return take_both(checking, given, DESIGN_TEXT_LENGTH, true, taken);
}

static bool take_liquid(struct checking *checking, const struct given *given, struct value *taken)
{
    const struct design_schema *schema = checking->ctx->services->design;
    if (!take_words(checking, given, DESIGN_LIQUID_LENGTH, false, taken))
        return false;
    err failure = schema->check_liquid ? schema->check_liquid(checking->ctx, taken->text) : NULL;
    return failure ? refuse(checking, given, "liquid", failure->detail) : true;
}

static bool take_flag(struct checking *checking, const struct given *given, struct value *taken)
{
    const char *text = sent_text(given);
    if (given->sent->kind == VALUE_BOOL)
        *taken = *given->sent;
    else if (text && (!text[0] || text_is(text, "true") || text_is(text, "on") || text_is(text, "1")))
        *taken = value_bool(text[0] != 0);
    else
        return refuse(checking, given, "invalid", "true or false is expected");
    return true;
}

static bool take_number(struct checking *checking, const struct given *given, struct value *taken)
{
    const char *text = sent_text(given);
    int64_t number = 0, least = value_find_int(given->schema, "min", -1000000),
            most = value_find_int(given->schema, "max", 1000000),
            step = value_find_int(given->schema, "step", 1);
    if (given->sent->kind == VALUE_INT)
        number = given->sent->integer;
    else if (!text || !text_to_int(text, &number))
        return refuse(checking, given, "not-a-number", "a whole number is expected");
    if (number < least || number > most || (step > 1 && (number - least) % step != 0))
        return refuse(checking, given, "out-of-range",
                      arena_format(checking->ctx->arena, "between %lld and %lld", (long long)least,
                                   (long long)most));
    *taken = value_int(number);
    return true;
}

static bool take_choice(struct checking *checking, const struct given *given, struct value *taken)
{
    const struct value *options = value_find(given->schema, "options");
    const char *text = sent_text(given);
    for (size_t i = 0; text && i < value_count(options); i++) {
        const char *option = value_find_text(value_at(options, i), "value");
        if (text_is(option, text)) {
            *taken = value_text(option);
            return true;
        }
    }
    return refuse(checking, given, "unknown-choice", "this is not one of the choices");
}

static bool take_colour(struct checking *checking, const struct given *given, struct value *taken)
{
    const char *text = sent_text(given);
    if (text && !text[0]) {
        *taken = value_text("");
        return true;
    }
    if (!text || text[0] != '#' || strlen(text) != COLOUR_LENGTH ||
        strspn(text + 1, "0123456789abcdefABCDEF") != COLOUR_LENGTH - 1)
        return refuse(checking, given, "colour", "a colour is written #rrggbb");
    char *colour = arena_copy(checking->ctx->arena, text, COLOUR_LENGTH + 1);
    for (char *c = colour; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'F' ? *c + ('a' - 'A') : *c);
    *taken = value_text(colour);
    return true;
}

static bool take_picture(struct checking *checking, const struct given *given, struct value *taken)
{
    const char *text = sent_text(given);
    if (!text || (text[0] && (strlen(text) != PICTURE_ID_DIGITS ||
                              strspn(text, "0123456789abcdef") != PICTURE_ID_DIGITS)))
        return refuse(checking, given, "picture", "the id of a picture is expected");
    *taken = value_text(text);
    return true;
}

static bool take_handle(struct checking *checking, const struct given *given, struct value *taken)
{
    const char *text = sent_text(given);
    if (!text || strlen(text) > HANDLE_LENGTH ||
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(text))
        return refuse(checking, given, "invalid", "the handle of a page is expected");
    *taken = value_text(text);
    return true;
}

static bool is_address(const char *text)
{
    static const char *const starts[] = {"https://", "http://", "tel:", "mailto:"};
    if (!text[0] || text[0] == '#' || (text[0] == '/' && text[1] != '/' && text[1] != '\\'))
        return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(text, starts[i]))
            return true;
    return false;
}

static bool take_url(struct checking *checking, const struct given *given, struct value *taken)
{
    if (!take_words(checking, given, DESIGN_LINE_LENGTH, false, taken))
        return false;
    if (!is_address(taken->text))
        return refuse(checking, given, "url", "an address begins with / # https:// tel: or mailto:");
    return true;
}

static take_setting *taker_of(const char *type)
{
    static const struct {
        const char *type;
        take_setting *take;
    } takers[] = {{"text", take_text},          {"textarea", take_textarea}, {"richtext", take_rich},
                  {"liquid", take_liquid},      {"checkbox", take_flag},     {"range", take_number},
                  {"number", take_number},      {"select", take_choice},     {"radio", take_choice},
                  {"color", take_colour},       {"image_picker", take_picture}, {"collection", take_handle},
                  {"category", take_handle},    {"product", take_handle},    {"url", take_url}};
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (text_is(takers[i].type, type))
            return takers[i].take;
    return NULL;
}

static const struct value *find_setting(const struct value *schema, const char *id)
{
    for (size_t i = 0; i < value_count(schema); i++) {
        const struct value *one = value_at(schema, i);
        const struct value *group = value_find(one, "settings");
        const struct value *found = group ? find_setting(group, id) : NULL;
        if (found || (!group && text_is(value_find_text(one, "id"), id)))
            return found ? found : one;
    }
    return NULL;
}

static void take_settings(struct checking *checking, const struct value *schema, const struct value *sent,
                          const char *place, struct value *clean)
{
    if (sent && sent->kind != VALUE_OBJECT)
        complain(checking, place, "invalid", "settings are an object");
    for (size_t i = 0; sent && sent->kind == VALUE_OBJECT && i < sent->object->count; i++) {
        const struct member *member = &sent->object->members[i];
        const struct value *setting = find_setting(schema, member->name);
        struct given given = {setting, &member->value, below(checking, place, member->name)};
        take_setting *take = setting ? taker_of(value_find_text(setting, "type")) : NULL;
        struct value taken;
        if (!take)
            drop(checking, given.place);
        else if (take(checking, &given, &taken))
            value_set(checking->ctx->arena, clean, value_find_text(setting, "id"), taken);
    }
}

/* ---- sections and blocks ---- */

/* The ids of an order that lead to an object, each once; problems for the others. False when it is no list or too
 * long. */
static bool order_is_fine(struct checking *checking, const struct value *order, const char *place,
                          size_t most)
{
    if (order && order->kind != VALUE_LIST) {
        complain(checking, place, "invalid", "an order is a list of ids");
        return false;
    }
    if (value_count(order) > most) {
        complain(checking, place, "too-many", arena_format(checking->ctx->arena, "at most %zu", most));
        return false;
    }
    return true;
}

static const char *id_at(struct checking *checking, const struct value *order, size_t at,
                         const struct value *items, const struct value *clean, const char *place)
{
    const struct value *id = value_at(order, at);
    if (id->kind != VALUE_TEXT || !design_is_id(id->text))
        complain(checking, place, "invalid", "an id has small letters, digits, - and _");
    else if (value_find(clean, id->text))
        complain(checking, place, "duplicate", "an id stands twice in the order");
    else if (!value_find(items, id->text) || value_find(items, id->text)->kind != VALUE_OBJECT)
        complain(checking, below(checking, place, id->text), "invalid", "nothing stands behind this id");
    else
        return id->text;
    return NULL;
}

static size_t count_type(const struct value *items, const char *type)
{
    size_t count = 0;
    for (size_t i = 0; items->kind == VALUE_OBJECT && i < items->object->count; i++)
        count += text_is(value_find_text(&items->object->members[i].value, "type"), type);
    return count;
}

/* A copy of the flag and the settings; NULL when the theme has no such type. */
static struct value *take_item(struct checking *checking, const struct value *item, const char *place,
                               const struct value *schema, struct value *clean)
{
    struct arena *arena = checking->ctx->arena;
    const char *type = value_find_text(item, "type");
    const struct value *disabled = value_find(item, "disabled");
    if (!schema) {
        complain(checking, place, "unknown-type", "the theme has no such section or block");
        return NULL;
    }
    if (count_type(clean, type) >= (size_t)value_find_int(schema, "limit", DESIGN_BLOCKS)) {
        complain(checking, place, "too-many", "no more of these can stand here");
        return NULL;
    }
    struct value *copy = value_object(arena);
    value_set_text(arena, copy, "type", type);
    if (disabled && disabled->kind == VALUE_BOOL && disabled->boolean)
        value_set_bool(arena, copy, "disabled", true);
    take_settings(checking, value_find(schema, "settings"), value_find(item, "settings"),
                  below(checking, place, "settings"), value_set_object(arena, copy, "settings"));
    return copy;
}

static void take_blocks(struct checking *checking, const struct value *section, const struct value *schema,
                        const char *place, struct value *clean)
{
    struct arena *arena = checking->ctx->arena;
    const struct value *order = value_find(section, "block_order"), *blocks = value_find(section, "blocks");
    int64_t most = value_find_int(schema, "max_blocks", DESIGN_BLOCKS);
    const char *at = below(checking, place, "blocks");
    if (!order || !order_is_fine(checking, order, at, (size_t)(most < DESIGN_BLOCKS ? most : DESIGN_BLOCKS)))
        return;
    struct value *kept = value_set_object(arena, clean, "blocks");
    struct value *ids = value_set_list(arena, clean, "block_order");
    for (size_t i = 0; i < value_count(order); i++) {
        const char *id = id_at(checking, order, i, blocks, kept, at);
        const struct value *block = id ? value_find(blocks, id) : NULL;
        struct value *copy = block ? take_item(checking, block, below(checking, at, id),
                                               design_block_schema(schema, value_find_text(block, "type")),
                                               kept)
                                   : NULL;
        if (!copy)
            continue;
        value_set(arena, kept, id, *copy);
        value_add(arena, ids, value_text(id));
    }
}

static void take_home(struct checking *checking, const struct value *home, struct value *clean)
{
    struct arena *arena = checking->ctx->arena;
    const struct value *order = value_find(home, "order"), *sections = value_find(home, "sections");
    struct value *kept = value_set_object(arena, clean, "sections");
    struct value *ids = value_set_list(arena, clean, "order");
    if (!order_is_fine(checking, order, "order", DESIGN_SECTIONS))
        return;
    for (size_t i = 0; i < value_count(order); i++) {
        const char *id = id_at(checking, order, i, sections, kept, "order");
        const struct value *section = id ? value_find(sections, id) : NULL;
        const struct value *schema =
            design_section_schema(checking->ctx, value_find_text(section, "type"));
        struct value *copy = section ? take_item(checking, section, id, schema, kept) : NULL;
        if (!copy)
            continue;
        take_blocks(checking, section, schema, id, copy);
        value_set(arena, kept, id, *copy);
        value_add(arena, ids, value_text(id));
    }
}

/* ---- the whole ---- */

static bool is_deeper(const struct value *value, int levels)
{
    bool is_too_deep = false;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list->count && !is_too_deep; i++)
            is_too_deep = levels == 0 || is_deeper(&value->list->items[i], levels - 1);
    if (value->kind == VALUE_OBJECT)
        for (size_t i = 0; i < value->object->count && !is_too_deep; i++)
            is_too_deep = levels == 0 || is_deeper(&value->object->members[i].value, levels - 1);
    return is_too_deep;
}

static err check_size(struct ctx *ctx, const struct value *document)
{
    const char *text;
    if (document->kind != VALUE_OBJECT)
        return fail_field(ctx, "document", "invalid", "a design is an object");
    if (is_deeper(document, DESIGN_DEPTH))
        return fail_with(ctx, ERR_LIMIT, "a design is at most %d levels deep", DESIGN_DEPTH);
    err failure = json_text(ctx, document, DESIGN_BYTES, &text);
    if (failure && failure->code == ERR_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a design has at most %zu bytes", DESIGN_BYTES);
    return failure;
}

err design_check(struct ctx *ctx, const struct value *document, struct value **clean, struct value *dropped)
{
    const struct design_schema *schema = ctx->services->design;
    struct checking checking = {.ctx = ctx, .dropped = dropped};
    TRY(check_size(ctx, document));
    struct value *copy = value_object(ctx->arena);
    const char *theme = value_find_text(document, "theme");
    if (!schema || !theme || !value_find(schema->themes, theme))
        complain(&checking, "theme", "unknown-choice", "there is no such theme");
    value_set_text(ctx->arena, copy, "theme", theme);
    take_settings(&checking, schema ? schema->settings : NULL, value_find(document, "settings"), "settings",
                  value_set_object(ctx->arena, copy, "settings"));
    take_home(&checking, design_home(document),
              value_set_object(ctx->arena, value_set_object(ctx->arena, copy, "templates"), "home"));
    if (checking.first)
        return fail_fields(ctx, checking.first);
    *clean = copy;
    return NULL;
}
