/* presale_test.c - presales: what makes sense, what is paid when, who gets what back, and every order of
 * events. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/ledger/ledger.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

#define ROUNDS 3
#define LIST 10000
#define PRICE 9000
#define DEPOSIT 1000
#define WORTH 2000
#define TOTAL (PRICE - (WORTH - DEPOSIT))
#define BALANCE (TOTAL - DEPOSIT)

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static struct presale_entry entry(int64_t variant_id, int64_t stock, int64_t person_most)
{
    return (struct presale_entry){.variant_id = variant_id,
                                  .product_id = product_of(variant_id),
                                  .price = PRICE,
                                  .deposit = DEPOSIT,
                                  .worth = WORTH,
                                  .stock = stock,
                                  .person_most = person_most};
}

static struct presale draft(struct presale_entry *entries, size_t count)
{
    return (struct presale){.name = "秋茶预售",
                            .kind = PRESALE_DEPOSIT,
                            .starts_at = work->now - MINUTE_MS,
                            .ends_at = work->now + 2 * DAY_MS,
                            .balance_from = work->now + 3 * DAY_MS,
                            .balance_until = work->now + 6 * DAY_MS,
                            .ships_by = work->now + 20 * DAY_MS,
                            .ahead_days = 3,
                            .entries = entries,
                            .count = count};
}

static int64_t start(struct presale presale)
{
    assert_ok(presale_save(work, &presale));
    assert_ok(presale_change_status(work, presale.id, PROMOTION_ACTIVE));
    reload_shop();
    return presale.id;
}

static int64_t start_one(int64_t variant_id, int64_t stock, int64_t person_most)
{
    struct presale_entry one = entry(variant_id, stock, person_most);
    return start(draft(&one, 1));
}

static int64_t start_whole(int64_t variant_id, int64_t stock)
{
    struct presale_entry one = {
        .variant_id = variant_id, .product_id = product_of(variant_id), .stock = stock};
    struct presale whole = draft(&one, 1);
    whole.kind = PRESALE_WHOLE;
    whole.balance_from = whole.balance_until = 0;
    return start(whole);
}

static int64_t sold_of(int64_t presale_id)
{
    struct presale *presale;
    assert_ok(presale_load(work, presale_id, &presale));
    return presale->entries[0].sold;
}

static struct checkout buyer(int64_t variant_id, int64_t quantity, int number)
{
    struct checkout checkout = checkout_of(make_cart(variant_id, quantity));
    checkout.contact.phone = arena_format(work->arena, "1380000%04d", number);
    checkout.address.line = arena_format(work->arena, "文三路 %d 号", number);
    checkout.accepts_deposit = true;
    return checkout;
}

static struct order *place(int64_t variant_id, int64_t quantity, int number)
{
    struct checkout checkout = buyer(variant_id, quantity, number);
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    return load_order(order->id);
}

static err try_place(int64_t variant_id, int64_t quantity, int number)
{
    struct checkout checkout = buyer(variant_id, quantity, number);
    struct order *order;
    return checkout_place(work, &checkout, &order);
}

static struct payment_fact start_part(int64_t order_id, const char *company)
{
    const struct payment_attempt *attempt;
    assert_ok(payment_start(work, load_order(order_id), company, "https://shop.example", &attempt));
    struct payment_fact fact = bank_fact(attempt);
    fact.gateway = company;
    return fact;
}

static void tell(const struct payment_fact *fact)
{
    bank_pay(fact->attempt_number);
    assert_ok(payment_apply_fact(work, fact));
}

/* An order whose deposit is there. */
static struct order *with_deposit(int64_t variant_id, int64_t quantity, int number)
{
    struct order *order = place(variant_id, quantity, number);
    pay_order(order);
    return load_order(order->id);
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
    assert_int_equal(problems_of(presale_check), 0);
    assert_int_equal(problems_of(order_check_presales), 0);
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

/* ---- terms */

static void what_makes_no_sense_is_refused_at_its_field(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), code = make_variant(PRODUCT_DIGITAL, LIST, 10);
    struct presale_entry entries[] = {entry(cup, 5, 0), entry(cup, 5, 0)};
    struct presale sale = draft(entries, 1);
    sale.balance_from = sale.ends_at - 1;
    assert_field(presale_save(work, &sale), "balance_from");
    sale = draft(entries, 1);
    sale.balance_until = sale.balance_from;
    assert_field(presale_save(work, &sale), "balance_until");
    sale = draft(entries, 1);
    sale.ships_by = sale.balance_until;
    assert_field(presale_save(work, &sale), "ships_on");
    sale.ships_by = work->now + PRESALE_HORIZON_MS + 1;
    assert_field(presale_save(work, &sale), "ships_on");
    sale = draft(entries, 2);
    assert_field(presale_save(work, &sale), "entries.1.sku");
    sale = draft(entries, 1);
    entries[0].deposit = TOTAL / 5 + 1;
    entries[0].worth = 0;
    entries[0].price = TOTAL;
    assert_field(presale_save(work, &sale), "entries.0.deposit");
    entries[0].deposit = TOTAL / 5;
    assert_ok(presale_examine(work, &sale));
    entries[0].worth = entries[0].deposit + 5;
    assert_field(presale_save(work, &sale), "entries.0.deposit");
    entries[0].worth = entries[0].deposit - 1;
    assert_field(presale_save(work, &sale), "entries.0.worth");
    entries[0] = entry(cup, 5, 0);
    entries[0].price = LIST + 1;
    assert_field(presale_save(work, &sale), "entries.0.price");
    entries[0] = entry(code, 5, 0);
    assert_field(presale_save(work, &sale), "entries.0.sku");
}

