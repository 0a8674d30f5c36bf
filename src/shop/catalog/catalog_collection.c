/* catalog_collection.c - products gathered under a name: the words of collections, and those that people fill
 * by hand. Which products a rule chooses is src/shop/rule's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_shelf.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_moved.h"
#include "shop/catalog/catalog_parts.h"

#define NAME_LIMIT 40
#define COLLECTION_COLUMNS                                                                                   \
    "SELECT c.id, c.handle, c.name, c.name_en, c.summary, c.summary_en, c.seo_title, c.seo_description,"     \
    " c.is_smart, c.rule, c.rule_at, c.is_shown, c.position, COALESCE(c.seen_count, -1),"                    \
    " CAST(COALESCE((SELECT n.count FROM shelf_counts n WHERE n.shop_id = c.shop_id"                         \
    " AND n.shelf_id = c.id AND n.status = 2), 0) AS BIGINT),"                                               \
    " CAST(COALESCE((SELECT SUM(n.count) FROM shelf_counts n WHERE n.shop_id = c.shop_id"                    \
    " AND n.shelf_id = c.id), 0) AS BIGINT), c.picture_id FROM collections c "

static struct collection read_collection(const struct db_rows *rows)
{
    return (struct collection){.id = db_get_int(rows, 0),
                               .handle = db_get_text(rows, 1),
                               .name = db_get_text(rows, 2),
                               .name_en = db_get_text(rows, 3),
                               .summary = db_get_text(rows, 4),
                               .summary_en = db_get_text(rows, 5),
                               .seo_title = db_get_text(rows, 6),
                               .seo_description = db_get_text(rows, 7),
                               .is_smart = db_get_int(rows, 8) == 1,
                               .rule = db_get_text(rows, 9),
                               .rule_at = db_get_int(rows, 10),
                               .is_shown = db_get_int(rows, 11) == 1,
                               .position = db_get_int(rows, 12),
                               .seen_count = db_get_int(rows, 13),
                               .active_count = db_get_int(rows, 14),
                               .product_count = db_get_int(rows, 15),
                               .picture_id = db_get_text(rows, 16)};
}

err collection_list(struct ctx *ctx, struct collection **collections, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLLECTION_COLUMNS "WHERE c.shop_id = $1 ORDER BY c.position, c.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(COLLECTION_LIMIT)));
    *collections = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **collections);
    *count = 0;
    while (db_next(rows))
        (*collections)[(*count)++] = read_collection(rows);
    return NULL;
}

static const struct collection *take_collection(struct ctx *ctx, struct db_rows *rows)
{
    if (!db_next(rows))
        return NULL;
    struct collection *taken = arena_alloc(ctx->arena, sizeof *taken);
    *taken = read_collection(rows);
    return taken;
}

err collection_find_by_handle(struct ctx *ctx, const char *handle, const struct collection **collection)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLLECTION_COLUMNS "WHERE c.shop_id = $1 AND c.handle = $2",
                 db_int(ctx->shop->id), db_text(handle)));
    *collection = take_collection(ctx, rows);
    return NULL;
}

err collection_load(struct ctx *ctx, int64_t collection_id, const struct collection **collection)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLLECTION_COLUMNS "WHERE c.shop_id = $1 AND c.id = $2", db_int(ctx->shop->id),
                 db_int(collection_id)));
    *collection = take_collection(ctx, rows);
    return *collection ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such collection");
}

const char *collection_name(const struct ctx *ctx, const struct collection *collection)
{
    return text_is(ctx->locale, "en") && collection->name_en[0] ? collection->name_en : collection->name;
}

const char *collection_summary(const struct ctx *ctx, const struct collection *collection)
{
    bool is_english = text_is(ctx->locale, "en") && collection->summary_en[0];
    return is_english ? collection->summary_en : collection->summary;
}

static err check_collection(struct ctx *ctx, const struct collection *collection)
{
    if (text_is_blank(collection->name))
        return fail_field(ctx, "name", "required", "the collection needs a name");
    if (utf8_length(collection->name, strlen(collection->name)) > NAME_LIMIT)
        return fail_field(ctx, "name", "too-long", "at most 40 characters");
    if (!shelf_handle_is_good(collection->handle))
        return fail_field(ctx, "handle", "bad-handle", "use a-z, 0-9 and -, at most 80 characters");
    return NULL;
}

err collection_emit_changed(struct ctx *ctx, int64_t collection_id)
{
    return outbox_emit(ctx, "collection.changed", collection_id, value_object(ctx->arena));
}

static const char *word(const char *text)
{
    return text ? text : "";
}

err collection_insert(struct ctx *ctx, const struct collection *one)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM collections WHERE shop_id = $1", db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= COLLECTION_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d collections", COLLECTION_LIMIT);
    TRY(db_expect(
        ctx, 1, ERR_DUPLICATE, "handle",
        "INSERT INTO collections (shop_id, id, handle, name, name_en, summary, summary_en, seo_title,"
        " seo_description, is_smart, rule, rule_at, is_shown, position, seen_count, created_at, picture_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $12, $16)",
        db_int(ctx->shop->id), db_int(one->id), db_text(one->handle), db_text(one->name),
        db_text(word(one->name_en)), db_text(word(one->summary)), db_text(word(one->summary_en)),
        db_text(word(one->seo_title)), db_text(word(one->seo_description)), db_int(one->is_smart),
        db_text(word(one->rule)), db_int(ctx->now), db_int(one->is_shown), db_int(one->position),
        one->is_smart ? db_int(0) : db_null(), one->picture_id ? db_text(one->picture_id) : db_null()));
    if (one->picture_id)
        TRY(picture_uses_set(ctx, PICTURE_OF_COLLECTION, one->id, &one->picture_id, 1));
    return collection_emit_changed(ctx, one->id);
}

static err insert_collection(struct ctx *ctx, void *arg)
{
    return collection_insert(ctx, arg);
}

err collection_create(struct ctx *ctx, struct collection *collection)
{
    TRY(check_collection(ctx, collection));
    collection->id = id_new(ctx);
    return db_transact(ctx, insert_collection, collection);
}

static err update_collection(struct ctx *ctx, void *arg)
{
    const struct collection *one = arg;
    TRY(moved_keep(ctx, MOVED_COLLECTION, one->id, one->handle));
    TRY(db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such collection",
        "UPDATE collections SET handle = $3, name = $4, name_en = $5, summary = $6, summary_en = $7,"
        " seo_title = $8, seo_description = $9, is_shown = $10, position = $11,"
        " seen_count = CASE WHEN is_smart = 1 AND rule <> $12 THEN 0 ELSE seen_count END,"
        " rule_at = CASE WHEN rule <> $12 THEN $13 ELSE rule_at END,"
        " rule = CASE WHEN is_smart = 1 THEN $12 ELSE rule END WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_int(one->id), db_text(one->handle), db_text(one->name),
        db_text(word(one->name_en)), db_text(word(one->summary)), db_text(word(one->summary_en)),
        db_text(word(one->seo_title)), db_text(word(one->seo_description)), db_int(one->is_shown),
        db_int(one->position), db_text(word(one->rule)), db_int(ctx->now)));
    return collection_emit_changed(ctx, one->id);
}

err collection_change(struct ctx *ctx, const struct collection *collection)
{
    TRY(check_collection(ctx, collection));
    struct collection copy = *collection;
    return db_transact(ctx, update_collection, &copy);
}

static err delete_collection(struct ctx *ctx, void *arg)
{
    const int64_t *collection_id = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such collection",
                  "DELETE FROM collections WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(*collection_id)));
    TRY(shelf_clear(ctx, *collection_id));
    TRY(picture_uses_set(ctx, PICTURE_OF_COLLECTION, *collection_id, NULL, 0));
    return collection_emit_changed(ctx, *collection_id);
}

err collection_remove(struct ctx *ctx, int64_t collection_id)
{
    return db_transact(ctx, delete_collection, &collection_id);
}

err collection_mark_seen(struct ctx *ctx, int64_t collection_id, int64_t seen)
{
    return db_execute(ctx, "UPDATE collections SET seen_count = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(collection_id), seen < 0 ? db_null() : db_int(seen));
}

/* ---- by hand ---- */

