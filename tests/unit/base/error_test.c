/* error_test.c - a failure says what, where, and with which status. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "fixture.h"

static err refuse(struct ctx *ctx, int number)
{
    if (number > 2)
        return fail_with(ctx, ERR_OUT_OF_STOCK, "variant %d", number);
    return NULL;
}

static err hand_on(struct ctx *ctx, int number, int *reached)
{
    TRY(refuse(ctx, number));
    (*reached)++;
    return NULL;
}

static void a_failure_carries_code_detail_and_place(void **state)
{
    int line = __LINE__ + 1;
    err failure = fail_with((struct ctx *)*state, ERR_NOT_FOUND, "order %s", "42");
    assert_int_equal(failure->code, ERR_NOT_FOUND);
    assert_string_equal(failure->detail, "order 42");
    assert_int_equal(failure->line, line);
    assert_null(strstr(failure->file, "../"));
    assert_non_null(strstr(failure->file, "error_test.c"));
    assert_null(failure->problems);
}

static void a_field_problem_is_an_invalid_request(void **state)
{
    err failure = fail_field((struct ctx *)*state, "address.phone", "required", "Please give a phone number");
    assert_int_equal(failure->code, ERR_INVALID);
    assert_non_null(failure->problems);
    assert_string_equal(failure->problems->field, "address.phone");
    assert_string_equal(failure->problems->code, "required");
    assert_null(failure->problems->next);
    assert_string_equal(failure->detail, "address.phone: Please give a phone number");
}

static void several_field_problems_travel_together(void **state)
{
    static const struct field_problem second = {
        .field = "name", .code = "required", .message = "Please give a name"};
    static const struct field_problem first = {
        .field = "phone", .code = "too-long", .message = "At most 20 characters", .next = &second};
    err failure = fail_fields((struct ctx *)*state, &first);
    assert_int_equal(failure->code, ERR_INVALID);
    assert_ptr_equal(failure->problems, &first);
    assert_string_equal(failure->detail, "At most 20 characters");
    assert_null(strstr(failure->file, "../"));
}

static void try_hands_a_failure_on_and_goes_on_without(void **state)
{
    int reached = 0;
    assert_null(hand_on(*state, 2, &reached));
    assert_int_equal(reached, 1);
    err failure = hand_on(*state, 3, &reached);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_OUT_OF_STOCK);
    assert_int_equal(reached, 1);
}

static void every_code_has_a_status_a_slug_of_its_own_and_a_title(void **state)
{
    (void)state;
    for (int code = ERR_NONE + 1; code < ERR_COUNT; code++) {
        const struct error_kind *kind = error_kind((enum error_code)code);
        assert_in_range(kind->status, 400, 599);
        assert_true(strlen(kind->title) > 5);
        assert_int_equal(strspn(kind->slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(kind->slug));
        for (int other = code + 1; other < ERR_COUNT; other++)
            assert_string_not_equal(kind->slug, error_kind((enum error_code)other)->slug);
    }
    assert_int_equal(error_kind(ERR_OUT_OF_STOCK)->status, 409);
    assert_string_equal(error_kind(ERR_OUT_OF_STOCK)->slug, "out-of-stock");
    assert_ptr_equal(error_kind((enum error_code)9999), error_kind(ERR_INTERNAL));
}

static void break_an_invariant(struct arena *arena)
{
    (void)arena;
    bug("stock of %d \"units\"", -1);
}

static void a_broken_invariant_aborts(void **state)
{
    (void)state;
    assert_true(is_a_bug(break_an_invariant));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(a_failure_carries_code_detail_and_place),
        test_of(a_field_problem_is_an_invalid_request),
        test_of(several_field_problems_travel_together),
        test_of(try_hands_a_failure_on_and_goes_on_without),
        test_of(every_code_has_a_status_a_slug_of_its_own_and_a_title),
        test_of(a_broken_invariant_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
