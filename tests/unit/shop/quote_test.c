/* quote_test.c - what rules take off: the sums that merchants know by heart, and what holds for every cart.
 *
 * YUNDIAN_TEST_CARTS is how many random carts are priced (20,000 without it). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "shop/pricing/quote.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>

#define LINES 6
#define RULES 6
#define EVERY_CLASS                                                                                          \
    (1u << CLASS_SALE | 1u << CLASS_GOODS | 1u << CLASS_SUM | 1u << CLASS_COUPON | 1u << CLASS_GIFT |        \
     1u << CLASS_ADDON)

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(ARENA_LIMIT);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static const bool all[LINES] = {true, true, true, true, true, true};

static struct quote_line line(int64_t price, int64_t quantity)
{
    static int64_t variants = 1;
    return (struct quote_line){.variant_id = variants++, .list_price = price, .quantity = quantity};
}

static struct discount_rule rule(enum discount_kind kind, unsigned beside, struct discount_step step)
{
    return (struct discount_rule){
        .id = kind, .kind = kind, .beside = beside, .steps = {step}, .step_count = 1, .takes = all};
}

static struct quote quote_of(struct quote_line *lines, size_t count, const struct discount_rule *rules,
                             size_t rule_count)
{
    struct quote quote;
    assert_true(quote_make(arena, lines, count, rules, rule_count, &quote));
    return quote;
}

/* ---- sums that merchants know ---- */

static void a_ladder_takes_its_highest_step(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {
        {19999, 0}, {20000, 2000}, {39999, 2000}, {40000, 5000}, {90000, 5000}};
    struct discount_rule ladder = rule(DISCOUNT_SUM, 0, (struct discount_step){.from = 20000, .off = 2000});
    ladder.steps[1] = (struct discount_step){.from = 40000, .off = 5000};
    ladder.step_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quote_line lines[] = {line(cases[i][0], 1)};
        assert_int_equal(quote_of(lines, 1, &ladder, 1).discount, cases[i][1]);
    }
}

static void each_full_hundred_takes_off_again_up_to_a_bound(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {{9999, 0}, {10000, 1000}, {29900, 2000}, {30000, 3000}, {99900, 3000}};
    struct discount_rule cycle = rule(DISCOUNT_SUM, 0, (struct discount_step){.from = 10000, .off = 1000});
    cycle.times = 3;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quote_line lines[] = {line(cases[i][0], 1)};
        assert_int_equal(quote_of(lines, 1, &cycle, 1).discount, cases[i][1]);
    }
}

/* The part is of the line, not of one piece: 3 × 9.99 at 15 % off is 4.4955, so 4.50 and not 3 × 1.50. */
static void a_part_is_taken_of_the_line_and_rounded_once(void **state)
{
    (void)state;
    struct discount_rule sale = rule(DISCOUNT_SALE, 0, (struct discount_step){.percent = 1500});
    struct quote_line lines[] = {line(999, 3)};
    assert_int_equal(quote_of(lines, 1, &sale, 1).discount, 450);
    struct quote_line one[] = {line(10, 1)};
    assert_int_equal(quote_of(one, 1, &sale, 1).discount, 2);
}

static void a_sale_gives_nothing_away(void **state)
{
    (void)state;
    struct discount_rule off = rule(DISCOUNT_SALE, 0, (struct discount_step){.off = 1000});
    struct discount_rule price = rule(DISCOUNT_SALE, 0, (struct discount_step){.price = 800});
    struct quote_line lines[] = {line(900, 2), line(1000, 1), line(1500, 2)};
    assert_int_equal(quote_of(lines, 3, &off, 1).discount, 2000);
    assert_int_equal(lines[0].discount + lines[1].discount, 0);
    assert_int_equal(quote_of(lines, 3, &price, 1).discount, 200 + 200 + 1400);
}

static void the_cheaper_piece_of_each_pair_is_half_price(void **state)
{
    (void)state;
    struct discount_rule second = rule(DISCOUNT_NTH, 0, (struct discount_step){.from = 2, .percent = 5000});
    struct quote_line lines[] = {line(1000, 2), line(3000, 1), line(2000, 1)};
    struct quote quote = quote_of(lines, 3, &second, 1); /* 3000 2000 | 1000 1000 */
    assert_int_equal(quote.discount, 1000 + 500);
    assert_int_equal(lines[2].discount, 1000);
    second.times = 1;
    assert_int_equal(quote_of(lines, 3, &second, 1).discount, 1000);
    struct quote_line lonely[] = {line(1000, 1)};
    quote = quote_of(lonely, 1, &second, 1);
    assert_int_equal(quote.discount, 0);
    assert_int_equal(quote.hint_count, 1);
    assert_int_equal(quote.hints[0].missing, 1);
}

