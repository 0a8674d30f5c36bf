/* backoffice_flash_routes.c - the flash sales of the shop: their list, and the form to write one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_flash_form.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30
#define USUAL_HOURS 2

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
    struct flash_sale *sales;
    size_t count;
    TRY(flash_gate_flush(ctx));
    TRY(flash_list(ctx, form->cursor, ROWS + 1, &sales, &count));
    bool has_more = count > ROWS;
    struct value *view = value_object(ctx->arena);
    struct value *rows = value_set_list(ctx->arena, view, "sales");
    for (size_t i = 0; i < count && i < ROWS; i++)
        value_add(ctx->arena, rows, *flash_sale_view(ctx, &sales[i]));
    value_set_text(ctx->arena, view, "next_url",
                   has_more ? arena_format(ctx->arena, "/admin/flash?cursor=%" PRId64, sales[ROWS - 1].id)
                            : NULL);
    value_set_text(ctx->arena, view, "first_url", form->cursor ? "/admin/flash" : NULL);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return reply_view(req, "admin/flash_sales", view);
}

/* ---- the form ---- */

static err form_page(struct req *req, const struct flash_sale *sale, bool is_typed, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct flash_sale *saved;
    if (sale->id) {
        TRY(flash_load(ctx, sale->id, &saved));
        value_set(ctx->arena, view, "sale", *flash_sale_view(ctx, saved));
    }
    value_set_int(ctx->arena, view, "version", sale->version);
    if (is_typed)
        flash_typed_view(req, view, sale);
    else
        flash_form_view(ctx, view, sale);
    TRY(flash_goods_view(ctx, value_find(value_find(view, "fields"), "entries"), sale));
    return reply_view(req, "admin/flash_edit", view);
}

/* From the next full hour on. */
static err show_new(struct req *req)
{
    int64_t start = req->ctx.now - req->ctx.now % HOUR_MS + HOUR_MS;
    struct flash_sale sale = {.name = "",
                              .status = PROMOTION_DRAFT,
                              .starts_at = start,
                              .ends_at = start + USUAL_HOURS * HOUR_MS,
                              .unpaid_minutes = FLASH_MINUTES_USUAL};
    return form_page(req, &sale, false, value_object(req->ctx.arena));
}

static err show_edit(struct req *req)
{
    const struct flash_form *form = req->form;
    struct flash_sale *sale;
    TRY(flash_load(&req->ctx, form->flash_id, &sale));
    return form_page(req, sale, false, value_object(req->ctx.arena));
}

/* A refused form, as it was typed. */
static err show_again(struct req *req)
{
    struct flash_sale typed;
    TRY(flash_of_form(&req->ctx, req->form, false, &typed));
    return form_page(req, &typed, true, value_object(req->ctx.arena));
}

/* The form with the variants of the goods that were named; nothing is saved. For programs what the sale would
 * be, and what is wrong with it. */
static err preview(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct flash_sale typed;
    struct value *view = value_object(ctx->arena);
    TRY(flash_of_form(ctx, req->form, req->face == FACE_JSON, &typed));
    if (req->face == FACE_JSON) {
        value_set(ctx->arena, view, "sale", *flash_sale_view(ctx, &typed));
        return reply_view(req, "admin/flash_edit", view);
    }
    TRY(flash_check_goods(ctx, req->form));
    value_set_bool(ctx->arena, view, "is_preview", true);
    return form_page(req, &typed, true, view);
}

/* ---- saving ---- */

struct saving {
    struct flash_sale sale;
    bool is_new;
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct flash_sale next = saving->sale;
    TRY(flash_save(ctx, &next));
    TRY(audit_note(ctx,
                   &(struct audit_entry){.kind = saving->is_new ? "promotion.created" : "promotion.changed",
                                         .subject = arena_format(ctx->arena, "flash/%" PRId64, next.id),
                                         .title = next.name}));
    saving->sale = next;
    return NULL;
}

static err save(struct req *req, int status)
{
    struct ctx *ctx = &req->ctx;
    struct saving saving;
    struct flash_sale *saved;
    TRY(flash_of_form(ctx, req->form, true, &saving.sale));
    saving.is_new = saving.sale.id == 0;
    err failure = db_transact(ctx, save_in_transaction, &saving);
    if (failure)
        return flash_form_failure(ctx, req->form, failure);
    TRY(flash_load(ctx, saving.sale.id, &saved));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "sale", *flash_sale_view(ctx, saved));
    return reply_done(req, status, view, "/admin/flash/%" PRId64 "?notice=%s", saved->id,
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

#define FORM .form_size = sizeof(struct flash_form)
#define READ .guard = STAFF, .scope = "promotions.read"
#define WRITE .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_flash_routes[] = {
    {.method = GET,
     .path = "/admin/flash",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The flash sales of the shop, newest first",
     .answer = "sales"},
    {.method = GET,
     .path = "/admin/flash/new",
     .handler = show_new,
     WRITE,
     .faces = FACE_HTML,
     .summary = "A form for a new flash sale"},
    {.method = GET,
     .path = "/admin/flash/:id/edit",
     .handler = show_edit,
     WRITE,
     FORM,
     .fields = flash_change_fields,
     .faces = FACE_HTML,
     .summary = "A form to change a flash sale"},
    {.method = POST,
     .path = "/admin/flash",
     .handler = create,
     WRITE,
     FORM,
     .fields = flash_create_fields,
     .again = show_again,
     .summary = "Write a new flash sale, as a draft",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/flash/preview",
     .handler = preview,
     WRITE,
     FORM,
     .fields = flash_preview_fields,
     .again = show_again,
     .summary = "What a flash sale would be, before it is saved",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/flash/:id",
     .handler = change,
     WRITE,
     FORM,
     .fields = flash_change_fields,
     .again = show_again,
     .summary = "Write the next version of a flash sale",
     .answer = "sale"},
    {0},
};