struct placing {
    int64_t collection_id;
    int64_t product_id;
    int64_t before_id;
};

/* Its products in their order; those of one transaction come one after the other. */
static err lock_places(struct ctx *ctx, int64_t collection_id, int64_t **ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such collection that is filled by hand",
        "UPDATE collections SET position = position WHERE shop_id = $1 AND id = $2 AND is_smart = 0",
        db_int(ctx->shop->id), db_int(collection_id)));
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2"
                 " AND place IS NOT NULL ORDER BY place, product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(collection_id), db_int(COLLECTION_HAND_LIMIT)));
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 2, sizeof **ids);
    *count = 0;
    while (db_next(rows))
        (*ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

static err put_in_transaction(struct ctx *ctx, void *arg)
{
    const struct placing *placing = arg;
    int64_t *ids;
    size_t count;
    const struct product *product;
    TRY(lock_places(ctx, placing->collection_id, &ids, &count));
    TRY(product_load(ctx, placing->product_id, &product));
    if (count >= COLLECTION_HAND_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d products by hand", COLLECTION_HAND_LIMIT);
    TRY(product_lock_many(ctx, &placing->product_id, 1));
    TRY(shelf_put(ctx, placing->collection_id, &placing->product_id, 1));
    TRY(db_execute(ctx,
                   "UPDATE shelf_products SET place = COALESCE(place, 1 + COALESCE((SELECT max(o.place)"
                   " FROM shelf_products o WHERE o.shop_id = $1 AND o.shelf_id = $2), 0))"
                   " WHERE shop_id = $1 AND shelf_id = $2 AND product_id = $3",
                   db_int(ctx->shop->id), db_int(placing->collection_id), db_int(placing->product_id)));
    return collection_emit_changed(ctx, placing->collection_id);
}

err collection_add_product(struct ctx *ctx, int64_t collection_id, int64_t product_id)
{
    struct placing placing = {collection_id, product_id, 0};
    return db_transact(ctx, put_in_transaction, &placing);
}

err collection_add_many(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count)
{
    int64_t *there;
    size_t have;
    TRY(lock_places(ctx, collection_id, &there, &have));
    if (have + count > COLLECTION_HAND_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d products by hand", COLLECTION_HAND_LIMIT);
    TRY(product_lock_many(ctx, product_ids, count));
    TRY(shelf_put(ctx, collection_id, product_ids, count));
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "UPDATE shelf_products SET place = COALESCE(place, 1 + COALESCE((SELECT max(o.place)"
                       " FROM shelf_products o WHERE o.shop_id = $1 AND o.shelf_id = $2), 0))"
                       " WHERE shop_id = $1 AND shelf_id = $2 AND product_id = $3",
                       db_int(ctx->shop->id), db_int(collection_id), db_int(product_ids[i])));
    return collection_emit_changed(ctx, collection_id);
}

err collection_remove_many(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count)
{
    TRY(db_execute(
        ctx, "UPDATE collections SET position = position WHERE shop_id = $1 AND id = $2 AND is_smart = 0",
        db_int(ctx->shop->id), db_int(collection_id)));
    TRY(product_lock_many(ctx, product_ids, count));
    TRY(shelf_take(ctx, collection_id, product_ids, count));
    return collection_emit_changed(ctx, collection_id);
}

err collection_hand_places(struct ctx *ctx, const int64_t *product_ids, size_t count,
                           struct collection_place **places, size_t *have)
{
    size_t room = 0;
    *places = NULL;
    *have = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id, shelf_id FROM shelf_products WHERE shop_id = $1 AND kind = 3"
                            " AND place IS NOT NULL AND product_id IN " DB_IDS,
                            values, DB_IDS_VALUES));
        *places = arena_grow(ctx->arena, *places, room * sizeof **places,
                             (room + db_row_count(rows) + 1) * sizeof **places);
        room += db_row_count(rows) + 1;
        while (db_next(rows))
            (*places)[(*have)++] = (struct collection_place){db_get_int(rows, 0), db_get_int(rows, 1)};
    }
    return NULL;
}

