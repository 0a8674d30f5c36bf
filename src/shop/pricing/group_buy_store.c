/* group_buy_store.c - group buys are written, changed, listed, begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy_parts.h"

#include "base/clock.h"
#include "job/job.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/tenant/tenant.h"

#define TURN_JOB "group.turn"

enum promotion_phase group_buy_phase_of(const struct group_buy *buy, int64_t now)
{
    bool has_left = false;
    if (buy->status == PROMOTION_ENDED || (buy->status != PROMOTION_DRAFT && buy->ends_at <= now))
        return PHASE_ENDED;
    if (buy->status == PROMOTION_DRAFT)
        return PHASE_DRAFT;
    if (buy->status == PROMOTION_PAUSED)
        return PHASE_PAUSED;
    if (buy->starts_at > now)
        return PHASE_SCHEDULED;
    for (size_t i = 0; i < buy->count; i++)
        has_left = has_left || buy->entries[i].sold < buy->entries[i].stock;
    return has_left ? PHASE_RUNNING : PHASE_USED_UP;
}

/* ---- reading ---- */

#define BUYS                                                                                                 \
    "SELECT id, version, status, name, starts_at, ends_at, size, hours, is_listed, created_at, updated_at"   \
    " FROM group_buys "

static void take_buys(struct ctx *ctx, struct db_rows *rows, struct group_buy **buys, size_t *count)
{
    *count = 0;
    *buys = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **buys);
    while (db_next(rows))
        (*buys)[(*count)++] = (struct group_buy){.id = db_get_int(rows, 0),
                                                 .version = db_get_int(rows, 1),
                                                 .status = (enum promotion_status)db_get_int(rows, 2),
                                                 .name = db_get_text(rows, 3),
                                                 .starts_at = db_get_int(rows, 4),
                                                 .ends_at = db_get_int(rows, 5),
                                                 .size = db_get_int(rows, 6),
                                                 .hours = db_get_int(rows, 7),
                                                 .is_listed = db_get_int(rows, 8) == 1,
                                                 .created_at = db_get_int(rows, 9),
                                                 .updated_at = db_get_int(rows, 10)};
}

static struct group_buy *find_buy(struct group_buy *buys, size_t count, int64_t group_buy_id)
{
    for (size_t i = 0; i < count; i++)
        if (buys[i].id == group_buy_id)
            return &buys[i];
    return NULL;
}

static void take_entries(struct ctx *ctx, struct db_rows *rows, struct group_buy *buys, size_t count)
{
    while (db_next(rows)) {
        struct group_place place = group_place_take(rows);
        struct group_buy *buy = find_buy(buys, count, place.group_buy_id);
        if (!buy)
            continue;
        if (!buy->entries)
            buy->entries = arena_alloc_many(ctx->arena, GROUP_ENTRY_MOST, sizeof *buy->entries);
        if (buy->count < GROUP_ENTRY_MOST)
            buy->entries[buy->count++] = place.entry;
    }
}

/* Seats of who left after the group was full do not count. */
static void take_figures(struct db_rows *rows, struct group_buy *buys, size_t count)
{
    while (db_next(rows)) {
        struct group_buy *buy = find_buy(buys, count, db_get_int(rows, 0));
        if (buy)
            buy->figures =
                (struct group_figures){db_get_int(rows, 1), db_get_int(rows, 2), db_get_int(rows, 3),
                                       db_get_int(rows, 4), db_get_int(rows, 5)};
    }
}

static err load_parts(struct ctx *ctx, struct group_buy *buys, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = buys[i].id;
    for (size_t i = 0, bound; i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *entries, *figures;
        bound = db_bind_ids(ctx, ids + i, count - i, values);
        TRY(db_query_values(ctx, &entries,
                            GROUP_PLACES "WHERE e.shop_id = $1 AND e.group_buy_id IN " DB_IDS
                                         " ORDER BY e.group_buy_id, e.line_no, e.variant_id",
                            values, DB_IDS_VALUES));
        take_entries(ctx, entries, buys, count);
        TRY(db_query_values(
            ctx, &figures,
            "SELECT g.group_buy_id, CAST(SUM(CASE WHEN g.state = 2 THEN 1 ELSE 0 END) AS BIGINT),"
            " CAST(SUM(CASE WHEN g.state = 3 THEN 1 ELSE 0 END) AS BIGINT),"
            " CAST(SUM(CASE WHEN g.state = 4 THEN 1 ELSE 0 END) AS BIGINT),"
            " CAST(COALESCE(SUM(CASE WHEN g.state = 3 THEN s.pieces ELSE 0 END), 0) AS BIGINT),"
            " CAST(COALESCE(SUM(CASE WHEN g.state = 3 THEN s.pieces * g.price ELSE 0 END), 0) AS BIGINT)"
            " FROM buy_groups g LEFT JOIN (SELECT group_id, CAST(SUM(quantity) AS BIGINT) AS pieces"
            " FROM group_seats WHERE shop_id = $1 AND group_buy_id IN " DB_IDS
            " AND state = 2 GROUP BY group_id) s ON s.group_id = g.id"
            " WHERE g.shop_id = $1 AND g.group_buy_id IN " DB_IDS " GROUP BY g.group_buy_id",
            values, DB_IDS_VALUES));
        take_figures(figures, buys, count);
    }
    return NULL;
}

