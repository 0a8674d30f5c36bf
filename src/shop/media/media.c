/* media.c - keeping pictures and making their derived forms. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media.h"

#include "base/config.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/services.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_DIGITS 32
#define COPY_CHUNK 65536

static const int64_t widths[] = {160, 320, 480, 640, 960, 1280};

static bool is_picture_id(const char *text)
{
    return strlen(text) == ID_DIGITS && strspn(text, "0123456789abcdef") == ID_DIGITS;
}

static err make_directory(struct ctx *ctx, const char *path)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return NULL;
    return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", path, errno);
}

/* DATA/media[/derived]/HH, made when it is not there. */
static err directory_for(struct ctx *ctx, const char *picture_id, bool is_derived, const char **directory)
{
    const char *root = arena_format(ctx->arena, "%s/media", ctx->config->data);
    TRY(make_directory(ctx, root));
    if (is_derived) {
        root = arena_format(ctx->arena, "%s/derived", root);
        TRY(make_directory(ctx, root));
    }
    *directory = arena_format(ctx->arena, "%s/%.2s", root, picture_id);
    return make_directory(ctx, *directory);
}

static err original_path(struct ctx *ctx, const char *picture_id, const char *format, const char **path)
{
    const char *directory;
    TRY(directory_for(ctx, picture_id, false, &directory));
    *path = arena_format(ctx->arena, "%s/%s.%s", directory, picture_id, format);
    return NULL;
}

static err write_all(struct ctx *ctx, int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_with(ctx, ERR_INTERNAL, "cannot write a picture (errno %d)", errno);
        bytes += written;
        length -= (size_t)written;
    }
    return NULL;
}

static err copy_bytes(struct ctx *ctx, int from, int to)
{
    char *chunk = arena_alloc(ctx->arena, COPY_CHUNK);
    for (;;) {
        ssize_t got = read(from, chunk, COPY_CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_with(ctx, ERR_INTERNAL, "cannot read a picture (errno %d)", errno);
        if (got == 0)
            break;
        TRY(write_all(ctx, to, chunk, (size_t)got));
    }
    return fsync(to) == 0 ? NULL : fail_with(ctx, ERR_INTERNAL, "cannot sync a picture (errno %d)", errno);
}

/* Copies by a temporary name, so that the final name never shows half a file. */
static err copy_file(struct ctx *ctx, const char *source, const char *target)
{
    const char *partial = arena_format(ctx->arena, "%s.%s.part", target, random_digits(ctx->arena, 9));
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot open %s (errno %d)", source, errno);
    int to = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    err failure = to < 0 ? fail_with(ctx, ERR_INTERNAL, "cannot create %s (errno %d)", partial, errno)
                         : copy_bytes(ctx, from, to);
    close(from);
    if (to >= 0)
        close(to);
    if (!failure && rename(partial, target) != 0)
        failure = fail_with(ctx, ERR_INTERNAL, "cannot rename %s (errno %d)", partial, errno);
    if (failure)
        unlink(partial);
    return failure;
}

static err hash_file(struct ctx *ctx, const char *path, const char **id, int64_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) {
        if (file >= 0)
            close(file);
        return fail_with(ctx, ERR_BAD_REQUEST, "cannot read the picture");
    }
    char *bytes = arena_alloc(ctx->arena, (size_t)facts.st_size + 1);
    ssize_t got = 0;
    size_t length = 0;
    while (length < (size_t)facts.st_size &&
           (got = read(file, bytes + length, (size_t)facts.st_size - length)) > 0)
        length += (size_t)got;
    close(file);
    if (length == 0)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "the picture is empty");
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(bytes, length, hash);
    *id = crypto_hex(ctx->arena, hash, ID_DIGITS / 2);
    *size = (int64_t)length;
    return NULL;
}

struct insertion {
    const struct picture *picture;
    int64_t bytes;
};

static err insert_picture(struct ctx *ctx, void *arg)
{
    const struct insertion *insertion = arg;
    const struct picture *picture = insertion->picture;
    return db_execute(ctx,
                      "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop_id, id) DO NOTHING",
                      db_int(ctx->shop->id), db_text(picture->id), db_text(picture->format),
                      db_int(picture->width), db_int(picture->height), db_int(insertion->bytes),
                      db_int(ctx->now));
}

err picture_store(struct ctx *ctx, const char *path, bool is_ours, const struct picture **picture)
{
    struct picture_facts facts;
    TRY(ctx->services->pictures->probe(ctx, path, &facts));
    if (text_is(facts.format, "svg") && !is_ours)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "SVG is not taken: please use JPEG, PNG, WebP or GIF");
    if (facts.width * facts.height > PICTURE_PIXEL_LIMIT)
        return fail_with(ctx, ERR_PAYLOAD_TOO_LARGE, "the picture has more than 100 million pixels");
    struct picture *stored = arena_alloc(ctx->arena, sizeof *stored);
    struct insertion insertion = {stored, 0};
    TRY(hash_file(ctx, path, &stored->id, &insertion.bytes));
    stored->format = facts.format;
    stored->width = facts.width;
    stored->height = facts.height;
    const char *target;
    TRY(original_path(ctx, stored->id, stored->format, &target));
    if (access(target, R_OK) != 0)
        TRY(copy_file(ctx, path, target));
    TRY(db_transact(ctx, insert_picture, &insertion));
    *picture = stored;
    return NULL;
}

static bool is_width(int64_t width)
{
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (widths[i] == width)
            return true;
    return false;
}

err picture_derived(struct ctx *ctx, const char *picture_id, int64_t width, const char *format,
                    const char **path)
{
    if (!is_picture_id(picture_id) || !is_width(width) ||
        !(text_is(format, "webp") || text_is(format, "jpg")))
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT format FROM pictures WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_text(picture_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    const char *directory;
    TRY(directory_for(ctx, picture_id, true, &directory));
    *path = arena_format(ctx->arena, "%s/%s-%" PRId64 ".%s", directory, picture_id, width, format);
    if (access(*path, R_OK) == 0)
        return NULL;
    const char *source;
    TRY(original_path(ctx, picture_id, db_get_text(rows, 0), &source));
    const char *partial =
        arena_format(ctx->arena, "%s/%s.%s", directory, random_digits(ctx->arena, 12), format);
    TRY(ctx->services->pictures->derive(ctx, source, partial, width, format));
    if (rename(partial, *path) != 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot rename %s (errno %d)", partial, errno);
    return NULL;
}

void picture_set_view(struct ctx *ctx, struct value *object, const char *name, const char *picture_id,
                      const char *alt)
{
    if (!picture_id) {
        value_set(ctx->arena, object, name, value_null());
        return;
    }
    struct value *view = value_set_object(ctx->arena, object, name);
    value_set_text(ctx->arena, view, "id", picture_id);
    value_set_int(ctx->arena, view, "width", 1200);
    value_set_int(ctx->arena, view, "height", 1200);
    value_set_text(ctx->arena, view, "alt", alt);
}
