/* group_buy.h - group buying (拼团): a price that holds when enough people buy in time.
 *
 * An activity has variants, each with a group price and pieces; a group (团) is for one variant of it and
 * wants so many people within so many hours. Its seats (团位) are orders: reserved when an order is placed,
 * kept when it is paid, free again when it comes to nothing. The first paid order opens the group; when the
 * last seat is paid it is full, and its orders go on; when its time is over before, it failed, and they are
 * closed and refunded (checkout/checkout_group.c).
 *
 * Seats, pieces and pieces of one person are guarded counters, changed with the order: the last seat is given
 * once. What a group costs and how many people it wants stays as it was when it began. Nobody sits in a group
 * who did not buy (docs/decisions/0065). Where the price comes from is quote.h: a sale with a price for each
 * line, which stands beside nothing but offers on freight. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/pricing/promotion.h"

#define GROUP_ENTRY_MOST 50
#define GROUP_STOCK_MOST 1000000
#define GROUP_PERSON_MOST 999
#define GROUP_SIZE_LEAST 2
#define GROUP_SIZE_MOST 100
#define GROUP_HOURS_USUAL 24
#define GROUP_HOURS_MOST 72
/* Activities that run or are to come at the same time. */
#define GROUP_ACTIVE_LIMIT 20
/* Open groups that a product's page offers. */
#define GROUP_SHOWN 5
#define GROUP_ROWS_LIMIT 101
/* Phone, e-mail and account. */
#define GROUP_BUYER_KEYS 3

/* Ends a group whose time is over; its subject is the group. */
#define GROUP_END_JOB "group.end"
/* What becomes of one order of a group that is full or failed; checkout runs it. */
#define GROUP_ORDER_JOB "group.order"

struct group_entry {
    int64_t variant_id;
    int64_t product_id;
    int64_t price;       /* minor units for one piece */
    int64_t stock;       /* pieces */
    int64_t person_most; /* pieces of one person over all groups; 0 = no bound */
    int64_t sold;
};

/* Added up from its groups. */
struct group_figures {
    int64_t open;
    int64_t full;
    int64_t failed;
    int64_t pieces; /* of full groups */
    int64_t money;  /* for these, without freight */
};

struct group_buy {
    int64_t id;
    int64_t version;
    enum promotion_status status;
    const char *name; /* 1..PROMOTION_NAME_MOST characters, for the buyer */
    int64_t starts_at;
    int64_t ends_at; /* no group begins from here on; those that are open go on */
    int64_t size;
    int64_t hours;
    bool is_listed; /* open groups stand on the product's page, for strangers to join */
    struct group_entry *entries;
    size_t count;
    struct group_figures figures; /* group_buy_list and group_buy_load */
    int64_t created_at;
    int64_t updated_at;
};

/* PHASE_USED_UP when all its pieces are sold. */
enum promotion_phase group_buy_phase_of(const struct group_buy *buy, int64_t now);

/* ---- staff ---- */

/* Everything that is wrong with it, by field ("size", "ends_at", "entries.0.price" …): ERR_INVALID. A price
 * that is not below the list price, a time that ends before it starts, and a variant that a flash sale or
 * another group buy has at the same time are refused. */
CHECKED err group_buy_examine(struct ctx *ctx, const struct group_buy *buy);
/* Writes a new one (id 0, a draft) or the next version, as flash_save does. */
CHECKED err group_buy_save(struct ctx *ctx, struct group_buy *buy);
/* As promotion_change_status. Groups that are open go on when it is paused or ended. */
CHECKED err group_buy_change_status(struct ctx *ctx, int64_t group_buy_id, enum promotion_status status);
CHECKED err group_buy_load(struct ctx *ctx, int64_t group_buy_id, struct group_buy **buy);
/* Newest first, with entries and figures; before_id 0 = from the newest. */
CHECKED err group_buy_list(struct ctx *ctx, int64_t before_id, int limit, struct group_buy **buys,
                           size_t *count);

/* ---- groups ---- */

enum buy_group_state {
    BUY_GROUP_NEW = 1,    /* its first order is not paid: nobody sees it */
    BUY_GROUP_OPEN = 2,   /* may be joined */
    BUY_GROUP_FULL = 3,   /* every seat is paid */
    BUY_GROUP_FAILED = 4, /* its time was over, or everybody left */
    BUY_GROUP_VOID = 5,   /* its first order was never paid */
};
extern const char
    *const buy_group_state_names[]; /* [BUY_GROUP_NEW] = "new", "open", "full", "failed", "void" */

struct buy_group {
    int64_t id;
    const char *token;
    int64_t group_buy_id;
    int64_t variant_id;
    int64_t product_id;
    enum buy_group_state state;
    int64_t size;
    int64_t price;
    int64_t taken; /* seats */
    int64_t paid;
    int64_t opened_at;
    int64_t ends_at;
    int64_t ended_at;
    const char *first; /* mask of who opened it; "" in a list without */
};

enum seat_state {
    SEAT_RESERVED = 1,
    SEAT_PAID = 2,
    SEAT_FREE = 3, /* its order came to nothing */
    SEAT_LEFT = 4, /* the same, after the group was full: it stays full */
};
struct group_seat {
    int64_t order_id;
    int64_t group_id;
    int64_t quantity;
    enum seat_state state;
    const char *mask;
};

