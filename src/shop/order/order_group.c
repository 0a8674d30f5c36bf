/* order_group.c - the check that seats of groups are what orders say, and that nothing waits for a group that
 * is over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "shop/pricing/pricing.h"
#include <inttypes.h>

/* Orders that are compared by one statement. */
#define ORDERS_AT_ONCE DB_IDS_LIMIT

struct found {
    int64_t pieces; /* of the seat's variant, 0 = the order is closed or not there */
    bool waits;
};

static err load_found(struct ctx *ctx, const struct group_hold *holds, size_t count, struct found *found)
{
    int64_t ids[ORDERS_AT_ONCE];
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    for (size_t i = 0; i < count; i++)
        ids[i] = holds[i].order_id;
    (void)db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(ORDER_CLOSED);
    TRY(db_query_values(ctx, &rows,
                        "SELECT o.id, l.variant_id, l.quantity, o.waits_for_group, o.order_status"
                        " FROM orders o JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id"
                        " WHERE o.shop_id = $1 AND o.id IN " DB_IDS " AND o.order_status <> $34",
                        values, DB_IDS_VALUES + 1));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (holds[i].order_id == db_get_int(rows, 0) && holds[i].variant_id == db_get_int(rows, 1))
                found[i] = (struct found){db_get_int(rows, 2),
                                          db_get_int(rows, 3) == 1 && db_get_int(rows, 4) == ORDER_OPEN};
    return NULL;
}

static bool is_taken(const struct group_hold *hold)
{
    return hold->seat == SEAT_RESERVED || hold->seat == SEAT_PAID;
}

/* What a job is about to do is not wrong yet. */
static err check_one(struct ctx *ctx, const struct group_hold *hold, const struct found *found,
                     const char **problem)
{
    bool is_over = hold->group != BUY_GROUP_NEW && hold->group != BUY_GROUP_OPEN;
    bool stays = is_taken(hold) && is_over && (found->waits || hold->group == BUY_GROUP_FAILED);
    int64_t due_at = 0;
    *problem = NULL;
    if (is_taken(hold) && found->pieces != hold->quantity)
        *problem = "has a seat in a group, and its lines say otherwise";
    if (!*problem && stays) {
        TRY(job_find_due(ctx, GROUP_ORDER_JOB, hold->order_id, &due_at));
        *problem = due_at == 0 ? "waits for a group that is over" : NULL;
    }
    return NULL;
}

err order_check_groups(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct group_hold *holds;
    size_t count;
    for (int64_t after = 0;; after = holds[count - 1].order_id) {
        TRY(group_hold_list(ctx, after, ORDERS_AT_ONCE, &holds, &count));
        if (count == 0)
            return NULL;
        struct found *found = arena_alloc_many(ctx->arena, count, sizeof *found);
        TRY(load_found(ctx, holds, count, found));
        for (size_t i = 0; i < count; i++) {
            const char *problem;
            TRY(check_one(ctx, &holds[i], &found[i], &problem));
            if (problem)
                report(arg, arena_format(ctx->arena, "order id %" PRId64 ": %s", holds[i].order_id, problem));
        }
    }
}
