/* media_test.c - pictures: kept by their bytes, derived once, refused when they are none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/media/media.h"
#include "unit.h"
#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define VIDEO_LIMIT 4096

static char directory[64];

static int open_studio(void **state)
{
    open_shop(state);
    snprintf(directory, sizeof directory, "/tmp/yundian-media-XXXXXX");
    assert_non_null(mkdtemp(directory));
    fixture.config.data = directory;
    fixture.config.video_limit = VIDEO_LIMIT;
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

static err try_named(const char *file_name, const char *text, const struct picture **picture)
{
    struct media_source source = {.path = file_of("upload", text), .file_name = file_name};
    return picture_store(work, &source, picture);
}

static const struct picture *store_named(const char *file_name, const char *text)
{
    const struct picture *picture;
    assert_ok(try_named(file_name, text, &picture));
    return picture;
}

static const struct picture *store(const char *text)
{
    return store_named("photo.jpg", text);
}

/* Refused with this code, and the message names the file. */
static void assert_refused(const char *text, const char *code)
{
    const struct picture *picture;
    err failure = try_named("海边.jpg", text, &picture);
    assert_field(failure, "pictures");
    assert_string_equal(failure->problems->code, code);
    assert_true(text_starts(failure->problems->message, "海边.jpg: "));
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

static void what_is_no_picture_is_refused_and_named(void **state)
{
    (void)state;
    assert_refused("<html>", "file-not-picture");
    assert_refused("", "file-empty");
    assert_refused("application/pdf", "file-not-picture");
    assert_refused("image/tiff", "file-unsupported");
    assert_refused("image/heic", "file-heic");
    assert_refused("video/mp4", "file-is-video");
    assert_refused("image/svg+xml", "file-svg");
    assert_refused("image/jpeg", "file-damaged");
    assert_refused("jpg 800 600 broken", "file-damaged");
    assert_refused("heif 800 600 broken", "file-heic");
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 0);
    assert_int_not_equal(access(arena_format(work->arena, "%s/media", directory), F_OK), 0);
}

static void a_picture_of_too_many_pixels_is_refused(void **state)
{
    (void)state;
    assert_refused("jpg 10001 10000", "file-too-many-pixels");
    assert_refused("jpg 4294967296 4294967296", "file-too-many-pixels");
}

static void a_tiny_file_that_unpacks_to_a_huge_picture_is_refused(void **state)
{
    (void)state;
    assert_refused("png 10000 10000", "file-bomb");
    store("png 4000 5000"); /* 20 million pixels are little enough for any file */
}

static void svg_is_taken_only_when_it_is_ours(void **state)
{
    (void)state;
    const struct picture *picture;
    struct media_source drawing = {.path = file_of("upload", "svg 100 100"), .is_ours = true};
    assert_refused("svg 100 100", "file-svg");
    assert_ok(picture_store(work, &drawing, &picture));
    assert_string_equal(picture->format, "svg");
}

static void a_derived_picture_is_made_once(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    struct media_file first, again, other;
    assert_ok(picture_derived(work, picture->id, 320, "webp", &first));
    assert_int_equal(access(first.path, R_OK), 0);
    assert_string_equal(first.content_type, "image/webp");
    assert_ok(picture_derived(work, picture->id, 320, "webp", &again));
    assert_string_equal(first.path, again.path);
    assert_int_equal(painter.derivations, 1);
    assert_ok(picture_derived(work, picture->id, 640, "webp", &other));
    assert_string_not_equal(first.path, other.path);
    assert_ok(picture_derived(work, picture->id, 320, "jpg", &other));
    assert_string_not_equal(first.path, other.path);
    assert_ok(picture_derived(work, picture->id, 320, "avif", &other));
    assert_string_equal(other.content_type, "image/avif");
    assert_true(other.is_final);
    assert_int_equal(painter.derivations, 4);
}

