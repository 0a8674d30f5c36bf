/* catalog_shelf.c - which products stand on which shelf.
 *
 * The table says again what products, categories and tags say, in the order of lists. One function writes it:
 * it compares what stands there with what should, and writes the difference. `yundian check` compares the
 * same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_shelf.h"

#include <inttypes.h>

#define CHECK_LIMIT 1000

/* Where each product should stand. Its own place in a collection is taken over. A list of products is told of
 * every table that has many rows of a shop: PostgreSQL does not conclude it from one to the other. */
#define WANTED(of_products, of_tags, of_places)                                                              \
    "SELECT p.id AS product_id, CAST(0 AS BIGINT) AS shelf_id, CAST(0 AS BIGINT) AS kind, p.status,"         \
    " p.price_min FROM products p WHERE p.shop_id = $1" of_products                                          \
    " UNION ALL SELECT p.id, a.ancestor_id, CAST(1 AS BIGINT), p.status, p.price_min FROM products p"        \
    " JOIN category_ancestors a ON a.shop_id = p.shop_id AND a.category_id = p.category_id"                  \
    " WHERE p.shop_id = $1" of_products                                                                      \
    " UNION ALL SELECT p.id, t.tag_id, CAST(2 AS BIGINT), p.status, p.price_min FROM products p"             \
    " JOIN product_tags t ON t.shop_id = p.shop_id AND t.product_id = p.id"                                  \
    " WHERE p.shop_id = $1" of_products of_tags                                                              \
    " UNION ALL SELECT p.id, c.shelf_id, CAST(3 AS BIGINT), p.status, p.price_min FROM products p"           \
    " JOIN shelf_products c ON c.shop_id = p.shop_id AND c.product_id = p.id AND c.kind = 3"                 \
    " WHERE p.shop_id = $1" of_products of_places

struct shelf_row {
    int64_t product_id;
    int64_t shelf_id;
    int64_t kind;
    int64_t status;
    int64_t price_min;
};

/* A change of a count. */
struct shift {
    int64_t shelf_id;
    int64_t status;
    int64_t by;
};

struct shifts {
    struct shift *items;
    size_t count;
    size_t capacity;
};

static void add_shift(struct ctx *ctx, struct shifts *shifts, int64_t shelf_id, int64_t status, int64_t by)
{
    if (shifts->count == shifts->capacity) {
        size_t capacity = shifts->capacity * 2 + 16;
        shifts->items = arena_grow(ctx->arena, shifts->items, shifts->capacity * sizeof(struct shift),
                                   capacity * sizeof(struct shift));
        shifts->capacity = capacity;
    }
    shifts->items[shifts->count++] = (struct shift){shelf_id, status, by};
}

static int by_shelf(const void *left, const void *right)
{
    const struct shift *a = left, *b = right;
    if (a->shelf_id != b->shelf_id)
        return a->shelf_id < b->shelf_id ? -1 : 1;
    return (a->status > b->status) - (a->status < b->status);
}

/* Each count once, in the order of the keys: two transactions do not wait for each other. */
static err write_shifts(struct ctx *ctx, const struct shifts *shifts)
{
    if (shifts->count > 0)
        qsort(shifts->items, shifts->count, sizeof *shifts->items, by_shelf);
    for (size_t i = 0; i < shifts->count;) {
        struct shift sum = shifts->items[i];
        for (i++; i < shifts->count && by_shelf(&sum, &shifts->items[i]) == 0; i++)
            sum.by += shifts->items[i].by;
        if (sum.by == 0)
            continue;
        TRY(db_execute(ctx,
                       "INSERT INTO shelf_counts (shop_id, shelf_id, status, count) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (shop_id, shelf_id, status)"
                       " DO UPDATE SET count = shelf_counts.count + $5",
                       db_int(ctx->shop->id), db_int(sum.shelf_id), db_int(sum.status),
                       db_int(sum.by > 0 ? sum.by : 0), db_int(sum.by)));
    }
    return NULL;
}

static struct shelf_row read_row(const struct db_rows *rows)
{
    return (struct shelf_row){.product_id = db_get_int(rows, 0),
                              .shelf_id = db_get_int(rows, 1),
                              .kind = db_get_int(rows, 2),
                              .status = db_get_int(rows, 3),
                              .price_min = db_get_int(rows, 4)};
}

