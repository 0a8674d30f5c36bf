/* own_theme_read.c - the files of a ZIP file: where they may stand, how they may be called, how large they
 * are.
 *
 * Names out of a ZIP file are compared and kept, and never used as paths of a disk. The files of a folder,
 * for the command line, go the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/own_theme.h"

#include "base/config.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
    struct own_files *files;
    struct own_problems *problems;
    size_t bytes;
};

struct folder {
    const char *name; /* with its slash */
    const char *endings[3];
};

static const struct folder folders[] = {
    {"layout/", {".liquid"}},   {"templates/", {".liquid", ".json"}},
    {"sections/", {".liquid"}}, {"blocks/", {".liquid"}},
    {"snippets/", {".liquid"}}, {"locales/", {".json"}},
    {"config/", {".json"}},     {"assets/", {NULL}},
};

static const struct folder *folder_of(const char *path)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (text_starts(path, folders[i].name))
            return &folders[i];
    return NULL;
}

/* Packers often put the folder itself around its files. */
static const char *without_wrapper(const char *name)
{
    const char *slash = strchr(name, '/');
    return !folder_of(name) && slash && folder_of(slash + 1) ? slash + 1 : name;
}

/* Notes for people, beside a theme. */
static bool is_note(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    return !folder_of(without_wrapper(name)) &&
           (text_ends(base, ".md") || text_ends(base, ".txt") || text_starts(base, "LICENSE") ||
            text_is(base, "package.json"));
}

static bool is_plain(const char *name)
{
    if (name[0] == '.' || name[0] == '-' || name[0] == '\0' || strstr(name, ".."))
        return false;
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static bool has_right_ending(const struct folder *folder, const char *name)
{
    if (!folder->endings[0])
        return own_file_type(name) != NULL;
    for (size_t i = 0; i < 3 && folder->endings[i]; i++)
        if (text_ends(name, folder->endings[i]))
            return true;
    return false;
}

/* NULL when the name is one that a theme may have; else the code of what is wrong with it. */
static const char *name_problem(const struct own_files *files, const char *path)
{
    const struct folder *folder = folder_of(path);
    if (!folder)
        return "theme-place";
    if (strlen(path) > OWN_THEME_PATH_LIMIT || !is_plain(path + strlen(folder->name)))
        return "theme-name";
    if (!has_right_ending(folder, path))
        return "theme-ending";
    return own_file_find(files, path) ? "theme-twice" : NULL;
}

static const char *words_of(const char *code)
{
    static const char *const words[][2] = {
        {"theme-place",
         "files stand in layout, templates, sections, blocks, snippets, locales, config or assets"},
        {"theme-name",
         "a name is made of letters, digits, dots, dashes and underscores, in no deeper folder"},
        {"theme-ending", "this folder does not take files with this ending"},
        {"theme-twice", "this file is there twice"},
        {"theme-large", "the file is too large: 256 KiB, or 2 MiB of an asset"},
        {"theme-letters", "the file is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(words[i][0], code))
            return words[i][1];
    return "";
}

static void complain(struct ctx *ctx, struct reading *reading, const char *path, const char *code)
{
    own_problem_add(ctx, reading->problems, path, code, words_of(code));
}

static err read_bytes(struct ctx *ctx, const char *path, size_t limit, struct own_file *file, bool *fits)
{
    char *bytes = arena_alloc(ctx->arena, limit + 2);
    FILE *from = fopen(path, "rbe");
    if (!from)
        return fail_with(ctx, ERR_INTERNAL, "cannot read an unpacked file");
    file->length = fread(bytes, 1, limit + 1, from);
    fclose(from);
    *fits = file->length <= limit;
    file->bytes = *fits ? arena_copy(ctx->arena, bytes, file->length) : "";
    return NULL;
}

/* The bytes are read into an arena of their own first: a small file takes little of that of ctx. */
static err read_small(struct ctx *ctx, const char *path, size_t limit, struct own_file *file, bool *fits)
{
    struct ctx reading = *ctx;
    reading.arena = arena_open(ARENA_LIMIT);
    err failure = read_bytes(&reading, path, limit, file, fits);
    file->bytes = failure ? "" : arena_copy(ctx->arena, file->bytes, file->length * *fits);
    arena_close(reading.arena);
    return failure ? fail_with(ctx, ERR_INTERNAL, "cannot read an unpacked file") : NULL;
}

static err take_file(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct reading *reading = arg;
    struct own_files *files = reading->files;
    if (is_note(entry->name))
        return NULL;
    struct own_file file = {.path = without_wrapper(entry->name)};
    const char *code = name_problem(files, file.path);
    bool is_asset = own_file_is_asset(file.path), fits = entry->path != NULL;
    if (!code && fits)
        TRY(read_small(ctx, entry->path, is_asset ? OWN_THEME_ASSET_LIMIT : OWN_THEME_TEXT_LIMIT, &file,
                       &fits));
    if (!code && !fits)
        code = "theme-large";
    else if (!code && !is_asset &&
             (!utf8_is_valid(file.bytes, file.length) || strlen(file.bytes) != file.length))
        code = "theme-letters";
    if (code) {
        complain(ctx, reading, file.path, code);
        return NULL;
    }
    reading->bytes += file.length;
    if (files->count == OWN_THEME_FILE_LIMIT)
        return fail_field(ctx, "zip", "zip-too-many", "a theme has 300 files at most");
    if (reading->bytes > OWN_THEME_BYTES_LIMIT)
        return fail_field(ctx, "zip", "theme-too-big", "a theme has 8 MiB at most, unpacked");
    files->items[files->count++] = file;
    return NULL;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct own_file *)a)->path, ((const struct own_file *)b)->path);
}

