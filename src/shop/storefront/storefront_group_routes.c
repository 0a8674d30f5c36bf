/* storefront_group_routes.c - the page of a group that people share, and its few numbers for a page that
 * follows.
 *
 * Who sits there is shown masked. The page says without JavaScript how much time is left and who is missing;
 * it is kept for two seconds, so that a link in a crowded chat costs little. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/media/media.h"
#include "shop/pricing/pricing.h"
#include "shop/storefront/storefront.h"
#include <inttypes.h>

#define PAGE_SECONDS 2
#define TOKEN_LIMIT 64

struct group_form {
    const char *token;
};

static const struct field group_fields[] = {
    {.name = "token",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct group_form, token),
     .is_required = true,
     .maximum = TOKEN_LIMIT,
     .help = "Token of the group"},
    {0},
};

static err add_members(struct ctx *ctx, const struct buy_group *group, struct value *view)
{
    struct group_seat *seats;
    size_t count;
    bool is_first = true;
    TRY(group_seat_list(ctx, group->id, &seats, &count));
    struct value *list = value_set_list(ctx->arena, view, "members");
    for (size_t i = 0; i < count; i++) {
        if (seats[i].state == SEAT_RESERVED)
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "name", seats[i].mask);
        value_set_bool(ctx->arena, row, "is_first", is_first);
        is_first = false;
    }
    int64_t empty = group->size - (int64_t)value_count(list);
    struct value *places = value_set_list(ctx->arena, view, "empty");
    for (int64_t i = 0; i < empty; i++)
        value_add(ctx->arena, places, value_int(i));
    return NULL;
}

static void say_goods(struct ctx *ctx, struct value *view, const struct variant *variant, int64_t price)
{
    struct arena *arena = ctx->arena;
    struct value *goods = value_set_object(arena, view, "goods");
    value_set_id(arena, goods, "variant_id", variant->id);
    value_set_text(arena, goods, "title", variant->product_title);
    value_set_text(arena, goods, "variant_title", variant->title);
    value_set_text(arena, goods, "url", arena_format(arena, "/products/%s", variant->product_handle));
    value_set_text(arena, goods, "sku", variant->sku);
    value_set_text(arena, goods, "kind", product_kind_name(variant->kind));
    picture_set_view(ctx, goods, "picture",
                     variant->picture_id ? variant->picture_id : variant->product_picture_id,
                     variant->product_title);
    value_set_money(arena, goods, "list_price", money_of(variant->price, ctx->shop->currency));
    value_set_bool(arena, goods, "is_cheaper", price < variant->price);
    value_set_bool(arena, goods, "is_on_shelf", variant->is_on_shelf);
}

static err show(struct req *req)
{
    const struct group_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct buy_group *group;
    struct group_place place, fresh;
    const struct variant *variant;
    TRY(buy_group_load_by_token(ctx, form->token, &group));
    TRY(variant_load(ctx, group->variant_id, &variant));
    TRY(group_place_load(ctx, group->group_buy_id, group->variant_id, group->id, &place));
    TRY(group_place_find(ctx, group->variant_id, &fresh));
    struct value *view = value_object(ctx->arena);
    struct value *tree = buy_group_view(ctx, group);
    TRY(add_members(ctx, group, tree));
    say_goods(ctx, tree, variant, group->price);
    value_set_text(ctx->arena, tree, "name", place.name);
    value_set_int(ctx->arena, tree, "person_most", place.entry.person_most);
    value_set_int(ctx->arena, tree, "left", group_left(&place) > 0 ? group_left(&place) : 0);
    value_set_bool(ctx->arena, tree, "can_join",
                   group_place_is_open(&place, ctx->now) && variant->is_on_shelf);
    value_set_bool(ctx->arena, tree, "can_begin", group_place_is_open(&fresh, ctx->now));
    value_set_time(ctx->arena, tree, "now", ctx->now);
    TRY(questions_set_view(ctx, tree, variant->questions));
    value_set(ctx->arena, view, "group", *tree);
    reply_cacheable(req, PAGE_SECONDS);
    reply_tag(req, "shop:%" PRId64, ctx->shop->id);
    return reply_view(req, "group", view);
}

const struct route storefront_group_routes[] = {
    {.method = GET,
     .path = "/groups/:token",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .fields = group_fields,
     .form_size = sizeof(struct group_form),
     .summary = "A group: who is in, how many are missing, and until when",
     .answer = "group"},
    {0},
};
