/* parse_loops.c - for, tablerow, cycle, break, continue. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/parser.h"
#include "liquid/values.h"

/* "item-collection", the collection as it is written, without white space. */
static struct value loop_title(struct parser *parser, const struct name *variable, struct slice collection)
{
    struct text_buf title;
    char quote = '\0';
    text_open(&title, parser->env->arena, UINT32_MAX);
    text_add_bytes(&title, variable->ptr, variable->len);
    text_add_char(&title, '-');
    for (size_t i = 0; i < collection.len; i++) {
        char c = collection.ptr[i];
        if (quote)
            quote = (char)(c == quote ? 0 : quote);
        else if (c == '"' || c == '\'')
            quote = c;
        if (quote || !is_space(c))
            text_add_char(&title, c);
    }
    return value_text_bytes(text_of(&title), title.len);
}

static err parse_head(struct parser *parser, struct lexer *lexer, struct loop_tag *loop)
{
    if (lexer->token.kind != TOKEN_ID)
        return parse_unexpected(parser, lexer);
    loop->variable = name_intern(parser->env, lexer->token.text.ptr, lexer->token.text.len);
    lexer_next(lexer);
    if (!lexer_take_word(lexer, "in"))
        return parse_unexpected(parser, lexer);
    bool is_quoted = lexer->token.kind == TOKEN_STRING;
    const char *from = lexer->token.text.ptr - is_quoted;
    TRY(parse_expression(parser, lexer, &loop->collection));
    const char *to = lexer->token.kind == TOKEN_END ? lexer->end : lexer->token.text.ptr;
    loop->title = loop_title(parser, loop->variable, (struct slice){from, (size_t)(to - from)});
    return NULL;
}

static err parse_option(struct parser *parser, struct lexer *lexer, struct loop_tag *loop, bool is_table)
{
    const struct expr **place = NULL;
    if (lexer_take_word(lexer, "reversed")) {
        loop->is_reversed = !is_table;
        return NULL;
    }
    if (lexer_is_word(lexer, "limit"))
        place = &loop->limit;
    else if (lexer_is_word(lexer, "offset"))
        place = &loop->offset;
    else if (is_table && lexer_is_word(lexer, "cols"))
        place = &loop->columns;
    else
        return parse_unexpected(parser, lexer);
    lexer_next(lexer);
    if (!lexer_take_sign(lexer, ':'))
        return parse_unexpected(parser, lexer);
    if (place == &loop->offset && !is_table && lexer_take_word(lexer, "continue")) {
        loop->continues = true;
        return NULL;
    }
    return parse_expression_kept(parser, lexer, place);
}

static err parse_options(struct parser *parser, struct lexer *lexer, struct loop_tag *loop, bool is_table)
{
    for (;;) {
        while (lexer_take_sign(lexer, ','))
            continue;
        if (lexer->token.kind == TOKEN_END)
            return NULL;
        TRY(parse_option(parser, lexer, loop, is_table));
    }
}

static err parse_for(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endfor", "else", NULL};
    struct loop_tag *loop = arena_alloc(parser->env->arena, sizeof *loop);
    struct lexer lexer;
    struct piece end;
    lexer_open(&lexer, piece->markup);
    body_add(parser, body, NODE_FOR)->loop = loop;
    TRY(parse_head(parser, &lexer, loop));
    TRY(parse_options(parser, &lexer, loop, false));
    TRY(parse_block(parser, ends, &end, &loop->block));
    bool is_blank = loop->block.is_blank;
    while (slice_is(end.name, "else")) {
        TRY(parse_block(parser, ends, &end, &loop->otherwise));
        is_blank = is_blank && loop->otherwise.is_blank;
    }
    if (is_blank) {
        block_drop_text(&loop->block);
        block_drop_text(&loop->otherwise);
    }
    body->is_blank = body->is_blank && is_blank;
    return NULL;
}

static err parse_tablerow(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endtablerow", NULL};
    struct loop_tag *loop = arena_alloc(parser->env->arena, sizeof *loop);
    struct lexer lexer;
    struct piece end;
    lexer_open(&lexer, piece->markup);
    body_add(parser, body, NODE_TABLEROW)->loop = loop;
    body->is_blank = false;
    TRY(parse_head(parser, &lexer, loop));
    TRY(parse_options(parser, &lexer, loop, true));
    return parse_block(parser, ends, &end, &loop->block);
}

/* Cycles of the same values are one cycle; one with variables in it is a cycle of its own. */
static const char *cycle_key(struct parser *parser, const struct expr *items, uint32_t count)
{
    struct text_buf key;
    text_open(&key, parser->env->arena, UINT32_MAX);
    for (uint32_t i = 0; items && i < count; i++) {
        const struct value *value = &items[i].literal;
        if (items[i].kind != EXPR_LITERAL)
            return arena_format(parser->env->arena, "@%s:%zu", parser->template->name, parser->offset);
        text_add_format(&key, "%u:", value->kind);
        if (value->kind == VALUE_INT)
            text_add_int(&key, value->integer);
        else if (value->kind == VALUE_REAL)
            text_add_format(&key, "%.17g", value->real);
        else if (value->kind == VALUE_TEXT)
            text_add_format(&key, "%u:%.*s", value->count, (int)value->count, value->text);
        else if (value->kind == VALUE_BOOL)
            text_add_char(&key, value->boolean ? '1' : '0');
        text_add_char(&key, ',');
    }
    return text_of(&key);
}

static err parse_cycle(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct cycle *cycle = arena_alloc(parser->env->arena, sizeof *cycle);
    struct expr *items = NULL;
    uint32_t capacity = 0;
    struct lexer lexer;
    size_t offset = parser->offset;
    lexer_open(&lexer, piece->markup);
    body_add(parser, body, NODE_CYCLE)->cycle = cycle;
    body->is_blank = false;
    do {
        if (cycle->count > 0 && lexer.token.kind == TOKEN_END)
            break;
        items = parse_grow(parser, items, cycle->count, &capacity, sizeof *items);
        TRY(parse_expression(parser, &lexer, &items[cycle->count]));
        if (cycle->count == 0 && !cycle->name && lexer_take_sign(&lexer, ':'))
            cycle->name = parse_keep(parser, items, sizeof *items);
        else
            cycle->count++;
    } while (cycle->count == 0 || lexer_take_sign(&lexer, ','));
    parser->offset = offset;
    cycle->items = parse_keep(parser, items, cycle->count * sizeof *items);
    cycle->key = cycle_key(parser, items, cycle->count);
    return parse_end(parser, &lexer);
}

err parse_loop_tag(struct parser *parser, struct body *body, const struct piece *piece, bool *known)
{
    *known = true;
    if (slice_is(piece->name, "for"))
        return parse_for(parser, body, piece);
    if (slice_is(piece->name, "tablerow"))
        return parse_tablerow(parser, body, piece);
    if (slice_is(piece->name, "cycle"))
        return parse_cycle(parser, body, piece);
    bool is_break = slice_is(piece->name, "break");
    *known = is_break || slice_is(piece->name, "continue");
    if (*known) {
        body_add(parser, body, is_break ? NODE_BREAK : NODE_CONTINUE);
        body->is_blank = false;
    }
    return NULL;
}
