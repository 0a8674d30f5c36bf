/* inventory_spread.c - promises of a shop that keeps goods in several locations.
 *
 * The rows of all variants are locked and read by one statement, then a plan is made, then each level is
 * changed by one guarded statement, in the order of their keys. What is promised elsewhere than at
 * LOCATION_HOME is written down for the order, so that it comes from there, or goes back there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_parts.h"

#include <stdlib.h>

/* What an order takes of one level, or had promised there. */
struct part {
    int64_t variant_id;
    int64_t location_id;
    int64_t quantity;
};

struct shelf {
    int64_t variant_id;
    int64_t location_id;
    int64_t free;
    int64_t backorder;
};

struct plan {
    const struct demand *demands;
    size_t demand_count;
    const struct stock_location *locations; /* by priority */
    size_t location_count;
    struct shelf *shelves;
    size_t shelf_count;
    struct part *parts;
    size_t part_count;
};

static err lock_shelves(struct ctx *ctx, struct plan *plan)
{
    int64_t *ids = arena_alloc_many(ctx->arena, plan->demand_count + 1, sizeof *ids);
    for (size_t i = 0; i < plan->demand_count; i++)
        ids[i] = plan->demands[i].variant_id;
    plan->shelves =
        arena_alloc_many(ctx->arena, plan->demand_count * LOCATION_LIMIT + 1, sizeof *plan->shelves);
    for (size_t start = 0; start < plan->demand_count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, ids + start, plan->demand_count - start, values);
        TRY(db_query_values(
            ctx, &rows,
            "UPDATE stock SET reserved = reserved WHERE shop_id = $1 AND variant_id IN " DB_IDS
            " AND made_of = 0 RETURNING variant_id, location_id, " STOCK_FREE ", backorder",
            values, DB_IDS_VALUES));
        while (db_next(rows) && plan->shelf_count < plan->demand_count * LOCATION_LIMIT)
            plan->shelves[plan->shelf_count++] = (struct shelf){db_get_int(rows, 0), db_get_int(rows, 1),
                                                                db_get_int(rows, 2), db_get_int(rows, 3)};
    }
    return NULL;
}

static struct shelf *shelf_at(const struct plan *plan, int64_t variant_id, int64_t location_id)
{
    for (size_t i = 0; i < plan->shelf_count; i++)
        if (plan->shelves[i].variant_id == variant_id && plan->shelves[i].location_id == location_id)
            return &plan->shelves[i];
    return NULL;
}

static int64_t free_at(const struct plan *plan, int64_t variant_id, int64_t location_id)
{
    const struct shelf *shelf = shelf_at(plan, variant_id, location_id);
    return shelf && shelf->free > 0 ? shelf->free : 0;
}

/* The first location that has all that is wanted; 0 when none has. */
static int64_t find_whole(const struct plan *plan)
{
    for (size_t i = 0; i < plan->location_count; i++) {
        size_t met = 0;
        for (size_t k = 0; k < plan->demand_count; k++)
            met += free_at(plan, plan->demands[k].variant_id, plan->locations[i].id) >=
                   plan->demands[k].quantity;
        if (met == plan->demand_count)
            return plan->locations[i].id;
    }
    return 0;
}

static int64_t find_for(const struct plan *plan, const struct demand *demand)
{
    for (size_t i = 0; i < plan->location_count; i++)
        if (free_at(plan, demand->variant_id, plan->locations[i].id) >= demand->quantity)
            return plan->locations[i].id;
    return 0;
}

static void add_part(struct plan *plan, int64_t variant_id, int64_t location_id, int64_t quantity)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].variant_id == variant_id && plan->parts[i].location_id == location_id) {
            plan->parts[i].quantity += quantity;
            return;
        }
    plan->parts[plan->part_count++] = (struct part){variant_id, location_id, quantity};
}

