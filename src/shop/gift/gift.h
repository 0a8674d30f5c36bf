/* gift.h - gift cards: money that was paid, or given, before anything is bought with it.
 *
 * A card is a long random code, sealed at rest and found by a keyed hash. Its balance is a counter that every
 * statement guards; each change of it is a movement, and rows of movements are only added. An order does not
 * spend a card at once: it holds an amount, which nobody else can then have, until the order is paid whole
 * (spent) or ends (free again). So a sale is one moment, however many pay for it (payment/payment_card.h).
 *
 * The law (单用途商业预付卡管理办法, order 9 of 2012 of the Ministry of Commerce): article 18 – a card with a
 * name at most 5,000 yuan, one without 1,000; article 19 – a card with a name has no end, one without is good
 * for 3 years at least, and what is left at its end must be had again by activating it (gift_card_extend). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "job/job.h"

/* Crockford base 32 without its small letters: 100 bits. */
#define GIFT_CARD_CODE_LENGTH 20
/* As people type them, with spaces and dashes. */
#define GIFT_CARD_TYPED_LIMIT 60
#define GIFT_CARD_BATCH_LIMIT 500
#define GIFT_CARD_NOTE_LIMIT 100
/* Article 18, in minor units. */
#define GIFT_CARD_MOST_REGISTERED 500000
#define GIFT_CARD_MOST_BEARER 100000
/* Article 19. */
#define GIFT_CARD_YEARS_LEAST 3
#define GIFT_CARD_YEARS_MOST 30
/* Cards that may pay for one order. */
#define GIFT_CARDS_OF_ORDER 5
/* Codes that one address may try in a minute: so many times the limit of passwords. */
#define GIFT_CARD_CODES_AT_ONCE 3
/* Cards that one account keeps. */
#define GIFT_CARDS_OF_CUSTOMER 50
#define GIFT_CARD_PAGE 50
#define GIFT_CARD_MOVES_SHOWN 100
/* A card to which money comes back after its end is good for so long again. */
#define GIFT_CARD_GRACE_MS (90 * DAY_MS)
/* Where a movement is one of an attempt: the name of the way to pay. */
#define GIFT_CARD_GATEWAY "gift_card"

enum gift_card_origin { GIFT_CARD_SOLD = 1, GIFT_CARD_GIVEN = 2 };
enum gift_card_status { GIFT_CARD_ACTIVE = 1, GIFT_CARD_BLOCKED = 2, GIFT_CARD_EXPIRED = 3 };
enum gift_card_move {
    CARD_ISSUED = 1,
    CARD_HELD,     /* an order that is not paid yet has it */
    CARD_RELEASED, /* and gave it back */
    CARD_HELD_AGAIN,
    CARD_REFUNDED,
    CARD_EXPIRED,
    CARD_EXTENDED,
    CARD_TAKEN_BACK, /* what was left went, for its price was refunded */
    CARD_MOVE_END
};
enum gift_card_hold_status { CARD_HOLD_LIVE = 1, CARD_HOLD_SPENT = 2, CARD_HOLD_FREE = 3 };
/* By the enums; the first one is "all" (for fields), the last one NULL. */
extern const char *const gift_card_status_names[];
extern const char *const gift_card_origin_names[];
extern const char *const gift_card_move_names[];

struct gift_card {
    int64_t id;
    int64_t batch_id;
    const char *last4;
    bool is_registered;
    const char *currency;
    int64_t value;
    int64_t balance;
    int64_t expired;
    enum gift_card_status status;
    int64_t valid_until;
    int64_t customer_id;
    int64_t created_at;
    int64_t order_id; /* that sold it; 0 = issued by staff */
};

struct gift_card_batch {
    int64_t id;
    enum gift_card_origin origin;
    bool is_registered;
    int64_t value;
    int64_t count;
    int64_t years; /* of a card without a name */
    const char *note;
    const char *request;
    int64_t order_id; /* sold by this line of an order; 0 = issued by staff */
    int64_t line_no;
};

/* ---- issuing (gift_card_issue.c) ---- */

/* Makes the cards, posts what the shop owes from now on, notes it in the audit list. Fills batch->id. The
 * same request gives the batch of then. ERR_INVALID at "value", "count" or "years", beyond the law with the
 * code "law-value" or "law-years". */
CHECKED err gift_card_issue(struct ctx *ctx, struct gift_card_batch *batch);
/* The codes of a batch, as people read them: once, with a note in the audit list. ERR_CONFLICT when they were
 * shown before; ERR_NOT_FOUND. */
CHECKED err gift_card_reveal(struct ctx *ctx, int64_t batch_id, const char ***codes, size_t *count);
/* Whether codes of a batch can still be shown: false also when there is no such batch. */
CHECKED err gift_card_can_reveal(struct ctx *ctx, int64_t batch_id, bool *can);
/* Staff stop a card, or let it go on, for a reason (ERR_INVALID at "reason"). ERR_INVALID_TRANSITION. */
CHECKED err gift_card_block(struct ctx *ctx, int64_t card_id, bool is_blocked, const char *reason);
/* What the law says of a card's value and years: ERR_INVALID at "value" or "years". */
CHECKED err gift_card_check_law(struct ctx *ctx, const struct gift_card_batch *batch);
/* A card without a name whose time is over, or will be: good for `years` from now on, with what was left. */
CHECKED err gift_card_extend(struct ctx *ctx, int64_t card_id, int64_t years);

