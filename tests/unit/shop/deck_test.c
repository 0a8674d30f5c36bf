/* deck_test.c - batches, expiry, low decks, shared texts, delivery by hand, and who looked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/digital/digital_jobs.h"
#include "unit.h"

static int made_codes;

/* A batch of new codes; `expires_at` 0 = never. */
static struct code_loading add_batch(int64_t variant_id, size_t count, int64_t expires_at)
{
    const char **lines = arena_alloc_many(work->arena, count + 1, sizeof *lines);
    for (size_t i = 0; i < count; i++)
        lines[i] = arena_format(work->arena, "BATCH-%06d", ++made_codes);
    struct code_loading loading = {.variant_id = variant_id,
                                   .product_id = product_of(variant_id),
                                   .lines = lines,
                                   .count = count,
                                   .note = "供货商甲",
                                   .by = "小云",
                                   .expires_at = expires_at};
    assert_ok(code_batch_add(work, &loading));
    assert_int_equal(loading.added, count);
    return loading;
}

static struct code_deck deck_of(int64_t variant_id)
{
    struct code_deck deck;
    assert_ok(code_deck_load(work, variant_id, &deck));
    return deck;
}

static int64_t left_of(int64_t variant_id)
{
    struct code_deck deck = deck_of(variant_id);
    return deck.loaded - deck.dealt;
}

static int problems(void)
{
    return problems_of(stock_check) + problems_of(code_check) + problems_of(code_check_stock) +
           problems_of(order_check) + problems_of(payment_check);
}

static struct order *buy(int64_t variant_id, int64_t quantity)
{
    struct order *order = place_order(variant_id, quantity);
    pay_order(order);
    return load_order(order->id);
}

static struct delivered_code *got(const struct order *order, size_t expected)
{
    struct delivered_code *codes;
    size_t count;
    assert_ok(code_list_delivered(work, order->id, &codes, &count));
    assert_int_equal(count, expected);
    return codes;
}

static err withdraw(int64_t variant_id, int64_t batch_no)
{
    return code_batch_withdraw(work, variant_id, product_of(variant_id), batch_no);
}

static err restore(int64_t variant_id, int64_t batch_no)
{
    return code_batch_restore(work, variant_id, product_of(variant_id), batch_no);
}

static void a_load_tells_what_became_of_each_line(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    char *text = arena_alloc(work->arena, CODE_LENGTH_LIMIT + 2);
    memset(text, 'x', CODE_LENGTH_LIMIT + 1);
    const char *lines[] = {"A-1", "", " A-2 ", text, "A-1", "  "};
    struct code_loading loading = {.variant_id = variant_id,
                                   .product_id = product_of(variant_id),
                                   .lines = lines,
                                   .count = 6,
                                   .note = "n",
                                   .by = "b"};
    struct code_batch batch;
    assert_ok(code_batch_add(work, &loading));
    assert_int_equal(loading.batch_no, 1);
    assert_int_equal(loading.added, 2);
    assert_int_equal(loading.duplicates, 1);
    assert_int_equal(loading.too_long, 1);
    assert_ok(code_batch_load(work, variant_id, 1, &batch));
    assert_string_equal(batch.report, "aealde");
    assert_string_equal(batch.loaded_by, "b");
    assert_int_equal(left_of(variant_id), 2);
    assert_fails(code_batch_load(work, variant_id, 2, &batch), ERR_NOT_FOUND);
    assert_int_equal(problems(), 0);
}

static void a_withdrawn_batch_is_not_dealt_and_comes_back_behind(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    int first = made_codes;
    add_batch(variant_id, 4, 0);
    add_batch(variant_id, 5, 0);
    struct order *before = buy(variant_id, 1);
    assert_ok(withdraw(variant_id, 1));
    assert_int_equal(left_of(variant_id), 5);
    assert_int_equal(stock_of(variant_id).on_hand, 5);
    assert_int_equal(problems(), 0);
    assert_string_equal(got(before, 1)[0].code, arena_format(work->arena, "BATCH-%06d", first + 1));
    struct delivered_code *codes = got(buy(variant_id, 5), 5);
    for (int i = 0; i < 5; i++)
        assert_true(strcmp(codes[i].code, arena_format(work->arena, "BATCH-%06d", first + 4)) > 0);
    assert_fails(withdraw(variant_id, 1), ERR_INVALID_TRANSITION);
    assert_ok(restore(variant_id, 1));
    assert_fails(restore(variant_id, 1), ERR_INVALID_TRANSITION);
    assert_int_equal(left_of(variant_id), 3);
    assert_int_equal(problems(), 0);
    got(buy(variant_id, 3), 3);
    assert_int_equal(ask("SELECT COUNT(*) FROM codes WHERE shop_id = $1"), 9);
    assert_int_equal(problems(), 0);
}

