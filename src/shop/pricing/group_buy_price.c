/* group_buy_price.c - which variants may be bought in a group, which groups there are, and the rule of a
 * group price. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy_parts.h"

const char *const buy_group_state_names[] = {[BUY_GROUP_NEW] = "new",
                                             [BUY_GROUP_OPEN] = "open",
                                             [BUY_GROUP_FULL] = "full",
                                             [BUY_GROUP_FAILED] = "failed",
                                             [BUY_GROUP_VOID] = "void"};

struct group_place group_place_take(const struct db_rows *rows)
{
    return (struct group_place){.group_buy_id = db_get_int(rows, 0),
                                .version = db_get_int(rows, 1),
                                .status = (enum promotion_status)db_get_int(rows, 2),
                                .name = db_get_text(rows, 3),
                                .starts_at = db_get_int(rows, 4),
                                .ends_at = db_get_int(rows, 5),
                                .size = db_get_int(rows, 6),
                                .hours = db_get_int(rows, 7),
                                .is_listed = db_get_int(rows, 8) == 1,
                                .entry = {.variant_id = db_get_int(rows, 9),
                                          .product_id = db_get_int(rows, 10),
                                          .price = db_get_int(rows, 11),
                                          .stock = db_get_int(rows, 12),
                                          .person_most = db_get_int(rows, 13),
                                          .sold = db_get_int(rows, 14)}};
}

struct buy_group buy_group_take(const struct db_rows *rows)
{
    return (struct buy_group){.id = db_get_int(rows, 0),
                              .token = db_get_text(rows, 1),
                              .group_buy_id = db_get_int(rows, 2),
                              .variant_id = db_get_int(rows, 3),
                              .product_id = db_get_int(rows, 4),
                              .state = (enum buy_group_state)db_get_int(rows, 5),
                              .size = db_get_int(rows, 6),
                              .price = db_get_int(rows, 7),
                              .taken = db_get_int(rows, 8),
                              .paid = db_get_int(rows, 9),
                              .opened_at = db_get_int(rows, 10),
                              .ends_at = db_get_int(rows, 11),
                              .ended_at = db_get_int(rows, 12),
                              .first = db_is_null(rows, 13) ? "" : db_get_text(rows, 13)};
}

/* ---- groups ---- */

static err take_one(struct ctx *ctx, struct db_rows *rows, struct buy_group **group)
{
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such group");
    *group = arena_alloc(ctx->arena, sizeof **group);
    **group = buy_group_take(rows);
    return NULL;
}

err buy_group_load(struct ctx *ctx, int64_t group_id, struct buy_group **group)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, BUY_GROUPS "WHERE g.shop_id = $1 AND g.id = $2", db_int(ctx->shop->id),
                 db_int(group_id)));
    return take_one(ctx, rows, group);
}

err buy_group_load_by_token(struct ctx *ctx, const char *token, struct buy_group **group)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, BUY_GROUPS "WHERE g.shop_id = $1 AND g.token = $2 AND g.opened_at IS NOT NULL",
                 db_int(ctx->shop->id), db_text(token)));
    return take_one(ctx, rows, group);
}

static void take_many(struct ctx *ctx, struct db_rows *rows, struct buy_group **groups, size_t *count)
{
    *count = 0;
    *groups = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **groups);
    while (db_next(rows))
        (*groups)[(*count)++] = buy_group_take(rows);
}

err buy_group_list(struct ctx *ctx, int64_t group_buy_id, enum buy_group_state state, int limit,
                   struct buy_group **groups, size_t *count)
{
    struct db_rows *rows;
    if (state)
        TRY(db_query(ctx, &rows,
                     BUY_GROUPS "WHERE g.shop_id = $1 AND g.group_buy_id = $2 AND g.state = $3"
                                " ORDER BY g.ends_at, g.id LIMIT $4",
                     db_int(ctx->shop->id), db_int(group_buy_id), db_int(state), db_int(limit)));
    else
        TRY(db_query(ctx, &rows,
                     BUY_GROUPS "WHERE g.shop_id = $1 AND g.group_buy_id = $2 AND g.opened_at IS NOT NULL"
                                " ORDER BY g.id DESC LIMIT $3",
                     db_int(ctx->shop->id), db_int(group_buy_id), db_int(limit)));
    take_many(ctx, rows, groups, count);
    return NULL;
}

