/* payment_owed.c - paid orders that wait for codes: who waits, and how they get them.
 *
 * An order that was paid while a deck was too short keeps its promise in stock and stands in waiting_orders
 * under each variant that it wants. Loading codes, and the end of another order, schedule one job for the
 * variant; it goes through those who wait, the oldest first, each in a transaction of its own with the guards
 * of an ordinary delivery. Staff can ask for the same. What is delivered by hand waits in the same table
 * until a person typed it; then it is delivered in the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"

#include "base/clock.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/payment/payment_jobs.h"
#include "shop/payment/payment_read.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define WAITING_AT_ONCE 100
#define DELIVER_ATTEMPTS 12

static const char alarm_kind[] = "delivery-short";

bool payment_owes_codes(const struct order *order)
{
    bool has_money =
        order->state.payment == PAYMENT_PAID || order->state.payment == PAYMENT_PARTIALLY_REFUNDED;
    return order->state.order == ORDER_OPEN && has_money && !order->waits_for_group &&
           order_has_left(order, PRODUCT_DIGITAL);
}

static err write_waiting(struct ctx *ctx, const struct order *order, int64_t variant_id, bool by_hand)
{
    return db_execute(ctx,
                      "INSERT INTO waiting_orders (shop_id, variant_id, order_id, since, by_hand)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, variant_id, order_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(variant_id), db_int(order->id), db_int(ctx->now),
                      db_int(by_hand));
}

static err load_decks(struct ctx *ctx, const struct demand *demands, size_t count, struct code_deck **decks)
{
    int64_t *variant_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *variant_ids);
    *decks = arena_alloc_many(ctx->arena, count + 1, sizeof **decks);
    for (size_t i = 0; i < count; i++)
        variant_ids[i] = demands[i].variant_id;
    return code_deck_load_many(ctx, variant_ids, count, *decks);
}

/* Work for a person is no alarm; codes that are missing are one. */
err payment_owe(struct ctx *ctx, const struct order *order)
{
    struct demand *demands;
    struct code_deck *decks;
    size_t count = order_demands(ctx, order, PRODUCT_DIGITAL, &demands);
    size_t by_hand = 0, missing = 0;
    bool has_hook = false;
    TRY(load_decks(ctx, demands, count, &decks));
    for (size_t i = 0; i < count; i++) {
        bool is_by_hand = decks[i].mode == DECK_BY_HAND;
        by_hand += is_by_hand;
        has_hook = has_hook || (is_by_hand && decks[i].has_hook);
        missing += !is_by_hand && decks[i].loaded - decks[i].dealt < demands[i].quantity;
        TRY(code_fit_stock(ctx, demands[i].variant_id, demands[i].product_id, "short"));
        TRY(write_waiting(ctx, order, demands[i].variant_id, is_by_hand));
    }
    if (has_hook)
        TRY(job_schedule(ctx, PAYMENT_HOOK_JOB, order->id, ctx->now, NULL));
    return by_hand == 0 || missing > 0 ? alarm_raise(ctx, alarm_kind, order->number, "") : NULL;
}

err payment_waits_for_hand(struct ctx *ctx, const struct order *order, bool *waits)
{
    struct demand *demands;
    struct code_deck *decks;
    size_t count = order_demands_left(ctx, order, PRODUCT_DIGITAL, &demands);
    TRY(load_decks(ctx, demands, count, &decks));
    *waits = false;
    for (size_t i = 0; i < count; i++)
        *waits = *waits || decks[i].mode == DECK_BY_HAND;
    return NULL;
}

/* Waits no longer: delivered, or it ended otherwise. */
static err forget(struct ctx *ctx, void *arg)
{
    const struct order *order = arg;
    TRY(db_execute(ctx, "DELETE FROM waiting_orders WHERE shop_id = $1 AND order_id = $2",
                   db_int(ctx->shop->id), db_int(order->id)));
    TRY(alarm_settle(ctx, PAYMENT_HOOK_ALARM, order->number));
    return alarm_settle(ctx, alarm_kind, order->number);
}

struct delivery {
    const struct order *order;
    int64_t refunded_below; /* of the paid attempt; more than this went back or is on its way */
    const struct typed_delivery *typed;
    size_t typed_count;
    const char *by; /* who typed it */
};

