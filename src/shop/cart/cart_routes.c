/* cart_routes.c - showing the cart, putting in, changing, counting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_routes.h"

#include "base/clock.h"
#include "shop/cart/cart.h"
#include "shop/customer/customer.h"
#include "shop/pricing/pricing.h"

struct line_form {
    const char *cart;
    int64_t variant_id;
    int64_t quantity;
    int64_t promotion_id;
    const char *next;
    const char *answers_key;
    struct field_rows answers;
};

struct answer_row {
    int64_t question_id;
    const char *value;
};

static const struct field answer_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct answer_row, question_id),
     .help = "Which question of the product"},
    {.name = "value",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct answer_row, value),
     .maximum = ANSWER_LIMIT,
     .help = "The answer"},
    {0},
};

static const struct field add_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct line_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart, or a new one"},
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct line_form, variant_id),
     .is_required = true,
     .help = "What to put in"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct line_form, quantity),
     .minimum = 1,
     .maximum = CART_QUANTITY_LIMIT,
     .otherwise = 1,
     .help = "Pieces to add"},
    {.name = "promotion_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct line_form, promotion_id),
     .help = "The offer at whose special price it is put in; the cart then says when that is over"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct line_form, next),
     .maximum = 16,
     .help = "For pages: checkout goes on to the checkout"},
    {.name = "answers",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct line_form, answers),
     .maximum = QUESTION_LIMIT,
     .rows = answer_row_fields,
     .row_size = sizeof(struct answer_row),
     .help = "Answers to the questions of the product; pieces with other answers are another line"},
    {0},
};

static const struct field set_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct line_form, cart),
     .maximum = 64,
     .help = "Token of the cart"},
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct line_form, variant_id),
     .is_required = true,
     .help = "The line to change"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct line_form, quantity),
     .minimum = 0,
     .maximum = CART_QUANTITY_LIMIT,
     .is_required = true,
     .help = "Pieces; 0 removes the line"},
    {.name = "answers_key",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct line_form, answers_key),
     .maximum = CART_ANSWERS_KEY_LIMIT,
     .help = "answers_key of the line, for a line with answers"},
    {0},
};

struct coupon_form {
    const char *cart;
    const char *code;
};

static const struct field coupon_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct coupon_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart"},
    {.name = "code",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct coupon_form, code),
     .maximum = 64,
     .help = "Code of the coupon; nothing takes it out of the cart and lets the best claimed coupon count; "
             "#ID chooses a claimed one, #none none of them"},
    {0},
};

struct points_form {
    const char *cart;
    int64_t points;
    int points_do; /* enum cart_points_do */
};

static const struct field points_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct points_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart"},
    {.name = "points",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, points),
     .maximum = POINTS_MOST,
     .help = "How many shall pay a part of the goods; 0 or nothing = none"},
    {.name = "points_do",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct points_form, points_do),
     .choices = cart_points_choices,
     .help = "typed (as points says), all (as many as may be used), none"},
    {0},
};

struct region_form {
    const char *cart;
    int64_t region;
};

static const struct field region_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct region_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart"},
    {.name = "region",
     .kind = FIELD_INT,
     .offset = offsetof(struct region_form, region),
     .minimum = 0,
     .maximum = 99,
     .help = "Code of the province (GB/T 2260, two digits); 0 or nothing = not said"},
    {0},
};

struct goods_form {
    const char *cart;
    int64_t promotion_id;
    int64_t variant_id;
};

#define GOODS_FIELDS                                                                                         \
    {.name = "cart",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct goods_form, cart),                                                            \
     .maximum = 64,                                                                                          \
     .help = "Token of the cart; without it the browser's own cart"},                                        \
    {                                                                                                        \
        .name = "promotion_id", .kind = FIELD_ID, .offset = offsetof(struct goods_form, promotion_id),       \
        .is_required = true, .help = "The offer"                                                             \
    }

static const struct field gift_fields[] = {
    GOODS_FIELDS,
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct goods_form, variant_id),
     .is_required = true,
     .help = "Which of its gifts it shall be"},
    {0},
};
static const struct field bundle_fields[] = {GOODS_FIELDS, {0}};

struct cart_form {
    const char *cart;
};

static const struct field cart_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct cart_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart"},
    {0},
};

/* The cart that a request means: named, or the browser's own. */
static const char *token_of(const struct req *req, const char *named)
{
    if (named[0])
        return named;
    return req_cookie(req, CART_COOKIE);
}

