/* flash_store.c - flash sales are written, changed, listed, begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash_parts.h"

#include "base/clock.h"
#include "job/job.h"
#include "shop/pricing/flash_gate.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/tenant/tenant.h"

#define TURN_JOB "flash.turn"

enum promotion_phase flash_phase_of(const struct flash_sale *sale, int64_t now)
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
    "SELECT id, version, status, name, starts_at, ends_at, unpaid_minutes, is_beside, created_at,"           \
    " updated_at FROM flash_sales "

static err take_sales(struct ctx *ctx, struct db_rows *rows, struct flash_sale **sales, size_t *count)
{
    *count = 0;
    *sales = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **sales);
    while (db_next(rows))
        (*sales)[(*count)++] = (struct flash_sale){.id = db_get_int(rows, 0),
                                                   .version = db_get_int(rows, 1),
                                                   .status = (enum promotion_status)db_get_int(rows, 2),
                                                   .name = db_get_text(rows, 3),
                                                   .starts_at = db_get_int(rows, 4),
                                                   .ends_at = db_get_int(rows, 5),
                                                   .unpaid_minutes = db_get_int(rows, 6),
                                                   .is_beside = db_get_int(rows, 7) == 1,
                                                   .created_at = db_get_int(rows, 8),
                                                   .updated_at = db_get_int(rows, 9)};
    return NULL;
}

static void add_entry(struct ctx *ctx, struct flash_sale *sales, size_t count,
                      const struct flash_place *place)
{
    for (size_t i = 0; i < count; i++) {
        if (sales[i].id != place->flash_id)
            continue;
        if (!sales[i].entries)
            sales[i].entries = arena_alloc_many(ctx->arena, FLASH_ENTRY_MOST, sizeof *sales[i].entries);
        if (sales[i].count < FLASH_ENTRY_MOST)
            sales[i].entries[sales[i].count++] = place->entry;
    }
}

err flash_entries_load(struct ctx *ctx, struct flash_sale *sales, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = sales[i].id;
    for (size_t i = 0, bound; i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, ids + i, count - i, values);
        TRY(db_query_values(ctx, &rows,
                            FLASH_PLACES "WHERE e.shop_id = $1 AND e.flash_id IN " DB_IDS
                                         " ORDER BY e.flash_id, e.line_no, e.variant_id",
                            values, DB_IDS_VALUES));
        while (db_next(rows)) {
            struct flash_place place = flash_place_take(rows);
            add_entry(ctx, sales, count, &place);
        }
    }
    return NULL;
}

err flash_load(struct ctx *ctx, int64_t flash_id, struct flash_sale **sale)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, SALES "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(flash_id)));
    TRY(take_sales(ctx, rows, sale, &count));
    if (count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such flash sale");
    return flash_entries_load(ctx, *sale, 1);
}

err flash_list(struct ctx *ctx, int64_t before_id, int limit, struct flash_sale **sales, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SALES "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(before_id > 0 ? before_id : INT64_MAX), db_int(limit)));
    TRY(take_sales(ctx, rows, sales, count));
    return flash_entries_load(ctx, *sales, *count);
}

err flash_find_shown(struct ctx *ctx, struct flash_sale **sale)
{
    struct db_rows *rows;
    size_t count;
    *sale = NULL;
    if (!ctx->shop->has_flash)
        return NULL;
    TRY(db_query(ctx, &rows,
                 SALES "WHERE shop_id = $1 AND status = 2 AND ends_at > $2 AND starts_at <= $3"
                       " ORDER BY CASE WHEN starts_at <= $2 THEN 0 ELSE 1 END,"
                       " CASE WHEN starts_at <= $2 THEN ends_at ELSE starts_at END, id LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(ctx->now + FLASH_AHEAD_MS)));
    struct flash_sale *found;
    TRY(take_sales(ctx, rows, &found, &count));
    if (count == 0)
        return NULL;
    *sale = found;
    return flash_entries_load(ctx, found, 1);
}

err flash_use_list(struct ctx *ctx, int64_t flash_id, int64_t before_order_id, int limit,
                   struct flash_use **uses, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, CAST(SUM(quantity) AS BIGINT), MAX(is_live) FROM flash_uses"
                 " WHERE shop_id = $1 AND flash_id = $2 AND order_id < $3 GROUP BY order_id"
                 " ORDER BY order_id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(flash_id),
                 db_int(before_order_id > 0 ? before_order_id : INT64_MAX), db_int(limit)));
    *count = 0;
    *uses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **uses);
    while (db_next(rows))
        (*uses)[(*count)++] =
            (struct flash_use){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2) == 1};
    return NULL;
}

/* ---- writing ---- */

static err write_sale(struct ctx *ctx, const struct flash_sale *sale)
{
    if (sale->version == 1)
        return db_expect(ctx, 1, ERR_DUPLICATE, "flash sale",
                         "INSERT INTO flash_sales (shop_id, id, version, status, name, starts_at, ends_at,"
                         " unpaid_minutes, is_beside, created_at, updated_at)"
                         " VALUES ($1, $2, 1, 1, $3, $4, $5, $6, $7, $8, $8)",
                         db_int(ctx->shop->id), db_int(sale->id), db_text(sale->name),
                         db_int(sale->starts_at), db_int(sale->ends_at), db_int(sale->unpaid_minutes),
                         db_int(sale->is_beside), db_int(ctx->now));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this sale, or it has ended",
                     "UPDATE flash_sales SET version = $3, name = $4, starts_at = $5, ends_at = $6,"
                     " unpaid_minutes = $7, is_beside = $8, updated_at = $9 WHERE shop_id = $1 AND id = $2"
                     " AND version = $3 - 1 AND status < 4",
                     db_int(ctx->shop->id), db_int(sale->id), db_int(sale->version), db_text(sale->name),
                     db_int(sale->starts_at), db_int(sale->ends_at), db_int(sale->unpaid_minutes),
                     db_int(sale->is_beside), db_int(ctx->now));
}

