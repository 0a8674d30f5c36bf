/* catalog_places.c - where pictures and videos are shown, and whether all of that fits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include <inttypes.h>

#define FINDINGS_LIMIT 1000
#define VIDEOS_LIMIT 20000 /* looked at by the check */

struct names {
    struct category *categories;
    size_t category_count;
    struct collection *collections;
    size_t collection_count;
    struct db_rows *products; /* id, title */
    const struct variant *variants[PICTURE_USE_LIMIT];
};

/* The titles of the products among the uses, in one question that is padded with zeros. */
static err query_products(struct ctx *ctx, const struct picture_use *uses, size_t count,
                          struct db_rows **rows)
{
    struct db_value values[PICTURE_USE_LIMIT + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < PICTURE_USE_LIMIT; i++)
        values[i + 1] = db_int(i < count && uses[i].kind == PICTURE_OF_PRODUCT ? uses[i].owner_id : 0);
    return db_query_values(ctx, rows,
                           "SELECT id, title FROM products WHERE shop_id = $1 AND id IN ("
                           " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
                           " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33"
                           ") ORDER BY id",
                           values, PICTURE_USE_LIMIT + 1);
}

static err read_names(struct ctx *ctx, const struct picture_use *uses, size_t count, struct names *names)
{
    int64_t variant_ids[PICTURE_USE_LIMIT] = {0};
    for (size_t i = 0; i < count; i++)
        if (uses[i].kind == PICTURE_OF_VARIANT)
            variant_ids[i] = uses[i].owner_id;
    TRY(category_list(ctx, &names->categories, &names->category_count));
    TRY(collection_list(ctx, &names->collections, &names->collection_count));
    TRY(variant_load_many(ctx, variant_ids, count, names->variants));
    return query_products(ctx, uses, count, &names->products);
}

static bool name_variant(struct ctx *ctx, const struct variant *variant, struct picture_place *place)
{
    if (!variant)
        return false;
    place->owner_id = variant->product_id;
    place->title = arena_format(ctx->arena, "%s %s", variant->product_title,
                                variant->title[0] ? variant->title : variant->sku);
    return true;
}

static bool name_category(struct ctx *ctx, const struct names *names, struct picture_place *place)
{
    for (size_t i = 0; i < names->category_count; i++)
        if (names->categories[i].id == place->owner_id)
            place->title = category_name(ctx, &names->categories[i]);
    return place->title != NULL;
}

static bool name_collection(struct ctx *ctx, const struct names *names, struct picture_place *place)
{
    for (size_t i = 0; i < names->collection_count; i++)
        if (names->collections[i].id == place->owner_id)
            place->title = collection_name(ctx, &names->collections[i]);
    return place->title != NULL;
}

err catalog_name_places(struct ctx *ctx, const struct picture_use *uses, size_t use_count,
                        struct picture_place *places, size_t *count)
{
    struct names names;
    bool has_product;
    *count = 0;
    use_count = use_count < PICTURE_USE_LIMIT ? use_count : PICTURE_USE_LIMIT;
    TRY(read_names(ctx, uses, use_count, &names));
    has_product = db_next(names.products);
    for (size_t i = 0; i < use_count; i++) {
        struct picture_place place = {uses[i].kind, uses[i].owner_id, NULL};
        bool is_there = false;
        if (place.kind == PICTURE_OF_VARIANT) {
            is_there = name_variant(ctx, names.variants[i], &place);
        } else if (place.kind == PICTURE_OF_CATEGORY) {
            is_there = name_category(ctx, &names, &place);
        } else if (place.kind == PICTURE_OF_COLLECTION) {
            is_there = name_collection(ctx, &names, &place);
        } else if (place.kind == PICTURE_OF_SHOP) {
            place.title = ctx->shop->name;
            is_there = true;
        } else if (place.kind == PICTURE_OF_REVIEW || place.kind == PICTURE_OF_DESIGN) {
            place.title = "";
            is_there = true;
        } else if (has_product && db_get_int(names.products, 0) == place.owner_id) {
            /* Uses of one kind come by owner, and so do the titles. */
            place.title = db_get_text(names.products, 1);
            has_product = db_next(names.products);
            is_there = true;
        }
        if (is_there)
            places[(*count)++] = place;
    }
    return NULL;
}

