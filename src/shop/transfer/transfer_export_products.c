/* transfer_export_products.c - the way through the products of a shop, batch by batch.
 *
 * While a batch is written the database looks for the next one: each has an arena of its own, which lives
 * from the question to the last row. The whole shop is read in ranges of ids; what a filter leaves is named.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

/* Variants of one batch: what bounds its memory, and the piece that it becomes. */
#define BATCH_VARIANTS 2048

struct product_batch {
    int64_t ids[PRODUCT_WHOLE_LIMIT];
    size_t count;
    bool is_range; /* these are all between the first and the last */
    const char *next_cursor;
    struct whole_question wholes;
    struct stock_question stocks;
    int64_t freight_ids[PRODUCT_WHOLE_LIMIT]; /* 0 = that of the shop */
};

static err read_place(struct ctx *ctx, const struct export *export, int64_t none, int64_t *id)
{
    *id = none;
    if (export->cursor[0] && !text_to_int(export->cursor, id))
        return fail_with(ctx, ERR_INTERNAL, "a cursor of an export cannot be read");
    return NULL;
}

static const char *place_of(struct ctx *ctx, int64_t id)
{
    return arena_format(ctx->arena, "%" PRId64, id);
}

static bool has_room(const struct product_batch *batch, int64_t variants, int64_t more)
{
    return batch->count == 0 || variants + more <= BATCH_VARIANTS;
}

/* The next products of the whole shop. */
static err next_of_all(struct ctx *ctx, const struct export *export, struct product_batch *batch)
{
    int64_t before, variants = 0;
    struct product_size *sizes;
    size_t have;
    TRY(read_place(ctx, export, INT64_MAX, &before));
    TRY(product_list_sizes(ctx, before, PRODUCT_WHOLE_LIMIT, &sizes, &have));
    while (batch->count < have && has_room(batch, variants, sizes[batch->count].variant_count)) {
        variants += sizes[batch->count].variant_count;
        batch->ids[batch->count] = sizes[batch->count].product_id;
        batch->count++;
    }
    batch->is_range = true;
    bool is_last = batch->count == have && have < PRODUCT_WHOLE_LIMIT;
    batch->next_cursor = is_last ? NULL : place_of(ctx, batch->ids[batch->count - 1]);
    return NULL;
}

/* The next of a list, as many as have not too many variants together. */
static err next_of_list(struct ctx *ctx, const struct export *export, struct product_batch *batch)
{
    struct product_page page;
    struct product_query query = export->filter.products;
    int64_t variants = 0;
    query.cursor = export->cursor;
    query.limit = PRODUCT_WHOLE_LIMIT;
    TRY(product_list(ctx, &query, &page));
    while (batch->count < page.count && has_room(batch, variants, page.items[batch->count].variant_count)) {
        variants += page.items[batch->count].variant_count;
        batch->ids[batch->count] = page.items[batch->count].id;
        batch->count++;
    }
    if (batch->count < page.count) {
        query.limit = (int)batch->count;
        TRY(product_list(ctx, &query, &page));
    }
    batch->next_cursor = page.next_cursor;
    return NULL;
}

/* The same of those at a level of stock: their order is that of the ids. */
static err next_by_stock(struct ctx *ctx, const struct export *export, struct product_batch *batch)
{
    int64_t before, *ids, variants = 0;
    size_t count, have, looked = 0;
    struct product *found;
    TRY(read_place(ctx, export, 0, &before));
    TRY(stock_list_products(ctx, export->filter.stock, before, PRODUCT_WHOLE_LIMIT, &ids, &count));
    TRY(product_list_many(ctx, ids, count, &found, &have));
    for (; looked < have && (looked == 0 || variants + found[looked].variant_count <= BATCH_VARIANTS);
         looked++) {
        variants += found[looked].variant_count;
        if (!export->filter.products.status || found[looked].status == export->filter.products.status)
            batch->ids[batch->count++] = found[looked].id;
    }
    int64_t last = looked < have ? found[looked].id + 1 : count == PRODUCT_WHOLE_LIMIT ? ids[count - 1] : 0;
    batch->next_cursor = last ? place_of(ctx, last) : NULL;
    return NULL;
}

static bool is_filtered(const struct export_filter *filter)
{
    return filter->q[0] || filter->products.status || filter->products.category_id ||
           filter->products.shelf_id;
}