static size_t take_rows(struct ctx *ctx, struct db_rows *rows, struct shelf_row **taken)
{
    size_t count = 0;
    *taken = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **taken);
    while (db_next(rows))
        (*taken)[count++] = read_row(rows);
    return count;
}

static err add_row(struct ctx *ctx, const struct shelf_row *row, struct shifts *shifts)
{
    add_shift(ctx, shifts, row->shelf_id, row->status, 1);
    return db_execute(ctx,
                      "INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
                      db_int(ctx->shop->id), db_int(row->product_id), db_int(row->shelf_id),
                      db_int(row->kind), db_int(row->status), db_int(row->price_min));
}

static err drop_row(struct ctx *ctx, const struct shelf_row *row, struct shifts *shifts)
{
    add_shift(ctx, shifts, row->shelf_id, row->status, -1);
    return db_execute(ctx,
                      "DELETE FROM shelf_products WHERE shop_id = $1 AND product_id = $2 AND shelf_id = $3",
                      db_int(ctx->shop->id), db_int(row->product_id), db_int(row->shelf_id));
}

/* Status and price are the same in all rows of a product: one statement writes them, `*told` says for whom.
 */
static err update_rows(struct ctx *ctx, const struct shelf_row *was, const struct shelf_row *row,
                       int64_t *told, struct shifts *shifts)
{
    if (was->status == row->status && was->price_min == row->price_min)
        return NULL;
    add_shift(ctx, shifts, row->shelf_id, was->status, -1);
    add_shift(ctx, shifts, row->shelf_id, row->status, 1);
    if (*told == row->product_id)
        return NULL;
    *told = row->product_id;
    return db_execute(
        ctx, "UPDATE shelf_products SET status = $3, price_min = $4 WHERE shop_id = $1 AND product_id = $2",
        db_int(ctx->shop->id), db_int(row->product_id), db_int(row->status), db_int(row->price_min));
}

static int by_place(const struct shelf_row *a, const struct shelf_row *b)
{
    if (a->product_id != b->product_id)
        return a->product_id < b->product_id ? -1 : 1;
    return (a->shelf_id > b->shelf_id) - (a->shelf_id < b->shelf_id);
}

static err settle_some(struct ctx *ctx, const int64_t *ids, size_t count, struct shifts *shifts)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *there, *wanted;
    struct shelf_row *have, *want;
    int64_t told = 0;
    db_bind_ids(ctx, ids, count, values);
    TRY(db_ask_values(ctx, &there,
                      "SELECT product_id, shelf_id, kind, status, price_min FROM shelf_products"
                      " WHERE shop_id = $1 AND product_id IN " DB_IDS " ORDER BY product_id, shelf_id",
                      values, DB_IDS_VALUES));
    TRY(db_query_values(ctx, &wanted,
                        WANTED(" AND p.id IN " DB_IDS, " AND t.product_id IN " DB_IDS,
                               " AND c.product_id IN " DB_IDS) " ORDER BY 1, 2",
                        values, DB_IDS_VALUES));
    size_t have_count = take_rows(ctx, there, &have), want_count = take_rows(ctx, wanted, &want);
    for (size_t i = 0, j = 0; i < have_count || j < want_count;) {
        int order = i == have_count ? 1 : j == want_count ? -1 : by_place(&have[i], &want[j]);
        if (order < 0)
            TRY(drop_row(ctx, &have[i++], shifts));
        else if (order > 0)
            TRY(add_row(ctx, &want[j++], shifts));
        else
            TRY(update_rows(ctx, &have[i++], &want[j++], &told, shifts));
    }
    return NULL;
}

err shelf_settle(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    struct shifts shifts = {0};
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(settle_some(ctx, product_ids + start, count - start, &shifts));
    TRY(product_touch_many(ctx, product_ids, count));
    return write_shifts(ctx, &shifts);
}

err shelf_settle_locked(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    TRY(product_lock_many(ctx, product_ids, count));
    return shelf_settle(ctx, product_ids, count);
}

