/* ledger_correct.c - entries that staff post by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/ledger/ledger_correct.h"

#include "base/id.h"
#include "base/money.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define FOUND_LIMIT 200

static bool is_account(enum ledger_account account)
{
    return account >= LEDGER_RECEIVABLE && account < LEDGER_ACCOUNT_END;
}

static err check(struct ctx *ctx, const struct ledger_correction *correction)
{
    if (!is_account(correction->debit))
        return fail_field(ctx, "debit", "required", "choose where the money goes");
    if (!is_account(correction->credit))
        return fail_field(ctx, "credit", "required", "choose where the money comes from");
    if (correction->debit == correction->credit)
        return fail_field(ctx, "credit", "duplicate", "from an account into itself nothing moves");
    if (correction->amount <= 0 || correction->amount > MONEY_MAX)
        return fail_field(ctx, "amount", "too-small", "the amount must be more than nothing");
    if (!correction->reason[0])
        return fail_field(ctx, "reason", "required", "say why");
    if (!correction->reference[0])
        return fail_field(ctx, "reference", "required", "say where it can be looked up");
    return NULL;
}

static err find_request(struct ctx *ctx, const char *request, int64_t *entry_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM ledger_corrections WHERE shop_id = $1 AND request = $2",
                 db_int(ctx->shop->id), db_text(request)));
    *entry_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

struct posting {
    const struct ledger_correction *correction;
    int64_t entry_id;
};

static err note(struct ctx *ctx, const struct ledger_correction *correction)
{
    const char *amount = money_display(ctx->arena, money_of(correction->amount, ctx->shop->currency));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "money.corrected",
                               .subject = "money/ledger",
                               .title = correction->reference,
                               .after = arena_format(
                                   ctx->arena, "%s → %s · %s · %s", ledger_account_names[correction->credit],
                                   ledger_account_names[correction->debit], amount, correction->reason)});
}

static err post_in_transaction(struct ctx *ctx, void *arg)
{
    struct posting *posting = arg;
    const struct ledger_correction *correction = posting->correction;
    struct ledger_transfer transfer = {correction->debit, correction->credit, correction->amount};
    posting->entry_id = id_new(ctx);
    TRY(db_expect(ctx, 1, ERR_DUPLICATE, "it was posted already",
                  "INSERT INTO ledger_corrections (shop_id, id, amount, reason, reference, request)"
                  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                  db_int(ctx->shop->id), db_int(posting->entry_id), db_int(correction->amount),
                  db_text(correction->reason), db_text(correction->reference), db_text(correction->request)));
    TRY(note(ctx, correction));
    return ledger_post(ctx, &(struct ledger_entry){.id = posting->entry_id,
                                                   .kind = LEDGER_CORRECTION,
                                                   .currency = ctx->shop->currency,
                                                   .gateway = correction->gateway,
                                                   .order_id = correction->order_id,
                                                   .transfers = &transfer,
                                                   .count = 1});
}

err ledger_correct(struct ctx *ctx, const struct ledger_correction *correction, int64_t *entry_id)
{
    struct posting posting = {.correction = correction};
    TRY(check(ctx, correction));
    TRY(find_request(ctx, correction->request, entry_id));
    if (*entry_id)
        return NULL;
    err failure = db_transact(ctx, post_in_transaction, &posting);
    if (failure && failure->code == ERR_DUPLICATE)
        return find_request(ctx, correction->request, entry_id);
    *entry_id = posting.entry_id;
    return failure;
}

err ledger_note_load_many(struct ctx *ctx, const struct ledger_row *rows, size_t count,
                          struct ledger_note *notes)
{
    int64_t ids[LEDGER_ROWS_LIMIT];
    size_t asked = 0;
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *found;
    for (size_t i = 0; i < count; i++) {
        notes[i] = (struct ledger_note){0};
        if (rows[i].kind == LEDGER_CORRECTION)
            ids[asked++] = rows[i].id;
    }
    if (asked == 0)
        return NULL;
    (void)db_bind_ids(ctx, ids, asked, values);
    TRY(db_query_values(ctx, &found,
                        "SELECT id, reason, reference FROM ledger_corrections WHERE shop_id = $1"
                        " AND id IN " DB_IDS,
                        values, DB_IDS_VALUES));
    while (db_next(found))
        for (size_t i = 0; i < count; i++)
            if (rows[i].id == db_get_int(found, 0))
                notes[i] = (struct ledger_note){db_get_text(found, 1), db_get_text(found, 2)};
    return NULL;
}

err ledger_check_corrections(struct ctx *ctx, ledger_report report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT c.reference, c.amount, COALESCE(e.amount, 0) FROM ledger_corrections c"
                 " LEFT JOIN ledger_entries e ON e.shop_id = c.shop_id AND e.id = c.id AND e.kind = $2"
                 " WHERE c.shop_id = $1 AND c.amount <> COALESCE(e.amount, 0) LIMIT $3",
                 db_int(ctx->shop->id), db_int(LEDGER_CORRECTION), db_int(FOUND_LIMIT)));
    while (db_next(rows))
        report(arg, &(struct ledger_finding){.subject = db_get_text(rows, 0),
                                             .what = "a correction is not in the ledger as it was posted",
                                             .currency = ctx->shop->currency,
                                             .expected = db_get_int(rows, 1),
                                             .found = db_get_int(rows, 2)});
    return NULL;
}
