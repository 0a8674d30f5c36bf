/* backoffice_promotion_page_routes.c - one offer: what it gave, what it said at each time, its life. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_promotion_form.h"
#include "shop/backoffice/backoffice_use_view.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

static const char *const statuses[] = {"active", "paused", "ended", NULL};
static const enum promotion_status status_of[] = {PROMOTION_ACTIVE, PROMOTION_PAUSED, PROMOTION_ENDED};

struct page_form {
    int64_t promotion_id;
    bool has_trial;
    int64_t cursor;
    const char *notice;
    int status;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct page_form, promotion_id),                  \
        .is_required = true, .help = "The offer"                                                             \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "trial",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct page_form, has_trial),
     .help = "Say too what it would have done to the newest paid orders"},
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

static const struct field copy_fields[] = {ID_FIELD, {0}};

/* ---- the page ---- */

static err add_uses(struct ctx *ctx, struct value *view, int64_t promotion_id, int64_t before_id)
{
    struct promotion_use *uses;
    struct use_row rows[USE_ROWS + 1];
    size_t count;
    TRY(promotion_use_list(ctx, promotion_id, before_id, USE_ROWS + 1, &uses, &count));
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct use_row){.order_id = uses[i].order_id,
                                   .amount = uses[i].amount,
                                   .version = uses[i].version,
                                   .is_live = uses[i].is_live};
    return uses_set_view(
        ctx, view,
        &(struct use_page){rows, count, before_id,
                           arena_format(ctx->arena, "/admin/promotions/%" PRId64, promotion_id)});
}

static err add_versions(struct ctx *ctx, struct value *view, int64_t promotion_id)
{
    struct promotion_version *versions;
    int64_t people[PROMOTION_VERSION_LIST];
    const char *names[PROMOTION_VERSION_LIST];
    size_t count;
    TRY(promotion_version_list(ctx, promotion_id, &versions, &count));
    for (size_t i = 0; i < count; i++)
        people[i] = versions[i].actor_id;
    TRY(staff_name_many(ctx, people, count, names));
    struct value *list = value_set_list(ctx->arena, view, "versions");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, row, "version", versions[i].version);
        value_set_time(ctx->arena, row, "at", versions[i].at);
        value_set_text(ctx->arena, row, "name", names[i]);
        value_set_text(ctx->arena, row, "text", promotion_text(ctx, &versions[i].promotion));
        value_set_bool(ctx->arena, row, "is_for_all", versions[i].promotion.is_for_all);
    }
    return NULL;
}

static err page_view(struct req *req, int64_t promotion_id, bool has_trial, int64_t cursor,
                     struct value **made)
{
    struct ctx *ctx = &req->ctx;
    struct promotion *promotion;
    struct promotion_figure figure;
    struct value *view = *made = value_object(ctx->arena);
    TRY(promotion_load(ctx, promotion_id, &promotion));
    TRY(promotion_figure_many(ctx, &promotion_id, 1, &figure));
    value_set(ctx->arena, view, "promotion", *promotion_row_view(ctx, promotion, &figure));
    TRY(promotion_choices_view(ctx, view, promotion));
    TRY(add_uses(ctx, view, promotion_id, cursor));
    TRY(add_versions(ctx, view, promotion_id));
    if (has_trial)
        TRY(promotion_trial_view(ctx, view, promotion));
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    return NULL;
}

/* Orders name a flash sale or a presale as any other offer: it has a page of its own. */
static err is_flash(struct ctx *ctx, int64_t id, bool *is_one)
{
    struct flash_sale *sale;
    err failure = flash_load(ctx, id, &sale);
    *is_one = failure == NULL;
    return failure && failure->code == ERR_NOT_FOUND ? NULL : failure;
}

static err find_presale(struct ctx *ctx, int64_t id, int64_t *presale_id)
{
    struct presale *presale;
    err failure = presale_load(ctx, id, &presale);
    *presale_id = failure ? 0 : presale->id;
    return failure && failure->code == ERR_NOT_FOUND ? NULL : failure;
}

/* The same for a group buy. */
static err is_group_buy(struct ctx *ctx, int64_t id, bool *is_one)
{
    struct group_buy *buy;
    err failure = group_buy_load(ctx, id, &buy);
    *is_one = failure == NULL;
    return failure && failure->code == ERR_NOT_FOUND ? NULL : failure;
}

static err show(struct req *req)
{
    const struct page_form *form = req->form;
    struct value *view;
    struct promotion *promotion;
    bool is_one = false, is_group = false;
    int64_t presale_id = 0;
    err failure = promotion_load(&req->ctx, form->promotion_id, &promotion);
    if (failure && failure->code == ERR_NOT_FOUND)
        TRY(is_flash(&req->ctx, form->promotion_id, &is_one));
    if (failure && failure->code == ERR_NOT_FOUND && !is_one)
        TRY(find_presale(&req->ctx, form->promotion_id, &presale_id));
    if (presale_id)
        return reply_redirect(req, 302, arena_format(req->ctx.arena, "/admin/presales/%" PRId64, presale_id));
    if (is_one)
        return reply_redirect(req, 302,
                              arena_format(req->ctx.arena, "/admin/flash/%" PRId64, form->promotion_id));
    if (failure && failure->code == ERR_NOT_FOUND)
        TRY(is_group_buy(&req->ctx, form->promotion_id, &is_group));
    if (is_group)
        return reply_redirect(req, 302,
                              arena_format(req->ctx.arena, "/admin/groups/%" PRId64, form->promotion_id));
    TRY(failure);
    TRY(page_view(req, form->promotion_id, form->has_trial, form->cursor, &view));
    value_set_text(req->ctx.arena, view, "notice", req->failure ? NULL : form->notice);
    return reply_view(req, "admin/promotion", view);
}

