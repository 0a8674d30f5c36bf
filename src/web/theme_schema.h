/* theme_schema.h - what is checked of a merchant's theme besides that it compiles. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/design/design.h"
#include "shop/design/own_theme.h"

/* Settings and blocks of the sections, the settings of the shop and the documents that stand in `files`. */
void theme_schema_check(struct ctx *ctx, const struct own_files *files, const struct design_schema *schema,
                        struct own_problems *problems);
/* Snippets that `files` name and that are not among `all`. */
void theme_snippets_check(struct ctx *ctx, const struct own_files *files, const struct own_files *all,
                          struct own_problems *problems);
