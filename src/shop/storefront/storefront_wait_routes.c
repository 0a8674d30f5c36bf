/* storefront_wait_routes.c - 到货通知: asking to be told when something sold out is back, and stopping that.
 *
 * Guests leave an address, members press a button. It works without JavaScript: every answer is a small page.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/config.h"
#include "shop/catalog/catalog.h"
#include "shop/customer/customer.h"
#include "shop/inventory/inventory.h"
#include "shop/notify/notify.h"
#include <inttypes.h>

/* From one place within a minute: more is no person. */
#define WAITS_PER_MINUTE 20
#define TOKEN_LIMIT 80

struct wait_form {
    int64_t variant_id;
    const char *email;
};

struct stop_form {
    int64_t wait_id;
    const char *token;
};

#define VARIANT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "variant_id", .kind = FIELD_ID, .offset = offsetof(struct wait_form, variant_id),            \
        .is_required = true, .help = "The variant that is sold out"                                          \
    }

static const struct field ask_fields[] = {
    VARIANT_FIELD,
    {.name = "email",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct wait_form, email),
     .maximum = CUSTOMER_EMAIL_LIMIT,
     .help = "Where the one mail goes; blank for members, who get it at the address of their account"},
    {0},
};

static const struct field leave_fields[] = {VARIANT_FIELD, {0}};

static const struct field stop_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct stop_form, wait_id),
     .is_required = true,
     .help = "The request, as the mail names it"},
    {.name = "token",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct stop_form, token),
     .is_required = true,
     .maximum = TOKEN_LIMIT,
     .help = "The word of the mail's link"},
    {0},
};

/* The address of the account; for guests the one that was typed. */
static err address_of(struct req *req, const char *typed, const char **email)
{
    struct customer *customer;
    *email = typed;
    if (!customer_here(&req->ctx))
        return NULL;
    TRY(customer_load(&req->ctx, req->ctx.actor_id, &customer));
    *email = customer->email;
    return NULL;
}

static err load_offered(struct req *req, int64_t variant_id, const struct variant **variant)
{
    TRY(variant_load(&req->ctx, variant_id, variant));
    return (*variant)->is_on_shelf ? NULL : fail_with(&req->ctx, ERR_NOT_FOUND, "it is not offered");
}

static const char *product_url(struct ctx *ctx, const struct variant *variant)
{
    struct text_buf url;
    text_open(&url, ctx->arena, HTTP_URL_LIMIT);
    text_add_format(&url, "/products/%s?sku=", variant->product_handle);
    text_add_url(&url, variant->sku, strlen(variant->sku));
    return text_of(&url);
}

/* docs/views.md: `alert`. */
static struct value *alert_view(struct req *req, const char *state, const struct variant *variant)
{
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct value *tree = value_set_object(arena, view, "alert");
    value_set_text(arena, tree, "state", state);
    value_set_int(arena, tree, "days", CUSTOMER_WAIT_MS / DAY_MS);
    value_set_bool(arena, tree, "is_possible", notify_tells_waits(&req->ctx));
    if (!variant)
        return view;
    value_set_id(arena, tree, "variant_id", variant->id);
    value_set_text(arena, tree, "title",
                   variant->title[0] ? arena_format(arena, "%s（%s）", variant->product_title, variant->title)
                                     : variant->product_title);
    value_set_text(arena, tree, "url", product_url(&req->ctx, variant));
    return view;
}

/* ---- asking ---- */

static err take_turn(struct req *req)
{
    const char *who = arena_format(req->ctx.arena, "wait from %s", req->address);
    return req_rate_take(req, who, WAITS_PER_MINUTE)
               ? NULL
               : fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many requests at once");
}

static err ask(struct req *req)
{
    const struct wait_form *form = req->form;
    const struct variant *variant;
    struct stock stock;
    const char *email;
    if (!notify_tells_waits(&req->ctx))
        return fail_with(&req->ctx, ERR_CONFLICT, "this shop sends no such mails");
    TRY(take_turn(req));
    TRY(load_offered(req, form->variant_id, &variant));
    TRY(stock_load_many(&req->ctx, &variant->id, 1, &stock));
    if (stock_orderable(&stock) > 0)
        return reply_view(req, "stock_alert", alert_view(req, "here", variant));
    TRY(address_of(req, form->email, &email));
    TRY(customer_wait_ask(&req->ctx, variant->product_id, variant->id, email));
    return reply_view_status(req, 201, "stock_alert", alert_view(req, "done", variant));
}

static err ask_again(struct req *req)
{
    const struct wait_form *form = req->form;
    const struct variant *variant = NULL;
    if (form->variant_id)
        TRY(load_offered(req, form->variant_id, &variant));
    return reply_view(req, "stock_alert", alert_view(req, "form", variant));
}

/* A member wants it no more; guests have the link of the mail. */
static err leave(struct req *req)
{
    const struct wait_form *form = req->form;
    const struct variant *variant;
    const char *email;
    if (!customer_here(&req->ctx))
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    TRY(variant_load(&req->ctx, form->variant_id, &variant));
    TRY(address_of(req, "", &email));
    TRY(customer_wait_leave(&req->ctx, variant->id, email));
    return reply_done(req, 200, alert_view(req, "left", variant), "%s", product_url(&req->ctx, variant));
}

/* ---- stopping ---- */

/* Looking stops nothing: programs open the links of mails before people do. */
static err show_stop(struct req *req)
{
    const struct stop_form *form = req->form;
    struct customer_wait wait;
    TRY(customer_wait_open(&req->ctx, form->wait_id, form->token, &wait));
    struct value *view = alert_view(req, "stop", NULL);
    value_set_id(req->ctx.arena, view, "wait_id", wait.id);
    value_set_text(req->ctx.arena, view, "token", form->token);
    return reply_view(req, "stock_alert", view);
}

static err stop(struct req *req)
{
    const struct stop_form *form = req->form;
    struct customer_wait wait;
    TRY(customer_wait_open(&req->ctx, form->wait_id, form->token, &wait));
    TRY(customer_wait_stop(&req->ctx, wait.email));
    return reply_view(req, "stock_alert", alert_view(req, "stopped", NULL));
}

#define WAIT_FORM .guard = ANYONE, .form_size = sizeof(struct wait_form), .answer = "alert"
#define STOP_FORM .guard = ANYONE, .form_size = sizeof(struct stop_form), .fields = stop_fields

const struct route storefront_wait_routes[] = {
    {.method = POST,
     .path = "/stock-alerts",
     .handler = ask,
     WAIT_FORM,
     .fields = ask_fields,
     .again = ask_again,
     .summary = "Be told by one mail when a sold-out variant is back"},
    {.method = POST,
     .path = "/stock-alerts/leave",
     .handler = leave,
     WAIT_FORM,
     .fields = leave_fields,
     .summary = "A member does not want to be told any more"},
    {.method = GET,
     .path = "/stock-alerts/:id/stop",
     .handler = show_stop,
     STOP_FORM,
     .faces = FACE_HTML,
     .is_reading = true,
     .summary = "The page that stops all such mails to an address; the link stands in the mail"},
    {.method = POST,
     .path = "/stock-alerts/:id/stop",
     .handler = stop,
     STOP_FORM,
     .answer = "alert",
     .summary = "Stop all such mails to the address of this request"},
    {0},
};
