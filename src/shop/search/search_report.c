/* search_report.c - what was written down of searches, for the merchant; what is forgotten; what adds up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/search/search_log.h"

#include "base/clock.h"
#include "db/db.h"
#include "shop/search/search_parts.h"
#include <inttypes.h>

#define CROWD_DAYS 30

static int64_t today(const struct ctx *ctx)
{
    return clock_day_number(ctx->now, ctx->shop->zone);
}

#define LINES                                                                                                \
    "SELECT word, CAST(SUM(searches) AS BIGINT) AS typed, CAST(SUM(missed) AS BIGINT),"                      \
    " CAST(SUM(clicks) AS BIGINT), MAX(hits) FROM search_days"                                               \
    " WHERE shop_id = $1 AND day >= $2 AND word <> ''"
#define NOT_WORKED_ON " AND word NOT IN (SELECT w.word FROM search_words w WHERE w.shop_id = $1)"

struct search_line *search_lines_read(struct ctx *ctx, struct db_rows *rows, size_t *count)
{
    struct search_line *lines = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *lines);
    *count = 0;
    while (db_next(rows))
        lines[(*count)++] =
            (struct search_line){db_get_text(rows, 0),
                                 {db_get_int(rows, 1), db_get_int(rows, 2), db_get_int(rows, 3)},
                                 db_get_int(rows, 4)};
    return lines;
}

err search_report(struct ctx *ctx, enum search_report report, int days, struct search_line **lines,
                  size_t *count)
{
    static const char *const statements[] = {
        [SEARCH_POPULAR] = LINES " GROUP BY word HAVING SUM(searches) > 0 ORDER BY typed DESC, word LIMIT $3",
        [SEARCH_NOTHING] = LINES NOT_WORKED_ON " GROUP BY word HAVING SUM(missed) * 2 > SUM(searches)"
                                               " ORDER BY typed DESC, word LIMIT $3",
        [SEARCH_UNCLICKED] = LINES NOT_WORKED_ON " GROUP BY word HAVING SUM(searches) - SUM(missed) >= $4"
                                                 " AND SUM(clicks) * $5 < SUM(searches) - SUM(missed)"
                                                 " ORDER BY typed DESC, word LIMIT $3",
    };
    const struct db_value values[] = {db_int(ctx->shop->id), db_int(today(ctx) - days + 1),
                                      db_int(SEARCH_REPORT_LIMIT), db_int(UNCLICKED_LEAST),
                                      db_int(SEARCHES_A_CLICK)};
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows, statements[report], values, report == SEARCH_UNCLICKED ? 5 : 3));
    *lines = search_lines_read(ctx, rows, count);
    return NULL;
}

#define SUMS                                                                                                 \
    "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT), CAST(COALESCE(SUM(missed), 0) AS BIGINT),"           \
    " CAST(COALESCE(SUM(clicks), 0) AS BIGINT) FROM "

static struct search_counts counts_of(struct db_rows *rows)
{
    if (!db_next(rows))
        return (struct search_counts){0};
    return (struct search_counts){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
}

err search_total(struct ctx *ctx, int days, struct search_counts *counts)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SUMS "search_totals WHERE shop_id = $1 AND day >= $2", db_int(ctx->shop->id),
                 db_int(today(ctx) - days + 1)));
    *counts = counts_of(rows);
    return NULL;
}

err search_word_counts(struct ctx *ctx, const char *word, int days, struct search_counts *counts)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SUMS "search_days WHERE shop_id = $1 AND word = $2 AND day >= $3",
                 db_int(ctx->shop->id), db_text(word), db_int(today(ctx) - days + 1)));
    *counts = counts_of(rows);
    return NULL;
}

err search_opened(struct ctx *ctx, const char *word, size_t limit, int64_t *product_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM search_clicks WHERE shop_id = $1 AND word = $2"
                 " ORDER BY clicks DESC, product_id LIMIT $3",
                 db_int(ctx->shop->id), db_text(word), db_int((int64_t)limit)));
    *count = 0;
    while (db_next(rows))
        product_ids[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

err search_crowd_words(struct ctx *ctx, size_t limit, const char ***words, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT word, CAST(SUM(searches) AS BIGINT) AS typed FROM search_days WHERE shop_id = $1 "
                 "AND day >= $2"
                 " AND word IN (SELECT b.word FROM search_buyers b WHERE b.shop_id = $1 AND b.day >= $2"
                 " GROUP BY b.word HAVING COUNT(*) >= $3)"
                 " GROUP BY word HAVING SUM(missed) * 2 < SUM(searches) ORDER BY typed DESC, word LIMIT $4",
                 db_int(ctx->shop->id), db_int(today(ctx) - CROWD_DAYS + 1), db_int(SEARCH_CROWD),
                 db_int((int64_t)limit)));
    *words = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **words);
    *count = 0;
    while (db_next(rows))
        (*words)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

/* ---- forgetting: the oldest day at a time ---- */

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    struct db_value shop = db_int(ctx->shop->id), old = db_int(today(ctx) - SEARCH_LOG_DAYS),
                    person = db_int(today(ctx) - SEARCH_BUYER_DAYS);
    TRY(db_execute(ctx,
                   "DELETE FROM search_days WHERE shop_id = $1 AND day < $2"
                   " AND day = (SELECT MIN(d.day) FROM search_totals d WHERE d.shop_id = $1)",
                   shop, old));
    TRY(db_execute(ctx,
                   "DELETE FROM search_totals WHERE shop_id = $1 AND day < $2"
                   " AND day = (SELECT MIN(d.day) FROM search_totals d WHERE d.shop_id = $1)",
                   shop, old));
    TRY(db_execute(ctx, "DELETE FROM search_passes WHERE shop_id = $1 AND passed_at < $2", shop,
                   db_int(ctx->now - SEARCH_LOG_DAYS * DAY_MS)));
    TRY(db_execute(ctx,
                   "DELETE FROM search_buyers WHERE shop_id = $1 AND day < $2"
                   " AND day = (SELECT MIN(d.day) FROM search_buyers d WHERE d.shop_id = $1)",
                   shop, person));
    return db_execute(ctx,
                      "DELETE FROM search_clicks WHERE shop_id = $1 AND day < $2"
                      " AND day = (SELECT MIN(d.day) FROM search_clicks d WHERE d.shop_id = $1)",
                      shop, person);
}

