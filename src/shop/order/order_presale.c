/* order_presale.c - what an order of a presale waits for, and the check of its pieces and sums. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/clock.h"
#include "job/job.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define REPORT_LIMIT 100
#define REMINDER_ATTEMPTS 10

/* ---- what it waits for ---- */

enum order_part order_part_due(const struct order *order)
{
    if (order->deposit == 0)
        return PART_WHOLE;
    return order->state.payment == PAYMENT_UNPAID ? PART_DEPOSIT : PART_BALANCE;
}

int64_t order_part_amount(const struct order *order, enum order_part part)
{
    if (part == PART_DEPOSIT)
        return order->deposit;
    return part == PART_BALANCE ? order->total - order->deposit : order->total - order->card_held;
}

bool order_is_payable(const struct order *order, int64_t now)
{
    return order->state.order == ORDER_PENDING_PAYMENT && order->closes_at > now &&
           (order_part_due(order) != PART_BALANCE || order->balance_from <= now);
}

bool order_holds_deposit(const struct order *order)
{
    return order->deposit > 0 && order->paid == order->deposit && order->kept_entry_id == 0;
}

/* ---- its windows ---- */

err order_await_balance(struct ctx *ctx, struct order *order)
{
    int64_t warning = order->balance_until - ORDER_BALANCE_WARNING_MS;
    TRY(db_execute(ctx, "UPDATE orders SET closes_at = $3 WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(order->id), db_int(order->balance_until)));
    order->closes_at = order->balance_until;
    TRY(job_schedule(ctx, ORDER_CLOSE_JOB, order->id, order->closes_at, value_object(ctx->arena)));
    if (order->balance_from > ctx->now)
        TRY(job_schedule(ctx, ORDER_BALANCE_OPEN_JOB, order->id, order->balance_from,
                         value_object(ctx->arena)));
    return warning > order->balance_from && warning > ctx->now
               ? job_schedule(ctx, ORDER_BALANCE_ENDS_JOB, order->id, warning, value_object(ctx->arena))
               : NULL;
}

err order_keep_deposit(struct ctx *ctx, const struct order *order, int64_t entry_id)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the deposit was kept already",
                     "UPDATE orders SET kept_entry_id = $3 WHERE shop_id = $1 AND id = $2"
                     " AND kept_entry_id = 0",
                     db_int(ctx->shop->id), db_int(order->id), db_int(entry_id));
}

struct reminder {
    const struct order *order;
    const char *topic;
};

static err remind_in_transaction(struct ctx *ctx, void *arg)
{
    const struct reminder *reminder = arg;
    struct value *news = value_object(ctx->arena);
    value_set_text(ctx->arena, news, "number", reminder->order->number);
    if (reminder->order->contact.email[0])
        value_set_bool(ctx->arena, news, "has_email", true);
    return outbox_emit(ctx, reminder->topic, reminder->order->id, news);
}

/* Who paid or whose order ended meanwhile is not reminded. */
static err run_reminder(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order *order;
    (void)owner;
    TRY(order_load(ctx, job->subject_id, &order));
    if (order_part_due(order) != PART_BALANCE || !order_is_payable(order, ctx->now))
        return NULL;
    struct reminder reminder = {order, job->kind};
    return db_transact(ctx, remind_in_transaction, &reminder);
}

const struct job_kind order_presale_job_kinds[] = {
    {ORDER_BALANCE_OPEN_JOB, run_reminder, REMINDER_ATTEMPTS, 5 * SECOND_MS},
    {ORDER_BALANCE_ENDS_JOB, run_reminder, REMINDER_ATTEMPTS, 5 * SECOND_MS},
    {0},
};

/* ---- views ---- */

void order_presale_view(struct ctx *ctx, struct value *view, const struct order *order)
{
    struct arena *arena = ctx->arena;
    enum order_part part = order_part_due(order);
    bool waits = order->state.order == ORDER_PENDING_PAYMENT;
    value_set_money(arena, view, "due",
                    money_of(waits ? order_part_amount(order, part) : 0, order->currency));
    value_set_bool(arena, view, "sells_cards", order_sells_cards(order));
    value_set(arena, view, "presale", value_null());
    if (order->ships_by == 0)
        return;
    struct value *presale = value_set_object(arena, view, "presale");
    bool is_early = waits && part == PART_BALANCE && order->balance_from > ctx->now;
    value_set_text(arena, presale, "kind",
                   presale_kind_names[order->deposit > 0 ? PRESALE_DEPOSIT : PRESALE_WHOLE]);
    value_set_text(arena, presale, "waits_for",
                   !waits                 ? NULL
                   : part == PART_WHOLE   ? "all"
                   : part == PART_DEPOSIT ? "deposit"
                   : is_early             ? "window"
                                          : "balance");
    value_set_money(arena, presale, "deposit", money_of(order->deposit, order->currency));
    value_set_money(arena, presale, "balance", money_of(order->total - order->deposit, order->currency));
    value_set_time(arena, presale, "balance_from", order->balance_from);
    value_set_time(arena, presale, "balance_until", order->balance_until);
    value_set_time(arena, presale, "ships_by", order->ships_by);
    value_set_bool(arena, presale, "is_kept", order->kept_entry_id != 0);
    value_set_bool(arena, presale, "is_early", order->packs_from > ctx->now);
}

