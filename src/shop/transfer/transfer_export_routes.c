/* transfer_export_routes.c - every list of the back office as CSV or XLSX, narrowed as its page is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_routes.h"

#include "base/clock.h"
#include "shop/staff/staff.h"
#include "shop/transfer/transfer_export.h"

/* Who may see buyers whole; the others get them masked. */
#define PERSONAL_SCOPE "orders.personal"
#define AMOUNT_LIMIT INT64_C(9000000000000)

static const char *const formats[] = {"csv", "xlsx", NULL};
static const char *const stocks[] = {
    [STOCK_ANY] = "all", [STOCK_IN] = "in", [STOCK_LOW] = "low", [STOCK_OUT] = "out", NULL};
static const char *const statuses[] = {"all", "draft", "active", "archived", NULL};
static const char *const stages[] = {
    "all",       "pending_payment", "to_ship",   "partially_shipped", "shipped",
    "completed", "closed",          "refunding", "refunded",          NULL};
static const char *const payments[] = {"all", "unpaid", "paid", "partially_refunded", "refunded", NULL};
static const enum payment_status payment_of[] = {0, PAYMENT_UNPAID, PAYMENT_PAID, PAYMENT_PARTIALLY_REFUNDED,
                                                 PAYMENT_REFUNDED};
static const char *const kinds[] = {"all", "physical", "digital", NULL};
static const enum product_kind kind_of[] = {0, PRODUCT_PHYSICAL, PRODUCT_DIGITAL};
static const char *const shows[] = {"all", "unused", "alike", NULL};
static const char *const deck_filters[] = {"all", "low", "short", "expired", NULL};

static const char *const review_states[] = {[REVIEW_ANY] = "all",
                                            [REVIEW_UNANSWERED] = "unanswered",
                                            [REVIEW_IS_REPORTED] = "reported",
                                            [REVIEW_IS_HIDDEN] = "hidden",
                                            NULL};
static const char *const message_states[] = {"all", "queued", "sent", "failed", "given-up", NULL};

struct export_form {
    int format;
    int status;
    int stock;
    int64_t category_id;
    const char *q;
    int stage;
    int payment;
    int kind;
    int64_t total_min;
    int64_t total_max;
    const char *from;
    const char *to;
    int show;
    int decks;
    const char *kind_name;
    int64_t staff_id;
    const char *about;
    int state;
    int64_t stars;
    int64_t product_id;
};

#define FORMAT_FIELD                                                                                         \
    {                                                                                                        \
        .name = "format", .kind = FIELD_CHOICE, .offset = offsetof(struct export_form, format),              \
        .choices = formats, .help = "csv (UTF-8) or xlsx"                                                    \
    }
#define WORD_FIELD(words)                                                                                    \
    {                                                                                                        \
        .name = "q", .kind = FIELD_TEXT, .offset = offsetof(struct export_form, q), .maximum = 120,          \
        .help = (words)                                                                                      \
    }

static const struct field product_fields[] = {
    FORMAT_FIELD,
    WORD_FIELD("A SKU, or the beginning of a title"),
    {.name = "status",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, status),
     .choices = statuses,
     .help = "Only products of this status"},
    {.name = "stock",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, stock),
     .choices = stocks,
     .help = "Only products with stock (in), little (low) or none (out), of all categories"},
    {.name = "category",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, category_id),
     .help = "Only products of this category"},
    {0},
};

static const struct field order_fields[] = {
    FORMAT_FIELD,
    WORD_FIELD("Order number or its last four to ten digits, phone number or e-mail address"),
    {.name = "stage",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, stage),
     .choices = stages,
     .help = "Only orders of this stage"},
    {.name = "payment",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, payment),
     .choices = payments,
     .help = "Only orders whose payment is so"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, kind),
     .choices = kinds,
     .help = "Only orders that hold goods of this kind"},
    {.name = "min",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct export_form, total_min),
     .maximum = AMOUNT_LIMIT,
     .help = "Of this amount or more"},
    {.name = "max",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct export_form, total_max),
     .maximum = AMOUNT_LIMIT,
     .help = "Of this amount or less"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, from),
     .maximum = 10,
     .help = "Placed on this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, to),
     .maximum = 10,
     .help = "Placed on this day or earlier"},
    {0},
};

