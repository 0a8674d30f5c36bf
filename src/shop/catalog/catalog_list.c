/* catalog_list.c - pages of products, by key.
 *
 * Every shelf (catalog_shelf.c) pages through the same indexes; a page costs the same at any depth and at any
 * number of products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/text.h"
#include <inttypes.h>

#define LIST_LIMIT 100
#define LIST_COLUMNS                                                                                         \
    "SELECT p.id, p.handle, p.title, p.subtitle, p.brand, p.kind, p.status, p.category_id, p.price_min,"     \
    " p.price_max, p.variant_count, p.picture_id, p.picture_alt, p.version, p.created_at, p.updated_at,"     \
    " p.picture_focus_x, p.picture_focus_y FROM "
#define OF_PRODUCTS "products p "
#define OF_SHELF                                                                                             \
    "shelf_products s JOIN products p ON p.shop_id = s.shop_id AND p.id = s.product_id"                      \
    " WHERE s.shop_id = $1 AND s.shelf_id = $2 AND s.status = $3 "
/* The newest of one status, so many as the page takes. */
#define NEWEST(status, name)                                                                                 \
    "SELECT " name ".product_id FROM (SELECT s.product_id FROM shelf_products s WHERE s.shop_id = $1"        \
    " AND s.shelf_id = $2 AND s.status = " status " AND s.product_id < $3 ORDER BY s.product_id DESC"        \
    " LIMIT $4) " name

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

static int64_t shelf_of(const struct product_query *query)
{
    return query->shelf_id ? query->shelf_id : query->category_id;
}

static err list_any_status(struct ctx *ctx, const struct product_query *query, struct place from,
                           int64_t limit, struct db_rows **rows)
{
    struct db_value shop = db_int(ctx->shop->id);
    if (query->title_prefix)
        return db_query(ctx, rows,
                        LIST_COLUMNS OF_PRODUCTS "WHERE p.shop_id = $1 AND p.title >= $2 AND p.title < $3"
                                                 " AND p.id < $4 ORDER BY p.id DESC LIMIT $5",
                        shop, db_text(query->title_prefix),
                        db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", query->title_prefix)),
                        db_int(from.id), db_int(limit));
    if (shelf_of(query))
        return db_query(ctx, rows,
                        LIST_COLUMNS "(" NEWEST("1", "a") " UNION ALL " NEWEST("2", "b") " UNION ALL " NEWEST(
                            "3", "c") ") u JOIN products p ON p.shop_id = $1 AND p.id = u.product_id"
                                      " ORDER BY p.id DESC LIMIT $4",
                        shop, db_int(shelf_of(query)), db_int(from.id), db_int(limit));
    return db_query(ctx, rows,
                    LIST_COLUMNS OF_PRODUCTS "WHERE p.shop_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3",
                    shop, db_int(from.id), db_int(limit));
}

static err list_shelf(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                      struct db_rows **rows)
{
    struct db_value shop = db_int(ctx->shop->id), status = db_int(query->status);
    struct db_value shelf = db_int(shelf_of(query)), most = db_int(limit);
    if (query->sort == SORT_PRICE_UP)
        return db_query(ctx, rows,
                        LIST_COLUMNS OF_SHELF "AND (s.price_min, s.product_id) > ($4, $5)"
                                              " ORDER BY s.price_min, s.product_id LIMIT $6",
                        shop, shelf, status, db_int(from.price), db_int(from.id), most);
    if (query->sort == SORT_PRICE_DOWN)
        return db_query(ctx, rows,
                        LIST_COLUMNS OF_SHELF "AND (s.price_min, s.product_id) < ($4, $5)"
                                              " ORDER BY s.price_min DESC, s.product_id DESC LIMIT $6",
                        shop, shelf, status, db_int(from.price), db_int(from.id), most);
    return db_query(ctx, rows,
                    LIST_COLUMNS OF_SHELF "AND s.product_id < $4 ORDER BY s.product_id DESC LIMIT $5", shop,
                    shelf, status, db_int(from.id), most);
}

static err list_kind(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    return db_query(ctx, rows,
                    LIST_COLUMNS OF_PRODUCTS "WHERE p.shop_id = $1 AND p.status = $2 AND p.kind = $3"
                                             " AND p.id < $4 ORDER BY p.id DESC LIMIT $5",
                    db_int(ctx->shop->id), db_int(query->status), db_int(query->kind), db_int(from.id),
                    db_int(limit));
}

static err find_rows(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    if (!query->status)
        return list_any_status(ctx, query, from, limit, rows);
    if (query->kind)
        return list_kind(ctx, query, from, limit, rows);
    return list_shelf(ctx, query, from, limit, rows);
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
