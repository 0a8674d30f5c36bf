/* inventory_parts.h - what the files of inventory share. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/inventory/inventory_level.h"

/* What of a row can be promised, without what may be ordered ahead. */
#define STOCK_FREE "on_hand - reserved - damaged - qc - safety"
/* The same for lists: what may be ordered ahead counts as one piece when nothing is there. */
#define STOCK_SHOWN                                                                                          \
    "CASE WHEN backorder > 0 AND " STOCK_FREE " <= 0 AND " STOCK_FREE " + backorder > 0 THEN 1"              \
    " ELSE " STOCK_FREE " END"

/* A change of one row of stock. */
struct movement {
    enum movement_kind kind;
    int64_t variant_id;
    int64_t location_id;
    int64_t on_hand;
    int64_t reserved;
    int64_t damaged;
    int64_t qc;
    int64_t safety;
    int64_t incoming;
    int64_t order_id; /* 0 = none */
    const char *reason;
};
CHECKED err stock_write_movement(struct ctx *ctx, const struct movement *movement);

/* A row of the variant in the location, of nothing, where there is none. */
CHECKED err stock_ensure_level(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t location_id);
/* Changes a row and writes the movement; ERR_CONFLICT when fewer than are promised or aside would stay. */
CHECKED err stock_change_level(struct ctx *ctx, const struct movement *by);

/* Remembers a variant that came near its end. */
CHECKED err stock_note_low(struct ctx *ctx, int64_t variant_id, int64_t available_after);
/* Pages show a number, or "sold out", only near the end of a stock. */
CHECKED err stock_tell_pages(struct ctx *ctx, const struct demand *demand, int64_t available_after);

/* inventory_assembly.c: the demand with parts in place of what is made of them, gathered; the same list when
 * nothing is. */
size_t stock_take_apart(struct ctx *ctx, const struct demand *demands, size_t count,
                        const struct demand **result);
/* In a transaction, behind a change of what is available of these: computes again what is made of them. Asks
 * nothing in shops without such variants. */
CHECKED err stock_make_again(struct ctx *ctx, const struct demand *demands, size_t count);
CHECKED err stock_make_again_of(struct ctx *ctx, int64_t part_id);
CHECKED err stock_check_made(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* inventory_spread.c: stock_reserve, and stock_release or stock_sell, of a shop with several locations. */
CHECKED err stock_spread_reserve(struct ctx *ctx, int64_t order_id, const struct demand *demands,
                                 size_t count);
CHECKED err stock_spread_settle(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count,
                                enum movement_kind kind);
