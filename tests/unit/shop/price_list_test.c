/* price_list_test.c - who pays which price, and how orders prove it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/customer/customer.h"
#include "shop/pricing/pricing.h"
#include "unit.h"

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static struct price_list draft(struct discount_step step)
{
    return (struct price_list){.base = {.name = "会员价",
                                        .code = "",
                                        .starts_at = work->now - DAY_MS,
                                        .ends_at = work->now + 10 * DAY_MS,
                                        .rule = {.kind = DISCOUNT_SALE, .steps = {step}, .step_count = 1},
                                        .is_for_all = true},
                               .audience = PRICE_FOR_ALL,
                               .is_shown = true};
}

static int64_t start(struct price_list list)
{
    assert_ok(price_list_save(work, &list));
    assert_ok(price_list_change_status(work, list.base.id, PROMOTION_ACTIVE));
    reload_shop();
    return list.base.id;
}

/* Somebody with an account, who asks from now on. */
static int64_t member(const char *email)
{
    struct customer_code code;
    const char *token;
    int64_t customer_id;
    assert_ok(customer_ask_code(work, email));
    assert_ok(customer_code_open(work, ask("SELECT MAX(id) FROM customer_codes WHERE shop_id = $1"), &code));
    assert_ok(customer_log_in(work, email, code.code, &token));
    assert_ok(customer_find_session(work, token, &customer_id));
    return customer_id;
}

static void act_as(int64_t customer_id)
{
    work->actor = ACTOR_BUYER;
    work->actor_id = customer_id;
}

static int64_t cart_total(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart->total;
}

static void steps_never_make_dearer_and_never_give_away(void **state)
{
    (void)state;
    assert_int_equal(price_by_step(999, &(struct discount_step){.percent = 1000}), 899);
    assert_int_equal(price_by_step(1000, &(struct discount_step){.off = 300}), 700);
    assert_int_equal(price_by_step(1000, &(struct discount_step){.off = 1000}), 1000);
    assert_int_equal(price_by_step(1000, &(struct discount_step){.price = 800}), 800);
    assert_int_equal(price_by_step(1000, &(struct discount_step){.price = 1200}), 1000);
    assert_int_equal(price_by_step(1, &(struct discount_step){.percent = 9000}), 1);
    assert_int_equal(price_by_step(0, &(struct discount_step){.percent = 1000}), 0);
}

static void nonsense_is_refused_with_its_field(void **state)
{
    (void)state;
    struct price_list list = draft((struct discount_step){.percent = BASIS_POINTS});
    assert_field(price_list_save(work, &list), "steps.0.percent");
    list = draft((struct discount_step){0});
    assert_field(price_list_save(work, &list), "steps.0.off");
    list = draft((struct discount_step){.off = 10, .percent = 10});
    assert_field(price_list_save(work, &list), "steps.0.off");
    list = draft((struct discount_step){.percent = 1000});
    list.base.ends_at = list.base.starts_at;
    assert_field(price_list_save(work, &list), "ends_at");
    list = draft((struct discount_step){.percent = 1000});
    list.audience = PRICE_FOR_GROUPS;
    assert_field(price_list_save(work, &list), "groups");
    int64_t product_id = product_of(make_variant(PRODUCT_PHYSICAL, 500, 1));
    list = draft((struct discount_step){.off = 500});
    list.base.is_for_all = false;
    list.base.product_ids = &product_id;
    list.base.product_count = 1;
    assert_field(price_list_save(work, &list), "steps.0.off");
}

