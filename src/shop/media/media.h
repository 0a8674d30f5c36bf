/* media.h - pictures: originals kept by the hash of their bytes, derived sizes and formats made once.
 *
 * The files stand in DATA/media/HH/HASH.FORMAT and DATA/media/derived/HH/HASH-WIDTH.FORMAT. A derived file is
 * made when it is first asked for and then served as it is; its address never changes its content. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

/* A decoded picture of more pixels than this is refused (decompression bombs). */
#define PICTURE_PIXEL_LIMIT INT64_C(100000000)

struct picture_facts {
    const char *format; /* "jpg", "png", "webp", "gif" or "svg" */
    int64_t width;
    int64_t height;
};

/* The port to the picture library; adapter/vips fills it. */
struct picture_maker {
    /* Reads the header only. ERR_UNSUPPORTED_MEDIA for anything that is no picture of a known format. */
    err (*probe)(struct ctx *ctx, const char *path, struct picture_facts *facts);
    /* Writes a picture at most `width` wide, without metadata, as "webp" or "jpg". */
    err (*derive)(struct ctx *ctx, const char *source, const char *target, int64_t width, const char *format);
};

struct picture {
    const char *id; /* 32 hex digits */
    const char *format;
    int64_t width;
    int64_t height;
};

/* Takes a file as a picture of the shop: checks it, keeps it, remembers it. The same bytes give the same
 * picture. SVG is taken only when `is_ours` (our own drawings): it may carry script. */
CHECKED err picture_store(struct ctx *ctx, const char *path, bool is_ours, const struct picture **picture);
/* The file of a derived picture, made now if it is not there. ERR_NOT_FOUND for an unknown picture, width or
 * format; the widths are those of media_widths. */
CHECKED err picture_derived(struct ctx *ctx, const char *picture_id, int64_t width, const char *format,
                            const char **path);
/* {id, width, height, alt}, or null when there is no picture. Sizes that are not known are 1200. */
void picture_set_view(struct ctx *ctx, struct value *object, const char *name, const char *picture_id,
                      const char *alt);
