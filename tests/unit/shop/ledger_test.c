/* ledger_test.c - where money stands after whatever may happen to it, and that the check sees what is wrong.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/ledger/ledger.h"
#include "shop/payment/payment_jobs.h"
#include "unit.h"

static struct ledger_sum sum_of(enum ledger_account account)
{
    struct ledger_sums sums;
    assert_ok(ledger_balances(work, 0, 0, "", &sums));
    for (size_t i = 0; i < sums.count; i++)
        if (sums.sums[i].account == account && text_is(sums.sums[i].currency, "CNY"))
            return sums.sums[i];
    return (struct ledger_sum){.account = account};
}

/* What an account holds, on the side on which it grows. */
static int64_t holds(enum ledger_account account)
{
    struct ledger_sum sum = sum_of(account);
    int64_t net = sum.debits - sum.credits;
    return ledger_accounts[account].side == LEDGER_DEBIT ? net : -net;
}

static void assert_holds(int64_t clearing, int64_t sales, int64_t refunds, int64_t payable, int64_t held)
{
    assert_int_equal(holds(LEDGER_CLEARING), clearing);
    assert_int_equal(holds(LEDGER_SALES), sales);
    assert_int_equal(holds(LEDGER_REFUNDS), refunds);
    assert_int_equal(holds(LEDGER_REFUNDS_PAYABLE), payable);
    assert_int_equal(holds(LEDGER_HELD), held);
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

static int64_t entries(void)
{
    return ask("SELECT count(*) FROM ledger_entries WHERE shop_id = $1");
}

static struct order *new_order(int64_t total)
{
    return place_order(make_variant(PRODUCT_PHYSICAL, total, 10), 1);
}

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

/* ---- what events move */

static void a_sale_and_its_refund_move_what_they_are(void **state)
{
    (void)state;
    int64_t refund_id;
    struct order *order = new_order(1000);
    assert_int_equal(entries(), 0);
    pay_order(order);
    assert_holds(1000, 1000, 0, 0, 0);
    assert_int_equal(entries(), 1);
    assert_ok(promise(order, 300, &refund_id));
    assert_holds(1000, 1000, 300, 300, 0);
    assert_books_balance();
    assert_ok(payment_send_refund(work, refund_id));
    assert_holds(700, 1000, 300, 0, 0);
    assert_books_balance();
    assert_ok(promise(order, 700, &refund_id));
    assert_ok(payment_send_refund(work, refund_id));
    assert_holds(0, 1000, 1000, 0, 0);
    assert_int_equal(entries(), 5);
    assert_books_balance();
}

static void a_refund_that_the_gateway_refuses_is_still_owed(void **state)
{
    (void)state;
    int64_t refund_id;
    struct order *order = new_order(1000);
    pay_order(order);
    bank.refunds_to_refuse = 2;
    assert_ok(promise(order, 400, &refund_id));
    assert_fails(payment_send_refund(work, refund_id), ERR_GATEWAY);
    assert_fails(payment_send_refund(work, refund_id), ERR_GATEWAY);
    assert_holds(1000, 1000, 400, 400, 0);
    assert_books_balance();
    assert_ok(payment_send_refund(work, refund_id));
    assert_ok(payment_send_refund(work, refund_id));
    assert_holds(600, 1000, 400, 0, 0);
    assert_int_equal(entries(), 3);
    assert_books_balance();
}

static void money_that_comes_too_late_never_is_a_sale(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 1);
    struct order *order = place_order(cup, 1);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    place_order(cup, 1);
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    assert_holds(100, 0, 0, 100, 0);
    assert_int_equal(sum_of(LEDGER_HELD).credits, 100);
    assert_books_balance();
    run_jobs();
    assert_holds(0, 0, 0, 0, 0);
    assert_books_balance();
}

static void money_that_comes_late_for_goods_that_are_there_is_a_sale(void **state)
{
    (void)state;
    struct order *order = new_order(100);
    struct payment_fact fact = bank_fact(start_payment(order));
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    assert_ok(payment_apply_fact(work, &fact));
    assert_holds(100, 100, 0, 0, 0);
    assert_books_balance();
}