static void a_variant_is_in_one_presale_or_flash_sale_at_a_time(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    struct presale_entry one = entry(cup, 5, 0);
    struct presale sale = draft(&one, 1);
    struct flash_entry cheap = {.variant_id = cup, .product_id = product_of(cup), .price = 99, .stock = 5};
    struct flash_sale flash = {.name = "晚八点",
                               .starts_at = work->now,
                               .ends_at = work->now + HOUR_MS,
                               .unpaid_minutes = 5,
                               .entries = &cheap,
                               .count = 1};
    (void)start_one(cup, 5, 0);
    assert_field(presale_save(work, &sale), "entries.0.sku");
    assert_field(flash_save(work, &flash), "entries.0.sku");
    flash.starts_at = sale.ends_at;
    flash.ends_at = sale.ends_at + HOUR_MS;
    assert_ok(flash_save(work, &flash));
    assert_ok(flash_change_status(work, flash.id, PROMOTION_ACTIVE));
    sale.starts_at = flash.starts_at;
    sale.ends_at = flash.ends_at;
    sale.balance_from = sale.ends_at + DAY_MS;
    assert_field(presale_save(work, &sale), "entries.0.sku");
}

/* ---- two payments */

static void a_deposit_and_a_balance_are_the_total_and_then_it_is_sent(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_one(cup, 5, 0);
    const struct payment_attempt *none;
    struct replay replay;
    const char *json;
    struct order *order = place(cup, 2, 1);
    assert_int_equal(order->total, 2 * TOTAL);
    assert_int_equal(order->deposit, 2 * DEPOSIT);
    assert_string_equal(order_label(order), "待付定金");
    assert_ok(proof_load(work, order->id, &json));
    assert_ok(proof_replay(work, json, &replay));
    assert_true(replay.is_same);
    assert_int_equal(replay.discount, 2 * (LIST - TOTAL));
    struct order_offer *offers;
    size_t count;
    assert_ok(order_offer_list(work, order->id, &offers, &count));
    assert_int_equal(count, 2); /* the price, and what the deposit counts more */
    const struct payment_attempt *first = pay_order(order);
    assert_int_equal(first->amount, 2 * DEPOSIT);
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 13100);
    assert_int_equal(order->paid, 2 * DEPOSIT);
    assert_int_equal(order->closes_at, order->balance_until);
    assert_int_equal(order->paid_at, 0);
    assert_string_equal(order_label(order), "待付尾款");
    assert_int_equal(account(LEDGER_DEPOSITS), 2 * DEPOSIT);
    assert_int_equal(account(LEDGER_SALES), 0);
    assert_books_balance();
    assert_fails(payment_start(work, order, BANK, "https://shop.example", &none), ERR_INVALID_TRANSITION);
    work->now = order->balance_from;
    run_jobs();
    const struct payment_attempt *second = pay_order(order);
    assert_int_equal(second->amount, 2 * BALANCE);
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 24100);
    assert_int_equal(order->paid, order->total);
    assert_int_equal(account(LEDGER_DEPOSITS), 0);
    assert_int_equal(account(LEDGER_SALES), 2 * TOTAL);
    assert_int_equal(sold_of(id), 2);
    int64_t waiting;
    assert_ok(order_count_stage(work, STAGE_TO_SHIP, 10, &waiting));
    assert_int_equal(waiting, 0);
    work->now = order->packs_from;
    assert_ok(order_count_stage(work, STAGE_TO_SHIP, 10, &waiting));
    assert_int_equal(waiting, 1);
    assert_ok(order_ship(work, order, "sf", "SF1"));
    assert_books_balance();
}

