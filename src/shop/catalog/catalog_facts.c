/* catalog_facts.c - what rules ask of products, for many at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_shelf.h"

#include "base/text.h"

static struct product_facts *facts_of(struct product_facts *facts, size_t count, int64_t product_id)
{
    for (size_t i = 0; i < count; i++)
        if (facts[i].product_id == product_id)
            return &facts[i];
    return NULL;
}

static void take_products(struct ctx *ctx, struct db_rows *rows, struct product_facts *facts, size_t *count)
{
    while (db_next(rows))
        facts[(*count)++] = (struct product_facts){.product_id = db_get_int(rows, 0),
                                                   .title = db_get_text(rows, 1),
                                                   .brand = db_get_text(rows, 2),
                                                   .kind = (enum product_kind)db_get_int(rows, 3),
                                                   .status = (enum product_status)db_get_int(rows, 4),
                                                   .price_min = db_get_int(rows, 5),
                                                   .version = db_get_int(rows, 6),
                                                   .created_at = db_get_int(rows, 7),
                                                   .updated_at = db_get_int(rows, 8),
                                                   .tags = value_list(ctx->arena),
                                                   .answers = value_list(ctx->arena)};
}

static void take_categories(struct db_rows *rows, struct product_facts *facts, size_t count)
{
    while (db_next(rows)) {
        struct product_facts *of = facts_of(facts, count, db_get_int(rows, 0));
        if (of && of->category_count < CATEGORY_DEPTH_LIMIT)
            of->category_ids[of->category_count++] = db_get_int(rows, 1);
    }
}

static void take_tags(struct ctx *ctx, struct db_rows *rows, struct product_facts *facts, size_t count)
{
    while (db_next(rows)) {
        struct product_facts *of = facts_of(facts, count, db_get_int(rows, 0));
        if (of)
            value_add(ctx->arena, of->tags, value_text(db_get_text(rows, 1)));
    }
}

static void take_answers(struct ctx *ctx, struct db_rows *rows, struct product_facts *facts, size_t count)
{
    while (db_next(rows)) {
        struct product_facts *of = facts_of(facts, count, db_get_int(rows, 0));
        if (!of)
            continue;
        struct value *answer = value_add(ctx->arena, of->answers, *value_object(ctx->arena));
        value_set_int(ctx->arena, answer, "id", db_get_int(rows, 1));
        value_set_text(ctx->arena, answer, "value", db_get_text(rows, 2));
    }
}

/* The questions do not wait for each other. */
static err load_some(struct ctx *ctx, const int64_t *ids, size_t count, struct product_facts *facts,
                     size_t *have)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *products, *categories, *tags, *answers;
    struct product_facts *first = facts + *have;
    size_t found = 0;
    db_bind_ids(ctx, ids, count, values);
    TRY(db_ask_values(ctx, &categories,
                      "SELECT p.id, a.ancestor_id FROM products p JOIN category_ancestors a"
                      " ON a.shop_id = p.shop_id AND a.category_id = p.category_id"
                      " WHERE p.shop_id = $1 AND p.id IN " DB_IDS,
                      values, DB_IDS_VALUES));
    TRY(db_ask_values(ctx, &tags,
                      "SELECT p.product_id, t.name FROM product_tags p"
                      " JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                      " WHERE p.shop_id = $1 AND p.product_id IN " DB_IDS,
                      values, DB_IDS_VALUES));
    TRY(db_ask_values(ctx, &answers,
                      "SELECT product_id, attribute_id, value FROM product_attributes"
                      " WHERE shop_id = $1 AND product_id IN " DB_IDS,
                      values, DB_IDS_VALUES));
    TRY(db_query_values(ctx, &products,
                        "SELECT id, title, brand, kind, status, price_min, version, created_at, updated_at"
                        " FROM products WHERE shop_id = $1 AND id IN " DB_IDS " ORDER BY id",
                        values, DB_IDS_VALUES));
    take_products(ctx, products, first, &found);
    take_categories(categories, first, found);
    take_tags(ctx, tags, first, found);
    take_answers(ctx, answers, first, found);
    *have += found;
    return NULL;
}

err product_facts_load(struct ctx *ctx, const int64_t *product_ids, size_t count, struct product_facts *facts,
                       size_t *have)
{
    *have = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(load_some(ctx, product_ids + start, count - start, facts, have));
    return NULL;
}

err product_lock_many(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    struct db_value values[DB_IDS_VALUES];
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_execute_values(ctx,
                              "UPDATE products SET version = version WHERE shop_id = $1 AND id IN " DB_IDS,
                              values, DB_IDS_VALUES));
    }
    return NULL;
}

err collection_places_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                           struct collection_place *places, size_t *have, size_t most)
{
    *have = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id, shelf_id FROM shelf_products WHERE shop_id = $1 AND kind = 3"
                            " AND product_id IN " DB_IDS,
                            values, DB_IDS_VALUES));
        while (db_next(rows) && *have < most)
            places[(*have)++] = (struct collection_place){db_get_int(rows, 0), db_get_int(rows, 1)};
    }
    return NULL;
}
