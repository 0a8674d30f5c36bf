/* backoffice_rule_routes.c - a tag for all products that fit a rule, and what happens to products without
 * stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_rule_form.h"
#include "shop/backoffice/backoffice_work.h"
#include <inttypes.h>

/* ---- a tag by rule ---- */

static const char *const tag_acts[] = {"tag", "untag", NULL};

struct tag_form {
    struct rule_form rule;
    const char *tag;
    int act; /* index in tag_acts */
};

static const struct field tag_fields[] = {
    RULE_FORM_FIELDS,
    {.name = "tag",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct tag_form, tag),
     .is_required = true,
     .maximum = TAG_LENGTH_LIMIT,
     .help = "The tag"},
    {.name = "act",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct tag_form, act),
     .choices = tag_acts,
     .help = "Put it on (tag) or take it off (untag)"},
    {0},
};

static err tag_view(struct req *req, const struct rule *rule, const char *tag, int act, bool is_preview)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    value_set_text(ctx->arena, view, "tag", tag);
    value_set_text(ctx->arena, view, "act", tag_acts[act]);
    TRY(rule_set_view(ctx, view, rule));
    TRY(rule_set_choices(ctx, view));
    if (is_preview)
        TRY(rule_set_preview(ctx, view, rule));
    return reply_view(req, "admin/tags_by_rule", view);
}

static err show_tag(struct req *req)
{
    return tag_view(req, &(struct rule){0}, "", 0, false);
}

static err read_tag_form(struct req *req, struct rule *rule)
{
    const struct tag_form *form = req->form;
    TRY(rule_of_form(&req->ctx, &form->rule, rule));
    TRY(rule_settle_words(&req->ctx, rule));
    if (rule->count == 0)
        return fail_field(&req->ctx, "conditions.0.value", "required", "a rule has at least one condition");
    return NULL;
}

static err preview_tag(struct req *req)
{
    const struct tag_form *form = req->form;
    struct rule rule;
    TRY(read_tag_form(req, &rule));
    return tag_view(req, &rule, form->tag, form->act, true);
}

static err apply_tag(struct req *req)
{
    const struct tag_form *form = req->form;
    struct rule rule;
    TRY(read_tag_form(req, &rule));
    struct rule_search search = {.rule = &rule, .most = PRODUCT_BULK_LIMIT + 1, .look_limit = INT64_MAX};
    search.ids = arena_alloc_many(req->ctx.arena, search.most, sizeof *search.ids);
    TRY(rule_find(&req->ctx, &search));
    if (search.count == 0)
        return fail_field(&req->ctx, "conditions.0.value", "fits-nothing", "no product fits");
    struct product_act act = {.kind = form->act == 0 ? ACT_TAG : ACT_UNTAG, .value = form->tag};
    struct work work;
    TRY(act_do_or_open(&req->ctx, &act, search.ids, search.count, &work));
    if (work.id)
        return reply_work(req, &work);
    struct value *view = value_object(req->ctx.arena);
    struct value *done = value_set_object(req->ctx.arena, view, "act");
    value_set_id(req->ctx.arena, done, "id", act.id);
    value_set_int(req->ctx.arena, done, "count", act.count);
    return reply_done(req, 200, view, "/admin/products?act=%" PRId64, act.id);
}

/* ---- without stock ---- */

static const char *const stock_actions[] = {"off", "show", NULL};

struct stock_form {
    struct rule_form rule;
    const char *name;
    int action; /* index in stock_actions */
    bool stays_off;
    int64_t stock_rule_id;
    const char *notice;
};

static const struct field stock_fields[] = {
    RULE_FORM_FIELDS,
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct stock_form, name),
     .is_required = true,
     .maximum = 40,
     .help = "What staff call the rule"},
    {.name = "action",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct stock_form, action),
     .choices = stock_actions,
     .help = "off: off the shelf; show: stays as sold out"},
    {.name = "stays_off",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct stock_form, stays_off),
     .help = "Whether it stays off the shelf when there is stock again"},
    {0},
};

