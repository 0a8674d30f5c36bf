/* sandbox_gateway.c - the sandbox as a gateway: trades, queries, refunds, signed notifications. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/sandbox_gateway.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/random.h"
#include "shop/payment/payment.h"
#include <inttypes.h>

#define SUBJECT_POINTS 40
#define URL_LIMIT 2000
#define BODY_LIMIT 1024
/* Notifications older or newer than this are refused. */
#define FRESH_MS (5 * MINUTE_MS)

static const char offer_purpose[] = "sandbox.offer";
static const char notify_purpose[] = "sandbox.notify";

static const char *offer_text(struct ctx *ctx, const struct sandbox_offer *offer)
{
    return arena_format(ctx->arena, "%" PRId64 "\n%s\n%" PRId64 "\n%s\n%" PRId64 "\n%s\n%s", ctx->shop->id,
                        offer->attempt, offer->amount, offer->currency, offer->expires_at, offer->subject,
                        offer->return_url);
}

bool sandbox_offer_is_genuine(struct ctx *ctx, const struct sandbox_offer *offer)
{
    return crypto_sign_is_valid(ctx, offer_purpose, offer_text(ctx, offer), offer->sign);
}

static void add_parameter(struct text_buf *url, const char *name, const char *text)
{
    text_add(url, name);
    text_add_url(url, text, strlen(text));
}

static err create(struct ctx *ctx, const struct payment_request *request, const char **url)
{
    struct sandbox_offer offer = {
        .attempt = request->attempt_number,
        .amount = request->amount,
        .currency = request->currency,
        .expires_at = request->expires_at,
        .subject = arena_copy(ctx->arena, request->subject,
                              utf8_prefix(request->subject, strlen(request->subject), SUBJECT_POINTS)),
        .return_url = request->return_url};
    struct text_buf text;
    text_open(&text, ctx->arena, URL_LIMIT);
    text_add_format(&text, "%s/sandbox/pay/%s?amount=%" PRId64 "&currency=%s&expires_at=%" PRId64,
                    request->origin, offer.attempt, offer.amount, offer.currency, offer.expires_at);
    add_parameter(&text, "&subject=", offer.subject);
    add_parameter(&text, "&return_url=", offer.return_url);
    add_parameter(&text, "&sign=", crypto_sign_text(ctx, offer_purpose, offer_text(ctx, &offer)));
    if (text.is_full)
        return fail_with(ctx, ERR_LIMIT, "the cashier's address is too long");
    *url = text_of(&text);
    return NULL;
}

err sandbox_trade_find(struct ctx *ctx, const char *attempt_number, const struct sandbox_trade **trade)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT attempt_number, provider_number, currency, amount, state, at, payer FROM sandbox_trades"
        " WHERE shop_id = $1 AND attempt_number = $2",
        db_int(ctx->shop->id), db_text(attempt_number)));
    *trade = NULL;
    if (!db_next(rows))
        return NULL;
    struct sandbox_trade *found = arena_alloc(ctx->arena, sizeof *found);
    *found = (struct sandbox_trade){.attempt_number = db_get_text(rows, 0),
                                    .provider_number = db_get_text(rows, 1),
                                    .currency = db_get_text(rows, 2),
                                    .amount = db_get_int(rows, 3),
                                    .state = (enum sandbox_state)db_get_int(rows, 4),
                                    .at = db_get_int(rows, 5),
                                    .payer = db_get_text(rows, 6)};
    *trade = found;
    return NULL;
}

static err write_trade(struct ctx *ctx, const struct sandbox_trade *trade)
{
    return db_execute(
        ctx,
        "INSERT INTO sandbox_trades (shop_id, attempt_number, provider_number, currency, amount, state, at,"
        " payer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shop_id, attempt_number)"
        " DO UPDATE SET state = excluded.state, amount = excluded.amount, at = excluded.at,"
        " payer = excluded.payer"
        " WHERE sandbox_trades.state <> 1",
        db_int(ctx->shop->id), db_text(trade->attempt_number), db_text(trade->provider_number),
        db_text(trade->currency), db_int(trade->amount), db_int(trade->state), db_int(trade->at),
        db_text(trade->payer));
}

