/* import_package.h - a product file that comes in a ZIP with its pictures, as 淘宝数据包 and 有赞 give them.
 *
 * The table is taken out when the ZIP comes; the ZIP stays beside it. Cells name pictures by the path or the
 * name of their file, with or without its ending, or as Taobao writes it: "NAME:1:0:". Private to transfer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/media/media.h"

/* Files of a ZIP. */
#define PACKAGE_FILE_LIMIT 10000

struct package_file {
    const char *name; /* as it stands in the ZIP */
    const char *base; /* without folders, in lower case */
    const char *stem; /* the same without its ending */
    int64_t bytes;
};

struct package_index {
    const struct package_file *files;
    size_t count;
    const struct package_file **by_base; /* the same, sorted by base, and by stem */
    const struct package_file **by_stem;
};

/* What a ZIP is. */
struct import_package {
    bool is_zip;            /* and no workbook, which is a ZIP too */
    const char *table_name; /* as it stands in the ZIP */
    int64_t picture_count;  /* files besides */
};

/* Looks into a file, and unpacks the table of a ZIP to `table_path`. ERR_INVALID of the field "file" when it
 * is a ZIP that cannot be used. */
CHECKED err import_package_open(struct ctx *ctx, const char *path, const char *table_path,
                                struct import_package *package);
/* The files of a ZIP, for the names that cells have for them. */
CHECKED err import_package_index(struct ctx *ctx, const char *path, struct package_index *index);
/* The file that a word means, or NULL. */
const struct package_file *import_package_find(struct ctx *ctx, const struct package_index *index,
                                               const char *word);
