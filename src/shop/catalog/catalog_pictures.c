/* catalog_pictures.c - the pictures of a product in their order; the first stands for it in lists.
 *
 * They are no part of what product_save writes, so its version is left alone: who adds pictures while the
 * form of the product is open can still save it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/html.h"
#include "base/text.h"

struct arrangement {
    int64_t product_id;
    struct product_picture *pictures;
    size_t count;
    bool is_same_set; /* only the order or the words changed */
};

/* Pictures of one description; more are shown, but the library does not know of them. */
#define DESCRIPTION_PICTURE_LIMIT 200

/* The ids in the addresses /media/ID/FILE. */
static size_t described_pictures(struct ctx *ctx, const char *html, const char **ids)
{
    static const char place[] = "/media/";
    const char *start;
    size_t count = 0, length;
    while (count < DESCRIPTION_PICTURE_LIMIT && (html = html_next_picture(html, &start, &length)))
        if (text_starts(start, place)) {
            start += sizeof place - 1;
            ids[count++] = arena_copy(ctx->arena, start, strcspn(start, "/\""));
        }
    return count;
}

err product_tell_uses(struct ctx *ctx, int64_t product_id, const struct product_picture *pictures,
                      size_t count, const char *description)
{
    const char **ids = arena_alloc_many(ctx->arena, count + DESCRIPTION_PICTURE_LIMIT, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = pictures[i].picture_id;
    count += described_pictures(ctx, description ? description : "", ids + count);
    return picture_uses_set(ctx, PICTURE_OF_PRODUCT, product_id, ids, count);
}

static err tell_uses(struct ctx *ctx, const struct arrangement *order)
{
    const struct product *product;
    TRY(product_load(ctx, order->product_id, &product));
    return product_tell_uses(ctx, order->product_id, order->pictures, order->count, product->description);
}

/* Writes the whole order anew: it is short, and positions stay 0, 1, 2 … */
static err write_arrangement(struct ctx *ctx, const struct arrangement *order)
{
    TRY(db_execute(ctx, "DELETE FROM product_pictures WHERE shop_id = $1 AND product_id = $2",
                   db_int(ctx->shop->id), db_int(order->product_id)));
    for (size_t i = 0; i < order->count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO product_pictures (shop_id, product_id, position, picture_id, alt, focus_x,"
            " focus_y) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            db_int(ctx->shop->id), db_int(order->product_id), db_int((int64_t)i),
            db_text(order->pictures[i].picture_id), db_text(order->pictures[i].alt),
            db_int(order->pictures[i].focus_x), db_int(order->pictures[i].focus_y)));
    if (!order->is_same_set)
        TRY(tell_uses(ctx, order));
    const struct product_picture none = {.alt = "", .focus_x = 50, .focus_y = 50};
    const struct product_picture *first = order->count > 0 ? order->pictures : &none;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such product",
                  "UPDATE products SET picture_id = $3, picture_alt = $4, updated_at = $5,"
                  " picture_focus_x = $6, picture_focus_y = $7 WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(order->product_id), db_text(first->picture_id),
                  db_text(first->alt), db_int(ctx->now), db_int(first->focus_x), db_int(first->focus_y)));
    return product_emit_changed(ctx, order->product_id);
}

/* The present order, with room for `more`. */
static err load_arrangement(struct ctx *ctx, int64_t product_id, size_t more, struct arrangement *order)
{
    struct product_picture *listed;
    *order = (struct arrangement){.product_id = product_id};
    TRY(product_picture_list(ctx, product_id, &listed, &order->count));
    order->pictures = arena_alloc_many(ctx->arena, order->count + more + 1, sizeof *order->pictures);
    memcpy(order->pictures, listed, order->count * sizeof *listed);
    return NULL;
}