static void an_unknown_picture_width_or_format_is_not_found(void **state)
{
    (void)state;
    static const char *const ids[] = {"", "../../etc/passwd", "0123456789abcdef0123456789abcdef",
                                      "0123456789ABCDEF0123456789ABCDEF",
                                      "0123456789abcdef0123456789abcdef0"};
    const struct picture *picture = store("jpg 800 600");
    struct media_file path;
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

static int files_in(const char *folder)
{
    int count = 0;
    DIR *opened = opendir(arena_format(work->arena, "%s/%s", directory, folder));
    for (struct dirent *entry; opened && (entry = readdir(opened));)
        count += entry->d_name[0] != '.';
    if (opened)
        closedir(opened);
    return count;
}

static void half_a_derived_picture_is_never_shown(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    struct media_file file;
    const char *folder = arena_format(work->arena, "media/derived/%.2s", picture->id);
    painter.fails = true;
    assert_fails(picture_derived(work, picture->id, 320, "webp", &file), ERR_INTERNAL);
    assert_int_equal(files_in(folder), 0);
    painter.fails = false;
    assert_ok(picture_derived(work, picture->id, 320, "webp", &file));
    assert_int_equal(files_in(folder), 1);
    assert_int_equal(painter.derivations, 2);
}

static void webp_stands_in_where_avif_cannot_be_made(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    struct media_file file;
    painter.has_no_avif = true;
    assert_ok(picture_derived(work, picture->id, 320, "avif", &file));
    assert_string_equal(file.content_type, "image/webp");
    assert_false(file.is_final);
    run_jobs();
    assert_int_equal(painter.derivations, 12);
}

static void all_sizes_are_made_by_a_job_after_the_upload(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 800 600");
    struct media_file file;
    run_jobs();
    assert_int_equal(painter.derivations, 18);
    assert_int_equal(files_in(arena_format(work->arena, "media/derived/%.2s", picture->id)), 18);
    assert_ok(picture_derived(work, picture->id, 1280, "avif", &file));
    assert_int_equal(painter.derivations, 18);
}

struct uploads {
    const char *path;
    struct outcomes outcomes;
};

static void upload(struct ctx *ctx, int index, void *arg)
{
    struct uploads *uploads = arg;
    const struct picture *picture;
    struct media_source source = {.path = uploads->path, .file_name = "same.png"};
    struct media_file derived;
    err failure = picture_store(ctx, &source, &picture);
    if (!failure)
        failure = picture_derived(ctx, picture->id, 160, "webp", &derived);
    uploads->outcomes.codes[index] = code_of(failure);
}

static void the_same_picture_from_eight_at_once_is_one_and_made_once(void **state)
{
    (void)state;
    struct uploads uploads = {.path = file_of("upload", "png 50 50")};
    in_threads(upload, &uploads);
    assert_int_equal(count_outcomes(&uploads.outcomes, ERR_NONE), THREADS);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 1);
    assert_int_equal(painter.derivations, 1);
}

struct wishes {
    const char *ids[THREADS];
    struct outcomes outcomes;
};

static void wish(struct ctx *ctx, int index, void *arg)
{
    struct wishes *wishes = arg;
    struct media_file file;
    static const int64_t sizes[] = {160, 320, 480, 640, 960, 1280};
    err failure = NULL;
    for (int i = 0; i < 6 && !failure; i++)
        failure = picture_derived(ctx, wishes->ids[index], sizes[i], "jpg", &file);
    wishes->outcomes.codes[index] = code_of(failure);
}

static void at_most_two_pictures_are_made_at_once(void **state)
{
    (void)state;
    struct wishes wishes;
    for (int i = 0; i < THREADS; i++)
        wishes.ids[i] = store(arena_format(work->arena, "jpg 80 60 %d", i))->id;
    in_threads(wish, &wishes);
    assert_int_equal(count_outcomes(&wishes.outcomes, ERR_NONE), THREADS);
    assert_int_equal(painter.derivations, 6 * THREADS);
    assert_in_range(painter.busiest, 1, 2);
}

/* ---- looks */

