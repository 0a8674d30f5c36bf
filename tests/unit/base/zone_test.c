/* zone_test.c - the clocks of places; the C library, told one zone at a time, is the witness. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/random.h"
#include "base/zone_parts.h"
#include "fixture.h"
#include <time.h>

#define INSTANTS 400

static struct zone zone_of(const char *name)
{
    struct zone zone;
    if (!zone_find(name, &zone))
        fail_msg("no zone %s", name);
    return zone;
}

/* From about 1650 to 2600. */
static int64_t any_second(void)
{
    return (int64_t)random_below(30000) * 1000000 + random_below(1000000) - INT64_C(10000000000);
}

static void every_zone_agrees_with_the_c_library(void **state)
{
    size_t count, differences = 0;
    const struct zone_entry *entries = zone_list(&count);
    (void)state;
    assert_true(count > 300);
    for (size_t i = 0; i < count; i++) {
        struct zone zone = zone_of(entries[i].name);
        setenv("TZ", entries[i].name, 1);
        tzset();
        for (int j = 0; j < INSTANTS; j++) {
            struct tm tm;
            time_t second = (time_t)any_second();
            localtime_r(&second, &tm);
            if (tm.tm_gmtoff == zone_offset(zone, (int64_t)second * 1000))
                continue;
            differences++;
            print_message("%s at %lld: %ld, not %d\n", entries[i].name, (long long)second, tm.tm_gmtoff,
                          (int)zone_offset(zone, (int64_t)second * 1000));
        }
    }
    setenv("TZ", "UTC", 1);
    tzset();
    assert_int_equal(differences, 0);
}

static void every_change_is_found_and_nothing_changes_between(void **state)
{
    static const char *const names[] = {"Europe/Berlin",  "America/New_York",  "Australia/Lord_Howe",
                                        "Asia/Shanghai",  "Africa/Casablanca", "Pacific/Chatham",
                                        "America/Nuuk",   "Europe/Dublin",     "America/Sao_Paulo",
                                        "Asia/Jerusalem", "Pacific/Apia"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone zone = zone_of(names[i]);
        int64_t at = INT64_C(-3000000000000), change;
        for (int j = 0; j < 600 && zone_next_change(zone, at, &change); j++) {
            assert_true(change > at);
            assert_int_not_equal(zone_offset(zone, change), zone_offset(zone, change - 1));
            for (int k = 0; k < 20; k++) {
                int64_t between = at + (change - at) / 20 * k;
                assert_int_equal(zone_offset(zone, between), zone_offset(zone, at));
            }
            at = change;
        }
    }
}

static void any_local_time_is_shown_once_twice_or_jumped_over(void **state)
{
    size_t count;
    const struct zone_entry *entries = zone_list(&count);
    (void)state;
    for (int i = 0; i < 40000; i++) {
        struct zone zone = zone_of(entries[random_below((uint32_t)count)].name);
        int64_t local, at, change;
        local = any_second() * 1000;
        /* Every second one stands near a change, where it matters. */
        if (i % 2 && zone_next_change(zone, local, &change))
            local = change + zone_offset(zone, change) * INT64_C(1000) + (int64_t)random_below(14400000) -
                    7200000;
        if (zone_resolve(zone, local, &at) == ZONE_SKIPPED) {
            int64_t shown_before = at + zone_offset(zone, at - 1) * INT64_C(1000);
            assert_true(shown_before <= local && local < at + zone_offset(zone, at) * INT64_C(1000));
        } else {
            assert_int_equal(at + zone_offset(zone, at) * INT64_C(1000), local);
        }
    }
}

static int64_t utc(const char *text)
{
    int64_t at;
    assert_true(clock_parse_rfc3339(text, &at));
    return at;
}