/* What was asked before is answered with this. */
static err next_batch(struct ctx *ctx, const struct export *export, struct product_batch *batch)
{
    *batch = (struct product_batch){0};
    if (export->only_id) {
        batch->ids[batch->count++] = export->only_id;
        return NULL;
    }
    if (export->filter.stock)
        return next_by_stock(ctx, export, batch);
    return is_filtered(&export->filter) ? next_of_list(ctx, export, batch) : next_of_all(ctx, export, batch);
}

/* Takes a list over into the arena of its own, and asks for all that its products have. */
static err ask_batch(struct ctx *ctx, struct export *export, const struct product_batch *listed)
{
    struct product_batch *batch = arena_alloc(ctx->arena, sizeof *batch);
    *batch = *listed;
    export->ahead = batch;
    export_keep_cursor(export, batch->next_cursor);
    TRY(product_ask_whole_many(ctx, batch->ids, batch->count, batch->is_range, &batch->wholes));
    if (export->has_hand)
        TRY(product_ask_collections(ctx, batch->is_range, &batch->wholes));
    TRY(stock_ask_products(ctx, batch->ids, batch->count, batch->is_range, &batch->stocks));
    return db_go_on(ctx);
}

static const char *freight_name(const struct export *export, int64_t template_id)
{
    for (size_t i = 0; i < export->freight_count; i++)
        if (export->freights[i].id == template_id)
            return export->freights[i].name;
    return "";
}

static err put_batch(struct ctx *ctx, struct export *export, const struct product_batch *batch,
                     const struct product_whole *found)
{
    struct stock *stocks;
    size_t stock_count;
    stock_take_products(ctx, &batch->stocks, &stocks, &stock_count);
    for (size_t i = 0; i < batch->count; i++) {
        export->freight = freight_name(export, batch->freight_ids[i]);
        TRY(export_put_product(ctx, export, &found[i], stocks, stock_count));
    }
    return NULL;
}

static struct ctx ctx_of_turn(const struct ctx *ctx, const struct export *export, int turn)
{
    struct ctx own = *ctx;
    own.arena = export->arenas[turn];
    return own;
}

/* Writes the batch that was asked for; before that asks for the next one. */
static err write_batch(struct ctx *ctx, struct export *export)
{
    struct ctx work = ctx_of_turn(ctx, export, export->turn);
    struct ctx later = ctx_of_turn(ctx, export, !export->turn);
    struct product_batch *batch = export->ahead;
    struct product_whole *found = arena_alloc_many(work.arena, batch->count + 1, sizeof *found);
    struct product_batch next;
    bool is_last = !batch->next_cursor;
    if (is_last)
        TRY(db_answer(&work));
    else
        TRY(next_batch(&work, export, &next));
    TRY(product_take_whole_many(&work, &batch->wholes, found));
    if (export->freight_count > 0)
        TRY(freight_product_load_many(&work, batch->ids, batch->count, batch->freight_ids));
    export->ahead = NULL;
    if (!is_last) {
        arena_reset(later.arena);
        TRY(ask_batch(&later, export, &next));
        export->turn = !export->turn;
    }
    export->is_listed = is_last; /* not before the last batch is written */
    return put_batch(&work, export, batch, found);
}

static err write_rows(struct ctx *ctx, struct export *export)
{
    if (!export->ahead) {
        struct ctx work = ctx_of_turn(ctx, export, export->turn);
        struct product_batch first;
        TRY(next_batch(&work, export, &first));
        TRY(ask_batch(&work, export, &first));
    }
    return write_batch(ctx, export);
}

err export_products_rows(struct ctx *ctx, struct export *export)
{
    for (int i = 0; i < 2; i++)
        if (!export->arenas[i])
            export->arenas[i] = arena_open(ARENA_LIMIT);
    err failure = write_rows(ctx, export);
    return failure
               ? error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail)
               : NULL;
}

/* What was asked and is not wanted any more is answered while its memory is there. */
void export_products_end(struct ctx *ctx, struct export *export)
{
    err unwanted = export->ahead ? db_answer(ctx) : NULL;
    (void)unwanted;
    for (int i = 0; i < 2; i++)
        if (export->arenas[i])
            arena_close(export->arenas[i]);
}
