/* ledger_roll.c - adding up: rows become days, outside of any sale; pages add up days and the rows after
 * them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/ledger/ledger.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"

/* Rows that one step adds up. */
#define ROLLED_AT_ONCE 5000
/* Rows after the last rolled one that a page still counts. */
#define TAIL_LIMIT 20000

struct mark {
    int64_t rolled_id;
    const char *zone; /* NULL: there is none yet */
};

static err load_mark(struct ctx *ctx, struct mark *mark)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT rolled_id, zone FROM ledger_marks WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    *mark = (struct mark){0};
    if (db_next(rows))
        *mark = (struct mark){db_get_int(rows, 0), db_get_text(rows, 1)};
    return NULL;
}

/* ---- adding up ---- */

struct day_sum {
    int64_t from_id;
    int64_t until_id;
    int64_t account;
    const char *gateway;
    const char *currency;
    int64_t debits;
    int64_t credits;
};

struct roll {
    struct mark mark;
    const char *zone;
    int64_t rolled_id; /* after this step */
    struct day_sum *sums;
    size_t count;
};

/* Rows come in the order of time, so only the sums of the last day can be meant. */
static struct day_sum *sum_of(struct roll *roll, const struct day_sum *key)
{
    for (size_t i = roll->count; i > 0 && roll->sums[i - 1].from_id == key->from_id; i--) {
        struct day_sum *sum = &roll->sums[i - 1];
        if (sum->account == key->account && text_is(sum->gateway, key->gateway) &&
            text_is(sum->currency, key->currency))
            return sum;
    }
    roll->sums[roll->count] = *key;
    return &roll->sums[roll->count++];
}

static err gather(struct ctx *ctx, struct roll *roll, int64_t until_id)
{
    struct db_rows *rows;
    struct day_sum key = {0};
    TRY(db_query(ctx, &rows,
                 "SELECT id, debit, credit, gateway, currency, amount FROM ledger_entries WHERE shop_id = $1"
                 " AND id > $2 AND id < $3 ORDER BY id, line_no LIMIT $4",
                 db_int(ctx->shop->id), db_int(roll->mark.rolled_id), db_int(until_id),
                 db_int(ROLLED_AT_ONCE)));
    roll->sums = arena_alloc_many(ctx->arena, 2 * db_row_count(rows) + 1, sizeof *roll->sums);
    while (db_next(rows)) {
        int64_t id = db_get_int(rows, 0);
        if (id >= key.until_id) {
            int64_t start = clock_day_start(id_time(id), ctx->shop->zone);
            key.from_id = id_floor(start);
            key.until_id = id_floor(clock_day_shift(start, 1, ctx->shop->zone));
        }
        key.gateway = db_get_text(rows, 3);
        key.currency = db_get_text(rows, 4);
        key.account = db_get_int(rows, 1);
        sum_of(roll, &key)->debits += db_get_int(rows, 5);
        key.account = db_get_int(rows, 2);
        sum_of(roll, &key)->credits += db_get_int(rows, 5);
        roll->rolled_id = id;
    }
    return NULL;
}

/* Two that add up the same rows at once: one of them fails here. */
static err move_mark(struct ctx *ctx, const struct roll *roll)
{
    if (!roll->mark.zone)
        return db_execute(ctx, "INSERT INTO ledger_marks (shop_id, rolled_id, zone) VALUES ($1, $2, $3)",
                          db_int(ctx->shop->id), db_int(roll->rolled_id), db_text(roll->zone));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else added up the same rows",
                     "UPDATE ledger_marks SET rolled_id = $2, zone = $3 WHERE shop_id = $1"
                     " AND rolled_id = $4 AND zone = $5",
                     db_int(ctx->shop->id), db_int(roll->rolled_id), db_text(roll->zone),
                     db_int(roll->mark.rolled_id), db_text(roll->mark.zone));
}

