/* statements.c - the prepared statements of one connection. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/statements.h"
#include "db/engine.h"

static struct statement_slot *set_of(const struct statement_cache *cache, const char *sql)
{
    /* Fibonacci hashing: the texts of one file lie close together and must not share a set. */
    uint64_t mixed = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
    return cache->slots + (mixed >> 32) % cache->sets * DB_STATEMENT_WAYS;
}

void statements_open(struct statement_cache *cache, size_t limit)
{
    cache->sets = 1;
    while (cache->sets * DB_STATEMENT_WAYS < limit)
        cache->sets *= 2;
    cache->uses = 0;
    cache->slots = db_allocate(cache->sets * DB_STATEMENT_WAYS * sizeof *cache->slots);
}

void statements_clear(struct statement_cache *cache, void (*release)(void *item))
{
    for (size_t i = 0; i < cache->sets * DB_STATEMENT_WAYS; i++) {
        struct statement_slot *slot = &cache->slots[i];
        if (slot->sql)
            release(slot->item);
        *slot = (struct statement_slot){0};
    }
}

void statements_close(struct statement_cache *cache, void (*release)(void *item))
{
    statements_clear(cache, release);
    free(cache->slots);
    cache->slots = NULL;
}

void *statements_find(struct statement_cache *cache, const char *sql)
{
    struct statement_slot *set = set_of(cache, sql);
    for (int way = 0; way < DB_STATEMENT_WAYS; way++) {
        if (set[way].sql == sql) {
            set[way].used = ++cache->uses;
            return set[way].item;
        }
    }
    return NULL;
}

/* The free slot of the set, else the one used longest ago. */
static struct statement_slot *place_for(const struct statement_cache *cache, const char *sql)
{
    struct statement_slot *set = set_of(cache, sql);
    struct statement_slot *place = set;
    for (int way = 0; way < DB_STATEMENT_WAYS; way++) {
        if (set[way].sql == NULL)
            return &set[way];
        if (set[way].used < place->used)
            place = &set[way];
    }
    return place;
}

bool statements_is_full(const struct statement_cache *cache, const char *sql)
{
    return place_for(cache, sql)->sql != NULL;
}

void *statements_add(struct statement_cache *cache, const char *sql, void *item)
{
    struct statement_slot *place = place_for(cache, sql);
    void *former = place->sql ? place->item : NULL;
    *place = (struct statement_slot){.sql = sql, .item = item, .used = ++cache->uses};
    return former;
}
