/* host_name_test.c - names of machines as people type them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host_name.h"
#include "fixture.h"

static void names_become_what_dns_knows(void **state)
{
    static const char *const pairs[][2] = {
        {"shop.example.com", "shop.example.com"},
        {"Shop.EXAMPLE.com", "shop.example.com"},
        {"茶铺.example", "xn--cl1av77a.example"},
        {"茶铺。example", "xn--cl1av77a.example"},
        {"bücher.example", "xn--bcher-kva.example"},
        {"faß.example", "xn--fa-hia.example"},
        {"xn--cl1av77a.example", "xn--cl1av77a.example"},
        {"a-b.1.example", "a-b.1.example"},
        {"ａｂｃ.example", "abc.example"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(host_name_ascii(arena_of(state), pairs[i][0]), pairs[i][1]);
}

static void what_is_no_public_name_is_refused(void **state)
{
    static const char *const names[] = {"",
                                        "shop",
                                        ".example",
                                        "shop.",
                                        "shop..example",
                                        "-shop.example",
                                        "shop-.example",
                                        "sh_op.example",
                                        "shop example.com",
                                        "shop.example/path",
                                        "https://shop.example",
                                        "shop.example:80",
                                        "user@shop.example",
                                        "10.0.0.1",
                                        "shop.example.1",
                                        "[::1]",
                                        "localhost",
                                        "demo.localhost",
                                        "printer.local",
                                        "db.internal",
                                        "\xff.example"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (host_name_ascii(arena_of(state), names[i]))
            fail_msg("%s is taken as %s", names[i], host_name_ascii(arena_of(state), names[i]));
}

static void long_names_are_refused(void **state)
{
    char label[65] = {0}, name[2000] = {0};
    memset(label, 'a', 63);
    assert_non_null(host_name_ascii(arena_of(state), arena_format(arena_of(state), "%s.example", label)));
    label[63] = 'a';
    assert_null(host_name_ascii(arena_of(state), arena_format(arena_of(state), "%s.example", label)));
    for (size_t i = 0; i < sizeof name - 1; i++)
        name[i] = i % 2 ? '.' : 'a';
    assert_null(host_name_ascii(arena_of(state), name));
    name[253] = 0;
    assert_non_null(host_name_ascii(arena_of(state), name));
    name[253] = '.';
    name[254] = 'a';
    name[255] = 0;
    assert_null(host_name_ascii(arena_of(state), name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(names_become_what_dns_knows),
        test_of(what_is_no_public_name_is_refused),
        test_of(long_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
