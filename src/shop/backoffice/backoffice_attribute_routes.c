/* backoffice_attribute_routes.c - what products of a category are asked: 季节, 材质, 容量. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"

static const char *const kinds[] = {"text", "number", "choice", "choices", "flag", "date", NULL};

struct category_row {
    int64_t category_id;
};

struct attribute_form {
    int64_t attribute_id;
    const char *name;
    const char *name_en;
    int kind; /* index in kinds */
    const char *unit;
    const char *choices; /* separated by commas */
    bool is_required;
    bool is_facet;
    int64_t position;
    struct field_rows categories;
    const char *notice;
};

static const struct field category_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct category_row, category_id),
     .help = "A category whose products are asked"},
    {0},
};

#define WORD_FIELDS                                                                                          \
    {.name = "name",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct attribute_form, name),                                                        \
     .is_required = true,                                                                                    \
     .maximum = 40,                                                                                          \
     .help = "Name, for example 季节"},                                                                      \
        {.name = "name_en",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct attribute_form, name_en),                                                 \
         .maximum = 40,                                                                                      \
         .help = "English name"},                                                                            \
        {.name = "kind",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct attribute_form, kind),                                                    \
         .is_required = true,                                                                                \
         .choices = kinds,                                                                                   \
         .help = "What is answered; cannot be changed later"},                                               \
        {.name = "unit",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct attribute_form, unit),                                                    \
         .maximum = 12,                                                                                      \
         .help = "Unit of a number, for example ml"},                                                        \
        {.name = "choices",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct attribute_form, choices),                                                 \
         .maximum = 4000,                                                                                    \
         .help = "Choices separated by commas"},                                                             \
        {.name = "is_required",                                                                              \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct attribute_form, is_required),                                             \
         .help = "Whether a product must answer to be saved onto the shelf"},                                \
        {.name = "is_facet",                                                                                 \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct attribute_form, is_facet),                                                \
         .help = "Whether lists of the shop can be narrowed by it; never for a date"},                       \
        {.name = "position",                                                                                 \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct attribute_form, position),                                                \
         .minimum = 0,                                                                                       \
         .maximum = 100000,                                                                                  \
         .help = "Place among the attributes"},                                                              \
    {                                                                                                        \
        .name = "categories", .kind = FIELD_ROWS, .offset = offsetof(struct attribute_form, categories),     \
        .maximum = CATEGORY_LIMIT, .rows = category_row_fields, .row_size = sizeof(struct category_row),     \
        .help = "Categories whose products are asked"                                                        \
    }

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct attribute_form, attribute_id),             \
        .is_required = true, .help = "The attribute"                                                         \
    }

static const struct field show_fields[] = {
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct attribute_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};
static const struct field create_fields[] = {WORD_FIELDS, {0}};
static const struct field change_fields[] = {ID_FIELD, WORD_FIELDS, {0}};
static const struct field remove_fields[] = {ID_FIELD, {0}};

static err show(struct req *req)
{
    struct arena *arena = req->ctx.arena;
    struct category *categories;
    size_t count;
    struct value *view = value_object(arena);
    TRY(attribute_views(&req->ctx, view));
    TRY(category_list(&req->ctx, &categories, &count));
    struct value *list = value_set_list(arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", categories[i].id);
        value_set_text(arena, row, "name", categories[i].name);
        value_set_text(arena, row, "path", category_path(&req->ctx, categories, count, categories[i].id));
    }
    const struct attribute_form *form = req->form;
    value_set_text(arena, view, "notice", form->notice);
    return reply_view(req, "admin/attributes", view);
}

static const struct value *choices_of(struct ctx *ctx, const struct attribute_form *form)
{
    const char **texts = arena_alloc_many(ctx->arena, ATTRIBUTE_CHOICE_LIMIT + 1, sizeof *texts);
    size_t count = form_split_values(ctx, form->choices, texts, ATTRIBUTE_CHOICE_LIMIT + 1);
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(texts[i]));
    return list;
}

static struct attribute draft_of(struct req *req)
{
    const struct attribute_form *form = req->form;
    const struct category_row *rows = form->categories.items;
    struct attribute draft = {.id = form->attribute_id,
                              .name = form->name,
                              .name_en = form->name_en,
                              .kind = (enum attribute_kind)(form->kind + 1),
                              .unit = form->unit,
                              .choices = choices_of(&req->ctx, form),
                              .is_required = form->is_required,
                              .is_facet = form->is_facet,
                              .position = form->position};
    draft.category_ids =
        arena_alloc_many(req->ctx.arena, form->categories.count + 1, sizeof *draft.category_ids);
    for (size_t i = 0; i < form->categories.count; i++)
        if (rows[i].category_id != 0)
            draft.category_ids[draft.category_count++] = rows[i].category_id;
    return draft;
}

static err answer(struct req *req, int status, const struct attribute *attribute, const char *notice)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *tree = value_set_object(req->ctx.arena, view, "attribute");
    value_set_id(req->ctx.arena, tree, "id", attribute->id);
    value_set_text(req->ctx.arena, tree, "name", attribute->name);
    return reply_done(req, status, view, "/admin/attributes?notice=%s", notice);
}

static err create(struct req *req)
{
    struct attribute draft = draft_of(req);
    TRY(attribute_create(&req->ctx, &draft));
    return answer(req, 201, &draft, "saved");
}

static err change(struct req *req)
{
    struct attribute draft = draft_of(req);
    TRY(attribute_change(&req->ctx, &draft));
    return answer(req, 200, &draft, "saved");
}

static err drop(struct req *req)
{
    const struct attribute_form *form = req->form;
    TRY(attribute_remove(&req->ctx, form->attribute_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/attributes?notice=removed");
}

const struct route backoffice_attribute_routes[] = {
    {.method = GET,
     .path = "/admin/attributes",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_fields,
     .form_size = sizeof(struct attribute_form),
     .summary = "The attributes of the categories",
     .answer = "attributes"},
    {.method = POST,
     .path = "/admin/attributes",
     .handler = create,
     .guard = STAFF,
     .scope = "products.write",
     .fields = create_fields,
     .form_size = sizeof(struct attribute_form),
     .again = show,
     .summary = "Create an attribute",
     .answer = "attribute"},
    {.method = POST,
     .path = "/admin/attributes/:id",
     .handler = change,
     .guard = STAFF,
     .scope = "products.write",
     .fields = change_fields,
     .form_size = sizeof(struct attribute_form),
     .again = show,
     .summary = "Change an attribute",
     .answer = "attribute"},
    {.method = POST,
     .path = "/admin/attributes/:id/remove",
     .handler = drop,
     .guard = STAFF,
     .scope = "products.write",
     .fields = remove_fields,
     .form_size = sizeof(struct attribute_form),
     .again = show,
     .summary = "Remove an attribute with all its values"},
    {0},
};
