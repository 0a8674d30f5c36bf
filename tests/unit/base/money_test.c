/* money_test.c - no cent appears or disappears, and what people type is read exactly or refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "base/random.h"
#include "fixture.h"

static void sums_and_products_are_exact(void **state)
{
    (void)state;
    money a = money_of(1999, "EUR");
    money b = money_of(-1, "EUR");
    assert_int_equal(money_add(a, b).minor, 1998);
    assert_int_equal(money_subtract(a, b).minor, 2000);
    assert_int_equal(money_times(a, 3).minor, 5997);
    assert_int_equal(money_times(a, -1).minor, -1999);
    assert_string_equal(money_add(a, b).currency, "EUR");
    assert_int_equal(money_compare(a, b), 1);
    assert_int_equal(money_compare(b, a), -1);
    assert_int_equal(money_compare(a, a), 0);
    assert_int_equal(money_add(money_of(MONEY_MAX - 1, "CNY"), money_of(1, "CNY")).minor, MONEY_MAX);
}

static void mix_currencies(struct arena *arena)
{
    (void)arena;
    money_add(money_of(1, "EUR"), money_of(1, "USD"));
}

static void compare_currencies(struct arena *arena)
{
    (void)arena;
    (void)money_compare(money_of(1, "EUR"), money_of(1, "USD"));
}

static void add_past_the_range(struct arena *arena)
{
    (void)arena;
    money_add(money_of(MONEY_MAX, "CNY"), money_of(1, "CNY"));
}

static void subtract_past_the_range(struct arena *arena)
{
    (void)arena;
    money_subtract(money_of(-MONEY_MAX, "CNY"), money_of(1, "CNY"));
}

static void multiply_past_the_range(struct arena *arena)
{
    (void)arena;
    money_times(money_of(MONEY_MAX, "CNY"), INT64_MAX);
}

static void make_past_the_range(struct arena *arena)
{
    (void)arena;
    money_of(MONEY_MAX + 1, "CNY");
}

static void make_without_a_currency(struct arena *arena)
{
    (void)arena;
    money_of(1, "");
}

static void split_by_nothing(struct arena *arena)
{
    (void)arena;
    money part;
    money_split(money_of(1, "CNY"), (const int64_t[]){0}, 1, &part);
}

static void split_by_a_negative(struct arena *arena)
{
    (void)arena;
    money parts[2];
    money_split(money_of(1, "CNY"), (const int64_t[]){2, -1}, 2, parts);
}

static void split_by_too_much(struct arena *arena)
{
    (void)arena;
    money parts[2];
    money_split(money_of(1, "CNY"), (const int64_t[]){INT64_MAX, 1}, 2, parts);
}

static void mixing_and_overflow_are_bugs(void **state)
{
    (void)state;
    assert_true(is_a_bug(mix_currencies));
    assert_true(is_a_bug(compare_currencies));
    assert_true(is_a_bug(add_past_the_range));
    assert_true(is_a_bug(subtract_past_the_range));
    assert_true(is_a_bug(multiply_past_the_range));
    assert_true(is_a_bug(make_past_the_range));
    assert_true(is_a_bug(make_without_a_currency));
    assert_true(is_a_bug(split_by_nothing));
    assert_true(is_a_bug(split_by_a_negative));
    assert_true(is_a_bug(split_by_too_much));
}

static void rates_round_half_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        int64_t amount;
        int64_t rate;
        int64_t result;
    } table[] = {
        {1000, 130000, 130},
        {1, 500000, 1},
        {-1, 500000, -1},
        {1, 499999, 0},
        {-1, 499999, 0},
        {3, 500000, 2},
        {1000, -70000, -70},
        {0, 1000000, 0},
        {1999, 1000000, 1999},
        {333, 3, 0},
        {MONEY_MAX, 1000000, MONEY_MAX},
        {MONEY_MAX, 999999, INT64_C(8999991000000000)},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(money_rate(money_of(table[i].amount, "EUR"), table[i].rate).minor, table[i].result);
}

static void a_split_of_ten_by_three_is_fair(void **state)
{
    (void)state;
    money parts[3];
    money_split(money_of(1000, "EUR"), (const int64_t[]){1, 1, 1}, 3, parts);
    assert_int_equal(parts[0].minor, 333);
    assert_int_equal(parts[1].minor, 334);
    assert_int_equal(parts[2].minor, 333);
    assert_string_equal(parts[2].currency, "EUR");
}

/* Random splits: nothing lost, the sign kept, no weight no part, each part within one unit of its share. */
static void a_split_never_loses_a_cent(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        int64_t weights[9];
        size_t count = 1 + random_below(9);
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            weights[i] = random_below(4) ? random_below(round % 2 ? 5 : 1000000000) : 0;
            sum += weights[i];
        }
        if (sum == 0)
            continue;
        int64_t whole = (int64_t)random_below(2000001) - 1000000;
        money parts[9];
        money_split(money_of(whole, "CNY"), weights, count, parts);
        int64_t added = 0;
        for (size_t i = 0; i < count; i++) {
            added += parts[i].minor;
            assert_true(whole < 0 ? parts[i].minor <= 0 : parts[i].minor >= 0);
            assert_true(weights[i] || parts[i].minor == 0);
            long double share = (long double)whole * weights[i] / sum;
            assert_true(parts[i].minor - share <= 1 && share - parts[i].minor <= 1);
        }
        assert_int_equal(added, whole);
    }
}

static void the_largest_amount_splits_by_the_largest_weights(void **state)
{
    (void)state;
    money parts[2];
    money_split(money_of(-MONEY_MAX, "CNY"), (const int64_t[]){INT64_MAX - 1, 1}, 2, parts);
    assert_int_equal(parts[0].minor + parts[1].minor, -MONEY_MAX);
}

