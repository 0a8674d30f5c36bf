/* design_parts.h - shared by the files of shop/design. Private to design. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/design/design_staff.h"

/* The text of a published document; NULL when it is not remembered. */
const char *design_cache_find(struct ctx *ctx, int64_t version);
void design_cache_keep(struct ctx *ctx, int64_t version, const char *document);

/* The schema of a section's type; NULL when the theme has none. */
const struct value *design_section_schema(struct ctx *ctx, const char *type);
const struct value *design_block_schema(const struct value *section_schema, const char *type);
/* The sections of the document's home; NULL when there are none. */
const struct value *design_home(const struct value *document);
/* What `general` is, or an empty document. */
const struct value *design_general(struct ctx *ctx);
/* A colour setting; false when it is absent or none. */
bool design_colour(const struct value *settings, const char *name, uint32_t *colour);
/* Whether the text is an id of a section or block: lower case, digits, '-' and '_'. */
bool design_is_id(const char *text);
