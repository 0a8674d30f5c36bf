/* storefront_section.h - the sections of a design as templates read them. Private to storefront.
 *
 * A document says which sections a page has and how they are set; the schema of their kind says which
 * settings there are. What is not in the schema is left out, what is missing or makes no sense is the
 * schema's default, so a template reads only what its schema declares. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

#define SECTION_LIMIT 25
#define SECTION_BLOCK_LIMIT 50
#define SECTION_PICTURE_LIMIT 50 /* different places of pictures of one page */

struct section {
    const char *id;
    const char *type;
    struct value *view; /* docs/views.md: section */
    struct value *settings;
};

struct section_page {
    struct section sections[SECTION_LIMIT];
    size_t count;
    size_t main_at;     /* so many stand above the page's own content */
    struct value *main; /* its view when the document says which parts it has; else NULL */
};

/* The sections of a template of the document ("home") in their order, without those that are switched off or
 * of a kind that the theme does not have. `schemas` is an object of schemas by their type, `main` that of the
 * page's own content or NULL. The pictures that they name are read from the library at once. */
CHECKED err section_page_read(struct ctx *ctx, const struct value *schemas, const struct value *main,
                              const struct value *document, const char *template, struct section_page *page);
/* A text of a document: plain, or by language; the reader's wins, then zh-CN. Never NULL. */
const char *section_text(const struct ctx *ctx, const struct value *text);
