/* order_test.c - the table of transitions, its application under the order's version, and the check of both.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/customer/customer_find.h"
#include "shop/order/order_find.h"
#include "unit.h"

/* ---- the table, written out once more */

#define AT(order, payment, fulfillment)                                                                      \
    {                                                                                                        \
        ORDER_##order, PAYMENT_##payment, FULFILLMENT_##fulfillment, AFTERSALE_NONE, REVIEWS_NONE            \
    }
/* A completed order of goods that were received. */
#define GOT(payment, aftersale, review)                                                                      \
    {                                                                                                        \
        ORDER_COMPLETED, PAYMENT_##payment, FULFILLMENT_DELIVERED, AFTERSALE_##aftersale, REVIEWS_##review   \
    }
#define STATE_LIMIT 64
#define EVENT_COUNT 30

static const char *const events[EVENT_COUNT] = {"deposit_paid",    "card_held",          "paid",
                                                "reopened",        "paid_late",          "expired",
                                                "balance_expired", "deposit_cancelled",  "cancelled",
                                                "cancelled_paid",  "group_filled",       "group_failed",
                                                "group_left",      "delivered",          "partly_delivered",
                                                "partly_shipped",  "rest_delivered",     "shipped",
                                                "signed",          "received",           "auto_received",
                                                "aftersale_ended", "reviewed",           "partly_refunded",
                                                "refunded",        "refunded_unshipped", "withdrawn",
                                                "all_withdrawn",   "parcel_was_all",     "codes_were_all"};

