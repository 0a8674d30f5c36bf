/* trash.c - what was removed: put in, listed, taken out, forgotten. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/trash/trash.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/staff/staff.h"

#define LIST_LIMIT 100
#define SWEPT_AT_ONCE 200

const char *const trash_kind_names[] = {[0] = "all",
                                        [TRASH_TAG] = "tag",
                                        [TRASH_CATEGORY] = "category",
                                        [TRASH_COLLECTION] = "collection",
                                        [TRASH_PICTURE] = "picture",
                                        [TRASH_VIDEO] = "video",
                                        [TRASH_REDIRECT] = "redirect",
                                        [TRASH_REDIRECT + 1] = NULL};

err trash_put(struct ctx *ctx, enum trash_kind kind, const char *title, const struct value *data)
{
    const char *json;
    TRY(json_text(ctx, data, TRASH_DATA_LIMIT, &json));
    TRY(db_execute(ctx,
                   "INSERT INTO removed_things (shop_id, id, kind, title, data, actor, actor_id, removed_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(kind), db_text(title), db_text(json),
                   db_int(ctx->actor), db_int(ctx->actor_id), db_int(ctx->now)));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = "trash.removed", .subject = "trash", .title = title});
}

#define COLUMNS "SELECT id, kind, title, actor, actor_id, removed_at"

static struct trash read_trash(const struct db_rows *rows)
{
    return (struct trash){.id = db_get_int(rows, 0),
                          .kind = (enum trash_kind)db_get_int(rows, 1),
                          .title = db_get_text(rows, 2),
                          .actor = (enum actor_kind)db_get_int(rows, 3),
                          .actor_id = db_get_int(rows, 4),
                          .removed_at = db_get_int(rows, 5)};
}

err trash_load(struct ctx *ctx, int64_t trash_id, struct trash *trash)
{
    struct db_rows *rows;
    struct value *data;
    TRY(db_query(ctx, &rows, COLUMNS ", data FROM removed_things WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(trash_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "nothing of this kind was removed");
    *trash = read_trash(rows);
    const char *json = db_get_text(rows, 6);
    TRY(json_read(ctx, json, strlen(json), &data));
    trash->data = data;
    return NULL;
}

err trash_take(struct ctx *ctx, const struct trash *trash)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "it was brought back already",
                  "DELETE FROM removed_things WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(trash->id)));
    return audit_note(
        ctx, &(struct audit_entry){.kind = "trash.restored", .subject = "trash", .title = trash->title});
}

err trash_list(struct ctx *ctx, enum trash_kind kind, int64_t before_id, int limit, struct trash **things,
               size_t *count)
{
    struct db_rows *rows;
    int most = limit < 1 ? 1 : limit > LIST_LIMIT ? LIST_LIMIT : limit;
    struct db_value shop = db_int(ctx->shop->id), before = db_int(before_id ? before_id : INT64_MAX);
    if (kind)
        TRY(db_query(ctx, &rows,
                     COLUMNS " FROM removed_things WHERE shop_id = $1 AND kind = $4 AND id < $2"
                             " ORDER BY id DESC LIMIT $3",
                     shop, before, db_int(most), db_int(kind)));
    else
        TRY(db_query(ctx, &rows,
                     COLUMNS " FROM removed_things WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                     shop, before, db_int(most)));
    *things = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **things);
    *count = 0;
    while (db_next(rows))
        (*things)[(*count)++] = read_trash(rows);
    return NULL;
}

err trash_find_last(struct ctx *ctx, struct trash *trash)
{
    struct db_rows *rows;
    *trash = (struct trash){0};
    TRY(db_query(ctx, &rows,
                 COLUMNS " FROM removed_things WHERE shop_id = $1 AND id >= $2 AND actor_id = $3"
                         " ORDER BY id DESC LIMIT 1",
                 db_int(ctx->shop->id), db_int(id_floor(ctx->now - TRASH_OFFERED_MS)),
                 db_int(ctx->actor_id)));
    if (db_next(rows))
        *trash = read_trash(rows);
    return NULL;
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(
        ctx,
        "DELETE FROM removed_things WHERE shop_id = $1 AND id IN (SELECT r.id FROM removed_things r"
        " WHERE r.shop_id = $1 AND r.id < $2 ORDER BY r.id LIMIT $3)",
        db_int(ctx->shop->id), db_int(id_floor(ctx->now - TRASH_KEPT_MS)), db_int(SWEPT_AT_ONCE));
}

err trash_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM removed_things WHERE shop_id = $1 AND id < $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(id_floor(ctx->now - TRASH_KEPT_MS))));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}
