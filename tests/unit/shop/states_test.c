/* states_test.c - the table of transitions walked to its ends, the words of each stage, the timers, and why a
 * shop cancels. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/json.h"
#include "shop/review/review.h"
#include "shop/shipping/shipping.h"
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_LIMIT 64
#define FILE_LIMIT 262144

/* ---- the table, walked ---- */

static bool same_state(struct order_state a, struct order_state b)
{
    return order_state_digits(a) == order_state_digits(b);
}

static bool is_among(const struct order_state *states, size_t count, struct order_state state)
{
    for (size_t i = 0; i < count; i++)
        if (same_state(states[i], state))
            return true;
    return false;
}

/* Everything that can be reached from a state, itself first. */
static size_t walk_from(struct order_state start, struct order_state *states)
{
    size_t count = 1;
    states[0] = start;
    for (size_t i = 0; i < count; i++)
        for (const struct order_transition *row = order_transitions; row->event; row++) {
            struct order_state to;
            if (order_next_state(states[i], row->event, &to) && !is_among(states, count, to)) {
                assert_true(count < STATE_LIMIT);
                states[count++] = to;
            }
        }
    return count;
}

static struct order_state placed(void)
{
    return (struct order_state){
        .order = ORDER_PENDING_PAYMENT, .payment = PAYMENT_UNPAID, .fulfillment = FULFILLMENT_NONE};
}

/* Every combination that can be reached, by its digits, with what a buyer reads. */
static const struct {
    int64_t digits; /* order, payment, fulfilment, after-sales, review */
    const char *label;
} golden[] = {
    {11100, "待付款"}, {24100, "待发货"},   {25100, "待发货"}, {24200, "部分发货"}, {25200, "部分发货"},
    {24300, "待收货"}, {25300, "待收货"},   {24400, "待收货"}, {25400, "待收货"},   {34411, "待评价"},
    {35411, "待评价"}, {34400, "已完成"},   {35400, "已完成"}, {34412, "已完成"},   {35412, "已完成"},
    {34421, "已完成"}, {35421, "已完成"},   {34422, "已完成"}, {35422, "已完成"},   {41100, "已关闭"},
    {44100, "退款中"}, {45100, "退款中"},   {26100, "已退款"}, {26200, "已退款"},   {26300, "已退款"},
    {26400, "已退款"}, {36400, "已退款"},   {36411, "已退款"}, {36412, "已退款"},   {36421, "已退款"},
    {36422, "已退款"}, {46100, "已退款"},   {46200, "已退款"}, {34100, "已完成"},   {35100, "已完成"},
    {36100, "已退款"}, {13100, "待付尾款"}, {43100, "已关闭"},
};
#define GOLDEN_COUNT (sizeof golden / sizeof *golden)

static void every_reachable_combination_has_its_label(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT];
    size_t count = walk_from(placed(), states);
    assert_int_equal(count, GOLDEN_COUNT);
    for (size_t i = 0; i < count; i++) {
        const char *label = NULL;
        for (size_t j = 0; j < GOLDEN_COUNT; j++)
            if (golden[j].digits == order_state_digits(states[i]))
                label = golden[j].label;
        if (!label)
            fail_msg("no label for %" PRId64, order_state_digits(states[i]));
        assert_string_equal(order_stage_label(order_stage_of(states[i])), label);
    }
}

static void who_waits_for_a_group_is_told_so_in_place_of_to_ship(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT];
    size_t count = walk_from(placed(), states);
    for (size_t i = 0; i < count; i++) {
        enum order_stage stage = order_stage_of(states[i]);
        assert_int_equal(order_stage_shown(states[i], false), stage);
        assert_int_equal(order_stage_shown(states[i], true), stage == STAGE_TO_SHIP ? STAGE_GROUPING : stage);
    }
    assert_string_equal(order_stage_label(STAGE_GROUPING), "待成团");
}

