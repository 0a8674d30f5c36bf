/* gift_card_test.c - gift cards: the law, paying a part or all, who gets what back, and many at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/ledger/ledger.h"
#include "shop/payment/payment.h"
#include "unit.h"

#define PRICE 10000
#define ORDERS 20
#define YEAR_MS (INT64_C(366) * DAY_MS)

static struct gift_card_batch draft(int64_t value, int64_t count)
{
    return (struct gift_card_batch){.origin = GIFT_CARD_SOLD,
                                    .value = value,
                                    .count = count,
                                    .years = 3,
                                    .note = "中秋",
                                    .request = arena_format(work->arena, "%" PRId64, id_new(work))};
}

static const char *issue(int64_t value)
{
    struct gift_card_batch batch = draft(value, 1);
    const char **codes;
    size_t count;
    assert_ok(gift_card_issue(work, &batch));
    assert_ok(gift_card_reveal(work, batch.id, &codes, &count));
    assert_int_equal(count, 1);
    return codes[0];
}

static struct gift_card card_of(const char *code)
{
    struct gift_card card;
    assert_ok(gift_card_find(work, code, &card));
    return card;
}

static err use(int64_t order_id, const char *code)
{
    struct gift_card card = card_of(code);
    return payment_use_card(work, order_id, &card);
}

static struct order *place(void)
{
    return place_order(make_variant(PRODUCT_PHYSICAL, PRICE, 5), 1);
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
    assert_int_equal(problems_of(order_check_presales), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

/* ---- issuing */

static void the_law_bounds_cards(void **state)
{
    (void)state;
    struct gift_card_batch dear = draft(GIFT_CARD_MOST_BEARER + 1, 1);
    struct gift_card_batch brief = draft(100, 1);
    struct gift_card_batch named = draft(GIFT_CARD_MOST_REGISTERED, 1);
    brief.years = 2;
    named.is_registered = true;
    assert_field(gift_card_issue(work, &dear), "value");
    assert_field(gift_card_issue(work, &brief), "years");
    assert_field(gift_card_issue(work, &named), "years");
    named.years = 0;
    assert_ok(gift_card_issue(work, &named));
    named.value++;
    assert_field(gift_card_issue(work, &named), "value");
}

static void a_batch_is_made_once_and_its_codes_are_shown_once(void **state)
{
    (void)state;
    struct gift_card_batch batch = draft(5000, 3);
    struct gift_card_batch again = batch;
    const char **codes;
    size_t count;
    assert_ok(gift_card_issue(work, &batch));
    assert_ok(gift_card_issue(work, &again));
    assert_true(again.id == batch.id);
    assert_int_equal(ask("SELECT count(*) FROM gift_cards WHERE shop_id = $1"), 3);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 15000);
    assert_ok(gift_card_reveal(work, batch.id, &codes, &count));
    assert_int_equal(count, 3);
    assert_fails(gift_card_reveal(work, batch.id, &codes, &count), ERR_CONFLICT);
    assert_false(column_contains("SELECT sealed FROM gift_cards WHERE shop_id = $1", codes[0]));
    assert_int_equal(card_of(codes[1]).balance, 5000);
    assert_books_balance();
}

static void a_code_is_found_however_it_is_typed(void **state)
{
    (void)state;
    const char *code = issue(5000);
    char *typed = arena_format(work->arena, " %s", code);
    struct gift_card card;
    for (char *letter = typed; *letter; letter++)
        *letter = *letter == '-' ? ' ' : *letter >= 'A' && *letter <= 'Z' ? (char)(*letter + 32) : *letter;
    assert_int_equal(card_of(typed).balance, 5000);
    assert_field(gift_card_find(work, "AAAA-AAAA-AAAA-AAAA-AAAA", &card), "code");
    assert_field(gift_card_find(work, "", &card), "code");
}

/* ---- paying */

static void a_card_pays_all(void **state)
{
    (void)state;
    const char *code = issue(20000);
    struct order *order = place();
    assert_ok(use(order->id, code));
    order = load_order(order->id);
    assert_int_equal(order->state.payment, PAYMENT_PAID);
    assert_int_equal(order->paid, PRICE);
    assert_int_equal(card_of(code).balance, 20000 - PRICE);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 20000 - PRICE);
    assert_int_equal(account(LEDGER_SALES), PRICE);
    assert_fails(use(order->id, code), ERR_INVALID_TRANSITION);
    assert_books_balance();
}

