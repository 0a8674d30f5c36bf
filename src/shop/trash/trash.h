/* trash.h - what was removed and can be brought back for a while.
 *
 * The module that removes a thing puts here what it needs to bring it back, in the transaction that removes
 * it; it restores from that, in the transaction that takes it out again. Nothing else is known of it here. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

#define TRASH_KEPT_MS (INT64_C(30) * DAY_MS)
/* For so long every page offers to take the last removal back. */
#define TRASH_OFFERED_MS (30 * SECOND_MS)
#define TRASH_DATA_LIMIT ((size_t)128 * 1024)

enum trash_kind {
    TRASH_TAG = 1,
    TRASH_CATEGORY = 2,
    TRASH_COLLECTION = 3,
    TRASH_PICTURE = 4,
    TRASH_VIDEO = 5,
    TRASH_REDIRECT = 6
};
/* "tag", "category" …: trash_kind_names[kind]; that of 0 is "all"; ends with NULL. */
extern const char *const trash_kind_names[];

struct trash {
    int64_t id;
    enum trash_kind kind;
    const char *title;
    const struct value *data; /* NULL in lists */
    enum actor_kind actor;
    int64_t actor_id;
    int64_t removed_at;
};

/* In a transaction; noted in the audit list. */
CHECKED err trash_put(struct ctx *ctx, enum trash_kind kind, const char *title, const struct value *data);
CHECKED err trash_load(struct ctx *ctx, int64_t trash_id, struct trash *trash);
/* In a transaction: it is brought back, which is noted. ERR_CONFLICT when somebody else did already. */
CHECKED err trash_take(struct ctx *ctx, const struct trash *trash);
/* Newest first, of a kind or of any (0), behind before_id (0 = from the first). */
CHECKED err trash_list(struct ctx *ctx, enum trash_kind kind, int64_t before_id, int limit,
                       struct trash **things, size_t *count);
/* The last thing that this person removed within TRASH_OFFERED_MS; id 0 = none. */
CHECKED err trash_find_last(struct ctx *ctx, struct trash *trash);
/* Forgets some of what is older than TRASH_KEPT_MS. */
CHECKED err trash_sweep(struct ctx *ctx);
