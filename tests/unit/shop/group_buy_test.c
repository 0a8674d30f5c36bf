/* group_buy_test.c - group buys through their life: seats that are given once, groups that fill and fail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/cart/cart.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

#define ROUNDS 3
#define PRICE 500
#define CHEAP 300
#define SIZE 3

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static struct group_entry entry(int64_t variant_id, int64_t stock, int64_t person_most)
{
    return (struct group_entry){.variant_id = variant_id,
                                .product_id = product_of(variant_id),
                                .price = CHEAP,
                                .stock = stock,
                                .person_most = person_most};
}

static struct group_buy draft(struct group_entry *entries, size_t count)
{
    return (struct group_buy){.name = "三人拼",
                              .starts_at = work->now - MINUTE_MS,
                              .ends_at = work->now + 7 * DAY_MS,
                              .size = SIZE,
                              .hours = 24,
                              .is_listed = true,
                              .entries = entries,
                              .count = count};
}

static int64_t start(struct group_buy buy)
{
    assert_ok(group_buy_save(work, &buy));
    assert_ok(group_buy_change_status(work, buy.id, PROMOTION_ACTIVE));
    reload_shop();
    return buy.id;
}

static int64_t start_one(int64_t variant_id, int64_t stock, int64_t person_most)
{
    struct group_entry one = entry(variant_id, stock, person_most);
    return start(draft(&one, 1));
}

static struct group_entry first_of(int64_t group_buy_id)
{
    struct group_buy *buy;
    assert_ok(group_buy_load(work, group_buy_id, &buy));
    return buy->entries[0];
}

/* ---- buying ---- */

static err open_cart(const char *token, int64_t variant_id, int64_t quantity, const char **cart_token)
{
    const struct cart *cart;
    struct cart_wish wish = {.variant_id = variant_id, .quantity = quantity};
    TRY(cart_open_group(work, token, &wish, &cart));
    *cart_token = cart->token;
    return NULL;
}

static struct checkout buyer(const char *cart_token, int number)
{
    struct checkout checkout = checkout_of(cart_token);
    checkout.contact.phone = arena_format(work->arena, "1380000%04d", number);
    checkout.address.name = arena_format(work->arena, "张%d", number);
    checkout.address.line = arena_format(work->arena, "文三路 %d 号", number);
    return checkout;
}

/* An order that begins a group (token "") or joins one. */
static struct order *place(const char *token, int64_t variant_id, int number)
{
    const char *cart_token;
    struct order *order;
    assert_ok(open_cart(token, variant_id, 1, &cart_token));
    struct checkout checkout = buyer(cart_token, number);
    assert_ok(checkout_place(work, &checkout, &order));
    return load_order(order->id);
}

static struct buy_group *group_of(const struct order *order)
{
    struct group_seat *seat;
    struct buy_group *group;
    assert_ok(group_seat_find(work, order->id, &seat, &group));
    assert_non_null(seat);
    return group;
}

/* The token of a group that somebody opened and paid. */
static const char *opened(int64_t variant_id, int number, struct order **order)
{
    *order = place("", variant_id, number);
    (void)pay_order(*order);
    assert_int_equal(group_of(*order)->state, BUY_GROUP_OPEN);
    return group_of(*order)->token;
}

static struct order *joined(const char *token, int64_t variant_id, int number)
{
    struct order *order = place(token, variant_id, number);
    (void)pay_order(order);
    return order;
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(group_buy_check), 0);
    assert_int_equal(problems_of(order_check_groups), 0);
    assert_int_equal(problems_of(payment_check_groups), 0);
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(stock_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
    assert_int_equal(problems_of(payment_check_ledger), 0);
}

/* ---- what staff write ---- */

