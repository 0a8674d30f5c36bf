/* storefront_entry_routes.c - logging in by a code that comes by mail, and out again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/cart/cart.h"
#include "shop/customer/customer.h"
#include "shop/notify/notify.h"
#include <inttypes.h>

#define NEXT_LIMIT 2000
#define CODE_TYPED_LIMIT 20
#define COOKIE_SECONDS (CUSTOMER_SESSION_MS / SECOND_MS)
/* Different addresses for which one place may ask, or try codes, each as often as one address may. */
#define ADDRESSES_AT_ONCE 3

struct entry_form {
    const char *email;
    const char *code;
    const char *next;
    const char *cart;
};

#define ENTRY_FIELD(member, most, needed, text)                                                              \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct entry_form, member),                  \
        .maximum = (most), .is_required = (needed), .help = (text)                                           \
    }
#define NEXT_FIELD ENTRY_FIELD(next, NEXT_LIMIT, false, "Page of the shop to go on to")
#define EMAIL_FIELD ENTRY_FIELD(email, CUSTOMER_EMAIL_LIMIT, true, "E-mail address of the account")

static const struct field next_fields[] = {NEXT_FIELD, {0}};
static const struct field ask_fields[] = {EMAIL_FIELD, NEXT_FIELD, {0}};
static const struct field code_fields[] = {
    EMAIL_FIELD,
    ENTRY_FIELD(code, CODE_TYPED_LIMIT, true, "The six digits of the mail"),
    NEXT_FIELD,
    ENTRY_FIELD(cart, 64, false,
                "Token of the guest's cart, which joins the account's; without it the browser's own"),
    {0}};

static const char *next_of(const struct req *req)
{
    return storefront_next(req, ((const struct entry_form *)req->form)->next, "/account");
}

static struct value *login_view(struct req *req)
{
    struct arena *arena = req->ctx.arena;
    const struct entry_form *form = req->form;
    struct value *view = value_object(arena);
    struct value *login = value_set_object(arena, view, "login");
    value_set_bool(arena, login, "is_possible", mail_is_possible(&req->ctx));
    value_set_text(arena, login, "email", form->email ? form->email : "");
    value_set_text(arena, login, "next", next_of(req));
    value_set_int(arena, login, "minutes", CUSTOMER_CODE_MS / MINUTE_MS);
    return view;
}

static err show_login(struct req *req)
{
    if (req->ctx.actor_id && req->face == FACE_HTML)
        return reply_redirect(req, 303, next_of(req));
    return reply_view(req, "account_login", login_view(req));
}

static err show_code(struct req *req)
{
    return reply_view(req, "account_code", login_view(req));
}

/* For one address and from one place; the hour's bound stands in the database. */
static err take_turn(struct req *req, const char *what, const char *email)
{
    int64_t per_minute = req->ctx.config->login_limit;
    struct arena *arena = req->ctx.arena;
    unsigned char index[CRYPTO_INDEX_BYTES];
    crypto_blind_index(&req->ctx, "customer.turn", email, index);
    const char *of_email = arena_format(arena, "%s:%" PRId64 ":%s", what, req->ctx.shop->id,
                                        crypto_hex(arena, index, sizeof index));
    const char *of_address = arena_format(arena, "%s from %s", what, req->address);
    if (!req_rate_take(req, of_email, per_minute) ||
        !req_rate_take(req, of_address, per_minute * ADDRESSES_AT_ONCE))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many attempts to log in");
    return NULL;
}

static err ask(struct req *req)
{
    const struct entry_form *form = req->form;
    if (!mail_is_possible(&req->ctx))
        return fail_with(&req->ctx, ERR_CONFLICT, "this shop sends no mails");
    TRY(take_turn(req, "code", form->email));
    TRY(customer_ask_code(&req->ctx, form->email));
    return show_code(req);
}

