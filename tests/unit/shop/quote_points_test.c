/* quote_points_test.c - points as a step of the price: what they pay, how they spread, and that a proof makes
 * the step again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion.h"
#include "shop/pricing/quote_points.h"
#include "shop/pricing/quote_round.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>

#define LINES 6
#define CARTS 20000
#define EMPTY_AFTER 500

static struct arena *arena;
static struct shop shop = {.id = 1, .currency = "CNY", .rounding = ROUNDING_TENTH};
static struct ctx ctx = {.shop = &shop};

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(ARENA_LIMIT);
    ctx.arena = arena;
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static struct quote_points_terms terms_of(int64_t wanted, int64_t rate, int64_t percent, int64_t least)
{
    return (struct quote_points_terms){
        .wanted = wanted, .rate = rate, .unit = 100, .percent = percent, .least = least};
}

static struct quote quote_of(struct quote_line *lines, size_t count, const struct quote_points_terms *terms)
{
    struct quote quote;
    assert_true(quote_make(arena, lines, count, NULL, 0, &quote));
    quote_points(arena, lines, count, terms, &quote);
    return quote;
}

/* ---- sums that merchants know ---- */

static void points_pay_up_to_a_part_and_none_is_wasted(void **state)
{
    (void)state;
    static const int64_t cases[][7] = {
        /* price, wanted, rate, percent, least, used, what comes off */
        {10000, 500, 100, 50, 0, 500, 500},     {10000, 9000, 100, 50, 0, 5000, 5000},
        {10000, 9000, 100, 100, 0, 9000, 9000}, {10000, 20000, 100, 100, 0, 10000, 10000},
        {10000, 99, 100, 50, 100, 0, 0},        {10000, 100, 100, 50, 100, 100, 100},
        {150, 500, 100, 50, 100, 0, 0},         {999, 5000, 100, 50, 0, 499, 499},
        {10000, 1999, 1000, 50, 0, 1990, 199},  {10000, 9, 1000, 50, 0, 0, 0},
        {10000, 7, 3, 50, 0, 7, 233},           {1234, 5000, 10, 100, 0, 123, 1230},
        {10000, 500, 0, 50, 0, 0, 0},           {10000, 500, 100, 0, 0, 0, 0},
        {10000, 0, 100, 50, 0, 0, 0},           {10000, -5, 100, 50, 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int64_t *c = cases[i];
        struct quote_line line = {.variant_id = 1, .list_price = c[0], .quantity = 1};
        struct quote_points_terms terms = terms_of(c[1], c[2], c[3], c[4]);
        struct quote quote = quote_of(&line, 1, &terms);
        assert_int_equal(quote.points.used, c[5]);
        assert_int_equal(quote.points.off, c[6]);
        assert_int_equal(quote.total, c[0] - c[6]);
        assert_int_equal(line.discount, c[6]);
    }
}

static void they_count_behind_offers_and_small_coins_behind_them(void **state)
{
    (void)state;
    static const bool takes[] = {true};
    const struct discount_rule rule = {.id = 1,
                                       .kind = DISCOUNT_SUM,
                                       .steps = {{.from = 10000, .off = 2000}},
                                       .step_count = 1,
                                       .takes = takes};
    struct quote_line line = {.variant_id = 1, .list_price = 10000, .quantity = 1};
    const struct quote_points_terms terms = terms_of(9003, 100, 50, 0);
    struct quote quote;
    assert_true(quote_make(arena, &line, 1, &rule, 1, &quote));
    assert_int_equal(quote_points_most(&terms, &quote, 9003), 4000);
    assert_int_equal(quote_points_most(&terms, &quote, 3003), 3003);
    const struct quote_points_terms fewer = terms_of(3003, 100, 50, 0);
    quote_points(arena, &line, 1, &fewer, &quote);
    assert_int_equal(quote.total, 4997);
    quote_round(arena, &line, 1, 10, &quote);
    assert_int_equal(quote.rounding, 7);
    assert_int_equal(quote.total, 4990);
    assert_int_equal(quote.discount, 2000 + 3003 + 7);
}

/* ---- what holds for every cart ---- */

static uint64_t dice(uint64_t *seed, uint64_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % sides;
}

static void fill(struct quote_line *lines, uint64_t *seed)
{
    for (size_t i = 0; i < LINES; i++)
        lines[i] = (struct quote_line){.variant_id = (int64_t)i + 1,
                                       .list_price = (int64_t)dice(seed, 20000),
                                       .quantity = 1 + (int64_t)dice(seed, 9)};
}

/* Pieces go back in any portions: exactly what was used of the line comes back. */
static int64_t back_by_portions(int64_t points, int64_t quantity, uint64_t *seed)
{
    int64_t sum = 0, before = 0;
    while (before < quantity) {
        int64_t more = 1 + (int64_t)dice(seed, (uint64_t)(quantity - before));
        int64_t part = refund_share(points, quantity, before, more);
        assert_true(part >= 0);
        sum += part;
        before += more;
    }
    return sum;
}

static void assert_adds_up(const struct quote_line *lines, const struct quote *quote, uint64_t *seed)
{
    int64_t off = 0, used = 0, back = 0;
    for (size_t i = 0; i < LINES; i++) {
        assert_true(lines[i].discount >= 0 && lines[i].discount <= lines[i].full);
        off += lines[i].discount;
        if (quote->points.used == 0)
            continue;
        assert_true(quote->points.by_line[i] >= 0);
        used += quote->points.by_line[i];
        back += back_by_portions(quote->points.by_line[i], lines[i].quantity, seed);
    }
    assert_int_equal(off, quote->points.off);
    assert_int_equal(used, quote->points.used);
    assert_int_equal(back, quote->points.used);
}

static void parts_of_any_cart_add_up_in_money_and_in_points(void **state)
{
    (void)state;
    static const int64_t rates[] = {1, 3, 10, 99, 100, 101, 1000, 10000};
    uint64_t seed = 20261127;
    int used = 0;
    for (int i = 0; i < CARTS; i++) {
        struct quote_line lines[LINES];
        if (i % EMPTY_AFTER == 0)
            arena_reset(arena);
        fill(lines, &seed);
        const struct quote_points_terms terms =
            terms_of((int64_t)dice(&seed, 2000000), rates[dice(&seed, 8)], 1 + (int64_t)dice(&seed, 100),
                     (int64_t)dice(&seed, 1000));
        struct quote quote = quote_of(lines, LINES, &terms);
        assert_adds_up(lines, &quote, &seed);
        assert_int_equal(quote.total, quote.full - quote.points.off);
        assert_true(quote.points.used <= terms.wanted);
        assert_true(quote.points.off * 100 <= quote.full * terms.percent);
        /* What pays is worth what it pays, and one point fewer is worth less. */
        assert_int_equal(quote.points.used * terms.unit / terms.rate, quote.points.off);
        if (quote.points.used > 0)
            assert_true((quote.points.used - 1) * terms.unit / terms.rate < quote.points.off);
        used += quote.points.used > 0;
    }
    assert_true(used > CARTS / 2);
}

/* ---- the proof ---- */

static const char *proof_of(struct quote_line *lines, int64_t wanted)
{
    struct priced priced = {0};
    const struct quote_points_terms terms = terms_of(wanted, 100, 50, 100);
    const char *json;
    priced.quote = quote_of(lines, 2, &terms);
    quote_round(arena, lines, 2, rounding_unit(shop.rounding, shop.currency), &priced.quote);
    assert_null(proof_write(&ctx, &priced, lines, 2, &json));
    return json;
}

static struct replay replay_of(const char *json)
{
    struct replay replay = {0};
    assert_null(proof_replay(&ctx, json, &replay));
    return replay;
}

static const char *with(const char *json, const char *old, const char *new)
{
    const char *at = strstr(json, old);
    assert_non_null(at);
    return arena_format(arena, "%.*s%s%s", (int)(at - json), json, new, at + strlen(old));
}

static void the_proof_makes_the_step_again(void **state)
{
    (void)state;
    struct quote_line lines[] = {{.variant_id = 1, .list_price = 3333, .quantity = 2},
                                 {.variant_id = 2, .list_price = 1001, .quantity = 3}};
    const char *json = proof_of(lines, 1234);
    struct replay replay = replay_of(json);
    assert_true(replay.is_same);
    assert_int_equal(replay.points, 1234);
    assert_int_equal(replay.points_off, 1234);
    assert_int_equal(replay.rounding, 5);
    assert_int_equal(replay.discount, 1239);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(replay.by_line[i], lines[i].discount);
    assert_false(replay_of(with(json, "\"used\":1234", "\"used\":1233")).is_same);
    assert_false(replay_of(with(json, "\"off\":1234", "\"off\":1233")).is_same);
    assert_false(replay_of(with(json, "\"wanted\":1234", "\"wanted\":1235")).is_same);
    assert_false(replay_of(with(json, "\"rate\":100", "\"rate\":0")).is_same);
}

static void a_price_without_points_says_nothing_of_them(void **state)
{
    (void)state;
    struct quote_line lines[] = {{.variant_id = 1, .list_price = 3333, .quantity = 2},
                                 {.variant_id = 2, .list_price = 1001, .quantity = 3}};
    const char *json = proof_of(lines, 99);
    assert_null(strstr(json, "points"));
    assert_true(replay_of(json).is_same);
    assert_int_equal(replay_of(json).points, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_pay_up_to_a_part_and_none_is_wasted),
        cmocka_unit_test(they_count_behind_offers_and_small_coins_behind_them),
        cmocka_unit_test(parts_of_any_cart_add_up_in_money_and_in_points),
        cmocka_unit_test(the_proof_makes_the_step_again),
        cmocka_unit_test(a_price_without_points_says_nothing_of_them),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
