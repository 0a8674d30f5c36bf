/* sandbox_routes.c - the sandbox's cashier page, and its faults on request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/sandbox.h"
#include "adapter/sandbox_gateway.h"

#include "base/clock.h"
#include "base/log.h"
#include "shop/payment/payment.h"

static const char *const outcomes[] = {"paid", "failed", "cancelled", NULL};
static const char *const notifies[] = {"normal", "delayed", "duplicated", "lost", "wrong-amount", NULL};
enum outcome { OUTCOME_PAID, OUTCOME_FAILED, OUTCOME_CANCELLED };
enum notify { NOTIFY_NORMAL, NOTIFY_DELAYED, NOTIFY_DUPLICATED, NOTIFY_LOST, NOTIFY_WRONG_AMOUNT };

#define DUPLICATES 3
#define PAYER_POINTS 64

struct cashier_form {
    struct sandbox_offer offer;
    int outcome;
    int notify;
    int64_t delay_ms;
    const char *payer;
};

#define OFFER_FIELDS                                                                                         \
    {.name = "attempt",                                                                                      \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct cashier_form, offer.attempt),                                                 \
     .is_required = true,                                                                                    \
     .maximum = 40,                                                                                          \
     .help = "Attempt number"},                                                                              \
        {.name = "amount",                                                                                   \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct cashier_form, offer.amount),                                              \
         .is_required = true,                                                                                \
         .minimum = 1,                                                                                       \
         .maximum = MONEY_MAX,                                                                               \
         .help = "Minor units, as in the address"},                                                          \
        {.name = "currency",                                                                                 \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct cashier_form, offer.currency),                                            \
         .is_required = true,                                                                                \
         .maximum = 3,                                                                                       \
         .help = "As in the address"},                                                                       \
        {.name = "expires_at",                                                                               \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct cashier_form, offer.expires_at),                                          \
         .is_required = true,                                                                                \
         .minimum = 0,                                                                                       \
         .maximum = INT64_MAX,                                                                               \
         .help = "As in the address"},                                                                       \
        {.name = "subject",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct cashier_form, offer.subject),                                             \
         .maximum = 200,                                                                                     \
         .help = "As in the address"},                                                                       \
        {.name = "return_url",                                                                               \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct cashier_form, offer.return_url),                                          \
         .maximum = 500,                                                                                     \
         .help = "As in the address"},                                                                       \
    {                                                                                                        \
        .name = "sign", .kind = FIELD_TEXT, .offset = offsetof(struct cashier_form, offer.sign),             \
        .is_required = true, .maximum = 64, .help = "As in the address"                                      \
    }

static const struct field offer_fields[] = {OFFER_FIELDS, {0}};

static const struct field pay_fields[] = {
    OFFER_FIELDS,
    {.name = "outcome",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct cashier_form, outcome),
     .is_required = true,
     .choices = outcomes,
     .help = "What the buyer does"},
    {.name = "notify",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct cashier_form, notify),
     .choices = notifies,
     .otherwise = NOTIFY_NORMAL,
     .help = "How the notification reaches the shop"},
    {.name = "delay_ms",
     .kind = FIELD_INT,
     .offset = offsetof(struct cashier_form, delay_ms),
     .minimum = 0,
     .maximum = SANDBOX_DELAY_LIMIT_MS,
     .otherwise = SANDBOX_DELAY_MS,
     .help = "With notify=delayed"},
    {.name = "payer",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct cashier_form, payer),
     .maximum = PAYER_POINTS,
     .help = "Who pays, as a gateway names people; empty = the gateway does not say"},
    {0},
};

static err check_offer(struct req *req, const struct sandbox_offer *offer)
{
    if (!gateway_find(&req->ctx, SANDBOX_ID))
        return fail_with(&req->ctx, ERR_NOT_FOUND, "the sandbox is off");
    if (!sandbox_offer_is_genuine(&req->ctx, offer))
        return fail_with(&req->ctx, ERR_NOT_FOUND, "this is no cashier's address of ours");
    return NULL;
}

/* A failed try may be followed by another, as at a real cashier. */
static const char *state_name(const struct req *req, const struct sandbox_offer *offer,
                              const struct sandbox_trade *trade)
{
    if (trade && trade->state == SANDBOX_PAID)
        return "paid";
    return offer->expires_at < req->ctx.now ? "expired" : "open";
}

static err show(struct req *req)
{
    const struct cashier_form *form = req->form;
    const struct sandbox_offer *offer = &form->offer;
    const struct sandbox_trade *trade;
    TRY(check_offer(req, offer));
    TRY(sandbox_trade_find(&req->ctx, offer->attempt, &trade));
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct value *tree = value_set_object(arena, view, "trade");
    value_set_text(arena, tree, "attempt", offer->attempt);
    value_set_money(arena, tree, "amount", money_of(offer->amount, offer->currency));
    value_set_text(arena, tree, "shop_name", req->ctx.shop->name);
    value_set_text(arena, tree, "subject", offer->subject);
    value_set_text(arena, tree, "state", state_name(req, offer, trade));
    value_set_time(arena, tree, "expires_at", offer->expires_at);
    value_set_text(arena, tree, "return_url", offer->return_url);
    value_set_text(arena, view, "pay_url", req->url);
    return reply_view(req, "sandbox", view);
}

