/* quote_freight.c - freight by line, and the offer that takes most off it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_freight.h"

#include "base/money.h"
#include "shop/pricing/quote_when.h"

struct scale {
    struct arena *arena;
    const struct quote_line *lines;
    size_t count;
    const int64_t *freight; /* of each line */
    int64_t region;
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t freight_off(const struct discount_rule *rule, int64_t paid, int64_t freight)
{
    const struct discount_step *step = NULL;
    for (size_t i = 0; i < rule->step_count && rule->steps[i].from <= paid; i++)
        step = &rule->steps[i];
    if (!step)
        return 0;
    int64_t off = step->percent > 0
                      ? (int64_t)(((__int128)freight * step->percent + BASIS_POINTS / 2) / BASIS_POINTS)
                      : step->off;
    off = smaller(off, freight);
    return rule->most > 0 ? smaller(off, rule->most) : off;
}

/* ---- the share of each line ---- */

static int64_t weight_in(const struct quote_cargo *cargo, const struct freight_part *part, size_t line)
{
    if (cargo->lines[line].place != part->place)
        return 0;
    bool is_by_weight = cargo->templates[part->place].way == FREIGHT_WEIGHT && part->units > 0;
    return is_by_weight ? cargo->lines[line].weight : cargo->lines[line].pieces;
}

/* The freight of a template, in parts like what it charges for. */
static const int64_t *share_out(struct arena *arena, const struct quote_cargo *cargo,
                                const struct freight *freight, size_t count)
{
    int64_t *shares = arena_alloc_many(arena, count + 1, sizeof *shares);
    int64_t *weights = arena_alloc_many(arena, count + 1, sizeof *weights);
    int64_t *parts = arena_alloc_many(arena, count + 1, sizeof *parts);
    for (size_t i = 0; freight->amount > 0 && i < freight->part_count; i++) {
        for (size_t j = 0; j < count; j++)
            weights[j] = weight_in(cargo, &freight->parts[i], j);
        spread(arena, freight->parts[i].amount, weights, count, parts);
        for (size_t j = 0; j < count; j++)
            shares[j] += parts[j];
    }
    return shares;
}

/* ---- offers ---- */

static int64_t paid_in(const struct scale *scale, const struct discount_rule *rule)
{
    int64_t paid = 0;
    for (size_t i = 0; i < scale->count; i++)
        paid += rule->takes[i] ? scale->lines[i].full - scale->lines[i].discount : 0;
    return paid;
}

static int64_t freight_in(const struct scale *scale, const struct discount_rule *rule)
{
    int64_t freight = 0;
    for (size_t i = 0; i < scale->count; i++)
        freight += rule->takes[i] ? scale->freight[i] : 0;
    return freight;
}

/* The offer says itself which discounts on goods it may meet. */
static bool stands_beside(const struct scale *scale, const struct discount_rule *rule,
                          const struct discount_rule *rules, const struct quote *quote)
{
    for (size_t i = 0; i < quote->effect_count; i++) {
        const struct quote_effect *effect = &quote->effects[i];
        if (rule->beside & (1u << discount_class_of(rules[effect->rule].kind)))
            continue;
        for (size_t j = 0; j < scale->count; j++)
            if (rule->takes[j] && effect->by_line[j] > 0)
                return false;
    }
    return true;
}

static int64_t off_of(const struct scale *scale, const struct discount_rule *rule)
{
    return freight_off(rule, paid_in(scale, rule), freight_in(scale, rule));
}

static void add_effect(const struct scale *scale, const struct discount_rule *rules, size_t rule,
                       struct quote *quote)
{
    struct quote_effect *effects = arena_alloc_many(scale->arena, quote->effect_count + 1, sizeof *effects);
    int64_t *by_line = arena_alloc_many(scale->arena, scale->count + 1, sizeof *by_line);
    int64_t *weights = arena_alloc_many(scale->arena, scale->count + 1, sizeof *weights);
    for (size_t i = 0; i < scale->count; i++)
        weights[i] = rules[rule].takes[i] ? scale->freight[i] : 0;
    int64_t amount = off_of(scale, &rules[rule]);
    spread(scale->arena, amount, weights, scale->count, by_line);
    for (size_t i = 0; i < quote->effect_count; i++)
        effects[i] = quote->effects[i];
    effects[quote->effect_count++] =
        (struct quote_effect){rule, paid_in(scale, &rules[rule]), amount, by_line};
    quote->effects = effects;
    quote->freight_discount = amount;
}

/* When it reaches goods and freight, and more of both would make it count, or take off more. */
static bool look_ahead(const struct scale *scale, const struct discount_rule *rule, size_t place,
                       struct quote_hint *hint)
{
    int64_t paid = paid_in(scale, rule);
    if (paid == 0 || freight_in(scale, rule) == 0)
        return false;
    for (size_t i = 0; i < rule->step_count; i++)
        if (rule->steps[i].from > paid) {
            *hint = (struct quote_hint){place, rule->steps[i].from - paid, rule->steps[i]};
            return true;
        }
    return false;
}

static void weigh(const struct scale *scale, const struct discount_rule *rules, size_t rule_count,
                  struct quote *quote)
{
    struct quote_hint *hints =
        arena_alloc_many(scale->arena, quote->hint_count + rule_count + 1, sizeof *hints);
    size_t best = rule_count, hint_count = quote->hint_count;
    int64_t most = 0;
    for (size_t i = 0; i < hint_count; i++)
        hints[i] = quote->hints[i];
    for (size_t i = 0; i < rule_count; i++) {
        if (rules[i].kind != DISCOUNT_SHIPPING || !rule_reaches(&rules[i], scale->region) ||
            !stands_beside(scale, &rules[i], rules, quote))
            continue;
        int64_t off = off_of(scale, &rules[i]);
        hint_count += look_ahead(scale, &rules[i], i, &hints[hint_count]);
        if (off > most) {
            best = i;
            most = off;
        }
    }
    quote->hints = hints;
    quote->hint_count = hint_count;
    if (best < rule_count)
        add_effect(scale, rules, best, quote);
}

bool quote_freight(struct arena *arena, const struct quote_line *lines, size_t count,
                   const struct quote_cargo *cargo, const struct discount_rule *rules, size_t rule_count,
                   struct freight *freight, struct quote *quote)
{
    for (size_t i = 0; i < count; i++)
        cargo->lines[i].paid = lines[i].full - lines[i].discount;
    if (!freight_compute(cargo->templates, cargo->template_count, cargo->lines, count, cargo->region,
                         freight))
        return false;
    quote->freight = freight->amount;
    quote->freight_discount = 0;
    if (freight->amount > 0) {
        struct scale scale = {.arena = arena,
                              .lines = lines,
                              .count = count,
                              .freight = share_out(arena, cargo, freight, count),
                              .region = cargo->region};
        weigh(&scale, rules, rule_count, quote);
    }
    quote->total = quote->full - quote->discount + quote->freight - quote->freight_discount;
    return quote->total <= MONEY_MAX;
}
