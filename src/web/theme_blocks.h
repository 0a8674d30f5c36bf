/* theme_blocks.h - theme blocks: files of blocks/ that sections take, with their schemas.
 *
 * A section that takes {"type": "@theme"} takes every block whose name does not begin with _; one that names
 * a type without describing it takes the file of that name. {% content_for 'blocks' %} shows them in the
 * order of the document, in the file of a block those of the block, {% content_for 'block', type: 'price',
 * id: 'price-1' %} one that stands in the text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/liquid.h"

/* One {% content_for %} of a text. */
struct content_tag {
    const char *at; /* in the text */
    const char *what;
    const char *type; /* NULL when it is not in quotes */
    const char *id;
};
/* The first behind `from`; false when there is none. */
bool content_tag_next(struct arena *arena, const char *from, struct content_tag *tag);

/* Puts the blocks that stand in a section's text into its schema. */
void theme_blocks_find(struct arena *arena, const char *text, struct value *schema);
/* Spells out in the schemas of all sections and blocks what they take of the files of blocks/. */
void theme_blocks_settle(struct arena *arena, struct value *section_schemas, struct value *block_schemas);
/* What content_for shows. */
CHECKED err theme_blocks_content(struct liquid_call *call, const char *name, const struct value *named,
                                 struct value *items);
