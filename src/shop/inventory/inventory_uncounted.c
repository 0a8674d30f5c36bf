/* inventory_uncounted.c - what a stock take has not come to yet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_take.h"

#include "shop/catalog/catalog.h"

/* Chunks of CATALOG_MANY_LIMIT products of a category that one page looks through. */
#define CHUNKS_A_PAGE 8

#define UNCOUNTED                                                                                            \
    "SELECT s.variant_id, s.product_id, s.on_hand FROM stock s WHERE s.shop_id = $1 AND s.on_hand > 0"       \
    " AND s.made_of = 0 "
#define NOT_AMONG                                                                                            \
    " AND NOT EXISTS (SELECT 1 FROM stock_take_lines l WHERE l.shop_id = $1 AND l.variant_id = s.variant_id" \
    " AND l.take_id = "

struct search {
    const struct stock_take *take;
    int64_t after; /* variant */
    int64_t after_product;
    size_t limit;
    struct take_line *lines;
    size_t count;
};

static void take_rows(struct search *search, struct db_rows *rows)
{
    while (search->count <= search->limit && db_next(rows))
        search->lines[search->count++] = (struct take_line){.variant_id = db_get_int(rows, 0),
                                                            .product_id = db_get_int(rows, 1),
                                                            .book = db_get_int(rows, 2),
                                                            .cost = COST_UNKNOWN};
}

static err look_everywhere(struct ctx *ctx, struct search *search)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 UNCOUNTED "AND s.location_id = $3 AND s.variant_id > $4" NOT_AMONG
                           "$2) ORDER BY s.variant_id LIMIT $5",
                 db_int(ctx->shop->id), db_int(search->take->id), db_int(search->take->location_id),
                 db_int(search->after), db_int((int64_t)search->limit + 1)));
    take_rows(search, rows);
    return NULL;
}

/* ---- of a category ---- */

static err look_at(struct ctx *ctx, struct search *search, const int64_t *products, size_t count)
{
    struct db_value values[DB_IDS_VALUES + 5];
    struct db_rows *rows;
    db_bind_ids(ctx, products, count, values);
    values[DB_IDS_VALUES] = db_int(search->take->location_id);
    values[DB_IDS_VALUES + 1] = db_int(search->take->id);
    values[DB_IDS_VALUES + 2] = db_int(search->after_product);
    values[DB_IDS_VALUES + 3] = db_int(search->after);
    values[DB_IDS_VALUES + 4] = db_int((int64_t)(search->limit + 1 - search->count));
    TRY(db_query_values(ctx, &rows,
                        UNCOUNTED "AND s.product_id IN " DB_IDS " AND s.location_id = $34" NOT_AMONG
                                  "$35) AND (s.product_id > $36 OR s.variant_id > $37)"
                                  " ORDER BY s.product_id, s.variant_id LIMIT $38",
                        values, DB_IDS_VALUES + 5));
    take_rows(search, rows);
    return NULL;
}

static err find_product(struct ctx *ctx, int64_t variant_id, int64_t *product_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT product_id FROM stock WHERE shop_id = $1 AND variant_id = $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(variant_id)));
    *product_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* The variant behind which the next page begins when everything of this product was looked at. */
static err find_last(struct ctx *ctx, int64_t product_id, int64_t *variant_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COALESCE(MAX(variant_id), 0) FROM stock WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    *variant_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err look_in_category(struct ctx *ctx, struct search *search, int64_t *next)
{
    int64_t products[CATALOG_MANY_LIMIT], from;
    size_t count = CATALOG_MANY_LIMIT;
    TRY(find_product(ctx, search->after, &search->after_product));
    from = search->after_product;
    for (int i = 0; i < CHUNKS_A_PAGE && search->count <= search->limit && count == CATALOG_MANY_LIMIT; i++) {
        TRY(category_products(ctx, search->take->category_id, from, CATALOG_MANY_LIMIT, products, &count));
        for (size_t start = 0; start < count && search->count <= search->limit; start += DB_IDS_LIMIT)
            TRY(look_at(ctx, search, products + start, count - start));
        from = count > 0 ? products[count - 1] + 1 : from;
    }
    bool is_cut = search->count <= search->limit && count == CATALOG_MANY_LIMIT;
    return is_cut ? find_last(ctx, from - 1, next) : NULL;
}

err stock_take_uncounted(struct ctx *ctx, const struct stock_take *take, int64_t after, int limit,
                         struct take_line **lines, size_t *count, int64_t *next)
{
    struct search search = {.take = take, .after = after, .limit = (size_t)limit};
    search.lines = arena_alloc_many(ctx->arena, search.limit + 1, sizeof *search.lines);
    *next = 0;
    TRY(take->category_id ? look_in_category(ctx, &search, next) : look_everywhere(ctx, &search));
    if (search.count > search.limit) {
        search.count = search.limit;
        *next = search.lines[search.limit - 1].variant_id;
    }
    *lines = search.lines;
    *count = search.count;
    return NULL;
}
