/* words_test.c - bulk prices and questions as people write them in one cell. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static const char *const odd[] = {"账号",  "a|b", "c*",    "\\", "\\*",      "x, y",
                                  "两 字", "**",  "e\\|f", "-",  "文字 4-20"};
#define ODD (sizeof odd / sizeof *odd)

static const char *kept_of(const struct question *questions, size_t count)
{
    const char *json;
    assert_ok(questions_kept(work, questions, count, 0, &json));
    return json;
}

/* To words and back. */
static const char *again(const char *json, bool is_english)
{
    const char *words;
    struct question *questions;
    size_t count, wrong;
    assert_ok(questions_words(work, json, is_english, &words));
    assert_ok(questions_understand(work, words, json, &questions, &count, &wrong));
    assert_int_equal(wrong, 0);
    return kept_of(questions, count);
}

static void questions_come_back_as_they_were_in_both_languages(void **state)
{
    (void)state;
    const char *choices[] = {"一区", "二, 三", "四|五"};
    for (size_t i = 0; i < ODD; i++)
        for (int kind = 0; kind < QUESTION_KINDS; kind++) {
            bool is_measured = kind == QUESTION_TEXT || kind == QUESTION_NUMBER;
            const struct question questions[] = {
                {.label = odd[i],
                 .hint = odd[(i + 3) % ODD],
                 .kind = (enum question_kind)kind,
                 .is_required = i % 2 == 0,
                 .shortest = is_measured ? (int64_t)(i % 3) : 0,
                 .longest = is_measured ? (int64_t)(i % 4) * 5 : 0,
                 .choices = choices,
                 .choice_count = kind == QUESTION_CHOICE ? 3 : 0},
                {.label = odd[(i + 1) % ODD], .hint = "", .is_required = i % 2 == 1},
            };
            const char *json = kept_of(questions, 2);
            assert_string_equal(again(json, false), json);
            assert_string_equal(again(json, true), json);
        }
    assert_string_equal(again("", false), "");
}

static void a_line_that_is_no_question_is_named(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "*",          "a | 星座",      "a | 文字 x", "a | 文字 4-x",  "a | 手机号 4",
        "a | 文字 0", "a | b | c | d", " | 文字",    "a | 文字 4-5-6"};
    struct question *questions;
    size_t count, line;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *words = arena_format(work->arena, "好*\n\n%s\n另一个", wrong[i]);
        assert_ok(questions_understand(work, words, "", &questions, &count, &line));
        if (line != 3)
            fail_msg("\"%s\" is taken for a question", wrong[i]);
    }
}

static void a_question_that_asks_the_same_keeps_its_id(void **state)
{
    (void)state;
    const struct question before[] = {{.id = 7, .label = "账号", .hint = ""},
                                      {.id = 9, .label = "区服", .hint = ""}};
    struct question *questions;
    size_t count, line;
    assert_ok(questions_understand(work, "区服*\n电话\n账号 | 文字 6", kept_of(before, 2), &questions, &count,
                                   &line));
    assert_int_equal(count, 3);
    assert_int_equal(questions[0].id, 9);
    assert_int_equal(questions[1].id, 0);
    assert_int_equal(questions[2].id, 7);
    assert_int_equal(questions[2].shortest, 6);
    assert_int_equal(questions[2].longest, 6);
}

static void bulk_prices_are_read_as_people_write_them(void **state)
{
    (void)state;
    struct tier_draft tiers[PRICE_TIER_LIMIT];
    size_t count = PRICE_TIER_LIMIT;
    assert_true(price_tiers_understand(work, " 10 : 9.5；50：¥9\n 99:8.00 ;", tiers, &count));
    assert_int_equal(count, 3);
    assert_string_equal(price_tiers_kept(work, tiers, count, ""), "10:950 50:900 99:800");
    assert_string_equal(price_tiers_words(work, "10:950 50:900 99:800"), "10: 9.50; 50: 9.00; 99: 8.00");
    assert_string_equal(price_tiers_words(work, ""), "");
    static const char *const wrong[] = {"10",     "10:",       ":9",     "x:9",
                                        "10:9:8", "10: 9.505", "10: -1", "1: 2, 3: 4"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        count = PRICE_TIER_LIMIT;
        if (price_tiers_understand(work, wrong[i], tiers, &count))
            fail_msg("\"%s\" is taken for bulk prices", wrong[i]);
    }
    count = 1;
    assert_false(price_tiers_understand(work, "2: 2; 3: 1", tiers, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(questions_come_back_as_they_were_in_both_languages),
        SENTENCE(a_line_that_is_no_question_is_named),
        SENTENCE(a_question_that_asks_the_same_keeps_its_id),
        SENTENCE(bulk_prices_are_read_as_people_write_them),
    };
    return RUN_SENTENCES(tests);
}
