/* backoffice_group_routes.c - the group buys of the shop: their list, and the form to write one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_group_form.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30
#define USUAL_DAYS 7
#define USUAL_SIZE 3

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
    struct group_buy *buys;
    size_t count;
    TRY(group_buy_list(ctx, form->cursor, ROWS + 1, &buys, &count));
    bool has_more = count > ROWS;
    struct value *view = value_object(ctx->arena);
    struct value *rows = value_set_list(ctx->arena, view, "buys");
    for (size_t i = 0; i < count && i < ROWS; i++)
        value_add(ctx->arena, rows, *group_buy_view(ctx, &buys[i]));
    value_set_text(ctx->arena, view, "next_url",
                   has_more ? arena_format(ctx->arena, "/admin/groups?cursor=%" PRId64, buys[ROWS - 1].id)
                            : NULL);
    value_set_text(ctx->arena, view, "first_url", form->cursor ? "/admin/groups" : NULL);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return reply_view(req, "admin/group_buys", view);
}

/* ---- the form ---- */

static err form_page(struct req *req, const struct group_buy *buy, bool is_typed, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct group_buy *saved;
    if (buy->id) {
        TRY(group_buy_load(ctx, buy->id, &saved));
        value_set(ctx->arena, view, "buy", *group_buy_view(ctx, saved));
    }
    value_set_int(ctx->arena, view, "version", buy->version);
    if (is_typed)
        group_typed_view(req, view, buy);
    else
        group_form_view(ctx, view, buy);
    TRY(group_goods_view(ctx, value_find(value_find(view, "fields"), "entries"), buy));
    return reply_view(req, "admin/group_edit", view);
}

/* From the next full hour on. */
static err show_new(struct req *req)
{
    int64_t start = req->ctx.now - req->ctx.now % HOUR_MS + HOUR_MS;
    struct group_buy buy = {.name = "",
                            .status = PROMOTION_DRAFT,
                            .starts_at = start,
                            .ends_at = start + USUAL_DAYS * DAY_MS,
                            .size = USUAL_SIZE,
                            .hours = GROUP_HOURS_USUAL,
                            .is_listed = true};
    return form_page(req, &buy, false, value_object(req->ctx.arena));
}

static err show_edit(struct req *req)
{
    const struct group_form *form = req->form;
    struct group_buy *buy;
    TRY(group_buy_load(&req->ctx, form->group_buy_id, &buy));
    return form_page(req, buy, false, value_object(req->ctx.arena));
}

/* A refused form, as it was typed. */
static err show_again(struct req *req)
{
    struct group_buy typed;
    TRY(group_of_form(&req->ctx, req->form, false, &typed));
    return form_page(req, &typed, true, value_object(req->ctx.arena));
}

/* The form with the variants of the goods that were named; nothing is saved. For programs what the buy would
 * be, and what is wrong with it. */
static err preview(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct group_buy typed;
    struct value *view = value_object(ctx->arena);
    TRY(group_of_form(ctx, req->form, req->face == FACE_JSON, &typed));
    if (req->face == FACE_JSON) {
        value_set(ctx->arena, view, "buy", *group_buy_view(ctx, &typed));
        return reply_view(req, "admin/group_edit", view);
    }
    TRY(group_check_goods(ctx, req->form));
    value_set_bool(ctx->arena, view, "is_preview", true);
    return form_page(req, &typed, true, view);
}

/* ---- saving ---- */

struct saving {
    struct group_buy buy;
    bool is_new;
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct group_buy next = saving->buy;
    TRY(group_buy_save(ctx, &next));
    TRY(audit_note(ctx,
                   &(struct audit_entry){.kind = saving->is_new ? "promotion.created" : "promotion.changed",
                                         .subject = arena_format(ctx->arena, "groups/%" PRId64, next.id),
                                         .title = next.name}));
    saving->buy = next;
    return NULL;
}

static err save(struct req *req, int status)
{
    struct ctx *ctx = &req->ctx;
    struct saving saving;
    struct group_buy *saved;
    TRY(group_of_form(ctx, req->form, true, &saving.buy));
    saving.is_new = saving.buy.id == 0;
    err failure = db_transact(ctx, save_in_transaction, &saving);
    if (failure)
        return group_form_failure(ctx, req->form, failure);
    TRY(group_buy_load(ctx, saving.buy.id, &saved));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "buy", *group_buy_view(ctx, saved));
    return reply_done(req, status, view, "/admin/groups/%" PRId64 "?notice=%s", saved->id,
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

#define FORM .form_size = sizeof(struct group_form)
#define READ .guard = STAFF, .scope = "promotions.read"
#define WRITE .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_group_routes[] = {
    {.method = GET,
     .path = "/admin/groups",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The group buys of the shop, newest first",
     .answer = "buys"},
    {.method = GET,
     .path = "/admin/groups/new",
     .handler = show_new,
     WRITE,
     .faces = FACE_HTML,
     .summary = "A form for a new group buy"},
    {.method = GET,
     .path = "/admin/groups/:id/edit",
     .handler = show_edit,
     WRITE,
     FORM,
     .fields = group_change_fields,
     .faces = FACE_HTML,
     .summary = "A form to change a group buy"},
    {.method = POST,
     .path = "/admin/groups",
     .handler = create,
     WRITE,
     FORM,
     .fields = group_create_fields,
     .again = show_again,
     .summary = "Write a new group buy, as a draft",
     .answer = "buy"},
    {.method = POST,
     .path = "/admin/groups/preview",
     .handler = preview,
     WRITE,
     FORM,
     .fields = group_preview_fields,
     .again = show_again,
     .summary = "What a group buy would be, before it is saved",
     .answer = "buy"},
    {.method = POST,
     .path = "/admin/groups/:id",
     .handler = change,
     WRITE,
     FORM,
     .fields = group_change_fields,
     .again = show_again,
     .summary = "Write the next version of a group buy",
     .answer = "buy"},
    {0},
};
