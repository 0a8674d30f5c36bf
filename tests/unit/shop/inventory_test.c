/* inventory_test.c - what is on hand, what is promised, and the movements that must add up to both. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

#define ORDER_ID 77

struct wish {
    err (*act)(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
    const struct demand *demands;
    size_t count;
};

static err act_in_transaction(struct ctx *ctx, void *arg)
{
    const struct wish *wish = arg;
    return wish->act(ctx, ORDER_ID, wish->demands, wish->count);
}

static err reserve(const struct demand *demands, size_t count)
{
    return db_transact(work, act_in_transaction, &(struct wish){stock_reserve, demands, count});
}

static err release(const struct demand *demands, size_t count)
{
    return db_transact(work, act_in_transaction, &(struct wish){stock_release, demands, count});
}

static err sell(const struct demand *demands, size_t count)
{
    return db_transact(work, act_in_transaction, &(struct wish){stock_sell, demands, count});
}

static struct demand demand_of(int64_t variant_id, int64_t quantity)
{
    struct stock stock = stock_of(variant_id);
    return (struct demand){variant_id, product_of(variant_id), quantity, stock_available(&stock), NULL, 0};
}

static void assert_stock(int64_t variant_id, int64_t on_hand, int64_t reserved)
{
    struct stock stock = stock_of(variant_id);
    assert_int_equal(stock.on_hand, on_hand);
    assert_int_equal(stock.reserved, reserved);
    assert_int_equal(problems_of(stock_check), 0);
}

static int64_t movements(void)
{
    return ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1");
}

static void gathering_sums_equal_variants_and_sorts_them(void **state)
{
    (void)state;
    struct demand demands[] = {{5, 50, 1, 9, NULL, 0}, {3, 30, 2, 9, NULL, 0},  {5, 50, 4, 9, NULL, 0},
                               {9, 90, 8, 9, NULL, 0}, {3, 30, 16, 9, NULL, 0}, {1, 10, 32, 9, NULL, 0}};
    assert_int_equal(demand_gather(demands, 6), 4);
    static const struct demand expected[] = {
        {1, 10, 32, 9, NULL, 0}, {3, 30, 18, 9, NULL, 0}, {5, 50, 5, 9, NULL, 0}, {9, 90, 8, 9, NULL, 0}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(demands[i].variant_id, expected[i].variant_id);
        assert_int_equal(demands[i].product_id, expected[i].product_id);
        assert_int_equal(demands[i].quantity, expected[i].quantity);
    }
    assert_int_equal(demand_gather(demands, 0), 0);
    assert_int_equal(demand_gather(demands, 1), 1);
}

static void a_promise_is_reserved_sold_and_written_down(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct demand demand = demand_of(variant_id, 4);
    assert_ok(reserve(&demand, 1));
    assert_stock(variant_id, 10, 4);
    demand.quantity = 3;
    assert_ok(sell(&demand, 1));
    assert_stock(variant_id, 7, 1);
    demand.quantity = 1;
    assert_ok(release(&demand, 1));
    assert_stock(variant_id, 7, 0);
    assert_int_equal(movements(), 4);
    assert_int_equal(ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND order_id = 77"), 3);
    assert_int_equal(ask("SELECT on_hand FROM stock_movements WHERE shop_id = $1 AND kind = 3"), -3);
    assert_int_equal(ask("SELECT reserved FROM stock_movements WHERE shop_id = $1 AND kind = 2"), -1);
}

static void reserving_is_all_or_nothing(void **state)
{
    (void)state;
    struct ware wares[] = {{100, 10}, {100, 2}};
    struct goods goods = make_goods(PRODUCT_PHYSICAL, wares, 2);
    struct demand demands[] = {demand_of(goods.variant_ids[0], 1), demand_of(goods.variant_ids[1], 3)};
    int64_t before = movements();
    int64_t news = ask("SELECT count(*) FROM outbox WHERE shop_id = $1");
    assert_fails(reserve(demands, 2), ERR_OUT_OF_STOCK);
    assert_stock(goods.variant_ids[0], 10, 0);
    assert_stock(goods.variant_ids[1], 2, 0);
    assert_int_equal(movements(), before);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1"), news);
    demands[1].quantity = 2;
    assert_ok(reserve(demands, 2));
    assert_stock(goods.variant_ids[1], 2, 2);
}

static void the_last_piece_is_promised_and_no_more(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 3);
    struct demand demand = demand_of(variant_id, 3);
    assert_ok(reserve(&demand, 1));
    demand.quantity = 1;
    assert_fails(reserve(&demand, 1), ERR_OUT_OF_STOCK);
    demand.variant_id = 12345;
    assert_fails(reserve(&demand, 1), ERR_OUT_OF_STOCK);
    assert_stock(variant_id, 3, 3);
}

static void what_was_not_promised_can_neither_leave_nor_come_back(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct demand demand = demand_of(variant_id, 2);
    assert_ok(reserve(&demand, 1));
    demand.quantity = 3;
    assert_fails(sell(&demand, 1), ERR_CONFLICT);
    assert_non_null(release(&demand, 1));
    assert_stock(variant_id, 10, 2);
    assert_int_equal(movements(), 2);
}

static void one_shop_cannot_take_the_stock_of_another(void **state)
{
    (void)state;
    const struct shop *mine = work->shop;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct demand demand = demand_of(variant_id, 2);
    work->shop = make_shop();
    assert_fails(reserve(&demand, 1), ERR_OUT_OF_STOCK);
    assert_int_equal(stock_of(variant_id).on_hand, 0);
    work->shop = mine;
    assert_stock(variant_id, 10, 0);
}

static void take_three(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    struct demand demand = {outcomes->ids[0], 1, 3, 10, NULL, 0};
    outcomes->codes[index] =
        code_of(db_transact(ctx, act_in_transaction, &(struct wish){stock_reserve, &demand, 1}));
}

static void eight_who_want_three_of_ten_at_once_get_nine(void **state)
{
    (void)state;
    struct outcomes outcomes = {.ids = {make_variant(PRODUCT_PHYSICAL, 100, 10)}};
    in_threads(take_three, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 3);
    assert_int_equal(count_outcomes(&outcomes, ERR_OUT_OF_STOCK), 5);
    assert_stock(outcomes.ids[0], 10, 9);
}

static err receive_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *variant_id = arg;
    struct stock stock;
    TRY(stock_lock(ctx, *variant_id, &stock));
    return stock_correct(ctx, &stock, 1, stock.on_hand + 5, "补货");
}

static void goods_that_come_in_raise_what_is_on_hand(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 0), unknown = 12345;
    assert_int_equal(movements(), 0);
    assert_ok(db_transact(work, receive_in_transaction, &variant_id));
    assert_stock(variant_id, 5, 0);
    assert_string_equal(ask_text("SELECT reason FROM stock_movements WHERE shop_id = $1"), "补货");
    assert_fails(db_transact(work, receive_in_transaction, &unknown), ERR_NOT_FOUND);
    assert_int_equal(movements(), 1);
}

static void a_count_by_hand_needs_what_the_person_saw(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 10);
    int64_t product_id = product_of(variant_id);
    struct demand demand = demand_of(variant_id, 4);
    assert_ok(reserve(&demand, 1));
    assert_fails(stock_count(work, variant_id, product_id, 8, 9, NULL), ERR_CONFLICT);
    assert_fails(stock_count(work, variant_id, product_id, 3, 10, NULL), ERR_CONFLICT);
    assert_stock(variant_id, 10, 4);
    assert_int_equal(movements(), 2);
    assert_ok(stock_count(work, variant_id, product_id, 4, 10, "盘点"));
    assert_stock(variant_id, 4, 4);
    assert_int_equal(ask("SELECT on_hand FROM stock_movements WHERE shop_id = $1 AND kind = 5"), -6);
}

static void count_by_hand(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    outcomes->codes[index] = code_of(stock_count(ctx, outcomes->ids[0], 1, 20 + index, 10, NULL));
}

static void of_eight_who_count_at_once_one_is_right(void **state)
{
    (void)state;
    struct outcomes outcomes = {.ids = {make_variant(PRODUCT_PHYSICAL, 100, 10)}};
    in_threads(count_by_hand, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&outcomes, ERR_CONFLICT), THREADS - 1);
    assert_int_equal(problems_of(stock_check), 0);
}

static void sums_and_look_ups_of_many_keep_the_order_asked_for(void **state)
{
    (void)state;
    struct ware wares[] = {{100, 3}, {100, 4}};
    struct goods first = make_goods(PRODUCT_PHYSICAL, wares, 2);
    struct goods second = make_goods(PRODUCT_PHYSICAL, wares, 1);
    struct demand demand = demand_of(first.variant_ids[1], 1);
    assert_ok(reserve(&demand, 1));
    int64_t ids[70], sums[70];
    struct stock stocks[70];
    for (size_t i = 0; i < 70; i++)
        ids[i] = i % 3 == 0 ? first.product_id : i % 3 == 1 ? second.product_id : -1;
    assert_ok(stock_sum_products(work, ids, 70, sums));
    for (size_t i = 0; i < 70; i++)
        assert_int_equal(sums[i], i % 3 == 0 ? 6 : i % 3 == 1 ? 3 : 0);
    for (size_t i = 0; i < 70; i++)
        ids[i] = i % 2 ? first.variant_ids[1] : -1;
    assert_ok(stock_load_many(work, ids, 70, stocks));
    for (size_t i = 0; i < 70; i++)
        assert_int_equal(stock_available(&stocks[i]), i % 2 ? 3 : 0);
}

static int low_count(int limit)
{
    struct stock *stocks;
    size_t count;
    assert_ok(stock_list_low(work, limit, &stocks, &count));
    for (size_t i = 0; i < count; i++) {
        assert_true(stock_available(&stocks[i]) <= STOCK_LOW_LEVEL);
        assert_true(i == 0 || stocks[i].variant_id < stocks[i - 1].variant_id);
    }
    return (int)count;
}

static void staff_see_what_runs_low_newest_first(void **state)
{
    (void)state;
    int64_t plenty = make_variant(PRODUCT_PHYSICAL, 100, STOCK_LOW_LEVEL + 1);
    make_variant(PRODUCT_PHYSICAL, 100, STOCK_LOW_LEVEL);
    int64_t none = make_variant(PRODUCT_PHYSICAL, 100, 0);
    assert_int_equal(low_count(10), 2);
    assert_int_equal(low_count(1), 1);
    struct demand demand = demand_of(plenty, 1);
    assert_ok(reserve(&demand, 1));
    assert_int_equal(low_count(10), 3);
    assert_ok(release(&demand, 1));
    assert_int_equal(low_count(10), 2);
    assert_ok(stock_count(work, none, product_of(none), 100, 0, NULL));
    assert_int_equal(low_count(10), 1);
}

static void pages_are_told_only_near_the_end_of_a_stock(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, STOCK_NEWS_LEVEL + STOCK_RUSH + 2);
    fixture_run(&fixture, "DELETE FROM outbox");
    struct demand demand = demand_of(variant_id, 1);
    assert_ok(reserve(&demand, 1));
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1"), 0);
    demand = demand_of(variant_id, 1);
    assert_ok(reserve(&demand, 1));
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'product.changed'"), 1);
    assert_int_equal(ask("SELECT aggregate_id FROM outbox WHERE shop_id = $1"), product_of(variant_id));
}

/* Each has read that 60 are there, and the last one takes the last two. */
static void a_rush_that_read_the_same_stock_tells_of_its_end(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 60);
    fixture_run(&fixture, "DELETE FROM outbox");
    struct demand demand = demand_of(variant_id, 2);
    for (int i = 0; i < 30; i++) {
        struct demand stale = demand;
        assert_ok(reserve(&stale, 1));
    }
    assert_int_equal(stock_of(variant_id).reserved, 60);
    assert_true(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'product.changed'") > 0);
    assert_int_equal(low_count(100), 1);
}

