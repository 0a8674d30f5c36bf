/* inventory_check.c - the movements of every level, added up again, by command and every night. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_parts.h"

#include "base/clock.h"
#include "shop/catalog/catalog.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define REPORT_LIMIT 1000
/* One defect may be in every level: this many alarms a night say it. */
#define ALARMS_A_NIGHT 20
/* The hour of the shop's clocks behind which the night's check begins: most shops sleep. */
#define NIGHT_HOUR 4

/* A number of a level that is not what its movements add up to. */
struct finding {
    int64_t variant_id;
    int64_t location_id;
    const char *state;
    int64_t row;
    int64_t moved;
};

static struct finding read_finding(const struct db_rows *rows)
{
    static const char *const states[] = {"on hand",  "reserved",  "damaged",
                                         "in check", "kept back", "incoming"};
    for (int i = 0; i < 6; i++)
        if (db_get_int(rows, 2 + i) != db_get_int(rows, 8 + i))
            return (struct finding){db_get_int(rows, 0), db_get_int(rows, 1), states[i],
                                    db_get_int(rows, 2 + i), db_get_int(rows, 8 + i)};
    bug("a level that differs in nothing");
}

static err find_levels(struct ctx *ctx, int64_t most, struct finding **findings, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.variant_id, u.location_id, CAST(SUM(u.on_hand) AS BIGINT), CAST(SUM(u.reserved) AS BIGINT),"
        " CAST(SUM(u.damaged) AS BIGINT), CAST(SUM(u.qc) AS BIGINT), CAST(SUM(u.safety) AS BIGINT),"
        " CAST(SUM(u.incoming) AS BIGINT), CAST(SUM(u.m1) AS BIGINT), CAST(SUM(u.m2) AS BIGINT),"
        " CAST(SUM(u.m3) AS BIGINT), CAST(SUM(u.m4) AS BIGINT), CAST(SUM(u.m5) AS BIGINT),"
        " CAST(SUM(u.m6) AS BIGINT) FROM (SELECT s.variant_id, s.location_id, s.on_hand, s.reserved,"
        " s.damaged, s.qc, s.safety, s.incoming, CAST(0 AS BIGINT) AS m1, CAST(0 AS BIGINT) AS m2,"
        " CAST(0 AS BIGINT) AS m3, CAST(0 AS BIGINT) AS m4, CAST(0 AS BIGINT) AS m5, CAST(0 AS BIGINT) AS m6"
        " FROM stock s WHERE s.shop_id = $1 AND s.made_of = 0 UNION ALL SELECT m.variant_id, m.location_id, "
        "0, 0, 0, 0, 0, 0,"
        " m.on_hand, m.reserved, m.damaged, m.qc, m.safety, m.incoming FROM stock_movements m"
        " WHERE m.shop_id = $1) u GROUP BY u.variant_id, u.location_id HAVING SUM(u.on_hand) <> SUM(u.m1)"
        " OR SUM(u.reserved) <> SUM(u.m2) OR SUM(u.damaged) <> SUM(u.m3) OR SUM(u.qc) <> SUM(u.m4)"
        " OR SUM(u.safety) <> SUM(u.m5) OR SUM(u.incoming) <> SUM(u.m6) LIMIT $2",
        db_int(ctx->shop->id), db_int(most)));
    *findings = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **findings);
    for (*count = 0; db_next(rows); (*count)++)
        (*findings)[*count] = read_finding(rows);
    return NULL;
}

static err check_levels(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct finding *found;
    size_t count;
    TRY(find_levels(ctx, REPORT_LIMIT, &found, &count));
    for (size_t i = 0; i < count; i++)
        report(arg, arena_format(ctx->arena,
                                 "stock of variant %" PRId64 ": %s at %" PRId64 ": row says %" PRId64
                                 ", movements say %" PRId64,
                                 found[i].variant_id, found[i].state, found[i].location_id, found[i].row,
                                 found[i].moved));
    return NULL;
}

/* What orders had promised elsewhere than at LOCATION_HOME is all that is reserved there. */
static err check_promises(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT u.variant_id, u.location_id FROM (SELECT variant_id, location_id, reserved,"
                 " CAST(0 AS BIGINT) AS promised FROM stock WHERE shop_id = $1 AND location_id <> 1"
                 " UNION ALL SELECT variant_id, location_id, 0, quantity FROM stock_promises"
                 " WHERE shop_id = $1) u GROUP BY u.variant_id, u.location_id"
                 " HAVING SUM(u.reserved) <> SUM(u.promised) LIMIT 1000",
                 db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg,
               arena_format(ctx->arena,
                            "stock of variant %" PRId64 ": orders were promised another number at %" PRId64
                            " than is reserved there",
                            db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

err stock_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_levels(ctx, report, arg));
    TRY(stock_check_made(ctx, report, arg));
    return check_promises(ctx, report, arg);
}

/* ---- told to staff, every night ---- */

static err is_due(struct ctx *ctx, bool *due)
{
    struct db_rows *rows;
    int64_t night = clock_day_start(ctx->now, ctx->shop->zone) + NIGHT_HOUR * HOUR_MS;
    TRY(db_query(ctx, &rows, "SELECT checked_at FROM stock_marks WHERE shop_id = $1", db_int(ctx->shop->id)));
    int64_t checked_at = db_next(rows) ? db_get_int(rows, 0) : 0;
    *due = checked_at < night && night <= ctx->now;
    return NULL;
}

struct night {
    struct finding *found;
    size_t count;
    const struct variant **variants;
};

static err raise_all(struct ctx *ctx, void *arg)
{
    const struct night *night = arg;
    for (size_t i = 0; i < night->count; i++) {
        const char *subject = night->variants[i]
                                  ? night->variants[i]->sku
                                  : arena_format(ctx->arena, "%" PRId64, night->found[i].variant_id);
        TRY(alarm_raise_once(
            ctx, STOCK_MISMATCH_ALARM, subject,
            arena_format(ctx->arena, "%" PRId64 " ≠ %" PRId64, night->found[i].row, night->found[i].moved)));
    }
    return db_execute(ctx,
                      "INSERT INTO stock_marks (shop_id, checked_at) VALUES ($1, $2) ON CONFLICT (shop_id)"
                      " DO UPDATE SET checked_at = excluded.checked_at",
                      db_int(ctx->shop->id), db_int(ctx->now));
}

err stock_watch_books(struct ctx *ctx)
{
    struct night night;
    bool due;
    TRY(assembly_settle(ctx));
    TRY(is_due(ctx, &due));
    if (!due)
        return NULL;
    TRY(find_levels(ctx, ALARMS_A_NIGHT, &night.found, &night.count));
    int64_t *ids = arena_alloc_many(ctx->arena, night.count + 1, sizeof *ids);
    night.variants = arena_alloc_many(ctx->arena, night.count + 1, sizeof *night.variants);
    for (size_t i = 0; i < night.count; i++)
        ids[i] = night.found[i].variant_id;
    if (night.count > 0)
        TRY(variant_load_many(ctx, ids, night.count, night.variants));
    return db_transact(ctx, raise_all, &night);
}
