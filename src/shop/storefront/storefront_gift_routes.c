/* storefront_gift_routes.c - gift cards of buyers: what is on one, and those of an account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/config.h"
#include "shop/customer/customer.h"
#include "shop/gift/gift.h"

struct gift_form {
    const char *code;
    int64_t card_id;
};

#define CODE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "code", .kind = FIELD_TEXT, .offset = offsetof(struct gift_form, code), .is_required = true, \
        .maximum = GIFT_CARD_TYPED_LIMIT, .help = "Code of a gift card; spaces and dashes do not matter"     \
    }
static const struct field code_fields[] = {CODE_FIELD, {0}};

static err take_turn(struct req *req)
{
    const char *who = arena_format(req->ctx.arena, "gift card from %s", req->address);
    return req_rate_take(req, who, req->ctx.config->login_limit * GIFT_CARD_CODES_AT_ONCE)
               ? NULL
               : fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many codes at once");
}

/* ---- what is on a card ---- */

static err show_query(struct req *req)
{
    return reply_view(req, "gift_card", value_object(req->ctx.arena));
}

static err query(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card card;
    TRY(take_turn(req));
    TRY(gift_card_find(ctx, ((const struct gift_form *)req->form)->code, &card));
    struct value *view = value_object(ctx->arena);
    gift_card_view(ctx, value_set_object(ctx->arena, view, "card"), &card);
    return reply_view(req, "gift_card", view);
}

/* ---- those of an account ---- */

static err account_view(struct req *req, struct value **view)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card *cards;
    size_t count;
    int64_t total = 0;
    *view = value_object(ctx->arena);
    TRY(gift_card_list_of(ctx, customer_here(ctx), &cards, &count));
    gift_card_views(ctx, value_set_list(ctx->arena, *view, "cards"), cards, count);
    for (size_t i = 0; i < count; i++) {
        const char *why;
        total += gift_card_is_good(ctx, &cards[i], &why) ? cards[i].balance : 0;
    }
    value_set_money(ctx->arena, *view, "balance", money_of(total, ctx->shop->currency));
    return NULL;
}

static err show_account(struct req *req)
{
    struct value *view;
    if (!customer_here(&req->ctx) && req->face == FACE_HTML)
        return reply_redirect(req, 303, "/account/login?next=/account/cards");
    if (!customer_here(&req->ctx))
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    TRY(account_view(req, &view));
    return reply_view(req, "account_cards", view);
}

static err keep(struct req *req)
{
    struct value *view;
    if (!customer_here(&req->ctx))
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    TRY(take_turn(req));
    TRY(gift_card_keep(&req->ctx, ((const struct gift_form *)req->form)->code, customer_here(&req->ctx)));
    TRY(account_view(req, &view));
    return reply_done(req, 201, view, "/account/cards");
}

static const struct field one_fields[] = {{.name = "id",
                                           .kind = FIELD_ID,
                                           .offset = offsetof(struct gift_form, card_id),
                                           .is_required = true,
                                           .help = "A card that the account keeps"},
                                          {0}};

/* Of another account there is no such card. */
static err load_own(struct req *req, int64_t card_id, struct gift_card *card)
{
    TRY(gift_card_load(&req->ctx, card_id, card));
    return customer_here(&req->ctx) && card->customer_id == customer_here(&req->ctx)
               ? NULL
               : fail_with(&req->ctx, ERR_NOT_FOUND, "no such gift card");
}

static err show_one(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card card;
    struct gift_card_movement *moves;
    size_t count;
    TRY(load_own(req, ((const struct gift_form *)req->form)->card_id, &card));
    TRY(gift_card_moves(ctx, card.id, &moves, &count));
    struct value *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, view, "card");
    gift_card_view(ctx, tree, &card);
    gift_card_move_views(ctx, value_set_list(ctx->arena, tree, "moves"), &card, moves, count);
    return reply_view(req, "account_card", view);
}

#define FORM .form_size = sizeof(struct gift_form)

const struct route storefront_gift_routes[] = {
    {.method = GET,
     .path = "/gift-card",
     .handler = show_query,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The form that asks what is on a gift card"},
    {.method = POST,
     .path = "/gift-card",
     .handler = query,
     .guard = ANYONE,
     .fields = code_fields,
     FORM,
     .again = show_query,
     .summary = "What is on a gift card",
     .answer = "card"},
    {.method = GET,
     .path = "/account/cards",
     .handler = show_account,
     .guard = ANYONE,
     .is_reading = true,
     .summary = "Gift cards of who is logged in",
     .answer = "cards"},
    {.method = POST,
     .path = "/account/cards",
     .handler = keep,
     .guard = ANYONE,
     .fields = code_fields,
     FORM,
     .again = show_account,
     .summary = "Keep a gift card in the account",
     .answer = "cards"},
    {.method = GET,
     .path = "/account/cards/:id",
     .handler = show_one,
     .guard = ANYONE,
     .is_reading = true,
     .fields = one_fields,
     FORM,
     .summary = "A gift card of who is logged in, with its movements",
     .answer = "card"},
    {0},
};
