/* storefront_currency_routes.c - in which currency a buyer sees about what prices are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/tenant/tenant.h"

#define COOKIE_SECONDS (365 * DAY_MS / 1000)
#define NEXT_LIMIT 2000

struct currency_form {
    const char *currency;
    const char *next;
};

static const struct field currency_fields[] = {
    {.name = "currency",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct currency_form, currency),
     .maximum = 3,
     .help = "One that the shop shows; blank for the shop's own alone"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct currency_form, next),
     .maximum = NEXT_LIMIT,
     .help = "Page of the shop to go back to"},
    {0},
};

static err choose(struct req *req)
{
    const struct currency_form *form = req->form;
    const struct shown_currency *shown = shop_find_shown(req->ctx.shop, form->currency);
    reply_cookie(req, CURRENCY_COOKIE, shown ? shown->currency : "", shown ? COOKIE_SECONDS : -1);
    return reply_done(req, 200, value_object(req->ctx.arena), "%s", storefront_next(req, form->next, "/"));
}

const struct route storefront_currency_routes[] = {
    {.method = POST,
     .path = "/currency",
     .handler = choose,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .fields = currency_fields,
     .form_size = sizeof(struct currency_form),
     .summary = "Choose in which currency about what prices are is shown"},
    {0},
};