static err write_sums(struct ctx *ctx, void *arg)
{
    const struct roll *roll = arg;
    TRY(move_mark(ctx, roll));
    for (size_t i = 0; i < roll->count; i++) {
        const struct day_sum *sum = &roll->sums[i];
        TRY(db_execute(ctx,
                       "INSERT INTO ledger_days (shop_id, from_id, account, gateway, currency, until_id,"
                       " debits, credits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                       " ON CONFLICT (shop_id, from_id, account, gateway, currency) DO UPDATE"
                       " SET debits = ledger_days.debits + excluded.debits,"
                       " credits = ledger_days.credits + excluded.credits",
                       db_int(ctx->shop->id), db_int(sum->from_id), db_int(sum->account),
                       db_text(sum->gateway), db_text(sum->currency), db_int(sum->until_id),
                       db_int(sum->debits), db_int(sum->credits)));
    }
    return NULL;
}

/* Days begin and end elsewhere in another zone: they are added up anew. */
static err begin_anew(struct ctx *ctx, void *arg)
{
    const struct roll *roll = arg;
    TRY(move_mark(ctx, roll));
    return db_execute(ctx, "DELETE FROM ledger_days WHERE shop_id = $1", db_int(ctx->shop->id));
}

static err roll_step(struct ctx *ctx, int64_t until_id, bool *more)
{
    struct roll roll = {.zone = zone_name(ctx->arena, ctx->shop->zone)};
    TRY(load_mark(ctx, &roll.mark));
    if (roll.mark.zone && !text_is(roll.mark.zone, roll.zone)) {
        TRY(db_transact(ctx, begin_anew, &roll));
        roll.mark = (struct mark){0, roll.zone};
    }
    TRY(gather(ctx, &roll, until_id));
    *more = roll.count > 0;
    return *more ? db_transact(ctx, write_sums, &roll) : NULL;
}

err ledger_roll_until(struct ctx *ctx, int64_t until_id)
{
    err failure;
    bool more = true;
    struct ctx work = *ctx;
    work.arena = arena_open(ARENA_LIMIT);
    do {
        arena_reset(work.arena);
        failure = roll_step(&work, until_id, &more);
    } while (!failure && more);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}

err ledger_roll(struct ctx *ctx)
{
    return ledger_roll_until(ctx, id_floor(ctx->now - LEDGER_SETTLE_MS));
}

/* ---- sums for pages ---- */

struct range {
    int64_t from_id;
    int64_t until_id;
    struct mark mark;
    const char *gateway;
};

static err open_range(struct ctx *ctx, int64_t since, int64_t until, const char *gateway, struct range *range)
{
    *range = (struct range){.from_id = since ? id_floor(since) : 0,
                            .until_id = until ? id_floor(until) : INT64_MAX,
                            .gateway = gateway ? gateway : ""};
    return load_mark(ctx, &range->mark);
}

/* The rows after the mark, no more than TAIL_LIMIT of them. $1 shop, $2 the mark, $3 and $4 the range, $5 the
 * gateway, $6 how many. */
#define TAIL                                                                                                 \
    "(SELECT id, debit, credit, currency, amount FROM ledger_entries WHERE shop_id = $1 AND id > $2"         \
    " AND id >= $3 AND id < $4 AND ($5 = '' OR gateway = $5) ORDER BY id LIMIT $6) t"

static err count_tail(struct ctx *ctx, const struct range *range, bool *is_behind)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM " TAIL, db_int(ctx->shop->id),
                 db_int(range->mark.rolled_id), db_int(range->from_id), db_int(range->until_id),
                 db_text(range->gateway), db_int(TAIL_LIMIT)));
    *is_behind = db_next(rows) && db_get_int(rows, 0) == TAIL_LIMIT;
    return NULL;
}

