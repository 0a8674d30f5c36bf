/* backoffice_presale_page_routes.c - one presale: what it sold, to whom, and its life. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_presale_form.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ORDER_ROWS 20
#define MANY 32 /* orders that one question loads */

static const char *const statuses[] = {"active", "paused", "ended", NULL};
static const enum promotion_status status_of[] = {PROMOTION_ACTIVE, PROMOTION_PAUSED, PROMOTION_ENDED};

struct page_form {
    int64_t presale_id;
    int64_t cursor;
    const char *notice;
    int status;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct page_form, presale_id),                    \
        .is_required = true, .help = "The presale"                                                           \
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

static const struct order *order_of(const struct order *orders, size_t count, int64_t order_id)
{
    for (size_t i = 0; i < count; i++)
        if (orders[i].id == order_id)
            return &orders[i];
    return NULL;
}

static err add_uses(struct ctx *ctx, struct value *view, int64_t presale_id, int64_t before_id)
{
    struct presale_use *uses;
    struct order *orders;
    int64_t ids[MANY];
    size_t count, have;
    TRY(presale_use_list(ctx, presale_id, before_id, ORDER_ROWS + 1, &uses, &count));
    bool has_more = count > ORDER_ROWS;
    count = has_more ? ORDER_ROWS : count;
    for (size_t i = 0; i < count; i++)
        ids[i] = uses[i].order_id;
    TRY(order_list_many(ctx, ids, count, &orders, &have));
    struct value *list = value_set_list(ctx->arena, view, "uses");
    for (size_t i = 0; i < count; i++) {
        const struct order *order = order_of(orders, have, uses[i].order_id);
        if (!order)
            continue;
        struct value *row = value_add(ctx->arena, list, *order_row_view(ctx, order));
        value_set_int(ctx->arena, row, "pieces", uses[i].quantity);
        value_set_bool(ctx->arena, row, "is_live", uses[i].is_live);
    }
    const char *at = arena_format(ctx->arena, "/admin/presales/%" PRId64, presale_id);
    value_set_text(ctx->arena, view, "next_url",
                   has_more ? arena_format(ctx->arena, "%s?cursor=%" PRId64 "#orders", at, ids[count - 1])
                            : NULL);
    value_set_text(ctx->arena, view, "first_url", before_id ? at : NULL);
    return NULL;
}

static err show(struct req *req)
{
    const struct page_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct presale *sale;
    TRY(presale_load(ctx, form->presale_id, &sale));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "sale", *presale_staff_view(ctx, sale));
    TRY(presale_goods_view(ctx, value_find(value_find(view, "sale"), "entries"), sale));
    TRY(add_uses(ctx, view, sale->id, form->cursor));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    value_set_text(ctx->arena, view, "notice", req->failure ? NULL : form->notice);
    return reply_view(req, "admin/presale", view);
}

/* ---- its life ---- */

struct turning {
    int64_t presale_id;
    enum promotion_status status;
};

/* What is there is looked at when it begins: days may lie between the form and the start. */
static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    static const char *const acts[] = {[PROMOTION_ACTIVE] = "promotion.started",
                                       [PROMOTION_PAUSED] = "promotion.paused",
                                       [PROMOTION_ENDED] = "promotion.ended"};
    const struct turning *turning = arg;
    struct presale *sale;
    TRY(presale_load(ctx, turning->presale_id, &sale));
    if (sale->status == turning->status)
        return NULL;
    if (turning->status == PROMOTION_ACTIVE)
        TRY(presale_check_stock(ctx, sale));
    TRY(presale_change_status(ctx, sale->id, turning->status));
    return audit_note(
        ctx, &(struct audit_entry){.kind = acts[turning->status],
                                   .subject = arena_format(ctx->arena, "presales/%" PRId64, sale->id),
                                   .title = sale->name});
}

static err turn(struct req *req)
{
    const struct page_form *form = req->form;
    struct turning turning = {form->presale_id, status_of[form->status]};
    struct presale *sale;
    TRY(db_transact(&req->ctx, turn_in_transaction, &turning));
    TRY(presale_load(&req->ctx, form->presale_id, &sale));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "sale", *presale_staff_view(&req->ctx, sale));
    return reply_done(req, 200, view, "/admin/presales/%" PRId64 "?notice=promotion_%s", sale->id,
                      statuses[form->status]);
}

#define FORM .form_size = sizeof(struct page_form)

const struct route backoffice_presale_page_routes[] = {
    {.method = GET,
     .path = "/admin/presales/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "promotions.read",
     FORM,
     .fields = show_fields,
     .summary = "A presale: what it sold, and its orders",
     .answer = "sale"},
    {.method = POST,
     .path = "/admin/presales/:id/status",
     .handler = turn,
     .guard = STAFF,
     .scope = "promotions.write",
     FORM,
     .fields = status_fields,
     .again = show,
     .summary = "Start, pause or end a presale",
     .answer = "sale"},
    {0},
};
