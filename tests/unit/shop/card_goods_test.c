/* card_goods_test.c - gift cards as goods: made once with the payment, a debt, and back when unused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/ledger/ledger.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include "unit.h"

#define VALUE 10000
#define PRICE 9800

static void reload_shop(void)
{
    assert_ok(shop_load(work, work->shop->id, &work->shop));
}

static err set_card(int64_t variant_id, int64_t value, int64_t years, int64_t quantity)
{
    const struct variant *variant;
    assert_ok(variant_load(work, variant_id, &variant));
    return code_deck_set_card(work, variant, value, years, quantity);
}

static int64_t make_card_goods(int64_t price, int64_t value, int64_t quantity)
{
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, price, 0);
    assert_ok(code_deck_change_mode(work, variant_id, product_of(variant_id), DECK_GIFT_CARDS));
    assert_ok(set_card(variant_id, value, 3, quantity));
    reload_shop();
    return variant_id;
}

static struct order *buy(int64_t variant_id, int64_t quantity)
{
    struct order *order = place_order(variant_id, quantity);
    pay_order(order);
    return load_order(order->id);
}

static const char *code_of_order(const struct order *order, size_t place)
{
    struct delivered_code *codes;
    size_t count;
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    assert_true(place < count);
    assert_int_equal(codes[place].mode, DECK_GIFT_CARDS);
    return codes[place].code;
}

static struct gift_card card_of(const char *code)
{
    struct gift_card card;
    assert_ok(gift_card_find(work, code, &card));
    return card;
}

static err use(const struct order *order, const char *code)
{
    struct gift_card card = card_of(code);
    return payment_use_card(work, order->id, &card);
}

static err refund(const struct order *order, int64_t pieces, int64_t amount)
{
    struct refund_pick pick = {.line_no = 1, .quantity = pieces};
    struct refund_wish wish = {.picks = &pick, .count = pieces > 0, .amount = amount, .reason = "returned"};
    int64_t refund_id;
    return payment_refund_wish(work, order, &wish, &refund_id);
}

static int64_t account(enum ledger_account account)
{
    return ask_of(
        "SELECT CAST(COALESCE(SUM(CASE WHEN credit = $2 THEN amount ELSE -amount END), 0) AS BIGINT)"
        " FROM ledger_entries WHERE shop_id = $1 AND (credit = $2 OR debit = $2)",
        account);
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(gift_card_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(code_check), 0);
    assert_int_equal(problems_of(code_check_stock), 0);
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_goods), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

/* ---- selling */

static void the_payment_makes_each_card_once(void **state)
{
    (void)state;
    struct order *order = place_order(make_card_goods(PRICE, VALUE, 5), 3);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_int_equal(ask("SELECT count(*) FROM gift_cards WHERE shop_id = $1"), 0);
    bank_pay(fact.attempt_number);
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    order = load_order(order->id);
    assert_int_equal(order->state.fulfillment, FULFILLMENT_DELIVERED);
    assert_int_equal(ask("SELECT count(*) FROM gift_cards WHERE shop_id = $1"), 3);
    assert_string_not_equal(code_of_order(order, 0), code_of_order(order, 2));
    assert_int_equal(card_of(code_of_order(order, 1)).balance, VALUE);
    assert_true(card_of(code_of_order(order, 1)).valid_until > work->now + 3 * 365 * DAY_MS);
    assert_int_equal(stock_of(order->lines[0].variant_id).on_hand, 2);
    assert_books_balance();
}

static void what_a_card_holds_is_owed_and_no_income(void **state)
{
    (void)state;
    struct order *order = buy(make_card_goods(PRICE, VALUE, 5), 2);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 2 * VALUE);
    assert_int_equal(account(LEDGER_SALES), 2 * (PRICE - VALUE));
    struct order *next = place_order(make_variant(PRODUCT_PHYSICAL, VALUE, 5), 1);
    assert_ok(use(next, code_of_order(order, 0)));
    assert_int_equal(load_order(next->id)->state.payment, PAYMENT_PAID);
    assert_int_equal(account(LEDGER_GIFT_CARDS), VALUE);
    assert_books_balance();
}

struct paying {
    struct payment_fact fact;
    struct outcomes outcomes;
};

static void tell(struct ctx *ctx, int index, void *arg)
{
    struct paying *paying = arg;
    paying->outcomes.codes[index] = code_of(payment_apply_fact(ctx, &paying->fact));
}

