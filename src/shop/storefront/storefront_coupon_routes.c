/* storefront_coupon_routes.c - coupons that can be claimed (领券中心), and those of an account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>
#include <stdlib.h>

#define NEXT_LIMIT 2000
/* With room for characters that become three or more. */
#define URL_LIMIT ((size_t)4 * NEXT_LIMIT)
/* Claims of one account, or from one place, within a minute: more is no person. */
#define CLAIMS_PER_MINUTE 60

struct coupon_form {
    int64_t promotion_id;
    const char *next;
    int state;
};

static const struct field claim_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct coupon_form, promotion_id),
     .is_required = true,
     .help = "The coupon"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct coupon_form, next),
     .maximum = NEXT_LIMIT,
     .help = "Page of the shop to go on to"},
    {0},
};

static const struct field held_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct coupon_form, state),
     .choices = coupon_state_names,
     .help = "usable, used or expired ones"},
    {0},
};

/* ---- what can be claimed ---- */

static err centre_view(struct req *req, struct value **view)
{
    struct coupon_ticket *tickets;
    size_t count;
    *view = value_object(req->ctx.arena);
    TRY(coupon_ticket_list(&req->ctx, NULL, 0, customer_here(&req->ctx), &tickets, &count));
    coupon_tickets_view(&req->ctx, *view, tickets, count);
    return NULL;
}

static err show(struct req *req)
{
    struct value *view;
    TRY(centre_view(req, &view));
    if (req->face == FACE_HTML && !req->failure) {
        reply_cacheable(req, PAGE_CACHE_SECONDS);
        reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    }
    return reply_view(req, "coupons", view);
}

/* A refusal stands on the page of all coupons, at the one that was wanted. */
static err show_again(struct req *req)
{
    struct value *view;
    const struct field_problem *problem = req->failure->problems;
    TRY(centre_view(req, &view));
    value_set_id(req->ctx.arena, view, "refused_id", ((const struct coupon_form *)req->form)->promotion_id);
    value_set_text(req->ctx.arena, view, "refused", problem ? problem->code : "over");
    return reply_view(req, "coupons", view);
}

/* ---- claiming ---- */

static err claim(struct ctx *ctx, int64_t customer_id, int64_t promotion_id)
{
    struct customer *customer;
    int64_t spent, orders;
    TRY(customer_load(ctx, customer_id, &customer));
    TRY(order_spent_of_customer(ctx, customer_id, customer->email, 0, &spent, &orders));
    struct coupon_claimer claimer = {customer_id, customer->group_id, orders == 0};
    return coupon_take(ctx, promotion_id, &claimer);
}

static const char *next_of(const struct req *req)
{
    return storefront_next(req, ((const struct coupon_form *)req->form)->next, "/coupons");
}

/* What is wanted waits in a cookie until the code of the mail was typed. */
static err send_to_log_in(struct req *req)
{
    const struct coupon_form *form = req->form;
    struct text_buf url;
    const char *next = next_of(req);
    reply_cookie(req, CLAIM_COOKIE, arena_format(req->ctx.arena, "%" PRId64, form->promotion_id),
                 CLAIM_COOKIE_SECONDS);
    text_open(&url, req->ctx.arena, URL_LIMIT);
    text_add(&url, "/account/login?next=");
    text_add_url(&url, next, strlen(next));
    return reply_redirect(req, 303, text_of(&url));
}

static err take_turn(struct req *req)
{
    const char *who =
        arena_format(req->ctx.arena, "coupon:%" PRId64 ":%" PRId64, req->ctx.shop->id, req->ctx.actor_id);
    return req_rate_take(req, who, CLAIMS_PER_MINUTE)
               ? NULL
               : fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many coupons at once");
}

static err claim_one(struct req *req)
{
    const struct coupon_form *form = req->form;
    struct value *view;
    int64_t customer_id = customer_here(&req->ctx);
    if (!customer_id && req->face == FACE_HTML)
        return send_to_log_in(req);
    if (!customer_id)
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    TRY(take_turn(req));
    TRY(claim(&req->ctx, customer_id, form->promotion_id));
    TRY(centre_view(req, &view));
    return reply_done(req, 201, view, "%s", next_of(req));
}

err storefront_claim_wished(struct req *req, const char *session_token)
{
    const char *wish = req_cookie(req, CLAIM_COOKIE);
    int64_t customer_id, promotion_id = wish ? strtoll(wish, NULL, 10) : 0;
    if (!wish)
        return NULL;
    reply_cookie(req, CLAIM_COOKIE, "", -1);
    TRY(customer_find_session(&req->ctx, session_token, &customer_id));
    err failure = promotion_id > 0 && customer_id ? claim(&req->ctx, customer_id, promotion_id) : NULL;
    bool is_refused = failure && (failure->code == ERR_INVALID || failure->code == ERR_NOT_FOUND);
    return is_refused ? NULL : failure;
}

/* ---- of an account ---- */

static err show_held(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    const struct coupon_form *form = req->form;
    struct coupon_held *held;
    size_t count;
    if (!customer_here(ctx) && req->face == FACE_HTML)
        return reply_redirect(req, 303, "/account/login?next=/account/coupons");
    if (!customer_here(ctx))
        return fail_with(ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
    TRY(coupon_held_list(ctx, ctx->actor_id, (enum coupon_state)form->state, &held, &count));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "coupons");
    for (size_t i = 0; i < count; i++)
        if (held[i].promotion)
            value_add(ctx->arena, list, *coupon_held_view(ctx, &held[i]));
    value_set_text(ctx->arena, view, "state", coupon_state_names[form->state]);
    return reply_view(req, "account_coupons", view);
}

const struct route storefront_coupon_routes[] = {
    {.method = GET,
     .path = "/coupons",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .summary = "Coupons that can be claimed now",
     .answer = "tickets"},
    {.method = POST,
     .path = "/coupons/:id/claim",
     .handler = claim_one,
     .guard = ANYONE,
     .fields = claim_fields,
     .form_size = sizeof(struct coupon_form),
     .again = show_again,
     .summary = "Claim a coupon for the account; refused at `coupon` with over, gone, had, not-new or "
                "not-level",
     .answer = "tickets"},
    {.method = GET,
     .path = "/account/coupons",
     .handler = show_held,
     .guard = ANYONE,
     .is_reading = true,
     .fields = held_fields,
     .form_size = sizeof(struct coupon_form),
     .summary = "Coupons of who is logged in",
     .answer = "coupons"},
    {0},
};