static void what_makes_no_sense_is_refused_at_its_field(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    struct group_entry entries[] = {entry(cup, 5, 0), entry(cup, 5, 0)};
    struct group_buy buy = draft(entries, 1);
    buy.ends_at = buy.starts_at;
    assert_field(group_buy_save(work, &buy), "ends_at");
    buy = draft(entries, 1);
    buy.size = 1;
    assert_field(group_buy_save(work, &buy), "size");
    buy.size = GROUP_SIZE_MOST + 1;
    assert_field(group_buy_save(work, &buy), "size");
    buy.size = SIZE;
    buy.hours = GROUP_HOURS_MOST + 1;
    assert_field(group_buy_save(work, &buy), "hours");
    buy = draft(entries, 2);
    assert_field(group_buy_save(work, &buy), "entries.1.sku");
    buy = draft(entries, 0);
    assert_field(group_buy_save(work, &buy), "entries");
    entries[0].price = PRICE;
    buy = draft(entries, 1);
    assert_field(group_buy_save(work, &buy), "entries.0.price");
}

static void a_variant_is_in_one_activity_at_a_time(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 5, 0);
    struct group_entry again = entry(cup, 5, 0);
    struct group_buy other = draft(&again, 1);
    assert_field(group_buy_save(work, &other), "entries.0.sku");
    struct flash_entry piece = {.variant_id = cup, .product_id = product_of(cup), .price = 99, .stock = 2};
    struct flash_sale sale = {.name = "秒杀",
                              .starts_at = work->now,
                              .ends_at = work->now + HOUR_MS,
                              .unpaid_minutes = 5,
                              .entries = &piece,
                              .count = 1};
    assert_field(flash_save(work, &sale), "entries.0.sku");
    int64_t pot = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    piece.variant_id = pot;
    piece.product_id = product_of(pot);
    assert_ok(flash_save(work, &sale));
    assert_ok(flash_change_status(work, sale.id, PROMOTION_ACTIVE));
    again = entry(pot, 5, 0);
    other = draft(&again, 1);
    assert_field(group_buy_save(work, &other), "entries.0.sku");
}

/* ---- the price ---- */

static void a_group_price_stands_alone_and_its_proof_says_so(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    struct replay replay;
    const char *json;
    (void)start_one(cup, 5, 0);
    struct promotion off = {
        .name = "满减",
        .code = "",
        .starts_at = work->now - DAY_MS,
        .ends_at = work->now + DAY_MS,
        .rule = {.kind = DISCOUNT_SUM, .beside = 0x1e, .steps = {{.from = 100, .off = 50}}, .step_count = 1},
        .is_for_all = true};
    assert_ok(promotion_save(work, &off));
    assert_ok(promotion_change_status(work, off.id, PROMOTION_ACTIVE));
    reload_shop();
    struct order *order = place("", cup, 1);
    assert_int_equal(order->total, CHEAP);
    assert_ok(proof_load(work, order->id, &json));
    assert_ok(proof_replay(work, json, &replay));
    assert_true(replay.is_same);
    assert_int_equal(replay.discount, PRICE - CHEAP);
    assert_int_equal(place_order(cup, 1)->total, PRICE - 50);
    assert_books_balance();
}

static void a_cart_of_a_group_is_not_changed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    const char *token;
    (void)start_one(cup, 5, 2);
    assert_ok(open_cart("", cup, 1, &token));
    assert_fails(add_line(work, &token, cup, 1), ERR_CART_CHECKED_OUT);
    assert_fails(change_line(work, token, cup, 2), ERR_CART_CHECKED_OUT);
    assert_field(open_cart("", cup, 3, &token), "quantity");
    int64_t pot = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    assert_fails(open_cart("", pot, 1, &token), ERR_GROUP_OVER);
}

/* ---- groups ---- */

