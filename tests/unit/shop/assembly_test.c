/* assembly_test.c - variants made of others: how many can be made, and what orders take. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/order/order.h"
#include "shop/payment/payment_goods.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

static int64_t cup, pot, set; /* a set takes 2 cups and 1 pot */

/* The shop as a process sees it that knows of such variants. */
static void know_assemblies(void)
{
    struct shop *shop = arena_alloc(work->arena, sizeof *shop);
    *shop = *work->shop;
    shop->has_assemblies = true;
    work->shop = shop;
}

static err make_of(int64_t variant_id, const struct stock_part *parts, size_t count)
{
    return assembly_save(work, &(struct assembly_wish){variant_id, parts, count, NULL});
}

static void make_set(int64_t cups, int64_t pots)
{
    cup = make_variant(PRODUCT_PHYSICAL, 1000, cups);
    pot = make_variant(PRODUCT_PHYSICAL, 5000, pots);
    set = make_variant(PRODUCT_PHYSICAL, 6000, 0);
    struct stock_part parts[] = {{.variant_id = cup, .pieces = 2}, {.variant_id = pot, .pieces = 1}};
    assert_ok(make_of(set, parts, 2));
    know_assemblies();
}

static int64_t available(int64_t variant_id)
{
    struct stock stock = stock_of(variant_id);
    return stock_available(&stock);
}

static void assert_sound(void)
{
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(order_check), 0);
}

static void as_many_can_be_made_as_the_scarcest_part_allows(void **state)
{
    (void)state;
    make_set(7, 5);
    assert_int_equal(available(set), 3);
    assert_ok(stock_count(work, pot, product_of(pot), 2, 5, ""));
    assert_int_equal(available(set), 2);
    struct stock_doing damage = {ACT_DAMAGE, cup, product_of(cup), LOCATION_HOME, 0, 5, "碎了"};
    assert_ok(stock_do(work, &damage));
    assert_int_equal(available(set), 1);
    int64_t total;
    assert_ok(stock_sum_products(work, &(int64_t){product_of(set)}, 1, &total));
    assert_int_equal(total, 1);
    assert_sound();
}

static void an_order_takes_the_parts_and_gives_them_back(void **state)
{
    (void)state;
    make_set(7, 5);
    struct order *order = place_order(set, 2);
    assert_int_equal(stock_of(cup).reserved, 4);
    assert_int_equal(stock_of(pot).reserved, 2);
    assert_int_equal(stock_of(set).reserved, 0);
    assert_int_equal(available(set), 1);
    assert_int_equal(order->lines[0].part_count, 2);
    assert_sound();
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_int_equal(available(set), 3);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_sound();
}

static void a_set_and_a_loose_part_are_one_demand(void **state)
{
    (void)state;
    make_set(4, 5);
    const char *token = NULL;
    assert_ok(add_line(work, &token, set, 2));
    assert_ok(add_line(work, &token, cup, 1));
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_fails(checkout_place(work, &checkout, &order), ERR_OUT_OF_STOCK);
    assert_int_equal(stock_of(cup).reserved + stock_of(pot).reserved, 0);
    assert_ok(change_line(work, token, set, 1));
    assert_ok(checkout_place(work, &checkout, &order));
    assert_int_equal(stock_of(cup).reserved, 3);
    assert_int_equal(
        ask_of("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND variant_id = $2 AND kind = 1",
               cup),
        1);
    assert_sound();
}

static void an_old_order_keeps_what_it_was_made_of(void **state)
{
    (void)state;
    make_set(8, 8);
    struct order *order = place_order(set, 2);
    pay_order(order);
    assert_ok(make_of(set, &(struct stock_part){.variant_id = pot, .pieces = 3}, 1));
    assert_int_equal(available(set), 2);
    order = load_order(order->id);
    assert_ok(order_ship(work, order, "sf", "SF1"));
    assert_int_equal(stock_of(cup).on_hand, 4);
    assert_int_equal(stock_of(pot).on_hand, 6);
    assert_int_equal(stock_of(cup).reserved + stock_of(pot).reserved, 0);
    assert_ok(make_of(set, NULL, 0));
    assert_int_equal(available(set), 0);
    assert_sound();
}