struct keeping {
    const struct sandbox_trade *wanted;
    const struct sandbox_trade *trade;
};

static err keep_in_transaction(struct ctx *ctx, void *arg)
{
    struct keeping *keeping = arg;
    const struct sandbox_trade *before;
    TRY(sandbox_trade_find(ctx, keeping->wanted->attempt_number, &before));
    keeping->trade = before;
    if (before && before->state == SANDBOX_PAID)
        return NULL;
    struct sandbox_trade *trade = arena_alloc(ctx->arena, sizeof *trade);
    *trade = *keeping->wanted;
    trade->at = ctx->now;
    trade->provider_number =
        before ? before->provider_number
               : arena_format(ctx->arena, "SB%s%s",
                              clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S"),
                              random_digits(ctx->arena, 12));
    keeping->trade = trade;
    return write_trade(ctx, trade);
}

err sandbox_trade_keep(struct ctx *ctx, const struct sandbox_trade *wanted,
                       const struct sandbox_trade **trade)
{
    struct keeping keeping = {wanted, NULL};
    TRY(db_transact(ctx, keep_in_transaction, &keeping));
    *trade = keeping.trade;
    return NULL;
}

static struct payment_fact fact_of(const struct sandbox_trade *trade, const char *raw)
{
    return (struct payment_fact){.gateway = SANDBOX_ID,
                                 .provider_number = trade->provider_number,
                                 .kind = FACT_PAYMENT,
                                 .attempt_number = trade->attempt_number,
                                 .currency = trade->currency,
                                 .amount = trade->amount,
                                 .at = trade->at,
                                 .raw = raw,
                                 .payer = trade->payer};
}

static err query(struct ctx *ctx, const char *attempt_number, struct payment_fact *fact, bool *is_paid)
{
    const struct sandbox_trade *trade;
    TRY(sandbox_trade_find(ctx, attempt_number, &trade));
    *is_paid = trade && trade->state == SANDBOX_PAID;
    if (*is_paid)
        *fact = fact_of(trade, "query");
    return NULL;
}

struct sandbox_refund {
    const struct sandbox_trade *trade;
    const char *refund_number;
    const char *provider_number;
    int64_t amount;
};

static err refund_in_transaction(struct ctx *ctx, void *arg)
{
    const struct sandbox_refund *refund = arg;
    return db_execute(
        ctx,
        "INSERT INTO sandbox_refunds (shop_id, refund_number, provider_number, attempt_number, amount, at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, refund_number) DO NOTHING",
        db_int(ctx->shop->id), db_text(refund->refund_number), db_text(refund->provider_number),
        db_text(refund->trade->attempt_number), db_int(refund->amount), db_int(ctx->now));
}

static err read_refund(struct ctx *ctx, const char *refund_number, const struct sandbox_trade *trade,
                       struct payment_fact *fact)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT provider_number, amount, at FROM sandbox_refunds WHERE shop_id = $1 AND refund_number = $2",
        db_int(ctx->shop->id), db_text(refund_number)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_GATEWAY, "the sandbox lost refund %s", refund_number);
    *fact = (struct payment_fact){.gateway = SANDBOX_ID,
                                  .provider_number = db_get_text(rows, 0),
                                  .kind = FACT_REFUND,
                                  .attempt_number = trade->attempt_number,
                                  .refund_number = refund_number,
                                  .currency = trade->currency,
                                  .amount = db_get_int(rows, 1),
                                  .at = db_get_int(rows, 2),
                                  .raw = "refund"};
    return NULL;
}

