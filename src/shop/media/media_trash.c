/* media_trash.c - pictures and videos that are removed so that they can be brought back: their file waits as
 * long. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/text.h"
#include "shop/media/media_look.h"
#include "shop/trash/trash.h"
#include <inttypes.h>

static err keep_row(struct ctx *ctx, const char *picture_id, struct value *data)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT format, width, height, bytes, file_name, name_key, alt, look, created_at FROM pictures"
        " WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_text(picture_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    value_set_text(ctx->arena, data, "id", picture_id);
    value_set_text(ctx->arena, data, "format", db_get_text(rows, 0));
    value_set_int(ctx->arena, data, "width", db_get_int(rows, 1));
    value_set_int(ctx->arena, data, "height", db_get_int(rows, 2));
    value_set_int(ctx->arena, data, "bytes", db_get_int(rows, 3));
    value_set_text(ctx->arena, data, "file_name", db_get_text(rows, 4));
    value_set_text(ctx->arena, data, "name_key", db_get_text(rows, 5));
    value_set_text(ctx->arena, data, "alt", db_get_text(rows, 6));
    value_set_text(ctx->arena, data, "look", arena_format(ctx->arena, "%" PRId64, db_get_int(rows, 7)));
    value_set_int(ctx->arena, data, "created_at", db_get_int(rows, 8));
    return NULL;
}

static err trash_in_transaction(struct ctx *ctx, void *arg)
{
    const struct picture *picture = arg;
    struct value *data = value_object(ctx->arena);
    TRY(keep_row(ctx, picture->id, data));
    TRY(trash_put(ctx, TRASH_PICTURE, picture->file_name[0] ? picture->file_name : picture->id, data));
    TRY(picture_remove(ctx, picture->id));
    return media_forget_at(ctx, picture->id, picture->format, ctx->now + TRASH_KEPT_MS + DAY_MS);
}

err picture_trash(struct ctx *ctx, const char *picture_id)
{
    const struct picture *picture;
    TRY(picture_load(ctx, picture_id, &picture));
    struct picture copy = *picture;
    return db_transact(ctx, trash_in_transaction, &copy);
}

/* One that came again meanwhile stays as it is. */
err picture_restore(struct ctx *ctx, const struct value *data)
{
    int64_t look = 0;
    const char *id = value_find_text(data, "id");
    if (!text_to_int(value_find_text(data, "look"), &look))
        look = 0;
    struct look_bands bands = look_split((uint64_t)look);
    TRY(db_execute(ctx,
                   "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at, file_name,"
                   " name_key, alt, look, look_1, look_2, look_3, look_4)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
                   " ON CONFLICT (shop_id, id) DO NOTHING",
                   db_int(ctx->shop->id), db_text(id), db_text(value_find_text(data, "format")),
                   db_int(value_find_int(data, "width", 0)), db_int(value_find_int(data, "height", 0)),
                   db_int(value_find_int(data, "bytes", 0)),
                   db_int(value_find_int(data, "created_at", ctx->now)),
                   db_text(value_find_text(data, "file_name")), db_text(value_find_text(data, "name_key")),
                   db_text(value_find_text(data, "alt")), look ? db_int(look) : db_null(), bands.values[0],
                   bands.values[1], bands.values[2], bands.values[3]));
    return media_derive_later(ctx, id);
}

/* ---- videos ---- */

static err keep_video(struct ctx *ctx, const struct video *video, int64_t product_id)
{
    struct value *data = value_object(ctx->arena);
    value_set_text(ctx->arena, data, "id", video->id);
    value_set_text(ctx->arena, data, "format", video->format);
    value_set_int(ctx->arena, data, "bytes", video->bytes);
    value_set_text(ctx->arena, data, "file_name", video->file_name);
    value_set_int(ctx->arena, data, "created_at", video->created_at);
    value_set_id(ctx->arena, data, "product", product_id);
    return trash_put(ctx, TRASH_VIDEO, video->file_name[0] ? video->file_name : video->id, data);
}

static err trash_video(struct ctx *ctx, void *arg)
{
    const struct video *video = arg;
    TRY(keep_video(ctx, video, 0));
    TRY(video_remove(ctx, video->id));
    return media_forget_at(ctx, video->id, video->format, ctx->now + TRASH_KEPT_MS + DAY_MS);
}

err video_trash(struct ctx *ctx, const char *video_id)
{
    const struct video *video;
    TRY(video_load(ctx, video_id, &video));
    struct video copy = *video;
    return db_transact(ctx, trash_video, &copy);
}

err video_trash_of_product(struct ctx *ctx, const char *video_id, int64_t product_id)
{
    const struct video *video;
    TRY(video_load(ctx, video_id, &video));
    return keep_video(ctx, video, product_id);
}

err video_restore(struct ctx *ctx, const struct value *data)
{
    return db_execute(ctx,
                      "INSERT INTO videos (shop_id, id, format, bytes, file_name, created_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, id) DO NOTHING",
                      db_int(ctx->shop->id), db_text(value_find_text(data, "id")),
                      db_text(value_find_text(data, "format")), db_int(value_find_int(data, "bytes", 0)),
                      db_text(value_find_text(data, "file_name")),
                      db_int(value_find_int(data, "created_at", ctx->now)));
}
