/* theme.h - a folder of templates, sections, texts and assets, loaded at start and rendered by any thread.
 *
 * The folder holds layout, templates, snippets and sections (.liquid), locales and config (.json) and assets.
 * Sections and config are there in themes that merchants design with. Everything is
 * compiled when it is loaded, so that a broken file is found at start and not by a buyer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "http/http.h"

struct design_schema;
struct theme;

/* `layout` is the name of the layout file; `assets` is the address prefix under which the folder's assets
 * were added to `statics`. Lives in ctx's arena. */
CHECKED err theme_load(struct ctx *ctx, const char *folder, const char *layout,
                       const struct http_static *statics, const char *assets, struct theme **theme);
/* Renders a template within the layout. ERR_TEMPLATE when there is no such template or it fails. A page of
 * sections (`sections` in globals) gets them as `content_for_index` before: see theme_sections.h. */
CHECKED err theme_render(struct req *req, struct theme *theme, const char *template, struct value *globals,
                         struct text_buf *out);
/* What the theme's files offer to who designs with it. Lives as long as the theme. */
const struct design_schema *theme_schema(const struct theme *theme);
/* The text of a key ("cart.title") in the reader's language; NULL when the theme has none. */
const char *theme_text(const struct theme *theme, const char *locale, const char *key);
