/* backoffice_kit_routes.c - ready-made attributes and tags for a category, in one click. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"

struct kit_form {
    int64_t category_id;
    const char *kit;
    const char *notice;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct kit_form, category_id),                    \
        .is_required = true, .help = "The category"                                                          \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "kit",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct kit_form, kit),
     .maximum = 20,
     .help = "For pages: the kit that was just added"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct kit_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static const struct field act_fields[] = {
    ID_FIELD,
    {.name = "kit",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct kit_form, kit),
     .is_required = true,
     .maximum = 20,
     .help = "A kit of the list, for example clothing"},
    {0},
};

static const char *const kind_names[] = {
    [ATTRIBUTE_TEXT] = "text",       [ATTRIBUTE_NUMBER] = "number", [ATTRIBUTE_CHOICE] = "choice",
    [ATTRIBUTE_CHOICES] = "choices", [ATTRIBUTE_FLAG] = "flag",     [ATTRIBUTE_DATE] = "date"};

/* "is_asked": here already; "is_other": the shop has one of this name and another kind. */
static void set_state(struct arena *arena, struct value *row, const struct kit_attribute *wanted,
                      const struct attribute *attributes, size_t count, int64_t category_id)
{
    bool is_asked = false, is_other = false;
    for (size_t i = 0; i < count; i++)
        if (text_is(attributes[i].name, wanted->name)) {
            is_asked = attribute_is_of(&attributes[i], category_id);
            is_other = !is_asked && !kit_goes_with(wanted, attributes[i].kind);
        }
    value_set_bool(arena, row, "is_asked", is_asked);
    value_set_bool(arena, row, "is_other", is_other);
}

static void add_attributes(struct ctx *ctx, struct value *entry, const struct kit *kit,
                           const struct attribute *attributes, size_t count, int64_t category_id)
{
    bool is_english = text_is(ctx->locale, "en");
    struct value *list = value_set_list(ctx->arena, entry, "attributes");
    for (const struct kit_attribute *wanted = kit->attributes; wanted->name; wanted++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "name", wanted->name);
        value_set_text(ctx->arena, row, "label", is_english ? wanted->name_en : wanted->name);
        value_set_text(ctx->arena, row, "kind", kind_names[wanted->kind]);
        value_set_text(ctx->arena, row, "unit", wanted->unit);
        value_set(ctx->arena, row, "choices", *kit_choices(ctx, wanted));
        value_set_bool(ctx->arena, row, "is_facet", wanted->is_facet);
        set_state(ctx->arena, row, wanted, attributes, count, category_id);
    }
}

static err add_kits(struct ctx *ctx, struct value *view, const struct category *category)
{
    struct attribute *attributes;
    size_t count;
    bool is_added[KIT_LIMIT];
    TRY(attribute_list(ctx, &attributes, &count));
    TRY(kit_find_added(ctx, category->id, is_added));
    struct value *list = value_set_list(ctx->arena, view, "kits");
    /* Those that fit the name of the category first. */
    for (int turn = 0; turn < 2; turn++)
        for (const struct kit *kit = kits; kit->key; kit++) {
            bool is_fit = kit_fits(kit, category->name) || kit_fits(kit, category->name_en);
            if (is_fit != (turn == 0))
                continue;
            struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
            value_set_text(ctx->arena, entry, "key", kit->key);
            value_set_text(ctx->arena, entry, "name", text_is(ctx->locale, "en") ? kit->name_en : kit->name);
            value_set_bool(ctx->arena, entry, "is_added", is_added[kit - kits]);
            value_set_bool(ctx->arena, entry, "is_fit", is_fit);
            add_attributes(ctx, entry, kit, attributes, count, category->id);
            struct value *tags = value_set_list(ctx->arena, entry, "tags");
            for (size_t i = 0; kit->tags[i]; i++)
                value_add(ctx->arena, tags, value_text(kit->tags[i]));
        }
    return NULL;
}

static err show(struct req *req)
{
    const struct kit_form *form = req->form;
    const struct category *category;
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    TRY(category_load(&req->ctx, form->category_id, &category));
    struct value *tree = value_set_object(arena, view, "category");
    value_set_id(arena, tree, "id", category->id);
    value_set_text(arena, tree, "name", category_name(&req->ctx, category));
    value_set_text(arena, tree, "handle", category->handle);
    TRY(add_kits(&req->ctx, view, category));
    value_set_text(arena, view, "just_added",
                   form->notice && text_is(form->notice, "kit_added") ? form->kit : "");
    value_set_text(arena, view, "notice", form->notice);
    return reply_view(req, "admin/category_kits", view);
}

static err kit_load(struct req *req, const struct kit **kit)
{
    const struct kit_form *form = req->form;
    *kit = kit_of_key(form->kit);
    return *kit ? NULL : fail_field(&req->ctx, "kit", "unknown-choice", "there is no such kit");
}

static err answer(struct req *req, const struct kit_result *result, const char *notice)
{
    const struct kit_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    value_set_int(req->ctx.arena, view, "brought", result->brought);
    value_set_int(req->ctx.arena, view, "kept", result->kept);
    return reply_done(req, 200, view, "/admin/categories/%lld/kits?kit=%s&notice=%s",
                      (long long)form->category_id, form->kit, notice);
}

static err add(struct req *req)
{
    const struct kit_form *form = req->form;
    const struct kit *kit;
    struct kit_result result;
    TRY(kit_load(req, &kit));
    TRY(kit_add(&req->ctx, form->category_id, kit, &result));
    return answer(req, &result, result.brought > 0 ? "kit_added" : "kit_nothing");
}

static err drop(struct req *req)
{
    const struct kit_form *form = req->form;
    const struct kit *kit;
    struct kit_result result;
    TRY(kit_load(req, &kit));
    TRY(kit_take_back(&req->ctx, form->category_id, kit, &result));
    return answer(req, &result, result.kept > 0 ? "kit_kept" : "kit_back");
}

const struct route backoffice_kit_routes[] = {
    {.method = GET,
     .path = "/admin/categories/:id/kits",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_fields,
     .form_size = sizeof(struct kit_form),
     .summary = "Ready-made attributes and tags for a category",
     .answer = "kits"},
    {.method = POST,
     .path = "/admin/categories/:id/kits",
     .handler = add,
     .guard = STAFF,
     .scope = "products.write",
     .fields = act_fields,
     .form_size = sizeof(struct kit_form),
     .again = show,
     .summary = "Add a kit to a category; nothing that is there is overwritten",
     .answer = "brought"},
    {.method = POST,
     .path = "/admin/categories/:id/kits/remove",
     .handler = drop,
     .guard = STAFF,
     .scope = "products.write",
     .fields = act_fields,
     .form_size = sizeof(struct kit_form),
     .again = show,
     .summary = "Take back what a kit brought to a category and no product uses",
     .answer = "brought"},
    {0},
};
