/* promotion_view.c - offers in words and as pages see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"
#include "shop/pricing/price_list_parts.h"

#include "base/text.h"
#include "shop/wording.h"
#include <inttypes.h>
#include <string.h>

#define SENTENCE_LIMIT 1024

/* ---- numbers in words ---- */

/* 2000 → "20", 1250 → "12.5" */
const char *percent_text(struct ctx *ctx, int64_t percent)
{
    if (percent % 100 == 0)
        return arena_format(ctx->arena, "%" PRId64, percent / 100);
    return arena_format(ctx->arena, percent % 10 == 0 ? "%" PRId64 ".%" PRId64 : "%" PRId64 ".%02" PRId64,
                        percent / 100, percent % 10 == 0 ? percent % 100 / 10 : percent % 100);
}

/* What is left, as Chinese shops say it: 2000 off → "8", 1500 off → "8.5". */
const char *fold_text(struct ctx *ctx, int64_t percent)
{
    int64_t left = BASIS_POINTS - percent;
    if (left % 1000 == 0)
        return arena_format(ctx->arena, "%" PRId64, left / 1000);
    if (left % 100 == 0)
        return arena_format(ctx->arena, "%" PRId64 ".%" PRId64, left / 1000, left % 1000 / 100);
    return arena_format(ctx->arena, "%" PRId64 ".%03" PRId64, left / 1000, left % 1000);
}

/* "¥200", "¥12.50": sentences do without the zeros of a round sum. */
const char *sum_text(struct ctx *ctx, int64_t minor)
{
    char *text = money_display(ctx->arena, money_of(minor, ctx->shop->currency));
    char *point = strrchr(text, '.');
    if (point && strspn(point + 1, "0") == strlen(point + 1))
        *point = 0;
    return text;
}

/* ---- sentences ---- */

static const char *effect_name(const struct discount_step *step)
{
    return step->percent == BASIS_POINTS ? "free"
           : step->percent > 0           ? "percent"
           : step->price > 0             ? "price"
                                         : "off";
}

static const char *say_step(struct ctx *ctx, const struct discount_rule *rule,
                            const struct discount_step *step, const char *key)
{
    const char *from = discount_is_by_sum(rule->kind) ? sum_text(ctx, step->from)
                                                      : arena_format(ctx->arena, "%" PRId64, step->from);
    const char *const pairs[] = {"from",    from,
                                 "off",     sum_text(ctx, step->off),
                                 "price",   sum_text(ctx, step->price),
                                 "percent", percent_text(ctx, step->percent),
                                 "fold",    fold_text(ctx, step->percent),
                                 NULL};
    return wording_say(ctx, ctx->locale, key, pairs);
}

/* "offer.sum.off", "offer.sum.repeat.off", "offer.coupon.all.percent" … */
static const char *step_key(struct ctx *ctx, const struct discount_rule *rule,
                            const struct discount_step *step)
{
    const char *kind = discount_is_by_sum(rule->kind) && rule->kind != DISCOUNT_SHIPPING
                           ? "sum"
                           : discount_kind_names[rule->kind];
    const char *way = discount_is_by_sum(rule->kind) && rule->times > 0   ? "repeat."
                      : discount_is_by_sum(rule->kind) && step->from == 0 ? "all."
                                                                          : "";
    return arena_format(ctx->arena, "offer.%s.%s%s", kind, way, effect_name(step));
}

static void add_bound(struct ctx *ctx, struct text_buf *text, const char *key, const char *value)
{
    const char *const pairs[] = {"most", value, NULL};
    text_add(text, wording_say(ctx, ctx->locale, key, pairs));
}

const char *list_step_text(struct ctx *ctx, const struct discount_rule *rule)
{
    const struct discount_step *step = &rule->steps[0];
    return say_step(ctx, rule, step, arena_format(ctx->arena, "offer.list.%s", effect_name(step)));
}

