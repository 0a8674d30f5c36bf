/* media_store.c - taking a file: what it is, whether it can be taken, whether it looks like one we have. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/config.h"
#include "base/text.h"
#include "shop/media/media_look.h"
#include "shop/services.h"
#include <inttypes.h>
#include <sys/stat.h>

static err refuse_picture(struct ctx *ctx, const struct media_source *source, const char *code,
                          const char *message)
{
    return media_refuse(ctx, source, "pictures", code, message);
}

static int64_t size_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? (int64_t)facts.st_size : 0;
}

/* It is no picture that we can read: says what it is instead, by its bytes and not by its name. */
static err refuse_stranger(struct ctx *ctx, const struct media_source *source)
{
    const char *type;
    TRY(ctx->services->pictures->identify(ctx, source->path, &type));
    if (text_starts(type, "image/svg") || text_is(type, "text/xml"))
        return refuse_picture(ctx, source, "file-svg",
                              "SVG is not taken, since it may carry script; export it as PNG");
    if (text_starts(type, "image/jpeg") || text_is(type, "image/png") || text_is(type, "image/webp") ||
        text_is(type, "image/gif"))
        return refuse_picture(ctx, source, "file-damaged",
                              "the file is damaged or incomplete; export or download it again");
    if (text_is(type, "image/heic") || text_is(type, "image/heif"))
        return refuse_picture(
            ctx, source, "file-heic",
            "HEIC cannot be read here; export it as JPEG (iPhone: Settings, Camera, Formats,"
            " Most Compatible)");
    if (text_starts(type, "video/"))
        return refuse_picture(ctx, source, "file-is-video", "this is a video; add it as the product's video");
    if (text_starts(type, "image/"))
        return refuse_picture(ctx, source, "file-unsupported",
                              "this kind of picture is not taken; save it as JPEG, PNG or WebP");
    return refuse_picture(
        ctx, source, "file-not-picture",
        "this is no picture, whatever its name says; choose a JPEG, PNG, WebP, GIF or HEIC");
}

static err check_size(struct ctx *ctx, const struct media_source *source, const struct picture_facts *facts)
{
    if (facts->width > PICTURE_PIXEL_LIMIT / facts->height)
        return refuse_picture(ctx, source, "file-too-many-pixels",
                              "more than 100 million pixels; make it smaller, 3000 pixels wide is plenty");
    int64_t pixels = facts->width * facts->height;
    if (pixels > PICTURE_BOMB_PIXELS && pixels / PICTURE_BOMB_RATIO > size_of(source->path))
        return refuse_picture(
            ctx, source, "file-bomb",
            "a tiny file that unpacks to a huge picture is not taken; save it again as JPEG");
    return NULL;
}

static err check_picture(struct ctx *ctx, const struct media_source *source, struct picture_facts *facts,
                         uint64_t *look)
{
    *look = 0;
    int64_t bytes = size_of(source->path);
    if (bytes == 0)
        return refuse_picture(ctx, source, "file-empty", "the file is empty; choose it again");
    if (bytes > PICTURE_BYTES_LIMIT)
        return refuse_picture(ctx, source, "file-too-big", "larger than 25 MB; make it smaller");
    err failure = ctx->services->pictures->probe(ctx, source->path, facts);
    if (failure)
        return failure->code == ERR_UNSUPPORTED_MEDIA ? refuse_stranger(ctx, source) : failure;
    if (text_is(facts->format, "svg"))
        return source->is_ours
                   ? NULL
                   : refuse_picture(ctx, source, "file-svg",
                                    "SVG is not taken, since it may carry script; export it as PNG");
    TRY(check_size(ctx, source, facts));
    if (source->is_ours)
        return NULL;
    failure = ctx->services->pictures->look(ctx, source->path, look);
    if (failure && failure->code == ERR_UNSUPPORTED_MEDIA && text_is(facts->format, "heif"))
        return refuse_picture(ctx, source, "file-heic",
                              "this HEIC or AVIF file cannot be read here; export it as JPEG");
    if (failure && failure->code == ERR_UNSUPPORTED_MEDIA)
        return refuse_picture(ctx, source, "file-damaged",
                              "the file is damaged or incomplete; export or download it again");
    return failure;
}

