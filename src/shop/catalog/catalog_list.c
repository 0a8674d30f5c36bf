/* catalog_list.c - pages of products, by key.
 *
 * Each combination of filter and order is its own constant statement with its own index; a page costs the
 * same at any depth and at any number of products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/text.h"
#include <inttypes.h>

#define LIST_LIMIT 100
#define LIST_COLUMNS                                                                                         \
    "SELECT id, handle, title, subtitle, brand, kind, status, category_id, price_min, price_max,"            \
    " variant_count, picture_id, picture_alt, version, created_at, updated_at, picture_focus_x, "            \
    "picture_focus_y"                                                                                        \
    " FROM products "

struct place {
    int64_t price;
    int64_t id;
};

static struct product read_item(const struct db_rows *rows)
{
    return (struct product){.id = db_get_int(rows, 0),
                            .handle = db_get_text(rows, 1),
                            .title = db_get_text(rows, 2),
                            .subtitle = db_get_text(rows, 3),
                            .brand = db_get_text(rows, 4),
                            .kind = (enum product_kind)db_get_int(rows, 5),
                            .status = (enum product_status)db_get_int(rows, 6),
                            .category_id = db_get_int(rows, 7),
                            .price_min = db_get_int(rows, 8),
                            .price_max = db_get_int(rows, 9),
                            .variant_count = db_get_int(rows, 10),
                            .picture_id = db_get_text(rows, 11),
                            .picture_alt = db_get_text(rows, 12),
                            .version = db_get_int(rows, 13),
                            .created_at = db_get_int(rows, 14),
                            .updated_at = db_get_int(rows, 15),
                            .picture_focus_x = db_get_int(rows, 16),
                            .picture_focus_y = db_get_int(rows, 17)};
}

static err read_cursor(struct ctx *ctx, const struct product_query *query, struct place *place)
{
    bool is_up = query->sort == SORT_PRICE_UP;
    *place = is_up ? (struct place){-1, 0} : (struct place){INT64_MAX, INT64_MAX};
    if (!query->cursor || !query->cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, query->cursor);
    char *dot = strchr(copy, '.');
    if (!dot)
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    *dot = 0;
    if (!text_to_int(copy, &place->price) || !text_to_int(dot + 1, &place->id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

static err list_any_status(struct ctx *ctx, const struct product_query *query, struct place from,
                           int64_t limit, struct db_rows **rows)
{
    struct db_value shop = db_int(ctx->shop->id);
    if (query->title_prefix)
        return db_query(ctx, rows,
                        LIST_COLUMNS "WHERE shop_id = $1 AND title >= $2 AND title < $3 AND id < $4"
                                     " ORDER BY id DESC LIMIT $5",
                        shop, db_text(query->title_prefix),
                        db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", query->title_prefix)),
                        db_int(from.id), db_int(limit));
    if (query->category_id)
        return db_query(ctx, rows,
                        LIST_COLUMNS
                        "WHERE shop_id = $1 AND category_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
                        shop, db_int(query->category_id), db_int(from.id), db_int(limit));
    return db_query(ctx, rows, LIST_COLUMNS "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", shop,
                    db_int(from.id), db_int(limit));
}

static err list_category(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                         struct db_rows **rows)
{
    struct db_value shop = db_int(ctx->shop->id), status = db_int(query->status);
    struct db_value category = db_int(query->category_id), most = db_int(limit);
    if (query->sort == SORT_PRICE_UP)
        return db_query(ctx, rows,
                        LIST_COLUMNS "WHERE shop_id = $1 AND category_id = $2 AND status = $3"
                                     " AND (price_min, id) > ($4, $5) ORDER BY price_min, id LIMIT $6",
                        shop, category, status, db_int(from.price), db_int(from.id), most);
    if (query->sort == SORT_PRICE_DOWN)
        return db_query(ctx, rows,
                        LIST_COLUMNS
                        "WHERE shop_id = $1 AND category_id = $2 AND status = $3"
                        " AND (price_min, id) < ($4, $5) ORDER BY price_min DESC, id DESC LIMIT $6",
                        shop, category, status, db_int(from.price), db_int(from.id), most);
    return db_query(ctx, rows,
                    LIST_COLUMNS "WHERE shop_id = $1 AND category_id = $2 AND status = $3 AND id < $4"
                                 " ORDER BY id DESC LIMIT $5",
                    shop, category, status, db_int(from.id), most);
}

static err list_shop(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    struct db_value shop = db_int(ctx->shop->id), status = db_int(query->status), most = db_int(limit);
    if (query->kind)
        return db_query(ctx, rows,
                        LIST_COLUMNS "WHERE shop_id = $1 AND status = $2 AND kind = $3 AND id < $4"
                                     " ORDER BY id DESC LIMIT $5",
                        shop, status, db_int(query->kind), db_int(from.id), most);
    if (query->sort == SORT_PRICE_UP)
        return db_query(ctx, rows,
                        LIST_COLUMNS "WHERE shop_id = $1 AND status = $2 AND (price_min, id) > ($3, $4)"
                                     " ORDER BY price_min, id LIMIT $5",
                        shop, status, db_int(from.price), db_int(from.id), most);
    if (query->sort == SORT_PRICE_DOWN)
        return db_query(ctx, rows,
                        LIST_COLUMNS "WHERE shop_id = $1 AND status = $2 AND (price_min, id) < ($3, $4)"
                                     " ORDER BY price_min DESC, id DESC LIMIT $5",
                        shop, status, db_int(from.price), db_int(from.id), most);
    return db_query(ctx, rows,
                    LIST_COLUMNS "WHERE shop_id = $1 AND status = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
                    shop, status, db_int(from.id), most);
}

static err find_rows(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    if (!query->status)
        return list_any_status(ctx, query, from, limit, rows);
    if (query->category_id)
        return list_category(ctx, query, from, limit, rows);
    return list_shop(ctx, query, from, limit, rows);
}

err product_list_ids(struct ctx *ctx, const struct product_query *query, int64_t **ids, size_t *count)
{
    struct product_query whole = *query;
    struct place from;
    struct db_rows *rows;
    whole.cursor = NULL;
    TRY(read_cursor(ctx, &whole, &from));
    TRY(find_rows(ctx, &whole, from, PRODUCT_BULK_LIMIT + 1, &rows));
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **ids);
    *count = 0;
    while (db_next(rows))
        (*ids)[(*count)++] = read_item(rows).id;
    return NULL;
}

err product_list(struct ctx *ctx, const struct product_query *query, struct product_page *page)
{
    int limit = query->limit < 1 ? 1 : query->limit > LIST_LIMIT ? LIST_LIMIT : query->limit;
    struct place from;
    TRY(read_cursor(ctx, query, &from));
    struct db_rows *rows;
    TRY(find_rows(ctx, query, from, limit + 1, &rows));
    *page =
        (struct product_page){.items = arena_alloc_many(ctx->arena, (size_t)limit + 1, sizeof *page->items)};
    while (db_next(rows) && page->count < (size_t)limit)
        page->items[page->count++] = read_item(rows);
    if (db_row_count(rows) > (size_t)limit) {
        const struct product *last = &page->items[page->count - 1];
        page->next_cursor = arena_format(ctx->arena, "%" PRId64 ".%" PRId64, last->price_min, last->id);
    }
    return NULL;
}
