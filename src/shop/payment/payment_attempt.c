/* payment_attempt.c - opening attempts, reading attempts and refunds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/payment/payment_read.h"
#include "shop/services.h"

const struct gateway *gateway_find(const struct ctx *ctx, const char *gateway_id)
{
    for (const struct gateway *const *gateway = ctx->services->gateways; *gateway; gateway++)
        if (text_is((*gateway)->id, gateway_id) && (ctx->config->sandbox || !(*gateway)->is_sandbox))
            return *gateway;
    return NULL;
}

/* Letters and digits only, in time order: "P" and 14 digits of time, 10 random ones. */
static const char *new_attempt_number(struct ctx *ctx)
{
    return arena_format(ctx->arena, "P%s%s",
                        clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S"),
                        random_digits(ctx->arena, 10));
}

static err write_attempt(struct ctx *ctx, const struct payment_attempt *attempt)
{
    return db_execute(
        ctx,
        "INSERT INTO payment_attempts (shop_id, id, number, order_id, gateway, currency, amount, status, url,"
        " created_at, expires_at, part) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        db_int(ctx->shop->id), db_int(attempt->id), db_text(attempt->number), db_int(attempt->order_id),
        db_text(attempt->gateway), db_text(attempt->currency), db_int(attempt->amount),
        db_int(ATTEMPT_CREATED), db_text(attempt->url), db_int(attempt->created_at),
        db_int(attempt->expires_at), db_int(attempt->part));
}

err payment_attempt_insert(struct ctx *ctx, const struct payment_attempt *attempt)
{
    TRY(write_attempt(ctx, attempt));
    return job_schedule(ctx, PAYMENT_QUERY_JOB, attempt->id, ctx->now + QUERY_FIRST_MS,
                        value_object(ctx->arena));
}

static err insert_attempt(struct ctx *ctx, void *arg)
{
    return payment_attempt_insert(ctx, arg);
}

err payment_attempt_insert_paid(struct ctx *ctx, const struct payment_attempt *attempt, int64_t fact_id)
{
    TRY(write_attempt(ctx, attempt));
    return db_expect(ctx, 1, ERR_CONFLICT, "the attempt changed meanwhile",
                     "UPDATE payment_attempts SET status = $3, paid_at = $4, fact_id = $5 WHERE shop_id = $1"
                     " AND id = $2",
                     db_int(ctx->shop->id), db_int(attempt->id), db_int(ATTEMPT_PAID), db_int(ctx->now),
                     db_int(fact_id));
}

void payment_attempt_of_card(struct ctx *ctx, const struct order *order, int64_t amount,
                             struct payment_attempt *attempt)
{
    *attempt = (struct payment_attempt){.id = id_new(ctx),
                                        .number = new_attempt_number(ctx),
                                        .order_id = order->id,
                                        .part = PART_WHOLE,
                                        .gateway = GIFT_CARD_GATEWAY,
                                        .currency = order->currency,
                                        .amount = amount,
                                        .status = ATTEMPT_CREATED,
                                        .url = "",
                                        .created_at = ctx->now,
                                        .expires_at = ctx->now + ATTEMPT_AGE_MS};
}

static err find_open(struct ctx *ctx, const struct order *order, const struct gateway *gateway,
                     const struct payment_attempt **attempt)
{
    struct payment_attempt *attempts;
    size_t count;
    TRY(payment_attempt_list(ctx, order->id, &attempts, &count));
    enum order_part part = order_part_due(order);
    *attempt = NULL;
    for (size_t i = 0; i < count; i++)
        if (attempts[i].status == ATTEMPT_CREATED && text_is(attempts[i].gateway, gateway->id) &&
            attempts[i].part == part && attempts[i].amount == order_part_amount(order, part) &&
            attempts[i].expires_at > ctx->now)
            *attempt = &attempts[i];
    return NULL;
}

static err create_attempt(struct ctx *ctx, const struct order *order, const struct gateway *gateway,
                          const char *origin, const struct payment_attempt **attempt)
{
    struct payment_attempt *fresh = arena_alloc(ctx->arena, sizeof *fresh);
    *fresh = (struct payment_attempt){.id = id_new(ctx),
                                      .number = new_attempt_number(ctx),
                                      .order_id = order->id,
                                      .part = order_part_due(order),
                                      .gateway = gateway->id,
                                      .currency = order->currency,
                                      .amount = order_part_amount(order, order_part_due(order)),
                                      .status = ATTEMPT_CREATED,
                                      .created_at = ctx->now,
                                      .expires_at = ctx->now + ATTEMPT_AGE_MS};
    struct payment_request request = {
        .attempt_number = fresh->number,
        .currency = fresh->currency,
        .amount = fresh->amount,
        .expires_at = fresh->expires_at,
        .subject = order->lines[0].product_title,
        .origin = origin,
        .return_url = arena_format(ctx->arena, "/orders/%s?token=%s", order->number, order->token)};
    TRY(gateway->create(ctx, &request, &fresh->url));
    TRY(db_transact(ctx, insert_attempt, fresh));
    *attempt = fresh;
    return NULL;
}