static const char *sum_rule_text(struct ctx *ctx, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    struct text_buf text;
    if (promotion->is_presale)
        return wording_say(ctx, ctx->locale, rule->kind == DISCOUNT_SWELL ? "offer.swell" : "offer.presale",
                           NULL);
    if (rule->prices)
        return wording_say(ctx, ctx->locale, "offer.flash", NULL);
    text_open(&text, ctx->arena, SENTENCE_LIMIT);
    for (size_t i = 0; i < rule->step_count; i++) {
        if (i > 0)
            text_add(&text, wording_say(ctx, ctx->locale, "offer.and", NULL));
        text_add(&text, say_step(ctx, rule, &rule->steps[i], step_key(ctx, rule, &rule->steps[i])));
    }
    if (rule->times > 0)
        add_bound(ctx, &text, discount_is_by_sum(rule->kind) ? "offer.times" : "offer.pieces-most",
                  arena_format(ctx->arena, "%" PRId64, rule->times));
    if (rule->most > 0)
        add_bound(ctx, &text, "offer.most", sum_text(ctx, rule->most));
    return text_of(&text);
}

const char *promotion_text(struct ctx *ctx, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    const char *text =
        discount_has_goods(rule->kind) ? goods_text(ctx, promotion) : sum_rule_text(ctx, promotion);
    return arena_format(ctx->arena, "%s%s", text, when_text(ctx, rule));
}

const char *hint_text(struct ctx *ctx, const struct promotion *promotion, const struct quote_hint *hint)
{
    const struct discount_rule *rule = &promotion->rule;
    const char *missing = rule_is_by_sum(rule) ? sum_text(ctx, hint->missing)
                                               : arena_format(ctx->arena, "%" PRId64, hint->missing);
    const char *key = rule_is_by_sum(rule) ? "offer.hint.sum" : "offer.hint.pieces";
    const char *step = discount_has_goods(rule->kind)
                           ? goods_step_text(ctx, rule, &hint->next)
                           : say_step(ctx, rule, &hint->next, step_key(ctx, rule, &hint->next));
    const char *const pairs[] = {"missing", missing, "step", step, NULL};
    return wording_say(ctx, ctx->locale, key, pairs);
}

/* ---- views ---- */

static void add_ids(struct arena *arena, struct value *view, const char *name, const int64_t *ids,
                    size_t count)
{
    struct value *list = value_set_list(arena, view, name);
    for (size_t i = 0; i < count; i++)
        value_add(arena, list, value_text(arena_format(arena, "%" PRId64, ids[i])));
}

static void set_sum(struct ctx *ctx, struct value *view, const char *name, int64_t minor)
{
    value_set(ctx->arena, view, name, value_null());
    if (minor > 0)
        value_set_money(ctx->arena, view, name, money_of(minor, ctx->shop->currency));
}

static void add_steps(struct ctx *ctx, struct value *view, const struct discount_rule *rule)
{
    struct value *steps = value_set_list(ctx->arena, view, "steps");
    for (size_t i = 0; i < rule->step_count; i++) {
        struct value *step = value_add(ctx->arena, steps, *value_object(ctx->arena));
        if (rule_is_by_sum(rule))
            set_sum(ctx, step, "from", rule->steps[i].from);
        else
            value_set_int(ctx->arena, step, "from", rule->steps[i].from);
        set_sum(ctx, step, "off", rule->steps[i].off);
        set_sum(ctx, step, "price", rule->steps[i].price);
        value_set_int(ctx->arena, step, "percent", rule->steps[i].percent);
        if (rule->kind == DISCOUNT_GIFT)
            value_set_int(ctx->arena, step, "gives", rule->steps[i].gives);
    }
}

static void add_goods(struct ctx *ctx, struct value *view, const struct discount_rule *rule)
{
    struct value *goods = value_set_list(ctx->arena, view, "goods");
    for (size_t i = 0; i < rule->good_count; i++) {
        struct value *good = value_add(ctx->arena, goods, *value_object(ctx->arena));
        value_set_id(ctx->arena, good, "variant_id", rule->goods[i].variant_id);
        value_set_text(ctx->arena, good, "name", rule->goods[i].name);
        value_set_int(ctx->arena, good, "pieces", rule->goods[i].pieces);
        set_sum(ctx, good, "price", rule->goods[i].price);
    }
}