static void a_paid_order_opens_a_group_and_the_last_one_fills_it(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 0);
    struct order *first = place("", cup, 1);
    struct buy_group *group = group_of(first), *seen;
    assert_int_equal(group->state, BUY_GROUP_NEW);
    assert_fails(buy_group_load_by_token(work, group->token, &seen), ERR_NOT_FOUND);
    (void)pay_order(first);
    group = group_of(first);
    assert_int_equal(group->state, BUY_GROUP_OPEN);
    assert_int_equal(group->ends_at, work->now + 24 * HOUR_MS);
    assert_string_equal(group->first, "张**");
    first = load_order(first->id);
    assert_int_equal(order_stage_shown(first->state, first->waits_for_group), STAGE_GROUPING);
    assert_fails(order_ship(work, first, "sf", "SF1234567890"), ERR_INVALID_TRANSITION);
    struct order *second = joined(group->token, cup, 2), *third = joined(group->token, cup, 3);
    assert_int_equal(group_of(first)->state, BUY_GROUP_FULL);
    run_jobs();
    struct order *all[] = {first, second, third};
    for (int i = 0; i < SIZE; i++) {
        struct order *order = load_order(all[i]->id);
        assert_false(order->waits_for_group);
        assert_int_equal(order_stage_shown(order->state, order->waits_for_group), STAGE_TO_SHIP);
        assert_ok(order_ship(work, order, "sf", "SF1234567890"));
    }
    assert_int_equal(first_of(id).sold, 3);
    assert_int_equal(stock_of(cup).on_hand, 7);
    const char *token;
    assert_fails(open_cart(group->token, cup, 1, &token), ERR_GROUP_OVER);
    assert_books_balance();
}

static void codes_are_delivered_when_the_group_is_full_and_not_before(void **state)
{
    (void)state;
    int64_t key = make_variant(PRODUCT_DIGITAL, PRICE, 10);
    (void)start_one(key, 9, 0);
    struct order *first;
    const char *token = opened(key, 1, &first);
    run_jobs();
    assert_int_equal(load_order(first->id)->state.fulfillment, FULFILLMENT_NONE);
    assert_fails(payment_deliver_owed(work, first->id), ERR_INVALID_TRANSITION);
    (void)joined(token, key, 2);
    struct order *third = joined(token, key, 3);
    run_jobs();
    assert_int_equal(load_order(first->id)->state.order, ORDER_COMPLETED);
    assert_int_equal(load_order(third->id)->state.fulfillment, FULFILLMENT_DELIVERED);
    assert_int_equal(problems_of(code_check), 0);
    assert_books_balance();
}

static void a_group_that_is_not_full_in_time_gives_everything_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 1);
    struct order *first;
    const char *token = opened(cup, 1, &first);
    struct order *second = joined(token, cup, 2), *third = place(token, cup, 3);
    work->now = group_of(first)->ends_at;
    run_jobs();
    assert_int_equal(group_of(first)->state, BUY_GROUP_FAILED);
    first = load_order(first->id);
    assert_int_equal(first->state.order, ORDER_CLOSED);
    assert_int_equal(first->refunded, CHEAP);
    assert_int_equal(load_order(second->id)->state.payment, PAYMENT_REFUNDED);
    assert_int_equal(load_order(third->id)->state.order, ORDER_CLOSED);
    assert_int_equal(bank.refund_count, 2);
    assert_int_equal(first_of(id).sold, 0);
    assert_int_equal(stock_of(cup).reserved, 0);
    run_jobs();
    assert_int_equal(bank.refund_count, 2);
    assert_books_balance();
}

static void a_bank_that_is_down_delays_refunds_and_loses_none(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 9, 0);
    struct order *first;
    (void)opened(cup, 1, &first);
    work->now = group_of(first)->ends_at;
    bank.refunds_to_refuse = 2;
    run_jobs();
    assert_int_equal(load_order(first->id)->state.order, ORDER_CLOSED);
    assert_books_balance();
    work->now += HOUR_MS;
    run_jobs();
    assert_int_equal(load_order(first->id)->refunded, CHEAP);
    assert_int_equal(bank.refund_count, 1);
    assert_books_balance();
}