err search_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM search_totals t WHERE t.shop_id = $1 AND t.day < $2 UNION ALL"
                 " SELECT 1 FROM search_buyers b WHERE b.shop_id = $1 AND b.day < $3 UNION ALL"
                 " SELECT 1 FROM search_clicks c WHERE c.shop_id = $1 AND c.day < $3 LIMIT 1",
                 db_int(ctx->shop->id), db_int(today(ctx) - SEARCH_LOG_DAYS),
                 db_int(today(ctx) - SEARCH_BUYER_DAYS)));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}

/* ---- adding up ---- */

err search_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT t.day, t.searches, t.missed, t.clicks, CAST(COALESCE(SUM(d.searches), 0) AS BIGINT),"
                 " CAST(COALESCE(SUM(d.missed), 0) AS BIGINT), CAST(COALESCE(SUM(d.clicks), 0) AS BIGINT)"
                 " FROM search_totals t LEFT JOIN search_days d ON d.shop_id = t.shop_id AND d.day = t.day"
                 " WHERE t.shop_id = $1 GROUP BY t.day, t.searches, t.missed, t.clicks ORDER BY t.day",
                 db_int(ctx->shop->id)));
    while (db_next(rows))
        if (db_get_int(rows, 1) != db_get_int(rows, 4) || db_get_int(rows, 2) != db_get_int(rows, 5) ||
            db_get_int(rows, 3) != db_get_int(rows, 6))
            report(arg, arena_format(ctx->arena,
                                     "searches of day %" PRId64 ": %" PRId64 " in all, %" PRId64 " by words",
                                     db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 4)));
    return NULL;
}
