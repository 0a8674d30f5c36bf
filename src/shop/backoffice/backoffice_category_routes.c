/* backoffice_category_routes.c - the tree of categories. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"

struct category_form {
    int64_t category_id;
    const char *name;
    const char *name_en;
    const char *handle;
    const char *summary;
    int64_t position;
    int64_t parent_id;
    int64_t before_id;
    int direction; /* index in directions */
    int need;      /* enum shop_need; -1 = not sent */
};

static const char *const directions[] = {"up", "down", NULL};

#define WORD_FIELDS                                                                                          \
    {.name = "name",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct category_form, name),                                                         \
     .is_required = true,                                                                                    \
     .maximum = 40,                                                                                          \
     .help = "Name"},                                                                                        \
        {.name = "name_en",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct category_form, name_en),                                                  \
         .maximum = 60,                                                                                      \
         .help = "English name"},                                                                            \
        {.name = "handle",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct category_form, handle),                                                   \
         .maximum = 80,                                                                                      \
         .help = "Word in the address: a-z, 0-9 and -; made from the name when left out"},                   \
        {.name = "summary",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct category_form, summary),                                                  \
         .maximum = 120,                                                                                     \
         .help = "One sentence"},                                                                            \
        {.name = "need",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct category_form, need),                                                     \
         .choices = shop_need_names,                                                                         \
         .otherwise = -1,                                                                                    \
         .help = "The licence that its products need before they go on the shelf; left out = as it is"},     \
    {                                                                                                        \
        .name = "position", .kind = FIELD_INT, .offset = offsetof(struct category_form, position),           \
        .minimum = 0, .maximum = 100000, .help = "Place among its siblings"                                  \
    }

#define PARENT_FIELD                                                                                         \
    {                                                                                                        \
        .name = "parent", .kind = FIELD_ID, .offset = offsetof(struct category_form, parent_id),             \
        .help = "The category above it; nothing = at the top"                                                \
    }

static const struct field create_fields[] = {WORD_FIELDS, PARENT_FIELD, {0}};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct category_form, category_id),               \
        .is_required = true, .help = "The category"                                                          \
    }

static const struct field change_fields[] = {ID_FIELD, WORD_FIELDS, {0}};
static const struct field remove_fields[] = {ID_FIELD, {0}};

static const struct field move_fields[] = {
    ID_FIELD,
    PARENT_FIELD,
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct category_form, before_id),
     .help = "The sibling that comes behind it; nothing = behind all"},
    {0},
};

static const struct field step_fields[] = {
    ID_FIELD,
    {.name = "direction",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct category_form, direction),
     .is_required = true,
     .choices = directions,
     .help = "up or down"},
    {0},
};

/* Whether it is the first or last of its siblings, and whether others stand below it. */
static void add_neighbours(struct arena *arena, struct value *row, const struct category *categories,
                           size_t count, size_t at)
{
    bool is_first = true, is_last = true, has_children = false;
    for (size_t i = 0; i < count; i++) {
        bool is_sibling = i != at && categories[i].parent_id == categories[at].parent_id;
        is_first = is_first && !(is_sibling && i < at);
        is_last = is_last && !(is_sibling && i > at);
        has_children = has_children || categories[i].parent_id == categories[at].id;
    }
    value_set_bool(arena, row, "is_first", is_first);
    value_set_bool(arena, row, "is_last", is_last);
    value_set_bool(arena, row, "has_children", has_children);
}

/* What is asked for, and which of it the shop shows. */
static void add_needs(struct ctx *ctx, struct value *view)
{
    struct value *list = value_set_list(ctx->arena, view, "needs");
    for (int i = 0; shop_need_names[i]; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "name", shop_need_names[i]);
        value_set_text(ctx->arena, row, "licence", shop_need_licence((enum shop_need)i));
        value_set_bool(ctx->arena, row, "is_met", shop_meets_need(ctx->shop->profile, (enum shop_need)i));
    }
}