static const struct field media_fields[] = {
    FORMAT_FIELD,
    WORD_FIELD("The beginning of a file name"),
    {.name = "show",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, show),
     .choices = shows,
     .help = "alike = those that look like an older one"},
    {0},
};

static const struct field deck_fields[] = {
    FORMAT_FIELD,
    {.name = "filter",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, decks),
     .choices = deck_filters,
     .help = "low = at its threshold, short = owes codes, expired = has codes that expired unsold"},
    {0},
};

static const struct field plain_fields[] = {FORMAT_FIELD, {0}};
static const struct field audit_fields[] = {
    FORMAT_FIELD,
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, kind_name),
     .maximum = 30,
     .help = "Only acts of this kind"},
    {.name = "who",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, staff_id),
     .help = "Only acts of this person"},
    {.name = "about",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, about),
     .maximum = 60,
     .help = "Only what was done to one thing"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, from),
     .maximum = 10,
     .help = "On this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, to),
     .maximum = 10,
     .help = "On this day or earlier"},
    {0},
};
static const struct field tag_fields[] = {FORMAT_FIELD, WORD_FIELD("The beginning of a name"), {0}};

static const struct field review_fields[] = {
    FORMAT_FIELD,
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = review_states,
     .help = "unanswered, reported or hidden ones"},
    {.name = "stars",
     .kind = FIELD_INT,
     .offset = offsetof(struct export_form, stars),
     .maximum = REVIEW_STARS,
     .help = "Only these stars; 0 = any"},
    {.name = "product",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, product_id),
     .help = "Only of this product"},
    {0},
};
static const struct field message_fields[] = {
    FORMAT_FIELD,
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = message_states,
     .help = "Only messages in this state"},
    {0},
};

static err next_piece(struct req *req, void *arg, struct text_buf *out, bool *more)
{
    return export_next(&req->ctx, arg, out, more);
}

static err answer(struct req *req, enum export_kind kind, const char *name,
                  const struct export_filter *filter)
{
    const struct export_form *form = req->form;
    enum sheet_format format = form->format == 1 ? SHEET_XLSX : SHEET_CSV;
    struct ctx *ctx = &req->ctx;
    struct export *export;
    TRY(export_open(ctx, kind, filter, format, &export));
    const char *day = clock_format(ctx->arena, ctx->now, ctx->shop->utc_offset, "%Y%m%d-%H%M");
    err failure = reply_download(
        req,
        format == SHEET_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                             : "text/csv; charset=utf-8",
        arena_format(ctx->arena, "%s-%s-%s.%s", ctx->shop->handle, name, day, formats[form->format]),
        next_piece, export);
    export_close(export);
    return failure;
}

static err export_products(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {
        .q = form->q,
        .stock = form->q[0] ? STOCK_ANY : (enum stock_level)form->stock,
        .products = {.status = (enum product_status)form->status, .category_id = form->category_id}};
    return answer(req, EXPORT_PRODUCTS, "products", &filter);
}

static err read_day(struct ctx *ctx, const char *field, const char *day, int64_t *at)
{
    if (day[0] && !clock_parse_day(day, ctx->shop->utc_offset, at))
        return fail_field(ctx, field, "not-a-date", "a day is written as 2026-05-01");
    return NULL;
}