err shelf_next_products(struct ctx *ctx, int64_t shelf_id, int64_t after, int64_t *product_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.product_id FROM (SELECT a.product_id FROM (SELECT s.product_id FROM shelf_products s"
        " WHERE s.shop_id = $1 AND s.shelf_id = $2 AND s.status = 1 AND s.product_id > $3"
        " ORDER BY s.product_id LIMIT $4) a UNION ALL SELECT b.product_id FROM (SELECT s.product_id"
        " FROM shelf_products s WHERE s.shop_id = $1 AND s.shelf_id = $2 AND s.status = 2"
        " AND s.product_id > $3 ORDER BY s.product_id LIMIT $4) b UNION ALL SELECT c.product_id FROM"
        " (SELECT s.product_id FROM shelf_products s WHERE s.shop_id = $1 AND s.shelf_id = $2"
        " AND s.status = 3 AND s.product_id > $3 ORDER BY s.product_id LIMIT $4) c) u"
        " ORDER BY u.product_id LIMIT $4",
        db_int(ctx->shop->id), db_int(shelf_id), db_int(after), db_int(SHELF_CHUNK)));
    *count = 0;
    while (db_next(rows))
        product_ids[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

static err recount(struct ctx *ctx, int64_t shelf_id)
{
    TRY(db_execute(ctx, "DELETE FROM shelf_counts WHERE shop_id = $1 AND shelf_id = $2",
                   db_int(ctx->shop->id), db_int(shelf_id)));
    return db_execute(ctx,
                      "INSERT INTO shelf_counts (shop_id, shelf_id, status, count)"
                      " SELECT s.shop_id, s.shelf_id, s.status, count(*) FROM shelf_products s"
                      " WHERE s.shop_id = $1 AND s.shelf_id = $2 GROUP BY s.shop_id, s.shelf_id, s.status",
                      db_int(ctx->shop->id), db_int(shelf_id));
}

err shelf_clear(struct ctx *ctx, int64_t shelf_id)
{
    TRY(product_touch_shelf(ctx, shelf_id));
    TRY(db_execute(ctx, "DELETE FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2",
                   db_int(ctx->shop->id), db_int(shelf_id)));
    return recount(ctx, shelf_id);
}

err shelf_merge(struct ctx *ctx, int64_t from_id, int64_t into_id)
{
    TRY(db_execute(
        ctx,
        "INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)"
        " SELECT s.shop_id, s.product_id, $3, s.kind, s.status, s.price_min FROM shelf_products s"
        " WHERE s.shop_id = $1 AND s.shelf_id = $2 ON CONFLICT (shop_id, product_id, shelf_id) DO NOTHING",
        db_int(ctx->shop->id), db_int(from_id), db_int(into_id)));
    TRY(shelf_clear(ctx, from_id));
    return recount(ctx, into_id);
}

/* ---- collections ---- */

static err put_one(struct ctx *ctx, int64_t shelf_id, int64_t product_id)
{
    return db_execute(
        ctx,
        "INSERT INTO shelf_products (shop_id, product_id, shelf_id, kind, status, price_min)"
        " SELECT p.shop_id, p.id, $3, 3, p.status, p.price_min FROM products p"
        " WHERE p.shop_id = $1 AND p.id = $2 ON CONFLICT (shop_id, product_id, shelf_id) DO NOTHING",
        db_int(ctx->shop->id), db_int(product_id), db_int(shelf_id));
}

/* What of these stands on a shelf, as changes of its counts: row by row, for a GROUP BY lets SQLite walk an
 * index of the whole shop. */
static err count_there(struct ctx *ctx, int64_t shelf_id, const int64_t *ids, size_t count, int64_t by,
                       struct shifts *shifts)
{
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    values[DB_IDS_VALUES] = db_int(shelf_id);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        db_bind_ids(ctx, ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT status FROM shelf_products WHERE shop_id = $1 AND product_id IN " DB_IDS
                            " AND shelf_id = $34",
                            values, DB_IDS_VALUES + 1));
        while (db_next(rows))
            add_shift(ctx, shifts, shelf_id, db_get_int(rows, 0), by);
    }
    return NULL;
}

err shelf_put(struct ctx *ctx, int64_t shelf_id, const int64_t *product_ids, size_t count)
{
    struct shifts shifts = {0};
    TRY(count_there(ctx, shelf_id, product_ids, count, -1, &shifts));
    for (size_t i = 0; i < count; i++)
        TRY(put_one(ctx, shelf_id, product_ids[i]));
    TRY(count_there(ctx, shelf_id, product_ids, count, 1, &shifts));
    TRY(product_touch_many(ctx, product_ids, count));
    return write_shifts(ctx, &shifts);
}