static void what_looks_the_same_is_flagged_and_nothing_more(void **state)
{
    (void)state;
    const struct picture *first = store("jpg 800 600 0f0f0f0f0f0f0f0f");
    assert_null(first->alike_id);
    /* Three bits in three bands: the fourth band finds it. */
    const struct picture *near = store("jpg 400 300 0f0f0f0e0f0e0f0e");
    assert_string_equal(near->alike_id, first->id);
    assert_null(store("jpg 400 300 f0f0f0f0f0f0f0f0")->alike_id);
    /* Seven bits in one band are too many. */
    assert_null(store("jpg 400 300 0f0f0f0f0f0f707e")->alike_id);
    assert_null(store("png 10 10 0")->alike_id);
    assert_null(store("png 11 10 0")->alike_id);
    assert_int_equal(ask("SELECT count(*) FROM pictures WHERE shop_id = $1"), 6);
    const struct picture *loaded;
    assert_ok(picture_mark_different(work, near->id));
    assert_ok(picture_load(work, near->id, &loaded));
    assert_null(loaded->alike_id);
    work->shop = make_shop();
    assert_null(store("jpg 900 600 0f0f0f0f0f0f0f0f")->alike_id);
}

/* ---- the library */

static struct picture_page list(enum picture_filter filter, const char *name, const char *cursor, int limit)
{
    struct picture_page page;
    struct picture_query query = {.filter = filter, .name_prefix = name, .cursor = cursor, .limit = limit};
    assert_ok(picture_list(work, &query, &page));
    return page;
}

static void the_library_is_paged_by_age_and_found_by_name(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        work->now++;
        store_named(arena_format(work->arena, "%s-%d.JPG", i < 3 ? "Cup" : "杯子", i),
                    arena_format(work->arena, "jpg 8 6 %d", i));
    }
    struct picture_page page = list(PICTURES_ALL, NULL, NULL, 3);
    assert_int_equal(page.count, 3);
    assert_string_equal(page.items[0].file_name, "杯子-4.JPG");
    store_named("later.jpg", "jpg 9 9");
    page = list(PICTURES_ALL, NULL, page.next_cursor, 3);
    assert_int_equal(page.count, 2);
    assert_string_equal(page.items[1].file_name, "Cup-0.JPG");
    assert_null(page.next_cursor);
    page = list(PICTURES_ALL, "cUP", NULL, 2);
    assert_string_equal(page.items[0].file_name, "Cup-0.JPG");
    page = list(PICTURES_ALL, "cUP", page.next_cursor, 2);
    assert_int_equal(page.count, 1);
    assert_int_equal(list(PICTURES_ALL, "杯", NULL, 9).count, 2);
    struct picture_query wrong = {.cursor = "nonsense", .limit = 3};
    assert_fails(picture_list(work, &wrong, &page), ERR_BAD_REQUEST);
}

struct showing {
    int64_t owner_id;
    const char *ids[3];
    size_t count;
};

static err show_in_transaction(struct ctx *ctx, void *arg)
{
    const struct showing *showing = arg;
    return picture_uses_set(ctx, PICTURE_OF_PRODUCT, showing->owner_id, showing->ids, showing->count);
}

static void show(int64_t owner_id, const char *first, const char *second, size_t count)
{
    struct showing showing = {owner_id, {first, second, first}, count};
    assert_ok(db_transact(work, show_in_transaction, &showing));
}

static void a_picture_in_use_stays_and_an_unused_one_goes_with_its_files(void **state)
{
    (void)state;
    const struct picture *a = store("jpg 8 6 a"), *b = store("jpg 8 6 b");
    struct picture_use *uses;
    size_t count;
    run_jobs();
    show(7, a->id, b->id, 3); /* a twice */
    show(8, a->id, NULL, 1);
    assert_ok(picture_use_list(work, a->id, &uses, &count));
    assert_int_equal(count, 2);
    assert_int_equal(uses[1].owner_id, 8);
    assert_int_equal(list(PICTURES_UNUSED, NULL, NULL, 9).count, 0);
    assert_fails(picture_remove(work, b->id), ERR_CONFLICT);
    show(7, a->id, NULL, 1);
    assert_int_equal(list(PICTURES_UNUSED, NULL, NULL, 9).count, 1);
    assert_int_equal(problems_of(media_check), 0);
    assert_ok(picture_remove(work, b->id));
    assert_int_equal(access(original_of(b), R_OK), 0);
    run_jobs();
    assert_int_not_equal(access(original_of(b), R_OK), 0);
    assert_int_equal(access(original_of(a), R_OK), 0);
    assert_int_equal(files_in(arena_format(work->arena, "media/derived/%.2s", b->id)), 0);
    assert_fails(picture_remove(work, b->id), ERR_NOT_FOUND);
    assert_int_equal(problems_of(media_check), 0);
}

