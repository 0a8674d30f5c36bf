/* backoffice_passcode_routes.c - whether the checkout offers a passcode that finds the order again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

struct passcode_form {
    bool is_offered;
};

static const struct field passcode_fields[] = {
    {.name = "is_offered",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct passcode_form, is_offered),
     .help = "Whether buyers may choose a passcode at checkout"},
    {0},
};

static err show(struct req *req)
{
    struct value *view;
    TRY(settings_open(req, &view));
    struct value *passcode = value_set_object(req->ctx.arena, view, "passcode");
    value_set_bool(req->ctx.arena, passcode, "is_offered", req->ctx.shop->has_passcode);
    return reply_view(req, "admin/settings_passcode", view);
}

static err change(struct req *req)
{
    const struct passcode_form *form = req->form;
    TRY(shop_change_passcode(&req->ctx, form->is_offered));
    TRY(audit_note_alone(&req->ctx, &(struct audit_entry){.kind = "settings.changed",
                                                          .subject = "settings/passcode",
                                                          .after = form->is_offered ? "on" : "off"}));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/passcode?notice=saved");
}

const struct route backoffice_passcode_routes[] = {
    {.method = GET,
     .path = "/admin/settings/passcode",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "Whether the checkout offers a passcode",
     .answer = "passcode"},
    {.method = POST,
     .path = "/admin/settings/passcode",
     .handler = change,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = passcode_fields,
     .form_size = sizeof(struct passcode_form),
     .again = show,
     .summary = "Offer it, or not"},
    {0},
};
