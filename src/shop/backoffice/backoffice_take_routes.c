/* backoffice_take_routes.c - stock takes: beginning one, counting with a phone or a scanner, and booking. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_take_view.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
#define FIND_LIMIT 64

struct take_form {
    int64_t take_id;
    const char *name;
    int64_t location_id;
    int64_t category_id;
    const char *find;
    int64_t variant_id;
    int64_t counted;
    int show; /* index in shows */
    int64_t cursor;
};

enum show { SHOW_COUNTED, SHOW_DIFFERING, SHOW_STUCK, SHOW_UNCOUNTED };
static const char *const shows[] = {"counted", "differing", "stuck", "uncounted", NULL};

#define TAKE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct take_form, take_id), .is_required = true,  \
        .help = "The stock take"                                                                             \
    }

static const struct field create_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct take_form, name),
     .is_required = true,
     .maximum = TAKE_NAME_LIMIT,
     .help = "As staff call it; it is the reason of its movements"},
    {.name = "location",
     .kind = FIELD_ID,
     .offset = offsetof(struct take_form, location_id),
     .help = "Where is counted; without it where every shop keeps goods"},
    {.name = "category",
     .kind = FIELD_ID,
     .offset = offsetof(struct take_form, category_id),
     .help = "Only goods of this category and those below it; without it everything"},
    {0},
};

static const struct field show_fields[] = {
    TAKE_FIELD,
    {.name = "find",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct take_form, find),
     .maximum = FIND_LIMIT,
     .help = "A barcode or SKU: what is to be counted next"},
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct take_form, variant_id),
     .help = "The same by its id"},
    {.name = "show",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct take_form, show),
     .choices = shows,
     .help = "Which lines"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct take_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

static const struct field count_fields[] = {
    TAKE_FIELD,
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct take_form, variant_id),
     .is_required = true,
     .help = "What was counted"},
    {.name = "counted",
     .kind = FIELD_INT,
     .offset = offsetof(struct take_form, counted),
     .is_required = true,
     .minimum = 0,
     .maximum = TAKE_COUNT_MOST,
     .help = "How many pieces are there, also those that are promised to orders and not sent yet"},
    {0},
};

static const struct field forget_fields[] = {
    TAKE_FIELD,
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct take_form, variant_id),
     .is_required = true,
     .help = "What was not counted after all"},
    {0},
};

static const struct field take_fields[] = {TAKE_FIELD, {0}};

/* ---- all takes ---- */

static err list(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct stock_take *takes;
    struct stock_location *locations;
    size_t count, location_count;
    struct value *view = value_object(ctx->arena);
    TRY(location_list(ctx, &locations, &location_count));
    TRY(stock_take_list(ctx, &takes, &count));
    struct value *rows = value_set_list(ctx->arena, view, "takes");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, rows, *take_view(ctx, &takes[i], locations, location_count));
    locations_view(ctx, view, locations, location_count);
    TRY(take_categories_view(ctx, view));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "products.write"));
    return reply_view(req, "admin/stock_takes", view);
}

static err note(struct ctx *ctx, const char *kind, int64_t take_id, const char *name)
{
    return audit_note_alone(
        ctx, &(struct audit_entry){.kind = kind,
                                   .subject = arena_format(ctx->arena, "stock-takes/%" PRId64, take_id),
                                   .title = name});
}

static err answer(struct req *req, int status, int64_t take_id, const char *more)
{
    struct ctx *ctx = &req->ctx;
    struct stock_take *take;
    struct stock_location *locations;
    size_t count;
    struct value *view = value_object(ctx->arena);
    TRY(stock_take_load(ctx, take_id, &take));
    TRY(location_list(ctx, &locations, &count));
    value_set(ctx->arena, view, "take", *take_view(ctx, take, locations, count));
    return reply_done(req, status, view, "/admin/stock-takes/%" PRId64 "%s", take_id, more);
}

static err create(struct req *req)
{
    const struct take_form *form = req->form;
    int64_t take_id;
    TRY(stock_take_create(&req->ctx, text_trim(req->ctx.arena, form->name),
                          form->location_id ? form->location_id : LOCATION_HOME, form->category_id,
                          &take_id));
    TRY(note(&req->ctx, "stock-take.created", take_id, form->name));
    return answer(req, 201, take_id, "");
}

/* ---- one take ---- */

static err read_rows(struct ctx *ctx, const struct stock_take *take, const struct take_form *form,
                     struct take_line **lines, size_t *count, int64_t *next)
{
    static const enum take_filter filters[] = {
        [SHOW_COUNTED] = TAKE_ALL, [SHOW_DIFFERING] = TAKE_DIFFERING, [SHOW_STUCK] = TAKE_STUCK};
    if (form->show == SHOW_UNCOUNTED)
        return stock_take_uncounted(ctx, take, form->cursor, ROWS, lines, count, next);
    TRY(stock_take_lines(ctx, take->id, filters[form->show], form->cursor, ROWS + 1, lines, count));
    *next = *count > ROWS ? (*lines)[ROWS - 1].variant_id : 0;
    *count = *count > ROWS ? ROWS : *count;
    return NULL;
}