/* Of a deposit and a balance: both rows are locked before their sum is read. */
static err keep_both(struct ctx *ctx, const struct order *order, int64_t below)
{
    static const char why[] = "its money went back or is on its way";
    TRY(db_expect(ctx, 2, ERR_INVALID_TRANSITION, why,
                  "UPDATE payment_attempts SET refunded = refunded WHERE shop_id = $1 AND order_id = $2"
                  " AND status = $3",
                  db_int(ctx->shop->id), db_int(order->id), db_int(ATTEMPT_PAID)));
    return db_expect(ctx, 2, ERR_INVALID_TRANSITION, why,
                     "UPDATE payment_attempts SET refunded = refunded WHERE shop_id = $1 AND order_id = $2"
                     " AND status = $3 AND (SELECT CAST(SUM(b.refunded) AS BIGINT) FROM payment_attempts b"
                     " WHERE b.shop_id = $1 AND b.order_id = $2 AND b.status = $3) < $4",
                     db_int(ctx->shop->id), db_int(order->id), db_int(ATTEMPT_PAID), db_int(below));
}

/* Locks the attempt that paid: a refund that is promised at the same moment is before or after this. */
err payment_keep_money(struct ctx *ctx, const struct order *order, int64_t below)
{
    if (order->total == 0)
        return NULL;
    if (order->deposit > 0)
        return keep_both(ctx, order, below);
    return db_expect(ctx, 1, ERR_INVALID_TRANSITION, "its money went back or is on its way",
                     "UPDATE payment_attempts SET refunded = refunded WHERE shop_id = $1 AND order_id = $2"
                     " AND status = $3 AND refunded < $4",
                     db_int(ctx->shop->id), db_int(order->id), db_int(ATTEMPT_PAID), db_int(below));
}

static err deliver_in_transaction(struct ctx *ctx, void *arg)
{
    const struct delivery *delivery = arg;
    struct order order = *delivery->order;
    TRY(payment_keep_money(ctx, &order, delivery->refunded_below));
    for (size_t i = 0; i < delivery->typed_count; i++)
        TRY(code_type(ctx, order.id, delivery->typed[i].line_no, delivery->typed[i].variant_id,
                      delivery->typed[i].text, delivery->by));
    TRY(payment_deliver(ctx, &order, NULL));
    return forget(ctx, &order);
}

/* Decides again when somebody else was faster. `wish` says what staff typed; NULL when nobody asked. */
static err deliver(struct ctx *ctx, int64_t order_id, const struct delivery *wish)
{
    for (int tries = 0; tries < DECISION_LIMIT; tries++) {
        struct order *order;
        TRY(order_load(ctx, order_id, &order));
        if (!payment_owes_codes(order))
            return wish ? fail_with(ctx, ERR_INVALID_TRANSITION, "order %s waits for no codes", order->number)
                        : db_transact(ctx, forget, order);
        struct delivery delivery = wish ? *wish : (struct delivery){0};
        delivery.order = order;
        delivery.refunded_below = wish ? order->paid : 1;
        err failure = db_transact(ctx, deliver_in_transaction, &delivery);
        if (!failure || (failure->code != ERR_CONFLICT && failure->code != ERR_DUPLICATE))
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "the order changes all the time");
}

/* ---- by hand ---- */

static err say_short(struct ctx *ctx, int64_t order_id)
{
    struct order *order;
    struct demand *demands;
    struct text_buf text;
    TRY(order_load(ctx, order_id, &order));
    size_t count = order_demands_left(ctx, order, PRODUCT_DIGITAL, &demands);
    text_open(&text, ctx->arena, 2000);
    for (size_t i = 0; i < count; i++) {
        struct code_deck deck;
        TRY(code_deck_load(ctx, demands[i].variant_id, &deck));
        for (size_t j = 0; j < order->line_count && deck.loaded - deck.dealt < demands[i].quantity; j++)
            if (order->lines[j].variant_id == demands[i].variant_id) {
                text_add_format(&text, "%s%s: %" PRId64 " of %" PRId64 " codes", text.len ? ", " : "",
                                order->lines[j].sku, deck.loaded - deck.dealt, demands[i].quantity);
                break;
            }
    }
    return fail_with(ctx, ERR_OUT_OF_STOCK, "too few codes are loaded (%s)", text_of(&text));
}

err payment_deliver_owed(struct ctx *ctx, int64_t order_id)
{
    err failure = deliver(ctx, order_id, &(struct delivery){0});
    return failure && failure->code == ERR_OUT_OF_STOCK ? say_short(ctx, order_id) : failure;
}

err payment_deliver_typed(struct ctx *ctx, int64_t order_id, const struct typed_delivery *typed, size_t count,
                          const char *by)
{
    struct delivery wish = {.typed = typed, .typed_count = count, .by = by};
    err failure = deliver(ctx, order_id, &wish);
    return failure && failure->code == ERR_OUT_OF_STOCK ? say_short(ctx, order_id) : failure;
}

