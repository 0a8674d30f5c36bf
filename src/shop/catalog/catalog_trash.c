/* catalog_trash.c - tags, categories and collections that are removed so that they can be brought back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_shelf.h"
#include "shop/trash/trash.h"

static int64_t id_of(const char *text)
{
    int64_t found = 0;
    return text && text_to_int(text, &found) ? found : 0;
}

static const char *text_at(const struct value *data, const char *name)
{
    const char *text = value_find_text(data, name);
    return text ? text : "";
}

static void add_ids(struct ctx *ctx, struct value *data, const char *name, struct db_rows *rows)
{
    struct value *list = value_set_list(ctx->arena, data, name);
    while (db_next(rows))
        value_add(ctx->arena, list,
                  value_text(arena_format(ctx->arena, "%lld", (long long)db_get_int(rows, 0))));
}

/* The ids of a list that was kept, those whose products are gone left out. */
static err read_products(struct ctx *ctx, const struct value *data, const char *name, int64_t **ids,
                         size_t *count)
{
    const struct value *list = value_find(data, name);
    size_t wanted = list ? value_count(list) : 0, have;
    int64_t *asked = arena_alloc_many(ctx->arena, wanted + 1, sizeof *asked);
    struct product *products;
    for (size_t i = 0; i < wanted; i++)
        asked[i] = id_of(value_at(list, i)->text);
    TRY(product_list_many(ctx, asked, wanted, &products, &have));
    *ids = arena_alloc_many(ctx->arena, have + 1, sizeof **ids);
    *count = 0;
    for (size_t i = 0; i < have; i++)
        (*ids)[(*count)++] = products[i].id;
    return NULL;
}

/* ---- tags ---- */

static err trash_tag(struct ctx *ctx, void *arg)
{
    const int64_t *tag_id = arg;
    struct db_rows *tag, *rows;
    struct value *data = value_object(ctx->arena);
    TRY(db_query(ctx, &tag, "SELECT name, is_facet, group_name FROM tags WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(*tag_id)));
    if (!db_next(tag))
        return fail_with(ctx, ERR_NOT_FOUND, "no such tag");
    const char *name = db_get_text(tag, 0);
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM product_tags WHERE shop_id = $1 AND tag_id = $2 ORDER BY product_id"
                 " LIMIT $3",
                 db_int(ctx->shop->id), db_int(*tag_id), db_int(TAG_TRASH_LIMIT)));
    value_set_id(ctx->arena, data, "id", *tag_id);
    value_set_text(ctx->arena, data, "name", name);
    value_set_int(ctx->arena, data, "is_facet", db_get_int(tag, 1));
    value_set_text(ctx->arena, data, "group", db_get_text(tag, 2));
    add_ids(ctx, data, "products", rows);
    TRY(trash_put(ctx, TRASH_TAG, name, data));
    return tag_remove(ctx, *tag_id);
}

err tag_trash(struct ctx *ctx, int64_t tag_id)
{
    return db_transact(ctx, trash_tag, &tag_id);
}

/* Among those that narrow lists, unless others took all the places meanwhile. */
static err offer_again(struct ctx *ctx, int64_t tag_id)
{
    struct tag *tags;
    size_t count;
    TRY(tag_facet_list(ctx, &tags, &count));
    return count < TAG_FACET_LIMIT ? tag_change_facet(ctx, tag_id, true) : NULL;
}

/* A tag of that name that was made meanwhile gets the products. */
err tag_restore(struct ctx *ctx, const struct value *data)
{
    int64_t *ids, tag_id;
    size_t count;
    const char *name = text_at(data, "name"), *group = value_find_text(data, "group");
    TRY(db_execute(ctx,
                   "INSERT INTO tags (shop_id, id, name, created_at, group_name)"
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, name) DO NOTHING",
                   db_int(ctx->shop->id), db_int(id_of(value_find_text(data, "id"))), db_text(name),
                   db_int(ctx->now), db_text(group ? group : "")));
    TRY(tag_find(ctx, name, &tag_id));
    TRY(read_products(ctx, data, "products", &ids, &count));
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO product_tags (shop_id, product_id, tag_id) VALUES ($1, $2, $3)"
                       " ON CONFLICT (shop_id, product_id, tag_id) DO NOTHING",
                       db_int(ctx->shop->id), db_int(ids[i]), db_int(tag_id)));
    for (size_t start = 0; start < count; start += SHELF_CHUNK)
        TRY(shelf_settle_locked(ctx, ids + start, count - start < SHELF_CHUNK ? count - start : SHELF_CHUNK));
    TRY(outbox_emit(ctx, "tag.changed", tag_id, value_object(ctx->arena)));
    return value_find_int(data, "is_facet", 0) ? offer_again(ctx, tag_id) : NULL;
}

/* ---- categories ---- */

static err trash_category(struct ctx *ctx, void *arg)
{
    const int64_t *category_id = arg;
    const struct category *category;
    struct db_rows *rows;
    struct value *data = value_object(ctx->arena);
    TRY(category_load(ctx, *category_id, &category));
    TRY(db_query(ctx, &rows,
                 "SELECT attribute_id FROM category_attributes WHERE shop_id = $1 AND category_id = $2"
                 " ORDER BY attribute_id",
                 db_int(ctx->shop->id), db_int(*category_id)));
    value_set_id(ctx->arena, data, "id", category->id);
    value_set_text(ctx->arena, data, "handle", category->handle);
    value_set_text(ctx->arena, data, "name", category->name);
    value_set_text(ctx->arena, data, "name_en", category->name_en);
    value_set_text(ctx->arena, data, "summary", category->summary);
    value_set_text(ctx->arena, data, "summary_en", category->summary_en);
    value_set_text(ctx->arena, data, "picture", category->picture_id);
    value_set_id(ctx->arena, data, "parent", category->parent_id);
    value_set_int(ctx->arena, data, "position", category->position);
    value_set_text(ctx->arena, data, "need", shop_need_names[category->need]);
    add_ids(ctx, data, "attributes", rows);
    TRY(trash_put(ctx, TRASH_CATEGORY, category->name, data));
    return category_remove(ctx, *category_id);
}

