/* catalog_video.h - of catalog.h: the video of a product, taken away and brought back. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* The product shows no video any more; the trash keeps which it was. Harmless when it shows none. */
CHECKED err product_trash_video(struct ctx *ctx, int64_t product_id);
/* In a transaction: it shows that video again, unless it shows another or is gone. */
CHECKED err product_restore_video(struct ctx *ctx, int64_t product_id, const char *video_id);