static void a_batch_may_go_and_come_many_times(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    for (int i = 0; i < 4; i++)
        add_batch(variant_id, 3, 0);
    for (int64_t i = 0; i < 12; i++) {
        assert_ok(withdraw(variant_id, i % 4 + 1));
        assert_true(left_of(variant_id) < 12 - i / 3);
        assert_int_equal(problems(), 0);
        assert_ok(restore(variant_id, i % 4 + 1));
        assert_int_equal(left_of(variant_id), 12 - i / 3);
        if (i % 3 == 2)
            got(buy(variant_id, 1), 1);
        assert_int_equal(problems(), 0);
    }
    assert_int_equal(ask("SELECT COUNT(DISTINCT seq) FROM codes WHERE shop_id = $1 AND seq <= 12"), 12);
}

static void a_known_code_is_a_duplicate_also_when_it_was_put_aside(void **state)
{
    (void)state;
    static const char *const lines[] = {"TWICE"};
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0), added, duplicates;
    assert_ok(code_load(work, variant_id, product_of(variant_id), lines, 1, &added, &duplicates));
    assert_ok(withdraw(variant_id, 1));
    assert_ok(code_load(work, variant_id, product_of(variant_id), lines, 1, &added, &duplicates));
    assert_int_equal(added, 0);
    assert_int_equal(duplicates, 1);
    assert_int_equal(left_of(variant_id), 0);
}

static void what_is_promised_stays_promised_when_a_batch_goes(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    add_batch(variant_id, 3, 0);
    struct order *order = place_order(variant_id, 2);
    assert_ok(withdraw(variant_id, 1));
    assert_int_equal(deck_of(variant_id).owed, 2);
    assert_int_equal(stock_of(variant_id).on_hand, 2);
    assert_int_equal(problems(), 0);
    pay_order(order);
    got(order, 0);
    assert_true(has_alarm("delivery-short"));
    assert_ok(restore(variant_id, 1));
    run_jobs();
    got(order, 2);
    assert_false(has_alarm("delivery-short"));
    assert_int_equal(problems(), 0);
}

static void expired_codes_are_not_dealt_even_before_the_job_ran(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    int first = made_codes;
    add_batch(variant_id, 2, NOON + DAY_MS);
    add_batch(variant_id, 2, 0);
    got(buy(variant_id, 1), 1);
    work->now = NOON + DAY_MS;
    struct order *order = place_order(variant_id, 1);
    pay_order(order);
    got(order, 0);
    run_jobs();
    run_jobs();
    assert_string_equal(got(order, 1)[0].code, arena_format(work->arena, "BATCH-%06d", first + 4));
    assert_false(has_alarm("delivery-short"));
    struct code_deck deck = deck_of(variant_id);
    assert_int_equal(deck.loaded - deck.dealt, 1);
    assert_int_equal(deck.expired, 1);
    assert_int_equal(deck.expires_at, 0);
    assert_int_equal(stock_of(variant_id).on_hand, 1);
    assert_int_equal(problems(), 0);
    assert_fails(withdraw(variant_id, 1), ERR_INVALID_TRANSITION);
    work->now = NOON;
}

static void staff_hear_of_an_expiry_a_week_before(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    add_batch(variant_id, 2, NOON + 30 * DAY_MS);
    run_jobs();
    assert_false(has_alarm("codes-expiring"));
    work->now = NOON + 23 * DAY_MS - 1;
    run_jobs();
    assert_false(has_alarm("codes-expiring"));
    work->now = NOON + 23 * DAY_MS;
    run_jobs();
    run_jobs();
    assert_int_equal(ask("SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND kind = 'codes-expiring'"), 1);
    assert_true(has_alarm("codes-expiring"));
    work->now = NOON + 30 * DAY_MS;
    run_jobs();
    assert_false(has_alarm("codes-expiring"));
    assert_int_equal(left_of(variant_id), 0);
    assert_int_equal(problems(), 0);
    work->now = NOON;
}

