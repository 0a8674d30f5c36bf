/* flash_test.c - flash sales through their life, their counters, and what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/order/order.h"
#include "shop/pricing/flash.h"
#include "shop/pricing/flash_gate.h"
#include "shop/pricing/pricing.h"
#include "shop/services.h"
#include "unit.h"

#define ROUNDS 4
#define PRICE 500
#define CHEAP 99

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static struct flash_entry entry(int64_t variant_id, int64_t stock, int64_t person_most)
{
    return (struct flash_entry){.variant_id = variant_id,
                                .product_id = product_of(variant_id),
                                .price = CHEAP,
                                .stock = stock,
                                .person_most = person_most};
}

static struct flash_sale draft(struct flash_entry *entries, size_t count)
{
    return (struct flash_sale){.name = "晚八点",
                               .starts_at = work->now - MINUTE_MS,
                               .ends_at = work->now + HOUR_MS,
                               .unpaid_minutes = 5,
                               .entries = entries,
                               .count = count};
}

static int64_t start(struct flash_sale sale)
{
    assert_ok(flash_save(work, &sale));
    assert_ok(flash_change_status(work, sale.id, PROMOTION_ACTIVE));
    reload_shop();
    return sale.id;
}

static int64_t start_one(int64_t variant_id, int64_t stock, int64_t person_most)
{
    struct flash_entry one = entry(variant_id, stock, person_most);
    return start(draft(&one, 1));
}

static struct flash_entry first_of(int64_t flash_id)
{
    struct flash_sale *sale;
    assert_ok(flash_load(work, flash_id, &sale));
    return sale->entries[0];
}

static struct checkout buyer(int64_t variant_id, int64_t quantity, int number)
{
    struct checkout checkout = checkout_of(make_cart(variant_id, quantity));
    checkout.contact.phone = arena_format(work->arena, "1380000%04d", number);
    checkout.address.line = arena_format(work->arena, "文三路 %d 号", number);
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

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(flash_check), 0);
    assert_int_equal(problems_of(order_check_flash), 0);
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
}

/* ---- life */

static void a_sale_opens_and_ends_by_itself(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    struct flash_entry one = entry(cup, 5, 0);
    struct flash_sale sale = draft(&one, 1), *seen;
    sale.starts_at = work->now + HOUR_MS;
    sale.ends_at = work->now + 2 * HOUR_MS;
    assert_ok(flash_save(work, &sale));
    assert_false(work->shop->has_flash);
    assert_fails(flash_change_status(work, sale.id, PROMOTION_PAUSED), ERR_CONFLICT);
    assert_ok(flash_change_status(work, sale.id, PROMOTION_ACTIVE));
    reload_shop();
    assert_true(work->shop->has_flash);
    assert_int_equal(place(cup, 1, 1)->total, PRICE);
    work->now = sale.starts_at;
    assert_int_equal(place(cup, 1, 2)->total, CHEAP);
    assert_ok(flash_change_status(work, sale.id, PROMOTION_PAUSED));
    assert_int_equal(place(cup, 1, 3)->total, PRICE);
    assert_ok(flash_change_status(work, sale.id, PROMOTION_ACTIVE));
    work->now = sale.ends_at;
    assert_int_equal(place(cup, 1, 4)->total, PRICE);
    run_jobs();
    assert_ok(flash_load(work, sale.id, &seen));
    assert_int_equal(seen->status, PROMOTION_ENDED);
    assert_int_equal(flash_phase_of(seen, work->now), PHASE_ENDED);
    reload_shop();
    assert_false(work->shop->has_flash);
    assert_fails(flash_change_status(work, sale.id, PROMOTION_ACTIVE), ERR_CONFLICT);
    assert_books_balance();
}

static void what_makes_no_sense_is_refused_at_its_field(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    struct flash_entry entries[] = {entry(cup, 5, 0), entry(cup, 5, 0)};
    struct flash_sale sale = draft(entries, 1), other;
    sale.ends_at = sale.starts_at;
    assert_field(flash_save(work, &sale), "ends_at");
    sale = draft(entries, 2);
    assert_field(flash_save(work, &sale), "entries.1.sku");
    sale = draft(entries, 0);
    assert_field(flash_save(work, &sale), "entries");
    entries[0].price = PRICE;
    sale = draft(entries, 1);
    assert_field(flash_save(work, &sale), "entries.0.price");
    entries[0] = entry(cup, 0, 0);
    assert_field(flash_save(work, &sale), "entries.0.stock");
    entries[0] = entry(cup, 5, 0);
    sale.unpaid_minutes = FLASH_MINUTES_MOST + 1;
    assert_field(flash_save(work, &sale), "unpaid_minutes");
    sale.unpaid_minutes = 5;
    other = sale;
    assert_ok(flash_save(work, &other));
    (void)start(sale);
    assert_field(flash_change_status(work, other.id, PROMOTION_ACTIVE), "entries.0.sku");
}

