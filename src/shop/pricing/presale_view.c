/* presale_view.c - presales as pages and programs see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/presale.h"

#include "base/clock.h"
#include <inttypes.h>

#define PERCENT 100

static void set_figures(struct ctx *ctx, struct value *view, int64_t sold, int64_t stock)
{
    value_set_int(ctx->arena, view, "stock", stock);
    value_set_int(ctx->arena, view, "sold", sold);
    value_set_int(ctx->arena, view, "left", stock - sold);
    value_set_int(ctx->arena, view, "share", stock > 0 ? sold * PERCENT / stock : 0);
}

static void set_amount(struct ctx *ctx, struct value *view, const char *name, int64_t amount)
{
    value_set_money(ctx->arena, view, name, money_of(amount, ctx->shop->currency));
}

/* What one piece costs in its parts. */
static void set_parts(struct ctx *ctx, struct value *view, const struct presale_entry *entry)
{
    int64_t swell = presale_swell(entry);
    set_amount(ctx, view, "price", entry->price);
    set_amount(ctx, view, "deposit", entry->deposit);
    set_amount(ctx, view, "worth", entry->deposit + swell);
    set_amount(ctx, view, "swell", swell);
    set_amount(ctx, view, "balance", entry->price - swell - entry->deposit);
}

static void add_entries(struct ctx *ctx, struct value *view, const struct presale *sale)
{
    int64_t sold = 0, stock = 0;
    struct value *list = value_set_list(ctx->arena, view, "entries");
    for (size_t i = 0; i < sale->count; i++) {
        const struct presale_entry *entry = &sale->entries[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", entry->variant_id);
        value_set_id(ctx->arena, row, "product_id", entry->product_id);
        set_parts(ctx, row, entry);
        value_set_int(ctx->arena, row, "person_most", entry->person_most);
        set_figures(ctx, row, entry->sold, entry->stock);
        sold += entry->sold;
        stock += entry->stock;
    }
    set_figures(ctx, view, sold, stock);
}

struct value *presale_staff_view(struct ctx *ctx, const struct presale *sale)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    enum promotion_phase phase = presale_phase_of(sale, ctx->now);
    value_set_id(arena, view, "id", sale->id);
    value_set_int(arena, view, "version", sale->version);
    value_set_text(arena, view, "status", promotion_status_names[sale->status]);
    value_set_text(arena, view, "phase", promotion_phase_names[phase]);
    value_set_text(arena, view, "kind", presale_kind_names[sale->kind]);
    value_set_text(arena, view, "name", sale->name);
    value_set_time(arena, view, "starts_at", sale->starts_at);
    value_set_time(arena, view, "ends_at", sale->ends_at);
    value_set_time(arena, view, "balance_from", sale->balance_from);
    value_set_time(arena, view, "balance_until", sale->balance_until);
    value_set_time(arena, view, "ships_by", sale->ships_by);
    value_set_int(arena, view, "ahead_days", sale->ahead_days);
    add_entries(ctx, view, sale);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/presales/%" PRId64, sale->id));
    value_set_bool(arena, view, "can_start",
                   phase == PHASE_DRAFT || (phase == PHASE_PAUSED && sale->ends_at > ctx->now));
    value_set_bool(arena, view, "can_pause", sale->status == PROMOTION_ACTIVE && phase != PHASE_ENDED);
    value_set_bool(arena, view, "can_end", phase != PHASE_ENDED);
    value_set_time(arena, view, "updated_at", sale->updated_at);
    return view;
}

/* ---- pages of products ---- */

static int64_t sale_price(const struct value *view)
{
    const struct value *sale = value_find(view, "sale");
    const struct value *price = sale ? value_find(sale, "price") : NULL;
    return price ? value_find_int(price, "amount", INT64_MAX) : INT64_MAX;
}

/* The price that holds now stands where pages look for it. */
static void take_place_of_sale(struct ctx *ctx, struct value *view, const struct presale_place *place)
{
    if (sale_price(view) <= place->entry.price)
        return;
    struct value *sale = value_set_object(ctx->arena, view, "sale");
    set_amount(ctx, sale, "price", place->entry.price);
    value_set_text(ctx->arena, sale, "name", place->name);
    value_set_text(ctx->arena, sale, "kind", "presale");
    value_set_text(ctx->arena, sale, "text", "");
    value_set_time(ctx->arena, sale, "ends_at", place->ends_at);
}

void presale_view(struct ctx *ctx, struct value *view, const struct presale_place *place, int64_t price)
{
    struct arena *arena = ctx->arena;
    value_set(arena, view, "presale", value_null());
    if (!place || place->presale_id == 0)
        return;
    bool is_running = presale_is_running(place, ctx->now), has_deposit = place->kind == PRESALE_DEPOSIT;
    struct value *presale = value_set_object(arena, view, "presale");
    value_set_id(arena, presale, "id", place->presale_id);
    value_set_text(arena, presale, "kind", presale_kind_names[place->kind]);
    value_set_text(arena, presale, "name", place->name);
    value_set_text(arena, presale, "phase",
                   !is_running               ? "coming"
                   : presale_left(place) > 0 ? "running"
                                             : "sold-out");
    if (has_deposit)
        set_parts(ctx, presale, &place->entry);
    set_amount(ctx, presale, "list_price", price);
    value_set_time(arena, presale, "starts_at", place->starts_at);
    value_set_time(arena, presale, "ends_at", place->ends_at);
    value_set_time(arena, presale, "balance_from", place->balance_from);
    value_set_time(arena, presale, "balance_until", place->balance_until);
    value_set_time(arena, presale, "ships_by", place->ships_by);
    value_set_int(arena, presale, "left", presale_left(place));
    value_set_int(arena, presale, "person_most", place->entry.person_most);
    if (is_running && has_deposit && place->entry.price < price)
        take_place_of_sale(ctx, view, place);
}
