/* factor_test.c - the second step: codes as the standard has them, each once, and ways back that do not open
 * others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "job/job.h"
#include "shop/staff/staff.h"
#include "shop/staff/staff_totp.h"
#include "unit.h"

#define PASSWORD "correct horse"

static int64_t person(const char *login, enum staff_role role)
{
    int64_t staff_id;
    assert_ok(staff_create(work, login, login, PASSWORD, role, &staff_id));
    return staff_id;
}

/* What an app that was given the base 32 secret shows. */
static const char *app_shows(const char *secret, int64_t at)
{
    unsigned char bytes[64];
    size_t length = 0;
    uint32_t held = 0;
    int bits = 0;
    for (; *secret; secret++) {
        held = held << 5 | (uint32_t)(*secret >= 'A' ? *secret - 'A' : *secret - '2' + 26);
        bits += 5;
        if (bits >= 8)
            bytes[length++] = (unsigned char)(held >> (bits -= 8));
    }
    return arena_format(work->arena, "%06u", totp_code(bytes, length, at / TOTP_STEP_MS));
}

static const char *draft_of(int64_t staff_id)
{
    struct staff_factor factor;
    assert_ok(staff_factor_load(work, staff_id, &factor));
    assert_non_null(factor.draft);
    return factor.draft;
}

static const char *codes[STAFF_RECOVERY_CODES];

/* Sets it up; the secret is what the app keeps. */
static const char *enrol(int64_t staff_id)
{
    const char *token;
    assert_ok(staff_factor_begin(work, staff_id));
    const char *secret = draft_of(staff_id);
    assert_ok(staff_factor_confirm(work, staff_id, app_shows(secret, work->now), "", codes, &token));
    return secret;
}

static enum staff_step step_of(const char *login, const char **token)
{
    struct staff_entry entry;
    assert_ok(staff_log_in(work, login, PASSWORD, "", &entry));
    *token = entry.token;
    return entry.step;
}

static int64_t sessions(void)
{
    return ask("SELECT COUNT(*) FROM staff_sessions WHERE shop_id = $1");
}

