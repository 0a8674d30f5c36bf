/* payment_group.c - what a full group sets free, and the check that a failed one gives its money back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"

#include "shop/payment/payment_read.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define ORDERS_AT_ONCE DB_IDS_LIMIT

struct release {
    const struct order *order;
    bool is_short; /* too few codes, or a person types them */
    bool is_back;  /* all its money is on its way back: nothing is delivered */
};

static err release_in_transaction(struct ctx *ctx, void *arg)
{
    const struct release *release = arg;
    struct order order = *release->order;
    struct order_change change = {.event = "group_filled"};
    if (release->is_back)
        return order_apply(ctx, &order, &change);
    TRY(payment_keep_money(ctx, &order, order.paid));
    if (!release->is_short)
        return payment_deliver(ctx, &order, &change);
    TRY(order_apply(ctx, &order, &change));
    return payment_owe(ctx, &order);
}

/* Whether another try may go otherwise. */
static bool may_try_again(struct release *release, err failure)
{
    if (failure->code == ERR_OUT_OF_STOCK && !release->is_short)
        return release->is_short = true;
    if (failure->code == ERR_INVALID_TRANSITION && !release->is_back)
        return release->is_back = true;
    return failure->code == ERR_CONFLICT || failure->code == ERR_DUPLICATE;
}

err payment_release(struct ctx *ctx, int64_t order_id)
{
    struct release release = {0};
    for (int tries = 0; tries < DECISION_LIMIT; tries++) {
        struct order *order;
        TRY(order_load(ctx, order_id, &order));
        if (!order->waits_for_group || !order_may(order->state, "group_filled"))
            return NULL;
        release.order = order;
        err failure = db_transact(ctx, release_in_transaction, &release);
        if (!failure)
            return NULL;
        if (!may_try_again(&release, failure))
            return failure;
    }
    return fail_with(ctx, ERR_UNAVAILABLE, "the order changes all the time");
}

/* ---- check ---- */

static err load_kept(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    struct db_value values[DB_IDS_VALUES + 1];
    (void)db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(ATTEMPT_PAID);
    return db_query_values(ctx, rows,
                           "SELECT order_id, amount - refunded FROM payment_attempts WHERE shop_id = $1"
                           " AND order_id IN " DB_IDS " AND status = $34 AND refunded < amount"
                           " ORDER BY order_id",
                           values, DB_IDS_VALUES + 1);
}

static err check_page(struct ctx *ctx, const int64_t *ids, size_t count,
                      void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    int64_t due_at;
    if (count == 0)
        return NULL;
    TRY(load_kept(ctx, ids, count, &rows));
    while (db_next(rows)) {
        int64_t order_id = db_get_int(rows, 0);
        TRY(job_find_due(ctx, GROUP_ORDER_JOB, order_id, &due_at));
        if (due_at == 0)
            report(arg, arena_format(ctx->arena,
                                     "order id %" PRId64 ": its group failed, and %" PRId64
                                     " of its money did not go back",
                                     order_id, db_get_int(rows, 1)));
    }
    return NULL;
}

err payment_check_groups(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct group_hold *holds;
    size_t count;
    for (int64_t after = 0;; after = holds[count - 1].order_id) {
        int64_t ids[ORDERS_AT_ONCE];
        size_t failed = 0;
        TRY(group_hold_list(ctx, after, ORDERS_AT_ONCE, &holds, &count));
        if (count == 0)
            return NULL;
        for (size_t i = 0; i < count; i++)
            if (holds[i].group == BUY_GROUP_FAILED)
                ids[failed++] = holds[i].order_id;
        TRY(check_page(ctx, ids, failed, report, arg));
    }
}