static void two_who_change_the_same_do_not_both_succeed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    struct flash_entry one = entry(cup, 5, 0);
    struct flash_sale sale = draft(&one, 1), other;
    assert_ok(flash_save(work, &sale));
    other = sale;
    assert_ok(flash_save(work, &sale));
    assert_fails(flash_save(work, &other), ERR_CONFLICT);
    assert_int_equal(sale.version, 2);
}

static void what_was_sold_cannot_be_offered_less(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), pot = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    int64_t id = start_one(cup, 5, 0);
    struct flash_sale *sale;
    (void)place(cup, 3, 1);
    assert_ok(flash_load(work, id, &sale));
    sale->entries[0].stock = 2;
    assert_field(flash_save(work, sale), "entries.0.stock");
    sale->entries[0] = entry(pot, 2, 0);
    assert_field(flash_save(work, sale), "entries");
    sale->entries[0] = entry(cup, 3, 0);
    assert_ok(flash_save(work, sale));
    assert_int_equal(first_of(id).sold, 3);
    assert_fails(try_place(cup, 1, 2), ERR_FLASH_SOLD_OUT);
    assert_books_balance();
}

/* ---- price */

static void several_variants_are_one_rule_and_the_proof_says_it_again(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), pot = make_variant(PRODUCT_PHYSICAL, 900, 10);
    struct flash_entry entries[] = {entry(cup, 5, 0), entry(pot, 5, 0)};
    struct replay replay;
    const char *token = make_cart(cup, 2), *json;
    entries[1].price = 450;
    (void)start(draft(entries, 2));
    assert_ok(add_line(work, &token, pot, 1));
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    assert_int_equal(order->total, 2 * CHEAP + 450);
    assert_ok(proof_load(work, order->id, &json));
    assert_ok(proof_replay(work, json, &replay));
    assert_true(replay.is_same);
    assert_int_equal(replay.discount, 2 * (PRICE - CHEAP) + 450);
    assert_int_equal(order->closes_at - order->placed_at, 5 * MINUTE_MS);
    assert_books_balance();
}

static void the_better_price_is_the_buyers_and_the_piece_is_counted_all_the_same(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    int64_t id = start_one(cup, 2, 0);
    struct promotion sale = {.name = "半价",
                             .code = "",
                             .starts_at = work->now - DAY_MS,
                             .ends_at = work->now + DAY_MS,
                             .rule = {.kind = DISCOUNT_SALE, .steps = {{.price = 50}}, .step_count = 1},
                             .is_for_all = true};
    assert_ok(promotion_save(work, &sale));
    assert_ok(promotion_change_status(work, sale.id, PROMOTION_ACTIVE));
    reload_shop();
    assert_int_equal(place(cup, 1, 1)->total, 50);
    assert_int_equal(first_of(id).sold, 1);
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
        int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100), id = start_one(cup, 3, 0);
        struct rush rush = {0};
        for (int i = 0; i < THREADS; i++)
            rush.checkouts[i] = buyer(cup, 1, round * THREADS + i);
        in_threads(check_out, &rush);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 3);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_FLASH_SOLD_OUT), THREADS - 3);
        assert_int_equal(first_of(id).sold, 3);
        assert_int_equal(first_of(id).sold_out_at, work->now);
        assert_int_equal(stock_of(cup).reserved, 3);
    }
    assert_books_balance();
}

static void one_person_gets_so_many_by_phone_and_by_address(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100), id = start_one(cup, 50, 2);
    struct rush rush = {0};
    for (int i = 0; i < THREADS; i++)
        rush.checkouts[i] = buyer(cup, 1, 7);
    in_threads(check_out, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 2);
    assert_int_equal(first_of(id).sold, 2);
    struct checkout neighbour = buyer(cup, 1, 8);
    neighbour.address.line = buyer(cup, 1, 7).address.line;
    struct order *order;
    assert_field(checkout_place(work, &neighbour, &order), "contact.phone");
    assert_fails(try_place(cup, 3, 9), ERR_LIMIT);
    assert_books_balance();
}

