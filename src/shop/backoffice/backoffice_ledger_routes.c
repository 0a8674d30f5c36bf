/* backoffice_ledger_routes.c - the ledger: what stands where, money in and out by days, and every entry. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "shop/backoffice/backoffice_ledger_view.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/payment/payment.h"
#include "shop/services.h"

#define ROWS 30

struct list_form {
    int account;
    int kind;
    const char *gateway;
    const char *from;
    const char *to;
    const char *cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "account",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, account),
     .choices = ledger_account_names,
     .help = "Only entries that move this account"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, kind),
     .choices = ledger_kind_names,
     .help = "Only entries of this kind"},
    {.name = "gateway",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, gateway),
     .maximum = 40,
     .help = "Only money of this gateway, in the sums too"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, from),
     .maximum = 10,
     .help = "On this day or later, as 2026-05-01; for the sums too"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, to),
     .maximum = 10,
     .help = "On this day or earlier; for the sums too"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = 60,
     .help = "next_cursor of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

static struct list_place place_of(const struct list_form *form)
{
    struct list_place place = {.list = &ledger_list_pages, .cursor = form->cursor};
    place.values[LEDGERS_ACCOUNT] = form->account ? ledger_account_names[form->account] : "";
    place.values[LEDGERS_KIND] = form->kind ? ledger_kind_names[form->kind] : "";
    place.values[LEDGERS_GATEWAY] = form->gateway;
    place.values[LEDGERS_FROM] = form->from;
    place.values[LEDGERS_TO] = form->to;
    list_settle(&place);
    return place;
}

static void add_choices(struct ctx *ctx, struct value *view)
{
    struct value *accounts = value_set_list(ctx->arena, view, "accounts");
    struct value *kinds = value_set_list(ctx->arena, view, "kinds");
    struct value *gateways = value_set_list(ctx->arena, view, "gateways");
    for (size_t i = 1; ledger_account_names[i]; i++)
        value_add(ctx->arena, accounts, value_text(ledger_account_names[i]));
    for (size_t i = 1; ledger_kind_names[i]; i++)
        value_add(ctx->arena, kinds, value_text(ledger_kind_names[i]));
    for (const struct gateway *const *gateway = ctx->services->gateways; *gateway; gateway++)
        value_add(ctx->arena, gateways, value_text((*gateway)->id));
    if (ctx->shop->has_gift_cards)
        value_add(ctx->arena, gateways, value_text(GIFT_CARD_GATEWAY));
}

/* The last days of what was chosen, or the last two weeks. */
static err add_days(struct ctx *ctx, struct value *view, const struct ledger_query *query)
{
    struct zone zone = ctx->shop->zone;
    struct ledger_sums sums;
    int64_t end = query->until ? query->until : clock_day_shift(ctx->now, 1, zone);
    int64_t count = LEDGER_BARS;
    if (query->since)
        count = clock_day_number(end, zone) - clock_day_number(query->since, zone);
    count = count < 1 ? 1 : count > LEDGER_BARS_LIMIT ? LEDGER_BARS_LIMIT : count;
    int64_t first = clock_day_shift(end, -count, zone);
    TRY(ledger_account_days(ctx, LEDGER_CLEARING, first, end, query->gateway, &sums));
    ledger_day_views(ctx, view, &sums, first, (int)count);
    return NULL;
}

/* Sums and picture stand on the first page alone. */
static err add_sums(struct ctx *ctx, struct value *view, const struct ledger_query *query)
{
    struct ledger_sums sums;
    TRY(ledger_balances(ctx, query->since, query->until, query->gateway, &sums));
    ledger_trial_views(ctx, view, &sums);
    value_set_bool(ctx->arena, view, "is_behind", sums.is_behind);
    return add_days(ctx, view, query);
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct list_place place = place_of(form);
    struct ledger_page page;
    struct ledger_query query = {.account = (enum ledger_account)form->account,
                                 .kind = (enum ledger_kind)form->kind,
                                 .gateway = form->gateway,
                                 .cursor = form->cursor,
                                 .limit = ROWS};
    TRY(list_read_days(ctx, form->from, form->to, &query.since, &query.until));
    TRY(ledger_list(ctx, &query, &page));
    TRY(ledger_row_views(ctx, view, page.rows, page.count));
    value_set_bool(ctx->arena, view, "is_cut", page.is_cut);
    if (!form->cursor[0])
        TRY(add_sums(ctx, view, &query));
    add_choices(ctx, view);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(list_view(ctx, &place, page.next_cursor, view));
    return reply_view(req, "admin/ledger", view);
}

const struct route backoffice_ledger_routes[] = {
    {.method = GET,
     .path = "/admin/money/ledger",
     .handler = list,
     .guard = STAFF,
     .scope = "money.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The ledger: entries, newest first, sums of accounts, and money in and out by days",
     .answer = "entries"},
    {0},
};
