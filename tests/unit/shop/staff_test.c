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

/* Logs in where the password alone opens. */
static err enter(const char *login, const char *password, const char *device, const char **token)
{
    struct staff_entry entry;
    TRY(staff_log_in(work, login, password, device, &entry));
    assert_int_equal(entry.step, STAFF_STEP_OPEN);
    *token = entry.token;
    return NULL;
}

static const char *log_in(void)
{
    const char *token;
    assert_ok(enter("wang@example.com", PASSWORD, "", &token));
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
    assert_ok(enter(" WANG@example.COM", PASSWORD, "", &token));
}

static void a_wrong_password_or_login_opens_nothing_and_says_the_same(void **state)
{
    (void)state;
    const char *token = NULL;
    make_owner();
    err wrong = enter("wang@example.com", "correct horsf", "", &token);
    err unknown = enter("li@example.com", PASSWORD, "", &token);
    assert_fails(wrong, ERR_UNAUTHENTICATED);
    assert_fails(unknown, ERR_UNAUTHENTICATED);
    assert_string_equal(wrong->detail, unknown->detail);
    assert_fails(enter("wang@example.com", "", "", &token), ERR_UNAUTHENTICATED);
    assert_fails(enter("", PASSWORD, "", &token), ERR_UNAUTHENTICATED);
    assert_fails(enter("' OR 1=1 --", PASSWORD, "", &token), ERR_UNAUTHENTICATED);
    assert_null(token);
    assert_int_equal(ask("SELECT count(*) FROM staff_sessions WHERE shop_id = $1"), 0);
}

static int64_t cost_of(const char *login)
{
    struct timespec before, after;
    const char *token;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_non_null(enter(login, "wrong password", "", &token));
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
    assert_fails(enter("wang@example.com", PASSWORD, "", &other), ERR_UNAUTHENTICATED);
    assert_ok(staff_log_out(work, token));
    make_owner();
    log_in();
}

static void an_account_needs_a_login_of_its_own_and_a_password(void **state)
{
    (void)state;
    int64_t staff_id;
    make_owner();
    assert_fails(staff_create(work, "WANG@example.com", "又", PASSWORD, STAFF_MANAGER, &staff_id),
                 ERR_DUPLICATE);
    assert_field(staff_create(work, " ", "空", PASSWORD, STAFF_MANAGER, &staff_id), "login");
    char *login = arena_alloc(work->arena, 122);
    memset(login, 'a', 121);
    assert_field(staff_create(work, login, "长", PASSWORD, STAFF_MANAGER, &staff_id), "login");
    assert_field(staff_create(work, "li", "短", "tea pot", STAFF_MANAGER, &staff_id), "password");
    assert_ok(staff_create(work, "li", " ", "kettle on", STAFF_MANAGER, &staff_id));
    assert_string_equal(ask_text("SELECT name FROM staff WHERE shop_id = $1 AND login = 'li'"), "li");
}

static void a_role_may_do_what_its_list_says(void **state)
{
    (void)state;
    struct staff owner = {.role = STAFF_OWNER}, manager = {.role = STAFF_MANAGER};
    struct staff packer = {.role = STAFF_PACKER}, support = {.role = STAFF_SUPPORT};
    assert_true(staff_may(&owner, "shop.write"));
    assert_true(staff_may(&owner, "staff.manage"));
    assert_true(staff_may(&manager, "products.write"));
    assert_true(staff_may(&manager, "settings.write"));
    assert_false(staff_may(&manager, "shop.write"));
    assert_false(staff_may(&manager, "staff.manage"));
    assert_true(staff_may(&packer, "orders.write"));
    assert_false(staff_may(&packer, "products.read"));
    assert_true(staff_may(&support, "orders.read"));
    assert_false(staff_may(&support, "orders.write"));
    assert_false(staff_may(&support, "orders.readers"));
    assert_true(staff_may(&support, NULL));
}

static void passwords_that_everybody_tries_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "12345678",   "123456789",  "1234567890",  "11111111",   "88888888",         "password",
        "Password1",  "P@ssw0rd",   "passw0rd123", "qwertyuiop", "qwerty123",        "1qaz2wsx",
        "asdfghjkl",  "abcd1234",   "qwer1234",    "iloveyou",   "ILOVEYOU1",        "woaini1314",
        "5201314520", "a1234567",   "aa123456",    "19900101",   "13800138000",      "sunshine",
        "princess1",  "football",   "superman",    "letmein1",   "welcome123",       "admin123456",
        "!@#$%^&*",   "zxcvbnm1",   "q1w2e3r4",    "wang2024",   "Wang@Example.com", "aaaabbbb",
        "abcabcab",   "dragon2024", "trustno1",    "michael1",   "zaq12wsx"};
    static const char *const good[] = {"correct horse",    "yundian-demo", "secret of main 42",
                                       "三杯鸡和一壶茶啊", "Xk4#pQz9",     "kettle on",
                                       "tea.leaf.17"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!staff_check_password(work, "password", "wang@example.com", bad[i]))
            fail_msg("%s is taken", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ok(staff_check_password(work, "password", "wang@example.com", good[i]));
}

