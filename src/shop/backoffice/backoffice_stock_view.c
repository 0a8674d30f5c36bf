/* backoffice_stock_view.c - stock by location and state, drawn as bars, and its movements. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_stock_view.h"

#include "base/text.h"
#include "shop/order/order.h"
#include "shop/staff/staff.h"

/* Of the same product, to go to. */
#define VARIANTS_SHOWN 100
/* Of the drawing. */
#define BAR_WIDTH 1000

enum part_kind { PART_AVAILABLE, PART_UNPAID, PART_PAID, PART_RESERVED, PART_QC, PART_SAFETY, PART_DAMAGED };
static const char *const part_names[] = {
    [PART_AVAILABLE] = "available", [PART_UNPAID] = "unpaid", [PART_PAID] = "paid",
    [PART_RESERVED] = "reserved",   [PART_QC] = "qc",         [PART_SAFETY] = "safety",
    [PART_DAMAGED] = "damaged",
};
#define PARTS (sizeof part_names / sizeof *part_names)

void locations_view(struct ctx *ctx, struct value *view, const struct stock_location *locations, size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "locations");
    value_set_bool(ctx->arena, view, "has_locations", count > 1);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", locations[i].id);
        value_set_text(ctx->arena, row, "name", locations[i].name);
        value_set_text(ctx->arena, row, "address", locations[i].address);
        value_set_int(ctx->arena, row, "priority", locations[i].priority);
        value_set_bool(ctx->arena, row, "is_active", locations[i].is_active);
        value_set_bool(ctx->arena, row, "is_home", locations[i].id == LOCATION_HOME);
    }
}

err stock_subject_view(struct ctx *ctx, struct value *view, const struct variant *variant)
{
    const struct product *product;
    struct variant *variants;
    size_t count;
    TRY(product_load(ctx, variant->product_id, &product));
    TRY(variant_list(ctx, product->id, &variants, &count));
    struct value *tree = value_set_object(ctx->arena, view, "product");
    value_set_id(ctx->arena, tree, "id", product->id);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_text(ctx->arena, tree, "kind", product_kind_name(product->kind));
    struct value *list = value_set_list(ctx->arena, tree, "variants");
    for (size_t i = 0; i < count && i < VARIANTS_SHOWN; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", variants[i].id);
        value_set_text(ctx->arena, row, "title", variants[i].title);
        value_set_text(ctx->arena, row, "sku", variants[i].sku);
    }
    struct value *own = value_set_object(ctx->arena, view, "variant");
    value_set_id(ctx->arena, own, "id", variant->id);
    value_set_text(ctx->arena, own, "title", variant->title);
    value_set_text(ctx->arena, own, "sku", variant->sku);
    return NULL;
}

/* The parts that have something, side by side; what is promised beyond what is there fills the whole bar. */
static void add_bar(struct ctx *ctx, struct value *row, const int64_t pieces[PARTS])
{
    struct value *list = value_set_list(ctx->arena, row, "parts");
    int64_t whole = 0, so_far = 0;
    for (size_t i = 0; i < PARTS; i++)
        whole += pieces[i];
    for (size_t i = 0; i < PARTS; i++) {
        if (pieces[i] == 0)
            continue;
        int64_t start = (int64_t)((__int128)so_far * BAR_WIDTH / whole);
        so_far += pieces[i];
        struct value *part = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, part, "state", part_names[i]);
        value_set_int(ctx->arena, part, "count", pieces[i]);
        value_set_int(ctx->arena, part, "x", start);
        value_set_int(ctx->arena, part, "width", (int64_t)((__int128)so_far * BAR_WIDTH / whole) - start);
    }
}

