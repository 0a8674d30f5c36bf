/* payment_test.c - money in and money back: every fact once, and nothing that does not fit is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static const struct payment_attempt *attempt_of(const struct order *order, size_t index)
{
    struct payment_attempt *attempts;
    size_t count;
    assert_ok(payment_attempt_list(work, order->id, &attempts, &count));
    assert_true(index < count);
    return &attempts[index];
}

static const struct refund *refund_of(const struct order *order, size_t index, size_t expected)
{
    struct refund *refunds;
    size_t count;
    assert_ok(refund_list(work, order->id, &refunds, &count));
    assert_int_equal(count, expected);
    return &refunds[index];
}

static void assert_stage(const struct order *order, enum order_stage stage)
{
    assert_string_equal(order_stage_name(order_stage_of(load_order(order->id)->state)),
                        order_stage_name(stage));
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(code_check), 0);
}

static const char *verdict(void)
{
    return ask_text(
        "SELECT verdict FROM payment_facts WHERE shop_id = $1 AND kind = 1 ORDER BY id DESC LIMIT 1");
}

static struct order *new_order(int64_t total)
{
    return place_order(make_variant(PRODUCT_PHYSICAL, total, 10), 1);
}

/* ---- attempts */

static void an_attempt_asks_the_gateway_for_the_whole_sum(void **state)
{
    (void)state;
    struct order *order = new_order(1999);
    const struct payment_attempt *attempt = start_payment(order);
    assert_int_equal(attempt->amount, 1999);
    assert_string_equal(attempt->currency, "CNY");
    assert_string_equal(attempt->url, arena_format(work->arena, "https://bank.example/%s", attempt->number));
    assert_int_equal(bank.trades[0].amount, 1999);
    assert_true(strspn(attempt->number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
                strlen(attempt->number));
    assert_int_equal(attempt_of(order, 0)->status, ATTEMPT_CREATED);
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'payment.query'"),
                     NOON + QUERY_FIRST_MS);
}

static void an_attempt_that_can_still_be_paid_is_used_again(void **state)
{
    (void)state;
    fixture.config.unpaid_seconds = 604800;
    struct order *order = new_order(100);
    const char *first = start_payment(order)->number;
    work->now += ATTEMPT_AGE_MS - 1;
    assert_string_equal(start_payment(order)->number, first);
    work->now += 1;
    assert_string_not_equal(start_payment(order)->number, first);
    assert_int_equal(bank.trade_count, 2);
}

static void only_an_order_that_waits_for_money_can_be_paid(void **state)
{
    (void)state;
    const struct payment_attempt *attempt;
    struct order *order = new_order(100);
    assert_field(payment_start(work, order, "cash", "", &attempt), "method");
    fixture.config.sandbox = false;
    assert_field(payment_start(work, order, "toy", "", &attempt), "method");
    work->now = order->closes_at;
    assert_fails(payment_start(work, order, BANK, "", &attempt), ERR_INVALID_TRANSITION);
    work->now = NOON;
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_fails(payment_start(work, load_order(order->id), BANK, "", &attempt), ERR_INVALID_TRANSITION);
    order = new_order(100);
    pay_order(order);
    assert_fails(payment_start(work, load_order(order->id), BANK, "", &attempt), ERR_INVALID_TRANSITION);
}

static void a_gateway_that_does_not_answer_leaves_no_attempt(void **state)
{
    (void)state;
    const struct payment_attempt *attempt;
    struct order *order = new_order(100);
    bank.is_down = true;
    assert_fails(payment_start(work, order, BANK, "", &attempt), ERR_GATEWAY);
    assert_int_equal(ask("SELECT count(*) FROM payment_attempts WHERE shop_id = $1"), 0);
}

/* ---- facts that fit */

static void a_payment_in_time_pays_the_order(void **state)
{
    (void)state;
    struct order *order = new_order(100);
    const struct payment_attempt *attempt = pay_order(order);
    struct order *now = load_order(order->id);
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(now->paid, 100);
    assert_int_equal(now->paid_at, NOON);
    assert_int_equal(attempt_of(order, 0)->status, ATTEMPT_PAID);
    assert_string_equal(verdict(), "applied");
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'order.paid'"), 1);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(load_order(order->id)->version, now->version);
    assert_books_balance();
}

