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
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

/* What the books say that points are worth, in minor units. */
static int64_t owed(void)
{
    return ask("SELECT CAST(COALESCE(SUM(CASE WHEN credit = 9 THEN amount ELSE -amount END), 0) AS BIGINT)"
               " FROM ledger_entries WHERE shop_id = $1 AND (credit = 9 OR debit = 9)");
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

/* ---- paying ---- */

#define PAYING ((struct points_terms){.earned = 1, .pay_rate = 100, .pay_percent = 50, .pay_least = 10})

static void start_paying(int64_t points)
{
    start_points(PAYING);
    assert_ok(points_adjust(work, ALICE, points, "起"));
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

static int64_t moved(enum point_kind kind)
{
    return ask_of("SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM point_movements WHERE shop_id = $1"
                  " AND kind = $2",
                  kind);
}

static void an_order_keeps_what_points_paid_and_its_proof_gives_it_again(void **state)
{
    (void)state;
    start_paying(2000);
    struct order *order = order_with(3333, 3, 1234);
    assert_int_equal(order->points, 1234);
    assert_int_equal(order->points_off, 1234);
    assert_int_equal(order->discount, 1234);
    assert_int_equal(order->total, 9999 - 1234);
    assert_int_equal(order->lines[0].points, 1234);
    assert_int_equal(balance(), 766);
    assert_int_equal(moved(POINTS_SPENT), -1234);
    assert_books_balance();
    tamper_of("UPDATE orders SET points_off = 1233 WHERE shop_id = $1 AND id = $2", order->id);
    assert_int_equal(problems_of(order_check), 1);
    tamper_of("UPDATE orders SET points_off = 1234, points = 1235 WHERE shop_id = $1 AND id = $2", order->id);
    assert_int_equal(problems_of(order_check), 3); /* proof, account, lines */
}

static void what_points_paid_earns_nothing(void **state)
{
    (void)state;
    start_paying(9000);
    struct order *order = order_with(10000, 1, 5000);
    (void)pay_order(order);
    assert_int_equal(pending(), 50);
}

static void a_wish_has_bounds(void **state)
{
    (void)state;
    const struct cart *cart;
    start_paying(6000);
    const char *token = cart_of_alice(10000, 1, 0);
    assert_field(cart_set_points(work, token, 9, &cart), "points");
    assert_field(cart_set_points(work, token, 5001, &cart), "points");
    assert_ok(cart_set_points(work, token, CART_POINTS_ALL, &cart));
    assert_int_equal(cart->points, 5000);
    assert_int_equal(cart->total, 5000);
    act_as(0); /* a guest with the same cart has no account */
    assert_ok(cart_load(work, token, &cart));
    assert_int_equal(cart->total, 10000);
    assert_field(cart_set_points(work, token, 100, &cart), "points");
    assert_ok(cart_set_points(work, token, 0, &cart));
    start_points((struct points_terms){.earned = 1});
    act_as(ALICE);
    assert_field(cart_set_points(work, token, 100, &cart), "points");
    assert_field(points_change_terms(work, &(struct points_terms){.earned = 1, .pay_rate = 1}),
                 "pay_percent");
    assert_field(
        points_change_terms(work, &(struct points_terms){.earned = 1, .pay_rate = 1, .pay_percent = 101}),
        "pay_percent");
}

static void what_is_wished_shrinks_with_the_cart(void **state)
{
    (void)state;
    const struct cart *cart;
    start_paying(6000);
    const char *token = cart_of_alice(4000, 2, 3000);
    int64_t variant_id = ask("SELECT variant_id FROM cart_lines WHERE shop_id = $1");
    assert_ok(change_line(work, token, variant_id, 1));
    assert_ok(cart_load(work, token, &cart));
    assert_int_equal(cart->points, 3000);
    assert_int_equal(cart->priced.quote.points.used, 2000);
    assert_int_equal(cart->total, 2000);
}

static void an_order_that_nobody_pays_gives_them_back(void **state)
{
    (void)state;
    start_paying(1000);
    struct order *order = order_with(10000, 1, 700);
    assert_int_equal(balance(), 300);
    work->now = order->closes_at;
    run_jobs();
    assert_int_equal(load_order(order->id)->state.order, ORDER_CLOSED);
    assert_int_equal(balance(), 1000);
    assert_int_equal(moved(POINTS_BACK), 700);
    assert_fails(order_close_unpaid(work, order->id, "cancelled", ""), ERR_INVALID_TRANSITION);
    assert_int_equal(balance(), 1000);
    assert_books_balance();
}

static struct order *paid_late(int64_t used_meanwhile)
{
    struct order *order = order_with(10000, 1, 700);
    const struct payment_attempt *attempt = start_payment(order);
    work->now = order->closes_at;
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    if (used_meanwhile)
        assert_ok(points_adjust(work, ALICE, -used_meanwhile, "换了礼品"));
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    run_jobs();
    return load_order(order->id);
}

static void a_late_payment_draws_them_again_or_goes_back(void **state)
{
    (void)state;
    start_paying(1000);
    struct order *order = paid_late(0);
    assert_int_equal(order->state.order, ORDER_OPEN);
    assert_int_equal(order->points_back, 0);
    assert_int_equal(balance(), 300);
    assert_books_balance();
    assert_ok(points_adjust(work, ALICE, 700, "起"));
    order = paid_late(400);
    assert_int_equal(order->state.order, ORDER_CLOSED);
    assert_int_equal(order->refunded, order->paid);
    assert_int_equal(order->points_back, 700);
    assert_int_equal(balance(), 600);
    assert_books_balance();
}

static void pieces_take_their_share_back_and_all_of_it_is_what_was_used(void **state)
{
    (void)state;
    static const int64_t shares[] = {411, 822, 1234};
    start_paying(2000);
    struct order *order = order_with(3333, 3, 1234);
    (void)pay_order(order);
    for (int i = 0; i < 3; i++) {
        refund_one(order->id);
        assert_int_equal(load_order(order->id)->points_back, shares[i]);
        assert_books_balance();
    }
    assert_int_equal(balance(), 2000);
    assert_int_equal(load_order(order->id)->refunded, 9999 - 1234);
}

static void all_money_back_gives_all_points_back_whatever_pieces_say(void **state)
{
    (void)state;
    start_paying(2000);
    struct order *order = order_with(3333, 3, 1234);
    int64_t refund_id;
    (void)pay_order(order);
    refund_one(order->id);
    order = load_order(order->id);
    struct refund_wish wish = {.amount = order->paid - order->refunded, .reason = "退"};
    assert_ok(payment_refund_wish(work, order, &wish, &refund_id));
    run_jobs();
    assert_int_equal(load_order(order->id)->points_back, 1234);
    assert_int_equal(balance(), 2000);
    assert_books_balance();
}

static void a_cancelled_order_gives_the_rest_back(void **state)
{
    (void)state;
    start_paying(2000);
    struct order *order = order_with(3333, 3, 1234);
    (void)pay_order(order);
    refund_one(order->id);
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    run_jobs();
    assert_int_equal(load_order(order->id)->points_back, 1234);
    assert_int_equal(balance(), 2000);
    assert_books_balance();
}

static void what_expired_meanwhile_comes_back_for_a_while(void **state)
{
    (void)state;
    struct points_terms terms = PAYING;
    struct point_lot *lots;
    size_t count;
    terms.months = 1;
    start_points(terms);
    assert_ok(points_adjust(work, ALICE, 300, "一"));
    terms.months = 3;
    start_points(terms);
    assert_ok(points_adjust(work, ALICE, 200, "二"));
    struct order *order = order_with(10000, 1, 400); /* all of the first lot, half of the second */
    (void)pay_order(order);
    work->now += 70 * DAY_MS;
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 100);
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    assert_int_equal(balance(), 500);
    assert_int_equal(moved(POINTS_BACK), 100);
    assert_int_equal(moved(POINTS_RENEWED), 300);
    assert_ok(points_lots(work, ALICE, &lots, &count));
    int64_t in_lots = 0;
    for (size_t i = 0; i < count; i++)
        in_lots += lots[i].points;
    assert_int_equal(in_lots, 500);
    assert_books_balance();
    work->now += (POINTS_GRACE_DAYS + 2) * DAY_MS;
    assert_ok(points_sweep(work));
    assert_true(balance() <= 200);
    work->now += 90 * DAY_MS;
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 0);
    assert_books_balance();
}

