/* backoffice_price_plan_routes.c - prices of a product that begin at a time: listed, planned, changed,
 * cancelled, undone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_plan_view.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define PRICE_MOST INT64_C(9000000000000)
#define SHOWN_LINES 8 /* of a plan in the list */

struct price_row {
    int64_t variant_id;
    int64_t price;         /* 0 = not in the plan */
    int64_t compare_price; /* 0 = not said */
};

struct plan_form {
    int64_t product_id;
    int64_t plan_id;
    int64_t page;
    const char *notice;
    int64_t undo_id;
    const char *starts_at;
    const char *ends_at;
    int compare;
    const char *compare_note;
    int64_t price_all;
    struct field_rows prices;
};

static const struct field row_fields[] = {
    {.name = "variant",
     .kind = FIELD_ID,
     .offset = offsetof(struct price_row, variant_id),
     .is_required = true,
     .help = "A variant of the product"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct price_row, price),
     .maximum = PRICE_MOST,
     .help = "What it costs from then on; 0 or empty = it is not in the plan, or price_all counts"},
    {.name = "compare_price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct price_row, compare_price),
     .maximum = PRICE_MOST,
     .help = "What is struck through beside it, with compare own or explained. Refused as REF_PRICE_UNLAWFUL "
             "above `max`"},
    {0},
};

#define PRODUCT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct plan_form, product_id),                    \
        .is_required = true, .help = "The product"                                                           \
    }
#define PLAN_FIELD                                                                                           \
    {                                                                                                        \
        .name = "plan", .kind = FIELD_ID, .offset = offsetof(struct plan_form, plan_id),                     \
        .is_required = true, .help = "The planned price"                                                     \
    }
#define PAGE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "variants", .kind = FIELD_INT, .offset = offsetof(struct plan_form, page), .minimum = 1,     \
        .maximum = 100, .otherwise = 1, .help = "For pages: which page of the variants"                      \
    }
#define TERMS_FIELDS                                                                                         \
    {.name = "starts_at",                                                                                    \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct plan_form, starts_at),                                                        \
     .maximum = 32,                                                                                          \
     .help = "Local time of the shop: 2026-12-01T00:00"},                                                    \
        {.name = "ends_at",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct plan_form, ends_at),                                                      \
         .maximum = 32,                                                                                      \
         .help = "When the former price comes back; empty = it stays"},                                      \
        {.name = "compare",                                                                                  \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct plan_form, compare),                                                      \
         .choices = plan_compare_names,                                                                      \
         .help = "What stands struck through meanwhile: keep, none, own or explained"},                      \
        {.name = "compare_note",                                                                             \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct plan_form, compare_note),                                                 \
         .maximum = COMPARE_NOTE_LIMIT,                                                                      \
         .help = "What an explained struck price is, for example 厂商建议零售价"},                           \
        {.name = "price_all",                                                                                \
         .kind = FIELD_MONEY,                                                                                \
         .offset = offsetof(struct plan_form, price_all),                                                    \
         .maximum = PRICE_MOST,                                                                              \
         .help = "A price for every variant that `prices` says none of"},                                    \
    {                                                                                                        \
        .name = "prices", .kind = FIELD_ROWS, .offset = offsetof(struct plan_form, prices),                  \
        .maximum = PRODUCT_VARIANT_LIMIT, .rows = row_fields, .row_size = sizeof(struct price_row),          \
        .help = "Prices of single variants"                                                                  \
    }

static const struct field list_fields[] = {PRODUCT_FIELD,
                                           PAGE_FIELD,
                                           {.name = "notice",
                                            .kind = FIELD_TEXT,
                                            .offset = offsetof(struct plan_form, notice),
                                            .maximum = 40,
                                            .help = "For pages: what was just done"},
                                           {.name = "undo",
                                            .kind = FIELD_ID,
                                            .offset = offsetof(struct plan_form, undo_id),
                                            .help = "For pages: which plan that can be undone"},
                                           {0}};
