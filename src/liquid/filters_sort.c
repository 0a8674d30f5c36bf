/* filters_sort.c - sort and sort_natural: a stable merge sort whose comparison may fail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/values.h"

struct keyed {
    struct value key;
    struct value item;
};

typedef err (*comparison)(struct liquid_call *call, const struct value *a, const struct value *b, int *order);

static err compare_values(struct liquid_call *call, const struct value *a, const struct value *b, int *order)
{
    *order = 0;
    if (values_order(a, b, order))
        return NULL;
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
        *order = (a->kind == VALUE_NULL) - (b->kind == VALUE_NULL);
        return NULL;
    }
    return values_equal(a, b) ? NULL : liquid_fail(call, "cannot sort values of incompatible types");
}

static char folded(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static int compare_folded(struct slice a, struct slice b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int difference = (unsigned char)folded(a.ptr[i]) - (unsigned char)folded(b.ptr[i]);
        if (difference != 0)
            return difference;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static err compare_natural(struct liquid_call *call, const struct value *a, const struct value *b, int *order)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL)
        *order = (a->kind == VALUE_NULL) - (b->kind == VALUE_NULL);
    else
        *order = compare_folded(value_text_of(call, a), value_text_of(call, b));
    return NULL;
}

static err merge(struct liquid_call *call, comparison compare, const struct keyed *from, struct keyed *to,
                 size_t half, size_t count)
{
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < count; i++) {
        int order = left < half ? -1 : 1;
        if (left < half && right < count)
            TRY(compare(call, &from[left].key, &from[right].key, &order));
        to[i] = order <= 0 ? from[left++] : from[right++];
    }
    return tick(call, count / 4 + 1);
}

/* Merges runs of growing width back and forth between two arrays; *items is where the result is. */
static err merge_sort(struct liquid_call *call, comparison compare, struct keyed **items, struct keyed *other,
                      size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t length = count - at < 2 * width ? count - at : 2 * width;
            TRY(merge(call, compare, *items + at, other + at, length < width ? length : width, length));
        }
        struct keyed *sorted = other;
        other = *items;
        *items = sorted;
    }
    return NULL;
}

/* Fills the keys; *has_keys is false when some item knows no members. */
static err fill_keys(struct liquid_call *call, struct keyed *keyed, const struct value *items, size_t length,
                     const struct value *property, bool *has_keys)
{
    *has_keys = true;
    for (size_t i = 0; i < length; i++) {
        bool wrong = false;
        keyed[i] = (struct keyed){items[i], items[i]};
        if (property && !value_property(call, &items[i], property, &keyed[i].key, &wrong))
            *has_keys = false;
        if (wrong)
            return liquid_fail(call, "cannot select the property");
    }
    return NULL;
}

static err sort_by(struct liquid_call *call, comparison compare, const struct value *input,
                   const struct value *property, struct value *output)
{
    struct value *items;
    size_t length;
    bool has_keys;
    TRY(filter_items(call, input, &items, &length));
    TRY(charge(call, 2 * (length + 1) * sizeof(struct keyed)));
    struct keyed *keyed = arena_alloc_many(call->ctx->arena, length + 1, sizeof *keyed);
    struct keyed *other = arena_alloc_many(call->ctx->arena, length + 1, sizeof *keyed);
    TRY(fill_keys(call, keyed, items, length, property, &has_keys));
    if (!has_keys)
        return NULL;
    TRY(merge_sort(call, compare, &keyed, other, length));
    for (size_t i = 0; i < length; i++)
        items[i] = keyed[i].item;
    *output = list_of(call, items, length);
    return NULL;
}

static err sort(FILTER_PARAMETERS)
{
    (void)named;
    const struct value *property = count > 0 && arguments->kind != VALUE_NULL ? arguments : NULL;
    return sort_by(call, compare_values, input, property, output);
}

static err sort_natural(FILTER_PARAMETERS)
{
    (void)named;
    const struct value *property = count > 0 && arguments->kind != VALUE_NULL ? arguments : NULL;
    return sort_by(call, compare_natural, input, property, output);
}

const struct filter_entry sort_filters[] = {
    {"sort", sort, 0, 1, false, false},
    {"sort_natural", sort_natural, 0, 1, false, false},
    {0},
};
