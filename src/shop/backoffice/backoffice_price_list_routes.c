/* backoffice_price_list_routes.c - lists of other prices: who pays what, from when to when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_promotion_form.h"
#include "shop/customer/customer.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define USUAL_DAYS 366 /* of a new list */

static const char *const statuses[] = {"active", "paused", "ended", NULL};
static const enum promotion_status status_of[] = {PROMOTION_ACTIVE, PROMOTION_PAUSED, PROMOTION_ENDED};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct promotion_form, promotion_id),             \
        .is_required = true, .help = "The price list"                                                        \
    }
#define NOTICE_FIELD                                                                                         \
    {                                                                                                        \
        .name = "notice", .kind = FIELD_TEXT, .offset = offsetof(struct price_list_form, notice),            \
        .maximum = 40, .help = "For pages: what was just done"                                               \
    }

static const struct field list_fields[] = {NOTICE_FIELD, {0}};
static const struct field show_fields[] = {ID_FIELD, NOTICE_FIELD, {0}};
static const struct field status_fields[] = {
    ID_FIELD,
    {.name = "status",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct price_list_form, status),
     .is_required = true,
     .choices = statuses,
     .help = "active, paused, or ended for good"},
    {0},
};

/* ---- views ---- */

static bool has_group(const struct price_list *list, int64_t group_id)
{
    for (size_t i = 0; i < list->group_count; i++)
        if (list->group_ids[i] == group_id)
            return true;
    return false;
}

static struct value *row_view(struct ctx *ctx, const struct price_list *list,
                              const struct customer_group *groups, size_t count)
{
    struct value *view = promotion_view(ctx, &list->base);
    enum promotion_status status = list->base.status;
    value_set_text(ctx->arena, view, "text", price_list_text(ctx, list));
    value_set_text(ctx->arena, view, "audience", price_audience_names[list->audience]);
    value_set_bool(ctx->arena, view, "is_shown", list->is_shown);
    value_set_text(ctx->arena, view, "url",
                   arena_format(ctx->arena, "/admin/price-lists/%" PRId64, list->base.id));
    struct value *names = value_set_list(ctx->arena, view, "groups");
    for (size_t i = 0; list->audience == PRICE_FOR_GROUPS && i < count; i++)
        if (has_group(list, groups[i].id))
            value_add(ctx->arena, names, value_text(groups[i].name));
    value_set_bool(ctx->arena, view, "can_start", status == PROMOTION_DRAFT || status == PROMOTION_PAUSED);
    value_set_bool(ctx->arena, view, "can_pause", status == PROMOTION_ACTIVE);
    value_set_bool(ctx->arena, view, "can_end", status != PROMOTION_ENDED);
    return view;
}

static err show_list(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct price_list *lists;
    struct customer_group *groups;
    size_t count, group_count;
    const struct price_list_form *form = req->form;
    TRY(price_list_list(ctx, &lists, &count));
    TRY(customer_group_list(ctx, &groups, &group_count));
    struct value *view = value_object(ctx->arena);
    struct value *rows = value_set_list(ctx->arena, view, "price_lists");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, rows, *row_view(ctx, &lists[i], groups, group_count));
    value_set_int(ctx->arena, view, "group_count", (int64_t)group_count);
    value_set_text(ctx->arena, view, "notice", form && form->notice ? form->notice : "");
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return reply_view(req, "admin/price_lists", view);
}

/* The groups to choose from. */
static err add_groups(struct ctx *ctx, struct value *view, const struct price_list *list)
{
    struct customer_group *groups;
    size_t count;
    TRY(customer_group_list(ctx, &groups, &count));
    struct value *rows = value_set_list(ctx->arena, view, "group_choices");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, rows, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", groups[i].id);
        value_set_text(ctx->arena, row, "name", groups[i].name);
        value_set_int(ctx->arena, row, "members", groups[i].members);
        value_set_bool(ctx->arena, row, "is_chosen", has_group(list, groups[i].id));
    }
    return NULL;
}

static err form_page(struct req *req, const struct price_list *list, bool is_typed)
{
    struct ctx *ctx = &req->ctx;
    struct price_list *saved;
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "price_list", value_null());
    if (list->base.id) {
        TRY(price_list_load(ctx, list->base.id, &saved));
        value_set(ctx->arena, view, "price_list", *row_view(ctx, saved, NULL, 0));
    }
    if (is_typed)
        promotion_typed_view(req, view);
    else
        promotion_form_view(ctx, view, &list->base);
    value_set_int(ctx->arena, view, "version", list->base.version);
    value_set_text(ctx->arena, view, "audience", price_audience_names[list->audience]);
    value_set_bool(ctx->arena, view, "is_shown", list->is_shown);
    value_set_text(ctx->arena, view, "notice", req_typed(req, "notice"));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    TRY(add_groups(ctx, view, list));
    TRY(promotion_choices_view(ctx, view, &list->base));
    return reply_view(req, "admin/price_list_edit", view);
}

static err show_new(struct req *req)
{
    int64_t now = req->ctx.now - req->ctx.now % MINUTE_MS;
    struct price_list fresh = {.audience = PRICE_FOR_GROUPS, .is_shown = true};
    fresh.base = (struct promotion){.name = "",
                                    .code = "",
                                    .starts_at = now,
                                    .ends_at = clock_day_shift(now, USUAL_DAYS, req->ctx.shop->zone),
                                    .rule = {.kind = DISCOUNT_SALE},
                                    .is_for_all = true};
    return form_page(req, &fresh, false);
}

