/* quote.c - what each rule takes off, and which rules together cost the buyer least. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_goods.h"

#include "base/money.h"
#include <string.h>

struct bench {
    struct arena *arena;
    const struct quote_line *lines;
    size_t count;
    const struct discount_rule *rules;
    size_t rule_count;
    const size_t *candidates; /* places in rules */
    size_t candidate_count;
    bool *meets; /* candidate × candidate: may not both be taken */
    bool *chosen;
    bool *best;
    int64_t best_total;
    int tries;
    int64_t *ahead;  /* of each candidate: what it and those behind it take off at most */
    int64_t *depths; /* candidate × line: what is payable before it, for those chosen so far */
    /* room for one try, a place for each line */
    int64_t *payable;
    int64_t *by_line;
    int64_t *weights;
    int64_t *rests;
    size_t *places;
};

enum discount_class discount_class_of(enum discount_kind kind)
{
    static const enum discount_class classes[] = {
        [DISCOUNT_SALE] = CLASS_SALE,     [DISCOUNT_PIECES] = CLASS_GOODS,
        [DISCOUNT_NTH] = CLASS_GOODS,     [DISCOUNT_SUM] = CLASS_SUM,
        [DISCOUNT_COUPON] = CLASS_COUPON, [DISCOUNT_SHIPPING] = CLASS_SHIPPING,
        [DISCOUNT_BUNDLE] = CLASS_GOODS,  [DISCOUNT_GIFT] = CLASS_GIFT,
        [DISCOUNT_ADDON] = CLASS_ADDON,   [DISCOUNT_VOUCHER] = CLASS_COUPON,
        [DISCOUNT_SWELL] = CLASS_SWELL};
    return classes[kind];
}

bool discount_is_by_sum(enum discount_kind kind)
{
    return kind == DISCOUNT_SUM || kind == DISCOUNT_COUPON || kind == DISCOUNT_SHIPPING;
}

/* ---- whole numbers ---- */

static int64_t part_of(int64_t amount, int64_t percent)
{
    return (int64_t)(((__int128)amount * percent + BASIS_POINTS / 2) / BASIS_POINTS);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t sum_of(const int64_t *amounts, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += amounts[i];
    return sum;
}

static size_t largest(const int64_t *amounts, size_t count)
{
    size_t place = 0;
    for (size_t i = 1; i < count; i++)
        if (amounts[i] > amounts[place])
            place = i;
    return place;
}

static void spread_with(int64_t *rests, int64_t amount, const int64_t *weights, size_t count, int64_t *parts)
{
    int64_t sum = sum_of(weights, count), left = amount;
    for (size_t i = 0; i < count; i++) {
        __int128 share = (__int128)amount * weights[i];
        parts[i] = sum > 0 ? (int64_t)(share / sum) : 0;
        rests[i] = sum > 0 ? (int64_t)(share % sum) : 0;
        left -= parts[i];
    }
    for (; left > 0; left--) {
        size_t place = largest(rests, count);
        parts[place]++;
        rests[place] = -1;
    }
}

void spread(struct arena *arena, int64_t amount, const int64_t *weights, size_t count, int64_t *parts)
{
    spread_with(arena_alloc_many(arena, count + 1, sizeof(int64_t)), amount, weights, count, parts);
}

int64_t refund_share(int64_t paid, int64_t quantity, int64_t before, int64_t more)
{
    int64_t after = (int64_t)((__int128)paid * (before + more) / quantity);
    return after - (int64_t)((__int128)paid * before / quantity);
}

int64_t price_at(int64_t list_price, const struct price_tier *tiers, size_t tier_count, int64_t quantity)
{
    int64_t price = list_price;
    for (size_t i = 0; i < tier_count; i++)
        if (quantity >= tiers[i].from && tiers[i].price < price)
            price = tiers[i].price;
    return price;
}

/* ---- what a rule takes off ---- */

static const struct discount_step *step_at(const struct discount_rule *rule, int64_t reached)
{
    const struct discount_step *step = NULL;
    for (size_t i = 0; i < rule->step_count && rule->steps[i].from <= reached; i++)
        step = &rule->steps[i];
    return step;
}

/* Goods that cost no more than what would come off stay as they are: a sale gives nothing away. */
static int64_t sale_of(const struct discount_step *step, int64_t payable, int64_t quantity)
{
    if (step->percent > 0)
        return part_of(payable, step->percent);
    int64_t off = step->off > 0 ? step->off * quantity : payable - step->price * quantity;
    return off > 0 && off < payable ? off : 0;
}

static void take_sale(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                      int64_t *by_line)
{
    for (size_t i = 0; i < bench->count; i++) {
        struct discount_step step = rule->steps[0];
        if (rule->prices)
            step = (struct discount_step){.price = rule->prices[i]};
        if (rule->takes[i])
            by_line[i] = sale_of(&step, payable[i], bench->lines[i].quantity);
    }
}

/* Never more than what is left to pay. */
static void take_swell(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                       int64_t *by_line)
{
    for (size_t i = 0; rule->prices && i < bench->count; i++)
        if (rule->takes[i])
            by_line[i] = smaller(rule->prices[i] * bench->lines[i].quantity, payable[i]);
}

static int64_t pieces_taken(const struct bench *bench, const struct discount_rule *rule)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < bench->count; i++)
        pieces += rule_counts(rule, bench->lines, i) ? bench->lines[i].quantity : 0;
    return pieces;
}

