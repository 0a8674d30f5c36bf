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
enum alarm_state { ALARMS_OPEN, ALARMS_SETTLED, ALARMS_JOBS };
static const char *const alarm_states[] = {
    [ALARMS_OPEN] = "open", [ALARMS_SETTLED] = "settled", [ALARMS_JOBS] = "jobs", NULL};
static const char *const ranges[] = {"7", "30", "90", "365", NULL};
static const int64_t range_days[] = {7, 30, 90, 365};
#define RANGE_USUAL 1
static const char *const message_states[] = {"all", "queued", "sent", "failed", "given-up", NULL};

struct export_form {
    int format;
    int status;
    int stock;
    int64_t category_id;
    const char *q;
    const char *tag_group;
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
    const char *gateway;
    const char *alarm_kind;
    int64_t variant_id;
    int days; /* index in ranges */
    int state;
    int64_t stars;
    int64_t product_id;
    int account;
    int entry_kind;
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
     .choices = order_stage_choices,
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
    {.name = "gateway",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, gateway),
     .maximum = 40,
     .help = "Only orders that were paid through this gateway"},
    {0},
};

#define DAY_FIELDS(words_from, words_to)                                                                     \
    {.name = "from",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct export_form, from),                                                           \
     .maximum = 10,                                                                                          \
     .help = (words_from)},                                                                                  \
    {                                                                                                        \
        .name = "to", .kind = FIELD_TEXT, .offset = offsetof(struct export_form, to), .maximum = 10,         \
        .help = (words_to)                                                                                   \
    }

static const struct field import_fields[] = {
    FORMAT_FIELD,
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = import_state_names,
     .help = "Only imports in this state"},
    DAY_FIELDS("Uploaded on this day or later, as 2026-05-01", "Uploaded on this day or earlier"),
    {0},
};

static const struct field alarm_fields[] = {
    FORMAT_FIELD,
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = alarm_states,
     .help = "open, settled, or jobs: those that gave up"},
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, alarm_kind),
     .maximum = 60,
     .help = "Only alarms of this kind"},
    {0},
};

static const struct field price_fields[] = {
    FORMAT_FIELD,
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "variant",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, variant_id),
     .help = "One of its variants; without it the first"},
    {.name = "days",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, days),
     .choices = ranges,
     .otherwise = RANGE_USUAL,
     .help = "How far back"},
    {0},
};

static const struct field movement_fields[] = {
    FORMAT_FIELD,
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct export_form, variant_id),
     .is_required = true,
     .help = "The variant"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, kind),
     .choices = movement_kind_names,
     .otherwise = -1,
     .help = "Only movements of this kind"},
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
static const struct field tag_fields[] = {
    FORMAT_FIELD,
    WORD_FIELD("The beginning of a name"),
    {.name = "group",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, tag_group),
     .maximum = TAG_GROUP_LENGTH_LIMIT,
     .help = "The name of a group of tags"},
    {0},
};

static const struct field redirect_fields[] = {FORMAT_FIELD, WORD_FIELD("A part of an address"), {0}};

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
    WORD_FIELD("Only what was told about the order of this number"),
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = message_states,
     .help = "Only messages in this state"},
    DAY_FIELDS("Written on this day or later, as 2026-05-01", "Written on this day or earlier"),
    {0},
};

/* Index: enum promotion_phase + 1; and enum discount_kind. */
static const char *const offer_phases[] = {"all",    "draft", "scheduled", "running",
                                           "paused", "ended", "used-up",   NULL};
static const char *const offer_kinds[] = {"all",      "sale",   "pieces", "nth",   "sum",     "coupon",
                                          "shipping", "bundle", "gift",   "addon", "voucher", NULL};
static const struct field promotion_fields[] = {
    FORMAT_FIELD,
    {.name = "phase",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, state),
     .choices = offer_phases,
     .help = "Only offers that are so now"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, kind),
     .choices = offer_kinds,
     .help = "Only offers of this kind"},
    {0},
};

