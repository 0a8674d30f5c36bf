/* when_test.c - offers that count in some hours of the week, and for some provinces. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "job/job.h"
#include "shop/freight/freight.h"
#include "shop/pricing/pricing.h"
#include "shop/pricing/promotion_staff.h"
#include "shop/pricing/quote_when.h"
#include "unit.h"

#define ZHEJIANG 33
#define TIBET 54
#define WEDNESDAY (1u << 2)
#define SATURDAY (1u << 5)
#define SUNDAY (1u << 6)

/* ---- the pure part */

static int64_t minute_on(int day, int64_t hour, int64_t minute)
{
    return day * DAY_MINUTES + hour * 60 + minute;
}

static void a_window_takes_its_hours_and_not_its_end(void **state)
{
    (void)state;
    const struct week_window window = {WEDNESDAY | SATURDAY, 600, 840};
    assert_false(window_takes(&window, minute_on(2, 9, 59)));
    assert_true(window_takes(&window, minute_on(2, 10, 0)));
    assert_true(window_takes(&window, minute_on(2, 13, 59)));
    assert_false(window_takes(&window, minute_on(2, 14, 0)));
    assert_true(window_takes(&window, minute_on(5, 10, 0)));
    assert_false(window_takes(&window, minute_on(3, 10, 0)));
}

static void a_window_goes_over_midnight_and_over_the_end_of_the_week(void **state)
{
    (void)state;
    const struct week_window night = {SUNDAY, 1320, 120}, day = {SUNDAY, 0, 0};
    assert_true(window_takes(&night, minute_on(6, 22, 0)));
    assert_true(window_takes(&night, minute_on(6, 23, 59)));
    assert_true(window_takes(&night, minute_on(0, 0, 0)));
    assert_true(window_takes(&night, minute_on(0, 1, 59)));
    assert_false(window_takes(&night, minute_on(0, 2, 0)));
    assert_false(window_takes(&night, minute_on(6, 0, 30)));
    assert_true(window_takes(&day, minute_on(6, 0, 0)));
    assert_true(window_takes(&day, minute_on(6, 23, 59)));
    assert_false(window_takes(&day, minute_on(0, 0, 0)));
}

static int64_t local(const char *text, struct zone zone)
{
    int64_t at;
    assert_int_not_equal(clock_parse_local(text, zone, &at), CLOCK_NO_TIME);
    return at;
}

static void the_clocks_of_the_place_say_which_minute_it_is(void **state)
{
    (void)state;
    struct zone shanghai, berlin;
    assert_true(zone_find("Asia/Shanghai", &shanghai));
    assert_true(zone_find("Europe/Berlin", &berlin));
    int64_t at = local("2026-09-23T10:00", shanghai); /* a Wednesday */
    assert_int_equal(week_minute(at, zone_offset(shanghai, at)), minute_on(2, 10, 0));
    assert_int_equal(week_minute(at, zone_offset(berlin, at)), minute_on(2, 4, 0));
    assert_int_equal(week_minute(-1, 0), minute_on(2, 23, 59));
    /* Clocks are put back at 3:00 of a Sunday: the hour from 2:00 on is shown twice. */
    const struct discount_rule rule = {.windows = {{SUNDAY, 150, 180}}, .window_count = 1};
    int64_t first = local("2026-10-25T02:30", berlin), found;
    assert_true(rule_find_open(&rule, berlin, first - HOUR_MS, first + DAY_MS, &found));
    assert_int_equal(found, first);
    assert_true(rule_find_closed(&rule, berlin, first, first + DAY_MS, &found));
    assert_int_equal(found, first + 30 * MINUTE_MS);
    assert_true(rule_find_open(&rule, berlin, found, first + DAY_MS, &found));
    assert_int_equal(found, first + HOUR_MS);
    assert_false(rule_find_open(&rule, berlin, first + 2 * HOUR_MS, first + DAY_MS, &found));
}

/* ---- offers */

static int64_t noon_of(const char *day)
{
    return local(arena_format(work->arena, "%sT12:00", day), work->shop->zone);
}

/* Runs for a month from Monday the 21st of September 2026 on. */
static struct promotion draft(enum discount_kind kind, struct discount_step step)
{
    return (struct promotion){.name = "会员日",
                              .code = kind == DISCOUNT_COUPON ? "WEEKLY" : "",
                              .starts_at = noon_of("2026-09-21"),
                              .ends_at = noon_of("2026-10-21"),
                              .rule = {.kind = kind, .beside = ~0u, .steps = {step}, .step_count = 1},
                              .is_for_all = true};
}

