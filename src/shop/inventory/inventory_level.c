/* inventory_level.c - what is done to goods in one location: acts as a table of signs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_level.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory_parts.h"
#include <inttypes.h>

/* What one piece of an act changes. */
static const struct act {
    enum movement_kind kind;
    int on_hand, damaged, qc, safety, incoming;
} acts[] = {
    [ACT_RECEIVE] = {MOVEMENT_RECEIPT, 1, 0, 0, 0, 0},
    [ACT_ARRIVE] = {MOVEMENT_RECEIPT, 1, 0, 0, 0, -1},
    [ACT_RETURN] = {MOVEMENT_RETURN, 1, 0, 0, 0, 0},
    [ACT_LOSE] = {MOVEMENT_COUNT, -1, 0, 0, 0, 0},
    [ACT_DAMAGE] = {MOVEMENT_DAMAGE, 0, 1, 0, 0, 0},
    [ACT_MEND] = {MOVEMENT_DAMAGE, 0, -1, 0, 0, 0},
    [ACT_DISCARD] = {MOVEMENT_DAMAGE, -1, -1, 0, 0, 0},
    [ACT_CHECK] = {MOVEMENT_QC, 0, 0, 1, 0, 0},
    [ACT_PASS] = {MOVEMENT_QC, 0, 0, -1, 0, 0},
    [ACT_REJECT] = {MOVEMENT_QC, 0, 1, -1, 0, 0},
    [ACT_KEEP] = {MOVEMENT_SAFETY, 0, 0, 0, 1, 0},
    [ACT_FREE] = {MOVEMENT_SAFETY, 0, 0, 0, -1, 0},
    [ACT_EXPECT] = {MOVEMENT_INCOMING, 0, 0, 0, 0, 1},
    [ACT_UNEXPECT] = {MOVEMENT_INCOMING, 0, 0, 0, 0, -1},
    [ACT_TRANSFER] = {MOVEMENT_TRANSFER_OUT, -1, 0, 0, 0, 0},
};

const char *const stock_act_names[] = {
    [ACT_RECEIVE] = "receive", [ACT_ARRIVE] = "arrive",     [ACT_RETURN] = "return",
    [ACT_LOSE] = "lose",       [ACT_DAMAGE] = "damage",     [ACT_MEND] = "mend",
    [ACT_DISCARD] = "discard", [ACT_CHECK] = "check",       [ACT_PASS] = "pass",
    [ACT_REJECT] = "reject",   [ACT_KEEP] = "keep",         [ACT_FREE] = "free",
    [ACT_EXPECT] = "expect",   [ACT_UNEXPECT] = "unexpect", [ACT_TRANSFER] = "transfer",
    [ACT_TRANSFER + 1] = NULL,
};

int64_t level_available(const struct stock_level_row *level)
{
    return level->on_hand - level->reserved - level->damaged - level->qc - level->safety;
}

err level_list(struct ctx *ctx, int64_t variant_id, struct stock_level_row **levels, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT location_id, on_hand, reserved, damaged, qc, safety, incoming, backorder FROM stock"
                 " WHERE shop_id = $1 AND variant_id = $2 ORDER BY location_id",
                 db_int(ctx->shop->id), db_int(variant_id)));
    *levels = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **levels);
    for (*count = 0; db_next(rows); (*count)++)
        (*levels)[*count] = (struct stock_level_row){.variant_id = variant_id,
                                                     .location_id = db_get_int(rows, 0),
                                                     .on_hand = db_get_int(rows, 1),
                                                     .reserved = db_get_int(rows, 2),
                                                     .damaged = db_get_int(rows, 3),
                                                     .qc = db_get_int(rows, 4),
                                                     .safety = db_get_int(rows, 5),
                                                     .incoming = db_get_int(rows, 6),
                                                     .backorder = db_get_int(rows, 7)};
    return NULL;
}

/* ---- one act ---- */

