/* order.h - placed orders: what was bought, by whom, and the states it goes through.
 *
 * Five state fields move independently (order, payment, fulfilment, after-sales, review); which event may
 * move them, and where to, is one table (order_transitions), which docs/order-states.md and the tests are
 * made of. Every event is written with the change, in the same transaction, under the order's version: two
 * events can never both follow the same state. `stage` is the one word that people see. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "job/job.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include "shop/order/order_back.h"
#include "shop/order/order_baskets.h"
#include "shop/order/order_cancel.h"
#include "shop/order/order_customer.h"
#include "shop/order/order_held.h"
#include "shop/order/order_points.h"
#include "shop/order/order_presale.h"
#include "shop/order/order_ration.h"
#include "shop/order/order_receive.h"

/* The job that closes an order which nobody paid; checkout runs it. */
#define ORDER_CLOSE_JOB "order.close"

enum order_status { ORDER_PENDING_PAYMENT = 1, ORDER_OPEN = 2, ORDER_COMPLETED = 3, ORDER_CLOSED = 4 };
enum payment_status {
    PAYMENT_UNPAID = 1,
    PAYMENT_AUTHORIZED = 2,
    PAYMENT_PARTIALLY_PAID = 3,
    PAYMENT_PAID = 4,
    PAYMENT_PARTIALLY_REFUNDED = 5,
    PAYMENT_REFUNDED = 6,
    PAYMENT_CHARGED_BACK = 7,
};
enum fulfillment_status {
    FULFILLMENT_NONE = 1,
    FULFILLMENT_PARTIAL = 2,
    FULFILLMENT_SHIPPED = 3,
    FULFILLMENT_DELIVERED = 4
};
/* Whether the time runs in which the buyer may complain of what was received: not yet, running, over. */
enum aftersale_status { AFTERSALE_NONE = 0, AFTERSALE_ACTIVE = 1, AFTERSALE_DONE = 2 };
/* Whether the buyer is asked for reviews: not yet, asked, and each line has one. */
enum review_status { REVIEWS_NONE = 0, REVIEWS_OPEN = 1, REVIEWS_DONE = 2 };
enum order_stage {
    STAGE_PENDING_PAYMENT = 1,
    STAGE_TO_SHIP = 2,
    STAGE_PARTIALLY_SHIPPED = 3,
    STAGE_SHIPPED = 4,
    STAGE_COMPLETED = 5,
    STAGE_CLOSED = 6,
    STAGE_REFUNDING = 7,
    STAGE_REFUNDED = 8,
    STAGE_TO_REVIEW = 9,
    STAGE_PENDING_BALANCE = 10, /* the deposit of a presale is there, the balance is not */
    STAGE_GROUPING = 11,
};
#define STAGE_LAST STAGE_GROUPING

struct order_state {
    enum order_status order;
    enum payment_status payment;
    enum fulfillment_status fulfillment;
    enum aftersale_status aftersale;
    enum review_status review;
};

struct contact {
    const char *phone; /* "" when not given */
    const char *email;
};

struct address {
    const char *name; /* "" = no address: nothing physical in the order */
    const char *phone;
    const char *region;
    const char *line;
};

/* Why a line is in the order. */
enum line_role {
    LINE_BOUGHT = 0,
    LINE_GIFT = 1,  /* it came for nothing with others: unit_price is 0, list_price what one costs */
    LINE_ADDON = 2, /* an offer gave pieces of it a special price, which stands as its discount */
};

struct order_line {
    int64_t line_no; /* 1, 2, … */
    int64_t variant_id;
    int64_t product_id;
    const char *product_title;
    const char *variant_title;
    const char *handle;
    const char *sku;
    const char *picture_id;
    enum product_kind kind;
    int64_t unit_price;
    int64_t quantity;
    int64_t discount; /* what offers took off */
    int64_t total;    /* unit_price * quantity - discount */
    int64_t fulfilled;
    int64_t refunded;    /* pieces whose money went back, or is promised back */
    int64_t withdrawn;   /* of them those that had not left, and will not */
    int64_t returned;    /* of them those that had left and came back into stock */
    const char *answers; /* JSON for answers_read, NULL = none; not in order_line_list */
    enum line_role role;
    int64_t promotion_id; /* of a gift or an add-on: the offer, whose proof says which lines earned it */
    int64_t list_price;   /* of a gift */
    int64_t points;       /* of the order's: those that paid for this line */
    int64_t card_value;   /* each piece is a gift card that holds so much; 0 = it is none */
    int64_t available;    /* only while placing: as read before */
    const struct stock_part
        *parts; /* what one piece was made of when it was ordered; NULL = of nothing else */
    size_t part_count;
};

