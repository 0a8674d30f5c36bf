/* points.c - terms, balances, lots and movements of points. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/points_parts.h"

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <stdlib.h>

const char *const point_kind_names[] = {
    [POINTS_EARNED] = "earned",     [POINTS_TAKEN_BACK] = "taken_back", [POINTS_EXPIRED] = "expired",
    [POINTS_ADJUSTED] = "adjusted", [POINTS_SPENT] = "spent",           [POINTS_BACK] = "given_back",
    [POINTS_RENEWED] = "renewed",   [POINTS_RENEWED + 1] = NULL};

/* ---- terms ---- */

int64_t points_unit(const char *currency)
{
    int64_t unit = 1;
    for (int i = 0; i < money_exponent(currency); i++)
        unit *= 10;
    return unit;
}

static bool is_outside(int64_t value, int64_t least, int64_t most)
{
    return value < least || value > most;
}

static err check_pay(struct ctx *ctx, const struct points_terms *terms)
{
    if (is_outside(terms->pay_rate, 0, POINTS_PAY_RATE_MOST))
        return fail_field(ctx, "pay_rate", "out-of-range", "from 0 to 10000 points");
    if (is_outside(terms->pay_percent, terms->pay_rate > 0 ? 1 : 0, POINTS_PAY_PERCENT_MOST))
        return fail_field(ctx, "pay_percent", "out-of-range", "from 1 to 100 percent");
    if (is_outside(terms->pay_least, 0, POINTS_PAY_LEAST_MOST))
        return fail_field(ctx, "pay_least", "out-of-range", "from 0 to 1000000 points");
    return NULL;
}

static err check_terms(struct ctx *ctx, const struct points_terms *terms)
{
    bool is_on = terms->state == POINTS_ON;
    if (is_outside(terms->earned, is_on ? 1 : 0, POINTS_RATE_MOST))
        return fail_field(ctx, "earned", "out-of-range", "from 1 to 10000 points");
    if (is_outside(terms->months, 0, POINTS_MONTHS_MOST))
        return fail_field(ctx, "months", "out-of-range", "from 0 to 60 months");
    return check_pay(ctx, terms);
}

err points_change_terms(struct ctx *ctx, const struct points_terms *terms)
{
    struct points_terms wanted = *terms;
    TRY(check_terms(ctx, terms));
    if (wanted.state != POINTS_ON)
        wanted.state = ctx->shop->points.state == POINTS_NEVER ? POINTS_NEVER : POINTS_OFF;
    return shop_change_points(ctx, &wanted);
}

/* The end of the month that is so many months ahead, in the shop's zone. */
int64_t points_expiry(struct ctx *ctx)
{
    struct zone zone = ctx->shop->zone;
    int64_t months = ctx->shop->points.months, at = 0;
    if (months == 0)
        return 0;
    int64_t year = strtoll(clock_format(ctx->arena, ctx->now, zone, "%Y"), NULL, 10);
    int64_t month = strtoll(clock_format(ctx->arena, ctx->now, zone, "%m"), NULL, 10) + months;
    const char *day =
        arena_format(ctx->arena, "%04" PRId64 "-%02" PRId64 "-01", year + month / 12, month % 12 + 1);
    return clock_parse_day(day, zone, &at) ? at : 0;
}

/* ---- movements ---- */

err points_write_movement(struct ctx *ctx, const struct point_movement *movement)
{
    int64_t movement_id = id_new(ctx), change;
    TRY(points_value(ctx, movement->customer_id, &change));
    TRY(db_execute(ctx,
                   "INSERT INTO point_movements (shop_id, customer_id, id, kind, points, order_id,"
                   " expires_at, reason, staff_id, at, worth)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                   db_int(ctx->shop->id), db_int(movement->customer_id), db_int(movement_id),
                   db_int(movement->kind), db_int(movement->points), db_int(movement->order_id),
                   db_int(movement->expires_at), db_text(movement->reason ? movement->reason : ""),
                   db_int(movement->staff_id), db_int(ctx->now), db_int(change)));
    return points_post_worth(ctx, movement_id, movement, change);
}

