/* backoffice_stock_routes.c - the stock of one variant: where it is, in which state, what is done to it, and
 * how it became so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_stock_view.h"
#include "shop/customer/customer.h"
#include <inttypes.h>

#define ROWS 50

struct act_form {
    int64_t variant_id;
    int act; /* index in stock_act_names */
    int64_t location_id;
    int64_t to_location_id;
    int64_t quantity;
    const char *reason;
};

struct ahead_form {
    int64_t variant_id;
    int64_t backorder;
    const char *restock;
};

struct watch_form {
    int64_t variant_id;
    int64_t low_at;
    bool is_never;
};

struct movement_form {
    int64_t variant_id;
    int kind; /* index in kinds */
    const char *from;
    const char *to;
    int64_t cursor;
};

static const char *const kinds[] = {"any",   "reserve",      "release",     "sale",   "receipt",
                                    "count", "transfer-out", "transfer-in", "damage", "return",
                                    "qc",    "safety",       "incoming",    NULL};

#define VARIANT_FIELD(form)                                                                                  \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(form, variant_id), .is_required = true,           \
        .help = "The variant"                                                                                \
    }

static const struct field show_fields[] = {VARIANT_FIELD(struct act_form), {0}};

static const struct field act_fields[] = {
    VARIANT_FIELD(struct act_form),
    {.name = "act",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct act_form, act),
     .is_required = true,
     .choices = stock_act_names,
     .help = "What happened"},
    {.name = "location",
     .kind = FIELD_ID,
     .offset = offsetof(struct act_form, location_id),
     .help = "Where; without it where every shop keeps goods"},
    {.name = "to",
     .kind = FIELD_ID,
     .offset = offsetof(struct act_form, to_location_id),
     .help = "Of a transfer: to where"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct act_form, quantity),
     .is_required = true,
     .minimum = 1,
     .maximum = 1000000000,
     .help = "How many pieces"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, reason),
     .is_required = true,
     .maximum = STOCK_REASON_LIMIT,
     .help = "Why, or the number of a paper"},
    {0},
};

static const struct field ahead_fields[] = {
    VARIANT_FIELD(struct ahead_form),
    {.name = "backorder",
     .kind = FIELD_INT,
     .offset = offsetof(struct ahead_form, backorder),
     .minimum = 0,
     .maximum = 1000000,
     .help = "How many pieces may be ordered that are not there; 0 = none any more"},
    {.name = "restock",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct ahead_form, restock),
     .maximum = RESTOCK_LIMIT,
     .help = "When they come, as buyers read it"},
    {0},
};

static const struct field watch_fields[] = {
    VARIANT_FIELD(struct watch_form),
    {.name = "low_at",
     .kind = FIELD_INT,
     .offset = offsetof(struct watch_form, low_at),
     .minimum = 0,
     .maximum = WATCH_MOST,
     .help = "An alarm stands while so many or fewer are available; 0 = as the shop says for all"},
    {.name = "is_never",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct watch_form, is_never),
     .help = "No alarm, whatever the shop says for all"},
    {0},
};

static const struct field movement_fields[] = {
    VARIANT_FIELD(struct movement_form),
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct movement_form, kind),
     .choices = kinds,
     .help = "Only movements of this kind"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct movement_form, from),
     .maximum = 10,
     .help = "On this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct movement_form, to),
     .maximum = 10,
     .help = "On this day or earlier"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct movement_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

static err add_waiting(struct ctx *ctx, struct value *view, const struct variant *variant)
{
    struct customer_wait_count *waits;
    size_t count;
    TRY(customer_wait_of_product(ctx, variant->product_id, &waits, &count));
    value_set_int(ctx->arena, view, "waiting", customer_wait_among(waits, count, variant->id));
    return NULL;
}

/* Also after a refused form: every form of a variant begins with its id. */
err backoffice_stock_show(struct req *req)
{
    const int64_t *variant_id = req->form;
    struct ctx *ctx = &req->ctx;
    const struct variant *variant;
    struct stock_watch watch;
    struct value *view = value_object(ctx->arena);
    TRY(variant_load(ctx, *variant_id, &variant));
    TRY(stock_subject_view(ctx, view, variant));
    TRY(stock_levels_view(ctx, view, variant->id));
    TRY(add_waiting(ctx, view, variant));
    TRY(assembly_set_view(req, view, variant));
    TRY(stock_watch_load(ctx, variant->id, variant->product_id, &watch));
    value_set_int(ctx->arena, view, "low_at", watch.low_at);
    value_set_bool(ctx->arena, view, "is_never", watch.source == WATCH_NEVER);
    value_set_int(ctx->arena, view, "shop_low_at", ctx->shop->watch_low_at);
    struct value *acts = value_set_list(ctx->arena, view, "acts");
    bool has_locations = value_find(view, "has_locations")->boolean;
    for (size_t i = 0; stock_act_names[i]; i++)
        if (i != ACT_TRANSFER || has_locations)
            value_add(ctx->arena, acts, value_text(stock_act_names[i]));
    return reply_view(req, "admin/stock", view);
}

