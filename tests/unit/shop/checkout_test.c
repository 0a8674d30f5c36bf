/* checkout_test.c - from a cart to one order, and what happens to an order that nobody paid. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

/* Threads do not meet every time. */
#define ROUNDS 8

static const struct cart *open_cart(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart;
}

static int64_t orders(void)
{
    return ask("SELECT count(*) FROM orders WHERE shop_id = $1");
}

static int64_t reservations(void)
{
    return ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND kind = 1");
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(code_check), 0);
}

static void assert_stage(const struct order *order, enum order_stage stage)
{
    assert_string_equal(order_stage_name(order_stage_of(load_order(order->id)->state)),
                        order_stage_name(stage));
}

/* ---- one cart, one order */

static void a_cart_that_is_ordered_twice_gives_the_same_order(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct checkout checkout = checkout_of(make_cart(cup, 2));
    struct order *first, *second;
    assert_ok(checkout_place(work, &checkout, &first));
    assert_int_equal(open_cart(checkout.cart_token)->order_id, first->id);
    assert_ok(checkout_place(work, &checkout, &second));
    assert_int_equal(second->id, first->id);
    assert_string_equal(second->token, first->token);
    checkout.idempotency_key = "later";
    assert_ok(checkout_place(work, &checkout, &second));
    assert_int_equal(second->id, first->id);
    assert_int_equal(orders(), 1);
    assert_int_equal(stock_of(cup).reserved, 2);
    assert_books_balance();
}

static void a_key_gives_the_same_order_for_the_same_request_only(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct checkout checkout = checkout_of(make_cart(cup, 1)), other;
    struct order *first, *again;
    checkout.idempotency_key = "key-1";
    assert_ok(checkout_place(work, &checkout, &first));
    assert_ok(checkout_place(work, &checkout, &again));
    assert_int_equal(again->id, first->id);
    other = checkout;
    other.cart_token = make_cart(cup, 1);
    assert_fails(checkout_place(work, &other, &again), ERR_IDEMPOTENCY_MISMATCH);
    other = checkout;
    other.note = "快";
    assert_fails(checkout_place(work, &other, &again), ERR_IDEMPOTENCY_MISMATCH);
    other = checkout;
    other.contact = (struct contact){"13800138000", "a@b.cn"};
    assert_fails(checkout_place(work, &other, &again), ERR_IDEMPOTENCY_MISMATCH);
    other = checkout;
    other.address.line = "文三路 2 号";
    assert_fails(checkout_place(work, &other, &again), ERR_IDEMPOTENCY_MISMATCH);
    assert_int_equal(orders(), 1);
    work->shop = make_shop();
    other = checkout_of(make_cart(make_variant(PRODUCT_PHYSICAL, 100, 10), 1));
    other.idempotency_key = "key-1";
    assert_ok(checkout_place(work, &other, &again));
    assert_int_not_equal(again->id, first->id);
}

static void old_keys_are_forgotten(void **state)
{
    (void)state;
    struct checkout checkout = checkout_of(make_cart(make_variant(PRODUCT_PHYSICAL, 100, 10), 1));
    struct order *order;
    checkout.idempotency_key = "key-1";
    assert_ok(checkout_place(work, &checkout, &order));
    work->now += CHECKOUT_KEY_AGE_MS;
    assert_ok(checkout_sweep_keys(work));
    assert_int_equal(ask("SELECT count(*) FROM checkout_keys WHERE shop_id = $1"), 1);
    work->now += 1;
    assert_ok(checkout_sweep_keys(work));
    assert_int_equal(ask("SELECT count(*) FROM checkout_keys WHERE shop_id = $1"), 0);
}

struct rush {
    struct checkout checkouts[THREADS];
    struct outcomes outcomes;
};

static void check_out(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    struct order *order;
    err failure = checkout_place(ctx, &rush->checkouts[index], &order);
    rush->outcomes.codes[index] = code_of(failure);
    rush->outcomes.ids[index] = failure ? 0 : order->id;
}

static void eight_checkouts_of_one_cart_make_one_order(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 100);
    for (int round = 0; round < ROUNDS; round++) {
        struct rush rush = {0};
        const char *token = make_cart(cup, 2), *key = arena_format(work->arena, "key-%d", round);
        for (int i = 0; i < THREADS; i++) {
            rush.checkouts[i] = checkout_of(token);
            rush.checkouts[i].idempotency_key = round % 2 ? key : "";
        }
        in_threads(check_out, &rush);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), THREADS);
        for (int i = 1; i < THREADS; i++)
            assert_int_equal(rush.outcomes.ids[i], rush.outcomes.ids[0]);
        assert_int_equal(orders(), round + 1);
        assert_int_equal(reservations(), round + 1);
    }
    assert_int_equal(stock_of(cup).reserved, 2 * ROUNDS);
    assert_books_balance();
}