err product_picture_list(struct ctx *ctx, int64_t product_id, struct product_picture **pictures,
                         size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT picture_id, alt, position, focus_x, focus_y FROM product_pictures"
                 " WHERE shop_id = $1 AND product_id = $2 ORDER BY position",
                 db_int(ctx->shop->id), db_int(product_id)));
    *pictures = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **pictures);
    *count = 0;
    while (db_next(rows))
        (*pictures)[(*count)++] = (struct product_picture){.picture_id = db_get_text(rows, 0),
                                                           .alt = db_get_text(rows, 1),
                                                           .position = db_get_int(rows, 2),
                                                           .focus_x = db_get_int(rows, 3),
                                                           .focus_y = db_get_int(rows, 4)};
    return NULL;
}

struct addition {
    int64_t product_id;
    const struct product_picture *pictures;
    size_t count;
};

static err add_in_transaction(struct ctx *ctx, void *arg)
{
    const struct addition *addition = arg;
    struct arrangement order;
    TRY(load_arrangement(ctx, addition->product_id, addition->count, &order));
    if (order.count + addition->count > PRODUCT_PICTURE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a product has at most 50 pictures");
    memcpy(order.pictures + order.count, addition->pictures, addition->count * sizeof *order.pictures);
    order.count += addition->count;
    return write_arrangement(ctx, &order);
}

err product_picture_add_many(struct ctx *ctx, int64_t product_id, const struct product_picture *pictures,
                             size_t count)
{
    struct addition addition = {product_id, pictures, count};
    return count ? db_transact(ctx, add_in_transaction, &addition) : NULL;
}

err product_picture_add(struct ctx *ctx, int64_t product_id, const char *picture_id, const char *alt)
{
    struct product_picture picture = {
        .picture_id = picture_id, .alt = alt ? alt : "", .focus_x = 50, .focus_y = 50};
    return product_picture_add_many(ctx, product_id, &picture, 1);
}

static bool is_shown(const struct arrangement *order, const char *picture_id)
{
    for (size_t i = 0; i < order->count; i++)
        if (text_is(order->pictures[i].picture_id, picture_id))
            return true;
    return false;
}

static bool is_one_of(const char *picture_id, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(picture_id, ids[i]))
            return true;
    return false;
}

