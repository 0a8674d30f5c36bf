/* inventory_location.c - where goods are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_parts.h"

#include "base/text.h"
#include "shop/tenant/tenant.h"

err location_list(struct ctx *ctx, struct stock_location **locations, size_t *count)
{
    struct db_rows *rows;
    *locations = arena_alloc_many(ctx->arena, LOCATION_LIMIT + 1, sizeof **locations);
    TRY(db_query(ctx, &rows,
                 "SELECT id, name, address, priority, is_active FROM stock_locations WHERE shop_id = $1"
                 " ORDER BY priority, id LIMIT $2",
                 db_int(ctx->shop->id), db_int(LOCATION_LIMIT)));
    for (*count = 0; db_next(rows); (*count)++)
        (*locations)[*count] = (struct stock_location){.id = db_get_int(rows, 0),
                                                       .name = db_get_text(rows, 1),
                                                       .address = db_get_text(rows, 2),
                                                       .priority = db_get_int(rows, 3),
                                                       .is_active = db_get_int(rows, 4) == 1};
    if (*count == 0)
        (*locations)[(*count)++] = (struct stock_location){
            .id = LOCATION_HOME, .name = "", .address = "", .priority = 1, .is_active = true};
    return NULL;
}

static err check_words(struct ctx *ctx, const struct stock_location *location)
{
    if (!location->name[0])
        return fail_field(ctx, "name", "required", "a location has a name");
    if (utf8_length(location->name, strlen(location->name)) > LOCATION_NAME_LIMIT)
        return fail_field(ctx, "name", "too-long", "the name is too long");
    if (utf8_length(location->address, strlen(location->address)) > LOCATION_ADDRESS_LIMIT)
        return fail_field(ctx, "address", "too-long", "the address is too long");
    if (location->priority < 1 || location->priority > LOCATION_PRIORITY_LIMIT)
        return fail_field(ctx, "priority", "out-of-range", "the place in the order is 1 to 1000");
    return NULL;
}

static err check_name(struct ctx *ctx, const struct stock_location *locations, size_t count,
                      int64_t location_id, const char *name, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (locations[i].id != location_id && text_is(locations[i].name, name))
            return fail_field(ctx, field, "duplicate", "another location has this name");
    return NULL;
}

static err insert_location(struct ctx *ctx, const struct stock_location *location)
{
    return db_execute(ctx,
                      "INSERT INTO stock_locations (shop_id, id, name, address, priority, is_active)"
                      " VALUES ($1, $2, $3, $4, $5, 1)",
                      db_int(ctx->shop->id), db_int(location->id), db_text(location->name),
                      db_text(location->address), db_int(location->priority));
}

struct founding {
    const struct stock_location *location;
    const struct stock_location *home; /* NULL: it has its row */
};

static err create_in_transaction(struct ctx *ctx, void *arg)
{
    const struct founding *founding = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM stock_locations WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    db_next(rows);
    if (db_get_int(rows, 0) >= LOCATION_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d locations", LOCATION_LIMIT);
    if (founding->home) {
        TRY(insert_location(ctx, founding->home));
        TRY(shop_note_locations(ctx));
    }
    return insert_location(ctx, founding->location);
}

err location_create(struct ctx *ctx, struct stock_location *location, const char *home_name)
{
    struct stock_location *locations, home;
    size_t count;
    TRY(check_words(ctx, location));
    TRY(location_list(ctx, &locations, &count));
    TRY(check_name(ctx, locations, count, 0, location->name, "name"));
    struct founding founding = {.location = location};
    if (!locations[0].name[0]) { /* it is the only one, and has no row */
        home = (struct stock_location){.id = LOCATION_HOME, .name = home_name, .address = "", .priority = 1};
        if (!home_name[0])
            return fail_field(ctx, "home_name", "required", "the place that is there already needs a name");
        if (utf8_length(home_name, strlen(home_name)) > LOCATION_NAME_LIMIT)
            return fail_field(ctx, "home_name", "too-long", "the name is too long");
        TRY(check_name(ctx, location, 1, LOCATION_HOME, home_name, "home_name"));
        founding.home = &home;
    }
    location->id = id_new(ctx);
    return db_transact(ctx, create_in_transaction, &founding);
}

static err holds_goods(struct ctx *ctx, int64_t location_id, bool *holds)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM stock WHERE shop_id = $1 AND location_id = $2"
                 " AND on_hand + reserved + incoming > 0 LIMIT 1",
                 db_int(ctx->shop->id), db_int(location_id)));
    *holds = db_next(rows);
    return NULL;
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct stock_location *location = arg;
    bool holds = false;
    if (!location->is_active)
        TRY(holds_goods(ctx, location->id, &holds));
    if (holds || (!location->is_active && location->id == LOCATION_HOME))
        return fail_field(ctx, "is_active", "holds-goods", "goods are there, or on their way");
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such location",
                     "UPDATE stock_locations SET name = $3, address = $4, priority = $5, is_active = $6"
                     " WHERE shop_id = $1 AND id = $2",
                     db_int(ctx->shop->id), db_int(location->id), db_text(location->name),
                     db_text(location->address), db_int(location->priority), db_int(location->is_active));
}

err location_change(struct ctx *ctx, const struct stock_location *location)
{
    struct stock_location *locations, copy = *location;
    size_t count;
    TRY(check_words(ctx, location));
    TRY(location_list(ctx, &locations, &count));
    TRY(check_name(ctx, locations, count, location->id, location->name, "name"));
    return db_transact(ctx, change_in_transaction, &copy);
}