static void every_row_of_the_table_happens_somewhere(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT], to;
    size_t count = walk_from(placed(), states);
    for (const struct order_transition *row = order_transitions; row->event; row++) {
        int times = 0;
        assert_true(row->what[0] != 0);
        for (size_t i = 0; i < count; i++)
            times += order_next_state(states[i], row->event, &to);
        if (times == 0)
            fail_msg("%s never happens", row->event);
    }
}

static bool has_goods(struct order_state state)
{
    return state.fulfillment == FULFILLMENT_SHIPPED || state.fulfillment == FULFILLMENT_DELIVERED;
}

static bool holds_money(struct order_state state)
{
    return state.payment == PAYMENT_PAID || state.payment == PAYMENT_PARTIALLY_REFUNDED;
}

static void whoever_paid_can_still_get_goods_or_money_from_every_state(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT], after[STATE_LIMIT];
    size_t count = walk_from(placed(), states);
    for (size_t i = 0; i < count; i++) {
        if (!holds_money(states[i]) || has_goods(states[i]))
            continue;
        bool ends_well = false;
        size_t reached = walk_from(states[i], after);
        for (size_t j = 0; j < reached; j++)
            ends_well = ends_well || has_goods(after[j]) || after[j].payment == PAYMENT_REFUNDED;
        if (!ends_well)
            fail_msg("money is stuck in %" PRId64, order_state_digits(states[i]));
    }
}

static void what_was_refunded_or_closed_unpaid_holds_no_money_and_ships_nothing(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT];
    size_t count = walk_from(placed(), states);
    for (size_t i = 0; i < count; i++) {
        bool is_unpaid = states[i].payment == PAYMENT_UNPAID;
        assert_true(!is_unpaid || states[i].fulfillment == FULFILLMENT_NONE);
        bool is_deposit = states[i].payment == PAYMENT_PARTIALLY_PAID;
        assert_true(!is_deposit || states[i].fulfillment == FULFILLMENT_NONE);
        assert_true((is_unpaid || is_deposit) ==
                    (states[i].order == ORDER_PENDING_PAYMENT || order_may(states[i], "reopened") ||
                     (is_deposit && states[i].order == ORDER_CLOSED)));
        if (states[i].payment == PAYMENT_REFUNDED) {
            assert_false(order_may(states[i], "shipped"));
            assert_false(order_may(states[i], "partly_refunded"));
            assert_false(order_may(states[i], "refunded"));
        }
    }
}

/* ---- the words ---- */

static const char *read_beside_migrations(const char *path)
{
    static char text[FILE_LIMIT];
    char name[1024];
    const char *migrations = getenv("YUNDIAN_TEST_MIGRATIONS");
    snprintf(name, sizeof name, "%s/../%s", migrations ? migrations : "migrations", path);
    FILE *file = fopen(name, "rb");
    if (!file)
        fail_msg("cannot read %s", name);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void the_document_is_what_the_table_says(void **state)
{
    (void)state;
    /* When this fails: yundian states > docs/order-states.md */
    assert_string_equal(read_beside_migrations("docs/order-states.md"), order_table_markdown(work));
}

static void the_shelf_of_chinese_words_says_the_same_labels(void **state)
{
    (void)state;
    struct value *tree;
    const char *text = read_beside_migrations("themes/default/locales/zh-CN.json");
    assert_ok(json_read(work, text, strlen(text), &tree));
    const struct value *labels = value_find(tree, "stage_label");
    assert_non_null(labels);
    for (int stage = STAGE_PENDING_PAYMENT; stage <= STAGE_LAST; stage++) {
        const char *word = value_find_text(labels, order_stage_name((enum order_stage)stage));
        assert_non_null(word);
        assert_string_equal(word, order_stage_label((enum order_stage)stage));
    }
    assert_int_equal(value_count(labels), STAGE_LAST);
}

static void a_refused_event_names_the_states_and_what_is_allowed(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1);
    int64_t news = ask("SELECT count(*) FROM outbox WHERE shop_id = $1");
    err failure = order_receive(work, order);
    assert_fails(failure, ERR_INVALID_TRANSITION);
    assert_non_null(failure->more);
    assert_string_equal(value_find_text(failure->more, "code"), "INVALID_TRANSITION");
    assert_string_equal(value_find_text(failure->more, "event"), "received");
    const struct value *from = value_find(failure->more, "from");
    assert_string_equal(value_find_text(from, "order_status"), "pending_payment");
    assert_string_equal(value_find_text(from, "review_status"), "none");
    assert_int_equal(value_count(from), 5);
    assert_string_equal(value_find_text(value_find(failure->more, "to"), "order_status"), "completed");
    const char *json;
    assert_ok(json_text(work, value_find(failure->more, "allowed"), 1000, &json));
    assert_string_equal(json, "[\"deposit_paid\",\"card_held\",\"paid\",\"expired\",\"cancelled\"]");
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1"), 1);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1"), news);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.aftersale'"), 0);
    assert_int_equal(load_order(order->id)->version, 1);
}