static const struct field drop_stock_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct stock_form, stock_rule_id),
     .is_required = true,
     .help = "The rule"},
    {0},
};

static const struct field show_stock_fields[] = {
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct stock_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static err add_stock_rules(struct ctx *ctx, struct value *view)
{
    struct stock_rule *rules;
    size_t count;
    TRY(stock_rule_list(ctx, &rules, &count));
    struct value *list = value_set_list(ctx->arena, view, "stock_rules");
    for (size_t i = 0; i < count; i++) {
        struct rule rule;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        TRY(rule_read(ctx, rules[i].rule, &rule));
        value_set_id(ctx->arena, row, "id", rules[i].id);
        value_set_text(ctx->arena, row, "name", rules[i].name);
        value_set_text(ctx->arena, row, "action", stock_actions[rules[i].action - STOCK_OFF]);
        value_set_bool(ctx->arena, row, "is_back", rules[i].is_back);
        TRY(rule_set_view(ctx, row, &rule));
    }
    return NULL;
}

static err show_stock(struct req *req)
{
    const struct stock_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    TRY(add_stock_rules(&req->ctx, view));
    TRY(rule_set_view(&req->ctx, view, &(struct rule){0}));
    TRY(rule_set_choices(&req->ctx, view));
    if (!req->failure)
        value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/stock_rules", view);
}

static err create_stock(struct req *req)
{
    const struct stock_form *form = req->form;
    struct rule rule;
    struct stock_rule stock_rule = {.name = form->name,
                                    .action = form->action == 0 ? STOCK_OFF : STOCK_SHOW,
                                    .is_back = form->action == 0 && !form->stays_off};
    TRY(rule_of_form(&req->ctx, &form->rule, &rule));
    TRY(stock_rule_create(&req->ctx, &stock_rule, &rule));
    struct value *view = value_object(req->ctx.arena);
    value_set_id(req->ctx.arena, view, "id", stock_rule.id);
    return reply_done(req, 201, view, "/admin/products/rules?notice=saved");
}

static err drop_stock(struct req *req)
{
    const struct stock_form *form = req->form;
    TRY(stock_rule_remove(&req->ctx, form->stock_rule_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/products/rules?notice=removed");
}

const struct route backoffice_rule_routes[] = {
    {.method = GET,
     .path = "/admin/tags/by-rule",
     .handler = show_tag,
     .guard = STAFF,
     .scope = "products.read",
     .faces = FACE_HTML,
     .summary = "A form for a tag by rule"},
    {.method = POST,
     .path = "/admin/tags/by-rule/preview",
     .handler = preview_tag,
     .guard = STAFF,
     .scope = "products.read",
     .fields = tag_fields,
     .form_size = sizeof(struct tag_form),
     .again = show_tag,
     .summary = "Which products a tag by rule would reach",
     .answer = "preview"},
    {.method = POST,
     .path = "/admin/tags/by-rule",
     .handler = apply_tag,
     .guard = STAFF,
     .scope = "products.write",
     .fields = tag_fields,
     .form_size = sizeof(struct tag_form),
     .again = show_tag,
     .summary = "Put a tag on all products that fit a rule, or take it off them, as one act",
     .answer = "act"},
    {.method = GET,
     .path = "/admin/products/rules",
     .handler = show_stock,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_stock_fields,
     .form_size = sizeof(struct stock_form),
     .summary = "What happens to products without stock",
     .answer = "stock_rules"},
    {.method = POST,
     .path = "/admin/products/rules",
     .handler = create_stock,
     .guard = STAFF,
     .scope = "products.write",
     .fields = stock_fields,
     .form_size = sizeof(struct stock_form),
     .again = show_stock,
     .summary = "Say what happens to products without stock",
     .answer = "id"},
    {.method = POST,
     .path = "/admin/products/rules/:id/remove",
     .handler = drop_stock,
     .guard = STAFF,
     .scope = "products.write",
     .fields = drop_stock_fields,
     .form_size = sizeof(struct stock_form),
     .again = show_stock,
     .summary = "Forget such a rule"},
    {0},
};