static void cards_pay_a_part_and_a_gateway_the_rest(void **state)
{
    (void)state;
    const char *first = issue(3000), *second = issue(2000);
    struct order *order = place();
    assert_ok(use(order->id, first));
    assert_field(use(order->id, first), "code");
    assert_ok(use(order->id, second));
    order = load_order(order->id);
    assert_int_equal(order->state.payment, PAYMENT_UNPAID);
    assert_int_equal(order->card_held, 5000);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 5000);
    assert_books_balance();
    assert_int_equal(pay_order(order)->amount, PRICE - 5000);
    order = load_order(order->id);
    assert_int_equal(order->paid, PRICE);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 0);
    assert_int_equal(account(LEDGER_SALES), PRICE);
    assert_int_equal(-account(LEDGER_CLEARING), PRICE - 5000);
    assert_books_balance();
}

static void an_order_that_nobody_pays_gives_its_cards_back_once(void **state)
{
    (void)state;
    const char *code = issue(3000);
    struct order *order = place();
    assert_ok(use(order->id, code));
    assert_int_equal(card_of(code).balance, 0);
    work->now = load_order(order->id)->closes_at;
    run_jobs();
    assert_int_equal(load_order(order->id)->state.order, ORDER_CLOSED);
    assert_int_equal(card_of(code).balance, 3000);
    assert_fails(order_close_unpaid(work, order->id, "cancelled", ""), ERR_INVALID_TRANSITION);
    assert_int_equal(card_of(code).balance, 3000);
    assert_books_balance();
}

static void an_older_payment_of_all_sets_the_cards_free(void **state)
{
    (void)state;
    const char *code = issue(3000);
    struct order *order = place();
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(use(order->id, code));
    bank_pay(fact.attempt_number);
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(load_order(order->id)->paid, PRICE);
    assert_int_equal(card_of(code).balance, 3000);
    assert_books_balance();
}

static void a_late_payment_takes_the_cards_again_or_goes_back(void **state)
{
    (void)state;
    const char *code = issue(3000);
    for (int round = 0; round < 2; round++) {
        struct order *order = place();
        assert_ok(use(order->id, code));
        struct payment_fact fact = bank_fact(start_payment(load_order(order->id)));
        assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
        assert_int_equal(card_of(code).balance, 3000);
        if (round == 0)
            assert_ok(gift_card_block(work, card_of(code).id, true, "lost"));
        bank_pay(fact.attempt_number);
        assert_ok(payment_apply_fact(work, &fact));
        order = load_order(order->id);
        assert_int_equal(order->state.order, round == 0 ? ORDER_CLOSED : ORDER_OPEN);
        assert_int_equal(order->paid, round == 0 ? PRICE - 3000 : PRICE);
        assert_int_equal(card_of(code).balance, round == 0 ? 3000 : 0);
        if (round == 0)
            assert_ok(gift_card_block(work, card_of(code).id, false, "found"));
        run_jobs();
        assert_books_balance();
    }
}

/* ---- refunds */

static void the_outside_payment_goes_back_first(void **state)
{
    (void)state;
    const char *code = issue(6000);
    struct order *order = place();
    int64_t refund_id;
    assert_ok(use(order->id, code));
    pay_order(load_order(order->id));
    order = load_order(order->id);
    struct refund_wish wish = {.amount = 5000, .reason = "goodwill"};
    assert_ok(payment_refund_wish(work, order, &wish, &refund_id));
    run_jobs();
    assert_int_equal(card_of(code).balance, 1000);
    assert_int_equal(account(LEDGER_CLEARING), 0);
    assert_books_balance();
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    run_jobs();
    assert_int_equal(card_of(code).balance, 6000);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 6000);
    assert_int_equal(load_order(order->id)->refunded, PRICE);
    assert_books_balance();
}

/* ---- time */

static void what_is_left_becomes_income_and_comes_back(void **state)
{
    (void)state;
    const struct shop *shop;
    const char *code = issue(6000), *why;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
    work->now += 4 * YEAR_MS;
    assert_ok(gift_card_sweep(work));
    assert_ok(gift_card_sweep(work));
    struct gift_card card = card_of(code);
    assert_int_equal(card.balance, 0);
    assert_int_equal(card.status, GIFT_CARD_EXPIRED);
    assert_false(gift_card_is_good(work, &card, &why));
    assert_int_equal(account(LEDGER_BREAKAGE), 6000);
    assert_books_balance();
    assert_ok(gift_card_extend(work, card.id, 3));
    assert_int_equal(card_of(code).balance, 6000);
    assert_int_equal(account(LEDGER_BREAKAGE), 0);
    assert_books_balance();
}

