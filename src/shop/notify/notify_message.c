/* notify_message.c - the ledger of messages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/id.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/notify/notify_jobs.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define SWEPT_AT_ONCE 10000

const char *const message_state_names[] = {[MESSAGE_QUEUED - 1] = "queued",
                                           [MESSAGE_SENT - 1] = "sent",
                                           [MESSAGE_FAILED - 1] = "failed",
                                           [MESSAGE_GIVEN_UP - 1] = "given-up",
                                           NULL};

static const char insert_message[] =
    "INSERT INTO messages (shop_id, id, dedupe, channel_id, occasion, order_id, subject, facts, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (shop_id, dedupe) DO NOTHING";

/* A job whose message was not written finds none, and ends. */
static err queue(struct ctx *ctx, const struct message *message, const char *dedupe, bool must_be_new)
{
    int64_t message_id = id_new(ctx);
    const struct db_value values[] = {db_int(ctx->shop->id),     db_int(message_id),
                                      db_text(dedupe),           db_int(message->channel_id),
                                      db_int(message->occasion), db_id(message->order_id),
                                      db_text(message->subject), db_text(message->facts)};
    size_t count = sizeof values / sizeof *values;
    if (must_be_new)
        TRY(db_expect_values(ctx, 1, ERR_DUPLICATE, "message", insert_message, values, count));
    else
        TRY(db_execute_values(ctx, insert_message, values, count));
    return job_schedule(ctx, NOTIFY_SEND_JOB, message_id, ctx->now, NULL);
}

err message_queue(struct ctx *ctx, const struct message *message, const char *dedupe)
{
    return queue(ctx, message, dedupe, false);
}

/* ---- reading ---- */

#define MESSAGE_COLUMNS                                                                                      \
    "SELECT id, channel_id, occasion, order_id, subject, facts, recipient, state, attempts, problem, "       \
    "detail,"                                                                                                \
    " tried_at"

static struct message read_message(const struct db_rows *rows)
{
    return (struct message){.id = db_get_int(rows, 0),
                            .channel_id = db_get_int(rows, 1),
                            .occasion = (enum shop_occasion)db_get_int(rows, 2),
                            .order_id = db_get_int(rows, 3),
                            .subject = db_get_text(rows, 4),
                            .facts = db_get_text(rows, 5),
                            .recipient = db_get_text(rows, 6),
                            .state = (enum message_state)db_get_int(rows, 7),
                            .attempts = db_get_int(rows, 8),
                            .problem = db_get_text(rows, 9),
                            .detail = db_get_text(rows, 10),
                            .tried_at = db_get_int(rows, 11)};
}

static void take_list(struct ctx *ctx, struct db_rows *rows, struct message **messages, size_t *count)
{
    *messages = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **messages);
    *count = 0;
    while (db_next(rows))
        (*messages)[(*count)++] = read_message(rows);
}

/* $1 shop, $2 and $3 the range of ids, $4 how many, $5 the state, $6 the order. */
#define RANGE " FROM messages WHERE shop_id = $1 AND id >= $2 AND id < $3"
#define OF_STATE " AND state = $5"
/* What was told about one order is little: its state is looked at row by row. */
#define OF_ORDER " AND order_id = $6 AND (CAST($5 AS BIGINT) = 0 OR state = $5)"
#define BOTH_WAYS(columns, narrows)                                                                          \
    {                                                                                                        \
        columns RANGE narrows " ORDER BY id DESC LIMIT $4", columns RANGE narrows " ORDER BY id LIMIT $4"    \
    }

enum narrowing { BY_NOTHING, BY_STATE, BY_ORDER };

static size_t fill_values(const struct ctx *ctx, const struct message_query *query, int limit,
                          enum narrowing *narrowing, struct db_value values[6])
{
    int64_t from = query->since ? id_floor(query->since) : 0;
    int64_t to = query->until ? id_floor(query->until) : INT64_MAX;
    if (query->before_id && query->is_up && query->before_id >= from)
        from = query->before_id + 1;
    if (query->before_id && !query->is_up && query->before_id < to)
        to = query->before_id;
    *narrowing = query->order_id ? BY_ORDER : query->state ? BY_STATE : BY_NOTHING;
    values[0] = db_int(ctx->shop->id);
    values[1] = db_int(from);
    values[2] = db_int(to);
    values[3] = db_int(limit);
    values[4] = db_int(query->state);
    values[5] = db_int(query->order_id);
    return 4 + (size_t)*narrowing;
}