/* Every pair of a reachable state and an event that is allowed in it. */
static const struct {
    struct order_state from;
    const char *event;
    struct order_state to;
} golden[] = {
    {AT(PENDING_PAYMENT, UNPAID, NONE), "deposit_paid", AT(PENDING_PAYMENT, PARTIALLY_PAID, NONE)},
    {AT(PENDING_PAYMENT, PARTIALLY_PAID, NONE), "paid", AT(OPEN, PAID, NONE)},
    {AT(PENDING_PAYMENT, PARTIALLY_PAID, NONE), "balance_expired", AT(CLOSED, PARTIALLY_PAID, NONE)},
    {AT(PENDING_PAYMENT, PARTIALLY_PAID, NONE), "deposit_cancelled", AT(CLOSED, PAID, NONE)},
    {AT(PENDING_PAYMENT, UNPAID, NONE), "card_held", AT(PENDING_PAYMENT, UNPAID, NONE)},
    {AT(PENDING_PAYMENT, UNPAID, NONE), "paid", AT(OPEN, PAID, NONE)},
    {AT(PENDING_PAYMENT, UNPAID, NONE), "expired", AT(CLOSED, UNPAID, NONE)},
    {AT(PENDING_PAYMENT, UNPAID, NONE), "cancelled", AT(CLOSED, UNPAID, NONE)},
    {AT(CLOSED, UNPAID, NONE), "reopened", AT(OPEN, PAID, NONE)},
    {AT(CLOSED, UNPAID, NONE), "paid_late", AT(CLOSED, PAID, NONE)},
    {AT(OPEN, PAID, NONE), "cancelled_paid", AT(CLOSED, PAID, NONE)},
    {AT(OPEN, PAID, NONE), "group_filled", AT(OPEN, PAID, NONE)},
    {AT(OPEN, PAID, NONE), "group_failed", AT(CLOSED, PAID, NONE)},
    {AT(OPEN, PAID, NONE), "group_left", AT(CLOSED, PAID, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "group_left", AT(CLOSED, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "group_filled", AT(OPEN, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "group_failed", AT(CLOSED, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PAID, NONE), "delivered", AT(COMPLETED, PAID, DELIVERED)},
    {AT(OPEN, PAID, NONE), "partly_delivered", AT(OPEN, PAID, PARTIAL)},
    {AT(OPEN, PAID, NONE), "partly_shipped", AT(OPEN, PAID, PARTIAL)},
    {AT(OPEN, PAID, PARTIAL), "rest_delivered", AT(OPEN, PAID, SHIPPED)},
    {AT(OPEN, PAID, SHIPPED), "rest_delivered", AT(OPEN, PAID, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "delivered", AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "partly_delivered", AT(OPEN, PARTIALLY_REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "partly_shipped", AT(OPEN, PARTIALLY_REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "delivered", AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "rest_delivered", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "rest_delivered", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PAID, NONE), "shipped", AT(OPEN, PAID, SHIPPED)},
    {AT(OPEN, PAID, NONE), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PAID, NONE), "refunded", AT(OPEN, REFUNDED, NONE)},
    {AT(OPEN, PAID, PARTIAL), "delivered", AT(COMPLETED, PAID, DELIVERED)},
    {AT(OPEN, PAID, PARTIAL), "shipped", AT(OPEN, PAID, SHIPPED)},
    {AT(OPEN, PAID, PARTIAL), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, PARTIAL)},
    {AT(OPEN, PAID, PARTIAL), "refunded", AT(OPEN, REFUNDED, PARTIAL)},
    {AT(OPEN, PAID, SHIPPED), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PAID, SHIPPED), "refunded", AT(OPEN, REFUNDED, SHIPPED)},
    {AT(COMPLETED, PAID, DELIVERED), "partly_refunded", AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(COMPLETED, PAID, DELIVERED), "refunded", AT(COMPLETED, REFUNDED, DELIVERED)},
    {AT(CLOSED, PAID, NONE), "partly_refunded", AT(CLOSED, PARTIALLY_REFUNDED, NONE)},
    {AT(CLOSED, PAID, NONE), "refunded", AT(CLOSED, REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "cancelled_paid", AT(CLOSED, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "shipped", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "refunded", AT(OPEN, REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "shipped", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "refunded", AT(OPEN, REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "refunded", AT(OPEN, REFUNDED, SHIPPED)},
    {AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED), "partly_refunded",
     AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED), "refunded", AT(COMPLETED, REFUNDED, DELIVERED)},
    {AT(CLOSED, PARTIALLY_REFUNDED, NONE), "partly_refunded", AT(CLOSED, PARTIALLY_REFUNDED, NONE)},
    {AT(CLOSED, PARTIALLY_REFUNDED, NONE), "refunded", AT(CLOSED, REFUNDED, NONE)},
    {AT(OPEN, PAID, NONE), "refunded_unshipped", AT(CLOSED, REFUNDED, NONE)},
    {AT(OPEN, PAID, PARTIAL), "refunded_unshipped", AT(CLOSED, REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "refunded_unshipped", AT(CLOSED, REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "refunded_unshipped", AT(CLOSED, REFUNDED, PARTIAL)},
    {AT(OPEN, PAID, SHIPPED), "signed", AT(OPEN, PAID, DELIVERED)},
    {AT(OPEN, PAID, SHIPPED), "received", GOT(PAID, ACTIVE, OPEN)},
    {AT(OPEN, PAID, SHIPPED), "auto_received", GOT(PAID, ACTIVE, OPEN)},
    {AT(OPEN, PAID, DELIVERED), "received", GOT(PAID, ACTIVE, OPEN)},
    {AT(OPEN, PAID, DELIVERED), "auto_received", GOT(PAID, ACTIVE, OPEN)},
    {AT(OPEN, PAID, DELIVERED), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(OPEN, PAID, DELIVERED), "refunded", AT(OPEN, REFUNDED, DELIVERED)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "signed", AT(OPEN, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "received", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {AT(OPEN, PARTIALLY_REFUNDED, SHIPPED), "auto_received", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {AT(OPEN, PARTIALLY_REFUNDED, DELIVERED), "received", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {AT(OPEN, PARTIALLY_REFUNDED, DELIVERED), "auto_received", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {AT(OPEN, PARTIALLY_REFUNDED, DELIVERED), "partly_refunded", AT(OPEN, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(OPEN, PARTIALLY_REFUNDED, DELIVERED), "refunded", AT(OPEN, REFUNDED, DELIVERED)},
    {GOT(PAID, ACTIVE, OPEN), "partly_refunded", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {GOT(PAID, ACTIVE, OPEN), "refunded", GOT(REFUNDED, ACTIVE, OPEN)},
    {GOT(PAID, ACTIVE, OPEN), "aftersale_ended", GOT(PAID, DONE, OPEN)},
    {GOT(PAID, ACTIVE, OPEN), "reviewed", GOT(PAID, ACTIVE, DONE)},
    {GOT(PAID, ACTIVE, DONE), "partly_refunded", GOT(PARTIALLY_REFUNDED, ACTIVE, DONE)},
    {GOT(PAID, ACTIVE, DONE), "refunded", GOT(REFUNDED, ACTIVE, DONE)},
    {GOT(PAID, ACTIVE, DONE), "aftersale_ended", GOT(PAID, DONE, DONE)},
    {GOT(PAID, DONE, OPEN), "partly_refunded", GOT(PARTIALLY_REFUNDED, DONE, OPEN)},
    {GOT(PAID, DONE, OPEN), "refunded", GOT(REFUNDED, DONE, OPEN)},
    {GOT(PAID, DONE, OPEN), "reviewed", GOT(PAID, DONE, DONE)},
    {GOT(PAID, DONE, DONE), "partly_refunded", GOT(PARTIALLY_REFUNDED, DONE, DONE)},
    {GOT(PAID, DONE, DONE), "refunded", GOT(REFUNDED, DONE, DONE)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN), "partly_refunded", GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN), "refunded", GOT(REFUNDED, ACTIVE, OPEN)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN), "aftersale_ended", GOT(PARTIALLY_REFUNDED, DONE, OPEN)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, OPEN), "reviewed", GOT(PARTIALLY_REFUNDED, ACTIVE, DONE)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, DONE), "partly_refunded", GOT(PARTIALLY_REFUNDED, ACTIVE, DONE)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, DONE), "refunded", GOT(REFUNDED, ACTIVE, DONE)},
    {GOT(PARTIALLY_REFUNDED, ACTIVE, DONE), "aftersale_ended", GOT(PARTIALLY_REFUNDED, DONE, DONE)},
    {GOT(PARTIALLY_REFUNDED, DONE, OPEN), "partly_refunded", GOT(PARTIALLY_REFUNDED, DONE, OPEN)},
    {GOT(PARTIALLY_REFUNDED, DONE, OPEN), "refunded", GOT(REFUNDED, DONE, OPEN)},
    {GOT(PARTIALLY_REFUNDED, DONE, OPEN), "reviewed", GOT(PARTIALLY_REFUNDED, DONE, DONE)},
    {GOT(PARTIALLY_REFUNDED, DONE, DONE), "partly_refunded", GOT(PARTIALLY_REFUNDED, DONE, DONE)},
    {GOT(PARTIALLY_REFUNDED, DONE, DONE), "refunded", GOT(REFUNDED, DONE, DONE)},
    {GOT(REFUNDED, ACTIVE, OPEN), "aftersale_ended", GOT(REFUNDED, DONE, OPEN)},
    {GOT(REFUNDED, ACTIVE, OPEN), "reviewed", GOT(REFUNDED, ACTIVE, DONE)},
    {GOT(REFUNDED, ACTIVE, DONE), "aftersale_ended", GOT(REFUNDED, DONE, DONE)},
    {GOT(REFUNDED, DONE, OPEN), "reviewed", GOT(REFUNDED, DONE, DONE)},
    {AT(OPEN, PAID, NONE), "withdrawn", AT(OPEN, PAID, NONE)},
    {AT(OPEN, PAID, PARTIAL), "withdrawn", AT(OPEN, PAID, PARTIAL)},
    {AT(OPEN, PAID, NONE), "all_withdrawn", AT(COMPLETED, PAID, NONE)},
    {AT(OPEN, PAID, PARTIAL), "parcel_was_all", AT(OPEN, PAID, SHIPPED)},
    {AT(OPEN, PAID, PARTIAL), "codes_were_all", AT(COMPLETED, PAID, DELIVERED)},
    {AT(COMPLETED, PAID, NONE), "partly_refunded", AT(COMPLETED, PARTIALLY_REFUNDED, NONE)},
    {AT(COMPLETED, PAID, NONE), "refunded", AT(COMPLETED, REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "withdrawn", AT(OPEN, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "withdrawn", AT(OPEN, PARTIALLY_REFUNDED, PARTIAL)},
    {AT(OPEN, PARTIALLY_REFUNDED, NONE), "all_withdrawn", AT(COMPLETED, PARTIALLY_REFUNDED, NONE)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "parcel_was_all", AT(OPEN, PARTIALLY_REFUNDED, SHIPPED)},
    {AT(OPEN, PARTIALLY_REFUNDED, PARTIAL), "codes_were_all", AT(COMPLETED, PARTIALLY_REFUNDED, DELIVERED)},
    {AT(COMPLETED, PARTIALLY_REFUNDED, NONE), "partly_refunded", AT(COMPLETED, PARTIALLY_REFUNDED, NONE)},
    {AT(COMPLETED, PARTIALLY_REFUNDED, NONE), "refunded", AT(COMPLETED, REFUNDED, NONE)},
};
#define GOLDEN_COUNT (sizeof golden / sizeof *golden)

static bool same_state(struct order_state a, struct order_state b)
{
    return order_state_digits(a) == order_state_digits(b);
}

static const struct order_state *golden_next(struct order_state from, const char *event)
{
    for (size_t i = 0; i < GOLDEN_COUNT; i++)
        if (same_state(golden[i].from, from) && text_is(golden[i].event, event))
            return &golden[i].to;
    return NULL;
}

/* The states that the written-out table can reach from a new order. */
static size_t reachable(struct order_state *states)
{
    size_t count = 1;
    states[0] = (struct order_state)AT(PENDING_PAYMENT, UNPAID, NONE);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < GOLDEN_COUNT; j++) {
            bool is_known = !same_state(golden[j].from, states[i]);
            for (size_t k = 0; k < count && !is_known; k++)
                is_known = same_state(states[k], golden[j].to);
            if (!is_known)
                states[count++] = golden[j].to;
        }
    return count;
}

static void the_table_has_these_events_and_no_others(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct order_transition *row = order_transitions; row->event; row++) {
        assert_true(count < EVENT_COUNT);
        assert_string_equal(row->event, events[count++]);
    }
    assert_int_equal(count, EVENT_COUNT);
    struct order_state states[STATE_LIMIT];
    size_t reached = reachable(states);
    assert_int_equal(reached, 38);
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        bool is_reached = false;
        for (size_t j = 0; j < reached; j++)
            is_reached = is_reached || same_state(states[j], golden[i].from);
        assert_true(is_reached);
    }
}

struct application {
    struct order *order;
    struct order_change change;
};

/* The body may run again, so it works on a copy. */
static err apply_in_transaction(struct ctx *ctx, void *arg)
{
    const struct application *application = arg;
    struct order order = *application->order;
    return order_apply(ctx, &order, &application->change);
}

static err apply(struct order *order, const char *event, int64_t paid, int64_t refunded)
{
    struct application application = {order,
                                      {.event = event, .paid = paid, .refunded = refunded, .note = "因"}};
    return db_transact(work, apply_in_transaction, &application);
}

static const char set_state[] =
    "UPDATE orders SET order_status = CAST($2 AS BIGINT) / 10000, payment_status = CAST($2 AS BIGINT) / 1000 "
    "% 10,"
    " fulfillment_status = CAST($2 AS BIGINT) / 100 % 10, aftersale_status = CAST($2 AS BIGINT) / 10 % 10,"
    " review_status = CAST($2 AS BIGINT) % 10 WHERE shop_id = $1";

static void every_reachable_state_allows_what_the_written_table_says(void **state)
{
    (void)state;
    struct order_state states[STATE_LIMIT];
    size_t count = reachable(states);
    int64_t order_id = place_order(make_variant(PRODUCT_PHYSICAL, 100, 50), 1)->id;
    int64_t version = 1;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < EVENT_COUNT; j++) {
            const struct order_state *to = golden_next(states[i], events[j]);
            tamper_of(set_state, order_state_digits(states[i]));
            struct order *order = load_order(order_id);
            assert_int_equal(order_may(states[i], events[j]), to != NULL);
            if (!to) {
                assert_fails(apply(order, events[j], 0, 0), ERR_INVALID_TRANSITION);
                continue;
            }
            assert_ok(apply(order, events[j], 0, 0));
            version++;
            order = load_order(order_id);
            assert_true(same_state(order->state, *to));
            assert_int_equal(ask("SELECT stage FROM orders WHERE shop_id = $1"), order_stage_of(*to));
        }
    assert_int_equal(load_order(order_id)->version, version);
    assert_int_equal(version, 1 + GOLDEN_COUNT);
}

static void every_combination_of_states_has_its_stage(void **state)
{
    (void)state;
    /* By order status and payment status, then a letter for each fulfilment status. */
    static const char stages[4][4][5] = {
        {"pppp", "pppp", "pppp", "RRRR"},
        {"thSS", "thSS", "thSS", "RRRR"},
        {"cccc", "cccc", "cccc", "RRRR"},
        {"xxxx", "rrrr", "rrrr", "RRRR"},
    };
    static const enum payment_status payments[] = {PAYMENT_UNPAID, PAYMENT_PAID, PAYMENT_PARTIALLY_REFUNDED,
                                                   PAYMENT_REFUNDED};
    static const char letters[] = "?pthScxrR";
    for (int order = 0; order < 4; order++)
        for (int payment = 0; payment < 4; payment++)
            for (int fulfillment = 0; fulfillment < 4; fulfillment++) {
                struct order_state states = {.order = (enum order_status)(order + 1),
                                             .payment = payments[payment],
                                             .fulfillment = (enum fulfillment_status)(fulfillment + 1)};
                assert_int_equal(letters[order_stage_of(states)], stages[order][payment][fulfillment]);
            }
}

static void names_of_stages_are_read_back(void **state)
{
    (void)state;
    enum order_stage stage;
    for (int i = STAGE_PENDING_PAYMENT; i <= STAGE_LAST; i++) {
        assert_true(order_stage_parse(order_stage_name((enum order_stage)i), &stage));
        assert_int_equal(stage, i);
    }
    assert_false(order_stage_parse("nothing", &stage));
    assert_string_equal(payment_status_name(PAYMENT_PAID), "paid");
    assert_string_equal(payment_status_name(PAYMENT_REFUNDED), "refunded");
    assert_string_equal(order_status_name(ORDER_CLOSED), "closed");
    assert_string_equal(fulfillment_status_name(FULFILLMENT_DELIVERED), "delivered");
}

/* ---- placing and reading */

static void a_placed_order_is_read_as_it_was_placed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1250, 10);
    struct order *order = place_order(cup, 3);
    assert_int_equal(strlen(order->number), 20);
    assert_true(strspn(order->number, "0123456789") == 20);
    assert_int_equal(strlen(order->token), 26);
    assert_true(same_state(order->state, (struct order_state)AT(PENDING_PAYMENT, UNPAID, NONE)));
    assert_int_equal(order->version, 1);
    assert_string_equal(order->currency, "CNY");
    assert_int_equal(order->total, 3750);
    assert_int_equal(order->paid, 0);
    assert_int_equal(order->item_count, 3);
    assert_int_equal(order->placed_at, NOON);
    assert_int_equal(order->closes_at, NOON + 1800 * SECOND_MS);
    assert_string_equal(order->contact.phone, "13800138000");
    assert_string_equal(order->address.region, "浙江省 杭州市 西湖区");
    assert_int_equal(order->line_count, 1);
    assert_int_equal(order->lines[0].variant_id, cup);
    assert_int_equal(order->lines[0].unit_price, 1250);
    assert_int_equal(order->lines[0].total, 3750);
    assert_int_equal(order->lines[0].fulfilled, 0);
    assert_int_equal(stock_of(cup).reserved, 3);
    assert_int_equal(ask("SELECT due_at FROM jobs WHERE shop_id = $1 AND kind = 'order.close'"),
                     order->closes_at);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'order.placed'"), 1);
    assert_int_equal(problems_of(order_check), 0);
}

static void contact_and_address_are_sealed_in_the_table(void **state)
{
    (void)state;
    place_order(make_variant(PRODUCT_PHYSICAL, 100, 10), 1);
    static const char *const secrets[] = {"13800138000", "王小云", "文三路", "浙江"};
    for (size_t i = 0; i < 4; i++) {
        assert_false(column_contains("SELECT contact FROM orders WHERE shop_id = $1", secrets[i]));
        assert_false(column_contains("SELECT phone_index FROM orders WHERE shop_id = $1", secrets[i]));
    }
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND payload LIKE '%138%001%'"), 0);
}

static void a_buyer_needs_the_token_or_the_contact(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 10), 1), *found;
    assert_ok(order_load_for_buyer(work, order->number, order->token, &found));
    assert_int_equal(found->id, order->id);
    assert_fails(order_load_for_buyer(work, order->number, "", &found), ERR_NOT_FOUND);
    assert_fails(order_load_for_buyer(work, order->number, "00000000000000000000000000", &found),
                 ERR_NOT_FOUND);
    assert_fails(order_load_for_buyer(work, "00000000000000000000", order->token, &found), ERR_NOT_FOUND);
    assert_fails(order_load_by_number(work, "0000000000000000000000000000000", &found), ERR_NOT_FOUND);
    assert_ok(order_load_by_contact(work, order->number, "13800138000", &found));
    assert_fails(order_load_by_contact(work, order->number, "13800138001", &found), ERR_NOT_FOUND);
    assert_fails(order_load_by_contact(work, order->number, "", &found), ERR_NOT_FOUND);
    const char *number = order->number, *token = order->token;
    work->shop = make_shop();
    assert_fails(order_load_for_buyer(work, number, token, &found), ERR_NOT_FOUND);
    assert_fails(order_load(work, order->id, &found), ERR_NOT_FOUND);
}

static void orders_are_listed_newest_first_by_stage_and_contact(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), ids[5], most;
    struct order *orders;
    size_t count;
    for (int i = 0; i < 5; i++)
        ids[i] = place_order(cup, 1)->id;
    assert_ok(apply(load_order(ids[1]), "paid", 100, 0));
    assert_ok(apply(load_order(ids[3]), "paid", 100, 0));
    struct order_query query = {.limit = 3};
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 3);
    assert_int_equal(orders[0].id, ids[4]);
    query.before_id = orders[2].id;
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 2);
    assert_int_equal(orders[1].id, ids[0]);
    query = (struct order_query){.stage = STAGE_TO_SHIP, .limit = 10};
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 2);
    assert_int_equal(orders[0].id, ids[3]);
    assert_int_equal(orders[0].paid, 100);
    query = (struct order_query){.sort = ORDER_WAITING, .stage = STAGE_TO_SHIP, .limit = 1};
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(orders[0].id, ids[1]);
    query.cursor = order_cursor(work, &orders[0]);
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 1);
    assert_int_equal(orders[0].id, ids[3]);
    query.cursor = "3";
    assert_fails(order_list(work, &query, &orders, &count), ERR_BAD_REQUEST);
    query = (struct order_query){.until = DAY_MS, .limit = 10};
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 0);
    query = (struct order_query){.since = DAY_MS, .until = clock_now() + DAY_MS, .limit = 10};
    assert_ok(order_list(work, &query, &orders, &count));
    assert_int_equal(count, 5);
    assert_ok(order_list_by_tail(work, load_order(ids[2])->number + 14, 9, &orders, &count));
    assert_true(count >= 1);
    assert_ok(order_list_by_tail(work, "1'%", 9, &orders, &count));
    assert_int_equal(count, 0);
    assert_ok(order_list_by_contact(work, "13800138000", 4, &orders, &count));
    assert_int_equal(count, 4);
    assert_ok(order_list_by_contact(work, "13800138001", 4, &orders, &count));
    assert_int_equal(count, 0);
    assert_ok(order_count_stage(work, STAGE_PENDING_PAYMENT, 10, &most));
    assert_int_equal(most, 3);
    assert_ok(order_count_stage(work, STAGE_PENDING_PAYMENT, 2, &most));
    assert_int_equal(most, 2);
}

