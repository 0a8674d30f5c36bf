/* order_points.c - points for what was paid, once, and back when money went back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_points.h"

#include "base/money.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"

__extension__ typedef __int128 wide;

#define ATTEMPTS 20
#define PAUSE (2 * SECOND_MS)
/* Orders whose debts one earning settles. */
#define ORDER_DEBTS_AT_ONCE 20

/* ---- how much ---- */

/* Paid for goods, less what went back: goods go back first. */
static int64_t base_of(int64_t goods, int64_t refunded)
{
    return goods > refunded ? goods - refunded : 0;
}

static int64_t points_for(const struct ctx *ctx, int64_t base)
{
    return (int64_t)((wide)base * ctx->shop->points.earned / points_unit(ctx->shop->currency));
}

err order_points_pending(struct ctx *ctx, int64_t customer_id, int64_t *points)
{
    struct db_rows *rows;
    *points = 0;
    if (ctx->shop->points.state != POINTS_ON)
        return NULL;
    TRY(db_query(
        ctx, &rows,
        "SELECT total - freight + freight_discount, refunded FROM orders WHERE shop_id = $1"
        " AND customer_id = $2 AND payment_status IN (4, 5) AND aftersale_status <> 2"
        " AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.shop_id = $1 AND l.order_id = orders.id"
        " AND l.card_value > 0)"
        " ORDER BY id DESC LIMIT $3",
        db_int(ctx->shop->id), db_int(customer_id), db_int(ORDER_POINTS_PENDING_LIMIT)));
    _Static_assert(PAYMENT_PAID == 4 && PAYMENT_PARTIALLY_REFUNDED == 5 && AFTERSALE_DONE == 2,
                   "the statement says the states by their numbers");
    while (db_next(rows))
        *points += points_for(ctx, base_of(db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

static bool has_money_left(const struct order *order)
{
    return order->state.payment == PAYMENT_PAID || order->state.payment == PAYMENT_PARTIALLY_REFUNDED;
}

err order_points_of(struct ctx *ctx, const struct order *order, int64_t *earned, int64_t *expected)
{
    struct db_rows *rows;
    *earned = *expected = 0;
    if (ctx->shop->points.state == POINTS_NEVER)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT o.customer_id, COALESCE(e.points - e.taken_back, 0) FROM orders o"
                 " LEFT JOIN point_earnings e ON e.shop_id = o.shop_id AND e.order_id = o.id"
                 " WHERE o.shop_id = $1 AND o.id = $2",
                 db_int(ctx->shop->id), db_int(order->id)));
    bool is_members = db_next(rows) && db_get_int(rows, 0) != 0;
    *earned = is_members ? db_get_int(rows, 1) : 0;
    if (is_members && ctx->shop->points.state == POINTS_ON && has_money_left(order) &&
        order->state.aftersale != AFTERSALE_DONE && !order_sells_cards(order))
        *expected = points_for(ctx, base_of(order_goods_total(order), order->refunded));
    return NULL;
}

/* ---- earning ---- */

struct order_earning {
    int64_t order_id;
    int64_t customer_id;
    int64_t base;
    int64_t points;
};

/* A part of what another order owes, settled by what comes now. */
struct debt_part {
    int64_t order_id;
    int64_t debt; /* before */
    int64_t points;
};

/* The oldest first; those that what comes does not reach wait for more. */
static err share_debts(struct ctx *ctx, const struct order_earning *earning,
                       struct debt_part parts[ORDER_DEBTS_AT_ONCE], size_t *count)
{
    struct db_rows *rows;
    int64_t left = earning->points;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, debt FROM point_earnings WHERE shop_id = $1 AND customer_id = $2"
                 " AND debt > 0 ORDER BY order_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(earning->customer_id), db_int(ORDER_DEBTS_AT_ONCE)));
    for (*count = 0; left > 0 && db_next(rows); (*count)++) {
        int64_t debt = db_get_int(rows, 1);
        parts[*count] = (struct debt_part){db_get_int(rows, 0), debt, debt < left ? debt : left};
        left -= parts[*count].points;
    }
    return NULL;
}

/* Rows of orders before that of the account, as whoever takes points back locks them. */
static err settle_orders(struct ctx *ctx, const struct debt_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "the debt of the order changed meanwhile",
                      "UPDATE point_earnings SET debt = debt - $3, taken_back = taken_back + $3"
                      " WHERE shop_id = $1 AND order_id = $2 AND debt = $4",
                      db_int(ctx->shop->id), db_int(parts[i].order_id), db_int(parts[i].points),
                      db_int(parts[i].debt)));
    return NULL;
}

static err draw_debts(struct ctx *ctx, const struct order_earning *earning, const struct debt_part *parts,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TRY(points_draw(ctx,
                        &(struct point_movement){.customer_id = earning->customer_id,
                                                 .kind = POINTS_TAKEN_BACK,
                                                 .points = -parts[i].points,
                                                 .order_id = parts[i].order_id},
                        ERR_CONFLICT));
        TRY(points_owe(ctx, earning->customer_id, -parts[i].points));
    }
    return NULL;
}

