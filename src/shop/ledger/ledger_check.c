/* ledger_check.c - the check of the ledger in itself: days against their rows, debits against credits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/ledger/ledger.h"

#include "base/clock.h"
#include "base/id.h"

/* Days that are looked at together, and differences that one look reports. */
#define DAYS_AT_ONCE 50
#define FOUND_LIMIT 200
/* When the check of the night is made. */
#define NIGHT_HOUR 3

static const char *subject_of(struct ctx *ctx, int64_t from_id, int64_t account)
{
    bool is_known = account > 0 && account < LEDGER_ACCOUNT_END;
    return arena_format(ctx->arena, "%s · %s",
                        clock_format(ctx->arena, id_time(from_id), ctx->shop->zone, "%Y-%m-%d"),
                        is_known ? ledger_accounts[account].code : "?");
}

/* A window of days, [from_id, until_id); until_id 0: there are no more. */
static err next_window(struct ctx *ctx, int64_t from_id, int64_t *until_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT MAX(until_id) FROM (SELECT DISTINCT from_id, until_id FROM ledger_days"
                 " WHERE shop_id = $1 AND from_id >= $2 ORDER BY from_id LIMIT $3) d",
                 db_int(ctx->shop->id), db_int(from_id), db_int(DAYS_AT_ONCE)));
    *until_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

#define OF_DAY(side)                                                                                         \
    "COALESCE((SELECT CAST(SUM(e.amount) AS BIGINT) FROM ledger_entries e WHERE e.shop_id = $1"              \
    " AND e.id >= d.from_id AND e.id < d.until_id AND e.id <= $4 AND e." side " = d.account"                 \
    " AND e.gateway = d.gateway AND e.currency = d.currency), 0)"

static err check_days(struct ctx *ctx, int64_t rolled_id, int64_t from_id, int64_t until_id,
                      ledger_report report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT from_id, account, currency, debits, debited, credits, credited FROM (SELECT"
        " d.from_id, d.account, d.currency, d.debits, " OF_DAY(
            "debit") " AS debited, d.credits,"
                     " " OF_DAY(
                         "credit") " AS credited FROM ledger_days d WHERE d.shop_id = $1 AND d.from_id >= $2"
                                   " AND d.from_id < $3) s WHERE debits <> debited OR credits <> credited "
                                   "LIMIT $5",
        db_int(ctx->shop->id), db_int(from_id), db_int(until_id), db_int(rolled_id), db_int(FOUND_LIMIT)));
    while (db_next(rows)) {
        bool is_debit = db_get_int(rows, 3) != db_get_int(rows, 4);
        report(arg,
               &(struct ledger_finding){.subject = subject_of(ctx, db_get_int(rows, 0), db_get_int(rows, 1)),
                                        .what = "the sum of the day is not what its entries say",
                                        .currency = db_get_text(rows, 2),
                                        .expected = db_get_int(rows, is_debit ? 4 : 6),
                                        .found = db_get_int(rows, is_debit ? 3 : 5)});
    }
    return NULL;
}

/* Days of a window hold no more and no less than its rows, so none is missing either. */
static err check_window(struct ctx *ctx, int64_t rolled_id, int64_t from_id, int64_t until_id,
                        ledger_report report, void *arg)
{
    struct db_rows *days, *entries;
    TRY(db_query(ctx, &days,
                 "SELECT currency, CAST(SUM(debits) AS BIGINT), CAST(SUM(credits) AS BIGINT)"
                 " FROM ledger_days WHERE shop_id = $1 AND from_id >= $2 AND from_id < $3"
                 " GROUP BY currency ORDER BY currency",
                 db_int(ctx->shop->id), db_int(from_id), db_int(until_id)));
    TRY(db_query(ctx, &entries,
                 "SELECT currency, CAST(SUM(amount) AS BIGINT) FROM ledger_entries WHERE shop_id = $1"
                 " AND id >= $2 AND id < $3 AND id <= $4 GROUP BY currency ORDER BY currency",
                 db_int(ctx->shop->id), db_int(from_id), db_int(until_id), db_int(rolled_id)));
    while (db_next(entries)) {
        int64_t sum = db_get_int(entries, 1);
        bool is_there = db_next(days);
        if (is_there && db_get_int(days, 1) == sum && db_get_int(days, 2) == sum)
            continue;
        report(arg, &(struct ledger_finding){.subject = subject_of(ctx, from_id, 0),
                                             .what = "debits and credits of the days from here on are not"
                                                     " the sum of their entries",
                                             .currency = db_get_text(entries, 0),
                                             .expected = sum,
                                             .found = is_there ? db_get_int(days, 1) : 0});
    }
    return NULL;
}

/* An entry by hand without the words that go with it. */
static err check_by_hand(struct ctx *ctx, int64_t from_id, int64_t until_id, ledger_report report, void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT e.id, e.debit, e.currency, e.amount FROM ledger_entries e WHERE e.shop_id = $1"
                 " AND e.id >= $2 AND e.id < $3 AND e.kind = $4 AND NOT EXISTS (SELECT 1 FROM"
                 " ledger_corrections c WHERE c.shop_id = $1 AND c.id = e.id) LIMIT $5",
                 db_int(ctx->shop->id), db_int(from_id), db_int(until_id), db_int(LEDGER_CORRECTION),
                 db_int(FOUND_LIMIT)));
    while (db_next(rows))
        report(arg,
               &(struct ledger_finding){.subject = subject_of(ctx, db_get_int(rows, 0), db_get_int(rows, 1)),
                                        .what = "an entry by hand says not why",
                                        .currency = db_get_text(rows, 2),
                                        .expected = 0,
                                        .found = db_get_int(rows, 3)});
    return NULL;
}

err ledger_check(struct ctx *ctx, ledger_report report, void *arg)
{
    struct db_rows *rows;
    int64_t from_id = 0, until_id;
    TRY(db_query(ctx, &rows, "SELECT rolled_id FROM ledger_marks WHERE shop_id = $1", db_int(ctx->shop->id)));
    int64_t rolled_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    do {
        TRY(next_window(ctx, from_id, &until_id));
        int64_t end = until_id ? until_id : INT64_MAX;
        TRY(check_days(ctx, rolled_id, from_id, end, report, arg));
        TRY(check_window(ctx, rolled_id, from_id, end, report, arg));
        TRY(check_by_hand(ctx, from_id, end, report, arg));
        from_id = end;
    } while (until_id);
    return ledger_check_corrections(ctx, report, arg);
}

/* ---- every night ---- */

err ledger_check_is_due(struct ctx *ctx, bool *is_due)
{
    struct db_rows *rows;
    int64_t night = clock_day_start(ctx->now, ctx->shop->zone) + NIGHT_HOUR * HOUR_MS;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM ledger_marks WHERE shop_id = $1 AND checked_at < $2 AND $2 <= $3",
                 db_int(ctx->shop->id), db_int(night), db_int(ctx->now)));
    *is_due = db_next(rows);
    return NULL;
}

static err note_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx, "UPDATE ledger_marks SET checked_at = $2 WHERE shop_id = $1",
                      db_int(ctx->shop->id), db_int(ctx->now));
}

err ledger_note_checked(struct ctx *ctx)
{
    return db_transact(ctx, note_in_transaction, NULL);
}
