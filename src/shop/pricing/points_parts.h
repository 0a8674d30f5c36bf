/* points_parts.h - what the files of points share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/points.h"

/* How much of the first `so_far` points that came is still there when `out` went: those that expire first
 * went first. */
int64_t points_left_of(int64_t so_far, int64_t out);
/* In a transaction, after its account was changed and is locked by that: values the account by the terms of
 * now; *change is by how many minor units the shop owes more (less than nothing: less). */
CHECKED err points_value(struct ctx *ctx, int64_t customer_id, int64_t *change);
/* In a transaction: posts it, as the entry of the movement. Nothing for 0. */
CHECKED err points_post_worth(struct ctx *ctx, int64_t movement_id, const struct point_movement *movement,
                              int64_t change);
/* In a transaction, after the change of the account; values it and posts what that makes of the books. */
CHECKED err points_write_movement(struct ctx *ctx, const struct point_movement *movement);
