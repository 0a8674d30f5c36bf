/* theme.h - a folder of templates, sections, texts and assets, compiled whole and rendered by any thread.
 *
 * The folder holds layout, templates, snippets and sections (.liquid), locales and config (.json) and assets.
 * Sections and config are there in themes that merchants design with. Everything is compiled when it is
 * loaded, so that a broken file is found then and not by a buyer. A theme that a merchant brought is laid
 * over that of the program: what it lacks comes from below. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "http/http.h"
#include "shop/design/own_theme.h"

struct design_schema;
struct theme;
struct theme_links;
struct theme_sections;
struct theme_use;

/* What rendering with a merchant's theme may take. */
#define OWN_THEME_ROUNDS 50000
#define OWN_THEME_MS 250
#define OWN_THEME_NESTING 50

/* `layout` is the name of the layout file; `assets` is the address prefix under which the folder's assets
 * were added to `statics`. Lives in ctx's arena. */
CHECKED err theme_load(struct ctx *ctx, const char *folder, const char *layout,
                       const struct http_static *statics, const char *assets, struct theme **theme);
/* A theme of `files` over `under`. Lives in ctx's arena, as long as which `files` must live. With `problems`
 * all that is wrong is told there; without, the first of it is ERR_TEMPLATE. */
CHECKED err theme_load_over(struct ctx *ctx, const struct theme *under, const struct own_files *files,
                            int64_t version, struct own_problems *problems, struct theme **theme);
/* Renders a template within the layout. ERR_TEMPLATE when there is no such template or it fails. A page of
 * sections (`sections` in globals) gets them as `content_for_index` before: see theme_sections.h. `use` is
 * that of a merchant's theme, or NULL. */
CHECKED err theme_render(struct req *req, const struct theme *theme, const char *template,
                         struct value *globals, struct theme_use *use, struct text_buf *out);
/* What the theme's files offer to who designs with it. Lives as long as the theme. */
const struct design_schema *theme_schema(const struct theme *theme);
/* Its sections, and what its filters know of it: for sections that stand in for others. */
const struct theme_sections *theme_kinds(const struct theme *theme);
const struct theme_links *theme_own_links(const struct theme *theme);
/* Where it was read from; NULL of a merchant's. */
const char *theme_folder(const struct theme *theme);
/* The text of a key ("cart.title") in the reader's language; NULL when the theme has none. */
const char *theme_text(const struct theme *theme, const char *locale, const char *key);
