/* backoffice_collection_routes.c - collections: by hand, and by a rule that can be looked at before it is
 * saved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_rule_form.h"
#include <inttypes.h>

/* Products by hand that the page shows. */
#define SHOWN 100

static const char *const kinds[] = {"smart", "hand", NULL};
static const char *const directions[] = {"up", "down", NULL};

struct collection_form {
    struct rule_form rule;
    int64_t collection_id;
    const char *name;
    const char *name_en;
    const char *handle;
    const char *summary;
    const char *seo_title;
    const char *seo_description;
    int64_t position;
    bool is_hidden;
    int kind;
    const char *notice;
    int64_t taken_id;
};

#define FORM_FIELDS                                                                                          \
    RULE_FORM_FIELDS,                                                                                        \
        {.name = "name",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, name),                                                   \
         .maximum = 40,                                                                                      \
         .help = "Name"},                                                                                    \
        {.name = "name_en",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, name_en),                                                \
         .maximum = 60,                                                                                      \
         .help = "English name"},                                                                            \
        {.name = "handle",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, handle),                                                 \
         .maximum = 80,                                                                                      \
         .help = "Word in the address; made from the English name when left out"},                           \
        {.name = "summary",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, summary),                                                \
         .maximum = 120,                                                                                     \
         .help = "One sentence"},                                                                            \
        {.name = "seo_title",                                                                                \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, seo_title),                                              \
         .maximum = 80,                                                                                      \
         .help = "Title for search engines"},                                                                \
        {.name = "seo_description",                                                                          \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct collection_form, seo_description),                                        \
         .maximum = 200,                                                                                     \
         .help = "Description for search engines"},                                                          \
        {.name = "position",                                                                                 \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct collection_form, position),                                               \
         .maximum = 100000,                                                                                  \
         .help = "Place among the collections"},                                                             \
        {.name = "is_hidden",                                                                                \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct collection_form, is_hidden),                                              \
         .help = "Whether strangers do not see it"},                                                         \
    {                                                                                                        \
        .name = "kind", .kind = FIELD_CHOICE, .offset = offsetof(struct collection_form, kind),              \
        .choices = kinds, .help = "By a rule (smart) or by hand"                                             \
    }

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct collection_form, collection_id),           \
        .is_required = true, .help = "The collection"                                                        \
    }

#define NOTICE_FIELD                                                                                         \
    {                                                                                                        \
        .name = "notice", .kind = FIELD_TEXT, .offset = offsetof(struct collection_form, notice),            \
        .maximum = 40, .help = "For pages: what was just done"                                               \
    }

static const struct field new_fields[] = {FORM_FIELDS, {0}};
static const struct field change_fields[] = {ID_FIELD, FORM_FIELDS, {0}};
static const struct field show_fields[] = {
    ID_FIELD,
    NOTICE_FIELD,
    {.name = "taken",
     .kind = FIELD_ID,
     .offset = offsetof(struct collection_form, taken_id),
     .help = "For pages: the product that was just taken out"},
    {0},
};
static const struct field list_fields[] = {NOTICE_FIELD, {0}};
static const struct field preview_fields[] = {
    FORM_FIELDS,
    {.name = "collection",
     .kind = FIELD_ID,
     .offset = offsetof(struct collection_form, collection_id),
     .help = "The collection, when it is there already"},
    {0},
};

static void add_collection(struct ctx *ctx, struct value *row, const struct collection *one)
{
    struct arena *arena = ctx->arena;
    value_set_id(arena, row, "id", one->id);
    value_set_text(arena, row, "name", one->name);
    value_set_text(arena, row, "name_en", one->name_en);
    value_set_text(arena, row, "handle", one->handle);
    value_set_text(arena, row, "summary", one->summary);
    picture_set_view(ctx, row, "picture", one->picture_id, one->name);
    value_set_text(arena, row, "seo_title", one->seo_title);
    value_set_text(arena, row, "seo_description", one->seo_description);
    value_set_text(arena, row, "kind", kinds[!one->is_smart]);
    value_set_bool(arena, row, "is_hidden", !one->is_shown);
    value_set_int(arena, row, "position", one->position);
    value_set_int(arena, row, "product_count", one->product_count);
    value_set_int(arena, row, "active_count", one->active_count);
    if (one->is_smart && one->seen_count >= 0)
        value_set_int(arena, row, "seen_count", one->seen_count);
    value_set_text(arena, row, "url", one->id ? arena_format(arena, "/collections/%s", one->handle) : NULL);
}

static err list(struct req *req)
{
    const struct collection_form *form = req->form;
    struct collection *collections;
    size_t count;
    TRY(collection_list(&req->ctx, &collections, &count));
    struct value *view = value_object(req->ctx.arena);
    struct value *rows = value_set_list(req->ctx.arena, view, "collections");
    for (size_t i = 0; i < count; i++)
        add_collection(&req->ctx, value_add(req->ctx.arena, rows, *value_object(req->ctx.arena)),
                       &collections[i]);
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/collections", view);
}