static const struct field create_fields[] = {PRODUCT_FIELD, PAGE_FIELD, TERMS_FIELDS, {0}};
static const struct field plan_fields[] = {PRODUCT_FIELD, PLAN_FIELD, PAGE_FIELD, {0}};
static const struct field change_fields[] = {PRODUCT_FIELD, PLAN_FIELD, PAGE_FIELD, TERMS_FIELDS, {0}};

/* ---- pages ---- */

struct shown {
    const struct product *product;
    struct variant *variants;
    size_t count;
    int64_t page;
};

static err load_shown(struct ctx *ctx, const struct plan_form *form, struct shown *shown)
{
    TRY(product_load(ctx, form->product_id, &shown->product));
    TRY(variant_list(ctx, form->product_id, &shown->variants, &shown->count));
    int64_t pages = ((int64_t)shown->count + PLAN_ROWS - 1) / PLAN_ROWS;
    shown->page = form->page > pages ? pages : form->page;
    shown->page = shown->page < 1 ? 1 : shown->page;
    return NULL;
}

static struct value *head_view(struct req *req, const struct shown *shown)
{
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct value *product = value_set_object(arena, view, "product");
    value_set_id(arena, product, "id", shown->product->id);
    value_set_text(arena, product, "title", shown->product->title);
    value_set_text(arena, product, "status", product_status_name(shown->product->status));
    value_set_bool(arena, view, "can_write", staff_may(req->visitor, "products.write"));
    return view;
}

static err add_plans(struct ctx *ctx, struct value *view, const struct shown *shown)
{
    struct price_plan *plans;
    size_t count;
    TRY(price_plan_list(ctx, shown->product->id, &plans, &count));
    struct value *open = value_set_list(ctx->arena, view, "price_plans");
    struct value *past = value_set_list(ctx->arena, view, "past");
    for (size_t i = 0; i < count; i++) {
        struct value *plan;
        bool is_open = plans[i].status == PLAN_TO_COME || plans[i].status == PLAN_RUNNING;
        TRY(price_plan_view(ctx, &plans[i], shown->variants, shown->count, SHOWN_LINES, &plan));
        value_add(ctx->arena, is_open ? open : past, *plan);
    }
    return NULL;
}

static err show_list(struct req *req)
{
    const struct plan_form *form = req->form;
    struct shown shown;
    TRY(load_shown(&req->ctx, form, &shown));
    struct value *view = head_view(req, &shown);
    TRY(add_plans(&req->ctx, view, &shown));
    price_plan_fields_view(&req->ctx, view, NULL, shown.variants, shown.count, shown.page);
    value_set_text(req->ctx.arena, view, "notice", req->failure ? "" : form->notice);
    value_set_id(req->ctx.arena, view, "undo", req->failure ? 0 : form->undo_id);
    return reply_view(req, "admin/product_price_plans", view);
}

/* A plan of this very product. */
static err load_plan(struct ctx *ctx, const struct plan_form *form, struct price_plan **plan)
{
    TRY(price_plan_load(ctx, form->plan_id, plan));
    return (*plan)->product_id == form->product_id ? NULL
                                                   : fail_with(ctx, ERR_NOT_FOUND, "no such planned price");
}

static err show_plan(struct req *req)
{
    const struct plan_form *form = req->form;
    struct shown shown;
    struct price_plan *plan;
    struct value *tree;
    TRY(load_shown(&req->ctx, form, &shown));
    TRY(load_plan(&req->ctx, form, &plan));
    struct value *view = head_view(req, &shown);
    TRY(price_plan_view(&req->ctx, plan, shown.variants, shown.count, PRODUCT_VARIANT_LIMIT, &tree));
    value_set(req->ctx.arena, view, "price_plan", *tree);
    price_plan_fields_view(&req->ctx, view, plan, shown.variants, shown.count, shown.page);
    return reply_view(req, "admin/product_price_plan", view);
}

