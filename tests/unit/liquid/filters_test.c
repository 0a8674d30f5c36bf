/* filters_test.c - what the standard filters give, a family a test. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static void text_is_counted_and_cut_by_code_points(void **state)
{
    shows(state, "4 云店 卖杯 云店卖杯",
          "{{ s | size }} {{ s | slice: 0, 2 }} {{ s | slice: -2, 9 }} {{ s | truncate: 5 }}",
          "{\"s\": \"云店卖杯\"}");
    shows(state, "云...", "{{ s | truncate: 4 }}", "{\"s\": \"云店卖杯子茶\"}");
    shows(state, "一#二#三", "{{ s | split: '' | join: '#' }}", "{\"s\": \"一二三\"}");
    shows(state, "ÉCOLE Привет ärger",
          "{{ 'école' | upcase }} {{ 'ПРИВЕТ' | capitalize }} {{ 'ÄRGER' | downcase }}", NULL);
}

static void text_is_trimmed_joined_and_shortened(void **state)
{
    shows(state, "[a][a ][ a]", "[{{ ' a ' | strip }}][{{ ' a ' | lstrip }}][{{ ' a ' | rstrip }}]", NULL);
    shows(state, "xay", "{{ 'a' | append: 'y' | prepend: 'x' }}", NULL);
    shows(state, "one two... one--",
          "{{ 'one two  three' | truncatewords: 2 }} {{ 'one two' | truncatewords: 1, '--' }}", NULL);
    shows(state, "ab", "{{ s | strip_newlines }}", "{\"s\": \"a\\r\\nb\\n\"}");
}

static void parts_of_text_are_replaced_and_removed(void **state)
{
    shows(state, "b-b-b b-a-a a-a-b",
          "{{ s | replace: 'a', 'b' }} {{ s | replace_first: 'a', 'b' }} {{ s | replace_last: 'a', 'b' }}",
          "{\"s\": \"a-a-a\"}");
    shows(state, "-- -a-a a-a-",
          "{{ s | remove: 'a' }} {{ s | remove_first: 'a' }} {{ s | remove_last: 'a' }}",
          "{\"s\": \"a-a-a\"}");
    shows(state, "-a-b-", "{{ 'ab' | replace: '', '-' }}", NULL);
}

static void text_is_written_for_html_and_addresses(void **state)
{
    shows(state, "&lt;a href=&#39;x&#39;&gt; &amp;amp; &amp;",
          "{{ s | escape }} {{ '&amp;' | escape }} {{ '&amp;' | escape_once }}", "{\"s\": \"<a href='x'>\"}");
    shows(state, "a text", "{{ s | strip_html }}",
          "{\"s\": \"<script>x<y</script><p a='>a <b>text</b><!-- < -->\"}");
    shows(state, "a<br />\nb", "{{ s | newline_to_br }}", "{\"s\": \"a\\r\\nb\"}");
    shows(state, "a+b%2Fc%E4%BA%91 a b/c云 %zz",
          "{{ s | url_encode }} {{ s | url_encode | url_decode }} {{ '%zz' | url_decode }}",
          "{\"s\": \"a b/c云\"}");
    shows(state, "5LqR5bqX 云店 fn5-fn5- ~~~~~~",
          "{{ s | base64_encode }} {{ '5LqR5bqX' | base64_decode }} {{ '~~~~~~' | base64_url_safe_encode }} "
          "{{ 'fn5-fn5-' | base64_url_safe_decode }}",
          "{\"s\": \"云店\"}");
}

static void numbers_are_added_as_people_write_them(void **state)
{
    shows(state, "12.3 7.9 10.5 3.1",
          "{{ 10.1 | plus: 2.2 }} {{ 10.1 | minus: 2.2 }} {{ '5.0' | times: '2.1' }} {{ 10.1 | modulo: 7 }}",
          NULL);
    shows(state, "3 -4 2 2.5 0.1",
          "{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }} {{ -7 | modulo: 3 }} {{ 5 | divided_by: 2.0 }} "
          "{{ 0.3 | minus: 0.2 }}",
          NULL);
    shows(state, "page:1:8: divided by 0", "{{ 1 | divided_by: 0 }}", NULL);
    shows(state, "18446744073709551614 1.0e+20",
          "{{ 9223372036854775807 | times: 2 }} {{ 10000000000.0 | times: 10000000000.0 }}", NULL);
}

static void numbers_are_rounded_and_bounded(void **state)
{
    shows(state, "5 6 5 -6 5.67 1200 3 -3",
          "{{ 5.4 | round }} {{ 5.1 | ceil }} {{ 5.9 | floor }} {{ -5.1 | floor }} {{ 5.666 | round: 2 }} "
          "{{ 1234 | round: -2 }} {{ 2.5 | round }} {{ -2.5 | round }}",
          NULL);
    shows(state, "5 3 7.5", "{{ 3 | at_least: 5 }} {{ 5 | at_most: 3 }} {{ '-7.5' | abs }}", NULL);
    shows(state, "1.0e-05 0.0001 100000.0 1.5", "{{ 0.00001 }} {{ 0.0001 }} {{ 100000.0 }} {{ 1.5 }}", NULL);
}

static void lists_are_sorted_with_missing_values_last(void **state)
{
    shows(state, "1,2,10 A,a,b a,A,b",
          "{{ n | sort | join: ',' }} {{ t | sort | join: ',' }} {{ t | sort_natural | join: ',' }}",
          "{\"n\": [10, 2, 1], \"t\": [\"b\", \"a\", \"A\"]}");
    shows(state, "xyz", "{{ l | sort: 'p' | map: 'n' | join: '' }}",
          "{\"l\": [{\"n\": \"z\"}, {\"n\": \"y\", \"p\": 2}, {\"n\": \"x\", \"p\": 1}]}");
    shows(state, "page:1:8: cannot sort values of incompatible types", "{{ l | sort }}",
          "{\"l\": [1, \"a\"]}");
}

static void items_are_chosen_by_a_property(void **state)
{
    const char *data =
        "{\"l\": [{\"n\": 1, \"k\": \"a\"}, {\"n\": 2, \"k\": \"b\"}, {\"n\": 3, \"k\": \"a\"}, {\"n\": 4}]}";
    shows(state, "1,3 1,2,3 2,4 4",
          "{{ l | where: 'k', 'a' | map: 'n' | join: ',' }} {{ l | where: 'k' | map: 'n' | join: ',' }} "
          "{{ l | reject: 'k', 'a' | map: 'n' | join: ',' }} {{ l | reject: 'k' | map: 'n' | join: ',' }}",
          data);
    shows(
        state, "2 1 true false",
        "{% assign f = l | find: 'k', 'b' %}{{ f.n }} {{ l | find_index: 'k', 'b' }} {{ l | has: 'k', 'a' }} "
        "{{ l | has: 'k', 'z' }}",
        data);
}

static void lists_are_turned_joined_and_added_up(void **state)
{
    const char *data = "{\"a\": [1, 2, 2, null], \"b\": [[3], 4], \"o\": [{\"v\": 1.5}, {\"v\": \"2\"}]}";
    shows(state, ",2,2,1 1,2,2 1,2, 3,4,1,2,2,",
          "{{ a | reverse | join: ',' }} {{ a | compact | join: ',' }} {{ a | uniq | join: ',' }} "
          "{{ b | concat: a | join: ',' }}",
          data);
    shows(state, "5 3.5 1 4 4",
          "{{ a | sum }} {{ o | sum: 'v' }} {{ a | first }} {{ b | last }} {{ a | size }}", data);
    shows(state, "2,3", "{{ a | concat: b | slice: 1, 3 | compact | join: ',' }}",
          "{\"a\": [1, 2], \"b\": [3]}");
}

static void default_stands_in_for_nothing(void **state)
{
    shows(state, "d d d 0 false",
          "{{ x | default: 'd' }} {{ '' | default: 'd' }} {{ false | default: 'd' }} {{ 0 | default: 'd' }} "
          "{{ false | default: 'd', allow_false: true }}",
          NULL);
}

static void other_kinds_are_written_as_ruby_does(void **state)
{
    shows(state, "{\"a\"=>1, \"b\"=>[nil, \"x\\\"\"]} 12 [1, 2]! 1..3",
          "{{ o }} {{ l }} {{ l | append: '!' }} {{ (1..3) }}",
          "{\"o\": {\"a\": 1, \"b\": [null, \"x\\\"\"]}, \"l\": [1, 2]}");
}

static void dates_are_read_in_many_forms(void **state)
{
    static const char *const forms[] = {
        "2004-07-16 01:02:03",        "2004-07-16T01:02:03Z", "Fri Jul 16 01:02:03 2004",
        "July 16th, 2004 1:02:03 AM", "16 Jul 2004 01:02:03", "2004/07/16 01:02:03",
        "16/07/2004 01:02:03",        "20040716T010203",      "1089939723"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct bench *bench = *state;
        const char *data = arena_format(bench->ctx.arena, "{\"d\": \"%s\"}", forms[i]);
        shows(state, "2004-07-16 01:02:03", "{{ d | date: '%Y-%m-%d %H:%M:%S' }}", data);
    }
    shows(state, "2026-11-23 2026-11-23 no date",
          "{{ 'now' | date: '%F' }} {{ 'today' | date: '%F' }} {{ 'no date' | date: '%F' }}", NULL);
    shows(state, "2024-02-30", "{{ '2024-02-30' | date: '%d' }}", NULL);
}

static void dates_are_written_with_every_flag(void **state)
{
    shows(state, "Fri Friday Jul July 16 16 04 2004 20", "{{ d | date: '%a %A %b %B %d %e %y %Y %C' }}",
          "{\"d\": \"2004-07-16 13:05:09\"}");
    shows(state, "13 13 01  1 05 09 PM pm 198", "{{ d | date: '%H %k %I %l %M %S %p %P %j' }}",
          "{\"d\": \"2004-07-16 13:05:09\"}");
    shows(state, "7 JUL pm 07 ___7 0007 %", "{{ d | date: '%-m %^b %#p %m ___%_1m %04m %%' }}",
          "{\"d\": \"2004-07-16 13:05:09\"}");
    shows(state, "28 28 29 2004 04 5 5", "{{ d | date: '%U %W %V %G %g %u %w' }}",
          "{\"d\": \"2004-07-16 13:05:09\"}");
    shows(state, "07/16/04 13:05:09 13:05 01:05:09 PM Fri Jul 16 13:05:09 2004",
          "{{ d | date: '%D %T %R %r %c' }}", "{\"d\": \"2004-07-16 13:05:09\"}");
    shows(state, "-0400 -04:00 1089997509 250 250000000 25", "{{ d | date: '%z %:z %s %L %N %2N' }}",
          "{\"d\": \"2004-07-16 13:05:09.25 -04:00\"}");
    shows(state, "%Q %", "{{ d | date: '%Q %' }}", "{\"d\": \"2004-07-16\"}");
}

static void the_shops_offset_counts(void **state)
{
    struct bench *bench = *state;
    struct shop shop = {.zone.minutes = 480};
    bench->ctx.shop = &shop;
    shows(state, "15:37 +0800 08:00", "{{ 'now' | date: '%H:%M %z' }} {{ 0 | date: '%H:%M' }}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(text_is_counted_and_cut_by_code_points),    test_of(text_is_trimmed_joined_and_shortened),
        test_of(parts_of_text_are_replaced_and_removed),    test_of(text_is_written_for_html_and_addresses),
        test_of(numbers_are_added_as_people_write_them),    test_of(numbers_are_rounded_and_bounded),
        test_of(lists_are_sorted_with_missing_values_last), test_of(items_are_chosen_by_a_property),
        test_of(lists_are_turned_joined_and_added_up),      test_of(default_stands_in_for_nothing),
        test_of(other_kinds_are_written_as_ruby_does),      test_of(dates_are_read_in_many_forms),
        test_of(dates_are_written_with_every_flag),         test_of(the_shops_offset_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
