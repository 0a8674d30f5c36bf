/* design.h - how a shop looks: a document of a theme, its sections and their settings.
 *
 * Staff edit a draft; buyers see what was published. Every published version is kept, up to
 * DESIGN_VERSION_LIMIT, so that each can be gone back to. A draft carries its edit: who changes it says which
 * one was read, and ERR_CONFLICT means that somebody else changed it meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/design/own_theme.h"

/* Published versions that are kept; older ones go. */
#define DESIGN_VERSION_LIMIT 100
#define DESIGN_SECTION_LIMIT 25 /* of a template */
#define DESIGN_BLOCK_LIMIT 50   /* of a section */
#define DESIGN_NEST_LIMIT 3     /* blocks of a section, blocks of those, and blocks of those */
#define DESIGN_DEPTH_LIMIT 13   /* a text by language in a block of a block of a block of a section */
#define DESIGN_BYTES_LIMIT 200000
#define DESIGN_NAME_LIMIT 40 /* bytes of the id of a section or block */
/* Bytes of where a block is: its id, of a block in a block "OUTER/INNER", as deep as blocks nest. */
#define DESIGN_PATH_LIMIT 123
#define DESIGN_NOTE_LIMIT 100
#define DESIGN_TEXT_LIMIT 2000 /* code points of a text, a line or many */
#define DESIGN_RICH_LIMIT 20000
#define DESIGN_PROBLEM_LIMIT 50 /* what is said of one document */

/* What the theme's files offer. In `sections` theme blocks are spelled out: `blocks` of a schema are all that
 * the section takes, `static_blocks` those that stand in its text: {id, type, name, settings}. Those that
 * have a file carry is_theme. It is filled by web/theme.c when the theme is loaded. */
struct design_schema {
    const struct value *settings; /* list of groups: {name, settings} */
    const struct value *sections; /* object: type → schema */
    const struct value
        *blocks; /* object: type → schema of a file of blocks/; its `blocks` are spelled out too */
    const struct value *pages;  /* object: page → schema of its own content, whose blocks are its parts */
    const struct value *themes; /* object: name → document */
    /* Liquid that somebody typed: ERR_TEMPLATE with line and column when it does not compile. */
    err (*check_liquid)(struct ctx *ctx, const char *source);
};

struct design {
    int64_t version; /* 0 = nothing was published */
    const char *theme;
    const struct value *document;
};

/* The published document, else that of `general`. Asks the database only for a version that this process has
 * not seen lately. */
CHECKED err design_live(struct ctx *ctx, struct design *design);
/* What staff edit: the draft, else the live one. */
CHECKED err design_draft(struct ctx *ctx, struct design *design);
/* The shop's style sheet: custom properties, and the size of a logo. */
const char *design_style(struct ctx *ctx, const struct design *design);
/* Whether a chosen colour is shown otherwise, because it could not be read on its ground. */
bool design_is_mended(struct ctx *ctx, const struct design *design);

/* Owners of PICTURE_OF_DESIGN (media.h). */
enum design_place { DESIGN_OF_DRAFT = 1, DESIGN_OF_TODAY = 2 };
/* Every picture of the draft and of what buyers see is counted. */
CHECKED err design_pictures_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* Documents of published versions, by shop and version. */
struct design_cache *design_cache_open(struct arena *arena);
void design_cache_close(struct design_cache *cache);

/* ---- the draft ---- */

struct draft {
    struct design design;
    int64_t edit;    /* to be given back with a change */
    bool is_there;   /* false: nothing is changed yet, it is the live one */
    bool has_former; /* the last change can be taken back */
};
/* Reads the shop's version anew. The document is a copy that may be changed. */
CHECKED err design_draft_load(struct ctx *ctx, struct draft *draft);
/* Checks the document, and keeps it as the draft. ERR_INVALID with all fields; ERR_CONFLICT; ERR_LIMIT. */
CHECKED err design_draft_save(struct ctx *ctx, int64_t edit, struct value *document);
/* Takes the last change back; once more brings it again. ERR_CONFLICT. */
CHECKED err design_draft_undo(struct ctx *ctx, int64_t edit);
CHECKED err design_draft_discard(struct ctx *ctx, int64_t edit);
/* Buyers see the draft from now on. ERR_CONFLICT, also without a draft. */
CHECKED err design_publish(struct ctx *ctx, int64_t edit, const char *note);

/* ---- history ---- */

struct design_version {
    int64_t version;
    const char *theme;
    const char *note;
    int64_t staff_id; /* 0 = nobody of the staff */
    int64_t at;
};
/* Newest first; at most DESIGN_VERSION_LIMIT. */
CHECKED err design_list(struct ctx *ctx, struct design_version **versions, size_t *count);
/* Publishes the document of an old version as a new one. ERR_NOT_FOUND, ERR_CONFLICT. */
CHECKED err design_restore(struct ctx *ctx, int64_t version);

