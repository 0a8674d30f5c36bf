/* parse_expression.c - values, paths, ranges and conditions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/number.h"
#include "liquid/parser.h"
#include <math.h>

err parse_fail(struct parser *parser, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_format_list(parser->ctx->arena, format, list);
    va_end(list);
    return fail_at(parser->ctx, parser->template, parser->offset, "%s", message);
}

err parse_unexpected(struct parser *parser, const struct lexer *lexer)
{
    struct slice text = lexer->token.text;
    parser->offset = (size_t)(text.ptr - parser->template->source);
    if (lexer->token.kind == TOKEN_END)
        return parse_fail(parser, "something is missing at the end");
    return parse_fail(parser, "unexpected %.*s", (int)(text.len < 60 ? text.len : 60), text.ptr);
}

err parse_deeper(struct parser *parser)
{
    int limit = parser->env->options.limits.nesting;
    if (++parser->depth > (limit < PARSE_DEPTH_MAX ? limit : PARSE_DEPTH_MAX))
        return parse_fail(parser, "nested too deeply");
    return NULL;
}

void *parse_grow(struct parser *parser, void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    uint32_t larger = *capacity ? 2 * *capacity : 8;
    items = arena_grow(parser->scratch, items, count * size, larger * size);
    *capacity = larger;
    return items;
}

void *parse_keep(struct parser *parser, const void *items, size_t size)
{
    void *kept = arena_alloc(parser->env->arena, size);
    if (size > 0)
        memcpy(kept, items, size);
    return kept;
}

err parse_end(struct parser *parser, const struct lexer *lexer)
{
    return lexer->token.kind == TOKEN_END ? NULL : parse_unexpected(parser, lexer);
}

static struct value number_literal(struct parser *parser, struct slice text)
{
    if (memchr(text.ptr, '.', text.len)) {
        const char *copy = arena_copy(parser->ctx->arena, text.ptr, text.len);
        return value_real(strtod(copy, NULL));
    }
    wide number = number_read_whole(text);
    if (number >= INT64_MIN && number <= INT64_MAX)
        return value_int((int64_t)number);
    return value_text_bytes(arena_copy(parser->env->arena, text.ptr, text.len), text.len);
}

/* nil, true, false, empty, blank */
static bool word_literal(struct slice word, struct value *value)
{
    if (slice_is(word, "nil") || slice_is(word, "null"))
        *value = value_null();
    else if (slice_is(word, "true") || slice_is(word, "false"))
        *value = value_bool(word.len == 4);
    else if (slice_is(word, "empty"))
        *value = (struct value){.kind = KIND_EMPTY};
    else if (slice_is(word, "blank"))
        *value = (struct value){.kind = KIND_BLANK};
    else
        return false;
    return true;
}

static err parse_range(struct parser *parser, struct lexer *lexer, struct expr *expr)
{
    lexer_next(lexer);
    expr->kind = EXPR_RANGE;
    TRY(parse_expression_kept(parser, lexer, &expr->from));
    if (lexer->token.kind != TOKEN_DOTDOT)
        return parse_unexpected(parser, lexer);
    lexer_next(lexer);
    TRY(parse_expression_kept(parser, lexer, &expr->to));
    return lexer_take_sign(lexer, ')') ? NULL : parse_unexpected(parser, lexer);
}

/* [expression] behind a name, or as the name itself. */
static err parse_index(struct parser *parser, struct lexer *lexer, const struct expr **index)
{
    lexer_next(lexer);
    TRY(parse_expression_kept(parser, lexer, index));
    return lexer_take_sign(lexer, ']') ? NULL : parse_unexpected(parser, lexer);
}

static err parse_step(struct parser *parser, struct lexer *lexer, struct step *step)
{
    memset(step, 0, sizeof *step);
    if (lexer_is_sign(lexer, '.')) {
        lexer_next(lexer);
        if (lexer->token.kind != TOKEN_ID)
            return parse_unexpected(parser, lexer);
        step->name = name_intern(parser->env, lexer->token.text.ptr, lexer->token.text.len);
        step->is_dotted = true;
        lexer_next(lexer);
        return NULL;
    }
    TRY(parse_index(parser, lexer, &step->index));
    if (step->index->kind == EXPR_LITERAL && step->index->literal.kind == VALUE_TEXT)
        step->name = name_intern(parser->env, step->index->literal.text, step->index->literal.count);
    return NULL;
}

