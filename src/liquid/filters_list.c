/* filters_list.c - lists as a whole: size, ends, joining, mapping, adding up; and `default`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/number.h"
#include "liquid/values.h"

static err size_filter(FILTER_PARAMETERS)
{
    (void)call, (void)arguments, (void)count, (void)named;
    *output = value_size(input);
    if (output->kind == VALUE_NULL)
        *output = value_int(0);
    return NULL;
}

static err first(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = value_end(call, input, true);
    return NULL;
}

static err last(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = value_end(call, input, false);
    return NULL;
}

static err join(FILTER_PARAMETERS)
{
    (void)named;
    struct value *items;
    size_t length;
    struct text_buf buf;
    TRY(filter_items(call, input, &items, &length));
    struct slice glue = count > 0 ? value_text_of(call, arguments) : (struct slice){" ", 1};
    filter_buffer(call, &buf);
    for (size_t i = 0; i < length && !buf.is_full; i++) {
        struct slice text = value_text_of(call, &items[i]);
        if (i > 0)
            text_add_bytes(&buf, glue.ptr, glue.len);
        text_add_bytes(&buf, text.ptr, text.len);
    }
    return filter_text(call, &buf, output);
}

static err reverse(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct value *items;
    size_t length;
    TRY(filter_items(call, input, &items, &length));
    for (size_t i = 0; i < length / 2; i++) {
        struct value item = items[i];
        items[i] = items[length - 1 - i];
        items[length - 1 - i] = item;
    }
    *output = list_of(call, items, length);
    return NULL;
}

static err concat(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct value *items;
    struct value *all;
    size_t length;
    if (arguments->kind != VALUE_LIST)
        return liquid_fail(call, "concat filter requires an array argument");
    size_t more = value_count(arguments);
    TRY(filter_items(call, input, &items, &length));
    TRY(values_alloc(call, length + more, &all));
    for (size_t i = 0; i < length; i++)
        all[i] = items[i];
    for (size_t i = 0; i < more; i++)
        all[length + i] = arguments->list->items[i];
    *output = list_of(call, all, length + more);
    return NULL;
}

static err wrong_property(struct liquid_call *call, const struct value *property)
{
    struct slice name = value_text_of(call, property);
    return liquid_fail(call, "cannot select the property '%.*s'", (int)(name.len < 100 ? name.len : 100),
                       name.ptr);
}

static err map(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct value *items;
    size_t length;
    TRY(filter_items(call, input, &items, &length));
    for (size_t i = 0; i < length; i++) {
        struct value item = items[i];
        bool wrong;
        (void)value_property(call, &item, arguments, &items[i], &wrong);
        if (wrong)
            return wrong_property(call, arguments);
    }
    *output = list_of(call, items, length);
    return NULL;
}

/* What an item is judged by: itself, or its property. False when it has no properties. */
static err key_of(struct liquid_call *call, const struct value *item, const struct value *property,
                  struct value *key, bool *has_key)
{
    bool wrong = false;
    *key = *item;
    *has_key = true;
    if (property && property->kind != VALUE_NULL)
        *has_key = value_property(call, item, property, key, &wrong);
    return wrong ? wrong_property(call, property) : NULL;
}

static err compact(FILTER_PARAMETERS)
{
    (void)named;
    struct value *items;
    size_t length;
    size_t kept = 0;
    TRY(filter_items(call, input, &items, &length));
    for (size_t i = 0; i < length; i++) {
        struct value key;
        bool has_key;
        TRY(key_of(call, &items[i], count > 0 ? arguments : NULL, &key, &has_key));
        if (has_key && key.kind != VALUE_NULL)
            items[kept++] = items[i];
    }
    *output = list_of(call, items, kept);
    return NULL;
}

/* Unlike ==, a whole number is not the same as a decimal. */
static bool is_same(const struct value *a, const struct value *b)
{
    bool is_alike = a->kind == b->kind || (value_is_text(a) && value_is_text(b));
    return is_alike && values_equal(a, b);
}

static bool is_known(const struct value *keys, size_t count, const struct value *key)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same(&keys[i], key))
            return true;
    }
    return false;
}

static err uniq(FILTER_PARAMETERS)
{
    (void)named;
    struct value *items;
    struct value *keys;
    size_t length;
    size_t kept = 0;
    TRY(filter_items(call, input, &items, &length));
    TRY(values_alloc(call, length, &keys));
    for (size_t i = 0; i < length; i++) {
        bool has_key;
        TRY(key_of(call, &items[i], count > 0 ? arguments : NULL, &keys[kept], &has_key));
        TRY(tick(call, kept / 8));
        struct value item = items[i];
        if (!is_known(keys, kept, &keys[kept]))
            items[kept++] = item;
    }
    *output = list_of(call, items, kept);
    return NULL;
}

static err add_number(struct liquid_call *call, struct number *sum, const struct value *value)
{
    if (value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value_count(value); i++)
            TRY(add_number(call, sum, value_at(value, i)));
        return NULL;
    }
    struct number number = number_of(value);
    if (number.is_decimal || sum->is_decimal) {
        sum->decimal = number_decimal(sum) + number_decimal(&number);
        sum->is_decimal = true;
    } else if (__builtin_add_overflow(sum->whole, number.whole, &sum->whole)) {
        return liquid_fail(call, "a number is too large");
    }
    return NULL;
}

static err sum_filter(FILTER_PARAMETERS)
{
    (void)named;
    struct value *items;
    size_t length;
    struct number sum = {0};
    TRY(filter_items(call, input, &items, &length));
    for (size_t i = 0; i < length; i++) {
        struct value key;
        bool has_key;
        TRY(key_of(call, &items[i], count > 0 ? arguments : NULL, &key, &has_key));
        if (has_key)
            TRY(add_number(call, &sum, &key));
    }
    *output = number_value(call, &sum);
    return NULL;
}

static bool is_empty(const struct value *value)
{
    if (value_is_text(value))
        return value->count == 0;
    return (value->kind == VALUE_LIST || value->kind == VALUE_OBJECT) && value_count(value) == 0;
}

static err default_filter(FILTER_PARAMETERS)
{
    (void)call;
    const struct value *allows = named ? value_find(named, "allow_false") : NULL;
    bool is_missing = allows && value_is_truthy(allows) ? input->kind == VALUE_NULL : !value_is_truthy(input);
    *output = *input;
    if (is_missing || is_empty(input))
        *output = count > 0 ? *arguments : value_text("");
    return NULL;
}

const struct filter_entry list_filters[] = {
    {"size", size_filter, 0, 0, false, false},
    {"first", first, 0, 0, false, false},
    {"last", last, 0, 0, false, false},
    {"join", join, 0, 1, false, false},
    {"reverse", reverse, 0, 0, false, false},
    {"concat", concat, 1, 1, false, false},
    {"map", map, 1, 1, false, false},
    {"compact", compact, 0, 1, false, false},
    {"uniq", uniq, 0, 1, false, false},
    {"sum", sum_filter, 0, 1, false, false},
    {"default", default_filter, 0, 1, true, false},
    {0},
};
