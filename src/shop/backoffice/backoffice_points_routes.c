/* backoffice_points_routes.c - what the shop gives points for, and the points of one member. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

/* ---- terms ---- */

/* What the form proposes. */
#define PAY_PERCENT_USUAL 50

struct points_form {
    bool is_on;
    int64_t earned;
    int64_t months;
    int64_t pay_rate;
    int64_t pay_percent;
    int64_t pay_least;
};

static const struct field terms_fields[] = {
    {.name = "is_on",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct points_form, is_on),
     .help = "Whether orders earn points from now on; what members have stays"},
    {.name = "earned",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, earned),
     .maximum = POINTS_RATE_MOST,
     .help = "Points for one unit of the currency that was paid for goods"},
    {.name = "months",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, months),
     .maximum = POINTS_MONTHS_MOST,
     .help = "Months until points expire, at the end of a month; 0 = never"},
    {.name = "pay_rate",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, pay_rate),
     .maximum = POINTS_PAY_RATE_MOST,
     .help = "Points that pay one unit of the currency; 0 = they pay nothing"},
    {.name = "pay_percent",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, pay_percent),
     .maximum = POINTS_PAY_PERCENT_MOST,
     .help = "How much of the goods of an order points may pay, in percent"},
    {.name = "pay_least",
     .kind = FIELD_INT,
     .offset = offsetof(struct points_form, pay_least),
     .maximum = POINTS_PAY_LEAST_MOST,
     .help = "Points that one order uses at least; 0 = any number"},
    {0},
};

static err show_terms(struct req *req)
{
    struct value *view;
    const struct points_terms *terms = &req->ctx.shop->points;
    TRY(settings_open(req, &view));
    struct value *points = value_set_object(req->ctx.arena, view, "points");
    value_set_bool(req->ctx.arena, points, "is_on", terms->state == POINTS_ON);
    value_set_int(req->ctx.arena, points, "earned", terms->state == POINTS_NEVER ? 1 : terms->earned);
    value_set_int(req->ctx.arena, points, "months", terms->state == POINTS_NEVER ? 12 : terms->months);
    value_set_int(req->ctx.arena, points, "pay_rate", terms->pay_rate);
    value_set_int(req->ctx.arena, points, "pay_percent",
                  terms->pay_percent > 0 ? terms->pay_percent : PAY_PERCENT_USUAL);
    value_set_int(req->ctx.arena, points, "pay_least", terms->pay_least);
    return reply_view(req, "admin/settings_points", view);
}

static const char *terms_text(struct ctx *ctx, const struct points_terms *terms)
{
    const char *given =
        terms->state == POINTS_ON
            ? arena_format(ctx->arena, "%" PRId64 " points, %" PRId64 " months", terms->earned, terms->months)
            : "off";
    return terms->pay_rate == 0
               ? given
               : arena_format(ctx->arena, "%s; %" PRId64 " pay 1, %" PRId64 " %% at most, from %" PRId64,
                              given, terms->pay_rate, terms->pay_percent, terms->pay_least);
}

static err change_terms_in_transaction(struct ctx *ctx, void *arg)
{
    const struct points_terms *terms = arg;
    TRY(points_change_terms(ctx, terms));
    return audit_note(ctx, &(struct audit_entry){.kind = "settings.changed",
                                                 .subject = "settings/points",
                                                 .before = terms_text(ctx, &ctx->shop->points),
                                                 .after = terms_text(ctx, terms)});
}

static err change_terms(struct req *req)
{
    const struct points_form *form = req->form;
    struct points_terms terms = {.state = form->is_on ? POINTS_ON : POINTS_OFF,
                                 .earned = form->earned,
                                 .months = form->months,
                                 .pay_rate = form->pay_rate,
                                 .pay_percent = form->pay_percent,
                                 .pay_least = form->pay_least};
    TRY(db_transact(&req->ctx, change_terms_in_transaction, &terms));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/points?notice=saved");
}

/* ---- of a member ---- */

struct member_points_form {
    int64_t customer_id;
    int64_t before_id;
    int64_t points;
    const char *reason;
    const char *notice;
};