static void from_so_many_pieces_on_all_are_cheaper(void **state)
{
    (void)state;
    struct discount_rule pieces =
        rule(DISCOUNT_PIECES, 0, (struct discount_step){.from = 2, .percent = 1000});
    pieces.steps[1] = (struct discount_step){.from = 3, .percent = 2000};
    pieces.step_count = 2;
    struct quote_line lines[] = {line(1000, 1), line(2000, 1)};
    struct quote quote = quote_of(lines, 2, &pieces, 1);
    assert_int_equal(quote.discount, 300);
    assert_int_equal(quote.hints[0].missing, 1);
    lines[0].quantity = 2;
    assert_int_equal(quote_of(lines, 2, &pieces, 1).discount, 800);
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    struct discount_rule sum = rule(DISCOUNT_SUM, 0, (struct discount_step){.from = 20000, .off = 2000});
    struct quote_line lines[] = {line(18800, 1)};
    struct quote quote = quote_of(lines, 1, &sum, 1);
    assert_int_equal(quote.total, 18800);
    assert_int_equal(quote.hint_count, 1);
    assert_int_equal(quote.hints[0].missing, 1200);
    assert_int_equal(quote.hints[0].next.off, 2000);
}

/* Steps follow each other: the sum of 满减 is what the sale left. */
static void rules_that_meet_follow_each_other(void **state)
{
    (void)state;
    struct discount_rule rules[] = {
        rule(DISCOUNT_SALE, EVERY_CLASS, (struct discount_step){.percent = 2000}),
        rule(DISCOUNT_SUM, EVERY_CLASS, (struct discount_step){.from = 8000, .off = 1000}),
        rule(DISCOUNT_COUPON, EVERY_CLASS, (struct discount_step){.from = 0, .percent = 1000})};
    struct quote_line lines[] = {line(10000, 1)};
    struct quote quote = quote_of(lines, 1, rules, 3);
    assert_int_equal(quote.effect_count, 3);
    assert_int_equal(quote.effects[1].base, 8000);
    assert_int_equal(quote.effects[2].base, 7000);
    assert_int_equal(quote.total, 6300);
}

/* A sale that would spoil a better 满减 is left out, for the buyer pays less so. */
static void the_best_lawful_set_is_taken(void **state)
{
    (void)state;
    struct discount_rule rules[] = {
        rule(DISCOUNT_SALE, EVERY_CLASS, (struct discount_step){.percent = 500}),
        rule(DISCOUNT_SUM, EVERY_CLASS, (struct discount_step){.from = 10000, .off = 2000})};
    struct quote_line lines[] = {line(10000, 1)};
    assert_int_equal(quote_of(lines, 1, rules, 2).total, 8000);
    rules[0].steps[0].percent = 3000;
    rules[0].beside = rules[1].beside = 0;
    struct quote quote = quote_of(lines, 1, rules, 2);
    assert_int_equal(quote.total, 7000);
    assert_int_equal(quote.effect_count, 1);
}

static void both_must_allow_it_to_meet(void **state)
{
    (void)state;
    static const bool first[LINES] = {true}, second[LINES] = {false, true};
    struct discount_rule rules[] = {rule(DISCOUNT_SALE, EVERY_CLASS, (struct discount_step){.percent = 1000}),
                                    rule(DISCOUNT_SUM, 0, (struct discount_step){.from = 100, .off = 50})};
    struct quote_line lines[] = {line(1000, 1), line(1000, 1)};
    assert_int_equal(quote_of(lines, 2, rules, 2).effect_count, 1);
    rules[0].takes = first;
    rules[1].takes = second;
    assert_int_equal(quote_of(lines, 2, rules, 2).effect_count, 2);
}

/* ---- goods with goods ---- */

static struct discount_rule bundle_of(const struct quote_line *a, int64_t pieces, const struct quote_line *b,
                                      struct discount_step step)
{
    struct discount_rule made = rule(DISCOUNT_BUNDLE, EVERY_CLASS, step);
    made.goods[0] = (struct discount_good){.variant_id = a->variant_id, .pieces = pieces};
    made.goods[1] = (struct discount_good){.variant_id = b->variant_id, .pieces = 1};
    made.good_count = 2;
    return made;
}

