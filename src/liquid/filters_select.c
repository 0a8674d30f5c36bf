/* filters_select.c - choosing from lists by a property: where, reject, find, find_index, has. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/values.h"

struct selection {
    struct value *items;
    size_t count;
    const struct value *property;
    const struct value *wanted; /* NULL: anything true */
    bool ends;                  /* an item that knows no members was met: the filter gives nothing */
};

static err open_selection(struct liquid_call *call, struct selection *selection, const struct value *input,
                          const struct value *arguments, size_t count)
{
    *selection = (struct selection){.property = arguments};
    if (count > 1 && arguments[1].kind != VALUE_NULL)
        selection->wanted = &arguments[1];
    return filter_items(call, input, &selection->items, &selection->count);
}

static err item_fits(struct liquid_call *call, struct selection *selection, size_t index, bool *fits)
{
    struct value value;
    bool wrong;
    *fits = false;
    if (!value_property(call, &selection->items[index], selection->property, &value, &wrong)) {
        selection->ends = true;
        return NULL;
    }
    if (wrong) {
        struct slice name = value_text_of(call, selection->property);
        return liquid_fail(call, "cannot select the property '%.*s'", (int)(name.len < 100 ? name.len : 100),
                           name.ptr);
    }
    *fits = selection->wanted ? values_equal(&value, selection->wanted) : value_is_truthy(&value);
    return NULL;
}

static err keep(struct liquid_call *call, const struct value *input, const struct value *arguments,
                size_t count, bool keeps_fitting, struct value *output)
{
    struct selection selection;
    size_t kept = 0;
    TRY(open_selection(call, &selection, input, arguments, count));
    for (size_t i = 0; i < selection.count; i++) {
        bool fits;
        TRY(item_fits(call, &selection, i, &fits));
        if (selection.ends)
            return NULL;
        if (fits == keeps_fitting)
            selection.items[kept++] = selection.items[i];
    }
    *output = list_of(call, selection.items, kept);
    return NULL;
}

static err where(FILTER_PARAMETERS)
{
    (void)named;
    return keep(call, input, arguments, count, true, output);
}

static err reject(FILTER_PARAMETERS)
{
    (void)named;
    return keep(call, input, arguments, count, false, output);
}

/* The place of the first item that fits; `count` when there is none. */
static err find_place(struct liquid_call *call, struct selection *selection, size_t *place)
{
    for (*place = 0; *place < selection->count; ++*place) {
        bool fits;
        TRY(item_fits(call, selection, *place, &fits));
        if (fits || selection->ends)
            break;
    }
    return NULL;
}

static err find(FILTER_PARAMETERS)
{
    (void)named;
    struct selection selection;
    size_t place;
    TRY(open_selection(call, &selection, input, arguments, count));
    TRY(find_place(call, &selection, &place));
    if (!selection.ends && place < selection.count)
        *output = selection.items[place];
    return NULL;
}

static err find_index(FILTER_PARAMETERS)
{
    (void)named;
    struct selection selection;
    size_t place;
    TRY(open_selection(call, &selection, input, arguments, count));
    TRY(find_place(call, &selection, &place));
    if (!selection.ends && place < selection.count)
        *output = value_int((int64_t)place);
    return NULL;
}

static err has(FILTER_PARAMETERS)
{
    (void)named;
    struct selection selection;
    size_t place;
    TRY(open_selection(call, &selection, input, arguments, count));
    TRY(find_place(call, &selection, &place));
    if (!selection.ends)
        *output = value_bool(place < selection.count);
    return NULL;
}

const struct filter_entry select_filters[] = {
    {"where", where, 1, 2, false, false}, {"reject", reject, 1, 2, false, false},
    {"find", find, 1, 2, false, false},   {"find_index", find_index, 1, 2, false, false},
    {"has", has, 1, 2, false, false},     {0},
};