static void a_payment_delivers_codes_at_once(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 5);
    struct order *order = place_order(variant_id, 2);
    struct delivered_code *codes;
    size_t count;
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    assert_int_equal(count, 0);
    pay_order(order);
    assert_stage(order, STAGE_COMPLETED);
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    assert_int_equal(count, 2);
    assert_int_equal(stock_of(variant_id).on_hand, 3);
    assert_int_equal(stock_of(variant_id).reserved, 0);
    assert_int_equal(load_order(order->id)->lines[0].fulfilled, 2);
    assert_books_balance();
}

static void an_order_of_goods_and_codes_is_delivered_in_part(void **state)
{
    (void)state;
    const char *token = make_cart(make_variant(PRODUCT_DIGITAL, 100, 5), 2);
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 300, 5);
    assert_ok(add_line(work, &token, cup, 1));
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    pay_order(order);
    assert_stage(order, STAGE_PARTIALLY_SHIPPED);
    assert_int_equal(stock_of(cup).reserved, 1);
    assert_books_balance();
}

static void a_paid_order_without_enough_codes_is_kept_and_shown_to_staff(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 5);
    struct order *order = place_order(variant_id, 3);
    tamper("UPDATE code_decks SET dealt = 4 WHERE shop_id = $1");
    pay_order(order);
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(load_order(order->id)->paid, 100 * 3);
    assert_true(has_alarm("delivery-short"));
    assert_int_equal(stock_of(variant_id).reserved, 3);
    assert_int_equal(ask("SELECT count(*) FROM deliveries WHERE shop_id = $1"), 0);
    assert_int_equal(problems_of(payment_check), 0);
}

struct telling {
    struct payment_fact fact;
    struct outcomes outcomes;
};

static void tell(struct ctx *ctx, int index, void *arg)
{
    struct telling *telling = arg;
    telling->outcomes.codes[index] = code_of(payment_apply_fact(ctx, &telling->fact));
}

static void the_same_fact_from_eight_at_once_counts_once(void **state)
{
    (void)state;
    for (int kind = PRODUCT_PHYSICAL; kind <= PRODUCT_DIGITAL; kind++) {
        struct order *order = place_order(make_variant((enum product_kind)kind, 250, 10), 2);
        struct telling telling = {.fact = bank_fact(start_payment(order))};
        in_threads(tell, &telling);
        assert_int_equal(count_outcomes(&telling.outcomes, ERR_NONE), THREADS);
        assert_int_equal(load_order(order->id)->paid, 500);
        assert_int_equal(ask_of("SELECT count(*) FROM order_events WHERE shop_id = $1 AND order_id = $2"
                                " AND kind = 'paid'",
                                order->id),
                         1);
    }
    assert_int_equal(ask("SELECT count(*) FROM payment_facts WHERE shop_id = $1"), 2);
    assert_int_equal(ask("SELECT count(*) FROM deliveries WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM alarms WHERE shop_id = $1"), 0);
    assert_books_balance();
}

/* ---- facts that do not fit */

/* The fact is kept once with this verdict, an alarm stands, and the order waits on. */
static void assert_kept(struct payment_fact fact, const char *expected, const char *alarm)
{
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    assert_string_equal(verdict(), expected);
    assert_true(has_alarm(alarm));
    assert_int_equal(ask("SELECT count(*) FROM payment_facts WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM alarms WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT CAST(COALESCE(SUM(paid), 0) AS BIGINT) FROM orders WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM orders WHERE shop_id = $1 AND version > 1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM payment_attempts WHERE shop_id = $1 AND status <> 1"), 0);
    assert_books_balance();
}

static void an_amount_off_by_one_is_kept_and_pays_nothing(void **state)
{
    (void)state;
    for (int off = -1; off <= 1; off += 2) {
        work->shop = make_shop();
        struct order *order = new_order(1000);
        const struct payment_attempt *attempt = start_payment(order);
        struct payment_fact fact = bank_fact(attempt);
        fact.amount += off;
        assert_kept(fact, "amount-mismatch", "payment-amount-mismatch");
        fact.amount = 1000;
        fact.provider_number = "T-the-right-one";
        assert_ok(payment_apply_fact(work, &fact));
        assert_stage(order, STAGE_TO_SHIP);
        assert_books_balance();
    }
}

