/* catalog_moved.c - former handles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_moved.h"

#include "shop/tenant/tenant.h"

#define KEEP(kind, table)                                                                                    \
    "INSERT INTO former_handles (shop_id, kind, handle, subject_id) SELECT shop_id, " kind ", handle, id"    \
    " FROM " table " WHERE shop_id = $1 AND id = $2 AND handle <> $3"                                        \
    " ON CONFLICT (shop_id, kind, handle) DO UPDATE SET subject_id = excluded.subject_id"
#define FIND(kind, table, seen)                                                                              \
    "SELECT t.handle FROM former_handles f JOIN " table                                                      \
    " t ON t.shop_id = f.shop_id AND t.id = f.subject_id"                                                    \
    " WHERE f.shop_id = $1 AND f.kind = " kind " AND f.handle = $2" seen

static const char *const keeping[] = {
    [MOVED_PRODUCT] = KEEP("1", "products"),
    [MOVED_CATEGORY] = KEEP("2", "categories"),
    [MOVED_COLLECTION] = KEEP("3", "collections"),
};

static const char *const finding[] = {
    [MOVED_PRODUCT] = FIND("1", "products", " AND t.status <> 1"),
    [MOVED_CATEGORY] = FIND("2", "categories", ""),
    [MOVED_COLLECTION] = FIND("3", "collections", " AND t.is_shown = 1"),
};

err moved_keep(struct ctx *ctx, enum moved_kind kind, int64_t subject_id, const char *next)
{
    return db_execute(ctx, keeping[kind], db_int(ctx->shop->id), db_int(subject_id), db_text(next));
}

err moved_find(struct ctx *ctx, enum moved_kind kind, const char *handle, const char **now)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, finding[kind], db_int(ctx->shop->id), db_text(handle)));
    *now = db_next(rows) ? db_get_text(rows, 0) : NULL;
    return NULL;
}