static void a_stopped_card_pays_nothing(void **state)
{
    (void)state;
    const char *code = issue(6000);
    struct order *order = place();
    assert_field(gift_card_block(work, card_of(code).id, true, ""), "reason");
    assert_ok(gift_card_block(work, card_of(code).id, true, "lost"));
    assert_field(use(order->id, code), "code");
    assert_fails(gift_card_block(work, card_of(code).id, true, "lost"), ERR_INVALID_TRANSITION);
    assert_books_balance();
}

static void an_account_keeps_a_card_that_is_nobody_elses(void **state)
{
    (void)state;
    const char *code = issue(6000);
    struct gift_card *cards;
    size_t count;
    assert_ok(gift_card_keep(work, code, 7));
    assert_ok(gift_card_keep(work, code, 7));
    assert_field(gift_card_keep(work, code, 8), "code");
    assert_ok(gift_card_list_of(work, 7, &cards, &count));
    assert_int_equal(count, 1);
    assert_ok(gift_card_list_of(work, 8, &cards, &count));
    assert_int_equal(count, 0);
}

/* ---- at once */

struct rush {
    int64_t order_ids[ORDERS];
    struct gift_card card;
    enum error_code codes[ORDERS];
};

static void pay_some(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    for (int i = index; i < ORDERS; i += THREADS)
        rush->codes[i] = code_of(payment_use_card(ctx, rush->order_ids[i], &rush->card));
}

/* The card pays seven orders and a half. */
static void twenty_orders_share_one_card(void **state)
{
    (void)state;
    struct rush rush = {.card = card_of(issue(75000))};
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, PRICE, ORDERS), held = 0, paid = 0;
    for (int i = 0; i < ORDERS; i++)
        rush.order_ids[i] = place_order(variant_id, 1)->id;
    in_threads(pay_some, &rush);
    for (int i = 0; i < ORDERS; i++) {
        struct order *order = load_order(rush.order_ids[i]);
        held += order->card_held;
        paid += order->paid;
        assert_true(order->paid == 0 || order->paid == PRICE);
        assert_int_equal(rush.codes[i], order->card_held > 0 ? ERR_NONE : ERR_INVALID);
    }
    struct gift_card card;
    assert_ok(gift_card_load(work, rush.card.id, &card));
    assert_int_equal(card.balance, 0);
    assert_int_equal(held, 75000);
    assert_int_equal(paid, 70000);
    assert_int_equal(account(LEDGER_GIFT_CARDS), 5000);
    assert_books_balance();
}

static void several_threads_refund_and_pay(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    if (index % 2 == 0)
        rush->codes[index] = code_of(payment_use_card(ctx, rush->order_ids[0], &rush->card));
    else
        rush->codes[index] = code_of(order_close_unpaid(ctx, rush->order_ids[0], "cancelled", ""));
}

/* Whoever wins: the card holds what it held, or the order is paid. */
static void paying_and_cancelling_at_once_loses_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct rush rush = {.card = card_of(issue(PRICE))};
        rush.order_ids[0] = place()->id;
        in_threads(several_threads_refund_and_pay, &rush);
        struct gift_card card;
        struct order *order = load_order(rush.order_ids[0]);
        assert_ok(gift_card_load(work, rush.card.id, &card));
        assert_int_equal(card.balance + order->paid, PRICE);
        assert_true(order->state.order == ORDER_CLOSED || order->paid == PRICE);
        assert_books_balance();
    }
}

static void the_check_finds_what_was_tampered_with(void **state)
{
    (void)state;
    const char *code = issue(6000);
    tamper_of("UPDATE gift_cards SET balance = balance - 1 WHERE shop_id = $1 AND id = $2", card_of(code).id);
    assert_int_equal(problems_of(gift_card_check), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_law_bounds_cards),
        SENTENCE(a_batch_is_made_once_and_its_codes_are_shown_once),
        SENTENCE(a_code_is_found_however_it_is_typed),
        SENTENCE(a_card_pays_all),
        SENTENCE(cards_pay_a_part_and_a_gateway_the_rest),
        SENTENCE(an_order_that_nobody_pays_gives_its_cards_back_once),
        SENTENCE(an_older_payment_of_all_sets_the_cards_free),
        SENTENCE(a_late_payment_takes_the_cards_again_or_goes_back),
        SENTENCE(the_outside_payment_goes_back_first),
        SENTENCE(what_is_left_becomes_income_and_comes_back),
        SENTENCE(a_stopped_card_pays_nothing),
        SENTENCE(an_account_keeps_a_card_that_is_nobody_elses),
        SENTENCE(twenty_orders_share_one_card),
        SENTENCE(paying_and_cancelling_at_once_loses_nothing),
        SENTENCE(the_check_finds_what_was_tampered_with),
    };
    return RUN_SENTENCES(tests);
}