static void another_currency_or_gateway_pays_nothing(void **state)
{
    (void)state;
    struct payment_fact fact = bank_fact(start_payment(new_order(1000)));
    fact.currency = "USD";
    assert_kept(fact, "amount-mismatch", "payment-amount-mismatch");
    work->shop = make_shop();
    fact = bank_fact(start_payment(new_order(1000)));
    fact.gateway = "toy";
    assert_kept(fact, "amount-mismatch", "payment-amount-mismatch");
}

static void a_fact_of_an_unknown_attempt_is_kept(void **state)
{
    (void)state;
    struct payment_fact fact = bank_fact(start_payment(new_order(1000)));
    fact.attempt_number = "P00000000000000";
    assert_kept(fact, "unknown-attempt", "unknown-attempt");
}

static void an_attempt_of_another_shop_is_unknown(void **state)
{
    (void)state;
    struct order *order = new_order(1000);
    struct payment_fact fact = bank_fact(start_payment(order));
    const struct shop *mine = work->shop;
    work->shop = make_shop();
    assert_kept(fact, "unknown-attempt", "unknown-attempt");
    work->shop = mine;
    assert_stage(order, STAGE_PENDING_PAYMENT);
    assert_ok(payment_apply_fact(work, &fact));
    assert_stage(order, STAGE_TO_SHIP);
}

/* ---- too late, or twice */

static void late_money_reopens_the_order_while_the_goods_are_there(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 1);
    struct order *order = place_order(cup, 1);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_ok(payment_apply_fact(work, &fact));
    assert_stage(order, STAGE_TO_SHIP);
    assert_string_equal(verdict(), "reopened");
    assert_int_equal(stock_of(cup).reserved, 1);
    assert_int_equal(load_order(order->id)->paid, 100);
    assert_books_balance();
}

static void late_money_for_codes_reopens_and_delivers(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_DIGITAL, 100, 2), 2);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_ok(payment_apply_fact(work, &fact));
    assert_stage(order, STAGE_COMPLETED);
    assert_books_balance();
}

static void late_money_without_goods_goes_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 1);
    struct order *order = place_order(cup, 1);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    struct order *winner = place_order(cup, 1);
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    assert_string_equal(verdict(), "late");
    assert_stage(order, STAGE_REFUNDING);
    assert_true(has_alarm("late-payment"));
    const struct refund *refund = refund_of(order, 0, 1);
    assert_int_equal(refund->amount, 100);
    assert_int_equal(refund->status, REFUND_PENDING);
    assert_int_equal(bank.refund_calls, 0);
    assert_int_equal(stock_of(cup).reserved, 1);
    assert_books_balance();
    run_jobs();
    assert_int_equal(bank.refund_count, 1);
    assert_int_equal(bank.refunds[0].amount, 100);
    assert_int_equal(refund_of(order, 0, 1)->status, REFUND_DONE);
    assert_stage(order, STAGE_REFUNDED);
    assert_int_equal(load_order(order->id)->refunded, 100);
    assert_stage(winner, STAGE_PENDING_PAYMENT);
    assert_books_balance();
}

/* Two attempts of one order, both paid. The first is closed for us while the gateway still takes money for
 * it. */
static struct order *order_paid_twice(int64_t total)
{
    struct order *order = new_order(total);
    const struct payment_attempt *first = start_payment(order);
    tamper("UPDATE payment_attempts SET status = 4 WHERE shop_id = $1");
    const struct payment_attempt *second = start_payment(order);
    assert_string_not_equal(first->number, second->number);
    struct payment_fact one = bank_fact(first), two = bank_fact(second);
    assert_ok(payment_apply_fact(work, &one));
    assert_ok(payment_apply_fact(work, &two));
    return order;
}

static void the_surplus_of_an_order_paid_twice_goes_back(void **state)
{
    (void)state;
    struct order *order = order_paid_twice(700);
    assert_string_equal(verdict(), "paid-twice");
    assert_true(has_alarm("paid-twice"));
    assert_int_equal(attempt_of(order, 0)->status, ATTEMPT_PAID);
    assert_int_equal(attempt_of(order, 1)->status, ATTEMPT_SURPLUS);
    assert_int_equal(refund_of(order, 0, 1)->attempt_id, attempt_of(order, 1)->id);
    assert_stage(order, STAGE_TO_SHIP);
    run_jobs();
    assert_int_equal(bank.refund_count, 1);
    assert_int_equal(bank.refunds[0].amount, 700);
    assert_int_equal(refund_of(order, 0, 1)->status, REFUND_DONE);
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(load_order(order->id)->paid, 700);
    assert_int_equal(load_order(order->id)->refunded, 0);
    assert_books_balance();
}