struct order {
    int64_t id;
    const char *number;
    const char *token;
    struct order_state state;
    int64_t version;
    const char *currency;
    int64_t total;            /* to be paid */
    int64_t discount;         /* of all lines: without it the total would be higher by it */
    int64_t rounding;         /* of the discount: small coins that were left off */
    int64_t points;           /* of its member that paid a part of it (order_points.h) */
    int64_t points_off;       /* of the discount: what they paid */
    int64_t points_back;      /* of the points: came back */
    int64_t freight;          /* in the total, but for the next */
    int64_t freight_discount; /* what offers took off it */
    int64_t paid;
    int64_t refunded;
    int64_t item_count;
    struct contact contact;
    struct address address;
    const char *note;
    const char *passcode; /* only while placing: NULL or "" = none */
    bool has_answers;     /* the buyer answered something for a line */
    bool has_consent;     /* only while placing: the buyer agreed that some goods are not taken back */
    bool is_rationed;     /* holds pieces that are counted beside the stock: products of which a person may
                             have only so many (order_ration.h), pieces of flash sales, presales and group buys */
    int64_t card_held;    /* of the total: gift cards hold it, or paid it */
    int64_t deposit; /* order_presale.h: paid first, the rest of the total in the window; 0 = paid whole */
    int64_t balance_from;
    int64_t balance_until;
    int64_t ships_by;      /* promised; 0 = an ordinary order */
    int64_t packs_from;    /* from then on it is one of those to be packed; 0 = as soon as it is paid */
    int64_t kept_entry_id; /* of the ledger: the deposit became the shop's own; 0 = no */
    bool waits_for_group;  /* it has a seat in a group (pricing/group_buy.h) that is not full: nothing of it
                              leaves */
    int64_t unpaid_ms;     /* only while placing: closes earlier than orders of the shop usually do; 0 = no */
    const char *said;      /* order_answers_load_many: all of it in one line; NULL = nothing */
    const char *locale;    /* in which it was placed; "" = the shop's own */
    int64_t cart_id;
    int64_t placed_at;
    int64_t closes_at;
    int64_t paid_at;
    int64_t closed_at;
    struct order_line *lines; /* NULL in lists, but for the first line */
    size_t line_count;
};

/* What the buyer pays for the goods alone. */
static inline int64_t order_goods_total(const struct order *order)
{
    return order->total - order->freight + order->freight_discount;
}

struct order_event {
    const char *kind;
    int64_t at;
    enum actor_kind actor;
    int64_t actor_id;
    const char *note;
    const char *reason; /* a code, "" = none was needed */
};

/* ---- states ---- */

/* One row of the table: from which states an event may happen and what it makes of them. Masks have bit
 * (1 << state), and 0 = any; `to` members that are 0 stay as they are. */
struct order_transition {
    const char *event;
    const char *what; /* when it happens, for the reader of docs/order-states.md */
    unsigned order_mask;
    unsigned payment_mask;
    unsigned fulfillment_mask;
    unsigned aftersale_mask;
    unsigned review_mask;
    struct order_state to;
};
/* Ends with a row without event. "placed" makes an order and has no row. */
extern const struct order_transition order_transitions[];

/* The one word that people see follows from the five states, and from nothing else. */
enum order_stage order_stage_of(struct order_state state);
/* The same of an order that perhaps waits for its group to be full: 待成团 in place of 待发货. */
enum order_stage order_stage_shown(struct order_state state, bool waits_for_group);
const char *order_stage_name(enum order_stage stage); /* "pending_payment" … */
/* What a Chinese buyer calls it: "待付款" … */
const char *order_stage_label(enum order_stage stage);
/* The same of an order: one with a deposit waits for that first, "待付定金". */
const char *order_label(const struct order *order);
bool order_stage_parse(const char *name, enum order_stage *stage);
/* "all" and the names, by stage: the choices of a field. Ends with NULL. */
extern const char *const order_stage_choices[];
const char *order_status_name(enum order_status status);
const char *payment_status_name(enum payment_status status);
const char *fulfillment_status_name(enum fulfillment_status status);
const char *aftersale_status_name(enum aftersale_status status);
const char *review_status_name(enum review_status status);
/* One decimal digit for each state, as events keep them. */
int64_t order_state_digits(struct order_state state);
/* The state after an event; false when the table has no row for it from this state. */
bool order_next_state(struct order_state from, const char *event, struct order_state *to);
/* Whether the table has a row for the event from this state. */
bool order_may(struct order_state state, const char *event);
/* ERR_INVALID_TRANSITION of an order, with `code`, `from` (the five states), `event`, `to` (what it would
 * have made of them) and `allowed` (the events that the table has from there) as members of the problem. */