static void the_dearest_order_comes_first_while_orders_come_in(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 500), ids[11];
    struct order *orders;
    size_t count;
    int seen[11] = {0};
    for (int i = 0; i < 11; i++)
        ids[i] = place_order(cup, 1 + i * 7 % 5)->id;
    struct order_query query = {.sort = ORDER_DEAREST, .limit = 3};
    int64_t last = INT64_MAX;
    for (int page = 0; page < 10; page++) {
        assert_ok(order_list(work, &query, &orders, &count));
        for (size_t i = 0; i < count; i++) {
            assert_true(orders[i].total <= last);
            last = orders[i].total;
            for (int j = 0; j < 11; j++)
                seen[j] += orders[i].id == ids[j];
        }
        if (count == 0)
            break;
        query.cursor = order_cursor(work, &orders[count - 1]);
        place_order(cup, 1 + page % 5);
    }
    for (int j = 0; j < 11; j++)
        assert_int_equal(seen[j], 1);
}

/* ---- events */

static void events_are_numbered_by_the_version_without_gaps(void **state)
{
    (void)state;
    static const char *const chain[] = {"paid",     "shipped",           "partly_refunded", "partly_refunded",
                                        "refunded", "refunded_unshipped"};
    static const int64_t refunds[] = {0, 0, 30, 30, 40};
    int64_t order_id = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1)->id;
    struct order_event *list;
    size_t count;
    work->actor = ACTOR_STAFF;
    work->actor_id = 9;
    for (size_t i = 0; i < 5; i++) {
        work->now += SECOND_MS;
        assert_ok(apply(load_order(order_id), chain[i], i == 0 ? 100 : 0, refunds[i]));
    }
    struct order *order = load_order(order_id);
    assert_int_equal(order->version, 6);
    assert_int_equal(order->paid, 100);
    assert_int_equal(order->refunded, 100);
    assert_int_equal(order->paid_at, NOON + SECOND_MS);
    assert_ok(order_event_list(work, order_id, &list, &count));
    assert_int_equal(count, 6);
    assert_string_equal(list[0].kind, "placed");
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(list[i + 1].kind, chain[i]);
        assert_int_equal(list[i + 1].at, NOON + (int64_t)(i + 1) * SECOND_MS);
        assert_int_equal(list[i + 1].actor, ACTOR_STAFF);
        assert_int_equal(list[i + 1].actor_id, 9);
        assert_string_equal(list[i + 1].note, "因");
    }
    assert_int_equal(ask("SELECT max(event_no) - min(event_no) + 1 FROM order_events WHERE shop_id = $1"), 6);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic LIKE 'order.%'"), 6);
}

