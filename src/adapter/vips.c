/* vips.c - libvips behind the port of the media module; loaded and started when the first picture comes.
 *
 * libvips keeps worker threads and an operation cache; both are held small, since pictures are made rarely
 * and kept. Untrusted loaders are blocked: what is probed is read by the loaders of known formats only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/vips.h"

#include "adapter/file_type.h"
#include "adapter/vips_library.h"
#include "base/text.h"
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

/* Our own drawings are this wide and high. An SVG file is recognised here but not opened: whoever sent it,
 * only our own are ever rendered (media.h). */
#define DRAWING_SIZE 1200
#define QUALITY 80
/* Better than WebP of 80 at two thirds of the bytes; a higher effort takes a second for each picture. */
#define AVIF_QUALITY 65
#define AVIF_EFFORT 2
#define CARD_QUALITY 86
#define LOOK_WIDTH 9
#define LOOK_HEIGHT 8
#define CACHE_OPERATIONS 16
#define CACHE_BYTES ((size_t)16 << 20)

static pthread_once_t started = PTHREAD_ONCE_INIT;

static struct vips_library vips;
static bool is_there;
static bool has_avif;

/* libheif may be there without an encoder for AV1 (a package of its own on some systems): only trying tells.
 */
static bool try_avif(void)
{
    VipsImage *black;
    void *bytes = NULL;
    size_t size = 0;
    if (vips.vips_black(&black, 16, 16, "bands", 3, NULL) != 0)
        return false;
    int failed = vips.vips_heifsave_buffer(black, &bytes, &size, "compression",
                                           VIPS_FOREIGN_HEIF_COMPRESSION_AV1, NULL);
    vips.g_object_unref(black);
    vips.g_free(bytes);
    vips.vips_error_clear();
    return !failed && size > 0;
}

/* What is wrong with an upload is told to who sent it; the library's own warnings say no more. */
static void be_silent(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void)domain, (void)level, (void)message, (void)data;
}

static void start(void)
{
    is_there = vips_library_load(&vips) && vips.vips_init("yundian") == 0;
    if (!is_there)
        return;
    vips.g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO, be_silent, NULL);
    vips.vips_concurrency_set(1);
    vips.vips_cache_set_max(CACHE_OPERATIONS);
    vips.vips_cache_set_max_mem(CACHE_BYTES);
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
    vips.vips_block_untrusted_set(TRUE);
    vips.vips_operation_block_set("VipsForeignLoadSvg", FALSE);
#endif
    has_avif = try_avif();
}

static err begin(struct ctx *ctx)
{
    pthread_once(&started, start);
    return is_there ? NULL : fail_with(ctx, ERR_INTERNAL, "libvips is not installed: %s", VIPS_LIBRARY);
}

static err vips_failure(struct ctx *ctx, enum error_code code, const char *what)
{
    const char *message = arena_copy_text(ctx->arena, vips.vips_error_buffer());
    vips.vips_error_clear();
    return fail_with(ctx, code, "%s: %s", what, message);
}

static const char *format_of(const char *loader)
{
    static const struct {
        const char *loader;
        const char *format;
    } known[] = {{"VipsForeignLoadJpeg", "jpg"},  {"VipsForeignLoadPng", "png"},
                 {"VipsForeignLoadWebp", "webp"}, {"VipsForeignLoadNsgif", "gif"},
                 {"VipsForeignLoadGif", "gif"},   {"VipsForeignLoadHeif", "heif"},
                 {"VipsForeignLoadSvg", "svg"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_starts(loader, known[i].loader))
            return known[i].format;
    return NULL;
}

static err probe(struct ctx *ctx, const char *path, struct picture_facts *facts)
{
    TRY(begin(ctx));
    const char *loader = vips.vips_foreign_find_load(path);
    const char *format = loader ? format_of(loader) : NULL;
    vips.vips_error_clear();
    if (!format)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "please use JPEG, PNG, WebP, GIF or HEIC");
    if (text_is(format, "svg")) {
        *facts = (struct picture_facts){.format = format, .width = DRAWING_SIZE, .height = DRAWING_SIZE};
        return NULL;
    }
    VipsImage *image = vips.vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (!image)
        return vips_failure(ctx, ERR_UNSUPPORTED_MEDIA, "the picture is damaged");
    bool is_lying = vips.vips_image_get_orientation_swap(image);
    int width = vips.vips_image_get_width(image), height = vips.vips_image_get_height(image);
    *facts = (struct picture_facts){
        .format = format, .width = is_lying ? height : width, .height = is_lying ? width : height};
    vips.g_object_unref(image);
    vips.vips_thread_shutdown();
    return NULL;
}

