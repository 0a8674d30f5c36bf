/* catalog_pictures.c - the pictures of a product in their order; the first stands for it in lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

struct arrangement {
    int64_t product_id;
    struct product_picture *pictures;
    size_t count;
};

/* Writes the whole order anew: it is short, and positions stay 0, 1, 2 … */
static err write_arrangement(struct ctx *ctx, const struct arrangement *order)
{
    TRY(db_execute(ctx, "DELETE FROM product_pictures WHERE shop_id = $1 AND product_id = $2",
                   db_int(ctx->shop->id), db_int(order->product_id)));
    for (size_t i = 0; i < order->count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO product_pictures (shop_id, product_id, position, picture_id, alt)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order->product_id), db_int((int64_t)i),
                       db_text(order->pictures[i].picture_id), db_text(order->pictures[i].alt)));
    TRY(db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such product",
        "UPDATE products SET picture_id = $3, picture_alt = $4, version = version + 1, updated_at = $5"
        " WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_int(order->product_id),
        db_text(order->count > 0 ? order->pictures[0].picture_id : NULL),
        db_text(order->count > 0 ? order->pictures[0].alt : ""), db_int(ctx->now)));
    return product_emit_changed(ctx, order->product_id);
}

static err load_arrangement(struct ctx *ctx, int64_t product_id, struct arrangement *order)
{
    struct product_picture *listed;
    order->product_id = product_id;
    TRY(product_picture_list(ctx, product_id, &listed, &order->count));
    order->pictures = arena_alloc_many(ctx->arena, order->count + 1, sizeof *order->pictures);
    memcpy(order->pictures, listed, order->count * sizeof *listed);
    return NULL;
}

struct addition {
    int64_t product_id;
    const char *picture_id;
    const char *alt;
};

static err add_in_transaction(struct ctx *ctx, void *arg)
{
    const struct addition *addition = arg;
    struct arrangement order;
    TRY(load_arrangement(ctx, addition->product_id, &order));
    if (order.count >= PRODUCT_PICTURE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a product has at most 50 pictures");
    order.pictures[order.count++] = (struct product_picture){.picture_id = addition->picture_id,
                                                             .alt = addition->alt ? addition->alt : ""};
    return write_arrangement(ctx, &order);
}

err product_picture_add(struct ctx *ctx, int64_t product_id, const char *picture_id, const char *alt)
{
    struct addition addition = {product_id, picture_id, alt};
    return db_transact(ctx, add_in_transaction, &addition);
}

struct movement {
    int64_t product_id;
    int64_t position;
    int64_t to; /* -1 = away */
};

static err move_in_transaction(struct ctx *ctx, void *arg)
{
    const struct movement *movement = arg;
    struct arrangement order;
    TRY(load_arrangement(ctx, movement->product_id, &order));
    if (movement->position < 0 || (size_t)movement->position >= order.count)
        return fail_with(ctx, ERR_NOT_FOUND, "no picture at that position");
    struct product_picture moved = order.pictures[movement->position];
    memmove(order.pictures + movement->position, order.pictures + movement->position + 1,
            (order.count - (size_t)movement->position - 1) * sizeof moved);
    order.count--;
    if (movement->to >= 0) {
        size_t to = (size_t)movement->to < order.count ? (size_t)movement->to : order.count;
        memmove(order.pictures + to + 1, order.pictures + to, (order.count - to) * sizeof moved);
        order.pictures[to] = moved;
        order.count++;
    }
    return write_arrangement(ctx, &order);
}

err product_picture_remove(struct ctx *ctx, int64_t product_id, int64_t position)
{
    struct movement movement = {product_id, position, -1};
    return db_transact(ctx, move_in_transaction, &movement);
}

err product_picture_move(struct ctx *ctx, int64_t product_id, int64_t position, int64_t to)
{
    struct movement movement = {product_id, position, to < 0 ? 0 : to};
    return db_transact(ctx, move_in_transaction, &movement);
}