static void a_coupon_lowers_the_balance_and_the_deposit_stays_below_a_fifth(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    struct presale_entry one = entry(cup, 5, 0);
    (void)start(draft(&one, 1));
    struct promotion sum = {.name = "满减",
                            .code = "",
                            .starts_at = work->now - DAY_MS,
                            .ends_at = work->now + DAY_MS,
                            .rule = {.kind = DISCOUNT_SUM,
                                     .beside = 1u << CLASS_SALE,
                                     .steps = {{.from = 5000, .off = 4000}},
                                     .step_count = 1},
                            .is_for_all = true};
    assert_ok(promotion_save(work, &sum));
    assert_ok(promotion_change_status(work, sum.id, PROMOTION_ACTIVE));
    reload_shop();
    struct order *order = with_deposit(cup, 1, 1);
    assert_int_equal(order->total, PRICE - 4000 - (WORTH - DEPOSIT)); /* the offer does not know of swells */
    assert_int_equal(order->paid, order->total / PRESALE_DEPOSIT_PART);
    assert_ok(promotion_change_status(work, sum.id, PROMOTION_ENDED));
    work->now = order->balance_from;
    pay_order(order);
    assert_int_equal(load_order(order->id)->paid, order->total);
    assert_books_balance();
}

static void without_consent_there_is_no_deposit_and_nothing_is_mixed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), pot = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    (void)start_one(cup, 5, 0);
    struct checkout checkout = buyer(cup, 1, 1);
    struct order *order;
    checkout.accepts_deposit = false;
    assert_field(checkout_place(work, &checkout, &order), "accepts_deposit");
    assert_ok(add_line(work, &checkout.cart_token, pot, 1));
    checkout.accepts_deposit = true;
    assert_fails(checkout_place(work, &checkout, &order), ERR_PRESALE_ALONE);
    assert_ok(change_line(work, checkout.cart_token, pot, 0));
    assert_ok(checkout_place(work, &checkout, &order));
    assert_books_balance();
}

/* ---- nobody pays */

static void an_unpaid_deposit_gives_its_piece_back_and_late_money_goes_back_once(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_one(cup, 1, 0);
    struct order *order = place(cup, 1, 1);
    struct payment_fact fact = start_part(order->id, BANK);
    assert_fails(try_place(cup, 1, 2), ERR_PRESALE_SOLD_OUT);
    work->now = order->closes_at;
    run_jobs();
    assert_int_equal(load_order(order->id)->state.order, ORDER_CLOSED);
    assert_int_equal(sold_of(id), 0);
    tell(&fact);
    tell(&fact);
    run_jobs();
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 46100);
    assert_int_equal(order->refunded, DEPOSIT);
    assert_int_equal(bank.refund_count, 1);
    assert_int_equal(sold_of(id), 0);
    assert_int_equal(account(LEDGER_CLEARING), 0);
    assert_books_balance();
}