static void an_event_on_an_old_version_is_refused_and_writes_nothing(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1);
    assert_ok(apply(order, "paid", 100, 0));
    int64_t news = ask("SELECT count(*) FROM outbox WHERE shop_id = $1");
    assert_fails(apply(order, "paid", 100, 0), ERR_CONFLICT);
    assert_fails(apply(order, "expired", 0, 0), ERR_CONFLICT);
    struct order *now = load_order(order->id);
    assert_true(same_state(now->state, (struct order_state)AT(OPEN, PAID, NONE)));
    assert_int_equal(now->version, 2);
    assert_int_equal(now->paid, 100);
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1"), 2);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1"), news);
    assert_int_equal(problems_of(order_check), 0);
}

struct race {
    struct order *order;
    struct outcomes outcomes;
};

static void pay_or_cancel(struct ctx *ctx, int index, void *arg)
{
    struct race *race = arg;
    struct application application = {race->order, {.event = index % 2 ? "cancelled" : "paid"}};
    race->outcomes.codes[index] = code_of(db_transact(ctx, apply_in_transaction, &application));
}

static void of_eight_events_on_one_version_one_happens(void **state)
{
    (void)state;
    struct race race = {.order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1)};
    in_threads(pay_or_cancel, &race);
    assert_int_equal(count_outcomes(&race.outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&race.outcomes, ERR_CONFLICT), THREADS - 1);
    assert_int_equal(ask("SELECT count(*) FROM order_events WHERE shop_id = $1"), 2);
    assert_int_equal(load_order(race.order->id)->version, 2);
}