static void what_is_paid_twice_is_held_and_goes_back(void **state)
{
    (void)state;
    fixture.config.unpaid_seconds = 604800;
    struct order *order = new_order(700);
    struct payment_fact first = bank_fact(start_payment(order));
    work->now += ATTEMPT_AGE_MS;
    struct payment_fact second = bank_fact(start_payment(load_order(order->id)));
    assert_ok(payment_apply_fact(work, &first));
    assert_ok(payment_apply_fact(work, &second));
    assert_holds(1400, 700, 0, 700, 0);
    assert_books_balance();
    run_jobs();
    assert_holds(700, 700, 0, 0, 0);
    assert_books_balance();
}

static void another_sum_and_an_unknown_attempt_are_held(void **state)
{
    (void)state;
    struct payment_fact fact = bank_fact(start_payment(new_order(1000)));
    fact.amount = 999;
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    assert_holds(999, 0, 0, 0, 999);
    fact.attempt_number = "P0000";
    fact.provider_number = "T-unknown";
    assert_ok(payment_apply_fact(work, &fact));
    assert_holds(1998, 0, 0, 0, 1998);
    /* What is no money is kept as a fact, and moves nothing. */
    fact.provider_number = "T-nothing";
    fact.amount = 0;
    assert_ok(payment_apply_fact(work, &fact));
    fact.provider_number = "T-no-currency";
    fact.amount = 5;
    fact.currency = "QQQ";
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(entries(), 2);
    assert_books_balance();
}

static void an_order_that_costs_nothing_moves_nothing(void **state)
{
    (void)state;
    struct order *order = new_order(0); /* is paid at once */
    assert_int_equal(load_order(order->id)->state.payment, PAYMENT_PAID);
    assert_int_equal(entries(), 0);
    assert_books_balance();
}

/* ---- posting */

static err post(struct ctx *ctx, void *arg)
{
    return ledger_post(ctx, arg);
}

static struct ledger_entry entry_of(const struct ledger_transfer *transfers, size_t count)
{
    return (struct ledger_entry){.id = id_new(work),
                                 .kind = LEDGER_UNMATCHED,
                                 .currency = "CNY",
                                 .gateway = BANK,
                                 .transfers = transfers,
                                 .count = count};
}

static void what_does_not_balance_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    static const struct ledger_transfer wrong[] = {
        {LEDGER_CLEARING, LEDGER_SALES, 0},       {LEDGER_CLEARING, LEDGER_SALES, -5},
        {LEDGER_CLEARING, LEDGER_CLEARING, 5},    {0, LEDGER_SALES, 5},
        {LEDGER_CLEARING, LEDGER_ACCOUNT_END, 5}, {LEDGER_CLEARING, LEDGER_SALES, INT64_MAX}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ledger_transfer transfers[] = {{LEDGER_CLEARING, LEDGER_SALES, 5}, wrong[i]};
        struct ledger_entry entry = entry_of(transfers, 2);
        assert_fails(db_transact(work, post, &entry), ERR_INTERNAL);
    }
    struct ledger_entry nothing = entry_of(NULL, 0);
    assert_fails(db_transact(work, post, &nothing), ERR_INTERNAL);
    assert_int_equal(entries(), 0);
}

