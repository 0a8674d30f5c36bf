/* rounding_test.c - small coins: always for the buyer, spread over the lines, in the proof and in refunds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/payment/payment_goods.h"
#include "shop/pricing/pricing.h"
#include "unit.h"

#define CARTS 20000
#define LINES_MOST 6
#define ARENA_BYTES (16 << 20)

static void round_to(enum rounding rounding)
{
    const struct shop *shop;
    assert_ok(shop_change_rounding(work, rounding));
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static struct order *place(int64_t price, int64_t quantity)
{
    return place_order(make_variant(PRODUCT_PHYSICAL, price, 50), quantity);
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_goods), 0);
}

static void units_follow_the_currency(void **state)
{
    (void)state;
    assert_int_equal(rounding_unit(ROUNDING_NONE, "CNY"), 1);
    assert_int_equal(rounding_unit(ROUNDING_TENTH, "CNY"), 10);
    assert_int_equal(rounding_unit(ROUNDING_WHOLE, "CNY"), 100);
    assert_int_equal(rounding_unit(ROUNDING_WHOLE, "JPY"), 1);
    assert_int_equal(rounding_unit(ROUNDING_TENTH, "JPY"), 1);
}

static struct quote quote_of(struct arena *arena, struct quote_line *lines, size_t count, int64_t freight,
                             int64_t unit)
{
    struct quote quote;
    assert_true(quote_make(arena, lines, count, NULL, 0, &quote));
    quote.freight = freight;
    quote.total += freight;
    quote_round(arena, lines, count, unit, &quote);
    return quote;
}

static void what_is_above_a_unit_comes_off_and_nothing_becomes_free(void **state)
{
    (void)state;
    static const int64_t cases[][4] = {/* price, freight, unit, what comes off */
                                       {12867, 0, 10, 7},  {12867, 0, 100, 67},   {12800, 0, 100, 0},
                                       {99, 0, 100, 0},    {100, 0, 100, 0},      {9, 0, 10, 0},
                                       {50, 1050, 100, 0}, {30, 1040, 100, 0},    {80, 1050, 100, 30},
                                       {12867, 0, 1, 0},   {10000, 1234, 100, 34}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quote_line line = {.variant_id = 1, .list_price = cases[i][0], .quantity = 1};
        struct quote quote = quote_of(work->arena, &line, 1, cases[i][1], cases[i][2]);
        assert_int_equal(quote.rounding, cases[i][3]);
        assert_int_equal(quote.total, cases[i][0] + cases[i][1] - quote.rounding);
        assert_int_equal(line.discount, quote.rounding);
    }
}

static void parts_of_any_cart_add_up(void **state)
{
    (void)state;
    uint64_t seed = 20261126;
    struct arena *arena = arena_open(ARENA_BYTES);
    for (int i = 0; i < CARTS; i++) {
        struct quote_line lines[LINES_MOST] = {0};
        int64_t discounts = 0;
        if (i % 500 == 0)
            arena_reset(arena);
        for (size_t j = 0; j < LINES_MOST; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            lines[j] = (struct quote_line){.variant_id = (int64_t)j + 1,
                                           .list_price = (int64_t)(seed >> 40) % 20000,
                                           .quantity = 1 + (int64_t)(seed >> 33) % 9};
        }
        struct quote quote = quote_of(arena, lines, LINES_MOST, (int64_t)(seed >> 50), i % 2 ? 10 : 100);
        for (size_t j = 0; j < LINES_MOST; j++) {
            assert_true(lines[j].discount >= 0 && lines[j].discount <= lines[j].full);
            discounts += lines[j].discount;
        }
        assert_int_equal(discounts, quote.rounding);
        assert_int_equal(quote.total, quote.full - quote.discount + quote.freight);
        assert_true(quote.rounding < 100);
    }
    arena_close(arena);
}

static void an_order_keeps_it_and_its_proof_gives_it_again(void **state)
{
    (void)state;
    assert_int_equal(place(3333, 1)->rounding, 0);
    round_to(ROUNDING_WHOLE);
    struct order *order = place(3333, 2);
    assert_int_equal(order->total, 6600);
    assert_int_equal(order->rounding, 66);
    assert_int_equal(order->discount, 66);
    assert_int_equal(order->lines[0].total, 6600);
    round_to(ROUNDING_TENTH);
    assert_int_equal(place(3333, 1)->total, 3330);
    assert_int_equal(place(3330, 1)->rounding, 0);
    round_to(ROUNDING_NONE);
    assert_books_balance();
    tamper_of("UPDATE orders SET rounding = 65 WHERE shop_id = $1 AND id = $2", order->id);
    assert_int_equal(problems_of(order_check), 1);
}

static void refunds_piece_by_piece_give_exactly_what_was_paid(void **state)
{
    (void)state;
    round_to(ROUNDING_WHOLE);
    struct order *order = place(3333, 3);
    int64_t back = 0, refund_id;
    assert_int_equal(order->total, 9900);
    (void)pay_order(order);
    for (int i = 0; i < 3; i++) {
        struct refund_pick pick = {1, 1, BACK_NOT};
        struct refund_wish wish = {.picks = &pick, .count = 1, .location_id = LOCATION_HOME, .reason = "退"};
        struct refund_quote quote;
        order = load_order(order->id);
        assert_ok(refund_quote_make(work, order, &wish, &quote));
        back += quote.goods;
        assert_ok(payment_refund_wish(work, order, &wish, &refund_id));
    }
    assert_int_equal(back, 9900);
    run_jobs();
    assert_int_equal(load_order(order->id)->refunded, 9900);
    assert_books_balance();
}

static void it_comes_behind_offers(void **state)
{
    (void)state;
    struct promotion sum = {
        .name = "满减",
        .code = "",
        .starts_at = work->now - DAY_MS,
        .ends_at = work->now + DAY_MS,
        .rule = {.kind = DISCOUNT_SUM, .steps = {{.from = 5000, .off = 777}}, .step_count = 1},
        .is_for_all = true};
    assert_ok(promotion_save(work, &sum));
    assert_ok(promotion_change_status(work, sum.id, PROMOTION_ACTIVE));
    round_to(ROUNDING_WHOLE);
    struct order *order = place(6000, 1);
    assert_int_equal(order->rounding, 23);
    assert_int_equal(order->discount, 800);
    assert_int_equal(order->total, 5200);
    assert_books_balance();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(units_follow_the_currency),
        SENTENCE(what_is_above_a_unit_comes_off_and_nothing_becomes_free),
        SENTENCE(parts_of_any_cart_add_up),
        SENTENCE(an_order_keeps_it_and_its_proof_gives_it_again),
        SENTENCE(refunds_piece_by_piece_give_exactly_what_was_paid),
        SENTENCE(it_comes_behind_offers),
    };
    return RUN_SENTENCES(tests);
}
