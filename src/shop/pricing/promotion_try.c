/* promotion_try.c - what an offer would have done to carts of the past, and proofs as tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_list_parts.h"
#include "shop/pricing/promotion_staff.h"
#include "shop/pricing/quote_points.h"
#include "shop/pricing/quote_round.h"
#include "shop/pricing/quote_when.h"

#include "base/json.h"
#include "shop/catalog/catalog.h"
#include <stdlib.h>

/* ---- a trial ---- */

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* All products of the carts, each once, rising. */
static int64_t *gather(struct ctx *ctx, const struct trial_cart *carts, size_t count, size_t *have)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        all += carts[i].count;
    int64_t *ids = arena_alloc_many(ctx->arena, all + 1, sizeof *ids);
    for (size_t i = 0, at = 0; i < count; i++)
        for (size_t j = 0; j < carts[i].count; j++)
            ids[at++] = carts[i].product_ids[j];
    qsort(ids, all, sizeof *ids, by_number);
    for (size_t i = 0; i < all; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    *have = kept;
    return ids;
}

/* Whether each of the products takes part. */
static err find_takers(struct ctx *ctx, const struct promotion *promotion, const int64_t *ids, size_t count,
                       bool *takes)
{
    for (size_t i = 0; i < count; i++)
        takes[i] = promotion->is_for_all || id_in(promotion->product_ids, promotion->product_count, ids[i]);
    for (size_t start = 0; promotion->shelf_count > 0 && start < count; start += PRODUCT_CHUNK) {
        struct shelf_place *places;
        size_t have, part = count - start < PRODUCT_CHUNK ? count - start : PRODUCT_CHUNK;
        TRY(shelf_places_load(ctx, ids + start, part, &places, &have));
        for (size_t i = 0; i < have; i++) {
            const int64_t *found = bsearch(&places[i].product_id, ids + start, part, sizeof *ids, by_number);
            if (found && id_in(promotion->shelf_ids, promotion->shelf_count, places[i].shelf_id))
                takes[found - ids] = true;
        }
    }
    return NULL;
}

static int64_t freight_off_cart(const struct trial_cart *cart, const struct discount_rule *rule)
{
    int64_t paid = 0;
    for (size_t i = 0; i < cart->count; i++)
        paid += rule->takes[i] ? cart->lines[i].full : 0;
    return paid > 0 ? freight_off(rule, paid, cart->freight) : 0;
}

/* What an offer does for a cart of its time and place; `rule` has the lines that it takes. */
static void try_one(const struct discount_rule *rule, const struct quote *quote, struct trial_cart *cart)
{
    cart->amount = rule->kind == DISCOUNT_SHIPPING ? freight_off_cart(cart, rule) : quote->discount;
    cart->gifts = quote->grant_count > 0 ? quote->grants[0].pieces : 0;
}

static bool counted_then(const struct ctx *ctx, const struct discount_rule *rule,
                         const struct trial_cart *cart)
{
    int64_t offset = zone_offset(ctx->shop->zone, cart->placed_at);
    return rule_is_open(rule, week_minute(cart->placed_at, offset)) && rule_reaches(rule, cart->region);
}

err promotion_try(struct ctx *ctx, const struct promotion *promotion, struct trial_cart *carts, size_t count)
{
    size_t have;
    const int64_t *ids = gather(ctx, carts, count, &have);
    bool *takes = arena_alloc_many(ctx->arena, have + 1, sizeof *takes);
    TRY(find_takers(ctx, promotion, ids, have, takes));
    for (size_t i = 0; i < count; i++) {
        struct trial_cart *cart = &carts[i];
        struct discount_rule rule = promotion->rule;
        struct quote quote;
        bool *lines = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *lines);
        for (size_t j = 0; j < cart->count; j++) {
            const int64_t *found = bsearch(&cart->product_ids[j], ids, have, sizeof *ids, by_number);
            lines[j] = found && takes[found - ids];
        }
        rule.takes = lines;
        if (!quote_make(ctx->arena, cart->lines, cart->count, &rule, 1, &quote))
            return fail_with(ctx, ERR_LIMIT, "the sum is out of range");
        cart->full = quote.full;
        cart->amount = cart->gifts = 0;
        if (counted_then(ctx, &rule, cart))
            try_one(&rule, &quote, cart);
    }
    return NULL;
}

/* ---- proofs ---- */

static int64_t int_at(const struct value *list, size_t place)
{
    const struct value *item = value_at(list, place);
    return item && item->kind == VALUE_INT ? item->integer : 0;
}

static void read_tiers(struct ctx *ctx, const struct value *list, struct quote_line *line)
{
    struct price_tier *tiers = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof *tiers);
    line->tier_count = value_count(list);
    for (size_t i = 0; i < line->tier_count; i++)
        tiers[i] = (struct price_tier){.from = value_find_int(value_at(list, i), "from", 0),
                                       .price = value_find_int(value_at(list, i), "price", 0)};
    line->tiers = tiers;
}

