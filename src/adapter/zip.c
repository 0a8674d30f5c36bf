/* zip.c - libarchive behind the port of the media module.
 *
 * Names are told and never used as paths, so none can lead out of a folder. Everything is counted while it is
 * unpacked: what the ZIP says about its own sizes is not believed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/zip.h"

#include "base/text.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 65536
#define ENTRIES_SEEN_LIMIT 10000 /* folders and what is left out count here too */

struct walking {
    struct ctx *ctx;
    struct archive *archive;
    const struct zip_walk *walk;
    int64_t left; /* bytes that may still be unpacked */
};

static err refuse(struct ctx *ctx, const char *code, const char *message)
{
    return fail_field(ctx, "zip", code, message);
}

/* Packers on Chinese Windows write names in GBK and do not say so. */
static const char *from_gbk(struct ctx *ctx, const char *name)
{
    char out[(size_t)ZIP_NAME_LIMIT * 4 + 1];
    char *in = arena_copy_text(ctx->arena, name), *to = out;
    size_t in_left = strlen(in), out_left = sizeof out - 1;
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return NULL;
    size_t bad = iconv(converter, &in, &in_left, &to, &out_left);
    iconv_close(converter);
    return bad == (size_t)-1 ? NULL : arena_copy(ctx->arena, out, (size_t)(to - out));
}

/* NULL when nobody could read it. */
static const char *name_of(struct ctx *ctx, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    if (name && strlen(name) <= (size_t)ZIP_NAME_LIMIT * 4 && !utf8_is_valid(name, strlen(name)))
        name = from_gbk(ctx, name);
    if (!name || strlen(name) > (size_t)ZIP_NAME_LIMIT * 4 || !utf8_is_valid(name, strlen(name)) ||
        utf8_length(name, strlen(name)) > ZIP_NAME_LIMIT || text_has_control(name, strlen(name)))
        return NULL;
    return arena_copy_text(ctx->arena, name);
}

/* What packers put in besides. */
static bool is_clutter(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    return text_starts(name, "__MACOSX/") || base[0] == '.' || base[0] == '\0' ||
           text_is(base, "Thumbs.db") || text_is(base, "desktop.ini");
}

/* Into the scratch file; *fits is false when it is larger than a file may be. */
static err unpack(struct walking *walking, bool *fits)
{
    char block[BLOCK];
    int64_t bytes = 0;
    la_ssize_t got;
    const char *scratch = walking->walk->scratch;
    FILE *file = fopen(scratch, "we");
    if (!file)
        return fail_with(walking->ctx, ERR_INTERNAL, "cannot write %s (errno %d)", scratch, errno);
    bool is_written = true;
    while ((got = archive_read_data(walking->archive, block, sizeof block)) > 0) {
        bytes += got;
        walking->left -= got;
        if (bytes > walking->walk->file_bytes || walking->left < 0)
            break;
        is_written = is_written && fwrite(block, 1, (size_t)got, file) == (size_t)got;
    }
    is_written = fclose(file) == 0 && is_written;
    *fits = bytes <= walking->walk->file_bytes;
    if (!is_written)
        return fail_with(walking->ctx, ERR_INTERNAL, "cannot write %s", scratch);
    if (walking->left < 0)
        return refuse(walking->ctx, "zip-too-big", "more than 1 GB when unpacked; make several ZIP files");
    return got < 0 ? refuse(walking->ctx, "zip-broken", "the ZIP file is damaged; pack it again") : NULL;
}

static err visit(struct walking *walking, struct archive_entry *entry)
{
    struct ctx *ctx = walking->ctx;
    const struct zip_walk *walk = walking->walk;
    bool fits;
    struct zip_entry found = {.name = name_of(ctx, entry), .bytes = archive_entry_size(entry)};
    if (archive_entry_filetype(entry) != AE_IFREG || !found.name || is_clutter(found.name))
        return NULL;
    if (archive_entry_is_encrypted(entry))
        return refuse(ctx, "zip-locked", "the ZIP file has a password; pack it without one");
    if (walk->wants && !walk->wants(walk->arg, found.name))
        return NULL;
    if (walk->scratch) {
        TRY(unpack(walking, &fits));
        found.path = fits ? walk->scratch : NULL;
    }
    return walk->take(ctx, walk->arg, &found);
}

static err walk_entries(struct walking *walking)
{
    struct archive_entry *entry;
    for (int seen = 0; seen <= ENTRIES_SEEN_LIMIT; seen++) {
        int result = archive_read_next_header(walking->archive, &entry);
        if (result == ARCHIVE_EOF)
            return NULL;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return refuse(walking->ctx, "zip-broken", "the ZIP file is damaged; pack it again");
        TRY(visit(walking, entry));
    }
    return refuse(walking->ctx, "zip-too-many", "too many files; make several ZIP files");
}

static err walk_file(struct ctx *ctx, const char *path, const struct zip_walk *walk)
{
    struct walking walking = {
        .ctx = ctx, .archive = archive_read_new(), .walk = walk, .left = ZIP_UNPACKED_LIMIT};
    if (!walking.archive)
        bug("libarchive has no memory");
    /* libarchive gives names in the character set of the thread. */
    locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = uselocale(unicode);
    archive_read_support_format_zip_seekable(walking.archive);
    err failure = archive_read_open_filename(walking.archive, path, BLOCK) == ARCHIVE_OK
                      ? walk_entries(&walking)
                      : refuse(ctx, "zip-broken", "this is no ZIP file; choose one");
    archive_read_free(walking.archive);
    uselocale(before);
    if (unicode)
        freelocale(unicode);
    return failure;
}

static bool pack_file(struct archive *archive, const struct zip_file *file, time_t now)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        bug("libarchive has no memory");
    archive_entry_set_pathname(entry, file->name);
    archive_entry_set_size(entry, (la_int64_t)file->length);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, now, 0);
    bool is_written = archive_write_header(archive, entry) == ARCHIVE_OK &&
                      archive_write_data(archive, file->bytes, file->length) == (la_ssize_t)file->length;
    archive_entry_free(entry);
    return is_written;
}

static err pack_files(struct ctx *ctx, const struct zip_file *files, size_t count, const char **bytes,
                      size_t *length)
{
    char *packed = arena_alloc_vast(ctx->arena, ZIP_PACKED_LIMIT);
    struct archive *archive = archive_write_new();
    if (!archive)
        bug("libarchive has no memory");
    archive_write_set_format_zip(archive);
    bool is_written = archive_write_open_memory(archive, packed, ZIP_PACKED_LIMIT, length) == ARCHIVE_OK;
    for (size_t i = 0; i < count && is_written; i++)
        is_written = pack_file(archive, &files[i], (time_t)(ctx->now / 1000));
    is_written = archive_write_close(archive) == ARCHIVE_OK && is_written;
    archive_write_free(archive);
    *bytes = packed;
    return is_written ? NULL : fail_with(ctx, ERR_LIMIT, "the ZIP file would be too large");
}

const struct zip_reader archive_zips = {.walk = walk_file, .pack = pack_files};
