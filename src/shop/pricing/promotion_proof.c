/* promotion_proof.c - from what a sum was made, written down so that it can be made again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_list_parts.h"
#include "shop/pricing/promotion_freight.h"
#include "shop/pricing/promotion_parts.h"
#include "shop/pricing/quote_points.h"
#include "shop/pricing/quote_round.h"

#include "base/json.h"
#include "base/money.h"

#define PROOF_LIMIT 1048576
#define LINES_MOST 1000

/* ---- writing ---- */

/* What made the list price of the price on the shelf. */
static void write_source(struct arena *arena, struct value *line, const struct list_source *source)
{
    if (source->price_list_id == 0)
        return;
    struct value *tree = value_set_object(arena, line, "by");
    value_set_int(arena, tree, "list", source->price_list_id);
    value_set_int(arena, tree, "version", source->version);
    value_set_int(arena, tree, "shelf", source->shelf_price);
    value_set_int(arena, tree, "off", source->step.off);
    value_set_int(arena, tree, "percent", source->step.percent);
    value_set_int(arena, tree, "price", source->step.price);
}

struct list_source list_source_read(const struct value *line)
{
    const struct value *tree = value_find(line, "by");
    return (struct list_source){.price_list_id = value_find_int(tree, "list", 0),
                                .version = value_find_int(tree, "version", 0),
                                .shelf_price = value_find_int(tree, "shelf", 0),
                                .step = {.off = value_find_int(tree, "off", 0),
                                         .percent = value_find_int(tree, "percent", 0),
                                         .price = value_find_int(tree, "price", 0)}};
}

static void write_lines(struct arena *arena, struct value *tree, const struct quote_line *lines, size_t count)
{
    struct value *list = value_set_list(arena, tree, "lines");
    for (size_t i = 0; i < count; i++) {
        struct value *line = value_add(arena, list, *value_object(arena));
        value_set_int(arena, line, "variant", lines[i].variant_id);
        value_set_int(arena, line, "list", lines[i].list_price);
        value_set_int(arena, line, "quantity", lines[i].quantity);
        write_source(arena, line, &lines[i].source);
        if (lines[i].tier_count == 0)
            continue;
        struct value *tiers = value_set_list(arena, line, "tiers");
        for (size_t j = 0; j < lines[i].tier_count; j++) {
            struct value *tier = value_add(arena, tiers, *value_object(arena));
            value_set_int(arena, tier, "from", lines[i].tiers[j].from);
            value_set_int(arena, tier, "price", lines[i].tiers[j].price);
        }
    }
}

/* Of rules that have one for each line. */
static void write_prices(struct arena *arena, struct value *rule, const int64_t *prices, size_t count)
{
    if (!prices)
        return;
    struct value *list = value_set_list(arena, rule, "prices");
    for (size_t i = 0; i < count; i++)
        value_add(arena, list, value_int(prices[i]));
}

static void write_rules(struct ctx *ctx, struct value *tree, const struct priced *priced, size_t line_count)
{
    struct value *list = value_set_list(ctx->arena, tree, "rules");
    for (size_t i = 0; i < priced->count; i++) {
        struct value *rule = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, rule, "id", priced->rules[i].id);
        value_set_int(ctx->arena, rule, "version", priced->rules[i].version);
        discount_rule_write(ctx, rule, &priced->rules[i]);
        struct value *takes = value_set_list(ctx->arena, rule, "takes");
        for (size_t j = 0; j < line_count; j++)
            if (priced->rules[i].takes[j])
                value_add(ctx->arena, takes, value_int((int64_t)j));
        write_prices(ctx->arena, rule, priced->rules[i].prices, line_count);
    }
}

static void write_effects(struct arena *arena, struct value *tree, const struct quote *quote, size_t count)
{
    struct value *list = value_set_list(arena, tree, "effects");
    for (size_t i = 0; i < quote->effect_count; i++) {
        struct value *effect = value_add(arena, list, *value_object(arena));
        value_set_int(arena, effect, "rule", (int64_t)quote->effects[i].rule);
        value_set_int(arena, effect, "base", quote->effects[i].base);
        value_set_int(arena, effect, "amount", quote->effects[i].amount);
        struct value *by_line = value_set_list(arena, effect, "by_line");
        for (size_t j = 0; j < count; j++)
            value_add(arena, by_line, value_int(quote->effects[i].by_line[j]));
    }
}

