/* inventory_level.h - goods by location and state.
 *
 * A level is one variant in one location. Of what is on hand there, some may be damaged, some be checked
 * (qc), and some be kept back (safety); incoming is what a supplier owes and is not on hand yet. Levels
 * change only by acts with a reason, each one guarded statement and one movement (two for a transfer).
 *
 * Every shop has LOCATION_HOME, which needs no row as long as it is the only one; shops with more of them
 * cost a question more for each order (docs/decisions/0047). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/inventory/inventory.h"

#define LOCATION_HOME 1
#define LOCATION_LIMIT 50
/* In code points. */
#define LOCATION_NAME_LIMIT 30
#define LOCATION_ADDRESS_LIMIT 200
#define LOCATION_PRIORITY_LIMIT 1000
/* Goods go to a new location when every node knows of it (SHOP_CACHE_MS). */
#define LOCATION_SETTLING_MS INT64_C(3000)
#define STOCK_REASON_LIMIT 120
#define STOCK_MOST INT64_C(1000000000000)

/* ---- locations ---- */

struct stock_location {
    int64_t id;
    const char *name; /* "" of LOCATION_HOME while it is the only one */
    const char *address;
    int64_t priority; /* the least is asked first */
    bool is_active;   /* goods may be put there */
};
/* By priority; at least LOCATION_HOME. */
CHECKED err location_list(struct ctx *ctx, struct stock_location **locations, size_t *count);
/* `home_name` names LOCATION_HOME when this is the second. Fills location->id. ERR_INVALID, ERR_LIMIT. */
CHECKED err location_create(struct ctx *ctx, struct stock_location *location, const char *home_name);
/* ERR_NOT_FOUND, ERR_INVALID; one that holds goods or is LOCATION_HOME stays active. */
CHECKED err location_change(struct ctx *ctx, const struct stock_location *location);

/* ---- levels ---- */

struct stock_level_row {
    int64_t variant_id;
    int64_t location_id;
    int64_t on_hand;
    int64_t reserved;
    int64_t damaged;
    int64_t qc;
    int64_t safety;
    int64_t incoming;
    int64_t backorder;
};
int64_t level_available(const struct stock_level_row *level);
/* The levels of a variant by location; those with nothing that ever moved there are left out. */
CHECKED err level_list(struct ctx *ctx, int64_t variant_id, struct stock_level_row **levels, size_t *count);

/* What of an order is promised elsewhere than at LOCATION_HOME; the rest of it is promised there. */
struct stock_promise {
    int64_t order_id;
    int64_t location_id;
    int64_t pieces;
};
/* Promises of a shop that are looked through. */
#define STOCK_PROMISE_LIMIT 50000
/* Of one variant, by order. *is_known false when the shop has too many promises. */
CHECKED err stock_promise_list(struct ctx *ctx, int64_t variant_id, struct stock_promise **promises,
                               size_t *count, bool *is_known);

/* ---- acts ---- */

enum stock_act {
    ACT_RECEIVE,  /* goods came in */
    ACT_ARRIVE,   /* goods came in that were expected */
    ACT_RETURN,   /* a buyer sent them back, fit for sale */
    ACT_LOSE,     /* they are not there any more */
    ACT_DAMAGE,   /* for sale -> damaged */
    ACT_MEND,     /* damaged -> for sale */
    ACT_DISCARD,  /* damaged -> gone */
    ACT_CHECK,    /* for sale -> being checked */
    ACT_PASS,     /* being checked -> for sale */
    ACT_REJECT,   /* being checked -> damaged */
    ACT_KEEP,     /* for sale -> kept back */
    ACT_FREE,     /* kept back -> for sale */
    ACT_EXPECT,   /* a supplier owes them */
    ACT_UNEXPECT, /* no longer */
    ACT_TRANSFER, /* to another location */
};
/* "receive", "arrive" … by enum; ends with NULL. */
extern const char *const stock_act_names[];

struct stock_doing {
    enum stock_act act;
    int64_t variant_id;
    int64_t product_id;
    int64_t location_id;
    int64_t to_location_id; /* ACT_TRANSFER */
    int64_t quantity;
    const char *reason;
};
/* ERR_INVALID with the field: quantity (more than there are; `max` tells how many), location, to.
 * ERR_CONFLICT when others were quicker. */
CHECKED err stock_do(struct ctx *ctx, const struct stock_doing *doing);

/* What becomes of goods that a buyer sent back. */
enum goods_back { BACK_NOT = 0, BACK_SELLABLE = 1, BACK_DAMAGED = 2, BACK_QC = 3 };
/* "no", "sellable", "damaged", "qc" by enum; ends with NULL. */
extern const char *const goods_back_names[];
struct stock_return {
    int64_t order_id;
    int64_t variant_id;
    int64_t product_id;
    int64_t location_id;
    int64_t quantity;
    enum goods_back back;
    const char *reason;
};
/* Whether goods may be put there; ERR_INVALID at "location". */
CHECKED err stock_check_location(struct ctx *ctx, int64_t location_id);
/* In a transaction: they are on hand again, in the state that was found. Not for BACK_NOT. */
CHECKED err stock_take_back(struct ctx *ctx, const struct stock_return *coming);

/* After a refused stock_sell outside of the transaction: ERR_OUT_OF_STOCK when fewer are on hand than should
 * leave (they were ordered ahead, and have not come), else the failure as it was. */
CHECKED err stock_explain_short(struct ctx *ctx, err failure, const struct demand *demands, size_t count);

/* In code points. */
#define RESTOCK_LIMIT 30
/* How far orders may go below 0 (0 = not at all any more), and when the shop says that goods come ("" = it
 * does not say); what was ordered ahead stays so. */
CHECKED err stock_allow_backorder(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t backorder,
                                  const char *restock);
/* When goods come, "" when nothing is said; `texts[i]` belongs to `variant_ids[i]`. For variants of which
 * stock_available is short: ask only then. */
CHECKED err restock_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, const char **texts);

/* ---- movements ---- */

/* Movements that one page of one variant looks through: there is no index by variant, which would be written
 * at random places with every sale. */
#define MOVEMENT_WINDOW 50000
#define MOVEMENT_PAGE_LIMIT 200

/* "reserve", "release" … by enum movement_kind, from 1 on; ends with NULL. */
extern const char *const movement_kind_names[];

struct stock_movement {
    int64_t id;
    enum movement_kind kind;
    int64_t location_id;
    int64_t on_hand;
    int64_t reserved;
    int64_t damaged;
    int64_t qc;
    int64_t safety;
    int64_t incoming;
    int64_t order_id;
    const char *reason;
    enum actor_kind actor;
    int64_t actor_id;
    int64_t at;
};
struct movement_query {
    int64_t variant_id;
    enum movement_kind kind; /* 0 = any */
    int64_t since;           /* 0 = from the first */
    int64_t until;           /* 0 = to the last */
    int64_t before_id;       /* 0 = from the newest */
    int limit;               /* up to MOVEMENT_PAGE_LIMIT */
};
/* Newest first. *next_id: behind what goes on, 0 when nothing does; a page may be short, or empty, and go on.
 */
CHECKED err movement_list(struct ctx *ctx, const struct movement_query *query,
                          struct stock_movement **movements, size_t *count, int64_t *next_id);