/* ---- timers ---- */

static struct order *shipped(int64_t variant_id)
{
    struct order *order = place_order(variant_id, 1);
    pay_order(order);
    assert_ok(order_ship(work, load_order(order->id), "sf", "SF1234567890123"));
    return load_order(order->id);
}

static enum order_stage stage_of(const struct order *order)
{
    return order_stage_of(load_order(order->id)->state);
}

static int64_t events_of(const char *kind)
{
    int64_t count = 0;
    struct order_event *events;
    size_t event_count;
    struct order_query query = {.limit = 100};
    struct order *orders;
    size_t order_count;
    assert_ok(order_list(work, &query, &orders, &order_count));
    for (size_t i = 0; i < order_count; i++) {
        assert_ok(order_event_list(work, orders[i].id, &events, &event_count));
        for (size_t j = 0; j < event_count; j++)
            count += text_is(events[j].kind, kind);
    }
    return count;
}

static void set_timers(int64_t unpaid, int64_t confirm, int64_t sign, int64_t aftersale)
{
    const struct shop *shop;
    struct shop_timers timers = {unpaid, confirm, sign, aftersale};
    assert_ok(shop_change_timers(work, &timers));
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
}

static void a_shipped_order_counts_as_received_when_its_time_is_over_and_not_before(void **state)
{
    (void)state;
    struct order *order = shipped(make_variant(PRODUCT_PHYSICAL, 100, 5));
    int64_t due = NOON + 10 * DAY_MS;
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"), due);
    int64_t at;
    assert_ok(order_receives_at(work, order, &at));
    assert_int_equal(at, due);
    work->now = due - 1;
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_SHIPPED);
    work->now = due;
    run_jobs();
    struct order *now = load_order(order->id);
    assert_int_equal(order_state_digits(now->state), 34411);
    assert_int_equal(stage_of(order), STAGE_TO_REVIEW);
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.aftersale'"),
                     due + 15 * DAY_MS);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"), 0);
    assert_ok(order_receives_at(work, now, &at));
    assert_int_equal(at, 0);
    work->now = due + 15 * DAY_MS;
    run_jobs();
    assert_int_equal(order_state_digits(load_order(order->id)->state), 34421);
    assert_int_equal(stage_of(order), STAGE_COMPLETED);
    assert_int_equal(problems_of(order_check), 0);
}

/* The program stood still for weeks, with orders at every wait: at its start each late event happens once. */
static void late_timers_run_at_once_and_each_once(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    struct order *unpaid[3], *on_the_way[3];
    for (int i = 0; i < 3; i++)
        unpaid[i] = place_order(cup, 1);
    for (int i = 0; i < 3; i++)
        on_the_way[i] = shipped(cup);
    work->now = NOON + 40 * DAY_MS;
    run_jobs();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stage_of(unpaid[i]), STAGE_CLOSED);
        assert_int_equal(stage_of(on_the_way[i]), STAGE_TO_REVIEW);
    }
    run_jobs();
    work->now = NOON; /* and the clock may jump back */
    run_jobs();
    work->now = NOON + 41 * DAY_MS;
    run_jobs();
    assert_int_equal(events_of("expired"), 3);
    assert_int_equal(events_of("auto_received"), 3);
    assert_int_equal(events_of("aftersale_ended"), 0);
    work->now = NOON + 90 * DAY_MS;
    run_jobs();
    run_jobs();
    assert_int_equal(events_of("aftersale_ended"), 3);
    assert_int_equal(events_of("expired"), 3);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind LIKE 'order.%'"), 0);
    assert_int_equal(stock_of(cup).reserved, 0);
    assert_int_equal(problems_of(order_check), 0);
}

