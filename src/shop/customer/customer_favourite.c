/* customer_favourite.c - what members keep. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

err customer_favourite_list(struct ctx *ctx, int64_t customer_id, struct customer_favourite **kept,
                            size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, price, kept_at FROM customer_favourites WHERE shop_id = $1"
                 " AND customer_id = $2 ORDER BY kept_at DESC, product_id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(CUSTOMER_FAVOURITE_LIMIT)));
    *kept = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **kept);
    for (*count = 0; db_next(rows);)
        (*kept)[(*count)++] = (struct customer_favourite){
            .product_id = db_get_int(rows, 0), .price = db_get_int(rows, 1), .kept_at = db_get_int(rows, 2)};
    return NULL;
}

struct adding {
    int64_t customer_id;
    struct customer_favourite items[CUSTOMER_FAVOURITE_LIMIT];
    size_t count;
};

static err add_in_transaction(struct ctx *ctx, void *arg)
{
    const struct adding *adding = arg;
    for (size_t i = 0; i < adding->count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO customer_favourites (shop_id, customer_id, product_id, price, kept_at)"
                       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, customer_id, product_id)"
                       " DO NOTHING",
                       db_int(ctx->shop->id), db_int(adding->customer_id),
                       db_int(adding->items[i].product_id), db_int(adding->items[i].price),
                       db_int(adding->items[i].kept_at)));
    return NULL;
}

static bool is_among(const struct customer_favourite *items, size_t count, int64_t product_id)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].product_id == product_id)
            return true;
    return false;
}

err customer_favourite_add(struct ctx *ctx, int64_t customer_id, const struct customer_favourite *items,
                           size_t count, size_t *left_out)
{
    struct customer_favourite *kept;
    size_t have;
    struct adding *adding = arena_alloc(ctx->arena, sizeof *adding);
    adding->customer_id = customer_id;
    *left_out = 0;
    TRY(customer_favourite_list(ctx, customer_id, &kept, &have));
    for (size_t i = 0; i < count; i++) {
        if (is_among(kept, have, items[i].product_id) ||
            is_among(adding->items, adding->count, items[i].product_id))
            continue;
        if (have + adding->count < CUSTOMER_FAVOURITE_LIMIT)
            adding->items[adding->count++] = items[i];
        else
            ++*left_out;
    }
    return adding->count > 0 ? db_transact(ctx, add_in_transaction, adding) : NULL;
}

struct removing {
    int64_t customer_id;
    int64_t product_id;
};

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct removing *removing = arg;
    return db_execute(ctx,
                      "DELETE FROM customer_favourites WHERE shop_id = $1 AND customer_id = $2"
                      " AND product_id = $3",
                      db_int(ctx->shop->id), db_int(removing->customer_id), db_int(removing->product_id));
}

err customer_favourite_remove(struct ctx *ctx, int64_t customer_id, int64_t product_id)
{
    struct removing removing = {customer_id, product_id};
    return db_transact(ctx, remove_in_transaction, &removing);
}