static void the_check_finds_a_changed_row_and_a_lost_movement(void **state)
{
    (void)state;
    int64_t first = make_variant(PRODUCT_PHYSICAL, 100, 10), second = make_variant(PRODUCT_PHYSICAL, 100, 10);
    struct demand demand = demand_of(first, 4);
    assert_ok(reserve(&demand, 1));
    assert_int_equal(problems_of(stock_check), 0);
    tamper_of("UPDATE stock SET on_hand = on_hand + 1 WHERE shop_id = $1 AND variant_id = $2", first);
    assert_int_equal(problems_of(stock_check), 1);
    tamper_of("UPDATE stock SET reserved = reserved + 1 WHERE shop_id = $1 AND variant_id = $2", second);
    assert_int_equal(problems_of(stock_check), 2);
    tamper_of("UPDATE stock SET on_hand = on_hand - 1 WHERE shop_id = $1 AND variant_id = $2", first);
    tamper_of("UPDATE stock SET reserved = reserved - 1 WHERE shop_id = $1 AND variant_id = $2", second);
    assert_int_equal(problems_of(stock_check), 0);
    tamper_of("DELETE FROM stock_movements WHERE shop_id = $1 AND variant_id = $2", second);
    tamper("UPDATE stock_movements SET reserved = 3 WHERE shop_id = $1 AND kind = 1");
    assert_int_equal(problems_of(stock_check), 2);
}

