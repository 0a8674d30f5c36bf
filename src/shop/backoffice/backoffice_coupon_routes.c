/* backoffice_coupon_routes.c - how a coupon is issued: to whom, how many, who has it, and giving one by hand.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30 /* one question loads the orders of so many */
#define PERCENT 100

static const char *const audiences[] = {"all", "new", "group", NULL};

struct issue_form {
    int64_t promotion_id;
    int audience; /* enum coupon_audience - 1 */
    int64_t group_id;
    int64_t issue_most;
    int64_t holder_most;
    int64_t days;
    const char *email;
    int64_t cursor;
    const char *notice;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct issue_form, promotion_id),                 \
        .is_required = true, .help = "The coupon"                                                            \
    }
#define NUMBER_FIELD(member, usual, words)                                                                   \
    {                                                                                                        \
        .name = #member, .kind = FIELD_INT, .offset = offsetof(struct issue_form, member),                   \
        .maximum = INT32_MAX, .otherwise = (usual), .help = (words)                                          \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct issue_form, cursor),
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct issue_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field save_fields[] = {
    ID_FIELD,
    {.name = "audience",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct issue_form, audience),
     .choices = audiences,
     .help = "all, new (no paid order yet) or group (a level of members)"},
    {.name = "group",
     .kind = FIELD_ID,
     .offset = offsetof(struct issue_form, group_id),
     .help = "Which level"},
    NUMBER_FIELD(issue_most, 0, "How many are issued in all; 0 = any number"),
    NUMBER_FIELD(holder_most, 1, "How many one person may claim, 1 to 100"),
    NUMBER_FIELD(days, 0, "Good so many days from the claim; 0 = as long as the coupon"),
    {0},
};

static const struct field stop_fields[] = {ID_FIELD, {0}};
static const struct field give_fields[] = {
    ID_FIELD,
    {.name = "email",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct issue_form, email),
     .is_required = true,
     .maximum = CUSTOMER_EMAIL_LIMIT,
     .help = "E-mail address of the account that gets one"},
    {0},
};

/* ---- the page ---- */

static void offer_view(struct ctx *ctx, struct value *view, const struct coupon_offer *offer)
{
    value_set(ctx->arena, view, "issue", value_null());
    if (!offer)
        return;
    struct value *issue = value_set_object(ctx->arena, view, "issue");
    value_set_bool(ctx->arena, issue, "is_offered", offer->is_offered);
    value_set_text(ctx->arena, issue, "audience", coupon_audience_names[offer->audience]);
    value_set_id(ctx->arena, issue, "group_id", offer->group_id);
    value_set_int(ctx->arena, issue, "issue_most", offer->issue_most);
    value_set_int(ctx->arena, issue, "holder_most", offer->holder_most);
    value_set_int(ctx->arena, issue, "days", offer->days);
    value_set_int(ctx->arena, issue, "issued", offer->issued);
    value_set_int(ctx->arena, issue, "used", offer->used);
    value_set_int(ctx->arena, issue, "left", offer->issue_most > 0 ? offer->issue_most - offer->issued : 0);
    value_set_int(ctx->arena, issue, "used_share", offer->issued ? offer->used * PERCENT / offer->issued : 0);
    value_set_int(ctx->arena, issue, "issued_share",
                  offer->issue_most ? offer->issued * PERCENT / offer->issue_most : 0);
}

static err add_groups(struct ctx *ctx, struct value *view)
{
    struct customer_group *groups;
    size_t count;
    TRY(customer_group_list(ctx, &groups, &count));
    struct value *list = value_set_list(ctx->arena, view, "groups");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", groups[i].id);
        value_set_text(ctx->arena, row, "name", groups[i].name);
    }
    return NULL;
}

static const char *order_number(const struct order *orders, size_t count, int64_t order_id)
{
    for (size_t i = 0; i < count; i++)
        if (orders[i].id == order_id)
            return orders[i].number;
    return NULL;
}

