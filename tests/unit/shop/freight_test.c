/* freight_test.c - what carrying costs: rates that merchants know, and what holds for every cart.
 *
 * YUNDIAN_TEST_CARTS is how many random carts are priced (20,000 without it). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "shop/freight/freight.h"
#include "shop/pricing/quote_freight.h"
#include "unit.h"
#include <stdlib.h>

#define LINES 5
#define TEMPLATES 3
#define ZHEJIANG 33
#define TIBET 54
#define SICHUAN 51

static uint64_t region_bit(int64_t code)
{
    return UINT64_C(1) << freight_region_place(code);
}

static struct freight_template by_pieces(void)
{
    return (struct freight_template){
        .id = 1,
        .version = 1,
        .way = FREIGHT_PIECES,
        .rates =
            {{.first = 1, .first_price = 1000, .next = 1, .next_price = 200},
             {.regions = region_bit(ZHEJIANG), .first = 1, .first_price = 600, .next = 2, .next_price = 100}},
        .rate_count = 2};
}

static struct freight carry(const struct freight_template *template, int64_t weight, int64_t pieces,
                            int64_t paid, int64_t region)
{
    struct freight freight;
    struct freight_line line = {.place = 0, .weight = weight, .pieces = pieces, .paid = paid};
    assert_true(freight_compute(template, 1, &line, 1, region, &freight));
    return freight;
}

static void first_and_further_units(void **state)
{
    static const int64_t cases[][3] = {{1, 600, 1000}, {2, 700, 1200}, {3, 700, 1400}, {4, 800, 1600}};
    struct freight_template template = by_pieces();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(carry(&template, 0, cases[i][0], 0, ZHEJIANG).amount, cases[i][1]);
        assert_int_equal(carry(&template, 0, cases[i][0], 0, SICHUAN).amount, cases[i][2]);
    }
}

static void a_begun_kilogram_is_a_full_one(void **state)
{
    static const int64_t cases[][2] = {{0, 800},     {999, 800},   {1000, 800},
                                       {1001, 1100}, {2000, 1100}, {2001, 1400}};
    struct freight_template template = {
        .way = FREIGHT_WEIGHT,
        .rates = {{.first = 1000, .first_price = 800, .next = 1000, .next_price = 300}},
        .rate_count = 1};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(carry(&template, cases[i][0], 1, 0, 0).amount, cases[i][1]);
}

static void where_it_goes_decides(void **state)
{
    struct freight_template template = by_pieces();
    (void)state;
    assert_int_equal(carry(&template, 0, 1, 0, 0).state, FREIGHT_OPEN);
    assert_int_equal(carry(&template, 0, 1, 0, 0).amount, 0);
    template.refused = region_bit(TIBET);
    assert_int_equal(carry(&template, 0, 1, 0, TIBET).state, FREIGHT_REFUSED);
    assert_int_equal(carry(&template, 0, 1, 0, TIBET).amount, 0);
    assert_int_equal(carry(&template, 0, 1, 0, SICHUAN).state, FREIGHT_KNOWN);
    assert_int_equal(carry(&template, 0, 1, 0, 99).state, FREIGHT_OPEN);
}

static void free_from_a_sum_or_a_number_of_pieces(void **state)
{
    struct freight_template template = by_pieces();
    (void)state;
    template.free_sum = 9900;
    template.free_pieces = 5;
    template.unfree = region_bit(TIBET);
    assert_int_equal(carry(&template, 0, 1, 9899, SICHUAN).amount, 1000);
    assert_int_equal(carry(&template, 0, 1, 9899, SICHUAN).parts[0].short_sum, 1);
    assert_int_equal(carry(&template, 0, 1, 9900, SICHUAN).amount, 0);
    assert_int_equal(carry(&template, 0, 5, 1, SICHUAN).amount, 0);
    assert_int_equal(carry(&template, 0, 5, 99999, TIBET).amount, 1800);
    assert_int_equal(carry(&template, 0, 5, 99999, TIBET).parts[0].short_sum, 0);
}

static void templates_are_added_up(void **state)
{
    struct freight_template templates[] = {by_pieces(), by_pieces()};
    struct freight_line lines[] = {{.place = 0, .pieces = 1, .paid = 1},
                                   {.place = 1, .pieces = 1, .paid = 1},
                                   {.place = 0, .pieces = 2, .paid = 1},
                                   {.place = FREIGHT_NO_TEMPLATE, .pieces = 9, .paid = 1}};
    struct freight freight;
    (void)state;
    assert_true(freight_compute(templates, 2, lines, 4, SICHUAN, &freight));
    assert_int_equal(freight.part_count, 2);
    assert_int_equal(freight.amount, 1400 + 1000);
    assert_true(freight_compute(templates, 2, lines + 3, 1, SICHUAN, &freight));
    assert_int_equal(freight.state, FREIGHT_NONE);
}

static void a_sum_out_of_range_is_refused(void **state)
{
    struct freight_template template = {
        .way = FREIGHT_WEIGHT,
        .rates = {{.first = 1, .first_price = 0, .next = 1, .next_price = FREIGHT_PRICE_LIMIT}},
        .rate_count = 1};
    struct freight freight;
    struct freight_line line = {.place = 0, .weight = INT64_MAX, .pieces = 1};
    (void)state;
    assert_false(freight_compute(&template, 1, &line, 1, SICHUAN, &freight));
    struct freight_line two[] = {line, line};
    assert_false(freight_compute(&template, 1, two, 2, SICHUAN, &freight));
}

static void addresses_begin_with_their_province(void **state)
{
    static const struct {
        const char *text;
        int64_t code;
    } cases[] = {{"浙江省 杭州市 西湖区", 33},
                 {"  广西壮族自治区南宁市", 45},
                 {"内蒙古呼和浩特", 15},
                 {"中国 上海市浦东新区", 31},
                 {"黑龙江省哈尔滨市", 23},
                 {"Zhejiang, Hangzhou", 33},
                 {"shaanxi xi'an", 61},
                 {"Shanxi Taiyuan", 14},
                 {"杭州市西湖区", 0},
                 {"", 0},
                 {"江", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(freight_region_of(cases[i].text), cases[i].code);
}

/* ---- every cart ---- */

