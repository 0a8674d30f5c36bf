/* points_check.c - balances of points are what their movements add up to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points.h"

#include "db/db.h"
#include <inttypes.h>

_Static_assert(POINTS_EARNED == 1 && POINTS_TAKEN_BACK == 2 && POINTS_ADJUSTED == 4 && POINTS_RENEWED == 7,
               "the statements say the kinds by their numbers");

#define REPORT_LIMIT 100

static const struct points_finding {
    const char *what;
    const char *text;
    const char *statement;
} findings[] = {
    {"account", "its points are not what came and went",
     "SELECT x.customer_id FROM (SELECT customer_id, total_in AS came, total_out AS went FROM point_accounts"
     " WHERE shop_id = $1 UNION ALL SELECT customer_id, CASE WHEN kind IN (1, 4, 7) AND points > 0 THEN "
     "-points"
     " ELSE 0 END, CASE WHEN kind IN (1, 4, 7) AND points > 0 THEN 0 ELSE points END FROM point_movements"
     " WHERE shop_id = $1) x GROUP BY x.customer_id HAVING SUM(x.came) <> 0 OR SUM(x.went) <> 0 LIMIT $2"},
    {"order", "its points are not what its member was given",
     "SELECT x.order_id FROM (SELECT order_id, points AS earned, taken_back AS back FROM point_earnings"
     " WHERE shop_id = $1 UNION ALL SELECT order_id, CASE WHEN kind = 1 THEN -points ELSE 0 END,"
     " CASE WHEN kind = 2 THEN points ELSE 0 END FROM point_movements WHERE shop_id = $1 AND kind IN (1, 2)) "
     "x"
     " GROUP BY x.order_id HAVING SUM(x.earned) <> 0 OR SUM(x.back) <> 0 LIMIT $2"},
};

err points_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    if (ctx->shop->points.state == POINTS_NEVER)
        return NULL;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct db_rows *rows;
        TRY(db_query(ctx, &rows, findings[i].statement, db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
        while (db_next(rows))
            report(arg, arena_format(ctx->arena, "%s %" PRId64 ": %s", findings[i].what, db_get_int(rows, 0),
                                     findings[i].text));
    }
    return NULL;
}
