/* checkout_routes.c - from the cart to a placed order: fill in, look over, submit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout_routes.h"

#include "base/random.h"
#include "shop/checkout/address_text.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/checkout_card_routes.h"
#include "shop/checkout/checkout_member.h"
#include "shop/tenant/tenant.h"

#define TOTAL_UNSAID (-1)
#define POINTS_UNSAID (-1)

struct checkout_form {
    const char *cart;
    const char *idempotency_key;
    struct contact contact;
    struct address address;
    const char *note;
    const char *passcode;
    int64_t shown_total;
    const char *shown_gifts;
    bool accepts_no_return;
    bool accepts_deposit;
    int64_t address_id;
    const char *paste;
    const char *coupon;
    int64_t points;
    int points_do; /* enum cart_points_do */
    struct card_choice card;
};

#define TEXT_FIELD(field_name, member, limit, text)                                                          \
    {                                                                                                        \
        .name = (field_name), .kind = FIELD_TEXT, .offset = offsetof(struct checkout_form, member),          \
        .maximum = (limit), .help = (text)                                                                   \
    }

static const struct field checkout_fields[] = {
    TEXT_FIELD("cart", cart, 64, "Token of the cart; without it the browser's own cart"),
    TEXT_FIELD("idempotency_key", idempotency_key, CHECKOUT_KEY_LIMIT,
               "As the header Idempotency-Key, for forms"),
    TEXT_FIELD("contact.phone", contact.phone, 40, "Phone number; this or an e-mail address is needed"),
    TEXT_FIELD("contact.email", contact.email, 120, "E-mail address"),
    TEXT_FIELD("address.name", address.name, 60, "Who receives the parcel; needed for physical goods"),
    TEXT_FIELD("address.phone", address.phone, 40, "Phone number for the courier"),
    TEXT_FIELD("address.region", address.region, 120, "Province, city and district"),
    TEXT_FIELD("address.line", address.line, 200, "Street, number, room"),
    {.name = "note",
     .kind = FIELD_LONG,
     .offset = offsetof(struct checkout_form, note),
     .maximum = 500,
     .help = "What the buyer wants to say"},
    TEXT_FIELD("passcode", passcode, PASSCODE_LONGEST,
               "A word of 6 to 32 characters that finds the order again; left out unless the shop offers it"),
    {.name = "address_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct checkout_form, address_id),
     .help = "For the form: which saved address of the account fills it"},
    {.name = "shown_total",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct checkout_form, shown_total),
     .minimum = 0,
     .otherwise = TOTAL_UNSAID,
     .help = "The sum that the buyer saw and agreed to; another sum by now is refused as price-changed"},
    TEXT_FIELD("shown_gifts", shown_gifts, 1000,
               "gifts_seen of the cart as the buyer saw it; other gifts by now are refused as gift-changed. "
               "Without it the order is refused when a gift that was earned is gone"),
    {.name = "accepts_no_return",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct checkout_form, accepts_no_return),
     .help =
         "The buyer was shown which goods are not taken back without a reason, and agrees; pages must ask "
         "for it, and the order keeps it"},
    {.name = "accepts_deposit",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct checkout_form, accepts_deposit),
     .help = "The buyer was shown how a presale is paid, and agrees that the deposit does not come back when "
             "the balance is not paid; orders with a deposit need it"},
    {.name = "paste",
     .kind = FIELD_LONG,
     .offset = offsetof(struct checkout_form, paste),
     .maximum = ADDRESS_TEXT_LIMIT,
     .help = "An address in one piece, for POST /checkout/edit: taken apart into the fields of the form"},
    TEXT_FIELD(
        "coupon", coupon, 64,
        "For POST /checkout/edit: which claimed coupon it shall be, as `code` of POST /cart/coupon; best = "
        "the best of them"),
    {.name = "points",
     .kind = FIELD_INT,
     .offset = offsetof(struct checkout_form, points),
     .maximum = POINTS_MOST,
     .otherwise = POINTS_UNSAID,
     .help = "For POST /checkout/edit and /checkout/review: how many points shall pay a part of the goods"},
    {.name = "points_do",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct checkout_form, points_do),
     .choices = cart_points_choices,
     .help = "For the same: typed (as points says), all (as many as may be used), none"},
    TEXT_FIELD("gift_card", card.code, GIFT_CARD_TYPED_LIMIT,
               "Code of a gift card that pays the order when it is placed, or as much of it as it has"),
    {.name = "card_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct checkout_form, card.card_id),
     .help = "In place of the code: a card that the account keeps"},
    {0},
};