err category_trash(struct ctx *ctx, int64_t category_id)
{
    return db_transact(ctx, trash_category, &category_id);
}

/* Its parent may be gone by now: then it comes back at the top. */
static err find_parent(struct ctx *ctx, int64_t *parent_id)
{
    const struct category *parent;
    err failure = *parent_id ? category_load(ctx, *parent_id, &parent) : NULL;
    if (failure && failure->code == ERR_NOT_FOUND) {
        *parent_id = 0;
        return NULL;
    }
    return failure;
}

static enum shop_need need_of(const char *name)
{
    for (int i = 0; name && shop_need_names[i]; i++)
        if (text_is(shop_need_names[i], name))
            return (enum shop_need)i;
    return NEED_NONE;
}

err category_restore(struct ctx *ctx, const struct value *data)
{
    struct category category = {.id = id_of(value_find_text(data, "id")),
                                .handle = text_at(data, "handle"),
                                .name = text_at(data, "name"),
                                .name_en = text_at(data, "name_en"),
                                .summary = text_at(data, "summary"),
                                .summary_en = text_at(data, "summary_en"),
                                .picture_id = value_find_text(data, "picture"),
                                .parent_id = id_of(value_find_text(data, "parent")),
                                .position = value_find_int(data, "position", 0),
                                .need = need_of(value_find_text(data, "need"))};
    const struct value *attributes = value_find(data, "attributes");
    TRY(find_parent(ctx, &category.parent_id));
    TRY(category_insert(ctx, &category));
    for (size_t i = 0; attributes && i < value_count(attributes); i++)
        TRY(db_execute(ctx,
                       "INSERT INTO category_attributes (shop_id, category_id, attribute_id)"
                       " SELECT a.shop_id, CAST($2 AS BIGINT), a.id FROM attributes a WHERE a.shop_id = $1"
                       " AND a.id = $3",
                       db_int(ctx->shop->id), db_int(category.id),
                       db_int(id_of(value_at(attributes, i)->text))));
    return NULL;
}

/* ---- collections ---- */

static err trash_collection(struct ctx *ctx, void *arg)
{
    const int64_t *collection_id = arg;
    const struct collection *one;
    struct db_rows *rows;
    struct value *data = value_object(ctx->arena);
    TRY(collection_load(ctx, *collection_id, &one));
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2"
                 " AND place IS NOT NULL ORDER BY place, product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(*collection_id), db_int(COLLECTION_HAND_LIMIT)));
    value_set_id(ctx->arena, data, "id", one->id);
    value_set_text(ctx->arena, data, "handle", one->handle);
    value_set_text(ctx->arena, data, "name", one->name);
    value_set_text(ctx->arena, data, "name_en", one->name_en);
    value_set_text(ctx->arena, data, "summary", one->summary);
    value_set_text(ctx->arena, data, "summary_en", one->summary_en);
    value_set_text(ctx->arena, data, "seo_title", one->seo_title);
    value_set_text(ctx->arena, data, "seo_description", one->seo_description);
    value_set_text(ctx->arena, data, "picture", one->picture_id);
    value_set_text(ctx->arena, data, "rule", one->rule);
    value_set_int(ctx->arena, data, "is_smart", one->is_smart);
    value_set_int(ctx->arena, data, "is_shown", one->is_shown);
    value_set_int(ctx->arena, data, "position", one->position);
    add_ids(ctx, data, "products", rows);
    TRY(trash_put(ctx, TRASH_COLLECTION, one->name, data));
    return collection_remove(ctx, *collection_id);
}

err collection_trash(struct ctx *ctx, int64_t collection_id)
{
    return db_transact(ctx, trash_collection, &collection_id);
}

static err put_by_hand(struct ctx *ctx, int64_t collection_id, const int64_t *ids, size_t count)
{
    for (size_t start = 0; start < count; start += SHELF_CHUNK) {
        size_t some = count - start < SHELF_CHUNK ? count - start : SHELF_CHUNK;
        TRY(product_lock_many(ctx, ids + start, some));
        TRY(shelf_put(ctx, collection_id, ids + start, some));
    }
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "UPDATE shelf_products SET place = $4 WHERE shop_id = $1 AND shelf_id = $2"
                       " AND product_id = $3",
                       db_int(ctx->shop->id), db_int(collection_id), db_int(ids[i]), db_int((int64_t)i + 1)));
    return NULL;
}

err collection_restore(struct ctx *ctx, const struct value *data)
{
    int64_t *ids;
    size_t count;
    struct collection one = {.id = id_of(value_find_text(data, "id")),
                             .handle = text_at(data, "handle"),
                             .name = text_at(data, "name"),
                             .name_en = text_at(data, "name_en"),
                             .summary = text_at(data, "summary"),
                             .summary_en = text_at(data, "summary_en"),
                             .seo_title = text_at(data, "seo_title"),
                             .seo_description = text_at(data, "seo_description"),
                             .picture_id = value_find_text(data, "picture"),
                             .rule = text_at(data, "rule"),
                             .is_smart = value_find_int(data, "is_smart", 0) != 0,
                             .is_shown = value_find_int(data, "is_shown", 0) != 0,
                             .position = value_find_int(data, "position", 0)};
    TRY(collection_insert(ctx, &one));
    TRY(read_products(ctx, data, "products", &ids, &count));
    return put_by_hand(ctx, one.id, ids, count);
}
