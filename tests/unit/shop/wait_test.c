/* wait_test.c - who waits for something sold out is told once, when it can be bought again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/customer/customer.h"
#include "shop/inventory/inventory.h"
#include "shop/notify/notify.h"
#include "shop/notify/notify_jobs.h"
#include "shop/notify/notify_parts.h"
#include "unit.h"

#define MANY (2 * CUSTOMER_WAIT_CHUNK + 7)

/* Mails stay in the ledger here. */
static err send_nothing(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)ctx, (void)job, (void)owner;
    return NULL;
}

static err load_shop(struct ctx *ctx, int64_t shop_id)
{
    return shop_load(ctx, shop_id, &ctx->shop);
}

static void run_all(void)
{
    static const struct listener *const listeners[] = {inventory_listeners, notify_listeners, NULL};
    static const struct job_kind kinds_here[] = {{CUSTOMER_WAIT_JOB, notify_run_waits, 3, 1},
                                                 {NOTIFY_SEND_JOB, send_nothing, 1, 1},
                                                 {CUSTOMER_CODE_JOB, send_nothing, 1, 1},
                                                 {0}};
    static const struct job_kind *const kinds[] = {kinds_here, inventory_job_kinds, NULL};
    static const struct job_recurring *const recurring[] = {NULL};
    const struct job_runner_options options = {.db = fixture.db,
                                               .model = work,
                                               .listeners = listeners,
                                               .kinds = kinds,
                                               .recurring = recurring,
                                               .load_shop = load_shop,
                                               .threads = 1};
    assert_ok(job_runner_drain(work, &options));
}

static void reload_shop(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

/* A shop that sends mails by a server of its own; nothing here runs the job that would. */
static void let_it_mail(void)
{
    tamper("UPDATE shops SET occasions = 4294967296 WHERE shop_id = $1");
    reload_shop();
}

static err ask_for(int64_t variant_id, const char *email)
{
    return customer_wait_ask(work, product_of(variant_id), variant_id, email);
}

static void receive(int64_t variant_id, int64_t quantity)
{
    struct stock_doing doing = {.act = ACT_RECEIVE,
                                .variant_id = variant_id,
                                .product_id = product_of(variant_id),
                                .location_id = LOCATION_HOME,
                                .quantity = quantity,
                                .reason = "到货"};
    assert_ok(stock_do(work, &doing));
}

static int64_t waiting(int64_t variant_id)
{
    return ask_of("SELECT COUNT(*) FROM stock_waits WHERE shop_id = $1 AND variant_id = $2"
                  " AND told_at IS NULL",
                  variant_id);
}

static int64_t told(void)
{
    return ask("SELECT COUNT(*) FROM messages WHERE shop_id = $1 AND occasion = 22");
}

static void each_is_told_once_whatever_comes_and_goes(void **state)
{
    (void)state;
    let_it_mail();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 0), pot = make_variant(PRODUCT_PHYSICAL, 100, 0);
    assert_ok(ask_for(cup, "a@example.com"));
    assert_ok(ask_for(cup, " A@Example.com "));
    assert_ok(ask_for(cup, "b@example.com"));
    assert_ok(ask_for(pot, "a@example.com"));
    reload_shop();
    run_all();
    assert_int_equal(waiting(cup), 2);
    assert_int_equal(told(), 0);
    receive(cup, 3);
    run_all();
    assert_int_equal(waiting(cup), 0);
    assert_int_equal(waiting(pot), 1);
    assert_int_equal(told(), 2);
    receive(cup, 3);
    run_all();
    assert_int_equal(told(), 2);
    /* Who asks again is told again. */
    assert_ok(ask_for(cup, "a@example.com"));
    run_all();
    assert_int_equal(told(), 3);
    assert_false(column_contains("SELECT email FROM stock_waits WHERE shop_id = $1", "example"));
}

static void many_are_told_in_parts_and_nobody_is_left_out(void **state)
{
    (void)state;
    let_it_mail();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 0);
    for (int i = 0; i < MANY; i++)
        assert_ok(ask_for(cup, arena_format(work->arena, "n%d@example.com", i)));
    reload_shop();
    receive(cup, 1);
    run_all();
    assert_int_equal(told(), MANY);
    assert_int_equal(waiting(cup), 0);
}

