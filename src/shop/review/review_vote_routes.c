/* review_vote_routes.c - readers say that a review was useful. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/review/review_routes.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/review/review.h"
#include <inttypes.h>

#define VOTER_COOKIE "yd_voter"
#define VOTER_SECONDS (INT64_C(365) * 24 * 3600)
#define VOTER_LIMIT 64
#define VOTES_A_MINUTE 20
#define NEW_VOTERS_A_MINUTE 5

struct vote_form {
    const char *handle;
    int64_t review_id;
};

static const struct field vote_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct vote_form, handle),
     .is_required = true,
     .maximum = 120,
     .help = "Handle of the product"},
    {.name = "review_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct vote_form, review_id),
     .is_required = true,
     .help = "The review"},
    {0},
};

static bool may_vote(struct req *req, const char *what, int64_t per_minute)
{
    const char *bucket = arena_format(req->ctx.arena, "%s:%s", what, req_network(req));
    return req_rate_take(req, bucket, per_minute);
}

/* The account, or what the cookie of the device says; a device without one gets it. */
static err find_voter(struct req *req, const char **voter)
{
    const char *token = req_cookie(req, VOTER_COOKIE);
    bool is_known = token && strlen(token) >= 16 && strlen(token) <= VOTER_LIMIT;
    if (!may_vote(req, "vote", VOTES_A_MINUTE))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many votes from this network");
    if (customer_here(&req->ctx)) {
        *voter = arena_format(req->ctx.arena, "account %" PRId64, req->ctx.actor_id);
        return NULL;
    }
    if (!is_known && !may_vote(req, "voter", NEW_VOTERS_A_MINUTE))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many new voters from this network");
    if (!is_known)
        token = random_token(req->ctx.arena);
    reply_cookie(req, VOTER_COOKIE, token, VOTER_SECONDS);
    *voter = arena_format(req->ctx.arena, "device %s", token);
    return NULL;
}

static err vote(struct req *req)
{
    const struct vote_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct product *product;
    const struct review *review;
    const char *voter;
    TRY(product_find_by_handle(ctx, form->handle, &product));
    if (!product || product->status != PRODUCT_ACTIVE)
        return fail_with(ctx, ERR_NOT_FOUND, "no such product");
    TRY(review_load(ctx, form->review_id, &review));
    if (review->product_id != product->id)
        return fail_with(ctx, ERR_NOT_FOUND, "no such review of this product");
    TRY(find_voter(req, &voter));
    TRY(review_vote(ctx, form->review_id, voter, &review));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "review", *review_view(ctx, review));
    return reply_done(req, 200, view, "/products/%s/reviews?voted=%" PRId64 "#review-%" PRId64,
                      product->handle, review->votes, review->id);
}

const struct route review_vote_routes[] = {
    {.method = POST,
     .path = "/products/:handle/reviews/:review_id/useful",
     .handler = vote,
     .guard = ANYONE,
     .fields = vote_fields,
     .form_size = sizeof(struct vote_form),
     .summary = "A review was useful; counts once for an account or a device",
     .answer = "review"},
    {0},
};
