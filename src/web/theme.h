/* theme.h - a folder of templates, texts and assets, loaded at start and rendered by any thread.
 *
 * The folder holds layout, templates and snippets (.liquid), locales (.json) and assets. Everything is
 * compiled when it is loaded, so that a broken file is found at start and not by a buyer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "http/http.h"

struct theme;

/* `layout` is the name of the layout file; `assets` is the address prefix under which the folder's assets
 * were added to `statics`. Lives in ctx's arena. */
CHECKED err theme_load(struct ctx *ctx, const char *folder, const char *layout,
                       const struct http_static *statics, const char *assets, struct theme **theme);
/* Renders a template within the layout. ERR_TEMPLATE when there is no such template or it fails. */
CHECKED err theme_render(struct req *req, struct theme *theme, const char *template,
                         const struct value *globals, struct text_buf *out);
/* The text of a key ("cart.title") in the reader's language; NULL when the theme has none. */
const char *theme_text(const struct theme *theme, const char *locale, const char *key);
