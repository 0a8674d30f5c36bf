/* payment_ledger_check.c - whether the ledger says what happened to money: every payment and refund has its
 * entry, no entry is of nothing, and an order was paid and refunded what the ledger says. Tables are gone
 * through in windows by their keys, so that a shop of any size is checked in little memory and short reads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_ledger.h"

#include "base/money.h"
#include "shop/payment/payment_jobs.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

/* Rows of a window, and differences of one that are reported. */
#define WINDOW 5000
#define FOUND_LIMIT 200
/* Alarms that one night raises for a shop. */
#define ALARMS_A_NIGHT 20

struct check {
    ledger_report report;
    void *arg;
};

/* One look at a window: what it asks yields subject, currency, expected and found. $1 shop, $2 and $3 the
 * window (after, up to), $4 how many. */
struct look {
    const char *windows; /* the last id of a window: $2 after, $3 rows */
    const char *asks;
    const char *what;
};

#define WINDOWS_OF(table)                                                                                    \
    "SELECT MAX(id) FROM (SELECT id FROM " table " WHERE shop_id = $1 AND id > $2 ORDER BY id LIMIT $3) w"
#define ORDER_OF(row)                                                                                        \
    "COALESCE((SELECT o.number FROM orders o WHERE o.shop_id = $1 AND o.id = " row ".order_id), '?')"
#define DIFFERENT(inner)                                                                                     \
    "SELECT number, currency, expected, found FROM (" inner ") s WHERE expected <> found LIMIT $4"
/* What entries of an id put into an account, or took out of it. */
#define POSTED(id, row, side)                                                                                \
    "COALESCE((SELECT CAST(SUM(e.amount) AS BIGINT) FROM ledger_entries e WHERE e.shop_id = $1 AND e.id"     \
    " = " id " AND e.order_id = " row ".order_id AND e.currency = " row ".currency AND " side "), 0)"

static const struct look looks[] = {
    {WINDOWS_OF("payment_attempts"),
     DIFFERENT("SELECT " ORDER_OF("a") " AS number, a.currency, a.amount AS expected, " POSTED(
         "a.fact_id", "a",
         "e.debit IN (2, 15) AND e.gateway = a.gateway AND ((a.status = 2 AND e.kind IN (1, 2, 10))"
         " OR (a.status = 5 AND e.kind = 3))") " AS found FROM payment_attempts a WHERE a.shop_id = $1 AND"
                                               " a.id > $2 AND a.id <= $3 AND a.status IN (2, 5)"),
     "a payment is not in the ledger as it was paid"},
    {WINDOWS_OF("refunds"),
     DIFFERENT("SELECT " ORDER_OF("r") " AS number, r.currency, r.amount AS expected, " POSTED(
         "r.id", "r", "e.credit = 5 AND e.kind IN (5, 7)") " AS found FROM refunds r WHERE r.shop_id = $1"
                                                           " AND r.id > $2 AND r.id <= $3 AND r.status IN"
                                                           " (1, 2)"),
     "a refund is not in the ledger as it was promised"},
    {WINDOWS_OF("refunds"),
     DIFFERENT("SELECT " ORDER_OF("r") " AS number, r.currency, r.amount AS expected, " POSTED(
         "r.fact_id", "r", "e.credit IN (2, 15) AND e.kind IN (6, 8)") " AS found FROM refunds r WHERE "
                                                                       "r.shop_id = $1 AND r.id > $2"
                                                                       " AND r.id <= $3 AND r.status = 2"),
     "a refund is not in the ledger as it was sent"},
    {WINDOWS_OF("orders"),
     DIFFERENT(
         "SELECT o.number AS number, o.currency, o.paid - o.refunded AS expected,"
         " COALESCE((SELECT CAST(SUM(e.amount) AS BIGINT) FROM payment_attempts a JOIN ledger_entries e"
         " ON e.shop_id = a.shop_id AND e.id = a.fact_id AND e.debit IN (2, 15) AND e.kind IN (1, 2, 10)"
         " WHERE a.shop_id = $1 AND a.order_id = o.id), 0) - COALESCE((SELECT CAST(SUM(e.amount) AS BIGINT)"
         " FROM refunds r JOIN ledger_entries e ON e.shop_id = r.shop_id AND e.id = r.fact_id"
         " AND e.credit IN (2, 15) AND e.kind = 6 WHERE r.shop_id = $1 AND r.order_id = o.id), 0) AS found"
         " FROM orders o WHERE o.shop_id = $1 AND o.id > $2 AND o.id <= $3"),
     "what was paid less what was refunded is not what the ledger says"},
    {WINDOWS_OF("ledger_entries"),
     "SELECT " ORDER_OF(
         "e") ", e.currency, CAST(0 AS BIGINT), e.amount FROM ledger_entries e WHERE e.shop_id = $1"
              " AND e.id > $2 AND e.id <= $3 AND ((e.kind IN (1, 2, 3, 10) AND NOT EXISTS (SELECT 1 FROM "
              "payment_attempts"
              " a WHERE a.shop_id = $1 AND a.id = e.reference_id AND a.fact_id = e.id AND a.status IN (2, "
              "5)))"
              " OR (e.kind IN (5, 7) AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.shop_id = $1 AND r.id = "
              "e.id"
              " AND r.status IN (1, 2))) OR (e.kind IN (6, 8) AND NOT EXISTS (SELECT 1 FROM refunds r"
              " WHERE r.shop_id = $1 AND r.id = e.reference_id AND r.fact_id = e.id AND r.status = 2))"
              " OR (e.kind = 11 AND NOT EXISTS (SELECT 1 FROM orders k WHERE k.shop_id = $1"
              " AND k.id = e.order_id AND k.kept_entry_id = e.id))) LIMIT $4",
     "the ledger has an entry of something that did not happen"},
    {WINDOWS_OF("orders"),
     DIFFERENT("SELECT o.number AS number, o.currency, CASE WHEN o.order_status = 4 AND o.payment_status = 3"
               " THEN o.deposit ELSE 0 END AS expected, COALESCE((SELECT CAST(SUM(e.amount) AS BIGINT) FROM"
               " ledger_entries e WHERE e.shop_id = $1 AND e.id = o.kept_entry_id AND e.kind = 11"
               " AND e.debit = 13 AND e.credit = 14 AND e.order_id = o.id), 0) AS found FROM orders o"
               " WHERE o.shop_id = $1 AND o.id > $2 AND o.id <= $3 AND o.deposit > 0"),
     "a deposit that stays with the shop is not in the ledger as it was paid"},
};

