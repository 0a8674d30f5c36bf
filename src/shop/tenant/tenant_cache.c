/* tenant_cache.c - a small table of shops met lately, one slot a key, newest wins.
 *
 * Keys are the host as it came, or "#id". A slot holds copies, so a reader takes its own copy out under the
 * lock and never sees a slot change. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant.h"

#include "base/text.h"
#include <inttypes.h>
#include <pthread.h>

#define SLOT_COUNT 512
#define KEY_LIMIT 128
#define NAME_LIMIT 256

struct slot {
    char key[KEY_LIMIT];
    int64_t expires_at;
    int64_t id;
    char handle[64];
    char name[NAME_LIMIT];
    char slogan[NAME_LIMIT];
    char currency[4];
    char locale[16];
    int32_t utc_offset;
};

struct shop_cache {
    pthread_mutex_t lock;
    struct slot slots[SLOT_COUNT];
};

struct shop_cache *shop_cache_open(struct arena *arena)
{
    struct shop_cache *cache = arena_alloc(arena, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void shop_cache_clear(struct shop_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < SLOT_COUNT; i++)
        cache->slots[i].expires_at = 0;
    pthread_mutex_unlock(&cache->lock);
}

static struct slot *slot_of(struct shop_cache *cache, const char *key)
{
    uint32_t hash = 2166136261u;
    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return &cache->slots[hash % SLOT_COUNT];
}

static const struct shop *copy_out(struct arena *arena, const struct slot *slot)
{
    struct shop *shop = arena_alloc(arena, sizeof *shop);
    shop->id = slot->id;
    shop->handle = arena_copy_text(arena, slot->handle);
    shop->name = arena_copy_text(arena, slot->name);
    shop->slogan = arena_copy_text(arena, slot->slogan);
    shop->currency = arena_copy_text(arena, slot->currency);
    shop->locale = arena_copy_text(arena, slot->locale);
    shop->utc_offset = slot->utc_offset;
    return shop;
}

static const struct shop *find(struct ctx *ctx, struct shop_cache *cache, const char *key)
{
    if (strlen(key) >= KEY_LIMIT)
        return NULL;
    const struct shop *shop = NULL;
    pthread_mutex_lock(&cache->lock);
    const struct slot *slot = slot_of(cache, key);
    if (slot->expires_at > ctx->now && text_is(slot->key, key))
        shop = copy_out(ctx->arena, slot);
    pthread_mutex_unlock(&cache->lock);
    return shop;
}

/* A text longer than its room is cut; names are bounded on input, so this loses nothing. */
static void put_text(char *room, size_t size, const char *text)
{
    size_t length = utf8_prefix(text, strlen(text), size);
    if (length >= size)
        length = utf8_prefix(text, strlen(text), (size - 1) / 4);
    memcpy(room, text, length);
    room[length] = 0;
}

static void keep(struct ctx *ctx, struct shop_cache *cache, const char *key, const struct shop *shop)
{
    if (strlen(key) >= KEY_LIMIT)
        return;
    pthread_mutex_lock(&cache->lock);
    struct slot *slot = slot_of(cache, key);
    put_text(slot->key, sizeof slot->key, key);
    slot->id = shop->id;
    put_text(slot->handle, sizeof slot->handle, shop->handle);
    put_text(slot->name, sizeof slot->name, shop->name);
    put_text(slot->slogan, sizeof slot->slogan, shop->slogan);
    put_text(slot->currency, sizeof slot->currency, shop->currency);
    put_text(slot->locale, sizeof slot->locale, shop->locale);
    slot->utc_offset = shop->utc_offset;
    slot->expires_at = ctx->now + SHOP_CACHE_MS;
    pthread_mutex_unlock(&cache->lock);
}

err shop_cache_find_host(struct ctx *ctx, struct shop_cache *cache, const char *host,
                         const struct shop **shop)
{
    const char *key = host ? host : "";
    *shop = find(ctx, cache, key);
    if (*shop)
        return NULL;
    TRY(shop_load_by_host(ctx, key, shop));
    keep(ctx, cache, key, *shop);
    return NULL;
}

err shop_cache_find_id(struct ctx *ctx, struct shop_cache *cache, int64_t shop_id, const struct shop **shop)
{
    const char *key = arena_format(ctx->arena, "#%" PRId64, shop_id);
    *shop = find(ctx, cache, key);
    if (*shop)
        return NULL;
    TRY(shop_load(ctx, shop_id, shop));
    keep(ctx, cache, key, *shop);
    return NULL;
}
