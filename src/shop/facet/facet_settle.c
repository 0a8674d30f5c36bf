/* facet_settle.c - touched products get their bits: what they hold is compared with what they held, and only
 * the blocks of the difference are written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "shop/facet/facet_bits.h"
#include "shop/facet/facet_holds.h"
#include "shop/facet/facet_jobs.h"
#include <stdlib.h>

#define ATTEMPTS 20
#define ARENA_LIMIT ((size_t)256 << 20)
/* Blocks that are asked for in one trip. */
#define ASKED_AT_ONCE 64

/* One bit that changes. */
struct flip {
    struct hold hold;
    int64_t spot;
    bool is_on;
};

struct flips {
    struct flip *items;
    size_t count;
    size_t capacity;
};

static void add_flip(struct ctx *ctx, struct flips *flips, const struct hold *hold, int64_t spot, bool is_on)
{
    if (flips->count == flips->capacity) {
        size_t capacity = flips->capacity * 2 + 64;
        flips->items = arena_grow(ctx->arena, flips->items, flips->capacity * sizeof(struct flip),
                                  capacity * sizeof(struct flip));
        flips->capacity = capacity;
    }
    flips->items[flips->count++] = (struct flip){*hold, spot, is_on};
}

static int by_block(const void *left, const void *right)
{
    const struct flip *a = left, *b = right;
    int order = hold_compare(&a->hold, &b->hold);
    int64_t i = a->spot / FACET_BLOCK_SPOTS, j = b->spot / FACET_BLOCK_SPOTS;
    return order ? order : (i > j) - (i < j);
}

static void compare(struct ctx *ctx, const struct held_product *product, struct flips *flips)
{
    struct holds was = holds_of(ctx, product->stored);
    const struct holds *now = &product->holds;
    for (size_t i = 0, j = 0; i < was.count || j < now->count;) {
        int order = i == was.count ? 1 : j == now->count ? -1 : hold_compare(&was.items[i], &now->items[j]);
        if (order < 0)
            add_flip(ctx, flips, &was.items[i], product->spot, false);
        else if (order > 0)
            add_flip(ctx, flips, &now->items[j], product->spot, true);
        i += order <= 0;
        j += order >= 0;
    }
}

/* The flips of one block, the first of them at `from`. */
static size_t end_of_block(const struct flips *flips, size_t from)
{
    size_t end = from + 1;
    while (end < flips->count && by_block(&flips->items[from], &flips->items[end]) == 0)
        end++;
    return end;
}

static err write_block(struct ctx *ctx, const struct flips *flips, size_t from, size_t end,
                       struct db_rows *rows)
{
    uint64_t words[BLOCK_WORDS] = {0};
    const struct flip *first = &flips->items[from];
    int64_t block = first->spot / FACET_BLOCK_SPOTS;
    size_t length = 0;
    const unsigned char *stored = db_next(rows) ? db_get_bytes(rows, 0, &length) : NULL;
    if (stored && !bits_read(stored, length, words))
        return fail_with(ctx, ERR_INTERNAL, "a block of facet bits is damaged");
    for (size_t i = from; i < end; i++) {
        size_t bit = (size_t)(flips->items[i].spot % FACET_BLOCK_SPOTS);
        uint64_t mask = UINT64_C(1) << bit % 64;
        words[bit / 64] = flips->items[i].is_on ? words[bit / 64] | mask : words[bit / 64] & ~mask;
    }
    const unsigned char *bytes = bits_write(ctx, words, &length);
    if (length == 0)
        return db_execute(ctx,
                          "DELETE FROM facet_blocks WHERE shop_id = $1 AND facet_id = $2 AND value = $3"
                          " AND block = $4",
                          db_int(ctx->shop->id), db_int(first->hold.facet_id), db_text(first->hold.value),
                          db_int(block));
    return db_execute(ctx,
                      "INSERT INTO facet_blocks (shop_id, facet_id, value, block, bits)"
                      " VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (shop_id, facet_id, value, block) DO UPDATE SET bits = $5",
                      db_int(ctx->shop->id), db_int(first->hold.facet_id), db_text(first->hold.value),
                      db_int(block), db_bytes(bytes, length));
}