static const char *cart_token(const struct req *req, const struct checkout_form *form)
{
    const char *token = form->cart[0] ? form->cart : req_cookie(req, CART_COOKIE);
    return token ? token : "";
}

static struct checkout read_checkout(const struct req *req)
{
    const struct checkout_form *form = req->form;
    const char *header = req_header(req, "Idempotency-Key");
    return (struct checkout){.cart_token = cart_token(req, form),
                             .idempotency_key = header ? header : form->idempotency_key,
                             .contact = form->contact,
                             .address = form->address,
                             .note = form->note,
                             .passcode = form->passcode,
                             .accepts_no_return = form->accepts_no_return,
                             .accepts_deposit = form->accepts_deposit,
                             .shown_gifts = form->shown_gifts,
                             .shown_total = form->shown_total == TOTAL_UNSAID ? NULL : &form->shown_total};
}

/* The open cart of the request, or ERR_CART_EMPTY; ERR_SHOP_CLOSED when nothing can be ordered any more. */
static err load_open_cart(struct req *req, const struct cart **cart)
{
    if (shop_has_closed(&req->ctx))
        return fail_with(&req->ctx, ERR_SHOP_CLOSED, "this shop has ended its business");
    struct checkout checkout = read_checkout(req);
    err failure = checkout_load_cart(&req->ctx, &checkout, cart);
    if (failure && failure->code != ERR_NOT_FOUND)
        return failure;
    if (failure || (*cart)->count == 0 || (*cart)->order_id)
        return fail_with(&req->ctx, ERR_CART_EMPTY, "there is nothing in the cart");
    return NULL;
}

/* What stands in the way of a buyer who had some before; only when somebody said who it is. */
static err add_rations(struct req *req, const struct cart *cart, struct value *view)
{
    const struct checkout_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct value *list = value_set_list(arena, view, "rations");
    struct ration *rations;
    size_t count;
    if (!form->contact.phone[0] && !form->contact.email[0])
        return NULL;
    TRY(checkout_rations(&req->ctx, cart, &form->contact, &rations, &count));
    for (size_t i = 0; i < count; i++) {
        if (rations[i].wanted <= rations[i].left)
            continue;
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "product_title", rations[i].title);
        value_set_int(arena, row, "most", rations[i].most);
        value_set_int(arena, row, "days", rations[i].days);
        value_set_int(arena, row, "left", rations[i].left);
    }
    return NULL;
}

static err base_view(struct req *req, const struct cart *cart, struct value **view)
{
    const struct checkout_form *form = req->form;
    struct value *tree = cart_view(&req->ctx, cart);
    TRY(cart_points_view(&req->ctx, cart, tree));
    *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, *view, "cart", *tree);
    value_set_text(req->ctx.arena, *view, "idempotency_key",
                   form->idempotency_key[0] ? form->idempotency_key : random_token(req->ctx.arena));
    value_set_bool(req->ctx.arena, *view, "takes_gift_cards", cart_takes_cards(&req->ctx, cart));
    return NULL;
}

static struct value *address_value(struct req *req, const struct address *address)
{
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "name", address->name);
    value_set_text(req->ctx.arena, view, "phone", address->phone);
    value_set_text(req->ctx.arena, view, "region", address->region);
    value_set_text(req->ctx.arena, view, "line", address->line);
    return view;
}

/* What a pasted address says, for the fields of the form. */
static void add_pasted(struct req *req, struct value *view)
{
    const struct checkout_form *form = req->form;
    value_set(req->ctx.arena, view, "pasted", value_null());
    if (!form->paste[0])
        return;
    struct address address = address_from_text(req->ctx.arena, form->paste);
    value_set(req->ctx.arena, view, "pasted", *address_value(req, &address));
}

