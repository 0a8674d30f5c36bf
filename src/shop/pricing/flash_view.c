/* flash_view.c - flash sales as pages and programs see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash.h"

#include "base/clock.h"
#include "base/text.h"
#include <inttypes.h>

#define PERCENT 100

/* 100 only when nothing is left. */
static int64_t share_of(int64_t sold, int64_t stock)
{
    return stock > 0 ? sold * PERCENT / stock : 0;
}

/* How long it took until all were sold, once; -1 when they never were. */
static int64_t seconds_of(const struct flash_sale *sale, const struct flash_entry *entry)
{
    if (entry->sold_out_at == 0)
        return -1;
    return entry->sold_out_at > sale->starts_at ? (entry->sold_out_at - sale->starts_at) / SECOND_MS : 0;
}

static void set_seconds(struct ctx *ctx, struct value *view, int64_t seconds)
{
    value_set(ctx->arena, view, "sold_out_seconds", value_null());
    if (seconds >= 0)
        value_set_int(ctx->arena, view, "sold_out_seconds", seconds);
}

static void set_figures(struct ctx *ctx, struct value *view, int64_t sold, int64_t stock, int64_t refused)
{
    value_set_int(ctx->arena, view, "stock", stock);
    value_set_int(ctx->arena, view, "sold", sold);
    value_set_int(ctx->arena, view, "left", stock - sold);
    value_set_int(ctx->arena, view, "share", share_of(sold, stock));
    value_set_int(ctx->arena, view, "refused", refused);
}

static void add_entries(struct ctx *ctx, struct value *view, const struct flash_sale *sale)
{
    int64_t sold = 0, stock = 0, refused = 0, longest = 0;
    struct value *list = value_set_list(ctx->arena, view, "entries");
    for (size_t i = 0; i < sale->count; i++) {
        const struct flash_entry *entry = &sale->entries[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        int64_t seconds = seconds_of(sale, entry);
        value_set_id(ctx->arena, row, "variant_id", entry->variant_id);
        value_set_id(ctx->arena, row, "product_id", entry->product_id);
        value_set_money(ctx->arena, row, "price", money_of(entry->price, ctx->shop->currency));
        value_set_int(ctx->arena, row, "person_most", entry->person_most);
        set_figures(ctx, row, entry->sold, entry->stock, entry->refused);
        set_seconds(ctx, row, seconds);
        sold += entry->sold;
        stock += entry->stock;
        refused += entry->refused;
        longest = seconds < 0 || longest < 0 ? -1 : seconds > longest ? seconds : longest;
    }
    set_figures(ctx, view, sold, stock, refused);
    set_seconds(ctx, view, sale->count > 0 ? longest : -1);
}

struct value *flash_sale_view(struct ctx *ctx, const struct flash_sale *sale)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    enum promotion_phase phase = flash_phase_of(sale, ctx->now);
    value_set_id(arena, view, "id", sale->id);
    value_set_int(arena, view, "version", sale->version);
    value_set_text(arena, view, "status", promotion_status_names[sale->status]);
    value_set_text(arena, view, "phase", promotion_phase_names[phase]);
    value_set_text(arena, view, "name", sale->name);
    value_set_time(arena, view, "starts_at", sale->starts_at);
    value_set_time(arena, view, "ends_at", sale->ends_at);
    value_set_int(arena, view, "unpaid_minutes", sale->unpaid_minutes);
    value_set_bool(arena, view, "is_beside", sale->is_beside);
    add_entries(ctx, view, sale);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/flash/%" PRId64, sale->id));
    value_set_bool(arena, view, "can_start",
                   phase == PHASE_DRAFT || (phase == PHASE_PAUSED && sale->ends_at > ctx->now));
    value_set_bool(arena, view, "can_pause", sale->status == PROMOTION_ACTIVE && phase != PHASE_ENDED);
    value_set_bool(arena, view, "can_end", phase != PHASE_ENDED);
    value_set_time(arena, view, "updated_at", sale->updated_at);
    return view;
}

/* ---- pages of products ---- */

const char *flash_day(struct ctx *ctx, int64_t at)
{
    const char *day = clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%d");
    int64_t tomorrow = clock_day_shift(ctx->now, 1, ctx->shop->zone);
    if (text_is(day, clock_format(ctx->arena, ctx->now, ctx->shop->zone, "%Y-%m-%d")))
        return "today";
    return text_is(day, clock_format(ctx->arena, tomorrow, ctx->shop->zone, "%Y-%m-%d")) ? "tomorrow" : "";
}

static int64_t sale_price(const struct value *view)
{
    const struct value *sale = value_find(view, "sale");
    const struct value *price = sale ? value_find(sale, "price") : NULL;
    return price ? value_find_int(price, "amount", INT64_MAX) : INT64_MAX;
}

/* The price that holds now stands where pages look for it. */
static void take_place_of_sale(struct ctx *ctx, struct value *view, const struct flash_place *place)
{
    if (sale_price(view) <= place->entry.price)
        return;
    struct value *sale = value_set_object(ctx->arena, view, "sale");
    value_set_money(ctx->arena, sale, "price", money_of(place->entry.price, ctx->shop->currency));
    value_set_text(ctx->arena, sale, "name", place->name);
    value_set_text(ctx->arena, sale, "kind", "flash");
    value_set_text(ctx->arena, sale, "text", "");
    value_set_time(ctx->arena, sale, "ends_at", place->ends_at);
}

void flash_view(struct ctx *ctx, struct value *view, const struct flash_place *place, int64_t price)
{
    struct arena *arena = ctx->arena;
    value_set(arena, view, "flash", value_null());
    if (!place || place->flash_id == 0)
        return;
    bool is_running = flash_is_running(place, ctx->now);
    int64_t left = flash_left(place);
    struct value *flash = value_set_object(arena, view, "flash");
    value_set_id(arena, flash, "id", place->flash_id);
    value_set_id(arena, flash, "variant_id", place->entry.variant_id);
    value_set_text(arena, flash, "name", place->name);
    value_set_text(arena, flash, "phase", !is_running ? "coming" : left > 0 ? "running" : "sold-out");
    value_set_money(arena, flash, "price", money_of(place->entry.price, ctx->shop->currency));
    value_set_money(arena, flash, "list_price", money_of(price, ctx->shop->currency));
    value_set_time(arena, flash, "starts_at", place->starts_at);
    value_set_time(arena, flash, "ends_at", place->ends_at);
    value_set_text(arena, flash, "day", flash_day(ctx, is_running ? place->ends_at : place->starts_at));
    value_set_int(arena, flash, "left", left);
    value_set_int(arena, flash, "stock", place->entry.stock);
    value_set_int(arena, flash, "share", share_of(place->entry.sold, place->entry.stock));
    value_set_int(arena, flash, "person_most", place->entry.person_most);
    value_set_int(arena, flash, "unpaid_minutes", place->unpaid_minutes);
    if (is_running && place->entry.price < price)
        take_place_of_sale(ctx, view, place);
}
