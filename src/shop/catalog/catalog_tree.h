/* catalog_tree.h - how categories stand below each other. Private to catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/catalog/catalog.h"

/* The same categories, each before those below it, with their depth. One whose parent is not among them
 * stands at the top. */
struct category *category_tree(struct ctx *ctx, const struct category *flat, size_t count);
/* In a transaction, first: two changes of the tree come one after the other. */
CHECKED err category_tree_lock(struct ctx *ctx);
/* In a transaction: whether the category with all below it may stand below this parent (0 = the top). */
CHECKED err category_parent_check(struct ctx *ctx, int64_t category_id, int64_t parent_id);
/* In a transaction: the ancestors of a new category. */
CHECKED err category_ancestors_write(struct ctx *ctx, int64_t category_id, int64_t parent_id);
/* The job CATEGORY_SETTLE_JOB: all products of a category that was moved, some hundred in a transaction. */
CHECKED err category_run_settle(struct ctx *ctx, const struct job *job, void *owner);
