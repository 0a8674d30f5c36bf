/* points_test.c - points: earned once, never below nothing, first expired first used, and re-added. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/payment/payment_goods.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

#define ALICE 1001

static void act_as(int64_t customer_id)
{
    work->actor = customer_id ? ACTOR_BUYER : ACTOR_SYSTEM;
    work->actor_id = customer_id;
}

static void start_points(struct points_terms terms)
{
    const struct shop *shop;
    terms.state = POINTS_ON;
    assert_ok(points_change_terms(work, &terms));
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static int64_t balance(void)
{
    int64_t points;
    assert_ok(points_balance(work, ALICE, &points));
    return points;
}

static int64_t pending(void)
{
    int64_t points;
    assert_ok(order_points_pending(work, ALICE, &points));
    return points;
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(points_check), 0);
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
}

static struct order *order_of_alice(int64_t price, int64_t quantity)
{
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, price, 50);
    act_as(ALICE);
    struct order *order = place_order(variant_id, quantity);
    act_as(0);
    return order;
}

static int64_t finished_order(int64_t price, int64_t quantity)
{
    struct order *order = order_of_alice(price, quantity);
    int64_t id = order->id;
    pay_order(order);
    run_jobs();
    assert_ok(order_ship(work, load_order(id), "sf", "SF1"));
    assert_ok(order_receive(work, load_order(id)));
    return id;
}

static void end_aftersale(void)
{
    work->now += (work->shop->timers.aftersale_days + 1) * DAY_MS;
    run_jobs();
    run_jobs();
}

static void refund_one(int64_t order_id)
{
    struct refund_pick pick = {1, 1, BACK_NOT};
    struct refund_wish wish = {.picks = &pick, .count = 1, .location_id = LOCATION_HOME, .reason = "退"};
    int64_t refund_id;
    assert_ok(payment_refund_wish(work, load_order(order_id), &wish, &refund_id));
    run_jobs();
    run_jobs();
}

static void a_shop_without_points_keeps_nothing(void **state)
{
    (void)state;
    finished_order(10000, 1);
    end_aftersale();
    assert_int_equal(ask("SELECT COUNT(*) FROM point_movements WHERE shop_id = $1"), 0);
    assert_int_equal(balance(), 0);
    assert_int_equal(pending(), 0);
}

static void terms_have_bounds(void **state)
{
    (void)state;
    assert_field(points_change_terms(work, &(struct points_terms){.state = POINTS_ON}), "earned");
    assert_field(points_change_terms(work, &(struct points_terms){.state = POINTS_ON, .earned = 10001}),
                 "earned");
    assert_field(
        points_change_terms(work, &(struct points_terms){.state = POINTS_ON, .earned = 1, .months = 61}),
        "months");
}

static void an_order_earns_once_when_aftersales_are_over(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 2});
    int64_t id = finished_order(3350, 3);
    assert_int_equal(pending(), 201);
    int64_t earned, expected;
    assert_ok(order_points_of(work, load_order(id), &earned, &expected));
    assert_int_equal(expected, 201);
    assert_int_equal(earned, 0);
    assert_int_equal(balance(), 0);
    end_aftersale();
    assert_int_equal(balance(), 201);
    assert_int_equal(pending(), 0);
    struct job again = {.kind = ORDER_POINTS_JOB, .subject_id = id};
    assert_ok(order_points_job_kinds[0].run(work, &again, NULL));
    assert_int_equal(balance(), 201);
    assert_ok(order_points_of(work, load_order(id), &earned, &expected));
    assert_int_equal(expected, 0);
    assert_int_equal(earned, 201);
    assert_books_balance();
}

static void a_guest_earns_nothing(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 1});
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 5000, 5), 1);
    int64_t id = order->id;
    pay_order(order);
    run_jobs();
    assert_ok(order_ship(work, load_order(id), "sf", "SF1"));
    assert_ok(order_receive(work, load_order(id)));
    end_aftersale();
    assert_int_equal(ask("SELECT COUNT(*) FROM point_movements WHERE shop_id = $1"), 0);
}

static void refunds_before_the_end_count_and_later_ones_take_back(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 1});
    int64_t id = finished_order(10000, 3);
    refund_one(id);
    assert_int_equal(pending(), 200);
    end_aftersale();
    assert_int_equal(balance(), 200);
    refund_one(id);
    assert_int_equal(balance(), 100);
    assert_ok(points_adjust(work, ALICE, -70, "换了礼品"));
    refund_one(id);
    assert_int_equal(balance(), 0);
    assert_int_equal(ask("SELECT wanted_back FROM point_earnings WHERE shop_id = $1"), 200);
    assert_int_equal(ask("SELECT taken_back FROM point_earnings WHERE shop_id = $1"), 130);
    assert_books_balance();
}

static void staff_adjust_with_a_reason_and_never_below_nothing(void **state)
{
    (void)state;
    struct point_movement *movements;
    size_t count;
    start_points((struct points_terms){.earned = 1});
    assert_field(points_adjust(work, ALICE, 0, "x"), "points");
    assert_field(points_adjust(work, ALICE, 5, ""), "reason");
    assert_fails(points_adjust(work, ALICE, -1, "错"), ERR_CONFLICT);
    assert_ok(points_adjust(work, ALICE, 50, "生日"));
    assert_ok(points_adjust(work, ALICE, -50, "换礼"));
    assert_fails(points_adjust(work, ALICE, -1, "错"), ERR_CONFLICT);
    assert_int_equal(balance(), 0);
    assert_ok(points_list(work, ALICE, 0, 10, &movements, &count));
    assert_int_equal(count, 2);
    assert_int_equal(movements[0].points, -50);
    assert_string_equal(movements[1].reason, "生日");
    assert_books_balance();
}

static void draw_one(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    outcomes->codes[index] = code_of(points_adjust(ctx, ALICE, -10, "同时"));
}

static void many_at_once_never_take_more_than_there_is(void **state)
{
    (void)state;
    struct outcomes outcomes;
    start_points((struct points_terms){.earned = 1});
    assert_ok(points_adjust(work, ALICE, 35, "起"));
    in_threads(draw_one, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, 0), 3);
    assert_int_equal(count_outcomes(&outcomes, ERR_CONFLICT), THREADS - 3);
    assert_int_equal(balance(), 5);
    assert_books_balance();
}

static void what_expires_first_is_used_first(void **state)
{
    (void)state;
    struct point_lot *lots;
    size_t count;
    start_points((struct points_terms){.earned = 1, .months = 1});
    assert_ok(points_adjust(work, ALICE, 30, "一"));
    start_points((struct points_terms){.earned = 1, .months = 3});
    assert_ok(points_adjust(work, ALICE, 40, "二"));
    assert_ok(points_adjust(work, ALICE, -10, "用"));
    assert_ok(points_lots(work, ALICE, &lots, &count));
    assert_int_equal(count, 2);
    assert_int_equal(lots[0].points, 20);
    assert_int_equal(lots[1].points, 40);
    int64_t second = lots[1].expires_at;
    work->now = lots[0].expires_at - 1;
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 60);
    work->now++;
    assert_ok(points_sweep(work));
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 40);
    assert_ok(points_adjust(work, ALICE, -15, "用"));
    work->now = second;
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 0);
    assert_int_equal(ask("SELECT COUNT(*) FROM point_movements WHERE shop_id = $1 AND kind = 3"), 2);
    assert_books_balance();
}

static void what_was_tampered_with_is_found(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 1});
    finished_order(10000, 1);
    end_aftersale();
    assert_int_equal(problems_of(points_check), 0);
    tamper("UPDATE point_accounts SET total_in = total_in + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(points_check), 1);
    tamper("UPDATE point_earnings SET points = points + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(points_check), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_shop_without_points_keeps_nothing),
        SENTENCE(terms_have_bounds),
        SENTENCE(an_order_earns_once_when_aftersales_are_over),
        SENTENCE(a_guest_earns_nothing),
        SENTENCE(refunds_before_the_end_count_and_later_ones_take_back),
        SENTENCE(staff_adjust_with_a_reason_and_never_below_nothing),
        SENTENCE(many_at_once_never_take_more_than_there_is),
        SENTENCE(what_expires_first_is_used_first),
        SENTENCE(what_was_tampered_with_is_found),
    };
    return RUN_SENTENCES(tests);
}
