/* design_parts.h - shared by the files of design. Private to design. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/design/design.h"
#include "shop/media/media.h"

/* Names of pictures that are looked at in one document; a page shows at most 50 of them. */
#define DESIGN_PICTURE_LIMIT 200

struct design_pictures {
    const char *ids[DESIGN_PICTURE_LIMIT];
    size_t count;
};
/* Adds the pictures that a document names. */
void design_pictures_of(struct ctx *ctx, const char *text, struct design_pictures *pictures);
/* In a transaction: what is shown there, and nothing else. */
CHECKED err design_pictures_tell(struct ctx *ctx, enum design_place place,
                                 const struct design_pictures *pictures);

/* The text of a version that is kept, copied; NULL when it is not. */
const char *design_cache_find(struct ctx *ctx, int64_t version);
void design_cache_keep(struct ctx *ctx, int64_t version, const char *text);
/* The schema of a setting among `settings`; NULL. */
const struct value *design_setting(const struct value *settings, const char *id);
/* The schema of a setting of the theme. */
const struct value *design_theme_setting(const struct ctx *ctx, const char *id);
/* A copy of the tree of its own. */
CHECKED err design_copy(struct ctx *ctx, const struct value *document, struct value **copy);