/* ---- documents ---- */

/* All that is wrong with a document: ERR_INVALID, whose fields are "theme", "settings.ID", "SECTION",
 * "SECTION.ID", "SECTION.BLOCK.ID", "order", "sections", of pages other than home as PAGE:FIELD; at most
 * DESIGN_PROBLEM_LIMIT. Rich texts are made safe in place. */
CHECKED err design_check(struct ctx *ctx, struct value *document);
/* Reads a document that came from outside: ERR_INVALID of "document" when it is too large, too deep or no
 * JSON object, else as design_check. */
CHECKED err design_read(struct ctx *ctx, const char *text, struct value **document);

/* A copy of the document that a theme begins with. ERR_NOT_FOUND. */
CHECKED err design_begin(struct ctx *ctx, const char *theme, struct value **document);
/* Pages that a document may say something of: "home", which is nothing but sections, and those around whose
 * own content sections stand. Ends with NULL. */
extern const char *const design_page_names[];
#define DESIGN_HOME "home"
bool design_is_page(const char *name);
/* The type of the section that stands for a page's own content. Every page but home has it once. Its blocks
 * are the parts of the page, when its template says that it has some; those that are marked `stays` can be
 * moved, and neither hidden nor removed. */
#define DESIGN_MAIN "main"
/* The sections of a page and their order; NULL when the document says nothing of it. */
struct value *design_page(const struct value *document, const char *page);
/* The schema of a kind of block, of a section or of a block that holds some; NULL, also for no type. */
const struct value *design_block_schema(const struct value *schema, const char *type);
/* The schema of which the blocks in a block of that kind are; NULL when it holds none. */
const struct value *design_nest_schema(const struct ctx *ctx, const struct value *kind);
/* The same of a block that stands in the section's text, by its id. */
const struct value *design_static_schema(const struct value *section_schema, const char *id);
/* A block of a document that stands in the section's text: it is in no order. */
bool design_is_static(const struct value *block);
/* "#rrggbb". */
bool design_is_colour(const char *text);
/* A place on this site or a page elsewhere: nothing that could run. */
bool design_is_url(const char *url);

/* The schema of a section of that type on a page; NULL when there is none. */
const struct value *design_section_schema(const struct ctx *ctx, const char *page, const char *type);
/* When the page's own content has parts: the document gets the page, and the parts with which it begins, if
 * it said nothing of them. */
CHECKED err design_main_begin(struct ctx *ctx, struct value *document, const char *page);

/* Where a section is: PAGE:ID, of home ID alone. "cart:faq-1" in the arena of ctx. */
const char *design_address(struct ctx *ctx, const char *page, const char *id);
/* The page of such an address ("home" for NULL and ""), and the id behind it. */
const char *design_page_of(struct ctx *ctx, const char *address, const char **id);
#define DESIGN_ADDRESS_LIMIT (DESIGN_NAME_LIMIT + 12)

/* What is done with a section or, with `block`, with a block of it (its path, as DESIGN_PATH_LIMIT says). */
enum design_act { DESIGN_UP, DESIGN_DOWN, DESIGN_TOGGLE, DESIGN_COPY, DESIGN_REMOVE, DESIGN_PLACE };
/* "up", "down", "toggle", "copy", "remove", "place"; ends with NULL. */
extern const char *const design_act_names[];
/* `place` counts from 0, of DESIGN_PLACE. ERR_NOT_FOUND; ERR_INVALID of "act" with "main-stays" for what
 * would take a page's own content, or a part of it that stays, away. */
CHECKED err design_do(struct ctx *ctx, struct value *document, const char *section, const char *block,
                      enum design_act act, int64_t place);
/* Adds a section of that type at the end of a page, as its preset has it, and says its address. ERR_NOT_FOUND
 * of a type or page that there is not. */
CHECKED err design_add(struct ctx *ctx, struct value *document, const char *page, const char *type,
                       const char **address);
/* Adds a block to a section or, with `block`, to a block of it; *id is its name there. ERR_NOT_FOUND. */
CHECKED err design_add_block(struct ctx *ctx, struct value *document, const char *section, const char *block,
                             const char *type, const char **id);
/* The schema of a setting, and its value (NULL = it is not set). ERR_NOT_FOUND when there is no such one. */
CHECKED err design_find(struct ctx *ctx, struct value *document, const char *section, const char *block,
                        const char *id, const struct value **setting, const struct value **value);
/* Sets a setting as people type it, by the kind it has in its schema: of the theme (section NULL), of a
 * section, or of a block. `en` is the English of a text. ERR_NOT_FOUND when there is no such setting. */
CHECKED err design_set(struct ctx *ctx, struct value *document, const char *section, const char *block,
                       const char *id, const char *typed, const char *en);
