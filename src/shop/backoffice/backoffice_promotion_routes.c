/* backoffice_promotion_routes.c - the offers of the shop: their list, and the form to write one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_promotion_form.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
#define USUAL_DAYS 8 /* of a new offer: seven whole ones, and what is left of today */

/* Index: enum promotion_phase + 1, 0 = any. */
static const char *const phases[] = {"all",    "draft", "scheduled", "running",
                                     "paused", "ended", "used-up",   NULL};
/* Index: enum discount_kind, 0 = any. */
static const char *const kinds[] = {"all",      "sale",   "pieces", "nth",   "sum",     "coupon",
                                    "shipping", "bundle", "gift",   "addon", "voucher", NULL};

struct list_form {
    int phase;
    int kind;
    int64_t cursor;
    int64_t removed_id;
    const char *notice;
};

static const struct field list_fields[] = {
    {.name = "phase",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, phase),
     .choices = phases,
     .help = "Only offers that are so now"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, kind),
     .choices = kinds,
     .help = "Only offers of this kind"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static err add_rows(struct ctx *ctx, struct value *view, const struct promotion *promotions, size_t count)
{
    int64_t ids[ROWS];
    struct promotion_figure figures[ROWS];
    struct value *list = value_set_list(ctx->arena, view, "promotions");
    for (size_t i = 0; i < count; i++)
        ids[i] = promotions[i].id;
    TRY(promotion_figure_many(ctx, ids, count, figures));
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *promotion_row_view(ctx, &promotions[i], &figures[i]));
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct promotion_phase_query query = {.has_phase = form->phase > 0,
                                          .phase =
                                              (enum promotion_phase)(form->phase > 0 ? form->phase - 1 : 0),
                                          .kind = (enum discount_kind)form->kind,
                                          .before_id = form->cursor,
                                          .limit = ROWS + 1};
    struct list_place place = {.list = &promotion_list_pages, .cursor = form->cursor ? "later" : ""};
    struct promotion *promotions;
    size_t count;
    place.values[OFFERS_PHASE] = form->phase ? phases[form->phase] : "";
    place.values[OFFERS_KIND] = form->kind ? kinds[form->kind] : "";
    list_settle(&place);
    TRY(promotion_list_phase(ctx, &query, &promotions, &count));
    bool has_more = count > ROWS;
    struct value *view = value_object(ctx->arena);
    TRY(add_rows(ctx, view, promotions, has_more ? ROWS : count));
    value_set_text(ctx->arena, view, "phase", phases[form->phase]);
    value_set_text(ctx->arena, view, "kind", kinds[form->kind]);
    value_set_text(ctx->arena, view, "notice", form->notice);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "promotions.write"));
    TRY(list_view(ctx, &place,
                  has_more ? arena_format(ctx->arena, "%" PRId64, promotions[ROWS - 1].id) : NULL, view));
    return reply_view(req, "admin/promotions", view);
}

/* ---- the form ---- */

/* Gifts and add-ons compete with nothing for money: who makes an offer mostly wants them beside it, and them
 * beside everything. */
static unsigned usual_beside(enum discount_kind kind)
{
    unsigned all = (1u << (CLASS_ADDON + 1)) - 2;
    return kind == DISCOUNT_GIFT || kind == DISCOUNT_ADDON ? all : 1u << CLASS_GIFT | 1u << CLASS_ADDON;
}

/* From this minute on, until the night after a week. */
static struct promotion fresh(struct ctx *ctx, enum discount_kind kind)
{
    int64_t now = ctx->now - ctx->now % MINUTE_MS;
    return (struct promotion){.name = "",
                              .code = "",
                              .status = PROMOTION_DRAFT,
                              .starts_at = now,
                              .ends_at = clock_day_shift(now, USUAL_DAYS, ctx->shop->zone),
                              .rule = {.kind = kind, .beside = usual_beside(kind)},
                              .is_for_all = true};
}

/* What holds now of an offer that is edited, so that somebody who was slower sees it. */
static err add_saved(struct ctx *ctx, struct value *view, int64_t promotion_id)
{
    struct promotion *saved;
    if (!promotion_id)
        return NULL;
    TRY(promotion_load(ctx, promotion_id, &saved));
    value_set(ctx->arena, view, "promotion", *promotion_view(ctx, saved));
    return NULL;
}

static err form_page(struct req *req, const struct promotion *promotion, bool is_typed, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    TRY(add_saved(ctx, view, promotion->id));
    value_set_int(ctx->arena, view, "version", promotion->version);
    if (is_typed)
        promotion_typed_view(req, view);
    else
        promotion_form_view(ctx, view, promotion);
    TRY(promotion_choices_view(ctx, view, promotion));
    TRY(promotion_given_view(req, view, promotion, is_typed));
    return reply_view(req, "admin/promotion_edit", view);
}

static err show_new(struct req *req)
{
    const struct promotion_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    bool has_kind = req_typed(req, "kind")[0] != 0;
    struct promotion promotion = fresh(&req->ctx, (enum discount_kind)(form->kind + 1));
    value_set_bool(req->ctx.arena, view, "asks_kind", !has_kind);
    return form_page(req, &promotion, false, view);
}

static err show_edit(struct req *req)
{
    const struct promotion_form *form = req->form;
    struct promotion *promotion;
    TRY(promotion_load(&req->ctx, form->promotion_id, &promotion));
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "notice", req_typed(req, "notice"));
    return form_page(req, promotion, false, view);
}

/* A refused form, as it was typed. */
static err show_again(struct req *req)
{
    struct promotion typed;
    TRY(promotion_of_form(&req->ctx, req->form, false, &typed));
    return form_page(req, &typed, true, value_object(req->ctx.arena));
}