static void pay_as(const struct order *order, const char *payer)
{
    const struct payment_attempt *attempt = start_payment(order);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    fact.payer = payer;
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(load_order(order->id)->state.payment, PAYMENT_PAID);
}

#define PAYER_ALARMS "SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND kind = 'payer-limit'"

static void who_pays_for_several_people_is_put_before_staff(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100), free = make_variant(PRODUCT_PHYSICAL, PRICE, 9);
    struct flash_entry entries[] = {entry(cup, 50, 2), entry(free, 5, 0)};
    int64_t id = start(draft(entries, 2));
    struct order *first = place(cup, 2, 1);
    pay_as(first, "openid-1");
    pay_as(place(cup, 2, 2), "openid-2");
    pay_as(place(cup, 2, 3), NULL);
    pay_as(place(free, 3, 4), "openid-1"); /* without a bound nobody is counted */
    assert_int_equal(ask(PAYER_ALARMS), 0);
    struct order *over = place(cup, 1, 5);
    pay_as(over, "openid-1");
    assert_int_equal(ask(PAYER_ALARMS), 1);
    assert_int_equal(load_order(over->id)->refunded, 0);
    assert_int_equal(first_of(id).sold, 7);
    assert_books_balance();
    assert_ok(order_cancel(work, load_order(first->id), CANCEL_BUYER_ASKED, ""));
    assert_ok(order_cancel(work, load_order(over->id), CANCEL_BUYER_ASKED, ""));
    run_jobs();
    pay_as(place(cup, 2, 6), "openid-1");
    assert_int_equal(ask(PAYER_ALARMS), 1);
    assert_books_balance();
}

struct payers {
    struct payment_fact facts[THREADS];
    struct outcomes outcomes;
};

static void pay_at_once(struct ctx *ctx, int index, void *arg)
{
    struct payers *payers = arg;
    err failure = payment_apply_fact(ctx, &payers->facts[index]);
    payers->outcomes.codes[index] = failure ? failure->code : ERR_NONE;
}

static void of_payments_at_once_exactly_those_beyond_the_bound_are_marked(void **state)
{
    (void)state;
    struct payers payers = {0};
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100);
    (void)start_one(cup, 50, 2);
    for (int i = 0; i < THREADS; i++) {
        const struct payment_attempt *attempt = start_payment(place(cup, 1, i));
        bank_pay(attempt->number);
        payers.facts[i] = bank_fact(attempt);
        payers.facts[i].payer = "openid-of-all";
    }
    in_threads(pay_at_once, &payers);
    assert_int_equal(count_outcomes(&payers.outcomes, ERR_NONE), THREADS);
    assert_int_equal(ask(PAYER_ALARMS), THREADS - 2);
    assert_books_balance();
}

static void what_a_closed_order_held_comes_back_once(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 1, 1);
    struct order *order = place(cup, 1, 1);
    assert_fails(try_place(cup, 1, 2), ERR_FLASH_SOLD_OUT);
    work->now += 5 * MINUTE_MS;
    run_jobs();
    assert_int_equal(load_order(order->id)->state.order, ORDER_CLOSED);
    assert_int_equal(first_of(id).sold, 0);
    run_jobs();
    assert_int_equal(first_of(id).sold, 0);
    (void)place(cup, 1, 1);
    assert_int_equal(first_of(id).sold, 1);
    assert_books_balance();
}

static void late_money_takes_a_piece_again_or_goes_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 1, 0);
    struct order *late = place(cup, 1, 1);
    const struct payment_attempt *attempt = start_payment(late);
    assert_ok(order_close_unpaid(work, late->id, "expired", ""));
    (void)place(cup, 1, 2);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    run_jobs();
    assert_int_equal(load_order(late->id)->state.order, ORDER_CLOSED);
    assert_int_equal(load_order(late->id)->refunded, CHEAP);
    assert_int_equal(first_of(id).sold, 1);
    assert_books_balance();
}

