/* digital_test.c - key codes: sealed at rest, dealt once each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static int64_t added;
static int64_t duplicates;

static err load(int64_t variant_id, const char *const *codes, size_t count)
{
    return code_load(work, variant_id, product_of(variant_id), codes, count, &added, &duplicates);
}

struct dealing {
    int64_t order_id;
    int64_t line_no;
    int64_t variant_id;
    int64_t quantity;
};

static err deal_in_transaction(struct ctx *ctx, void *arg)
{
    const struct dealing *dealing = arg;
    return code_deal(ctx, dealing->order_id, dealing->line_no, dealing->variant_id, dealing->quantity, false);
}

static err deal(int64_t order_id, int64_t line_no, int64_t variant_id, int64_t quantity)
{
    return db_transact(work, deal_in_transaction, &(struct dealing){order_id, line_no, variant_id, quantity});
}

static void assert_deck(int64_t variant_id, int64_t loaded, int64_t dealt)
{
    struct code_deck deck;
    assert_ok(code_deck_load(work, variant_id, &deck));
    assert_int_equal(deck.loaded, loaded);
    assert_int_equal(deck.dealt, dealt);
}

static void loading_trims_skips_blanks_and_counts_duplicates(void **state)
{
    (void)state;
    static const char *const first[] = {" AAA-1 ", "AAA-2", "", "  ", "AAA-1", "aaa-1"};
    static const char *const second[] = {"AAA-2", "AAA-3"};
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    assert_ok(load(variant_id, first, 6));
    assert_int_equal(added, 3);
    assert_int_equal(duplicates, 1);
    assert_ok(load(variant_id, second, 2));
    assert_int_equal(added, 1);
    assert_int_equal(duplicates, 1);
    assert_ok(load(variant_id, second, 2));
    assert_int_equal(added, 0);
    assert_int_equal(duplicates, 2);
    assert_deck(variant_id, 4, 0);
    assert_int_equal(stock_of(variant_id).on_hand, 4);
    assert_int_equal(ask("SELECT max(seq) FROM codes WHERE shop_id = $1"), 4);
    assert_int_equal(ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1"), 2);
    assert_int_equal(problems_of(stock_check) + problems_of(code_check), 0);
    int64_t other = make_variant(PRODUCT_DIGITAL, 100, 0);
    assert_ok(load(other, second, 2));
    assert_int_equal(added, 2);
}

static void too_many_or_too_long_codes_are_refused(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    const char **many = arena_alloc_many(work->arena, CODE_LOAD_LIMIT + 1, sizeof *many);
    for (size_t i = 0; i <= CODE_LOAD_LIMIT; i++)
        many[i] = "X";
    assert_field(load(variant_id, many, CODE_LOAD_LIMIT + 1), "codes");
    char *text = arena_alloc(work->arena, CODE_LENGTH_LIMIT + 2);
    memset(text, 'x', CODE_LENGTH_LIMIT + 1);
    const char *const codes[] = {"fine", text};
    assert_field(load(variant_id, codes, 2), "codes");
    assert_deck(variant_id, 0, 0);
    text[CODE_LENGTH_LIMIT] = 0;
    assert_ok(load(variant_id, codes, 2));
    assert_deck(variant_id, 2, 0);
}

static void codes_for_a_variant_without_stock_row_are_refused(void **state)
{
    (void)state;
    static const char *const codes[] = {"A"};
    assert_fails(code_load(work, 12345, 1, codes, 1, &added, &duplicates), ERR_NOT_FOUND);
    assert_deck(12345, 0, 0);
    assert_int_equal(ask("SELECT count(*) FROM codes WHERE shop_id = $1"), 0);
}

static void load_the_same(struct ctx *ctx, int index, void *arg)
{
    static const char *const codes[] = {"S-1", "S-2", "S-3", "S-4", "S-5"};
    struct outcomes *outcomes = arg;
    int64_t new_codes = 0, old_codes = 0;
    outcomes->codes[index] = code_of(code_load(ctx, outcomes->ids[0], 1, codes, 5, &new_codes, &old_codes));
    if (new_codes + old_codes != 5)
        outcomes->codes[index] = ERR_INTERNAL;
}

static void the_same_codes_loaded_by_eight_at_once_are_there_once(void **state)
{
    (void)state;
    struct outcomes outcomes = {.ids = {make_variant(PRODUCT_DIGITAL, 100, 0)}};
    in_threads(load_the_same, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), THREADS);
    assert_deck(outcomes.ids[0], 5, 0);
    assert_int_equal(stock_of(outcomes.ids[0]).on_hand, 5);
    assert_int_equal(problems_of(code_check) + problems_of(stock_check), 0);
}

static void codes_are_dealt_in_order_and_read_back(void **state)
{
    (void)state;
    struct ware wares[] = {{100, 5}, {100, 5}};
    struct goods goods = make_goods(PRODUCT_DIGITAL, wares, 2);
    struct delivered_code *codes;
    size_t count;
    assert_ok(deal(1, 1, goods.variant_ids[0], 2));
    assert_ok(deal(1, 2, goods.variant_ids[1], 1));
    assert_ok(deal(2, 1, goods.variant_ids[0], 3));
    assert_ok(code_list_delivered(work, 1, &codes, &count));
    assert_int_equal(count, 3);
    const char *first = arena_format(work->arena, "CODE-%" PRId64 "-001", goods.variant_ids[0]);
    const char *third = arena_format(work->arena, "CODE-%" PRId64 "-001", goods.variant_ids[1]);
    assert_string_equal(codes[0].code, first);
    assert_int_equal(codes[1].line_no, 1);
    assert_string_equal(codes[2].code, third);
    assert_int_equal(codes[2].line_no, 2);
    assert_int_equal(codes[2].delivered_at, NOON);
    assert_ok(code_list_delivered(work, 2, &codes, &count));
    assert_int_equal(count, 3);
    assert_string_equal(codes[0].code,
                        arena_format(work->arena, "CODE-%" PRId64 "-003", goods.variant_ids[0]));
    work->shop = make_shop();
    assert_ok(code_list_delivered(work, 1, &codes, &count));
    assert_int_equal(count, 0);
}

static void a_line_gets_its_codes_once(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 5);
    assert_ok(deal(1, 1, variant_id, 2));
    assert_fails(deal(1, 1, variant_id, 2), ERR_DUPLICATE);
    assert_deck(variant_id, 5, 2);
    assert_int_equal(ask("SELECT count(*) FROM deliveries WHERE shop_id = $1"), 1);
    assert_int_equal(problems_of(code_check), 0);
}

static void a_short_deck_deals_nothing(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 3);
    assert_fails(deal(1, 1, variant_id, 4), ERR_OUT_OF_STOCK);
    assert_fails(deal(1, 1, 12345, 1), ERR_OUT_OF_STOCK);
    assert_deck(variant_id, 3, 0);
    assert_int_equal(ask("SELECT count(*) FROM deliveries WHERE shop_id = $1"), 0);
    assert_ok(deal(1, 1, variant_id, 3));
    assert_fails(deal(2, 1, variant_id, 1), ERR_OUT_OF_STOCK);
    assert_deck(variant_id, 3, 3);
}

static void deal_three(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    struct dealing dealing = {100 + index, 1, outcomes->ids[0], 3};
    outcomes->codes[index] = code_of(db_transact(ctx, deal_in_transaction, &dealing));
}

static void orders_that_are_dealt_at_once_never_share_a_code(void **state)
{
    (void)state;
    struct outcomes outcomes = {.ids = {make_variant(PRODUCT_DIGITAL, 100, 20)}};
    in_threads(deal_three, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 6);
    assert_int_equal(count_outcomes(&outcomes, ERR_OUT_OF_STOCK), 2);
    assert_deck(outcomes.ids[0], 20, 18);
    bool seen[21] = {false};
    for (int i = 0; i < THREADS; i++) {
        struct delivered_code *codes;
        size_t count;
        assert_ok(code_list_delivered(work, 100 + i, &codes, &count));
        assert_int_equal(count, outcomes.codes[i] == ERR_NONE ? 3 : 0);
        for (size_t j = 0; j < count; j++) {
            int64_t number;
            assert_true(text_to_int(strrchr(codes[j].code, '-') + 1, &number));
            assert_false(seen[number]);
            seen[number] = true;
        }
    }
    assert_int_equal(problems_of(code_check), 0);
}

static void a_code_cannot_be_read_in_the_table(void **state)
{
    (void)state;
    static const char *const codes[] = {"PLAIN-SECRET-0815"};
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    assert_ok(load(variant_id, codes, 1));
    assert_false(column_contains("SELECT sealed FROM codes WHERE shop_id = $1", codes[0]));
    assert_false(column_contains("SELECT sealed FROM codes WHERE shop_id = $1", "SECRET"));
    assert_false(column_contains("SELECT blind FROM codes WHERE shop_id = $1", "SECRET"));
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND payload LIKE '%SECRET%'"), 0);
    assert_int_equal(
        ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND reason LIKE '%SECRET%'"), 0);
}

static void a_code_that_was_exchanged_in_the_table_does_not_open(void **state)
{
    (void)state;
    struct delivered_code *codes;
    size_t count;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 1);
    assert_ok(deal(1, 1, variant_id, 1));
    tamper("UPDATE codes SET sealed = blind WHERE shop_id = $1");
    assert_fails(code_list_delivered(work, 1, &codes, &count), ERR_INTERNAL);
}

static void the_check_finds_decks_that_do_not_add_up(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 5);
    assert_ok(deal(1, 1, variant_id, 2));
    assert_int_equal(problems_of(code_check), 0);
    tamper("UPDATE code_decks SET dealt = 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check), 1);
    tamper("UPDATE code_decks SET dealt = 2, loaded = 6 WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check), 1);
    tamper("UPDATE code_decks SET loaded = 5 WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check), 0);
    tamper("DELETE FROM codes WHERE shop_id = $1 AND seq = 5");
    assert_int_equal(problems_of(code_check), 2); /* the deck's and its batch's */
    tamper("UPDATE code_decks SET loaded = 4 WHERE shop_id = $1");
    tamper("UPDATE code_batches SET added = 4 WHERE shop_id = $1");
    tamper("DELETE FROM deliveries WHERE shop_id = $1");
    assert_int_equal(problems_of(code_check), 1);
}

