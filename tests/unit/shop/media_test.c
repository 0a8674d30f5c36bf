/* media_test.c - pictures: kept by their bytes, derived once, refused when they are none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/media/media.h"
#include "unit.h"
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static int open_studio(void **state)
{
    open_shop(state);
    snprintf(directory, sizeof directory, "/tmp/yundian-media-XXXXXX");
    assert_non_null(mkdtemp(directory));
    fixture.config.data = directory;
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
    return 0;
}

static const char *file_of(const char *name, const char *text)
{
    const char *path = arena_format(work->arena, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static const struct picture *store(const char *text)
{
    const struct picture *picture;
    assert_ok(picture_store(work, file_of("upload", text), false, &picture));
    return picture;
}

static const char *original_of(const struct picture *picture)
{
    return arena_format(work->arena, "%s/media/%.2s/%s.%s", directory, picture->id, picture->id,
                        picture->format);
}

static void a_picture_is_kept_under_the_hash_of_its_bytes(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600 a");
    assert_int_equal(strlen(picture->id), 32);
    assert_string_equal(picture->format, "jpg");
    assert_int_equal(picture->width, 800);
    assert_int_equal(picture->height, 600);
    assert_int_equal(access(original_of(picture), R_OK), 0);
    assert_int_equal(ask("SELECT bytes FROM pictures WHERE shop_id = $1"), 13);
    assert_string_equal(store("jpg 800 600 a")->id, picture->id);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 1);
    assert_string_not_equal(store("jpg 800 600 b")->id, picture->id);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 2);
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    const struct picture *picture;
    assert_fails(picture_store(work, file_of("upload", "<html>"), false, &picture), ERR_UNSUPPORTED_MEDIA);
    assert_fails(picture_store(work, file_of("upload", ""), false, &picture), ERR_UNSUPPORTED_MEDIA);
    assert_fails(picture_store(work, "/nowhere/at/all", false, &picture), ERR_UNSUPPORTED_MEDIA);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 0);
    assert_int_not_equal(access(arena_format(work->arena, "%s/media", directory), F_OK), 0);
}

static void a_bomb_of_pixels_is_refused(void **state)
{
    (void)state;
    const struct picture *picture;
    assert_fails(picture_store(work, file_of("upload", "png 10001 10000"), false, &picture),
                 ERR_PAYLOAD_TOO_LARGE);
    assert_ok(picture_store(work, file_of("upload", "png 10000 10000"), false, &picture));
}

static void svg_is_taken_only_when_it_is_ours(void **state)
{
    (void)state;
    const struct picture *picture;
    const char *path = file_of("upload", "svg 100 100");
    assert_fails(picture_store(work, path, false, &picture), ERR_UNSUPPORTED_MEDIA);
    assert_ok(picture_store(work, path, true, &picture));
    assert_string_equal(picture->format, "svg");
}

static void a_derived_picture_is_made_once(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    const char *first, *again, *other;
    assert_ok(picture_derived(work, picture->id, 320, "webp", &first));
    assert_int_equal(access(first, R_OK), 0);
    assert_ok(picture_derived(work, picture->id, 320, "webp", &again));
    assert_string_equal(first, again);
    assert_int_equal(painter.derivations, 1);
    assert_ok(picture_derived(work, picture->id, 640, "webp", &other));
    assert_string_not_equal(first, other);
    assert_ok(picture_derived(work, picture->id, 320, "jpg", &other));
    assert_string_not_equal(first, other);
    assert_int_equal(painter.derivations, 3);
}

static void an_unknown_picture_width_or_format_is_not_found(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "../../etc/passwd", "0123456789abcdef0123456789abcdef",
                                      "0123456789ABCDEF0123456789ABCDEF",
                                      "0123456789abcdef0123456789abcdef0"};
    const struct picture *picture = store("jpg 800 600");
    const char *path;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_fails(picture_derived(work, ids[i], 320, "webp", &path), ERR_NOT_FOUND);
    assert_fails(picture_derived(work, picture->id, 321, "webp", &path), ERR_NOT_FOUND);
    assert_fails(picture_derived(work, picture->id, 0, "webp", &path), ERR_NOT_FOUND);
    assert_fails(picture_derived(work, picture->id, 320, "png", &path), ERR_NOT_FOUND);
    assert_fails(picture_derived(work, picture->id, 320, "../x", &path), ERR_NOT_FOUND);
    work->shop = make_shop();
    assert_fails(picture_derived(work, picture->id, 320, "webp", &path), ERR_NOT_FOUND);
    assert_int_equal(painter.derivations, 0);
}

static void half_a_derived_picture_is_never_shown(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    const char *path;
    painter.fails = true;
    assert_fails(picture_derived(work, picture->id, 320, "webp", &path), ERR_INTERNAL);
    painter.fails = false;
    assert_ok(picture_derived(work, picture->id, 320, "webp", &path));
    assert_int_equal(painter.derivations, 2);
}

struct uploads {
    const char *path;
    struct outcomes outcomes;
};

static void upload(struct ctx *ctx, int index, void *arg)
{
    struct uploads *uploads = arg;
    const struct picture *picture;
    const char *derived;
    err failure = picture_store(ctx, uploads->path, false, &picture);
    if (!failure)
        failure = picture_derived(ctx, picture->id, 160, "webp", &derived);
    uploads->outcomes.codes[index] = code_of(failure);
}

static void the_same_picture_from_eight_at_once_is_one(void **state)
{
    (void)state;
    struct uploads uploads = {.path = file_of("upload", "png 50 50")};
    in_threads(upload, &uploads);
    assert_int_equal(count_outcomes(&uploads.outcomes, ERR_NONE), THREADS);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 1);
}

static void a_view_names_the_picture_or_is_null(void **state)
{
    (void)state;
    struct value *object = value_object(work->arena);
    picture_set_view(work, object, "none", NULL, "");
    picture_set_view(work, object, "cup", "0123456789abcdef0123456789abcdef", "茶杯");
    assert_int_equal(value_find(object, "none")->kind, VALUE_NULL);
    assert_string_equal(value_find_text(value_find(object, "cup"), "alt"), "茶杯");
}

#define PICTURED(test) cmocka_unit_test_setup_teardown(test, open_studio, close_studio)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PICTURED(a_picture_is_kept_under_the_hash_of_its_bytes),
        PICTURED(what_is_no_picture_is_refused),
        PICTURED(a_bomb_of_pixels_is_refused),
        PICTURED(svg_is_taken_only_when_it_is_ours),
        PICTURED(a_derived_picture_is_made_once),
        PICTURED(an_unknown_picture_width_or_format_is_not_found),
        PICTURED(half_a_derived_picture_is_never_shown),
        PICTURED(the_same_picture_from_eight_at_once_is_one),
        PICTURED(a_view_names_the_picture_or_is_null),
    };
    return RUN_SENTENCES(tests);
}
