/* presale_store.c - presales are written, changed, listed, begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/presale_parts.h"

#include "base/clock.h"
#include "job/job.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/tenant/tenant.h"

#define TURN_JOB "presale.turn"

const char *const presale_kind_names[] = {"", "deposit", "whole", NULL};

enum promotion_phase presale_phase_of(const struct presale *sale, int64_t now)
{
    bool has_left = false;
    if (sale->status == PROMOTION_ENDED || (sale->status != PROMOTION_DRAFT && sale->ends_at <= now))
        return PHASE_ENDED;
    if (sale->status == PROMOTION_DRAFT)
        return PHASE_DRAFT;
    if (sale->status == PROMOTION_PAUSED)
        return PHASE_PAUSED;
    if (sale->starts_at > now)
        return PHASE_SCHEDULED;
    for (size_t i = 0; i < sale->count; i++)
        has_left = has_left || sale->entries[i].sold < sale->entries[i].stock;
    return has_left ? PHASE_RUNNING : PHASE_USED_UP;
}

/* ---- reading ---- */

#define SALES                                                                                                \
    "SELECT id, version, status, name, starts_at, ends_at, kind, balance_from, balance_until, ships_by,"     \
    " ahead_days, created_at, updated_at, swell_id FROM presales "

static err take_sales(struct ctx *ctx, struct db_rows *rows, struct presale **sales, size_t *count)
{
    *count = 0;
    *sales = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **sales);
    while (db_next(rows))
        (*sales)[(*count)++] = (struct presale){.id = db_get_int(rows, 0),
                                                .version = db_get_int(rows, 1),
                                                .status = (enum promotion_status)db_get_int(rows, 2),
                                                .name = db_get_text(rows, 3),
                                                .starts_at = db_get_int(rows, 4),
                                                .ends_at = db_get_int(rows, 5),
                                                .kind = (enum presale_kind)db_get_int(rows, 6),
                                                .balance_from = db_get_int(rows, 7),
                                                .balance_until = db_get_int(rows, 8),
                                                .ships_by = db_get_int(rows, 9),
                                                .ahead_days = db_get_int(rows, 10),
                                                .created_at = db_get_int(rows, 11),
                                                .updated_at = db_get_int(rows, 12),
                                                .swell_id = db_get_int(rows, 13)};
    return NULL;
}

static void add_entry(struct ctx *ctx, struct presale *sales, size_t count, const struct presale_place *place)
{
    for (size_t i = 0; i < count; i++) {
        if (sales[i].id != place->presale_id)
            continue;
        if (!sales[i].entries)
            sales[i].entries = arena_alloc_many(ctx->arena, PRESALE_ENTRY_MOST, sizeof *sales[i].entries);
        if (sales[i].count < PRESALE_ENTRY_MOST)
            sales[i].entries[sales[i].count++] = place->entry;
    }
}

err presale_entries_load(struct ctx *ctx, struct presale *sales, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = sales[i].id;
    for (size_t i = 0, bound; i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, ids + i, count - i, values);
        TRY(db_query_values(ctx, &rows,
                            PRESALE_PLACES "WHERE e.shop_id = $1 AND e.presale_id IN " DB_IDS
                                           " ORDER BY e.presale_id, e.line_no, e.variant_id",
                            values, DB_IDS_VALUES));
        while (db_next(rows)) {
            struct presale_place place = presale_place_take(rows);
            add_entry(ctx, sales, count, &place);
        }
    }
    return NULL;
}

err presale_load(struct ctx *ctx, int64_t presale_id, struct presale **sale)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, SALES "WHERE shop_id = $1 AND (id = $2 OR swell_id = $2)", db_int(ctx->shop->id),
                 db_int(presale_id)));
    TRY(take_sales(ctx, rows, sale, &count));
    if (count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such presale");
    return presale_entries_load(ctx, *sale, 1);
}

