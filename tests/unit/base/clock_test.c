/* clock_test.c - RFC 3339 both ways, days and what people read; the C library is the witness. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/random.h"
#include "fixture.h"
#include <time.h>

static void the_steady_clock_never_steps_back(void **state)
{
    (void)state;
    int64_t last = clock_steady();
    for (int i = 0; i < 10000; i++) {
        int64_t now = clock_steady();
        assert_true(now >= last);
        last = now;
    }
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    assert_true(clock_steady() - last >= 2000);
}

static void now_is_now(void **state)
{
    (void)state;
    int64_t seconds = time(NULL);
    assert_in_range(clock_now(), (seconds - 1) * 1000, (seconds + 2) * 1000);
}

static void times_are_written_as_rfc3339(void **state)
{
    static const struct {
        int64_t at;
        const char *text;
    } table[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {INT64_C(951782400123), "2000-02-29T00:00:00.123Z"},
        {INT64_C(4107542399999), "2100-02-28T23:59:59.999Z"},
        {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
        {INT64_C(253402300800000), "9999-12-31T23:59:59.999Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
        {INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z"},
        {INT64_MIN, "0000-01-01T00:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(clock_rfc3339(arena_of(state), table[i].at), table[i].text);
}

static void any_time_agrees_with_the_c_library_and_reads_back(void **state)
{
    for (int i = 0; i < 20000; i++) {
        int64_t at =
            ((int64_t)random_below(UINT32_MAX) - INT64_C(1000000000)) * 30 * 1000 + random_below(1000);
        time_t seconds = (time_t)((at - (at % 1000 + 1000) % 1000) / 1000);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        char expected[64];
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &tm);
        const char *text = clock_rfc3339(arena_of(state), at);
        assert_memory_equal(text, expected, 19);
        strftime(expected, sizeof expected, "%a %j %u", &tm);
        assert_string_equal(clock_format(arena_of(state), at, zone_fixed(0), "%a %j %u"), expected);
        int64_t back;
        assert_true(clock_parse_rfc3339(text, &back));
        assert_int_equal(back, at);
    }
}

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } table[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01T08:00:00+08:00", 0},
        {"1969-12-31T19:30:00-04:30", 0},
        {"1970-01-01T00:00:00-00:00", 0},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.05Z", 50},
        {"1970-01-01T00:00:00.123456789Z", 123},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
        {"2017-01-01T07:59:60+08:00", INT64_C(1483228800000)},
        {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t at = -1;
        if (!clock_parse_rfc3339(table[i].text, &at))
            fail_msg("%s was refused", table[i].text);
        assert_int_equal(at, table[i].at);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2026",
        "2026-11-23",
        "2026-11-23T07:37:28",
        "2026-11-23 07:37:28Z",
        "2026-11-23T07:37Z",
        "2026-11-23T07:37:28.Z",
        "2026-11-23T07:37:28.1234567890Z",
        "2026-11-23T07:37:28Zx",
        "2026-11-23T07:37:28+0800",
        "2026-11-23T07:37:28+24:00",
        "2026-11-23T07:37:28+08:60",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:60Z",
        "26-01-01T00:00:00Z",
        "+2026-01-01T00:00:00Z",
        "2026-1-1T00:00:00Z",
        "2026\r01-01T00:00:00Z",
        "2026-01-01T00:00\03200Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t at = 42;
        if (clock_parse_rfc3339(texts[i], &at))
            fail_msg("%s was read", texts[i]);
        assert_int_equal(at, 42);
    }
}

static void a_day_starts_where_the_shop_is(void **state)
{
    (void)state;
    int64_t evening = INT64_C(1790000000000); /* 2026-09-21T14:13:20Z */
    assert_int_equal(clock_day_start(evening, zone_fixed(0)), INT64_C(1789948800000));
    assert_int_equal(clock_day_start(evening, zone_fixed(480)), INT64_C(1789920000000));
    assert_int_equal(clock_day_start(evening, zone_fixed(600)), INT64_C(1790000000000) - 800 * SECOND_MS);
    assert_int_equal(clock_day_start(clock_day_start(evening, zone_fixed(480)), zone_fixed(480)),
                     clock_day_start(evening, zone_fixed(480)));
    assert_int_equal(clock_day_start(-1, zone_fixed(0)), -DAY_MS);
    assert_int_equal(clock_day_start(0, zone_fixed(-60)), -DAY_MS + HOUR_MS);
}

static void people_read_the_time_of_their_place(void **state)
{
    struct arena *arena = arena_of(state);
    int64_t at = INT64_C(1790000000000);
    assert_string_equal(clock_format(arena, at, zone_fixed(480), "%Y年%m月%d日 %H:%M"),
                        "2026年09月21日 22:13");
    assert_string_equal(clock_format(arena, at, zone_fixed(-210), "%H:%M %z"), "10:43 -0330");
    assert_string_equal(clock_format(arena, at, zone_fixed(0), ""), "");
    assert_string_equal(clock_format(arena, at, zone_fixed(0), "100%%"), "100%");
    char *huge = arena_alloc(arena, 6001);
    memset(huge, 'x', 6000);
    assert_string_equal(clock_format(arena, at, zone_fixed(0), huge), "");
    huge[4096] = '\0';
    assert_int_equal(strlen(clock_format(arena, at, zone_fixed(0), huge)), 4096);
    assert_string_equal(clock_format(arena, INT64_MAX, zone_fixed(60), "%Y"), "9999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(the_steady_clock_never_steps_back),
        test_of(now_is_now),
        test_of(times_are_written_as_rfc3339),
        test_of(any_time_agrees_with_the_c_library_and_reads_back),
        test_of(times_are_read),
        test_of(what_is_no_time_is_refused),
        test_of(a_day_starts_where_the_shop_is),
        test_of(people_read_the_time_of_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
