/* render_loops.c - for and tablerow. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/number.h"
#include "liquid/values.h"

/* What the pair of a name and a value takes, when a loop goes over an object. */
#define PAIR_BYTES 96

/* The part of a sequence that a loop goes over. */
struct window {
    size_t from;
    size_t count;
};

static err integer_option(struct liquid_call *call, const struct expr *expr, int64_t *integer, bool *is_given)
{
    struct value value;
    *is_given = false;
    if (!expr)
        return NULL;
    TRY(eval(call, expr, &value));
    if (value.kind == VALUE_NULL)
        return NULL;
    *is_given = true;
    return value_to_integer(&value, integer) ? NULL : liquid_fail(call, "invalid integer");
}

/* From `offset`, at most `limit` when it is given. Negative numbers count nothing off. */
static struct window window_of(size_t count, int64_t offset, int64_t limit, bool has_limit)
{
    int64_t length = (int64_t)(count < INT64_MAX ? count : INT64_MAX);
    int64_t to = length;
    if (has_limit && __builtin_add_overflow(offset, limit, &to))
        to = limit > 0 ? length : 0;
    to = to > length ? length : to;
    offset = offset < 0 ? 0 : offset;
    return (struct window){(size_t)offset, to > offset ? (size_t)(to - offset) : 0};
}

static err for_window(struct liquid_call *call, const struct loop_tag *tag, size_t count,
                      struct window *window)
{
    int64_t offset = 0;
    int64_t limit = 0;
    bool is_given;
    struct mark *mark = mark_of(call, &call->frame->continued, value_slice(&tag->title));
    if (tag->continues)
        offset = mark->number;
    else
        TRY(integer_option(call, tag->offset, &offset, &is_given));
    TRY(integer_option(call, tag->limit, &limit, &is_given));
    *window = window_of(count, offset, limit, is_given);
    mark->number = (int64_t)(window->from + window->count);
    return NULL;
}

static err open_loop(struct liquid_call *call, const struct loop_tag *tag, size_t count, struct loop **loop)
{
    TRY(charge(call, sizeof **loop));
    *loop = arena_alloc(call->ctx->arena, sizeof **loop);
    **loop = (struct loop){.name = tag->title, .length = (int64_t)count, .column = 1, .row = 1};
    return NULL;
}

static err for_rounds(struct liquid_call *call, const struct loop_tag *tag, const struct sequence *sequence,
                      struct window window, struct text_buf *out)
{
    struct bindings *scoped = &call->frame->scoped;
    struct loop *loop = call->frame->loop;
    uint32_t place = scoped->count;
    bindings_push(call, scoped, call->env->forloop,
                  (struct value){.kind = KIND_LOOP, .text = (const char *)loop});
    bindings_push(call, scoped, tag->variable, value_null());
    for (size_t i = 0; i < window.count && call->flow != FLOW_BREAK; i++) {
        size_t index = window.from + (tag->is_reversed ? window.count - 1 - i : i);
        call->flow = FLOW_ON;
        TRY(count_round(call, out));
        if (sequence->whole->kind == VALUE_OBJECT)
            TRY(charge(call, PAIR_BYTES));
        loop->index0 = (int64_t)i;
        scoped->items[place + 1].value = sequence_at(call, sequence, index);
        TRY(render_block(call, &tag->block, out));
    }
    call->flow = FLOW_ON;
    scoped->count = place;
    return NULL;
}

err render_for(struct liquid_call *call, const struct loop_tag *tag, struct text_buf *out)
{
    struct value collection;
    struct window window;
    struct loop *loop;
    TRY(eval(call, &tag->collection, &collection));
    struct sequence sequence = sequence_of(&collection);
    TRY(for_window(call, tag, sequence.count, &window));
    if (window.count == 0)
        return render_block(call, &tag->otherwise, out);
    TRY(open_loop(call, tag, window.count, &loop));
    loop->parent = call->frame->loop;
    call->frame->loop = loop;
    TRY(for_rounds(call, tag, &sequence, window, out));
    call->frame->loop = loop->parent;
    return NULL;
}

/* As Ruby's to_i: what is no number is 0. */
static err lax_integer(struct liquid_call *call, const struct expr *expr, int64_t *integer)
{
    struct value value;
    if (!expr)
        return NULL;
    TRY(eval(call, expr, &value));
    struct number number = number_of(&value);
    wide whole = number.whole;
    if (number.is_decimal && !decimal_floor(number.decimal < 0 ? -number.decimal : number.decimal, &whole))
        whole = INT32_MAX;
    if (number.is_decimal && number.decimal < 0)
        whole = -whole;
    *integer = (int64_t)(whole > INT64_MAX / 4   ? INT64_MAX / 4
                         : whole < INT64_MIN / 4 ? INT64_MIN / 4
                                                 : whole);
    return NULL;
}

static void next_cell(struct loop *loop)
{
    loop->index0++;
    loop->row += loop->column == loop->columns;
    loop->column = loop->column == loop->columns ? 1 : loop->column + 1;
}

static void add_opening(struct text_buf *out, const char *opening, int64_t number)
{
    text_add(out, opening);
    text_add_int(out, number);
    text_add(out, "\">");
}

static err table_rounds(struct liquid_call *call, const struct loop_tag *tag, const struct sequence *sequence,
                        size_t from, struct loop *loop, struct text_buf *out)
{
    struct bindings *scoped = &call->frame->scoped;
    uint32_t place = scoped->count;
    bool is_broken = false;
    bindings_push(call, scoped, call->env->tablerowloop,
                  (struct value){.kind = KIND_TABLE, .text = (const char *)loop});
    bindings_push(call, scoped, tag->variable, value_null());
    while (loop->index0 < loop->length && !is_broken) {
        TRY(count_round(call, out));
        scoped->items[place + 1].value = sequence_at(call, sequence, from + (size_t)loop->index0);
        add_opening(out, "<td class=\"col", loop->column);
        TRY(render_block(call, &tag->block, out));
        text_add(out, "</td>");
        is_broken = call->flow == FLOW_BREAK;
        call->flow = FLOW_ON;
        if (!is_broken && loop->column == loop->columns && loop->index0 < loop->length - 1)
            add_opening(out, "</tr>\n<tr class=\"row", loop->row + 1);
        next_cell(loop);
    }
    scoped->count = place;
    return NULL;
}

err render_tablerow(struct liquid_call *call, const struct loop_tag *tag, struct text_buf *out)
{
    struct value collection;
    struct loop *loop;
    int64_t offset = 0;
    int64_t limit = 0;
    TRY(eval(call, &tag->collection, &collection));
    if (!value_is_truthy(&collection))
        return NULL;
    struct sequence sequence = sequence_of(&collection);
    TRY(lax_integer(call, tag->offset, &offset));
    TRY(lax_integer(call, tag->limit, &limit));
    struct window window = window_of(sequence.count, offset, limit, tag->limit != NULL);
    TRY(open_loop(call, tag, window.count, &loop));
    loop->columns = loop->length;
    TRY(lax_integer(call, tag->columns, &loop->columns));
    text_add(out, "<tr class=\"row1\">\n");
    TRY(table_rounds(call, tag, &sequence, window.from, loop, out));
    text_add(out, "</tr>\n");
    return NULL;
}