static void money_that_comes_after_the_end_goes_back_once(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 9, 0);
    struct order *first, *late;
    const char *token = opened(cup, 1, &first);
    work->now = group_of(first)->ends_at - MINUTE_MS;
    late = place(token, cup, 2);
    const struct payment_attempt *attempt = start_payment(late);
    work->now += MINUTE_MS;
    bank.is_down = true;
    run_jobs();
    bank.is_down = false;
    assert_int_equal(group_of(first)->state, BUY_GROUP_FAILED);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    assert_ok(payment_apply_fact(work, &fact));
    work->now += HOUR_MS;
    run_jobs();
    late = load_order(late->id);
    assert_int_equal(late->state.order, ORDER_CLOSED);
    assert_int_equal(late->refunded, CHEAP);
    assert_int_equal(bank.refund_count, 2);
    assert_books_balance();
}

static void late_money_gets_a_seat_again_or_goes_back(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 9, 1);
    struct order *first, *late[2];
    const char *token = opened(cup, 1, &first);
    const struct payment_attempt *attempts[2];
    for (int i = 0; i < 2; i++) {
        late[i] = place(token, cup, 2 + i);
        attempts[i] = start_payment(late[i]);
        assert_ok(order_close_unpaid(work, late[i]->id, "expired", ""));
    }
    assert_int_equal(group_of(first)->taken, 1);
    (void)joined(token, cup, 5);
    for (int i = 0; i < 2; i++) {
        bank_pay(attempts[i]->number);
        struct payment_fact fact = bank_fact(attempts[i]);
        assert_ok(payment_apply_fact(work, &fact));
    }
    run_jobs();
    assert_int_equal(load_order(late[0]->id)->state.order, ORDER_OPEN);
    assert_int_equal(load_order(late[1]->id)->state.order, ORDER_CLOSED);
    assert_int_equal(load_order(late[1]->id)->refunded, CHEAP);
    assert_int_equal(group_of(first)->state, BUY_GROUP_FULL);
    assert_books_balance();
}

static void who_leaves_frees_the_seat(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 1);
    struct order *first;
    const char *token = opened(cup, 1, &first), *cart_token;
    struct order *second = joined(token, cup, 2);
    assert_int_equal(group_of(first)->paid, 2);
    assert_ok(order_cancel(work, load_order(second->id), CANCEL_BUYER_ASKED, ""));
    assert_int_equal(group_of(first)->paid, 1);
    assert_int_equal(first_of(id).sold, 1);
    second = joined(token, cup, 2);
    struct refund_pick all = {.line_no = 1, .quantity = 1};
    struct refund_wish wish = {.picks = &all, .count = 1, .reason = "不想等了"};
    int64_t refund_id;
    assert_ok(payment_refund_wish(work, load_order(second->id), &wish, &refund_id));
    run_jobs();
    assert_int_equal(load_order(second->id)->state.order, ORDER_CLOSED);
    assert_int_equal(group_of(first)->taken, 1);
    assert_ok(order_cancel(work, load_order(first->id), CANCEL_BUYER_ASKED, ""));
    assert_int_equal(group_of(first)->state, BUY_GROUP_FAILED);
    assert_fails(open_cart(token, cup, 1, &cart_token), ERR_GROUP_OVER);
    run_jobs();
    assert_int_equal(first_of(id).sold, 0);
    assert_books_balance();
}

static void who_leaves_a_full_group_leaves_it_full(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 0);
    struct order *first;
    const char *token = opened(cup, 1, &first);
    (void)joined(token, cup, 2);
    struct order *third = joined(token, cup, 3);
    run_jobs();
    assert_ok(order_cancel(work, load_order(third->id), CANCEL_BUYER_ASKED, ""));
    run_jobs();
    assert_int_equal(group_of(first)->state, BUY_GROUP_FULL);
    assert_int_equal(first_of(id).sold, 2);
    assert_books_balance();
}