static void no_warning_of_what_is_sold_or_withdrawn(void **state)
{
    (void)state;
    int64_t sold = make_variant(PRODUCT_DIGITAL, 100, 0);
    int64_t withdrawn = make_variant(PRODUCT_DIGITAL, 100, 0);
    add_batch(sold, 1, NOON + 30 * DAY_MS);
    add_batch(withdrawn, 1, NOON + 30 * DAY_MS);
    got(buy(sold, 1), 1);
    assert_ok(withdraw(withdrawn, 1));
    work->now = NOON + 25 * DAY_MS;
    run_jobs();
    assert_false(has_alarm("codes-expiring"));
    assert_ok(restore(withdrawn, 1));
    run_jobs();
    assert_true(has_alarm("codes-expiring"));
    assert_ok(withdraw(withdrawn, 1));
    assert_false(has_alarm("codes-expiring"));
    work->now = NOON + 31 * DAY_MS;
    assert_fails(restore(withdrawn, 1), ERR_INVALID_TRANSITION);
    work->now = NOON;
}

static void a_low_deck_raises_one_alarm_and_settles_it_when_loaded(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 5);
    assert_ok(code_deck_set_low(work, variant_id, 3));
    buy(variant_id, 1);
    run_jobs();
    assert_false(has_alarm("codes-low"));
    buy(variant_id, 1);
    run_jobs();
    assert_true(has_alarm("codes-low"));
    buy(variant_id, 1);
    run_jobs();
    assert_int_equal(ask("SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND kind = 'codes-low'"), 1);
    add_batch(variant_id, 1, 0);
    assert_true(has_alarm("codes-low"));
    add_batch(variant_id, 1, 0);
    assert_false(has_alarm("codes-low"));
    assert_ok(code_deck_set_low(work, variant_id, 10));
    assert_true(has_alarm("codes-low"));
    assert_ok(code_deck_set_low(work, variant_id, 0));
    assert_false(has_alarm("codes-low"));
    assert_fails(code_deck_set_low(work, 12345, 1), ERR_NOT_FOUND);
}

static int64_t make_mode(enum deck_mode mode, int64_t quantity, const char *text)
{
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
    assert_ok(code_deck_change_mode(work, variant_id, product_of(variant_id), mode));
    assert_ok(code_deck_set_quantity(work, variant_id, product_of(variant_id), quantity, text));
    return variant_id;
}

static void a_shared_text_goes_to_everybody_up_to_its_quantity(void **state)
{
    (void)state;
    int64_t variant_id = make_mode(DECK_SHARED, 5, "https://example.com/pan 提取码 8848");
    struct order *first = buy(variant_id, 2);
    struct delivered_code *codes = got(first, 1);
    assert_string_equal(codes[0].code, "https://example.com/pan 提取码 8848");
    assert_int_equal(codes[0].quantity, 2);
    assert_int_equal(left_of(variant_id), 3);
    assert_int_equal(stock_of(variant_id).on_hand, 3);
    assert_ok(code_deck_set_quantity(work, variant_id, product_of(variant_id), 1, "new text"));
    assert_string_equal(got(buy(variant_id, 1), 1)[0].code, "new text");
    assert_string_equal(got(first, 1)[0].code, "https://example.com/pan 提取码 8848");
    assert_int_equal(stock_of(variant_id).on_hand, 0);
    assert_int_equal(problems(), 0);
    assert_false(column_contains("SELECT sealed FROM code_texts WHERE shop_id = $1", "8848"));
}

static void modes_change_only_when_nothing_is_at_stake(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 2), product_id = product_of(variant_id);
    int64_t added, duplicates;
    static const char *const more[] = {"M-1"};
    buy(variant_id, 1);
    assert_field(code_deck_set_quantity(work, variant_id, product_id, 5, "x"), "quantity");
    assert_field(code_deck_change_mode(work, variant_id, product_id, DECK_SHARED), "mode");
    assert_ok(withdraw(variant_id, 1));
    assert_ok(code_deck_change_mode(work, variant_id, product_id, DECK_SHARED));
    assert_fails(restore(variant_id, 1), ERR_INVALID_TRANSITION);
    assert_field(code_load(work, variant_id, product_id, more, 1, &added, &duplicates), "codes");
    assert_field(code_deck_set_quantity(work, variant_id, product_id, 5, ""), "text");
    assert_ok(code_deck_set_quantity(work, variant_id, product_id, 5, "x"));
    assert_int_equal(problems(), 0);
    struct order *order = place_order(variant_id, 2);
    assert_ok(code_deck_set_quantity(work, variant_id, product_id, 1, ""));
    assert_int_equal(stock_of(variant_id).on_hand, 3);
    assert_int_equal(deck_of(variant_id).owed, 0);
    assert_field(code_deck_change_mode(work, variant_id, product_id, DECK_CODES), "mode");
    pay_order(order);
    got(order, 1);
    assert_ok(code_deck_change_mode(work, variant_id, product_id, DECK_CODES));
    assert_int_equal(stock_of(variant_id).on_hand, 0);
    assert_ok(restore(variant_id, 1));
    assert_ok(code_load(work, variant_id, product_id, more, 1, &added, &duplicates));
    got(buy(variant_id, 2), 2);
    assert_int_equal(problems(), 0);
}