err product_picture_put(struct ctx *ctx, int64_t product_id, const struct product_picture *picture,
                        const char *const *later, size_t later_count)
{
    struct arrangement order;
    size_t place = 0;
    TRY(load_arrangement(ctx, product_id, 1, &order));
    if (is_shown(&order, picture->picture_id))
        return NULL;
    if (order.count == PRODUCT_PICTURE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a product has at most 50 pictures");
    while (place < order.count && !is_one_of(order.pictures[place].picture_id, later, later_count))
        place++;
    memmove(order.pictures + place + 1, order.pictures + place, (order.count - place) * sizeof *picture);
    order.pictures[place] = *picture;
    order.count++;
    return write_arrangement(ctx, &order);
}

struct appendix {
    int64_t product_id;
    const struct product_picture *pictures;
    size_t count;
    size_t shown;
};

static err append_in_transaction(struct ctx *ctx, void *arg)
{
    struct appendix *appendix = arg;
    struct arrangement order;
    TRY(load_arrangement(ctx, appendix->product_id, appendix->count, &order));
    size_t before = order.count;
    appendix->shown = 0;
    for (size_t i = 0; i < appendix->count; i++) {
        bool is_there = is_shown(&order, appendix->pictures[i].picture_id);
        if (!is_there && order.count == PRODUCT_PICTURE_LIMIT)
            break;
        if (!is_there)
            order.pictures[order.count++] = appendix->pictures[i];
        appendix->shown++;
    }
    return order.count == before ? NULL : write_arrangement(ctx, &order);
}

err product_picture_append_many(struct ctx *ctx, int64_t product_id, const struct product_picture *pictures,
                                size_t count, size_t *added)
{
    struct appendix appendix = {product_id, pictures, count, 0};
    TRY(db_transact(ctx, append_in_transaction, &appendix));
    *added = appendix.shown;
    return NULL;
}

struct rewording {
    int64_t product_id;
    const struct product_picture *picture;
};

static err reword_in_transaction(struct ctx *ctx, void *arg)
{
    const struct rewording *rewording = arg;
    const struct product_picture *wanted = rewording->picture;
    struct arrangement order;
    TRY(load_arrangement(ctx, rewording->product_id, 0, &order));
    if (wanted->position < 0 || (size_t)wanted->position >= order.count)
        return fail_with(ctx, ERR_NOT_FOUND, "no picture at that position");
    struct product_picture *present = &order.pictures[wanted->position];
    if (strcmp(present->picture_id, wanted->picture_id) != 0)
        return fail_with(ctx, ERR_CONFLICT, "the pictures were moved meanwhile");
    present->alt = wanted->alt;
    present->focus_x = wanted->focus_x;
    present->focus_y = wanted->focus_y;
    order.is_same_set = true;
    return write_arrangement(ctx, &order);
}

err product_picture_change(struct ctx *ctx, int64_t product_id, const struct product_picture *picture)
{
    struct rewording rewording = {product_id, picture};
    return db_transact(ctx, reword_in_transaction, &rewording);
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
    TRY(load_arrangement(ctx, movement->product_id, 0, &order));
    order.is_same_set = movement->to >= 0;
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

struct removal {
    int64_t product_id;
    const char *const *picture_ids;
    size_t count;
};

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct removal *removal = arg;
    struct arrangement order;
    size_t kept = 0;
    TRY(load_arrangement(ctx, removal->product_id, 0, &order));
    for (size_t i = 0; i < order.count; i++)
        if (!is_one_of(order.pictures[i].picture_id, removal->picture_ids, removal->count))
            order.pictures[kept++] = order.pictures[i];
    if (kept == order.count)
        return NULL;
    order.count = kept;
    return write_arrangement(ctx, &order);
}

err product_picture_remove_many(struct ctx *ctx, int64_t product_id, const char *const *picture_ids,
                                size_t count)
{
    return db_transact(ctx, remove_in_transaction, &(struct removal){product_id, picture_ids, count});
}

err product_picture_move(struct ctx *ctx, int64_t product_id, int64_t position, int64_t to)
{
    struct movement movement = {product_id, position, to < 0 ? 0 : to};
    return db_transact(ctx, move_in_transaction, &movement);
}

struct filming {
    int64_t product_id;
    const char *video_id;
};

static err write_video(struct ctx *ctx, void *arg)
{
    const struct filming *filming = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such product",
                  "UPDATE products SET video_id = $3, updated_at = $4"
                  " WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(filming->product_id), db_text(filming->video_id),
                  db_int(ctx->now)));
    return product_emit_changed(ctx, filming->product_id);
}

err product_change_video(struct ctx *ctx, int64_t product_id, const char *video_id)
{
    struct filming filming = {product_id, video_id};
    return db_transact(ctx, write_video, &filming);
}

/* A video whose row went meanwhile leaves nothing to bring back. */
static err trash_video(struct ctx *ctx, void *arg)
{
    struct filming *filming = arg;
    bool is_there;
    TRY(video_exists_many(ctx, &filming->video_id, 1, &is_there));
    if (is_there)
        TRY(video_trash_of_product(ctx, filming->video_id, filming->product_id));
    return write_video(ctx, &(struct filming){.product_id = filming->product_id});
}

err product_trash_video(struct ctx *ctx, int64_t product_id)
{
    const struct product *product;
    TRY(product_load(ctx, product_id, &product));
    if (!product->video_id)
        return NULL;
    struct filming filming = {product_id, arena_copy_text(ctx->arena, product->video_id)};
    return db_transact(ctx, trash_video, &filming);
}

err product_restore_video(struct ctx *ctx, int64_t product_id, const char *video_id)
{
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "UPDATE products SET video_id = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND video_id IS NULL",
                  db_int(ctx->shop->id), db_int(product_id), db_text(video_id), db_int(ctx->now)));
    return changed ? product_emit_changed(ctx, product_id) : NULL;
}