static err load_orders(struct ctx *ctx, const struct coupon_claim *claims, size_t count,
                       struct order **orders, size_t *have)
{
    int64_t ids[ROWS];
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (claims[i].order_id)
            ids[used++] = claims[i].order_id;
    *have = 0;
    return used > 0 ? order_list_many(ctx, ids, used, orders, have) : NULL;
}

static err add_claims(struct ctx *ctx, struct value *view, int64_t promotion_id, int64_t cursor)
{
    struct coupon_claim *claims;
    struct order *orders = NULL;
    size_t count, have;
    TRY(coupon_claim_list(ctx, promotion_id, cursor, ROWS + 1, &claims, &count));
    size_t shown = count > ROWS ? ROWS : count;
    TRY(load_orders(ctx, claims, shown, &orders, &have));
    struct value *list = value_set_list(ctx->arena, view, "claims");
    for (size_t i = 0; i < shown; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", claims[i].id);
        value_set_id(ctx->arena, row, "customer_id", claims[i].customer_id);
        value_set_text(ctx->arena, row, "url",
                       arena_format(ctx->arena, "/admin/customers/%" PRId64, claims[i].customer_id));
        value_set_time(ctx->arena, row, "claimed_at", claims[i].claimed_at);
        value_set_time(ctx->arena, row, "valid_until", claims[i].valid_until);
        value_set_text(ctx->arena, row, "state", coupon_state_names[claims[i].state]);
        value_set_bool(ctx->arena, row, "is_given", claims[i].given_by != 0);
        value_set_text(ctx->arena, row, "order", order_number(orders, have, claims[i].order_id));
    }
    const char *at = arena_format(ctx->arena, "/admin/promotions/%" PRId64 "/issue", promotion_id);
    value_set_text(ctx->arena, view, "next_url",
                   count > ROWS
                       ? arena_format(ctx->arena, "%s?cursor=%" PRId64 "#claims", at, claims[ROWS - 1].id)
                       : NULL);
    value_set_text(ctx->arena, view, "first_url", cursor ? at : NULL);
    return NULL;
}

static err page_view(struct req *req, struct value **made)
{
    const struct issue_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct promotion *promotion;
    struct coupon_offer *offer;
    struct value *view = *made = value_object(ctx->arena);
    TRY(promotion_load(ctx, form->promotion_id, &promotion));
    if (!promotion->code[0])
        return fail_with(ctx, ERR_NOT_FOUND, "this offer is no coupon");
    TRY(coupon_offer_find(ctx, promotion->id, &offer));
    value_set(ctx->arena, view, "promotion", *promotion_view(ctx, promotion));
    offer_view(ctx, view, offer);
    TRY(add_groups(ctx, view));
    TRY(add_claims(ctx, view, promotion->id, form->cursor));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return NULL;
}

static err show(struct req *req)
{
    struct value *view;
    const struct issue_form *form = req->form;
    TRY(page_view(req, &view));
    value_set_text(req->ctx.arena, view, "notice", req->failure ? NULL : form->notice);
    value_set_text(req->ctx.arena, view, "refused", req->failure ? req->route->path : "");
    return reply_view(req, "admin/promotion_issue", view);
}

/* ---- changing ---- */

struct issuing {
    struct coupon_offer offer;
    int64_t customer_id;
    const char *kind; /* of the audit */
};

static const char *says(struct ctx *ctx, const struct coupon_offer *offer)
{
    return arena_format(ctx->arena, "%s, %" PRId64 " × %" PRId64 ", %" PRId64 " d",
                        coupon_audience_names[offer->audience], offer->issue_most, offer->holder_most,
                        offer->days);
}