static void an_order_that_no_longer_waits_is_not_closed_by_its_job(void **state)
{
    (void)state;
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1);
    assert_ok(apply(order, "paid", 100, 0));
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.close'"), 0);
    order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 1);
    assert_ok(apply(order, "cancelled", 0, 0));
    assert_int_equal(ask("SELECT count(*) FROM jobs WHERE shop_id = $1 AND kind = 'order.close'"), 0);
    assert_int_equal(load_order(order->id)->closed_at, NOON);
}

/* ---- the check */

/* A shop with a paid order of two pieces, two events. */
static void open_shop_with_paid_order(void)
{
    work->shop = make_shop();
    struct order *order = place_order(make_variant(PRODUCT_PHYSICAL, 100, 5), 2);
    assert_ok(apply(order, "paid", 200, 0));
    assert_int_equal(problems_of(order_check), 0);
}

static void the_check_finds_every_changed_row(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE orders SET order_status = 3 WHERE shop_id = $1",
        "UPDATE orders SET payment_status = 1 WHERE shop_id = $1",
        "UPDATE orders SET fulfillment_status = 3 WHERE shop_id = $1",
        "UPDATE orders SET version = version + 1 WHERE shop_id = $1",
        "UPDATE orders SET version = version - 1 WHERE shop_id = $1",
        "UPDATE orders SET total = total + 1 WHERE shop_id = $1",
        "UPDATE orders SET item_count = item_count + 1 WHERE shop_id = $1",
        "UPDATE order_lines SET total = total + 1 WHERE shop_id = $1",
        "UPDATE order_lines SET quantity = quantity + 1 WHERE shop_id = $1",
        "UPDATE order_lines SET fulfilled = 1 WHERE shop_id = $1",
        "DELETE FROM order_lines WHERE shop_id = $1",
        "DELETE FROM order_events WHERE shop_id = $1",
        "DELETE FROM order_events WHERE shop_id = $1 AND event_no = 1",
        "DELETE FROM order_events WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET event_no = 3 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET order_status = 4 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET payment_status = 1 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET aftersale_status = 1 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET review_status = 1 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET states_before = 0 WHERE shop_id = $1 AND event_no = 2",
        "UPDATE order_events SET states_before = 11100 WHERE shop_id = $1 AND event_no = 1",
        "UPDATE orders SET aftersale_status = 2 WHERE shop_id = $1",
        "UPDATE orders SET review_status = 2 WHERE shop_id = $1",
        "UPDATE orders SET stage = 9 WHERE shop_id = $1",
        "UPDATE stock_movements SET reserved = reserved + 1 WHERE shop_id = $1 AND kind = 1",
        "DELETE FROM stock_movements WHERE shop_id = $1 AND kind = 1",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        open_shop_with_paid_order();
        tamper(changes[i]);
        if (problems_of(order_check) == 0)
            fail_msg("not found: %s", changes[i]);
    }
}