static void what_is_not_offered_or_not_mailed_is_not_told(void **state)
{
    (void)state;
    let_it_mail();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 0);
    assert_ok(ask_for(cup, "a@example.com"));
    tamper_of("UPDATE products SET status = 1 WHERE shop_id = $1 AND id = $2", product_of(cup));
    reload_shop();
    receive(cup, 5);
    run_all();
    assert_int_equal(told(), 0);
    assert_int_equal(waiting(cup), 1);
    tamper_of("UPDATE products SET status = 2 WHERE shop_id = $1 AND id = $2", product_of(cup));
    /* The shop switched it off. */
    tamper("UPDATE shops SET occasions = 4299161600 WHERE shop_id = $1");
    reload_shop();
    assert_false(notify_tells_waits(work));
    receive(cup, 5);
    run_all();
    assert_int_equal(told(), 0);
    let_it_mail();
    receive(cup, 5);
    run_all();
    assert_int_equal(told(), 1);
}

static void requests_end_by_time_by_hand_and_with_the_account(void **state)
{
    struct customer_wait wait;
    bool is_waiting;
    (void)state;
    let_it_mail();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 0), pot = make_variant(PRODUCT_PHYSICAL, 100, 0);
    assert_ok(ask_for(cup, "a@example.com"));
    assert_ok(ask_for(pot, "a@example.com"));
    assert_ok(ask_for(cup, "b@example.com"));
    reload_shop();
    int64_t wait_id = ask_of("SELECT MIN(id) FROM stock_waits WHERE shop_id = $1 AND variant_id = $2", cup);
    assert_fails(customer_wait_open(work, wait_id, "0123456789abcdef", &wait), ERR_NOT_FOUND);
    assert_ok(customer_wait_open(work, wait_id, customer_wait_token(work, wait_id), &wait));
    assert_string_equal(wait.email, "a@example.com");
    assert_ok(customer_wait_stop(work, wait.email));
    assert_int_equal(waiting(cup), 1);
    assert_int_equal(waiting(pot), 0);
    assert_ok(customer_wait_find(work, cup, "b@example.com", &is_waiting));
    assert_true(is_waiting);
    work->now += CUSTOMER_WAIT_MS;
    assert_ok(customer_wait_find(work, cup, "b@example.com", &is_waiting));
    assert_false(is_waiting);
    receive(cup, 1);
    run_all();
    assert_int_equal(told(), 0);
    assert_ok(customer_wait_sweep(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM stock_waits WHERE shop_id = $1"), 0);
}

static void one_address_asks_for_so_many(void **state)
{
    struct customer_wait_count *counts;
    size_t count;
    (void)state;
    let_it_mail();
    int64_t variant_ids[CUSTOMER_WAITS_OF_PERSON + 1];
    for (size_t i = 0; i <= CUSTOMER_WAITS_OF_PERSON; i++)
        variant_ids[i] = make_variant(PRODUCT_PHYSICAL, 100, 0);
    for (size_t i = 0; i < CUSTOMER_WAITS_OF_PERSON; i++)
        assert_ok(ask_for(variant_ids[i], "a@example.com"));
    assert_field(ask_for(variant_ids[CUSTOMER_WAITS_OF_PERSON], "a@example.com"), "email");
    assert_field(ask_for(variant_ids[0], "nobody"), "email");
    /* What waits already is no more than it was. */
    assert_ok(ask_for(variant_ids[0], "a@example.com"));
    assert_ok(ask_for(variant_ids[7], "b@example.com"));
    reload_shop();
    assert_ok(customer_wait_top(work, 3, &counts, &count));
    assert_int_equal(count, 3);
    assert_int_equal(counts[0].variant_id, variant_ids[7]);
    assert_int_equal(counts[0].count, 2);
    assert_ok(customer_wait_of_product(work, product_of(variant_ids[7]), &counts, &count));
    assert_int_equal(count, 1);
}

static void a_deleted_account_waits_for_nothing(void **state)
{
    struct customer *customer;
    (void)state;
    let_it_mail();
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 0), customer_id;
    const char *token;
    assert_ok(customer_ask_code(work, "gone@example.com"));
    struct customer_code code;
    assert_ok(customer_code_open(work, ask("SELECT id FROM customer_codes WHERE shop_id = $1"), &code));
    assert_ok(customer_log_in(work, "gone@example.com", code.code, &token));
    assert_ok(customer_find_session(work, token, &customer_id));
    assert_ok(customer_load(work, customer_id, &customer));
    assert_ok(ask_for(cup, customer->email));
    assert_ok(ask_for(cup, "stays@example.com"));
    assert_ok(customer_delete(work, customer_id));
    assert_int_equal(waiting(cup), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(each_is_told_once_whatever_comes_and_goes),
        SENTENCE(many_are_told_in_parts_and_nobody_is_left_out),
        SENTENCE(what_is_not_offered_or_not_mailed_is_not_told),
        SENTENCE(requests_end_by_time_by_hand_and_with_the_account),
        SENTENCE(one_address_asks_for_so_many),
        SENTENCE(a_deleted_account_waits_for_nothing),
    };
    return RUN_SENTENCES(tests);
}
