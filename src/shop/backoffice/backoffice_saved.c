/* backoffice_saved.c - what staff keep of lists: views with a name, and the columns that they chose. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_list.h"

#include "base/text.h"

err saved_view_list(struct ctx *ctx, const struct list *list, struct saved_view **views, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, name, query, columns, staff_id, is_shared FROM list_views"
                 " WHERE shop_id = $1 AND list = $2 AND removed_at IS NULL"
                 " AND (staff_id = $3 OR is_shared = 1) ORDER BY id LIMIT $4",
                 db_int(ctx->shop->id), db_text(list->name), db_int(ctx->actor_id), db_int(LIST_VIEW_LIMIT)));
    *views = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **views);
    *count = 0;
    while (db_next(rows))
        (*views)[(*count)++] = (struct saved_view){.id = db_get_int(rows, 0),
                                                   .name = db_get_text(rows, 1),
                                                   .query = db_get_text(rows, 2),
                                                   .columns = db_get_text(rows, 3),
                                                   .staff_id = db_get_int(rows, 4),
                                                   .is_shared = db_get_int(rows, 5)};
    return NULL;
}

static err check_name(struct ctx *ctx, const char *name)
{
    if (text_is_blank(name))
        return fail_field(ctx, "name", "required", "a view has a name");
    if (utf8_length(name, strlen(name)) > LIST_VIEW_NAME_LIMIT)
        return fail_field(ctx, "name", "too-long", "a name has at most 30 characters");
    return NULL;
}

/* It becomes part of an address. */
static bool is_query(const char *query)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%&=";
    return strspn(query, allowed) == strlen(query);
}

struct saving {
    const struct list *list;
    struct saved_view *view;
};

static err create_in_transaction(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    struct saved_view *view = saving->view;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM list_views WHERE shop_id = $1 AND list = $2 AND removed_at IS NULL",
                 db_int(ctx->shop->id), db_text(saving->list->name)));
    if (db_next(rows) && db_get_int(rows, 0) >= LIST_VIEW_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d views of one list", LIST_VIEW_LIMIT);
    TRY(db_execute(ctx, "DELETE FROM list_views WHERE shop_id = $1 AND list = $2 AND removed_at < $3",
                   db_int(ctx->shop->id), db_text(saving->list->name), db_int(ctx->now - LIST_VIEW_KEPT_MS)));
    return db_execute(ctx,
                      "INSERT INTO list_views (shop_id, id, list, staff_id, is_shared, name, query, columns,"
                      " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                      db_int(ctx->shop->id), db_int(view->id), db_text(saving->list->name),
                      db_int(ctx->actor_id), db_int(view->is_shared), db_text(view->name),
                      db_text(view->query), db_text(view->columns), db_int(ctx->now));
}

err saved_view_create(struct ctx *ctx, const struct list *list, struct saved_view *view)
{
    struct saving saving = {list, view};
    view->name = text_trim(ctx->arena, view->name);
    TRY(check_name(ctx, view->name));
    if (!is_query(view->query))
        return fail_field(ctx, "query", "invalid", "this is no query of a list");
    view->id = id_new(ctx);
    return db_transact(ctx, create_in_transaction, &saving);
}

struct keeping {
    int64_t view_id;
    bool is_manager;
    bool is_removed;
    const char *name;
    const struct list **list;
};

/* Own views, and of a manager also those that others share. */
static err find_kept(struct ctx *ctx, const struct keeping *keeping)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT list, staff_id, is_shared FROM list_views WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(keeping->view_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such view");
    bool is_theirs = db_get_int(rows, 1) != ctx->actor_id;
    if (is_theirs && !(keeping->is_manager && db_get_int(rows, 2)))
        return fail_with(ctx, ERR_NOT_FOUND, "no such view");
    *keeping->list = list_of_name(db_get_text(rows, 0));
    return *keeping->list ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such view");
}

static err rename_in_transaction(struct ctx *ctx, void *arg)
{
    const struct keeping *keeping = arg;
    TRY(find_kept(ctx, keeping));
    return db_execute(ctx, "UPDATE list_views SET name = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(keeping->view_id), db_text(keeping->name));
}

err saved_view_rename(struct ctx *ctx, int64_t view_id, bool is_manager, const char *name,
                      const struct list **list)
{
    struct keeping keeping = {view_id, is_manager, false, text_trim(ctx->arena, name), list};
    TRY(check_name(ctx, keeping.name));
    return db_transact(ctx, rename_in_transaction, &keeping);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct keeping *keeping = arg;
    TRY(find_kept(ctx, keeping));
    return db_execute(ctx, "UPDATE list_views SET removed_at = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(keeping->view_id),
                      keeping->is_removed ? db_int(ctx->now) : db_null());
}

err saved_view_remove(struct ctx *ctx, int64_t view_id, bool is_manager, bool is_removed,
                      const struct list **list)
{
    struct keeping keeping = {view_id, is_manager, is_removed, NULL, list};
    return db_transact(ctx, remove_in_transaction, &keeping);
}

/* ---- columns ---- */

err list_columns_find(struct ctx *ctx, const struct list *list, const char **columns)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT columns FROM list_columns WHERE shop_id = $1 AND staff_id = $2 AND list = $3",
                 db_int(ctx->shop->id), db_int(ctx->actor_id), db_text(list->name)));
    *columns = db_next(rows) ? db_get_text(rows, 0) : NULL;
    return NULL;
}

struct choosing {
    const struct list *list;
    const char *columns;
};

static err choose_in_transaction(struct ctx *ctx, void *arg)
{
    const struct choosing *choosing = arg;
    struct db_value shop = db_int(ctx->shop->id), staff = db_int(ctx->actor_id);
    struct db_value list = db_text(choosing->list->name);
    if (!choosing->columns)
        return db_execute(ctx, "DELETE FROM list_columns WHERE shop_id = $1 AND staff_id = $2 AND list = $3",
                          shop, staff, list);
    return db_execute(ctx,
                      "INSERT INTO list_columns (shop_id, staff_id, list, columns) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT (shop_id, staff_id, list) DO UPDATE SET columns = excluded.columns",
                      shop, staff, list, db_text(choosing->columns));
}

err list_columns_set(struct ctx *ctx, const struct list *list, const char *columns)
{
    struct choosing choosing = {list, columns};
    return db_transact(ctx, choose_in_transaction, &choosing);
}
