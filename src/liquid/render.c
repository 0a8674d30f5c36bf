/* render.c - walks the nodes of a block. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"

err render_deeper(struct liquid_call *call)
{
    if (++call->depth > call->env->options.limits.nesting)
        return liquid_fail(call, "nested more than %d deep", call->env->options.limits.nesting);
    return NULL;
}

static err check_size(struct liquid_call *call, const struct text_buf *out)
{
    return out->is_full ? liquid_fail(call, "more than %zu bytes of output", out->limit) : NULL;
}

err count_round(struct liquid_call *call, const struct text_buf *out)
{
    if (--call->rounds_left < 0)
        return liquid_fail(call, "more than %lld loop rounds",
                           (long long)call->env->options.limits.loop_rounds);
    TRY(tick(call, 8));
    return check_size(call, out);
}

static err render_output(struct liquid_call *call, const struct output *output, struct text_buf *out)
{
    struct value value;
    TRY(eval_output(call, output, &value));
    if (value.kind == VALUE_LIST)
        TRY(tick(call, value_count(&value)));
    value_print(call, out, &value);
    return NULL;
}

static err render_if(struct liquid_call *call, const struct choice *choice, struct text_buf *out)
{
    for (uint32_t i = 0; i < choice->count; i++) {
        bool holds;
        TRY(eval_condition(call, &choice->branches[i].condition, &holds));
        if (holds)
            return render_block(call, &choice->branches[i].block, out);
    }
    return NULL;
}

/* Each value that fits shows its block; `else` shows when nothing before it did. */
static err render_when(struct liquid_call *call, const struct branch *branch, const struct value *subject,
                       bool *has_matched, struct text_buf *out)
{
    for (uint32_t i = 0; i < branch->count && call->flow == FLOW_ON; i++) {
        struct value value;
        TRY(eval(call, &branch->values[i], &value));
        if (!values_equal(subject, &value))
            continue;
        *has_matched = true;
        TRY(render_block(call, &branch->block, out));
    }
    return NULL;
}

static err render_case(struct liquid_call *call, const struct choice *choice, struct text_buf *out)
{
    struct value subject;
    bool has_matched = false;
    TRY(eval(call, &choice->subject, &subject));
    for (uint32_t i = 0; i < choice->count && call->flow == FLOW_ON; i++) {
        const struct branch *branch = &choice->branches[i];
        if (branch->count > 0)
            TRY(render_when(call, branch, &subject, &has_matched, out));
        else if (!has_matched)
            TRY(render_block(call, &branch->block, out));
    }
    return NULL;
}

static err assign(struct liquid_call *call, const struct assignment *assignment)
{
    struct value value;
    TRY(eval_output(call, &assignment->output, &value));
    bindings_set(call, &call->frame->assigned, assignment->name, value);
    return NULL;
}

/* Renders a block by itself. */
static err render_apart(struct liquid_call *call, const struct block *block, struct slice *text)
{
    struct text_buf buf;
    size_t limit = call->env->options.limits.output_bytes;
    text_open(&buf, call->ctx->arena, limit < call->memory_left / 2 ? limit : call->memory_left / 2);
    TRY(render_block(call, block, &buf));
    TRY(check_size(call, &buf));
    TRY(charge(call, buf.capacity));
    *text = (struct slice){text_of(&buf), buf.len};
    return NULL;
}

static err capture(struct liquid_call *call, const struct assignment *assignment)
{
    struct slice text;
    TRY(render_apart(call, &assignment->block, &text));
    struct value value = text_value(text, call->env->options.escape);
    bindings_set(call, &call->frame->assigned, assignment->name, value);
    return NULL;
}

static err render_ifchanged(struct liquid_call *call, const struct block *block, struct text_buf *out)
{
    struct slice text;
    struct frame *frame = call->frame;
    TRY(render_apart(call, block, &text));
    bool is_same = frame->has_changed && frame->last_changed.len == text.len &&
                   memcmp(frame->last_changed.ptr, text.ptr, text.len) == 0;
    if (!is_same)
        text_add_bytes(out, text.ptr, text.len);
    frame->last_changed = text;
    frame->has_changed = true;
    return NULL;
}

static err render_cycle(struct liquid_call *call, const struct cycle *cycle, struct text_buf *out)
{
    struct slice key = {cycle->key, strlen(cycle->key)};
    struct value value = value_null();
    if (cycle->name) {
        TRY(eval(call, cycle->name, &value));
        struct slice name = value_text_of(call, &value);
        key.ptr = arena_format(call->ctx->arena, "n%u:%.*s", value_is_text(&value) ? VALUE_TEXT : value.kind,
                               (int)(name.len < 1000 ? name.len : 1000), name.ptr);
        key.len = strlen(key.ptr);
        TRY(charge(call, key.len + sizeof(struct mark)));
    }
    struct mark *mark = mark_of(call, &call->frame->cycles, key);
    value = value_null();
    if (mark->number < cycle->count)
        TRY(eval(call, &cycle->items[mark->number], &value));
    mark->number = mark->number + 1 >= cycle->count ? 0 : mark->number + 1;
    value_print(call, out, &value);
    return NULL;
}

static void render_counter(struct liquid_call *call, const struct counter *counter, struct text_buf *out)
{
    struct bindings *counters = &call->frame->counters;
    const struct value *known = bindings_find(counters, counter->name);
    int64_t number = known ? known->integer : 0;
    number -= counter->step < 0;
    text_add_int(out, number);
    bindings_set(call, counters, counter->name, value_int(number + (counter->step > 0)));
}

static err render_node(struct liquid_call *call, const struct node *node, struct text_buf *out)
{
    switch (node->kind) {
    case NODE_ASSIGN:
        return assign(call, node->assignment);
    case NODE_CAPTURE:
        return capture(call, node->assignment);
    case NODE_IF:
        return render_if(call, node->choice, out);
    case NODE_CASE:
        return render_case(call, node->choice, out);
    case NODE_FOR:
        return render_for(call, node->loop, out);
    case NODE_TABLEROW:
        return render_tablerow(call, node->loop, out);
    case NODE_CYCLE:
        return render_cycle(call, node->cycle, out);
    case NODE_COUNTER:
        render_counter(call, node->counter, out);
        return NULL;
    case NODE_BREAK:
        call->flow = FLOW_BREAK;
        return NULL;
    case NODE_CONTINUE:
        call->flow = FLOW_CONTINUE;
        return NULL;
    case NODE_PARTIAL:
        return render_partial(call, node->partial, out);
    default:
        return render_ifchanged(call, node->block, out);
    }
}

err render_block(struct liquid_call *call, const struct block *block, struct text_buf *out)
{
    TRY(render_deeper(call));
    for (uint32_t i = 0; i < block->count && call->flow == FLOW_ON; i++) {
        const struct node *node = &block->nodes[i];
        call->offset = node->offset;
        if (node->kind == NODE_TEXT)
            text_add_bytes(out, node->text.ptr, node->text.len);
        else if (node->kind == NODE_OUTPUT)
            TRY(render_output(call, node->output, out));
        else
            TRY(render_node(call, node, out));
    }
    call->depth--;
    return NULL;
}
