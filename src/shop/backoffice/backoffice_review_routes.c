/* backoffice_review_routes.c - what buyers say: a list, a reply, a report to the platform. There is no
 * address that changes or removes a buyer's words (review.h says why). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/media/media.h"
#include "shop/order/order.h"
#include "shop/review/review.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30
#define COUNTED 1000

static const char *const states[] = {[REVIEW_ANY] = "all",
                                     [REVIEW_UNANSWERED] = "unanswered",
                                     [REVIEW_IS_REPORTED] = "reported",
                                     [REVIEW_IS_HIDDEN] = "hidden",
                                     [REVIEW_STATES] = NULL};
enum review_filters { REVIEWS_STATE, REVIEWS_STARS, REVIEWS_PRODUCT };

struct list_form {
    int state;
    int64_t stars;
    int64_t product_id;
    int64_t cursor;
};

static const struct field list_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, state),
     .choices = states,
     .help = "all, unanswered, reported or hidden"},
    {.name = "stars",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, stars),
     .minimum = 1,
     .maximum = REVIEW_STARS,
     .help = "Only those with so many stars"},
    {.name = "product",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, product_id),
     .help = "Only those of this product"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

/* ---- rows ---- */

static const struct product *product_of(const struct product *products, size_t count, int64_t product_id)
{
    for (size_t i = 0; i < count; i++)
        if (products[i].id == product_id)
            return &products[i];
    return NULL;
}

static void set_product(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct arena *arena = ctx->arena;
    if (!product) {
        value_set(arena, view, "product", value_null());
        return;
    }
    struct value *tree = value_set_object(arena, view, "product");
    value_set_id(arena, tree, "id", product->id);
    value_set_text(arena, tree, "title", product->title);
    value_set_text(arena, tree, "url", arena_format(arena, "/admin/products/%" PRId64, product->id));
    value_set_text(arena, tree, "reviews_url", arena_format(arena, "/products/%s/reviews", product->handle));
    picture_set_view(ctx, tree, "picture", product->picture_id, product->title);
}

/* Staff see hidden words too: it is their shop that was spoken of. */
static void fill_row(struct ctx *ctx, struct value *row, const struct review *review,
                     const struct product *product)
{
    struct arena *arena = ctx->arena;
    struct review whole = *review;
    whole.hidden_reason = REVIEW_NO_REASON;
    *row = *review_view(ctx, &whole);
    value_set_bool(arena, row, "is_hidden", review->hidden_reason != REVIEW_NO_REASON);
    value_set_text(arena, row, "hidden_reason",
                   review->hidden_reason ? review_reason_names[review->hidden_reason - 1] : NULL);
    value_set_bool(arena, row, "is_counted", review->hidden_reason != REVIEW_FABRICATED);
    value_set_time(arena, row, "reported_at", review->reported_at);
    value_set_int(arena, row, "reply_no", review->reply_no);
    value_set_text(arena, row, "url", arena_format(arena, "/admin/reviews/%" PRId64, review->id));
    set_product(ctx, row, product);
}

static err add_rows(struct ctx *ctx, struct value *view, const struct review *reviews, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct product *products = NULL;
    size_t have = 0, different = 0;
    struct value *list = value_set_list(ctx->arena, view, "reviews");
    for (size_t i = 0; i < count; i++)
        if (!id_in(ids, different, reviews[i].product_id))
            ids[different++] = reviews[i].product_id;
    if (different > 0)
        TRY(product_list_many(ctx, ids, different, &products, &have));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        fill_row(ctx, row, &reviews[i], product_of(products, have, reviews[i].product_id));
    }
    return NULL;
}

