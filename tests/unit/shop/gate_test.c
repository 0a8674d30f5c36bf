/* gate_test.c - what keeps a product off the shelf: a block of the platform, a licence that is missing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/rule/rule.h"
#include "unit.h"

static enum product_status status_of(int64_t product_id)
{
    const struct product *product;
    assert_ok(product_load(work, product_id, &product));
    return product->status;
}

static int64_t on_shelf(int64_t product_id)
{
    return ask_of("SELECT count(*) FROM shelf_products WHERE shop_id = $1 AND product_id = $2 AND status = 2",
                  product_id);
}

static int64_t make_product(void)
{
    return product_of(make_variant(PRODUCT_PHYSICAL, 5900, 3));
}

static err block(int64_t product_id)
{
    return product_block(
        work, &(struct product_block){
                  .product_id = product_id, .reason = BLOCK_UNSAFE, .note = "有漏电风险", .who = "王审核"});
}

static void enter_licence(const char *kind)
{
    const struct shop *shop;
    assert_ok(shop_add_licence(work, &(struct shop_licence){0, kind, "JY11105010000001", ""}));
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static void need(int64_t category_id, enum shop_need wanted)
{
    const struct category *category;
    assert_ok(category_load(work, category_id, &category));
    struct category copy = *category;
    copy.need = wanted;
    assert_ok(category_change(work, &copy));
}

static void schedule(int64_t product_id, int64_t at)
{
    const struct product *product;
    struct variant *variants;
    size_t count;
    assert_ok(product_load(work, product_id, &product));
    assert_ok(variant_list(work, product_id, &variants, &count));
    struct variant_draft row = {
        .id = variants[0].id, .sku = variants[0].sku, .price = variants[0].price, .is_active = true};
    struct product_draft draft = {.id = product_id,
                                  .version = product->version,
                                  .handle = product->handle,
                                  .title = product->title,
                                  .kind = product->kind,
                                  .status = product->status,
                                  .category_id = product->category_id,
                                  .variants = &row,
                                  .variant_count = 1,
                                  .schedule = &(struct product_schedule){at, 0}};
    assert_ok(product_save(work, &draft));
}

static const char *last_cause(int64_t product_id)
{
    struct product_version *versions;
    size_t count;
    assert_ok(product_version_list(work, product_id, 0, 1, &versions, &count));
    assert_int_equal(count, 1);
    return versions[0].cause;
}

static void a_blocked_product_is_off_the_shelf_until_the_platform_gives_it_back(void **state)
{
    (void)state;
    int64_t product_id = make_product();
    const struct product_block *found;
    assert_ok(block(product_id));
    assert_int_equal(status_of(product_id), PRODUCT_DRAFT);
    assert_int_equal(on_shelf(product_id), 0);
    assert_string_equal(last_cause(product_id), "blocked");
    assert_ok(product_block_find(work, product_id, &found));
    assert_string_equal(found->note, "有漏电风险");
    assert_int_equal(found->reason, BLOCK_UNSAFE);
    assert_fails(block(product_id), ERR_CONFLICT);
    assert_field(product_change_status(work, product_id, PRODUCT_ACTIVE), "status");
    assert_int_equal(problems_of(shelf_gate_checkup), 0);
    assert_ok(product_unblock(work, product_id, "已整改", "王审核"));
    assert_int_equal(status_of(product_id), PRODUCT_ACTIVE);
    assert_true(on_shelf(product_id) > 0);
    assert_string_equal(last_cause(product_id), "unblocked");
    assert_ok(product_block_find(work, product_id, &found));
    assert_null(found);
    assert_fails(product_unblock(work, product_id, "已整改", "王审核"), ERR_NOT_FOUND);
    assert_int_equal(
        ask_of("SELECT count(*) FROM product_block_acts WHERE shop_id = $1 AND product_id = $2", product_id),
        2);
    assert_int_equal(ask("SELECT count(*) FROM audit_entries WHERE shop_id = $1 AND kind IN"
                         " ('product.blocked', 'product.unblocked')"),
                     2);
}

static void a_block_says_why_and_who(void **state)
{
    (void)state;
    int64_t product_id = make_product();
    struct product_block wish = {
        .product_id = product_id, .reason = BLOCK_AUTHORITY, .note = " ", .who = "王"};
    assert_field(product_block(work, &wish), "note");
    wish.note = "法院裁定";
    wish.who = "";
    assert_field(product_block(work, &wish), "by");
    wish.who = "王";
    wish.reason = (enum block_reason)7;
    assert_field(product_block(work, &wish), "reason");
    wish.reason = BLOCK_AUTHORITY;
    wish.product_id = 1;
    assert_fails(product_block(work, &wish), ERR_NOT_FOUND);
    assert_int_equal(status_of(product_id), PRODUCT_ACTIVE);
}

static void a_product_gets_back_what_it_was_or_what_it_became(void **state)
{
    (void)state;
    int64_t draft_id = make_product(), archived_id = make_product();
    assert_ok(product_change_status(work, draft_id, PRODUCT_DRAFT));
    assert_ok(block(draft_id));
    assert_ok(product_unblock(work, draft_id, "好", "王"));
    assert_int_equal(status_of(draft_id), PRODUCT_DRAFT);
    assert_ok(block(archived_id));
    assert_ok(product_change_status(work, archived_id, PRODUCT_ARCHIVED));
    assert_ok(product_unblock(work, archived_id, "好", "王"));
    assert_int_equal(status_of(archived_id), PRODUCT_ARCHIVED);
}

static void an_act_leaves_those_that_may_not_go_on(void **state)
{
    (void)state;
    int64_t ids[3] = {make_product(), make_product(), make_product()};
    struct product_act off = {.kind = ACT_STATUS, .value = "draft"},
                       on = {.kind = ACT_STATUS, .value = "active"};
    assert_ok(product_act_do(work, &off, ids, 3));
    assert_ok(block(ids[1]));
    assert_ok(product_act_do(work, &on, ids, 3));
    assert_int_equal(on.count, 2);
    assert_int_equal(on.refused, 1);
    assert_int_equal(status_of(ids[0]), PRODUCT_ACTIVE);
    assert_int_equal(status_of(ids[1]), PRODUCT_DRAFT);
    struct product_act kept;
    assert_ok(product_act_load(work, on.id, &kept));
    assert_int_equal(kept.refused, 1);
    int64_t undone; /* what took them off is undone: the blocked one stays */
    assert_ok(product_act_do(work, &off, ids, 3));
    assert_ok(product_act_undo(work, off.id, &undone));
    assert_int_equal(undone, 2);
    assert_int_equal(status_of(ids[1]), PRODUCT_DRAFT);
}