static int64_t least(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

/* How many pieces of a level an act can be about. */
static int64_t most_of(const struct act *act, const struct stock_level_row *level)
{
    int64_t most = STOCK_MOST - level->on_hand;
    if (act->on_hand - act->damaged - act->qc - act->safety < 0)
        most = least(most, level_available(level));
    if (act->damaged < 0)
        most = least(most, level->damaged);
    if (act->qc < 0)
        most = least(most, level->qc);
    if (act->safety < 0)
        most = least(most, level->safety);
    if (act->incoming < 0)
        most = least(most, level->incoming);
    return most > 0 ? most : 0;
}

static err refuse_quantity(struct ctx *ctx, int64_t most)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    struct value *max = value_object(ctx->arena);
    *problem = (struct field_problem){.field = "quantity",
                                      .code = "fewer-there",
                                      .message = "fewer are there",
                                      .max = value_set(ctx->arena, max, "max", value_int(most))};
    return fail_fields(ctx, problem);
}

static err check_quantity(struct ctx *ctx, const struct stock_doing *doing)
{
    struct stock_level_row *levels, none = {0};
    const struct stock_level_row *level = &none;
    size_t count;
    TRY(level_list(ctx, doing->variant_id, &levels, &count));
    for (size_t i = 0; i < count; i++)
        if (levels[i].location_id == doing->location_id)
            level = &levels[i];
    int64_t most = most_of(&acts[doing->act], level);
    if (doing->quantity < 1)
        return fail_field(ctx, "quantity", "too-small", "at least one piece");
    return doing->quantity > most ? refuse_quantity(ctx, most) : NULL;
}

static err check_locations(struct ctx *ctx, const struct stock_doing *doing)
{
    struct stock_location *locations;
    size_t count;
    bool is_transfer = doing->act == ACT_TRANSFER, has_from = false, has_to = !is_transfer;
    int64_t target = is_transfer ? doing->to_location_id : doing->location_id;
    TRY(location_list(ctx, &locations, &count));
    for (size_t i = 0; i < count; i++) {
        has_from = has_from || locations[i].id == doing->location_id;
        has_to = has_to || (locations[i].id == doing->to_location_id &&
                            locations[i].id != doing->location_id && locations[i].is_active);
    }
    if (!has_from)
        return fail_field(ctx, "location", "unknown-choice", "no such location");
    if (!has_to)
        return fail_field(ctx, "to", "unknown-choice", "choose another location that is in use");
    if (target != LOCATION_HOME && ctx->now - id_time(target) < LOCATION_SETTLING_MS)
        return fail_field(ctx, is_transfer ? "to" : "location", "just-made",
                          "the location was made a moment ago: try again in a few seconds");
    return NULL;
}

err stock_ensure_level(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t location_id)
{
    return db_execute(
        ctx,
        "INSERT INTO stock (shop_id, variant_id, location_id, product_id, on_hand, reserved)"
        " VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT (shop_id, variant_id, location_id) DO NOTHING",
        db_int(ctx->shop->id), db_int(variant_id), db_int(location_id), db_int(product_id));
}

err stock_change_level(struct ctx *ctx, const struct movement *by)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "fewer are there than a moment ago",
                  "UPDATE stock SET on_hand = on_hand + $4, damaged = damaged + $5, qc = qc + $6,"
                  " safety = safety + $7, incoming = incoming + $8 WHERE shop_id = $1 AND variant_id = $2"
                  " AND location_id = $3 AND on_hand + $4 BETWEEN 0 AND 1000000000000 AND damaged + $5 >= 0"
                  " AND qc + $6 >= 0 AND safety + $7 >= 0 AND incoming + $8 >= 0"
                  " AND (" STOCK_FREE " + $4 - $5 - $6 - $7 >= 0 OR $4 - $5 - $6 - $7 >= 0)"
                  " AND NOT EXISTS (SELECT 1 FROM stock m WHERE m.shop_id = $1 AND m.variant_id = $2"
                  " AND m.made_of > 0)",
                  db_int(ctx->shop->id), db_int(by->variant_id), db_int(by->location_id), db_int(by->on_hand),
                  db_int(by->damaged), db_int(by->qc), db_int(by->safety), db_int(by->incoming)));
    TRY(stock_make_again_of(ctx, by->variant_id));
    return stock_write_movement(ctx, by);
}