/* Of a smart one: how far the job is; of one by hand: its products in their order. */
static err add_inside(struct ctx *ctx, struct value *view, const struct collection *one)
{
    int64_t all = 0, count;
    for (int status = PRODUCT_DRAFT; status <= PRODUCT_ARCHIVED; status++) {
        TRY(product_count(ctx, 0, (enum product_status)status, &count));
        all += count;
    }
    value_set_int(ctx->arena, view, "all_count", all);
    if (one->id == 0)
        return NULL;
    int64_t ids[SHOWN];
    size_t have = 0;
    if (!one->is_smart) {
        TRY(collection_hand_list(ctx, one->id, ids, SHOWN, &have));
    } else {
        struct product_page page;
        struct product_query query = {.shelf_id = one->id, .limit = RULE_SHOWN};
        TRY(product_list(ctx, &query, &page));
        for (; have < page.count; have++)
            ids[have] = page.items[have].id;
    }
    return rule_set_products(ctx, view, "products", ids, have);
}

/* What was just taken out can be put back. */
static err add_taken(struct ctx *ctx, struct value *view, int64_t product_id)
{
    const struct product *product;
    if (!product_id)
        return NULL;
    TRY(product_load(ctx, product_id, &product));
    struct value *taken = value_set_object(ctx->arena, view, "taken");
    value_set_text(ctx->arena, taken, "title", product->title);
    value_set_text(ctx->arena, taken, "handle", product->handle);
    return NULL;
}

static err edit_view(struct req *req, const struct collection *one, const struct rule *rule, bool is_preview)
{
    const struct collection_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    if (!req->failure)
        value_set_text(ctx->arena, view, "notice", form->notice);
    add_collection(ctx, value_set_object(ctx->arena, view, "collection"), one);
    TRY(add_inside(ctx, view, one));
    TRY(add_taken(ctx, view, form->taken_id));
    TRY(rule_set_view(ctx, view, rule));
    TRY(rule_set_choices(ctx, view));
    if (is_preview)
        TRY(rule_set_preview(ctx, view, rule));
    return reply_view(req, "admin/collection", view);
}

static err show_new(struct req *req)
{
    const struct collection_form *form = req->form;
    struct collection empty = {.name = "",
                               .name_en = "",
                               .handle = "",
                               .summary = "",
                               .seo_title = "",
                               .seo_description = "",
                               .is_smart = form->kind == 0,
                               .is_shown = true,
                               .seen_count = -1};
    return edit_view(req, &empty, &(struct rule){0}, false);
}

static err show_saved(struct req *req, int64_t collection_id)
{
    const struct collection *one;
    struct rule rule;
    TRY(collection_load(&req->ctx, collection_id, &one));
    TRY(rule_read(&req->ctx, one->rule, &rule));
    TRY(rule_rename_tags(&req->ctx, &rule, one->rule_at));
    return edit_view(req, one, &rule, false);
}

static err show(struct req *req)
{
    const struct collection_form *form = req->form;
    return form->collection_id ? show_saved(req, form->collection_id) : show_new(req);
}

static struct collection draft_of(struct req *req)
{
    const struct collection_form *form = req->form;
    return (struct collection){.id = form->collection_id,
                               .name = form->name,
                               .name_en = form->name_en,
                               .handle = form->handle[0] ? form->handle
                                                         : product_handle_from(&req->ctx, form->name_en),
                               .summary = form->summary,
                               .summary_en = "",
                               .seo_title = form->seo_title,
                               .seo_description = form->seo_description,
                               .is_smart = form->kind == 0,
                               .is_shown = !form->is_hidden,
                               .seen_count = -1,
                               .position = form->position};
}

static err answer(struct req *req, int status, const struct collection *one)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *tree = value_set_object(req->ctx.arena, view, "collection");
    value_set_id(req->ctx.arena, tree, "id", one->id);
    value_set_text(req->ctx.arena, tree, "handle", one->handle);
    return reply_done(req, status, view, "/admin/collections/%" PRId64 "?notice=saved", one->id);
}

static err save(struct req *req, struct collection *draft)
{
    const struct collection_form *form = req->form;
    struct rule rule;
    if (!draft->is_smart)
        return draft->id ? collection_change(&req->ctx, draft) : collection_create(&req->ctx, draft);
    TRY(rule_of_form(&req->ctx, &form->rule, &rule));
    return rule_save_collection(&req->ctx, draft, &rule);
}

static err create(struct req *req)
{
    struct collection draft = draft_of(req);
    TRY(save(req, &draft));
    return answer(req, 201, &draft);
}

static err change(struct req *req)
{
    struct collection draft = draft_of(req);
    const struct collection *saved;
    TRY(collection_load(&req->ctx, draft.id, &saved));
    draft.is_smart = saved->is_smart;
    draft.summary_en = saved->summary_en;
    TRY(save(req, &draft));
    return answer(req, 200, &draft);
}

/* The page as it was typed, with what the rule finds; nothing is saved. */
static err preview(struct req *req)
{
    const struct collection_form *form = req->form;
    struct collection draft = draft_of(req);
    struct rule rule;
    TRY(rule_of_form(&req->ctx, &form->rule, &rule));
    TRY(rule_settle_words(&req->ctx, &rule));
    draft.handle = form->handle;
    return edit_view(req, &draft, &rule, true);
}