static int64_t start(struct promotion promotion)
{
    const struct shop *shop;
    assert_ok(promotion_save(work, &promotion));
    assert_ok(promotion_change_status(work, promotion.id, PROMOTION_ACTIVE));
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
    return promotion.id;
}

static struct promotion weekly(enum discount_kind kind, struct discount_step step)
{
    struct promotion promotion = draft(kind, step);
    promotion.rule.windows[0] = (struct week_window){WEDNESDAY | SATURDAY, 600, 840};
    promotion.rule.window_count = 1;
    return promotion;
}

static struct promotion regional(enum discount_kind kind, struct discount_step step)
{
    struct promotion promotion = draft(kind, step);
    promotion.rule.regions = UINT64_C(1) << freight_region_place(ZHEJIANG);
    return promotion;
}

static const struct cart *open_cart(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart;
}

static struct order *place_to(const char *token, const char *region)
{
    struct checkout checkout = checkout_of(token);
    struct order *order;
    checkout.address.region = region;
    assert_ok(checkout_place(work, &checkout, &order));
    return load_order(order->id);
}

static void an_order_is_judged_by_the_moment_in_which_it_is_placed(void **state)
{
    (void)state;
    struct zone zone = work->shop->zone;
    work->now = noon_of("2026-09-21");
    start(weekly(DISCOUNT_SUM, (struct discount_step){.from = 100, .off = 10}));
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    const char *token = make_cart(cup, 1);
    assert_int_equal(open_cart(token)->total, 500);
    work->now = local("2026-09-23T10:00", zone) - 1;
    assert_int_equal(open_cart(token)->total, 500);
    work->now++;
    assert_int_equal(open_cart(token)->total, 490);
    work->now = local("2026-09-26T14:00", zone) - 1;
    struct order *order = place_to(token, "浙江省 杭州市");
    assert_int_equal(order->total, 490);
    work->now++;
    assert_int_equal(open_cart(make_cart(cup, 1))->total, 500);
    pay_order(order);
    assert_int_equal(load_order(order->id)->paid, 490);
    assert_int_equal(problems_of(order_check), 0);
}

static void a_coupon_waits_for_its_hour_in_the_cart(void **state)
{
    (void)state;
    const struct cart *cart;
    work->now = noon_of("2026-09-22");
    start(weekly(DISCOUNT_COUPON, (struct discount_step){.off = 50}));
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 500, 10), 1);
    assert_ok(cart_set_coupon(work, token, "WEEKLY", &cart));
    assert_int_equal(cart->priced.problem, COUPON_CLOSED);
    assert_int_equal(cart->total, 500);
    work->now = noon_of("2026-09-23");
    assert_int_equal(open_cart(token)->priced.problem, COUPON_FINE);
    assert_int_equal(open_cart(token)->total, 450);
}

/* What pages say is made anew at each edge, and at no other time. */
static void pages_change_when_a_window_opens_and_when_it_closes(void **state)
{
    (void)state;
    static const char *const edges[] = {"2026-09-23T10:00", "2026-09-23T14:00", "2026-09-26T10:00",
                                        "2026-09-26T14:00", "2026-09-30T10:00"};
    struct zone zone = work->shop->zone;
    int64_t product_id, due, version = 0;
    work->now = noon_of("2026-09-21");
    int64_t id = start(weekly(DISCOUNT_SALE, (struct discount_step){.percent = 1000}));
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    product_id = ask_of("SELECT product_id FROM variants WHERE shop_id = $1 AND id = $2", cup);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        struct product_offers offers;
        const struct promotion *sale;
        assert_ok(job_find_due(work, "promotion.turn", id, &due));
        assert_int_equal(due, local(edges[i], zone));
        work->now = due;
        run_jobs();
        assert_int_not_equal(ask("SELECT version FROM promotion_sets WHERE shop_id = $1"), version);
        version = ask("SELECT version FROM promotion_sets WHERE shop_id = $1");
        assert_ok(product_offers_load(work, &product_id, 1, &offers));
        bool is_open = i % 2 == 0;
        assert_int_equal(sale_price_of(work, &offers, 500, &sale), is_open ? 450 : 500);
        assert_int_equal(offers.count, is_open ? 1 : 0);
        assert_int_equal(offers.closed_count, is_open ? 0 : 1);
    }
    assert_ok(promotion_change_status(work, id, PROMOTION_PAUSED));
    assert_ok(job_find_due(work, "promotion.turn", id, &due));
    assert_int_equal(due, noon_of("2026-10-21"));
}

