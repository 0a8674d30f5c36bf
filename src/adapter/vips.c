/* vips.c - libvips behind the port of the media module; started when the first picture comes.
 *
 * libvips keeps worker threads and an operation cache; both are held small, since pictures are made rarely
 * and kept. Untrusted loaders are blocked: what is probed is read by the loaders of known formats only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/vips.h"

#include "base/text.h"
#include <pthread.h>
#include <unistd.h>
#include <vips/vips.h>

/* Our own drawings are this wide and high. An SVG file is recognised here but not opened: whoever sent it,
 * only our own are ever rendered (media.h). */
#define DRAWING_SIZE 1200
#define QUALITY 80
#define CACHE_OPERATIONS 16
#define CACHE_BYTES ((size_t)16 << 20)

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start(void)
{
    if (vips_init("yundian") != 0)
        bug("libvips does not start");
    vips_concurrency_set(1);
    vips_cache_set_max(CACHE_OPERATIONS);
    vips_cache_set_max_mem(CACHE_BYTES);
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoadSvg", FALSE);
#endif
}

static err vips_failure(struct ctx *ctx, enum error_code code, const char *what)
{
    const char *message = arena_copy_text(ctx->arena, vips_error_buffer());
    vips_error_clear();
    return fail_with(ctx, code, "%s: %s", what, message);
}

static const char *format_of(const char *loader)
{
    static const struct {
        const char *loader;
        const char *format;
    } known[] = {{"VipsForeignLoadJpeg", "jpg"},  {"VipsForeignLoadPng", "png"},
                 {"VipsForeignLoadWebp", "webp"}, {"VipsForeignLoadNsgif", "gif"},
                 {"VipsForeignLoadGif", "gif"},   {"VipsForeignLoadSvg", "svg"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_starts(loader, known[i].loader))
            return known[i].format;
    return NULL;
}

static err probe(struct ctx *ctx, const char *path, struct picture_facts *facts)
{
    pthread_once(&started, start);
    const char *loader = vips_foreign_find_load(path);
    const char *format = loader ? format_of(loader) : NULL;
    vips_error_clear();
    if (!format)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "please use JPEG, PNG, WebP or GIF");
    if (text_is(format, "svg")) {
        *facts = (struct picture_facts){.format = format, .width = DRAWING_SIZE, .height = DRAWING_SIZE};
        return NULL;
    }
    VipsImage *image = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (!image)
        return vips_failure(ctx, ERR_UNSUPPORTED_MEDIA, "the picture is damaged");
    *facts = (struct picture_facts){
        .format = format, .width = vips_image_get_width(image), .height = vips_image_get_height(image)};
    g_object_unref(image);
    return NULL;
}

static int save(VipsImage *image, const char *target, const char *format)
{
    if (text_is(format, "webp"))
        return vips_webpsave(image, target, "Q", QUALITY, "strip", TRUE, "effort", 4, NULL);
    double white[] = {255, 255, 255};
    VipsArrayDouble *background = vips_array_double_new(white, 3);
    int failed = vips_jpegsave(image, target, "Q", QUALITY, "strip", TRUE, "optimize_coding", TRUE,
                               "interlace", TRUE, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return failed;
}

static err derive(struct ctx *ctx, const char *source, const char *target, int64_t width, const char *format)
{
    pthread_once(&started, start);
    VipsImage *image;
    if (vips_thumbnail(source, &image, (int)width, "height", (int)width * 2, "size", VIPS_SIZE_DOWN, NULL) !=
        0)
        return vips_failure(ctx, ERR_INTERNAL, "cannot shrink the picture");
    int failed = save(image, target, format);
    g_object_unref(image);
    vips_thread_shutdown();
    if (!failed)
        return NULL;
    unlink(target);
    return vips_failure(ctx, ERR_INTERNAL, "cannot write the picture");
}

const struct picture_maker vips_pictures = {.probe = probe, .derive = derive};