static void take_pieces(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                        int64_t *by_line)
{
    const struct discount_step *step = step_at(rule, pieces_taken(bench, rule));
    for (size_t i = 0; step && i < bench->count; i++)
        if (rule->takes[i])
            by_line[i] = part_of(payable[i], step->percent);
}

/* Whether a piece of line a costs more than one of line b; of equal ones the first line goes first. */
static bool is_dearer(const struct bench *bench, const int64_t *payable, size_t a, size_t b)
{
    __int128 left = (__int128)payable[a] * bench->lines[b].quantity;
    __int128 right = (__int128)payable[b] * bench->lines[a].quantity;
    return left != right ? left > right : a < b;
}

/* The lines of a rule, dearest pieces first. */
static size_t sort_dearest(const struct bench *bench, const struct discount_rule *rule,
                           const int64_t *payable, size_t *places)
{
    size_t count = 0;
    for (size_t i = 0; i < bench->count; i++) {
        if (!rule->takes[i])
            continue;
        size_t at = count++;
        for (; at > 0 && is_dearer(bench, payable, i, places[at - 1]); at--)
            places[at] = places[at - 1];
        places[at] = i;
    }
    return count;
}

static void take_nth(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                     int64_t *by_line)
{
    const size_t *places = bench->places;
    size_t count = sort_dearest(bench, rule, payable, bench->places);
    int64_t nth = rule->steps[0].from, passed = 0, left = rule->times > 0 ? rule->times : INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t quantity = bench->lines[places[i]].quantity;
        int64_t hit = smaller((passed + quantity) / nth - passed / nth, left);
        by_line[places[i]] =
            part_of(refund_share(payable[places[i]], quantity, 0, hit), rule->steps[0].percent);
        passed += quantity;
        left -= hit;
    }
}

static int64_t off_sum(const struct discount_rule *rule, int64_t base)
{
    const struct discount_step *step = step_at(rule, base);
    if (!step)
        return 0;
    if (step->percent > 0)
        return part_of(base, step->percent);
    int64_t times = rule->times > 0 ? smaller(base / step->from, rule->times) : 1;
    return smaller((int64_t)smaller(step->off, base) * times, base);
}

/* The sum that it takes off from. */
static int64_t base_of(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable)
{
    bool is_added = rule_adds(rule);
    int64_t base = 0;
    for (size_t i = 0; i < bench->count; i++)
        base += (is_added ? rule_gives(rule, bench->lines[i].variant_id) : rule->takes[i]) ? payable[i] : 0;
    return base;
}

/* How far its goods bring the buyer on its steps. */
static int64_t reached(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable)
{
    int64_t sum = 0;
    if (!rule_is_by_sum(rule))
        return pieces_taken(bench, rule);
    for (size_t i = 0; i < bench->count; i++)
        sum += rule_counts(rule, bench->lines, i) ? payable[i] : 0;
    return sum;
}

static void take_bundle(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                        int64_t *by_line)
{
    int64_t amount = bundle_off(rule, bench->lines, bench->count, payable, bench->weights);
    spread_with(bench->rests, amount, bench->weights, bench->count, by_line);
}