static void the_check_finds_a_code_that_was_delivered_twice(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 6);
    assert_ok(deal(1, 1, variant_id, 2));
    assert_ok(deal(2, 1, variant_id, 2));
    assert_ok(deal(3, 1, variant_id, 2));
    assert_int_equal(problems_of(code_check), 0);
    tamper("UPDATE deliveries SET first_seq = 2 WHERE shop_id = $1 AND order_id = 2");
    assert_int_equal(problems_of(code_check), 1);
    tamper("UPDATE deliveries SET first_seq = 1 WHERE shop_id = $1 AND order_id = 2");
    assert_int_equal(problems_of(code_check), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(loading_trims_skips_blanks_and_counts_duplicates),
        SENTENCE(too_many_or_too_long_codes_are_refused),
        SENTENCE(codes_for_a_variant_without_stock_row_are_refused),
        SENTENCE(the_same_codes_loaded_by_eight_at_once_are_there_once),
        SENTENCE(codes_are_dealt_in_order_and_read_back),
        SENTENCE(a_line_gets_its_codes_once),
        SENTENCE(a_short_deck_deals_nothing),
        SENTENCE(orders_that_are_dealt_at_once_never_share_a_code),
        SENTENCE(a_code_cannot_be_read_in_the_table),
        SENTENCE(a_code_that_was_exchanged_in_the_table_does_not_open),
        SENTENCE(the_check_finds_decks_that_do_not_add_up),
        SENTENCE(the_check_finds_a_code_that_was_delivered_twice),
    };
    return RUN_SENTENCES(tests);
}
