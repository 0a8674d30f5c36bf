/* facet_check.c - that bits and prices are those of the products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "job/job.h"
#include "shop/facet/facet_bits.h"
#include "shop/facet/facet_holds.h"
#include <inttypes.h>

#define BLOCKS_AT_ONCE 1000
#define FINDINGS_LIMIT 1000
/* Times that the shop is looked at while others settle it. */
#define ROUNDS 10

struct findings {
    struct ctx *ctx;
    const char *items[FINDINGS_LIMIT];
    size_t count;
};

static void keep_finding(void *arg, const char *problem)
{
    struct findings *findings = arg;
    if (findings->count < FINDINGS_LIMIT)
        findings->items[findings->count++] = arena_copy_text(findings->ctx->arena, problem);
}

struct sums {
    int64_t held;
    int64_t set;
};

static bool is_right(struct ctx *ctx, const struct held_product *product)
{
    if (product->spot < 0)
        return !product->is_active;
    return strcmp(holds_text(ctx, &product->holds), product->stored) == 0 &&
           (!product->is_active || product->price_min == product->stored_price);
}

/* What is wrong while nobody was told of a change is only late. It is asked afterwards, and who waits for a
 * turn last: what changed before it was loaded is then still to be told, or waits, or a turn was taken. */
static err find_late(struct ctx *ctx, const int64_t *ids, size_t count, const bool *is_wrong, bool *is_late)
{
    bool is_untold[PRODUCT_CHUNK] = {false};
    for (size_t i = 0; i < count; i++)
        if (is_wrong[i])
            TRY(outbox_waits(ctx, ids[i], &is_untold[i]));
    TRY(product_touch_find(ctx, ids, count, is_late));
    for (size_t i = 0; i < count; i++)
        is_late[i] = is_late[i] || is_untold[i];
    return NULL;
}

static err check_chunk(struct ctx *ctx, struct dictionary *dictionary, const int64_t *ids, size_t count,
                       struct sums *sums, void (*report)(void *arg, const char *problem), void *arg)
{
    bool is_wrong[PRODUCT_CHUNK], is_late[PRODUCT_CHUNK];
    struct held_product *products = arena_alloc_many(ctx->arena, count, sizeof *products);
    TRY(held_load(ctx, ids, count, dictionary, products));
    for (size_t i = 0; i < count; i++) {
        sums->held += (int64_t)holds_of(ctx, products[i].stored).count;
        is_wrong[i] = !is_right(ctx, &products[i]);
    }
    TRY(find_late(ctx, ids, count, is_wrong, is_late));
    for (size_t i = 0; i < count; i++)
        if (is_wrong[i] && !is_late[i])
            report(arg,
                   arena_format(ctx->arena, "product %" PRId64 " has other facets than it should", ids[i]));
    return NULL;
}

static err sum_bits(struct ctx *ctx, struct sums *sums, void (*report)(void *arg, const char *problem),
                    void *arg)
{
    int64_t facet_id = -1, block = -1;
    const char *value = "";
    size_t count;
    do {
        struct db_rows *rows;
        TRY(db_query(ctx, &rows,
                     "SELECT facet_id, value, block, bits FROM facet_blocks WHERE shop_id = $1"
                     " AND (facet_id, value, block) > ($2, $3, $4) ORDER BY facet_id, value, block LIMIT $5",
                     db_int(ctx->shop->id), db_int(facet_id), db_text(value), db_int(block),
                     db_int(BLOCKS_AT_ONCE)));
        count = db_row_count(rows);
        while (db_next(rows)) {
            uint64_t words[BLOCK_WORDS] = {0};
            size_t length;
            facet_id = db_get_int(rows, 0);
            value = db_get_text(rows, 1);
            block = db_get_int(rows, 2);
            const unsigned char *bits = db_get_bytes(rows, 3, &length);
            if (!bits_read(bits, length, words))
                report(arg, arena_format(ctx->arena, "facet %" PRId64 ": a damaged block", facet_id));
            sums->set += bits_count(words, BLOCK_WORDS);
        }
    } while (count == BLOCKS_AT_ONCE);
    return NULL;
}

/* Too many products have no spot, and lists show no facets then. */
static err is_too_large(struct ctx *ctx, bool *is_large)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM facet_spots WHERE shop_id = $1 AND spot = $2",
                 db_int(ctx->shop->id), db_int((int64_t)FACET_BLOCK_SPOTS * FACET_BLOCK_LIMIT - 1)));
    *is_large = db_next(rows);
    return NULL;
}

static err compare_all(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct dictionary dictionary;
    struct sums sums = {0};
    int64_t ids[PRODUCT_CHUNK], after = 0;
    size_t count;
    bool is_large;
    TRY(is_too_large(ctx, &is_large));
    if (is_large)
        return NULL;
    TRY(dictionary_load(ctx, &dictionary));
    dictionary.is_fixed = true;
    do {
        TRY(shelf_next_products(ctx, 0, after, ids, &count));
        if (count > 0)
            TRY(check_chunk(ctx, &dictionary, ids, count, &sums, report, arg));
        after = count > 0 ? ids[count - 1] : after;
    } while (count == PRODUCT_CHUNK);
    TRY(sum_bits(ctx, &sums, report, arg));
    if (sums.held != sums.set)
        report(arg,
               arena_format(ctx->arena, "products hold %" PRId64 " facet values, %" PRId64 " bits are set",
                            sums.held, sums.set));
    return NULL;
}

static err load_turn(struct ctx *ctx, int64_t *turn)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT turn FROM facet_turns WHERE shop_id = $1", db_int(ctx->shop->id)));
    *turn = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* What was found counts only when nobody settled meanwhile. */
err facet_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct findings *findings = arena_alloc(ctx->arena, sizeof *findings);
    int64_t before, after = -1;
    for (int round = 0; round < ROUNDS; round++) {
        *findings = (struct findings){.ctx = ctx};
        TRY(load_turn(ctx, &before));
        TRY(compare_all(ctx, keep_finding, findings));
        TRY(load_turn(ctx, &after));
        if (before == after || findings->count == 0)
            break;
    }
    for (size_t i = 0; i < findings->count && before == after; i++)
        report(arg, findings->items[i]);
    return NULL;
}