static err do_in_transaction(struct ctx *ctx, void *arg)
{
    const struct stock_doing *doing = arg;
    const struct act *act = &acts[doing->act];
    int64_t pieces = doing->quantity;
    struct movement out = {.kind = act->kind,
                           .variant_id = doing->variant_id,
                           .location_id = doing->location_id,
                           .on_hand = act->on_hand * pieces,
                           .damaged = act->damaged * pieces,
                           .qc = act->qc * pieces,
                           .safety = act->safety * pieces,
                           .incoming = act->incoming * pieces,
                           .reason = doing->reason};
    struct movement in = {.kind = MOVEMENT_TRANSFER_IN,
                          .variant_id = doing->variant_id,
                          .location_id = doing->to_location_id,
                          .on_hand = pieces,
                          .reason = doing->reason};
    TRY(stock_ensure_level(ctx, doing->variant_id, doing->product_id, doing->location_id));
    if (doing->act == ACT_TRANSFER) {
        bool is_up = doing->location_id < doing->to_location_id;
        TRY(stock_ensure_level(ctx, doing->variant_id, doing->product_id, doing->to_location_id));
        TRY(stock_change_level(ctx, is_up ? &out : &in));
        TRY(stock_change_level(ctx, is_up ? &in : &out));
        return NULL;
    }
    TRY(stock_change_level(ctx, &out));
    if (act->on_hand - act->damaged - act->qc - act->safety == 0)
        return NULL;
    TRY(stock_note_low(ctx, doing->variant_id, 0)); /* the list of low stock looks at what there is */
    return product_emit_changed(ctx, doing->product_id);
}

err stock_do(struct ctx *ctx, const struct stock_doing *doing)
{
    struct stock_doing copy = *doing;
    TRY(check_locations(ctx, doing));
    TRY(check_quantity(ctx, doing));
    return db_transact(ctx, do_in_transaction, &copy);
}

/* ---- goods that come back ---- */

const char *const goods_back_names[] = {[BACK_NOT] = "no",
                                        [BACK_SELLABLE] = "sellable",
                                        [BACK_DAMAGED] = "damaged",
                                        [BACK_QC] = "qc",
                                        [BACK_QC + 1] = NULL};

err stock_check_location(struct ctx *ctx, int64_t location_id)
{
    struct stock_location *locations;
    size_t count;
    TRY(location_list(ctx, &locations, &count));
    for (size_t i = 0; i < count; i++)
        if (locations[i].id == location_id && locations[i].is_active &&
            (location_id == LOCATION_HOME || ctx->now - id_time(location_id) >= LOCATION_SETTLING_MS))
            return NULL;
    return fail_field(ctx, "location", "unknown-choice", "choose a location that is in use");
}

err stock_take_back(struct ctx *ctx, const struct stock_return *coming)
{
    struct movement in = {.kind = MOVEMENT_RETURN,
                          .variant_id = coming->variant_id,
                          .location_id = coming->location_id,
                          .on_hand = coming->quantity,
                          .damaged = coming->back == BACK_DAMAGED ? coming->quantity : 0,
                          .qc = coming->back == BACK_QC ? coming->quantity : 0,
                          .order_id = coming->order_id,
                          .reason = coming->reason};
    TRY(stock_ensure_level(ctx, coming->variant_id, coming->product_id, coming->location_id));
    TRY(stock_change_level(ctx, &in));
    if (coming->back != BACK_SELLABLE)
        return NULL;
    TRY(stock_note_low(ctx, coming->variant_id, 0));
    return product_emit_changed(ctx, coming->product_id);
}

