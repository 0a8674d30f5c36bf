/* backoffice_settings_order_routes.c - how long orders of the shop wait. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/clock.h"
#include "shop/order/order.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

static const struct field timer_fields[] = {
    {.name = "unpaid_minutes",
     .kind = FIELD_INT,
     .offset = offsetof(struct shop_timers, unpaid_minutes),
     .is_required = true,
     .minimum = 1,
     .maximum = SHOP_UNPAID_MINUTES_LIMIT,
     .help = "Minutes after which an order that nobody paid closes"},
    {.name = "confirm_days",
     .kind = FIELD_INT,
     .offset = offsetof(struct shop_timers, confirm_days),
     .is_required = true,
     .minimum = 1,
     .maximum = SHOP_CONFIRM_DAYS_LIMIT,
     .help = "Days after shipping until an order counts as received"},
    {.name = "signed_days",
     .kind = FIELD_INT,
     .offset = offsetof(struct shop_timers, signed_days),
     .is_required = true,
     .minimum = 1,
     .maximum = SHOP_CONFIRM_DAYS_LIMIT,
     .help = "Days after signing until it does; not more than confirm_days"},
    {.name = "aftersale_days",
     .kind = FIELD_INT,
     .offset = offsetof(struct shop_timers, aftersale_days),
     .is_required = true,
     .minimum = SHOP_AFTERSALE_DAYS_LEAST,
     .maximum = SHOP_AFTERSALE_DAYS_LIMIT,
     .help = "Days after receiving in which the buyer may complain; 7 by law at least"},
    {0},
};

static err show(struct req *req)
{
    struct value *view;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    const struct shop_timers *timers = &req->ctx.shop->timers;
    struct value *shown = value_set_object(arena, view, "timers");
    int64_t minutes = order_unpaid_ms(&req->ctx) / MINUTE_MS;
    value_set_int(arena, shown, "unpaid_minutes", minutes > 0 ? minutes : 1);
    value_set_int(arena, shown, "confirm_days", timers->confirm_days);
    value_set_int(arena, shown, "signed_days", timers->signed_days);
    value_set_int(arena, shown, "aftersale_days", timers->aftersale_days);
    return reply_view(req, "admin/settings_orders", view);
}

static err change(struct req *req)
{
    const struct shop_timers *timers = req->form;
    TRY(shop_change_timers(&req->ctx, timers));
    const char *after = arena_format(
        req->ctx.arena, "%" PRId64 " min · %" PRId64 " d · %" PRId64 " d · %" PRId64 " d",
        timers->unpaid_minutes, timers->confirm_days, timers->signed_days, timers->aftersale_days);
    TRY(audit_note_alone(
        &req->ctx,
        &(struct audit_entry){.kind = "settings.changed", .subject = "settings/orders", .after = after}));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/orders?notice=saved");
}

const struct route backoffice_settings_order_routes[] = {
    {.method = GET,
     .path = "/admin/settings/orders",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "How long orders wait",
     .answer = "timers"},
    {.method = POST,
     .path = "/admin/settings/orders",
     .handler = change,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = timer_fields,
     .form_size = sizeof(struct shop_timers),
     .again = show,
     .summary = "Change how long orders wait, from the next one on"},
    {0},
};
