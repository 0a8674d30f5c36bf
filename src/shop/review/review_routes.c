/* review_routes.c - all reviews of a product, and the page of an order on which its buyer writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/review/review_routes.h"

#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/review/review.h"
#include <inttypes.h>

#define ROWS 10
/* What the page may be out of date at a CDN, in seconds; here it is dropped at once. */
#define CACHE_SECONDS 60
#define LINE_LIMIT 10000

/* ---- all reviews of a product ---- */

/* The number of stars stands at its place. */
static const char *const shown[] = {"all", "1", "2", "3", "4", "5", "text", NULL};
enum { SHOW_ALL = 0, SHOW_WORDED = 6 };
static const char *const sorts[] = {[REVIEW_USEFUL] = "useful", [REVIEW_NEWEST] = "newest", NULL};

struct list_form {
    const char *handle;
    int show;
    int sort;
    const char *cursor;
    int64_t voted;
};

static const struct field list_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, handle),
     .is_required = true,
     .maximum = 120,
     .help = "Handle of the product"},
    {.name = "show",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, show),
     .choices = shown,
     .help = "all, text (only those with something to read), or a number of stars"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = sorts,
     .help = "useful (what most found so, then those with most to read; not with stars) or newest"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = 60,
     .help = "next_cursor of the page before"},
    {.name = "voted",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, voted),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "For pages: how many find the review useful that was just voted for"},
    {0},
};

static bool has_stars(int show)
{
    return show > SHOW_ALL && show < SHOW_WORDED;
}

static const char *list_address(struct ctx *ctx, const struct product *product, int show, int sort,
                                const char *cursor)
{
    struct text_buf url;
    text_open(&url, ctx->arena, 1024);
    text_add_format(&url, "/products/%s/reviews", product->handle);
    char mark = '?';
    if (show != SHOW_ALL) {
        text_add_format(&url, "%cshow=%s", mark, shown[show]);
        mark = '&';
    }
    if (sort != REVIEW_USEFUL && !has_stars(show)) {
        text_add_format(&url, "%csort=%s", mark, sorts[sort]);
        mark = '&';
    }
    if (cursor)
        text_add_format(&url, "%ccursor=%s", mark, cursor);
    return text_of(&url);
}

static int64_t count_shown(const struct review_figures *figures, int show)
{
    if (has_stars(show))
        return figures->stars[show - 1];
    return show == SHOW_WORDED ? figures->worded : review_count(figures);
}

/* All, those with words, then from five stars down. */
static void add_choices(struct ctx *ctx, struct value *view, const struct product *product,
                        const struct list_form *form, const struct review_figures *figures)
{
    static const int order[] = {SHOW_ALL, SHOW_WORDED, 5, 4, 3, 2, 1};
    struct value *choices = value_set_list(ctx->arena, view, "choices");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct value *choice = value_add(ctx->arena, choices, *value_object(ctx->arena));
        value_set_text(ctx->arena, choice, "show", shown[order[i]]);
        value_set_int(ctx->arena, choice, "count", count_shown(figures, order[i]));
        value_set_text(ctx->arena, choice, "url", list_address(ctx, product, order[i], form->sort, NULL));
        value_set_bool(ctx->arena, choice, "is_current", order[i] == form->show);
    }
    struct value *ways = value_set_list(ctx->arena, view, "sorts");
    for (int i = 0; sorts[i] && !has_stars(form->show); i++) {
        struct value *way = value_add(ctx->arena, ways, *value_object(ctx->arena));
        value_set_text(ctx->arena, way, "name", sorts[i]);
        value_set_text(ctx->arena, way, "url", list_address(ctx, product, form->show, i, NULL));
        value_set_bool(ctx->arena, way, "is_current", i == form->sort);
    }
}

static void add_product(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct value *tree = value_set_object(ctx->arena, view, "product");
    value_set_text(ctx->arena, tree, "handle", product->handle);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_text(ctx->arena, tree, "url", arena_format(ctx->arena, "/products/%s", product->handle));
    picture_set_view(ctx, tree, "picture", product->picture_id, product->title);
    picture_set_focus(ctx, tree, "picture", product->picture_focus_x, product->picture_focus_y);
}

