/* catalog_cover.h - of catalog.h: the picture that stands for a category or a collection. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* A picture of the library; "" takes it away. ERR_NOT_FOUND for a category or collection that is gone,
 * ERR_INVALID with the field `picture` for a picture that is. */
CHECKED err category_change_picture(struct ctx *ctx, int64_t category_id, const char *picture_id);
CHECKED err collection_change_picture(struct ctx *ctx, int64_t collection_id, const char *picture_id);