static void an_entry_of_several_transfers_is_posted_once(void **state)
{
    (void)state;
    static const struct ledger_transfer transfers[] = {{LEDGER_CLEARING, LEDGER_SALES, 900},
                                                       {LEDGER_CLEARING, LEDGER_FREIGHT, 80},
                                                       {LEDGER_DISCOUNTS, LEDGER_SALES, 20}};
    struct ledger_entry entry = entry_of(transfers, 3);
    assert_ok(db_transact(work, post, &entry));
    assert_ok(db_transact(work, post, &entry));
    assert_int_equal(entries(), 3);
    assert_int_equal(holds(LEDGER_CLEARING), 980);
    assert_int_equal(holds(LEDGER_SALES), 920);
    assert_int_equal(holds(LEDGER_DISCOUNTS), 20);
    assert_int_equal(sum_of(LEDGER_FREIGHT).credits, 80);
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

static void the_same_fact_from_eight_at_once_is_one_entry(void **state)
{
    (void)state;
    struct order *order = new_order(500);
    struct telling telling = {.fact = bank_fact(start_payment(order))};
    in_threads(tell, &telling);
    assert_int_equal(count_outcomes(&telling.outcomes, ERR_NONE), THREADS);
    assert_int_equal(entries(), 1);
    assert_holds(500, 500, 0, 0, 0);
    assert_books_balance();
}

/* ---- days */

static void roll(void)
{
    assert_ok(ledger_roll_until(work, INT64_MAX));
}

static void sums_are_the_same_before_and_after_they_are_rolled_up(void **state)
{
    (void)state;
    int64_t refund_id;
    struct order *order = new_order(1000);
    pay_order(order);
    roll();
    assert_holds(1000, 1000, 0, 0, 0);
    assert_ok(promise(order, 400, &refund_id));
    pay_order(new_order(50));
    assert_holds(1050, 1050, 400, 400, 0);
    roll();
    roll();
    assert_holds(1050, 1050, 400, 400, 0);
    assert_books_balance();
    struct ledger_sums sums;
    assert_ok(ledger_account_days(work, LEDGER_CLEARING, 0, 0, "", &sums));
    int64_t in = 0;
    for (size_t i = 0; i < sums.count; i++)
        in += sums.sums[i].debits;
    assert_int_equal(in, 1050);
    assert_ok(ledger_account_days(work, LEDGER_CLEARING, 0, 0, "another", &sums));
    assert_int_equal(sums.count, 0);
}

static void young_rows_wait(void **state)
{
    (void)state;
    pay_order(new_order(50));
    work->now = clock_now();
    assert_ok(ledger_roll(work));
    assert_int_equal(ask("SELECT count(*) FROM ledger_days WHERE shop_id = $1"), 0);
    assert_holds(50, 50, 0, 0, 0);
    work->now += LEDGER_SETTLE_MS + SECOND_MS;
    assert_ok(ledger_roll(work));
    assert_int_equal(ask("SELECT count(*) FROM ledger_days WHERE shop_id = $1"), 2);
    assert_holds(50, 50, 0, 0, 0);
    assert_books_balance();
}

static void days_are_added_up_anew_in_another_zone(void **state)
{
    (void)state;
    pay_order(new_order(50));
    roll();
    int64_t first = ask("SELECT MIN(from_id) FROM ledger_days WHERE shop_id = $1");
    struct shop moved = *work->shop;
    moved.zone = zone_fixed(moved.zone.minutes + 300);
    moved.zone.table = NULL;
    work->shop = &moved;
    roll();
    assert_int_not_equal(ask("SELECT MIN(from_id) FROM ledger_days WHERE shop_id = $1"), first);
    assert_int_equal(ask("SELECT count(*) FROM ledger_days WHERE shop_id = $1"), 2);
    assert_holds(50, 50, 0, 0, 0);
    assert_books_balance();
}

/* ---- the list */

static int64_t rows_found(struct ledger_query query)
{
    int64_t count = 0, last = INT64_MAX;
    struct ledger_page page;
    query.limit = 2;
    do {
        assert_ok(ledger_list(work, &query, &page));
        for (size_t i = 0; i < page.count; i++) {
            assert_true(page.rows[i].id < last);
            last = page.rows[i].id;
        }
        count += (int64_t)page.count;
        query.cursor = page.next_cursor;
    } while (query.cursor);
    return count;
}

static void the_list_shows_every_row_once_and_narrows(void **state)
{
    (void)state;
    int64_t refund_id;
    for (int i = 0; i < 5; i++)
        pay_order(new_order(100));
    struct order *order = new_order(300);
    pay_order(order);
    assert_ok(promise(order, 300, &refund_id));
    assert_int_equal(rows_found((struct ledger_query){0}), 7);
    assert_int_equal(rows_found((struct ledger_query){.kind = LEDGER_SALE}), 6);
    assert_int_equal(rows_found((struct ledger_query){.account = LEDGER_REFUNDS_PAYABLE}), 1);
    assert_int_equal(rows_found((struct ledger_query){.account = LEDGER_CLEARING}), 6);
    assert_int_equal(rows_found((struct ledger_query){.gateway = BANK}), 7);
    assert_int_equal(rows_found((struct ledger_query){.gateway = "other"}), 0);
    assert_int_equal(rows_found((struct ledger_query){.until = clock_now() - DAY_MS}), 0);
    assert_int_equal(rows_found((struct ledger_query){.since = clock_now() - DAY_MS}), 7);
    struct ledger_page page;
    assert_fails(ledger_list(work, &(struct ledger_query){.cursor = "x", .limit = 2}, &page),
                 ERR_BAD_REQUEST);
}

/* ---- the check */

static void the_check_finds_every_changed_row(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE ledger_entries SET amount = amount + 1 WHERE shop_id = $1 AND kind = 1",
        "UPDATE ledger_entries SET amount = amount - 1 WHERE shop_id = $1 AND kind = 5",
        "UPDATE ledger_entries SET amount = amount + 1 WHERE shop_id = $1 AND kind = 6",
        "UPDATE ledger_entries SET amount = amount + 1 WHERE shop_id = $1 AND kind = 4",
        "UPDATE ledger_entries SET gateway = 'other' WHERE shop_id = $1 AND kind = 1",
        "UPDATE ledger_entries SET debit = 1 WHERE shop_id = $1 AND kind = 1",
        "UPDATE ledger_entries SET kind = 2 WHERE shop_id = $1 AND kind = 4",
        "UPDATE ledger_entries SET order_id = 0 WHERE shop_id = $1 AND kind = 1",
        "DELETE FROM ledger_entries WHERE shop_id = $1 AND kind = 1",
        "DELETE FROM ledger_entries WHERE shop_id = $1 AND kind = 4",
        "DELETE FROM ledger_entries WHERE shop_id = $1 AND kind = 5",
        "DELETE FROM ledger_entries WHERE shop_id = $1 AND kind = 6",
        "INSERT INTO ledger_entries (shop_id, id, line_no, kind, debit, credit, amount, currency, gateway,"
        " reference_id, order_id) SELECT shop_id, id + 1, 1, kind, debit, credit, amount, currency, gateway,"
        " reference_id, order_id FROM ledger_entries WHERE shop_id = $1 AND kind = 1",
        "UPDATE ledger_days SET debits = debits + 1 WHERE shop_id = $1 AND account = 2",
        "UPDATE ledger_days SET credits = credits + 1 WHERE shop_id = $1 AND account = 3",
        "DELETE FROM ledger_days WHERE shop_id = $1",
        "DELETE FROM ledger_days WHERE shop_id = $1 AND account = 3",
        "UPDATE payment_attempts SET fact_id = NULL WHERE shop_id = $1 AND status = 2",
        "UPDATE orders SET paid = paid - 1 WHERE shop_id = $1 AND paid > 0",
        "UPDATE orders SET refunded = 0 WHERE shop_id = $1 AND refunded > 0",
        "UPDATE refunds SET amount = amount + 1 WHERE shop_id = $1",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        int64_t refund_id;
        work->shop = make_shop();
        struct order *order = new_order(1000);
        pay_order(order);
        assert_ok(promise(order, 400, &refund_id));
        assert_ok(payment_send_refund(work, refund_id));
        struct payment_fact fact = bank_fact(start_payment(new_order(70)));
        fact.amount = 71;
        assert_ok(payment_apply_fact(work, &fact));
        roll();
        assert_int_equal(problems_of(payment_check_ledger), 0);
        tamper(changes[i]);
        if (problems_of(payment_check_ledger) == 0)
            fail_msg("not found: %s", changes[i]);
        bank.trade_count = bank.refund_count = 0;
    }
}