/* What the product is called, and what its reviews come to. */
static err add_chosen(struct ctx *ctx, struct value *view, int64_t product_id, struct list_place *place)
{
    const struct product *product;
    struct review_figures figures;
    value_set(ctx->arena, view, "chosen", value_null());
    if (!product_id)
        return NULL;
    TRY(product_load(ctx, product_id, &product));
    TRY(review_figures_many(ctx, &product_id, 1, &figures));
    set_product(ctx, view, product);
    review_figures_view(ctx, view, "chosen", &figures);
    place->labels[REVIEWS_PRODUCT] = product->title;
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    struct review_shop_query query = {.product_id = form->product_id,
                                      .stars = form->stars,
                                      .state = (enum review_state)form->state,
                                      .before_id = form->cursor,
                                      .limit = ROWS + 1};
    struct list_place place = {.list = &review_list_pages, .cursor = form->cursor ? "later" : ""};
    struct review *reviews;
    size_t count;
    int64_t unanswered, reported;
    place.values[REVIEWS_STATE] = form->state ? states[form->state] : "";
    place.values[REVIEWS_STARS] = form->stars ? arena_format(arena, "%" PRId64, form->stars) : "";
    place.values[REVIEWS_PRODUCT] = form->product_id ? arena_format(arena, "%" PRId64, form->product_id) : "";
    list_settle(&place);
    TRY(add_chosen(ctx, view, form->product_id, &place));
    TRY(review_list_shop(ctx, &query, &reviews, &count));
    TRY(review_count_waiting(ctx, COUNTED, &unanswered, &reported));
    value_set_text(arena, view, "state", states[form->state]);
    value_set_int(arena, view, "stars", form->stars);
    struct value *counts = value_set_object(arena, view, "counts");
    value_set_int(arena, counts, "unanswered", unanswered);
    value_set_int(arena, counts, "reported", reported);
    TRY(add_rows(ctx, view, reviews, count > ROWS ? ROWS : count));
    const char *next = count > ROWS ? arena_format(arena, "%" PRId64, reviews[ROWS - 1].id) : NULL;
    TRY(list_view(ctx, &place, next, view));
    return reply_view(req, "admin/reviews", view);
}

/* ---- one review ---- */

struct review_form {
    int64_t review_id;
    const char *notice;
    int64_t expected;
    const char *text;
    int reason;
    const char *note;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct review_form, review_id),                   \
        .is_required = true, .help = "The review"                                                            \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct review_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field reply_fields[] = {
    ID_FIELD,
    {.name = "expected",
     .kind = FIELD_INT,
     .offset = offsetof(struct review_form, expected),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "reply_no as it was seen; 0 or nothing for the first reply"},
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct review_form, text),
     .is_required = true,
     .maximum = REVIEW_REPLY_LIMIT,
     .help = "What the shop answers; everybody sees it"},
    {0},
};

static const struct field report_fields[] = {
    ID_FIELD,
    {.name = "reason",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct review_form, reason),
     .is_required = true,
     .choices = review_reason_names,
     .help = "The ground of the law"},
    {.name = "note",
     .kind = FIELD_LONG,
     .offset = offsetof(struct review_form, note),
     .is_required = true,
     .maximum = REVIEW_NOTE_LIMIT,
     .help = "What is wrong with it; the platform reads this"},
    {0},
};

static err add_replies(struct ctx *ctx, struct value *view, int64_t review_id)
{
    struct review_reply_text *replies;
    size_t count;
    TRY(review_reply_list(ctx, review_id, &replies, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = replies[i].staff_id;
    if (count > 0)
        TRY(staff_name_many(ctx, ids, count, names));
    struct value *list = value_set_list(ctx->arena, view, "replies");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, row, "reply_no", replies[i].reply_no);
        value_set_text(ctx->arena, row, "text", replies[i].body);
        value_set_text(ctx->arena, row, "name", names[i]);
        value_set_time(ctx->arena, row, "at", replies[i].at);
    }
    return NULL;
}

static err add_acts(struct ctx *ctx, struct value *view, int64_t review_id)
{
    static const char *const kinds[] = {[REVIEW_REPORTED] = "reported",
                                        [REVIEW_HIDDEN] = "hidden",
                                        [REVIEW_SHOWN] = "shown",
                                        [REVIEW_KEPT] = "kept"};
    struct review_act *acts;
    size_t count;
    TRY(review_act_list(ctx, review_id, &acts, &count));
    struct value *list = value_set_list(ctx->arena, view, "acts");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "kind", kinds[acts[i].kind]);
        value_set_text(ctx->arena, row, "reason",
                       acts[i].reason ? review_reason_names[acts[i].reason - 1] : NULL);
        value_set_text(ctx->arena, row, "note", acts[i].note);
        value_set_text(ctx->arena, row, "who", acts[i].who);
        value_set_time(ctx->arena, row, "at", acts[i].at);
    }
    return NULL;
}

