/* points_check.c - balances of points are what their movements add up to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points.h"

#include "db/db.h"
#include "shop/ledger/ledger.h"
#include <inttypes.h>

_Static_assert(POINTS_EARNED == 1 && POINTS_TAKEN_BACK == 2 && POINTS_ADJUSTED == 4 && POINTS_RENEWED == 7,
               "the statements say the kinds by their numbers");
_Static_assert(LEDGER_POINTS == 9 && LEDGER_MARKETING == 17 && LEDGER_POINTS_WORTH == 15, "and the accounts");

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
    {"account", "it owes other points than its orders say",
     "SELECT a.customer_id FROM point_accounts a LEFT JOIN (SELECT customer_id, SUM(debt) AS debt"
     " FROM point_earnings WHERE shop_id = $1 AND debt > 0 GROUP BY customer_id) e ON e.customer_id ="
     " a.customer_id WHERE a.shop_id = $1 AND a.debt <> COALESCE(e.debt, 0) LIMIT $2"},
    {"order", "more of its points are owed than were wanted back and not had",
     "SELECT order_id FROM point_earnings WHERE shop_id = $1 AND debt > 0"
     " AND debt > wanted_back - taken_back LIMIT $2"},
    {"account", "its points are worth something else than their movements say",
     "SELECT a.customer_id FROM point_accounts a LEFT JOIN (SELECT customer_id, SUM(worth) AS worth"
     " FROM point_movements WHERE shop_id = $1 GROUP BY customer_id) m ON m.customer_id = a.customer_id"
     " WHERE a.shop_id = $1 AND a.worth <> COALESCE(m.worth, 0) LIMIT $2"},
    {"movement", "the ledger has another worth of its points",
     "SELECT m.id FROM point_movements m LEFT JOIN ledger_entries e ON e.shop_id = m.shop_id AND e.id = m.id"
     " AND e.kind = 15 WHERE m.shop_id = $1 AND m.worth <> CASE WHEN e.credit = 9 AND e.debit = 17"
     " THEN e.amount WHEN e.debit = 9 AND e.credit = 17 THEN -e.amount ELSE 0 END LIMIT $2"},
    {"entry", "the ledger has a worth of points that did not move",
     "SELECT e.id FROM ledger_entries e WHERE e.shop_id = $1 AND e.kind = 15 AND NOT EXISTS (SELECT 1"
     " FROM point_movements m WHERE m.shop_id = $1 AND m.customer_id = e.reference_id AND m.id = e.id)"
     " LIMIT $2"},
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
