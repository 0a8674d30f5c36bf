/* ledger.c - the accounts, and posting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/ledger/ledger.h"

#include "base/money.h"

const struct ledger_account_row ledger_accounts[LEDGER_ACCOUNT_END] = {
    [LEDGER_RECEIVABLE] = {"1122", LEDGER_ASSET, LEDGER_DEBIT},
    [LEDGER_CLEARING] = {"1012", LEDGER_ASSET, LEDGER_DEBIT},
    [LEDGER_SALES] = {"6001", LEDGER_INCOME, LEDGER_CREDIT},
    [LEDGER_FREIGHT] = {"6051", LEDGER_INCOME, LEDGER_CREDIT},
    [LEDGER_REFUNDS_PAYABLE] = {"2241.01", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_REFUNDS] = {"6001.02", LEDGER_INCOME, LEDGER_DEBIT},
    [LEDGER_FEES] = {"6603", LEDGER_EXPENSE, LEDGER_DEBIT},
    [LEDGER_DISCOUNTS] = {"6601", LEDGER_EXPENSE, LEDGER_DEBIT},
    [LEDGER_POINTS] = {"2205.01", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_WALLET] = {"2205.02", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_ROUNDING] = {"6711", LEDGER_EXPENSE, LEDGER_DEBIT},
    [LEDGER_HELD] = {"2241.02", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_DEPOSITS] = {"2205.03", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_KEPT_DEPOSITS] = {"6301", LEDGER_INCOME, LEDGER_CREDIT},
    [LEDGER_GIFT_CARDS] = {"2205.04", LEDGER_LIABILITY, LEDGER_CREDIT},
    [LEDGER_BREAKAGE] = {"6051.02", LEDGER_INCOME, LEDGER_CREDIT},
    [LEDGER_MARKETING] = {"6601.02", LEDGER_EXPENSE, LEDGER_DEBIT},
};

const char *const ledger_account_names[LEDGER_ACCOUNT_END + 1] = {
    [0] = "all",
    [LEDGER_RECEIVABLE] = "receivable",
    [LEDGER_CLEARING] = "clearing",
    [LEDGER_SALES] = "sales",
    [LEDGER_FREIGHT] = "freight",
    [LEDGER_REFUNDS_PAYABLE] = "refunds-payable",
    [LEDGER_REFUNDS] = "refunds",
    [LEDGER_FEES] = "fees",
    [LEDGER_DISCOUNTS] = "discounts",
    [LEDGER_POINTS] = "points",
    [LEDGER_WALLET] = "wallet",
    [LEDGER_ROUNDING] = "rounding",
    [LEDGER_HELD] = "held",
    [LEDGER_DEPOSITS] = "deposits",
    [LEDGER_KEPT_DEPOSITS] = "kept-deposits",
    [LEDGER_GIFT_CARDS] = "gift-cards",
    [LEDGER_BREAKAGE] = "breakage",
    [LEDGER_MARKETING] = "marketing",
    [LEDGER_ACCOUNT_END] = NULL,
};

const char *const ledger_class_names[] = {[LEDGER_ASSET] = "asset",
                                          [LEDGER_LIABILITY] = "liability",
                                          [LEDGER_INCOME] = "income",
                                          [LEDGER_EXPENSE] = "expense"};

const char *const ledger_kind_names[LEDGER_KIND_END + 1] = {
    [0] = "all",
    [LEDGER_SALE] = "sale",
    [LEDGER_LATE] = "late",
    [LEDGER_SURPLUS] = "surplus",
    [LEDGER_UNMATCHED] = "unmatched",
    [LEDGER_REFUND] = "refund",
    [LEDGER_REFUNDED] = "refunded",
    [LEDGER_SURPLUS_REFUND] = "surplus-refund",
    [LEDGER_SURPLUS_REFUNDED] = "surplus-refunded",
    [LEDGER_CORRECTION] = "correction",
    [LEDGER_DEPOSIT] = "deposit",
    [LEDGER_KEPT] = "kept",
    [LEDGER_CARDS_ISSUED] = "cards-issued",
    [LEDGER_CARD_EXPIRED] = "card-expired",
    [LEDGER_CARD_EXTENDED] = "card-extended",
    [LEDGER_POINTS_WORTH] = "points-worth",
    [LEDGER_CARD_TAKEN_BACK] = "card-taken-back",
    [LEDGER_KIND_END] = NULL,
};

static bool is_account(enum ledger_account account)
{
    return account >= LEDGER_RECEIVABLE && account < LEDGER_ACCOUNT_END;
}

static bool is_sound(const struct ledger_entry *entry)
{
    if (entry->count < 1 || entry->count > LEDGER_LINE_LIMIT || entry->id <= 0)
        return false;
    if (entry->kind < LEDGER_SALE || entry->kind >= LEDGER_KIND_END)
        return false;
    for (size_t i = 0; i < entry->count; i++) {
        const struct ledger_transfer *transfer = &entry->transfers[i];
        if (!is_account(transfer->debit) || !is_account(transfer->credit) ||
            transfer->debit == transfer->credit || transfer->amount <= 0 || transfer->amount > MONEY_MAX)
            return false;
    }
    return true;
}

err ledger_post(struct ctx *ctx, const struct ledger_entry *entry)
{
    if (!is_sound(entry))
        return fail_with(ctx, ERR_INTERNAL, "a ledger entry of kind %d does not balance", (int)entry->kind);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ledger_transfer *transfer = &entry->transfers[i];
        TRY(db_execute(
            ctx,
            "INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency,"
            " gateway, reference_id, order_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " ON CONFLICT (shop_id, id, line_no) DO NOTHING",
            db_int(ctx->shop->id), db_int(entry->id), db_int((int64_t)i + 1), db_int(entry->kind),
            db_int(transfer->debit), db_int(transfer->credit), db_int(transfer->amount),
            db_text(entry->currency), db_text(entry->gateway), db_int(entry->reference_id),
            db_int(entry->order_id)));
    }
    return NULL;
}
