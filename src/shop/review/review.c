/* review.c - writing a review and adding to it: what a buyer may do, proved by the order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/review/review.h"

#include "base/text.h"
#include "shop/media/media.h"
#include "shop/review/review_parts.h"

/* From so many characters on a review says more than that all is well. */
#define LONG_BODY 30

int64_t review_weight(const char *body, const char *follow_body)
{
    size_t length = utf8_length(body, strlen(body));
    int64_t weight = length == 0 ? 0 : length < LONG_BODY ? 1 : 2;
    return weight + (follow_body[0] ? 1 : 0);
}

bool review_may_write(const struct order *order, const struct order_line *line)
{
    return order->paid > 0 && line->fulfilled > 0;
}

bool review_may_follow(const struct ctx *ctx, const struct review *review)
{
    return review->followed_at == 0 && ctx->now <= review->created_at + REVIEW_FOLLOW_MS;
}

/* Two characters of a name may be the whole name: only the first is shown. */
const char *review_author(struct ctx *ctx, const struct order *order)
{
    const char *name = order->address.name;
    if (name && name[0])
        return arena_format(ctx->arena, "%.*s**", (int)utf8_prefix(name, strlen(name), 1), name);
    const char *contact = order->contact.email[0] ? order->contact.email : order->contact.phone;
    const char *domain = strchr(contact, '@');
    size_t length = domain ? (size_t)(domain - contact) : strlen(contact);
    if (length < 3)
        return "***";
    size_t first = utf8_prefix(contact, length, 1);
    size_t most = utf8_prefix(contact, length, utf8_length(contact, length) - 1);
    return arena_format(ctx->arena, "%.*s***%.*s", (int)first, contact, (int)(length - most), contact + most);
}

static err check_text(struct ctx *ctx, const char *text, bool is_required)
{
    if (is_required && text_is_blank(text))
        return fail_field(ctx, "text", "required", "write something");
    if (utf8_length(text, strlen(text)) > REVIEW_BODY_LIMIT)
        return fail_field(ctx, "text", "too-long", "at most 1000 characters");
    if (text_has_control(text, strlen(text)))
        return fail_field(ctx, "text", "bad-characters", "holds characters that are not allowed");
    return NULL;
}

struct writing {
    const struct order *order;
    const struct order_line *line;
    const struct review_draft *draft;
    const char *author;
    const char *pictures;
    struct review review;
};

static err find_by_line(struct ctx *ctx, int64_t order_id, int64_t line_no, struct review **review)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, REVIEW_COLUMNS " AND v.order_id = $2 AND v.line_no = $3", db_int(ctx->shop->id),
                 db_int(order_id), db_int(line_no)));
    review_take(ctx, rows, review, &count);
    *review = count ? *review : NULL;
    return NULL;
}

static bool is_same(const struct review *review, const struct writing *writing)
{
    return review->stars == writing->draft->stars && text_is(review->body, writing->draft->body) &&
           text_is(review->author, writing->author) && text_is(review->pictures, writing->pictures);
}

static err insert(struct ctx *ctx, const struct review *review)
{
    return db_execute(ctx,
                      "INSERT INTO reviews (shop_id, id, product_id, order_id, line_no, variant_title, stars,"
                      " body, author, created_at, weight, pictures)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                      db_int(ctx->shop->id), db_int(review->id), db_int(review->product_id),
                      db_int(review->order_id), db_int(review->line_no), db_text(review->variant_title),
                      db_int(review->stars), db_text(review->body), db_text(review->author),
                      db_int(review->created_at), db_int(review->weight), db_text(review->pictures));
}

/* The first review of a product makes its row. */
static err count_new(struct ctx *ctx, const struct review *review)
{
    int64_t is[REVIEW_STARS] = {0};
    is[review->stars - 1] = 1;
    return db_execute(
        ctx,
        "INSERT INTO product_reviews (shop_id, product_id, stars_1, stars_2, stars_3, stars_4, stars_5,"
        " worded, hidden) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)"
        " ON CONFLICT (shop_id, product_id) DO UPDATE SET"
        " stars_1 = product_reviews.stars_1 + excluded.stars_1,"
        " stars_2 = product_reviews.stars_2 + excluded.stars_2,"
        " stars_3 = product_reviews.stars_3 + excluded.stars_3,"
        " stars_4 = product_reviews.stars_4 + excluded.stars_4,"
        " stars_5 = product_reviews.stars_5 + excluded.stars_5,"
        " worded = product_reviews.worded + excluded.worded",
        db_int(ctx->shop->id), db_int(review->product_id), db_int(is[0]), db_int(is[1]), db_int(is[2]),
        db_int(is[3]), db_int(is[4]), db_int(review->weight > 0));
}

/* One that just left the library, because another review that brought it too was refused, is uploaded again.
 */
static err use_pictures(struct ctx *ctx, const struct review *review, const struct review_draft *draft)
{
    const struct picture *found[REVIEW_PICTURES];
    TRY(picture_load_many(ctx, draft->picture_ids, draft->picture_count, found));
    for (size_t i = 0; i < draft->picture_count; i++)
        if (!found[i])
            return fail_with(ctx, ERR_UNAVAILABLE, "a picture is gone");
    return picture_uses_set(ctx, PICTURE_OF_REVIEW, review->id, draft->picture_ids, draft->picture_count);
}

