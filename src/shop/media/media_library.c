/* media_library.c - the rows of pictures: pages, changes, removal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/text.h"
#include "shop/media/media_look.h"
#include <inttypes.h>

#define MANY 16
#define COLUMNS                                                                                              \
    "SELECT id, format, width, height, bytes, file_name, alt, alike_id, use_count, created_at, name_key"     \
    " FROM pictures WHERE shop_id = $1 "

static struct picture read_picture(const struct db_rows *rows)
{
    return (struct picture){.id = db_get_text(rows, 0),
                            .format = db_get_text(rows, 1),
                            .width = db_get_int(rows, 2),
                            .height = db_get_int(rows, 3),
                            .bytes = db_get_int(rows, 4),
                            .file_name = db_get_text(rows, 5),
                            .alt = db_get_text(rows, 6),
                            .alike_id = db_get_text(rows, 7),
                            .use_count = db_get_int(rows, 8),
                            .created_at = db_get_int(rows, 9)};
}

/* Where the page before ended: ID.KEY, the key being a time or a name. */
struct place {
    const char *id;
    const char *key;
};

static err read_place(struct ctx *ctx, const char *cursor, struct place *place)
{
    *place = (struct place){NULL, NULL};
    if (!cursor || !cursor[0])
        return NULL;
    const char *dot = strchr(cursor, '.');
    const char *id = dot ? arena_copy(ctx->arena, cursor, (size_t)(dot - cursor)) : "";
    if (!is_media_id(id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    *place = (struct place){id, dot + 1};
    return NULL;
}

/* From the newest on; ids are hex digits, so "g" stands behind all of them. */
static err read_age_place(struct ctx *ctx, const char *cursor, struct place *place, int64_t *at)
{
    TRY(read_place(ctx, cursor, place));
    *at = INT64_MAX;
    if (!place->id)
        place->id = "g";
    else if (!text_to_int(place->key, at))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

static err list_by_age(struct ctx *ctx, const struct picture_query *query, int64_t limit,
                       struct db_rows **rows)
{
    struct place from;
    int64_t at;
    TRY(read_age_place(ctx, query->cursor, &from, &at));
    struct db_value shop = db_int(ctx->shop->id), time = db_int(at), id = db_text(from.id);
    if (query->filter == PICTURES_UNUSED)
        return db_query(ctx, rows,
                        COLUMNS "AND use_count = 0 AND (created_at, id) < ($2, $3)"
                                " ORDER BY created_at DESC, id DESC LIMIT $4",
                        shop, time, id, db_int(limit));
    if (query->filter == PICTURES_ALIKE)
        return db_query(ctx, rows,
                        COLUMNS "AND alike_id IS NOT NULL AND (created_at, id) < ($2, $3)"
                                " ORDER BY created_at DESC, id DESC LIMIT $4",
                        shop, time, id, db_int(limit));
    return db_query(ctx, rows,
                    COLUMNS "AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4",
                    shop, time, id, db_int(limit));
}

static err list_by_name(struct ctx *ctx, const struct picture_query *query, int64_t limit,
                        struct db_rows **rows)
{
    struct place from;
    TRY(read_place(ctx, query->cursor, &from));
    const char *prefix = media_name_key(ctx, query->name_prefix);
    return db_query(ctx, rows,
                    COLUMNS "AND name_key >= $2 AND name_key < $3 AND (name_key, id) > ($4, $5)"
                            " ORDER BY name_key, id LIMIT $6",
                    db_int(ctx->shop->id), db_text(prefix),
                    db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", prefix)),
                    db_text(from.id ? from.key : ""), db_text(from.id ? from.id : ""), db_int(limit));
}

err picture_list(struct ctx *ctx, const struct picture_query *query, struct picture_page *page)
{
    bool is_named = query->name_prefix && query->name_prefix[0];
    int limit = query->limit < 1 ? 1 : query->limit > PICTURE_PAGE_LIMIT ? PICTURE_PAGE_LIMIT : query->limit;
    const char *last_name = "";
    struct db_rows *rows;
    TRY(is_named ? list_by_name(ctx, query, limit + 1, &rows) : list_by_age(ctx, query, limit + 1, &rows));
    *page = (struct picture_page){.items = arena_alloc_many(ctx->arena, (size_t)limit, sizeof *page->items)};
    while (page->count < (size_t)limit && db_next(rows)) {
        page->items[page->count++] = read_picture(rows);
        last_name = db_get_text(rows, 10);
    }
    if (db_row_count(rows) <= (size_t)limit)
        return NULL;
    const struct picture *last = &page->items[page->count - 1];
    page->next_cursor = is_named ? arena_format(ctx->arena, "%s.%s", last->id, last_name)
                                 : arena_format(ctx->arena, "%s.%" PRId64, last->id, last->created_at);
    return NULL;
}

err picture_load(struct ctx *ctx, const char *picture_id, const struct picture **picture)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLUMNS "AND id = $2", db_int(ctx->shop->id), db_text(picture_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such picture");
    struct picture *loaded = arena_alloc(ctx->arena, sizeof *loaded);
    *loaded = read_picture(rows);
    *picture = loaded;
    return NULL;
}

/* Up to MANY of them, in one question that is padded with the first. */
static err load_some(struct ctx *ctx, const char *const *picture_ids, size_t count,
                     const struct picture **found)
{
    struct db_rows *rows;
    struct db_value values[MANY + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < MANY; i++)
        values[i + 1] = db_text(picture_ids[i < count ? i : 0]);
    TRY(db_query_values(ctx, &rows,
                        COLUMNS
                        "AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
                        " $17)",
                        values, MANY + 1));
    while (db_next(rows)) {
        struct picture *picture = arena_alloc(ctx->arena, sizeof *picture);
        *picture = read_picture(rows);
        for (size_t i = 0; i < count; i++)
            if (text_is(picture_ids[i], picture->id))
                found[i] = picture;
    }
    return NULL;
}

err picture_load_many(struct ctx *ctx, const char *const *picture_ids, size_t count,
                      const struct picture **found)
{
    memset(found, 0, count * sizeof *found);
    for (size_t start = 0; start < count; start += MANY) {
        size_t chunk = count - start < MANY ? count - start : MANY;
        TRY(load_some(ctx, picture_ids + start, chunk, found + start));
    }
    return NULL;
}

struct wording {
    const char *picture_id;
    const char *alt;
};

static err write_alt(struct ctx *ctx, void *arg)
{
    const struct wording *wording = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such picture",
                     "UPDATE pictures SET alt = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                     db_text(wording->picture_id), db_text(wording->alt));
}

err picture_change_alt(struct ctx *ctx, const char *picture_id, const char *alt)
{
    if (utf8_length(alt, strlen(alt)) > PICTURE_ALT_LIMIT)
        return fail_field(ctx, "alt", "too-long", "at most 200 characters");
    struct wording wording = {picture_id, alt};
    return db_transact(ctx, write_alt, &wording);
}

static err write_different(struct ctx *ctx, void *arg)
{
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such picture",
                     "UPDATE pictures SET alike_id = NULL WHERE shop_id = $1 AND id = $2",
                     db_int(ctx->shop->id), db_text(arg));
}

err picture_mark_different(struct ctx *ctx, const char *picture_id)
{
    return db_transact(ctx, write_different, arena_copy_text(ctx->arena, picture_id));
}

static err delete_picture(struct ctx *ctx, void *arg)
{
    const struct picture *picture = arg;
    TRY(db_execute(ctx, "UPDATE pictures SET alike_id = NULL WHERE shop_id = $1 AND alike_id = $2",
                   db_int(ctx->shop->id), db_text(picture->id)));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the picture is used",
                  "DELETE FROM pictures WHERE shop_id = $1 AND id = $2 AND use_count = 0",
                  db_int(ctx->shop->id), db_text(picture->id)));
    return media_forget_later(ctx, picture->id, picture->format);
}