/* What was earned, and what of it was given. */
static void write_gifts(struct arena *arena, struct value *tree, const struct priced *priced)
{
    struct value *list = value_set_list(arena, tree, "grants");
    for (size_t i = 0; i < priced->quote.grant_count; i++) {
        struct value *grant = value_add(arena, list, *value_object(arena));
        value_set_int(arena, grant, "rule", (int64_t)priced->quote.grants[i].rule);
        value_set_int(arena, grant, "pieces", priced->quote.grants[i].pieces);
    }
    list = value_set_list(arena, tree, "given");
    for (size_t i = 0; i < priced->given_count; i++) {
        struct value *given = value_add(arena, list, *value_object(arena));
        value_set_int(arena, given, "rule", (int64_t)priced->given[i].rule);
        value_set_int(arena, given, "variant", priced->given[i].variant_id);
        value_set_int(arena, given, "pieces", priced->given[i].pieces);
        value_set_int(arena, given, "price", priced->given[i].price);
    }
}

static void write_points(struct arena *arena, struct value *tree, const struct quote_points *points,
                         size_t count)
{
    if (points->used == 0)
        return;
    struct value *proof = value_set_object(arena, tree, "points");
    value_set_int(arena, proof, "wanted", points->terms.wanted);
    value_set_int(arena, proof, "rate", points->terms.rate);
    value_set_int(arena, proof, "unit", points->terms.unit);
    value_set_int(arena, proof, "percent", points->terms.percent);
    value_set_int(arena, proof, "least", points->terms.least);
    value_set_int(arena, proof, "used", points->used);
    value_set_int(arena, proof, "off", points->off);
    struct value *by_line = value_set_list(arena, proof, "by_line");
    for (size_t i = 0; i < count; i++)
        value_add(arena, by_line, value_int(points->by_line[i]));
}

static void write_rounding(struct ctx *ctx, struct value *tree, const struct quote *quote)
{
    if (quote->rounding == 0)
        return;
    struct value *rounding = value_set_object(ctx->arena, tree, "rounding");
    value_set_int(ctx->arena, rounding, "unit", rounding_unit(ctx->shop->rounding, ctx->shop->currency));
    value_set_int(ctx->arena, rounding, "amount", quote->rounding);
}

err proof_write(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines, size_t count,
                const char **json)
{
    struct value *tree = value_object(ctx->arena);
    write_lines(ctx->arena, tree, lines, count);
    write_rules(ctx, tree, priced, count);
    write_effects(ctx->arena, tree, &priced->quote, count);
    if (priced->quote.grant_count > 0)
        write_gifts(ctx->arena, tree, priced);
    value_set_int(ctx->arena, tree, "full", priced->quote.full);
    value_set_int(ctx->arena, tree, "discount", priced->quote.discount);
    freight_proof_write(ctx, tree, priced, count);
    when_write(ctx, tree, priced);
    write_points(ctx->arena, tree, &priced->quote.points, count);
    write_rounding(ctx, tree, &priced->quote);
    return json_text(ctx, tree, PROOF_LIMIT, json);
}

/* ---- reading ---- */

static int64_t int_at(const struct value *list, size_t place)
{
    const struct value *item = value_at(list, place);
    return item && item->kind == VALUE_INT ? item->integer : -1;
}

static struct quote_line *read_lines(struct ctx *ctx, const struct value *tree, size_t *count)
{
    const struct value *list = value_find(tree, "lines");
    *count = value_count(list) < LINES_MOST ? value_count(list) : LINES_MOST;
    struct quote_line *lines = arena_alloc_many(ctx->arena, *count + 1, sizeof *lines);
    for (size_t i = 0; i < *count; i++) {
        const struct value *line = value_at(list, i), *kept = value_find(line, "tiers");
        struct price_tier *tiers = arena_alloc_many(ctx->arena, value_count(kept) + 1, sizeof *tiers);
        for (size_t j = 0; j < value_count(kept); j++)
            tiers[j] = (struct price_tier){.from = value_find_int(value_at(kept, j), "from", 0),
                                           .price = value_find_int(value_at(kept, j), "price", 0)};
        lines[i] = (struct quote_line){.variant_id = value_find_int(line, "variant", 0),
                                       .list_price = value_find_int(line, "list", 0),
                                       .quantity = value_find_int(line, "quantity", 0),
                                       .source = list_source_read(line),
                                       .tiers = tiers,
                                       .tier_count = value_count(kept)};
    }
    return lines;
}