static err add_page(struct ctx *ctx, struct value *view, struct value *tree, const struct product *product,
                    const struct list_form *form)
{
    struct review_query query = {.product_id = product->id,
                                 .stars = has_stars(form->show) ? form->show : 0,
                                 .is_worded = form->show == SHOW_WORDED,
                                 .sort = (enum review_sort)form->sort,
                                 .cursor = form->cursor,
                                 .limit = ROWS + 1};
    struct review *reviews;
    size_t count;
    TRY(review_list(ctx, &query, &reviews, &count));
    struct value *items = value_set_list(ctx->arena, tree, "items");
    for (size_t i = 0; i < count && i < ROWS; i++)
        value_add(ctx->arena, items, *review_view(ctx, &reviews[i]));
    const char *next = count > ROWS ? review_cursor(ctx, &reviews[ROWS - 1]) : NULL;
    value_set_text(ctx->arena, view, "next_cursor", next);
    value_set_text(ctx->arena, view, "next_url",
                   next ? list_address(ctx, product, form->show, form->sort, next) : NULL);
    value_set_text(ctx->arena, view, "first_url",
                   form->cursor[0] ? list_address(ctx, product, form->show, form->sort, NULL) : NULL);
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct product *product;
    struct review_figures figures;
    TRY(product_find_by_handle(ctx, form->handle, &product));
    if (!product || product->status == PRODUCT_DRAFT)
        return fail_with(ctx, ERR_NOT_FOUND, "no such product");
    if (product->status == PRODUCT_ARCHIVED)
        return fail_with(ctx, ERR_GONE, "this product is no longer offered");
    TRY(review_figures_many(ctx, &product->id, 1, &figures));
    struct value *view = value_object(ctx->arena);
    add_product(ctx, view, product);
    struct value *tree = review_figures_view(ctx, view, "reviews", &figures);
    value_set_text(ctx->arena, view, "show", shown[form->show]);
    value_set_text(ctx->arena, view, "sort", sorts[has_stars(form->show) ? REVIEW_NEWEST : form->sort]);
    value_set_int(ctx->arena, view, "voted", form->voted);
    add_choices(ctx, view, product, form, &figures);
    TRY(add_page(ctx, view, tree, product, form));
    if (req->face == FACE_HTML) {
        reply_cacheable(req, CACHE_SECONDS);
        reply_tag(req, "shop:%" PRId64, ctx->shop->id);
        reply_tag(req, "product:%" PRId64, product->id);
    }
    return reply_view(req, "reviews", view);
}

/* ---- the buyer ---- */

struct write_form {
    const char *number;
    const char *token;
    int64_t line_no;
    int64_t stars;
    const char *text;
    bool is_named;
    struct upload_list pictures;
    const char *notice;
};

#define ORDER_FIELDS                                                                                         \
    {.name = "number",                                                                                       \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct write_form, number),                                                          \
     .is_required = true,                                                                                    \
     .maximum = 20,                                                                                          \
     .help = "Order number"},                                                                                \
    {                                                                                                        \
        .name = "token", .kind = FIELD_TEXT, .offset = offsetof(struct write_form, token),                   \
        .is_required = true, .maximum = 64, .help = "Token of the order"                                     \
    }

#define LINE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "line_no", .kind = FIELD_INT, .offset = offsetof(struct write_form, line_no),                \
        .is_required = true, .minimum = 1, .maximum = LINE_LIMIT, .help = "Line of the order"                \
    }