static void a_break_is_told_once_every_night_until_it_is_settled(void **state)
{
    (void)state;
    pay_order(new_order(1000));
    roll();
    int64_t day = clock_day_start(clock_now(), work->shop->zone);
    work->now = clock_day_shift(day, 2, work->shop->zone) + 4 * HOUR_MS;
    assert_ok(payment_watch_ledger(work));
    assert_false(has_alarm(PAYMENT_LEDGER_ALARM));
    tamper("UPDATE ledger_entries SET amount = amount - 1 WHERE shop_id = $1");
    assert_ok(payment_watch_ledger(work)); /* this night's check was made */
    assert_false(has_alarm(PAYMENT_LEDGER_ALARM));
    work->now += DAY_MS;
    assert_ok(payment_watch_ledger(work));
    assert_true(has_alarm(PAYMENT_LEDGER_ALARM));
    int64_t raised = ask("SELECT count(*) FROM alarms WHERE shop_id = $1");
    work->now += DAY_MS;
    assert_ok(payment_watch_ledger(work));
    assert_int_equal(ask("SELECT count(*) FROM alarms WHERE shop_id = $1"), raised);
    assert_int_equal(ask("SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entries WHERE shop_id = $1"), 999);
}

/* ---- anything in any order */

static uint64_t dice;

