/* catalog_tag_many.h - many tags at once, by id and by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct tag_name {
    int64_t tag_id;
    const char *name;
};
/* Those that exist of these ids, by name. */
CHECKED err tag_name_list(struct ctx *ctx, const int64_t *tag_ids, size_t count, struct tag_name **names,
                          size_t *have);
/* The tag of each name, 0 = none. */
CHECKED err tag_find_many(struct ctx *ctx, const char *const *names, size_t count, int64_t *tag_ids);