static err write_flips(struct ctx *ctx, struct flips *flips)
{
    if (flips->count > 0)
        qsort(flips->items, flips->count, sizeof *flips->items, by_block);
    for (size_t from = 0; from < flips->count;) {
        struct db_rows *rows[ASKED_AT_ONCE];
        size_t starts[ASKED_AT_ONCE + 1] = {from}, count = 0;
        for (; count < ASKED_AT_ONCE && starts[count] < flips->count; count++) {
            const struct flip *first = &flips->items[starts[count]];
            TRY(db_ask(ctx, &rows[count],
                       "SELECT bits FROM facet_blocks WHERE shop_id = $1 AND facet_id = $2 AND value = $3"
                       " AND block = $4",
                       db_int(ctx->shop->id), db_int(first->hold.facet_id), db_text(first->hold.value),
                       db_int(first->spot / FACET_BLOCK_SPOTS)));
            starts[count + 1] = end_of_block(flips, starts[count]);
        }
        TRY(db_answer(ctx));
        for (size_t i = 0; i < count; i++)
            TRY(write_block(ctx, flips, starts[i], starts[i + 1], rows[i]));
        from = starts[count];
    }
    return NULL;
}

/* ---- spots and their numbers ---- */

static err give_spots(struct ctx *ctx, struct held_product *products, size_t count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT spot FROM facet_spots WHERE shop_id = $1 ORDER BY spot DESC LIMIT 1",
                 db_int(ctx->shop->id)));
    int64_t next = db_next(rows) ? db_get_int(rows, 0) + 1 : 0;
    for (size_t i = 0; i < count; i++)
        if (products[i].spot < 0 && products[i].is_active &&
            next < (int64_t)FACET_BLOCK_SPOTS * FACET_BLOCK_LIMIT) {
            products[i].spot = next++;
            products[i].stored_price = -1;
        }
    return NULL;
}

static bool is_of_block(const struct held_product *product, int64_t block)
{
    return product->spot >= 0 && product->spot / FACET_BLOCK_SPOTS == block &&
           product->stored_price != product->price_min;
}

static err write_numbers(struct ctx *ctx, const struct held_product *products, size_t count, int64_t block)
{
    struct db_rows *rows;
    size_t length;
    bool is_needed = false;
    for (size_t i = 0; i < count; i++)
        is_needed = is_needed || is_of_block(&products[i], block);
    if (!is_needed)
        return NULL;
    unsigned char *ids = arena_alloc(ctx->arena, NUMBERS_BYTES),
                  *prices = arena_alloc(ctx->arena, NUMBERS_BYTES);
    TRY(db_query(ctx, &rows, "SELECT ids, prices FROM facet_numbers WHERE shop_id = $1 AND block = $2",
                 db_int(ctx->shop->id), db_int(block)));
    if (db_next(rows)) {
        const unsigned char *stored = db_get_bytes(rows, 0, &length);
        memcpy(ids, stored, length < NUMBERS_BYTES ? length : NUMBERS_BYTES);
        stored = db_get_bytes(rows, 1, &length);
        memcpy(prices, stored, length < NUMBERS_BYTES ? length : NUMBERS_BYTES);
    }
    for (size_t i = 0; i < count; i++)
        if (is_of_block(&products[i], block)) {
            number_put(ids, (size_t)(products[i].spot % FACET_BLOCK_SPOTS), products[i].product_id);
            number_put(prices, (size_t)(products[i].spot % FACET_BLOCK_SPOTS), products[i].price_min);
        }
    size_t used = FACET_BLOCK_SPOTS;
    while (used > 0 && number_at(ids, used - 1) == 0)
        used--;
    return db_execute(ctx,
                      "INSERT INTO facet_numbers (shop_id, block, ids, prices) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT (shop_id, block) DO UPDATE SET ids = $3, prices = $4",
                      db_int(ctx->shop->id), db_int(block), db_bytes(ids, used * 8),
                      db_bytes(prices, used * 8));
}

static err write_spot(struct ctx *ctx, const struct held_product *product, const char *text)
{
    return db_execute(ctx,
                      "INSERT INTO facet_spots (shop_id, product_id, spot, price_min, holds)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, product_id)"
                      " DO UPDATE SET price_min = $4, holds = $5",
                      db_int(ctx->shop->id), db_int(product->product_id), db_int(product->spot),
                      db_int(product->price_min), db_text(text));
}

/* ---- a chunk ---- */

struct chunk {
    size_t count; /* out: products that were touched */
};