static void a_buyer_leaves_while_the_group_is_open_and_not_after(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 1);
    struct order *first;
    const char *token = opened(cup, 1, &first);
    struct order *second = joined(token, cup, 2);
    assert_ok(order_leave_group(work, second->id));
    second = load_order(second->id);
    assert_int_equal(second->state.order, ORDER_CLOSED);
    assert_int_equal(second->refunded, CHEAP);
    assert_false(second->waits_for_group);
    assert_int_equal(group_of(first)->paid, 1);
    assert_int_equal(group_of(first)->taken, 1);
    assert_int_equal(first_of(id).sold, 1);
    assert_int_equal(stock_of(cup).reserved, 1);
    assert_fails(order_leave_group(work, second->id), ERR_INVALID_TRANSITION);
    assert_int_equal(bank.refund_count, 1);
    second = joined(token, cup, 2);
    struct order *third = joined(token, cup, 3);
    assert_int_equal(group_of(first)->state, BUY_GROUP_FULL);
    assert_fails(order_leave_group(work, third->id), ERR_GROUP_OVER);
    assert_int_equal(load_order(third->id)->state.order, ORDER_OPEN);
    assert_true(load_order(third->id)->waits_for_group);
    run_jobs();
    assert_fails(order_leave_group(work, third->id), ERR_INVALID_TRANSITION);
    assert_int_equal(load_order(third->id)->refunded, 0);
    assert_int_equal(bank.refund_count, 1);
    assert_books_balance();
}

static void the_last_who_leaves_ends_the_group_and_an_unpaid_order_leaves_nothing(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), pot = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 9, 0);
    struct order *first;
    const char *token = opened(cup, 1, &first);
    struct order *unpaid = place(token, cup, 2);
    assert_fails(order_leave_group(work, unpaid->id), ERR_INVALID_TRANSITION);
    struct order *ordinary = place_order(pot, 1);
    (void)pay_order(ordinary);
    assert_fails(order_leave_group(work, ordinary->id), ERR_INVALID_TRANSITION);
    assert_int_equal(load_order(ordinary->id)->state.order, ORDER_OPEN);
    assert_ok(order_close_unpaid(work, unpaid->id, "cancelled", ""));
    bank.refunds_to_refuse = 1;
    assert_ok(order_leave_group(work, first->id));
    assert_int_equal(group_of(first)->state, BUY_GROUP_FAILED);
    assert_int_equal(load_order(first->id)->state.order, ORDER_CLOSED);
    assert_books_balance();
    work->now += HOUR_MS;
    run_jobs();
    assert_int_equal(load_order(first->id)->state.payment, PAYMENT_REFUNDED);
    assert_int_equal(bank.refund_count, 1);
    assert_books_balance();
}

static void a_group_that_nobody_paid_for_is_nothing(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 9, 0);
    struct order *order = place("", cup, 1);
    const struct payment_attempt *attempt = start_payment(order);
    assert_ok(order_close_unpaid(work, order->id, "expired", ""));
    assert_int_equal(group_of(order)->state, BUY_GROUP_VOID);
    assert_int_equal(first_of(id).sold, 0);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    assert_int_equal(group_of(order)->state, BUY_GROUP_OPEN);
    assert_books_balance();
}

static void one_person_sits_once_in_a_group(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10);
    (void)start_one(cup, 9, 0);
    struct order *first, *order;
    const char *token = opened(cup, 1, &first), *cart_token;
    assert_ok(open_cart(token, cup, 1, &cart_token));
    struct checkout again = buyer(cart_token, 1);
    assert_field(checkout_place(work, &again, &order), "contact.phone");
    again = buyer(cart_token, 2);
    again.contact.email = "Liu@Example.com";
    assert_ok(checkout_place(work, &again, &order));
    assert_ok(open_cart(token, cup, 1, &cart_token));
    again = buyer(cart_token, 3);
    again.contact.email = "liu@example.com";
    assert_field(checkout_place(work, &again, &order), "contact.phone");
    assert_books_balance();
}

/* ---- races ---- */

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

