/* staff_test.c - who may come in, for how long, and what stands before them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/staff/staff.h"
#include "unit.h"
#include <time.h>

#define PASSWORD "correct horse"

static int64_t make_owner(void)
{
    int64_t staff_id;
    assert_ok(staff_create(work, " Wang@Example.com ", "王老板", PASSWORD, STAFF_OWNER, &staff_id));
    return staff_id;
}

static const char *log_in(void)
{
    const char *token;
    assert_ok(staff_log_in(work, "wang@example.com", PASSWORD, &token));
    return token;
}

static const struct staff *person_of(const char *token)
{
    const struct staff *staff;
    assert_ok(staff_find_session(work, token, &staff));
    return staff;
}

static void a_person_logs_in_and_is_known(void **state)
{
    (void)state;
    int64_t staff_id = make_owner();
    const char *first = log_in(), *second = log_in();
    const struct staff *staff = person_of(first);
    assert_non_null(staff);
    assert_int_equal(staff->id, staff_id);
    assert_string_equal(staff->login, "wang@example.com");
    assert_string_equal(staff->name, "王老板");
    assert_int_equal(staff->role, STAFF_OWNER);
    assert_string_not_equal(first, second);
    assert_non_null(person_of(second));
    const char *token;
    assert_ok(staff_log_in(work, " WANG@example.COM", PASSWORD, &token));
}

static void a_wrong_password_or_login_opens_nothing_and_says_the_same(void **state)
{
    (void)state;
    const char *token = NULL;
    make_owner();
    err wrong = staff_log_in(work, "wang@example.com", "correct horsf", &token);
    err unknown = staff_log_in(work, "li@example.com", PASSWORD, &token);
    assert_fails(wrong, ERR_UNAUTHENTICATED);
    assert_fails(unknown, ERR_UNAUTHENTICATED);
    assert_string_equal(wrong->detail, unknown->detail);
    assert_fails(staff_log_in(work, "wang@example.com", "", &token), ERR_UNAUTHENTICATED);
    assert_fails(staff_log_in(work, "", PASSWORD, &token), ERR_UNAUTHENTICATED);
    assert_fails(staff_log_in(work, "' OR 1=1 --", PASSWORD, &token), ERR_UNAUTHENTICATED);
    assert_null(token);
    assert_int_equal(ask("SELECT count(*) FROM staff_sessions WHERE shop_id = $1"), 0);
}

static int64_t cost_of(const char *login)
{
    struct timespec before, after;
    const char *token;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_non_null(staff_log_in(work, login, "wrong password", &token));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    return (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
}

static void an_unknown_login_costs_what_a_known_one_costs(void **state)
{
    (void)state;
    make_owner();
    int64_t known = cost_of("wang@example.com"), unknown = cost_of("li@example.com");
    assert_true(known > 1000);
    assert_true(unknown * 3 > known);
    assert_true(known * 3 > unknown);
}

static void neither_password_nor_token_stands_in_the_table(void **state)
{
    (void)state;
    make_owner();
    const char *token = log_in();
    assert_int_equal(ask("SELECT count(*) FROM staff WHERE shop_id = $1 AND password_hash LIKE '%correct%'"),
                     0);
    assert_int_equal(
        ask("SELECT count(*) FROM staff WHERE shop_id = $1 AND password_hash LIKE '$argon2id$%'"), 1);
    assert_false(column_contains("SELECT token_hash FROM staff_sessions WHERE shop_id = $1", token));
}

static void a_session_ends_after_its_time(void **state)
{
    (void)state;
    make_owner();
    const char *token = log_in();
    work->now += STAFF_SESSION_MS - 1;
    assert_non_null(person_of(token));
    work->now += 1;
    assert_null(person_of(token));
    work->now += 1;
    log_in();
    assert_int_equal(ask("SELECT count(*) FROM staff_sessions WHERE shop_id = $1"), 1);
}

static void logging_out_ends_this_session_and_no_other(void **state)
{
    (void)state;
    make_owner();
    const char *first = log_in(), *second = log_in();
    assert_ok(staff_log_out(work, first));
    assert_null(person_of(first));
    assert_non_null(person_of(second));
    assert_ok(staff_log_out(work, first));
    assert_ok(staff_log_out(work, ""));
}

static void a_token_that_was_not_given_is_nobody(void **state)
{
    (void)state;
    make_owner();
    const char *token = log_in();
    char *changed = arena_copy_text(work->arena, token);
    changed[0] = changed[0] == '0' ? '1' : '0';
    assert_null(person_of(changed));
    assert_null(person_of(""));
    assert_null(person_of(arena_format(work->arena, "%sx", token)));
}

static void a_session_or_login_of_another_shop_is_worth_nothing(void **state)
{
    (void)state;
    make_owner();
    const char *token = log_in(), *other;
    work->shop = make_shop();
    assert_null(person_of(token));
    assert_fails(staff_log_in(work, "wang@example.com", PASSWORD, &other), ERR_UNAUTHENTICATED);
    assert_ok(staff_log_out(work, token));
    make_owner();
    log_in();
}

static void an_account_needs_a_login_of_its_own_and_a_password(void **state)
{
    (void)state;
    int64_t staff_id;
    make_owner();
    assert_fails(staff_create(work, "WANG@example.com", "又", PASSWORD, STAFF_MEMBER, &staff_id),
                 ERR_DUPLICATE);
    assert_field(staff_create(work, " ", "空", PASSWORD, STAFF_MEMBER, &staff_id), "login");
    char *login = arena_alloc(work->arena, 122);
    memset(login, 'a', 121);
    assert_field(staff_create(work, login, "长", PASSWORD, STAFF_MEMBER, &staff_id), "login");
    assert_field(staff_create(work, "li", "短", "1234567", STAFF_MEMBER, &staff_id), "password");
    assert_ok(staff_create(work, "li", " ", "12345678", STAFF_MEMBER, &staff_id));
    assert_string_equal(ask_text("SELECT name FROM staff WHERE shop_id = $1 AND login = 'li'"), "li");
}

static void only_the_owner_changes_settings(void **state)
{
    (void)state;
    struct staff owner = {.role = STAFF_OWNER}, member = {.role = STAFF_MEMBER};
    assert_true(staff_may(&owner, "settings.write"));
    assert_true(staff_may(&member, "orders.write"));
    assert_true(staff_may(&member, NULL));
    assert_false(staff_may(&member, "settings.write"));
}

static err raise_in_transaction(struct ctx *ctx, void *arg)
{
    return alarm_raise(ctx, arg, "26112307", "细节");
}

static void alarms_stand_until_somebody_resolves_them(void **state)
{
    (void)state;
    struct alarm *alarms;
    size_t count;
    int64_t total;
    static const char *const kinds[] = {"late-payment", "paid-twice", "delivery-short"};
    for (size_t i = 0; i < 3; i++)
        assert_ok(db_transact(work, raise_in_transaction, (void *)(uintptr_t)kinds[i]));
    assert_ok(alarm_list_open(work, 2, &alarms, &count, &total));
    assert_int_equal(count, 2);
    assert_int_equal(total, 3);
    assert_string_equal(alarms[0].kind, "delivery-short");
    assert_string_equal(alarms[1].kind, "paid-twice");
    assert_ok(alarm_resolve(work, alarms[0].id));
    assert_fails(alarm_resolve(work, alarms[0].id), ERR_NOT_FOUND);
    const struct shop *mine = work->shop;
    work->shop = make_shop();
    assert_fails(alarm_resolve(work, alarms[1].id), ERR_NOT_FOUND);
    work->shop = mine;
    assert_ok(alarm_list_open(work, 10, &alarms, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(alarms[1].kind, "late-payment");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_person_logs_in_and_is_known),
        SENTENCE(a_wrong_password_or_login_opens_nothing_and_says_the_same),
        SENTENCE(an_unknown_login_costs_what_a_known_one_costs),
        SENTENCE(neither_password_nor_token_stands_in_the_table),
        SENTENCE(a_session_ends_after_its_time),
        SENTENCE(logging_out_ends_this_session_and_no_other),
        SENTENCE(a_token_that_was_not_given_is_nobody),
        SENTENCE(a_session_or_login_of_another_shop_is_worth_nothing),
        SENTENCE(an_account_needs_a_login_of_its_own_and_a_password),
        SENTENCE(only_the_owner_changes_settings),
        SENTENCE(alarms_stand_until_somebody_resolves_them),
    };
    return RUN_SENTENCES(tests);
}