static const struct field ledger_fields[] = {
    FORMAT_FIELD,
    {.name = "account",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, account),
     .choices = ledger_account_names,
     .help = "Only entries that move this account"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct export_form, entry_kind),
     .choices = ledger_kind_names,
     .help = "Only entries of this kind"},
    {.name = "gateway",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct export_form, gateway),
     .maximum = 40,
     .help = "Only money of this gateway"},
    DAY_FIELDS("On this day or later, as 2026-05-01", "On this day or earlier"),
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
    const char *day = clock_format(ctx->arena, ctx->now, ctx->shop->zone, "%Y%m%d-%H%M");
    err failure = reply_download(
        req,
        format == SHEET_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                             : "text/csv; charset=utf-8",
        arena_format(ctx->arena, "%s-%s-%s.%s", ctx->shop->handle, name, day, formats[form->format]),
        next_piece, export);
    export_close(ctx, export);
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
    if (day[0] && !clock_parse_day(day, ctx->shop->zone, at))
        return fail_field(ctx, field, "not-a-date", "a day is written as 2026-05-01");
    return NULL;
}

/* 0 stays 0. */
static int64_t end_of_day(const struct ctx *ctx, int64_t day)
{
    return day ? clock_day_shift(day, 1, ctx->shop->zone) : 0;
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
                                   .gateway = form->gateway,
                                   .sees_accounts = staff_may(req->visitor, "customers.read"),
                                   .shows_personal = staff_may(req->visitor, PERSONAL_SCOPE)};
    TRY(read_day(&req->ctx, "from", form->from, &filter.since));
    TRY(read_day(&req->ctx, "to", form->to, &filter.until));
    filter.until = end_of_day(&req->ctx, filter.until);
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
    return answer(req, EXPORT_TAGS, "tags",
                  &(struct export_filter){.q = form->q, .tag_group = form->tag_group});
}

static err export_redirects(struct req *req)
{
    const struct export_form *form = req->form;
    return answer(req, EXPORT_REDIRECTS, "redirects", &(struct export_filter){.q = form->q});
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
    filter.audit.until = end_of_day(&req->ctx, filter.audit.until);
    return answer(req, EXPORT_AUDIT, "audit", &filter);
}

static err export_decks(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "", .decks = (enum deck_filter)form->decks};
    return answer(req, EXPORT_DECKS, "codes", &filter);
}

/* [since, until) of two days. */
static err read_days(struct ctx *ctx, const struct export_form *form, int64_t *since, int64_t *until)
{
    TRY(read_day(ctx, "from", form->from, since));
    TRY(read_day(ctx, "to", form->to, until));
    *until += *until ? DAY_MS : 0;
    return NULL;
}

static err export_imports(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "", .imports = {.state = (enum import_state)form->state}};
    TRY(read_days(&req->ctx, form, &filter.imports.since, &filter.imports.until));
    return answer(req, EXPORT_IMPORTS, "imports", &filter);
}

static err export_alarms(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "",
                                   .alarms = {.is_settled = form->state == ALARMS_SETTLED,
                                              .kind = form->alarm_kind[0] ? form->alarm_kind : NULL}};
    if (form->state == ALARMS_JOBS)
        return answer(req, EXPORT_JOBS, "jobs", &filter);
    return answer(req, EXPORT_ALARMS, "alarms", &filter);
}

static err export_prices(struct req *req)
{
    const struct export_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct export_filter filter = {.q = ""};
    struct variant *variants;
    size_t count, chosen = 0;
    const struct product *product;
    TRY(product_load(ctx, form->product_id, &product));
    TRY(variant_list(ctx, product->id, &variants, &count));
    while (form->variant_id && chosen < count && variants[chosen].id != form->variant_id)
        chosen++;
    if (chosen >= count)
        return fail_with(ctx, ERR_NOT_FOUND, "no such variant");
    filter.prices = (struct price_change_query){.product_id = form->product_id,
                                                .variant_id = variants[chosen].id,
                                                .since = ctx->now - range_days[form->days] * DAY_MS};
    return answer(req, EXPORT_PRICES, "prices", &filter);
}

