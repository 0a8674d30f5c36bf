/* catalog_list.c - pages of products, by key.
 *
 * Every shelf (catalog_shelf.c) pages through the same indexes; a page costs the same at any depth and at any
 * number of products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/crypto.h"
#include "base/text.h"
#include <inttypes.h>

#define LIST_LIMIT 100

#define COLUMNS                                                                                              \
    "SELECT p.id, p.handle, p.title, p.subtitle, p.brand, p.kind, p.status, p.category_id, p.price_min,"     \
    " p.price_max, p.variant_count, p.picture_id, p.picture_alt, p.version, p.created_at, p.updated_at,"     \
    " p.picture_focus_x, p.picture_focus_y FROM "

/* $2 is the limit, ($3, $4) the place behind which to go on: the key of the order and the id. Of every status
 * means: the first of each status, merged. */
#define ALL_OF(one, two, three) one "a UNION ALL SELECT * FROM " two "b UNION ALL SELECT * FROM " three "c"

/* Of a shelf ($5). */
#define SHELF(status, behind, order)                                                                         \
    "(SELECT s.product_id, s.price_min FROM shelf_products s WHERE s.shop_id = $1 AND s.shelf_id = $5"       \
    " AND s.status = " status behind " ORDER BY " order " LIMIT $2) "
#define OF_SHELF(from, order)                                                                                \
    COLUMNS "(SELECT * FROM " from                                                                           \
            ") u JOIN products p ON p.shop_id = $1 AND p.id = u.product_id ORDER BY " order " LIMIT $2"
#define ON_SHELF(behind, order, whole)                                                                       \
    {                                                                                                        \
        OF_SHELF(ALL_OF(SHELF("1", behind, order), SHELF("2", behind, order), SHELF("3", behind, order)),    \
                 whole),                                                                                     \
            OF_SHELF(SHELF("$6", behind, order) "a", whole)                                                  \
    }

/* Of the whole shop. */
#define SHOP(status, behind, order)                                                                          \
    "(" COLUMNS "products p WHERE p.shop_id = $1 AND p.status = " status behind " ORDER BY " order           \
    " LIMIT $2) "
#define IN_SHOP(behind, order)                                                                               \
    {                                                                                                        \
        "SELECT * FROM (SELECT * FROM " ALL_OF(SHOP("1", behind, order), SHOP("2", behind, order),           \
                                               SHOP("3", behind, order)) ") p ORDER BY " order " LIMIT $2",  \
            "SELECT * FROM " SHOP("$5", behind, order) "p ORDER BY " order                                   \
    }

/* Of any status, or of one. */
static const char *const statements[][2] = {
    [SORT_NEWEST] =
        ON_SHELF(" AND s.product_id < $3 AND s.product_id < $4", "s.product_id DESC", "u.product_id DESC"),
    [SORT_PRICE_UP] = ON_SHELF(" AND (s.price_min, s.product_id) > ($3, $4)", "s.price_min, s.product_id",
                               "u.price_min, u.product_id"),
    [SORT_PRICE_DOWN] =
        ON_SHELF(" AND (s.price_min, s.product_id) < ($3, $4)", "s.price_min DESC, s.product_id DESC",
                 "u.price_min DESC, u.product_id DESC"),
    [SORT_UPDATED] = IN_SHOP(" AND (p.updated_at, p.id) < ($3, $4)", "p.updated_at DESC, p.id DESC"),
    [SORT_TITLE] = IN_SHOP(" AND (p.title, p.id) > ($3, $4)", "p.title, p.id"),
};

/* By title, up to where another beginning begins. */
static const char *const beginnings[2][2] = {
    IN_SHOP(" AND (p.title, p.id) > ($3, $4) AND p.title < $5", "p.title, p.id"),
    IN_SHOP(" AND (p.title, p.id) > ($3, $4) AND p.title < $6", "p.title, p.id"),
};