/* From several locations, and at last ahead of what will come. False when even that is too little. */
static bool spread(struct plan *plan, const struct demand *demand)
{
    int64_t left = demand->quantity;
    for (size_t i = 0; i < plan->location_count && left > 0; i++) {
        int64_t free = free_at(plan, demand->variant_id, plan->locations[i].id);
        int64_t taken = free < left ? free : left;
        if (taken > 0)
            add_part(plan, demand->variant_id, plan->locations[i].id, taken);
        left -= taken;
    }
    const struct shelf *home = shelf_at(plan, demand->variant_id, LOCATION_HOME);
    int64_t owed = home && home->free < 0 ? -home->free : 0;
    if (left > 0 && (!home || home->backorder - owed < left))
        return false;
    if (left > 0)
        add_part(plan, demand->variant_id, LOCATION_HOME, left);
    return true;
}

static bool plan_parts(struct plan *plan)
{
    int64_t whole = find_whole(plan);
    for (size_t i = 0; i < plan->demand_count; i++) {
        const struct demand *demand = &plan->demands[i];
        int64_t location_id = whole ? whole : find_for(plan, demand);
        if (location_id)
            add_part(plan, demand->variant_id, location_id, demand->quantity);
        else if (!spread(plan, demand))
            return false;
    }
    return true;
}

static int by_key(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->variant_id != b->variant_id)
        return (a->variant_id > b->variant_id) - (a->variant_id < b->variant_id);
    return (a->location_id > b->location_id) - (a->location_id < b->location_id);
}

static err promise(struct ctx *ctx, int64_t order_id, const struct part *part)
{
    TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "a location has too few",
                  "UPDATE stock SET reserved = reserved + $4 WHERE shop_id = $1 AND variant_id = $2"
                  " AND location_id = $3 AND " STOCK_FREE " + backorder >= $4",
                  db_int(ctx->shop->id), db_int(part->variant_id), db_int(part->location_id),
                  db_int(part->quantity)));
    if (part->location_id != LOCATION_HOME)
        TRY(db_execute(ctx,
                       "INSERT INTO stock_promises (shop_id, order_id, variant_id, location_id, quantity)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(part->variant_id),
                       db_int(part->location_id), db_int(part->quantity)));
    return stock_write_movement(ctx, &(struct movement){.kind = MOVEMENT_RESERVE,
                                                        .variant_id = part->variant_id,
                                                        .location_id = part->location_id,
                                                        .reserved = part->quantity,
                                                        .order_id = order_id});
}

err stock_spread_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    struct stock_location *locations;
    struct plan plan = {.demands = demands, .demand_count = count};
    TRY(location_list(ctx, &locations, &plan.location_count));
    plan.locations = locations;
    plan.parts = arena_alloc_many(ctx->arena, count * LOCATION_LIMIT + 1, sizeof *plan.parts);
    TRY(lock_shelves(ctx, &plan));
    if (!plan_parts(&plan))
        return fail_with(ctx, ERR_OUT_OF_STOCK, "all locations together have too few");
    qsort(plan.parts, plan.part_count, sizeof *plan.parts, by_key);
    for (size_t i = 0; i < plan.part_count; i++)
        TRY(promise(ctx, order_id, &plan.parts[i]));
    for (size_t i = 0; i < count; i++)
        TRY(stock_tell_pages(ctx, &demands[i], demands[i].available - demands[i].quantity));
    return NULL;
}

/* ---- promises that end ---- */

static err list_promises(struct ctx *ctx, int64_t order_id, struct part **parts, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id, location_id, quantity FROM stock_promises WHERE shop_id = $1"
                 " AND order_id = $2 ORDER BY variant_id, location_id",
                 db_int(ctx->shop->id), db_int(order_id)));
    *parts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **parts);
    *count = 0;
    while (db_next(rows))
        (*parts)[(*count)++] = (struct part){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}