static err take_turn(struct ctx *ctx, int64_t turn)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "facets are settled by two at once",
                     "INSERT INTO facet_turns (shop_id, turn) VALUES ($1, 1)"
                     " ON CONFLICT (shop_id) DO UPDATE SET turn = facet_turns.turn + 1"
                     " WHERE facet_turns.turn = $2",
                     db_int(ctx->shop->id), db_int(turn));
}

static err write_products(struct ctx *ctx, struct held_product *products, size_t count, bool *is_changed)
{
    struct flips flips = {0};
    for (size_t i = 0; i < count; i++) {
        if (products[i].spot < 0)
            continue;
        const char *text = holds_text(ctx, &products[i].holds);
        if (strcmp(text, products[i].stored) == 0 && products[i].price_min == products[i].stored_price)
            continue;
        compare(ctx, &products[i], &flips);
        TRY(write_spot(ctx, &products[i], text));
        *is_changed = true;
    }
    TRY(write_flips(ctx, &flips));
    for (int64_t block = 0; block < FACET_BLOCK_LIMIT; block++)
        TRY(write_numbers(ctx, products, count, block));
    return NULL;
}

static err settle_chunk(struct ctx *ctx, void *arg)
{
    struct chunk *chunk = arg;
    struct product_touch touches[PRODUCT_CHUNK];
    int64_t ids[PRODUCT_CHUNK];
    struct dictionary dictionary;
    struct db_rows *rows;
    bool is_changed = false;
    TRY(db_query(ctx, &rows, "SELECT turn FROM facet_turns WHERE shop_id = $1", db_int(ctx->shop->id)));
    int64_t turn = db_next(rows) ? db_get_int(rows, 0) : 0;
    TRY(product_touch_list(ctx, touches, &chunk->count));
    if (chunk->count == 0)
        return NULL;
    for (size_t i = 0; i < chunk->count; i++)
        ids[i] = touches[i].product_id;
    struct held_product *products = arena_alloc_many(ctx->arena, chunk->count, sizeof *products);
    TRY(dictionary_load(ctx, &dictionary));
    TRY(held_load(ctx, ids, chunk->count, &dictionary, products));
    TRY(give_spots(ctx, products, chunk->count));
    TRY(take_turn(ctx, turn));
    for (size_t i = 0; i < dictionary.fresh_count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO facet_values (shop_id, facet_id, value) VALUES ($1, $2, $3)"
                       " ON CONFLICT (shop_id, facet_id, value) DO NOTHING",
                       db_int(ctx->shop->id), db_int(dictionary.fresh[i].facet_id),
                       db_text(dictionary.fresh[i].value)));
    TRY(write_products(ctx, products, chunk->count, &is_changed));
    TRY(product_touch_forget(ctx, touches, chunk->count));
    return is_changed ? outbox_emit(ctx, "facet.changed", ctx->shop->id, value_object(ctx->arena)) : NULL;
}

static err settle_all(struct ctx *work)
{
    struct chunk chunk = {0};
    do {
        int64_t began = clock_steady();
        arena_reset(work->arena);
        TRY(db_transact(work, settle_chunk, &chunk));
        job_rest(work, began);
    } while (chunk.count == PRODUCT_CHUNK);
    return NULL;
}

err facet_settle_now(struct ctx *ctx)
{
    struct ctx work = *ctx;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = settle_all(&work);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}

/* ---- jobs and events ---- */

static err schedule(struct ctx *ctx)
{
    return job_schedule(ctx, FACET_SETTLE_JOB, 0, ctx->now, value_object(ctx->arena));
}

/* Of its stock, too, which the catalogue does not see. */
static err hear_product(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    TRY(product_touch_many(ctx, &event->aggregate_id, 1));
    return schedule(ctx);
}

static err hear_others(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)event;
    (void)owner;
    return schedule(ctx);
}

const struct listener facet_listeners[] = {
    {"product.", hear_product},
    {"category.changed", hear_others},
    {"tag.", hear_others},
    {"collection.", hear_others},
    {0},
};

static err run_settle(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)job;
    (void)owner;
    return facet_settle_now(ctx);
}

const struct job_kind facet_job_kinds[] = {{FACET_SETTLE_JOB, run_settle, ATTEMPTS, SECOND_MS / 4}, {0}};

static err schedule_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return schedule(ctx);
}

err facet_sweep(struct ctx *ctx)
{
    struct product_touch touches[PRODUCT_CHUNK];
    size_t count;
    TRY(product_touch_list(ctx, touches, &count));
    return count > 0 ? db_transact(ctx, schedule_in_transaction, NULL) : NULL;
}
