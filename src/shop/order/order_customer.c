/* order_customer.c - the orders of an account, and the group of members that they lead into. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_customer.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/order/order_write.h"

static struct db_value email_value(struct ctx *ctx, const char *email)
{
    unsigned char *index = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    crypto_blind_index(ctx, "order.email", order_plain_email(ctx, email), index);
    return email[0] ? db_bytes(index, CRYPTO_INDEX_BYTES) : db_bytes(NULL, 0);
}

err order_spent_of_customer(struct ctx *ctx, int64_t customer_id, const char *email, int64_t since,
                            int64_t *spent, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT CAST(COALESCE(SUM(o.paid - o.refunded), 0) AS BIGINT), COUNT(*) FROM orders o"
                 " WHERE o.shop_id = $1 AND o.paid_at >= $4 AND o.id IN (SELECT id FROM orders"
                 " WHERE shop_id = $1 AND customer_id = $2 UNION SELECT id FROM orders WHERE shop_id = $1"
                 " AND email_index = $3)",
                 db_int(ctx->shop->id), db_int(customer_id), email_value(ctx, email), db_int(since)));
    *spent = db_next(rows) ? db_get_int(rows, 0) : 0;
    *count = db_get_int(rows, 1);
    return NULL;
}

/* ---- groups ---- */

static err hear_money(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    if (!ctx->shop->has_group_rules)
        return NULL;
    return job_schedule(ctx, ORDER_GROUP_JOB, event->aggregate_id, ctx->now, NULL);
}

const struct listener order_customer_listeners[] = {
    {"order.paid", hear_money},
    {"order.reopened", hear_money},
    {"order.refunded", hear_money},
    {"order.partly_refunded", hear_money},
    {"order.refunded_unshipped", hear_money},
    {"order.cancelled_paid", hear_money},
    {"order.group_failed", hear_money},
    {"order.group_left", hear_money},
    {0},
};

/* Whose order it is, 0 = nobody's who has an account. */
static err find_customer(struct ctx *ctx, int64_t order_id, int64_t *customer_id)
{
    struct db_rows *rows;
    struct order *order;
    TRY(db_query(ctx, &rows, "SELECT customer_id FROM orders WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(order_id)));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    if (*customer_id)
        return NULL;
    TRY(order_load(ctx, order_id, &order));
    return customer_find_by_email(ctx, order->contact.email, customer_id);
}

struct settling {
    int64_t customer_id;
    int64_t group_id;
};

static err settle_in_transaction(struct ctx *ctx, void *arg)
{
    const struct settling *settling = arg;
    return customer_settle_group(ctx, settling->customer_id, settling->group_id);
}

/* The groups that want most stand first; those without a rule stand last. */
err order_run_group(struct ctx *ctx, const struct job *job, void *owner)
{
    struct settling settling = {0};
    struct customer *customer;
    struct customer_group *groups;
    size_t count;
    (void)owner;
    TRY(find_customer(ctx, job->subject_id, &settling.customer_id));
    if (settling.customer_id == 0)
        return NULL;
    TRY(customer_load(ctx, settling.customer_id, &customer));
    TRY(customer_group_list(ctx, &groups, &count));
    for (size_t i = 0; i < count && groups[i].spend_from > 0 && settling.group_id == 0; i++) {
        int64_t spent, orders;
        int64_t since = groups[i].spend_days > 0 ? ctx->now - groups[i].spend_days * DAY_MS : 0;
        TRY(order_spent_of_customer(ctx, customer->id, customer->email, since, &spent, &orders));
        if (spent >= groups[i].spend_from)
            settling.group_id = groups[i].id;
    }
    return db_transact(ctx, settle_in_transaction, &settling);
}