err message_list(struct ctx *ctx, const struct message_query *query, struct message **messages, size_t *count)
{
    static const char *const statements[][2] = {[BY_NOTHING] = BOTH_WAYS(MESSAGE_COLUMNS, ""),
                                                [BY_STATE] = BOTH_WAYS(MESSAGE_COLUMNS, OF_STATE),
                                                [BY_ORDER] = BOTH_WAYS(MESSAGE_COLUMNS, OF_ORDER)};
    struct db_rows *rows;
    struct db_value values[6];
    enum narrowing narrowing;
    int limit = query->limit > MESSAGE_ROWS_LIMIT ? MESSAGE_ROWS_LIMIT : query->limit;
    size_t value_count = fill_values(ctx, query, limit, &narrowing, values);
    TRY(db_query_values(ctx, &rows, statements[narrowing][query->is_up], values, value_count));
    take_list(ctx, rows, messages, count);
    return NULL;
}

err message_list_ids(struct ctx *ctx, const struct message_query *query, int64_t **ids, size_t *count)
{
    static const char *const statements[][2] = {[BY_NOTHING] = BOTH_WAYS("SELECT id", ""),
                                                [BY_STATE] = BOTH_WAYS("SELECT id", OF_STATE),
                                                [BY_ORDER] = BOTH_WAYS("SELECT id", OF_ORDER)};
    struct message_query all = *query;
    struct db_rows *rows;
    struct db_value values[6];
    enum narrowing narrowing;
    all.before_id = 0;
    size_t value_count = fill_values(ctx, &all, MESSAGE_BULK_LIMIT + 1, &narrowing, values);
    TRY(db_query_values(ctx, &rows, statements[narrowing][true], values, value_count));
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **ids);
    *count = 0;
    while (db_next(rows))
        (*ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

err message_list_of_order(struct ctx *ctx, int64_t order_id, int limit, struct message **messages,
                          size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 MESSAGE_COLUMNS
                 " FROM messages WHERE shop_id = $1 AND order_id = $2 ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(order_id), db_int(limit)));
    take_list(ctx, rows, messages, count);
    return NULL;
}

err message_load(struct ctx *ctx, int64_t message_id, struct message **message)
{
    struct db_rows *rows;
    *message = NULL;
    TRY(db_query(ctx, &rows, MESSAGE_COLUMNS " FROM messages WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(message_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such message");
    *message = arena_alloc(ctx->arena, sizeof **message);
    **message = read_message(rows);
    return NULL;
}

/* ---- again ---- */

/* What marks a copy that people asked for. */
#define AGAIN_FACTS "{\"is_again\":true}"

struct repeating {
    const struct message *message; /* id 0 = a new one */
    const char *key;
    const char *dedupe;
};

static err note(struct ctx *ctx, const struct message *message)
{
    const char *page =
        message->order_id ? arena_format(ctx->arena, "orders/%s", message->subject) : "messages";
    return audit_note(ctx, &(struct audit_entry){.kind = "message.again",
                                                 .subject = page,
                                                 .title = message->subject,
                                                 .after = occasion_name(message->occasion)});
}

/* It did not arrive: the same message goes again, under its own Message-ID. */
static err revive(struct ctx *ctx, const struct repeating *repeating)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the message changed meanwhile",
                  "UPDATE messages SET state = 1, attempts = 0, problem = '', detail = '', again_key = $3"
                  " WHERE shop_id = $1 AND id = $2 AND state <> 2 AND again_key <> $3",
                  db_int(ctx->shop->id), db_int(repeating->message->id), db_text(repeating->key)));
    TRY(job_schedule(ctx, NOTIFY_SEND_JOB, repeating->message->id, ctx->now, NULL));
    return note(ctx, repeating->message);
}