static void a_list_lives_from_draft_to_end(void **state)
{
    (void)state;
    int64_t then = work->now;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    const char *token = make_cart(variant_id, 2);
    struct price_list *loaded, list = draft((struct discount_step){.percent = 1000});
    assert_ok(price_list_save(work, &list));
    assert_false(work->shop->has_price_lists);
    assert_int_equal(cart_total(token), 2000);
    assert_ok(price_list_change_status(work, list.base.id, PROMOTION_ACTIVE));
    reload_shop();
    assert_true(work->shop->has_price_lists);
    assert_int_equal(cart_total(token), 1800);
    list.base.rule.steps[0].percent = 2000;
    struct price_list slower = list;
    assert_ok(price_list_save(work, &list));
    assert_int_equal(list.base.version, 2);
    assert_int_equal(list.base.status, PROMOTION_ACTIVE);
    assert_fails(price_list_save(work, &slower), ERR_CONFLICT);
    assert_int_equal(ask("SELECT COUNT(*) FROM price_list_versions WHERE shop_id = $1"), 2);
    assert_int_equal(cart_total(token), 1600);
    assert_ok(price_list_change_status(work, list.base.id, PROMOTION_PAUSED));
    reload_shop();
    assert_false(work->shop->has_price_lists);
    assert_int_equal(cart_total(token), 2000);
    assert_ok(price_list_change_status(work, list.base.id, PROMOTION_ACTIVE));
    work->now = list.base.ends_at;
    run_jobs();
    assert_ok(price_list_load(work, list.base.id, &loaded));
    assert_int_equal(loaded->base.status, PROMOTION_ENDED);
    assert_fails(price_list_change_status(work, list.base.id, PROMOTION_ACTIVE), ERR_CONFLICT);
    reload_shop();
    assert_false(work->shop->has_price_lists);
    work->now = then;
}

static void members_of_a_group_pay_the_lowest_of_their_lists(void **state)
{
    (void)state;
    struct customer_group gold = {.name = "金卡会员"}, silver = {.name = "银卡会员"};
    assert_ok(customer_group_save(work, &gold));
    gold.id = ask("SELECT MAX(id) FROM customer_groups WHERE shop_id = $1");
    assert_ok(customer_group_save(work, &silver));
    struct price_list ninety = draft((struct discount_step){.percent = 1000});
    struct price_list eighty = draft((struct discount_step){.percent = 2000});
    ninety.audience = eighty.audience = PRICE_FOR_GROUPS;
    ninety.group_ids = eighty.group_ids = &gold.id;
    ninety.group_count = eighty.group_count = 1;
    start(ninety);
    int64_t list_id = start(eighty);
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10), product_id = product_of(variant_id);
    const char *token = make_cart(variant_id, 1);
    int64_t customer_id = member("gold@example.com");
    act_as(0);
    assert_int_equal(cart_total(token), 1000);
    act_as(customer_id);
    assert_int_equal(cart_total(token), 1000);
    assert_ok(customer_put_into_group(work, customer_id, gold.id));
    assert_fails(customer_put_into_group(work, customer_id, 4711), ERR_NOT_FOUND);
    assert_int_equal(cart_total(token), 800);
    work->actor = ACTOR_STAFF;
    assert_int_equal(cart_total(token), 1000);
    struct price_board board;
    const struct price_list *by;
    act_as(customer_id);
    assert_ok(price_board_load(work, false, &product_id, 1, &board));
    assert_int_equal(price_on_board(&board, product_id, 1000, &by), 800);
    assert_int_equal(by->base.id, list_id);
    struct value *view = value_object(work->arena);
    price_list_view(work, view, &board, product_id, 1000);
    assert_int_equal(value_find(view, "member_price")->kind, VALUE_NULL);
    act_as(0);
    assert_ok(price_board_load(work, false, &product_id, 1, &board));
    price_list_view(work, view, &board, product_id, 1000);
    assert_int_equal(value_find(view, "price_list")->kind, VALUE_NULL);
    assert_int_equal(value_find(view, "member_price")->kind, VALUE_OBJECT);
    assert_ok(customer_group_remove(work, gold.id));
    act_as(customer_id);
    assert_int_equal(cart_total(token), 1000);
    act_as(0);
    work->actor = ACTOR_SYSTEM;
}