static void one_key_for_eight_carts_makes_one_order(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 100);
    struct rush rush = {0};
    for (int i = 0; i < THREADS; i++) {
        rush.checkouts[i] = checkout_of(make_cart(cup, 1));
        rush.checkouts[i].idempotency_key = "the-same";
    }
    in_threads(check_out, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_IDEMPOTENCY_MISMATCH), THREADS - 1);
    assert_int_equal(orders(), 1);
    assert_int_equal(stock_of(cup).reserved, 1);
}

static void the_last_piece_goes_to_one_of_eight_carts(void **state)
{
    (void)state;
    int64_t last = make_variant(PRODUCT_PHYSICAL, 100, 1), cup = make_variant(PRODUCT_PHYSICAL, 100, 100);
    struct rush rush = {0};
    for (int i = 0; i < THREADS; i++) {
        const char *token = make_cart(cup, 1);
        assert_ok(add_line(work, &token, last, 1));
        rush.checkouts[i] = checkout_of(token);
        rush.checkouts[i].idempotency_key = arena_format(work->arena, "key-%d", i);
    }
    in_threads(check_out, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_OUT_OF_STOCK), THREADS - 1);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(open_cart(rush.checkouts[i].cart_token)->order_id, rush.outcomes.ids[i]);
    assert_int_equal(orders(), 1);
    assert_int_equal(ask("SELECT count(*) FROM order_lines WHERE shop_id = $1"), 2);
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM checkout_keys WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'order.placed'"), 1);
    assert_int_equal(reservations(), 2);
    assert_int_equal(stock_of(cup).reserved, 1);
    assert_int_equal(stock_of(last).reserved, 1);
    assert_books_balance();
}

static void carts_with_the_same_goods_in_another_order_do_not_block_each_other(void **state)
{
    (void)state;
    struct ware wares[4] = {{100, 500}, {100, 500}, {100, 500}, {100, 500}};
    struct goods goods = make_goods(PRODUCT_PHYSICAL, wares, 4);
    for (int round = 0; round < 3; round++) {
        struct rush rush = {0};
        for (int i = 0; i < THREADS; i++) {
            const char *token = NULL;
            for (int j = 0; j < 4; j++) {
                work->now++;
                assert_ok(add_line(work, &token, goods.variant_ids[i % 2 ? j : 3 - j], 1));
            }
            rush.checkouts[i] = checkout_of(token);
        }
        in_threads(check_out, &rush);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), THREADS);
    }
    assert_int_equal(stock_of(goods.variant_ids[0]).reserved, 3 * THREADS);
    assert_books_balance();
}

/* ---- what cannot be ordered */

static void an_empty_or_unknown_cart_is_refused(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct checkout checkout = checkout_of(make_cart(cup, 1));
    struct order *order;
    assert_ok(change_line(work, checkout.cart_token, cup, 0));
    assert_fails(checkout_place(work, &checkout, &order), ERR_CART_EMPTY);
    checkout.cart_token = "1-forged";
    assert_fails(checkout_place(work, &checkout, &order), ERR_NOT_FOUND);
    assert_int_equal(orders(), 0);
}

static void what_is_out_of_stock_or_off_the_shelf_leaves_nothing_behind(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10), rare = make_variant(PRODUCT_PHYSICAL, 100, 2);
    const char *token = make_cart(cup, 1);
    assert_ok(add_line(work, &token, rare, 3));
    struct checkout checkout = checkout_of(token);
    struct order *order;
    checkout.idempotency_key = "key-1";
    int64_t news = ask("SELECT count(*) FROM outbox WHERE shop_id = $1");
    assert_fails(checkout_place(work, &checkout, &order), ERR_OUT_OF_STOCK);
    assert_ok(change_line(work, token, rare, 2));
    tamper_of("UPDATE variants SET is_active = 0 WHERE shop_id = $1 AND id = $2", rare);
    assert_fails(checkout_place(work, &checkout, &order), ERR_OUT_OF_STOCK);
    assert_int_equal(open_cart(token)->order_id, 0);
    assert_int_equal(orders(), 0);
    assert_int_equal(reservations(), 0);
    assert_int_equal(ask("SELECT count(*) FROM checkout_keys WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1"), news);
    assert_int_equal(stock_of(cup).reserved, 0);
    tamper_of("UPDATE variants SET is_active = 1 WHERE shop_id = $1 AND id = $2", rare);
    assert_ok(checkout_place(work, &checkout, &order));
}