static void a_passcode_finds_its_order_and_no_other(void **state)
{
    (void)state;
    struct shop offering = *work->shop;
    const struct shop *plain = work->shop;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    struct order *orders[2], *found;
    offering.has_passcode = true;
    work->shop = &offering;
    for (int i = 0; i < 2; i++) {
        struct checkout checkout = checkout_of(make_cart(cup, 1));
        checkout.passcode = "mountain 7";
        assert_ok(checkout_place(work, &checkout, &orders[i]));
    }
    assert_ok(order_load_by_contact(work, orders[0]->number, "mountain 7", &found));
    assert_int_equal(found->id, orders[0]->id);
    assert_fails(order_load_by_contact(work, orders[0]->number, "mountain 8", &found), ERR_NOT_FOUND);
    assert_fails(order_load_by_contact(work, orders[0]->number, "", &found), ERR_NOT_FOUND);
    assert_false(column_contains("SELECT passcode FROM orders WHERE shop_id = $1", "mountain"));
    /* The same word looks different with another order. */
    assert_int_equal(ask("SELECT count(DISTINCT passcode) FROM orders WHERE shop_id = $1"), 2);
    struct checkout checkout = checkout_of(make_cart(cup, 1));
    checkout.passcode = "short";
    assert_field(checkout_place(work, &checkout, &found), "passcode");
    work->shop = plain;
    assert_ok(checkout_place(work, &checkout, &found));
    assert_fails(order_load_by_contact(work, found->number, "short", &found), ERR_NOT_FOUND);
}