/* ---- writing ---- */

static err read_time(struct ctx *ctx, const char *field, const char *text, int64_t *at)
{
    *at = 0;
    if (text[0] == 0)
        return NULL;
    enum clock_reading read = clock_parse_local(text, ctx->shop->zone, at);
    if (read == CLOCK_NO_TIME)
        return fail_field(ctx, field, "not-a-time", "give a time such as 2026-12-01T00:00");
    return read == CLOCK_SKIPPED
               ? fail_field(ctx, field, "clock-skipped", "clocks are put forward over this time")
               : NULL;
}

static const struct price_row *row_of(const struct plan_form *form, int64_t variant_id, size_t *row)
{
    const struct price_row *rows = form->prices.items;
    for (*row = 0; *row < form->prices.count; (*row)++)
        if (rows[*row].variant_id == variant_id)
            return &rows[*row];
    return NULL;
}

static void add_line(struct price_plan *plan, struct price_plan_line line)
{
    if (line.price > 0)
        plan->lines[plan->line_count++] = line;
}

/* Rows as they were typed, and the price of all for variants that have none of their own: of those that are
 * changed, when they stand on another page of the form, what they had. */
static err read_lines(struct ctx *ctx, const struct plan_form *form, const struct price_plan *before,
                      struct price_plan *plan)
{
    const struct price_row *rows = form->prices.items;
    struct variant *variants;
    size_t count, row;
    TRY(variant_list(ctx, form->product_id, &variants, &count));
    plan->lines = arena_alloc_many(ctx->arena, count + form->prices.count + 1, sizeof *plan->lines);
    for (size_t i = 0; i < form->prices.count; i++)
        add_line(plan, (struct price_plan_line){.variant_id = rows[i].variant_id,
                                                .price = rows[i].price ? rows[i].price : form->price_all,
                                                .compare_price = rows[i].compare_price,
                                                .row = i});
    for (size_t i = 0; form->price_all && i < count; i++)
        if (!row_of(form, variants[i].id, &row))
            add_line(plan, (struct price_plan_line){.variant_id = variants[i].id, .price = form->price_all});
    for (size_t i = 0; !form->price_all && before && i < before->line_count; i++)
        if (!row_of(form, before->lines[i].variant_id, &row))
            add_line(plan, (struct price_plan_line){.variant_id = before->lines[i].variant_id,
                                                    .price = before->lines[i].price,
                                                    .compare_price = before->lines[i].compare_price});
    return NULL;
}

static err read_plan(struct ctx *ctx, const struct plan_form *form, const struct price_plan *before,
                     struct price_plan *plan)
{
    *plan = (struct price_plan){.product_id = form->product_id,
                                .compare = (enum plan_compare)(form->compare + 1),
                                .compare_note = form->compare_note,
                                .replaces_id = before ? before->id : 0};
    TRY(read_time(ctx, "starts_at", form->starts_at, &plan->starts_at));
    TRY(read_time(ctx, "ends_at", form->ends_at, &plan->ends_at));
    return read_lines(ctx, form, before, plan);
}

static err plan_done(struct req *req, int64_t plan_id, int status, const char *notice, int64_t undo_id)
{
    const struct plan_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct shown shown;
    struct price_plan *plan;
    struct value *view = value_object(ctx->arena), *tree;
    TRY(load_shown(ctx, form, &shown));
    TRY(price_plan_load(ctx, plan_id, &plan));
    TRY(price_plan_view(ctx, plan, shown.variants, shown.count, PRODUCT_VARIANT_LIMIT, &tree));
    value_set(ctx->arena, view, "price_plan", *tree);
    if (undo_id)
        return reply_done(req, status, view,
                          "/admin/products/%" PRId64 "/price-plans?notice=%s&undo=%" PRId64, form->product_id,
                          notice, undo_id);
    return reply_done(req, status, view, "/admin/products/%" PRId64 "/price-plans?notice=%s",
                      form->product_id, notice);
}