err group_buy_load(struct ctx *ctx, int64_t group_buy_id, struct group_buy **buy)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, BUYS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(group_buy_id)));
    take_buys(ctx, rows, buy, &count);
    if (count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such group buy");
    return load_parts(ctx, *buy, 1);
}

err group_buy_list(struct ctx *ctx, int64_t before_id, int limit, struct group_buy **buys, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, BUYS "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(before_id > 0 ? before_id : INT64_MAX), db_int(limit)));
    take_buys(ctx, rows, buys, count);
    return load_parts(ctx, *buys, *count);
}

/* ---- writing ---- */

static err write_buy(struct ctx *ctx, const struct group_buy *buy)
{
    if (buy->version == 1)
        return db_expect(ctx, 1, ERR_DUPLICATE, "group buy",
                         "INSERT INTO group_buys (shop_id, id, version, status, name, starts_at, ends_at,"
                         " size, hours, is_listed, created_at, updated_at)"
                         " VALUES ($1, $2, 1, 1, $3, $4, $5, $6, $7, $8, $9, $9)",
                         db_int(ctx->shop->id), db_int(buy->id), db_text(buy->name), db_int(buy->starts_at),
                         db_int(buy->ends_at), db_int(buy->size), db_int(buy->hours), db_int(buy->is_listed),
                         db_int(ctx->now));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this group buy, or it has ended",
                     "UPDATE group_buys SET version = $3, name = $4, starts_at = $5, ends_at = $6, size = $7,"
                     " hours = $8, is_listed = $9, updated_at = $10 WHERE shop_id = $1 AND id = $2"
                     " AND version = $3 - 1 AND status < 4",
                     db_int(ctx->shop->id), db_int(buy->id), db_int(buy->version), db_text(buy->name),
                     db_int(buy->starts_at), db_int(buy->ends_at), db_int(buy->size), db_int(buy->hours),
                     db_int(buy->is_listed), db_int(ctx->now));
}

/* The counter stays; an order in this moment that needs more than is offered now makes it a conflict. */
static err write_entry(struct ctx *ctx, int64_t group_buy_id, const struct group_entry *entry,
                       int64_t line_no)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "more was sold meanwhile",
                     "INSERT INTO group_buy_entries (shop_id, group_buy_id, variant_id, product_id, line_no,"
                     " price, stock, person_most) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                     " ON CONFLICT (shop_id, group_buy_id, variant_id) DO UPDATE SET"
                     " line_no = excluded.line_no, price = excluded.price, stock = excluded.stock,"
                     " person_most = excluded.person_most"
                     " WHERE group_buy_entries.sold <= excluded.stock",
                     db_int(ctx->shop->id), db_int(group_buy_id), db_int(entry->variant_id),
                     db_int(entry->product_id), db_int(line_no), db_int(entry->price), db_int(entry->stock),
                     db_int(entry->person_most));
}

static err refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM group_buys WHERE shop_id = $1 AND status = 2 AND ends_at > $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return shop_change_group_buys(ctx, db_next(rows));
}

/* When it begins and when it ends, what pages show is made anew. */
static err announce(struct ctx *ctx, const struct group_buy *buy)
{
    int64_t turn = buy->starts_at > ctx->now ? buy->starts_at : buy->ends_at;
    TRY(job_schedule(ctx, TURN_JOB, buy->id, turn, value_object(ctx->arena)));
    return refresh(ctx);
}

static bool has_variant(const struct group_buy *buy, int64_t variant_id)
{
    for (size_t i = 0; i < buy->count; i++)
        if (buy->entries[i].variant_id == variant_id)
            return true;
    return false;
}