static const bool *read_takes(struct ctx *ctx, const struct value *rule, size_t line_count)
{
    const struct value *list = value_find(rule, "takes");
    bool *takes = arena_alloc_many(ctx->arena, line_count + 1, sizeof *takes);
    for (size_t i = 0; i < value_count(list); i++) {
        int64_t line = int_at(list, i);
        if (line >= 0 && (size_t)line < line_count)
            takes[line] = true;
    }
    return takes;
}

static const int64_t *read_prices(struct ctx *ctx, const struct value *rule, size_t line_count)
{
    const struct value *list = value_find(rule, "prices");
    if (value_count(list) == 0)
        return NULL;
    int64_t *prices = arena_alloc_many(ctx->arena, line_count + 1, sizeof *prices);
    for (size_t i = 0; i < line_count && i < value_count(list); i++)
        prices[i] = int_at(list, i);
    return prices;
}

static struct discount_rule *read_rules(struct ctx *ctx, const struct value *tree, size_t line_count,
                                        size_t *count)
{
    const struct value *list = value_find(tree, "rules");
    *count = value_count(list) < QUOTE_RULE_LIMIT ? value_count(list) : QUOTE_RULE_LIMIT;
    struct discount_rule *rules = arena_alloc_many(ctx->arena, *count + 1, sizeof *rules);
    for (size_t i = 0; i < *count; i++) {
        discount_rule_read(value_at(list, i), &rules[i]);
        rules[i].id = value_find_int(value_at(list, i), "id", 0);
        rules[i].version = value_find_int(value_at(list, i), "version", 0);
        rules[i].takes = read_takes(ctx, value_at(list, i), line_count);
        rules[i].prices = read_prices(ctx, value_at(list, i), line_count);
    }
    return rules;
}

static bool is_effect(const struct quote_effect *effect, const struct value *kept, size_t line_count)
{
    const struct value *by_line = value_find(kept, "by_line");
    if (value_find_int(kept, "rule", -1) != (int64_t)effect->rule ||
        value_find_int(kept, "base", -1) != effect->base ||
        value_find_int(kept, "amount", -1) != effect->amount || value_count(by_line) != line_count)
        return false;
    for (size_t i = 0; i < line_count; i++)
        if (int_at(by_line, i) != effect->by_line[i])
            return false;
    return true;
}

static bool are_effects(const struct quote *quote, const struct value *tree, size_t line_count)
{
    const struct value *list = value_find(tree, "effects");
    if (value_count(list) != quote->effect_count || value_find_int(tree, "full", -1) != quote->full ||
        value_find_int(tree, "discount", -1) != quote->discount)
        return false;
    for (size_t i = 0; i < quote->effect_count; i++)
        if (!is_effect(&quote->effects[i], value_at(list, i), line_count))
            return false;
    return true;
}

/* Each list price that a price list made follows from the price on the shelf. */
static bool are_list_prices(const struct quote_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].source.price_list_id &&
            price_by_step(lines[i].source.shelf_price, &lines[i].source.step) != lines[i].list_price)
            return false;
    return true;
}

static bool are_grants(const struct quote *quote, const struct value *tree)
{
    const struct value *list = value_find(tree, "grants");
    if (value_count(list) != quote->grant_count)
        return false;
    for (size_t i = 0; i < quote->grant_count; i++)
        if (value_find_int(value_at(list, i), "rule", -1) != (int64_t)quote->grants[i].rule ||
            value_find_int(value_at(list, i), "pieces", -1) != quote->grants[i].pieces)
            return false;
    return true;
}

/* Nothing was given that was not earned, and nothing but goods of its rule. */
static bool is_earned(const struct quote *quote, const struct discount_rule *rules, const struct value *given)
{
    int64_t pieces = value_find_int(given, "pieces", 0);
    for (size_t i = 0; i < quote->grant_count; i++)
        if (value_find_int(given, "rule", -1) == (int64_t)quote->grants[i].rule)
            return pieces > 0 && pieces <= quote->grants[i].pieces &&
                   rule_gives(&rules[quote->grants[i].rule], value_find_int(given, "variant", 0));
    return false;
}

static void read_gifts(struct ctx *ctx, const struct quote *quote, const struct discount_rule *rules,
                       const struct value *tree, struct replay *replay)
{
    const struct value *list = value_find(tree, "given");
    replay->gift_count = value_count(list);
    struct replayed_gift *gifts = arena_alloc_many(ctx->arena, replay->gift_count + 1, sizeof *gifts);
    for (size_t i = 0; i < replay->gift_count; i++) {
        const struct value *given = value_at(list, i);
        replay->is_same = replay->is_same && is_earned(quote, rules, given);
        gifts[i] =
            (struct replayed_gift){value_find_int(given, "variant", 0), value_find_int(given, "pieces", 0)};
    }
    replay->gifts = gifts;
}

