/* payment_goods.c - money back for pieces of lines: what it comes to, and doing it once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_goods.h"

#include "base/money.h"
#include "shop/gift/gift.h"
#include "shop/payment/payment.h"
#include "shop/payment/payment_read.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

/* ---- what it comes to ---- */

static const char *field_of(struct ctx *ctx, size_t row, const char *member)
{
    return arena_format(ctx->arena, "lines.%zu.%s", row, member);
}

static err refuse_number(struct ctx *ctx, const char *field, const char *code, int64_t most)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    struct value *max = value_object(ctx->arena);
    *problem = (struct field_problem){.field = field,
                                      .code = code,
                                      .message = "more than is left",
                                      .max = value_set(ctx->arena, max, "max", value_int(most))};
    return fail_fields(ctx, problem);
}

static int64_t least(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static bool is_picked_before(const struct refund_wish *wish, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (wish->picks[i].line_no == wish->picks[row].line_no && wish->picks[i].quantity > 0)
            return true;
    return false;
}

static err quote_pick(struct ctx *ctx, const struct order *order, const struct refund_wish *wish, size_t row,
                      struct refund_part *part)
{
    const struct refund_pick *pick = &wish->picks[row];
    const struct order_line *line = order_find_line(order, pick->line_no);
    if (!line || is_picked_before(wish, row))
        return fail_field(ctx, field_of(ctx, row, "line_no"), "unknown-choice",
                          "each line of the order may stand here once");
    if (pick->quantity > line->quantity - line->refunded)
        return refuse_number(ctx, field_of(ctx, row, "quantity"), "fewer-there",
                             line->quantity - line->refunded);
    int64_t withdrawn = least(pick->quantity, order_line_left(line));
    if (pick->back != BACK_NOT && (line->kind != PRODUCT_PHYSICAL || withdrawn == pick->quantity))
        return fail_field(ctx, field_of(ctx, row, "back"), "nothing-left",
                          "these pieces have not left, or are no goods: nothing can come back");
    *part = (struct refund_part){
        .line_no = line->line_no,
        .quantity = pick->quantity,
        .amount = refund_share(line->total, line->quantity, line->refunded, pick->quantity),
        .withdrawn = withdrawn,
        .returned = pick->back != BACK_NOT ? pick->quantity - withdrawn : 0,
        .back = pick->back,
        .points = order_points_share(line, pick->quantity)};
    return NULL;
}

static err check_sums(struct ctx *ctx, const struct refund_quote *quote)
{
    if (quote->total == 0 && quote->points == 0)
        return fail_field(ctx, "amount", "nothing-chosen", "choose pieces, or type an amount");
    if (quote->goods > quote->left)
        return refuse_number(ctx, "lines", "worth-more", quote->left);
    if (quote->total > quote->left)
        return refuse_number(ctx, "amount", "too-large", quote->left - quote->goods);
    return NULL;
}

static err make_quote(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                      int64_t left, struct refund_quote *quote)
{
    *quote = (struct refund_quote){.amount = wish->amount, .left = left};
    quote->parts = arena_alloc_many(ctx->arena, wish->count + 1, sizeof *quote->parts);
    for (size_t i = 0; i < wish->count; i++) {
        if (wish->picks[i].quantity == 0)
            continue;
        struct refund_part *part = &quote->parts[quote->count++];
        TRY(quote_pick(ctx, order, wish, i, part));
        quote->goods += part->amount;
        quote->withdrawn += part->withdrawn;
        quote->returned += part->returned;
        quote->points += part->points;
    }
    if (wish->amount < 0 || wish->amount > MONEY_MAX)
        return fail_field(ctx, "amount", "out-of-range", "this is no amount");
    quote->total = quote->goods + quote->amount;
    TRY(check_sums(ctx, quote));
    return quote->returned > 0 ? stock_check_location(ctx, wish->location_id) : NULL;
}

static bool is_paid(const struct payment_attempt *attempts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (attempts[i].status == ATTEMPT_PAID)
            return true;
    return false;
}

/* What points paid whole has no payment. */
static bool is_paid_by_points(const struct order *order)
{
    return order->total == 0 && order->points > order->points_back && order->state.payment == PAYMENT_PAID;
}

bool refund_is_possible(const struct order *order, int64_t refundable)
{
    return refundable > 0 || is_paid_by_points(order);
}

err refund_quote_make(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                      struct refund_quote *quote)
{
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    TRY(refund_check_deposit(ctx, order));
    if (!is_paid(attempts, count) && !is_paid_by_points(order))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s was not paid", order->number);
    return make_quote(ctx, order, wish, payment_refundable(attempts, count), quote);
}

/* ---- doing it ---- */

struct wishing {
    const struct order *order;
    const struct refund_wish *wish;
    struct refund_quote quote;
    const struct payment_attempt *attempts;
    size_t attempt_count;
    int64_t refund_id;
};

static err find_request(struct ctx *ctx, const struct order *order, const char *request, int64_t *refund_id)
{
    struct db_rows *rows;
    *refund_id = 0;
    if (!request || !request[0])
        return NULL;
    TRY(db_query(ctx, &rows, "SELECT id FROM refunds WHERE shop_id = $1 AND order_id = $2 AND request = $3",
                 db_int(ctx->shop->id), db_int(order->id), db_text(request)));
    if (db_next(rows))
        *refund_id = db_get_int(rows, 0);
    return NULL;
}

static err keep_request(struct ctx *ctx, const struct wishing *wishing)
{
    const char *request = wishing->wish->request;
    if (!request || !request[0])
        return NULL;
    return db_execute(ctx, "UPDATE refunds SET request = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(wishing->refund_id), db_text(request));
}

/* What was made of parts comes back as these. */
static err take_parts_back(struct ctx *ctx, const struct order_line *line, const struct stock_return *coming)
{
    if (line->part_count == 0)
        return stock_take_back(ctx, coming);
    for (size_t i = 0; i < line->part_count; i++) {
        struct stock_return part = *coming;
        part.variant_id = line->parts[i].variant_id;
        part.product_id = line->parts[i].product_id;
        part.quantity = coming->quantity * line->parts[i].pieces;
        TRY(stock_take_back(ctx, &part));
    }
    return NULL;
}

/* Goods and the lines that say so go together. */
static err keep_part(struct ctx *ctx, const struct wishing *wishing, const struct refund_part *part)
{
    const struct order_line *line = order_find_line(wishing->order, part->line_no);
    struct stock_return coming = {.order_id = wishing->order->id,
                                  .variant_id = line->variant_id,
                                  .product_id = line->product_id,
                                  .location_id = wishing->wish->location_id,
                                  .quantity = part->returned,
                                  .back = part->back,
                                  .reason = wishing->wish->reason};
    if (part->returned > 0)
        TRY(take_parts_back(ctx, line, &coming));
    if (line->card_value > 0 && part->quantity > part->withdrawn)
        TRY(gift_card_take_unused(ctx, wishing->order->id, line->line_no, part->quantity - part->withdrawn,
                                  "lines"));
    return db_execute(ctx,
                      "INSERT INTO refund_lines (shop_id, refund_id, line_no, order_id, quantity, amount,"
                      " withdrawn, returned, back, location_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                      " $10)",
                      db_int(ctx->shop->id), db_int(wishing->refund_id), db_int(part->line_no),
                      db_int(wishing->order->id), db_int(part->quantity), db_int(part->amount),
                      db_int(part->withdrawn), db_int(part->returned),
                      db_int(part->returned > 0 ? part->back : BACK_NOT),
                      db_int(part->returned > 0 ? coming.location_id : 0));
}

/* Every payment of the order is as it was read, and stays so until this is done. */
static err hold_attempts(struct ctx *ctx, const struct wishing *wishing)
{
    for (size_t i = 0; i < wishing->attempt_count; i++)
        if (wishing->attempts[i].status == ATTEMPT_PAID)
            TRY(db_expect(ctx, 1, ERR_CONFLICT, "another refund was quicker",
                          "UPDATE payment_attempts SET refunded = refunded WHERE shop_id = $1 AND id = $2"
                          " AND refunded = $3",
                          db_int(ctx->shop->id), db_int(wishing->attempts[i].id),
                          db_int(wishing->attempts[i].refunded)));
    return NULL;
}

static err promise(struct ctx *ctx, struct wishing *wishing)
{
    struct refund_piece pieces[REFUND_PIECES];
    if (wishing->quote.total == 0)
        return refund_note_nothing(ctx, wishing->order, wishing->wish->reason, &wishing->refund_id);
    size_t count = refund_divide(wishing->order, wishing->attempts, wishing->attempt_count,
                                 wishing->quote.total, pieces);
    return refund_promise_pieces(ctx, wishing->order, pieces, count, wishing->wish->reason,
                                 &wishing->refund_id);
}

/* By variant, as all who lock stock do. */
static int by_variant(const void *left, const void *right)
{
    const struct line_back *a = left, *b = right;
    return (a->line->variant_id > b->line->variant_id) - (a->line->variant_id < b->line->variant_id);
}

static err take_goods(struct ctx *ctx, struct wishing *wishing, struct order *order)
{
    const struct refund_quote *quote = &wishing->quote;
    struct line_back *backs = arena_alloc_many(ctx->arena, quote->count + 1, sizeof *backs);
    for (size_t i = 0; i < quote->count; i++)
        backs[i] =
            (struct line_back){order_find_line(wishing->order, quote->parts[i].line_no),
                               quote->parts[i].quantity, quote->parts[i].withdrawn, quote->parts[i].returned};
    qsort(backs, quote->count, sizeof *backs, by_variant);
    TRY(hold_attempts(ctx, wishing));
    TRY(promise(ctx, wishing));
    TRY(keep_request(ctx, wishing));
    TRY(order_take_back(ctx, order, backs, quote->count, wishing->wish->reason));
    for (size_t i = 0; i < quote->count; i++)
        TRY(keep_part(ctx, wishing, &quote->parts[i]));
    if (quote->withdrawn == 0)
        return NULL;
    TRY(payment_forget_withdrawn(ctx, order));
    if (order->waits_for_group && !order_has_left(order, PRODUCT_PHYSICAL) &&
        !order_has_left(order, PRODUCT_DIGITAL))
        TRY(group_seat_give_back(ctx, order->id));
    bool is_all_money = quote->total > 0 && quote->total == quote->left;
    return is_all_money ? NULL : order_end_withdrawn(ctx, order);
}

static err wish_in_transaction(struct ctx *ctx, void *arg)
{
    struct wishing *wishing = arg;
    struct order order = *wishing->order;
    TRY(take_goods(ctx, wishing, &order));
    return order_points_give_back(ctx, &order, wishing->quote.points);
}

static err check_seen(struct ctx *ctx, const struct refund_wish *wish, int64_t left)
{
    if (!wish->seen_left || *wish->seen_left == left)
        return NULL;
    return fail_with(ctx, ERR_CONFLICT, "somebody refunded something of this order meanwhile");
}

/* Two who send one request at once: the second finds the refund of the first. */
static err after_failure(struct ctx *ctx, struct wishing *wishing, err failure)
{
    bool was_quicker = failure->code == ERR_CONFLICT || failure->code == ERR_DUPLICATE;
    if (was_quicker)
        TRY(find_request(ctx, wishing->order, wishing->wish->request, &wishing->refund_id));
    return was_quicker && wishing->refund_id ? NULL : failure;
}

err payment_refund_wish(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                        int64_t *refund_id)
{
    struct wishing wishing = {.order = order, .wish = wish};
    struct payment_attempt *attempts;
    size_t count;
    TRY(find_request(ctx, order, wish->request, refund_id));
    if (*refund_id)
        return NULL;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    wishing.attempts = attempts;
    wishing.attempt_count = count;
    TRY(refund_check_deposit(ctx, order));
    if (!is_paid(attempts, count) && !is_paid_by_points(order))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s was not paid", order->number);
    int64_t left = payment_refundable(attempts, count);
    TRY(check_seen(ctx, wish, left));
    TRY(make_quote(ctx, order, wish, left, &wishing.quote));
    err failure = db_transact(ctx, wish_in_transaction, &wishing);
    if (failure)
        TRY(after_failure(ctx, &wishing, failure));
    *refund_id = wishing.refund_id;
    return NULL;
}

err refund_line_list(struct ctx *ctx, int64_t order_id, struct refund_line **lines, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT refund_id, line_no, quantity, amount, withdrawn, returned, back, location_id"
                 " FROM refund_lines WHERE shop_id = $1 AND order_id = $2 ORDER BY refund_id, line_no",
                 db_int(ctx->shop->id), db_int(order_id)));
    *lines = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **lines);
    for (*count = 0; db_next(rows); (*count)++)
        (*lines)[*count] = (struct refund_line){.refund_id = db_get_int(rows, 0),
                                                .part = {.line_no = db_get_int(rows, 1),
                                                         .quantity = db_get_int(rows, 2),
                                                         .amount = db_get_int(rows, 3),
                                                         .withdrawn = db_get_int(rows, 4),
                                                         .returned = db_get_int(rows, 5),
                                                         .back = (enum goods_back)db_get_int(rows, 6)},
                                                .location_id = db_get_int(rows, 7)};
    return NULL;
}