err order_refuse(struct ctx *ctx, const struct order *order, const char *event)
    __attribute__((returns_nonnull));
/* The table for people (docs/order-states.md) and for programs. */
const char *order_table_markdown(struct ctx *ctx);
struct value *order_table_view(struct ctx *ctx);

/* What an event changes besides the states. */
struct order_change {
    const char *event; /* name of a row of the table */
    int64_t paid;      /* added to paid */
    int64_t refunded;  /* added to refunded */
    const char *note;
    const char *reason; /* a code, NULL = none is needed */
};

/* In a transaction: applies an event to an order as it was loaded. ERR_INVALID_TRANSITION when the table has
 * no such row; ERR_CONFLICT when the order changed since it was loaded (load it and decide again). Updates
 * `order` to the state after it, writes the event and emits "order.EVENT". */
CHECKED err order_apply(struct ctx *ctx, struct order *order, const struct order_change *change);
/* The same for events that follow one another in one moment: the row is written once, all or nothing. */
CHECKED err order_apply_all(struct ctx *ctx, struct order *order, const struct order_change *changes,
                            size_t count);

/* ---- orders ---- */

/* In a transaction: writes a new order with its lines, reserves its stock, schedules its closing and emits
 * order.placed. Fills order->number and token. */
CHECKED err order_place(struct ctx *ctx, struct order *order);
/* With lines, contact and address. */
CHECKED err order_load(struct ctx *ctx, int64_t order_id, struct order **order);
/* The line with this number; NULL when the order has none. */
const struct order_line *order_find_line(const struct order *order, int64_t line_no);
/* Its lines alone, for whoever counts goods: nothing personal is opened. */
CHECKED err order_line_list(struct ctx *ctx, int64_t order_id, struct order_line **lines, size_t *count);
CHECKED err order_load_by_number(struct ctx *ctx, const char *number, struct order **order);
#define ORDER_MANY_LIMIT 30
/* Those that exist of up to ORDER_MANY_LIMIT numbers, oldest first, as order_load. */
CHECKED err order_load_many(struct ctx *ctx, const char *const *numbers, size_t number_count,
                            struct order **orders, size_t *count);
/* Fills `said` of those of the orders that have answers: "游戏账号: 飞鱼; 区服: 一区". */
CHECKED err order_answers_load_many(struct ctx *ctx, struct order *orders, size_t count);
/* For a buyer: a wrong token is ERR_NOT_FOUND, as is an unknown number. */
CHECKED err order_load_for_buyer(struct ctx *ctx, const char *number, const char *token,
                                 struct order **order);
/* The order of a number whose phone, e-mail or passcode this is; ERR_NOT_FOUND whichever is wrong. */
CHECKED err order_load_by_contact(struct ctx *ctx, const char *number, const char *contact,
                                  struct order **order);
CHECKED err order_event_list(struct ctx *ctx, int64_t order_id, struct order_event **events, size_t *count);
/* In a transaction: everything of this kind counts as handed out. */
CHECKED err order_fulfil_lines(struct ctx *ctx, const struct order *order, enum product_kind kind);
/* What the order holds of the stock, for reserve, release and sell: the lines of a kind (0 = both), gathered.
 */
size_t order_demands(struct ctx *ctx, const struct order *order, enum product_kind kind,
                     struct demand **demands);
/* The same, of what has not left yet. */
size_t order_demands_left(struct ctx *ctx, const struct order *order, enum product_kind kind,
                          struct demand **demands);
/* Whether an offer took something off it or gave something with it. */
bool order_has_offers(const struct order *order);
bool order_has_kind(const struct order *order, enum product_kind kind);
/* Gift cards are ordered by themselves: all its lines are such, or none. */
bool order_sells_cards(const struct order *order);
/* Pieces that have not left yet, and will. */
int64_t order_line_left(const struct order_line *line);
/* Whether anything of the kind has not left yet. */
bool order_has_left(const struct order *order, enum product_kind kind);

/* ORDER_WAITING: who waits longest comes first. ORDER_DEAREST goes without stage and days. */
enum order_sort { ORDER_NEWEST, ORDER_WAITING, ORDER_DEAREST };