static struct quote_line *read_lines(struct ctx *ctx, const struct value *tree, size_t *count)
{
    const struct value *list = value_find(tree, "lines");
    struct quote_line *lines = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof *lines);
    *count = value_count(list);
    for (size_t i = 0; i < *count; i++) {
        const struct value *view = value_at(list, i);
        struct quote_line *line = &lines[i];
        *line = (struct quote_line){.variant_id = value_find_int(view, "variant", 0),
                                    .list_price = value_find_int(view, "list", 0),
                                    .source = list_source_read(view),
                                    .quantity = value_find_int(view, "quantity", 0)};
        read_tiers(ctx, value_find(view, "tiers"), line);
        line->unit_price = price_at(line->list_price, line->tiers, line->tier_count, line->quantity);
        line->full = line->unit_price * line->quantity;
    }
    return lines;
}

static void read_effect(struct ctx *ctx, const struct value *effect, struct quote_line *lines, size_t count,
                        struct proof_rule *rule)
{
    const struct value *list = value_find(effect, "by_line");
    int64_t *by_line = arena_alloc_many(ctx->arena, count + 1, sizeof *by_line);
    for (size_t i = 0; i < count; i++) {
        by_line[i] = int_at(list, i);
        if (rule->promotion.rule.kind != DISCOUNT_SHIPPING)
            lines[i].discount += by_line[i];
    }
    rule->base = value_find_int(effect, "base", 0);
    rule->amount = value_find_int(effect, "amount", 0);
    rule->by_line = by_line;
}

/* Those that took off stand first, in their order. */
static void put_effects_first(struct ctx *ctx, struct proof_rule *rules, size_t count)
{
    struct proof_rule *sorted = arena_alloc_many(ctx->arena, count + 1, sizeof *sorted);
    size_t at = 0;
    for (int is_rest = 0; is_rest <= 1; is_rest++)
        for (size_t i = 0; i < count; i++)
            if ((rules[i].amount == 0) == is_rest)
                sorted[at++] = rules[i];
    memcpy(rules, sorted, count * sizeof *rules);
}

static struct quote sum_up(const struct value *tree, const struct quote_line *lines, size_t count)
{
    const struct value *freight = value_find(tree, "freight");
    struct quote quote = {.freight = value_find_int(freight, "amount", 0),
                          .freight_discount = value_find_int(freight, "discount", 0)};
    for (size_t i = 0; i < count; i++) {
        quote.full += lines[i].full;
        quote.discount += lines[i].discount;
    }
    quote.total = quote.full - quote.discount + quote.freight - quote.freight_discount;
    return quote;
}

/* The steps behind offers and freight, added to the discounts of the lines as the quote spreads them. */
static void read_last_steps(struct ctx *ctx, const struct value *tree, struct quote_line *lines,
                            struct proof *proof)
{
    struct quote quote = sum_up(tree, lines, proof->line_count);
    const struct quote_points_terms terms = points_terms_read(value_find(tree, "points"));
    quote_points(ctx->arena, lines, proof->line_count, &terms, &quote);
    quote_round(ctx->arena, lines, proof->line_count, value_find_int(value_find(tree, "rounding"), "unit", 1),
                &quote);
    proof->points = quote.points;
    proof->rounding = quote.rounding;
}

err proof_read(struct ctx *ctx, const char *json, struct proof *proof)
{
    struct value *tree;
    TRY(json_read(ctx, json, strlen(json), &tree));
    const struct value *list = value_find(tree, "rules"), *effects = value_find(tree, "effects");
    struct quote_line *lines = read_lines(ctx, tree, &proof->line_count);
    size_t count = value_count(list);
    struct proof_rule *rules = arena_alloc_many(ctx->arena, count + 1, sizeof *rules);
    if (proof->line_count == 0)
        return fail_with(ctx, ERR_INTERNAL, "this is no proof");
    for (size_t i = 0; i < count; i++) {
        struct promotion *promotion = &rules[i].promotion;
        promotion->name = promotion->code = "";
        discount_rule_read(value_at(list, i), &promotion->rule);
        promotion->id = value_find_int(value_at(list, i), "id", 0);
        promotion->version = value_find_int(value_at(list, i), "version", 0);
    }
    for (size_t i = 0; i < value_count(effects); i++) {
        int64_t at = value_find_int(value_at(effects, i), "rule", -1);
        if (at < 0 || at >= (int64_t)count)
            return fail_with(ctx, ERR_INTERNAL, "an effect of the proof has no rule");
        read_effect(ctx, value_at(effects, i), lines, proof->line_count, &rules[at]);
    }
    put_effects_first(ctx, rules, count);
    read_last_steps(ctx, tree, lines, proof);
    proof->lines = lines;
    proof->rules = rules;
    proof->rule_count = count;
    proof->full = value_find_int(tree, "full", 0);
    proof->discount = value_find_int(tree, "discount", 0);
    proof->freight = value_find_int(value_find(tree, "freight"), "amount", 0);
    proof->freight_discount = value_find_int(value_find(tree, "freight"), "discount", 0);
    proof->region = value_find_int(value_find(tree, "freight"), "region", 0);
    return NULL;
}