/* ---- at once ---- */

#define CARTS_EACH 3
struct points_rush {
    const char *tokens[THREADS][CARTS_EACH];
    atomic_int placed;
    atomic_int refused;
    bool is_shown;
};

static void rush(struct ctx *ctx, int index, void *arg)
{
    struct points_rush *points_rush = arg;
    static const int64_t shown = 10000 - 20;
    ctx->actor = ACTOR_BUYER;
    ctx->actor_id = ALICE;
    for (int i = 0; i < CARTS_EACH; i++) {
        struct checkout checkout = checkout_of(points_rush->tokens[index][i]);
        struct order *order;
        checkout.shown_total = points_rush->is_shown ? &shown : NULL;
        enum error_code code = code_of(checkout_place(ctx, &checkout, &order));
        points_rush->placed += code == ERR_NONE;
        points_rush->refused += code == ERR_PRICE_CHANGED || code == ERR_POINTS_GONE;
    }
}

static void run_rush(bool is_shown, struct points_rush *points_rush)
{
    *points_rush = (struct points_rush){.is_shown = is_shown};
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < CARTS_EACH; j++)
            points_rush->tokens[i][j] = cart_of_alice(10000, 1, 20);
    act_as(0);
    in_threads(rush, points_rush);
}

static void many_orders_at_once_never_use_one_twice(void **state)
{
    (void)state;
    struct points_rush points_rush;
    start_paying(150);
    run_rush(true, &points_rush); /* nobody pays more than was shown */
    assert_int_equal(points_rush.placed, 7);
    assert_int_equal(points_rush.refused, THREADS * CARTS_EACH - 7);
    assert_int_equal(balance(), 10);
    assert_books_balance();
    assert_ok(points_adjust(work, ALICE, 140, "再来"));
    run_rush(false, &points_rush); /* who saw no sum takes what there is */
    assert_int_equal(points_rush.placed + points_rush.refused, THREADS * CARTS_EACH);
    assert_int_equal(moved(POINTS_SPENT), -290);
    assert_int_equal(balance(), 0);
    assert_int_equal(ask("SELECT CAST(SUM(points) AS BIGINT) FROM orders WHERE shop_id = $1"), 290);
    assert_books_balance();
}