static void a_list_is_about_its_goods_only(void **state)
{
    (void)state;
    int64_t in = make_variant(PRODUCT_PHYSICAL, 1000, 10), out = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    int64_t product_id = product_of(in);
    struct price_list list = draft((struct discount_step){.price = 700});
    list.base.is_for_all = false;
    list.base.product_ids = &product_id;
    list.base.product_count = 1;
    start(list);
    assert_int_equal(cart_total(make_cart(in, 1)), 700);
    assert_int_equal(cart_total(make_cart(out, 1)), 1000);
}

static void the_proof_names_the_list_and_what_is_changed_in_it_is_seen(void **state)
{
    (void)state;
    int64_t list_id = start(draft((struct discount_step){.percent = 1000}));
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 999, 10), 2);
    struct checkout checkout = checkout_of(token);
    struct order *order;
    const char *json;
    assert_ok(checkout_place(work, &checkout, &order));
    order = load_order(order->id);
    assert_int_equal(order->total, 2 * 899);
    assert_int_equal(order->discount, 0);
    assert_int_equal(order->lines[0].unit_price, 899);
    assert_ok(proof_load(work, order->id, &json));
    assert_non_null(strstr(json, arena_format(work->arena, "\"list\":%" PRId64, list_id)));
    assert_non_null(strstr(json, "\"shelf\":999"));
    assert_int_equal(problems_of(order_check), 0);
    assert_int_equal(problems_of(promotion_check), 0);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"shelf\":999', '\"shelf\":888') WHERE shop_id = "
           "$1");
    assert_true(problems_of(order_check) > 0);
    tamper("UPDATE price_proofs SET proof = replace(proof, '\"shelf\":888', '\"shelf\":999') WHERE shop_id = "
           "$1");
    assert_int_equal(problems_of(order_check), 0);
}

static void orders_at_the_price_on_the_shelf_keep_nothing(void **state)
{
    (void)state;
    const char *json;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 999, 10), 1);
    assert_ok(proof_load(work, order->id, &json));
    assert_null(json);
    assert_int_equal(ask("SELECT COUNT(*) FROM orders WHERE shop_id = $1 AND customer_id IS NOT NULL"), 0);
}

/* ---- new buyers ---- */

static int64_t total_of(const char *phone, int64_t variant_id, struct order **order)
{
    struct checkout checkout = checkout_of(make_cart(variant_id, 1));
    checkout.contact.phone = phone;
    assert_ok(checkout_place(work, &checkout, order));
    return (*order)->total;
}

static void start_for_new(void)
{
    struct price_list list = draft((struct discount_step){.price = 100});
    list.audience = PRICE_FOR_NEW;
    start(list);
}

static void a_new_buyer_gets_the_price_once(void **state)
{
    (void)state;
    int64_t then = work->now, variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    struct order *first, *order;
    start_for_new();
    assert_int_equal(cart_total(make_cart(variant_id, 1)), 1000);
    assert_int_equal(total_of("13900000001", variant_id, &first), 100);
    assert_int_equal(total_of("+86 139-0000-0001", variant_id, &order), 1000);
    assert_int_equal(total_of("13900000002", variant_id, &order), 100);
    /* One that nobody paid is forgotten when its time is over. */
    work->now = first->closes_at;
    assert_int_equal(total_of("13900000001", variant_id, &order), 100);
    pay_order(load_order(order->id));
    work->now = then + 3 * DAY_MS;
    assert_int_equal(total_of("13900000001", variant_id, &order), 1000);
    assert_int_equal(problems_of(order_check), 0);
    work->now = then;
}

struct crowd {
    const char *tokens[THREADS];
    struct outcomes outcomes;
};

static void order_at_once(struct ctx *ctx, int index, void *arg)
{
    struct crowd *crowd = arg;
    struct checkout checkout = checkout_of(crowd->tokens[index]);
    struct order *order = NULL;
    checkout.contact.phone = "13900000003";
    err failure = checkout_place(ctx, &checkout, &order);
    crowd->outcomes.codes[index] = code_of(failure);
    crowd->outcomes.ids[index] = failure ? 0 : order->total;
}

