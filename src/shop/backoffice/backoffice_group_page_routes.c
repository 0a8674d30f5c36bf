/* backoffice_group_page_routes.c - one group buy: its groups and its life. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_group_form.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define GROUP_ROWS 50

static const char *const statuses[] = {"active", "paused", "ended", NULL};
static const enum promotion_status status_of[] = {PROMOTION_ACTIVE, PROMOTION_PAUSED, PROMOTION_ENDED};

struct page_form {
    int64_t group_buy_id;
    const char *notice;
    int status;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct page_form, group_buy_id),                  \
        .is_required = true, .help = "The group buy"                                                         \
    }

static const struct field show_fields[] = {
    ID_FIELD,
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

static void add_rows(struct ctx *ctx, struct value *view, const char *name, const struct buy_group *groups,
                     size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, name);
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *buy_group_view(ctx, &groups[i]));
        value_set_id(ctx->arena, row, "variant_id", groups[i].variant_id);
    }
}

/* Those that are open, the next to end first, and what became of the newest others. */
static err add_groups(struct ctx *ctx, struct value *view, int64_t group_buy_id)
{
    struct buy_group *open, *all, *over;
    size_t open_count, all_count, over_count = 0;
    TRY(buy_group_list(ctx, group_buy_id, BUY_GROUP_OPEN, GROUP_ROWS, &open, &open_count));
    TRY(buy_group_list(ctx, group_buy_id, 0, GROUP_ROWS, &all, &all_count));
    over = arena_alloc_many(ctx->arena, all_count + 1, sizeof *over);
    for (size_t i = 0; i < all_count; i++)
        if (all[i].state == BUY_GROUP_FULL || all[i].state == BUY_GROUP_FAILED)
            over[over_count++] = all[i];
    add_rows(ctx, view, "open", open, open_count);
    add_rows(ctx, view, "over", over, over_count);
    return NULL;
}

static err show(struct req *req)
{
    const struct page_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct group_buy *buy;
    TRY(group_buy_load(ctx, form->group_buy_id, &buy));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "buy", *group_buy_view(ctx, buy));
    TRY(group_goods_view(ctx, value_find(value_find(view, "buy"), "entries"), buy));
    TRY(add_groups(ctx, view, buy->id));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    value_set_text(ctx->arena, view, "notice", req->failure ? NULL : form->notice);
    return reply_view(req, "admin/group_buy", view);
}

/* ---- its life ---- */

struct turning {
    int64_t group_buy_id;
    enum promotion_status status;
};

/* What is there is looked at when it begins: days may lie between the form and the start. */
static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    static const char *const acts[] = {[PROMOTION_ACTIVE] = "promotion.started",
                                       [PROMOTION_PAUSED] = "promotion.paused",
                                       [PROMOTION_ENDED] = "promotion.ended"};
    const struct turning *turning = arg;
    struct group_buy *buy;
    TRY(group_buy_load(ctx, turning->group_buy_id, &buy));
    if (buy->status == turning->status)
        return NULL;
    if (turning->status == PROMOTION_ACTIVE)
        TRY(group_check_stock(ctx, buy));
    TRY(group_buy_change_status(ctx, buy->id, turning->status));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = acts[turning->status],
                                            .subject = arena_format(ctx->arena, "groups/%" PRId64, buy->id),
                                            .title = buy->name});
}

static err turn(struct req *req)
{
    const struct page_form *form = req->form;
    struct turning turning = {form->group_buy_id, status_of[form->status]};
    struct group_buy *buy;
    TRY(db_transact(&req->ctx, turn_in_transaction, &turning));
    TRY(group_buy_load(&req->ctx, form->group_buy_id, &buy));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "buy", *group_buy_view(&req->ctx, buy));
    return reply_done(req, 200, view, "/admin/groups/%" PRId64 "?notice=promotion_%s", buy->id,
                      statuses[form->status]);
}

#define FORM .form_size = sizeof(struct page_form)

const struct route backoffice_group_page_routes[] = {
    {.method = GET,
     .path = "/admin/groups/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "promotions.read",
     FORM,
     .fields = show_fields,
     .summary = "A group buy: its figures and its groups",
     .answer = "buy"},
    {.method = POST,
     .path = "/admin/groups/:id/status",
     .handler = turn,
     .guard = STAFF,
     .scope = "promotions.write",
     FORM,
     .fields = status_fields,
     .again = show,
     .summary = "Start, pause or end a group buy",
     .answer = "buy"},
    {0},
};