static err write_in_transaction(struct ctx *ctx, void *arg)
{
    struct writing *writing = arg;
    struct review *there;
    TRY(find_by_line(ctx, writing->order->id, writing->line->line_no, &there));
    if (there)
        return fail_with(ctx, ERR_DUPLICATE, "this line has a review");
    writing->review = (struct review){.id = id_new(ctx),
                                      .product_id = writing->line->product_id,
                                      .order_id = writing->order->id,
                                      .line_no = writing->line->line_no,
                                      .variant_title = writing->line->variant_title,
                                      .stars = writing->draft->stars,
                                      .body = writing->draft->body,
                                      .author = writing->author,
                                      .created_at = ctx->now,
                                      .pictures = writing->pictures,
                                      .follow_body = "",
                                      .weight = review_weight(writing->draft->body, "")};
    TRY(insert(ctx, &writing->review));
    if (writing->draft->picture_count > 0)
        TRY(use_pictures(ctx, &writing->review, writing->draft));
    TRY(count_new(ctx, &writing->review));
    return review_emit(ctx, "review.written", writing->review.product_id, writing->review.id);
}

err review_check_draft(struct ctx *ctx, const struct order *order, const struct review_draft *draft)
{
    const struct order_line *line = order_find_line(order, draft->line_no);
    if (!line)
        return fail_with(ctx, ERR_NOT_FOUND, "the order has no such line");
    if (draft->stars < 1 || draft->stars > REVIEW_STARS)
        return fail_field(ctx, "stars", "required", "1 to 5 stars");
    TRY(check_text(ctx, draft->body, false));
    if (draft->picture_count > REVIEW_PICTURES)
        return fail_field(ctx, "pictures", "too-many-pictures", "at most 9 pictures");
    if (!review_may_write(order, line))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "reviews are of what was paid and handed out");
    return NULL;
}

/* Each once, in the order in which they came. */
static const char *join_pictures(struct ctx *ctx, const struct review_draft *draft)
{
    const char *joined = "";
    for (size_t i = 0; i < draft->picture_count; i++)
        if (!strstr(joined, draft->picture_ids[i]))
            joined = arena_format(ctx->arena, "%s%s%s", joined, joined[0] ? " " : "", draft->picture_ids[i]);
    return joined;
}

err review_write(struct ctx *ctx, const struct order *order, const struct review_draft *draft,
                 const struct review **review)
{
    struct writing writing = {.order = order, .line = order_find_line(order, draft->line_no), .draft = draft};
    TRY(review_check_draft(ctx, order, draft));
    writing.pictures = join_pictures(ctx, draft);
    writing.author = draft->is_named ? review_author(ctx, order) : "";
    err failure = db_transact(ctx, write_in_transaction, &writing);
    if (failure && failure->code == ERR_DUPLICATE) {
        struct review *there;
        TRY(find_by_line(ctx, order->id, draft->line_no, &there));
        if (!there || !is_same(there, &writing))
            return failure;
        *review = there;
        return NULL;
    }
    if (failure)
        return failure;
    struct review *made = arena_alloc(ctx->arena, sizeof *made);
    *made = writing.review;
    *review = made;
    return NULL;
}

/* ---- adding to it ---- */

struct addition {
    int64_t order_id;
    int64_t line_no;
    const char *body;
};

static err follow_in_transaction(struct ctx *ctx, void *arg)
{
    const struct addition *addition = arg;
    struct review *review;
    TRY(find_by_line(ctx, addition->order_id, addition->line_no, &review));
    if (!review)
        return fail_with(ctx, ERR_NOT_FOUND, "this line has no review");
    if (review->followed_at && text_is(review->follow_body, addition->body))
        return NULL;
    if (review->followed_at)
        return fail_with(ctx, ERR_DUPLICATE, "something was added before");
    if (!review_may_follow(ctx, review))
        return fail_with(ctx, ERR_GONE, "reviews can be added to for 180 days");
    bool is_hidden = review->hidden_reason != REVIEW_NO_REASON;
    int64_t weight = is_hidden ? 0 : review_weight(review->body, addition->body);
    TRY(db_expect(ctx, 1, ERR_DUPLICATE, "something was added before",
                  "UPDATE reviews SET follow_body = $3, followed_at = $4, weight = $5"
                  " WHERE shop_id = $1 AND id = $2 AND followed_at IS NULL AND hidden_reason = $6",
                  db_int(ctx->shop->id), db_int(review->id), db_text(addition->body), db_int(ctx->now),
                  db_int(weight), db_int(review->hidden_reason)));
    struct review_change change = {.product_id = review->product_id,
                                   .stars = review->stars,
                                   .worded = review->weight == 0 && weight > 0};
    TRY(review_figures_change(ctx, &change));
    return review_emit(ctx, "review.followed", review->product_id, review->id);
}

err review_follow(struct ctx *ctx, const struct order *order, int64_t line_no, const char *body)
{
    struct addition addition = {.order_id = order->id, .line_no = line_no, .body = body};
    TRY(check_text(ctx, body, true));
    return db_transact(ctx, follow_in_transaction, &addition);
}
