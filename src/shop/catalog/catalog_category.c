/* catalog_category.c - the categories of the shop: their words. How they stand below each other:
 * catalog_tree.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_tree.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_moved.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_shelf.h"

#define CATEGORY_WORDS                                                                                       \
    "SELECT c.id, c.handle, c.name, c.name_en, c.summary, c.summary_en, c.picture_id, c.position,"           \
    " c.parent_id, c.need"
#define FROM_CATEGORIES " FROM categories c "
#define CATEGORY_COLUMNS                                                                                     \
    CATEGORY_WORDS ", CAST(COALESCE((SELECT n.count FROM shelf_counts n WHERE n.shop_id = c.shop_id"         \
                   " AND n.shelf_id = c.id AND n.status = 2), 0) AS BIGINT),"                                \
                   " CAST(COALESCE((SELECT SUM(n.count) FROM shelf_counts n WHERE n.shop_id = c.shop_id"     \
                   " AND n.shelf_id = c.id), 0) AS BIGINT)" FROM_CATEGORIES
#define OF_THE_SHOP "WHERE c.shop_id = $1 ORDER BY c.position, c.id LIMIT $2"

static struct category read_words(const struct db_rows *rows)
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
                             .need = (enum shop_need)db_get_int(rows, 9)};
}

static struct category read_category(const struct db_rows *rows)
{
    struct category category = read_words(rows);
    category.active_count = db_get_int(rows, 10);
    category.product_count = db_get_int(rows, 11);
    return category;
}

static struct category *take_all(struct ctx *ctx, struct db_rows *rows,
                                 struct category (*read)(const struct db_rows *rows), size_t *count)
{
    struct category *all = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *all);
    *count = 0;
    while (db_next(rows))
        all[(*count)++] = read(rows);
    return all;
}

err category_list(struct ctx *ctx, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CATEGORY_WORDS FROM_CATEGORIES OF_THE_SHOP, db_int(ctx->shop->id),
                 db_int(CATEGORY_LIMIT)));
    const struct category *flat = take_all(ctx, rows, read_words, count);
    *categories = category_tree(ctx, flat, *count);
    return NULL;
}

err category_list_counted(struct ctx *ctx, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CATEGORY_COLUMNS OF_THE_SHOP, db_int(ctx->shop->id), db_int(CATEGORY_LIMIT)));
    const struct category *flat = take_all(ctx, rows, read_category, count);
    *categories = category_tree(ctx, flat, *count);
    return NULL;
}

err category_list_top(struct ctx *ctx, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 CATEGORY_WORDS FROM_CATEGORIES "WHERE c.shop_id = $1 AND COALESCE(c.parent_id, 0) = 0"
                                                " ORDER BY c.position, c.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(CATEGORY_LIMIT)));
    *categories = take_all(ctx, rows, read_words, count);
    return NULL;
}

err category_list_below(struct ctx *ctx, int64_t parent_id, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 CATEGORY_COLUMNS "WHERE c.shop_id = $1 AND COALESCE(c.parent_id, 0) = $2"
                                  " ORDER BY c.position, c.id LIMIT $3",
                 db_int(ctx->shop->id), db_int(parent_id), db_int(CATEGORY_LIMIT)));
    *categories = take_all(ctx, rows, read_category, count);
    return NULL;
}

err category_list_above(struct ctx *ctx, int64_t category_id, struct category **categories, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 CATEGORY_WORDS " FROM category_ancestors a JOIN categories c ON c.shop_id = a.shop_id"
                                " AND c.id = a.ancestor_id WHERE a.shop_id = $1 AND a.category_id = $2",
                 db_int(ctx->shop->id), db_int(category_id)));
    *categories = take_all(ctx, rows, read_words, count);
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

bool shelf_handle_is_good(const char *handle)
{
    size_t length = strlen(handle);
    return length > 0 && length <= 80 && handle[0] != '-' &&
           strspn(handle, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static err check_category(struct ctx *ctx, const struct category *category)
{
    if (text_is_blank(category->name))
        return fail_field(ctx, "name", "required", "the category needs a name");
    if (!shelf_handle_is_good(category->handle))
        return fail_field(ctx, "handle", "bad-handle", "use a-z, 0-9 and -, at most 80 characters");
    if (category->need < NEED_NONE || category->need >= NEED_COUNT)
        return fail_field(ctx, "need", "unknown-choice", "no such licence");
    return NULL;
}

/* A new one is empty: of no product is anything different. Those at the top stand in the navigation of every
 * page, others only where lists show what is below a category. */
static err emit_added(struct ctx *ctx, const struct category *category)
{
    struct value *news = value_object(ctx->arena);
    value_set_id(ctx->arena, news, "parent_id", category->parent_id);
    return outbox_emit(ctx, "category.added", category->id, news);
}

/* Its name may stand on every page. */
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
        " parent_id, position, created_at, need) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        db_int(ctx->shop->id), db_int(category->id), db_text(category->handle), db_text(category->name),
        db_text(category->name_en ? category->name_en : ""),
        db_text(category->summary ? category->summary : ""),
        db_text(category->summary_en ? category->summary_en : ""), db_text(category->picture_id),
        db_id(category->parent_id), db_int(category->position), db_int(ctx->now), db_int(category->need)));
    TRY(category_ancestors_write(ctx, category->id, category->parent_id));
    TRY(picture_uses_set(ctx, PICTURE_OF_CATEGORY, category->id, &category->picture_id, 1));
    return emit_added(ctx, category);
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
    TRY(moved_keep(ctx, MOVED_CATEGORY, category->id, category->handle));
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such category",
                  "UPDATE categories SET handle = $3, name = $4, name_en = $5, summary = $6, position = $7,"
                  " need = $8 WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(category->id), db_text(category->handle),
                  db_text(category->name), db_text(category->name_en), db_text(category->summary),
                  db_int(category->position), db_int(category->need)));
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
    TRY(db_execute(ctx, "DELETE FROM category_kits WHERE shop_id = $1 AND category_id = $2",
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
