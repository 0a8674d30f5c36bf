/* ledger.h - the double-entry ledger of a shop: where its money is, and whose it is.
 *
 * A transfer takes an amount out of one account (credit) and puts it into another (debit): whatever stands in
 * the ledger balances, at every commit, by construction. An entry is what one event moved, in one transfer or
 * several. Its id is that of what it was written for, a fact of a gateway or a refund: the same thing is
 * posted once, entries stand in the order of time, and no index but the key is kept. Nothing is ever changed
 * or taken away: a mistake is made good by a further entry. Which event moves what: docs/decisions/0046. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"

/* Numbers stand in the database: new ones go to the end. */
enum ledger_account {
    LEDGER_RECEIVABLE = 1,
    LEDGER_CLEARING, /* at a gateway, not yet paid out to the shop */
    LEDGER_SALES,
    LEDGER_FREIGHT,
    LEDGER_REFUNDS_PAYABLE, /* promised to buyers, not yet sent */
    LEDGER_REFUNDS,         /* takes away from sales */
    LEDGER_FEES,
    LEDGER_DISCOUNTS,
    LEDGER_POINTS,
    LEDGER_WALLET,
    LEDGER_ROUNDING,
    LEDGER_HELD,          /* came, and belongs to no sale: too late, twice, another sum */
    LEDGER_DEPOSITS,      /* of orders whose balance is still to be paid */
    LEDGER_KEPT_DEPOSITS, /* of orders whose balance nobody paid */
    LEDGER_GIFT_CARDS,    /* owed to who has gift cards */
    LEDGER_BREAKAGE,      /* left on gift cards when their time was over */
    LEDGER_MARKETING,     /* given away */
    LEDGER_ACCOUNT_END
};
enum ledger_class { LEDGER_ASSET = 1, LEDGER_LIABILITY, LEDGER_INCOME, LEDGER_EXPENSE };
enum ledger_side { LEDGER_DEBIT = 1, LEDGER_CREDIT };

struct ledger_account_row {
    const char
        *code; /* after the chart of accounts of the PRC (Accounting Standards for Business Enterprises) */
    enum ledger_class class;
    enum ledger_side side; /* on which it grows */
};
/* By enum ledger_account; the first one is empty. */
extern const struct ledger_account_row ledger_accounts[LEDGER_ACCOUNT_END];
/* "clearing" … by enum ledger_account, for texts and addresses; the first one is "all", the last one NULL. */
extern const char *const ledger_account_names[LEDGER_ACCOUNT_END + 1];
extern const char *const ledger_class_names[];

/* What happened. Numbers stand in the database. */
enum ledger_kind {
    LEDGER_SALE = 1,       /* an order was paid */
    LEDGER_LATE,           /* paid after it was closed, and goes back */
    LEDGER_SURPLUS,        /* paid once more, and goes back */
    LEDGER_UNMATCHED,      /* money that fits nothing: a person looks */
    LEDGER_REFUND,         /* money of an order was promised back */
    LEDGER_REFUNDED,       /* and was sent */
    LEDGER_SURPLUS_REFUND, /* the same of money that was paid once more */
    LEDGER_SURPLUS_REFUNDED,
    LEDGER_CORRECTION,   /* by hand (ledger_correct.h) */
    LEDGER_DEPOSIT,      /* the deposit of an order was paid */
    LEDGER_KEPT,         /* and stays with the shop, for nobody paid the balance */
    LEDGER_CARDS_ISSUED, /* gift cards were made, for money or for nothing */
    LEDGER_CARD_EXPIRED,
    LEDGER_CARD_EXTENDED,   /* one whose time was over is good again */
    LEDGER_POINTS_WORTH,    /* points of a member moved: what they are worth is owed, or no more */
    LEDGER_CARD_TAKEN_BACK, /* a gift card that an order sold went back */
    LEDGER_KIND_END
};
/* "sale" … by enum ledger_kind; the first one is "all", the last one NULL. */
extern const char *const ledger_kind_names[LEDGER_KIND_END + 1];

#define LEDGER_LINE_LIMIT 20

struct ledger_transfer {
    enum ledger_account debit;
    enum ledger_account credit;
    int64_t amount; /* minor units, more than nothing */
};

