/* backoffice_group_view.c - a group buy in its form and on its page, with its goods. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_group_form.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include <inttypes.h>

static void set_number(struct ctx *ctx, struct value *view, const char *name, int64_t number)
{
    value_set_text(ctx->arena, view, name, number ? arena_format(ctx->arena, "%" PRId64, number) : "");
}

static void set_time(struct ctx *ctx, struct value *view, const char *name, int64_t at)
{
    value_set_text(ctx->arena, view, name,
                   at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%dT%H:%M") : "");
}

void group_form_view(struct ctx *ctx, struct value *view, const struct group_buy *buy)
{
    struct value *form = value_set_object(ctx->arena, view, "fields");
    value_set_text(ctx->arena, form, "name", buy->name);
    set_time(ctx, form, "starts_at", buy->starts_at);
    set_time(ctx, form, "ends_at", buy->ends_at);
    set_number(ctx, form, "size", buy->size);
    set_number(ctx, form, "hours", buy->hours);
    value_set_text(ctx->arena, form, "is_listed", buy->is_listed ? "1" : "");
    value_set_text(ctx->arena, form, "goods", "");
    struct value *list = value_set_list(ctx->arena, form, "entries");
    for (size_t i = 0; i < buy->count; i++) {
        const struct group_entry *entry = &buy->entries[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", entry->variant_id);
        value_set_text(ctx->arena, row, "price",
                       entry->price ? money_decimal(ctx->arena, money_of(entry->price, ctx->shop->currency))
                                    : "");
        set_number(ctx, row, "stock", entry->stock);
        set_number(ctx, row, "person_most", entry->person_most);
    }
}

/* A row keeps what was typed, also when it is no number. */
static void typed_row(struct req *req, struct value *row, size_t place)
{
    static const char *const names[] = {"price", "stock", "person_most"};
    struct arena *arena = req->ctx.arena;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_set_text(arena, row, names[i],
                       req_typed(req, arena_format(arena, "entries.%zu.%s", place, names[i])));
}

/* Goods that were found stand in the rows: the words for them go, so that a row that is left out stays out.
 */
static bool are_goods_kept(const struct req *req)
{
    const struct field_problem *problem = req->failure ? req->failure->problems : NULL;
    while (problem && !text_is(problem->field, "goods"))
        problem = problem->next;
    return problem != NULL;
}

void group_typed_view(struct req *req, struct value *view, const struct group_buy *typed)
{
    static const char *const names[] = {"name",  "starts_at", "ends_at", "size",
                                        "hours", "is_listed", "goods"};
    const struct group_form *form = req->form;
    const struct entry_row *rows = form->entries.items;
    struct arena *arena = req->ctx.arena;
    struct value *fields = value_set_object(arena, view, "fields");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_set_text(arena, fields, names[i], req_typed(req, names[i]));
    if (!are_goods_kept(req))
        value_set_text(arena, fields, "goods", "");
    struct value *list = value_set_list(arena, fields, "entries");
    size_t kept = 0;
    for (size_t i = 0; i < form->entries.count; i++) {
        if (rows[i].is_left_out || (!rows[i].variant_id && !rows[i].sku[0]))
            continue;
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "variant_id", kept < typed->count ? typed->entries[kept].variant_id : 0);
        typed_row(req, row, i);
        kept++;
    }
    for (; kept < typed->count; kept++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "variant_id", typed->entries[kept].variant_id);
    }
}

static void say_goods(struct ctx *ctx, struct value *row, const struct variant *variant,
                      const struct stock *stock)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, row, "sku", variant->sku);
    value_set_text(arena, row, "product_title", variant->product_title);
    value_set_text(arena, row, "variant_title", variant->title);
    value_set_text(arena, row, "product_url",
                   arena_format(arena, "/admin/products/%" PRId64, variant->product_id));
    picture_set_view(ctx, row, "picture",
                     variant->picture_id ? variant->picture_id : variant->product_picture_id,
                     variant->product_title);
    value_set_money(arena, row, "list_price", money_of(variant->price, ctx->shop->currency));
    value_set_int(arena, row, "available", stock_available(stock));
}

err group_goods_view(struct ctx *ctx, const struct value *list, const struct group_buy *buy)
{
    int64_t ids[GROUP_ENTRY_MOST];
    const struct variant *variants[GROUP_ENTRY_MOST];
    struct stock stocks[GROUP_ENTRY_MOST];
    size_t count = value_count(list) < buy->count ? value_count(list) : buy->count;
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        ids[i] = buy->entries[i].variant_id;
    TRY(variant_load_many(ctx, ids, count, variants));
    TRY(stock_load_many(ctx, ids, count, stocks));
    for (size_t i = 0; i < count; i++)
        if (variants[i])
            say_goods(ctx, &list->list->items[i], variants[i], &stocks[i]);
    return NULL;
}
