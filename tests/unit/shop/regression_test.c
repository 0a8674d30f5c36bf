/* regression_test.c - what once did not hold in the shop's modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fixture.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

static struct order *paid_order(int64_t variant_id, int64_t quantity)
{
    struct order *order = place_order(variant_id, quantity);
    pay_order(order);
    return load_order(order->id);
}

static err send_back(struct ctx *ctx, void *arg)
{
    const struct order *order = arg;
    int64_t refund_id;
    return payment_refund(ctx, order, order->paid - order->refunded, "退", &refund_id);
}

/* -- money */

static void cancelling_sends_everything_back_while_a_surplus_is_still_on_its_way(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 700, 5), 1);
    struct payment_fact one = bank_fact(start_payment(order));
    tamper("UPDATE payment_attempts SET status = 4 WHERE shop_id = $1");
    struct payment_fact two = bank_fact(start_payment(order));
    assert_ok(payment_apply_fact(work, &one));
    assert_ok(payment_apply_fact(work, &two));
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    run_jobs();
    assert_int_equal(bank.refund_count, 2);
    assert_int_equal(load_order(order->id)->refunded, 700);
}

static void a_second_payment_of_the_same_attempt_is_kept_and_shown(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 700, 5), 1);
    struct payment_fact fact = bank_fact(pay_order(order));
    fact.provider_number = "T-charged-again";
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(ask("SELECT count(*) FROM payment_facts WHERE shop_id = $1"), 2);
    assert_string_equal(ask_text("SELECT kind FROM alarms WHERE shop_id = $1"), "settled-before");
    assert_true(text_ends(ask_text("SELECT detail FROM alarms WHERE shop_id = $1"), " · ¥7.00"));
    assert_int_equal(bank.refund_count, 0);
}

static void an_order_that_was_refunded_before_it_left_holds_no_stock(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 700, 5);
    struct order *order = paid_order(cup, 2);
    assert_ok(db_transact(work, send_back, order));
    run_jobs();
    err failure = order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, "");
    (void)failure;
    assert_int_equal(stock_of(cup).reserved, 0);
}

static void a_free_order_whose_codes_are_short_leaves_nothing_behind(void **state)
{
    (void)state;
    int64_t code = make_variant(PRODUCT_DIGITAL, 0, 2);
    assert_ok(stock_count(work, code, product_of(code), 5, 2, NULL));
    struct checkout checkout = checkout_of(make_cart(code, 3));
    struct order *order;
    assert_fails(checkout_place(work, &checkout, &order), ERR_OUT_OF_STOCK);
    assert_int_equal(ask("SELECT count(*) FROM orders WHERE shop_id = $1"), 0);
}

static void a_free_order_found_again_is_settled(void **state)
{
    (void)state;
    int64_t code = make_variant(PRODUCT_DIGITAL, 0, 5);
    struct checkout checkout = checkout_of(make_cart(code, 3));
    struct order *order;
    tamper("UPDATE code_decks SET dealt = 5 WHERE shop_id = $1"); /* stands for a
                                                                     crash after
                                                                     placing */
    err failure = checkout_place(work, &checkout, &order);
    (void)failure;
    tamper("UPDATE code_decks SET dealt = 0 WHERE shop_id = $1");
    assert_ok(checkout_place(work, &checkout, &order));
    assert_int_equal(order->state.payment, PAYMENT_PAID);
}

static void a_cancelled_free_order_is_not_refunding_for_ever(void **state)
{
    (void)state;
    struct checkout checkout = checkout_of(make_cart(make_variant(PRODUCT_PHYSICAL, 0, 5), 1));
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    assert_ok(order_cancel(work, order, CANCEL_OUT_OF_STOCK, ""));
    run_jobs();
    assert_int_not_equal(order_stage_of(load_order(order->id)->state), STAGE_REFUNDING);
}

/* -- checks */

static void payment_check_finds(const char *change)
{
    work->shop = make_shop();
    struct order *order = paid_order(make_variant(PRODUCT_PHYSICAL, 1000, 5), 1);
    assert_ok(db_transact(work, send_back, order));
    run_jobs();
    assert_int_equal(problems_of(payment_check), 0);
    tamper(change);
    if (problems_of(payment_check) == 0)
        fail_msg("not found: %s", change);
}

