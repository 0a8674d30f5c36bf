/* backoffice_hook_routes.c - the hook of a deck: setting it up, trying it, asking it again for an order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_digital_view.h"
#include "shop/backoffice/backoffice_order_view.h"
#include "shop/outbound.h"
#include "shop/payment/payment.h"
#include <inttypes.h>

struct hook_form {
    int64_t variant_id;
    const char *url;
    bool is_rotated;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct hook_form, variant_id),                    \
        .is_required = true, .help = "The variant of the deck"                                               \
    }

static const struct field id_fields[] = {ID_FIELD, {0}};
static const struct field hook_fields[] = {
    ID_FIELD,
    {.name = "url",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct hook_form, url),
     .is_required = true,
     .maximum = OUTBOUND_URL_LIMIT,
     .help = "The https address that is asked for what was bought (docs/hooks.md)"},
    {.name = "rotate",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct hook_form, is_rotated),
     .help = "Make a new secret; the old one is no longer used"},
    {0},
};

static err load_digital(struct ctx *ctx, int64_t variant_id, const struct variant **variant)
{
    TRY(variant_load(ctx, variant_id, variant));
    if ((*variant)->kind != PRODUCT_DIGITAL)
        return fail_with(ctx, ERR_NOT_FOUND, "the variant is not digital");
    return NULL;
}

static err show(struct req *req, const char *secret)
{
    const struct hook_form *form = req->form;
    const struct variant *variant;
    struct value *view;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(deck_page_view(&req->ctx, variant, &(struct deck_page){0}, &view));
    value_set_text(req->ctx.arena, view, "secret", secret);
    return reply_view(req, "admin/digital_deck", view);
}

static err show_again(struct req *req)
{
    return show(req, NULL);
}

static err done(struct req *req, const char *notice)
{
    const struct hook_form *form = req->form;
    const struct variant *variant;
    struct value *view;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(deck_page_view(&req->ctx, variant, &(struct deck_page){0}, &view));
    return reply_done(req, 200, view, "/admin/codes/%" PRId64 "?notice=%s#hook", form->variant_id, notice);
}

/* The answer is the page itself when there is a secret to be told: no address may carry it. */
static err set(struct req *req)
{
    const struct hook_form *form = req->form;
    const struct variant *variant;
    const char *secret;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_hook_set(&req->ctx, variant->id, form->url, form->is_rotated, &secret));
    return secret ? show(req, secret) : done(req, "saved");
}

static err drop(struct req *req)
{
    const struct hook_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_hook_remove(&req->ctx, variant->id));
    return done(req, "saved");
}

static err test(struct req *req)
{
    const struct hook_form *form = req->form;
    const struct variant *variant;
    struct code_hook hook;
    struct hook_result result;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_hook_load(&req->ctx, variant->id, &hook));
    if (!hook.url)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "the deck has no hook");
    struct hook_call call = {
        .order_no = "", .line_no = 1, .sku = variant->sku, .title = variant->product_title, .quantity = 1};
    TRY(code_hook_call(&req->ctx, &hook, &call, &result));
    return done(req, "hook_tested");
}

struct order_form {
    const char *number;
};

static const struct field order_fields[] = {
    {.name = "number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct order_form, number),
     .is_required = true,
     .maximum = 20,
     .help = "Order number"},
    {0},
};

static err ask_again(struct req *req)
{
    const struct order_form *form = req->form;
    struct order *order;
    struct value *view;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    TRY(payment_hook_again(&req->ctx, order));
    TRY(order_admin_view(&req->ctx, order, &view));
    return reply_done(req, 200, view, "/admin/orders/%s?notice=hook_again", order->number);
}

#define WRITES                                                                                               \
    .method = POST, .guard = STAFF, .scope = "products.write", .form_size = sizeof(struct hook_form),        \
    .again = show_again, .answer = "deck"

const struct route backoffice_hook_routes[] = {
    {WRITES, .path = "/admin/codes/:id/hook", .handler = set, .fields = hook_fields,
     .summary = "Have the merchant's program deliver; a new secret is told once"},
    {WRITES, .path = "/admin/codes/:id/hook/remove", .handler = drop, .fields = id_fields,
     .summary = "Deliver by hand again"},
    {WRITES, .path = "/admin/codes/:id/hook/test", .handler = test, .fields = id_fields,
     .summary = "Call the hook with a sample"},
    {.method = POST,
     .path = "/admin/orders/:number/hook",
     .handler = ask_again,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = order_fields,
     .form_size = sizeof(struct order_form),
     .again = order_show_again,
     .summary = "Ask the hooks of an order at once",
     .answer = "order"},
    {0},
};
