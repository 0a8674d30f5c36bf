/* internal.h - what the files of this folder share: the compact form of a template and a running render.
 *
 * A template is a tree of blocks; a block is one array of nodes. Names are interned once per environment,
 * so that variables are found by comparing pointers. Values of the language that the neutral tree does not
 * know (ranges, `empty`, `blank`, the loop objects) are kinds of their own that never leave this folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/liquid.h"
#include <pthread.h>
#include <stdatomic.h>

/* KIND_HTML is a text that is HTML already and not escaped again. */
enum { KIND_HTML = 64, KIND_RANGE, KIND_EMPTY, KIND_BLANK, KIND_LOOP, KIND_TABLE };

/* Positional arguments of one filter. */
#define FILTER_ARGUMENTS_MAX 16
/* Blocks and brackets inside each other in one source. */
#define PARSE_DEPTH_MAX 100

struct name {
    const char *ptr;
    uint32_t len;
    uint32_t id; /* counts from 0 in an environment */
    const struct name *next;
};

struct range {
    int64_t first;
    int64_t last;
};

/* forloop and tablerowloop. */
struct loop {
    struct value name; /* text, "item-collection" */
    int64_t length;
    int64_t index0;
    int64_t columns;
    int64_t column; /* from 1 */
    int64_t row;
    struct loop *parent;
};

enum expr_kind { EXPR_LITERAL, EXPR_VARIABLE, EXPR_RANGE };

struct step {
    const struct name *name; /* NULL: `index` says which */
    const struct expr *index;
    bool is_dotted;        /* .size, .first and .last mean something */
    _Atomic uint32_t hint; /* where the member was last time */
};

struct expr {
    enum expr_kind kind;
    uint32_t step_count;
    const struct name *root; /* NULL: `from` gives the name of the variable */
    struct step *steps;
    const struct expr *from; /* of a range */
    const struct expr *to;
    struct value literal;
};

enum comparison_kind {
    COMPARE_NONE,
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_CONTAINS
};

struct comparison {
    const struct expr *left;
    const struct expr *right;
    enum comparison_kind kind;
    bool or_next; /* joined to the next by `or`, else by `and` */
};

struct condition {
    const struct comparison *items;
    uint32_t count; /* 0: always true (`else`) */
    bool is_negated;
};

struct filter_entry {
    const char *name;
    liquid_filter filter;
    uint8_t least; /* arguments */
    uint8_t most;  /* FILTER_ARGUMENTS_MAX: any */
    bool takes_named;
    bool is_html; /* when the environment escapes, the result is HTML */
};

struct named_argument {
    const struct name *name;
    const struct expr *value;
};

struct filter_call {
    const struct filter_entry *entry; /* NULL: unknown, passes its input */
    const struct expr *arguments;
    const struct named_argument *named;
    uint32_t offset; /* in the source */
    uint8_t count;
    uint8_t named_count;
    bool fits; /* the number of arguments is right */
};

struct output {
    struct expr expr;
    const struct filter_call *filters;
    uint32_t count;
};

enum node_kind {
    NODE_TEXT,
    NODE_OUTPUT,
    NODE_ASSIGN,
    NODE_CAPTURE,
    NODE_IF,
    NODE_CASE,
    NODE_FOR,
    NODE_TABLEROW,
    NODE_CYCLE,
    NODE_COUNTER,
    NODE_BREAK,
    NODE_CONTINUE,
    NODE_PARTIAL,
    NODE_IFCHANGED,
};

struct block {
    struct node *nodes;
    uint32_t count;
    bool is_blank; /* holds nothing but white space and tags that show nothing */
};

struct assignment {
    const struct name *name;
    struct output output; /* NODE_ASSIGN */
    struct block block;   /* NODE_CAPTURE */
};

struct branch {
    struct condition condition; /* of an if */
    const struct expr *values;  /* of a when */
    uint32_t count;             /* of `values`; 0 in a case: else */
    struct block block;
};

struct choice {
    struct branch *branches;
    uint32_t count;
    struct expr subject; /* of a case */
};

struct loop_tag {
    const struct name *variable;
    struct value title; /* "item-collection" */
    const struct name *register_name;
    struct expr collection;
    const struct expr *limit;
    const struct expr *offset;
    const struct expr *columns;
    bool is_reversed;
    bool continues;
    struct block block;
    struct block otherwise;
};

struct cycle {
    const struct expr *name; /* NULL: `key` */
    const char *key;
    const struct expr *items;
    uint32_t count;
};

struct counter {
    const struct name *name;
    int step;
};

struct partial {
    const struct expr *template_name;
    const struct expr *bound; /* with, for */
    const struct name *alias; /* as; may be NULL */
    const struct named_argument *named;
    uint32_t named_count;
    bool has_static_name;
    bool is_isolated; /* render */
    bool is_repeated; /* for */
    bool is_content;  /* content_for: `template_name` is what is asked for, `alias` the variable */
    _Atomic(const struct liquid_template *) known;
};

