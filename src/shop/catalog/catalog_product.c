/* catalog_product.c - reading products and variants. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

#define PRODUCT_COLUMNS                                                                                      \
    "SELECT id, handle, title, subtitle, description, brand, kind, status, category_id, options, price_min," \
    " price_max, variant_count, picture_id, picture_alt, version, created_at, updated_at, picture_focus_x,"  \
    " picture_focus_y, video_id FROM products "

#define VARIANT_COLUMNS                                                                                      \
    "SELECT v.id, v.product_id, v.position, v.sku, v.title, v.options, v.price, v.weight, v.picture_id,"     \
    " v.is_active, p.handle, p.title, p.picture_id, p.kind, p.status, v.barcode, v.cost, v.volume,"          \
    " v.compare_price, v.compare_kind, v.compare_note, v.content_amount, v.content_unit, v.content_base,"    \
    " v.price_tiers, p.price_tiers, p.min_quantity, p.max_quantity, p.questions, p.person_quantity,"         \
    " p.person_days, v.external_id, v.card_value, v.card_years"                                              \
    " FROM variants v"                                                                                       \
    " JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id "

static err read_list(struct ctx *ctx, const char *json, const struct value **list)
{
    struct value *read;
    if (text_is(json, "[]")) { /* as most are; a table of products reads thousands */
        *list = value_list(ctx->arena);
        return NULL;
    }
    TRY(json_read(ctx, json, strlen(json), &read));
    *list = read;
    return NULL;
}

static err read_product(struct ctx *ctx, const struct db_rows *rows, struct product *product)
{
    *product = (struct product){.id = db_get_int(rows, 0),
                                .handle = db_get_text(rows, 1),
                                .title = db_get_text(rows, 2),
                                .subtitle = db_get_text(rows, 3),
                                .description = db_get_text(rows, 4),
                                .brand = db_get_text(rows, 5),
                                .kind = (enum product_kind)db_get_int(rows, 6),
                                .status = (enum product_status)db_get_int(rows, 7),
                                .category_id = db_get_int(rows, 8),
                                .price_min = db_get_int(rows, 10),
                                .price_max = db_get_int(rows, 11),
                                .variant_count = db_get_int(rows, 12),
                                .picture_id = db_get_text(rows, 13),
                                .picture_alt = db_get_text(rows, 14),
                                .version = db_get_int(rows, 15),
                                .created_at = db_get_int(rows, 16),
                                .updated_at = db_get_int(rows, 17),
                                .picture_focus_x = db_get_int(rows, 18),
                                .picture_focus_y = db_get_int(rows, 19),
                                .video_id = db_get_text(rows, 20)};
    return read_list(ctx, db_get_text(rows, 9), &product->options);
}

static err take_product(struct ctx *ctx, struct db_rows *rows, const struct product **product)
{
    *product = NULL;
    if (!db_next(rows))
        return NULL;
    struct product *taken = arena_alloc(ctx->arena, sizeof *taken);
    *product = taken;
    return read_product(ctx, rows, taken);
}

err product_load(struct ctx *ctx, int64_t product_id, const struct product **product)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, PRODUCT_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(product_id)));
    TRY(take_product(ctx, rows, product));
    return *product ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such product");
}

err product_find_by_handle(struct ctx *ctx, const char *handle, const struct product **product)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, PRODUCT_COLUMNS "WHERE shop_id = $1 AND handle = $2", db_int(ctx->shop->id),
                 db_text(handle)));
    return take_product(ctx, rows, product);
}

err product_find_by_sku(struct ctx *ctx, const char *sku, const struct product **product)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 PRODUCT_COLUMNS "WHERE shop_id = $1 AND id ="
                                 " (SELECT v.product_id FROM variants v WHERE v.shop_id = $1 AND v.sku = $2)",
                 db_int(ctx->shop->id), db_text(sku)));
    return take_product(ctx, rows, product);
}

err product_find_by_barcode(struct ctx *ctx, const char *barcode, const struct product **product)
{
    struct db_rows *rows;
    *product = NULL;
    if (!barcode[0])
        return NULL;
    TRY(db_query(ctx, &rows,
                 PRODUCT_COLUMNS "WHERE shop_id = $1 AND id = (SELECT v.product_id FROM variants v"
                                 " WHERE v.shop_id = $1 AND v.barcode = $2 AND v.barcode <> ''"
                                 " ORDER BY v.id LIMIT 1)",
                 db_int(ctx->shop->id), db_text(barcode)));
    return take_product(ctx, rows, product);
}