/* ---- beside the other steps ---- */

static void reload(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
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
    reload();
}

static void nobody_pays_freight_for_using_points(void **state)
{
    (void)state;
    start_paying(9000);
    carry_free_from(9900);
    assert_ok(shop_change_rounding(work, ROUNDING_WHOLE));
    reload();
    struct order *order = order_with(10000, 1, 5000);
    assert_int_equal(order->freight, 0);
    assert_int_equal(order->total, 5000);
    order = order_with(9890, 1, 1234);
    assert_int_equal(order->freight, 1200);
    assert_int_equal(order->rounding, 56);
    assert_int_equal(order->total, 9800);
    assert_int_equal(order->discount, 1234 + 56);
    assert_books_balance();
    (void)pay_order(order);
    refund_one(order->id);
    assert_int_equal(load_order(order->id)->refunded, 8600);
    assert_int_equal(balance(), 9000 - 5000);
    assert_books_balance();
}

/* The total of a cart that wishes to use 500 points, once its goods are presold. */
static int64_t presold_total(enum presale_kind kind)
{
    const struct cart *cart;
    bool is_deposit = kind == PRESALE_DEPOSIT;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 10000, 50);
    struct presale_entry one = {.variant_id = variant_id,
                                .product_id = product_of(variant_id),
                                .price = is_deposit ? 10000 : 0,
                                .deposit = is_deposit ? 1000 : 0,
                                .worth = is_deposit ? 1000 : 0,
                                .stock = 5};
    struct presale presale = {.name = "预售",
                              .kind = kind,
                              .starts_at = work->now - MINUTE_MS,
                              .ends_at = work->now + DAY_MS,
                              .balance_from = is_deposit ? work->now + 2 * DAY_MS : 0,
                              .balance_until = is_deposit ? work->now + 4 * DAY_MS : 0,
                              .ships_by = work->now + 20 * DAY_MS,
                              .ahead_days = 3,
                              .entries = &one,
                              .count = 1};
    start_paying(1000);
    const char *token = make_cart(variant_id, 1);
    act_as(ALICE);
    assert_ok(cart_set_points(work, token, 500, &cart));
    assert_int_equal(cart->total, 9500);
    act_as(0);
    assert_ok(presale_save(work, &presale));
    assert_ok(presale_change_status(work, presale.id, PROMOTION_ACTIVE));
    reload();
    act_as(ALICE);
    assert_ok(cart_load(work, token, &cart));
    assert_true(cart->presale != NULL);
    int64_t total = cart->total;
    if (is_deposit)
        assert_field(cart_set_points(work, token, 400, &cart), "points");
    act_as(0);
    return total;
}