err payment_list_by_hand(struct ctx *ctx, int64_t after, int limit, int64_t **order_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT DISTINCT order_id FROM waiting_orders WHERE shop_id = $1 AND by_hand = 1"
                 " AND order_id > $2 ORDER BY order_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(after), db_int(limit)));
    *order_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **order_ids);
    *count = 0;
    while (db_next(rows))
        (*order_ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

err payment_count_by_hand(struct ctx *ctx, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(DISTINCT order_id) FROM waiting_orders WHERE shop_id = $1 AND by_hand = 1",
                 db_int(ctx->shop->id)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* ---- by itself ---- */

static err list_waiting(struct ctx *ctx, int64_t variant_id, int64_t after, int64_t **order_ids,
                        size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id FROM waiting_orders WHERE shop_id = $1 AND variant_id = $2"
                 " AND order_id > $3 AND by_hand = 0 ORDER BY order_id LIMIT $4",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(after), db_int(WAITING_AT_ONCE)));
    *order_ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **order_ids);
    *count = 0;
    while (db_next(rows))
        (*order_ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

/* One that cannot be served yet does not hold up those behind it. */
static err deliver_if_possible(struct ctx *ctx, int64_t order_id)
{
    err failure = deliver(ctx, order_id, NULL);
    bool must_wait =
        failure && (failure->code == ERR_OUT_OF_STOCK || failure->code == ERR_INVALID_TRANSITION);
    return must_wait ? NULL : failure;
}

static err fit_in_transaction(struct ctx *ctx, void *arg)
{
    const struct variant *variant = arg;
    return code_fit_stock(ctx, variant->id, variant->product_id, "short");
}

/* What an order that ended was owed is owed no longer. */
static err fit_stock(struct ctx *ctx, int64_t variant_id)
{
    struct code_deck deck;
    const struct variant *variant;
    TRY(code_deck_load(ctx, variant_id, &deck));
    if (deck.owed == 0)
        return NULL;
    TRY(variant_load(ctx, variant_id, &variant));
    struct variant copy = *variant;
    return db_transact(ctx, fit_in_transaction, &copy);
}

static err run_deliver(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    int64_t after = 0, *order_ids;
    size_t count;
    TRY(fit_stock(ctx, job->subject_id));
    do {
        TRY(list_waiting(ctx, job->subject_id, after, &order_ids, &count));
        for (size_t i = 0; i < count; i++) {
            TRY(deliver_if_possible(ctx, order_ids[i]));
            after = order_ids[i];
        }
    } while (count == WAITING_AT_ONCE);
    return NULL;
}

static err schedule(struct ctx *ctx, int64_t variant_id)
{
    return job_schedule(ctx, PAYMENT_DELIVER_JOB, variant_id, ctx->now, value_object(ctx->arena));
}

static err hear_loaded(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return schedule(ctx, event->aggregate_id);
}

err payment_forget_withdrawn(struct ctx *ctx, const struct order *order)
{
    struct order copy = *order;
    if (!order_has_kind(order, PRODUCT_DIGITAL))
        return NULL;
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == PRODUCT_DIGITAL && order->lines[i].withdrawn > 0)
            TRY(schedule(ctx, order->lines[i].variant_id));
    return order_has_left(order, PRODUCT_DIGITAL) ? NULL : forget(ctx, &copy);
}

/* An order that ended gives back what it held, perhaps more than its deck holds. */
static err hear_ended(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    bool is_owed;
    struct order *order;
    struct demand *demands;
    TRY(code_is_owed(ctx, &is_owed));
    if (!is_owed)
        return NULL;
    TRY(order_load(ctx, event->aggregate_id, &order));
    size_t count = order_demands(ctx, order, PRODUCT_DIGITAL, &demands);
    for (size_t i = 0; i < count; i++)
        TRY(schedule(ctx, demands[i].variant_id));
    return NULL;
}

/* Nobody has to type anything for it any more. */
static err hear_money_back(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    TRY(db_execute(ctx, "DELETE FROM waiting_orders WHERE shop_id = $1 AND order_id = $2 AND by_hand = 1",
                   db_int(ctx->shop->id), db_int(event->aggregate_id)));
    return hear_ended(ctx, event, owner);
}

const struct listener payment_listeners[] = {
    {"digital.loaded", hear_loaded},
    {"order.expired", hear_ended},
    {"order.cancelled", hear_ended},
    {"order.cancelled_paid", hear_money_back},
    {"order.group_failed", hear_ended},
    {"order.refunded_unshipped", hear_money_back},
    {"order.refunded", hear_money_back},
    {"order.group_left", hear_ended},
    {0},
};

const struct job_kind payment_owed_job_kinds[] = {
    {PAYMENT_DELIVER_JOB, run_deliver, DELIVER_ATTEMPTS, 5 * SECOND_MS},
    {0},
};
