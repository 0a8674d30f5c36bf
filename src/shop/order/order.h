/* order.h - placed orders: what was bought, by whom, and the states it goes through.
 *
 * Three state fields move independently (order, payment, fulfilment); which event may move them, and where
 * to, is one table (order_transitions). Every event is written with the change, in the same transaction,
 * under the order's version: two events can never both follow the same state. `stage` is the one word that
 * people see. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "job/job.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"

/* The job that closes an order which nobody paid; checkout runs it. */
#define ORDER_CLOSE_JOB "order.close"

enum order_status { ORDER_PENDING_PAYMENT = 1, ORDER_OPEN = 2, ORDER_COMPLETED = 3, ORDER_CLOSED = 4 };
enum payment_status {
    PAYMENT_UNPAID = 1,
    PAYMENT_PAID = 4,
    PAYMENT_PARTIALLY_REFUNDED = 5,
    PAYMENT_REFUNDED = 6,
};
enum fulfillment_status {
    FULFILLMENT_NONE = 1,
    FULFILLMENT_PARTIAL = 2,
    FULFILLMENT_SHIPPED = 3,
    FULFILLMENT_DELIVERED = 4
};
enum order_stage {
    STAGE_PENDING_PAYMENT = 1,
    STAGE_TO_SHIP = 2,
    STAGE_PARTIALLY_SHIPPED = 3,
    STAGE_SHIPPED = 4,
    STAGE_COMPLETED = 5,
    STAGE_CLOSED = 6,
    STAGE_REFUNDING = 7,
    STAGE_REFUNDED = 8,
};

struct order_state {
    enum order_status order;
    enum payment_status payment;
    enum fulfillment_status fulfillment;
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
    int64_t total;
    int64_t fulfilled;
    int64_t available; /* only while placing: as read before */
};

struct order {
    int64_t id;
    const char *number;
    const char *token;
    struct order_state state;
    int64_t version;
    const char *currency;
    int64_t total;
    int64_t paid;
    int64_t refunded;
    int64_t item_count;
    struct contact contact;
    struct address address;
    const char *note;
    int64_t cart_id;
    int64_t placed_at;
    int64_t closes_at;
    int64_t paid_at;
    int64_t closed_at;
    struct order_line *lines; /* NULL in lists, but for the first line */
    size_t line_count;
};

struct order_event {
    const char *kind;
    int64_t at;
    enum actor_kind actor;
    int64_t actor_id;
    const char *note;
};

/* ---- states ---- */

/* One row of the table: from which states an event may happen and what it makes of them. Masks have bit
 * (1 << state); `to` members that are 0 stay as they are. */
struct order_transition {
    const char *event;
    unsigned order_mask;
    unsigned payment_mask;
    unsigned fulfillment_mask;
    struct order_state to;
};
extern const struct order_transition order_transitions[];

enum order_stage order_stage_of(struct order_state state);
const char *order_stage_name(enum order_stage stage); /* "pending_payment" … */
bool order_stage_parse(const char *name, enum order_stage *stage);
const char *order_status_name(enum order_status status);
const char *payment_status_name(enum payment_status status);
const char *fulfillment_status_name(enum fulfillment_status status);
/* The state after an event; false when the table has no row for it from this state. */
bool order_next_state(struct order_state from, const char *event, struct order_state *to);
/* Whether the table has a row for the event from this state. */
bool order_may(struct order_state state, const char *event);

/* What an event changes besides the states. */
struct order_change {
    const char *event; /* name of a row of the table */
    int64_t paid;      /* added to paid */
    int64_t refunded;  /* added to refunded */
    const char *note;
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
/* Its lines alone, for whoever counts goods: nothing personal is opened. */
CHECKED err order_line_list(struct ctx *ctx, int64_t order_id, struct order_line **lines, size_t *count);
CHECKED err order_load_by_number(struct ctx *ctx, const char *number, struct order **order);
#define ORDER_MANY_LIMIT 30
/* Those that exist of up to ORDER_MANY_LIMIT numbers, oldest first, as order_load. */
CHECKED err order_load_many(struct ctx *ctx, const char *const *numbers, size_t number_count,
                            struct order **orders, size_t *count);
/* For a buyer: a wrong token is ERR_NOT_FOUND, as is an unknown number. */
CHECKED err order_load_for_buyer(struct ctx *ctx, const char *number, const char *token,
                                 struct order **order);
/* The order of a number whose phone or e-mail this is; ERR_NOT_FOUND. */
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
bool order_has_kind(const struct order *order, enum product_kind kind);
/* Whether anything of the kind has not left yet. */
bool order_has_left(const struct order *order, enum product_kind kind);

/* ORDER_WAITING: who waits longest comes first. ORDER_DEAREST goes without stage and days. */
enum order_sort { ORDER_NEWEST, ORDER_WAITING, ORDER_DEAREST };

struct order_query {
    enum order_stage stage; /* 0 = any */
    int64_t since;          /* placed then or later; 0 = from the first */
    int64_t until;          /* placed before; 0 = to the last */
    enum order_sort sort;
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
/* Orders whose number ends in 4 or more digits, newest first. */
CHECKED err order_list_by_tail(struct ctx *ctx, const char *tail, int limit, struct order **orders,
                               size_t *count);
/* Orders with this phone or e-mail, newest first. */
CHECKED err order_list_by_contact(struct ctx *ctx, const char *contact, int limit, struct order **orders,
                                  size_t *count);
/* Those of up to 32 ids that exist, newest first. */
CHECKED err order_list_many(struct ctx *ctx, const int64_t *order_ids, size_t id_count, struct order **orders,
                            size_t *count);
/* How many orders stand at a stage; counting stops at `most`. */
CHECKED err order_count_stage(struct ctx *ctx, enum order_stage stage, int64_t most, int64_t *count);
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
