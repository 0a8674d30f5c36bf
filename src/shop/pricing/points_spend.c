/* points_spend.c - points that pay for orders, and come back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points_parts.h"

#include "base/clock.h"
#include "db/db.h"

bool points_pay(const struct ctx *ctx)
{
    return ctx->shop->points.state != POINTS_NEVER && ctx->shop->points.pay_rate > 0;
}

struct quote_points_terms points_pay_terms(const struct ctx *ctx, int64_t wanted)
{
    const struct points_terms *terms = &ctx->shop->points;
    return (struct quote_points_terms){.wanted = wanted,
                                       .rate = points_pay(ctx) ? terms->pay_rate : 0,
                                       .unit = points_unit(ctx->shop->currency),
                                       .percent = terms->pay_percent,
                                       .least = terms->pay_least};
}

err points_spend(struct ctx *ctx, int64_t customer_id, int64_t order_id, int64_t points, enum error_code code)
{
    return points_draw(
        ctx,
        &(struct point_movement){
            .customer_id = customer_id, .kind = POINTS_SPENT, .points = -points, .order_id = order_id},
        code);
}

/* ---- back ---- */

struct points_return {
    int64_t customer_id;
    int64_t order_id;
    int64_t points;
    int64_t due; /* came with an expiry that is over */
    int64_t total_out;
    int64_t late; /* of the points: they would expire at once */
};

static err read_account(struct ctx *ctx, struct points_return *back)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT a.total_out, CAST(COALESCE((SELECT SUM(m.points) FROM point_movements m"
                 " WHERE m.shop_id = $1 AND m.customer_id = $2 AND m.expires_at > 0 AND m.expires_at <= $3),"
                 " 0) AS BIGINT) FROM point_accounts a WHERE a.shop_id = $1 AND a.customer_id = $2",
                 db_int(ctx->shop->id), db_int(back->customer_id), db_int(ctx->now)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_INTERNAL, "points of an account that never had any");
    back->total_out = db_get_int(rows, 0);
    back->due = db_get_int(rows, 1);
    back->late = points_left_of(back->due, back->total_out - back->points) -
                 points_left_of(back->due, back->total_out);
    return NULL;
}

static err write_return(struct ctx *ctx, const struct points_return *back, enum point_kind kind,
                        int64_t points, int64_t expires_at)
{
    if (points == 0)
        return NULL;
    return points_write_movement(ctx, &(struct point_movement){.customer_id = back->customer_id,
                                                               .kind = kind,
                                                               .points = points,
                                                               .order_id = back->order_id,
                                                               .expires_at = expires_at});
}

/* When nothing is late the account may move meanwhile, as long as that stays so. */
static err change_account(struct ctx *ctx, const struct points_return *back, int64_t expires_at)
{
    bool is_late = back->late > 0;
    return db_expect(ctx, 1, ERR_CONFLICT, "the points of the account changed meanwhile",
                     "UPDATE point_accounts SET total_in = total_in + $3, total_out = total_out - $4,"
                     " expires_at = CASE WHEN CAST($3 AS BIGINT) = 0 THEN expires_at WHEN expires_at = 0"
                     " OR expires_at > $5 THEN $5 ELSE expires_at END WHERE shop_id = $1 AND customer_id = $2"
                     " AND total_out BETWEEN $6 AND $7",
                     db_int(ctx->shop->id), db_int(back->customer_id), db_int(back->late),
                     db_int(back->points - back->late), db_int(expires_at),
                     db_int(is_late ? back->total_out : back->due + back->points),
                     db_int(is_late ? back->total_out : POINTS_EVER_MOST));
}

err points_give_back(struct ctx *ctx, int64_t customer_id, int64_t order_id, int64_t points)
{
    struct points_return back = {.customer_id = customer_id, .order_id = order_id, .points = points};
    TRY(read_account(ctx, &back));
    int64_t expires_at = clock_day_shift(ctx->now, POINTS_GRACE_DAYS + 1, ctx->shop->zone);
    TRY(change_account(ctx, &back, expires_at));
    TRY(write_return(ctx, &back, POINTS_BACK, points - back.late, 0));
    return write_return(ctx, &back, POINTS_RENEWED, back.late, expires_at);
}
