/* parse_tags.c - tags that choose, set variables, say something or say nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/parser.h"

typedef err (*tag_parser)(struct parser *parser, struct body *body, const struct piece *piece);

/* ---- if, unless, case ---- */

struct branches {
    struct branch *items;
    uint32_t count;
    uint32_t capacity;
    bool is_blank;
};

static struct branch *add_branch(struct parser *parser, struct branches *branches)
{
    branches->items =
        parse_grow(parser, branches->items, branches->count, &branches->capacity, sizeof *branches->items);
    struct branch *branch = &branches->items[branches->count++];
    *branch = (struct branch){0};
    return branch;
}

static void finish_choice(struct parser *parser, struct body *body, struct choice *choice,
                          struct branches *branches)
{
    choice->branches = parse_keep(parser, branches->items, branches->count * sizeof *branches->items);
    choice->count = branches->count;
    for (uint32_t i = 0; branches->is_blank && i < choice->count; i++)
        block_drop_text(&choice->branches[i].block);
    body->is_blank = body->is_blank && branches->is_blank;
}

static err parse_choice(struct parser *parser, struct body *body, const struct piece *piece,
                        const char *const *ends, bool is_negated)
{
    struct choice *choice = arena_alloc(parser->env->arena, sizeof *choice);
    struct branches branches = {.is_blank = true};
    struct piece end = *piece;
    body_add(parser, body, NODE_IF)->choice = choice;
    do {
        struct branch *branch = add_branch(parser, &branches);
        branch->condition.is_negated = is_negated && branches.count == 1;
        if (!slice_is(end.name, "else"))
            TRY(parse_condition(parser, end.markup, &branch->condition));
        TRY(parse_block(parser, ends, &end, &branch->block));
        branches.is_blank = branches.is_blank && branch->block.is_blank;
    } while (!slice_is(end.name, *ends));
    finish_choice(parser, body, choice, &branches);
    return NULL;
}

static err parse_if(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endif", "elsif", "else", NULL};
    return parse_choice(parser, body, piece, ends, false);
}

static err parse_unless(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endunless", "elsif", "else", NULL};
    return parse_choice(parser, body, piece, ends, true);
}

/* The values of a when; what follows them without a comma or `or` is passed over. */
static err parse_when(struct parser *parser, struct slice markup, struct branch *branch)
{
    struct lexer lexer;
    struct expr *values = NULL;
    uint32_t capacity = 0;
    lexer_open(&lexer, markup);
    do {
        values = parse_grow(parser, values, branch->count, &capacity, sizeof *values);
        TRY(parse_expression(parser, &lexer, &values[branch->count++]));
    } while (lexer_take_sign(&lexer, ',') || lexer_take_word(&lexer, "or"));
    branch->values = parse_keep(parser, values, branch->count * sizeof *values);
    return NULL;
}

static err parse_case(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endcase", "when", "else", NULL};
    struct choice *choice = arena_alloc(parser->env->arena, sizeof *choice);
    struct branches branches = {0};
    struct lexer lexer;
    struct block before;
    struct piece end;
    body_add(parser, body, NODE_CASE)->choice = choice;
    lexer_open(&lexer, piece->markup);
    TRY(parse_expression(parser, &lexer, &choice->subject));
    TRY(parse_end(parser, &lexer));
    TRY(parse_block(parser, ends, &end, &before));
    branches.is_blank = before.is_blank;
    while (!slice_is(end.name, *ends)) {
        struct branch *branch = add_branch(parser, &branches);
        if (slice_is(end.name, "when"))
            TRY(parse_when(parser, end.markup, branch));
        TRY(parse_block(parser, ends, &end, &branch->block));
        branches.is_blank = branches.is_blank && branch->block.is_blank;
    }
    finish_choice(parser, body, choice, &branches);
    return NULL;
}

static err parse_ifchanged(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endifchanged", NULL};
    (void)piece;
    struct block *block = arena_alloc(parser->env->arena, sizeof *block);
    struct piece end;
    body_add(parser, body, NODE_IFCHANGED)->block = block;
    TRY(parse_block(parser, ends, &end, block));
    body->is_blank = body->is_blank && block->is_blank;
    return NULL;
}

/* ---- variables ---- */

static bool is_in_name(char c)
{
    return is_word(c) || c == '-' || c == '.' || c == '[' || c == ']';
}

/* A variable's name at the front of the markup; moves the markup behind it. */
static err take_name(struct parser *parser, struct slice *markup, const struct name **name)
{
    struct slice rest = slice_trim(*markup);
    size_t length = 0;
    while (length < rest.len && is_in_name(rest.ptr[length]))
        length++;
    if (length == 0)
        return parse_fail(parser, "the name of a variable is missing");
    *name = name_intern(parser->env, rest.ptr, length);
    *markup = slice_trim((struct slice){rest.ptr + length, rest.len - length});
    return NULL;
}

static err parse_assign(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct assignment *assignment = arena_alloc(parser->env->arena, sizeof *assignment);
    struct slice markup = piece->markup;
    body_add(parser, body, NODE_ASSIGN)->assignment = assignment;
    TRY(take_name(parser, &markup, &assignment->name));
    if (markup.len == 0 || *markup.ptr != '=')
        return parse_fail(parser, "assign is written name = value");
    return parse_output(parser, (struct slice){markup.ptr + 1, markup.len - 1}, &assignment->output);
}

