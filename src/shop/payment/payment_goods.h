/* payment_goods.h - money back for pieces of an order's lines, and beside it a free amount (goodwill,
 * freight).
 *
 * What pieces are worth follows from what was paid for their line by refund_share (quote.h): however they are
 * divided over refunds, all of a line together get exactly what was paid for it. Pieces that have not left
 * are withdrawn before others: they will not leave. Those that have may come back into stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/order/order.h"

/* Lines of one refund. */
#define REFUND_PICK_LIMIT 100
/* In characters, of who asks. */
#define REFUND_REQUEST_LIMIT 64

struct refund_pick {
    int64_t line_no;
    int64_t quantity;
    enum goods_back back; /* of those pieces that had left */
};

struct refund_wish {
    const struct refund_pick *picks;
    size_t count;
    int64_t amount;      /* free */
    int64_t location_id; /* where goods come back to */
    const char *reason;
    const char *request;      /* the same word twice is one refund; NULL or "" = none */
    const int64_t *seen_left; /* what could be refunded when the asker looked; NULL = nobody looked */
};

struct refund_part {
    int64_t line_no;
    int64_t quantity;
    int64_t amount;
    int64_t withdrawn;
    int64_t returned;
    enum goods_back back;
    int64_t points; /* of those that paid for the line: come back with it */
};

struct refund_quote {
    struct refund_part *parts; /* by the order's lines */
    size_t count;
    int64_t goods;     /* of all parts */
    int64_t amount;    /* free */
    int64_t total;     /* goods + amount */
    int64_t left;      /* what can be refunded of the order */
    int64_t withdrawn; /* pieces */
    int64_t returned;
    int64_t points; /* of all parts */
};

/* Whether anything of an order can go back, when so much money can: also what points paid whole. */
bool refund_is_possible(const struct order *order, int64_t refundable);
/* What a wish comes to; nothing is done. What no money paid goes back with its points alone. ERR_INVALID with
 * the fields: "lines.N.line_no", "lines.N.quantity" and "lines.N.back" (N counts the picks), "lines" (when
 * they are worth more than is left), "amount", "location". */
CHECKED err refund_quote_make(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                              struct refund_quote *quote);
/* Promises it, in a transaction of its own; payment_send_refund sends it. A request that was done already
 * gives the refund of then. Errors as above; ERR_CONFLICT when another refund, or a parcel, was quicker. */
CHECKED err payment_refund_wish(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                                int64_t *refund_id);

struct refund_line {
    int64_t refund_id;
    struct refund_part part;
    int64_t location_id;
};
/* Of all refunds of an order, in their order. */
CHECKED err refund_line_list(struct ctx *ctx, int64_t order_id, struct refund_line **lines, size_t *count);
/* Re-adds the lines of refunds and compares them with orders and money. */
CHECKED err payment_check_goods(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
