/* price_plan.h - prices that begin at a time, and perhaps end at one (R-3.1-8). Of pricing.h.
 *
 * A plan names variants of one product, what they cost from its start on, and what may stand struck through
 * beside it. Without an end the price stays. With one the former price, as it was at the start, comes back;
 * except where somebody changed price or struck price by hand meanwhile: that stays, because the person knew
 * more than the plan. Plans of one variant never meet: an interval holds its start and not its end, and a
 * plan without an end is its start alone. One job for a product does all that is due, ends before starts, in
 * one transaction and in the order of their times, so that a second run finds nothing. A plan whose end
 * passed before it began (the program did not run) is missed and changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/catalog/catalog.h"

enum price_plan_status {
    PLAN_TO_COME = 1,
    PLAN_RUNNING = 2, /* its price holds, and its end is to come */
    PLAN_OVER = 3,
    PLAN_CANCELLED = 4,
    PLAN_MISSED = 5,
    PLAN_REPLACED = 6, /* it was changed: another one took its place */
};
extern const char *const price_plan_status_names[]; /* "", "to-come", "running" … NULL */

/* What stands struck through while the plan holds. */
enum plan_compare {
    PLAN_COMPARE_KEEP = 1, /* what the variant has; nothing where that is not above the new price */
    PLAN_COMPARE_NONE = 2,
    PLAN_COMPARE_OWN = 3,       /* compare_price of the line, borne out by deals when the plan is made */
    PLAN_COMPARE_EXPLAINED = 4, /* the same with compare_note */
};
extern const char *const plan_compare_names[]; /* "keep", "none", "own", "explained", NULL: value - 1 */

/* To come or running, of one product. */
#define PRICE_PLAN_LIMIT 50
/* Prices in all of them together. */
#define PRICE_PLAN_LINE_LIMIT 16000
/* Past ones that a list shows. */
#define PRICE_PLAN_PAST_LIMIT 20
/* How far ahead a plan may begin or end. */
#define PRICE_PLAN_DAYS 731

struct price_plan_line {
    int64_t variant_id;
    int64_t price;         /* minor units, > 0 */
    int64_t compare_price; /* 0 = as PLAN_COMPARE_KEEP */
    size_t row;            /* of the form, to name it in complaints */
    bool has_begun;        /* what follows is known */
    int64_t was_price;
    int64_t was_compare_price;
    enum compare_kind was_compare_kind;
    const char *was_compare_note;
    int64_t set_compare_price;
    bool is_kept; /* at the end it was another price than the plan's, and stayed */
};

struct price_plan {
    int64_t id;
    int64_t product_id;
    enum price_plan_status status;
    int64_t starts_at;
    int64_t ends_at; /* 0 = it stays */
    enum plan_compare compare;
    const char *compare_note;
    int64_t replaces_id; /* of one that is to come: this takes its place; 0 = none */
    int64_t made_at;
    enum actor_kind actor;
    int64_t actor_id;
    int64_t turned_at; /* when it came to its status; 0 = it is as it was made */
    struct price_plan_line *lines;
    size_t line_count;
};

/* Fills plan->id. ERR_INVALID with the field (starts_at, ends_at, prices, prices.N.price …): in the past, an
 * end before the start, meets another plan, a struck price that is not lawful (REF_PRICE_UNLAWFUL with
 * `max`). ERR_LIMIT past PRICE_PLAN_LIMIT and PRICE_PLAN_LINE_LIMIT; ERR_CONFLICT when the one it replaces is
 * not to come any more. */
CHECKED err price_plan_create(struct ctx *ctx, struct price_plan *plan);
/* One that is to come; else ERR_CONFLICT. */
CHECKED err price_plan_cancel(struct ctx *ctx, int64_t plan_id);
/* Takes the last step back: a cancelled plan is to come again, and one that replaced another gives way to it.
 * ERR_INVALID as price_plan_create when its time is over or another plan stands there now; ERR_CONFLICT when
 * there is nothing to undo. */
CHECKED err price_plan_undo(struct ctx *ctx, int64_t plan_id);
/* A running one ends now; else ERR_CONFLICT. */
CHECKED err price_plan_end(struct ctx *ctx, int64_t plan_id);
/* ERR_NOT_FOUND. */
CHECKED err price_plan_load(struct ctx *ctx, int64_t plan_id, struct price_plan **plan);
/* Those to come and running by their start. */
CHECKED err price_plan_open_list(struct ctx *ctx, int64_t product_id, struct price_plan **plans,
                                 size_t *count);
/* The same, and behind them up to PRICE_PLAN_PAST_LIMIT past ones, newest
 * first; replaced ones are left out. */
CHECKED err price_plan_list(struct ctx *ctx, int64_t product_id, struct price_plan **plans, size_t *count);
/* Plans of one variant do not meet, each has lines of its product, and running ones know the former price. */
CHECKED err price_plan_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