static void a_file_that_another_shop_has_too_stays(void **state)
{
    (void)state;
    const struct shop *own = work->shop;
    const struct picture *picture = store("jpg 8 6 shared");
    work->shop = make_shop();
    store("jpg 8 6 shared");
    work->shop = own;
    assert_ok(picture_remove(work, picture->id));
    run_jobs();
    assert_int_equal(access(original_of(picture), R_OK), 0);
}

static void the_check_sees_a_lost_file_and_a_wrong_count(void **state)
{
    (void)state;
    const struct picture *picture = store("jpg 8 6 lost");
    assert_int_equal(problems_of(media_check), 0);
    assert_int_equal(unlink(original_of(picture)), 0);
    assert_int_equal(problems_of(media_check), 1);
    tamper("UPDATE pictures SET use_count = 3 WHERE shop_id = $1");
    assert_int_equal(problems_of(media_check), 2);
}

/* ---- videos */

static err try_video(const char *text, const char **video_id)
{
    struct media_source source = {.path = file_of("film", text), .file_name = "walk.mp4"};
    return video_store(work, &source, video_id);
}

static void a_video_is_known_by_its_bytes(void **state)
{
    (void)state;
    const char *id;
    struct media_file file;
    struct video_page page;
    assert_ok(try_video("video/mp4 a", &id));
    assert_ok(video_file(work, arena_format(work->arena, "%s.mp4", id), &file));
    assert_string_equal(file.content_type, "video/mp4");
    assert_fails(video_file(work, arena_format(work->arena, "%s.webm", id), &file), ERR_NOT_FOUND);
    assert_fails(video_file(work, "../../etc/passwd", &file), ERR_NOT_FOUND);
    assert_field(try_video("video/quicktime", &id), "video");
    assert_field(try_video("image/jpeg", &id), "video");
    assert_field(try_video("", &id), "video");
    char *long_film = arena_alloc(work->arena, VIDEO_LIMIT + 2);
    memset(long_film, 'x', VIDEO_LIMIT + 1);
    memcpy(long_film, "video/mp4", 9);
    err too_big = try_video(long_film, &id);
    assert_field(too_big, "video");
    assert_string_equal(too_big->problems->code, "file-video-too-big");
    assert_ok(video_list(work, NULL, 5, &page));
    assert_int_equal(page.count, 1);
    assert_string_equal(page.items[0].file_name, "walk.mp4");
    assert_ok(video_remove(work, page.items[0].id));
    run_jobs();
    assert_int_not_equal(access(file.path, R_OK), 0);
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
        PICTURED(what_is_no_picture_is_refused_and_named),
        PICTURED(a_picture_of_too_many_pixels_is_refused),
        PICTURED(a_tiny_file_that_unpacks_to_a_huge_picture_is_refused),
        PICTURED(svg_is_taken_only_when_it_is_ours),
        PICTURED(a_derived_picture_is_made_once),
        PICTURED(an_unknown_picture_width_or_format_is_not_found),
        PICTURED(half_a_derived_picture_is_never_shown),
        PICTURED(webp_stands_in_where_avif_cannot_be_made),
        PICTURED(all_sizes_are_made_by_a_job_after_the_upload),
        PICTURED(the_same_picture_from_eight_at_once_is_one_and_made_once),
        PICTURED(at_most_two_pictures_are_made_at_once),
        PICTURED(what_looks_the_same_is_flagged_and_nothing_more),
        PICTURED(the_library_is_paged_by_age_and_found_by_name),
        PICTURED(a_picture_in_use_stays_and_an_unused_one_goes_with_its_files),
        PICTURED(a_file_that_another_shop_has_too_stays),
        PICTURED(the_check_sees_a_lost_file_and_a_wrong_count),
        PICTURED(a_video_is_known_by_its_bytes),
        PICTURED(a_view_names_the_picture_or_is_null),
    };
    return RUN_SENTENCES(tests);
}