/* Behind the hour at which the night's check begins, `nights` after the present day. */
static void sleep_until(int nights)
{
    int64_t day = clock_day_start(work->now, work->shop->zone);
    work->now = clock_day_shift(day, nights, work->shop->zone) + 4 * HOUR_MS;
}

static void every_night_staff_hear_once_of_stock_that_does_not_add_up(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 7);
    sleep_until(1);
    assert_ok(stock_watch_books(work));
    assert_false(has_alarm(STOCK_MISMATCH_ALARM));
    tamper_of("UPDATE stock SET on_hand = 9 WHERE shop_id = $1 AND variant_id = $2", variant_id);
    assert_ok(stock_watch_books(work)); /* this night's check was made */
    assert_false(has_alarm(STOCK_MISMATCH_ALARM));
    sleep_until(1);
    assert_ok(stock_watch_books(work));
    assert_true(has_alarm(STOCK_MISMATCH_ALARM));
    assert_string_equal(ask_text("SELECT detail FROM alarms WHERE shop_id = $1"), "9 ≠ 7");
    sleep_until(1);
    assert_ok(stock_watch_books(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM alarms WHERE shop_id = $1"), 1);
    assert_int_equal(stock_of(variant_id).on_hand, 9); /* nobody repairs what a person must look at */
}

struct hearing {
    int64_t product_id;
};

static err hear_in_transaction(struct ctx *ctx, void *arg)
{
    const struct hearing *hearing = arg;
    struct outbox_event event = {.topic = "product.changed", .aggregate_id = hearing->product_id};
    return inventory_listeners[0].hear(ctx, &event, NULL);
}

static void looks(int64_t variant_id)
{
    struct hearing hearing = {product_of(variant_id)};
    assert_ok(shop_load(work, work->shop->id, &work->shop));
    assert_ok(db_transact(work, hear_in_transaction, &hearing));
}

static void holds_and_looks(int64_t variant_id, int64_t on_hand)
{
    assert_ok(stock_count(work, variant_id, product_of(variant_id), on_hand, stock_of(variant_id).on_hand,
                          "counted"));
    looks(variant_id);
}

#define TOLD_BACK "SELECT COUNT(*) FROM outbox WHERE shop_id = $1 AND topic = 'stock.back_in_stock'"
#define TOLD_OVER "SELECT COUNT(*) FROM outbox WHERE shop_id = $1 AND topic = 'stock.oversold'"

static void who_watches_hears_once_that_goods_are_back(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 9);
    assert_ok(stock_watch(work, variant_id, product_of(variant_id), (struct stock_watch){WATCH_OWN, 6}));
    holds_and_looks(variant_id, 5);
    assert_int_equal(ask(TOLD_BACK), 0);
    holds_and_looks(variant_id, 0);
    holds_and_looks(variant_id, 3); /* half of six: the first buyers take that at once */
    assert_int_equal(ask(TOLD_BACK), 0);
    holds_and_looks(variant_id, 4);
    holds_and_looks(variant_id, 3);
    holds_and_looks(variant_id, 4);
    assert_int_equal(ask(TOLD_BACK), 1);
    holds_and_looks(variant_id, 0);
    holds_and_looks(variant_id, 20);
    assert_int_equal(ask(TOLD_BACK), 2);
    assert_int_equal(ask(TOLD_OVER), 0);
}