static int save(VipsImage *image, const char *target, const char *format)
{
    if (text_is(format, "avif"))
        return vips.vips_heifsave(image, target, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
                                  AVIF_QUALITY, "effort", AVIF_EFFORT, "strip", TRUE, NULL);
    if (text_is(format, "webp"))
        return vips.vips_webpsave(image, target, "Q", QUALITY, "strip", TRUE, "effort", 4, NULL);
    double white[] = {255, 255, 255};
    VipsArrayDouble *background = vips.vips_array_double_new(white, 3);
    int failed = vips.vips_jpegsave(image, target, "Q", QUALITY, "strip", TRUE, "optimize_coding", TRUE,
                                    "interlace", TRUE, "background", background, NULL);
    vips.vips_area_unref((VipsArea *)background);
    return failed;
}

/* Savers can leave metadata out, but not all of them do (webpsave of 8.14 keeps Exif): so there is none. */
static void forget_metadata(VipsImage *image)
{
    gchar **fields = vips.vips_image_get_fields(image);
    for (gchar **field = fields; *field; field++)
        if (text_starts(*field, "exif-") || text_ends(*field, "-data") ||
            text_starts(*field, "png-comment") || text_is(*field, VIPS_META_ORIENTATION))
            vips.vips_image_remove(image, *field);
    vips.g_strfreev(fields);
}

/* On white, whatever its bands are; a picture that hides everything stays as it is. */
static int flatten(VipsImage *image, VipsImage **flat)
{
    double white[] = {255};
    VipsArrayDouble *background = vips.vips_array_double_new(white, 1);
    int failed = vips.vips_image_hasalpha(image)
                     ? vips.vips_flatten(image, flat, "background", background, NULL)
                     : vips.vips_copy(image, flat, NULL);
    vips.vips_area_unref((VipsArea *)background);
    return failed;
}

/* The picture upright, in sRGB, decoded into memory; the decoder itself already leaves out what is not
 * needed. */
static int shrink(const char *source, int width, VipsImage **small)
{
    VipsImage *thumbnail, *coloured;
    if (vips.vips_thumbnail(source, &thumbnail, width, "height", width * 2, "size", VIPS_SIZE_DOWN,
                            "export_profile", "srgb", NULL) != 0)
        return -1;
    int failed = vips.vips_colourspace(thumbnail, &coloured, VIPS_INTERPRETATION_sRGB, NULL);
    vips.g_object_unref(thumbnail);
    if (failed)
        return -1;
    *small = vips.vips_image_copy_memory(coloured);
    vips.g_object_unref(coloured);
    if (!*small)
        return -1;
    forget_metadata(*small);
    return 0;
}

static int save_at(VipsImage *image, const struct picture_target *target)
{
    VipsImage *small;
    if (vips.vips_thumbnail_image(image, &small, (int)target->width, "height", (int)target->width * 2, "size",
                                  VIPS_SIZE_DOWN, NULL) != 0)
        return -1;
    int failed = save(small, target->path, target->format);
    vips.g_object_unref(small);
    return failed;
}

static err derive(struct ctx *ctx, const char *source, const struct picture_target *targets, size_t count)
{
    TRY(begin(ctx));
    VipsImage *image;
    if (shrink(source, (int)targets[0].width, &image) != 0) {
        vips.vips_thread_shutdown();
        return vips_failure(ctx, ERR_INTERNAL, "cannot shrink the picture");
    }
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = save_at(image, &targets[i]);
    vips.g_object_unref(image);
    vips.vips_thread_shutdown();
    malloc_trim(0); /* an encoder takes and leaves up to a hundred megabytes in small pieces */
    return failed ? vips_failure(ctx, ERR_INTERNAL, "cannot write the picture") : NULL;
}

/* ---- cards ---- */

/* Cut to a square, its middle kept. */
static int cut(const char *path, int side, VipsImage **square)
{
    VipsImage *small;
    if (vips.vips_thumbnail(path, &small, side, "height", side, "crop", VIPS_INTERESTING_CENTRE,
                            "export_profile", "srgb", NULL) != 0)
        return -1;
    int failed = vips.vips_colourspace(small, square, VIPS_INTERPRETATION_sRGB, NULL);
    vips.g_object_unref(small);
    return failed;
}