static void many_who_tell_of_the_payment_make_one_card(void **state)
{
    (void)state;
    int64_t variant_id = make_card_goods(PRICE, VALUE, 50);
    for (int round = 1; round <= 4; round++) {
        struct order *order = place_order(variant_id, 1);
        struct paying paying = {.fact = bank_fact(start_payment(order))};
        bank_pay(paying.fact.attempt_number);
        in_threads(tell, &paying);
        assert_int_equal(count_outcomes(&paying.outcomes, ERR_NONE), THREADS);
        assert_int_equal(ask("SELECT count(*) FROM gift_cards WHERE shop_id = $1"), round);
    }
    assert_books_balance();
}

static void a_late_payment_gives_what_was_sold_or_waits(void **state)
{
    (void)state;
    int64_t variant_id = make_card_goods(PRICE, VALUE, 5);
    for (int round = 0; round < 2; round++) {
        struct order *order = place_order(variant_id, 1);
        struct payment_fact fact = bank_fact(start_payment(order));
        assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
        if (round == 0)
            assert_ok(set_card(variant_id, VALUE / 2, 0, 5));
        else
            assert_ok(code_deck_change_mode(work, variant_id, product_of(variant_id), DECK_BY_HAND));
        if (round == 1)
            assert_ok(code_deck_set_quantity(work, variant_id, product_of(variant_id), 5, NULL));
        bank_pay(fact.attempt_number);
        assert_ok(payment_apply_fact(work, &fact));
        order = load_order(order->id);
        assert_int_equal(order->state.payment, PAYMENT_PAID);
        assert_int_equal(order->state.fulfillment, round == 0 ? FULFILLMENT_DELIVERED : FULFILLMENT_NONE);
        if (round == 0) {
            assert_int_equal(card_of(code_of_order(order, 0)).balance, VALUE);
            assert_int_equal(card_of(code_of_order(order, 0)).valid_until, 0);
        }
        assert_books_balance();
        if (round == 0)
            assert_ok(set_card(variant_id, VALUE, 0, 5));
    }
}

/* ---- bounds */

static void the_law_bounds_what_is_sold(void **state)
{
    (void)state;
    int64_t variant_id = make_card_goods(100000, 100000, 50);
    const char *token = make_cart(variant_id, 10);
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_field(set_card(variant_id, 100001, 3, 50), "value");
    assert_field(set_card(variant_id, 100000, 2, 50), "years");
    assert_fails(checkout_place(work, &checkout, &order), ERR_LIMIT);
    assert_ok(change_line(work, token, variant_id, 9));
    assert_ok(checkout_place(work, &checkout, &order));
    assert_field(set_card(variant_id, 50000, 3, 50), "value");
    assert_books_balance();
}

static void cards_are_ordered_alone_and_no_card_pays_for_them(void **state)
{
    (void)state;
    int64_t variant_id = make_card_goods(PRICE, VALUE, 5);
    const char *token = make_cart(variant_id, 1), *code = code_of_order(buy(variant_id, 1), 0);
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_ok(add_line(work, &token, make_variant(PRODUCT_PHYSICAL, 500, 5), 1));
    assert_fails(checkout_place(work, &checkout, &order), ERR_CARD_ALONE);
    assert_field(use(place_order(variant_id, 1), code), "code");
    assert_int_equal(card_of(code).balance, VALUE);
    assert_books_balance();
}

static void offers_leave_cards_alone(void **state)
{
    (void)state;
    struct promotion promotion = {
        .name = "全场九折",
        .code = "",
        .starts_at = work->now - DAY_MS,
        .ends_at = work->now + DAY_MS,
        .rule = {.kind = DISCOUNT_SALE, .steps = {{.percent = 1000}}, .step_count = 1},
        .is_for_all = true};
    int64_t card_id = make_card_goods(VALUE, VALUE, 5), tea_id = make_variant(PRODUCT_PHYSICAL, VALUE, 5);
    assert_ok(promotion_save(work, &promotion));
    assert_ok(promotion_change_status(work, promotion.id, PROMOTION_ACTIVE));
    reload_shop();
    assert_int_equal(place_order(tea_id, 1)->total, VALUE * 9 / 10);
    assert_int_equal(place_order(card_id, 1)->total, VALUE);
    int64_t product_ids[] = {product_of(card_id), product_of(tea_id)};
    struct product_offers offers[2];
    assert_ok(product_offers_load(work, product_ids, 2, offers));
    assert_int_equal(offers[0].count, 0);
    assert_int_equal(offers[1].count, 1);
}

/* ---- back */

