/* catalog_works.h - of catalog.h: what is done to many products in parts, the tags of the shop, and what can
 * be brought back. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

struct product_act;

/* Trims its value; what is wrong with an act over so many products. */
CHECKED err product_act_check(struct ctx *ctx, struct product_act *act, size_t count);
/* In a transaction: up to PRODUCT_CHUNK products of an act that was opened. ERR_CONFLICT when somebody
 * changed one of them at the same time. */
CHECKED err product_act_part(struct ctx *ctx, const struct product_act *act, const int64_t *product_ids,
                             size_t count, int64_t *changed);
/* The products that an act changed, for undoing it in parts. ERR_CONFLICT as product_act_undo. */
CHECKED err product_act_ids(struct ctx *ctx, int64_t act_id, int64_t **product_ids, size_t *count);
/* In a transaction: up to PRODUCT_CHUNK of them, next to one another in the order of product_act_ids, get
 * back what they had. */
CHECKED err product_act_undo_ids(struct ctx *ctx, int64_t act_id, const int64_t *product_ids, size_t count,
                                 int64_t *undone);

/* ---- the tags of the shop ---- */

struct tag {
    int64_t id;
    const char *name;
    int64_t product_count;
    bool is_facet;     /* lists can be narrowed by it */
    const char *group; /* "" = in none */
};
#define TAG_FACET_LIMIT 16

/* Of the shop, by name, behind the name `after` (NULL = from the first). */
CHECKED err tag_list(struct ctx *ctx, const char *prefix, const char *after, int limit, struct tag **tags,
                     size_t *count);
/* *tag_id is 0 when there is none of this name. */
CHECKED err tag_find(struct ctx *ctx, const char *name, int64_t *tag_id);
/* A name that another tag has makes the two one: *is_merged. Products restored from an older version get the
 * tag under its new name. */
CHECKED err tag_rename(struct ctx *ctx, int64_t tag_id, const char *name, bool *is_merged);
/* In place: what tags that were named at that time are called now. */
CHECKED err product_tags_today(struct ctx *ctx, const char **tags, size_t count, int64_t since);
/* From all products. */
CHECKED err tag_remove(struct ctx *ctx, int64_t tag_id);

/* Tags, categories and collections that can be brought back for TRASH_KEPT_MS (trash.h); refused as their
 * *_remove. A tag comes back on up to TAG_TRASH_LIMIT products. */
#define TAG_TRASH_LIMIT 1000
CHECKED err tag_trash(struct ctx *ctx, int64_t tag_id);
CHECKED err category_trash(struct ctx *ctx, int64_t category_id);
CHECKED err collection_trash(struct ctx *ctx, int64_t collection_id);
/* In a transaction, from what was kept. ERR_DUPLICATE when the handle is taken by now. */
CHECKED err tag_restore(struct ctx *ctx, const struct value *data);
CHECKED err category_restore(struct ctx *ctx, const struct value *data);
CHECKED err collection_restore(struct ctx *ctx, const struct value *data);
/* ERR_NOT_FOUND. */
CHECKED err tag_load_name(struct ctx *ctx, int64_t tag_id, const char **name);
/* How many products have it, of any status, as its shelf counts them. */
CHECKED err tag_count(struct ctx *ctx, int64_t tag_id, int64_t *count);
/* In a transaction, for tags with many products: up to PRODUCT_CHUNK products leave a tag for another one, or
 * with into_id 0 just leave it. When none is left, the tag goes and is_finished is set; a merge is then
 * remembered as a change of name. ERR_NOT_FOUND. */
struct tag_moving {
    int64_t from_id;
    int64_t into_id;
    int64_t moved;    /* out */
    bool is_finished; /* out */
};
CHECKED err tag_move_part(struct ctx *ctx, struct tag_moving *moving);
