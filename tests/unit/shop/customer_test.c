/* customer_test.c - who gets in, how often one may guess, and what is left of an account that is deleted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/customer/customer.h"
#include "shop/customer/customer_find.h"
#include "unit.h"

#define EMAIL "buyer@example.com"

static const char *asked_code(const char *email)
{
    struct customer_code code;
    assert_ok(customer_ask_code(work, email));
    assert_ok(customer_code_open(work,
                                 ask("SELECT id FROM customer_codes WHERE shop_id = $1 ORDER BY id DESC"
                                     " LIMIT 1"),
                                 &code));
    assert_non_null(code.code);
    assert_int_equal(strlen(code.code), CUSTOMER_CODE_DIGITS);
    return code.code;
}

static const char *wrong_one(const char *code)
{
    char *wrong = arena_copy_text(work->arena, code);
    wrong[0] = wrong[0] == '9' ? '0' : '9';
    return wrong;
}

static int64_t logged_in(const char *email, const char **token)
{
    int64_t customer_id = 0;
    assert_ok(customer_log_in(work, email, asked_code(email), token));
    assert_ok(customer_find_session(work, *token, &customer_id));
    assert_true(customer_id > 0);
    return customer_id;
}

static void a_code_opens_once_and_makes_one_account(void **state)
{
    (void)state;
    const char *token, *code = asked_code("  Buyer@Example.COM ");
    int64_t first = 0;
    assert_field(customer_log_in(work, EMAIL, wrong_one(code), &token), "code");
    assert_ok(customer_log_in(work, EMAIL, code, &token));
    assert_ok(customer_find_session(work, token, &first));
    assert_field(customer_log_in(work, EMAIL, code, &token), "code");
    assert_int_equal(logged_in(EMAIL, &token), first);
    assert_int_equal(ask("SELECT COUNT(*) FROM customers WHERE shop_id = $1"), 1);
}

static void a_code_is_good_for_ten_minutes(void **state)
{
    (void)state;
    int64_t then = work->now;
    const char *token, *code = asked_code(EMAIL);
    work->now = then + CUSTOMER_CODE_MS;
    assert_field(customer_log_in(work, EMAIL, code, &token), "code");
    work->now = then + CUSTOMER_CODE_MS - 1;
    assert_ok(customer_log_in(work, EMAIL, code, &token));
    work->now = then;
}

static void five_tries_are_all_there_are(void **state)
{
    (void)state;
    const char *token, *code = asked_code(EMAIL);
    for (int i = 0; i < CUSTOMER_CODE_TRIES; i++)
        assert_field(customer_log_in(work, EMAIL, wrong_one(code), &token), "code");
    assert_field(customer_log_in(work, EMAIL, code, &token), "code");
    assert_int_equal(logged_in(EMAIL, &token) > 0, 1);
}

static void an_address_is_sent_five_codes_an_hour(void **state)
{
    (void)state;
    int64_t then = work->now;
    for (int i = 0; i < CUSTOMER_CODES_MOST; i++)
        assert_ok(customer_ask_code(work, EMAIL));
    assert_fails(customer_ask_code(work, EMAIL), ERR_TOO_MANY_REQUESTS);
    assert_ok(customer_ask_code(work, "other@example.com"));
    work->now = then + CUSTOMER_CODES_WITHIN_MS;
    assert_ok(customer_ask_code(work, EMAIL));
    work->now = then;
    assert_field(customer_ask_code(work, "two@at@example.com"), "email");
    assert_field(customer_ask_code(work, "a@b"), "email");
    assert_field(customer_ask_code(work, "x\r\nBcc: evil@example.com"), "email");
}

static void sessions_end(void **state)
{
    (void)state;
    int64_t then = work->now, found = 1;
    const char *first, *second;
    int64_t id = logged_in(EMAIL, &first);
    assert_int_equal(logged_in(EMAIL, &second), id);
    assert_ok(customer_log_out(work, first));
    assert_ok(customer_find_session(work, first, &found));
    assert_int_equal(found, 0);
    assert_ok(customer_find_session(work, second, &found));
    assert_int_equal(found, id);
    work->now = then + CUSTOMER_SESSION_MS;
    assert_ok(customer_find_session(work, second, &found));
    assert_int_equal(found, 0);
    assert_ok(customer_sweep(work));
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_sessions WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_codes WHERE shop_id = $1"), 0);
    work->now = then;
}

static struct customer_address address_of(const char *name)
{
    return (struct customer_address){
        .name = name, .phone = "138 0000 0000", .region = "浙江省 杭州市", .line = "文三路 1 号"};
}

static void one_address_is_the_default(void **state)
{
    (void)state;
    const char *token;
    struct customer_address *list, one = address_of("甲"), two = address_of("乙"), bad = address_of(" ");
    size_t count;
    int64_t id = logged_in(EMAIL, &token), other = logged_in("other@example.com", &token);
    assert_field(customer_address_save(work, id, &bad), "name");
    assert_ok(customer_address_save(work, id, &one));
    assert_ok(customer_address_save(work, id, &two));
    assert_ok(customer_address_list(work, id, &list, &count));
    assert_int_equal(count, 2);
    assert_true(list[0].id == one.id && list[0].is_default && !list[1].is_default);
    assert_ok(customer_address_prefer(work, id, two.id));
    assert_ok(customer_address_list(work, id, &list, &count));
    assert_true(list[0].id == two.id && list[0].is_default && !list[1].is_default);
    assert_fails(customer_address_prefer(work, other, two.id), ERR_NOT_FOUND);
    assert_fails(customer_address_remove(work, other, two.id), ERR_NOT_FOUND);
    assert_fails(customer_address_save(work, other, &two), ERR_NOT_FOUND);
    for (int i = 2; i < CUSTOMER_ADDRESS_LIMIT; i++) {
        struct customer_address more = address_of("丙");
        assert_ok(customer_address_save(work, id, &more));
    }
    struct customer_address last = address_of("丁");
    assert_fails(customer_address_save(work, id, &last), ERR_LIMIT);
}

static void what_is_personal_is_sealed_and_goes_with_the_account(void **state)
{
    (void)state;
    const char *token;
    struct customer *customer;
    struct customer_address address = address_of("张三丰");
    int64_t found = 1, id = logged_in(EMAIL, &token);
    assert_ok(customer_change(work, id, "张三丰", "+86 138-0000-0000"));
    assert_field(customer_change(work, id, "", "call me"), "phone");
    assert_ok(customer_address_save(work, id, &address));
    assert_false(column_contains("SELECT email FROM customers WHERE shop_id = $1", EMAIL));
    assert_false(column_contains("SELECT name FROM customers WHERE shop_id = $1", "张三丰"));
    assert_false(column_contains("SELECT address FROM customer_addresses WHERE shop_id = $1", "张三丰"));
    assert_ok(customer_delete(work, id));
    assert_ok(customer_find_session(work, token, &found));
    assert_int_equal(found, 0);
    assert_ok(customer_load(work, id, &customer));
    assert_true(customer->deleted_at > 0);
    assert_string_equal(customer->email, "");
    assert_string_equal(customer->name, "");
    assert_string_equal(customer->phone, "");
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_addresses WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_codes WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT COUNT(*) FROM customers WHERE shop_id = $1 AND email_index IS NOT NULL"), 0);
    assert_true(logged_in(EMAIL, &token) != id);
    assert_fails(customer_delete(work, id), ERR_NOT_FOUND);
}

static void assert_parts(const char *name, const char *expected)
{
    struct customer_parts parts = customer_parts_of(work, name);
    struct text_buf all;
    text_open(&all, work->arena, 1000);
    for (size_t i = 0; i < parts.count; i++)
        text_add_format(&all, "%s%s", i > 0 ? " " : "", parts.list[i]);
    assert_string_equal(text_of(&all), expected);
}

static void names_have_parts(void **state)
{
    (void)state;
    assert_parts("张伟", "张 zhang 伟 wei");
    assert_parts("曾 小云", "曾 zeng 曾小 zengxiao 小云 xiaoyun");
    assert_parts("尉迟恭", "尉 yuchi 尉迟 迟恭 gong");
    assert_parts("John Smith", "john smith");
    assert_parts("王", "");
    assert_parts("", "");
    struct customer_parts parts = customer_parts_of(work, "新疆维吾尔自治区某某某某某某某某某某有限公司");
    assert_int_equal(parts.count, CUSTOMER_PARTS);
}

static size_t found_by(const char *typed)
{
    struct customer *customers;
    size_t count;
    assert_ok(customer_list(work, &(struct customer_query){.exact = typed, .limit = 9}, &customers, &count));
    return count;
}

static void people_are_found_by_name_pinyin_and_tail(void **state)
{
    (void)state;
    const char *token;
    int64_t id = logged_in(EMAIL, &token), other = logged_in("other@example.com", &token);
    assert_ok(customer_change(work, id, "單雄信", "138 0013 5566"));
    assert_ok(customer_change(work, other, "John Smith", ""));
    const char *const words[] = {"单雄信", "單 雄信", "shanxiongxin", "Shan Xiongxin", "sxx", "5566"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(found_by(words[i]), 1);
    assert_int_equal(found_by("john smith"), 1);
    assert_int_equal(found_by("dan"), 0);
    const char *const parts[] = {"單", "雄信", "单雄", "shan", "xiongxin", "shanxiong", "smith", "John"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_int_equal(found_by(parts[i]), 1);
    assert_int_equal(found_by("信"), 0);
    assert_int_equal(found_by("mith"), 0);
    assert_null(customer_word_typed(work, "x"));
    assert_null(customer_word_typed(work, "556"));
    assert_null(customer_word_typed(work, "13800135566"));
    assert_null(customer_word_typed(work, EMAIL));
    assert_null(customer_word_typed(work, "  "));
    assert_ok(customer_change(work, id, "秦琼", "138 0013 7788"));
    assert_int_equal(found_by("sxx"), 0);
    assert_int_equal(found_by("5566"), 0);
    assert_int_equal(found_by("雄信"), 0);
    assert_int_equal(found_by("qq"), 1);
    assert_int_equal(found_by("琼"), 1);
    assert_ok(customer_delete(work, id));
    assert_int_equal(found_by("qinqiong"), 0);
    assert_int_equal(found_by("琼"), 0);
    assert_int_equal(
        ask_of("SELECT COUNT(*) FROM customer_parts WHERE shop_id = $1 AND customer_id = $2", id), 0);
    assert_int_equal(
        ask_of("SELECT COUNT(*) FROM customers WHERE shop_id = $1 AND id = $2 AND plain_key IS NULL"
               " AND pinyin_key IS NULL AND initials_key IS NULL AND tail_key IS NULL",
               id),
        1);
}

/* Of earlier days; one that was deleted meanwhile gets none. */
static void accounts_without_keys_get_them(void **state)
{
    (void)state;
    const char *token;
    bool lack;
    int64_t id = logged_in(EMAIL, &token), gone = logged_in("gone@example.com", &token);
    assert_ok(customer_change(work, id, "张伟", "13800135566"));
    assert_ok(customer_change(work, gone, "张伟", "13800135566"));
    tamper("UPDATE customers SET is_keyed = 0, plain_key = NULL, pinyin_key = NULL, initials_key = NULL,"
           " tail_key = NULL WHERE shop_id = $1");
    tamper("DELETE FROM customer_parts WHERE shop_id = $1");
    assert_int_equal(found_by("zw"), 0);
    assert_ok(customer_delete(work, gone));
    assert_ok(customer_keys_lack(work, &lack));
    assert_true(lack);
    assert_ok(customer_keys_fill(work, 9, &lack));
    assert_false(lack);
    assert_ok(customer_keys_lack(work, &lack));
    assert_false(lack);
    assert_int_equal(found_by("zw"), 1);
    assert_int_equal(found_by("zhang"), 1);
    assert_int_equal(found_by("zhangwei"), 1);
    assert_int_equal(found_by("5566"), 1);
}

struct rush {
    const char *code;
    struct outcomes outcomes;
};

static void enter_at_once(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    const char *token;
    rush->outcomes.codes[index] = code_of(customer_log_in(ctx, EMAIL, rush->code, &token));
}

static void of_many_with_one_code_one_gets_in(void **state)
{
    (void)state;
    struct rush rush = {.code = asked_code(EMAIL)};
    in_threads(enter_at_once, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_INVALID), THREADS - 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM customer_sessions WHERE shop_id = $1"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_code_opens_once_and_makes_one_account),
        SENTENCE(a_code_is_good_for_ten_minutes),
        SENTENCE(five_tries_are_all_there_are),
        SENTENCE(an_address_is_sent_five_codes_an_hour),
        SENTENCE(sessions_end),
        SENTENCE(one_address_is_the_default),
        SENTENCE(what_is_personal_is_sealed_and_goes_with_the_account),
        SENTENCE(people_are_found_by_name_pinyin_and_tail),
        SENTENCE(names_have_parts),
        SENTENCE(accounts_without_keys_get_them),
        SENTENCE(of_many_with_one_code_one_gets_in),
    };
    return RUN_SENTENCES(tests);
}
