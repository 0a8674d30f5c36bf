/* parse_block.c - the pieces of a source become the nodes of a block. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/parser.h"

struct node *body_add(struct parser *parser, struct body *body, enum node_kind kind)
{
    body->nodes = parse_grow(parser, body->nodes, body->count, &body->capacity, sizeof *body->nodes);
    struct node *node = &body->nodes[body->count++];
    *node = (struct node){.kind = kind, .offset = (uint32_t)parser->offset};
    return node;
}

void block_drop_text(struct block *block)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < block->count; i++)
        if (block->nodes[i].kind != NODE_TEXT)
            block->nodes[kept++] = block->nodes[i];
    block->count = kept;
}

/* True when a piece with a dash in front stands next. */
static bool is_trimmed_ahead(const struct scanner *scanner)
{
    return scanner->end - scanner->at >= 3 && scanner->at[2] == '-';
}

static void add_text(struct parser *parser, struct body *body, struct slice text)
{
    struct slice trimmed = slice_trim(text);
    if (trimmed.len > 0)
        body->is_blank = false;
    if (parser->trims_next) {
        size_t leading = trimmed.len > 0 ? (size_t)(trimmed.ptr - text.ptr) : text.len;
        text = (struct slice){text.ptr + leading, text.len - leading};
    }
    if (is_trimmed_ahead(&parser->scanner))
        text.len = trimmed.len > 0 ? (size_t)(trimmed.ptr + trimmed.len - text.ptr) : 0;
    parser->trims_next = false;
    if (text.len > 0)
        body_add(parser, body, NODE_TEXT)->text = text;
}

static err add_output(struct parser *parser, struct body *body, struct slice markup)
{
    struct output *output = arena_alloc(parser->env->arena, sizeof *output);
    struct node *node = body_add(parser, body, NODE_OUTPUT);
    node->output = output;
    body->is_blank = false;
    return parse_output(parser, markup, output);
}

static bool is_one_of(struct slice name, const char *const *names)
{
    for (; names && *names; names++)
        if (slice_is(name, *names))
            return true;
    return false;
}

static err add_tag(struct parser *parser, struct body *body, const struct piece *piece)
{
    bool known = false;
    parser->trims_next = piece->trims_after;
    TRY(parse_tag(parser, body, piece, &known));
    if (!known)
        TRY(parse_loop_tag(parser, body, piece, &known));
    if (!known)
        TRY(parse_partial_tag(parser, body, piece, &known));
    int length = (int)(piece->name.len < 60 ? piece->name.len : 60);
    return known ? NULL : parse_fail(parser, "unknown tag '%.*s'", length, piece->name.ptr);
}

static err add_piece(struct parser *parser, struct body *body, const struct piece *piece)
{
    switch (piece->kind) {
    case PIECE_TEXT:
        add_text(parser, body, piece->markup);
        return NULL;
    case PIECE_OUTPUT:
        parser->trims_next = piece->trims_after;
        return add_output(parser, body, piece->markup);
    case PIECE_TAG:
        return add_tag(parser, body, piece);
    case PIECE_OPEN:
        return parse_fail(parser, "%.2s is never closed", piece->at);
    default:
        return parse_fail(parser, "a tag needs a name");
    }
}

err parse_into(struct parser *parser, const char *const *ends, struct piece *end, struct body *body)
{
    size_t opened = parser->offset;
    for (;;) {
        scanner_next(&parser->scanner, end);
        if (end->kind == PIECE_END) {
            parser->offset = opened;
            return ends ? parse_fail(parser, "%s is missing", *ends) : NULL;
        }
        parser->offset = (size_t)(end->at - parser->template->source);
        if (end->kind == PIECE_TAG && is_one_of(end->name, ends)) {
            parser->trims_next = end->trims_after;
            return NULL;
        }
        TRY(add_piece(parser, body, end));
    }
}

err parse_block(struct parser *parser, const char *const *ends, struct piece *end, struct block *block)
{
    struct body body = {.is_blank = true};
    TRY(parse_deeper(parser));
    TRY(parse_into(parser, ends, end, &body));
    parser->depth--;
    block->nodes = parse_keep(parser, body.nodes, body.count * sizeof *body.nodes);
    block->count = body.count;
    block->is_blank = body.is_blank;
    return NULL;
}
