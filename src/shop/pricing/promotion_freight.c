/* promotion_freight.c - the freight of a cart: its templates, its offers, its proof, its view. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_freight.h"

#include "base/money.h"
#include "base/text.h"
#include "shop/pricing/promotion_parts.h"
#include "shop/pricing/quote_freight.h"
#include "shop/pricing/quote_when.h"
#include "shop/wording.h"

/* ---- what is carried ---- */

static void fill_lines(const struct quote_line *lines, const struct carried *carried, const int *places,
                       size_t count, struct freight_line *cargo)
{
    for (size_t i = 0; i < count; i++)
        cargo[i] = (struct freight_line){.place = carried[i].is_digital ? FREIGHT_NO_TEMPLATE : places[i],
                                         .weight = carried[i].weight * lines[i].quantity,
                                         .pieces = lines[i].quantity};
}

/* Only templates that a line has, so that a proof keeps no more than it needs. */
static size_t keep_used(struct freight_template *templates, size_t count, struct freight_line *cargo,
                        size_t line_count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_used = false;
        for (size_t j = 0; j < line_count; j++)
            if (cargo[j].place == (int)i) {
                cargo[j].place = (int)kept;
                is_used = true;
            }
        if (is_used)
            templates[kept++] = templates[i];
    }
    return kept;
}

static err load_cargo(struct ctx *ctx, const struct quote_line *lines, const struct carried *carried,
                      size_t count, struct priced *priced)
{
    int *places = arena_alloc_many(ctx->arena, count + 1, sizeof *places);
    int64_t *product_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *product_ids);
    struct freight_line *cargo = arena_alloc_many(ctx->arena, count + 1, sizeof *cargo);
    struct freight_template *templates;
    size_t have;
    for (size_t i = 0; i < count; i++)
        product_ids[i] = carried[i].product_id;
    TRY(freight_template_many(ctx, product_ids, count, &templates, &have, places));
    fill_lines(lines, carried, places, count, cargo);
    priced->template_count = keep_used(templates, have, cargo, count);
    priced->templates = templates;
    priced->cargo = cargo;
    return NULL;
}

/* ---- offers ---- */

/* An offer whose money does not reach has no steps any more; false when all reach. */
static bool drop_spent(const struct priced *priced, struct discount_rule *rules, enum coupon_problem *problem)
{
    const struct quote *quote = &priced->quote;
    if (quote->freight_discount == 0)
        return false;
    size_t place = quote->effects[quote->effect_count - 1].rule;
    const struct promotion *promotion = &priced->promotions[place];
    if (promotion->money_most == 0 || promotion->money + quote->freight_discount <= promotion->money_most)
        return false;
    if (promotion->code[0])
        *problem = COUPON_USED_UP;
    rules[place].step_count = 0;
    return true;
}

static err quote_all(struct ctx *ctx, const struct quote_line *lines, size_t count, int64_t region,
                     struct priced *priced)
{
    struct discount_rule *rules = arena_alloc_many(ctx->arena, priced->count + 1, sizeof *rules);
    const struct quote_cargo cargo = {priced->templates, priced->template_count, priced->cargo, region};
    const struct quote goods = priced->quote;
    for (size_t i = 0; i < priced->count; i++)
        rules[i] = priced->rules[i];
    priced->rules = rules;
    do {
        priced->quote = goods;
        if (!quote_freight(ctx->arena, lines, count, &cargo, rules, priced->count, &priced->freight,
                           &priced->quote))
            return fail_with(ctx, ERR_LIMIT, "the sum is out of range");
    } while (drop_spent(priced, rules, &priced->problem));
    return NULL;
}

static int64_t paid_for(const struct quote_line *lines, size_t count, const bool *takes)
{
    int64_t paid = 0;
    for (size_t i = 0; i < count; i++)
        paid += takes[i] ? lines[i].full - lines[i].discount : 0;
    return paid;
}

/* Why a coupon on freight takes nothing off. */
static void judge_coupon(const struct quote_line *lines, size_t count, struct priced *priced)
{
    const struct promotion *coupon = priced->coupon;
    const struct quote *quote = &priced->quote;
    if (!coupon || coupon->rule.kind != DISCOUNT_SHIPPING || priced->problem != COUPON_FINE ||
        (quote->freight_discount > 0 &&
         priced->rules[quote->effects[quote->effect_count - 1].rule].id == coupon->id))
        return;
    int64_t from = coupon->rule.steps[0].from, paid = paid_for(lines, count, coupon->rule.takes);
    if (priced->freight.state == FREIGHT_NONE ||
        (priced->freight.state == FREIGHT_KNOWN && priced->freight.amount == 0))
        priced->problem = COUPON_NO_FREIGHT;
    else if (priced->freight.state != FREIGHT_KNOWN)
        priced->problem = COUPON_NO_REGION;
    else if (!rule_reaches(&coupon->rule, priced->freight.region))
        priced->problem = COUPON_OTHER_REGION;
    else if (paid < from)
        priced->problem = COUPON_TOO_LITTLE;
    else
        priced->problem = COUPON_UNFIT;
    priced->missing = priced->problem == COUPON_TOO_LITTLE ? from - paid : 0;
}

err price_freight(struct ctx *ctx, const struct quote_line *lines, const struct carried *carried,
                  size_t count, int64_t region, struct priced *priced)
{
    if (ctx->shop->has_freight && count > 0) {
        TRY(load_cargo(ctx, lines, carried, count, priced));
        TRY(quote_all(ctx, lines, count, region, priced));
    }
    judge_coupon(lines, count, priced);
    return NULL;
}

/* ---- proof ---- */

