/* owed_test.c - paid orders that wait for codes get them once, in their order, and the books stay right. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

static int made_codes;

static void load_more(int64_t variant_id, int64_t count)
{
    const char **codes = arena_alloc_many(work->arena, (size_t)count, sizeof *codes);
    int64_t added, duplicates;
    for (int64_t i = 0; i < count; i++)
        codes[i] = arena_format(work->arena, "LATE-%06d", ++made_codes);
    assert_ok(code_load(work, variant_id, product_of(variant_id), codes, (size_t)count, &added, &duplicates));
    assert_int_equal(added, count);
}

/* A variant that says to have more than its deck holds: the only way to a short deck. */
static int64_t make_promise(int64_t loaded, int64_t said)
{
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, loaded);
    assert_ok(stock_count(work, variant_id, product_of(variant_id), said, loaded, NULL));
    return variant_id;
}

static struct order *buy(int64_t variant_id, int64_t quantity)
{
    struct order *order = place_order(variant_id, quantity);
    pay_order(order);
    return load_order(order->id);
}

static size_t codes_of(const struct order *order)
{
    struct delivered_code *codes;
    size_t count;
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    return count;
}

static int problems(void)
{
    return problems_of(stock_check) + problems_of(code_check) + problems_of(code_check_stock) +
           problems_of(order_check) + problems_of(payment_check);
}

static err refund_in_transaction(struct ctx *ctx, void *arg)
{
    int64_t refund_id;
    const struct order *order = arg;
    return payment_refund(ctx, order, order->paid / 2, "", &refund_id);
}

static err promise_all_back(struct ctx *ctx, void *arg)
{
    int64_t refund_id;
    const struct order *order = arg;
    return payment_refund(ctx, order, order->paid, "", &refund_id);
}

static void loading_codes_delivers_to_the_order_that_waits(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(1, 5);
    struct order *order = buy(variant_id, 3);
    assert_int_equal(order_stage_of(order->state), STAGE_TO_SHIP);
    assert_true(payment_owes_codes(order));
    assert_true(has_alarm("delivery-short"));
    assert_int_equal(stock_of(variant_id).on_hand, 3); /* what nobody has is sold no more */
    assert_int_equal(problems(), 0);
    load_more(variant_id, 1);
    run_jobs();
    assert_int_equal(codes_of(order), 0);
    assert_int_equal(problems(), 0);
    load_more(variant_id, 2);
    run_jobs();
    assert_int_equal(codes_of(order), 3);
    assert_int_equal(order_stage_of(load_order(order->id)->state), STAGE_COMPLETED);
    assert_false(has_alarm("delivery-short"));
    assert_int_equal(stock_of(variant_id).on_hand, 1);
    assert_int_equal(stock_of(variant_id).reserved, 0);
    assert_int_equal(ask("SELECT count(*) FROM waiting_orders WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1 AND kind = 'delivered'"), 1);
    assert_int_equal(problems(), 0);
}

static void the_oldest_is_served_first_and_a_large_one_holds_nobody_up(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 12);
    struct order *large = place_order(variant_id, 5), *first = place_order(variant_id, 2),
                 *second = place_order(variant_id, 2);
    pay_order(second);
    pay_order(large);
    pay_order(first);
    assert_int_equal(problems(), 0);
    load_more(variant_id, 3);
    run_jobs();
    assert_int_equal(codes_of(large), 0);
    assert_int_equal(codes_of(first), 2);
    assert_int_equal(codes_of(second), 0);
    assert_int_equal(problems(), 0);
    load_more(variant_id, 5);
    run_jobs();
    assert_int_equal(codes_of(large), 5);
    assert_int_equal(codes_of(second), 0);
    load_more(variant_id, 1);
    run_jobs();
    assert_int_equal(codes_of(second), 2);
    assert_int_equal(stock_of(variant_id).on_hand, 0);
    assert_int_equal(problems(), 0);
}

static void staff_deliver_by_hand_once_there_are_enough(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(1, 5);
    struct order *order = buy(variant_id, 3);
    assert_fails(payment_deliver_owed(work, order->id), ERR_OUT_OF_STOCK);
    assert_non_null(strstr(payment_deliver_owed(work, order->id)->detail, "1 of 3"));
    load_more(variant_id, 2);
    assert_ok(payment_deliver_owed(work, order->id));
    assert_int_equal(codes_of(order), 3);
    assert_false(has_alarm("delivery-short"));
    assert_fails(payment_deliver_owed(work, order->id), ERR_INVALID_TRANSITION);
    run_jobs();
    assert_int_equal(codes_of(order), 3);
    assert_int_equal(problems(), 0);
}

static void deliver_along(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    outcomes->codes[index] = code_of(payment_deliver_owed(ctx, outcomes->ids[0]));
}

static void eight_who_deliver_at_once_deliver_once(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 9);
    struct order *order = buy(variant_id, 2);
    load_more(variant_id, 9);
    struct outcomes outcomes = {.ids = {order->id}};
    in_threads(deliver_along, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&outcomes, ERR_INVALID_TRANSITION), THREADS - 1);
    run_jobs();
    assert_int_equal(codes_of(order), 2);
    assert_int_equal(problems(), 0);
}

static struct order *buy_with_cup(int64_t variant_id, int64_t cup)
{
    const char *token = make_cart(variant_id, 2);
    struct order *order;
    assert_ok(add_line(work, &token, cup, 1));
    struct checkout checkout = checkout_of(token);
    assert_ok(checkout_place(work, &checkout, &order));
    pay_order(order);
    return load_order(order->id);
}

