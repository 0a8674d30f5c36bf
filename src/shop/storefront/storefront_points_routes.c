/* storefront_points_routes.c - the points of an account (我的积分). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/order/order.h"
#include "shop/pricing/pricing.h"

struct account_points_form {
    int64_t before_id;
};

static const struct field points_fields[] = {
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct account_points_form, before_id),
     .help = "next_before of the page before, for older movements"},
    {0},
};

static err show_points(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    const struct account_points_form *form = req->form;
    int64_t pending;
    bool is_member = ctx->actor == ACTOR_BUYER && ctx->actor_id;
    if (!is_member && req->face == FACE_HTML)
        return reply_redirect(req, 303, "/account/login?next=/account/points");
    if (!is_member)
        return fail_with(ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    if (ctx->shop->points.state == POINTS_NEVER)
        return fail_with(ctx, ERR_NOT_FOUND, "this shop has no points");
    struct value *view = value_object(ctx->arena);
    struct value *points = value_set_object(ctx->arena, view, "points");
    TRY(points_account_view(ctx, points, ctx->actor_id, form->before_id));
    TRY(order_points_pending(ctx, ctx->actor_id, &pending));
    value_set_int(ctx->arena, points, "pending", pending);
    return reply_view(req, "account_points", view);
}

const struct route storefront_points_routes[] = {
    {.method = GET,
     .path = "/account/points",
     .handler = show_points,
     .guard = ANYONE,
     .fields = points_fields,
     .form_size = sizeof(struct account_points_form),
     .is_reading = true,
     .summary = "The points of who is logged in: balance, what is on its way, what expires, movements",
     .answer = "points"},
    {0},
};