static void the_buyer_may_be_quicker_than_the_timer(void **state)
{
    (void)state;
    struct order *order = shipped(make_variant(PRODUCT_PHYSICAL, 100, 5));
    work->now = NOON + DAY_MS;
    assert_ok(order_receive(work, order));
    assert_int_equal(stage_of(order), STAGE_TO_REVIEW);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"), 0);
    assert_fails(order_receive(work, load_order(order->id)), ERR_INVALID_TRANSITION);
    assert_fails(order_receive(work, order), ERR_CONFLICT);
    work->now = NOON + 60 * DAY_MS;
    run_jobs();
    assert_int_equal(events_of("received"), 1);
    assert_int_equal(events_of("auto_received"), 0);
    assert_int_equal(stage_of(order), STAGE_COMPLETED);
}

static void signing_makes_the_wait_shorter(void **state)
{
    (void)state;
    struct order *order = shipped(make_variant(PRODUCT_PHYSICAL, 100, 5));
    work->now = NOON + DAY_MS;
    assert_ok(order_mark_signed(work, order));
    assert_int_equal(stage_of(order), STAGE_SHIPPED);
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"),
                     NOON + 8 * DAY_MS);
    assert_fails(order_mark_signed(work, load_order(order->id)), ERR_INVALID_TRANSITION);
    work->now = NOON + 8 * DAY_MS;
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_TO_REVIEW);
    assert_int_equal(problems_of(order_check), 0);
}

static void a_refunded_parcel_is_not_counted_as_received(void **state)
{
    (void)state;
    struct order *order = shipped(make_variant(PRODUCT_PHYSICAL, 100, 5));
    tamper("UPDATE orders SET payment_status = 6, stage = 8 WHERE shop_id = $1");
    work->now = NOON + 20 * DAY_MS;
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_REFUNDED);
    assert_int_equal(load_order(order->id)->state.order, ORDER_OPEN);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"), 0);
}

/* The parcel is there, codes are still missing: it is looked at each day until they came. */
static void an_order_that_misses_codes_is_not_received_before_they_came(void **state)
{
    (void)state;
    struct order *order = shipped(make_variant(PRODUCT_PHYSICAL, 100, 5));
    int64_t due = NOON + 10 * DAY_MS;
    tamper("UPDATE orders SET fulfillment_status = 2, stage = 3 WHERE shop_id = $1");
    for (int day = 0; day < 3; day++) {
        work->now = due + day * DAY_MS;
        run_jobs();
        assert_int_equal(stage_of(order), STAGE_PARTIALLY_SHIPPED);
        assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"),
                         work->now + DAY_MS);
    }
    tamper("UPDATE orders SET fulfillment_status = 3, stage = 4 WHERE shop_id = $1");
    work->now += DAY_MS;
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_TO_REVIEW);
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"), 0);
}

static void each_shop_has_its_own_times(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5);
    set_timers(5, 3, 2, 7);
    struct order *order = place_order(cup, 1);
    assert_int_equal(order->closes_at, NOON + 5 * MINUTE_MS);
    order = shipped(cup);
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.confirm'"),
                     NOON + 3 * DAY_MS);
    work->now = NOON + 3 * DAY_MS;
    run_jobs();
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.aftersale'"),
                     NOON + 10 * DAY_MS);
    set_timers(5, 3, 2, 300); /* what waits keeps its time */
    work->now = NOON + 10 * DAY_MS;
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_COMPLETED);
}

