/* flash_gate.c - a small table of variants asked for lately: four slots a hash, the oldest gives way.
 *
 * One lock guards it, held for a look at a few slots and never while the database is asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash_gate.h"

#include "db/db.h"
#include "shop/pricing/flash_parts.h"
#include "shop/services.h"
#include <pthread.h>

#define SLOT_COUNT 1024
#define WAYS 4
#define FLUSH_MOST 100

struct slot {
    int64_t shop_id;
    int64_t variant_id;
    int64_t flash_id; /* of the sale that runs, 0 = none */
    int64_t good_until;
    int64_t refused; /* not written down yet */
    bool is_out;
};

struct flash_gate {
    pthread_mutex_t lock;
    struct slot slots[SLOT_COUNT];
};

struct flash_gate *flash_gate_open(struct arena *arena)
{
    struct flash_gate *gate = arena_alloc(arena, sizeof *gate);
    pthread_mutex_init(&gate->lock, NULL);
    return gate;
}

static struct flash_gate *gate_of(const struct ctx *ctx)
{
    return ctx->services && ctx->shop->has_flash ? ctx->services->flash : NULL;
}

/* With the lock held: the slot of the variant, or the one of its hash that gives way. What a slot that gives
 * way had counted is lost: it is a figure, no truth. */
static struct slot *slot_of(struct flash_gate *gate, int64_t shop_id, int64_t variant_id)
{
    uint64_t hash = ((uint64_t)shop_id * 31 + (uint64_t)variant_id) * UINT64_C(0x9e3779b97f4a7c15);
    struct slot *slots = &gate->slots[(hash >> 32) % (SLOT_COUNT / WAYS) * WAYS], *oldest = slots;
    for (struct slot *slot = slots; slot < slots + WAYS; slot++) {
        if (slot->shop_id == shop_id && slot->variant_id == variant_id)
            return slot;
        if (slot->good_until < oldest->good_until)
            oldest = slot;
    }
    *oldest = (struct slot){.shop_id = shop_id, .variant_id = variant_id};
    return oldest;
}

/* What is known of a variant; false when it must be asked. */
static bool look(struct flash_gate *gate, const struct ctx *ctx, int64_t variant_id, bool *is_out)
{
    pthread_mutex_lock(&gate->lock);
    struct slot *slot = slot_of(gate, ctx->shop->id, variant_id);
    bool is_known = slot->good_until > ctx->now;
    *is_out = is_known && slot->is_out;
    slot->refused += *is_out;
    pthread_mutex_unlock(&gate->lock);
    return is_known;
}

static void keep(struct flash_gate *gate, const struct ctx *ctx, int64_t variant_id,
                 const struct flash_place *place)
{
    pthread_mutex_lock(&gate->lock);
    struct slot *slot = slot_of(gate, ctx->shop->id, variant_id);
    if (place->flash_id && slot->flash_id != place->flash_id)
        slot->refused = 0;
    slot->flash_id = place->flash_id ? place->flash_id : slot->flash_id; /* its figure may still be written */
    slot->is_out = place->flash_id != 0 && flash_left(place) <= 0;
    slot->refused += slot->is_out;
    slot->good_until = ctx->now + FLASH_GATE_MS;
    if (place->flash_id && place->ends_at < slot->good_until)
        slot->good_until = place->ends_at;
    pthread_mutex_unlock(&gate->lock);
}

static err pass(struct ctx *ctx, struct flash_gate *gate, int64_t variant_id)
{
    struct flash_place place;
    bool is_out;
    if (!look(gate, ctx, variant_id, &is_out)) {
        TRY(flash_running_many(ctx, &variant_id, 1, &place));
        keep(gate, ctx, variant_id, &place);
        is_out = place.flash_id && flash_left(&place) <= 0;
    }
    return is_out ? fail_with(ctx, ERR_FLASH_SOLD_OUT, "all pieces of this flash sale are sold") : NULL;
}

err flash_gate_pass(struct ctx *ctx, const int64_t *variant_ids, size_t count)
{
    struct flash_gate *gate = gate_of(ctx);
    for (size_t i = 0; gate && i < count; i++)
        TRY(pass(ctx, gate, variant_ids[i]));
    return NULL;
}

void flash_gate_shut(struct ctx *ctx, const int64_t *variant_ids, size_t count)
{
    struct flash_gate *gate = gate_of(ctx);
    for (size_t i = 0; gate && i < count; i++) {
        pthread_mutex_lock(&gate->lock);
        struct slot *slot = slot_of(gate, ctx->shop->id, variant_ids[i]);
        slot->refused += slot->flash_id != 0;
        slot->good_until = 0;
        pthread_mutex_unlock(&gate->lock);
    }
}

/* ---- figures ---- */

struct flush {
    struct slot slots[FLUSH_MOST];
    size_t count;
};

static struct flush *take_refused(struct ctx *ctx, struct flash_gate *gate)
{
    struct flush *flush = arena_alloc(ctx->arena, sizeof *flush);
    pthread_mutex_lock(&gate->lock);
    for (size_t i = 0; i < SLOT_COUNT && flush->count < FLUSH_MOST; i++) {
        struct slot *slot = &gate->slots[i];
        if (slot->shop_id != ctx->shop->id || slot->refused == 0 || slot->flash_id == 0)
            continue;
        flush->slots[flush->count++] = *slot;
        slot->refused = 0;
    }
    pthread_mutex_unlock(&gate->lock);
    return flush;
}

static err write_refused(struct ctx *ctx, void *arg)
{
    const struct flush *flush = arg;
    for (size_t i = 0; i < flush->count; i++)
        TRY(db_execute(ctx,
                       "UPDATE flash_entries SET refused = refused + $4 WHERE shop_id = $1"
                       " AND flash_id = $2 AND variant_id = $3",
                       db_int(ctx->shop->id), db_int(flush->slots[i].flash_id),
                       db_int(flush->slots[i].variant_id), db_int(flush->slots[i].refused)));
    return NULL;
}

err flash_gate_flush(struct ctx *ctx)
{
    struct flash_gate *gate = ctx->services ? ctx->services->flash : NULL;
    if (!gate)
        return NULL;
    struct flush *flush = take_refused(ctx, gate);
    return flush->count > 0 ? db_transact(ctx, write_refused, flush) : NULL;
}
