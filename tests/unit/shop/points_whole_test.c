/* points_whole_test.c - points that pay an order whole, and points that are owed. */
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
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

static int64_t finished_order(int64_t price, int64_t quantity)
{
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, price, 50);
    act_as(ALICE);
    struct order *order = place_order(variant_id, quantity);
    act_as(0);
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

static const char *cart_of_alice(int64_t price, int64_t quantity, int64_t points)
{
    const struct cart *cart;
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, price, 50), quantity);
    act_as(ALICE);
    assert_ok(cart_set_points(work, token, points, &cart));
    return token;
}

static struct order *order_with(int64_t price, int64_t quantity, int64_t points)
{
    struct checkout checkout = checkout_of(cart_of_alice(price, quantity, points));
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    act_as(0);
    return load_order(order->id);
}

static void carry_free_from(int64_t sum)
{
    struct freight_template template = {.name = "全国",
                                        .way = FREIGHT_PIECES,
                                        .is_default = true,
                                        .rates = {{.first = 1, .first_price = 1200}},
                                        .rate_count = 1,
                                        .free_sum = sum};
    assert_ok(freight_template_save(work, &template));
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

/* ---- all of the goods ---- */

#define PAYING_ALL ((struct points_terms){.earned = 1, .pay_rate = 100, .pay_percent = 100})

static struct order *order_of_points(int64_t price, int64_t quantity)
{
    start_points(PAYING_ALL);
    assert_ok(points_adjust(work, ALICE, price * quantity, "起"));
    return order_with(price, quantity, price * quantity);
}

static void an_order_that_points_pay_whole_is_paid_as_it_is_placed(void **state)
{
    (void)state;
    struct order *order = order_of_points(5000, 2);
    assert_int_equal(order->total, 0);
    assert_int_equal(order->points, 10000);
    assert_int_equal(order->state.order, ORDER_OPEN);
    assert_int_equal(order->state.payment, PAYMENT_PAID);
    assert_int_equal(ask("SELECT count(*) FROM payment_attempts WHERE shop_id = $1"), 0);
    assert_int_equal(balance(), 0);
    assert_int_equal(pending(), 0);
    assert_books_balance();
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_BUYER_ASKED, ""));
    assert_int_equal(load_order(order->id)->state.payment, PAYMENT_REFUNDED);
    assert_int_equal(balance(), 10000);
    assert_books_balance();
}

static void its_pieces_go_back_as_points_alone(void **state)
{
    (void)state;
    struct order *order = order_of_points(3333, 3);
    struct refund_pick pick = {1, 1, BACK_NOT};
    struct refund_wish wish = {.picks = &pick, .count = 1, .reason = "退", .request = "once"};
    struct refund_wish nothing = {.reason = "退"};
    int64_t refund_id, again_id;
    assert_ok(order_ship(work, load_order(order->id), "sf", "SF1"));
    assert_field(payment_refund_wish(work, load_order(order->id), &nothing, &refund_id), "amount");
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &again_id));
    assert_true(refund_id == again_id);
    assert_ok(payment_send_refund(work, refund_id));
    assert_int_equal(balance(), 3333);
    assert_int_equal(problems_of(payment_check_goods), 0);
    assert_books_balance();
    wish.request = "twice";
    pick.quantity = 2;
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    assert_int_equal(balance(), 9999);
    wish.request = "more";
    assert_fails(payment_refund_wish(work, load_order(order->id), &wish, &refund_id), ERR_INVALID_TRANSITION);
    assert_int_equal(problems_of(payment_check_goods), 0);
    assert_books_balance();
}

static void pieces_that_never_left_end_the_order(void **state)
{
    (void)state;
    struct order *order = order_of_points(5000, 1);
    struct refund_pick pick = {1, 1, BACK_NOT};
    struct refund_wish wish = {.picks = &pick, .count = 1, .reason = "退"};
    int64_t refund_id;
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    assert_int_equal(load_order(order->id)->state.order, ORDER_COMPLETED);
    assert_int_equal(stock_of(order->lines[0].variant_id).reserved, 0);
    assert_int_equal(balance(), 5000);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(payment_check_goods), 0);
    assert_books_balance();
}