static void times_out_of_bounds_are_refused_at_their_field(void **state)
{
    (void)state;
    static const struct {
        struct shop_timers timers;
        const char *field;
    } bad[] = {
        {{0, 10, 7, 15}, "unpaid_minutes"}, {{10081, 10, 7, 15}, "unpaid_minutes"},
        {{30, 0, 7, 15}, "confirm_days"},   {{30, 61, 7, 15}, "confirm_days"},
        {{30, 10, 0, 15}, "signed_days"},   {{30, 10, 11, 15}, "signed_days"},
        {{30, 10, 7, 6}, "aftersale_days"}, {{30, 10, 7, 366}, "aftersale_days"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(shop_change_timers(work, &bad[i].timers), bad[i].field);
    set_timers(1, 1, 1, 7);
    set_timers(10080, 60, 60, 365);
    assert_int_equal(work->shop->timers.aftersale_days, 365);
}

/* ---- reviews ---- */

static err write_review(const struct order *order, int64_t stars)
{
    const struct review *review;
    struct review_draft draft = {.line_no = 1, .stars = stars, .body = ""};
    return review_write(work, order, &draft, &review);
}

static void an_order_whose_lines_are_reviewed_asks_for_no_more(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5);
    struct order *before = shipped(cup), *after = shipped(cup);
    assert_ok(write_review(before, 5)); /* before it was confirmed */
    run_jobs();
    assert_int_equal(stage_of(before), STAGE_SHIPPED);
    assert_ok(order_receive(work, before));
    assert_ok(order_receive(work, after));
    run_jobs();
    assert_int_equal(order_state_digits(load_order(before->id)->state), 34412);
    assert_int_equal(stage_of(after), STAGE_TO_REVIEW);
    assert_ok(write_review(load_order(after->id), 4));
    run_jobs();
    assert_int_equal(order_state_digits(load_order(after->id)->state), 34412);
    assert_int_equal(events_of("reviewed"), 2);
    assert_int_equal(problems_of(order_check), 0);
}

/* ---- cancelling ---- */

static struct order *paid(int64_t variant_id)
{
    struct order *order = place_order(variant_id, 1);
    pay_order(order);
    return load_order(order->id);
}

static void a_paid_order_is_cancelled_for_a_reason_only(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 20);
    struct order *order = paid(cup);
    assert_field(order_cancel(work, order, 0, "x"), "reason");
    assert_field(order_cancel(work, order, CANCEL_OTHER, ""), "note");
    assert_int_equal(stage_of(order), STAGE_TO_SHIP);
    assert_int_equal(ask("SELECT count(*) FROM order_cancel_days WHERE shop_id = $1"), 0);
    assert_ok(order_cancel(work, order, CANCEL_PRICE_MISTAKE, ""));
    run_jobs();
    assert_int_equal(stage_of(order), STAGE_REFUNDED);
    struct order_event *events;
    size_t count;
    assert_ok(order_event_list(work, order->id, &events, &count));
    assert_string_equal(events[2].kind, "cancelled_paid");
    assert_string_equal(events[2].reason, "price_mistake");
    assert_int_equal(problems_of(order_check), 0);
}

static void the_rate_counts_what_the_buyer_did_not_ask_for(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    struct order_cancel_figures figures;
    for (int i = 0; i < 6; i++)
        paid(cup);
    place_order(cup, 1);
    assert_ok(order_cancel(work, place_order(cup, 1), 0, ""));
    assert_ok(order_cancel(work, paid(cup), CANCEL_BUYER_ASKED, ""));
    assert_ok(order_cancel_figures(work, &figures));
    assert_int_equal(figures.cancelled, 1);
    assert_int_equal(figures.at_fault, 0);
    assert_int_equal(figures.rate_per_10000, 0);
    assert_ok(order_cancel(work, paid(cup), CANCEL_OUT_OF_STOCK, ""));
    assert_ok(order_cancel(work, paid(cup), CANCEL_OTHER, "搬家"));
    assert_ok(order_cancel_figures(work, &figures));
    assert_int_equal(figures.cancelled, 3);
    assert_int_equal(figures.at_fault, 2);
    assert_int_equal(figures.paid, 9);
    assert_int_equal(figures.rate_per_10000, 2222);
    assert_false(figures.is_at_most);
    work->now = NOON + 31 * DAY_MS;
    assert_ok(order_cancel_figures(work, &figures));
    assert_int_equal(figures.cancelled, 0);
}