/* 2 cups and a tea are 168 instead of 2 × 59 + 128 = 246: with 5 cups and 2 teas that is twice, a cup is
 * left. */
static void as_many_bundles_as_fit_cost_less_and_the_rest_does_not(void **state)
{
    (void)state;
    struct quote_line lines[] = {line(5900, 5), line(12800, 2)};
    struct discount_rule bundle = bundle_of(&lines[0], 2, &lines[1], (struct discount_step){.price = 16800});
    struct quote quote = quote_of(lines, 2, &bundle, 1);
    assert_int_equal(quote.discount, 2 * (24600 - 16800));
    assert_int_equal(quote.total, 2 * 16800 + 5900);
    assert_int_equal(lines[0].discount + lines[1].discount, quote.discount);
    /* 15600 over 23600 and 25600: 7482.9 and 8117.07 */
    assert_int_equal(lines[0].discount, 7483);
    assert_int_equal(lines[1].discount, 8117);
    bundle.times = 1;
    assert_int_equal(quote_of(lines, 2, &bundle, 1).discount, 24600 - 16800);
    bundle.times = 0;
    bundle.steps[0] = (struct discount_step){.percent = 1000};
    assert_int_equal(quote_of(lines, 2, &bundle, 1).discount, 4920);
    bundle.steps[0] = (struct discount_step){.off = 3000};
    assert_int_equal(quote_of(lines, 2, &bundle, 1).discount, 6000);
    lines[1].quantity = 0;
    lines[0].quantity = 9;
    assert_int_equal(quote_of(lines, 1, &bundle, 1).discount, 0);
}

static void a_bundle_never_costs_more_than_its_goods_do_by_then(void **state)
{
    (void)state;
    struct quote_line lines[] = {line(5900, 2), line(12800, 1)};
    struct discount_rule rules[] = {
        rule(DISCOUNT_SALE, EVERY_CLASS, (struct discount_step){.percent = 5000}),
        bundle_of(&lines[0], 2, &lines[1], (struct discount_step){.price = 16800})};
    assert_int_equal(quote_of(lines, 2, rules, 2).total, 12300);
}

static void a_gift_is_earned_by_steps_and_costs_nobody_anything(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {{19899, 0}, {19900, 1}, {39899, 1}, {39900, 3}};
    struct discount_rule gift = rule(DISCOUNT_GIFT, 0, (struct discount_step){.from = 19900, .gives = 1});
    gift.steps[1] = (struct discount_step){.from = 39900, .gives = 3};
    gift.step_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quote_line lines[] = {line(cases[i][0], 1)};
        struct quote quote = quote_of(lines, 1, &gift, 1);
        assert_int_equal(quote.total, cases[i][0]);
        assert_int_equal(quote.effect_count, 0);
        assert_int_equal(quote.grant_count, cases[i][1] > 0);
        assert_true(cases[i][1] == 0 || quote.grants[0].pieces == cases[i][1]);
    }
    gift.is_by_pieces = true;
    gift.steps[0] = (struct discount_step){.from = 2, .gives = 1};
    gift.step_count = 1;
    gift.times = 3;
    struct quote_line lines[] = {line(100, 5)};
    assert_int_equal(quote_of(lines, 1, &gift, 1).grants[0].pieces, 2);
    lines[0].quantity = 40;
    assert_int_equal(quote_of(lines, 1, &gift, 1).grants[0].pieces, 3);
}

/* Money first: a gift that may not stand beside what comes off is not given, and what comes off stays. */
static void a_gift_gives_way_to_money_unless_both_allow_each_other(void **state)
{
    (void)state;
    struct discount_rule rules[] = {rule(DISCOUNT_SALE, EVERY_CLASS, (struct discount_step){.percent = 100}),
                                    rule(DISCOUNT_GIFT, 0, (struct discount_step){.from = 100, .gives = 1})};
    struct quote_line lines[] = {line(10000, 1)};
    struct quote quote = quote_of(lines, 1, rules, 2);
    assert_int_equal(quote.total, 9900);
    assert_int_equal(quote.grant_count, 0);
    rules[1].beside = EVERY_CLASS;
    quote = quote_of(lines, 1, rules, 2);
    assert_int_equal(quote.total, 9900);
    assert_int_equal(quote.grant_count, 1);
    /* What earns it is what is paid for the goods. */
    rules[1].steps[0].from = 9901;
    quote = quote_of(lines, 1, rules, 2);
    assert_int_equal(quote.grant_count, 0);
    assert_int_equal(quote.hints[0].missing, 1);
}

