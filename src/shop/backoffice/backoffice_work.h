/* backoffice_work.h - what staff ask for over many rows: done at once when it is little, else a work. Private
 * to the back office, but for the table of jobs. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"
#include "shop/work/work.h"

#define WORK_PRODUCTS "work.products"
#define WORK_PRODUCTS_UNDO "work.products-undo"
#define WORK_TAG_MERGE "work.tag-merge"
#define WORK_TAG_REMOVE "work.tag-remove"
#define WORK_ORDERS_CANCEL "work.orders-cancel"
#define WORK_PICTURES "work.pictures"
#define WORK_MESSAGES "work.messages"
/* A file that a work read goes away. */
#define WORK_FILE_FORGET "work.forget-file"

extern const struct job_kind backoffice_job_kinds[];

/* Does the act at once when it is over at most WORK_AT_ONCE products; else work->id is filled, and the act is
 * opened and goes on as that work. ERR_LIMIT, ERR_INVALID as product_act_do. */
CHECKED err act_do_or_open(struct ctx *ctx, struct product_act *act, const int64_t *product_ids, size_t count,
                           struct work *work);
/* The same for taking an act back. ERR_CONFLICT also while it is under way. */
CHECKED err act_undo_or_open(struct ctx *ctx, int64_t act_id, int64_t *undone, struct work *work);
/* A tag gets another name, or becomes one with the tag that has it. */
CHECKED err tag_rename_or_open(struct ctx *ctx, int64_t tag_id, const char *name, bool *is_merged,
                               struct work *work);
CHECKED err tag_remove_or_open(struct ctx *ctx, int64_t tag_id, struct work *work);
/* Unpaid orders are cancelled, each for itself. */
CHECKED err orders_cancel_open(struct ctx *ctx, const int64_t *order_ids, size_t count, struct work *work);
/* Messages go again; `key` names the click. Up to WORK_MESSAGES_AT_ONCE at once, more as a work. */
#define WORK_MESSAGES_AT_ONCE 100
CHECKED err messages_again_or_open(struct ctx *ctx, const int64_t *message_ids, size_t count, const char *key,
                                   int64_t *sent, struct work *work);
/* Reads the ZIP file of a work: parts of its doer, and of the job that forgets the file. */
CHECKED err pictures_zip_step(struct ctx *ctx, const struct work *work, struct work_part *part);
CHECKED err pictures_zip_end(struct ctx *ctx, const struct work *work);
CHECKED err work_file_forget(struct ctx *ctx, const struct job *job, void *owner);