static err export_movements(struct req *req)
{
    const struct export_form *form = req->form;
    const struct variant *variant;
    struct export_filter filter = {.q = ""};
    TRY(variant_load(&req->ctx, form->variant_id, &variant));
    filter.movements = (struct movement_query){.variant_id = variant->id,
                                               .kind = (enum movement_kind)(form->kind + 1),
                                               .limit = MOVEMENT_PAGE_LIMIT};
    TRY(read_days(&req->ctx, form, &filter.movements.since, &filter.movements.until));
    return answer(req, EXPORT_MOVEMENTS, "stock", &filter);
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

/* A number that no order has finds nothing. */
static err export_messages(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "", .messages = {.state = (enum message_state)form->state}};
    struct order *order;
    TRY(read_days(&req->ctx, form, &filter.messages.since, &filter.messages.until));
    if (form->q[0]) {
        err failure = order_load_by_number(&req->ctx, form->q, &order);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
        filter.messages.order_id = failure ? -1 : order->id;
    }
    return answer(req, EXPORT_MESSAGES, "messages", &filter);
}

static err export_promotions(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {
        .q = "",
        .promotions = {.has_phase = form->state > 0,
                       .phase = (enum promotion_phase)(form->state > 0 ? form->state - 1 : 0),
                       .kind = (enum discount_kind)form->kind}};
    return answer(req, EXPORT_PROMOTIONS, "offers", &filter);
}

static err export_ledger(struct req *req)
{
    const struct export_form *form = req->form;
    struct export_filter filter = {.q = "",
                                   .ledger = {.account = (enum ledger_account)form->account,
                                              .kind = (enum ledger_kind)form->entry_kind,
                                              .gateway = form->gateway}};
    TRY(read_day(&req->ctx, "from", form->from, &filter.ledger.since));
    TRY(read_day(&req->ctx, "to", form->to, &filter.ledger.until));
    filter.ledger.until = end_of_day(&req->ctx, filter.ledger.until);
    return answer(req, EXPORT_LEDGER, "ledger", &filter);
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
    EXPORT_ROUTE("/admin/redirects/export", export_redirects, "settings.read", redirect_fields,
                 "Redirects as a table of two columns"),
    EXPORT_ROUTE("/admin/audit/export", export_audit, "staff.manage", audit_fields,
                 "Who did what, as a table"),
    EXPORT_ROUTE("/admin/codes/export", export_decks, "products.read", deck_fields,
                 "Decks of codes as a table: their numbers, and no code"),
    EXPORT_ROUTE("/admin/products/imports/export", export_imports, "products.read", import_fields,
                 "Imports with what they did, as a table"),
    EXPORT_ROUTE("/admin/reviews/export", export_reviews, "reviews.read", review_fields,
                 "Reviews with what was answered, as a table"),
    EXPORT_ROUTE("/admin/messages/export", export_messages, "orders.read", message_fields,
                 "Messages with what became of them, as a table; addresses are masked"),
    EXPORT_ROUTE("/admin/alarms/export", export_alarms, "orders.read", alarm_fields,
                 "Alarms, or jobs that gave up, as a table"),
    EXPORT_ROUTE("/admin/promotions/export", export_promotions, "promotions.read", promotion_fields,
                 "Offers with what they gave, as a table"),
    EXPORT_ROUTE("/admin/products/:id/prices/export", export_prices, "products.read", price_fields,
                 "What a variant cost from when on, as a table"),
    EXPORT_ROUTE("/admin/money/ledger/export", export_ledger, "money.read", ledger_fields,
                 "Entries of the ledger as a table"),
    EXPORT_ROUTE("/admin/variants/:id/movements/export", export_movements, "products.read", movement_fields,
                 "Every change of a variant's stock, as a table"),
    {0},
};
