/* media_check.c - every row has its file, and every picture counts those who show it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include <inttypes.h>
#include <unistd.h>

#define ROWS_AT_ONCE 1000

typedef void (*reporter)(void *arg, const char *problem);

static err check_file(struct ctx *ctx, const char *what, const char *id, const char *format, reporter report,
                      void *arg)
{
    const char *path;
    TRY(media_original_path(ctx, id, format, &path));
    if (access(path, R_OK) != 0)
        report(arg, arena_format(ctx->arena, "%s %s has no file %s", what, id, path));
    return NULL;
}

static err check_pictures(struct ctx *ctx, reporter report, void *arg)
{
    const char *after = "";
    struct db_rows *rows;
    do {
        TRY(db_query(ctx, &rows,
                     "SELECT id, format FROM pictures WHERE shop_id = $1 AND id > $2 ORDER BY id LIMIT $3",
                     db_int(ctx->shop->id), db_text(after), db_int(ROWS_AT_ONCE)));
        while (db_next(rows)) {
            after = db_get_text(rows, 0);
            TRY(check_file(ctx, "picture", after, db_get_text(rows, 1), report, arg));
        }
    } while (db_row_count(rows) == ROWS_AT_ONCE);
    return NULL;
}

static err check_videos(struct ctx *ctx, reporter report, void *arg)
{
    const char *after = "";
    struct db_rows *rows;
    do {
        TRY(db_query(ctx, &rows,
                     "SELECT id, format FROM videos WHERE shop_id = $1 AND id > $2 ORDER BY id LIMIT $3",
                     db_int(ctx->shop->id), db_text(after), db_int(ROWS_AT_ONCE)));
        while (db_next(rows)) {
            after = db_get_text(rows, 0);
            TRY(check_file(ctx, "video", after, db_get_text(rows, 1), report, arg));
        }
    } while (db_row_count(rows) == ROWS_AT_ONCE);
    return NULL;
}

static err check_counts(struct ctx *ctx, reporter report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.id, p.use_count, count(u.picture_id) FROM pictures p LEFT JOIN picture_uses u"
                 " ON u.shop_id = p.shop_id AND u.picture_id = p.id WHERE p.shop_id = $1"
                 " GROUP BY p.id, p.use_count HAVING p.use_count <> count(u.picture_id)"
                 " ORDER BY p.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(ROWS_AT_ONCE)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "picture %s counts %" PRId64 " uses, there are %" PRId64,
                                 db_get_text(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

err media_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_pictures(ctx, report, arg));
    TRY(check_videos(ctx, report, arg));
    return check_counts(ctx, report, arg);
}