static void what_is_added_is_cheap_while_the_rest_earns_it(void **state)
{
    (void)state;
    struct quote_line lines[] = {line(9900, 1), line(7900, 3)};
    struct discount_rule addon = rule(DISCOUNT_ADDON, 0, (struct discount_step){.from = 9900});
    addon.goods[0] = (struct discount_good){.variant_id = lines[1].variant_id, .pieces = 1, .price = 990};
    addon.good_count = 1;
    struct quote quote = quote_of(lines, 2, &addon, 1);
    assert_int_equal(quote.discount, 7900 - 990);
    assert_int_equal(lines[1].discount, 7900 - 990);
    assert_int_equal(quote.grant_count, 1);
    /* It does not earn itself: three of it are 237.00, and still nothing is cheap. */
    lines[0].list_price = 9800;
    quote = quote_of(lines, 2, &addon, 1);
    assert_int_equal(quote.discount, 0);
    assert_int_equal(quote.grant_count, 0);
    assert_int_equal(quote.hints[0].missing, 100);
    addon.is_by_pieces = true;
    addon.steps[0].from = 2;
    assert_int_equal(quote_of(lines, 2, &addon, 1).discount, 0);
    lines[0].quantity = 2;
    assert_int_equal(quote_of(lines, 2, &addon, 1).discount, 7900 - 990);
}

static void a_voucher_gets_its_goods_for_nothing(void **state)
{
    (void)state;
    struct quote_line lines[] = {line(7900, 2)};
    struct discount_rule voucher = rule(DISCOUNT_VOUCHER, 0, (struct discount_step){0});
    voucher.goods[0] = (struct discount_good){.variant_id = lines[0].variant_id, .pieces = 1};
    voucher.good_count = 1;
    assert_int_equal(quote_of(lines, 1, &voucher, 1).total, 7900);
    lines[0].quantity = 1;
    assert_int_equal(quote_of(lines, 1, &voucher, 1).total, 0);
}

static void a_discount_is_spread_by_the_largest_remainder(void **state)
{
    (void)state;
    int64_t parts[3];
    static const int64_t weights[][3] = {{100, 100, 100}, {1, 1, 1}, {333, 333, 334}, {5, 0, 5}};
    static const int64_t amounts[] = {100, 2, 500, 9};
    static const int64_t wanted[][3] = {{34, 33, 33}, {1, 1, 0}, {167, 166, 167}, {5, 0, 4}};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        spread(arena, amounts[i], weights[i], 3, parts);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(parts[j], wanted[i][j]);
    }
}

static void pieces_of_a_variant_count_together_over_its_lines(void **state)
{
    (void)state;
    static const struct price_tier tiers[] = {{10, 900}};
    struct quote_line lines[] = {
        {.variant_id = 1, .list_price = 1000, .tiers = tiers, .tier_count = 1, .quantity = 4},
        {.variant_id = 2, .list_price = 1000, .tiers = tiers, .tier_count = 1, .quantity = 9},
        {.variant_id = 1, .list_price = 1000, .tiers = tiers, .tier_count = 1, .quantity = 6}};
    assert_int_equal(quote_of(lines, 3, NULL, 0).total, 18000);
    assert_int_equal(lines[0].unit_price, 900);
    assert_int_equal(lines[0].full, 3600);
    assert_int_equal(lines[1].unit_price, 1000);
    assert_int_equal(lines[2].full, 5400);
}

static void a_sum_out_of_range_is_no_sum(void **state)
{
    (void)state;
    struct quote quote;
    struct quote_line lines[] = {line(MONEY_MAX, 2)};
    assert_false(quote_make(arena, lines, 1, NULL, 0, &quote));
}

/* ---- what holds for every cart ---- */

static uint64_t seed = 20261126;

static int64_t any(int64_t most)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)most);
}

