/* design.h - how a shop looks: a document of a theme, its sections and their settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

/* What the theme's files offer; filled by web/theme.c when the theme is loaded. */
struct design_schema {
    const struct value *settings; /* list of groups: {name, settings} */
    const struct value *sections; /* object: type → schema */
    const struct value *themes;   /* object: name → document */
    /* Liquid that somebody typed: ERR_TEMPLATE with line and column when it does not compile. */
    err (*check_liquid)(struct ctx *ctx, const char *source);
};

struct design {
    int64_t version; /* 0 = nothing was published */
    const char *theme;
    const struct value *document;
};

/* The published document, else that of `general`. */
CHECKED err design_live(struct ctx *ctx, struct design *design);
/* What staff edit: the draft, else the live one. */
CHECKED err design_draft(struct ctx *ctx, struct design *design);
/* The shop's style sheet: only custom properties. */
const char *design_style(struct ctx *ctx, const struct design *design);

/* Remembers documents that were published: services.designs. */
struct design_cache;
struct design_cache *design_cache_open(struct arena *arena);
void design_cache_close(struct design_cache *cache);
