/* catalog_moved.h - former addresses: a handle that was changed still leads to what it named. Part of
 * catalog.h.
 *
 * What lives under a handle today comes first; a former handle is asked for only when nothing does. A row
 * keeps the subject and not its next handle, so there are no chains. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

enum moved_kind { MOVED_PRODUCT = 1, MOVED_CATEGORY, MOVED_COLLECTION };

/* In the transaction that gives the subject the handle `next`, before it does: keeps the one it has. */
CHECKED err moved_keep(struct ctx *ctx, enum moved_kind kind, int64_t subject_id, const char *next);
/* The handle today of what had `handle` before; NULL when nothing had it, or it is not to be seen any more.
 */
CHECKED err moved_find(struct ctx *ctx, enum moved_kind kind, const char *handle, const char **now);