static const char *next_url(struct ctx *ctx, const struct take_form *form, int64_t last)
{
    return arena_format(ctx->arena, "/admin/stock-takes/%" PRId64 "?show=%s&cursor=%" PRId64, form->take_id,
                        shows[form->show], last);
}

static err add_rows(struct req *req, const struct stock_take *take, const struct take_form *form,
                    struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct take_line *lines;
    size_t count;
    int64_t next;
    TRY(read_rows(ctx, take, form, &lines, &count, &next));
    TRY(take_lines_view(ctx, view, lines, count));
    value_set_text(ctx->arena, view, "show", shows[form->show]);
    value_set_text(ctx->arena, view, "next_url", next ? next_url(ctx, form, next) : NULL);
    return NULL;
}

static err show(struct req *req)
{
    const struct take_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct stock_take *take;
    struct stock_location *locations;
    size_t count;
    struct value *view = value_object(ctx->arena);
    TRY(stock_take_load(ctx, form->take_id, &take));
    TRY(location_list(ctx, &locations, &count));
    value_set(ctx->arena, view, "take", *take_view(ctx, take, locations, count));
    value_set_text(ctx->arena, view, "find", form->find);
    TRY(take_category_view(ctx, view, take));
    TRY(take_subject_view(ctx, view, take, form->find, form->variant_id));
    TRY(add_rows(req, take, form, view));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "products.write"));
    reply_camera(req);
    return reply_view(req, "admin/stock_take", view);
}

static err count(struct req *req)
{
    const struct take_form *form = req->form;
    const struct variant *variant;
    TRY(variant_load(&req->ctx, form->variant_id, &variant));
    if (variant->kind == PRODUCT_DIGITAL)
        return fail_field(&req->ctx, "variant_id", "digital", "the stock of a digital variant is its codes");
    TRY(stock_take_count(&req->ctx, form->take_id, variant, form->counted));
    return answer(req, 200, form->take_id, "?notice=take_counted#find");
}

static err forget(struct req *req)
{
    const struct take_form *form = req->form;
    TRY(stock_take_forget(&req->ctx, form->take_id, form->variant_id));
    return answer(req, 200, form->take_id, "?notice=take_forgotten");
}

static err book(struct req *req)
{
    const struct take_form *form = req->form;
    struct stock_take *take;
    TRY(stock_take_load(&req->ctx, form->take_id, &take));
    TRY(stock_take_book(&req->ctx, take->id));
    TRY(note(&req->ctx, "stock-take.booked", take->id, take->name));
    return answer(req, 202, take->id, "");
}

static err cancel(struct req *req)
{
    const struct take_form *form = req->form;
    struct stock_take *take;
    TRY(stock_take_load(&req->ctx, form->take_id, &take));
    TRY(stock_take_cancel(&req->ctx, take->id));
    TRY(note(&req->ctx, "stock-take.cancelled", take->id, take->name));
    return answer(req, 200, take->id, "?notice=take_cancelled");
}

#define FORM .form_size = sizeof(struct take_form)
#define READ .guard = STAFF, .scope = "products.read"
#define WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_take_routes[] = {
    {.method = GET,
     .path = "/admin/stock-takes",
     .handler = list,
     READ,
     .summary = "The newest stock takes",
     .answer = "takes"},
    {.method = POST,
     .path = "/admin/stock-takes",
     .handler = create,
     WRITE,
     FORM,
     .fields = create_fields,
     .again = list,
     .summary = "Begin to count what is in a location",
     .answer = "take"},
    {.method = GET,
     .path = "/admin/stock-takes/:id",
     .handler = show,
     READ,
     FORM,
     .fields = show_fields,
     .summary = "A stock take: what was counted, and what to count next",
     .answer = "take"},
    {.method = POST,
     .path = "/admin/stock-takes/:id/counts",
     .handler = count,
     WRITE,
     FORM,
     .fields = count_fields,
     .again = show,
     .summary = "Say how many of a variant are there",
     .answer = "take"},
    {.method = POST,
     .path = "/admin/stock-takes/:id/forget",
     .handler = forget,
     WRITE,
     FORM,
     .fields = forget_fields,
     .again = show,
     .summary = "Take a count back",
     .answer = "take"},
    {.method = POST,
     .path = "/admin/stock-takes/:id/book",
     .handler = book,
     WRITE,
     FORM,
     .fields = take_fields,
     .again = show,
     .summary = "Let the books follow what was counted",
     .answer = "take"},
    {.method = POST,
     .path = "/admin/stock-takes/:id/cancel",
     .handler = cancel,
     WRITE,
     FORM,
     .fields = take_fields,
     .again = show,
     .summary = "End a stock take without booking anything",
     .answer = "take"},
    {0},
};