/* The drawing on white, without its picture. */
static int render(const char *svg, VipsImage **sheet)
{
    VipsImage *drawing;
    if (vips.vips_svgload_buffer((void *)(uintptr_t)svg, strlen(svg), &drawing, NULL) != 0)
        return -1;
    int failed = flatten(drawing, sheet);
    vips.g_object_unref(drawing);
    return failed;
}

static int lay_over(VipsImage *sheet, const struct picture_card *card, const char *path, VipsImage **whole)
{
    VipsImage *square;
    if (!path)
        return vips.vips_copy(sheet, whole, NULL);
    if (cut(path, (int)card->side, &square) != 0)
        return -1;
    int failed = vips.vips_insert(sheet, square, whole, (int)card->left, (int)card->top, NULL);
    vips.g_object_unref(square);
    return failed;
}

static int draw_bytes(const struct picture_card *card, const char *path, void **bytes, size_t *size)
{
    VipsImage *sheet, *whole;
    if (render(card->svg, &sheet) != 0)
        return -1;
    int failed = lay_over(sheet, card, path, &whole);
    vips.g_object_unref(sheet);
    if (failed)
        return -1;
    failed = vips.vips_jpegsave_buffer(whole, bytes, size, "Q", CARD_QUALITY, "strip", TRUE,
                                       "optimize_coding", TRUE, NULL);
    vips.g_object_unref(whole);
    return failed;
}

static err draw(struct ctx *ctx, const struct picture_card *card, const char *path, struct slice *jpeg)
{
    void *bytes = NULL;
    size_t size = 0;
    TRY(begin(ctx));
    int failed = draw_bytes(card, path, &bytes, &size);
    vips.vips_thread_shutdown();
    malloc_trim(0);
    if (failed)
        return vips_failure(ctx, ERR_INTERNAL, "cannot draw the card");
    *jpeg = (struct slice){arena_copy(ctx->arena, bytes, size), size};
    vips.g_free(bytes);
    return NULL;
}

/* ---- what a picture looks like ---- */

/* One grey miniature of LOOK_WIDTH x LOOK_HEIGHT bytes. */
static int miniature(const char *path, void **pixels)
{
    VipsImage *small, *flat, *grey;
    size_t size;
    if (vips.vips_thumbnail(path, &small, LOOK_WIDTH, "height", LOOK_HEIGHT, "size", VIPS_SIZE_FORCE,
                            "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL) != 0)
        return -1;
    int failed = flatten(small, &flat);
    vips.g_object_unref(small);
    if (failed)
        return -1;
    failed = vips.vips_colourspace(flat, &grey, VIPS_INTERPRETATION_B_W, NULL);
    vips.g_object_unref(flat);
    if (failed)
        return -1;
    VipsImage *bytes;
    failed = vips.vips_cast_uchar(grey, &bytes, NULL);
    vips.g_object_unref(grey);
    if (failed)
        return -1;
    *pixels = vips.vips_image_write_to_memory(bytes, &size);
    bool is_whole = *pixels && size == (size_t)LOOK_WIDTH * LOOK_HEIGHT;
    if (!is_whole)
        vips.g_free(*pixels);
    vips.g_object_unref(bytes);
    return is_whole ? 0 : -1;
}

static err look(struct ctx *ctx, const char *path, uint64_t *look)
{
    void *pixels;
    TRY(begin(ctx));
    int failed = miniature(path, &pixels);
    vips.vips_thread_shutdown();
    if (failed)
        return vips_failure(ctx, ERR_UNSUPPORTED_MEDIA, "the picture is damaged");
    const unsigned char *row = pixels;
    *look = 0;
    for (int y = 0; y < LOOK_HEIGHT; y++, row += LOOK_WIDTH)
        for (int x = 0; x < LOOK_WIDTH - 1; x++)
            *look = *look << 1 | (row[x] > row[x + 1]);
    vips.g_free(pixels);
    return NULL;
}

static bool can_make(const char *format)
{
    pthread_once(&started, start);
    return has_avif || !text_is(format, "avif");
}

const struct picture_maker vips_pictures = {.identify = file_type_identify,
                                            .probe = probe,
                                            .look = look,
                                            .derive = derive,
                                            .draw = draw,
                                            .can_make = can_make};