static err type(const struct order *order, const char *text)
{
    struct typed_delivery typed = {1, order->lines[0].variant_id, text};
    return payment_deliver_typed(work, order->id, &typed, 1, "小云");
}

static size_t waiting_for_hand(void)
{
    int64_t *order_ids;
    size_t count;
    assert_ok(payment_list_by_hand(work, 0, 100, &order_ids, &count));
    return count;
}

static void an_order_by_hand_waits_for_a_person_and_is_delivered_once(void **state)
{
    (void)state;
    int64_t variant_id = make_mode(DECK_BY_HAND, 3, NULL);
    struct order *order = buy(variant_id, 2);
    bool waits;
    assert_int_equal(order->state.order, ORDER_OPEN);
    assert_int_equal(waiting_for_hand(), 1);
    assert_false(has_alarm("delivery-short"));
    assert_ok(payment_waits_for_hand(work, order, &waits));
    assert_true(waits);
    assert_fails(payment_deliver_owed(work, order->id), ERR_OUT_OF_STOCK);
    run_jobs();
    got(order, 0);
    assert_ok(type(order, "账号 a@b.c\n密码 1234"));
    assert_string_equal(got(order, 1)[0].code, "账号 a@b.c\n密码 1234");
    assert_int_equal(load_order(order->id)->state.order, ORDER_COMPLETED);
    assert_int_equal(waiting_for_hand(), 0);
    assert_fails(type(order, "again"), ERR_INVALID_TRANSITION);
    assert_string_equal(got(order, 1)[0].code, "账号 a@b.c\n密码 1234");
    assert_int_equal(stock_of(variant_id).on_hand, 1);
    assert_int_equal(problems(), 0);
    assert_false(column_contains("SELECT sealed FROM hand_texts WHERE shop_id = $1", "1234"));
}

static void type_at_once(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    struct typed_delivery typed = {1, outcomes->ids[1], arena_format(ctx->arena, "text %d", index)};
    outcomes->codes[index] = code_of(payment_deliver_typed(ctx, outcomes->ids[0], &typed, 1, "x"));
}

static void eight_who_type_at_once_deliver_once(void **state)
{
    (void)state;
    int64_t variant_id = make_mode(DECK_BY_HAND, 3, NULL);
    struct order *order = buy(variant_id, 1);
    struct outcomes outcomes = {.ids = {order->id, variant_id}};
    in_threads(type_at_once, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&outcomes, ERR_INVALID_TRANSITION), THREADS - 1);
    got(order, 1);
    assert_int_equal(problems(), 0);
}

static err cancel_waiting(int64_t order_id)
{
    return order_cancel(work, load_order(order_id), CANCEL_OUT_OF_STOCK, "");
}

static void a_cancelled_order_needs_no_hand(void **state)
{
    (void)state;
    int64_t variant_id = make_mode(DECK_BY_HAND, 3, NULL);
    struct order *order = buy(variant_id, 1);
    assert_ok(cancel_waiting(order->id));
    run_jobs();
    assert_int_equal(waiting_for_hand(), 0);
    assert_fails(type(order, "too late"), ERR_INVALID_TRANSITION);
    assert_int_equal(ask("SELECT COUNT(*) FROM hand_texts WHERE shop_id = $1"), 0);
    assert_int_equal(stock_of(variant_id).on_hand, 3);
    assert_int_equal(problems(), 0);
}

static void a_text_for_a_line_that_deals_codes_is_refused(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 2);
    add_batch(variant_id, 1, 0);
    struct order *order = place_order(variant_id, 3);
    assert_ok(withdraw(variant_id, 1));
    pay_order(order);
    assert_fails(type(load_order(order->id), "x"), ERR_INVALID_TRANSITION);
    assert_int_equal(ask("SELECT COUNT(*) FROM hand_texts WHERE shop_id = $1"), 0);
    assert_int_equal(problems(), 0);
}