#define PAYMENT_CHECK_FINDS(name, change)                                                                    \
    static void payment_check_finds_##name(void **state)                                                     \
    {                                                                                                        \
        (void)state;                                                                                         \
        payment_check_finds(change);                                                                         \
    }
PAYMENT_CHECK_FINDS(amount_of_fact, "UPDATE payment_facts SET amount = amount "
                                    "+ 1 WHERE shop_id = $1 AND kind = 1")
PAYMENT_CHECK_FINDS(currency_of_fact,
                    "UPDATE payment_facts SET currency = 'USD' WHERE shop_id = $1 AND kind = 1")
PAYMENT_CHECK_FINDS(lost_refund_fact, "DELETE FROM payment_facts WHERE shop_id = $1 AND kind = 2")
PAYMENT_CHECK_FINDS(amount_of_refund_fact,
                    "UPDATE payment_facts SET amount = 1 WHERE shop_id = $1 AND kind = 2")
PAYMENT_CHECK_FINDS(refunded_of_attempt,
                    "UPDATE payment_attempts SET refunded = refunded - 1 WHERE shop_id = $1")

static void order_check_finds(const char *change)
{
    work->shop = make_shop();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5);
    struct order *order = paid_order(cup, 2);
    assert_ok(order_ship(work, order, "sf", "1"));
    assert_int_equal(problems_of(order_check), 0);
    tamper(change);
    if (problems_of(order_check) == 0)
        fail_msg("not found: %s", change);
}

#define ORDER_CHECK_FINDS(name, change)                                                                      \
    static void order_check_finds_##name(void **state)                                                       \
    {                                                                                                        \
        (void)state;                                                                                         \
        order_check_finds(change);                                                                           \
    }
ORDER_CHECK_FINDS(stage, "UPDATE orders SET stage = 2 WHERE shop_id = $1")
ORDER_CHECK_FINDS(event_zero, "UPDATE order_events SET event_no = 0 WHERE shop_id = $1 AND event_no = 1")
ORDER_CHECK_FINDS(unit_price, "UPDATE order_lines SET unit_price = 1 WHERE shop_id = $1")

static void order_check_finds_what_no_order_holds(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5);
    struct order *order = place_order(cup, 2);
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    tamper("DELETE FROM stock_movements WHERE shop_id = $1 AND kind = 2");
    tamper("UPDATE stock SET reserved = 2 WHERE shop_id = $1");
    assert_true(problems_of(order_check) + problems_of(stock_check) > 0);
}

static void stock_check_finds_a_lost_row(void **state)
{
    (void)state;
    make_variant(PRODUCT_PHYSICAL, 100, 5);
    tamper("DELETE FROM stock WHERE shop_id = $1");
    assert_true(problems_of(stock_check) > 0);
}

/* -- stock, cart, catalogue, tenant, media */

static err reserve_four(struct ctx *ctx, void *arg)
{
    return stock_reserve(ctx, 1, arg, 1);
}

static void two_orders_at_once_make_a_variant_low(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct demand demand = {cup, product_of(cup), 4, 10, NULL, 0}; /* both read ten before either wrote */
    struct stock *stocks;
    size_t count;
    assert_ok(db_transact(work, reserve_four, &demand));
    assert_ok(db_transact(work, reserve_four, &demand));
    assert_ok(stock_list_low(work, 10, &stocks, &count));
    assert_int_equal(count, 1);
}

static void the_first_pieces_of_a_line_have_a_limit_too(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5000),
            other = make_variant(PRODUCT_PHYSICAL, 100, 5000);
    const char *token = NULL;
    assert_fails(add_line(work, &token, cup, 1000), ERR_LIMIT);
    token = make_cart(cup, 1);
    assert_fails(add_line(work, &token, other, 1000), ERR_LIMIT);
}

static void no_token_is_given_for_a_cart_that_was_not_made(void **state)
{
    (void)state;
    const char *token = NULL;
    assert_non_null(add_line(work, &token, make_variant(PRODUCT_PHYSICAL, 100, 5000), 1000));
    assert_null(token);
}

