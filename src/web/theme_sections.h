/* theme_sections.h - the sections of a theme: what they offer, and how they are shown.
 *
 * A section is a Liquid file that ends with its schema ({% schema %}{JSON}{% endschema %}). A section that
 * fails is left out of the page, and staff are told which, with file, line and column. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/liquid.h"
#include "web/theme_filters.h"

struct theme_section {
    const char *type;
    const struct liquid_template *template;
};

struct theme_sections {
    const struct theme_section *items;
    size_t count;
};

/* Begins the schema of a file. */
#define SCHEMA_OPEN "{% schema %}"

/* What custom Liquid may take: of a page with 25 of them half a second in the worst case. */
#define CUSTOM_LIQUID_MS 20
#define CUSTOM_LIQUID_ROUNDS 10000
#define CUSTOM_LIQUID_OUTPUT ((size_t)128 << 10)

/* The schema at the end of a section's text; ERR_TEMPLATE naming file, line and column when it is missing or
 * no JSON object. */
CHECKED err theme_section_schema(struct ctx *ctx, const char *file, const char *text, struct value **schema);
/* Liquid that somebody typed: ERR_TEMPLATE naming line and column when it does not compile. */
CHECKED err theme_check_liquid(struct ctx *ctx, const char *source);
/* Renders a list of sections, one after the other, and lists in `section_problems` of `globals` {id, name,
 * detail} those that failed. */
CHECKED err theme_sections_render(struct ctx *ctx, const struct theme_sections *kinds, struct value *globals,
                                  const struct value *sections, struct theme_call *call, struct slice *html);