static void windows_that_make_no_sense_are_refused_at_their_field(void **state)
{
    (void)state;
    const struct discount_step fine = {.from = 100, .off = 10};
    struct promotion p;
    work->now = noon_of("2026-09-21");
    p = weekly(DISCOUNT_SUM, fine);
    p.rule.windows[0].days = 0;
    assert_field(promotion_save(work, &p), "windows.0.on");
    p = weekly(DISCOUNT_SUM, fine);
    p.rule.windows[0].from = DAY_MINUTES;
    assert_field(promotion_save(work, &p), "windows.0.opens");
    p = weekly(DISCOUNT_SUM, fine);
    p.rule.windows[0].until = -1;
    assert_field(promotion_save(work, &p), "windows.0.closes");
    /* From Monday noon to Wednesday 10:00 it is never Wednesday after ten. */
    p = weekly(DISCOUNT_SUM, fine);
    p.ends_at = local("2026-09-23T10:00", work->shop->zone);
    assert_field(promotion_save(work, &p), "windows.0.on");
    p.ends_at += MINUTE_MS;
    assert_ok(promotion_save(work, &p));
    work->now = p.ends_at - 1;
    assert_ok(promotion_change_status(work, p.id, PROMOTION_ACTIVE));
}

static void an_offer_for_a_province_counts_for_what_goes_there(void **state)
{
    (void)state;
    const struct cart *cart;
    work->now = noon_of("2026-09-22");
    start(regional(DISCOUNT_SUM, (struct discount_step){.from = 100, .off = 10}));
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    const char *token = make_cart(cup, 1);
    assert_int_equal(open_cart(token)->total, 500);
    assert_int_equal(open_cart(token)->priced.wait_count, 1);
    assert_true(open_cart(token)->priced.asks_region);
    assert_ok(cart_set_region(work, token, TIBET, &cart));
    assert_int_equal(cart->total, 500);
    assert_int_equal(cart->priced.wait_count, 0);
    assert_ok(cart_set_region(work, token, ZHEJIANG, &cart));
    assert_int_equal(cart->total, 490);
    assert_int_equal(place_to(token, "西藏自治区 拉萨市")->total, 500);
    assert_int_equal(place_to(make_cart(cup, 1), "浙江省 杭州市")->total, 490);
    token = make_cart(cup, 1);
    assert_ok(cart_set_region(work, token, ZHEJIANG, &cart));
    assert_int_equal(place_to(token, "不知道在哪里")->total, 500);
    assert_int_equal(problems_of(order_check), 0);
}

static void what_is_carried_nowhere_gets_no_offer_of_a_province(void **state)
{
    (void)state;
    const struct cart *cart;
    work->now = noon_of("2026-09-22");
    start(regional(DISCOUNT_SUM, (struct discount_step){.from = 100, .off = 10}));
    const char *token = make_cart(make_variant(PRODUCT_DIGITAL, 500, 10), 1);
    assert_ok(cart_set_region(work, token, ZHEJIANG, &cart));
    assert_int_equal(cart->total, 500);
    assert_int_equal(cart->priced.wait_count, 0);
    assert_int_equal(place_to(token, "浙江省 杭州市")->total, 500);
}

static void a_page_shows_no_price_that_is_for_some_provinces(void **state)
{
    (void)state;
    struct product_offers offers;
    const struct promotion *sale;
    work->now = noon_of("2026-09-22");
    start(regional(DISCOUNT_SALE, (struct discount_step){.percent = 1000}));
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    int64_t product_id = ask_of("SELECT product_id FROM variants WHERE shop_id = $1 AND id = $2", cup);
    assert_ok(product_offers_load(work, &product_id, 1, &offers));
    assert_int_equal(offers.count, 1);
    assert_int_equal(sale_price_of(work, &offers, 500, &sale), 500);
    assert_null(sale);
    assert_int_equal(place_to(make_cart(cup, 1), "浙江省 杭州市")->total, 450);
}