err picture_remove(struct ctx *ctx, const char *picture_id)
{
    const struct picture *picture;
    TRY(picture_load(ctx, picture_id, &picture));
    struct picture copy = *picture;
    return db_transact(ctx, delete_picture, &copy);
}

/* ---- who shows a picture ---- */

static err add_use(struct ctx *ctx, enum picture_use_kind kind, int64_t owner_id, const char *picture_id)
{
    struct db_value shop = db_int(ctx->shop->id), picture = db_text(picture_id);
    TRY(db_execute(ctx,
                   "INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id)"
                   " SELECT shop_id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), id FROM pictures"
                   " WHERE shop_id = $1 AND id = $4",
                   shop, db_int(kind), db_int(owner_id), picture));
    return db_execute(ctx, "UPDATE pictures SET use_count = use_count + 1 WHERE shop_id = $1 AND id = $2",
                      shop, picture);
}

static bool is_repeated(const char *const *picture_ids, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (text_is(picture_ids[i], picture_ids[index]))
            return true;
    return false;
}

err picture_uses_set(struct ctx *ctx, enum picture_use_kind kind, int64_t owner_id,
                     const char *const *picture_ids, size_t count)
{
    struct db_value shop = db_int(ctx->shop->id), of = db_int(kind), owner = db_int(owner_id);
    TRY(db_execute(
        ctx,
        "UPDATE pictures SET use_count = use_count - 1 WHERE shop_id = $1 AND id IN"
        " (SELECT picture_id FROM picture_uses WHERE shop_id = $1 AND kind = $2 AND owner_id = $3)",
        shop, of, owner));
    TRY(db_execute(ctx, "DELETE FROM picture_uses WHERE shop_id = $1 AND kind = $2 AND owner_id = $3", shop,
                   of, owner));
    for (size_t i = 0; i < count; i++)
        if (picture_ids[i] && !is_repeated(picture_ids, i))
            TRY(add_use(ctx, kind, owner_id, picture_ids[i]));
    return NULL;
}

