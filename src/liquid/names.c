/* names.c - the names of an environment, each kept once, so that equal names are equal pointers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/internal.h"

static uint32_t hash_of(const char *ptr, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)ptr[i]) * 16777619u;
    return hash;
}

const struct name *name_intern(struct liquid_env *env, const char *ptr, size_t len)
{
    const struct name **bucket = &env->names[hash_of(ptr, len) % NAME_BUCKETS];
    for (const struct name *name = *bucket; name; name = name->next)
        if (name->len == len && memcmp(name->ptr, ptr, len) == 0)
            return name;
    struct name *name = arena_alloc(env->arena, sizeof *name);
    name->ptr = arena_copy(env->arena, ptr, len);
    name->len = (uint32_t)len;
    name->id = atomic_fetch_add(&env->name_count, 1);
    name->next = *bucket;
    *bucket = name;
    return name;
}
