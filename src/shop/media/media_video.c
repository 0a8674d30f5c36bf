/* media_video.c - the rows of video files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/text.h"
#include <inttypes.h>
#include <unistd.h>

#define MANY 16
#define COLUMNS "SELECT id, format, bytes, file_name, created_at FROM videos WHERE shop_id = $1 "

static struct video read_video(const struct db_rows *rows)
{
    return (struct video){.id = db_get_text(rows, 0),
                          .format = db_get_text(rows, 1),
                          .bytes = db_get_int(rows, 2),
                          .file_name = db_get_text(rows, 3),
                          .created_at = db_get_int(rows, 4)};
}

/* A cursor is AT.ID of the last one. */
static err read_cursor(struct ctx *ctx, const char *cursor, int64_t *at, const char **id)
{
    *at = INT64_MAX;
    *id = "g"; /* behind all hex digits */
    if (!cursor || !cursor[0])
        return NULL;
    const char *dot = strchr(cursor, '.');
    if (!dot || !is_media_id(dot + 1) ||
        !text_to_int(arena_copy(ctx->arena, cursor, (size_t)(dot - cursor)), at))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    *id = dot + 1;
    return NULL;
}

err video_list(struct ctx *ctx, const char *cursor, int limit, struct video_page *page)
{
    int64_t at;
    const char *id;
    struct db_rows *rows;
    TRY(read_cursor(ctx, cursor, &at, &id));
    TRY(db_query(ctx, &rows,
                 COLUMNS "AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(at), db_text(id), db_int(limit + 1)));
    *page =
        (struct video_page){.items = arena_alloc_many(ctx->arena, (size_t)limit + 1, sizeof *page->items)};
    while (page->count < (size_t)limit && db_next(rows))
        page->items[page->count++] = read_video(rows);
    if (db_row_count(rows) > (size_t)limit) {
        const struct video *last = &page->items[page->count - 1];
        page->next_cursor = arena_format(ctx->arena, "%" PRId64 ".%s", last->created_at, last->id);
    }
    return NULL;
}

err video_load(struct ctx *ctx, const char *video_id, const struct video **video)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLUMNS "AND id = $2", db_int(ctx->shop->id), db_text(video_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such video");
    struct video *loaded = arena_alloc(ctx->arena, sizeof *loaded);
    *loaded = read_video(rows);
    *video = loaded;
    return NULL;
}

/* Which of up to MANY are there, in one question that is padded with the first. */
static err exist(struct ctx *ctx, const char *const *video_ids, size_t count, bool *is_there)
{
    struct db_rows *rows;
    struct db_value values[MANY + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < MANY; i++)
        values[i + 1] = db_text(video_ids[i < count ? i : 0]);
    TRY(db_query_values(ctx, &rows,
                        "SELECT id FROM videos WHERE shop_id = $1 AND id IN ($2, $3, $4, $5, $6, $7, $8, $9,"
                        " $10, $11, $12, $13, $14, $15, $16, $17)",
                        values, MANY + 1));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            is_there[i] = is_there[i] || text_is(video_ids[i], db_get_text(rows, 0));
    return NULL;
}

err video_exists_many(struct ctx *ctx, const char *const *video_ids, size_t count, bool *is_there)
{
    memset(is_there, 0, count * sizeof *is_there);
    for (size_t start = 0; start < count; start += MANY) {
        size_t chunk = count - start < MANY ? count - start : MANY;
        TRY(exist(ctx, video_ids + start, chunk, is_there + start));
    }
    return NULL;
}

err video_file(struct ctx *ctx, const char *name, struct media_file *file)
{
    const struct video *video;
    const char *dot = strchr(name, '.');
    const char *id = dot ? arena_copy(ctx->arena, name, (size_t)(dot - name)) : "";
    if (!is_media_id(id))
        return fail_with(ctx, ERR_NOT_FOUND, "no such video");
    TRY(video_load(ctx, id, &video));
    if (!text_is(dot + 1, video->format))
        return fail_with(ctx, ERR_NOT_FOUND, "no such video");
    *file = (struct media_file){.content_type = text_is(video->format, "mp4") ? "video/mp4" : "video/webm",
                                .is_final = true};
    return media_original_path(ctx, video->id, video->format, &file->path);
}

static err delete_video(struct ctx *ctx, void *arg)
{
    const struct video *video = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such video", "DELETE FROM videos WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_text(video->id)));
    return media_forget_later(ctx, video->id, video->format);
}

err video_remove(struct ctx *ctx, const char *video_id)
{
    const struct video *video;
    TRY(video_load(ctx, video_id, &video));
    struct video copy = *video;
    return db_transact(ctx, delete_video, &copy);
}