static int64_t make_person(const char *login, enum staff_role role)
{
    int64_t staff_id;
    assert_ok(staff_create(work, login, "", PASSWORD, role, &staff_id));
    return staff_id;
}

static const char *open_door(const char *login)
{
    const char *token;
    assert_ok(enter(login, PASSWORD, "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537", &token));
    return token;
}

static void a_shop_keeps_an_owner_who_can_log_in(void **state)
{
    (void)state;
    int64_t first = make_owner();
    assert_fails(staff_change(work, first, "王", STAFF_MANAGER), ERR_CONFLICT);
    assert_fails(staff_deactivate(work, first), ERR_CONFLICT);
    int64_t second = make_person("li", STAFF_OWNER);
    assert_ok(staff_deactivate(work, second));
    assert_fails(staff_change(work, first, "王", STAFF_PACKER), ERR_CONFLICT);
    assert_ok(staff_reactivate(work, second));
    assert_ok(staff_change(work, first, "王", STAFF_PACKER));
    assert_fails(staff_deactivate(work, second), ERR_CONFLICT);
    assert_int_equal(
        ask("SELECT COUNT(*) FROM staff WHERE shop_id = $1 AND role = 1 AND deactivated_at IS NULL"), 1);
}

static void another_role_or_password_ends_the_sessions_of_a_person(void **state)
{
    (void)state;
    const char *token;
    make_owner();
    int64_t li = make_person("li", STAFF_PACKER);
    token = open_door("li");
    assert_ok(staff_change(work, li, "小李", STAFF_PACKER));
    assert_non_null(person_of(token));
    assert_ok(staff_change(work, li, "小李", STAFF_SUPPORT));
    assert_null(person_of(token));
    token = open_door("li");
    assert_ok(staff_reset_password(work, li, "another kettle"));
    assert_null(person_of(token));
    assert_fails(enter("li", PASSWORD, "", &token), ERR_UNAUTHENTICATED);
    assert_ok(enter("li", "another kettle", "", &token));
    assert_ok(staff_deactivate(work, li));
    assert_null(person_of(token));
    assert_fails(enter("li", "another kettle", "", &token), ERR_UNAUTHENTICATED);
}

static void changing_ones_own_password_needs_the_present_one_and_moves_to_a_new_session(void **state)
{
    (void)state;
    int64_t owner = make_owner();
    const char *here = log_in(), *elsewhere = log_in(), *next;
    assert_field(staff_change_own_password(work, owner, "wrong horse", "kettle on tea", "", &next),
                 "current");
    assert_field(staff_change_own_password(work, owner, PASSWORD, "password1", "", &next), "password");
    assert_non_null(person_of(elsewhere));
    assert_ok(staff_change_own_password(work, owner, PASSWORD, "kettle on tea", "", &next));
    assert_null(person_of(here));
    assert_null(person_of(elsewhere));
    assert_non_null(person_of(next));
}

static void a_person_sees_and_ends_their_own_sessions_only(void **state)
{
    (void)state;
    struct staff_session *sessions;
    size_t count;
    int64_t owner = make_owner(), li = make_person("li", STAFF_SUPPORT);
    const char *here = log_in(), *other = log_in(), *theirs = open_door("li");
    assert_ok(staff_list_sessions(work, li, theirs, &sessions, &count));
    assert_int_equal(count, 1);
    assert_string_equal(sessions[0].device, "Chrome · Windows");
    assert_true(sessions[0].is_current);
    assert_fails(staff_end_sessions(work, owner, sessions[0].key, here), ERR_NOT_FOUND);
    assert_fails(staff_end_sessions(work, owner, "zz", here), ERR_NOT_FOUND);
    assert_ok(staff_end_sessions(work, owner, "", here));
    assert_non_null(person_of(here));
    assert_null(person_of(other));
    assert_non_null(person_of(theirs));
    assert_ok(staff_list_sessions(work, owner, here, &sessions, &count));
    assert_int_equal(count, 1);
    assert_ok(staff_end_sessions(work, owner, sessions[0].key, here));
    assert_null(person_of(here));
}

static void when_somebody_was_seen_is_written_now_and_then(void **state)
{
    (void)state;
    make_owner();
    const char *token = log_in();
    int64_t start = work->now;
    work->now += STAFF_SEEN_MS - 1;
    person_of(token);
    assert_int_equal(ask("SELECT seen_at FROM staff_sessions WHERE shop_id = $1"), start);
    work->now += 1;
    person_of(token);
    assert_int_equal(ask("SELECT seen_at FROM staff_sessions WHERE shop_id = $1"), work->now);
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
        SENTENCE(a_role_may_do_what_its_list_says),
        SENTENCE(passwords_that_everybody_tries_are_refused),
        SENTENCE(a_shop_keeps_an_owner_who_can_log_in),
        SENTENCE(another_role_or_password_ends_the_sessions_of_a_person),
        SENTENCE(changing_ones_own_password_needs_the_present_one_and_moves_to_a_new_session),
        SENTENCE(a_person_sees_and_ends_their_own_sessions_only),
        SENTENCE(when_somebody_was_seen_is_written_now_and_then),
        SENTENCE(alarms_stand_until_somebody_resolves_them),
    };
    return RUN_SENTENCES(tests);
}
