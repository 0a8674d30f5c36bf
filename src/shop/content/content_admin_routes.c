/* content_admin_routes.c - where policies are written, and what they were. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/content/content.h"
#include "shop/content/content_routes.h"
#include "shop/staff/staff.h"

struct edit_form {
    int kind;
    int64_t version;
    const char *text;
    const char *text_en;
};

#define KIND_FIELD                                                                                           \
    {                                                                                                        \
        .name = "kind", .kind = FIELD_CHOICE, .offset = offsetof(struct edit_form, kind),                    \
        .is_required = true, .choices = shop_policy_names, .help = "The policy"                              \
    }
#define VERSION_FIELD(text_of_help)                                                                          \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct edit_form, version), .minimum = 0,   \
        .maximum = INT64_MAX, .help = (text_of_help)                                                         \
    }

static const struct field show_fields[] = {KIND_FIELD, VERSION_FIELD("An older version to look at"), {0}};
static const struct field restore_fields[] = {KIND_FIELD, VERSION_FIELD("The version to restore"), {0}};
static const struct field save_fields[] = {
    KIND_FIELD,
    VERSION_FIELD("The version that was edited; a newer one is refused"),
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct edit_form, text),
     .maximum = POLICY_TEXT_LIMIT,
     .help = "Chinese text; blank takes the policy off the shop"},
    {.name = "text_en",
     .kind = FIELD_LONG,
     .offset = offsetof(struct edit_form, text_en),
     .maximum = POLICY_TEXT_LIMIT,
     .help = "English text"},
    {0},
};

static void set_version(struct ctx *ctx, struct value *object, const struct policy_version *version)
{
    value_set_int(ctx->arena, object, "version", version->version);
    value_set_text(ctx->arena, object, "author", version->author);
    value_set_time(ctx->arena, object, "created_at", version->created_at);
}

static err list(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct policy_version newest[POLICY_KINDS];
    bool is_public[POLICY_KINDS];
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    TRY(policy_list(ctx, newest, is_public));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "policies");
    for (int kind = 0; kind < POLICY_KINDS; kind++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "kind", shop_policy_names[kind]);
        value_set_bool(ctx->arena, row, "is_public", is_public[kind]);
        set_version(ctx, row, &newest[kind]);
    }
    return reply_view(req, "admin/settings_policies", view);
}

static err add_versions(struct ctx *ctx, struct value *view, enum shop_policy kind)
{
    struct policy_version *versions;
    size_t count;
    TRY(policy_list_versions(ctx, kind, &versions, &count));
    struct value *list = value_set_list(ctx->arena, view, "versions");
    for (size_t i = 0; i < count; i++)
        set_version(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), &versions[i]);
    return NULL;
}

/* The newest version for editing; the older one that is looked at stands beside it. */
static err show_policy(struct req *req, int64_t looked_at)
{
    const struct edit_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    enum shop_policy kind = (enum shop_policy)form->kind;
    struct policy_version newest, old;
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    TRY(policy_load(ctx, kind, &newest));
    struct value *view = value_object(ctx->arena);
    struct value *policy = value_set_object(ctx->arena, view, "policy");
    value_set_text(ctx->arena, policy, "kind", shop_policy_names[kind]);
    value_set_text(ctx->arena, policy, "text", newest.text);
    value_set_text(ctx->arena, policy, "text_en", newest.text_en);
    set_version(ctx, policy, &newest);
    value_set(ctx->arena, view, "old", value_null());
    if (looked_at > 0 && looked_at != newest.version) {
        TRY(policy_load_version(ctx, kind, looked_at, &old));
        struct value *shown = value_set_object(ctx->arena, view, "old");
        set_version(ctx, shown, &old);
        value_set_text(ctx->arena, shown, "html", policy_html(ctx, old.text));
        value_set_text(ctx->arena, shown, "html_en", policy_html(ctx, old.text_en));
    }
    TRY(add_versions(ctx, view, kind));
    return reply_view(req, "admin/settings_policy", view);
}

static err show(struct req *req)
{
    const struct edit_form *form = req->form;
    return show_policy(req, form->version);
}

static err show_again(struct req *req)
{
    return show_policy(req, 0);
}

static const char *author_of(const struct req *req)
{
    const struct staff *person = req->visitor;
    return person->name;
}

static err done(struct req *req, const char *notice)
{
    const struct edit_form *form = req->form;
    const char *kind = shop_policy_names[form->kind];
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, value_set_object(req->ctx.arena, view, "policy"), "kind", kind);
    const char *subject = arena_format(req->ctx.arena, "settings/policies/%s", kind);
    TRY(audit_note_alone(&req->ctx, &(struct audit_entry){.kind = "settings.changed", .subject = subject}));
    return reply_done(req, 200, view, "/admin/settings/policies/%s?notice=%s", kind, notice);
}

static err save(struct req *req)
{
    const struct edit_form *form = req->form;
    TRY(policy_save(&req->ctx, (enum shop_policy)form->kind, form->version, form->text, form->text_en,
                    author_of(req)));
    return done(req, "saved");
}

static err restore(struct req *req)
{
    const struct edit_form *form = req->form;
    struct policy_version newest, old;
    TRY(policy_load(&req->ctx, (enum shop_policy)form->kind, &newest));
    TRY(policy_load_version(&req->ctx, (enum shop_policy)form->kind, form->version, &old));
    TRY(policy_save(&req->ctx, (enum shop_policy)form->kind, newest.version, old.text, old.text_en,
                    author_of(req)));
    return done(req, "policy_restored");
}

#define POLICY_FORM .form_size = sizeof(struct edit_form)

const struct route content_admin_routes[] = {
    {.method = GET,
     .path = "/admin/settings/policies",
     .handler = list,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "The policies of the shop",
     .answer = "policies"},
    {.method = GET,
     .path = "/admin/settings/policies/:kind",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .fields = show_fields,
     POLICY_FORM,
     .summary = "A policy with its versions",
     .answer = "policy"},
    {.method = POST,
     .path = "/admin/settings/policies/:kind",
     .handler = save,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = save_fields,
     POLICY_FORM,
     .again = show_again,
     .summary = "Write the next version of a policy",
     .answer = "policy"},
    {.method = POST,
     .path = "/admin/settings/policies/:kind/restore",
     .handler = restore,
     .guard = STAFF,
     .scope = "settings.write",
     .fields = restore_fields,
     POLICY_FORM,
     .again = show_again,
     .summary = "Make an older version the newest",
     .answer = "policy"},
    {0},
};
