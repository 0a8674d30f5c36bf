/* catalog_kit.c - a kit comes to a category, and goes again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_kit.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_tree.h"

/* As the migration numbers them. */
enum brought { BROUGHT_ATTRIBUTE = 1, BROUGHT_TAG = 2, BROUGHT_QUESTION = 3 };

struct adding {
    int64_t category_id;
    const struct kit *kit;
    struct kit_result *result;
};

static err remember(struct ctx *ctx, const struct adding *adding, enum brought brought, int64_t brought_id)
{
    return db_execute(ctx,
                      "INSERT INTO category_kits (shop_id, category_id, kit, brought, brought_id)"
                      " VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (shop_id, category_id, kit, brought, brought_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key),
                      db_int(brought), db_int(brought_id));
}

static err ask_here(struct ctx *ctx, const struct adding *adding, int64_t attribute_id)
{
    TRY(db_execute(ctx,
                   "INSERT INTO category_attributes (shop_id, category_id, attribute_id) VALUES ($1, $2, $3)"
                   " ON CONFLICT (shop_id, category_id, attribute_id) DO NOTHING",
                   db_int(ctx->shop->id), db_int(adding->category_id), db_int(attribute_id)));
    adding->result->brought++;
    return remember(ctx, adding, BROUGHT_QUESTION, attribute_id);
}

static const struct attribute *attribute_named(const struct attribute *attributes, size_t count,
                                               const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(attributes[i].name, name))
            return &attributes[i];
    return NULL;
}

static err add_attribute(struct ctx *ctx, const struct adding *adding, const struct kit_attribute *wanted,
                         const struct attribute *there, int64_t position)
{
    if (there && (!kit_goes_with(wanted, there->kind) || attribute_is_of(there, adding->category_id))) {
        adding->result->kept++;
        return NULL;
    }
    if (there)
        return ask_here(ctx, adding, there->id);
    struct attribute made = {.id = id_new(ctx),
                             .name = wanted->name,
                             .name_en = wanted->name_en,
                             .kind = wanted->kind,
                             .unit = wanted->unit ? wanted->unit : "",
                             .choices = kit_choices(ctx, wanted),
                             .is_facet = wanted->is_facet,
                             .position = position};
    TRY(attribute_insert(ctx, &made));
    TRY(remember(ctx, adding, BROUGHT_ATTRIBUTE, made.id));
    return ask_here(ctx, adding, made.id);
}

static err add_attributes(struct ctx *ctx, const struct adding *adding)
{
    struct attribute *attributes;
    size_t count;
    int64_t position = 0;
    TRY(attribute_list(ctx, &attributes, &count));
    for (size_t i = 0; i < count; i++)
        position = attributes[i].position > position ? attributes[i].position : position;
    for (const struct kit_attribute *wanted = adding->kit->attributes; wanted->name; wanted++)
        TRY(add_attribute(ctx, adding, wanted, attribute_named(attributes, count, wanted->name), ++position));
    return NULL;
}

static err add_tag(struct ctx *ctx, const struct adding *adding, const char *name, bool is_facet)
{
    int64_t tag_id = id_new(ctx);
    TRY(db_expect(ctx, 1, ERR_DUPLICATE, "a tag of the kit",
                  "INSERT INTO tags (shop_id, id, name, is_facet, created_at) VALUES ($1, $2, $3, $4, $5)",
                  db_int(ctx->shop->id), db_int(tag_id), db_text(name), db_int(is_facet), db_int(ctx->now)));
    adding->result->brought++;
    TRY(remember(ctx, adding, BROUGHT_TAG, tag_id));
    return outbox_emit(ctx, "facet.changed", tag_id, value_object(ctx->arena));
}

/* A tag that the shop has already stays as it is. */
static err add_tags(struct ctx *ctx, const struct adding *adding)
{
    struct db_rows *rows[KIT_TAG_LIMIT];
    struct tag *tags;
    size_t narrowing;
    for (size_t i = 0; adding->kit->tags[i]; i++)
        TRY(db_ask(ctx, &rows[i], "SELECT id FROM tags WHERE shop_id = $1 AND name = $2",
                   db_int(ctx->shop->id), db_text(adding->kit->tags[i])));
    TRY(tag_facet_list(ctx, &tags, &narrowing));
    for (size_t i = 0; adding->kit->tags[i]; i++)
        if (db_next(rows[i]))
            adding->result->kept++;
        else
            TRY(add_tag(ctx, adding, adding->kit->tags[i], narrowing++ < TAG_FACET_LIMIT));
    return NULL;
}

static err add_kit(struct ctx *ctx, void *arg)
{
    const struct adding *adding = arg;
    const struct category *category;
    *adding->result = (struct kit_result){0};
    /* Two clicks at once: the second sees what the first brought. */
    TRY(category_tree_lock(ctx));
    TRY(category_load(ctx, adding->category_id, &category));
    TRY(add_attributes(ctx, adding));
    TRY(add_tags(ctx, adding));
    return outbox_emit(ctx, "category.changed", adding->category_id, value_object(ctx->arena));
}