static void the_last_seat_is_given_once(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100);
        struct order *first;
        struct rush rush = {0};
        (void)start_one(cup, 50, 0);
        const char *token = opened(cup, 9000 + round, &first), *cart_token;
        (void)joined(token, cup, 9100 + round);
        for (int i = 0; i < THREADS; i++) {
            assert_ok(open_cart(token, cup, 1, &cart_token));
            rush.checkouts[i] = buyer(cart_token, round * THREADS + i);
        }
        in_threads(check_out, &rush);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
        assert_int_equal(count_outcomes(&rush.outcomes, ERR_GROUP_OVER), THREADS - 1);
        assert_int_equal(group_of(first)->taken, SIZE);
        assert_int_equal(stock_of(cup).reserved, 3);
    }
    assert_books_balance();
}

static void one_person_who_clicks_often_gets_one_seat(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 100);
    struct order *first;
    struct rush rush = {0};
    (void)start_one(cup, 50, 0);
    const char *token = opened(cup, 1, &first), *cart_token;
    for (int i = 0; i < THREADS; i++) {
        assert_ok(open_cart(token, cup, 1, &cart_token));
        rush.checkouts[i] = buyer(cart_token, 2);
    }
    in_threads(check_out, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
    assert_int_equal(group_of(first)->taken, 2);
    assert_books_balance();
}

static void counters_that_are_wrong_are_found(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, PRICE, 10), id = start_one(cup, 5, 1);
    struct order *first;
    (void)opened(cup, 1, &first);
    assert_books_balance();
    tamper_of("UPDATE group_buy_entries SET sold = 2 WHERE shop_id = $1 AND group_buy_id = $2", id);
    assert_int_equal(problems_of(group_buy_check), 1);
    tamper_of("UPDATE group_buy_entries SET sold = 1 WHERE shop_id = $1 AND group_buy_id = $2", id);
    tamper("UPDATE buy_groups SET taken = 2 WHERE shop_id = $1");
    assert_int_equal(problems_of(group_buy_check), 1);
    tamper("UPDATE buy_groups SET taken = 1 WHERE shop_id = $1");
    tamper("UPDATE group_buyers SET quantity = 0 WHERE shop_id = $1");
    assert_true(problems_of(group_buy_check) > 0);
    tamper("UPDATE group_buyers SET quantity = 1 WHERE shop_id = $1");
    tamper("UPDATE buy_groups SET state = 4 WHERE shop_id = $1");
    assert_int_equal(problems_of(order_check_groups), 1);
    assert_int_equal(problems_of(payment_check_groups), 1);
    tamper("UPDATE buy_groups SET state = 2 WHERE shop_id = $1");
    assert_books_balance();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_makes_no_sense_is_refused_at_its_field),
        SENTENCE(a_variant_is_in_one_activity_at_a_time),
        SENTENCE(a_group_price_stands_alone_and_its_proof_says_so),
        SENTENCE(a_cart_of_a_group_is_not_changed),
        SENTENCE(a_paid_order_opens_a_group_and_the_last_one_fills_it),
        SENTENCE(codes_are_delivered_when_the_group_is_full_and_not_before),
        SENTENCE(a_group_that_is_not_full_in_time_gives_everything_back),
        SENTENCE(a_bank_that_is_down_delays_refunds_and_loses_none),
        SENTENCE(money_that_comes_after_the_end_goes_back_once),
        SENTENCE(late_money_gets_a_seat_again_or_goes_back),
        SENTENCE(who_leaves_frees_the_seat),
        SENTENCE(who_leaves_a_full_group_leaves_it_full),
        SENTENCE(a_buyer_leaves_while_the_group_is_open_and_not_after),
        SENTENCE(the_last_who_leaves_ends_the_group_and_an_unpaid_order_leaves_nothing),
        SENTENCE(a_group_that_nobody_paid_for_is_nothing),
        SENTENCE(one_person_sits_once_in_a_group),
        SENTENCE(the_last_seat_is_given_once),
        SENTENCE(one_person_who_clicks_often_gets_one_seat),
        SENTENCE(counters_that_are_wrong_are_found),
    };
    return RUN_SENTENCES(tests);
}