err points_put(struct ctx *ctx, const struct point_movement *movement)
{
    TRY(db_execute(ctx,
                   "INSERT INTO point_accounts (shop_id, customer_id, total_in, total_out, expires_at)"
                   " VALUES ($1, $2, 0, 0, 0) ON CONFLICT (shop_id, customer_id) DO NOTHING",
                   db_int(ctx->shop->id), db_int(movement->customer_id)));
    TRY(db_expect(
        ctx, 1, ERR_LIMIT, "this account had as many points as there can be",
        "UPDATE point_accounts SET total_in = total_in + $3, expires_at = CASE"
        " WHEN CAST($4 AS BIGINT) = 0 THEN expires_at WHEN expires_at = 0 OR expires_at > $4 THEN $4"
        " ELSE expires_at END WHERE shop_id = $1 AND customer_id = $2 AND total_in + $3 <= $5",
        db_int(ctx->shop->id), db_int(movement->customer_id), db_int(movement->points),
        db_int(movement->expires_at), db_int(POINTS_EVER_MOST)));
    return points_write_movement(ctx, movement);
}

err points_draw(struct ctx *ctx, const struct point_movement *movement, enum error_code code)
{
    TRY(db_expect(ctx, 1, code, "the account has not so many points",
                  "UPDATE point_accounts SET total_out = total_out - $3 WHERE shop_id = $1"
                  " AND customer_id = $2 AND total_out - $3 <= total_in",
                  db_int(ctx->shop->id), db_int(movement->customer_id), db_int(movement->points)));
    return points_write_movement(ctx, movement);
}

err points_owe(struct ctx *ctx, int64_t customer_id, int64_t points)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the account owes less",
                     "UPDATE point_accounts SET debt = debt + $3 WHERE shop_id = $1 AND customer_id = $2"
                     " AND debt + $3 >= 0",
                     db_int(ctx->shop->id), db_int(customer_id), db_int(points));
}

static err adjust_in_transaction(struct ctx *ctx, void *arg)
{
    const struct point_movement *movement = arg;
    return movement->points > 0 ? points_put(ctx, movement) : points_draw(ctx, movement, ERR_CONFLICT);
}

err points_adjust(struct ctx *ctx, int64_t customer_id, int64_t points, const char *reason)
{
    struct point_movement movement = {.customer_id = customer_id,
                                      .kind = POINTS_ADJUSTED,
                                      .points = points,
                                      .reason = reason,
                                      .staff_id = ctx->actor_id,
                                      .expires_at = points > 0 ? points_expiry(ctx) : 0};
    if (points == 0 || is_outside(points, -POINTS_MOST, POINTS_MOST))
        return fail_field(ctx, "points", "out-of-range", "a whole number, but not 0");
    if (!reason || !reason[0] || utf8_length(reason, strlen(reason)) > POINTS_REASON_LIMIT)
        return fail_field(ctx, "reason", "required", "why?");
    return db_transact(ctx, adjust_in_transaction, &movement);
}

/* ---- reading ---- */

err points_account(struct ctx *ctx, int64_t customer_id, int64_t *balance, int64_t *debt)
{
    struct db_rows *rows;
    *balance = *debt = 0;
    if (ctx->shop->points.state == POINTS_NEVER || customer_id == 0)
        return NULL;
    TRY(db_query(
        ctx, &rows,
        "SELECT total_in - total_out, debt FROM point_accounts WHERE shop_id = $1 AND customer_id = $2",
        db_int(ctx->shop->id), db_int(customer_id)));
    if (db_next(rows)) {
        *balance = db_get_int(rows, 0);
        *debt = db_get_int(rows, 1);
    }
    return NULL;
}

err points_balance(struct ctx *ctx, int64_t customer_id, int64_t *balance)
{
    int64_t debt;
    return points_account(ctx, customer_id, balance, &debt);
}

err points_list(struct ctx *ctx, int64_t customer_id, int64_t before_id, int limit,
                struct point_movement **movements, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT m.id, m.kind, m.points, m.order_id, m.expires_at, m.reason, m.staff_id, m.at,"
                 " COALESCE(o.number, '') FROM point_movements m LEFT JOIN orders o ON o.shop_id = m.shop_id"
                 " AND o.id = m.order_id WHERE m.shop_id = $1 AND m.customer_id = $2 AND m.id < $3"
                 " ORDER BY m.id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(before_id > 0 ? before_id : INT64_MAX),
                 db_int(limit)));
    *movements = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **movements);
    for (*count = 0; db_next(rows); (*count)++)
        (*movements)[*count] = (struct point_movement){.id = db_get_int(rows, 0),
                                                       .customer_id = customer_id,
                                                       .kind = (enum point_kind)db_get_int(rows, 1),
                                                       .points = db_get_int(rows, 2),
                                                       .order_id = db_get_int(rows, 3),
                                                       .expires_at = db_get_int(rows, 4),
                                                       .reason = db_get_text(rows, 5),
                                                       .staff_id = db_get_int(rows, 6),
                                                       .at = db_get_int(rows, 7),
                                                       .order_number = db_get_text(rows, 8)};
    return NULL;
}

