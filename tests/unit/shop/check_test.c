/* check_test.c - rows that were changed behind the back of the modules are seen by the checks, and nothing
 * else is.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

static err send_half_back(struct ctx *ctx, void *arg)
{
    int64_t refund_id;
    const struct order *order = arg;
    return payment_refund(ctx, order, order->paid / 2, "", &refund_id);
}

/* placed, paid, partly_refunded, shipped. */
static void tell_a_story(void)
{
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 2);
    pay_order(order);
    assert_ok(db_transact(work, send_half_back, load_order(order->id)));
    run_jobs();
    assert_ok(order_ship(work, load_order(order->id), "sf", "1"));
    assert_int_equal(load_order(order->id)->version, 4);
}

static void the_steps_of_an_order_are_checked_in_its_middle_too(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE order_events SET order_status = 3 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET payment_status = 1 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET payment_status = 4 WHERE shop_id = $1 AND event_no = 3",
        "UPDATE order_events SET payment_status = 2 WHERE shop_id = $1 AND event_no = 3",
        "UPDATE order_events SET payment_status = 99 WHERE shop_id = $1 AND event_no = 3",
        "UPDATE order_events SET fulfillment_status = 2 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET fulfillment_status = 0 WHERE shop_id = $1 AND event_no = 1",
        "UPDATE order_events SET order_status = 2 WHERE shop_id = $1 AND event_no = 1",
        "UPDATE order_events SET kind = 'reopened' WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET kind = 'placed' WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET kind = 'nonsense' WHERE shop_id = $1 AND event_no = 3",
        "UPDATE order_events SET kind = '' WHERE shop_id = $1 AND event_no = 4",
        "UPDATE order_events SET kind = 'paid' WHERE shop_id = $1 AND event_no = 1",
        "UPDATE order_events SET kind = 'delivered' WHERE shop_id = $1 AND event_no = 4",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        work->shop = make_shop();
        tell_a_story();
        assert_int_equal(problems_of(order_check), 0);
        tamper(changes[i]);
        if (problems_of(order_check) == 0)
            fail_msg("not found: %s", changes[i]);
    }
}

static void a_deck_must_fit_its_stock(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE code_decks SET loaded = loaded + 1 WHERE shop_id = $1",
        "UPDATE code_decks SET dealt = dealt + 1 WHERE shop_id = $1",
        "UPDATE code_decks SET owed = 1 WHERE shop_id = $1",
        "UPDATE stock SET on_hand = on_hand + 1 WHERE shop_id = $1",
        "UPDATE stock SET on_hand = on_hand - 1 WHERE shop_id = $1 AND on_hand > 0",
        "DELETE FROM stock WHERE shop_id = $1",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        work->shop = make_shop();
        make_variant(PRODUCT_PHYSICAL, 100, 7);
        struct ware none = {100, 0};
        make_goods(PRODUCT_DIGITAL, &none, 1);
        assert_int_equal(problems_of(code_check_stock), 0);
        pay_order(place_order(make_variant(PRODUCT_DIGITAL, 100, 5), 2));
        assert_int_equal(problems_of(code_check_stock), 0);
        tamper(changes[i]);
        if (problems_of(code_check_stock) == 0)
            fail_msg("not found: %s", changes[i]);
    }
}

static void a_lost_deck_is_missed(void **state)
{
    (void)state;
    int64_t codes = make_variant(PRODUCT_DIGITAL, 100, 2);
    tamper("DELETE FROM code_decks WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check_stock), 1);
    work->shop = make_shop();
    codes = make_variant(PRODUCT_DIGITAL, 100, 2);
    pay_order(place_order(codes, 2));
    assert_int_equal(stock_of(codes).on_hand, 0);
    tamper("DELETE FROM code_decks WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check_stock), 1);
    tamper("DELETE FROM codes WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check_stock), 1);
    work->shop = make_shop();
    make_variant(PRODUCT_DIGITAL, 100, 0);
    assert_int_equal(problems_of(code_check_stock), 0);
    tamper("UPDATE stock SET on_hand = 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check_stock), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_steps_of_an_order_are_checked_in_its_middle_too),
        SENTENCE(a_deck_must_fit_its_stock),
        SENTENCE(a_lost_deck_is_missed),
    };
    return RUN_SENTENCES(tests);
}