/* Another coupon is chosen without leaving the form. */
static err choose_coupon(struct req *req)
{
    const struct checkout_form *form = req->form;
    const struct cart *cart;
    if (req->failure || !form->coupon[0] || !text_is(req->path, "/checkout/edit"))
        return NULL;
    return cart_set_coupon(&req->ctx, cart_token(req, form),
                           text_is(form->coupon, "best") ? "" : form->coupon, &cart);
}

/* So are points. What was typed counts whichever button is pressed; what stands there already changes
 * nothing. */
static err choose_points(struct req *req)
{
    const struct checkout_form *form = req->form;
    const struct cart *cart;
    int64_t points = cart_points_wish(form->points_do, form->points);
    bool is_said = form->points_do != CART_POINTS_TYPED || form->points != POINTS_UNSAID;
    if (req->failure || req->route->method != POST || !is_said)
        return NULL;
    TRY(cart_find(&req->ctx, cart_token(req, form), &cart));
    return cart->points == points || cart->id == 0
               ? NULL
               : cart_set_points(&req->ctx, cart_token(req, form), points, &cart);
}

static err show(struct req *req)
{
    const struct cart *cart;
    TRY(choose_coupon(req));
    TRY(choose_points(req));
    err failure = load_open_cart(req, &cart);
    if (failure && failure->code == ERR_CART_EMPTY && req->face == FACE_HTML)
        return reply_redirect(req, 303, "/cart");
    TRY(failure);
    struct value *view;
    TRY(base_view(req, cart, &view));
    TRY(add_rations(req, cart, view));
    if (req->route->method == GET)
        TRY(checkout_member_view(&req->ctx, ((const struct checkout_form *)req->form)->address_id, view));
    add_pasted(req, view);
    TRY(card_own_views(req, view));
    return reply_view(req, "checkout", view);
}

static void set_text(struct req *req, struct value *object, const char *name, const char *text)
{
    value_set_text(req->ctx.arena, object, name, text[0] ? text : NULL);
}

/* The titles of what is not taken back without a reason: the buyer must agree before submitting. */
static err add_exempt(struct req *req, const struct cart *cart, struct value *titles)
{
    int64_t *ids = arena_alloc_many(req->ctx.arena, cart->count + 1, sizeof *ids);
    bool *is_exempt = arena_alloc_many(req->ctx.arena, cart->count + 1, sizeof *is_exempt);
    for (size_t i = 0; i < cart->count; i++)
        ids[i] = cart->lines[i].variant->product_id;
    TRY(product_exempt_many(&req->ctx, ids, cart->count, is_exempt));
    for (size_t i = 0; i < cart->count; i++)
        if (is_exempt[i] && (i == 0 || ids[i] != ids[i - 1]))
            value_add(req->ctx.arena, titles, value_text(cart->lines[i].variant->product_title));
    return NULL;
}

/* People only: a program asks its buyers itself. */
static err check_consent(struct req *req)
{
    const struct checkout_form *form = req->form;
    const struct cart *cart;
    struct value *titles = value_list(req->ctx.arena);
    if (req->face != FACE_HTML || form->accepts_no_return)
        return NULL;
    TRY(cart_find(&req->ctx, cart_token(req, form), &cart));
    if (cart->order_id)
        return NULL;
    TRY(add_exempt(req, cart, titles));
    return value_count(titles) == 0
               ? NULL
               : fail_field(&req->ctx, "accepts_no_return", "required", "the buyer has to agree");
}

static err review(struct req *req)
{
    const struct checkout_form *form = req->form;
    const struct cart *cart;
    struct value *view;
    TRY(choose_points(req));
    TRY(load_open_cart(req, &cart));
    struct checkout checkout = read_checkout(req);
    TRY(checkout_check(&req->ctx, cart, &checkout));
    TRY(base_view(req, cart, &view));
    struct value *contact = value_set_object(req->ctx.arena, view, "contact");
    set_text(req, contact, "phone", form->contact.phone);
    set_text(req, contact, "email", form->contact.email);
    value_set(req->ctx.arena, view, "address", value_null());
    if (cart->needs_address) {
        struct value *address = value_set_object(req->ctx.arena, view, "address");
        set_text(req, address, "name", form->address.name);
        set_text(req, address, "phone", form->address.phone);
        set_text(req, address, "region", form->address.region);
        set_text(req, address, "line", form->address.line);
    }
    value_set_text(req->ctx.arena, view, "note", form->note);
    value_set_text(req->ctx.arena, view, "passcode", form->passcode);
    TRY(card_review_view(req, cart, &form->card, view));
    TRY(add_exempt(req, cart, value_set_list(req->ctx.arena, view, "no_return")));
    return reply_view(req, "review", view);
}