/* `paid` of what is reserved: -1 = not known. */
static void set_level(struct ctx *ctx, struct value *row, const struct stock_level_row *level, int64_t paid)
{
    int64_t available = level_available(level), pieces[PARTS] = {0};
    value_set_int(ctx->arena, row, "on_hand", level->on_hand);
    value_set_int(ctx->arena, row, "reserved", level->reserved);
    value_set_int(ctx->arena, row, "damaged", level->damaged);
    value_set_int(ctx->arena, row, "qc", level->qc);
    value_set_int(ctx->arena, row, "safety", level->safety);
    value_set_int(ctx->arena, row, "incoming", level->incoming);
    value_set_int(ctx->arena, row, "available", available);
    value_set_int(ctx->arena, row, "backorder", level->backorder);
    pieces[PART_AVAILABLE] = available > 0 ? available : 0;
    pieces[PART_RESERVED] = paid < 0 ? level->reserved : 0;
    pieces[PART_PAID] = paid > 0 ? paid : 0;
    pieces[PART_UNPAID] = paid < 0 ? 0 : level->reserved - paid;
    pieces[PART_QC] = level->qc;
    pieces[PART_SAFETY] = level->safety;
    pieces[PART_DAMAGED] = level->damaged;
    add_bar(ctx, row, pieces);
    if (paid < 0)
        value_set(ctx->arena, row, "committed", value_null());
    else
        value_set_int(ctx->arena, row, "committed", paid);
}

static void add_level(struct stock_level_row *sum, const struct stock_level_row *more)
{
    sum->on_hand += more->on_hand;
    sum->reserved += more->reserved;
    sum->damaged += more->damaged;
    sum->qc += more->qc;
    sum->safety += more->safety;
    sum->incoming += more->incoming;
    sum->backorder += more->backorder;
}

/* What of the promises is paid, in all and elsewhere than at home; -1 = not known. */
struct paid {
    int64_t total;
    bool is_placed; /* the places are known */
    const struct order_holding *holdings;
    size_t holding_count;
    const struct stock_promise *promises;
    size_t promise_count;
};

static err load_paid(struct ctx *ctx, int64_t variant_id, bool has_places, struct paid *paid)
{
    struct order_holding *holdings;
    struct stock_promise *promises;
    bool is_known;
    TRY(order_held_paid(ctx, variant_id, &holdings, &paid->holding_count, &is_known));
    paid->holdings = holdings;
    paid->total = is_known ? 0 : -1;
    for (size_t i = 0; i < paid->holding_count; i++)
        paid->total += holdings[i].pieces;
    if (!is_known || !has_places)
        return NULL;
    TRY(stock_promise_list(ctx, variant_id, &promises, &paid->promise_count, &paid->is_placed));
    paid->promises = promises;
    return NULL;
}

/* Both lists are by order. */
static int64_t paid_elsewhere(const struct paid *paid, int64_t location_id)
{
    int64_t sum = 0;
    size_t at = 0;
    for (size_t i = 0; i < paid->promise_count; i++) {
        while (at < paid->holding_count && paid->holdings[at].order_id < paid->promises[i].order_id)
            at++;
        bool is_paid = at < paid->holding_count && paid->holdings[at].order_id == paid->promises[i].order_id;
        bool is_here = !location_id || paid->promises[i].location_id == location_id;
        sum += is_paid && is_here ? paid->promises[i].pieces : 0;
    }
    return sum;
}

static int64_t paid_at(const struct paid *paid, const struct stock_level_row *level)
{
    if (level->reserved == 0)
        return 0;
    if (!paid->is_placed)
        return -1;
    int64_t pieces = level->location_id == LOCATION_HOME ? paid->total - paid_elsewhere(paid, 0)
                                                         : paid_elsewhere(paid, level->location_id);
    pieces = pieces < 0 ? 0 : pieces;
    return pieces > level->reserved ? level->reserved : pieces;
}