static err parse_capture(struct parser *parser, struct body *body, const struct piece *piece)
{
    static const char *const ends[] = {"endcapture", NULL};
    struct assignment *assignment = arena_alloc(parser->env->arena, sizeof *assignment);
    struct slice markup = slice_trim(piece->markup);
    struct piece end;
    if (markup.len > 0 && (*markup.ptr == '"' || *markup.ptr == '\''))
        markup = (struct slice){markup.ptr + 1, markup.len - 1};
    body_add(parser, body, NODE_CAPTURE)->assignment = assignment;
    TRY(take_name(parser, &markup, &assignment->name));
    return parse_block(parser, ends, &end, &assignment->block);
}

static err parse_counter(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct counter *counter = arena_alloc(parser->env->arena, sizeof *counter);
    struct slice name = slice_trim(piece->markup);
    if (name.len == 0)
        return parse_fail(parser, "the name of a variable is missing");
    counter->name = name_intern(parser->env, name.ptr, name.len);
    counter->step = slice_is(piece->name, "increment") ? 1 : -1;
    body_add(parser, body, NODE_COUNTER)->counter = counter;
    body->is_blank = false;
    return NULL;
}

/* ---- echo, liquid ---- */

static err parse_echo(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct output *output = arena_alloc(parser->env->arena, sizeof *output);
    body_add(parser, body, NODE_OUTPUT)->output = output;
    body->is_blank = false;
    return parse_output(parser, piece->markup, output);
}

static err parse_liquid(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct scanner outside = parser->scanner;
    struct piece end;
    const char *from = piece->markup.ptr;
    parser->scanner = (struct scanner){.at = from, .end = from + piece->markup.len, .by_line = true};
    TRY(parse_deeper(parser));
    TRY(parse_into(parser, NULL, &end, body));
    parser->depth--;
    parser->scanner = outside;
    parser->trims_next = piece->trims_after;
    return NULL;
}

/* ---- raw, comment, doc ---- */

static err skip_to(struct parser *parser, const char *word, const char *nested, struct slice *before)
{
    struct piece end;
    if (parser->scanner.by_line || !scanner_skip_to(&parser->scanner, word, nested, before, &end))
        return parse_fail(parser, "%s is missing", word);
    if (nested && slice_is(end.name, nested))
        return parse_fail(parser, "%s may not stand inside %s", nested, nested);
    parser->trims_next = end.trims_after;
    return NULL;
}

static err parse_raw(struct parser *parser, struct body *body, const struct piece *piece)
{
    struct slice text = {0};
    if (slice_trim(piece->markup).len > 0)
        return parse_fail(parser, "raw takes nothing");
    TRY(skip_to(parser, "endraw", NULL, &text));
    if (text.len == 0)
        return NULL;
    body_add(parser, body, NODE_TEXT)->text = text;
    body->is_blank = false;
    return NULL;
}

static err parse_doc(struct parser *parser, struct body *body, const struct piece *piece)
{
    (void)body;
    struct slice text;
    if (slice_trim(piece->markup).len > 0)
        return parse_fail(parser, "doc takes nothing");
    return skip_to(parser, "enddoc", "doc", &text);
}

/* What a section offers, for who loads the theme: it shows nothing. */
static err parse_schema(struct parser *parser, struct body *body, const struct piece *piece)
{
    (void)body;
    struct slice text;
    if (slice_trim(piece->markup).len > 0)
        return parse_fail(parser, "schema takes nothing");
    return skip_to(parser, "endschema", "schema", &text);
}

/* Comments nest, and a raw inside one hides what it holds; nothing else in it needs to be right. */
static err parse_comment(struct parser *parser, struct body *body, const struct piece *piece)
{
    (void)body, (void)piece;
    struct slice text;
    struct piece inside;
    for (int depth = 1; depth > 0;) {
        scanner_next(&parser->scanner, &inside);
        if (inside.kind == PIECE_END || inside.kind == PIECE_OPEN)
            return parse_fail(parser, "endcomment is missing");
        if (inside.kind != PIECE_TAG)
            continue;
        if (slice_is(inside.name, "raw"))
            TRY(skip_to(parser, "endraw", NULL, &text));
        depth += slice_is(inside.name, "comment");
        depth -= slice_is(inside.name, "endcomment");
    }
    parser->trims_next = inside.trims_after;
    return NULL;
}

/* # …: each line of it begins with # */
static err parse_remark(struct parser *parser, struct body *body, const struct piece *piece)
{
    (void)body;
    for (size_t i = 0; i < piece->markup.len; i++) {
        if (piece->markup.ptr[i] != '\n')
            continue;
        struct slice line = slice_trim((struct slice){piece->markup.ptr + i, piece->markup.len - i});
        if (line.len > 0 && *line.ptr != '#')
            return parse_fail(parser, "each line of a # comment begins with #");
    }
    return NULL;
}

err parse_tag(struct parser *parser, struct body *body, const struct piece *piece, bool *known)
{
    static const struct {
        const char *name;
        tag_parser parse;
    } tags[] = {{"if", parse_if},
                {"unless", parse_unless},
                {"case", parse_case},
                {"ifchanged", parse_ifchanged},
                {"assign", parse_assign},
                {"capture", parse_capture},
                {"increment", parse_counter},
                {"decrement", parse_counter},
                {"echo", parse_echo},
                {"liquid", parse_liquid},
                {"raw", parse_raw},
                {"comment", parse_comment},
                {"doc", parse_doc},
                {"schema", parse_schema},
                {"#", parse_remark}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (!slice_is(piece->name, tags[i].name))
            continue;
        *known = true;
        return tags[i].parse(parser, body, piece);
    }
    return NULL;
}