/* The counter stays; a sale in this moment that needs more than is offered now makes it a conflict. */
static err write_entry(struct ctx *ctx, int64_t flash_id, const struct flash_entry *entry, int64_t line_no)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "more was sold meanwhile",
                     "INSERT INTO flash_entries (shop_id, flash_id, variant_id, product_id, line_no, price,"
                     " stock, person_most) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                     " ON CONFLICT (shop_id, flash_id, variant_id) DO UPDATE SET line_no = excluded.line_no,"
                     " price = excluded.price, stock = excluded.stock, person_most = excluded.person_most"
                     " WHERE flash_entries.sold <= excluded.stock",
                     db_int(ctx->shop->id), db_int(flash_id), db_int(entry->variant_id),
                     db_int(entry->product_id), db_int(line_no), db_int(entry->price), db_int(entry->stock),
                     db_int(entry->person_most));
}

static err refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM flash_sales WHERE shop_id = $1 AND status = 2 AND ends_at > $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return shop_change_flash(ctx, db_next(rows));
}

/* When it begins and when it ends, what pages show is made anew. */
static err announce(struct ctx *ctx, const struct flash_sale *sale)
{
    int64_t turn = sale->starts_at > ctx->now ? sale->starts_at : sale->ends_at;
    TRY(job_schedule(ctx, TURN_JOB, sale->id, turn, value_object(ctx->arena)));
    return refresh(ctx);
}

static bool has_variant(const struct flash_sale *sale, int64_t variant_id)
{
    for (size_t i = 0; i < sale->count; i++)
        if (sale->entries[i].variant_id == variant_id)
            return true;
    return false;
}

/* Those that were left out go, unless somebody has a piece of them. */
static err drop_others(struct ctx *ctx, const struct flash_sale *next, const struct flash_sale *saved)
{
    for (size_t i = 0; saved && i < saved->count; i++)
        if (!has_variant(next, saved->entries[i].variant_id))
            TRY(db_expect(ctx, 1, ERR_CONFLICT, "a variant that was left out has sold some",
                          "DELETE FROM flash_entries WHERE shop_id = $1 AND flash_id = $2"
                          " AND variant_id = $3 AND sold = 0",
                          db_int(ctx->shop->id), db_int(next->id), db_int(saved->entries[i].variant_id)));
    return NULL;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct flash_sale *sale = arg;
    struct flash_sale next = *sale, *saved = NULL;
    if (next.id)
        TRY(flash_load(ctx, next.id, &saved));
    next.status = saved ? saved->status : PROMOTION_DRAFT;
    next.id = saved ? saved->id : id_new(ctx);
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

err flash_save(struct ctx *ctx, struct flash_sale *sale)
{
    TRY(flash_examine(ctx, sale));
    struct flash_sale next = *sale;
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
                 "SELECT COUNT(*) FROM flash_sales WHERE shop_id = $1 AND status = 2 AND ends_at > $2",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) && db_get_int(rows, 0) < FLASH_ACTIVE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "%d flash sales at the same time", FLASH_ACTIVE_LIMIT);
}

struct change {
    int64_t flash_id;
    enum promotion_status status;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct flash_sale *sale;
    TRY(flash_load(ctx, change->flash_id, &sale));
    if (sale->status == change->status)
        return NULL;
    if (!may_become(sale->status, change->status))
        return fail_with(ctx, ERR_CONFLICT, "a sale that is %s cannot become %s",
                         promotion_status_names[sale->status], promotion_status_names[change->status]);
    if (change->status == PROMOTION_ACTIVE) {
        TRY(flash_examine(ctx, sale));
        TRY(check_room(ctx));
    }
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this sale",
                  "UPDATE flash_sales SET status = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = $5 AND version = $6",
                  db_int(ctx->shop->id), db_int(sale->id), db_int(change->status), db_int(ctx->now),
                  db_int(sale->status), db_int(sale->version)));
    return announce(ctx, sale);
}

err flash_change_status(struct ctx *ctx, int64_t flash_id, enum promotion_status status)
{
    struct change change = {flash_id, status};
    return db_transact(ctx, change_in_transaction, &change);
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *flash_id = arg;
    struct flash_sale *sale;
    TRY(flash_load(ctx, *flash_id, &sale));
    if (sale->ends_at > ctx->now)
        return announce(ctx, sale);
    TRY(db_execute(ctx,
                   "UPDATE flash_sales SET status = 4, updated_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND ends_at <= $3 AND status IN (2, 3)",
                   db_int(ctx->shop->id), db_int(sale->id), db_int(ctx->now)));
    return refresh(ctx);
}

static err run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t flash_id = job->subject_id;
    (void)owner;
    TRY(flash_gate_flush(ctx));
    return db_transact(ctx, turn_in_transaction, &flash_id);
}

const struct job_kind flash_job_kinds[] = {{TURN_JOB, run_turn, 10, SECOND_MS}, {0}};
