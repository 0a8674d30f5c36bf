/* backoffice_settings_stock_routes.c - from how few pieces on the shop wants to hear of any variant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "shop/inventory/inventory.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

struct stock_form {
    int64_t low_at;
};

static const struct field stock_fields[] = {
    {.name = "low_at",
     .kind = FIELD_INT,
     .offset = offsetof(struct stock_form, low_at),
     .is_required = true,
     .minimum = 0,
     .maximum = WATCH_MOST,
     .help =
         "An alarm stands while so many or fewer are available, for variants that have no number of their "
         "own; 0 = none"},
    {0},
};

static err show(struct req *req)
{
    struct value *view;
    TRY(settings_open(req, &view));
    struct value *stock = value_set_object(req->ctx.arena, view, "stock");
    value_set_int(req->ctx.arena, stock, "low_at", req->ctx.shop->watch_low_at);
    return reply_view(req, "admin/settings_stock", view);
}

struct change {
    int64_t before;
    int64_t after;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    TRY(stock_watch_default(ctx, change->after));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = "settings.changed",
                                            .subject = "settings/stock",
                                            .before = arena_format(ctx->arena, "%" PRId64, change->before),
                                            .after = arena_format(ctx->arena, "%" PRId64, change->after)});
}

static err change(struct req *req)
{
    const struct stock_form *form = req->form;
    struct change change = {req->ctx.shop->watch_low_at, form->low_at};
    struct value *view = value_object(req->ctx.arena);
    TRY(db_transact(&req->ctx, change_in_transaction, &change));
    value_set_int(req->ctx.arena, value_set_object(req->ctx.arena, view, "stock"), "low_at", form->low_at);
    return reply_done(req, 200, view, "/admin/settings/stock?notice=saved");
}

const struct route backoffice_settings_stock_routes[] = {
    {.method = GET,
     .path = "/admin/settings/stock",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "From how few pieces on an alarm stands for variants without a number of their own",
     .answer = "stock"},
    {.method = POST,
     .path = "/admin/settings/stock",
     .handler = change,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = stock_fields,
     .form_size = sizeof(struct stock_form),
     .again = show,
     .summary = "Change it",
     .answer = "stock"},
    {0},
};