/* ---- cards as goods (gift_card_sold.c, decision 0104) ---- */

/* Pieces of one order line, and what all cards of one order hold together: below 10,000 yuan, for article 15
 * wants to see the papers of who buys more at once. */
#define GIFT_CARD_PIECES_MOST GIFT_CARD_BATCH_LIMIT
#define GIFT_CARD_ORDER_MOST 999999

/* In the transaction that delivers an order line: makes its cards, once. What they hold is no income: it
 * leaves the sales and is owed. batch->order_id, line_no, value, count, years and note say which;
 * ERR_DUPLICATE when the line has its cards already. */
CHECKED err gift_card_sell(struct ctx *ctx, const struct gift_card_batch *batch);
struct gift_card_sold {
    int64_t card_id;
    int64_t line_no;
    const char *code;
    int64_t value;
    int64_t balance;
    bool is_taken_back;
};
/* What an order got, by line. */
CHECKED err gift_card_list_sold(struct ctx *ctx, int64_t order_id, struct gift_card_sold **cards,
                                size_t *count);
/* In the transaction of a refund: so many cards of a line go back, of those that nobody used. ERR_INVALID at
 * `field` with "card-used" when there are fewer. */
CHECKED err gift_card_take_unused(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t count,
                                  const char *field);
/* Staff take back what is left of a card that an order sold, for a reason (ERR_INVALID at "reason"), and stop
 * it: before they give its buyer money for that. ERR_INVALID_TRANSITION when nothing is left, or staff issued
 * it. */
CHECKED err gift_card_take_rest(struct ctx *ctx, int64_t card_id, const char *reason);

/* ---- reading ---- */

/* ERR_NOT_FOUND. */
CHECKED err gift_card_load(struct ctx *ctx, int64_t card_id, struct gift_card *card);
/* ERR_INVALID at "code", with "unknown-card", when nothing has this code. Small letters, spaces and dashes do
 * not matter. */
CHECKED err gift_card_find(struct ctx *ctx, const char *typed, struct gift_card *card);
/* Whether something can be bought with it now; else *code says why not: "card-blocked", "card-expired",
 * "card-empty". */
bool gift_card_is_good(const struct ctx *ctx, const struct gift_card *card, const char **code);

struct gift_card_query {
    enum gift_card_status status; /* 0 = any */
    const char *last4;            /* NULL or "" = any */
    int64_t batch_id;             /* 0 = any */
    int64_t before_id;            /* 0 = from the newest */
};
/* Up to GIFT_CARD_PAGE + 1, newest first: one more than a page says that there is another. */
CHECKED err gift_card_list(struct ctx *ctx, const struct gift_card_query *query, struct gift_card **cards,
                           size_t *count);
/* What an account keeps, newest first. */
CHECKED err gift_card_list_of(struct ctx *ctx, int64_t customer_id, struct gift_card **cards, size_t *count);
/* Puts a card into an account. ERR_INVALID at "code" when it is another's, ERR_LIMIT. */
CHECKED err gift_card_keep(struct ctx *ctx, const char *typed, int64_t customer_id);
struct gift_card_movement {
    int64_t move_no;
    enum gift_card_move kind;
    int64_t amount;
    int64_t balance;
    int64_t order_id;
    const char *order_number; /* NULL = none */
    int64_t at;
};
/* The last GIFT_CARD_MOVES_SHOWN, newest first. */
CHECKED err gift_card_moves(struct ctx *ctx, int64_t card_id, struct gift_card_movement **moves,
                            size_t *count);
void gift_card_view(struct ctx *ctx, struct value *view, const struct gift_card *card);
void gift_card_views(struct ctx *ctx, struct value *list, const struct gift_card *cards, size_t count);
void gift_card_move_views(struct ctx *ctx, struct value *list, const struct gift_card *card,
                          const struct gift_card_movement *moves, size_t count);

/* ---- orders; in a transaction ---- */

struct gift_card_hold {
    int64_t card_id;
    int64_t attempt_id;
    int64_t amount;
    int64_t spent;
    enum gift_card_hold_status status;
    const char *last4;
};
/* Of an order, oldest card of the order first. */
CHECKED err gift_card_holds(struct ctx *ctx, int64_t order_id, struct gift_card_hold **holds, size_t *count);
/* ERR_CONFLICT when the card has not so much any more, or cannot pay. */
CHECKED err gift_card_hold(struct ctx *ctx, const struct gift_card *card, int64_t order_id,
                           int64_t attempt_id, int64_t amount);
/* `spent` of what is held pays, the rest is free again. */
CHECKED err gift_card_spend(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold,
                            int64_t spent);
/* What the order held is free again, once. */
CHECKED err gift_card_release(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold);
/* Holds again what was free: ERR_OUT_OF_STOCK when the card has not so much any more. */
CHECKED err gift_card_hold_again(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold);
/* Money of an attempt goes back to its card; `entry_id` of the ledger says so. A card whose time is over is
 * good for GIFT_CARD_GRACE_MS again. */
CHECKED err gift_card_give_back(struct ctx *ctx, int64_t order_id, int64_t attempt_id, int64_t amount,
                                int64_t entry_id);

/* ---- time and check ---- */

/* What is left of cards whose time is over becomes income of the shop, 100 at a time: for a sweep. */
CHECKED err gift_card_sweep(struct ctx *ctx);
/* Re-adds movements, balances and holds, and compares what all cards hold with the ledger. */
CHECKED err gift_card_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