/* ---- refunds */

struct refunding {
    const struct order *order;
    int64_t amount;
    int64_t refund_id;
};

static err refund_in_transaction(struct ctx *ctx, void *arg)
{
    struct refunding *refunding = arg;
    return payment_refund(ctx, refunding->order, refunding->amount, "退货", &refunding->refund_id);
}

static err promise(const struct order *order, int64_t amount, int64_t *refund_id)
{
    struct refunding refunding = {order, amount, 0};
    err failure = db_transact(work, refund_in_transaction, &refunding);
    *refund_id = refunding.refund_id;
    return failure;
}

static int64_t refundable(const struct order *order)
{
    struct payment_attempt *attempts;
    size_t count;
    assert_ok(payment_attempt_list(work, order->id, &attempts, &count));
    return payment_refundable(attempts, count);
}

static void a_refund_in_parts_stops_at_what_was_paid(void **state)
{
    (void)state;
    struct order *order = new_order(1000);
    int64_t first, second, third;
    pay_order(order);
    assert_int_equal(refundable(order), 1000);
    assert_fails(promise(order, 1001, &first), ERR_LIMIT);
    assert_ok(promise(order, 300, &first));
    assert_int_equal(refundable(order), 700);
    assert_ok(payment_send_refund(work, first));
    assert_int_equal(load_order(order->id)->state.payment, PAYMENT_PARTIALLY_REFUNDED);
    assert_int_equal(load_order(order->id)->refunded, 300);
    assert_fails(promise(order, 701, &third), ERR_LIMIT);
    assert_ok(promise(order, 700, &second));
    assert_fails(promise(order, 1, &third), ERR_LIMIT);
    assert_ok(payment_send_refund(work, second));
    assert_int_equal(load_order(order->id)->state.payment, PAYMENT_REFUNDED);
    assert_int_equal(load_order(order->id)->refunded, 1000);
    assert_fails(promise(order, 1, &third), ERR_LIMIT);
    assert_int_equal(refundable(order), 0);
    assert_int_equal(bank.refund_count, 2);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1"), 0);
    assert_books_balance();
}

static void nothing_or_less_cannot_be_refunded_nor_what_was_not_paid(void **state)
{
    (void)state;
    struct order *order = new_order(1000);
    int64_t refund_id;
    assert_fails(promise(order, 1, &refund_id), ERR_INVALID_TRANSITION);
    pay_order(order);
    assert_field(promise(order, 0, &refund_id), "amount");
    assert_field(promise(order, -5, &refund_id), "amount");
    refund_of(order, 0, 0);
}

struct grabbing {
    const struct order *order;
    struct outcomes outcomes;
};

static void grab(struct ctx *ctx, int index, void *arg)
{
    struct grabbing *grabbing = arg;
    struct refunding refunding = {grabbing->order, 300, 0};
    grabbing->outcomes.codes[index] = code_of(db_transact(ctx, refund_in_transaction, &refunding));
}

static void eight_refunds_at_once_never_give_more_than_was_paid(void **state)
{
    (void)state;
    struct grabbing grabbing = {.order = new_order(1000)};
    pay_order(grabbing.order);
    in_threads(grab, &grabbing);
    assert_int_equal(count_outcomes(&grabbing.outcomes, ERR_NONE), 3);
    assert_int_equal(count_outcomes(&grabbing.outcomes, ERR_LIMIT), 5);
    run_jobs();
    assert_int_equal(bank.refund_count, 3);
    assert_int_equal(load_order(grabbing.order->id)->refunded, 900);
    assert_books_balance();
}