static void goods_wait_for_the_licence_of_their_category(void **state)
{
    (void)state;
    int64_t product_id = make_product(), below_id;
    struct category below = {.handle = "below", .name = "零食", .parent_id = shelf()};
    assert_ok(category_create(work, &below));
    below_id = below.id;
    need(shelf(), NEED_FOOD);
    assert_int_equal(status_of(product_id), PRODUCT_ACTIVE); /* it was there before */
    assert_ok(product_change_status(work, product_id, PRODUCT_DRAFT));
    assert_field(product_change_status(work, product_id, PRODUCT_ACTIVE), "status");
    struct shelf_gate gate;
    assert_ok(shelf_gate_load(work, &gate));
    assert_string_equal(shelf_gate_ask(work, &gate, 0, below_id).code, "licence-missing");
    assert_int_equal(shelf_gate_ask(work, &gate, 0, below_id).need, NEED_FOOD);
    enter_licence("出版物经营许可证");
    assert_field(product_change_status(work, product_id, PRODUCT_ACTIVE), "status");
    enter_licence("食品经营许可证（副本）");
    assert_ok(product_change_status(work, product_id, PRODUCT_ACTIVE));
    assert_ok(shelf_gate_load(work, &gate));
    assert_null(shelf_gate_ask(work, &gate, 0, below_id).code);
    need(below_id, NEED_ALCOHOL);
    assert_ok(shelf_gate_load(work, &gate));
    assert_int_equal(shelf_gate_ask(work, &gate, 0, below_id).need, NEED_ALCOHOL);
    assert_null(shelf_gate_ask(work, &gate, 0, shelf()).code);
}

static void neither_time_nor_stock_opens_the_gate(void **state)
{
    (void)state;
    int64_t timed = make_product(), now = work->now;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 5900, 2), stocked = product_of(variant_id);
    struct stock_rule off = {.name = "卖完下架", .action = STOCK_OFF, .is_back = true};
    assert_ok(stock_rule_create(work, &off, &(struct rule){0}));
    assert_ok(product_change_status(work, timed, PRODUCT_DRAFT));
    schedule(timed, now + HOUR_MS);
    place_order(variant_id, 2);
    run_jobs();
    assert_int_equal(status_of(stocked), PRODUCT_DRAFT);
    need(shelf(), NEED_MEDICINES);
    work->now = now + HOUR_MS;
    assert_ok(stock_count(work, variant_id, stocked, 9, 2, ""));
    run_jobs();
    assert_int_equal(status_of(timed), PRODUCT_DRAFT);
    assert_int_equal(status_of(stocked), PRODUCT_DRAFT);
    assert_int_equal(
        ask("SELECT count(*) FROM audit_entries WHERE shop_id = $1 AND kind = 'product.kept-off'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'product.publish'"), 0);
    work->now = now;
}

static void the_check_finds_a_blocked_product_on_the_shelf(void **state)
{
    (void)state;
    int64_t product_id = make_product();
    assert_ok(block(product_id));
    tamper_of("UPDATE products SET status = 2 WHERE shop_id = $1 AND id = $2", product_id);
    assert_int_equal(problems_of(shelf_gate_checkup), 1);
}

static void every_need_has_a_licence_and_a_name(void **state)
{
    (void)state;
    for (int i = NEED_NONE + 1; i < NEED_COUNT; i++) {
        assert_non_null(shop_need_names[i]);
        assert_true(shop_need_licence((enum shop_need)i)[0]);
        struct shop_profile profile = {.licence_count = 1};
        profile.licences[0].kind = shop_need_licence((enum shop_need)i);
        assert_true(shop_meets_need(&profile, (enum shop_need)i));
        profile.licence_count = 0;
        assert_false(shop_meets_need(&profile, (enum shop_need)i));
    }
    assert_null(shop_need_names[NEED_COUNT]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_blocked_product_is_off_the_shelf_until_the_platform_gives_it_back),
        SENTENCE(a_block_says_why_and_who),
        SENTENCE(a_product_gets_back_what_it_was_or_what_it_became),
        SENTENCE(an_act_leaves_those_that_may_not_go_on),
        SENTENCE(goods_wait_for_the_licence_of_their_category),
        SENTENCE(neither_time_nor_stock_opens_the_gate),
        SENTENCE(the_check_finds_a_blocked_product_on_the_shelf),
        SENTENCE(every_need_has_a_licence_and_a_name),
    };
    return RUN_SENTENCES(tests);
}