struct ledger_entry {
    int64_t id; /* of what it is written for */
    enum ledger_kind kind;
    const char *currency;
    const char *gateway;
    int64_t reference_id; /* payment attempt or refund, account of points; 0 = none of ours */
    int64_t order_id;     /* 0 = none */
    const struct ledger_transfer *transfers;
    size_t count; /* 1 to LEDGER_LINE_LIMIT */
};

/* In a transaction. Posting what was posted already changes nothing. ERR_INTERNAL, before anything is
 * written, for an entry that could not balance: no transfer, an amount of nothing, from an account into
 * itself. */
CHECKED err ledger_post(struct ctx *ctx, const struct ledger_entry *entry);

/* ---- reading ---- */

/* One transfer, as lists show it. */
struct ledger_row {
    int64_t id;
    int64_t line_no;
    enum ledger_kind kind;
    enum ledger_account debit;
    enum ledger_account credit;
    int64_t amount;
    const char *currency;
    const char *gateway;
    int64_t reference_id;
    int64_t order_id;
};

#define LEDGER_ROWS_LIMIT 32
/* Rows that a narrowed page looks through at most: nothing but time has an index. */
#define LEDGER_WINDOW 20000

struct ledger_query {
    enum ledger_account account; /* 0 = any */
    enum ledger_kind kind;       /* 0 = any */
    const char *gateway;         /* NULL or "" = any */
    int64_t since;               /* ms; 0 = from the first */
    int64_t until;               /* before; 0 = to the last */
    const char *cursor;          /* next_cursor of the page before; NULL or "" = the first page */
    int limit;                   /* 1 to LEDGER_ROWS_LIMIT */
};
struct ledger_page {
    struct ledger_row *rows;
    size_t count;
    const char *next_cursor; /* NULL: there are no more */
    bool is_cut;             /* LEDGER_WINDOW rows were looked through; the next page looks further */
};
/* Newest first. ERR_BAD_REQUEST for a cursor that is none of ours. */
CHECKED err ledger_list(struct ctx *ctx, const struct ledger_query *query, struct ledger_page *page);

/* ---- sums: days that are added up already, and the rows after them ---- */

struct ledger_sum {
    int64_t day; /* when the day starts, ms; 0 where days are added up */
    enum ledger_account account;
    const char *currency;
    int64_t debits;
    int64_t credits;
};
struct ledger_sums {
    struct ledger_sum *sums;
    size_t count;
    bool is_behind; /* rows are waiting to be added up, more than are counted here */
};
/* What moved in each account in [since, until), both starts of days or 0. One row for each account and
 * currency, in their order. */
CHECKED err ledger_balances(struct ctx *ctx, int64_t since, int64_t until, const char *gateway,
                            struct ledger_sums *sums);
/* The same of one account and the shop's currency, a row for each day on which something moved, oldest first.
 */
CHECKED err ledger_account_days(struct ctx *ctx, enum ledger_account account, int64_t since, int64_t until,
                                const char *gateway, struct ledger_sums *sums);

/* Rows younger than this are not added up yet: a transaction that still runs may hold a smaller id. */
#define LEDGER_SETTLE_MS (15 * INT64_C(60000))
/* Adds up what was posted before ctx->now less LEDGER_SETTLE_MS, and anew from the first row when the shop's
 * zone became another. */
CHECKED err ledger_roll(struct ctx *ctx);
/* The same up to an id, for tests. */
CHECKED err ledger_roll_until(struct ctx *ctx, int64_t until_id);

/* ---- the check ---- */

struct ledger_finding {
    const char *subject; /* order number, or day and account */
    const char *what;    /* an English sentence without its subject */
    const char *currency;
    int64_t expected;
    int64_t found;
};
typedef void (*ledger_report)(void *arg, const struct ledger_finding *finding);
/* Days that were added up are what their entries say, and debits are credits. What entries say about payments
 * and orders is the check of payment. */
CHECKED err ledger_check(struct ctx *ctx, ledger_report report, void *arg);
/* Whether the check of the night (three o'clock in the shop's zone) is still to be made. */
CHECKED err ledger_check_is_due(struct ctx *ctx, bool *is_due);
CHECKED err ledger_note_checked(struct ctx *ctx);

#include "shop/ledger/ledger_correct.h"