/* ERR_NOT_FOUND. */
CHECKED err buy_group_load(struct ctx *ctx, int64_t group_id, struct buy_group **group);
/* Of a page that people share: ERR_NOT_FOUND also for a group that nobody paid for yet. */
CHECKED err buy_group_load_by_token(struct ctx *ctx, const char *token, struct buy_group **group);
/* Seats that are taken, in the order of their orders. */
CHECKED err group_seat_list(struct ctx *ctx, int64_t group_id, struct group_seat **seats, size_t *count);
/* Groups of an activity, those first that end first; state 0 = any that were opened, newest first. */
CHECKED err buy_group_list(struct ctx *ctx, int64_t group_buy_id, enum buy_group_state state, int limit,
                           struct buy_group **groups, size_t *count);
/* Groups of a product that may be joined by strangers, those first that miss the fewest. */
CHECKED err buy_group_list_open(struct ctx *ctx, int64_t product_id, int limit, struct buy_group **groups,
                                size_t *count);
/* The seat of an order, and its group. *seat is NULL for an order without one. */
CHECKED err group_seat_find(struct ctx *ctx, int64_t order_id, struct group_seat **seat,
                            struct buy_group **group);

/* ---- pricing ---- */

/* What a variant has of an activity, and of a group when one is joined. */
struct group_place {
    int64_t group_buy_id; /* 0 = the variant is in none */
    int64_t version;
    enum promotion_status status;
    const char *name;
    int64_t starts_at;
    int64_t ends_at;
    int64_t size;
    int64_t hours;
    bool is_listed;
    struct group_entry entry;      /* its price is that of the group */
    const struct buy_group *group; /* that is joined; NULL = a new one begins */
};
int64_t group_left(const struct group_place *place);
/* Whether a new group may begin, or the group may be joined, as far as is known. */
bool group_place_is_open(const struct group_place *place, int64_t now);
/* Of a variant in an activity; group_id 0 = a new group. A place with group_buy_id 0 when there is none. */
CHECKED err group_place_load(struct ctx *ctx, int64_t group_buy_id, int64_t variant_id, int64_t group_id,
                             struct group_place *place);
/* The place in which a variant begins a new group now. */
CHECKED err group_place_find(struct ctx *ctx, int64_t variant_id, struct group_place *place);
struct group_places {
    const struct group_place *items;
    size_t count;
};
/* Places of a product in activities that run. Shops without any are asked nothing. */
CHECKED err group_product_places(struct ctx *ctx, int64_t product_id, struct group_places *places);
const struct group_place *group_of_variant(const struct group_places *places, int64_t variant_id);
/* The offer of a group price for lines that are all of its variant. */
struct promotion group_offer(struct ctx *ctx, const struct group_place *place, const struct quote_line *lines,
                             size_t count);

/* ---- orders ---- */

struct group_buyer {
    const unsigned char *keys[GROUP_BUYER_KEYS]; /* each CRYPTO_INDEX_BYTES */
    size_t count;
};
struct group_want {
    const struct group_place *place;
    int64_t quantity;
    const char *mask;
    struct group_buyer buyer;
};
/* Whether this person sits in the group already, and how many pieces may still be had. */
CHECKED err group_person_left(struct ctx *ctx, const struct group_want *want, bool *is_in, int64_t *left);
/* In the transaction of an order: a seat and pieces. ERR_GROUP_OVER when the last seat or piece is gone or
 * the time is over; ERR_DUPLICATE when this person sits there already or has all pieces that one may have. */
CHECKED err group_seat_take(struct ctx *ctx, int64_t order_id, const struct group_want *want);
/* In the transaction that an order is paid in: its seat is kept; perhaps the group opens by it, or is full.
 */
CHECKED err group_seat_pay(struct ctx *ctx, int64_t order_id);
/* In a transaction: the order came to nothing. Twice is once; nothing for an order without a seat. */
CHECKED err group_seat_give_back(struct ctx *ctx, int64_t order_id);
/* The same for a buyer who leaves: ERR_GROUP_OVER, and nothing changes, unless the group is open and the seat
 * is paid. The last payment of the group waits for the same row, so one of the two comes first. */
CHECKED err group_seat_leave(struct ctx *ctx, int64_t order_id);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when seat or pieces went to others, or the time
 * is over. */
CHECKED err group_seat_take_again(struct ctx *ctx, int64_t order_id);

/* ---- check ---- */

/* Re-adds pieces, seats and persons. */
CHECKED err group_buy_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Seats behind an order's id, up to `limit`, with the state of their groups. */
struct group_hold {
    int64_t order_id;
    int64_t variant_id;
    int64_t quantity;
    enum seat_state seat;
    enum buy_group_state group;
};
CHECKED err group_hold_list(struct ctx *ctx, int64_t after_order_id, int limit, struct group_hold **holds,
                            size_t *count);

/* ---- words ---- */

/* docs/views.md: an activity for staff. */
struct value *group_buy_view(struct ctx *ctx, const struct group_buy *buy);
/* docs/views.md: a group for everybody. */
struct value *buy_group_view(struct ctx *ctx, const struct buy_group *group);
/* docs/views.md: `group` of a variant, nil without one. `price` is the list price. */
void group_place_view(struct ctx *ctx, struct value *view, const struct group_place *place, int64_t price);
/* As much of a name as others may see: 张**; of a phone number 138****, of a mail address z***. */
const char *group_mask(struct ctx *ctx, const char *name, const char *phone, const char *email);
