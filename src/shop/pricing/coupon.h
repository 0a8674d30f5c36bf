/* coupon.h - coupons that are claimed (领券) instead of typed: how many are issued, who holds them, and what
 * orders do with them.
 *
 * A promotion that counts by a code can be offered here; from then on its code counts no more, and it counts
 * for who holds a claim. How many are issued in all and to one person are guarded counters: never one over. A
 * claim is good while its promotion runs, or N whole days from the day of the claim, whichever ends first
 * (R-5.3-4). It is spent in the transaction of the order and given back when the order comes to nothing or
 * all its money went back (R-4.2-5): the claim itself, never money, and its time is not prolonged. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

struct promotion;

#define COUPON_HOLDER_MOST 100
#define COUPON_ISSUE_MOST INT64_C(100000000)
#define COUPON_DAYS_MOST 365
/* Claims that one account keeps unused, counted over all promotions, as far as prices look at them. */
#define COUPON_HELD_LIMIT 20
/* Tickets on one page. */
#define COUPON_TICKET_LIMIT 30
#define COUPON_LIST_LIMIT 100

enum coupon_audience { COUPON_FOR_ALL = 1, COUPON_FOR_NEW = 2, COUPON_FOR_GROUP = 3 };
extern const char *const coupon_audience_names[]; /* [COUPON_FOR_ALL] = "all", "new", "group", NULL */

struct coupon_offer {
    int64_t promotion_id;
    bool is_offered; /* false = no more are issued */
    enum coupon_audience audience;
    int64_t group_id;    /* of COUPON_FOR_GROUP */
    int64_t issue_most;  /* 0 = no bound */
    int64_t holder_most; /* 1..COUPON_HOLDER_MOST */
    int64_t days;        /* 0 = as long as the promotion runs */
    int64_t issued;
    int64_t used;
};

/* ---- staff ---- */

/* Offers a promotion to be claimed, or changes how. ERR_INVALID about issue_most (below what was issued),
 * holder_most, days, group; at "promotion" when it counts without a code or has ended. */
CHECKED err coupon_offer_save(struct ctx *ctx, const struct coupon_offer *offer);
/* NULL when it is not offered to be claimed. */
CHECKED err coupon_offer_find(struct ctx *ctx, int64_t promotion_id, struct coupon_offer **offer);
/* No more are issued; those out there count on. Twice is once. ERR_NOT_FOUND. */
CHECKED err coupon_offer_stop(struct ctx *ctx, int64_t promotion_id);
/* One more for this customer, whoever it is for and however many that person has, as long as there are any:
 * ERR_CONFLICT. ctx->actor_id is kept as who gave it. */
CHECKED err coupon_give(struct ctx *ctx, int64_t promotion_id, int64_t customer_id);

enum coupon_state { COUPON_USABLE, COUPON_USED, COUPON_EXPIRED };
extern const char *const coupon_state_names[]; /* "usable", "used", "expired", NULL */
struct coupon_claim {
    int64_t id;
    int64_t customer_id;
    int64_t promotion_id;
    int64_t claimed_at;
    int64_t valid_until; /* with the end of its promotion looked at; not itself */
    int64_t order_id;    /* 0 = not used */
    int64_t given_by;    /* staff, 0 = claimed */
    enum coupon_state state;
};
/* Of a promotion, newest first; before_id 0 = from the newest; up to COUPON_LIST_LIMIT. */
CHECKED err coupon_claim_list(struct ctx *ctx, int64_t promotion_id, int64_t before_id, int limit,
                              struct coupon_claim **claims, size_t *count);

/* ---- buyers ---- */

/* Who claims, as far as it matters. */
struct coupon_claimer {
    int64_t customer_id;
    int64_t group_id; /* 0 = none */
    bool is_new;      /* no paid order yet */
};
/* ERR_INVALID at "coupon" with one of the codes over (not offered any more), gone (all are issued), had (this
 * person has as many as one may), not-new, not-level. */
CHECKED err coupon_take(struct ctx *ctx, int64_t promotion_id, const struct coupon_claimer *claimer);

/* What can be claimed now. */
struct coupon_ticket {
    const struct promotion *promotion;
    struct coupon_offer offer;
    int64_t held; /* by this customer, used ones too */
};
/* Those whose scope has one of the products, or all with product_ids NULL; the ones that end first stand
 * first. customer_id 0 = a stranger. Shops without offers are asked nothing. */
CHECKED err coupon_ticket_list(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t customer_id,
                               struct coupon_ticket **tickets, size_t *ticket_count);
/* Of an account in one state, newest first, with their promotions; up to COUPON_LIST_LIMIT. */
struct coupon_held {
    struct coupon_claim claim;
    const struct promotion *promotion;
};
CHECKED err coupon_held_list(struct ctx *ctx, int64_t customer_id, enum coupon_state state,
                             struct coupon_held **held, size_t *count);

/* ---- orders ---- */

/* In a transaction: all money of an order went back, so what it used is there again. Twice is once. */
CHECKED err coupon_give_back(struct ctx *ctx, int64_t order_id);
/* Re-adds what was issued, held and used. */
CHECKED err coupon_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- words ---- */

/* docs/views.md: ticket. */
void coupon_tickets_view(struct ctx *ctx, struct value *view, const struct coupon_ticket *tickets,
                         size_t count);
/* docs/views.md: coupon of an account. */
struct value *coupon_held_view(struct ctx *ctx, const struct coupon_held *held);