struct later {
    const char *attempt_number;
    int64_t due_at;
};

static err schedule_notify(struct ctx *ctx, void *arg)
{
    const struct later *later = arg;
    struct value *payload = value_object(ctx->arena);
    value_set_text(ctx->arena, payload, "attempt", later->attempt_number);
    return job_schedule(ctx, SANDBOX_NOTIFY_JOB, id_new(ctx), later->due_at, payload);
}

static err notify_later(struct ctx *ctx, const char *attempt_number, int64_t delay_ms)
{
    struct later later = {attempt_number, ctx->now + delay_ms};
    return db_transact(ctx, schedule_notify, &later);
}

/* The shop may be unable to take a notification; then the gateway sends it again later. */
static err notify_now(struct ctx *ctx, const struct sandbox_trade *trade, int times)
{
    for (int i = 0; i < times; i++) {
        err failure = sandbox_notify(ctx, trade);
        if (failure) {
            log_failure(ctx, LOG_WARNING, "sandbox notification not taken", failure);
            return notify_later(ctx, trade->attempt_number, SANDBOX_DELAY_MS);
        }
    }
    return NULL;
}

static err tell_shop(struct req *req, const struct cashier_form *form, const struct sandbox_trade *trade)
{
    switch ((enum notify)form->notify) {
    case NOTIFY_LOST:
        return NULL;
    case NOTIFY_DELAYED:
        return notify_later(&req->ctx, trade->attempt_number, form->delay_ms);
    case NOTIFY_DUPLICATED:
        return notify_now(&req->ctx, trade, DUPLICATES);
    case NOTIFY_NORMAL:
    case NOTIFY_WRONG_AMOUNT:
        return notify_now(&req->ctx, trade, 1);
    }
    bug("notify mode %d", form->notify);
}

/* After its time only what was paid before counts. */
static err check_time(struct req *req, const struct sandbox_offer *offer)
{
    const struct sandbox_trade *before;
    if (offer->expires_at >= req->ctx.now)
        return NULL;
    TRY(sandbox_trade_find(&req->ctx, offer->attempt, &before));
    if (before && before->state == SANDBOX_PAID)
        return NULL;
    return fail_with(&req->ctx, ERR_GONE, "the time to pay is over");
}

static err act(struct req *req, const struct cashier_form *form)
{
    if (form->outcome == OUTCOME_CANCELLED)
        return NULL;
    const struct sandbox_trade *trade;
    const struct sandbox_trade wanted = {.attempt_number = form->offer.attempt,
                                         .currency = form->offer.currency,
                                         .amount = form->offer.amount - (form->notify == NOTIFY_WRONG_AMOUNT),
                                         .state =
                                             form->outcome == OUTCOME_PAID ? SANDBOX_PAID : SANDBOX_FAILED,
                                         .payer = form->payer ? form->payer : ""};
    TRY(check_time(req, &form->offer));
    TRY(sandbox_trade_keep(&req->ctx, &wanted, &trade));
    return form->outcome == OUTCOME_PAID ? tell_shop(req, form, trade) : NULL;
}

static err pay(struct req *req)
{
    const struct cashier_form *form = req->form;
    TRY(check_offer(req, &form->offer));
    TRY(act(req, form));
    struct value *view = value_object(req->ctx.arena);
    struct value *payment = value_set_object(req->ctx.arena, view, "payment");
    value_set_text(req->ctx.arena, payment, "attempt", form->offer.attempt);
    value_set_text(req->ctx.arena, payment, "outcome", outcomes[form->outcome]);
    return reply_done(req, 200, view, "%s", form->offer.return_url);
}

static err run_notify(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    const char *attempt_number = value_find_text(job->payload, "attempt");
    const struct sandbox_trade *trade = NULL;
    if (attempt_number)
        TRY(sandbox_trade_find(ctx, attempt_number, &trade));
    return trade ? sandbox_notify(ctx, trade) : NULL;
}

const struct job_kind sandbox_job_kinds[] = {
    {SANDBOX_NOTIFY_JOB, run_notify, 10, 2 * SECOND_MS},
    {0},
};

const struct route sandbox_routes[] = {
    {.method = GET,
     .path = "/sandbox/pay/:attempt",
     .handler = show,
     .guard = ANYONE,
     .fields = offer_fields,
     .form_size = sizeof(struct cashier_form),
     .faces = FACE_HTML,
     .summary = "The sandbox's cashier page"},
    {.method = POST,
     .path = "/sandbox/pay/:attempt",
     .handler = pay,
     .guard = ANYONE,
     .fields = pay_fields,
     .form_size = sizeof(struct cashier_form),
     .summary = "What the buyer does at the sandbox's cashier",
     .answer = "payment"},
    {0},
};
