/* media_derive.c - derived pictures: made once, whole, by few at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/text.h"
#include "shop/services.h"
#include <unistd.h>

/* Widest first. */
static const int64_t widths[] = {1280, 960, 640, 480, 320, 160};
static const char *const formats[] = {"webp", "avif", "jpg"};
#define WIDTHS (sizeof widths / sizeof *widths)
#define FORMATS (sizeof formats / sizeof *formats)

static bool is_width(int64_t width)
{
    for (size_t i = 0; i < WIDTHS; i++)
        if (widths[i] == width)
            return true;
    return false;
}

static const char *content_type_of(const char *format)
{
    return text_is(format, "avif") ? "image/avif" : text_is(format, "webp") ? "image/webp" : "image/jpeg";
}

static err find_format(struct ctx *ctx, const char *picture_id, const char **format)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT format FROM pictures WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_text(picture_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    *format = db_get_text(rows, 0);
    return NULL;
}

/* Makes the targets under temporary names, then puts them in place. */
static err make(struct ctx *ctx, const char *picture_id, const char *format,
                const struct picture_target *targets, size_t count)
{
    const char *source;
    TRY(media_original_path(ctx, picture_id, format, &source));
    struct picture_target *partials = arena_alloc_many(ctx->arena, count, sizeof *partials);
    for (size_t i = 0; i < count; i++) {
        partials[i] = targets[i];
        partials[i].path = media_partial_path(ctx, targets[i].path, targets[i].format);
    }
    err failure = ctx->services->pictures->derive(ctx, source, partials, count);
    for (size_t i = 0; i < count; i++)
        if (failure)
            unlink(partials[i].path);
        else
            failure = media_put_in_place(ctx, partials[i].path, targets[i].path);
    return failure;
}

/* Those of the wanted ones that are not there yet, once it is our turn. */
static err make_missing(struct ctx *ctx, const char *picture_id, const char *format,
                        const struct picture_target *wanted, size_t count)
{
    struct picture_target *missing = arena_alloc_many(ctx->arena, count, sizeof *missing);
    size_t missing_count = 0;
    for (size_t i = 0; i < count; i++)
        if (access(wanted[i].path, R_OK) != 0)
            missing[missing_count++] = wanted[i];
    return missing_count ? make(ctx, picture_id, format, missing, missing_count) : NULL;
}

err picture_derived(struct ctx *ctx, const char *picture_id, int64_t width, const char *format,
                    struct media_file *file)
{
    bool is_known = text_is(format, "avif") || text_is(format, "webp") || text_is(format, "jpg");
    if (!is_media_id(picture_id) || !is_width(width) || !is_known)
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    const char *original;
    TRY(find_format(ctx, picture_id, &original));
    *file = (struct media_file){.is_final = true, .content_type = content_type_of(format)};
    TRY(media_derived_path(ctx, picture_id, width, format, &file->path));
    if (access(file->path, R_OK) == 0)
        return NULL; /* nobody asks what can be made, which would load the whole library for it */
    file->is_final = ctx->services->pictures->can_make(format);
    const char *made = file->is_final ? format : "webp";
    file->content_type = content_type_of(made);
    TRY(media_derived_path(ctx, picture_id, width, made, &file->path));
    if (access(file->path, R_OK) == 0)
        return NULL;
    if (!lane_enter(picture_id, LANE_FOR_READER))
        return fail_with(ctx, ERR_UNAVAILABLE, "too many pictures are being made");
    struct picture_target target = {file->path, width, made};
    err failure = make_missing(ctx, picture_id, original, &target, 1);
    lane_leave(picture_id, LANE_FOR_READER);
    return failure;
}

/* The lane of cards without a picture. */
#define NO_PICTURE "00000000000000000000000000000000"

err picture_draw(struct ctx *ctx, const struct picture_card *card, struct slice *jpeg)
{
    struct media_file file = {0};
    const char *lane = card->picture_id ? card->picture_id : NO_PICTURE;
    if (card->picture_id) {
        err failure = picture_derived(ctx, card->picture_id, widths[0], "jpg", &file);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
    }
    if (!lane_enter(lane, LANE_FOR_READER))
        return fail_with(ctx, ERR_UNAVAILABLE, "too many pictures are being made");
    err failure = ctx->services->pictures->draw(ctx, card, file.path, jpeg);
    lane_leave(lane, LANE_FOR_READER);
    return failure;
}

/* One format at a time, so that a reader who waits for this picture is let in between. */
err picture_derive_all(struct ctx *ctx, const char *picture_id, bool *is_busy)
{
    const char *original;
    *is_busy = false;
    TRY(find_format(ctx, picture_id, &original));
    for (size_t f = 0; f < FORMATS; f++) {
        struct picture_target targets[WIDTHS];
        if (!ctx->services->pictures->can_make(formats[f]))
            continue;
        for (size_t w = 0; w < WIDTHS; w++) {
            targets[w] = (struct picture_target){.width = widths[w], .format = formats[f]};
            TRY(media_derived_path(ctx, picture_id, widths[w], formats[f], &targets[w].path));
        }
        *is_busy = !lane_enter(picture_id, LANE_FOR_JOB);
        if (*is_busy)
            return NULL;
        err failure = make_missing(ctx, picture_id, original, targets, WIDTHS);
        lane_leave(picture_id, LANE_FOR_JOB);
        TRY(failure);
    }
    return NULL;
}
