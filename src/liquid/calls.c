/* calls.c - what the owner's filters may ask of a running render. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"

struct ctx *liquid_call_ctx(struct liquid_call *call)
{
    return call->ctx;
}

void *liquid_call_data(struct liquid_call *call)
{
    return call->data;
}

const struct value *liquid_call_variable(struct liquid_call *call, const char *name)
{
    const struct value *found = find_variable_text(call, (struct slice){name, strlen(name)});
    struct value *plain = arena_alloc(call->ctx->arena, sizeof *plain);
    if (!found || plain_value(call, found, plain))
        return NULL;
    return plain;
}

/* Recursion is bounded by the depth of the data. */
const char *liquid_to_text(struct liquid_call *call, const struct value *value)
{
    if (value->kind != VALUE_LIST) {
        struct slice text = value_text_of(call, value);
        return arena_copy(call->ctx->arena, text.ptr, text.len);
    }
    struct text_buf shown;
    text_open(&shown, call->ctx->arena, call->memory_left / 2);
    for (size_t i = 0; i < value_count(value); i++)
        text_add(&shown, liquid_to_text(call, value_at(value, i)));
    return text_of(&shown);
}
