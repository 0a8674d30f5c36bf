/* media_routes.c - /media/HASH/640.avif: content that never changes under its address. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_routes.h"

#include "shop/media/media.h"

struct show_form {
    const char *picture;
    const char *file;
};

static const struct field show_fields[] = {
    {.name = "picture",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, picture),
     .is_required = true,
     .maximum = 32,
     .help = "Picture id"},
    {.name = "file",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, file),
     .is_required = true,
     .maximum = 16,
     .help = "WIDTH.FORMAT, for example 640.avif"},
    {0},
};

static err show(struct req *req)
{
    const struct show_form *form = req->form;
    const char *dot = strchr(form->file, '.');
    int64_t width;
    if (!dot || !text_to_int(arena_copy(req->ctx.arena, form->file, (size_t)(dot - form->file)), &width))
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such picture");
    struct media_file made;
    TRY(picture_derived(&req->ctx, form->picture, width, dot + 1, &made));
    return reply_file(req, made.path, made.content_type, made.is_final);
}

struct video_form {
    const char *file;
};

static const struct field video_fields[] = {
    {.name = "file",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct video_form, file),
     .is_required = true,
     .maximum = 40,
     .help = "VIDEO.mp4 or VIDEO.webm"},
    {0},
};

static err show_video(struct req *req)
{
    const struct video_form *form = req->form;
    struct media_file file;
    TRY(video_file(&req->ctx, form->file, &file));
    return reply_file(req, file.path, file.content_type, true);
}

const struct route media_routes[] = {
    {.method = GET,
     .path = "/media/:picture/:file",
     .handler = show,
     .guard = ANYONE,
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .faces = FACE_HTML,
     .summary = "A picture in one size and format"},
    {.method = GET,
     .path = "/media/video/:file",
     .handler = show_video,
     .guard = ANYONE,
     .fields = video_fields,
     .form_size = sizeof(struct video_form),
     .faces = FACE_HTML,
     .summary = "A video file, whole or a range"},
    {0},
};
