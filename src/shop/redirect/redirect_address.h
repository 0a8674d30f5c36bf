/* redirect_address.h - the plain form of sources and targets. Private to redirect. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/redirect/redirect.h"

/* Hosts whose full addresses are pages of this shop; ends with NULL. */
struct redirect_hosts {
    const char **names;
};

/* By what a path with its query is known, however it is written: decoded, without a slash at its end. `path`
 * may be encoded; `query` may be NULL. */
const char *redirect_key(struct arena *arena, const char *path, const char *query);
/* The same of a target, without what stands behind #. */
const char *redirect_target_key(struct arena *arena, const char *target);
/* Both in their plain form; false with row->problem when one cannot be. */
bool redirect_plain(struct ctx *ctx, const struct redirect_hosts *hosts, struct redirect_row *row);
