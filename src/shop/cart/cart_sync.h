/* cart_sync.h - what several devices did to one cart without network becomes the same cart, in whatever order
 * they tell of it.
 *
 * Each op carries a Lamport clock (L. Lamport, Time, Clocks, and the Ordering of Events, 1978): a device
 * counts it up, and past what it hears. The ops of a variant are put in the order of (clock, device, op);
 * "set" and "remove" give the pieces, "add" adds to them. So the pieces follow from the set of ops alone.
 * What was done on a page meanwhile is the difference between the line and what the log gave it, and enters
 * the log as an addition. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/cart/cart.h"

#define CART_OPS_MOST 500     /* in one request */
#define CART_LOG_LIMIT 2000   /* of one cart */
#define CART_OP_NAME_LIMIT 40 /* characters of op and device: a UUID has 36 */
#define CART_CLOCK_LIMIT 1000000000000

enum cart_op_kind { CART_OP_ADD, CART_OP_SET, CART_OP_REMOVE };
extern const char *const cart_op_names[]; /* "add", "set", "remove"; ends with NULL */

struct cart_op {
    const char *op_id;
    const char *device_id;
    int64_t lamport;
    enum cart_op_kind kind;
    int64_t variant_id;
    int64_t quantity;   /* of CART_OP_ADD and CART_OP_SET */
    int64_t seen_price; /* minor units that the buyer saw for one; 0 = not known */
};

enum cart_adjustment_code {
    ADJUSTED_PRICE,       /* price-changed: `old` and `now` */
    ADJUSTED_QUANTITY,    /* quantity-clamped: `most` */
    ADJUSTED_UNAVAILABLE, /* unavailable: off the shelf, sold out or unknown */
    ADJUSTED_LIMIT,       /* limit-exceeded: the cart has CART_LINE_LIMIT lines */
    ADJUSTED_COUPON,      /* coupon-expired */
    ADJUSTED_MERGED,      /* merged: pieces of several devices were put together */
};
extern const char *const cart_adjustment_names[];

struct cart_adjustment {
    enum cart_adjustment_code code;
    int64_t variant_id; /* 0 of ADJUSTED_COUPON */
    const char *title;
    int64_t old;
    int64_t now;
    int64_t most;
};

struct cart_synced {
    const struct cart *cart;
    struct cart_adjustment *adjustments;
    size_t count;
    int64_t lamport; /* the highest clock of the log: devices go on above it */
};

/* How many pieces the ops of one variant give, whatever their order in memory (they are sorted); at least 0.
 */
int64_t cart_ops_quantity(struct cart_op *ops, size_t count);

/* Takes ops in; those that are known already change nothing. Without a token, or with one of a cart that was
 * ordered or is gone, a new cart begins. ERR_LIMIT when the log of the cart is full. */
CHECKED err cart_sync(struct ctx *ctx, const char *token, const struct cart_op *ops, size_t count,
                      struct cart_synced *synced);