static void spread_over(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                        int64_t amount, int64_t *by_line)
{
    for (size_t i = 0; i < bench->count; i++)
        bench->weights[i] = rule->takes[i] ? payable[i] : 0;
    spread_with(bench->rests, amount, bench->weights, bench->count, by_line);
}

static int64_t take(const struct bench *bench, const struct discount_rule *rule, const int64_t *payable,
                    int64_t *by_line)
{
    int64_t base = base_of(bench, rule, payable);
    memset(by_line, 0, bench->count * sizeof *by_line);
    if (rule->kind == DISCOUNT_SALE)
        take_sale(bench, rule, payable, by_line);
    else if (rule->kind == DISCOUNT_PIECES)
        take_pieces(bench, rule, payable, by_line);
    else if (rule->kind == DISCOUNT_NTH)
        take_nth(bench, rule, payable, by_line);
    else if (rule->kind == DISCOUNT_SWELL)
        take_swell(bench, rule, payable, by_line);
    else if (rule->kind == DISCOUNT_BUNDLE)
        take_bundle(bench, rule, payable, by_line);
    else if (rule_adds(rule) && step_at(rule, reached(bench, rule, payable)))
        addons_take(rule, bench->lines, bench->count, payable, by_line);
    else if (!discount_has_goods(rule->kind))
        spread_over(bench, rule, payable, off_sum(rule, base), by_line);
    int64_t amount = sum_of(by_line, bench->count);
    if (rule->most == 0 || amount <= rule->most)
        return amount;
    memcpy(bench->weights, by_line, bench->count * sizeof *by_line);
    spread_with(bench->rests, rule->most, bench->weights, bench->count, by_line);
    return rule->most;
}

/* ---- sets of rules ---- */

static int64_t *full_prices(const struct bench *bench)
{
    for (size_t i = 0; i < bench->count; i++)
        bench->payable[i] = bench->lines[i].full;
    return bench->payable;
}

static void subtract(int64_t *payable, const int64_t *by_line, size_t count)
{
    for (size_t i = 0; i < count; i++)
        payable[i] -= by_line[i];
}

static bool do_meet(const struct bench *bench, const struct discount_rule *a, const struct discount_rule *b)
{
    enum discount_class first = discount_class_of(a->kind), second = discount_class_of(b->kind);
    if (first != second && (a->beside & (1u << second)) && (b->beside & (1u << first)))
        return false;
    if (first != second && (first == CLASS_SWELL || second == CLASS_SWELL))
        return false;
    for (size_t i = 0; i < bench->count; i++)
        if (rule_touches(a, bench->lines, i) && rule_touches(b, bench->lines, i))
            return true;
    return false;
}

static bool may_choose(const struct bench *bench, size_t candidate)
{
    for (size_t i = 0; i < candidate; i++)
        if (bench->chosen[i] && bench->meets[i * bench->candidate_count + candidate])
            return false;
    return true;
}

static void judge(struct bench *bench, int64_t total)
{
    bench->tries++;
    if (total >= bench->best_total)
        return;
    bench->best_total = total;
    memcpy(bench->best, bench->chosen, bench->candidate_count * sizeof *bench->best);
}

/* What is payable behind a candidate that is chosen; gives what it takes off. */
static int64_t take_chosen(const struct bench *bench, size_t candidate, const int64_t *payable, int64_t *next)
{
    int64_t amount = take(bench, &bench->rules[bench->candidates[candidate]], payable, bench->by_line);
    memcpy(next, payable, bench->count * sizeof *next);
    subtract(next, bench->by_line, bench->count);
    return amount;
}

/* With the candidate before without it, so that the first set that is tried takes as many as it may. A set is
 * left when all that could still come off would not make it better than the best so far: it counts as tried.
 * The depth is at most QUOTE_RULE_LIMIT. */
static void try_from(struct bench *bench, size_t candidate, int64_t total) // NOLINT(misc-no-recursion)
{
    int64_t *payable = &bench->depths[candidate * bench->count], *next = payable + bench->count;
    if (bench->tries >= QUOTE_TRIES)
        return;
    if (candidate == bench->candidate_count || total - bench->ahead[candidate] >= bench->best_total) {
        judge(bench, candidate == bench->candidate_count ? total : INT64_MAX);
        return;
    }
    if (may_choose(bench, candidate)) {
        bench->chosen[candidate] = true;
        int64_t amount = take_chosen(bench, candidate, payable, next);
        try_from(bench, candidate + 1, total - amount);
        bench->chosen[candidate] = false;
    }
    memcpy(next, payable, bench->count * sizeof *next);
    try_from(bench, candidate + 1, total);
}