static void who_watches_hears_once_that_more_is_promised_than_there_is(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 1), product_id = product_of(variant_id);
    struct stock_doing coming = {ACT_RECEIVE, variant_id, product_id, LOCATION_HOME, 0, 3, "came"};
    assert_ok(stock_watch(work, variant_id, product_id, (struct stock_watch){WATCH_OWN, 2}));
    assert_ok(stock_allow_backorder(work, variant_id, product_id, 5, ""));
    for (int i = 0; i < 3; i++) {
        place_order(variant_id, 1);
        looks(variant_id);
        assert_int_equal(ask(TOLD_OVER), i > 0);
    }
    assert_ok(stock_do(work, &coming));
    looks(variant_id);
    place_order(variant_id, 2);
    looks(variant_id);
    assert_int_equal(ask(TOLD_OVER), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(gathering_sums_equal_variants_and_sorts_them),
        SENTENCE(a_promise_is_reserved_sold_and_written_down),
        SENTENCE(reserving_is_all_or_nothing),
        SENTENCE(the_last_piece_is_promised_and_no_more),
        SENTENCE(what_was_not_promised_can_neither_leave_nor_come_back),
        SENTENCE(one_shop_cannot_take_the_stock_of_another),
        SENTENCE(eight_who_want_three_of_ten_at_once_get_nine),
        SENTENCE(goods_that_come_in_raise_what_is_on_hand),
        SENTENCE(a_count_by_hand_needs_what_the_person_saw),
        SENTENCE(of_eight_who_count_at_once_one_is_right),
        SENTENCE(sums_and_look_ups_of_many_keep_the_order_asked_for),
        SENTENCE(staff_see_what_runs_low_newest_first),
        SENTENCE(pages_are_told_only_near_the_end_of_a_stock),
        SENTENCE(a_rush_that_read_the_same_stock_tells_of_its_end),
        SENTENCE(the_check_finds_a_changed_row_and_a_lost_movement),
        SENTENCE(every_night_staff_hear_once_of_stock_that_does_not_add_up),
        SENTENCE(who_watches_hears_once_that_goods_are_back),
        SENTENCE(who_watches_hears_once_that_more_is_promised_than_there_is),
    };
    return RUN_SENTENCES(tests);
}
