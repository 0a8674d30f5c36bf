/* vips_test.c - real pictures, whole and broken: what is read, what is refused, what is written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/vips.h"
#include "base/text.h"
#include "unit.h"
#include <ftw.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

static const struct picture_maker *const maker = &vips_pictures;
static struct arena *arena;
static struct ctx ctx;
static char directory[64];

static const char *path_of(const char *name)
{
    return arena_format(arena, "%s/%s", directory, name);
}

static int open_studio(void **state)
{
    (void)state;
    arena = arena_open((size_t)256 << 20);
    ctx = (struct ctx){.arena = arena};
    snprintf(directory, sizeof directory, "/tmp/yundian-vips-XXXXXX");
    assert_non_null(mkdtemp(directory));
    struct picture_facts facts;
    assert_non_null(maker->probe(&ctx, path_of("nothing"), &facts)); /* starts the library */
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int close_studio(void **state)
{
    (void)state;
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(arena);
    return 0;
}

/* ---- making files */

/* A landscape that is red above and blue below, and bright to the right. */
static VipsImage *paint(int width, int height)
{
    VipsImage *ramp, *bands[3], *joined, *coloured;
    assert_int_equal(vips_xyz(&ramp, width, height, NULL), 0);
    assert_int_equal(vips_extract_band(ramp, &bands[0], 1, NULL), 0);
    assert_int_equal(vips_linear1(bands[0], &bands[1], -255.0 / height, 255, NULL), 0);
    assert_int_equal(vips_linear1(bands[0], &bands[2], 255.0 / height, 0, NULL), 0);
    g_object_unref(bands[0]);
    VipsImage *across;
    assert_int_equal(vips_extract_band(ramp, &across, 0, NULL), 0);
    assert_int_equal(vips_linear1(across, &bands[0], 255.0 / width, 0, NULL), 0);
    VipsImage *order[] = {bands[1], bands[0], bands[2]};
    assert_int_equal(vips_bandjoin(order, &joined, 3, NULL), 0);
    assert_int_equal(vips_cast_uchar(joined, &coloured, NULL), 0);
    VipsImage *named;
    assert_int_equal(vips_copy(coloured, &named, "interpretation", VIPS_INTERPRETATION_sRGB, NULL), 0);
    g_object_unref(ramp);
    g_object_unref(across);
    for (int i = 0; i < 3; i++)
        g_object_unref(bands[i]);
    g_object_unref(joined);
    g_object_unref(coloured);
    return named;
}

static const char *write_picture(const char *name, int width, int height, int orientation)
{
    VipsImage *image = paint(width, height);
    const char *path = path_of(name);
    if (orientation) {
        vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
        vips_image_set_string(image, "exif-ifd3-GPSLatitude",
                              "31/1 13/1 0/1 (31, 13,  0, Rational, 3 components)");
        vips_image_set_string(image, "exif-ifd0-Artist", "SECRETNAME (SECRETNAME, ASCII, 11 components)");
    }
    assert_int_equal(vips_image_write_to_file(image, path, NULL), 0);
    g_object_unref(image);
    return path;
}

static const char *write_bytes(const char *name, const void *bytes, size_t length)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    return path;
}