static void a_free_order_by_hand_waits_too(void **state)
{
    (void)state;
    int64_t variant_id = make_mode(DECK_BY_HAND, 3, NULL);
    tamper_of("UPDATE variants SET price = 0 WHERE shop_id = $1 AND id = $2", variant_id);
    struct order *order = place_order(variant_id, 1);
    assert_int_equal(load_order(order->id)->state.order, ORDER_OPEN);
    assert_int_equal(waiting_for_hand(), 1);
    assert_ok(type(order, "free"));
    assert_string_equal(got(order, 1)[0].code, "free");
    assert_int_equal(problems(), 0);
}

struct race {
    int64_t variant_id;
    int64_t product_id;
    struct outcomes outcomes;
};

static err deal_one(struct ctx *ctx, void *arg)
{
    const int64_t *ids = arg;
    return code_deal(ctx, ids[0], 1, ids[1], 1, false);
}

/* Four deal, two take batches out and put them back, two load. */
static void shuffle_and_deal(struct ctx *ctx, int index, void *arg)
{
    struct race *race = arg;
    for (int i = 0; i < 12; i++) {
        err failure = NULL;
        if (index < 4) {
            int64_t ids[] = {1000 + index * 100 + i, race->variant_id};
            failure = db_transact(ctx, deal_one, ids);
            if (failure && failure->code == ERR_OUT_OF_STOCK)
                failure = NULL;
        } else if (index < 6) {
            int64_t batch_no = index - 3;
            failure = i % 2 == 0 ? code_batch_withdraw(ctx, race->variant_id, race->product_id, batch_no)
                                 : code_batch_restore(ctx, race->variant_id, race->product_id, batch_no);
        } else {
            const char *line = arena_format(ctx->arena, "RACE-%d-%d", index, i);
            int64_t added, duplicates;
            failure = code_load(ctx, race->variant_id, race->product_id, &line, 1, &added, &duplicates);
        }
        if (failure)
            race->outcomes.codes[index] = failure->code;
    }
}

static void batches_that_move_while_codes_are_dealt_lose_and_double_nothing(void **state)
{
    (void)state;
    struct race race = {.variant_id = make_variant(PRODUCT_DIGITAL, 100, 0)};
    race.product_id = product_of(race.variant_id);
    for (int i = 0; i < 3; i++)
        add_batch(race.variant_id, 20, 0);
    in_threads(shuffle_and_deal, &race);
    assert_int_equal(count_outcomes(&race.outcomes, ERR_NONE), THREADS);
    assert_int_equal(problems_of(code_check), 0);
    assert_int_equal(ask("SELECT COUNT(*) FROM codes WHERE shop_id = $1"), 60 + 24);
    assert_int_equal(ask("SELECT COUNT(*) FROM codes c WHERE c.shop_id = $1 AND c.seq <= 4294967296"),
                     60 + 24);
    assert_int_equal(ask("SELECT COUNT(*) FROM deliveries d JOIN codes c ON c.shop_id = d.shop_id"
                         " AND c.variant_id = d.variant_id AND c.seq = d.first_seq WHERE d.shop_id = $1"),
                     ask("SELECT COUNT(DISTINCT first_seq) FROM deliveries WHERE shop_id = $1"));
    assert_int_equal(deck_of(race.variant_id).dealt,
                     ask("SELECT COUNT(*) FROM deliveries WHERE shop_id = $1"));
}

static void looking_twice_in_an_hour_is_noted_once(void **state)
{
    (void)state;
    struct code_view *views;
    size_t count;
    int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 2);
    const char *code;
    assert_ok(code_note_view(work, 77, 0, "", "10.0.0.0"));
    assert_ok(code_note_view(work, 77, 0, "", "10.0.0.0"));
    assert_ok(code_note_view(work, 77, 0, "", "10.0.1.0"));
    work->now += HOUR_MS;
    assert_ok(code_note_view(work, 77, 0, "", "10.0.0.0"));
    assert_ok(code_view_list(work, 77, 10, &views, &count));
    assert_int_equal(count, 3);
    assert_int_equal(views[0].at, NOON + HOUR_MS);
    work->now = NOON;
    assert_ok(code_reveal(work, variant_id, 2, "小云", "10.0.0.0", &code));
    assert_string_equal(code, arena_format(work->arena, "CODE-%" PRId64 "-002", variant_id));
    assert_fails(code_reveal(work, variant_id, 3, "小云", "10.0.0.0", &code), ERR_NOT_FOUND);
    assert_ok(code_view_list(work, variant_id, 10, &views, &count));
    assert_int_equal(count, 1);
    assert_int_equal(views[0].seq, 2);
    assert_string_equal(views[0].who, "小云");
}

