/* overlap.h - flash sales, presales and group buys exclude one another: a variant has one price of its own at
 * a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Rows (variant, name) of what is on between the two times, or was only paused; not of the one with this id.
 */
CHECKED err overlap_ask(struct ctx *ctx, int64_t own_id, int64_t starts_at, int64_t ends_at,
                        struct db_rows **rows);