static struct discount_step any_goods_step(enum discount_kind kind, bool is_by_pieces, size_t place)
{
    struct discount_step step = {0};
    if (kind != DISCOUNT_BUNDLE) {
        step.from = is_by_pieces ? 1 + any(5) + (int64_t)place * 5 : 1 + any(20000) + (int64_t)place * 20000;
        step.gives = kind == DISCOUNT_GIFT ? 1 + any(3) + (int64_t)place * 3 : 0;
    } else if (any(3) == 0) {
        step.percent = 1 + any(BASIS_POINTS - 1);
    } else if (any(2)) {
        step.price = 1 + any(30000);
    } else {
        step.off = 1 + any(3000);
    }
    return step;
}

/* Goods of the cart mostly, some of which are not in it. */
static struct discount_rule any_goods_rule(enum discount_kind kind, const struct quote_line *lines)
{
    struct discount_rule made = {.kind = kind, .beside = (unsigned)any(256), .is_by_pieces = any(2)};
    bool *takes = arena_alloc_many(arena, LINES, sizeof *takes);
    made.step_count = kind == DISCOUNT_GIFT ? 1 + (size_t)any(3) : 1;
    for (size_t i = 0; i < made.step_count; i++)
        made.steps[i] = any_goods_step(kind, kind != DISCOUNT_VOUCHER && made.is_by_pieces, i);
    if (kind == DISCOUNT_VOUCHER && any(2))
        made.steps[0].from = 0;
    made.times = kind == DISCOUNT_BUNDLE || (kind == DISCOUNT_GIFT && made.step_count == 1) ? any(4) : 0;
    made.good_count = 1 + (size_t)any(3);
    size_t first = (size_t)any(LINES);
    for (size_t i = 0; i < made.good_count; i++)
        made.goods[i] =
            (struct discount_good){.variant_id = lines[(first + i) % LINES].variant_id,
                                   .pieces = 1 + any(3),
                                   .price = kind == DISCOUNT_VOUCHER ? any(2) * any(2000) : 1 + any(2000)};
    for (size_t i = 0; i < LINES; i++)
        takes[i] = kind == DISCOUNT_BUNDLE ? rule_gives(&made, lines[i].variant_id) : any(3) > 0;
    made.takes = takes;
    return made;
}

static struct discount_step any_step(enum discount_kind kind, size_t place)
{
    struct discount_step step = {0};
    bool is_percent = kind == DISCOUNT_PIECES || kind == DISCOUNT_NTH || any(2);
    if (kind == DISCOUNT_SUM || kind == DISCOUNT_COUPON)
        step.from = 1 + any(20000) + (int64_t)place * 20000;
    else if (kind != DISCOUNT_SALE)
        step.from = kind == DISCOUNT_NTH ? 2 + any(4) : 1 + any(5) + (int64_t)place * 5;
    if (is_percent)
        step.percent = 1 + any(BASIS_POINTS - 1);
    else if (kind == DISCOUNT_SALE && any(2))
        step.price = 1 + any(3000);
    else
        step.off = 1 + any(kind == DISCOUNT_SALE ? 3000 : step.from);
    return step;
}

/* It gives more than the one before, in the same way: other ladders are refused when an offer is written, and
 * the search for the best set counts on that. */
static struct discount_step any_higher_step(enum discount_kind kind, size_t place,
                                            const struct discount_step *before)
{
    struct discount_step step = {.from = any_step(kind, place).from};
    if (before->percent > 0)
        step.percent = before->percent + any(BASIS_POINTS - before->percent);
    else
        step.off = before->off + any(step.from - before->off + 1);
    return step;
}

static struct discount_rule any_rule(enum discount_kind kind)
{
    struct discount_rule made = {.kind = kind, .beside = (unsigned)any(256)};
    bool *takes = arena_alloc_many(arena, LINES, sizeof *takes);
    made.step_count = kind == DISCOUNT_SALE || kind == DISCOUNT_NTH ? 1 : 1 + (size_t)any(3);
    for (size_t i = 0; i < made.step_count; i++)
        made.steps[i] = i == 0 ? any_step(kind, 0) : any_higher_step(kind, i, &made.steps[i - 1]);
    made.times = kind == DISCOUNT_NTH || (kind == DISCOUNT_SUM && made.step_count == 1) ? any(4) : 0;
    made.most = any(4) == 0 ? 1 + any(5000) : 0;
    for (size_t i = 0; i < LINES; i++)
        takes[i] = any(3) > 0;
    made.takes = takes;
    return made;
}

