/* points_parts.h - what the files of points share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/points.h"

/* How much of the first `so_far` points that came is still there when `out` went: those that expire first
 * went first. */
int64_t points_left_of(int64_t so_far, int64_t out);
/* In a transaction, beside the change of the account. */
CHECKED err points_write_movement(struct ctx *ctx, const struct point_movement *movement);
