/* random_test.c - every value can come, none comes too often, and tokens have their form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "fixture.h"

static void bytes_fill_exactly_what_was_asked_for(void **state)
{
    (void)state;
    unsigned char seen[40] = {0};
    for (int round = 0; round < 64; round++) {
        unsigned char bytes[42] = {0};
        bytes[0] = 0xa5;
        bytes[41] = 0x5a;
        random_bytes(bytes + 1, 40);
        assert_int_equal(bytes[0], 0xa5);
        assert_int_equal(bytes[41], 0x5a);
        for (int i = 0; i < 40; i++)
            seen[i] |= bytes[1 + i];
    }
    for (int i = 0; i < 40; i++)
        assert_int_equal(seen[i], 0xff);
    random_bytes(seen, 0);
}

static void numbers_below_a_bound_are_even(void **state)
{
    (void)state;
    for (uint32_t bound = 1; bound < 20; bound++) {
        unsigned counts[20] = {0};
        for (uint32_t i = 0; i < 1000 * bound; i++) {
            uint32_t number = random_below(bound);
            assert_true(number < bound);
            counts[number]++;
        }
        /* 1000 expected, deviation 32: eight of them never happen by chance. */
        for (uint32_t i = 0; i < bound; i++)
            assert_in_range(counts[i], 744, 1256);
    }
    assert_true(random_below(UINT32_MAX) < UINT32_MAX);
}

static void draw_below_nothing(struct arena *arena)
{
    (void)arena;
    (void)random_below(0);
}

static void there_is_no_number_below_zero(void **state)
{
    (void)state;
    assert_true(is_a_bug(draw_below_nothing));
}

static void tokens_are_26_characters_without_ambiguous_letters(void **state)
{
    struct arena *arena = arena_of(state);
    const char *last = "";
    char lasts[64] = "";
    for (int i = 0; i < 2000; i++) {
        const char *token = random_token(arena);
        assert_int_equal(strlen(token), 26);
        assert_int_equal(strspn(token, "0123456789abcdefghjkmnpqrstvwxyz"), 26);
        assert_string_not_equal(token, last);
        last = token;
        if (!strchr(lasts, token[25]))
            lasts[strlen(lasts)] = token[25];
    }
    /* 128 bits are 25 whole characters and three bits, so the last is a multiple of four. */
    assert_int_equal(strlen(lasts), 8);
    assert_int_equal(strspn(lasts, "048cgmrw"), 8);
}

static void digits_are_as_many_as_asked_for(void **state)
{
    struct arena *arena = arena_of(state);
    const char *digits = random_digits(arena, 1000);
    assert_int_equal(strlen(digits), 1000);
    assert_int_equal(strspn(digits, "0123456789"), 1000);
    for (char digit = '0'; digit <= '9'; digit++)
        assert_non_null(strchr(digits, digit));
    assert_string_equal(random_digits(arena, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(bytes_fill_exactly_what_was_asked_for),
        test_of(numbers_below_a_bound_are_even),
        test_of(there_is_no_number_below_zero),
        test_of(tokens_are_26_characters_without_ambiguous_letters),
        test_of(digits_are_as_many_as_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
