/* promotion_staff.h - what staff read of offers: by phase, what they gave, what they said at each time, what
 * one would have done to carts of the past, and the proof of an order as a table. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/promotion.h"

/* Uses of one offer that are counted for a list; behind that the figures are at least so much. */
#define PROMOTION_COUNT_MOST 10000
#define PROMOTION_VERSION_LIST 50

struct promotion_phase_query {
    bool has_phase;
    enum promotion_phase phase;
    enum discount_kind kind; /* 0 = any */
    int64_t before_id;       /* 0 = from the newest */
    int limit;               /* 1..PROMOTION_LIST_LIMIT + 1 */
};
/* Newest first, by what promotion_phase_of says at ctx->now. */
CHECKED err promotion_list_phase(struct ctx *ctx, const struct promotion_phase_query *query,
                                 struct promotion **promotions, size_t *count);

/* What an offer gave, without the orders that came to nothing. */
struct promotion_figure {
    int64_t uses;
    int64_t money;   /* minor units */
    bool is_partial; /* PROMOTION_COUNT_MOST were counted, there are more */
};
/* `figures[i]` belongs to `promotion_ids[i]`; up to PROMOTION_LIST_LIMIT. */
CHECKED err promotion_figure_many(struct ctx *ctx, const int64_t *promotion_ids, size_t count,
                                  struct promotion_figure *figures);

struct promotion_use {
    int64_t order_id;
    int64_t version;
    int64_t amount;
    bool is_live; /* the order did not come to nothing */
};
/* Orders that used an offer, newest first; before_order_id 0 = from the newest. */
CHECKED err promotion_use_list(struct ctx *ctx, int64_t promotion_id, int64_t before_order_id, int limit,
                               struct promotion_use **uses, size_t *count);

struct promotion_version {
    int64_t version;
    int64_t at;
    int64_t actor_id;
    struct promotion promotion; /* rule and scope as they were then, and nothing else */
};
/* Newest first, at most PROMOTION_VERSION_LIST. */
CHECKED err promotion_version_list(struct ctx *ctx, int64_t promotion_id, struct promotion_version **versions,
                                   size_t *count);

/* What promotion_save would say of an offer, without a look at prices and at the codes of others. */
CHECKED err promotion_examine(struct ctx *ctx, const struct promotion *promotion);
/* A code that nobody guesses and everybody reads: ten letters and digits that look like no others. */
const char *promotion_code_make(struct ctx *ctx);

/* A cart of the past. */
struct trial_cart {
    struct quote_line *lines;
    const int64_t *product_ids;
    size_t count;
    int64_t freight; /* before any offer */
    int64_t placed_at;
    int64_t region; /* where it went; 0 = not known, or nowhere */
    int64_t full;   /* out */
    int64_t amount; /* out: what comes off */
    int64_t gifts;  /* out: pieces that are given */
};
/* Prices each cart with this offer alone, whatever its status, its start and end, and its limits; in its
 * hours of the week and its provinces alone. ERR_LIMIT when a sum leaves the range of money. */
CHECKED err promotion_try(struct ctx *ctx, const struct promotion *promotion, struct trial_cart *carts,
                          size_t count);

/* A proof as a table. */
struct proof_rule {
    struct promotion promotion; /* id, version and rule */
    int64_t base;
    int64_t amount;         /* 0 = it was looked at and took nothing off */
    const int64_t *by_line; /* NULL with amount 0 */
};
struct proof {
    const struct quote_line *lines; /* with unit_price, full and discount */
    size_t line_count;
    const struct proof_rule *rules; /* those that took off first */
    size_t rule_count;
    int64_t full;
    int64_t discount;
    int64_t freight;
    int64_t freight_discount;
    struct quote_points points;
    int64_t rounding; /* small coins, of the discount */
    int64_t region;   /* where it went, 0 = it did not matter */
};
/* ERR_INTERNAL when it is no proof. */
CHECKED err proof_read(struct ctx *ctx, const char *json, struct proof *proof);