static void an_unused_card_goes_back_with_its_price(void **state)
{
    (void)state;
    struct order *order = buy(make_card_goods(PRICE, VALUE, 5), 2);
    assert_ok(refund(order, 1, 0));
    run_jobs();
    assert_int_equal(load_order(order->id)->refunded, PRICE);
    assert_int_equal(account(LEDGER_GIFT_CARDS), VALUE);
    assert_int_equal(account(LEDGER_SALES) + account(LEDGER_REFUNDS), PRICE - VALUE);
    assert_int_equal(card_of(code_of_order(order, 0)).balance + card_of(code_of_order(order, 1)).balance,
                     VALUE);
    assert_books_balance();
    assert_ok(refund(load_order(order->id), 1, 0));
    run_jobs();
    assert_int_equal(account(LEDGER_GIFT_CARDS), 0);
    assert_int_equal(account(LEDGER_SALES) + account(LEDGER_REFUNDS), 0);
    assert_books_balance();
}

static void a_used_card_goes_back_only_by_hand(void **state)
{
    (void)state;
    struct order *order = buy(make_card_goods(PRICE, VALUE, 5), 1);
    const char *code = code_of_order(order, 0);
    struct order *next = place_order(make_variant(PRODUCT_PHYSICAL, 4000, 5), 1);
    assert_ok(use(next, code));
    assert_field(refund(order, 1, 0), "lines");
    assert_int_equal(load_order(order->id)->lines[0].refunded, 0);
    assert_field(gift_card_take_rest(work, card_of(code).id, ""), "reason");
    assert_ok(gift_card_take_rest(work, card_of(code).id, "buyer asked"));
    assert_fails(gift_card_take_rest(work, card_of(code).id, "again"), ERR_INVALID_TRANSITION);
    assert_int_equal(card_of(code).status, GIFT_CARD_BLOCKED);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 0);
    assert_ok(refund(order, 0, VALUE - 4000));
    run_jobs();
    assert_books_balance();
}

struct racing {
    const struct order *order;
    int64_t next_id;
    struct gift_card card;
    struct outcomes outcomes;
};

static void use_or_refund(struct ctx *ctx, int index, void *arg)
{
    struct racing *racing = arg;
    struct refund_pick pick = {.line_no = 1, .quantity = 1};
    struct refund_wish wish = {.picks = &pick, .count = 1, .reason = "returned"};
    racing->outcomes.codes[index] =
        index % 2 == 0
            ? code_of(payment_use_card(ctx, racing->next_id, &racing->card))
            : code_of(payment_refund_wish(ctx, racing->order, &wish, &racing->outcomes.ids[index]));
}

/* Either the card paid, or its price went back. */
static void a_card_is_used_or_refunded_and_never_both(void **state)
{
    (void)state;
    int64_t variant_id = make_card_goods(PRICE, VALUE, 50);
    for (int round = 0; round < 4; round++) {
        struct racing racing = {.order = buy(variant_id, 1)};
        racing.card = card_of(code_of_order(racing.order, 0));
        racing.next_id = place_order(make_variant(PRODUCT_PHYSICAL, VALUE, 5), 1)->id;
        in_threads(use_or_refund, &racing);
        run_jobs();
        bool is_used = load_order(racing.next_id)->paid > 0;
        assert_int_equal(load_order(racing.order->id)->lines[0].refunded, is_used ? 0 : 1);
        assert_books_balance();
    }
}

static void the_check_finds_cards_that_were_never_sold(void **state)
{
    (void)state;
    struct order *order = buy(make_card_goods(PRICE, VALUE, 5), 1);
    tamper_of("UPDATE order_lines SET card_value = card_value - 1 WHERE shop_id = $1 AND order_id = $2",
              order->id);
    assert_int_equal(problems_of(gift_card_check), 1);
    tamper_of("UPDATE gift_card_batches SET order_id = 0 WHERE shop_id = $1 AND order_id = $2", order->id);
    assert_int_equal(problems_of(gift_card_check), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_payment_makes_each_card_once),
        SENTENCE(what_a_card_holds_is_owed_and_no_income),
        SENTENCE(many_who_tell_of_the_payment_make_one_card),
        SENTENCE(a_late_payment_gives_what_was_sold_or_waits),
        SENTENCE(the_law_bounds_what_is_sold),
        SENTENCE(cards_are_ordered_alone_and_no_card_pays_for_them),
        SENTENCE(offers_leave_cards_alone),
        SENTENCE(an_unused_card_goes_back_with_its_price),
        SENTENCE(a_used_card_goes_back_only_by_hand),
        SENTENCE(a_card_is_used_or_refunded_and_never_both),
        SENTENCE(the_check_finds_cards_that_were_never_sold),
    };
    return RUN_SENTENCES(tests);
}