static void a_full_cart_takes_more_of_what_it_has(void **state)
{
    (void)state;
    const char *token = NULL;
    int64_t last = 0;
    for (int i = 0; i < CART_LINE_LIMIT; i++) {
        last = make_variant(PRODUCT_PHYSICAL, 100, 50);
        assert_ok(add_line(work, &token, last, 1));
    }
    assert_ok(add_line(work, &token, last, 1));
}

static void a_long_description_is_cut_between_characters(void **state)
{
    (void)state;
    char *html = arena_alloc(work->arena, 130000);
    memcpy(html, "<p>", 3);
    for (size_t i = 0; i < 40000; i++)
        memcpy(html + 3 + 3 * i, "中", 3);
    const char *safe = product_safe_html(work, html);
    assert_true(utf8_is_valid(safe, strlen(safe)));
}

static void a_draft_that_was_not_saved_is_still_new(void **state)
{
    (void)state;
    make_variant(PRODUCT_PHYSICAL, 1, 1);
    struct variant_draft variant = {.sku = "N-1", .price = 1, .is_active = true};
    struct product_draft draft = {.handle = ask_text("SELECT handle FROM products WHERE shop_id = $1"),
                                  .title = "x",
                                  .kind = PRODUCT_PHYSICAL,
                                  .status = PRODUCT_ACTIVE,
                                  .category_id = shelf(),
                                  .variants = &variant,
                                  .variant_count = 1};
    assert_fails(product_save(work, &draft), ERR_DUPLICATE);
    draft.handle = "new-one";
    assert_ok(product_save(work, &draft));
}

static void a_host_with_capitals_is_found(void **state)
{
    (void)state;
    int64_t shop_id;
    const struct shop *shop;
    struct shop_draft draft = {.handle = "capitals", .name = "x", .host = "Capital.Example"};
    assert_ok(shop_create(work, &draft, &shop_id));
    assert_ok(shop_load_by_host(work, "capital.example", &shop));
}

static void a_cached_shop_has_its_whole_name(void **state)
{
    (void)state;
    int64_t shop_id;
    const struct shop *shop;
    char *name = arena_alloc(work->arena, 301);
    for (size_t i = 0; i < 100; i++)
        memcpy(name + 3 * i, "店", 3);
    struct shop_draft draft = {.handle = "long-name", .name = name};
    err failure = shop_create(work, &draft, &shop_id);
    if (failure)
        return;
    struct shop_cache *cache = shop_cache_open(work->arena);
    assert_ok(shop_cache_find_id(work, cache, shop_id, &shop));
    assert_ok(shop_cache_find_id(work, cache, shop_id, &shop));
    assert_string_equal(shop->name, name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(cancelling_sends_everything_back_while_a_surplus_is_still_on_its_way),
        SENTENCE(a_second_payment_of_the_same_attempt_is_kept_and_shown),
        SENTENCE(an_order_that_was_refunded_before_it_left_holds_no_stock),
        SENTENCE(a_free_order_whose_codes_are_short_leaves_nothing_behind),
        SENTENCE(a_free_order_found_again_is_settled),
        SENTENCE(a_cancelled_free_order_is_not_refunding_for_ever),
        SENTENCE(payment_check_finds_amount_of_fact),
        SENTENCE(payment_check_finds_currency_of_fact),
        SENTENCE(payment_check_finds_refunded_of_attempt),
        SENTENCE(payment_check_finds_lost_refund_fact),
        SENTENCE(payment_check_finds_amount_of_refund_fact),
        SENTENCE(order_check_finds_stage),
        SENTENCE(order_check_finds_event_zero),
        SENTENCE(order_check_finds_unit_price),
        SENTENCE(order_check_finds_what_no_order_holds),
        SENTENCE(stock_check_finds_a_lost_row),
        SENTENCE(two_orders_at_once_make_a_variant_low),
        SENTENCE(the_first_pieces_of_a_line_have_a_limit_too),
        SENTENCE(no_token_is_given_for_a_cart_that_was_not_made),
        SENTENCE(a_full_cart_takes_more_of_what_it_has),
        SENTENCE(a_long_description_is_cut_between_characters),
        SENTENCE(a_draft_that_was_not_saved_is_still_new),
        SENTENCE(a_host_with_capitals_is_found),
        SENTENCE(a_cached_shop_has_its_whole_name),
    };
    return RUN_SENTENCES(tests);
}