static err is_known(struct ctx *ctx, const struct repeating *repeating, bool *is_known)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT 1 FROM messages WHERE shop_id = $1 AND (dedupe = $3 OR (id = $2 AND again_key = $4))",
        db_int(ctx->shop->id), db_int(repeating->message->id), db_text(repeating->dedupe),
        db_text(repeating->key)));
    *is_known = db_row_count(rows) > 0;
    return NULL;
}

static err repeat_in_transaction(struct ctx *ctx, void *arg)
{
    const struct repeating *repeating = arg;
    struct message *now;
    bool is_done = false;
    TRY(is_known(ctx, repeating, &is_done));
    if (is_done)
        return NULL;
    if (repeating->message->id == 0) {
        TRY(queue(ctx, repeating->message, repeating->dedupe, true));
        return note(ctx, repeating->message);
    }
    TRY(message_load(ctx, repeating->message->id, &now));
    if (now->state != MESSAGE_SENT)
        return revive(ctx, repeating);
    if (now->channel_id == 0 && now->order_id)
        now->facts = AGAIN_FACTS;
    TRY(queue(ctx, now, repeating->dedupe, true));
    return note(ctx, now);
}

/* Whoever came at the same moment with the same key was faster, or it has arrived meanwhile: it is done. */
static err repeat(struct ctx *ctx, struct repeating *repeating)
{
    err failure = db_transact(ctx, repeat_in_transaction, repeating);
    bool is_done = failure && (failure->code == ERR_DUPLICATE || failure->code == ERR_CONFLICT);
    return is_done ? NULL : failure;
}

err message_again(struct ctx *ctx, int64_t message_id, const char *key)
{
    struct message *message;
    TRY(message_load(ctx, message_id, &message));
    struct repeating repeating = {message, key,
                                  arena_format(ctx->arena, "again:%" PRId64 ":%s", message_id, key)};
    return repeat(ctx, &repeating);
}

bool message_fits(const struct order *order, enum shop_occasion occasion)
{
    switch (occasion) {
    case OCCASION_BUYER_PAID:
        return order->paid_at > 0;
    case OCCASION_BUYER_SHIPPED:
        return order_has_kind(order, PRODUCT_PHYSICAL) && order->state.fulfillment != FULFILLMENT_NONE &&
               !order_has_left(order, PRODUCT_PHYSICAL);
    case OCCASION_BUYER_DELIVERED:
        return order_has_kind(order, PRODUCT_DIGITAL) && !order_has_left(order, PRODUCT_DIGITAL);
    case OCCASION_BUYER_REFUNDED:
        return order->refunded > 0;
    case OCCASION_BUYER_CANCELLED:
        return order->state.order == ORDER_CLOSED;
    case OCCASION_BUYER_PRESALE:
        return order->state.payment == PAYMENT_PARTIALLY_PAID;
    default:
        return false;
    }
}

err message_tell_buyer(struct ctx *ctx, const struct order *order, enum shop_occasion occasion,
                       const char *key)
{
    if (!mail_is_possible(ctx))
        return fail_field(ctx, "occasion", "mail-not-set-up", "neither shop nor platform has a mail server");
    if (!order->contact.email[0])
        return fail_field(ctx, "occasion", "mail-no-address", "the buyer left no mail address");
    if (!message_fits(order, occasion))
        return fail_field(ctx, "occasion", "unknown-choice", "that did not happen to this order");
    struct message message = {
        .occasion = occasion, .order_id = order->id, .subject = order->number, .facts = AGAIN_FACTS};
    struct repeating repeating = {
        &message, key, arena_format(ctx->arena, "order:%" PRId64 ":%d:%s", order->id, (int)occasion, key)};
    return repeat(ctx, &repeating);
}

/* ---- forgetting ---- */

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx,
                      "DELETE FROM messages WHERE shop_id = $1 AND id IN (SELECT m.id FROM messages m"
                      " WHERE m.shop_id = $1 AND m.id < $2 ORDER BY m.id LIMIT $3)",
                      db_int(ctx->shop->id), db_int(id_floor(ctx->now - MESSAGE_KEPT_MS)),
                      db_int(SWEPT_AT_ONCE));
}

err message_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM messages WHERE shop_id = $1 AND id < $2 ORDER BY id LIMIT 1",
                 db_int(ctx->shop->id), db_int(id_floor(ctx->now - MESSAGE_KEPT_MS))));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}