static err finish(struct ctx *ctx, struct reading *reading)
{
    struct own_files *files = reading->files;
    qsort(files->items, files->count, sizeof *files->items, compare_paths);
    if (files->count == 0 && !reading->problems->first)
        return fail_field(ctx, "zip", "theme-empty", "there is no file of a theme in it");
    return NULL;
}

err own_theme_read(struct ctx *ctx, const char *path, struct own_files *files, struct own_problems *problems)
{
    struct reading reading = {.files = files, .problems = problems};
    *files =
        (struct own_files){.items = arena_alloc_many(ctx->arena, OWN_THEME_FILE_LIMIT, sizeof *files->items)};
    struct zip_walk walk = {.scratch =
                                arena_format(ctx->arena, "%s.%s.part", path, random_digits(ctx->arena, 9)),
                            .file_bytes = (int64_t)OWN_THEME_ASSET_LIMIT,
                            .take = take_file,
                            .arg = &reading};
    err failure = ctx->services->zips->walk(ctx, path, &walk);
    unlink(walk.scratch);
    if (failure)
        return failure;
    return finish(ctx, &reading);
}

/* ---- a folder ---- */

static err take_path(struct ctx *ctx, struct reading *reading, const char *folder, const char *name)
{
    const char *path = arena_format(ctx->arena, "%s/%s", folder, name);
    return take_file(ctx, reading, &(struct zip_entry){.name = name, .path = path});
}

static bool is_folder(struct ctx *ctx, const char *folder, const char *name)
{
    struct stat info;
    return stat(arena_format(ctx->arena, "%s/%s", folder, name), &info) == 0 && S_ISDIR(info.st_mode);
}

/* What stands in one folder of a theme; a folder in it is told of by its name. */
static err take_part(struct ctx *ctx, struct reading *reading, const char *folder, const char *part)
{
    DIR *directory = opendir(arena_format(ctx->arena, "%s/%s", folder, part));
    const struct dirent *entry;
    err failure = NULL;
    if (!directory)
        return fail_with(ctx, ERR_NOT_FOUND, "cannot read the folder %s/%s", folder, part);
    while (!failure && (entry = readdir(directory)) != NULL) {
        const char *name = arena_format(ctx->arena, "%s/%s", part, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (is_folder(ctx, folder, name))
            complain(ctx, reading, name, "theme-name");
        else
            failure = take_path(ctx, reading, folder, name);
    }
    closedir(directory);
    return failure;
}

static err take_top(struct ctx *ctx, struct reading *reading, const char *folder, const char *name)
{
    if (!is_folder(ctx, folder, name))
        return take_path(ctx, reading, folder, name);
    if (folder_of(arena_format(ctx->arena, "%s/", name)))
        return take_part(ctx, reading, folder, name);
    complain(ctx, reading, name, "theme-place");
    return NULL;
}

err own_theme_read_folder(struct ctx *ctx, const char *folder, struct own_files *files,
                          struct own_problems *problems)
{
    struct reading reading = {.files = files, .problems = problems};
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    err failure = NULL;
    if (!directory)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no folder %s", folder);
    *files =
        (struct own_files){.items = arena_alloc_many(ctx->arena, OWN_THEME_FILE_LIMIT, sizeof *files->items)};
    while (!failure && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
            failure = take_top(ctx, &reading, folder, arena_copy_text(ctx->arena, entry->d_name));
    closedir(directory);
    return failure ? failure : finish(ctx, &reading);
}
