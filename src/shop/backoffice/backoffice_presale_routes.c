/* backoffice_presale_routes.c - the presales of the shop: their list, and the form to write one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_presale_form.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30
#define USUAL_MS (7 * DAY_MS)

struct list_form {
    int64_t cursor;
};

static const struct field list_fields[] = {
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct presale *sales;
    size_t count;
    TRY(presale_list(ctx, form->cursor, ROWS + 1, &sales, &count));
    bool has_more = count > ROWS;
    struct value *view = value_object(ctx->arena);
    struct value *rows = value_set_list(ctx->arena, view, "sales");
    for (size_t i = 0; i < count && i < ROWS; i++)
        value_add(ctx->arena, rows, *presale_staff_view(ctx, &sales[i]));
    value_set_text(ctx->arena, view, "next_url",
                   has_more ? arena_format(ctx->arena, "/admin/presales?cursor=%" PRId64, sales[ROWS - 1].id)
                            : NULL);
    value_set_text(ctx->arena, view, "first_url", form->cursor ? "/admin/presales" : NULL);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return reply_view(req, "admin/presales", view);
}

/* ---- the form ---- */

static err form_page(struct req *req, const struct presale *sale, bool is_typed, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct presale *saved;
    if (sale->id) {
        TRY(presale_load(ctx, sale->id, &saved));
        value_set(ctx->arena, view, "sale", *presale_staff_view(ctx, saved));
    }
    value_set_int(ctx->arena, view, "version", sale->version);
    if (is_typed)
        presale_typed_view(req, view, sale);
    else
        presale_form_view(ctx, view, sale);
    TRY(presale_goods_view(ctx, value_find(value_find(view, "fields"), "entries"), sale));
    return reply_view(req, "admin/presale_edit", view);
}

/* From the next full hour on. */
static err show_new(struct req *req)
{
    int64_t start = req->ctx.now - req->ctx.now % HOUR_MS + HOUR_MS;
    struct presale sale = {.name = "",
                           .status = PROMOTION_DRAFT,
                           .starts_at = start,
                           .kind = PRESALE_DEPOSIT,
                           .ends_at = start + USUAL_MS,
                           .balance_from = start + USUAL_MS,
                           .balance_until = start + 2 * USUAL_MS,
                           .ships_by = start + 3 * USUAL_MS,
                           .ahead_days = PRESALE_AHEAD_USUAL};
    return form_page(req, &sale, false, value_object(req->ctx.arena));
}

static err show_edit(struct req *req)
{
    const struct presale_form *form = req->form;
    struct presale *sale;
    TRY(presale_load(&req->ctx, form->presale_id, &sale));
    return form_page(req, sale, false, value_object(req->ctx.arena));
}

/* A refused form, as it was typed. */
static err show_again(struct req *req)
{
    struct presale typed;
    TRY(presale_of_form(&req->ctx, req->form, false, &typed));
    return form_page(req, &typed, true, value_object(req->ctx.arena));
}

/* The form with the variants of the goods that were named; nothing is saved. For programs what the sale would
 * be, and what is wrong with it. */
static err preview(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct presale typed;
    struct value *view = value_object(ctx->arena);
    TRY(presale_of_form(ctx, req->form, req->face == FACE_JSON, &typed));
    if (req->face == FACE_JSON) {
        value_set(ctx->arena, view, "sale", *presale_staff_view(ctx, &typed));
        return reply_view(req, "admin/presale_edit", view);
    }
    TRY(presale_check_goods(ctx, req->form));
    value_set_bool(ctx->arena, view, "is_preview", true);
    return form_page(req, &typed, true, view);
}

/* ---- saving ---- */

struct saving {
    struct presale sale;
    bool is_new;
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct presale next = saving->sale;
    TRY(presale_save(ctx, &next));
    TRY(audit_note(ctx,
                   &(struct audit_entry){.kind = saving->is_new ? "promotion.created" : "promotion.changed",
                                         .subject = arena_format(ctx->arena, "presales/%" PRId64, next.id),
                                         .title = next.name}));
    saving->sale = next;
    return NULL;
}

static err save(struct req *req, int status)
{
    struct ctx *ctx = &req->ctx;
    struct saving saving;
    struct presale *saved;
    TRY(presale_of_form(ctx, req->form, true, &saving.sale));
    saving.is_new = saving.sale.id == 0;
    err failure = db_transact(ctx, save_in_transaction, &saving);
    if (failure)
        return presale_form_failure(ctx, req->form, failure);
    TRY(presale_load(ctx, saving.sale.id, &saved));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "sale", *presale_staff_view(ctx, saved));
    return reply_done(req, status, view, "/admin/presales/%" PRId64 "?notice=%s", saved->id,
                      saving.is_new ? "promotion_created" : "saved");
}

static err create(struct req *req)
{
    return save(req, 201);
}

static err change(struct req *req)
{
    return save(req, 200);
}

#define FORM .form_size = sizeof(struct presale_form)
#define READ .guard = STAFF, .scope = "promotions.read"
#define WRITE .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_presale_routes[] = {
    {.method = GET,
     .path = "/admin/presales",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The presales of the shop, newest first",
     .answer = "sales"},
    {.method = GET,
     .path = "/admin/presales/new",
     .handler = show_new,
     WRITE,
     .faces = FACE_HTML,
     .summary = "A form for a new presale"},
    {.method = GET,
     .path = "/admin/presales/:id/edit",
     .handler = show_edit,
     WRITE,
     FORM,
     .fields = presale_change_fields,
     .faces = FACE_HTML,
     .summary = "A form to change a presale"},
    {.method = POST,
     .path = "/admin/presales",
     .handler = create,
     WRITE,
     FORM,
     .fields = presale_create_fields,
     .again = show_again,
     .summary = "Write a new presale, as a draft",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/presales/preview",
     .handler = preview,
     WRITE,
     FORM,
     .fields = presale_preview_fields,
     .again = show_again,
     .summary = "What a presale would be, before it is saved",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/presales/:id",
     .handler = change,
     WRITE,
     FORM,
     .fields = presale_change_fields,
     .again = show_again,
     .summary = "Write the next version of a presale",
     .answer = "sale"},
    {0},
};