static void clocks_put_forward_leave_times_out_and_put_back_show_them_twice(void **state)
{
    static const struct {
        const char *zone;
        const char *local;
        enum clock_reading reading;
        const char *at;
    } table[] = {
        {"Europe/Berlin", "2026-03-29T01:59", CLOCK_ONCE, "2026-03-29T00:59:00Z"},
        {"Europe/Berlin", "2026-03-29T02:30", CLOCK_SKIPPED, "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", "2026-03-29T03:00", CLOCK_ONCE, "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", "2026-10-25T02:30", CLOCK_TWICE, "2026-10-25T00:30:00Z"},
        {"Europe/Berlin", "2026-10-25T03:00", CLOCK_ONCE, "2026-10-25T02:00:00Z"},
        {"America/New_York", "2099-03-08T02:30", CLOCK_SKIPPED, "2099-03-08T07:00:00Z"},
        {"Australia/Lord_Howe", "2026-10-04T02:15", CLOCK_SKIPPED, "2026-10-03T15:30:00Z"},
        {"Australia/Sydney", "2026-04-05T02:30", CLOCK_TWICE, "2026-04-04T15:30:00Z"},
        {"Asia/Kathmandu", "2026-11-26T10:00", CLOCK_ONCE, "2026-11-26T04:15:00Z"},
        {"Pacific/Chatham", "2026-07-01T12:00", CLOCK_ONCE, "2026-06-30T23:15:00Z"},
        {"Pacific/Apia", "2011-12-30T12:00", CLOCK_SKIPPED, "2011-12-30T10:00:00Z"},
        {"Asia/Shanghai", "2026-11-26T10:00", CLOCK_ONCE, "2026-11-26T02:00:00Z"},
        {"Asia/Shanghai", "1988-07-01T10:00", CLOCK_ONCE, "1988-07-01T01:00:00Z"},
        {"UTC+05:45", "2026-11-26T10:00", CLOCK_ONCE, "2026-11-26T04:15:00Z"},
    };
    int64_t at;
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(clock_parse_local(table[i].local, zone_of(table[i].zone), &at), table[i].reading);
        assert_int_equal(at, utc(table[i].at));
    }
    assert_int_equal(clock_parse_local("2026-13-01T00:00", zone_fixed(0), &at), CLOCK_NO_TIME);
    assert_int_equal(clock_parse_local("2026-12-01 00:00", zone_fixed(0), &at), CLOCK_NO_TIME);
    assert_int_equal(clock_parse_local("2026-12-01T00:00:00", zone_fixed(0), &at), CLOCK_NO_TIME);
}

static void days_have_23_to_25_hours_and_start_where_clocks_start_them(void **state)
{
    struct zone berlin = zone_of("Europe/Berlin"), paulo = zone_of("America/Sao_Paulo"),
                apia = zone_of("Pacific/Apia");
    int64_t day;
    (void)state;
    assert_true(clock_parse_day("2026-03-29", berlin, &day));
    assert_int_equal(clock_day_shift(day, 1, berlin) - day, 23 * HOUR_MS);
    assert_int_equal(clock_day_start(day + 23 * HOUR_MS - 1, berlin), day);
    assert_true(clock_parse_day("2026-10-25", berlin, &day));
    assert_int_equal(clock_day_shift(day, 1, berlin) - day, 25 * HOUR_MS);
    assert_int_equal(clock_hour(day + 2 * HOUR_MS, berlin), 2);
    assert_int_equal(clock_hour(day + 3 * HOUR_MS, berlin), 2);
    assert_int_equal(clock_day_number(day + 25 * HOUR_MS - 1, berlin), clock_day_number(day, berlin));
    /* Put forward at midnight: the day starts at one. */
    assert_true(clock_parse_day("2018-11-04", paulo, &day));
    assert_int_equal(day, utc("2018-11-04T03:00:00Z"));
    assert_int_equal(clock_hour(day, paulo), 1);
    assert_int_equal(clock_day_shift(day - 1, 1, paulo), day);
    /* A day that never was. */
    for (int64_t days = 1; days <= 2; days++)
        assert_int_equal(clock_day_shift(utc("2011-12-30T09:00:00Z"), days, apia),
                         utc("2011-12-30T10:00:00Z"));
}

static void what_people_read_is_what_clocks_show(void **state)
{
    struct arena *arena = arena_of(state);
    struct zone york = zone_of("America/New_York");
    const char *format = "%Y-%m-%d %H:%M %z";
    assert_string_equal(clock_format(arena, utc("2026-07-01T00:00:00Z"), york, format),
                        "2026-06-30 20:00 -0400");
    assert_string_equal(clock_format(arena, utc("2026-12-01T00:00:00Z"), york, format),
                        "2026-11-30 19:00 -0500");
    assert_string_equal(clock_format(arena, utc("2026-12-01T00:00:00Z"), zone_of("Asia/Shanghai"), format),
                        "2026-12-01 08:00 +0800");
}