static void an_order_at_the_end_of_the_presale_has_no_longer_than_that(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    (void)start_one(cup, 5, 0);
    work->now += 2 * DAY_MS - MINUTE_MS;
    struct order *order = place(cup, 1, 1);
    assert_int_equal(order->closes_at, work->now + MINUTE_MS);
}

static void without_the_balance_the_deposit_stays_and_a_late_balance_goes_back_once(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_one(cup, 1, 0);
    int64_t refund_id;
    struct refund_wish goodwill = {.amount = 1, .reason = "好意"};
    struct order *order = with_deposit(cup, 1, 1);
    work->now = order->balance_from;
    struct payment_fact fact = start_part(order->id, BANK);
    work->now = order->balance_until - 1;
    run_jobs();
    assert_int_equal(load_order(order->id)->state.order, ORDER_PENDING_PAYMENT);
    work->now = order->balance_until;
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 43100);
    assert_string_equal(order_label(order), "已关闭");
    assert_int_equal(account(LEDGER_KEPT_DEPOSITS), DEPOSIT);
    assert_int_equal(account(LEDGER_DEPOSITS), 0);
    assert_int_equal(sold_of(id), 0);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_fails(payment_refund_wish(work, order, &goodwill, &refund_id), ERR_INVALID_TRANSITION);
    assert_books_balance();
    tell(&fact);
    tell(&fact);
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 43100);
    assert_int_equal(order->paid, DEPOSIT);
    assert_int_equal(bank.refund_count, 1);
    assert_int_equal(bank.refunds[0].amount, BALANCE);
    assert_true(has_alarm("balance-late"));
    assert_int_equal(account(LEDGER_CLEARING), -DEPOSIT);
    assert_books_balance();
}

static void a_balance_that_was_paid_and_not_told_of_counts_at_the_end(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    (void)start_one(cup, 1, 0);
    struct order *order = with_deposit(cup, 1, 1);
    work->now = order->balance_from;
    struct payment_fact fact = start_part(order->id, BANK);
    bank_pay(fact.attempt_number);
    work->now = order->balance_until;
    run_jobs();
    assert_int_equal(order_state_digits(load_order(order->id)->state), 24100);
    assert_books_balance();
}

/* ---- twice, and in another order */

static void each_part_paid_twice_keeps_one_and_sends_the_other_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    (void)start_one(cup, 5, 0);
    struct order *order = place(cup, 1, 1);
    struct payment_fact first = start_part(order->id, BANK), other = start_part(order->id, "toy");
    tell(&first);
    tell(&first);
    work->now = load_order(order->id)->balance_from;
    struct payment_fact balance = start_part(order->id, BANK), again = start_part(order->id, "toy");
    tell(&balance);
    tell(&other); /* a deposit that comes after the balance */
    tell(&again);
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 24100);
    assert_int_equal(order->paid, TOTAL);
    assert_int_equal(bank.refund_count, 2);
    assert_int_equal(account(LEDGER_CLEARING), -TOTAL);
    assert_books_balance();
}

/* ---- money back */

static void staff_cancel_and_the_deposit_goes_back_whole(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_one(cup, 1, 0);
    struct order *order = with_deposit(cup, 1, 1);
    assert_field(order_cancel(work, order, 0, ""), "reason");
    assert_ok(order_cancel(work, load_order(order->id), CANCEL_OUT_OF_STOCK, ""));
    run_jobs();
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 46100);
    assert_int_equal(order->refunded, DEPOSIT);
    assert_int_equal(sold_of(id), 0);
    assert_int_equal(account(LEDGER_DEPOSITS), 0);
    assert_int_equal(account(LEDGER_CLEARING), 0);
    work->now = order->balance_until;
    run_jobs();
    assert_int_equal(account(LEDGER_KEPT_DEPOSITS), 0);
    assert_books_balance();
}