struct node {
    uint32_t kind;
    uint32_t offset; /* in the source */
    union {
        struct slice text;
        const struct output *output;
        const struct assignment *assignment;
        const struct choice *choice;
        const struct loop_tag *loop;
        const struct cycle *cycle;
        const struct counter *counter;
        struct partial *partial;
        const struct block *block; /* ifchanged */
    };
};

struct liquid_template {
    struct liquid_env *env;
    const char *name;
    const char *source;
    size_t length;
    const struct name *alias; /* the last part of the name: the variable of a bound value */
    struct block block;
    const struct liquid_template *next; /* snippets of the environment */
};

#define NAME_BUCKETS 256

struct liquid_env {
    struct arena *arena;
    struct liquid_env_options options;
    const struct filter_entry *own_filters; /* of the owner */
    size_t own_filter_count;
    const struct name *names[NAME_BUCKETS];
    _Atomic uint32_t name_count;
    const struct name *forloop;
    const struct name *tablerowloop;
    const struct name *content_name;
    const struct liquid_template *snippets;
    pthread_mutex_t lock; /* over compiling: arena, names, snippets */
};

/* ---- a running render ---- */

struct binding {
    const struct name *name;
    struct value value;
};

struct bindings {
    struct binding *items;
    uint32_t count;
    uint32_t capacity;
};

/* A number kept under a text: how far a cycle or a continued loop is. */
struct mark {
    struct slice key;
    int64_t number;
    struct mark *next;
};

/* The variables of a template and of what it includes; `render` opens a fresh one. */
struct frame {
    struct bindings scoped;   /* loop variables, arguments of include: innermost last */
    struct bindings assigned; /* assign, capture, arguments of render */
    struct bindings counters; /* increment, decrement */
    struct mark *cycles;
    struct mark *continued;
    struct loop *loop; /* innermost for */
    struct slice last_changed;
    bool has_changed;
    bool is_isolated; /* of a render: include is not allowed in it */
};

enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE };

struct liquid_call {
    struct ctx *ctx;
    struct liquid_env *env;
    const struct liquid_template *template;
    uint32_t offset; /* of what is being rendered */
    enum flow flow;
    struct frame *frame;
    const struct value *globals;
    const struct value **found; /* globals found already, by name id */
    uint32_t found_count;
    void *data;
    int depth;
    int64_t rounds_left;
    int64_t work; /* since the clock was last read */
    int64_t deadline;
    size_t memory_left;
};

/* names.c */
const struct name *name_intern(struct liquid_env *env, const char *ptr, size_t len);

/* environment.c */
/* A failure that names template, line and column. */
err fail_at(struct ctx *ctx, const struct liquid_template *template, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5), returns_nonnull));
CHECKED err snippet_load(struct liquid_call *call, struct partial *partial, struct slice name,
                         const struct liquid_template **result);

/* filters.c */
const struct filter_entry *filter_find(const struct liquid_env *env, struct slice name);

/* eval.c */
CHECKED err eval(struct liquid_call *call, const struct expr *expr, struct value *result);
CHECKED err eval_output(struct liquid_call *call, const struct output *output, struct value *result);
CHECKED err eval_condition(struct liquid_call *call, const struct condition *condition, bool *holds);
/* A variable by its name, innermost first; NULL when there is none. */
const struct value *find_variable(struct liquid_call *call, const struct name *name);
const struct value *find_variable_text(struct liquid_call *call, struct slice name);
/* A value that the owner's filters may see: no kinds of our own. */
CHECKED err plain_value(struct liquid_call *call, const struct value *value, struct value *result);

/* frames.c */
void bindings_push(struct liquid_call *call, struct bindings *bindings, const struct name *name,
                   struct value value);
struct value *bindings_find(const struct bindings *bindings, const struct name *name);
void bindings_set(struct liquid_call *call, struct bindings *bindings, const struct name *name,
                  struct value value);
/* The mark of a key, made with 0 when there is none. */
struct mark *mark_of(struct liquid_call *call, struct mark **marks, struct slice key);

/* render.c */
CHECKED err render_block(struct liquid_call *call, const struct block *block, struct text_buf *out);
CHECKED err render_for(struct liquid_call *call, const struct loop_tag *tag, struct text_buf *out);
CHECKED err render_tablerow(struct liquid_call *call, const struct loop_tag *tag, struct text_buf *out);
CHECKED err render_partial(struct liquid_call *call, struct partial *partial, struct text_buf *out);
/* One more round of a loop; ends the render when there were too many, or when the page is too large. */
CHECKED err count_round(struct liquid_call *call, const struct text_buf *out);
/* Goes one level deeper; the owner goes back up by hand. */
CHECKED err render_deeper(struct liquid_call *call);
