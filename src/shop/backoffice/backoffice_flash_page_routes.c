/* backoffice_flash_page_routes.c - one flash sale: what it sold, to whom, and its life. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_flash_form.h"
#include "shop/backoffice/backoffice_use_view.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

static const char *const statuses[] = {"active", "paused", "ended", NULL};
static const enum promotion_status status_of[] = {PROMOTION_ACTIVE, PROMOTION_PAUSED, PROMOTION_ENDED};

struct page_form {
    int64_t flash_id;
    int64_t cursor;
    const char *notice;
    int status;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct page_form, flash_id), .is_required = true, \
        .help = "The flash sale"                                                                             \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct page_form, cursor),
     .maximum = INT64_MAX,
     .help = "Of the page of orders before"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct page_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field status_fields[] = {
    ID_FIELD,
    {.name = "status",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct page_form, status),
     .is_required = true,
     .choices = statuses,
     .help = "active, paused, or ended for good"},
    {0},
};

/* ---- the page ---- */

static err add_uses(struct ctx *ctx, struct value *view, int64_t flash_id, int64_t before_id)
{
    struct flash_use *uses;
    struct use_row rows[USE_ROWS + 1];
    size_t count;
    TRY(flash_use_list(ctx, flash_id, before_id, USE_ROWS + 1, &uses, &count));
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct use_row){
            .order_id = uses[i].order_id, .pieces = uses[i].quantity, .is_live = uses[i].is_live};
    return uses_set_view(ctx, view,
                         &(struct use_page){rows, count, before_id,
                                            arena_format(ctx->arena, "/admin/flash/%" PRId64, flash_id)});
}

static err show(struct req *req)
{
    const struct page_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct flash_sale *sale;
    TRY(flash_gate_flush(ctx));
    TRY(flash_load(ctx, form->flash_id, &sale));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "sale", *flash_sale_view(ctx, sale));
    TRY(flash_goods_view(ctx, value_find(value_find(view, "sale"), "entries"), sale));
    TRY(add_uses(ctx, view, sale->id, form->cursor));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    value_set_text(ctx->arena, view, "notice", req->failure ? NULL : form->notice);
    return reply_view(req, "admin/flash_sale", view);
}

/* ---- its life ---- */

struct turning {
    int64_t flash_id;
    enum promotion_status status;
};

/* What is there is looked at when it begins: days may lie between the form and the start. */
static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    static const char *const acts[] = {[PROMOTION_ACTIVE] = "promotion.started",
                                       [PROMOTION_PAUSED] = "promotion.paused",
                                       [PROMOTION_ENDED] = "promotion.ended"};
    const struct turning *turning = arg;
    struct flash_sale *sale;
    TRY(flash_load(ctx, turning->flash_id, &sale));
    if (sale->status == turning->status)
        return NULL;
    if (turning->status == PROMOTION_ACTIVE)
        TRY(flash_check_stock(ctx, sale));
    TRY(flash_change_status(ctx, sale->id, turning->status));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = acts[turning->status],
                                            .subject = arena_format(ctx->arena, "flash/%" PRId64, sale->id),
                                            .title = sale->name});
}

static err turn(struct req *req)
{
    const struct page_form *form = req->form;
    struct turning turning = {form->flash_id, status_of[form->status]};
    struct flash_sale *sale;
    TRY(db_transact(&req->ctx, turn_in_transaction, &turning));
    TRY(flash_load(&req->ctx, form->flash_id, &sale));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "sale", *flash_sale_view(&req->ctx, sale));
    return reply_done(req, 200, view, "/admin/flash/%" PRId64 "?notice=promotion_%s", sale->id,
                      statuses[form->status]);
}

#define FORM .form_size = sizeof(struct page_form)

const struct route backoffice_flash_page_routes[] = {
    {.method = GET,
     .path = "/admin/flash/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "promotions.read",
     FORM,
     .fields = show_fields,
     .summary = "A flash sale: what it sold, and its orders",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/flash/:id/status",
     .handler = turn,
     .guard = STAFF,
     .scope = "promotions.write",
     FORM,
     .fields = status_fields,
     .again = show,
     .summary = "Start, pause or end a flash sale",
     .answer = "sale"},
    {0},
};