struct quote_points_terms points_terms_read(const struct value *proof)
{
    return (struct quote_points_terms){.wanted = value_find_int(proof, "wanted", 0),
                                       .rate = value_find_int(proof, "rate", 0),
                                       .unit = value_find_int(proof, "unit", 0),
                                       .percent = value_find_int(proof, "percent", 0),
                                       .least = value_find_int(proof, "least", 0)};
}

/* The step is made again behind that of freight; true when it does what it did. */
static bool replay_points(struct ctx *ctx, const struct value *tree, struct quote_line *lines, size_t count,
                          struct quote *quote)
{
    const struct value *proof = value_find(tree, "points"), *by_line = value_find(proof, "by_line");
    const struct quote_points_terms terms = points_terms_read(proof);
    if (!proof)
        return true;
    quote_points(ctx->arena, lines, count, &terms, quote);
    if (quote->points.used == 0 || quote->points.used != value_find_int(proof, "used", -1) ||
        quote->points.off != value_find_int(proof, "off", -1) || value_count(by_line) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (int_at(by_line, i) != quote->points.by_line[i])
            return false;
    return true;
}

static const int64_t *discounts_of(struct ctx *ctx, const struct quote_line *lines, size_t count)
{
    int64_t *discounts = arena_alloc_many(ctx->arena, count + 1, sizeof *discounts);
    for (size_t i = 0; i < count; i++)
        discounts[i] = lines[i].discount;
    return discounts;
}

err proof_replay(struct ctx *ctx, const char *json, struct replay *replay)
{
    struct value *tree;
    struct quote quote;
    size_t rule_count;
    TRY(json_read(ctx, json, strlen(json), &tree));
    struct quote_line *lines = read_lines(ctx, tree, &replay->count);
    const struct discount_rule *rules = read_rules(ctx, tree, replay->count, &rule_count);
    for (size_t i = 0; i < replay->count; i++)
        if (lines[i].quantity <= 0 || lines[i].list_price < 0)
            return fail_with(ctx, ERR_INTERNAL, "a line of the proof is none");
    if (replay->count == 0 || !quote_make(ctx->arena, lines, replay->count, rules, rule_count, &quote))
        return fail_with(ctx, ERR_INTERNAL, "the proof gives no sum");
    replay->is_same = when_holds(tree, rules, rule_count);
    if (!freight_proof_replay(ctx, tree, lines, replay->count, rules, rule_count, &quote, &replay->is_same))
        return fail_with(ctx, ERR_INTERNAL, "the proof gives no freight");
    replay->is_same = replay_points(ctx, tree, lines, replay->count, &quote) && replay->is_same;
    const struct value *rounding = value_find(tree, "rounding");
    quote_round(ctx->arena, lines, replay->count, value_find_int(rounding, "unit", 1), &quote);
    replay->is_same = replay->is_same && quote.rounding == value_find_int(rounding, "amount", 0);
    replay->at = value_find_int(value_find(tree, "when"), "at", 0);
    replay->full = quote.full;
    replay->rounding = quote.rounding;
    replay->points = quote.points.used;
    replay->points_by_line = quote.points.by_line;
    replay->points_off = quote.points.off;
    replay->discount = quote.discount;
    replay->freight = quote.freight;
    replay->freight_discount = quote.freight_discount;
    replay->by_line = discounts_of(ctx, lines, replay->count);
    replay->is_same = replay->is_same && are_effects(&quote, tree, replay->count) &&
                      are_grants(&quote, tree) && are_list_prices(lines, replay->count);
    read_gifts(ctx, &quote, rules, tree, replay);
    return NULL;
}

/* ---- kept ones ---- */

err proof_load(struct ctx *ctx, int64_t order_id, const char **json)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT proof FROM price_proofs WHERE shop_id = $1 AND order_id = $2",
                 db_int(ctx->shop->id), db_int(order_id)));
    *json = db_next(rows) ? db_get_text(rows, 0) : NULL;
    return NULL;
}

err proof_list(struct ctx *ctx, int64_t after_id, int limit, struct kept_proof **proofs, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, proof FROM price_proofs WHERE shop_id = $1 AND order_id > $2"
                 " ORDER BY order_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(after_id), db_int(limit)));
    *count = 0;
    *proofs = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **proofs);
    while (db_next(rows))
        (*proofs)[(*count)++] = (struct kept_proof){db_get_int(rows, 0), db_get_text(rows, 1)};
    return NULL;
}