err ledger_balances(struct ctx *ctx, int64_t since, int64_t until, const char *gateway,
                    struct ledger_sums *sums)
{
    struct db_rows *rows;
    struct range range;
    TRY(open_range(ctx, since, until, gateway, &range));
    TRY(count_tail(ctx, &range, &sums->is_behind));
    TRY(db_query(ctx, &rows,
                 "SELECT account, currency, CAST(SUM(debits) AS BIGINT), CAST(SUM(credits) AS BIGINT) FROM ("
                 "SELECT account, currency, debits, credits FROM ledger_days WHERE shop_id = $1"
                 " AND from_id >= $3 AND from_id < $4 AND ($5 = '' OR gateway = $5)"
                 " UNION ALL SELECT debit, currency, amount, 0 FROM " TAIL
                 " UNION ALL SELECT credit, currency, 0, amount FROM " TAIL ") s"
                 " GROUP BY account, currency ORDER BY currency, account",
                 db_int(ctx->shop->id), db_int(range.mark.rolled_id), db_int(range.from_id),
                 db_int(range.until_id), db_text(range.gateway), db_int(TAIL_LIMIT)));
    sums->sums = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *sums->sums);
    sums->count = 0;
    while (db_next(rows))
        sums->sums[sums->count++] = (struct ledger_sum){.account = (enum ledger_account)db_get_int(rows, 0),
                                                        .currency = db_get_text(rows, 1),
                                                        .debits = db_get_int(rows, 2),
                                                        .credits = db_get_int(rows, 3)};
    return NULL;
}

/* Adds to the last day, or opens another. */
static void add_to_day(struct ledger_sums *sums, const struct ledger_sum *more)
{
    struct ledger_sum *last = sums->count > 0 ? &sums->sums[sums->count - 1] : NULL;
    if (!last || last->day != more->day)
        sums->sums[sums->count++] = *more;
    else {
        last->debits += more->debits;
        last->credits += more->credits;
    }
}

err ledger_account_days(struct ctx *ctx, enum ledger_account account, int64_t since, int64_t until,
                        const char *gateway, struct ledger_sums *sums)
{
    struct db_rows *days, *tail;
    struct range range;
    TRY(open_range(ctx, since, until, gateway, &range));
    TRY(db_query(ctx, &days,
                 "SELECT from_id, CAST(SUM(debits) AS BIGINT), CAST(SUM(credits) AS BIGINT) FROM ledger_days"
                 " WHERE shop_id = $1 AND from_id >= $2 AND from_id < $3 AND account = $4 AND currency = $5"
                 " AND ($6 = '' OR gateway = $6) GROUP BY from_id ORDER BY from_id",
                 db_int(ctx->shop->id), db_int(range.from_id), db_int(range.until_id), db_int(account),
                 db_text(ctx->shop->currency), db_text(range.gateway)));
    TRY(db_query(ctx, &tail, "SELECT id, debit, credit, currency, amount FROM " TAIL " ORDER BY id",
                 db_int(ctx->shop->id), db_int(range.mark.rolled_id), db_int(range.from_id),
                 db_int(range.until_id), db_text(range.gateway), db_int(TAIL_LIMIT)));
    sums->sums =
        arena_alloc_many(ctx->arena, db_row_count(days) + db_row_count(tail) + 1, sizeof *sums->sums);
    sums->count = 0;
    sums->is_behind = db_row_count(tail) == TAIL_LIMIT;
    struct ledger_sum sum = {.account = account, .currency = ctx->shop->currency};
    while (db_next(days)) {
        sum.day = id_time(db_get_int(days, 0));
        sum.debits = db_get_int(days, 1);
        sum.credits = db_get_int(days, 2);
        add_to_day(sums, &sum);
    }
    while (db_next(tail)) {
        bool is_debit = db_get_int(tail, 1) == account, is_credit = db_get_int(tail, 2) == account;
        if ((!is_debit && !is_credit) || !text_is(db_get_text(tail, 3), ctx->shop->currency))
            continue;
        sum.day = clock_day_start(id_time(db_get_int(tail, 0)), ctx->shop->zone);
        sum.debits = is_debit ? db_get_int(tail, 4) : 0;
        sum.credits = is_credit ? db_get_int(tail, 4) : 0;
        add_to_day(sums, &sum);
    }
    return NULL;
}
