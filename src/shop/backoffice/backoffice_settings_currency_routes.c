/* backoffice_settings_currency_routes.c - other currencies that buyers may see, with the merchant's rates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

#define RATE_LIMIT 20

static const char *const roundings[] = {[SHOWN_EXACT] = "exact", [SHOWN_WHOLE] = "whole", NULL};

struct shown_form {
    const char *currency;
    const char *rate;
    int rounding;
};

static const struct field shown_fields[] = {
    {.name = "currency",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct shown_form, currency),
     .is_required = true,
     .maximum = 3,
     .help = "ISO 4217 code"},
    {.name = "rate",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct shown_form, rate),
     .is_required = true,
     .maximum = RATE_LIMIT,
     .help = "What one of it costs in the shop's currency, for example 7.2"},
    {.name = "rounding",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct shown_form, rounding),
     .choices = roundings,
     .help = "To the smallest unit of the currency, or to whole ones"},
    {0},
};

static const struct field hide_fields[] = {
    {.name = "currency",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct shown_form, currency),
     .is_required = true,
     .maximum = 3,
     .help = "ISO 4217 code"},
    {0},
};

static err done(struct req *req, const char *notice, const char *before, const char *after)
{
    const struct audit_entry entry = {
        .kind = "settings.changed", .subject = "settings/region", .before = before, .after = after};
    TRY(audit_note_alone(&req->ctx, &entry));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/region?notice=%s", notice);
}

static err put(struct req *req)
{
    const struct shown_form *form = req->form;
    TRY(shop_show_currency(&req->ctx, form->currency, form->rate, (enum shown_rounding)form->rounding));
    return done(req, "saved", "", arena_format(req->ctx.arena, "%s %s", form->currency, form->rate));
}

static err hide(struct req *req)
{
    const struct shown_form *form = req->form;
    TRY(shop_hide_currency(&req->ctx, form->currency));
    return done(req, "removed", form->currency, "");
}

const struct route backoffice_settings_currency_routes[] = {
    {.method = POST,
     .path = "/admin/settings/currencies",
     .handler = put,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = shown_fields,
     .form_size = sizeof(struct shown_form),
     .again = settings_show_region,
     .summary = "Show about what prices are in another currency, or change its rate"},
    {.method = POST,
     .path = "/admin/settings/currencies/remove",
     .handler = hide,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = hide_fields,
     .form_size = sizeof(struct shown_form),
     .again = settings_show_region,
     .summary = "Show a currency no more"},
    {0},
};