err shelf_take(struct ctx *ctx, int64_t shelf_id, const int64_t *product_ids, size_t count)
{
    struct shifts shifts = {0};
    TRY(count_there(ctx, shelf_id, product_ids, count, -1, &shifts));
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(ctx,
                       "DELETE FROM shelf_products WHERE shop_id = $1 AND product_id = $2 AND shelf_id = $3",
                       db_int(ctx->shop->id), db_int(product_ids[i]), db_int(shelf_id)));
    TRY(product_touch_many(ctx, product_ids, count));
    return write_shifts(ctx, &shifts);
}

err collection_put(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count)
{
    return shelf_put(ctx, collection_id, product_ids, count);
}

err collection_take(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count)
{
    return shelf_take(ctx, collection_id, product_ids, count);
}

/* ---- the check ----
 *
 * Two tables are compared by grouping their rows together: it sorts them once, where SQLite walks a whole
 * side of a full join for each row of the other. */

static err check_places(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.product_id, u.shelf_id, CAST(SUM(u.side) AS BIGINT) FROM (SELECT w.product_id,"
        " w.shelf_id, w.kind, w.status, w.price_min, 1 AS side FROM (" WANTED(
            "", "",
            "") ") w"
                " UNION ALL SELECT s.product_id, s.shelf_id, s.kind, s.status, s.price_min, 2"
                " FROM shelf_products s WHERE s.shop_id = $1) u GROUP BY u.product_id, u.shelf_id"
                " HAVING SUM(u.side) <> 3 OR MIN(u.kind) <> MAX(u.kind) OR MIN(u.status) <> MAX(u.status)"
                " OR MIN(u.price_min) <> MAX(u.price_min) LIMIT $2",
        db_int(ctx->shop->id), db_int(CHECK_LIMIT)));
    static const char *const problems[] = {"", "is missing on", "stands wrongly on",
                                           "has another status or price on"};
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "product %" PRId64 " %s shelf %" PRId64, db_get_int(rows, 0),
                                 problems[db_get_int(rows, 2)], db_get_int(rows, 1)));
    return NULL;
}

static err check_counts(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.shelf_id, CAST(SUM(u.said) AS BIGINT), CAST(SUM(u.there) AS BIGINT) FROM"
        " (SELECT c.shelf_id, c.status, c.count AS said, CAST(0 AS BIGINT) AS there"
        " FROM shelf_counts c WHERE c.shop_id = $1 UNION ALL SELECT s.shelf_id, s.status, 0, count(*)"
        " FROM shelf_products s WHERE s.shop_id = $1 GROUP BY s.shelf_id, s.status) u"
        " GROUP BY u.shelf_id, u.status HAVING SUM(u.said) <> SUM(u.there) LIMIT $2",
        db_int(ctx->shop->id), db_int(CHECK_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "shelf %" PRId64 ": says %" PRId64 " products, has %" PRId64,
                                 db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

err shelf_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_places(ctx, report, arg));
    return check_counts(ctx, report, arg);
}

err catalog_shelve(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    for (size_t start = 0; start < count; start += SHELF_CHUNK)
        TRY(shelf_settle(ctx, product_ids + start,
                         count - start < SHELF_CHUNK ? count - start : SHELF_CHUNK));
    return NULL;
}

err category_holds(struct ctx *ctx, int64_t category_id, int64_t product_id, bool *holds)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM shelf_products WHERE shop_id = $1 AND product_id = $2 AND shelf_id = $3"
                 " AND kind = 1",
                 db_int(ctx->shop->id), db_int(product_id), db_int(category_id)));
    *holds = db_row_count(rows) > 0;
    return NULL;
}

err category_products(struct ctx *ctx, int64_t category_id, int64_t from_id, size_t limit,
                      int64_t *product_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2 AND kind = 1"
                 " AND product_id >= $3 ORDER BY product_id LIMIT $4",
                 db_int(ctx->shop->id), db_int(category_id), db_int(from_id),
                 db_int((int64_t)(limit < CATALOG_MANY_LIMIT ? limit : CATALOG_MANY_LIMIT))));
    for (*count = 0; db_next(rows); (*count)++)
        product_ids[*count] = db_get_int(rows, 0);
    return NULL;
}