static const struct field show_fields[] = {
    ORDER_FIELDS,
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct write_form, notice),
     .maximum = 20,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field write_fields[] = {
    ORDER_FIELDS,
    LINE_FIELD,
    {.name = "stars",
     .kind = FIELD_INT,
     .offset = offsetof(struct write_form, stars),
     .is_required = true,
     .minimum = 1,
     .maximum = REVIEW_STARS,
     .help = "1 to 5"},
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct write_form, text),
     .maximum = REVIEW_BODY_LIMIT,
     .help = "What the buyer has to say; may be left out"},
    {.name = "is_named",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct write_form, is_named),
     .help = "Show the first character of the buyer's name; else nobody is named"},
    {.name = "pictures",
     .kind = FIELD_FILE,
     .offset = offsetof(struct write_form, pictures),
     .is_many = true,
     .maximum = REVIEW_PICTURE_BYTES,
     .limit = offsetof(struct config, review_picture_limit),
     .help = "Up to 9 pictures of what was bought"},
    {0},
};

static const struct field follow_fields[] = {
    ORDER_FIELDS,
    LINE_FIELD,
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct write_form, text),
     .is_required = true,
     .maximum = REVIEW_BODY_LIMIT,
     .help = "What is added, once"},
    {0},
};

static err load(struct req *req, struct order **order)
{
    const struct write_form *form = req->form;
    return order_load_for_buyer(&req->ctx, form->number, form->token, order);
}

static const struct review *review_of_line(const struct review *reviews, size_t count, int64_t line_no)
{
    for (size_t i = 0; i < count; i++)
        if (reviews[i].line_no == line_no)
            return &reviews[i];
    return NULL;
}

static void add_line(struct ctx *ctx, struct value *lines, const struct order *order,
                     const struct order_line *line, const struct review *review)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, lines, *value_object(arena));
    value_set_int(arena, view, "line_no", line->line_no);
    value_set_text(arena, view, "product_title", line->product_title);
    value_set_text(arena, view, "variant_title", line->variant_title);
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", line->handle));
    picture_set_view(ctx, view, "picture", line->picture_id, line->product_title);
    value_set_bool(arena, view, "can_review", !review && review_may_write(order, line));
    value_set(arena, view, "review", review ? *review_view(ctx, review) : value_null());
    value_set_bool(arena, view, "can_follow", review && review_may_follow(ctx, review));
    value_set_time(arena, view, "follow_until", review ? review->created_at + REVIEW_FOLLOW_MS : 0);
}

static err order_reviews_view(struct ctx *ctx, const struct order *order, struct value **view)
{
    struct arena *arena = ctx->arena;
    struct review *reviews;
    size_t count;
    TRY(review_list_order(ctx, order->id, &reviews, &count));
    *view = value_object(arena);
    struct value *tree = value_set_object(arena, *view, "order");
    value_set_text(arena, tree, "number", order->number);
    value_set_text(arena, tree, "token", order->token);
    value_set_text(arena, tree, "author", review_author(ctx, order));
    struct value *lines = value_set_list(arena, *view, "lines");
    for (size_t i = 0; i < order->line_count; i++)
        add_line(ctx, lines, order, &order->lines[i],
                 review_of_line(reviews, count, order->lines[i].line_no));
    return NULL;
}

static err show(struct req *req)
{
    const struct write_form *form = req->form;
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_reviews_view(&req->ctx, order, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "order_reviews", view);
}

/* The form of a refused review has no member notice filled. */
static err show_again(struct req *req)
{
    struct order *order;
    struct value *view;
    TRY(load(req, &order));
    TRY(order_reviews_view(&req->ctx, order, &view));
    return reply_view(req, "order_reviews", view);
}

static err done(struct req *req, const struct order *order, int64_t line_no, int status, const char *notice)
{
    struct value *view;
    TRY(order_reviews_view(&req->ctx, order, &view));
    return reply_done(req, status, view, "/orders/%s/reviews?token=%s&notice=%s#line-%" PRId64, order->number,
                      order->token, notice, line_no);
}

/* What was taken for a review that is refused after all leaves the library again; what was there before, or
 * is shown by now, stays. */
static void drop_pictures(struct ctx *ctx, const struct picture *const *pictures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        err failure = pictures[i]->created_at >= ctx->now ? picture_remove(ctx, pictures[i]->id) : NULL;
        if (failure && failure->code != ERR_CONFLICT && failure->code != ERR_NOT_FOUND)
            log_warning(ctx, "picture stays unused", "picture=%s", pictures[i]->id);
    }
}

