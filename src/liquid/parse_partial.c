/* parse_partial.c - render and include. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/parser.h"

static err parse_alias(struct parser *parser, struct lexer *lexer, struct partial *partial)
{
    if (!lexer_take_word(lexer, "as"))
        return NULL;
    if (lexer->token.kind != TOKEN_ID)
        return parse_unexpected(parser, lexer);
    partial->alias = name_intern(parser->env, lexer->token.text.ptr, lexer->token.text.len);
    lexer_next(lexer);
    return NULL;
}

static bool is_colon(struct token token)
{
    return token.kind == TOKEN_SIGN && *token.text.ptr == ':';
}

/* [with expression | for expression] [as name]; `with name: …` begins the named arguments. */
static err parse_binding(struct parser *parser, struct lexer *lexer, struct partial *partial)
{
    bool is_for = lexer_is_word(lexer, "for");
    if ((is_for || lexer_is_word(lexer, "with")) && !is_colon(lexer_peek(lexer))) {
        lexer_next(lexer);
        if (lexer->token.kind == TOKEN_ID && is_colon(lexer_peek(lexer)))
            return NULL;
        partial->is_repeated = is_for;
        TRY(parse_expression_kept(parser, lexer, &partial->bound));
    }
    return parse_alias(parser, lexer, partial);
}

/* content_for 'NAME', name: …: what it shows is said by the owner of the environment. */
static err parse_content(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct partial *partial = arena_alloc(parser->env->arena, sizeof *partial);
    struct lexer lexer;
    partial->is_content = true;
    partial->alias = name_intern(parser->env, "block", strlen("block"));
    body_add(parser, body, NODE_PARTIAL)->partial = partial;
    body->is_blank = false;
    lexer_open(&lexer, piece->markup);
    if (lexer.token.kind != TOKEN_STRING)
        return parse_fail(parser, "content_for needs 'blocks' or 'block' in quotes");
    TRY(parse_expression_kept(parser, &lexer, &partial->template_name));
    TRY(parse_named(parser, &lexer, &partial->named, &partial->named_count));
    return parse_end(parser, &lexer);
}

err parse_partial_tag(struct parser *parser, struct body *body, const struct piece *piece, bool *known)
{
    bool is_render = slice_is(piece->name, "render");
    bool is_content = parser->env->options.content && slice_is(piece->name, "content_for");
    *known = is_render || is_content || slice_is(piece->name, "include");
    if (!*known)
        return NULL;
    if (is_content)
        return parse_content(parser, body, piece);
    struct partial *partial = arena_alloc(parser->env->arena, sizeof *partial);
    struct lexer lexer;
    partial->is_isolated = is_render;
    body_add(parser, body, NODE_PARTIAL)->partial = partial;
    body->is_blank = false;
    lexer_open(&lexer, piece->markup);
    if (is_render && lexer.token.kind != TOKEN_STRING)
        return parse_fail(parser, "render needs the name of a template in quotes");
    TRY(parse_expression_kept(parser, &lexer, &partial->template_name));
    const struct value *name = &partial->template_name->literal;
    partial->has_static_name = partial->template_name->kind == EXPR_LITERAL && name->kind == VALUE_TEXT;
    TRY(parse_binding(parser, &lexer, partial));
    TRY(parse_named(parser, &lexer, &partial->named, &partial->named_count));
    return parse_end(parser, &lexer);
}
