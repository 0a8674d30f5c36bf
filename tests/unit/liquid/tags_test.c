/* tags_test.c - what each tag shows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static void conditions_choose_the_first_that_holds(void **state)
{
    shows(state, "b", "{% if x == 1 %}a{% elsif x == 2 %}b{% else %}c{% endif %}", "{\"x\": 2}");
    shows(state, "c", "{% if x == 1 %}a{% elsif x == 2 %}b{% else %}c{% endif %}", "{\"x\": 3}");
    shows(state, "no", "{% unless x %}yes{% else %}no{% endunless %}", "{\"x\": 0}");
    shows(state, "second", "{% unless x %}first{% elsif y %}second{% endunless %}", "{\"x\": 1, \"y\": 1}");
}

static void only_false_and_nil_are_not_true(void **state)
{
    shows(state, "TTTTFF", "{% for v in list %}{% if v %}T{% else %}F{% endif %}{% endfor %}",
          "{\"list\": [0, \"\", [], {}, false, null]}");
}

static void and_and_or_are_read_from_the_right(void **state)
{
    shows(state, "F", "{% if false and false or true %}T{% else %}F{% endif %}", NULL);
    shows(state, "T", "{% if true or false and false %}T{% else %}F{% endif %}", NULL);
}

static void contains_looks_into_texts_lists_and_objects(void **state)
{
    shows(state, "yyyn",
          "{% if t contains 'ell' %}y{% endif %}{% if l contains 2 %}y{% endif %}{% if o contains 'k' %}y{% "
          "endif %}"
          "{% if l contains '2' %}y{% else %}n{% endif %}",
          "{\"t\": \"hello\", \"l\": [1, 2], \"o\": {\"k\": null}}");
}

static void blank_and_empty_are_values_to_compare_with(void **state)
{
    shows(state, "yes", "{% if x == blank %}yes{% endif %}", "{\"x\": \" \\n\"}");
    shows(state, "", "{% if x == empty %}yes{% endif %}", "{\"x\": \" \"}");
    shows(state, "yes", "{% if x == empty %}yes{% endif %}", "{\"x\": []}");
    shows(state, "no", "{% if x != blank %}yes{% else %}no{% endif %}", NULL);
}

static void a_case_shows_every_value_that_fits(void **state)
{
    shows(state, "two", "{% case x %}{% when 1 %}one{% when 2 or 3 %}two{% else %}more{% endcase %}",
          "{\"x\": 3}");
    shows(state, "more", "{% case x %}ignored{% when 1, 2 %}few{% else %}more{% endcase %}", "{\"x\": 3}");
    shows(state, "aa", "{% case x %}{% when 1, 1 %}a{% endcase %}", "{\"x\": 1}");
}

static void a_loop_knows_where_it_is(void **state)
{
    shows(state, "1/3:3 first 2/3:2 3/3:1 last ",
          "{% for i in l %}{{ forloop.index }}/{{ forloop.length }}:{{ forloop.rindex }} "
          "{% if forloop.first %}first {% endif %}{% if forloop.last %}last {% endif %}{% endfor %}",
          "{\"l\": [5, 6, 7]}");
    shows(state, "1.1 1.2 2.1 2.2 ",
          "{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}.{{ forloop.index }} "
          "{% endfor %}{% endfor %}",
          NULL);
    shows(state, "i-l", "{% for i in l %}{{ forloop.name }}{% endfor %}", "{\"l\": [1]}");
}

static void a_loop_takes_a_part_in_either_direction(void **state)
{
    shows(state, "34", "{% for i in (1..6) limit: 2 offset: 2 %}{{ i }}{% endfor %}", NULL);
    shows(state, "43", "{% for i in (1..6) reversed limit: 2 offset: 2 %}{{ i }}{% endfor %}", NULL);
    shows(state, "12|34|5|",
          "{% for i in l limit: 2 %}{{ i }}{% endfor %}|{% for i in l limit: 2 offset: continue %}{{ i }}{% "
          "endfor %}|"
          "{% for i in l offset: continue %}{{ i }}{% endfor %}|",
          "{\"l\": [1, 2, 3, 4, 5]}");
    shows(state, "none", "{% for i in l %}{{ i }}{% else %}none{% endfor %}", "{\"l\": []}");
    shows(state, "", "{% for i in (1..3) limit: -1 %}{{ i }}{% endfor %}", NULL);
}

static void a_loop_over_an_object_gives_pairs(void **state)
{
    shows(state, "a=1;b=2;", "{% for p in o %}{{ p[0] }}={{ p.last }};{% endfor %}",
          "{\"o\": {\"a\": 1, \"b\": 2}}");
}

static void break_and_continue_reach_through_includes_only(void **state)
{
    static const struct snippet snippets[] = {{"stop", "{% break %}"}, {0}};
    struct bench *bench = *state;
    bench->options.owner = (void *)snippets;
    shows(state, "1", "{% for i in (1..3) %}{{ i }}{% include 'stop' %}{% endfor %}", NULL);
    shows(state, "123", "{% for i in (1..3) %}{{ i }}{% render 'stop' %}{% endfor %}", NULL);
    shows(state, "13", "{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
          NULL);
    shows(state, "a", "a{% break %}b", NULL);
}

static void a_table_row_breaks_after_its_columns(void **state)
{
    shows(state,
          "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n"
          "<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n",
          "{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}", NULL);
    shows(state, "<tr class=\"row1\">\n</tr>\n", "{% tablerow i in l %}{{ i }}{% endtablerow %}",
          "{\"l\": []}");
}

static void cycles_go_round(void **state)
{
    shows(state, "abcab", "{% for i in (1..5) %}{% cycle 'a', 'b', 'c' %}{% endfor %}", NULL);
    shows(state, "aaba",
          "{% cycle 'x': 'a', 'b' %}{% cycle 'y': 'a', 'b' %}{% cycle 'x': 'a', 'b' %}"
          "{% cycle 'x': 'a', 'b' %}",
          NULL);
}

static void counters_have_names_of_their_own(void **state)
{
    shows(state, "0 1 2|-1 -2|7",
          "{% assign n = 7 %}{% increment n %} {% increment n %} {% increment n %}|{% decrement m %} {% "
          "decrement m %}"
          "|{{ n }}",
          NULL);
}

static void captured_and_assigned_values_last_to_the_end(void **state)
{
    shows(state, "[a-b]", "{% capture x %}a-{{ y }}{% endcapture %}[{{ x }}]", "{\"y\": \"b\"}");
    shows(state, "3", "{% for i in (1..3) %}{% assign last = i %}{% endfor %}{{ last }}", NULL);
    shows(state, "A", "{% assign x = 'a' | upcase %}{{ x }}", NULL);
}

static void ifchanged_shows_what_differs_from_before(void **state)
{
    shows(state, "121", "{% for i in l %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
          "{\"l\": [1, 1, 2, 2, 1]}");
}

static void nothing_in_comments_raw_and_doc_is_read(void **state)
{
    shows(state, "ab",
          "a{% comment %}{% if %}{% comment %}{{ }}{% endcomment %}{% raw %}{% endcomment %}{% endraw %}"
          "{% endcomment %}b",
          NULL);
    shows(state, "{{ x }}{% y %}", "{% raw %}{{ x }}{% y %}{% endraw %}", NULL);
    shows(state, "ab", "a{% # a remark\n # in two lines %}b", NULL);
    shows(state, "ab", "a{% doc %}{{ unclosed {% enddoc %}b", NULL);
}

static void a_liquid_tag_is_a_tag_a_line(void **state)
{
    shows(state, "1-2-", "{% liquid\n  for i in (1..2)\n    echo i\n    echo '-'\n  endfor\n  # done\n%}",
          NULL);
}

static void dashes_take_white_space_away(void **state)
{
    shows(state, "a1b", "a  \n{{- 1 -}}\n  b", NULL);
    shows(state, "ab", "a {%- if true -%} b {%- endif -%} ", NULL);
    shows(state, "!!", "!{% if true %} {% assign x = 1 %} {% endif %}!", NULL);
}

static void a_rendered_snippet_sees_its_arguments_and_the_globals(void **state)
{
    static const struct snippet snippets[] = {
        {"card", "<{{ card.t }}{{ size }}{{ mine }}{{ g }}{{ forloop.index }}>"},
        {"set", "{% assign x = 2 %}{{ x }}"},
        {"in", "{% include 'set' %}"},
        {0}};
    struct bench *bench = *state;
    bench->options.owner = (void *)snippets;
    const char *data = "{\"g\": \"G\", \"l\": [{\"t\": 1}, {\"t\": 2}]}";
    shows(state, "<SG>", "{% assign mine = 1 %}{% render 'card', size: 'S' %}", data);
    shows(state, "<1G1><2G2>", "{% render 'card' for l %}", data);
    shows(state, "<2G>", "{% render 'card' with l[1] %}", data);
    shows(state, "<1G1><2G2>", "{% render 'card' for l as card %}", data);
    shows(state, "21", "{% assign x = 1 %}{% render 'set' %}{{ x }}", data);
    shows(state, "22", "{% assign x = 1 %}{% include 'set' %}{{ x }}", data);
    shows(state, "<1G><2G>", "{% include name %}",
          "{\"name\": \"card\", \"g\": \"G\", \"card\": [{\"t\": 1}, {\"t\": 2}]}");
    shows(state, "<SG>", "{% include 'card' with size: 'S' %}", "{\"g\": \"G\"}");
    shows(state, "in:1:1: include is not allowed inside a rendered template", "{% render 'in' %}", data);
    shows(state, "page:1:1: there is no template 'gone'", "{% render 'gone' %}", data);
}

static void paths_lead_through_lists_and_objects(void **state)
{
    const char *data = "{\"a\": {\"b\": [{\"c d\": 1}, 2], \"size\": 9}, \"k\": \"b\", \"n\": \"a\"}";
    shows(state, "1 1 2 9 2 2",
          "{{ a.b[0]['c d'] }} {{ a[k].first['c d'] }} {{ a.b[-1] }} {{ a.size }} {{ a.b.size }} "
          "{{ [n].b.last }}",
          data);
    shows(state, "", "{{ a.x.y.z }}{{ a.b[7] }}{{ x[0] }}{{ a.b['first'] }}", data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(conditions_choose_the_first_that_holds),
        test_of(only_false_and_nil_are_not_true),
        test_of(and_and_or_are_read_from_the_right),
        test_of(contains_looks_into_texts_lists_and_objects),
        test_of(blank_and_empty_are_values_to_compare_with),
        test_of(a_case_shows_every_value_that_fits),
        test_of(a_loop_knows_where_it_is),
        test_of(a_loop_takes_a_part_in_either_direction),
        test_of(a_loop_over_an_object_gives_pairs),
        test_of(break_and_continue_reach_through_includes_only),
        test_of(a_table_row_breaks_after_its_columns),
        test_of(cycles_go_round),
        test_of(counters_have_names_of_their_own),
        test_of(captured_and_assigned_values_last_to_the_end),
        test_of(ifchanged_shows_what_differs_from_before),
        test_of(nothing_in_comments_raw_and_doc_is_read),
        test_of(a_liquid_tag_is_a_tag_a_line),
        test_of(dashes_take_white_space_away),
        test_of(a_rendered_snippet_sees_its_arguments_and_the_globals),
        test_of(paths_lead_through_lists_and_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