static void goods_that_come_back_are_parts_again(void **state)
{
    (void)state;
    make_set(8, 8);
    struct order *order = place_order(set, 2);
    pay_order(order);
    assert_ok(order_ship(work, load_order(order->id), "sf", "SF1"));
    assert_int_equal(stock_of(cup).on_hand, 4);
    assert_ok(make_of(set, NULL, 0));
    struct refund_pick pick = {1, 1, BACK_SELLABLE};
    struct refund_wish wish = {.picks = &pick, .count = 1, .location_id = LOCATION_HOME, .reason = "退回"};
    int64_t refund_id;
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    assert_int_equal(stock_of(cup).on_hand, 6);
    assert_int_equal(stock_of(pot).on_hand, 7);
    assert_int_equal(stock_of(set).on_hand, 0);
    assert_sound();
}

static void a_late_payment_takes_the_parts_again(void **state)
{
    (void)state;
    make_set(2, 2);
    struct order *order = place_order(set, 1);
    const struct payment_attempt *attempt = start_payment(order);
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_int_equal(available(set), 1);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(stock_of(cup).reserved, 2);
    assert_int_equal(available(set), 0);
    assert_sound();
}

static void parts_are_checked(void **state)
{
    (void)state;
    make_set(4, 4);
    int64_t other = make_variant(PRODUCT_PHYSICAL, 100, 0), full = make_variant(PRODUCT_PHYSICAL, 100, 1);
    int64_t code = make_variant(PRODUCT_DIGITAL, 100, 1);
    struct stock_part twice[] = {{.variant_id = cup, .pieces = 1}, {.variant_id = cup, .pieces = 1}};
    struct stock_part many[ASSEMBLY_PART_LIMIT + 1] = {{0}};
    assert_field(make_of(other, &(struct stock_part){.variant_id = other, .pieces = 1}, 1), "parts.0.sku");
    assert_field(make_of(other, &(struct stock_part){.variant_id = set, .pieces = 1}, 1), "parts.0.sku");
    assert_field(make_of(other, &(struct stock_part){.variant_id = code, .pieces = 1}, 1), "parts.0.sku");
    assert_field(make_of(other, &(struct stock_part){.variant_id = 1, .pieces = 1}, 1), "parts.0.sku");
    assert_field(make_of(other, &(struct stock_part){.variant_id = cup}, 1), "parts.0.pieces");
    assert_field(make_of(other, twice, 2), "parts.1.sku");
    assert_field(make_of(other, many, ASSEMBLY_PART_LIMIT + 1), "parts");
    assert_field(make_of(full, &(struct stock_part){.variant_id = cup, .pieces = 1}, 1), "parts");
    assert_field(make_of(cup, &(struct stock_part){.variant_id = pot, .pieces = 1}, 1), "parts");
    assert_field(make_of(code, &(struct stock_part){.variant_id = pot, .pieces = 1}, 1), "parts");
    assert_fails(stock_count(work, set, product_of(set), 9, 2, ""), ERR_CONFLICT);
    tamper_of("UPDATE stock SET on_hand = 99 WHERE shop_id = $1 AND variant_id = $2", set);
    assert_int_equal(problems_of(stock_check), 1);
    assert_ok(assembly_settle(work));
    assert_sound();
}

static void buy_at_once(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    const char *token = NULL;
    struct order *order;
    assert_ok(add_line(ctx, &token, index % 2 ? cup : set, index % 2 ? 2 : 1));
    struct checkout checkout = checkout_of(token);
    outcomes->codes[index] = code_of(checkout_place(ctx, &checkout, &order));
}

static void of_many_who_want_the_last_parts_one_gets_them(void **state)
{
    (void)state;
    struct outcomes outcomes = {0};
    make_set(2, 9);
    in_threads(buy_at_once, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, 0), 1);
    assert_int_equal(count_outcomes(&outcomes, ERR_OUT_OF_STOCK), THREADS - 1);
    assert_int_equal(stock_of(cup).reserved, 2);
    assert_int_equal(available(set), 0);
    assert_sound();
}