struct insertion {
    struct picture *picture;
    uint64_t look;
    bool is_ours;
};

static err insert_picture(struct ctx *ctx, void *arg)
{
    const struct insertion *insertion = arg;
    struct picture *picture = insertion->picture;
    struct look_bands bands = look_split(insertion->look);
    TRY(look_find_alike(ctx, insertion->look, picture->id, &picture->alike_id));
    TRY(db_execute(ctx,
                   "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at, file_name, "
                   "name_key, look,"
                   " look_1, look_2, look_3, look_4, alike_id)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
                   " ON CONFLICT (shop_id, id) DO NOTHING",
                   db_int(ctx->shop->id), db_text(picture->id), db_text(picture->format),
                   db_int(picture->width), db_int(picture->height), db_int(picture->bytes), db_int(ctx->now),
                   db_text(picture->file_name), db_text(media_name_key(ctx, picture->file_name)),
                   insertion->look ? db_int((int64_t)insertion->look) : db_null(), bands.values[0],
                   bands.values[1], bands.values[2], bands.values[3], db_text(picture->alike_id)));
    return insertion->is_ours ? NULL : media_derive_later(ctx, picture->id);
}

err picture_store(struct ctx *ctx, const struct media_source *source, const struct picture **picture)
{
    struct picture_facts facts = {0};
    struct picture *stored = arena_alloc(ctx->arena, sizeof *stored);
    struct insertion insertion = {.picture = stored, .is_ours = source->is_ours};
    TRY(check_picture(ctx, source, &facts, &insertion.look));
    TRY(media_hash(ctx, source->path, &stored->id, &stored->bytes));
    stored->format = facts.format;
    stored->width = facts.width;
    stored->height = facts.height;
    stored->file_name = source->file_name ? source->file_name : "";
    stored->alt = "";
    stored->created_at = ctx->now;
    TRY(media_keep(ctx, source->path, stored->id, stored->format));
    TRY(db_transact(ctx, insert_picture, &insertion));
    *picture = stored;
    /* A job that removes the same bytes may have come between (media_jobs.c). */
    return media_keep(ctx, source->path, stored->id, stored->format);
}

struct video_insertion {
    const char *id;
    const char *format;
    const char *file_name;
    int64_t bytes;
};

static err insert_video(struct ctx *ctx, void *arg)
{
    const struct video_insertion *video = arg;
    return db_execute(ctx,
                      "INSERT INTO videos (shop_id, id, format, bytes, file_name, created_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, id) DO NOTHING",
                      db_int(ctx->shop->id), db_text(video->id), db_text(video->format), db_int(video->bytes),
                      db_text(video->file_name), db_int(ctx->now));
}

err video_store(struct ctx *ctx, const struct media_source *source, const char **video_id)
{
    const char *type;
    struct video_insertion video = {.file_name = source->file_name ? source->file_name : ""};
    if (size_of(source->path) == 0)
        return media_refuse(ctx, source, "video", "file-empty", "the file is empty; choose it again");
    if (size_of(source->path) > ctx->config->video_limit)
        return media_refuse(ctx, source, "video", "file-video-too-big",
                            arena_format(ctx->arena,
                                         "larger than %lld MB; make it shorter or export it as 720p",
                                         (long long)(ctx->config->video_limit >> 20)));
    TRY(ctx->services->pictures->identify(ctx, source->path, &type));
    video.format = text_is(type, "video/mp4") || text_is(type, "video/x-m4v") ? "mp4"
                   : text_is(type, "video/webm")                              ? "webm"
                                                                              : NULL;
    if (!video.format)
        return media_refuse(ctx, source, "video", "file-not-video",
                            "this is no MP4 or WebM file, whatever its name says; export it as MP4");
    TRY(media_hash(ctx, source->path, &video.id, &video.bytes));
    TRY(media_keep(ctx, source->path, video.id, video.format));
    TRY(db_transact(ctx, insert_video, &video));
    *video_id = video.id;
    return media_keep(ctx, source->path, video.id, video.format);
}