static err show(struct req *req)
{
    struct arena *arena = req->ctx.arena;
    struct category *categories;
    size_t count;
    TRY(category_list_counted(&req->ctx, &categories, &count));
    struct value *view = value_object(arena);
    struct value *list = value_set_list(arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", categories[i].id);
        value_set_text(arena, row, "handle", categories[i].handle);
        value_set_text(arena, row, "name", categories[i].name);
        value_set_text(arena, row, "name_en", categories[i].name_en);
        value_set_text(arena, row, "summary", categories[i].summary);
        value_set_int(arena, row, "position", categories[i].position);
        value_set_int(arena, row, "product_count", categories[i].product_count);
        picture_set_view(&req->ctx, row, "picture", categories[i].picture_id, categories[i].name);
        value_set_text(arena, row, "need", shop_need_names[categories[i].need]);
        value_set_bool(arena, row, "need_is_met",
                       shop_meets_need(req->ctx.shop->profile, categories[i].need));
        value_set_id(arena, row, "parent_id", categories[i].parent_id);
        value_set_int(arena, row, "depth", categories[i].depth);
        value_set_text(arena, row, "path", category_path(&req->ctx, categories, count, categories[i].id));
        add_neighbours(arena, row, categories, count, i);
    }
    add_needs(&req->ctx, view);
    return reply_view(req, "admin/categories", view);
}

static struct category draft_of(struct req *req)
{
    const struct category_form *form = req->form;
    return (struct category){.id = form->category_id,
                             .name = form->name,
                             .name_en = form->name_en,
                             .handle = form->handle[0] ? form->handle
                                                       : product_handle_from(&req->ctx, form->name_en),
                             .summary = form->summary,
                             .position = form->position,
                             .need = form->need > 0 ? (enum shop_need)form->need : NEED_NONE,
                             .parent_id = form->parent_id};
}

static err answer(struct req *req, int status, const struct category *category)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *tree = value_set_object(req->ctx.arena, view, "category");
    value_set_id(req->ctx.arena, tree, "id", category->id);
    value_set_text(req->ctx.arena, tree, "handle", category->handle);
    return reply_done(req, status, view, "/admin/categories");
}

static err create(struct req *req)
{
    struct category draft = draft_of(req);
    TRY(category_create(&req->ctx, &draft));
    return answer(req, 201, &draft);
}

static err change(struct req *req)
{
    const struct category_form *form = req->form;
    struct category draft = draft_of(req);
    const struct category *saved;
    TRY(category_load(&req->ctx, draft.id, &saved));
    draft.need = form->need < 0 ? saved->need : draft.need;
    TRY(category_change(&req->ctx, &draft));
    return answer(req, 200, &draft);
}

static err drop(struct req *req)
{
    const struct category_form *form = req->form;
    TRY(category_trash(&req->ctx, form->category_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/categories");
}

static err move(struct req *req)
{
    const struct category_form *form = req->form;
    TRY(category_move(&req->ctx, form->category_id, form->parent_id, form->before_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/categories");
}

static err step(struct req *req)
{
    const struct category_form *form = req->form;
    TRY(category_step(&req->ctx, form->category_id, form->direction == 0 ? -1 : 1));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/categories");
}

const struct route backoffice_category_routes[] = {
    {.method = GET,
     .path = "/admin/categories",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .summary = "The categories",
     .answer = "categories"},
    {.method = POST,
     .path = "/admin/categories",
     .handler = create,
     .guard = STAFF,
     .scope = "products.write",
     .fields = create_fields,
     .form_size = sizeof(struct category_form),
     .again = show,
     .summary = "Create a category",
     .answer = "category"},
    {.method = POST,
     .path = "/admin/categories/:id",
     .handler = change,
     .guard = STAFF,
     .scope = "products.write",
     .fields = change_fields,
     .form_size = sizeof(struct category_form),
     .again = show,
     .summary = "Change a category",
     .answer = "category"},
    {.method = POST,
     .path = "/admin/categories/:id/remove",
     .handler = drop,
     .guard = STAFF,
     .scope = "products.write",
     .fields = remove_fields,
     .form_size = sizeof(struct category_form),
     .again = show,
     .summary = "Remove an empty category"},
    {.method = POST,
     .path = "/admin/categories/:id/move",
     .handler = move,
     .guard = STAFF,
     .scope = "products.write",
     .fields = move_fields,
     .form_size = sizeof(struct category_form),
     .again = show,
     .summary = "Put a category with all below it somewhere else in the tree"},
    {.method = POST,
     .path = "/admin/categories/:id/step",
     .handler = step,
     .guard = STAFF,
     .scope = "products.write",
     .fields = step_fields,
     .form_size = sizeof(struct category_form),
     .again = show,
     .summary = "Put a category one place up or down among its siblings"},
    {0},
};
