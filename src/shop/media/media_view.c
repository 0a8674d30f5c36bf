/* media_view.c - pictures and videos as templates see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media.h"

#include "base/text.h"

#define UNKNOWN_SIZE 1200

void picture_set_view(struct ctx *ctx, struct value *object, const char *name, const char *picture_id,
                      const char *alt)
{
    if (!picture_id) {
        value_set(ctx->arena, object, name, value_null());
        return;
    }
    struct value *view = value_set_object(ctx->arena, object, name);
    value_set_text(ctx->arena, view, "id", picture_id);
    value_set_int(ctx->arena, view, "width", UNKNOWN_SIZE);
    value_set_int(ctx->arena, view, "height", UNKNOWN_SIZE);
    value_set_text(ctx->arena, view, "alt", alt);
}

void picture_set_focus(struct ctx *ctx, struct value *object, const char *name, int64_t x, int64_t y)
{
    struct value view = *value_find(object, name);
    if (view.kind != VALUE_OBJECT || (x == 50 && y == 50))
        return;
    value_set_int(ctx->arena, &view, "focus_x", x);
    value_set_int(ctx->arena, &view, "focus_y", y);
    value_set(ctx->arena, object, name, view);
}

err video_set_view(struct ctx *ctx, struct value *object, const char *name, const char *video_id)
{
    const struct video *video = NULL;
    if (video_id) {
        err failure = video_load(ctx, video_id, &video);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
    }
    if (!video) {
        value_set(ctx->arena, object, name, value_null());
        return NULL;
    }
    struct value *view = value_set_object(ctx->arena, object, name);
    value_set_text(ctx->arena, view, "id", video->id);
    value_set_text(ctx->arena, view, "url",
                   arena_format(ctx->arena, "/media/video/%s.%s", video->id, video->format));
    value_set_text(ctx->arena, view, "format", video->format);
    value_set_int(ctx->arena, view, "bytes", video->bytes);
    value_set_text(ctx->arena, view, "file_name", video->file_name);
    return NULL;
}