static err refund(struct ctx *ctx, const char *attempt_number, const char *refund_number, int64_t amount,
                  struct payment_fact *fact)
{
    struct sandbox_refund wanted = {.refund_number = refund_number, .amount = amount};
    TRY(sandbox_trade_find(ctx, attempt_number, &wanted.trade));
    if (!wanted.trade || wanted.trade->state != SANDBOX_PAID || amount > wanted.trade->amount)
        return fail_with(ctx, ERR_GATEWAY, "the sandbox refuses refund %s", refund_number);
    wanted.provider_number =
        arena_format(ctx->arena, "SR%s%s", clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S"),
                     random_digits(ctx->arena, 12));
    TRY(db_transact(ctx, refund_in_transaction, &wanted));
    return read_refund(ctx, refund_number, wanted.trade, fact);
}

/* ---- notifications: what is said is signed, and believed only when it is genuine and fresh ---- */

static const char *signed_text(struct ctx *ctx, const char *timestamp, const char *body, size_t length)
{
    return arena_format(ctx->arena, "%" PRId64 "\n%s\n%.*s", ctx->shop->id, timestamp, (int)length, body);
}

err sandbox_notify(struct ctx *ctx, const struct sandbox_trade *trade)
{
    if (trade->state != SANDBOX_PAID)
        return NULL;
    struct value *tree = value_object(ctx->arena);
    value_set_text(ctx->arena, tree, "attempt", trade->attempt_number);
    value_set_text(ctx->arena, tree, "provider_number", trade->provider_number);
    value_set_text(ctx->arena, tree, "currency", trade->currency);
    value_set_int(ctx->arena, tree, "amount", trade->amount);
    value_set_int(ctx->arena, tree, "at", trade->at);
    value_set_text(ctx->arena, tree, "payer", trade->payer);
    const char *body;
    TRY(json_text(ctx, tree, BODY_LIMIT, &body));
    const char *timestamp = arena_format(ctx->arena, "%" PRId64, ctx->now);
    struct notification notification = {
        .body = {body, strlen(body)},
        .timestamp = timestamp,
        .signature = crypto_sign_text(ctx, notify_purpose, signed_text(ctx, timestamp, body, strlen(body)))};
    return payment_notify(ctx, SANDBOX_ID, &notification);
}

static err check_genuine(struct ctx *ctx, const struct notification *notification)
{
    int64_t at;
    if (!notification->signature || !notification->timestamp || notification->body.len > BODY_LIMIT)
        return fail_with(ctx, ERR_FORBIDDEN, "not signed");
    const char *text =
        signed_text(ctx, notification->timestamp, notification->body.ptr, notification->body.len);
    if (!crypto_sign_is_valid(ctx, notify_purpose, text, notification->signature))
        return fail_with(ctx, ERR_FORBIDDEN, "the signature does not fit");
    if (!text_to_int(notification->timestamp, &at) || at < ctx->now - FRESH_MS || at > ctx->now + FRESH_MS)
        return fail_with(ctx, ERR_FORBIDDEN, "the notification is not of this time");
    return NULL;
}

static err read_notification(struct ctx *ctx, const struct notification *notification,
                             struct payment_fact *fact)
{
    TRY(check_genuine(ctx, notification));
    struct value *tree;
    TRY(json_read(ctx, notification->body.ptr, notification->body.len, &tree));
    struct sandbox_trade trade = {.attempt_number = value_find_text(tree, "attempt"),
                                  .provider_number = value_find_text(tree, "provider_number"),
                                  .currency = value_find_text(tree, "currency"),
                                  .amount = value_find_int(tree, "amount", 0),
                                  .at = value_find_int(tree, "at", 0),
                                  .payer = value_find_text(tree, "payer")};
    if (!trade.attempt_number || !trade.provider_number || !trade.currency)
        return fail_with(ctx, ERR_BAD_REQUEST, "members are missing");
    *fact = fact_of(&trade, arena_copy(ctx->arena, notification->body.ptr, notification->body.len));
    return NULL;
}

const struct gateway sandbox_gateway = {
    .id = SANDBOX_ID,
    .name = "沙箱支付",
    .is_sandbox = true,
    .create = create,
    .query = query,
    .refund = refund,
    .read = read_notification,
};
