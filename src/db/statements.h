/* statements.h - the prepared statements of one connection, found by the address of their text.
 *
 * The table is bounded and set-associative: a text has its place among DB_STATEMENT_WAYS slots, of which the
 * least recently used gives way. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_STATEMENT_WAYS 8

struct statement_slot {
    const char *sql; /* NULL when free */
    void *item;
    uint64_t used;
};

struct statement_cache {
    struct statement_slot *slots;
    size_t sets; /* a power of two */
    uint64_t uses;
};

/* A cache of about `limit` statements. */
void statements_open(struct statement_cache *cache, size_t limit);
/* Hands every item to `release` and forgets it. */
void statements_clear(struct statement_cache *cache, void (*release)(void *item));
void statements_close(struct statement_cache *cache, void (*release)(void *item));
/* The item kept for a text, or NULL. */
void *statements_find(struct statement_cache *cache, const char *sql);
/* True when adding this text would make another one give way. */
bool statements_is_full(const struct statement_cache *cache, const char *sql);
/* Keeps an item for a text; returns the item that had to give way, or NULL. */
void *statements_add(struct statement_cache *cache, const char *sql, void *item);
