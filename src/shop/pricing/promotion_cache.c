/* promotion_cache.c - a small table of sets: four slots a hash, the one asked for longest ago gives way.
 *
 * A set that is kept lives in an arena of its own until the last one who borrowed it has given it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_cache.h"

#include "shop/pricing/promotion_parts.h"
#include "shop/services.h"
#include <pthread.h>

#define SLOT_COUNT 128
#define WAYS 4
/* Bytes of one set; a larger one is read each time. */
#define SET_LIMIT ((size_t)512 << 10)

struct promotion_held {
    struct arena *arena;
    int64_t shop_id;
    int64_t version;
    int64_t asked_at;
    size_t users; /* the table is one of them */
    const struct promotion *promotions;
    size_t count;
    bool has_shelves;
};

struct promotion_cache {
    pthread_mutex_t lock;
    struct promotion_held *slots[SLOT_COUNT];
};

struct promotion_cache *promotion_cache_open(struct arena *arena)
{
    struct promotion_cache *cache = arena_alloc(arena, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

/* With the lock held. */
static void let_go(struct promotion_held *held)
{
    if (held && --held->users == 0)
        arena_close(held->arena);
}

void promotion_cache_close(struct promotion_cache *cache)
{
    for (size_t i = 0; i < SLOT_COUNT; i++)
        let_go(cache->slots[i]);
    pthread_mutex_destroy(&cache->lock);
}

static struct promotion_cache *cache_of(const struct ctx *ctx)
{
    return ctx->services ? ctx->services->promotions : NULL;
}

/* With the lock held: the slot of the shop, or the one of its hash that gives way. */
static struct promotion_held **slot_of(struct promotion_cache *cache, int64_t shop_id)
{
    uint64_t hash = (uint64_t)shop_id * UINT64_C(0x9e3779b97f4a7c15);
    struct promotion_held **slots = &cache->slots[(hash >> 32) % (SLOT_COUNT / WAYS) * WAYS], **found = slots;
    for (struct promotion_held **slot = slots; slot < slots + WAYS; slot++) {
        if (*slot && (*slot)->shop_id == shop_id)
            return slot;
        if (!*slot || (*found && (*slot)->asked_at < (*found)->asked_at))
            found = slot;
    }
    return found;
}

static struct promotion_held *look(struct promotion_cache *cache, const struct ctx *ctx, int64_t version)
{
    pthread_mutex_lock(&cache->lock);
    struct promotion_held *held = *slot_of(cache, ctx->shop->id);
    bool is_it = held && held->shop_id == ctx->shop->id && held->version == version;
    if (is_it) {
        held->users++;
        held->asked_at = ctx->now;
    }
    pthread_mutex_unlock(&cache->lock);
    return is_it ? held : NULL;
}

/* ---- copies ---- */

static const int64_t *copy_ids(struct arena *arena, const int64_t *ids, size_t count)
{
    return (const int64_t *)(void *)arena_copy(arena, (const char *)ids, count * sizeof *ids);
}

static void copy_one(struct arena *arena, const struct promotion *from, struct promotion *to)
{
    *to = *from;
    to->name = arena_copy_text(arena, from->name);
    to->code = arena_copy_text(arena, from->code);
    to->shelf_ids = copy_ids(arena, from->shelf_ids, from->shelf_count);
    to->product_ids = copy_ids(arena, from->product_ids, from->product_count);
    for (size_t i = 0; i < to->rule.good_count; i++)
        to->rule.goods[i].name = arena_copy_text(arena, from->rule.goods[i].name);
}

void promotion_copy(struct arena *arena, const struct promotion_set *set, size_t place,
                    struct promotion *copy)
{
    copy_one(arena, &set->promotions[place], copy);
    for (size_t i = 0; i < set->counted; i++)
        if (set->counts[i].promotion_id == copy->id) {
            copy->uses = set->counts[i].uses;
            copy->money = set->counts[i].money;
        }
}

/* NULL when it is too large to be kept. */
static struct promotion_held *held_of(const struct ctx *ctx, const struct promotion_set *set, int64_t version)
{
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct promotion_held *held = arena_alloc(arena, sizeof *held);
    struct promotion *copies = arena_alloc_many(arena, set->count + 1, sizeof *copies);
    *held = (struct promotion_held){.arena = arena,
                                    .shop_id = ctx->shop->id,
                                    .version = version,
                                    .asked_at = ctx->now,
                                    .users = 1,
                                    .promotions = copies,
                                    .count = set->count,
                                    .has_shelves = set->has_shelves};
    for (size_t i = 0; i < set->count && arena_used(arena) <= SET_LIMIT; i++)
        copy_one(arena, &set->promotions[i], &copies[i]);
    if (arena_used(arena) <= SET_LIMIT)
        return held;
    arena_close(arena);
    return NULL;
}

static void keep(struct promotion_cache *cache, const struct ctx *ctx, const struct promotion_set *set,
                 int64_t version)
{
    struct promotion_held *held = held_of(ctx, set, version);
    if (!held)
        return;
    pthread_mutex_lock(&cache->lock);
    struct promotion_held **slot = slot_of(cache, held->shop_id);
    let_go(*slot);
    *slot = held;
    pthread_mutex_unlock(&cache->lock);
}

/* ---- reading ---- */

/* So that they stand in the order in which they take off; of one kind the oldest first, as they come. */
void promotions_sort(struct promotion *promotions, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct promotion next = promotions[i];
        size_t at = i;
        for (; at > 0 && discount_order_of(promotions[at - 1].rule.kind) > discount_order_of(next.rule.kind);
             at--)
            promotions[at] = promotions[at - 1];
        promotions[at] = next;
    }
}

/* The number of the set, and the counters of those with a bound. */
static err read_counts(struct ctx *ctx, struct promotion_set *set, int64_t *version)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 0, version, 0 FROM promotion_sets WHERE shop_id = $1 UNION ALL"
                 " SELECT id, uses, money FROM promotions WHERE shop_id = $1 AND status = 2"
                 " AND code IS NULL AND (uses_most > 0 OR money_most > 0)",
                 db_int(ctx->shop->id)));
    struct promotion_count *counts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *counts);
    *version = 0;
    set->counts = counts;
    while (db_next(rows))
        if (db_get_int(rows, 0) == 0)
            *version = db_get_int(rows, 1);
        else
            counts[set->counted++] =
                (struct promotion_count){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}