/* A rule takes most off while nothing else was taken; of those that count pieces by their place, or goods
 * that belong together, rounding may add a little for each line. */
static void look_at_most(struct bench *bench)
{
    const int64_t *payable = full_prices(bench);
    bench->ahead = arena_alloc_many(bench->arena, bench->candidate_count + 1, sizeof *bench->ahead);
    bench->depths = arena_alloc_many(bench->arena, (bench->candidate_count + 1) * bench->count + 1,
                                     sizeof *bench->depths);
    for (size_t i = bench->candidate_count; i-- > 0;) {
        const struct discount_rule *rule = &bench->rules[bench->candidates[i]];
        bool is_exact =
            rule->kind == DISCOUNT_SALE || rule->kind == DISCOUNT_PIECES || discount_is_by_sum(rule->kind);
        bench->ahead[i] = bench->ahead[i + 1] + take(bench, rule, payable, bench->by_line) +
                          (is_exact ? 0 : 2 * (int64_t)bench->count);
    }
    memcpy(bench->depths, payable, bench->count * sizeof *bench->depths);
}

/* Those that take something off when they stand alone: other rules only make less of their base. */
static void choose_candidates(struct bench *bench)
{
    size_t *candidates = arena_alloc_many(bench->arena, bench->rule_count + 1, sizeof *candidates);
    const int64_t *payable = full_prices(bench);
    for (size_t i = 0; i < bench->rule_count; i++)
        if (bench->rules[i].kind != DISCOUNT_SHIPPING &&
            take(bench, &bench->rules[i], payable, bench->by_line) > 0)
            candidates[bench->candidate_count++] = i;
    bench->candidates = candidates;
}

static void find_best(struct bench *bench)
{
    size_t count = bench->candidate_count;
    bench->meets = arena_alloc_many(bench->arena, count * count + 1, sizeof *bench->meets);
    bench->chosen = arena_alloc_many(bench->arena, count + 1, sizeof *bench->chosen);
    bench->best = arena_alloc_many(bench->arena, count + 1, sizeof *bench->best);
    bench->best_total = INT64_MAX;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            bench->meets[a * count + b] = a != b && do_meet(bench, &bench->rules[bench->candidates[a]],
                                                            &bench->rules[bench->candidates[b]]);
    look_at_most(bench);
    try_from(bench, 0, sum_of(bench->depths, bench->count));
}

/* ---- the answer ---- */

static bool is_best(const struct bench *bench, size_t rule)
{
    for (size_t i = 0; i < bench->candidate_count; i++)
        if (bench->candidates[i] == rule)
            return bench->best[i];
    return false;
}

static bool clashes(const struct bench *bench, size_t rule)
{
    for (size_t i = 0; i < bench->candidate_count; i++)
        if (bench->best[i] && bench->candidates[i] != rule &&
            do_meet(bench, &bench->rules[rule], &bench->rules[bench->candidates[i]]))
            return true;
    return false;
}

/* The step that comes next, when the rule has some of the lines and something is missing. */
static bool look_ahead(const struct bench *bench, size_t rule, const int64_t *payable,
                       struct quote_hint *hint)
{
    const struct discount_rule *asked = &bench->rules[rule];
    int64_t have = reached(bench, asked, payable);
    if (asked->kind == DISCOUNT_SALE || asked->kind == DISCOUNT_BUNDLE || asked->kind == DISCOUNT_SHIPPING ||
        asked->kind == DISCOUNT_SWELL || have == 0 || clashes(bench, rule))
        return false;
    for (size_t i = 0; i < asked->step_count; i++)
        if (asked->steps[i].from > have) {
            *hint = (struct quote_hint){rule, asked->steps[i].from - have, asked->steps[i]};
            return true;
        }
    return false;
}

/* An add-on that nobody has taken yet is in nobody's way. */
static bool meets_gift(const struct bench *bench, const struct discount_rule *rule,
                       const struct quote_grant *grants, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bench->rules[grants[i].rule].kind == DISCOUNT_GIFT &&
            do_meet(bench, rule, &bench->rules[grants[i].rule]))
            return true;
    return false;
}