/* Whoever was faster has written the row of the order: then nothing is left to do. */
static err earn_in_transaction(struct ctx *ctx, void *arg)
{
    const struct order_earning *earning = arg;
    struct debt_part parts[ORDER_DEBTS_AT_ONCE];
    size_t count;
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "INSERT INTO point_earnings (shop_id, order_id, customer_id, base, points)"
                  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, order_id) DO NOTHING",
                  db_int(ctx->shop->id), db_int(earning->order_id), db_int(earning->customer_id),
                  db_int(earning->base), db_int(earning->points)));
    if (changed == 0)
        return NULL;
    TRY(share_debts(ctx, earning, parts, &count));
    TRY(settle_orders(ctx, parts, count));
    TRY(points_put(ctx, &(struct point_movement){.customer_id = earning->customer_id,
                                                 .kind = POINTS_EARNED,
                                                 .points = earning->points,
                                                 .order_id = earning->order_id,
                                                 .expires_at = points_expiry(ctx)}));
    return draw_debts(ctx, earning, parts, count);
}

static err find_member(struct ctx *ctx, int64_t order_id, int64_t *customer_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT customer_id FROM orders WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(order_id)));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err run_earning(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order_earning earning = {.order_id = job->subject_id};
    struct order *order;
    (void)owner;
    TRY(find_member(ctx, job->subject_id, &earning.customer_id));
    if (earning.customer_id == 0)
        return NULL;
    TRY(order_load(ctx, job->subject_id, &order));
    earning.base = base_of(order_goods_total(order), order->refunded);
    earning.points = points_for(ctx, earning.base);
    /* Who pays with a gift card earns then, not when the card is bought. */
    if (!has_money_left(order) || order_sells_cards(order) || earning.points == 0 ||
        ctx->shop->points.state != POINTS_ON)
        return NULL;
    return db_transact(ctx, earn_in_transaction, &earning);
}

/* ---- back: at most what is there, the rest is owed (decision 0106) ---- */

struct points_back {
    int64_t order_id;
    int64_t customer_id;
    int64_t wanted_before;
    int64_t wanted;
    int64_t taken;
};

static err take_back_in_transaction(struct ctx *ctx, void *arg)
{
    const struct points_back *back = arg;
    int64_t debt = back->wanted - back->wanted_before - back->taken;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the points of the order changed meanwhile",
                  "UPDATE point_earnings SET wanted_back = $3, taken_back = taken_back + $4, debt = debt + $6"
                  " WHERE shop_id = $1 AND order_id = $2 AND wanted_back = $5",
                  db_int(ctx->shop->id), db_int(back->order_id), db_int(back->wanted), db_int(back->taken),
                  db_int(back->wanted_before), db_int(debt)));
    if (back->taken > 0)
        TRY(points_draw(ctx,
                        &(struct point_movement){.customer_id = back->customer_id,
                                                 .kind = POINTS_TAKEN_BACK,
                                                 .points = -back->taken,
                                                 .order_id = back->order_id},
                        ERR_CONFLICT));
    return debt > 0 ? points_owe(ctx, back->customer_id, debt) : NULL;
}

/* A conflict is tried again by the job. */
static err run_back(struct ctx *ctx, const struct job *job, void *owner)
{
    struct points_back back = {.order_id = job->subject_id};
    struct db_rows *rows;
    int64_t balance;
    (void)owner;
    TRY(db_query(ctx, &rows,
                 "SELECT e.customer_id, e.base, e.points, e.wanted_back, o.total - o.freight"
                 " + o.freight_discount, o.refunded FROM point_earnings e JOIN orders o"
                 " ON o.shop_id = e.shop_id AND o.id = e.order_id WHERE e.shop_id = $1 AND e.order_id = $2",
                 db_int(ctx->shop->id), db_int(job->subject_id)));
    if (!db_next(rows))
        return NULL;
    int64_t base = db_get_int(rows, 1), points = db_get_int(rows, 2);
    int64_t left = base_of(db_get_int(rows, 4), db_get_int(rows, 5));
    back.customer_id = db_get_int(rows, 0);
    back.wanted_before = db_get_int(rows, 3);
    back.wanted = points - (int64_t)((wide)points * left / base);
    if (back.wanted <= back.wanted_before)
        return NULL;
    TRY(points_balance(ctx, back.customer_id, &balance));
    back.taken = back.wanted - back.wanted_before;
    back.taken = back.taken < balance ? back.taken : balance;
    return db_transact(ctx, take_back_in_transaction, &back);
}

/* ---- events ---- */

static err hear_end(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    if (ctx->shop->points.state != POINTS_ON)
        return NULL;
    return job_schedule(ctx, ORDER_POINTS_JOB, event->aggregate_id, ctx->now, NULL);
}

static err hear_refund(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    if (ctx->shop->points.state == POINTS_NEVER)
        return NULL;
    return job_schedule(ctx, ORDER_POINTS_BACK_JOB, event->aggregate_id, ctx->now, NULL);
}

const struct listener order_points_listeners[] = {
    {"order.aftersale_ended", hear_end},
    {"order.refunded", hear_refund},
    {"order.partly_refunded", hear_refund},
    {"order.refunded_unshipped", hear_refund},
    {0},
};

const struct job_kind order_points_job_kinds[] = {
    {ORDER_POINTS_JOB, run_earning, ATTEMPTS, PAUSE},
    {ORDER_POINTS_BACK_JOB, run_back, ATTEMPTS, PAUSE},
    {0},
};
