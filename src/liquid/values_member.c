/* values_member.c - the members of a value: by a dotted name, by an index, by a filter's property. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"

/* A member by its name; `hint` remembers the place, as objects of one list look alike. */
static const struct value *find_member(const struct value *object, const struct name *name,
                                       _Atomic uint32_t *hint)
{
    const struct value_object *members = object->object;
    uint32_t place = atomic_load_explicit(hint, memory_order_relaxed);
    if (place < members->count) {
        const struct member *member = &members->members[place];
        if (member->name_length == name->len && memcmp(member->name, name->ptr, name->len) == 0)
            return &member->value;
    }
    const struct value *found = value_find_bytes(object, name->ptr, name->len);
    if (found) {
        const struct member *member =
            (const struct member *)(const void *)((const char *)found - offsetof(struct member, value));
        atomic_store_explicit(hint, (uint32_t)(member - members->members), memory_order_relaxed);
    }
    return found;
}

static const struct loop *loop_of(const struct value *value)
{
    return (const struct loop *)(const void *)value->text;
}

/* Members that both loop objects have. */
static bool common_member(const struct loop *loop, const struct name *name, struct value *result)
{
    struct slice text = {name->ptr, name->len};
    if (slice_is(text, "index"))
        *result = value_int(loop->index0 + 1);
    else if (slice_is(text, "index0"))
        *result = value_int(loop->index0);
    else if (slice_is(text, "rindex"))
        *result = value_int(loop->length - loop->index0);
    else if (slice_is(text, "rindex0"))
        *result = value_int(loop->length - loop->index0 - 1);
    else if (slice_is(text, "first"))
        *result = value_bool(loop->index0 == 0);
    else if (slice_is(text, "last"))
        *result = value_bool(loop->index0 == loop->length - 1);
    else if (slice_is(text, "length"))
        *result = value_int(loop->length);
    else
        return false;
    return true;
}

static struct value loop_member(const struct value *value, const struct name *name)
{
    const struct loop *loop = loop_of(value);
    struct slice text = {name->ptr, name->len};
    struct value result = value_null();
    if (common_member(loop, name, &result))
        return result;
    if (value->kind == KIND_LOOP) {
        if (slice_is(text, "name"))
            return loop->name;
        if (slice_is(text, "parentloop") && loop->parent)
            return (struct value){.kind = KIND_LOOP, .text = (const char *)loop->parent};
        return result;
    }
    if (slice_is(text, "col"))
        result = value_int(loop->column);
    else if (slice_is(text, "col0"))
        result = value_int(loop->column - 1);
    else if (slice_is(text, "row"))
        result = value_int(loop->row);
    else if (slice_is(text, "col_first"))
        result = value_bool(loop->column == 1);
    else if (slice_is(text, "col_last"))
        result = value_bool(loop->column == loop->columns);
    return result;
}

struct value value_size(const struct value *value)
{
    if (value_is_text(value))
        return value_int((int64_t)utf8_length(value->text, value->count));
    if (value->kind == VALUE_LIST || value->kind == VALUE_OBJECT)
        return value_int((int64_t)value_count(value));
    if (value->kind == KIND_RANGE)
        return value_int(range_count(value_range(value)));
    return value->kind == VALUE_INT ? value_int(8) : value_null();
}

static struct value last_point(const struct value *text)
{
    size_t at = text->count;
    while (at > 0 && ((unsigned char)text->text[--at] & 0xc0) == 0x80)
        continue;
    return text_value((struct slice){text->text + at, text->count - at}, false);
}

struct value value_end(struct liquid_call *call, const struct value *value, bool is_first)
{
    if (value_is_text(value)) {
        if (value->count == 0)
            return value_null();
        return is_first
                   ? text_value((struct slice){value->text, utf8_prefix(value->text, value->count, 1)}, false)
                   : last_point(value);
    }
    if (value->kind == KIND_RANGE)
        return value_int(is_first ? value_range(value)->first : value_range(value)->last);
    if (value->kind == VALUE_OBJECT && !is_first)
        return value_null();
    struct sequence sequence = sequence_of(value);
    if (sequence.count == 0)
        return value_null();
    return sequence_at(call, &sequence, is_first ? 0 : sequence.count - 1);
}

