/* backoffice_rounding_routes.c - which small coins the shop leaves off a sum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

struct rounding_form {
    int rounding; /* enum rounding */
};

static const struct field rounding_fields[] = {
    {.name = "rounding",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct rounding_form, rounding),
     .choices = rounding_names,
     .is_required = true,
     .help = "none, tenth (what is above a whole 角 comes off) or whole (above a whole 元)"},
    {0},
};

static err show(struct req *req)
{
    struct value *view;
    TRY(settings_open(req, &view));
    value_set_text(req->ctx.arena, view, "rounding", rounding_names[req->ctx.shop->rounding]);
    return reply_view(req, "admin/settings_rounding", view);
}

struct rounding_change {
    enum rounding rounding;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct rounding_change *change = arg;
    TRY(shop_change_rounding(ctx, change->rounding));
    return audit_note(ctx, &(struct audit_entry){.kind = "settings.changed",
                                                 .subject = "settings/rounding",
                                                 .before = rounding_names[ctx->shop->rounding],
                                                 .after = rounding_names[change->rounding]});
}

static err change(struct req *req)
{
    struct rounding_change change = {(enum rounding)((const struct rounding_form *)req->form)->rounding};
    TRY(db_transact(&req->ctx, change_in_transaction, &change));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/rounding?notice=saved");
}

const struct route backoffice_rounding_routes[] = {
    {.method = GET,
     .path = "/admin/settings/rounding",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "Which small coins are left off a sum",
     .answer = "rounding"},
    {.method = POST,
     .path = "/admin/settings/rounding",
     .handler = change,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = rounding_fields,
     .form_size = sizeof(struct rounding_form),
     .again = show,
     .summary = "Leave small coins off from the next order on, or not"},
    {0},
};