static err read_set(struct ctx *ctx, struct promotion_set *set)
{
    struct db_rows *rows;
    struct promotion *promotions;
    TRY(db_query(ctx, &rows,
                 PROMOTION_COLUMNS "WHERE shop_id = $1 AND status = 2 AND code IS NULL AND ends_at > $2"
                                   " ORDER BY kind, id LIMIT $3",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(QUOTE_RULE_LIMIT)));
    TRY(promotions_take(ctx, rows, &promotions, &set->count));
    promotions_sort(promotions, set->count);
    set->promotions = promotions;
    for (size_t i = 0; i < set->count; i++)
        set->has_shelves = set->has_shelves || promotions[i].shelf_count > 0;
    return NULL;
}

err promotion_set_borrow(struct ctx *ctx, struct promotion_set *set)
{
    struct promotion_cache *cache = cache_of(ctx);
    int64_t version;
    *set = (struct promotion_set){0};
    TRY(read_counts(ctx, set, &version));
    struct promotion_held *held = cache ? look(cache, ctx, version) : NULL;
    if (held) {
        set->promotions = held->promotions;
        set->count = held->count;
        set->has_shelves = held->has_shelves;
        set->held = held;
        return NULL;
    }
    TRY(read_set(ctx, set));
    if (cache)
        keep(cache, ctx, set, version);
    return NULL;
}

void promotion_set_return(struct ctx *ctx, const struct promotion_set *set)
{
    struct promotion_cache *cache = cache_of(ctx);
    if (!set->held)
        return;
    pthread_mutex_lock(&cache->lock);
    let_go(set->held);
    pthread_mutex_unlock(&cache->lock);
}

err promotion_set_renew(struct ctx *ctx)
{
    return db_execute(ctx,
                      "INSERT INTO promotion_sets (shop_id, version) VALUES ($1, $2)"
                      " ON CONFLICT (shop_id) DO UPDATE SET version = excluded.version",
                      db_int(ctx->shop->id), db_int(id_new(ctx)));
}
