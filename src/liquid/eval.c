/* eval.c - what expressions, conditions and filters give. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/number.h"
#include "liquid/values.h"
#include <math.h>

/* A global is looked for once a render; what is missing is remembered as this. */
static const struct value missing = {.kind = VALUE_NULL};

static const struct value *find_global(struct liquid_call *call, const struct name *name)
{
    if (name->id >= call->found_count)
        return value_find_bytes(call->globals, name->ptr, name->len);
    const struct value **known = &call->found[name->id];
    if (!*known) {
        *known = value_find_bytes(call->globals, name->ptr, name->len);
        *known = *known ? *known : &missing;
    }
    return *known == &missing ? NULL : *known;
}

const struct value *find_variable(struct liquid_call *call, const struct name *name)
{
    const struct frame *frame = call->frame;
    const struct value *found = bindings_find(&frame->scoped, name);
    if (!found)
        found = bindings_find(&frame->assigned, name);
    if (!found)
        found = bindings_find(&frame->counters, name);
    return found ? found : find_global(call, name);
}

static const struct value *find_text(const struct bindings *bindings, struct slice name)
{
    for (uint32_t i = bindings->count; i-- > 0;) {
        const struct name *other = bindings->items[i].name;
        if (other->len == name.len && memcmp(other->ptr, name.ptr, name.len) == 0)
            return &bindings->items[i].value;
    }
    return NULL;
}

const struct value *find_variable_text(struct liquid_call *call, struct slice name)
{
    const struct frame *frame = call->frame;
    const struct value *found = find_text(&frame->scoped, name);
    if (!found)
        found = find_text(&frame->assigned, name);
    if (!found)
        found = find_text(&frame->counters, name);
    return found ? found : value_find_bytes(call->globals, name.ptr, name.len);
}

static err eval_path(struct liquid_call *call, const struct expr *expr, struct value *result)
{
    const struct value *found = NULL;
    struct value index = value_null();
    if (expr->root) {
        found = find_variable(call, expr->root);
    } else {
        TRY(eval(call, expr->from, &index));
        if (value_is_text(&index))
            found = find_variable_text(call, value_slice(&index));
    }
    *result = found ? *found : value_null();
    for (uint32_t i = 0; i < expr->step_count; i++) {
        struct step *step = &expr->steps[i];
        if (!step->name)
            TRY(eval(call, step->index, &index));
        *result = value_member(call, result, step, &index);
    }
    return NULL;
}

static err range_end(struct liquid_call *call, const struct expr *expr, int64_t *end)
{
    struct value value;
    TRY(eval(call, expr, &value));
    if (value.kind == VALUE_INT) {
        *end = value.integer;
    } else if (value.kind == VALUE_REAL) {
        *end = value.real >= 9e18                         ? INT64_MAX
               : value.real <= -9e18 || isnan(value.real) ? INT64_MIN
                                                          : (int64_t)value.real;
    } else if (value_is_text(&value)) {
        wide whole = number_read_whole(value_slice(&value));
        *end = whole > INT64_MAX ? INT64_MAX : whole < INT64_MIN ? INT64_MIN : (int64_t)whole;
    } else if (value.kind == VALUE_NULL) {
        *end = 0;
    } else {
        return liquid_fail(call, "invalid integer");
    }
    return NULL;
}

static err eval_range(struct liquid_call *call, const struct expr *expr, struct value *result)
{
    int64_t first = 0;
    int64_t last = 0;
    TRY(range_end(call, expr->from, &first));
    TRY(range_end(call, expr->to, &last));
    TRY(charge(call, sizeof(struct range)));
    *result = range_value(call, first, last);
    return NULL;
}

err eval(struct liquid_call *call, const struct expr *expr, struct value *result)
{
    if (expr->kind == EXPR_VARIABLE)
        return eval_path(call, expr, result);
    if (expr->kind == EXPR_RANGE)
        return eval_range(call, expr, result);
    *result = expr->literal;
    return NULL;
}

/* ---- conditions ---- */

static const char *kind_name(const struct value *value)
{
    if (value_is_text(value))
        return "String";
    return value->kind == VALUE_INT ? "Integer" : "Float";
}

static bool is_ordered(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_REAL || value_is_text(value);
}

/* <, <=, > and >=: false for what has no order, a failure for a text against a number. */
static err compare(struct liquid_call *call, const struct comparison *item, const struct value *left,
                   const struct value *right, bool *holds)
{
    int order;
    *holds = false;
    if (!is_ordered(left) || !is_ordered(right))
        return NULL;
    if (!values_order(left, right, &order))
        return liquid_fail(call, "comparison of %s with %s failed", kind_name(left), kind_name(right));
    *holds = (item->kind == COMPARE_LT && order < 0) || (item->kind == COMPARE_LE && order <= 0) ||
             (item->kind == COMPARE_GT && order > 0) || (item->kind == COMPARE_GE && order >= 0);
    return NULL;
}

