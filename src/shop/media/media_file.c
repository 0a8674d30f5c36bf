/* media_file.c - files by the hash of their bytes, put in place whole or not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/config.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_CHUNK 65536

bool is_media_id(const char *text)
{
    return strlen(text) == PICTURE_ID_DIGITS && strspn(text, "0123456789abcdef") == PICTURE_ID_DIGITS;
}

static err make_directory(struct ctx *ctx, const char *path)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return NULL;
    return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", path, errno);
}

/* DATA/media[/derived]/HH, made when it is not there. */
static err directory_for(struct ctx *ctx, const char *id, bool is_derived, const char **directory)
{
    const char *root = arena_format(ctx->arena, "%s/media", ctx->config->data);
    TRY(make_directory(ctx, root));
    if (is_derived) {
        root = arena_format(ctx->arena, "%s/derived", root);
        TRY(make_directory(ctx, root));
    }
    *directory = arena_format(ctx->arena, "%s/%.2s", root, id);
    return make_directory(ctx, *directory);
}

err media_original_path(struct ctx *ctx, const char *id, const char *format, const char **path)
{
    const char *directory;
    TRY(directory_for(ctx, id, false, &directory));
    *path = arena_format(ctx->arena, "%s/%s.%s", directory, id, format);
    return NULL;
}

err media_derived_path(struct ctx *ctx, const char *id, int64_t width, const char *format, const char **path)
{
    const char *directory;
    TRY(directory_for(ctx, id, true, &directory));
    *path = arena_format(ctx->arena, "%s/%s-%" PRId64 ".%s", directory, id, width, format);
    return NULL;
}

const char *media_partial_path(struct ctx *ctx, const char *path, const char *format)
{
    return arena_format(ctx->arena, "%s.%s.part.%s", path, random_digits(ctx->arena, 9), format);
}

err media_put_in_place(struct ctx *ctx, const char *partial, const char *path)
{
    if (rename(partial, path) == 0)
        return NULL;
    int reason = errno;
    unlink(partial);
    return fail_with(ctx, ERR_INTERNAL, "cannot rename %s (errno %d)", partial, reason);
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

/* The name of a file is safe only when its directory is. */
static err sync_directory(struct ctx *ctx, const char *id)
{
    const char *directory;
    TRY(directory_for(ctx, id, false, &directory));
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = folder < 0 ? -1 : fsync(folder);
    if (folder >= 0)
        close(folder);
    return failed ? fail_with(ctx, ERR_INTERNAL, "cannot sync %s (errno %d)", directory, errno) : NULL;
}

err media_keep(struct ctx *ctx, const char *source, const char *id, const char *format)
{
    const char *target;
    TRY(media_original_path(ctx, id, format, &target));
    if (access(target, R_OK) == 0)
        return NULL;
    const char *partial = media_partial_path(ctx, target, format);
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot open %s (errno %d)", source, errno);
    int to = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    err failure = to < 0 ? fail_with(ctx, ERR_INTERNAL, "cannot create %s (errno %d)", partial, errno)
                         : copy_bytes(ctx, from, to);
    close(from);
    if (to >= 0)
        close(to);
    if (failure) {
        unlink(partial);
        return failure;
    }
    TRY(media_put_in_place(ctx, partial, target));
    return sync_directory(ctx, id);
}

err media_hash(struct ctx *ctx, const char *path, const char **id, int64_t *bytes)
{
    struct stat facts;
    void *mapped = MAP_FAILED;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && fstat(file, &facts) == 0 && facts.st_size > 0)
        mapped = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (file >= 0)
        close(file);
    if (mapped == MAP_FAILED)
        return fail_with(ctx, ERR_BAD_REQUEST, "cannot read %s", path);
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(mapped, (size_t)facts.st_size, hash);
    munmap(mapped, (size_t)facts.st_size);
    *id = crypto_hex(ctx->arena, hash, PICTURE_ID_DIGITS / 2);
    *bytes = (int64_t)facts.st_size;
    return NULL;
}

void media_forget_derived(struct ctx *ctx, const char *id)
{
    const char *directory = arena_format(ctx->arena, "%s/media/derived/%.2s", ctx->config->data, id);
    DIR *folder = opendir(directory);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (text_starts(entry->d_name, id))
            unlink(arena_format(ctx->arena, "%s/%s", directory, entry->d_name));
    if (folder)
        closedir(folder);
}

err media_refuse(struct ctx *ctx, const struct media_source *source, const char *field, const char *code,
                 const char *message)
{
    const char *name = source->file_name && source->file_name[0] ? source->file_name : "file";
    return fail_field(ctx, field, code, arena_format(ctx->arena, "%s: %s", name, message));
}
