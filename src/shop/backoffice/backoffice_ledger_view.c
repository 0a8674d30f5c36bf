/* backoffice_ledger_view.c - rows, sums and days of the ledger as trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_ledger_view.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/money.h"
#include "base/text.h"
#include "shop/order/order.h"

/* What a gateway said before there was a ledger may be in a currency that nobody knows. */
static void set_amount(struct ctx *ctx, struct value *view, const char *name, int64_t amount,
                       const char *currency)
{
    if (money_currency_is_known(currency) && amount <= MONEY_MAX && amount >= -MONEY_MAX)
        value_set_money(ctx->arena, view, name, money_of(amount, currency));
}

static const struct order *order_of(const struct order *orders, size_t count, int64_t order_id)
{
    for (size_t i = 0; i < count; i++)
        if (orders[i].id == order_id)
            return &orders[i];
    return NULL;
}

err ledger_row_views(struct ctx *ctx, struct value *view, const struct ledger_row *rows, size_t count)
{
    struct arena *arena = ctx->arena;
    struct value *list = value_set_list(arena, view, "entries");
    int64_t ids[LEDGER_ROWS_LIMIT];
    struct order *orders = NULL;
    struct ledger_note notes[LEDGER_ROWS_LIMIT];
    size_t order_count;
    TRY(ledger_note_load_many(ctx, rows, count, notes));
    for (size_t i = 0; i < count; i++)
        ids[i] = rows[i].order_id;
    TRY(order_list_many(ctx, ids, count, &orders, &order_count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        const struct order *order = order_of(orders, order_count, rows[i].order_id);
        value_set_id(arena, row, "id", rows[i].id);
        value_set_int(arena, row, "line_no", rows[i].line_no);
        value_set_time(arena, row, "at", id_time(rows[i].id));
        value_set_text(arena, row, "kind", ledger_kind_names[rows[i].kind]);
        value_set_text(arena, row, "debit", ledger_account_names[rows[i].debit]);
        value_set_text(arena, row, "credit", ledger_account_names[rows[i].credit]);
        set_amount(ctx, row, "amount", rows[i].amount, rows[i].currency);
        value_set_text(arena, row, "gateway", rows[i].gateway);
        value_set_text(arena, row, "reason", notes[i].reason);
        value_set_text(arena, row, "reference", notes[i].reference);
        value_set_text(arena, row, "order", order ? order->number : NULL);
        value_set_text(arena, row, "url",
                       order ? arena_format(arena, "/admin/orders/%s", order->number) : NULL);
    }
    return NULL;
}

/* What an account holds, as a number that grows on its side. */
static int64_t balance_of(const struct ledger_sum *sum)
{
    int64_t net = sum->debits - sum->credits;
    return ledger_accounts[sum->account].side == LEDGER_DEBIT ? net : -net;
}

static void add_account(struct ctx *ctx, struct value *list, const struct ledger_sum *sum)
{
    struct arena *arena = ctx->arena;
    const struct ledger_account_row *row = &ledger_accounts[sum->account];
    struct value *account = value_add(arena, list, *value_object(arena));
    value_set_text(arena, account, "account", ledger_account_names[sum->account]);
    value_set_text(arena, account, "code", row->code);
    value_set_text(arena, account, "class", ledger_class_names[row->class]);
    value_set_text(arena, account, "side", row->side == LEDGER_DEBIT ? "debit" : "credit");
    set_amount(ctx, account, "debits", sum->debits, sum->currency);
    set_amount(ctx, account, "credits", sum->credits, sum->currency);
    set_amount(ctx, account, "balance", balance_of(sum), sum->currency);
}

/* The accounts of one currency, which stand one behind the other. Returns where the next one begins. */
static size_t add_trial(struct ctx *ctx, struct value *list, const struct ledger_sums *sums, size_t from)
{
    struct value *trial = value_add(ctx->arena, list, *value_object(ctx->arena));
    struct value *accounts = value_set_list(ctx->arena, trial, "accounts");
    const char *currency = sums->sums[from].currency;
    int64_t debits = 0, credits = 0;
    size_t i = from;
    for (; i < sums->count && text_is(sums->sums[i].currency, currency); i++) {
        add_account(ctx, accounts, &sums->sums[i]);
        debits += sums->sums[i].debits;
        credits += sums->sums[i].credits;
    }
    value_set_text(ctx->arena, trial, "currency", currency);
    set_amount(ctx, trial, "debits", debits, currency);
    set_amount(ctx, trial, "credits", credits, currency);
    value_set_bool(ctx->arena, trial, "is_balanced", debits == credits);
    return i;
}

void ledger_trial_views(struct ctx *ctx, struct value *view, const struct ledger_sums *sums)
{
    struct value *list = value_set_list(ctx->arena, view, "trials");
    struct value *standing = value_set_object(ctx->arena, view, "money");
    struct ledger_sum clearing = {0}, payable = {0}, held = {0};
    for (size_t i = 0; i < sums->count;)
        i = add_trial(ctx, list, sums, i);
    for (size_t i = 0; i < sums->count; i++) {
        const struct ledger_sum *sum = &sums->sums[i];
        if (!text_is(sum->currency, ctx->shop->currency))
            continue;
        if (sum->account == LEDGER_CLEARING)
            clearing = *sum;
        if (sum->account == LEDGER_REFUNDS_PAYABLE)
            payable = *sum;
        if (sum->account == LEDGER_HELD)
            held = *sum;
    }
    set_amount(ctx, standing, "in", clearing.debits, ctx->shop->currency);
    set_amount(ctx, standing, "out", clearing.credits, ctx->shop->currency);
    set_amount(ctx, standing, "net", clearing.debits - clearing.credits, ctx->shop->currency);
    set_amount(ctx, standing, "payable", payable.credits - payable.debits, ctx->shop->currency);
    set_amount(ctx, standing, "held", held.credits - held.debits, ctx->shop->currency);
}

void ledger_day_views(struct ctx *ctx, struct value *view, const struct ledger_sums *sums, int64_t first,
                      int count)
{
    struct value *list = value_set_list(ctx->arena, view, "days");
    size_t place = 0;
    for (int i = 0; i < count; i++) {
        int64_t day = clock_day_shift(first, i, ctx->shop->zone);
        while (place < sums->count && sums->sums[place].day < day)
            place++;
        bool is_there = place < sums->count && sums->sums[place].day == day;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "date", clock_format(ctx->arena, day, ctx->shop->zone, "%Y-%m-%d"));
        set_amount(ctx, row, "in", is_there ? sums->sums[place].debits : 0, ctx->shop->currency);
        set_amount(ctx, row, "out", is_there ? sums->sums[place].credits : 0, ctx->shop->currency);
    }
}