err product_count(struct ctx *ctx, int64_t shelf_id, enum product_status status, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT count FROM shelf_counts WHERE shop_id = $1 AND shelf_id = $2 AND status = $3",
                 db_int(ctx->shop->id), db_int(shelf_id), db_int(status)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* Most variants have none. */
static void read_tiers(struct ctx *ctx, const struct db_rows *rows, struct variant *variant)
{
    const char *own = db_get_text(rows, 24), *common = db_get_text(rows, 25);
    if (!own[0] && !common[0])
        return;
    struct price_tier *tiers = arena_alloc_many(ctx->arena, PRICE_TIER_LIMIT, sizeof *tiers);
    variant->tier_count = price_tiers_read(own[0] ? own : common, tiers);
    variant->tiers = tiers;
}

static err read_variant(struct ctx *ctx, const struct db_rows *rows, struct variant *variant)
{
    *variant = (struct variant){.id = db_get_int(rows, 0),
                                .product_id = db_get_int(rows, 1),
                                .position = db_get_int(rows, 2),
                                .sku = db_get_text(rows, 3),
                                .title = db_get_text(rows, 4),
                                .price = db_get_int(rows, 6),
                                .weight = db_get_int(rows, 7),
                                .picture_id = db_get_text(rows, 8),
                                .is_active = db_get_int(rows, 9) == 1,
                                .product_handle = db_get_text(rows, 10),
                                .product_title = db_get_text(rows, 11),
                                .product_picture_id = db_get_text(rows, 12),
                                .kind = (enum product_kind)db_get_int(rows, 13),
                                .barcode = db_get_text(rows, 15),
                                .cost = db_is_null(rows, 16) ? COST_UNKNOWN : db_get_int(rows, 16),
                                .volume = db_get_int(rows, 17),
                                .terms = {.compare_price = db_get_int(rows, 18),
                                          .compare_kind = (enum compare_kind)db_get_int(rows, 19),
                                          .compare_note = db_get_text(rows, 20),
                                          .content_amount = db_get_int(rows, 21),
                                          .content_unit = (enum content_unit)db_get_int(rows, 22),
                                          .content_base = (enum content_base)db_get_int(rows, 23)},
                                .min_quantity = db_get_int(rows, 26),
                                .max_quantity = db_get_int(rows, 27),
                                .questions = db_get_text(rows, 28),
                                .person_quantity = db_get_int(rows, 29),
                                .person_days = db_get_int(rows, 30),
                                .external_id = db_get_text(rows, 31),
                                .card_value = db_get_int(rows, 32),
                                .card_years = db_get_int(rows, 33),
                                .own_tiers = db_get_text(rows, 24),
                                .common_tiers = db_get_text(rows, 25)};
    read_tiers(ctx, rows, variant);
    variant->is_on_shelf = variant->is_active && db_get_int(rows, 14) == PRODUCT_ACTIVE;
    return read_list(ctx, db_get_text(rows, 5), &variant->options);
}

err variant_list(struct ctx *ctx, int64_t product_id, struct variant **variants, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, VARIANT_COLUMNS "WHERE v.shop_id = $1 AND v.product_id = $2 ORDER BY v.position",
                 db_int(ctx->shop->id), db_int(product_id)));
    *variants = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **variants);
    *count = 0;
    while (db_next(rows))
        TRY(read_variant(ctx, rows, &(*variants)[(*count)++]));
    return NULL;
}

err variant_load(struct ctx *ctx, int64_t variant_id, const struct variant **variant)
{
    TRY(variant_load_many(ctx, &variant_id, 1, variant));
    return *variant ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such variant");
}

/* Reads the variants of one id, or of up to DB_IDS_LIMIT ids. */
static err query_variants(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    if (count == 1)
        return db_query(ctx, rows, VARIANT_COLUMNS "WHERE v.shop_id = $1 AND v.id = $2",
                        db_int(ctx->shop->id), db_int(ids[0]));
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    return db_query_values(ctx, rows, VARIANT_COLUMNS "WHERE v.shop_id = $1 AND v.id IN " DB_IDS, values,
                           DB_IDS_VALUES);
}

static err take_variant(struct ctx *ctx, const struct db_rows *rows, const struct variant **variant)
{
    struct variant *taken = arena_alloc(ctx->arena, sizeof *taken);
    *variant = taken;
    return read_variant(ctx, rows, taken);
}

err variant_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, const struct variant **found)
{
    memset(found, 0, count * sizeof *found);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        size_t chunk = count - start < DB_IDS_LIMIT ? count - start : DB_IDS_LIMIT;
        const struct variant *variant;
        struct db_rows *rows;
        TRY(query_variants(ctx, variant_ids + start, chunk, &rows));
        while (db_next(rows)) {
            TRY(take_variant(ctx, rows, &variant));
            for (size_t i = start; i < start + chunk; i++)
                if (variant_ids[i] == variant->id)
                    found[i] = variant;
        }
    }
    return NULL;
}

