/* arena.h - memory that lives as long as one piece of work: a request, a job, start-up.
 *
 * Everything is allocated from an arena and nothing is freed by hand; the owner of the work resets or
 * closes the arena when the work is done. Running past the arena's ceiling is a bug of whoever let input
 * of that size in, and aborts. In sanitizer builds every allocation is a malloc of its own, so that an
 * overrun inside an arena is seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct arena;

/* The ceiling of one request's or job's arena, in bytes. */
#define ARENA_LIMIT ((size_t)256 << 20)

/* A new arena that may grow to `limit` bytes. Closed with arena_close. */
struct arena *arena_open(size_t limit);
/* The same with a first block of `first` bytes, which a reset keeps: for work that needs much again and again
 * and must not ask the system for it each time. Pages that are never touched cost nothing. */
struct arena *arena_open_large(size_t limit, size_t first);
/* Forgets everything allocated; keeps the first blocks (up to 256 KiB) for the next piece of work. */
void arena_reset(struct arena *arena);
void arena_close(struct arena *arena);

/* `size` zeroed bytes aligned for any type. Never NULL; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
/* As arena_alloc for count elements of size each; overflow of the product is a bug and aborts. */
void *arena_alloc_many(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
/* As arena_alloc, in a place of its own straight from the system: pages that are never touched cost nothing.
 * For tables that are large for the day on which they are needed whole. */
void *arena_alloc_vast(struct arena *arena, size_t size) __attribute__((returns_nonnull));
/* The `old_size` bytes at `ptr` in a place of new_size (not smaller): the same place when nothing was
 * allocated since and there is room, else a copy. What is added is not zeroed. `ptr` may be NULL when
 * old_size is 0. */
void *arena_grow(struct arena *arena, void *ptr, size_t old_size, size_t new_size)
    __attribute__((returns_nonnull));
/* Bytes handed out since the last reset, rounded up as they are laid out. */
size_t arena_used(const struct arena *arena);

/* A NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length) __attribute__((returns_nonnull));
/* A copy of a text; NULL stays NULL. */
char *arena_copy_text(struct arena *arena, const char *text);
/* printf into the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_format_list(struct arena *arena, const char *format, va_list list)
    __attribute__((format(printf, 2, 0), returns_nonnull));
