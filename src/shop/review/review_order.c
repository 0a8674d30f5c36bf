/* review_order.c - tells an order that each of its lines has a review, after the review and not in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/review/review.h"

#include "base/text.h"

static err count_reviews(struct ctx *ctx, int64_t order_id, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM reviews WHERE shop_id = $1 AND order_id = $2",
                 db_int(ctx->shop->id), db_int(order_id)));
    *count = db_next(rows) ? (size_t)db_get_int(rows, 0) : 0;
    return NULL;
}

/* Whichever comes last, the receipt or the last review, finds both. */
static err settle(struct ctx *ctx, int64_t order_id)
{
    struct order *order;
    size_t count;
    TRY(order_load(ctx, order_id, &order));
    if (!order_may(order->state, "reviewed"))
        return NULL;
    TRY(count_reviews(ctx, order_id, &count));
    struct order_change change = {.event = "reviewed"};
    return count < order->line_count ? NULL : order_apply(ctx, order, &change);
}

static err hear_written(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const struct review *review;
    int64_t review_id;
    const char *text = value_find_text(event->payload, "review_id");
    (void)owner;
    if (!text || !text_to_int(text, &review_id))
        return NULL;
    TRY(review_load(ctx, review_id, &review));
    return settle(ctx, review->order_id);
}

static err hear_received(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return settle(ctx, event->aggregate_id);
}

const struct listener review_listeners[] = {
    {"review.written", hear_written},
    {"order.received", hear_received},
    {"order.auto_received", hear_received},
    {0},
};