struct order_query {
    enum order_stage stage; /* 0 = any */
    int64_t since;          /* placed then or later; 0 = from the first */
    int64_t until;          /* placed before; 0 = to the last */
    enum order_sort sort;
    enum payment_status payment; /* 0 = any; these four only with order_list_page and order_list_ids */
    enum product_kind kind;      /* holds a line of this kind; 0 = any */
    int64_t total_min;
    int64_t total_max;  /* 0 = any */
    int64_t before_id;  /* 0 = from the newest; for ORDER_NEWEST */
    const char *cursor; /* of order_cursor, or NULL / "" */
    int limit;          /* 1..101 */
};
/* A page by key: it stays right while orders come in. Without lines but with the first one. A cursor that was
 * not made by us is ERR_BAD_REQUEST. */
CHECKED err order_list(struct ctx *ctx, const struct order_query *query, struct order **orders,
                       size_t *count);
/* Behind this order goes the next page. */
const char *order_cursor(struct ctx *ctx, const struct order *last);
/* So many digits at most are taken for the end of a number; more may be a phone number. */
#define ORDER_TAIL_LIMIT 10
/* Orders that one page of a narrowed list looks through at most: what a query narrows by payment, kind or
 * amount has no index, for keeping one would cost every sale. */
#define ORDER_WINDOW 5000
struct order_page {
    struct order *orders;
    size_t count;            /* up to query->limit */
    const char *next_cursor; /* NULL: there are no more */
    bool is_cut;             /* ORDER_WINDOW orders were looked through; the next page looks further */
};
/* A page as order_list, narrowed by all that the query says. */
CHECKED err order_list_page(struct ctx *ctx, const struct order_query *query, struct order_page *page);
#define ORDER_BULK_LIMIT 10000
/* The ids of a stage that a query finds, without cursor, sort and limit: at most ORDER_BULK_LIMIT + 1. */
CHECKED err order_list_ids(struct ctx *ctx, const struct order_query *query, int64_t **ids, size_t *count);
/* Orders whose number ends in 4 or more digits, newest first. */
CHECKED err order_list_by_tail(struct ctx *ctx, const char *tail, int limit, struct order **orders,
                               size_t *count);
/* Orders with this phone or e-mail, newest first. */
CHECKED err order_list_by_contact(struct ctx *ctx, const char *contact, int limit, struct order **orders,
                                  size_t *count);
/* Those of up to 32 ids that exist, newest first. */
CHECKED err order_list_many(struct ctx *ctx, const int64_t *order_ids, size_t id_count, struct order **orders,
                            size_t *count);
/* Of these ids, in the order in which they stand there (up or down), those that a query narrows by stage,
 * payment, kind and amount: the first up to query->limit. */
CHECKED err order_list_chosen(struct ctx *ctx, const struct order_query *query, const int64_t *order_ids,
                              size_t id_count, struct order **orders, size_t *count);
/* How many orders stand at a stage; counting stops at `most`. Orders that are not to be packed yet
 * (packs_from) do not count, nor stand in lists, as waiting to be sent. */
CHECKED err order_count_stage(struct ctx *ctx, enum order_stage stage, int64_t most, int64_t *count);
/* How many are paid and not to be packed yet; counting stops at `most`. */
CHECKED err order_count_early(struct ctx *ctx, int64_t most, int64_t *count);
/* Orders placed since a time, as id, totals and states only: for the dashboard. At most `most`. */
struct order_total {
    int64_t placed_at;
    int64_t total;
    int64_t paid;
    enum order_stage stage;
};
CHECKED err order_list_totals(struct ctx *ctx, int64_t since, int64_t most, struct order_total **totals,
                              size_t *count);
struct product_sales {
    const char *title;
    const char *handle;
    int64_t quantity;
    int64_t revenue;
};
/* What sold most since a time, by revenue of paid orders. */
CHECKED err order_list_best(struct ctx *ctx, int64_t since, int limit, struct product_sales **sales,
                            size_t *count);

/* Deals (pricing.h) follow from what happens to orders, after the sale and not in it. */
extern const struct listener order_listeners[];
/* Deals are what paid orders say, but for orders whose news are still on the way. */
CHECKED err order_check_deals(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Replays the events of all orders and compares; calls `report` for each difference. */
CHECKED err order_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- views (docs/views.md) ---- */

/* The members that order itself knows; payment, shipping and digital add theirs. Masked for buyers. */
struct value *order_view(struct ctx *ctx, const struct order *order, bool is_masked);
struct value *order_row_view(struct ctx *ctx, const struct order *order);
void order_event_views(struct ctx *ctx, struct value *list, const struct order_event *events, size_t count);

#include "shop/order/order_find.h"