static char *read_bytes(const char *path, size_t *length)
{
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    *length = (size_t)facts.st_size;
    char *bytes = arena_alloc(arena, *length + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

static bool contains(const char *path, const char *word)
{
    size_t length;
    const char *bytes = read_bytes(path, &length);
    return memmem(bytes, length, word, strlen(word)) != NULL;
}

/* ---- asking */

static struct picture_facts probe(const char *path)
{
    struct picture_facts facts;
    assert_null(maker->probe(&ctx, path, &facts));
    return facts;
}

static void assert_no_picture(const char *path)
{
    struct picture_facts facts;
    err failure = maker->probe(&ctx, path, &facts);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_UNSUPPORTED_MEDIA);
}

static const char *identify(const char *path)
{
    const char *type;
    assert_null(maker->identify(&ctx, path, &type));
    return type;
}

static const char *derive(const char *source, int64_t width, const char *format)
{
    const char *path = path_of(arena_format(arena, "made-%d.%s", (int)width, format));
    struct picture_target target = {path, width, format};
    assert_null(maker->derive(&ctx, source, &target, 1));
    return path;
}

static void assert_size(const char *path, int width, int height)
{
    VipsImage *image = vips_image_new_from_file(path, NULL);
    assert_non_null(image);
    assert_int_equal(vips_image_get_width(image), width);
    assert_int_equal(vips_image_get_height(image), height);
    g_object_unref(image);
}

/* Whether a picture says where it was taken, or who took it. */
static bool knows_a_place(const char *path)
{
    VipsImage *image = vips_image_new_from_file(path, NULL);
    assert_non_null(image);
    gchar **fields = vips_image_get_fields(image);
    bool knows = false;
    for (gchar **field = fields; *field; field++)
        knows = knows || strstr(*field, "GPS") || strstr(*field, "Artist");
    g_strfreev(fields);
    g_object_unref(image);
    return knows;
}

/* ---- sentences */

static void known_formats_are_read(void **state)
{
    (void)state;
    static const char *const formats[] = {"jpg", "png", "webp", "gif"};
    for (size_t i = 0; i < 4; i++) {
        struct picture_facts facts = probe(write_picture(arena_format(arena, "a.%s", formats[i]), 90, 60, 0));
        assert_string_equal(facts.format, formats[i]);
        assert_int_equal(facts.width, 90);
        assert_int_equal(facts.height, 60);
    }
    if (maker->can_make("avif")) {
        const char *avif = derive(path_of("a.jpg"), 160, "avif");
        uint64_t look;
        assert_string_equal(probe(avif).format, "heif");
        assert_null(maker->look(&ctx, avif, &look));
    }
}

/* What telephones send. The encoder that the test needs is not on every system; the program needs none. */
static void a_heic_photo_is_read_and_shown_as_other_formats(void **state)
{
    (void)state;
    VipsImage *image = paint(320, 240);
    const char *path = path_of("phone.heic");
    bool is_made = vips_heifsave(image, path, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, NULL) == 0;
    g_object_unref(image);
    vips_error_clear();
    if (!is_made)
        skip();
    uint64_t look;
    assert_string_equal(probe(path).format, "heif");
    assert_null(maker->look(&ctx, path, &look));
    assert_size(derive(path, 160, "webp"), 160, 120);
}

static void the_size_is_that_of_the_picture_upright(void **state)
{
    (void)state;
    struct picture_facts facts = probe(write_picture("turned.jpg", 90, 60, 6));
    assert_int_equal(facts.width, 60);
    assert_int_equal(facts.height, 90);
}

static void what_is_no_picture_is_known_by_its_bytes(void **state)
{
    (void)state;
    static const char pdf[] = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n";
    assert_no_picture(write_bytes("fake.jpg", "just text\n", 10));
    assert_no_picture(write_bytes("paper.jpg", pdf, sizeof pdf - 1));
    assert_string_equal(identify(path_of("paper.jpg")), "application/pdf");
    assert_string_equal(identify(path_of("fake.jpg")), "text/plain");
    VipsImage *image = paint(20, 20);
    assert_int_equal(vips_tiffsave(image, path_of("scan.jpg"), NULL), 0);
    g_object_unref(image);
    assert_no_picture(path_of("scan.jpg"));
    assert_string_equal(identify(path_of("scan.jpg")), "image/tiff");
    static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    assert_string_equal(probe(write_bytes("x.png", svg, sizeof svg - 1)).format, "svg");
}

static void videos_are_known_by_their_bytes(void **state)
{
    (void)state;
    static const unsigned char mp4[] = "\0\0\0\x20"
                                       "ftypisom\0\0\2\0isomiso2avc1mp41\0\0\0\x08"
                                       "free";
    static const unsigned char mov[] = "\0\0\0\x14"
                                       "ftypqt  \0\0\2\0qt  \0\0\0\x08"
                                       "free";
    static const unsigned char webm[] = "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04"
                                        "\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02";
    assert_string_equal(identify(write_bytes("a.bin", mp4, sizeof mp4 - 1)), "video/mp4");
    assert_string_equal(identify(write_bytes("b.mp4", mov, sizeof mov - 1)), "video/quicktime");
    assert_string_equal(identify(write_bytes("c.bin", webm, sizeof webm - 1)), "video/webm");
}

static void a_picture_that_breaks_off_is_damaged(void **state)
{
    (void)state;
    static const char *const names[] = {"whole.jpg", "whole.png", "whole.webp"};
    for (size_t i = 0; i < 3; i++) {
        uint64_t look;
        size_t length;
        const char *whole = write_picture(names[i], 400, 300, 0);
        const char *bytes = read_bytes(whole, &length);
        assert_null(maker->look(&ctx, whole, &look));
        const char *half = write_bytes(arena_format(arena, "half-%s", names[i]), bytes, length / 2);
        struct picture_facts facts;
        err failure = maker->probe(&ctx, half, &facts);
        failure = failure ? failure : maker->look(&ctx, half, &look);
        assert_non_null(failure);
        assert_int_equal(failure->code, ERR_UNSUPPORTED_MEDIA);
    }
}

/* A PNG head that claims a size, without any pixels: the size is known before anything is unpacked. */
static void a_bomb_tells_its_size_by_its_head(void **state)
{
    (void)state;
    VipsImage *black;
    assert_int_equal(vips_black(&black, 12000, 10000, NULL), 0);
    assert_int_equal(vips_pngsave(black, path_of("bomb.png"), "compression", 9, NULL), 0);
    g_object_unref(black);
    struct picture_facts facts = probe(path_of("bomb.png"));
    assert_true(facts.width * facts.height > PICTURE_PIXEL_LIMIT);
    struct stat status;
    assert_int_equal(stat(path_of("bomb.png"), &status), 0);
    assert_true(facts.width * facts.height / PICTURE_BOMB_RATIO > status.st_size / 4);
}

static void derived_pictures_are_upright_never_larger_and_tell_nothing(void **state)
{
    (void)state;
    static const char *const formats[] = {"webp", "jpg", "avif"};
    const char *photo = write_picture("photo.jpg", 800, 400, 6);
    assert_true(contains(photo, "SECRETNAME"));
    assert_true(knows_a_place(photo));
    for (size_t i = 0; i < 3; i++) {
        if (!maker->can_make(formats[i]))
            continue;
        const char *small = derive(photo, 160, formats[i]);
        assert_size(small, 160, 320);
        assert_false(contains(small, "SECRETNAME"));
        assert_false(knows_a_place(small));
        assert_size(derive(photo, 1280, formats[i]), 400, 800);
    }
}

static void many_sizes_are_made_at_once(void **state)
{
    (void)state;
    const char *photo = write_picture("many.jpg", 1000, 500, 0);
    struct picture_target targets[] = {
        {path_of("l.webp"), 640, "webp"}, {path_of("m.webp"), 320, "webp"}, {path_of("s.webp"), 160, "webp"}};
    assert_null(maker->derive(&ctx, photo, targets, 3));
    assert_size(targets[0].path, 640, 320);
    assert_size(targets[1].path, 320, 160);
    assert_size(targets[2].path, 160, 80);
}

static uint64_t look_of(const char *path)
{
    uint64_t look;
    assert_null(maker->look(&ctx, path, &look));
    return look;
}

static const char *write_noise(const char *name, int seed, const char *options)
{
    VipsImage *noise, *large;
    assert_int_equal(vips_gaussnoise(&noise, 12, 12, "mean", 128.0, "sigma", 60.0, "seed", seed, NULL), 0);
    assert_int_equal(vips_resize(noise, &large, 50, NULL), 0);
    const char *path = path_of(arena_format(arena, "%s%s", name, options));
    VipsImage *bytes;
    assert_int_equal(vips_cast_uchar(large, &bytes, NULL), 0);
    VipsImage *grey;
    assert_int_equal(vips_copy(bytes, &grey, "interpretation", VIPS_INTERPRETATION_B_W, NULL), 0);
    assert_int_equal(vips_image_write_to_file(grey, path, NULL), 0);
    g_object_unref(noise);
    g_object_unref(large);
    g_object_unref(bytes);
    g_object_unref(grey);
    return path_of(name);
}

static void a_smaller_copy_looks_the_same_and_another_picture_does_not(void **state)
{
    (void)state;
    const char *first = write_noise("first.jpg", 7, "");
    const char *poor = write_noise("poor.jpg", 7, "[Q=30]");
    const char *other = write_noise("other.jpg", 8, "");
    const char *small = derive(first, 160, "webp");
    uint64_t look = look_of(first);
    assert_true(look != 0);
    assert_true(__builtin_popcountll(look ^ look_of(poor)) <= PICTURE_ALIKE_BITS);
    assert_true(__builtin_popcountll(look ^ look_of(small)) <= PICTURE_ALIKE_BITS);
    assert_true(__builtin_popcountll(look ^ look_of(other)) > PICTURE_ALIKE_BITS);
}

/* The colour of one pixel of a JPEG in memory. */
static void look_at(struct slice jpeg, int x, int y, double **colour)
{
    int count;
    VipsImage *image = vips_image_new_from_buffer(jpeg.ptr, jpeg.len, "", NULL);
    assert_non_null(image);
    assert_int_equal(vips_getpoint(image, colour, &count, x, y, NULL), 0);
    assert_int_equal(count, 3);
    g_object_unref(image);
}

static bool is_near(const double *colour, double red, double green, double blue)
{
    return fabs(colour[0] - red) < 24 && fabs(colour[1] - green) < 24 && fabs(colour[2] - blue) < 24;
}

static void a_card_has_its_picture_and_names_no_file(void **state)
{
    (void)state;
    double *colour;
    struct slice jpeg;
    const char *photo = path_of("photo.png");
    VipsImage *image = paint(400, 200);
    assert_int_equal(vips_image_write_to_file(image, photo, NULL), 0);
    g_object_unref(image);
    struct picture_card card = {
        .svg = arena_format(arena,
                            "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='300'>"
                            "<path fill='#0a0' d='M0 100h200v100H0z'/><image href='file://%s' y='200' "
                            "width='200' height='100'/></svg>",
                            photo),
        .left = 50,
        .side = 100};
    assert_null(maker->draw(&ctx, &card, photo, &jpeg));
    look_at(jpeg, 10, 150, &colour);
    assert_true(is_near(colour, 0, 170, 0));
    g_free(colour);
    look_at(jpeg, 10, 250, &colour); /* the file that the drawing names is not read */
    assert_true(is_near(colour, 255, 255, 255));
    g_free(colour);
    look_at(jpeg, 100, 50, &colour);
    assert_false(is_near(colour, 255, 255, 255));
    g_free(colour);
    assert_null(maker->draw(&ctx, &card, NULL, &jpeg));
    look_at(jpeg, 100, 50, &colour);
    assert_true(is_near(colour, 255, 255, 255));
    g_free(colour);
    card.svg = "<svg";
    assert_non_null(maker->draw(&ctx, &card, NULL, &jpeg));
}

#define STUDIO(test) cmocka_unit_test_setup_teardown(test, open_studio, close_studio)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STUDIO(known_formats_are_read),
        STUDIO(a_heic_photo_is_read_and_shown_as_other_formats),
        STUDIO(the_size_is_that_of_the_picture_upright),
        STUDIO(what_is_no_picture_is_known_by_its_bytes),
        STUDIO(videos_are_known_by_their_bytes),
        STUDIO(a_picture_that_breaks_off_is_damaged),
        STUDIO(a_bomb_tells_its_size_by_its_head),
        STUDIO(derived_pictures_are_upright_never_larger_and_tell_nothing),
        STUDIO(many_sizes_are_made_at_once),
        STUDIO(a_smaller_copy_looks_the_same_and_another_picture_does_not),
        STUDIO(a_card_has_its_picture_and_names_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
