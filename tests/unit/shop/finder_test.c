/* finder_test.c - what people search: counted within bounds, told only of many, forgotten in time; and what
 * the merchant says about words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/catalog/catalog.h"
#include "shop/search/search.h"
#include "shop/services.h"
#include "unit.h"

static struct services services;
static struct finder *finder;

/* A finder of its own for each test, on the shop of the test. */
static void open_finder(void)
{
    services = *work->services;
    finder = services.finder = finder_open(work->arena);
    work->services = &services;
}

static void close_finder(void)
{
    finder_close(finder);
    services.finder = NULL;
}

static void search_for(const char *text, const char *buyer, bool is_nothing)
{
    search_note(work, &(struct search_note){
                          .text = text, .is_nothing = is_nothing, .hits = !is_nothing, .buyer = buyer});
}

static struct search_line *lines_of(enum search_report report, size_t *count)
{
    struct search_line *lines;
    assert_ok(search_flush(work));
    assert_ok(search_report(work, report, 28, &lines, count));
    return lines;
}

static void a_day_holds_so_many_words_and_the_rest_together(void **state)
{
    size_t count;
    struct search_counts total;
    (void)state;
    open_finder();
    for (int i = 0; i < SEARCH_DAY_WORDS + 300; i++) {
        search_for(arena_format(work->arena, "词 %c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676),
                   NULL, false);
        if (i % 500 == 499)
            assert_ok(search_flush(work));
    }
    lines_of(SEARCH_POPULAR, &count);
    assert_int_equal(count, SEARCH_REPORT_LIMIT);
    assert_int_equal(ask("SELECT COUNT(*) FROM search_days WHERE shop_id = $1"), SEARCH_DAY_WORDS + 1);
    assert_int_equal(ask("SELECT searches FROM search_days WHERE shop_id = $1 AND word = ''"), 300);
    assert_ok(search_total(work, 1, &total));
    assert_int_equal(total.searches, SEARCH_DAY_WORDS + 300);
    assert_int_equal(problems_of(search_check), 0);
    close_finder();
}

static void who_typed_a_word_is_kept_as_a_hash_of_few(void **state)
{
    const char **words;
    size_t count;
    (void)state;
    open_finder();
    for (int i = 0; i < SEARCH_CROWD - 1; i++)
        search_for("帐篷", arena_format(work->arena, "buyer-%d", i), false);
    search_for("帐篷", "buyer-0", false);
    assert_ok(search_flush(work));
    assert_ok(search_crowd_words(work, 10, &words, &count));
    assert_int_equal(count, 0);
    search_for("帳篷", "buyer-new", false);
    assert_ok(search_flush(work));
    assert_ok(search_crowd_words(work, 10, &words, &count));
    assert_int_equal(count, 1);
    assert_string_equal(words[0], "帐篷");
    for (int i = 0; i < 2 * SEARCH_BUYERS_MOST; i++)
        search_for("帐篷", arena_format(work->arena, "more-%d", i), false);
    assert_ok(search_flush(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM search_buyers WHERE shop_id = $1"), SEARCH_BUYERS_MOST);
    assert_int_equal(ask("SELECT COUNT(*) FROM search_buyers WHERE shop_id = $1 AND buyer LIKE '%buyer%'"),
                     0);
    close_finder();
}

static void what_finds_nothing_is_popular_with_nobody(void **state)
{
    const char **words;
    size_t count;
    (void)state;
    open_finder();
    for (int i = 0; i < SEARCH_CROWD; i++)
        search_for("没有的", arena_format(work->arena, "buyer-%d", i), true);
    assert_string_equal(lines_of(SEARCH_NOTHING, &count)[0].word, "没有的");
    assert_ok(search_crowd_words(work, 10, &words, &count));
    assert_int_equal(count, 0);
    close_finder();
}

static void what_is_personal_is_not_noted(void **state)
{
    static const char *const texts[] = {"13812345678", "+86 138-1234-5678", "a@b.cn", "", "   ",
                                        "!!!",         "单号 20261126001"};
    (void)state;
    open_finder();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(search_word_of(work, texts[i]), "");
    assert_string_equal(search_word_of(work, " ＩＰｈｏｎｅ　１５ "), "iphone 15");
    const char *cut =
        search_word_of(work, "杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯"
                             "杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯杯");
    assert_true(strlen(cut) < SEARCH_WORD_BYTES && utf8_is_valid(cut, strlen(cut)));
    close_finder();
}

static void old_days_go_and_the_sums_stay_right(void **state)
{
    (void)state;
    open_finder();
    search_for("旧词", "buyer", false);
    assert_ok(search_flush(work));
    int64_t now = work->now;
    work->now += (SEARCH_BUYER_DAYS + 1) * DAY_MS;
    search_for("新词", "buyer", false);
    assert_ok(search_flush(work));
    assert_ok(search_sweep(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM search_buyers WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM search_totals WHERE shop_id = $1"), 2);
    work->now = now + (SEARCH_LOG_DAYS + 1) * DAY_MS;
    assert_ok(search_sweep(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM search_days WHERE shop_id = $1"), 1);
    assert_int_equal(problems_of(search_check), 0);
    tamper("UPDATE search_days SET searches = searches + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(search_check), 1);
    tamper("UPDATE search_days SET searches = searches - 1 WHERE shop_id = $1");
    work->now = now;
    close_finder();
}

static void before_and_since_are_told_apart_within_a_day(void **state)
{
    struct search_word word = {.kind = SEARCH_SYNONYM,
                               .word = "充电宝",
                               .words = "移动电源，充電寶、power bank"},
                       *words;
    size_t count;
    (void)state;
    open_finder();
    search_for("充电宝", NULL, true);
    search_for("充电宝", NULL, true);
    assert_ok(search_word_save(work, &word));
    assert_string_equal(word.words, "充电宝\n移动电源\npower bank");
    search_for("充电宝", NULL, false);
    assert_ok(search_flush(work));
    assert_ok(search_word_list(work, 0, &words, &count));
    assert_int_equal(count, 1);
    assert_int_equal(words[0].before.searches, 2);
    assert_int_equal(words[0].before.missed, 2);
    assert_int_equal(words[0].after.searches, 1);
    assert_int_equal(words[0].after.missed, 0);
    assert_ok(search_word_remove(work, words[0].id));
    assert_fails(search_word_remove(work, words[0].id), ERR_NOT_FOUND);
    close_finder();
}

static void only_pages_of_the_shop_are_led_to(void **state)
{
    static const char *const bad[] = {"//a",      "/\\a",        "a",    "https://a", "/admin",
                                      "/admin/x", "/search?q=a", "/a b", "",          "/a\"b"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct search_word word = {.kind = SEARCH_REDIRECT, .word = "词", .target = bad[i]};
        assert_field(search_word_check(work, &word), "target");
    }
    struct search_word word = {.kind = SEARCH_REDIRECT, .word = "词", .target = "/categories/a"};
    assert_ok(search_word_check(work, &word));
}

static void save_once(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    struct search_word word = {.kind = SEARCH_STOP, .word = "正品"};
    outcomes->codes[index] = code_of(search_word_save(ctx, &word));
}

static void a_word_is_said_once_by_many(void **state)
{
    struct outcomes outcomes = {0};
    (void)state;
    in_threads(save_once, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, 0), 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM search_words WHERE shop_id = $1"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_day_holds_so_many_words_and_the_rest_together),
        SENTENCE(who_typed_a_word_is_kept_as_a_hash_of_few),
        SENTENCE(what_finds_nothing_is_popular_with_nobody),
        SENTENCE(what_is_personal_is_not_noted),
        SENTENCE(old_days_go_and_the_sums_stay_right),
        SENTENCE(before_and_since_are_told_apart_within_a_day),
        SENTENCE(only_pages_of_the_shop_are_led_to),
        SENTENCE(a_word_is_said_once_by_many),
    };
    return RUN_SENTENCES(tests);
}