static struct order *paid_whole(int64_t cup, int64_t quantity)
{
    struct order *order = with_deposit(cup, quantity, 1);
    work->now = order->balance_from;
    pay_order(order);
    return load_order(order->id);
}

static void what_was_paid_in_two_parts_goes_back_by_lines_and_from_both(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), refund_id;
    (void)start_one(cup, 5, 0);
    struct order *order = paid_whole(cup, 3);
    for (int piece = 1; piece <= 3; piece++) {
        struct refund_pick pick = {1, 1, BACK_NOT};
        struct refund_wish wish = {.picks = &pick, .count = 1, .reason = "不要了"};
        assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
        assert_ok(payment_send_refund(work, refund_id));
        run_jobs();
        assert_int_equal(load_order(order->id)->refunded, piece * TOTAL);
        assert_books_balance();
    }
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 46100);
    assert_int_equal(ask("SELECT count(*) FROM refunds WHERE shop_id = $1"), 4);
    assert_int_equal(account(LEDGER_CLEARING), 0);
}

static void a_free_amount_above_the_balance_takes_of_the_deposit_and_no_more_than_there_is(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), refund_id;
    (void)start_one(cup, 5, 0);
    struct order *order = paid_whole(cup, 1);
    struct refund_wish more = {.amount = TOTAL + 1, .reason = "多退"};
    assert_field(payment_refund_wish(work, order, &more, &refund_id), "amount");
    assert_ok(order_ship(work, order, "sf", "SF1"));
    struct refund_wish wish = {.amount = BALANCE + 1, .reason = "赔"};
    assert_ok(payment_refund_wish(work, load_order(order->id), &wish, &refund_id));
    run_jobs();
    assert_int_equal(load_order(order->id)->refunded, BALANCE + 1);
    assert_int_equal(bank.refund_count, 2);
    assert_books_balance();
}

/* A parcel leaves while money of either part goes back: one of both. */
static void goods_or_money_also_when_it_came_in_two_parts(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), refund_id;
    (void)start_one(cup, 5, 0);
    struct order *order = paid_whole(cup, 1);
    struct refund_wish wish = {.amount = TOTAL, .reason = "全退"};
    assert_ok(payment_refund_wish(work, order, &wish, &refund_id));
    assert_fails(order_ship(work, load_order(order->id), "sf", "SF1"), ERR_INVALID_TRANSITION);
    run_jobs();
    assert_int_equal(order_state_digits(load_order(order->id)->state), 46100);
    assert_books_balance();
}

/* ---- paid whole */

static void paid_whole_at_once_it_costs_what_it_costs_and_waits_for_its_day(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_whole(cup, 1);
    struct checkout checkout = buyer(cup, 1, 1);
    struct order *order;
    int64_t waiting;
    checkout.accepts_deposit = false;
    assert_ok(checkout_place(work, &checkout, &order));
    assert_int_equal(order->total, LIST);
    assert_int_equal(order->deposit, 0);
    assert_fails(try_place(cup, 1, 2), ERR_PRESALE_SOLD_OUT);
    pay_order(order);
    order = load_order(order->id);
    assert_int_equal(order_state_digits(order->state), 24100);
    assert_true(order->packs_from > work->now && order->packs_from < order->ships_by);
    struct order_query query = {.stage = STAGE_TO_SHIP, .sort = ORDER_WAITING, .limit = 10};
    struct order *orders;
    size_t count;
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 0);
    assert_ok(order_count_stage(work, STAGE_TO_SHIP, 10, &waiting));
    assert_int_equal(waiting, 0);
    work->now = order->packs_from;
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 1);
    query.total_min = 1;
    struct order_page page;
    assert_ok(order_list_page(work, &query, &page));
    assert_int_equal(page.count, 1);
    assert_ok(order_ship(work, order, "sf", "SF1"));
    assert_int_equal(sold_of(id), 1);
    assert_books_balance();
}

/* ---- counters */

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
}