static void a_masked_code_shows_its_ends_only(void **state)
{
    (void)state;
    assert_string_equal(code_mask(work, "ABCD-EFGH"), "AB••••GH");
    assert_string_equal(code_mask(work, "ABCDEF"), "A••••F");
    assert_string_equal(code_mask(work, "ABC"), "••••");
    assert_string_equal(code_mask(work, "账号一二三四五密码"), "账号••••密码");
}

static void the_check_finds_batches_and_texts_that_do_not_fit(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE code_batches SET added = added + 1 WHERE shop_id = $1",
        "UPDATE code_batches SET withdrawn_at = 1 WHERE shop_id = $1 AND batch_no = 2",
        "UPDATE code_batches SET withdrawn_at = NULL WHERE shop_id = $1 AND batch_no = 1",
        "UPDATE codes SET batch_no = 2 WHERE shop_id = $1 AND batch_no = 1",
        "DELETE FROM code_texts WHERE shop_id = $1",
        "DELETE FROM hand_texts WHERE shop_id = $1",
        "UPDATE deliveries SET mode = 1 WHERE shop_id = $1 AND mode = 2",
        "UPDATE code_decks SET mode = 1 WHERE shop_id = $1 AND mode = 2",
        "UPDATE codes SET seq = 100 WHERE shop_id = $1 AND seq = 3",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        work->shop = make_shop();
        int64_t variant_id = make_variant(PRODUCT_DIGITAL, 100, 0);
        add_batch(variant_id, 3, 0);
        add_batch(variant_id, 3, 0);
        buy(variant_id, 1);
        assert_ok(withdraw(variant_id, 1));
        buy(make_mode(DECK_SHARED, 5, "shared"), 1);
        assert_ok(type(buy(make_mode(DECK_BY_HAND, 5, NULL), 1), "typed"));
        assert_int_equal(problems(), 0);
        tamper(changes[i]);
        if (problems_of(code_check) == 0)
            fail_msg("not found: %s", changes[i]);
    }
}

/* Nobody waits for the last of a million to be counted. */
static void counting_decks_stops_at_a_limit(void **state)
{
    (void)state;
    int64_t count;
    tamper("INSERT INTO code_decks (shop_id, variant_id, product_id, loaded, dealt)"
           " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10005)"
           " SELECT CAST($1 AS BIGINT), i, i, 0, 0 FROM n");
    assert_ok(code_deck_count(work, DECKS_ALL, &count));
    assert_int_equal(count, DECK_COUNT_LIMIT);
    assert_ok(code_deck_count(work, DECKS_SHORT, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_load_tells_what_became_of_each_line),
        SENTENCE(a_withdrawn_batch_is_not_dealt_and_comes_back_behind),
        SENTENCE(a_batch_may_go_and_come_many_times),
        SENTENCE(a_known_code_is_a_duplicate_also_when_it_was_put_aside),
        SENTENCE(what_is_promised_stays_promised_when_a_batch_goes),
        SENTENCE(expired_codes_are_not_dealt_even_before_the_job_ran),
        SENTENCE(staff_hear_of_an_expiry_a_week_before),
        SENTENCE(no_warning_of_what_is_sold_or_withdrawn),
        SENTENCE(a_low_deck_raises_one_alarm_and_settles_it_when_loaded),
        SENTENCE(a_shared_text_goes_to_everybody_up_to_its_quantity),
        SENTENCE(modes_change_only_when_nothing_is_at_stake),
        SENTENCE(an_order_by_hand_waits_for_a_person_and_is_delivered_once),
        SENTENCE(eight_who_type_at_once_deliver_once),
        SENTENCE(a_cancelled_order_needs_no_hand),
        SENTENCE(a_text_for_a_line_that_deals_codes_is_refused),
        SENTENCE(a_free_order_by_hand_waits_too),
        SENTENCE(batches_that_move_while_codes_are_dealt_lose_and_double_nothing),
        SENTENCE(looking_twice_in_an_hour_is_noted_once),
        SENTENCE(a_masked_code_shows_its_ends_only),
        SENTENCE(the_check_finds_batches_and_texts_that_do_not_fit),
        SENTENCE(counting_decks_stops_at_a_limit),
    };
    return RUN_SENTENCES(tests);
}
