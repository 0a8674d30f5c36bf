/* render_partials.c - render and include. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"

struct target {
    const struct liquid_template *template;
    const struct name *alias; /* the variable that a bound value gets */
};

static err find_target(struct liquid_call *call, struct partial *partial, struct target *target)
{
    target->template = atomic_load_explicit(&partial->known, memory_order_acquire);
    if (!target->template || !partial->has_static_name) {
        struct value name;
        TRY(eval(call, partial->template_name, &name));
        if (!value_is_text(&name))
            return liquid_fail(call, "the name of a template must be a text");
        TRY(snippet_load(call, partial, value_slice(&name), &target->template));
    }
    target->alias = partial->alias ? partial->alias : target->template->alias;
    return NULL;
}

static err show(struct liquid_call *call, const struct liquid_template *template, struct text_buf *out)
{
    const struct liquid_template *outer = call->template;
    uint32_t offset = call->offset;
    TRY(tick(call, 8));
    TRY(render_deeper(call));
    call->template = template;
    TRY(render_block(call, &template->block, out));
    call->template = outer;
    call->offset = offset;
    call->depth--;
    return NULL;
}

/* ---- include: in the scope it stands in ---- */

static err include_list(struct liquid_call *call, const struct target *target, const struct value *list,
                        uint32_t place, struct text_buf *out)
{
    for (size_t i = 0; i < value_count(list) && call->flow == FLOW_ON; i++) {
        TRY(count_round(call, out));
        call->frame->scoped.items[place].value = *value_at(list, i);
        TRY(show(call, target->template, out));
    }
    return NULL;
}

/* Without `with` the variable of the template's own name is bound, as it always was. */
static err include_bound(struct liquid_call *call, const struct partial *partial, const struct target *target,
                         struct value *bound)
{
    if (partial->bound)
        return eval(call, partial->bound, bound);
    const struct value *found =
        find_variable_text(call, (struct slice){target->template->name, strlen(target->template->name)});
    *bound = found ? *found : value_null();
    return NULL;
}

static err include(struct liquid_call *call, const struct partial *partial, const struct target *target,
                   struct text_buf *out)
{
    struct bindings *scoped = &call->frame->scoped;
    uint32_t place = scoped->count;
    struct value bound = value_null();
    TRY(include_bound(call, partial, target, &bound));
    bool is_bound = partial->bound || bound.kind != VALUE_NULL;
    for (uint32_t i = 0; i < partial->named_count; i++) {
        struct value value;
        TRY(eval(call, partial->named[i].value, &value));
        bindings_push(call, scoped, partial->named[i].name, value);
    }
    if (is_bound)
        bindings_push(call, scoped, target->alias, bound);
    if (is_bound && bound.kind == VALUE_LIST)
        TRY(include_list(call, target, &bound, scoped->count - 1, out));
    else
        TRY(show(call, target->template, out));
    scoped->count = place;
    return NULL;
}

/* ---- render: in a scope of its own ---- */

static err render_once(struct liquid_call *call, const struct target *target,
                       const struct bindings *arguments, const struct value *bound, struct loop *loop,
                       struct text_buf *out)
{
    struct frame *outer = call->frame;
    struct frame frame = {.is_isolated = true};
    struct value forloop = {.kind = KIND_LOOP, .text = (const char *)loop};
    if (loop)
        bindings_push(call, &frame.assigned, call->env->forloop, forloop);
    if (bound && bound->kind != VALUE_NULL)
        bindings_push(call, &frame.assigned, target->alias, *bound);
    for (uint32_t i = 0; i < arguments->count; i++)
        bindings_set(call, &frame.assigned, arguments->items[i].name, arguments->items[i].value);
    TRY(charge(call, (frame.assigned.capacity + 4) * sizeof *frame.assigned.items));
    call->frame = &frame;
    TRY(show(call, target->template, out));
    call->frame = outer;
    call->flow = FLOW_ON;
    return NULL;
}

static err render_each(struct liquid_call *call, const struct target *target,
                       const struct bindings *arguments, const struct value *bound, struct text_buf *out)
{
    struct sequence sequence = sequence_of(bound);
    struct loop *loop = arena_alloc(call->ctx->arena, sizeof *loop);
    *loop = (struct loop){.name = value_text(target->template->name), .length = (int64_t)sequence.count};
    TRY(charge(call, sizeof *loop));
    for (size_t i = 0; i < sequence.count; i++) {
        struct value item = sequence_at(call, &sequence, i);
        loop->index0 = (int64_t)i;
        TRY(count_round(call, out));
        TRY(render_once(call, target, arguments, &item, loop, out));
    }
    return NULL;
}

static err render_isolated(struct liquid_call *call, const struct partial *partial,
                           const struct target *target, struct text_buf *out)
{
    struct bindings arguments = {0};
    struct value bound = value_null();
    for (uint32_t i = 0; i < partial->named_count; i++) {
        struct value value;
        TRY(eval(call, partial->named[i].value, &value));
        bindings_push(call, &arguments, partial->named[i].name, value);
    }
    TRY(charge(call, arguments.capacity * sizeof *arguments.items));
    if (partial->bound)
        TRY(eval(call, partial->bound, &bound));
    bool is_many = bound.kind == VALUE_LIST || bound.kind == VALUE_OBJECT || bound.kind == KIND_RANGE;
    if (partial->is_repeated && is_many)
        return render_each(call, target, &arguments, &bound, out);
    return render_once(call, target, &arguments, &bound, NULL, out);
}

/* ---- content_for ---- */

static err content_arguments(struct liquid_call *call, const struct partial *partial,
                             struct bindings *arguments, struct value **named)
{
    *named = value_object(call->ctx->arena);
    for (uint32_t i = 0; i < partial->named_count; i++) {
        struct value value, plain;
        TRY(eval(call, partial->named[i].value, &value));
        TRY(plain_value(call, &value, &plain));
        bindings_push(call, arguments, partial->named[i].name, value);
        value_set(call->ctx->arena, *named, partial->named[i].name->ptr, plain);
    }
    return charge(call, arguments->capacity * sizeof *arguments->items);
}

static err render_content(struct liquid_call *call, struct partial *partial, struct text_buf *out)
{
    struct bindings arguments = {0};
    struct target target = {.alias = partial->alias};
    struct value *named, items = value_null();
    TRY(content_arguments(call, partial, &arguments, &named));
    TRY(call->env->options.content(call, partial->template_name->literal.text, named, &items));
    for (size_t i = 0; i < value_count(&items); i++) {
        const struct value *item = value_at(&items, i);
        const char *name = value_find_text(item, "template");
        TRY(count_round(call, out));
        TRY(snippet_load(call, partial, (struct slice){name, strlen(name)}, &target.template));
        TRY(render_once(call, &target, &arguments, value_find(item, "value"), NULL, out));
    }
    return NULL;
}

err render_partial(struct liquid_call *call, struct partial *partial, struct text_buf *out)
{
    struct target target = {0};
    if (partial->is_content)
        return render_content(call, partial, out);
    if (!partial->is_isolated && call->frame->is_isolated)
        return liquid_fail(call, "include is not allowed inside a rendered template");
    TRY(find_target(call, partial, &target));
    if (partial->is_isolated)
        return render_isolated(call, partial, &target, out);
    return include(call, partial, &target, out);
}
