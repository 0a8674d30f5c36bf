/* own_theme.h - themes that merchants bring: folders of Liquid, words, settings and assets.
 *
 * A ZIP file is read with bounds, checked as a whole, and kept as a version when nothing is wrong with it. A
 * version never changes and its number is never used again. What a theme lacks comes from the theme of the
 * program. Every node reads versions from the database. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* The version at which staff look in a frame of the back office, before or after buyers see it. */
#define THEME_COOKIE "yd_theme"
#define THEME_COOKIE_SECONDS 1800
#define OWN_THEME_FILE_LIMIT 300
#define OWN_THEME_BYTES_LIMIT ((size_t)8 << 20)  /* of all files, unpacked */
#define OWN_THEME_TEXT_LIMIT ((size_t)256 << 10) /* of one file of Liquid or JSON */
#define OWN_THEME_ASSET_LIMIT ((size_t)2 << 20)  /* of one asset */
#define OWN_THEME_PATH_LIMIT 100                 /* bytes of folder and name */
#define OWN_THEME_NAME_LIMIT 100                 /* bytes of the name of a theme */
#define OWN_THEME_VERSION_LIMIT 20               /* versions that a shop keeps; staff remove old ones */
#define OWN_THEME_PROBLEM_LIMIT 50               /* what is said of one theme */

struct own_file {
    const char *path;  /* "sections/hero.liquid": one folder, one name */
    const char *bytes; /* a NUL stands behind them; NULL when only the name was asked for */
    size_t length;
};
struct own_files {
    struct own_file *items;
    size_t count;
};
const struct own_file *own_file_find(const struct own_files *files, const char *path);
/* "assets/…". */
bool own_file_is_asset(const char *path);
/* By the ending of a name; NULL for what no theme may hold: whatever could run in a page by itself. */
const char *own_file_type(const char *name);

/* What is wrong with a theme, file by file. */
struct own_problems {
    struct field_problem *first, *last;
    size_t count;
};
/* `where` is "LINE:COLUMN: words" or words alone. `code` is a slug of the locale files: theme-…. */
void own_problem_add(struct ctx *ctx, struct own_problems *problems, const char *path, const char *code,
                     const char *where);

/* The theme of the program as services know it; filled by web. */
struct theme_maker {
    void *owner;
    /* Compiles and reads everything; what is wrong stands in `problems`. */
    err (*check)(struct ctx *ctx, void *owner, const struct own_files *files, struct own_problems *problems);
    /* The files of the program's theme, assets too. */
    err (*built_in)(struct ctx *ctx, void *owner, struct own_files *files);
};

/* The files of a ZIP file, whose folders may stand in one folder around them. What cannot be taken stands in
 * `problems`. ERR_INVALID of "zip" when it cannot be read to its end, is too large or holds no theme. */
CHECKED err own_theme_read(struct ctx *ctx, const char *path, struct own_files *files,
                           struct own_problems *problems);
/* The same of a folder of the disk, whose folders are those of a theme; what begins with a dot is passed
 * over. ERR_NOT_FOUND when there is no such folder. */
CHECKED err own_theme_read_folder(struct ctx *ctx, const char *folder, struct own_files *files,
                                  struct own_problems *problems);
/* Reads, checks and keeps a theme. ERR_INVALID with all problems, whose fields are paths; ERR_LIMIT when the
 * shop keeps OWN_THEME_VERSION_LIMIT versions; ERR_CONFLICT when another one came at that moment. */
CHECKED err own_theme_take(struct ctx *ctx, const char *zip, const char *name, int64_t *version);
/* The same for files that were read. */
CHECKED err own_theme_keep(struct ctx *ctx, const struct own_files *files, const char *name,
                           int64_t *version);

struct own_theme {
    int64_t version;
    const char *name;
    int64_t files;
    int64_t bytes;
    int64_t staff_id;
    int64_t at;
    int64_t published_at; /* 0 = never */
};
/* Newest first. */
CHECKED err own_theme_list(struct ctx *ctx, struct own_theme **themes, size_t *count);
/* Buyers see this version from now on; 0 = the theme of the program. `from` is what they see now:
 * ERR_CONFLICT when it is another. ERR_NOT_FOUND. */
CHECKED err own_theme_publish(struct ctx *ctx, int64_t from, int64_t version);
/* ERR_CONFLICT while buyers see it; ERR_NOT_FOUND. */
CHECKED err own_theme_remove(struct ctx *ctx, int64_t version);
/* ERR_NOT_FOUND when the shop does not keep this version. */
CHECKED err own_theme_load(struct ctx *ctx, int64_t version, struct own_theme *theme);
/* The files of a version by path; of assets only the names unless `has_assets`. ERR_NOT_FOUND. */
CHECKED err own_theme_files(struct ctx *ctx, int64_t version, bool has_assets, struct own_files *files);
/* An asset of a version; `is_public` says that it was published once. ERR_NOT_FOUND. */
CHECKED err own_theme_asset(struct ctx *ctx, int64_t version, const char *name, bool *is_public,
                            const char **bytes, size_t *length);
/* A file of a theme failed before a buyer: one alarm for it stands until staff settle it. */
CHECKED err own_theme_tell(struct ctx *ctx, const char *path, const char *detail);