struct place {
    struct db_value key;
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

static enum product_sort sort_of(const struct product_query *query)
{
    if (query->title_prefix)
        return SORT_TITLE;
    return query->sort == SORT_BY_HAND && !query->status ? SORT_NEWEST : query->sort;
}

static struct place first_place(const struct product_query *query)
{
    switch (sort_of(query)) {
    case SORT_TITLE:
        return (struct place){db_text(query->title_prefix ? query->title_prefix : ""), -1};
    case SORT_PRICE_UP:
        return (struct place){db_int(-1), 0};
    case SORT_BY_HAND:
        return (struct place){db_int(0), 0};
    default:
        return (struct place){db_int(INT64_MAX), INT64_MAX};
    }
}

/* A title stands in a cursor as hex. */
static bool read_title(struct ctx *ctx, const char *hex, struct db_value *key)
{
    size_t length = strlen(hex);
    unsigned char *bytes = arena_alloc(ctx->arena, length / 2 + 1);
    if (length % 2 || !crypto_unhex(hex, bytes, length / 2) ||
        !utf8_is_valid((const char *)bytes, length / 2) || memchr(bytes, 0, length / 2))
        return false;
    *key = db_text((const char *)bytes);
    return true;
}

static bool read_key(struct ctx *ctx, const struct product_query *query, const char *text,
                     struct db_value *key)
{
    int64_t number;
    if (sort_of(query) == SORT_TITLE)
        return read_title(ctx, text, key);
    if (!text_to_int(text, &number))
        return false;
    *key = db_int(number);
    return true;
}

static err read_cursor(struct ctx *ctx, const struct product_query *query, struct place *place)
{
    *place = first_place(query);
    if (!query->cursor || !query->cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, query->cursor);
    char *dot = strchr(copy, '.');
    if (!dot)
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    *dot = 0;
    if (!read_key(ctx, query, copy, &place->key) || !text_to_int(dot + 1, &place->id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

static const char *cursor_of(struct ctx *ctx, const struct product_query *query, const struct product *last)
{
    int64_t key = last->id;
    switch (sort_of(query)) {
    case SORT_TITLE:
        return arena_format(ctx->arena, "%s.%" PRId64,
                            crypto_hex(ctx->arena, (const unsigned char *)last->title, strlen(last->title)),
                            last->id);
    case SORT_PRICE_UP:
    case SORT_PRICE_DOWN:
        key = last->price_min;
        break;
    case SORT_UPDATED:
        key = last->updated_at;
        break;
    case SORT_NEWEST:
    case SORT_BY_HAND:
        break;
    }
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64, key, last->id);
}

static err list_kind(struct ctx *ctx, const struct product_query *query, int64_t before, int64_t limit,
                     struct db_rows **rows)
{
    return db_query(ctx, rows,
                    COLUMNS "products p WHERE p.shop_id = $1 AND p.status = $2 AND p.kind = $3 AND p.id < $4"
                            " ORDER BY p.id DESC LIMIT $5",
                    db_int(ctx->shop->id), db_int(query->status), db_int(query->kind), db_int(before),
                    db_int(limit));
}

/* Behind the product with that id, or from the first on; its place is looked up, for people move it. */
static err list_by_hand(struct ctx *ctx, const struct product_query *query, int64_t behind, int64_t limit,
                        struct db_rows **rows)
{
    return db_query(ctx, rows,
                    COLUMNS
                    "shelf_products s JOIN products p ON p.shop_id = s.shop_id AND p.id = s.product_id"
                    " WHERE s.shop_id = $1 AND s.shelf_id = $2 AND s.status = $3"
                    " AND s.place IS NOT NULL AND (s.place, s.product_id) > (COALESCE((SELECT o.place"
                    " FROM shelf_products o WHERE o.shop_id = $1 AND o.shelf_id = $2"
                    " AND o.product_id = $4), 0), $4) ORDER BY s.place, s.product_id LIMIT $5",
                    db_int(ctx->shop->id), db_int(query->shelf_id ? query->shelf_id : query->category_id),
                    db_int(query->status), db_int(behind), db_int(limit));
}

static err find_rows(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    enum product_sort sort = sort_of(query);
    bool is_one = query->status != 0, is_by_shelf = sort != SORT_TITLE && sort != SORT_UPDATED;
    struct db_value values[6] = {db_int(ctx->shop->id), db_int(limit), from.key, db_int(from.id)};
    size_t count = 4;
    if (query->kind)
        return list_kind(ctx, query, from.id, limit, rows);
    if (sort == SORT_BY_HAND)
        return list_by_hand(ctx, query, from.id, limit, rows);
    if (is_by_shelf)
        values[count++] = db_int(query->shelf_id ? query->shelf_id : query->category_id);
    if (is_one)
        values[count++] = db_int(query->status);
    if (!query->title_prefix)
        return db_query_values(ctx, rows, statements[sort][is_one], values, count);
    values[count++] = db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", query->title_prefix));
    return db_query_values(ctx, rows, beginnings[is_one][is_one], values, count);
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
    if (db_row_count(rows) > (size_t)limit)
        page->next_cursor = cursor_of(ctx, query, &page->items[page->count - 1]);
    return NULL;
}

static const char *pattern_of(struct ctx *ctx, const char *text)
{
    struct text_buf pattern;
    text_open(&pattern, ctx->arena, 1024);
    text_add_char(&pattern, '%');
    for (; *text; text++) {
        if (strchr("%_\\", *text))
            text_add_char(&pattern, '\\');
        text_add_char(&pattern, *text);
    }
    text_add_char(&pattern, '%');
    return text_of(&pattern);
}

err product_list_holding(struct ctx *ctx, const char *text, int limit, struct product_page *page)
{
    struct db_rows *rows;
    int most = limit < 1 ? 1 : limit > LIST_LIMIT ? LIST_LIMIT : limit;
    TRY(db_query(ctx, &rows,
                 COLUMNS "products p WHERE p.shop_id = $1 AND p.id >= coalesce((SELECT min(n.id) FROM"
                         " (SELECT id FROM products WHERE shop_id = $1 ORDER BY id DESC LIMIT $2) n), 0)"
                         " AND lower(p.title) LIKE $3 ESCAPE '\\' ORDER BY p.id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(PRODUCT_HOLDING_LIMIT), db_text(pattern_of(ctx, text)),
                 db_int(most)));
    *page = (struct product_page){
        .items = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *page->items)};
    while (db_next(rows))
        page->items[page->count++] = read_item(rows);
    return NULL;
}

err product_list_many(struct ctx *ctx, const int64_t *product_ids, size_t count, struct product **products,
                      size_t *have)
{
    struct product *found = arena_alloc_many(ctx->arena, count + 1, sizeof *found);
    size_t found_count = 0;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows, COLUMNS "products p WHERE p.shop_id = $1 AND p.id IN " DB_IDS, values,
                            DB_IDS_VALUES));
        while (db_next(rows))
            found[found_count++] = read_item(rows);
    }
    *products = arena_alloc_many(ctx->arena, count + 1, sizeof **products);
    *have = 0;
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;
        while (place < found_count && found[place].id != product_ids[i])
            place++;
        if (place < found_count)
            (*products)[(*have)++] = found[place];
    }
    return NULL;
}
