/* catalog_list.c - pages of products, by key.
 *
 * Each combination of filter and order is its own constant statement with its own index; a page costs the
 * same at any depth and at any number of products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/crypto.h"
#include "base/text.h"
#include <inttypes.h>

#define LIST_LIMIT 100

#define COLUMNS                                                                                              \
    "SELECT id, handle, title, subtitle, brand, kind, status, category_id, price_min, price_max,"            \
    " variant_count, picture_id, picture_alt, version, created_at, updated_at, picture_focus_x,"             \
    " picture_focus_y FROM products WHERE shop_id = $1 AND status = "

/* $2 is the limit, ($3, $4) the place behind which to go on: the key of the order and the id. Of every status
 * means: the first of each status, merged. */
#define ONE(narrow, behind, order) COLUMNS "$5" narrow behind " ORDER BY " order " LIMIT $2"
#define BRANCH(status, narrow, behind, order)                                                                \
    "SELECT * FROM (" COLUMNS status narrow behind " ORDER BY " order " LIMIT $2) "
#define ANY(narrow, behind, order)                                                                           \
    "SELECT * FROM (" BRANCH("1", narrow, behind, order) "a UNION ALL " BRANCH(                              \
        "2", narrow, behind, order) "b UNION ALL " BRANCH("3", narrow, behind, order) "c) p ORDER BY " order \
                                                                                      " LIMIT $2"
/* Of any status or of one; of any category or of one. */
#define EACH(behind, order)                                                                                  \
    {                                                                                                        \
        {ANY("", behind, order), ANY(" AND category_id = $5", behind, order)},                               \
        {                                                                                                    \
            ONE("", behind, order), ONE(" AND category_id = $6", behind, order)                              \
        }                                                                                                    \
    }

static const char *const statements[][2][2] = {
    [SORT_NEWEST] = EACH(" AND id < $3 AND id < $4", "id DESC"),
    [SORT_PRICE_UP] = EACH(" AND (price_min, id) > ($3, $4)", "price_min, id"),
    [SORT_PRICE_DOWN] = EACH(" AND (price_min, id) < ($3, $4)", "price_min DESC, id DESC"),
    [SORT_UPDATED] = EACH(" AND (updated_at, id) < ($3, $4)", "updated_at DESC, id DESC"),
    [SORT_TITLE] = EACH(" AND (title, id) > ($3, $4)", "title, id"),
};

/* By title, up to where another beginning begins. */
#define BEHIND_TITLE " AND (title, id) > ($3, $4) AND title < "
static const char *const beginnings[2][2] = {
    {ANY("", BEHIND_TITLE "$5", "title, id"), ANY(" AND category_id = $5", BEHIND_TITLE "$6", "title, id")},
    {ONE("", BEHIND_TITLE "$6", "title, id"), ONE(" AND category_id = $6", BEHIND_TITLE "$7", "title, id")},
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
    return query->title_prefix ? SORT_TITLE : query->sort;
}

static struct place first_place(const struct product_query *query)
{
    switch (sort_of(query)) {
    case SORT_TITLE:
        return (struct place){db_text(query->title_prefix ? query->title_prefix : ""), -1};
    case SORT_PRICE_UP:
        return (struct place){db_int(-1), 0};
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
        break;
    }
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64, key, last->id);
}

static err find_rows(struct ctx *ctx, const struct product_query *query, struct place from, int64_t limit,
                     struct db_rows **rows)
{
    bool is_one = query->status != 0, is_narrow = query->category_id != 0;
    struct db_value values[7] = {db_int(ctx->shop->id), db_int(limit), from.key, db_int(from.id)};
    size_t count = 4;
    if (query->kind) {
        values[2] = db_int(query->status);
        values[4] = db_int(query->kind);
        return db_query_values(ctx, rows, COLUMNS "$3 AND kind = $5 AND id < $4 ORDER BY id DESC LIMIT $2",
                               values, 5);
    }
    if (is_one)
        values[count++] = db_int(query->status);
    if (is_narrow)
        values[count++] = db_int(query->category_id);
    if (!query->title_prefix)
        return db_query_values(ctx, rows, statements[query->sort][is_one][is_narrow], values, count);
    values[count++] = db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", query->title_prefix));
    return db_query_values(ctx, rows, beginnings[is_one][is_narrow], values, count);
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
                 "SELECT id, handle, title, subtitle, brand, kind, status, category_id, price_min, price_max,"
                 " variant_count, picture_id, picture_alt, version, created_at, updated_at, picture_focus_x,"
                 " picture_focus_y FROM products WHERE shop_id = $1 AND id >= coalesce((SELECT min(n.id) FROM"
                 " (SELECT id FROM products WHERE shop_id = $1 ORDER BY id DESC LIMIT $2) n), 0)"
                 " AND lower(title) LIKE $3 ESCAPE '\\' ORDER BY id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(PRODUCT_HOLDING_LIMIT), db_text(pattern_of(ctx, text)),
                 db_int(most)));
    *page = (struct product_page){
        .items = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *page->items)};
    while (db_next(rows))
        page->items[page->count++] = read_item(rows);
    return NULL;
}