/* ---- what may be ordered ahead ---- */

struct allowing {
    int64_t variant_id;
    int64_t product_id;
    int64_t backorder;
    const char *restock;
};

static err allow_in_transaction(struct ctx *ctx, void *arg)
{
    const struct allowing *allowing = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "the variant has no stock row",
                  "UPDATE stock SET backorder = $3,"
                  " allows_backorder = CASE WHEN $3 > 0 OR " STOCK_FREE " < 0 THEN 1 ELSE 0 END"
                  " WHERE shop_id = $1 AND variant_id = $2 AND location_id = 1 AND made_of = 0",
                  db_int(ctx->shop->id), db_int(allowing->variant_id), db_int(allowing->backorder)));
    TRY(db_execute(ctx, "DELETE FROM stock_restocks WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(allowing->variant_id)));
    if (allowing->restock[0] && allowing->backorder > 0)
        TRY(db_execute(ctx, "INSERT INTO stock_restocks (shop_id, variant_id, text) VALUES ($1, $2, $3)",
                       db_int(ctx->shop->id), db_int(allowing->variant_id), db_text(allowing->restock)));
    TRY(stock_make_again_of(ctx, allowing->variant_id));
    return product_emit_changed(ctx, allowing->product_id);
}

err stock_allow_backorder(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t backorder,
                          const char *restock)
{
    struct allowing allowing = {variant_id, product_id, backorder, restock};
    return db_transact(ctx, allow_in_transaction, &allowing);
}

static err load_restocks(struct ctx *ctx, const int64_t *ids, size_t left, const char **texts)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t count = db_bind_ids(ctx, ids, left, values);
    TRY(db_query_values(
        ctx, &rows,
        "SELECT variant_id, text FROM stock_restocks WHERE shop_id = $1 AND variant_id IN " DB_IDS, values,
        DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0))
                texts[i] = db_get_text(rows, 1);
    return NULL;
}

/* Of variants that are made of others: what is said of the first part that is not there. */
static err load_part_restocks(struct ctx *ctx, const int64_t *ids, size_t left, const char **texts)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t count = db_bind_ids(ctx, ids, left, values);
    TRY(db_query_values(ctx, &rows,
                        "SELECT p.variant_id, r.text FROM assembly_parts p JOIN stock_restocks r"
                        " ON r.shop_id = p.shop_id AND r.variant_id = p.part_id WHERE p.shop_id = $1"
                        " AND p.variant_id IN " DB_IDS " AND p.pieces > (SELECT COALESCE(SUM(" STOCK_FREE
                        "), 0) FROM stock WHERE shop_id = $1 AND variant_id = p.part_id)"
                        " ORDER BY p.variant_id, p.part_no DESC",
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0))
                texts[i] = db_get_text(rows, 1);
    return NULL;
}

err restock_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, const char **texts)
{
    for (size_t i = 0; i < count; i++)
        texts[i] = "";
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(load_restocks(ctx, variant_ids + start, count - start, texts + start));
    for (size_t start = 0; ctx->shop->has_assemblies && start < count; start += DB_IDS_LIMIT)
        TRY(load_part_restocks(ctx, variant_ids + start, count - start, texts + start));
    return NULL;
}

err stock_explain_short(struct ctx *ctx, err failure, const struct demand *demands, size_t count)
{
    if (failure->code != ERR_CONFLICT)
        return failure;
    count = stock_take_apart(ctx, demands, count, &demands);
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    for (size_t i = 0; i < count; i++)
        ids[i] = demands[i].variant_id;
    TRY(stock_load_many(ctx, ids, count, stocks));
    for (size_t i = 0; i < count; i++)
        if (stocks[i].on_hand < demands[i].quantity)
            return fail_with(ctx, ERR_OUT_OF_STOCK,
                             "%" PRId64 " of variant %" PRId64 " are on hand, %" PRId64 " should leave",
                             stocks[i].on_hand, ids[i], demands[i].quantity);
    return failure;
}