static void the_last_pieces_are_sold_once(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 100), id = start_one(cup, 3, 0);
        struct rush rush = {0};
        for (int i = 0; i < THREADS; i++)
            rush.checkouts[i] = buyer(cup, 1, round * THREADS + i);
        in_threads(check_out, &rush);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 3);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_PRESALE_SOLD_OUT), THREADS - 3);
        assert_int_equal(sold_of(id), 3);
        assert_int_equal(stock_of(cup).reserved, 3);
    }
    assert_books_balance();
}

static void one_person_gets_so_many(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 100), id = start_one(cup, 50, 2);
    (void)place(cup, 2, 7);
    assert_field(try_place(cup, 1, 7), "contact.phone");
    assert_fails(try_place(cup, 3, 8), ERR_LIMIT);
    assert_int_equal(sold_of(id), 2);
    assert_books_balance();
}

#define PAYER_ALARMS "SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND kind = 'payer-limit'"

static void pay_part_as(int64_t order_id, const char *payer)
{
    struct payment_fact fact = start_part(order_id, BANK);
    fact.payer = payer;
    tell(&fact);
    tell(&fact);
}

static void
who_pays_is_counted_with_the_deposit_once_for_both_parts_and_again_when_it_is_another(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 100), id = start_one(cup, 50, 2);
    struct order *first = place(cup, 1, 1), *second = place(cup, 1, 2), *third = place(cup, 1, 3),
                 *other = place(cup, 2, 4);
    pay_part_as(first->id, "openid-1");
    pay_part_as(second->id, "openid-1");
    pay_part_as(other->id, "openid-2");
    assert_int_equal(ask(PAYER_ALARMS), 0);
    pay_part_as(third->id, "openid-1");
    assert_int_equal(ask(PAYER_ALARMS), 1);
    work->now += 4 * DAY_MS;
    run_jobs();
    pay_part_as(third->id, "openid-1"); /* said with the deposit */
    pay_part_as(first->id, "openid-1");
    assert_int_equal(ask(PAYER_ALARMS), 1);
    pay_part_as(second->id, "openid-2"); /* two of another order, and this one */
    assert_int_equal(ask(PAYER_ALARMS), 2);
    assert_int_equal(load_order(second->id)->state.payment, PAYMENT_PAID);
    assert_int_equal(sold_of(id), 5);
    assert_books_balance();
}

/* The balance and the end of its time at the same moment: paid, or kept and sent back, never half of it. */
struct end {
    int64_t order_id;
    struct payment_fact fact;
};

static void pay_or_close(struct ctx *ctx, int index, void *arg)
{
    const struct end *end = arg;
    struct payment_fact fact = end->fact;
    err failure = index % 2 == 0 ? payment_apply_fact(ctx, &fact)
                                 : order_close_unpaid(ctx, end->order_id, "balance_expired", "");
    (void)code_of(failure);
}

static void a_balance_in_the_moment_of_closing_is_one_thing_or_the_other(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
        work->now = NOON + round * 30 * DAY_MS;
        (void)start_one(cup, 5, 0);
        struct order *order = with_deposit(cup, 1, round);
        work->now = order->balance_from;
        struct end end = {order->id, start_part(order->id, BANK)};
        in_threads(pay_or_close, &end);
        run_jobs();
        order = load_order(order->id);
        int64_t digits = order_state_digits(order->state);
        assert_true(digits == 24100 || digits == 43100);
        assert_int_equal(order->paid, digits == 24100 ? TOTAL : DEPOSIT);
        assert_books_balance();
    }
}

