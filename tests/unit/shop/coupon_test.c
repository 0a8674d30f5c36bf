/* coupon_test.c - claimed coupons: never one over, spent once, and back when the order comes to nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/pricing/pricing.h"
#include "unit.h"

#define EVERY_CLASS (1u << CLASS_SALE | 1u << CLASS_GOODS | 1u << CLASS_SUM | 1u << CLASS_COUPON)
#define ALICE 1001
#define BOB 1002
#define LEVEL 77

static void act_as(int64_t customer_id)
{
    work->actor = customer_id ? ACTOR_BUYER : ACTOR_SYSTEM;
    work->actor_id = customer_id;
}

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static int64_t start_coupon(const char *code, int64_t from, int64_t off)
{
    struct promotion promotion = {
        .name = "秋日券",
        .code = code,
        .starts_at = work->now - DAY_MS,
        .ends_at = work->now + 30 * DAY_MS,
        .rule = {.kind = DISCOUNT_COUPON,
                 .beside = EVERY_CLASS & ~(1u << CLASS_COUPON),
                 .steps = {{.from = from, .off = off}},
                 .step_count = 1},
        .is_for_all = true,
    };
    assert_ok(promotion_save(work, &promotion));
    assert_ok(promotion_change_status(work, promotion.id, PROMOTION_ACTIVE));
    reload_shop();
    return promotion.id;
}

static int64_t offer_coupon(const char *code, int64_t from, int64_t off, int64_t issue_most)
{
    int64_t id = start_coupon(code, from, off);
    struct coupon_offer offer = {
        .promotion_id = id, .audience = COUPON_FOR_ALL, .issue_most = issue_most, .holder_most = 1};
    assert_ok(coupon_offer_save(work, &offer));
    return id;
}

static struct coupon_offer *offer_of(int64_t promotion_id)
{
    struct coupon_offer *offer;
    assert_ok(coupon_offer_find(work, promotion_id, &offer));
    assert_non_null(offer);
    return offer;
}

static err claim_as(int64_t customer_id, int64_t promotion_id)
{
    struct coupon_claimer claimer = {.customer_id = customer_id};
    return coupon_take(work, promotion_id, &claimer);
}

static const char *refusal(err failure)
{
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_INVALID);
    return failure->problems->code;
}

static const struct cart *open_cart(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart;
}

static struct order *place(const char *token)
{
    struct checkout checkout = checkout_of(token);
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    return load_order(order->id);
}

static size_t held(int64_t customer_id, enum coupon_state state)
{
    struct coupon_held *coupons;
    size_t count;
    assert_ok(coupon_held_list(work, customer_id, state, &coupons, &count));
    return count;
}

static void assert_books_balance(void)
{
    assert_int_equal(problems_of(promotion_check), 0);
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(payment_check), 0);
}

/* ---- offering */

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    int64_t id = start_coupon("AUTUMN", 200, 20);
    struct coupon_offer fine = {.promotion_id = id, .audience = COUPON_FOR_ALL, .holder_most = 1}, offer;
#define REFUSED(field, ...)                                                                                  \
    do {                                                                                                     \
        offer = fine;                                                                                        \
        __VA_ARGS__;                                                                                         \
        assert_field(coupon_offer_save(work, &offer), field);                                                \
    } while (0)
    REFUSED("holder_most", offer.holder_most = 0);
    REFUSED("holder_most", offer.holder_most = COUPON_HOLDER_MOST + 1);
    REFUSED("issue_most", offer.issue_most = -1);
    REFUSED("days", offer.days = COUPON_DAYS_MOST + 1);
    REFUSED("group", offer.audience = COUPON_FOR_GROUP);
    assert_ok(coupon_offer_save(work, &fine));
    assert_ok(claim_as(ALICE, id));
    assert_ok(claim_as(BOB, id));
    REFUSED("issue_most", offer.issue_most = 1);
    fine.issue_most = 2;
    assert_ok(coupon_offer_save(work, &fine));
    assert_string_equal(refusal(claim_as(1003, id)), "gone");
    assert_ok(promotion_change_status(work, id, PROMOTION_ENDED));
    REFUSED("promotion", (void)0);
    assert_books_balance();
}

