/* arena_test.c - memory is zeroed, aligned, bounded, and comes back after a reset. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "fixture.h"
#include <stdalign.h>

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i])
            return false;
    }
    return true;
}

static void memory_is_zeroed_also_after_a_reset(void **state)
{
    struct arena *arena = arena_of(state);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 20000; size += 611) {
            char *bytes = arena_alloc(arena, size);
            assert_true(is_zero(bytes, size));
            memset(bytes, 'x', size);
        }
        arena_reset(arena);
    }
}

static void every_piece_is_aligned_for_any_type_and_apart_from_the_others(void **state)
{
    struct arena *arena = arena_of(state);
    char *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = arena_alloc(arena, i);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t at = 0; at < i; at++)
            assert_int_equal((unsigned char)pieces[i][at], i);
    }
}

static void no_bytes_give_a_valid_pointer(void **state)
{
    assert_non_null(arena_alloc(arena_of(state), 0));
    assert_non_null(arena_alloc_many(arena_of(state), 0, 8));
}

static void one_piece_may_be_larger_than_any_block(void **state)
{
    size_t size = (size_t)20 << 20;
    char *bytes = arena_alloc(arena_of(state), size);
    assert_true(is_zero(bytes, size));
    bytes[size - 1] = 1;
    assert_true(arena_used(arena_of(state)) >= size);
}

static void a_vast_piece_counts_and_does_not_disturb_the_others(void **state)
{
    struct arena *arena = arena_of(state);
    size_t size = (size_t)3 << 20;
    char *before = arena_copy_text(arena, "before");
    char *vast = arena_alloc_vast(arena, size);
    char *after = arena_copy_text(arena, "after");
    assert_true(is_zero(vast, size));
    assert_int_equal((uintptr_t)vast % alignof(max_align_t), 0);
    memset(vast, 'x', size);
    assert_string_equal(before, "before");
    assert_string_equal(after, "after");
    assert_true(arena_used(arena) >= size);
    arena_reset(arena);
    assert_true(arena_used(arena) < size);
    assert_true(is_zero(arena_alloc_vast(arena, size), size));
}

static void a_reset_forgets_what_was_used(void **state)
{
    struct arena *arena = arena_of(state);
    assert_int_equal(arena_used(arena), 0);
    arena_alloc(arena, 1000);
    assert_true(arena_used(arena) >= 1000 && arena_used(arena) < 1100);
    for (int i = 0; i < 1000; i++)
        arena_alloc(arena, 1000);
    assert_true(arena_used(arena) >= 1001000 && arena_used(arena) < 1100000);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
}

static void the_ceiling_may_be_reached_exactly(void **state)
{
    (void)state;
    struct arena *arena = arena_open(64 * 1024);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 64; i++)
            arena_alloc(arena, 1024);
        assert_int_equal(arena_used(arena), 64 * 1024);
        arena_reset(arena);
    }
    arena_close(arena);
}

static void fill_past_the_ceiling(struct arena *unused)
{
    (void)unused;
    struct arena *arena = arena_open(64 * 1024);
    for (int i = 0; i < 64; i++)
        arena_alloc(arena, 1024);
    arena_alloc(arena, 1);
}

static void ask_for_more_than_the_ceiling_at_once(struct arena *unused)
{
    (void)unused;
    arena_alloc(arena_open(1000), 1001);
}

static void ask_for_all_memory_there_is(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX - 3);
}

static void ask_for_an_overflowing_product(struct arena *arena)
{
    arena_alloc_many(arena, SIZE_MAX / 4, 5);
}

static void leaving_the_bounds_is_a_bug(void **state)
{
    (void)state;
    assert_true(is_a_bug(fill_past_the_ceiling));
    assert_true(is_a_bug(ask_for_more_than_the_ceiling_at_once));
    assert_true(is_a_bug(ask_for_all_memory_there_is));
    assert_true(is_a_bug(ask_for_an_overflowing_product));
}

static void growing_keeps_the_bytes(void **state)
{
    struct arena *arena = arena_of(state);
    char *bytes = arena_grow(arena, NULL, 0, 10);
    memcpy(bytes, "abcdefghi", 10);
    bytes = arena_grow(arena, bytes, 10, 100);
    assert_string_equal(bytes, "abcdefghi");
    char *other = arena_copy(arena, "other", 5);
    bytes = arena_grow(arena, bytes, 100, 30000);
    memset(bytes + 10, 'x', 29990);
    assert_string_equal(other, "other");
    assert_memory_equal(bytes, "abcdefghi", 10);
}

static void a_copy_ends_in_nul_and_is_independent(void **state)
{
    struct arena *arena = arena_of(state);
    char source[] = "teapot";
    char *copy = arena_copy(arena, source, 3);
    char *whole = arena_copy_text(arena, source);
    memset(source, 'x', 6);
    assert_string_equal(copy, "tea");
    assert_string_equal(whole, "teapot");
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_null(arena_copy_text(arena, NULL));
}

static void a_format_may_be_short_or_long(void **state)
{
    struct arena *arena = arena_of(state);
    assert_string_equal(arena_format(arena, "%s-%d", "a", 7), "a-7");
    for (int width = 250; width < 262; width++) {
        char *text = arena_format(arena, "%*d!", width, 5);
        assert_int_equal(strlen(text), width + 1);
        assert_string_equal(text + width - 2, " 5!");
    }
}

static void closing_nothing_is_harmless(void **state)
{
    (void)state;
    arena_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(memory_is_zeroed_also_after_a_reset),
        test_of(every_piece_is_aligned_for_any_type_and_apart_from_the_others),
        test_of(no_bytes_give_a_valid_pointer),
        test_of(one_piece_may_be_larger_than_any_block),
        test_of(a_vast_piece_counts_and_does_not_disturb_the_others),
        test_of(a_reset_forgets_what_was_used),
        test_of(the_ceiling_may_be_reached_exactly),
        test_of(leaving_the_bounds_is_a_bug),
        test_of(growing_keeps_the_bytes),
        test_of(a_copy_ends_in_nul_and_is_independent),
        test_of(a_format_may_be_short_or_long),
        test_of(closing_nothing_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
