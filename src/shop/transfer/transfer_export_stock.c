/* transfer_export_stock.c - the movements of a variant's stock as a table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

static const char *location_name(const struct stock_location *locations, size_t count, int64_t location_id)
{
    for (size_t i = 0; i < count; i++)
        if (locations[i].id == location_id)
            return locations[i].name;
    return "";
}

static void put_movement(struct ctx *ctx, struct sheet_writer *writer, const struct stock_movement *movement,
                         const char *location, const char *number, const char *name)
{
    sheet_put_time(writer, movement->at, ctx->shop->zone);
    sheet_put_text(writer, movement_kind_names[movement->kind - 1]);
    sheet_put_text(writer, location);
    sheet_put_int(writer, movement->on_hand);
    sheet_put_int(writer, movement->reserved);
    sheet_put_int(writer, movement->damaged);
    sheet_put_int(writer, movement->qc);
    sheet_put_int(writer, movement->safety);
    sheet_put_int(writer, movement->incoming);
    sheet_put_text(writer, number ? number : "");
    sheet_put_text(writer, movement->reason);
    sheet_put_text(writer, name ? name : "");
    sheet_put_text(writer, actor_name(movement->actor));
    sheet_end_row(writer);
}

err export_movements_rows(struct ctx *ctx, struct export *export)
{
    struct movement_query query = export->filter.movements;
    struct stock_movement *movements;
    struct stock_location *locations;
    size_t count, location_count;
    query.before_id = export->before_id;
    TRY(location_list(ctx, &locations, &location_count));
    TRY(movement_list(ctx, &query, &movements, &count, &export->before_id));
    int64_t *people = arena_alloc_many(ctx->arena, count + 1, sizeof *people);
    int64_t *order_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *order_ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    const char **numbers = arena_alloc_many(ctx->arena, count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        people[i] = movements[i].actor == ACTOR_STAFF ? movements[i].actor_id : 0;
        order_ids[i] = movements[i].order_id;
    }
    TRY(staff_name_many(ctx, people, count, names));
    TRY(order_number_many(ctx, order_ids, count, numbers));
    for (size_t i = 0; i < count; i++)
        put_movement(ctx, export->writer, &movements[i],
                     location_name(locations, location_count, movements[i].location_id), numbers[i],
                     names[i]);
    export->is_listed = export->before_id == 0;
    return NULL;
}
