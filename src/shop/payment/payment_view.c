/* payment_view.c - attempts and refunds as pages see them, and the check of money. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"
#include "shop/payment/payment_goods.h"

const char *attempt_status_name(enum attempt_status status)
{
    static const char *const names[] = {"", "created", "paid", "failed", "closed", "surplus"};
    return names[status];
}

const char *refund_status_name(enum refund_status status)
{
    static const char *const names[] = {"", "pending", "done", "failed"};
    return names[status];
}

void payment_attempt_views(struct ctx *ctx, struct value *list, const struct payment_attempt *attempts,
                           size_t count)
{
    struct arena *arena = ctx->arena;
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(arena, list, *value_object(arena));
        value_set_text(arena, view, "attempt", attempts[i].number);
        value_set_text(arena, view, "gateway", attempts[i].gateway);
        value_set_text(arena, view, "part",
                       attempts[i].part == PART_DEPOSIT   ? "deposit"
                       : attempts[i].part == PART_BALANCE ? "balance"
                                                          : "whole");
        value_set_money(arena, view, "amount", money_of(attempts[i].amount, attempts[i].currency));
        value_set_text(arena, view, "status", attempt_status_name(attempts[i].status));
        value_set_time(arena, view, "created_at", attempts[i].created_at);
        value_set_time(arena, view, "paid_at", attempts[i].paid_at);
    }
}

static void add_refund_line(struct ctx *ctx, struct value *list, const struct order *order,
                            const struct refund_part *part)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    value_set_int(arena, view, "line_no", part->line_no);
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].line_no == part->line_no) {
            value_set_text(arena, view, "product_title", order->lines[i].product_title);
            value_set_text(arena, view, "variant_title", order->lines[i].variant_title);
        }
    value_set_int(arena, view, "quantity", part->quantity);
    value_set_money(arena, view, "amount", money_of(part->amount, order->currency));
    value_set_int(arena, view, "withdrawn", part->withdrawn);
    value_set_int(arena, view, "returned", part->returned);
    value_set_text(arena, view, "back", goods_back_names[part->back]);
}

err refund_views(struct ctx *ctx, struct value *list, const struct order *order)
{
    struct arena *arena = ctx->arena;
    struct refund *refunds;
    struct refund_line *lines;
    size_t count, line_count;
    TRY(refund_list(ctx, order->id, &refunds, &count));
    if (count == 0)
        return NULL;
    TRY(refund_line_list(ctx, order->id, &lines, &line_count));
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(arena, list, *value_object(arena));
        int64_t free = refunds[i].amount;
        value_set_money(arena, view, "amount", money_of(refunds[i].amount, refunds[i].currency));
        value_set_text(arena, view, "status", refund_status_name(refunds[i].status));
        value_set_text(arena, view, "reason", refunds[i].reason);
        value_set_time(arena, view, "at", refunds[i].created_at);
        struct value *parts = value_set_list(arena, view, "lines");
        for (size_t j = 0; j < line_count; j++)
            if (lines[j].refund_id == refunds[i].id) {
                add_refund_line(ctx, parts, order, &lines[j].part);
                free -= lines[j].part.amount;
            }
        value_set_money(arena, view, "free", money_of(free, refunds[i].currency));
    }
    return NULL;
}

static void report_numbers(struct ctx *ctx, struct db_rows *rows, const char *what,
                           void (*report)(void *arg, const char *problem), void *arg)
{
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: %s", db_get_text(rows, 0), what));
}

err payment_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o LEFT JOIN (SELECT order_id, CAST(SUM(amount) AS BIGINT) AS amount"
        " FROM payment_attempts WHERE shop_id = $1 AND status = 2 GROUP BY order_id) a ON a.order_id = o.id"
        " WHERE o.shop_id = $1 AND o.paid <> COALESCE(a.amount, 0) LIMIT 1000",
        db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "what it counts as paid is not what its attempts were paid", report, arg);
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o LEFT JOIN (SELECT r.order_id, CAST(SUM(r.amount) AS BIGINT) AS amount"
        " FROM refunds r JOIN payment_attempts a ON a.shop_id = r.shop_id AND a.id = r.attempt_id"
        " WHERE r.shop_id = $1 AND r.status = 2 AND a.status = 2 GROUP BY r.order_id) f ON f.order_id = o.id"
        " WHERE o.shop_id = $1 AND o.refunded <> COALESCE(f.amount, 0) LIMIT 1000",
        db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "what it counts as refunded is not what went back", report, arg);
    TRY(db_query(ctx, &rows,
                 "SELECT a.number FROM payment_attempts a LEFT JOIN (SELECT attempt_number, COUNT(*) AS facts"
                 " FROM payment_facts WHERE shop_id = $1 AND kind = 1"
                 " AND verdict IN ('applied', 'reopened', 'late', 'paid-twice', 'balance-late')"
                 " GROUP BY attempt_number) f"
                 " ON f.attempt_number = a.number WHERE a.shop_id = $1 AND a.status IN (2, 5)"
                 " AND COALESCE(f.facts, 0) <> 1 LIMIT 1000",
                 db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "(attempt) was paid without exactly one fact", report, arg);
    TRY(db_query(
        ctx, &rows,
        "SELECT a.number FROM payment_attempts a LEFT JOIN (SELECT attempt_id, CAST(SUM(amount) AS BIGINT)"
        " AS amount FROM refunds WHERE shop_id = $1 AND status IN (1, 2) GROUP BY attempt_id) r"
        " ON r.attempt_id = a.id WHERE a.shop_id = $1 AND a.refunded <> COALESCE(r.amount, 0) LIMIT 1000",
        db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "(attempt) counts another sum as promised back than its refunds say", report,
                   arg);
    TRY(db_query(
        ctx, &rows,
        "SELECT a.number FROM payment_attempts a JOIN payment_facts f ON f.shop_id = a.shop_id"
        " AND f.attempt_number = a.number AND f.kind = 1 AND f.verdict IN ('applied', 'reopened', 'late',"
        " 'paid-twice', 'balance-late') WHERE a.shop_id = $1 AND (f.amount <> a.amount OR f.currency <> "
        "a.currency) LIMIT "
        "1000",
        db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "(attempt) was paid by a fact of another amount", report, arg);
    TRY(db_query(
        ctx, &rows,
        "SELECT a.number FROM payment_attempts a LEFT JOIN (SELECT attempt_id, CAST(SUM(amount) AS BIGINT)"
        " AS amount FROM refunds WHERE shop_id = $1 AND status = 2 GROUP BY attempt_id) r"
        " ON r.attempt_id = a.id LEFT JOIN (SELECT attempt_number, CAST(SUM(amount) AS BIGINT) AS amount"
        " FROM payment_facts WHERE shop_id = $1 AND kind = 2 GROUP BY attempt_number) f"
        " ON f.attempt_number = a.number"
        " WHERE a.shop_id = $1 AND COALESCE(r.amount, 0) <> COALESCE(f.amount, 0) LIMIT 1000",
        db_int(ctx->shop->id)));
    report_numbers(ctx, rows, "(attempt) was refunded another sum than the gateway says", report, arg);
    return payment_check_goods(ctx, report, arg);
}