static err end_promise(struct ctx *ctx, int64_t order_id, const struct part *part, int64_t ended)
{
    if (ended == part->quantity)
        return db_expect(ctx, 1, ERR_CONFLICT, "the promise ended meanwhile",
                         "DELETE FROM stock_promises WHERE shop_id = $1 AND order_id = $2 AND variant_id = $3"
                         " AND location_id = $4 AND quantity = $5",
                         db_int(ctx->shop->id), db_int(order_id), db_int(part->variant_id),
                         db_int(part->location_id), db_int(ended));
    return db_expect(ctx, 1, ERR_CONFLICT, "the promise changed meanwhile",
                     "UPDATE stock_promises SET quantity = quantity - $5 WHERE shop_id = $1 AND order_id = $2"
                     " AND variant_id = $3 AND location_id = $4 AND quantity > $5",
                     db_int(ctx->shop->id), db_int(order_id), db_int(part->variant_id),
                     db_int(part->location_id), db_int(ended));
}

static err settle(struct ctx *ctx, int64_t order_id, const struct part *part, enum movement_kind kind)
{
    int64_t leaving = kind == MOVEMENT_SALE ? part->quantity : 0;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "less is reserved than should end",
                  "UPDATE stock SET on_hand = on_hand - $5, reserved = reserved - $4 WHERE shop_id = $1"
                  " AND variant_id = $2 AND location_id = $3 AND reserved >= $4 AND on_hand >= $5",
                  db_int(ctx->shop->id), db_int(part->variant_id), db_int(part->location_id),
                  db_int(part->quantity), db_int(leaving)));
    return stock_write_movement(ctx, &(struct movement){.kind = kind,
                                                        .variant_id = part->variant_id,
                                                        .location_id = part->location_id,
                                                        .on_hand = -leaving,
                                                        .reserved = -part->quantity,
                                                        .order_id = order_id});
}

/* What was promised elsewhere comes first; the rest was promised at home, whose key is the least. */
static err settle_demand(struct ctx *ctx, int64_t order_id, const struct demand *demand,
                         const struct part *promises, size_t count, enum movement_kind kind)
{
    struct part parts[LOCATION_LIMIT + 1];
    size_t part_count = 1;
    int64_t left = demand->quantity;
    for (size_t i = 0; i < count && left > 0; i++) {
        if (promises[i].variant_id != demand->variant_id || part_count > LOCATION_LIMIT)
            continue;
        int64_t taken = promises[i].quantity < left ? promises[i].quantity : left;
        TRY(end_promise(ctx, order_id, &promises[i], taken));
        parts[part_count++] = (struct part){demand->variant_id, promises[i].location_id, taken};
        left -= taken;
    }
    parts[0] = (struct part){demand->variant_id, LOCATION_HOME, left};
    for (size_t i = 0; i < part_count; i++)
        if (parts[i].quantity > 0)
            TRY(settle(ctx, order_id, &parts[i], kind));
    return NULL;
}

err stock_spread_settle(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count,
                        enum movement_kind kind)
{
    struct part *promises;
    size_t promise_count;
    TRY(list_promises(ctx, order_id, &promises, &promise_count));
    for (size_t i = 0; i < count; i++) {
        TRY(settle_demand(ctx, order_id, &demands[i], promises, promise_count, kind));
        if (kind == MOVEMENT_RELEASE)
            TRY(stock_tell_pages(ctx, &demands[i], demands[i].available + demands[i].quantity));
    }
    return NULL;
}

err stock_promise_list(struct ctx *ctx, int64_t variant_id, struct stock_promise **promises, size_t *count,
                       bool *is_known)
{
    struct db_rows *rows;
    struct db_value shop = db_int(ctx->shop->id), most = db_int(STOCK_PROMISE_LIMIT + 1);
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT 1 FROM stock_promises WHERE shop_id = $1 LIMIT $2) p", shop,
                 most));
    *promises = NULL;
    *count = 0;
    *is_known = db_next(rows) && db_get_int(rows, 0) <= STOCK_PROMISE_LIMIT;
    if (!*is_known)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, location_id, quantity FROM stock_promises WHERE shop_id = $1"
                 " AND variant_id = $2 ORDER BY order_id, location_id LIMIT $3",
                 shop, db_int(variant_id), most));
    *promises = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **promises);
    for (; db_next(rows); (*count)++)
        (*promises)[*count] =
            (struct stock_promise){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}
