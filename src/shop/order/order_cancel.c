/* order_cancel.c - reasons for cancelling what was paid, and the rate. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/clock.h"

#define WHOLE 10000

const char *const order_cancel_reasons[] = {[0] = "",
                                            [CANCEL_OUT_OF_STOCK] = "out_of_stock",
                                            [CANCEL_PRICE_MISTAKE] = "price_mistake",
                                            [CANCEL_BUYER_ASKED] = "buyer_asked",
                                            [CANCEL_SUSPECTED_FRAUD] = "suspected_fraud",
                                            [CANCEL_CANNOT_DELIVER] = "cannot_deliver",
                                            [CANCEL_OTHER] = "other",
                                            NULL};

/* A row a day, written by cancelling and by nothing else: the sale never touches it. */
err order_count_cancelled(struct ctx *ctx, enum order_cancel_reason reason)
{
    return db_execute(
        ctx,
        "INSERT INTO order_cancel_days (shop_id, day, cancelled, at_fault) VALUES ($1, $2, 1, $3)"
        " ON CONFLICT (shop_id, day) DO UPDATE SET cancelled = order_cancel_days.cancelled + 1,"
        " at_fault = order_cancel_days.at_fault + $3",
        db_int(ctx->shop->id), db_int(clock_day_number(ctx->now, ctx->shop->zone)),
        db_int(reason != CANCEL_BUYER_ASKED));
}

void order_cancel_rate(struct order_cancel_figures *figures)
{
    figures->rate_per_10000 = 0;
    if (figures->at_fault == 0)
        return;
    /* An order may have been placed before these days and cancelled in them. */
    if (figures->paid <= figures->at_fault)
        figures->rate_per_10000 = WHOLE;
    else
        figures->rate_per_10000 = (figures->at_fault * WHOLE * 2 + figures->paid) / (figures->paid * 2);
}

/* Ids are made in time order, so the days are a range of the key. A shop that cancels nothing is not asked.
 */
static err count_paid(struct ctx *ctx, int64_t since, struct order_cancel_figures *figures)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE shop_id = $1 AND id >= $2"
                 " AND paid_at IS NOT NULL ORDER BY id DESC LIMIT $3) o",
                 db_int(ctx->shop->id), db_int(id_floor(since)), db_int(ORDER_CANCEL_COUNTED)));
    figures->paid = db_next(rows) ? db_get_int(rows, 0) : 0;
    figures->is_at_most = figures->paid == ORDER_CANCEL_COUNTED;
    return NULL;
}

err order_cancel_figures(struct ctx *ctx, struct order_cancel_figures *figures)
{
    struct db_rows *rows;
    int64_t since = clock_day_shift(ctx->now, 1 - ORDER_CANCEL_DAYS, ctx->shop->zone);
    *figures = (struct order_cancel_figures){0};
    TRY(db_query(ctx, &rows,
                 "SELECT CAST(COALESCE(SUM(cancelled), 0) AS BIGINT),"
                 " CAST(COALESCE(SUM(at_fault), 0) AS BIGINT)"
                 " FROM order_cancel_days WHERE shop_id = $1 AND day >= $2",
                 db_int(ctx->shop->id), db_int(clock_day_number(since, ctx->shop->zone))));
    if (db_next(rows)) {
        figures->cancelled = db_get_int(rows, 0);
        figures->at_fault = db_get_int(rows, 1);
    }
    if (figures->at_fault > 0)
        TRY(count_paid(ctx, since, figures));
    order_cancel_rate(figures);
    return NULL;
}
