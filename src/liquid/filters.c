/* filters.c - finding a filter by its name, and what the families share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/number.h"
#include "liquid/values.h"

static const struct filter_entry *find_in(const struct filter_entry *entry, struct slice name)
{
    for (; entry->name; entry++)
        if (slice_is(name, entry->name))
            return entry;
    return NULL;
}

const struct filter_entry *filter_find(const struct liquid_env *env, struct slice name)
{
    static const struct filter_entry *const families[] = {text_filters,   replace_filters, code_filters,
                                                          number_filters, list_filters,    select_filters,
                                                          sort_filters,   date_filters,    NULL};
    const struct filter_entry *found = env->own_filters ? find_in(env->own_filters, name) : NULL;
    for (size_t i = 0; !found && families[i]; i++)
        found = find_in(families[i], name);
    return found;
}

/* Recursion is bounded by the depth of the data. */
static size_t count_flat(const struct value *value)
{
    size_t count = 0;
    if (value->kind != VALUE_LIST)
        return 1;
    for (size_t i = 0; i < value_count(value); i++)
        count += count_flat(value_at(value, i));
    return count;
}

static struct value *copy_flat(struct value *to, const struct value *value)
{
    if (value->kind != VALUE_LIST) {
        *to = *value;
        return to + 1;
    }
    for (size_t i = 0; i < value_count(value); i++)
        to = copy_flat(to, value_at(value, i));
    return to;
}

err filter_items(struct liquid_call *call, const struct value *input, struct value **items, size_t *count)
{
    if (input->kind == KIND_RANGE) {
        struct sequence sequence = sequence_of(input);
        *count = sequence.count;
        TRY(values_alloc(call, *count, items));
        for (size_t i = 0; i < *count; i++)
            (*items)[i] = sequence_at(call, &sequence, i);
        return NULL;
    }
    *count = input->kind == VALUE_NULL ? 0 : count_flat(input);
    TRY(values_alloc(call, *count, items));
    if (*count > 0)
        (void)copy_flat(*items, input);
    return NULL;
}

err filter_integer(struct liquid_call *call, const struct value *argument, int64_t *integer)
{
    return value_to_integer(argument, integer) ? NULL : liquid_fail(call, "invalid integer");
}

void filter_buffer(struct liquid_call *call, struct text_buf *buf)
{
    size_t limit = call->memory_left / 2;
    text_open(buf, call->ctx->arena, limit < UINT32_MAX ? limit : UINT32_MAX);
}

err filter_text(struct liquid_call *call, struct text_buf *buf, struct value *output)
{
    if (buf->is_full)
        return liquid_fail(call, "too much memory used");
    TRY(charge(call, buf->capacity));
    TRY(tick(call, buf->len / 64));
    *output = text_value((struct slice){text_of(buf), buf->len}, false);
    return NULL;
}