static err store_pictures(struct ctx *ctx, const struct upload_list *uploads, const struct picture **pictures,
                          size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < uploads->count; i++) {
        const struct media_source source = {.path = uploads->items[i].path,
                                            .file_name = uploads->items[i].file_name};
        if (uploads->items[i].size == 0)
            continue;
        TRY(picture_store(ctx, &source, &pictures[*count]));
        (*count)++;
    }
    return NULL;
}

/* Browsers send an empty file where none was chosen. */
static size_t count_files(const struct upload_list *uploads)
{
    size_t count = 0;
    for (size_t i = 0; i < uploads->count; i++)
        count += uploads->items[i].size > 0;
    return count;
}

static err write_with_pictures(struct ctx *ctx, const struct order *order, struct review_draft draft,
                               const struct upload_list *uploads, const struct review **review)
{
    const struct picture *pictures[REVIEW_PICTURES];
    const char *ids[REVIEW_PICTURES];
    size_t count;
    draft.picture_count = count_files(uploads);
    TRY(review_check_draft(ctx, order, &draft));
    err failure = store_pictures(ctx, uploads, pictures, &count);
    for (size_t i = 0; i < count; i++)
        ids[i] = pictures[i]->id;
    draft.picture_ids = ids;
    draft.picture_count = count;
    if (!failure)
        failure = review_write(ctx, order, &draft, review);
    if (failure)
        drop_pictures(ctx, pictures, count);
    return failure;
}

/* A line that has its review takes no more pictures: the same click once more brings those that are there. */
static err write_again(struct ctx *ctx, const struct order *order, struct review_draft draft,
                       const struct review *there, const struct review **review)
{
    const char *ids[REVIEW_PICTURES];
    draft.picture_count = review_picture_ids(ctx, there, ids);
    draft.picture_ids = ids;
    return review_write(ctx, order, &draft, review);
}

static err write(struct req *req)
{
    const struct write_form *form = req->form;
    struct review_draft draft = {
        .line_no = form->line_no, .stars = form->stars, .body = form->text, .is_named = form->is_named};
    struct order *order;
    struct review *reviews;
    const struct review *review;
    size_t count;
    TRY(load(req, &order));
    TRY(review_list_order(&req->ctx, order->id, &reviews, &count));
    const struct review *there = review_of_line(reviews, count, form->line_no);
    if (there)
        TRY(write_again(&req->ctx, order, draft, there, &review));
    else
        TRY(write_with_pictures(&req->ctx, order, draft, &form->pictures, &review));
    return done(req, order, form->line_no, 201, "written");
}

static err follow(struct req *req)
{
    const struct write_form *form = req->form;
    struct order *order;
    TRY(load(req, &order));
    TRY(review_follow(&req->ctx, order, form->line_no, form->text));
    return done(req, order, form->line_no, 200, "added");
}

const struct route review_routes[] = {
    {.method = GET,
     .path = "/products/:handle/reviews",
     .handler = list,
     .guard = ANYONE,
     .is_reading = true,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "What buyers say of a product",
     .answer = "reviews"},
    {.method = GET,
     .path = "/orders/:number/reviews",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .fields = show_fields,
     .form_size = sizeof(struct write_form),
     .summary = "The lines of an order and what its buyer said of them",
     .answer = "lines"},
    {.method = POST,
     .path = "/orders/:number/reviews",
     .handler = write,
     .guard = ANYONE,
     .fields = write_fields,
     .form_size = sizeof(struct write_form),
     .again = show_again,
     .summary = "Review a line of a paid order of which something was handed out; once",
     .answer = "lines"},
    {.method = POST,
     .path = "/orders/:number/reviews/:line_no/follow",
     .handler = follow,
     .guard = ANYONE,
     .fields = follow_fields,
     .form_size = sizeof(struct write_form),
     .again = show_again,
     .summary = "Add something to a review; once, within 180 days",
     .answer = "lines"},
    {0},
};
