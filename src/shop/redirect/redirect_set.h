/* redirect_set.h - the redirects of a shop in memory, where chains are seen. Private to redirect.
 *
 * All of a shop are read to change one: there are at most REDIRECT_LIMIT, and it is the only way to see that
 * a new one makes a chain of others, or a ring. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/redirect/redirect.h"

struct redirect_entry {
    struct redirect redirect;
    bool is_changed; /* to be written */
};

struct redirect_set {
    struct arena *arena;
    struct redirect_entry *entries; /* sorted by the bytes of their sources */
    size_t count;
    size_t capacity;
};

void redirect_set_open(struct redirect_set *set, struct arena *arena, size_t capacity);
/* NULL = none. */
struct redirect_entry *redirect_set_find(const struct redirect_set *set, const char *source);
struct redirect_entry *redirect_set_find_id(const struct redirect_set *set, int64_t redirect_id);
void redirect_set_remove(struct redirect_set *set, struct redirect_entry *entry);
/* As it stands in the database. There is room. */
void redirect_set_add(struct redirect_set *set, const struct redirect *redirect);
/* Puts a row whose plain form is right, or tells why not; `new_id` is that of a new one. */
void redirect_set_put(struct redirect_set *set, struct redirect_row *row, int64_t new_id, int64_t now);
/* Shortens every chain to one step. */
void redirect_set_settle(struct redirect_set *set);