static void a_refund_is_sent_again_with_the_same_number(void **state)
{
    (void)state;
    struct order *order = new_order(1000);
    int64_t refund_id;
    pay_order(order);
    bank.refunds_to_refuse = 2;
    assert_ok(promise(order, 400, &refund_id));
    assert_fails(payment_send_refund(work, refund_id), ERR_GATEWAY);
    run_jobs();
    assert_int_equal(refund_of(order, 0, 1)->status, REFUND_PENDING);
    assert_int_equal(bank.refund_calls, 2);
    run_jobs();
    assert_int_equal(bank.refund_calls, 2);
    work->now += HOUR_MS;
    run_jobs();
    assert_int_equal(bank.refund_calls, 3);
    assert_int_equal(bank.refund_count, 1);
    assert_string_equal(bank.refunds[0].number, refund_of(order, 0, 1)->number);
    assert_int_equal(refund_of(order, 0, 1)->status, REFUND_DONE);
    assert_int_equal(load_order(order->id)->refunded, 400);
    assert_ok(payment_send_refund(work, refund_id));
    assert_int_equal(bank.refund_calls, 3);
    assert_books_balance();
}

struct refund_telling {
    struct payment_fact fact;
    struct outcomes outcomes;
};

static void tell_refund(struct ctx *ctx, int index, void *arg)
{
    struct refund_telling *telling = arg;
    telling->outcomes.codes[index] = code_of(payment_apply_fact(ctx, &telling->fact));
}

static void the_same_refund_told_by_eight_at_once_counts_once(void **state)
{
    (void)state;
    struct order *order = new_order(1000);
    int64_t refund_id;
    const struct payment_attempt *attempt = pay_order(order);
    assert_ok(promise(order, 400, &refund_id));
    struct refund_telling telling = {.fact = {.gateway = BANK,
                                              .provider_number = "B1",
                                              .kind = FACT_REFUND,
                                              .attempt_number = attempt->number,
                                              .refund_number = refund_of(order, 0, 1)->number,
                                              .currency = "CNY",
                                              .amount = 399,
                                              .raw = ""}};
    assert_fails(payment_apply_fact(work, &telling.fact), ERR_CONFLICT);
    assert_int_equal(load_order(order->id)->refunded, 0);
    telling.fact.amount = 400;
    in_threads(tell_refund, &telling);
    assert_int_equal(count_outcomes(&telling.outcomes, ERR_NONE), THREADS);
    assert_int_equal(load_order(order->id)->refunded, 400);
    assert_int_equal(ask("SELECT count(*) FROM payment_facts WHERE shop_id = $1 AND kind = 2"), 1);
    assert_books_balance();
}

/* ---- asking, and being told */

static int64_t next_question(void)
{
    static const char due[] = "SELECT CAST(COALESCE(MAX(due_at), 0) AS BIGINT) FROM jobs WHERE shop_id = $1"
                              " AND kind = 'payment.query' AND dead_at IS NULL";
    return ask(due);
}

static void the_gateway_is_asked_after_growing_pauses_until_the_attempt_is_old(void **state)
{
    (void)state;
    fixture.config.unpaid_seconds = 604800;
    start_payment(new_order(100));
    int64_t due, last = NOON, pause = 0;
    run_jobs();
    assert_int_equal(bank.questions, 0);
    while ((due = next_question()) > 0) {
        assert_true(due - last >= pause);
        pause = due - last;
        last = work->now = due;
        int before = bank.questions;
        run_jobs();
        assert_int_equal(bank.questions, before + 1);
        assert_true(bank.questions < 30);
    }
    assert_true(last > NOON + ATTEMPT_AGE_MS);
    assert_true(bank.questions >= 5);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND dead_at IS NOT NULL"), 0);
}

static void a_question_finds_a_payment_that_nobody_told(void **state)
{
    (void)state;
    struct order *order = new_order(100);
    bank_pay(start_payment(order)->number);
    bank.is_down = true;
    work->now += QUERY_FIRST_MS;
    run_jobs();
    assert_stage(order, STAGE_PENDING_PAYMENT);
    assert_true(next_question() > work->now);
    bank.is_down = false;
    work->now = next_question();
    run_jobs();
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(next_question(), 0);
    assert_books_balance();
}