struct any_cart {
    struct quote_line lines[LINES];
    size_t count;
    struct discount_rule rules[RULES];
    size_t rule_count;
};

static struct any_cart any_cart_at(int64_t index)
{
    static const int64_t prices[] = {1, 3, 99, 100, 333, 1000, 1999, 9999, 88888, 12345678};
    struct any_cart cart = {.count = 1 + (size_t)any(LINES)};
    static const enum discount_kind kinds[] = {DISCOUNT_SALE,   DISCOUNT_BUNDLE,  DISCOUNT_PIECES,
                                               DISCOUNT_NTH,    DISCOUNT_ADDON,   DISCOUNT_SUM,
                                               DISCOUNT_COUPON, DISCOUNT_VOUCHER, DISCOUNT_GIFT};
    size_t at = 0;
    for (size_t i = 0; i < LINES; i++)
        cart.lines[i] = (struct quote_line){.variant_id = index * LINES + (int64_t)i + 1,
                                            .list_price = prices[any(10)],
                                            .quantity = 1 + any(any(2) ? 4 : 40)};
    while (at < sizeof kinds / sizeof *kinds && cart.rule_count < RULES) {
        if (any(2)) {
            cart.rules[cart.rule_count] =
                discount_has_goods(kinds[at]) ? any_goods_rule(kinds[at], cart.lines) : any_rule(kinds[at]);
            cart.rules[cart.rule_count].id = (int64_t)cart.rule_count + 1;
            cart.rule_count++;
        }
        if (any(3) > 0)
            at++;
    }
    return cart;
}

static bool is_touched(const struct any_cart *cart, const struct discount_rule *asked, size_t line)
{
    bool adds = asked->kind == DISCOUNT_ADDON || asked->kind == DISCOUNT_VOUCHER;
    return asked->takes[line] || (adds && rule_gives(asked, cart->lines[line].variant_id));
}

static void assert_adds_up(const struct any_cart *cart, const struct quote *quote)
{
    int64_t of_effects = 0, of_lines = 0;
    for (size_t i = 0; i < quote->effect_count; i++) {
        const struct quote_effect *effect = &quote->effects[i];
        int64_t sum = 0;
        for (size_t j = 0; j < cart->count; j++) {
            assert_true(effect->by_line[j] >= 0);
            assert_true(effect->by_line[j] == 0 || is_touched(cart, &cart->rules[effect->rule], j));
            sum += effect->by_line[j];
        }
        assert_int_equal(sum, effect->amount);
        assert_true(effect->amount > 0 && effect->amount <= effect->base);
        of_effects += effect->amount;
    }
    for (size_t i = 0; i < cart->count; i++) {
        assert_true(cart->lines[i].discount >= 0 && cart->lines[i].discount <= cart->lines[i].full);
        of_lines += cart->lines[i].discount;
    }
    assert_int_equal(of_effects, quote->discount);
    assert_int_equal(of_lines, quote->discount);
    assert_int_equal(quote->total, quote->full - quote->discount);
    assert_true(quote->total >= 0);
}

static bool may_meet(const struct any_cart *cart, const struct discount_rule *a,
                     const struct discount_rule *b)
{
    enum discount_class first = discount_class_of(a->kind), second = discount_class_of(b->kind);
    if (first != second && (a->beside >> second & 1u) && (b->beside >> first & 1u))
        return true;
    for (size_t i = 0; i < cart->count; i++)
        if (is_touched(cart, a, i) && is_touched(cart, b, i))
            return false;
    return true;
}

static void assert_lawful(const struct any_cart *cart, const struct quote *quote)
{
    for (size_t a = 0; a < quote->effect_count; a++)
        for (size_t b = a + 1; b < quote->effect_count; b++)
            assert_true(
                may_meet(cart, &cart->rules[quote->effects[a].rule], &cart->rules[quote->effects[b].rule]));
}

/* A gift stands beside everything that came off and beside the other gifts, and is of a step that is reached.
 */