err buy_group_list_open(struct ctx *ctx, int64_t product_id, int limit, struct buy_group **groups,
                        size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 BUY_GROUPS "JOIN group_buys b ON b.shop_id = g.shop_id AND b.id = g.group_buy_id"
                            " WHERE g.shop_id = $1 AND g.product_id = $2 AND g.state = 2 AND g.ends_at > $3"
                            " AND g.taken < g.size AND b.is_listed = 1"
                            " ORDER BY g.size - g.paid, g.ends_at, g.id LIMIT $4",
                 db_int(ctx->shop->id), db_int(product_id), db_int(ctx->now), db_int(limit)));
    take_many(ctx, rows, groups, count);
    return NULL;
}

/* ---- places ---- */

int64_t group_left(const struct group_place *place)
{
    return place->entry.stock - place->entry.sold;
}

bool group_place_is_open(const struct group_place *place, int64_t now)
{
    if (place->group_buy_id == 0 || group_left(place) <= 0)
        return false;
    if (place->group)
        return place->group->state == BUY_GROUP_OPEN && place->group->ends_at > now &&
               place->group->taken < place->group->size;
    return place->status == PROMOTION_ACTIVE && place->starts_at <= now && now < place->ends_at;
}

/* A group keeps the terms under which it began. */
static err join_group(struct ctx *ctx, int64_t group_id, struct group_place *place)
{
    struct buy_group *group;
    TRY(buy_group_load(ctx, group_id, &group));
    if (group->group_buy_id != place->group_buy_id || group->variant_id != place->entry.variant_id)
        return fail_with(ctx, ERR_NOT_FOUND, "no such group of these goods");
    place->group = group;
    place->size = group->size;
    place->entry.price = group->price;
    return NULL;
}

err group_place_load(struct ctx *ctx, int64_t group_buy_id, int64_t variant_id, int64_t group_id,
                     struct group_place *place)
{
    struct db_rows *rows;
    *place = (struct group_place){.name = ""};
    TRY(db_query(ctx, &rows,
                 GROUP_PLACES "WHERE e.shop_id = $1 AND e.group_buy_id = $2 AND e.variant_id = $3",
                 db_int(ctx->shop->id), db_int(group_buy_id), db_int(variant_id)));
    if (!db_next(rows))
        return NULL;
    *place = group_place_take(rows);
    return group_id ? join_group(ctx, group_id, place) : NULL;
}

#define RUNNING " AND b.status = 2 AND b.starts_at <= $3 AND b.ends_at > $3 ORDER BY b.id, e.line_no"

err group_place_find(struct ctx *ctx, int64_t variant_id, struct group_place *place)
{
    struct db_rows *rows;
    *place = (struct group_place){.name = ""};
    if (!ctx->shop->has_group_buys)
        return NULL;
    TRY(db_query(ctx, &rows, GROUP_PLACES "WHERE e.shop_id = $1 AND e.variant_id = $2" RUNNING,
                 db_int(ctx->shop->id), db_int(variant_id), db_int(ctx->now)));
    if (db_next(rows))
        *place = group_place_take(rows);
    return NULL;
}

err group_product_places(struct ctx *ctx, int64_t product_id, struct group_places *places)
{
    struct db_rows *rows;
    *places = (struct group_places){0};
    if (!ctx->shop->has_group_buys)
        return NULL;
    TRY(db_query(ctx, &rows, GROUP_PLACES "WHERE e.shop_id = $1 AND e.product_id = $2" RUNNING,
                 db_int(ctx->shop->id), db_int(product_id), db_int(ctx->now)));
    struct group_place *items = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *items);
    while (db_next(rows))
        items[places->count++] = group_place_take(rows);
    places->items = items;
    return NULL;
}

const struct group_place *group_of_variant(const struct group_places *places, int64_t variant_id)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].entry.variant_id == variant_id)
            return &places->items[i];
    return NULL;
}

/* ---- the rule ---- */

struct promotion group_offer(struct ctx *ctx, const struct group_place *place, const struct quote_line *lines,
                             size_t count)
{
    bool *takes = arena_alloc_many(ctx->arena, count + 1, sizeof *takes);
    int64_t *prices = arena_alloc_many(ctx->arena, count + 1, sizeof *prices);
    for (size_t i = 0; i < count; i++) {
        takes[i] = lines[i].variant_id == place->entry.variant_id;
        prices[i] = place->entry.price;
    }
    return (struct promotion){.id = place->group_buy_id,
                              .version = place->version,
                              .status = PROMOTION_ACTIVE,
                              .name = place->name,
                              .code = "",
                              .starts_at = place->starts_at,
                              .ends_at = place->ends_at,
                              .rule = {.id = place->group_buy_id,
                                       .version = place->version,
                                       .kind = DISCOUNT_SALE,
                                       .step_count = 1,
                                       .takes = takes,
                                       .prices = prices}};
}