/* ---- check ---- */

/* Orders whose pieces are compared by one statement. */
#define ORDERS_AT_ONCE DB_IDS_LIMIT

struct holds {
    const struct presale_hold *items;
    size_t count;
    int64_t *found; /* pieces on the lines of the order, of each */
};

static size_t order_ids_of(const struct holds *holds, int64_t ids[ORDERS_AT_ONCE])
{
    size_t count = 0;
    for (size_t i = 0; i < holds->count; i++)
        if (i == 0 || holds->items[i].order_id != holds->items[i - 1].order_id)
            ids[count++] = holds->items[i].order_id;
    return count;
}

static err load_pieces(struct ctx *ctx, struct holds *holds, const int64_t *ids, size_t count)
{
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    (void)db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(ORDER_CLOSED);
    TRY(db_query_values(ctx, &rows,
                        "SELECT o.id, l.variant_id, CAST(SUM(l.quantity) AS BIGINT) FROM orders o"
                        " JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id"
                        " WHERE o.shop_id = $1 AND o.id IN " DB_IDS " AND o.order_status <> $34"
                        " GROUP BY o.id, l.variant_id",
                        values, DB_IDS_VALUES + 1));
    while (db_next(rows))
        for (size_t i = 0; i < holds->count; i++)
            if (holds->items[i].order_id == db_get_int(rows, 0) &&
                holds->items[i].variant_id == db_get_int(rows, 1))
                holds->found[i] = db_get_int(rows, 2);
    return NULL;
}

static err check_pieces(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    int64_t after = 0, ids[ORDERS_AT_ONCE];
    for (;;) {
        struct presale_hold *items;
        struct holds holds;
        size_t count;
        TRY(presale_hold_list(ctx, after, ORDERS_AT_ONCE, &items, &count));
        if (count == 0)
            return NULL;
        holds = (struct holds){items, count, arena_alloc_many(ctx->arena, count, sizeof(int64_t))};
        size_t orders = order_ids_of(&holds, ids);
        TRY(load_pieces(ctx, &holds, ids, orders));
        for (size_t i = 0; i < count; i++)
            if (holds.found[i] != items[i].quantity)
                report(arg, arena_format(ctx->arena,
                                         "order id %" PRId64 ": holds %" PRId64
                                         " pieces of a presale, its lines say %" PRId64,
                                         items[i].order_id, items[i].quantity, holds.found[i]));
        after = ids[orders - 1];
    }
}

/* Of orders with a deposit: the states in which the sum that was paid is none, the deposit, or all of it.
 * What came when an order was closed already is no part of it, but for a deposit, which goes back. */
static err check_sums(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT number FROM orders WHERE shop_id = $1 AND deposit > 0 AND (deposit * 5 > total"
                 " OR balance_until <= balance_from OR ships_by = 0"
                 " OR (payment_status = 1 AND paid <> 0) OR (payment_status = 3 AND paid <> deposit)"
                 " OR (payment_status > 3 AND order_status IN (2, 3) AND paid <> total)"
                 " OR (payment_status > 3 AND order_status = 4 AND paid NOT IN (deposit, total))"
                 " OR (order_status = 1 AND payment_status = 3 AND closes_at <> balance_until)"
                 " OR (order_status = 4 AND payment_status = 3) <> (kept_entry_id <> 0)) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: its deposit and balance are not what its state says",
                                 db_get_text(rows, 0)));
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o JOIN payment_attempts a ON a.shop_id = o.shop_id"
        " AND a.order_id = o.id WHERE o.shop_id = $1 AND ((o.card_held = 0 AND a.amount <> CASE a.part"
        " WHEN 2 THEN o.deposit WHEN 3 THEN o.total - o.deposit ELSE o.total END) OR (o.card_held > 0"
        " AND (a.amount > o.total OR (a.gateway <> 'gift_card'"
        " AND a.amount < o.total - o.card_held)))) LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: a payment asked for another part of its total",
                                 db_get_text(rows, 0)));
    return NULL;
}

/* An order of a presale has its promise, and no other has one. */
static err check_promises(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT o.number FROM orders o WHERE o.shop_id = $1 AND (o.ships_by > 0) <> EXISTS (SELECT 1"
                 " FROM presale_uses u WHERE u.shop_id = o.shop_id AND u.order_id = o.id) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: it has a promise without a presale, or none with one",
                                 db_get_text(rows, 0)));
    return NULL;
}

err order_check_presales(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_pieces(ctx, report, arg));
    TRY(check_sums(ctx, report, arg));
    return check_promises(ctx, report, arg);
}