static err export_orders(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = form->q,
                                   .stage = (enum order_stage)form->stage,
                                   .payment = payment_of[form->payment],
                                   .kind = kind_of[form->kind],
                                   .total_min = form->total_min,
                                   .total_max = form->total_max,
                                   .shows_personal = staff_may(req->visitor, PERSONAL_SCOPE)};
    TRY(read_day(&req->ctx, "from", form->from, &filter.since));
    TRY(read_day(&req->ctx, "to", form->to, &filter.until));
    filter.until += filter.until ? DAY_MS : 0;
    return answer(req, EXPORT_ORDERS, "orders", &filter);
}

static err export_media(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {
        .q = "", .media = {.filter = (enum picture_filter)form->show, .name_prefix = form->q}};
    return answer(req, EXPORT_MEDIA, "pictures", &filter);
}

static err export_categories(struct req *req)
{
    return answer(req, EXPORT_CATEGORIES, "categories", &(struct export_filter){.q = ""});
}

static err export_tags(struct req *req)
{
    const struct export_form *form = req->form;
    return answer(req, EXPORT_TAGS, "tags", &(struct export_filter){.q = form->q});
}

static err export_audit(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "",
                                   .audit = {.kind = form->kind_name[0] ? form->kind_name : NULL,
                                             .staff_id = form->staff_id,
                                             .subject = form->about}};
    TRY(read_day(&req->ctx, "from", form->from, &filter.audit.since));
    TRY(read_day(&req->ctx, "to", form->to, &filter.audit.until));
    filter.audit.until += filter.audit.until ? DAY_MS : 0;
    return answer(req, EXPORT_AUDIT, "audit", &filter);
}

static err export_decks(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "", .decks = (enum deck_filter)form->decks};
    return answer(req, EXPORT_DECKS, "codes", &filter);
}

static err export_imports(struct req *req)
{
    return answer(req, EXPORT_IMPORTS, "imports", &(struct export_filter){.q = ""});
}

static err export_reviews(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "",
                                   .reviews = {.state = (enum review_state)form->state,
                                               .stars = form->stars,
                                               .product_id = form->product_id}};
    return answer(req, EXPORT_REVIEWS, "reviews", &filter);
}

static err export_messages(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "", .messages = {.state = (enum message_state)form->state}};
    return answer(req, EXPORT_MESSAGES, "messages", &filter);
}

#define EXPORT_ROUTE(at, run, needed, declared, words)                                                       \
    {                                                                                                        \
        .method = GET, .path = (at), .handler = (run), .guard = STAFF, .scope = (needed),                    \
        .fields = (declared), .form_size = sizeof(struct export_form), .summary = (words)                    \
    }

const struct route transfer_export_routes[] = {
    EXPORT_ROUTE("/admin/products/export", export_products, "products.read", product_fields,
                 "Products as a table, one row a variant"),
    EXPORT_ROUTE("/admin/orders/export", export_orders, "orders.read", order_fields,
                 "Orders as a table; buyers are masked without the right to see them"),
    EXPORT_ROUTE("/admin/media/export", export_media, "products.read", media_fields, "Pictures as a table"),
    EXPORT_ROUTE("/admin/categories/export", export_categories, "products.read", plain_fields,
                 "Categories as a table"),
    EXPORT_ROUTE("/admin/tags/export", export_tags, "products.read", tag_fields, "Tags as a table"),
    EXPORT_ROUTE("/admin/audit/export", export_audit, "staff.manage", audit_fields,
                 "Who did what, as a table"),
    EXPORT_ROUTE("/admin/codes/export", export_decks, "products.read", deck_fields,
                 "Decks of codes as a table: their numbers, and no code"),
    EXPORT_ROUTE("/admin/products/imports/export", export_imports, "products.read", plain_fields,
                 "Imports with what they did, as a table"),
    EXPORT_ROUTE("/admin/reviews/export", export_reviews, "reviews.read", review_fields,
                 "Reviews with what was answered, as a table"),
    EXPORT_ROUTE("/admin/messages/export", export_messages, "orders.read", message_fields,
                 "Messages with what became of them, as a table; addresses are masked"),
    {0},
};