static void add_levels(struct ctx *ctx, struct value *view, const struct stock_level_row *levels,
                       size_t count, const struct stock_location *locations, size_t location_count,
                       const struct paid *paid)
{
    struct value *list = value_set_list(ctx->arena, view, "levels");
    for (size_t k = 0; k < location_count; k++)
        for (size_t i = 0; i < count; i++) {
            if (levels[i].location_id != locations[k].id)
                continue;
            struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
            value_set_id(ctx->arena, row, "location_id", locations[k].id);
            value_set_text(ctx->arena, row, "location", locations[k].name);
            set_level(ctx, row, &levels[i], paid_at(paid, &levels[i]));
        }
}

err stock_levels_view(struct ctx *ctx, struct value *view, int64_t variant_id)
{
    struct stock_level_row *levels, total = {0};
    struct stock_location *locations;
    size_t count, location_count;
    struct paid paid = {0};
    TRY(location_list(ctx, &locations, &location_count));
    TRY(level_list(ctx, variant_id, &levels, &count));
    for (size_t i = 0; i < count; i++)
        add_level(&total, &levels[i]);
    if (total.reserved > 0)
        TRY(load_paid(ctx, variant_id, location_count > 1, &paid));
    paid.is_placed = paid.is_placed || (paid.total >= 0 && location_count == 1);
    const char *restock;
    TRY(restock_load_many(ctx, &variant_id, 1, &restock));
    value_set_text(ctx->arena, view, "restock", restock);
    locations_view(ctx, view, locations, location_count);
    set_level(ctx, value_set_object(ctx->arena, view, "total"), &total,
              paid.total > total.reserved ? total.reserved : paid.total);
    add_levels(ctx, view, levels, count, locations, location_count, &paid);
    return NULL;
}

/* ---- movements ---- */

static const char *location_name(const struct stock_location *locations, size_t count, int64_t location_id)
{
    for (size_t i = 0; i < count; i++)
        if (locations[i].id == location_id)
            return locations[i].name;
    return "";
}

static void set_changes(struct ctx *ctx, struct value *row, const struct stock_movement *movement)
{
    value_set_int(ctx->arena, row, "on_hand", movement->on_hand);
    value_set_int(ctx->arena, row, "reserved", movement->reserved);
    value_set_int(ctx->arena, row, "damaged", movement->damaged);
    value_set_int(ctx->arena, row, "qc", movement->qc);
    value_set_int(ctx->arena, row, "safety", movement->safety);
    value_set_int(ctx->arena, row, "incoming", movement->incoming);
    value_set_int(ctx->arena, row, "available",
                  movement->on_hand - movement->reserved - movement->damaged - movement->qc -
                      movement->safety);
}

err movements_view(struct ctx *ctx, struct value *view, const struct stock_movement *movements, size_t count)
{
    struct stock_location *locations;
    size_t location_count;
    int64_t *people = arena_alloc_many(ctx->arena, count + 1, sizeof *people);
    int64_t *order_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *order_ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    const char **numbers = arena_alloc_many(ctx->arena, count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        people[i] = movements[i].actor == ACTOR_STAFF ? movements[i].actor_id : 0;
        order_ids[i] = movements[i].order_id;
    }
    TRY(location_list(ctx, &locations, &location_count));
    TRY(staff_name_many(ctx, people, count, names));
    TRY(order_number_many(ctx, order_ids, count, numbers));
    struct value *list = value_set_list(ctx->arena, view, "movements");
    for (size_t i = 0; i < count; i++) {
        const struct stock_movement *movement = &movements[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", movement->id);
        value_set_time(ctx->arena, row, "at", movement->at);
        value_set_text(ctx->arena, row, "kind", movement_kind_names[movement->kind - 1]);
        set_changes(ctx, row, movement);
        value_set_text(ctx->arena, row, "location",
                       location_name(locations, location_count, movement->location_id));
        value_set_text(ctx->arena, row, "reason", movement->reason);
        value_set_text(ctx->arena, row, "order", numbers[i]);
        value_set_text(ctx->arena, row, "name", names[i]);
        value_set_text(ctx->arena, row, "actor", actor_name(movement->actor));
    }
    return NULL;
}