err picture_use_move(struct ctx *ctx, const struct picture_use *use, const char *from, const char *to)
{
    struct db_value shop = db_int(ctx->shop->id), kind = db_int(use->kind), owner = db_int(use->owner_id);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the picture was taken away meanwhile",
                  "DELETE FROM picture_uses WHERE shop_id = $1 AND kind = $2 AND owner_id = $3"
                  " AND picture_id = $4",
                  shop, kind, owner, db_text(from)));
    TRY(db_execute(ctx, "UPDATE pictures SET use_count = use_count - 1 WHERE shop_id = $1 AND id = $2", shop,
                   db_text(from)));
    /* The owner may show the other picture already: then it is not counted twice. */
    TRY(db_execute(
        ctx,
        "UPDATE pictures SET use_count = use_count + 1 WHERE shop_id = $1 AND id = $4 AND NOT EXISTS"
        " (SELECT 1 FROM picture_uses u WHERE u.shop_id = $1 AND u.kind = $2 AND u.owner_id = $3"
        " AND u.picture_id = $4)",
        shop, kind, owner, db_text(to)));
    return db_execute(ctx,
                      "INSERT INTO picture_uses (shop_id, kind, owner_id, picture_id) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT (shop_id, kind, owner_id, picture_id) DO NOTHING",
                      shop, kind, owner, db_text(to));
}

err picture_use_list(struct ctx *ctx, const char *picture_id, struct picture_use **uses, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT kind, owner_id FROM picture_uses WHERE shop_id = $1 AND picture_id = $2"
                 " ORDER BY kind, owner_id LIMIT $3",
                 db_int(ctx->shop->id), db_text(picture_id), db_int(PICTURE_USE_LIMIT)));
    *uses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **uses);
    *count = 0;
    while (db_next(rows))
        (*uses)[(*count)++] =
            (struct picture_use){(enum picture_use_kind)db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

err picture_use_count(struct ctx *ctx, enum picture_use_kind kind, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM picture_uses WHERE shop_id = $1 AND kind = $2",
                 db_int(ctx->shop->id), db_int(kind)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}
