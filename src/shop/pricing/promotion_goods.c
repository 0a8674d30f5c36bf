/* promotion_goods.c - the goods that bundles, gifts, add-ons and vouchers name: kept, checked, named. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"

#include "base/text.h"
#include <inttypes.h>

#define PIECES_MOST 99
#define FROM_PIECES_MOST 999

/* ---- JSON ---- */

void goods_write(struct ctx *ctx, struct value *object, const struct discount_rule *rule)
{
    struct arena *arena = ctx->arena;
    if (rule->good_count == 0)
        return;
    if (rule->is_by_pieces)
        value_set_bool(arena, object, "by_pieces", true);
    struct value *list = value_set_list(arena, object, "goods");
    for (size_t i = 0; i < rule->good_count; i++) {
        const struct discount_good *good = &rule->goods[i];
        struct value *view = value_add(arena, list, *value_object(arena));
        value_set_int(arena, view, "variant", good->variant_id);
        value_set_int(arena, view, "product", good->product_id);
        value_set_int(arena, view, "pieces", good->pieces);
        value_set_int(arena, view, "price", good->price);
        value_set_text(arena, view, "name", good->name ? good->name : "");
    }
}

void goods_read(const struct value *object, struct discount_rule *rule)
{
    const struct value *list = value_find(object, "goods"), *by_pieces = value_find(object, "by_pieces");
    rule->is_by_pieces = by_pieces && by_pieces->kind == VALUE_BOOL && by_pieces->boolean;
    rule->good_count = value_count(list) < DISCOUNT_GOODS_MOST ? value_count(list) : DISCOUNT_GOODS_MOST;
    for (size_t i = 0; i < rule->good_count; i++) {
        const struct value *view = value_at(list, i);
        int64_t pieces = value_find_int(view, "pieces", 1);
        const char *name = value_find_text(view, "name");
        rule->goods[i] = (struct discount_good){.variant_id = value_find_int(view, "variant", 0),
                                                .product_id = value_find_int(view, "product", 0),
                                                .pieces = pieces > 0 ? pieces : 1,
                                                .price = value_find_int(view, "price", 0),
                                                .name = name ? name : ""};
    }
}

/* ---- what is wrong ---- */

static const char *good_field(struct ctx *ctx, size_t place, const char *name)
{
    return arena_format(ctx->arena, "given.%zu.%s", place, name);
}

static const char *step_field(struct ctx *ctx, size_t place, const char *name)
{
    return arena_format(ctx->arena, "steps.%zu.%s", place, name);
}

static bool is_named_before(const struct discount_rule *rule, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (rule->goods[i].variant_id == rule->goods[place].variant_id)
            return true;
    return false;
}

static void check_goods(struct findings *findings, const struct discount_rule *rule)
{
    struct ctx *ctx = findings->ctx;
    if (rule->good_count == 0)
        findings_add(findings, "given.0.sku", "required", "which goods?");
    else if (rule->kind == DISCOUNT_BUNDLE && rule->good_count == 1 && rule->goods[0].pieces < 2)
        findings_add(findings, "given.1.sku", "one-good", "a bundle has two pieces at least");
    for (size_t i = 0; i < rule->good_count; i++) {
        const struct discount_good *good = &rule->goods[i];
        if (is_named_before(rule, i))
            findings_add(findings, good_field(ctx, i, "sku"), "twice", "these goods are named already");
        if (good->pieces < 1 || good->pieces > PIECES_MOST)
            findings_add(findings, good_field(ctx, i, "pieces"), "range-given", "1 to 99 pieces");
        if (good->price < 0 || good->price > MONEY_MAX)
            findings_add(findings, good_field(ctx, i, "price"), "out-of-range", "this is no price");
        else if (rule->kind == DISCOUNT_ADDON && good->price == 0)
            findings_add(findings, good_field(ctx, i, "price"), "required",
                         "what does it cost? For nothing it would be a gift");
    }
}

static void check_from(struct findings *findings, const struct discount_rule *rule, size_t place)
{
    int64_t from = rule->steps[place].from;
    const char *field = step_field(findings->ctx, place, rule->is_by_pieces ? "pieces" : "from");
    if (from <= 0)
        findings_add(findings, field, "required", "from how much on?");
    else if (rule->is_by_pieces ? from > FROM_PIECES_MOST : from > MONEY_MAX)
        findings_add(findings, field, rule->is_by_pieces ? "range-pieces" : "out-of-range",
                     "this is too much");
    else if (place > 0 && from <= rule->steps[place - 1].from)
        findings_add(findings, field, "not-rising", "each step begins higher than the one before");
}