/* RFC 6238, appendix B: the last six of its eight digits. */
static void codes_are_those_of_the_standard(void **state)
{
    static const unsigned char secret[] = "12345678901234567890";
    static const struct {
        int64_t seconds;
        uint32_t code;
    } vectors[] = {{59, 287082},       {1111111109, 81804},  {1111111111, 50471},
                   {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(totp_code(secret, 20, vectors[i].seconds * SECOND_MS / TOTP_STEP_MS),
                         vectors[i].code);
    assert_string_equal(totp_base32(work->arena, secret, 20), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_string_equal(totp_base32(work->arena, (const unsigned char *)"f", 1), "MY");
    assert_string_equal(totp_base32(work->arena, (const unsigned char *)"foob", 4), "MZXW6YQ");
}

static void a_code_counts_one_step_around_its_own_and_only_forwards(void **state)
{
    static const unsigned char secret[] = "12345678901234567890";
    (void)state;
    int64_t step = NOON / TOTP_STEP_MS;
    for (int64_t late = -2; late <= 2; late++)
        assert_int_equal(
            totp_find_step(secret, 20, NOON + late * TOTP_STEP_MS, 0, totp_code(secret, 20, step)),
            late >= -1 && late <= 1 ? step : 0);
    assert_int_equal(totp_find_step(secret, 20, NOON, step - 1, totp_code(secret, 20, step)), step);
    assert_int_equal(totp_find_step(secret, 20, NOON, step, totp_code(secret, 20, step)), 0);
}

static void a_secret_in_the_making_asks_for_nothing_until_its_code_was_typed(void **state)
{
    (void)state;
    const char *token, *ticket;
    int64_t li = person("li", STAFF_OWNER);
    assert_fails(staff_factor_confirm(work, li, "123456", "", codes, &token), ERR_CONFLICT);
    assert_ok(staff_factor_begin(work, li));
    assert_int_equal(step_of("li", &token), STAFF_STEP_OPEN);
    const char *secret = draft_of(li);
    const char *early = app_shows(secret, work->now - 10 * TOTP_STEP_MS);
    assert_field(staff_factor_confirm(work, li, early, "", codes, &token), "code");
    assert_field(staff_factor_confirm(work, li, "12345a", "", codes, &token), "code");
    assert_ok(staff_factor_confirm(work, li, app_shows(secret, work->now), "", codes, &token));
    assert_int_equal(sessions(), 1);
    assert_int_equal(step_of("li", &ticket), STAFF_STEP_CODE);
    assert_int_equal(sessions(), 1);
    const struct staff *nobody;
    assert_ok(staff_find_session(work, ticket, &nobody));
    assert_null(nobody);
    assert_false(column_contains("SELECT secret FROM staff_factors WHERE shop_id = $1", secret));
    assert_int_equal(
        ask("SELECT COUNT(*) FROM audit_entries WHERE shop_id = $1 AND kind = 'staff.factor-on'"), 1);
}

static void a_code_opens_once_and_an_older_one_never_after_it(void **state)
{
    (void)state;
    const char *token;
    int64_t li = person("li", STAFF_OWNER);
    const char *secret = enrol(li);
    assert_field(staff_enter_code(work, li, app_shows(secret, work->now), "", &token), "code");
    work->now += 2 * TOTP_STEP_MS;
    assert_ok(staff_enter_code(work, li, app_shows(secret, work->now), "", &token));
    assert_field(staff_enter_code(work, li, app_shows(secret, work->now), "", &token), "code");
    assert_field(staff_enter_code(work, li, app_shows(secret, work->now - TOTP_STEP_MS), "", &token), "code");
    const char *next = app_shows(secret, work->now + TOTP_STEP_MS);
    assert_ok(staff_enter_code(work, li, arena_format(work->arena, " %.3s %s", next, next + 3), "", &token));
    const struct staff *staff;
    assert_ok(staff_find_session(work, token, &staff));
    assert_int_equal(staff->id, li);
}

struct race {
    int64_t staff_id;
    const char *code;
    atomic_int opened;
};

static void try_code(struct ctx *ctx, int index, void *arg)
{
    struct race *race = arg;
    const char *token;
    (void)index;
    if (staff_enter_code(ctx, race->staff_id, race->code, "", &token) == NULL)
        atomic_fetch_add(&race->opened, 1);
}

static void of_many_who_type_one_code_at_once_one_gets_in(void **state)
{
    (void)state;
    struct race race = {.staff_id = person("li", STAFF_OWNER)};
    const char *secret = enrol(race.staff_id);
    work->now += 2 * TOTP_STEP_MS;
    race.code = app_shows(secret, work->now);
    in_threads(try_code, &race);
    assert_int_equal(race.opened, 1);
    race.code = codes[3];
    in_threads(try_code, &race);
    assert_int_equal(race.opened, 2);
}

static void a_recovery_code_opens_once_however_it_is_typed(void **state)
{
    (void)state;
    const char *token, *spoken;
    int64_t li = person("li", STAFF_OWNER), mei = person("mei", STAFF_PACKER);
    struct staff_factor factor;
    enrol(li);
    const char *first = codes[0];
    assert_ok(staff_enter_code(work, li, first, "", &token));
    assert_field(staff_enter_code(work, li, first, "", &token), "code");
    spoken = arena_format(work->arena, "%.5s %s", codes[1], codes[1] + 6);
    assert_ok(staff_enter_code(work, li, spoken, "", &token));
    assert_ok(staff_factor_load(work, li, &factor));
    assert_int_equal(factor.codes_left, STAFF_RECOVERY_CODES - 2);
    const char *of_li = codes[2];
    enrol(mei);
    assert_field(staff_enter_code(work, mei, of_li, "", &token), "code");
    assert_int_equal(
        ask("SELECT COUNT(*) FROM audit_entries WHERE shop_id = $1 AND kind = 'staff.recovery-code-used'"),
        2);
}

static void who_guesses_too_often_waits_even_with_a_right_code(void **state)
{
    (void)state;
    const char *token;
    int64_t li = person("li", STAFF_OWNER);
    enrol(li);
    for (int i = 0; i < STAFF_CODE_TRIES; i++)
        assert_field(staff_enter_code(work, li, "aaaaa-aaaaa", "", &token), "code");
    assert_fails(staff_enter_code(work, li, codes[0], "", &token), ERR_TOO_MANY_REQUESTS);
    work->now += STAFF_CODE_PAUSE_MS + 1;
    assert_ok(staff_enter_code(work, li, codes[0], "", &token));
    assert_field(staff_enter_code(work, li, "000000", "", &token), "code");
}

static void a_ticket_is_worth_something_to_its_owner_for_a_while(void **state)
{
    (void)state;
    const char *ticket;
    int64_t li = person("li", STAFF_OWNER), found;
    enrol(li);
    assert_int_equal(step_of("li", &ticket), STAFF_STEP_CODE);
    assert_ok(staff_ticket_open(work, ticket, &found));
    assert_int_equal(found, li);
    char *forged = arena_copy_text(work->arena, ticket);
    forged[strlen(forged) - 1] = (char)(forged[strlen(forged) - 1] == '0' ? '1' : '0');
    static const char *const others[] = {"", "1.2", "1.2.3", "..", "x.y.z", NULL};
    assert_fails(staff_ticket_open(work, forged, &found), ERR_UNAUTHENTICATED);
    assert_fails(staff_ticket_open(work, NULL, &found), ERR_UNAUTHENTICATED);
    for (size_t i = 0; others[i]; i++)
        assert_fails(staff_ticket_open(work, others[i], &found), ERR_UNAUTHENTICATED);
    work->now += STAFF_TICKET_MS;
    assert_fails(staff_ticket_open(work, ticket, &found), ERR_UNAUTHENTICATED);
    work->now -= STAFF_TICKET_MS;
    assert_ok(staff_reset_password(work, li, "another kettle"));
    assert_fails(staff_ticket_open(work, ticket, &found), ERR_UNAUTHENTICATED);
}

static void turning_it_off_needs_password_and_code(void **state)
{
    (void)state;
    const char *token, *before;
    int64_t li = person("li", STAFF_OWNER);
    enrol(li);
    before = codes[0];
    assert_field(staff_factor_remove(work, li, "wrong password", codes[1], "", &token), "password");
    assert_field(staff_factor_remove(work, li, PASSWORD, "123456", "", &token), "code");
    assert_ok(staff_factor_renew_codes(work, li, PASSWORD, codes[1], codes));
    assert_field(staff_enter_code(work, li, before, "", &token), "code");
    assert_ok(staff_factor_remove(work, li, PASSWORD, codes[2], "", &token));
    assert_int_equal(sessions(), 1);
    assert_int_equal(step_of("li", &token), STAFF_STEP_OPEN);
    assert_int_equal(ask("SELECT COUNT(*) FROM staff_recovery_codes WHERE shop_id = $1"), 0);
}

static void the_owner_asks_it_of_everybody_and_helps_who_lost_theirs(void **state)
{
    (void)state;
    const char *token;
    int64_t li = person("li", STAFF_OWNER), mei = person("mei", STAFF_PACKER);
    struct staff_factor factor;
    work->actor_id = li;
    assert_field(staff_factor_require(work, true), "is_required");
    assert_int_equal(step_of("mei", &token), STAFF_STEP_OPEN);
    enrol(li);
    assert_ok(staff_factor_require(work, true));
    const struct staff *staff;
    assert_ok(staff_find_session(work, token, &staff));
    assert_null(staff);
    assert_int_equal(sessions(), 1);
    assert_field(staff_factor_remove(work, li, PASSWORD, codes[0], "", &token), "password");
    assert_int_equal(step_of("mei", &token), STAFF_STEP_ENROL);
    assert_ok(staff_factor_confirm(work, mei, app_shows(draft_of(mei), work->now), "", codes, &token));
    assert_int_equal(step_of("mei", &token), STAFF_STEP_CODE);
    assert_ok(staff_factor_reset(work, mei));
    assert_int_equal(sessions(), 1);
    assert_int_equal(step_of("mei", &token), STAFF_STEP_ENROL);
    assert_ok(staff_factor_require(work, false));
    assert_int_equal(step_of("mei", &token), STAFF_STEP_OPEN);
    assert_ok(staff_factor_load(work, mei, &factor));
    assert_false(factor.is_on);
}

static void the_factor_of_another_shop_is_out_of_reach(void **state)
{
    (void)state;
    const char *token;
    int64_t li = person("li", STAFF_OWNER);
    enrol(li);
    const struct shop *mine = work->shop;
    work->shop = make_shop();
    assert_fails(staff_enter_code(work, li, codes[0], "", &token), ERR_CONFLICT);
    assert_fails(staff_factor_reset(work, li), ERR_NOT_FOUND);
    work->shop = mine;
    assert_ok(staff_enter_code(work, li, codes[0], "", &token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(codes_are_those_of_the_standard),
        SENTENCE(a_code_counts_one_step_around_its_own_and_only_forwards),
        SENTENCE(a_secret_in_the_making_asks_for_nothing_until_its_code_was_typed),
        SENTENCE(a_code_opens_once_and_an_older_one_never_after_it),
        SENTENCE(of_many_who_type_one_code_at_once_one_gets_in),
        SENTENCE(a_recovery_code_opens_once_however_it_is_typed),
        SENTENCE(who_guesses_too_often_waits_even_with_a_right_code),
        SENTENCE(a_ticket_is_worth_something_to_its_owner_for_a_while),
        SENTENCE(turning_it_off_needs_password_and_code),
        SENTENCE(the_owner_asks_it_of_everybody_and_helps_who_lost_theirs),
        SENTENCE(the_factor_of_another_shop_is_out_of_reach),
    };
    return RUN_SENTENCES(tests);
}