static err add_order(struct ctx *ctx, struct value *view, int64_t order_id)
{
    struct order *orders;
    size_t count;
    TRY(order_list_many(ctx, &order_id, 1, &orders, &count));
    value_set_text(ctx->arena, view, "order_number", count ? orders->number : NULL);
    value_set_text(ctx->arena, view, "order_url",
                   count ? arena_format(ctx->arena, "/admin/orders/%s", orders->number) : NULL);
    return NULL;
}

static err review_page(struct ctx *ctx, int64_t review_id, struct value **view)
{
    const struct review *review;
    struct product *products;
    size_t have;
    TRY(review_load(ctx, review_id, &review));
    TRY(product_list_many(ctx, &review->product_id, 1, &products, &have));
    *view = value_object(ctx->arena);
    struct value row;
    fill_row(ctx, &row, review, have ? products : NULL);
    TRY(add_order(ctx, &row, review->order_id));
    TRY(add_replies(ctx, &row, review_id));
    TRY(add_acts(ctx, &row, review_id));
    value_set(ctx->arena, *view, "review", row);
    struct value *reasons = value_set_list(ctx->arena, *view, "reasons");
    for (int i = 0; review_reason_names[i]; i++)
        value_add(ctx->arena, reasons, value_text(review_reason_names[i]));
    return NULL;
}

static err show(struct req *req)
{
    const struct review_form *form = req->form;
    struct value *view;
    TRY(review_page(&req->ctx, form->review_id, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/review", view);
}

static err show_again(struct req *req)
{
    const struct review_form *form = req->form;
    struct value *view;
    TRY(review_page(&req->ctx, form->review_id, &view));
    return reply_view(req, "admin/review", view);
}

static err reply(struct req *req)
{
    const struct review_form *form = req->form;
    struct value *view;
    TRY(review_reply(&req->ctx, form->review_id, form->expected, form->text));
    TRY(review_page(&req->ctx, form->review_id, &view));
    return reply_done(req, 200, view, "/admin/reviews/%" PRId64 "?notice=replied", form->review_id);
}

static err report(struct req *req)
{
    const struct review_form *form = req->form;
    const struct staff *person = req->visitor;
    struct value *view;
    TRY(review_report(&req->ctx, form->review_id, (enum review_reason)(form->reason + 1), form->note,
                      person->name));
    TRY(review_page(&req->ctx, form->review_id, &view));
    return reply_done(req, 200, view, "/admin/reviews/%" PRId64 "?notice=reported", form->review_id);
}

const struct route backoffice_review_routes[] = {
    {.method = GET,
     .path = "/admin/reviews",
     .handler = list,
     .guard = STAFF,
     .scope = "reviews.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Reviews of the shop, newest first",
     .answer = "reviews"},
    {.method = GET,
     .path = "/admin/reviews/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "reviews.read",
     .fields = show_fields,
     .form_size = sizeof(struct review_form),
     .summary = "A review with its replies and what was done about it",
     .answer = "review"},
    {.method = POST,
     .path = "/admin/reviews/:id/reply",
     .handler = reply,
     .guard = STAFF,
     .scope = "reviews.write",
     .fields = reply_fields,
     .form_size = sizeof(struct review_form),
     .again = show_again,
     .summary = "Answer a review, or change the answer; earlier texts are kept",
     .answer = "review"},
    {.method = POST,
     .path = "/admin/reviews/:id/report",
     .handler = report,
     .guard = STAFF,
     .scope = "reviews.write",
     .fields = report_fields,
     .form_size = sizeof(struct review_form),
     .again = show_again,
     .summary = "Ask the platform to look at a review, on a ground of the law",
     .answer = "review"},
    {0},
};