static void goods_need_an_address_and_all_problems_are_told_at_once(void **state)
{
    (void)state;
    struct checkout checkout = checkout_of(make_cart(make_variant(PRODUCT_PHYSICAL, 100, 10), 1));
    struct order *order;
    checkout.contact = (struct contact){"", ""};
    checkout.address = (struct address){"", "", "", ""};
    err failure = checkout_place(work, &checkout, &order);
    static const char *const fields[] = {"contact.phone", "address.name", "address.phone", "address.region",
                                         "address.line"};
    for (size_t i = 0; i < 5; i++)
        assert_field(failure, fields[i]);
    checkout = checkout_of(checkout.cart_token);
    checkout.address.phone = "123";
    assert_field(checkout_place(work, &checkout, &order), "address.phone");
    checkout = checkout_of(checkout.cart_token);
    checkout.address.line = "";
    assert_field(checkout_place(work, &checkout, &order), "address.line");
    assert_int_equal(orders() + reservations(), 0);
    checkout = checkout_of(checkout.cart_token);
    assert_ok(checkout_place(work, &checkout, &order));
}

static void codes_need_a_contact_and_no_address(void **state)
{
    (void)state;
    static const char *const bad_mails[] = {"a", "@b.cn", "a@", "a@b", "a b@c.cn", "a@b@c.cn", "<a@b.cn>"};
    static const char *const bad_phones[] = {"1234", "12345678901234567890123", "1380013800a", "+-()"};
    struct checkout checkout = checkout_of(make_cart(make_variant(PRODUCT_DIGITAL, 100, 10), 1));
    struct order *order;
    checkout.contact = (struct contact){"", ""};
    assert_field(checkout_place(work, &checkout, &order), "contact.phone");
    for (size_t i = 0; i < sizeof bad_mails / sizeof *bad_mails; i++) {
        checkout.contact = (struct contact){"", bad_mails[i]};
        assert_field(checkout_place(work, &checkout, &order), "contact.email");
    }
    for (size_t i = 0; i < sizeof bad_phones / sizeof *bad_phones; i++) {
        checkout.contact = (struct contact){bad_phones[i], ""};
        assert_field(checkout_place(work, &checkout, &order), "contact.phone");
    }
    assert_int_equal(orders(), 0);
    checkout.contact = (struct contact){"", "wang@example.com"};
    assert_ok(checkout_place(work, &checkout, &order));
    order = load_order(order->id);
    assert_string_equal(order->contact.email, "wang@example.com");
    assert_string_equal(order->address.name, "");
}

/* ---- prices */

static void the_price_is_that_of_the_catalogue_at_checkout(void **state)
{
    (void)state;
    static const char dearer[] = "UPDATE variants SET price = price + 11 WHERE shop_id = $1 AND id = $2";
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct checkout checkout = checkout_of(make_cart(cup, 3));
    struct order *order;
    tamper_of(dearer, cup);
    assert_ok(checkout_place(work, &checkout, &order));
    tamper_of(dearer, cup);
    order = load_order(order->id);
    assert_int_equal(order->total, 333);
    assert_int_equal(order->lines[0].unit_price, 111);
    assert_int_equal(start_payment(order)->amount, 333);
}

static void an_order_that_costs_nothing_is_settled_at_once(void **state)
{
    (void)state;
    struct checkout checkout = checkout_of(make_cart(make_variant(PRODUCT_DIGITAL, 0, 5), 2));
    struct order *order;
    struct delivered_code *codes;
    size_t count;
    assert_ok(checkout_place(work, &checkout, &order));
    assert_int_equal(order->state.payment, PAYMENT_PAID);
    assert_stage(order, STAGE_COMPLETED);
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    assert_int_equal(count, 2);
    checkout = checkout_of(make_cart(make_variant(PRODUCT_PHYSICAL, 0, 5), 1));
    assert_ok(checkout_place(work, &checkout, &order));
    assert_stage(order, STAGE_TO_SHIP);
    const struct payment_attempt *attempt;
    assert_fails(payment_start(work, order, BANK, "", &attempt), ERR_INVALID_TRANSITION);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 0);
    assert_books_balance();
}