static void take_either_part(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    const char *token = NULL;
    struct order *order;
    assert_ok(add_line(ctx, &token, index % 2 ? cup : pot, 1));
    struct checkout checkout = checkout_of(token);
    outcomes->codes[index] = code_of(checkout_place(ctx, &checkout, &order));
}

static void sales_of_different_parts_at_once_leave_the_right_number(void **state)
{
    (void)state;
    struct outcomes outcomes = {0};
    make_set(24, 11);
    in_threads(take_either_part, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, 0), THREADS);
    assert_int_equal(available(set), 7);
    assert_sound();
}

static int64_t orderable(int64_t variant_id)
{
    struct stock stock = stock_of(variant_id);
    return stock_orderable(&stock);
}

/* 2 cups and 1 pot; 5 cups more may be ordered ahead, and pots are there. */
static void parts_that_may_be_ordered_ahead_let_the_whole_be(void **state)
{
    (void)state;
    const char *text;
    make_set(3, 9);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 6, "九月到货"));
    assert_int_equal(available(set), 1);
    assert_int_equal(orderable(set), 4);
    assert_sound();
    struct order *order = place_order(set, 3);
    assert_int_equal(available(cup), -3);
    assert_int_equal(available(set), 0);
    assert_int_equal(orderable(set), 1);
    assert_ok(restock_load_many(work, &set, 1, &text));
    assert_string_equal(text, "九月到货");
    struct checkout checkout = checkout_of(make_cart(set, 2));
    struct order *refused;
    assert_fails(checkout_place(work, &checkout, &refused), ERR_OUT_OF_STOCK);
    assert_sound();
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_int_equal(orderable(set), 4);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 0, ""));
    assert_int_equal(orderable(set), 1);
    assert_fails(stock_allow_backorder(work, set, product_of(set), 5, ""), ERR_NOT_FOUND);
    assert_sound();
}

static void the_part_that_allows_least_decides(void **state)
{
    (void)state;
    make_set(0, 2);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 100, ""));
    assert_int_equal(orderable(set), 2);
    assert_ok(stock_allow_backorder(work, pot, product_of(pot), 3, ""));
    assert_int_equal(orderable(set), 5);
    assert_int_equal(available(set), 0);
    tamper_of("UPDATE stock SET backorder = backorder + 1 WHERE shop_id = $1 AND variant_id = $2", set);
    assert_int_equal(problems_of(stock_check), 1);
    assert_ok(assembly_settle(work));
    assert_sound();
}

static void order_ahead_at_once(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    const char *token = NULL;
    struct order *order;
    assert_ok(add_line(ctx, &token, set, 1));
    struct checkout checkout = checkout_of(token);
    outcomes->codes[index] = code_of(checkout_place(ctx, &checkout, &order));
}

/* One is there, two may be ordered ahead. */
static void of_many_who_order_ahead_as_many_win_as_may(void **state)
{
    (void)state;
    struct outcomes outcomes = {0};
    make_set(2, 9);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 4, ""));
    in_threads(order_ahead_at_once, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 3);
    assert_int_equal(orderable(set), 0);
    assert_sound();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(as_many_can_be_made_as_the_scarcest_part_allows),
        SENTENCE(an_order_takes_the_parts_and_gives_them_back),
        SENTENCE(a_set_and_a_loose_part_are_one_demand),
        SENTENCE(an_old_order_keeps_what_it_was_made_of),
        SENTENCE(goods_that_come_back_are_parts_again),
        SENTENCE(a_late_payment_takes_the_parts_again),
        SENTENCE(parts_are_checked),
        SENTENCE(of_many_who_want_the_last_parts_one_gets_them),
        SENTENCE(sales_of_different_parts_at_once_leave_the_right_number),
        SENTENCE(parts_that_may_be_ordered_ahead_let_the_whole_be),
        SENTENCE(the_part_that_allows_least_decides),
        SENTENCE(of_many_who_order_ahead_as_many_win_as_may),
    };
    return RUN_SENTENCES(tests);
}