static err show(struct req *req)
{
    const struct price_list_form *form = req->form;
    struct price_list *list;
    TRY(price_list_load(&req->ctx, form->offer.promotion_id, &list));
    return form_page(req, list, false);
}

/* ---- writing ---- */

static err read_form(struct req *req, bool is_whole, struct price_list *list)
{
    const struct price_list_form *form = req->form;
    struct promotion_form offer = form->offer;
    const struct id_row *rows = form->groups.items;
    offer.kind = DISCOUNT_SALE - 1;
    *list = (struct price_list){.audience = (enum price_audience)(form->audience + 1),
                                .is_shown = form->is_shown};
    int64_t *ids = arena_alloc_many(req->ctx.arena, form->groups.count + 1, sizeof *ids);
    for (size_t i = 0; list->audience == PRICE_FOR_GROUPS && i < form->groups.count; i++)
        if (rows[i].id)
            ids[list->group_count++] = rows[i].id;
    list->group_ids = ids;
    return promotion_of_form(&req->ctx, &offer, is_whole, &list->base);
}

static err show_again(struct req *req)
{
    struct price_list typed;
    TRY(read_form(req, false, &typed));
    return form_page(req, &typed, true);
}

struct saving {
    struct price_list list;
    const char *before; /* the sentence that held; NULL for a new one */
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct price_list next = saving->list;
    TRY(price_list_save(ctx, &next));
    TRY(audit_note(
        ctx, &(struct audit_entry){.kind = saving->before ? "price-list.changed" : "price-list.created",
                                   .subject = arena_format(ctx->arena, "price-lists/%" PRId64, next.base.id),
                                   .title = next.base.name,
                                   .before = saving->before,
                                   .after = price_list_text(ctx, &next)}));
    saving->list = next;
    return NULL;
}

static err save(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct saving saving = {0};
    struct price_list *saved;
    TRY(read_form(req, true, &saving.list));
    if (saving.list.base.id) {
        TRY(price_list_load(ctx, saving.list.base.id, &saved));
        saving.before = price_list_text(ctx, saved);
    }
    TRY(db_transact(ctx, save_in_transaction, &saving));
    TRY(price_list_load(ctx, saving.list.base.id, &saved));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "price_list", *row_view(ctx, saved, NULL, 0));
    return reply_done(req, saving.before ? 200 : 201, view, "/admin/price-lists/%" PRId64 "?notice=saved",
                      saved->base.id);
}

struct turning {
    int64_t price_list_id;
    enum promotion_status status;
    const char *name;
};

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const struct turning *turning = arg;
    TRY(price_list_change_status(ctx, turning->price_list_id, turning->status));
    return audit_note(ctx, &(struct audit_entry){.kind = "price-list.changed",
                                                 .subject = arena_format(ctx->arena, "price-lists/%" PRId64,
                                                                         turning->price_list_id),
                                                 .title = turning->name,
                                                 .after = promotion_status_names[turning->status]});
}

static err change_status(struct req *req)
{
    const struct price_list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct price_list *list;
    TRY(price_list_load(ctx, form->offer.promotion_id, &list));
    struct turning turning = {list->base.id, status_of[form->status], list->base.name};
    TRY(db_transact(ctx, turn_in_transaction, &turning));
    TRY(price_list_load(ctx, list->base.id, &list));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "price_list", *row_view(ctx, list, NULL, 0));
    return reply_done(req, 200, view, "/admin/price-lists?notice=saved");
}

#define FORM .form_size = sizeof(struct price_list_form)
#define READ .guard = STAFF, .scope = "promotions.read"
#define WRITE .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_price_list_routes[] = {
    {.method = GET,
     .path = "/admin/price-lists",
     .handler = show_list,
     READ,
     FORM,
     .fields = list_fields,
     .summary = "The price lists of the shop, newest first",
     .answer = "price_lists"},
    {.method = GET,
     .path = "/admin/price-lists/new",
     .handler = show_new,
     WRITE,
     FORM,
     .faces = FACE_HTML,
     .summary = "A form for a new price list"},
    {.method = GET,
     .path = "/admin/price-lists/:id",
     .handler = show,
     READ,
     FORM,
     .fields = show_fields,
     .summary = "A price list",
     .answer = "price_list"},
    {.method = POST,
     .path = "/admin/price-lists",
     .handler = save,
     WRITE,
     FORM,
     .fields = price_list_create_fields,
     .again = show_again,
     .summary = "Write a new price list, as a draft",
     .answer = "price_list"},
    {.method = POST,
     .path = "/admin/price-lists/:id",
     .handler = save,
     WRITE,
     FORM,
     .fields = price_list_change_fields,
     .again = show_again,
     .summary = "Write the next version of a price list",
     .answer = "price_list"},
    {.method = POST,
     .path = "/admin/price-lists/:id/status",
     .handler = change_status,
     WRITE,
     FORM,
     .fields = status_fields,
     .again = show_list,
     .summary = "Start, pause or end a price list",
     .answer = "price_list"},
    {0},
};
