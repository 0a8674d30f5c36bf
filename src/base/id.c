/* id.c - one atomic word: the last id given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/id.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/error.h"
#include <stdatomic.h>
#include <stdlib.h>

#define EPOCH INT64_C(1704067200000) /* 2024-01-01 UTC */
#define COUNTER_BITS 14
#define NODE_BITS 8
#define TIME_SHIFT (COUNTER_BITS + NODE_BITS)
#define LAST_COUNTER ((INT64_C(1) << COUNTER_BITS) - 1)
#define LAST_TIME ((INT64_C(1) << 41) - 1)

struct id_source {
    _Atomic int64_t last;
    int64_t node_bits;
    int64_t turned_to; /* ms; 0: it follows the clock */
};

struct id_source *id_source_open(int node)
{
    if (node < 0 || node > 255)
        bug("a node is 0 to 255, not %d", node);
    struct id_source *source = malloc(sizeof *source);
    if (!source)
        bug("out of memory");
    source->node_bits = (int64_t)node << COUNTER_BITS;
    source->turned_to = 0;
    atomic_init(&source->last, 0);
    return source;
}

void id_source_close(struct id_source *source)
{
    free(source);
}

int64_t id_floor(int64_t at)
{
    int64_t time = at < EPOCH ? 0 : at - EPOCH;
    return (time > LAST_TIME ? LAST_TIME : time) << TIME_SHIFT;
}

int64_t id_time(int64_t id)
{
    return (id >> TIME_SHIFT) + EPOCH;
}

/* The counter runs on, so that two turns to one moment do not give the same ids. */
void id_source_turn(struct id_source *source, int64_t at)
{
    int64_t counter = atomic_load_explicit(&source->last, memory_order_relaxed) & LAST_COUNTER;
    source->turned_to = at;
    atomic_store_explicit(&source->last, id_floor(at) | source->node_bits | counter, memory_order_relaxed);
}

int64_t id_next(struct id_source *source)
{
    int64_t now = source->turned_to ? source->turned_to : clock_now();
    int64_t first_of_now = id_floor(now) | source->node_bits;
    int64_t last = atomic_load_explicit(&source->last, memory_order_relaxed);
    int64_t next;
    do {
        if (last < first_of_now)
            next = first_of_now;
        else if ((last & LAST_COUNTER) < LAST_COUNTER)
            next = last + 1;
        else /* this millisecond is used up: borrow the next one */
            next = ((last >> TIME_SHIFT) + 1) << TIME_SHIFT | source->node_bits;
    } while (!atomic_compare_exchange_weak_explicit(&source->last, &last, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return next;
}

int64_t id_new(const struct ctx *ctx)
{
    return id_next(ctx->ids);
}

bool id_in(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}
