/* values.c - what the values of the language mean: truth, equality, order, iteration. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"
#include "base/clock.h"
#include "liquid/lexer.h"

/* Work between two looks at the clock. */
#define WORK_PER_LOOK 2000

bool value_is_text(const struct value *value)
{
    return value->kind == VALUE_TEXT || value->kind == KIND_HTML;
}

bool value_is_truthy(const struct value *value)
{
    return value->kind != VALUE_NULL && !(value->kind == VALUE_BOOL && !value->boolean);
}

struct slice value_slice(const struct value *value)
{
    return (struct slice){value->text, value->count};
}

struct value text_value(struct slice text, bool is_html)
{
    struct value value = value_text_bytes(text.ptr ? text.ptr : "", text.len);
    if (is_html)
        value.kind = KIND_HTML;
    return value;
}

const struct range *value_range(const struct value *value)
{
    return (const struct range *)(const void *)value->text;
}

struct value range_value(struct liquid_call *call, int64_t first, int64_t last)
{
    struct range *range = arena_alloc(call->ctx->arena, sizeof *range);
    *range = (struct range){first, last};
    return (struct value){.kind = KIND_RANGE, .text = (const char *)range};
}

int64_t range_count(const struct range *range)
{
    if (range->last < range->first)
        return 0;
    uint64_t count = (uint64_t)range->last - (uint64_t)range->first;
    return count >= INT64_MAX ? INT64_MAX : (int64_t)count + 1;
}

err charge(struct liquid_call *call, size_t bytes)
{
    if (bytes > call->memory_left)
        return liquid_fail(call, "too much memory used");
    call->memory_left -= bytes;
    return NULL;
}

err tick(struct liquid_call *call, size_t work)
{
    call->work += work < INT32_MAX ? (int64_t)work : INT32_MAX;
    if (call->work < WORK_PER_LOOK)
        return NULL;
    call->work = 0;
    if (clock_steady() > call->deadline)
        return liquid_fail(call, "more than %lld ms of time", (long long)call->env->options.limits.time_ms);
    return NULL;
}

err values_alloc(struct liquid_call *call, size_t count, struct value **items)
{
    TRY(tick(call, count));
    if (count > call->memory_left / sizeof **items)
        return liquid_fail(call, "too much memory used");
    TRY(charge(call, count * sizeof **items));
    *items = arena_alloc_many(call->ctx->arena, count, sizeof **items);
    return NULL;
}

struct value list_of(struct liquid_call *call, struct value *items, size_t count)
{
    struct value_list *list = arena_alloc(call->ctx->arena, sizeof *list);
    *list = (struct value_list){.count = (uint32_t)count, .capacity = (uint32_t)count, .items = items};
    return (struct value){.kind = VALUE_LIST, .list = list};
}

static bool text_is_white(struct slice text)
{
    return slice_trim(text).len == 0;
}

/* value == empty, value == blank */
static bool equals_literal(uint32_t literal, const struct value *value)
{
    if (value_is_text(value))
        return literal == KIND_BLANK ? text_is_white(value_slice(value)) : value->count == 0;
    if (value->kind == VALUE_LIST || value->kind == VALUE_OBJECT)
        return value_count(value) == 0;
    return literal == KIND_BLANK && !value_is_truthy(value);
}

static double as_real(const struct value *value)
{
    return value->kind == VALUE_REAL ? value->real : (double)value->integer;
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

static bool objects_equal(const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < a->object->count; i++) {
        const struct member *member = &a->object->members[i];
        const struct value *other = value_find_bytes(b, member->name, member->name_length);
        if (!other || !values_equal(&member->value, other))
            return false;
    }
    return true;
}

static bool containers_equal(const struct value *a, const struct value *b)
{
    if (value_count(a) != value_count(b))
        return false;
    if (a->kind == VALUE_OBJECT)
        return objects_equal(a, b);
    for (size_t i = 0; i < value_count(a); i++) {
        if (!values_equal(value_at(a, i), value_at(b, i)))
            return false;
    }
    return true;
}