static err note(struct ctx *ctx, const struct issuing *issuing, const char *after)
{
    struct promotion *promotion;
    TRY(promotion_load(ctx, issuing->offer.promotion_id, &promotion));
    return audit_note(
        ctx, &(struct audit_entry){.kind = issuing->kind,
                                   .subject = arena_format(ctx->arena, "promotions/%" PRId64, promotion->id),
                                   .title = promotion->name,
                                   .after = after});
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct issuing *issuing = arg;
    TRY(coupon_offer_save(ctx, &issuing->offer));
    return note(ctx, issuing, says(ctx, &issuing->offer));
}

static err stop_in_transaction(struct ctx *ctx, void *arg)
{
    const struct issuing *issuing = arg;
    TRY(coupon_offer_stop(ctx, issuing->offer.promotion_id));
    return note(ctx, issuing, NULL);
}

static err give_in_transaction(struct ctx *ctx, void *arg)
{
    const struct issuing *issuing = arg;
    TRY(coupon_give(ctx, issuing->offer.promotion_id, issuing->customer_id));
    return note(ctx, issuing, arena_format(ctx->arena, "customers/%" PRId64, issuing->customer_id));
}

static err done(struct req *req, const char *notice)
{
    struct value *view;
    const struct issue_form *form = req->form;
    TRY(page_view(req, &view));
    return reply_done(req, 200, view, "/admin/promotions/%" PRId64 "/issue?notice=%s", form->promotion_id,
                      notice);
}

static err save(struct req *req)
{
    const struct issue_form *form = req->form;
    struct issuing issuing = {.offer = {.promotion_id = form->promotion_id,
                                        .audience = (enum coupon_audience)(form->audience + 1),
                                        .group_id = form->group_id,
                                        .issue_most = form->issue_most,
                                        .holder_most = form->holder_most,
                                        .days = form->days},
                              .kind = "coupon.offered"};
    TRY(db_transact(&req->ctx, save_in_transaction, &issuing));
    return done(req, "saved");
}

static err stop(struct req *req)
{
    const struct issue_form *form = req->form;
    struct issuing issuing = {.offer = {.promotion_id = form->promotion_id}, .kind = "coupon.stopped"};
    TRY(db_transact(&req->ctx, stop_in_transaction, &issuing));
    return done(req, "coupon_stopped");
}

static err give(struct req *req)
{
    const struct issue_form *form = req->form;
    struct issuing issuing = {.offer = {.promotion_id = form->promotion_id}, .kind = "coupon.given"};
    TRY(customer_find_by_email(&req->ctx, form->email, &issuing.customer_id));
    if (!issuing.customer_id)
        return fail_field(&req->ctx, "email", "no-account", "nobody has an account with this address");
    err failure = db_transact(&req->ctx, give_in_transaction, &issuing);
    if (failure && failure->code == ERR_CONFLICT)
        return fail_field(&req->ctx, "email", "none-left", "no more of this coupon can be given");
    TRY(failure);
    return done(req, "coupon_given");
}

#define FORM .form_size = sizeof(struct issue_form)
#define WRITE .method = POST, .guard = STAFF, .scope = "promotions.write", FORM, .again = show

const struct route backoffice_coupon_routes[] = {
    {.method = GET,
     .path = "/admin/promotions/:id/issue",
     .handler = show,
     .guard = STAFF,
     .scope = "promotions.read",
     FORM,
     .fields = show_fields,
     .summary = "How a coupon is issued, and who has it",
     .answer = "issue"},
    {WRITE, .path = "/admin/promotions/:id/issue", .handler = save, .fields = save_fields,
     .summary = "Offer a coupon to be claimed, or change how; its code counts no more", .answer = "issue"},
    {WRITE, .path = "/admin/promotions/:id/issue/stop", .handler = stop, .fields = stop_fields,
     .summary = "Issue no more of it; those out there count on", .answer = "issue"},
    {WRITE, .path = "/admin/promotions/:id/issue/give", .handler = give, .fields = give_fields,
     .summary = "Give one to a customer", .answer = "issue"},
    {0},
};