static bool says_goods(const struct discount_rule *rule)
{
    const struct discount_step *step = &rule->steps[0];
    if (rule->kind == DISCOUNT_BUNDLE)
        return rule->good_count > 0 && (step->off > 0 || step->price > 0 || step->percent > 0);
    return rule->good_count > 0 &&
           (rule->kind == DISCOUNT_VOUCHER || (rule->step_count > 0 && step->from > 0));
}

static bool says_something(const struct promotion *promotion)
{
    if (discount_has_goods(promotion->rule.kind))
        return says_goods(&promotion->rule);
    for (size_t i = 0; i < promotion->rule.step_count; i++) {
        const struct discount_step *step = &promotion->rule.steps[i];
        int64_t most = promotion->rule.kind == DISCOUNT_SHIPPING ? BASIS_POINTS : BASIS_POINTS - 1;
        if (step->off <= 0 && step->price <= 0 && (step->percent <= 0 || step->percent > most))
            return false;
    }
    return promotion->rule.step_count > 0;
}

static const char *code_of(struct req *req)
{
    const struct promotion_form *form = req->form;
    return form->makes_code ? promotion_code_make(&req->ctx) : form->code;
}

/* The form as it was typed, with the sentence of its rule; nothing is saved. */
static err preview(struct req *req)
{
    const struct promotion_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct promotion typed;
    struct value *view = value_object(ctx->arena);
    struct value *shown = value_set_object(ctx->arena, view, "preview");
    TRY(promotion_of_form(ctx, form, form->has_trial, &typed));
    value_set_text(ctx->arena, shown, "text", says_something(&typed) ? promotion_text(ctx, &typed) : NULL);
    if (form->has_trial)
        TRY(promotion_trial_view(ctx, view, &typed));
    if (req->face == FACE_JSON)
        return reply_view(req, "admin/promotion_edit", view);
    TRY(add_saved(ctx, view, typed.id));
    value_set_int(ctx->arena, view, "version", typed.version);
    promotion_typed_view(req, view);
    struct value *fields = value_set_object(ctx->arena, view, "made");
    value_set_text(ctx->arena, fields, "code", code_of(req));
    TRY(promotion_choices_view(ctx, view, &typed));
    TRY(promotion_given_view(req, view, &typed, true));
    return reply_view(req, "admin/promotion_edit", view);
}

/* ---- saving ---- */

struct saving {
    struct promotion promotion;
    const char *before; /* the sentence that held; NULL for a new one */
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct promotion next = saving->promotion;
    TRY(promotion_save(ctx, &next));
    TRY(audit_note(ctx,
                   &(struct audit_entry){.kind = saving->before ? "promotion.changed" : "promotion.created",
                                         .subject = arena_format(ctx->arena, "promotions/%" PRId64, next.id),
                                         .title = next.name,
                                         .before = saving->before,
                                         .after = promotion_text(ctx, &next)}));
    saving->promotion = next;
    return NULL;
}

static err save(struct req *req, int status, struct saving *saving)
{
    struct ctx *ctx = &req->ctx;
    struct promotion *saved;
    err failure = db_transact(ctx, save_in_transaction, saving);
    if (failure)
        return promotion_form_failure(ctx, req->form, failure);
    TRY(promotion_load(ctx, saving->promotion.id, &saved));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "promotion", *promotion_view(ctx, saved));
    return reply_done(req, status, view, "/admin/promotions/%" PRId64 "?notice=%s", saved->id,
                      saving->before ? "saved" : "promotion_created");
}

static err create(struct req *req)
{
    struct saving saving = {0};
    TRY(promotion_of_form(&req->ctx, req->form, true, &saving.promotion));
    return save(req, 201, &saving);
}

static err change(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct saving saving;
    struct promotion *saved;
    TRY(promotion_of_form(ctx, req->form, true, &saving.promotion));
    TRY(promotion_load(ctx, saving.promotion.id, &saved));
    saving.promotion.status = saved->status;
    saving.promotion.uses = saved->uses;
    saving.promotion.money = saved->money;
    saving.before = promotion_text(ctx, saved);
    return save(req, 200, &saving);
}

#define FORM .form_size = sizeof(struct promotion_form)
#define READ .guard = STAFF, .scope = "promotions.read"
#define WRITE .guard = STAFF, .scope = "promotions.write"

const struct route backoffice_promotion_routes[] = {
    {.method = GET,
     .path = "/admin/promotions",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The offers of the shop, newest first",
     .answer = "promotions"},
    {.method = GET,
     .path = "/admin/promotions/new",
     .handler = show_new,
     WRITE,
     FORM,
     .fields = promotion_new_fields,
     .faces = FACE_HTML,
     .summary = "A form for a new offer"},
    {.method = GET,
     .path = "/admin/promotions/:id/edit",
     .handler = show_edit,
     WRITE,
     FORM,
     .fields = promotion_change_fields,
     .faces = FACE_HTML,
     .summary = "A form to change an offer"},
    {.method = POST,
     .path = "/admin/promotions",
     .handler = create,
     WRITE,
     FORM,
     .fields = promotion_create_fields,
     .again = show_again,
     .summary = "Write a new offer, as a draft",
     .answer = "promotion"},
    {.method = POST,
     .path = "/admin/promotions/preview",
     .handler = preview,
     WRITE,
     FORM,
     .fields = promotion_preview_fields,
     .again = show_again,
     .summary = "What an offer would say, and what it would have done, before it is saved",
     .answer = "preview"},
    {.method = POST,
     .path = "/admin/promotions/:id",
     .handler = change,
     WRITE,
     FORM,
     .fields = promotion_change_fields,
     .again = show_again,
     .summary = "Write the next version of an offer",
     .answer = "promotion"},
    {0},
};