static size_t found_by(const char *typed, int limit)
{
    struct order *orders = NULL;
    size_t count;
    bool is_behind = true;
    const char *word = customer_word_typed(work, typed);
    assert_non_null(word);
    assert_ok(order_list_by_person(work, word, limit, &orders, &count, &is_behind));
    assert_false(is_behind);
    return count;
}

static void assert_people_are_found(void)
{
    assert_int_equal(found_by("王小云", 9), 3);
    assert_int_equal(found_by("WangXiaoyun", 9), 3);
    assert_int_equal(found_by("wang xiao yun", 9), 3);
    assert_int_equal(found_by("wxy", 9), 3);
    assert_int_equal(found_by("8000", 9), 3);
    assert_int_equal(found_by("wxy", 2), 2);
    assert_int_equal(found_by("曾小云", 9), 1);
    assert_int_equal(found_by("zengxiaoyun", 9), 1);
    assert_int_equal(found_by("4321", 9), 1);
    assert_int_equal(found_by("5678", 9), 1);
    assert_int_equal(found_by("0001", 9), 0);
    assert_int_equal(found_by("王", 9), 3);
    assert_int_equal(found_by("王小", 9), 3);
    assert_int_equal(found_by("wang", 9), 3);
    assert_int_equal(found_by("小云", 9), 4);
    assert_int_equal(found_by("xiaoyun", 9), 4);
    assert_int_equal(found_by("zeng", 9), 1);
    assert_int_equal(found_by("云", 9), 0);
    assert_int_equal(found_by("xiaoy", 9), 0);
}