static err create(struct req *req)
{
    const struct plan_form *form = req->form;
    const struct product *product;
    struct price_plan plan;
    TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(read_plan(&req->ctx, form, NULL, &plan));
    TRY(price_plan_create(&req->ctx, &plan));
    return plan_done(req, plan.id, 201, "plan-made", 0);
}

static err change(struct req *req)
{
    const struct plan_form *form = req->form;
    struct price_plan *before, plan;
    TRY(load_plan(&req->ctx, form, &before));
    TRY(read_plan(&req->ctx, form, before, &plan));
    TRY(price_plan_create(&req->ctx, &plan));
    return plan_done(req, plan.id, 200, "plan-changed", plan.id);
}

static err cancel(struct req *req)
{
    const struct plan_form *form = req->form;
    struct price_plan *plan;
    TRY(load_plan(&req->ctx, form, &plan));
    TRY(price_plan_cancel(&req->ctx, plan->id));
    return plan_done(req, plan->id, 200, "plan-cancelled", plan->id);
}

static err undo(struct req *req)
{
    const struct plan_form *form = req->form;
    struct price_plan *plan;
    TRY(load_plan(&req->ctx, form, &plan));
    bool gives_way = plan->status == PLAN_TO_COME;
    TRY(price_plan_undo(&req->ctx, plan->id));
    return plan_done(req, gives_way ? plan->replaces_id : plan->id, 200, "plan-undone", 0);
}

static err end(struct req *req)
{
    const struct plan_form *form = req->form;
    struct price_plan *plan;
    TRY(load_plan(&req->ctx, form, &plan));
    TRY(price_plan_end(&req->ctx, plan->id));
    return plan_done(req, plan->id, 200, "plan-ended", 0);
}

#define FORM .form_size = sizeof(struct plan_form)
#define READ .guard = STAFF, .scope = "products.read"
#define WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_price_plan_routes[] = {
    {.method = GET,
     .path = "/admin/products/:id/price-plans",
     .handler = show_list,
     READ,
     FORM,
     .fields = list_fields,
     .summary = "Prices of a product that begin at a time: to come, running, past",
     .answer = "price_plans"},
    {.method = POST,
     .path = "/admin/products/:id/price-plans",
     .handler = create,
     WRITE,
     FORM,
     .fields = create_fields,
     .again = show_list,
     .summary = "Plan a price that begins at a time and perhaps ends at one",
     .answer = "price_plan"},
    {.method = GET,
     .path = "/admin/products/:id/price-plans/:plan",
     .handler = show_plan,
     READ,
     FORM,
     .fields = plan_fields,
     .summary = "A planned price with all its variants",
     .answer = "price_plan"},
    {.method = POST,
     .path = "/admin/products/:id/price-plans/:plan",
     .handler = change,
     WRITE,
     FORM,
     .fields = change_fields,
     .again = show_plan,
     .summary = "Put another plan in the place of one that is to come",
     .answer = "price_plan"},
    {.method = POST,
     .path = "/admin/products/:id/price-plans/:plan/cancel",
     .handler = cancel,
     WRITE,
     FORM,
     .fields = plan_fields,
     .again = show_list,
     .summary = "Cancel a planned price that is to come",
     .answer = "price_plan"},
    {.method = POST,
     .path = "/admin/products/:id/price-plans/:plan/undo",
     .handler = undo,
     WRITE,
     FORM,
     .fields = plan_fields,
     .again = show_list,
     .summary = "Undo the cancelling or the change of a planned price",
     .answer = "price_plan"},
    {.method = POST,
     .path = "/admin/products/:id/price-plans/:plan/end",
     .handler = end,
     WRITE,
     FORM,
     .fields = plan_fields,
     .again = show_list,
     .summary = "End a running planned price now: the former price comes back",
     .answer = "price_plan"},
    {0},
};