static void what_is_paid_with_a_deposit_takes_none(void **state)
{
    (void)state;
    assert_int_equal(presold_total(PRESALE_DEPOSIT), 10000); /* what was wished before waits */
}

static void presales_that_are_paid_whole_take_some(void **state)
{
    (void)state;
    assert_int_equal(presold_total(PRESALE_WHOLE), 9500);
}

struct points_closing {
    int64_t order_ids[THREADS];
    struct outcomes outcomes;
};

static void close_one(struct ctx *ctx, int index, void *arg)
{
    struct points_closing *closing = arg;
    closing->outcomes.codes[index] =
        code_of(order_close_unpaid(ctx, closing->order_ids[index], "cancelled", ""));
}

static void orders_that_end_at_once_all_give_theirs_back(void **state)
{
    (void)state;
    struct points_closing closing;
    start_paying(1000);
    for (int i = 0; i < THREADS; i++)
        closing.order_ids[i] = order_with(10000, 1, 100 + i)->id;
    in_threads(close_one, &closing);
    assert_int_equal(count_outcomes(&closing.outcomes, ERR_NONE), THREADS);
    assert_int_equal(balance(), 1000);
    assert_books_balance();
}

static void the_books_owe_what_points_are_worth(void **state)
{
    (void)state;
    start_points((struct points_terms){.earned = 3, .months = 2});
    int64_t id = finished_order(3350, 2);
    assert_int_equal(owed(), 0);
    end_aftersale();
    assert_int_equal(balance(), 201);
    assert_int_equal(owed(), 201); /* a hundredth of the unit each where they do not pay */
    refund_one(id);
    assert_int_equal(owed(), balance());
    start_points((struct points_terms){.earned = 3, .months = 2, .pay_rate = 1000, .pay_percent = 50});
    assert_int_equal(owed(), balance());
    assert_ok(points_adjust(work, ALICE, 9000, "生日"));
    assert_int_equal(owed(), balance() / 10);
    int64_t before = owed();
    act_as(ALICE);
    const struct cart *cart;
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 1000, 5), 1);
    assert_ok(cart_set_points(work, token, 2000, &cart));
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    act_as(0);
    assert_int_equal(before - owed(), 200);
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_int_equal(owed(), before);
    assert_ok(points_adjust(work, ALICE, -7, "更正"));
    assert_int_equal(owed(), balance() / 10);
    assert_books_balance();
    work->now += 100 * DAY_MS;
    assert_ok(points_sweep(work));
    assert_int_equal(balance(), 0);
    assert_int_equal(owed(), 0);
    assert_books_balance();
    tamper("UPDATE ledger_entries SET amount = amount + 1 WHERE shop_id = $1 AND kind = 15 AND line_no = 1");
    assert_true(problems_of(points_check) > 0);
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
        SENTENCE(an_order_keeps_what_points_paid_and_its_proof_gives_it_again),
        SENTENCE(what_points_paid_earns_nothing),
        SENTENCE(a_wish_has_bounds),
        SENTENCE(what_is_wished_shrinks_with_the_cart),
        SENTENCE(an_order_that_nobody_pays_gives_them_back),
        SENTENCE(a_late_payment_draws_them_again_or_goes_back),
        SENTENCE(pieces_take_their_share_back_and_all_of_it_is_what_was_used),
        SENTENCE(all_money_back_gives_all_points_back_whatever_pieces_say),
        SENTENCE(a_cancelled_order_gives_the_rest_back),
        SENTENCE(what_expired_meanwhile_comes_back_for_a_while),
        SENTENCE(many_orders_at_once_never_use_one_twice),
        SENTENCE(orders_that_end_at_once_all_give_theirs_back),
        SENTENCE(nobody_pays_freight_for_using_points),
        SENTENCE(what_is_paid_with_a_deposit_takes_none),
        SENTENCE(presales_that_are_paid_whole_take_some),
        SENTENCE(the_books_owe_what_points_are_worth),
    };
    return RUN_SENTENCES(tests);
}