/* A cart that cannot be joined keeps nobody from logging in: it stays as it is, and the log says why. */
static err join_carts(struct req *req, const char *session_token)
{
    const struct entry_form *form = req->form;
    const char *last = req_cookie(req, CART_LAST_COOKIE), *cookie = req_cookie(req, CART_COOKIE), *token;
    int64_t customer_id, last_cart_id = 0;
    TRY(customer_find_session(&req->ctx, session_token, &customer_id));
    if (last && !text_to_int(last, &last_cart_id))
        last_cart_id = 0;
    err failure =
        cart_join(&req->ctx, customer_id, form->cart[0] ? form->cart : cookie, last_cart_id, &token);
    if (failure) {
        log_failure(&req->ctx, LOG_WARNING, "the carts of a guest and an account were not joined", failure);
        return NULL;
    }
    if (token[0] && !text_is(token, cookie))
        reply_cookie(req, CART_COOKIE, token, CART_COOKIE_SECONDS);
    else if (!token[0] && cookie)
        reply_cookie(req, CART_COOKIE, "", -1);
    return NULL;
}

/* The account keeps its cart; this browser remembers only which one it was. */
static err leave_cart(struct req *req)
{
    const char *token = req_cookie(req, CART_COOKIE);
    int64_t cart_id;
    TRY(cart_account_id(&req->ctx, token, &cart_id));
    if (!cart_id)
        return NULL;
    reply_cookie(req, CART_COOKIE, "", -1);
    reply_cookie(req, CART_LAST_COOKIE, arena_format(req->ctx.arena, "%" PRId64, cart_id),
                 CART_COOKIE_SECONDS);
    return NULL;
}

static err enter(struct req *req)
{
    const struct entry_form *form = req->form;
    const char *token;
    TRY(take_turn(req, "entry", form->email));
    TRY(customer_log_in(&req->ctx, form->email, form->code, &token));
    reply_cookie(req, CUSTOMER_COOKIE, token, COOKIE_SECONDS);
    TRY(storefront_claim_wished(req, token));
    TRY(join_carts(req, token));
    return reply_done(req, 200, login_view(req), "%s", next_of(req));
}

/* The next person at this device finds neither the cookie nor what pages kept for the time without network.
 */
static void forget_browser(struct req *req)
{
    reply_cookie(req, CUSTOMER_COOKIE, "", -1);
    reply_header(req, "Clear-Site-Data", "\"storage\"");
}

static err leave(struct req *req)
{
    const char *token = req_cookie(req, CUSTOMER_COOKIE);
    if (token)
        TRY(customer_log_out(&req->ctx, token));
    TRY(leave_cart(req));
    forget_browser(req);
    return reply_done(req, 200, value_object(req->ctx.arena), "/");
}

static err leave_everywhere(struct req *req)
{
    if (req->ctx.actor_id)
        TRY(customer_log_out_all(&req->ctx, req->ctx.actor_id));
    TRY(leave_cart(req));
    forget_browser(req);
    return reply_done(req, 200, value_object(req->ctx.arena), "/account/login");
}

#define ENTRY_FORM .guard = ANYONE, .form_size = sizeof(struct entry_form)

const struct route storefront_entry_routes[] = {
    {.method = GET,
     .path = "/account/login",
     .handler = show_login,
     ENTRY_FORM,
     .fields = next_fields,
     .faces = FACE_HTML,
     .summary = "The form that asks for a code"},
    {.method = POST,
     .path = "/account/login",
     .handler = ask,
     ENTRY_FORM,
     .fields = ask_fields,
     .again = show_login,
     .summary = "Have a code sent to an e-mail address, for logging in; every address is answered alike",
     .answer = "login"},
    {.method = POST,
     .path = "/account/code",
     .handler = enter,
     ENTRY_FORM,
     .fields = code_fields,
     .again = show_code,
     .summary = "Log in with the code; the first time makes the account",
     .answer = "login"},
    {.method = POST,
     .path = "/account/logout",
     .handler = leave,
     .guard = ANYONE,
     .summary = "Log out on this device"},
    {.method = POST,
     .path = "/account/logout-all",
     .handler = leave_everywhere,
     .guard = ANYONE,
     .summary = "Log out on every device"},
    {0},
};