static void check_gift(struct findings *findings, const struct discount_rule *rule)
{
    if (rule->step_count == 0)
        findings_add(findings, rule->is_by_pieces ? "steps.0.pieces" : "steps.0.from", "required",
                     "from how much on?");
    if (rule->step_count > 1 && rule->times > 0)
        findings_add(findings, "steps.1.from", "one-step", "a gift that repeats has one step");
    for (size_t i = 0; i < rule->step_count; i++) {
        int64_t gives = rule->steps[i].gives;
        check_from(findings, rule, i);
        if (gives < 1 || gives > PIECES_MOST)
            findings_add(findings, step_field(findings->ctx, i, "gives"), "range-given", "1 to 99 pieces");
        else if (i > 0 && gives <= rule->steps[i - 1].gives)
            findings_add(findings, step_field(findings->ctx, i, "gives"), "smaller-step",
                         "a higher step gives more than the one before");
    }
}

static void check_bundle(struct findings *findings, const struct discount_rule *rule)
{
    const struct discount_step *step = &rule->steps[0];
    int ways = (step->off != 0) + (step->percent != 0) + (step->price != 0);
    if (ways != 1)
        findings_add(findings, "steps.0.price", "one-effect", "say one of: a price, an amount, a part");
    else if (step->percent < 0 || step->percent >= BASIS_POINTS)
        findings_add(findings, "steps.0.percent", "above-price",
                     "more than nothing and less than everything");
    else if (step->off < 0 || step->price < 0 || step->off > MONEY_MAX || step->price > MONEY_MAX)
        findings_add(findings, step->off ? "steps.0.off" : "steps.0.price", "out-of-range",
                     "this is no amount");
}

void goods_check(struct findings *findings, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    check_goods(findings, rule);
    if (rule->kind == DISCOUNT_BUNDLE)
        check_bundle(findings, rule);
    else if (rule->kind == DISCOUNT_GIFT)
        check_gift(findings, rule);
    else if (rule->kind == DISCOUNT_ADDON)
        check_from(findings, rule, 0);
    if (rule->times < 0 || rule->times > PROMOTION_TIMES_MOST)
        findings_add(findings, "times", "out-of-range", "0 to 1000");
    if (rule->most < 0 || rule->most > MONEY_MAX)
        findings_add(findings, "most", "out-of-range", "this is no amount");
}

/* ---- what they are called and cost now ---- */

static err refuse_price(struct ctx *ctx, const char *field, const char *what, int64_t price)
{
    return fail_field(ctx, field, "above-price",
                      arena_format(ctx->arena, "%s costs %s", what,
                                   money_decimal(ctx->arena, money_of(price, ctx->shop->currency))));
}

static err check_sum(struct ctx *ctx, const struct discount_rule *rule, int64_t sum)
{
    const struct discount_step *step = &rule->steps[0];
    if (step->off >= sum || step->price >= sum)
        return refuse_price(ctx, step->off ? "steps.0.off" : "steps.0.price", "all of it", sum);
    return NULL;
}

err goods_settle(struct ctx *ctx, struct promotion *promotion)
{
    struct discount_rule *rule = &promotion->rule;
    int64_t ids[DISCOUNT_GOODS_MOST], sum = 0;
    const struct variant *found[DISCOUNT_GOODS_MOST];
    int64_t *product_ids = arena_alloc_many(ctx->arena, DISCOUNT_GOODS_MOST, sizeof *product_ids);
    for (size_t i = 0; i < rule->good_count; i++)
        ids[i] = rule->goods[i].variant_id;
    TRY(variant_load_many(ctx, ids, rule->good_count, found));
    for (size_t i = 0; i < rule->good_count; i++) {
        struct discount_good *good = &rule->goods[i];
        if (!found[i])
            return fail_field(ctx, good_field(ctx, i, "sku"), "no-such-goods", "these goods are gone");
        if (rule->kind != DISCOUNT_BUNDLE && found[i]->questions && found[i]->questions[0])
            return fail_field(ctx, good_field(ctx, i, "sku"), "asks",
                              "goods that ask the buyer something cannot be given");
        if (rule->kind != DISCOUNT_BUNDLE && good->price > 0 && good->price >= found[i]->price)
            return refuse_price(ctx, good_field(ctx, i, "price"), found[i]->product_title, found[i]->price);
        good->product_id = product_ids[i] = found[i]->product_id;
        good->name = found[i]->title[0]
                         ? arena_format(ctx->arena, "%s（%s）", found[i]->product_title, found[i]->title)
                         : found[i]->product_title;
        if (__builtin_mul_overflow(found[i]->price, good->pieces, &sum) || sum > MONEY_MAX)
            return fail_field(ctx, good_field(ctx, i, "pieces"), "out-of-range", "this is too much");
    }
    if (rule->kind != DISCOUNT_BUNDLE)
        return NULL;
    sum = 0;
    for (size_t i = 0; i < rule->good_count; i++)
        sum += found[i]->price * rule->goods[i].pieces;
    promotion->is_for_all = false;
    promotion->shelf_count = 0;
    promotion->product_ids = product_ids;
    promotion->product_count = rule->good_count;
    return check_sum(ctx, rule, sum);
}
