/* pricing_sales.c - what the deals of a product add up to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define MONTH_DAYS 30
#define REPORT_LIMIT 100

static err add_totals(struct ctx *ctx, int64_t product_id, struct sales_record *record)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT sold, revenue, refunds, last_at FROM product_sales WHERE shop_id = $1"
                 " AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    if (!db_next(rows))
        return NULL;
    record->sold = db_get_int(rows, 0);
    record->revenue = db_get_int(rows, 1);
    record->refunds = db_get_int(rows, 2);
    record->last_at = db_get_int(rows, 3);
    return NULL;
}

/* Adds the month's deals of as many variants as a statement takes, `*left` deals at most. */
static err add_month(struct ctx *ctx, const struct db_value *ids, int64_t *left, struct sales_record *record)
{
    struct db_rows *rows;
    struct db_value values[DB_IDS_VALUES + 3];
    int64_t since = ctx->now - MONTH_DAYS * DAY_MS;
    memcpy(values, ids, DB_IDS_VALUES * sizeof *ids);
    values[DB_IDS_VALUES] = db_int(since / DAY_MS);
    values[DB_IDS_VALUES + 1] = db_int(since);
    values[DB_IDS_VALUES + 2] = db_int(*left);
    TRY(db_query_values(
        ctx, &rows,
        "SELECT CAST(COALESCE(SUM(d.quantity), 0) AS BIGINT), CAST(COALESCE(SUM(d.revenue), 0) AS BIGINT),"
        " COUNT(*) FROM (SELECT quantity, revenue FROM deals WHERE shop_id = $1 AND variant_id IN " DB_IDS
        " AND day >= $34 AND at >= $35 LIMIT $36) d",
        values, DB_IDS_VALUES + 3));
    if (!db_next(rows))
        return NULL;
    record->month_sold += db_get_int(rows, 0);
    record->month_revenue += db_get_int(rows, 1);
    *left -= db_get_int(rows, 2);
    return NULL;
}

err sales_record_load(struct ctx *ctx, int64_t product_id, const int64_t *variant_ids, size_t count,
                      struct sales_record *record)
{
    int64_t left = SALES_DEAL_LIMIT;
    *record = (struct sales_record){0};
    TRY(add_totals(ctx, product_id, record));
    if (record->last_at < ctx->now - MONTH_DAYS * DAY_MS)
        return NULL;
    for (size_t start = 0; start < count && left > 0; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        db_bind_ids(ctx, variant_ids + start, count - start, values);
        TRY(add_month(ctx, values, &left, record));
    }
    record->is_part = left == 0;
    return NULL;
}

err product_sold_many(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *sold)
{
    memset(sold, 0, count * sizeof *sold);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id, sold FROM product_sales WHERE shop_id = $1 AND product_id IN"
                            " " DB_IDS,
                            values, DB_IDS_VALUES));
        while (db_next(rows))
            for (size_t i = 0; i < count; i++)
                if (product_ids[i] == db_get_int(rows, 0))
                    sold[i] = db_get_int(rows, 1);
    }
    return NULL;
}

err sales_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COALESCE(s.product_id, d.product_id) FROM"
                 " (SELECT product_id, sold, revenue FROM product_sales WHERE shop_id = $1) s"
                 " FULL JOIN (SELECT product_id, SUM(quantity) AS sold, SUM(revenue) AS revenue FROM deals"
                 " WHERE shop_id = $1 GROUP BY product_id) d ON d.product_id = s.product_id"
                 " WHERE COALESCE(s.sold, 0) <> COALESCE(d.sold, 0)"
                 " OR COALESCE(s.revenue, 0) <> COALESCE(d.revenue, 0) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg,
               arena_format(ctx->arena, "product %" PRId64 ": its sales are not what its deals add up to",
                            db_get_int(rows, 0)));
    return NULL;
}
