/* group_buy_view.c - group buys as pages and programs see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy.h"

#include "base/clock.h"
#include "base/text.h"
#include <inttypes.h>

#define PERCENT 100
#define PHONE_SHOWN 3

static void set_figures(struct ctx *ctx, struct value *view, const struct group_buy *buy)
{
    struct value *figures = value_set_object(ctx->arena, view, "figures");
    value_set_int(ctx->arena, figures, "open", buy->figures.open);
    value_set_int(ctx->arena, figures, "full", buy->figures.full);
    value_set_int(ctx->arena, figures, "failed", buy->figures.failed);
    value_set_int(ctx->arena, figures, "pieces", buy->figures.pieces);
    value_set_money(ctx->arena, figures, "money", money_of(buy->figures.money, ctx->shop->currency));
}

static void add_entries(struct ctx *ctx, struct value *view, const struct group_buy *buy)
{
    int64_t sold = 0, stock = 0;
    struct value *list = value_set_list(ctx->arena, view, "entries");
    for (size_t i = 0; i < buy->count; i++) {
        const struct group_entry *entry = &buy->entries[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", entry->variant_id);
        value_set_id(ctx->arena, row, "product_id", entry->product_id);
        value_set_money(ctx->arena, row, "price", money_of(entry->price, ctx->shop->currency));
        value_set_int(ctx->arena, row, "person_most", entry->person_most);
        value_set_int(ctx->arena, row, "stock", entry->stock);
        value_set_int(ctx->arena, row, "sold", entry->sold);
        sold += entry->sold;
        stock += entry->stock;
    }
    value_set_int(ctx->arena, view, "sold", sold);
    value_set_int(ctx->arena, view, "stock", stock);
    value_set_int(ctx->arena, view, "share", stock > 0 ? sold * PERCENT / stock : 0);
}

struct value *group_buy_view(struct ctx *ctx, const struct group_buy *buy)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    enum promotion_phase phase = group_buy_phase_of(buy, ctx->now);
    value_set_id(arena, view, "id", buy->id);
    value_set_int(arena, view, "version", buy->version);
    value_set_text(arena, view, "status", promotion_status_names[buy->status]);
    value_set_text(arena, view, "phase", promotion_phase_names[phase]);
    value_set_text(arena, view, "name", buy->name);
    value_set_time(arena, view, "starts_at", buy->starts_at);
    value_set_time(arena, view, "ends_at", buy->ends_at);
    value_set_int(arena, view, "size", buy->size);
    value_set_int(arena, view, "hours", buy->hours);
    value_set_bool(arena, view, "is_listed", buy->is_listed);
    add_entries(ctx, view, buy);
    set_figures(ctx, view, buy);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/groups/%" PRId64, buy->id));
    value_set_bool(arena, view, "can_start",
                   phase == PHASE_DRAFT || (phase == PHASE_PAUSED && buy->ends_at > ctx->now));
    value_set_bool(arena, view, "can_pause", buy->status == PROMOTION_ACTIVE && phase != PHASE_ENDED);
    value_set_bool(arena, view, "can_end", phase != PHASE_ENDED);
    value_set_time(arena, view, "updated_at", buy->updated_at);
    return view;
}

struct value *buy_group_view(struct ctx *ctx, const struct buy_group *group)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    bool is_open = group->state == BUY_GROUP_OPEN && group->ends_at > ctx->now;
    int64_t left = is_open ? (group->ends_at - ctx->now) / SECOND_MS : 0;
    value_set_text(arena, view, "token", group->token);
    value_set_text(arena, view, "url", arena_format(arena, "/groups/%s", group->token));
    value_set_text(arena, view, "state", buy_group_state_names[group->state]);
    value_set_bool(arena, view, "can_join", is_open && group->taken < group->size);
    value_set_int(arena, view, "size", group->size);
    value_set_int(arena, view, "paid", group->paid);
    value_set_int(arena, view, "missing", group->size - group->paid);
    value_set_int(arena, view, "paying", group->taken - group->paid);
    value_set_money(arena, view, "price", money_of(group->price, ctx->shop->currency));
    value_set_time(arena, view, "opened_at", group->opened_at);
    value_set_time(arena, view, "ends_at", group->ends_at);
    value_set_time(arena, view, "ended_at", group->ended_at);
    value_set_int(arena, view, "hours", (group->ends_at - group->opened_at) / HOUR_MS);
    value_set_int(arena, view, "seconds_left", left);
    value_set_int(arena, view, "hours_left", left / (HOUR_MS / SECOND_MS));
    value_set_int(arena, view, "minutes_left", left / (MINUTE_MS / SECOND_MS) % 60);
    value_set_text(arena, view, "first", group->first);
    return view;
}

void group_place_view(struct ctx *ctx, struct value *view, const struct group_place *place, int64_t price)
{
    struct arena *arena = ctx->arena;
    value_set(arena, view, "group", value_null());
    if (!place || place->group_buy_id == 0)
        return;
    struct value *group = value_set_object(arena, view, "group");
    value_set_id(arena, group, "id", place->group_buy_id);
    value_set_text(arena, group, "name", place->name);
    value_set_money(arena, group, "price", money_of(place->entry.price, ctx->shop->currency));
    value_set_money(arena, group, "list_price", money_of(price, ctx->shop->currency));
    value_set_int(arena, group, "size", place->size);
    value_set_int(arena, group, "hours", place->hours);
    value_set_int(arena, group, "left", group_left(place) > 0 ? group_left(place) : 0);
    value_set_int(arena, group, "person_most", place->entry.person_most);
    value_set_time(arena, group, "ends_at", place->ends_at);
    value_set_bool(arena, group, "is_open", group_place_is_open(place, ctx->now));
    value_set_text(arena, group, "joins", place->group ? place->group->token : NULL);
    value_set_int(arena, group, "missing",
                  place->group ? place->group->size - place->group->paid : place->size);
}

static const char *head_of(struct ctx *ctx, const char *text, size_t characters, const char *stars)
{
    return arena_format(ctx->arena, "%.*s%s", (int)utf8_prefix(text, strlen(text), characters), text, stars);
}

const char *group_mask(struct ctx *ctx, const char *name, const char *phone, const char *email)
{
    const char *first = name && name[0] ? name : email && email[0] ? email : NULL;
    if (!first)
        return phone && phone[0] ? head_of(ctx, phone, PHONE_SHOWN, "****") : "**";
    return head_of(ctx, first, 1, "**");
}
