/* transfer_export_ledger.c - entries of the ledger as a table for whoever keeps the books. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/id.h"
#include "base/money.h"
#include <inttypes.h>

static const char *const chinese_accounts[] = {
    [LEDGER_RECEIVABLE] = "应收账款",
    [LEDGER_CLEARING] = "支付渠道待结算",
    [LEDGER_SALES] = "销售收入",
    [LEDGER_FREIGHT] = "运费收入",
    [LEDGER_REFUNDS_PAYABLE] = "应付退款",
    [LEDGER_REFUNDS] = "销售退款",
    [LEDGER_FEES] = "支付手续费",
    [LEDGER_DISCOUNTS] = "优惠支出",
    [LEDGER_POINTS] = "积分负债",
    [LEDGER_WALLET] = "储值余额",
    [LEDGER_ROUNDING] = "尾差",
    [LEDGER_HELD] = "暂收款",
    [LEDGER_DEPOSITS] = "预售定金",
    [LEDGER_KEPT_DEPOSITS] = "定金不退收入",
};
static const char *const chinese_kinds[] = {
    [LEDGER_SALE] = "订单收款",
    [LEDGER_LATE] = "关闭后付款",
    [LEDGER_SURPLUS] = "重复付款",
    [LEDGER_UNMATCHED] = "无法对应的款项",
    [LEDGER_REFUND] = "发起退款",
    [LEDGER_REFUNDED] = "退款完成",
    [LEDGER_SURPLUS_REFUND] = "发起退回重复付款",
    [LEDGER_SURPLUS_REFUNDED] = "重复付款已退回",
    [LEDGER_CORRECTION] = "人工调整",
    [LEDGER_DEPOSIT] = "收到定金",
    [LEDGER_KEPT] = "尾款逾期，定金不退",
};

static void put_account(const struct export *export, enum ledger_account account)
{
    sheet_put_text(export->writer, ledger_accounts[account].code);
    sheet_put_text(export->writer,
                   export->is_english ? ledger_account_names[account] : chinese_accounts[account]);
}

static const char *number_of(const struct order *orders, size_t count, int64_t order_id)
{
    for (size_t i = 0; i < count; i++)
        if (orders[i].id == order_id)
            return orders[i].number;
    return "";
}

static void put_row(struct ctx *ctx, const struct export *export, const struct ledger_row *row,
                    const char *order_number, const struct ledger_note *note)
{
    struct sheet_writer *writer = export->writer;
    sheet_put_time(writer, id_time(row->id), ctx->shop->zone);
    sheet_put_text(writer, export->is_english ? ledger_kind_names[row->kind] : chinese_kinds[row->kind]);
    put_account(export, row->debit);
    put_account(export, row->credit);
    bool is_known = money_currency_is_known(row->currency);
    sheet_put_decimal(writer, row->amount, is_known ? money_exponent(row->currency) : 0);
    sheet_put_text(writer, row->currency);
    sheet_put_text(writer, row->gateway);
    sheet_put_text(writer, order_number);
    sheet_put_text(writer, arena_format(ctx->arena, "%" PRId64 "-%" PRId64, row->id, row->line_no));
    sheet_put_text(writer, note->reason ? note->reason : "");
    sheet_put_text(writer, note->reference ? note->reference : "");
    sheet_end_row(writer);
}

err export_ledger_rows(struct ctx *ctx, struct export *export)
{
    struct ledger_query query = export->filter.ledger;
    struct ledger_page page;
    struct order *orders = NULL;
    int64_t ids[LEDGER_ROWS_LIMIT];
    struct ledger_note notes[LEDGER_ROWS_LIMIT];
    size_t count;
    query.cursor = export->cursor;
    query.limit = LEDGER_ROWS_LIMIT;
    TRY(ledger_list(ctx, &query, &page));
    TRY(ledger_note_load_many(ctx, page.rows, page.count, notes));
    for (size_t i = 0; i < page.count; i++)
        ids[i] = page.rows[i].order_id;
    TRY(order_list_many(ctx, ids, page.count, &orders, &count));
    for (size_t i = 0; i < page.count; i++)
        put_row(ctx, export, &page.rows[i], number_of(orders, count, page.rows[i].order_id), &notes[i]);
    export_keep_cursor(export, page.next_cursor);
    return NULL;
}