/* ---- closing */

static void an_order_that_nobody_paid_is_closed_and_gives_its_stock_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    work->now = order->closes_at - 1;
    run_jobs();
    assert_stage(order, STAGE_PENDING_PAYMENT);
    work->now = order->closes_at;
    run_jobs();
    assert_stage(order, STAGE_CLOSED);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_int_equal(load_order(order->id)->closed_at, work->now);
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1 AND kind = 'expired'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 0);
    assert_fails(order_close_unpaid(work, order->id, "expired", ""), ERR_INVALID_TRANSITION);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_books_balance();
}

static void an_order_is_not_closed_when_the_gateway_says_that_it_was_paid(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    bank_pay(start_payment(order)->number);
    assert_fails(order_close_unpaid(work, order->id, "cancelled", "改主意"), ERR_INVALID_TRANSITION);
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(load_order(order->id)->paid, 400);
    assert_int_equal(stock_of(cup).reserved, 4);
    order = place_order(cup, 1);
    bank_pay(start_payment(order)->number);
    work->now = order->closes_at;
    run_jobs();
    assert_stage(order, STAGE_TO_SHIP);
    assert_books_balance();
}

static void an_order_is_not_closed_while_the_gateway_does_not_answer(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    start_payment(order);
    bank.is_down = true;
    assert_fails(order_close_unpaid(work, order->id, "cancelled", ""), ERR_GATEWAY);
    work->now = order->closes_at;
    run_jobs();
    assert_stage(order, STAGE_PENDING_PAYMENT);
    assert_int_equal(stock_of(cup).reserved, 4);
    bank.is_down = false;
    work->now += HOUR_MS;
    run_jobs();
    assert_stage(order, STAGE_CLOSED);
    assert_int_equal(stock_of(cup).reserved, 0);
}

struct ending {
    struct order *order;
    struct payment_fact fact;
    struct outcomes outcomes;
};

static void pay_or_close(struct ctx *ctx, int index, void *arg)
{
    struct ending *ending = arg;
    ending->outcomes.codes[index] =
        code_of(index % 2 ? payment_apply_fact(ctx, &ending->fact)
                          : order_close_unpaid(ctx, ending->order->id, "expired", ""));
}

/* Nobody asks the bank here: in_threads leaves it alone, since the attempt does not count as open. */
static void paying_and_closing_at_once_end_in_a_paid_order(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 3);
        struct ending ending = {.order = place_order(cup, 2)};
        ending.fact = bank_fact(start_payment(ending.order));
        tamper_of("UPDATE payment_attempts SET status = 4 WHERE shop_id = $1 AND order_id = $2",
                  ending.order->id);
        in_threads(pay_or_close, &ending);
        for (int i = 1; i < THREADS; i += 2)
            assert_int_equal(ending.outcomes.codes[i], ERR_NONE);
        assert_stage(ending.order, STAGE_TO_SHIP);
        assert_int_equal(load_order(ending.order->id)->paid, 200);
        assert_int_equal(stock_of(cup).reserved, 2);
    }
    assert_books_balance();
}

/* ---- cancelling */

static void cancelling_an_unpaid_order_closes_it(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    assert_ok(order_cancel(work, order, CANCEL_OUT_OF_STOCK, "缺货"));
    assert_stage(order, STAGE_CLOSED);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_string_equal(ask_text("SELECT note FROM order_events WHERE shop_id = $1 AND kind = 'cancelled'"),
                        "缺货");
    assert_fails(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""), ERR_INVALID_TRANSITION);
}

static void cancelling_a_paid_order_sends_everything_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    pay_order(order);
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, "缺货"));
    assert_stage(order, STAGE_REFUNDED);
    assert_int_equal(load_order(order->id)->refunded, 400);
    assert_int_equal(bank.refund_count, 1);
    assert_int_equal(bank.refunds[0].amount, 400);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_fails(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""), ERR_INVALID_TRANSITION);
    assert_int_equal(bank.refund_count, 1);
    assert_books_balance();
}

static void a_cancelled_order_whose_refund_is_not_taken_is_refunding_until_it_is(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    pay_order(order);
    bank.is_down = true;
    assert_fails(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""), ERR_GATEWAY);
    assert_stage(order, STAGE_REFUNDING);
    assert_int_equal(stock_of(cup).reserved, 0);
    bank.is_down = false;
    run_jobs();
    assert_stage(order, STAGE_REFUNDED);
    assert_int_equal(bank.refund_count, 1);
    assert_books_balance();
}