static bool same_kind_equal(const struct value *a, const struct value *b)
{
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_LIST:
    case VALUE_OBJECT:
        return containers_equal(a, b);
    case KIND_RANGE:
        return value_range(a)->first == value_range(b)->first && value_range(a)->last == value_range(b)->last;
    case KIND_LOOP:
    case KIND_TABLE:
        return a->text == b->text;
    default:
        return false;
    }
}

bool values_equal(const struct value *a, const struct value *b)
{
    if (a->kind == KIND_EMPTY || a->kind == KIND_BLANK)
        return b->kind != KIND_EMPTY && b->kind != KIND_BLANK && equals_literal(a->kind, b);
    if (b->kind == KIND_EMPTY || b->kind == KIND_BLANK)
        return equals_literal(b->kind, a);
    if (value_is_text(a) && value_is_text(b))
        return a->count == b->count && memcmp(a->text, b->text, a->count) == 0;
    if (a->kind == VALUE_INT && b->kind == VALUE_INT)
        return a->integer == b->integer;
    if (is_number(a) && is_number(b))
        return as_real(a) == as_real(b);
    return a->kind == b->kind && same_kind_equal(a, b);
}

static int sign_of(bool less, bool more)
{
    return (int)more - (int)less;
}

bool values_order(const struct value *a, const struct value *b, int *order)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT) {
        *order = sign_of(a->integer<b->integer, a->integer> b->integer);
        return true;
    }
    if (is_number(a) && is_number(b)) {
        *order = sign_of(as_real(a) < as_real(b), as_real(a) > as_real(b));
        return true;
    }
    if (!value_is_text(a) || !value_is_text(b))
        return false;
    size_t common = a->count < b->count ? a->count : b->count;
    int result = memcmp(a->text, b->text, common);
    *order = result ? sign_of(result<0, result> 0) : sign_of(a->count<b->count, a->count> b->count);
    return true;
}

static bool list_contains(const struct value *list, const struct value *what)
{
    for (size_t i = 0; i < value_count(list); i++) {
        if (values_equal(value_at(list, i), what))
            return true;
    }
    return false;
}

bool value_contains(struct liquid_call *call, const struct value *where, const struct value *what)
{
    if (!value_is_truthy(where) || !value_is_truthy(what))
        return false;
    if (value_is_text(where)) {
        struct slice needle = value_text_of(call, what);
        return needle.len == 0 || memmem(where->text, where->count, needle.ptr, needle.len) != NULL;
    }
    if (where->kind == VALUE_LIST)
        return list_contains(where, what);
    if (where->kind == VALUE_OBJECT)
        return value_is_text(what) && value_find_bytes(where, what->text, what->count) != NULL;
    if (where->kind == KIND_RANGE && is_number(what))
        return as_real(what) >= (double)value_range(where)->first &&
               as_real(what) <= (double)value_range(where)->last;
    return false;
}

struct sequence sequence_of(const struct value *value)
{
    struct sequence sequence = {.whole = value};
    if (value->kind == VALUE_LIST) {
        sequence.items = value->list->items;
        sequence.count = value->list->count;
    } else if (value->kind == KIND_RANGE) {
        sequence.count = (size_t)range_count(value_range(value));
    } else if (value->kind == VALUE_OBJECT) {
        sequence.count = value_count(value);
    } else if (value_is_text(value)) {
        sequence.count = value->count > 0;
    }
    return sequence;
}

struct value sequence_at(struct liquid_call *call, const struct sequence *sequence, size_t index)
{
    if (sequence->items)
        return sequence->items[index];
    if (sequence->whole->kind == KIND_RANGE)
        return value_int(value_range(sequence->whole)->first + (int64_t)index);
    if (sequence->whole->kind != VALUE_OBJECT)
        return *sequence->whole;
    const struct member *member = &sequence->whole->object->members[index];
    struct value *pair = arena_alloc_many(call->ctx->arena, 2, sizeof *pair);
    pair[0] = value_text_bytes(member->name, member->name_length);
    pair[1] = member->value;
    return list_of(call, pair, 2);
}