static int64_t dice_below(int64_t end)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((dice >> 33) % (uint64_t)end);
}

#define ORDERS 5
#define STEPS 30

struct player {
    struct order *orders[ORDERS];
    struct payment_fact facts[ORDERS];
    int made;
};

static void one_step(struct player *player)
{
    int64_t refund_id;
    int at = (int)dice_below(player->made);
    struct payment_fact fact = player->facts[at];
    struct order *order = load_order(player->orders[at]->id);
    switch (dice_below(7)) {
    case 0:
    case 1:
        assert_ok(payment_apply_fact(work, &fact));
        break;
    case 2:
        fact.amount += dice_below(3) - 1;
        fact.provider_number = arena_format(work->arena, "T%" PRId64, id_new(work));
        assert_ok(payment_apply_fact(work, &fact));
        break;
    case 3:
        (void)code_of(order_close_unpaid(work, order->id, "expired", ""));
        break;
    case 4:
        bank.refunds_to_refuse = (int)dice_below(2);
        if (code_of(promise(order, 1 + dice_below(order->total), &refund_id)) == ERR_NONE)
            (void)code_of(payment_send_refund(work, refund_id));
        break;
    case 5:
        if (order->paid > order->refunded &&
            code_of(promise(order, order->paid - order->refunded, &refund_id)) == ERR_NONE)
            (void)code_of(payment_send_refund(work, refund_id));
        break;
    default:
        assert_ok(ledger_roll_until(work, id_new(work)));
    }
}

static void whatever_happens_the_ledger_is_what_the_orders_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct player player = {0};
        dice = seed;
        work->shop = make_shop();
        bank.trade_count = bank.refund_count = 0;
        int64_t cup = make_variant(PRODUCT_PHYSICAL, 100 + dice_below(900), ORDERS - 1);
        for (; player.made < ORDERS - 1; player.made++) {
            player.orders[player.made] = place_order(cup, 1);
            player.facts[player.made] = bank_fact(start_payment(player.orders[player.made]));
        }
        for (int i = 0; i < STEPS; i++) {
            one_step(&player);
            if (i % 10 == 9)
                assert_books_balance();
        }
        run_jobs();
        assert_books_balance();
        int64_t kept = ask("SELECT CAST(SUM(paid - refunded) AS BIGINT) FROM orders WHERE shop_id = $1");
        int64_t beside = ask("SELECT CAST(COALESCE(SUM(CASE WHEN kind = 8 THEN -amount ELSE amount END), 0)"
                             " AS BIGINT) FROM ledger_entries WHERE shop_id = $1 AND kind IN (3, 4, 8)");
        assert_int_equal(holds(LEDGER_CLEARING), kept + beside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_sale_and_its_refund_move_what_they_are),
        SENTENCE(a_refund_that_the_gateway_refuses_is_still_owed),
        SENTENCE(money_that_comes_too_late_never_is_a_sale),
        SENTENCE(money_that_comes_late_for_goods_that_are_there_is_a_sale),
        SENTENCE(what_is_paid_twice_is_held_and_goes_back),
        SENTENCE(another_sum_and_an_unknown_attempt_are_held),
        SENTENCE(an_order_that_costs_nothing_moves_nothing),
        SENTENCE(what_does_not_balance_is_refused_before_anything_is_written),
        SENTENCE(an_entry_of_several_transfers_is_posted_once),
        SENTENCE(the_same_fact_from_eight_at_once_is_one_entry),
        SENTENCE(sums_are_the_same_before_and_after_they_are_rolled_up),
        SENTENCE(young_rows_wait),
        SENTENCE(days_are_added_up_anew_in_another_zone),
        SENTENCE(the_list_shows_every_row_once_and_narrows),
        SENTENCE(the_check_finds_every_changed_row),
        SENTENCE(a_break_is_told_once_every_night_until_it_is_settled),
        SENTENCE(whatever_happens_the_ledger_is_what_the_orders_say),
    };
    return RUN_SENTENCES(tests);
}