static err run_look(struct ctx *ctx, const struct look *look, const struct check *check)
{
    struct db_rows *rows;
    int64_t after = 0, end;
    do {
        TRY(db_query(ctx, &rows, look->windows, db_int(ctx->shop->id), db_int(after), db_int(WINDOW)));
        end = db_next(rows) ? db_get_int(rows, 0) : 0;
        if (!end)
            return NULL;
        TRY(db_query(ctx, &rows, look->asks, db_int(ctx->shop->id), db_int(after), db_int(end),
                     db_int(FOUND_LIMIT)));
        while (db_next(rows))
            check->report(check->arg, &(struct ledger_finding){.subject = db_get_text(rows, 0),
                                                               .what = look->what,
                                                               .currency = db_get_text(rows, 1),
                                                               .expected = db_get_int(rows, 2),
                                                               .found = db_get_int(rows, 3)});
        after = end;
    } while (true);
}

/* ---- money that fits nothing has no document of ours: its sums are compared ---- */

static err check_unmatched(struct ctx *ctx, const struct check *check)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT currency, CAST(SUM(told) AS BIGINT), CAST(SUM(posted) AS BIGINT) FROM ("
                 "SELECT currency, amount AS told, 0 AS posted FROM payment_facts WHERE shop_id = $1"
                 " AND kind = 1 AND verdict IN ('amount-mismatch', 'unknown-attempt', 'settled-before')"
                 " AND amount > 0 AND amount <= $2 UNION ALL SELECT currency, 0, amount FROM ledger_entries"
                 " WHERE shop_id = $1 AND kind = 4) s GROUP BY currency ORDER BY currency LIMIT $3",
                 db_int(ctx->shop->id), db_int(MONEY_MAX), db_int(FOUND_LIMIT)));
    while (db_next(rows)) {
        if (!money_currency_is_known(db_get_text(rows, 0)) || db_get_int(rows, 1) == db_get_int(rows, 2))
            continue;
        check->report(check->arg,
                      &(struct ledger_finding){.subject = ledger_accounts[LEDGER_HELD].code,
                                               .what = "money that fits nothing is not in the ledger as"
                                                       " gateways told of it",
                                               .currency = db_get_text(rows, 0),
                                               .expected = db_get_int(rows, 1),
                                               .found = db_get_int(rows, 2)});
    }
    return NULL;
}

static err check_all(struct ctx *ctx, const struct check *check)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        TRY(run_look(ctx, &looks[i], check));
    TRY(check_unmatched(ctx, check));
    return ledger_check(ctx, check->report, check->arg);
}

/* ---- told on the command line ---- */

struct teller {
    struct ctx *ctx;
    void (*report)(void *arg, const char *problem);
    void *arg;
};

static void tell(void *arg, const struct ledger_finding *finding)
{
    const struct teller *teller = arg;
    teller->report(teller->arg,
                   arena_format(teller->ctx->arena, "%s: %s (%" PRId64 ", not %" PRId64 " minor units of %s)",
                                finding->subject, finding->what, finding->found, finding->expected,
                                finding->currency));
}

err payment_check_ledger(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct teller teller = {ctx, report, arg};
    return check_all(ctx, &(struct check){tell, &teller});
}

/* ---- told to staff, every night ---- */

struct night {
    struct ctx *ctx;
    struct ledger_finding findings[ALARMS_A_NIGHT];
    size_t count;
};

static void keep(void *arg, const struct ledger_finding *finding)
{
    struct night *night = arg;
    if (night->count < ALARMS_A_NIGHT)
        night->findings[night->count++] = *finding;
}

static const char *amount_text(struct ctx *ctx, int64_t amount, const char *currency)
{
    if (!money_currency_is_known(currency) || amount > MONEY_MAX || amount < -MONEY_MAX)
        return arena_format(ctx->arena, "%" PRId64 " %s", amount, currency);
    return money_display(ctx->arena, money_of(amount, currency));
}

static err raise_all(struct ctx *ctx, void *arg)
{
    const struct night *night = arg;
    for (size_t i = 0; i < night->count; i++) {
        const struct ledger_finding *finding = &night->findings[i];
        TRY(alarm_raise_once(ctx, PAYMENT_LEDGER_ALARM, finding->subject,
                             arena_format(ctx->arena, "%s ≠ %s",
                                          amount_text(ctx, finding->found, finding->currency),
                                          amount_text(ctx, finding->expected, finding->currency))));
    }
    return ledger_note_checked(ctx);
}

err payment_watch_ledger(struct ctx *ctx)
{
    bool is_due;
    TRY(ledger_roll(ctx));
    TRY(ledger_check_is_due(ctx, &is_due));
    if (!is_due)
        return NULL;
    struct night night = {.ctx = ctx};
    TRY(check_all(ctx, &(struct check){keep, &night}));
    return db_transact(ctx, raise_all, &night);
}