static void who_it_is_for_is_looked_at(void **state)
{
    (void)state;
    int64_t id = start_coupon("AUTUMN", 200, 20);
    struct coupon_offer offer = {.promotion_id = id, .audience = COUPON_FOR_NEW, .holder_most = 1};
    struct coupon_claimer claimer = {.customer_id = ALICE, .group_id = LEVEL, .is_new = false};
    assert_fails(coupon_take(work, id, &claimer), ERR_NOT_FOUND);
    assert_ok(coupon_offer_save(work, &offer));
    assert_string_equal(refusal(coupon_take(work, id, &claimer)), "not-new");
    offer.audience = COUPON_FOR_GROUP;
    offer.group_id = LEVEL + 1;
    assert_ok(coupon_offer_save(work, &offer));
    assert_string_equal(refusal(coupon_take(work, id, &claimer)), "not-level");
    offer.group_id = LEVEL;
    assert_ok(coupon_offer_save(work, &offer));
    assert_ok(coupon_take(work, id, &claimer));
    assert_string_equal(refusal(coupon_take(work, id, &claimer)), "had");
    assert_ok(coupon_give(work, id, ALICE));
    assert_int_equal(held(ALICE, COUPON_USABLE), 2);
    assert_ok(coupon_offer_stop(work, id));
    assert_ok(coupon_offer_stop(work, id));
    claimer.customer_id = BOB;
    assert_string_equal(refusal(coupon_take(work, id, &claimer)), "over");
    assert_int_equal(offer_of(id)->issued, 2);
    assert_books_balance();
}

static void a_ticket_is_shown_while_it_can_be_had(void **state)
{
    (void)state;
    int64_t id = offer_coupon("AUTUMN", 200, 20, 1);
    struct coupon_ticket *tickets;
    size_t count;
    assert_ok(coupon_ticket_list(work, NULL, 0, 0, &tickets, &count));
    assert_int_equal(count, 1);
    assert_int_equal(tickets[0].promotion->id, id);
    assert_ok(claim_as(ALICE, id));
    assert_ok(coupon_ticket_list(work, NULL, 0, 0, &tickets, &count));
    assert_int_equal(count, 0);
    assert_ok(coupon_ticket_list(work, NULL, 0, ALICE, &tickets, &count));
    assert_int_equal(count, 1);
    assert_int_equal(tickets[0].held, 1);
}

/* ---- counting */

static void the_best_claimed_coupon_counts_by_itself_and_another_may_be_chosen(void **state)
{
    (void)state;
    int64_t small = offer_coupon("SMALL", 0, 30, 0), large = offer_coupon("LARGE", 400, 80, 0);
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    const struct cart *cart;
    const char *token = make_cart(cup, 1);
    assert_int_equal(open_cart(token)->total, 500);
    assert_ok(claim_as(ALICE, small));
    assert_ok(claim_as(ALICE, large));
    assert_int_equal(open_cart(token)->total, 500);
    act_as(ALICE);
    assert_int_equal(open_cart(token)->total, 420);
    assert_ok(cart_set_coupon(work, token, arena_format(work->arena, "#%" PRId64, small), &cart));
    assert_int_equal(cart->total, 470);
    assert_int_equal(cart->priced.wishes_coupon, small);
    assert_ok(cart_set_coupon(work, token, "#none", &cart));
    assert_int_equal(cart->total, 500);
    assert_ok(cart_set_coupon(work, token, "#4711", &cart));
    assert_int_equal(cart->total, 420);
    assert_field(cart_set_coupon(work, token, "#", &cart), "code");
    assert_ok(cart_set_coupon(work, token, "", &cart));
    assert_int_equal(cart->total, 420);
    act_as(BOB);
    assert_int_equal(open_cart(token)->total, 500);
}