static void rates_are_rounded_half_up_and_never_above_all(void **state)
{
    (void)state;
    static const struct {
        int64_t at_fault, paid, rate;
    } cases[] = {{0, 0, 0},    {1, 3, 3333},  {2, 3, 6667}, {1, 8, 1250},
                 {1, 16, 625}, {1, 20000, 1}, {3, 2, 10000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct order_cancel_figures figures = {.at_fault = cases[i].at_fault, .paid = cases[i].paid};
        order_cancel_rate(&figures);
        assert_int_equal(figures.rate_per_10000, cases[i].rate);
    }
}

/* ---- numbers ---- */

/* In one millisecond only the last five digits differ, and they follow no order: from two numbers nobody
 * knows the next one, nor how many were sold between them. */
static void numbers_tell_neither_the_next_one_nor_how_many_there_were(void **state)
{
    (void)state;
    enum { ORDERS = 60 };
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 500);
    int64_t tails[ORDERS], steps[ORDERS] = {0};
    const char *first = NULL;
    int rising = 0, equal = 0;
    for (int i = 0; i < ORDERS; i++) {
        const char *number = place_order(cup, 1)->number;
        assert_int_equal(strlen(number), 20);
        if (!first)
            first = number;
        assert_memory_equal(number, first, 15);
        assert_true(text_to_int(number + 15, &tails[i]) || number[15] == '0');
        tails[i] = strtoll(number + 15, NULL, 10);
        steps[i] = i > 0 ? tails[i] - tails[i - 1] : 0;
        rising += i > 0 && steps[i] > 0;
    }
    for (int i = 2; i < ORDERS; i++)
        equal += steps[i] == steps[i - 1];
    assert_true(rising > 5 && rising < ORDERS - 5);
    assert_true(equal < 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(every_reachable_combination_has_its_label),
        SENTENCE(who_waits_for_a_group_is_told_so_in_place_of_to_ship),
        SENTENCE(every_row_of_the_table_happens_somewhere),
        SENTENCE(whoever_paid_can_still_get_goods_or_money_from_every_state),
        SENTENCE(what_was_refunded_or_closed_unpaid_holds_no_money_and_ships_nothing),
        SENTENCE(the_document_is_what_the_table_says),
        SENTENCE(the_shelf_of_chinese_words_says_the_same_labels),
        SENTENCE(a_refused_event_names_the_states_and_what_is_allowed),
        SENTENCE(a_shipped_order_counts_as_received_when_its_time_is_over_and_not_before),
        SENTENCE(late_timers_run_at_once_and_each_once),
        SENTENCE(the_buyer_may_be_quicker_than_the_timer),
        SENTENCE(signing_makes_the_wait_shorter),
        SENTENCE(a_refunded_parcel_is_not_counted_as_received),
        SENTENCE(an_order_that_misses_codes_is_not_received_before_they_came),
        SENTENCE(each_shop_has_its_own_times),
        SENTENCE(times_out_of_bounds_are_refused_at_their_field),
        SENTENCE(an_order_whose_lines_are_reviewed_asks_for_no_more),
        SENTENCE(a_paid_order_is_cancelled_for_a_reason_only),
        SENTENCE(the_rate_counts_what_the_buyer_did_not_ask_for),
        SENTENCE(rates_are_rounded_half_up_and_never_above_all),
        SENTENCE(numbers_tell_neither_the_next_one_nor_how_many_there_were),
    };
    return RUN_SENTENCES(tests);
}
