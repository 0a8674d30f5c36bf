/* design_staff.h - what staff do with the design of their shop: edit one draft, publish it, go back.
 *
 * Limits are those that merchants know from Shopify's JSON templates: 25 sections a template, 50 blocks a section
 * (shopify.dev, Themes, Architecture, Templates, JSON templates). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/design/design.h"

#define DESIGN_SECTIONS 25
#define DESIGN_BLOCKS 50
#define DESIGN_BYTES ((size_t)200 << 10)
#define DESIGN_DEPTH 9 /* a text of one language in a setting of a block; nothing of ours lies deeper */
#define DESIGN_PROBLEMS 50
#define DESIGN_DROPPED 20
#define DESIGN_VERSIONS_KEPT 100
#define DESIGN_LINE_LENGTH 500 /* code points of texts and addresses */
#define DESIGN_TEXT_LENGTH 5000
#define DESIGN_LIQUID_LENGTH 20000
#define DESIGN_NOTE_LENGTH 200
#define DESIGN_ID_LENGTH 60

/* ---- checking ---- */

/* A copy of the document that holds only what the theme knows: settings of their types, sections in their order,
 * blocks in theirs. All problems at once as ERR_INVALID (at most DESIGN_PROBLEMS), each at its place
 * ("hero.settings.heading", "hero.blocks.b1.settings.url", "settings.font_head"); ERR_LIMIT for what is too large or
 * too deep. `dropped` (a list, may be NULL) gets the places of unknown settings, at most DESIGN_DROPPED. */
CHECKED err design_check(struct ctx *ctx, const struct value *document, struct value **clean,
                         struct value *dropped);

/* ---- acts on a document ---- */

enum design_act_kind {
    DESIGN_ADD,       /* `name`: the type; behind `section`, or at the end. With `section` and `is_block`: a block */
    DESIGN_UP,        /* one place */
    DESIGN_DOWN,
    DESIGN_MOVE,      /* to `place`, counted from 0 */
    DESIGN_HIDE,
    DESIGN_SHOW,
    DESIGN_DUPLICATE,
    DESIGN_REMOVE,
    DESIGN_THEME,     /* `name`: the whole document of that theme */
};
extern const char *const design_act_names[]; /* ends with NULL */

struct design_act {
    enum design_act_kind kind;
    const char *section; /* id, "" = none */
    const char *block;   /* id of a block in it, "" = the section itself */
    const char *name;
    bool is_block; /* DESIGN_ADD */
    int64_t place;
};

/* Changes a document that design_copy made. `*id` is what was added, or "". ERR_NOT_FOUND, ERR_LIMIT,
 * ERR_INVALID. */
CHECKED err design_apply(struct ctx *ctx, struct value **document, const struct design_act *act,
                         const char **id);
CHECKED err design_copy(struct ctx *ctx, const struct value *document, struct value **copy);
/* Where settings stand: of a block, a section, or of the whole shop (both ids ""). NULL when there is none.
 * `schema` gets the list of its settings, or of groups of settings for the shop. */
struct value *design_settings(struct ctx *ctx, struct value *document, const char *section,
                              const char *block, const struct value **schema);

/* ---- colours ---- */

/* Contrast of two colours (0xrrggbb) in hundredths, from 100 to 2100 (WCAG 2.2). */
int design_contrast(uint32_t a, uint32_t b);
/* The colour, or the nearest that can be read upon the ground as text. */
uint32_t design_readable(uint32_t text, uint32_t ground);
/* Names of colours of the document that design_style shows otherwise than they were chosen, so that they can be
 * read. */
void design_mended(struct ctx *ctx, const struct design *design, struct value *list);

/* ---- the draft ---- */

struct design_work {
    struct design design;
    int64_t revision; /* of the draft; 0 = there is none, and what is live is shown */
    bool can_undo;
    const char *author;
    int64_t at;
};
CHECKED err design_work_load(struct ctx *ctx, struct design_work *work);
/* Checks and keeps the document as the draft. `revision` is what was edited: ERR_CONFLICT with the name of who
 * saved meanwhile. */
CHECKED err design_save(struct ctx *ctx, int64_t revision, const struct value *document, const char *author,
                        struct value *dropped);
/* The document before the last change; once. ERR_NOT_FOUND when there is none. */
CHECKED err design_undo(struct ctx *ctx, int64_t revision, const char *author);
/* Away with the draft: what is live is edited again. */
CHECKED err design_discard(struct ctx *ctx, int64_t revision);

/* ---- versions ---- */

struct design_version {
    int64_t version;
    const char *note;
    const char *author;
    int64_t at;
};
/* The draft becomes the next version, and buyers see it. The oldest of more than DESIGN_VERSIONS_KEPT go.
 * ERR_NOT_FOUND without a draft, ERR_CONFLICT as above. */
CHECKED err design_publish(struct ctx *ctx, int64_t revision, const char *note, const char *author);
/* An old document as a new version; history stays as it was. ERR_NOT_FOUND. */
CHECKED err design_roll_back(struct ctx *ctx, int64_t version, const char *author);
/* Newest first, at most DESIGN_VERSIONS_KEPT. */
CHECKED err design_versions(struct ctx *ctx, struct design_version **versions, size_t *count);
