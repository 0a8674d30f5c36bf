/* design_cache.c - a small table of documents that were published: four slots a hash, the one asked for longest ago
 * gives way. A version never changes, so nothing here is ever wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "shop/services.h"
#include <pthread.h>

#define SLOT_COUNT 256
#define WAYS 4

struct slot {
    struct arena *arena; /* of the text; NULL = empty */
    int64_t shop_id;
    int64_t version;
    int64_t asked_at;
    const char *text;
};

struct design_cache {
    pthread_mutex_t lock;
    struct slot slots[SLOT_COUNT];
};

struct design_cache *design_cache_open(struct arena *arena)
{
    struct design_cache *cache = arena_alloc(arena, sizeof *cache);
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

/* With the lock held: the slot of the shop, or the one of its hash that gives way. */
static struct slot *slot_of(struct design_cache *cache, int64_t shop_id)
{
    uint64_t hash = (uint64_t)shop_id * UINT64_C(0x9e3779b97f4a7c15);
    struct slot *slots = &cache->slots[(hash >> 32) % (SLOT_COUNT / WAYS) * WAYS], *found = slots;
    for (struct slot *slot = slots; slot < slots + WAYS; slot++) {
        if (slot->arena && slot->shop_id == shop_id)
            return slot;
        if (slot->asked_at < found->asked_at)
            found = slot;
    }
    return found;
}

const char *design_cache_find(struct ctx *ctx, int64_t version)
{
    struct design_cache *cache = ctx->services->designs;
    const char *text = NULL;
    if (!cache)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    struct slot *slot = slot_of(cache, ctx->shop->id);
    if (slot->arena && slot->shop_id == ctx->shop->id && slot->version == version) {
        slot->asked_at = ctx->now;
        text = arena_copy_text(ctx->arena, slot->text);
    }
    pthread_mutex_unlock(&cache->lock);
    return text;
}

void design_cache_keep(struct ctx *ctx, int64_t version, const char *document)
{
    struct design_cache *cache = ctx->services->designs;
    if (!cache)
        return;
    struct arena *arena = arena_open(ARENA_LIMIT);
    const char *text = arena_copy_text(arena, document);
    pthread_mutex_lock(&cache->lock);
    struct slot *slot = slot_of(cache, ctx->shop->id);
    if (slot->arena)
        arena_close(slot->arena);
    *slot = (struct slot){arena, ctx->shop->id, version, ctx->now, text};
    pthread_mutex_unlock(&cache->lock);
}