static err load_physical(struct ctx *ctx, int64_t variant_id, const char *field,
                         const struct variant **variant)
{
    TRY(variant_load(ctx, variant_id, variant));
    if ((*variant)->kind == PRODUCT_DIGITAL)
        return fail_field(ctx, field, "digital", "the stock of a digital variant is its codes");
    struct stock stock;
    TRY(stock_load_many(ctx, &variant_id, 1, &stock));
    if (stock.made_of > 0)
        return fail_field(ctx, field, "made-of-parts", "its stock is that of its parts");
    return NULL;
}

static err answer(struct req *req, int64_t variant_id)
{
    struct value *view = value_object(req->ctx.arena);
    TRY(stock_levels_view(&req->ctx, view, variant_id));
    return reply_done(req, 200, view, "/admin/variants/%" PRId64 "/stock?notice=stock", variant_id);
}

static err act(struct req *req)
{
    const struct act_form *form = req->form;
    const struct variant *variant;
    TRY(load_physical(&req->ctx, form->variant_id, "act", &variant));
    struct stock_doing doing = {.act = (enum stock_act)form->act,
                                .variant_id = variant->id,
                                .product_id = variant->product_id,
                                .location_id = form->location_id ? form->location_id : LOCATION_HOME,
                                .to_location_id = form->to_location_id,
                                .quantity = form->quantity,
                                .reason = form->reason};
    TRY(stock_do(&req->ctx, &doing));
    return answer(req, variant->id);
}

static err allow_ahead(struct req *req)
{
    const struct ahead_form *form = req->form;
    const struct variant *variant;
    TRY(load_physical(&req->ctx, form->variant_id, "backorder", &variant));
    TRY(stock_allow_backorder(&req->ctx, variant->id, variant->product_id, form->backorder, form->restock));
    return answer(req, variant->id);
}

static err watch(struct req *req)
{
    const struct watch_form *form = req->form;
    const struct variant *variant;
    TRY(load_physical(&req->ctx, form->variant_id, "low_at", &variant));
    struct stock_watch wanted = {.source = form->is_never ? WATCH_NEVER : WATCH_OWN, .low_at = form->low_at};
    TRY(stock_watch(&req->ctx, variant->id, variant->product_id, wanted));
    return answer(req, variant->id);
}

static err list(struct req *req)
{
    const struct movement_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct variant *variant;
    struct stock_movement *movements;
    size_t count;
    int64_t next_id;
    struct value *view = value_object(ctx->arena);
    struct movement_query query = {.variant_id = form->variant_id,
                                   .kind = (enum movement_kind)form->kind,
                                   .before_id = form->cursor,
                                   .limit = ROWS};
    TRY(variant_load(ctx, form->variant_id, &variant));
    TRY(list_read_days(ctx, form->from, form->to, &query.since, &query.until));
    TRY(stock_subject_view(ctx, view, variant));
    TRY(movement_list(ctx, &query, &movements, &count, &next_id));
    TRY(movements_view(ctx, view, movements, count));
    struct list_place place = {
        .list = &movement_list_pages,
        .path = arena_format(ctx->arena, "/admin/variants/%" PRId64 "/movements", variant->id),
        .cursor = form->cursor ? "later" : ""};
    place.values[MOVEMENTS_KIND] = form->kind ? kinds[form->kind] : "";
    place.values[MOVEMENTS_FROM] = form->from;
    place.values[MOVEMENTS_TO] = form->to;
    list_settle(&place);
    struct value *choices = value_set_list(ctx->arena, view, "kinds");
    for (size_t i = 1; kinds[i]; i++)
        value_add(ctx->arena, choices, value_text(kinds[i]));
    value_set_bool(ctx->arena, view, "has_locations", ctx->shop->has_locations);
    TRY(list_view(ctx, &place, next_id ? arena_format(ctx->arena, "%" PRId64, next_id) : NULL, view));
    return reply_view(req, "admin/movements", view);
}

const struct route backoffice_stock_routes[] = {
    {.method = GET,
     .path = "/admin/variants/:id/stock",
     .handler = backoffice_stock_show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_fields,
     .form_size = sizeof(struct act_form),
     .summary = "The stock of a variant by location and state",
     .answer = "levels"},
    {.method = POST,
     .path = "/admin/variants/:id/stock/acts",
     .handler = act,
     .guard = STAFF,
     .scope = "products.write",
     .fields = act_fields,
     .form_size = sizeof(struct act_form),
     .again = backoffice_stock_show,
     .summary = "Say what happened to goods: received, damaged, transferred …",
     .answer = "levels"},
    {.method = POST,
     .path = "/admin/variants/:id/stock/ahead",
     .handler = allow_ahead,
     .guard = STAFF,
     .scope = "products.write",
     .fields = ahead_fields,
     .form_size = sizeof(struct ahead_form),
     .again = backoffice_stock_show,
     .summary = "Let buyers order what is not there yet, up to a number",
     .answer = "levels"},
    {.method = POST,
     .path = "/admin/variants/:id/stock/watch",
     .handler = watch,
     .guard = STAFF,
     .scope = "products.write",
     .fields = watch_fields,
     .form_size = sizeof(struct watch_form),
     .again = backoffice_stock_show,
     .summary = "Raise an alarm when little is left",
     .answer = "levels"},
    {.method = GET,
     .path = "/admin/variants/:id/movements",
     .handler = list,
     .guard = STAFF,
     .scope = "products.read",
     .fields = movement_fields,
     .form_size = sizeof(struct movement_form),
     .summary = "Every change of a variant's stock, newest first",
     .answer = "movements"},
    {0},
};