struct value *promotion_view(struct ctx *ctx, const struct promotion *promotion)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    value_set_id(arena, view, "id", promotion->id);
    value_set_int(arena, view, "version", promotion->version);
    value_set_text(arena, view, "kind", discount_kind_names[promotion->rule.kind]);
    value_set_text(arena, view, "status", promotion_status_names[promotion->status]);
    value_set_text(arena, view, "phase", promotion_phase_names[promotion_phase_of(promotion, ctx->now)]);
    value_set_text(arena, view, "name", promotion->name);
    value_set_text(arena, view, "code", promotion->code[0] ? promotion->code : NULL);
    value_set_text(arena, view, "text", promotion_text(ctx, promotion));
    value_set_time(arena, view, "starts_at", promotion->starts_at);
    value_set_time(arena, view, "ends_at", promotion->ends_at);
    add_steps(ctx, view, &promotion->rule);
    value_set_bool(arena, view, "by_pieces", promotion->rule.is_by_pieces);
    add_goods(ctx, view, &promotion->rule);
    value_set_int(arena, view, "beside", promotion->rule.beside);
    value_set_int(arena, view, "times", promotion->rule.times);
    set_sum(ctx, view, "most", promotion->rule.most);
    value_set_bool(arena, view, "is_for_all", promotion->is_for_all);
    struct value *regions = value_set_list(arena, view, "regions");
    for (int i = 0; i < FREIGHT_REGIONS; i++)
        if (promotion->rule.regions & (UINT64_C(1) << i))
            value_add(arena, regions, value_int(freight_regions[i].code));
    windows_view(ctx, view, &promotion->rule);
    add_ids(arena, view, "shelves", promotion->shelf_ids, promotion->shelf_count);
    add_ids(arena, view, "products", promotion->product_ids, promotion->product_count);
    value_set_int(arena, view, "uses_most", promotion->uses_most);
    value_set_int(arena, view, "person_most", promotion->person_most);
    set_sum(ctx, view, "money_most", promotion->money_most);
    value_set_int(arena, view, "uses", promotion->uses);
    value_set_money(arena, view, "money", money_of(promotion->money, ctx->shop->currency));
    value_set_time(arena, view, "updated_at", promotion->updated_at);
    return view;
}

/* ---- pages of products ---- */

static void add_offer(struct ctx *ctx, struct value *row, const struct promotion *promotion)
{
    value_set_text(ctx->arena, row, "name", promotion->name);
    value_set_text(ctx->arena, row, "kind", discount_kind_names[promotion->rule.kind]);
    value_set_text(ctx->arena, row, "text", promotion_text(ctx, promotion));
    value_set_time(ctx->arena, row, "ends_at", promotion->ends_at);
}

/* The price shows a sale, and a box of its own what is in a bundle. */
static bool is_shown_elsewhere(const struct promotion *promotion)
{
    return (promotion->rule.kind == DISCOUNT_SALE && promotion->rule.regions == 0) ||
           promotion->rule.kind == DISCOUNT_BUNDLE;
}

static void add_listed(struct ctx *ctx, struct value *list, const struct promotion *promotion, bool is_open)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    add_offer(ctx, row, promotion);
    value_set_bool(ctx->arena, row, "is_open", is_open);
}

void sale_view(struct ctx *ctx, struct value *view, const struct product_offers *offers, int64_t price)
{
    const struct promotion *sale;
    int64_t reduced = sale_price_of(ctx, offers, price, &sale);
    value_set(ctx->arena, view, "sale", value_null());
    if (!sale)
        return;
    struct value *row = value_set_object(ctx->arena, view, "sale");
    value_set_money(ctx->arena, row, "price", money_of(reduced, ctx->shop->currency));
    add_offer(ctx, row, sale);
}

