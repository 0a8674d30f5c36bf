/* payment.h - money in and money back, through whatever gateway.
 *
 * Callback, query and refund answer all end in payment_apply_fact, which is idempotent on (gateway, provider
 * number, kind) and is the only place where money changes an order. The browser never decides. What is
 * decided is read before and guarded inside one transaction (versions and row counts); when a guard fails, it
 * is read and decided anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/order/order.h"
#include "shop/payment/gateway.h"
#include "shop/payment/payment_card.h"
#include "shop/payment/payment_goods.h"
#include "shop/payment/payment_orders.h"

enum attempt_status {
    ATTEMPT_CREATED = 1,
    ATTEMPT_PAID = 2,
    ATTEMPT_FAILED = 3,
    ATTEMPT_CLOSED = 4,
    ATTEMPT_SURPLUS = 5, /* paid although another attempt had paid the order: goes back as a whole */
};
enum refund_status { REFUND_PENDING = 1, REFUND_DONE = 2, REFUND_FAILED = 3 };

/* Jobs of this module (payment_jobs). */
#define PAYMENT_DELIVER_JOB "payment.deliver" /* delivers to those who wait for codes of a variant */
#define PAYMENT_QUERY_JOB "payment.query"     /* asks for an attempt that no notification came for */
#define PAYMENT_REFUND_JOB "payment.refund"   /* sends a refund until the gateway has it */

/* An attempt may be paid this long. */
#define ATTEMPT_AGE_MS (2 * HOUR_MS)
/* The first question for a notification that did not come; later ones after growing pauses. */
#define QUERY_FIRST_MS (3 * SECOND_MS)
#define QUERY_LIMIT 12
/* Tries of a decision whose guard failed because somebody else was faster. */
#define DECISION_LIMIT 8

struct payment_attempt {
    int64_t id;
    const char *number;
    int64_t order_id;
    enum order_part part; /* of the total that it pays */
    const char *gateway;
    const char *currency;
    int64_t amount;
    enum attempt_status status;
    int64_t refunded;
    const char *url;
    int64_t created_at;
    int64_t expires_at;
    int64_t paid_at;
};

struct refund {
    int64_t id;
    const char *number;
    int64_t attempt_id;
    int64_t order_id;
    int64_t amount;
    const char *currency;
    enum refund_status status;
    const char *reason;
    int64_t created_at;
};

/* NULL when the shop does not offer it. */
const struct gateway *gateway_find(const struct ctx *ctx, const char *gateway_id);

/* Opens an attempt to pay an order, or the part of it that is due, and gives the address where the buyer
 * pays. ERR_INVALID_TRANSITION when the order does not wait for money, ERR_INVALID for an unknown method. An
 * attempt of the same order and gateway that can still be paid is used again. */
CHECKED err payment_start(struct ctx *ctx, const struct order *order, const char *gateway_id,
                          const char *origin, const struct payment_attempt **attempt);
/* An order that costs nothing waits for no money: it is paid at once. */
CHECKED err payment_settle_free(struct ctx *ctx, const struct order *order);
/* The group of a paid order is full: its codes are delivered, or it waits for them, and a parcel may leave.
 * Nothing for an order that waits for no group. */
CHECKED err payment_release(struct ctx *ctx, int64_t order_id);
/* Checks a notification and applies its fact. */
CHECKED err payment_notify(struct ctx *ctx, const char *gateway_id, const struct notification *notification);
/* The one door for facts. Fine when the fact was known already. ERR_INTERNAL and the like only when it could
 * not be kept: then the gateway must send it again. */
CHECKED err payment_apply_fact(struct ctx *ctx, const struct payment_fact *fact);
/* Asks the gateways of an order's open attempts whether they were paid, and applies what they say: before an
 * order is closed or cancelled. */
CHECKED err payment_query_order(struct ctx *ctx, int64_t order_id);

/* In a transaction: nobody paid the balance of an order, and its deposit becomes the shop's own. */
CHECKED err payment_keep_deposit(struct ctx *ctx, const struct order *order);

/* Whether an order was paid and still waits for codes. */
bool payment_owes_codes(const struct order *order);
/* Delivers the codes of an order that waits for them, as staff ask for it. ERR_INVALID_TRANSITION when it
 * waits for none or nothing of its money is left; ERR_OUT_OF_STOCK, with the numbers, when there are too few.
 */
CHECKED err payment_deliver_owed(struct ctx *ctx, int64_t order_id);

/* In a transaction that hands out goods of an order: fails it with ERR_INVALID_TRANSITION unless less than
 * `below` of its money went back or is promised back, so that an order gets its goods or its money. */
CHECKED err payment_keep_money(struct ctx *ctx, const struct order *order, int64_t below);
/* Whether a person has to type what an order waits for. */
CHECKED err payment_waits_for_hand(struct ctx *ctx, const struct order *order, bool *waits);
/* What a person typed for a line. */
struct typed_delivery {
    int64_t line_no;
    int64_t variant_id;
    const char *text;
};
/* Delivers what was typed for every line that waits for it, and with it the codes of the other lines; all or
 * nothing, once. Errors as payment_deliver_owed; ERR_OUT_OF_STOCK also when a line was left out. */
CHECKED err payment_deliver_typed(struct ctx *ctx, int64_t order_id, const struct typed_delivery *typed,
                                  size_t count, const char *by);
/* Asks the hooks of an order at once. ERR_INVALID_TRANSITION when it waits for nothing. */
CHECKED err payment_hook_again(struct ctx *ctx, const struct order *order);
/* Orders that wait for a person, the oldest first, those after `after`. */
CHECKED err payment_list_by_hand(struct ctx *ctx, int64_t after, int limit, int64_t **order_ids,
                                 size_t *count);
CHECKED err payment_count_by_hand(struct ctx *ctx, int64_t *count);

/* What can still be refunded of an order: paid by the attempt that pays it, less what was promised back. */
int64_t payment_refundable(const struct payment_attempt *attempts, size_t count);
/* In a transaction: promises money back from the order's paid attempts and schedules its sending. Of an order
 * that was paid in two parts the balance goes back first; what it cannot bear goes back of the deposit, as a
 * refund of its own beside the one whose id is given. ERR_LIMIT when more than was paid;
 * ERR_INVALID_TRANSITION when it was not paid, or a deposit is all that was and the order was not cancelled.
 */
CHECKED err payment_refund(struct ctx *ctx, const struct order *order, int64_t amount, const char *reason,
                           int64_t *refund_id);
/* Sends a promised refund now; a failure is left to the job. */
CHECKED err payment_send_refund(struct ctx *ctx, int64_t refund_id);

CHECKED err payment_attempt_list(struct ctx *ctx, int64_t order_id, struct payment_attempt **attempts,
                                 size_t *count);
CHECKED err refund_list(struct ctx *ctx, int64_t order_id, struct refund **refunds, size_t *count);
const char *attempt_status_name(enum attempt_status status);
const char *refund_status_name(enum refund_status status);
void payment_attempt_views(struct ctx *ctx, struct value *list, const struct payment_attempt *attempts,
                           size_t count);
/* Those of an order, each with the lines that it is for. */
CHECKED err refund_views(struct ctx *ctx, struct value *list, const struct order *order);

/* Compares orders, attempts, facts and refunds; calls `report` for each difference. */
CHECKED err payment_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* All money of groups that failed is promised back. */
CHECKED err payment_check_groups(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Compares all of that with the ledger, and the ledger with itself. */
CHECKED err payment_check_ledger(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
