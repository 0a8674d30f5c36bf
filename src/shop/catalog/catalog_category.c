/* catalog_category.c - the categories of the shop: their words. How they stand below each other:
 * catalog_tree.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_tree.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_shelf.h"

#define CATEGORY_COLUMNS                                                                                     \
    "SELECT c.id, c.handle, c.name, c.name_en, c.summary, c.summary_en, c.picture_id, c.position,"           \
    " c.parent_id, CAST(COALESCE((SELECT n.count FROM shelf_counts n WHERE n.shop_id = c.shop_id"            \
    " AND n.shelf_id = c.id AND n.status = 2), 0) AS BIGINT),"                                               \
    " CAST(COALESCE((SELECT SUM(n.count) FROM shelf_counts n WHERE n.shop_id = c.shop_id"                    \
    " AND n.shelf_id = c.id), 0) AS BIGINT) FROM categories c "

static struct category read_category(const struct db_rows *rows)
{
    return (struct category){.id = db_get_int(rows, 0),
                             .handle = db_get_text(rows, 1),
                             .name = db_get_text(rows, 2),
                             .name_en = db_get_text(rows, 3),
                             .summary = db_get_text(rows, 4),
                             .summary_en = db_get_text(rows, 5),
                             .picture_id = db_get_text(rows, 6),
                             .position = db_get_int(rows, 7),
                             .parent_id = db_get_int(rows, 8),
                             .active_count = db_get_int(rows, 9),
                             .product_count = db_get_int(rows, 10)};
}

err category_list(struct ctx *ctx, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CATEGORY_COLUMNS "WHERE c.shop_id = $1 ORDER BY c.position, c.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(CATEGORY_LIMIT)));
    struct category *flat = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *flat);
    *count = 0;
    while (db_next(rows))
        flat[(*count)++] = read_category(rows);
    *categories = category_tree(ctx, flat, *count);
    return NULL;
}

static const struct category *take_category(struct ctx *ctx, struct db_rows *rows)
{
    if (!db_next(rows))
        return NULL;
    struct category *category = arena_alloc(ctx->arena, sizeof *category);
    *category = read_category(rows);
    return category;
}

err category_find_by_handle(struct ctx *ctx, const char *handle, const struct category **category)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CATEGORY_COLUMNS "WHERE c.shop_id = $1 AND c.handle = $2", db_int(ctx->shop->id),
                 db_text(handle)));
    *category = take_category(ctx, rows);
    return NULL;
}

err category_load(struct ctx *ctx, int64_t category_id, const struct category **category)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CATEGORY_COLUMNS "WHERE c.shop_id = $1 AND c.id = $2", db_int(ctx->shop->id),
                 db_int(category_id)));
    *category = take_category(ctx, rows);
    return *category ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such category");
}

static bool is_handle(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 80 && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static err check_category(struct ctx *ctx, const struct category *category)
{
    if (text_is_blank(category->name))
        return fail_field(ctx, "name", "required", "the category needs a name");
    if (!is_handle(category->handle))
        return fail_field(ctx, "handle", "bad-handle", "use a-z, 0-9 and -, at most 80 characters");
    return NULL;
}

/* Every page shows the categories, so all of them are stale. */
static err emit_changed(struct ctx *ctx, int64_t category_id)
{
    return outbox_emit(ctx, "category.changed", category_id, value_object(ctx->arena));
}

err category_insert(struct ctx *ctx, const struct category *category)
{
    TRY(category_tree_lock(ctx));
    TRY(category_parent_check(ctx, category->id, category->parent_id));
    TRY(db_expect(
        ctx, 1, ERR_DUPLICATE, "handle",
        "INSERT INTO categories (shop_id, id, handle, name, name_en, summary, summary_en, picture_id,"
        " parent_id, position, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        db_int(ctx->shop->id), db_int(category->id), db_text(category->handle), db_text(category->name),
        db_text(category->name_en ? category->name_en : ""),
        db_text(category->summary ? category->summary : ""),
        db_text(category->summary_en ? category->summary_en : ""), db_text(category->picture_id),
        db_id(category->parent_id), db_int(category->position), db_int(ctx->now)));
    TRY(category_ancestors_write(ctx, category->id, category->parent_id));
    TRY(picture_uses_set(ctx, PICTURE_OF_CATEGORY, category->id, &category->picture_id, 1));
    return emit_changed(ctx, category->id);
}

static err insert_category(struct ctx *ctx, void *arg)
{
    return category_insert(ctx, arg);
}

err category_create(struct ctx *ctx, struct category *category)
{
    TRY(check_category(ctx, category));
    category->id = id_new(ctx);
    return db_transact(ctx, insert_category, category);
}

static err update_category(struct ctx *ctx, void *arg)
{
    const struct category *category = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such category",
                  "UPDATE categories SET handle = $3, name = $4, name_en = $5, summary = $6, position = $7"
                  " WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(category->id), db_text(category->handle),
                  db_text(category->name), db_text(category->name_en), db_text(category->summary),
                  db_int(category->position)));
    return emit_changed(ctx, category->id);
}

err category_change(struct ctx *ctx, const struct category *category)
{
    TRY(check_category(ctx, category));
    struct category copy = *category;
    return db_transact(ctx, update_category, &copy);
}

static err delete_category(struct ctx *ctx, void *arg)
{
    const int64_t *category_id = arg;
    TRY(db_execute(ctx, "DELETE FROM category_attributes WHERE shop_id = $1 AND category_id = $2",
                   db_int(ctx->shop->id), db_int(*category_id)));
    TRY(db_execute(ctx,
                   "DELETE FROM category_ancestors WHERE shop_id = $1 AND category_id = $2 AND NOT EXISTS"
                   " (SELECT 1 FROM categories c WHERE c.shop_id = $1 AND c.parent_id = $2)",
                   db_int(ctx->shop->id), db_int(*category_id)));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the category still has products, or others below it",
                  "DELETE FROM categories WHERE shop_id = $1 AND id = $2 AND NOT EXISTS"
                  " (SELECT 1 FROM products p WHERE p.shop_id = $1 AND p.category_id = $2) AND NOT EXISTS"
                  " (SELECT 1 FROM categories c WHERE c.shop_id = $1 AND c.parent_id = $2)",
                  db_int(ctx->shop->id), db_int(*category_id)));
    TRY(shelf_clear(ctx, *category_id));
    TRY(picture_uses_set(ctx, PICTURE_OF_CATEGORY, *category_id, NULL, 0));
    return emit_changed(ctx, *category_id);
}

err category_remove(struct ctx *ctx, int64_t category_id)
{
    return db_transact(ctx, delete_category, &category_id);
}

const char *category_name(const struct ctx *ctx, const struct category *category)
{
    return text_is(ctx->locale, "en") && category->name_en[0] ? category->name_en : category->name;
}

const char *category_summary(const struct ctx *ctx, const struct category *category)
{
    return text_is(ctx->locale, "en") && category->summary_en[0] ? category->summary_en : category->summary;
}