static int64_t assert_gifts_lawful(const struct any_cart *cart, const struct quote *quote)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < quote->grant_count; i++) {
        const struct discount_rule *granted = &cart->rules[quote->grants[i].rule];
        int64_t most = granted->kind == DISCOUNT_GIFT ? granted->steps[granted->step_count - 1].gives : 0;
        assert_true(granted->kind == DISCOUNT_GIFT || granted->kind == DISCOUNT_ADDON);
        assert_true(quote->grants[i].pieces >= 0);
        assert_true(quote->grants[i].pieces <= most * (granted->times > 0 ? granted->times : 1));
        for (size_t j = 0; j < quote->effect_count; j++)
            assert_true(quote->effects[j].rule == quote->grants[i].rule ||
                        may_meet(cart, granted, &cart->rules[quote->effects[j].rule]));
        for (size_t j = 0; j < i; j++)
            assert_true(granted->kind != DISCOUNT_GIFT ||
                        cart->rules[quote->grants[j].rule].kind != DISCOUNT_GIFT ||
                        may_meet(cart, granted, &cart->rules[quote->grants[j].rule]));
        pieces += quote->grants[i].pieces;
    }
    return pieces;
}

/* No smaller choice of the rules costs less. */
static void assert_best(const struct any_cart *cart, int64_t total)
{
    for (unsigned chosen = 1; chosen < 1u << cart->rule_count; chosen++) {
        struct quote_line lines[LINES];
        struct discount_rule rules[RULES];
        size_t count = 0;
        memcpy(lines, cart->lines, sizeof lines);
        for (size_t i = 0; i < cart->rule_count; i++)
            if (chosen >> i & 1u)
                rules[count++] = cart->rules[i];
        assert_true(quote_of(lines, cart->count, rules, count).total >= total);
    }
}

/* Pieces go back one by one, two by two, as they come: all of them together are what was paid. */
static void assert_goes_back(const struct quote_line *line)
{
    int64_t paid = line->full - line->discount, back = 0;
    for (int64_t before = 0; before < line->quantity;) {
        int64_t more = 1 + any(line->quantity - before);
        int64_t part = refund_share(paid, line->quantity, before, more);
        assert_true(part >= 0);
        back += part;
        before += more;
    }
    assert_int_equal(back, paid);
}

static int64_t cart_count(void)
{
    const char *text = getenv("YUNDIAN_TEST_CARTS");
    return text ? strtoll(text, NULL, 10) : 20000;
}

static void every_cart_adds_up_is_lawful_and_costs_least(void **state)
{
    (void)state;
    int64_t discounted = 0, given = 0, count = cart_count();
    for (int64_t i = 0; i < count; i++) {
        struct any_cart cart = any_cart_at(i);
        struct quote quote = quote_of(cart.lines, cart.count, cart.rules, cart.rule_count);
        assert_adds_up(&cart, &quote);
        assert_lawful(&cart, &quote);
        given += assert_gifts_lawful(&cart, &quote);
        for (size_t j = 0; j < cart.count; j++)
            assert_goes_back(&cart.lines[j]);
        if (i % 16 == 0)
            assert_best(&cart, quote.total);
        discounted += quote.discount > 0;
        arena_reset(arena);
    }
    assert_true(discounted > count / 2);
    assert_true(given > count / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ladder_takes_its_highest_step),
        cmocka_unit_test(each_full_hundred_takes_off_again_up_to_a_bound),
        cmocka_unit_test(a_part_is_taken_of_the_line_and_rounded_once),
        cmocka_unit_test(a_sale_gives_nothing_away),
        cmocka_unit_test(the_cheaper_piece_of_each_pair_is_half_price),
        cmocka_unit_test(from_so_many_pieces_on_all_are_cheaper),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(rules_that_meet_follow_each_other),
        cmocka_unit_test(the_best_lawful_set_is_taken),
        cmocka_unit_test(both_must_allow_it_to_meet),
        cmocka_unit_test(as_many_bundles_as_fit_cost_less_and_the_rest_does_not),
        cmocka_unit_test(a_bundle_never_costs_more_than_its_goods_do_by_then),
        cmocka_unit_test(a_gift_is_earned_by_steps_and_costs_nobody_anything),
        cmocka_unit_test(a_gift_gives_way_to_money_unless_both_allow_each_other),
        cmocka_unit_test(what_is_added_is_cheap_while_the_rest_earns_it),
        cmocka_unit_test(a_voucher_gets_its_goods_for_nothing),
        cmocka_unit_test(a_discount_is_spread_by_the_largest_remainder),
        cmocka_unit_test(pieces_of_a_variant_count_together_over_its_lines),
        cmocka_unit_test(a_sum_out_of_range_is_no_sum),
        cmocka_unit_test(every_cart_adds_up_is_lawful_and_costs_least),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