static void of_many_orders_at_once_one_has_the_price_of_new_buyers(void **state)
{
    (void)state;
    struct crowd crowd;
    int cheap = 0;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    start_for_new();
    for (int i = 0; i < THREADS; i++)
        crowd.tokens[i] = make_cart(variant_id, 1);
    in_threads(order_at_once, &crowd);
    for (int i = 0; i < THREADS; i++) {
        cheap += crowd.outcomes.ids[i] == 100;
        assert_true(crowd.outcomes.codes[i] == ERR_NONE || crowd.outcomes.codes[i] == ERR_PROMOTION_OVER);
    }
    assert_int_equal(cheap, 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM orders WHERE shop_id = $1 AND total = 100"), 1);
    assert_int_equal(problems_of(stock_check), 0);
}

/* ---- groups by what was spent ---- */

static int64_t group_of(int64_t customer_id)
{
    int64_t group_id;
    assert_ok(customer_group_of(work, customer_id, &group_id));
    return group_id;
}

static int64_t make_group(const char *name, int64_t from, int64_t days)
{
    struct customer_group group = {.name = name, .spend_from = from, .spend_days = days};
    assert_ok(customer_group_save(work, &group));
    reload_shop();
    return ask("SELECT MAX(id) FROM customer_groups WHERE shop_id = $1");
}

static struct order *buys(int64_t customer_id, int64_t price)
{
    act_as(customer_id);
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, price, 10), 1);
    work->actor = ACTOR_SYSTEM;
    work->actor_id = 0;
    pay_order(order);
    return load_order(order->id);
}

static err settle(int64_t order_id)
{
    struct job job = {.kind = ORDER_GROUP_JOB, .subject_id = order_id, .attempt = 1};
    return order_run_group(work, &job, NULL);
}

static void spending_leads_into_the_highest_group_and_out_again(void **state)
{
    (void)state;
    int64_t then = work->now;
    assert_false(work->shop->has_group_rules);
    int64_t gold = make_group("金卡", 2000, 30), silver = make_group("银卡", 1000, 0);
    assert_true(work->shop->has_group_rules);
    int64_t customer_id = member("spender@example.com");
    struct order *first = buys(customer_id, 999);
    assert_ok(settle(first->id));
    assert_int_equal(group_of(customer_id), 0);
    struct order *second = buys(customer_id, 1001);
    assert_ok(settle(second->id));
    assert_int_equal(group_of(customer_id), gold);
    work->now = then + 31 * DAY_MS;
    assert_ok(settle(second->id));
    assert_int_equal(group_of(customer_id), silver);
    tamper_of("UPDATE orders SET refunded = paid WHERE shop_id = $1 AND id = $2", second->id);
    assert_ok(settle(second->id));
    assert_int_equal(group_of(customer_id), 0);
    assert_ok(customer_put_into_group(work, customer_id, gold));
    assert_ok(settle(second->id));
    assert_int_equal(group_of(customer_id), gold);
    tamper_of("UPDATE orders SET refunded = 0 WHERE shop_id = $1 AND id = $2", second->id);
    assert_ok(customer_group_remove(work, gold));
    assert_ok(customer_group_remove(work, silver));
    reload_shop();
    assert_false(work->shop->has_group_rules);
    work->now = then;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(steps_never_make_dearer_and_never_give_away),
        SENTENCE(nonsense_is_refused_with_its_field),
        SENTENCE(a_list_lives_from_draft_to_end),
        SENTENCE(members_of_a_group_pay_the_lowest_of_their_lists),
        SENTENCE(a_list_is_about_its_goods_only),
        SENTENCE(the_proof_names_the_list_and_what_is_changed_in_it_is_seen),
        SENTENCE(orders_at_the_price_on_the_shelf_keep_nothing),
        SENTENCE(a_new_buyer_gets_the_price_once),
        SENTENCE(of_many_orders_at_once_one_has_the_price_of_new_buyers),
        SENTENCE(spending_leads_into_the_highest_group_and_out_again),
    };
    return RUN_SENTENCES(tests);
}
