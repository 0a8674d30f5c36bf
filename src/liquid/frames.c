/* frames.c - the variables of a running template. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/internal.h"

#define FIRST_CAPACITY 8

void bindings_push(struct liquid_call *call, struct bindings *bindings, const struct name *name,
                   struct value value)
{
    if (bindings->count == bindings->capacity) {
        uint32_t capacity = bindings->capacity ? 2 * bindings->capacity : FIRST_CAPACITY;
        bindings->items =
            arena_grow(call->ctx->arena, bindings->items, bindings->count * sizeof *bindings->items,
                       capacity * sizeof *bindings->items);
        bindings->capacity = capacity;
    }
    bindings->items[bindings->count++] = (struct binding){name, value};
}

struct value *bindings_find(const struct bindings *bindings, const struct name *name)
{
    for (uint32_t i = bindings->count; i-- > 0;)
        if (bindings->items[i].name == name)
            return &bindings->items[i].value;
    return NULL;
}

void bindings_set(struct liquid_call *call, struct bindings *bindings, const struct name *name,
                  struct value value)
{
    struct value *place = bindings_find(bindings, name);
    if (place)
        *place = value;
    else
        bindings_push(call, bindings, name, value);
}

struct mark *mark_of(struct liquid_call *call, struct mark **marks, struct slice key)
{
    for (struct mark *mark = *marks; mark; mark = mark->next)
        if (mark->key.len == key.len && memcmp(mark->key.ptr, key.ptr, key.len) == 0)
            return mark;
    struct mark *mark = arena_alloc(call->ctx->arena, sizeof *mark);
    *mark = (struct mark){.key = key, .next = *marks};
    *marks = mark;
    return mark;
}