static void a_coupon_for_a_province_says_what_it_waits_for(void **state)
{
    (void)state;
    const struct cart *cart;
    work->now = noon_of("2026-09-22");
    start(regional(DISCOUNT_COUPON, (struct discount_step){.off = 50}));
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 500, 10), 1);
    assert_ok(cart_set_coupon(work, token, "WEEKLY", &cart));
    assert_int_equal(cart->priced.problem, COUPON_NO_REGION);
    assert_int_equal(cart->priced.wait_count, 0);
    assert_ok(cart_set_region(work, token, TIBET, &cart));
    assert_int_equal(cart->priced.problem, COUPON_OTHER_REGION);
    assert_ok(cart_set_region(work, token, ZHEJIANG, &cart));
    assert_int_equal(cart->priced.problem, COUPON_FINE);
    assert_int_equal(cart->total, 450);
}

/* ---- proofs and trials */

static void a_proof_holds_the_hour_and_the_province(void **state)
{
    (void)state;
    work->now = noon_of("2026-09-23");
    start(weekly(DISCOUNT_SUM, (struct discount_step){.from = 100, .off = 10}));
    start(regional(DISCOUNT_SALE, (struct discount_step){.percent = 1000}));
    assert_int_equal(place_to(make_cart(make_variant(PRODUCT_PHYSICAL, 500, 10), 1), "浙江省")->total, 440);
    assert_int_equal(problems_of(order_check), 0);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"region\":33', '\"region\":54')"
           " WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check), 1);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"region\":54', '\"region\":33')"
           " WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check), 0);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"until\":840', '\"until\":660')"
           " WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check), 1);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"until\":660', '\"until\":840')"
           " WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check), 0);
    /* Another moment, which would do as well, is not that of the order. */
    tamper("UPDATE orders SET placed_at = placed_at + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check), 1);
}

static int64_t tried(const struct promotion *promotion, const char *day, int64_t region)
{
    static const int64_t product_ids[] = {1};
    struct quote_line line = {.variant_id = 1, .list_price = 500, .quantity = 1};
    struct trial_cart cart = {.lines = &line, .product_ids = product_ids, .count = 1, .region = region};
    cart.placed_at = noon_of(day);
    assert_ok(promotion_try(work, promotion, &cart, 1));
    assert_int_equal(cart.full, 500);
    return cart.amount;
}

static void a_trial_counts_orders_of_its_hours_and_provinces_alone(void **state)
{
    (void)state;
    const struct discount_step step = {.from = 100, .off = 10};
    struct promotion by_week = weekly(DISCOUNT_SUM, step), by_region = regional(DISCOUNT_SUM, step);
    assert_int_equal(tried(&by_week, "2026-09-23", 0), 10);
    assert_int_equal(tried(&by_week, "2026-09-24", 0), 0);
    assert_int_equal(tried(&by_region, "2026-09-24", ZHEJIANG), 10);
    assert_int_equal(tried(&by_region, "2026-09-24", TIBET), 0);
    assert_int_equal(tried(&by_region, "2026-09-24", 0), 0);
}

static void the_provinces_of_past_orders_are_found(void **state)
{
    (void)state;
    struct basket *baskets;
    size_t count;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 10);
    pay_order(place_to(make_cart(cup, 1), "浙江省 杭州市"));
    pay_order(place_to(make_cart(cup, 1), "西藏自治区 拉萨市"));
    assert_ok(basket_list(work, 10, &baskets, &count));
    assert_int_equal(count, 2);
    assert_ok(basket_load_regions(work, baskets, count));
    assert_int_equal(baskets[0].region, TIBET);
    assert_int_equal(baskets[1].region, ZHEJIANG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_window_takes_its_hours_and_not_its_end),
        SENTENCE(a_window_goes_over_midnight_and_over_the_end_of_the_week),
        SENTENCE(the_clocks_of_the_place_say_which_minute_it_is),
        SENTENCE(an_order_is_judged_by_the_moment_in_which_it_is_placed),
        SENTENCE(a_coupon_waits_for_its_hour_in_the_cart),
        SENTENCE(pages_change_when_a_window_opens_and_when_it_closes),
        SENTENCE(windows_that_make_no_sense_are_refused_at_their_field),
        SENTENCE(an_offer_for_a_province_counts_for_what_goes_there),
        SENTENCE(what_is_carried_nowhere_gets_no_offer_of_a_province),
        SENTENCE(a_page_shows_no_price_that_is_for_some_provinces),
        SENTENCE(a_coupon_for_a_province_says_what_it_waits_for),
        SENTENCE(a_proof_holds_the_hour_and_the_province),
        SENTENCE(a_trial_counts_orders_of_its_hours_and_provinces_alone),
        SENTENCE(the_provinces_of_past_orders_are_found),
    };
    return RUN_SENTENCES(tests);
}
