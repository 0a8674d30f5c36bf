/* coupon_view.c - claimed coupons as tickets, in an account and beside a cart. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"

#include "base/money.h"

/* What stands large on a ticket: the amount, the tenths that are left, or nothing of either. */
static void set_worth(struct ctx *ctx, struct value *row, const struct promotion *promotion)
{
    const struct discount_step *step = &promotion->rule.steps[0];
    bool has_fold = step->percent > 0 && step->percent < BASIS_POINTS;
    bool is_by_sum = rule_is_by_sum(&promotion->rule) && step->from > 0;
    value_set_id(ctx->arena, row, "id", promotion->id);
    value_set_text(ctx->arena, row, "name", promotion->name);
    value_set_text(ctx->arena, row, "kind", discount_kind_names[promotion->rule.kind]);
    value_set_text(ctx->arena, row, "text", promotion_text(ctx, promotion));
    value_set_text(ctx->arena, row, "sum", step->off > 0 ? sum_text(ctx, step->off) : NULL);
    value_set_text(ctx->arena, row, "fold", has_fold ? fold_text(ctx, step->percent) : NULL);
    value_set_text(ctx->arena, row, "percent", has_fold ? percent_text(ctx, step->percent) : NULL);
    value_set_text(ctx->arena, row, "from", is_by_sum ? sum_text(ctx, step->from) : NULL);
    value_set_bool(ctx->arena, row, "is_for_all", promotion->is_for_all);
    value_set_time(ctx->arena, row, "starts_at", promotion->starts_at);
    value_set_bool(ctx->arena, row, "has_started", promotion->starts_at <= ctx->now);
}

void coupon_tickets_view(struct ctx *ctx, struct value *view, const struct coupon_ticket *tickets,
                         size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "tickets");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        set_worth(ctx, row, tickets[i].promotion);
        value_set_time(ctx->arena, row, "ends_at", tickets[i].promotion->ends_at);
        value_set_int(ctx->arena, row, "days", tickets[i].offer.days);
        value_set_text(ctx->arena, row, "audience", coupon_audience_names[tickets[i].offer.audience]);
        value_set_int(ctx->arena, row, "held", tickets[i].held);
        value_set_bool(
            ctx->arena, row, "can_claim",
            tickets[i].held < tickets[i].offer.holder_most &&
                (tickets[i].offer.issue_most == 0 || tickets[i].offer.issued < tickets[i].offer.issue_most));
    }
}

struct value *coupon_held_view(struct ctx *ctx, const struct coupon_held *held)
{
    struct value *row = value_object(ctx->arena);
    set_worth(ctx, row, held->promotion);
    value_set_id(ctx->arena, row, "claim_id", held->claim.id);
    value_set_text(ctx->arena, row, "state", coupon_state_names[held->claim.state]);
    value_set_time(ctx->arena, row, "claimed_at", held->claim.claimed_at);
    value_set_time(ctx->arena, row, "ends_at", held->claim.valid_until);
    value_set_bool(ctx->arena, row, "is_paused", held->promotion->status == PROMOTION_PAUSED);
    return row;
}

/* ---- beside a cart ---- */

static int64_t taken_by(const struct priced *priced, int64_t promotion_id)
{
    for (size_t i = 0; i < priced->quote.effect_count; i++)
        if (priced->rules[priced->quote.effects[i].rule].id == promotion_id)
            return priced->quote.effects[i].amount;
    return 0;
}

/* Why it takes nothing off; COUPON_FINE when it does, or was not asked to. */
static enum coupon_problem problem_of(const struct priced *priced, const struct claimed_coupon *claimed,
                                      int64_t amount)
{
    if (claimed->problem != COUPON_FINE || amount > 0 || claimed->promotion.is_left_out)
        return claimed->problem;
    bool is_freight = claimed->promotion.rule.kind == DISCOUNT_SHIPPING;
    if (is_freight && priced->quote.freight == 0)
        return COUPON_NO_FREIGHT;
    /* One that was not the best may be wished for; one that was wished for goes with nothing. */
    return priced->wishes_coupon == claimed->promotion.id ? COUPON_UNFIT : COUPON_FINE;
}

void coupons_view(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    const char *currency = ctx->shop->currency;
    struct value *list = value_set_list(ctx->arena, view, "claimed");
    for (size_t i = 0; i < priced->claimed_count; i++) {
        const struct claimed_coupon *claimed = &priced->claimed[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        int64_t amount = taken_by(priced, claimed->promotion.id);
        enum coupon_problem problem = problem_of(priced, claimed, amount);
        set_worth(ctx, row, &claimed->promotion);
        value_set_time(ctx->arena, row, "ends_at", claimed->promotion.claim_until);
        value_set_bool(ctx->arena, row, "is_used", amount > 0);
        value_set_bool(ctx->arena, row, "is_chosen", priced->wishes_coupon == claimed->promotion.id);
        value_set_money(ctx->arena, row, "amount", money_of(amount, currency));
        value_set_text(ctx->arena, row, "problem",
                       problem == COUPON_FINE ? NULL : coupon_problem_names[problem]);
        value_set_money(ctx->arena, row, "missing", money_of(claimed->missing, currency));
    }
    value_set_text(ctx->arena, view, "claimed_choice",
                   priced->wishes_none     ? "none"
                   : priced->wishes_coupon ? "one"
                                           : "best");
}