static void the_code_of_a_claimed_coupon_counts_no_more(void **state)
{
    (void)state;
    (void)offer_coupon("AUTUMN", 0, 30, 0);
    const struct cart *cart;
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 500, 50), 1);
    assert_field(cart_set_coupon(work, token, "AUTUMN", &cart), "code");
}

static void it_is_good_for_whole_days(void **state)
{
    (void)state;
    int64_t id = start_coupon("AUTUMN", 0, 30);
    struct coupon_offer offer = {.promotion_id = id, .audience = COUPON_FOR_ALL, .holder_most = 1, .days = 2};
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 500, 50), 1);
    int64_t midnight = clock_day_shift(clock_day_start(work->now, work->shop->zone), 3, work->shop->zone);
    assert_ok(coupon_offer_save(work, &offer));
    assert_ok(claim_as(ALICE, id));
    act_as(ALICE);
    work->now = midnight - 1;
    assert_int_equal(open_cart(token)->total, 470);
    work->now = midnight;
    assert_int_equal(open_cart(token)->total, 500);
    assert_int_equal(held(ALICE, COUPON_EXPIRED), 1);
}

/* ---- spending */

static void it_is_spent_once_and_comes_back_with_the_order(void **state)
{
    (void)state;
    int64_t id = offer_coupon("AUTUMN", 0, 30, 0), cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    assert_ok(claim_as(ALICE, id));
    act_as(ALICE);
    struct order *order = place(make_cart(cup, 1));
    assert_int_equal(order->total, 470);
    assert_int_equal(open_cart(make_cart(cup, 1))->total, 500);
    assert_int_equal(held(ALICE, COUPON_USED), 1);
    assert_int_equal(offer_of(id)->used, 1);
    assert_books_balance();
    assert_ok(order_close_unpaid(work, order->id, "cancelled", ""));
    assert_int_equal(held(ALICE, COUPON_USABLE), 1);
    assert_int_equal(offer_of(id)->used, 0);
    assert_int_equal(open_cart(make_cart(cup, 1))->total, 470);
    assert_books_balance();
}

static void a_late_payment_takes_it_again_only_if_it_is_there(void **state)
{
    (void)state;
    int64_t id = offer_coupon("AUTUMN", 0, 30, 0), cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    assert_ok(claim_as(ALICE, id));
    act_as(ALICE);
    struct order *late = place(make_cart(cup, 1));
    const struct payment_attempt *attempt = start_payment(late);
    assert_ok(order_close_unpaid(work, late->id, "expired", ""));
    assert_int_equal(place(make_cart(cup, 1))->total, 470);
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    run_jobs();
    assert_int_equal(load_order(late->id)->state.order, ORDER_CLOSED);
    assert_int_equal(load_order(late->id)->refunded, 470);
    assert_int_equal(offer_of(id)->used, 1);
    assert_books_balance();
}

static void a_late_payment_gets_it_when_nobody_else_did(void **state)
{
    (void)state;
    int64_t id = offer_coupon("AUTUMN", 0, 30, 0), cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    assert_ok(claim_as(ALICE, id));
    act_as(ALICE);
    struct order *late = place(make_cart(cup, 1));
    const struct payment_attempt *attempt = start_payment(late);
    assert_ok(order_close_unpaid(work, late->id, "expired", ""));
    bank_pay(attempt->number);
    struct payment_fact fact = bank_fact(attempt);
    assert_ok(payment_apply_fact(work, &fact));
    run_jobs();
    assert_int_equal(load_order(late->id)->state.order, ORDER_OPEN);
    assert_int_equal(held(ALICE, COUPON_USED), 1);
    assert_books_balance();
}

/* ---- races */