err payment_start(struct ctx *ctx, const struct order *order, const char *gateway_id, const char *origin,
                  const struct payment_attempt **attempt)
{
    const struct gateway *gateway = gateway_find(ctx, gateway_id);
    if (!gateway)
        return fail_field(ctx, "method", "unknown-method", "this way to pay is not offered");
    if (!order_may(order->state, "paid") || !order_is_payable(order, ctx->now))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s does not wait for a payment", order->number);
    if (order_part_amount(order, order_part_due(order)) == 0)
        return fail_with(ctx, ERR_INVALID_TRANSITION, "of order %s nothing is left to pay", order->number);
    TRY(find_open(ctx, order, gateway, attempt));
    return *attempt ? NULL : create_attempt(ctx, order, gateway, origin, attempt);
}

#define ATTEMPT_COLUMNS                                                                                      \
    "SELECT id, number, order_id, gateway, currency, amount, status, refunded, url, created_at, expires_at," \
    " paid_at, part FROM payment_attempts "

static struct payment_attempt read_attempt(const struct db_rows *rows)
{
    return (struct payment_attempt){.id = db_get_int(rows, 0),
                                    .number = db_get_text(rows, 1),
                                    .order_id = db_get_int(rows, 2),
                                    .gateway = db_get_text(rows, 3),
                                    .currency = db_get_text(rows, 4),
                                    .amount = db_get_int(rows, 5),
                                    .status = (enum attempt_status)db_get_int(rows, 6),
                                    .refunded = db_get_int(rows, 7),
                                    .url = db_get_text(rows, 8),
                                    .created_at = db_get_int(rows, 9),
                                    .expires_at = db_get_int(rows, 10),
                                    .paid_at = db_get_int(rows, 11),
                                    .part = (enum order_part)db_get_int(rows, 12)};
}

static struct payment_attempt *take_attempt(struct ctx *ctx, struct db_rows *rows)
{
    if (!db_next(rows))
        return NULL;
    struct payment_attempt *attempt = arena_alloc(ctx->arena, sizeof *attempt);
    *attempt = read_attempt(rows);
    return attempt;
}

err payment_attempt_find(struct ctx *ctx, const char *number, struct payment_attempt **attempt)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, ATTEMPT_COLUMNS "WHERE shop_id = $1 AND number = $2", db_int(ctx->shop->id),
                 db_text(number)));
    *attempt = take_attempt(ctx, rows);
    return NULL;
}

err payment_attempt_find_by_id(struct ctx *ctx, int64_t attempt_id, struct payment_attempt **attempt)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, ATTEMPT_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(attempt_id)));
    *attempt = take_attempt(ctx, rows);
    return NULL;
}

err payment_attempt_list(struct ctx *ctx, int64_t order_id, struct payment_attempt **attempts, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, ATTEMPT_COLUMNS "WHERE shop_id = $1 AND order_id = $2 ORDER BY id",
                 db_int(ctx->shop->id), db_int(order_id)));
    *attempts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **attempts);
    *count = 0;
    while (db_next(rows))
        (*attempts)[(*count)++] = read_attempt(rows);
    return NULL;
}

#define REFUND_COLUMNS                                                                                       \
    "SELECT id, number, attempt_id, order_id, amount, currency, status, reason, created_at FROM refunds "

static struct refund read_refund(const struct db_rows *rows)
{
    return (struct refund){.id = db_get_int(rows, 0),
                           .number = db_get_text(rows, 1),
                           .attempt_id = db_get_int(rows, 2),
                           .order_id = db_get_int(rows, 3),
                           .amount = db_get_int(rows, 4),
                           .currency = db_get_text(rows, 5),
                           .status = (enum refund_status)db_get_int(rows, 6),
                           .reason = db_get_text(rows, 7),
                           .created_at = db_get_int(rows, 8)};
}

err refund_find(struct ctx *ctx, int64_t refund_id, const struct refund **refund)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, REFUND_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(refund_id)));
    *refund = NULL;
    if (!db_next(rows))
        return NULL;
    struct refund *found = arena_alloc(ctx->arena, sizeof *found);
    *found = read_refund(rows);
    *refund = found;
    return NULL;
}

err refund_list(struct ctx *ctx, int64_t order_id, struct refund **refunds, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, REFUND_COLUMNS "WHERE shop_id = $1 AND order_id = $2 ORDER BY id",
                 db_int(ctx->shop->id), db_int(order_id)));
    *refunds = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **refunds);
    *count = 0;
    while (db_next(rows))
        (*refunds)[(*count)++] = read_refund(rows);
    return NULL;
}