static err eval_comparison(struct liquid_call *call, const struct comparison *item, bool *holds)
{
    struct value left;
    struct value right;
    TRY(eval(call, item->left, &left));
    if (item->kind == COMPARE_NONE) {
        *holds = value_is_truthy(&left);
        return NULL;
    }
    TRY(eval(call, item->right, &right));
    if (left.kind == VALUE_LIST || value_is_text(&left))
        TRY(tick(call, value_count(&left) / 4 + left.count / 64));
    if (item->kind == COMPARE_EQ || item->kind == COMPARE_NE)
        *holds = values_equal(&left, &right) == (item->kind == COMPARE_EQ);
    else if (item->kind == COMPARE_CONTAINS)
        *holds = value_contains(call, &left, &right);
    else
        return compare(call, item, &left, &right, holds);
    return NULL;
}

/* Right to left, as the language has it: `false and x or true` is false. */
err eval_condition(struct liquid_call *call, const struct condition *condition, bool *holds)
{
    *holds = true;
    for (uint32_t i = 0; i < condition->count; i++) {
        const struct comparison *item = &condition->items[i];
        TRY(eval_comparison(call, item, holds));
        if (*holds == item->or_next)
            break;
    }
    *holds = *holds != condition->is_negated;
    return NULL;
}

/* ---- filters ---- */

/* What a call of a filter is charged for the small things it may allocate. */
#define FILTER_BYTES 64
#define NAMED_BYTES 640

err plain_value(struct liquid_call *call, const struct value *value, struct value *result)
{
    *result = *value;
    if (value->kind == KIND_HTML) {
        result->kind = VALUE_TEXT;
    } else if (value->kind == KIND_RANGE) {
        struct sequence sequence = sequence_of(value);
        struct value *items;
        TRY(values_alloc(call, sequence.count, &items));
        for (size_t i = 0; i < sequence.count; i++)
            items[i] = sequence_at(call, &sequence, i);
        *result = list_of(call, items, sequence.count);
    } else if (value->kind > VALUE_OBJECT) {
        *result = value->kind == KIND_EMPTY || value->kind == KIND_BLANK ? value_text("") : value_null();
    }
    return NULL;
}

static bool is_own(const struct liquid_env *env, const struct filter_entry *entry)
{
    return env->own_filters && entry >= env->own_filters && entry < env->own_filters + env->own_filter_count;
}

static err eval_arguments(struct liquid_call *call, const struct filter_call *filter, bool plain,
                          struct value *arguments, struct value **named)
{
    for (uint32_t i = 0; i < filter->count; i++) {
        TRY(eval(call, &filter->arguments[i], &arguments[i]));
        if (plain)
            TRY(plain_value(call, &arguments[i], &arguments[i]));
    }
    *named = filter->named_count > 0 ? value_object(call->ctx->arena) : NULL;
    for (uint32_t i = 0; i < filter->named_count; i++) {
        struct value value;
        TRY(eval(call, filter->named[i].value, &value));
        if (plain)
            TRY(plain_value(call, &value, &value));
        value_set(call->ctx->arena, *named, filter->named[i].name->ptr, value);
    }
    return NULL;
}

static err apply(struct liquid_call *call, const struct filter_call *filter, struct value *value)
{
    struct value arguments[FILTER_ARGUMENTS_MAX];
    struct value input = *value;
    struct value *named;
    const struct filter_entry *entry = filter->entry;
    call->offset = filter->offset;
    if (!entry)
        return NULL;
    if (!filter->fits)
        return liquid_fail(call, "wrong number of arguments for filter %s", entry->name);
    TRY(charge(call, filter->named_count > 0 ? NAMED_BYTES : FILTER_BYTES));
    bool own = is_own(call->env, entry);
    TRY(eval_arguments(call, filter, own, arguments, &named));
    if (own)
        TRY(plain_value(call, value, &input));
    *value = value_null();
    TRY(entry->filter(call, &input, arguments, filter->count, named, value));
    if (entry->is_html && value->kind == VALUE_TEXT && call->env->options.escape)
        value->kind = KIND_HTML;
    return NULL;
}

err eval_output(struct liquid_call *call, const struct output *output, struct value *result)
{
    TRY(eval(call, &output->expr, result));
    for (uint32_t i = 0; i < output->count; i++)
        TRY(apply(call, &output->filters[i], result));
    return NULL;
}