/* What may be had besides, at the place where the rule stands. */
static bool grant(const struct bench *bench, size_t rule, const int64_t *payable,
                  const struct quote_grant *grants, size_t count, struct quote_grant *next)
{
    const struct discount_rule *asked = &bench->rules[rule];
    if (asked->kind != DISCOUNT_GIFT && asked->kind != DISCOUNT_ADDON)
        return false;
    int64_t have = reached(bench, asked, payable);
    const struct discount_step *step = step_at(asked, have);
    if (!step || clashes(bench, rule) ||
        (asked->kind == DISCOUNT_GIFT && meets_gift(bench, asked, grants, count)))
        return false;
    *next = (struct quote_grant){rule, asked->kind == DISCOUNT_GIFT ? gift_pieces(asked, step, have) : 0};
    return true;
}

/* Runs the best set once more and keeps what it does; hints are read off where each rule stands. */
static void settle(const struct bench *bench, struct quote_line *lines, struct quote *quote)
{
    struct quote_effect *effects =
        arena_alloc_many(bench->arena, bench->candidate_count + 1, sizeof *effects);
    struct quote_hint *hints = arena_alloc_many(bench->arena, bench->rule_count + 1, sizeof *hints);
    struct quote_grant *grants = arena_alloc_many(bench->arena, bench->rule_count + 1, sizeof *grants);
    int64_t *payable = full_prices(bench);
    for (size_t i = 0; i < bench->rule_count; i++) {
        int64_t *by_line = arena_alloc_many(bench->arena, bench->count + 1, sizeof *by_line);
        int64_t base = base_of(bench, &bench->rules[i], payable);
        quote->hint_count += look_ahead(bench, i, payable, &hints[quote->hint_count]);
        quote->grant_count +=
            grant(bench, i, payable, grants, quote->grant_count, &grants[quote->grant_count]);
        int64_t amount = is_best(bench, i) ? take(bench, &bench->rules[i], payable, by_line) : 0;
        if (amount == 0)
            continue;
        subtract(payable, by_line, bench->count);
        effects[quote->effect_count++] = (struct quote_effect){i, base, amount, by_line};
        quote->discount += amount;
    }
    for (size_t i = 0; i < bench->count; i++)
        lines[i].discount = lines[i].full - payable[i];
    quote->effects = effects;
    quote->hints = hints;
    quote->grants = grants;
    quote->total = quote->full - quote->discount;
}

/* Pieces of a variant count together, however many lines they are on. */
static int64_t pieces_of(const struct quote_line *lines, size_t count, int64_t variant_id)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i].variant_id == variant_id)
            pieces += lines[i].quantity;
    return pieces;
}

static bool add_up(struct quote_line *lines, size_t count, int64_t *full)
{
    *full = 0;
    for (size_t i = 0; i < count; i++) {
        struct quote_line *line = &lines[i];
        line->discount = 0;
        line->unit_price = line->tier_count == 0 ? line->list_price
                                                 : price_at(line->list_price, line->tiers, line->tier_count,
                                                            pieces_of(lines, count, line->variant_id));
        if (__builtin_mul_overflow(line->unit_price, line->quantity, &line->full) ||
            __builtin_add_overflow(*full, line->full, full) || *full > MONEY_MAX)
            return false;
    }
    return true;
}

static void take_room(struct bench *bench)
{
    int64_t **const rooms[] = {&bench->payable, &bench->by_line, &bench->weights, &bench->rests};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        *rooms[i] = arena_alloc_many(bench->arena, bench->count + 1, sizeof **rooms[i]);
    bench->places = arena_alloc_many(bench->arena, bench->count + 1, sizeof *bench->places);
}

bool quote_make(struct arena *arena, struct quote_line *lines, size_t count,
                const struct discount_rule *rules, size_t rule_count, struct quote *quote)
{
    *quote = (struct quote){0};
    if (!add_up(lines, count, &quote->full))
        return false;
    quote->total = quote->full;
    if (rule_count == 0)
        return true;
    struct bench bench = {
        .arena = arena, .lines = lines, .count = count, .rules = rules, .rule_count = rule_count};
    take_room(&bench);
    choose_candidates(&bench);
    find_best(&bench);
    settle(&bench, lines, quote);
    return true;
}
