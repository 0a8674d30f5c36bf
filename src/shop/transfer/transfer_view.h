/* transfer_view.h - imports as their pages and programs see them; docs/views.md. Private to transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/transfer/transfer.h"

/* What a column can mean: {key, label}, where label is NULL for those that have a word of their own. */
CHECKED err import_meanings_view(struct ctx *ctx, struct value *view);
struct value *import_problem_view(struct ctx *ctx, const struct import_problem *problem);
struct value *import_item_view(struct ctx *ctx, const struct import_item *item);
