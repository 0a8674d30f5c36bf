/* review_check.c - figures added up again from the reviews, and reviews held against replies, log and orders.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/review/review_parts.h"
#include <inttypes.h>

typedef void (*report_problem)(void *arg, const char *problem);

static void report_rows(struct ctx *ctx, struct db_rows *rows, const char *what, report_problem report,
                        void *arg)
{
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "review %" PRId64 ": %s", db_get_int(rows, 0), what));
}

/* Stars of made-up sales do not count (review.h); words of hidden reviews have no weight. */
static err check_figures(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COALESCE(n.product_id, p.product_id) FROM (SELECT product_id,"
                 " COUNT(*) FILTER (WHERE stars = 1 AND hidden_reason <> $2) AS stars_1,"
                 " COUNT(*) FILTER (WHERE stars = 2 AND hidden_reason <> $2) AS stars_2,"
                 " COUNT(*) FILTER (WHERE stars = 3 AND hidden_reason <> $2) AS stars_3,"
                 " COUNT(*) FILTER (WHERE stars = 4 AND hidden_reason <> $2) AS stars_4,"
                 " COUNT(*) FILTER (WHERE stars = 5 AND hidden_reason <> $2) AS stars_5,"
                 " COUNT(*) FILTER (WHERE weight > 0) AS worded,"
                 " COUNT(*) FILTER (WHERE hidden_reason > 0) AS hidden"
                 " FROM reviews WHERE shop_id = $1 GROUP BY product_id) n"
                 " FULL JOIN (SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, worded, hidden"
                 " FROM product_reviews WHERE shop_id = $1) p ON p.product_id = n.product_id"
                 " WHERE n.stars_1 IS DISTINCT FROM p.stars_1 OR n.stars_2 IS DISTINCT FROM p.stars_2"
                 " OR n.stars_3 IS DISTINCT FROM p.stars_3 OR n.stars_4 IS DISTINCT FROM p.stars_4"
                 " OR n.stars_5 IS DISTINCT FROM p.stars_5 OR n.worded IS DISTINCT FROM p.worded"
                 " OR n.hidden IS DISTINCT FROM p.hidden LIMIT 1000",
                 db_int(ctx->shop->id), db_int(REVIEW_FABRICATED)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "product %" PRId64 ": its figures are not those of its reviews",
                                 db_get_int(rows, 0)));
    return NULL;
}

static err check_replies(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT v.id FROM reviews v LEFT JOIN (SELECT review_id, COUNT(*) AS replies,"
                 " MAX(reply_no) AS last FROM review_replies WHERE shop_id = $1 GROUP BY review_id) r"
                 " ON r.review_id = v.id WHERE v.shop_id = $1 AND (v.reply_no <> COALESCE(r.replies, 0)"
                 " OR v.reply_no <> COALESCE(r.last, 0)) LIMIT 1000",
                 db_int(ctx->shop->id)));
    report_rows(ctx, rows, "its replies are not numbered without a gap", report, arg);
    return NULL;
}

/* A review is hidden exactly when the log says so, on the ground that the log names. */
static err check_acts(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT v.id FROM reviews v LEFT JOIN (SELECT review_id, kind, reason, ROW_NUMBER() OVER"
                 " (PARTITION BY review_id ORDER BY act_no DESC) AS place FROM review_acts WHERE shop_id = $1"
                 " AND kind IN ($2, $3)) a ON a.review_id = v.id AND a.place = 1 WHERE v.shop_id = $1"
                 " AND v.hidden_reason <> CASE WHEN a.kind = $2 THEN a.reason ELSE 0 END LIMIT 1000",
                 db_int(ctx->shop->id), db_int(REVIEW_HIDDEN), db_int(REVIEW_SHOWN)));
    report_rows(ctx, rows, "the log does not say that it is hidden, or not on this ground", report, arg);
    TRY(db_query(ctx, &rows,
                 "SELECT review_id FROM review_acts WHERE shop_id = $1 GROUP BY review_id"
                 " HAVING COUNT(*) <> MAX(act_no) OR MIN(act_no) <> 1 LIMIT 1000",
                 db_int(ctx->shop->id)));
    report_rows(ctx, rows, "its log has a gap", report, arg);
    return NULL;
}

static err check_words(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id FROM reviews WHERE shop_id = $1 AND ((hidden_reason > 0 AND weight > 0)"
                 " OR (hidden_reason = 0 AND (weight > 0) <> (body <> '' OR follow_body <> ''))"
                 " OR (followed_at IS NULL) <> (follow_body = '') OR followed_at > created_at + $2)"
                 " LIMIT 1000",
                 db_int(ctx->shop->id), db_int(REVIEW_FOLLOW_MS)));
    report_rows(ctx, rows, "its weight or what was added does not follow from its words", report, arg);
    return NULL;
}

static err check_votes(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT v.id FROM reviews v LEFT JOIN (SELECT review_id, COUNT(*) AS votes FROM review_votes"
                 " WHERE shop_id = $1 GROUP BY review_id) n ON n.review_id = v.id WHERE v.shop_id = $1"
                 " AND v.votes <> CASE WHEN v.hidden_reason > 0 THEN 0 ELSE COALESCE(n.votes, 0) END"
                 " LIMIT 1000",
                 db_int(ctx->shop->id)));
    report_rows(ctx, rows, "its votes are not counted as they were given", report, arg);
    return NULL;
}

/* Ids have 32 digits and a blank between. */
static err check_pictures(struct ctx *ctx, report_problem report, void *arg)
{
    struct db_rows *rows;
    int64_t used;
    TRY(picture_use_count(ctx, PICTURE_OF_REVIEW, &used));
    TRY(db_query(ctx, &rows,
                 "SELECT CAST(COALESCE(SUM((length(pictures) + 1) / 33), 0) AS BIGINT) FROM reviews"
                 " WHERE shop_id = $1 AND pictures <> ''",
                 db_int(ctx->shop->id)));
    int64_t shown = db_next(rows) ? db_get_int(rows, 0) : 0;
    if (used != shown)
        report(arg,
               arena_format(ctx->arena, "reviews show %" PRId64 " pictures, the library knows of %" PRId64,
                            shown, used));
    return NULL;
}

err review_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_figures(ctx, report, arg));
    TRY(check_replies(ctx, report, arg));
    TRY(check_acts(ctx, report, arg));
    TRY(check_pictures(ctx, report, arg));
    TRY(check_votes(ctx, report, arg));
    return check_words(ctx, report, arg);
}
