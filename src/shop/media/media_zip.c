/* media_zip.c - the pictures of a ZIP file, each taken or refused for itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/config.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/services.h"
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *base_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static err take_entry(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct zip_pictures *pictures = arg;
    struct zip_picture *taken = &pictures->items[pictures->count];
    struct media_source source = {.path = entry->path, .file_name = base_name(entry->name)};
    if (pictures->count == ZIP_ENTRY_LIMIT)
        return fail_field(ctx, "zip", "zip-too-many", "more than 500 files; make several ZIP files");
    *taken = (struct zip_picture){.name = entry->name, .code = "file-too-big"};
    pictures->count++;
    if (pictures->tell)
        TRY(pictures->tell(ctx, pictures->arg, pictures->count));
    if (!entry->path)
        return NULL;
    err failure = picture_store(ctx, &source, &taken->picture);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    taken->code = failure ? failure->problems->code : NULL;
    if (failure)
        taken->picture = NULL;
    return NULL;
}

/* Numbers in names count as numbers: 2.jpg comes before 10.jpg. */
static int compare_names(const void *a, const void *b)
{
    return strverscmp(((const struct zip_picture *)a)->name, ((const struct zip_picture *)b)->name);
}

err pictures_from_zip(struct ctx *ctx, const char *path, struct zip_pictures *pictures)
{
    const char *root = arena_format(ctx->arena, "%s/media", ctx->config->data);
    if (mkdir(root, 0750) != 0 && errno != EEXIST)
        return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", root, errno);
    const char *scratch = arena_format(ctx->arena, "%s/unpacked-%s.part", root, random_digits(ctx->arena, 9));
    *pictures = (struct zip_pictures){.tell = pictures->tell, .arg = pictures->arg};
    pictures->items = arena_alloc_many(ctx->arena, ZIP_ENTRY_LIMIT, sizeof *pictures->items);
    struct zip_walk walk = {
        .scratch = scratch, .file_bytes = PICTURE_BYTES_LIMIT, .take = take_entry, .arg = pictures};
    err failure = ctx->services->zips->walk(ctx, path, &walk);
    unlink(scratch);
    qsort(pictures->items, pictures->count, sizeof *pictures->items, compare_names);
    if (!failure || failure->code != ERR_INVALID)
        return failure;
    pictures->code = failure->problems->code;
    return NULL;
}
