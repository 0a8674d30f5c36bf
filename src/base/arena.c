/* arena.c - blocks that grow, and a pointer that moves through them.
 *
 * The first block is small, each next one twice as large. A reset keeps the first blocks, so that a worker
 * whose requests need little never calls malloc again. The ceiling counts bytes handed out: the end of the
 * last block is drawn in to where the ceiling is, and so the quick path needs one comparison. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT alignof(max_align_t)
#define ROUND_UP(size) (((size) + (ALIGNMENT - 1)) & ~(ALIGNMENT - 1))

#ifdef YUNDIAN_SANITIZED

struct arena {
    size_t limit;
    size_t used;
    void **pieces;
    size_t count;
    size_t capacity;
};

struct arena *arena_open(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        bug("out of memory");
    arena->limit = limit;
    return arena;
}

struct arena *arena_open_large(size_t limit, size_t first)
{
    (void)first;
    return arena_open(limit);
}

void arena_reset(struct arena *arena)
{
    for (size_t i = 0; i < arena->count; i++)
        free(arena->pieces[i]);
    arena->count = 0;
    arena->used = 0;
}

void arena_close(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->pieces);
    free(arena);
}

static void *take(struct arena *arena, size_t size)
{
    if (arena->used > arena->limit || size > arena->limit - arena->used)
        bug("an arena would grow past %zu bytes", arena->limit);
    if (arena->count == arena->capacity) {
        arena->capacity = arena->capacity ? 2 * arena->capacity : 64;
        arena->pieces = realloc(arena->pieces, arena->capacity * sizeof *arena->pieces);
    }
    void *piece = malloc(size ? size : 1);
    if (!arena->pieces || !piece)
        bug("out of memory");
    arena->pieces[arena->count++] = piece;
    arena->used += ROUND_UP(size);
    return piece;
}

/* Always a copy, so that a pointer kept from before the growth shows up as a wrong result in the tests. */
void *arena_grow(struct arena *arena, void *ptr, size_t old_size, size_t new_size)
{
    void *place = take(arena, new_size);
    if (old_size)
        memcpy(place, ptr, old_size);
    return place;
}

void *arena_alloc_vast(struct arena *arena, size_t size)
{
    return arena_alloc(arena, size);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

#else

#define FIRST_BLOCK ((size_t)8 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20)
#define KEPT_BY_RESET ((size_t)256 << 10)

struct block {
    struct block *next;
    size_t size; /* of bytes, a multiple of ALIGNMENT */
    alignas(max_align_t) char bytes[];
};

struct arena {
    char *next; /* both are multiples of ALIGNMENT */
    char *end;
    size_t limit;
    size_t used_before; /* bytes handed out from the blocks before the current one */
    struct block *current;
    struct block *first;
    struct block *vast; /* each for one allocation of its own */
};

static struct block *block_new(size_t size)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        bug("out of memory for a block of %zu bytes", size);
    block->next = NULL;
    block->size = size;
    return block;
}

/* Begins to hand out from a block, as far as the ceiling allows. */
static void enter(struct arena *arena, struct block *block)
{
    size_t left = (arena->limit - arena->used_before) & ~(ALIGNMENT - 1);
    arena->current = block;
    arena->next = block->bytes;
    arena->end = block->bytes + (block->size < left ? block->size : left);
}

struct arena *arena_open_large(size_t limit, size_t first)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        bug("out of memory");
    arena->limit = limit;
    arena->first = block_new(ROUND_UP(first));
    enter(arena, arena->first);
    return arena;
}

struct arena *arena_open(size_t limit)
{
    return arena_open_large(limit, FIRST_BLOCK);
}

static void free_from(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *arena)
{
    size_t kept = arena->first->size;
    struct block *last = arena->first;
    while (last->next && kept + last->next->size <= KEPT_BY_RESET) {
        last = last->next;
        kept += last->size;
    }
    free_from(last->next);
    last->next = NULL;
    free_from(arena->vast);
    arena->vast = NULL;
    arena->used_before = 0;
    enter(arena, arena->first);
}

void arena_close(struct arena *arena)
{
    if (!arena)
        return;
    free_from(arena->first);
    free_from(arena->vast);
    free(arena);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used_before + (size_t)(arena->next - arena->current->bytes);
}

void *arena_alloc_vast(struct arena *arena, size_t size)
{
    size_t left = arena->limit - arena_used(arena);
    if (size > left)
        bug("an arena would grow past %zu bytes", arena->limit);
    struct block *block = calloc(1, sizeof *block + size);
    if (!block)
        bug("out of memory for a block of %zu bytes", size);
    block->next = arena->vast;
    arena->vast = block;
    arena->used_before += size;
    left = (left - size) & ~(ALIGNMENT - 1);
    if (left < (size_t)(arena->end - arena->next))
        arena->end = arena->next + left;
    return block->bytes;
}

/* The current block is full: goes on in the next kept one, or in a new one when that is too small. */
static __attribute__((noinline)) void *take_from_next(struct arena *arena, size_t size)
{
    size_t used = arena_used(arena);
    if (size > arena->limit - used || ROUND_UP(size) > arena->limit - used)
        bug("an arena would grow past %zu bytes", arena->limit);
    struct block *block = arena->current->next;
    if (!block || block->size < size) {
        size_t wanted = 2 * arena->current->size;
        if (wanted > LARGEST_BLOCK)
            wanted = LARGEST_BLOCK;
        block = block_new(size > wanted ? ROUND_UP(size) : wanted);
        block->next = arena->current->next;
        arena->current->next = block;
    }
    arena->used_before = used;
    enter(arena, block);
    void *place = arena->next;
    arena->next += ROUND_UP(size);
    return place;
}

static inline void *take(struct arena *arena, size_t size)
{
    if (size > (size_t)(arena->end - arena->next))
        return take_from_next(arena, size);
    void *place = arena->next;
    arena->next += ROUND_UP(size);
    return place;
}

void *arena_grow(struct arena *arena, void *ptr, size_t old_size, size_t new_size)
{
    char *start = ptr;
    if (old_size && start + ROUND_UP(old_size) == arena->next && start >= arena->current->bytes &&
        new_size <= (size_t)(arena->end - start)) {
        arena->next = start + ROUND_UP(new_size);
        return ptr;
    }
    void *place = take(arena, new_size);
    if (old_size)
        memcpy(place, ptr, old_size);
    return place;
}

#endif

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_alloc_many(struct arena *arena, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        bug("%zu elements of %zu bytes do not fit into memory", count, size);
    return arena_alloc(arena, product);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        bug("a text of SIZE_MAX bytes");
    char *copy = take(arena, length + 1);
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *text = arena_format_list(arena, format, list);
    va_end(list);
    return text;
}

char *arena_format_list(struct arena *arena, const char *format, va_list list)
{
    char start[256];
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(start, sizeof start, format, list);
    if (length < 0)
        bug("a format that printf refuses: %s", format);
    char *text;
    if ((size_t)length < sizeof start) {
        text = arena_copy(arena, start, (size_t)length);
    } else {
        text = take(arena, (size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}
