/* points_worth.c - points as something that the shop owes: each movement values its account anew and posts
 * the difference. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points_parts.h"

#include "db/db.h"
#include "shop/ledger/ledger.h"

/* Where points do not pay, one is worth a hundredth of the unit. */
#define PER_UNIT_USUAL 100

static int64_t worth_of(const struct ctx *ctx, int64_t points)
{
    int64_t rate = ctx->shop->points.pay_rate;
    return points * points_unit(ctx->shop->currency) / (rate > 0 ? rate : PER_UNIT_USUAL);
}

err points_value(struct ctx *ctx, int64_t customer_id, int64_t *change)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT total_in - total_out, worth FROM point_accounts WHERE shop_id = $1"
                 " AND customer_id = $2",
                 db_int(ctx->shop->id), db_int(customer_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_INTERNAL, "points of an account that never had any");
    int64_t worth = worth_of(ctx, db_get_int(rows, 0));
    *change = worth - db_get_int(rows, 1);
    if (*change == 0)
        return NULL;
    return db_execute(ctx, "UPDATE point_accounts SET worth = $3 WHERE shop_id = $1 AND customer_id = $2",
                      db_int(ctx->shop->id), db_int(customer_id), db_int(worth));
}

err points_post_worth(struct ctx *ctx, int64_t movement_id, const struct point_movement *movement,
                      int64_t change)
{
    struct ledger_transfer transfer = {LEDGER_MARKETING, LEDGER_POINTS, change};
    if (change == 0)
        return NULL;
    if (change < 0)
        transfer = (struct ledger_transfer){LEDGER_POINTS, LEDGER_MARKETING, -change};
    return ledger_post(ctx, &(struct ledger_entry){.id = movement_id,
                                                   .kind = LEDGER_POINTS_WORTH,
                                                   .currency = ctx->shop->currency,
                                                   .gateway = "",
                                                   .reference_id = movement->customer_id,
                                                   .order_id = movement->order_id,
                                                   .transfers = &transfer,
                                                   .count = 1});
}
