/* seed_test.c - shops that fill themselves are in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/order/order.h"
#include "shop/seed/seed.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include "shop_fixture.h"
#include "unit.h"

static struct shop_fixture fixture;
static struct ctx *const ctx = &fixture.ctx;

static int open_empty(void **state)
{
    (void)state;
    shop_fixture_open_empty(&fixture);
    fixture.ctx.now = clock_now();
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_must_be_in_order(&fixture);
    shop_fixture_close(&fixture);
    return 0;
}

static int64_t jobs_of(const char *kind)
{
    return fixture_ask(&fixture.base,
                       arena_format(ctx->arena, "SELECT COUNT(*) FROM jobs WHERE kind = '%s'", kind));
}

static int64_t count_stage(enum order_stage stage)
{
    int64_t count;
    shop_must(order_count_stage(ctx, stage, 1000, &count));
    return count;
}

static void nobody_can_be_mailed(void)
{
    struct order_query query = {.limit = 100};
    struct order *orders;
    size_t count;
    shop_must(order_list(ctx, &query, &orders, &count));
    assert_int_equal(count, 40);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(orders[i].contact.email, "");
    assert_int_equal(
        fixture_ask(&fixture.base, "SELECT COUNT(*) FROM outbox WHERE payload LIKE '%has_email\":true%'"), 0);
}

static void the_demo_is_there_once(void **state)
{
    (void)state;
    struct seed_result result;
    struct staff_entry entry;
    shop_must(seed_demo(ctx, getenv("YUNDIAN_TEST_DEMO"), &result));
    assert_false(result.was_there);
    assert_int_equal(result.shops, 3);
    assert_int_equal(result.categories, 11 + 4 + 4);
    assert_true(result.products >= 64);
    assert_int_equal(result.orders, 40);
    shop_must(shop_load_by_handle(ctx, "demo", &ctx->shop));
    shop_must(staff_log_in(ctx, result.staff_login, result.staff_password, "", &entry));
    for (int stage = STAGE_PENDING_PAYMENT; stage <= STAGE_LAST; stage++)
        if (stage != STAGE_REFUNDING && stage != STAGE_PENDING_BALANCE && stage != STAGE_GROUPING)
            assert_true(count_stage((enum order_stage)stage) > 0);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM alarms"), 0);
    nobody_can_be_mailed();
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM products WHERE picture_id IS NULL"), 0);
    assert_int_equal(jobs_of("order.close"), count_stage(STAGE_PENDING_PAYMENT));
    assert_int_equal(jobs_of("order.confirm"), count_stage(STAGE_SHIPPED));
    assert_int_equal(jobs_of("order.aftersale"), count_stage(STAGE_TO_REVIEW));
    assert_int_equal(jobs_of("promotion.turn"),
                     fixture_ask(&fixture.base, "SELECT COUNT(*) FROM promotions WHERE status = 2"));
    assert_int_equal(jobs_of("presale.turn"), 1);
    assert_int_equal(jobs_of("group.turn"), 1);
    assert_int_equal(jobs_of("flash.turn"), 10);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM jobs WHERE kind NOT LIKE 'order.%'"
                                                " AND kind NOT LIKE '%.turn'"),
                     0);
    assert_true(ctx->shop->has_flash && ctx->shop->has_presales && ctx->shop->has_group_buys &&
                ctx->shop->has_freight);
    int64_t products = result.products;
    shop_must(seed_demo(ctx, getenv("YUNDIAN_TEST_DEMO"), &result));
    assert_true(result.was_there);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM products"), products);
}

static void the_newest_products_of_the_demo_are_mixed(void **state)
{
    (void)state;
    struct seed_result result;
    struct product_page page;
    struct product_query query = {.status = PRODUCT_ACTIVE, .sort = SORT_NEWEST, .limit = 8};
    shop_must(seed_demo(ctx, getenv("YUNDIAN_TEST_DEMO"), &result));
    shop_must(shop_load_by_handle(ctx, "demo", &ctx->shop));
    shop_must(product_list(ctx, &query, &page));
    assert_int_equal(page.count, 8);
    for (size_t i = 1; i < page.count; i++) {
        assert_true(page.items[i].category_id != page.items[i - 1].category_id);
        assert_true(page.items[i].created_at < page.items[i - 1].created_at);
    }
}

static void a_demo_without_its_pictures_is_no_demo(void **state)
{
    (void)state;
    struct seed_result result;
    const struct shop *shop;
    fixture_write(
        &fixture.base, "half", "catalog.json",
        "{\"shop\":{\"name\":\"x\",\"currency\":\"CNY\"},\"categories\":[{\"handle\":\"a\",\"name\":\"a\","
        "\"picture\":\"gone.svg\"}],\"products\":[]}");
    assert_non_null(seed_demo(ctx, arena_format(ctx->arena, "%s/half", fixture.base.directory), &result));
    assert_int_equal(shop_load_by_handle(ctx, "demo", &shop)->code, ERR_SHOP_NOT_FOUND);
    assert_int_equal(seed_demo(ctx, "/nowhere", &result)->code, ERR_NOT_FOUND);
}

static void sizes_are_spread_evenly_and_add_up(void **state)
{
    (void)state;
    struct seed_result result;
    shop_must(seed_sizes(ctx, 3, 400, 301, &result));
    assert_int_equal(result.shops, 3);
    assert_int_equal(result.products, 400);
    assert_int_equal(result.orders, 301);
    shop_must(shop_load_by_handle(ctx, "s1", &ctx->shop));
    int64_t count;
    shop_must(product_count(ctx, 0, PRODUCT_ACTIVE, &count));
    assert_int_equal(count, 134);
    shop_must(shop_load_by_handle(ctx, "s3", &ctx->shop));
    shop_must(product_count(ctx, 0, PRODUCT_ACTIVE, &count));
    assert_int_equal(count, 133);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM products"), 400);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM variants"), result.variants);
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM orders"), 301);
    assert_true(count_stage(STAGE_TO_SHIP) > 0 && count_stage(STAGE_SHIPPED) > 0 &&
                count_stage(STAGE_CLOSED) > 0 && count_stage(STAGE_COMPLETED) > 0);
    shop_must_be_in_order(&fixture);
    shop_must(seed_sizes(ctx, 2, 20, 5000, &result));
    assert_int_equal(fixture_ask(&fixture.base, "SELECT COUNT(*) FROM products"), 420);
}

static void seeded_orders_open_like_any_other(void **state)
{
    (void)state;
    struct seed_result result;
    struct order_query query = {.limit = 50};
    struct order **orders;
    size_t count;
    shop_must(seed_sizes(ctx, 1, 50, 50, &result));
    shop_must(shop_load_by_handle(ctx, "s1", &ctx->shop));
    struct order *listed;
    orders = &listed;
    shop_must(order_list(ctx, &query, orders, &count));
    assert_int_equal(count, 50);
    struct order *order;
    shop_must(order_load(ctx, listed[0].id, &order));
    assert_true(text_starts(order->address.name, "买家"));
    struct order *same;
    shop_must(order_load_by_contact(ctx, order->number, order->contact.phone, &same));
    assert_int_equal(same->id, order->id);
    shop_must(order_load_for_buyer(ctx, order->number, order->token, &same));
}

static void sizes_without_goods_sell_nothing(void **state)
{
    (void)state;
    struct seed_result result;
    assert_int_equal(seed_sizes(ctx, 0, 1, 1, &result)->code, ERR_BAD_REQUEST);
    assert_int_equal(seed_sizes(ctx, 1, 0, 1, &result)->code, ERR_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_demo_is_there_once, open_empty, close_shop),
        cmocka_unit_test_setup_teardown(the_newest_products_of_the_demo_are_mixed, open_empty, close_shop),
        cmocka_unit_test_setup_teardown(a_demo_without_its_pictures_is_no_demo, open_empty, close_shop),
        cmocka_unit_test_setup_teardown(sizes_are_spread_evenly_and_add_up, open_empty, close_shop),
        cmocka_unit_test_setup_teardown(seeded_orders_open_like_any_other, open_empty, close_shop),
        cmocka_unit_test_setup_teardown(sizes_without_goods_sell_nothing, open_empty, close_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