/* The same before their keys are there, when some have them, and when all have. */
static void orders_are_found_by_whom_they_are_for(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), then = work->now, id;
    struct order *order;
    for (int i = 0; i < 3; i++)
        place_order(cup, 1);
    struct checkout checkout = checkout_of(make_cart(cup, 1));
    checkout.contact.phone = "13911114321";
    checkout.address.name = "曾 小云";
    checkout.address.phone = "13922225678";
    assert_ok(checkout_place(work, &checkout, &order));
    id = order->id;
    assert_people_are_found();
    assert_int_equal(ask("SELECT COUNT(*) FROM order_keys WHERE shop_id = $1"), 0);
    work->now = id_time(id) + ORDER_SETTLES_MS;
    assert_ok(order_keys_wake(work));
    run_jobs();
    assert_int_equal(ask_of("SELECT COUNT(*) FROM order_keys WHERE shop_id = $1 AND order_id = $2", id), 0);
    assert_people_are_found();
    work->now++;
    assert_ok(order_keys_wake(work));
    run_jobs();
    assert_int_equal(ask_of("SELECT COUNT(*) FROM order_keys WHERE shop_id = $1 AND order_id = $2", id), 11);
    assert_int_equal(ask_of("SELECT order_id FROM order_key_marks WHERE shop_id = $1 AND $2 > 0", id), id);
    assert_people_are_found();
    assert_ok(order_run_keys(work, &(struct job){.kind = ORDER_KEYS_JOB}, NULL));
    assert_int_equal(ask_of("SELECT COUNT(*) FROM order_keys WHERE shop_id = $1 AND order_id = $2", id), 11);
    tamper("DELETE FROM order_key_marks WHERE shop_id = $1");
    assert_people_are_found();
    work->now = then;
    work->shop = make_shop();
    assert_int_equal(found_by("wxy", 9), 0);
}

static size_t holding(const int64_t *good_ids, size_t good_count, struct order_hit **hits)
{
    size_t count;
    bool is_behind = true;
    assert_ok(order_list_by_goods(work, good_ids, good_count, hits, &count, &is_behind));
    assert_false(is_behind);
    return count;
}

static void assert_goods_are_found(int64_t cup, int64_t pot, const int64_t *order_ids)
{
    struct order_hit *hits;
    int64_t both[] = {product_of(pot), cup};
    assert_int_equal(holding(&cup, 1, &hits), 2);
    assert_int_equal(hits[0].order.id, order_ids[2]);
    assert_int_equal(hits[0].quantity, 3);
    assert_int_equal(hits[1].order.id, order_ids[0]);
    assert_non_null(hits[1].product_title);
    assert_int_equal(holding(both, 1, &hits), 2);
    assert_int_equal(hits[0].order.id, order_ids[2]);
    assert_int_equal(hits[0].quantity, 1);
    assert_int_equal(holding(both, 2, &hits), 3);
    assert_int_equal(hits[1].order.id, order_ids[1]);
    assert_int_equal(holding(&order_ids[0], 1, &hits), 0);
}

/* By a product or a variant, in whatever state the order is; before the job, behind it, and twice. */
static void orders_are_found_by_what_is_in_them(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50), pot = make_variant(PRODUCT_PHYSICAL, 200, 50),
            then = work->now, ids[3];
    struct order *order;
    struct order_hit *hits;
    ids[0] = place_order(cup, 2)->id;
    ids[1] = place_order(pot, 1)->id;
    const char *cart = make_cart(pot, 1);
    assert_ok(add_line(work, &cart, cup, 3));
    struct checkout checkout = checkout_of(cart);
    assert_ok(checkout_place(work, &checkout, &order));
    ids[2] = order->id;
    assert_goods_are_found(cup, pot, ids);
    assert_int_equal(ask("SELECT COUNT(*) FROM order_goods WHERE shop_id = $1"), 0);
    work->now = id_time(ids[2]) + ORDER_SETTLES_MS + 1;
    assert_ok(order_keys_wake(work));
    run_jobs();
    assert_int_equal(ask("SELECT COUNT(*) FROM order_goods WHERE shop_id = $1"), 8);
    assert_goods_are_found(cup, pot, ids);
    tamper("DELETE FROM order_key_marks WHERE shop_id = $1");
    assert_goods_are_found(cup, pot, ids);
    for (int i = 0; i < ORDER_SOME; i++)
        place_order(cup, 1);
    assert_int_equal(holding(&cup, 1, &hits), ORDER_SOME);
    work->now = then;
    work->shop = make_shop();
    assert_int_equal(holding(&cup, 1, &hits), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_passcode_finds_its_order_and_no_other),
        SENTENCE(the_table_has_these_events_and_no_others),
        SENTENCE(every_reachable_state_allows_what_the_written_table_says),
        SENTENCE(every_combination_of_states_has_its_stage),
        SENTENCE(names_of_stages_are_read_back),
        SENTENCE(a_placed_order_is_read_as_it_was_placed),
        SENTENCE(contact_and_address_are_sealed_in_the_table),
        SENTENCE(a_buyer_needs_the_token_or_the_contact),
        SENTENCE(orders_are_listed_newest_first_by_stage_and_contact),
        SENTENCE(the_dearest_order_comes_first_while_orders_come_in),
        SENTENCE(events_are_numbered_by_the_version_without_gaps),
        SENTENCE(an_event_on_an_old_version_is_refused_and_writes_nothing),
        SENTENCE(of_eight_events_on_one_version_one_happens),
        SENTENCE(an_order_that_no_longer_waits_is_not_closed_by_its_job),
        SENTENCE(the_check_finds_every_changed_row),
        SENTENCE(orders_are_found_by_whom_they_are_for),
        SENTENCE(orders_are_found_by_what_is_in_them),
    };
    return RUN_SENTENCES(tests);
}