static void a_notification_is_believed_only_when_it_is_genuine(void **state)
{
    (void)state;
    struct order *order = new_order(100);
    const char *number = start_payment(order)->number;
    struct notification notification = {{number, strlen(number)}, "forged", "0"};
    assert_fails(payment_notify(work, BANK, &notification), ERR_FORBIDDEN);
    assert_fails(payment_notify(work, "cash", &notification), ERR_NOT_FOUND);
    assert_stage(order, STAGE_PENDING_PAYMENT);
    notification.signature = "genuine";
    assert_ok(payment_notify(work, BANK, &notification));
    assert_stage(order, STAGE_TO_SHIP);
    assert_int_equal(ask("SELECT actor FROM order_events WHERE shop_id = $1 AND kind = 'paid'"),
                     ACTOR_GATEWAY);
}

/* ---- the check */

static void the_check_finds_every_changed_row(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE orders SET paid = paid - 1 WHERE shop_id = $1",
        "UPDATE orders SET refunded = refunded + 1 WHERE shop_id = $1",
        "UPDATE orders SET refunded = 0 WHERE shop_id = $1",
        "UPDATE payment_attempts SET amount = amount + 1 WHERE shop_id = $1",
        "UPDATE payment_attempts SET status = 4 WHERE shop_id = $1",
        "UPDATE payment_attempts SET status = 5 WHERE shop_id = $1",
        "UPDATE payment_attempts SET number = 'P1' WHERE shop_id = $1",
        "DELETE FROM payment_attempts WHERE shop_id = $1",
        "DELETE FROM payment_facts WHERE shop_id = $1 AND kind = 1",
        "UPDATE payment_facts SET verdict = 'amount-mismatch' WHERE shop_id = $1 AND kind = 1",
        "UPDATE payment_facts SET attempt_number = 'P1' WHERE shop_id = $1 AND kind = 1",
        "UPDATE refunds SET amount = amount + 1 WHERE shop_id = $1",
        "UPDATE refunds SET status = 1 WHERE shop_id = $1",
        "DELETE FROM refunds WHERE shop_id = $1",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        int64_t refund_id;
        work->shop = make_shop();
        struct order *order = new_order(1000);
        pay_order(order);
        assert_ok(promise(order, 400, &refund_id));
        assert_ok(payment_send_refund(work, refund_id));
        assert_int_equal(problems_of(payment_check), 0);
        tamper(changes[i]);
        if (problems_of(payment_check) == 0)
            fail_msg("not found: %s", changes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(an_attempt_asks_the_gateway_for_the_whole_sum),
        SENTENCE(an_attempt_that_can_still_be_paid_is_used_again),
        SENTENCE(only_an_order_that_waits_for_money_can_be_paid),
        SENTENCE(a_gateway_that_does_not_answer_leaves_no_attempt),
        SENTENCE(a_payment_in_time_pays_the_order),
        SENTENCE(a_payment_delivers_codes_at_once),
        SENTENCE(an_order_of_goods_and_codes_is_delivered_in_part),
        SENTENCE(a_paid_order_without_enough_codes_is_kept_and_shown_to_staff),
        SENTENCE(the_same_fact_from_eight_at_once_counts_once),
        SENTENCE(an_amount_off_by_one_is_kept_and_pays_nothing),
        SENTENCE(another_currency_or_gateway_pays_nothing),
        SENTENCE(a_fact_of_an_unknown_attempt_is_kept),
        SENTENCE(an_attempt_of_another_shop_is_unknown),
        SENTENCE(late_money_reopens_the_order_while_the_goods_are_there),
        SENTENCE(late_money_for_codes_reopens_and_delivers),
        SENTENCE(late_money_without_goods_goes_back),
        SENTENCE(the_surplus_of_an_order_paid_twice_goes_back),
        SENTENCE(a_refund_in_parts_stops_at_what_was_paid),
        SENTENCE(nothing_or_less_cannot_be_refunded_nor_what_was_not_paid),
        SENTENCE(eight_refunds_at_once_never_give_more_than_was_paid),
        SENTENCE(a_refund_is_sent_again_with_the_same_number),
        SENTENCE(the_same_refund_told_by_eight_at_once_counts_once),
        SENTENCE(the_gateway_is_asked_after_growing_pauses_until_the_attempt_is_old),
        SENTENCE(a_question_finds_a_payment_that_nobody_told),
        SENTENCE(a_notification_is_believed_only_when_it_is_genuine),
        SENTENCE(the_check_finds_every_changed_row),
    };
    return RUN_SENTENCES(tests);
}