/* Those that were left out go, unless somebody has a piece of them. */
static err drop_others(struct ctx *ctx, const struct group_buy *next, const struct group_buy *saved)
{
    for (size_t i = 0; saved && i < saved->count; i++)
        if (!has_variant(next, saved->entries[i].variant_id))
            TRY(db_expect(ctx, 1, ERR_CONFLICT, "a variant that was left out has sold some",
                          "DELETE FROM group_buy_entries WHERE shop_id = $1 AND group_buy_id = $2"
                          " AND variant_id = $3 AND sold = 0",
                          db_int(ctx->shop->id), db_int(next->id), db_int(saved->entries[i].variant_id)));
    return NULL;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct group_buy *buy = arg;
    struct group_buy next = *buy, *saved = NULL;
    if (next.id)
        TRY(group_buy_load(ctx, next.id, &saved));
    next.status = saved ? saved->status : PROMOTION_DRAFT;
    next.id = saved ? saved->id : id_new(ctx);
    next.version = saved ? next.version + 1 : 1;
    TRY(write_buy(ctx, &next));
    TRY(drop_others(ctx, &next, saved));
    for (size_t i = 0; i < next.count; i++)
        TRY(write_entry(ctx, next.id, &next.entries[i], (int64_t)i + 1));
    if (next.status == PROMOTION_ACTIVE)
        TRY(announce(ctx, &next));
    *buy = next;
    return NULL;
}

err group_buy_save(struct ctx *ctx, struct group_buy *buy)
{
    TRY(group_buy_examine(ctx, buy));
    struct group_buy next = *buy;
    TRY(db_transact(ctx, save_in_transaction, &next));
    *buy = next;
    return NULL;
}

/* ---- life ---- */

static bool may_become(enum promotion_status from, enum promotion_status to)
{
    if (to == PROMOTION_ENDED)
        return from != PROMOTION_ENDED;
    return (to == PROMOTION_ACTIVE && (from == PROMOTION_DRAFT || from == PROMOTION_PAUSED)) ||
           (to == PROMOTION_PAUSED && from == PROMOTION_ACTIVE);
}

static err check_room(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM group_buys WHERE shop_id = $1 AND status = 2 AND ends_at > $2",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) && db_get_int(rows, 0) < GROUP_ACTIVE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "%d group buys at the same time", GROUP_ACTIVE_LIMIT);
}

struct change {
    int64_t group_buy_id;
    enum promotion_status status;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct group_buy *buy;
    TRY(group_buy_load(ctx, change->group_buy_id, &buy));
    if (buy->status == change->status)
        return NULL;
    if (!may_become(buy->status, change->status))
        return fail_with(ctx, ERR_CONFLICT, "a group buy that is %s cannot become %s",
                         promotion_status_names[buy->status], promotion_status_names[change->status]);
    if (change->status == PROMOTION_ACTIVE) {
        TRY(group_buy_examine(ctx, buy));
        TRY(check_room(ctx));
    }
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this group buy",
                  "UPDATE group_buys SET status = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = $5 AND version = $6",
                  db_int(ctx->shop->id), db_int(buy->id), db_int(change->status), db_int(ctx->now),
                  db_int(buy->status), db_int(buy->version)));
    return announce(ctx, buy);
}

err group_buy_change_status(struct ctx *ctx, int64_t group_buy_id, enum promotion_status status)
{
    struct change change = {group_buy_id, status};
    return db_transact(ctx, change_in_transaction, &change);
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *group_buy_id = arg;
    struct group_buy *buy;
    TRY(group_buy_load(ctx, *group_buy_id, &buy));
    if (buy->ends_at > ctx->now)
        return announce(ctx, buy);
    TRY(db_execute(ctx,
                   "UPDATE group_buys SET status = 4, updated_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND ends_at <= $3 AND status IN (2, 3)",
                   db_int(ctx->shop->id), db_int(buy->id), db_int(ctx->now)));
    return refresh(ctx);
}

static err run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t group_buy_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, turn_in_transaction, &group_buy_id);
}

/* ---- the end of a group ---- */

/* A clock that ran ahead when the job was taken finds it not due: it comes again. */
static err end_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *group_id = arg;
    struct buy_group *group;
    TRY(db_execute(ctx,
                   "UPDATE buy_groups SET state = 4, ended_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND state = 2 AND ends_at <= $3",
                   db_int(ctx->shop->id), db_int(*group_id), db_int(ctx->now)));
    TRY(buy_group_load(ctx, *group_id, &group));
    if (group->state == BUY_GROUP_FAILED)
        return group_schedule_orders(ctx, group->id);
    return group->state == BUY_GROUP_OPEN
               ? job_schedule(ctx, GROUP_END_JOB, group->id, group->ends_at, value_object(ctx->arena))
               : NULL;
}

static err run_end(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t group_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, end_in_transaction, &group_id);
}

const struct job_kind group_buy_job_kinds[] = {
    {TURN_JOB, run_turn, 10, SECOND_MS}, {GROUP_END_JOB, run_end, 30, SECOND_MS}, {0}};
