/* tenant.h - the shops of the platform and the host names under which they are found.
 *
 * A host name belongs to one shop. HANDLE.localhost always finds the shop of that handle; a loopback name or
 * an address finds the first shop, so that a fresh machine shows something. Everything else is no shop. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

struct shop_draft {
    const char *handle; /* [a-z0-9-], 1..40 */
    const char *name;
    const char *slogan;
    const char *currency; /* ISO 4217 */
    const char *locale;
    int32_t utc_offset; /* minutes */
    const char *host;   /* a host of its own, or NULL */
};

/* Creates a shop; ERR_DUPLICATE when handle or host are taken, ERR_INVALID for a bad handle. */
CHECKED err shop_create(struct ctx *ctx, const struct shop_draft *draft, int64_t *shop_id);
CHECKED err shop_load(struct ctx *ctx, int64_t shop_id, const struct shop **shop);
CHECKED err shop_load_by_handle(struct ctx *ctx, const char *handle, const struct shop **shop);
/* `host` may carry a port. ERR_SHOP_NOT_FOUND. */
CHECKED err shop_load_by_host(struct ctx *ctx, const char *host, const struct shop **shop);
/* All shop ids after `after`, in order, at most `limit`: for work over the whole platform. */
CHECKED err shop_list_ids(struct ctx *ctx, int64_t after, size_t limit, int64_t **ids, size_t *count);

/* Remembers shops by host and by id for a few seconds, so that a request costs no query for its shop. */
struct shop_cache;
#define SHOP_CACHE_MS 2000
struct shop_cache *shop_cache_open(struct arena *arena);
CHECKED err shop_cache_find_host(struct ctx *ctx, struct shop_cache *cache, const char *host,
                                 const struct shop **shop);
CHECKED err shop_cache_find_id(struct ctx *ctx, struct shop_cache *cache, int64_t shop_id,
                               const struct shop **shop);
void shop_cache_clear(struct shop_cache *cache);

/* What templates see as `shop`. */
struct value *shop_view(struct ctx *ctx, const struct shop *shop);