static err take_in_transaction(struct ctx *ctx, void *arg)
{
    const struct placing *placing = arg;
    int64_t *ids;
    size_t count;
    TRY(lock_places(ctx, placing->collection_id, &ids, &count));
    TRY(product_lock_many(ctx, &placing->product_id, 1));
    TRY(shelf_take(ctx, placing->collection_id, &placing->product_id, 1));
    return collection_emit_changed(ctx, placing->collection_id);
}

err collection_remove_product(struct ctx *ctx, int64_t collection_id, int64_t product_id)
{
    struct placing placing = {collection_id, product_id, 0};
    return db_transact(ctx, take_in_transaction, &placing);
}

/* Steps one place: the two exchange theirs. */
static err step_in_transaction(struct ctx *ctx, void *arg)
{
    const struct placing *placing = arg;
    int64_t *ids, by = placing->before_id;
    size_t count;
    TRY(lock_places(ctx, placing->collection_id, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        bool can_step = by < 0 ? i > 0 : i + 1 < count;
        if (ids[i] != placing->product_id || !can_step)
            continue;
        size_t other = by < 0 ? i - 1 : i + 1;
        ids[i] = ids[other];
        ids[other] = placing->product_id;
        break;
    }
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "UPDATE shelf_products SET place = $4 WHERE shop_id = $1 AND shelf_id = $2"
                       " AND product_id = $3 AND place <> $4",
                       db_int(ctx->shop->id), db_int(placing->collection_id), db_int(ids[i]),
                       db_int((int64_t)i + 1)));
    return collection_emit_changed(ctx, placing->collection_id);
}

err collection_step_product(struct ctx *ctx, int64_t collection_id, int64_t product_id, int64_t by)
{
    struct placing placing = {collection_id, product_id, by < 0 ? -1 : 1};
    return db_transact(ctx, step_in_transaction, &placing);
}

err collection_hand_list(struct ctx *ctx, int64_t collection_id, int64_t *product_ids, size_t most,
                         size_t *have)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2"
                 " AND place IS NOT NULL ORDER BY place, product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(collection_id), db_int((int64_t)most)));
    *have = 0;
    while (db_next(rows))
        product_ids[(*have)++] = db_get_int(rows, 0);
    return NULL;
}
