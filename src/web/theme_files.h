/* theme_files.h - the files of a theme, from a folder of the disk, and one theme laid over another. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/design/own_theme.h"

/* The texts of a folder (layout, templates, snippets, sections, locales, config), with `has_assets` its
 * assets too. All of it lives in ctx's arena. ERR_INTERNAL without one of the first three; ERR_LIMIT. */
CHECKED err theme_files_read(struct ctx *ctx, const char *folder, bool has_assets, struct own_files *files);
/* `over` takes the place of files of `under`; assets are left out. */
struct own_files theme_files_merge(struct ctx *ctx, const struct own_files *under,
                                   const struct own_files *over);
/* Members of `over` take the place of those of `under`, level by level. */
struct value *theme_words_merge(struct ctx *ctx, const struct value *under, const struct value *over);