static void freight_is_left_to_be_paid(void **state)
{
    (void)state;
    start_points(PAYING_ALL);
    assert_ok(points_adjust(work, ALICE, 5000, "起"));
    carry_free_from(0);
    struct order *order = order_with(5000, 1, 5000);
    assert_int_equal(order->total, 1200);
    assert_int_equal(order->state.order, ORDER_PENDING_PAYMENT);
    pay_order(order);
    struct refund_pick pick = {1, 1, BACK_NOT};
    struct refund_wish wish = {.picks = &pick, .count = 1, .reason = "退"};
    int64_t refund_id;
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    run_jobs();
    assert_int_equal(load_order(order->id)->refunded, 0);
    assert_int_equal(balance(), 5000);
    assert_int_equal(problems_of(payment_check_goods), 0);
    assert_books_balance();
}

/* ---- owed ---- */

static int64_t debt(void)
{
    int64_t balance, owed;
    assert_ok(points_account(work, ALICE, &balance, &owed));
    return owed;
}

/* An order whose points were used up before its money went back. */
static void owe(int64_t price)
{
    int64_t id = finished_order(price, 1);
    end_aftersale();
    if (balance() > 0)
        assert_ok(points_adjust(work, ALICE, -balance(), "用完"));
    refund_one(id);
}

static void what_is_earned_next_settles_a_debt(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 1});
    owe(10000);
    assert_int_equal(balance(), 0);
    assert_int_equal(debt(), 100);
    assert_books_balance();
    (void)finished_order(3000, 1);
    end_aftersale();
    assert_int_equal(balance(), 0);
    assert_int_equal(debt(), 70);
    assert_books_balance();
    assert_ok(points_adjust(work, ALICE, 5, "生日")); /* a present is no earning */
    assert_int_equal(balance(), 5);
    (void)finished_order(20000, 1);
    end_aftersale();
    assert_int_equal(balance(), 135);
    assert_int_equal(debt(), 0);
    assert_int_equal(ask("SELECT CAST(SUM(taken_back) AS BIGINT) FROM point_earnings WHERE shop_id = $1"),
                     100);
    assert_books_balance();
    tamper("UPDATE point_accounts SET debt = debt + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(points_check), 1);
}

static void debts_of_several_orders_are_settled_oldest_first(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 1});
    owe(2000);
    int64_t second = finished_order(5000, 1);
    end_aftersale(); /* 20 of 50 settle the first */
    assert_int_equal(balance(), 30);
    assert_int_equal(debt(), 0);
    assert_ok(points_adjust(work, ALICE, -30, "用完"));
    refund_one(second);
    assert_int_equal(debt(), 50);
    (void)finished_order(8000, 1);
    end_aftersale();
    assert_int_equal(balance(), 30);
    assert_int_equal(debt(), 0);
    assert_books_balance();
}

static void earn_one(struct ctx *ctx, int index, void *arg)
{
    const int64_t *order_ids = arg;
    struct job job = {.kind = ORDER_POINTS_JOB, .subject_id = order_ids[index]};
    err failure;
    do
        failure = order_points_job_kinds[0].run(ctx, &job, NULL);
    while (failure && failure->code == ERR_CONFLICT); /* as the runner tries again */
    assert_ok(failure);
}

static void many_earnings_at_once_settle_a_debt_once(void **state)
{
    (void)state;
    int64_t order_ids[THREADS];
    start_points((struct points_terms){.earned = 1});
    owe(10000);
    for (int i = 0; i < THREADS; i++)
        order_ids[i] = finished_order(3000, 1);
    in_threads(earn_one, order_ids);
    assert_int_equal(debt(), 0);
    assert_int_equal(balance(), THREADS * 30 - 100);
    assert_books_balance();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(an_order_that_points_pay_whole_is_paid_as_it_is_placed),
        SENTENCE(its_pieces_go_back_as_points_alone),
        SENTENCE(pieces_that_never_left_end_the_order),
        SENTENCE(freight_is_left_to_be_paid),
        SENTENCE(what_is_earned_next_settles_a_debt),
        SENTENCE(debts_of_several_orders_are_settled_oldest_first),
        SENTENCE(many_earnings_at_once_settle_a_debt_once),
    };
    return RUN_SENTENCES(tests);
}