/* ---- its life ---- */

struct turning {
    int64_t promotion_id;
    enum promotion_status status;
};

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    static const char *const acts[] = {[PROMOTION_ACTIVE] = "promotion.started",
                                       [PROMOTION_PAUSED] = "promotion.paused",
                                       [PROMOTION_ENDED] = "promotion.ended"};
    const struct turning *turning = arg;
    struct promotion *promotion;
    TRY(promotion_load(ctx, turning->promotion_id, &promotion));
    if (promotion->status == turning->status)
        return NULL;
    TRY(promotion_change_status(ctx, promotion->id, turning->status));
    return audit_note(
        ctx, &(struct audit_entry){.kind = acts[turning->status],
                                   .subject = arena_format(ctx->arena, "promotions/%" PRId64, promotion->id),
                                   .title = promotion->name,
                                   .after = promotion_text(ctx, promotion)});
}

static err turn(struct req *req)
{
    const struct page_form *form = req->form;
    struct turning turning = {form->promotion_id, status_of[form->status]};
    struct promotion *promotion;
    TRY(db_transact(&req->ctx, turn_in_transaction, &turning));
    TRY(promotion_load(&req->ctx, form->promotion_id, &promotion));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "promotion", *promotion_view(&req->ctx, promotion));
    return reply_done(req, 200, view, "/admin/promotions/%" PRId64 "?notice=promotion_%s", promotion->id,
                      statuses[form->status]);
}

/* ---- a copy ---- */

/* At most so many characters that the name of a copy still fits. */
static const char *copied_name(struct req *req, const char *name)
{
    const char *suffix = req_text(req, "promotions.copy_suffix");
    suffix = suffix ? suffix : " (2)";
    size_t most = PROMOTION_NAME_MOST - utf8_length(suffix, strlen(suffix));
    return arena_format(req->ctx.arena, "%.*s%s", (int)utf8_prefix(name, strlen(name), most), name, suffix);
}

/* The same rule as a draft: a coupon gets a code of its own, and an offer that is over lasts as long again
 * from now on. */
static void make_copy(struct req *req, struct promotion *promotion)
{
    struct ctx *ctx = &req->ctx;
    int64_t now = ctx->now - ctx->now % MINUTE_MS;
    promotion->id = promotion->version = 0;
    promotion->uses = promotion->money = 0;
    promotion->status = PROMOTION_DRAFT;
    promotion->name = copied_name(req, promotion->name);
    if (promotion->code[0])
        promotion->code = promotion_code_make(ctx);
    if (promotion->ends_at <= ctx->now + MINUTE_MS) {
        int64_t length = promotion->ends_at - promotion->starts_at;
        promotion->starts_at = now;
        promotion->ends_at = now + (length > HOUR_MS ? length : HOUR_MS);
    }
}

static err copy_in_transaction(struct ctx *ctx, void *arg)
{
    struct promotion *promotion = arg;
    struct promotion next = *promotion;
    TRY(promotion_save(ctx, &next));
    TRY(audit_note(ctx,
                   &(struct audit_entry){.kind = "promotion.created",
                                         .subject = arena_format(ctx->arena, "promotions/%" PRId64, next.id),
                                         .title = next.name,
                                         .after = promotion_text(ctx, &next)}));
    *promotion = next;
    return NULL;
}

static err copy(struct req *req)
{
    const struct page_form *form = req->form;
    struct promotion *promotion;
    TRY(promotion_load(&req->ctx, form->promotion_id, &promotion));
    make_copy(req, promotion);
    TRY(db_transact(&req->ctx, copy_in_transaction, promotion));
    TRY(promotion_load(&req->ctx, promotion->id, &promotion));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "promotion", *promotion_view(&req->ctx, promotion));
    return reply_done(req, 201, view, "/admin/promotions/%" PRId64 "/edit?notice=promotion_copied",
                      promotion->id);
}

#define FORM .form_size = sizeof(struct page_form)
#define WRITE .method = POST, .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_promotion_page_routes[] = {
    {.method = GET,
     .path = "/admin/promotions/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "promotions.read",
     FORM,
     .fields = show_fields,
     .summary = "An offer: what it gave, its orders and its versions",
     .answer = "promotion"},
    {WRITE, .path = "/admin/promotions/:id/status", .handler = turn, FORM, .fields = status_fields,
     .again = show, .summary = "Start, pause or end an offer", .answer = "promotion"},
    {WRITE, .path = "/admin/promotions/:id/copy", .handler = copy, FORM, .fields = copy_fields, .again = show,
     .summary = "Copy an offer as a new draft", .answer = "promotion"},
    {0},
};