err presale_list(struct ctx *ctx, int64_t before_id, int limit, struct presale **sales, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SALES "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(before_id > 0 ? before_id : INT64_MAX), db_int(limit)));
    TRY(take_sales(ctx, rows, sales, count));
    return presale_entries_load(ctx, *sales, *count);
}

err presale_use_list(struct ctx *ctx, int64_t presale_id, int64_t before_order_id, int limit,
                     struct presale_use **uses, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, CAST(SUM(quantity) AS BIGINT), MAX(is_live) FROM presale_uses"
                 " WHERE shop_id = $1 AND presale_id = $2 AND order_id < $3 GROUP BY order_id"
                 " ORDER BY order_id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(presale_id),
                 db_int(before_order_id > 0 ? before_order_id : INT64_MAX), db_int(limit)));
    *count = 0;
    *uses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **uses);
    while (db_next(rows))
        (*uses)[(*count)++] =
            (struct presale_use){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2) == 1};
    return NULL;
}

/* ---- writing ---- */

static err write_sale(struct ctx *ctx, const struct presale *sale)
{
    if (sale->version == 1)
        return db_expect(ctx, 1, ERR_DUPLICATE, "presale",
                         "INSERT INTO presales (shop_id, id, version, status, name, starts_at, ends_at,"
                         " balance_from, balance_until, created_at, updated_at, ships_by, ahead_days, kind,"
                         " swell_id) VALUES ($1, $2, 1, 1, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)",
                         db_int(ctx->shop->id), db_int(sale->id), db_text(sale->name),
                         db_int(sale->starts_at), db_int(sale->ends_at), db_int(sale->balance_from),
                         db_int(sale->balance_until), db_int(ctx->now), db_int(sale->ships_by),
                         db_int(sale->ahead_days), db_int(sale->kind), db_int(sale->swell_id));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this presale, or it has ended",
                     "UPDATE presales SET version = $3, name = $4, starts_at = $5, ends_at = $6,"
                     " balance_from = $7, balance_until = $8, updated_at = $9, ships_by = $10,"
                     " ahead_days = $11, kind = $12 WHERE shop_id = $1 AND id = $2"
                     " AND version = $3 - 1 AND status < 4",
                     db_int(ctx->shop->id), db_int(sale->id), db_int(sale->version), db_text(sale->name),
                     db_int(sale->starts_at), db_int(sale->ends_at), db_int(sale->balance_from),
                     db_int(sale->balance_until), db_int(ctx->now), db_int(sale->ships_by),
                     db_int(sale->ahead_days), db_int(sale->kind));
}

/* The counter stays; an order in this moment that needs more than is offered now makes it a conflict. */
static err write_entry(struct ctx *ctx, int64_t presale_id, const struct presale_entry *entry,
                       int64_t line_no)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "more was sold meanwhile",
                     "INSERT INTO presale_entries (shop_id, presale_id, variant_id, product_id, line_no,"
                     " price, stock, person_most, deposit, worth) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                     " $10) ON CONFLICT (shop_id, presale_id, variant_id) DO UPDATE SET"
                     " line_no = excluded.line_no, price = excluded.price, stock = excluded.stock,"
                     " person_most = excluded.person_most, deposit = excluded.deposit,"
                     " worth = excluded.worth WHERE presale_entries.sold <= excluded.stock",
                     db_int(ctx->shop->id), db_int(presale_id), db_int(entry->variant_id),
                     db_int(entry->product_id), db_int(line_no), db_int(entry->price), db_int(entry->stock),
                     db_int(entry->person_most), db_int(entry->deposit), db_int(entry->worth));
}

static err refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM presales WHERE shop_id = $1 AND status = 2 AND ends_at > $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return shop_change_presales(ctx, db_next(rows));
}

/* When it begins and when it ends, what pages show is made anew. */
static err announce(struct ctx *ctx, const struct presale *sale)
{
    int64_t turn = sale->starts_at > ctx->now ? sale->starts_at : sale->ends_at;
    TRY(job_schedule(ctx, TURN_JOB, sale->id, turn, value_object(ctx->arena)));
    return refresh(ctx);
}