void product_offers_view(struct ctx *ctx, struct value *view, const struct product_offers *offers)
{
    struct value *list = value_set_list(ctx->arena, view, "offers");
    for (size_t i = 0; i < offers->count; i++)
        if (!is_shown_elsewhere(offers->promotions[i]))
            add_listed(ctx, list, offers->promotions[i], true);
    for (size_t i = 0; i < offers->closed_count; i++)
        add_listed(ctx, list, offers->closed[i], false);
}

/* ---- carts ---- */

static void add_discounts(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    struct value *list = value_set_list(ctx->arena, view, "discounts");
    for (size_t i = 0; i < priced->quote.effect_count; i++) {
        const struct promotion *promotion = &priced->promotions[priced->quote.effects[i].rule];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", promotion->id);
        value_set_text(ctx->arena, row, "kind", discount_kind_names[promotion->rule.kind]);
        value_set_text(ctx->arena, row, "name", promotion->name);
        value_set_text(ctx->arena, row, "code", promotion->code[0] ? promotion->code : NULL);
        value_set_text(ctx->arena, row, "text", promotion_text(ctx, promotion));
        value_set_money(ctx->arena, row, "amount",
                        money_of(priced->quote.effects[i].amount, ctx->shop->currency));
    }
}

/* It counts once it is known that the goods go where it does. */
static void add_wait(struct ctx *ctx, struct value *list, const struct promotion *promotion)
{
    const char *const pairs[] = {"text", promotion_text(ctx, promotion), NULL};
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_text(ctx->arena, row, "name", promotion->name);
    value_set_text(ctx->arena, row, "text", wording_say(ctx, ctx->locale, "offer.hint.region", pairs));
    value_set_int(ctx->arena, row, "missing", 0);
}

/* Coupons speak for themselves. */
static void add_hints(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    struct value *list = value_set_list(ctx->arena, view, "hints");
    for (size_t i = 0; i < priced->quote.hint_count; i++) {
        const struct quote_hint *hint = &priced->quote.hints[i];
        const struct promotion *promotion = &priced->promotions[hint->rule];
        if (promotion->code[0])
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "name", promotion->name);
        value_set_text(ctx->arena, row, "text", hint_text(ctx, promotion, hint));
        value_set_int(ctx->arena, row, "missing", hint->missing);
    }
    for (size_t i = 0; i < priced->wait_count; i++)
        add_wait(ctx, list, priced->waits[i]);
}

static void add_coupon(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    value_set(ctx->arena, view, "coupon", value_null());
    if (!priced->code || !priced->code[0])
        return;
    struct value *coupon = value_set_object(ctx->arena, view, "coupon");
    value_set_text(ctx->arena, coupon, "code", priced->code);
    value_set_bool(ctx->arena, coupon, "applies", priced->problem == COUPON_FINE);
    value_set_text(ctx->arena, coupon, "problem",
                   priced->problem == COUPON_FINE ? NULL : coupon_problem_names[priced->problem]);
    set_sum(ctx, coupon, "missing", priced->missing);
    value_set_text(ctx->arena, coupon, "name", priced->coupon ? priced->coupon->name : NULL);
    value_set_text(ctx->arena, coupon, "text", priced->coupon ? promotion_text(ctx, priced->coupon) : NULL);
    value_set_time(ctx->arena, coupon, "ends_at", priced->coupon ? priced->coupon->ends_at : 0);
    if (priced->coupon)
        add_goods(ctx, coupon, &priced->coupon->rule);
    else
        value_set_list(ctx->arena, coupon, "goods");
}

void priced_view(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    const char *currency = ctx->shop->currency;
    value_set_money(ctx->arena, view, "full", money_of(priced->quote.full, currency));
    value_set_money(ctx->arena, view, "discount", money_of(priced->quote.discount, currency));
    value_set_bool(ctx->arena, view, "is_discounted", priced->quote.discount > 0);
    value_set_money(ctx->arena, view, "rounding", money_of(priced->quote.rounding, currency));
    add_discounts(ctx, view, priced);
    add_hints(ctx, view, priced);
    add_coupon(ctx, view, priced);
    coupons_view(ctx, view, priced);
}
