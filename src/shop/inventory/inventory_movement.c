/* inventory_movement.c - the ledger of stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_parts.h"

const char *const movement_kind_names[] = {
    [MOVEMENT_RESERVE - 1] = "reserve",
    [MOVEMENT_RELEASE - 1] = "release",
    [MOVEMENT_SALE - 1] = "sale",
    [MOVEMENT_RECEIPT - 1] = "receipt",
    [MOVEMENT_COUNT - 1] = "count",
    [MOVEMENT_TRANSFER_OUT - 1] = "transfer-out",
    [MOVEMENT_TRANSFER_IN - 1] = "transfer-in",
    [MOVEMENT_DAMAGE - 1] = "damage",
    [MOVEMENT_RETURN - 1] = "return",
    [MOVEMENT_QC - 1] = "qc",
    [MOVEMENT_SAFETY - 1] = "safety",
    [MOVEMENT_INCOMING - 1] = "incoming",
    [MOVEMENT_INCOMING] = NULL,
};

err stock_write_movement(struct ctx *ctx, const struct movement *movement)
{
    return db_execute(
        ctx,
        "INSERT INTO stock_movements (shop_id, id, variant_id, location_id, kind, on_hand, reserved, damaged,"
        " qc, safety, incoming, order_id, reason, actor, actor_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
        "$8,"
        " $9, $10, $11, $12, $13, $14, $15, $16)",
        db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(movement->variant_id),
        db_int(movement->location_id), db_int(movement->kind), db_int(movement->on_hand),
        db_int(movement->reserved), db_int(movement->damaged), db_int(movement->qc), db_int(movement->safety),
        db_int(movement->incoming), db_id(movement->order_id),
        db_text(movement->reason ? movement->reason : ""), db_int(ctx->actor), db_int(ctx->actor_id),
        db_int(ctx->now));
}

static struct stock_movement read_movement(const struct db_rows *rows)
{
    return (struct stock_movement){.id = db_get_int(rows, 0),
                                   .kind = (enum movement_kind)db_get_int(rows, 1),
                                   .location_id = db_get_int(rows, 2),
                                   .on_hand = db_get_int(rows, 3),
                                   .reserved = db_get_int(rows, 4),
                                   .damaged = db_get_int(rows, 5),
                                   .qc = db_get_int(rows, 6),
                                   .safety = db_get_int(rows, 7),
                                   .incoming = db_get_int(rows, 8),
                                   .order_id = db_get_int(rows, 9),
                                   .reason = db_get_text(rows, 10),
                                   .actor = (enum actor_kind)db_get_int(rows, 11),
                                   .actor_id = db_get_int(rows, 12),
                                   .at = db_get_int(rows, 13)};
}

/* The last movement of the shop that a page looks at, 0 when it sees the oldest. */
static err find_floor(struct ctx *ctx, int64_t before_id, int64_t since_id, int64_t *floor_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id FROM stock_movements WHERE shop_id = $1 AND id < $2 AND id >= $3"
                 " ORDER BY id DESC LIMIT 1 OFFSET $4",
                 db_int(ctx->shop->id), db_int(before_id), db_int(since_id), db_int(MOVEMENT_WINDOW - 1)));
    *floor_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err movement_list(struct ctx *ctx, const struct movement_query *query, struct stock_movement **movements,
                  size_t *count, int64_t *next_id)
{
    struct db_rows *rows;
    int limit = query->limit < MOVEMENT_PAGE_LIMIT ? query->limit : MOVEMENT_PAGE_LIMIT;
    int64_t before = query->before_id ? query->before_id : INT64_MAX, floor_id;
    int64_t since = query->since ? id_floor(query->since) : 0;
    int64_t until = query->until ? id_floor(query->until) : INT64_MAX;
    before = until < before ? until : before;
    TRY(find_floor(ctx, before, since, &floor_id));
    TRY(db_query(
        ctx, &rows,
        "SELECT id, kind, location_id, on_hand, reserved, damaged, qc, safety, incoming, order_id, reason,"
        " actor, actor_id, at FROM stock_movements WHERE shop_id = $1 AND id < $2 AND id >= $3"
        " AND variant_id = $4 AND (kind = $5 OR $5 = 0) ORDER BY id DESC LIMIT $6",
        db_int(ctx->shop->id), db_int(before), db_int(floor_id > since ? floor_id : since),
        db_int(query->variant_id), db_int(query->kind), db_int(limit + 1)));
    *movements = arena_alloc_many(ctx->arena, (size_t)limit + 1, sizeof **movements);
    *count = 0;
    *next_id = floor_id;
    while (db_next(rows) && *count < (size_t)limit)
        (*movements)[(*count)++] = read_movement(rows);
    if (db_row_count(rows) > (size_t)limit)
        *next_id = (*movements)[*count - 1].id;
    return NULL;
}
