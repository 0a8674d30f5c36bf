/* favourite_test.c - what members keep: once, with the first price, within a limit, and gone with the
 * account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/customer/customer.h"
#include "unit.h"

static int64_t make_member(const char *email)
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

static size_t add(int64_t customer_id, int64_t first, size_t count, int64_t price)
{
    size_t left_out;
    struct customer_favourite *items = arena_alloc_many(work->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct customer_favourite){first + (int64_t)i, price, work->now - (int64_t)i};
    assert_ok(customer_favourite_add(work, customer_id, items, count, &left_out));
    return left_out;
}

static void the_first_price_stays_and_the_latest_stands_first(void **state)
{
    struct customer_favourite *kept;
    size_t count;
    (void)state;
    int64_t customer_id = make_member("a@example.com");
    assert_int_equal(add(customer_id, 7, 1, 500), 0);
    work->now += SECOND_MS;
    assert_int_equal(add(customer_id, 7, 2, 900), 0);
    assert_ok(customer_favourite_list(work, customer_id, &kept, &count));
    assert_int_equal(count, 2);
    assert_int_equal(kept[0].product_id, 8);
    assert_int_equal(kept[0].price, 900);
    assert_int_equal(kept[1].price, 500);
    assert_ok(customer_favourite_remove(work, customer_id, 7));
    assert_ok(customer_favourite_remove(work, customer_id, 7));
    assert_ok(customer_favourite_list(work, customer_id, &kept, &count));
    assert_int_equal(count, 1);
}

static void what_finds_no_room_is_counted(void **state)
{
    struct customer_favourite *kept;
    size_t count;
    (void)state;
    int64_t customer_id = make_member("a@example.com"), other_id = make_member("b@example.com");
    assert_int_equal(add(customer_id, 1, CUSTOMER_FAVOURITE_LIMIT - 1, 100), 0);
    assert_int_equal(add(customer_id, 1, CUSTOMER_FAVOURITE_LIMIT, 100), 0);
    assert_int_equal(add(customer_id, 190, 20, 100), 9);
    assert_int_equal(add(other_id, 190, 20, 100), 0);
    assert_ok(customer_favourite_list(work, customer_id, &kept, &count));
    assert_int_equal(count, CUSTOMER_FAVOURITE_LIMIT);
}

static void they_go_with_the_account(void **state)
{
    (void)state;
    int64_t customer_id = make_member("a@example.com"), other_id = make_member("b@example.com");
    add(customer_id, 1, 3, 100);
    add(other_id, 1, 2, 100);
    assert_ok(customer_delete(work, customer_id));
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_favourites WHERE shop_id = $1"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_first_price_stays_and_the_latest_stands_first),
        SENTENCE(what_finds_no_room_is_counted),
        SENTENCE(they_go_with_the_account),
    };
    return RUN_SENTENCES(tests);
}