static void names_are_read_back_and_lead_nowhere_else(void **state)
{
    static const char *const bad[] = {"",
                                      "Europe",
                                      "Europe/",
                                      "europe/berlin",
                                      "Atlantis/Center",
                                      "/etc/passwd",
                                      "../etc/passwd",
                                      "Europe/../UTC",
                                      "zone.tab",
                                      "UTC+8",
                                      "UTC+15:00",
                                      "UTC+08:60",
                                      "UTC*08:00",
                                      "UTC+0a:00",
                                      "Europe//Berlin",
                                      "A23456789012345678901234567890123456789012345"};
    static const char *const good[] = {"Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "UTC+05:45",
                                       "UTC-03:30"};
    struct zone zone;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_find(bad[i], &zone))
            fail_msg("found %s", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(zone_name(arena_of(state), zone_of(good[i])), good[i]);
    assert_int_equal(zone_of("UTC-03:30").minutes, -210);
    assert_ptr_equal(zone_of("Europe/Berlin").table, zone_of("Europe/Berlin").table);
}

static void the_list_is_in_order_and_says_when_clocks_are_put_forward(void **state)
{
    size_t count, berlin = 0;
    const struct zone_entry *entries = zone_list(&count);
    (void)state;
    for (size_t i = 1; i < count; i++) {
        assert_true(strcmp(entries[i - 1].name, entries[i].name) < 0);
        assert_true(entries[i].standard <= entries[i].summer);
        berlin = strcmp(entries[i].name, "Europe/Berlin") == 0 ? i : berlin;
    }
    assert_int_equal(entries[berlin].standard, 60);
    assert_int_equal(entries[berlin].summer, 120);
}

static void rules_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "CE-1",
                                      "CET",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,J0,J365",
                                      "CET-1CEST,J1,J366",
                                      "CET-1CEST,M3.5.0,M10.5.0/3x",
                                      "CET-999",
                                      "<CET-1"};
    struct zone_rule rule;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_rule_read(bad[i], &rule))
            fail_msg("took %s", bad[i]);
    /* Days without a leap day, and with it. */
    assert_true(zone_rule_read("AAA0BBB,J60/0,J61/0", &rule));
    assert_int_equal(zone_rule_offset(&rule, utc("2028-03-01T12:00:00Z") / 1000), 3600);
    assert_int_equal(zone_rule_offset(&rule, utc("2028-02-29T12:00:00Z") / 1000), 0);
    assert_true(zone_rule_read("AAA0BBB,59/0,60/0", &rule));
    assert_int_equal(zone_rule_offset(&rule, utc("2028-02-29T12:00:00Z") / 1000), 3600);
}

static void broken_files_are_no_zones(void **state)
{
    unsigned char bytes[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rbe");
    (void)state;
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    for (size_t length = 0; length < size; length++) {
        unsigned char *part = malloc(length + 1); /* so that a read past its end is seen */
        memcpy(part, bytes, length);
        assert_null(zone_table_read("Europe/Berlin", part, length));
        free(part);
    }
    for (int i = 0; i < 20000; i++) {
        unsigned char *copy = malloc(size);
        memcpy(copy, bytes, size);
        for (int j = 0; j < 3; j++)
            copy[random_below(j ? (uint32_t)size : 100)] = (unsigned char)random_below(256);
        free(zone_table_read("Europe/Berlin", copy, size));
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(every_zone_agrees_with_the_c_library),
        test_of(every_change_is_found_and_nothing_changes_between),
        test_of(any_local_time_is_shown_once_twice_or_jumped_over),
        test_of(clocks_put_forward_leave_times_out_and_put_back_show_them_twice),
        test_of(days_have_23_to_25_hours_and_start_where_clocks_start_them),
        test_of(what_people_read_is_what_clocks_show),
        test_of(names_are_read_back_and_lead_nowhere_else),
        test_of(the_list_is_in_order_and_says_when_clocks_are_put_forward),
        test_of(rules_that_are_none_are_refused),
        test_of(broken_files_are_no_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
