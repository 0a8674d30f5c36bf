/* parse_output.c - an expression with its filters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/parser.h"

static bool is_name_ahead(const struct lexer *lexer)
{
    if (lexer->token.kind != TOKEN_ID)
        return false;
    struct token next = lexer_peek(lexer);
    return next.kind == TOKEN_SIGN && *next.text.ptr == ':';
}

static err parse_named_one(struct parser *parser, struct lexer *lexer, struct named_argument *argument)
{
    argument->name = name_intern(parser->env, lexer->token.text.ptr, lexer->token.text.len);
    lexer_next(lexer);
    if (!lexer_take_sign(lexer, ':'))
        return parse_unexpected(parser, lexer);
    return parse_expression_kept(parser, lexer, &argument->value);
}

err parse_named(struct parser *parser, struct lexer *lexer, const struct named_argument **named,
                uint32_t *count)
{
    struct named_argument *items = NULL;
    uint32_t capacity = 0;
    for (*count = 0;; ++*count) {
        while (lexer_take_sign(lexer, ','))
            continue;
        if (!is_name_ahead(lexer))
            break;
        items = parse_grow(parser, items, *count, &capacity, sizeof *items);
        TRY(parse_named_one(parser, lexer, &items[*count]));
    }
    *named = parse_keep(parser, items, *count * sizeof *items);
    return NULL;
}

struct arguments {
    struct expr places[FILTER_ARGUMENTS_MAX];
    struct named_argument named[FILTER_ARGUMENTS_MAX];
    uint8_t count;
    uint8_t named_count;
};

static err parse_argument(struct parser *parser, struct lexer *lexer, struct arguments *arguments)
{
    if (arguments->count == FILTER_ARGUMENTS_MAX || arguments->named_count == FILTER_ARGUMENTS_MAX)
        return parse_fail(parser, "a filter has more than %d arguments", FILTER_ARGUMENTS_MAX);
    if (is_name_ahead(lexer))
        return parse_named_one(parser, lexer, &arguments->named[arguments->named_count++]);
    return parse_expression(parser, lexer, &arguments->places[arguments->count++]);
}

/* Whether the number of arguments is right; themes are told when they are compiled. */
static err check_filter(struct parser *parser, struct filter_call *call, struct slice name)
{
    const struct filter_entry *entry = call->entry;
    int length = (int)(name.len < 60 ? name.len : 60);
    bool is_strict = parser->env->options.strict_filters;
    if (!entry)
        return is_strict ? parse_fail(parser, "unknown filter %.*s", length, name.ptr) : NULL;
    call->fits = call->count >= entry->least && call->count <= entry->most &&
                 (call->named_count == 0 || entry->takes_named);
    if (is_strict && !call->fits)
        return parse_fail(parser, "wrong number of arguments for filter %.*s", length, name.ptr);
    return NULL;
}

static err parse_filter(struct parser *parser, struct lexer *lexer, struct filter_call *call)
{
    struct arguments arguments = {0};
    struct slice name = lexer->token.text;
    *call = (struct filter_call){.offset = (uint32_t)parser->offset};
    if (lexer->token.kind != TOKEN_ID)
        return parse_unexpected(parser, lexer);
    parser->offset = (size_t)(name.ptr - parser->template->source);
    call->offset = (uint32_t)parser->offset;
    call->entry = filter_find(parser->env, name);
    lexer_next(lexer);
    if (lexer_take_sign(lexer, ':')) {
        TRY(parse_argument(parser, lexer, &arguments));
        while (lexer_take_sign(lexer, ','))
            TRY(parse_argument(parser, lexer, &arguments));
    }
    call->count = arguments.count;
    call->named_count = arguments.named_count;
    call->arguments = parse_keep(parser, arguments.places, arguments.count * sizeof *arguments.places);
    call->named = parse_keep(parser, arguments.named, arguments.named_count * sizeof *arguments.named);
    return check_filter(parser, call, name);
}

err parse_output(struct parser *parser, struct slice markup, struct output *output)
{
    struct lexer lexer;
    struct filter_call *filters = NULL;
    uint32_t capacity = 0;
    *output = (struct output){.expr = {.kind = EXPR_LITERAL}};
    lexer_open(&lexer, markup);
    if (lexer.token.kind == TOKEN_END)
        return NULL;
    TRY(parse_expression(parser, &lexer, &output->expr));
    while (lexer_take_sign(&lexer, '|')) {
        filters = parse_grow(parser, filters, output->count, &capacity, sizeof *filters);
        TRY(parse_filter(parser, &lexer, &filters[output->count++]));
    }
    output->filters = parse_keep(parser, filters, output->count * sizeof *filters);
    return parse_end(parser, &lexer);
}
