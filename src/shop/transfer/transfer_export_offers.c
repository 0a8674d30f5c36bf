/* transfer_export_offers.c - offers with what they say and gave, as a table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/money.h"

#define OFFERS_AT_ONCE PROMOTION_LIST_LIMIT

static const char *const chinese_phases[] = {
    [PHASE_DRAFT] = "草稿",    [PHASE_SCHEDULED] = "未开始", [PHASE_RUNNING] = "进行中",
    [PHASE_PAUSED] = "已暂停", [PHASE_ENDED] = "已结束",     [PHASE_USED_UP] = "已用完"};
static const char *const chinese_kinds[] = {
    [DISCOUNT_SALE] = "限时折扣",   [DISCOUNT_PIECES] = "满件折", [DISCOUNT_NTH] = "第N件",
    [DISCOUNT_SUM] = "满减",        [DISCOUNT_COUPON] = "优惠券", [DISCOUNT_SHIPPING] = "包邮",
    [DISCOUNT_BUNDLE] = "组合套餐", [DISCOUNT_GIFT] = "买赠",     [DISCOUNT_ADDON] = "加价购",
    [DISCOUNT_VOUCHER] = "兑换券"};

static void put_bound(struct sheet_writer *writer, int64_t bound)
{
    if (bound > 0)
        sheet_put_int(writer, bound);
    else
        sheet_put_text(writer, "");
}

static void put_offer(struct ctx *ctx, const struct export *export, const struct promotion *promotion,
                      const struct promotion_figure *figure)
{
    struct sheet_writer *writer = export->writer;
    enum promotion_phase phase = promotion_phase_of(promotion, ctx->now);
    bool is_counted = promotion->uses_most > 0 || promotion->money_most > 0;
    int digits = money_exponent(ctx->shop->currency);
    sheet_put_text(writer, promotion->name);
    sheet_put_text(writer, promotion_text(ctx, promotion));
    sheet_put_text(writer, export->is_english ? discount_kind_names[promotion->rule.kind]
                                              : chinese_kinds[promotion->rule.kind]);
    sheet_put_text(writer, promotion->code);
    sheet_put_time(writer, promotion->starts_at, ctx->shop->zone);
    sheet_put_time(writer, promotion->ends_at, ctx->shop->zone);
    sheet_put_text(writer, export->is_english ? promotion_phase_names[phase] : chinese_phases[phase]);
    sheet_put_int(writer, is_counted ? promotion->uses : figure->uses);
    sheet_put_decimal(writer, is_counted ? promotion->money : figure->money, digits);
    put_bound(writer, promotion->uses_most);
    put_bound(writer, promotion->person_most);
    if (promotion->money_most > 0)
        sheet_put_decimal(writer, promotion->money_most, digits);
    else
        sheet_put_text(writer, "");
    sheet_end_row(writer);
}

err export_promotions_rows(struct ctx *ctx, struct export *export)
{
    struct promotion_phase_query query = export->filter.promotions;
    struct promotion *promotions;
    struct promotion_figure figures[OFFERS_AT_ONCE];
    int64_t ids[OFFERS_AT_ONCE];
    size_t count;
    query.before_id = export->before_id;
    query.limit = OFFERS_AT_ONCE;
    TRY(promotion_list_phase(ctx, &query, &promotions, &count));
    for (size_t i = 0; i < count; i++)
        ids[i] = promotions[i].id;
    TRY(promotion_figure_many(ctx, ids, count, figures));
    for (size_t i = 0; i < count; i++)
        put_offer(ctx, export, &promotions[i], &figures[i]);
    export->is_listed = count < OFFERS_AT_ONCE;
    export->before_id = count > 0 ? promotions[count - 1].id : 0;
    return NULL;
}