/* A sum that moved, and what stays with the buyer, is looked over and agreed to again; everything else goes
 * back to the form. */
static err place_again(struct req *req)
{
    const struct checkout_form *form = req->form;
    const struct cart *cart;
    struct checkout checkout = read_checkout(req);
    TRY(load_open_cart(req, &cart));
    bool has_moved = checkout.shown_total && form->shown_total != cart->total;
    has_moved = has_moved || req->failure->code == ERR_GIFT_CHANGED;
    if (card_check_choice(req, checkout.cart_token, &form->card))
        return show(req);
    bool is_unread =
        (!form->accepts_no_return || !form->accepts_deposit) && req->failure->code == ERR_INVALID;
    if ((has_moved || is_unread) && !cart->has_problems && !checkout_check(&req->ctx, cart, &checkout))
        return review(req);
    return show(req);
}

static err place(struct req *req)
{
    const struct checkout_form *form = req->form;
    struct checkout checkout = read_checkout(req);
    struct order *order;
    if (strlen(checkout.idempotency_key) > CHECKOUT_KEY_LIMIT)
        return fail_field(&req->ctx, "idempotency_key", "too-long", "at most 200 characters");
    if (!checkout.cart_token[0])
        return fail_with(&req->ctx, ERR_CART_EMPTY, "there is nothing in the cart");
    TRY(check_consent(req));
    TRY(card_check_choice(req, checkout.cart_token, &form->card));
    TRY(checkout_place(&req->ctx, &checkout, &order));
    TRY(card_pay_chosen(req, &form->card, &order));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "order", *order_view(&req->ctx, order, true));
    if (text_is(req_cookie(req, CART_COOKIE), checkout.cart_token))
        reply_cookie(req, CART_COOKIE, "", -1);
    return reply_done(req, 201, view, "/orders/%s%s?token=%s", order->number,
                      order->state.order == ORDER_PENDING_PAYMENT ? "/pay" : "", order->token);
}

struct parse_form {
    const char *text;
};

static const struct field parse_fields[] = {
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct parse_form, text),
     .is_required = true,
     .maximum = ADDRESS_TEXT_LIMIT,
     .help = "Name, number, region and street in one piece, in any order, with labels or without"},
    {0},
};

static err parse(struct req *req)
{
    const struct parse_form *form = req->form;
    struct address address = address_from_text(req->ctx.arena, form->text);
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "address", *address_value(req, &address));
    return reply_view(req, "address", view);
}

const struct route checkout_routes[] = {
    {.method = POST,
     .path = "/addresses/parse",
     .handler = parse,
     .guard = ANYONE,
     .is_reading = true,
     .faces = FACE_JSON,
     .fields = parse_fields,
     .form_size = sizeof(struct parse_form),
     .summary = "Take an address apart; what was not found is empty",
     .answer = "address"},
    {.method = GET,
     .path = "/checkout",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .fields = checkout_fields,
     .form_size = sizeof(struct checkout_form),
     .faces = FACE_HTML,
     .summary = "The form for contact and address"},
    {.method = POST,
     .path = "/checkout/review",
     .handler = review,
     .guard = ANYONE,
     .fields = checkout_fields,
     .form_size = sizeof(struct checkout_form),
     .faces = FACE_HTML,
     .again = show,
     .summary = "Everything once more before submitting"},
    {.method = POST,
     .path = "/checkout/edit",
     .handler = show,
     .guard = ANYONE,
     .fields = checkout_fields,
     .form_size = sizeof(struct checkout_form),
     .faces = FACE_HTML,
     .again = show,
     .summary = "Back to the form, filled"},
    {.method = POST,
     .path = "/checkout",
     .handler = place,
     .guard = ANYONE,
     .fields = checkout_fields,
     .form_size = sizeof(struct checkout_form),
     .again = place_again,
     .summary = "Place the order; a repetition gives the same order",
     .answer = "order"},
    {0},
};