err product_find_by_videos(struct ctx *ctx, const char *const *video_ids, size_t count,
                           const struct product **products)
{
    struct db_rows *rows;
    struct db_value values[VIDEO_LOOKUP_LIMIT + 1];
    memset(products, 0, count * sizeof(*products));
    if (count == 0)
        return NULL;
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < VIDEO_LOOKUP_LIMIT; i++)
        values[i + 1] = db_text(video_ids[i < count ? i : 0]);
    TRY(db_query_values(ctx, &rows,
                        "SELECT id, title, video_id FROM products WHERE shop_id = $1 AND video_id IN ("
                        "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
                        " $20, $21, $22, $23, $24, $25) ORDER BY id DESC",
                        values, VIDEO_LOOKUP_LIMIT + 1));
    while (db_next(rows)) {
        struct product *product = arena_alloc(ctx->arena, sizeof *product);
        *product = (struct product){
            .id = db_get_int(rows, 0), .title = db_get_text(rows, 1), .video_id = db_get_text(rows, 2)};
        for (size_t i = 0; i < count; i++)
            if (strcmp(video_ids[i], product->video_id) == 0)
                products[i] = product;
    }
    return NULL;
}

/* Every product's video is there. */
static err check_videos(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, video_id FROM products WHERE shop_id = $1 AND video_id IS NOT NULL ORDER BY id"
                 " LIMIT $2",
                 db_int(ctx->shop->id), db_int(VIDEOS_LIMIT)));
    size_t count = 0;
    int64_t *product_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *product_ids);
    const char **video_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *video_ids);
    bool *is_there = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *is_there);
    for (; db_next(rows); count++) {
        product_ids[count] = db_get_int(rows, 0);
        video_ids[count] = db_get_text(rows, 1);
    }
    TRY(video_exists_many(ctx, video_ids, count, is_there));
    for (size_t i = 0; i < count; i++)
        if (!is_there[i])
            report(arg, arena_format(ctx->arena, "product %" PRId64 " names a video that is not there",
                                     product_ids[i]));
    return NULL;
}

/* Foreign keys keep the rows together; what media was told is counted against them. A description may name a
 * picture more than once, or one that is gone, so it only says how many more there may be. */
static err check_uses(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    int64_t told, shown, described;
    TRY(picture_use_count(ctx, PICTURE_OF_PRODUCT, &told));
    TRY(db_query(ctx, &rows,
                 "SELECT count(*) FROM (SELECT DISTINCT product_id, picture_id FROM product_pictures"
                 " WHERE shop_id = $1) AS shown",
                 db_int(ctx->shop->id)));
    shown = db_next(rows) ? db_get_int(rows, 0) : 0;
    TRY(db_query(ctx, &rows,
                 "SELECT CAST(COALESCE(SUM((length(description)"
                 " - length(replace(description, '<img src=\"/media/', ''))) / 17), 0) AS BIGINT)"
                 " FROM products WHERE shop_id = $1 AND description LIKE '%<img %'",
                 db_int(ctx->shop->id)));
    described = db_next(rows) ? db_get_int(rows, 0) : 0;
    if (told < shown || told > shown + described)
        report(arg, arena_format(ctx->arena, "products show %" PRId64 " pictures, %" PRId64 " are counted",
                                 shown, told));
    return check_videos(ctx, report, arg);
}

err product_picture_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT p.id, p.picture_id, f.picture_id FROM products p LEFT JOIN product_pictures f"
        " ON f.shop_id = p.shop_id AND f.product_id = p.id AND f.position = 0"
        " WHERE p.shop_id = $1 AND p.picture_id IS DISTINCT FROM f.picture_id ORDER BY p.id LIMIT $2",
        db_int(ctx->shop->id), db_int(FINDINGS_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "product %" PRId64 " shows another picture than its first",
                                 db_get_int(rows, 0)));
    return check_uses(ctx, report, arg);
}