void freight_proof_write(struct ctx *ctx, struct value *tree, const struct priced *priced, size_t count)
{
    struct arena *arena = ctx->arena;
    if (priced->freight.state != FREIGHT_KNOWN)
        return;
    struct value *proof = value_set_object(arena, tree, "freight");
    struct value *templates = value_set_list(arena, proof, "templates");
    for (size_t i = 0; i < priced->template_count; i++) {
        struct value *row = value_add(arena, templates, *value_object(arena));
        value_set_int(arena, row, "id", priced->templates[i].id);
        value_set_int(arena, row, "version", priced->templates[i].version);
        value_set_int(arena, row, "way", priced->templates[i].way);
        freight_terms_write(ctx, row, &priced->templates[i]);
    }
    struct value *cargo = value_set_list(arena, proof, "cargo");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, cargo, *value_object(arena));
        value_set_int(arena, row, "template", priced->cargo[i].place);
        value_set_int(arena, row, "weight", priced->cargo[i].weight);
    }
    value_set_int(arena, proof, "region", priced->freight.region);
    value_set_int(arena, proof, "amount", priced->quote.freight);
    value_set_int(arena, proof, "discount", priced->quote.freight_discount);
}

static struct freight_template *read_templates(struct ctx *ctx, const struct value *proof, size_t *count)
{
    const struct value *list = value_find(proof, "templates");
    *count = value_count(list) < FREIGHT_TEMPLATE_LIMIT ? value_count(list) : FREIGHT_TEMPLATE_LIMIT;
    struct freight_template *templates = arena_alloc_many(ctx->arena, *count + 1, sizeof *templates);
    for (size_t i = 0; i < *count; i++) {
        const struct value *row = value_at(list, i);
        int64_t way = value_find_int(row, "way", 0);
        templates[i] = (struct freight_template){
            .id = value_find_int(row, "id", 0),
            .version = value_find_int(row, "version", 0),
            .way = way >= FREIGHT_WEIGHT && way <= FREIGHT_FIXED ? (enum freight_way)way : FREIGHT_FIXED};
        freight_terms_read(row, &templates[i]);
        if (templates[i].rate_count == 0)
            *count = 0;
    }
    return templates;
}

bool freight_proof_replay(struct ctx *ctx, const struct value *tree, const struct quote_line *lines,
                          size_t count, const struct discount_rule *rules, size_t rule_count,
                          struct quote *quote, bool *is_same)
{
    const struct value *proof = value_find(tree, "freight"), *list = value_find(proof, "cargo");
    struct freight freight;
    size_t template_count;
    if (!proof)
        return true;
    struct freight_template *templates = read_templates(ctx, proof, &template_count);
    struct freight_line *cargo = arena_alloc_many(ctx->arena, count + 1, sizeof *cargo);
    if (template_count == 0 || value_count(list) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t place = value_find_int(value_at(list, i), "template", FREIGHT_NO_TEMPLATE);
        cargo[i] = (struct freight_line){
            .place = place >= 0 && place < (int64_t)template_count ? (int)place : FREIGHT_NO_TEMPLATE,
            .weight = value_find_int(value_at(list, i), "weight", 0),
            .pieces = lines[i].quantity};
    }
    const struct quote_cargo carried = {templates, template_count, cargo, value_find_int(proof, "region", 0)};
    if (!quote_freight(ctx->arena, lines, count, &carried, rules, rule_count, &freight, quote))
        return false;
    *is_same = *is_same && freight.state == FREIGHT_KNOWN &&
               quote->freight == value_find_int(proof, "amount", -1) &&
               quote->freight_discount == value_find_int(proof, "discount", -1);
    return true;
}

/* ---- view ---- */

/* What is missing until a template carries for nothing: the least of them. */
static const char *free_hint(struct ctx *ctx, const struct freight *freight)
{
    int64_t missing = 0;
    for (size_t i = 0; i < freight->part_count; i++)
        if (freight->parts[i].short_sum > 0 && (missing == 0 || freight->parts[i].short_sum < missing))
            missing = freight->parts[i].short_sum;
    if (missing == 0 || freight->state == FREIGHT_REFUSED)
        return NULL;
    const char *const pairs[] = {"missing", money_display(ctx->arena, money_of(missing, ctx->shop->currency)),
                                 NULL};
    return wording_say(ctx, ctx->locale, "freight.says.missing", pairs);
}

void freight_set_view(struct ctx *ctx, struct value *view, const struct priced *priced)
{
    static const char *const states[] = {[FREIGHT_NONE] = "none",
                                         [FREIGHT_KNOWN] = "known",
                                         [FREIGHT_OPEN] = "open",
                                         [FREIGHT_REFUSED] = "refused"};
    const struct freight *freight = &priced->freight;
    struct value *tree = value_set_object(ctx->arena, view, "freight");
    int64_t region = freight->region ? freight->region : priced->region;
    int place = freight_region_place(region);
    value_set_text(ctx->arena, tree, "state", states[freight->state]);
    value_set_money(ctx->arena, tree, "amount", money_of(priced->quote.freight, ctx->shop->currency));
    value_set_money(ctx->arena, tree, "discount",
                    money_of(priced->quote.freight_discount, ctx->shop->currency));
    value_set(ctx->arena, tree, "region", value_null());
    if (place >= 0)
        value_set_int(ctx->arena, tree, "region", region);
    value_set_text(ctx->arena, tree, "region_name", place >= 0 ? freight_region_name(ctx, region) : NULL);
    value_set_text(ctx->arena, tree, "hint", free_hint(ctx, freight));
    struct value *regions = value_set_list(ctx->arena, tree, "regions");
    if (freight->state != FREIGHT_NONE || priced->asks_region)
        freight_regions_view(ctx, regions);
}
