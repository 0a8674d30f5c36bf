/* storefront_card_routes.c - the picture of a product that people send to others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "shop/pricing/pricing.h"
#include "shop/storefront/storefront.h"
#include "shop/storefront/storefront_card.h"
#include "shop/storefront/storefront_routes.h"
#include <inttypes.h>

/* Drawing one takes a tenth of a second: of one network, and of all together. They are kept like pages. */
#define CARDS_PER_MINUTE 30
#define ALL_CARDS_PER_MINUTE 240
#define TOKEN_LIMIT 64 /* of a group */

struct card_form {
    const char *handle;
    const char *sku;
};

static const struct field card_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct card_form, handle),
     .is_required = true,
     .maximum = 120,
     .help = "Handle of the product"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct card_form, sku),
     .maximum = 64,
     .help = "The variant whose price and picture are shown"},
    {0},
};

struct group_card_form {
    const char *token;
};

static const struct field group_card_fields[] = {
    {.name = "token",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct group_card_form, token),
     .is_required = true,
     .maximum = TOKEN_LIMIT,
     .help = "Token of the group"},
    {0},
};

err storefront_limit_drawing(struct req *req)
{
    const char *who = arena_format(req->ctx.arena, "card %s", req_network(req));
    if (req_rate_take(req, who, CARDS_PER_MINUTE) && req_rate_take(req, "cards", ALL_CARDS_PER_MINUTE))
        return NULL;
    return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS,
                     "many pictures were drawn just now; try again in a minute");
}

static const char *price_text(struct ctx *ctx, const struct value *price)
{
    const char *currency = value_find_text(price, "currency");
    return currency ? money_display(ctx->arena, money_of(value_find_int(price, "amount", 0), currency)) : "";
}

/* What a stranger pays now, and the price beside it: that of the offer, or the one that the law allows. */
static void put_prices(struct ctx *ctx, const struct value *selected, struct share_card *card)
{
    const struct value *sale = value_find(selected, "sale");
    bool is_sale = sale && sale->kind == VALUE_OBJECT;
    card->price = price_text(ctx, value_find(is_sale ? sale : selected, "price"));
    card->list_price = price_text(ctx, value_find(selected, is_sale ? "price" : "struck_price"));
}

static const char *text_for(const struct req *req, const char *key)
{
    const char *text = req_text(req, key);
    return text ? text : "";
}

static err reply_card(struct req *req, const struct share_card *card, int64_t seconds)
{
    struct picture_card drawn;
    struct slice jpeg;
    TRY(share_card_draw(&req->ctx, card, &drawn));
    TRY(picture_draw(&req->ctx, &drawn, &jpeg));
    reply_cacheable(req, seconds);
    reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    return reply_bytes(req, 200, "image/jpeg", jpeg.ptr, jpeg.len);
}

static const char *address_of(const struct req *req, const char *url)
{
    return arena_format(req->ctx.arena, "%s%s%s", storefront_origin(req), req->prefix, url);
}

static struct share_card card_of_product(struct req *req, const struct value *view)
{
    const struct value *selected = value_find(view, "selected"), *product = value_find(view, "product");
    bool is_one = value_count(value_find(product, "variants")) < 2;
    struct share_card card = {
        .picture_id = value_find_text(value_find(selected, "picture"), "id"),
        .title = value_find_text(product, "title"),
        .shop_name = req->ctx.shop->name,
        .scan = text_for(req, "share.scan"),
        .note = text_for(req, "share.note"),
        .address = address_of(req, value_find_text(is_one ? product : selected, "url")),
    };
    put_prices(&req->ctx, selected, &card);
    return card;
}

static err show_card(struct req *req)
{
    const struct card_form *form = req->form;
    const struct product *found;
    struct value *view;
    int64_t seconds = PAGE_CACHE_SECONDS;
    req->ctx.actor_id = 0; /* a member's own prices are for nobody else */
    TRY(product_find_by_handle(&req->ctx, form->handle, &found));
    if (!found || found->status != PRODUCT_ACTIVE)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such product");
    TRY(storefront_limit_drawing(req));
    TRY(product_page_view(&req->ctx, found, form->sku, &seconds, &view));
    struct share_card card = card_of_product(req, view);
    reply_tag(req, "product:%" PRId64, found->id);
    return reply_card(req, &card, seconds);
}

/* Whoever opened a group wants others in it: the code leads to its page. */
static err show_group_card(struct req *req)
{
    const struct group_card_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct buy_group *group;
    const struct variant *variant;
    TRY(buy_group_load_by_token(ctx, form->token, &group));
    TRY(storefront_limit_drawing(req));
    TRY(variant_load(ctx, group->variant_id, &variant));
    bool is_cheaper = group->price < variant->price;
    money price = money_of(group->price, ctx->shop->currency),
          alone = money_of(variant->price, ctx->shop->currency);
    struct share_card card = {
        .picture_id = variant->picture_id ? variant->picture_id : variant->product_picture_id,
        .title = variant->product_title,
        .price = money_display(ctx->arena, price),
        .list_price = is_cheaper ? money_display(ctx->arena, alone) : "",
        .shop_name = ctx->shop->name,
        .scan = text_for(req, "share.group_scan"),
        .note = text_for(req, "share.group_note"),
        .address = address_of(req, arena_format(ctx->arena, "/groups/%s", group->token)),
    };
    return reply_card(req, &card, PAGE_CACHE_SECONDS);
}

const struct route storefront_card_routes[] = {
    {.method = GET,
     .path = "/products/:handle/card",
     .handler = show_card,
     .guard = ANYONE,
     .fields = card_fields,
     .form_size = sizeof(struct card_form),
     .faces = FACE_HTML,
     .summary = "A picture of a product with its price and a QR code, to send to others"},
    {.method = GET,
     .path = "/groups/:token/card",
     .handler = show_group_card,
     .guard = ANYONE,
     .fields = group_card_fields,
     .form_size = sizeof(struct group_card_form),
     .faces = FACE_HTML,
     .summary = "The same of a group that others may join"},
    {0},
};
