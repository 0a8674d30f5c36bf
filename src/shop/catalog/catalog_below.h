/* catalog_below.h - of catalog.h: what is asked below a category. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* The attributes that narrow lists and are asked at categories below one (not at itself or above it), in the
 * order of the shop, at most `limit`. `ids` has room for them. */
CHECKED err attribute_below_list(struct ctx *ctx, int64_t category_id, int64_t *ids, size_t limit,
                                 size_t *count);