static bool has_variant(const struct presale *sale, int64_t variant_id)
{
    for (size_t i = 0; i < sale->count; i++)
        if (sale->entries[i].variant_id == variant_id)
            return true;
    return false;
}

/* Those that were left out go, unless somebody has a piece of them. */
static err drop_others(struct ctx *ctx, const struct presale *next, const struct presale *saved)
{
    for (size_t i = 0; saved && i < saved->count; i++)
        if (!has_variant(next, saved->entries[i].variant_id))
            TRY(db_expect(ctx, 1, ERR_CONFLICT, "a variant that was left out has sold some",
                          "DELETE FROM presale_entries WHERE shop_id = $1 AND presale_id = $2"
                          " AND variant_id = $3 AND sold = 0",
                          db_int(ctx->shop->id), db_int(next->id), db_int(saved->entries[i].variant_id)));
    return NULL;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct presale *sale = arg;
    struct presale next = *sale, *saved = NULL;
    if (next.id)
        TRY(presale_load(ctx, next.id, &saved));
    next.status = saved ? saved->status : PROMOTION_DRAFT;
    next.id = saved ? saved->id : id_new(ctx);
    next.swell_id = saved ? saved->swell_id : id_new(ctx);
    next.version = saved ? next.version + 1 : 1;
    TRY(write_sale(ctx, &next));
    TRY(drop_others(ctx, &next, saved));
    for (size_t i = 0; i < next.count; i++)
        TRY(write_entry(ctx, next.id, &next.entries[i], (int64_t)i + 1));
    if (next.status == PROMOTION_ACTIVE)
        TRY(announce(ctx, &next));
    *sale = next;
    return NULL;
}

err presale_save(struct ctx *ctx, struct presale *sale)
{
    TRY(presale_examine(ctx, sale));
    struct presale next = *sale;
    TRY(db_transact(ctx, save_in_transaction, &next));
    *sale = next;
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
                 "SELECT COUNT(*) FROM presales WHERE shop_id = $1 AND status = 2 AND ends_at > $2",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) && db_get_int(rows, 0) < PRESALE_ACTIVE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "%d presales at the same time", PRESALE_ACTIVE_LIMIT);
}

struct change {
    int64_t presale_id;
    enum promotion_status status;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct presale *sale;
    TRY(presale_load(ctx, change->presale_id, &sale));
    if (sale->status == change->status)
        return NULL;
    if (!may_become(sale->status, change->status))
        return fail_with(ctx, ERR_CONFLICT, "a presale that is %s cannot become %s",
                         promotion_status_names[sale->status], promotion_status_names[change->status]);
    if (change->status == PROMOTION_ACTIVE) {
        TRY(presale_examine(ctx, sale));
        TRY(check_room(ctx));
    }
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this presale",
                  "UPDATE presales SET status = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = $5 AND version = $6",
                  db_int(ctx->shop->id), db_int(sale->id), db_int(change->status), db_int(ctx->now),
                  db_int(sale->status), db_int(sale->version)));
    return announce(ctx, sale);
}

err presale_change_status(struct ctx *ctx, int64_t presale_id, enum promotion_status status)
{
    struct change change = {presale_id, status};
    return db_transact(ctx, change_in_transaction, &change);
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *presale_id = arg;
    struct presale *sale;
    TRY(presale_load(ctx, *presale_id, &sale));
    if (sale->ends_at > ctx->now)
        return announce(ctx, sale);
    TRY(db_execute(ctx,
                   "UPDATE presales SET status = 4, updated_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND ends_at <= $3 AND status IN (2, 3)",
                   db_int(ctx->shop->id), db_int(sale->id), db_int(ctx->now)));
    return refresh(ctx);
}

static err run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t presale_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, turn_in_transaction, &presale_id);
}

const struct job_kind presale_job_kinds[] = {{TURN_JOB, run_turn, 10, SECOND_MS}, {0}};
