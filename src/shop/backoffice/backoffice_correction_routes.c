/* backoffice_correction_routes.c - a correction of the ledger by hand: two accounts, an amount, and why. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/ledger/ledger.h"
#include "shop/order/order.h"
#include "shop/payment/payment.h"
#include "shop/services.h"

struct correction_form {
    int debit;
    int credit;
    int64_t amount;
    const char *gateway;
    const char *order;
    const char *reason;
    const char *reference;
    const char *request;
};

static const struct field correction_fields[] = {
    {.name = "debit",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct correction_form, debit),
     .choices = ledger_account_names,
     .help = "The account that the amount goes into"},
    {.name = "credit",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct correction_form, credit),
     .choices = ledger_account_names,
     .help = "The account that it comes out of"},
    {.name = "amount",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct correction_form, amount),
     .is_required = true,
     .minimum = 1,
     .maximum = MONEY_MAX,
     .help = "How much"},
    {.name = "gateway",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct correction_form, gateway),
     .maximum = 40,
     .help = "Id of the gateway whose money it is; absent = of none"},
    {.name = "order",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct correction_form, order),
     .maximum = 20,
     .help = "Number of the order that it is about"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct correction_form, reason),
     .is_required = true,
     .maximum = CORRECTION_REASON_LIMIT,
     .help = "Why"},
    {.name = "reference",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct correction_form, reference),
     .is_required = true,
     .maximum = CORRECTION_REFERENCE_LIMIT,
     .help = "Number of the receipt, statement or case where it can be looked up"},
    {.name = "request",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct correction_form, request),
     .maximum = CORRECTION_REQUEST_LIMIT,
     .help = "A word of the asker's: the same one again is the same correction"},
    {0},
};

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct value *page = value_set_object(ctx->arena, view, "correction");
    struct value *accounts = value_set_list(ctx->arena, page, "accounts");
    struct value *gateways = value_set_list(ctx->arena, page, "gateways");
    for (int i = LEDGER_RECEIVABLE; i < LEDGER_ACCOUNT_END; i++) {
        struct value *account = value_add(ctx->arena, accounts, *value_object(ctx->arena));
        value_set_text(ctx->arena, account, "account", ledger_account_names[i]);
        value_set_text(ctx->arena, account, "code", ledger_accounts[i].code);
    }
    for (const struct gateway *const *gateway = ctx->services->gateways; *gateway; gateway++)
        value_add(ctx->arena, gateways, value_text((*gateway)->id));
    const char *typed = req_typed(req, "request");
    value_set_text(ctx->arena, page, "request", typed[0] ? typed : random_token(ctx->arena));
    return reply_view(req, "admin/ledger_correct", view);
}

static err check_gateway(struct ctx *ctx, const char *id)
{
    for (const struct gateway *const *gateway = ctx->services->gateways; *gateway; gateway++)
        if (text_is((*gateway)->id, id))
            return NULL;
    return id[0] ? fail_field(ctx, "gateway", "unknown-choice", "no such gateway") : NULL;
}

static err find_order(struct ctx *ctx, const char *number, int64_t *order_id)
{
    struct order *order;
    *order_id = 0;
    if (!number[0])
        return NULL;
    err failure = order_load_by_number(ctx, number, &order);
    if (failure && failure->code == ERR_NOT_FOUND)
        return fail_field(ctx, "order", "unknown-order", "there is no order of this number");
    if (!failure)
        *order_id = order->id;
    return failure;
}

static err post(struct req *req)
{
    const struct correction_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct ledger_correction correction = {.debit = (enum ledger_account)form->debit,
                                           .credit = (enum ledger_account)form->credit,
                                           .amount = form->amount,
                                           .gateway = form->gateway,
                                           .reason = form->reason,
                                           .reference = form->reference,
                                           .request = form->request};
    struct value *view = value_object(ctx->arena);
    int64_t entry_id;
    if (!form->request[0])
        correction.request = random_token(ctx->arena);
    TRY(check_gateway(ctx, form->gateway));
    TRY(find_order(ctx, form->order, &correction.order_id));
    TRY(ledger_correct(ctx, &correction, &entry_id));
    value_set_id(ctx->arena, value_set_object(ctx->arena, view, "correction"), "id", entry_id);
    return reply_done(req, 201, view, "/admin/money/ledger?kind=correction");
}

const struct route backoffice_correction_routes[] = {
    {.method = GET,
     .path = "/admin/money/correct",
     .handler = show,
     .guard = STAFF,
     .scope = "money.write",
     .summary = "What a correction of the ledger may name",
     .answer = "correction"},
    {.method = POST,
     .path = "/admin/money/correct",
     .handler = post,
     .guard = STAFF,
     .scope = "money.write",
     .fields = correction_fields,
     .form_size = sizeof(struct correction_form),
     .again = show,
     .summary = "Post a correction to the ledger; it is never changed, only posted back",
     .answer = "correction"},
    {0},
};