#define MEMBER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct member_points_form, customer_id),          \
        .is_required = true, .help = "The account"                                                           \
    }

static const struct field member_fields[] = {
    MEMBER_FIELD,
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct member_points_form, before_id),
     .help = "The last of the page before"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct member_points_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};
static const struct field adjust_fields[] = {
    MEMBER_FIELD,
    {.name = "points",
     .kind = FIELD_INT,
     .offset = offsetof(struct member_points_form, points),
     .minimum = -POINTS_MOST,
     .maximum = POINTS_MOST,
     .is_required = true,
     .help = "How many more; negative: how many less"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct member_points_form, reason),
     .maximum = POINTS_REASON_LIMIT,
     .is_required = true,
     .help = "Why; the member reads it"},
    {0},
};

static err member_page(struct req *req, struct value **view)
{
    const struct member_points_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct customer *customer;
    int64_t pending;
    if (ctx->shop->points.state == POINTS_NEVER)
        return fail_with(ctx, ERR_NOT_FOUND, "this shop has no points");
    TRY(customer_load(ctx, form->customer_id, &customer));
    if (customer->deleted_at)
        return fail_with(ctx, ERR_NOT_FOUND, "this account was deleted");
    *view = value_object(ctx->arena);
    struct value *row = value_set_object(ctx->arena, *view, "customer");
    value_set_text(ctx->arena, row, "email", customer->email);
    value_set_text(ctx->arena, row, "name", customer->name);
    value_set_text(ctx->arena, row, "url",
                   arena_format(ctx->arena, "/admin/customers/%" PRId64, customer->id));
    struct value *points = value_set_object(ctx->arena, *view, "points");
    TRY(points_account_view(ctx, points, customer->id, form->before_id));
    TRY(order_points_pending(ctx, customer->id, &pending));
    value_set_int(ctx->arena, points, "pending", pending);
    value_set_text(ctx->arena, *view, "notice", form->notice ? form->notice : "");
    value_set_bool(ctx->arena, *view, "can_write", staff_may(req->visitor, "customers.write"));
    return NULL;
}

static err show_member(struct req *req)
{
    struct value *view;
    TRY(member_page(req, &view));
    return reply_view(req, "admin/customer_points", view);
}

static err adjust_in_transaction(struct ctx *ctx, void *arg)
{
    const struct member_points_form *form = arg;
    TRY(points_adjust(ctx, form->customer_id, form->points, form->reason));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "customer.points",
                               .subject = arena_format(ctx->arena, "customers/%" PRId64, form->customer_id),
                               .title = form->reason,
                               .after = arena_format(ctx->arena, "%+" PRId64, form->points)});
}

static err adjust(struct req *req)
{
    struct member_points_form form = *(const struct member_points_form *)req->form;
    struct value *view;
    TRY(member_page(req, &view)); /* an account that is not there gets nothing */
    TRY(db_transact(&req->ctx, adjust_in_transaction, &form));
    TRY(member_page(req, &view));
    return reply_done(req, 200, view, "/admin/customers/%" PRId64 "/points?notice=saved", form.customer_id);
}

const struct route backoffice_points_routes[] = {
    {.method = GET,
     .path = "/admin/settings/points",
     .handler = show_terms,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "What members earn points for, and what points pay",
     .answer = "points"},
    {.method = POST,
     .path = "/admin/settings/points",
     .handler = change_terms,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = terms_fields,
     .form_size = sizeof(struct points_form),
     .again = show_terms,
     .summary = "Give points from now on, or none any more, and let them pay"},
    {.method = GET,
     .path = "/admin/customers/:id/points",
     .handler = show_member,
     .guard = STAFF,
     .scope = "customers.read",
     .fields = member_fields,
     .form_size = sizeof(struct member_points_form),
     .summary = "The points of a member: balance, what expires, movements",
     .answer = "points"},
    {.method = POST,
     .path = "/admin/customers/:id/points",
     .handler = adjust,
     .guard = STAFF,
     .scope = "customers.write",
     .fields = adjust_fields,
     .form_size = sizeof(struct member_points_form),
     .again = show_member,
     .summary = "Give a member points, or take some, with a reason",
     .answer = "points"},
    {0},
};
