/* points.h - points (积分) of members: a ledger that is only added to, and a guarded balance for each
 * account.
 *
 * An order earns once, when its time for after-sales is over, by what was really paid for its goods
 * (order/order_points.h). What came with an expiry is a lot, and what expires first is used first: nothing is
 * kept about which lot a use took, because all that went is charged to the lots in the order of their expiry.
 * So what is due at a time is what had expired by then, less all that ever went.
 *
 * Points pay a part of the goods (quote_points.h, decision 0078): they are drawn with the order. What comes
 * back undoes the draw, so each point expires when it always would have; what had expired meanwhile comes
 * back as a lot that is good for POINTS_GRACE_DAYS.
 *
 * The terms of a shop are ctx->shop->points. A shop that never had points is asked nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/pricing/quote.h"

#define POINTS_RATE_MOST 10000
#define POINTS_MONTHS_MOST 60
/* Of one adjustment, and what one account can have had in all. */
#define POINTS_MOST INT64_C(100000000)
#define POINTS_EVER_MOST INT64_C(1000000000000)
#define POINTS_REASON_LIMIT 100
#define POINTS_LIST_LIMIT 50
#define POINTS_LOT_LIMIT 12
#define POINTS_PAY_RATE_MOST 10000
/* All: an order that costs nothing any more is paid as it is placed. */
#define POINTS_PAY_PERCENT_MOST 100
#define POINTS_PAY_LEAST_MOST 1000000
#define POINTS_GRACE_DAYS 30

/* ---- terms ---- */

/* For what comes from now on, and for orders from now on. ERR_INVALID about earned, months, pay_rate,
 * pay_percent, pay_least. `terms->state` is POINTS_ON or not; members may use what they have in either case.
 * Emits shop.changed. */
CHECKED err points_change_terms(struct ctx *ctx, const struct points_terms *terms);
/* Minor units in one unit of a currency: 100 of CNY. */
int64_t points_unit(const char *currency);

/* ---- accounts ---- */

enum point_kind {
    POINTS_EARNED = 1,
    POINTS_TAKEN_BACK = 2, /* money went back after they were earned */
    POINTS_EXPIRED = 3,
    POINTS_ADJUSTED = 4, /* by staff */
    POINTS_SPENT = 5,    /* they paid for an order */
    POINTS_BACK = 6,     /* of those: a draw is undone */
    POINTS_RENEWED = 7,  /* of those: they had expired meanwhile, and come as a new lot */
};
extern const char *const point_kind_names[]; /* [POINTS_EARNED] = "earned" … "renewed" */

struct point_movement {
    int64_t id;
    int64_t customer_id;
    enum point_kind kind;
    int64_t points; /* negative: they went */
    int64_t order_id;
    const char *order_number; /* only in lists; "" = not of an order */
    int64_t expires_at;       /* of what came; 0 = never */
    const char *reason;
    int64_t staff_id;
    int64_t at;
};

/* What an account has, and what it owes: points that were wanted back and were gone, which what is earned
 * next settles. 0 of an account without any, and in a shop that never had points. */
CHECKED err points_account(struct ctx *ctx, int64_t customer_id, int64_t *balance, int64_t *debt);
/* What it has alone. */
CHECKED err points_balance(struct ctx *ctx, int64_t customer_id, int64_t *balance);
/* Newest first; before_id 0 = from the newest; up to POINTS_LIST_LIMIT + 1. */
CHECKED err points_list(struct ctx *ctx, int64_t customer_id, int64_t before_id, int limit,
                        struct point_movement **movements, size_t *count);
/* What is left and expires, by time; up to POINTS_LOT_LIMIT times. */
struct point_lot {
    int64_t expires_at;
    int64_t points;
};
CHECKED err points_lots(struct ctx *ctx, int64_t customer_id, struct point_lot **lots, size_t *count);
/* By staff, with a reason: more, or less (never below nothing: ERR_CONFLICT). ERR_INVALID about points,
 * reason. */
CHECKED err points_adjust(struct ctx *ctx, int64_t customer_id, int64_t points, const char *reason);

/* In a transaction: they come, as a lot (points > 0; kinds EARNED and ADJUSTED). */
CHECKED err points_put(struct ctx *ctx, const struct point_movement *movement);
/* In a transaction: they go (points < 0), of an account that has them: else the transaction fails with
 * `code`. */
CHECKED err points_draw(struct ctx *ctx, const struct point_movement *movement, enum error_code code);
/* In a transaction, last of all: the account owes so many more points, or less (points < 0). */
CHECKED err points_owe(struct ctx *ctx, int64_t customer_id, int64_t points);
/* When points that come now expire; 0 = never. */
int64_t points_expiry(struct ctx *ctx);

/* Lets what is due expire, of up to POINTS_SWEEP_LIMIT accounts. */
#define POINTS_SWEEP_LIMIT 500
CHECKED err points_sweep(struct ctx *ctx);

/* ---- paying (points_spend.c) ---- */

/* Whether points pay in this shop. */
bool points_pay(const struct ctx *ctx);
/* The terms of the shop, for who wishes to use so many. */
struct quote_points_terms points_pay_terms(const struct ctx *ctx, int64_t wanted);
/* In the transaction of an order, or of one that lives again: they go. ERR_POINTS_GONE, or the code that is
 * given, when the account has not so many any more. */
CHECKED err points_spend(struct ctx *ctx, int64_t customer_id, int64_t order_id, int64_t points,
                         enum error_code code);
/* In a transaction: so many of an order's come back. ERR_CONFLICT when some are late and the account changed
 * since it was read here: try again. */
CHECKED err points_give_back(struct ctx *ctx, int64_t customer_id, int64_t order_id, int64_t points);

/* docs/views.md: points of an account, into `view`; movements before an id, 0 = from the newest. */
CHECKED err points_account_view(struct ctx *ctx, struct value *view, int64_t customer_id, int64_t before_id);

/* ---- check ---- */

/* Re-adds every balance and what orders brought. */
CHECKED err points_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