/* xorshift64: the same carts each time. */
static uint64_t roll(void)
{
    static uint64_t state = 52;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int64_t any(int64_t most)
{
    return (int64_t)(roll() % (uint64_t)(most + 1));
}

static void make_up(struct freight_template *template)
{
    *template = (struct freight_template){.way = (enum freight_way)(1 + any(2)),
                                          .rate_count = (size_t)(1 + any(2)),
                                          .free_sum = any(1) * any(20000),
                                          .free_pieces = any(1) * any(20),
                                          .unfree = roll() & roll() & ((UINT64_C(1) << FREIGHT_REGIONS) - 1)};
    for (size_t i = 0; i < template->rate_count; i++)
        template->rates[i] =
            (struct freight_rate){.regions = i > 0 ? roll() & ((UINT64_C(1) << FREIGHT_REGIONS) - 1) : 0,
                                  .first = 1 + any(2000),
                                  .first_price = any(3000),
                                  .next = any(1000),
                                  .next_price = any(1000)};
}

/* One more piece, which is paid for, never makes a template dearer than its further units, nor cheaper unless
 * it becomes free; the sum is that of its parts; and who asks twice hears the same. */
static void check_cart(const struct freight_template *templates, struct freight_line *lines, int64_t region)
{
    struct freight before, after, again;
    int64_t sum = 0;
    assert_true(freight_compute(templates, TEMPLATES, lines, LINES, region, &before));
    assert_true(freight_compute(templates, TEMPLATES, lines, LINES, region, &again));
    assert_memory_equal(&before.amount, &again.amount, sizeof before.amount);
    for (size_t i = 0; i < before.part_count; i++) {
        assert_true(before.parts[i].amount >= 0);
        sum += before.parts[i].amount;
    }
    assert_int_equal(sum, before.amount);
    size_t grown = (size_t)any(LINES - 1);
    lines[grown].pieces++;
    lines[grown].weight += any(500);
    assert_true(freight_compute(templates, TEMPLATES, lines, LINES, region, &after));
    for (size_t i = 0; i < before.part_count; i++)
        if (!after.parts[i].is_free)
            assert_true(after.parts[i].amount >= before.parts[i].amount);
}

/* An offer takes off the freight of its goods and never more, and its parts add up. */
static void check_offer(struct arena *arena, const struct freight_template *templates,
                        struct freight_line *cargo, int64_t region)
{
    bool takes[LINES];
    struct quote_line lines[LINES];
    struct freight freight;
    struct quote quote;
    struct discount_rule rule = {.id = 1,
                                 .kind = DISCOUNT_SHIPPING,
                                 .beside = ~0u,
                                 .steps = {{.from = any(20000), .off = any(1) * any(3000), .percent = 0}},
                                 .step_count = 1,
                                 .most = any(1) * any(1500),
                                 .takes = takes};
    if (rule.steps[0].off == 0)
        rule.steps[0].percent = 1 + any(BASIS_POINTS - 1);
    for (size_t i = 0; i < LINES; i++) {
        takes[i] = any(2) > 0;
        lines[i] = (struct quote_line){
            .variant_id = (int64_t)i + 1, .list_price = any(9000), .quantity = cargo[i].pieces};
    }
    const struct quote_cargo carried = {templates, TEMPLATES, cargo, region};
    assert_true(quote_make(arena, lines, LINES, &rule, 1, &quote));
    assert_int_equal(quote.discount, 0);
    assert_true(quote_freight(arena, lines, LINES, &carried, &rule, 1, &freight, &quote));
    assert_true(quote.freight_discount >= 0 && quote.freight_discount <= quote.freight);
    assert_int_equal(quote.total, quote.full + quote.freight - quote.freight_discount);
    int64_t sum = 0;
    for (size_t i = 0; quote.effect_count > 0 && i < LINES; i++) {
        sum += quote.effects[0].by_line[i];
        assert_true(quote.effects[0].by_line[i] >= 0 && (takes[i] || quote.effects[0].by_line[i] == 0));
    }
    assert_int_equal(sum, quote.freight_discount);
}

static void what_holds_for_every_cart(void **state)
{
    const char *wanted = getenv("YUNDIAN_TEST_CARTS");
    long long carts = wanted ? strtoll(wanted, NULL, 10) : 20000;
    struct arena *arena = arena_open(ARENA_LIMIT);
    (void)state;
    for (long long i = 0; i < carts; i++) {
        struct freight_template templates[TEMPLATES];
        struct freight_line lines[LINES];
        int64_t region = freight_regions[any(FREIGHT_REGIONS - 1)].code;
        arena_reset(arena);
        for (size_t j = 0; j < TEMPLATES; j++)
            make_up(&templates[j]);
        for (size_t j = 0; j < LINES; j++)
            lines[j] = (struct freight_line){.place = (int)any(TEMPLATES) - 1,
                                             .weight = any(5000),
                                             .pieces = 1 + any(9),
                                             .paid = any(9000)};
        check_offer(arena, templates, lines, region);
        check_cart(templates, lines, region);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_and_further_units),
        cmocka_unit_test(a_begun_kilogram_is_a_full_one),
        cmocka_unit_test(where_it_goes_decides),
        cmocka_unit_test(free_from_a_sum_or_a_number_of_pieces),
        cmocka_unit_test(templates_are_added_up),
        cmocka_unit_test(a_sum_out_of_range_is_refused),
        cmocka_unit_test(addresses_begin_with_their_province),
        cmocka_unit_test(what_holds_for_every_cart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