static err drop(struct req *req)
{
    const struct collection_form *form = req->form;
    TRY(collection_trash(&req->ctx, form->collection_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/collections?notice=removed");
}

/* ---- products by hand ---- */

struct product_form {
    struct collection_form collection; /* so that the page can be shown again */
    const char *product;
    int64_t product_id;
    int direction;
};

static const struct field add_fields[] = {
    ID_FIELD,
    {.name = "product",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct product_form, product),
     .is_required = true,
     .maximum = 200,
     .help = "Its SKU, handle, or the beginning of its title"},
    {0},
};

#define PRODUCT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "product", .kind = FIELD_ID, .offset = offsetof(struct product_form, product_id),            \
        .is_required = true, .help = "The product"                                                           \
    }

static const struct field take_fields[] = {ID_FIELD, PRODUCT_FIELD, {0}};
static const struct field step_fields[] = {
    ID_FIELD,
    PRODUCT_FIELD,
    {.name = "direction",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct product_form, direction),
     .is_required = true,
     .choices = directions,
     .help = "up or down"},
    {0},
};

static err find_product(struct ctx *ctx, const char *words, const struct product **found)
{
    struct product_page page;
    struct product_query query = {.title_prefix = words, .limit = 1};
    TRY(product_find_by_sku(ctx, words, found));
    if (!*found)
        TRY(product_find_by_handle(ctx, words, found));
    if (*found)
        return NULL;
    TRY(product_list(ctx, &query, &page));
    if (page.count == 0)
        return fail_field(ctx, "product", "no-such-product", "no product has this SKU, handle or title");
    *found = &page.items[0];
    return NULL;
}

static err back(struct req *req, const char *query)
{
    const struct product_form *form = req->form;
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/collections/%" PRId64 "%s",
                      form->collection.collection_id, query);
}

static err add_product(struct req *req)
{
    const struct product_form *form = req->form;
    const struct product *found;
    TRY(find_product(&req->ctx, form->product, &found));
    TRY(collection_add_product(&req->ctx, form->collection.collection_id, found->id));
    return back(req, "?notice=saved");
}

static err take_product(struct req *req)
{
    const struct product_form *form = req->form;
    TRY(collection_remove_product(&req->ctx, form->collection.collection_id, form->product_id));
    return back(req, arena_format(req->ctx.arena, "?taken=%" PRId64, form->product_id));
}

static err step_product(struct req *req)
{
    const struct product_form *form = req->form;
    TRY(collection_step_product(&req->ctx, form->collection.collection_id, form->product_id,
                                form->direction == 0 ? -1 : 1));
    return back(req, "");
}

#define READ .guard = STAFF, .scope = "products.read", .form_size = sizeof(struct collection_form)
#define WRITE .method = POST, .guard = STAFF, .scope = "products.write"
#define COLLECTION_FORM .form_size = sizeof(struct collection_form), .again = show
#define PRODUCT_FORM .form_size = sizeof(struct product_form), .again = show

const struct route backoffice_collection_routes[] = {
    {.method = GET,
     .path = "/admin/collections",
     .handler = list,
     READ,
     .fields = list_fields,
     .summary = "The collections",
     .answer = "collections"},
    {.method = GET,
     .path = "/admin/collections/new",
     .handler = show_new,
     READ,
     .fields = new_fields,
     .faces = FACE_HTML,
     .summary = "A form for a new collection"},
    {.method = GET,
     .path = "/admin/collections/:id",
     .handler = show,
     READ,
     .fields = show_fields,
     .summary = "A collection, its rule and what it finds",
     .answer = "collection"},
    {WRITE, .path = "/admin/collections", .handler = create, COLLECTION_FORM, .fields = new_fields,
     .summary = "Create a collection", .answer = "collection"},
    {WRITE, .path = "/admin/collections/preview", .handler = preview, COLLECTION_FORM,
     .fields = preview_fields, .summary = "What a rule finds, before it is saved", .answer = "preview"},
    {WRITE, .path = "/admin/collections/:id", .handler = change, COLLECTION_FORM, .fields = change_fields,
     .summary = "Change a collection", .answer = "collection"},
    {WRITE, .path = "/admin/collections/:id/remove", .handler = drop, COLLECTION_FORM, .fields = show_fields,
     .summary = "Remove a collection; its products stay"},
    {WRITE, .path = "/admin/collections/:id/products", .handler = add_product, PRODUCT_FORM,
     .fields = add_fields, .summary = "Put a product in a collection that is filled by hand"},
    {WRITE, .path = "/admin/collections/:id/products/:product/remove", .handler = take_product, PRODUCT_FORM,
     .fields = take_fields, .summary = "Take a product out of a collection"},
    {WRITE, .path = "/admin/collections/:id/products/:product/step", .handler = step_product, PRODUCT_FORM,
     .fields = step_fields, .summary = "Put a product one place up or down in its collection"},
    {0},
};
