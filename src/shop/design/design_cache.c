/* design_cache.c - a small table of documents: four slots a hash, the one asked for longest ago gives way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "shop/services.h"
#include <pthread.h>

#define SLOT_COUNT 64
#define WAYS 4

struct held {
    struct arena *arena; /* NULL: nothing is kept here */
    int64_t shop_id;
    int64_t version;
    int64_t asked_at;
    const char *text;
};

struct design_cache {
    pthread_mutex_t lock;
    struct held slots[SLOT_COUNT];
};

struct design_cache *design_cache_open(struct arena *arena)
{
    struct design_cache *cache = arena_alloc(arena, sizeof *cache);
    *cache = (struct design_cache){0};
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void design_cache_close(struct design_cache *cache)
{
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (cache->slots[i].arena)
            arena_close(cache->slots[i].arena);
    pthread_mutex_destroy(&cache->lock);
}

static struct design_cache *cache_of(const struct ctx *ctx)
{
    return ctx->services ? ctx->services->designs : NULL;
}

/* With the lock held: the slot of the shop, or the one of its hash that gives way. */
static struct held *slot_of(struct design_cache *cache, int64_t shop_id)
{
    uint64_t hash = (uint64_t)shop_id * UINT64_C(0x9e3779b97f4a7c15);
    struct held *slots = &cache->slots[(hash >> 32) % (SLOT_COUNT / WAYS) * WAYS], *oldest = slots;
    for (struct held *slot = slots; slot < slots + WAYS; slot++) {
        if (slot->arena && slot->shop_id == shop_id)
            return slot;
        if (!slot->arena || (oldest->arena && slot->asked_at < oldest->asked_at))
            oldest = slot;
    }
    return oldest;
}

const char *design_cache_find(struct ctx *ctx, int64_t version)
{
    struct design_cache *cache = cache_of(ctx);
    const char *text = NULL;
    if (!cache)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    struct held *held = slot_of(cache, ctx->shop->id);
    if (held->arena && held->shop_id == ctx->shop->id && held->version == version) {
        text = arena_copy_text(ctx->arena, held->text);
        held->asked_at = ctx->now;
    }
    pthread_mutex_unlock(&cache->lock);
    return text;
}

void design_cache_keep(struct ctx *ctx, int64_t version, const char *text)
{
    struct design_cache *cache = cache_of(ctx);
    if (!cache)
        return;
    struct arena *arena = arena_open(ARENA_LIMIT);
    const struct held fresh = {arena, ctx->shop->id, version, ctx->now, arena_copy_text(arena, text)};
    pthread_mutex_lock(&cache->lock);
    struct held *held = slot_of(cache, ctx->shop->id);
    struct arena *former = held->arena;
    *held = fresh;
    pthread_mutex_unlock(&cache->lock);
    if (former)
        arena_close(former);
}
