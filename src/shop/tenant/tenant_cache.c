/* tenant_cache.c - a small table of shops met lately: four slots a hash, the oldest gives way.
 *
 * Keys are the host as it came, or "#id". A slot holds copies, so a reader takes its own copy out under the
 * lock and never sees a slot change. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant.h"

#include "base/text.h"
#include <inttypes.h>
#include <pthread.h>

#define SLOT_COUNT 512
#define WAYS 4 /* slots that a key may stand in, so that two keys met in turn do not drive each other out */
#define KEY_LIMIT 128
/* Bytes for all texts of a shop. Most need a few hundred, one with every field filled and ten licences 2,500.
 * A shop that writes every field to its limit does not fit and is asked for each time. */
#define ROOM 4096

struct slot {
    char key[KEY_LIMIT];
    int64_t expires_at;
    struct shop shop; /* its texts stand in `room` */
    struct shop_profile profile;
    char room[ROOM];
};

struct shop_cache {
    pthread_mutex_t lock;
    uint64_t clearings; /* so that what was read before one is not kept after it */
    struct slot slots[SLOT_COUNT];
};

struct shop_cache *shop_cache_open(struct arena *arena)
{
    struct shop_cache *cache = arena_alloc_vast(arena, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void clear(struct shop_cache *cache, const int64_t *shop_id)
{
    pthread_mutex_lock(&cache->lock);
    cache->clearings++;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (!shop_id || cache->slots[i].shop.id == *shop_id)
            cache->slots[i].expires_at = 0;
    pthread_mutex_unlock(&cache->lock);
}

void shop_cache_clear(struct shop_cache *cache)
{
    clear(cache, NULL);
}

void shop_cache_forget(struct shop_cache *cache, int64_t shop_id)
{
    clear(cache, &shop_id);
}

/* The slot that holds the key, or the one of its hash that ends first. */
static struct slot *slot_of(struct shop_cache *cache, const char *key)
{
    uint32_t hash = 2166136261u;
    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    struct slot *slots = &cache->slots[(size_t)(hash % (SLOT_COUNT / WAYS)) * WAYS], *oldest = slots;
    for (struct slot *slot = slots; slot < slots + WAYS; slot++) {
        if (text_is(slot->key, key))
            return slot;
        if (slot->expires_at < oldest->expires_at)
            oldest = slot;
    }
    return oldest;
}

/* Where the texts of a shop are, so that copying is one loop. */
static const size_t shop_texts[] = {offsetof(struct shop, handle), offsetof(struct shop, name),
                                    offsetof(struct shop, slogan), offsetof(struct shop, currency),
                                    offsetof(struct shop, locale)};
static const size_t profile_texts[] = {
    offsetof(struct shop_profile, name_en),     offsetof(struct shop_profile, slogan_en),
    offsetof(struct shop_profile, logo_id),     offsetof(struct shop_profile, phone),
    offsetof(struct shop_profile, email),       offsetof(struct shop_profile, address),
    offsetof(struct shop_profile, legal_name),  offsetof(struct shop_profile, credit_code),
    offsetof(struct shop_profile, licence_url), offsetof(struct shop_profile, licence_picture_id),
    offsetof(struct shop_profile, icp_number),  offsetof(struct shop_profile, psb_number),
    offsetof(struct shop_profile, main_host)};
static const size_t licence_texts[] = {offsetof(struct shop_licence, kind),
                                       offsetof(struct shop_licence, number),
                                       offsetof(struct shop_licence, picture_id)};
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

/* Where copies go: into an arena, or into the room of a slot. */
struct copier {
    struct arena *arena; /* or NULL, and */
    char *room;
    size_t used;
    bool is_full;
};

static const char *copy_text(struct copier *copier, const char *text)
{
    if (!copier->room)
        return arena_copy_text(copier->arena, text);
    size_t size = strlen(text) + 1;
    copier->is_full = copier->is_full || size > ROOM - copier->used;
    if (copier->is_full)
        return "";
    char *copy = memcpy(copier->room + copier->used, text, size);
    copier->used += size;
    return copy;
}

static void copy_texts(struct copier *copier, void *object, const size_t *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char **text = (const char **)(void *)((char *)object + texts[i]);
        *text = copy_text(copier, *text);
    }
}

static void copy_shop(struct copier *copier, struct shop *shop, struct shop_profile *profile)
{
    copy_texts(copier, shop, shop_texts, COUNT_OF(shop_texts));
    copy_texts(copier, profile, profile_texts, COUNT_OF(profile_texts));
    for (size_t i = 0; i < profile->licence_count; i++)
        copy_texts(copier, &profile->licences[i], licence_texts, COUNT_OF(licence_texts));
    shop->profile = profile;
}

static const struct shop *copy_out(struct arena *arena, const struct slot *slot)
{
    struct copier copier = {.arena = arena};
    struct shop *shop = arena_alloc(arena, sizeof *shop);
    struct shop_profile *profile = arena_alloc(arena, sizeof *profile);
    *shop = slot->shop;
    *profile = slot->profile;
    copy_shop(&copier, shop, profile);
    return shop;
}

static const struct shop *find(struct ctx *ctx, struct shop_cache *cache, const char *key,
                               uint64_t *clearings)
{
    *clearings = 0;
    if (strlen(key) >= KEY_LIMIT)
        return NULL;
    const struct shop *shop = NULL;
    pthread_mutex_lock(&cache->lock);
    *clearings = cache->clearings;
    const struct slot *slot = slot_of(cache, key);
    if (slot->expires_at > ctx->now && text_is(slot->key, key))
        shop = copy_out(ctx->arena, slot);
    pthread_mutex_unlock(&cache->lock);
    return shop;
}

static void fill(struct slot *slot, const char *key, const struct shop *shop, int64_t expires_at)
{
    struct copier copier = {.room = slot->room};
    memcpy(slot->key, key, strlen(key) + 1);
    slot->shop = *shop;
    slot->profile = *shop->profile;
    copy_shop(&copier, &slot->shop, &slot->profile);
    slot->expires_at = copier.is_full ? 0 : expires_at;
}

static void keep(struct ctx *ctx, struct shop_cache *cache, const char *key, const struct shop *shop,
                 uint64_t clearings)
{
    if (strlen(key) >= KEY_LIMIT)
        return;
    pthread_mutex_lock(&cache->lock);
    if (cache->clearings == clearings)
        fill(slot_of(cache, key), key, shop, ctx->now + SHOP_CACHE_MS);
    pthread_mutex_unlock(&cache->lock);
}

err shop_cache_find_host(struct ctx *ctx, struct shop_cache *cache, const char *host,
                         const struct shop **shop)
{
    const char *key = host ? host : "";
    uint64_t clearings;
    *shop = find(ctx, cache, key, &clearings);
    if (*shop)
        return NULL;
    TRY(shop_load_by_host(ctx, key, shop));
    keep(ctx, cache, key, *shop, clearings);
    return NULL;
}

err shop_cache_find_id(struct ctx *ctx, struct shop_cache *cache, int64_t shop_id, const struct shop **shop)
{
    const char *key = arena_format(ctx->arena, "#%" PRId64, shop_id);
    uint64_t clearings;
    *shop = find(ctx, cache, key, &clearings);
    if (*shop)
        return NULL;
    TRY(shop_load(ctx, shop_id, shop));
    keep(ctx, cache, key, *shop, clearings);
    return NULL;
}