static err view_of(struct req *req, const struct cart *cart, struct value **view)
{
    struct value *tree = cart_view(&req->ctx, cart);
    TRY(cart_points_view(&req->ctx, cart, tree));
    *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, *view, "cart", *tree);
    return NULL;
}

/* Coupons that can be claimed for what is in it. */
static err add_tickets(struct ctx *ctx, struct value *view, const struct cart *cart)
{
    struct coupon_ticket *tickets = NULL;
    size_t count;
    int64_t *product_ids = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *product_ids);
    int64_t customer_id = customer_here(ctx);
    for (size_t i = 0; i < cart->count; i++)
        product_ids[i] = cart->lines[i].variant->product_id;
    TRY(coupon_ticket_list(ctx, product_ids, cart->count, customer_id, &tickets, &count));
    size_t kept = 0; /* what the buyer has stands beside the sum */
    for (size_t i = 0; i < count; i++)
        if (tickets[i].held < tickets[i].offer.holder_most)
            tickets[kept++] = tickets[i];
    coupon_tickets_view(ctx, view, tickets, kept);
    return NULL;
}

/* The browser's cart; of who is logged in and has none here, the account's, which it holds from now on. */
static err find_own(struct req *req, const struct cart **cart)
{
    const char *token = req_cookie(req, CART_COOKIE);
    TRY(cart_find_own(&req->ctx, token, cart));
    if ((*cart)->id && !(*cart)->order_id && !text_is(token, (*cart)->token))
        reply_cookie(req, CART_COOKIE, (*cart)->token, CART_COOKIE_SECONDS);
    return NULL;
}

static err show(struct req *req)
{
    const struct cart_form *form = req->form;
    const struct cart *cart;
    if (form->cart[0])
        TRY(cart_load(&req->ctx, form->cart, &cart));
    else
        TRY(find_own(req, &cart));
    if (cart->order_id)
        cart = arena_alloc(req->ctx.arena, sizeof *cart);
    struct value *view;
    TRY(view_of(req, cart, &view));
    TRY(add_tickets(&req->ctx, view, cart));
    return reply_view(req, "cart", view);
}

static err show_again(struct req *req)
{
    const struct cart *cart;
    struct value *view;
    TRY(cart_find(&req->ctx, req_cookie(req, CART_COOKIE), &cart));
    TRY(view_of(req, cart, &view));
    return reply_view(req, "cart", view);
}

static err summary(struct req *req)
{
    const struct cart_form *form = req->form;
    const struct cart *cart;
    TRY(form->cart[0] ? cart_find(&req->ctx, form->cart, &cart) : find_own(req, &cart));
    if (cart->order_id)
        cart = arena_alloc(req->ctx.arena, sizeof *cart);
    struct value *view = value_object(req->ctx.arena);
    struct value *sum = value_set_object(req->ctx.arena, view, "cart");
    value_set_int(req->ctx.arena, sum, "count", cart->item_count);
    value_set_money(req->ctx.arena, sum, "total", money_of(cart->total, req->ctx.shop->currency));
    return reply_view(req, "cart", view);
}

static err reply_with_cart(struct req *req, const struct cart *cart, const char *location)
{
    struct value *view;
    TRY(view_of(req, cart, &view));
    if (!text_is(req_cookie(req, CART_COOKIE), cart->token))
        reply_cookie(req, CART_COOKIE, cart->token, CART_COOKIE_SECONDS);
    return reply_done(req, 200, view, "%s", location);
}

static err add(struct req *req)
{
    const struct line_form *form = req->form;
    const struct cart *cart;
    const struct answer_row *rows = form->answers.items;
    struct given_answer *answers = arena_alloc_many(req->ctx.arena, form->answers.count + 1, sizeof *answers);
    for (size_t i = 0; i < form->answers.count; i++)
        answers[i] = (struct given_answer){.question_id = rows[i].question_id, .value = rows[i].value};
    struct cart_wish wish = {form->variant_id, form->quantity, answers, form->answers.count,
                             form->promotion_id};
    TRY(flash_gate_pass(&req->ctx, &form->variant_id, 1));
    TRY(form->cart[0] ? cart_add_line(&req->ctx, form->cart, &wish, &cart)
                      : cart_add_line_anew(&req->ctx, req_cookie(req, CART_COOKIE), &wish, &cart));
    return reply_with_cart(req, cart, text_is(form->next, "checkout") ? "/checkout" : "/cart");
}