static void currencies_have_their_decimals(void **state)
{
    (void)state;
    assert_int_equal(money_exponent("CNY"), 2);
    assert_int_equal(money_exponent("JPY"), 0);
    assert_int_equal(money_exponent("KRW"), 0);
    assert_int_equal(money_exponent("KWD"), 3);
    assert_int_equal(money_exponent("CLF"), 4);
    assert_int_equal(money_exponent("QQQ"), 2);
    assert_true(money_currency_is_known("CNY"));
    assert_true(money_currency_is_known("ZWG"));
    static const char *const unknown[] = {"", "CN", "CNYY", "cny", "QQQ", "NY ", " CN", "Y C", "   "};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(money_currency_is_known(unknown[i]));
}

static void amounts_are_written_with_their_decimals(void **state)
{
    static const struct {
        int64_t minor;
        const char *currency;
        const char *decimal;
        const char *display;
    } table[] = {
        {123450, "CNY", "1234.50", "¥1,234.50"},
        {1999, "USD", "19.99", "$19.99"},
        {1200, "JPY", "1200", "JP¥1,200"},
        {0, "JPY", "0", "JP¥0"},
        {0, "CNY", "0.00", "¥0.00"},
        {5, "CNY", "0.05", "¥0.05"},
        {-5, "CNY", "-0.05", "-¥0.05"},
        {50, "CNY", "0.50", "¥0.50"},
        {100, "CNY", "1.00", "¥1.00"},
        {7, "KWD", "0.007", "KWD 0.007"},
        {1234567, "KWD", "1234.567", "KWD 1,234.567"},
        {99999, "EUR", "999.99", "€999.99"},
        {100000000, "EUR", "1000000.00", "€1,000,000.00"},
        {-MONEY_MAX, "CNY", "-90000000000000.00", "-¥90,000,000,000,000.00"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        money amount = money_of(table[i].minor, table[i].currency);
        assert_string_equal(money_decimal(arena_of(state), amount), table[i].decimal);
        assert_string_equal(money_display(arena_of(state), amount), table[i].display);
    }
}

static void what_people_type_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *currency;
        int64_t minor;
    } table[] = {
        {"1234.5", "CNY", 123450},
        {"1,234.50", "CNY", 123450},
        {"¥12", "CNY", 1200},
        {"\uffe512.3", "CNY", 1230},
        {"12元", "CNY", 1200},
        {"0", "CNY", 0},
        {"0.01", "CNY", 1},
        {"007", "CNY", 700},
        {"1,000,000", "CNY", 100000000},
        {"12", "JPY", 12},
        {"¥1,200", "JPY", 1200},
        {"JP¥1,200", "JPY", 1200},
        {"1200円", "JPY", 1200},
        {"1.234", "KWD", 1234},
        {"$19.99", "USD", 1999},
        {"HK$5", "HKD", 500},
        {"€1", "EUR", 100},
        {"1€", "EUR", 100},
        {"90000000000000", "CNY", MONEY_MAX},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        money amount;
        if (!money_parse(table[i].text, table[i].currency, &amount))
            fail_msg("%s was refused", table[i].text);
        assert_int_equal(amount.minor, table[i].minor);
        assert_string_equal(amount.currency, table[i].currency);
    }
}

static void what_is_no_amount_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "-1",
        "+1",
        "1.",
        ".5",
        "1.234",
        "1..2",
        "1.2.3",
        "1,2",
        "1,23",
        "12,34",
        ",123",
        "1,,234",
        "1,234,",
        "1234,567",
        "1,2345",
        "1,234,5",
        "a",
        "1a",
        "1e3",
        "0x1",
        "\uff11",
        "¥",
        "元",
        "¥1元",
        "¥¥1",
        "$1",
        "1 元",
        " 1",
        "1 ",
        "90000000000000.01",
        "900000000000000",
        "99999999999999999999999999",
        "9223372036854775808",
        "1.-5",
        "1.5 ",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        money amount = money_of(42, "CNY");
        if (money_parse(texts[i], "CNY", &amount))
            fail_msg("%s was read as %lld", texts[i], (long long)amount.minor);
        assert_int_equal(amount.minor, 42);
    }
    money amount;
    assert_false(money_parse("1.5", "JPY", &amount));
    assert_false(money_parse("1.0", "JPY", &amount));
}

static void what_is_written_reads_back(void **state)
{
    static const char *const currencies[] = {"CNY", "JPY", "KWD", "CLF", "USD", "EUR", "TWD", "QQQ"};
    for (int round = 0; round < 5000; round++) {
        const char *currency = currencies[random_below(8)];
        money amount = money_of((int64_t)random_below(UINT32_MAX) * (round % 3 ? 1 : 2000000), currency);
        money back;
        assert_true(money_parse(money_decimal(arena_of(state), amount), currency, &back));
        assert_int_equal(money_compare(amount, back), 0);
        if (strcmp(currency, "KWD") != 0 && strcmp(currency, "CLF") != 0 && strcmp(currency, "QQQ") != 0) {
            assert_true(money_parse(money_display(arena_of(state), amount), currency, &back));
            assert_int_equal(money_compare(amount, back), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(sums_and_products_are_exact),     test_of(mixing_and_overflow_are_bugs),
        test_of(rates_round_half_away_from_zero), test_of(a_split_of_ten_by_three_is_fair),
        test_of(a_split_never_loses_a_cent),      test_of(the_largest_amount_splits_by_the_largest_weights),
        test_of(currencies_have_their_decimals),  test_of(amounts_are_written_with_their_decimals),
        test_of(what_people_type_is_read),        test_of(what_is_no_amount_is_refused),
        test_of(what_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