static void a_counter_that_is_wrong_is_found(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 5, 1);
    (void)place(cup, 1, 1);
    assert_books_balance();
    tamper_of("UPDATE flash_entries SET sold = 2 WHERE shop_id = $1 AND flash_id = $2", id);
    assert_int_equal(problems_of(flash_check), 1);
    tamper_of("UPDATE flash_entries SET sold = 1 WHERE shop_id = $1 AND flash_id = $2", id);
    tamper("UPDATE flash_buyers SET quantity = 0 WHERE shop_id = $1");
    assert_true(problems_of(flash_check) > 0);
    tamper("UPDATE flash_buyers SET quantity = 1 WHERE shop_id = $1");
    tamper("UPDATE order_lines SET quantity = 2 WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check_flash), 1);
    tamper("UPDATE order_lines SET quantity = 1 WHERE shop_id = $1");
    assert_books_balance();
}

/* ---- the gate */

static void the_gate_refuses_what_is_out_and_looks_again(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), other = make_variant(PRODUCT_PHYSICAL, 1, 1);
    int64_t id = start_one(cup, 1, 0);
    const struct services *before = work->services;
    struct services services = *before;
    services.flash = flash_gate_open(work->arena);
    work->services = &services;
    assert_ok(flash_gate_pass(work, &cup, 1));
    assert_ok(flash_gate_pass(work, &other, 1));
    struct order *order = place(cup, 1, 1);
    assert_fails(try_place(cup, 1, 2), ERR_FLASH_SOLD_OUT);
    assert_fails(flash_gate_pass(work, &cup, 1), ERR_FLASH_SOLD_OUT);
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_fails(flash_gate_pass(work, &cup, 1), ERR_FLASH_SOLD_OUT);
    work->now += FLASH_GATE_MS;
    assert_ok(flash_gate_pass(work, &cup, 1));
    assert_ok(flash_gate_flush(work));
    assert_int_equal(first_of(id).refused, 3);
    assert_ok(flash_gate_flush(work));
    assert_int_equal(first_of(id).refused, 3);
    work->services = before;
}

static void an_account_is_one_person_whatever_phone_and_address_it_gives(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 20);
    struct flash_entry one = entry(cup, 10, 2);
    struct flash_sale sale = draft(&one, 1);
    assert_ok(flash_save(work, &sale));
    assert_ok(flash_change_status(work, sale.id, PROMOTION_ACTIVE));
    reload_shop();
    work->actor = ACTOR_BUYER;
    work->actor_id = 77;
    struct order *first = place(cup, 1, 1);
    (void)place(cup, 1, 2);
    assert_field(try_place(cup, 1, 3), "contact.phone");
    work->actor_id = 78;
    (void)place(cup, 1, 4);
    work->actor = ACTOR_SYSTEM;
    work->actor_id = 0;
    (void)place(cup, 1, 5);
    assert_ok(order_close_unpaid(work, first->id, "expired", ""));
    work->actor = ACTOR_BUYER;
    work->actor_id = 77;
    (void)place(cup, 1, 6);
    assert_field(try_place(cup, 1, 7), "contact.phone");
    work->actor = ACTOR_SYSTEM;
    work->actor_id = 0;
    assert_books_balance();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(an_account_is_one_person_whatever_phone_and_address_it_gives),
        SENTENCE(a_sale_opens_and_ends_by_itself),
        SENTENCE(what_makes_no_sense_is_refused_at_its_field),
        SENTENCE(two_who_change_the_same_do_not_both_succeed),
        SENTENCE(what_was_sold_cannot_be_offered_less),
        SENTENCE(several_variants_are_one_rule_and_the_proof_says_it_again),
        SENTENCE(the_better_price_is_the_buyers_and_the_piece_is_counted_all_the_same),
        SENTENCE(the_last_pieces_are_sold_once),
        SENTENCE(one_person_gets_so_many_by_phone_and_by_address),
        SENTENCE(who_pays_for_several_people_is_put_before_staff),
        SENTENCE(of_payments_at_once_exactly_those_beyond_the_bound_are_marked),
        SENTENCE(what_a_closed_order_held_comes_back_once),
        SENTENCE(late_money_takes_a_piece_again_or_goes_back),
        SENTENCE(a_counter_that_is_wrong_is_found),
        SENTENCE(the_gate_refuses_what_is_out_and_looks_again),
    };
    return RUN_SENTENCES(tests);
}