struct rush {
    int64_t promotion_id;
    bool is_one_person;
    struct checkout checkouts[THREADS];
    struct outcomes outcomes;
};

static void claim_in_thread(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    struct coupon_claimer claimer = {.customer_id = rush->is_one_person ? ALICE : ALICE + index};
    rush->outcomes.codes[index] = code_of(coupon_take(ctx, rush->promotion_id, &claimer));
}

static void never_one_over_of_all_and_of_one_person(void **state)
{
    (void)state;
    struct rush rush = {.promotion_id = offer_coupon("AUTUMN", 0, 30, 3)};
    in_threads(claim_in_thread, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 3);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_INVALID), THREADS - 3);
    assert_int_equal(offer_of(rush.promotion_id)->issued, 3);
    struct rush greedy = {.promotion_id = offer_coupon("WINTER", 0, 30, 0), .is_one_person = true};
    in_threads(claim_in_thread, &greedy);
    assert_int_equal(count_outcomes(&greedy.outcomes, ERR_NONE), 1);
    assert_int_equal(offer_of(greedy.promotion_id)->issued, 1);
    assert_books_balance();
}

static void order_in_thread(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    struct order *order;
    ctx->actor = ACTOR_BUYER;
    ctx->actor_id = ALICE;
    rush->outcomes.codes[index] = code_of(checkout_place(ctx, &rush->checkouts[index], &order));
}

static void many_orders_at_once_spend_it_once(void **state)
{
    (void)state;
    struct rush rush = {.promotion_id = offer_coupon("AUTUMN", 0, 30, 0)};
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 500, 50);
    assert_ok(claim_as(ALICE, rush.promotion_id));
    for (int i = 0; i < THREADS; i++)
        rush.checkouts[i] = checkout_of(make_cart(cup, 1));
    in_threads(order_in_thread, &rush);
    assert_int_equal(ask("SELECT count(*) FROM orders WHERE shop_id = $1 AND discount > 0"), 1);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE) +
                         count_outcomes(&rush.outcomes, ERR_PROMOTION_OVER),
                     THREADS);
    assert_books_balance();
}

static void what_was_touched_is_found(void **state)
{
    (void)state;
    int64_t id = offer_coupon("AUTUMN", 0, 30, 5);
    assert_ok(claim_as(ALICE, id));
    assert_int_equal(problems_of(coupon_check), 0);
    tamper("UPDATE coupon_offers SET issued = 2 WHERE shop_id = $1");
    assert_int_equal(problems_of(coupon_check), 1);
    tamper("UPDATE coupon_offers SET issued = 1 WHERE shop_id = $1");
    tamper("UPDATE coupon_holders SET claims = 2 WHERE shop_id = $1");
    assert_int_equal(problems_of(coupon_check), 1);
    tamper("UPDATE coupon_holders SET claims = 1 WHERE shop_id = $1");
    tamper("UPDATE coupon_claims SET order_id = 4711 WHERE shop_id = $1");
    assert_int_equal(problems_of(coupon_check), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_makes_no_sense_is_refused),
        SENTENCE(who_it_is_for_is_looked_at),
        SENTENCE(a_ticket_is_shown_while_it_can_be_had),
        SENTENCE(the_best_claimed_coupon_counts_by_itself_and_another_may_be_chosen),
        SENTENCE(the_code_of_a_claimed_coupon_counts_no_more),
        SENTENCE(it_is_good_for_whole_days),
        SENTENCE(it_is_spent_once_and_comes_back_with_the_order),
        SENTENCE(a_late_payment_takes_it_again_only_if_it_is_there),
        SENTENCE(a_late_payment_gets_it_when_nobody_else_did),
        SENTENCE(never_one_over_of_all_and_of_one_person),
        SENTENCE(many_orders_at_once_spend_it_once),
        SENTENCE(what_was_touched_is_found),
    };
    return RUN_SENTENCES(tests);
}
