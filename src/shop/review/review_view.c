/* review_view.c - reviews as pages and programs see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/review/review_parts.h"
#include <inttypes.h>

/* Reviews that stand on the page of the product itself. */
#define ON_PRODUCT_PAGE 4

void review_rating_view(struct ctx *ctx, struct value *view, const struct review_figures *figures)
{
    struct arena *arena = ctx->arena;
    int64_t count = review_count(figures), tenths = review_average_tenths(figures);
    value_set_int(arena, view, "count", count);
    value_set_int(arena, view, "average_tenths", tenths);
    value_set_text(arena, view, "average",
                   count ? arena_format(arena, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10) : NULL);
}

struct value *review_figures_view(struct ctx *ctx, struct value *object, const char *name,
                                  const struct review_figures *figures)
{
    struct arena *arena = ctx->arena;
    int64_t count = review_count(figures);
    struct value *view = value_set_object(arena, object, name);
    review_rating_view(ctx, view, figures);
    struct value *stars = value_set_list(arena, view, "stars");
    for (int64_t star = REVIEW_STARS; star > 0; star--) {
        struct value *row = value_add(arena, stars, *value_object(arena));
        int64_t given = figures->stars[star - 1];
        value_set_int(arena, row, "stars", star);
        value_set_int(arena, row, "count", given);
        value_set_int(arena, row, "percent", count ? (200 * given + count) / (2 * count) : 0);
    }
    value_set_int(arena, view, "worded", figures->worded);
    value_set_int(arena, view, "hidden", figures->hidden);
    return view;
}

size_t review_picture_ids(struct ctx *ctx, const struct review *review, const char **ids)
{
    size_t count = 0;
    for (const char *at = review->pictures; at && *at && count < REVIEW_PICTURES;) {
        size_t length = strcspn(at, " ");
        ids[count++] = arena_copy(ctx->arena, at, length);
        at += length + strspn(at + length, " ");
    }
    return count;
}

static void add_pictures(struct ctx *ctx, struct value *view, const struct review *review)
{
    const char *ids[REVIEW_PICTURES];
    size_t count = review_picture_ids(ctx, review, ids);
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < count; i++) {
        struct value *holder = value_object(ctx->arena);
        picture_set_view(ctx, holder, "picture", ids[i], "");
        value_add(ctx->arena, list, *value_find(holder, "picture"));
    }
}

static void set_words(struct ctx *ctx, struct value *view, const struct review *review)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, view, "text", review->body[0] ? review->body : NULL);
    add_pictures(ctx, view, review);
    if (review->followed_at) {
        struct value *follow = value_set_object(arena, view, "follow");
        value_set_text(arena, follow, "text", review->follow_body);
        value_set_time(arena, follow, "at", review->followed_at);
        value_set_int(arena, follow, "days", (review->followed_at - review->created_at) / DAY_MS);
    }
    if (review->reply) {
        struct value *reply = value_set_object(arena, view, "reply");
        value_set_text(arena, reply, "text", review->reply);
        value_set_time(arena, reply, "at", review->replied_at);
        value_set_bool(arena, reply, "is_edited", review->reply_no > 1);
    }
}

/* A reply may repeat what was hidden: it goes with the words. */
struct value *review_view(struct ctx *ctx, const struct review *review)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    bool is_hidden = review->hidden_reason != REVIEW_NO_REASON;
    value_set_id(arena, view, "id", review->id);
    value_set_int(arena, view, "stars", review->stars);
    value_set_text(arena, view, "author", review->author[0] ? review->author : NULL);
    value_set_text(arena, view, "variant", review->variant_title[0] ? review->variant_title : NULL);
    value_set_time(arena, view, "at", review->created_at);
    value_set(arena, view, "text", value_null());
    value_set_list(arena, view, "pictures");
    value_set(arena, view, "follow", value_null());
    value_set(arena, view, "reply", value_null());
    if (!is_hidden)
        set_words(ctx, view, review);
    value_set_int(arena, view, "votes", review->votes);
    value_set_bool(arena, view, "can_vote", review_can_vote(review));
    value_set_bool(arena, view, "is_hidden", is_hidden);
    value_set_text(arena, view, "hidden_reason",
                   is_hidden ? review_reason_names[review->hidden_reason - 1] : NULL);
    value_set_bool(arena, view, "is_counted", review->hidden_reason != REVIEW_FABRICATED);
    return view;
}

err review_product_view(struct ctx *ctx, const struct product *product, struct value *view)
{
    struct review_figures figures;
    struct review_query query = {.product_id = product->id, .sort = REVIEW_USEFUL, .limit = ON_PRODUCT_PAGE};
    struct review *reviews;
    size_t count = 0;
    TRY(review_figures_many(ctx, &product->id, 1, &figures));
    struct value *tree = review_figures_view(ctx, view, "reviews", &figures);
    struct value *items = value_set_list(ctx->arena, tree, "items");
    value_set_text(ctx->arena, tree, "url",
                   arena_format(ctx->arena, "/products/%s/reviews", product->handle));
    if (review_count(&figures) + figures.hidden == 0)
        return NULL;
    TRY(review_list(ctx, &query, &reviews, &count));
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, items, *review_view(ctx, &reviews[i]));
    return NULL;
}