err kit_add(struct ctx *ctx, int64_t category_id, const struct kit *kit, struct kit_result *result)
{
    return db_transact(ctx, add_kit, &(struct adding){category_id, kit, result});
}

/* ---- the way back ---- */

/* The question stays at the category while a product here or below answers it. */
static err stop_asking(struct ctx *ctx, const struct adding *adding)
{
    return db_execute(
        ctx,
        "DELETE FROM category_attributes WHERE shop_id = $1 AND category_id = $2 AND attribute_id IN"
        " (SELECT k.brought_id FROM category_kits k WHERE k.shop_id = $1 AND k.category_id = $2"
        " AND k.kit = $3 AND k.brought = 3) AND NOT EXISTS (SELECT 1 FROM product_attributes v"
        " JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id"
        " JOIN category_ancestors a ON a.shop_id = p.shop_id AND a.category_id = p.category_id"
        " WHERE v.shop_id = $1 AND v.attribute_id = category_attributes.attribute_id"
        " AND a.ancestor_id = $2)",
        db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key));
}

static err drop_unused(struct ctx *ctx, const struct adding *adding)
{
    TRY(db_execute(ctx,
                   "DELETE FROM attributes WHERE shop_id = $1 AND id IN (SELECT k.brought_id"
                   " FROM category_kits k WHERE k.shop_id = $1 AND k.category_id = $2 AND k.kit = $3"
                   " AND k.brought = 1) AND NOT EXISTS (SELECT 1 FROM category_attributes c"
                   " WHERE c.shop_id = $1 AND c.attribute_id = attributes.id) AND NOT EXISTS"
                   " (SELECT 1 FROM product_attributes v WHERE v.shop_id = $1"
                   " AND v.attribute_id = attributes.id)",
                   db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key)));
    return db_execute(ctx,
                      "DELETE FROM tags WHERE shop_id = $1 AND id IN (SELECT k.brought_id"
                      " FROM category_kits k WHERE k.shop_id = $1 AND k.category_id = $2 AND k.kit = $3"
                      " AND k.brought = 2) AND NOT EXISTS (SELECT 1 FROM product_tags p"
                      " WHERE p.shop_id = $1 AND p.tag_id = tags.id)",
                      db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key));
}

/* Questions and tags of the kit that are still there. */
static err count_there(struct ctx *ctx, const struct adding *adding, int64_t *there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT (SELECT count(*) FROM category_kits k JOIN category_attributes c"
                 " ON c.shop_id = k.shop_id AND c.category_id = k.category_id"
                 " AND c.attribute_id = k.brought_id WHERE k.shop_id = $1 AND k.category_id = $2"
                 " AND k.kit = $3 AND k.brought = 3) + (SELECT count(*) FROM category_kits k JOIN tags t"
                 " ON t.shop_id = k.shop_id AND t.id = k.brought_id WHERE k.shop_id = $1"
                 " AND k.category_id = $2 AND k.kit = $3 AND k.brought = 2)",
                 db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key)));
    *there = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* What stays is the merchant's own from now on. */
static err take_back(struct ctx *ctx, void *arg)
{
    const struct adding *adding = arg;
    int64_t before, after;
    TRY(category_tree_lock(ctx));
    TRY(count_there(ctx, adding, &before));
    TRY(stop_asking(ctx, adding));
    TRY(drop_unused(ctx, adding));
    TRY(count_there(ctx, adding, &after));
    *adding->result = (struct kit_result){before - after, after};
    TRY(db_execute(ctx, "DELETE FROM category_kits WHERE shop_id = $1 AND category_id = $2 AND kit = $3",
                   db_int(ctx->shop->id), db_int(adding->category_id), db_text(adding->kit->key)));
    TRY(outbox_emit(ctx, "facet.changed", adding->category_id, value_object(ctx->arena)));
    return outbox_emit(ctx, "category.changed", adding->category_id, value_object(ctx->arena));
}

err kit_take_back(struct ctx *ctx, int64_t category_id, const struct kit *kit, struct kit_result *result)
{
    bool is_added[KIT_LIMIT];
    TRY(kit_find_added(ctx, category_id, is_added));
    if (!is_added[kit - kits])
        return fail_with(ctx, ERR_NOT_FOUND, "the category has nothing of this kit");
    return db_transact(ctx, take_back, &(struct adding){category_id, kit, result});
}

err kit_find_added(struct ctx *ctx, int64_t category_id, bool is_added[KIT_LIMIT])
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT DISTINCT kit FROM category_kits WHERE shop_id = $1 AND category_id = $2",
                 db_int(ctx->shop->id), db_int(category_id)));
    memset(is_added, 0, KIT_LIMIT * sizeof *is_added);
    while (db_next(rows)) {
        const struct kit *kit = kit_of_key(db_get_text(rows, 0));
        if (kit)
            is_added[kit - kits] = true;
    }
    return NULL;
}