static void goods_may_leave_before_the_codes_come(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 2), cup = make_variant(PRODUCT_PHYSICAL, 300, 5);
    struct order *order = buy_with_cup(variant_id, cup);
    assert_ok(order_ship(work, order, "sf", "SF1"));
    order = load_order(order->id);
    assert_int_equal(order_stage_of(order->state), STAGE_PARTIALLY_SHIPPED);
    assert_fails(order_ship(work, order, "sf", "SF2"), ERR_INVALID_TRANSITION);
    assert_int_equal(problems(), 0);
    load_more(variant_id, 2);
    run_jobs();
    assert_int_equal(codes_of(order), 2);
    assert_int_equal(order_stage_of(load_order(order->id)->state), STAGE_SHIPPED);
    assert_int_equal(stock_of(cup).on_hand, 4);
    assert_int_equal(problems(), 0);
}

static void goods_may_leave_after_the_codes_came(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 2), cup = make_variant(PRODUCT_PHYSICAL, 300, 5);
    struct order *order = buy_with_cup(variant_id, cup);
    load_more(variant_id, 2);
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_stage_of(order->state), STAGE_PARTIALLY_SHIPPED);
    assert_ok(order_ship(work, order, "sf", "SF1"));
    assert_int_equal(order_stage_of(load_order(order->id)->state), STAGE_SHIPPED);
    assert_int_equal(problems(), 0);
}

static void a_waiting_order_that_was_cancelled_gets_nothing(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(1, 5);
    struct order *order = buy(variant_id, 3);
    assert_ok(order_cancel(work, order, CANCEL_OUT_OF_STOCK, "没货"));
    assert_int_equal(problems(), 0);
    run_jobs();
    assert_int_equal(stock_of(variant_id).on_hand, 1);
    assert_int_equal(stock_of(variant_id).reserved, 0);
    assert_false(has_alarm("delivery-short"));
    load_more(variant_id, 3);
    run_jobs();
    assert_int_equal(codes_of(order), 0);
    assert_int_equal(load_order(order->id)->refunded, 300);
    assert_int_equal(stock_of(variant_id).on_hand, 4);
    assert_int_equal(ask("SELECT count(*) FROM waiting_orders WHERE shop_id = $1"), 0);
    assert_int_equal(problems(), 0);
}

static void an_order_that_expired_is_owed_no_longer(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 5);
    struct order *paid = buy(variant_id, 2), *unpaid = NULL;
    load_more(variant_id, 3);
    unpaid = place_order(variant_id, 1);
    run_jobs();
    assert_int_equal(codes_of(paid), 2);
    assert_ok(order_close_unpaid(work, unpaid->id, "expired", ""));
    run_jobs();
    assert_int_equal(stock_of(variant_id).on_hand, 1);
    assert_int_equal(problems(), 0);
}

static void money_that_goes_back_stops_the_delivery(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 4);
    struct order *order = buy(variant_id, 2);
    bank.is_down = true;
    assert_ok(db_transact(work, promise_all_back, order));
    load_more(variant_id, 2);
    run_jobs();
    assert_int_equal(codes_of(order), 0);
    assert_fails(payment_deliver_owed(work, order->id), ERR_INVALID_TRANSITION);
    bank.is_down = false;
    work->now += HOUR_MS;
    run_jobs();
    work->now -= HOUR_MS;
    assert_int_equal(load_order(order->id)->refunded, 200);
    assert_int_equal(stock_of(variant_id).on_hand, 2);
    assert_int_equal(problems(), 0);
}

static void after_a_partial_refund_only_staff_deliver(void **state)
{
    (void)state;
    int64_t variant_id = make_promise(0, 4);
    struct order *order = buy(variant_id, 2);
    assert_ok(db_transact(work, refund_in_transaction, order));
    run_jobs();
    load_more(variant_id, 2);
    run_jobs();
    assert_int_equal(codes_of(order), 0);
    assert_true(has_alarm("delivery-short"));
    assert_ok(payment_deliver_owed(work, order->id));
    assert_int_equal(codes_of(order), 2);
    assert_int_equal(problems(), 0);
}

static void an_order_waits_for_all_its_decks(void **state)
{
    (void)state;
    int64_t one = make_promise(0, 2), other = make_promise(0, 2);
    const char *token = make_cart(one, 1);
    struct order *order;
    assert_ok(add_line(work, &token, other, 1));
    struct checkout checkout = checkout_of(token);
    assert_ok(checkout_place(work, &checkout, &order));
    pay_order(order);
    load_more(one, 1);
    run_jobs();
    assert_int_equal(codes_of(order), 0);
    assert_int_equal(problems(), 0);
    load_more(other, 1);
    run_jobs();
    assert_int_equal(codes_of(order), 2);
    assert_int_equal(problems(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(loading_codes_delivers_to_the_order_that_waits),
        SENTENCE(the_oldest_is_served_first_and_a_large_one_holds_nobody_up),
        SENTENCE(staff_deliver_by_hand_once_there_are_enough),
        SENTENCE(eight_who_deliver_at_once_deliver_once),
        SENTENCE(goods_may_leave_before_the_codes_come),
        SENTENCE(goods_may_leave_after_the_codes_came),
        SENTENCE(a_waiting_order_that_was_cancelled_gets_nothing),
        SENTENCE(an_order_that_expired_is_owed_no_longer),
        SENTENCE(money_that_goes_back_stops_the_delivery),
        SENTENCE(after_a_partial_refund_only_staff_deliver),
        SENTENCE(an_order_waits_for_all_its_decks),
    };
    return RUN_SENTENCES(tests);
}