static struct value special(struct liquid_call *call, const struct value *value, const struct name *name)
{
    struct slice text = {name->ptr, name->len};
    if (slice_is(text, "size"))
        return value_size(value);
    if (slice_is(text, "first"))
        return value_end(call, value, true);
    if (slice_is(text, "last"))
        return value_end(call, value, false);
    return value_null();
}

static struct value indexed(const struct value *value, const struct value *index)
{
    const struct value *found = NULL;
    if (value->kind == VALUE_LIST && index->kind == VALUE_INT) {
        int64_t at = index->integer < 0 ? index->integer + (int64_t)value_count(value) : index->integer;
        found = at >= 0 ? value_at(value, (size_t)at) : NULL;
    } else if (value->kind == VALUE_OBJECT && value_is_text(index)) {
        found = value_find_bytes(value, index->text, index->count);
    }
    return found ? *found : value_null();
}

struct value value_member(struct liquid_call *call, const struct value *value, struct step *step,
                          const struct value *index)
{
    const struct name *name = step->name;
    if (value->kind == VALUE_NULL)
        return *value;
    if (!name) {
        if ((value->kind != KIND_LOOP && value->kind != KIND_TABLE) || !value_is_text(index))
            return indexed(value, index);
        struct name dynamic = {.ptr = index->text, .len = index->count};
        return loop_member(value, &dynamic);
    }
    if (value->kind == VALUE_OBJECT) {
        const struct value *found = find_member(value, name, &step->hint);
        if (found)
            return *found;
    }
    if (value->kind == KIND_LOOP || value->kind == KIND_TABLE)
        return loop_member(value, name);
    return step->is_dotted ? special(call, value, name) : value_null();
}

/* "text"[property]: the part itself when it is in there, or a character by its place. */
static struct value property_of_text(const struct value *item, const struct value *property)
{
    if (value_is_text(property)) {
        if (property->count == 0 || memmem(item->text, item->count, property->text, property->count))
            return *property;
        return value_null();
    }
    size_t length = utf8_length(item->text, item->count);
    int64_t at = property->integer < 0 ? property->integer + (int64_t)length : property->integer;
    if (at < 0 || (uint64_t)at >= length)
        return value_null();
    size_t from = utf8_prefix(item->text, item->count, (size_t)at);
    return text_value(
        (struct slice){item->text + from, utf8_prefix(item->text + from, item->count - from, 1)}, false);
}

bool value_property(struct liquid_call *call, const struct value *item, const struct value *property,
                    struct value *result, bool *wrong)
{
    *wrong = false;
    *result = value_null();
    if (item->kind == VALUE_OBJECT || item->kind == VALUE_LIST) {
        *result = indexed(item, property);
        *wrong = item->kind == VALUE_LIST && property->kind != VALUE_INT;
        return true;
    }
    if (item->kind == KIND_LOOP || item->kind == KIND_TABLE) {
        struct step step = {0};
        *result = value_member(call, item, &step, property);
        return true;
    }
    if (value_is_text(item)) {
        if (property->kind == VALUE_NULL)
            return false;
        *wrong = !value_is_text(property) && property->kind != VALUE_INT;
        if (!*wrong)
            *result = property_of_text(item, property);
        return true;
    }
    if (item->kind != VALUE_INT)
        return false;
    /* A whole number gives its bits, as in Ruby. */
    *wrong = property->kind != VALUE_INT;
    if (!*wrong && property->integer >= 0)
        *result =
            value_int(property->integer > 62 ? item->integer < 0 : (item->integer >> property->integer) & 1);
    else if (!*wrong)
        *result = value_int(0);
    return true;
}