err product_ask_many(struct ctx *ctx, bool is_range, struct whole_question *question)
{
    static const char *const products[] = WHOLE_STATEMENTS(PRODUCT_COLUMNS "WHERE shop_id = $1 AND id", "");
    static const char *const variants[] = WHOLE_STATEMENTS(
        VARIANT_COLUMNS "WHERE v.shop_id = $1 AND v.product_id", " ORDER BY v.product_id, v.position");
    TRY(catalog_ask_many(ctx, &question->products, products[is_range], is_range, question));
    return catalog_ask_many(ctx, &question->variants, variants[is_range], is_range, question);
}

static err take_products(struct ctx *ctx, const struct whole_question *question, struct product_whole *found)
{
    while (db_next(question->products)) {
        struct product product;
        TRY(read_product(ctx, question->products, &product));
        for (size_t i = 0; i < question->count; i++)
            if (question->ids[i] == product.id)
                found[i].product = product;
    }
    return NULL;
}

err product_take_many(struct ctx *ctx, const struct whole_question *question, struct product_whole *found)
{
    struct db_rows *rows = question->variants;
    struct variant *variants = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *variants);
    struct product_whole *whole = NULL;
    TRY(take_products(ctx, question, found));
    for (; db_next(rows); variants++) {
        TRY(read_variant(ctx, rows, variants));
        for (size_t i = 0; i < question->count && (!whole || whole->product.id != variants->product_id); i++)
            whole = found[i].product.id == variants->product_id ? &found[i] : whole;
        if (!whole || whole->product.id != variants->product_id)
            continue;
        if (whole->variant_count++ == 0)
            whole->variants = variants;
    }
    return NULL;
}

err variant_find_cheapest_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                               const struct variant **found)
{
    memset(found, 0, count * sizeof *found);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        const struct variant *variant;
        struct db_rows *rows;
        size_t chunk = db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            VARIANT_COLUMNS
                            "WHERE v.shop_id = $1 AND v.is_active = 1 AND v.price = p.price_min"
                            " AND (v.compare_price > 0 OR v.content_amount > 0) AND v.product_id IN " DB_IDS
                            " ORDER BY v.product_id, v.position DESC",
                            values, DB_IDS_VALUES));
        while (db_next(rows)) {
            TRY(take_variant(ctx, rows, &variant));
            for (size_t i = start; i < start + chunk; i++)
                if (product_ids[i] == variant->product_id)
                    found[i] = variant;
        }
    }
    return NULL;
}

#define COMPARED                                                                                             \
    VARIANT_COLUMNS "WHERE v.shop_id = $1 AND v.compare_price > v.price AND v.compare_kind = 1 AND v.id"

/* Most orders sell one thing, for which a list of ids is much ado. */
static err query_compared(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    if (count == 1)
        return db_query(ctx, rows, COMPARED " = $2", db_int(ctx->shop->id), db_int(ids[0]));
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    return db_query_values(ctx, rows, COMPARED " IN " DB_IDS, values, DB_IDS_VALUES);
}

err variant_find_compared_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                               const struct variant **found, size_t *found_count)
{
    *found_count = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_rows *rows;
        TRY(query_compared(ctx, variant_ids + start, count - start, &rows));
        while (db_next(rows))
            TRY(take_variant(ctx, rows, &found[(*found_count)++]));
    }
    return NULL;
}

static err query_struck(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    struct db_value values[DB_IDS_VALUES];
    db_bind_ids(ctx, ids, count, values);
    return db_query_values(ctx, rows,
                           VARIANT_COLUMNS
                           "WHERE v.shop_id = $1 AND v.is_active = 1 AND v.compare_price > v.price"
                           " AND v.product_id IN " DB_IDS " ORDER BY v.product_id, v.position",
                           values, DB_IDS_VALUES);
}

err variant_list_struck(struct ctx *ctx, const int64_t *product_ids, size_t count,
                        const struct variant ***variants, size_t *variant_count)
{
    size_t room = 0;
    *variants = NULL;
    *variant_count = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_rows *rows;
        TRY(query_struck(ctx, product_ids + start, count - start, &rows));
        *variants = arena_grow(ctx->arena, *variants, room * sizeof **variants,
                               (room + db_row_count(rows) + 1) * sizeof **variants);
        room += db_row_count(rows) + 1;
        while (db_next(rows))
            TRY(take_variant(ctx, rows, &(*variants)[(*variant_count)++]));
    }
    return NULL;
}
