/* limits_test.c - addresses, trusted proxies and rates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "http/internal.h"
#include "unit.h"
#include <stdio.h>

#define SECOND_US INT64_C(1000000)

static struct in6_addr address(const char *text)
{
    struct in6_addr parsed;
    assert_true(address_parse(text, &parsed));
    return parsed;
}

static const char *client(struct ctx *ctx, const char *trusted_list, const char *peer, const char *forwarded)
{
    struct trusted trusted;
    assert_null(trusted_parse(ctx, trusted_list, &trusted));
    struct in6_addr found = address_of_client(&trusted, address(peer), forwarded);
    return address_text(ctx->arena, &found);
}

static void only_trusted_proxies_are_believed(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const char *own = "127.0.0.1, 10.0.0.0/8,::1";
    assert_string_equal(client(&ctx, own, "203.0.113.9", "1.2.3.4"), "203.0.113.9");
    assert_string_equal(client(&ctx, own, "127.0.0.1", NULL), "127.0.0.1");
    assert_string_equal(client(&ctx, own, "127.0.0.1", "1.2.3.4"), "1.2.3.4");
    assert_string_equal(client(&ctx, own, "10.9.9.9", "6.6.6.6, 1.2.3.4, 10.1.1.1"), "1.2.3.4");
    assert_string_equal(client(&ctx, own, "::1", "2001:db8::7"), "2001:db8::7");
    assert_string_equal(client(&ctx, own, "127.0.0.1", "junk"), "127.0.0.1");
    assert_string_equal(client(&ctx, own, "127.0.0.1", "junk, 10.0.0.3"), "10.0.0.3");
    assert_string_equal(client(&ctx, own, "127.0.0.1", ",,,"), "127.0.0.1");
    assert_string_equal(client(&ctx, "", "127.0.0.1", "1.2.3.4"), "127.0.0.1");
    arena_close(ctx.arena);
}

static void bad_lists_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"localhost", "1.2.3", "1.2.3.4/33", "::1/129",
                                      "1.2.3.4/",  "/8",    "1.2.3.4/-1"};
    struct ctx ctx = test_ctx();
    struct trusted trusted;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(code_of(trusted_parse(&ctx, bad[i], &trusted)), ERR_INVALID);
    arena_close(ctx.arena);
}

static void logs_see_networks_not_people(void **state)
{
    (void)state;
    char text[ADDRESS_BYTES];
    struct in6_addr four = address("203.0.113.9");
    struct in6_addr six = address("2001:db8:1:2:3:4:5:6");
    address_write_truncated(&four, text);
    assert_string_equal(text, "203.0.113.0");
    address_write_truncated(&six, text);
    assert_string_equal(text, "2001:db8:1::");
    address_write_bucket(&six, text);
    assert_string_equal(text, "2001:db8:1:2::");
}

static void loopback_is_known(void **state)
{
    (void)state;
    struct in6_addr four = address("127.3.2.1");
    struct in6_addr six = address("::1");
    struct in6_addr other = address("128.0.0.1");
    assert_true(address_is_loopback(&four));
    assert_true(address_is_loopback(&six));
    assert_false(address_is_loopback(&other));
}

static void a_bucket_empties_and_refills(void **state)
{
    (void)state;
    struct rates *rates = rates_open(99);
    int64_t wait;
    int64_t now = 1000 * SECOND_US;
    for (int i = 0; i < 10; i++)
        assert_true(rate_take(rates, "a", 10, now, &wait));
    assert_false(rate_take(rates, "a", 10, now, &wait));
    assert_int_equal(wait, 6);
    assert_true(rate_take(rates, "b", 10, now, &wait));
    assert_false(rate_take(rates, "a", 10, now + 5 * SECOND_US, &wait));
    assert_true(rate_take(rates, "a", 10, now + 6 * SECOND_US, &wait));
    assert_false(rate_take(rates, "a", 10, now + 6 * SECOND_US, &wait));
    for (int i = 0; i < 10; i++)
        assert_true(rate_take(rates, "a", 10, now + 600 * SECOND_US, &wait));
    assert_false(rate_take(rates, "a", 10, now + 600 * SECOND_US, &wait));
    assert_true(rate_take(rates, "a", 0, now, &wait)); /* no limit */
    rates_close(rates);
}

static void a_flood_of_names_does_not_free_the_held_back(void **state)
{
    (void)state;
    struct rates *rates = rates_open(99);
    char name[32];
    int64_t wait;
    int64_t now = 1000 * SECOND_US;
    while (rate_take(rates, "villain", 60, now, &wait))
        ;
    for (int i = 0; i < 100000; i++) {
        snprintf(name, sizeof name, "stranger %d", i);
        rate_take(rates, name, 60, now, &wait);
    }
    assert_false(rate_take(rates, "villain", 60, now, &wait));
    rates_close(rates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_trusted_proxies_are_believed),
        cmocka_unit_test(bad_lists_are_refused),
        cmocka_unit_test(logs_see_networks_not_people),
        cmocka_unit_test(loopback_is_known),
        cmocka_unit_test(a_bucket_empties_and_refills),
        cmocka_unit_test(a_flood_of_names_does_not_free_the_held_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
