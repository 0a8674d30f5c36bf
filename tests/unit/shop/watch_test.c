/* watch_test.c - a number for every variant of the shop that has none of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/inventory/inventory.h"
#include "unit.h"

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static int64_t alarms(void)
{
    return ask(
        "SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND kind = 'stock-low' AND resolved_at IS NULL");
}

static void set_default(int64_t low_at)
{
    assert_ok(stock_watch_default(work, low_at));
    reload_shop();
    run_jobs();
}

static void move(int64_t variant_id, enum stock_act act, int64_t quantity)
{
    struct stock_doing doing = {.act = act,
                                .variant_id = variant_id,
                                .product_id = product_of(variant_id),
                                .location_id = LOCATION_HOME,
                                .quantity = quantity,
                                .reason = "试"};
    assert_ok(stock_do(work, &doing));
    run_jobs();
}

static void every_variant_without_a_number_goes_by_the_shop(void **state)
{
    (void)state;
    int64_t low = make_variant(PRODUCT_PHYSICAL, 100, 3), many = make_variant(PRODUCT_PHYSICAL, 100, 50);
    int64_t own = make_variant(PRODUCT_PHYSICAL, 100, 4), never = make_variant(PRODUCT_PHYSICAL, 100, 1);
    (void)make_variant(PRODUCT_DIGITAL, 100, 2);
    assert_ok(stock_watch(work, own, product_of(own), (struct stock_watch){WATCH_OWN, 2}));
    assert_ok(stock_watch(work, never, product_of(never), (struct stock_watch){.source = WATCH_NEVER}));
    reload_shop();
    assert_int_equal(alarms(), 0);
    set_default(4);
    assert_int_equal(alarms(), 1);
    move(many, ACT_DAMAGE, 46);
    assert_int_equal(alarms(), 2);
    /* Enough is half as much more. */
    move(low, ACT_RECEIVE, 3);
    assert_int_equal(alarms(), 2);
    move(low, ACT_RECEIVE, 1);
    assert_int_equal(alarms(), 1);
    run_jobs();
    assert_int_equal(alarms(), 1);
    set_default(0);
    assert_int_equal(alarms(), 0);
}

static void another_number_raises_and_settles_what_it_must(void **state)
{
    (void)state;
    int64_t two = make_variant(PRODUCT_PHYSICAL, 100, 2), nine = make_variant(PRODUCT_PHYSICAL, 100, 9);
    set_default(10);
    assert_int_equal(alarms(), 2);
    set_default(3);
    assert_int_equal(alarms(), 1);
    set_default(10);
    assert_int_equal(alarms(), 2);
    /* A number of its own takes the place of the shop's, and gives it back. */
    assert_ok(stock_watch(work, nine, product_of(nine), (struct stock_watch){WATCH_OWN, 1}));
    assert_int_equal(alarms(), 1);
    assert_ok(stock_watch(work, nine, product_of(nine), (struct stock_watch){WATCH_OWN, 0}));
    assert_int_equal(alarms(), 2);
    struct stock_watch watch;
    assert_ok(stock_watch_load(work, nine, product_of(nine), &watch));
    assert_int_equal(watch.source, WATCH_SHOP);
    assert_ok(stock_watch(work, two, product_of(two), (struct stock_watch){.source = WATCH_NEVER}));
    assert_int_equal(alarms(), 1);
    assert_field(stock_watch_default(work, 21), "low_at");
}

static void what_is_not_offered_any_more_is_settled(void **state)
{
    (void)state;
    int64_t id = make_variant(PRODUCT_PHYSICAL, 100, 2);
    set_default(5);
    assert_int_equal(alarms(), 1);
    assert_ok(product_change_status(work, product_of(id), PRODUCT_ARCHIVED));
    run_jobs();
    assert_int_equal(alarms(), 0);
    assert_ok(product_change_status(work, product_of(id), PRODUCT_ACTIVE));
    run_jobs();
    assert_int_equal(alarms(), 1);
}

static void a_walk_over_many_asks_few_questions(void **state)
{
    (void)state;
    struct ware wares[GOODS_LIMIT];
    for (size_t i = 0; i < GOODS_LIMIT; i++)
        wares[i] = (struct ware){100, 50};
    for (int i = 0; i < 40; i++)
        (void)make_goods(PRODUCT_PHYSICAL, wares, GOODS_LIMIT);
    int64_t low = make_variant(PRODUCT_PHYSICAL, 100, 1);
    run_jobs();
    int64_t before = db_figures(fixture.db).queries;
    set_default(3);
    assert_int_equal(alarms(), 1);
    assert_true(db_figures(fixture.db).queries - before < 60);
    move(low, ACT_RECEIVE, 9);
    assert_int_equal(alarms(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(every_variant_without_a_number_goes_by_the_shop),
        SENTENCE(another_number_raises_and_settles_what_it_must),
        SENTENCE(what_is_not_offered_any_more_is_settled),
        SENTENCE(a_walk_over_many_asks_few_questions),
    };
    return RUN_SENTENCES(tests);
}