static err refund_a_part(struct ctx *ctx, void *arg)
{
    int64_t refund_id;
    return payment_refund(ctx, arg, 150, "", &refund_id);
}

static void cancelling_after_a_refund_sends_the_rest_back(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 10), 4);
    pay_order(order);
    assert_ok(db_transact(work, refund_a_part, order));
    run_jobs();
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    assert_stage(order, STAGE_REFUNDED);
    assert_int_equal(bank.refund_count, 2);
    assert_int_equal(bank.refunds[1].amount, 250);
    assert_books_balance();
}

static void what_was_shipped_leaves_the_stock_and_cannot_be_cancelled(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct order *order = place_order(cup, 4);
    assert_fails(order_ship(work, order, "sf", "SF1"), ERR_INVALID_TRANSITION);
    pay_order(order);
    order = load_order(order->id);
    assert_field(order_ship(work, order, "horse", "1"), "carrier");
    assert_ok(order_ship(work, order, "sf", "SF1"));
    assert_fails(order_ship(work, order, "sf", "SF1"), ERR_CONFLICT);
    assert_stage(order, STAGE_SHIPPED);
    assert_int_equal(stock_of(cup).on_hand, 6);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_fails(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""), ERR_INVALID_TRANSITION);
    assert_int_equal(bank.refund_count, 0);
    assert_books_balance();
}

/* ---- how many one person may have */

static void orders_may_be_written_in_another_order_than_their_clocks(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10), noon = work->now;
    tamper("UPDATE products SET person_quantity = 2 WHERE shop_id = $1");
    struct checkout later = checkout_of(make_cart(cup, 1)), sooner = checkout_of(make_cart(cup, 1)),
                    third = checkout_of(make_cart(cup, 1));
    struct order *first, *second, *none;
    assert_ok(checkout_place(work, &later, &first));
    work->now = noon - 1;
    assert_ok(checkout_place(work, &sooner, &second));
    assert_int_equal(problems_of(order_check_rations), 0);
    assert_true(checkout_place(work, &third, &none) != NULL);
    assert_ok(order_close_unpaid(work, second->id, "cancelled", ""));
    assert_int_equal(problems_of(order_check_rations), 0);
    assert_ok(checkout_place(work, &third, &none));
    assert_int_equal(problems_of(order_check_rations), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_cart_that_is_ordered_twice_gives_the_same_order),
        SENTENCE(a_key_gives_the_same_order_for_the_same_request_only),
        SENTENCE(old_keys_are_forgotten),
        SENTENCE(eight_checkouts_of_one_cart_make_one_order),
        SENTENCE(one_key_for_eight_carts_makes_one_order),
        SENTENCE(the_last_piece_goes_to_one_of_eight_carts),
        SENTENCE(carts_with_the_same_goods_in_another_order_do_not_block_each_other),
        SENTENCE(an_empty_or_unknown_cart_is_refused),
        SENTENCE(what_is_out_of_stock_or_off_the_shelf_leaves_nothing_behind),
        SENTENCE(goods_need_an_address_and_all_problems_are_told_at_once),
        SENTENCE(codes_need_a_contact_and_no_address),
        SENTENCE(the_price_is_that_of_the_catalogue_at_checkout),
        SENTENCE(an_order_that_costs_nothing_is_settled_at_once),
        SENTENCE(an_order_that_nobody_paid_is_closed_and_gives_its_stock_back),
        SENTENCE(an_order_is_not_closed_when_the_gateway_says_that_it_was_paid),
        SENTENCE(an_order_is_not_closed_while_the_gateway_does_not_answer),
        SENTENCE(paying_and_closing_at_once_end_in_a_paid_order),
        SENTENCE(cancelling_an_unpaid_order_closes_it),
        SENTENCE(cancelling_a_paid_order_sends_everything_back),
        SENTENCE(a_cancelled_order_whose_refund_is_not_taken_is_refunding_until_it_is),
        SENTENCE(cancelling_after_a_refund_sends_the_rest_back),
        SENTENCE(what_was_shipped_leaves_the_stock_and_cannot_be_cancelled),
        SENTENCE(orders_may_be_written_in_another_order_than_their_clocks),
    };
    return RUN_SENTENCES(tests);
}