static err parse_path(struct parser *parser, struct lexer *lexer, struct expr *expr)
{
    struct step *steps = NULL;
    uint32_t capacity = 0;
    while (lexer_is_sign(lexer, '.') || lexer_is_sign(lexer, '[')) {
        steps = parse_grow(parser, steps, expr->step_count, &capacity, sizeof *steps);
        TRY(parse_step(parser, lexer, &steps[expr->step_count]));
        expr->step_count++;
    }
    expr->steps = parse_keep(parser, steps, expr->step_count * sizeof *steps);
    return NULL;
}

static err parse_variable(struct parser *parser, struct lexer *lexer, struct expr *expr)
{
    expr->kind = EXPR_VARIABLE;
    if (lexer_is_sign(lexer, '[')) {
        TRY(parse_index(parser, lexer, &expr->from));
        if (expr->from->kind == EXPR_LITERAL && expr->from->literal.kind == VALUE_TEXT)
            expr->root = name_intern(parser->env, expr->from->literal.text, expr->from->literal.count);
        return parse_path(parser, lexer, expr);
    }
    struct slice word = lexer->token.text;
    lexer_next(lexer);
    if (!lexer_is_sign(lexer, '.') && !lexer_is_sign(lexer, '[') && word_literal(word, &expr->literal)) {
        expr->kind = EXPR_LITERAL;
        return NULL;
    }
    expr->root = name_intern(parser->env, word.ptr, word.len);
    return parse_path(parser, lexer, expr);
}

static err parse_any(struct parser *parser, struct lexer *lexer, struct expr *expr)
{
    struct slice text = lexer->token.text;
    if (lexer->token.kind == TOKEN_ID || lexer_is_sign(lexer, '['))
        return parse_variable(parser, lexer, expr);
    if (lexer_is_sign(lexer, '('))
        return parse_range(parser, lexer, expr);
    if (lexer->token.kind == TOKEN_STRING)
        expr->literal = value_text_bytes(arena_copy(parser->env->arena, text.ptr, text.len), text.len);
    else if (lexer->token.kind == TOKEN_NUMBER)
        expr->literal = number_literal(parser, text);
    else
        return parse_unexpected(parser, lexer);
    lexer_next(lexer);
    return NULL;
}

err parse_expression(struct parser *parser, struct lexer *lexer, struct expr *expr)
{
    *expr = (struct expr){.kind = EXPR_LITERAL};
    TRY(parse_deeper(parser));
    err failure = parse_any(parser, lexer, expr);
    parser->depth--;
    return failure;
}

err parse_expression_kept(struct parser *parser, struct lexer *lexer, const struct expr **expr)
{
    struct expr *kept = arena_alloc(parser->env->arena, sizeof *kept);
    *expr = kept;
    return parse_expression(parser, lexer, kept);
}

static enum comparison_kind comparison_of(const struct lexer *lexer)
{
    static const struct {
        const char *text;
        enum comparison_kind kind;
    } kinds[] = {{"==", COMPARE_EQ}, {"!=", COMPARE_NE}, {"<>", COMPARE_NE}, {"<", COMPARE_LT},
                 {"<=", COMPARE_LE}, {">", COMPARE_GT},  {">=", COMPARE_GE}};
    if (lexer_is_word(lexer, "contains"))
        return COMPARE_CONTAINS;
    for (size_t i = 0; lexer->token.kind == TOKEN_COMPARISON && i < sizeof kinds / sizeof *kinds; i++) {
        if (slice_is(lexer->token.text, kinds[i].text))
            return kinds[i].kind;
    }
    return COMPARE_NONE;
}

err parse_condition(struct parser *parser, struct slice markup, struct condition *condition)
{
    struct lexer lexer;
    struct comparison *items = NULL;
    uint32_t capacity = 0;
    lexer_open(&lexer, markup);
    for (bool goes_on = true; goes_on;) {
        items = parse_grow(parser, items, condition->count, &capacity, sizeof *items);
        struct comparison *item = &items[condition->count++];
        *item = (struct comparison){0};
        TRY(parse_expression_kept(parser, &lexer, &item->left));
        item->kind = comparison_of(&lexer);
        if (item->kind != COMPARE_NONE) {
            lexer_next(&lexer);
            TRY(parse_expression_kept(parser, &lexer, &item->right));
        }
        item->or_next = lexer_is_word(&lexer, "or");
        goes_on = item->or_next || lexer_is_word(&lexer, "and");
        if (goes_on)
            lexer_next(&lexer);
    }
    condition->items = parse_keep(parser, items, condition->count * sizeof *items);
    return parse_end(parser, &lexer);
}
