/* liquid.h - the template language: compiled once to a compact form, rendered into a buffer.
 *
 * The language is Liquid as its public documentation has it. This folder knows no shop: the names a
 * template may use, the filters beyond the standard ones and the places where snippets come from are all
 * given by the owner of an environment. A compiled template is read-only and may be rendered by many
 * threads at once.
 *
 * Limits: every render counts loop rounds, rendered bytes, nesting of renders and elapsed time; passing a
 * limit is ERR_TEMPLATE naming template, line and column ("product.liquid:12:5: more than 100000 loop
 * rounds"). A syntax error names the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"

struct liquid_env;
struct liquid_template;
struct liquid_call; /* one running render, seen by filters */

struct liquid_limits {
    size_t output_bytes; /* of one render */
    int64_t loop_rounds;
    int nesting; /* of render/include and of blocks */
    int64_t time_ms;
};

/* A filter of the owner: `input` and the `count` arguments are read; the result goes to *output. Named
 * arguments come as one trailing object when `has_named` (else NULL in `named`). */
typedef err (*liquid_filter)(struct liquid_call *call, const struct value *input,
                             const struct value *arguments, size_t count, const struct value *named,
                             struct value *output);

struct liquid_filter_entry {
    const char *name;
    liquid_filter filter;
    bool is_html; /* the result is safe HTML: not escaped again */
};

/* Finds the source of a snippet by name ("product-card"); NULL when there is none. The text lives as long
 * as the environment. */
typedef const char *(*liquid_loader)(void *owner, const char *name);

/* Says what {% content_for 'NAME', … %} shows: *items is a list of {template (a snippet's name), value}, each
 * of which is rendered as `render` would, with the value as its variable `block`. `named` are the arguments.
 */
typedef err (*liquid_content)(struct liquid_call *call, const char *name, const struct value *named,
                              struct value *items);

struct liquid_env_options {
    bool escape;            /* escape {{ }} unless `raw`; off for standard Liquid */
    bool strict_filters;    /* an unknown filter is a compile error (themes), else passes its input */
    liquid_loader loader;   /* for render and include; may be NULL */
    liquid_content content; /* without it there is no content_for */
    void *owner;            /* handed to loader and to liquid_call_owner */
    const struct liquid_filter_entry *filters; /* ends with a NULL name; may be NULL */
    struct liquid_limits limits;               /* zero members take the defaults */
};

/* An environment and everything compiled in it live in `arena`. Compiling is for one thread at a time (it
 * locks); rendering is for any. */
struct liquid_env *liquid_env_open(struct arena *arena, const struct liquid_env_options *options);

/* Compiles a source (and, when first rendered, the snippets it names: they are compiled once and kept).
 * ERR_TEMPLATE with "name:line:column: what is wrong". */
CHECKED err liquid_compile(struct ctx *ctx, struct liquid_env *env, const char *name, const char *source,
                           const struct liquid_template **result);

/* Compiles a snippet ahead, so that the loader is not asked for it. `source` is not kept. */
CHECKED err liquid_compile_snippet(struct ctx *ctx, struct liquid_env *env, const char *name,
                                   const char *source);

/* Renders with the members of the object `globals` as variables. `globals` is not changed; `assign`ed
 * variables end with the render. `call_data` is for the owner's filters. */
CHECKED err liquid_render(struct ctx *ctx, const struct liquid_template *template,
                          const struct value *globals, void *call_data, struct text_buf *out);

/* HTML that stands above and below a template within its layout. */
struct liquid_around {
    struct slice above, below;
};

/* Renders a page: the template first, then the layout of the same environment, which sees the variables that
 * the template assigned (page_title) and the rendered template, with what is around it, as
 * `content_for_layout`. */
CHECKED err liquid_render_page(struct ctx *ctx, const struct liquid_template *template,
                               const struct liquid_template *layout, const struct liquid_around *around,
                               const struct value *globals, void *call_data, struct text_buf *out);

/* For filters of the owner. */
struct ctx *liquid_call_ctx(struct liquid_call *call);
void *liquid_call_data(struct liquid_call *call);
/* A variable as the template sees it now, or NULL. */
const struct value *liquid_call_variable(struct liquid_call *call, const char *name);
/* The text that {{ value }} would show, unescaped. */
const char *liquid_to_text(struct liquid_call *call, const struct value *value);
/* A failure that carries template, line and column of the filter. */
err liquid_fail(struct liquid_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* `yundian liquid --batch`: reads JSON lines {"template", "data", "templates"} and answers {"result"} or
 * {"error"} a line, in standard Liquid without auto-escape. Returns the process's exit status. */
int liquid_batch(FILE *in, FILE *out);
