/* value_test.c - the tree keeps order, finds members, and copies name the same container. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/value.h"
#include "fixture.h"

static void members_keep_the_order_in_which_they_were_set(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    value_set_int(arena, object, "b", 1);
    value_set_int(arena, object, "a", 2);
    value_set_int(arena, object, "c", 3);
    value_set_int(arena, object, "a", 4);
    assert_int_equal(value_count(object), 3);
    assert_string_equal(object->object->members[0].name, "b");
    assert_string_equal(object->object->members[1].name, "a");
    assert_string_equal(object->object->members[2].name, "c");
    assert_int_equal(value_find_int(object, "a", 0), 4);
}

static void many_members_are_found_and_replaced(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    for (int i = 0; i < 5000; i++) {
        value_set_int(arena, object, arena_format(arena, "name-%d", i), i);
        assert_null(value_find(object, arena_format(arena, "name-%d", i + 1)));
    }
    for (int i = 0; i < 5000; i += 3)
        value_set_int(arena, object, arena_format(arena, "name-%d", i), -i);
    assert_int_equal(value_count(object), 5000);
    for (int i = 0; i < 5000; i++) {
        const char *name = arena_format(arena, "name-%d", i);
        assert_int_equal(value_find_int(object, name, 1), i % 3 ? i : -i);
        assert_string_equal(object->object->members[i].name, name);
    }
}

static void a_list_member_may_be_filled_after_its_siblings(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    struct value *list = value_set_list(arena, object, "lines");
    struct value *address = value_set_object(arena, object, "address");
    for (int i = 0; i < 100; i++)
        value_set_int(arena, object, arena_format(arena, "sibling%d", i), i);
    for (int i = 0; i < 50; i++)
        value_add(arena, list, value_int(i));
    value_set_text(arena, address, "city", "杭州");
    const struct value *lines = value_find(object, "lines");
    assert_int_equal(value_count(lines), 50);
    assert_int_equal(value_at(lines, 49)->integer, 49);
    assert_string_equal(value_find_text(value_find(object, "address"), "city"), "杭州");
}

static void an_object_in_a_list_may_be_filled_after_the_next_ones(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *list = value_list(arena);
    struct value *first = value_add(arena, list, *value_object(arena));
    for (int i = 0; i < 100; i++)
        value_add(arena, list, value_null());
    value_set_int(arena, first, "n", 7);
    assert_int_equal(value_find_int(value_at(list, 0), "n", 0), 7);
}

static void copies_name_the_same_container(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    struct value copy = *object;
    value_set_int(arena, &copy, "x", 1);
    assert_int_equal(value_find_int(object, "x", 0), 1);
}

static void scalars_carry_what_they_were_given(void **state)
{
    (void)state;
    assert_int_equal(value_null().kind, VALUE_NULL);
    assert_true(value_bool(true).boolean);
    assert_int_equal(value_int(INT64_MIN).integer, INT64_MIN);
    assert_true(value_real(1.5).real == 1.5);
    assert_int_equal(value_text("茶").count, 3);
    assert_int_equal(value_text(NULL).kind, VALUE_NULL);
    assert_int_equal(value_text_bytes("abc", 2).count, 2);
}

static void money_ids_and_times_have_their_form(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    value_set_money(arena, object, "price", money_of(1999, "EUR"));
    value_set_id(arena, object, "id", INT64_C(123456789012345678));
    value_set_id(arena, object, "nobody", 0);
    value_set_time(arena, object, "placed_at", INT64_C(1790000000000));
    value_set_time(arena, object, "never", 0);
    value_set_bool(arena, object, "is_new", true);
    value_set_text(arena, object, "nothing", NULL);
    assert_int_equal(value_find_int(value_find(object, "price"), "amount", 0), 1999);
    assert_string_equal(value_find_text(value_find(object, "price"), "currency"), "EUR");
    assert_string_equal(value_find_text(object, "id"), "123456789012345678");
    assert_int_equal(value_find(object, "nobody")->kind, VALUE_NULL);
    assert_string_equal(value_find_text(object, "placed_at"), "2026-09-21T14:13:20.000Z");
    assert_int_equal(value_find(object, "never")->kind, VALUE_NULL);
    assert_true(value_find(object, "is_new")->boolean);
    assert_int_equal(value_find(object, "nothing")->kind, VALUE_NULL);
}

static void looking_in_the_wrong_thing_finds_nothing(void **state)
{
    struct arena *arena = arena_of(state);
    struct value number = value_int(3);
    struct value *list = value_list(arena);
    struct value *object = value_object(arena);
    assert_null(value_find(NULL, "a"));
    assert_null(value_find(&number, "a"));
    assert_null(value_find(list, "a"));
    assert_null(value_find(object, "a"));
    assert_null(value_at(list, 0));
    assert_null(value_at(object, 0));
    assert_null(value_at(NULL, 0));
    assert_int_equal(value_count(NULL), 0);
    assert_int_equal(value_count(&number), 0);
    value_set_text(arena, object, "text", "x");
    assert_int_equal(value_find_int(object, "text", 9), 9);
    value_set_int(arena, object, "int", 1);
    assert_null(value_find_text(object, "int"));
}

static void a_name_is_found_by_its_length(void **state)
{
    struct arena *arena = arena_of(state);
    struct value *object = value_object(arena);
    value_set_int(arena, object, "ab", 1);
    value_set_int(arena, object, "", 2);
    assert_int_equal(value_find_bytes(object, "abc", 2)->integer, 1);
    assert_int_equal(value_find_bytes(object, "abc", 0)->integer, 2);
    assert_null(value_find_bytes(object, "abc", 3));
    assert_null(value_find_bytes(object, "abc", 1));
}

static void set_on_a_list(struct arena *arena)
{
    value_set(arena, value_list(arena), "a", value_null());
}

static void add_to_an_object(struct arena *arena)
{
    value_add(arena, value_object(arena), value_null());
}

static void filling_the_wrong_thing_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_a_bug(set_on_a_list));
    assert_true(is_a_bug(add_to_an_object));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(members_keep_the_order_in_which_they_were_set),
        test_of(many_members_are_found_and_replaced),
        test_of(a_list_member_may_be_filled_after_its_siblings),
        test_of(an_object_in_a_list_may_be_filled_after_the_next_ones),
        test_of(copies_name_the_same_container),
        test_of(scalars_carry_what_they_were_given),
        test_of(money_ids_and_times_have_their_form),
        test_of(looking_in_the_wrong_thing_finds_nothing),
        test_of(a_name_is_found_by_its_length),
        test_of(filling_the_wrong_thing_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
