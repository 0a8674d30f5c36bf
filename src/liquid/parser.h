/* parser.h - from source to nodes: what the parsing files share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/internal.h"
#include "liquid/lexer.h"
#include "liquid/scanner.h"

struct parser {
    struct ctx *ctx;
    struct arena *scratch; /* what only the parsing needs */
    struct liquid_env *env;
    const struct liquid_template *template;
    struct scanner scanner;
    bool trims_next; /* the text that follows loses its leading white space */
    int depth;
    size_t offset; /* of the tag or output being parsed */
};

/* A block that grows while it is parsed. */
struct body {
    struct node *nodes;
    uint32_t count;
    uint32_t capacity;
    bool is_blank;
};

err parse_fail(struct parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
/* A failure that shows the token it stumbled over. */
err parse_unexpected(struct parser *parser, const struct lexer *lexer) __attribute__((returns_nonnull));
/* Goes one level deeper; the owner goes back up by hand. */
CHECKED err parse_deeper(struct parser *parser);

/* An array that grows in the scratch arena, for parts whose number is not known. */
void *parse_grow(struct parser *parser, void *items, uint32_t count, uint32_t *capacity, size_t size);
/* A copy in the arena of the environment, with its final size. */
void *parse_keep(struct parser *parser, const void *items, size_t size);

/* parse_expression.c */
CHECKED err parse_expression(struct parser *parser, struct lexer *lexer, struct expr *expr);
CHECKED err parse_expression_kept(struct parser *parser, struct lexer *lexer, const struct expr **expr);
CHECKED err parse_condition(struct parser *parser, struct slice markup, struct condition *condition);
CHECKED err parse_end(struct parser *parser, const struct lexer *lexer);

/* parse_output.c */
CHECKED err parse_output(struct parser *parser, struct slice markup, struct output *output);
/* "name: expression" pairs up to the end, commas between them as one likes. */
CHECKED err parse_named(struct parser *parser, struct lexer *lexer, const struct named_argument **named,
                        uint32_t *count);

/* parse_block.c: nodes up to a tag named in `ends` (a NULL-ended list), which is left in *end. */
CHECKED err parse_block(struct parser *parser, const char *const *ends, struct piece *end,
                        struct block *block);
/* The same into a body that is already open: for the inside of a `liquid` tag. */
CHECKED err parse_into(struct parser *parser, const char *const *ends, struct piece *end, struct body *body);
/* Takes away the white space of blocks that show nothing else. */
void block_drop_text(struct block *block);
struct node *body_add(struct parser *parser, struct body *body, enum node_kind kind);

/* parse_tags.c, parse_loops.c, parse_partial.c: one tag; *known is false when there is no tag of that name.
 */
CHECKED err parse_tag(struct parser *parser, struct body *body, const struct piece *piece, bool *known);
CHECKED err parse_loop_tag(struct parser *parser, struct body *body, const struct piece *piece, bool *known);
CHECKED err parse_partial_tag(struct parser *parser, struct body *body, const struct piece *piece,
                              bool *known);