static void what_is_wrong_is_found(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10), id = start_one(cup, 5, 1);
    struct order *order = with_deposit(cup, 1, 1);
    assert_books_balance();
    tamper_of("UPDATE presale_entries SET sold = 2 WHERE shop_id = $1 AND presale_id = $2", id);
    assert_int_equal(problems_of(presale_check), 1);
    tamper_of("UPDATE presale_entries SET sold = 1 WHERE shop_id = $1 AND presale_id = $2", id);
    tamper_of("UPDATE orders SET deposit = deposit - 1 WHERE shop_id = $1 AND id = $2", order->id);
    assert_int_equal(problems_of(order_check_presales), 2);
    tamper_of("UPDATE orders SET deposit = deposit + 1 WHERE shop_id = $1 AND id = $2", order->id);
    tamper_of("UPDATE orders SET ships_by = 0 WHERE shop_id = $1 AND id = $2", order->id);
    assert_true(problems_of(order_check_presales) > 0);
    tamper_of("UPDATE orders SET ships_by = 1 WHERE shop_id = $1 AND id = $2", order->id);
    work->now = order->balance_until;
    run_jobs();
    assert_books_balance();
    tamper("UPDATE ledger_entries SET amount = amount + 1 WHERE shop_id = $1 AND kind = 11");
    assert_true(problems_of(payment_check_ledger) > 0);
    tamper("UPDATE ledger_entries SET amount = amount - 1 WHERE shop_id = $1 AND kind = 11");
    tamper_of("UPDATE orders SET kept_entry_id = 0 WHERE shop_id = $1 AND id = $2", order->id);
    assert_true(problems_of(payment_check_ledger) > 0);
    assert_true(problems_of(order_check_presales) > 0);
}

/* ---- reminders */

static void a_buyer_is_reminded_when_it_opens_and_a_day_before_it_ends(void **state)
{
    (void)state;
    static const char waiting[] =
        "SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind LIKE 'order.balance%'";
    int64_t cup = make_variant(PRODUCT_PHYSICAL, LIST, 10);
    (void)start_one(cup, 5, 0);
    struct order *order = with_deposit(cup, 1, 1), *other = with_deposit(cup, 1, 2);
    assert_int_equal(ask(waiting), 4);
    work->now = order->balance_from;
    run_jobs();
    assert_int_equal(ask(waiting), 2);
    pay_order(other);
    work->now = order->balance_until - DAY_MS;
    run_jobs();
    assert_int_equal(ask(waiting), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_makes_no_sense_is_refused_at_its_field),
        SENTENCE(a_variant_is_in_one_presale_or_flash_sale_at_a_time),
        SENTENCE(a_deposit_and_a_balance_are_the_total_and_then_it_is_sent),
        SENTENCE(a_coupon_lowers_the_balance_and_the_deposit_stays_below_a_fifth),
        SENTENCE(without_consent_there_is_no_deposit_and_nothing_is_mixed),
        SENTENCE(an_unpaid_deposit_gives_its_piece_back_and_late_money_goes_back_once),
        SENTENCE(an_order_at_the_end_of_the_presale_has_no_longer_than_that),
        SENTENCE(without_the_balance_the_deposit_stays_and_a_late_balance_goes_back_once),
        SENTENCE(a_balance_that_was_paid_and_not_told_of_counts_at_the_end),
        SENTENCE(each_part_paid_twice_keeps_one_and_sends_the_other_back),
        SENTENCE(staff_cancel_and_the_deposit_goes_back_whole),
        SENTENCE(what_was_paid_in_two_parts_goes_back_by_lines_and_from_both),
        SENTENCE(a_free_amount_above_the_balance_takes_of_the_deposit_and_no_more_than_there_is),
        SENTENCE(goods_or_money_also_when_it_came_in_two_parts),
        SENTENCE(paid_whole_at_once_it_costs_what_it_costs_and_waits_for_its_day),
        SENTENCE(the_last_pieces_are_sold_once),
        SENTENCE(one_person_gets_so_many),
        SENTENCE(who_pays_is_counted_with_the_deposit_once_for_both_parts_and_again_when_it_is_another),
        SENTENCE(a_balance_in_the_moment_of_closing_is_one_thing_or_the_other),
        SENTENCE(what_is_wrong_is_found),
        SENTENCE(a_buyer_is_reminded_when_it_opens_and_a_day_before_it_ends),
    };
    return RUN_SENTENCES(tests);
}
