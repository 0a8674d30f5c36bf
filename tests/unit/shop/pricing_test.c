/* pricing_test.c - what deals bear out, and the price of a unit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/pricing/pricing.h"
#include "shop/pricing/quote.h"
#include "unit.h"

static struct price_ceiling ceiling_of(int64_t variant_id)
{
    struct price_ceiling ceiling;
    assert_ok(deal_ceilings(work, &variant_id, 1, &ceiling));
    return ceiling;
}

static err write_deal(struct ctx *ctx, void *arg)
{
    return deal_add(ctx, arg);
}

static err drop_deal(struct ctx *ctx, void *arg)
{
    return deal_remove(ctx, arg);
}

static struct deal deal(int64_t variant_id, int64_t at, int64_t price)
{
    static int64_t orders = 1;
    struct deal made = {.variant_id = variant_id,
                        .product_id = variant_id,
                        .at = at,
                        .order_id = orders++,
                        .price = price,
                        .quantity = 2,
                        .revenue = 2 * price};
    assert_ok(db_transact(work, write_deal, &made));
    return made;
}

static void assert_ceiling(int64_t variant_id, enum ceiling_basis basis, int64_t price)
{
    struct price_ceiling ceiling = ceiling_of(variant_id);
    assert_int_equal(ceiling.basis, basis);
    assert_int_equal(ceiling.price, price);
}

static void the_week_is_counted_to_the_millisecond(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    int64_t edge = work->now - DEAL_WINDOW_MS;
    assert_ceiling(cup, CEILING_NO_DEAL, 0);
    deal(cup, edge - 1, 50);
    deal(cup, edge - 2, 40);
    assert_ceiling(cup, CEILING_LAST, 50);
    deal(cup, edge, 70);
    assert_ceiling(cup, CEILING_WEEK, 70);
    deal(cup, work->now, 90);
    assert_ceiling(cup, CEILING_WEEK, 70);
    work->now++;
    assert_ceiling(cup, CEILING_WEEK, 90);
    work->now--;
    int64_t other = make_variant(PRODUCT_PHYSICAL, 100, 50);
    assert_ceiling(other, CEILING_NO_DEAL, 0);
}

static void time_alone_never_lowers_a_ceiling(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), begin = work->now;
    static const int64_t prices[] = {80, 120, 60, 95, 110, 60, 130, 75};
    for (int i = 0; i < 40; i++)
        deal(cup, begin - i * (DAY_MS / 2) - i * 17, prices[i % 8]);
    int64_t before = 0;
    for (int hour = 0; hour < 9 * 24; hour++, work->now += HOUR_MS) {
        int64_t now = ceiling_of(cup).price;
        assert_true(now >= before);
        before = now;
    }
    assert_ceiling(cup, CEILING_LAST, 80);
    work->now = begin;
}

static void a_deal_that_is_undone_no_longer_counts(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    deal(cup, work->now - 3, 100);
    struct deal low = deal(cup, work->now - 2, 30);
    assert_ceiling(cup, CEILING_WEEK, 30);
    assert_ok(db_transact(work, drop_deal, &low));
    assert_ok(db_transact(work, drop_deal, &low));
    assert_ceiling(cup, CEILING_WEEK, 100);
}

static struct sales_record record_of(int64_t variant_id)
{
    struct sales_record record;
    assert_ok(sales_record_load(work, variant_id, &variant_id, 1, &record));
    return record;
}

static void sales_are_what_deals_add_up_to(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), pot = make_variant(PRODUCT_PHYSICAL, 100, 50);
    assert_int_equal(record_of(cup).last_at, 0);
    deal(cup, work->now - 31 * DAY_MS, 100);
    assert_int_equal(record_of(cup).month_sold, 0);
    deal(cup, work->now - 30 * DAY_MS, 90);
    struct deal back = deal(cup, work->now - 5, 80);
    struct sales_record record = record_of(cup);
    assert_int_equal(record.sold, 6);
    assert_int_equal(record.revenue, 540);
    assert_int_equal(record.month_sold, 4);
    assert_int_equal(record.month_revenue, 340);
    assert_int_equal(record.last_at, work->now - 5);
    assert_false(record.is_part);
    assert_ok(db_transact(work, drop_deal, &back));
    assert_ok(db_transact(work, drop_deal, &back));
    record = record_of(cup);
    assert_int_equal(record.sold, 4);
    assert_int_equal(record.revenue, 380);
    assert_int_equal(record.refunds, 1);
    int64_t ids[] = {pot, cup}, sold[2];
    assert_ok(product_sold_many(work, ids, 2, sold));
    assert_int_equal(sold[0], 0);
    assert_int_equal(sold[1], 4);
    assert_int_equal(problems_of(sales_check), 0);
    tamper("UPDATE product_sales SET sold = sold + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(sales_check), 1);
}

static void many_variants_are_asked_at_once(void **state)
{
    (void)state;
    int64_t ids[40];
    struct price_ceiling ceilings[40];
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), pot = make_variant(PRODUCT_PHYSICAL, 100, 50);
    deal(cup, work->now, 11);
    deal(pot, work->now - DEAL_WINDOW_MS - 5, 22);
    for (int i = 0; i < 40; i++)
        ids[i] = i % 2 ? pot : cup;
    assert_ok(deal_ceilings(work, ids, 40, ceilings));
    for (int i = 0; i < 40; i++)
        assert_int_equal(ceilings[i].price, i % 2 ? 22 : 11);
}

static void paid_orders_are_deals_until_their_money_went_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 700, 50);
    struct order *order = place_order(cup, 2);
    assert_int_equal(problems_of(order_check_deals), 0);
    run_jobs();
    assert_ceiling(cup, CEILING_NO_DEAL, 0);
    pay_order(order);
    tamper("DELETE FROM outbox WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check_deals), 1);
}

static void a_unit_costs_whole_minor_units_rounded_half_up(void **state)
{
    (void)state;
    static const struct {
        int64_t price, amount;
        enum content_unit unit;
        enum content_base base;
        int64_t is;
        const char *per;
    } cases[] = {
        {990, 500, CONTENT_G, BASE_USUAL, 1980, "kg"},
        {1001, 3, CONTENT_KG, BASE_500G, 167, "500g"},
        {1, 2, CONTENT_PIECE, BASE_USUAL, 1, "piece"},
        {1, 3, CONTENT_PIECE, BASE_USUAL, 0, ""},
        {990, 700, CONTENT_ML, BASE_100ML, 141, "100ml"},
        {500, 1, CONTENT_KG, BASE_USUAL, 0, ""},
        {500, 1000, CONTENT_G, BASE_KG, 0, ""},
        {250, 50, CONTENT_CM, BASE_USUAL, 500, "m"},
        {500, 0, CONTENT_G, BASE_USUAL, 0, ""},
        {9000000000000, 1, CONTENT_G, BASE_KG, 9000000000000000, "kg"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct variant variant = {.price = cases[i].price,
                                  .terms = {.content_amount = cases[i].amount,
                                            .content_unit = cases[i].unit,
                                            .content_base = cases[i].base}};
        struct unit_price unit = variant_unit_price(&variant);
        assert_int_equal(unit.price, cases[i].is);
        assert_string_equal(unit.per, cases[i].per);
    }
}

static void a_piece_costs_what_its_tier_says_if_that_is_less(void **state)
{
    (void)state;
    struct price_tier tiers[PRICE_TIER_LIMIT];
    assert_int_equal(price_tiers_read("", tiers), 0);
    assert_int_equal(price_tiers_read("10:900 50:800", tiers), 2);
    static const struct {
        int64_t list, pieces, is;
    } cases[] = {{1000, 1, 1000},  {1000, 9, 1000}, {1000, 10, 900}, {1000, 49, 900}, {1000, 50, 800},
                 {1000, 999, 800}, {850, 20, 850},  {850, 50, 800},  {700, 999, 700}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(price_at(cases[i].list, tiers, 2, cases[i].pieces), cases[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_week_is_counted_to_the_millisecond),
        SENTENCE(time_alone_never_lowers_a_ceiling),
        SENTENCE(a_deal_that_is_undone_no_longer_counts),
        SENTENCE(sales_are_what_deals_add_up_to),
        SENTENCE(many_variants_are_asked_at_once),
        SENTENCE(paid_orders_are_deals_until_their_money_went_back),
        SENTENCE(a_piece_costs_what_its_tier_says_if_that_is_less),
        SENTENCE(a_unit_costs_whole_minor_units_rounded_half_up),
    };
    return RUN_SENTENCES(tests);
}