static err set(struct req *req)
{
    const struct line_form *form = req->form;
    const char *token = token_of(req, form->cart);
    const struct cart *cart;
    TRY(cart_change_line(&req->ctx, token ? token : "", form->variant_id, form->answers_key, form->quantity,
                         &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err set_coupon(struct req *req)
{
    const struct coupon_form *form = req->form;
    const char *token = token_of(req, form->cart);
    const struct cart *cart;
    TRY(cart_set_coupon(&req->ctx, token ? token : "", form->code, &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err set_points(struct req *req)
{
    const struct points_form *form = req->form;
    const char *token = token_of(req, form->cart);
    const struct cart *cart;
    TRY(cart_set_points(&req->ctx, token ? token : "", cart_points_wish(form->points_do, form->points),
                        &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err set_region(struct req *req)
{
    const struct region_form *form = req->form;
    const char *token = token_of(req, form->cart);
    const struct cart *cart;
    TRY(cart_set_region(&req->ctx, token ? token : "", form->region, &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err choose_gift(struct req *req)
{
    const struct goods_form *form = req->form;
    const struct cart *cart;
    TRY(cart_choose_gift(&req->ctx, token_of(req, form->cart), form->promotion_id, form->variant_id, &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err add_bundle(struct req *req)
{
    const struct goods_form *form = req->form;
    const struct cart *cart;
    if (form->cart[0]) /* a cart that is named must be there */
        TRY(cart_load(&req->ctx, form->cart, &cart));
    TRY(cart_add_bundle(&req->ctx, token_of(req, form->cart), form->promotion_id, &cart));
    return reply_with_cart(req, cart, "/cart");
}

static err drop_news(struct req *req)
{
    const struct cart_form *form = req->form;
    const struct cart *cart;
    TRY(cart_drop_news(&req->ctx, token_of(req, form->cart), &cart));
    return reply_with_cart(req, cart, "/cart");
}

const struct route cart_routes[] = {
    {.method = GET,
     .path = "/cart",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .fields = cart_fields,
     .form_size = sizeof(struct cart_form),
     .summary = "What is in the cart, with prices and stock as they are now",
     .answer = "cart"},
    {.method = GET,
     .path = "/cart/summary",
     .handler = summary,
     .guard = ANYONE,
     .is_reading = true,
     .fields = cart_fields,
     .form_size = sizeof(struct cart_form),
     .summary = "How much is in the cart",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/lines",
     .handler = add,
     .guard = ANYONE,
     .fields = add_fields,
     .form_size = sizeof(struct line_form),
     .again = show_again,
     .summary = "Put pieces of a variant into the cart",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/lines/:variant_id",
     .handler = set,
     .guard = ANYONE,
     .fields = set_fields,
     .form_size = sizeof(struct line_form),
     .again = show_again,
     .summary = "Set the pieces of one line; 0 removes it",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/coupon",
     .handler = set_coupon,
     .guard = ANYONE,
     .fields = coupon_fields,
     .form_size = sizeof(struct coupon_form),
     .again = show_again,
     .summary = "Keep the code of a coupon with the cart, or take it out",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/points",
     .handler = set_points,
     .guard = ANYONE,
     .fields = points_fields,
     .form_size = sizeof(struct points_form),
     .again = show_again,
     .summary = "Let points of who is logged in pay a part of the goods, or let them be",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/region",
     .handler = set_region,
     .guard = ANYONE,
     .fields = region_fields,
     .form_size = sizeof(struct region_form),
     .again = show_again,
     .summary = "Say where the cart will go, for what carrying it costs",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/gifts",
     .handler = choose_gift,
     .guard = ANYONE,
     .fields = gift_fields,
     .form_size = sizeof(struct goods_form),
     .again = show_again,
     .summary = "Choose which of several gifts of an offer it shall be",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/bundles",
     .handler = add_bundle,
     .guard = ANYONE,
     .fields = bundle_fields,
     .form_size = sizeof(struct goods_form),
     .again = show_again,
     .summary = "Put everything of a bundle into the cart",
     .answer = "cart"},
    {.method = POST,
     .path = "/cart/news",
     .handler = drop_news,
     .guard = ANYONE,
     .fields = cart_fields,
     .form_size = sizeof(struct cart_form),
     .again = show_again,
     .summary = "The buyer has read what joining the carts of a guest and of the account did",
     .answer = "cart"},
    {0},
};
