/* theme_files.c - reading a folder, and laying one theme over another. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_files.h"

#include "base/text.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_LIMIT ((size_t)256 << 10)
#define FILE_COUNT_LIMIT 1000

struct part {
    const char *name;
    const char *ending; /* NULL = any */
    bool is_needed;
};

static const struct part parts[] = {
    {"layout", ".liquid", true},    {"templates", ".liquid", true}, {"snippets", ".liquid", true},
    {"sections", ".liquid", false}, {"blocks", ".liquid", false},   {"locales", ".json", false},
    {"config", ".json", false},     {"assets", NULL, false},
};

static err read_open_file(struct ctx *ctx, FILE *file, struct own_file *read)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || (size_t)info.st_size > FILE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "%s is larger than 256 KiB", read->path);
    char *bytes = arena_alloc(ctx->arena, (size_t)info.st_size + 1);
    read->length = fread(bytes, 1, (size_t)info.st_size, file);
    read->bytes = bytes;
    return NULL;
}

static err add_file(struct ctx *ctx, const char *folder, const char *path, struct own_files *files)
{
    struct own_file *read = &files->items[files->count];
    if (files->count == FILE_COUNT_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "more than 1000 files in %s", folder);
    FILE *file = fopen(arena_format(ctx->arena, "%s/%s", folder, path), "rbe");
    if (!file)
        return fail_with(ctx, ERR_INTERNAL, "cannot read %s/%s", folder, path);
    *read = (struct own_file){.path = path};
    err failure = read_open_file(ctx, file, read);
    fclose(file);
    files->count++;
    return failure;
}

static err read_part(struct ctx *ctx, const char *folder, const struct part *part, struct own_files *files)
{
    DIR *directory = opendir(arena_format(ctx->arena, "%s/%s", folder, part->name));
    if (!directory)
        return part->is_needed ? fail_with(ctx, ERR_INTERNAL, "there is no folder %s/%s", folder, part->name)
                               : NULL;
    err failure = NULL;
    const struct dirent *entry;
    while (!failure && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && (!part->ending || text_ends(entry->d_name, part->ending)))
            failure =
                add_file(ctx, folder, arena_format(ctx->arena, "%s/%s", part->name, entry->d_name), files);
    closedir(directory);
    return failure;
}

err theme_files_read(struct ctx *ctx, const char *folder, bool has_assets, struct own_files *files)
{
    size_t count = sizeof parts / sizeof *parts - !has_assets;
    *files =
        (struct own_files){.items = arena_alloc_many(ctx->arena, FILE_COUNT_LIMIT, sizeof *files->items)};
    for (size_t i = 0; i < count; i++)
        TRY(read_part(ctx, folder, &parts[i], files));
    return NULL;
}

struct own_files theme_files_merge(struct ctx *ctx, const struct own_files *under,
                                   const struct own_files *over)
{
    struct own_files all = {.items =
                                arena_alloc_many(ctx->arena, under->count + over->count, sizeof *all.items)};
    for (size_t i = 0; i < under->count; i++)
        if (!own_file_find(over, under->items[i].path))
            all.items[all.count++] = under->items[i];
    for (size_t i = 0; i < over->count; i++)
        if (!own_file_is_asset(over->items[i].path))
            all.items[all.count++] = over->items[i];
    return all;
}

struct value *theme_words_merge(struct ctx *ctx, const struct value *under, const struct value *over)
{
    struct value *merged = value_object(ctx->arena);
    for (uint32_t i = 0; i < under->object->count; i++)
        value_set(ctx->arena, merged, under->object->members[i].name, under->object->members[i].value);
    for (uint32_t i = 0; i < over->object->count; i++) {
        const struct member *member = &over->object->members[i];
        const struct value *below = value_find(under, member->name);
        bool is_deeper = below && below->kind == VALUE_OBJECT && member->value.kind == VALUE_OBJECT;
        value_set(ctx->arena, merged, member->name,
                  is_deeper ? *theme_words_merge(ctx, below, &member->value) : member->value);
    }
    return merged;
}