int64_t points_left_of(int64_t so_far, int64_t out)
{
    return so_far > out ? so_far - out : 0;
}

err points_lots(struct ctx *ctx, int64_t customer_id, struct point_lot **lots, size_t *count)
{
    struct db_rows *rows;
    int64_t so_far = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT m.expires_at, CAST(SUM(m.points) AS BIGINT), a.total_out FROM point_movements m"
                 " JOIN point_accounts a ON a.shop_id = m.shop_id AND a.customer_id = m.customer_id"
                 " WHERE m.shop_id = $1 AND m.customer_id = $2 AND m.expires_at > 0"
                 " GROUP BY m.expires_at, a.total_out ORDER BY m.expires_at",
                 db_int(ctx->shop->id), db_int(customer_id)));
    *count = 0;
    *lots = arena_alloc_many(ctx->arena, POINTS_LOT_LIMIT, sizeof **lots);
    while (db_next(rows) && *count < POINTS_LOT_LIMIT) {
        int64_t before = points_left_of(so_far, db_get_int(rows, 2));
        so_far += db_get_int(rows, 1);
        int64_t left = points_left_of(so_far, db_get_int(rows, 2)) - before;
        if (left > 0 && db_get_int(rows, 0) > ctx->now)
            (*lots)[(*count)++] = (struct point_lot){db_get_int(rows, 0), left};
    }
    return NULL;
}

/* ---- expiry ---- */

struct point_expiry {
    int64_t customer_id;
    int64_t total_in;
    int64_t total_out;
    int64_t due;     /* came with an expiry that is over */
    int64_t next_at; /* of the next lot; 0 = none */
};

/* Whoever earned or spent meanwhile is looked at again by the next sweep. */
static err expire_in_transaction(struct ctx *ctx, void *arg)
{
    const struct point_expiry *expiry = arg;
    int64_t changed, gone = points_left_of(expiry->due, expiry->total_out);
    TRY(db_change(ctx, &changed,
                  "UPDATE point_accounts SET total_out = total_out + $5, expires_at = $6 WHERE shop_id = $1"
                  " AND customer_id = $2 AND total_in = $3 AND total_out = $4",
                  db_int(ctx->shop->id), db_int(expiry->customer_id), db_int(expiry->total_in),
                  db_int(expiry->total_out), db_int(gone), db_int(expiry->next_at)));
    if (changed == 0 || gone == 0)
        return NULL;
    return points_write_movement(ctx, &(struct point_movement){.customer_id = expiry->customer_id,
                                                               .kind = POINTS_EXPIRED,
                                                               .points = -gone});
}

err points_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    if (ctx->shop->points.state == POINTS_NEVER)
        return NULL;
    TRY(db_query(
        ctx, &rows,
        "SELECT a.customer_id, a.total_in, a.total_out, CAST(COALESCE(SUM(CASE WHEN m.expires_at <= $2"
        " THEN m.points END), 0) AS BIGINT), COALESCE(MIN(CASE WHEN m.expires_at > $2"
        " THEN m.expires_at END), 0) FROM (SELECT * FROM point_accounts WHERE shop_id = $1"
        " AND expires_at > 0 AND expires_at <= $2 ORDER BY expires_at LIMIT $3) a"
        " LEFT JOIN point_movements m ON m.shop_id = a.shop_id AND m.customer_id = a.customer_id"
        " AND m.expires_at > 0 GROUP BY a.customer_id, a.total_in, a.total_out",
        db_int(ctx->shop->id), db_int(ctx->now), db_int(POINTS_SWEEP_LIMIT)));
    while (db_next(rows)) {
        struct point_expiry expiry = {db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2),
                                      db_get_int(rows, 3), db_get_int(rows, 4)};
        TRY(db_transact(ctx, expire_in_transaction, &expiry));
    }
    return NULL;
}
